/*
 * Pictures as SVG in the page, each with its figures as a table. Lengths are per cent of the width
 * and labels are moved by pixels, so a chart fits any screen without its letters growing or
 * shrinking.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "core/seats.h"
#include "format/encode.h"
#include "report/html.h"

enum {
    BAR_HEIGHT = 16, /* pixels */
    BAR_STEP = 24,
    BAR_PERMILLE =
        450, /* of the width, for the longest bar; the rest is for labels, on a phone too */
    MORE_COLUMNS = 3, /* of figures that stand in the table alone */
    DEPARTMENT_BARS = 12,
    DEPARTMENT_LABEL = 20, /* characters; the table has all of it */
};

struct bar {
    const char *label; /* from outside or ours */
    size_t value;
    bool aside;   /* no part of the scale: another colour */
    bool at_most; /* the value is an upper bound */
    bool now;     /* as the rules ask: marked */
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

static void add_value(struct text *out, const struct bar *bar)
{
    if (bar->at_most)
        text_add(out, "at most ");
    report_add_number(out, bar->value);
}

static const char *class_of(const struct bar *bar)
{
    return bar->aside ? "bar other" : bar->now ? "bar now" : "bar";
}

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
              class_of(bar), bars->left, top, permille / 10, permille % 10, BAR_HEIGHT,
              permille / 10, permille % 10, bars->left + 8, top + 13);
    add_value(out, bar);
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
        add_value(out, &bars->bar[i]);
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

static void add_about_curve(struct text *out, const struct plan *plan, bool any_at_most)
{
    text_add(out,
             "Seats that would be freed if the rules for idle accounts asked for so many days, "
             "all else as it is.");
    if (plan->threshold > 0)
        text_addf(out, " Now they ask for at least <b>%d days</b>.", plan->threshold);
    if (any_at_most)
        text_add(out, " <b>At most</b>: the last login of some is to be read anew before a plan "
                      "proposes them, and who came back keeps the seat.");
}

void html_add_curve(struct text *out, const struct plan *plan)
{
    CLEANUP(text_release) struct text about = TEXT_INIT;
    bool any_at_most = false;
    struct text *label = mem_calloc(plan->curve_count, sizeof(label[0]));
    struct bar *bar = mem_calloc(plan->curve_count, sizeof(bar[0]));

    for (size_t i = 0; i < plan->curve_count; i++) {
        const struct simulate_point *point = &plan->curve[i];
        text_addf(&label[i], "%d days%s", point->days,
                  point->days == plan->threshold ? ", now" : "");
        any_at_most |= point->unread > 0;
        bar[i] = (struct bar){.label = text_cstr(&label[i]),
                              .value = point->seats,
                              .at_most = point->unread > 0,
                              .now = point->days == plan->threshold,
                              .more = {point->idle, point->later, point->kept}};
    }
    add_about_curve(&about, plan, any_at_most);
    if (plan->curve_count > 0) {
        text_add(out, "<section id=curve>\n<h2>With another threshold</h2>\n");
        add_bars(out, &(struct bars){
                          .title = "seats that would be freed, by the days without a login that "
                                   "the rules ask for",
                          .about = text_cstr(&about),
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

/* --- seats over time --- */

enum {
    SEATS_HEIGHT = 120, /* pixels, for the most */
    SEATS_TOP = 22,     /* above it, and below it, for labels */
    SEATS_SLOTS = 12,   /* at least so many columns have room */
    SEATS_SHARE = 800,  /* of 1000 for columns, the rest between them */
};

struct seats_chart {
    const struct plan_seats *first, *last;
    size_t most;      /* of the scale, which begins at nought */
    size_t days;      /* from the first to the last, both counted */
    size_t per_mille; /* of the width, for a column */
};

/* Days between neighbours: of many days not each has a column. */
static size_t smallest_gap(const struct plan *plan)
{
    size_t smallest = SIZE_MAX;

    for (size_t i = 1; i < plan->seats_count; i++) {
        size_t gap = (size_t)day_between(plan->seats[i - 1].day, plan->seats[i].day);
        smallest = gap < smallest ? gap : smallest;
    }
    return smallest;
}

static struct seats_chart seats_chart_of(const struct plan *plan)
{
    struct seats_chart chart = {.first = plan->seats,
                                .last = &plan->seats[plan->seats_count - 1],
                                .most = (size_t)plan->contracted};

    for (size_t i = 0; i < plan->seats_count; i++)
        chart.most = plan->seats[i].seats > chart.most ? plan->seats[i].seats : chart.most;
    chart.most += chart.most == 0;
    chart.days = (size_t)day_between(chart.first->day, chart.last->day) + 1;
    size_t slots = chart.days / smallest_gap(plan);
    chart.per_mille = SEATS_SHARE / (slots < SEATS_SLOTS ? SEATS_SLOTS : slots);
    chart.per_mille += chart.per_mille == 0;
    return chart;
}

static size_t seats_height(const struct seats_chart *chart, size_t seats)
{
    return (seats * SEATS_HEIGHT + chart->most / 2) / chart->most;
}

static void add_seats_column(struct text *out, const struct seats_chart *chart,
                             const struct plan_seats *seats)
{
    size_t after = (size_t)day_between(chart->first->day, seats->day);
    size_t left = chart->days > 1 ? after * (1000 - chart->per_mille) / (chart->days - 1) : 0;
    size_t height = seats_height(chart, seats->seats);

    text_addf(out,
              "<rect class=bar x=\"%zu.%zu%%\" y=\"%zu\" width=\"%zu.%zu%%\" height=\"%zu\"/>\n",
              left / 10, left % 10, SEATS_TOP + SEATS_HEIGHT - height, chart->per_mille / 10,
              chart->per_mille % 10, height);
}

static void add_contract_line(struct text *out, const struct seats_chart *chart, size_t contracted)
{
    size_t y = SEATS_TOP + SEATS_HEIGHT - seats_height(chart, contracted);

    text_addf(out,
              "<line class=contract x1=\"0\" x2=\"100%%\" y1=\"%zu\" y2=\"%zu\"/><text x=\"0\" "
              "y=\"13\">dashed: the contract, ",
              y, y);
    report_add_number(out, contracted);
    text_add(out, "</text>\n");
}

static void add_seats_picture(struct text *out, const struct plan *plan)
{
    struct seats_chart chart = seats_chart_of(plan);
    char first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];

    text_addf(out,
              "<svg role=\"img\" aria-label=\"Column chart: seats in use by day; the table below "
              "has the same figures\" width=\"100%%\" height=\"%d\">\n",
              SEATS_HEIGHT + 2 * SEATS_TOP);
    for (size_t i = 0; i < plan->seats_count; i++)
        add_seats_column(out, &chart, &plan->seats[i]);
    if (plan->contracted > 0)
        add_contract_line(out, &chart, (size_t)plan->contracted);
    text_addf(out,
              "<text x=\"0\" y=\"%d\">%s</text><text class=end x=\"100%%\" y=\"%d\">%s</text>\n"
              "</svg>\n",
              SEATS_HEIGHT + 2 * SEATS_TOP - 4, day_format(chart.first->day, first),
              SEATS_HEIGHT + 2 * SEATS_TOP - 4, day_format(chart.last->day, last));
}

/* "3,520 on 2026-09-01, 3,500 on 2026-11-22. The contract has 3,600: 100 are free." */
static void add_about_seats(struct text *out, const struct plan *plan)
{
    const struct plan_seats *first = plan->seats, *last = &plan->seats[plan->seats_count - 1];
    size_t contracted = (size_t)plan->contracted;
    char day[DAY_TEXT_SIZE];

    text_add(out, "<p>Active accounts: ");
    report_add_number(out, first->seats);
    text_addf(out, " on %s, ", day_format(first->day, day));
    report_add_number(out, last->seats);
    text_addf(out, " on %s.", day_format(last->day, day));
    if (contracted > 0) {
        bool over = last->seats > contracted;
        text_add(out, " The contract has ");
        report_add_counted(out, contracted, "seat");
        text_add(out, ": ");
        report_add_number(out, over ? last->seats - contracted : contracted - last->seats);
        text_add(out, over ? " more are in use." : " free.");
    }
    text_add(out, "</p>\n");
}

static void add_class_figure(struct text *out, bool is_told, int64_t figure)
{
    text_add(out, figure < 0 && is_told ? "<td class=beyond>" : "<td>");
    if (is_told)
        text_addf(out, "%lld", (long long)figure);
    else
        text_add(out, "&ndash;");
}

static void add_class(struct text *out, const struct class_seats *class)
{
    int64_t now = (int64_t) class->seats, after = (int64_t) class->seats_after;
    bool told = class->contracted >= 0;
    char price[MONEY_TEXT_MAX];

    text_add(out, "<tr><th scope=row>");
    html_add_bdi(out, class->name ? class->name : "no class");
    add_class_figure(out, true, now);
    add_class_figure(out, told, class->contracted);
    add_class_figure(out, told, class->contracted - now);
    add_class_figure(out, true, after);
    add_class_figure(out, told, class->contracted - after);
    if (class->price >= 0)
        text_addf(out, "<td>%s %s\n", money_format(class->price, price), class->currency);
    else
        text_add(out, "<td>&ndash;\n");
}

void html_add_classes(struct text *out, const struct plan *plan)
{
    if (plan->seat_class_count == 0)
        return;
    text_add(out, "<section id=classes>\n<h2>Seats by class</h2>\n<p>As configured, when this plan "
                  "was made; over what the contract has, Bynder charges extra.</p>\n<table "
                  "class=small>\n<thead><tr><th scope=col>Class<th scope=col>Seats<th scope=col>"
                  "Contracted<th scope=col>Free<th scope=col>Seats after<th scope=col>Free after"
                  "<th scope=col>A seat and year</thead>\n<tbody>\n");
    for (size_t i = 0; i < plan->seat_class_count; i++)
        add_class(out, &plan->seat_class[i]);
    text_add(out, "</tbody></table>\n</section>\n");
}

void html_add_seats(struct text *out, const struct plan *plan)
{
    char day[DAY_TEXT_SIZE];

    if (plan->seats_count < 2)
        return;
    text_add(out, "<section id=seats>\n<h2>Seats over time</h2>\n");
    add_about_seats(out, plan);
    add_seats_picture(out, plan);
    text_add(out, "<details>\n<summary>The same as a table</summary>\n<table class=small>\n<thead>"
                  "<tr><th scope=col>Day<th scope=col>Seats</thead>\n<tbody>\n");
    for (size_t i = 0; i < plan->seats_count; i++) {
        text_addf(out, "<tr><th scope=row>%s<td>", day_format(plan->seats[i].day, day));
        report_add_number(out, plan->seats[i].seats);
        text_add_char(out, '\n');
    }
    text_add(out, "</tbody></table>\n</details>\n</section>\n");
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
                            .left = 150,
                            .label_width = DEPARTMENT_LABEL,
                            .bar = bar,
                            .count = count,
                            .shown = count < DEPARTMENT_BARS ? count : DEPARTMENT_BARS});
    text_add(out, "</section>\n");
}
