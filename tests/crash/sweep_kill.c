/*
 * sweep_kill [suspend|deprovision]: SIGKILL at every system call of `apply`, by strace.
 *
 * One run is counted first, by name of the call. Then each (name, N) is a point: the program dies
 * as it enters the Nth call of that name, before the kernel does it; together these are all the
 * moments there are between two system calls. A few more N than were counted show that there is
 * nothing behind the last: a run that is quicker or slower than the counted one waits more often.
 *
 * CRASH_POINTS limits the sweep to that many points, evenly spread over the calls of the second
 * half of the run, in which it acts.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "sweep.h"

enum { BEYOND = 3 };

struct call {
    char *name;
    size_t count;
};

struct kill_point {
    const char *name;
    size_t n;
    bool beyond;
};

struct kill_plan {
    struct call *call;
    size_t calls, calls_capacity;
    struct kill_point *point;
    size_t points, points_capacity;
};

static struct call *find_call(struct kill_plan *plan, const char *name, size_t length)
{
    for (size_t i = 0; i < plan->calls; i++) {
        if (strlen(plan->call[i].name) == length && strncmp(plan->call[i].name, name, length) == 0)
            return &plan->call[i];
    }
    plan->call = mem_grow(plan->call, plan->calls, &plan->calls_capacity, sizeof(plan->call[0]));
    plan->call[plan->calls] = (struct call){.name = mem_strndup(name, length)};
    return &plan->call[plan->calls++];
}

static void add_point(struct kill_plan *plan, const char *name, size_t n, bool beyond)
{
    plan->point =
        mem_grow(plan->point, plan->points, &plan->points_capacity, sizeof(plan->point[0]));
    plan->point[plan->points++] = (struct kill_point){.name = name, .n = n, .beyond = beyond};
}

/* Every line of the trace is one call: `[pid N] name(…`, in the order they were entered. */
static size_t read_trace(struct kill_plan *plan, const char *trace)
{
    size_t total = 0;

    for (const char *line = trace; *line;) {
        const char *end = line + strcspn(line, "\n");
        const char *name = line + strspn(line, "0123456789 ");
        size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
        if (length > 0 && name[length] == '(') {
            struct call *call = find_call(plan, name, length);
            call->count++;
            total++;
        }
        line = *end ? end + 1 : end;
    }
    return total;
}

static char *trace_once(struct world *world)
{
    CLEANUP(mem_cleanup) char *path = probe_path(&world->probe, "trace");
    const char *const strace[] = {"strace", "-f", "-qq", "-o", path, NULL};
    struct text trace = TEXT_INIT;
    CLEANUP(text_release) struct text said = TEXT_INIT;

    world_reset(world);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, strace, NULL);
    world_said(&run, &said);
    if (run.code != 0)
        world_die("the run to be counted ends with %d: %s", run.code, text_cstr(&said));
    world_check(world, "not killed");
    world_check_end(world, "not killed");
    if (world->violation.length > 0)
        world_die("kill %s: VIOLATION at no fault at all\n%s", world_path_name(world->path),
                  text_cstr(&world->violation));
    if (file_read(path, 1u << 28, ERR_INTERNAL, &trace, NULL, NULL) < 0)
        world_die("no trace");
    return text_take(&trace);
}

static void make_plan(struct world *world, struct kill_plan *ret_plan)
{
    struct kill_plan plan = {.calls = 0};
    CLEANUP(mem_cleanup) char *trace = trace_once(world);
    size_t total = read_trace(&plan, trace);

    for (size_t i = 0; i < plan.calls; i++) {
        for (size_t n = 1; n <= plan.call[i].count + BEYOND; n++)
            add_point(&plan, plan.call[i].name, n, n > plan.call[i].count);
    }
    printf("kill %s: %zu system calls of %zu names\n", world_path_name(world->path), total,
           plan.calls);
    *ret_plan = plan;
}

/* The later calls of each name are those of the acts. */
static void thin_out(struct kill_plan *plan, size_t wanted)
{
    size_t kept = 0, late = 0;

    for (size_t i = 0; i < plan->points; i++) {
        const struct call *call = find_call(plan, plan->point[i].name, strlen(plan->point[i].name));
        if (plan->point[i].n * 2 > call->count && !plan->point[i].beyond)
            plan->point[late++] = plan->point[i];
    }
    for (size_t i = 0; i < wanted && i < late; i++)
        plan->point[kept++] = plan->point[sweep_sample(i, wanted, late)];
    plan->points = kept;
}

static void kill_at(const struct sweep *sweep, struct world *world, size_t index,
                    struct point *ret_point)
{
    const struct kill_point *point = (const struct kill_point *)sweep->data + index;
    CLEANUP(text_release) struct text trace = TEXT_INIT, inject = TEXT_INIT;

    text_addf(&ret_point->name, "%s %zu", point->name, point->n);
    text_addf(&trace, "trace=%s", point->name);
    text_addf(&inject, "inject=%s:signal=KILL:when=%zu", point->name, point->n);
    const char *const strace[] = {
        "strace",           "-f", "-qq", "-o", "/dev/null", "-e", text_cstr(&trace), "-e",
        text_cstr(&inject), NULL};
    world_reset(world);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, strace, NULL);
    ret_point->reached = run.code == 128 + SIGKILL;
    WORLD_EXPECT(world, "not killed: apply", &run, 0, 128 + SIGKILL);
    world_check(world, "killed");
    if (!world_is_untouched(world))
        world_converge(world, (unsigned)index);
}

int main(int argc, char **argv)
{
    size_t wanted = sweep_setting("CRASH_POINTS", 0);
    struct kill_plan plan;
    struct world world;

    world_begin(&world, sweep_chosen(argc, argv));
    make_plan(&world, &plan);
    if (wanted > 0)
        thin_out(&plan, wanted);
    const struct sweep sweep = {
        .name = "kill", .count = plan.points, .data = plan.point, .point = kill_at};
    struct sweep_result result = sweep_run(&sweep, &world);
    world_finish(&world);
    free(plan.point);
    for (size_t i = 0; i < plan.calls; i++)
        free(plan.call[i].name);
    free(plan.call);
    return result.violations > 0;
}
