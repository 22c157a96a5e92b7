/*
 * seats: what a contract with Bynder says of seats, as configured: its classes (Light, Regular,
 * Heavy), how many of each, what one costs, and which profiles belong to which. The API tells no
 * classes: a profile that no pattern fits has none, and that is unknown, not free. Pure.
 */
#ifndef CORE_SEATS_H
#define CORE_SEATS_H

#include "base/table.h"
#include "core/decided.h"
#include "facts/snapshot.h"

/* Money is whole ten-thousandths, never a floating-point number: sums come out as people add. */
#define MONEY_ONE      10000
#define MONEY_PLACES   4
#define PRICE_MOST     100000000LL /* of a seat and year */
#define MONEY_TEXT_MAX 32

struct seat_class {
    const char *name;
    struct patterns profile; /* name or id; folded */
    int64_t contracted;      /* seats that the contract has; -1 = not told */
    int64_t price;           /* of a seat and year, in ten-thousandths; -1 = not told */
    const char *currency;    /* of the price; NULL = there is none */
    unsigned line;           /* in the configuration */
};

struct seats {
    struct seat_class *seat_class; /* in the order of the configuration: the first that fits */
    size_t count;                  /* 0 = no classes are configured */
    const char *currency;          /* of classes that name none; NULL = not told */
    struct day renews;             /* the contract; none = not told */
    int64_t keep_free;             /* seats of each class; 0 = none */
};

/* The first class of which a pattern fits the name or the id of the profile. NULL: none does, the
 * profile is not known, or there are no classes. */
const struct seat_class *seats_class_of(const struct seats *seats, const struct profile *profile);
/* Whether a pattern of a class fits a profile. */
bool seats_pattern_fits(const char *pattern, const struct profile *profile);

/* The place of the class of each profile of a snapshot, asked once for all accounts. */
struct class_places {
    struct table by_profile;
    size_t none; /* the place of what is of no class: behind the last */
};
void class_places_init(struct class_places *places, const struct seats *seats,
                       const struct snapshot *snapshot);
void class_places_release(struct class_places *places);
size_t class_place(const struct class_places *places, const char *profile_id);

/* The seats of a class, and how many would be taken when every decision were done. */
struct class_seats {
    const char *name; /* NULL = of the accounts whose profile no class fits: the last one */
    size_t seats, seats_after;
    int64_t contracted, price; /* as above */
    const char *currency;
};
/* By class in the order of the configuration, and behind them what is of none, where there is any.
 * Without decisions seats_after is seats. 0 without classes. Arena. */
size_t seats_count(struct arena *arena, const struct seats *seats, const struct snapshot *snapshot,
                   const struct decided *decided, struct class_seats **ret_class);

/* "1200", "99.5": as few decimal places as it has. */
const char *money_format(int64_t money, char text[static MONEY_TEXT_MAX]);
/* A number with at most 4 decimal places, exactly; false for any other, and outside 0 to
 * PRICE_MOST. */
bool money_of_number(double number, int64_t *ret_money);
/* What money_format and the server write: digits, and behind a point up to 4 places, perhaps below
 * 0; false, and nothing is set, for anything else and what does not fit. */
bool money_parse(const char *text, int64_t *ret_money);

#endif
