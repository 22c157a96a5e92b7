/*
 * approve: a person's decision about a plan, checked and recorded.
 */
#ifndef JOB_APPROVE_H
#define JOB_APPROVE_H

#include "core/review.h"
#include "job/job.h"

struct approve_request {
    const char *who;           /* operating-system user */
    const char *digest;        /* as the person saw it, in hex */
    const char *only, *except; /* contents of the files; NULL = not given */
    const char *only_name, *except_name;
    const char *override_guards; /* "G7", or several: "G7,G10"; NULL = none */
    const char *reason;          /* of the overrides */
};

struct approve_result {
    size_t rows;     /* named by this approval */
    size_t approved; /* of the plan's rows, approved by enough people now */
    size_t missing;  /* named, but more people are needed */
};

/* ERR_HELD with one sentence why not: wrong digest, or a plan that is held, expired, superseded,
 * used, rejected or empty, or a person who may not. */
int job_approve(struct job *job, const struct plan *plan, const struct approve_request *request,
                struct approve_result *ret_result, struct err *err)
    __attribute__((warn_unused_result));

#endif
