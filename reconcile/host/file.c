/*
 * Reading takes a file as it is at one moment: one that changes while it is read is refused, for
 * half of an upload looks like a whole file. Writing never touches the file that is there: a
 * complete, synced one takes its name, so a reader sees the old content or the new, at a power cut
 * too.
 *
 * Whatever is done to a file is done in a place (host/place), and this is the only file that does.
 */
#include "host/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/place.h"

/* Where root has only the rights of others, more than a reason is needed. */
static int cannot(struct err *err, enum err_code code, const char *what, const char *path)
{
    int saved = errno;

    if (geteuid() != 0 || (saved != EACCES && saved != EPERM))
        return err_set_errno(err, code, saved, "cannot %s '%s'", what, path);
    return err_set(err, code,
                   "cannot %s '%s': %s; hint: root has no more rights there than the owners of the "
                   "directories and links on the way, which 'namei -l %s' shows",
                   what, path, strerrordesc_np(saved), path);
}

int file_open(const char *path, int flags, mode_t mode)
{
    CLEANUP(place_release) struct place place = PLACE_NONE;

    return place_find(path, NULL, NULL, &place) < 0 ? -1 : place_open(&place, flags, mode);
}

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

static int read_whole(int fd, const char *path, size_t limit, enum err_code code, struct text *text,
                      struct instant *ret_modified, struct err *err)
{
    struct stat before, after;

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
    CLEANUP(cleanup_fd) int fd = file_open(path, FILE_TO_READ, 0);

    if (fd < 0)
        return cannot(err, code, "open", path);
    return file_read_opened(fd, path, limit, code, ret_text, ret_modified, err);
}

int file_read_opened(int fd, const char *path, size_t limit, enum err_code code,
                     struct text *ret_text, struct instant *ret_modified, struct err *err)
{
    struct text text = TEXT_INIT;

    if (read_whole(fd, path, limit, code, &text, ret_modified, err) < 0) {
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

/* Anything but a regular file (a device, a pipe) would be lost to a rename and is refused. */
static int check_target(const struct place *place, const char *path, struct err *err)
{
    struct stat status;

    if (fstatat(place->fd, place->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : cannot(err, ERR_INTERNAL, "write", path);
    if (S_ISDIR(status.st_mode))
        return err_set(err, ERR_INTERNAL, "cannot write '%s': it is a directory", path);
    if (!S_ISREG(status.st_mode))
        return err_set(err, ERR_INTERNAL, "cannot write '%s': it is not a regular file", path);
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

enum { NAME_KEPT = 200, TRIES = 100 };

/* `.NAME.new-XXXXXX`: whose draft it is can be told when its process is gone. */
static int make_temporary(const struct place *place, char **ret_name)
{
    for (int i = 0; i < TRIES; i++) {
        struct text name = TEXT_INIT;
        uint32_t random = 0;

        if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
            return -1;
        text_addf(&name, ".%.*s" FILE_DRAFT "%08x", NAME_KEPT, place->name, random);
        struct place at = {.fd = place->fd, .name = name.data, .uid = place->uid};
        int fd = place_open(&at, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd < 0 && errno == EEXIST) {
            text_release(&name);
            continue;
        }
        if (fd >= 0)
            *ret_name = text_take(&name);
        text_release(&name);
        return fd;
    }
    return -1;
}

int file_draft_begin(struct file_draft *ret_draft, const char *path, mode_t mode, struct err *err)
{
    CLEANUP(place_release) struct place place = PLACE_NONE;
    char *temporary = NULL;

    if (place_find(path, NULL, NULL, &place) < 0)
        return cannot(err, ERR_INTERNAL, "write", path);
    if (check_target(&place, path, err) < 0)
        return -1;
    int fd = make_temporary(&place, &temporary);
    if (fd < 0)
        return cannot(err, ERR_INTERNAL, "make a file for", path);
    *ret_draft = (struct file_draft){
        .path = mem_strdup(path), .place = place, .temporary = temporary, .fd = fd, .mode = mode};
    place = PLACE_NONE;
    return 0;
}

void file_draft_add(struct file_draft *draft, const void *bytes, size_t length)
{
    if (draft->failure == 0 && write_all(draft->fd, bytes, length) < 0)
        draft->failure = errno;
}

static void close_draft(struct file_draft *draft)
{
    if (draft->failure == 0 && (fchmod(draft->fd, draft->mode) < 0 || fsync(draft->fd) < 0))
        draft->failure = errno;
    if (close(draft->fd) < 0 && draft->failure == 0)
        draft->failure = errno;
    draft->fd = -1;
}

int file_draft_end(struct file_draft *draft, struct err *err)
{
    close_draft(draft);
    if (draft->failure == 0 &&
        place_rename(&draft->place, draft->temporary, draft->place.name, !draft->keeps) < 0)
        draft->failure = errno;
    if (draft->failure != 0) {
        errno = draft->failure;
        return cannot(err, ERR_INTERNAL, "write", draft->path);
    }
    mem_cleanup(&draft->temporary); /* it is the file now */
    draft->temporary = NULL;
    return place_sync(&draft->place) < 0
               ? cannot(err, ERR_INTERNAL, "sync the directory of", draft->path)
               : 0;
}

void file_draft_release(struct file_draft *draft)
{
    if (draft->temporary) {
        if (draft->fd >= 0)
            (void)close(draft->fd);
        if (place_remove(&draft->place, draft->temporary) < 0)
            draft->failure = errno; /* swept with the others */
    }
    free(draft->path);
    free(draft->temporary);
    place_release(&draft->place);
    *draft = FILE_DRAFT_NONE;
}

int file_write(const char *path, mode_t mode, const void *bytes, size_t length, struct err *err)
{
    CLEANUP(file_draft_release) struct file_draft draft = FILE_DRAFT_NONE;

    if (file_draft_begin(&draft, path, mode, err) < 0)
        return -1;
    file_draft_add(&draft, bytes, length);
    return file_draft_end(&draft, err);
}

int file_look(const char *path, struct stat *ret_status)
{
    CLEANUP(place_release) struct place place = PLACE_NONE;

    if (place_find(path, NULL, NULL, &place) < 0)
        return -1;
    return fstatat(place.fd, place.name, ret_status, AT_SYMLINK_NOFOLLOW);
}

int file_remove(const char *path)
{
    CLEANUP(place_release) struct place place = PLACE_NONE;

    return place_find(path, NULL, NULL, &place) < 0 ? -1 : place_remove(&place, place.name);
}

int file_rename(const char *path, const char *name)
{
    CLEANUP(place_release) struct place place = PLACE_NONE;

    if (place_find(path, NULL, NULL, &place) < 0)
        return -1;
    return place_rename(&place, place.name, name, true);
}

/* With the rights of its owner. */
static int open_directory(const char *directory)
{
    CLEANUP(mem_cleanup) char *inside = file_join(directory, ".");

    return file_open(inside, O_RDONLY | O_DIRECTORY, 0);
}

int file_sync_directory(const char *directory)
{
    CLEANUP(cleanup_fd) int fd = open_directory(directory);

    return fd < 0 ? -1 : fsync(fd);
}

/* --- all of a directory --- */

struct names {
    char **item;
    size_t count, capacity;
};

static void names_release(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->item[i]);
    free(names->item);
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void close_directory(DIR **directory)
{
    if (*directory)
        (void)closedir(*directory);
}

static int list(int fd, const char *prefix, struct names *names)
{
    CLEANUP(close_directory) DIR *directory = fdopendir(fd);
    const struct dirent *entry;

    if (!directory) {
        (void)close(fd);
        return -1;
    }
    while (errno = 0, (entry = readdir(directory))) {
        if (!text_starts(entry->d_name, prefix))
            continue;
        names->item = mem_grow(names->item, names->count, &names->capacity, sizeof(names->item[0]));
        names->item[names->count++] = mem_strdup(entry->d_name);
    }
    if (errno)
        return -1;
    if (names->count > 0)
        qsort(names->item, names->count, sizeof(names->item[0]), by_name);
    return 0;
}

int file_each(const char *directory, const char *prefix, file_visit *visit, void *context,
              struct err *err)
{
    CLEANUP(names_release) struct names names = {.count = 0};
    int answer = 0, fd = open_directory(directory);

    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 || list(fd, prefix, &names) < 0)
        return cannot(err, ERR_INTERNAL, "list", directory);
    for (size_t i = 0; answer == 0 && i < names.count; i++) {
        CLEANUP(mem_cleanup) char *path = file_join(directory, names.item[i]);
        answer = visit(context, path, names.item[i] + strlen(prefix), err);
    }
    return answer;
}

/* --- names --- */

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

/* One directory; one that is there already is fine. */
static int make_one(const char *path, mode_t mode, struct err *err)
{
    CLEANUP(place_release) struct place place = PLACE_NONE;
    struct stat status;

    if (place_find(path, NULL, NULL, &place) < 0)
        return cannot(err, ERR_INTERNAL, "make directory", path);
    if (fstatat(place.fd, place.name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        return S_ISDIR(status.st_mode) ? 0
                                       : err_set(err, ERR_INTERNAL,
                                                 "cannot make directory '%s': a file is in its "
                                                 "place",
                                                 path);
    if (place_make_directory(&place, mode) < 0 && errno != EEXIST)
        return cannot(err, ERR_INTERNAL, "make directory", path);
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
