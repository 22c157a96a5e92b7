/*
 * Amounts come as the decimal text that the database made of them, and go out as they came.
 */
#include "report/savings.h"

#include "format/encode.h"
#include "report/html.h"
#include "report/parts.h"

const char *const savings_titles[SAVINGS_COLUMNS] = {
    "class",
    "currency",
    "exposed seats",
    "exposed a year",
    "freed seat-days this month",
    "freed this month",
    "freed seat-days this year",
    "freed this year",
    "reducible seats",
    "reducible a year",
};

const char *const savings_words[] = {
    "Exposed: seats in use that this month's newest plan says are not needed, and what they cost a "
    "year.",
    "Freed: days on which seats were really free by acts of this program, each at the price of "
    "that day; a come-back or somebody else in the seat ends it, and a come-back within 31 days "
    "undoes it.",
    "Reducible: seats by which the contract could be smaller at its renewal once that plan is "
    "done, and what they cost a year.",
    "They say different things and are never added, nor are currencies.",
    NULL,
};

bool savings_cell(const struct plan_savings *savings, size_t column, struct text *scratch,
                  const char **ret_cell)
{
    const struct {
        const char *text;
        int64_t number;
    } cell[SAVINGS_COLUMNS] = {
        {.text = savings->class ? savings->class : "(no class)"},
        {.text = savings->currency ? savings->currency : "(no price)"},
        {.number = savings->exposed_seats},
        {.text = savings->currency ? savings->exposed : NULL, .number = -1},
        {.number = savings->freed_seat_days},
        {.text = savings->currency ? savings->freed : NULL, .number = -1},
        {.number = savings->year_seat_days},
        {.text = savings->currency ? savings->year_freed : NULL, .number = -1},
        {.number = savings->reducible_seats},
        {.text = savings->reducible, .number = -1},
    };

    text_clear(scratch);
    if (!cell[column].text && cell[column].number >= 0)
        text_addf(scratch, "%lld", (long long)cell[column].number);
    *ret_cell = cell[column].text          ? cell[column].text
                : cell[column].number >= 0 ? text_cstr(scratch)
                                           : NULL;
    return column >= 2;
}

static void add_amount(struct text *out, const struct plan_savings *savings, const char *amount,
                       const char *end)
{
    if (savings->currency && amount)
        text_addf(out, ", %s %s%s", amount, savings->currency, end);
}

void savings_add_sentence(struct text *out, const struct plan_savings *savings)
{
    text_addf(out, "%s: %lld %s exposed", savings->class ? savings->class : "(no class)",
              (long long)savings->exposed_seats, savings->exposed_seats == 1 ? "seat" : "seats");
    add_amount(out, savings, savings->exposed, " a year");
    text_addf(out, "; freed %lld seat-days this month", (long long)savings->freed_seat_days);
    add_amount(out, savings, savings->freed, "");
    text_addf(out, "; %lld this year", (long long)savings->year_seat_days);
    add_amount(out, savings, savings->year_freed, "");
    if (savings->reducible_seats < 0)
        return;
    text_addf(out, "; contract reducible by %lld", (long long)savings->reducible_seats);
    add_amount(out, savings, savings->reducible, " a year");
}

static void add_row(struct text *out, const struct plan_savings *savings)
{
    CLEANUP(text_release) struct text scratch = TEXT_INIT;

    text_add(out, "<tr>");
    for (size_t c = 0; c < SAVINGS_COLUMNS; c++) {
        const char *cell = NULL;
        (void)savings_cell(savings, c, &scratch, &cell);
        text_add(out, c == 0 ? "<th scope=row>" : "<td>");
        if (cell)
            html_add_bdi(out, cell);
        else
            text_add(out, "&ndash;");
    }
    text_add_char(out, '\n');
}

void savings_add_html(struct text *out, const struct plan *plan)
{
    if (plan->savings_count == 0)
        return;
    text_add(out, "<section id=savings>\n<h2>Savings</h2>\n<ul>\n");
    for (size_t i = 0; savings_words[i]; i++)
        text_addf(out, "<li>%s\n", savings_words[i]);
    text_add(out, "</ul>\n<table class=small>\n<thead><tr>");
    for (size_t c = 0; c < SAVINGS_COLUMNS; c++) {
        text_add(out, "<th scope=col>");
        html_add_capitalized(out, savings_titles[c]);
    }
    text_add(out, "</thead>\n<tbody>\n");
    for (size_t i = 0; i < plan->savings_count; i++)
        add_row(out, &plan->savings[i]);
    text_add(out, "</tbody></table>\n</section>\n");
}
