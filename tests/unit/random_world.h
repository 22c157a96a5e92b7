/*
 * random_world: a small world of accounts, people, rules and limits, drawn from a seed. The names
 * are drawn from so few that addresses, numbers and people collide all the time.
 */
#ifndef RANDOM_WORLD_H
#define RANDOM_WORLD_H

#include "core/plan.h"
#include "core/ruling.h"

#define MOST        9 /* accounts, people */
#define MOST_ANY    4 /* rules, lines of the links file, protections */
#define WORLD_NAMES 9
#define TODAY       46348

struct world {
    uint64_t random;
    const unsigned char *drawn; /* where the draws come from, when not from the seed */
    size_t drawn_left;
    struct arena arena;
    struct account account[MOST];
    struct person person[MOST];
    struct group group[1];
    struct account_past past[MOST];
    struct account_since since[MOST];
    struct announcement announcement[MOST][2];
    struct account_earlier earlier[MOST][1];
    struct ruling ruling[MOST][2];
    struct rulings rulings[MOST];
    struct profile profile[2];
    struct rule rule[MOST_ANY];
    struct protected_entry protected_entry[MOST_ANY];
    struct link_override link[MOST_ANY];
    struct email_alias alias[1];
    struct roster_proof good[6];
    struct snapshot snapshot;
    struct roster roster;
    struct matching matching;
    struct policy policy;
    struct policy_context context;
    struct limits limits;
    struct guard_history history;
};
/* What people are called, the first NULL. */
extern const char *const world_names[WORLD_NAMES];

/* The same seed draws the same world. The caller releases its arena. */
void world_draw(struct world *world, uint64_t seed);
/* The same from bytes, two for each draw; behind them every draw is 0. */
void world_draw_of(struct world *world, const unsigned char *bytes, size_t count);
/* The next number of the world's own, from 0 to below - 1. */
uint64_t world_random(struct world *world, uint64_t below);

#endif
