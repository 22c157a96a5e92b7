/*
 * calendar: when acts may be done (G12): windows of the week and days of freeze, in the configured
 * zone. Outside nothing is done, what is due waits, and that is no failure. A deletion is also not
 * done on the day before a day on which nobody works: a Saturday or Sunday, or a freeze. Pure.
 */
#ifndef CORE_CALENDAR_H
#define CORE_CALENDAR_H

#include <stddef.h>

#include "base/err.h"
#include "base/instant.h"

struct window {
    unsigned days;    /* bits 1 << day_of_week, of the day it begins on */
    int from_s, to_s; /* seconds of the civil day; to_s <= from_s runs into the next day */
};

struct freeze {
    struct day from, to; /* both included */
};

struct calendar {
    const struct window *window; /* none = always */
    size_t window_count;
    const struct freeze *freeze;
    size_t freeze_count;
};

/* "Mon-Thu 01:00-05:00", "Sat,Sun 22:00-02:00", "01:00-05:00" (every day): English names, short, in
 * any case; a range may run over the end of the week. 24:00 is an end. false: not of that form. */
bool window_parse(const char *string, struct window *ret_window);
/* "2026-12-20/2027-01-05", or one day alone. false: not of that form, or it ends before it begins.
 */
bool freeze_parse(const char *string, struct freeze *ret_freeze);

/* Why no act may be done at this moment, or NULL. `deletes`: a deprovision is asked about. The
 * sentence is static but for the day in it, which is in `buffer`. */
#define CALENDAR_TEXT_SIZE 96
const char *calendar_forbids(const struct calendar *calendar, const struct zone *zone,
                             struct instant now, bool deletes,
                             char buffer[static CALENDAR_TEXT_SIZE]);

/* The first day from `from` on on which a run of that day may act at all (no freeze, and a window
 * that begins on it or runs into it), at most a year ahead, else `from`. */
struct day calendar_next_day(const struct calendar *calendar, struct day from, bool deletes);

#endif
