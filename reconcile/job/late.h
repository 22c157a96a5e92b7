/*
 * late: what a reading says about a call, and the patience with calls whose effect comes late.
 * Bynder answers 202 when it has taken an act on; that it shows may take seconds or days.
 */
#ifndef JOB_LATE_H
#define JOB_LATE_H

#include "job/act.h"

struct effect {
    enum step_state state; /* done or unknown */
    const char *reason;
    bool surprise; /* done, and something else changed as well */
};

/* What else of the account is not as `before` and `record` (its JSON) have it, by a reading after
 * the act, as a sentence; NULL = nothing. */
const char *late_find_change(struct job *job, const struct step_aim *aim,
                             const struct account *before, const char *record,
                             const struct reading *after);

struct effect late_judge(struct job *job, const struct call *call, const struct reading *after);

int late_record(struct acting *acting, const struct call *call, const struct effect *effect,
                struct err *err) __attribute__((warn_unused_result));

/* Of the first act of a run, when Bynder accepted it and it does not show yet: reads on for
 * apply.canary_minutes, and records what it then sees. */
int late_wait_for_canary(struct acting *acting, const struct call *call, struct effect *effect,
                         struct err *err) __attribute__((warn_unused_result));

/* At the end of a run: reads again what does not show yet, as long as that takes, but no longer
 * than apply.canary_minutes after each call. *ret_alarm: a sentence when something else changed as
 * well, else as it was. */
int late_read_again(struct acting *acting, const char **ret_alarm, struct err *err)
    __attribute__((warn_unused_result));

#endif
