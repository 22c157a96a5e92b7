/*
 * snapshot: every account of a portal as of one reading, and how far that reading can be trusted.
 */
#ifndef FACTS_SNAPSHOT_H
#define FACTS_SNAPSHOT_H

#include "base/arena.h"
#include "base/digest.h"
#include "facts/account.h"

struct seats;        /* core/seats.h */
struct roster_texts; /* facts/roster.h */

struct profile {
    const char *id;
    const char *name;
    const char *const *role;
    size_t role_count;
};

/* What the history has open of an account: how the digest of that version begins, which is enough
 * to tell versions apart; all zero = nothing. */
struct version_mark {
    uint8_t byte[8];
};

enum snapshot_source {
    SNAPSHOT_FROM_PORTAL = 0,
    SNAPSHOT_FROM_EXPORT, /* a file that Bynder's user management exported: for reports alone */
};

struct snapshot {
    int64_t id; /* in the store; 0 = not stored */
    enum snapshot_source source;
    const char *file;        /* the export; NULL for a portal's */
    struct instant taken_at; /* of an export: when its file was last changed */
    bool complete;
    const char *incomplete_reason; /* first reason, NULL when complete */
    struct account *account;       /* in the order of the portal; gone ones are added behind */
    size_t count;                  /* all, gone ones included */
    size_t capacity;               /* room in `account`; less than count = not told */
    struct profile *profile;
    size_t profile_count;
    const struct seats *seats;        /* the classes it is stored with; NULL = none. Of no digest */
    const struct roster_texts *texts; /* while it is read: what need not be kept again; or NULL */
    const char *own_id;               /* the token's user: P1 */
    bool clock_told;                  /* the portal told its clock (G13) */
    double clock_ahead_s;
    size_t requests;    /* HTTP requests this snapshot took */
    size_t logins_read; /* single reads that answered */

    /* How last logins became known. */
    bool by_events;                 /* login events were read to their end */
    size_t events;                  /* login events read */
    const char *logins_note;        /* why events were not used, or not to their end; or NULL */
    struct instant events_reach;    /* newest login event ever told; none = events not in use */
    struct instant events_since;    /* login events are told from here on; none = all of them */
    struct activity_reach activity; /* how far what is known of activity reaches */
    size_t logins_known_before;     /* read now, and one was known before */
    bool logins_given_up; /* single reads were stopped: the portal answers none any more */
    size_t logins_lost;   /* of those: vanished or moved backwards (G5) */
    bool numbered;        /* accounts without a history.number are new (store/store) */
    struct arena
        *marks; /* where marks are kept, of who wants them until the digest; NULL = nobody */
    struct version_mark *mark; /* of the first mark_count accounts */
    size_t mark_count;
    const int64_t *unlisted; /* numbers of those in the history that this does not list */
    const int64_t *missing;  /* of them, those that were there until now */
    size_t unlisted_count, missing_count;
    struct digest digest;
};

struct snapshot_totals {
    size_t accounts; /* without gone ones */
    size_t active, inactive, unreadable, gone;
};

struct snapshot_totals snapshot_count(const struct snapshot *snapshot);

/* A single read answered at `now`: account->login is what it said, `known` what was known before.
 * Leaves the one that holds, and counts what was lost. */
void snapshot_reread(struct snapshot *snapshot, struct account *account, struct login known,
                     struct instant now);

/* Nobody is judged gone by an incomplete snapshot: takes out the accounts that are ACCOUNT_GONE,
 * which stand at the end. Nothing happens when it is complete. */
void snapshot_forget_gone(struct snapshot *snapshot);

/* Takes out the accounts that are ACCOUNT_GONE, whatever the snapshot is. */
void snapshot_drop_gone(struct snapshot *snapshot);

/* "portal", "export" */
const char *snapshot_source_name(enum snapshot_source source);

/* By id; NULL when there is none. Linear for few, callers with many keep their own table. */
const struct profile *snapshot_profile(const struct snapshot *snapshot, const char *profile_id);

/* Its security roles, sorted, joined by ' '. Arena. */
const char *profile_roles(struct arena *arena, const struct profile *profile);

/* SHA-256 over accounts in order of id, profiles in order of id: the same content in any order
 * gives the same digest. Sets snapshot->digest, and who is as_stored. */
void snapshot_digest(struct snapshot *snapshot);
/* Before the memory goes where they are kept. */
void snapshot_forget_marks(struct snapshot *snapshot);

/* The canonical projection of one account by which versions are told apart: everything but the
 * last login and our own history. */
struct digest account_digest(const struct account *account);
/* What tells versions of an account apart in the store: its digest, and the department, which that
 * leaves out because it is not read every time. */
struct digest account_version_digest(const struct account *account, const struct digest *own);
struct digest person_digest(const struct person *person);

#endif
