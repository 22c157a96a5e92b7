/*
 * The plan as one HTML file that needs nothing else: no font and no picture from anywhere, one
 * style sheet and one script, both ours and in the file, and a policy in its head that allows just
 * these two, by what is in them. Without the script everything can be read; with it rows can be
 * searched, and decided about.
 */
#include <string.h>

#include "base/cleanup.h"
#include "format/encode.h"
#include "host/command.h"
#include "report/files.h"
#include "report/grid.h"
#include "report/html.h"

void html_add_bdi(struct text *out, const char *value)
{
    text_add(out, "<bdi>");
    encode_html(out, value);
    text_add(out, "</bdi>");
}

void html_add_small(struct text *out, const char *prefix, const char *value)
{
    if (text_is_empty(value))
        return;
    text_add(out, "<small>");
    text_add(out, prefix);
    html_add_bdi(out, value);
    text_add(out, "</small>");
}

void html_add_attribute(struct text *out, const char *name, const char *value)
{
    if (text_is_empty(value))
        return;
    text_add_char(out, ' ');
    text_add(out, name);
    text_add(out, "=\"");
    encode_html(out, value);
    text_add_char(out, '"');
}

void html_add_capitalized(struct text *out, const char *sentence)
{
    bool small = *sentence >= 'a' && *sentence <= 'z';

    if (small)
        text_add_char(out, (char)(*sentence - 'a' + 'A'));
    encode_html(out, sentence + small);
}

static void add_instant(struct text *out, struct instant instant)
{
    char buffer[INSTANT_TEXT_SIZE];

    text_add(out, instant_is_set(instant) ? instant_format(instant, buffer) : "not known");
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

/* What a source list says of something in the page itself: the digest of what is in it. */
static void add_source(struct text *out, const char *directive, const char *content)
{
    struct digest digest = digest_of(content, strlen(content));
    char base64[DIGEST_BASE64_SIZE];

    text_addf(out, "; %s 'sha256-%s'", directive, digest_base64(&digest, base64));
}

void html_add_head(struct text *out, const char *title, bool scripted)
{
    text_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'");
    if (scripted)
        add_source(out, "script-src", report_js);
    add_source(out, "style-src", report_css);
    text_add(out, "; base-uri 'none'; form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n"
                  "<meta name=\"robots\" content=\"noindex\">\n<title>");
    encode_html(out, title);
    text_addf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n", report_css);
}

static void add_head(struct text *out, const struct plan *plan)
{
    CLEANUP(text_release) struct text title = TEXT_INIT;

    text_addf(&title, "%s ", plan->portal);
    add_plan_name(&title, plan);
    text_add(&title, ": ");
    report_add_headline(&title, plan);
    html_add_head(out, text_cstr(&title), true);
}

enum { KEEP_DAYS = 365 }; /* approval.keep_max_days, where the plan does not say it */

/* What the file of decisions says of the plan, and how it is called. */
static void add_plan_data(struct text *out, const struct plan *plan)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    char hex[DIGEST_HEX_SIZE], day[DAY_TEXT_SIZE];

    if (plan->id <= 0)
        return;
    report_add_decisions_name(&name, plan);
    html_add_attribute(out, "data-portal", plan->portal);
    text_addf(out, " data-plan=%lld data-today=%s data-keep-days=%d", (long long)plan->id,
              day_format(plan->today, day), plan->keep_days > 0 ? plan->keep_days : KEEP_DAYS);
    html_add_attribute(out, "data-digest", digest_hex(&plan->digest, hex));
    html_add_attribute(out, "data-file", text_cstr(&name));
}

static void add_header(struct text *out, const struct plan *plan)
{
    CLEANUP(text_release) struct text headline = TEXT_INIT, since = TEXT_INIT;
    const char *state = plan_state_name(plan->state);

    report_add_headline(&headline, plan);
    text_add(out, "<header>\n<p class=over>");
    html_add_bdi(out, plan->portal);
    text_add(out, " <span>");
    add_plan_name(out, plan);
    text_add(out, "</span></p>\n<h1>");
    html_add_capitalized(out, text_cstr(&headline));
    text_addf(out, "</h1>\n<p><b class=\"badge %s\">%s</b> %s.</p>\n<p class=meta>Made ", state,
              state, report_state_sentence(plan));
    add_instant(out, plan->created_at);
    if (plan->first_plan)
        text_add(out, " &middot; the first plan of this portal");
    text_add(out, "</p>\n");
    report_add_since(&since, plan);
    if (since.length > 0) {
        text_add(out, "<p class=meta>");
        html_add_capitalized(out, text_cstr(&since));
        text_add(out, ".</p>\n");
    }
    text_add(out,
             "<noscript><p class=meta>To search, filter and decide, open this page in a browser "
             "that runs its script.</p></noscript>\n</header>\n<main");
    add_plan_data(out, plan);
    text_add(out, ">\n");
}

static void add_acknowledged(struct text *out, const struct guard_finding *guard)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    report_add_acknowledged(&line, guard);
    html_add_small(out, "", text_cstr(&line));
}

static void add_code(struct text *out, const char *before, const char *command)
{
    text_addf(out, "%s<code>", before);
    encode_html(out, command);
    text_add(out, "</code>");
}

/* For whoever has a shell, folded: others are not to be bothered with it. */
static void add_hold_commands(struct text *out, const struct plan *plan,
                              const struct guard_finding *guard)
{
    CLEANUP(text_release) struct text helper = TEXT_INIT, let_go = TEXT_INIT;
    const char *purpose = report_advice_command(guard->id, &helper);
    bool can_let_go = report_add_let_go(&let_go, plan, guard);

    if (!purpose && !can_let_go)
        return;
    text_add(out, "<details class=admin>\n<summary>For the administrator</summary>\n<p>");
    if (purpose) {
        html_add_capitalized(out, purpose);
        add_code(out, ": ", text_cstr(&helper));
    }
    if (can_let_go)
        add_code(out,
                 purpose ? "<br>When what it found is right after all, this lets it go, which "
                           "approves no row: "
                         : "When what it found is right after all, this lets it go, which approves "
                           "no row: ",
                 text_cstr(&let_go));
    text_add(out, "</p>\n</details>\n");
}

static void add_hold(struct text *out, const struct plan *plan, const struct guard_finding *guard)
{
    const char *title = report_guard_title(guard->id), *advice = report_guard_advice(guard->id);

    text_add(out, "<h3>");
    if (title)
        html_add_capitalized(out, title);
    else
        encode_html(out, guard->id);
    text_add(out, "</h3>\n<p>");
    html_add_bdi(out, guard->text);
    text_add(out, "<small>guard ");
    encode_html(out, guard->id);
    text_add(out, ", limit ");
    html_add_bdi(out, guard->limit);
    text_add(out, ", actual ");
    html_add_bdi(out, guard->actual);
    text_add(out, "</small></p>\n");
    if (advice) {
        text_add(out, "<p><b>What to do:</b> ");
        encode_html(out, advice);
        text_add(out, "</p>\n");
    }
    add_acknowledged(out, guard);
    add_hold_commands(out, plan, guard);
}

static void add_holds(struct text *out, const struct plan *plan)
{
    if (!report_is_held(plan))
        return;
    text_add(out, "<section class=hold>\n<h2>Held: nothing of what is held will be done</h2>\n");
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].hold)
            add_hold(out, plan, &plan->guard[i]);
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

static void add_notes(struct text *out, const struct plan *plan)
{
    if (plan->note_count == 0)
        return;

    text_add(out, "<section>\n<h2>");
    html_add_capitalized(out, report_notes_title(plan));
    text_add(out, "</h2>\n<ul>\n");
    for (size_t i = 0; i < plan->note_count; i++) {
        text_add(out, "<li>");
        html_add_bdi(out, plan->note[i]);
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
        html_add_small(out, "", report_guard_title(guard->id));
        text_addf(out, "<td><b class=\"badge %s\">%s</b><td>", guard->hold ? "held" : "pass",
                  guard->hold ? "hold" : "pass");
        html_add_bdi(out, guard->limit);
        text_add(out, "<td>");
        html_add_bdi(out, guard->actual);
        text_add(out, "<td>");
        html_add_bdi(out, guard->text);
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
        html_add_bdi(out, inputs->snapshot_file);
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
        html_add_bdi(out, inputs->snapshot_incomplete_reason);
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
    html_add_small(out, "", inputs->roster_source);
    text_add(out, "<br>");
    add_digest(out, &inputs->roster_digest);
    text_addf(out, "\n<dt>Policy<dd>mode <q>%s</q>, time zone ",
              inputs->enforce ? "enforce" : "report");
    html_add_bdi(out, plan->time_zone);
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

/* --- the way around, codes, and who has a shell --- */

static void add_contents(struct text *out, const struct plan *plan,
                         const struct report_groups *groups, const struct grid *grid, size_t grids)
{
    text_add(out, "<nav aria-label=\"Contents\">\n<ul>\n");
    html_add_contents(out, groups);
    if (plan->totals.done + plan->totals.not_done > 0)
        text_add(out, "<li><a href=\"#outcome\">What was done</a>\n");
    if (plan->curve_count > 0)
        text_add(out, "<li><a href=\"#curve\">With another threshold</a>\n");
    for (size_t i = 0; i < grids; i++)
        text_addf(out, "<li><a href=\"#%s\">%s</a>\n", grid[i].id, grid[i].title);
    if (plan->seats_count > 1)
        text_add(out, "<li><a href=\"#seats\">Seats over time</a>\n");
    text_add(out, "<li><a href=\"#idle\">Days since the last login</a>\n<li><a href=\"#guards\">"
                  "Guards</a>\n<li><a href=\"#codes\">What the codes mean</a>\n<li>"
                  "<a href=\"#inputs\">What this plan was made from</a>\n</ul>\n</nav>\n");
}

static int by_code(const struct plan_row *a, const struct plan_row *b)
{
    return report_compare_code(a->clause, b->clause);
}

static void add_codes(struct text *out, const struct plan *plan)
{
    CLEANUP(report_groups_release) struct report_groups codes = report_groups_of(plan, by_code);

    text_add(out,
             "<section id=codes>\n<h2>What the codes mean</h2>\n<p>In small print beside each "
             "row stands which part of the program's rules decided. "
             "<b>suspend</b> takes the right to log in away and frees the seat; Bynder lets the "
             "account in again after 180 days. <b>deprovision</b> deletes the account for "
             "ever. <b>reactivate</b> gives the right to log in back. <b>downgrade</b> gives "
             "another permission profile and leaves the account active, and <b>restore</b> gives "
             "the former one back. Whom HR's file has for an "
             "account stands below the department, with name and address only where they are "
             "others than the account's: look at those.</p>\n<dl>\n");
    for (size_t i = 0; i < codes.count; i++) {
        const char *code = codes.group[i].row[0]->clause, *title = report_row_title(code);
        if (!title)
            continue;
        text_add(out, "<dt>");
        encode_html(out, code);
        text_add(out, "<dd>");
        html_add_capitalized(out, title);
        text_add_char(out, '\n');
    }
    text_add(out, "</dl>\n</section>\n");
}

static void add_item(struct text *out, const char *purpose, const char *command)
{
    text_add(out, "<dt>");
    html_add_capitalized(out, purpose);
    add_code(out, "<dd>", command);
    text_add_char(out, '\n');
}

/* The file that the page saves, on its way back. */
static void add_review(struct text *out, const struct plan *plan)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;

    command_add(&command, "review %lld ", (long long)plan->id);
    report_add_decisions_name(&command, plan);
    add_item(out, "take the decisions that somebody saved on this page", text_cstr(&command));
}

static void add_commands(struct text *out, const struct plan *plan)
{
    CLEANUP(text_release) struct text purpose = TEXT_INIT;
    CLEANUP(text_release) struct text command = TEXT_INIT;

    if (plan->id <= 0)
        return;
    text_add(out, "<section>\n<details class=admin>\n<summary>For the administrator</summary>\n"
                  "<dl>\n");
    if (plan_acts(plan) > 0)
        add_review(out, plan);
    for (size_t i = 0; report_command(plan, i, &purpose, &command); i++) {
        add_item(out, text_cstr(&purpose), text_cstr(&command));
        text_clear(&purpose);
        text_clear(&command);
    }
    text_add(out, "</dl>\n</details>\n</section>\n");
}

void report_add_html(const struct plan *plan, const struct report_style *style, struct text *out)
{
    CLEANUP(report_groups_release) struct report_groups groups = html_groups_of(plan);
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct grid grid[GRIDS_MAX];
    size_t grids = grids_of(&arena, plan, grid);
    char head[AUDIT_HEAD_SIZE];

    (void)style;
    add_head(out, plan);
    add_header(out, plan);
    add_holds(out, plan);
    add_tiles(out, plan);
    add_contents(out, plan, &groups, grid, grids);
    html_add_groups(out, plan, &groups);
    html_add_outcome(out, plan);
    html_add_departments(out, plan);
    html_add_curve(out, plan);
    for (size_t i = 0; i < grids; i++)
        grid_add_html(out, &grid[i]);
    html_add_seats(out, plan);
    html_add_idle(out, &plan->idle);
    add_notes(out, plan);
    add_guards(out, plan);
    add_codes(out, plan);
    add_inputs(out, plan);
    add_commands(out, plan);
    text_addf(out, "</main>\n<footer>bynder-reconcile %s", PROGRAM_VERSION);
    if (plan->audit_head.sequence)
        text_addf(out, "; audit %s", audit_head_format(&plan->audit_head, head));
    text_addf(out, "</footer>\n<script>%s</script>\n</body>\n</html>\n", report_js);
}
