/*
 * roster/guess: a date that may end an employment while another column may say otherwise (two last
 * days, the first of several hires, a re-hire), and words that mean no more than "not active".
 * While nobody has said, no rule acts; and each question has an answer that is true and reads
 * right.
 */
#include "guess_case.h"

#define GUESS(name, text)                                                                          \
    CLEANUP(guess_case_release) struct guess_case name = guess_of(text);                           \
    assert_guessed(&name)

static enum person_status status_when_read(struct guess_case *c, const char *csv, const char *who)
{
    guess_case_read(c, csv, strlen(csv));
    if (c->read < 0)
        fail_msg("%s", c->err.text);
    for (size_t i = 0; i < c->roster.count; i++) {
        if (text_equal(c->roster.person[i].employee_number, who))
            return c->roster.person[i].status;
    }
    return PERSON_ABSENT;
}

static const struct guess_question *question_of(const struct guess_case *c,
                                                enum guess_subject subject, const char *what)
{
    const struct guess_question *question = asked(c, subject, what);

    if (!question) {
        fail_msg("'%s' is not asked", what ? what : "it");
        abort(); /* a failure does not return, which its declaration does not say */
    }
    return question;
}

/* --- two last days --- */

static const struct {
    const char *ends, *works; /* the employment, and the work: 90 is on garden leave */
} two_ends[] = {{"Termination Date", "Last Day of Work"},
                {"Termination date", "Internal termination date"},
                {"Austritt", "Letzter Arbeitstag"},
                {"Kündigungsdatum", "Letzter Arbeitstag"},
                {"Contract End Date", "Last Working Day"},
                {"Date de sortie", "Laatste werkdag"},
                {"退職日", "退社日"}};

static void put_two_ends(struct text *csv, size_t i, bool status)
{
    text_addf(csv, "Employee ID,%s%s,%s\n", status ? "Status," : "", two_ends[i].ends,
              two_ends[i].works);
    text_addf(csv, "1,%s,\n", status ? "Active," : "");
    text_addf(csv, "90,%s2026-12-31,2026-11-20\n", status ? "Active," : "");
    text_addf(csv, "3,%s2026-03-31,2026-03-20\n", status ? "Terminated," : "");
}

/* The place of the choice that takes this column. */
static size_t choice_of(const struct guess_case *c, const char *title)
{
    const struct guess_question *question = asked(c, GUESS_ABOUT_LAST_DAY, NULL);

    for (size_t i = 0; question && question->choice[i]; i++) {
        if (strstr(question->choice[i], title))
            return i;
    }
    fail_msg("'%s' is no choice", title);
    return 0;
}

TEST(roster_guess_of_two_last_days_asks_which_one_ends_the_employment)
{
    for (size_t i = 0; i < COUNT_OF(two_ends) * 2; i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        put_two_ends(&csv, i / 2, i % 2);
        GUESS(open, text_cstr(&csv));
        assert_asked(&open, GUESS_ABOUT_LAST_DAY, NULL, two_ends[i / 2].works);
        assert_true(roster_guess_blocks_departed(&open.guess));
        GUESS(late, text_cstr(&csv));
        answer(&late, GUESS_ABOUT_LAST_DAY, NULL, choice_of(&late, two_ends[i / 2].ends));
        assert_int_equal(questions_of(&late), 0);
        assert_false(roster_guess_blocks_departed(&late.guess));
        assert_int_equal(status_when_read(&late, text_cstr(&csv), "90"), PERSON_EMPLOYED);
        assert_int_equal(status_when_read(&late, text_cstr(&csv), "3"), PERSON_DEPARTED);
        GUESS(early, text_cstr(&csv));
        answer(&early, GUESS_ABOUT_LAST_DAY, NULL, choice_of(&early, two_ends[i / 2].works));
        assert_int_equal(questions_of(&early), 0);
        assert_int_equal(status_when_read(&early, text_cstr(&csv), "90"),
                         i % 2 ? PERSON_UNKNOWN : PERSON_DEPARTED);
    }
}

TEST(roster_guess_of_a_second_last_day_that_is_empty_or_left_out_asks_nothing)
{
    GUESS(empty, "Employee ID,Termination Date,Last Day of Work\n1,2026-03-31,\n2,,\n");

    assert_int_equal(questions_of(&empty), 0);
    GUESS(out, "Employee ID,Termination Date,Last Day of Work\n1,2026-03-31,2026-03-20\n");
    assert_true(roster_guess_leave_out(&out.guess, "Last Day of Work"));
    assert_int_equal(questions_of(&out), 0);
    assert_false(roster_guess_blocks_departed(&out.guess));
    GUESS(alone, "Employee ID,Letzter Arbeitstag\n1,20.03.2026\n2,\n");
    assert_string_equal(title_of(&alone, MEANING_LAST_DAY), "Letzter Arbeitstag");
    assert_int_equal(questions_of(&alone), 0);
}

TEST(roster_guess_of_a_last_day_in_more_columns_than_can_be_offered_stays_blocked)
{
    GUESS(got, "Employee ID,Termination Date,Exit Date,Date Left,Separation Date,Last Day,"
               "Last Day of Work\n1,2026-01-01,2026-01-01,2026-01-01,2026-01-01,2026-01-01,"
               "2026-01-01\n");

    assert_true(roster_guess_blocks_departed(&got.guess));
    answer(&got, GUESS_ABOUT_LAST_DAY, NULL, 3);
    assert_int_equal(questions_of(&got), 0);
}

/* --- the first of several hires --- */

static const char *const original_titles[] = {"Original Hire Date", "Original Hire",
                                              "EecDateOfOriginalHire", "First Hire Date",
                                              "Initial hire date"};

TEST(roster_guess_of_a_first_hire_alone_acts_on_no_last_day_until_that_is_said)
{
    for (size_t i = 0; i < COUNT_OF(original_titles); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv,
                  "Employee ID,%s,Termination Date\n1,2010-01-01,\n90,2015-03-01,2022-06-30\n",
                  original_titles[i]);
        CLEANUP(guess_case_release)
        struct guess_case got = guess_unsaid(text_cstr(&csv), csv.length);
        assert_guessed(&got);
        assert_asked(&got, GUESS_ABOUT_REHIRED, NULL, original_titles[i]);
        assert_true(roster_guess_blocks_departed(&got.guess));
        answer(&got, GUESS_ABOUT_REHIRED, NULL, 0);
        assert_int_equal(questions_of(&got), 0);
        assert_string_equal(title_of(&got, MEANING_HIRE_DATE), original_titles[i]);
        assert_int_equal(status_when_read(&got, text_cstr(&csv), "90"), PERSON_DEPARTED);
    }
}

TEST(roster_guess_of_a_first_hire_beside_the_latest_or_a_status_asks_nothing)
{
    GUESS(latest, "Employee ID,Original Hire Date,Last Hire Date,Termination Date\n"
                  "1,2010-01-01,2024-01-01,2022-06-30\n");

    assert_string_equal(title_of(&latest, MEANING_HIRE_DATE), "Last Hire Date");
    assert_int_equal(questions_of(&latest), 0);
    static const char csv[] = "Employee ID,Original Hire Date,Status,Termination Date\n"
                              "1,2010-01-01,Active,\n90,2015-03-01,Active,2022-06-30\n";
    GUESS(status, csv);
    assert_int_equal(questions_of(&status), 0);
    assert_int_equal(status_when_read(&status, csv, "90"), PERSON_UNKNOWN);
    assert_int_equal(status_when_read(&status, csv, "1"), PERSON_EMPLOYED);
}

/* --- re-hires --- */

static const char *const rehire_titles[] = {"Rehire Date", "Wiedereintritt", "Date of re-hire",
                                            "Reinstatement Date", "再入社日"};

TEST(roster_guess_of_a_rehire_date_offers_it_as_the_first_day)
{
    for (size_t i = 0; i < COUNT_OF(rehire_titles) * 2; i++) {
        bool status = i % 2;
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,%sHire Date,%s,Termination Date\n", status ? "Status," : "",
                  rehire_titles[i / 2]);
        text_addf(&csv, "1,%s2010-01-13,,\n", status ? "Active," : "");
        text_addf(&csv, "90,%s2016-04-13,2024-09-13,2022-06-30\n", status ? "Active," : "");
        text_addf(&csv, "3,%s2016-04-13,2018-09-13,2022-07-31\n", status ? "Terminated," : "");
        GUESS(got, text_cstr(&csv));
        assert_asked(&got, GUESS_ABOUT_COLUMN, rehire_titles[i / 2], "hired again");
        assert_true(status || roster_guess_blocks_departed(&got.guess));
        answer(&got, GUESS_ABOUT_COLUMN, rehire_titles[i / 2], 0);
        assert_int_equal(questions_of(&got), 0);
        assert_false(roster_guess_blocks_departed(&got.guess));
        assert_string_equal(title_of(&got, MEANING_HIRE_DATE), rehire_titles[i / 2]);
        /* Without a status nobody can say which of the two days counts. */
        assert_int_equal(status_when_read(&got, text_cstr(&csv), "90"),
                         status ? PERSON_EMPLOYED : PERSON_UNKNOWN);
        assert_int_equal(status_when_read(&got, text_cstr(&csv), "3"), PERSON_DEPARTED);
        GUESS(cleared, text_cstr(&csv));
        answer(&cleared, GUESS_ABOUT_COLUMN, rehire_titles[i / 2], 1);
        assert_int_equal(questions_of(&cleared), 0);
        assert_string_equal(title_of(&cleared, MEANING_HIRE_DATE), "Hire Date");
    }
}

TEST(roster_guess_of_a_rehire_date_taken_asks_how_its_days_are_written)
{
    GUESS(got, "Employee ID,Hire Date,Rehire Date,Termination Date\n1,2016-04-13,09/02/2024,\n");

    answer(&got, GUESS_ABOUT_COLUMN, "Rehire Date", 0);
    assert_asked(&got, GUESS_ABOUT_ORDER, "Rehire Date", "two ways");
}

TEST(roster_guess_of_who_may_be_hired_again_is_nothing)
{
    GUESS(got, "Employee ID,Hire Date,Eligible for Rehire,Termination Date\n"
               "1,2016-04-13,Yes,2022-06-30\n");
    GUESS(mark, "Employee ID,Hire Date,Rehired,Termination Date\n1,2016-04-13,Yes,2022-06-30\n");

    assert_int_equal(questions_of(&got), 0);
    assert_true(question_of(&mark, GUESS_ABOUT_COLUMN, "Rehired")->blocks_departed);
    answer(&mark, GUESS_ABOUT_COLUMN, "Rehired", 0);
    assert_false(roster_guess_blocks_departed(&mark.guess));
}

/* --- whether a last day is emptied --- */

static struct guess_case unsaid(const char *text)
{
    return guess_unsaid(text, strlen(text));
}

TEST(roster_guess_without_a_status_asks_once_whether_the_last_day_of_a_rehire_is_emptied)
{
    static const char csv[] = "Employee ID,Hire Date,Termination Date\n1,2016-04-13,\n"
                              "2,2017-04-13,2022-06-30\n";
    CLEANUP(guess_case_release) struct guess_case got = unsaid(csv);
    CLEANUP(guess_case_release) struct guess_case kept = unsaid(csv);
    CLEANUP(guess_case_release) struct guess_case again = unsaid(csv);
    CLEANUP(guess_case_release)
    struct guess_case told =
        unsaid("Employee ID,Status,Termination Date\n1,Active,\n2,Terminated,2022-06-30\n");
    CLEANUP(config_writing_release) struct config_writing writing = {.arena = &got.arena};

    assert_asked(&got, GUESS_ABOUT_REHIRED, "Termination Date", "hired again");
    assert_true(roster_guess_blocks_departed(&got.guess));
    assert_null(asked(&told, GUESS_ABOUT_REHIRED, NULL));
    answer(&got, GUESS_ABOUT_REHIRED, NULL, 0);
    assert_false(roster_guess_blocks_departed(&got.guess));
    assert_string_equal(title_of(&got, MEANING_LAST_DAY), "Termination Date");
    roster_guess_write(&got.guess, &writing);
    roster_guess_recall(&again.guess, text_cstr(&writing.text));
    assert_false(roster_guess_blocks_departed(&again.guess));
    answer(&kept, GUESS_ABOUT_REHIRED, NULL, 1);
    assert_null(title_of(&kept, MEANING_LAST_DAY));
}

/* --- the day of the notice --- */

TEST(roster_guess_of_what_may_be_the_day_of_a_notice_says_so)
{
    static const char *const titles[] = {"Kündigungsdatum", "Notice Date", "Resignation Date",
                                         "Gekündigt am",    "End Date",    "Vertragsende"};

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Personalnummer,%s\n1,2026-10-15\n2,\n", titles[i]);
        GUESS(got, text_cstr(&csv));
        assert_asked(&got, GUESS_ABOUT_LAST_DAY, titles[i], "on which notice was given");
        assert_true(roster_guess_blocks_departed(&got.guess));
        answer(&got, GUESS_ABOUT_LAST_DAY, titles[i], 1);
        assert_int_equal(questions_of(&got), 0);
        assert_int_equal(status_when_read(&got, text_cstr(&csv), "1"), PERSON_EMPLOYED);
    }
}

/* --- words for "not active" --- */

TEST(roster_guess_of_a_word_for_not_active_says_who_else_that_is)
{
    static const char *const words[] = {"Inactive",  "False",    "false",   "disabled", "Blocked",
                                        "Inaktiv",   "Gesperrt", "Inactif", "Inativo",  "Inactief",
                                        "Suspended", "No",       "0",       "無効"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Status\n1,Active\n2,%s\n", words[i]);
        GUESS(got, text_cstr(&csv));
        assert_asked(&got, GUESS_ABOUT_WORD, words[i], "on leave");
        assert_asked(&got, GUESS_ABOUT_WORD, words[i], "not started yet");
        const struct guess_question *question = question_of(&got, GUESS_ABOUT_WORD, words[i]);
        assert_mentions(question->choice[2], "all of them");
        assert_mentions(question->choice[3], "some have not");
        answer(&got, GUESS_ABOUT_WORD, words[i], 3);
        assert_int_equal(questions_of(&got), 0);
        assert_int_equal(status_when_read(&got, text_cstr(&csv), "2"), PERSON_UNKNOWN);
    }
}

TEST(roster_guess_of_any_other_word_asks_plainly_and_knows_who_starts_later)
{
    GUESS(got, "Employee ID,Status\n1,Active\n2,Pre-Hire\n");
    const struct guess_question *question = question_of(&got, GUESS_ABOUT_WORD, "Pre-Hire");

    assert_null(strstr(question->sentence, "not started yet"));
    assert_mentions(question->choice[0], "will from the first day on");
    assert_mentions(question->choice[3], "never touch them");
}

TEST(roster_guess_of_scim_lets_some_of_the_inactive_be_at_work)
{
    static const char scim[] =
        "{\"schemas\": [\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
        "\"totalResults\": 2, \"startIndex\": 1, \"itemsPerPage\": 2, \"Resources\": ["
        "{\"userName\": \"a@b.example\", \"active\": true},"
        "{\"userName\": \"c@b.example\", \"active\": false}]}";
    GUESS(some, scim);

    assert_asked(&some, GUESS_ABOUT_INACTIVE, NULL, "on leave");
    assert_true(roster_guess_blocks_departed(&some.guess));
    answer(&some, GUESS_ABOUT_INACTIVE, NULL, 1);
    assert_int_equal(questions_of(&some), 0);
    assert_true(roster_guess_blocks_departed(&some.guess));
    GUESS(all, scim);
    answer(&all, GUESS_ABOUT_INACTIVE, NULL, 0);
    assert_int_equal(questions_of(&all), 0);
    assert_false(roster_guess_blocks_departed(&all.guess));
}

/* --- what is offered beside --- */

TEST(roster_guess_of_a_second_status_lets_the_better_one_be)
{
    GUESS(got, "Employee ID,Status,Payroll Status\n1,Active,Active\n2,Terminated,Terminated\n");

    const struct guess_question *question = question_of(&got, GUESS_ABOUT_COLUMN, "Payroll Status");
    assert_mentions(question->choice[0], "'Status' says");
    answer(&got, GUESS_ABOUT_COLUMN, "Payroll Status", 0);
    assert_int_equal(questions_of(&got), 0);
}

TEST(roster_guess_takes_the_status_that_a_person_has_named_before)
{
    CLEANUP(guess_case_release) struct guess_case got = {.read = -1};
    static const char csv[] = "Employee ID,Status,HR Code\n1,Active,A\n2,Inactive,T\n";
    struct config_roster known = {.column.of[ROSTER_STATUS] = "HR Code"};

    got.result =
        roster_guess(&got.arena, csv, strlen(csv), true, NULL, &known, &got.guess, &got.err);
    assert_guessed(&got);
    assert_string_equal(title_of(&got, MEANING_STATUS), "HR Code");
}

TEST(roster_guess_of_an_order_shows_a_date_whose_readings_differ)
{
    GUESS(got, "Employee ID,Hire Date\n1,01/01/2020\n2,06/02/2020\n3,01/01/2021\n");
    const struct guess_question *question = question_of(&got, GUESS_ABOUT_ORDER, "Hire Date");

    assert_mentions(question->sentence, "06/02/2020");
    assert_mentions(question->choice[0], "2020-02-06");
    assert_mentions(question->choice[1], "2020-06-02");
    GUESS(same, "Employee ID,Hire Date\n1,01/01/2020\n2,02/02/2020\n");
    question = question_of(&same, GUESS_ABOUT_ORDER, "Hire Date");
    assert_string_equal(question->choice[0], "day first");
    assert_string_equal(question->choice[1], "month first");
}

/* --- who --- */

TEST(roster_guess_of_an_identifier_for_machines_takes_no_number)
{
    GUESS(got, "id,mail,displayName\n3f2c0000-0000-4000-8000-000000010017,a@b.example,A B\n");

    assert_null(title_of(&got, MEANING_EMPLOYEE_NUMBER));
    GUESS(number, "id,mail\n10017,a@b.example\n");
    assert_string_equal(title_of(&number, MEANING_EMPLOYEE_NUMBER), "id");
}

TEST(roster_guess_of_names_under_the_title_employee_takes_them_for_names)
{
    GUESS(rippling, "Employee,Employee number,Work email\nAnna Berg,1,a@b.example\n");

    assert_string_equal(title_of(&rippling, MEANING_NAME), "Employee");
    assert_string_equal(title_of(&rippling, MEANING_EMPLOYEE_NUMBER), "Employee number");
    GUESS(alone, "Employee,Work email\nAnna Berg,a@b.example\n");
    assert_null(title_of(&alone, MEANING_EMPLOYEE_NUMBER));
    GUESS(bamboo, "Employee #,Name\n17,Anna Berg\n");
    assert_string_equal(title_of(&bamboo, MEANING_EMPLOYEE_NUMBER), "Employee #");
    GUESS(ukg, "Employee Number,Employee Name (First Last)\n1,Anna Berg\n");
    assert_string_equal(title_of(&ukg, MEANING_NAME), "Employee Name (First Last)");
}

TEST(roster_guess_of_labelled_attributes_asks_about_values_alone)
{
    GUESS(got,
          "[{\"type\": \"Employee\", \"attributes\": {"
          "\"id\": {\"label\": \"ID\", \"value\": 7, \"type\": \"integer\", \"universal_id\": "
          "\"id\"}, \"status\": {\"label\": \"Status\", \"value\": \"active\", \"type\": "
          "\"standard\", \"universal_id\": \"status\"}, \"termination_type\": {\"label\": \"T\", "
          "\"value\": \"\", \"type\": \"standard\", \"universal_id\": \"termination_type\"}}}]");

    assert_string_equal(title_of(&got, MEANING_STATUS), "/attributes/status/value");
    assert_int_equal(questions_of(&got), 0);
}

TEST(roster_guess_of_a_wide_export_sees_its_row_of_labels)
{
    GUESS(got,
          "STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,MI,GENDER,EMAIL,MANAGER,HR,DEPARTMENT,JOBCODE,"
          "DIVISION,LOCATION,TIMEZONE,HIREDATE,EMPID,TITLE,DEFAULT_LOCALE,LOGIN_METHOD,"
          "COMPANYEXITDATE\n"
          "STATUS,USERID,Username,First Name,Last Name,Middle Name,Gender,Email,Manager,Human "
          "Resource,Department,Job Code,Division,Location,Time Zone,Hire Date,Employee ID,Title,"
          "Default Locale,Login Method,Company Exit Date\n"
          "active,10017,anna,Anna,Berg,,F,a@b.example,NO_MANAGER,NO_HR,Marketing,5,EU,Berlin,"
          "Europe/Berlin,01/13/2012,10017,Manager,en_US,PWD,12/31/9999\n");

    assert_int_equal(got.guess.shape.label_rows, 1);
    assert_string_equal(title_of(&got, MEANING_LAST_DAY), "COMPANYEXITDATE");
}

TEST(roster_guess_of_short_years_offers_the_year_first_where_it_can_be)
{
    static const char csv[] = "Employee ID,Status,Termination Date\n1,Active,\n"
                              "2,Terminated,26/05/20\n3,Terminated,26/12/15\n";
    GUESS(got, csv);
    GUESS(western, "Employee ID,Status,Termination Date\n1,Active,\n2,Terminated,12/25/26\n");
    const struct guess_question *question = asked(&got, GUESS_ABOUT_ORDER, "Termination Date");
    size_t choice = 0;

    if (!question || !question->blocks_departed)
        fail_msg("the order is not asked");
    while (question && question->choice[choice] &&
           !strstr(question->choice[choice], "is 2026-05-20"))
        choice++;
    assert_mentions(question ? question->choice[choice] : NULL, "year first");
    answer(&got, GUESS_ABOUT_ORDER, "Termination Date", choice);
    assert_false(roster_guess_blocks_departed(&got.guess));
    assert_null(asked(&western, GUESS_ABOUT_ORDER, NULL));
}

/* --- many of one, empty cells, kinds --- */

static void add_leavers(struct text *csv, int at, int rows, bool same)
{
    for (int i = at; i < at + rows; i++)
        text_addf(csv, "%d,Terminated,2021-%02d-%02d\n", i, same ? 12 : 1 + i % 11,
                  same ? 31 : 1 + i % 27);
}

TEST(roster_guess_of_one_last_day_in_a_fifth_of_the_leavers_asks_whether_it_is_one)
{
    static const int shared[] = {6, 5};

    for (size_t i = 0; i < COUNT_OF(shared); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_add(&csv, "Employee ID,Status,Termination Date\n");
        for (int row = 0; row < 40; row++)
            text_addf(&csv, "%d,Active,\n", row);
        add_leavers(&csv, 100, 20, false);
        add_leavers(&csv, 200, shared[i], true);
        GUESS(got, text_cstr(&csv));
        assert_int_equal(asked(&got, GUESS_ABOUT_SHARED, NULL) != NULL, shared[i] == 6);
    }
}

TEST(roster_guess_of_empty_cells_of_a_status_asks_what_they_mean)
{
    static const char csv[] = "Employee ID,Name,Status\n1,A,\n2,B,Terminated\n3,C,\n";
    GUESS(got, csv);
    GUESS(full, "Employee ID,Name,Status\n1,A,Active\n2,B,Terminated\n");

    assert_asked(&got, GUESS_ABOUT_WORD, "", "(empty) in 'Status' (2 rows)");
    assert_null(asked(&full, GUESS_ABOUT_WORD, NULL));
    answer(&got, GUESS_ABOUT_WORD, "", 0);
    assert_int_equal(status_when_read(&got, csv, "3"), PERSON_EMPLOYED);
}

/* "Inactive" of a system that has it of leave and departure alike: the last day tells. */
TEST(roster_guess_of_inactive_beside_a_last_day_may_be_told_by_it)
{
    static const char csv[] = "Employee ID,Name,Status,Termination Date\n1,A,active,\n"
                              "2,B,inactive,\n3,C,inactive,2026-03-31\n"
                              "4,D,inactive,2026-12-31\n5,E,active,2020-01-31\n";
    static const enum person_status right[] = {PERSON_EMPLOYED, PERSON_ON_LEAVE, PERSON_DEPARTED,
                                               PERSON_ON_LEAVE, PERSON_UNKNOWN};
    GUESS(got, csv);
    GUESS(undated, "Employee ID,Name,Status\n1,A,active\n2,B,inactive\n");

    assert_null(question_of(&undated, GUESS_ABOUT_WORD, "inactive")->choice[4]);
    answer(&got, GUESS_ABOUT_WORD, "inactive", 4);
    assert_int_equal(questions_of(&got), 0);
    (void)status_when_read(&got, csv, "1");
    for (size_t i = 0; i < COUNT_OF(right); i++)
        assert_int_equal(got.roster.person[i].status, right[i]);
    struct roster_guess again; /* as it was said */
    assert_int_equal(roster_guess(got.guessed, csv, sizeof(csv) - 1, true, NULL, &got.config.roster,
                                  &again, NULL),
                     0);
    for (size_t i = 0; i < again.words; i++)
        assert_int_equal(again.word[i].either, strcmp(again.word[i].text, "inactive") == 0);
}

/* A row that is nobody's, or of which no value is known, says nothing about empty cells. */
TEST(roster_guess_of_rows_without_a_key_or_broken_asks_nothing_about_empty_cells)
{
    static const char *const rows[] = {
        ",,\n\x1a\n", "3,Smith, John,Active\n", "'3;Smith';Active\n",     ",Total,\n",
        "N/A,,\n",    "-,Sum of 2,\n",          "\"\",\"page 1\",\"\"\n", "printed by HR\n",
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Name,Status\n1,A,Active\n%s2,B,Terminated\n", rows[i]);
        GUESS(got, text_cstr(&csv));
        if (asked(&got, GUESS_ABOUT_WORD, ""))
            fail_msg("%s", rows[i]);
    }
    GUESS(json, "[{\"employeeNumber\":\"1\",\"status\":\"Active\"},"
                "{\"employeeNumber\":\"2\",\"status\":\"Active\",\"status\":\"Left\"},"
                "{\"employeeNumber\":null,\"status\":null}]");
    assert_null(asked(&json, GUESS_ABOUT_WORD, ""));
    GUESS(said, "[{\"employeeNumber\":\"1\"},{\"employeeNumber\":\"2\",\"status\":\"Active\"},"
                "{\"employeeNumber\":\"3\",\"status\":null},{}]");
    assert_asked(&said, GUESS_ABOUT_WORD, "", "(empty) in 'status' (2 rows)");
}

TEST(roster_guess_of_kinds_in_several_columns_asks_once_and_shows_nobodys_values)
{
    GUESS(got, "Employee ID,Status,Worker Type,Contract Type,State\n"
               "1,Active,Intern,Fixed,Jane Doe\n2,Terminated,Guest,Open,Active\n");
    const struct guess_question *question = question_of(&got, GUESS_ABOUT_TYPES, NULL);

    assert_mentions(question->sentence, "'Worker Type', 'Contract Type' are");
    assert_null(strstr(question->sentence, "Intern"));
    answer(&got, GUESS_ABOUT_TYPES, NULL, 0);
    assert_null(asked(&got, GUESS_ABOUT_TYPES, NULL));
    assert_null(question_of(&got, GUESS_ABOUT_COLUMN, "State")->examples);
    GUESS(words, "Employee ID,Status,State\n1,Active,Terminated\n2,Terminated,Active\n");
    assert_string_equal(question_of(&words, GUESS_ABOUT_COLUMN, "State")->examples,
                        "'Terminated', 'Active'");
}
