/*
 * report/html: what the files of the page share. Private to the folder report.
 *
 * Every text from outside goes through encode_html. What people read stands in a <bdi>, so that a
 * right-to-left name cannot turn its neighbours around; what the script reads, in an attribute.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/parts.h"

/* Up to and with <body>. Of what is in the page only ours may run: the style sheet, and, where it
 * is told, the script. */
void html_add_head(struct text *out, const char *title, bool scripted);
void html_add_bdi(struct text *out, const char *value);
/* A line of small print under a cell's first line: prefix, value, nothing when there is none. */
void html_add_small(struct text *out, const char *prefix, const char *value);
/* A sentence of ours, which may begin with a number. */
void html_add_capitalized(struct text *out, const char *sentence);
/* ` name="value"`, nothing when there is none. */
void html_add_attribute(struct text *out, const char *name, const char *value);

/* --- rows, as somebody reads them who is to free seats --- */

/* Why each is there: sections in the order of the page. */
struct report_groups html_groups_of(const struct plan *plan);
void html_add_contents(struct text *out, const struct report_groups *groups);
void html_add_groups(struct text *out, const struct plan *plan, const struct report_groups *groups);

/* What became of the rows; nothing while nothing did. */
void html_add_outcome(struct text *out, const struct plan *plan);

/* --- pictures --- */

void html_add_idle(struct text *out, const struct plan_idle *idle);
void html_add_curve(struct text *out, const struct plan *plan);
/* Seats over time; nothing with less than two days of them. */
void html_add_seats(struct text *out, const struct plan *plan);
void html_add_departments(struct text *out, const struct plan *plan);

/* The style sheet and the script of the page: report.css, report.js. */
extern const char report_css[];
extern const char report_js[];

#endif
