/*
 * store/plan_change: what is not the same in two stored plans, and with which one a plan is
 * compared when nobody says: what was reviewed need not be reviewed again.
 */
#ifndef STORE_PLAN_CHANGE_H
#define STORE_PLAN_CHANGE_H

#include "store/store.h"

/* The plan that another one is compared with: the newest earlier one that somebody decided about a
 * row of, else the one before. */
struct plan_base {
    int64_t plan_id; /* 0 = there is none whose rows are still there */
    struct day today;
    bool decided; /* somebody decided about a row of it; false: it is the one before */
};

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

#endif
