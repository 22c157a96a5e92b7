/*
 * The plan as one HTML file that needs nothing else: no script, no font, no picture from anywhere,
 * and a policy in its head that forbids them. Every text from outside goes through encode_html and
 * stands in a <bdi>, so that a right-to-left name cannot turn its neighbours around.
 *
 * Markup is lean because 100,000 rows must still open: end tags that HTML lets one leave out are
 * left out, and long tables come in parts that a browser lays out only when they are looked at.
 */
#include <string.h>

#include "base/cleanup.h"
#include "format/encode.h"
#include "report/parts.h"

enum {
    ROWS_PER_PART = 500,
    BAR_HEIGHT = 16, /* pixels */
    BAR_STEP = 24,
    BAR_LEFT = 92,
    BAR_PERMILLE = 620, /* of the width, for the longest bar; the rest is for labels */
};

static void add_bdi(struct text *out, const char *value)
{
    text_add(out, "<bdi>");
    encode_html(out, value);
    text_add(out, "</bdi>");
}

/* A line of small print under a cell's first line: prefix, value, nothing when there is none. */
static void add_small(struct text *out, const char *prefix, const char *value)
{
    if (text_is_empty(value))
        return;
    text_addf(out, "<small>%s", prefix);
    add_bdi(out, value);
    text_add(out, "</small>");
}

static void add_instant(struct text *out, struct instant instant)
{
    char buffer[INSTANT_TEXT_SIZE];

    text_add(out, instant_is_set(instant) ? instant_format(instant, buffer) : "not known");
}

/* A sentence of ours, which may begin with a number. */
static void add_capitalized(struct text *out, const char *sentence)
{
    bool small = *sentence >= 'a' && *sentence <= 'z';

    if (small)
        text_add_char(out, (char)(*sentence - 'a' + 'A'));
    encode_html(out, sentence + small);
}

static void add_digest(struct text *out, const struct digest *digest)
{
    char hex[DIGEST_HEX_SIZE];

    text_addf(out, "<code class=digest>%s</code>", digest_hex(digest, hex));
}

/* --- head and headline --- */

static void add_plan_name(struct text *out, const struct plan *plan)
{
    if (plan->id > 0)
        text_addf(out, "plan %lld", (long long)plan->id);
    else
        text_add(out, "plan, not stored");
}

static void add_head(struct text *out, const struct plan *plan)
{
    text_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n"
                  "<meta name=\"robots\" content=\"noindex\">\n<title>");
    encode_html(out, plan->portal);
    text_add(out, " ");
    add_plan_name(out, plan);
    text_add(out, ": ");
    report_add_headline(out, plan);
    text_add(out, "</title>\n<style>\n");
    text_add(out, report_css);
    text_add(out, "</style>\n</head>\n<body>\n");
}

static void add_header(struct text *out, const struct plan *plan)
{
    CLEANUP(text_release) struct text headline = TEXT_INIT;
    const char *state = plan_state_name(plan->state);

    report_add_headline(&headline, plan);
    text_add(out, "<header>\n<p class=over>");
    add_bdi(out, plan->portal);
    text_add(out, " <span>");
    add_plan_name(out, plan);
    text_add(out, "</span></p>\n<h1>");
    add_capitalized(out, text_cstr(&headline));
    text_addf(out, "</h1>\n<p><b class=\"badge %s\">%s</b> %s.</p>\n<p class=meta>Made ", state,
              state, report_state_sentence(plan));
    add_instant(out, plan->created_at);
    if (plan->first_plan)
        text_add(out, " &middot; the first plan of this portal");
    text_add(out, "</p>\n</header>\n<main>\n");
}

static void add_acknowledged(struct text *out, const struct guard_finding *guard)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    report_add_acknowledged(&line, guard);
    if (line.length == 0)
        return;
    text_add(out, "<br>");
    add_bdi(out, text_cstr(&line));
}

static void add_let_go(struct text *out, const struct plan *plan, const struct guard_finding *guard)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;

    add_acknowledged(out, guard);
    if (!report_add_let_go(&command, plan, guard))
        return;
    text_add(out, "<br><b>What it found is right after all:</b> let it go, which approves no row, "
                  "with <code>");
    encode_html(out, text_cstr(&command));
    text_add(out, "</code>");
}

static void add_advice(struct text *out, const char *advice, const char *id)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;
    const char *purpose = report_advice_command(id, &command);

    text_add(out, "<br><b>What to do:</b> ");
    encode_html(out, advice);
    if (!purpose)
        return;
    text_addf(out, "; %s: <code>", purpose);
    encode_html(out, text_cstr(&command));
    text_add(out, "</code>");
}

static void add_holds(struct text *out, const struct plan *plan)
{
    if (!report_is_held(plan))
        return;
    text_add(out, "<section class=hold>\n<h2>Held: nothing of what is held will be done</h2>\n");
    for (size_t i = 0; i < plan->guard_count; i++) {
        const struct guard_finding *guard = &plan->guard[i];
        const char *title = report_guard_title(guard->id), *advice = report_guard_advice(guard->id);

        if (!guard->hold)
            continue;
        text_add(out, "<h3>");
        encode_html(out, guard->id);
        text_addf(out, " %s: limit ", title ? title : "");
        add_bdi(out, guard->limit);
        text_add(out, ", actual ");
        add_bdi(out, guard->actual);
        text_add(out, "</h3>\n<p>");
        add_bdi(out, guard->text);
        if (advice)
            add_advice(out, advice, guard->id);
        add_let_go(out, plan, guard);
        text_add(out, "</p>\n");
    }
    text_add(out, "</section>\n");
}

static void add_tile(struct text *out, const char *class, size_t number, const char *before,
                     const char *label)
{
    text_addf(out, "<li class=%s><b>", number > 0 ? class : "none");
    report_add_number(out, number);
    text_addf(out, "</b>%s%s\n", before, label);
}

static void add_tiles(struct text *out, const struct plan *plan)
{
    const struct plan_totals *totals = &plan->totals;

    text_add(out, "<ul class=tiles aria-label=\"Totals\">\n");
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a))
        add_tile(out, action_name(a), totals->of[a], actions[a].proposed_only ? "propose to " : "",
                 action_name(a));
    add_tile(out, "finding", totals->findings, "", "findings for a person");
    add_tile(out, "keep", totals->of[ACTION_KEEP], "", "keep, findings included");
    text_add(out, "<li class=\"keep wide\"><b>");
    report_add_number(out, totals->seats_now);
    text_add(out, " &rarr; ");
    report_add_number(out, totals->seats_after);
    text_add(out, "</b>seats of active accounts, now and after\n</ul>\n");
}

/* --- chart --- */

enum { BAR_COUNT = PLAN_IDLE_BUCKETS + 2 };

static size_t bar_value(const struct plan_idle *idle, size_t bar)
{
    if (bar < PLAN_IDLE_BUCKETS)
        return idle->bucket[bar];
    return bar == PLAN_IDLE_BUCKETS ? idle->never : idle->unknown;
}

static void add_bar_label(struct text *out, size_t bar)
{
    if (bar + 1 < PLAN_IDLE_BUCKETS)
        text_addf(out, "%zu\xE2\x80\x93%zu", bar * 30, bar * 30 + 29);
    else if (bar < PLAN_IDLE_BUCKETS)
        text_addf(out, "%zu or more", bar * 30);
    else
        text_add(out, bar == PLAN_IDLE_BUCKETS ? "never" : "not known");
}

/* Lengths are per cent of the width and labels are moved by pixels, so the chart fits any screen
 * without its letters growing or shrinking. */
static void add_bar(struct text *out, const struct plan_idle *idle, size_t bar, size_t longest)
{
    size_t value = bar_value(idle, bar);
    size_t permille = longest > 0 ? (value * BAR_PERMILLE + longest - 1) / longest : 0;
    size_t top = bar * BAR_STEP;

    text_addf(out, "<text x=\"0\" y=\"%zu\">", top + 13);
    add_bar_label(out, bar);
    text_addf(out,
              "</text><rect class=\"%s\" x=\"%d\" y=\"%zu\" width=\"%zu.%zu%%\" height=\"%d\" "
              "rx=\"2\"/><text class=n x=\"%zu.%zu%%\" dx=\"%d\" y=\"%zu\">",
              bar < PLAN_IDLE_BUCKETS ? "bar" : "bar other", BAR_LEFT, top, permille / 10,
              permille % 10, BAR_HEIGHT, permille / 10, permille % 10, BAR_LEFT + 8, top + 13);
    report_add_number(out, value);
    text_add(out, "</text>\n");
}

static void add_chart(struct text *out, const struct plan_idle *idle)
{
    size_t longest = 0;

    for (size_t bar = 0; bar < BAR_COUNT; bar++)
        longest = bar_value(idle, bar) > longest ? bar_value(idle, bar) : longest;
    text_addf(
        out,
        "<section id=idle>\n<h2>Days since the last login</h2>\n<p>Active accounts, by whole days "
        "without a login.</p>\n<svg role=\"img\" aria-label=\"Bar chart of active accounts by "
        "days since their last login; the table below has the same figures\" width=\"100%%\" "
        "height=\"%d\">\n",
        BAR_COUNT * BAR_STEP);
    for (size_t bar = 0; bar < BAR_COUNT; bar++)
        add_bar(out, idle, bar, longest);
    text_add(out, "</svg>\n<details>\n<summary>The same as a table</summary>\n<table class=small>\n"
                  "<thead><tr><th scope=col>Days<th scope=col>Active accounts</thead>\n<tbody>\n");
    for (size_t bar = 0; bar < BAR_COUNT; bar++) {
        text_add(out, "<tr><th scope=row>");
        add_bar_label(out, bar);
        text_add(out, "<td>");
        report_add_number(out, bar_value(idle, bar));
        text_add_char(out, '\n');
    }
    text_add(out, "</tbody></table>\n</details>\n</section>\n");
}

/* --- rows --- */

static void add_login_cell(struct text *out, const struct plan_row *row)
{
    char day[DAY_TEXT_SIZE];

    text_add(out, "<td>");
    if (instant_is_set(row->last_login))
        text_add(out, day_format(instant_day(row->last_login, &zone_utc), day));
    else
        text_add(out, "none known");
    if (row->idle_days >= 0)
        text_addf(out, "<small>%d day%s ago</small>", row->idle_days,
                  row->idle_days == 1 ? "" : "s");
    add_small(out, "from ", row->last_login_source);
}

static void add_reason_cell(struct text *out, const struct plan_row *row,
                            const struct report_group *group)
{
    char day[DAY_TEXT_SIZE];

    text_add(out, "<td>");
    add_bdi(out, row->reason);
    if (day_is_set(row->not_before))
        text_addf(out, "<small><b>not before %s</b>%s</small>", day_format(row->not_before, day),
                  row->new_announcement ? ", announced by this plan" : "");
    CLEANUP(text_release) struct text standing = TEXT_INIT;
    report_add_standing(&standing, row);
    if (standing.length > 0) {
        text_addf(out, "<small class=\"%s\"><b>", row->standing.done ? "done" : "standing");
        add_bdi(out, text_cstr(&standing));
        text_add(out, "</b></small>");
    }
    add_small(out, "held by ", row->held_by);
    if (group->section != REPORT_FINDINGS)
        add_small(out, "row ", row->clause);
    else
        add_small(out, "rule ", row->rule);
}

static void add_row(struct text *out, const struct plan_row *row, const struct report_group *group)
{
    const char *name = report_name_of(row);

    text_add(out, "<tr><th scope=row>");
    add_bdi(out, name);
    if (!text_equal(name, row->email))
        add_small(out, "", row->email);
    if (!text_equal(name, row->username) && !text_equal(row->email, row->username))
        add_small(out, "user ", row->username);
    if (!text_equal(name, row->account_id))
        add_small(out, "id ", row->account_id);
    text_add(out, "<td>");
    add_bdi(out, row->account_word);
    add_small(out, "", row->profile);
    add_small(out, "", row->roles);
    text_add(out, "<td>");
    add_bdi(out, row->person_word);
    add_small(out, "no. ", row->employee_number);
    add_small(out, "matched by ", row->matched_by);
    add_small(out, "", row->department);
    add_login_cell(out, row);
    add_reason_cell(out, row, group);
    text_add_char(out, '\n');
}

static void add_rows(struct text *out, const struct report_group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        if (i % ROWS_PER_PART == 0)
            text_addf(out,
                      "%s<div class=part><table class=rows>\n<thead><tr><th scope=col>Who"
                      "<th scope=col>Account<th scope=col>Person<th scope=col>Last login "
                      "<span>(UTC)</span><th scope=col>Why</thead>\n<tbody>\n",
                      i > 0 ? "</tbody></table></div>\n" : "");
        add_row(out, group->row[i], group);
        text_spill(out);
    }
    text_add(out, "</tbody></table></div>\n");
}

static const char *group_class(const struct report_group *group)
{
    switch (group->section) {
    case REPORT_ACTIONS:
        return action_name(group->row[0]->action);
    case REPORT_FINDINGS:
        return "finding";
    case REPORT_KEEPS:
        return "keep";
    }
    return "";
}

/* The number of a group is its place in the list, from 1. */
static void add_group(struct text *out, const struct report_group *group, size_t number)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    const char *advice =
        group->section == REPORT_FINDINGS ? report_row_advice(group->row[0]->clause) : NULL;

    report_add_group_title(&line, group);
    text_addf(out, "<section id=g%zu class=%s>\n<h2>", number, group_class(group));
    add_bdi(out, text_cstr(&line));
    text_add(out, "</h2>\n<p>");
    text_clear(&line);
    report_add_group_counts(&line, group);
    encode_html(out, text_cstr(&line));
    if (advice)
        add_advice(out, advice, group->row[0]->clause);
    text_add(out, "</p>\n");
    add_rows(out, group);
    text_add(out, "</section>\n");
}

/* The way around a long page. */
static void add_contents(struct text *out, const struct report_groups *groups)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    text_add(out, "<nav aria-label=\"Contents\">\n<ul>\n");
    for (size_t i = 0; i < groups->count; i++) {
        text_clear(&line);
        report_add_group_title(&line, &groups->group[i]);
        text_addf(out, "<li><a href=\"#g%zu\">", i + 1);
        add_bdi(out, text_cstr(&line));
        text_clear(&line);
        report_add_group_counts(&line, &groups->group[i]);
        text_add(out, "</a> <span>");
        encode_html(out, text_cstr(&line));
        text_add(out, "</span>\n");
    }
    text_add(out, "<li><a href=\"#idle\">Days since the last login</a>\n<li><a href=\"#guards\">"
                  "Guards</a>\n<li><a href=\"#inputs\">What this plan was made from</a>\n</ul>\n"
                  "</nav>\n");
}

static void add_notes(struct text *out, const struct plan *plan)
{
    if (plan->note_count == 0)
        return;

    text_add(out, "<section>\n<h2>");
    add_capitalized(out, report_notes_title(plan));
    text_add(out, "</h2>\n<ul>\n");
    for (size_t i = 0; i < plan->note_count; i++) {
        text_add(out, "<li>");
        add_bdi(out, plan->note[i]);
        text_add_char(out, '\n');
    }
    text_add(out, "</ul>\n</section>\n");
}

/* --- guards, inputs, what comes next --- */

static void add_guards(struct text *out, const struct plan *plan)
{
    text_add(
        out,
        "<section id=guards>\n<h2>Guards</h2>\n<table class=guards>\n<thead><tr><th scope=col>Guard"
        "<th scope=col>Verdict<th scope=col>Limit<th scope=col>Actual<th scope=col>Says"
        "</thead>\n<tbody>\n");
    for (size_t i = 0; i < plan->guard_count; i++) {
        const struct guard_finding *guard = &plan->guard[i];

        text_add(out, "<tr><th scope=row>");
        encode_html(out, guard->id);
        add_small(out, "", report_guard_title(guard->id));
        text_addf(out, "<td><b class=\"badge %s\">%s</b><td>", guard->hold ? "held" : "pass",
                  guard->hold ? "hold" : "pass");
        add_bdi(out, guard->limit);
        text_add(out, "<td>");
        add_bdi(out, guard->actual);
        text_add(out, "<td>");
        add_bdi(out, guard->text);
        add_acknowledged(out, guard);
        text_add_char(out, '\n');
    }
    text_add(out, "</tbody></table>\n</section>\n");
}

static void add_accounts_input(struct text *out, const struct plan_inputs *inputs)
{
    text_add(out, "<dt>Accounts<dd>");
    report_add_number(out, inputs->accounts);
    text_add(out, ": ");
    report_add_number(out, inputs->active);
    text_add(out, " active, ");
    report_add_number(out, inputs->inactive);
    text_addf(out, " inactive, %zu unreadable; %zu gone<br>", inputs->unreadable, inputs->gone);
    if (inputs->snapshot_source == SNAPSHOT_FROM_EXPORT) {
        text_add(out, "from the export file <q>");
        add_bdi(out, inputs->snapshot_file);
        text_add(out, "</q>, last changed ");
        add_instant(out, inputs->snapshot_taken_at);
    } else {
        text_add(out, "read ");
        add_instant(out, inputs->snapshot_taken_at);
        text_add(out, " with ");
        report_add_counted(out, inputs->requests, "request");
    }
    if (inputs->snapshot_id > 0)
        text_addf(out, ", snapshot %lld", (long long)inputs->snapshot_id);
    text_add(out, inputs->snapshot_complete ? ", complete" : ", <b>incomplete</b>: ");
    if (!inputs->snapshot_complete)
        add_bdi(out, inputs->snapshot_incomplete_reason);
    text_add(out, "<br>");
    add_digest(out, &inputs->snapshot_digest);
}

static void add_inputs(struct text *out, const struct plan *plan)
{
    const struct plan_inputs *inputs = &plan->inputs;
    char day[DAY_TEXT_SIZE];

    text_add(out, "<section id=inputs>\n<h2>Made from</h2>\n<dl>\n");
    add_accounts_input(out, inputs);
    text_add(out, "\n<dt>Roster<dd>");
    report_add_number(out, inputs->people);
    text_addf(out, " people, %zu rows rejected, %zu duplicates<br>read ", inputs->rejected,
              inputs->duplicates);
    add_instant(out, inputs->roster_read_at);
    if (inputs->roster_id > 0)
        text_addf(out, ", roster %lld", (long long)inputs->roster_id);
    add_small(out, "", inputs->roster_source);
    text_add(out, "<br>");
    add_digest(out, &inputs->roster_digest);
    text_addf(out, "\n<dt>Policy<dd>mode <q>%s</q>, time zone ",
              inputs->enforce ? "enforce" : "report");
    add_bdi(out, plan->time_zone);
    text_addf(out, ", today is %s<br>", day_format(plan->today, day));
    add_digest(out, &inputs->policy_digest);
    if (!plan_is_report(plan)) {
        text_add(out, "\n<dt>This plan<dd>approval");
        report_add_approvals(out, plan);
        text_add(out, "<br>");
        add_digest(out, &plan->digest);
    }
    text_add(out, "\n</dl>\n</section>\n");
}

static void add_commands(struct text *out, const struct plan *plan)
{
    CLEANUP(text_release) struct text purpose = TEXT_INIT;
    CLEANUP(text_release) struct text command = TEXT_INIT;

    if (plan->id <= 0)
        return;
    text_add(out, "<section>\n<h2>Next</h2>\n<dl>\n");
    for (size_t i = 0; report_command(plan, i, &purpose, &command); i++) {
        text_add(out, "<dt>");
        encode_html(out, text_cstr(&purpose));
        text_add(out, "<dd><code>");
        encode_html(out, text_cstr(&command));
        text_add(out, "</code>\n");
        text_clear(&purpose);
        text_clear(&command);
    }
    text_add(out, "</dl>\n</section>\n");
}

void report_add_html(const struct plan *plan, const struct report_style *style, struct text *out)
{
    CLEANUP(report_groups_release) struct report_groups groups = report_groups_of(plan);
    char head[AUDIT_HEAD_SIZE];

    (void)style;
    add_head(out, plan);
    add_header(out, plan);
    add_holds(out, plan);
    add_tiles(out, plan);
    add_contents(out, &groups);
    for (size_t i = 0; i < groups.count; i++)
        add_group(out, &groups.group[i], i + 1);
    add_notes(out, plan);
    add_chart(out, &plan->idle);
    add_guards(out, plan);
    add_inputs(out, plan);
    add_commands(out, plan);
    text_addf(out, "</main>\n<footer>bynder-reconcile %s", PROGRAM_VERSION);
    if (plan->audit_head.sequence)
        text_addf(out, "; audit %s", audit_head_format(&plan->audit_head, head));
    text_add(out, "</footer>\n</body>\n</html>\n");
}
