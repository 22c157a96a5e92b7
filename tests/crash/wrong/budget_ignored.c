/*
 * Wrong on purpose: no limit is ever reached, neither where a night chooses nor where the database
 * counts again.
 */
#include "core/amount.h"
#include "store/step.h"

void __wrap_amount_choose(const struct amount_scene *scene, struct amount_row *row, size_t count);
int __real_store_intend(struct store *store, const struct store_run *run,
                        const struct store_intent *intent, struct instant now, struct err *err);
int __wrap_store_intend(struct store *store, const struct store_run *run,
                        const struct store_intent *intent, struct instant now, struct err *err);

void __wrap_amount_choose(const struct amount_scene *scene, struct amount_row *row, size_t count)
{
    (void)scene;
    for (size_t i = 0; i < count; i++)
        row[i].chosen = true;
}

int __wrap_store_intend(struct store *store, const struct store_run *run,
                        const struct store_intent *intent, struct instant now, struct err *err)
{
    struct store_intent generous = *intent;
    struct action_limit limit = *intent->limit;

    limit.count = limit.rolling_count = 1000000;
    limit.percent = limit.rolling_percent = 100;
    generous.limit = &limit;
    return __real_store_intend(store, run, &generous, now, err);
}
