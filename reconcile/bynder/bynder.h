/*
 * bynder: the Bynder API as a `struct portal`. Everything it learns is typed and bounded on the way
 * in; whatever is not as documented makes the snapshot incomplete or the value unreadable, never a
 * guess. Facts: docs/bynder-api.md.
 */
#ifndef BYNDER_BYNDER_H
#define BYNDER_BYNDER_H

#include "base/cleanup.h"
#include "config/config.h"
#include "facts/particulars.h"
#include "facts/portal.h"
#include "net/http.h"

struct bynder; /* http, token, settings */

/* Reads the secrets. `waiting` is told how long the pace or a 429 makes us wait (seconds, why). */
struct bynder_setup {
    const struct config_portal *config;
    void (*waiting)(void *context, double seconds, const char *why);
    void *waiting_context;
    const struct clock *clock; /* NULL = the machine's */
    /* How long a read bears with one trouble of the portal; 0 = minutes. */
    int64_t patience_us;
    /* Asked while it bears: true ends that. NULL = nobody says stop. */
    bool (*is_stopped)(void *context);
    void *stop_context;
    /* As in http_settings; NULL = this client counts for itself alone. */
    int (*permit)(void *context, struct err *err);
    void *permit_context;
};
/* The configuration must outlive it. */
int bynder_new(const struct bynder_setup *setup, struct bynder **ret_bynder, struct err *err)
    __attribute__((warn_unused_result));
void bynder_free(struct bynder *bynder);
CLEANUP_POINTER(struct bynder, bynder_freep, bynder_free)

/* A portal that can only read: suspend, reactivate and deprovision are NULL. */
struct portal bynder_read_only(struct bynder *bynder);
/* A portal that can write. From here on the token is asked for with scope admin.user:write, and
 * login demands it (of a permanent token nothing can be told: a 403 will name it). */
struct portal bynder_writing(struct bynder *bynder);
size_t bynder_requests(const struct bynder *bynder);
unsigned bynder_429s(const struct bynder *bynder);
/* Space-separated granted scopes after login; NULL with a permanent token. */
const char *bynder_scopes(const struct bynder *bynder);
/* The announced number of users, active ones alone or all; -1 when the portal announces none. */
int bynder_count(struct bynder *bynder, bool include_inactive, int64_t *ret_total, struct err *err)
    __attribute__((warn_unused_result));
/* What decides when a request goes, for whoever gives the permits. */
struct pace *bynder_pace(struct bynder *bynder);
/* Server's clock minus ours in seconds, from the Date header; for `check`. 0 when not told. */
double bynder_clock_offset(const struct bynder *bynder);

/* The answer of a single read that was kept, as the account it told of. -1 when it is none. */
int bynder_account_of(struct arena *arena, const char *raw, struct account *ret_account,
                      struct err *err) __attribute__((warn_unused_result));
/* Likewise the particulars; one that is no text as it is written there. */
int bynder_particulars_of(struct arena *arena, const char *raw, struct particulars *ret_particulars,
                          struct err *err) __attribute__((warn_unused_result));

#endif
