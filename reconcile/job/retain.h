/*
 * retain: takes away what is too old to be kept.
 */
#ifndef JOB_RETAIN_H
#define JOB_RETAIN_H

#include "job/job.h"

/* What the configuration's retention says, as part of a run. Left to an eraser, with a line in the
 * log, when this connection may not erase. */
int job_retain(struct job *job, struct err *err) __attribute__((warn_unused_result));

#endif
