/* Every row is somebody, and whoever cannot be read is told as such: nobody is dropped. */
#include "roster.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "facts/person.h"
#include "facts/roster.h"
#include "roster/reader.h"

enum { NIGHTS = 12 };

struct config_roster fuzz_roster_config(void)
{
    static const char *const names[] = {"Name"}, *const employed[] = {"Active"},
                             *const leave[] = {"Leave"}, *const departed[] = {"Left"},
                             *const nobody[] = {"N/A"};

    return (struct config_roster){
        .delimiter = ',',
        .encoding = "UTF-8",
        .date_format = "%Y-%m-%d",
        .no_value = {nobody, COUNT_OF(nobody)},
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
    const char *const texts[] = {person->employee_number,
                                 person->email,
                                 person->username,
                                 person->name,
                                 person_alike(person)->department,
                                 person_alike(person)->country,
                                 person_extra(person)->damaged_number,
                                 person_rejected(person)};

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i])
            FUZZ_CHECK(*texts[i] && text_is_utf8(texts[i], strlen(texts[i])));
    }
    FUZZ_CHECK(person->row > before_row);
    /* A name alone is enough where a key says that it is nobody's. */
    FUZZ_CHECK(person_rejected(person) || person->employee_number || person->email ||
               person->username || person->name);
    /* Who may be anybody is rejected, or has a name alone. */
    FUZZ_CHECK(person_rejected(person) || !person->key_unreadable ||
               (person->name && !person->employee_number && !person->email && !person->username));
}

/* Order is no content; and whoever is compared is compared the same from the other side. */
static void check_order(struct roster *roster, struct arena *arena)
{
    struct digest content = roster_content(roster), values = roster_values(roster);

    for (size_t i = 0; i + 1 < roster->count; i++) {
        struct person *one = &roster->person[i], *two = &roster->person[i + 1];

        FUZZ_CHECK(person_compare(one, two) == -person_compare(two, one));
        FUZZ_CHECK(*person_key(arena, one) && *person_status_name(one->status));
    }
    for (size_t i = 0; i < roster->count / 2; i++) {
        struct person kept = roster->person[i];
        roster->person[i] = roster->person[roster->count - 1 - i];
        roster->person[roster->count - 1 - i] = kept;
    }
    struct digest content_again = roster_content(roster), values_again = roster_values(roster);
    FUZZ_CHECK(digest_compare(&content, &content_again) == 0);
    FUZZ_CHECK(digest_compare(&values, &values_again) == 0);
}

/* A night after the other with this roster, or one in which somebody else stands. */
static void check_absence(const struct roster *roster)
{
    struct roster_proof proof[NIGHTS];

    for (int i = 0; i < NIGHTS; i++) {
        proof[i] = roster_proof(roster);
        proof[i].as_of = proof[i].read_at = instant_add_us(proof[0].as_of, i * 2 * DAY_US);
        proof[i].values.byte[0] ^= i % 3 == 0;
    }
    struct absence absence = roster_absence(proof, NIGHTS, proof[1].as_of);
    FUZZ_CHECK(absence.times > 0 && absence.times < NIGHTS);
    FUZZ_CHECK(instant_compare(absence.at[0], proof[1].as_of) == 0);
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
        rejected += person_rejected(&roster.person[i]) != NULL;
    }
    FUZZ_CHECK(rejected == roster.rejected);
    roster_judge(&roster, (struct day){.number = 46348});
    FUZZ_CHECK(roster_people(&roster) + roster.rejected == roster.count);
    check_order(&roster, &arena);
    check_absence(&roster);
}
