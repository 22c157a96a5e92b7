/* core/calendar: windows of the week and days of freeze, and the moments just beside them. */
#include "base/cleanup.h"
#include "core/calendar.h"
#include "host/zone.h"
#include "test.h"

static struct instant at(const char *text)
{
    struct instant instant = INSTANT_NONE;

    assert_true(instant_parse_rfc3339(text, &instant));
    return instant;
}

static struct day day_of(const char *text)
{
    struct day day = DAY_NONE;

    assert_true(day_parse_iso(text, &day));
    return day;
}

/* 2026-11-23 is a Monday. */
static const char *forbids(const char *window, const char *freeze, const char *now, bool deletes)
{
    static char buffer[CALENDAR_TEXT_SIZE];
    struct window one = {.days = 0};
    struct freeze days = {.from = DAY_NONE};
    struct calendar calendar = {.window = &one, .freeze = &days};

    if (window) {
        assert_true(window_parse(window, &one));
        calendar.window_count = 1;
    }
    if (freeze) {
        assert_true(freeze_parse(freeze, &days));
        calendar.freeze_count = 1;
    }
    return calendar_forbids(&calendar, &zone_utc, at(now), deletes, buffer);
}

TEST(window_parse_takes_the_documented_forms_and_nothing_else)
{
    static const char *const good[] = {"Mon-Thu 01:00-05:00", "Sat,Sun 22:00-02:00", "01:00-05:00",
                                       "fri-mon 00:00-24:00", "MON 23:59-00:00"};
    static const char *const bad[] = {"",
                                      "Mon",
                                      "Mon-Thu",
                                      "Mon-Thu 1:00-5:00",
                                      "Mon-Thu 01:00",
                                      "Mon-Thu 01:00-25:00",
                                      "Mon-Thu 01:60-02:00",
                                      "Mo 01:00-02:00",
                                      "Mon 24:00-02:00",
                                      "Mon 01:00-05:00 ",
                                      "Mon-Thu01:00-05:00",
                                      "Mon, 01:00-05:00"};
    struct window window;

    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(window_parse(good[i], &window));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(window_parse(bad[i], &window));
}

TEST(freeze_parse_takes_days_in_order)
{
    struct freeze freeze;

    assert_true(freeze_parse("2026-12-20/2027-01-05", &freeze));
    assert_true(freeze_parse("2026-12-24", &freeze));
    assert_int_equal(day_compare(freeze.from, freeze.to), 0);
    assert_false(freeze_parse("2027-01-05/2026-12-20", &freeze));
    assert_false(freeze_parse("2026-12-20/", &freeze));
    assert_false(freeze_parse("2026-12-20..2027-01-05", &freeze));
}

TEST(calendar_without_windows_forbids_nothing)
{
    assert_null(forbids(NULL, NULL, "2026-11-23T03:00:00Z", false));
}

TEST(calendar_window_covers_its_hours_alone)
{
    static const char *const window = "Mon-Thu 01:00-05:00";

    assert_non_null(forbids(window, NULL, "2026-11-23T00:59:59Z", false));
    assert_null(forbids(window, NULL, "2026-11-23T01:00:00Z", false));
    assert_null(forbids(window, NULL, "2026-11-26T04:59:59Z", false));
    assert_non_null(forbids(window, NULL, "2026-11-26T05:00:00Z", false));
    assert_non_null(forbids(window, NULL, "2026-11-27T02:00:00Z", false)); /* Friday */
}

TEST(calendar_window_over_midnight_belongs_to_the_day_it_begins_on)
{
    static const char *const window = "Fri 22:00-02:00";

    assert_null(forbids(window, NULL, "2026-11-27T23:00:00Z", false));
    assert_null(forbids(window, NULL, "2026-11-28T01:59:59Z", false));
    assert_non_null(forbids(window, NULL, "2026-11-28T23:00:00Z", false));
    assert_non_null(forbids(window, NULL, "2026-11-27T01:00:00Z", false));
}

TEST(calendar_freeze_covers_both_its_ends)
{
    static const char *const freeze = "2026-12-20/2027-01-05";

    assert_null(forbids(NULL, freeze, "2026-12-19T23:59:59Z", false));
    assert_non_null(forbids(NULL, freeze, "2026-12-20T00:00:00Z", false));
    assert_non_null(forbids(NULL, freeze, "2027-01-05T23:59:59Z", false));
    assert_null(forbids(NULL, freeze, "2027-01-06T00:00:00Z", false));
}

TEST(calendar_deletes_nothing_before_a_weekend_or_a_freeze)
{
    assert_null(forbids(NULL, NULL, "2026-11-26T03:00:00Z", true));
    assert_non_null(forbids(NULL, NULL, "2026-11-27T03:00:00Z", true)); /* Friday */
    assert_null(forbids(NULL, NULL, "2026-11-27T03:00:00Z", false));
    assert_non_null(forbids(NULL, NULL, "2026-11-28T03:00:00Z", true));
    assert_null(forbids(NULL, NULL, "2026-11-29T03:00:00Z", true)); /* Sunday, Monday follows */
    assert_non_null(forbids(NULL, "2026-12-02", "2026-12-01T03:00:00Z", true));
    assert_null(forbids(NULL, "2026-12-02", "2026-12-01T03:00:00Z", false));
}

TEST(calendar_asks_the_clock_on_the_wall)
{
    struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct zone *zone = NULL;
    struct window window;
    char buffer[CALENDAR_TEXT_SIZE];

    assert_int_equal(zone_load(&arena, "Europe/Amsterdam", &zone, &err), 0);
    assert_true(window_parse("01:00-02:00", &window));
    struct calendar calendar = {.window = &window, .window_count = 1};
    assert_null(calendar_forbids(&calendar, zone, at("2026-11-23T00:30:00Z"), false, buffer));
    assert_non_null(calendar_forbids(&calendar, zone, at("2026-11-23T01:30:00Z"), false, buffer));
    assert_null(calendar_forbids(&calendar, zone, at("2026-07-23T23:30:00Z"), false, buffer));
    arena_release(&arena);
}

TEST(calendar_next_day_passes_over_freeze_and_closed_days)
{
    struct window window;
    struct freeze freeze;
    struct calendar calendar = {
        .window = &window, .window_count = 1, .freeze = &freeze, .freeze_count = 1};

    assert_true(window_parse("Mon-Thu 22:00-03:00", &window));
    assert_true(freeze_parse("2026-11-30/2026-12-02", &freeze));
    assert_int_equal(day_compare(calendar_next_day(&calendar, day_of("2026-11-27"), false),
                                 day_of("2026-11-27")),
                     0); /* Thursday's window runs into Friday */
    assert_int_equal(day_compare(calendar_next_day(&calendar, day_of("2026-11-28"), false),
                                 day_of("2026-12-03")),
                     0);
    assert_int_equal(
        day_compare(calendar_next_day(&calendar, day_of("2026-12-04"), true), day_of("2026-12-07")),
        0); /* no deletion on a Friday */
}
