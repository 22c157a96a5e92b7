/*
 * signature: whose word a text is, by `ssh-keygen -Y`. The bytes that were judged are the bytes
 * that are verified: signers, signature and text are handed to it as they are in memory, and it is
 * found at one place, with no shell and no environment of ours.
 */
#ifndef HOST_SIGNATURE_H
#define HOST_SIGNATURE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/text.h"

#define SIGNATURE_PROGRAM   "/usr/bin/ssh-keygen"
#define SIGNATURE_NAMESPACE "bynder-reconcile@decisions"

struct signature {
    const struct text *signers; /* an allowed_signers file, ssh-keygen(1) */
    const struct text *signature, *content;
    struct instant now; /* keys have a time in that file */
};

/* All that such files need, or ERR_CONFIG: the program is there, the file may be believed; appended
 * to *ret_signers. */
int signature_read_signers(const char *path, struct text *ret_signers, struct err *err)
    __attribute__((warn_unused_result));

/* Whom that file knows the key by; arena. ERR_USAGE for a key that it does not know today, and for
 * what is no signature. */
int signature_find(struct arena *arena, const struct signature *signature,
                   const char *const **ret_principal, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* Whether it is this principal's, of this text, and made for this program: then *ret_key is the
 * fingerprint of the key. Else ERR_USAGE, a sentence. */
int signature_verify(struct arena *arena, const struct signature *signature, const char *principal,
                     const char **ret_key, struct err *err) __attribute__((warn_unused_result));

#endif
