/*
 * guard_private: what core/guard and core/guard_input share: what all guards look at, and how one
 * of evidence says what it found. Nobody else includes this.
 */
#ifndef CORE_GUARD_PRIVATE_H
#define CORE_GUARD_PRIVATE_H

#include "core/guard.h"

/* Active accounts and those of them that have a person; and how many percent have one when those
 * that this program suspended since the last run are taken as they were then. */
struct guard_matched {
    int64_t active, linked;
    double percent, like_last;
};

/* What all guards look at, counted once. */
struct guard_scene {
    struct arena *arena;
    const struct limits *limits;
    const struct guard_history *history;
    const struct policy_context *context;
    const struct roster *roster;
    const struct pairing *pairing;
    size_t count; /* accounts = decisions */
    struct snapshot_totals totals;
    struct guard_matched matched;
};

/* One thing that a guard of evidence can find. */
struct guard_fault {
    bool found;
    const char *text;
    const char *cause; /* what a person can accept; NULL = nobody can */
    int64_t measure;   /* more is worse; negative = cannot be compared */
};

/* Of a whole of nobody none. */
double guard_percent_of(int64_t part, int64_t whole);

/* The first that is found speaks. `fine`: the sentence where nothing is. */
struct guard_finding guard_judge(struct arena *arena, const struct guard_fault *fault, size_t count,
                                 const char *limit, const char *actual, const char *fine);

/* Of what came in, in the order of their numbers: G1 to G6. */
struct guard_finding guard_age(const struct guard_scene *scene);
struct guard_finding guard_people(const struct guard_scene *scene);
struct guard_finding guard_rejected(const struct guard_scene *scene);
struct guard_finding guard_snapshot(const struct guard_scene *scene);
struct guard_finding guard_logins(const struct guard_scene *scene);
struct guard_finding guard_matched(const struct guard_scene *scene);

#endif
