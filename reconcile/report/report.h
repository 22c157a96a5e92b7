/*
 * report: a plan (and other answers) as text, JSON, CSV, HTML and xlsx, through one table of
 * outputs. Works on the struct plan alone, so a stored plan shows exactly as it did when it was
 * made.
 *
 * Values of people are hostile text: one encoder per context (terminal, JSON, CSV with formula
 * defusing, HTML).
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/text.h"
#include "config/config.h"
#include "core/plan.h"

enum report_format {
    REPORT_TEXT = 0,
    REPORT_JSON,
    REPORT_CSV,
    REPORT_HTML,
    REPORT_XLSX,    /* of plans alone, likewise below: a workbook, no text */
    REPORT_CSV_BOM, /* the CSV for spreadsheets that need a byte order mark */
    REPORT_FORMAT_COUNT
};

bool report_format_parse(const char *name, enum report_format *ret_format);
const char *report_format_name(enum report_format format);

struct report_style {
    bool color;     /* terminal and not NO_COLOR */
    unsigned width; /* columns of the terminal; 0 = 100 */
};

/* Appends the whole report. Only of a workbook it can fail: more rows than one takes (ERR_USAGE),
 * no room for temporary files. */
int report_plan(const struct plan *plan, enum report_format format,
                const struct report_style *style, struct text *ret_text, struct err *err)
    __attribute__((warn_unused_result));

/* What is asked of Bynder's support when somebody is to be let in again sooner, ready-made. */
void report_add_request(struct text *out, const struct plan_row *row);

#endif
