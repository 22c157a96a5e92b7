/*
 * Every allocation of one `apply` failing: once, and from there on; those of its libraries as well.
 * Our own end the process (base/mem.h), the libraries' end as they may: an error, or a crash. What
 * must hold is the same as for any other sudden end.
 *
 * Most points lie before the first write to the database that matters, and leave the world as it
 * was. There the next point goes on in the same world, as a person would who starts the run again
 * and again; reset and resume are for points that left a trace. A point "from there on" whose
 * allocation was the last one that the process made when it failed once is the same point, and is
 * counted without running it.
 *
 * What fails, and what the program then does, is a matter of the path of calls by which an
 * allocation is made: the first and the last allocation of every path are swept. A path that an
 * earlier verb of the same sweep has shown is not swept again. CRASH_ALL sweeps every allocation of
 * every verb. CRASH_POINTS samples.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "fail_alloc.h"
#include "host/file.h"
#include "sweep.h"

enum { CODES = 256, ROOM = 1 << 20 };

/* What the workers tell each other and the end. */
struct tally {
    atomic_size_t same;        /* points that were the same as another */
    atomic_size_t code[CODES]; /* how runs ended */
};

struct allocations {
    size_t count;   /* of a run without a fault */
    size_t paths;   /* by which they were made, */
    size_t known;   /* of them swept with an earlier verb */
    size_t *number; /* those that are swept */
    size_t chosen;
    struct tally *tally;
};

/* --- the preloaded allocator --- */

/* One file in every world, mapped as long as the process lives. */
static struct fail_alloc *shared;
static char *state_word, *preload_word;

static void map_state(const struct world *world, size_t room)
{
    size_t size = sizeof(*shared) + room * sizeof(shared->path[0]);
    CLEANUP(mem_cleanup) char *path = probe_path(&world->probe, "fail-alloc");
    CLEANUP(mem_cleanup) char *directory = file_directory(PROGRAM_PATH);
    CLEANUP(text_release) struct text state = TEXT_INIT, preload = TEXT_INIT;
    CLEANUP(cleanup_fd) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *memory;

    if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
        abort();
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        abort();
    shared = memory;
    text_addf(&state, "FAIL_ALLOC_STATE=%s", path);
    text_addf(&preload, "LD_PRELOAD=%s/tests/crash/preload_fail_alloc.so", directory);
    state_word = text_take(&state);
    preload_word = text_take(&preload);
}

static void unmap_state(size_t room)
{
    (void)munmap(shared, sizeof(*shared) + room * sizeof(shared->path[0]));
    shared = NULL;
    free(TAKE(state_word));
    free(TAKE(preload_word));
}

static struct world_run run_failing(struct world *world, size_t number, bool and_then, size_t room)
{
    const char *const environment[] = {preload_word, state_word, NULL};

    *shared = (struct fail_alloc){.number = number, .and_then = and_then, .room = room};
    return world_apply(world, NULL, environment);
}

/* --- one point --- */

/* Everything that a person or a later run could tell from. */
static char *trace_of(struct world *world)
{
    return world_query(
        world, "select (select count(*) from reconcile.step) || ' ' ||"
               " (select count(*) from reconcile.act) || ' ' ||"
               " (select string_agg(state, ',' order by plan_id) from reconcile.plan) || ' ' ||"
               " (select count(*) from reconcile.snapshot) || ' ' ||"
               " (select count(*) || ' ' || count(ended_at) from reconcile.ruling) || ' ' ||"
               " (select count(*) || ' ' || count(ended_on) from reconcile.announcement)");
}

static void name_point(size_t number, bool and_then, struct text *ret_name)
{
    text_addf(ret_name, "allocation %zu%s: %llu bytes for %s+0x%llx %s", number,
              and_then ? " and all that follow" : "", (unsigned long long)shared->size,
              shared->object, (unsigned long long)shared->offset, shared->function);
}

/* Where the world is as before a run, so that it may go on there. */
static bool is_as_before;
static char *trace_before;

/* The failure did not keep the run from its end: there is nothing to resume. */
static bool is_finished(struct world *world)
{
    return world_count(world, "select count(*) from reconcile.plan where state = 'applied' and"
                              " plan_id = (select max(plan_id) from reconcile.plan)") == 1 &&
           world_count(world, "select count(*) from reconcile.step where state in"
                              " ('approved', 'intent', 'unknown')") == 0;
}

static void judge(struct world *world, unsigned variant)
{
    world_wait_for_sessions(world);
    CLEANUP(mem_cleanup) char *trace = trace_of(world);

    if (text_equal(trace, trace_before) && world_written(world, NULL) == 0)
        return; /* nothing was done: it may be run again as it is */
    is_as_before = false;
    world_check(world, "after the failure");
    if (is_finished(world))
        world_check_end(world, "after the failure");
    else
        world_converge(world, variant);
}

/* Every other world has changed since the approval: a failed allocation must not hide that. */
static void begin_afresh(struct world *world, bool may_change)
{
    static unsigned worlds;

    if (is_as_before)
        return;
    world_reset(world);
    if (may_change && worlds++ % 2 == 1)
        world_change(world, worlds / 2, false);
    free(trace_before);
    trace_before = trace_of(world);
    is_as_before = true;
}

static void tally_end(struct tally *tally, const struct world_run *run)
{
    atomic_fetch_add(&tally->code[(unsigned)run->code % CODES], 1);
}

/* A changed world has less to do and may never come to the allocation: then in an unchanged one. */
static struct world_run run_point(struct world *world, struct tally *tally, size_t number,
                                  bool and_then)
{
    for (bool may_change = true;; may_change = false) {
        begin_afresh(world, may_change);
        struct world_run run = run_failing(world, number, and_then, 0);
        if (shared->failed > 0 || world->changed == WORLD_TARGETS) {
            tally_end(tally, &run);
            return run;
        }
        is_as_before = false;
        world_run_release(&run);
    }
}

/* Both ways of failing at one allocation. */
static void sweep_point(const struct sweep *sweep, struct world *world, size_t index,
                        struct point *ret_point)
{
    const struct allocations *all = sweep->data;
    size_t number = all->number[sweep_sample(index, sweep->count, all->chosen)];
    bool is_last = false;

    if (!shared)
        map_state(world, 0);
    for (int and_then = 0; and_then <= 1; and_then++) {
        if (is_last) {
            atomic_fetch_add(&all->tally->same, 1);
            break;
        }
        struct world_run run = run_point(world, all->tally, number, and_then);
        ret_point->reached = shared->failed > 0;
        is_last = shared->count == number;
        text_clear(&ret_point->name);
        name_point(number, and_then, &ret_point->name);
        judge(world, (unsigned)index);
        world_run_release(&run);
        if (world->violation.length > 0)
            break;
    }
    if (world->violation.length > 0)
        is_as_before = false;
}

/* --- all of them --- */

/* An allocation and the path by which it was made. */
struct made {
    uint64_t path;
    size_t number;
};

static int by_path(const void *left, const void *right)
{
    const struct made *a = left, *b = right;

    if (a->path != b->path)
        return a->path < b->path ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static int by_number(const void *left, const void *right)
{
    const size_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* Paths of calls that were swept, in their order. */
static struct {
    uint64_t *path;
    size_t count, capacity;
} seen;

static int by_value(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

static bool is_known(uint64_t path, size_t known)
{
    return bsearch(&path, seen.path, known, sizeof(path), by_value);
}

static void choose(struct allocations *all, const uint64_t *path)
{
    struct made *made = mem_calloc(all->count, sizeof(made[0]));
    bool everyone = getenv("CRASH_ALL");
    size_t known = seen.count;

    all->number = mem_calloc(all->count, sizeof(all->number[0]));
    for (size_t i = 0; i < all->count; i++)
        made[i] = (struct made){.path = path[i], .number = i + 1};
    qsort(made, all->count, sizeof(made[0]), by_path);
    for (size_t first = 0, last; first < all->count; first = last + 1) {
        bool is_new = known == 0 || !is_known(made[first].path, known);
        for (last = first; last + 1 < all->count && made[last + 1].path == made[first].path;)
            last++;
        all->paths++;
        all->known += !is_new;
        for (size_t i = first; i <= last; i++) {
            if (everyone || (is_new && (i == first || i == last)))
                all->number[all->chosen++] = made[i].number;
        }
        if (is_new) {
            seen.path = mem_grow(seen.path, seen.count, &seen.capacity, sizeof(seen.path[0]));
            seen.path[seen.count++] = made[first].path;
        }
    }
    qsort(seen.path, seen.count, sizeof(seen.path[0]), by_value);
    qsort(all->number, all->chosen, sizeof(all->number[0]), by_number);
    free(made);
}

static void find_allocations(struct world *world, struct allocations *all)
{
    map_state(world, ROOM);
    world_reset(world);
    struct world_run run = run_failing(world, 0, false, ROOM);
    all->count = shared->count;
    if (run.code != 0 || all->count == 0 || all->count > ROOM) {
        CLEANUP(text_release) struct text said = TEXT_INIT;
        world_said(&run, &said);
        (void)fprintf(stderr, "the run without a fault ended with %d, %zu allocations: %s\n",
                      run.code, all->count, text_cstr(&said));
        abort();
    }
    choose(all, shared->path);
    world_run_release(&run);
    unmap_state(ROOM);
}

static struct tally *make_tally(void)
{
    void *memory =
        mmap(NULL, sizeof(struct tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        abort();
    return memory;
}

static void print_tally(const struct world *world, const struct tally *tally)
{
    printf("alloc %s: each failed once and from there on; %zu of the second kind are the same as "
           "the first; runs ended with",
           world_path_name(world->path), atomic_load(&tally->same));
    for (size_t code = 0; code < CODES; code++) {
        if (atomic_load(&tally->code[code]) > 0)
            printf(" %zu (%zu times)", code, atomic_load(&tally->code[code]));
    }
    printf("\n");
}

static size_t sweep_path(enum world_path path)
{
    struct allocations all = {.tally = make_tally()};
    struct world model;

    world_begin(&model, path);
    find_allocations(&model, &all);
    printf("alloc %s: %zu allocations by %zu paths of calls, %zu of them known; %zu allocations "
           "swept\n",
           world_path_name(path), all.count, all.paths, all.known, all.chosen);
    size_t wanted = sweep_setting("CRASH_POINTS", all.chosen);
    struct sweep sweep = {.name = "alloc",
                          .count = wanted < all.chosen ? wanted : all.chosen,
                          .data = &all,
                          .point = sweep_point};
    struct sweep_result result = sweep_run(&sweep, &model);
    print_tally(&model, all.tally);
    world_finish(&model);
    free(all.number);
    (void)munmap(all.tally, sizeof(*all.tally));
    return result.violations;
}

int main(int count, char **words)
{
    size_t wrong = 0;

    for (enum world_path path = 0; path < WORLD_PATHS; path++) {
        if (count < 2 || strcmp(words[1], world_path_name(path)) == 0)
            wrong += sweep_path(path);
    }
    free(seen.path);
    return wrong > 0;
}
