/*
 * audit/status: the newest of everything, for whoever wants to know how things stand.
 */
#ifndef AUDIT_STATUS_H
#define AUDIT_STATUS_H

#include "core/guard.h"
#include "core/plan.h"
#include "store/review.h"

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
