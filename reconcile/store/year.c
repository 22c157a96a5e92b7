/*
 * What a year told is stored in the transaction that says that it was read: either both are there,
 * or the year is asked for again.
 */
#include "store/year.h"

#include "base/cleanup.h"
#include "base/column.h"
#include "store/column.h"

static const char *const outcome_name[] = {
    [YEAR_WAS_READ] = "read",
    [YEAR_WAS_ABSENT] = "absent",
    [YEAR_WAS_BROKEN] = "broken",
};

static const struct column_words outcome_words = COLUMN_WORDS_OF(outcome_name);

static const struct column year_columns[] = {
    COLUMN("year", struct store_year, year),
    COLUMN_OF_WORDS("outcome", struct store_year, outcome, &outcome_words),
    COLUMN("asked_at", struct store_year, asked_at),
    COLUMN_END,
};

int store_load_years(const struct store *store, struct arena *arena, struct store_year **ret_year,
                     size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct store_reader reader = {.columns = year_columns};

    if (PG_QUERY(store->pg, years_load, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    struct store_year *year = arena_calloc(arena, count + 1, sizeof(year[0]));
    for (size_t i = 0; i < count; i++)
        (void)store_read(&reader, result, (int)i, arena, &year[i]);
    *ret_year = year;
    *ret_count = count;
    return 0;
}

static void add_first(struct text *row, const void *context, size_t number)
{
    const struct store_year_told *told = context;
    const struct first_event first = told->first(told->context, number);

    if (!first.account_id)
        return;
    pg_copy_field(row, first.account_id);
    store_copy_time(row, first.at);
    store_copy_time(row, first.seen_at);
    pg_copy_end_row(row);
}

static int put_first(struct store *store, const struct store_year_told *told, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    if (told->first_count == 0)
        return 0;
    if (PG_QUERY(store->pg, stage_first_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_first_copy", query_stage_first_copy, add_first, told,
                   told->places, err) < 0)
        return -1;
    return PG_QUERY(store->pg, first_event_put, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id));
}

static int save(struct store *store, const struct store_year *year,
                const struct store_year_told *told, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    int64_t newest = 0;

    if (store_next(store, "run_fence", query_run_fence, store->run_id, &newest, err) < 0 ||
        store_put_logins(store, told->login, told->context, told->login_count ? told->places : 0,
                         err) < 0 ||
        store_put_activity(store, told->activity, told->context,
                           told->activity_count ? told->places : 0, err) < 0 ||
        put_first(store, told, err) < 0)
        return -1;
    return PG_QUERY(store->pg, years_save, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id), store_number(&scratch, year->year),
                    store_time(&scratch, year->asked_at), outcome_name[year->outcome],
                    store_number(&scratch, year->rows), store_number(&scratch, year->unreadable),
                    year->why);
}

int store_save_year(struct store *store, const struct store_year *year,
                    const struct store_year_told *told, struct err *err)
{
    if (store_begin(store, err) < 0 || store_end(store, save(store, year, told, err), err) < 0)
        return err_prefix(err, "the events of %d were not stored", year->year);
    return 0;
}
