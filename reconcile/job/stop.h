/*
 * stop: what stops every act until a person takes it away again (G12): their own word, or decisions
 * of theirs that could not be read.
 */
#ifndef JOB_STOP_H
#define JOB_STOP_H

#include "job/job.h"

/* A sentence while the history has a stop row, the configured stop file is there, or this run left
 * decisions unread; else NULL. */
int stop_find(struct job *job, const char **ret_reason, struct err *err)
    __attribute__((warn_unused_result));

#endif
