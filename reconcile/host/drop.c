/*
 * A file is judged by its descriptor before and after it is read, so what was judged is what was
 * read, and one that somebody is still writing waits for the next time. A second name (a hard link)
 * is how a file of somebody else's could be brought here, so it has one name alone.
 */
#include "host/drop.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "host/file.h"
#include "host/trust.h"

enum { NOBODY = 65534, WRITABLE = 022, ANSWER_MODE = 0640 };

#define QUIET_US (10 * SECOND_US) /* what was written since may be written on */

int drop_open(const char *path, struct drop *ret_drop, struct err *err)
{
    static const struct trust trust = {
        .what = "the directory of decisions", .code = ERR_CONFIG, .service = true};
    CLEANUP(drop_release) struct drop drop = {.path = path, .place = PLACE_NONE};
    struct stat status;

    if (trust_owners_are_hidden())
        return err_set(err, ERR_CONFIG,
                       "whose files are in '%s' is hidden from this service (PrivateUsers=), so "
                       "nobody would decide by them; hint: the drop-in 'inbox.conf' of the "
                       "package's examples lets it see that",
                       path);
    if (trust_directory(path, &trust, &drop.place, err) < 0)
        return -1;
    if (fstat(drop.place.fd, &status) < 0)
        return err_set_errno(err, ERR_CONFIG, errno, "cannot look at '%s'", path);
    if (status.st_uid != drop.place.uid)
        return err_set(err, ERR_CONFIG,
                       "the directory of decisions '%s' belongs to user %u, and the program could "
                       "not take files out of it; hint: 'chown %u %s'",
                       path, (unsigned)status.st_uid, (unsigned)drop.place.uid, path);
    if (status.st_mode & S_IWOTH)
        return err_set(err, ERR_CONFIG,
                       "the directory of decisions '%s' may be written by anybody (mode %04o); "
                       "hint: 'chmod 1770 %s', with the group of the approvers",
                       path, (unsigned)(status.st_mode & 07777), path);
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

static const char *why_not(struct arena *arena, const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return "it is no regular file";
    if (status->st_nlink != 1)
        return "it has a second name (a hard link), so whoever put it here need not be its owner: "
               "copy it";
    if (status->st_mode & WRITABLE)
        return arena_printf(arena,
                            "others than its owner may write it (mode %04o), so it is not known "
                            "whose word it is: 'chmod go-w', and put it here again",
                            (unsigned)(status->st_mode & 07777));
    if (status->st_uid == NOBODY)
        return "it belongs to nobody, or its owner is hidden from the service (PrivateUsers=), so "
               "nobody decides by it";
    return NULL;
}

static const char *why_not_opened(int failure)
{
    if (failure == ELOOP)
        return "it is a link: put the file itself here";
    if (failure == EACCES)
        return "the program may not read it: 'chmod a+r' (the directory keeps strangers out), and "
               "put it here again";
    return NULL;
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

static enum drop_fate judge(const struct drop *drop, struct arena *arena, const struct stat *status,
                            struct instant now, struct drop_file *file)
{
    const char *why = why_not(arena, status);
    int64_t age = now.us - written_at(status).us;

    file->uid = status->st_uid;
    file->is_own = status->st_uid == drop->place.uid;
    file->written = written_at(status);
    if (why)
        return refuse(file, why);
    if (age >= 0 && age < QUIET_US)
        return DROP_LEFT;
    const struct passwd *owner = getpwuid(status->st_uid);
    if (!owner || !owner->pw_name[0])
        return refuse(file, arena_printf(arena, "its owner, user %u, has no name on this machine",
                                         (unsigned)status->st_uid));
    file->who = arena_strdup(arena, owner->pw_name);
    return DROP_READ;
}

enum drop_fate drop_read(const struct drop *drop, struct arena *arena, const char *name,
                         struct instant now, struct drop_file *ret_file)
{
    CLEANUP(cleanup_fd) int fd = open_in(drop, name, FILE_TO_READ, 0);
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct stat status;

    *ret_file = (struct drop_file){.content = TEXT_INIT};
    if (fd < 0) {
        ret_file->why = why_not_opened(errno);
        return ret_file->why ? DROP_REFUSED : DROP_LEFT;
    }
    if (fstat(fd, &status) < 0 || S_ISDIR(status.st_mode))
        return DROP_LEFT;
    enum drop_fate fate = judge(drop, arena, &status, now, ret_file);
    if (fate != DROP_READ)
        return fate;
    if (file_read_opened(fd, name, LIMIT_HTTP_BODY, ERR_USAGE, &ret_file->content, NULL, &err) < 0)
        return refuse(ret_file, arena_strdup(arena, err.text));
    return has_changed(fd, &status) ? DROP_LEFT : DROP_READ;
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
    CLEANUP(cleanup_fd)
    int fd = open_in(drop, name, O_WRONLY | O_CREAT | O_EXCL, ANSWER_MODE);

    if (fd < 0 || fchmod(fd, ANSWER_MODE) < 0 ||
        write(fd, text_cstr(content), content->length) != (ssize_t)content->length)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot write '%s/%s'", drop->path, name);
    return 0;
}

int drop_set_aside(const struct drop *drop, const char *name, const char *to, struct err *err)
{
    const struct place place = in(drop, name);

    return place_rename(&place, name, to, true) == 0 ? 0 : drop_remove(drop, name, err);
}

int drop_remove(const struct drop *drop, const char *name, struct err *err)
{
    const struct place place = in(drop, name);

    if (place_remove(&place, name) < 0 && errno != ENOENT)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot remove '%s/%s'", drop->path, name);
    return 0;
}
