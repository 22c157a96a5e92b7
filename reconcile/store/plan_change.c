/* The database compares: of two plans only what differs is read. */
#include "store/plan_change.h"

#include "store/column.h"

static const struct column base_columns[] = {
    COLUMN("plan_id", struct plan_base, plan_id),
    COLUMN("today", struct plan_base, today),
    COLUMN("decided", struct plan_base, decided),
    COLUMN_END,
};

static const struct column change_columns[] = {
    COLUMN("before", struct plan_change, before),
    COLUMN("after", struct plan_change, after),
    COLUMN("is_new", struct plan_change, is_new),
    COLUMN("done", struct plan_change, done),
    COLUMN_END,
};

int store_plan_before(const struct store *store, int64_t plan_id, struct plan_base *ret_base,
                      struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct plan_base base = {.plan_id = 0};

    if (PG_QUERY(store->pg, plan_before, PG_MAYBE, &result, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, plan_id)) < 0)
        return -1;
    if (PQntuples(result) > 0)
        (void)store_read_row(base_columns, result, 0, &scratch, &base);
    *ret_base = base;
    return 0;
}

int store_plan_changes(const struct store *store, struct arena *arena, int64_t before,
                       int64_t after, struct plan_change **ret_change, size_t *ret_count,
                       struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_changes, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, before),
                 store_number(arena, after)) < 0)
        return -1;
    *ret_change = store_read_all(change_columns, sizeof(**ret_change), result, arena, ret_count);
    return 0;
}
