/*
 * The pure core in its order, once; then the links and the plan are stored. What is stored is what
 * is shown: rows of plain keeps are made only for `full` and are not part of the plan.
 */
#include "job/propose.h"

#include "job/weigh.h"

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
    struct plan_setup setup = make_setup(job);
    struct weighed weighed;

    weigh(job, collected, job->arena, &weighed);
    struct guard_result guards =
        guard_all(job->arena, &config->limits, &collected->history, &weighed.context,
                  &collected->roster, weighed.pairing, weighed.decision);
    struct plan *plan = plan_make(job->arena, &setup, &config->policy, &config->matching,
                                  &weighed.context, &collected->roster, weighed.decision, &guards);
    if (store_save_links(job->store, &collected->snapshot, &collected->roster, weighed.pairing,
                         guards.matched_percent, err))
        return -1;
    if (store_save_plan(job->store, &job->run, plan, err))
        return -1;
    *ret_plan = plan;
    return 0;
}
