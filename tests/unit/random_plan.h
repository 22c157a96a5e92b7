/*
 * random_plan: what is to become of each account of a random world, thought out again from
 * docs/decisions.md, and held against what the program decides.
 */
#ifndef RANDOM_PLAN_H
#define RANDOM_PLAN_H

#include "random_world.h"

/* What the program proposes for this world. */
const struct plan *plan_of_world(struct world *world);
/* The same, every pairing, decision and guard compared with the oracle; fails the test where they
 * disagree. */
const struct plan *plan_check_world(struct world *world);

#endif
