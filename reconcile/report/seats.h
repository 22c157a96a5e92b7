/*
 * report/seats: the profiles of a portal with the class of seat of each, as `check` shows them to
 * be compared with what Bynder counts, and, where no classes are configured, the settings to begin
 * with.
 */
#ifndef REPORT_SEATS_H
#define REPORT_SEATS_H

#include "base/text.h"
#include "core/seats.h"

/* Lines of at most one profile each; what no class and what no profile fits is named. */
void seats_report(const struct seats *seats, const struct snapshot *snapshot, struct text *out);

#endif
