/*
 * schedule: on which night each approved row will be done, when nothing changes: night after night
 * the same choice as a run makes (core/reclaim), inside the calendar. What a person is told before
 * approving, and whether a limit would be in the way. Pure.
 */
#ifndef CORE_SCHEDULE_H
#define CORE_SCHEDULE_H

#include "core/amount.h"
#include "core/calendar.h"

struct scheduled {
    struct day night; /* none: not within a year and a month of nights */
    /* The first time it was due and a guard of amount made it wait: since when, which guard ("G7"
     * to "G10"), and of G7, G8 the limit (amount_room.limit) and how many of the action wanted to
     * be done on that day and were, overridden ones aside. NULL = it never waited. */
    const char *waits;
    struct day waited_on;
    const char *limit;
    int64_t wanted, allowed;
    bool unneeded; /* due, and seats.keep_free does not miss its seat (core/reclaim) */
};

/* `first` is the first night; row[i] is due on due[i] (none or past: at once). The scene is that of
 * the first night: what is done today counts on it when `first` is today, and stays in the window
 * for rolling_days, because nobody here knows its days. What a night takes is missing on the later
 * ones. Sets ret_scheduled[count]; `chosen` and `waits` of the rows are left alone. */
void schedule_make(const struct amount_scene *scene, const struct calendar *calendar,
                   struct day first, const struct amount_row *row, const struct day *due,
                   size_t count, struct scheduled *ret_scheduled);

#endif
