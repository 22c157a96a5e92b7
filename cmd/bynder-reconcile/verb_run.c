/*
 * run: what the timer starts. Settle what is open, carry out what people approved and what still
 * stands, collect, plan, carry out what needs no person, look at it once more, report.
 *
 * In mode "report" the portal it works with has no writing member at all.
 */
#include <stdio.h>

#include "cmd/bynder-reconcile/work.h"
#include "host/log.h"
#include "job/apply.h"
#include "job/collect.h"
#include "job/propose.h"
#include "job/recover.h"
#include "job/retain.h"
#include "job/verify.h"
#include "store/plan.h"
#include "store/review.h"

static const struct option_spec options[] = {
    {"accept-gap", NULL, "run although the last run is more than 32 days ago (G13)"},
    {NULL, NULL, NULL},
};

struct outcome {
    int code; /* of the plans that were applied: the gravest */
    bool applied;
    bool stopped; /* before its last step: then this run applies nothing more */
    bool held;
};

static void add_result(struct outcome *outcome, int64_t id, const struct apply_result *result)
{
    int code = apply_exit_code(result);

    if (code > outcome->code)
        outcome->code = code;
    outcome->applied = true;
    outcome->stopped |= result->stop != APPLY_TO_THE_END;
    log_info("plan %lld: %zu done, %zu already, %zu skipped, %zu failed, %zu unknown%s%s",
             (long long)id, result->by_state[STEP_DONE], result->by_state[STEP_ALREADY],
             result->by_state[STEP_SKIPPED], result->by_state[STEP_FAILED],
             result->by_state[STEP_UNKNOWN], result->stopped ? "; stopped: " : "",
             result->stopped ? result->stopped : "");
}

/* A plan that does not stand any more does not keep the run from making a new one: it says why, and
 * the run ends as held when it was a plan that people had approved. */
static int apply_one(struct work *work, const struct plan *plan, const struct collected *now,
                     struct outcome *outcome, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct apply_result result;
    int failed = now ? apply_collected(&work->job, plan, now, &result, &own)
                     : apply_plan(&work->job, plan, &result, &own);

    if (!failed) {
        add_result(outcome, plan->id, &result);
        return 0;
    }
    if (own.code != ERR_HELD)
        return err_move(err, &own);
    /* Somebody approved it and waits for it; of a plan made just now nobody does. */
    outcome->held |= !now;
    log_line(now ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "nothing is applied: %s", own.text);
    return 0;
}

static int apply_ready(struct work *work, struct outcome *outcome, struct err *err)
{
    int64_t *id = NULL;
    size_t count = 0;

    if (store_load_ready_plans(&work->store, work->job.arena, work->job.now, &id, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count && !outcome->stopped && !clock_is_interrupted(); i++) {
        struct plan *plan = NULL;
        bool has_work = false;
        if (store_load_plan(&work->store, work->job.arena, id[i], work->job.now, &plan, err) < 0)
            return -1;
        if (plan && apply_has_work(&work->job, plan, &has_work, err) < 0)
            return -1;
        if (has_work && apply_one(work, plan, NULL, outcome, err) < 0)
            return -1;
    }
    return 0;
}

static int collect_and_propose(struct work *work, struct collected *ret_collected,
                               struct plan **ret_plan, struct err *err)
{
    if (job_collect(&work->job, ret_collected, err) < 0 ||
        job_propose(&work->job, ret_collected, ret_plan, err) < 0)
        return -1;
    work_about_plan(*ret_plan);
    progress_done(&work->terminal);
    if (!ret_collected->snapshot.complete)
        log_warning("the snapshot is incomplete: %s", ret_collected->snapshot.incomplete_reason);
    return 0;
}

static int run(struct work *work, struct outcome *outcome, struct err *err)
{
    bool writes = work->config.policy.enforce;
    struct recover_result recovered;
    struct collected collected;
    struct plan *plan = NULL;
    size_t verified = 0, changed = 0;

    if (work_portal(work, writes, err) < 0 || job_recover(&work->job, &recovered, err) < 0)
        return -1;
    if (writes && apply_ready(work, outcome, err) < 0)
        return -1;
    if (outcome->applied && clock_is_interrupted()) {
        log_info("asked to end: what was done is recorded, the next run makes a new plan");
        return 0;
    }
    if (collect_and_propose(work, &collected, &plan, err) < 0)
        return -1;
    if (writes && !outcome->stopped && !clock_is_interrupted() &&
        apply_one(work, plan, &collected, outcome, err) < 0)
        return -1;
    if (job_verify(&work->job, &verified, &changed, err) < 0)
        return -1;
    outcome->held |= plan->state == PLAN_HELD;
    if (job_retain(&work->job, err) < 0)
        return -1;
    return work_report(work, plan, REPORT_TEXT, NULL, err);
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    struct outcome outcome = {.code = 0};
    struct work work;

    if (work_begin(invocation, "run", &work, err) < 0)
        return (int)err->code;
    work.job.accept_gap = invocation_option(invocation, "accept-gap") != NULL;
    if (run(&work, &outcome, err) < 0)
        return work_end(&work, (int)err->code, err);
    return work_end(&work, outcome.code ? outcome.code : outcome.held ? ERR_HELD : 0, err);
}

const struct verb verb_run = {
    .name = "run",
    .synopsis = "",
    .sentence = "what the timer starts: recover, collect, plan, apply what is approved, report",
    .option = options,
    .run = run_verb,
};
