/*
 * portal: a Bynder portal as the flows see it. Real (io/bynder), or a fake in tests. A dry run gets
 * one whose writing members are NULL: it cannot act.
 */
#ifndef CORE_PORTAL_H
#define CORE_PORTAL_H

#include "base/arena.h"
#include "base/err.h"
#include "core/snapshot.h"

/* Progress of a long reading: done of total (0 = not known), what = "accounts", "last logins". */
struct progress {
    void (*report)(void *context, const char *what, size_t done, size_t total);
    void *context;
};

struct portal {
    void *self;

    /* Token, granted scopes, currentUser. Sets snapshot->own_id. ERR_SCOPE names what is missing
     * and who can grant it; ERR_UNREACHABLE for anything that prevents an answer. */
    int (*login)(void *self, struct arena *arena, struct snapshot *snapshot, struct err *err);

    /* All accounts (active and inactive) and all profiles into the snapshot. A failure of the first
     * page or of the profiles is an error; a later one leaves snapshot->complete false with the
     * reason and what was read so far, and returns 0. */
    int (*list)(void *self, struct arena *arena, const struct progress *progress,
                struct snapshot *snapshot, struct err *err);

    /* Last logins (and department) by single reads for the accounts whose index is given. One that
     * cannot be read leaves LOGIN_NOT_READ and makes the snapshot incomplete; an application 404
     * means the account went away meanwhile: incomplete as well. Sets snapshot->logins_read. */
    int (*logins)(void *self, struct arena *arena, const struct progress *progress,
                  const size_t *index, size_t count, struct snapshot *snapshot, struct err *err);

    /* One account, fresh, whole. *ret_found false on an application 404. */
    int (*get)(void *self, struct arena *arena, const char *id, struct account *ret_account,
               bool *ret_found, struct err *err);

    /* Writes; NULL in a dry run. */
    int (*suspend)(void *self, const char *id, struct err *err);
    int (*deprovision)(void *self, const char *id, struct err *err);
};

#endif
