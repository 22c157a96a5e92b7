/*
 * Wrong on purpose: a run that was overtaken goes on with what it has read, where the lock is no
 * help either: whatever number it has, whichever plan is the newest, whatever became of its steps
 * since.
 */
#include "store/private.h"
#include "wrong_sql.h"

int __wrap_store_lock(struct store *store, struct err *err);
int __real_store_hold(const struct store *store, int64_t run, int64_t *ret_newest_plan,
                      struct err *err);
int __wrap_store_hold(const struct store *store, int64_t run, int64_t *ret_newest_plan,
                      struct err *err);

int __wrap_store_lock(struct store *store, struct err *err)
{
    (void)store;
    (void)err;
    return 0;
}

int __wrap_store_hold(const struct store *store, int64_t run, int64_t *ret_newest_plan,
                      struct err *err)
{
    (void)run;
    return __real_store_hold(store, 0, ret_newest_plan, err);
}

static const struct wrong_sql wrong[] = {
    {"step_may", "s.state,", "'approved' as state,"},
    {"step_may", "p.state as plan_state", "'applying' as plan_state"},
    {"step_intend", "and state = 'approved'", ""},
    {"step_intend", "set state = 'intent'", "set outcome_at = null, state = 'intent'"},
};
WRONG_SQL(wrong)
