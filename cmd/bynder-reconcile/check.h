/*
 * check: what a run needs, looked at one after the other; for `check` and for the end of `init`.
 */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H

#include "cmd/bynder-reconcile/session.h"

/* One line for each on standard output; the exit code of the first that failed, else 0. */
int check_all(const struct invocation *invocation, const struct config *config, struct err *err);

#endif
