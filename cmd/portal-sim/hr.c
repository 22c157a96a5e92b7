/*
 * The rows stand in an order of their own, not in that of the accounts, as HR sorts by other
 * things.
 */
#include "hr.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/file.h"

#include "random.h"
#include "render.h"

static void add_cell(struct text *text, const char *value)
{
    if (!strpbrk(value, ",;\"\r\n")) {
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

/* --- Bynder's user export --- */

static void add_time(struct text *text, int64_t us)
{
    if (us != 0)
        render_time_ms(text, us);
}

static void add_groups(struct text *text, const struct population *population,
                       const struct user *user)
{
    CLEANUP(text_release) struct text names = TEXT_INIT;
    for (unsigned g = 0; g < GROUPS_COUNT; g++)
        if (user->groups & 1U << g)
            text_addf(&names, "%s%s", names.length > 0 ? "," : "", population->group[g].name);
    add_cell(text, text_cstr(&names));
}

static void add_cells(struct text *text, const char *const *cell, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_cell(text, cell[i]);
        text_add_char(text, ';');
    }
}

static void add_user(struct text *text, const struct population *population,
                     const struct user *user)
{
    CLEANUP(text_release) struct text family = TEXT_INIT;
    population_add_name(&family, "", user->infix, user->family);
    const char *const who[] = {user->given, text_cstr(&family), user->id, user->username,
                               user->email};
    const char *const place[] = {user->active ? "Active" : "Inactive",
                                 user->culture->country,
                                 "",
                                 user->job,
                                 "Acme",
                                 user->department};
    add_cells(text, who, COUNT_OF(who));
    add_time(text, user->last_login_us);
    text_add_char(text, ';');
    add_cells(text, place, COUNT_OF(place));
    text_addf(text, "%u;", user->last_login_us != 0 ? 1U + user->habit : 0U);
    add_cells(text, &population->profile[user->profile].name, 1);
    add_groups(text, population, user);
    text_add_char(text, ';');
    add_day(text, user->created);
    text_add_char(text, ';');
    add_time(text, user->deactivated_us);
    text_addf(text, ";%s;\n", user->sso_only ? "Yes" : "No");
}

int hr_write_export(const struct population *population, const char *path, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    text_add(&text, "First name;Last name;User ID;Username;Email Address;Last Login Date;"
                    "Account Status;Country;Phone Number;Job;Company Name;Department;"
                    "Number of Logins;Permission Profile;Assigned User Groups;Created Date;"
                    "Deactivation Date;SSO Only;Website\n");
    for (size_t i = 0; i < population->count; i++)
        if (!population->user[i].deleted)
            add_user(&text, population, &population->user[i]);
    return file_write(path, 0640, text_cstr(&text), text.length, err);
}
