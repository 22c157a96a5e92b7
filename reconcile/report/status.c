/*
 * The first line answers the question somebody has who looks: is it all right. A run without an end
 * is running only while the portal's lock is held; otherwise it was cut off, and says so.
 */
#include "report/status.h"

#include <stdio.h>
#include <string.h>

#include "audit/status.h"
#include "base/cleanup.h"
#include "base/jsonw.h"
#include "format/encode.h"
#include "report/parts.h"
#include "store/review.h"

enum { WIDTH_DEFAULT = 100, WIDTH_LEAST = 60 };

static const struct {
    int code;
    const char *name;
} exits[] = {
    {0, "done"},
    {10, "changes pending"},
    {ERR_HELD, "held"},
    {ERR_PARTIAL, "partly done"},
    {ERR_USAGE, "wrong usage"},
    {ERR_ROSTER, "roster refused"},
    {ERR_UNREACHABLE, "not reachable"},
    {ERR_INTERNAL, "internal error"},
    {ERR_LOCKED, "locked out"},
    {ERR_SCOPE, "token lacks a right"},
    {ERR_CONFIG, "configuration wrong"},
};

const char *status_exit_name(int exit_code)
{
    for (size_t i = 0; i < COUNT_OF(exits); i++) {
        if (exits[i].code == exit_code)
            return exits[i].name;
    }
    return "";
}

/* Only the newest run can be the one that holds the lock. */
static const char *run_outcome(const struct store_status *status, size_t index)
{
    if (status->run[index].exit_code >= 0)
        return status_exit_name(status->run[index].exit_code);
    return status->locked && index == 0 ? "running" : "cut off";
}

/* --- text --- */

static void add_count(struct text *out, int64_t count)
{
    report_add_number(out, count > 0 ? (size_t)count : 0);
}

static void add_bytes(struct text *out, int64_t bytes)
{
    static const char *const unit[] = {"bytes", "kB", "MB", "GB", "TB"};
    size_t step = 0;

    for (; bytes >= 10000 && step + 1 < COUNT_OF(unit); step++)
        bytes /= 1000;
    add_count(out, bytes);
    text_addf(out, " %s", unit[step]);
}

static void add_headline(struct text *out, const struct store_status *status)
{
    text_add_printable(out, status->portal ? status->portal : "portal");
    text_add(out, ": ");
    if (status->run_count == 0)
        text_add(out, "no run yet");
    else
        text_addf(out, "last run %lld %s", (long long)status->run[0].id, run_outcome(status, 0));
    if (status->plan_id > 0)
        text_addf(out, ", newest plan %lld %s", (long long)status->plan_id,
                  plan_state_name(status->plan_state));
    text_add_char(out, '\n');
}

static void add_run(struct text *out, const struct store_status *status, size_t index, size_t width)
{
    const struct store_status_run *run = &status->run[index];
    CLEANUP(text_release) struct text outcome = TEXT_INIT;
    char started[INSTANT_TEXT_SIZE];
    struct instant second = {.us = run->started_at.us - run->started_at.us % SECOND_US};

    text_addf(out, "  %5lld  ", (long long)run->id);
    encode_cell(out, run->verb, 8);
    text_addf(out, "  %s  ", instant_format(second, started));
    if (run->exit_code >= 0)
        text_addf(&outcome, "%d ", run->exit_code);
    text_add(&outcome, run_outcome(status, index));
    text_add_printable(out, text_cstr(&outcome));
    text_add_char(out, '\n');
    if (text_is_empty(run->message))
        return;
    text_addf(out, "%*s", 9, "");
    encode_wrapped(out, run->message, 9, width - 9);
    text_add_char(out, '\n');
}

static void add_inputs(struct text *out, const struct store_status *status)
{
    char at[INSTANT_TEXT_SIZE];

    text_add(out, "\naccounts  ");
    if (instant_is_set(status->snapshot_taken_at)) {
        add_count(out, status->accounts);
        text_add(out, ": ");
        add_count(out, status->active);
        text_add(out, " active (seats), ");
        add_count(out, status->inactive);
        text_add(out, " inactive, ");
        add_count(out, status->gone);
        text_addf(out, " gone; read %s, %s", instant_format(status->snapshot_taken_at, at),
                  status->snapshot_complete ? "complete" : "INCOMPLETE");
    } else {
        text_add(out, "never read");
    }
    text_add(out, "\nroster    ");
    if (instant_is_set(status->roster_read_at)) {
        add_count(out, status->people);
        text_add(out, " people, ");
        add_count(out, status->rejected);
        text_addf(out, " rejected; read %s, %s", instant_format(status->roster_read_at, at),
                  status->roster_good ? "good" : "NOT GOOD: a guard holds it");
    } else {
        text_add(out, "never read");
    }
    text_add_char(out, '\n');
}

#define SUSPENDED_SHOWN 20

/* Who cannot be let in again by Bynder, and until when. */
static void add_suspended(struct text *out, const struct store_status *status)
{
    char from[INSTANT_TEXT_SIZE], until[INSTANT_TEXT_SIZE];

    if (status->suspended_count)
        text_addf(out, "\nsuspended by this program, and locked by Bynder for 180 days (%zu)\n",
                  status->suspended_count);
    for (size_t i = 0; i < status->suspended_count && i < SUSPENDED_SHOWN; i++) {
        const struct store_lock_until *one = &status->suspended[i];
        const char *who = one->email ? one->email : one->username;
        text_addf(out, "  %.10s until %.10s  %s  ", instant_format(one->suspended_at, from),
                  instant_format(one->until, until), one->account_id);
        text_add_printable(out, who ? who : "");
        text_add_char(out, '\n');
    }
    if (status->suspended_count > SUSPENDED_SHOWN)
        text_addf(out, "  … %zu more (see --format json)\n",
                  status->suspended_count - SUSPENDED_SHOWN);
}

static void add_plan(struct text *out, const struct store_status *status, size_t width)
{
    char at[INSTANT_TEXT_SIZE];

    text_add(out, "plan      ");
    if (status->plan_id > 0)
        text_addf(out, "%lld, %s, made %s\n", (long long)status->plan_id,
                  plan_state_name(status->plan_state), instant_format(status->plan_created_at, at));
    else
        text_add(out, "none yet\n");
    for (size_t i = 0; i < status->held_count; i++) {
        text_add(out, "held      ");
        encode_wrapped(out, status->held[i], 10, width - 10);
        text_add_char(out, '\n');
    }
    text_add(out, "database  ");
    add_bytes(out, status->database_bytes);
    text_addf(out, "\nlock      %s\n", status->locked ? "held by a run" : "free");
    text_addf(out, "acts      %zu with an unknown outcome%s\n", status->open_steps,
              status->open_steps ? ": the next 'run' or 'apply' settles them" : "");
    add_suspended(out, status);
}

void status_report_text(const struct store_status *status, const struct report_style *style,
                        struct text *out)
{
    size_t width = style && style->width > 0 ? style->width : WIDTH_DEFAULT;

    width = width < WIDTH_LEAST ? WIDTH_LEAST : width;
    add_headline(out, status);
    add_inputs(out, status);
    add_plan(out, status, width);
    if (status->run_count > 0)
        text_add(out, "\nlast runs\n");
    for (size_t i = 0; i < status->run_count; i++)
        add_run(out, status, i, width);
}

/* --- JSON --- */

static void add_json_run(struct jsonw *json, const struct store_status *status, size_t index)
{
    const struct store_status_run *run = &status->run[index];

    jsonw_begin_object(json);
    jsonw_field_int(json, "id", run->id);
    jsonw_field_string(json, "verb", run->verb);
    jsonw_field_instant(json, "started_at", run->started_at);
    jsonw_field_instant(json, "finished_at", run->finished_at);
    if (run->exit_code >= 0)
        jsonw_field_int(json, "exit_code", run->exit_code);
    else
        jsonw_field_null(json, "exit_code");
    jsonw_field_string(json, "outcome", run_outcome(status, index));
    jsonw_field_string(json, "message", run->message);
    jsonw_end_object(json);
}

static void add_json_snapshot(struct jsonw *json, const struct store_status *status)
{
    jsonw_key(json, "snapshot");
    if (!instant_is_set(status->snapshot_taken_at)) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    jsonw_field_instant(json, "taken_at", status->snapshot_taken_at);
    jsonw_field_bool(json, "complete", status->snapshot_complete);
    jsonw_field_int(json, "accounts", status->accounts);
    jsonw_field_int(json, "active", status->active);
    jsonw_field_int(json, "inactive", status->inactive);
    jsonw_field_int(json, "gone", status->gone);
    jsonw_end_object(json);
}

static void add_json_roster(struct jsonw *json, const struct store_status *status)
{
    jsonw_key(json, "roster");
    if (!instant_is_set(status->roster_read_at)) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    jsonw_field_instant(json, "read_at", status->roster_read_at);
    jsonw_field_bool(json, "good", status->roster_good);
    jsonw_field_int(json, "people", status->people);
    jsonw_field_int(json, "rejected", status->rejected);
    jsonw_end_object(json);
}

static void add_json_plan(struct jsonw *json, const struct store_status *status)
{
    jsonw_key(json, "plan");
    if (status->plan_id <= 0) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    jsonw_field_int(json, "id", status->plan_id);
    jsonw_field_string(json, "state", plan_state_name(status->plan_state));
    jsonw_field_instant(json, "created_at", status->plan_created_at);
    jsonw_key(json, "held");
    jsonw_begin_array(json);
    for (size_t i = 0; i < status->held_count; i++)
        jsonw_string(json, status->held[i]);
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void add_json_suspended(struct jsonw *json, const struct store_status *status)
{
    jsonw_key(json, "suspended");
    jsonw_begin_array(json);
    for (size_t i = 0; i < status->suspended_count; i++) {
        const struct store_lock_until *one = &status->suspended[i];
        jsonw_begin_object(json);
        jsonw_field_string(json, "account_id", one->account_id);
        jsonw_field_string(json, "username", one->username);
        jsonw_field_string(json, "email", one->email);
        jsonw_field_instant(json, "suspended_at", one->suspended_at);
        jsonw_field_instant(json, "locked_until", one->until);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void add_json_members(struct jsonw *json, const struct store_status *status)
{
    jsonw_field_string(json, "portal", status->portal);
    jsonw_field_bool(json, "locked", status->locked);
    add_json_snapshot(json, status);
    add_json_roster(json, status);
    add_json_plan(json, status);
    jsonw_field_int(json, "database_bytes", status->database_bytes);
    jsonw_field_int(json, "open_steps", (int64_t)status->open_steps);
    add_json_suspended(json, status);
    jsonw_key(json, "runs");
    jsonw_begin_array(json);
    for (size_t i = 0; i < status->run_count; i++)
        add_json_run(json, status, i);
    jsonw_end_array(json);
}

void status_report_json(const struct store_status *status, struct text *out)
{
    struct jsonw json = jsonw_to(out);

    json.pretty = true;
    jsonw_begin_object(&json);
    add_json_members(&json, status);
    jsonw_end_object(&json);
    text_add_char(out, '\n');
}

/* --- many portals --- */

static void add_line(struct text *out, const struct status_line *line)
{
    const struct store_status *status = &line->status;
    CLEANUP(text_release) struct text run = TEXT_INIT, plan = TEXT_INIT;
    char success[INSTANT_TEXT_SIZE] = "never", seats[24] = "-";
    struct instant second = {.us = line->last_success.us - line->last_success.us % SECOND_US};

    if (status->run_count > 0)
        text_addf(&run, "%lld %s", (long long)status->run[0].id, run_outcome(status, 0));
    if (status->plan_id > 0)
        text_addf(&plan, "%lld %s", (long long)status->plan_id,
                  plan_state_name(status->plan_state));
    if (instant_is_set(line->last_success))
        (void)instant_format(second, success);
    if (instant_is_set(status->snapshot_taken_at))
        (void)snprintf(seats, sizeof(seats), "%lld", (long long)status->active);
    encode_cell(out, status->portal, 20);
    text_add(out, "  ");
    encode_cell(out, run.length ? text_cstr(&run) : "no run yet", 24);
    text_add(out, "  ");
    encode_cell(out, success, 20);
    text_addf(out, "  %8s  ", seats);
    encode_cell(out, plan.length ? text_cstr(&plan) : "-", 18);
    text_addf(out, "  %zu\n", status->open_steps);
}

void status_report_lines_text(const struct status_line *line, size_t count, struct text *out)
{
    if (count == 0)
        text_add(out, "no portal yet\n");
    else
        text_addf(out, "%-20s  %-24s  %-20s  %8s  %-18s  %s\n", "portal", "last run",
                  "last success", "seats", "plan", "open acts");
    for (size_t i = 0; i < count; i++)
        add_line(out, &line[i]);
}

void status_report_lines_json(const struct status_line *line, size_t count, struct text *out)
{
    struct jsonw json = jsonw_to(out);

    json.pretty = true;
    jsonw_begin_object(&json);
    jsonw_key(&json, "portals");
    jsonw_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        jsonw_begin_object(&json);
        add_json_members(&json, &line[i].status);
        jsonw_field_instant(&json, "last_success", line[i].last_success);
        jsonw_end_object(&json);
    }
    jsonw_end_array(&json);
    jsonw_end_object(&json);
    text_add_char(out, '\n');
}
