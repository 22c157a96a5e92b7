/*
 * In the sandbox of a unit (PrivateUsers=) the kernel gives every user but root and our own, and
 * every such group, as nobody. Who that is cannot be told there: where somebody is named as a
 * writer it is taken for them, for the directories still let nobody else in that way, and by hand
 * `check` sees the true one.
 */
#include "host/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "host/command.h"
#include "host/file.h"
#include "host/place.h"

enum { NOBODY = 65534, WRITABLE = 022, OTHERS = 07, SOME_USERS = 1000 };

/* --- who --- */

/* How many numbers the kernel tells apart here (user_namespaces(7)), and whether `id` is one of
 * them: `map` is uid_map or gid_map. False: it could not be read. */
static bool read_map(const char *map, unsigned id, unsigned long *ret_count, bool *ret_has)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(text_release) struct text path = TEXT_INIT;

    *ret_count = 0;
    *ret_has = false;
    text_addf(&path, "/proc/self/%s", map);
    if (file_read(text_cstr(&path), 4096, ERR_INTERNAL, &text, NULL, NULL) < 0)
        return false;
    for (const char *at = text_cstr(&text); *at;) { /* inside, outside, how many */
        unsigned long number[3];
        for (size_t i = 0; i < COUNT_OF(number); i++) {
            char *end = NULL;
            number[i] = strtoul(at, &end, 10);
            if (end == at)
                return *ret_count > 0;
            at = end;
        }
        *ret_has |= id >= number[0] && id - number[0] < number[2];
        *ret_count += number[2];
        at += strspn(at, " \n");
    }
    return *ret_count > 0;
}

/* Whether the number may stand for anybody here. */
static bool is_hidden(const char *map, unsigned id)
{
    unsigned long count;
    bool has;

    return id == NOBODY && read_map(map, id, &count, &has) && !has;
}

bool trust_owners_are_hidden(void)
{
    unsigned long count;
    bool has;

    return !read_map("uid_map", 0, &count, &has) || count < SOME_USERS;
}

static bool is_user(const char *name, uid_t uid)
{
    const struct passwd *entry = getpwnam(name);
    int64_t number;

    return entry ? entry->pw_uid == uid
                 : parse_int(name, 0, UINT32_MAX - 1, &number) && (uid_t)number == uid;
}

static bool is_group(const char *name, gid_t gid)
{
    const struct group *entry = getgrnam(name);

    return entry && entry->gr_gid == gid;
}

/* Whether the user is in the group, as the password file says. */
static bool is_member(const char *name, uid_t uid)
{
    const struct passwd *user = getpwuid(uid);
    CLEANUP(mem_cleanup) char *who = user ? mem_strdup(user->pw_name) : NULL;
    gid_t own = user ? user->pw_gid : 0;
    const struct group *group = who ? getgrnam(name) : NULL;

    if (!group)
        return false;
    for (char **member = group->gr_mem; *member; member++) {
        if (text_equal(*member, who))
            return true;
    }
    return group->gr_gid == own;
}

static bool may_own(const struct trust *trust, uid_t uid)
{
    if (uid == 0 || uid == geteuid() || (trust->service && is_user(COMMAND_SERVICE_USER, uid)))
        return true;
    if (trust->writer_count > 0 && is_hidden("uid_map", uid))
        return true;
    for (size_t i = 0; i < trust->writer_count; i++) {
        const char *writer = trust->writer[i];
        if (*writer == '@' ? is_member(writer + 1, uid) : is_user(writer, uid))
            return true;
    }
    return false;
}

static bool may_group_write(const struct trust *trust, gid_t gid)
{
    bool hidden = is_hidden("gid_map", gid);

    if (gid == 0)
        return true;
    for (size_t i = 0; i < trust->writer_count; i++) {
        const char *writer = trust->writer[i];
        if (*writer == '@' && (hidden || is_group(writer + 1, gid)))
            return true;
    }
    return false;
}

/* --- what --- */

static const char *name_of_user(uid_t uid)
{
    const struct passwd *entry = getpwuid(uid);

    return entry ? entry->pw_name : "without a name";
}

static const char *name_of_group(gid_t gid)
{
    const struct group *entry = getgrgid(gid);

    return entry ? entry->gr_name : "without a name";
}

/* The bits that are too much. */
static mode_t excess(const struct trust *trust, const struct stat *status, mode_t forbidden)
{
    mode_t bits = status->st_mode & forbidden;

    if (forbidden == WRITABLE && bits == S_IWGRP && may_group_write(trust, status->st_gid))
        return 0;
    return bits;
}

static void add_command(struct text *out, const char *option, const char *path)
{
    CLEANUP(text_release) struct text quoted = TEXT_INIT;

    command_quote(&quoted, path);
    text_addf(out, "chmod %s %s", option, text_cstr(&quoted));
}

static int refuse_mode(const struct trust *trust, const struct stat *status, const char *path,
                       bool secret, struct err *err)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;
    bool all = status->st_mode & S_IWOTH;

    if (secret) {
        add_command(&command, "0600", path);
        return err_set(err, trust->code, "%s '%s' is open to others (mode %04o); hint: '%s'",
                       trust->what, path, (unsigned)(status->st_mode & 07777), text_cstr(&command));
    }
    add_command(&command, all ? "go-w" : "g-w", path);
    if (all)
        return err_set(err, trust->code,
                       "%s '%s' may be written by anybody (mode %04o); hint: look whether it says "
                       "what it should, then '%s'",
                       trust->what, path, (unsigned)(status->st_mode & 07777), text_cstr(&command));
    return err_set(err, trust->code,
                   "%s '%s' may be written by the group %u (%s); hint: look whether it says what "
                   "it should, then '%s'%s%s",
                   trust->what, path, (unsigned)status->st_gid, name_of_group(status->st_gid),
                   text_cstr(&command), trust->setting ? ", or name the group with an @ in " : "",
                   trust->setting ? trust->setting : "");
}

/* To root, whom all may believe; a secret to who has to read it. */
static int refuse_owner(const struct trust *trust, const struct stat *status, const char *path,
                        bool secret, struct err *err)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;
    const struct passwd *reader = getpwuid(geteuid());

    if (secret && !reader)
        text_addf(&command, "chown %u ", (unsigned)geteuid());
    else
        text_addf(&command, "chown %s ", secret ? reader->pw_name : "root");
    command_quote(&command, path);
    return err_set(err, trust->code,
                   "%s '%s' belongs to user %u (%s), neither to root nor to the user the program "
                   "runs as; hint: look whether it says what it should, then '%s'%s%s",
                   trust->what, path, (unsigned)status->st_uid, name_of_user(status->st_uid),
                   text_cstr(&command), trust->setting ? ", or name who that is in " : "",
                   trust->setting ? trust->setting : "");
}

static int judge(const struct trust *trust, int fd, const char *path, struct err *err)
{
    mode_t forbidden = trust->forbidden ? trust->forbidden : WRITABLE;
    struct stat status;

    if (fstat(fd, &status) < 0)
        return err_set_errno(err, trust->code, errno, "cannot look at %s '%s'", trust->what, path);
    if (S_ISDIR(status.st_mode))
        return err_set(err, trust->code, "%s '%s' is a directory, a file is expected", trust->what,
                       path);
    if (!S_ISREG(status.st_mode))
        return err_set(err, trust->code, "%s '%s' is not a regular file", trust->what, path);
    if (!may_own(trust, status.st_uid))
        return refuse_owner(trust, &status, path, forbidden != WRITABLE, err);
    return excess(trust, &status, forbidden)
               ? refuse_mode(trust, &status, path, forbidden != WRITABLE, err)
               : 0;
}

/* --- the directories --- */

struct looking {
    const struct trust *trust;
    const char *path;
    struct err *err;
    bool refused;
};

static void add_name(struct text *out, int fd, const char *part)
{
    CLEANUP(text_release) struct text link = TEXT_INIT;
    char name[4096];

    text_addf(&link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(text_cstr(&link), name, sizeof(name) - 1);
    name[length > 0 ? length : 0] = '\0';
    text_add(out, length > 0 ? name : part);
}

/* Who owns a directory replaces what is in it, sticky or not. */
static void refuse_directory_owner(const struct looking *looking, const struct stat *status,
                                   const char *directory)
{
    const struct trust *trust = looking->trust;
    CLEANUP(text_release) struct text quoted = TEXT_INIT;

    command_quote(&quoted, directory);
    (void)err_set(looking->err, trust->code,
                  "%s '%s' could be replaced by user %u (%s), to whom the directory '%s' belongs; "
                  "hint: look whether it says what it should, then 'chown root %s', or put it into "
                  "another directory%s%s",
                  trust->what, looking->path, (unsigned)status->st_uid,
                  name_of_user(status->st_uid), directory, text_cstr(&quoted),
                  trust->setting ? ", or name who that is in " : "",
                  trust->setting ? trust->setting : "");
}

static void refuse_directory_mode(const struct looking *looking, const struct stat *status,
                                  const char *directory)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;
    bool all = status->st_mode & S_IWOTH;

    add_command(&command, all ? "go-w" : "g-w", directory);
    (void)err_set(looking->err, looking->trust->code,
                  "%s '%s' could be replaced by %s, who may write the directory '%s' (mode %04o, "
                  "group %s); hint: look whether it says what it should, then '%s'",
                  looking->trust->what, looking->path, all ? "anybody" : "its group", directory,
                  (unsigned)(status->st_mode & 07777), name_of_group(status->st_gid),
                  text_cstr(&command));
}

static int look_at_directory(void *context, int fd, const char *part)
{
    struct looking *looking = context;
    CLEANUP(text_release) struct text directory = TEXT_INIT;
    struct stat status;

    if (fstat(fd, &status) < 0)
        return errno;
    bool owned = may_own(looking->trust, status.st_uid);
    if (owned && ((status.st_mode & S_ISVTX) || !excess(looking->trust, &status, WRITABLE)))
        return 0;
    add_name(&directory, fd, part);
    if (owned)
        refuse_directory_mode(looking, &status, text_cstr(&directory));
    else
        refuse_directory_owner(looking, &status, text_cstr(&directory));
    looking->refused = true;
    return EPERM;
}

int trust_open(const char *path, const struct trust *trust, int *ret_fd, struct err *err)
{
    CLEANUP(place_release) struct place place = PLACE_NONE;
    CLEANUP(cleanup_fd) int fd = -1;
    struct looking looking = {.trust = trust, .path = path, .err = err};

    if (place_find(path, look_at_directory, &looking, &place) == 0)
        fd = place_open(&place, FILE_TO_READ, 0);
    if (looking.refused)
        return -1;
    if (fd < 0)
        return err_set_errno(err, trust->code, errno, "cannot open %s '%s'", trust->what, path);
    if (judge(trust, fd, path, err) < 0)
        return -1;
    *ret_fd = fd;
    fd = -1;
    return 0;
}

int trust_directory(const char *path, const struct trust *trust, struct place *ret_place,
                    struct err *err)
{
    CLEANUP(mem_cleanup) char *inside = file_join(path, ".");
    struct looking looking = {.trust = trust, .path = path, .err = err};

    if (place_find(inside, look_at_directory, &looking, ret_place) == 0)
        return 0;
    if (looking.refused)
        return -1;
    return err_set_errno(err, trust->code, errno, "cannot open %s '%s'", trust->what, path);
}
