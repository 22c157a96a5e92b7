/*
 * Wrong on purpose: the database is told of limits that are never reached.
 */
#include "store/step.h"

int __real_store_intend(struct store *store, const struct store_run *run,
                        const struct store_intent *intent, struct instant now, struct err *err);
int __wrap_store_intend(struct store *store, const struct store_run *run,
                        const struct store_intent *intent, struct instant now, struct err *err);

int __wrap_store_intend(struct store *store, const struct store_run *run,
                        const struct store_intent *intent, struct instant now, struct err *err)
{
    struct store_intent generous = *intent;
    struct action_limit limit = *intent->limit;

    limit.count = limit.rolling_count = 1000000;
    generous.limit = &limit;
    return __real_store_intend(store, run, &generous, now, err);
}
