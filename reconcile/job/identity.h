/*
 * identity: whether the portal is the one of the last run (guard G14), and what a run that is sure
 * of it leaves for the next.
 */
#ifndef JOB_IDENTITY_H
#define JOB_IDENTITY_H

#include "core/guard.h"
#include "job/job.h"

/* Before anything is asked of the portal: whether it is at another host than in the last run. Then
 * what it says of an account is no answer to what was done before. Sets job->is_elsewhere. */
int identity_find_host(struct job *job, struct err *err) __attribute__((warn_unused_result));

/* What the guard compares with, before the snapshot is stored. Sets job->may_be_another. */
int identity_load(struct job *job, struct collected *collected, struct err *err)
    __attribute__((warn_unused_result));
/* And behind it, where that is asked for: of the accounts of that run, how many are there. */
bool identity_is_asked(const struct collected *collected);
int identity_compare(struct job *job, struct collected *collected, struct err *err)
    __attribute__((warn_unused_result));

/* For `run` and `apply`: learns who the portal is from a whole list, unless G14 holds, or G15. */
int identity_night(struct job *job, const struct collected *collected,
                   const struct guard_result *guards, struct err *err)
    __attribute__((warn_unused_result));

#endif
