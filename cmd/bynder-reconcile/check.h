/*
 * check: what a run needs, looked at one after the other; for `check` and for the end of `init`.
 */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H

#include "cmd/bynder-reconcile/session.h"
#include "facts/portal.h"

/* One line for each on standard output; the exit code of the first that failed, else 0. */
int check_all(const struct invocation *invocation, const struct config *config, struct err *err);

/* The profiles and their classes of seats: of the newest reading, else of the portal, when it lists
 * no more accounts than can be read at once; else nothing. portal NULL: it does not answer. */
int check_seats(const struct config *config, struct arena *arena, const struct portal *portal,
                int64_t listed, struct err *err) __attribute__((warn_unused_result));

#endif
