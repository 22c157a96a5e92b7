/*
 * report/audit: answers of the history, rows as they came, as text, JSON and CSV. Columns are named
 * by the statement that made them. Names of people are hostile text: one encoder per context.
 */
#ifndef REPORT_AUDIT_H
#define REPORT_AUDIT_H

#include <libpq-fe.h>

#include "report/report.h"

/* One table of an answer. */
struct audit_section {
    const char *name;    /* in JSON */
    const char *heading; /* in text; NULL = none */
    const PGresult *rows;
    bool upright;     /* in text: one row, a line for each column */
    const char *last; /* in text: the column that stands last, whole; NULL = as they stand */
};

/* Text: tables under their headings. JSON: an object with an array of objects for each section.
 * CSV: the last section. */
void audit_report(const struct audit_section *section, size_t count, enum report_format format,
                  const struct report_style *style, struct text *out);

/* The answer of audit_seats.sql as text: a bar for each day, then the classes and the profiles of
 * the last day. Of many days a bar for each week, of many weeks for each month: the seats of its
 * last day, and what was reclaimed and came back in it. */
void audit_report_seats(const PGresult *rows, const struct report_style *style, struct text *out);

/* The answers of audit_savings.sql and audit_savings_total.sql as text, with a sentence on each
 * figure. Nothing is added here. */
void audit_report_savings(const PGresult *months, const PGresult *total,
                          const struct report_style *style, struct text *out);

/* export_at.sql in the columns of Bynder's own export: semicolons, formulas defused. */
void audit_report_export(const PGresult *rows, struct text *out);

#endif
