/*
 * propose: from two pictures to a stored plan: match, decide, guard, plan. Nothing is asked of the
 * portal here, and nothing is told.
 */
#ifndef JOB_PROPOSE_H
#define JOB_PROPOSE_H

#include "job/job.h"

/* The plan is stored, held or not; memory from the job's arena. */
int propose(struct job *job, const struct collected *collected, struct plan **ret_plan,
            struct err *err) __attribute__((warn_unused_result));

#endif
