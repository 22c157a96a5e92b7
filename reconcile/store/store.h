/*
 * store: the history in PostgreSQL as a closed list of named operations, each in the header of its
 * subject; here the portal, its lock and its runs. Versions, not copies: an account or person that
 * did not change costs no row. Every function that writes is one transaction, and only the newest
 * run of a portal may write: an older one that wakes up late gets ERR_LOCKED.
 *
 * The order of a run: store_open, store_lock, store_run_begin; the list of accounts;
 * store_load_history, store_load_guard_history; last logins (store/login); store_save_snapshot,
 * store_save_roster; matching and deciding; store_save_links, store_save_plan; store_run_end. The
 * tables: docs/history.md.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/day.h"
#include "database/pg.h"

struct store {
    struct pg *pg; /* borrowed */
    int64_t portal_id;
    int64_t run_id;     /* set by store_run_begin; 0 = this process only reads */
    bool is_asked;      /* what is known of every account, by store_ask_history */
    bool same_is_asked; /* of the roster, by store_ask_roster */
};

/* Finds or makes the portal's row. */
int store_open(struct pg *pg, const char *portal, const char *url, struct store *ret_store,
               struct err *err) __attribute__((warn_unused_result));

/* The portal's row when there is one, without making it: portal_id 0 = the history does not know
 * it. */
int store_find(struct pg *pg, const char *portal, struct store *ret_store, struct err *err)
    __attribute__((warn_unused_result));

/* One lock per portal, on this connection, for its life: ERR_LOCKED with who holds it since when;
 * ERR_CONFIG where a pooler gives the lock to a session that is not ours. */
int store_lock(struct store *store, struct err *err) __attribute__((warn_unused_result));

/* Lets go of it before the connection ends, so that the next run need not wait for the server to
 * notice. When that fails, the end of the connection does it. */
void store_unlock(struct store *store);

struct store_run {
    int64_t id;
    struct instant started_at;
};
/* The run's number fences old processes. `today` for G13. */
int store_run_begin(struct store *store, const char *verb, struct day today, struct instant now,
                    struct store_run *ret_run, struct err *err) __attribute__((warn_unused_result));
struct store_run_result {
    struct instant finished_at;
    int exit_code;
    const char *message; /* the error or the result, one sentence; may be NULL */
    int64_t requests;    /* sent to the portal */
    unsigned blocked;    /* answers 429 among them */
};
int store_run_end(struct store *store, const struct store_run *run,
                  const struct store_run_result *result, struct err *err)
    __attribute__((warn_unused_result));

#endif
