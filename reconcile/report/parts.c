/*
 * What a plan looks like before it is laid out. Groups only sort pointers: every row of the plan
 * is in exactly one group, so no output can lose a row that another one shows.
 */
#include "report/parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/command.h"
#include "report/files.h"

#define DASH " \xE2\x80\x94 "

/* --- groups --- */

static enum report_section section_of(const struct plan_row *row)
{
    if (row->action != ACTION_KEEP)
        return REPORT_ACTIONS;
    return row->finding ? REPORT_FINDINGS : REPORT_KEEPS;
}

static int compare_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

int report_compare_code(const char *a, const char *b)
{
    size_t a_length = a ? strlen(a) : 0, b_length = b ? strlen(b) : 0;

    if (a_length == 0 || b_length == 0 || a[0] != b[0] || a_length == b_length)
        return compare_text(a, b);
    return a_length < b_length ? -1 : 1;
}

int report_by_rule(const struct plan_row *a, const struct plan_row *b)
{
    enum report_section section = section_of(a);

    if (section != section_of(b))
        return section < section_of(b) ? -1 : 1;
    switch (section) {
    case REPORT_ACTIONS:
        if (a->action != b->action)
            return a->action < b->action ? -1 : 1;
        return compare_text(a->rule, b->rule);
    case REPORT_FINDINGS:
        return report_compare_code(a->clause, b->clause);
    case REPORT_KEEPS:
        break;
    }
    return 0;
}

struct ordering {
    report_order *by;
};

/* Rows of one group stay in the order of the plan, which is that of their addresses. */
static int compare_rows(const void *a, const void *b, void *context)
{
    const struct plan_row *left = *(const struct plan_row *const *)a;
    const struct plan_row *right = *(const struct plan_row *const *)b;
    int order = ((const struct ordering *)context)->by(left, right);

    return order != 0 ? order : (left > right) - (left < right);
}

static void count_row(struct report_group *group, const struct plan_row *row, struct day today)
{
    group->count++;
    if (row->held_by) {
        group->held_by = group->held == 0 ? row->held_by : group->held_by;
        group->held++;
    }
    if (row->action == ACTION_KEEP || day_compare(row->not_before, today) <= 0)
        return;
    if (group->waiting > 0 && day_compare(row->not_before, group->earliest) != 0)
        group->several_days = true;
    if (group->waiting == 0 || day_compare(row->not_before, group->earliest) < 0)
        group->earliest = row->not_before;
    group->waiting++;
}

struct report_groups report_groups_of(const struct plan *plan, report_order *order)
{
    struct ordering ordering = {.by = order};
    struct report_groups groups = {
        .row = mem_calloc(plan->row_count, sizeof(struct plan_row *)),
    };
    size_t capacity = 0;

    for (size_t i = 0; i < plan->row_count; i++)
        groups.row[i] = &plan->row[i];
    qsort_r(groups.row, plan->row_count, sizeof(struct plan_row *), compare_rows, &ordering);
    for (size_t i = 0; i < plan->row_count; i++) {
        if (i == 0 || order(groups.row[i - 1], groups.row[i]) != 0) {
            groups.group = mem_grow(groups.group, groups.count, &capacity, sizeof(groups.group[0]));
            groups.group[groups.count++] = (struct report_group){
                .section = section_of(groups.row[i]),
                .row = &groups.row[i],
            };
        }
        count_row(&groups.group[groups.count - 1], groups.row[i], plan->today);
    }
    return groups;
}

void report_groups_release(struct report_groups *groups)
{
    free(groups->row);
    free(groups->group);
    *groups = (struct report_groups){.count = 0};
}

void report_add_group_title(struct text *out, const struct report_group *group)
{
    const struct plan_row *row = group->row[0];
    const char *title = report_row_title(row->clause);

    switch (group->section) {
    case REPORT_ACTIONS:
        text_add(out, action_name(row->action));
        if (!text_is_empty(row->rule))
            text_addf(out, DASH "rule '%s'", row->rule);
        else if (title)
            text_addf(out, DASH "%s", title);
        return;
    case REPORT_FINDINGS:
        text_addf(out, "finding %s", row->clause ? row->clause : "");
        if (title)
            text_addf(out, DASH "%s", title);
        return;
    case REPORT_KEEPS:
        text_add(out, "keep");
        return;
    }
}

void report_add_group_counts(struct text *out, const struct report_group *group)
{
    char day[DAY_TEXT_SIZE];

    report_add_counted(out, group->count, "account");
    if (group->waiting > 0) {
        text_add(out, ", ");
        if (group->waiting < group->count)
            report_add_number(out, group->waiting);
        else
            text_add(out, group->count == 1 ? "this one" : "all");
        text_addf(out, " not before %s%s", day_format(group->earliest, day),
                  group->several_days ? " or later" : "");
    }
    if (group->held > 0) {
        text_add(out, ", ");
        if (group->held < group->count)
            report_add_number(out, group->held);
        text_addf(out, "%sheld by %s", group->held < group->count ? " " : "", group->held_by);
    }
}

/* --- the plan as a whole --- */

void report_add_number(struct text *out, size_t number)
{
    if (number >= 1000) {
        report_add_number(out, number / 1000);
        text_addf(out, ",%03zu", number % 1000);
    } else {
        text_addf(out, "%zu", number);
    }
}

void report_add_counted(struct text *out, size_t number, const char *one)
{
    report_add_number(out, number);
    text_addf(out, " %s%s", one, number == 1 ? "" : "s");
}

bool report_is_held(const struct plan *plan)
{
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].hold)
            return true;
    }
    return plan->state == PLAN_HELD;
}

/* What was done already, by action. */
static void count_done(const struct plan *plan, size_t done[ACTION_COUNT])
{
    for (size_t i = 0; i < plan->row_count; i++)
        done[plan->row[i].action] += plan->row[i].standing.done;
}

static bool add_done(struct text *out, const struct plan *plan, const size_t done[ACTION_COUNT])
{
    bool any = false;

    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a)) {
        if (done[a] == 0)
            continue;
        text_addf(out, "%s%s ", any ? ", " : "", actions[a].done);
        report_add_number(out, done[a]);
        any = true;
    }
    if (plan->totals.not_done > 0) {
        text_add(out, any ? ", " : "");
        report_add_number(out, plan->totals.not_done);
        text_add(out, " not done");
        any = true;
    }
    return any;
}

static void add_part(struct text *out, bool *first, bool more, enum action action, size_t number)
{
    bool proposed = actions[action].proposed_only;

    if (number == 0)
        return;
    text_addf(out, "%s%s ", *first ? "would " : ", ", proposed ? "propose" : action_name(action));
    if (proposed)
        report_add_counted(out, number, actions[action].noun);
    else
        report_add_number(out, number);
    text_add(out, *first && more ? " more" : "");
    *first = false;
}

void report_add_headline(struct text *out, const struct plan *plan)
{
    const struct plan_totals *totals = &plan->totals;
    CLEANUP(text_release) struct text open = TEXT_INIT;
    size_t done[ACTION_COUNT] = {0};
    bool first = true;

    count_done(plan, done);
    bool any_done = add_done(out, plan, done);
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a))
        add_part(&open, &first, any_done, a, totals->of[a] - done[a]);
    if (!first)
        text_addf(out, "%s%s", any_done ? "; " : "", text_cstr(&open));
    else if (!any_done)
        text_add(out, "nothing to do");
    if (totals->waiting > 0) {
        text_add(out, " (");
        report_add_number(out, totals->waiting);
        text_add(out, " of them only after a grace period)");
    }
    if (totals->findings > 0) {
        text_add(out, "; ");
        report_add_counted(out, totals->findings, "finding");
    }
}

void report_add_since(struct text *out, const struct plan *plan)
{
    const struct plan_since *since = &plan->since;
    char day[DAY_TEXT_SIZE];

    if (since->plan_id == 0)
        return;
    text_addf(out, "new since plan %lld of %s (%s): ", (long long)since->plan_id,
              day_format(since->today, day),
              since->decided ? "the last one that people decided on" : "the one before");
    report_add_counted(out, since->new_rows, "row");
    if (since->changed > 0)
        text_addf(out, ", %zu of them changed", since->changed);
    text_add(out, "; gone since: ");
    report_add_number(out, since->gone);
    if (since->gone_by_acts > 0)
        text_addf(out, ", %zu of them by an act", since->gone_by_acts);
}

/* --- what was decided, and done --- */

static void add_until(struct text *out, const char *what, const struct row_standing *standing)
{
    char day[DAY_TEXT_SIZE];

    text_addf(out, "%s until %s by %s", what, day_format(standing->until, day), standing->who);
    if (!text_is_empty(standing->reason))
        text_addf(out, ": %s", standing->reason);
}

static void add_outcome(struct text *out, const struct plan_row *row)
{
    const struct row_standing *standing = &row->standing;
    char day[DAY_TEXT_SIZE];

    if (standing->done) {
        text_addf(out, "%s on %s", actions[row->action].done,
                  day_format(instant_day(standing->state_at, &zone_utc), day));
        return;
    }
    text_addf(out, "%s: %s", standing->state,
              text_is_empty(standing->state_reason) ? "no reason is kept" : standing->state_reason);
}

static void add_approved(struct text *out, const struct plan_row *row)
{
    const struct row_standing *standing = &row->standing;
    size_t needed = row->needed > 0 ? (size_t)row->needed : 0;
    char day[DAY_TEXT_SIZE];

    text_addf(out, "approved by %s", standing->who);
    if (standing->approvers > 1)
        text_addf(out, " and %zu more", standing->approvers - 1);
    if (standing->approvers < needed)
        text_addf(out, ", needs %zu more", needed - standing->approvers);
    else if (day_is_set(standing->night))
        text_addf(out, ", to be done on %s", day_format(standing->night, day));
}

void report_add_standing(struct text *out, const struct plan_row *row)
{
    const struct row_standing *standing = &row->standing;
    size_t begun = out->length;

    if (standing->state)
        add_outcome(out, row);
    else if (text_equal(standing->decision, "keep"))
        add_until(out, "kept", standing);
    else if (text_equal(standing->decision, "reject"))
        add_until(out, "rejected", standing);
    else if (text_equal(standing->decision, "approve"))
        add_approved(out, row);
    if (standing->not_counted)
        text_addf(out, "%s%s", out->length > begun ? "; " : "", standing->not_counted);
}

void report_add_request(struct text *out, const struct plan_row *row)
{
    const char *email = row->email ? row->email : "";

    if (row->from_profile)
        text_addf(
            out, "please give user %s (%s) the permission profile '%s' back, downgraded by mistake",
            row->account_id, email, row->from_profile);
    else
        text_addf(out, "please reactivate user %s (%s), suspended by mistake or re-hired",
                  row->account_id, email);
}

void report_add_approvals(struct text *out, const struct plan *plan)
{
    const char *comma = "";

    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a)) {
        if (actions[a].approved_as != a)
            continue;
        text_addf(out, "%s by %d to %s", comma, plan->approvals[a], action_name(a));
        comma = ",";
    }
}

const char *report_notes_title(const struct plan *plan)
{
    return plan_is_report(plan) ? "about this report" : "about the policy and the evidence";
}

const char *report_state_sentence(const struct plan *plan)
{
    if (plan_is_report(plan))
        return "a report over an export file: nothing of it can be approved or carried out";
    switch (plan->state) {
    case PLAN_HELD:
        return "a guard holds this plan: nothing of what it holds can be done";
    case PLAN_EMPTY:
        return "there is nothing to approve";
    case PLAN_PROPOSED:
        return "a proposal: nothing was changed in Bynder";
    case PLAN_APPROVED:
        return "approved, not yet carried out";
    case PLAN_APPLYING:
        return "being carried out, or cut off while it was";
    case PLAN_APPLIED:
        return "what was approved of it and due is carried out";
    case PLAN_EXPIRED:
        return "superseded by a newer plan, which carries what was decided about its rows";
    case PLAN_REJECTED:
        return "every row of it was rejected: nothing of it is done";
    }
    return "";
}

const char *report_name_of(const struct plan_row *row)
{
    const char *const candidate[] = {row->name, row->username, row->email, row->account_id};

    for (size_t i = 0; i < COUNT_OF(candidate); i++) {
        if (!text_is_empty(candidate[i]))
            return candidate[i];
    }
    return "(no name, no id)";
}

/* --- what comes next --- */

/* What one does next with a plan of these states; `format` only of a show. A plan that is not
 * stored has nothing to be asked for. */
static const struct command {
    const char *purpose;
    enum { SHOW, APPROVE, APPLY } what;
    enum report_format format;
    unsigned states; /* bits 1 << enum plan_state */
} commands[] = {
    {"read it in a browser", SHOW, REPORT_HTML, ~0U},
    {"every row for a spreadsheet, to decide in", SHOW, REPORT_XLSX, ~0U},
    {"every row for a program", SHOW, REPORT_JSON, ~0U},
    {"approve it as you see it here", APPROVE, REPORT_TEXT,
     1U << PLAN_PROPOSED | 1U << PLAN_APPROVED | 1U << PLAN_APPLYING | 1U << PLAN_APPLIED},
    {"carry out what is approved", APPLY, REPORT_TEXT,
     1U << PLAN_PROPOSED | 1U << PLAN_APPROVED | 1U << PLAN_APPLYING},
};

static void add_command(struct text *out, const struct plan *plan, const struct command *command)
{
    char digest[DIGEST_HEX_SIZE];
    long long id = (long long)plan->id;

    switch (command->what) {
    case SHOW:
        command_add(out, "show %lld --format %s --output ", id,
                    report_format_name(command->format));
        report_add_file_name(out, plan, command->format);
        break;
    case APPROVE:
        command_add(out, "approve %lld --digest %s", id, digest_hex(&plan->digest, digest));
        break;
    case APPLY:
        command_add_portal(out, COMMAND_APPLY, id);
        break;
    }
}

/* Whether anything is left for a person to decide. */
static bool is_open(const struct plan *plan)
{
    const struct plan_totals *totals = &plan->totals;
    bool carried_out = plan->state == PLAN_APPLYING || plan->state == PLAN_APPLIED;

    return !carried_out ||
           plan_acts(plan) > totals->done + totals->not_done + totals->approved + totals->kept;
}

static bool is_offered(const struct plan *plan, const struct command *command)
{
    return (command->states & 1U << plan->state) && (command->what != APPROVE || is_open(plan));
}

bool report_command(const struct plan *plan, size_t index, struct text *ret_purpose,
                    struct text *ret_command)
{
    if (plan->id <= 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (!is_offered(plan, &commands[i]) || index-- > 0)
            continue;
        text_add(ret_purpose, commands[i].purpose);
        add_command(ret_command, plan, &commands[i]);
        return true;
    }
    return false;
}

/* --- guards that people let go --- */

void report_add_acknowledged(struct text *out, const struct guard_finding *guard)
{
    char day[DAY_TEXT_SIZE];

    if (!guard->let_go_by)
        return;
    text_addf(out, "acknowledged by %s", guard->let_go_by);
    if (day_is_set(guard->let_go_until))
        text_addf(out, " until %s", day_format(guard->let_go_until, day));
    if (guard->let_go_reason)
        text_addf(out, ": %s", guard->let_go_reason);
}

void report_add_acknowledge(struct text *out, int64_t plan_id, const char *digest,
                            const char *guard)
{
    command_add(out, "acknowledge %lld --digest %s --guard %s --reason \"why it is right\"",
                (long long)plan_id, digest, guard);
}

static void add_adopt_from(struct text *out, const char *name)
{
    CLEANUP(text_release) struct text quoted = TEXT_INIT;

    command_quote(&quoted, name);
    command_add(out, "portal adopt --from %s --reason \"why it is this portal\"",
                text_cstr(&quoted));
}

bool report_add_own_verb(struct text *out, const char *guard, const char *actual)
{
    if (text_equal(guard, "G14") && actual && text_starts(actual, GUARD_ALSO_KNOWN))
        add_adopt_from(out, actual + strlen(GUARD_ALSO_KNOWN));
    else if (text_equal(guard, "G14"))
        command_add(out, "portal adopt --reason \"why it is this portal\"");
    else if (text_equal(guard, "G15"))
        command_add(out, "audit accept-restore --reason \"which backup, and why\"");
    else
        return false;
    return true;
}

bool report_add_let_go(struct text *out, const struct plan *plan, const struct guard_finding *guard)
{
    char digest[DIGEST_HEX_SIZE];

    if (plan->id <= 0 || !guard->hold || guard->let_go_by)
        return false;
    if (report_add_own_verb(out, guard->id, guard->actual))
        return true;
    if (!guard->cause)
        return false;
    report_add_acknowledge(out, plan->id, digest_hex(&plan->digest, digest), guard->id);
    return true;
}
