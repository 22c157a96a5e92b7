/*
 * store/review: what stands still because a person stopped it, or because Bynder lets nobody back.
 */
#ifndef STORE_REVIEW_H
#define STORE_REVIEW_H

#include "store/store.h"

/* The stop row's sentence, NULL when there is none. */
int store_load_stop(struct store *store, struct arena *arena, const char **ret_reason,
                    struct err *err) __attribute__((warn_unused_result));

/* An account that this program suspended and that Bynder does not let anybody reactivate yet. */
struct store_lock_until {
    const char *account_id, *username, *email;
    struct instant suspended_at, until; /* suspended_at + 180 days */
};

/* Accounts we suspended, newest first, with the time from which Bynder allows reactivation. Without
 * those whose time has come, that are gone, or that were seen active since. */
int store_load_locked(struct store *store, struct arena *arena, struct instant now,
                      struct store_lock_until **ret_locked, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

#endif
