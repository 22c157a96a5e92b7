/* Answers of the history as text: which column stands last, and how many lines a chart has. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/mem.h"
#include "database/pg.h"
#include "report/audit.h"
#include "test.h"

static const struct report_style plain = {.color = false};

static PGresult *table(const char *const *name, int columns)
{
    PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc attribute[16];

    memset(attribute, 0, sizeof(attribute));
    for (int c = 0; c < columns; c++)
        attribute[c].name = (char *)(uintptr_t)name[c];
    assert_true(PQsetResultAttrs(rows, columns, attribute));
    return rows;
}

static void put(PGresult *rows, int row, int column, const char *value)
{
    assert_true(
        PQsetvalue(rows, row, column, (char *)(uintptr_t)value, value ? (int)strlen(value) : -1));
}

/* So many days from 1 January 2026 on, a Thursday: on day d there are 1000 + d seats, one was
 * reclaimed on each, and one came back on each second. */
static PGresult *days(int count)
{
    static const char *const name[] = {"day",   "profile",    "seats", "reclaimed", "returned",
                                       "class", "contracted", "free",  "price",     "currency"};
    PGresult *rows = table(name, COUNT_OF(name));
    struct day first;

    assert_true(day_from_civil(2026, 1, 1, &first));
    for (int d = 0; d < count; d++) {
        char day[DAY_TEXT_SIZE], seats[16];
        (void)snprintf(seats, sizeof(seats), "%d", 1000 + d);
        for (int r = 2 * d; r < 2 * d + 2; r++) {
            bool whole = r == 2 * d;
            put(rows, r, 0, day_format(day_add(first, d), day));
            put(rows, r, 1, whole ? NULL : "Users");
            put(rows, r, 2, seats);
            put(rows, r, 3, whole ? "1" : NULL);
            put(rows, r, 4, whole ? (d % 2 ? "1" : "0") : NULL);
        }
    }
    return rows;
}

/* The lines of the chart, and what they add up to. */
struct chart {
    size_t lines;
    int64_t reclaimed, returned;
};

static struct chart read_chart(const char *text)
{
    struct chart chart = {0};

    for (const char *line = strchr(text, '\n') + 1; *line != '\n'; line = strchr(line, '\n') + 1) {
        char *rest = NULL;
        (void)strtoll(line + 10, &rest, 10);
        chart.reclaimed += strtoll(rest, &rest, 10);
        chart.returned += strtoll(rest, &rest, 10);
        chart.lines++;
    }
    return chart;
}

TEST(seats_of_many_days_are_told_by_week_and_by_month)
{
    static const struct {
        int days;
        size_t lines;
        const char *heading, *some_line;
    } cases[] = {
        {1, 1, "day ", "2026-01-01     1000         1        0  █"},
        {62, 62, "day ", "2026-01-02     1001         1        1  █"},
        {63, 10, "week to ", "2026-01-04     1003         4        2  █"}, /* Thursday to Sunday */
        {365, 53, "week to ", "2026-12-31     1364         4        2  █"},
        {800, 27, "month to ", "2026-02-28     1058        28       14  █"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(pg_clearp) PGresult *rows = days(cases[i].days);
        CLEANUP(text_release) struct text text = TEXT_INIT;
        audit_report_seats(rows, &plain, &text);
        struct chart chart = read_chart(text_cstr(&text));
        assert_true(text_starts(text_cstr(&text), cases[i].heading));
        assert_int_equal(chart.lines, cases[i].lines);
        assert_int_equal(chart.reclaimed, cases[i].days);
        assert_int_equal(chart.returned, cases[i].days / 2);
        if (!strstr(text_cstr(&text), cases[i].some_line))
            fail_msg("%d days: no '%s' in %s", cases[i].days, cases[i].some_line, text_cstr(&text));
        assert_non_null(strstr(text_cstr(&text), "  Users\n"));
    }
}

/* Between the whole day and its profiles. */
static void put_class(PGresult *rows, int row, const char *const value[6])
{
    put(rows, row, 0, "2026-01-01");
    put(rows, row, 2, value[1]);
    put(rows, row, 5, value[0]);
    for (int c = 2; c < 6; c++)
        put(rows, row, c + 4, value[c]);
}

TEST(seats_by_class_are_told_with_what_the_contract_has)
{
    static const char *const heavy[] = {"Heavy", "42", "40", "-2", "1200.5", "EUR"};
    static const char *const light[] = {"Light", "7", NULL, NULL, NULL, NULL};
    static const char *const none[] = {"(no class)", "3", NULL, NULL, NULL, NULL};
    CLEANUP(pg_clearp) PGresult *rows = days(1);
    CLEANUP(text_release) struct text text = TEXT_INIT;

    put_class(rows, 1, heavy); /* over the profile's row */
    put(rows, 1, 1, NULL);
    put(rows, 1, 3, NULL);
    put(rows, 1, 4, NULL);
    put_class(rows, 2, light);
    put_class(rows, 3, none);
    put(rows, 4, 0, "2026-01-01");
    put(rows, 4, 1, "Users");
    put(rows, 4, 2, "52");
    audit_report_seats(rows, &plain, &text);
    if (!strstr(text_cstr(&text),
                "\nseats by class on 2026-01-01\n"
                "   seats contracted     free\n"
                "      42         40       -2  Heavy, 1200.5 EUR a seat and year\n"
                "       7          -        -  Light\n"
                "       3          -        -  (no class)\n"
                "\nseats by profile on 2026-01-01\n"
                "      52  Users\n"))
        fail_msg("%s", text_cstr(&text));
    assert_int_equal(read_chart(text_cstr(&text)).lines, 1);
}

TEST(no_seats_are_told_as_none)
{
    CLEANUP(pg_clearp) PGresult *rows = days(0);
    CLEANUP(text_release) struct text text = TEXT_INIT;

    audit_report_seats(rows, &plain, &text);
    assert_string_equal(text_cstr(&text), "no seats\n");
}

/* A sentence is not cut where it stands last; CSV keeps the order of the question. */
TEST(the_sentence_stands_last_and_whole_in_text_alone)
{
    static const char *const name[] = {"at", "what", "who"};
    static const char sentence[] =
        "a sentence that is a good deal longer than the forty-four columns of a cell";
    CLEANUP(pg_clearp) PGresult *rows = table(name, 3);
    CLEANUP(text_release) struct text text = TEXT_INIT, cut = TEXT_INIT, csv = TEXT_INIT;
    struct audit_section section = {.name = "timeline", .rows = rows, .last = "what"};

    put(rows, 0, 0, "now");
    put(rows, 0, 1, sentence);
    put(rows, 0, 2, "anna");
    audit_report(&section, 1, REPORT_TEXT, &plain, &text);
    assert_string_equal(text_cstr(&text),
                        "at   who   what\n"
                        "now  anna  a sentence that is a good deal longer than the forty-four "
                        "columns of a cell\n");
    section.last = NULL;
    audit_report(&section, 1, REPORT_TEXT, &plain, &cut);
    assert_null(strstr(text_cstr(&cut), sentence));
    section.last = "what";
    audit_report(&section, 1, REPORT_CSV, &plain, &csv);
    assert_true(text_starts(text_cstr(&csv), "at,what,who\r\nnow,a sentence"));
}
