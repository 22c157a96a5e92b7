/*
 * run: what the timer starts, and it has one way: settle what is open, collect, plan, carry out
 * what stands approved in just this plan, look at it once more, report. No plan of an earlier night
 * is carried out.
 *
 * In mode "report" the portal it works with has no writing member at all.
 */
#include <stdio.h>

#include "cmd/bynder-reconcile/work.h"
#include "host/log.h"
#include "job/acknowledge.h"
#include "job/apply.h"
#include "job/collect.h"
#include "job/identity.h"
#include "job/inbox.h"
#include "job/propose.h"
#include "job/recover.h"
#include "job/retain.h"
#include "job/verify.h"

static const struct option_spec options[] = {
    {"accept-gap", NULL, "run although the last run is more than 32 days ago (G13)"},
    {NULL, NULL, NULL},
};

static void log_result(int64_t id, const struct apply_result *result)
{
    log_info(
        "plan %lld: %zu done, %zu already, %zu skipped, %zu failed, %zu unknown, %zu waiting%s%s",
        (long long)id, result->by_state[STEP_DONE], result->by_state[STEP_ALREADY],
        result->by_state[STEP_SKIPPED], result->by_state[STEP_FAILED],
        result->by_state[STEP_UNKNOWN], result->waiting, result->stopped ? "; stopped: " : "",
        result->stopped ? result->stopped : "");
}

static int propose(struct work *work, const struct recover_result *recovered,
                   struct collected *ret_collected, struct proposal *ret_proposal, struct err *err)
{
    if (job_collect(&work->job, ret_collected, err) < 0)
        return -1;
    recover_add_notes(&work->job, recovered, ret_collected);
    if (job_propose(&work->job, ret_collected, ret_proposal, err) < 0)
        return -1;
    work_about_plan(ret_proposal->plan);
    progress_done(&work->terminal);
    if (!ret_collected->snapshot.complete)
        log_warning("the snapshot is incomplete: %s", ret_collected->snapshot.incomplete_reason);
    return 0;
}

static int run(struct work *work, int *ret_code, struct err *err)
{
    bool writes = work->config.policy.enforce;
    struct job *job = &work->job;
    struct apply_result result = {.stopped = NULL};
    struct recover_result recovered;
    struct collected collected;
    struct proposal proposal;
    size_t verified = 0, changed = 0;

    if (work_portal(work, writes, err) < 0 || job_recover(job, &recovered, err) < 0)
        return -1;
    job_take_inbox(job);
    if (propose(work, &recovered, &collected, &proposal, err) < 0 ||
        identity_night(job, &collected, &proposal.guards, err) < 0 ||
        rule_night(job, &collected, &proposal.weighed, proposal.plan, err) < 0 ||
        acknowledge_night(job, &proposal.guards, err) < 0 ||
        job_choose_anew(job, NULL, &proposal, err) < 0)
        return -1;
    if (writes && job_apply(job, &collected, &proposal, &result, err) < 0)
        return -1;
    log_result(proposal.plan->id, &result);
    if (job_verify(job, &verified, &changed, err) < 0 || job_retain(job, err) < 0)
        return -1;
    *ret_code = apply_exit_code(&result);
    if (!*ret_code && proposal.plan->state == PLAN_HELD)
        *ret_code = ERR_HELD;
    if (recovered.without_effect_count > 0)
        *ret_code = ERR_PARTIAL;
    if (work_report(work, proposal.plan, REPORT_TEXT, NULL, err) < 0)
        return -1;
    if (apply_was_interrupted(&result))
        return work_interrupted(work, proposal.plan->id, &result, err);
    return 0;
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    struct work work;
    int code = 0;

    if (work_begin(invocation, "run", &work, err) < 0)
        return (int)err->code;
    work.job.accept_gap = invocation_option(invocation, "accept-gap") != NULL;
    if (run(&work, &code, err) < 0)
        return work_end(&work, (int)err->code, err);
    return work_end(&work, code, err);
}

const struct verb verb_run = {
    .name = "run",
    .synopsis = "",
    .sentence = "what the timer starts: recover, collect, plan, apply what is approved, report",
    .option = options,
    .run = run_verb,
};
