/*
 * calendar: which days people work, and how the year's days and hours become moments. All in UTC,
 * the zone that a configuration of `init` has.
 */
#ifndef YEAR_CALENDAR_H
#define YEAR_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"
#include "base/instant.h"

enum {
    CALENDAR_NIGHT_S = 2 * 3600,   /* when the timer starts `run` */
    CALENDAR_LOOK_S = 10 * 3600,   /* when the administrator looks, on Tuesdays */
    CALENDAR_EXPORT_S = 23 * 3600, /* when HR's export is written, on workdays */
    CALENDAR_TUESDAY = 2
};

/* A Tuesday, so that there is an export of the evening before. It lies in the past, so that files
 * made today are never old in the year's own time. */
struct day calendar_first_day(void);
bool calendar_is_workday(struct day day);         /* no weekend, no public holiday */
struct day calendar_next_workday(struct day day); /* the first one after it */
struct day calendar_end_of_month(struct day day);
struct day calendar_next_tuesday(struct day day); /* this day, or the first after it */
struct instant calendar_at(struct day day, int seconds);

#endif
