/*
 * report/savings: what was saved, as the outputs of a plan show it: a table of text, a line for
 * each class and currency. Nothing is added: not the three figures, and no currencies. Private to
 * the folder report.
 */
#ifndef REPORT_SAVINGS_H
#define REPORT_SAVINGS_H

#include "report/report.h"

enum { SAVINGS_COLUMNS = 10 };
extern const char *const savings_titles[SAVINGS_COLUMNS];

/* What stands in a column; NULL: nothing is told. false: it is text, and no number. */
bool savings_cell(const struct plan_savings *savings, size_t column, struct text *scratch,
                  const char **ret_cell);

/* One line of it in words. */
void savings_add_sentence(struct text *out, const struct plan_savings *savings);

/* What the figures mean, in a sentence each; NULL behind the last. */
extern const char *const savings_words[];

/* The section of the page. */
void savings_add_html(struct text *out, const struct plan *plan);

#endif
