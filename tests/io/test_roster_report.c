/*
 * What roster check says, in each format, and that no value gets out of its place.
 */
#include "roster_case.h"
#include "test.h"

#include "base/mem.h"
#include "format/json.h"
#include "report/roster.h"

#define FULL "EmpID,Mail,Login,Name,Status,Hired,Last,Dept,Country\n"

static struct limits case_limits(void)
{
    return (struct limits){.max_age_hours = 1e9,
                           .min_people = 1,
                           .max_rejected_percent = 1.0,
                           .max_duplicate_percent = 1.0};
}

static char *report_of(const char *csv, enum report_format format, const struct limits *limits,
                       bool all)
{
    struct config_roster config = case_config();
    CLEANUP(case_release) struct roster_case c = case_read(&config, csv);
    struct roster_report report = {
        .roster = &c.roster, .config = &config, .limits = limits, .all = all};
    struct text text = TEXT_INIT;

    assert_read(&c);
    assert_true(day_from_civil(2026, 11, 22, &report.today));
    roster_judge(&c.roster, report.today);
    roster_report(&report, format, &text);
    return text_take(&text);
}

static const char mixed[] = FULL "1,anna@acme.example,,Anna,Active,,,IT,NL\n"
                                 "2,bo@acme.example,,Bo,Leave,,,IT,NL\n"
                                 "3,cy@acme.example,,Cy,Left,,2020-01-31,IT,NL\n"
                                 "4,di@acme.example,,Di,Active,2027-01-01,,IT,NL\n"
                                 "1.0E+4,x,,Ed,Active,,,IT,NL\n"
                                 "6,ANNA@acme.example,,Fay,Active,,,IT,NL\n"
                                 "7,gus@acme.example,,=cmd(),Gone,,,\"I;T\",NL\n";

TEST(roster_report_text_says_counts_reasons_and_duplicates)
{
    struct limits limits = case_limits();
    CLEANUP(mem_cleanup) char *text = report_of(mixed, REPORT_TEXT, &limits, false);

    assert_mentions(text, "format     csv, delimiter ',', UTF-8, dates %Y-%m-%d\n");
    assert_mentions(text, "rows       7\n");
    assert_mentions(text, "accepted   5\n");
    assert_mentions(text, "  employed 2\n");
    assert_mentions(text, "  on leave 1\n");
    assert_mentions(text, "  future   1\n");
    assert_mentions(text, "  departed 1\n");
    assert_mentions(text, "rejected   2 (28.6 %); could be anybody: 1\n");
    assert_mentions(text, "  row 6     employee_number '1.0E+4' is a number");
    assert_mentions(text, "  row 8     status 'Gone' is not in the mapping");
    assert_mentions(text, "duplicates 2 rows share a key with a row of somebody else (28.6 %)\n");
    assert_mentions(text, "  email 'anna@acme.example' in rows 2, 7: not certainly one person, "
                          "so counted by G3\n");
    assert_mentions(text, "as a spreadsheet shows it");
    assert_mentions(text, "(may be anybody)\n");
    assert_mentions(text, "nobody's\n  absence from the roster proves anything.\n");
    assert_mentions(text, "warning: guard G3 would hold a plan: 2 of 7 rows are rejected (28.6 %), "
                          "max_rejected_percent is 1; 2 share a key with somebody else (28.6 %), "
                          "max_duplicate_percent is 1; hint: a mailbox that several people "
                          "share is listed in roster.no_value\n");
    assert_mentions(text, "\nguard G2 would pass: 5 people are accepted, min_people is 1\n");
    assert_mentions(text, "HR mends them");
    assert_mentions(text, "acknowledge --guard G3");
    assert_no_mention(text, "roster.guards.max_rejected_percent"); /* so many are never right */
}

TEST(roster_report_of_few_rows_too_many_names_the_ways_to_go_on)
{
    struct limits limits = case_limits();
    CLEANUP(text_release) struct text rows = TEXT_INIT;

    text_add(&rows, FULL);
    for (int i = 0; i < 40; i++)
        text_addf(&rows, "%d,,,Anna %c,Active,,,,\n", i, 'A' + i % 26);
    text_add(&rows, "90,,,Bo,Odd,,,,\n");
    CLEANUP(mem_cleanup)
    char *held = report_of(text_cstr(&rows), REPORT_TEXT, &limits, false);
    assert_mentions(held, "roster.guards.max_rejected_percent = 3 lets plans pass");
    limits.max_rejected_percent = 3;
    CLEANUP(mem_cleanup)
    char *passes = report_of(text_cstr(&rows), REPORT_TEXT, &limits, false);
    assert_mentions(passes, "guard G3 would pass");
    assert_no_mention(passes, "hint: what can be done");
}

TEST(roster_report_shared_keys_of_one_person_are_said_to_be)
{
    struct limits limits = case_limits();
    static const char rows[] = FULL "1,,jd,Jane Doe,Active,,,,\n1,,,Doe Jane,Left,,2020-01-31,,\n"
                                    "2,,JD,Jon Dow,Active,,,,\n";
    CLEANUP(mem_cleanup) char *text = report_of(rows, REPORT_TEXT, &limits, false);
    CLEANUP(mem_cleanup) char *json = report_of(rows, REPORT_JSON, &limits, false);

    assert_mentions(text, "  employee_number '1' in rows 2, 3: one person\n");
    assert_mentions(text, "  username 'jd' in rows 2, 4: not certainly one person");
    assert_no_mention(text, "'2'");
    assert_mentions(json, "\"one_person\": true");
    assert_mentions(json, "\"one_person\": false");
    assert_mentions(json, "\"passes\"");
}

TEST(roster_report_clean_roster_warns_of_nothing)
{
    struct limits limits = case_limits();
    CLEANUP(mem_cleanup)
    char *text = report_of(FULL "1,,,Anna,Active,,,,\n", REPORT_TEXT, &limits, false);

    assert_mentions(text, "rejected   0 (0.0 %)\n");
    assert_no_mention(text, "warning");
}

TEST(roster_report_guards_warn_outside_their_limits)
{
    struct limits limits = case_limits();
    CLEANUP(mem_cleanup) char *few = NULL;
    CLEANUP(mem_cleanup) char *inside = NULL;
    CLEANUP(mem_cleanup) char *old = NULL;

    limits.max_rejected_percent = limits.max_duplicate_percent = 30.0;
    limits.min_people = 6;
    few = report_of(mixed, REPORT_TEXT, &limits, false);
    assert_mentions(few, "warning: guard G2 would hold a plan: 5 people are accepted");
    assert_mentions(few, "\nguard G3 would pass");
    limits.min_people = 5;
    inside = report_of(mixed, REPORT_TEXT, &limits, false);
    assert_no_mention(inside, "warning");
    limits.max_age_hours = -1e9;
    old = report_of(mixed, REPORT_TEXT, &limits, false);
    assert_mentions(old, "warning: guard G1 would hold a plan");
}

TEST(roster_report_many_rejected_shows_the_first_twenty)
{
    struct limits limits = case_limits();
    CLEANUP(text_release) struct text csv = TEXT_INIT;
    CLEANUP(mem_cleanup) char *some = NULL;
    CLEANUP(mem_cleanup) char *all = NULL;

    text_add(&csv, FULL);
    for (int i = 0; i < 50; i++)
        text_addf(&csv, "%d,,,Anna,Gone,,,,\n", i);
    some = report_of(text_cstr(&csv), REPORT_TEXT, &limits, false);
    assert_mentions(some, "  row 21 ");
    assert_no_mention(some, "  row 22 ");
    assert_mentions(some, "  and 30 more; --all shows them\n");
    all = report_of(text_cstr(&csv), REPORT_TEXT, &limits, true);
    assert_mentions(all, "  row 51 ");
    assert_no_mention(all, "--all");
}

TEST(roster_report_csv_has_a_line_for_every_row)
{
    struct limits limits = case_limits();
    CLEANUP(mem_cleanup) char *text = report_of(mixed, REPORT_CSV, &limits, false);
    size_t lines = 0;

    for (const char *p = text; (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(lines, 8);
    assert_mentions(text, "row,verdict,status,employee_number,email,username,name,department,"
                          "country,hire_date,last_day,reason\r\n");
    assert_mentions(text, "\r\n4,accepted,departed,3,cy@acme.example,,Cy,IT,NL,,2020-01-31,\r\n");
    assert_mentions(text, "\r\n6,rejected,unknown,,,,Ed,IT,NL,,,");
    assert_mentions(text, "'=cmd()"); /* defused */
}

/* The sign of an address alone between apostrophes is no formula, one with something behind it is.
 */
TEST(roster_report_csv_reason_reads_as_it_was_written)
{
    struct limits limits = case_limits();
    CLEANUP(mem_cleanup)
    char *text = report_of(FULL "1,anna,,Anna,Active,,,,\n2,,,Bo,=cmd(),,,,\n3,,,@cy,Active,,,,\n"
                                "4,,,Di,Active,31/31/2016,,,\n5,,,Ed,%x,,,,\n",
                           REPORT_CSV, &limits, false);

    assert_mentions(text, "it has no '@'");
    assert_no_mention(text, "no ''@'");
    assert_mentions(text, "''=cmd()'");
    assert_mentions(text, ",'@cy,");
    assert_mentions(text, "does not fit '%Y-%m-%d' or is no day");
}

TEST(roster_report_json_is_a_document_with_the_same_facts)
{
    struct limits limits = case_limits();
    CLEANUP(mem_cleanup) char *text = report_of(mixed, REPORT_JSON, &limits, false);
    CLEANUP(json_freep) struct json_object *object = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (json_parse_object(text, strlen(text), &object, &err) < 0)
        fail_msg("%s", err.text);
    assert_mentions(text, "\"departed\": 1");
    assert_mentions(text, "\"people\": 5");
    assert_mentions(text, "\"count\": 2");
    assert_mentions(text, "\"could_be_anybody\": 1");
    assert_mentions(text, "\"guard\": \"G3\"");
    assert_mentions(text, "\"value\": \"anna@acme.example\"");
}

TEST(roster_report_hostile_values_stay_in_their_place)
{
    struct limits limits = case_limits();
    static const char hostile[] = FULL "1\xE2\x80\xAE,,,Anna,Active,,,,\n2,,,Bo,\x1B[31m,,,,\n"
                                       "3\x07,,,C,Active,,,,\n4,,,Di,Active,,,,\n";

    for (int format = REPORT_TEXT; format <= REPORT_CSV; format++) {
        CLEANUP(mem_cleanup)
        char *text = report_of(hostile, (enum report_format)format, &limits, false);

        assert_no_mention(text, "\x1B");
        assert_no_mention(text, "\x07");
        assert_no_mention(text, "\xE2\x80\xAE");
    }
}

TEST(roster_report_unmapped_values_are_in_no_format)
{
    struct limits limits = case_limits();
    static const char csv[] = "Salary,EmpID,Mail,Login,Name,Status,Hired,Last,Dept,Country\n"
                              "104437,1,,,Anna,Active,,,,\n"
                              "104437,2,x,,Bo,Gone,x,x,,\n"
                              "104437,3,,,Cy,Active,,,,,\n"
                              "4,,,Di,104437,Active\n";

    for (int format = REPORT_TEXT; format <= REPORT_CSV; format++) {
        CLEANUP(mem_cleanup)
        char *text = report_of(csv, (enum report_format)format, &limits, true);

        assert_no_mention(text, "104437");
    }
}

/* --- what a number alone does not say --- */

static char *report_of_scim(const char *users, bool stated, enum report_format format)
{
    static const char *const employed[] = {"true"}, *const departed[] = {"false"};
    struct config_roster config = {
        .format = ROSTER_FORMAT_SCIM, .encoding = "UTF-8", .date_format = "%Y-%m-%d"};
    struct limits limits = case_limits();

    if (stated) {
        config.status.employed = (struct name_list){employed, 1};
        config.status.departed = (struct name_list){departed, 1};
    }
    CLEANUP(case_release) struct roster_case c = case_read(&config, users);
    struct roster_report report = {.roster = &c.roster, .config = &config, .limits = &limits};
    struct text text = TEXT_INIT;

    assert_read(&c);
    assert_true(day_from_civil(2026, 11, 22, &report.today));
    roster_judge(&c.roster, report.today);
    roster_report(&report, format, &text);
    return text_take(&text);
}

TEST(roster_report_of_inactive_people_says_that_they_count_as_departed)
{
    static const char two[] = "{\"totalResults\":2,\"Resources\":["
                              "{\"userName\":\"anna\",\"active\":true},"
                              "{\"userName\":\"bo\",\"active\":false}]}";
    static const char all_active[] = "{\"totalResults\":1,\"Resources\":["
                                     "{\"userName\":\"anna\",\"active\":true}]}";
    static const char said[] = "1 person is not active and counts as departed, because "
                               "roster.status is not set";
    CLEANUP(mem_cleanup) char *text = report_of_scim(two, false, REPORT_TEXT);
    CLEANUP(mem_cleanup) char *json = report_of_scim(two, false, REPORT_JSON);
    CLEANUP(mem_cleanup) char *stated = report_of_scim(two, true, REPORT_TEXT);
    CLEANUP(mem_cleanup) char *nobody = report_of_scim(all_active, false, REPORT_TEXT);

    assert_mentions(text, said);
    assert_mentions(text, "on leave");
    assert_mentions(json, said);
    assert_no_mention(stated, "not active");
    assert_no_mention(nobody, "not active");
}

TEST(roster_report_of_groups_in_a_list_says_that_they_are_left_out)
{
    static const char groups[] =
        "{\"totalResults\":3,\"Resources\":[{\"userName\":\"anna\",\"active\":true},"
        "{\"meta\":{\"resourceType\":\"Group\"}},{\"meta\":{\"resourceType\":\"Group\"}}]}";
    static const char said[] = "2 of the list say that they are Groups: left out";
    CLEANUP(mem_cleanup) char *text = report_of_scim(groups, true, REPORT_TEXT);
    CLEANUP(mem_cleanup) char *json = report_of_scim(groups, true, REPORT_JSON);

    assert_mentions(text, said);
    assert_mentions(json, said);
    assert_mentions(text, "rows       1\n");
}

TEST(roster_report_of_numbers_with_marks_says_what_they_never_meet)
{
    static const char marked[] = FULL "10.045,,,Anna,Active,,,,\n10.046,,,Bo,Active,,,,\n";
    static const char plain[] = FULL "10045,,,Anna,Active,,,,\nA.100,,,Bo,Active,,,,\n";
    struct limits limits = case_limits();
    CLEANUP(mem_cleanup) char *text = report_of(marked, REPORT_TEXT, &limits, false);
    CLEANUP(mem_cleanup) char *json = report_of(marked, REPORT_JSON, &limits, false);
    CLEANUP(mem_cleanup) char *none = report_of(plain, REPORT_TEXT, &limits, false);

    assert_mentions(text, "note: 2 employee numbers have a mark as for thousands ('10.045')");
    assert_mentions(json, "2 employee numbers have a mark as for thousands ('10.045')");
    assert_no_mention(none, "thousands");
}
