/*
 * simulate: what other thresholds of idleness, by logins or by any activity, would do, on a picture
 * that is there: the policy asked again with another number of days, everything else as it is, and
 * what came of it counted.
 * Pure; the core does not know that it is only asked what if.
 */
#ifndef CORE_SIMULATE_H
#define CORE_SIMULATE_H

#include "core/guard.h"

/* Whether a rule that takes a seat away asks how many days somebody has been idle, or not active:
 * only then there is a threshold to vary. */
bool simulate_asks_idle(const struct policy *policy);
/* The smallest such number of days; -1 = none asks. */
int simulate_threshold(const struct policy *policy);
/* The policy with so many days in each of these rules. Memory from the arena; the rest is shared.
 */
struct policy simulate_policy(struct arena *arena, const struct policy *policy, int idle_days);

/* Why accounts that are idle so long keep their seat: by row of the decision table. */
enum { SIMULATE_CLAUSES = 32 };
struct simulate_kept {
    const char *clause;
    size_t count;
};

struct simulate_point {
    int days;      /* the threshold */
    size_t acts;   /* rows with an action, whatever rule made them */
    size_t seats;  /* seats that these free */
    size_t idle;   /* of these seats: by a rule that asks how long somebody has been idle */
    size_t unread; /* of the idle: a plan would first read the last login, which may have changed */
    size_t later;  /* of the seats: not before a later day (grace) */
    size_t held;   /* of the acts: rows that a guard of evidence holds */
    size_t kept;   /* active accounts that are idle so long and keep their seat all the same */
    struct simulate_kept
        kept_by[SIMULATE_CLAUSES]; /* the same by row; clause NULL behind the last */
};

/* What the picture is, and what the guards found in it: they look at the evidence, so that no
 * threshold changes it. */
struct simulate_scene {
    const struct policy_context *context;
    const struct pairing *pairing; /* match_all of the snapshot */
    const struct guard_finding *guard;
    size_t guard_count;
    int64_t reread_days;           /* how old a single read may be that a proposal rests on */
    const struct decided *decided; /* of the policy that simulate_curve is about, held likewise;
                                      NULL = nobody asked it */
};

/* The decisions of a policy on the picture, one for each account, held where a guard holds. */
struct decided *simulate_decide(struct arena *arena, const struct policy *policy,
                                const struct simulate_scene *scene);

/* Counts them; `days` is what being idle so long means for `kept`. */
struct simulate_point simulate_count(const struct simulate_scene *scene,
                                     const struct decided *decided, int days);

/* Whether a decision takes the seat of an active account away by a rule that asks how long somebody
 * has been idle. */
bool simulate_frees_idle(const struct decision *decision);

/* The same at thresholds from 30 to 365 days. Memory from the arena; 0 points when no rule asks. */
size_t simulate_curve(struct arena *arena, const struct policy *policy,
                      const struct simulate_scene *scene, const struct simulate_point **ret_point);

#endif
