/*
 * seats: the accounts of the portal and what people do with them by day: they log in, call support,
 * get accounts, change their names. What is true of a seat is kept here; the portal is told.
 */
#ifndef YEAR_SEATS_H
#define YEAR_SEATS_H

#include <stddef.h>

#include "base/table.h"

#include "company.h"
#include "portal_client.h"

#define SEAT_NOBODYS SIZE_MAX /* of a service */

struct seat {
    char *id;
    size_t who;                 /* place in the company */
    bool active, by_program;    /* suspended by the program, when it is not active */
    struct day login;           /* the newest; none: never */
    struct day since;           /* made, or made active again by support */
    struct day support_on;      /* when support will make it active again; none */
    const char *email, *number; /* as the portal has them; number "" without */
};

struct seats {
    const struct company *company;
    struct portal_client *portal;
    struct seat *seat;
    size_t count, capacity;
    struct table by_id;
    size_t active;
    size_t reactivated, by_hand; /* by support, in the year */
};

/* Makes the accounts that are there on the first day. */
int seats_begin(struct seats *seats, const struct company *company, struct portal_client *portal,
                struct err *err) __attribute__((warn_unused_result));
void seats_release(struct seats *seats);
/* What happens on a day, from seven in the morning on. */
int seats_live(struct seats *seats, struct day day, struct err *err)
    __attribute__((warn_unused_result));
/* NULL: no such account, or the token's own. */
struct seat *seats_find(struct seats *seats, const char *id);
/* The program suspended it. */
void seats_note_suspended(struct seats *seats, struct seat *seat);
const struct person *seats_person(const struct seats *seats, const struct seat *seat);

#endif
