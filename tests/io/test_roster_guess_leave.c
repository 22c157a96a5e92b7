/*
 * roster/guess: who is on leave, by columns of every kind, and by which of two numbers people are
 * known. Nobody on leave counts as idle while it is open, and each answer reads right.
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

/* 2 is away; beside a status that says "Active" of everybody. */
TEST(roster_guess_of_a_column_that_tells_a_leave_blocks_idleness_until_it_is_answered)
{
    static const struct {
        const char *title, *away;
    } columns[] = {
        {"Expected Return Date", "2027-01-31"},
        {"Return Date", "2027-01-31"},
        {"Estimated return to work", "2027-01-31"},
        {"Leave End", "2027-01-31"},
        {"Voraussichtliche Rückkehr", "31.01.2027"},
        {"Date de retour", "31/01/2027"},
        {"Verwachte terugkeer", "31-01-2027"},
        {"Data rientro", "31/01/2027"},
        {"復職予定日", "2027/01/31"},
        {"On Disability Leave", "2026-01-31"},
        {"Disability", "On Disability Leave"},
        {"Worker Type", "Parental leave"},
        {"Mitarbeiterkreis", "Elternzeit"},
        {"Tipo de contrato", "Excedencia"},
        {"Note", "On maternity leave"},
        {"Leave Status", "At home"},
        {"Karenz", "ja"},
        {"Freistellung", "x"},
        {"Arrêt maladie", "oui"},
        {"Licença", "sim"},
    };

    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Employment Status,%s\n1,Active,\n2,Active,%s\n3,Active,\n",
                  columns[i].title, columns[i].away);
        GUESS(got, text_cstr(&csv));
        if (!roster_guess_blocks_idle(&got.guess) ||
            !asked(&got, GUESS_ABOUT_COLUMN, columns[i].title))
            fail_msg("'%s' is not asked", columns[i].title);
        assert_true(roster_guess_leave_out(&got.guess, columns[i].title));
        assert_int_equal(questions_of(&got), 0);
    }
}

TEST(roster_guess_of_words_for_a_leave_in_its_own_column_reads_them)
{
    static const struct {
        const char *title, *away;
    } columns[] = {{"Leave Status", "On leave"}, {"On Leave", "On Leave"},
                   {"Beurlaubt", "Elternzeit"},  {"In Elternzeit", "In Elternzeit"},
                   {"Leave Status", "Yes"},      {"休職", "休職"}};

    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv,
                  "Employee ID,Name,Employment Status,%s\n1,A,Active,\n2,B,Active,%s\n"
                  "3,C,Active,No\n",
                  columns[i].title, columns[i].away);
        GUESS(got, text_cstr(&csv));
        assert_int_equal(questions_of(&got), 0);
        assert_int_equal(status_when_read(&got, text_cstr(&csv), "2"), PERSON_ON_LEAVE);
        assert_int_equal(status_when_read(&got, text_cstr(&csv), "1"), PERSON_EMPLOYED);
        assert_int_equal(got.roster.rejected, 0);
    }
}

static size_t choice_with(const struct guess_question *question, const char *part)
{
    for (size_t i = 0; question && question->choice[i]; i++) {
        if (strstr(question->choice[i], part))
            return i;
    }
    return SIZE_MAX;
}

TEST(roster_guess_of_kinds_of_leave_offers_their_words_and_of_a_word_for_none_does_not)
{
    static const char kinds[] = "Employee ID,Employment Status,Leave Type\n1,Active,\n"
                                "2,Active,Parental\n3,Active,Medical\n";
    static const char both[] = "Employee ID,Leave Status\n1,Not on leave\n2,On leave\n";
    static const char dates[] = "Employee ID,Employment Status,Absence\n1,Active,2026-01-01\n";
    GUESS(got, kinds);
    GUESS(other, both);
    GUESS(dated, dates);

    answer(&got, GUESS_ABOUT_COLUMN, "Leave Type",
           choice_with(asked(&got, GUESS_ABOUT_COLUMN, "Leave Type"), "'Parental', 'Medical'"));
    assert_int_equal(questions_of(&got), 0);
    assert_int_equal(status_when_read(&got, kinds, "3"), PERSON_ON_LEAVE);
    assert_int_equal(got.roster.rejected, 0);
    const struct guess_question *question = asked(&other, GUESS_ABOUT_COLUMN, "Leave Status");
    assert_true(question && question->blocks_idle);
    answer(&other, GUESS_ABOUT_COLUMN, "Leave Status", choice_with(question, "as a status"));
    answer(&other, GUESS_ABOUT_WORD, "Not on leave", 0);
    assert_int_equal(status_when_read(&other, both, "2"), PERSON_ON_LEAVE);
    assert_int_equal(status_when_read(&other, both, "1"), PERSON_EMPLOYED);
    question = asked(&dated, GUESS_ABOUT_COLUMN, "Absence");
    assert_int_equal(choice_with(question, "use it"), SIZE_MAX);
}

/* A choice that no configuration could say is none. */
TEST(roster_guess_of_a_column_that_cannot_be_named_does_not_offer_it)
{
    GUESS(got, "Employee ID,Name,\n1,A,Active\n2,B,Terminated\n");

    for (size_t i = 0; i < got.guess.questions; i++)
        assert_int_equal(choice_with(&got.guess.question[i], "it is the status"), SIZE_MAX);
    assert_true(roster_guess_blocks_departed(&got.guess));
}

TEST(roster_guess_offers_every_column_that_may_say_who_works_here)
{
    GUESS(got,
          "Employee ID,Last Day,A1,A2,A3,A4,A5,A6\n1,,x,x,x,x,x,y\n2,2026-01-01,y,y,y,y,y,n\n");
    const struct guess_question *question = asked(&got, GUESS_ABOUT_MUTE, NULL);

    assert_true(choice_with(question, "'A6'") < GUESS_CHOICES);
    answer(&got, GUESS_ABOUT_MUTE, NULL, choice_with(question, "'A6'"));
    assert_string_equal(title_of(&got, MEANING_STATUS), "A6");
}

TEST(roster_guess_of_two_numbers_asks_which_one_people_are_known_by)
{
    static const char both[] = "STATUS,USERID,EMPID\nActive,aabt,1\nActive,bbold,2\n";
    GUESS(got, both);
    GUESS(one, "STATUS,USERID\nActive,aabt\nActive,bbold\n");
    GUESS(same, "STATUS,USERID,EMPID\nActive,1,1\nActive,2,2\n");

    assert_asked(&got, GUESS_ABOUT_NUMBER, NULL, "EMPID");
    assert_true(roster_guess_blocks_departed(&got.guess));
    const struct guess_question *question = asked(&got, GUESS_ABOUT_NUMBER, NULL);
    assert_true(choice_with(question, "'USERID', such as 'AAAA'") != SIZE_MAX);
    assert_true(choice_with(question, "'EMPID', such as '9'") != SIZE_MAX);
    answer(&got, GUESS_ABOUT_NUMBER, NULL, 1);
    assert_int_equal(questions_of(&got), 0);
    assert_string_equal(title_of(&got, MEANING_EMPLOYEE_NUMBER), "USERID");
    guess_case_read(&got, both, strlen(both));
    CLEANUP(guess_case_release) struct guess_case again = {.read = -1};
    assert_int_equal(roster_guess(&again.arena, both, strlen(both), true, NULL, &got.config.roster,
                                  &again.guess, &again.err),
                     0);
    assert_string_equal(title_of(&again, MEANING_EMPLOYEE_NUMBER), "USERID");
    assert_int_equal(questions_of(&again), 0);
    assert_string_equal(title_of(&one, MEANING_EMPLOYEE_NUMBER), "USERID");
    assert_int_equal(questions_of(&one), 0);
    assert_int_equal(questions_of(&same), 0);
}

TEST(roster_guess_of_a_supervisory_organization_is_the_department)
{
    GUESS(got, "Employee ID,Active Status,Supervisory Organization,Supervisor,Employee's "
               "Supervisory Organization\n1,Active,Design,x,y\n");

    assert_string_equal(title_of(&got, MEANING_DEPARTMENT), "Supervisory Organization");
    assert_int_equal(questions_of(&got), 0);
}

TEST(roster_guess_of_columns_that_nobody_knows_names_them_where_no_leave_is_told)
{
    GUESS(got, "Employee ID,Status,Away,City\n1,Active,,Rom\n2,Active,x,Rom\n");
    GUESS(told, "Employee ID,Status,Away,On Leave\n1,Active,,no\n2,Active,x,yes\n");

    assert_asked(&got, GUESS_ABOUT_AWAY, NULL, "unless one of these does: 'Away': whoever");
    assert_null(asked(&told, GUESS_ABOUT_AWAY, NULL));
}

/* Beside a status that has a word for leave, a column that nobody has listed may tell it too. */
TEST(roster_guess_of_a_leave_told_by_the_status_asks_about_columns_that_may_tell_it_as_well)
{
    static const char *const columns[][2] = {{"Medical Leave", "Y"},
                                             {"Leave", "Long term"},
                                             {"Assenza dal", "2026-05-17"},
                                             {"L4", "tak"}};

    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Status,%s\n1,Active,\n2,On Leave,\n3,Active,%s\n",
                  columns[i][0], columns[i][1]);
        GUESS(got, text_cstr(&csv));
        if (!roster_guess_blocks_idle(&got.guess))
            fail_msg("'%s' is not asked", columns[i][0]);
        assert_asked(&got, GUESS_ABOUT_AWAY, NULL, columns[i][0]);
        assert_false(roster_guess_blocks_departed(&got.guess));
        answer(&got, GUESS_ABOUT_AWAY, NULL, 0);
        assert_int_equal(got.guess.questions, 0);
    }
    GUESS(once, "Employee ID,Status,Leave\n1,Active,\n2,On Leave,\n3,Active,Maternity\n");
    assert_int_equal(once.guess.questions, 1);
    answer(&once, GUESS_ABOUT_COLUMN, "Leave", 0);
    assert_int_equal(once.guess.questions, 0);
    GUESS(clean, "Employee ID,Status,City,Wing\n1,Active,Rom,A\n2,On Leave,Rom,B\n");
    assert_int_equal(clean.guess.questions, 0);
}

TEST(roster_guess_of_a_flag_beside_a_leave_told_by_the_status_can_be_used_for_it)
{
    static const char csv[] = "Employee ID,Status,Medical Leave\n1,Active,\n2,On Leave,\n"
                              "3,Active,Y\n";
    GUESS(got, csv);

    answer(&got, GUESS_ABOUT_AWAY, NULL, 1);
    assert_int_equal(got.guess.questions, 0);
    assert_int_equal(status_when_read(&got, csv, "3"), PERSON_ON_LEAVE);
    assert_int_equal(status_when_read(&got, csv, "2"), PERSON_ON_LEAVE);
    assert_int_equal(status_when_read(&got, csv, "1"), PERSON_EMPLOYED);
}
