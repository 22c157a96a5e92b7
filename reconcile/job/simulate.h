/*
 * simulate: what other thresholds or another policy would do, on the newest picture of the history
 * and on stored nights. Only reads: no portal is asked, and nothing is stored.
 */
#ifndef JOB_SIMULATE_H
#define JOB_SIMULATE_H

#include "job/job.h"
#include "report/simulate.h"

struct simulate_wish {
    const int *days; /* thresholds, beside the policy as it is written */
    size_t count;
    const struct policy *policy; /* NULL = the configuration's */
    const char *policy_file;
    bool nights;         /* also on stored nights: */
    struct day from, to; /* none = the first, the last there is */
};

/* Memory from the job's arena; the caller releases it. ERR_USAGE: no picture, or no such night. */
int job_simulate(struct job *job, const struct simulate_wish *wish,
                 struct simulation *ret_simulation, struct err *err)
    __attribute__((warn_unused_result));
void simulation_release(struct simulation *simulation);

#endif
