/*
 * apply: looks, plans and carries out the way `run` does, restricted to the rows of one plan: those
 * that the plan made now still has with the same subject. What an earlier run left open is settled
 * first; what was done is looked at once more in the end.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/bynder-reconcile/work.h"
#include "core/reclaim.h"
#include "host/command.h"
#include "host/log.h"
#include "job/apply.h"
#include "job/collect.h"
#include "job/identity.h"
#include "job/inbox.h"
#include "job/propose.h"
#include "job/recover.h"
#include "job/verify.h"
#include "store/plan.h"
#include "store/step.h"

static const struct option_spec options[] = {
    {"accept-gap", NULL, "apply although the last run is more than 32 days ago (G13)"},
    {NULL, NULL, NULL},
};

static int load_plan(struct work *work, int64_t id, struct plan **ret_plan, struct err *err)
{
    if (store_load_plan(&work->store, work->job.arena, id, ret_plan, err) < 0)
        return -1;
    if (!*ret_plan)
        return session_no_plan(work->config.portal.name, id, err);
    work_about_plan(*ret_plan);
    return 0;
}

/* One line for people and scripts: what became of the steps. */
static void show_result(int64_t id, const struct apply_result *result)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    text_addf(&line, "plan %lld:", (long long)id);
    for (unsigned state = 0; state < STEP_STATE_COUNT; state++) {
        if (result->by_state[state])
            text_addf(&line, " %s %zu", step_state_name((enum step_state)state),
                      result->by_state[state]);
    }
    session_say("%s%s%s", text_cstr(&line), result->stopped ? "; stopped: " : "",
                result->stopped ? result->stopped : "");
}

/* The steps as the journal has them in the end, verified ones included. */
static int count_steps(struct work *work, int64_t id, struct apply_result *result, struct err *err)
{
    struct store_step *step = NULL;
    size_t count = 0;

    if (store_load_steps(&work->store, work->job.arena, id, &step, &count, err) < 0)
        return -1;
    memset(result->by_state, 0, sizeof(result->by_state));
    for (size_t i = 0; i < count; i++)
        result->by_state[step[i].state]++;
    return 0;
}

/* The first guard of amount that rows wait for; what waits for want of use waits for none. */
static const char *waits_for(const struct proposal *proposal)
{
    for (size_t i = 0; i < proposal->plan->row_count; i++) {
        const char *waits = proposal->choice.waits[i];
        if (waits && !reclaim_waits(waits))
            return waits;
    }
    return NULL;
}

static const char *why_later(const struct proposal *proposal)
{
    const struct choice *choice = &proposal->choice;

    if (choice->closed)
        return choice->closed;
    if (waits_for(proposal))
        return "the day has no room for more of them";
    if (choice->unneeded > 0)
        return RECLAIM_TEXT;
    return choice->no_deletes ? choice->no_deletes : "their turn comes another day";
}

static const char *name_holds(struct text *names, const struct plan *plan)
{
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].hold)
            text_addf(names, "%s%s", names->length ? ", " : "", plan->guard[i].id);
    }
    return text_cstr(names);
}

/* Nothing is chosen. What waits for a day, a window or room is told, and nothing is wrong with it;
 * what waits for a person is refused. */
static int tell_nothing(const struct proposal *proposal, int64_t seen, struct err *err)
{
    CLEANUP(text_release) struct text names = TEXT_INIT;
    const struct choice *choice = &proposal->choice;
    long long id = (long long)proposal->plan->id;
    CLEANUP(mem_cleanup) char *show = command_make("show %lld", id);

    if (choice->unheard > 0)
        return err_set(err, ERR_HELD,
                       "%zu rows are due and left alone in this run: somebody handed in a line "
                       "about them that could not be taken; the answer beside the file says why",
                       choice->unheard);
    size_t asked = choice->impossible + choice->unasked_waits;
    if (asked > 0)
        return err_set(err, ERR_HELD,
                       "%zu rows are due, and %zu of them wait for a person (%s); hint: '%s' says "
                       "who, 'approve' lets them go",
                       choice->due, asked, waits_for(proposal), show);
    if (proposal->plan->state == PLAN_HELD)
        return err_set(
            err, ERR_HELD,
            "plan %lld is held by %s, and nothing else is done now; hint: '%s' says why, "
            "and what lets it go",
            id, name_holds(&names, proposal->plan), show);
    if (choice->due > 0)
        session_say("plan %lld: %zu approved and due wait: %s", id, choice->due,
                    why_later(proposal));
    if (choice->early > 0)
        session_say("plan %lld: %zu approved wait for their day", id, choice->early);
    if (choice->due + choice->early > 0)
        return 0;
    return err_set(err, ERR_HELD, "no row of plan %lld is approved", (long long)seen);
}

static int collect_and_choose(struct work *work, const struct plan *only,
                              const struct recover_result *recovered,
                              struct collected *ret_collected, struct proposal *ret_proposal,
                              struct err *err)
{
    if (job_collect(&work->job, ret_collected, err) < 0)
        return -1;
    recover_add_notes(&work->job, recovered, ret_collected);
    if (job_propose(&work->job, ret_collected, ret_proposal, err) < 0)
        return -1;
    work_about_plan(ret_proposal->plan);
    if (identity_night(&work->job, ret_collected, &ret_proposal->guards, err) < 0)
        return -1;
    return job_choose_anew(&work->job, only, ret_proposal, err);
}

static int apply(struct work *work, int64_t id, int *ret_code, struct err *err)
{
    struct recover_result recovered;
    struct apply_result result;
    struct collected collected;
    struct proposal proposal;
    size_t verified = 0, changed = 0;
    struct plan *plan = NULL;

    if (!work->config.policy.enforce)
        return err_set(err, ERR_HELD, "policy.mode is \"report\": nothing is written to Bynder");
    if (work_portal(work, true, err) < 0 || job_recover(&work->job, &recovered, err) < 0 ||
        load_plan(work, id, &plan, err) < 0)
        return -1;
    job_take_inbox(&work->job);
    if (collect_and_choose(work, plan, &recovered, &collected, &proposal, err) < 0)
        return -1;
    if (proposal.choice.count == 0)
        return tell_nothing(&proposal, plan->id, err);
    if (job_apply(&work->job, &collected, &proposal, &result, err) < 0 ||
        job_verify(&work->job, &verified, &changed, err) < 0)
        return -1;
    progress_done(&work->terminal);
    log_info("%zu done acts verified by a fresh look", verified);
    if (count_steps(work, proposal.plan->id, &result, err) < 0)
        return -1;
    show_result(proposal.plan->id, &result);
    if (apply_was_interrupted(&result))
        return work_interrupted(work, proposal.plan->id, &result, err);
    *ret_code = recovered.without_effect_count > 0 ? ERR_PARTIAL : apply_exit_code(&result);
    return 0;
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    struct work work;
    int64_t id = 0;
    int code = 0;

    if ((invocation->argument_count > 0 &&
         session_plan_id(invocation->argument[0], &id, err) < 0) ||
        work_begin(invocation, "apply", &work, err) < 0)
        return (int)err->code;
    work.job.accept_gap = invocation_option(invocation, "accept-gap") != NULL;
    if (apply(&work, id, &code, err) < 0)
        code = (int)err->code;
    return work_end(&work, code, err);
}

const struct verb verb_apply = {
    .name = "apply",
    .synopsis = "[PLAN]",
    .sentence = "carry out what stands approved of a plan's rows",
    .option = options,
    .argument_max = 1,
    .run = run_verb,
};
