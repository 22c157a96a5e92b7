/*
 * Times from outside are read field by field at fixed places; a form that is not one of the known
 * ones is refused, never guessed, because an unreadable last login is safer than a wrong one.
 * Instants stay within 1900 and 2200, the range of struct day, so each has a civil day.
 */
#include "base/instant.h"

#include <stddef.h>
#include <string.h>

#include "base/parse.h"

enum { UNIX_EPOCH_NUMBER = 25568 }; /* struct day of 1970-01-01 */

#define DAY_S       INT64_C(86400)
#define EARLIEST_US ((1 - UNIX_EPOCH_NUMBER) * DAY_US)
#define LATEST_US   ((DAY_NUMBER_LAST - UNIX_EPOCH_NUMBER + 1) * DAY_US - 1)

static const int64_t utc_from[] = {INT64_MIN};
static const int32_t utc_offset[] = {0};

const struct zone zone_utc = {
    .name = "UTC", .count = 1, .from_s = utc_from, .offset_s = utc_offset};

static int64_t clamp(int64_t us)
{
    if (us < EARLIEST_US)
        return EARLIEST_US;
    return us > LATEST_US ? LATEST_US : us;
}

struct instant instant_add_us(struct instant instant, int64_t us)
{
    int64_t sum;

    if (!instant_is_set(instant))
        return INSTANT_NONE;
    if (__builtin_add_overflow(instant.us, us, &sum))
        sum = us < 0 ? INT64_MIN : INT64_MAX;
    return (struct instant){.us = clamp(sum)};
}

struct instant instant_of_seconds(int64_t seconds)
{
    if (seconds < EARLIEST_US / SECOND_US || seconds > LATEST_US / SECOND_US)
        return INSTANT_NONE;
    return (struct instant){.us = seconds * SECOND_US};
}

/* Towards minus infinity, as days before 1970 need it. */
static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

static struct day day_of_second(int64_t second)
{
    return day_nearest(floor_divide(second, DAY_S) + UNIX_EPOCH_NUMBER);
}

/* `separator` and the digits, in front of `end`. */
static char *put_digits(char *end, unsigned value, int digits, char separator)
{
    for (; digits > 0; digits--) {
        *--end = (char)('0' + value % 10);
        value /= 10;
    }
    *--end = separator;
    return end;
}

const char *instant_format(struct instant instant, char buffer[static INSTANT_TEXT_SIZE])
{
    int64_t us = clamp(instant.us);
    int64_t second = floor_divide(us, SECOND_US);
    unsigned fraction = (unsigned)(us - second * SECOND_US);
    unsigned of_day = (unsigned)(second - floor_divide(second, DAY_S) * DAY_S);
    char *end = buffer + (fraction == 0 ? sizeof("YYYY-MM-DDTHH:MM:SSZ")
                                        : sizeof("YYYY-MM-DDTHH:MM:SS.ffffffZ"));

    if (!instant_is_set(instant)) {
        memcpy(buffer, "-", 2);
        return buffer;
    }
    day_format(day_of_second(second), buffer);
    *--end = '\0';
    *--end = 'Z';
    if (fraction > 0)
        end = put_digits(end, fraction, 6, '.');
    end = put_digits(end, of_day % 60, 2, ':');
    end = put_digits(end, of_day / 60 % 60, 2, ':');
    (void)put_digits(end, of_day / 3600, 2, 'T');
    return buffer;
}

/* A reader that moves along a string; once something does not fit, nothing does. */
struct reader {
    const char *at;
    bool fits;
};

static int64_t read_digits(struct reader *reader, size_t count, int64_t maximum)
{
    int64_t value = 0;

    reader->fits = reader->fits && strnlen(reader->at, count) == count &&
                   parse_digits(reader->at, count, maximum, &value);
    if (reader->fits)
        reader->at += count;
    return value;
}

static void read_char(struct reader *reader, char expected)
{
    reader->fits = reader->fits && *reader->at == expected;
    if (reader->fits)
        reader->at++;
}

/* Microseconds: nothing, or a point and 1 to 9 digits. */
static int64_t read_fraction(struct reader *reader)
{
    int64_t us = 0;
    size_t count;

    if (!reader->fits || *reader->at != '.')
        return 0;
    count = strspn(reader->at + 1, "0123456789");
    if (count < 1 || count > 9) {
        reader->fits = false;
        return 0;
    }
    for (size_t i = 1; i <= 6; i++)
        us = us * 10 + (i <= count ? reader->at[i] - '0' : 0);
    reader->at += 1 + count;
    return us;
}

/* Microseconds since midnight. 24:00 and the leap second have no place in a count of days. */
static int64_t read_time(struct reader *reader)
{
    int64_t hour, minute, second;

    hour = read_digits(reader, 2, 23);
    read_char(reader, ':');
    minute = read_digits(reader, 2, 59);
    read_char(reader, ':');
    second = read_digits(reader, 2, 59);
    return (hour * 3600 + minute * 60 + second) * SECOND_US;
}

/* Seconds east of UTC. `plain` also takes an offset without its colon. */
static int64_t read_zone(struct reader *reader, bool plain)
{
    int64_t hour, minute;
    char sign = *reader->at;

    if (!reader->fits || sign == 'Z') {
        read_char(reader, 'Z');
        return 0;
    }
    read_char(reader, sign == '-' ? '-' : '+');
    hour = read_digits(reader, 2, 23);
    if (!plain || (reader->fits && *reader->at == ':'))
        read_char(reader, ':');
    minute = read_digits(reader, 2, 59);
    return (sign == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
}

static struct day read_iso_day(struct reader *reader)
{
    struct day day = DAY_NONE;
    int64_t year, month, of_month;

    year = read_digits(reader, 4, 9999);
    read_char(reader, '-');
    month = read_digits(reader, 2, 12);
    read_char(reader, '-');
    of_month = read_digits(reader, 2, 31);
    reader->fits = reader->fits && day_from_civil((int)year, (int)month, (int)of_month, &day);
    return day;
}

static int64_t day_start_us(struct day day)
{
    return ((int64_t)day.number - UNIX_EPOCH_NUMBER) * DAY_US;
}

/* Within the years `first` to 2199. */
static bool in_years(int64_t us, int first)
{
    struct day start = DAY_NONE, end = DAY_NONE;

    return day_from_civil(first, 1, 1, &start) && day_from_civil(2200, 1, 1, &end) &&
           us >= day_start_us(start) && us < day_start_us(end);
}

/* Accepts a complete reading: at the end of the string, in range both as written and in UTC. */
static bool finish(const struct reader *reader, int64_t written_us, int64_t offset_s,
                   int first_year, struct instant *ret_instant)
{
    int64_t us = written_us - offset_s * SECOND_US;

    if (!reader->fits || *reader->at || us == 0 || !in_years(written_us, first_year) ||
        !in_years(us, first_year))
        return false;
    *ret_instant = (struct instant){.us = us};
    return true;
}

bool instant_parse_rfc3339(const char *string, struct instant *ret_instant)
{
    struct reader reader = {.at = string, .fits = string != NULL};
    int64_t us, offset;

    if (!string)
        return false;
    us = day_start_us(read_iso_day(&reader));
    read_char(&reader, 'T');
    us += read_time(&reader);
    us += read_fraction(&reader);
    offset = read_zone(&reader, false);
    return finish(&reader, us, offset, 1900, ret_instant);
}

static bool parse_iso_like(const char *string, struct instant *ret_instant)
{
    struct reader reader = {.at = string, .fits = true};
    int64_t us, offset = 0;
    bool blank;

    us = day_start_us(read_iso_day(&reader));
    blank = reader.fits && *reader.at == ' ';
    read_char(&reader, blank ? ' ' : 'T');
    us += read_time(&reader);
    us += read_fraction(&reader);
    if (!blank && reader.fits && *reader.at)
        offset = read_zone(&reader, true);
    return finish(&reader, us, offset, 1990, ret_instant);
}

/* March, 08 2017 14:17:37 +0000 */
static bool parse_spelled(const char *string, struct instant *ret_instant)
{
    struct reader reader = {.at = string};
    struct day day = DAY_NONE;
    int64_t us, offset;

    reader.fits = day_parse_prefix(&reader.at, "%B, %d %Y", &day);
    us = day_start_us(day);
    read_char(&reader, ' ');
    us += read_time(&reader);
    read_char(&reader, ' ');
    offset = read_zone(&reader, true);
    return finish(&reader, us, offset, 1990, ret_instant);
}

static bool parse_milliseconds(const char *string, struct instant *ret_instant)
{
    struct reader end = {.at = "", .fits = true};
    int64_t ms;
    size_t length = strlen(string);

    return length >= 12 && length <= 14 && parse_digits(string, length, INT64_MAX / 1000, &ms) &&
           finish(&end, ms * 1000, 0, 1990, ret_instant);
}

bool instant_parse_bynder(const char *string, struct instant *ret_instant)
{
    return string && (parse_iso_like(string, ret_instant) || parse_spelled(string, ret_instant) ||
                      parse_milliseconds(string, ret_instant));
}

static bool is_between(const struct zone *zone, unsigned number, int64_t second)
{
    return zone->from_s[number] <= second &&
           (number + 1 == zone->count || second < zone->from_s[number + 1]);
}

/* Most who ask do so about the same months, one after the other. */
static int32_t offset_at(const struct zone *zone, int64_t second)
{
    static _Thread_local unsigned latest;
    unsigned low = 0, high = zone->count; /* from_s[low] <= second < from_s[high] */

    if (latest < high && is_between(zone, latest, second))
        return zone->offset_s[latest];
    while (high - low > 1) {
        unsigned middle = low + (high - low) / 2;

        if (zone->from_s[middle] <= second)
            low = middle;
        else
            high = middle;
    }
    latest = low;
    return zone->offset_s[low];
}

struct day instant_day(struct instant instant, const struct zone *zone)
{
    if (!instant_is_set(instant))
        return DAY_NONE;
    int64_t second = floor_divide(clamp(instant.us), SECOND_US);
    return day_of_second(second + offset_at(zone, second));
}

int instant_second_of_day(struct instant instant, const struct zone *zone)
{
    int64_t second = floor_divide(clamp(instant.us), SECOND_US);
    int64_t local = second + offset_at(zone, second);

    return (int)(local - floor_divide(local, 86400) * 86400);
}
