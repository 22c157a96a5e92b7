/*
 * savings_world: a portal of a dozen accounts lives through a year: administrators, new holders,
 * acts of ours, classes that change their price, contract and profiles. Everything is kept in plain
 * arrays, as it was seen; savings_books.c counts in them, day by day, and the history gets the same
 * as rows.
 */
#ifndef SAVINGS_WORLD_H
#define SAVINGS_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "database/pg.h"

#define ACCOUNTS 12
#define PROFILES 5
#define CLASSES  3
#define READINGS 900
#define ACTS     900
#define PLANS    300
#define ROWS     6
#define NONE     (-1)

#define VALUE_SIZE 128

enum seen { UNSEEN = 0, ACTIVE, INACTIVE, GONE };
enum done { SUSPEND = 0, DOWNGRADE, RESTORE, REACTIVATE, DEPROVISION, DONE_COUNT };

/* A class as configured; amounts in 1/10000, NONE = not told. */
struct offer {
    bool there;
    int64_t contracted, price;
    int currency;
};

struct setup {
    int class_of[PROFILES]; /* NONE = no class fits */
    struct offer offer[CLASSES];
};

/* An account as it is, or as it is known after a reading. */
struct holder {
    enum seen status;
    int profile, person;  /* NONE = nobody */
    bool changed, linked; /* by this reading: the account, its person */
};

struct savings_reading {
    int minute, day;
    bool complete, thinned;
    struct setup setup;
    struct holder known[ACCOUNTS];
};

struct deed {
    int minute, day, account;
    enum done done;
    int from, to;           /* profiles of a downgrade and restoration */
    bool carried;           /* of another name of the portal, with the classes as that had them */
    int freed, taken, plan; /* the classes; the plan it is of, NONE */
};

/* What a plan proposes: a row each. */
struct proposal_row {
    enum done done;
    bool finding, has_seat, carried_out;
    int class, to;
};

struct proposal {
    int reading, day, count;
    struct proposal_row row[ROWS];
    int64_t before[CLASSES], unclassed, after[CLASSES]; /* seats; of no class */
};

struct version {
    int table, key, from, to; /* to: NONE = open */
    char value[VALUE_SIZE];
    bool stored, closed;
};

/* A statement of the program's, and one that is wrong on purpose and stands in for it. */
struct savings_wrong {
    const char *of, *sql;
};

struct savings_world {
    struct pg *pg;
    int64_t portal;
    uint64_t random;
    int minute, configured; /* the minute from which on there are classes */
    struct setup setup;
    struct holder account[ACCOUNTS];
    int first_seen[ACCOUNTS]; /* minute of the reading; NONE */
    struct savings_reading reading[READINGS];
    int reading_count;
    struct deed deed[ACTS];
    int deed_count;
    struct proposal plan[PLANS];
    int plan_count;
    struct version version[20000];
    int version_count;
    const struct savings_wrong *wrong; /* NULL: nothing */
    int readings_stored, deeds_stored, plans_stored, accounts_stored;
};

extern const char *const class_names[CLASSES], *const currency_names[2];

/* The civil day of a minute, from 2026-01-01, in the world's zone. */
int savings_day(int minute);

/* What each world needs of a connection. */
void savings_world_begin(struct pg *pg);

/* A world with all its days, stored as it went, settled and thinned now and then. Its portal is the
 * number, what happens is the seed's. */
void savings_world_live(struct savings_world *world, struct pg *pg, uint64_t seed, int64_t portal,
                        const struct savings_wrong *wrong);

/* The same by hand: a world in which nobody is and nothing was; who is in it and what is configured
 * stands in `account` and `setup`, the time in `minute`. */
void savings_world_open(struct savings_world *world, struct pg *pg, int64_t portal,
                        const struct savings_wrong *wrong);
/* A reading with a configuration; of an incomplete one `shown` has a bit for each account it shows.
 */
void savings_world_read(struct savings_world *world, const struct setup *setup, bool complete,
                        unsigned shown);
/* An act; `to`: the profile that a downgrade or restoration gives. */
struct deed *savings_world_do(struct savings_world *world, int account, enum done done, int to);
/* Makes an act one of another name of the portal, of these classes. */
void savings_world_carry(struct deed *deed, int freed, int taken);
/* A plan of the newest reading, without rows. */
struct proposal *savings_world_propose(struct savings_world *world);

void savings_world_settle(struct savings_world *world);
void savings_world_thin(struct savings_world *world);

/* What audit.savings must say of it, a line a row; savings_world_told: what it says. */
void savings_books(const struct savings_world *world, struct text *out);
void savings_world_told(const struct savings_world *world, struct text *out);

#endif
