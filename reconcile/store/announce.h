/*
 * store_announce: announcements of grace (R7) in the history. Each is a fact with its own instant
 * and the day that was told; that it began and that it ended are events of the chain. A plan
 * announces nothing: `run` does, and whoever approves a row.
 */
#ifndef STORE_ANNOUNCE_H
#define STORE_ANNOUNCE_H

#include "store/store.h"

struct store_announced {
    int64_t id; /* set when it is stored */
    const char *account_id, *rule;
    int64_t plan_id, position; /* the row that announces it */
    struct instant at;
    struct day on;           /* the civil day of `at` */
    struct day not_before;   /* the day that is told */
    struct instant login_at; /* newest login known then; none = none */
    bool enforce;            /* mode of the policy */
};

struct store_announcement_end {
    const char *account_id, *rule;
    const char *reason; /* a sentence */
};

/* Ends announcements, and begins others; one that is open while its account and rule are announced
 * anew ends as well, unless the same plan or a later one began it: that one stays, and its id is
 * set. Those that do not stand are passed over. `run` NULL = a person approved the
 * rows; else it must be the newest (ERR_LOCKED). All or nothing; sets id. */
int store_announce(struct store *store, const struct store_run *run,
                   const struct store_announcement_end *end, size_t end_count,
                   struct store_announced *announced, size_t count, struct day today,
                   struct err *err) __attribute__((warn_unused_result));

#endif
