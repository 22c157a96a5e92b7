/*
 * random_link: whose each account of a random world is, thought out again from docs/decisions.md
 * "The link", naive and quadratic.
 */
#ifndef RANDOM_LINK_H
#define RANDOM_LINK_H

#include "random_world.h"

struct opinion { /* what the oracle thinks of an account's link */
    bool one, contested;
    bool moved;    /* the person has departed, and somebody at work may be them (K5) */
    bool sure;     /* two keys, or a line of the links file */
    bool namesake; /* account and person have the same name */
    bool stranger; /* their names have nothing in common */
    size_t person;
    enum match_key key;
    unsigned keys; /* bits: which lead there */
    enum near_kind near;
};

/* One opinion per account. */
void think_of_links(struct world *world, struct opinion *opinion);

enum person_status status_of(const struct person *person);
const char *lower(struct world *world, const char *text);
/* A number without leading zeros and without '.0'. */
const char *bare(struct world *world, const char *number);
bool same(const char *a, const char *b); /* both there */

#endif
