/*
 * store/login: last logins while they are collected, and what an export told of the accounts. What
 * was read is stored at once, page by page, so that a run that is cut off loses none of it and the
 * next one asks for none of it again; the snapshot that is saved at the end takes it over
 * (store_save_snapshot).
 */
#ifndef STORE_LOGIN_H
#define STORE_LOGIN_H

#include "facts/account.h"
#include "store/store.h"

/* One account's last login from one source, as it was told. A single read that told nothing newer
 * than what is known is of kind LOGIN_NOT_READ: only when it was made is kept. */
struct pending_login {
    const char *account_id;
    struct login login;
    const char *department; /* of a single read */
};

/* The newest activity of one account that is no login, as it was told. */
struct pending_activity {
    const char *account_id;
    struct activity activity;
};

/* How far the events of one kind were read. A window is read from its first page to its
 * last, by whichever runs it takes; only then complete_to moves to its end. */
struct events_progress {
    struct instant complete_to; /* none = no window was read to its end yet */
    struct instant newest_at;   /* newest event ever told; none = none */
    struct instant from, to;    /* the window under way; none = none is */
    const char *cursor;         /* its next page; NULL = the first */
    int64_t pages;              /* of it that are stored */
    enum event_kind kind;
    struct instant covered_from; /* everything from here to complete_to is stored; none = nothing */
    bool torn;                   /* in the window under way was something nobody could read */
    int version;                 /* of the endpoint that the cursor is of */
    int whole_version;           /* that which told the last window to its end */
    const char *host;            /* of the portal that told all this; NULL = not known */
    const struct day *told; /* days (UTC) that a page tells events of, to be kept; not loaded */
    size_t told_count;
};

int store_load_events(struct store *store, struct arena *arena, enum event_kind kind,
                      struct events_progress *ret_progress, struct err *err)
    __attribute__((warn_unused_result));

/* The days (UTC) until `today` on which this host told events of a kind, each once, in order. */
int store_load_told_days(struct store *store, struct arena *arena, enum event_kind kind,
                         const char *host, struct day today, struct day **ret_day,
                         size_t *ret_count, struct err *err) __attribute__((warn_unused_result));

/* One transaction: what was told (each account once per source), and, unless NULL, how far the
 * events are read now. ERR_LOCKED: this is not the newest run any more. */
int store_save_logins(struct store *store, const struct pending_login *pending, size_t count,
                      const struct events_progress *progress, struct err *err)
    __attribute__((warn_unused_result));

/* The same for activity, each account once. */
int store_save_activity(struct store *store, const struct pending_activity *pending, size_t count,
                        const struct events_progress *progress, struct err *err)
    __attribute__((warn_unused_result));

/* One of each place, which need not lie anywhere; without an account_id there is nothing. */
typedef struct pending_login store_login_at(const void *context, size_t place);
typedef struct pending_activity store_activity_at(const void *context, size_t place);

/* The same inside a transaction of the caller's that holds the fence. */
int store_put_logins(struct store *store, store_login_at *at, const void *context, size_t count,
                     struct err *err) __attribute__((warn_unused_result));
int store_put_activity(struct store *store, store_activity_at *at, const void *context,
                       size_t count, struct err *err) __attribute__((warn_unused_result));

/* The accounts whose last login changed most often, the most of them first; at most `most`. */
int store_load_login_most(const struct store *store, struct arena *arena, size_t most,
                          const char ***ret_account_id, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* Dates that Bynder's own export told of an account; none = not told. */
struct account_dates {
    const char *account_id;
    struct instant created, deactivated;
};

/* One transaction: dates of accounts (one that the history does not have is left out; a created
 * date that is known already stays when it is later, rule R5), and last logins of source
 * LOGIN_FROM_EXPORT that the next snapshot takes over. *ret_changed: accounts whose dates changed.
 * ERR_LOCKED: this is not the newest run any more. */
int store_save_export(struct store *store, const struct account_dates *dates, size_t dates_count,
                      const struct pending_login *pending, size_t pending_count,
                      size_t *ret_changed, struct err *err) __attribute__((warn_unused_result));

#endif
