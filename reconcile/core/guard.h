/*
 * guard: brakes on implausible input and on too much change, evaluated on the finished plan and
 * before the first write. Those of evidence (G1 to G6, G12 to G15, policy) hold; those of amount
 * are asked of what is approved and due (core/amount). Specification: docs/decisions.md "Guards".
 */
#ifndef CORE_GUARD_H
#define CORE_GUARD_H

#include "core/acknowledgement.h"
#include "core/decided.h"

#define GUARD_COUNT 17 /* G1 to G16, policy */

struct guard_finding {
    const char *id; /* "G1" */
    bool hold;
    const char *limit; /* as text: "48 h", "50" */
    const char *actual;
    const char *text; /* one sentence */
    /* What a person accepts who lets it go, and how bad it is (more is worse, negative = cannot be
     * compared). NULL = it does not hold, or nobody can let it go. */
    const char *cause;
    int64_t measure;
    /* By whom it was let go; NULL = by nobody. Of a guard that holds: only after this plan. */
    int64_t let_go_id;
    const char *let_go_by, *let_go_reason;
    struct day let_go_until;
};

struct action_limit {
    int64_t count;         /* on a day */
    double percent;        /* likewise, of the accounts it is about */
    int64_t percent_floor; /* no percent above 0 forbids up to so many */
    int rolling_days;
    int64_t rolling_count; /* in the window */
    double rolling_percent;
};

struct limits {
    struct action_limit of[ACTION_COUNT]; /* of those that have a guard (actions[].guard) */
    int64_t min_admins;
    const char *const *admin_role;
    size_t admin_role_count;
    double max_age_hours;  /* roster guards */
    int64_t max_same_days; /* 0 = never too long */
    int64_t min_people;
    double max_shrink_percent;
    double max_rejected_percent;
    double max_duplicate_percent;
    double min_matched_percent;
};

/* What became of the question to the portal whether anybody was there, when the newest login event
 * is old (G5). All zero = it was not asked. */
struct guard_signal {
    int64_t asked;    /* accounts read singly, those that log in most */
    int64_t answered; /* of those */
    int64_t missed;   /* of those: logged in, and no event told of it */
};

/* What G14 found begins so when it is a second name of the portal; behind it stands the first. */
#define GUARD_ALSO_KNOWN "also known as "

/* Who the portal is, tonight and by the last run that was sure of it (G14). NULL = not known. */
struct guard_portal {
    const char *host;      /* of portal.url, with its port */
    const char *last_host; /* NULL = not learned yet */
    const char *own_id;    /* the account that the token acts as */
    const char *last_own_id;
    const char *older_name; /* another name of this history with this host, there before this one */
    int64_t known, of_those; /* accounts of that run's list, and how many of those are there */
};

/* What the history knows, for comparison. -1 or none = there is no earlier one. What is compared
 * with is what was accepted: runs that the guard held count only when a person let it go. */
struct guard_history {
    bool first_plan;
    int64_t last_roster_people;      /* of the last accepted roster */
    struct instant same_bytes_since; /* when these very bytes were first read; none = now */
    struct instant older_copy_of;    /* this content was last read then, and another one followed */
    int64_t last_snapshot_accounts;  /* of the last complete snapshot */
    int64_t deprovisioned_since;     /* by us, since that snapshot */
    double last_matched_percent;     /* of the last run; <0 = none */
    struct instant matched_at;       /* when that was read */
    int64_t logins_known_before;     /* accounts read now that had a known login before */
    int64_t logins_lost;             /* of those: vanished or moved backwards now */
    struct instant events_reach;     /* newest login event read; none = events not in use */
    struct guard_signal signal;
    struct instant history_since; /* the first complete snapshot; none = there is none */
    struct guard_portal portal;
    const char *record_back;       /* the record is older than what this machine kept of it (G15), a
                                      sentence; NULL = it is not */
    bool clock_told;               /* the portal told its clock */
    double clock_ahead_s;          /* it minus ours */
    struct digest policy_text;     /* policy_text_digest of the policy in force */
    struct instant policy_seen_at; /* it was last seen then, and another one followed */
    const struct acknowledgement *acknowledged; /* those that stand */
    size_t acknowledged_count;
    int64_t in_window[ACTION_COUNT]; /* done by us within of[].rolling_days */
    struct day last_run_day;         /* none = no earlier run */
    bool is_base; /* later runs are compared with this one: it is a run, or there was none yet */
    bool accept_gap;
    const char *stopped_by; /* stop file or stop row, a sentence; NULL = none */
};

/* An acknowledgement that does not stand any more. */
struct guard_end {
    const struct acknowledgement *given;
    const char *reason;
};

struct guard_result {
    struct guard_finding *finding; /* one per guard, G1 first */
    size_t count;
    bool held;
    bool person_in_doubt;   /* one holds that doubts what this night says of people (R6) */
    double matched_percent; /* for the next run's G6 */
    struct guard_end *end;
    size_t end_count;
};

/* Evaluates all guards, sets held_by on the decisions in their scope. Memory from the arena. */
struct guard_result guard_all(struct arena *arena, const struct limits *limits,
                              const struct guard_history *history,
                              const struct policy_context *context, const struct roster *roster,
                              const struct pairing *pairing, struct decided *decided);

/* The same for decisions made anew over the evidence that was found so: what policy asks, no guard
 * of evidence looks at. */
void guard_hold(const struct guard_finding *found, size_t findings, struct decided *decided);

/* The guards in their order, from 0; NULL behind the last. */
const char *guard_id(size_t number);

/* Whether it could be the id of a guard, of this version or another: a few letters and digits. Ids
 * stand in commands that are to be pasted. */
bool guard_id_is_plain(const char *id);

/* Whether the newest login event is so old that G5 wants to know whether anybody was there. */
bool guard_asks_portal(struct instant events_reach, struct instant now);

/* Whether a profile has one of the roles that make an admin. */
bool guard_is_admin_profile(const struct limits *limits, const struct profile *profile);

/* Whether a roster alone passes G1 to G3, or was let go: only good ones count for R6. */
bool guard_roster_is_good(const struct limits *limits, const struct guard_history *history,
                          struct instant now, struct day today, const struct roster *roster);

#endif
