/*
 * amount: how much may be done on a day (G7, G8, G16), asked of what is approved and due, never of
 * a proposal on somebody's desk: which rows are done now. core/schedule plays the coming nights by
 * it. Pure.
 *
 * A day is a civil day of the configured zone, over all runs. A limit allows its own value; 0
 * allows none; percent never forbids up to its floor.
 */
#ifndef CORE_AMOUNT_H
#define CORE_AMOUNT_H

#include "core/guard.h"

/* What was done of one action by this program, calls whose outcome is not known included.
 * Overridden and spread ones count on their day, and are in no window. */
struct amount_done {
    int64_t today;
    int64_t spread_today; /* of those: spread ones, for `nightly` */
    int64_t in_window;    /* in the days before and today */
};

/* How many more of one action a day allows, and which of the four limits says so. */
struct amount_room {
    int64_t left;       /* never negative */
    const char *limit;  /* "count", "percent", "window", "window percent": the tightest; static */
    int64_t allowed;    /* its value in accounts */
    int64_t left_today; /* by count and percent alone: what may be spread, which no window counts */
};

/* The limit of an action, NULL for one that has none (what is only proposed). */
const struct action_limit *amount_limit(const struct limits *limits, enum action action);

/* What is left of the day. `whole` is what percent is of. A percent of 0 allows none, whatever its
 * floor; of two limits that leave the same the first named. */
struct amount_room amount_room(const struct action_limit *limit, int64_t whole,
                               const struct amount_done *done);

/* In a day first what people approved singly, then what needs nobody, then what may be spread. */
enum amount_class { AMOUNT_SINGLY = 0, AMOUNT_UNASKED, AMOUNT_SPREAD, AMOUNT_CLASS_COUNT };

struct amount_row {
    enum action action;
    enum amount_class class;
    bool overridden;     /* its guard was, with its approval: neither counted nor held */
    int nightly;         /* AMOUNT_SPREAD: at most so many a night; 0 = the limit alone */
    struct instant used; /* AMOUNT_SPREAD: the last login; who is longest without one goes first */
    const char *department, *country; /* NULL = not known; G10 */
    bool is_admin;                    /* an active administrator, who is none when it is done; G9 */
    bool overrides_g9, overrides_g10; /* likewise: not held. What they take is taken all the same */
    /* out */
    bool chosen;
    const char *waits; /* not chosen: guard id "G7" to "G10", "G16"; static */
};

struct amount_department { /* of active accounts, everybody of it counted */
    const char *name;      /* in any spelling; names are compared folded */
    int64_t active;
    int64_t gone_today; /* suspended today, and so not among them any more */
};

struct amount_scene {
    const struct limits *limits;
    int64_t whole[ACTION_COUNT]; /* what percent is of: active accounts, or all listed */
    struct amount_done done[ACTION_COUNT];
    int64_t admins; /* active accounts with an admin role, the job's own not counted */
    const struct amount_department *department, *country;
    size_t department_count, country_count;
    bool departments_known,
        countries_known; /* of at least 80 % of the active accounts; else silent */
};

/* Sets `chosen` or `waits` of every row, in the order given, which is the order of the plan; of
 * spread ones who never logged in, or longest not, goes first. All rows are approved or need
 * nobody, and are due. What was approved singly or is spread is done as far as there is room, the
 * rest another day. Unasked rows above a limit hold themselves only, and all of them: of their
 * action (G7, G8), of their department or country (G10). Reactivations have no limit. */
void amount_choose(const struct amount_scene *scene, struct amount_row *row, size_t count);

#endif
