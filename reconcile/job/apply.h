/*
 * apply: carries out what stands approved in the plan that was just made, and nothing else.
 */
#ifndef JOB_APPLY_H
#define JOB_APPLY_H

#include "job/act.h"

/* Why it ended, when that was before the last approved step. */
enum apply_stop {
    APPLY_TO_THE_END = 0,
    APPLY_INTERRUPTED, /* a signal: what is left can be applied later */
    APPLY_HELD,        /* a stop file or row, a limit, a fence */
    APPLY_CLOSED,      /* the hours for acts are over: what is left waits for the next (G12) */
    APPLY_ALARMED,     /* a surprise, or too many failures */
};

struct apply_result {
    size_t by_state[STEP_STATE_COUNT]; /* steps of the plan as they are in the end */
    size_t held;                       /* due rows that wait for what a person must do (G9, G10) */
    size_t waiting;                    /* due rows that wait for another day, or for those */
    enum apply_stop stop;
    const char *stopped; /* the reason; NULL = to the end */
};

/* The chosen rows of a proposal that was just made and stored. A result with failed, unknown or a
 * stop is no error here. */
int job_apply(struct job *job, const struct collected *now, const struct proposal *proposal,
              struct apply_result *ret_result, struct err *err) __attribute__((warn_unused_result));

/* The exit code it means: 21 with something failed, unknown or alarming, 20 when held, wholly or in
 * part, else 0. Whether the run wrote something before it was held is not known here: work_end. */
/* A signal ended it, and acts are left, or not known yet. */
bool apply_was_interrupted(const struct apply_result *result);
int apply_exit_code(const struct apply_result *result);

#endif
