/*
 * The rows of the plan as CSV: the columns of the JSON form in the same order, one header row,
 * UTF-8 without a mark, lines ended by LF. Formulas are defused, so it is not lossless.
 */
#include "format/encode.h"
#include "report/parts.h"

static void add_cell(struct text *out, const struct report_column *column, const void *field)
{
    char day[DAY_TEXT_SIZE];
    char instant[INSTANT_TEXT_SIZE];

    switch (column->type) {
    case REPORT_STRING:
    case REPORT_WORDS:
        encode_csv(out, *(const char *const *)field);
        return;
    case REPORT_DAY:
        if (day_is_set(*(const struct day *)field))
            text_add(out, day_format(*(const struct day *)field, day));
        return;
    case REPORT_INSTANT:
        if (instant_is_set(*(const struct instant *)field))
            text_add(out, instant_format(*(const struct instant *)field, instant));
        return;
    case REPORT_COUNT:
        if (*(const int *)field >= 0)
            text_addf(out, "%d", *(const int *)field);
        return;
    case REPORT_FLAG:
        text_add(out, *(const bool *)field ? "true" : "false");
        return;
    case REPORT_ACTION:
        text_add(out, action_name(*(const enum action *)field));
        return;
    }
}

void report_add_csv(const struct plan *plan, const struct report_style *style, struct text *out)
{
    const struct report_column *column;

    (void)style;
    for (column = report_columns; column->name; column++)
        text_addf(out, "%s%s", column == report_columns ? "" : ",", column->name);
    text_add_char(out, '\n');
    for (size_t i = 0; i < plan->row_count; i++) {
        for (column = report_columns; column->name; column++) {
            if (column != report_columns)
                text_add_char(out, ',');
            add_cell(out, column, (const char *)&plan->row[i] + column->offset);
        }
        text_add_char(out, '\n');
        text_spill(out);
    }
}
