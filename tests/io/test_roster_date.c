/*
 * What cells of dates mean: a day, no date, or nothing that can be known; and leave by a column or
 * days of its own. Beside each form that is taken stands the one that is not.
 */
#include "roster_case.h"
#include "test.h"

#include "host/zone.h"

static const char *const no_dates[] = {"1900-01-01", "open*", "31.12.2099"};
static const char *const leave_words[] = {"Parental", "sabbatical "};

struct cell {
    const char *format; /* NULL = %Y-%m-%d */
    const char *value;
    const char *day;  /* NULL = no date */
    const char *part; /* of why it is rejected; NULL = it is taken */
};

static void check_cells(const struct config_roster *with, const char *title, const char *rest,
                        const struct cell *cell, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct config_roster config = *with;
        CLEANUP(text_release) struct text text = TEXT_INIT;
        CLEANUP(case_release) struct roster_case c = {.result = -1};
        char day[DAY_TEXT_SIZE];

        if (cell[i].format)
            config.date_format = cell[i].format;
        text_addf(&text, "EmpID,Mail,Name%s,%s\n1,,Anna%s,\"%s\"\n", rest, title, *rest ? "," : "",
                  cell[i].value);
        c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        const struct person *person = &c.roster.person[0];
        struct day found = *title == 'H' ? person->hire_date : person->last_day;
        if ((person_rejected(person) != NULL) != (cell[i].part != NULL))
            fail_msg("'%s': %s", cell[i].value,
                     person_rejected(person) ? person_rejected(person) : "taken");
        if (cell[i].part)
            assert_mentions(person_rejected(person), cell[i].part);
        if (strcmp(day_format(found, day), cell[i].day ? cell[i].day : "-") != 0)
            fail_msg("'%s' is %s", cell[i].value, day);
    }
}

static struct config_roster date_config(void)
{
    struct config_roster config = case_small_config();

    config.column.of[ROSTER_LAST_DAY] = "Last";
    return config;
}

TEST(roster_last_day_that_stands_for_no_date_is_none)
{
    static const struct cell cells[] = {
        {NULL, "", NULL, NULL},
        {NULL, "0000-00-00", NULL, NULL},
        {NULL, "00.00.0000", NULL, NULL},
        {NULL, "0", NULL, NULL},
        {NULL, "00000000", NULL, NULL},
        {NULL, "0000-00-00 00:00:00", NULL, NULL},
        {NULL, "0000-00-00T00:00:00Z", NULL, NULL},
        {NULL, "NULL", NULL, NULL},
        {NULL, "\\N", NULL, NULL},
        {NULL, "n/a", NULL, NULL},
        {NULL, "NaT", NULL, NULL},
        {NULL, "-", NULL, NULL},
        {NULL, "0000-00-01", NULL, "does not fit"},
        {NULL, "0.5", NULL, "does not fit"},
        {NULL, "#N/A", NULL, "error value"},
        {NULL, "########", NULL, "too narrow"},
        {NULL, "Natalie", NULL, "does not fit"},
        {NULL, "1900-01-01", NULL, "before 1980"},
        {NULL, "0001-01-01", NULL, "before 1980"},
        {NULL, "1753-01-01", NULL, "before 1980"},
        {NULL, "1980-01-01", "1980-01-01", NULL},
        {NULL, "open end", NULL, "does not fit"},
    };
    static const struct cell listed[] = {
        {NULL, "1900-01-01", NULL, NULL},       {NULL, "1900-01-02", NULL, "before 1980"},
        {NULL, "OPEN  End", NULL, NULL},        {NULL, "re-open", NULL, "does not fit"},
        {"%d.%m.%Y", "31.12.2099", NULL, NULL}, {"%d.%m.%Y", "30.12.2099", "2099-12-30", NULL},
    };
    struct config_roster config = date_config();

    check_cells(&config, "Last", "", cells, COUNT_OF(cells));
    config.no_date = (struct name_list){no_dates, COUNT_OF(no_dates)};
    check_cells(&config, "Last", "", listed, COUNT_OF(listed));
}

TEST(roster_last_day_in_a_far_year_is_no_end)
{
    static const struct cell cells[] = {
        {NULL, "9999-12-31", NULL, NULL},
        {NULL, "2200-01-01", NULL, NULL},
        {NULL, "2199-12-31", "2199-12-31", NULL},
        {NULL, "31.12.9999", NULL, NULL}, /* in any form: the year shows */
        {NULL, "99991231", NULL, NULL},
        {"%d.%m.%Y", "12/31/9999", NULL, NULL},
        {"%d-%b-%Y", "31-DEC-4712", NULL, NULL},
        {"%Y-%m-%d %H:%M:%S", "9999-12-31 23:59:59", NULL, NULL},
        {NULL, "9999-13-31", NULL, "does not fit"},
        {NULL, "31.12.2199", NULL, "does not fit"},
        {NULL, "99999", NULL, "does not fit"},
    };
    struct config_roster config = date_config();

    check_cells(&config, "Last", "", cells, COUNT_OF(cells));
}

TEST(roster_hire_date_that_stands_for_none_is_unknown)
{
    static const struct cell cells[] = {
        {NULL, "0000-00-00", NULL, NULL},
        {NULL, "9999-12-31", NULL, NULL},
        {NULL, "1965-04-01", "1965-04-01", NULL}, /* people have been here long */
        {NULL, "0001-01-01", NULL, "does not fit"},
    };
    struct config_roster config = date_config();

    config.column.of[ROSTER_LAST_DAY] = NULL;
    config.column.of[ROSTER_HIRE_DATE] = "Hired";
    check_cells(&config, "Hired", "", cells, COUNT_OF(cells));
}

TEST(roster_serial_days_are_days_only_where_that_is_stated)
{
    static const struct cell plain[] = {
        {NULL, "46284", NULL, "serial day number (2026-09-19)"},
        {NULL, "46284.5", NULL, "serial day number (2026-09-19)"},
        {NULL, "29220", NULL, "does not fit"},
        {NULL, "462841", NULL, "does not fit"},
        {"%Y%m%d", "20260919", "2026-09-19", NULL},
    };
    static const struct cell serial[] = {
        {ROSTER_EXCEL_SERIAL, "46284", "2026-09-19", NULL},
        {ROSTER_EXCEL_SERIAL, "46284.0", "2026-09-19", NULL},
        {ROSTER_EXCEL_SERIAL, "46284.75", NULL, "no offset"},
        {ROSTER_EXCEL_SERIAL, "2958465", NULL, NULL}, /* 9999-12-31 */
        {ROSTER_EXCEL_SERIAL, "109575", NULL, NULL},  /* 2200-01-01 */
        {ROSTER_EXCEL_SERIAL, "109574", "2199-12-31", NULL},
        {ROSTER_EXCEL_SERIAL, "2", NULL, "does not fit"},
        {ROSTER_EXCEL_SERIAL, "61", NULL, "before 1980"},
        {ROSTER_EXCEL_SERIAL, "0", NULL, NULL},
        {ROSTER_EXCEL_SERIAL, "2026-09-19", NULL, "does not fit"},
        {ROSTER_EXCEL_SERIAL, "-1", NULL, "does not fit"},
        {ROSTER_EXCEL_SERIAL, "46284x", NULL, "does not fit"},
    };
    struct config_roster config = date_config();

    check_cells(&config, "Last", "", plain, COUNT_OF(plain));
    check_cells(&config, "Last", "", serial, COUNT_OF(serial));
}

TEST(roster_two_digit_years_need_their_hundred_years)
{
    static const struct cell four[] = {
        {"%d.%m.%Y", "19.09.26", NULL, "roster.two_digit_year_cutoff"},
        {"%d.%m.%Y", "19.13.26", NULL, "or is no day"},
    };
    static const struct cell two[] = {
        {"%d.%m.%y", "19.09.26", "2026-09-19", NULL},
        {"%d.%m.%y", "19.09.49", "2049-09-19", NULL},
        {"%d.%m.%y", "19.09.50", NULL, "before 1980"},
        {"%d.%m.%y", "30.12.99", "1999-12-30", NULL},
        {"%d.%m.%y", "31.12.99", NULL, "1999 or the end of time"},
        {"%d.%m.%y", "29.02.23", NULL, "does not fit"},
        {"%d.%m.%y", "19.09.2026", NULL, "does not fit"},
        {"%d.%m.%Y", "31.12.1999", "1999-12-31", NULL},
    };
    struct config_roster config = date_config();

    check_cells(&config, "Last", "", four, COUNT_OF(four));
    config.two_digit_year_cutoff = 2049;
    check_cells(&config, "Last", "", two, COUNT_OF(two));
}

TEST(roster_halves_of_the_day_are_read)
{
    static const struct cell cells[] = {
        {"%m/%d/%Y %I:%M:%S %p", "09/19/2026 12:00:00 AM", "2026-09-19", NULL},
        {"%m/%d/%Y %I:%M:%S %p", "09/19/2026 12:00:00 PM", NULL, "no offset"},
        {"%m/%d/%Y %H:%M:%S AM", "09/19/2026 12:00:00 AM", "2026-09-19", NULL},
        {"%m/%d/%Y %I:%M %p %z", "09/19/2026 11:30 pm +00:00", "2026-09-20", NULL},
        {"%m/%d/%Y %I:%M:%S %p", "09/19/2026 13:00:00 AM", NULL, "does not fit"},
        {"%m/%d/%Y %I:%M:%S %p", "09/19/2026 12:00:00 XM", NULL, "does not fit"},
        {NULL, "/Date(1789776000000)/", NULL, "in milliseconds"},
    };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct config_roster config = date_config();

    assert_int_equal(zone_load(&arena, "Europe/Amsterdam", &config.zone, NULL), 0);
    check_cells(&config, "Last", "", cells, COUNT_OF(cells));
}

/* Each column has its own form, and a mix of orders in one says nothing about the other. */
TEST(roster_date_formats_are_of_their_column)
{
    static const char rows[] = "EmpID,Mail,Name,Hired,Last\n"
                               "1,,Anna,01/02/2020,03/12/2026\n"
                               "2,,Bo,01/13/2020,\n"
                               "3,,Cy,13/01/2020,\n";
    struct config_roster config = date_config();
    char day[DAY_TEXT_SIZE];

    config.column.of[ROSTER_HIRE_DATE] = "Hired";
    config.date_formats[ROSTER_HIRE_DATE] = "%m/%d/%Y";
    config.date_formats[ROSTER_LAST_DAY] = "%d/%m/%Y";
    CLEANUP(case_release) struct roster_case c = case_read(&config, rows);
    assert_read(&c);
    assert_string_equal(day_format(c.roster.person[0].last_day, day), "2026-12-03");
    assert_mentions(person_rejected(&c.roster.person[0]), "hire_date can be read in two ways");
    assert_null(person_rejected(&c.roster.person[1]));
    assert_mentions(person_rejected(&c.roster.person[2]), "but fits '%d/%m/%Y'");
    config.column.of[ROSTER_HIRE_DATE] = NULL;
    CLEANUP(case_release) struct roster_case d = case_read(&config, rows);
    assert_read(&d);
    assert_null(person_rejected(&d.roster.person[0]));
}

/* --- leave --- */

static void check_status(const struct config_roster *config, const char *cells,
                         enum person_status expected, const char *part)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(case_release) struct roster_case c = {.result = -1};
    struct day today;

    text_addf(&text, "EmpID,Mail,Name,Status,Hired,Last,Away,From,Until\n1,,Anna,%s\n", cells);
    c = case_read(config, text_cstr(&text));
    assert_read(&c);
    assert_true(day_from_civil(2026, 11, 28, &today));
    for (int again = 0; again < 2; again++) { /* judging twice is judging once */
        roster_judge(&c.roster, today);
        if (c.roster.person[0].status != expected)
            fail_msg("'%s' is %s: %s", cells, person_status_name(c.roster.person[0].status),
                     person_rejected(&c.roster.person[0]) ? person_rejected(&c.roster.person[0])
                                                          : "");
    }
    if (part)
        assert_mentions(person_rejected(&c.roster.person[0]), part);
}

static struct config_roster leave_config(void)
{
    struct config_roster config = date_config();

    config.column.of[ROSTER_STATUS] = "Status";
    config.column.of[ROSTER_HIRE_DATE] = "Hired";
    config.column.of[ROSTER_ON_LEAVE] = "Away";
    config.column.of[ROSTER_LEAVE_FROM] = "From";
    config.column.of[ROSTER_LEAVE_UNTIL] = "Until";
    return config;
}

TEST(roster_leave_by_a_column_of_its_own)
{
    static const struct {
        const char *cells;
        enum person_status status;
        const char *part;
    } rows[] = {
        {"Active,,,True,,", PERSON_ON_LEAVE, NULL},
        {"Active,,,x,,", PERSON_ON_LEAVE, NULL},
        {"Active,,,JA,,", PERSON_ON_LEAVE, NULL},
        {"Active,,,s\xC3\xAD,,", PERSON_ON_LEAVE, NULL},
        {"Active,,,parental,,", PERSON_ON_LEAVE, NULL},
        {"Active,,,Sabbatical,,", PERSON_ON_LEAVE, NULL},
        {"Active,,,,,", PERSON_EMPLOYED, NULL},
        {"Active,,,FALSE,,", PERSON_EMPLOYED, NULL},
        {"Active,,,nein,,", PERSON_EMPLOYED, NULL},
        {"Active,,,0,,", PERSON_EMPLOYED, NULL},
        {"Active,,,Nej,,", PERSON_EMPLOYED, NULL},
        {"Active,,,HAYIR,,", PERSON_EMPLOYED, NULL},
        {"Active,,,Нет,,", PERSON_EMPLOYED, NULL},
        {"Active,,,いいえ,,", PERSON_EMPLOYED, NULL},
        {"Active,,,無,,", PERSON_EMPLOYED, NULL},
        {"Active,,,有,,", PERSON_ON_LEAVE, NULL},
        {"Active,,,—,,", PERSON_EMPLOYED, NULL},
        {"Active,,,Evet,,", PERSON_ON_LEAVE, NULL},
        {"Active,,,AT WORK,,", PERSON_EMPLOYED, NULL},
        {"Active,,,At w,,", PERSON_UNKNOWN, "roster.not_on_leave_words"},
        {"Active,,,maybe,,", PERSON_UNKNOWN, "neither yes nor no"},
        {"Active,,,true?,,", PERSON_UNKNOWN, "roster.on_leave_words"},
        {"Left,,2020-01-31,True,,", PERSON_DEPARTED, NULL}, /* who has left stays so */
        {"Left,,2026-12-31,True,,", PERSON_ON_LEAVE, NULL}, /* and is here until then */
        {"Active,2027-01-01,,True,,", PERSON_FUTURE, NULL},
        {"Gone,,,True,,", PERSON_UNKNOWN, "not in the mapping"},
    };
    static const char *const present[] = {"At work"};
    struct config_roster config = leave_config();

    config.on_leave_words = (struct name_list){leave_words, COUNT_OF(leave_words)};
    config.not_on_leave_words = (struct name_list){present, COUNT_OF(present)};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_status(&config, rows[i].cells, rows[i].status, rows[i].part);
}

TEST(roster_leave_by_its_days)
{
    static const struct {
        const char *cells;
        enum person_status status;
        const char *part;
    } rows[] = {
        {"Active,,,,2026-11-28,", PERSON_ON_LEAVE, NULL},
        {"Active,,,,2026-11-29,", PERSON_EMPLOYED, NULL},
        {"Active,,,,2026-11-01,2026-11-28", PERSON_ON_LEAVE, NULL},
        {"Active,,,,2026-11-01,2026-11-27", PERSON_EMPLOYED, NULL},
        {"Active,,,,2026-11-01,9999-12-31", PERSON_ON_LEAVE, NULL},
        {"Active,,,,,2026-12-01", PERSON_ON_LEAVE, NULL},
        {"Active,,,,0000-00-00,NULL", PERSON_EMPLOYED, NULL},
        {"Active,,,,soon,", PERSON_UNKNOWN, "leave_from 'soon' does not fit"},
        {"Active,,,,2026-11-01,later", PERSON_UNKNOWN, "leave_until 'later' does not fit"},
        {"Active,,,,1900-01-01,", PERSON_UNKNOWN, "before 1980"},
        {"Active,,,,2026-12-01,2026-11-01", PERSON_UNKNOWN, "ends before it begins"},
        {"Active,,,yes,2026-11-01,2026-11-27", PERSON_UNKNOWN, "are not now"},
        {"Active,,,no,2026-11-01,2026-12-01", PERSON_UNKNOWN, "says no"},
        {"Active,,,yes,2026-11-01,2026-12-01", PERSON_ON_LEAVE, NULL},
        {"Left,,2020-01-31,,2019-01-01,", PERSON_DEPARTED, NULL},
    };
    struct config_roster config = leave_config();

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_status(&config, rows[i].cells, rows[i].status, rows[i].part);
}

/* The last day at work before a long leave is no last day of employment. */
TEST(roster_leave_that_goes_on_behind_the_last_day_is_a_contradiction)
{
    static const struct {
        const char *cells;
        enum person_status status;
    } rows[] = {
        {",,2026-05-31,,2026-06-01,2027-05-31", PERSON_UNKNOWN},
        {",,2026-05-31,,2026-06-01,", PERSON_UNKNOWN},
        {",,2026-05-31,,2026-03-01,2026-11-28", PERSON_UNKNOWN},
        {",,2026-05-31,yes,,", PERSON_UNKNOWN},
        {",,2026-05-31,,2026-03-01,", PERSON_DEPARTED},           /* left while on leave */
        {",,2026-05-31,,2026-03-01,2026-11-27", PERSON_DEPARTED}, /* and it is over */
        {",,2026-05-31,,2026-06-01,2026-06-30", PERSON_DEPARTED},
        {",,2026-05-31,no,,", PERSON_DEPARTED},
        {",,2026-12-31,yes,,", PERSON_ON_LEAVE},
    };
    struct config_roster config = leave_config();

    config.column.of[ROSTER_STATUS] = NULL;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_status(&config, rows[i].cells, rows[i].status,
                     rows[i].status == PERSON_UNKNOWN ? "a leave goes on" : NULL);
    config = leave_config(); /* a word is plain */
    check_status(&config, "Left,,2026-05-31,,2026-06-01,2027-05-31", PERSON_DEPARTED, NULL);
}

/* What is stored is judged the same again, and the same file is no news on another day. */
TEST(roster_leave_is_the_word_that_is_kept_and_no_news_by_itself)
{
    struct config_roster config = leave_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, "EmpID,Mail,Name,Status,Hired,Last,Away,From,Until\n"
                                              "1,,Anna,Active,,,,2026-11-28,\n");
    struct digest values[3];
    struct day today;

    assert_read(&c);
    assert_true(day_from_civil(2026, 11, 27, &today));
    for (int i = 0; i < 3; i++) {
        roster_judge(&c.roster, day_add(today, i));
        values[i] = roster_values(&c.roster);
        assert_int_equal(c.roster.person[0].word, i == 0 ? PERSON_EMPLOYED : PERSON_ON_LEAVE);
    }
    assert_int_equal(digest_compare(&values[0], &values[2]), 0);
    struct person stored = {.employee_number = "1", .word = c.roster.person[0].word};
    struct roster again = {.person = &stored, .count = 1};
    roster_judge(&again, today);
    assert_int_equal(stored.status, PERSON_ON_LEAVE);
    person_alike(&c.roster.person[0])->extra->leave_until = day_add(today, 9);
    struct digest other = roster_values(&c.roster);
    assert_int_not_equal(digest_compare(&values[0], &other), 0);
}

/* A word means what its list says, whole: nobody has left by a part of a word. */
TEST(roster_status_near_words_are_no_words)
{
    static const char *const words[] = {
        "To Be Left",   "Left?",       "Not Left",      "Left (pending)", "left early", "Leaver",
        "Has Not Left", "Active Left", "Lef",           "Leftt",          "Le ft",      "LEFT!",
        "Will be left", "Inactive",    "Active - Left", "Re-Active",
    };
    struct config_roster config = leave_config();

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        CLEANUP(text_release) struct text cells = TEXT_INIT;

        text_addf(&cells, "%s,,,,,", words[i]);
        check_status(&config, text_cstr(&cells), PERSON_UNKNOWN, "is not in the mapping");
    }
    check_status(&config, " LEFT ,,,,,", PERSON_DEPARTED, NULL);
    check_status(&config, "terminated for CAUSE,,,,,", PERSON_DEPARTED, NULL);
    check_status(&config, "active,,,,,", PERSON_EMPLOYED, NULL);
}
