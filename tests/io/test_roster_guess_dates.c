/* roster/guess_dates and what is asked of dates: only the column itself proves how it is written.
 */
#include "guess_case.h"
#include "host/zone.h"

static const char *format_of(const char *last_days, struct guess_case *ret_case)
{
    CLEANUP(text_release) struct text csv = TEXT_INIT;
    size_t row = 0;

    text_add(&csv, "Employee ID;Termination Date\n");
    for (const char *at = last_days; *at; at += strcspn(at, "|") + (at[strcspn(at, "|")] == '|'))
        text_addf(&csv, "%zu;%.*s\n", ++row, (int)strcspn(at, "|"), at);
    *ret_case = guess_of(text_cstr(&csv));
    assert_guessed(ret_case);
    const struct guess_column *column = roster_guess_of(&ret_case->guess, MEANING_LAST_DAY);
    assert_non_null(column);
    return column->date_format;
}

TEST(roster_guess_of_dates_takes_what_the_column_proves)
{
    static const struct {
        const char *cells, *format;
    } cases[] = {
        {"2016-01-02", "%Y-%m-%d"},
        {"2016/01/02|2016/11/22", "%Y/%m/%d"},
        {"03.04.2016", "%d.%m.%Y"},
        {"03/04/2016|13/04/2016", "%d/%m/%Y"},
        {"03/04/2016|04/13/2016", "%m/%d/%Y"},
        {"3/4/2016|4/13/2016", "%m/%d/%Y"},
        {"3-4-2016|13-4-2016", "%d-%m-%Y"},
        {"20160102", "%Y%m%d"},
        {"19-Sep-2026|1-May-2025", "%d-%b-%Y"},
        {"19 September 2026", "%d %b %Y"},
        {"September 19, 2026", "%b %d, %Y"},
        {"2026年9月19日", "%Y年%m月%d日"},
        {"19. März 2026|1. Okt. 2025", "%d. %b %Y"},
        {"19-Mrz-2026|1-Dez-2025", "%d-%b-%Y"},
        {"19 févr. 2026|1 août 2025", "%d %b %Y"},
        {"19 de septiembre de 2026", "%d de %b de %Y"},
        {"19 września 2026", "%d %b %Y"},
        {"19 maart 2026|1 mei 2025", "%d %b %Y"},
        {"2026-09-19+00:00", "%Y-%m-%d%z"},
        {"2026-09-19Z", "%Y-%m-%d%z"},
        {"2026-09-19T00:00:00.000000", "%Y-%m-%dT%H:%M:%S.000000"},
        {"2026-09-19T00:00:00.0000000Z", "%Y-%m-%dT%H:%M:%S.0000000%z"},
        {"2026-09-19 00:00:00.000000", "%Y-%m-%d %H:%M:%S.000000"},
        {"2026-09-19 00:00:00 +0000", "%Y-%m-%d %H:%M:%S %z"},
        {"2026-09-19 00:00:00", "%Y-%m-%d %H:%M:%S"},
        {"2026-09-19T00:00:00Z", "%Y-%m-%dT%H:%M:%S%z"},
        {"2026-09-19T00:00:00+00:00", "%Y-%m-%dT%H:%M:%S%z"},
        {"2026-09-19T00:00:00.000Z", "%Y-%m-%dT%H:%M:%S.000%z"},
        {"09/19/2026 12:00:00 AM", "%m/%d/%Y %I:%M:%S %p"},
        {"19.09.2026 00:00", "%d.%m.%Y %H:%M"},
        /* what stands for no date proves nothing and disturbs nothing */
        {"0000-00-00|2026-09-19|9999-12-31", "%Y-%m-%d"},
        {"00.00.0000|19.09.2026|31.12.9999", "%d.%m.%Y"},
        {"NULL|\\N|N/A|-|NaT|2026-09-19", "%Y-%m-%d"},
        {"00000000|20260919|99991231", "%Y%m%d"},
        {"", NULL},
        {"0000-00-00", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(guess_case_release) struct guess_case got = {.read = -1};
        const char *format = format_of(cases[i].cells, &got);
        if (!text_equal(format, cases[i].format))
            fail_msg("%s: %s", cases[i].cells, format ? format : "none");
        if (cases[i].format && questions_of(&got) > 0)
            fail_msg("%s: %s", cases[i].cells, got.guess.question[0].sentence);
    }
}

TEST(roster_guess_of_dates_that_can_be_read_in_two_ways_asks)
{
    static const struct {
        const char *cells;
        enum guess_subject subject;
        const char *answered; /* the format by the first choice; NULL = there is none */
    } cases[] = {
        {"03/04/2016", GUESS_ABOUT_ORDER, "%d/%m/%Y"},
        {"03-04-2016|11-12-2016", GUESS_ABOUT_ORDER, "%d-%m-%Y"},
        {"03/04/2016 00:00:00", GUESS_ABOUT_ORDER, "%d/%m/%Y %H:%M:%S"},
        {"12/31/9999|03/04/2016", GUESS_ABOUT_ORDER, "%d/%m/%Y"}, /* no proof */
        {"1/1/1900|03/04/2016|03/05/2016", GUESS_ABOUT_ORDER, "%d/%m/%Y"},
        {"9/19/26", GUESS_ABOUT_CENTURY, "%m/%d/%y"},
        {"19.09.26", GUESS_ABOUT_CENTURY, "%d.%m.%y"},
        {"9/8/26", GUESS_ABOUT_ORDER, "%d/%m/%y"},
        {"46284|46384", GUESS_ABOUT_SERIAL, GUESS_EXCEL_SERIAL},
        {"13/04/2016|04/13/2016", GUESS_ABOUT_FILE, NULL},
        {"2016-04-13|13.04.2016", GUESS_ABOUT_FILE, NULL},
        {"/Date(1789776000000+0000)/", GUESS_ABOUT_FILE, NULL},
        {"2026-11-27T23:00:00.000Z", GUESS_ABOUT_FILE, NULL},
        {"2026-11-27 09:30:00", GUESS_ABOUT_FILE, NULL},
        {"2026-11-27T23:59:59", GUESS_ABOUT_FILE, NULL},
        {"2026-11-27T00:00:00.123456Z", GUESS_ABOUT_FILE, NULL},
        {"19 Syyskuu 2026", GUESS_ABOUT_FILE, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(guess_case_release) struct guess_case got = {.read = -1};
        const char *format = format_of(cases[i].cells, &got);
        if (format || !asked(&got, cases[i].subject, "Termination Date"))
            fail_msg("%s: %s", cases[i].cells, format ? format : "not asked");
        if (!cases[i].answered)
            continue;
        answer(&got, cases[i].subject, "Termination Date", 0);
        const struct guess_column *column = roster_guess_of(&got.guess, MEANING_LAST_DAY);
        if (!text_equal(column->date_format, cases[i].answered))
            fail_msg("%s: %s", cases[i].cells, column->date_format ? column->date_format : "none");
    }
}

/* While it is open nobody is departed by it, and answered it means what was said. */
TEST(roster_guess_of_an_open_order_rejects_and_answered_reads)
{
    static const char csv[] = "Employee ID,Status,Hire Date,Termination Date\n"
                              "1,Active,1/13/2010,\n2,Terminated,3/19/2012,03/12/2026\n";

    for (size_t choice = 0; choice < 2; choice++) {
        CLEANUP(guess_case_release) struct guess_case got = guess_of(csv);
        assert_guessed(&got);
        guess_case_read(&got, csv, strlen(csv));
        assert_int_equal(got.read, 0);
        assert_int_equal(got.roster.person[0].status, PERSON_EMPLOYED);
        assert_int_equal(got.roster.person[1].status, PERSON_UNKNOWN);
        answer(&got, GUESS_ABOUT_ORDER, "Termination Date", choice);
        guess_case_read(&got, csv, strlen(csv));
        assert_int_equal(got.roster.person[1].status,
                         choice == 0 ? PERSON_EMPLOYED : PERSON_DEPARTED);
    }
}

TEST(roster_guess_of_moments_makes_days_of_the_zone)
{
    static const char csv[] = "Employee ID,Termination Date\n1,2026-11-27T23:00:00.000Z\n";
    CLEANUP(guess_case_release) struct guess_case got = {.read = -1};
    const struct zone *berlin = NULL;

    assert_int_equal(zone_load(&got.arena, "Europe/Berlin", &berlin, &got.err), 0);
    got.result =
        roster_guess(&got.arena, csv, strlen(csv), true, berlin, NULL, &got.guess, &got.err);
    assert_guessed(&got);
    assert_string_equal(roster_guess_of(&got.guess, MEANING_LAST_DAY)->date_format,
                        "%Y-%m-%dT%H:%M:%S.000%z");
    answer(&got, GUESS_ABOUT_REHIRED, NULL, 0);
    assert_int_equal(questions_of(&got), 0);
}

TEST(roster_guess_of_a_day_before_1980_takes_it_for_none_only_where_most_have_it)
{
    static const char few[] = "Employee ID,Termination Date\n1,\n2,\n3,1900-01-01\n4,2026-09-19\n";
    static const char most[] = "Employee ID,Status,Termination Date\n1,Active,1/1/1900\n"
                               "2,Active,1/1/1900\n3,Active,1/1/1900\n4,Terminated,9/19/2026\n";
    CLEANUP(guess_case_release) struct guess_case got = guess_of(few), all = guess_of(most);

    assert_guessed(&got);
    guess_case_read(&got, few, strlen(few));
    assert_int_equal(got.roster.person[2].status, PERSON_UNKNOWN);
    assert_int_equal(got.roster.person[3].status, PERSON_DEPARTED);
    answer(&got, GUESS_ABOUT_NO_DATE, "1900-01-01", 0);
    guess_case_read(&got, few, strlen(few));
    assert_int_equal(got.roster.person[2].status, PERSON_EMPLOYED);
    assert_guessed(&all);
    assert_int_equal(questions_of(&all), 0);
    guess_case_read(&all, most, strlen(most));
    assert_int_equal(all.roster.rejected, 0);
    assert_int_equal(all.roster.person[0].status, PERSON_EMPLOYED);
    assert_int_equal(all.roster.person[3].status, PERSON_DEPARTED);
}

TEST(roster_guess_of_a_word_among_dates_asks_whether_it_is_none)
{
    CLEANUP(guess_case_release) struct guess_case got = {.read = -1};

    assert_string_equal(format_of("unbefristet|unbefristet|19.09.2026", &got), "%d.%m.%Y");
    answer(&got, GUESS_ABOUT_NO_DATE, "unbefristet", 0);
    assert_int_equal(got.guess.no_dates, 1);
    assert_int_equal(questions_of(&got), 0);
}

TEST(roster_guess_of_a_column_without_dates_asks_when_the_order_is_another_columns)
{
    CLEANUP(guess_case_release)
    struct guess_case got = guess_of("Employee ID,Hire Date,Termination Date\n1,1/13/2010,\n");

    assert_guessed(&got);
    assert_null(roster_guess_of(&got.guess, MEANING_LAST_DAY)->date_format);
    answer(&got, GUESS_ABOUT_ORDER, "Termination Date", 0);
    assert_string_equal(roster_guess_of(&got.guess, MEANING_LAST_DAY)->date_format, "%m/%d/%Y");
    CLEANUP(guess_case_release)
    struct guess_case iso = guess_of("Employee ID,Hire Date,Termination Date\n1,2010-01-13,\n");
    assert_guessed(&iso);
    assert_int_equal(questions_of(&iso), 0);
}

/* --- said before --- */

/* The guess over a configuration that the first one wrote, and somebody answered. */
static void guess_again(struct guess_case *first, const char *csv, struct guess_case *ret_again)
{
    guess_case_read(first, csv, strlen(csv));
    if (first->read < 0)
        fail_msg("%s", first->err.text);
    ret_again->guessed = mem_calloc(1, sizeof(*ret_again->guessed));
    assert_int_equal(roster_guess(ret_again->guessed, csv, strlen(csv), true, NULL,
                                  &first->config.roster, &ret_again->guess, &ret_again->err),
                     0);
}

TEST(roster_guess_of_dates_remembers_what_was_said_of_them)
{
    static const struct {
        const char *csv;
        enum guess_subject subject;
        const char *what;
    } cases[] = {
        {"Employee ID,Last Day\n1,03/04/2016\n2,\n", GUESS_ABOUT_ORDER, "Last Day"},
        {"Employee ID,Last Day\n1,19.09.26\n2,\n", GUESS_ABOUT_CENTURY, "Last Day"},
        {"Employee ID,Last Day\n1,9/8/26\n2,\n", GUESS_ABOUT_ORDER, "Last Day"},
        {"Employee ID,Last Day\n1,46284\n2,46285\n", GUESS_ABOUT_SERIAL, "Last Day"},
        {"Employee ID,Hire Date,Last Day\n1,13/04/2016,\n2,13/05/2016,\n", GUESS_ABOUT_ORDER,
         "Last Day"},
        {"Employee ID,Last Day\n1,2016-04-13\n2,open\n", GUESS_ABOUT_NO_DATE, "open"},
        {"Employee ID,Last Day\n1,2016-04-13\n2,1900-01-01\n3,\n4,\n", GUESS_ABOUT_NO_DATE,
         "1900-01-01"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(guess_case_release) struct guess_case got = guess_of(cases[i].csv);
        CLEANUP(guess_case_release) struct guess_case again = {.read = -1};
        CLEANUP(guess_case_release) struct guess_case open = {.read = -1};
        CLEANUP(guess_case_release) struct guess_case unsaid = guess_of(cases[i].csv);
        assert_guessed(&got);
        answer(&got, cases[i].subject, cases[i].what, 0);
        guess_again(&got, cases[i].csv, &again);
        if (asked(&again, GUESS_ABOUT_REHIRED, NULL))
            answer(&again, GUESS_ABOUT_REHIRED, NULL, 0);
        if (questions_of(&again) > 0)
            fail_msg("%s: %s", cases[i].csv, again.guess.question[0].sentence);
        guess_again(&unsaid, cases[i].csv, &open); /* nobody has said it */
        if (!asked(&open, cases[i].subject, cases[i].what))
            fail_msg("%s is not asked", cases[i].csv);
    }
}

/* What does not fit any more is not remembered. */
TEST(roster_guess_of_dates_in_a_new_form_asks_anew)
{
    static const char before[] = "Employee ID,Last Day\n1,03/04/2016\n";
    static const char after[] = "Employee ID,Last Day\n1,04/25/2016\n";
    CLEANUP(guess_case_release) struct guess_case got = guess_of(before);
    CLEANUP(guess_case_release)
    struct guess_case again = {.guessed = mem_calloc(1, sizeof(struct arena))};

    answer(&got, GUESS_ABOUT_ORDER, "Last Day", 0); /* day first */
    guess_case_read(&got, before, strlen(before));
    assert_int_equal(roster_guess(again.guessed, after, strlen(after), true, NULL,
                                  &got.config.roster, &again.guess, &again.err),
                     0);
    assert_string_equal(roster_guess_of(&again.guess, MEANING_LAST_DAY)->date_format, "%m/%d/%Y");
}
