/* Every row is somebody, and whoever cannot be read is told as such: nobody is dropped. */
#include "roster.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "facts/person.h"
#include "facts/roster.h"
#include "roster/reader.h"

struct config_roster fuzz_roster_config(void)
{
    static const char *const names[] = {"Name"}, *const employed[] = {"Active"},
                             *const leave[] = {"Leave"}, *const departed[] = {"Left"};

    return (struct config_roster){
        .delimiter = ',',
        .encoding = "UTF-8",
        .date_format = "%Y-%m-%d",
        .column = {.of = {[ROSTER_EMPLOYEE_NUMBER] = "EmpID",
                          [ROSTER_EMAIL] = "Mail",
                          [ROSTER_USERNAME] = "Login",
                          [ROSTER_STATUS] = "Status",
                          [ROSTER_HIRE_DATE] = "Hired",
                          [ROSTER_LAST_DAY] = "Last",
                          [ROSTER_DEPARTMENT] = "Dept",
                          [ROSTER_COUNTRY] = "Country"},
                   .name = {names, COUNT_OF(names)}},
        .status = {.employed = {employed, COUNT_OF(employed)},
                   .on_leave = {leave, COUNT_OF(leave)},
                   .departed = {departed, COUNT_OF(departed)}},
    };
}

static void check_person(const struct person *person, size_t before_row)
{
    const char *const texts[] = {
        person->employee_number, person->email,   person->username,       person->name,
        person->department,      person->country, person->damaged_number, person->rejected};

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i])
            FUZZ_CHECK(*texts[i] && text_is_utf8(texts[i], strlen(texts[i])));
    }
    FUZZ_CHECK(person->row > before_row);
    FUZZ_CHECK(person->rejected || person->employee_number || person->email || person->username);
    FUZZ_CHECK(person->rejected || !person->key_unreadable);
}

void fuzz_roster(const struct config_roster *config, const char *bytes, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct instant now = {.us = INT64_C(1795330800000000)};
    struct roster roster;
    size_t rejected = 0, row = 0;

    if (roster_read(&arena, config, fuzz_file("roster", bytes, size), now, &roster, &err) < 0) {
        FUZZ_CHECK(text_is_utf8(err.text, strlen(err.text)));
        return;
    }
    for (size_t i = 0; i < roster.count; i++) {
        check_person(&roster.person[i], row);
        row = roster.person[i].row;
        rejected += roster.person[i].rejected != NULL;
    }
    FUZZ_CHECK(rejected == roster.rejected);
    roster_judge(&roster, (struct day){.number = 46348});
}
