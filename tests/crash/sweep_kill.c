/*
 * sweep_kill [suspend|deprovision|downgrade|restore|night|approve]: SIGKILL at the system calls of
 * the path's verb, by strace.
 *
 * One run is traced first. Then each (name, N) is a point: the program dies as it enters the Nth
 * call of that name, before the kernel does it; together these are all the moments there are
 * between two system calls. A few more N than were counted show that there is nothing behind the
 * last: a run that is quicker or slower than the counted one waits more often.
 *
 * What a killed process leaves is what its calls had done to the world outside of it: what it sent,
 * wrote, renamed, opened and closed. Calls that do nothing there (memory, clocks, reading, waiting)
 * lie between two that do, and a kill at any of them leaves what a kill at the next effect leaves.
 * So every effect is a point, and of the others every SAMPLE-th, which tells whether that is true.
 * CRASH_ALL makes every call a point.
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

enum { BEYOND = 3, SAMPLE = 20 };

struct call {
    char *name;
    size_t count;
    bool has_effect; /* one of them has */
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

/* Calls that nobody outside the process can tell of. What is not here has an effect. */
static const char *const silent[] = {
    "access",
    "arch_prctl",
    "brk",
    "clock_gettime",
    "clock_nanosleep",
    "dup",
    "dup2",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "eventfd2",
    "faccessat2",
    "fstat",
    "futex",
    "getcwd",
    "getdents64",
    "getegid",
    "geteuid",
    "getgid",
    "getpeername",
    "getpid",
    "getppid",
    "getrandom",
    "getsockname",
    "getsockopt",
    "gettid",
    "getuid",
    "ioctl",
    "lseek",
    "lstat",
    "madvise",
    "mprotect",
    "munmap",
    "nanosleep",
    "newfstatat",
    "poll",
    "ppoll",
    "prctl",
    "pread64",
    "prlimit64",
    "read",
    "readlink",
    "readv",
    "recvfrom",
    "recvmsg",
    "restart_syscall",
    "rseq",
    "rt_sigaction",
    "rt_sigprocmask",
    "sched_getaffinity",
    "sched_yield",
    "set_robust_list",
    "set_tid_address",
    "setsockopt",
    "socket",
    "socketpair",
    "stat",
    "statfs",
    "statx",
    "sysinfo",
    "umask",
    "uname",
};

/* Calls that have an effect when their line says one of these words. */
static const struct {
    const char *name;
    const char *word[4];
} sometimes[] = {
    {"openat", {"O_CREAT", "O_TRUNC", "O_WRONLY", "O_RDWR"}},
    {"close", {"socket:", "/probe.", "TCP:", "UNIX"}},
    {"fcntl", {"F_SETLK", "F_OFD_SETLK", "F_SETLKW"}},
    {"mmap", {"MAP_SHARED"}},
};

static bool has_effect(const char *name, size_t length, const char *line, size_t line_length)
{
    for (size_t i = 0; i < COUNT_OF(silent); i++) {
        if (strlen(silent[i]) == length && strncmp(silent[i], name, length) == 0)
            return false;
    }
    for (size_t i = 0; i < COUNT_OF(sometimes); i++) {
        if (strlen(sometimes[i].name) != length || strncmp(sometimes[i].name, name, length) != 0)
            continue;
        for (size_t k = 0; k < COUNT_OF(sometimes[i].word) && sometimes[i].word[k]; k++) {
            const char *word = sometimes[i].word[k];
            if (memmem(line, line_length, word, strlen(word)))
                return true;
        }
        return false;
    }
    return true;
}

/* What a trace has. */
struct totals {
    size_t calls, effects, sampled;
};

/* Every line of the trace is one call: `PID name(…`, in the order they were entered. */
static struct totals read_trace(struct kill_plan *plan, const char *trace, bool everything)
{
    struct totals totals = {.calls = 0};

    for (const char *line = trace; *line;) {
        size_t line_length = strcspn(line, "\n");
        const char *name = line + strspn(line, "0123456789 ");
        size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
        if (length > 0 && name[length] == '(') {
            struct call *call = find_call(plan, name, length);
            bool effect = has_effect(name, length, line, line_length);
            bool sampled = !effect && (totals.calls - totals.effects) % SAMPLE == 0;
            call->count++;
            call->has_effect |= effect;
            totals.calls++;
            totals.effects += effect;
            totals.sampled += sampled;
            if (everything || effect || sampled)
                add_point(plan, call->name, call->count, false);
        }
        line += line_length + (line[line_length] == '\n');
    }
    return totals;
}

static char *trace_once(struct world *world)
{
    CLEANUP(mem_cleanup) char *path = probe_path(&world->probe, "trace");
    const char *const strace[] = {"strace", "-f", "-qq", "-y", "-o", path, NULL};
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
    bool everything = getenv("CRASH_ALL");
    CLEANUP(mem_cleanup) char *trace = trace_once(world);
    struct totals totals = read_trace(&plan, trace, everything);

    for (size_t i = 0; i < plan.calls; i++) {
        for (size_t n = 1; n <= BEYOND && (everything || plan.call[i].has_effect); n++)
            add_point(&plan, plan.call[i].name, plan.call[i].count + n, true);
    }
    printf("kill %s: %zu system calls of %zu names, %zu of them effects, %zu of the others %s\n",
           world_path_name(world->path), totals.calls, plan.calls, totals.effects,
           everything ? totals.calls - totals.effects : totals.sampled, "swept");
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
