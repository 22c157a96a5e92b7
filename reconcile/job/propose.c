/*
 * The pure core in its order, once; then the links and the plan are stored. What is stored is what
 * is shown: rows of plain keeps are made only for `full` and are not part of the plan.
 */
#include "job/propose.h"

static struct policy_context make_context(const struct job *job, const struct collected *collected)
{
    return (struct policy_context){
        .today = job->today,
        .now = job->now,
        .snapshot = &collected->snapshot,
        .good_roster = collected->good_roster,
        .good_roster_count = collected->good_roster_count,
        .absence_provable = collected->roster_is_good && collected->roster.blind == 0,
        .blind_rows = collected->roster.blind > 0,
        .first_plan = collected->history.first_plan,
    };
}

static struct plan_setup make_setup(const struct job *job)
{
    const struct config *config = job->config;

    return (struct plan_setup){
        .portal = config->portal.name,
        .time_zone = config->time_zone,
        .approvals_suspend = (int)config->approval.suspend,
        .approvals_deprovision = (int)config->approval.deprovision,
        .expires_hours = (int)config->approval.expires_hours,
        .full = job->full,
    };
}

int propose(struct job *job, const struct collected *collected, struct plan **ret_plan,
            struct err *err)
{
    const struct config *config = job->config;
    struct policy_context context = make_context(job, collected);
    struct plan_setup setup = make_setup(job);

    struct pairing *pairing =
        match_all(job->arena, &collected->snapshot, &collected->roster, &config->matching);
    struct decision *decision = policy_decide(job->arena, &config->policy, &context, pairing);
    struct guard_result guards = guard_all(job->arena, &config->limits, &collected->history,
                                           &context, &collected->roster, pairing, decision);
    struct plan *plan = plan_make(job->arena, &setup, &config->policy, &config->matching, &context,
                                  &collected->roster, decision, &guards);
    if (store_save_links(job->store, &collected->snapshot, &collected->roster, pairing,
                         guards.matched_percent, err))
        return -1;
    if (store_save_plan(job->store, &job->run, plan, err))
        return -1;
    *ret_plan = plan;
    return 0;
}
