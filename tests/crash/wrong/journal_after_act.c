/*
 * Wrong on purpose: the intent is committed only when the outcome is, after the call.
 */
#include "store/step.h"

int __real_store_intend(struct store *store, const struct store_run *run,
                        const struct store_intent *intent, struct instant now, struct err *err);
int __wrap_store_intend(struct store *store, const struct store_run *run,
                        const struct store_intent *intent, struct instant now, struct err *err);
int __real_store_outcome(struct store *store, const struct store_run *run,
                         const struct store_outcome *outcome, struct instant now, struct err *err);
int __wrap_store_outcome(struct store *store, const struct store_run *run,
                         const struct store_outcome *outcome, struct instant now, struct err *err);

static struct store_intent waiting; /* position 0: none */
static struct instant waiting_since;

int __wrap_store_intend(struct store *store, const struct store_run *run,
                        const struct store_intent *intent, struct instant now, struct err *err)
{
    (void)store;
    (void)run;
    (void)err;
    waiting = *intent;
    waiting_since = now;
    return 0;
}

int __wrap_store_outcome(struct store *store, const struct store_run *run,
                         const struct store_outcome *outcome, struct instant now, struct err *err)
{
    struct store_intent intent = waiting;

    waiting.position = 0;
    if (intent.position == outcome->position &&
        __real_store_intend(store, run, &intent, waiting_since, err))
        return -1;
    return __real_store_outcome(store, run, outcome, now, err);
}
