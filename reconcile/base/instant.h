/*
 * instant: a UTC time in microseconds since 1970-01-01T00:00:00Z. Wrapped; zero is "none".
 */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"

struct instant {
    int64_t us; /* 0 means "no instant" */
};

/* One moment by two clocks: civil time, and time that is never set back (host/clock). */
struct time_mark {
    struct instant now, steady;
};

#define INSTANT_NONE                                                                               \
    (struct instant)                                                                               \
    {                                                                                              \
        .us = 0                                                                                    \
    }
#define INSTANT_TEXT_SIZE 28 /* "2026-11-22T07:45:00.123456Z" and its NUL */
#define SECOND_US         INT64_C(1000000)
#define DAY_US            (86400 * SECOND_US)

/* In the header, because every account is asked, and of several. */
static inline bool instant_is_set(struct instant instant)
{
    return instant.us != 0;
}
static inline int instant_compare(struct instant a, struct instant b)
{
    return (a.us > b.us) - (a.us < b.us);
}
/* None is earliest. */
static inline struct instant instant_later(struct instant a, struct instant b)
{
    return instant_compare(a, b) >= 0 ? a : b;
}
/* Stops at the ends of the years 1900 and 2200. No instant stays none. */
struct instant instant_add_us(struct instant instant, int64_t us);
/* Of whole seconds since the epoch, as other programs and files tell them; outside of 1900 to 2200
 * none. */
struct instant instant_of_seconds(int64_t seconds);
/* RFC 3339 in UTC, without the fraction when it is zero, else 6 digits; "-" for none. */
const char *instant_format(struct instant instant, char buffer[static INSTANT_TEXT_SIZE]);
/* Strict RFC 3339 as instant_format writes it (any offset, 0 to 9 fraction digits, what is finer
 * than a microsecond is cut off), years 1900 to 2199. The one microsecond that means "none" is
 * refused. */
bool instant_parse_rfc3339(const char *string, struct instant *ret_instant);

/* Every form in which Bynder writes a time somewhere (API.md "Dates"), the whole string, strictly:
 * RFC 3339 with 0 to 9 fraction digits and an offset like `+00:00`, `+0000` or `Z`; without a zone
 * (taken as UTC), then also with a blank for the T; `March, 08 2017 14:17:37 +0000`; epoch
 * milliseconds (12 to 14 digits). Years 1990 to 2199, as written and in UTC. No 24:00, no leap
 * second. false: none of them. */
bool instant_parse_bynder(const char *string, struct instant *ret_instant);

/* The offset table of one time zone: offset[i] holds from `from[i]` on. Made by host/zone. */
struct zone {
    const char *name;
    unsigned count;
    const int64_t *from_s;   /* ascending, from_s[0] is INT64_MIN */
    const int32_t *offset_s; /* seconds east of UTC */
};

extern const struct zone zone_utc;

/* The civil day of an instant in a zone. No instant gives no day. */
struct day instant_day(struct instant instant, const struct zone *zone);
/* Seconds of that day that have passed by the clock on the wall: 0 to 86399. */
int instant_second_of_day(struct instant instant, const struct zone *zone);

#endif
