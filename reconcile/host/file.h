/*
 * file: whole files in, whole files out. What is written appears complete or not at all:
 * temporary name in the same directory, fsync, rename, fsync of the directory.
 */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/text.h"

/* Appends the file to *ret_text. A directory, a missing file, one over `limit` bytes: an error of
 * `code` that says so. ret_modified (may be NULL) gets the modification time. */
int file_read(const char *path, size_t limit, enum err_code code, struct text *ret_text,
              struct instant *ret_modified, struct err *err) __attribute__((warn_unused_result));

/* A file in the making: nothing of it can be seen before file_draft_end. */
struct file_draft {
    char *path, *target, *temporary; /* as asked for; links followed; NULL while there is none */
    int fd;
    int failure; /* errno of the first write that failed; the rest is not tried */
    mode_t mode;
};

/* Written by root, the file belongs to the owner of its directory. Errors are ERR_INTERNAL, here
 * and below. */
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
/* mkdir -p, mode for the parts that are made; made by root, they belong to the owner of the
 * directory they are made in. */
int file_make_directory(const char *path, mode_t mode, struct err *err)
    __attribute__((warn_unused_result));

#endif
