/*
 * The rows stand in an order of their own, not in that of the accounts, as HR sorts by other
 * things.
 */
#include "hr.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#include "random.h"

static void add_cell(struct text *text, const char *value)
{
    if (!strpbrk(value, ",\"\r\n")) {
        text_add(text, value);
        return;
    }
    text_add_char(text, '"');
    for (const char *at = value; *at; at++) {
        if (*at == '"')
            text_add_char(text, '"');
        text_add_char(text, *at);
    }
    text_add_char(text, '"');
}

static void add_day(struct text *text, struct day day)
{
    char buffer[DAY_TEXT_SIZE];
    if (day_is_set(day))
        text_add(text, day_format(day, buffer));
}

static void add_person(struct text *text, const struct person *person)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    population_add_name(&name, person->given, person->infix, person->family);
    add_cell(text, person->number);
    text_add_char(text, ',');
    add_cell(text, text_cstr(&name));
    text_add_char(text, ',');
    add_cell(text, person->email);
    text_add_char(text, ',');
    add_cell(text, hr_status_name(person->status));
    text_add_char(text, ',');
    add_day(text, person->hired);
    text_add_char(text, ',');
    add_day(text, person->last_day);
    text_add_char(text, ',');
    add_cell(text, person->department);
    text_add_char(text, '\n');
}

/* A permutation of 0 … count - 1 from the seed. */
static size_t *shuffled(uint64_t seed, size_t count)
{
    struct random random = {.state = random_mix(seed ^ UINT64_C(0x4842))};
    size_t *order = mem_calloc(count + 1, sizeof(order[0]));
    for (size_t i = 0; i < count; i++) {
        size_t other = random_below(&random, (uint32_t)i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    return order;
}

int hr_write_roster(const struct population *population, const char *path, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(mem_cleanup) size_t *order = shuffled(population->seed, population->person_count);
    text_add(&text, "EmpID,Name,Work Email,EmploymentStatus,DateofHire,DateofTermination,"
                    "Department\n");
    for (size_t i = 0; i < population->person_count; i++)
        add_person(&text, &population->person[order[i]]);
    return file_write(path, 0640, text_cstr(&text), text.length, err);
}

int hr_write_leavers(const struct population *population, const char *path, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    for (size_t i = 0; i < population->count; i++) {
        const struct user *user = &population->user[i];
        if (user->cast == CAST_LEAVER && user->active)
            text_addf(&text, "%s\n", user->id);
    }
    return file_write(path, 0640, text_cstr(&text), text.length, err);
}
