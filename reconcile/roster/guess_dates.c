/*
 * The formats are narrowed cell by cell. One that reads the same cells as another is not in the
 * table twice: `%d` takes one digit as well, `%b` the long names of months, `%z` a Z.
 */
#include "roster/guess_dates.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/text.h"

static const char *const days[] = {
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y",  "%Y/%m/%d",       "%d-%b-%Y", "%d-%m-%Y",
    "%m-%d-%Y", "%Y%m%d",   "%d %b %Y", "%b %d, %Y", "%Y年%m月%d日",   "%d/%b/%Y", "%Y.%m.%d",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y",  "%m-%d-%y",       "%d-%b-%y", "%d. %b %Y",
    "%y/%m/%d", "%y-%m-%d", "%d.%b.%Y", "%b %d %Y",  "%d de %b de %Y", "%Y-%b-%d", "%d %b %y",
};
/* Behind the first DAYS_WITH_TIME of them; nothing first. */
static const char *const times[] = {
    "",
    " %H:%M:%S",
    "T%H:%M:%S",
    "T%H:%M:%S%z",
    "T%H:%M:%S.000%z",
    " %H:%M",
    " %I:%M:%S %p",
    " %I:%M %p",
    " %H:%M:%S.000",
    " %H:%M:%S%z",
    "%z",
    "T%H:%M",
    "T%H:%M%z",
    " %H:%M%z",
    "T%H:%M:%S.000",
    "T%H:%M:%S.000000",
    "T%H:%M:%S.000000%z",
    "T%H:%M:%S.0000000",
    "T%H:%M:%S.0000000%z",
    " %H:%M:%S.000000",
    " %H:%M:%S.0000000",
    " %H:%M:%S.000%z",
    " %H:%M:%S.000000%z",
    " %H:%M:%S %z",
};

enum {
    SHORT = 10,
    DAYS_WITH_TIME = 6,
    TIMED = COUNT_OF(times) - 1,
    END_YEAR = 2200,
    ERA_FIRST = 2501, /* 1958 */
    ERA_LAST = 2650,  /* 2107 */
    FAR_YEAR = 2099
};
enum { FORMATS = COUNT_OF(days) + DAYS_WITH_TIME * TIMED };

_Static_assert(FORMATS <= GUESS_FORMATS_MAX, "every format has its place");

struct format {
    char text[48];
};

static struct format format_at(size_t i)
{
    bool is_day = i < COUNT_OF(days);
    size_t of_times = i - COUNT_OF(days);
    const char *parts[] = {days[is_day ? i : of_times / TIMED],
                           is_day ? "" : times[1 + of_times % TIMED]};
    struct format format = {""};
    size_t length = strlen(parts[0]);

    memcpy(format.text, parts[0], length);
    memcpy(format.text + length, parts[1], strlen(parts[1]) + 1);
    return format;
}

/* --- what is no date --- */

static bool is_only(const char *value, const char *characters)
{
    return value[strspn(value, characters)] == '\0';
}

static bool is_nothing(const char *value)
{
    static const char *const words[] = {"null", "\\N",  "n/a", "na",     "#n/a",   "nat",
                                        "nan",  "none", "nil", "(null)", "(blank)"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcasecmp(words[i], value) == 0)
            return true;
    }
    return is_only(value, "0-./: ");
}

/* 20000 is in 1954, 80000 in 2119. */
static bool is_serial(const char *value)
{
    size_t digits = strspn(value, "0123456789");
    const char *rest = value + digits;

    if (digits != 5 || value[0] < '2' || value[0] > '7')
        return false;
    return *rest == '\0' || ((*rest == '.' || *rest == ',') && is_only(rest + 1, "0"));
}

static void keep(struct arena *arena, const char **ret_example, const char *value)
{
    if (!*ret_example)
        *ret_example = arena_strdup(arena, value);
}

/* --- dates --- */

static bool is_midnight(const struct day_time *time, const struct zone *zone)
{
    struct day epoch = DAY_NONE;

    if (!time->has_offset || time->second == 0)
        return time->second == 0;
    (void)day_from_civil(1970, 1, 1, &epoch);
    struct instant moment = {.us = day_between(epoch, time->day) * DAY_US +
                                   (time->second - time->offset_s) * SECOND_US};
    const struct zone *there = zone ? zone : &zone_utc;
    return day_compare(instant_day(instant_add_us(moment, -1), there),
                       instant_day(moment, there)) != 0;
}

/* The formats that the cell fits, as places in the table. */
struct fitting {
    uint8_t at[GUESS_FORMATS_MAX];
    size_t count;
    struct day_time time; /* by the first */
    bool differs;         /* by another it is another day */
};

static void find_fitting(struct fitting *fitting, const char *value, const bool *out)
{
    struct day_time time;
    size_t formats = strlen(value) <= SHORT ? COUNT_OF(days) : FORMATS; /* no room for a time */

    fitting->count = 0;
    fitting->differs = false;
    for (size_t i = 0; i < formats; i++) {
        if ((out && out[i]) || !day_parse_time(value, format_at(i).text, GUESS_YEARS_CUTOFF, &time))
            continue;
        if (fitting->count == 0)
            fitting->time = time;
        fitting->differs |= day_compare(fitting->time.day, time.day) != 0;
        fitting->at[fitting->count++] = (uint8_t)i;
    }
}

static void narrow(struct guess_dates *dates, const struct fitting *fitting)
{
    bool fits[GUESS_FORMATS_MAX] = {false};

    for (size_t i = 0; i < fitting->count; i++)
        fits[fitting->at[i]] = true;
    for (size_t i = 0; i < FORMATS; i++)
        dates->out[i] = dates->out[i] || !fits[i];
}

/* 2563 is 2020 in Thailand; whoever fills in a far year for "none" fills in one. */
static void note_era(struct guess_dates *dates, struct arena *arena, const char *value, int year)
{
    if (year < ERA_FIRST || year > ERA_LAST)
        return;
    dates->of_era = dates->of_era || (dates->era_year && dates->era_year != year);
    dates->era_year = dates->era_year ? dates->era_year : year;
    keep(arena, &dates->era_example, value);
}

static void take_date(struct guess_dates *dates, struct arena *arena, const char *value,
                      const struct fitting *fitting, const struct zone *zone)
{
    if (fitting->time.year >= END_YEAR) {
        dates->none++;
        note_era(dates, arena, value, fitting->time.year);
        return;
    }
    if (fitting->time.year < GUESS_FIRST_YEAR) {
        dates->old++;
        keep(arena, &dates->old_example, value);
        return;
    }
    dates->dates++;
    if (fitting->differs && !dates->telling)
        dates->example = NULL;
    dates->telling |= fitting->differs;
    keep(arena, &dates->example, value);
    if (!is_midnight(&fitting->time, zone)) {
        dates->moments++;
        keep(arena, &dates->moment_example, value);
    }
}

void guess_dates_add(struct guess_dates *dates, struct arena *arena, const char *value,
                     const struct zone *zone)
{
    struct fitting fitting;
    size_t before = dates->dates;

    if (is_nothing(value)) {
        dates->none++;
        return;
    }
    find_fitting(&fitting, value, dates->out);
    if (fitting.count > 0) {
        take_date(dates, arena, value, &fitting, zone);
        if (dates->dates > before)
            narrow(dates, &fitting);
        return;
    }
    find_fitting(&fitting, value, NULL);
    if (fitting.count > 0) {
        take_date(dates, arena, value, &fitting, zone);
        dates->two_forms |= dates->dates > before;
    } else if (is_serial(value)) {
        dates->serials++;
        keep(arena, &dates->serial_example, value);
    } else {
        dates->misfits++;
        keep(arena, &dates->misfit_example, value);
    }
}

static void widen(struct guess_span *span, const struct day_time *time)
{
    struct day day = time->year < END_YEAR ? time->day : day_nearest(DAY_NUMBER_LAST);

    if (!day_is_set(span->first) || day_compare(day, span->first) < 0)
        span->first = day;
    if (day_compare(day, span->last) > 0)
        span->last = day;
    span->endless |= time->year >= FAR_YEAR || time->year < GUESS_FIRST_YEAR;
}

bool guess_dates_span(const char *value, struct guess_span *ret_span)
{
    struct guess_span span = {.serial = is_serial(value)};
    struct fitting fitting;

    if (is_nothing(value))
        return false;
    find_fitting(&fitting, value, NULL);
    for (size_t i = 0; i < fitting.count; i++) {
        struct day_time time;
        if (day_parse_time(value, format_at(fitting.at[i]).text, GUESS_YEARS_CUTOFF, &time))
            widen(&span, &time);
    }
    if (span.serial) /* 61 is 1900-03-01 */
        span.first = span.last = day_nearest(strtol(value, NULL, 10) - 1);
    *ret_span = span;
    return span.serial || fitting.count > 0;
}

size_t guess_dates_formats(const struct guess_dates *dates, struct arena *arena,
                           const char **ret_format, size_t size)
{
    size_t count = 0;

    if (dates->dates == 0 || dates->two_forms)
        return 0;
    for (size_t i = 0; i < FORMATS; i++) {
        if (dates->out[i])
            continue;
        if (count < size)
            ret_format[count] = arena_strdup(arena, format_at(i).text);
        count++;
    }
    return count;
}
