/*
 * Pending last logins go through a stage like everything that comes in numbers; the progress of the
 * events is written in the same transaction, so a page is either stored and never asked for again,
 * or neither.
 */
#include "store/login.h"

#include <assert.h>

#include "store/column.h"

static const struct column progress_columns[] = {
    COLUMN("complete_to", struct events_progress, complete_to),
    COLUMN("newest_at", struct events_progress, newest_at),
    COLUMN("window_from", struct events_progress, from),
    COLUMN("window_to", struct events_progress, to),
    COLUMN("cursor", struct events_progress, cursor),
    COLUMN("pages", struct events_progress, pages),
    COLUMN("covered_from", struct events_progress, covered_from),
    COLUMN("torn", struct events_progress, torn),
    COLUMN("version", struct events_progress, version),
    COLUMN("whole_version", struct events_progress, whole_version),
    COLUMN("host", struct events_progress, host),
    COLUMN_END,
};

int store_load_events(struct store *store, struct arena *arena, enum event_kind kind,
                      struct events_progress *ret_progress, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct events_progress progress = {.kind = kind};

    if (PG_QUERY(store->pg, events_load, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), event_kinds[kind].word) < 0)
        return -1;
    if (PQntuples(result) > 0)
        (void)store_read_row(progress_columns, result, 0, arena, &progress);
    *ret_progress = progress;
    return 0;
}

int store_load_told_days(struct store *store, struct arena *arena, enum event_kind kind,
                         const char *host, struct day today, struct day **ret_day,
                         size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, events_told, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), event_kinds[kind].word,
                 store_day(arena, today), host) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    struct day *day = arena_calloc(arena, count + 1, sizeof(day[0]));
    for (size_t i = 0; i < count; i++)
        day[i] = pg_day(result, (int)i, store_place_of(result, "day"));
    *ret_day = day;
    *ret_count = count;
    return 0;
}

int store_load_login_most(const struct store *store, struct arena *arena, size_t most,
                          const char ***ret_account_id, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, login_most, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, (int64_t)most)) < 0)
        return -1;
    *ret_account_id = store_read_list("account_id", result, arena, ret_count);
    return 0;
}

static struct pending_login login_at(const void *context, size_t place)
{
    const struct pending_login *pending = context;

    assert(pending[place].account_id); /* only of a year's files some tell nothing */
    return pending[place];
}

struct logins {
    store_login_at *at;
    const void *context;
};

static void add_pending(struct text *row, const void *context, size_t number)
{
    const struct logins *logins = context;
    const struct pending_login pending = logins->at(logins->context, number);
    const struct login *login = &pending.login;

    if (!pending.account_id)
        return;
    pg_copy_field(row, pending.account_id);
    pg_copy_field(row, store_login_source(login->source));
    pg_copy_field(row, store_login_kind(login->kind));
    store_copy_time(row, login->kind == LOGIN_KNOWN ? login->at : INSTANT_NONE);
    pg_copy_field(row, login->kind == LOGIN_UNREADABLE ? login->raw : NULL);
    store_copy_time(row, login->seen_at);
    pg_copy_field(row, pending.department);
    pg_copy_end_row(row);
}

int store_put_logins(struct store *store, store_login_at *at, const void *context, size_t count,
                     struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct logins logins = {.at = at, .context = context};

    if (count == 0)
        return 0;
    if (PG_QUERY(store->pg, stage_pending_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_pending_copy", query_stage_pending_copy, add_pending, &logins,
                   count, err) < 0)
        return -1;
    return PG_QUERY(store->pg, login_pending_put, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id));
}

/* An array literal; NULL for none. */
static const char *days_of(struct arena *arena, const struct events_progress *progress)
{
    const char **day = arena_calloc(arena, progress->told_count + 1, sizeof(day[0]));

    for (size_t i = 0; i < progress->told_count; i++)
        day[i] = store_day(arena, progress->told[i]);
    return progress->told_count > 0 ? store_text_array(arena, day, progress->told_count) : NULL;
}

static int put_progress(struct store *store, const struct events_progress *progress,
                        struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return PG_QUERY(
        store->pg, events_save, PG_NOTHING, NULL, err, store_number(&scratch, store->portal_id),
        event_kinds[progress->kind].word, store_time(&scratch, progress->complete_to),
        store_time(&scratch, progress->newest_at), store_time(&scratch, progress->from),
        store_time(&scratch, progress->to), store_time(&scratch, progress->covered_from),
        progress->cursor, store_number(&scratch, progress->pages), store_flag(progress->torn),
        store_number(&scratch, progress->version), progress->host,
        store_number(&scratch, progress->whole_version), days_of(&scratch, progress));
}

static int save_logins(struct store *store, const struct pending_login *pending, size_t count,
                       const struct events_progress *progress, struct err *err)
{
    int64_t newest = 0;

    if (store_next(store, "run_fence", query_run_fence, store->run_id, &newest, err) < 0 ||
        store_put_logins(store, login_at, pending, count, err) < 0)
        return -1;
    return progress ? put_progress(store, progress, err) : 0;
}

int store_save_logins(struct store *store, const struct pending_login *pending, size_t count,
                      const struct events_progress *progress, struct err *err)
{
    if (store_begin(store, err) < 0 ||
        store_end(store, save_logins(store, pending, count, progress, err), err) < 0)
        return err_prefix(err, "last logins were not stored");
    return 0;
}

/* --- activity --- */

static struct pending_activity activity_at(const void *context, size_t place)
{
    const struct pending_activity *pending = context;

    assert(pending[place].account_id); /* only of a year's files some tell nothing */
    return pending[place];
}

struct activities {
    store_activity_at *at;
    const void *context;
};

static void add_activity(struct text *row, const void *context, size_t number)
{
    const struct activities *activities = context;
    const struct pending_activity pending = activities->at(activities->context, number);

    if (!pending.account_id)
        return;
    pg_copy_field(row, pending.account_id);
    pg_copy_field(row, event_kinds[pending.activity.kind].word);
    store_copy_time(row, pending.activity.at);
    store_copy_time(row, pending.activity.seen_at);
    pg_copy_end_row(row);
}

int store_put_activity(struct store *store, store_activity_at *at, const void *context,
                       size_t count, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct activities activities = {.at = at, .context = context};

    if (count == 0)
        return 0;
    if (PG_QUERY(store->pg, stage_did_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_did_copy", query_stage_did_copy, add_activity, &activities,
                   count, err) < 0)
        return -1;
    return PG_QUERY(store->pg, activity_pending_put, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id));
}

static int save_activity(struct store *store, const struct pending_activity *pending, size_t count,
                         const struct events_progress *progress, struct err *err)
{
    int64_t newest = 0;

    if (store_next(store, "run_fence", query_run_fence, store->run_id, &newest, err) < 0 ||
        store_put_activity(store, activity_at, pending, count, err) < 0)
        return -1;
    return progress ? put_progress(store, progress, err) : 0;
}

int store_save_activity(struct store *store, const struct pending_activity *pending, size_t count,
                        const struct events_progress *progress, struct err *err)
{
    if (store_begin(store, err) < 0 ||
        store_end(store, save_activity(store, pending, count, progress, err), err) < 0)
        return err_prefix(err, "activity was not stored");
    return 0;
}

/* --- what an export told --- */

static void add_dates(struct text *row, const void *context, size_t number)
{
    const struct account_dates *dates = (const struct account_dates *)context + number;

    pg_copy_field(row, dates->account_id);
    store_copy_time(row, dates->created);
    store_copy_time(row, dates->deactivated);
    pg_copy_end_row(row);
}

static int put_dates(struct store *store, const struct account_dates *dates, size_t count,
                     size_t *ret_changed, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, stage_dates_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_dates_copy", query_stage_dates_copy, add_dates, dates, count,
                   err) < 0 ||
        PG_QUERY(store->pg, account_dates, PG_NOTHING, &result, err,
                 store_number(&scratch, store->portal_id)) < 0)
        return -1;
    *ret_changed = (size_t)pg_affected(result);
    return 0;
}

int store_save_export(struct store *store, const struct account_dates *dates, size_t dates_count,
                      const struct pending_login *pending, size_t pending_count,
                      size_t *ret_changed, struct err *err)
{
    int64_t newest = 0;
    size_t changed = 0;

    if (store_begin(store, err) < 0 ||
        store_end(store,
                  store_next(store, "run_fence", query_run_fence, store->run_id, &newest, err) ||
                      put_dates(store, dates, dates_count, &changed, err) < 0 ||
                      store_put_logins(store, login_at, pending, pending_count, err),
                  err) < 0)
        return err_prefix(err, "the history took over nothing of the export");
    *ret_changed = changed;
    return 0;
}
