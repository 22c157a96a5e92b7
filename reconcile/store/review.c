/*
 * What stands still, and until when.
 */
#include "store/review.h"

#include "facts/action.h"

#include "store/column.h"

int store_load_stop(struct store *store, struct arena *arena, const char **ret_reason,
                    struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, stop_load, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    *ret_reason = PQntuples(result) ? store_string(arena, result, 0, 0) : NULL;
    return 0;
}

static const struct column locked_columns[] = {
    COLUMN("account_id", struct store_lock_until, account_id),
    COLUMN("username", struct store_lock_until, username),
    COLUMN("email", struct store_lock_until, email),
    COLUMN("done_at", struct store_lock_until, suspended_at),
    COLUMN_END,
};

int store_load_locked(struct store *store, struct arena *arena, struct instant now,
                      struct store_lock_until **ret_locked, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct instant since = instant_add_us(now, -REACTIVATION_DAYS * DAY_US);

    if (PG_QUERY(store->pg, account_locked, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_time(arena, since)) < 0)
        return -1;
    struct store_lock_until *locked =
        store_read_all(locked_columns, sizeof(locked[0]), result, arena, ret_count);
    for (size_t i = 0; i < *ret_count; i++)
        locked[i].until = instant_add_us(locked[i].suspended_at, REACTIVATION_DAYS * DAY_US);
    *ret_locked = locked;
    return 0;
}
