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
#define DAY_TEXT_SIZE 11 /* "2026-11-22" and its NUL */

bool day_is_set(struct day day);
/* false when there is no such day; *ret_day is then untouched. month and day from 1. */
bool day_from_civil(int year, int month, int day, struct day *ret_day);
void day_to_civil(struct day day, int *ret_year, int *ret_month, int *ret_day);
struct day day_add(struct day day, int days);
/* later - earlier, in days. Both must be set. */
int day_between(struct day earlier, struct day later);
int day_compare(struct day a, struct day b); /* <0, 0, >0; "no day" is smallest */
int day_of_week(struct day day);             /* 1 Monday … 7 Sunday */
/* ISO form into the caller's DAY_TEXT_SIZE bytes; "-" for no day. Returns buffer. */
const char *day_format(struct day day, char buffer[static DAY_TEXT_SIZE]);

/* Strict ISO `YYYY-MM-DD`, the whole string. */
bool day_parse_iso(const char *string, struct day *ret_day);

/* Strict parse of the whole string after a strptime-like format of %Y %m %d %y(no: refused) %b %B %e
 * %H %M %S (time read and dropped) and literal characters; %m and %d take one or two digits, %Y
 * exactly four; month names are English, any case. false: does not fit, or no such day. */
bool day_parse(const char *string, const char *format, struct day *ret_day);
/* Whether a format has exactly one year, month and day and only known conversions. */
bool day_format_is_valid(const char *format);

#endif
