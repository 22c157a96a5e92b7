/*
 * report/roster: what `roster check` says about a roster: how many people by status, which rows are
 * rejected and why, which rows share a key, and which guard would hold a plan made of it.
 * It shows mapped columns only; there are no others in a struct roster.
 */
#ifndef REPORT_ROSTER_H
#define REPORT_ROSTER_H

#include "base/text.h"
#include "config/config.h"
#include "core/guard.h"
#include "facts/roster.h"
#include "report/report.h"

struct roster_report {
    const struct roster *roster; /* judged (roster_judge) */
    const struct config_roster *config;
    const struct limits *limits; /* of the guards G1 to G3 */
    struct day today;
    bool all; /* text: every rejected row and duplicate, not the first 20 */
};

/* Appends the report. text is for people; csv has one line for each row of the roster; json has the
 * rejected rows, at most LIMIT_REJECTED_SHOWN of them unless `all`. html is text. */
void roster_report(const struct roster_report *report, enum report_format format,
                   struct text *ret_text);

/* Whether one of the guards G1 to G3 would hold a plan that is made of it. */
bool roster_report_holds(const struct roster_report *report);

#endif
