/*
 * The calendar is computed, not looked up: days are counted from 1 March of year 0, where the leap
 * day is the last of its year and every month before has its place (Hinnant, "chrono-compatible
 * low-level date algorithms"). A day that a format or a number cannot name exactly is no day.
 */
#include "base/day.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

enum {
    YEAR_FIRST = 1900,
    YEAR_LAST = 2200,
    EPOCH = 693900, /* days from 0000-03-01 to 1899-12-31 */
};

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

bool day_from_civil(int year, int month, int day, struct day *ret_day)
{
    int shifted_year, shifted_month;

    if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return false;
    shifted_year = month > 2 ? year : year - 1;
    shifted_month = (month + 9) % 12;
    *ret_day = (struct day){.number = 365 * shifted_year + shifted_year / 4 - shifted_year / 100 +
                                      shifted_year / 400 + (153 * shifted_month + 2) / 5 + day - 1 -
                                      EPOCH};
    return true;
}

void day_to_civil(struct day day, int *ret_year, int *ret_month, int *ret_day)
{
    int number = day.number + EPOCH;
    int era = number / 146097, of_era = number % 146097;
    int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * of_year + 2) / 153;

    assert(day_is_set(day));
    *ret_day = of_year - (153 * shifted_month + 2) / 5 + 1;
    *ret_month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *ret_year = era * 400 + year_of_era + (*ret_month <= 2);
}

struct day day_nearest(int64_t number)
{
    if (number < 1)
        number = 1;
    if (number > DAY_NUMBER_LAST)
        number = DAY_NUMBER_LAST;
    return (struct day){.number = (int32_t)number};
}

struct day day_add(struct day day, int days)
{
    return day_is_set(day) ? day_nearest((int64_t)day.number + days) : DAY_NONE;
}

int day_between(struct day earlier, struct day later)
{
    assert(day_is_set(earlier) && day_is_set(later));
    return later.number - earlier.number;
}

int day_of_week(struct day day)
{
    assert(day_is_set(day));
    return (day.number - 1) % 7 + 1; /* 1900-01-01 was a Monday */
}

static char *put_digits(char *end, int value, int digits)
{
    for (; digits > 0; digits--) {
        *--end = (char)('0' + value % 10);
        value /= 10;
    }
    return end;
}

const char *day_format(struct day day, char buffer[static DAY_TEXT_SIZE])
{
    char *end = buffer + DAY_TEXT_SIZE - 1;
    int year, month, of_month;

    if (!day_is_set(day)) {
        memcpy(buffer, "-", 2);
        return buffer;
    }
    day_to_civil(day, &year, &month, &of_month);
    *end = '\0';
    end = put_digits(end, of_month, 2);
    *--end = '-';
    end = put_digits(end, month, 2);
    *--end = '-';
    put_digits(end, year, 4);
    return buffer;
}

bool day_parse_iso(const char *string, struct day *ret_day)
{
    return string && strlen(string) == DAY_TEXT_SIZE - 1 && day_parse(string, "%Y-%m-%d", ret_day);
}

/* The parts a format speaks of; each may come once. */
enum part {
    PART_YEAR,
    PART_MONTH,
    PART_DAY,
    PART_HOUR,
    PART_MINUTE,
    PART_SECOND,
    PART_HALF,
    PART_OFFSET,
    PART_COUNT
};

enum shape {
    SHAPE_FOUR_DIGITS,
    SHAPE_TWO_DIGITS,
    SHAPE_DIGITS,
    SHAPE_PADDED,
    SHAPE_NAME,
    SHAPE_HALF,
    SHAPE_OFFSET,
};

enum { HALF_NONE = 0, HALF_AM, HALF_PM };

#define OFFSET_MOST_S (14 * 3600)

static const struct conversion {
    char letter;
    enum part part;
    enum shape shape;
    int minimum, maximum;
} conversions[] = {
    {'Y', PART_YEAR, SHAPE_FOUR_DIGITS, 0, 9999},
    {'y', PART_YEAR, SHAPE_TWO_DIGITS, 0, 99},
    {'m', PART_MONTH, SHAPE_DIGITS, 1, 12},
    {'b', PART_MONTH, SHAPE_NAME, 1, 12},
    {'B', PART_MONTH, SHAPE_NAME, 1, 12},
    {'d', PART_DAY, SHAPE_DIGITS, 1, 31},
    {'e', PART_DAY, SHAPE_PADDED, 1, 31},
    {'H', PART_HOUR, SHAPE_DIGITS, 0, 23},
    {'I', PART_HOUR, SHAPE_DIGITS, 1, 12},
    {'p', PART_HALF, SHAPE_HALF, HALF_AM, HALF_PM},
    {'M', PART_MINUTE, SHAPE_DIGITS, 0, 59},
    {'S', PART_SECOND, SHAPE_DIGITS, 0, 59},
    {'z', PART_OFFSET, SHAPE_OFFSET, -OFFSET_MOST_S, OFFSET_MOST_S},
};

static const struct conversion *find_conversion(char letter)
{
    for (size_t i = 0; i < COUNT_OF(conversions); i++) {
        if (conversions[i].letter == letter)
            return &conversions[i];
    }
    return NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_of_digits(const struct conversion *conversion)
{
    return conversion->shape != SHAPE_NAME && conversion->shape != SHAPE_HALF &&
           conversion->shape != SHAPE_OFFSET;
}

/* Whether what the format demands next is a digit. */
static bool expects_digit(const char *format)
{
    const struct conversion *next;

    if (*format != '%')
        return is_digit(*format);
    next = find_conversion(format[1]);
    return next && is_of_digits(next);
}

bool day_format_is_valid(const char *format, int cutoff)
{
    int seen[PART_COUNT] = {0};

    if (!format)
        return false;
    for (const char *f = format; *f; f++) {
        const struct conversion *conversion;

        if (*f != '%')
            continue;
        f++;
        if (*f == '%')
            continue;
        conversion = find_conversion(*f);
        if (!conversion || ++seen[conversion->part] > 1 ||
            (conversion->shape == SHAPE_TWO_DIGITS && cutoff == 0))
            return false;
    }
    return seen[PART_YEAR] == 1 && seen[PART_MONTH] == 1 && seen[PART_DAY] == 1;
}

static bool read_number(const char **cursor, int fewest, int most, int *ret_value)
{
    const char *c = *cursor;
    int value = 0, count = 0;

    while (count < most && is_digit(*c)) {
        value = value * 10 + (*c++ - '0');
        count++;
    }
    if (count < fewest)
        return false;
    *cursor = c;
    *ret_value = value;
    return true;
}

static const struct {
    int number;
    const char *name;
} months[] = {
#define MONTH(number, name) {number, name},
#include "base/months.def"
#undef MONTH
};

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* The longest name; the point behind a short one goes with it, unless the format wants it. */
static bool read_month_name(const char **cursor, bool wants_point, int *ret_value)
{
    const char *c = *cursor;
    size_t best = 0;

    for (size_t i = 0; i < COUNT_OF(months); i++) {
        size_t length = 0;
        if (lower(*c) != lower(months[i].name[0])) /* nearly all of them */
            continue;
        length = strlen(months[i].name);
        if (length <= best || strncasecmp(c, months[i].name, length) != 0)
            continue;
        best = length;
        *ret_value = months[i].number;
    }
    *cursor = c + best + (best > 0 && c[best] == '.' && !wants_point);
    return best > 0;
}

static bool read_offset(const char **cursor, int *ret_seconds)
{
    bool west = **cursor == '-';
    int hours = 0, minutes = 0;

    *ret_seconds = 0;
    if (**cursor == 'Z' || **cursor == 'z') {
        (*cursor)++;
        return true;
    }
    if (!west && **cursor != '+')
        return false;
    (*cursor)++;
    if (!read_number(cursor, 2, 2, &hours))
        return false;
    *cursor += **cursor == ':';
    if (!read_number(cursor, 2, 2, &minutes) || minutes > 59)
        return false;
    *ret_seconds = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

static int half_of(const char *text)
{
    bool m = (text[0] == 'A' || text[0] == 'a' || text[0] == 'P' || text[0] == 'p') &&
             (text[1] == 'M' || text[1] == 'm');

    return !m ? HALF_NONE : text[0] == 'A' || text[0] == 'a' ? HALF_AM : HALF_PM;
}

static bool read_half(const char **cursor, int *ret_half)
{
    *ret_half = half_of(*cursor);
    *cursor += *ret_half == HALF_NONE ? 0 : 2;
    return *ret_half != HALF_NONE;
}

/* `next` is the format behind the conversion. */
static bool read_value(const char **cursor, const struct conversion *conversion, bool touching,
                       const char *next, int *ret_value)
{
    switch (conversion->shape) {
    case SHAPE_FOUR_DIGITS:
        return read_number(cursor, 4, 4, ret_value);
    case SHAPE_TWO_DIGITS:
        return read_number(cursor, 2, 2, ret_value);
    case SHAPE_PADDED:
        if (**cursor == ' ') {
            (*cursor)++;
            return read_number(cursor, 1, 1, ret_value);
        }
        return read_number(cursor, touching ? 2 : 1, 2, ret_value);
    case SHAPE_DIGITS:
        return read_number(cursor, touching ? 2 : 1, 2, ret_value);
    case SHAPE_NAME:
        return read_month_name(cursor, *next == '.', ret_value);
    case SHAPE_HALF:
        return read_half(cursor, ret_value);
    case SHAPE_OFFSET:
        return read_offset(cursor, ret_value);
    }
    return false;
}

/* What was read of a string by a format. */
struct parts {
    int value[PART_COUNT];
    bool after_time; /* an hour came before */
    bool two_digits; /* the year is one of %y */
    bool has_offset;
};

/* A mark that the format has as it stands: of a time it may say which half of the day, or where. */
static void note_literal(struct parts *parts, const char *format)
{
    int half = half_of(format);

    if (!parts->after_time)
        return;
    parts->has_offset |= *format == 'Z';
    if (half != HALF_NONE && parts->value[PART_HALF] == HALF_NONE)
        parts->value[PART_HALF] = half;
}

static bool read_parts(const char **cursor, const char *format, struct parts *parts)
{
    const char *c = *cursor;
    bool after_digit = false; /* the format's last demand was a digit */

    for (const char *f = format; *f; f++) {
        const struct conversion *conversion = *f == '%' ? find_conversion(f[1]) : NULL;
        bool digits;

        if (!conversion) {
            f += *f == '%';
            if (*c++ != *f)
                return false;
            note_literal(parts, f);
            after_digit = is_digit(*f);
            continue;
        }
        f++;
        digits = is_of_digits(conversion);
        parts->after_time |= conversion->part == PART_HOUR;
        parts->two_digits |= conversion->shape == SHAPE_TWO_DIGITS;
        parts->has_offset |= conversion->part == PART_OFFSET;
        if (!read_value(&c, conversion, digits && (after_digit || expects_digit(f + 1)), f + 1,
                        &parts->value[conversion->part]) ||
            parts->value[conversion->part] < conversion->minimum ||
            parts->value[conversion->part] > conversion->maximum)
            return false;
        after_digit = digits;
    }
    *cursor = c;
    return true;
}

static bool parse_parts(const char **cursor, const char *format, int cutoff,
                        struct day_time *ret_time)
{
    struct parts parts = {.value = {0}};
    struct day_time time = {.second = 0};
    const char *c = *cursor;

    if (!day_format_is_valid(format, cutoff) || !read_parts(&c, format, &parts))
        return false;
    time.year = parts.value[PART_YEAR];
    if (parts.two_digits)
        time.year = cutoff - (cutoff % 100 - time.year + 100) % 100;
    if (parts.value[PART_MONTH] < 1 ||
        parts.value[PART_DAY] > days_in_month(time.year, parts.value[PART_MONTH]))
        return false;
    if (time.year >= YEAR_FIRST && time.year <= YEAR_LAST &&
        !day_from_civil(time.year, parts.value[PART_MONTH], parts.value[PART_DAY], &time.day))
        return false;
    int hour = parts.value[PART_HOUR];
    if (parts.value[PART_HALF] != HALF_NONE && hour <= 12)
        hour = hour % 12 + (parts.value[PART_HALF] == HALF_PM ? 12 : 0);
    time.second = (hour * 60 + parts.value[PART_MINUTE]) * 60 + parts.value[PART_SECOND];
    time.has_offset = parts.has_offset;
    time.offset_s = parts.value[PART_OFFSET];
    *cursor = c;
    *ret_time = time;
    return true;
}

bool day_parse_prefix(const char **cursor, const char *format, struct day *ret_day)
{
    struct day_time time;
    const char *c = *cursor;

    if (!parse_parts(&c, format, 0, &time) || !day_is_set(time.day))
        return false;
    *cursor = c;
    *ret_day = time.day;
    return true;
}

bool day_parse_time(const char *string, const char *format, int cutoff, struct day_time *ret_time)
{
    const char *cursor = string;
    struct day_time time;

    if (!string || !parse_parts(&cursor, format, cutoff, &time) || *cursor)
        return false;
    *ret_time = time;
    return true;
}

bool day_parse(const char *string, const char *format, struct day *ret_day)
{
    const char *cursor = string;
    struct day day;

    if (!string || !day_parse_prefix(&cursor, format, &day) || *cursor)
        return false;
    *ret_day = day;
    return true;
}
