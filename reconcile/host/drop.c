/*
 * Whose a file is is asked without opening it, so it is known of one that cannot be read, and
 * nothing of a stranger's is opened. What is then opened must be that very file, and is judged by
 * its descriptor before and after it is read, so what was judged is what was read. A second name (a
 * hard link) is how a file of somebody else's could be brought here, so it has one name alone.
 */
#include "host/drop.h"

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
#include "base/limits.h"
#include "base/mem.h"
#include "host/command.h"
#include "host/file.h"
#include "host/trust.h"

enum { NOBODY = 65534, WRITABLE = 022, ANSWER_MODE = 0640 };

/* As the drop-in of the package's examples makes it. */
static int refuse_missing(const char *path, struct err *err)
{
    const struct passwd *service = getpwnam(COMMAND_SERVICE_USER);
    const struct group *reviewers = getgrnam(COMMAND_REVIEWERS);
    CLEANUP(text_release) struct text quoted = TEXT_INIT;

    command_quote(&quoted, path);
    return err_set(err, ERR_CONFIG,
                   "the directory of decisions '%s' is not there; hint: bring it back, or 'install "
                   "-d -m 1770 -o %s -g %s %s'",
                   path, service ? COMMAND_SERVICE_USER : "root",
                   reviewers ? COMMAND_REVIEWERS : "root", text_cstr(&quoted));
}

int drop_open(const char *path, struct drop *ret_drop, struct err *err)
{
    static const struct trust trust = {
        .what = "the directory of decisions", .code = ERR_CONFIG, .service = true};
    CLEANUP(drop_release) struct drop drop = {.path = path, .place = PLACE_NONE};
    CLEANUP(text_release) struct text quoted = TEXT_INIT;
    struct stat status;

    command_quote(&quoted, path);
    if (trust_owners_are_hidden())
        return err_set(err, ERR_CONFIG,
                       "whose files are in '%s' is hidden from this service (PrivateUsers=), so "
                       "nobody would decide by them; hint: the drop-in 'inbox.conf' of the "
                       "package's examples lets it see that",
                       path);
    if (trust_directory(path, &trust, &drop.place, err) < 0)
        return file_look(path, &status) < 0 && errno == ENOENT ? refuse_missing(path, err) : -1;
    if (fstat(drop.place.fd, &status) < 0)
        return err_set_errno(err, ERR_CONFIG, errno, "cannot look at '%s'", path);
    if (status.st_uid != drop.place.uid)
        return err_set(err, ERR_CONFIG,
                       "the directory of decisions '%s' belongs to user %u, and the program could "
                       "not take files out of it; hint: 'chown %u %s'",
                       path, (unsigned)status.st_uid, (unsigned)drop.place.uid, text_cstr(&quoted));
    if (status.st_mode & S_IWOTH)
        return err_set(err, ERR_CONFIG,
                       "the directory of decisions '%s' may be written by anybody (mode %04o); "
                       "hint: 'chmod 1770 %s', with the group of the approvers",
                       path, (unsigned)(status.st_mode & 07777), text_cstr(&quoted));
    *ret_drop = drop;
    drop.place = PLACE_NONE;
    return 0;
}

void drop_release(struct drop *drop)
{
    place_release(&drop->place);
}

void drop_file_release(struct drop_file *file)
{
    text_release(&file->content);
}

/* The place of a name in it. */
static struct place in(const struct drop *drop, const char *name)
{
    return (struct place){
        .fd = drop->place.fd, .uid = drop->place.uid, .name = (char *)(uintptr_t)name};
}

static int open_in(const struct drop *drop, const char *name, int flags, mode_t mode)
{
    const struct place place = in(drop, name);

    return place_open(&place, flags, mode);
}

static struct instant written_at(const struct stat *status)
{
    return (struct instant){.us = (int64_t)status->st_mtim.tv_sec * SECOND_US +
                                  status->st_mtim.tv_nsec / 1000};
}

static const char *why_not(const struct drop_file *file)
{
    if (S_ISLNK(file->status.st_mode))
        return "it is a link: put the file itself here";
    return S_ISREG(file->status.st_mode) ? NULL : "it is no regular file";
}

const char *drop_why_not_owners(struct arena *arena, const struct drop_file *file)
{
    if (!(file->status.st_mode & WRITABLE))
        return NULL;
    return arena_printf(arena,
                        "others than its owner may write it (mode %04o), so it is not known whose "
                        "word it is: 'chmod go-w', and put it here again",
                        (unsigned)(file->status.st_mode & 07777));
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool has_changed(int fd, const struct stat *before)
{
    struct stat now;

    return fstat(fd, &now) < 0 || now.st_size != before->st_size ||
           now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != before->st_mtim.tv_nsec ||
           now.st_ctim.tv_sec != before->st_ctim.tv_sec ||
           now.st_ctim.tv_nsec != before->st_ctim.tv_nsec;
}

static enum drop_fate refuse(struct drop_file *file, const char *why)
{
    file->why = why;
    return DROP_REFUSED;
}

static int look_at(const struct drop *drop, const char *name, struct stat *ret_status)
{
    CLEANUP(cleanup_fd) int fd = open_in(drop, name, O_PATH, 0);

    return fd < 0 ? -1 : fstat(fd, ret_status);
}

bool drop_knows_user(const char *name)
{
    return getpwnam(name) != NULL;
}

enum drop_fate drop_look(const struct drop *drop, struct arena *arena, const char *name,
                         struct drop_file *ret_file)
{
    *ret_file = (struct drop_file){.name = name, .content = TEXT_INIT};
    struct stat *status = &ret_file->status;
    if (look_at(drop, name, status) < 0 || S_ISDIR(status->st_mode))
        return DROP_LEFT;
    ret_file->is_own = status->st_uid == drop->place.uid;
    ret_file->written = written_at(status);
    if (status->st_nlink != 1)
        return refuse(ret_file, "it has a second name (a hard link), so whoever put it here need "
                                "not be its owner: copy it");
    if (status->st_uid == NOBODY)
        return refuse(ret_file, "it belongs to nobody, or its owner is hidden from the service "
                                "(PrivateUsers=), so nobody decides by it");
    const struct passwd *owner = getpwuid(status->st_uid);
    if (!owner || !owner->pw_name[0]) {
        ret_file->is_nameless = true;
        ret_file->who = arena_printf(arena, "user %u", (unsigned)status->st_uid);
        return refuse(ret_file, arena_printf(arena, "its owner, %s, has no name on this machine",
                                             ret_file->who));
    }
    ret_file->who = arena_strdup(arena, owner->pw_name);
    return DROP_READ;
}

enum drop_fate drop_read(const struct drop *drop, struct arena *arena, struct instant now,
                         struct drop_file *file)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const char *why = why_not(file);
    int64_t age = now.us - file->written.us;
    struct stat status;

    if (!why && !file->is_signed)
        why = drop_why_not_owners(arena, file);
    if (why)
        return refuse(file, why);
    if (age >= 0 && age < DROP_QUIET_US)
        return DROP_LEFT;
    CLEANUP(cleanup_fd) int fd = open_in(drop, file->name, FILE_TO_READ, 0);
    if (fd < 0 && errno == EACCES)
        return refuse(file, "the program may not read it: 'chmod a+r' (the directory keeps "
                            "strangers out)");
    if (fd < 0)
        return refuse(file, arena_printf(arena, "it cannot be opened: %s", strerrordesc_np(errno)));
    if (fstat(fd, &status) < 0 || !is_same(&status, &file->status))
        return DROP_LEFT;
    if (file_read_opened(fd, file->name, LIMIT_HTTP_BODY, ERR_USAGE, &file->content, NULL, &err) <
        0)
        return refuse(file, arena_strdup(arena, err.text));
    return has_changed(fd, &file->status) ? DROP_LEFT : DROP_READ;
}

int drop_peek(const struct drop *drop, const char *name, struct text *ret_text,
              struct instant *ret_written)
{
    CLEANUP(cleanup_fd) int fd = open_in(drop, name, FILE_TO_READ, 0);
    struct stat status;

    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
        return 1;
    if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        return -1;
    *ret_written = written_at(&status);
    return file_read_opened(fd, name, LIMIT_HTTP_BODY, ERR_USAGE, ret_text, NULL, NULL);
}

int drop_put(const struct drop *drop, const char *name, const struct text *content, struct err *err)
{
    if (drop_remove(drop, name, err) < 0)
        return -1;
    CLEANUP(cleanup_fd)
    int fd = open_in(drop, name, O_WRONLY | O_CREAT | O_EXCL, ANSWER_MODE);

    if (fd < 0 || fchmod(fd, ANSWER_MODE) < 0 ||
        write(fd, text_cstr(content), content->length) != (ssize_t)content->length)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot write '%s/%s'", drop->path, name);
    return 0;
}

/* Who owns the file may put another one in its name at any moment: what was not read is given its
 * name back. */
int drop_set_aside(const struct drop *drop, const struct drop_file *file, const char *to,
                   bool *ret_replaced, struct err *err)
{
    const struct place place = in(drop, file->name);
    struct stat status;

    *ret_replaced = false;
    if (place_rename(&place, file->name, to, true) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot rename '%s/%s'", drop->path,
                             file->name);
    if (look_at(drop, to, &status) == 0 && is_same(&status, &file->status))
        return 0;
    *ret_replaced = true;
    if (place_rename(&place, to, file->name, false) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno,
                             "'%s/%s' was replaced while it was read, and is called '%s' now",
                             drop->path, file->name, to);
    return err_set(err, ERR_INTERNAL, "'%s/%s' was replaced while it was read", drop->path,
                   file->name);
}

int drop_remove(const struct drop *drop, const char *name, struct err *err)
{
    const struct place place = in(drop, name);

    if (place_remove(&place, name) < 0 && errno != ENOENT)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot remove '%s/%s'", drop->path, name);
    return 0;
}
