/*
 * stop: what stops every act until a person takes it away again (G12).
 */
#ifndef JOB_STOP_H
#define JOB_STOP_H

#include "job/job.h"

/* A sentence while the history has a stop row or the configured stop file is there, else NULL. */
int stop_find(struct job *job, const char **ret_reason, struct err *err)
    __attribute__((warn_unused_result));

#endif
