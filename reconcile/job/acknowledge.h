/*
 * acknowledge: a person lets a guard of evidence go, and a night ends what is over. It approves no
 * row and needs none. Nothing is asked of the portal. Specification: docs/decisions.md "Letting a
 * guard of evidence go".
 */
#ifndef JOB_ACKNOWLEDGE_H
#define JOB_ACKNOWLEDGE_H

#include "core/plan.h"
#include "job/job.h"

struct acknowledge_request {
    const char *who;    /* user of the operating system */
    const char *digest; /* of the plan as it was seen */
    const char *guard;
    const char *reason;
};

/* What `seen` found is accepted, as long as acknowledgement_end says. ERR_USAGE: no reason, no
 * digest, not a guard that holds this plan, or one that nobody can let go. ERR_HELD: the digest is
 * another one's, who asks is no approver, or the newest plan finds something else or worse. */
int job_acknowledge(struct job *job, const struct plan *seen,
                    const struct acknowledge_request *request, struct acknowledgement *ret_given,
                    struct err *err) __attribute__((warn_unused_result));

/* Records the ends that the guards of this night found. */
int acknowledge_night(struct job *job, const struct guard_result *guards, struct err *err)
    __attribute__((warn_unused_result));

#endif
