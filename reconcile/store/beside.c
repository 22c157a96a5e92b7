/* The database compares: of two plans only what differs is read. */
#include "store/beside.h"

#include "base/mem.h"
#include "host/command.h"
#include "store/column.h"

static const struct column base_columns[] = {
    COLUMN("plan_id", struct plan_base, plan_id),
    COLUMN("today", struct plan_base, today),
    COLUMN("later_id", struct plan_base, later_id),
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

static const struct column seats_columns[] = {
    COLUMN("day", struct plan_seats, day),
    COLUMN("seats", struct plan_seats, seats),
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

int store_plan_seats(const struct store *store, struct arena *arena, int64_t plan_id, int64_t most,
                     struct plan_seats **ret_seats, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_seats, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan_id),
                 store_number(arena, most)) < 0)
        return -1;
    *ret_seats = store_read_all(seats_columns, sizeof(**ret_seats), result, arena, ret_count);
    return 0;
}

int store_plan_countries(const struct store *store, struct arena *arena, struct plan *plan,
                         struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_countries, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan->id)) < 0)
        return -1;
    for (int i = 0; i < PQntuples(result); i++) {
        size_t at = (size_t)pg_int(result, i, 0) - 1;
        if (at < plan->row_count)
            plan->row[at].country = store_string(arena, result, i, 1);
    }
    return 0;
}

/* --- for people --- */

int store_ask_plans(const struct store *store, int64_t most, PGresult **ret_result, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return PG_QUERY(store->pg, plan_list, PG_MANY, ret_result, err,
                    store_number(&scratch, store->portal_id), store_number(&scratch, most));
}

static int check_pair(const PGresult *plans, int64_t before, int64_t after, struct err *err)
{
    int number = store_place_of(plans, "plan_id");
    bool has_before = PQntuples(plans) > 0 && pg_int(plans, 0, number) == before;

    if (PQntuples(plans) == 2 || (before == after && has_before))
        return 0;
    CLEANUP(mem_cleanup) char *list = command_make("plans");
    return err_set(err, ERR_USAGE, "there is no plan %lld; hint: '%s' lists them",
                   (long long)(has_before ? after : before), list);
}

/* A plan without its rows would be one in which everybody arrives, or goes. */
static int check_rows(const PGresult *thinned, struct err *err)
{
    if (PQntuples(thinned) == 0)
        return 0;
    CLEANUP(mem_cleanup) char *list = command_make("plans");
    return err_set(err, ERR_USAGE,
                   "the rows of plan %lld were taken away by their age (retention.plan_rows_days), "
                   "so it cannot be compared; hint: compare with a newer one, '%s' lists them",
                   (long long)pg_int(thinned, 0, 0), list);
}

int store_ask_pair(const struct store *store, int64_t before, int64_t after,
                   struct plan_pair *ret_pair, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *plans = NULL;
    CLEANUP(pg_clearp) PGresult *thinned = NULL;
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    CLEANUP(pg_clearp) PGresult *decisions = NULL;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *first = store_number(&scratch, before), *second = store_number(&scratch, after);

    if (PG_QUERY(store->pg, plan_pair, PG_MANY, &plans, err, portal, first, second) < 0 ||
        check_pair(plans, before, after, err) < 0 ||
        PG_QUERY(store->pg, plan_thinned, PG_MANY, &thinned, err, portal, first, second) < 0 ||
        check_rows(thinned, err) < 0 ||
        PG_QUERY(store->pg, plan_diff, PG_MANY, &rows, err, portal, first, second) < 0 ||
        PG_QUERY(store->pg, plan_between, PG_MANY, &decisions, err, portal, first, second) < 0)
        return -1;
    ret_pair->plans = TAKE(plans);
    ret_pair->rows = TAKE(rows);
    ret_pair->decisions = TAKE(decisions);
    return 0;
}

void plan_pair_release(struct plan_pair *pair)
{
    PQclear(pair->plans);
    PQclear(pair->rows);
    PQclear(pair->decisions);
}
