/*
 * trust: who could have written what we are about to believe. A file decides what is done, so it
 * belongs to root, to the user we run as, or to somebody who is named for it, and nobody else may
 * write it or, owning or writing a directory above it, put another one in its place. Secrets
 * likewise, and nobody else may read them.
 */
#ifndef HOST_TRUST_H
#define HOST_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "host/place.h"

struct trust {
    const char *what; /* "configuration", for messages */
    enum err_code code;
    mode_t forbidden;          /* bits of others and of the group; 0: 022 */
    const char *const *writer; /* who may write beside root and us: users, their numbers, @groups */
    size_t writer_count;
    const char *setting; /* where those are named; NULL = nowhere */
    bool service;        /* the user of the package's units is one of them */
};

/* Opened to be read, and judged by its descriptor, so what was judged is what is read; the
 * directories on the way likewise (a sticky one is for all). Errors are of trust->code, and say
 * what to do. */
int trust_open(const char *path, const struct trust *trust, int *ret_fd, struct err *err)
    __attribute__((warn_unused_result));

/* In the sandbox of a unit (PrivateUsers=) most files are nobody's. */
bool trust_owners_are_hidden(void);

/* The directory itself, judged likewise with those on the way; ret_place is in it, and its name is
 * the caller's to set. */
int trust_directory(const char *path, const struct trust *trust, struct place *ret_place,
                    struct err *err) __attribute__((warn_unused_result));

#endif
