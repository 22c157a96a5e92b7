/*
 * collect: takes the two pictures, roster and portal, and stores both.
 */
#ifndef JOB_COLLECT_H
#define JOB_COLLECT_H

#include "job/job.h"

/* ERR_ROSTER: the roster is refused, nothing is stored. ERR_UNREACHABLE, ERR_SCOPE: the portal did
 * not answer; nothing is stored either. An incomplete snapshot is no error: it is stored as such.
 */
int job_collect(struct job *job, struct collected *ret_collected, struct err *err)
    __attribute__((warn_unused_result));

/* Parts of the above, for pictures that do not come from the portal: the roster, judged; and what
 * the history adds once roster and snapshot are there. */
int collect_roster(struct job *job, struct roster *ret_roster, struct err *err)
    __attribute__((warn_unused_result));
int collect_history(struct job *job, struct collected *collected, struct err *err)
    __attribute__((warn_unused_result));

#endif
