/* core/schedule: on which night each approved row will be done, and which limit makes it wait. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/schedule.h"
#include "test.h"

#define ROWS_MAX 12

static struct day day_of(const char *text)
{
    struct day day = DAY_NONE;

    assert_true(text_equal(text, "-") || day_parse_iso(text, &day));
    return day;
}

/* "s 2026-12-01": what it is, and the day it is due; without one at once. */
static struct amount_row row_of(const char *text, struct day *ret_due)
{
    struct amount_row row = {.action = ACTION_SUSPEND, .class = AMOUNT_SINGLY};

    *ret_due = text[1] ? day_of(text + 2) : DAY_NONE;
    row.class = strchr("pn", text[0]) ? AMOUNT_SPREAD
                : text[0] == 'u'      ? AMOUNT_UNASKED
                                      : AMOUNT_SINGLY;
    row.nightly = text[0] == 'n' ? 1 : 0;
    row.overridden = text[0] == 'o';
    row.is_admin = text[0] == 'a';
    row.department = strchr("xz", text[0]) ? "Sales" : NULL;
    row.class = text[0] == 'z' ? AMOUNT_SPREAD : row.class;
    row.action = text[0] == 'd'   ? ACTION_DEPROVISION
                 : text[0] == 'r' ? ACTION_REACTIVATE
                                  : ACTION_SUSPEND;
    return row;
}

/* "22 23- 24G7": the day of the month of each, and the guard that made it wait first. */
static const char *tell(const struct scheduled *scheduled, size_t count, struct text *text)
{
    char iso[DAY_TEXT_SIZE];

    text_clear(text);
    for (size_t i = 0; i < count; i++) {
        const char *day = day_format(scheduled[i].night, iso);
        text_addf(text, "%s%s%s", i ? " " : "", day[0] == '-' ? "-" : day + 8,
                  scheduled[i].waits ? scheduled[i].waits : "");
    }
    return text_cstr(text);
}

TEST(schedule_make_plays_night_after_night)
{
    static const struct {
        const char *name;
        struct amount_done done;
        const char *row[ROWS_MAX], *nights;
    } rows[] = {
        {"nothing", {0}, {NULL}, ""},
        {"at once", {0}, {"s", "s 2026-11-01"}, "22 22"},
        {"on its day", {0}, {"s", "s 2026-11-25"}, "22 25"},
        {"the day allows three", {0}, {"s", "s", "s", "s"}, "22 22 22 23G7"},
        {"of those today's are some", {2, 0, 2}, {"s", "s"}, "22 23G7"},
        {"two on each later day", {0}, {"s 2026-11-25", "s 2026-11-25"}, "25 25"},
        {"four on a later day",
         {0},
         {"s 2026-11-25", "s 2026-11-25", "s 2026-11-25", "s 2026-11-25"},
         "25 25 25 26G7"},
        {"singly approved ones go before spread ones", {0}, {"p", "p", "s", "s"}, "22 23G7 22 22"},
        {"as many a night as was said", {0}, {"n", "n", "n"}, "22 23G7 24G7"},
        {"overridden ones do not count", {0}, {"o", "o", "o", "o", "s"}, "22 22 22 22 22"},
        {"the window of ten days holds six",
         {0, 0, 4},
         {"s", "s", "s"},
         "22 22 02G7"}, /* what was done before is out of it on the tenth day */
        {"the window counts what goes before",
         {0},
         {"s", "s", "s", "s", "s", "s", "s"},
         "22 22 22 23G7 23G7 23G7 02G7"},
        {"spread ones are in no window", {0, 0, 6}, {"p", "p", "p", "p"}, "22 22 22 23G7"},
        {"more unasked ones than the day allows hold themselves only",
         {0},
         {"u", "u", "u", "u", "s"},
         "-G7 -G7 -G7 -G7 22"},
        {"a deletion has its own limit", {0}, {"d", "d", "s", "s", "s"}, "22 23G8 22 22 22"},
        {"a re-hire has none", {0}, {"r", "r", "r", "r", "r"}, "22 22 22 22 22"},
        {"one administrator may go", {0}, {"a", "a"}, "22 -G9"},
        {"a fifth of a department a night",
         {0},
         {"x", "x", "x", "s"},
         "22 22 23G10 22"}, /* of 10 two; then of 8 none is left of ten: too few to count */
        {"spread ones likewise", {0}, {"z", "z", "z"}, "22 22 23G10"},
    };
    static const struct amount_department sales = {.name = "SALES", .active = 10};
    const struct limits limits = {
        .of[ACTION_SUSPEND] = {3, 100, 0, 10, 6, 100},
        .of[ACTION_DEPROVISION] = {1, 100, 0, 10, 6, 100},
        .min_admins = 1,
    };
    const struct calendar always = {.window_count = 0};
    CLEANUP(text_release) struct text text = TEXT_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct amount_scene scene = {.limits = &limits,
                                     .whole = {[ACTION_SUSPEND] = 100, [ACTION_DEPROVISION] = 100},
                                     .done[ACTION_SUSPEND] = rows[i].done,
                                     .admins = 2,
                                     .department = &sales,
                                     .department_count = 1,
                                     .departments_known = true};
        struct amount_row row[ROWS_MAX];
        struct day due[ROWS_MAX];
        struct scheduled scheduled[ROWS_MAX];
        size_t count = 0;
        for (; count < ROWS_MAX && rows[i].row[count]; count++)
            row[count] = row_of(rows[i].row[count], &due[count]);
        schedule_make(&scene, &always, day_of("2026-11-22"), row, due, count, scheduled);
        if (!text_equal(tell(scheduled, count, &text), rows[i].nights))
            fail_msg("%s: %s, not %s", rows[i].name, text_cstr(&text), rows[i].nights);
    }
}

TEST(schedule_make_says_how_many_wanted_and_may)
{
    const struct limits limits = {.of[ACTION_SUSPEND] = {10, 2, 0, 30, 100, 100}};
    const struct amount_scene scene = {.limits = &limits, .whole[ACTION_SUSPEND] = 100};
    const struct calendar always = {.window_count = 0};
    struct amount_row row[5];
    struct day due[5];
    struct scheduled scheduled[5];

    for (size_t i = 0; i < COUNT_OF(row); i++)
        row[i] = row_of("s 2026-11-25", &due[i]);
    schedule_make(&scene, &always, day_of("2026-11-22"), row, due, COUNT_OF(row), scheduled);
    assert_null(scheduled[1].waits);
    assert_string_equal(scheduled[2].waits, "G7");
    assert_string_equal(scheduled[2].limit, "percent");
    assert_int_equal(scheduled[2].wanted, 5);
    assert_int_equal(scheduled[2].allowed, 2);
    assert_int_equal(scheduled[2].waited_on.number, day_of("2026-11-25").number);
    /* Each night takes 2 % of those that are left: of 98 and 97 one. */
    assert_int_equal(scheduled[3].night.number, day_of("2026-11-27").number);
}

TEST(schedule_make_goes_around_a_freeze)
{
    static const struct freeze freeze = {{0}, {0}};
    struct freeze frozen = freeze;
    struct calendar calendar = {.freeze = &frozen, .freeze_count = 1};
    const struct limits limits = {.of[ACTION_SUSPEND] = {1, 100, 0, 30, 100, 100},
                                  .of[ACTION_DEPROVISION] = {5, 100, 0, 30, 100, 100}};
    const struct amount_scene scene = {
        .limits = &limits, .whole = {[ACTION_SUSPEND] = 100, [ACTION_DEPROVISION] = 100}};
    static const char *const rows[] = {"s", "s", "s 2026-12-25", "d"};
    struct amount_row row[COUNT_OF(rows)];
    struct day due[COUNT_OF(rows)];
    struct scheduled scheduled[COUNT_OF(rows)];
    CLEANUP(text_release) struct text text = TEXT_INIT;

    frozen = (struct freeze){day_of("2026-12-23"), day_of("2027-01-05")};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        row[i] = row_of(rows[i], &due[i]);
    schedule_make(&scene, &calendar, day_of("2026-12-22"), row, due, COUNT_OF(rows), scheduled);
    /* Nothing is deleted on the day before a freeze. */
    assert_string_equal(tell(scheduled, COUNT_OF(rows), &text), "22 06G7 07G7 06");
}

TEST(schedule_make_ends_with_the_calendar)
{
    const struct limits limits = {.of[ACTION_SUSPEND] = {1, 100, 0, 30, 100, 100}};
    const struct amount_scene scene = {.limits = &limits, .whole[ACTION_SUSPEND] = 100};
    const struct calendar always = {.window_count = 0};
    const struct amount_row row[2] = {{.action = ACTION_SUSPEND}, {.action = ACTION_SUSPEND}};
    const struct day due[2] = {{DAY_NUMBER_LAST}, {DAY_NUMBER_LAST}};
    struct scheduled scheduled[2];

    schedule_make(&scene, &always, day_of("2026-11-22"), row, due, 2, scheduled);
    assert_int_equal(scheduled[0].night.number, DAY_NUMBER_LAST);
    assert_false(day_is_set(scheduled[1].night));
}
