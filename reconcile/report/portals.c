/*
 * The first line says whether anybody has to do anything. Below it the portals, the most urgent
 * first: whoever keeps hundreds of them looks at the top.
 */
#include "report/portals.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "core/seats.h"
#include "format/encode.h"
#include "report/parts.h"
#include "report/portals_parts.h"
#include "report/status.h"

/* --- what the outputs share --- */

const char *portals_outcome(const struct portal_status *portal)
{
    if (portal->run.id == 0)
        return "no run yet";
    if (portal->run.exit_code >= 0)
        return status_exit_name(portal->run.exit_code);
    if (portal->unseen)
        return "running or cut off";
    return portal->locked ? "running" : "cut off";
}

static const struct {
    const char *sentence, *title, *about;
} words[PORTAL_STATE_COUNT] = {
    [PORTAL_FAILED] =
        {"failed", "Failed",
         "The last run ended with an error, or was cut off. Nothing is lost: the next "
         "one asks what became of every act and goes on."},
    [PORTAL_OVERDUE] = {"overdue", "Overdue",
                        "No run came to a good end for 26 hours, or none ever did: the timer is "
                        "off, or every run fails."},
    [PORTAL_HELD] =
        {"held by a guard", "Held by a guard",
         "What was read does not look right, so nothing is done there until it does, or "
         "until somebody who looked at it lets the guard go."},
    [PORTAL_UNCLEAR] = {"with acts of unknown outcome", "Acts of unknown outcome",
                        "Bynder did not say what became of them. The next run asks."},
    [PORTAL_WAITING] = {"waiting for approval", "Waiting for approval",
                        "Rows of the newest plan need a person who looks at them."},
    [PORTAL_FINE] = {"fine", "Fine", "Nothing is to be done."},
};

const char *portals_title(enum portal_state state)
{
    return words[state].title;
}

const char *portals_about(enum portal_state state)
{
    return words[state].about;
}

void portals_add_headline(struct text *out, const struct portals_total *total)
{
    const char *before = ": ";

    report_add_counted(out, total->portals, "portal");
    for (unsigned state = 0; state < PORTAL_STATE_COUNT; state++) {
        if (total->is[state] == 0)
            continue;
        text_add(out, before);
        before = ", ";
        report_add_number(out, total->is[state]);
        text_addf(out, " %s", words[state].sentence);
    }
}

void portals_add_money(struct text *out, int64_t money)
{
    int64_t cents = money / (MONEY_ONE / 100);

    report_add_number(out, (size_t)(cents / 100));
    text_addf(out, ".%02d", (int)(cents % 100));
}

static const char *amount(struct arena *arena, int64_t money)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (money < 0)
        return NULL;
    portals_add_money(&text, money);
    return arena_strdup(arena, text_cstr(&text));
}

static const char *const money_head[] = {"currency", "exposed a year", "freed this month",
                                         "freed this year", "reducible a year"};

struct grid portals_money_grid(struct arena *arena, const struct portals_total *total)
{
    struct grid grid = {
        .id = "money",
        .title = "Savings of all",
        .about = "Exposed: what seats cost a year that the newest plans say are not needed. Freed: "
                 "what seats would have cost on the days on which they were really free by acts of "
                 "this program, in this month and year. Reducible: what contracts could be smaller "
                 "at their renewal. They "
                 "say different things and are never added, nor are currencies.",
        .head = money_head,
        .columns = COUNT_OF(money_head),
        .rows = total->money_count,
        .cell = arena_calloc(arena, total->money_count * COUNT_OF(money_head) + 1,
                             sizeof(grid.cell[0])),
    };

    for (size_t i = 0, at = 0; i < total->money_count; i++) {
        const struct portals_money *money = &total->money[i];
        grid.cell[at++] = money->currency;
        grid.cell[at++] = amount(arena, money->exposed);
        grid.cell[at++] = amount(arena, money->freed);
        grid.cell[at++] = amount(arena, money->year_freed);
        grid.cell[at++] = amount(arena, money->reducible);
    }
    return grid;
}

/* --- text --- */

static void add_line(struct text *out, const struct portal_status *portal)
{
    CLEANUP(text_release) struct text run = TEXT_INIT, seats = TEXT_INIT, plan = TEXT_INIT;
    char success[INSTANT_TEXT_SIZE] = "never";
    struct instant second = {.us = portal->last_success.us - portal->last_success.us % SECOND_US};

    if (portal->run.id > 0)
        text_addf(&run, "%lld ", (long long)portal->run.id);
    text_add(&run, portals_outcome(portal));
    if (instant_is_set(portal->last_success))
        (void)instant_format(second, success);
    if (instant_is_set(portal->taken_at))
        report_add_number(&seats, (size_t)portal->active);
    if (portal->plan_id > 0)
        text_addf(&plan, "%lld %s", (long long)portal->plan_id,
                  plan_state_name(portal->plan_state));
    encode_cell(out, portal->portal, 20);
    text_add(out, "  ");
    encode_cell(out, text_cstr(&run), 24);
    text_add(out, "  ");
    encode_cell(out, success, 20);
    text_addf(out, "  %9s  ", seats.length ? text_cstr(&seats) : "-");
    encode_cell(out, plan.length ? text_cstr(&plan) : "-", 18);
    text_addf(out, "  %7zu  %9zu  ", portal->waiting, portal->open_steps);
    text_add_printable(out, portal->held_by ? portal->held_by : "-");
    text_add_char(out, '\n');
}

static void add_text(const struct portals_view *view, struct text *out)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    if (view->count == 0) {
        text_add(out, "no portal yet\n");
        return;
    }
    portals_add_headline(out, &view->total);
    text_addf(out, "\n\n%-20s  %-24s  %-20s  %9s  %-18s  %7s  %9s  %s\n", "portal", "last run",
              "last success", "seats", "plan", "waiting", "open acts", "held by");
    for (unsigned state = 0; state < PORTAL_STATE_COUNT; state++) {
        for (size_t i = 0; i < view->count; i++) {
            if (view->portal[i].state == state)
                add_line(out, &view->portal[i]);
        }
    }
    text_add(out, "\nin all    ");
    report_add_counted(out, (size_t)view->total.seats, "seat");
    text_add(out, ", ");
    report_add_counted(out, view->total.waiting, "row");
    text_add(out, view->total.waiting == 1 ? " waits for a person, " : " wait for a person, ");
    report_add_number(out, view->total.due);
    text_add(out, " due by now\n");
    if (view->total.money_count == 0)
        return;
    struct grid grid = portals_money_grid(&arena, &view->total);
    text_add_char(out, '\n');
    grid_add_text(out, &grid, 100);
}

/* --- JSON --- */

static void field_size(struct jsonw *json, const char *key, size_t value)
{
    jsonw_field_int(json, key, (int64_t)value);
}

static void field_money(struct jsonw *json, const char *key, int64_t money)
{
    char text[MONEY_TEXT_MAX];

    jsonw_key(json, key);
    if (money >= 0)
        jsonw_raw(json, money_format(money, text));
    else
        jsonw_null(json);
}

static void add_json_snapshot(struct jsonw *json, const struct portal_status *portal)
{
    jsonw_key(json, "snapshot");
    if (!instant_is_set(portal->taken_at)) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    jsonw_field_instant(json, "taken_at", portal->taken_at);
    jsonw_field_bool(json, "complete", portal->complete);
    jsonw_field_int(json, "accounts", portal->accounts);
    jsonw_field_int(json, "active", portal->active);
    jsonw_end_object(json);
}

static void add_json_plan(struct jsonw *json, const struct portal_status *portal)
{
    char today[DAY_TEXT_SIZE];

    jsonw_key(json, "plan");
    if (portal->plan_id == 0) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    jsonw_field_int(json, "id", portal->plan_id);
    jsonw_field_string(json, "state", plan_state_name(portal->plan_state));
    jsonw_field_instant(json, "created_at", portal->plan_created_at);
    jsonw_field_string(json, "digest", portal->digest);
    jsonw_field_string(json, "today",
                       day_is_set(portal->plan_today) ? day_format(portal->plan_today, today)
                                                      : NULL);
    jsonw_key(json, "held_by");
    jsonw_begin_array(json);
    for (const char *at = portal->held_by ? portal->held_by : ""; *at;) {
        size_t length = strcspn(at, " ");
        jsonw_string_bytes(json, at, length);
        at += length + (at[length] == ' ');
    }
    jsonw_end_array(json);
    field_size(json, "waiting", portal->waiting);
    field_size(json, "waiting_due", portal->due);
    jsonw_end_object(json);
}

static void add_json_savings(struct jsonw *json, const struct portal_status *portal)
{
    jsonw_key(json, "savings");
    jsonw_begin_array(json);
    for (size_t i = 0; i < portal->savings_count; i++)
        report_add_json_savings(json, &portal->savings[i]);
    jsonw_end_array(json);
}

static void add_json_portal(struct jsonw *json, const struct portal_status *portal)
{
    jsonw_begin_object(json);
    jsonw_field_string(json, "portal", portal->portal);
    jsonw_field_string(json, "state", portal_state_name(portal->state));
    jsonw_key(json, "is");
    jsonw_begin_array(json);
    for (unsigned state = 0; state < PORTAL_STATE_COUNT; state++) {
        if (portal->is & 1U << state)
            jsonw_string(json, portal_state_name(state));
    }
    jsonw_end_array(json);
    jsonw_field_bool(json, "locked", portal->locked);
    jsonw_field_instant(json, "last_success", portal->last_success);
    add_json_snapshot(json, portal);
    add_json_plan(json, portal);
    field_size(json, "open_steps", portal->open_steps);
    add_json_savings(json, portal);
    jsonw_key(json, "runs"); /* as of one portal, but the newest alone */
    jsonw_begin_array(json);
    if (portal->run.id > 0)
        status_add_json_run(json, &portal->run, portals_outcome(portal));
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void add_json_total(struct jsonw *json, const struct portals_total *total)
{
    jsonw_key(json, "total");
    jsonw_begin_object(json);
    field_size(json, "portals", total->portals);
    for (unsigned state = 0; state < PORTAL_STATE_COUNT; state++)
        field_size(json, portal_state_name(state), total->is[state]);
    jsonw_field_int(json, "seats", total->seats);
    field_size(json, "rows_waiting", total->waiting);
    field_size(json, "rows_waiting_due", total->due);
    field_size(json, "open_steps", total->open_steps);
    jsonw_key(json, "money");
    jsonw_begin_array(json);
    for (size_t i = 0; i < total->money_count; i++) {
        const struct portals_money *money = &total->money[i];
        jsonw_begin_object(json);
        jsonw_field_string(json, "currency", money->currency);
        field_money(json, "exposed", money->exposed);
        field_money(json, "freed", money->freed);
        field_money(json, "year_freed", money->year_freed);
        field_money(json, "reducible", money->reducible);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void add_json(const struct portals_view *view, struct text *out)
{
    struct jsonw json = jsonw_to(out);

    json.pretty = true;
    jsonw_begin_object(&json);
    add_json_total(&json, &view->total);
    jsonw_key(&json, "portals");
    jsonw_begin_array(&json);
    for (size_t i = 0; i < view->count; i++)
        add_json_portal(&json, &view->portal[i]);
    jsonw_end_array(&json);
    jsonw_end_object(&json);
    text_add_char(out, '\n');
}

/* --- CSV --- */

static void add_csv_instant(struct text *out, struct instant instant)
{
    char text[INSTANT_TEXT_SIZE];

    text_add_char(out, ',');
    if (instant_is_set(instant))
        text_add(out, instant_format(instant, text));
}

static void add_csv_line(struct text *out, const struct portal_status *portal)
{
    encode_csv(out, portal->portal);
    text_addf(out, ",%s,%s", portal_state_name(portal->state), portals_outcome(portal));
    add_csv_instant(out, portal->last_success);
    text_add_char(out, ',');
    if (instant_is_set(portal->taken_at))
        text_addf(out, "%lld", (long long)portal->active);
    text_addf(out, ",%zu,%zu,%zu,", portal->waiting, portal->due, portal->open_steps);
    encode_csv(out, portal->held_by ? portal->held_by : "");
    text_add_char(out, ',');
    if (portal->plan_id > 0)
        text_addf(out, "%lld", (long long)portal->plan_id);
    text_add_char(out, ',');
    encode_csv(out, portal->digest ? portal->digest : "");
    text_add(out, ",\n");
}

static void add_csv(const struct portals_view *view, struct text *out)
{
    text_add(out, PORTALS_COLUMN_PORTAL ",state,last_run,last_success,seats,waiting,waiting_due,"
                                        "open_acts,held_by," PORTALS_COLUMN_PLAN
                                        "," PORTALS_COLUMN_DIGEST "," PORTALS_COLUMN_DECISION "\n");
    for (size_t i = 0; i < view->count; i++)
        add_csv_line(out, &view->portal[i]);
}

void portals_report(const struct portals_view *view, enum report_format format, struct text *out)
{
    typedef void add_report(const struct portals_view *view, struct text *out);
    static add_report *const add[REPORT_FORMAT_COUNT] = {[REPORT_TEXT] = add_text,
                                                         [REPORT_JSON] = add_json,
                                                         [REPORT_CSV] = add_csv,
                                                         [REPORT_HTML] = portals_add_html};

    if (add[format])
        add[format](view, out);
}
