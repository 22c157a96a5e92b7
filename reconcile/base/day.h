/*
 * day: a civil day without time or zone. Wrapped so that it cannot be mixed with counts.
 * Proleptic Gregorian, 1900-01-01 to 2200-12-31; the zero value is "no day".
 */
#ifndef BASE_DAY_H
#define BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

struct day {
    int32_t number; /* days since 1899-12-31, so that 1900-01-01 is 1 and 0 means "no day" */
};

#define DAY_NONE                                                                                   \
    (struct day)                                                                                   \
    {                                                                                              \
        .number = 0                                                                                \
    }
#define DAY_NUMBER_LAST 109938 /* 2200-12-31 */
#define DAY_TEXT_SIZE   11     /* "2026-11-22" and its NUL */

/* In the header, because every account is asked, and of several. */
static inline bool day_is_set(struct day day)
{
    return day.number != 0;
}
/* <0, 0, >0; "no day" is smallest. */
static inline int day_compare(struct day a, struct day b)
{
    return (a.number > b.number) - (a.number < b.number);
}
/* false when there is no such day; *ret_day is then untouched. month and day from 1. */
bool day_from_civil(int year, int month, int day, struct day *ret_day);
void day_to_civil(struct day day, int *ret_year, int *ret_month, int *ret_day);
/* The day of this number; outside the range its first or last day. */
struct day day_nearest(int64_t number);
/* Stops at the first and last day of the range. "No day" stays "no day". */
struct day day_add(struct day day, int days);
/* later - earlier, in days. Both must be set. */
int day_between(struct day earlier, struct day later);
int day_of_week(struct day day); /* 1 Monday … 7 Sunday */
/* ISO form into the caller's DAY_TEXT_SIZE bytes; "-" for no day. Returns buffer. */
const char *day_format(struct day day, char buffer[static DAY_TEXT_SIZE]);

/* Strict ISO `YYYY-MM-DD`, the whole string. */
bool day_parse_iso(const char *string, struct day *ret_day);

/* Strict parse of the whole string after a strptime-like format. Conversions: %Y (four digits), %m
 * %d (one or two digits), %e (as %d, or a space and one digit), %b %B (month name of
 * base/months.def, short or long, any case, a short one with its point), %H %I %M %S (one or two
 * digits, dropped here), %p (AM or PM, which a format may also have as it stands behind the time),
 * %z (`Z`, `+01:00`, `+0100`), %% itself. All else is literal, blanks too. Digits of two fields
 * that touch (`%Y%m%d`) cannot be told apart by counting, so there a field takes exactly two.
 * false: does not fit, no such day, or the format is not valid.
 */
bool day_parse(const char *string, const char *format, struct day *ret_day);
/* A day with what is written behind it. */
struct day_time {
    struct day day;  /* none when the year is not one that a day can have */
    int year;        /* 0 to 9999 */
    int second;      /* of the day; 0 = midnight, or no time */
    bool has_offset; /* by %z, or by a Z that the format has behind the time */
    int offset_s;    /* east of Greenwich */
};
/* The same as day_parse, and the time is told; years of which no day can be are fine. `cutoff` is
 * the last of the hundred years that %y (two digits) can be; with 0 the format must not have it. */
bool day_parse_time(const char *string, const char *format, int cutoff, struct day_time *ret_time);
/* The same for the beginning of *cursor, which is moved behind what was read. */
bool day_parse_prefix(const char **cursor, const char *format, struct day *ret_day);
/* Whether a format has exactly one year, month and day, the time parts at most once, and only known
 * conversions; %y, of which nobody can tell the century, with a cutoff (not 0) only. */
bool day_format_is_valid(const char *format, int cutoff);

#endif
