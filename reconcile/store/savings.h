/*
 * store/savings: what acts and plans do to seats, written down while the readings can show it:
 * thinning, erasure and another name of the portal do not change it any more. The figures that are
 * made of it are the view audit.savings (docs/history.md).
 */
#ifndef STORE_SAVINGS_H
#define STORE_SAVINGS_H

#include "core/plan.h"
#include "store/store.h"

/* Takes in the acts and readings that were not yet: which class of seat each act freed or took,
 * when the account had a seat again, how many seats of each class were in use. Called once the
 * links of a reading are stored; how often does not matter, as long as no reading is thinned out
 * before. In a transaction of its own. */
int store_settle_seats(const struct store *store, struct err *err)
    __attribute__((warn_unused_result));

/* What was saved in the month of a day and in its year until then, as it is known by now. Memory
 * from the arena. */
int store_load_savings(const struct store *store, struct arena *arena, struct day today,
                       struct plan_savings **ret_savings, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* The same of every portal, each by the day of its newest plan, and of each row the number of its
 * portal: these ascend. */
int store_load_all_savings(struct pg *pg, struct arena *arena, struct plan_savings **ret_savings,
                           int64_t **ret_portal, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

#endif
