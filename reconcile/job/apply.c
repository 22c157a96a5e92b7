/*
 * Before the first act everything the approval rests on is looked at again: the plan itself, policy
 * and roster, the list of accounts, and every guard, on just the rows that would be done. Then the
 * steps, one at a time, in the order of the plan, deletions last.
 */
#include "job/apply.h"

#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "core/match.h"
#include "host/log.h"
#include "job/collect.h"
#include "job/stop.h"
#include "job/weigh.h"
#include "store/review.h"
#include "store/step.h"

/* --- does the approval still stand --- */

static int check_plan(const struct job *job, const struct plan *plan, struct err *err)
{
    long long id = (long long)plan->id;

    switch (plan->state) {
    case PLAN_APPROVED:
    case PLAN_APPLYING:
    case PLAN_PROPOSED:
    case PLAN_HELD:
        break;
    case PLAN_EMPTY:
        return err_set(err, ERR_HELD, "plan %lld has nothing to do", id);
    case PLAN_APPLIED:
        return err_set(err, ERR_HELD, "plan %lld is applied already: a plan is used once", id);
    case PLAN_EXPIRED:
        return err_set(err, ERR_HELD,
                       "plan %lld is expired or superseded; hint: approve the newest one", id);
    case PLAN_REJECTED:
        return err_set(err, ERR_HELD, "plan %lld was rejected", id);
    }
    if (instant_compare(job->now, plan->expires_at) >= 0)
        return err_set(err, ERR_HELD, "plan %lld is expired; hint: approve the newest one", id);
    return 0;
}

static int check_inputs(const struct job *job, const struct plan *plan, const struct collected *now,
                        struct err *err)
{
    const struct config *config = job->config;
    struct digest policy = policy_digest(&config->policy, &config->matching);
    struct digest content = roster_content(&now->roster);

    if (digest_compare(&policy, &plan->inputs.policy_digest) != 0)
        return err_set(err, ERR_HELD,
                       "plan %lld is stale: the policy changed since; hint: make a new plan",
                       (long long)plan->id);
    if (digest_compare(&content, &plan->inputs.roster_content) != 0)
        return err_set(err, ERR_HELD,
                       "plan %lld is stale: the roster changed since; hint: make a new plan",
                       (long long)plan->id);
    return 0;
}

static bool is_due(const struct plan_row *row, struct day today)
{
    return !row->new_announcement &&
           (!day_is_set(row->not_before) || day_compare(row->not_before, today) <= 0);
}

/* --- the guards, on what would be done --- */

/* Decisions as if only the approved rows were planned, for the guards to judge. */
static struct decision *make_decisions(struct acting *acting, const bool *approved)
{
    const struct snapshot *snapshot = &acting->now->snapshot;
    struct decision *decision =
        arena_calloc(acting->job->arena, snapshot->count + 1, sizeof(decision[0]));
    struct table by_id;

    table_init(&by_id, snapshot->count);
    for (size_t i = 0; i < snapshot->count; i++) {
        decision[i].account = &snapshot->account[i];
        decision[i].pairing = &acting->pairing[i];
        if (snapshot->account[i].id)
            table_add(&by_id, snapshot->account[i].id, (uint32_t)i);
    }
    for (size_t i = 0; i < acting->plan->row_count; i++) {
        const struct plan_row *row = &acting->plan->row[i];
        uint32_t at = approved[i] ? table_find(&by_id, row->account_id) : TABLE_END;
        if (at == TABLE_END)
            continue;
        decision[table_value(&by_id, at)].action = row->action;
        decision[table_value(&by_id, at)].uses_person = row->uses_person;
        decision[table_value(&by_id, at)].uses_login = row->uses_login;
    }
    table_release(&by_id);
    return decision;
}

/* Takes the approval from rows that a guard holds now. Returns how many rows that were; the first
 * guard's sentence in *ret_reason. */
static size_t hold_rows(struct acting *acting, const struct review *review, bool *approved,
                        const char **ret_reason)
{
    struct job *job = acting->job;
    struct decision *decision = make_decisions(acting, approved);
    struct guard_result guards =
        guard_all(job->arena, &job->config->limits, &acting->now->history, &acting->context,
                  &acting->now->roster, acting->pairing, decision);
    size_t held = 0;

    for (size_t g = 0; g < guards.count; g++) {
        const struct guard_finding *guard = &guards.finding[g];
        if (!guard->hold || review_is_overridden(review, guard->id))
            continue;
        log_warning("%s holds: %s (%s; limit %s)", guard->id, guard->text, guard->actual,
                    guard->limit);
        for (size_t i = 0; i < acting->plan->row_count; i++) {
            const struct plan_row *row = &acting->plan->row[i];
            if (!approved[i] ||
                !guard_holds(guard->id, row->action, row->uses_person, row->uses_login))
                continue;
            approved[i] = false;
            held++;
            if (!*ret_reason)
                *ret_reason = arena_printf(job->arena, "%s: %s", guard->id, guard->text);
        }
    }
    return held;
}

/* Which rows are approved by enough people and due; how many of them. What is missing for the last
 * other one in *ret_missing. */
static size_t find_approved(const struct job *job, const struct plan *plan,
                            const struct review *review, bool *approved, const char **ret_missing)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        if (row->action == ACTION_KEEP)
            continue;
        approved[i] = is_due(row, job->today) &&
                      review_is_approved(job->arena, plan, review, row, ret_missing);
        count += approved[i];
    }
    return count;
}

int apply_has_work(struct job *job, const struct plan *plan, bool *ret_has_work, struct err *err)
{
    bool *approved = arena_calloc(job->arena, plan->row_count + 1, sizeof(approved[0]));
    const char *missing = NULL;
    struct review review;

    if (store_load_review(job->store, job->arena, plan->id, &review, err) < 0)
        return -1;
    *ret_has_work = find_approved(job, plan, &review, approved, &missing) > 0;
    return 0;
}

/* Which rows may be done now: approved by enough people, due, and held by nothing. */
static int choose_rows(struct acting *acting, bool **ret_approved, size_t *ret_held,
                       struct err *err)
{
    struct job *job = acting->job;
    const struct plan *plan = acting->plan;
    bool *approved = arena_calloc(job->arena, plan->row_count + 1, sizeof(approved[0]));
    const char *why = NULL, *missing = NULL;
    struct review review;

    if (store_load_review(job->store, job->arena, plan->id, &review, err) < 0)
        return -1;
    size_t count = find_approved(job, plan, &review, approved, &missing);
    if (count == 0)
        return err_set(err, ERR_HELD, "no row of plan %lld is approved and due%s%s",
                       (long long)plan->id, missing ? ": " : "", missing ? missing : "");
    size_t held = hold_rows(acting, &review, approved, &why);
    if (held == count)
        return err_set(err, ERR_HELD, "plan %lld is held by %s", (long long)plan->id, why);
    *ret_approved = approved;
    *ret_held = held;
    return 0;
}

/* --- the steps --- */

static void stop(struct apply_result *result, enum apply_stop why, const char *reason)
{
    result->stop = why;
    result->stopped = reason;
}

/* Whether somebody or something asks to end before the next act (G12). */
static int look_for_stop(struct job *job, struct apply_result *result, struct err *err)
{
    const char *reason = NULL;

    if (clock_is_interrupted()) {
        stop(result, APPLY_INTERRUPTED, "a signal asked to end");
        return 0;
    }
    if (stop_find(job, &reason, err) < 0)
        return -1;
    if (reason)
        stop(result, APPLY_HELD, reason);
    return 0;
}

static void log_step(const struct store_step *step, const struct act_result *result)
{
    bool bad = step_is_open(result->state) || result->state == STEP_FAILED;
    const char *reason = result->reason ? result->reason : "no reason";

    log_line(bad ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "%s %s: %s: %s", action_name(step->action),
             step->account_id, step_state_name(result->state), reason);
}

/* One step, and once more when nothing happened and it may start anew. */
static int take_step(struct acting *acting, struct store_step *step, struct apply_result *result,
                     struct err *err)
{
    const struct plan_row *row = &acting->plan->row[step->position - 1];
    struct act_result act = {.end = ACT_GO_ON};

    for (int tries = 0; tries < 2; tries++) {
        if (act_on(acting, step, row, &act, err) < 0)
            return -1;
        step->state = act.state;
        log_step(step, &act);
        if (!act.again || act.end != ACT_GO_ON)
            break;
    }
    if (act.end == ACT_HELD)
        stop(result, clock_is_interrupted() ? APPLY_INTERRUPTED : APPLY_HELD, act.reason);
    else if (act.end == ACT_ALARM || act.again) /* twice no token, twice blocked */
        stop(result, APPLY_ALARMED, act.reason);
    else if (step_failures_stop(&acting->failures))
        stop(result, APPLY_ALARMED, "too many acts failed: three in a row, or more than 5 %");
    return 0;
}

static int take_steps(struct acting *acting, struct store_step *step, size_t count,
                      struct apply_result *result, struct err *err)
{
    struct job *job = acting->job;

    for (size_t i = 0; i < count && result->stop == APPLY_TO_THE_END; i++) {
        if (step[i].state != STEP_APPROVED)
            continue;
        if (look_for_stop(job, result, err) < 0)
            return -1;
        if (result->stop == APPLY_TO_THE_END && take_step(acting, &step[i], result, err) < 0)
            return -1;
        if (job->progress.report)
            job->progress.report(job->progress.context, "steps", i + 1, count);
    }
    return 0;
}

static int apply_approved(struct acting *acting, const bool *approved,
                          struct apply_result *ret_result, struct err *err)
{
    struct job *job = acting->job;
    struct apply_result result = {.stopped = NULL};
    struct store_step *step = NULL;
    size_t count = 0;
    bool closed = false;

    if (store_open_steps(job->store, &job->run, acting->plan, approved, err) < 0 ||
        store_load_steps(job->store, job->arena, acting->plan->id, &step, &count, err) < 0)
        return -1;
    if (take_steps(acting, step, count, &result, err) < 0)
        return -1;
    if (store_close_plan(job->store, acting->plan->id, &closed, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        result.by_state[step[i].state]++;
    *ret_result = result;
    return 0;
}

int apply_collected(struct job *job, const struct plan *plan, const struct collected *now,
                    struct apply_result *ret_result, struct err *err)
{
    struct acting acting = {.job = job, .plan = plan, .now = now};
    bool *approved = NULL;
    size_t held = 0;

    if (check_plan(job, plan, err) < 0 || check_inputs(job, plan, now, err) < 0)
        return -1;
    acting.context = weigh_context(job, now);
    acting.pairing = match_all(job->arena, &now->snapshot, &now->roster, &job->config->matching);
    if (choose_rows(&acting, &approved, &held, err) < 0 ||
        apply_approved(&acting, approved, ret_result, err) < 0)
        return -1;
    ret_result->held = held;
    return 0;
}

int apply_plan(struct job *job, const struct plan *plan, struct apply_result *ret_result,
               struct err *err)
{
    struct collected now;

    if (check_plan(job, plan, err) < 0 || collect_for_acting(job, &now, err) < 0)
        return -1;
    return apply_collected(job, plan, &now, ret_result, err);
}

int apply_exit_code(const struct apply_result *result)
{
    size_t bad = result->by_state[STEP_FAILED] + result->by_state[STEP_UNKNOWN] +
                 result->by_state[STEP_INTENT];

    if (bad > 0 || result->stop == APPLY_ALARMED)
        return ERR_PARTIAL;
    if (result->stop == APPLY_HELD || result->held > 0)
        return ERR_HELD;
    /* Read three times in vain and so on: approved steps that are left without anybody's wish. */
    if (result->by_state[STEP_APPROVED] > 0 && result->stop == APPLY_TO_THE_END)
        return ERR_PARTIAL;
    return 0;
}
