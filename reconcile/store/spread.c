/*
 * What the extension that spreads tables keeps of them can be asked only where it is: so first
 * whether it is.
 */
#include "store/spread.h"

#include "store/column.h"

static const struct column spread_columns[] = {
    COLUMN("servers", struct store_spread, servers),
    COLUMN("at", struct store_spread, at),
    COLUMN("here", struct store_spread, here),
    COLUMN_END,
};

int store_look_spread(const struct store *store, struct arena *arena,
                      struct store_spread *ret_spread, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *can = NULL;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct store_spread spread = {.is_spread = false};

    if (PG_QUERY(store->pg, spread_can, PG_ONE, &can, err) < 0)
        return -1;
    if (pg_bool(can, 0, 0)) {
        if (PG_QUERY(store->pg, spread_where, PG_ONE, &result, err,
                     store_number(arena, store->portal_id)) < 0)
            return -1;
        (void)store_read_row(spread_columns, result, 0, arena, &spread);
        spread.is_spread = pg_int(result, 0, store_place_of(result, "spread")) > 0;
        if (store->portal_id == 0 || !spread.is_spread)
            spread.at = NULL;
    }
    *ret_spread = spread;
    return 0;
}
