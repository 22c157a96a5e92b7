/*
 * Days, instants and zones: what is read is written as the same, and every instant has a day that
 * the zone agrees with.
 * Reads: base/day.c base/instant.c base/parse.c host/zone.c
 */
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/instant.h"
#include "base/parse.h"
#include "fuzz.h"
#include "host/zone.h"
#include "net/http.h"

static void check_day(struct day day)
{
    char text[DAY_TEXT_SIZE];
    struct day again = DAY_NONE;
    int year, month, number;

    FUZZ_CHECK(day_is_set(day) && day.number <= DAY_NUMBER_LAST);
    FUZZ_CHECK(day_parse_iso(day_format(day, text), &again) && day_compare(day, again) == 0);
    day_to_civil(day, &year, &month, &number);
    FUZZ_CHECK(day_from_civil(year, month, number, &again) && day_compare(day, again) == 0);
    FUZZ_CHECK(day_of_week(day) >= 1 && day_of_week(day) <= 7);
    FUZZ_CHECK(day_of_week(day_add(day, 7)) == day_of_week(day) ||
               day.number > DAY_NUMBER_LAST - 7);
}

static void check_instant(struct instant instant, const struct zone *zone)
{
    char text[INSTANT_TEXT_SIZE];
    struct instant again = INSTANT_NONE;

    FUZZ_CHECK(instant_is_set(instant));
    FUZZ_CHECK(instant_parse_rfc3339(instant_format(instant, text), &again) &&
               instant_compare(instant, again) == 0);
    check_day(instant_day(instant, zone));
    int second = instant_second_of_day(instant, zone);
    FUZZ_CHECK(second >= 0 && second < 86400);
}

/* What is none is said so, and stays none. */
static void check_none(void)
{
    char day[DAY_TEXT_SIZE], instant[INSTANT_TEXT_SIZE];

    FUZZ_CHECK(strcmp(day_format(DAY_NONE, day), "-") == 0);
    FUZZ_CHECK(strcmp(instant_format(INSTANT_NONE, instant), "-") == 0);
    FUZZ_CHECK(!day_is_set(day_add(DAY_NONE, 1)));
    FUZZ_CHECK(!instant_is_set(instant_add_us(INSTANT_NONE, 1)));
    FUZZ_CHECK(!day_is_set(instant_day(INSTANT_NONE, &zone_utc)));
}

static void check_order(struct instant a, struct instant b)
{
    struct instant later = instant_later(a, b);
    struct day from = day_nearest(a.us), to = day_nearest(b.us);

    FUZZ_CHECK(instant_compare(later, a) >= 0 && instant_compare(later, b) >= 0);
    FUZZ_CHECK(day_compare(day_add(from, day_between(from, to)), to) == 0);
}

static void check_numbers(const char *value)
{
    size_t length = strlen(value);
    int64_t number = 0, digits = 0;
    double real = 0;

    if (parse_int(value, -1000, 1000, &number))
        FUZZ_CHECK(number >= -1000 && number <= 1000);
    if (parse_int(value, 0, INT64_MAX, &number))
        FUZZ_CHECK(parse_digits(value, length, INT64_MAX, &digits) && digits == number);
    if (parse_digits(value, length, 1000, &digits))
        FUZZ_CHECK(digits >= 0 && digits <= 1000);
    if (parse_double(value, -1, 1e9, &real))
        FUZZ_CHECK(real >= -1 && real <= 1e9);
    for (size_t i = 0; i < length; i++)
        FUZZ_CHECK((parse_hex(value[i]) >= 0) == (isxdigit((unsigned char)value[i]) != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct bytes bytes = bytes_of(data, size);
    const char *format = bytes_line(&bytes, &arena), *value = bytes_line(&bytes, &arena);
    const char *name = bytes_line(&bytes, &arena);
    const struct zone *zone = &zone_utc;
    struct instant instant = INSTANT_NONE, other = {.us = bytes_number(&bytes)};
    struct day day = DAY_NONE, same = DAY_NONE;
    struct day_time time;

    if (*name && zone_load(&arena, name, &zone, NULL) == 0) {
        FUZZ_CHECK(zone->count > 0 && zone->from_s[0] == INT64_MIN);
        for (unsigned i = 1; i < zone->count; i++)
            FUZZ_CHECK(zone->from_s[i] > zone->from_s[i - 1]);
    }
    if (day_parse(value, format, &day)) {
        FUZZ_CHECK(day_format_is_valid(format, 0));
        FUZZ_CHECK(day_parse_time(value, format, 0, &time) && day_compare(time.day, day) == 0);
        FUZZ_CHECK(time.second >= 0 && time.second < 86400);
        check_day(day);
    }
    const char *cursor = value;
    if (day_parse_prefix(&cursor, format, &same))
        FUZZ_CHECK(cursor >= value && cursor <= value + strlen(value));
    if (day_parse_iso(value, &day))
        check_day(day);
    if (instant_parse_bynder(value, &instant))
        check_instant(instant, zone);
    if (instant_parse_rfc3339(value, &instant))
        check_instant(instant, zone);
    if (http_date(value, &instant))
        (void)instant_day(instant, zone);
    (void)instant_day(instant_of_seconds(other.us), zone);
    other = instant_add_us(other, bytes_number(&bytes));
    if (instant_is_set(other))
        (void)instant_day(other, zone);
    check_day(day_nearest(bytes_number(&bytes)));
    check_day(day_add(day_nearest(other.us), (int)bytes_number(&bytes)));
    check_none();
    check_order(instant, other);
    check_numbers(value);
    return 0;
}
