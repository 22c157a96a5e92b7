/*
 * Who there is in the world, and what HR says of them. Rosters are made of each other by changing
 * one person; none of them is ever read again as it was before, which would be an older copy.
 */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

enum { CROWD = 96, FIELD_STATUS = 3, FIELD_LAST_DAY = 5 };

#define LEFT "Voluntarily Terminated,2010-01-04,2020-03-31"

/* No department loses more than three: another limit (G10) would speak. */
static const char first_people[] =
    "EmpID,Name,Work Email,EmploymentStatus,DateofHire,DateofTermination,Department\n"
    "1001,Ada Lovelace,," LEFT ",Art\n"
    "1002,Bob Ross,," LEFT ",Art\n"
    "1003,Cem Karaca,," LEFT ",Art\n"
    "1004,Dora Maar,,Active,2010-01-04,,Art\n"
    "1005,Eve Babitz,," LEFT ",Film\n"
    "1006,Fay Wray,," LEFT ",Film\n"
    "1007,Gus Grissom,," LEFT ",Film\n"
    "1008,Hal Ashby,," LEFT ",Music\n"
    "1009,Ida Lupino,," LEFT ",Music\n"
    "1010,Jon Voight,," LEFT ",Music\n"
    "1011,Kim Novak,,Active,2010-01-04,,Music\n";

const char *const world_long_gone[] = {"adalovelace", "bobross",   "cemkaraca",
                                       "evebabitz",   "faywray",   "gusgrissom",
                                       "halashby",    "idalupino", NULL};

static const struct role {
    const char *username, *why; /* "a write to X, …" */
} roles[CAST_COUNT] = {
    [CAST_BYSTANDER] = {"doramaar", "who is employed"},
    [CAST_UNAPPROVED] = {"evebabitz", "whose row nobody approved"},
    [CAST_CHANGED] = {"faywray", "whose row is not the one that was approved"},
    [CAST_REJECTED] = {"gusgrissom", "who was rejected after the approval"},
    [CAST_KEPT] = {"halashby", "who was kept after the approval"},
    [CAST_WITHDRAWN] = {"idalupino", "whose approval was taken back"},
    [CAST_RETURNED] = {"jonvoight", "who works here again"},
    [CAST_ANNOUNCED] = {"kimnovak", "whose grace has just begun"},
};

const char *world_cast_username(enum world_cast cast)
{
    return roles[cast].username;
}

const char *world_cast_why(const struct world *world, const char *id)
{
    for (enum world_cast i = 0; i < CAST_COUNT; i++) {
        if (text_equal(world->cast[i], id))
            return roles[i].why;
    }
    return "who is in no approved row";
}

char *world_people(void)
{
    struct text people = TEXT_INIT;

    text_add(&people, first_people);
    for (int i = 0; i < CROWD; i++)
        text_addf(&people, "%d,Person Number%c%c,,Active,2010-01-04,,Crowd\n", 2000 + i,
                  'a' + i / 26, 'a' + i % 26);
    return text_take(&people);
}

/* One line with another status and last day. */
static void add_changed(struct text *roster, const char *line, size_t length, const char *status,
                        const char *last_day)
{
    for (int field = 0;; field++) {
        size_t rest = strcspn(line, ",\n") < length ? strcspn(line, ",\n") : length;
        text_add(roster, field ? "," : "");
        if (field == FIELD_STATUS)
            text_add(roster, status);
        else if (field == FIELD_LAST_DAY)
            text_add(roster, last_day);
        else
            text_add_bytes(roster, line, rest);
        if (rest == length)
            break;
        line += rest + 1;
        length -= rest + 1;
    }
}

char *world_roster_with(const char *roster, const char *name, const char *status,
                        const char *last_day)
{
    const char *at = strstr(roster, name), *line = at;
    struct text text = TEXT_INIT;

    if (!at)
        world_die("the roster has no '%s'", name);
    while (line > roster && line[-1] != '\n')
        line--;
    text_add_bytes(&text, roster, (size_t)(line - roster));
    add_changed(&text, line, strcspn(line, "\n"), status, last_day);
    text_add(&text, line + strcspn(line, "\n"));
    return text_take(&text);
}

/* "jonvoight" as the roster has it. */
static const char *const gone_names[] = {"Ada Lovelace", "Bob Ross",    "Cem Karaca", "Eve Babitz",
                                         "Fay Wray",     "Gus Grissom", "Hal Ashby",  "Ida Lupino"};

char *world_roster_back(const char *roster)
{
    char *back = mem_strdup(roster);

    for (size_t i = 0; i < COUNT_OF(gone_names); i++) {
        char *next = world_roster_with(back, gone_names[i], "Active", "");
        free(back);
        back = next;
    }
    return back;
}

/* Tonight: Fay left on another day than was approved, or is on leave again; Jon is back, Kim has
 * left. */
char *world_roster_tonight(const struct world *world, const char *first)
{
    bool restores = world_action(world->path) == ACTION_RESTORE;
    CLEANUP(mem_cleanup)
    char *fay = world_roster_with(first, "Fay Wray", restores ? "Leave" : "Voluntarily Terminated",
                                  restores ? "" : "2020-04-30");
    CLEANUP(mem_cleanup) char *jon = world_roster_with(fay, "Jon Voight", "Active", "");

    return world_roster_with(jon, "Kim Novak", "Voluntarily Terminated", "2020-03-31");
}
