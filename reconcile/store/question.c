/*
 * A person is never guessed: whoever might be meant is found, past names included, and the caller
 * lists them when there are several. Plain ASCII names are found by an index on the form they are
 * compared in; the few others are folded here, one by one.
 */
#include "store/question.h"

#include <stdlib.h>

#include "base/fold.h"
#include "base/mem.h"
#include "store/private.h"

int store_sees_tables(struct pg *pg, bool *ret_sees, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, audit_may, PG_MAYBE, &result, err) < 0)
        return -1;
    if (PQntuples(result) == 0 || !pg_bool(result, 0, 0))
        return err_set(err, ERR_CONFIG,
                       "the database has no history with views; hint: run 'bynder-reconcile "
                       "migrate'");
    *ret_sees = pg_bool(result, 0, 1);
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

/* --- who is meant --- */

/* Names that are not plain ASCII and are the wanted one all the same. */
struct odd {
    struct arena *arena;
    const char *folded;
    struct text account_no; /* array literal */
    const char **person_key;
    size_t count, capacity;
};

static int add_odd(const PGresult *row, void *context, struct err *err)
{
    struct odd *odd = context;
    bool is_wanted = false;

    (void)err;
    for (int column = 2; column < 6; column++)
        is_wanted |= text_equal(fold_text(odd->arena, pg_text(row, 0, column)), odd->folded);
    if (!is_wanted)
        return 0;
    if (!PQgetisnull(row, 0, 0)) {
        text_addf(&odd->account_no, "%s%s", odd->account_no.length ? "," : "", pg_text(row, 0, 0));
        return 0;
    }
    odd->person_key =
        mem_grow(odd->person_key, odd->count, &odd->capacity, sizeof(odd->person_key[0]));
    odd->person_key[odd->count++] = store_string(odd->arena, row, 0, 1);
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

static struct store_subject read_subject(const PGresult *result, int row, struct arena *arena)
{
    return (struct store_subject){
        .account_no = pg_int(result, row, 0),
        .account_id = store_string(arena, result, row, 1),
        .person_key = store_string(arena, result, row, 2),
        .status = store_string(arena, result, row, 3),
        .username = store_string(arena, result, row, 4),
        .email = store_string(arena, result, row, 5),
        .name = store_string(arena, result, row, 6),
    };
}

int store_find_who(const struct store *store, struct arena *arena, const char *who,
                   struct store_subject **ret_subject, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct odd odd = {.arena = arena, .folded = fold_text(arena, who), .account_no = TEXT_INIT};

    if (!odd.folded)
        return err_set(err, ERR_USAGE, "nobody is called '%s'", who);
    if (pg_begin(store->pg, err) < 0)
        return -1;
    int failed = store_end(store, find(store, arena, who, &odd, &result, err), err);
    text_release(&odd.account_no);
    free(odd.person_key);
    if (failed)
        return -1;
    size_t count = 0;
    struct store_subject *subject =
        arena_calloc(arena, (size_t)PQntuples(result) + 1, sizeof(subject[0]));
    for (int i = 0; i < PQntuples(result); i++) {
        subject[count++] = read_subject(result, i, arena);
        if (pg_bool(result, i, 7)) { /* an id is nobody else's name */
            subject[0] = subject[count - 1];
            count = 1;
            break;
        }
    }
    *ret_subject = subject;
    *ret_count = count;
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
    return err_set(err, ERR_USAGE, "the history knows of no account at %s; hint: see 'status'",
                   instant_format(moment, at));
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

int store_ask_actions(const struct store *store, const char *portal, struct instant since,
                      PGresult **ret_result, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *from = instant_is_set(since) ? store_time(&scratch, since) : "-infinity";

    return PG_QUERY(store->pg, audit_actions, PG_MANY, ret_result, err, portal, from);
}

int store_ask_decisions(const struct store *store, struct instant since, const char *account_id,
                        const char *who, PGresult **ret_result, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *from = instant_is_set(since) ? store_time(&scratch, since) : "-infinity";

    return PG_QUERY(store->pg, audit_decisions, PG_MANY, ret_result, err,
                    store_number(&scratch, store->portal_id), from, account_id, who);
}

int store_ask_seats(const struct store *store, const char *portal, struct day since,
                    PGresult **ret_result, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *from = day_is_set(since) ? store_day(&scratch, since) : "-infinity";

    return PG_QUERY(store->pg, audit_seats, PG_MANY, ret_result, err, portal, from);
}

int store_ask_plan(const struct store *store, const char *portal, int64_t plan_id,
                   struct store_plan_story *ret_story, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *plan = NULL;
    CLEANUP(pg_clearp) PGresult *decisions = NULL;
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    const char *number = store_number(&scratch, plan_id);

    if (PG_QUERY(store->pg, audit_plan, PG_MAYBE, &plan, err, portal, number) < 0)
        return -1;
    if (PQntuples(plan) == 0)
        return err_set(err, ERR_USAGE, "portal '%s' has no plan %s; hint: see 'status'", portal,
                       number);
    if (PG_QUERY(store->pg, audit_plan_decisions, PG_MANY, &decisions, err, portal, number) < 0 ||
        PG_QUERY(store->pg, audit_plan_rows, PG_MANY, &rows, err, portal, number) < 0)
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
