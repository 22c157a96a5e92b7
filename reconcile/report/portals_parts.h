/*
 * report/portals_parts: what the outputs of many portals share. Private to the folder report.
 */
#ifndef REPORT_PORTALS_PARTS_H
#define REPORT_PORTALS_PARTS_H

#include "report/grid.h"
#include "report/portals.h"

/* What became of the newest run, in a word or three: "done", "held", "running", "no run yet". */
const char *portals_outcome(const struct portal_status *portal);
/* A heading, and a sentence of what it means and what to do. */
const char *portals_title(enum portal_state state);
const char *portals_about(enum portal_state state);
/* "1,000 portals: 3 failed, 12 held by a guard, 985 fine"; a portal may be in several of them. */
void portals_add_headline(struct text *out, const struct portals_total *total);
/* "12,300.50" */
void portals_add_money(struct text *out, int64_t money);
/* A row for each currency. */
struct grid portals_money_grid(struct arena *arena, const struct portals_total *total);

void portals_add_html(const struct portals_view *view, struct text *out);

#endif
