/*
 * verify: looks once more at what was done.
 */
#ifndef JOB_VERIFY_H
#define JOB_VERIFY_H

#include "job/job.h"

/* Every done step that was not verified yet: read again. One that is not as wanted any more is
 * reported, and stays done: it was, and somebody changed it since. */
int job_verify(struct job *job, size_t *ret_verified, size_t *ret_changed, struct err *err)
    __attribute__((warn_unused_result));

#endif
