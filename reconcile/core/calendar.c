/*
 * A window belongs to the day it begins on: "Fri 22:00-02:00" covers the first two hours of
 * Saturday. Times are civil ones of the zone; on the night of a change of the clock a window is an
 * hour longer or shorter, and is never missed as a whole.
 */
#include "core/calendar.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

#define DAY_S     86400
#define LOOK_DAYS 366

/* --- reading --- */

static bool read_weekday(const char **cursor, unsigned *ret_day)
{
    static const char *const name[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    for (unsigned i = 0; i < COUNT_OF(name); i++) {
        if (strncasecmp(*cursor, name[i], 3) == 0) {
            *cursor += 3;
            *ret_day = i + 1;
            return true;
        }
    }
    return false;
}

static bool read_days(const char **cursor, unsigned *ret_days)
{
    unsigned days = 0, first, last;

    do {
        if (!read_weekday(cursor, &first))
            return false;
        last = first;
        if (**cursor == '-') {
            (*cursor)++;
            if (!read_weekday(cursor, &last))
                return false;
        }
        for (unsigned day = first;; day = day % 7 + 1) {
            days |= 1U << day;
            if (day == last)
                break;
        }
    } while (**cursor == ',' && (*cursor)++);
    *ret_days = days;
    return true;
}

static bool read_two_digits(const char **cursor, int *ret_value)
{
    const char *at = *cursor;

    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return false;
    *ret_value = (at[0] - '0') * 10 + at[1] - '0';
    *cursor += 2;
    return true;
}

static bool read_time(const char **cursor, int *ret_s)
{
    int hour, minute;

    if (!read_two_digits(cursor, &hour) || *(*cursor)++ != ':' || !read_two_digits(cursor, &minute))
        return false;
    if (minute > 59 || hour > 24 || (hour == 24 && minute > 0))
        return false;
    *ret_s = (hour * 60 + minute) * 60;
    return true;
}

bool window_parse(const char *string, struct window *ret_window)
{
    const char *cursor = string;
    struct window window = {.days = 0xfe};

    if (*cursor < '0' || *cursor > '9') {
        if (!read_days(&cursor, &window.days) || *cursor != ' ')
            return false;
        while (*cursor == ' ')
            cursor++;
    }
    if (!read_time(&cursor, &window.from_s) || *cursor++ != '-' ||
        !read_time(&cursor, &window.to_s) || *cursor || window.from_s == DAY_S)
        return false;
    *ret_window = window;
    return true;
}

bool freeze_parse(const char *string, struct freeze *ret_freeze)
{
    const char *slash = strchr(string, '/');
    char first[DAY_TEXT_SIZE] = "";
    struct freeze freeze;

    if (!slash) {
        if (!day_parse_iso(string, &freeze.from))
            return false;
        freeze.to = freeze.from;
        *ret_freeze = freeze;
        return true;
    }
    if (slash - string != DAY_TEXT_SIZE - 1)
        return false;
    memcpy(first, string, DAY_TEXT_SIZE - 1);
    if (!day_parse_iso(first, &freeze.from) || !day_parse_iso(slash + 1, &freeze.to) ||
        day_compare(freeze.to, freeze.from) < 0)
        return false;
    *ret_freeze = freeze;
    return true;
}

/* --- asking --- */

static bool is_frozen(const struct calendar *calendar, struct day day)
{
    for (size_t i = 0; i < calendar->freeze_count; i++) {
        if (day_compare(day, calendar->freeze[i].from) >= 0 &&
            day_compare(day, calendar->freeze[i].to) <= 0)
            return true;
    }
    return false;
}

static bool is_weekend(struct day day)
{
    return day_of_week(day) >= 6;
}

static bool precedes_rest(const struct calendar *calendar, struct day day)
{
    struct day next = day_add(day, 1);

    return is_weekend(next) || is_frozen(calendar, next);
}

static bool is_open(const struct window *window, struct day today, int second)
{
    unsigned today_bit = 1U << day_of_week(today),
             before_bit = 1U << day_of_week(day_add(today, -1));

    if (window->from_s < window->to_s)
        return (window->days & today_bit) && second >= window->from_s && second < window->to_s;
    return ((window->days & today_bit) && second >= window->from_s) ||
           ((window->days & before_bit) && second < window->to_s);
}

const char *calendar_forbids(const struct calendar *calendar, const struct zone *zone,
                             struct instant now, bool deletes,
                             char buffer[static CALENDAR_TEXT_SIZE])
{
    struct day today = instant_day(now, zone);
    char day[DAY_TEXT_SIZE];
    bool open = calendar->window_count == 0;

    if (is_frozen(calendar, today)) {
        snprintf(buffer, CALENDAR_TEXT_SIZE, "%s is a day of freeze (apply.freeze)",
                 day_format(today, day));
        return buffer;
    }
    for (size_t i = 0; i < calendar->window_count && !open; i++)
        open = is_open(&calendar->window[i], today, instant_second_of_day(now, zone));
    if (!open)
        return "it is outside of apply.windows";
    if (deletes && precedes_rest(calendar, today))
        return "nothing is deleted on the day before a weekend or a freeze";
    return NULL;
}

static bool has_window(const struct calendar *calendar, struct day day)
{
    for (size_t i = 0; i < calendar->window_count; i++) {
        const struct window *window = &calendar->window[i];
        bool runs_over = window->to_s <= window->from_s && window->to_s > 0;
        if ((window->days & (1U << day_of_week(day))) ||
            (runs_over && (window->days & (1U << day_of_week(day_add(day, -1))))))
            return true;
    }
    return calendar->window_count == 0;
}

struct day calendar_next_day(const struct calendar *calendar, struct day from, bool deletes)
{
    struct day day = from;

    for (int i = 0; i < LOOK_DAYS; i++, day = day_add(day, 1)) {
        if (!is_frozen(calendar, day) && has_window(calendar, day) &&
            !(deletes && precedes_rest(calendar, day)))
            return day;
    }
    return from;
}
