/*
 * A call that was answered well may still have changed nothing, so every done step is read once
 * more by itself. What is not as wanted any more is told and nothing else: it was done, and undoing
 * what somebody did since is for a new plan.
 */
#include "job/verify.h"

#include "host/log.h"
#include "job/act.h"

int job_verify(struct job *job, size_t *ret_verified, size_t *ret_changed, struct err *err)
{
    struct store_step *step = NULL;
    size_t count = 0, verified = 0, changed = 0;

    *ret_verified = *ret_changed = 0;
    if (job->record_back || job->is_elsewhere)
        return 0;
    if (store_load_unverified(job->store, job->arena, &step, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count && !clock_is_interrupted(); i++) {
        const char *why = NULL;
        struct reading reading = act_read(job, step[i].account_id, &why);
        struct store_outcome outcome = {
            .plan_id = step[i].plan_id,
            .position = step[i].position,
            .state = STEP_VERIFIED,
            .reason = step[i].reason}; /* a look that agrees takes nothing back */
        if (reading.kind == READING_FAILED && clock_is_interrupted())
            break;
        if (!step_is_wanted(&step[i].aim, &reading)) {
            changed += reading.kind != READING_FAILED;
            log_warning("%s %s of plan %lld was done, but a fresh look %s",
                        action_name(step[i].aim.action), step[i].account_id,
                        (long long)step[i].plan_id,
                        reading.kind == READING_FAILED ? "failed" : "shows another state");
            continue;
        }
        if (store_outcome(job->store, &job->run, &outcome, job->clock->now(job->clock->self), err) <
            0)
            return -1;
        verified++;
    }
    *ret_verified = verified;
    *ret_changed = changed;
    return 0;
}
