/*
 * sweep: many points of one kind, spread over worker processes, each with a world of its own; and
 * what came of them in one table.
 */
#ifndef CRASH_SWEEP_H
#define CRASH_SWEEP_H

#include "world.h"

struct sweep;

/* What a point was. */
struct point {
    struct text name; /* "sendto 17", for people; the callback fills it */
    bool reached;     /* the fault did hit; else the point was beyond the end of the run */
};

struct sweep {
    const char *name; /* "kill" */
    size_t count;     /* of points */
    double patience;  /* seconds that a point may take; 0: WORLD_DEADLINE_S */
    const void *data; /* the callback's, made before the workers */
    /* One whole point, world_reset and world_converge included. */
    void (*point)(const struct sweep *sweep, struct world *world, size_t index,
                  struct point *ret_point);
};

struct sweep_result {
    size_t points, reached, violations, late;
    double seconds, longest; /* wall time, of all and of the longest point */
};

/* Runs all points on worlds joined to `model`, by CRASH_WORKERS workers (2). Violations are printed
 * with their point; the first that has the words of CRASH_FIRST of the environment ends the sweep
 * (none: any). The last
 * line printed is `NAME PATH: N points (R reached), V violations, S s, longest L s`. */
struct sweep_result sweep_run(const struct sweep *sweep, const struct world *model);

/* At most `wanted` of `count` points, evenly spread: index of the i-th. For a reduced run. */
size_t sweep_sample(size_t i, size_t wanted, size_t count);
/* What the sweep's first argument says, else suspend. */
enum world_path sweep_chosen(int argc, char **argv);
/* A positive number from the environment, else the fallback. */
size_t sweep_setting(const char *name, size_t fallback);

#endif
