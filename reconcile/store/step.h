/*
 * store/step: what became of each row of a plan. The journal of acts: every change of a step is one
 * committed transaction that checks, in the database, that it may be.
 */
#ifndef STORE_STEP_H
#define STORE_STEP_H

#include "core/amount.h"
#include "core/plan.h"
#include "core/step.h"
#include "store/store.h"

struct store_step {
    int64_t plan_id;
    int64_t position; /* of the row in the plan */
    const char *account_id;
    struct step_aim aim;
    enum step_state state;
    const char *reason;         /* NULL = none */
    int64_t run_id;             /* the last one that touched it; 0 = none */
    struct instant intent_at;   /* none = never called */
    struct instant accepted_at; /* Bynder said that it will be done; none = it did not */
    struct instant outcome_at;
    const char *record; /* of an open one: JSON of the account before the call; NULL = none */
    const char
        *approved_by; /* whose approval it was done on, of what became of a plan; NULL = nobody's */
};

/* Makes an approved step of each row that is chosen (a flag for each of plan->row; position 1 is
 * row 0) and marks the plan applying. `uncounted`, likewise: spread or overridden, so that the
 * rolling window does not count it. Idempotent. The database counts again: ERR_HELD when a chosen
 * row has too few people whose approval of just this subject stands, is rejected, or is held by a
 * guard, and when the plan is not the newest; ERR_INTERNAL when it has another number of needed
 * people there than in `plan`. ERR_LOCKED for the fence. */
int store_open_steps(struct store *store, const struct store_run *run, const struct plan *plan,
                     const bool *chosen, const bool *uncounted, struct err *err)
    __attribute__((warn_unused_result));

/* What was done of each action on the civil day of `now` and in its window (core/amount). */
int store_load_done(struct store *store, struct instant now, const struct zone *zone,
                    const struct limits *limits, struct amount_done ret_done[ACTION_COUNT],
                    struct err *err) __attribute__((warn_unused_result));

/* In order of position. */
int store_load_steps(struct store *store, struct arena *arena, int64_t plan_id,
                     struct store_step **ret_step, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));
/* What became of the rows of a plan, in its order: the steps of it and of later plans, whose rows
 * are about the same and carry what was decided on it. plan_id is the plan that the act was under.
 */
int store_load_became(struct store *store, struct arena *arena, int64_t plan_id,
                      struct store_step **ret_step, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));
/* Every intent and unknown of the portal, whatever plan, oldest first. */
int store_load_open_steps(struct store *store, struct arena *arena, struct store_step **ret_step,
                          size_t *ret_count, struct err *err) __attribute__((warn_unused_result));
/* Every approved step of the portal: its run ended before it came to them. Ask before a run opens
 * its own. */
int store_load_left_steps(struct store *store, struct arena *arena, struct store_step **ret_step,
                          size_t *ret_count, struct err *err) __attribute__((warn_unused_result));

/* What the database must agree to before an intent is committed. */
struct store_intent {
    const struct plan_row *row;
    int64_t plan_id, position;
    const char *record; /* JSON of the account before; not NULL when it is deprovision */
    const struct action_limit *limit; /* not NULL where the action has a guard */
    const struct limits *limits;      /* all of them, for their windows */
    int64_t whole;                    /* what its percent is of */
    bool spread, overridden;
    struct instant day_began; /* the civil day of the run */
};
/* approved → intent in one transaction that checks: this run is the newest of the portal (fence),
 * the step is approved and the plan applying, its approvals still stand and nobody kept or rejected
 * it since, no stop row, and the day and the window have room (as counted by store_load_done;
 * neither is asked of an overridden step, nor the window of a spread one). ERR_HELD with which
 * check said no, ERR_USAGE when it is about this row alone (its approval, a keep, a rejection, an
 * earlier call on the same account whose effect is not seen yet); ERR_LOCKED for the fence. Any
 * error means: do not call. */
int store_intend(struct store *store, const struct store_run *run,
                 const struct store_intent *intent, struct instant now, struct err *err)
    __attribute__((warn_unused_result));
/* Bynder accepted the call of an intent of this run: from here on it does not fail by a reading of
 * the old state, also when nothing else comes to be recorded. */
int store_accept(struct store *store, const struct store_run *run, int64_t plan_id,
                 int64_t position, struct instant now, struct err *err)
    __attribute__((warn_unused_result));
/* Any other transition of the table, but not to planned or intent, and to approved only from intent
 * (a call that had no effect: the step starts anew); a forbidden one is ERR_INTERNAL. The step is
 * this run's from then on. Fence: ERR_LOCKED for a run that was overtaken, unless the step is its
 * own intent or unknown one: what happened to its call it may still tell. So a newer run settles
 * any open step, and then the older one cannot any more. A step that says as much
 * already (the same state; verified for done; done, failed or verified for unknown) stays as it is,
 * without an error. done also writes the act row (with the person status of the plan row), once.
 * status: HTTP status or 0. */
struct store_outcome {
    int64_t plan_id, position;
    enum step_state state;
    const char *reason;
    long status;
    bool refused;  /* Bynder refused it for good: its approvals end */
    bool accepted; /* Bynder said that it will be done */
};
int store_outcome(struct store *store, const struct store_run *run,
                  const struct store_outcome *outcome, struct instant now, struct err *err)
    __attribute__((warn_unused_result));
/* applying → applied when no step is approved, intent or unknown any more. 0: every such plan. */
int store_close_plan(struct store *store, int64_t plan_id, bool *ret_closed, struct err *err)
    __attribute__((warn_unused_result));
/* done steps not verified yet, of the 7 days before the newest run began. */
int store_load_unverified(struct store *store, struct arena *arena, struct store_step **ret_step,
                          size_t *ret_count, struct err *err) __attribute__((warn_unused_result));

#endif
