/*
 * A person is never guessed: whoever might be meant is found, past names included, and the caller
 * lists them when there are several. Plain ASCII names are found by an index on the form they are
 * compared in; the few others are folded here, one by one.
 */
#include "audit/question.h"

#include <stdlib.h>

#include "base/fold.h"
#include "base/mem.h"
#include "host/command.h"
#include "store/column.h"

int store_sees_tables(struct pg *pg, bool *ret_sees, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, audit_may, PG_MAYBE, &result, err) < 0)
        return -1;
    if (PQntuples(result) == 0 || !pg_bool(result, 0, store_place_of(result, "has_views"))) {
        CLEANUP(mem_cleanup) char *migrate = command_make("migrate");
        return err_set(err, ERR_CONFIG, "the database has no history with views; hint: run '%s'",
                       migrate);
    }
    *ret_sees = pg_bool(result, 0, store_place_of(result, "sees_tables"));
    return 0;
}

int store_open_views(struct pg *pg, const char *portal, struct store *ret_store, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, audit_open, PG_MAYBE, &result, err, portal) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_CONFIG, "the history knows no portal '%s'", portal);
    *ret_store = (struct store){.pg = pg, .portal_id = pg_int(result, 0, 0)};
    return 0;
}

int store_excess_rights(struct pg *pg, struct arena *arena, const char **ret_excess,
                        struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, rights_excess, PG_ONE, &result, err) < 0)
        return -1;
    *ret_excess = store_string(arena, result, 0, 0);
    return 0;
}

int store_check_rights(struct pg *pg, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    CLEANUP(text_release) struct text made = TEXT_INIT, lacks = TEXT_INIT;
    enum { SHOWN = 3 }; /* by the statement */

    for (const struct migration *one = migrations; one->version; one++)
        text_add(&made, one->text);
    if (PG_QUERY(pg, rights_missing, PG_ONE, &result, err, text_cstr(&made), script_roles) < 0)
        return -1;
    int64_t count = pg_int(result, 0, store_place_of(result, "count"));
    if (count == 0)
        return 0;
    const char *statements = pg_text(result, 0, store_place_of(result, "statements"));
    if (count == 1)
        text_add(&lacks, "a right");
    else
        text_addf(&lacks, "%lld rights", (long long)count);
    text_addf(&lacks, " of the job: %s", pg_text(result, 0, store_place_of(result, "what")));
    if (count > SHOWN)
        text_addf(&lacks, " and %lld more", (long long)count - SHOWN);
    if (statements)
        return err_set(err, ERR_CONFIG,
                       "this login lacks %s; hint: '%s', or roles.sql, which is run again after "
                       "each upgrade",
                       text_cstr(&lacks), statements);
    return err_set(err, ERR_CONFIG,
                   "this login lacks %s; hint: 'grant reconcile_job to %s', once roles.sql made "
                   "it",
                   text_cstr(&lacks), pg_text(result, 0, store_place_of(result, "login")));
}

/* --- who is meant --- */

/* Names that are not plain ASCII and are the wanted one all the same. */
struct odd {
    struct store_reader reader;
    struct arena *arena;
    const char *folded;
    struct text account_no; /* array literal */
    const char **person_key;
    size_t count, capacity;
};

struct odd_row {
    int64_t account_no; /* 0 = a person without an account */
    const char *person_key, *username, *email, *email2, *employee_number;
};

static const struct column odd_columns[] = {
    COLUMN("account_no", struct odd_row, account_no),
    COLUMN("person_key", struct odd_row, person_key),
    COLUMN("username", struct odd_row, username),
    COLUMN("email", struct odd_row, email),
    COLUMN("email2", struct odd_row, email2),
    COLUMN("employee_number", struct odd_row, employee_number),
    COLUMN_END,
};

static int add_odd(const PGresult *result, void *context, struct err *err)
{
    struct odd *odd = context;
    struct odd_row row = {.account_no = 0};
    bool is_wanted = false;

    (void)err;
    (void)store_read(&odd->reader, result, 0, NULL, &row);
    const char *const name[] = {row.username, row.email, row.email2, row.employee_number};
    for (size_t i = 0; i < COUNT_OF(name); i++)
        is_wanted |= text_equal(fold_text(odd->arena, name[i]), odd->folded);
    if (!is_wanted)
        return 0;
    if (row.account_no) {
        text_addf(&odd->account_no, "%s%lld", odd->account_no.length ? "," : "",
                  (long long)row.account_no);
        return 0;
    }
    odd->person_key =
        mem_grow(odd->person_key, odd->count, &odd->capacity, sizeof(odd->person_key[0]));
    odd->person_key[odd->count++] = arena_strdup(odd->arena, row.person_key);
    return 0;
}

static int find(const struct store *store, struct arena *arena, const char *who, struct odd *odd,
                PGresult **ret_result, struct err *err)
{
    const char *portal = store_number(arena, store->portal_id);
    const char *const parameter[] = {portal};

    if (PG_QUERY(store->pg, set_few, PG_ONE, NULL, err) < 0 ||
        pg_each(store->pg, "audit_who_odd", query_audit_who_odd, parameter, 1, add_odd, odd, err) <
            0)
        return -1;
    return PG_QUERY(store->pg, audit_who, PG_MANY, ret_result, err, portal, who, odd->folded,
                    arena_printf(arena, "{%s}", text_cstr(&odd->account_no)),
                    store_text_array(arena, odd->person_key, odd->count));
}

static const struct column subject_columns[] = {
    COLUMN("account_no", struct store_subject, account_no),
    COLUMN("account_id", struct store_subject, account_id),
    COLUMN("person_key", struct store_subject, person_key),
    COLUMN("status", struct store_subject, status),
    COLUMN("username", struct store_subject, username),
    COLUMN("email", struct store_subject, email),
    COLUMN("name", struct store_subject, name),
    COLUMN_END,
};

int store_find_who(const struct store *store, struct arena *arena, const char *who,
                   struct store_subject **ret_subject, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct odd odd = {.reader = {.columns = odd_columns},
                      .arena = arena,
                      .folded = fold_text(arena, who),
                      .account_no = TEXT_INIT};

    if (!odd.folded)
        return err_set(err, ERR_USAGE, "nobody is called '%s'", who);
    if (pg_begin(store->pg, err) < 0)
        return -1;
    int failed = store_end(store, find(store, arena, who, &odd, &result, err), err);
    text_release(&odd.account_no);
    free(odd.person_key);
    if (failed)
        return -1;
    struct store_subject *subject =
        store_read_all(subject_columns, sizeof(subject[0]), result, arena, ret_count);
    int is_id = store_place_of(result, "is_id");
    for (size_t i = 0; i < *ret_count; i++) {
        if (pg_bool(result, (int)i, is_id)) { /* an id is nobody else's name */
            subject[0] = subject[i];
            *ret_count = 1;
        }
    }
    *ret_subject = subject;
    return 0;
}

/* --- questions --- */

int store_ask_user(const struct store *store, const struct store_subject *subject,
                   PGresult **ret_result, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return PG_QUERY(
        store->pg, audit_user, PG_MANY, ret_result, err, store_number(&scratch, store->portal_id),
        store_number(&scratch, subject->account_no), subject->account_id, subject->person_key);
}

/* An account that is listed is the proof that something was known. */
static int check_known(PGresult **result, struct instant moment, struct err *err)
{
    char at[INSTANT_TEXT_SIZE];

    if (PQntuples(*result) > 0)
        return 0;
    PQclear(*result);
    *result = NULL;
    CLEANUP(mem_cleanup) char *status = command_make("status");
    return err_set(err, ERR_USAGE, "the history knows of no account at %s; hint: see '%s'",
                   instant_format(moment, at), status);
}

/* A question about everybody at a moment, with settings that end with it. */
static int ask_everybody(const struct store *store, const char *name, const char *sql,
                         const char *portal, struct instant moment, PGresult **ret_result,
                         struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *const parameter[] = {portal, store_time(&scratch, moment)};

    if (store_begin(store, err) < 0 ||
        store_end(store,
                  PG_QUERY(store->pg, question_settings, PG_MANY, NULL, err) < 0 ||
                      pg_run(store->pg, name, sql, PG_MANY, parameter, COUNT_OF(parameter),
                             ret_result, err) < 0,
                  err) < 0)
        return -1;
    return check_known(ret_result, moment, err);
}

int store_ask_at(const struct store *store, const char *portal, struct instant moment,
                 PGresult **ret_result, struct err *err)
{
    return ask_everybody(store, "audit_at", query_audit_at, portal, moment, ret_result, err);
}

int store_ask_export(const struct store *store, const char *portal, struct instant moment,
                     PGresult **ret_result, struct err *err)
{
    return ask_everybody(store, "export_at", query_export_at, portal, moment, ret_result, err);
}

int store_ask_actions(const struct store *store, struct instant since, PGresult **ret_result,
                      struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *from = instant_is_set(since) ? store_time(&scratch, since) : "-infinity";

    return PG_QUERY(store->pg, audit_actions, PG_MANY, ret_result, err,
                    store_number(&scratch, store->portal_id), from);
}

int store_ask_decisions(const struct store *store, struct instant since, const char *account_id,
                        const char *who, PGresult **ret_result, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *from = instant_is_set(since) ? store_time(&scratch, since) : "-infinity";

    return PG_QUERY(store->pg, audit_decisions, PG_MANY, ret_result, err,
                    store_number(&scratch, store->portal_id), from, account_id, who);
}

int store_ask_seats(const struct store *store, struct day since, PGresult **ret_result,
                    struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *from = day_is_set(since) ? store_day(&scratch, since) : "-infinity";

    return PG_QUERY(store->pg, audit_seats, PG_MANY, ret_result, err,
                    store_number(&scratch, store->portal_id), from);
}

int store_ask_savings(const struct store *store, struct day since,
                      struct store_savings_told *ret_told, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *months = NULL;
    PGresult *total = NULL;
    const char *from = day_is_set(since) ? store_day(&scratch, since) : "-infinity";
    const char *own = store_number(&scratch, store->portal_id);

    if (PG_QUERY(store->pg, audit_savings, PG_MANY, &months, err, own, from) < 0 ||
        PG_QUERY(store->pg, audit_savings_total, PG_MANY, &total, err, own, from) < 0)
        return -1;
    *ret_told = (struct store_savings_told){.months = months, .total = total};
    months = NULL;
    return 0;
}

void store_savings_told_release(struct store_savings_told *told)
{
    PQclear(told->months);
    PQclear(told->total);
}

int store_ask_plan(const struct store *store, const char *portal, int64_t plan_id,
                   struct store_plan_story *ret_story, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *plan = NULL;
    CLEANUP(pg_clearp) PGresult *decisions = NULL;
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    const char *own = store_number(&scratch, store->portal_id);
    const char *number = store_number(&scratch, plan_id);

    if (PG_QUERY(store->pg, audit_plan, PG_MAYBE, &plan, err, own, number) < 0)
        return -1;
    if (PQntuples(plan) == 0) {
        CLEANUP(mem_cleanup) char *status = command_make("status");
        return err_set(err, ERR_USAGE, "portal '%s' has no plan %s; hint: see '%s'", portal, number,
                       status);
    }
    if (PG_QUERY(store->pg, audit_plan_decisions, PG_MANY, &decisions, err, own, number) < 0 ||
        PG_QUERY(store->pg, audit_plan_rows, PG_MANY, &rows, err, own, number) < 0)
        return -1;
    ret_story->plan = TAKE(plan);
    ret_story->decisions = TAKE(decisions);
    ret_story->rows = TAKE(rows);
    return 0;
}

void store_plan_story_release(struct store_plan_story *story)
{
    PQclear(story->plan);
    PQclear(story->decisions);
    PQclear(story->rows);
}
