/*
 * recover: settles what an earlier run left open, by reading and never by acting again.
 */
#ifndef JOB_RECOVER_H
#define JOB_RECOVER_H

#include "job/act.h"

struct recover_result {
    size_t taken_in; /* outcomes from the state directory */
    size_t settled_done, settled_failed, still_unknown;
    const char **without_effect; /* a sentence for each accepted act that had none in 7 days */
    size_t without_effect_count;
};

/* First the outcomes that the database could not take, then every intent and unknown of the portal.
 */
int job_recover(struct job *job, struct recover_result *ret_result, struct err *err)
    __attribute__((warn_unused_result));

/* What people must see of it, as notes of the plan that is made from this picture. */
void recover_add_notes(struct job *job, const struct recover_result *result,
                       struct collected *collected);

#endif
