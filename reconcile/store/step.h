/*
 * store/step: what became of each row of a plan. The journal of acts: every change of a step is one
 * committed transaction that checks, in the database, that it may be.
 */
#ifndef STORE_STEP_H
#define STORE_STEP_H

#include "core/plan.h"
#include "core/step.h"
#include "store/store.h"

struct store_step {
    int64_t plan_id;
    int64_t position; /* of the row in the plan */
    const char *account_id;
    enum action action;
    enum step_state state;
    const char *reason;       /* NULL = none */
    int64_t run_id;           /* the last one that touched it; 0 = none */
    struct instant intent_at; /* none = never called */
    struct instant outcome_at;
};

/* Makes the steps of a plan that has none (planned or approved, as given: a flag for each of
 * plan->row; position 1 is row 0), marks it applying. Idempotent: steps that are there stay as they
 * are, except planned <-> approved. The database counts again: ERR_HELD when a row given as
 * approved has too few people or is held by a guard that was not overridden, when no row is
 * approved (and the plan is not applying yet: it could not be approved any more), or when the plan
 * is not held, proposed, approved or applying. ERR_LOCKED for the fence. */
int store_open_steps(struct store *store, const struct store_run *run, const struct plan *plan,
                     const bool *approved, struct err *err) __attribute__((warn_unused_result));
/* In order of position. */
int store_load_steps(struct store *store, struct arena *arena, int64_t plan_id,
                     struct store_step **ret_step, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));
/* Every intent and unknown of the portal, whatever plan, oldest first. */
int store_load_open_steps(struct store *store, struct arena *arena, struct store_step **ret_step,
                          size_t *ret_count, struct err *err) __attribute__((warn_unused_result));

/* What the database must agree to before an intent is committed. */
struct store_intent {
    const struct plan_row *row;
    int64_t plan_id, position;
    const char *record; /* JSON of the account before; not NULL when it is deprovision */
    const struct action_limit *limit; /* not NULL unless it is reactivate */
};
/* approved → intent in one transaction that checks: this run is the newest of the portal (fence),
 * the step is approved, the plan is applying and not expired at `now`, no stop row, fewer than
 * limit->count acts (done, intent, unknown, verified) of this class by this plan, and fewer than
 * rolling_count in rolling_days over all plans (acts, and every call whose outcome is not known).
 * The two limits are passed over when G7 (suspend) or G8 (deprovision) was overridden for this
 * plan, and for reactivate. ERR_HELD with which check said no; ERR_LOCKED for the fence. Any error
 * means: do not call. */
int store_intend(struct store *store, const struct store_run *run,
                 const struct store_intent *intent, struct instant now, struct err *err)
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
};
int store_outcome(struct store *store, const struct store_run *run,
                  const struct store_outcome *outcome, struct instant now, struct err *err)
    __attribute__((warn_unused_result));
/* applying → applied when no step is approved, intent or unknown any more; back to proposed or held
 * when only rows that need nobody were done and others could still be approved. */
int store_close_plan(struct store *store, int64_t plan_id, bool *ret_closed, struct err *err)
    __attribute__((warn_unused_result));
/* Applying plans whose time is over by `now`: what of them is still approved becomes skipped, and
 * those with nothing open become applied. */
int store_close_expired(struct store *store, const struct store_run *run, struct instant now,
                        struct err *err) __attribute__((warn_unused_result));
/* done steps not verified yet, of the 7 days before the newest run began. */
int store_load_unverified(struct store *store, struct arena *arena, struct store_step **ret_step,
                          size_t *ret_count, struct err *err) __attribute__((warn_unused_result));

#endif
