/*
 * renewal: how many seats of each class will be in use on the day the contract is renewed
 * (seats.renews): those of today, less what the plan frees by then, less people whose last day
 * comes before, and more for people who start. Pure.
 */
#ifndef CORE_RENEWAL_H
#define CORE_RENEWAL_H

#include "core/decided.h"
#include "core/seats.h"

enum { RENEWAL_DAYS = 120 /* before that day a plan says so */ };

struct renewal_class {
    const char *name; /* of the class; NULL = seats whose profile fits none */
    int64_t now;      /* seats in use */
    int64_t planned;  /* that the plan frees by then, less those that it takes; may be negative */
    int64_t leaving;  /* whose person's last day comes before, and that the plan does not free */
    int64_t starting; /* an estimate: people who start by then, by the share of those at work who
                         have a seat of the class */
    int64_t expected; /* what these come to */
    int64_t contracted, price; /* as in struct seat_class */
    const char *currency;
};

struct renewal {
    struct day on; /* none = nothing is to be said: no such day, no classes, too far away, past */
    int days;      /* until then */
    int64_t starters;           /* people of the roster who start by then and have no account */
    int64_t at_work;            /* people of the roster, of whose seats the share is taken */
    struct renewal_class *item; /* in the order of the configuration, then those of no class */
    size_t count;
};

/* `decision` is of each account of the snapshot, as policy_decide gives it. Memory from the arena.
 */
struct renewal renewal_of(struct arena *arena, const struct seats *seats,
                          const struct policy_context *context, const struct roster *roster,
                          const struct decided *decided);

/* Seats of the contract that nobody will need, negative where some are missing; false where the
 * contract tells no number. */
bool renewal_left_over(const struct renewal_class *item, int64_t *ret_seats);

#endif
