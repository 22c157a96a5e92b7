/*
 * The plan as text for people: what would happen first, then what holds it, who is in it and why,
 * then the figures behind it, last what to do next. Colour only ever repeats what a word says.
 *
 * Long groups show their beginning; a held plan shows every row, because who tripped the guard is
 * the question then.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "core/seats.h"
#include "format/encode.h"
#include "host/command.h"
#include "report/parts.h"
#include "report/savings.h"

enum {
    GROUP_SHOWN = 20,    /* rows of a long group */
    REASON_BESIDE = 44,  /* columns below which a reason goes under its row */
    LIMIT_COLUMNS = 26,  /* of a guard's limit and actual */
    WIDTH_DEFAULT = 100, /* columns */
    WIDTH_LEAST = 60,
};

struct painter {
    struct text *out;
    bool color;
    size_t width;
};

#define BOLD   "1"
#define DIM    "2"
#define RED    "1;31"
#define GREEN  "32"
#define YELLOW "33"

static void paint(const struct painter *painter, const char *style, const char *string)
{
    if (painter->color)
        text_addf(painter->out, "\x1b[%sm", style);
    text_add_printable(painter->out, string);
    if (painter->color)
        text_add(painter->out, "\x1b[0m");
}

/* A paragraph behind `indent` blanks. */
static void add_paragraph(const struct painter *painter, size_t indent, const char *string)
{
    if (text_is_empty(string))
        return;
    text_addf(painter->out, "%*s", (int)indent, "");
    encode_wrapped(painter->out, string, indent, painter->width - indent);
    text_add_char(painter->out, '\n');
}

static void add_heading(const struct painter *painter, const char *string)
{
    text_add_char(painter->out, '\n');
    if (painter->color)
        text_add(painter->out, "\x1b[" BOLD "m");
    encode_wrapped(painter->out, string, 4, painter->width - 4);
    if (painter->color)
        text_add(painter->out, "\x1b[0m");
    text_add_char(painter->out, '\n');
}

static void drop_trailing_blanks(struct text *out)
{
    while (out->length > 0 && out->data[out->length - 1] == ' ')
        out->data[--out->length] = '\0';
}

/* --- headline and what holds --- */

static void add_headline(const struct painter *painter, const struct plan *plan)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    char created[INSTANT_TEXT_SIZE];

    text_addf(&line, "%s: ", plan->portal ? plan->portal : "portal");
    report_add_headline(&line, plan);
    paint(painter, BOLD, text_cstr(&line));
    text_add_char(painter->out, '\n');
    text_clear(&line);
    if (plan->id > 0)
        text_addf(&line, "plan %lld", (long long)plan->id);
    else
        text_add(&line, "plan, not stored");
    text_addf(&line, ", %s, made %s; %s", plan_state_name(plan->state),
              instant_format(plan->created_at, created), report_state_sentence(plan));
    add_paragraph(painter, 0, text_cstr(&line));
    text_clear(&line);
    report_add_since(&line, plan);
    text_add(&line, plan->since.new_rows > 0 ? "; they begin with +" : "");
    add_paragraph(painter, 0, text_cstr(&line));
}

static void add_advice_command(const struct painter *painter, size_t indent, const char *id)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;
    const char *purpose = report_advice_command(id, &command);

    if (!purpose)
        return;
    text_addf(painter->out, "%*s%s:\n%*s", (int)indent, "", purpose, (int)indent + 2, "");
    text_add_printable(painter->out, text_cstr(&command));
    text_add_char(painter->out, '\n');
}

/* What lets it go: somebody did, or the command that does. */
static void add_let_go(const struct painter *painter, const struct plan *plan,
                       const struct guard_finding *guard)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    report_add_acknowledged(&line, guard);
    if (line.length > 0) {
        add_paragraph(painter, 6, text_cstr(&line));
        return;
    }
    if (!report_add_let_go(&line, plan, guard))
        return;
    add_paragraph(painter, 6,
                  "what it found is right after all: let it go, which approves no row, with");
    text_add(painter->out, "        ");
    text_add_printable(painter->out, text_cstr(&line)); /* in one piece: it is to be pasted */
    text_add_char(painter->out, '\n');
}

static void add_hold(const struct painter *painter, const struct plan *plan,
                     const struct guard_finding *guard)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    const char *title = report_guard_title(guard->id), *advice = report_guard_advice(guard->id);

    text_addf(&line, "%s %s: limit %s, actual %s", guard->id, title ? title : "",
              guard->limit ? guard->limit : "-", guard->actual ? guard->actual : "-");
    add_paragraph(painter, 2, text_cstr(&line));
    add_paragraph(painter, 6, guard->text);
    if (advice) {
        text_clear(&line);
        text_addf(&line, "what to do: %s", advice);
        add_paragraph(painter, 6, text_cstr(&line));
        add_advice_command(painter, 6, guard->id);
    }
    add_let_go(painter, plan, guard);
}

static void add_holds(const struct painter *painter, const struct plan *plan)
{
    if (!report_is_held(plan))
        return;
    text_add_char(painter->out, '\n');
    paint(painter, RED, "HELD");
    text_add(painter->out, " by ");
    for (size_t i = 0, shown = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].hold)
            text_addf(painter->out, "%s%s", shown++ > 0 ? ", " : "", plan->guard[i].id);
    }
    text_add(painter->out, ": nothing of what is held will be done\n");
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].hold)
            add_hold(painter, plan, &plan->guard[i]);
    }
}

/* --- rows --- */

enum { COLUMN_NAME = 0, COLUMN_EMAIL, COLUMN_LOGIN, COLUMN_DEPARTMENT, COLUMN_COUNT };

static const struct {
    const char *title;
    size_t most; /* terminal columns */
    size_t least;
} columns[COLUMN_COUNT] = {
    {"name", 26, 18},
    {"e-mail", 34, 14},
    {"last login", 10, 10},
    {"department", 18, 10},
};

static const char *cell(const struct plan_row *row, size_t column, char day[static DAY_TEXT_SIZE])
{
    const char *value = column == COLUMN_NAME    ? report_name_of(row)
                        : column == COLUMN_EMAIL ? row->email
                                                 : row->department;

    if (column == COLUMN_LOGIN)
        return day_format(instant_day(row->last_login, &zone_utc), day);
    return text_is_empty(value) ? "-" : value;
}

struct layout {
    size_t shown; /* rows */
    size_t width[COLUMN_COUNT];
    size_t reason; /* columns left for the reason; 0 = it goes under the row */
};

static struct layout layout_of(const struct painter *painter, const struct report_group *group,
                               bool all)
{
    struct layout layout = {.shown =
                                all || group->count <= GROUP_SHOWN ? group->count : GROUP_SHOWN};
    size_t used = 2, widest;
    char day[DAY_TEXT_SIZE];

    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        widest = strlen(columns[c].title);
        for (size_t i = 0; i < layout.shown && widest < columns[c].most; i++) {
            size_t width = encode_width(cell(group->row[i], c, day));

            widest = width > widest ? width : widest;
        }
        layout.width[c] = widest < columns[c].most ? widest : columns[c].most;
        used += layout.width[c] + 2;
    }
    if (used + REASON_BESIDE <= painter->width) {
        layout.reason = painter->width - used;
        return layout;
    }
    for (size_t c = 0; c < COLUMN_COUNT; c++) { /* the reason goes under the row */
        for (; used - 2 > painter->width && layout.width[c] > columns[c].least; used--)
            layout.width[c]--;
    }
    return layout;
}

static void add_row(const struct painter *painter, const struct layout *layout,
                    const struct plan_row *row)
{
    size_t indent = 2;
    char day[DAY_TEXT_SIZE];

    text_add(painter->out, row->standing.is_new ? "+ " : "  ");
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        encode_cell(painter->out, cell(row, c, day), layout->width[c]);
        text_add(painter->out, "  ");
        indent += layout->width[c] + 2;
    }
    CLEANUP(text_release) struct text reason = TEXT_INIT;
    CLEANUP(text_release) struct text standing = TEXT_INIT;
    report_add_standing(&standing, row);
    text_addf(&reason, "%s%s%s", row->reason ? row->reason : "", standing.length ? "; " : "",
              text_cstr(&standing));
    if (layout->reason > 0) {
        encode_wrapped(painter->out, text_cstr(&reason), indent, layout->reason);
        drop_trailing_blanks(painter->out);
        text_add_char(painter->out, '\n');
        return;
    }
    drop_trailing_blanks(painter->out);
    text_add_char(painter->out, '\n');
    add_paragraph(painter, 6, text_cstr(&reason));
}

static void add_column_titles(const struct painter *painter, const struct layout *layout)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    text_add(&line, "  ");
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        encode_cell(&line, columns[c].title, layout->width[c]);
        text_add(&line, "  ");
    }
    if (layout->reason > 0)
        text_add(&line, "reason");
    drop_trailing_blanks(&line);
    paint(painter, DIM, text_cstr(&line));
    text_add_char(painter->out, '\n');
}

static void add_group(const struct painter *painter, const struct report_group *group, bool all)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    struct layout layout = layout_of(painter, group, all && group->section != REPORT_KEEPS);
    const char *advice =
        group->section == REPORT_FINDINGS ? report_row_advice(group->row[0]->clause) : NULL;

    report_add_group_title(&line, group);
    text_add(&line, " (");
    report_add_group_counts(&line, group);
    text_add(&line, ")");
    add_heading(painter, text_cstr(&line));
    if (advice) {
        text_clear(&line);
        text_addf(&line, "what to do: %s", advice);
        add_paragraph(painter, 2, text_cstr(&line));
        add_advice_command(painter, 2, group->row[0]->clause);
    }
    add_column_titles(painter, &layout);
    for (size_t i = 0; i < layout.shown; i++) {
        add_row(painter, &layout, group->row[i]);
        text_spill(painter->out);
    }
    if (layout.shown < group->count) {
        text_add(painter->out, "  \xE2\x80\xA6 ");
        report_add_number(painter->out, group->count - layout.shown);
        text_add(painter->out, " more (see --format csv, json or html)\n");
    }
}

static void add_groups(const struct painter *painter, const struct plan *plan)
{
    CLEANUP(report_groups_release)
    struct report_groups groups = report_groups_of(plan, report_by_rule);

    for (size_t i = 0; i < groups.count; i++)
        add_group(painter, &groups.group[i], report_is_held(plan));
}

static void add_notes(const struct painter *painter, const struct plan *plan)
{
    if (plan->note_count == 0)
        return;
    add_heading(painter, report_notes_title(plan));
    for (size_t i = 0; i < plan->note_count; i++)
        add_paragraph(painter, 2, plan->note[i]);
}

/* --- guards --- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void add_guard_table(const struct painter *painter, const struct plan *plan)
{
    CLEANUP(text_release) struct text says = TEXT_INIT;
    size_t limit = strlen("limit"), actual = strlen("actual"), indent;

    for (size_t i = 0; i < plan->guard_count; i++) {
        limit = most(limit, least(encode_width(plan->guard[i].limit), LIMIT_COLUMNS));
        actual = most(actual, least(encode_width(plan->guard[i].actual), LIMIT_COLUMNS));
    }
    indent = 2 + 8 + 6 + limit + 2 + actual + 2;
    add_heading(painter, "guards");
    for (size_t i = 0; i < plan->guard_count; i++) {
        const struct guard_finding *guard = &plan->guard[i];

        text_addf(painter->out, "  %-6s  ", guard->id);
        paint(painter, guard->hold ? RED : GREEN, guard->hold ? "HOLD" : "pass");
        text_add(painter->out, "  ");
        encode_cell(painter->out, guard->limit ? guard->limit : "-", limit);
        text_add(painter->out, "  ");
        encode_cell(painter->out, guard->actual ? guard->actual : "-", actual);
        text_add(painter->out, "  ");
        text_clear(&says);
        text_add(&says, guard->text ? guard->text : "");
        text_add(&says, guard->let_go_by ? "; " : "");
        report_add_acknowledged(&says, guard);
        encode_wrapped(painter->out, text_cstr(&says), indent,
                       painter->width > indent + 20 ? painter->width - indent : 20);
        drop_trailing_blanks(painter->out);
        text_add_char(painter->out, '\n');
    }
}

static bool is_any_let_go(const struct plan *plan)
{
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].let_go_by)
            return true;
    }
    return false;
}

static void add_guards(const struct painter *painter, const struct plan *plan)
{
    if (plan_acts(plan) > 0 || report_is_held(plan) || is_any_let_go(plan)) {
        add_guard_table(painter, plan);
        return;
    }
    text_addf(painter->out, "\nguards: %zu looked at, none holds\n", plan->guard_count);
}

/* --- figures, inputs, what comes next --- */

static void add_totals(const struct painter *painter, const struct plan *plan)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    const struct plan_totals *totals = &plan->totals;

    add_heading(painter, "totals");
    text_add(&line, "seats ");
    report_add_number(&line, totals->seats_now);
    text_add(&line, " \xE2\x86\x92 ");
    report_add_number(&line, totals->seats_after);
    text_add(&line, " of active accounts");
    add_paragraph(painter, 2, text_cstr(&line));
    text_clear(&line);
    text_add(&line, "keep ");
    report_add_number(&line, totals->of[ACTION_KEEP]);
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a)) {
        text_addf(&line, ", %s ", action_name(a));
        report_add_number(&line, totals->of[a]);
    }
    add_paragraph(painter, 2, text_cstr(&line));
    if (totals->approved + totals->kept + totals->done == 0)
        return;
    text_clear(&line);
    text_addf(&line, "approved %zu, kept or rejected %zu, done %zu", totals->approved, totals->kept,
              totals->done);
    add_paragraph(painter, 2, text_cstr(&line));
}

/* " (2 over)", " (3 free)" */
static void add_free(struct text *line, const struct class_seats *class, size_t seats)
{
    int64_t free = class->contracted - (int64_t)seats;

    if (class->contracted >= 0)
        text_addf(line, " (%lld %s)", (long long)(free < 0 ? -free : free),
                  free < 0 ? "over" : "free");
}

static void add_class(const struct painter *painter, const struct class_seats *class)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    char price[MONEY_TEXT_MAX];

    text_add(&line, class->name ? class->name : "(no class)");
    text_addf(&line, ": %zu %s", class->seats, class->seats == 1 ? "seat" : "seats");
    if (class->contracted >= 0)
        text_addf(&line, " of %lld contracted", (long long)class->contracted);
    add_free(&line, class, class->seats);
    text_addf(&line, ", %zu after", class->seats_after);
    add_free(&line, class, class->seats_after);
    if (class->price >= 0)
        text_addf(&line, ", %s %s a seat and year", money_format(class->price, price),
                  class->currency);
    add_paragraph(painter, 2, text_cstr(&line));
}

static void add_classes(const struct painter *painter, const struct plan *plan)
{
    if (plan->seat_class_count == 0)
        return;
    add_heading(painter, "seats by class");
    for (size_t i = 0; i < plan->seat_class_count; i++)
        add_class(painter, &plan->seat_class[i]);
}

static void add_savings(const struct painter *painter, const struct plan *plan)
{
    if (plan->savings_count == 0)
        return;
    add_heading(painter, "savings");
    for (size_t i = 0; i < plan->savings_count; i++) {
        CLEANUP(text_release) struct text line = TEXT_INIT;
        savings_add_sentence(&line, &plan->savings[i]);
        add_paragraph(painter, 2, text_cstr(&line));
    }
    CLEANUP(mem_cleanup) char *command = command_make("audit savings");
    CLEANUP(text_release) struct text more = TEXT_INIT;
    text_addf(&more, "what these mean, and by month: %s", command);
    add_paragraph(painter, 2, text_cstr(&more));
}

static void add_accounts_input(const struct painter *painter, const struct plan_inputs *inputs)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    char at[INSTANT_TEXT_SIZE];

    text_add(&line, "accounts  ");
    if (inputs->snapshot_source == SNAPSHOT_FROM_EXPORT)
        text_addf(&line, "export file '%s', last changed ", inputs->snapshot_file);
    text_addf(&line, "%s, ", instant_format(inputs->snapshot_taken_at, at));
    report_add_number(&line, inputs->accounts);
    text_add(&line, " (");
    report_add_number(&line, inputs->active);
    text_add(&line, " active, ");
    report_add_number(&line, inputs->inactive);
    text_add(&line, " inactive");
    if (inputs->unreadable > 0)
        text_addf(&line, ", %zu unreadable", inputs->unreadable);
    if (inputs->gone > 0)
        text_addf(&line, ", besides %zu gone", inputs->gone);
    text_add(&line, "), ");
    text_add(&line, inputs->snapshot_complete ? "complete, " : "INCOMPLETE, ");
    report_add_counted(&line, inputs->requests, "request");
    text_add(painter->out, "  ");
    encode_wrapped(painter->out, text_cstr(&line), 12, painter->width - 12);
    text_add_char(painter->out, '\n');
    if (!inputs->snapshot_complete)
        add_paragraph(painter, 12, inputs->snapshot_incomplete_reason);
}

static void add_inputs(const struct painter *painter, const struct plan *plan)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    const struct plan_inputs *inputs = &plan->inputs;
    char at[INSTANT_TEXT_SIZE], day[DAY_TEXT_SIZE];

    add_heading(painter, "made from");
    add_accounts_input(painter, inputs);
    text_addf(&line, "roster    %s, ", instant_format(inputs->roster_read_at, at));
    report_add_number(&line, inputs->people);
    text_add(&line, inputs->people == 1 ? " person" : " people");
    text_addf(&line, ", %zu rejected, %zu duplicate", inputs->rejected, inputs->duplicates);
    if (inputs->roster_source)
        text_addf(&line, ", %s", inputs->roster_source);
    text_add(painter->out, "  ");
    encode_wrapped(painter->out, text_cstr(&line), 12, painter->width - 12);
    text_clear(&line);
    text_addf(&line, "policy    mode \"%s\", time zone %s, today %s",
              inputs->enforce ? "enforce" : "report", plan->time_zone ? plan->time_zone : "UTC",
              day_format(plan->today, day));
    text_add_char(painter->out, '\n');
    add_paragraph(painter, 2, text_cstr(&line));
}

static void add_identity(const struct painter *painter, const struct plan *plan)
{
    char head[AUDIT_HEAD_SIZE];
    char hex[DIGEST_HEX_SIZE];

    if (plan_is_report(plan))
        return;
    add_heading(painter, "this plan");
    if (plan->id > 0)
        text_addf(painter->out, "  id       %lld\n", (long long)plan->id);
    text_addf(painter->out, "  digest   %s\n", digest_hex(&plan->digest, hex));
    if (plan->audit_head.sequence)
        text_addf(painter->out, "  audit    %s\n", audit_head_format(&plan->audit_head, head));
    if (plan_acts(plan) > 0) {
        text_add(painter->out, "  needs    approval");
        report_add_approvals(painter->out, plan);
        text_add_char(painter->out, '\n');
    }
}

static void add_commands(const struct painter *painter, const struct plan *plan)
{
    CLEANUP(text_release) struct text purpose = TEXT_INIT;
    CLEANUP(text_release) struct text command = TEXT_INIT;

    for (size_t i = 0; report_command(plan, i, &purpose, &command); i++) {
        if (i == 0)
            add_heading(painter, "next");
        text_add(painter->out, "  ");
        paint(painter, DIM, text_cstr(&purpose));
        text_add(painter->out, ":\n    ");
        text_add_printable(painter->out, text_cstr(&command));
        text_add_char(painter->out, '\n');
        text_clear(&purpose);
        text_clear(&command);
    }
}

void report_add_text(const struct plan *plan, const struct report_style *style, struct text *out)
{
    const struct painter painter = {
        .out = out,
        .color = style && style->color,
        .width = !style || style->width == 0  ? WIDTH_DEFAULT
                 : style->width < WIDTH_LEAST ? WIDTH_LEAST
                                              : style->width,
    };

    add_headline(&painter, plan);
    add_holds(&painter, plan);
    add_groups(&painter, plan);
    add_notes(&painter, plan);
    add_guards(&painter, plan);
    add_totals(&painter, plan);
    add_classes(&painter, plan);
    add_savings(&painter, plan);
    add_inputs(&painter, plan);
    add_identity(&painter, plan);
    add_commands(&painter, plan);
}
