/*
 * os_user: who is at the keyboard, for the record of approvals.
 */
#ifndef DATABASE_OS_USER_H
#define DATABASE_OS_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

/* The login name of the invoking user: under sudo (effective root and SUDO_UID set) the one who
 * called sudo, else the real user id's. ERR_INTERNAL for an id without a name. */
int os_user(struct arena *arena, const char **ret_name, struct err *err)
    __attribute__((warn_unused_result));

/* The number of a group of this machine; false: there is none of that name. */
bool os_group(const char *name, gid_t *ret_group);

#endif
