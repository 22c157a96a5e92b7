/*
 * Pictures as SVG in the page, each with its figures as a table. Lengths are per cent of the width
 * and labels are moved by pixels, so a chart fits any screen without its letters growing or
 * shrinking.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "format/encode.h"
#include "report/html.h"

enum {
    BAR_HEIGHT = 16, /* pixels */
    BAR_STEP = 24,
    BAR_PERMILLE = 620, /* of the width, for the longest bar; the rest is for labels */
    MORE_COLUMNS = 3,   /* of figures that stand in the table alone */
    DEPARTMENT_BARS = 12,
    DEPARTMENT_LABEL = 24, /* characters; the table has all of it */
};

struct bar {
    const char *label; /* from outside or ours */
    size_t value;
    bool aside; /* no part of the scale: another colour */
    size_t more[MORE_COLUMNS];
};

struct bars {
    const char *title, *about;      /* ours */
    const char *unit;               /* of the column of values */
    const char *of;                 /* of the column of labels */
    const char *more[MORE_COLUMNS]; /* headings; NULL = there is none, and none behind */
    int left;                       /* pixels for the labels */
    size_t label_width;             /* characters; 0 = whole */
    const struct bar *bar;
    size_t count;
    size_t shown; /* in the picture: the table has all */
};

static void add_bar(struct text *out, const struct bars *bars, size_t i, size_t longest)
{
    const struct bar *bar = &bars->bar[i];
    size_t permille = longest > 0 ? (bar->value * BAR_PERMILLE + longest - 1) / longest : 0;
    size_t top = i * BAR_STEP;
    CLEANUP(text_release) struct text label = TEXT_INIT;

    if (bars->label_width > 0)
        text_add_excerpt(&label, bar->label, bars->label_width);
    else
        text_add(&label, bar->label);
    text_addf(out, "<text x=\"0\" y=\"%zu\">", top + 13);
    encode_html(out, text_cstr(&label));
    text_addf(out,
              "</text><rect class=\"%s\" x=\"%d\" y=\"%zu\" width=\"%zu.%zu%%\" height=\"%d\" "
              "rx=\"2\"/><text class=n x=\"%zu.%zu%%\" dx=\"%d\" y=\"%zu\">",
              bar->aside ? "bar other" : "bar", bars->left, top, permille / 10, permille % 10,
              BAR_HEIGHT, permille / 10, permille % 10, bars->left + 8, top + 13);
    report_add_number(out, bar->value);
    text_add(out, "</text>\n");
}

static void add_table(struct text *out, const struct bars *bars)
{
    text_addf(out,
              "<details>\n<summary>The same as a table</summary>\n<table class=small>\n"
              "<thead><tr><th scope=col>%s<th scope=col>%s",
              bars->of, bars->unit);
    for (size_t i = 0; i < MORE_COLUMNS && bars->more[i]; i++)
        text_addf(out, "<th scope=col>%s", bars->more[i]);
    text_add(out, "</thead>\n<tbody>\n");
    for (size_t i = 0; i < bars->count; i++) {
        text_add(out, "<tr><th scope=row>");
        html_add_bdi(out, bars->bar[i].label);
        text_add(out, "<td>");
        report_add_number(out, bars->bar[i].value);
        for (size_t column = 0; column < MORE_COLUMNS && bars->more[column]; column++) {
            text_add(out, "<td>");
            report_add_number(out, bars->bar[i].more[column]);
        }
        text_add_char(out, '\n');
    }
    text_add(out, "</tbody></table>\n</details>\n");
}

static void add_bars(struct text *out, const struct bars *bars)
{
    size_t longest = 0;

    for (size_t i = 0; i < bars->shown; i++)
        longest = bars->bar[i].value > longest ? bars->bar[i].value : longest;
    text_addf(out,
              "<p>%s</p>\n<svg role=\"img\" aria-label=\"Bar chart: %s; the table below has the "
              "same figures\" width=\"100%%\" height=\"%zu\">\n",
              bars->about, bars->title, bars->shown * BAR_STEP);
    for (size_t i = 0; i < bars->shown; i++)
        add_bar(out, bars, i, longest);
    text_add(out, "</svg>\n");
    add_table(out, bars);
}

/* --- idle days --- */

enum { IDLE_BARS = PLAN_IDLE_BUCKETS + 2 };

static size_t idle_value(const struct plan_idle *idle, size_t bar)
{
    if (bar < PLAN_IDLE_BUCKETS)
        return idle->bucket[bar];
    return bar == PLAN_IDLE_BUCKETS ? idle->never : idle->unknown;
}

static void add_idle_label(struct text *out, size_t bar)
{
    if (bar + 1 < PLAN_IDLE_BUCKETS)
        text_addf(out, "%zu\xE2\x80\x93%zu", bar * 30, bar * 30 + 29);
    else if (bar < PLAN_IDLE_BUCKETS)
        text_addf(out, "%zu or more", bar * 30);
    else
        text_add(out, bar == PLAN_IDLE_BUCKETS ? "never" : "not known");
}

void html_add_idle(struct text *out, const struct plan_idle *idle)
{
    struct text label[IDLE_BARS];
    struct bar bar[IDLE_BARS];

    for (size_t i = 0; i < IDLE_BARS; i++) {
        label[i] = TEXT_INIT;
        add_idle_label(&label[i], i);
        bar[i] = (struct bar){.label = text_cstr(&label[i]),
                              .value = idle_value(idle, i),
                              .aside = i >= PLAN_IDLE_BUCKETS};
    }
    text_add(out, "<section id=idle>\n<h2>Days since the last login</h2>\n");
    add_bars(out, &(struct bars){.title = "active accounts by days since their last login",
                                 .about = "Active accounts, by whole days without a login.",
                                 .unit = "Active accounts",
                                 .of = "Days",
                                 .left = 92,
                                 .bar = bar,
                                 .count = IDLE_BARS,
                                 .shown = IDLE_BARS});
    text_add(out, "</section>\n");
    for (size_t i = 0; i < IDLE_BARS; i++)
        text_release(&label[i]);
}

/* --- other thresholds --- */

void html_add_curve(struct text *out, const struct plan *plan)
{
    struct text *label = mem_calloc(plan->curve_count, sizeof(label[0]));
    struct bar *bar = mem_calloc(plan->curve_count, sizeof(bar[0]));

    for (size_t i = 0; i < plan->curve_count; i++) {
        const struct simulate_point *point = &plan->curve[i];
        text_addf(&label[i], "%d days", point->days);
        bar[i] = (struct bar){.label = text_cstr(&label[i]),
                              .value = point->seats,
                              .more = {point->idle, point->later, point->kept}};
    }
    if (plan->curve_count > 0) {
        text_add(out, "<section id=curve>\n<h2>With another threshold</h2>\n");
        add_bars(out, &(struct bars){
                          .title = "seats that would be freed, by the days without a login that "
                                   "the rules ask for",
                          .about = "Seats that would be freed if the rules for idle accounts asked "
                                   "for so many days, all else as it is.",
                          .unit = "Seats",
                          .of = "Threshold",
                          .more = {"As idle", "After grace", "Idle, and kept"},
                          .left = 92,
                          .bar = bar,
                          .count = plan->curve_count,
                          .shown = plan->curve_count});
        text_add(out, "</section>\n");
    }
    for (size_t i = 0; i < plan->curve_count; i++)
        text_release(&label[i]);
    free(label);
    free(bar);
}

/* --- departments --- */

static int by_label(const void *a, const void *b)
{
    return text_compare(((const struct bar *)a)->label, ((const struct bar *)b)->label);
}

static int by_value(const void *a, const void *b)
{
    const struct bar *left = a, *right = b;

    return left->value != right->value ? (left->value < right->value) - (left->value > right->value)
                                       : by_label(a, b);
}

/* A bar for each row, then one for each department. */
static size_t collect_departments(const struct plan *plan, struct bar *bar)
{
    size_t rows = 0, count = 0;

    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        bool named = !text_is_empty(row->department);
        if (!actions[row->action].frees_seat)
            continue;
        bar[rows++] = (struct bar){
            .label = named ? row->department : "no department", .value = 1, .aside = !named};
    }
    qsort(bar, rows, sizeof(bar[0]), by_label);
    for (size_t i = 0; i < rows; i++) {
        if (count > 0 && text_equal(bar[count - 1].label, bar[i].label))
            bar[count - 1].value++;
        else
            bar[count++] = bar[i];
    }
    qsort(bar, count, sizeof(bar[0]), by_value);
    return count;
}

void html_add_departments(struct text *out, const struct plan *plan)
{
    CLEANUP(mem_cleanup) void *memory = mem_calloc(plan->row_count, sizeof(struct bar));
    struct bar *bar = memory;
    size_t count = collect_departments(plan, bar);

    if (count < 2)
        return;
    text_add(out, "<section id=departments>\n<h2>By department</h2>\n");
    add_bars(out,
             &(struct bars){.title = "seats that would be freed, by department",
                            .about = count > DEPARTMENT_BARS
                                         ? "Seats that would be freed: the departments with most."
                                         : "Seats that would be freed.",
                            .unit = "Seats",
                            .of = "Department",
                            .left = 200,
                            .label_width = DEPARTMENT_LABEL,
                            .bar = bar,
                            .count = count,
                            .shown = count < DEPARTMENT_BARS ? count : DEPARTMENT_BARS});
    text_add(out, "</section>\n");
}
