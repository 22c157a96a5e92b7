/*
 * The public teaching roster of 310 people, as people really export it. It is not part of the
 * project; without it these tests are skipped.
 */
#include "roster_case.h"
#include "test.h"

static bool find_file(struct text *path)
{
    const char *directory = getenv("SHARED_DATA");

    text_addf(path, "%s/hr-roster-2019.csv", directory ? directory : SOURCE_DIR "/../shared/data");
    return access(text_cstr(path), R_OK) == 0;
}

static struct config_roster real_config(void)
{
    static const char *const names[] = {"First_Name", "Last_Name"};
    static const char *const departed[] = {"Voluntarily Terminated", "Terminated for Cause"};
    struct config_roster config = case_config();

    config.delimiter = ';';
    config.date_format = "%Y/%m/%d";
    config.column.of[ROSTER_EMPLOYEE_NUMBER] = "EmpID";
    config.column.of[ROSTER_EMAIL] = NULL;
    config.column.of[ROSTER_USERNAME] = NULL;
    config.column.of[ROSTER_STATUS] = "EmploymentStatus";
    config.column.of[ROSTER_HIRE_DATE] = "DateofHire";
    config.column.of[ROSTER_LAST_DAY] = "DateofTermination";
    config.column.of[ROSTER_DEPARTMENT] = "Department";
    config.column.of[ROSTER_COUNTRY] = NULL;
    config.column.name = (struct name_list){names, COUNT_OF(names)};
    config.status.departed = (struct name_list){departed, COUNT_OF(departed)};
    return config;
}

static struct roster_case read_real(void)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    struct config_roster config = real_config();
    struct roster_case c = {.result = -1};

    if (!find_file(&path)) {
        text_release(&path); /* skip jumps out of here */
        skip();
    }
    c.result = roster_read(&c.arena, &config, text_cstr(&path), CASE_NOW, &c.roster, &c.err);
    assert_read(&c);
    return c;
}

TEST(roster_read_real_export_takes_everybody)
{
    CLEANUP(case_release) struct roster_case c = read_real();
    struct day today;
    size_t departed = 0, with_last_day = 0;

    assert_true(day_from_civil(2026, 11, 22, &today));
    roster_judge(&c.roster, today);
    for (size_t i = 0; i < c.roster.count; i++) {
        departed += c.roster.person[i].status == PERSON_DEPARTED;
        with_last_day += day_is_set(c.roster.person[i].last_day);
    }
    assert_int_equal(c.roster.count, 310);
    assert_int_equal(c.roster.rejected, 0);
    assert_int_equal(departed, 104);
    assert_int_equal(with_last_day, 104);
}

TEST(roster_read_real_export_trims_cells_and_joins_names)
{
    CLEANUP(case_release) struct roster_case c = read_real();
    const struct person *first = &c.roster.person[0];

    assert_string_equal(first->employee_number, "10084");
    assert_string_equal(first->name, "Ait Sidi Karthikeyan");
    assert_string_equal(person_alike(first)->department, "IT/IS");
    assert_int_equal(first->row, 2);
    assert_int_equal(first->word, PERSON_DEPARTED);
}
