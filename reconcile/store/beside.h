/*
 * store/beside: stored plans beside each other: their list, what is not the same in two of them,
 * and with which one a plan is compared when nobody says: what was reviewed need not be reviewed
 * again.
 */
#ifndef STORE_BESIDE_H
#define STORE_BESIDE_H

#include "core/plan.h"
#include "store/store.h"

/* The plan that another one is compared with: the newest earlier one that somebody decided about a
 * row of, else the one before. */
struct plan_base {
    int64_t plan_id; /* 0 = there is none whose rows are still there */
    struct day today;
    int64_t later_id; /* the plan itself */
    bool decided;     /* somebody decided about a row of it; false: it is the one before */
};

/* Of the plan with that number, 0 = the newest. */
int store_plan_before(const struct store *store, int64_t plan_id, struct plan_base *ret_base,
                      struct err *err) __attribute__((warn_unused_result));

/* A row of either plan, or an account's row in both, that is not the same. */
struct plan_change {
    int64_t before, after; /* positions, from 1; 0 = no row there */
    bool is_new; /* nobody who reviewed the plan before saw this row: there was none of the
                  * account, or a decision about it was about something else */
    bool done;   /* it went because its act was done in the meantime */
};

/* Rows of the later plan in their order, then those that went. `before` is the earlier plan. */
int store_plan_changes(const struct store *store, struct arena *arena, int64_t before,
                       int64_t after, struct plan_change **ret_change, size_t *ret_count,
                       struct err *err) __attribute__((warn_unused_result));

/* The seats on each day until a plan, its own the last; at most so many days, evenly picked. */
int store_plan_seats(const struct store *store, struct arena *arena, int64_t plan_id, int64_t most,
                     struct plan_seats **ret_seats, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* Sets the country of each row of a stored plan: what its snapshot said of the account, else its
 * roster of the person. A row of which neither is known any more stays as it is. */
int store_plan_countries(const struct store *store, struct arena *arena, struct plan *plan,
                         struct err *err) __attribute__((warn_unused_result));

/* For people (report/audit); the caller clears the results. The newest plans, at most so many. */
int store_ask_plans(const struct store *store, int64_t most, PGresult **ret_result, struct err *err)
    __attribute__((warn_unused_result));

struct plan_pair {
    PGresult *plans;     /* both, the earlier one first */
    PGresult *rows;      /* what store_plan_changes says, in words */
    PGresult *decisions; /* what people decided from the one to the other, and what ended */
};
/* ERR_USAGE when one of them is not there, or its rows are not. */
int store_ask_pair(const struct store *store, int64_t before, int64_t after,
                   struct plan_pair *ret_pair, struct err *err) __attribute__((warn_unused_result));
void plan_pair_release(struct plan_pair *pair);

#endif
