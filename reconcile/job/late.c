/*
 * Nothing is called here. A call that was accepted is never a failure by what is read here: it is
 * done, or still unknown, and then the next runs look at it (job/recover).
 */
#include "job/late.h"

#include "bynder/bynder.h"
#include "host/log.h"

enum { PAUSE_LEAST_US = 1000000, PAUSE_MOST_US = 15000000 };

/* NULL = what was kept of the reading tells none. */
static const struct particulars *particulars_of(struct job *job, const char *raw)
{
    struct particulars *particulars = arena_calloc(job->arena, 1, sizeof(*particulars));

    return raw && bynder_particulars_of(job->arena, raw, particulars, NULL) == 0 ? particulars
                                                                                 : NULL;
}

const char *late_find_change(struct job *job, const struct step_aim *aim,
                             const struct account *before, const char *record,
                             const struct reading *after)
{
    const struct step_sight was = {.account = before, .particulars = particulars_of(job, record)};
    const struct step_sight is = {.account = &after->account,
                                  .particulars = particulars_of(job, after->raw)};

    return step_unintended_change(job->arena, aim, &job->config->portal.changes_itself, &was, &is);
}

struct effect late_judge(struct job *job, const struct call *call, const struct reading *after)
{
    const struct step_call as_called = {
        .aim = step_aim_of(call->row), .at = call->at, .accepted = call->accepted};
    struct effect effect = {.surprise = false};

    effect.state = step_settle(&as_called, after, job->clock->now(job->clock->self), INT64_MAX,
                               &effect.reason);
    if (effect.state == STEP_FAILED) /* nothing contradicts a late effect: recover settles it */
        effect.state = STEP_UNKNOWN;
    if (effect.state != STEP_DONE || after->kind != READING_FOUND)
        return effect;
    const char *change = late_find_change(job, &as_called.aim, &call->before, call->record, after);
    if (change) {
        effect.surprise = true;
        effect.reason =
            arena_printf(job->arena, "done, but something else changed as well: %s", change);
    }
    return effect;
}

int late_record(struct acting *acting, const struct call *call, const struct effect *effect,
                struct err *err)
{
    struct store_outcome outcome = {.state = effect->state,
                                    .reason = effect->reason,
                                    .status = call->status,
                                    .accepted = call->accepted};

    return act_journal(acting, call->step, &outcome, err);
}

static int64_t patience_us(const struct job *job)
{
    return job->config->apply.canary_minutes * 60 * SECOND_US;
}

/* Until when, by the steady clock, this call is waited for. */
static struct instant end_of_patience(const struct job *job, const struct call *call)
{
    int64_t age_us = job->clock->now(job->clock->self).us - call->at.us;
    int64_t left_us = patience_us(job) - (age_us > 0 ? age_us : 0);

    return instant_add_us(job->clock->steady(job->clock->self), left_us > 0 ? left_us : 0);
}

/* Waits, each time longer. false: patience is over, or a signal came. */
static bool wait_on(const struct job *job, struct instant until, int64_t *pause_us)
{
    struct instant now = job->clock->steady(job->clock->self);
    int64_t left_us = until.us - now.us;

    if (left_us <= 0)
        return false;
    int64_t wait_us = left_us < *pause_us ? left_us : *pause_us;
    *pause_us = *pause_us < PAUSE_MOST_US / 2 ? *pause_us * 2 : PAUSE_MOST_US;
    return job->clock->sleep_until(job->clock->self, instant_add_us(now, wait_us));
}

int late_wait_for_canary(struct acting *acting, const struct call *call, struct effect *effect,
                         struct err *err)
{
    struct job *job = acting->job;
    struct instant until = end_of_patience(job, call);
    int64_t pause_us = PAUSE_LEAST_US;
    const char *why = NULL;

    if (!call->accepted || effect->state != STEP_UNKNOWN)
        return 0;
    if (patience_us(job) > 0)
        log_info("the first act is accepted and does not show yet: waiting for it, at most %lld "
                 "minutes",
                 (long long)job->config->apply.canary_minutes);
    while (effect->state == STEP_UNKNOWN && wait_on(job, until, &pause_us)) {
        struct reading after = act_read(job, call->row->account_id, &why);
        *effect = late_judge(job, call, &after);
    }
    if (effect->state == STEP_DONE) {
        acting->effects_are_late = true;
        return late_record(acting, call, effect, err);
    }
    effect->reason = arena_printf(
        job->arena,
        "the first act of this run was accepted by Bynder and does not show after %lld "
        "minutes, so no other follows",
        (long long)job->config->apply.canary_minutes);
    return 0;
}

/* One more reading of each that is open. Returns by *ret_left how many of them were accepted. */
static int read_each(struct acting *acting, size_t *ret_left, const char **ret_alarm,
                     struct err *err)
{
    size_t left = 0;
    const char *why = NULL;

    for (size_t i = 0; i < acting->open_count && !clock_is_interrupted(); i++) {
        const struct call *call = &acting->open[i];
        if (call->step->state != STEP_UNKNOWN)
            continue;
        struct reading after = act_read(acting->job, call->row->account_id, &why);
        struct effect effect = late_judge(acting->job, call, &after);
        left += effect.state == STEP_UNKNOWN && call->accepted;
        if (effect.state == STEP_UNKNOWN)
            continue;
        if (late_record(acting, call, &effect, err) < 0)
            return -1;
        if (effect.surprise)
            *ret_alarm = effect.reason;
        log_info("%s %s: %s: %s", action_name(call->row->action), call->row->account_id,
                 step_state_name(effect.state), effect.reason);
    }
    *ret_left = left;
    return 0;
}

int late_read_again(struct acting *acting, const char **ret_alarm, struct err *err)
{
    struct job *job = acting->job;
    struct instant until = job->clock->steady(job->clock->self);
    int64_t pause_us = PAUSE_LEAST_US;
    size_t left = 0;

    if (acting->open_count == 0)
        return 0;
    for (size_t i = 0; i < acting->open_count; i++) {
        if (acting->open[i].accepted)
            until = instant_later(until, end_of_patience(job, &acting->open[i]));
    }
    if (!acting->canary_is_alive) /* it was waited for already */
        until = INSTANT_NONE;
    do {
        if (read_each(acting, &left, ret_alarm, err) < 0)
            return -1;
    } while (left > 0 && wait_on(job, until, &pause_us));
    return 0;
}
