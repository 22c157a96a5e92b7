/*
 * Checking the chain. It is read in its order by one statement, row by row, in a transaction that
 * sees one moment; what is kept in memory is the last event and the acts.
 */
#include <stdlib.h>

#include "base/text.h"
#include "store/audit.h"
#include "store/plan.h"
#include "store/private.h"

struct verifying {
    struct audit_chain chain;
    struct digest sealed;
    struct text salt;
};

/* A digest that is none (wrong length, cut by hand) reads as zeros, which is no hash of anything.
 */
static const struct digest *optional_digest(const PGresult *row, int column, struct digest *digest)
{
    if (PQgetisnull(row, 0, column))
        return NULL;
    *digest = store_digest(row, 0, column);
    return digest;
}

static bool is_value(struct verifying *verifying, const struct audit_event *event, const char *salt,
                     const char *value)
{
    text_clear(&verifying->salt);
    for (; salt[0] && salt[1]; salt += 2) {
        char pair[3] = {salt[0], salt[1], '\0'};
        text_add_char(&verifying->salt, (char)strtol(pair, NULL, 16));
    }
    struct digest digest = audit_seal(text_cstr(&verifying->salt), verifying->salt.length, value);

    return event->sealed && digest_compare(&digest, event->sealed) == 0;
}

static int add_event(const PGresult *row, void *context, struct err *err)
{
    struct verifying *verifying = context;
    struct audit_event event = {
        .version = pg_int(row, 0, 1),
        .portal_id = verifying->chain.portal_id,
        .sequence = pg_int(row, 0, 0),
        .previous = store_digest(row, 0, 11),
        .at = pg_instant(row, 0, 2),
        .kind = pg_text(row, 0, 3),
        .run_id = pg_int(row, 0, 4),
        .plan_id = pg_int(row, 0, 5),
        .position = pg_int(row, 0, 6),
        .account_id = pg_text(row, 0, 7),
        .word = pg_text(row, 0, 8),
        .fact = pg_text(row, 0, 9),
        .sealed = optional_digest(row, 10, &verifying->sealed),
        .hash = store_digest(row, 0, 12),
    };

    (void)err;
    audit_chain_add(&verifying->chain, &event);
    if (!PQgetisnull(row, 0, 13) &&
        !is_value(verifying, &event, pg_text(row, 0, 13), pg_text(row, 0, 14)))
        audit_chain_tell(&verifying->chain, event.sequence,
                         "what is personal about it was changed: it is not what was sealed");
    return 0;
}

static int read_chain(const struct store *store, struct verifying *verifying, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *const parameter[] = {store_number(&scratch, store->portal_id)};
    struct audit_head head;

    if (pg_each(store->pg, "audit_events", query_audit_events, parameter, COUNT_OF(parameter),
                add_event, verifying, err) < 0 ||
        store_audit_head(store, &head, err) < 0)
        return -1;
    audit_chain_end(&verifying->chain, &head);
    return 0;
}

/* What the tables say against the chain; each answers with findings. */
static const struct comparison {
    const char *name, *sql;
} comparisons[] = {
    {"audit_against_runs", query_audit_against_runs},
    {"audit_against_plans", query_audit_against_plans},
    {"audit_against_decisions", query_audit_against_decisions},
    {"audit_against_steps", query_audit_against_steps},
    {"audit_against_private", query_audit_against_private},
};

static int compare_tables(const struct store *store, struct audit_chain *chain, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *const parameter[] = {store_number(&scratch, store->portal_id)};

    if (PG_QUERY(store->pg, audit_settings, PG_ONE, NULL, err) < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(comparisons); i++) {
        CLEANUP(pg_clearp) PGresult *result = NULL;
        if (pg_run(store->pg, comparisons[i].name, comparisons[i].sql, PG_MANY, parameter,
                   COUNT_OF(parameter), &result, err) < 0)
            return -1;
        for (int row = 0; row < PQntuples(result); row++)
            audit_chain_tell(chain, pg_int(result, row, 0), "%s", pg_text(result, row, 1));
    }
    return 0;
}

/* Loading a plan computes its digest again, from every row. */
static int check_plan(struct store *store, struct audit_chain *chain, int64_t sequence,
                      int64_t plan_id, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct plan *plan = NULL;

    if (store_load_plan(store, &scratch, plan_id, INSTANT_NONE, &plan, &own) == 0)
        return 0;
    if (own.code != ERR_INTERNAL)
        return err_move(err, &own);
    audit_chain_tell(chain, sequence, "%s", own.text);
    return 0;
}

static int compare_plans(const struct store *store, struct audit_chain *chain, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct store reading = *store;

    if (PG_QUERY(store->pg, audit_stored_plans, PG_MANY, &result, err,
                 store_number(&scratch, store->portal_id)) < 0)
        return -1;
    for (int i = 0; i < PQntuples(result); i++) {
        if (check_plan(&reading, chain, pg_int(result, i, 0), pg_int(result, i, 1), err) < 0)
            return -1;
    }
    return 0;
}

static int verify(const struct store *store, struct verifying *verifying, struct err *err)
{
    if (PG_QUERY(store->pg, read_only, PG_NOTHING, NULL, err) < 0 ||
        read_chain(store, verifying, err) < 0 || compare_tables(store, &verifying->chain, err) < 0)
        return -1;
    return compare_plans(store, &verifying->chain, err);
}

int store_audit_verify(const struct store *store, const struct audit_head *anchor,
                       size_t anchor_count, audit_found *found, void *context,
                       struct audit_head *ret_last, size_t *ret_findings, struct err *err)
{
    struct verifying verifying = {.salt = TEXT_INIT};

    if (pg_begin(store->pg, err) < 0)
        return -1;
    audit_chain_init(&verifying.chain, store->portal_id, anchor, anchor_count, found, context);
    int failed = store_end(store, verify(store, &verifying, err), err);
    *ret_last = verifying.chain.last;
    *ret_findings = verifying.chain.findings;
    audit_chain_release(&verifying.chain);
    text_release(&verifying.salt);
    return failed;
}
