/*
 * job: what every flow of a run works with, and what one run has collected so far.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "config/config.h"
#include "facts/portal.h"
#include "host/clock.h"
#include "store/store.h"

/* What the plan of this run was made from. Memory from the job's arena. */
struct picture {
    struct snapshot snapshot;
    int64_t roster_id;
    const struct pairing *pairing;
};

struct job {
    const struct config *config;
    struct arena *arena;
    const struct clock *clock;
    struct store *store;
    struct store_run run;
    struct portal portal; /* writing members are NULL in a dry run */
    struct progress progress;
    struct instant now;              /* taken once, when the run began */
    struct day today;                /* of `now` in the configured zone */
    size_t acted;                    /* calls of this run that took effect, or may have */
    int64_t mail_room[ACTION_COUNT]; /* how many people of each action may be told unasked (R7) */
    bool effect_was_seen;            /* an act of an earlier run showed tonight as it should */
    size_t unasked_waits;            /* rows that need nobody and exceed a limit, as last chosen */
    bool is_acting;                  /* acts have begun: a stop must be heard at once */
    bool accept_gap;                 /* G13 */
    bool only_looks;                 /* the verb is `plan`: nothing is learned from it */
    bool is_elsewhere;               /* the portal is at another host than it was (G14) */
    bool may_be_another;     /* that, or another user: what it tells may be of another one */
    const char *record_back; /* G15, a sentence: nothing is settled, ended, thinned or kept */
    /* Decisions that were handed in and not read, a sentence: they may spare anybody, so nothing is
     * done; NULL = none. And whom lines of them were to spare, and nobody knows how: folded ids of
     * accounts, and subjects of rows. */
    const char *unread;
    const char *const *unheard;
    size_t unheard_count;
    bool full;                     /* rows for plain keeps too */
    const struct picture *picture; /* NULL = this run made no plan */
};

struct collected {
    struct roster roster;
    struct snapshot snapshot;
    struct pairing *pairing; /* of just these two pictures; NULL = not made */
    struct decided *decided; /* likewise, by that pairing */
    struct guard_history history;
    const struct roster_proof *proof; /* R6: ascending, the present one included when it is good */
    size_t proof_count;
    bool roster_is_good;
    int64_t known_snapshot_id; /* of the last run that was sure of the portal (G14) */
    const char *const *note;   /* what a report over an export has to say about it */
    size_t note_count;
};

#endif
