/*
 * The rows of the plan as CSV: the columns of report/sheet, one header row, UTF-8, lines ended by
 * LF. Formulas are defused, so it is not lossless. For spreadsheets that take nothing else for
 * UTF-8 there is one with a mark in front, and with times as they know them.
 */
#include <string.h>

#include "base/cleanup.h"
#include "core/decisions.h"
#include "format/encode.h"
#include "report/parts.h"
#include "report/sheet.h"

/* "2026-11-22 07:45:00", in UTC: without the letters that make it a text there. */
static void add_time(struct text *out, const char *value)
{
    size_t length = strcspn(value, ".Z");

    for (size_t i = 0; i < length; i++)
        text_add_char(out, value[i] == 'T' ? ' ' : value[i]);
}

/* Formulas can only be in text. */
static void add_cell(struct text *out, const struct column *column, const struct plan_row *row,
                     bool for_spreadsheets)
{
    char buffer[COLUMN_TEXT_SIZE];
    const char *value = column_text(column, row, buffer);

    if (column->type == COLUMN_STRING || column->type == COLUMN_WORDS)
        encode_csv(out, value);
    else if (value && column->type == COLUMN_INSTANT && for_spreadsheets)
        add_time(out, value);
    else
        text_add(out, value ? value : "");
}

static void add_rows(const struct plan *plan, bool for_spreadsheets, struct text *out)
{
    struct sheet_column column[SHEET_COLUMNS_MAX];
    size_t count = sheet_columns(column);
    CLEANUP(text_release) struct text of_plan = TEXT_INIT;

    decisions_add_plan(&of_plan, plan);
    for (size_t c = 0; c < count; c++)
        text_addf(out, "%s%s", c ? "," : "", column[c].name);
    text_add_char(out, '\n');
    for (size_t i = 0; i < plan->row_count; i++) {
        for (size_t c = 0; c < count; c++) {
            text_add(out, c ? "," : "");
            if (column[c].column)
                add_cell(out, column[c].column, &plan->row[i], for_spreadsheets);
            else if (column[c].use == SHEET_OF_PLAN)
                text_add(out, text_cstr(&of_plan));
        }
        text_add_char(out, '\n');
        text_spill(out);
    }
}

void report_add_csv(const struct plan *plan, const struct report_style *style, struct text *out)
{
    (void)style;
    add_rows(plan, false, out);
}

void report_add_csv_bom(const struct plan *plan, const struct report_style *style, struct text *out)
{
    (void)style;
    text_add(out, "\xEF\xBB\xBF");
    add_rows(plan, true, out);
}
