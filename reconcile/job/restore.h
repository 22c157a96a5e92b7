/*
 * restore: a person accepts that the record went back to a backup (guard G15). What was approved
 * before is void; what this machine still knows of the time since is listed.
 */
#ifndef JOB_RESTORE_H
#define JOB_RESTORE_H

#include "job/job.h"

typedef void restore_found(void *context, const char *line);

struct restore_answer {
    size_t approvals; /* that are void now */
    size_t lost;      /* plans, decisions and acts that were listed */
};

/* ERR_USAGE: there is nothing to accept. ERR_HELD: who asks is no approver. `found` is called once
 * for each thing that reports and outcome files know and the database does not. The head that this
 * machine keeps is that of the record as it goes on. Under the portal's lock. */
int job_accept_restore(struct job *job, const char *who, const char *reason, restore_found *found,
                       void *context, struct restore_answer *ret_answer, struct err *err)
    __attribute__((warn_unused_result));

#endif
