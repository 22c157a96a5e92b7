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
#include "host/command.h"
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
    {ERR_INTERRUPTED, "stopped"},
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

static void add_command_line(struct text *out, const struct text *command)
{
    text_add(out, "            ");
    text_add_printable(out, text_cstr(command));
    text_add_char(out, '\n');
}

/* The command by which a person lets it go who looked at what it found; false when nobody can, or
 * somebody did. */
static bool add_let_go(struct text *out, const struct store_status *status,
                       const struct status_guard *guard)
{
    const struct status_stands *stands = &status->stands;

    if (report_add_own_verb(out, guard->id, guard->actual))
        return true;
    if (!guard->cause || !stands->digest)
        return false;
    for (size_t i = 0; i < stands->acknowledgements; i++) {
        if (text_equal(stands->acknowledgement[i].guard, guard->id))
            return false;
    }
    report_add_acknowledge(out, status->plan_id, stands->digest, guard->id);
    return true;
}

/* What it found, since when, and what lets it go. */
static void add_held(struct text *out, const struct store_status *status,
                     const struct status_guard *guard, size_t width)
{
    CLEANUP(text_release) struct text line = TEXT_INIT, command = TEXT_INIT;
    const char *title = report_guard_title(guard->id), *advice = report_guard_advice(guard->id);
    char since[INSTANT_TEXT_SIZE];

    text_addf(&line, "by %s %s since %s: %s (limit %s, actual %s)", guard->id, title ? title : "",
              instant_format(guard->since, since), guard->text ? guard->text : "",
              guard->limit ? guard->limit : "-", guard->actual ? guard->actual : "-");
    if (advice)
        text_addf(&line, "; what to do: %s", advice);
    const char *purpose = report_advice_command(guard->id, &command);
    if (purpose)
        text_addf(&line, "; %s:", purpose);
    text_add(out, "held      ");
    encode_wrapped(out, text_cstr(&line), 10, width - 10);
    text_add_char(out, '\n');
    if (purpose)
        add_command_line(out, &command);
    text_clear(&command);
    if (!add_let_go(&command, status, guard))
        return;
    text_add(out, "          an approver who finds it right lets it go:\n");
    add_command_line(out, &command);
}

static void add_decisions(struct text *out, const char *label, const char *noun,
                          const struct status_decisions *decisions)
{
    char day[DAY_TEXT_SIZE];

    if (decisions->count == 0)
        return;
    text_addf(out, "%-10s", label);
    report_add_counted(out, decisions->count, noun);
    if (day_is_set(decisions->first))
        text_addf(out, ", the first until %s", day_format(decisions->first, day));
    text_add_char(out, '\n');
}

static void add_waiting(struct text *out, const struct store_status *status)
{
    const struct status_stands *stands = &status->stands;
    CLEANUP(text_release) struct text command = TEXT_INIT;

    text_add(out, "waiting   ");
    report_add_counted(out, stands->waiting, "row");
    text_add(out, stands->waiting ? " for a person's approval, " : " for a person\n");
    if (stands->waiting == 0)
        return;
    report_add_number(out, stands->due);
    text_add(out, " due by now");
    if (stands->alone > 0)
        text_addf(out, ", %zu of them for one more person", stands->alone);
    text_add_char(out, '\n');
    command_add(&command, "show %lld", (long long)status->plan_id);
    add_command_line(out, &command);
    text_clear(&command);
    command_add(&command, "approve %lld --digest %s", (long long)status->plan_id, stands->digest);
    add_command_line(out, &command);
}

static void add_approved(struct text *out, const struct status_stands *stands)
{
    char at[INSTANT_TEXT_SIZE];

    if (stands->approved == 0 && !instant_is_set(stands->approval_first))
        return;
    text_add(out, "approved  ");
    report_add_counted(out, stands->approved, "row");
    text_add(out, " by enough people, to be done when due and there is room");
    if (instant_is_set(stands->approval_first))
        text_addf(out, "; the first approval ends %s", instant_format(stands->approval_first, at));
    text_add_char(out, '\n');
}

static void add_accepted(struct text *out, const struct acknowledgement *accepted)
{
    char at[INSTANT_TEXT_SIZE];

    text_addf(out, "accepted  %s by ", accepted->guard);
    text_add_printable(out, accepted->who);
    text_addf(out, ", %s: ", instant_format(accepted->at, at));
    text_add_printable(out, accepted->reason ? accepted->reason : "");
    text_add_char(out, '\n');
}

/* What people decided and what waits for them; where to ask more. */
static void add_stands(struct text *out, const struct store_status *status)
{
    const struct status_stands *stands = &status->stands;
    CLEANUP(text_release) struct text command = TEXT_INIT;
    char day[DAY_TEXT_SIZE];

    if (!stands->known)
        return;
    add_waiting(out, status);
    add_approved(out, stands);
    add_decisions(out, "kept", "account", &stands->keeps);
    add_decisions(out, "rejected", "row", &stands->rejects);
    add_decisions(out, "again", "account", &stands->agains);
    for (size_t i = 0; i < stands->acknowledgements; i++)
        add_accepted(out, &stands->acknowledgement[i]);
    if (stands->announced > 0) {
        text_add(out, "grace     ");
        report_add_counted(out, stands->announced, "announcement");
        text_addf(out, ", the first is due %s\n", day_format(stands->announced_next, day));
    }
    if (stands->approved + stands->keeps.count + stands->rejects.count + stands->agains.count == 0)
        return;
    text_add(out, "          each of these decisions, with who and why:\n");
    command_add(&command, "audit decisions");
    add_command_line(out, &command);
}

#define OPEN_SHOWN 20

/* Acts whose outcome nobody knows. */
static void add_open(struct text *out, const struct store_status *status)
{
    const struct store_step *open = status->stands.open;
    char at[INSTANT_TEXT_SIZE];

    for (size_t i = 0; open && i < status->open_steps && i < OPEN_SHOWN; i++) {
        text_addf(out, "          %s %s, plan %lld, since %s", action_name(open[i].aim.action),
                  open[i].account_id, (long long)open[i].plan_id,
                  instant_format(open[i].intent_at, at));
        if (open[i].reason) {
            text_add(out, ": ");
            text_add_printable(out, open[i].reason);
        }
        text_add_char(out, '\n');
    }
    if (open && status->open_steps > OPEN_SHOWN)
        text_addf(out, "          … %zu more (see --format json)\n",
                  status->open_steps - OPEN_SHOWN);
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
    for (size_t i = 0; i < status->held_count; i++)
        add_held(out, status, &status->held[i], width);
    add_stands(out, status);
    text_add(out, "database  ");
    add_bytes(out, status->database_bytes);
    text_addf(out, "\nlock      %s\n", status->locked ? "held by a run" : "free");
    text_addf(out, "acts      %zu with an unknown outcome%s\n", status->open_steps,
              status->open_steps ? ": the next run asks Bynder what became of them" : "");
    add_open(out, status);
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

void status_add_json_run(struct jsonw *json, const struct store_status_run *run,
                         const char *outcome)
{
    jsonw_begin_object(json);
    jsonw_field_int(json, "id", run->id);
    jsonw_field_string(json, "verb", run->verb);
    jsonw_field_instant(json, "started_at", run->started_at);
    jsonw_field_instant(json, "finished_at", run->finished_at);
    if (run->exit_code >= 0)
        jsonw_field_int(json, "exit_code", run->exit_code);
    else
        jsonw_field_null(json, "exit_code");
    jsonw_field_string(json, "outcome", outcome);
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
        jsonw_string(json, status->held[i].text);
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void add_json_guards(struct jsonw *json, const struct store_status *status)
{
    jsonw_key(json, "guards");
    jsonw_begin_array(json);
    for (size_t i = 0; i < status->held_count; i++) {
        const struct status_guard *guard = &status->held[i];
        CLEANUP(text_release) struct text command = TEXT_INIT, let_go = TEXT_INIT;
        (void)report_advice_command(guard->id, &command);
        (void)add_let_go(&let_go, status, guard);
        jsonw_begin_object(json);
        jsonw_field_string(json, "id", guard->id);
        jsonw_field_instant(json, "since", guard->since);
        jsonw_field_string(json, "found", guard->text);
        jsonw_field_string(json, "limit", guard->limit);
        jsonw_field_string(json, "actual", guard->actual);
        jsonw_field_string(json, "advice", report_guard_advice(guard->id));
        jsonw_field_string(json, "command", command.length ? text_cstr(&command) : NULL);
        jsonw_field_string(json, "let_go", let_go.length ? text_cstr(&let_go) : NULL);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void add_json_day(struct jsonw *json, const char *name, struct day value)
{
    char day[DAY_TEXT_SIZE];

    jsonw_field_string(json, name, day_is_set(value) ? day_format(value, day) : NULL);
}

static void add_json_decisions(struct jsonw *json, const char *name,
                               const struct status_decisions *decisions)
{
    jsonw_key(json, name);
    jsonw_begin_object(json);
    jsonw_field_int(json, "count", (int64_t)decisions->count);
    add_json_day(json, "first_until", decisions->first);
    jsonw_end_object(json);
}

static void add_json_accepted(struct jsonw *json, const struct status_stands *stands)
{
    jsonw_key(json, "acknowledged");
    jsonw_begin_array(json);
    for (size_t i = 0; i < stands->acknowledgements; i++) {
        const struct acknowledgement *one = &stands->acknowledgement[i];
        jsonw_begin_object(json);
        jsonw_field_string(json, "guard", one->guard);
        jsonw_field_string(json, "who", one->who);
        jsonw_field_instant(json, "at", one->at);
        jsonw_field_string(json, "reason", one->reason);
        jsonw_field_string(json, "cause", one->cause);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void add_json_open(struct jsonw *json, const struct store_status *status)
{
    jsonw_key(json, "open");
    jsonw_begin_array(json);
    for (size_t i = 0; i < status->open_steps; i++) {
        const struct store_step *open = &status->stands.open[i];
        jsonw_begin_object(json);
        jsonw_field_int(json, "plan", open->plan_id);
        jsonw_field_string(json, "account_id", open->account_id);
        jsonw_field_string(json, "action", action_name(open->aim.action));
        jsonw_field_instant(json, "since", open->intent_at);
        jsonw_field_string(json, "reason", open->reason);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void add_json_stands(struct jsonw *json, const struct store_status *status)
{
    const struct status_stands *stands = &status->stands;

    jsonw_key(json, "stands");
    if (!stands->known) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    jsonw_field_int(json, "waiting", (int64_t)stands->waiting);
    jsonw_field_int(json, "waiting_due", (int64_t)stands->due);
    jsonw_field_int(json, "waiting_for_one_more", (int64_t)stands->alone);
    jsonw_field_int(json, "approved", (int64_t)stands->approved);
    jsonw_field_instant(json, "approval_first_ends", stands->approval_first);
    add_json_decisions(json, "keeps", &stands->keeps);
    add_json_decisions(json, "rejects", &stands->rejects);
    add_json_decisions(json, "agains", &stands->agains);
    add_json_accepted(json, stands);
    jsonw_field_int(json, "announced", (int64_t)stands->announced);
    add_json_day(json, "announced_next", stands->announced_next);
    add_json_open(json, status);
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
    add_json_guards(json, status);
    add_json_stands(json, status);
    jsonw_field_int(json, "database_bytes", status->database_bytes);
    jsonw_field_int(json, "open_steps", (int64_t)status->open_steps);
    add_json_suspended(json, status);
    jsonw_key(json, "runs");
    jsonw_begin_array(json);
    for (size_t i = 0; i < status->run_count; i++)
        status_add_json_run(json, &status->run[i], run_outcome(status, i));
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
