/* host/zone: real zones, and names that are none. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "host/zone.h"
#include "test.h"

static void check_days(const char *name, const char *const pairs[][2], size_t count)
{
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    const struct zone *zone = NULL;

    assert_int_equal(zone_load(&arena, name, &zone, &err), 0);
    assert_string_equal(zone->name, name);
    assert_true(zone->from_s[0] == INT64_MIN);
    for (unsigned i = 1; i < zone->count; i++)
        assert_true(zone->from_s[i - 1] < zone->from_s[i]);
    for (size_t i = 0; i < count; i++) {
        struct instant instant;
        char text[DAY_TEXT_SIZE];

        assert_true(instant_parse_rfc3339(pairs[i][0], &instant));
        assert_string_equal(day_format(instant_day(instant, zone), text), pairs[i][1]);
    }
    arena_release(&arena);
}

TEST(zone_load_of_amsterdam_knows_its_summers)
{
    static const char *const pairs[][2] = {
        {"2024-01-01T22:59:59Z", "2024-01-01"}, {"2024-01-01T23:00:00Z", "2024-01-02"},
        {"2024-07-01T21:59:59Z", "2024-07-01"}, {"2024-07-01T22:00:00Z", "2024-07-02"},
        {"2090-07-01T22:00:00Z", "2090-07-02"}, {"2090-01-01T22:00:00Z", "2090-01-01"},
    };
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    const struct zone *zone = NULL;
    bool found = false;

    check_days("Europe/Amsterdam", pairs, COUNT_OF(pairs));
    /* To the second: 2024-03-31T01:00:00Z. */
    assert_int_equal(zone_load(&arena, "Europe/Amsterdam", &zone, &err), 0);
    for (unsigned i = 1; i < zone->count; i++)
        found = found || (zone->from_s[i] == 1711846800 && zone->offset_s[i] == 7200 &&
                          zone->offset_s[i - 1] == 3600);
    assert_true(found);
    arena_release(&arena);
}

TEST(zone_load_of_apia_knows_the_day_it_left_out)
{
    static const char *const pairs[][2] = {
        {"2011-12-30T09:59:59Z", "2011-12-29"},
        {"2011-12-30T10:00:00Z", "2011-12-31"},
    };

    check_days("Pacific/Apia", pairs, COUNT_OF(pairs));
}

TEST(zone_load_of_utc_needs_no_file)
{
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    const struct zone *zone = NULL;

    assert_int_equal(zone_load(&arena, "UTC", &zone, &err), 0);
    assert_ptr_equal(zone, &zone_utc);
    assert_int_equal(arena.used, 0);
}

TEST(zone_load_of_no_zone_is_a_configuration_error)
{
    static const char *const names[] = {
        "",        "Nowhere/City",  "../etc/passwd",     "/etc/passwd",
        "Europe",  "zone.tab",      "leapseconds",       "CET-1CEST",
        ":Europe", "Europe/../UTC", "Europe/Amsterdam ", "Europe/Amsterdam/"};
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct err err = ERR_INIT;
        const struct zone *zone = NULL;

        assert_int_equal(zone_load(&arena, names[i], &zone, &err), -1);
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.text, names[i]));
        assert_null(zone);
        err_release(&err);
    }
    arena_release(&arena);
}

TEST(zone_load_leaves_the_process_where_it_was)
{
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    const struct zone *zone = NULL;
    struct tm local;
    time_t winter = 1704110400; /* 2024-01-01T12:00:00Z */

    assert_int_equal(setenv("TZDIR", "/nonexistent", 1), 0);
    assert_int_equal(setenv("TZ", "XXX-3", 1), 0);
    assert_int_equal(zone_load(&arena, "Asia/Kolkata", &zone, &err), 0);
    assert_int_equal(zone->count, 1);
    assert_int_equal(zone->offset_s[0], 19800);
    assert_string_equal(getenv("TZ"), "XXX-3");
    assert_non_null(localtime_r(&winter, &local));
    assert_int_equal(local.tm_gmtoff, 3 * 3600);
    assert_int_equal(unsetenv("TZ"), 0);
    assert_int_equal(zone_load(&arena, "Asia/Kolkata", &zone, &err), 0);
    assert_null(getenv("TZ"));
    assert_int_equal(unsetenv("TZDIR"), 0);
    arena_release(&arena);
}
