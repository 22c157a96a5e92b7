/*
 * A plan is stored as the value it is: every field has a column, every list a table, and what comes
 * back must have the digest it was stored with, or nobody may approve it. It announces nothing.
 */
#include "store/plan.h"

#include "base/limits.h"
#include "base/text.h"
#include "core/seats.h"
#include "store/audit.h"
#include "store/binary.h"
#include "store/column.h"

/* --- the tables --- */

/* A row of the table `plan`: the plan, and what the store alone knows of it. */
struct stored_plan {
    int64_t portal_id, run_id, rows;
    const char *audit_head; /* NULL = none; it has no column, but an event of its own */
    struct plan plan;
};

#define OWN(name)               COLUMN(#name, struct stored_plan, name)
#define OF_PLAN(name)           COLUMN(#name, struct stored_plan, plan.name)
#define OF_INPUTS(name)         COLUMN(#name, struct stored_plan, plan.inputs.name)
#define OF_TOTALS(name)         COLUMN(#name, struct stored_plan, plan.totals.name)
#define OF_ACTION(name, action) COLUMN(name, struct stored_plan, plan.totals.of[action])

static const struct column plan_columns[] = {
    OWN(portal_id),
    COLUMN("plan_id", struct stored_plan, plan.id),
    OWN(run_id),
    OF_PLAN(portal),
    COLUMN_OF_WORDS("state", struct stored_plan, plan.state, &plan_state_words),
    OF_PLAN(digest),
    OF_PLAN(created_at),
    OF_PLAN(expires_at),
    OF_PLAN(today),
    OF_PLAN(time_zone),
    OF_PLAN(first_plan),
    COLUMN("approvals_suspend", struct stored_plan, plan.approvals[ACTION_SUSPEND]),
    COLUMN("approvals_deprovision", struct stored_plan, plan.approvals[ACTION_DEPROVISION]),
    COLUMN("approvals_downgrade", struct stored_plan, plan.approvals[ACTION_DOWNGRADE]),
    OF_INPUTS(snapshot_id),
    OF_INPUTS(snapshot_taken_at),
    OF_INPUTS(snapshot_complete),
    OF_INPUTS(snapshot_incomplete_reason),
    OF_INPUTS(snapshot_digest),
    OF_INPUTS(accounts),
    OF_INPUTS(active),
    OF_INPUTS(inactive),
    OF_INPUTS(gone),
    OF_INPUTS(unreadable),
    OF_INPUTS(requests),
    OF_INPUTS(roster_id),
    OF_INPUTS(roster_source),
    OF_INPUTS(roster_digest),
    OF_INPUTS(roster_content),
    OF_INPUTS(roster_read_at),
    OF_INPUTS(people),
    OF_INPUTS(rejected),
    OF_INPUTS(duplicates),
    OF_INPUTS(policy_digest),
    COLUMN_AS("policy_text", struct stored_plan, plan.inputs.policy_text, COLUMN_SEAL),
    OF_INPUTS(enforce),
    OF_ACTION("keep", ACTION_KEEP),
    OF_ACTION("suspend", ACTION_SUSPEND),
    OF_ACTION("deprovision", ACTION_DEPROVISION),
    OF_ACTION("reactivate", ACTION_REACTIVATE),
    OF_ACTION("downgrade", ACTION_DOWNGRADE),
    OF_ACTION("restore", ACTION_RESTORE),
    OF_TOTALS(waiting),
    OF_TOTALS(findings),
    OF_TOTALS(seats_now),
    OF_TOTALS(seats_after),
    COLUMN("idle_never", struct stored_plan, plan.idle.never),
    COLUMN("idle_unknown", struct stored_plan, plan.idle.unknown),
    OWN(rows),
    OF_PLAN(version),
    OWN(audit_head),
    OF_PLAN(redacted),
    COLUMN_END,
};

static const struct column guard_columns[] = {
    COLUMN("guard", struct guard_finding, id),
    COLUMN("hold", struct guard_finding, hold),
    COLUMN("limit_text", struct guard_finding, limit),
    COLUMN("actual", struct guard_finding, actual),
    COLUMN("sentence", struct guard_finding, text),
    COLUMN("cause", struct guard_finding, cause),
    COLUMN("measure", struct guard_finding, measure),
    COLUMN("acknowledgement_id", struct guard_finding, let_go_id),
    COLUMN("let_go_by", struct guard_finding, let_go_by),
    COLUMN("let_go_reason", struct guard_finding, let_go_reason),
    COLUMN("let_go_until", struct guard_finding, let_go_until),
    COLUMN_END,
};

static const struct column class_columns[] = {
    COLUMN("class", struct class_seats, name),
    COLUMN("seats", struct class_seats, seats),
    COLUMN("seats_after", struct class_seats, seats_after),
    COLUMN("contracted", struct class_seats, contracted),
    COLUMN("price", struct class_seats, price),
    COLUMN("currency", struct class_seats, currency),
    COLUMN_END,
};

static const struct column curve_columns[] = {
    COLUMN("days", struct simulate_point, days),
    COLUMN("acts", struct simulate_point, acts),
    COLUMN("seats", struct simulate_point, seats),
    COLUMN("idle", struct simulate_point, idle),
    COLUMN("unread", struct simulate_point, unread),
    COLUMN("later", struct simulate_point, later),
    COLUMN("held", struct simulate_point, held),
    COLUMN("kept", struct simulate_point, kept),
    COLUMN_END,
};

/* --- saving --- */

struct saving {
    const struct plan *plan;
    int64_t portal_id;
    int64_t id;
    struct store_writer row, guard, curve, renewal;
    struct arena *scratch; /* of one row */
    size_t first;          /* of the rows that are being copied */
};

#define PLACE_COLUMNS 3 /* which begin_row fills */

static void begin_row(struct text *row, const struct saving *saving, size_t number)
{
    store_copy_number(row, saving->portal_id);
    store_copy_number(row, saving->id);
    store_copy_number(row, (int64_t)number + 1);
}

static void add_plan_row(struct text *out, const void *context, size_t i)
{
    const struct saving *saving = context;
    size_t number = saving->first + i;
    const struct plan_row *row = &saving->plan->row[number];

    if (plan_row_is_plain_keep(row))
        return;
    struct plan_row told = *row;
    told.about = plan_row_about(saving->scratch, saving->plan, row);
    binary_row(out, PLACE_COLUMNS + (int)saving->row.count);
    binary_bigint(out, saving->portal_id);
    binary_bigint(out, saving->id);
    binary_bigint(out, (int64_t)number + 1);
    store_binary_fields(out, &saving->row, &told);
    arena_clear(saving->scratch);
}

static void add_guard(struct text *row, const void *context, size_t number)
{
    const struct saving *saving = context;

    begin_row(row, saving, number);
    store_copy_fields(row, &saving->guard, &saving->plan->guard[number]);
    pg_copy_end_row(row);
}

static void add_note(struct text *row, const void *context, size_t number)
{
    const struct saving *saving = context;

    begin_row(row, saving, number);
    pg_copy_field(row, saving->plan->note[number]);
    pg_copy_end_row(row);
}

static void add_bucket(struct text *row, const void *context, size_t number)
{
    const struct saving *saving = context;

    begin_row(row, saving, number);
    store_copy_number(row, (int64_t)saving->plan->idle.bucket[number]);
    pg_copy_end_row(row);
}

static void add_point(struct text *row, const void *context, size_t number)
{
    const struct saving *saving = context;

    begin_row(row, saving, number);
    store_copy_fields(row, &saving->curve, &saving->plan->curve[number]);
    pg_copy_end_row(row);
}

static void add_class(struct text *row, const void *context, size_t number)
{
    const struct saving *saving = context;
    const struct class_seats *class = &saving->plan->seat_class[number];
    char price[MONEY_TEXT_MAX];

    begin_row(row, saving, number);
    pg_copy_field(row, class->name);
    store_copy_number(row, (int64_t) class->seats);
    store_copy_number(row, (int64_t) class->seats_after);
    if (class->contracted < 0)
        pg_copy_field(row, NULL);
    else
        store_copy_number(row, class->contracted);
    pg_copy_field(row, class->price < 0 ? NULL : money_format(class->price, price));
    pg_copy_field(row, class->currency);
    pg_copy_end_row(row);
}

/* A row of plan_renewal; the rest of a class is in plan_class. */
struct stored_renewal {
    struct renewal renewal; /* for what is the same in every row */
    struct renewal_class item;
};

static const struct column renewal_columns[] = {
    COLUMN("renews", struct stored_renewal, renewal.on),
    COLUMN("starters", struct stored_renewal, renewal.starters),
    COLUMN("at_work", struct stored_renewal, renewal.at_work),
    COLUMN("planned", struct stored_renewal, item.planned),
    COLUMN("leaving", struct stored_renewal, item.leaving),
    COLUMN("starting", struct stored_renewal, item.starting),
    COLUMN("expected", struct stored_renewal, item.expected),
    COLUMN("class", struct stored_renewal, item.name),
    COLUMN("seats", struct stored_renewal, item.now),
    COLUMN("contracted", struct stored_renewal, item.contracted),
    COLUMN("price", struct stored_renewal, item.price),
    COLUMN("currency", struct stored_renewal, item.currency),
    COLUMN_END,
};

static void add_renewal(struct text *row, const void *context, size_t number)
{
    const struct saving *saving = context;
    const struct renewal *renewal = &saving->plan->renewal;
    const struct stored_renewal stored = {.renewal = *renewal, .item = renewal->item[number]};

    begin_row(row, saving, number);
    store_copy_fields(row, &saving->renewal, &stored);
    pg_copy_end_row(row);
}

static size_t count_stored(const struct plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->row_count; i++)
        count += !plan_row_is_plain_keep(&plan->row[i]);
    return count;
}

static int insert_plan(const struct store *store, const struct store_run *run,
                       const struct plan *plan, int64_t id, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct stored_plan stored = {
        .portal_id = store->portal_id,
        .run_id = run->id,
        .rows = (int64_t)count_stored(plan),
        .plan = *plan,
    };
    struct store_writer writer = store_writer_of(plan_columns, query_plan_insert, 0);

    stored.plan.id = id;
    return pg_run(store->pg, "plan_insert", query_plan_insert, PG_NOTHING,
                  store_parameters(&writer, &stored, &scratch), writer.count, NULL, err);
}

/* Of a COPY the server keeps 16 MB of new pages; for each one more it writes the log and an earlier
 * page, and waits for the disk. Pieces stay below that, as long as all of them leave room for
 * others. */
static int copy_rows(const struct store *store, struct saving *saving, struct err *err)
{
    enum { PIECE = 8000, IN_PIECES = 8 * PIECE };
    size_t all = saving->plan->row_count, count;

    saving->first = 0;
    do {
        size_t left = all - saving->first;
        count = saving->first < IN_PIECES && left > PIECE ? PIECE : left;
        if (store_copy_binary(store->pg, "plan_row_copy", query_plan_row_copy, add_plan_row, saving,
                              count, err) < 0)
            return -1;
        saving->first += count;
    } while (saving->first < all);
    return 0;
}

static int copy_lists(const struct store *store, struct saving *saving, struct err *err)
{
    const struct plan *plan = saving->plan;

    if (copy_rows(store, saving, err) < 0 ||
        store_copy(store->pg, "plan_guard_copy", query_plan_guard_copy, add_guard, saving,
                   plan->guard_count, err) < 0 ||
        store_copy(store->pg, "plan_note_copy", query_plan_note_copy, add_note, saving,
                   plan->note_count, err) < 0 ||
        store_copy(store->pg, "plan_curve_copy", query_plan_curve_copy, add_point, saving,
                   plan->curve_count, err) < 0 ||
        store_copy(store->pg, "plan_class_copy", query_plan_class_copy, add_class, saving,
                   plan->seat_class_count, err) < 0 ||
        store_copy(store->pg, "plan_renewal_copy", query_plan_renewal_copy, add_renewal, saving,
                   plan->renewal.count, err) < 0)
        return -1;
    return store_copy(store->pg, "plan_idle_copy", query_plan_idle_copy, add_bucket, saving,
                      PLAN_IDLE_BUCKETS, err);
}

static int save_plan(const struct store *store, const struct store_run *run,
                     const struct plan *plan, int64_t *ret_id, struct audit_head *ret_head,
                     struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    if (store_next(store, "plan_number", query_plan_number, run->id, ret_id, err) < 0 ||
        PG_QUERY(store->pg, plan_supersede, PG_NOTHING, NULL, err,
                 store_number(&scratch, store->portal_id)) < 0 ||
        insert_plan(store, run, plan, *ret_id, err) < 0)
        return -1;
    CLEANUP(arena_release) struct arena of_row = ARENA_INIT;
    struct saving saving = {
        .plan = plan,
        .scratch = &of_row,
        .portal_id = store->portal_id,
        .id = *ret_id,
        .row = store_writer_of(plan_row_columns, query_plan_row_copy, PLACE_COLUMNS),
        .guard = store_writer_of(guard_columns, query_plan_guard_copy, PLACE_COLUMNS),
        .curve = store_writer_of(curve_columns, query_plan_curve_copy, PLACE_COLUMNS),
        .renewal = store_writer_of(renewal_columns, query_plan_renewal_copy, PLACE_COLUMNS),
    };
    if (copy_lists(store, &saving, err) < 0 ||
        PG_QUERY(store->pg, plan_exposed, PG_NOTHING, NULL, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, *ret_id)) < 0)
        return -1;
    return store_audit_plan(store, run, plan, *ret_id, ret_head, err);
}

int store_save_plan(struct store *store, const struct store_run *run, struct plan *plan,
                    struct err *err)
{
    struct audit_head head;
    int64_t id = 0;

    if (plan_is_report(plan))
        return err_set(err, ERR_INTERNAL, "a plan made from an export is never stored");
    if (pg_begin(store->pg, err) < 0)
        return -1;
    if (save_plan(store, run, plan, &id, &head, err) < 0 || pg_commit(store->pg, err) < 0) {
        pg_rollback(store->pg);
        return err_prefix(err, "the plan was not stored");
    }
    plan->id = id;
    plan->audit_head = head;
    return 0;
}

/* --- loading --- */

struct loading {
    struct arena *arena;
    struct plan *plan;
    size_t capacity;
    int position; /* its column */
    struct store_reader reader;
};

/* Steps and decisions name a row by its number, which follows from its place. */
static bool is_in_place(struct loading *loading, const PGresult *result)
{
    if (!loading->reader.ready)
        loading->position = store_place_of(result, "position");
    return loading->plan->version < PLAN_VERSION_OF_ALL ||
           pg_int(result, 0, loading->position) == (int64_t)loading->plan->row_count + 1;
}

static int load_row(const PGresult *result, void *context, struct err *err)
{
    struct loading *loading = context;
    struct plan *plan = loading->plan;

    if (plan->row_count == loading->capacity || !is_in_place(loading, result) ||
        !store_read(&loading->reader, result, 0, loading->arena, &plan->row[plan->row_count++]))
        return err_set(err, ERR_INTERNAL,
                       "plan '%lld' was changed in the database: more rows "
                       "than it was stored with, one in another place, or an action that is none",
                       (long long)plan->id);
    return 0;
}

int store_load_guards(const struct store *store, struct arena *arena, int64_t plan_id,
                      struct guard_finding **ret_guard, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_guards, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan_id)) < 0)
        return -1;
    *ret_guard = store_read_all(guard_columns, sizeof(**ret_guard), result, arena, ret_count);
    for (size_t i = 0; i < *ret_count; i++) {
        if (!guard_id_is_plain((*ret_guard)[i].id))
            return err_set(err, ERR_INTERNAL,
                           "plan '%lld' was changed in the database: a guard that is none",
                           (long long)plan_id);
    }
    return 0;
}

static int load_notes(const struct store *store, struct arena *arena, const char *const *which,
                      struct plan *plan, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg_run(store->pg, "plan_notes", query_plan_notes, PG_MANY, which, 2, &result, err) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    const char **note = arena_calloc(arena, count + 1, sizeof(note[0]));
    for (size_t i = 0; i < count; i++)
        note[i] = store_string(arena, result, (int)i, 0);
    plan->note = note;
    plan->note_count = count;
    return 0;
}

static int load_idle(const struct store *store, const char *const *which, struct plan *plan,
                     struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg_run(store->pg, "plan_idles", query_plan_idles, PG_MANY, which, 2, &result, err) < 0)
        return -1;
    int position_at = store_place_of(result, "position");
    int accounts_at = store_place_of(result, "accounts");
    for (int i = 0; i < PQntuples(result); i++) {
        int64_t position = pg_int(result, i, position_at);
        if (position >= 1 && position <= PLAN_IDLE_BUCKETS)
            plan->idle.bucket[position - 1] = (size_t)pg_int(result, i, accounts_at);
    }
    return 0;
}

static int load_curve(const struct store *store, struct arena *arena, const char *const *which,
                      struct plan *plan, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg_run(store->pg, "plan_curve", query_plan_curve, PG_MANY, which, 2, &result, err) < 0)
        return -1;
    plan->curve =
        store_read_all(curve_columns, sizeof(plan->curve[0]), result, arena, &plan->curve_count);
    return 0;
}

int store_load_plan_classes(const struct store *store, struct arena *arena, int64_t plan_id,
                            struct class_seats **ret_class, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_class, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan_id)) < 0)
        return -1;
    *ret_class = store_read_all(class_columns, sizeof(**ret_class), result, arena, ret_count);
    return 0;
}

static int load_renewal(const struct store *store, struct arena *arena, const char *const *which,
                        struct plan *plan, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    size_t count = 0;

    if (pg_run(store->pg, "plan_renewal", query_plan_renewal, PG_MANY, which, 2, &result, err) < 0)
        return -1;
    const struct stored_renewal *stored =
        store_read_all(renewal_columns, sizeof(stored[0]), result, arena, &count);
    if (count == 0)
        return 0;
    plan->renewal = stored[0].renewal;
    plan->renewal.days = day_between(plan->today, plan->renewal.on);
    plan->renewal.item = arena_calloc(arena, count, sizeof(plan->renewal.item[0]));
    plan->renewal.count = count;
    for (size_t i = 0; i < count; i++)
        plan->renewal.item[i] = stored[i].item;
    return 0;
}

static int load_lists(const struct store *store, struct arena *arena, size_t rows,
                      struct plan *plan, struct err *err)
{
    const char *const which[] = {store_number(arena, store->portal_id),
                                 store_number(arena, plan->id)};
    struct loading loading = {
        .arena = arena,
        .plan = plan,
        .capacity = rows,
        .reader = {.columns = plan_row_columns, .use = PLAN_ROW_STORED},
    };

    plan->row = arena_calloc(arena, rows + 1, sizeof(plan->row[0]));
    if (pg_each(store->pg, "plan_rows", query_plan_rows, which, 2, load_row, &loading, err) < 0 ||
        store_load_guards(store, arena, plan->id, &plan->guard, &plan->guard_count, err) < 0 ||
        load_notes(store, arena, which, plan, err) < 0 ||
        load_curve(store, arena, which, plan, err) < 0 ||
        store_load_plan_classes(store, arena, plan->id, &plan->seat_class, &plan->seat_class_count,
                                err) < 0 ||
        load_renewal(store, arena, which, plan, err) < 0)
        return -1;
    return load_idle(store, which, plan, err);
}

static int check_digest(const struct plan *plan, struct err *err)
{
    struct digest now = plan_digest(plan);

    /* What lost names waits for nothing any more; of everything else every word counts. */
    bool over = plan->state == PLAN_EMPTY || plan->state == PLAN_EXPIRED ||
                plan->state == PLAN_REJECTED || plan->state == PLAN_APPLIED;

    if ((plan->redacted && over) || digest_compare(&now, &plan->digest) == 0)
        return 0;
    return err_set(err, ERR_INTERNAL,
                   "plan '%lld' is not the one that was stored: its digest differs; hint: somebody "
                   "changed it in the database, make a new one with 'plan'",
                   (long long)plan->id);
}

struct state_now {
    enum plan_state state;
    int64_t newest;
    bool is_tried;
};

static const struct column state_columns[] = {
    COLUMN_OF_WORDS("state", struct state_now, state, &plan_state_words),
    COLUMN("newest", struct state_now, newest),
    COLUMN("is_tried", struct state_now, is_tried),
    COLUMN_END,
};

int store_plan_is_there(const struct store *store, int64_t plan_id, const struct digest *digest,
                        bool *ret_is_there, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_is_there, PG_ONE, &result, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, plan_id),
                 store_hex(&scratch, digest)) < 0)
        return -1;
    *ret_is_there = pg_bool(result, 0, 0);
    return 0;
}

int store_plan_state(const struct store *store, int64_t plan_id, enum plan_state *ret_state,
                     int64_t *ret_newest, bool *ret_is_tried, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct state_now now = {.newest = 0};

    if (PG_QUERY(store->pg, plan_state_now, PG_ONE, &result, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, plan_id)) < 0)
        return -1;
    (void)store_read_row(state_columns, result, 0, &scratch, &now);
    *ret_state = now.state;
    *ret_newest = now.newest;
    *ret_is_tried = now.is_tried;
    return 0;
}

int store_load_plan(struct store *store, struct arena *arena, int64_t id, struct plan **ret_plan,
                    struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_load, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, id)) < 0)
        return -1;
    if (PQntuples(result) == 0) {
        *ret_plan = NULL;
        return 0;
    }
    struct stored_plan *stored = arena_calloc(arena, 1, sizeof(*stored));
    struct plan *plan = &stored->plan;
    (void)store_read_row(plan_columns, result, 0, arena, stored);
    if (stored->audit_head)
        (void)audit_head_parse(stored->audit_head, &plan->audit_head);
    if (stored->rows < 0 || stored->rows > LIMIT_ACCOUNTS)
        return err_set(err, ERR_INTERNAL, "plan '%lld' claims to have %lld rows",
                       (long long)plan->id, (long long)stored->rows);
    if (plan->version < 1 || plan->version > PLAN_VERSION)
        return err_set(err, ERR_INTERNAL, "plan '%lld' is of version %d, and there is none such",
                       (long long)plan->id, plan->version);
    if (!instant_is_set(plan->created_at) || !instant_is_set(plan->inputs.snapshot_taken_at))
        return err_set(err, ERR_INTERNAL,
                       "plan '%lld' was changed in the database: when it was made, or read, is no "
                       "time",
                       (long long)plan->id);
    if (load_lists(store, arena, (size_t)stored->rows, plan, err) < 0 ||
        check_digest(plan, err) < 0)
        return -1;
    *ret_plan = plan;
    return 0;
}
