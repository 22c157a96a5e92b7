/*
 * os_user: who is at the keyboard, for the record of approvals.
 */
#ifndef DATABASE_OS_USER_H
#define DATABASE_OS_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

/* The login name of the real user id, under sudo that is root; or of the one whom the kernel says
 * is at the other end of the socket (os_user_is). ERR_INTERNAL for an id without a name. */
int os_user(struct arena *arena, const char **ret_name, struct err *err)
    __attribute__((warn_unused_result));

/* For the rest of the process this one is asking: from SO_PEERCRED and nowhere else. */
void os_user_is(uid_t id);

/* The number of a group of this machine; false: there is none of that name. */
bool os_group(const char *name, gid_t *ret_group);

#endif
