/*
 * An open step is one whose call may have happened. Nothing here calls anything: the account is
 * read until the wanted state shows or patience is over, and the step gets the state that the
 * reading proves. What no reading can tell stays unknown, and is told as such. What an earlier run
 * had not begun is closed: no plan but this run's is carried out.
 */
#include "job/recover.h"

#include "base/cleanup.h"
#include "bynder/bynder.h"
#include "host/log.h"
#include "job/identity.h"
#include "job/late.h"
#include "store/outcome_file.h"
#include "store/step.h"

static int take_outcome(void *context, const struct store_outcome *outcome, struct instant at,
                        struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct job *job = context;

    if (store_outcome(job->store, &job->run, outcome, at, &own) == 0)
        return OUTCOME_TAKEN;
    if (own.code != ERR_INTERNAL)
        return err_move(err, &own);
    log_error(
        "an outcome of plan %lld that was kept outside the database contradicts it, and is set "
        "aside: %s",
        (long long)outcome->plan_id, own.text);
    return OUTCOME_SET_ASIDE;
}

static void note_without_effect(struct job *job, const struct store_step *step,
                                struct recover_result *result)
{
    char day[DAY_TEXT_SIZE];
    const char *sentence = arena_printf(
        job->arena,
        "%s of account '%s' was accepted by Bynder on %s and had no effect in %d days; hint: do it "
        "by hand, and ask Bynder why",
        action_name(step->aim.action), step->account_id,
        day_format(instant_day(step->intent_at, job->config->policy.zone), day), STEP_AWAITED_DAYS);

    log_warning("%s", sentence);
    result->without_effect[result->without_effect_count++] = sentence;
}

/* Whether what an earlier run called can be held against what was kept of the account before.
 * *ret_change: what else changed; NULL = nothing. */
static bool is_comparable(struct job *job, const struct store_step *step,
                          const struct reading *reading, const char **ret_change)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct account before;

    *ret_change = NULL;
    if (reading->kind != READING_FOUND || !step->record ||
        bynder_account_of(job->arena, step->record, &before, &own) < 0)
        return false;
    *ret_change = late_find_change(job, &step->aim, &before, step->record, reading);
    return true;
}

static int settle(struct job *job, const struct store_step *step, struct recover_result *result,
                  struct err *err)
{
    int64_t patience_us = job->config->apply.settle_seconds * SECOND_US;
    const struct step_call call = {
        .aim = step->aim, .at = step->intent_at, .accepted = instant_is_set(step->accepted_at)};
    const char *reason = NULL, *change = NULL;

    struct reading reading = act_wait(job, &step->aim, step->account_id, step->intent_at);
    enum step_state state =
        step_settle(&call, &reading, job->clock->now(job->clock->self), patience_us / 2, &reason);
    /* What Bynder accepted, and shows as it should and nothing else with it: then this run has its
     * canary, however slow the portal is. */
    if (state == STEP_DONE && is_comparable(job, step, &reading, &change) && !change &&
        call.accepted)
        job->effect_was_seen = true;
    if (change) {
        reason = arena_printf(job->arena, "done, but something else changed as well: %s", change);
        log_warning("account '%s': %s", step->account_id, reason);
    }
    log_info("%s %s of plan %lld: was %s, is %s: %s", action_name(step->aim.action),
             step->account_id, (long long)step->plan_id, step_state_name(step->state),
             step_state_name(state), reason);
    result->settled_done += state == STEP_DONE;
    result->settled_failed += state == STEP_FAILED;
    result->still_unknown += state == STEP_UNKNOWN;
    if (state == step->state)
        return 0;
    struct store_outcome outcome = {.plan_id = step->plan_id,
                                    .position = step->position,
                                    .state = state,
                                    .reason = reason,
                                    .accepted = call.accepted};
    if (store_outcome(job->store, &job->run, &outcome, job->clock->now(job->clock->self), err) < 0)
        return -1;
    if (state == STEP_FAILED && call.accepted && reading.kind == READING_FOUND)
        note_without_effect(job, step, result);
    return 0;
}

void recover_add_notes(struct job *job, const struct recover_result *result,
                       struct collected *collected)
{
    size_t count = collected->note_count + result->without_effect_count;
    const char **note = arena_calloc(job->arena, count + 1, sizeof(note[0]));

    for (size_t i = 0; i < count; i++)
        note[i] = i < result->without_effect_count
                      ? result->without_effect[i]
                      : collected->note[i - result->without_effect_count];
    collected->note = note;
    collected->note_count = count;
}

/* Of a plan that is carried out no more, what was not begun is over: the decision stands, and the
 * plan of this run carries it. */
static int give_up(struct job *job, const struct store_step *step, struct err *err)
{
    struct store_outcome outcome = {
        .plan_id = step->plan_id,
        .position = step->position,
        .state = STEP_SKIPPED,
        .reason = "its run ended before it came to this row; what was decided stands",
    };

    log_info("%s %s of plan %lld: was not begun, and is left to the plan of this run",
             action_name(step->aim.action), step->account_id, (long long)step->plan_id);
    return store_outcome(job->store, &job->run, &outcome, job->clock->now(job->clock->self), err);
}

static int give_up_all(struct job *job, struct err *err)
{
    struct store_step *step = NULL;
    size_t count = 0;

    if (store_load_left_steps(job->store, job->arena, &step, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (give_up(job, &step[i], err) < 0)
            return -1;
    }
    return 0;
}

int job_recover(struct job *job, struct recover_result *ret_result, struct err *err)
{
    struct recover_result result = {.taken_in = 0};
    struct store_step *step = NULL;
    size_t count = 0;
    bool closed = false;

    *ret_result = result;
    if (identity_find_host(job, err) < 0)
        return -1;
    if (job->record_back || job->is_elsewhere)
        return 0;
    if (outcome_file_each(job->arena, job->config, take_outcome, job, err) < 0 ||
        store_load_open_steps(job->store, job->arena, &step, &count, err) < 0)
        return -1;
    result.without_effect = arena_calloc(job->arena, count + 1, sizeof(result.without_effect[0]));
    for (size_t i = 0; i < count; i++) {
        if (settle(job, &step[i], &result, err) < 0)
            return -1;
    }
    if (give_up_all(job, err) < 0 || store_close_plan(job->store, 0, &closed, err) < 0)
        return -1;
    *ret_result = result;
    return 0;
}
