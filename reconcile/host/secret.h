/*
 * secret: a value that must not be seen. It has no printf form, is wiped at release, and leaves
 * this struct only through secret_reveal, whose callers are few and easy to list.
 */
#ifndef HOST_SECRET_H
#define HOST_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct secret {
    char *hidden; /* NULL when there is none */
    size_t length;
};

#define SECRET_INIT                                                                                \
    (struct secret)                                                                                \
    {                                                                                              \
        .hidden = NULL, .length = 0                                                                \
    }

/* Copies `length` bytes. The caller wipes its own copy (secret_wipe). */
void secret_set(struct secret *secret, const char *value, size_t length);
bool secret_is_set(const struct secret *secret);
/* NUL-terminated; valid until release. */
const char *secret_reveal(const struct secret *secret);
void secret_release(struct secret *secret);
void secret_wipe(void *bytes, size_t length); /* explicit_bzero */

/* Reads a secret from a file of one line; one newline at its end is dropped. What is judged is the
 * file that was opened, never the name again, so a symbolic link counts as the file it leads to: a
 * regular file, owned by root or by the user we run as, not accessible to others nor (unless
 * `credential`: systemd gives credential files 0400 or 0440) to the group. That, and a value that
 * is empty, longer than LIMIT_SECRET or holds a control character, is ERR_CONFIG. The text of the
 * error names the file, never the content. */
int secret_read(const char *path, bool credential, struct secret *ret_secret, struct err *err)
    __attribute__((warn_unused_result));

#endif
