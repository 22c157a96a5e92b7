/*
 * What may go wrong at each point, and what it then is: before the intent nothing happened, the
 * step is skipped or stays approved; after the intent it may have happened, and only Bynder's
 * definite no or a reading says otherwise. A step is never called twice on one intent.
 *
 * The first act of a run is its canary: whatever surprises about it ends the run.
 */
#include "job/act.h"

#include "base/fold.h"
#include "base/table.h"
#include "base/text.h"
#include "host/log.h"
#include "store/outcome_file.h"
#include "store/step.h"

#define FINISH_SECONDS 10 /* for the last reading, beyond the configured patience */

static struct instant now_of(const struct job *job)
{
    return job->clock->now(job->clock->self);
}

struct reading act_read(struct job *job, const char *id, const char **ret_raw, const char **ret_why)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct reading reading = {.kind = READING_FAILED};
    bool found = false;

    if (job->portal.get(job->portal.self, job->arena, id, &reading.account, &found, ret_raw, &err) <
        0) {
        *ret_why = arena_strdup(job->arena, err.text);
        return (struct reading){.kind = READING_FAILED};
    }
    reading.kind = found ? READING_FOUND : READING_GONE;
    return reading;
}

/* --- before --- */

static size_t find_account(const struct snapshot *snapshot, const char *id)
{
    size_t i = 0;

    while (i < snapshot->count && !text_equal(snapshot->account[i].id, id))
        i++;
    return i;
}

static bool is_same(struct arena *arena, const char *a, const char *b)
{
    return text_equal(fold_text(arena, a), fold_text(arena, b));
}

/* A single user, as Bynder describes it, has no second address (API.md 3): where none is told,
 * nothing says that it changed. It never makes a pair, it can only contest one, and the list of
 * this run was asked for that. */
static bool has_same_second_address(struct arena *arena, const struct account *listed,
                                    const struct account *fresh)
{
    return !fresh->email2 || is_same(arena, listed->email2, fresh->email2);
}

/* Whether the account still has the keys by which it was paired with its person. With another one
 * it may be somebody else's, whatever its e-mail address is. */
static bool has_same_keys(struct arena *arena, const struct account *listed,
                          const struct account *fresh, const struct pairing *pairing)
{
    return is_same(arena, listed->employee_number, fresh->employee_number) &&
           has_same_second_address(arena, listed, fresh) &&
           (pairing->key != MATCH_BY_USERNAME || is_same(arena, listed->username, fresh->username));
}

/* The same policy on the account as it is now, with what the history knows of it. */
static struct decision decide_afresh(struct acting *acting, const struct plan_row *row,
                                     struct reading *reading)
{
    const struct snapshot *snapshot = &acting->now->snapshot;
    size_t i = find_account(snapshot, row->account_id);

    if (reading->kind != READING_FOUND || i == snapshot->count)
        return (struct decision){
            .rule = "", .clause = "", .reason = "the account is not in the list"};
    if (!has_same_keys(acting->job->arena, &snapshot->account[i], &reading->account,
                       &acting->pairing[i]))
        return (struct decision){
            .rule = "",
            .clause = "P4",
            .reason =
                "its employee number, second address or name changed since the list was read"};
    reading->account.history = snapshot->account[i].history;
    if (!reading->account.email2) /* no single read tells it (API.md 3) */
        reading->account.email2 = snapshot->account[i].email2;
    if (reading->account.login.kind != LOGIN_UNREADABLE) /* P7: what is known does not cover it */
        reading->account.login = login_newest(reading->account.login, snapshot->account[i].login);
    return policy_decide_one(acting->job->arena, &acting->job->config->policy, &acting->context,
                             &reading->account, &acting->pairing[i]);
}

/* What was approved is computed anew: another subject is another act, which nobody approved. */
static const char *find_change(const struct acting *acting, const struct plan_row *row,
                               const struct decision *fresh)
{
    struct arena *arena = acting->job->arena;
    struct row_subject subject =
        row_subject_of(arena, &acting->job->config->matching, &acting->now->snapshot, fresh);
    struct digest digest = row_subject_digest(&subject);

    if (digest_compare(&digest, &row->subject) == 0)
        return NULL;
    return arena_printf(arena, "what was approved has changed: %s",
                        row_subject_change(arena, row->about, &subject));
}

/* A refusal that asking again will not change: neither too many requests nor the portal's trouble.
 */
static bool is_final(long status)
{
    return status >= 400 && status < 500 && status != 429 && status != 401;
}

static int journal(struct acting *acting, const struct store_step *step, enum step_state state,
                   const char *reason, long status, struct act_result *ret_result, struct err *err)
{
    struct job *job = acting->job;
    struct store_outcome outcome = {.plan_id = step->plan_id,
                                    .position = step->position,
                                    .state = state,
                                    .reason = reason,
                                    .status = status,
                                    .refused = state == STEP_FAILED && is_final(status)};

    ret_result->state = state;
    ret_result->reason = reason;
    if (store_outcome(job->store, &job->run, &outcome, now_of(job), err) == 0)
        return 0;
    if (step_may_become(STEP_INTENT, state)) /* it was called: this must not be lost */
        outcome_file_keep(job->config, step, &outcome, now_of(job), err);
    return -1;
}

/* --- the call --- */

struct reading act_wait(struct job *job, enum action action, const char *id,
                        struct instant called_at)
{
    int64_t patience_us = job->config->apply.settle_seconds * SECOND_US, pause_us = SECOND_US / 5;
    const char *why = NULL;
    struct reading reading;

    for (;;) {
        reading = act_read(job, id, NULL, &why);
        if (step_is_wanted(action, &reading) ||
            now_of(job).us + pause_us - called_at.us > patience_us)
            return reading;
        struct instant steady = job->clock->steady(job->clock->self);
        (void)job->clock->sleep_until(job->clock->self, instant_add_us(steady, pause_us));
        pause_us = pause_us < 4 * SECOND_US ? pause_us * 2 : pause_us;
    }
}

/* What the read-back says. An unintended change is a surprise, whatever the answer was. */
static enum step_state read_back(struct acting *acting, const struct plan_row *row,
                                 const struct account *before, struct instant called_at,
                                 bool *ret_surprise, const char **ret_reason)
{
    struct job *job = acting->job;
    struct reading after = act_wait(job, row->action, row->account_id, called_at);
    enum step_state state =
        step_settle(row->action, &after, called_at, now_of(job), INT64_MAX, ret_reason);

    *ret_surprise = state != STEP_DONE;
    if (state == STEP_DONE && after.kind == READING_FOUND) {
        const char *change = step_unintended_change(job->arena, before, &after.account);
        if (change) {
            *ret_surprise = true;
            *ret_reason =
                arena_printf(job->arena, "done, but something else changed as well: %s", change);
        }
    }
    return state;
}

/* Answers that are final without a read-back, and what becomes of step and run. */
static const struct refusal {
    enum portal_effect effect;
    enum step_state state;
    enum act_end end;
} refusals[] = {
    {EFFECT_REFUSED, STEP_FAILED, ACT_GO_ON},
    {EFFECT_TOKEN, STEP_APPROVED, ACT_GO_ON},   /* nothing happened: starts anew */
    {EFFECT_BLOCKED, STEP_APPROVED, ACT_GO_ON}, /* likewise, after the silence */
    {EFFECT_FORBIDDEN, STEP_FAILED, ACT_ALARM},
};

static const struct refusal *find_refusal(enum portal_effect effect)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        if (refusals[i].effect == effect)
            return &refusals[i];
    }
    return NULL;
}

/* Bynder unlocks a deactivated user after 180 days; before that only its support can. */
static const char *explain_refusal(struct acting *acting, const struct plan_row *row,
                                   const struct account *before, const char *text)
{
    struct job *job = acting->job;
    struct instant at = before->history.suspended_by_us;
    struct day since = instant_day(at, job->config->policy.zone);
    char day[DAY_TEXT_SIZE];

    if (row->action != ACTION_REACTIVATE || !day_is_set(since))
        return text;
    return arena_printf(
        job->arena,
        "%s; Bynder allows a reactivation 180 days after the suspension, from %s; before that ask "
        "Bynder support: 'please reactivate user %s (%s), suspended by mistake or re-hired'",
        text, day_format(day_add(since, 180), day), row->account_id, row->email ? row->email : "");
}

static int finish(struct acting *acting, const struct store_step *step, const struct plan_row *row,
                  const struct account *before, struct instant called_at,
                  const struct portal_answer *answer, struct act_result *ret_result,
                  struct err *err)
{
    struct job *job = acting->job;
    const struct refusal *refusal = find_refusal(answer->effect);
    bool is_canary = !acting->canary_is_alive, surprise = false;
    const char *reason = answer->text;

    if (refusal) {
        ret_result->end = refusal->end;
        ret_result->again = refusal->state == STEP_APPROVED;
        if (refusal->state == STEP_FAILED)
            reason = explain_refusal(acting, row, before, reason);
        return journal(acting, step, refusal->state, reason, answer->status, ret_result, err);
    }
    job->acted++;
    /* A signal in between must not turn a call that can be read back into an unknown one. */
    clock_finish_first((job->config->apply.settle_seconds + FINISH_SECONDS) * SECOND_US);
    enum step_state state = read_back(acting, row, before, called_at, &surprise, &reason);
    clock_finish_first(0);
    if (state == STEP_FAILED) /* nothing contradicts a late effect: recover settles it */
        state = STEP_UNKNOWN;
    if (journal(acting, step, state, reason, answer->status, ret_result, err) < 0)
        return -1;
    acting->canary_is_alive |= !surprise;
    if (surprise && (is_canary || state == STEP_DONE))
        ret_result->end = ACT_ALARM;
    return 0;
}

/* --- one step --- */

static int carry_out(struct acting *acting, const struct store_step *step,
                     const struct plan_row *row, const struct account *before, const char *record,
                     struct act_result *ret_result, struct err *err)
{
    struct job *job = acting->job;
    const struct limits *limits = &job->config->limits;
    const struct choice *choice = &acting->proposal->choice;
    CLEANUP(err_release) struct err held = ERR_INIT;
    struct portal_answer answer = {.effect = EFFECT_UNKNOWN};
    struct store_intent intent = {
        .row = row,
        .plan_id = step->plan_id,
        .position = step->position,
        .record = record,
        .limit = actions[row->action].guard ? &limits->of[row->action] : NULL,
        .limits = limits,
        .whole = choice->whole[row->action],
        .spread = choice->uncounted[step->position - 1],
        .overridden = choice->overridden[step->position - 1],
        .day_began = instant_add_us(
            job->now, -instant_second_of_day(job->now, job->config->policy.zone) * SECOND_US),
    };

    struct instant called_at = now_of(job);
    if (store_intend(job->store, &job->run, &intent, called_at, &held) < 0) {
        if (held.code == ERR_USAGE) /* this row alone */
            return journal(acting, step, STEP_SKIPPED, arena_strdup(job->arena, held.text), 0,
                           ret_result, err);
        if (held.code != ERR_HELD)
            return err_move(err, &held);
        ret_result->end = ACT_HELD;
        ret_result->state = STEP_APPROVED;
        ret_result->reason = arena_strdup(job->arena, held.text);
        return 0;
    }
    if (job->portal.act(job->portal.self, job->arena, row->action, row->account_id, &answer,
                        &held) < 0) {
        answer = (struct portal_answer){.effect = EFFECT_TOKEN,
                                        .text = arena_strdup(job->arena, held.text)};
        ret_result->end = clock_is_interrupted() ? ACT_HELD : ACT_ALARM; /* nothing was sent */
        return journal(acting, step, STEP_APPROVED, answer.text, 0, ret_result, err);
    }
    return finish(acting, step, row, before, called_at, &answer, ret_result, err);
}

int act_on(struct acting *acting, const struct store_step *step, const struct plan_row *row,
           struct act_result *ret_result, struct err *err)
{
    struct job *job = acting->job;
    const char *record = NULL, *why = NULL;

    *ret_result = (struct act_result){.end = ACT_GO_ON, .state = STEP_APPROVED};
    struct reading reading = act_read(job, row->account_id, &record, &why);
    if (reading.kind == READING_FAILED) {
        ret_result->reason = why; /* nothing was done: it stays approved */
        step_failures_count(&acting->failures, true);
        return 0;
    }
    struct decision fresh = decide_afresh(acting, row, &reading);
    if (row->action == ACTION_REACTIVATE &&
        acting->proposal->book.ruled[step->position - 1].at_once)
        fresh.not_before = DAY_NONE; /* R9: approved with --now */
    struct step_verdict verdict =
        step_judge(job->arena, row, &reading, &fresh, acting->context.today);
    const char *change = verdict.kind == STEP_ACT ? find_change(acting, row, &fresh) : NULL;
    if (change)
        return journal(acting, step, STEP_SKIPPED, change, 0, ret_result, err);
    if (verdict.kind == STEP_SKIP)
        return journal(acting, step, STEP_SKIPPED, verdict.reason, 0, ret_result, err);
    if (verdict.kind == STEP_IS_ALREADY)
        return journal(acting, step, STEP_ALREADY, verdict.reason, 0, ret_result, err);
    if (carry_out(acting, step, row, &reading.account, record, ret_result, err) < 0)
        return -1;
    step_failures_count(&acting->failures,
                        ret_result->state == STEP_FAILED || ret_result->state == STEP_UNKNOWN);
    return 0;
}
