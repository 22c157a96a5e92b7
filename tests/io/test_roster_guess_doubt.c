/*
 * roster/guess_doubt: whatever its title, a column that could say who works here blocks the rule
 * for departures until a person has answered, and each of them has a neighbour that asks nothing.
 */
#include "guess_case.h"

#define GUESS(name, text)                                                                          \
    CLEANUP(guess_case_release) struct guess_case name = guess_of(text);                           \
    assert_guessed(&name)

static enum person_status status_of(struct guess_case *c, const char *csv, const char *number)
{
    guess_case_read(c, csv, strlen(csv));
    if (c->read < 0)
        fail_msg("%s", c->err.text);
    for (size_t i = 0; i < c->roster.count; i++) {
        if (text_equal(c->roster.person[i].employee_number, number))
            return c->roster.person[i].status;
    }
    return PERSON_ABSENT;
}

/* The question, which must be there. */
static const struct guess_question *find_asked(const struct guess_case *c,
                                               enum guess_subject subject, const char *what)
{
    static const struct guess_question none;
    const struct guess_question *question = asked(c, subject, what);

    if (!question)
        fail_msg("'%s' is not asked", what ? what : "it");
    return question ? question : &none;
}

static void assert_blocked(const struct guess_case *c, const char *what)
{
    if (!roster_guess_blocks_departed(&c->guess))
        fail_msg("'%s' does not block the rule for departures", what);
}

static void assert_free(const struct guess_case *c, const char *what)
{
    for (size_t i = 0; i < c->guess.questions; i++) {
        if (c->guess.question[i].blocks_departed)
            fail_msg("%s: %s", what, c->guess.question[i].sentence);
    }
}

/* --- flags, codes and words --- */

TEST(roster_guess_of_a_flag_under_any_title_beside_a_last_day_departs_nobody_unasked)
{
    static const char *const flags[][3] = {{"Currently Employed", "Yes", "No"},
                                           {"Beschäftigt", "Ja", "Nein"},
                                           {"Présent", "Oui", "Non"},
                                           {"Kz. aktiv", "1", "0"},
                                           {"Situación", "Alta", "Baja"},
                                           {"State", "A", "T"},
                                           {"状態", "在", "退"},
                                           {"Gone", "", "x"},
                                           {"", "A", "T"},
                                           {"Exit Withdrawn", "Yes", ""},
                                           {"Rehired", "Rehired", ""},
                                           {"Wieder da", "Wieder da", ""},
                                           {"qzx", "7", "9"}};

    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,%s,Termination Date\n", flags[i][0]);
        for (int row = 0; row < 30; row++)
            text_addf(&csv, "%d,%s,\n", row, flags[i][1]);
        text_addf(&csv, "100,%s,2020-03-31\n101,%s,2020-06-30\n", flags[i][1], flags[i][2]);
        GUESS(got, text_cstr(&csv));
        assert_blocked(&got, flags[i][0]);
    }
}

TEST(roster_guess_of_columns_that_do_not_say_who_works_here_is_free_with_one_answer)
{
    static const char csv[] = "Employee ID,Colour,Wing,Termination Date\n1,red,A,\n2,red,B,\n"
                              "3,blue,A,\n4,red,B,2020-03-31\n";
    GUESS(got, csv);

    assert_asked(&got, GUESS_ABOUT_MUTE, NULL, "who has left: 'Colour', 'Wing'");
    answer(&got, GUESS_ABOUT_MUTE, NULL, 0);
    assert_free(&got, "answered");
    assert_int_equal(status_of(&got, csv, "4"), PERSON_DEPARTED);
    assert_int_equal(status_of(&got, csv, "1"), PERSON_EMPLOYED);
}

/* What was answered is known when the guess is made anew over the configuration. */
static void assert_recalled(struct guess_case *c, const char *csv, enum meaning meaning,
                            const char *title)
{
    struct roster_guess again;

    assert_int_equal(status_of(c, csv, "1"), PERSON_EMPLOYED);
    assert_int_equal(
        roster_guess(c->guessed, csv, strlen(csv), true, NULL, &c->config.roster, &again, NULL), 0);
    const struct guess_column *column = roster_guess_of(&again, meaning);
    assert_string_equal(column ? column->title : NULL, title);
    for (size_t i = 0; i < again.questions; i++)
        assert_true(again.question[i].subject == GUESS_ABOUT_AWAY ||
                    again.question[i].subject == GUESS_ABOUT_REHIRED);
}

/* Neither a status nor a last day by any title that is known: nobody would ever be departed, and
 * nobody would be told. */
TEST(roster_guess_of_a_file_of_which_nothing_says_who_has_left_asks_which_column_does)
{
    static const char days[] = "Employee ID,Name,Gone on\n1,A,\n2,B,2026-03-31\n3,C,2026-12-31\n";
    GUESS(dated, days);
    GUESS(neither, days);
    GUESS(nothing, "Employee ID,Name,City,Colour\n1,A,Rome,red\n2,B,Rome,\n");
    GUESS(told, "Employee ID,Name,Gone on,Status,Last Day\n1,A,,Active,\n"
                "2,B,2026-03-31,Terminated,2026-03-31\n");

    assert_asked(&dated, GUESS_ABOUT_GONE, NULL, "the employment ends: 'Gone on'");
    assert_true(roster_guess_blocks_departed(&dated.guess));
    answer(&dated, GUESS_ABOUT_GONE, NULL, 1);
    assert_free(&dated, "a day");
    assert_int_equal(status_of(&dated, days, "2"), PERSON_DEPARTED);
    assert_int_equal(status_of(&dated, days, "3"), PERSON_EMPLOYED);
    assert_recalled(&dated, days, MEANING_LAST_DAY, "Gone on");

    answer(&neither, GUESS_ABOUT_GONE, NULL, 0);
    assert_free(&neither, "neither");
    assert_false(roster_guess_tells_departures(&neither.guess));
    assert_int_equal(status_of(&neither, days, "2"), PERSON_EMPLOYED);
    assert_null(asked(&nothing, GUESS_ABOUT_GONE, NULL));
    assert_null(asked(&told, GUESS_ABOUT_GONE, NULL));
}

/* Another first day that was said to be the newest is so the next time, too. */
TEST(roster_guess_of_a_newest_first_day_that_was_said_is_not_asked_again)
{
    static const char csv[] = "Employee ID,Termination Date,Back\n1,,\n2,2019-05-31,2021-01-01\n";
    GUESS(got, csv);

    answer(&got, GUESS_ABOUT_LATER, NULL, 1);
    assert_recalled(&got, csv, MEANING_HIRE_DATE, "Back");
}

TEST(roster_guess_of_columns_left_out_by_name_asks_about_the_others)
{
    GUESS(got,
          "Employee ID,Colour,Wing,Termination Date\n1,red,A,\n2,red,B,2020-03-31\n3,red,B,\n");

    assert_true(roster_guess_leave_out(&got.guess, "Colour"));
    assert_asked(&got, GUESS_ABOUT_MUTE, "Wing", "who has left: 'Wing'");
    assert_true(roster_guess_leave_out(&got.guess, "Wing"));
    assert_free(&got, "left out");
}

TEST(roster_guess_of_a_flag_that_is_the_status_uses_it)
{
    static const char csv[] = "Employee ID,Colour,At Acme,Termination Date\n1,red,Yes,\n"
                              "2,red,Yes,2020-03-31\n3,blue,No,2020-06-30\n4,red,Yes,\n";
    GUESS(got, csv);

    answer(&got, GUESS_ABOUT_MUTE, NULL, 2);
    assert_string_equal(title_of(&got, MEANING_STATUS), "At Acme");
    answer(&got, GUESS_ABOUT_WORD, "Yes", 0);
    answer(&got, GUESS_ABOUT_WORD, "No", 2);
    assert_free(&got, "answered");
    assert_int_equal(status_of(&got, csv, "3"), PERSON_DEPARTED);
    assert_int_equal(status_of(&got, csv, "1"), PERSON_EMPLOYED);
    assert_int_not_equal(status_of(&got, csv, "2"), PERSON_DEPARTED);
}

TEST(roster_guess_of_a_column_without_a_title_cannot_use_it)
{
    GUESS(got, "Employee ID,,Termination Date\n1,A,\n2,T,2020-03-31\n3,A,\n");
    const struct guess_question *question = find_asked(&got, GUESS_ABOUT_MUTE, NULL);

    assert_mentions(question->sentence, "column 2, which has no title");
    assert_null(question->choice[1]);
}

TEST(roster_guess_of_what_differs_from_person_to_person_is_not_asked)
{
    CLEANUP(text_release) struct text csv = TEXT_INIT;

    text_add(&csv, "Employee ID,Badge,Location,Job Title,Cost Center,Manager,Phone,Gender,"
                   "Termination Date\n");
    for (int i = 0; i < 30; i++)
        text_addf(&csv, "%d,B%d,Berlin,Designer,700,Ada,030,f,%s\n", i, i, i ? "" : "2020-03-31");
    GUESS(got, text_cstr(&csv));
    assert_free(&got, "a usual export");
}

TEST(roster_guess_of_a_flag_beside_a_status_is_not_asked)
{
    GUESS(got, "Employee ID,Employment Status,Colour,Termination Date\n1,Active,red,\n"
               "2,Terminated,red,2020-03-31\n3,Active,blue,\n");

    assert_free(&got, "a status");
}

TEST(roster_guess_of_a_flag_where_nobody_can_be_departed_is_not_asked)
{
    GUESS(got, "Employee ID,Colour\n1,red\n2,red\n3,blue\n");

    assert_free(&got, "no last day");
}

TEST(roster_guess_of_a_list_in_json_departs_nobody_unasked)
{
    GUESS(got, "[{\"employeeNumber\": \"1\", \"lastDay\": \"2020-03-31\", \"employments\": "
               "[{\"status\": \"active\"}]}, {\"employeeNumber\": \"2\", \"lastDay\": null}]");
    const struct guess_question *question = find_asked(&got, GUESS_ABOUT_MUTE, "employments");

    assert_blocked(&got, "employments");
    assert_mentions(question->sentence, "'employments'");
    assert_null(question->choice[1]);
    answer(&got, GUESS_ABOUT_MUTE, "employments", 0);
    assert_free(&got, "answered");
}

/* --- days behind the last one --- */

TEST(roster_guess_of_a_day_behind_the_last_one_under_any_title_departs_nobody_unasked)
{
    static const char *const titles[] = {
        "Start Date",       "Latest Hire Date",     "Current Hire Date", "Position Start Date",
        "Letzter Eintritt", "Wiedereingetreten am", "Opnieuw in dienst", "Anything"};

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv,
                  "Employee ID,Hire Date,%s,Termination Date\n1,2015-01-13,2025-02-15,2020-03-31\n"
                  "2,2015-01-14,2015-01-14,\n3,2015-01-15,2015-01-15,2019-03-31\n",
                  titles[i]);
        GUESS(got, text_cstr(&csv));
        assert_blocked(&got, titles[i]);
    }
}

TEST(roster_guess_of_the_newest_first_day_uses_it)
{
    static const char csv[] = "Employee ID,Hire Date,Anything,Termination Date\n"
                              "1,2015-01-13,2025-02-15,2020-03-31\n2,2015-01-14,,\n"
                              "3,2015-01-15,2015-01-15,2019-03-31\n";
    GUESS(got, csv);

    assert_asked(&got, GUESS_ABOUT_LATER, "Anything", "came back");
    answer(&got, GUESS_ABOUT_LATER, "Anything", 1);
    assert_free(&got, "answered");
    assert_string_equal(title_of(&got, MEANING_HIRE_DATE), "Anything");
    assert_int_equal(status_of(&got, csv, "1"), PERSON_UNKNOWN);
    assert_int_equal(status_of(&got, csv, "3"), PERSON_DEPARTED);
}

TEST(roster_guess_of_days_before_the_last_one_is_not_asked)
{
    static const char csv[] = "Employee ID,Hire Date,Anything,Termination Date\n"
                              "1,13.01.2015,14.01.2015,31.03.2020\n2,14.01.2015,01.01.2026,\n";
    GUESS(got, csv);

    assert_free(&got, "no day is behind");
    assert_int_equal(status_of(&got, csv, "1"), PERSON_DEPARTED);
}

TEST(roster_guess_of_a_day_that_may_be_behind_the_last_one_asks)
{
    GUESS(got, "Employee ID,Anything,Termination Date\n1,05/04/2020,04/05/2020\n");

    assert_non_null(asked(&got, GUESS_ABOUT_LATER, "Anything"));
}

/* --- one last day for most --- */

TEST(roster_guess_of_one_last_day_in_most_rows_asks)
{
    static const char *const days[] = {"2000-01-01", "01/01/1980", "2020-12-31"};

    for (size_t i = 0; i < COUNT_OF(days); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Termination Date\n1,%s\n2,%s\n3,%s\n4,\n", days[i], days[i],
                  days[i]);
        GUESS(got, text_cstr(&csv));
        assert_asked(&got, GUESS_ABOUT_SHARED, days[i], "in 3 of 4 rows");
        assert_blocked(&got, days[i]);
        answer(&got, GUESS_ABOUT_SHARED, days[i], 0);
        assert_free(&got, days[i]);
        assert_string_equal(got.guess.no_date[0], days[i]);
        GUESS(other, text_cstr(&csv));
        answer(&other, GUESS_ABOUT_SHARED, days[i], 1);
        assert_int_equal(other.guess.no_dates, 0);
        assert_free(&other, days[i]);
    }
}

TEST(roster_guess_of_one_last_day_in_few_rows_is_not_asked)
{
    GUESS(got, "Employee ID,Termination Date\n1,2020-12-31\n2,2020-12-31\n3,\n4,\n5,\n");

    assert_free(&got, "two of five");
}

/* --- SCIM --- */

TEST(roster_guess_of_scim_in_which_all_are_active_asks_what_inactive_means)
{
    GUESS(got, "{\"Resources\": [{\"userName\": \"a\", \"active\": true}]}");

    assert_asked(&got, GUESS_ABOUT_INACTIVE, NULL, "0 of 1");
    assert_blocked(&got, "nobody is inactive today");
    answer(&got, GUESS_ABOUT_INACTIVE, NULL, 0);
    assert_free(&got, "answered");
}

TEST(roster_guess_of_scim_looks_at_all_pages)
{
    GUESS(got, "[{\"totalResults\": 3, \"Resources\": [{\"userName\": \"a\", \"active\": true}]}, "
               "{\"totalResults\": 3, \"Resources\": [{\"userName\": \"b\", \"active\": false}, "
               "{\"userName\": \"c\", \"active\": false}]}]");

    assert_int_equal(got.guess.rows, 3);
    assert_asked(&got, GUESS_ABOUT_INACTIVE, NULL, "2 of 3");
}

/* --- lists --- */

TEST(roster_guess_of_two_lists_asks_whether_one_is_all)
{
    static const char *const documents[] = {
        "{\"active\": [{\"employeeNumber\": \"1\", \"status\": \"Active\"}], \"former\": "
        "[{\"employeeNumber\": \"2\"}]}",
        "{\"former\": [{\"employeeNumber\": \"2\"}], \"active\": [{\"employeeNumber\": \"1\", "
        "\"status\": \"Active\"}]}"};

    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        GUESS(got, documents[i]);
        assert_asked(&got, GUESS_ABOUT_LIST, NULL,
                     "'/active' is read, as the longest, and not '/former'");
        assert_blocked(&got, "two lists");
        answer(&got, GUESS_ABOUT_LIST, NULL, 0);
        assert_free(&got, "answered");
    }
    GUESS(one, "{\"total\": 1, \"active\": [{\"employeeNumber\": \"1\", \"status\": \"Active\"}]}");
    assert_null(asked(&one, GUESS_ABOUT_LIST, NULL));
}

/* --- leave --- */

TEST(roster_guess_of_a_file_that_never_says_who_is_on_leave_asks)
{
    static const char *const titles[] = {"LOA Ends", "Elternzeitraum", "Away", "Uit", "Colour"};

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Employment Status,%s\n1,Active,x\n2,Active,\n", titles[i]);
        GUESS(got, text_cstr(&csv));
        assert_true(roster_guess_blocks_idle(&got.guess));
        assert_asked(&got, GUESS_ABOUT_AWAY, NULL, "on leave");
        answer(&got, GUESS_ABOUT_AWAY, NULL, 0);
        assert_null(asked(&got, GUESS_ABOUT_AWAY, NULL));
    }
}

TEST(roster_guess_of_leave_is_answered_by_a_script_and_by_the_configuration_before)
{
    static const char csv[] = "Employee ID,Employment Status\n1,Active\n2,Active\n";
    static const char said[] =
        "# as was said, nobody is on leave for long, or they are protected\n";

    GUESS(got, csv);
    assert_true(roster_guess_blocks_idle(&got.guess));
    assert_true(roster_guess_leave_out(&got.guess, "leave"));
    assert_false(roster_guess_blocks_idle(&got.guess));
    GUESS(again, csv);
    roster_guess_recall(&again.guess, said);
    assert_false(roster_guess_blocks_idle(&again.guess));
}

/* What nobody has answered is open for whoever asks again over what was written then. */
TEST(roster_guess_of_what_was_left_open_is_as_open_the_next_time)
{
    static const char *const csv[] = {
        "Employee ID,Employment Status\n1,Active\n2,Active\n",
        "Employee ID,Status\n1,Active\n2,To Be Terminated\n",
        "Employee ID,Rehire Date,Termination Date\n1,,\n2,2024-09-13,2022-06-30\n",
        "Employee ID,Last Day of Work,Termination Date\n1,,\n2,2025-01-13,2027-12-31\n",
        "Employee ID,Present,Termination Date\n1,Yes,\n2,Yes,2020-03-31\n3,No,2020-03-30\n",
        "Employee ID,Parking\n1,Working\n2,Former\n",
        "emp_no,to_date\n1,9999-01-01\n2,2020-02-01\n",
    };

    for (size_t i = 0; i < COUNT_OF(csv); i++) {
        GUESS(first, csv[i]);
        assert_true(roster_guess_blocks_departed(&first.guess) ||
                    roster_guess_blocks_idle(&first.guess));
        guess_case_read(&first, csv[i], strlen(csv[i]));
        CLEANUP(guess_case_release) struct guess_case again = {.read = -1};
        assert_int_equal(roster_guess(&again.arena, csv[i], strlen(csv[i]), true, NULL,
                                      &first.config.roster, &again.guess, &again.err),
                         0);
        if (roster_guess_blocks_departed(&again.guess) !=
                roster_guess_blocks_departed(&first.guess) ||
            roster_guess_blocks_idle(&again.guess) != roster_guess_blocks_idle(&first.guess))
            fail_msg("%s: is open no more", csv[i]);
    }
}

TEST(roster_guess_of_a_file_that_says_who_is_on_leave_does_not_ask)
{
    static const char *const files[] = {
        "Employee ID,Employment Status\n1,Active\n2,On leave\n",
        "Employee ID,Employment Status,On Leave\n1,Active,No\n",
        "Employee ID,Employment Status,Leave Start\n1,Active,2026-01-01\n"};

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        GUESS(got, files[i]);
        assert_null(asked(&got, GUESS_ABOUT_AWAY, NULL));
        assert_false(roster_guess_blocks_idle(&got.guess));
    }
}

TEST(roster_guess_of_a_leave_in_two_columns_of_one_title_blocks_the_idle_rule)
{
    static const char *const titles[] = {"Leave Start", "Leave End"};

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,%s,%s\n1,2026-01-01,2026-02-01\n", titles[i], titles[i]);
        GUESS(got, text_cstr(&csv));
        assert_true(find_asked(&got, GUESS_ABOUT_FILE, titles[i])->blocks_idle);
    }
}

/* --- a word for departure that is written ahead --- */

TEST(roster_guess_of_departures_without_a_last_day_asks_which_date_says_when)
{
    static const char *const titles[] = {"Effective Date", "Valid From",  "Gültig ab",
                                         "As Of",          "Wirksam zum", "qzx"};
    static const char ahead[] = "Employee ID,Status,Counts from\n1,Active,\n2,On Leave,\n"
                                "3,Terminated,2025-03-31\n4,Terminated,2027-02-28\n";

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv,
                  "Employee ID,Status,Hire Date,%s\n1,Active,2020-01-01,2020-01-01\n"
                  "2,On Leave,2020-01-01,2026-01-01\n3,Terminated,2020-01-01,2027-02-28\n",
                  titles[i]);
        GUESS(got, text_cstr(&csv));
        assert_asked(&got, GUESS_ABOUT_AHEAD, titles[i], "the employment ends");
        assert_blocked(&got, titles[i]);
        answer(&got, GUESS_ABOUT_AHEAD, NULL, 0);
        assert_free(&got, titles[i]);
    }
    GUESS(got, ahead);
    answer(&got, GUESS_ABOUT_AHEAD, NULL, 1);
    assert_free(&got, "said");
    assert_int_equal(status_of(&got, ahead, "1"), PERSON_EMPLOYED);
    assert_int_equal(status_of(&got, ahead, "3"), PERSON_DEPARTED);
    assert_int_equal(status_of(&got, ahead, "4"), PERSON_EMPLOYED);
}

/* A last day before tells it, as does that nothing in the file could. */
TEST(roster_guess_of_departures_asks_of_dates_behind_the_last_day_or_without_one_alone)
{
    GUESS(told, "Employee ID,Status,Effective Date,Termination Date\n1,Active,2020-01-01,\n"
                "2,On Leave,2020-01-01,\n3,Terminated,2025-03-31,2025-03-31\n");
    GUESS(alone, "Employee ID,Status,Hire Date\n1,Active,2020-01-01\n2,On Leave,2020-01-01\n"
                 "3,Terminated,2019-01-01\n");
    GUESS(behind, "Employee ID,Status,Termination Date,Paid Until\n1,Active,,\n2,On Leave,,\n"
                  "3,Terminated,2026-11-10,2027-01-31\n");
    GUESS(blank, "Employee ID,Status,Termination Date,Effective Date\n1,Active,,2020-01-01\n"
                 "2,On Leave,,2026-01-01\n3,Terminated,,2027-01-31\n");
    GUESS(some, "Employee ID,Status,Until\n1,Active,open\n2,On Leave,open\n"
                "3,Terminated,2027-01-31\n");
    GUESS(pay, "Employee ID,Status,Termination Date,Salary\n1,Active,,45000\n2,On Leave,,46000\n"
               "3,Terminated,,47000\n");
    GUESS(nobody,
          "Employee ID,Status,Effective Date\n1,Active,2020-01-01\n2,On Leave,2020-01-01\n");

    assert_null(asked(&told, GUESS_ABOUT_AHEAD, NULL));
    assert_free(&told, "a last day");
    assert_free(&alone, "no date");
    assert_asked(&behind, GUESS_ABOUT_AHEAD, "Paid Until", "behind the last day");
    assert_asked(&blank, GUESS_ABOUT_AHEAD, "Effective Date", "where there is none");
    assert_asked(&some, GUESS_ABOUT_AHEAD, "Until", "where there is none");
    assert_blocked(&some, "Until");
    assert_free(&pay, "no date, but a number");
    assert_free(&nobody, "nobody has left");
}

/* --- titles of days over yes and no, and addresses under titles that nobody knows --- */

TEST(roster_guess_of_yes_and_no_under_the_title_of_a_day_asks_whether_it_is_the_status)
{
    static const char *const flags[][3] = {{"In dienst", "Ja", "Nee"},
                                           {"Uit dienst", "Nee", "Ja"},
                                           {"Austritt", "", "X"},
                                           {"Last Day", "No", "Yes"}};

    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,%s\n1,%s\n2,%s\n3,%s\n", flags[i][0], flags[i][1], flags[i][1],
                  flags[i][2]);
        GUESS(got, text_cstr(&csv));
        assert_null(asked(&got, GUESS_ABOUT_NO_DATE, NULL));
        assert_non_null(asked(&got, GUESS_ABOUT_COLUMN, flags[i][0]));
        assert_blocked(&got, flags[i][0]);
    }
    GUESS(days, "Employee ID,Austritt\n1,\n2,2025-03-31\n3,X\n");
    assert_non_null(asked(&days, GUESS_ABOUT_NO_DATE, NULL));
}

TEST(roster_guess_of_addresses_under_a_title_that_nobody_knows_finds_people_by_them)
{
    GUESS(one, "Sähköposti,Nimi\na@x.com,A\nb@x.com,B\nc@x.com,C\n");
    GUESS(two, "E-post,E-post 2\na@x.com,a@y.com\nb@x.com,b@y.com\n");
    GUESS(chief, "Employee ID,Chef\n1,a@x.com\n2,b@x.com\n");
    GUESS(same, "Nimi,Esimies\nA,a@x.com\nB,a@x.com\n");

    assert_string_equal(title_of(&one, MEANING_EMAIL), "Sähköposti");
    assert_null(title_of(&two, MEANING_EMAIL));
    assert_non_null(asked(&two, GUESS_ABOUT_EMAIL, NULL));
    assert_null(title_of(&chief, MEANING_EMAIL));
    assert_false(roster_guess_has_key(&same.guess));
    GUESS(headless, "Anna,anna@x.com\nBo,bo@x.com\nCy,cy@x.com\n");
    assert_false(roster_guess_has_key(&headless.guess));
}

TEST(roster_guess_of_more_systems_finds_their_titles)
{
    GUESS(people,
          "EMPLID,NAME,EMAIL_ADDR,HIRE_DT,LAST_HIRE_DT\n1,A,a@x.com,2010-01-01,2020-01-01\n");
    GUESS(graph, "{\"data\":{\"workers\":{\"edges\":[{\"node\":{\"employeeNumber\":\"1\","
                 "\"workEmail\":\"a@x.com\"}},{\"node\":{\"employeeNumber\":\"2\"}}]}}}");

    assert_string_equal(title_of(&people, MEANING_EMPLOYEE_NUMBER), "EMPLID");
    assert_string_equal(title_of(&people, MEANING_EMAIL), "EMAIL_ADDR");
    assert_string_equal(title_of(&people, MEANING_HIRE_DATE), "LAST_HIRE_DT");
    assert_string_equal(title_of(&graph, MEANING_EMPLOYEE_NUMBER), "/node/employeeNumber");
}

/* Read as they stand they would be no dates, and who leaves next year would be gone today. */
TEST(roster_guess_of_years_of_another_calendar_says_so_and_acts_on_nobody)
{
    GUESS(era, "Employee ID,Status,Hire Date,Last Day\n1,Active,01/02/2560,\n"
               "2,Terminated,01/02/2561,28/02/2570\n3,On Leave,03/02/2555,\n");
    GUESS(none, "Employee ID,Status,Hire Date,Last Day\n1,Active,01/02/2020,31/12/2599\n"
                "2,Terminated,25/02/2018,28/02/2025\n3,On Leave,03/02/2020,31/12/2599\n");

    assert_asked(&era, GUESS_ABOUT_FILE, "Hire Date", "another calendar");
    assert_blocked(&era, "Hire Date");
    assert_true(roster_guess_blocks_idle(&era.guess));
    assert_null(asked(&none, GUESS_ABOUT_FILE, NULL));
    assert_free(&none, "one value");
}
