/*
 * The plan as JSON: the lossless form, and a contract (docs/plan-json.md). Members are written in
 * one fixed order and none is ever left out: what is not there is null.
 */
#include <string.h>

#include "base/jsonw.h"
#include "core/seats.h"
#include "report/parts.h"

static void field_day(struct jsonw *json, const char *key, struct day day)
{
    char buffer[DAY_TEXT_SIZE];

    jsonw_field_string(json, key, day_is_set(day) ? day_format(day, buffer) : NULL);
}

static void field_digest(struct jsonw *json, const char *key, const struct digest *digest)
{
    char buffer[DIGEST_HEX_SIZE];

    jsonw_field_string(json, key, digest_hex(digest, buffer));
}

static void field_size(struct jsonw *json, const char *key, size_t value)
{
    jsonw_field_int(json, key, (int64_t)value);
}

/* 0 is what is not stored. */
static void field_id(struct jsonw *json, const char *key, int64_t id)
{
    if (id > 0)
        jsonw_field_int(json, key, id);
    else
        jsonw_field_null(json, key);
}

/* An empty string in a row means the same as none. */
static void field_text(struct jsonw *json, const char *key, const char *value)
{
    jsonw_field_string(json, key, text_is_empty(value) ? NULL : value);
}

static void field_words(struct jsonw *json, const char *key, const char *words)
{
    jsonw_key(json, key);
    jsonw_begin_array(json);
    for (const char *s = words ? words : ""; *s;) {
        size_t length = strcspn(s, " ");

        if (length > 0)
            jsonw_string_bytes(json, s, length);
        s += length + (s[length] == ' ');
    }
    jsonw_end_array(json);
}

static void add_since(struct jsonw *json, const struct plan_since *since)
{
    jsonw_key(json, "since_plan");
    if (since->plan_id == 0) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    jsonw_field_int(json, "id", since->plan_id);
    field_day(json, "today", since->today);
    jsonw_field_bool(json, "decided", since->decided);
    field_size(json, "new", since->new_rows);
    field_size(json, "changed", since->changed);
    field_size(json, "gone", since->gone);
    field_size(json, "gone_by_acts", since->gone_by_acts);
    jsonw_end_object(json);
}

static void add_plan(struct jsonw *json, const struct plan *plan)
{
    char head[AUDIT_HEAD_SIZE];
    jsonw_key(json, "plan");
    jsonw_begin_object(json);
    field_id(json, "id", plan->id);
    if (plan_is_report(plan))
        jsonw_field_null(json, "digest");
    else
        field_digest(json, "digest", &plan->digest);
    if (plan->audit_head.sequence)
        jsonw_field_string(json, "audit_head", audit_head_format(&plan->audit_head, head));
    jsonw_field_string(json, "portal", plan->portal);
    jsonw_field_string(json, "state", plan_state_name(plan->state));
    jsonw_field_instant(json, "created_at", plan->created_at);
    jsonw_field_instant(json, "expires_at", plan->expires_at);
    field_day(json, "today", plan->today);
    jsonw_field_string(json, "time_zone", plan->time_zone);
    jsonw_field_bool(json, "first_plan", plan->first_plan);
    jsonw_key(json, "approvals");
    jsonw_begin_object(json);
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a)) {
        if (actions[a].approved_as == a)
            jsonw_field_int(json, action_name(a), plan->approvals[a]);
    }
    jsonw_end_object(json);
    add_since(json, &plan->since);
    jsonw_end_object(json);
}

static void add_snapshot(struct jsonw *json, const struct plan_inputs *inputs)
{
    jsonw_key(json, "snapshot");
    jsonw_begin_object(json);
    field_id(json, "id", inputs->snapshot_id);
    jsonw_field_string(json, "source", snapshot_source_name(inputs->snapshot_source));
    jsonw_field_string(json, "file", inputs->snapshot_file);
    jsonw_field_instant(json, "taken_at", inputs->snapshot_taken_at);
    jsonw_field_bool(json, "complete", inputs->snapshot_complete);
    jsonw_field_string(json, "incomplete_reason", inputs->snapshot_incomplete_reason);
    field_size(json, "accounts", inputs->accounts);
    field_size(json, "active", inputs->active);
    field_size(json, "inactive", inputs->inactive);
    field_size(json, "gone", inputs->gone);
    field_size(json, "unreadable", inputs->unreadable);
    field_size(json, "requests", inputs->requests);
    field_digest(json, "digest", &inputs->snapshot_digest);
    jsonw_end_object(json);
}

static void add_inputs(struct jsonw *json, const struct plan_inputs *inputs)
{
    jsonw_key(json, "inputs");
    jsonw_begin_object(json);
    add_snapshot(json, inputs);
    jsonw_key(json, "roster");
    jsonw_begin_object(json);
    field_id(json, "id", inputs->roster_id);
    jsonw_field_string(json, "source", inputs->roster_source);
    field_digest(json, "digest", &inputs->roster_digest);
    jsonw_field_instant(json, "read_at", inputs->roster_read_at);
    field_size(json, "people", inputs->people);
    field_size(json, "rejected", inputs->rejected);
    field_size(json, "duplicates", inputs->duplicates);
    jsonw_end_object(json);
    jsonw_key(json, "policy");
    jsonw_begin_object(json);
    field_digest(json, "digest", &inputs->policy_digest);
    jsonw_field_string(json, "mode", inputs->enforce ? "enforce" : "report");
    jsonw_end_object(json);
    jsonw_end_object(json);
}

static void add_totals(struct jsonw *json, const struct plan_totals *totals)
{
    jsonw_key(json, "totals");
    jsonw_begin_object(json);
    field_size(json, "keep", totals->of[ACTION_KEEP]);
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a))
        field_size(json, action_name(a), totals->of[a]);
    jsonw_key(json, "of");
    jsonw_begin_object(json);
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a))
        field_size(json, action_name(a), totals->of[a]);
    jsonw_end_object(json);
    field_size(json, "approved", totals->approved);
    field_size(json, "kept", totals->kept);
    field_size(json, "done", totals->done);
    field_size(json, "waiting", totals->waiting);
    field_size(json, "findings", totals->findings);
    field_size(json, "seats_now", totals->seats_now);
    field_size(json, "seats_after", totals->seats_after);
    jsonw_end_object(json);
}

static void add_idle(struct jsonw *json, const struct plan_idle *idle)
{
    jsonw_key(json, "idle");
    jsonw_begin_object(json);
    jsonw_field_int(json, "days_per_bucket", 30);
    jsonw_key(json, "buckets");
    jsonw_begin_array(json);
    for (size_t i = 0; i < PLAN_IDLE_BUCKETS; i++)
        jsonw_int(json, (int64_t)idle->bucket[i]);
    jsonw_end_array(json);
    field_size(json, "never", idle->never);
    field_size(json, "unknown", idle->unknown);
    jsonw_end_object(json);
}

static void add_curve(struct jsonw *json, const struct plan *plan)
{
    jsonw_key(json, "curve");
    jsonw_begin_array(json);
    for (size_t i = 0; i < plan->curve_count; i++) {
        const struct simulate_point *point = &plan->curve[i];
        jsonw_begin_object(json);
        jsonw_field_int(json, "days", point->days);
        field_size(json, "acts", point->acts);
        field_size(json, "seats", point->seats);
        field_size(json, "idle", point->idle);
        field_size(json, "unread", point->unread);
        field_size(json, "later", point->later);
        field_size(json, "held", point->held);
        field_size(json, "kept", point->kept);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void add_seats(struct jsonw *json, const struct plan *plan)
{
    jsonw_key(json, "seats");
    jsonw_begin_object(json);
    field_id(json, "contracted", plan->contracted);
    jsonw_key(json, "days");
    jsonw_begin_array(json);
    for (size_t i = 0; i < plan->seats_count; i++) {
        jsonw_begin_object(json);
        field_day(json, "day", plan->seats[i].day);
        field_size(json, "seats", plan->seats[i].seats);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void field_told(struct jsonw *json, const char *key, bool is_told, int64_t value)
{
    if (is_told)
        jsonw_field_int(json, key, value);
    else
        jsonw_field_null(json, key);
}

/* Of a seat and year, exactly. */
static void field_price(struct jsonw *json, int64_t price)
{
    char text[MONEY_TEXT_MAX];

    jsonw_key(json, "price");
    if (price >= 0)
        jsonw_raw(json, money_format(price, text));
    else
        jsonw_null(json);
}

static void add_classes(struct jsonw *json, const struct plan *plan)
{
    jsonw_key(json, "classes");
    jsonw_begin_array(json);
    for (size_t i = 0; i < plan->seat_class_count; i++) {
        const struct class_seats *class = &plan->seat_class[i];
        bool told = class->contracted >= 0;
        jsonw_begin_object(json);
        field_text(json, "class", class->name);
        field_size(json, "seats", class->seats);
        field_size(json, "seats_after", class->seats_after);
        field_told(json, "contracted", told, class->contracted);
        field_told(json, "free", told, class->contracted - (int64_t) class->seats);
        field_told(json, "free_after", told, class->contracted - (int64_t) class->seats_after);
        field_price(json, class->price);
        field_text(json, "currency", class->currency);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void add_amount(struct jsonw *json, const char *key, const char *amount)
{
    jsonw_key(json, key);
    if (amount)
        jsonw_raw(json, amount);
    else
        jsonw_null(json);
}

void report_add_json_savings(struct jsonw *json, const struct plan_savings *one)
{
    bool priced = one->currency != NULL;

    jsonw_begin_object(json);
    field_text(json, "class", one->class);
    field_text(json, "currency", one->currency);
    jsonw_field_bool(json, "two_currencies", one->two_currencies);
    jsonw_field_int(json, "exposed_seats", one->exposed_seats);
    add_amount(json, "exposed", priced ? one->exposed : NULL);
    jsonw_field_int(json, "freed_seat_days", one->freed_seat_days);
    add_amount(json, "freed", priced ? one->freed : NULL);
    jsonw_field_int(json, "year_freed_seat_days", one->year_seat_days);
    add_amount(json, "year_freed", priced ? one->year_freed : NULL);
    field_told(json, "reducible_seats", one->reducible_seats >= 0, one->reducible_seats);
    add_amount(json, "reducible", one->reducible);
    jsonw_end_object(json);
}

static void add_savings(struct jsonw *json, const struct plan *plan)
{
    jsonw_key(json, "savings");
    jsonw_begin_array(json);
    for (size_t i = 0; i < plan->savings_count; i++)
        report_add_json_savings(json, &plan->savings[i]);
    jsonw_end_array(json);
}

static void add_renewal(struct jsonw *json, const struct renewal *renewal)
{
    jsonw_key(json, "renewal");
    if (!day_is_set(renewal->on)) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    field_day(json, "on", renewal->on);
    jsonw_field_int(json, "days", renewal->days);
    jsonw_field_int(json, "starters", renewal->starters);
    jsonw_field_int(json, "at_work", renewal->at_work);
    jsonw_key(json, "classes");
    jsonw_begin_array(json);
    for (size_t i = 0; i < renewal->count; i++) {
        const struct renewal_class *item = &renewal->item[i];
        int64_t left = 0;
        jsonw_begin_object(json);
        field_text(json, "class", item->name);
        jsonw_field_int(json, "seats", item->now);
        jsonw_field_int(json, "planned", item->planned);
        jsonw_field_int(json, "leaving", item->leaving);
        jsonw_field_int(json, "starting", item->starting);
        jsonw_field_int(json, "expected", item->expected);
        field_told(json, "contracted", item->contracted >= 0, item->contracted);
        bool is_told = renewal_left_over(item, &left);
        field_told(json, "left_over", is_told, left);
        field_price(json, item->price);
        field_text(json, "currency", item->currency);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void add_acknowledged(struct jsonw *json, const struct guard_finding *guard)
{
    char day[DAY_TEXT_SIZE];
    bool has_day = day_is_set(guard->let_go_until);

    jsonw_key(json, "acknowledged");
    if (!guard->let_go_by) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    jsonw_field_string(json, "who", guard->let_go_by);
    jsonw_field_string(json, "until", has_day ? day_format(guard->let_go_until, day) : NULL);
    jsonw_field_string(json, "reason", guard->let_go_reason);
    jsonw_end_object(json);
}

static void add_guards(struct jsonw *json, const struct plan *plan)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;

    jsonw_key(json, "guards");
    jsonw_begin_array(json);
    for (size_t i = 0; i < plan->guard_count; i++) {
        const struct guard_finding *guard = &plan->guard[i];

        jsonw_begin_object(json);
        jsonw_field_string(json, "id", guard->id);
        jsonw_field_string(json, "verdict", guard->hold ? "hold" : "pass");
        jsonw_field_string(json, "limit", guard->limit);
        jsonw_field_string(json, "actual", guard->actual);
        jsonw_field_string(json, "text", guard->text);
        jsonw_field_string(json, "cause", guard->cause);
        add_acknowledged(json, guard);
        text_clear(&command);
        jsonw_field_string(json, "let_go",
                           report_add_let_go(&command, plan, guard) ? text_cstr(&command) : NULL);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void add_notes(struct jsonw *json, const struct plan *plan)
{
    jsonw_key(json, "notes");
    jsonw_begin_array(json);
    for (size_t i = 0; i < plan->note_count; i++)
        jsonw_string(json, plan->note[i]);
    jsonw_end_array(json);
}

static void add_cell(struct jsonw *json, const struct column *column, const struct plan_row *row)
{
    char buffer[COLUMN_TEXT_SIZE];
    const char *value = column_text(column, row, buffer);

    switch (column->type) {
    case COLUMN_WORDS:
        field_words(json, column->name, value);
        return;
    case COLUMN_FLAG:
        jsonw_field_bool(json, column->name, column_int(column, row) != 0);
        return;
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
    case COLUMN_INT:
    case COLUMN_OPTIONAL:
        if (value)
            jsonw_field_int(json, column->name, column_int(column, row));
        else
            jsonw_field_null(json, column->name);
        return;
    case COLUMN_STRING:
    case COLUMN_DAY:
    case COLUMN_INSTANT:
    case COLUMN_DIGEST:
    case COLUMN_SEAL:
    case COLUMN_ENUM:
        field_text(json, column->name, value);
        return;
    }
}

static void add_matched(struct jsonw *json, const struct plan_row *row)
{
    jsonw_key(json, "matched");
    if (text_is_empty(row->matched_by)) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    field_text(json, "employee_number", row->matched_number);
    field_text(json, "name", row->matched_name);
    field_text(json, "email", row->matched_email);
    if (row->matched_row > 0)
        jsonw_field_int(json, "row", row->matched_row);
    else
        jsonw_field_null(json, "row");
    jsonw_end_object(json);
}

static void add_standing(struct jsonw *json, const struct row_standing *standing)
{
    jsonw_key(json, "decided");
    if (standing->decision) {
        jsonw_begin_object(json);
        jsonw_field_string(json, "decision", standing->decision);
        jsonw_field_string(json, "who", standing->who);
        jsonw_field_instant(json, "at", standing->at);
        field_day(json, "until", standing->until);
        field_text(json, "reason", standing->reason);
        jsonw_end_object(json);
    } else {
        jsonw_null(json);
    }
    field_text(json, "not_counted", standing->not_counted);
    jsonw_key(json, "outcome");
    if (standing->state) {
        jsonw_begin_object(json);
        jsonw_field_string(json, "state", standing->state);
        jsonw_field_instant(json, "at", standing->state_at);
        field_text(json, "reason", standing->state_reason);
        field_text(json, "approved_by", standing->approved_by);
        jsonw_end_object(json);
    } else {
        jsonw_null(json);
    }
}

static void add_decisions(struct jsonw *json, const struct plan *plan)
{
    jsonw_key(json, "decisions");
    jsonw_begin_array(json);
    for (size_t i = 0; i < plan->row_count; i++) {
        jsonw_begin_object(json);
        for (const struct column *c = NULL; (c = plan_row_shown(c));) {
            if (!(c->use & PLAN_ROW_NESTED))
                add_cell(json, c, &plan->row[i]);
        }
        add_matched(json, &plan->row[i]);
        add_standing(json, &plan->row[i].standing);
        jsonw_end_object(json);
        text_spill(json->out);
    }
    jsonw_end_array(json);
}

void report_add_json(const struct plan *plan, const struct report_style *style, struct text *out)
{
    struct jsonw json = jsonw_to(out);

    (void)style;
    json.pretty = true;
    jsonw_begin_object(&json);
    add_plan(&json, plan);
    add_inputs(&json, &plan->inputs);
    add_totals(&json, &plan->totals);
    add_idle(&json, &plan->idle);
    field_id(&json, "idle_threshold", plan->threshold);
    add_curve(&json, plan);
    add_renewal(&json, &plan->renewal);
    add_seats(&json, plan);
    add_classes(&json, plan);
    add_savings(&json, plan);
    add_guards(&json, plan);
    add_notes(&json, plan);
    add_decisions(&json, plan);
    jsonw_end_object(&json);
    text_add_char(out, '\n');
}
