/*
 * The rows of the page, in sections by why they are there: that is what somebody decides by, while
 * rules and codes are how the program came to it. Every row of the plan is in exactly one section.
 *
 * Markup is lean because 100,000 rows must still open: end tags that HTML lets one leave out are
 * left out, and long tables come in parts that a browser lays out only when they are looked at.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "format/encode.h"
#include "report/html.h"

enum { ROWS_PER_PART = 500, YEAR_DAYS = 365, HALF_YEAR_DAYS = 180, QUARTER_DAYS = 90 };

/* --- kinds --- */

/* Why a row is there, in the order of the page. Whoever has gone comes first, what may be an error
 * behind what is clear, and accounts that hold no seat last. */
enum kind {
    KIND_USED_AFTER = 0,
    KIND_DEPARTED,
    KIND_NEVER,
    KIND_ABSENT,
    KIND_IDLE_YEAR,
    KIND_IDLE_HALF,
    KIND_IDLE_QUARTER,
    KIND_IDLE_LESS,
    KIND_BY_RULE,
    KIND_DOWNGRADE,
    KIND_FINDING,
    KIND_BACK,
    KIND_RESTORE,
    KIND_INACTIVE,
    KIND_KEEP,
};

static const struct {
    const char *id, *title, *why, *note;
} kinds[] = {
    [KIND_USED_AFTER] = {"used-after", "Used after departure", "has left, and was used since",
                         "They have left, and the account was used well after their last day. Ask "
                         "whoever led them: HR may have entered a longer contract late, or "
                         "somebody else has the password."},
    [KIND_DEPARTED] = {"departed", "Departed", "has left",
                       "HR says that they have left. Their accounts are still active."},
    [KIND_NEVER] = {"never", "Never logged in", "has never logged in",
                    "The account has been there for a while, and nobody ever used it."},
    [KIND_ABSENT] = {"absent", "No person in HR", "is in HR's file no more",
                     "The account once belonged to somebody in HR's file, and nobody in it fits "
                     "any more."},
    [KIND_IDLE_YEAR] = {"idle-365", "Idle for a year or more", NULL,
                        "The longest without a login first."},
    [KIND_IDLE_HALF] = {"idle-180", "Idle for 180 to 364 days", NULL,
                        "The longest without a login first."},
    [KIND_IDLE_QUARTER] = {"idle-90", "Idle for 90 to 179 days", NULL,
                           "The longest without a login first."},
    [KIND_IDLE_LESS] = {"idle-0", "Idle for less than 90 days", NULL,
                        "The longest without a login first."},
    [KIND_BY_RULE] = {"rule", "For another reason", "is what a rule of yours is about",
                      "Rules of your configuration that ask neither HR nor the last login."},
    [KIND_DOWNGRADE] = {"downgrade", "Fewer permissions",
                        "hardly uses what their permissions allow",
                        "They get the permission profile named beside each, keep their account "
                        "and can log in. No seat of the portal is freed, but one of a dearer "
                        "kind may be."},
    [KIND_FINDING] = {"finding", "To be looked at", NULL, NULL},
    [KIND_BACK] = {"back", "Back at work", "is back at work, and was suspended by this program",
                   "They work here again, and this program had suspended their account. Bynder "
                   "lets an account in again 180 days after that."},
    [KIND_RESTORE] = {"restore", "Former permissions",
                      "needs the permissions that this program took away",
                      "This program had given them a cheaper permission profile, and they use "
                      "the account again or are back at work."},
    [KIND_INACTIVE] = {"inactive", "Inactive accounts", "is inactive, and was suspended long ago",
                       "They hold no seat. A deletion is for ever."},
    [KIND_KEEP] = {"keep", "Kept", "stays as it is", "Nothing is done with these."},
};

static enum kind kind_of_idle(int days)
{
    if (days >= YEAR_DAYS)
        return KIND_IDLE_YEAR;
    if (days >= HALF_YEAR_DAYS)
        return KIND_IDLE_HALF;
    return days >= QUARTER_DAYS ? KIND_IDLE_QUARTER : KIND_IDLE_LESS;
}

static enum kind kind_of(const struct plan_row *row)
{
    if (row->action == ACTION_KEEP)
        return row->finding ? KIND_FINDING : KIND_KEEP;
    if (row->action == ACTION_REACTIVATE)
        return KIND_BACK;
    if (actions[row->action].sets_profile)
        return row->action == ACTION_RESTORE ? KIND_RESTORE : KIND_DOWNGRADE;
    if (text_equal(row->account_word, account_status_name(ACCOUNT_INACTIVE)))
        return KIND_INACTIVE;
    if (row->used_after)
        return KIND_USED_AFTER;
    if (text_equal(row->person_word, person_status_name(PERSON_DEPARTED)))
        return KIND_DEPARTED;
    if (row->uses_login && !instant_is_set(row->last_login))
        return KIND_NEVER; /* nothing is done where the login is not known */
    if (row->uses_person && text_equal(row->person_word, person_status_name(PERSON_ABSENT)))
        return KIND_ABSENT;
    return row->uses_login && row->idle_days >= 0 ? kind_of_idle(row->idle_days) : KIND_BY_RULE;
}

static bool is_idle(enum kind kind)
{
    return kind >= KIND_IDLE_YEAR && kind <= KIND_IDLE_LESS;
}

/* Findings stand together by what settles them. */
static int order_rows(const struct plan_row *a, const struct plan_row *b)
{
    enum kind left = kind_of(a), right = kind_of(b);

    if (left != right)
        return left < right ? -1 : 1;
    return left == KIND_FINDING ? report_compare_code(a->clause, b->clause) : 0;
}

static int longest_idle_first(const void *a, const void *b)
{
    const struct plan_row *left = *(const struct plan_row *const *)a;
    const struct plan_row *right = *(const struct plan_row *const *)b;
    int order = (left->idle_days < right->idle_days) - (left->idle_days > right->idle_days);

    return order != 0 ? order : (left > right) - (left < right);
}

struct report_groups html_groups_of(const struct plan *plan)
{
    struct report_groups groups = report_groups_of(plan, order_rows);

    for (size_t i = 0; i < groups.count; i++) {
        struct report_group *group = &groups.group[i];
        if (is_idle(kind_of(group->row[0])))
            qsort(group->row, group->count, sizeof(group->row[0]), longest_idle_first);
    }
    return groups;
}

static const char *title_of(const struct report_group *group)
{
    enum kind kind = kind_of(group->row[0]);
    const char *title = kind == KIND_FINDING ? report_row_title(group->row[0]->clause) : NULL;

    return title ? title : kinds[kind].title;
}

static void add_id(struct text *out, const struct report_group *group)
{
    enum kind kind = kind_of(group->row[0]);

    text_add(out, kinds[kind].id);
    if (kind == KIND_FINDING)
        encode_html(out, group->row[0]->clause);
}

/* --- cells --- */

/* Small print of a kind of its own: `more` is left out on paper. */
static void add_smaller(struct text *out, const char *class, const char *prefix, const char *value)
{
    if (text_is_empty(value))
        return;
    text_add(out, "<small class=");
    text_add(out, class);
    text_add_char(out, '>');
    text_add(out, prefix);
    html_add_bdi(out, value);
    text_add(out, "</small>");
}

static void add_who(struct text *out, const struct plan_row *row)
{
    const char *name = report_name_of(row);

    text_add(out, "<th scope=row>");
    html_add_bdi(out, name);
    if (!text_equal(name, row->email))
        html_add_small(out, "", row->email);
    if (!text_equal(name, row->username) && !text_equal(row->email, row->username))
        add_smaller(out, "more", "user ", row->username);
    if (!text_equal(name, row->account_id))
        add_smaller(out, "id", "id ", row->account_id);
}

static void add_headline(struct text *out, const struct plan_row *row)
{
    enum kind kind = kind_of(row);
    const char *title = kind == KIND_FINDING ? report_row_title(row->clause) : NULL;

    if (row->action != ACTION_KEEP)
        text_addf(out, "<b class=\"act %s\">%s</b> ", action_name(row->action),
                  action_name(row->action));
    if (row->standing.is_new)
        text_add(out, "<b class=\"act new\">new</b> ");
    if (is_idle(kind)) {
        text_add(out, "No login for ");
        text_add_int(out, row->idle_days);
        text_add(out, " days");
    } else {
        html_add_capitalized(out, title ? title : kinds[kind].why ? kinds[kind].why : "");
    }
}

static void add_standing(struct text *out, const struct plan_row *row)
{
    CLEANUP(text_release) struct text standing = TEXT_INIT;

    report_add_standing(&standing, row);
    if (standing.length == 0)
        return;
    text_addf(out, "<small class=\"%s\"><b>", row->standing.done ? "done" : "standing");
    html_add_bdi(out, text_cstr(&standing));
    text_add(out, "</b></small>");
}

/* In plain words first, then the evidence, and how the program came to it last. */
static void add_why(struct text *out, const struct plan_row *row)
{
    char day[DAY_TEXT_SIZE];

    text_add(out, "<td>");
    add_headline(out, row);
    html_add_small(out, "", row->reason);
    if (day_is_set(row->not_before))
        text_addf(out, "<small><b>not before %s</b>%s</small>", day_format(row->not_before, day),
                  row->new_announcement ? ", announced by this plan" : "");
    add_standing(out, row);
    html_add_small(out, "held by ", row->held_by);
    text_add(out, "<small class=code>");
    if (!text_is_empty(row->rule)) {
        text_add(out, "rule ");
        html_add_bdi(out, row->rule);
        text_add(out, ", ");
    }
    encode_html(out, row->clause);
    text_add(out, "</small>");
}

/* Beside the account, whoever it was matched with: who reviews must be able to see a wrong one.
 * What is as the account has it is left out, so that what differs is seen. */
static void add_matched(struct text *out, const struct plan_row *row)
{
    const char *number = row->matched_number ? row->matched_number : row->employee_number;
    const struct {
        const char *word, *value;
    } parts[] = {
        {"", text_equal(row->matched_name, row->name) ? NULL : row->matched_name},
        {"no. ", number},
        {"", text_equal(row->matched_email, row->email) ? NULL : row->matched_email},
    };

    if (text_is_empty(number) && text_is_empty(row->matched_by) && !row->matched_name)
        return;
    text_add(out, "<small>in HR");
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (text_is_empty(parts[i].value))
            continue;
        text_addf(out, " %s", parts[i].word);
        html_add_bdi(out, parts[i].value);
    }
    if (row->matched_row > 0)
        text_addf(out, " row %d", row->matched_row);
    if (!text_is_empty(row->matched_by)) {
        text_add(out, ", by ");
        encode_html(out, row->matched_by);
    }
    text_add(out, "</small>");
}

static void add_person(struct text *out, const struct plan_row *row)
{
    text_add(out, "<td>");
    if (text_is_empty(row->department))
        text_add(out, "no department");
    else
        html_add_bdi(out, row->department);
    html_add_small(out, "", row->country);
    html_add_small(out, "", row->person_word);
    add_matched(out, row);
}

static void add_account(struct text *out, const struct plan_row *row)
{
    text_add(out, "<td>");
    if (text_is_empty(row->profile))
        text_add(out, "no profile");
    else
        html_add_bdi(out, row->profile);
    html_add_small(out, "", row->seat_class);
    html_add_small(out, "becomes ", row->to_profile);
    html_add_small(out, "gains ", row->gained_roles);
    html_add_small(out, "", row->account_word);
    add_smaller(out, "more", "", row->roles);
}

static void add_login(struct text *out, const struct plan_row *row)
{
    char day[DAY_TEXT_SIZE];

    text_add(out, "<td>");
    if (instant_is_set(row->last_login))
        text_add(out, day_format(instant_day(row->last_login, &zone_utc), day));
    else
        text_add(out, "none known");
    if (row->idle_days >= 0) {
        text_add(out, "<small>");
        text_add_int(out, row->idle_days);
        text_add(out, row->idle_days == 1 ? " day ago</small>" : " days ago</small>");
    }
    add_smaller(out, "more", "from ", row->last_login_source);
}

/* --- what the script reads --- */

/* Whether a person can decide about the row with this page. */
static bool is_open(const struct plan *plan, const struct plan_row *row)
{
    return plan->id > 0 && row->action != ACTION_KEEP && !digest_is_zero(&row->subject) &&
           !row->standing.done;
}

static void add_stands(struct text *out, const struct plan_row *row)
{
    const struct row_standing *standing = &row->standing;

    html_add_attribute(out, "data-stands",
                       standing->done    ? "done"
                       : standing->state ? "not done"
                                         : standing->decision);
}

static void add_marks(struct text *out, const struct plan *plan, const struct plan_row *row)
{
    const struct {
        bool is_so;
        const char *word;
    } marks[] = {
        {row->used_after, "used after departure"},
        {row->action != ACTION_KEEP && day_compare(row->not_before, plan->today) > 0,
         "waits for a day"},
        {row->held_by, "held by a guard"},
        {row->needed > 1, "needs two people"},
    };
    const char *between = " data-marks=\"";

    if (row->standing.is_new) {
        text_addf(out, "%snew since plan %lld", between, (long long)plan->since.plan_id);
        between = "|";
    }
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (!marks[i].is_so)
            continue;
        text_addf(out, "%s%s", between, marks[i].word);
        between = "|";
    }
    text_add(out, *between == '|' ? "\"" : "");
}

static void add_row(struct text *out, const struct plan *plan, const struct plan_row *row)
{
    char hex[DIGEST_HEX_SIZE];

    text_add(out, "<tr data-action=");
    text_add(out, action_name(row->action));
    if (is_open(plan, row)) {
        html_add_attribute(out, "data-id", row->account_id);
        html_add_attribute(out, "data-subject", digest_hex(&row->subject, hex));
    }
    html_add_attribute(out, "data-rule", row->rule);
    html_add_attribute(out, "data-department", row->department);
    html_add_attribute(out, "data-country", row->country);
    html_add_attribute(out, "data-profile", row->profile);
    html_add_attribute(out, "data-class", row->seat_class);
    if (row->idle_days >= 0)
        text_addf(out, " data-idle=%d", row->idle_days);
    add_stands(out, row);
    add_marks(out, plan, row);
    text_add(out, ">");
    add_who(out, row);
    add_why(out, row);
    add_person(out, row);
    add_account(out, row);
    add_login(out, row);
    text_add_char(out, '\n');
}

static void add_rows(struct text *out, const struct plan *plan, const struct report_group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        if (i % ROWS_PER_PART == 0)
            text_addf(out,
                      "%s<div class=part><table class=rows>\n<thead><tr><th scope=col>Who"
                      "<th scope=col>Why<th scope=col>Department, person<th scope=col>Profile, "
                      "account<th scope=col>Last login (UTC)</thead>\n<tbody>\n",
                      i > 0 ? "</tbody></table></div>\n" : "");
        add_row(out, plan, group->row[i]);
        text_spill(out);
    }
    text_add(out, "</tbody></table></div>\n");
}

/* --- sections --- */

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

static void add_note(struct text *out, const struct report_group *group)
{
    enum kind kind = kind_of(group->row[0]);
    const char *advice =
        kind == KIND_FINDING ? report_row_advice(group->row[0]->clause) : kinds[kind].note;

    if (!advice)
        return;
    text_add(out, "<p class=note>");
    if (kind == KIND_FINDING)
        text_add(out, "<b>What settles it:</b> ");
    html_add_capitalized(out, advice);
    if (kind == KIND_FINDING)
        text_add_char(out, '.');
    text_add(out, "</p>\n");
}

static void add_group(struct text *out, const struct plan *plan, const struct report_group *group)
{
    CLEANUP(text_release) struct text counts = TEXT_INIT;

    report_add_group_counts(&counts, group);
    text_add(out, "<section id=\"");
    add_id(out, group);
    text_addf(out, "\" class=\"group %s\">\n<h2>", group_class(group));
    html_add_capitalized(out, title_of(group));
    text_add(out, "</h2>\n<p>");
    html_add_capitalized(out, text_cstr(&counts));
    text_add(out, "</p>\n");
    add_note(out, group);
    add_rows(out, plan, group);
    text_add(out, "</section>\n");
}

void html_add_groups(struct text *out, const struct plan *plan, const struct report_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        add_group(out, plan, &groups->group[i]);
}

void html_add_contents(struct text *out, const struct report_groups *groups)
{
    CLEANUP(text_release) struct text counts = TEXT_INIT;

    for (size_t i = 0; i < groups->count; i++) {
        text_clear(&counts);
        report_add_group_counts(&counts, &groups->group[i]);
        text_add(out, "<li class=group><a href=\"#");
        add_id(out, &groups->group[i]);
        text_add(out, "\">");
        html_add_capitalized(out, title_of(&groups->group[i]));
        text_add(out, "</a> <span>");
        encode_html(out, text_cstr(&counts));
        text_add(out, "</span>\n");
    }
}
