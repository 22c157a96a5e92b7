/*
 * Adding to the chain. The end of the chain is read and held by one statement; events are then
 * sealed one on the other and written one by one, or many by one COPY; the database checks each
 * again.
 */
#include "store/audit.h"

#include <errno.h>
#include <sys/random.h>

#include "base/jsonw.h"
#include "base/text.h"
#include "store/column.h"
#include "store/seats.h"
#include "store/step.h"

#define SALT_SIZE 16

/* The end of the chain while a transaction adds to it. */
struct appending {
    const struct store *store;
    struct audit_head head;
    struct instant now; /* by the clock of the database */
};

static const struct column hold_columns[] = {
    COLUMN("sequence", struct appending, head.sequence),
    COLUMN("hash", struct appending, head.hash),
    COLUMN("now_us", struct appending, now),
    COLUMN_END,
};

static int hold(const struct store *store, struct appending *ret_appending, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, audit_hold, PG_ONE, &result, err,
                 store_number(&scratch, store->portal_id)) < 0)
        return -1;
    *ret_appending = (struct appending){.store = store};
    (void)store_read_row(hold_columns, result, 0, NULL, ret_appending);
    return 0;
}

/* A value with a fresh salt, as hex digits. */
static int seal(struct arena *arena, const char *value, struct digest *ret_digest,
                const char **ret_salt, struct err *err)
{
    uint8_t salt[SALT_SIZE];
    CLEANUP(text_release) struct text hex = TEXT_INIT;

    if (getrandom(salt, sizeof(salt), 0) != (ssize_t)sizeof(salt))
        return err_set_errno(err, ERR_INTERNAL, errno, "the system gives no random bytes");
    for (size_t i = 0; i < sizeof(salt); i++)
        text_addf(&hex, "%02x", salt[i]);
    *ret_digest = audit_seal(salt, sizeof(salt), value);
    *ret_salt = arena_strdup(arena, text_cstr(&hex));
    return 0;
}

/* What the caller says of an event; number, place and seals are given here. */
struct entry {
    enum audit_kind kind;
    int64_t run_id, plan_id, position;
    const char *account_id, *word, *fact;
    const char *personal; /* a JSON object, NULL = nothing personal */
};

static int write_event(const struct store *store, struct arena *arena,
                       const struct audit_event *event, const char *salt, const char *personal,
                       struct err *err)
{
    const char *const parameter[] = {
        store_number(arena, event->portal_id),
        store_number(arena, event->sequence),
        store_number(arena, event->version),
        store_time(arena, event->at),
        event->kind,
        store_number(arena, event->run_id),
        store_number(arena, event->plan_id),
        store_number(arena, event->position),
        event->account_id,
        event->word,
        event->fact,
        event->sealed ? store_hex(arena, event->sealed) : NULL,
        store_hex(arena, &event->previous),
        store_hex(arena, &event->hash),
        salt,
        personal,
    };

    return pg_run(store->pg, "audit_add", query_audit_add, PG_NOTHING, parameter,
                  COUNT_OF(parameter), NULL, err);
}

/* The event that comes next; *ret_salt is set with what is personal. */
static int make_event(const struct appending *appending, struct arena *arena,
                      const struct entry *entry, struct audit_event *ret_event,
                      struct digest *ret_sealed, const char **ret_salt, struct err *err)
{
    struct audit_event event = {
        .version = AUDIT_VERSION,
        .portal_id = appending->store->portal_id,
        .sequence = appending->head.sequence + 1,
        .previous = appending->head.hash,
        .at = appending->now,
        .kind = audit_kind_name(entry->kind),
        .run_id = entry->run_id,
        .plan_id = entry->plan_id,
        .position = entry->position,
        .account_id = entry->account_id,
        .word = entry->word,
        .fact = entry->fact,
    };

    if (entry->personal) {
        if (seal(arena, entry->personal, ret_sealed, ret_salt, err) < 0)
            return -1;
        event.sealed = ret_sealed;
    }
    event.hash = audit_event_hash(&event);
    *ret_event = event;
    return 0;
}

static int append(struct appending *appending, const struct entry *entry, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct audit_event event;
    struct digest sealed;
    const char *salt = NULL;

    if (make_event(appending, &scratch, entry, &event, &sealed, &salt, err) < 0)
        return -1;
    return write_event(appending->store, &scratch, &event, salt, entry->personal, err);
}

static int append_one(const struct store *store, const struct entry *entry, struct err *err)
{
    struct appending appending;

    if (hold(store, &appending, err) < 0 || append(&appending, entry, err) < 0)
        return err_prefix(err, "the event was not recorded");
    return 0;
}

static const struct column head_columns[] = {
    COLUMN("sequence", struct audit_head, sequence),
    COLUMN("hash", struct audit_head, hash),
    COLUMN("count", struct audit_head, count),
    COLUMN_END,
};

/* Many events in two round trips, or a few more when they are very many. */
struct batch {
    struct appending appending;
    struct arena scratch;
    struct text event, personal; /* rows for COPY */
};

#define BATCH_BYTES (4u << 20)

static int batch_begin(struct batch *batch, const struct store *store, struct err *err)
{
    *batch = (struct batch){.scratch = ARENA_INIT, .event = TEXT_INIT, .personal = TEXT_INIT};
    return hold(store, &batch->appending, err);
}

static int copy_rows(struct pg *pg, const char *name, const char *sql, struct text *rows,
                     struct err *err)
{
    int64_t sent = 0;

    if (rows->length == 0)
        return 0;
    if (pg_copy_begin(pg, name, sql, err) < 0 || pg_copy_send(pg, rows, true, err) < 0)
        return -1;
    return pg_copy_end(pg, &sent, err);
}

static int batch_send(struct batch *batch, struct err *err)
{
    struct pg *pg = batch->appending.store->pg;

    if (copy_rows(pg, "audit_event_copy", query_audit_event_copy, &batch->event, err) < 0)
        return -1;
    return copy_rows(pg, "audit_private_copy", query_audit_private_copy, &batch->personal, err);
}

static void add_event_row(struct text *row, const struct audit_event *event)
{
    store_copy_number(row, event->portal_id);
    store_copy_number(row, event->sequence);
    store_copy_number(row, event->version);
    store_copy_time(row, event->at);
    pg_copy_field(row, event->kind);
    store_copy_number(row, event->run_id);
    store_copy_number(row, event->plan_id);
    store_copy_number(row, event->position);
    pg_copy_field(row, event->account_id);
    pg_copy_field(row, event->word);
    pg_copy_field(row, event->fact);
    store_copy_digest_or_null(row, event->sealed);
    store_copy_digest(row, &event->previous);
    store_copy_digest(row, &event->hash);
    pg_copy_end_row(row);
}

static int batch_add(struct batch *batch, const struct entry *entry, struct err *err)
{
    struct audit_event event;
    struct digest sealed;
    const char *salt = NULL;

    if (make_event(&batch->appending, &batch->scratch, entry, &event, &sealed, &salt, err) < 0)
        return -1;
    batch->appending.head.sequence = event.sequence;
    batch->appending.head.hash = event.hash;
    add_event_row(&batch->event, &event);
    if (entry->personal) {
        store_copy_number(&batch->personal, event.portal_id);
        store_copy_number(&batch->personal, event.sequence);
        text_add(&batch->personal, "\\\\x");
        pg_copy_field(&batch->personal, salt);
        pg_copy_field(&batch->personal, entry->personal);
        pg_copy_end_row(&batch->personal);
    }
    return batch->event.length < BATCH_BYTES ? 0 : batch_send(batch, err);
}

/* Sends what was added, unless it failed before. */
static int batch_end(struct batch *batch, int failed, struct err *err)
{
    if (!failed && batch_send(batch, err) < 0)
        failed = -1;
    arena_release(&batch->scratch);
    text_release(&batch->event);
    text_release(&batch->personal);
    return failed ? err_prefix(err, "the events were not recorded") : 0;
}

int store_audit_head(const struct store *store, struct audit_head *ret_head, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct audit_head head = {.sequence = 0};

    if (STORE_LOAD_ROW(store, audit_head, head_columns, &scratch, &head, err) < 0)
        return -1;
    *ret_head = head;
    return 0;
}

/* --- the events --- */

static struct jsonw object_in(struct text *text)
{
    struct jsonw json = jsonw_to(text);

    jsonw_begin_object(&json);
    return json;
}

static const char *object_end(struct jsonw *json)
{
    jsonw_end_object(json);
    return text_cstr(json->out);
}

static void field_digest(struct jsonw *json, const char *key, const struct digest *digest)
{
    char hex[DIGEST_HEX_SIZE];

    jsonw_field_string(json, key, digest_hex(digest, hex));
}

/* Who did it and in which words, where there are any. */
static const char *personal_in(struct text *text, const char *who, const char *reason)
{
    struct jsonw json = object_in(text);

    if (who)
        jsonw_field_string(&json, "who", who);
    if (reason)
        jsonw_field_string(&json, "reason", reason);
    return object_end(&json);
}

int store_audit_portal(const struct store *store, const char *name, struct err *err)
{
    struct appending appending;
    const struct entry entry = {.kind = AUDIT_PORTAL, .word = name};

    if (hold(store, &appending, err) < 0)
        return -1;
    return appending.head.sequence ? 0 : append(&appending, &entry, err);
}

static int migrate_portals(struct pg *pg, const PGresult *portals, const struct entry *entry,
                           struct err *err)
{
    for (int i = 0; i < PQntuples(portals); i++) {
        const struct store store = {.pg = pg, .portal_id = pg_int(portals, i, 0)};
        if (append_one(&store, entry, err) < 0)
            return -1;
    }
    return 0;
}

int store_audit_migration(struct pg *pg, int version, const char *name, const char *sha256,
                          struct err *err)
{
    static const char sql_has_chain[] =
        "select pg_catalog.to_regclass('reconcile.audit_event') is not null";
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(pg_clearp) PGresult *has_chain = NULL;
    CLEANUP(pg_clearp) PGresult *portals = NULL;
    struct jsonw json = object_in(&fact);

    if (pg_run(pg, "audit_has_chain", sql_has_chain, PG_ONE, NULL, 0, &has_chain, err) < 0)
        return -1;
    if (!pg_bool(has_chain, 0, 0))
        return 0;
    if (PG_QUERY(pg, audit_portals, PG_MANY, &portals, err) < 0)
        return -1;
    jsonw_field_int(&json, "version", version);
    jsonw_field_string(&json, "sha256", sha256);
    jsonw_field_string(&json, "program", PROGRAM_VERSION);
    const struct entry entry = {.kind = AUDIT_MIGRATION, .word = name, .fact = object_end(&json)};
    return migrate_portals(pg, portals, &entry, err);
}

int store_audit_run_begin(const struct store *store, const char *verb, struct day today,
                          struct instant now, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    struct jsonw json = object_in(&fact);
    char day[DAY_TEXT_SIZE];

    jsonw_field_string(&json, "today", day_format(today, day));
    jsonw_field_int(&json, "started_us", now.us);
    const struct entry entry = {
        .kind = AUDIT_RUN_BEGIN, .run_id = store->run_id, .word = verb, .fact = object_end(&json)};
    return append_one(store, &entry, err);
}

int store_audit_run_end(const struct store *store, const struct store_run *run,
                        const struct store_run_result *result, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    CLEANUP(text_release) struct text word = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    text_addf(&word, "%d", result->exit_code);
    jsonw_field_int(&json, "finished_us", result->finished_at.us);
    jsonw_field_int(&json, "requests", result->requests);
    jsonw_field_int(&json, "blocked", result->blocked);
    const struct entry entry = {
        .kind = AUDIT_RUN_END,
        .run_id = run->id,
        .word = text_cstr(&word),
        .fact = object_end(&json),
        .personal = result->message ? personal_in(&personal, NULL, result->message) : NULL};
    return append_one(store, &entry, err);
}

int store_audit_snapshot(const struct store *store, const struct store_run *run,
                         const struct snapshot *snapshot, int64_t id, size_t nameless,
                         struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    struct snapshot_totals totals = snapshot_count(snapshot);
    struct digest classes;
    struct jsonw json = object_in(&fact);

    jsonw_field_int(&json, "snapshot", id);
    jsonw_field_int(&json, "taken_us", snapshot->taken_at.us);
    jsonw_field_int(&json, "accounts", (int64_t)totals.accounts);
    jsonw_field_int(&json, "active", (int64_t)totals.active);
    jsonw_field_int(&json, "inactive", (int64_t)totals.inactive);
    jsonw_field_int(&json, "unreadable", (int64_t)totals.unreadable);
    jsonw_field_int(&json, "gone", (int64_t)totals.gone);
    jsonw_field_int(&json, "nameless", (int64_t)nameless);
    jsonw_field_int(&json, "requests", (int64_t)snapshot->requests);
    jsonw_field_int(&json, "logins_read", (int64_t)snapshot->logins_read);
    field_digest(&json, "digest", &snapshot->digest);
    if (store_seats_digest(snapshot, &classes))
        field_digest(&json, "classes", &classes);
    const struct entry entry = {.kind = AUDIT_SNAPSHOT,
                                .run_id = run->id,
                                .word = snapshot->complete ? "complete" : "incomplete",
                                .fact = object_end(&json)};
    return append_one(store, &entry, err);
}

int store_audit_roster(const struct store *store, const struct store_run *run,
                       const struct roster *roster, bool good, int64_t id, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    jsonw_field_int(&json, "roster", id);
    jsonw_field_int(&json, "read_us", roster->read_at.us);
    jsonw_field_int(&json, "people", (int64_t)roster_people(roster));
    jsonw_field_int(&json, "rejected", (int64_t)roster->rejected);
    struct digest content = roster_content(roster);
    field_digest(&json, "digest", &roster->digest);
    field_digest(&json, "content", &content);
    const struct entry entry = {.kind = AUDIT_ROSTER,
                                .run_id = run->id,
                                .word = good ? "good" : "doubtful",
                                .fact = object_end(&json)};
    return append_one(store, &entry, err);
}

/* The limit and what was found may name a department, and a stop may name anybody. */
static int add_guard(struct batch *batch, int64_t run_id, int64_t plan_id, size_t number,
                     const struct guard_finding *guard, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    jsonw_field_string(&json, "guard", guard->id);
    struct entry entry = {.kind = AUDIT_GUARD,
                          .run_id = run_id,
                          .plan_id = plan_id,
                          .position = (int64_t)number + 1,
                          .word = guard->hold ? "hold" : "pass",
                          .fact = object_end(&json)};
    if (guard->hold) {
        struct jsonw details = object_in(&personal);
        jsonw_field_string(&details, "limit", guard->limit);
        jsonw_field_string(&details, "actual", guard->actual);
        jsonw_field_string(&details, "sentence", guard->text);
        entry.personal = object_end(&details);
    }
    return batch_add(batch, &entry, err);
}

static const char *plan_fact(struct text *text, const struct plan *plan)
{
    struct jsonw json = object_in(text);
    char today[DAY_TEXT_SIZE];

    field_digest(&json, "digest", &plan->digest);
    jsonw_field_int(&json, "created_us", plan->created_at.us);
    if (instant_is_set(plan->expires_at))
        jsonw_field_int(&json, "expires_us", plan->expires_at.us);
    jsonw_field_string(&json, "today", day_format(plan->today, today));
    jsonw_field_int(&json, "snapshot", plan->inputs.snapshot_id);
    jsonw_field_int(&json, "roster", plan->inputs.roster_id);
    field_digest(&json, "policy", &plan->inputs.policy_digest);
    jsonw_field_string(&json, "mode", plan->inputs.enforce ? "enforce" : "report");
    jsonw_field_int(&json, "keep", (int64_t)plan->totals.of[ACTION_KEEP]);
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a))
        jsonw_field_int(&json, action_name(a), (int64_t)plan->totals.of[a]);
    jsonw_field_int(&json, "waiting", (int64_t)plan->totals.waiting);
    jsonw_field_int(&json, "findings", (int64_t)plan->totals.findings);
    jsonw_field_int(&json, "seats_now", (int64_t)plan->totals.seats_now);
    jsonw_field_int(&json, "seats_after", (int64_t)plan->totals.seats_after);
    return object_end(&json);
}

int store_audit_plan(const struct store *store, const struct store_run *run,
                     const struct plan *plan, int64_t id, struct audit_head *ret_head,
                     struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    struct batch batch;
    const struct entry entry = {.kind = AUDIT_PLAN,
                                .run_id = run->id,
                                .plan_id = id,
                                .word = plan_state_name(plan->state),
                                .fact = plan_fact(&fact, plan)};

    int failed = batch_begin(&batch, store, err) < 0 || batch_add(&batch, &entry, err) < 0 ? -1 : 0;
    for (size_t i = 0; i < plan->guard_count && !failed; i++)
        failed = add_guard(&batch, run->id, id, i, &plan->guard[i], err);
    const struct audit_head head = batch.appending.head;
    if (batch_end(&batch, failed, err) < 0)
        return -1;
    *ret_head = head;
    return 0;
}

/* --- what lasts: rulings, acknowledgements, announcements --- */

static void field_day(struct jsonw *json, const char *key, struct day day)
{
    char text[DAY_TEXT_SIZE];

    if (day_is_set(day))
        jsonw_field_string(json, key, day_format(day, text));
}

static void field_if(struct jsonw *json, const char *key, const char *text)
{
    if (text)
        jsonw_field_string(json, key, text);
}

static void field_instant(struct jsonw *json, const char *key, struct instant at)
{
    if (instant_is_set(at))
        jsonw_field_int(json, key, at.us);
}

/* Every column of an approval, and of the others those that they have. */
static const char *ruling_fact(struct text *text, const struct ruling *ruling, const char *address)
{
    struct jsonw json = object_in(text);
    bool is_row = ruling->kind == RULING_APPROVE || ruling->kind == RULING_REJECT;

    jsonw_field_int(&json, "ruling_id", ruling->id);
    jsonw_field_int(&json, "decided_us", ruling->at.us);
    if (ruling->kind != RULING_KEEP)
        jsonw_field_string(&json, "action", store_ruling_action(ruling));
    if (is_row)
        jsonw_field_string(&json, "rule", ruling->rule);
    if (is_row && !digest_is_zero(&ruling->rule_text))
        field_digest(&json, "rule_text", &ruling->rule_text);
    if (ruling->kind == RULING_APPROVE) {
        field_digest(&json, "subject", &ruling->subject);
        jsonw_field_string(&json, "address", address);
    }
    field_instant(&json, "snapshot_us", ruling->snapshot_at);
    field_day(&json, "not_before", ruling->not_before);
    field_day(&json, "until", ruling->until);
    field_day(&json, "expected_on", ruling->expected_on);
    jsonw_field_bool(&json, "asks_login", ruling->asks_login);
    if (ruling->asks_activity) /* of a rule as there was none before it could be asked */
        jsonw_field_bool(&json, "asks_activity", true);
    jsonw_field_bool(&json, "person_departed", ruling->person_departed);
    jsonw_field_bool(&json, "also_departed", ruling->also_departed);
    jsonw_field_bool(&json, "spread", ruling->spread);
    if (ruling->nightly)
        jsonw_field_int(&json, "nightly", ruling->nightly);
    jsonw_field_bool(&json, "at_once", ruling->at_once);
    jsonw_key(&json, "overrides");
    jsonw_begin_array(&json);
    for (size_t i = 0; i < ruling->override_count; i++)
        jsonw_string(&json, ruling->override[i]);
    jsonw_end_array(&json);
    if (ruling->handed_in_id)
        jsonw_field_int(&json, "handed_in_id", ruling->handed_in_id);
    return object_end(&json);
}

static const char *ruling_personal(struct text *text, const struct ruling *ruling)
{
    struct jsonw json = object_in(text);

    jsonw_field_string(&json, "who", ruling->who);
    if (ruling->reason)
        jsonw_field_string(&json, "reason", ruling->reason);
    if (ruling->subject_text) {
        jsonw_key(&json, "about");
        jsonw_raw(&json, ruling->subject_text);
    }
    return object_end(&json);
}

static int add_ruling(struct batch *batch, const struct ruling *ruling, const char *address,
                      struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    const struct entry entry = {.kind = AUDIT_RULING,
                                .plan_id = ruling->plan_id,
                                .position = ruling->position,
                                .account_id = ruling->account_id,
                                .word = ruling_kind_name(ruling->kind),
                                .fact = ruling_fact(&fact, ruling, address),
                                .personal = ruling_personal(&personal, ruling)};

    return batch_add(batch, &entry, err);
}

static const char *end_fact(struct text *text, const char *key, int64_t id, struct instant at)
{
    struct jsonw json = object_in(text);

    jsonw_field_int(&json, key, id);
    field_instant(&json, "ended_us", at);
    return object_end(&json);
}

static int add_ruling_end(struct batch *batch, int64_t run_id,
                          const struct store_audit_ended *ended, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    const struct entry entry = {.kind = AUDIT_RULING_END,
                                .run_id = run_id,
                                .account_id = ended->account_id,
                                .word = ended->word,
                                .fact = end_fact(&fact, "ruling_id", ended->id, ended->at),
                                .personal = personal_in(&personal, ended->who, ended->reason)};

    return batch_add(batch, &entry, err);
}

int store_audit_rulings(const struct store *store, int64_t run_id, const struct ruling *ruling,
                        size_t count, const char *address, const struct store_audit_ended *ended,
                        size_t ended_count, struct err *err)
{
    struct batch batch;
    int failed = batch_begin(&batch, store, err);

    for (size_t i = 0; i < count && !failed; i++)
        failed = add_ruling(&batch, &ruling[i], address, err);
    for (size_t i = 0; i < ended_count && !failed; i++)
        failed = add_ruling_end(&batch, run_id, &ended[i], err);
    return batch_end(&batch, failed, err);
}

int store_audit_handed_in(const struct store *store, const struct handed_in *file, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    struct jsonw json = object_in(&fact);
    struct jsonw details = object_in(&personal);

    jsonw_field_int(&json, "handed_in_id", file->id);
    jsonw_field_int(&json, "taken_us", file->at.us);
    field_digest(&json, "content", &file->content);
    jsonw_field_string(&details, "who", file->who);
    jsonw_field_string(&details, "name", file->name);
    field_if(&details, "key", file->key);
    field_if(&details, "signature", file->signature);
    const struct entry entry = {.kind = AUDIT_HANDED_IN,
                                .word = file->key ? "signature" : "owner",
                                .fact = object_end(&json),
                                .personal = object_end(&details)};
    return append_one(store, &entry, err);
}

int store_audit_acknowledgement(const struct store *store,
                                const struct acknowledgement *acknowledgement, const char *measure,
                                struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    struct jsonw json = object_in(&fact);
    struct jsonw details = object_in(&personal);

    jsonw_field_int(&json, "acknowledgement_id", acknowledgement->id);
    jsonw_field_int(&json, "decided_us", acknowledgement->at.us);
    if (measure)
        jsonw_field_string(&json, "measure", measure);
    jsonw_field_string(&details, "who", acknowledgement->who);
    jsonw_field_string(&details, "reason", acknowledgement->reason);
    jsonw_field_string(&details, "cause", acknowledgement->cause);
    const struct entry entry = {.kind = AUDIT_ACKNOWLEDGEMENT,
                                .plan_id = acknowledgement->plan_id,
                                .word = acknowledgement->guard,
                                .fact = object_end(&json),
                                .personal = object_end(&details)};
    return append_one(store, &entry, err);
}

int store_audit_acknowledgement_end(const struct store *store, int64_t run_id, const char *guard,
                                    int64_t id, const char *reason, struct instant now,
                                    struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    const struct entry entry = {.kind = AUDIT_ACKNOWLEDGEMENT_END,
                                .run_id = run_id,
                                .word = guard,
                                .fact = end_fact(&fact, "acknowledgement_id", id, now),
                                .personal = personal_in(&personal, NULL, reason)};

    return append_one(store, &entry, err);
}

static int add_announced(struct batch *batch, int64_t run_id,
                         const struct store_announced *announced, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    jsonw_field_int(&json, "announcement_id", announced->id);
    jsonw_field_int(&json, "announced_us", announced->at.us);
    field_day(&json, "announced_on", announced->on);
    field_day(&json, "not_before", announced->not_before);
    field_instant(&json, "login_us", announced->login_at);
    jsonw_field_string(&json, "mode", announced->enforce ? "enforce" : "report");
    jsonw_field_bool(&json, "told", announced->told != ANNOUNCED_TO_NOBODY);
    if (announced->action)
        jsonw_field_string(&json, "action", announced->action);
    if (announced->to_profile)
        jsonw_field_string(&json, "to_profile", announced->to_profile);
    const struct entry entry = {.kind = AUDIT_ANNOUNCEMENT,
                                .run_id = run_id,
                                .plan_id = announced->plan_id,
                                .position = announced->position,
                                .account_id = announced->account_id,
                                .word = announced->rule,
                                .fact = object_end(&json)};
    return batch_add(batch, &entry, err);
}

static int add_announcement_end(struct batch *batch, int64_t run_id,
                                const struct store_audit_ended *ended, struct day on,
                                struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    jsonw_field_int(&json, "announcement_id", ended->id);
    field_day(&json, "ended_on", on);
    const struct entry entry = {.kind = AUDIT_ANNOUNCEMENT_END,
                                .run_id = run_id,
                                .account_id = ended->account_id,
                                .word = ended->word,
                                .fact = object_end(&json),
                                .personal = personal_in(&personal, NULL, ended->reason)};
    return batch_add(batch, &entry, err);
}

int store_audit_announcements(const struct store *store, int64_t run_id,
                              const struct store_announced *announced, size_t count,
                              const struct store_audit_ended *ended, size_t ended_count,
                              struct day today, struct err *err)
{
    struct batch batch;
    int failed = batch_begin(&batch, store, err);

    for (size_t i = 0; i < ended_count && !failed; i++)
        failed = add_announcement_end(&batch, run_id, &ended[i], today, err);
    for (size_t i = 0; i < count && !failed; i++)
        failed = add_announced(&batch, run_id, &announced[i], err);
    return batch_end(&batch, failed, err);
}

/* --- who the portal is, and a record that went back --- */

int store_audit_identity(const struct store *store, const struct store_audit_identity *identity,
                         struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    field_if(&json, "before", identity->before);
    field_if(&json, "name", identity->name);
    field_if(&json, "host", identity->host);
    field_if(&json, "own_id", identity->own_id);
    if (identity->goes_on_in)
        jsonw_field_int(&json, "goes_on_in", identity->goes_on_in);
    if (identity->acts) {
        jsonw_key(&json, "acts");
        jsonw_raw(&json, identity->acts);
    }
    const struct entry entry = {
        .kind = AUDIT_IDENTITY,
        .run_id = identity->run_id,
        .word = identity->word,
        .fact = object_end(&json),
        .personal = identity->who ? personal_in(&personal, identity->who, identity->reason) : NULL};
    return append_one(store, &entry, err);
}

int store_audit_restore(const struct store *store, const struct audit_head *kept, int64_t last_plan,
                        const char *who, const char *reason, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    struct jsonw json = object_in(&fact);
    char head[AUDIT_HEAD_SIZE];

    if (kept)
        jsonw_field_string(&json, "kept", audit_head_format(kept, head));
    jsonw_field_int(&json, "last_plan", last_plan);
    const struct entry entry = {.kind = AUDIT_RESTORE,
                                .fact = object_end(&json),
                                .personal = personal_in(&personal, who, reason)};
    return append_one(store, &entry, err);
}

/* --- acts --- */

int store_audit_intent(const struct store *store, const struct store_run *run,
                       const struct store_intent *intent, struct instant now, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    jsonw_field_int(&json, "intent_us", now.us);
    field_if(&json, "from_profile", intent->row->from_profile_id);
    field_if(&json, "to_profile", intent->row->to_profile_id);
    const struct entry entry = {.kind = AUDIT_INTENT,
                                .run_id = run->id,
                                .plan_id = intent->plan_id,
                                .position = intent->position,
                                .account_id = intent->row->account_id,
                                .word = action_name(intent->row->action),
                                .fact = object_end(&json)};
    return append_one(store, &entry, err);
}

int store_audit_outcome(const struct store *store, const struct store_run *run,
                        const struct store_outcome *outcome, const char *account_id,
                        const char *action, struct instant now, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    jsonw_field_string(&json, "action", action);
    jsonw_field_int(&json, "outcome_us", now.us);
    if (outcome->status)
        jsonw_field_int(&json, "http_status", outcome->status);
    const struct entry entry = {
        .kind = AUDIT_OUTCOME,
        .run_id = run->id,
        .plan_id = outcome->plan_id,
        .position = outcome->position,
        .account_id = account_id,
        .word = step_state_name(outcome->state),
        .fact = object_end(&json),
        .personal = outcome->reason ? personal_in(&personal, NULL, outcome->reason) : NULL};
    return append_one(store, &entry, err);
}

/* --- erasure --- */

static void add_numbers(struct jsonw *json, const char *key, const char *const *number,
                        size_t count)
{
    jsonw_key(json, key);
    jsonw_begin_array(json);
    for (size_t i = 0; i < count; i++)
        jsonw_raw(json, number[i]);
    jsonw_end_array(json);
}

static void add_erased(struct jsonw *json, const struct store_audit_erased *erased)
{
    jsonw_key(json, "accounts");
    jsonw_begin_array(json);
    for (size_t i = 0; i < erased->account_count; i++)
        jsonw_string(json, erased->account_id[i]);
    jsonw_end_array(json);
    add_numbers(json, "plans", erased->plan_id, erased->plan_count);
    add_numbers(json, "events", erased->sequence, erased->sequence_count);
}

int store_audit_erasure(const struct store *store, const char *account_id,
                        const struct store_audit_erased *erased, const char *who,
                        const char *reason, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    CLEANUP(text_release) struct text personal = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    add_erased(&json, erased);
    const struct entry entry = {.kind = AUDIT_ERASURE,
                                .account_id = account_id,
                                .fact = object_end(&json),
                                .personal = personal_in(&personal, who, reason)};
    return append_one(store, &entry, err);
}

int store_audit_retention(const struct store *store, int64_t run_id,
                          const struct store_audit_erased *erased,
                          const struct store_audit_thinned *thinned, struct err *err)
{
    CLEANUP(text_release) struct text fact = TEXT_INIT;
    struct jsonw json = object_in(&fact);

    add_erased(&json, erased);
    jsonw_field_int(&json, "snapshots", (int64_t)thinned->snapshot_count);
    add_numbers(&json, "thinned", thinned->snapshot_id, thinned->snapshot_count);
    jsonw_field_int(&json, "plan_rows", thinned->plan_rows);
    add_numbers(&json, "rows_of", thinned->plan_id, thinned->plan_count);
    const struct entry entry = {
        .kind = AUDIT_RETENTION, .run_id = run_id, .fact = object_end(&json)};
    return append_one(store, &entry, err);
}
