/* base/day: the calendar and the date formats of rosters. */
#include "base/cleanup.h"
#include "base/day.h"
#include "test.h"

static struct day civil(int year, int month, int of_month)
{
    struct day day = DAY_NONE;

    assert_true(day_from_civil(year, month, of_month, &day));
    return day;
}

TEST(day_from_civil_over_the_whole_range_comes_back)
{
    int number = 0;

    for (int year = 1900; year <= 2200; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int of_month = 1; of_month <= 31; of_month++) {
                struct day day;
                int y, m, d;

                if (!day_from_civil(year, month, of_month, &day))
                    continue;
                assert_int_equal(day.number, ++number);
                day_to_civil(day, &y, &m, &d);
                assert_true(y == year && m == month && d == of_month);
            }
        }
    }
    assert_int_equal(number, DAY_NUMBER_LAST);
}

TEST(day_from_civil_of_no_such_day_is_refused)
{
    static const int cases[][3] = {
        {1899, 12, 31}, {2201, 1, 1},  {2024, 0, 1},  {2024, 13, 1}, {2024, 1, 0},
        {2024, 4, 31},  {2023, 2, 29}, {1900, 2, 29}, {2100, 2, 29}, {2024, 2, 30},
    };
    struct day day = {.number = 5};

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_false(day_from_civil(cases[i][0], cases[i][1], cases[i][2], &day));
    assert_int_equal(day.number, 5);
    assert_true(day_from_civil(2000, 2, 29, &day));
}

TEST(day_arithmetic_over_ends_of_months_is_right)
{
    char text[DAY_TEXT_SIZE];

    assert_string_equal(day_format(day_add(civil(2024, 2, 28), 2), text), "2024-03-01");
    assert_string_equal(day_format(day_add(civil(2024, 3, 1), -1), text), "2024-02-29");
    assert_int_equal(day_between(civil(2026, 5, 1), civil(2026, 11, 22)), 205);
    assert_int_equal(day_between(civil(2026, 11, 22), civil(2026, 5, 1)), -205);
    assert_int_equal(day_of_week(civil(2026, 11, 22)), 7);
    assert_int_equal(day_of_week(civil(1900, 1, 1)), 1);
    assert_string_equal(day_format(day_add(civil(2200, 12, 30), 2000000000), text), "2200-12-31");
    assert_string_equal(day_format(day_add(civil(1900, 1, 2), -2000000000), text), "1900-01-01");
}

TEST(day_none_is_smallest_and_stays)
{
    char text[DAY_TEXT_SIZE];

    assert_false(day_is_set(DAY_NONE));
    assert_false(day_is_set(day_add(DAY_NONE, 10)));
    assert_string_equal(day_format(DAY_NONE, text), "-");
    assert_true(day_compare(DAY_NONE, civil(1900, 1, 1)) < 0);
    assert_true(day_compare(civil(2024, 1, 2), civil(2024, 1, 1)) > 0);
    assert_int_equal(day_compare(civil(2024, 1, 2), civil(2024, 1, 2)), 0);
}

TEST(day_parse_iso_of_other_forms_is_refused)
{
    static const char *const refused[] = {
        "",           "2024-1-01",   "2024-01-1",   "2024-1-1",    "24-01-01",         "2024/01/01",
        "2024-02-30", "2024-01-01 ", " 2024-01-01", "2024-01-01T", "+024-01-01",       "20240101",
        "2024-13-01", "0000-00-00",  "1899-12-31",  "2024-01-011", "\331\242024-01-01"};
    struct day day = DAY_NONE;

    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(day_parse_iso(refused[i], &day));
    assert_false(day_parse_iso(NULL, &day));
    assert_false(day_is_set(day));
    assert_true(day_parse_iso("2024-02-29", &day));
    assert_int_equal(day_compare(day, civil(2024, 2, 29)), 0);
}

TEST(day_parse_by_format_fits_exactly)
{
    static const struct {
        const char *format, *string, *expected; /* NULL: refused */
    } cases[] = {
        {"%Y-%m-%d", "2019-4-3", "2019-04-03"},
        {"%m/%d/%Y", "9/27/2010", "2010-09-27"},
        {"%m/%d/%Y", "27/9/2010", NULL},
        {"%m/%d/%Y", "9/27/10", NULL},
        {"%m/%d/%Y", "9/27/2010 ", NULL},
        {"%m/%d/%Y", " 9/27/2010", NULL},
        {"%m/%d/%Y", "009/27/2010", NULL},
        {"%d.%m.%Y", "29.02.2023", NULL},
        {"%d.%m.%Y", "29.02.2024", "2024-02-29"},
        {"%d %b %Y", "3 mar 2016", "2016-03-03"},
        {"%d %B %Y", "03 SEPTEMBER 2016", "2016-09-03"},
        {"%d %b %Y", "03 September 2016", "2016-09-03"},
        {"%d %b %Y", "03 Septembre 2016", "2016-09-03"},
        {"%d %b %Y", "03 Septembrex 2016", NULL},
        {"%d %b %Y", "3 mär 2016", "2016-03-03"},
        {"%d. %B %Y", "3. MÄRZ 2016", "2016-03-03"},
        {"%d %b %Y", "3 janv. 2016", "2016-01-03"},
        {"%d %b %Y", "3 mai 2016", "2016-05-03"},
        {"%d.%b.%Y", "03.Sep.2016", "2016-09-03"},
        {"%d de %b de %Y", "3 de septiembre de 2016", "2016-09-03"},
        {"%d %b %Y", "3 października 2016", "2016-10-03"},
        {"%d %b %Y", "3  2016", NULL},
        {"%d %b %Y", "03 Xxx 2016", NULL},
        {"%e %b %Y", " 3 May 2016", "2016-05-03"},
        {"%e %b %Y", "13 May 2016", "2016-05-13"},
        {"%Y%m%d", "20240628", "2024-06-28"},
        {"%Y%m%d", "2024111", NULL}, /* 1 November or 11 January */
        {"%d%m%Y", "1112024", NULL},
        {"%d%m%Y", "01112024", "2024-11-01"},
        {"%b%d%Y", "Mar112024", "2024-03-11"},
        {"%b%d%Y", "Mar12024", NULL},
        {"%Y-%m-%d %H:%M:%S", "2024-06-28 9:05:59", "2024-06-28"},
        {"%Y-%m-%d %H:%M:%S", "2024-06-28 24:00:00", NULL},
        {"%Y-%m-%d %H:%M:%S", "2024-06-28 23:59:60", NULL},
        {"%Y-%m-%d %H:%M", "2024-06-28", NULL},
        {"%%%Y-%m-%d", "%2024-06-28", "2024-06-28"},
        {"%Y-%m-%d", "", NULL},
        {"%y-%m-%d", "24-06-28", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct day day = DAY_NONE;
        char text[DAY_TEXT_SIZE];
        bool fits = day_parse(cases[i].string, cases[i].format, &day);

        assert_int_equal(fits, cases[i].expected != NULL);
        assert_string_equal(day_format(day, text), fits ? cases[i].expected : "-");
    }
}

TEST(day_format_is_valid_of_one_day_only)
{
    static const struct {
        const char *format;
        bool valid;
    } cases[] = {
        {"%Y-%m-%d", true},   {"%d %B %Y", true},        {"%Y%m%d%H%M%S", true},
        {"", false},          {"%Y-%m", false},          {"%Y-%M-%d", false},
        {"%y-%m-%d", false},  {"%Y-%m-%d %d", false},    {"%Y-%m-%d %b", false},
        {"%Y-%m-%d%", false}, {"%Y-%m-%d %Z", false},    {"%Y-%m-%d %e", false},
        {"%F", false},        {"%Y-%m-%d %H:%H", false}, {"%%Y-%m-%d", false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(day_format_is_valid(cases[i].format, 0), cases[i].valid);
    assert_false(day_format_is_valid(NULL, 0));
}

TEST(day_parse_prefix_moves_behind_what_it_read)
{
    const char *cursor = "March, 08 2017 14:17";
    struct day day = DAY_NONE;

    assert_true(day_parse_prefix(&cursor, "%B, %d %Y", &day));
    assert_string_equal(cursor, " 14:17");
    assert_false(day_parse_prefix(&cursor, "%B, %d %Y", &day));
    assert_string_equal(cursor, " 14:17");
}
