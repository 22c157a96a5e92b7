/*
 * What `status` shows: the newest of everything, one small question each. Only reads.
 */
#include "audit/status.h"

#include "core/guard.h"
#include "store/column.h"

static const struct column database_columns[] = {
    COLUMN("portal", struct store_status, portal),
    COLUMN("database_bytes", struct store_status, database_bytes),
    COLUMN_END,
};

static const struct column run_columns[] = {
    COLUMN("run_id", struct store_status_run, id),
    COLUMN("verb", struct store_status_run, verb),
    COLUMN("started_at", struct store_status_run, started_at),
    COLUMN("finished_at", struct store_status_run, finished_at),
    COLUMN_AS("exit_code", struct store_status_run, exit_code, COLUMN_OPTIONAL),
    COLUMN("message", struct store_status_run, message),
    COLUMN_END,
};

static const struct column snapshot_columns[] = {
    COLUMN("taken_at", struct store_status, snapshot_taken_at),
    COLUMN("complete", struct store_status, snapshot_complete),
    COLUMN("accounts", struct store_status, accounts),
    COLUMN("active", struct store_status, active),
    COLUMN("inactive", struct store_status, inactive),
    COLUMN("gone", struct store_status, gone),
    COLUMN_END,
};

static const struct column roster_columns[] = {
    COLUMN("read_at", struct store_status, roster_read_at),
    COLUMN("good", struct store_status, roster_good),
    COLUMN("people", struct store_status, people),
    COLUMN("rejected", struct store_status, rejected),
    COLUMN_END,
};

static const struct column plan_columns[] = {
    COLUMN("plan_id", struct store_status, plan_id),
    COLUMN_OF_WORDS("state", struct store_status, plan_state, &plan_state_words),
    COLUMN("created_at", struct store_status, plan_created_at),
    COLUMN_END,
};

static int load_runs(const struct store *store, struct arena *arena, struct store_status *status,
                     struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, status_runs, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    status->run =
        store_read_all(run_columns, sizeof(status->run[0]), result, arena, &status->run_count);
    return 0;
}

static const struct column held_columns[] = {
    COLUMN("guard", struct status_guard, id),
    COLUMN("sentence", struct status_guard, text),
    COLUMN("limit_text", struct status_guard, limit),
    COLUMN("actual", struct status_guard, actual),
    COLUMN("cause", struct status_guard, cause),
    COLUMN("since", struct status_guard, since),
    COLUMN_END,
};

static int load_held(const struct store *store, struct arena *arena, struct store_status *status,
                     struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, status_held, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    status->held = store_read_all(held_columns, sizeof(struct status_guard), result, arena,
                                  &status->held_count);
    for (size_t i = 0; i < status->held_count; i++) {
        if (!guard_id_is_plain(status->held[i].id))
            return err_set(err, ERR_INTERNAL,
                           "the newest plan was changed in the database: a guard that is none");
    }
    return 0;
}

int store_load_announced(struct store *store, struct arena *arena, struct day today,
                         struct status_stands *stands, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    char day[DAY_TEXT_SIZE];

    if (PG_QUERY(store->pg, status_announced, PG_ONE, &result, err,
                 store_number(arena, store->portal_id), day_format(today, day)) < 0)
        return -1;
    stands->announced = (size_t)pg_int(result, 0, store_place_of(result, "count"));
    stands->announced_next = pg_day(result, 0, store_place_of(result, "next"));
    return 0;
}

static int load_locked(const struct store *store, struct arena *arena, struct store_status *status,
                       struct err *err)
{
    CLEANUP(pg_clearp) PGresult *lock = NULL;

    if (PG_QUERY(store->pg, portal_locked, PG_ONE, &lock, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    status->locked = pg_bool(lock, 0, 0);
    return 0;
}

int store_load_status(struct store *store, struct arena *arena, struct store_status *ret_status,
                      struct err *err)
{
    struct store_status status = {.plan_id = 0};

    if (STORE_LOAD_ROW(store, status_database, database_columns, arena, &status, err) < 0 ||
        load_locked(store, arena, &status, err) < 0 || load_runs(store, arena, &status, err) < 0 ||
        STORE_LOAD_ROW(store, status_snapshot, snapshot_columns, arena, &status, err) < 0 ||
        STORE_LOAD_ROW(store, status_roster, roster_columns, arena, &status, err) < 0 ||
        STORE_LOAD_ROW(store, status_plan, plan_columns, arena, &status, err) < 0 ||
        load_held(store, arena, &status, err) < 0)
        return -1;
    *ret_status = status;
    return 0;
}
