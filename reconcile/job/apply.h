/*
 * apply: carries out what is approved in one plan, and nothing else.
 */
#ifndef JOB_APPLY_H
#define JOB_APPLY_H

#include "job/act.h"

struct apply_result {
    size_t by_state[STEP_STATE_COUNT]; /* steps of the plan as they are in the end */
    size_t open_before;                /* approved steps when it began */
    const char *stopped;               /* why it ended before the last step; NULL = it did not */
};

/* ERR_HELD, nothing written: the plan is not approved, used, expired or stale, or a guard holds all
 * of it. A result with failed, unknown or a stop is no error here. */
int apply_plan(struct job *job, const struct plan *plan, struct apply_result *ret_result,
               struct err *err) __attribute__((warn_unused_result));

/* The same with what the run has collected just now. */
int apply_collected(struct job *job, const struct plan *plan, const struct collected *now,
                    struct apply_result *ret_result, struct err *err)
    __attribute__((warn_unused_result));

/* The exit code it means: 0, or 21 with something failed or unknown. */
int apply_exit_code(const struct apply_result *result);

#endif
