/*
 * Workers take the next point from a counter in shared memory and print whole lines, so that two of
 * them never mix. A worker that dies is a violation: a point it had taken was not judged.
 */
#include "sweep.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/parse.h"
#include "seconds.h"

/* What the workers share. */
struct board {
    atomic_size_t next, points, reached, violations, longest_us;
    atomic_bool stop;
};

size_t sweep_setting(const char *name, size_t fallback)
{
    const char *value = getenv(name);
    int64_t number = 0;

    if (!value || !parse_int(value, 1, INT32_MAX, &number))
        return fallback;
    return (size_t)number;
}

enum world_path sweep_chosen(int argc, char **argv)
{
    for (enum world_path path = 0; argc > 1 && path < WORLD_PATHS; path++) {
        if (text_equal(argv[1], world_path_name(path)))
            return path;
    }
    return WORLD_SUSPEND;
}

size_t sweep_sample(size_t i, size_t wanted, size_t count)
{
    return wanted >= count ? i : i * count / wanted;
}

static void note_longest(struct board *board, double seconds)
{
    size_t us = (size_t)(seconds * 1e6), longest = atomic_load(&board->longest_us);

    while (us > longest && !atomic_compare_exchange_weak(&board->longest_us, &longest, us))
        continue;
}

static void do_point(const struct sweep *sweep, struct world *world, size_t index,
                     struct board *board)
{
    struct point point = {.name = TEXT_INIT};
    double began = now_s();
    double patience = sweep->patience > 0 ? sweep->patience : WORLD_DEADLINE_S;

    sweep->point(sweep, world, index, &point);
    note_longest(board, now_s() - began);
    if (now_s() - began > patience)
        world_violate(world, "the point took %.0f s", now_s() - began);
    if (getenv("CRASH_SHOW")) {
        printf("%s %s: %.1f s %s\n", sweep->name, world_path_name(world->path), now_s() - began,
               text_cstr(&point.name));
        (void)fflush(stdout);
    }
    atomic_fetch_add(&board->points, 1);
    atomic_fetch_add(&board->reached, point.reached);
    if (world->violation.length > 0) {
        atomic_fetch_add(&board->violations, 1);
        printf("%s %s: VIOLATION at %s\n%s", sweep->name, world_path_name(world->path),
               text_cstr(&point.name), text_cstr(&world->violation));
        (void)fflush(stdout);
        if (getenv("CRASH_FIRST") && strstr(text_cstr(&world->violation), getenv("CRASH_FIRST")))
            atomic_store(&board->stop, true);
    }
    text_clear(&world->violation);
    text_release(&point.name);
}

static void work(const struct sweep *sweep, const struct world *model, struct board *board)
{
    struct world world;
    size_t index;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    world_join(model, &world);
    while (!atomic_load(&board->stop) && (index = atomic_fetch_add(&board->next, 1)) < sweep->count)
        do_point(sweep, &world, index, board);
    world_finish(&world);
    exit(0);
}

static struct board *make_board(void)
{
    struct board *board =
        mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (board == MAP_FAILED)
        world_die("mmap");
    return board;
}

struct sweep_result sweep_run(const struct sweep *sweep, const struct world *model)
{
    struct board *board = make_board();
    size_t workers = sweep_setting("CRASH_WORKERS", 2);
    double began = now_s();
    int status = 0;

    (void)fflush(NULL);
    for (size_t i = 0; i < workers; i++) {
        pid_t pid = fork();
        if (!(pid >= 0))
            world_die("%s", strerror(errno));
        if (pid == 0)
            work(sweep, model, board);
    }
    for (size_t i = 0; i < workers; i++) {
        pid_t pid = wait(&status);
        if (pid < 0 || status != 0) {
            printf("%s: worker %ld ended with status %d\n", sweep->name, (long)pid, status);
            atomic_fetch_add(&board->violations, 1);
        }
    }
    struct sweep_result result = {
        .points = atomic_load(&board->points),
        .reached = atomic_load(&board->reached),
        .violations = atomic_load(&board->violations),
        .seconds = now_s() - began,
        .longest = (double)atomic_load(&board->longest_us) / 1e6,
    };
    printf("%s %s: %zu points (%zu reached), %zu violations, %.0f s, longest %.1f s\n", sweep->name,
           world_path_name(model->path), result.points, result.reached, result.violations,
           result.seconds, result.longest);
    (void)fflush(stdout);
    (void)munmap(board, sizeof(*board));
    return result;
}
