/*
 * Values between C and SQL. A word that the tables hold and this program does not know can only
 * come from somebody else's hand: it reads as the harmless value, which never leads to a write.
 */
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/words.h"
#include "host/command.h"
#include "store/column.h"

const char *store_number(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%lld", (long long)number);
}

const char *store_time(struct arena *arena, struct instant instant)
{
    char buffer[INSTANT_TEXT_SIZE];

    return instant_is_set(instant) ? arena_strdup(arena, instant_format(instant, buffer)) : NULL;
}

const char *store_day(struct arena *arena, struct day day)
{
    char buffer[DAY_TEXT_SIZE];

    return day_is_set(day) ? arena_strdup(arena, day_format(day, buffer)) : NULL;
}

const char *store_hex(struct arena *arena, const struct digest *digest)
{
    char buffer[DIGEST_HEX_SIZE];

    return arena_strdup(arena, digest_hex(digest, buffer));
}

const char *store_flag(bool flag)
{
    return flag ? "t" : "f";
}

const char *store_text_array(struct arena *arena, const char *const *item, size_t count)
{
    CLEANUP(text_release) struct text array = TEXT_INIT;

    text_add_char(&array, '{');
    for (size_t i = 0; i < count; i++) {
        text_add(&array, i ? ",\"" : "\"");
        for (const char *c = item[i]; *c; c++) {
            if (*c == '"' || *c == '\\')
                text_add_char(&array, '\\');
            text_add_char(&array, *c);
        }
        text_add_char(&array, '"');
    }
    text_add_char(&array, '}');
    return arena_strdup(arena, text_cstr(&array));
}

void store_copy_number(struct text *row, int64_t number)
{
    text_add_int(row, number);
    text_add_char(row, '\t');
}

void store_copy_time(struct text *row, struct instant instant)
{
    char buffer[INSTANT_TEXT_SIZE];

    pg_copy_field(row, instant_is_set(instant) ? instant_format(instant, buffer) : NULL);
}

void store_copy_day(struct text *row, struct day day)
{
    char buffer[DAY_TEXT_SIZE];

    pg_copy_field(row, day_is_set(day) ? day_format(day, buffer) : NULL);
}

void store_copy_digest(struct text *row, const struct digest *digest)
{
    char buffer[DIGEST_HEX_SIZE];

    text_add(row, "\\\\x");
    pg_copy_field(row, digest_hex(digest, buffer));
}

void store_copy_digest_or_null(struct text *row, const struct digest *digest)
{
    if (!digest || digest_is_zero(digest))
        pg_copy_field(row, NULL);
    else
        store_copy_digest(row, digest);
}

void store_copy_flag(struct text *row, bool flag)
{
    pg_copy_field(row, store_flag(flag));
}

int store_copy(struct pg *pg, const char *name, const char *sql, store_add_row *add,
               const void *context, size_t count, struct err *err)
{
    CLEANUP(text_release) struct text rows = TEXT_INIT;
    int64_t sent = 0;

    if (count == 0)
        return 0;
    if (pg_copy_begin(pg, name, sql, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        add(&rows, context, i);
        if (pg_copy_send(pg, &rows, false, err) < 0)
            return -1;
    }
    if (pg_copy_send(pg, &rows, true, err) < 0)
        return -1;
    return pg_copy_end(pg, &sent, err);
}

int store_merge(const struct store *store, const char *name, const char *sql, int64_t number,
                int64_t *ret_rows, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *const parameter[] = {store_number(&scratch, store->portal_id),
                                     store_number(&scratch, number)};

    if (pg_run(store->pg, name, sql, PG_NOTHING, parameter, COUNT_OF(parameter), &result, err) < 0)
        return -1;
    if (ret_rows)
        *ret_rows = pg_affected(result);
    return 0;
}

enum { ROWS_OF_A_LARGE_PORTAL = 10000 };

int store_analyze(const struct store *store, const char *table, const char *analyze, int64_t rows,
                  size_t staged, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if ((size_t)rows < staged / 10 + 100)
        return 0;
    if (PG_QUERY(store->pg, table_rows, PG_ONE, &result, err, table) < 0)
        return -1;
    if (rows < ROWS_OF_A_LARGE_PORTAL && rows < pg_int(result, 0, 0) / 10)
        return 0;
    return pg_run(store->pg, "analyze", analyze, PG_NOTHING, NULL, 0, NULL, err);
}

static int begin(const struct store *store, const char *sql, struct err *err)
{
    if (pg_run(store->pg, "begin", sql, PG_NOTHING, NULL, 0, NULL, err) < 0)
        return -1;
    return PG_QUERY(store->pg, set_settings, PG_ONE, NULL, err) < 0 ? store_end(store, -1, err) : 0;
}

int store_begin(const struct store *store, struct err *err)
{
    return begin(store, "begin", err);
}

int store_begin_still(const struct store *store, struct err *err)
{
    return begin(store, "begin isolation level repeatable read", err);
}

int store_end(const struct store *store, int failed, struct err *err)
{
    if (!failed && pg_commit(store->pg, err) == 0)
        return 0;
    pg_rollback(store->pg);
    return -1;
}

enum {
    CHANGED_FEW = 1000, /* accounts that are looked up one by one */
    FEW_AMONG = 16,     /* and so is one of so many */
};

bool store_are_few(size_t count, size_t among)
{
    return count <= CHANGED_FEW || count <= among / FEW_AMONG;
}

int store_let_loop(const struct store *store, bool few, const char *whether, struct err *err)
{
    return few ? PG_QUERY(store->pg, set_loops, PG_ONE, NULL, err, whether) : 0;
}

int store_next(const struct store *store, const char *name, const char *sql, int64_t run,
               int64_t *ret_number, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *const parameter[] = {store_number(&scratch, store->portal_id),
                                     store_number(&scratch, run)};

    if (pg_run(store->pg, name, sql, PG_MAYBE, parameter, COUNT_OF(parameter), &result, err) < 0)
        return -1;
    if (PQntuples(result) == 0) {
        CLEANUP(mem_cleanup) char *status = command_make("status");
        return err_set(err, ERR_LOCKED,
                       "run '%lld' may not write any more, a newer run of this portal has begun; "
                       "hint: nothing was stored, look at '%s'",
                       (long long)run, status);
    }
    *ret_number = pg_int(result, 0, 0);
    return 0;
}

int store_hold(const struct store *store, int64_t run, int64_t *ret_newest_plan, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, portal_hold, PG_ONE, &result, err,
                 store_number(&scratch, store->portal_id)) < 0)
        return -1;
    int64_t newest = pg_int(result, 0, store_place_of(result, "last_run_id"));
    if (run && run != newest)
        return err_set(err, ERR_LOCKED,
                       "run '%lld' was overtaken by run '%lld'; hint: this process must stop, the "
                       "newer run goes on",
                       (long long)run, (long long)newest);
    if (ret_newest_plan)
        *ret_newest_plan = pg_int(result, 0, store_place_of(result, "last_plan_id"));
    return 0;
}

const char *store_number_array(struct arena *arena, const int64_t *item, size_t count)
{
    CLEANUP(text_release) struct text array = TEXT_INIT;

    text_add_char(&array, '{');
    for (size_t i = 0; i < count; i++)
        text_addf(&array, "%s%lld", i ? "," : "", (long long)item[i]);
    text_add_char(&array, '}');
    return arena_strdup(arena, text_cstr(&array));
}

const char *store_string(struct arena *arena, const PGresult *result, int row, int column)
{
    return arena_strdup(arena, pg_text(result, row, column));
}

struct digest store_digest(const PGresult *result, int row, int column)
{
    enum { BYTEA = 17 };
    struct digest digest = {.byte = {0}};
    const char *value = pg_text(result, row, column);

    if (value && PQftype(result, column) != BYTEA)
        (void)digest_parse(value, &digest);
    else if (value && PQgetlength(result, row, column) == DIGEST_SIZE)
        memcpy(digest.byte, value, DIGEST_SIZE);
    return digest;
}

static const char *const kind_word[] = {
    [LOGIN_NOT_READ] = NULL,
    [LOGIN_UNREADABLE] = "unreadable",
    [LOGIN_NEVER] = "never",
    [LOGIN_KNOWN] = "known",
};

static const char *const source_word[] = {
    [LOGIN_FROM_NOWHERE] = "nowhere", [LOGIN_FROM_SINGLE_READ] = "read",
    [LOGIN_FROM_EVENTS] = "events",   [LOGIN_FROM_HISTORY] = NULL,
    [LOGIN_FROM_EXPORT] = "export",
};

const struct column_words store_login_kind_words = COLUMN_WORDS_OF(kind_word);
const struct column_words store_login_source_words = COLUMN_WORDS_OF(source_word);

const char *store_login_kind(enum login_kind kind)
{
    return kind_word[kind];
}

const char *store_login_source(enum login_source source)
{
    return source_word[source];
}
