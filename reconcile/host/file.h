/*
 * file: whole files in, whole files out. What is written appears complete or not at all:
 * temporary name in the same directory, fsync, rename, fsync of the directory. Every file of the
 * program is opened, made, renamed and removed here. Root does it with the rights of whose
 * directory it is in (host/place), and what it makes there is theirs.
 */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/text.h"
#include "host/place.h"

/* Appends the file to *ret_text. A directory, a missing file, one over `limit` bytes: an error of
 * `code` that says so. ret_modified (may be NULL) gets the modification time. */
int file_read(const char *path, size_t limit, enum err_code code, struct text *ret_text,
              struct instant *ret_modified, struct err *err) __attribute__((warn_unused_result));

/* The same of what was opened by the caller, who closes it. */
int file_read_opened(int fd, const char *path, size_t limit, enum err_code code,
                     struct text *ret_text, struct instant *ret_modified, struct err *err)
    __attribute__((warn_unused_result));

/* open(2), where no link of somebody else leads anywhere that they could not go. FILE_TO_READ does
 * not wait for the other end of a pipe: what was opened is to be judged by the caller. */
#define FILE_TO_READ (O_RDONLY | O_NOCTTY | O_NONBLOCK)
int file_open(const char *path, int flags, mode_t mode) __attribute__((warn_unused_result));
/* 0, or -1 with errno, here and below. */
int file_look(const char *path, struct stat *ret_status) __attribute__((warn_unused_result));
int file_remove(const char *path) __attribute__((warn_unused_result));
/* To another name in its directory, which is replaced. */
int file_rename(const char *path, const char *name) __attribute__((warn_unused_result));
int file_sync_directory(const char *directory) __attribute__((warn_unused_result));

/* A file in the making: nothing of it can be seen before file_draft_end. Its name is
 * `.NAME` FILE_DRAFT and something, so what a killed process left can be told and swept. */
#define FILE_DRAFT ".new-"
struct file_draft {
    char *path; /* as asked for; links followed, it is: */
    struct place place;
    char *temporary; /* NULL while there is none */
    int fd;
    int failure; /* errno of the first write that failed; the rest is not tried */
    mode_t mode;
    bool keeps; /* a file that is there is not replaced: EEXIST */
};

#define FILE_DRAFT_NONE                                                                            \
    (struct file_draft)                                                                            \
    {                                                                                              \
        .fd = -1, .place = {.fd = -1 }                                                             \
    }

/* Errors are ERR_INTERNAL, here and below. */
int file_draft_begin(struct file_draft *ret_draft, const char *path, mode_t mode, struct err *err)
    __attribute__((warn_unused_result));
/* A failure is kept for the end. */
void file_draft_add(struct file_draft *draft, const void *bytes, size_t length);
/* Puts the whole in its place; when that or a write before it failed, nothing is changed. */
int file_draft_end(struct file_draft *draft, struct err *err) __attribute__((warn_unused_result));
/* Forgets what is not ended. */
void file_draft_release(struct file_draft *draft);

/* The same at once. mode such as 0640. */
int file_write(const char *path, mode_t mode, const void *bytes, size_t length, struct err *err)
    __attribute__((warn_unused_result));

/* Hands every file of a directory whose name begins with `prefix` to `visit`, in order of name,
 * with what stands behind the prefix; an answer other than 0 ends it and is returned. A directory
 * that is not there has no files. */
typedef int file_visit(void *context, const char *path, const char *rest, struct err *err);
int file_each(const char *directory, const char *prefix, file_visit *visit, void *context,
              struct err *err) __attribute__((warn_unused_result));

/* `directory/name`, or name itself when it is absolute or directory is empty. malloc'ed. */
char *file_join(const char *directory, const char *name) __attribute__((returns_nonnull));
/* The directory part of a path, "." when there is none. malloc'ed. */
char *file_directory(const char *path) __attribute__((returns_nonnull));
/* mkdir -p, mode for the parts that are made. */
int file_make_directory(const char *path, mode_t mode, struct err *err)
    __attribute__((warn_unused_result));

#endif
