/*
 * The rows of the plan as CSV: the columns of the JSON form in the same order, one header row,
 * UTF-8 without a mark, lines ended by LF. Formulas are defused, so it is not lossless.
 */
#include "format/encode.h"
#include "report/parts.h"

/* Formulas can only be in text. */
static void add_cell(struct text *out, const struct column *column, const struct plan_row *row)
{
    char buffer[COLUMN_TEXT_SIZE];
    const char *value = column_text(column, row, buffer);

    if (column->type == COLUMN_STRING || column->type == COLUMN_WORDS)
        encode_csv(out, value);
    else
        text_add(out, value ? value : "");
}

void report_add_csv(const struct plan *plan, const struct report_style *style, struct text *out)
{
    const char *comma = "";

    (void)style;
    for (const struct column *c = NULL; (c = plan_row_shown(c)); comma = ",")
        text_addf(out, "%s%s", comma, c->name);
    text_add_char(out, '\n');
    for (size_t i = 0; i < plan->row_count; i++) {
        comma = "";
        for (const struct column *c = NULL; (c = plan_row_shown(c)); comma = ",") {
            text_add(out, comma);
            add_cell(out, c, &plan->row[i]);
        }
        text_add_char(out, '\n');
        text_spill(out);
    }
}
