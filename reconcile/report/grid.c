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

static const char *about_renewal(struct arena *arena, const struct renewal *renewal)
{
    char day[DAY_TEXT_SIZE];

    return arena_printf(
        arena,
        "The contract is renewed on %s, in %d days. So many seats will be in use then if this plan "
        "is done. %lld people in HR's file start by then and have no account yet; how many seats "
        "they take is an estimate, by the share of the %lld at work who have one.",
        day_format(renewal->on, day), renewal->days, (long long)renewal->starters,
        (long long)renewal->at_work);
}

static const char *const renewal_head[] = {"class",        "in use now",   "by the plan",
                                           "people leave", "people start", "in use then",
                                           "contracted",   "left over",    "worth a year"};

struct grid grid_of_renewal(struct arena *arena, const struct plan *plan)
{
    const struct renewal *renewal = &plan->renewal;
    struct grid grid = {.id = "renewal",
                        .title = "Seats on the day of the renewal",
                        .head = renewal_head,
                        .columns = COUNT_OF(renewal_head)};

    if (!day_is_set(renewal->on))
        return grid;
    grid.about = about_renewal(arena, renewal);
    grid.cell = arena_calloc(arena, renewal->count * grid.columns + 1, sizeof(grid.cell[0]));
    for (const char **cell = grid.cell; grid.rows < renewal->count; grid.rows++) {
        const struct renewal_class *item = &renewal->item[grid.rows];
        int64_t left = 0;
        bool is_told = renewal_left_over(item, &left);
        *cell++ = item->name ? item->name : "(no class)";
        *cell++ = number_or_none(arena, item->now);
        *cell++ = change(arena, -item->planned);
        *cell++ = change(arena, -item->leaving);
        *cell++ = change(arena, item->starting);
        *cell++ = number_or_none(arena, item->expected);
        *cell++ = number_or_none(arena, item->contracted);
        *cell++ = is_told ? arena_printf(arena, "%lld", (long long)left) : NULL;
        *cell++ = is_told ? worth(arena, left, item->price, item->currency) : NULL;
    }
    return grid;
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

void grid_add_html(struct text *out, const struct grid *grid)
{
    if (grid->rows == 0)
        return;
    text_addf(out, "<section id=%s>\n<h2>%s</h2>\n", grid->id, grid->title);
    if (grid->about) {
        text_add(out, "<p>");
        encode_html(out, grid->about);
        text_add(out, "</p>\n");
    }
    text_add(out, "<div class=scroll tabindex=0 role=region aria-label=\"");
    text_addf(out, "%s\">\n<table class=small>\n<thead><tr>", grid->title);
    for (size_t c = 0; c < grid->columns; c++)
        text_addf(out, "<th scope=col>%s", grid->head[c]);
    text_add(out, "</thead>\n<tbody>\n");
    for (size_t i = 0; i < grid->rows; i++) {
        for (size_t c = 0; c < grid->columns; c++) {
            text_add(out, c > 0 ? "<td>" : "<tr><th scope=row>");
            html_add_bdi(out, shown(grid, i, c));
        }
        text_add_char(out, '\n');
    }
    text_add(out, "</tbody>\n</table>\n</div>\n</section>\n");
}
