/*
 * Everything is made of readings and acts that are stored already, and what was settled is not
 * looked at again: cut off at any point, the next call does the rest.
 */
#include "store/savings.h"

#include "base/cleanup.h"
#include "store/private.h"

static int settle(const struct store *store, struct err *err)
{
    static const struct {
        const char *name, *sql;
    } step[] = {
        {"savings_acts", query_savings_acts},
        {"savings_counts", query_savings_counts},
        {"savings_returns", query_savings_returns},
        {"savings_settled", query_savings_settled},
    };
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *portal = store_number(&scratch, store->portal_id);

    for (size_t i = 0; i < COUNT_OF(step); i++) {
        if (pg_run(store->pg, step[i].name, step[i].sql, PG_NOTHING, &portal, 1, NULL, err) < 0)
            return -1;
    }
    return 0;
}

int store_settle_seats(const struct store *store, struct err *err)
{
    if (store_begin(store, err) < 0)
        return -1;
    return store_end(store, settle(store, err), err);
}
