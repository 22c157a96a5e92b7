/*
 * desk: reviewing without root. Whoever decides runs the program as themselves; it hands the words
 * and its open files to the service, over a socket that a group of this machine may connect to, and
 * the service does what was asked, as its own user, for the uid that the kernel says is there.
 */
#ifndef CMD_DESK_H
#define CMD_DESK_H

#include "cmd/bynder-reconcile/options.h"

#define DESK_DIRECTORY "/run/bynder-reconcile/"

/* The socket of the service for what was asked, or NULL: it is done by this process itself. That is
 * so for root and the service's own user, for verbs that are not for reviewers, and where the
 * configuration has no desk. --desk names one. For what is about many portals it is the directory
 * of all sockets, and this process asks each (invocation.desks). Arena. */
const char *desk_for(struct arena *arena, const struct command_line *line);
bool desk_is_many(const char *desk, const struct invocation *asked);

/* Asks there. Files are opened, read and written by this process. The exit code of what was done;
 * on a failure of ours it is that of err. */
int desk_ask(const char *socket, const struct command_line *line, struct err *err);

/* Of which portal the service at that socket is. Arena. */
int desk_portal(const char *socket, struct arena *arena, const char **ret_portal, struct err *err)
    __attribute__((warn_unused_result));
/* `approve PLAN --digest DIGEST` there, with --spread, --nightly and --reason of `terms`: as
 * desk_ask. */
int desk_approve(const char *socket, const struct invocation *terms, const char *plan,
                 const char *digest, struct err *err);

#endif
