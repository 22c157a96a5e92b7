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
        .full = job->full,
    };

    for (unsigned action = 0; action < ACTION_COUNT; action++)
        setup.approvals[action] = (int)config->approval.of[action];
    return setup;
}

/* Everything that needs no store. */
static struct plan *make_plan(const struct job *job, const struct collected *collected,
                              struct weighed *ret_weighed, double *ret_matched_percent)
{
    const struct config *config = job->config;
    struct plan_setup setup = make_setup(job);

    job_weigh(job, collected, NULL, job->arena, ret_weighed);
    struct guard_result guards =
        guard_all(job->arena, &config->limits, &collected->history, &ret_weighed->context,
                  &collected->roster, ret_weighed->pairing, ret_weighed->decision);
    *ret_matched_percent = guards.matched_percent;
    return plan_make(job->arena, &setup, &config->policy, &config->matching, &ret_weighed->context,
                     &collected->roster, ret_weighed->decision, &guards);
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

/* Of which nothing is left to decide: approved, or rejected when nothing of it may be done. */
static void settle_state(struct proposal *proposal)
{
    struct plan *plan = proposal->plan;
    size_t may_be_done = 0;

    if (plan->state != PLAN_PROPOSED)
        return;
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct ruled *ruled = &proposal->book.ruled[i];
        bool may = rule_is_approved(&proposal->book, i) || rule_is_unasked(&proposal->book, i);
        if (plan->row[i].action == ACTION_KEEP)
            continue;
        if (!may && !ruled->keep && !ruled->reject)
            return;
        may_be_done += may;
    }
    plan->state = may_be_done > 0 ? PLAN_APPROVED : PLAN_REJECTED;
}

int job_choose_anew(struct job *job, const struct plan *only, struct proposal *proposal,
                    struct err *err)
{
    if (rule_book_open(job, proposal->plan, &proposal->book, err) < 0)
        return -1;
    return job_choose(job, &proposal->weighed, &proposal->book, only, proposal->plan,
                      &proposal->choice, err);
}

/* P3: whom the protected entries are about. */
static int bind_protections(const struct job *job, const struct weighed *weighed, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct protection_fit *fit = NULL;
    size_t count =
        protections_fits(&scratch, &job->config->policy, &weighed->context, weighed->pairing, &fit);

    return store_bind_protections(job->store, fit, count, err);
}

int job_propose(struct job *job, const struct collected *collected, struct proposal *ret_proposal,
                struct err *err)
{
    double matched_percent = 0;

    *ret_proposal = (struct proposal){.plan = NULL};
    ret_proposal->plan = make_plan(job, collected, &ret_proposal->weighed, &matched_percent);
    add_notes(job->arena, collected, ret_proposal->plan);
    if (rule_set_needed(job, &ret_proposal->weighed, ret_proposal->plan, err) < 0 ||
        job_choose_anew(job, NULL, ret_proposal, err) < 0)
        return -1;
    settle_state(ret_proposal);
    if (store_save_links(job->store, &collected->snapshot, &collected->roster,
                         ret_proposal->weighed.pairing, matched_percent, err) < 0 ||
        bind_protections(job, &ret_proposal->weighed, err) < 0)
        return -1;
    return store_save_plan(job->store, &job->run, ret_proposal->plan, err);
}

struct plan *propose_report(const struct job *job, const struct collected *collected)
{
    struct weighed weighed;
    double matched_percent = 0;
    struct plan *plan = make_plan(job, collected, &weighed, &matched_percent);

    add_notes(job->arena, collected, plan);
    return plan;
}
