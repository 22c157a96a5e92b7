/*
 * store: the history in PostgreSQL as a closed list of named operations. Versions, not copies: an
 * account or person that did not change costs no row. Every function that writes is one
 * transaction, and only the newest run of a portal may write: an older one that wakes up late gets
 * ERR_LOCKED.
 *
 * The order of a run: store_open, store_lock, store_run_begin; the list of accounts;
 * store_load_history, store_load_guard_history; last logins (store/login); store_save_snapshot,
 * store_save_roster; matching and deciding; store_save_links, store_save_plan; store_run_end. The
 * tables: docs/history.md.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "core/plan.h"
#include "database/pg.h"

struct store {
    struct pg *pg; /* borrowed */
    int64_t portal_id;
    int64_t run_id; /* set by store_run_begin; 0 = this process only reads */
};

/* Finds or makes the portal's row. */
int store_open(struct pg *pg, const char *portal, const char *url, struct store *ret_store,
               struct err *err) __attribute__((warn_unused_result));

/* One lock per portal, on this connection, for its life: ERR_LOCKED with who holds it since when.
 */
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

/* After the list, before last logins are read. Adds the accounts that were there until now and that
 * this snapshot, when complete, does not have, as ACCOUNT_GONE behind the others, and fills every
 * account's history, this snapshot included.
 *
 * Last logins: accounts get the newest one that is known (source LOGIN_FROM_HISTORY; seen_at is
 * when a source last said so), then what a run that was cut off had read already, as if it were
 * read now. Departments likewise. */
int store_load_history(struct store *store, struct arena *arena, struct snapshot *snapshot,
                       struct err *err) __attribute__((warn_unused_result));

/* What the guards compare with; accept_gap, events_reach and what the reading of last logins counts
 * are left empty. A run that
 * G6 or G13 held is not compared with: otherwise a brake would let go by itself on the second try,
 * and one run with a wrong clock would stop all later ones. */
int store_load_guard_history(struct store *store, struct arena *arena, const struct limits *limits,
                             const struct roster *roster, struct instant now,
                             struct guard_history *ret_history, struct err *err)
    __attribute__((warn_unused_result));
/* Ascending times of good rosters as roster_as_of gives them (at most the last 1,000, each once),
 * without the present one. */
int store_load_good_rosters(struct store *store, struct arena *arena,
                            const struct instant **ret_good, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* Snapshot and versions of accounts, groups, profiles, last logins. An incomplete one only adds and
 * changes what was seen. Accounts without an id are counted, not kept. Sets snapshot->id. Never one
 * from an export, whose accounts are not the portal's own word: ERR_INTERNAL. */
int store_save_snapshot(struct store *store, const struct store_run *run, struct snapshot *snapshot,
                        struct err *err) __attribute__((warn_unused_result));
/* Roster and versions of people; `good` as judged by the guards. Sets roster->id. */
int store_save_roster(struct store *store, const struct store_run *run, struct roster *roster,
                      bool good, struct err *err) __attribute__((warn_unused_result));
/* Links as versions (who was matched to whom, by what key, since when; unlinked_since for R6). Both
 * pictures must be saved. */
int store_save_links(struct store *store, const struct snapshot *snapshot,
                     const struct roster *roster, const struct pairing *pairing,
                     double matched_percent, struct err *err) __attribute__((warn_unused_result));

/* A snapshot again, exactly as it was saved, accounts in order of id, those that had just gone
 * included; an incomplete one as far as known after it. Of each last login `at`, kind and raw are
 * those known then; source and seen_at those of the first reading that said so. Histories are
 * empty. ERR_USAGE when there is no such snapshot. */
int store_load_snapshot(struct store *store, struct arena *arena, int64_t id,
                        struct snapshot *ret_snapshot, struct err *err)
    __attribute__((warn_unused_result));
/* The newest snapshot likewise; all zero when there is none. */
int store_load_newest_snapshot(struct store *store, struct arena *arena,
                               struct snapshot *ret_snapshot, struct err *err)
    __attribute__((warn_unused_result));
/* A roster again, people in order of their keys, row numbers 0; status not judged. ERR_USAGE when
 * there is no such roster. */
int store_load_roster(struct store *store, struct arena *arena, int64_t id,
                      struct roster *ret_roster, struct err *err)
    __attribute__((warn_unused_result));

/* Plan, rows (but for plain keeps), guards, announcements (R7; only of rows nothing holds). Earlier
 * proposed and held plans become expired. A plan that is not held and saw everything ends the
 * announcements it no longer makes. Sets plan->id and plan->audit_head. Never a plan that can only
 * be read (plan_is_report): ERR_INTERNAL. */
int store_save_plan(struct store *store, const struct store_run *run, struct plan *plan,
                    struct err *err) __attribute__((warn_unused_result));
/* id 0 = the newest. *ret_plan NULL when there is none. A plan that waits for a decision and whose
 * time is over by `now` is expired. The digest is checked: ERR_INTERNAL when it differs. */
int store_load_plan(struct store *store, struct arena *arena, int64_t id, struct instant now,
                    struct plan **ret_plan, struct err *err) __attribute__((warn_unused_result));

struct store_status_run {
    int64_t id;
    const char *verb;
    struct instant started_at, finished_at;
    int exit_code; /* -1 = not finished: cut off, or running */
    const char *message;
};
/* An account that this program suspended and that Bynder does not let anybody reactivate yet. */
struct store_lock_until {
    const char *account_id, *username, *email;
    struct instant suspended_at, until; /* suspended_at + 180 days */
};

struct store_status {
    const char *portal;
    struct store_status_run *run; /* newest first, at most 10 */
    size_t run_count;
    struct instant snapshot_taken_at; /* none = there is no snapshot; likewise below */
    bool snapshot_complete;
    int64_t accounts, active, inactive, gone;
    struct instant roster_read_at;
    bool roster_good;
    int64_t people, rejected;
    int64_t plan_id;            /* 0 = there is none */
    enum plan_state plan_state; /* as stored; compare plan_expires_at with now */
    struct instant plan_created_at;
    struct instant plan_expires_at;
    size_t held_count;
    const char *held[GUARD_COUNT]; /* sentences of the guards that hold the newest plan */
    int64_t database_bytes;
    bool locked;
    size_t open_steps; /* intent or unknown; set by the caller (store/review), likewise below */
    const struct store_lock_until *suspended; /* newest first */
    size_t suspended_count;
};
int store_load_status(struct store *store, struct arena *arena, struct store_status *ret_status,
                      struct err *err) __attribute__((warn_unused_result));

#endif
