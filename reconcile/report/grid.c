#include "report/grid.h"

#include "base/words.h"
#include "format/encode.h"
#include "report/html.h"

/* --- what is in it --- */

static const char *number_or_none(struct arena *arena, int64_t number)
{
    return number < 0 ? NULL : arena_printf(arena, "%lld", (long long)number);
}

/* "+2", "-3", "0" */
static const char *change(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%s%lld", number > 0 ? "+" : "", (long long)number);
}

/* What so many seats cost a year, or as many missing ones; NULL where no price is told. */
static const char *worth(struct arena *arena, int64_t seats, int64_t price, const char *currency)
{
    char text[MONEY_TEXT_MAX];
    int64_t amount = 0;

    if (price < 0 || !currency ||
        __builtin_mul_overflow(seats < 0 ? -seats : seats, price, &amount))
        return NULL;
    return arena_printf(arena, "%s%s %s", seats < 0 ? "-" : "", money_format(amount, text),
                        currency);
}

/* One after the other. */
static void put(struct grid *grid, size_t *cell, const char *value)
{
    grid->cell[(*cell)++] = value;
}

static struct grid grid_begin(struct arena *arena, const struct grid *like, size_t rows)
{
    struct grid grid = *like;

    grid.rows = rows;
    grid.cell = arena_calloc(arena, rows * grid.columns + 1, sizeof(grid.cell[0]));
    return grid;
}

static const char *name_of(const char *class)
{
    return class ? class : "(no class)";
}

/* What is not needed is not done, so everything after a plan is the most that it can free. */
static const char *as_needed(struct arena *arena, const struct plan *plan)
{
    return plan->keep_free == 0
               ? ""
               : arena_printf(arena,
                              "; at most, because seats.keep_free takes back for lack of use only "
                              "what is missing until %lld of a class are free",
                              (long long)plan->keep_free);
}

/* --- seats by class --- */

static const char *const class_head[] = {"class",       "seats",      "contracted",     "free",
                                         "seats after", "free after", "a seat and year"};
static const struct grid class_grid = {.id = "classes",
                                       .title = "Seats by class",
                                       .sheet = "seats by class",
                                       .warns = 1U << 3 | 1U << 5,
                                       .head = class_head,
                                       .columns = COUNT_OF(class_head)};

static const char *difference(struct arena *arena, int64_t contracted, size_t seats)
{
    return contracted < 0 ? NULL
                          : arena_printf(arena, "%lld", (long long)(contracted - (int64_t)seats));
}

static struct grid grid_of_classes(struct arena *arena, const struct plan *plan)
{
    struct grid grid = grid_begin(arena, &class_grid, plan->seat_class_count);
    size_t cell = 0;

    grid.about = arena_printf(arena,
                              "As configured when this plan was made, and after all of it%s. Over "
                              "what the contract has, Bynder charges extra.",
                              as_needed(arena, plan));
    for (size_t i = 0; i < grid.rows; i++) {
        const struct class_seats *class = &plan->seat_class[i];
        put(&grid, &cell, name_of(class->name));
        put(&grid, &cell, arena_printf(arena, "%zu", class->seats));
        put(&grid, &cell, number_or_none(arena, class->contracted));
        put(&grid, &cell, difference(arena, class->contracted, class->seats));
        put(&grid, &cell, arena_printf(arena, "%zu", class->seats_after));
        put(&grid, &cell, difference(arena, class->contracted, class->seats_after));
        put(&grid, &cell, worth(arena, 1, class->price, class->currency));
    }
    return grid;
}

/* --- the renewal --- */

static const char *in_days(struct arena *arena, int days)
{
    return days == 0 ? "today" : arena_printf(arena, "in %d day%s", days, days == 1 ? "" : "s");
}

static const char *about_renewal(struct arena *arena, const struct plan *plan)
{
    const struct renewal *renewal = &plan->renewal;
    char day[DAY_TEXT_SIZE];

    return arena_printf(
        arena,
        "The contract is renewed on %s, %s. So many seats will be in use then if all of this plan "
        "is done%s. %lld people in HR's file start by then and have no account yet; how many seats "
        "they take is an estimate, by the share of the %lld at work who have one.",
        day_format(renewal->on, day), in_days(arena, renewal->days), as_needed(arena, plan),
        (long long)renewal->starters, (long long)renewal->at_work);
}

static const char *const renewal_head[] = {"class",        "in use now",   "by the plan",
                                           "people leave", "people start", "in use then",
                                           "contracted",   "left over",    "worth a year"};
static const struct grid renewal_grid = {.id = "renewal",
                                         .title = "Seats on the day of the renewal",
                                         .sheet = "renewal",
                                         .warns = 1U << 7 | 1U << 8,
                                         .head = renewal_head,
                                         .columns = COUNT_OF(renewal_head)};

static struct grid grid_of_renewal(struct arena *arena, const struct plan *plan)
{
    const struct renewal *renewal = &plan->renewal;
    struct grid grid =
        grid_begin(arena, &renewal_grid, day_is_set(renewal->on) ? renewal->count : 0);
    size_t cell = 0;

    grid.about = grid.rows > 0 ? about_renewal(arena, plan) : NULL;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct renewal_class *item = &renewal->item[i];
        int64_t left = 0;
        bool is_told = renewal_left_over(item, &left);
        put(&grid, &cell, name_of(item->name));
        put(&grid, &cell, number_or_none(arena, item->now));
        put(&grid, &cell, change(arena, -item->planned));
        put(&grid, &cell, change(arena, -item->leaving));
        put(&grid, &cell, change(arena, item->starting));
        put(&grid, &cell, number_or_none(arena, item->expected));
        put(&grid, &cell, number_or_none(arena, item->contracted));
        put(&grid, &cell, is_told ? arena_printf(arena, "%lld", (long long)left) : NULL);
        put(&grid, &cell, is_told ? worth(arena, left, item->price, item->currency) : NULL);
    }
    return grid;
}

/* --- savings --- */

static const char *const savings_head[] = {"class",
                                           "currency",
                                           "exposed",
                                           "worth a year",
                                           "freed days this month",
                                           "freed this month",
                                           "freed days this year",
                                           "freed this year",
                                           "reducible",
                                           "worth a year"};
static const struct grid savings_grid = {
    .id = "savings",
    .title = "Savings",
    .sheet = "savings",
    .about =
        "Of the month and year of this plan, as the history knows them now. Exposed: seats that "
        "the "
        "newest plan of that month says are not needed, without what is done of it, and what "
        "they cost a year. Freed: days on which seats were really free by acts of this program, "
        "each at "
        "the price of that day; a come-back or somebody else in the seat ends it, and a come-back "
        "within 31 days undoes it. Reducible: seats by which the contract could be smaller at its "
        "renewal once that plan is done. They say different things and are never added, nor are "
        "currencies; 'audit savings' has them by month.",
    .head = savings_head,
    .columns = COUNT_OF(savings_head)};

static struct grid grid_of_savings(struct arena *arena, const struct plan *plan)
{
    struct grid grid = grid_begin(arena, &savings_grid, plan->savings_count);
    size_t cell = 0;

    for (size_t i = 0; i < grid.rows; i++) {
        const struct plan_savings *one = &plan->savings[i];
        put(&grid, &cell, name_of(one->class));
        put(&grid, &cell,
            one->currency         ? one->currency
            : one->two_currencies ? "(two currencies)"
                                  : "(no price)");
        put(&grid, &cell, number_or_none(arena, one->exposed_seats));
        put(&grid, &cell, one->currency ? one->exposed : NULL);
        put(&grid, &cell, number_or_none(arena, one->freed_seat_days));
        put(&grid, &cell, one->currency ? one->freed : NULL);
        put(&grid, &cell, number_or_none(arena, one->year_seat_days));
        put(&grid, &cell, one->currency ? one->year_freed : NULL);
        put(&grid, &cell, number_or_none(arena, one->reducible_seats));
        put(&grid, &cell, one->reducible);
    }
    return grid;
}

size_t grids_of(struct arena *arena, const struct plan *plan, struct grid ret_grid[GRIDS_MAX])
{
    const struct grid all[GRIDS_MAX] = {grid_of_classes(arena, plan), grid_of_renewal(arena, plan),
                                        grid_of_savings(arena, plan)};
    size_t count = 0;

    for (size_t i = 0; i < GRIDS_MAX; i++) {
        if (all[i].rows > 0)
            ret_grid[count++] = all[i];
    }
    return count;
}

/* --- how it is shown --- */

static const char *shown(const struct grid *grid, size_t row, size_t column)
{
    const char *cell = grid->cell[row * grid->columns + column];

    return cell ? cell : "-";
}

static size_t width_of(const struct grid *grid, size_t column)
{
    size_t width = encode_width(grid->head[column]);

    for (size_t i = 0; i < grid->rows; i++) {
        size_t one = encode_width(shown(grid, i, column));
        width = one > width ? one : width;
    }
    return width;
}

static void add_line(struct text *out, const struct grid *grid, size_t row, bool is_head)
{
    for (size_t c = 0; c < grid->columns; c++) {
        const char *value = is_head ? grid->head[c] : shown(grid, row, c);
        size_t width = width_of(grid, c), own = encode_width(value);
        text_add(out, "  ");
        if (c > 0)
            text_addf(out, "%*s", (int)(width > own ? width - own : 0), "");
        encode_cell(out, value, c > 0 ? own : width);
    }
    text_add_char(out, '\n');
}

static bool fits(const struct grid *grid, size_t width)
{
    size_t needed = 0;

    for (size_t c = 0; c < grid->columns; c++)
        needed += 2 + width_of(grid, c);
    return needed <= width;
}

/* "Heavy: in use now 41, by the plan -3, ..." */
static void add_sentence(struct text *out, const struct grid *grid, size_t row, size_t width)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    text_addf(&line, "%s:", shown(grid, row, 0));
    for (size_t c = 1; c < grid->columns; c++)
        text_addf(&line, "%s %s %s", c > 1 ? "," : "", grid->head[c], shown(grid, row, c));
    text_add(out, "  ");
    encode_wrapped(out, text_cstr(&line), 4, width > 8 ? width - 4 : 4);
    text_add_char(out, '\n');
}

void grid_add_text(struct text *out, const struct grid *grid, size_t width)
{
    if (!fits(grid, width)) {
        for (size_t i = 0; i < grid->rows; i++)
            add_sentence(out, grid, i, width);
        return;
    }
    add_line(out, grid, 0, true);
    for (size_t i = 0; i < grid->rows; i++)
        add_line(out, grid, i, false);
}

static void add_figure(struct text *out, const char *cell, bool warns)
{
    text_addf(out, "<td%s>", warns && cell && *cell == '-' ? " class=beyond" : "");
    if (cell)
        encode_html(out, cell);
    else
        text_add(out, "&ndash;");
}

void grid_add_html(struct text *out, const struct grid *grid)
{
    text_addf(out,
              "<section id=%s>\n<h2>%s</h2>\n<p>%s</p>\n<div class=scroll tabindex=0 role=region "
              "aria-label=\"%s\">\n<table class=small>\n<thead><tr>",
              grid->id, grid->title, grid->about, grid->title);
    for (size_t c = 0; c < grid->columns; c++) {
        text_add(out, "<th scope=col>");
        html_add_capitalized(out, grid->head[c]);
    }
    text_add(out, "</thead>\n<tbody>\n");
    for (size_t i = 0; i < grid->rows; i++) {
        text_add(out, "<tr><th scope=row>");
        html_add_bdi(out, shown(grid, i, 0));
        for (size_t c = 1; c < grid->columns; c++)
            add_figure(out, grid->cell[i * grid->columns + c], grid->warns & (1U << c));
        text_add_char(out, '\n');
    }
    text_add(out, "</tbody></table>\n</div>\n</section>\n");
}
