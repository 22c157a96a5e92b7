/*
 * Checking the chain. It is read in its order by one statement, row by row, in a transaction that
 * sees one moment; what is kept in memory is the last event and the acts.
 */
#include "audit/verify.h"

#include <string.h>

#include "core/row_subject.h"
#include "store/column.h"
#include "store/plan.h"

/* Columns of bytes, which are read as they are. */
enum bytes { SEALED, PREVIOUS, HASH, SALT, BYTES };

static const char *const bytes_name[BYTES] = {"sealed", "previous", "hash", "salt"};

struct verifying {
    struct audit_chain chain;
    struct store_reader reader;
    int place[BYTES];
};

/* A value that is none (NULL) is not what was sealed. */
static bool is_value(const struct audit_event *event, const PGresult *result, int salt,
                     const char *value)
{
    if (!event->sealed || !value)
        return false;
    struct digest digest =
        audit_seal(PQgetvalue(result, 0, salt), (size_t)PQgetlength(result, 0, salt), value);
    return digest_compare(&digest, event->sealed) == 0;
}

/* A digest that is none (NULL, too short, too long) is one that nothing has. */
static struct digest digest_in(const PGresult *result, int column)
{
    struct digest digest;

    if (PQgetlength(result, 0, column) == sizeof(digest.byte))
        memcpy(digest.byte, PQgetvalue(result, 0, column), sizeof(digest.byte));
    else
        memset(digest.byte, 0xff, sizeof(digest.byte));
    return digest;
}

struct event_row {
    struct audit_event event;
    const char *value; /* NULL = nothing personal about it, or not any more, or none */
};

static const struct column event_columns[] = {
    COLUMN("sequence", struct event_row, event.sequence),
    COLUMN("version", struct event_row, event.version),
    COLUMN("at", struct event_row, event.at),
    COLUMN("kind", struct event_row, event.kind),
    COLUMN("run_id", struct event_row, event.run_id),
    COLUMN("plan_id", struct event_row, event.plan_id),
    COLUMN("position", struct event_row, event.position),
    COLUMN("account_id", struct event_row, event.account_id),
    COLUMN("word", struct event_row, event.word),
    COLUMN("fact", struct event_row, event.fact),
    COLUMN("value", struct event_row, value),
    COLUMN_END,
};

static int add_event(const PGresult *result, void *context, struct err *err)
{
    struct verifying *verifying = context;
    struct event_row row = {.event = {.portal_id = verifying->chain.portal_id}};
    const int *place = verifying->place;
    struct digest sealed;

    (void)err;
    for (int i = 0; i < BYTES && !verifying->reader.ready; i++)
        verifying->place[i] = store_place_of(result, bytes_name[i]);
    (void)store_read(&verifying->reader, result, 0, NULL, &row);
    row.event.previous = digest_in(result, place[PREVIOUS]);
    row.event.hash = digest_in(result, place[HASH]);
    if (!PQgetisnull(result, 0, place[SEALED])) {
        sealed = digest_in(result, place[SEALED]);
        row.event.sealed = &sealed;
    }
    audit_chain_add(&verifying->chain, &row.event);
    if (!PQgetisnull(result, 0, place[SALT]) &&
        !is_value(&row.event, result, place[SALT], row.value))
        audit_chain_tell(&verifying->chain, row.event.sequence,
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
    {"audit_against_rulings", query_audit_against_rulings},
    {"audit_against_steps", query_audit_against_steps},
    {"audit_against_portal", query_audit_against_portal},
    {"audit_against_private", query_audit_against_private},
};

/* The event that a finding is about; one whose number is gone is none. */
static int64_t number_of(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? 0 : pg_int(result, row, column);
}

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
        int sequence = store_place_of(result, "sequence");
        int sentence = store_place_of(result, "sentence");
        for (int row = 0; row < PQntuples(result); row++)
            audit_chain_tell(chain, number_of(result, row, sequence), "%s",
                             pg_text(result, row, sentence));
    }
    return 0;
}

/* The words of a row follow from its subject, so no digest has them. */
static void check_words(struct audit_chain *chain, int64_t sequence, const struct plan *plan)
{
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        if (digest_is_zero(&row->subject) ? row->about != NULL
                                          : !row_subject_is_of(row->about, &row->subject))
            audit_chain_tell(chain, sequence, "row %zu of plan %lld is not about what it says",
                             i + 1, (long long)plan->id);
    }
}

/* Loading a plan computes its digest again, from every row. */
static int check_plan(struct store *store, struct audit_chain *chain, int64_t sequence,
                      int64_t plan_id, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct plan *plan = NULL;

    if (store_load_plan(store, &scratch, plan_id, &plan, &own) == 0) {
        if (plan && plan->version >= PLAN_VERSION_OF_ALL && !plan->redacted)
            check_words(chain, sequence, plan);
        return 0;
    }
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
    int sequence = store_place_of(result, "sequence"), plan_id = store_place_of(result, "plan_id");
    int is_hollow = store_place_of(result, "is_hollow");
    for (int i = 0; i < PQntuples(result); i++) {
        if (pg_bool(result, i, is_hollow))
            audit_chain_tell(chain, number_of(result, i, sequence),
                             "plan %lld has nothing where something must stand",
                             (long long)pg_int(result, i, plan_id));
        else if (check_plan(&reading, chain, number_of(result, i, sequence),
                            pg_int(result, i, plan_id), err) < 0)
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
    struct verifying verifying = {.reader = {.columns = event_columns}};

    if (pg_begin(store->pg, err) < 0)
        return -1;
    audit_chain_init(&verifying.chain, store->portal_id, anchor, anchor_count, found, context);
    int failed = store_end(store, verify(store, &verifying, err), err);
    *ret_last = verifying.chain.last;
    *ret_findings = verifying.chain.findings;
    audit_chain_release(&verifying.chain);
    return failed;
}
