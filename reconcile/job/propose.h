/*
 * propose: from two pictures to a stored plan: match, decide, guard, plan. Nothing is asked of the
 * portal here, and nothing is told.
 */
#ifndef JOB_PROPOSE_H
#define JOB_PROPOSE_H

#include "core/plan.h"
#include "job/job.h"

/* The plan is stored, held or not; memory from the job's arena. */
int job_propose(struct job *job, const struct collected *collected, struct plan **ret_plan,
                struct err *err) __attribute__((warn_unused_result));

/* The same over an export: nothing is stored, and there is nothing to approve (plan_is_report). */
struct plan *propose_report(const struct job *job, const struct collected *collected);

#endif
