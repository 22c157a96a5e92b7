/*
 * restore: a person accepts that the record went back to a backup (guard G15). What was approved
 * before is void; what this machine still knows of the time since is listed.
 */
#ifndef JOB_RESTORE_H
#define JOB_RESTORE_H

#include <stdlib.h>

#include "job/job.h"

struct restore_answer {
    size_t approvals;  /* that are void now */
    const char **lost; /* what reports and outcome files know and the database does not, a sentence
                          for each plan, decision and act */
    size_t lost_count, lost_capacity;
};
static inline void restore_answer_release(struct restore_answer *answer)
{
    free(answer->lost);
}

/* ERR_USAGE: there is nothing to accept. ERR_HELD: who asks is no approver. The head that this
 * machine keeps is that of the record as it goes on. Under the portal's lock, so nothing is printed
 * here: whoever reads it may take their time. */
int job_accept_restore(struct job *job, const char *who, const char *reason,
                       struct restore_answer *ret_answer, struct err *err)
    __attribute__((warn_unused_result));

#endif
