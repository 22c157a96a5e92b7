/* base/instant: every form of a time, and the day it falls on. */
#include "base/cleanup.h"
#include "base/instant.h"
#include "test.h"

struct form {
    const char *string, *expected; /* NULL: refused */
};

static void check(const struct form *form, bool (*parse)(const char *, struct instant *))
{
    struct instant instant = INSTANT_NONE;
    char text[INSTANT_TEXT_SIZE];
    bool fits = parse(form->string, &instant);

    if (fits != (form->expected != NULL))
        print_message("'%s'\n", form->string);
    assert_int_equal(fits, form->expected != NULL);
    assert_string_equal(instant_format(instant, text), fits ? form->expected : "-");
}

TEST(instant_parse_bynder_of_any_form_knows_the_documented_ones)
{
    static const struct form cases[] = {
        {"2019-03-31T23:59:40.000+00:00", "2019-03-31T23:59:40Z"},
        {"2017-01-10T07:43:12+00:00", "2017-01-10T07:43:12Z"},
        {"2017-01-10T07:43:12+0000", "2017-01-10T07:43:12Z"},
        {"2017-01-10T07:43:12+02:30", "2017-01-10T05:13:12Z"},
        {"2017-01-10T07:43:12-0100", "2017-01-10T08:43:12Z"},
        {"2015-06-01T08:36:18Z", "2015-06-01T08:36:18Z"},
        {"2024-06-28T10:42:11", "2024-06-28T10:42:11Z"},
        {"2024-06-28 10:42:11", "2024-06-28T10:42:11Z"},
        {"2024-06-28 10:42:11.5", "2024-06-28T10:42:11.500000Z"},
        {"2024-06-28T10:42:11.123456789Z", "2024-06-28T10:42:11.123456Z"},
        {"2024-06-28T10:42:11.1234567890Z", NULL},
        {"2024-06-28T10:42:11.Z", NULL},
        {"2024-06-28 10:42:11Z", NULL},
        {"March, 08 2017 14:17:37 +0000", "2017-03-08T14:17:37Z"},
        {"March, 08 2017 14:17:37 +0100", "2017-03-08T13:17:37Z"},
        {"March, 08 2017 14:17:37", NULL},
        {"March 08 2017 14:17:37 +0000", NULL},
        {"March, 32 2017 14:17:37 +0000", NULL},
        {"1719571331000", "2024-06-28T10:42:11Z"},
        {"1719571331001", "2024-06-28T10:42:11.001000Z"},
        {"631152000000", "1990-01-01T00:00:00Z"},
        {"631151999999", NULL},
        {"1719571331", NULL},
        {"99999999999999", NULL},
        {"-719571331000", NULL},
        {"1990-01-01T00:00:00Z", "1990-01-01T00:00:00Z"},
        {"1989-12-31T23:59:59Z", NULL},
        {"1989-12-31T23:30:00-01:00", NULL},
        {"1990-01-01T00:30:00+01:00", NULL},
        {"2199-12-31T23:59:59Z", "2199-12-31T23:59:59Z"},
        {"2200-01-01T00:00:00Z", NULL},
        {"2199-12-31T23:59:59-01:00", NULL},
        {"2024-06-28T24:00:00Z", NULL},
        {"2016-12-31T23:59:60Z", NULL},
        {"2024-02-30T00:00:00Z", NULL},
        {"2024-06-28T10:42:11Zx", NULL},
        {"2024-06-28T10:42:11 ", NULL},
        {" 2024-06-28T10:42:11", NULL},
        {"2024-06-28T10:42:11+00", NULL},
        {"2024-06-28T10:42:11+24:00", NULL},
        {"2024-06-28t10:42:11z", NULL},
        {"2024-06-28T10:42", NULL},
        {"2024-06-28", NULL},
        {"0000-00-00 00:00:00", NULL},
        {"never", NULL},
        {"", NULL},
        {"0", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check(&cases[i], instant_parse_bynder);
    assert_false(instant_parse_bynder(NULL, &(struct instant){0}));
}

TEST(instant_parse_rfc3339_of_any_form_is_strict)
{
    static const struct form cases[] = {
        {"2026-11-22T07:45:00Z", "2026-11-22T07:45:00Z"},
        {"2026-11-22T07:45:00.000001Z", "2026-11-22T07:45:00.000001Z"},
        {"2026-11-22T00:45:00+05:45", "2026-11-21T19:00:00Z"},
        {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"},
        {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"},
        {"1970-01-01T00:00:00Z", NULL}, /* would be "none" */
        {"2026-11-22T07:45:00", NULL},
        {"2026-11-22T07:45:00+0000", NULL},
        {"2026-11-22 07:45:00Z", NULL},
        {"2026-11-22T07:45:00Z\n", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check(&cases[i], instant_parse_rfc3339);
    assert_false(instant_parse_rfc3339(NULL, &(struct instant){0}));
}

TEST(instant_add_us_beyond_the_range_stops_at_its_end)
{
    struct instant start = {.us = 5}, end;
    char text[INSTANT_TEXT_SIZE];

    end = instant_add_us(start, INT64_MAX);
    assert_string_equal(instant_format(end, text), "2200-12-31T23:59:59.999999Z");
    assert_int_equal(instant_day(end, &zone_utc).number, DAY_NUMBER_LAST);
    end = instant_add_us(start, INT64_MIN);
    assert_string_equal(instant_format(end, text), "1900-01-01T00:00:00Z");
    assert_int_equal(instant_day(end, &zone_utc).number, 1);
    assert_true(instant_add_us(start, 7).us == 12);
    assert_false(instant_is_set(instant_add_us(INSTANT_NONE, 7)));
    assert_true(instant_compare(INSTANT_NONE, start) < 0 && instant_compare(start, start) == 0);
}

TEST(instant_day_around_a_change_of_offset_is_the_civil_one)
{
    /* One hour east until 2024-03-31T01:00Z, two from then on. */
    static const int64_t from[] = {INT64_MIN, INT64_C(1711846800)};
    static const int32_t offset[] = {3600, 7200};
    static const struct zone zone = {.name = "t", .count = 2, .from_s = from, .offset_s = offset};
    static const struct {
        const char *instant, *utc, *local;
    } cases[] = {
        {"2024-03-30T22:59:59.999999Z", "2024-03-30", "2024-03-30"},
        {"2024-03-30T23:00:00Z", "2024-03-30", "2024-03-31"},
        {"2024-03-31T21:59:59.999999Z", "2024-03-31", "2024-03-31"},
        {"2024-03-31T22:00:00Z", "2024-03-31", "2024-04-01"},
        {"1969-12-31T22:59:59.999999Z", "1969-12-31", "1969-12-31"},
        {"1969-12-31T23:30:00Z", "1969-12-31", "1970-01-01"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct instant instant;
        char text[DAY_TEXT_SIZE];

        assert_true(instant_parse_rfc3339(cases[i].instant, &instant));
        assert_string_equal(day_format(instant_day(instant, &zone_utc), text), cases[i].utc);
        assert_string_equal(day_format(instant_day(instant, &zone), text), cases[i].local);
    }
    assert_false(day_is_set(instant_day(INSTANT_NONE, &zone)));
}

TEST(instant_day_in_the_second_of_a_change_has_the_new_offset)
{
    /* As in Apia: 2011-12-30T10:00:00Z skips a day. */
    static const int64_t from[] = {INT64_MIN, 1325239200};
    static const int32_t offset[] = {-36000, 50400};
    static const struct zone zone = {.name = "t", .count = 2, .from_s = from, .offset_s = offset};
    struct instant instant = {.us = 1325239200 * SECOND_US};
    char text[DAY_TEXT_SIZE];

    assert_string_equal(day_format(instant_day(instant, &zone), text), "2011-12-31");
    instant.us--;
    assert_string_equal(day_format(instant_day(instant, &zone), text), "2011-12-29");
}

TEST(instant_of_seconds_outside_of_all_calendars_is_none)
{
    static const int64_t none[] = {INT64_MAX,  INT64_MIN,   31556889864403199,
                                   7289654400, -2208988801, 0};

    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_false(instant_is_set(instant_of_seconds(none[i])));
    assert_int_equal(instant_of_seconds(1).us, SECOND_US);
    assert_int_equal(instant_of_seconds(7289654399).us, 7289654399 * SECOND_US);
}
