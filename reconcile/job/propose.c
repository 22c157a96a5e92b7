/*
 * The pure core in its order, once; then the links and the plan are stored. What is stored is what
 * is shown: rows of plain keeps are made only for `full` and are not part of the plan.
 */
#include "job/propose.h"

#include "job/weigh.h"
#include "store/links.h"
#include "store/plan.h"

static struct plan_setup make_setup(const struct job *job)
{
    const struct config *config = job->config;

    struct plan_setup setup = {
        .portal = config->portal.name,
        .time_zone = config->time_zone,
        .expires_hours = (int)config->approval.expires_hours,
        .full = job->full,
    };

    for (unsigned action = 0; action < ACTION_COUNT; action++)
        setup.approvals[action] = (int)config->approval.of[action];
    return setup;
}

/* Everything that needs no store; *ret_pairing and *ret_matched_percent (may be NULL) are for it.
 */
static struct plan *make_plan(const struct job *job, const struct collected *collected,
                              struct pairing **ret_pairing, double *ret_matched_percent)
{
    const struct config *config = job->config;
    struct plan_setup setup = make_setup(job);
    struct weighed weighed;

    job_weigh(job, collected, NULL, job->arena, &weighed);
    struct guard_result guards =
        guard_all(job->arena, &config->limits, &collected->history, &weighed.context,
                  &collected->roster, weighed.pairing, weighed.decision);
    if (ret_pairing)
        *ret_pairing = weighed.pairing;
    if (ret_matched_percent)
        *ret_matched_percent = guards.matched_percent;
    return plan_make(job->arena, &setup, &config->policy, &config->matching, &weighed.context,
                     &collected->roster, weighed.decision, &guards);
}

/* What there is to say of the evidence comes before the findings about the policy. */
static void add_notes(struct arena *arena, const struct collected *collected, struct plan *plan)
{
    size_t count = collected->note_count + plan->note_count;
    const char **note = arena_calloc(arena, count + 1, sizeof(note[0]));

    for (size_t i = 0; i < count; i++)
        note[i] =
            i < collected->note_count ? collected->note[i] : plan->note[i - collected->note_count];
    plan->note = note;
    plan->note_count = count;
}

int job_propose(struct job *job, const struct collected *collected, struct plan **ret_plan,
                struct err *err)
{
    struct pairing *pairing = NULL;
    double matched_percent = 0;
    struct plan *plan = make_plan(job, collected, &pairing, &matched_percent);

    add_notes(job->arena, collected, plan);
    if (store_save_links(job->store, &collected->snapshot, &collected->roster, pairing,
                         matched_percent, err) < 0)
        return -1;
    if (store_save_plan(job->store, &job->run, plan, err) < 0)
        return -1;
    *ret_plan = plan;
    return 0;
}

struct plan *propose_report(const struct job *job, const struct collected *collected)
{
    struct plan *plan = make_plan(job, collected, NULL, NULL);

    add_notes(job->arena, collected, plan);
    return plan;
}
