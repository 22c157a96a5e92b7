/*
 * input_file: a file that somebody else puts there (a roster, an export), read in pieces. Half of
 * an upload looks like a whole file: one that changes while it is read is refused at its end.
 */
#ifndef FORMAT_INPUT_FILE_H
#define FORMAT_INPUT_FILE_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/instant.h"

struct input_file;

struct trust;

/* Errors are ERR_ROSTER, here and below: not there, no regular file, over LIMIT_ROSTER_BYTES; or
 * written by who is not trusted (NULL: whoever wrote it). */
int input_file_open(const char *path, const struct trust *trust, struct input_file **ret_file,
                    struct err *err) __attribute__((warn_unused_result));
void input_file_close(struct input_file *file);
CLEANUP_POINTER(struct input_file, input_file_closep, input_file_close)

/* When it was last changed, as of its opening. */
struct instant input_file_modified(const struct input_file *file);

/* Up to `size` bytes; *ret_length 0 at the end, where a file that has changed meanwhile is
 * refused. */
int input_file_read(struct input_file *file, char *buffer, size_t size, size_t *ret_length,
                    struct err *err) __attribute__((warn_unused_result));

#endif
