#include "calendar.h"

#include <stddef.h>

/* Month and day of the holidays that all of a country have. */
static const struct {
    int month, day;
} holidays[] = {{1, 1}, {3, 29}, {4, 1}, {5, 1}, {5, 9}, {12, 25}, {12, 26}};

struct day calendar_first_day(void)
{
    struct day day = DAY_NONE;

    (void)day_from_civil(2024, 1, 9, &day);
    return day;
}

bool calendar_is_workday(struct day day)
{
    int year, month, number;

    if (day_of_week(day) > 5)
        return false;
    day_to_civil(day, &year, &month, &number);
    for (size_t i = 0; i < sizeof(holidays) / sizeof(holidays[0]); i++)
        if (holidays[i].month == month && holidays[i].day == number)
            return false;
    return true;
}

struct day calendar_next_workday(struct day day)
{
    do
        day = day_add(day, 1);
    while (!calendar_is_workday(day));
    return day;
}

struct day calendar_end_of_month(struct day day)
{
    int year, month, number;
    struct day next = DAY_NONE;

    day_to_civil(day, &year, &month, &number);
    (void)day_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1, &next);
    return day_add(next, -1);
}

struct day calendar_next_tuesday(struct day day)
{
    return day_add(day, (CALENDAR_TUESDAY - day_of_week(day) + 7) % 7);
}

struct instant calendar_at(struct day day, int seconds)
{
    struct day epoch = DAY_NONE;

    (void)day_from_civil(1970, 1, 1, &epoch);
    return (struct instant){.us = ((int64_t)day_between(epoch, day) * 86400 + seconds) * SECOND_US};
}
