/*
 * What the kernel says, and nothing else: the uid of this process, or that of the other end of a
 * socket. A variable of the environment is set by anybody who starts the program.
 */
#include "database/os_user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
    bool known;
    uid_t id;
} peer;

void os_user_is(uid_t id)
{
    peer.known = true;
    peer.id = id;
}

int os_user(struct arena *arena, const char **ret_name, struct err *err)
{
    uid_t id = peer.known ? peer.id : getuid();

    errno = 0;
    const struct passwd *entry = getpwuid(id);
    if (!entry || !entry->pw_name[0])
        return err_set(err, ERR_INTERNAL, "user id %lld has no name on this machine",
                       (long long)id);
    *ret_name = arena_strdup(arena, entry->pw_name);
    return 0;
}

bool os_group(const char *name, gid_t *ret_group)
{
    const struct group *entry = getgrnam(name);

    if (entry)
        *ret_group = entry->gr_gid;
    return entry != NULL;
}
