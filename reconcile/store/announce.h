/*
 * store_announce: announcements of grace (R7) in the history. Each is a fact with its own instant
 * and the day that was told; that it began and that it ended are events of the chain. A plan
 * announces nothing: `run` does, and whoever approves a row.
 */
#ifndef STORE_ANNOUNCE_H
#define STORE_ANNOUNCE_H

#include "store/store.h"

/* Who knows of it: nobody yet, the person concerned, whose mail a server took, or a person who
 * approved the row of somebody whom no mail reaches. */
enum announced_told { ANNOUNCED_TO_NOBODY = 0, ANNOUNCED_BY_MAIL, ANNOUNCED_BY_APPROVAL };

struct store_announced {
    int64_t id; /* set when it is stored */
    const char *account_id, *rule;
    const char *action, *to_profile; /* what it is of: a name, and of what sets one the id */
    int64_t plan_id, position;       /* the row that announces it */
    struct instant at;
    struct day on;           /* the civil day of `at` */
    struct day not_before;   /* the day that is told */
    struct instant login_at; /* newest login known then; none = none */
    bool enforce;            /* mode of the policy */
    enum announced_told told;
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

/* Before a mail goes to the person concerned: as long as nothing else is said they count as not
 * reached. ERR_LOCKED when the same address was claimed already. */
int store_claim_unreached(struct store *store, const char *account_id, const char *rule,
                          const char *address, struct instant now, const char *why, struct err *err)
    __attribute__((warn_unused_result));
/* The mail certainly did not come: why. */
int store_keep_unreached(struct store *store, const char *account_id, const char *rule,
                         const char *why, struct err *err) __attribute__((warn_unused_result));
/* Another run may try; or nobody has to be reached any more. */
int store_forget_unreached(struct store *store, const struct store_announcement_end *end,
                           size_t count, struct err *err) __attribute__((warn_unused_result));

#endif
