/*
 * overview: what people decided and still stands, and what waits for them: for `status`, and for
 * what a run tells. It reads; nothing is changed by it.
 */
#ifndef JOB_OVERVIEW_H
#define JOB_OVERVIEW_H

#include "audit/status.h"
#include "job/rule.h"

/* Decisions that are about to end: told once, with the command that renews them. An approval two
 * days before, so that the day before is left to decide; a keep a week before. */
struct overview_ending {
    size_t approvals;
    struct instant approval_first;
    bool spread;                /* one of them was */
    const struct ruling **keep; /* in order of their days */
    size_t keeps;
    struct instant newest; /* when the last of them came into sight; none = there is none */
};

/* `newest` is the newest plan, NULL = none. Either result may be NULL. Memory from the job's arena.
 */
int overview_load(struct job *job, const struct plan *newest, struct status_stands *ret_stands,
                  struct overview_ending *ret_ending, struct err *err)
    __attribute__((warn_unused_result));

#endif
