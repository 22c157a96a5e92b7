/*
 * admins: the administrators of the portal, counted once more before one of them is taken away
 * (G9). The list of the run says who they were; others may have been demoted or suspended since.
 */
#ifndef JOB_ADMINS_H
#define JOB_ADMINS_H

#include "job/act.h"

/* How many readings a recount before this row takes at best; 0 = none is made: the row takes no
 * administrator away, or a person overrode G9 for it. */
size_t admins_to_read(struct acting *acting, const struct plan_row *row);

/* Reads other administrators one by one, until as many as limits.min_admins are found active.
 * *ret_reason: a sentence when there are not so many, else NULL. */
int admins_recount(struct acting *acting, const struct plan_row *row, const char **ret_reason,
                   struct err *err) __attribute__((warn_unused_result));

#endif
