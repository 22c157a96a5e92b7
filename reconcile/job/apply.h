/*
 * apply: carries out what is approved in one plan, and nothing else.
 */
#ifndef JOB_APPLY_H
#define JOB_APPLY_H

#include "job/act.h"

/* Why it ended, when that was before the last approved step. */
enum apply_stop {
    APPLY_TO_THE_END = 0,
    APPLY_INTERRUPTED, /* a signal: what is left can be applied later */
    APPLY_HELD,        /* a stop file or row, a limit, a fence */
    APPLY_ALARMED,     /* a surprise, or too many failures */
};

struct apply_result {
    size_t by_state[STEP_STATE_COUNT]; /* steps of the plan as they are in the end */
    size_t held;                       /* approved rows that a guard holds, while others went on */
    enum apply_stop stop;
    const char *stopped; /* the reason; NULL = to the end */
};

/* Whether any row is approved by enough people and due. Without one the plan waits for people or
 * for its day, and nothing is wrong with it. */
int apply_has_work(struct job *job, const struct plan *plan, bool *ret_has_work, struct err *err)
    __attribute__((warn_unused_result));

/* ERR_HELD, nothing written: the plan is not approved, used, expired or stale, or a guard holds all
 * of it. A result with failed, unknown or a stop is no error here. */
int apply_plan(struct job *job, const struct plan *plan, struct apply_result *ret_result,
               struct err *err) __attribute__((warn_unused_result));

/* The same with what the run has collected just now. */
int apply_collected(struct job *job, const struct plan *plan, const struct collected *now,
                    struct apply_result *ret_result, struct err *err)
    __attribute__((warn_unused_result));

/* The exit code it means: 21 with something failed, unknown or alarming, 20 when held, wholly or in
 * part, else 0. Whether the run wrote something before it was held is not known here: work_end. */
int apply_exit_code(const struct apply_result *result);

#endif
