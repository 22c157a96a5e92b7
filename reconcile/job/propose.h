/*
 * propose: from two pictures to a stored plan: match, decide, guard, plan, and beside each row what
 * people decided about it. Nothing is asked of the portal here, and nothing is told: announcements
 * and the ends of decisions are the night's (job/rule).
 */
#ifndef JOB_PROPOSE_H
#define JOB_PROPOSE_H

#include "job/choose.h"

struct proposal {
    struct plan *plan;
    struct weighed weighed;
    struct guard_result guards;
    struct rule_book book;
    struct choice choice; /* what of it would be done now */
};

/* The pictures are stored, and then the plan, held or not; memory from the job's arena. */
int job_propose(struct job *job, struct collected *collected, struct proposal *ret_proposal,
                struct err *err) __attribute__((warn_unused_result));

/* Looks again at what stands and what the day has room for, as after a night: `only` NULL, or just
 * the rows that this earlier plan has with the same subject. */
int job_choose_anew(struct job *job, const struct plan *only, struct proposal *proposal,
                    struct err *err) __attribute__((warn_unused_result));

/* The same over an export: nothing is stored, and there is nothing to approve (plan_is_report). */
struct plan *propose_report(const struct job *job, const struct collected *collected);

#endif
