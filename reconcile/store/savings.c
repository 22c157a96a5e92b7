/*
 * Everything is made of readings and acts that are stored already, and what was settled is not
 * looked at again: cut off at any point, the next call does the rest.
 */
#include "store/savings.h"

#include "base/cleanup.h"
#include "store/column.h"
#include "store/private.h"

/* Two of these are planned for long and find nothing on most nights: acts that were not taken in
 * yet, and freed seats that may be taken again. Acts that are taken in now free such seats. */
static int settle(const struct store *store, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *open = NULL;
    const char *portal = store_number(&scratch, store->portal_id);

    if (PG_QUERY(store->pg, savings_open, PG_ONE, &open, err, portal) < 0)
        return -1;
    bool acts = pg_bool(open, 0, store_place_of(open, "acts"));
    bool seats = acts || pg_bool(open, 0, store_place_of(open, "seats"));
    if ((acts && PG_QUERY(store->pg, savings_acts, PG_NOTHING, NULL, err, portal) < 0) ||
        PG_QUERY(store->pg, savings_counts, PG_NOTHING, NULL, err, portal) < 0 ||
        (seats && PG_QUERY(store->pg, savings_returns, PG_NOTHING, NULL, err, portal) < 0))
        return -1;
    return PG_QUERY(store->pg, savings_settled, PG_NOTHING, NULL, err, portal);
}

int store_settle_seats(const struct store *store, struct err *err)
{
    if (store_begin(store, err) < 0)
        return -1;
    return store_end(store, settle(store, err), err);
}

static const struct column savings_columns[] = {
    COLUMN("class", struct plan_savings, class),
    COLUMN("currency", struct plan_savings, currency),
    COLUMN("exposed_seats", struct plan_savings, exposed_seats),
    COLUMN("exposed", struct plan_savings, exposed),
    COLUMN("freed_seat_days", struct plan_savings, freed_seat_days),
    COLUMN("freed", struct plan_savings, freed),
    COLUMN("year_seat_days", struct plan_savings, year_seat_days),
    COLUMN("year_freed", struct plan_savings, year_freed),
    COLUMN("reducible_seats", struct plan_savings, reducible_seats),
    COLUMN("reducible", struct plan_savings, reducible),
    COLUMN("two_currencies", struct plan_savings, two_currencies),
    COLUMN_END,
};

int store_load_savings(const struct store *store, struct arena *arena, struct day today,
                       struct plan_savings **ret_savings, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, savings_now, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_day(arena, today)) < 0)
        return -1;
    *ret_savings = store_read_all(savings_columns, sizeof(**ret_savings), result, arena, ret_count);
    return 0;
}

int store_load_all_savings(struct pg *pg, struct arena *arena, struct plan_savings **ret_savings,
                           int64_t **ret_portal, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, status_savings, PG_MANY, &result, err) < 0)
        return -1;
    int place = store_place_of(result, "portal_id");
    *ret_portal = arena_calloc(arena, (size_t)PQntuples(result) + 1, sizeof(**ret_portal));
    for (int row = 0; row < PQntuples(result); row++)
        (*ret_portal)[row] = pg_int(result, row, place);
    *ret_savings = store_read_all(savings_columns, sizeof(**ret_savings), result, arena, ret_count);
    return 0;
}
