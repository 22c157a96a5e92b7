/*
 * collect: takes the two pictures, roster and portal, and stores both.
 *
 * In two steps: a plan is made of them while they are stored (job_propose).
 */
#ifndef JOB_COLLECT_H
#define JOB_COLLECT_H

#include "job/job.h"
#include "store/snapshot.h"

/* ERR_ROSTER: the roster is refused. ERR_UNREACHABLE, ERR_SCOPE: the portal did not answer. An
 * incomplete snapshot is no error: it is stored as such. Neither picture is stored yet. */
int job_collect(struct job *job, struct collected *ret_collected, struct err *err)
    __attribute__((warn_unused_result));

/* Stores both, one after the other, and leaves them as they are. */
struct collect_saved {
    struct saved_snapshot snapshot;
    int64_t roster_id;
};
int collect_save(struct job *job, struct collected *collected, struct collect_saved *saved,
                 struct err *err) __attribute__((warn_unused_result));
/* What is known of them then. */
void collect_take_saved(struct collected *collected, const struct collect_saved *saved);
void collect_saved_release(struct collect_saved *saved);

/* Parts of the above, for pictures that do not come from the portal: the roster, judged; and what
 * the history adds once roster and snapshot are there. */
int collect_roster(struct job *job, struct roster *ret_roster, struct err *err)
    __attribute__((warn_unused_result));
int collect_history(struct job *job, struct collected *collected, struct err *err)
    __attribute__((warn_unused_result));

#endif
