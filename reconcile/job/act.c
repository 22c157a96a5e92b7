/*
 * What may go wrong at each point, and what it then is: before the intent nothing happened, the
 * step is skipped or stays approved; after the intent it may have happened, and only Bynder's
 * definite no or a reading says otherwise. A step is never called twice on one intent.
 *
 * The first act of a run is its canary: whatever surprises about it ends the run.
 *
 * Whatever has to be waited for is waited for before the look, so that what was seen is true when
 * the call goes out. A look that grew old all the same is made again.
 */
#include "job/act.h"

#include "base/fold.h"
#include "base/table.h"
#include "base/text.h"
#include "core/calendar.h"
#include "host/log.h"
#include "job/admins.h"
#include "job/confirm.h"
#include "job/late.h"
#include "job/stop.h"
#include "report/report.h"
#include "store/outcome_file.h"
#include "store/step.h"

#define FINISH_SECONDS 10 /* for the last reading, beyond the configured patience */
#define LOOKS_AGAIN    3  /* after a look that was too old when the act could be sent */

static struct instant now_of(const struct job *job)
{
    return job->clock->now(job->clock->self);
}

struct reading act_read(struct job *job, const char *id, const char **ret_why)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct reading reading = {.kind = READING_FAILED};
    bool found = false;

    if (job->portal.get(job->portal.self, job->arena, id, &reading.account, &found, &reading.raw,
                        &err) < 0) {
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
    return !account_alike(fresh)->email2 ||
           is_same(arena, account_alike(listed)->email2, account_alike(fresh)->email2);
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
        return (struct decision){.clause = "", .reason = "the account is not in the list"};
    if (!has_same_keys(acting->job->arena, &snapshot->account[i], &reading->account,
                       &acting->pairing[i]))
        return (struct decision){
            .clause = "P4",
            .reason =
                "its employee number, second address or name changed since the list was read"};
    reading->account.history = snapshot->account[i].history;
    reading->account.activity = snapshot->account[i].activity; /* events alone tell it */
    if (!account_alike(&reading->account)->email2) /* no single read tells it (API.md 3) */
        account_alike_own(acting->job->arena, &reading->account)->email2 =
            account_alike(&snapshot->account[i])->email2;
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
    return arena_printf(
        arena, "what was approved has changed: %s",
        row_subject_change(arena, plan_row_about(arena, acting->proposal->plan, row), &subject));
}

/* A refusal that asking again will not change: neither too many requests nor the portal's trouble.
 */
static bool is_final(long status)
{
    return status >= 400 && status < 500 && status != 429 && status != 401;
}

int act_journal(struct acting *acting, struct store_step *step, struct store_outcome *outcome,
                struct err *err)
{
    struct job *job = acting->job;

    outcome->plan_id = step->plan_id;
    outcome->position = step->position;
    outcome->refused = outcome->state == STEP_FAILED && is_final(outcome->status);
    step->state = outcome->state;
    if (store_outcome(job->store, &job->run, outcome, now_of(job), err) == 0)
        return 0;
    if (step_may_become(STEP_INTENT, outcome->state)) /* it was called: this must not be lost */
        outcome_file_keep(job->config, step, outcome, now_of(job), err);
    return -1;
}

static int journal(struct acting *acting, struct store_step *step, enum step_state state,
                   const char *reason, long status, struct act_result *ret_result, struct err *err)
{
    struct store_outcome outcome = {.state = state, .reason = reason, .status = status};

    ret_result->state = state;
    ret_result->reason = reason;
    return act_journal(acting, step, &outcome, err);
}

/* --- the call --- */

struct reading act_wait(struct job *job, const struct step_aim *aim, const char *id,
                        struct instant called_at)
{
    int64_t patience_us = job->config->apply.settle_seconds * SECOND_US, pause_us = SECOND_US / 5;
    const char *why = NULL;
    struct reading reading;

    for (;;) {
        reading = act_read(job, id, &why);
        if (step_is_wanted(aim, &reading) || now_of(job).us + pause_us - called_at.us > patience_us)
            return reading;
        struct instant steady = job->clock->steady(job->clock->self);
        (void)job->clock->sleep_until(job->clock->self, instant_add_us(steady, pause_us));
        pause_us = pause_us < 4 * SECOND_US ? pause_us * 2 : pause_us;
    }
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
    {EFFECT_UNSENT, STEP_APPROVED, ACT_GO_ON},  /* likewise */
    {EFFECT_LATE, STEP_APPROVED, ACT_GO_ON},    /* likewise, after another look */
    {EFFECT_FORBIDDEN, STEP_FAILED, ACT_ALARM},
};

/* Of what sets a profile a 404 says that there is no such profile or account. */
static const struct refusal no_such_profile = {EFFECT_GONE, STEP_FAILED, ACT_GO_ON};

static bool is_no_such_profile(const struct call *call, const struct portal_answer *answer,
                               const struct reading *after)
{
    return answer->effect == EFFECT_GONE && actions[call->row->action].sets_profile &&
           after->kind == READING_FOUND &&
           text_equal(account_alike(&after->account)->profile_id, call->row->from_profile_id);
}

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
    struct instant at = account_past(before)->suspended_by_us;
    struct day since = instant_day(at, job->config->policy.zone);
    CLEANUP(text_release) struct text request = TEXT_INIT;
    char day[DAY_TEXT_SIZE];

    if (row->action != ACTION_REACTIVATE || !day_is_set(since))
        return text;
    report_add_request(&request, row);
    return arena_printf(
        job->arena,
        "%s; Bynder allows a reactivation %d days after the suspension, from %s; before that ask "
        "Bynder support: '%s'",
        text, REACTIVATION_DAYS, day_format(day_add(since, REACTIVATION_DAYS), day),
        text_cstr(&request));
}

/* The answer alone says what became of it. */
static int refuse(struct acting *acting, const struct call *call, const struct refusal *refusal,
                  const struct portal_answer *answer, struct act_result *ret_result,
                  struct err *err)
{
    const char *reason = answer->text;

    ret_result->end = refusal->end;
    ret_result->is_old = answer->effect == EFFECT_LATE;
    ret_result->again = refusal->state == STEP_APPROVED && !ret_result->is_old;
    if (refusal->state == STEP_FAILED)
        reason = explain_refusal(acting, call->row, &call->before, reason);
    return journal(acting, call->step, refusal->state, reason, answer->status, ret_result, err);
}

/* Bynder's word is kept before the long look for its effect. What cannot be kept now will be told
 * with the outcome. */
static void keep_acceptance(struct job *job, const struct call *call)
{
    CLEANUP(err_release) struct err own = ERR_INIT;

    if (store_accept(job->store, &job->run, call->step->plan_id, call->step->position, now_of(job),
                     &own) < 0)
        log_warning("the portal's answer is not recorded yet: %s", own.text);
}

static struct reading read_back(const struct acting *acting, const struct call *call)
{
    struct job *job = acting->job;
    const struct step_aim aim = step_aim_of(call->row);
    const char *why = NULL;

    if (acting->effects_are_late && call->accepted)
        return act_read(job, call->row->account_id, &why);
    /* A signal in between must not turn a call that can be read back into an unknown one. */
    clock_finish_first((job->config->apply.settle_seconds + FINISH_SECONDS) * SECOND_US);
    struct reading after = act_wait(job, &aim, call->row->account_id, call->at);
    clock_finish_first(0);
    return after;
}

static int finish(struct acting *acting, struct call *call, const struct portal_answer *answer,
                  struct act_result *ret_result, struct err *err)
{
    const struct refusal *refusal = find_refusal(answer->effect);
    bool is_canary = !acting->canary_is_alive;

    call->status = answer->status;
    call->accepted = answer->effect == EFFECT_ACCEPTED;
    if (refusal)
        return refuse(acting, call, refusal, answer, ret_result, err);
    acting->job->acted++;
    if (call->accepted)
        keep_acceptance(acting->job, call);
    struct reading after = read_back(acting, call);
    if (is_no_such_profile(call, answer, &after))
        return refuse(acting, call, &no_such_profile, answer, ret_result, err);
    struct effect effect = late_judge(acting->job, call, &after);
    if (late_record(acting, call, &effect, err) < 0 ||
        (is_canary && late_wait_for_canary(acting, call, &effect, err) < 0))
        return -1;
    ret_result->state = effect.state;
    ret_result->reason = effect.reason;
    ret_result->accepted = call->accepted;
    acting->canary_is_alive |= effect.state == STEP_DONE && !effect.surprise;
    if (effect.surprise || (is_canary && effect.state != STEP_DONE))
        ret_result->end = clock_is_interrupted() ? ACT_HELD : ACT_ALARM;
    if (effect.state == STEP_UNKNOWN)
        acting->open[acting->open_count++] = *call;
    return 0;
}

/* --- one step --- */

/* What the database must agree to. */
static struct store_intent make_intent(const struct acting *acting, const struct call *call)
{
    const struct job *job = acting->job;
    const struct limits *limits = &job->config->limits;
    const struct choice *choice = &acting->proposal->choice;
    enum action action = call->row->action;
    size_t at = (size_t)call->step->position - 1;

    return (struct store_intent){
        .row = call->row,
        .plan_id = call->step->plan_id,
        .position = call->step->position,
        .record = call->record,
        .limit = actions[action].guard ? &limits->of[action] : NULL,
        .limits = limits,
        .whole = choice->whole[action],
        .spread = choice->uncounted[at],
        .overridden = choice->overridden[at],
        .day_began = instant_add_us(
            job->now, -instant_second_of_day(job->now, job->config->policy.zone) * SECOND_US),
    };
}

static int carry_out(struct acting *acting, struct call *call, const struct time_mark *looked,
                     struct act_result *ret_result, struct err *err)
{
    struct job *job = acting->job;
    const struct plan_row *row = call->row;
    CLEANUP(err_release) struct err held = ERR_INIT;
    struct portal_answer answer = {.effect = EFFECT_UNKNOWN};
    struct store_intent intent = make_intent(acting, call);

    call->at = now_of(job);
    if (store_intend(job->store, &job->run, &intent, call->at, &held) < 0) {
        if (held.code == ERR_USAGE) /* this row alone */
            return journal(acting, call->step, STEP_SKIPPED, arena_strdup(job->arena, held.text), 0,
                           ret_result, err);
        if (held.code != ERR_HELD)
            return err_move(err, &held);
        ret_result->end = ACT_HELD;
        ret_result->reason = arena_strdup(job->arena, held.text);
        return 0;
    }
    const struct portal_act act = {
        .action = row->action, .account_id = row->account_id, .profile_id = row->to_profile_id};
    if (job->portal.act(job->portal.self, job->arena, &act, looked, &answer, &held) < 0) {
        ret_result->end = clock_is_interrupted() ? ACT_HELD : ACT_ALARM; /* nothing was sent */
        return journal(acting, call->step, STEP_APPROVED, arena_strdup(job->arena, held.text), 0,
                       ret_result, err);
    }
    return finish(acting, call, &answer, ret_result, err);
}

/* --- one look --- */

int act_may_go_on(struct acting *acting, enum action action, struct act_result *ret_result,
                  struct err *err)
{
    struct job *job = acting->job;
    char *day = arena_calloc(job->arena, CALENDAR_TEXT_SIZE, 1);
    const char *reason = NULL;

    if (clock_is_interrupted()) {
        ret_result->end = ACT_HELD;
        ret_result->reason = "a signal asked to end";
        return 0;
    }
    if (stop_find(job, &reason, err) < 0)
        return -1;
    ret_result->end = reason ? ACT_HELD : ACT_GO_ON;
    if (!reason) {
        reason = calendar_forbids(&job->config->apply.calendar, job->config->policy.zone,
                                  now_of(job), action == ACTION_DEPROVISION, day);
        ret_result->end = reason ? ACT_CLOSED : ACT_GO_ON;
    }
    if (reason)
        ret_result->reason = reason;
    return 0;
}

/* The permits of the pace for the looks and the act, and a token for them. Without them nothing
 * goes on: false. */
static bool get_ready(struct acting *acting, size_t looks, struct act_result *ret_result)
{
    CLEANUP(err_release) struct err held = ERR_INIT;
    struct job *job = acting->job;

    if (job->portal.ready(job->portal.self, looks + 1, &held) == 0)
        return true;
    ret_result->end = clock_is_interrupted() || held.code == ERR_HELD ? ACT_HELD : ACT_ALARM;
    ret_result->reason = arena_strdup(job->arena, held.text);
    return false;
}

/* Counted from its answer; a machine that slept meanwhile may have slept after that. */
static struct reading look(struct job *job, const char *id, const char **ret_why,
                           struct time_mark *ret_looked)
{
    struct time_mark asked = clock_mark(job->clock);
    struct reading reading = act_read(job, id, ret_why);
    struct time_mark looked = clock_mark(job->clock);
    int64_t slept_us = (looked.now.us - asked.now.us) - (looked.steady.us - asked.steady.us);

    if (slept_us > 0)
        looked.now.us -= slept_us;
    *ret_looked = looked;
    return reading;
}

/* Why the step is not carried out on this reading, as its state and reason; STEP_APPROVED: it is.
 */
static enum step_state judge(struct acting *acting, const struct plan_row *row,
                             struct reading *reading, const char **ret_reason)
{
    size_t at = (size_t)(row - acting->plan->row);
    struct decision fresh = decide_afresh(acting, row, reading), due = fresh;

    if (row->action == ACTION_REACTIVATE && acting->proposal->book.ruled[at].at_once)
        due.not_before = DAY_NONE; /* R9: approved with --now */
    struct step_verdict verdict =
        step_judge(acting->job->arena, row, reading, &due, acting->context.today);
    const char *change = verdict.kind == STEP_ACT ? find_change(acting, row, &fresh) : NULL;

    *ret_reason = change ? change : verdict.reason;
    if (change || verdict.kind == STEP_SKIP)
        return STEP_SKIPPED;
    return verdict.kind == STEP_IS_ALREADY ? STEP_ALREADY : STEP_APPROVED;
}

/* From the permits to the call. ret_result->is_old: what was seen was not true for sure any more
 * when the call could go out, and nothing was sent. */
static int look_and_act(struct acting *acting, struct call *call, struct act_result *ret_result,
                        struct err *err)
{
    struct job *job = acting->job;
    const struct plan_row *row = call->row;
    const char *why = NULL;
    struct time_mark looked;

    if (!get_ready(acting, 1 + admins_to_read(acting, row), ret_result))
        return 0;
    if (admins_recount(acting, row, &why, err) < 0)
        return -1;
    if (why)
        return journal(acting, call->step, STEP_SKIPPED, why, 0, ret_result, err);
    struct reading reading = look(job, row->account_id, &why, &looked);
    if (reading.kind == READING_FAILED) {
        ret_result->reason = why; /* nothing was done: it stays approved */
        ret_result->unanswered = true;
        return 0;
    }
    if (reading.kind == READING_FOUND)
        confirm_keep(job, &reading.account);
    const struct login login = reading.account.login;
    enum step_state state = judge(acting, row, &reading, &why);
    if (state != STEP_APPROVED)
        return journal(acting, call->step, state, why, 0, ret_result, err);
    if (act_may_go_on(acting, row->action, ret_result, err) < 0)
        return -1;
    ret_result->is_old = clock_since_us(job->clock, &looked) > PORTAL_LOOK_S * SECOND_US;
    if (ret_result->end != ACT_GO_ON || ret_result->is_old)
        return 0;
    call->before = reading.account;
    call->before.login = login; /* as it stands in the record: events may have told a newer one */
    call->record = reading.raw;
    return carry_out(acting, call, &looked, ret_result, err);
}

int act_on(struct acting *acting, struct store_step *step, const struct plan_row *row,
           struct act_result *ret_result, struct err *err)
{
    struct act_result result = {.end = ACT_GO_ON};

    for (int looks = 0; looks <= LOOKS_AGAIN; looks++) {
        struct call call = {.step = step, .row = row};
        result = (struct act_result){.end = ACT_GO_ON, .state = STEP_APPROVED};
        if (look_and_act(acting, &call, &result, err) < 0)
            return -1;
        if (!result.is_old || result.end != ACT_GO_ON)
            break;
    }
    if (result.is_old && result.end == ACT_GO_ON &&
        journal(
            acting, step, STEP_SKIPPED,
            arena_printf(acting->job->arena,
                         "too slow: %d times more than %d s went by between reading the account "
                         "and the act",
                         1 + LOOKS_AGAIN, PORTAL_LOOK_S),
            0, &result, err) < 0)
        return -1;
    step_failures_count(&acting->refusals[row->action], result.state == STEP_FAILED);
    step_failures_count(&acting->failures,
                        result.unanswered || (result.state == STEP_UNKNOWN && !result.accepted));
    *ret_result = result;
    return 0;
}
