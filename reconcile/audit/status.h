/*
 * audit/status: the newest of everything, for whoever wants to know how things stand.
 */
#ifndef AUDIT_STATUS_H
#define AUDIT_STATUS_H

#include "core/guard.h"
#include "core/plan.h"
#include "store/review.h"
#include "store/ruling.h"
#include "store/step.h"

struct store_status_run {
    int64_t id;
    const char *verb;
    struct instant started_at, finished_at;
    int exit_code; /* -1 = not finished: cut off, or running */
    const char *message;
};

/* A guard that holds the newest plan. */
struct status_guard {
    const char *id, *text, *limit, *actual;
    const char *cause;    /* what a person accepts who lets it go; NULL = nobody can */
    struct instant since; /* the first plan that it held without a break */
};

/* Decisions of a kind that stand: how many, and the day that the first of them ends with. */
struct status_decisions {
    size_t count;
    struct day first; /* none = none ends by its day */
};

/* What people decided and what waits for them. */
struct status_stands {
    bool known;             /* it was asked */
    size_t waiting, due;    /* rows of the newest plan that wait for a person; those due by now */
    size_t approved, alone; /* rows that enough people approved; those that lack only another */
    struct instant approval_first; /* the first end of an approval by time; none = none yet */
    struct status_decisions keeps, rejects, agains;
    const struct acknowledgement *acknowledgement;
    size_t acknowledgements;
    size_t announced;              /* graces that run */
    struct day announced_next;     /* the first day one of them is over */
    const struct store_step *open; /* acts whose outcome nobody knows */
    const char *digest;            /* of the newest plan */
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
    int64_t plan_id; /* 0 = there is none */
    enum plan_state plan_state;
    struct instant plan_created_at;
    size_t held_count;
    const struct status_guard *held; /* guards that hold the newest plan */
    int64_t database_bytes;
    bool locked;
    size_t open_steps; /* intent or unknown; set by the caller (store/review), likewise below */
    const struct store_lock_until *suspended; /* newest first */
    size_t suspended_count;
    struct status_stands stands; /* likewise */
};
/* Graces that run on this day. */
int store_load_announced(struct store *store, struct arena *arena, struct day today,
                         struct status_stands *stands, struct err *err)
    __attribute__((warn_unused_result));
int store_load_status(struct store *store, struct arena *arena, struct store_status *ret_status,
                      struct err *err) __attribute__((warn_unused_result));

#endif
