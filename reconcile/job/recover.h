/*
 * recover: settles what an earlier run left open, by reading and never by acting again; and
 * verifies what is done by a fresh look.
 */
#ifndef JOB_RECOVER_H
#define JOB_RECOVER_H

#include "job/act.h"

struct recover_result {
    size_t taken_in; /* outcomes from the state directory */
    size_t settled_done, settled_failed, still_unknown;
};

/* First the outcomes that the database could not take, then every intent and unknown of the portal.
 */
int recover(struct job *job, struct recover_result *ret_result, struct err *err)
    __attribute__((warn_unused_result));

/* Every done step that was not verified yet: read again. One that is not as wanted any more is
 * reported, and stays done: it was, and somebody changed it since. */
int verify(struct job *job, size_t *ret_verified, size_t *ret_changed, struct err *err)
    __attribute__((warn_unused_result));

#endif
