/*
 * Carries out what stands approved in the plan that was just made, and is due, and has room on this
 * day (job/choose): one step at a time, in the order of the plan, deletions last. No plan of an
 * earlier night is carried out: what people decided is carried by the new one.
 */
#include "job/apply.h"

#include <stdlib.h>

#include "audit/record.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/log.h"
#include "job/collect.h"
#include "job/late.h"
#include "job/stop.h"
#include "store/ruling.h"
#include "store/savings.h"
#include "store/step.h"

/* --- the steps --- */

static void stop(struct apply_result *result, enum apply_stop why, const char *reason)
{
    result->stop = why;
    result->stopped = reason;
}

/* What ended the run with a step. */
static void stop_by(struct apply_result *result, const struct act_result *act)
{
    static const enum apply_stop stops[] = {[ACT_GO_ON] = APPLY_TO_THE_END,
                                            [ACT_HELD] = APPLY_HELD,
                                            [ACT_CLOSED] = APPLY_CLOSED,
                                            [ACT_ALARM] = APPLY_ALARMED};

    stop(result,
         act->end == ACT_HELD && clock_is_interrupted() ? APPLY_INTERRUPTED : stops[act->end],
         act->reason);
}

static void log_step(const struct store_step *step, const struct act_result *result)
{
    bool bad = step_is_open(result->state) || result->state == STEP_FAILED;
    const char *reason = result->reason ? result->reason : "no reason";

    log_line(bad ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "%s %s: %s: %s",
             action_name(step->aim.action), step->account_id, step_state_name(result->state),
             reason);
}

/* One step, and once more when nothing happened and it may start anew. */
static int take_step(struct acting *acting, struct store_step *step, struct apply_result *result,
                     struct err *err)
{
    const struct plan_row *row = &acting->plan->row[step->position - 1];
    struct act_result act = {.end = ACT_GO_ON};

    if (act_may_go_on(acting, row->action, &act, err) < 0)
        return -1;
    for (int tries = 0; tries < 2 && act.end == ACT_GO_ON; tries++) {
        if (act_on(acting, step, row, &act, err) < 0)
            return -1;
        step->state = act.state;
        log_step(step, &act);
        if (!act.again)
            break;
    }
    if (act.end != ACT_GO_ON)
        stop_by(result, &act);
    else if (act.again) /* twice no token, blocked, or no connection */
        stop(result, APPLY_ALARMED, act.reason);
    else if (step_failures_stop(&acting->failures))
        stop(result, APPLY_ALARMED, "too many acts failed: three in a row, or more than 5 %");
    return 0;
}

/* What Bynder refuses of one action says nothing about the others. */
static bool is_given_up(const struct acting *acting, const struct store_step *step,
                        struct apply_result *result)
{
    if (!step_failures_stop(&acting->refusals[step->aim.action]))
        return false;
    result->stopped =
        arena_printf(acting->job->arena,
                     "no further %s: too many were refused, three in a row or more than 5 %%",
                     action_name(step->aim.action));
    return true;
}

/* Whatever the database loses from here on is noticed by the next run (G15). */
static void keep_head(const struct job *job)
{
    CLEANUP(err_release) struct err own = ERR_INIT;

    if (audit_record_keep(job->config, job->store, job->clock->now(job->clock->self), &own) < 0)
        log_warning("the audit head was not kept: %s", own.text);
}

static int take_steps(struct acting *acting, struct store_step *step, size_t count,
                      struct apply_result *result, struct err *err)
{
    struct job *job = acting->job;
    const char *alarm = NULL;

    acting->open = arena_calloc(job->arena, count + 1, sizeof(acting->open[0]));
    for (size_t i = 0; i < count && result->stop == APPLY_TO_THE_END; i++) {
        if (step[i].state != STEP_APPROVED || is_given_up(acting, &step[i], result))
            continue;
        if (take_step(acting, &step[i], result, err) < 0)
            return -1;
        keep_head(job);
        if (job->progress.report)
            job->progress.report(job->progress.context, "steps", i + 1, count);
    }
    if (late_read_again(acting, &alarm, err) < 0)
        return -1;
    if (alarm)
        stop(result, APPLY_ALARMED, alarm);
    return 0;
}

/* From now on the time of these approvals counts: a night could have acted. */
static int mark_could_act(struct job *job, const struct proposal *proposal, struct err *err)
{
    const struct plan *plan = proposal->plan;
    size_t count = 0, capacity = 0;
    int64_t *id = NULL;

    for (size_t i = 0; i < plan->row_count; i++) {
        const struct rulings *rulings = proposal->book.rulings[i];
        for (size_t k = 0; rulings && proposal->choice.chosen[i] && k < rulings->count; k++) {
            const struct ruling *ruling = &rulings->item[k];
            if (ruling->kind != RULING_APPROVE || ruling->end != RULING_STANDS ||
                digest_compare(&ruling->subject, &plan->row[i].subject) != 0)
                continue;
            id = mem_grow(id, count, &capacity, sizeof(id[0]));
            id[count++] = ruling->id;
        }
    }
    int failed = store_mark_could_act(job->store, &job->run, id, count, job->now, err);
    free(id);
    return failed;
}

static int take_chosen(struct acting *acting, struct apply_result *result, struct err *err)
{
    struct job *job = acting->job;
    const struct proposal *proposal = acting->proposal;
    struct store_step *step = NULL;
    size_t count = 0;
    bool closed = false;

    if (mark_could_act(job, proposal, err) < 0 ||
        store_open_steps(job->store, &job->run, acting->plan, proposal->choice.chosen,
                         proposal->choice.uncounted, err) < 0 ||
        store_load_steps(job->store, job->arena, acting->plan->id, &step, &count, err) < 0 ||
        take_steps(acting, step, count, result, err) < 0 ||
        store_close_plan(job->store, acting->plan->id, &closed, err) < 0 ||
        store_settle_seats(job->store, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        result->by_state[step[i].state]++;
    return 0;
}

/* What a signal cut short is not to the end, even where the last act had been sent. */
static int take_watched(struct acting *acting, struct apply_result *result, struct err *err)
{
    struct job *job = acting->job;

    job->is_acting = true;
    int failed = take_chosen(acting, result, err);
    if (!failed && clock_is_interrupted() && result->stop == APPLY_TO_THE_END &&
        result->by_state[STEP_UNKNOWN] > 0)
        stop(result, APPLY_INTERRUPTED, "a signal asked to end");
    return failed;
}

int job_apply(struct job *job, const struct collected *now, const struct proposal *proposal,
              struct apply_result *ret_result, struct err *err)
{
    struct acting acting = {
        .job = job,
        .plan = proposal->plan,
        .proposal = proposal,
        .now = now,
        .pairing = proposal->weighed.pairing,
        .context = proposal->weighed.context,
        /* On a portal slower than the patience of a run, the act of the last one is the canary. */
        .canary_is_alive = job->effect_was_seen,
        .effects_are_late = job->effect_was_seen,
    };
    struct apply_result result = {.held = proposal->choice.impossible + proposal->choice.unheard,
                                  .waiting = proposal->choice.due - proposal->choice.count};
    const char *reason = NULL;
    int failed = 0;

    if (proposal->choice.unheard > 0)
        log_warning(
            "%zu rows are left alone in this run: somebody handed in a line about them that "
            "could not be taken; the answer in '%s' says why, and they decide anew",
            proposal->choice.unheard, job->config->review.inbox);
    if (stop_find(job, &reason, err) < 0)
        return -1;
    if (reason)
        stop(&result, APPLY_HELD, reason);
    else if (proposal->choice.closed)
        log_info("nothing is done now: %s; %zu rows wait", proposal->choice.closed,
                 proposal->choice.due);
    else if (proposal->choice.count > 0)
        failed = take_watched(&acting, &result, err);
    if (failed)
        return -1;
    *ret_result = result;
    return 0;
}

bool apply_was_interrupted(const struct apply_result *result)
{
    size_t left = result->by_state[STEP_APPROVED] + result->by_state[STEP_UNKNOWN] +
                  result->by_state[STEP_INTENT];

    return result->stop == APPLY_INTERRUPTED && left > 0;
}

int apply_exit_code(const struct apply_result *result)
{
    size_t bad = result->by_state[STEP_FAILED] + result->by_state[STEP_UNKNOWN] +
                 result->by_state[STEP_INTENT];

    if (apply_was_interrupted(result))
        return ERR_INTERRUPTED;
    if (bad > 0 || result->stop == APPLY_ALARMED)
        return ERR_PARTIAL;
    if (result->stop == APPLY_HELD || result->held > 0)
        return ERR_HELD;
    /* Read three times in vain and so on: approved steps that are left without anybody's wish. */
    if (result->by_state[STEP_APPROVED] > 0 && result->stop == APPLY_TO_THE_END)
        return ERR_PARTIAL;
    return 0;
}
