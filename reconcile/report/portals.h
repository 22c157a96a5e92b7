/*
 * report/portals: many portals (audit/portals), the most urgent first: for people, for scripts, as
 * a table whose lines `approve --portals` takes back, and as a page that needs nothing else. It
 * shows; it judges nothing.
 */
#ifndef REPORT_PORTALS_H
#define REPORT_PORTALS_H

#include "audit/portals.h"
#include "report/report.h"

struct portals_view {
    const struct portal_status *portal; /* in order of name */
    size_t count;
    struct portals_total total;
    struct instant now;
};

/* The columns of the CSV that come back. */
#define PORTALS_COLUMN_PORTAL   "portal"
#define PORTALS_COLUMN_PLAN     "plan"
#define PORTALS_COLUMN_DIGEST   "digest"
#define PORTALS_COLUMN_DECISION "decision"

/* Appends the whole, in text, JSON, CSV or HTML; nothing in a format there is none of. */
void portals_report(const struct portals_view *view, enum report_format format, struct text *out);

#endif
