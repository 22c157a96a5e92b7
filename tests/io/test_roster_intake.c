/*
 * What a value must look like: trimmed, typed, and when in doubt rejected with the reason.
 */
#include "roster_case.h"
#include "test.h"

#include "base/limits.h"
#include "host/zone.h"

#define FULL "EmpID,Mail,Login,Name,Status,Hired,Last,Dept,Country\n"

struct row_case {
    const char *row;
    const char *part; /* of the reason; NULL = accepted */
    bool blind;
};

static void check_rows(const struct config_roster *config, const char *header,
                       const struct row_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        struct roster_case c;
        const struct person *person;

        text_addf(&text, "%s%s\n", header, cases[i].row);
        c = case_read(config, text_cstr(&text));
        assert_read(&c);
        assert_int_equal(c.roster.count, 1);
        person = &c.roster.person[0];
        if (!cases[i].part && person_rejected(person))
            fail_msg("'%s' was rejected: %s", cases[i].row, person_rejected(person));
        if (cases[i].part && !person_rejected(person))
            fail_msg("'%s' was accepted", cases[i].row);
        if (cases[i].part)
            assert_mentions(person_rejected(person), cases[i].part);
        if (person->key_unreadable != cases[i].blind)
            fail_msg("'%s': key_unreadable is %d (%s)", cases[i].row, person->key_unreadable,
                     person_rejected(person));
        assert_int_equal(c.roster.rejected, cases[i].part != NULL);
        assert_int_equal(c.roster.blind, cases[i].blind);
        case_release(&c);
    }
}

TEST(employee_number_as_text_or_rejected)
{
    static const struct row_case cases[] = {
        {"007,,a", NULL, false},
        {"0,,a", NULL, false}, /* a value that stands for nobody, and a name */
        {"0,,", "nothing in it says who it is", true},
        {"n/a,anna@acme.example,a", NULL, false},
        {"E-17/4,,a", NULL, false},
        {"12.34,,a", NULL, false},
        {"1E5,,a", NULL, false},
        {"A.0,,a", NULL, false},
        {"10084.0,,a", "'10084.0' is a number as a spreadsheet shows it", true},
        {"10084.,,a", "spreadsheet", true},
        {"10084.00,,a", "hint: format the column as text", true},
        {"\"10084,0\",,a", "spreadsheet", true},
        {"\"10.084,00\",,a", "'10.084,00' is a number as a spreadsheet shows it", true},
        {"\"10,084.00\",,a", "spreadsheet", true},
        {"10.084.00,,a", NULL, false},
        {"1.0084E+4,,a", "spreadsheet", true},
        {"1.0084E4,,a", "spreadsheet", true},
        {"1e+05,,a", "spreadsheet", true},
        {"\"1,0084E+04\",,a", "spreadsheet", true},
        {"#N/A,,a", "error value of a spreadsheet", true},
        {"#REF!,,a", "error value", true},
        {"######,,a", "error value", true},
        {"#17,,a", NULL, false},
        {"\"=\"\"0017\"\"\",,a", "formula or text mark", true},
        {"'0017,,a", "formula or text mark", true},
        {"1\xE2\x80\x8B"
         "7,,a",
         "U+200B", true},
        {"17\xEF\xBB\xBF,,a", "U+FEFF", true},
        {"17\xEF\xBF\xBD,,a", "U+FFFD", true},
    };
    struct config_roster config = case_small_config();

    check_rows(&config, "EmpID,Mail,Name\n", cases, COUNT_OF(cases));
}

/* Where most numbers are plain, one with a mark for thousands is what a spreadsheet made of one. */
TEST(employee_number_with_thousands_among_plain_ones_is_rejected)
{
    static const struct {
        const char *number;
        bool rejected;
    } rows[] = {
        {"\"1,009\"", true},
        {"10.045", true},
        {"10 045", true},
        {"10\xC2\xA0"
         "045",
         true},
        {"10'045", true},
        {"10\xE2\x80\x99"
         "045",
         true},
        {"1.009.045", true},
        {"A.100", false},
        {"10.045.1", false},
        {"10.04", false},
        {"1000.045", false},
        {"10-045", false},
        {"\"1.009,045\"", false},
        {"1009.045", false},
        {"10.O45", false},
        {"1009", false},
    };
    struct config_roster config = case_small_config();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;

        text_addf(&text, "EmpID,Mail,Name\n20001,,a\n20002,,b\n%s,,c\n20003,,d\n", rows[i].number);
        CLEANUP(case_release) struct roster_case c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        const struct person *person = &c.roster.person[2];
        if (!rows[i].rejected != !person_rejected(person))
            fail_msg("'%s': %s", rows[i].number, person_rejected(person));
        assert_int_equal(c.roster.rejected, rows[i].rejected);
        assert_int_equal(c.roster.blind, rows[i].rejected);
        assert_int_equal(person->employee_number == NULL, rows[i].rejected);
        assert_int_equal(person_extra(person)->damaged_number != NULL, rows[i].rejected);
        if (rows[i].rejected)
            assert_mentions(person_rejected(person), "mark for thousands");
    }
}

/* Where they are written so throughout, that may be what they look like in the portal too. */
TEST(employee_numbers_that_all_have_marks_are_what_they_are)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release)
    struct roster_case c =
        case_read(&config, "EmpID,Mail,Name\n10.045,,a\n10.046,,b\n10.047,,c\n77001,,d\n");

    assert_read(&c);
    assert_int_equal(c.roster.rejected, 0);
    assert_string_equal(c.roster.person[0].employee_number, "10.045");
}

TEST(employee_number_with_leading_zeros_keeps_them)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release) struct roster_case c = case_read(&config, "EmpID,Mail,Name\n 0017 ,,a\n");

    assert_read(&c);
    assert_string_equal(c.roster.person[0].employee_number, "0017");
}

TEST(email_one_bare_address_or_rejected)
{
    static const struct row_case cases[] = {
        {"1,anna@acme.example,a", NULL, false},
        {"1,Anna.O'Neill+x@Acme.Example,a", NULL, false},
        {"1,anna@localhost,a", NULL, false},
        {"1,j\xC3\xBCrgen@b\xC3\xBC"
         "cher.example,a",
         NULL, false},
        {"1,,a", NULL, false},
        {"1,   ,a", NULL, false},
        {"1,anna,a", "email 'anna' is not an e-mail address: it has no '@'", true},
        {"1,anna@@acme,a", "more than one '@'", true},
        {"1,a@b;c@d,a", "more than one '@'", true},
        {"1,@acme,a", "a part is empty", true},
        {"1,anna@,a", "a part is empty", true},
        {"1,@,a", "a part is empty", true},
        {"1,an na@acme,a", "not a bare e-mail address", true},
        {"1,anna@ac\xC2\xA0me,a", "not a bare e-mail address", true},
        {"1,Anna<anna@acme>,a", "not a bare e-mail address", true},
        {"1,mailto:anna@acme,a", "not a bare e-mail address", true},
        {"1,an\xE3\x80\x80na@acme,a", "U+3000", true},
        {"1,anna\xE2\x80\x8B@acme,a", "U+200B", true},
        {"1,N/A,a", NULL, false}, /* stands for nobody: as if it were empty */
        {"1,no_email@acme.example,a", NULL, false},
    };
    struct config_roster config = case_small_config();

    check_rows(&config, "EmpID,Mail,Name\n", cases, COUNT_OF(cases));
}

/* Somebody new has a name before they have a number, and is found by it as who has an 'N/A'. */
TEST(key_that_is_missing_everywhere_is_rejected_as_anybody_without_a_name)
{
    static const struct row_case cases[] = {
        {",,Anna", NULL, true},
        {" ,\xC2\xA0,Anna", NULL, true},
        {"N/A,-,Anna", NULL, false},
        {",,N/A", "nothing in it says who it is", true},
        {",,201", "nothing in it says who it is", true},
        {"-,N/A,", "nothing in it says who it is", true},
        {"1,,", NULL, false},
        {",a@b,", NULL, false},
    };
    struct config_roster config = case_small_config();

    check_rows(&config, "EmpID,Mail,Name\n", cases, COUNT_OF(cases));
}

TEST(rejected_row_keeps_the_keys_that_are_readable)
{
    struct config_roster config = case_config();
    CLEANUP(case_release)
    struct roster_case c =
        case_read(&config, FULL "17,nonsense,anna,Anna,Active,,,IT,NL\n"
                                "18,bo@acme.example,,Bo,Retired,,,IT,NL\n"
                                "19,cy@acme.example,,Cy,Left,,31.12.2020,IT,NL\n");
    const struct person *p = c.roster.person;

    assert_read(&c);
    assert_int_equal(c.roster.rejected, 3);
    assert_int_equal(c.roster.blind, 1);
    assert_string_equal(p[0].employee_number, "17");
    assert_string_equal(p[0].username, "anna");
    assert_null(p[0].email);
    assert_true(p[0].key_unreadable);
    assert_string_equal(p[1].email, "bo@acme.example");
    assert_mentions(person_rejected(&p[1]), "status 'Retired' is not in the mapping");
    assert_false(p[1].key_unreadable);
    assert_int_equal(p[1].word, PERSON_UNKNOWN);
    assert_string_equal(p[2].employee_number, "19");
    assert_false(day_is_set(p[2].last_day));
    assert_int_equal(p[2].row, 4);
}

TEST(row_with_several_problems_names_them_all)
{
    struct config_roster config = case_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, FULL "10084.0,x,,Anna,Gone,2020-13-01,,IT,NL\n");
    const char *reason = person_rejected(&c.roster.person[0]);

    assert_read(&c);
    assert_mentions(reason, "employee_number '10084.0'");
    assert_mentions(reason, "; email 'x'");
    assert_mentions(reason, "; status 'Gone'");
    assert_mentions(reason, "; hire_date '2020-13-01' does not fit '%Y-%m-%d'");
}

TEST(status_words_match_folded_or_are_rejected)
{
    static const struct row_case cases[] = {
        {"1,,,a,Active,,,,", NULL, false},
        {"1,,,a,aCTIVE,,,,", NULL, false},
        {"1,,,a,\xC2\xA0 active ,,,,", NULL, false},
        {"1,,,a,TERMINATED FOR CAUSE,,,,", NULL, false},
        {"1,,,a,Terminated  for Cause,,,,", "status 'Terminated  for Cause'", false},
        {"1,,,a,Activ,,,,", "status 'Activ' is not in the mapping", false},
        {"1,,,a,,,,,", "status is empty", false},
        {"1,,,a,#N/A,,,,", "status '#N/A'", false},
    };
    struct config_roster config = case_config();

    check_rows(&config, FULL, cases, COUNT_OF(cases));
}

TEST(status_words_give_their_meaning)
{
    struct config_roster config = case_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, FULL "1,,,a,Active,,,,\n2,,,a,leave,,,,\n"
                                                   "3,,,a,LEFT,,,,\n4,,,a,left,,,,\n");

    assert_read(&c);
    assert_int_equal(c.roster.person[0].word, PERSON_EMPLOYED);
    assert_int_equal(c.roster.person[1].word, PERSON_ON_LEAVE);
    assert_int_equal(c.roster.person[2].word, PERSON_DEPARTED);
    assert_int_equal(c.roster.person[3].word, PERSON_DEPARTED);
}

/* A system that says "inactive" of whoever is on leave and of whoever has left: the last day tells
 * which. Nobody is departed by the word alone, and whom the word calls active never is. */
TEST(status_word_of_leave_and_departure_is_told_by_the_last_day)
{
    static const char *const inactive[] = {"Inactive"};
    static const struct {
        const char *word, *hired, *last; /* on 2026-11-22 */
        enum person_status status;
    } rows[] = {
        {"inactive", "2010-01-01", "", PERSON_ON_LEAVE},
        {"inactive", "", "", PERSON_ON_LEAVE},
        {"Inactive", "2010-01-01", "2026-11-21", PERSON_DEPARTED},
        {"Inactive", "", "2020-01-31", PERSON_DEPARTED},
        {"Inactive", "2010-01-01", "2026-11-22", PERSON_ON_LEAVE},
        {"Inactive", "2010-01-01", "2027-01-31", PERSON_ON_LEAVE},
        {"Inactive", "2010-01-01", "9999-12-31", PERSON_ON_LEAVE},
        {"Inactive", "2022-01-01", "2020-01-31", PERSON_UNKNOWN},
        {"Inactive", "2027-01-01", "", PERSON_FUTURE},
        {"Inactive", "2010-01-01", "soon", PERSON_UNKNOWN},
        {"Active", "2010-01-01", "2020-01-31", PERSON_UNKNOWN},
        {"Active", "2022-01-01", "2020-01-31", PERSON_EMPLOYED},
        {"Left", "2010-01-01", "", PERSON_DEPARTED},
    };
    static const char *const departed[] = {"Left", "inactive"};
    struct config_roster config = case_config();
    struct day today;

    assert_true(day_from_civil(2026, 11, 22, &today));
    config.status.on_leave = (struct name_list){inactive, COUNT_OF(inactive)};
    config.status.departed = (struct name_list){departed, COUNT_OF(departed)};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        CLEANUP(case_release) struct roster_case c = {.result = -1};
        text_addf(&csv, FULL "1,,,a,%s,%s,%s,,\n", rows[i].word, rows[i].hired, rows[i].last);
        c = case_read(&config, text_cstr(&csv));
        assert_read(&c);
        c.roster.written = today;
        for (int again = 0; again < 2; again++) { /* as of a day before, too */
            roster_judge(&c.roster, today);
            if (c.roster.person[0].status != rows[i].status)
                fail_msg("%s: %s", text_cstr(&csv), person_status_name(c.roster.person[0].status));
        }
    }
}

TEST(status_blank_in_the_mapping_takes_empty_cells)
{
    static const char *const employed[] = {"Active", ""};
    struct config_roster config = case_config();
    struct roster_case c;

    config.status.employed = (struct name_list){employed, COUNT_OF(employed)};
    c = case_read(&config, FULL "1,,,a,,,,,\n2,,,b,  ,,,,\n");
    assert_read(&c);
    assert_int_equal(c.roster.rejected, 0);
    assert_int_equal(c.roster.person[1].word, PERSON_EMPLOYED);
    case_release(&c);
}

TEST(status_of_many_unknown_words_rejects_each)
{
    struct config_roster config = case_config();
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct roster_case c;

    text_add(&text, FULL);
    for (int i = 0; i < 200; i++)
        text_addf(&text, "%d,,,a,word%d,,,,\n%d,,,a,Left,,,,\n", 2 * i, i, 2 * i + 1);
    c = case_read(&config, text_cstr(&text));
    assert_read(&c);
    assert_int_equal(c.roster.rejected, 200);
    for (size_t i = 0; i < c.roster.count; i++)
        assert_int_equal(c.roster.person[i].word, i % 2 ? PERSON_DEPARTED : PERSON_UNKNOWN);
    case_release(&c);
}

TEST(status_not_mapped_is_no_word)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release) struct roster_case c = case_read(&config, "EmpID,Mail,Name\n1,,a\n");

    assert_read(&c);
    assert_int_equal(c.roster.person[0].word, PERSON_UNKNOWN);
    assert_null(person_rejected(&c.roster.person[0]));
}

/* --- dates --- */

TEST(date_fits_the_format_or_is_rejected)
{
    static const struct {
        const char *format, *value, *part;
    } cases[] = {
        {"%Y-%m-%d", "2020-02-29", NULL},
        {"%Y-%m-%d", "2021-02-29", "hire_date '2021-02-29' does not fit '%Y-%m-%d' or is no day"},
        {"%Y-%m-%d", "2020-06-31", "or is no day"},
        {"%Y-%m-%d", "2020/02/28", "does not fit"},
        {"%Y-%m-%d", "20-02-28", "does not fit"},
        {"%Y-%m-%d", "2020-02-28 00:00:00", "does not fit"},
        {"%Y-%m-%d %H:%M:%S", "2020-02-28 00:00:00", NULL},
        {"%d/%m/%Y", "28/2/2020", NULL},
        {"%d/%m/%Y", "28/2/20", "does not fit"},
        {"%m/%d/%Y", "28/02/2020", "does not fit '%m/%d/%Y' or is no day, but fits '%d/%m/%Y'"},
        {"%Y%m%d", "20200228", NULL},
        {"%Y%m%d", "43889", "serial day number (2020-02-28)"},
        {"%d %b %Y", "28 Feb 2020", NULL},
        {"%Y-%m-%d", "0000-00-00", NULL},
        {"%Y-%m-%d", "9999-12-31", NULL},
        {"%Y-%m-%d", "N/A", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = case_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;
        struct roster_case c;

        config.date_format = cases[i].format;
        text_addf(&text, FULL "1,,,a,Active,%s,,,\n", cases[i].value);
        c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        if (!cases[i].part && person_rejected(&c.roster.person[0]))
            fail_msg("'%s': %s", cases[i].value, person_rejected(&c.roster.person[0]));
        if (cases[i].part) {
            assert_mentions(person_rejected(&c.roster.person[0]), cases[i].part);
            assert_false(c.roster.person[0].key_unreadable);
        }
        case_release(&c);
    }
}

/* Of which day a moment is the company's zone says. */
TEST(last_day_that_is_a_moment_is_of_the_day_of_the_zone)
{
    static const struct {
        const char *zone, *format, *value, *day; /* NULL = rejected, with `part` */
        const char *part;
    } cases[] = {
        {"Europe/Amsterdam", "%Y-%m-%dT%H:%M:%SZ", "2026-11-30T23:00:00Z", "2026-12-01", NULL},
        {"Europe/Amsterdam", "%Y-%m-%dT%H:%M:%S%z", "2026-11-30T23:00:00Z", "2026-12-01", NULL},
        {"Europe/Amsterdam", "%Y-%m-%dT%H:%M:%S%z", "2026-12-01T00:00:00+01:00", "2026-12-01",
         NULL},
        {"Europe/Amsterdam", "%Y-%m-%dT%H:%M:%S%z", "2026-07-31T22:00:00+0000", "2026-08-01", NULL},
        {"Europe/Amsterdam", "%Y-%m-%dT%H:%M:%S%z", "2026-11-30T22:00:00Z", "2026-11-30", NULL},
        {"America/New_York", "%Y-%m-%dT%H:%M:%S%z", "2026-12-01T04:30:00Z", "2026-11-30", NULL},
        {"America/New_York", "%Y-%m-%d %H:%M:%S %z", "2026-12-01 04:30:00 -05:00", "2026-12-01",
         NULL},
        {"Europe/Amsterdam", "%Y-%m-%dT%H:%M:%S.000Z", "2026-11-30T00:00:00.000Z", "2026-11-30",
         NULL},
        {"Europe/Amsterdam", "%Y-%m-%d %H:%M:%S", "2026-11-30 00:00:00", "2026-11-30", NULL},
        {"Europe/Amsterdam", "%Y-%m-%d %H:%M:%S", "2026-11-30 23:00:00", NULL, "no offset"},
        {"Europe/Amsterdam", "%Y-%m-%d", "2026-11-30T23:00:00Z", NULL, "does not fit"},
        {"UTC", "%Y-%m-%d", "1980-01-01", "1980-01-01", NULL},
        {"UTC", "%Y-%m-%d", "1979-12-31", NULL, "before 1980"},
        {"UTC", "%Y-%m-%d", "1970-01-01", NULL, "before 1980"},
        {"UTC", "%Y-%m-%d", "1900-01-01", NULL, "before 1980"},
        {"UTC", "%d/%m/%Y", "30/12/1899", NULL, "before 1980"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = case_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct err err = ERR_INIT;
        struct roster_case c;
        char day[DAY_TEXT_SIZE];

        if (zone_load(&arena, cases[i].zone, &config.zone, &err) < 0)
            fail_msg("%s", err.text);
        config.date_format = cases[i].format;
        text_addf(&text, FULL "1,,,a,Left,,%s,,\n", cases[i].value);
        c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        const struct person *person = &c.roster.person[0];
        if (!cases[i].day)
            assert_mentions(person_rejected(person), cases[i].part);
        else if (person_rejected(person))
            fail_msg("'%s': %s", cases[i].value, person_rejected(person));
        else
            assert_string_equal(day_format(person->last_day, day), cases[i].day);
        case_release(&c);
    }
}

TEST(date_hired_after_last_day_is_a_rehire)
{
    struct config_roster config = case_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, FULL "1,,,a,Active,2022-01-01,2020-01-01,,\n");

    assert_read(&c);
    assert_null(person_rejected(&c.roster.person[0]));
}

TEST(date_two_orders_in_the_file_reject_what_reads_two_ways)
{
    struct config_roster config = case_config();
    struct roster_case c;
    static const struct {
        const char *part;
    } expected[] = {
        {"can be read in two ways"}, /* 03/04/2016 */
        {NULL},                      /* 13/04/2016: one way only */
        {"but fits '%m/%d/%Y'"},     /* 04/25/2016: the evidence */
        {NULL},                      /* 05/05/2016: the same either way */
        {"last_day can be read"},    /* in the other column */
        {NULL},                      /* no date */
    };

    config.date_format = "%d/%m/%Y";
    c = case_read(&config, FULL "1,,,a,Active,03/04/2016,,,\n"
                                "2,,,a,Active,13/04/2016,,,\n"
                                "3,,,a,Active,04/25/2016,,,\n"
                                "4,,,a,Active,05/05/2016,,,\n"
                                "5,,,a,Left,13/04/2016,03/04/2017,,\n"
                                "6,,,a,Active,,,,\n");
    assert_read(&c);
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        if (!expected[i].part)
            assert_null(person_rejected(&c.roster.person[i]));
        else
            assert_mentions(person_rejected(&c.roster.person[i]), expected[i].part);
        assert_false(c.roster.person[i].key_unreadable);
    }
    assert_int_equal(c.roster.rejected, 3);
    case_release(&c);
}

TEST(date_one_order_in_the_file_is_believed)
{
    struct config_roster config = case_config();
    struct roster_case c;

    config.date_format = "%d/%m/%Y";
    c = case_read(&config, FULL "1,,,a,Active,03/04/2016,,,\n2,,,a,Active,x,,,\n");
    assert_read(&c);
    assert_null(person_rejected(&c.roster.person[0]));
    case_release(&c);
}

TEST(date_format_without_one_year_month_day_is_a_configuration_error)
{
    static const char *const formats[] = {"%d/%m/%y", "%Y-%m", "", "%Y-%m-%d %Z"};

    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct config_roster config = case_config();
        struct roster_case c;

        config.date_format = formats[i];
        c = case_read(&config, FULL "1,,,a,Active,,,,\n");
        assert_int_equal(c.result, -1);
        assert_int_equal(c.err.code, ERR_CONFIG);
        assert_mentions(c.err.text, "date_format");
        case_release(&c);
    }
}

TEST(mapping_without_a_key_is_a_configuration_error)
{
    struct config_roster config = case_small_config();
    struct roster_case c;

    config.column.of[ROSTER_EMPLOYEE_NUMBER] = NULL;
    config.column.of[ROSTER_EMAIL] = NULL;
    c = case_read(&config, "Name\nAnna\n");
    assert_int_equal(c.err.code, ERR_CONFIG);
    case_release(&c);
}

/* --- text --- */

TEST(text_with_control_characters_is_rejected)
{
    static const struct row_case cases[] = {
        {"1,,An\x07na", "name 'An\\x07na' holds a control character", false},
        {"1,,An\x1B[31mna", "control character", false},
        {"1,,An\x7Fna", "control character", false},
        {"1,,An\xC2\x93na", "hint: is roster.encoding right?", false},
        {"1\x01,,Anna", "employee_number '1\\x01' holds a control character", true},
        {"1,,An\xE2\x80\x8Dna", NULL, false}, /* joiners belong to names of some alphabets */
    };
    struct config_roster config = case_small_config();

    check_rows(&config, "EmpID,Mail,Name\n", cases, COUNT_OF(cases));
}

TEST(text_over_the_limit_is_rejected)
{
    for (size_t over = 0; over <= 1; over++) {
        for (size_t column = 0; column < 3; column += 2) {
            struct config_roster config = case_small_config();
            CLEANUP(text_release) struct text text = TEXT_INIT;
            struct roster_case c;

            text_add(&text, column == 0 ? "EmpID,Mail,Name\n " : "EmpID,Mail,Name\n1,, ");
            for (size_t i = 0; i < LIMIT_FIELD + over; i++)
                text_add_char(&text, 'x');
            text_add(&text, column == 0 ? " ,a@b,Anna\n" : " \n");
            c = case_read(&config, text_cstr(&text));
            assert_read(&c);
            assert_int_equal(c.roster.rejected, over);
            if (over)
                assert_mentions(person_rejected(&c.roster.person[0]), "is longer than 4096 bytes");
            assert_int_equal(c.roster.person[0].key_unreadable, over && column == 0);
            case_release(&c);
        }
    }
}

TEST(reason_is_short_and_printable_whatever_the_value)
{
    struct config_roster config = case_small_config();
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct roster_case c;

    text_add(&text, "EmpID,Mail,Name\n1,");
    for (int i = 0; i < 700; i++)
        text_add(&text, "\xC3\xA9\xE2\x80\xAE");
    text_add(&text, ",a\n");
    c = case_read(&config, text_cstr(&text));
    assert_read(&c);
    assert_mentions(person_rejected(&c.roster.person[0]), "\xC3\xA9<U+202E>\xC3\xA9");
    assert_mentions(person_rejected(&c.roster.person[0]), "…'");
    assert_true(strlen(person_rejected(&c.roster.person[0])) < 400);
    assert_true(text_is_utf8(person_rejected(&c.roster.person[0]),
                             strlen(person_rejected(&c.roster.person[0]))));
    case_release(&c);
}

TEST(reasons_beyond_the_limit_are_counted_but_not_kept)
{
    struct config_roster config = case_small_config();
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct roster_case c;

    text_add(&text, "EmpID,Mail,Name\n");
    for (int i = 0; i < LIMIT_REJECTED_SHOWN + 10; i++)
        text_addf(&text, "%d,nonsense%d,a\n", i, i);
    c = case_read(&config, text_cstr(&text));
    assert_read(&c);
    assert_int_equal(c.roster.count, LIMIT_REJECTED_SHOWN + 10);
    assert_int_equal(c.roster.rejected, LIMIT_REJECTED_SHOWN + 10);
    assert_mentions(person_rejected(&c.roster.person[LIMIT_REJECTED_SHOWN - 1]), "nonsense999");
    assert_mentions(person_rejected(&c.roster.person[LIMIT_REJECTED_SHOWN]), "are not kept");
    assert_string_equal(c.roster.person[LIMIT_REJECTED_SHOWN].employee_number, "1000");
    case_release(&c);
}
