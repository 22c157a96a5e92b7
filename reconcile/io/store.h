/*
 * store: the history in PostgreSQL as a closed list of named operations. Versions, not copies: an
 * account or person that did not change costs no row. Every function that writes is one
 * transaction.
 */
#ifndef IO_STORE_H
#define IO_STORE_H

#include "core/plan.h"
#include "io/pg.h"

struct store {
    struct pg *pg;
    int64_t portal_id;
};

/* Finds or makes the portal's row. */
int store_open(struct pg *pg, const char *portal, const char *url, struct store *ret_store,
               struct err *err) __attribute__((warn_unused_result));

/* One lock per portal, on this connection, for its life: ERR_LOCKED with who holds it since when.
 */
int store_lock(struct store *store, struct err *err) __attribute__((warn_unused_result));

struct store_run {
    int64_t id;
    struct instant started_at;
};
/* The run's number fences old processes. `today` for G13. */
int store_run_begin(struct store *store, const char *verb, struct day today, struct instant now,
                    struct store_run *ret_run, struct err *err) __attribute__((warn_unused_result));
int store_run_end(struct store *store, const struct store_run *run, struct instant now,
                  int exit_code, const char *message, struct err *err)
    __attribute__((warn_unused_result));

/* Adds the accounts of the last complete snapshot that this complete one does not have, as
 * ACCOUNT_GONE, and fills every account's history and older last logins (newest wins). Counts for
 * G5. */
int store_load_history(struct store *store, struct arena *arena, struct instant now,
                       struct snapshot *snapshot, struct guard_history *history, struct err *err)
    __attribute__((warn_unused_result));

/* Everything the guards compare with. */
int store_load_guard_history(struct store *store, const struct limits *limits,
                             const struct roster *roster, struct instant now,
                             struct guard_history *ret_history, struct err *err)
    __attribute__((warn_unused_result));
/* Ascending read times of good rosters (at most the last 1,000), without the present one. */
int store_load_good_rosters(struct store *store, struct arena *arena,
                            const struct instant **ret_good, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* Snapshot and versions of accounts, groups, profiles, last logins. Sets snapshot->id. */
int store_save_snapshot(struct store *store, const struct store_run *run, struct snapshot *snapshot,
                        struct err *err) __attribute__((warn_unused_result));
/* Roster and versions of people; `good` as judged by the guards. Sets roster->id. */
int store_save_roster(struct store *store, const struct store_run *run, struct roster *roster,
                      bool good, struct err *err) __attribute__((warn_unused_result));
/* Links as versions (who was matched to whom, by what key, since when; unlinked_since for R6). */
int store_save_links(struct store *store, const struct snapshot *snapshot,
                     const struct roster *roster, const struct pairing *pairing,
                     double matched_percent, struct err *err) __attribute__((warn_unused_result));

/* Plan, rows, guards, announcements (R7; only of rows nothing holds). Supersedes earlier proposed
 * plans. Sets plan->id. */
int store_save_plan(struct store *store, const struct store_run *run, struct plan *plan,
                    struct err *err) __attribute__((warn_unused_result));
/* id 0 = the newest. *ret_plan NULL when there is none. The digest is checked: ERR_INTERNAL when it
 * differs. */
int store_load_plan(struct store *store, struct arena *arena, int64_t id, struct plan **ret_plan,
                    struct err *err) __attribute__((warn_unused_result));

struct store_status_run {
    int64_t id;
    const char *verb;
    struct instant started_at, finished_at;
    int exit_code; /* -1 = not finished: cut off, or running */
    const char *message;
};
struct store_status {
    const char *portal;
    struct store_status_run *run; /* newest first, at most 10 */
    size_t run_count;
    struct instant snapshot_taken_at;
    bool snapshot_complete;
    int64_t accounts, active, inactive, gone;
    struct instant roster_read_at;
    bool roster_good;
    int64_t people, rejected;
    int64_t plan_id;
    enum plan_state plan_state;
    struct instant plan_created_at;
    size_t held_count;
    const char *held[GUARD_COUNT]; /* sentences of the guards that hold the newest plan */
    int64_t database_bytes;
    bool locked;
};
int store_load_status(struct store *store, struct arena *arena, struct store_status *ret_status,
                      struct err *err) __attribute__((warn_unused_result));

#endif
