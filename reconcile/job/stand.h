/*
 * stand: what people decided about the rows of a plan, on which night they will be done, and what
 * became of them, put beside the rows for whoever shows the plan. Reads the history alone.
 */
#ifndef JOB_STAND_H
#define JOB_STAND_H

#include "core/plan.h"
#include "job/job.h"

/* Sets plan->row[].standing, plan->since, plan->state as it is by now, and of the totals approved,
 * kept, done and not_done. Memory from the job's arena. Nothing is set of a plan that is not
 * stored. */
int job_stand(struct job *job, struct plan *plan, struct err *err)
    __attribute__((warn_unused_result));

#endif
