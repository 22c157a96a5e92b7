/*
 * collect: takes the two pictures, roster and portal, and stores both.
 */
#ifndef JOB_COLLECT_H
#define JOB_COLLECT_H

#include "job/job.h"

/* ERR_ROSTER: the roster is refused, nothing is stored. ERR_UNREACHABLE, ERR_SCOPE: the portal did
 * not answer; nothing is stored either. An incomplete snapshot is no error: it is stored as such.
 */
int collect(struct job *job, struct collected *ret_collected, struct err *err)
    __attribute__((warn_unused_result));

/* Which accounts need their last login read: only an active account can be suspended for it. */
bool collect_wants_login(const struct account *account);

#endif
