/*
 * weigh: the pure core asked once, who belongs to whom and what the rules say of it, over what has
 * been collected so far. Used to find out whose last login is still wanting, and then to propose.
 */
#ifndef JOB_WEIGH_H
#define JOB_WEIGH_H

#include "job/job.h"

struct weighed {
    struct policy_context context;
    struct pairing *pairing; /* one per account */
    struct decided *decided; /* likewise */
};

/* Memory from the arena; the context borrows from `collected`. `pairing` is what match_all() said
 * of the same accounts before, which single reads do not change; NULL: ask it. With what has been
 * decided of just what is collected, nothing is decided again. */
void job_weigh(const struct job *job, const struct collected *collected, struct pairing *pairing,
               struct arena *arena, struct weighed *ret_weighed);

#endif
