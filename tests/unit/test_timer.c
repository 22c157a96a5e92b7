/*
 * The hour of the timer, against every zone of tzdata: on the night on which clocks are set, an
 * hour that is left out would be a night without a run, and one that comes twice two runs.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "host/file.h"
#include "test.h"

#define ZONEINFO "/usr/share/zoneinfo/"
#define DAY_S    86400
#define STEP_S   (6 * 3600)
#define FROM_S   INT64_C(1704067200) /* 2024-01-01T00:00:00Z */
#define UNTIL_S  INT64_C(2145916800) /* 2038-01-01T00:00:00Z */

struct timer {
    int from, until; /* seconds of the day: the hour, and the end of what the delay makes of it */
};

static int number_after(const char *text, const char *words, size_t skip)
{
    const char *found = strstr(text, words);

    assert_non_null(found);
    return (int)strtol(found + strlen(words) + skip, NULL, 10);
}

/* As the unit says, in the form in which it says it. */
static struct timer read_timer(void)
{
    CLEANUP(text_release) struct text unit = TEXT_INIT;
    struct timer timer;

    assert_int_equal(file_read(SOURCE_DIR "/systemd/bynder-reconcile@.timer", 1 << 16, ERR_INTERNAL,
                               &unit, NULL, NULL),
                     0);
    const char *text = text_cstr(&unit);
    timer.from = number_after(text, "\nOnCalendar=*-*-* ", 0) * 3600 +
                 number_after(text, "\nOnCalendar=*-*-* ", 3) * 60;
    assert_non_null(strstr(text, "\nRandomizedDelaySec=90min\n"));
    assert_non_null(strstr(text, "\nAccuracySec=1min\n"));
    timer.until = timer.from + 91 * 60;
    return timer;
}

/* --- all zones --- */

static struct {
    char **name;
    struct digest *digest;
    size_t count, capacity, digests;
} zones;

/* Of several names for one file the first. */
static int add_zone(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    CLEANUP(text_release) struct text content = TEXT_INIT;
    const char *name = path + strlen(ZONEINFO);

    (void)status;
    (void)place;
    if (kind != FTW_F || text_starts(name, "posix/") || text_starts(name, "right/") ||
        file_read(path, 1 << 20, ERR_INTERNAL, &content, NULL, NULL) < 0 ||
        !text_starts(text_cstr(&content), "TZif"))
        return 0;
    struct digest digest = digest_of(content.data, content.length);
    for (size_t i = 0; i < zones.count; i++) {
        if (memcmp(&zones.digest[i], &digest, sizeof(digest)) == 0)
            return 0;
    }
    zones.digest = mem_grow(zones.digest, zones.count, &zones.digests, sizeof(zones.digest[0]));
    zones.name = mem_grow(zones.name, zones.count, &zones.capacity, sizeof(zones.name[0]));
    zones.digest[zones.count] = digest;
    zones.name[zones.count++] = mem_strdup(name);
    return 0;
}

static void find_zones(void)
{
    if (zones.count == 0)
        assert_int_equal(nftw(ZONEINFO, add_zone, 16, 0), 0);
    assert_true(zones.count > 200); /* tzdata is here */
}

/* Whether clocks pass over, or pass twice, some moment between `from` and `until`. */
static bool is_touched(const struct timer *timer, int64_t at, int before, int after)
{
    int low = before < after ? before : after, length = abs(after - before);
    int64_t start = ((at + low) % DAY_S + DAY_S) % DAY_S;

    for (int64_t day = -DAY_S; day <= DAY_S; day += DAY_S) {
        if (start + day < timer->until && start + day + length > timer->from)
            return true;
    }
    return false;
}

static int offset_at(int64_t second)
{
    time_t time = (time_t)second;
    struct tm local = {0};

    assert_non_null(localtime_r(&time, &local));
    return (int)local.tm_gmtoff;
}

/* The first second after `low` with another offset than there; it is at most `high`. */
static int64_t find_change(int64_t low, int64_t high)
{
    int before = offset_at(low);

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;

        if (offset_at(middle) == before)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Whether that happens in the zone in any of the years; *changes counts all changes of it. */
static bool is_zone_touched(const char *name, const struct timer *timer, size_t *changes)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    bool touched = false;

    text_addf(&path, ":" ZONEINFO "%s", name);
    assert_int_equal(setenv("TZ", text_cstr(&path), 1), 0);
    tzset();
    for (int64_t at = FROM_S; at < UNTIL_S; at += STEP_S) {
        if (offset_at(at) == offset_at(at + STEP_S))
            continue;
        int64_t change = find_change(at, at + STEP_S);
        touched |= is_touched(timer, change, offset_at(at), offset_at(change));
        ++*changes;
    }
    return touched;
}

TEST(timer_the_hour_is_there_once_every_night_in_every_zone)
{
    CLEANUP(text_release) struct text names = TEXT_INIT;
    struct timer timer = read_timer();
    size_t changes = 0;

    find_zones();
    for (size_t i = 0; i < zones.count; i++) {
        if (is_zone_touched(zones.name[i], &timer, &changes))
            text_addf(&names, "%s%s", names.length ? ", " : "", zones.name[i]);
    }
    if (names.length > 0)
        fail_msg("the hour is left out or comes twice in: %s", text_cstr(&names));
    assert_true(changes > 2000); /* there was something to look at */
}

/* What it would have said of the hours at which clocks are set. */
TEST(timer_an_hour_at_which_clocks_are_set_is_found)
{
    static const struct {
        int hour;
        const char *zone;
    } cases[] = {
        {0, "Africa/Cairo"},  {0, "America/Havana"}, {0, "Atlantic/Azores"}, {1, "Europe/Lisbon"},
        {2, "Europe/Berlin"}, {3, "Europe/Athens"},  {3, "Europe/Helsinki"}, {23, "America/Nuuk"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct timer timer = {.from = cases[i].hour * 3600, .until = cases[i].hour * 3600 + 60};
        size_t changes = 0;

        if (!is_zone_touched(cases[i].zone, &timer, &changes))
            fail_msg("%d o'clock is always there in %s", cases[i].hour, cases[i].zone);
    }
}
