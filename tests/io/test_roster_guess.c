/* roster/guess: what is plain is taken, what is not is left to a person. */
#include <string.h>

#include "base/cleanup.h"
#include "roster/guess.h"
#include "test.h"

static struct roster_guess guess(struct arena *arena, const char *csv)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct roster_guess got = {.delimiter = 0};

    if (roster_guess(arena, csv, strlen(csv), &got, &err) < 0)
        fail_msg("%s", err.text);
    return got;
}

TEST(roster_guess_of_a_usual_export_finds_columns_words_and_dates)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    struct roster_guess got =
        guess(&arena, "\xEF\xBB\xBF"
                      "EmpID;Work Email; Last_Name ;First_Name;EmploymentStatus;"
                      "DateofHire;Salary\r\n"
                      "1;a@b;X;Y;Active;2015/01/05;9\r\n"
                      "2;c@d;X;Y;Voluntarily Terminated;2016/12/31;9\r\n"
                      "3;c@d;X;Y;active;;9\r\n"
                      "4;c@d;X;Y;Leave of absence;2016/02/01;9\r\n"
                      "5;c@d;X;Y;Future Start;2016/02/01;9\r\n"
                      "6;c@d;X;Y;In");
    assert_int_equal(got.delimiter, ';');
    assert_string_equal(got.title[GUESS_EMPLOYEE_NUMBER], "EmpID");
    assert_string_equal(got.title[GUESS_EMAIL], "Work Email");
    assert_string_equal(got.title[GUESS_LAST_NAME], "Last_Name");
    assert_string_equal(got.title[GUESS_FIRST_NAME], "First_Name");
    assert_string_equal(got.title[GUESS_HIRE_DATE], "DateofHire");
    assert_null(got.title[GUESS_NAME]);
    assert_null(got.title[GUESS_LAST_DAY]);
    assert_string_equal(got.date_format, "%Y/%m/%d");
    assert_int_equal(got.employed.count, 1);
    assert_string_equal(got.employed.item[0], "Active");
    assert_int_equal(got.departed.count, 1);
    assert_int_equal(got.on_leave.count, 1);
    assert_int_equal(got.unclear.count, 1);
    assert_string_equal(got.unclear.item[0], "Future Start");
    assert_int_equal(got.rows, 5); /* one is cut */
}

TEST(roster_guess_of_dates_is_none_when_they_can_be_read_in_two_ways)
{
    static const struct {
        const char *csv, *format;
    } cases[] = {
        {"id,Hire Date\n1,03/04/2016\n", NULL},
        {"id,Hire Date\n1,03/04/2016\n2,13/04/2016\n", "%d/%m/%Y"},
        {"id,Hire Date\n1,03/04/2016\n2,04/13/2016\n", "%m/%d/%Y"},
        {"id,Hire Date\n1,13/04/2016\n2,04/13/2016\n", NULL},
        {"id,Hire Date\n1,\n", NULL},
        {"id,Hire Date\n1,2016-01-02\n2,soon\n", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct roster_guess got = guess(&arena, cases[i].csv);
        if (!text_equal(got.date_format, cases[i].format))
            fail_msg("%zu: %s", i, got.date_format ? got.date_format : "none");
    }
}

TEST(roster_guess_never_takes_an_unclear_word)
{
    static const char *const words[] = {"Inactive", "unemployed",  "Pending", "leave soon",
                                        "X",        "left-handed", "on hold"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "id,Status\n1,%s\n", words[i]);
        struct roster_guess got = guess(&arena, text_cstr(&csv));
        if (got.unclear.count != 1 || got.employed.count + got.departed.count + got.on_leave.count)
            fail_msg("'%s' was taken", words[i]);
    }
}

TEST(roster_guess_of_no_table_is_refused)
{
    static const char *const none[] = {"", "id,name", "id,\"name\n1"};

    for (size_t i = 0; i < COUNT_OF(none); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct roster_guess got;
        assert_int_equal(roster_guess(&arena, none[i], strlen(none[i]), &got, NULL), -1);
    }
}
