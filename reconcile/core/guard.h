/*
 * guard: brakes on implausible input and on too much change, evaluated on the finished plan and
 * before the first write. Specification: docs/decisions.md G1 to G13.
 */
#ifndef CORE_GUARD_H
#define CORE_GUARD_H

#include "core/policy.h"

#define GUARD_COUNT 13 /* G1 to G13 */

struct guard_finding {
    const char *id; /* "G1" */
    bool hold;
    const char *limit; /* as text: "48 h", "50" */
    const char *actual;
    const char *text; /* one sentence */
};

struct action_limit {
    int64_t count;
    double percent;
    int rolling_days;
    int64_t rolling_count;
};

struct limits {
    struct action_limit of[ACTION_COUNT]; /* of those that have a guard (actions[].guard) */
    int64_t min_admins;
    const char *const *admin_role;
    size_t admin_role_count;
    double max_age_hours; /* roster guards */
    int64_t min_people;
    double max_shrink_percent;
    double max_rejected_percent;
    double min_matched_percent;
};

/* What the history knows, for comparison. -1 or none = there is no earlier one. */
struct guard_history {
    bool first_plan;
    int64_t last_roster_people;      /* of the last accepted roster */
    struct instant same_bytes_since; /* when these very bytes were first read; none = now */
    int64_t last_snapshot_accounts;  /* of the last complete snapshot */
    double last_matched_percent;     /* of the last run; <0 = none */
    int64_t logins_known_before;     /* accounts read now that had a known login before */
    int64_t logins_lost;             /* of those: vanished or moved backwards now */
    struct instant events_reach;     /* newest login event read; none = events not in use */
    int64_t in_window[ACTION_COUNT]; /* done by us within of[].rolling_days */
    struct day last_run_day;         /* none = no earlier run */
    bool accept_gap;
    const char *stopped_by; /* stop file or stop row, a sentence; NULL = none */
};

struct guard_result {
    struct guard_finding *finding; /* one per guard, G1 first */
    size_t count;
    bool held;
    double matched_percent; /* for the next run's G6 */
};

/* Evaluates all guards, sets held_by on the decisions in their scope. Memory from the arena. */
struct guard_result guard_all(struct arena *arena, const struct limits *limits,
                              const struct guard_history *history,
                              const struct policy_context *context, const struct roster *roster,
                              const struct pairing *pairing, struct decision *decision);

/* Whether a guard's scope takes in a row of a plan: for guards evaluated again before an act. */
bool guard_holds(const char *id, enum action action, bool uses_person, bool uses_login);

/* Whether a roster alone passes G1 to G3: only good ones count for R6. */
bool guard_roster_is_good(const struct limits *limits, const struct guard_history *history,
                          struct instant now, const struct roster *roster);

#endif
