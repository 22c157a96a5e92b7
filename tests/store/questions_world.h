/*
 * questions_world: two hundred days and more of a portal and its people, with books of its own
 * beside the history: hires, leavers, returns, renames, changes made in the portal, plans,
 * approvals, acts. The history is asked by test_questions.c; the books are what it must say.
 */
#ifndef QUESTIONS_WORLD_H
#define QUESTIONS_WORLD_H

#include "review_case.h"

#define DAYS   215
#define PEOPLE 24

/* How somebody is on a day, in the portal and in the roster. */
struct entry {
    enum { NOWHERE = 0, ACTIVE, INACTIVE } account;
    unsigned renamed; /* how often the address changed */
    unsigned profile; /* 1 users, 2 managers */
    struct instant login;
    bool in_roster, departed;
    struct day last_day;
};

struct done {
    size_t who, day;
    struct instant at, decided_at;
    int64_t plan_id;
    const char *approver[2];
    const char *reason, *rule;
    struct instant returned_at;
};

/* What a person decided about a row or an account, and what became of it. */
struct decided_ruling {
    struct ruling ruling;
    const char *end_word, *end_reason, *ended_by; /* NULL = it stands, no reason, a run */
    struct instant ended_at, could_act_at;
};

struct held {
    int64_t plan_id;
    struct day today;
    struct instant passed_at;
    const char *who, *reason; /* NULL = nobody let it pass */
};

struct books {
    struct entry entry[DAYS][PEOPLE];
    struct instant taken_at[DAYS];
    struct day day[DAYS];
    struct snapshot seen[DAYS]; /* as the plan of the day saw it */
    struct pairing *pairing[DAYS];
    struct done done[DAYS];
    size_t done_count;
    struct held held[DAYS];
    size_t held_count;
    struct decided_ruling decided[DAYS * PEOPLE];
    size_t decided_count;
};

struct world {
    struct store_world store;
    struct books *books;
    uint64_t random;
};

/* Setup and teardown of a group: the state is a struct world whose days have all passed. */
int world_begin(void **state);
int world_end(void **state);

uint64_t world_draw(struct world *world, uint64_t below);

/* What somebody is called on a day, and a time as SQL shows it. */
const char *world_id_of(struct world *world, size_t who);
const char *world_email_of(struct world *world, size_t who, const struct entry *entry);
const char *world_name_of(struct world *world, size_t who, const struct entry *entry);
const char *world_time_of(struct world *world, struct instant at);

#endif
