/*
 * store/history: what the history adds to a list of accounts that was just read, and what the
 * guards compare it with.
 */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include "core/guard.h"
#include "facts/snapshot.h"
#include "store/store.h"

/* Lets the server find accounts and links while roster and list are read: it keeps that, and no
 * transaction stays open; the other tables come when it is loaded. Nobody else changes it: for as
 * long as this run has the portal's lock the history of its accounts is this run's. */
int store_ask_history(struct store *store, struct err *err) __attribute__((warn_unused_result));
/* For every way out between the two: it is not waited for, and nothing of it stays. */
void store_forget_asked(struct store *store);

/* After the list, before last logins are read. Adds the accounts that were there until now and that
 * this snapshot, when complete, does not have, as ACCOUNT_GONE behind the others, and fills every
 * account's history, this snapshot included.
 *
 * Last logins: accounts get the newest one that is known (source LOGIN_FROM_HISTORY; seen_at is
 * when a source last said so), then what a run that was cut off had read already, as if it were
 * read now. Departments likewise. */
int store_load_history(struct store *store, struct arena *arena, struct snapshot *snapshot,
                       struct err *err) __attribute__((warn_unused_result));

/* What the guards compare with; accept_gap, stopped_by, events_reach, the signal, the clock, what
 * was acknowledged and what the reading of last logins counts are left empty. A run that a guard
 * held is not compared with, unless a person let it go: otherwise a brake would let go by itself on
 * the second try, and one run with a wrong clock would stop all later ones. What 'plan' read is no
 * base once there is a run. `policy_text` is policy_text_digest of the policy in force. */
int store_load_guard_history(struct store *store, struct arena *arena, const struct limits *limits,
                             const struct roster *roster, const struct digest *policy_text,
                             struct instant now, struct guard_history *ret_history, struct err *err)
    __attribute__((warn_unused_result));
/* The rosters that prove absence (R6), ascending, at most the last 1,000, without the present one:
 * there is room for it behind them. */
int store_load_proofs(struct store *store, struct arena *arena, struct roster_proof **ret_proof,
                      size_t *ret_count, struct err *err) __attribute__((warn_unused_result));

/* Gives every account that the history knows its number, unless store_load_history did. */
int store_number_accounts(const struct store *store, struct arena *arena, struct snapshot *snapshot,
                          struct err *err) __attribute__((warn_unused_result));

#endif
