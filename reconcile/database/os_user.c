/*
 * SUDO_UID is believed of root only: anybody can set a variable, but only root runs sudo's children
 * with an effective id of 0. The number counts, not SUDO_USER: it is what the kernel knew.
 */
#include "database/os_user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/parse.h"

int os_user(struct arena *arena, const char **ret_name, struct err *err)
{
    const char *sudo = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
    int64_t id = getuid();

    if (sudo && !parse_int(sudo, 0, INT32_MAX, &id))
        return err_set(err, ERR_INTERNAL, "SUDO_UID '%s' is no user id", sudo);
    errno = 0;
    const struct passwd *entry = getpwuid((uid_t)id);
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
