/*
 * A plan is stored as the value it is: every field has a column, every list a table, and what comes
 * back must have the digest it was stored with, or nobody may approve it. Its announcements are
 * made in the same transaction: a grace never runs for a plan that does not exist.
 */
#include "base/limits.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/private.h"

/* --- saving --- */

struct saving {
    const struct plan *plan;
    int64_t portal_id;
    int64_t id;
};

static void begin_row(struct text *row, const struct saving *saving, size_t number)
{
    store_copy_number(row, saving->portal_id);
    store_copy_number(row, saving->id);
    store_copy_number(row, (int64_t)number + 1);
}

static void add_number_or_null(struct text *row, int number)
{
    if (number < 0)
        pg_copy_field(row, NULL);
    else
        store_copy_number(row, number);
}

static void add_plan_row(struct text *out, const void *context, size_t number)
{
    const struct saving *saving = context;
    const struct plan_row *row = &saving->plan->row[number];
    const char *const subject[] = {row->account_id, row->username, row->email, row->name,
                                   row->rule,       row->reason,   row->row};

    if (plan_row_is_plain_keep(row))
        return;
    begin_row(out, saving, number);
    pg_copy_field(out, action_name(row->action));
    store_copy_flag(out, row->finding);
    store_copy_flag(out, row->new_announcement);
    for (size_t i = 0; i < COUNT_OF(subject); i++)
        pg_copy_field(out, subject[i]);
    store_copy_day(out, row->not_before);
    pg_copy_field(out, row->account);
    pg_copy_field(out, row->person);
    pg_copy_field(out, row->employee_number);
    pg_copy_field(out, row->matched_by);
    store_copy_time(out, row->last_login);
    pg_copy_field(out, row->last_login_source);
    add_number_or_null(out, row->idle_days);
    pg_copy_field(out, row->profile);
    pg_copy_field(out, row->roles);
    pg_copy_field(out, row->department);
    pg_copy_field(out, row->held_by);
    store_copy_flag(out, row->uses_person);
    store_copy_flag(out, row->uses_login);
    pg_copy_end_row(out);
}

static void add_guard(struct text *row, const void *context, size_t number)
{
    const struct saving *saving = context;
    const struct guard_finding *finding = &saving->plan->guard[number];

    begin_row(row, saving, number);
    pg_copy_field(row, finding->id);
    store_copy_flag(row, finding->hold);
    pg_copy_field(row, finding->limit);
    pg_copy_field(row, finding->actual);
    pg_copy_field(row, finding->text);
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

static size_t count_stored(const struct plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->row_count; i++)
        count += !plan_row_is_plain_keep(&plan->row[i]);
    return count;
}

/* Long because a plan has that many fields; the order is that of plan_insert.sql. */
static int insert_plan(const struct store *store, const struct store_run *run,
                       const struct plan *plan, int64_t id, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct plan_inputs *inputs = &plan->inputs;
    const struct plan_totals *totals = &plan->totals;
#define NUMBER(value) store_number(&scratch, (int64_t)(value))
    const char *const parameter[] = {
        NUMBER(store->portal_id),
        NUMBER(id),
        NUMBER(run->id),
        plan_state_name(plan->state),
        store_hex(&scratch, &plan->digest),
        store_time(&scratch, plan->created_at),
        store_time(&scratch, plan->expires_at),
        store_day(&scratch, plan->today),
        plan->time_zone,
        store_flag(plan->first_plan),
        NUMBER(plan->approvals_suspend),
        NUMBER(plan->approvals_deprovision),
        NUMBER(inputs->snapshot_id),
        store_time(&scratch, inputs->snapshot_taken_at),
        store_flag(inputs->snapshot_complete),
        inputs->snapshot_incomplete_reason,
        store_hex(&scratch, &inputs->snapshot_digest),
        NUMBER(inputs->accounts),
        NUMBER(inputs->active),
        NUMBER(inputs->inactive),
        NUMBER(inputs->gone),
        NUMBER(inputs->unreadable),
        NUMBER(inputs->requests),
        NUMBER(inputs->roster_id),
        inputs->roster_source,
        store_hex(&scratch, &inputs->roster_digest),
        store_time(&scratch, inputs->roster_read_at),
        NUMBER(inputs->people),
        NUMBER(inputs->rejected),
        NUMBER(inputs->duplicates),
        store_hex(&scratch, &inputs->policy_digest),
        store_flag(inputs->enforce),
        NUMBER(totals->keep),
        NUMBER(totals->suspend),
        NUMBER(totals->deprovision),
        NUMBER(totals->reactivate),
        NUMBER(totals->waiting),
        NUMBER(totals->findings),
        NUMBER(totals->seats_now),
        NUMBER(totals->seats_after),
        NUMBER(plan->idle.never),
        NUMBER(plan->idle.unknown),
        NUMBER(count_stored(plan)),
        store_hex(&scratch, &inputs->roster_content),
    };
#undef NUMBER

    return pg_run(store->pg, "plan_insert", query_plan_insert, PG_NOTHING, parameter,
                  COUNT_OF(parameter), NULL, err);
}

static int copy_lists(const struct store *store, const struct saving *saving, struct err *err)
{
    const struct plan *plan = saving->plan;

    if (store_copy(store->pg, "plan_row_copy", query_plan_row_copy, add_plan_row, saving,
                   plan->row_count, err) < 0 ||
        store_copy(store->pg, "plan_guard_copy", query_plan_guard_copy, add_guard, saving,
                   plan->guard_count, err) < 0 ||
        store_copy(store->pg, "plan_note_copy", query_plan_note_copy, add_note, saving,
                   plan->note_count, err) < 0)
        return -1;
    return store_copy(store->pg, "plan_idle_copy", query_plan_idle_copy, add_bucket, saving,
                      PLAN_IDLE_BUCKETS, err);
}

/* R7. What is missing from a plan that is held or did not see everybody proves nothing. */
static int announce(const struct store *store, const struct saving *saving, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct plan *plan = saving->plan;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *number = store_number(&scratch, saving->id);
    const char *today = store_day(&scratch, plan->today);

    if (PG_QUERY(store->pg, announcement_renew, PG_NOTHING, NULL, err, portal, number, today) < 0 ||
        PG_QUERY(store->pg, announcement_insert, PG_NOTHING, NULL, err, portal, number, today,
                 plan->inputs.enforce ? "enforce" : "report") < 0)
        return -1;
    if (plan->state == PLAN_HELD || !plan->inputs.snapshot_complete)
        return 0;
    return PG_QUERY(store->pg, announcement_end, PG_NOTHING, NULL, err, portal, number, today);
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
    struct saving saving = {.plan = plan, .portal_id = store->portal_id, .id = *ret_id};
    if (copy_lists(store, &saving, err) < 0)
        return -1;
    if (announce(store, &saving, err) < 0)
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

static struct plan_inputs read_inputs(const PGresult *result, struct arena *arena)
{
    return (struct plan_inputs){
        .snapshot_id = pg_int(result, 0, 11),
        .snapshot_taken_at = pg_instant(result, 0, 12),
        .snapshot_complete = pg_bool(result, 0, 13),
        .snapshot_incomplete_reason = store_string(arena, result, 0, 14),
        .snapshot_digest = store_digest(result, 0, 15),
        .accounts = (size_t)pg_int(result, 0, 16),
        .active = (size_t)pg_int(result, 0, 17),
        .inactive = (size_t)pg_int(result, 0, 18),
        .gone = (size_t)pg_int(result, 0, 19),
        .unreadable = (size_t)pg_int(result, 0, 20),
        .requests = (size_t)pg_int(result, 0, 21),
        .roster_id = pg_int(result, 0, 22),
        .roster_source = store_string(arena, result, 0, 23),
        .roster_digest = store_digest(result, 0, 24),
        .roster_content = store_digest(result, 0, 42),
        .roster_read_at = pg_instant(result, 0, 25),
        .people = (size_t)pg_int(result, 0, 26),
        .rejected = (size_t)pg_int(result, 0, 27),
        .duplicates = (size_t)pg_int(result, 0, 28),
        .policy_digest = store_digest(result, 0, 29),
        .enforce = pg_bool(result, 0, 30),
    };
}

static struct plan_totals read_totals(const PGresult *result)
{
    return (struct plan_totals){
        .keep = (size_t)pg_int(result, 0, 31),
        .suspend = (size_t)pg_int(result, 0, 32),
        .deprovision = (size_t)pg_int(result, 0, 33),
        .reactivate = (size_t)pg_int(result, 0, 34),
        .waiting = (size_t)pg_int(result, 0, 35),
        .findings = (size_t)pg_int(result, 0, 36),
        .seats_now = (size_t)pg_int(result, 0, 37),
        .seats_after = (size_t)pg_int(result, 0, 38),
    };
}

static struct plan read_plan(const PGresult *result, struct arena *arena)
{
    struct plan plan = {
        .id = pg_int(result, 0, 0),
        .portal = store_string(arena, result, 0, 1),
        .state = PLAN_HELD,
        .digest = store_digest(result, 0, 3),
        .created_at = pg_instant(result, 0, 4),
        .expires_at = pg_instant(result, 0, 5),
        .today = pg_day(result, 0, 6),
        .time_zone = store_string(arena, result, 0, 7),
        .first_plan = pg_bool(result, 0, 8),
        .approvals_suspend = (int)pg_int(result, 0, 9),
        .approvals_deprovision = (int)pg_int(result, 0, 10),
        .inputs = read_inputs(result, arena),
        .totals = read_totals(result),
        .idle = {.never = (size_t)pg_int(result, 0, 39), .unknown = (size_t)pg_int(result, 0, 40)},
    };

    (void)plan_state_parse(pg_text(result, 0, 2), &plan.state);
    plan.redacted = pg_bool(result, 0, 44);
    if (!PQgetisnull(result, 0, 43))
        (void)audit_head_parse(pg_text(result, 0, 43), &plan.audit_head);
    return plan;
}

struct loading {
    struct arena *arena;
    struct plan *plan;
    size_t capacity;
};

static int add_loaded_row(const PGresult *row, void *context, struct err *err)
{
    struct loading *loading = context;
    struct plan *plan = loading->plan;
    struct arena *arena = loading->arena;
    enum action action = ACTION_KEEP;

    if (plan->row_count == loading->capacity || !action_parse(pg_text(row, 0, 0), &action))
        return err_set(err, ERR_INTERNAL,
                       "plan '%lld' was changed in the database: more rows "
                       "than it was stored with, or an action that is none",
                       (long long)plan->id);
    plan->row[plan->row_count++] = (struct plan_row){
        .action = action,
        .finding = pg_bool(row, 0, 1),
        .new_announcement = pg_bool(row, 0, 2),
        .account_id = store_string(arena, row, 0, 3),
        .username = store_string(arena, row, 0, 4),
        .email = store_string(arena, row, 0, 5),
        .name = store_string(arena, row, 0, 6),
        .rule = store_string(arena, row, 0, 7),
        .reason = store_string(arena, row, 0, 8),
        .row = store_string(arena, row, 0, 9),
        .not_before = pg_day(row, 0, 10),
        .account = store_string(arena, row, 0, 11),
        .person = store_string(arena, row, 0, 12),
        .employee_number = store_string(arena, row, 0, 13),
        .matched_by = store_string(arena, row, 0, 14),
        .last_login = pg_instant(row, 0, 15),
        .last_login_source = store_string(arena, row, 0, 16),
        .idle_days = (int)pg_int(row, 0, 17),
        .profile = store_string(arena, row, 0, 18),
        .roles = store_string(arena, row, 0, 19),
        .department = store_string(arena, row, 0, 20),
        .held_by = store_string(arena, row, 0, 21),
        .uses_person = pg_bool(row, 0, 22),
        .uses_login = pg_bool(row, 0, 23),
    };
    return 0;
}

static int load_guards(const struct store *store, struct arena *arena, const char *const *which,
                       struct plan *plan, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg_run(store->pg, "plan_guards", query_plan_guards, PG_MANY, which, 2, &result, err) < 0)
        return -1;
    plan->guard_count = (size_t)PQntuples(result);
    plan->guard = arena_calloc(arena, plan->guard_count + 1, sizeof(plan->guard[0]));
    for (int i = 0; i < (int)plan->guard_count; i++) {
        plan->guard[i] = (struct guard_finding){
            .id = store_string(arena, result, i, 0),
            .hold = pg_bool(result, i, 1),
            .limit = store_string(arena, result, i, 2),
            .actual = store_string(arena, result, i, 3),
            .text = store_string(arena, result, i, 4),
        };
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
    for (int i = 0; i < PQntuples(result); i++) {
        int64_t position = pg_int(result, i, 0);
        if (position >= 1 && position <= PLAN_IDLE_BUCKETS)
            plan->idle.bucket[position - 1] = (size_t)pg_int(result, i, 1);
    }
    return 0;
}

static int load_lists(const struct store *store, struct arena *arena, size_t rows,
                      struct plan *plan, struct err *err)
{
    const char *const which[] = {store_number(arena, store->portal_id),
                                 store_number(arena, plan->id)};
    struct loading loading = {.arena = arena, .plan = plan, .capacity = rows};

    plan->row = arena_calloc(arena, rows + 1, sizeof(plan->row[0]));
    if (pg_each(store->pg, "plan_rows", query_plan_rows, which, 2, add_loaded_row, &loading, err) <
            0 ||
        load_guards(store, arena, which, plan, err) < 0 ||
        load_notes(store, arena, which, plan, err) < 0)
        return -1;
    return load_idle(store, which, plan, err);
}

static bool awaits_decision(enum plan_state state)
{
    return state == PLAN_HELD || state == PLAN_PROPOSED || state == PLAN_APPROVED;
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

int store_load_plan(struct store *store, struct arena *arena, int64_t id, struct instant now,
                    struct plan **ret_plan, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_load, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, id)) < 0)
        return -1;
    if (PQntuples(result) == 0) {
        *ret_plan = NULL;
        return 0;
    }
    struct plan *plan = arena_calloc(arena, 1, sizeof(*plan));
    *plan = read_plan(result, arena);
    int64_t rows = pg_int(result, 0, 41);
    if (rows < 0 || rows > LIMIT_ACCOUNTS)
        return err_set(err, ERR_INTERNAL, "plan '%lld' claims to have %lld rows",
                       (long long)plan->id, (long long)rows);
    if (load_lists(store, arena, (size_t)rows, plan, err) < 0 || check_digest(plan, err) < 0)
        return -1;
    if (awaits_decision(plan->state) && instant_is_set(plan->expires_at) &&
        instant_compare(plan->expires_at, now) <= 0)
        plan->state = PLAN_EXPIRED;
    *ret_plan = plan;
    return 0;
}
