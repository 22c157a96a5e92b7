/*
 * store/snapshot: the portal as a run found it, kept as versions of its accounts and made again
 * from them.
 */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include "facts/snapshot.h"
#include "store/store.h"

/* Snapshot and versions of accounts, groups, profiles, last logins. An incomplete one only adds and
 * changes what was seen. Accounts without an id are counted, not kept. Never one from an export,
 * whose accounts are not the portal's own word: ERR_INTERNAL.
 *
 * Where the accounts have their numbers (numbered) the snapshot stays as it is, so that others may
 * read it meanwhile. */
struct saved_snapshot {
    struct arena arena;
    int64_t id;
    const uint32_t *index; /* of `count` accounts that were stored */
    size_t count, known;   /* those of them that the history knew come first */
    int32_t last;          /* number in the history before the first new one's */
};
int store_save_snapshot(struct store *store, const struct store_run *run, struct snapshot *snapshot,
                        struct saved_snapshot *ret_saved, struct err *err)
    __attribute__((warn_unused_result));
/* What is known then: its id, the numbers of new accounts, and that nothing of it is news any more.
 */
void store_take_saved(struct snapshot *snapshot, const struct saved_snapshot *saved);
void saved_snapshot_release(struct saved_snapshot *saved);

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

#endif
