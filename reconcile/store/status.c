/*
 * What `status` shows: the newest of everything, one small question each. Only reads.
 */
#include "store/status.h"

#include "base/text.h"
#include "store/private.h"

static int load_runs(const struct store *store, struct arena *arena, struct store_status *status,
                     struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, status_runs, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    status->run_count = (size_t)PQntuples(result);
    status->run = arena_calloc(arena, status->run_count + 1, sizeof(status->run[0]));
    for (int i = 0; i < (int)status->run_count; i++) {
        status->run[i] = (struct store_status_run){
            .id = pg_int(result, i, 0),
            .verb = store_string(arena, result, i, 1),
            .started_at = pg_instant(result, i, 2),
            .finished_at = pg_instant(result, i, 3),
            .exit_code = (int)pg_int(result, i, 4),
            .message = store_string(arena, result, i, 5),
        };
    }
    return 0;
}

static int load_snapshot(const struct store *store, struct arena *arena,
                         struct store_status *status, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, status_snapshot, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return 0;
    status->snapshot_taken_at = pg_instant(result, 0, 0);
    status->snapshot_complete = pg_bool(result, 0, 1);
    status->accounts = pg_int(result, 0, 2);
    status->active = pg_int(result, 0, 3);
    status->inactive = pg_int(result, 0, 4);
    status->gone = pg_int(result, 0, 5);
    return 0;
}

static int load_roster(const struct store *store, struct arena *arena, struct store_status *status,
                       struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, status_roster, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return 0;
    status->roster_read_at = pg_instant(result, 0, 0);
    status->roster_good = pg_bool(result, 0, 1);
    status->people = pg_int(result, 0, 2);
    status->rejected = pg_int(result, 0, 3);
    return 0;
}

static int load_held(const struct store *store, struct arena *arena, struct store_status *status,
                     struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_guards, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, status->plan_id)) < 0)
        return -1;
    for (int i = 0; i < PQntuples(result) && status->held_count < COUNT_OF(status->held); i++) {
        if (pg_bool(result, i, 1))
            status->held[status->held_count++] = store_string(arena, result, i, 4);
    }
    return 0;
}

static int load_plan(const struct store *store, struct arena *arena, struct store_status *status,
                     struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, status_plan, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return 0;
    status->plan_id = pg_int(result, 0, 0);
    (void)plan_state_parse(pg_text(result, 0, 1), &status->plan_state);
    status->plan_created_at = pg_instant(result, 0, 2);
    status->plan_expires_at = pg_instant(result, 0, 3);
    return load_held(store, arena, status, err);
}

static int load_database(const struct store *store, struct arena *arena,
                         struct store_status *status, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *database = NULL;
    CLEANUP(pg_clearp) PGresult *lock = NULL;
    const char *portal = store_number(arena, store->portal_id);

    if (PG_QUERY(store->pg, status_database, PG_ONE, &database, err, portal) < 0 ||
        PG_QUERY(store->pg, portal_locked, PG_ONE, &lock, err, portal) < 0)
        return -1;
    status->portal = store_string(arena, database, 0, 0);
    status->database_bytes = pg_int(database, 0, 1);
    status->locked = pg_bool(lock, 0, 0);
    return 0;
}

int store_load_status(struct store *store, struct arena *arena, struct store_status *ret_status,
                      struct err *err)
{
    struct store_status status = {.plan_id = 0};

    if (load_database(store, arena, &status, err) < 0 ||
        load_runs(store, arena, &status, err) < 0 ||
        load_snapshot(store, arena, &status, err) < 0 ||
        load_roster(store, arena, &status, err) < 0 || load_plan(store, arena, &status, err) < 0)
        return -1;
    *ret_status = status;
    return 0;
}
