/*
 * Reading takes a file as it is at one moment: one that changes while it is read is refused, for
 * half of an upload looks like a whole file. Writing never touches the file that is there: a
 * complete, synced one takes its name, so a reader sees the old content or the new, at a power cut
 * too.
 */
#include "host/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"

static int check_readable(int fd, const char *path, size_t limit, enum err_code code,
                          struct stat *ret_status, struct err *err)
{
    if (fstat(fd, ret_status) < 0)
        return err_set_errno(err, code, errno, "cannot look at '%s'", path);
    if (S_ISDIR(ret_status->st_mode))
        return err_set(err, code, "'%s' is a directory, a file is expected", path);
    if (!S_ISREG(ret_status->st_mode))
        return err_set(err, code, "'%s' is not a regular file", path);
    if (ret_status->st_size > 0 && (uintmax_t)ret_status->st_size > limit)
        return err_set(err, code, "'%s' is larger than %zu bytes", path, limit);
    return 0;
}

static bool is_same_moment(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Appends until the end of the file or one byte over the limit. */
static int append_all(int fd, const char *path, size_t limit, size_t expected, enum err_code code,
                      struct text *text, struct err *err)
{
    enum { STEP = 65536 };
    size_t total = 0, size = expected > 0 && expected < limit ? expected + 1 : STEP;
    CLEANUP(mem_cleanup) char *buffer = NULL;

    size = size < 16 * STEP ? size : 16 * STEP;
    buffer = mem_alloc(size);
    for (;;) {
        ssize_t got = read(fd, buffer, size);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, code, errno, "cannot read '%s'", path);
        if (got == 0)
            return 0;
        total += (size_t)got;
        if (total > limit)
            return err_set(err, code, "'%s' is larger than %zu bytes", path, limit);
        text_add_bytes(text, buffer, (size_t)got);
    }
}

static int read_whole(const char *path, size_t limit, enum err_code code, struct text *text,
                      struct instant *ret_modified, struct err *err)
{
    CLEANUP(cleanup_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat before, after;

    if (fd < 0)
        return err_set_errno(err, code, errno, "cannot open '%s'", path);
    if (check_readable(fd, path, limit, code, &before, err) < 0 ||
        append_all(fd, path, limit, (size_t)before.st_size, code, text, err) < 0 ||
        check_readable(fd, path, limit, code, &after, err) < 0)
        return -1;
    if (!is_same_moment(&before, &after))
        return err_set(err, code,
                       "'%s' changed while it was read; hint: it should be put in place by a "
                       "rename when it is complete",
                       path);
    if (ret_modified)
        *ret_modified =
            (struct instant){.us = after.st_mtim.tv_sec * SECOND_US + after.st_mtim.tv_nsec / 1000};
    return 0;
}

int file_read(const char *path, size_t limit, enum err_code code, struct text *ret_text,
              struct instant *ret_modified, struct err *err)
{
    struct text text = TEXT_INIT;

    if (read_whole(path, limit, code, &text, ret_modified, err) < 0) {
        text_release(&text);
        return -1;
    }
    if (ret_text->length == 0) { /* the usual case takes the memory over, a roster may be large */
        text_release(ret_text);
        *ret_text = text;
        return 0;
    }
    text_add_bytes(ret_text, text_cstr(&text), text.length);
    text_release(&text);
    return 0;
}

/* The name that is to be replaced: a link stays and what it leads to is replaced. Anything but a
 * regular file (a device, a pipe) would be lost to a rename and is refused. */
static int find_target(const char *path, char **ret_target, struct err *err)
{
    CLEANUP(mem_cleanup) char *target = NULL;
    struct stat status;

    if (lstat(path, &status) < 0) {
        if (errno != ENOENT)
            return err_set_errno(err, ERR_INTERNAL, errno, "cannot write '%s'", path);
        *ret_target = mem_strdup(path);
        return 0;
    }
    if (S_ISLNK(status.st_mode)) {
        target = realpath(path, NULL);
        if (!target || stat(target, &status) < 0)
            return err_set_errno(err, ERR_INTERNAL, errno, "cannot follow the link '%s'", path);
    } else {
        target = mem_strdup(path);
    }
    if (S_ISDIR(status.st_mode))
        return err_set(err, ERR_INTERNAL, "cannot write '%s': it is a directory", path);
    if (!S_ISREG(status.st_mode))
        return err_set(err, ERR_INTERNAL, "cannot write '%s': it is not a regular file", path);
    *ret_target = TAKE(target);
    return 0;
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

static int sync_directory(const char *directory)
{
    CLEANUP(cleanup_fd) int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd < 0 ? -1 : fsync(fd);
}

int file_draft_begin(struct file_draft *ret_draft, const char *path, mode_t mode, struct err *err)
{
    CLEANUP(mem_cleanup) char *target = NULL;
    CLEANUP(mem_cleanup) char *directory = NULL;
    struct text temporary = TEXT_INIT;

    if (find_target(path, &target, err) < 0)
        return -1;
    directory = file_directory(target);
    text_addf(&temporary, "%s/.new-XXXXXX", directory);
    int fd = mkostemp(temporary.data, O_CLOEXEC);
    if (fd < 0) {
        int saved = errno;
        text_release(&temporary);
        return err_set_errno(err, ERR_INTERNAL, saved, "cannot create a file in '%s'", directory);
    }
    *ret_draft = (struct file_draft){.path = mem_strdup(path),
                                     .target = TAKE(target),
                                     .temporary = text_take(&temporary),
                                     .fd = fd,
                                     .mode = mode};
    return 0;
}

void file_draft_add(struct file_draft *draft, const void *bytes, size_t length)
{
    if (draft->failure == 0 && write_all(draft->fd, bytes, length) < 0)
        draft->failure = errno;
}

/* Root's file goes to the owner of its directory: what a person's sudo leaves in the service's
 * directory, the outcome of an act above all, the service must be able to read. */
static int give(int fd, const char *directory)
{
    struct stat status;

    if (geteuid() != 0)
        return 0;
    if (stat(directory, &status) < 0)
        return -1;
    return status.st_uid == 0 ? 0 : fchown(fd, status.st_uid, status.st_gid);
}

static void close_draft(struct file_draft *draft, const char *directory)
{
    if (draft->failure == 0 && (give(draft->fd, directory) < 0 ||
                                fchmod(draft->fd, draft->mode) < 0 || fsync(draft->fd) < 0))
        draft->failure = errno;
    if (close(draft->fd) < 0 && draft->failure == 0)
        draft->failure = errno;
    draft->fd = -1;
}

int file_draft_end(struct file_draft *draft, struct err *err)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(draft->target);

    close_draft(draft, directory);
    if (draft->failure == 0 && rename(draft->temporary, draft->target) < 0)
        draft->failure = errno;
    if (draft->failure != 0)
        return err_set_errno(err, ERR_INTERNAL, draft->failure, "cannot write '%s'", draft->path);
    mem_cleanup(&draft->temporary); /* it is the file now */
    draft->temporary = NULL;
    if (sync_directory(directory) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot sync directory '%s'", directory);
    return 0;
}

void file_draft_release(struct file_draft *draft)
{
    if (draft->temporary) {
        if (draft->fd >= 0)
            (void)close(draft->fd);
        (void)unlink(draft->temporary);
    }
    free(draft->path);
    free(draft->target);
    free(draft->temporary);
    *draft = (struct file_draft){.fd = -1};
}

int file_write(const char *path, mode_t mode, const void *bytes, size_t length, struct err *err)
{
    CLEANUP(file_draft_release) struct file_draft draft = {.fd = -1};

    if (file_draft_begin(&draft, path, mode, err) < 0)
        return -1;
    file_draft_add(&draft, bytes, length);
    return file_draft_end(&draft, err);
}

int file_each(const char *directory, const char *prefix, file_visit *visit, void *context,
              struct err *err)
{
    struct dirent **name = NULL;
    int answer = 0, count = scandir(directory, &name, NULL, alphasort);

    if (count < 0)
        return errno == ENOENT
                   ? 0
                   : err_set_errno(err, ERR_INTERNAL, errno, "cannot list '%s'", directory);
    for (int i = 0; i < count; i++) {
        CLEANUP(mem_cleanup) char *path = file_join(directory, name[i]->d_name);
        if (answer == 0 && text_starts(name[i]->d_name, prefix))
            answer = visit(context, path, name[i]->d_name + strlen(prefix), err);
        free(name[i]);
    }
    free(name);
    return answer;
}

char *file_join(const char *directory, const char *name)
{
    struct text path = TEXT_INIT;

    if (*name != '/' && *directory) {
        text_add(&path, directory);
        if (path.data[path.length - 1] != '/')
            text_add_char(&path, '/');
    }
    text_add(&path, name);
    return text_take(&path);
}

char *file_directory(const char *path)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    if (length == 0)
        return mem_strdup(".");
    while (length > 1 && path[length - 1] == '/')
        length--;
    return mem_strndup(path, length);
}

/* Whose and with which mode, whatever the umask is. */
static int settle_new(const char *path, mode_t mode, struct err *err)
{
    CLEANUP(cleanup_fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    CLEANUP(mem_cleanup) char *above = file_directory(path);

    if (fd < 0 || give(fd, above) < 0 || fchmod(fd, mode) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot set owner and mode of '%s'", path);
    return 0;
}

/* One directory; one that is there already is fine. */
static int make_one(const char *path, mode_t mode, struct err *err)
{
    struct stat status;

    if (mkdir(path, mode) == 0)
        return settle_new(path, mode, err);
    if (errno != EEXIST)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot make directory '%s'", path);
    if (stat(path, &status) < 0 || !S_ISDIR(status.st_mode))
        return err_set(err, ERR_INTERNAL, "cannot make directory '%s': a file is in its place",
                       path);
    return 0;
}

int file_make_directory(const char *path, mode_t mode, struct err *err)
{
    CLEANUP(mem_cleanup) char *part = mem_strdup(path);

    for (char *slash = strchr(part + (*part == '/'), '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (make_one(part, mode, err) < 0)
            return -1;
        *slash = '/';
    }
    return make_one(part, mode, err);
}
