/*
 * tell: the end of a run, told to people: each reason once, on every configured way. What could not
 * be delivered is tried again by the next run. Nothing here changes how the run ended.
 */
#ifndef JOB_TELL_H
#define JOB_TELL_H

#include "audit/watch.h"
#include "core/audit.h"
#include "job/job.h"

struct tell_run {
    bool is_run;   /* `run`; else `apply`, whose own failure is told to whoever called it */
    int64_t id;    /* 0 = it got no number */
    bool database; /* job->store can be asked */
    int exit_code;
    const char *why; /* it failed; NULL = it did not */
    uint64_t requests;
    unsigned blocked;                /* answers 429 */
    struct audit_head head;          /* of the record; sequence 0 = not known */
    const struct store_watch *watch; /* NULL when the database cannot be asked */
};

struct tell_result {
    size_t told, undelivered; /* messages */
};

/* Asked to end by a signal it tells nothing: the next run does. */
void job_tell(struct job *job, const struct tell_run *run, struct tell_result *ret_result);

#endif
