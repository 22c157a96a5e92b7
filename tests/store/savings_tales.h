/*
 * savings_tales: small portals in which one thing comes to pass, each beside a neighbour that is
 * one fact away: what random years seldom hold, with the money that must be said.
 *
 * A seat of `full` costs 3 a day and one of `light` 1, nine of each are in the contract, and four
 * of each are in use: accounts 0 to 3 and 4 to 7, a person each. Profiles CHIEF and EDITOR are of
 * `full`, VIEWER and READER of `light`, STRAY is of none. What came to pass on a day was read on
 * it; the first day is the 0th.
 */
#ifndef SAVINGS_TALES_H
#define SAVINGS_TALES_H

#include "savings_world.h"

struct savings_tale {
    const char *what;
    void (*tell)(struct savings_world *world); /* of an open world */
    const char *says;                          /* as savings_tale_told has it */
};

/* The tales one after the other; NULL behind the last. */
const struct savings_tale *savings_tale(size_t number);

/* Opens the world of a tale and tells it, to its settling. */
void savings_tale_live(const struct savings_tale *tale, struct savings_world *world, struct pg *pg,
                       int64_t portal, const struct savings_wrong *wrong);
/* What audit.savings says of a portal, a line for each month, class and currency, without zeros. */
void savings_tale_told(const struct savings_world *world, struct text *out);

/* --- for those who tell --- */

/* Ended by one that is called nothing: what accounts do, and what the configuration does. */
extern const struct savings_tale savings_tales_of_acts[], savings_tales_of_setups[];

enum { FULL, GUEST, LIGHT };
enum { CHIEF, EDITOR, VIEWER, READER, STRAY }; /* profiles */
#define YEAR(a_day) ((int64_t)(a_day)*365 * 10000)

void tale_at(struct savings_world *world, int day);
void tale_night(struct savings_world *world, int day);
void tale_offer(struct savings_world *world, int class, int64_t contracted, int64_t a_day);
void tale_be(struct savings_world *world, int account, int profile, int person);
/* A class under another name, with its profiles. */
void tale_rename(struct savings_world *world, int old, int name);
void tale_downgrade(struct savings_world *world, int account);
void tale_suspend(struct savings_world *world, int account);
/* The downgrade that most tales are about, on the 5th day. */
void tale_downgraded(struct savings_world *world);

#endif
