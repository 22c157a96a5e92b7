/*
 * The rights are those that the kernel keeps for files alone (setfsuid(2)): nobody can send us a
 * signal because of them, and they are of this thread only. The groups go with them, or a link
 * would lead to what root's groups may read.
 *
 * A directory is entered by a descriptor, so what was looked at is what is walked through. Rights
 * are never given back on the way: who owns a directory may have moved into it one that is root's.
 * Behind a link of somebody else they stay as they are, or one person's link into another's
 * directory would write there.
 */
#include "host/place.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"

enum { LINKS_MAX = 40, NOBODY = 65534, GROUPS_MAX = 256 };

/* --- rights --- */

/* glibc's setgroups would speak to all threads. */
static int set_groups(size_t count, const gid_t *group)
{
    return (int)syscall(SYS_setgroups, count, group);
}

struct own { /* what we had */
    gid_t group[GROUPS_MAX];
    int group_count; /* -1 = still have */
};

static void give_back(struct own *own)
{
    if (own->group_count < 0)
        return;
    (void)setfsuid(geteuid());
    (void)setfsgid(getegid());
    /* With another's rights for good, or without our own, nothing that follows would be true. */
    if (set_groups((size_t)own->group_count, own->group) < 0 ||
        (uid_t)setfsuid((uid_t)-1) != geteuid())
        abort();
    own->group_count = -1;
}

/* With its groups; who has no name on this machine has none. */
static int take_rights(uid_t uid, struct own *own)
{
    gid_t group[GROUPS_MAX], gid = NOBODY;
    int count = GROUPS_MAX;
    char buffer[16384];
    struct passwd entry, *found = NULL;

    if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found)
        gid = found->pw_gid;
    if (!found || getgrouplist(found->pw_name, gid, group, &count) < 0) {
        count = 1;
        group[0] = gid;
    }
    if (own->group_count < 0)
        own->group_count = getgroups(GROUPS_MAX, own->group);
    if (own->group_count < 0 || set_groups((size_t)count, group) < 0)
        return -1;
    (void)setfsgid(gid);
    (void)setfsuid(uid);
    if ((uid_t)setfsuid((uid_t)-1) == uid && (gid_t)setfsgid((gid_t)-1) == gid)
        return 0;
    errno = EPERM;
    return -1;
}

/* --- the walk --- */

struct walk {
    int fd;           /* the directory that was reached */
    struct text rest; /* what is left of the path */
    uid_t uid;        /* whose rights */
    bool held;        /* behind a link of somebody else: they stay */
    bool is_open;     /* as in struct place */
    int links;
    struct own own;
    place_visit *visit;
    void *context;
};

static void walk_release(struct walk *walk)
{
    give_back(&walk->own);
    cleanup_fd(&walk->fd);
    text_release(&walk->rest);
}

static int become(struct walk *walk, uid_t uid)
{
    if (geteuid() != 0 || uid == walk->uid || uid == 0)
        return 0;
    if (take_rights(uid, &walk->own) < 0)
        return -1;
    walk->uid = uid;
    return 0;
}

static int enter(struct walk *walk, int fd, const struct stat *status, const char *part)
{
    int answer = walk->visit ? walk->visit(walk->context, fd, part) : 0;

    if (answer != 0) {
        errno = answer;
        return -1;
    }
    if (!walk->held && become(walk, status->st_uid) < 0)
        return -1;
    cleanup_fd(&walk->fd);
    walk->fd = fd;
    return 0;
}

static int begin_at(struct walk *walk, const char *path)
{
    CLEANUP(cleanup_fd)
    int fd = open(*path == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0 || enter(walk, fd, &status, "") < 0)
        return -1;
    fd = -1;
    return 0;
}

/* What the link says goes before what is left. */
static int follow(struct walk *walk, int fd, const struct stat *status)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(fd, "", target, sizeof(target) - 1);

    if (length <= 0)
        return -1;
    target[length] = '\0';
    if (++walk->links > LINKS_MAX) {
        errno = ELOOP;
        return -1;
    }
    if (status->st_uid != 0 || walk->uid != 0) {
        walk->held = true;
        if (walk->uid == 0 && become(walk, status->st_uid) < 0)
            return -1;
    }
    CLEANUP(mem_cleanup) char *rest = text_take(&walk->rest);
    text_addf(&walk->rest, "%s%s", target, rest); /* which is empty or begins with its slash */
    return *target == '/' ? begin_at(walk, target) : 0;
}

/* The first part of what is left, taken from it; NULL at the end. malloc'ed. */
static char *next_part(struct walk *walk)
{
    const char *path = text_cstr(&walk->rest), *start = path + strspn(path, "/");
    size_t length = strcspn(start, "/");
    CLEANUP(mem_cleanup) char *part = length > 0 ? mem_strndup(start, length) : NULL;
    CLEANUP(mem_cleanup) char *rest = mem_strdup(start + length);

    text_clear(&walk->rest);
    text_add(&walk->rest, rest);
    return TAKE(part);
}

static bool is_last(const struct walk *walk)
{
    const char *rest = text_cstr(&walk->rest);

    return rest[strspn(rest, "/")] == '\0';
}

/* The text of such a link is no path, and only the kernel can follow it; it asks whether we may. */
static bool is_open_file(int link)
{
    struct statfs system;

    return fstatfs(link, &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

/* 1 when `part` is the name that was looked for. */
static int step(struct walk *walk, const char *part)
{
    CLEANUP(cleanup_fd) int fd = openat(walk->fd, part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;

    if (fd < 0)
        return errno == ENOENT && is_last(walk) ? 1 : -1;
    if (fstat(fd, &status) < 0)
        return -1;
    walk->is_open = S_ISLNK(status.st_mode) && is_last(walk) && is_open_file(fd);
    if (walk->is_open)
        return 1;
    if (S_ISLNK(status.st_mode))
        return follow(walk, fd, &status);
    if (is_last(walk) && (S_ISDIR(status.st_mode) || text_is_empty(text_cstr(&walk->rest))))
        return 1;
    if (!S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        return -1;
    }
    if (enter(walk, fd, &status, part) < 0)
        return -1;
    fd = -1;
    return 0;
}

static int walk_to(struct walk *walk, char **ret_name)
{
    for (;;) {
        CLEANUP(mem_cleanup) char *part = next_part(walk);
        int answer = part ? step(walk, part) : 1;

        if (answer < 0)
            return -1;
        if (answer == 0)
            continue;
        *ret_name = part ? TAKE(part) : mem_strdup(".");
        return 0;
    }
}

int place_find(const char *path, place_visit *visit, void *context, struct place *ret_place)
{
    CLEANUP(walk_release)
    struct walk walk = {
        .fd = -1, .uid = geteuid(), .own = {.group_count = -1}, .visit = visit, .context = context};

    if (!*path) {
        errno = ENOENT;
        return -1;
    }
    text_add(&walk.rest, path);
    if (begin_at(&walk, path) < 0 || walk_to(&walk, &ret_place->name) < 0)
        return -1;
    ret_place->fd = walk.fd;
    ret_place->uid = walk.uid;
    ret_place->is_open = walk.is_open;
    walk.fd = -1;
    return 0;
}

void place_release(struct place *place)
{
    cleanup_fd(&place->fd);
    free(place->name);
    *place = PLACE_NONE;
}

/* --- in the place --- */

/* For the rest of the scope; -1 when they cannot be had. */
static int enter_rights(const struct place *place, struct own *own)
{
    return place->uid == geteuid() ? 0 : take_rights(place->uid, own);
}

int place_open(const struct place *place, int flags, mode_t mode)
{
    CLEANUP(give_back) struct own own = {.group_count = -1};

    if (enter_rights(place, &own) < 0)
        return -1;
    return openat(place->fd, place->name, flags | (place->is_open ? 0 : O_NOFOLLOW) | O_CLOEXEC,
                  mode);
}

int place_make_directory(const struct place *place, mode_t mode)
{
    CLEANUP(give_back) struct own own = {.group_count = -1};

    if (enter_rights(place, &own) < 0 || mkdirat(place->fd, place->name, 0700) < 0)
        return -1;
    /* Whatever the umask is; still with those rights: another directory may be there by now. */
    CLEANUP(cleanup_fd)
    int fd = openat(place->fd, place->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -1 : fchmod(fd, mode);
}

int place_rename(const struct place *place, const char *from, const char *to, bool replaces)
{
    CLEANUP(give_back) struct own own = {.group_count = -1};

    if (enter_rights(place, &own) < 0)
        return -1;
    return renameat2(place->fd, from, place->fd, to, replaces ? 0 : RENAME_NOREPLACE);
}

int place_remove(const struct place *place, const char *name)
{
    CLEANUP(give_back) struct own own = {.group_count = -1};

    return enter_rights(place, &own) < 0 ? -1 : unlinkat(place->fd, name, 0);
}

int place_sync(const struct place *place)
{
    CLEANUP(give_back) struct own own = {.group_count = -1};

    if (enter_rights(place, &own) < 0)
        return -1;
    CLEANUP(cleanup_fd) int fd = openat(place->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -1 : fsync(fd);
}
