/*
 * Of a plan that is not the newest the nights are not told: what was decided on its rows is carried
 * by the newest plan, which tells them.
 */
#include "job/stand.h"

#include "core/reclaim.h"
#include "core/simulate.h"
#include "job/forecast.h"
#include "store/beside.h"
#include "store/plan.h"
#include "store/savings.h"
#include "store/step.h"

enum { SEATS_POINTS = 60 };

static int set_steps(struct job *job, struct plan *plan, struct err *err)
{
    struct store_step *step = NULL;
    size_t count = 0;

    if (store_load_became(job->store, job->arena, plan->id, &step, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)step[i].position - 1;
        if (at >= plan->row_count)
            continue;
        struct row_standing *standing = &plan->row[at].standing;
        standing->state = step_state_name(step[i].state);
        standing->state_reason = step[i].reason;
        standing->state_at =
            instant_is_set(step[i].outcome_at) ? step[i].outcome_at : step[i].intent_at;
        standing->approved_by = step[i].approved_by;
        standing->done = step[i].state == STEP_DONE || step[i].state == STEP_ALREADY ||
                         step[i].state == STEP_VERIFIED;
        if (plan->row[at].action == ACTION_SUSPEND && standing->done &&
            step[i].state != STEP_ALREADY)
            standing->back_on = day_add(instant_day(standing->state_at, job->config->policy.zone),
                                        REACTIVATION_DAYS);
        plan->totals.done += standing->done;
        plan->totals.not_done += !standing->done;
    }
    return 0;
}

static void set_decision(struct row_standing *standing, const struct ruling *ruling)
{
    standing->decision = ruling_kind_name(ruling->kind);
    standing->who = ruling->who;
    standing->reason = ruling->reason;
    standing->at = ruling->at;
    standing->until = ruling->until;
}

/* What spares goes before what acts. */
static const struct ruling *newest_of(const struct ruled *ruled)
{
    if (ruled->keep)
        return ruled->keep;
    if (ruled->reject)
        return ruled->reject;
    return ruled->approve ? ruled->approve : ruled->again;
}

static void set_rulings(const struct job *job, const struct rule_book *book, struct plan *plan)
{
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct ruled *ruled = &book->ruled[i];
        const struct ruling *newest = newest_of(ruled);
        struct row_standing *standing = &plan->row[i].standing;
        if (ruled->unheard && !standing->done)
            standing->not_counted = arena_printf(
                job->arena, "the approval by %s does not count: %s; somebody else approves it anew",
                ruled->unheard->who, ruled->unheard_why);
        if (!newest || standing->done)
            continue;
        set_decision(standing, newest);
        standing->approvers = ruled->approvers;
        plan->totals.kept += ruled->keep || ruled->reject;
        plan->totals.approved += rule_is_approved(book, i);
    }
}

static int set_nights(struct job *job, const struct rule_book *book, struct plan *plan,
                      struct err *err)
{
    struct forecast forecast;

    if (job_forecast(job, book, &forecast, err) < 0)
        return -1;
    for (size_t i = 0; i < plan->row_count; i++) {
        struct row_standing *standing = &plan->row[i].standing;
        if (standing->done || plan->row[i].held_by)
            continue;
        standing->night = forecast.row[i].night;
        standing->waits = forecast.row[i].unneeded ? RECLAIM_WAITS : forecast.row[i].waits;
    }
    return 0;
}

/* What was reviewed need not be reviewed again. */
static int set_since(struct job *job, struct plan *plan, struct err *err)
{
    struct plan_change *change = NULL;
    struct plan_base base;
    size_t count = 0;

    if (store_plan_before(job->store, plan->id, &base, err) < 0)
        return -1;
    if (base.plan_id == 0)
        return 0;
    if (store_plan_changes(job->store, job->arena, base.plan_id, plan->id, &change, &count, err) <
        0)
        return -1;
    struct plan_since since = {
        .plan_id = base.plan_id, .today = base.today, .decided = base.decided};
    for (size_t i = 0; i < count; i++) {
        if (change[i].is_new && (size_t)change[i].after <= plan->row_count)
            plan->row[change[i].after - 1].standing.is_new = true;
        since.new_rows += change[i].is_new;
        since.changed += change[i].is_new && change[i].before > 0;
        since.gone += change[i].after == 0;
        since.gone_by_acts += change[i].done;
    }
    plan->since = since;
    return 0;
}

static int set_seats(struct job *job, struct plan *plan, struct err *err)
{
    const struct config *config = job->config;
    struct plan_seats *seats = NULL;
    struct plan_savings *savings = NULL;
    struct digest policy = policy_digest(&config->policy, &config->matching);

    if (store_plan_seats(job->store, job->arena, plan->id, SEATS_POINTS, &seats, &plan->seats_count,
                         err) < 0)
        return -1;
    plan->seats = seats;
    if (store_load_savings(job->store, job->arena, plan->today, &savings, &plan->savings_count,
                           err) < 0)
        return -1;
    plan->savings = savings;
    plan->contracted = config->portal.contracted_seats;
    plan->keep_free = config->seats.keep_free;
    if (digest_compare(&policy, &plan->inputs.policy_digest) == 0 &&
        simulate_asks_idle(&config->policy))
        plan->threshold = simulate_threshold(&config->policy);
    return 0;
}

int job_stand(struct job *job, struct plan *plan, struct err *err)
{
    struct rule_book book;
    int64_t newest = 0;
    bool is_tried = false;

    if (plan->id <= 0)
        return 0;
    plan->keep_days = (int)job->config->approval.keep_max_days;
    if (store_plan_state(job->store, plan->id, &plan->state, &newest, &is_tried, err) < 0 ||
        (is_tried && set_steps(job, plan, err) < 0) || set_since(job, plan, err) < 0 ||
        set_seats(job, plan, err) < 0 ||
        (!plan->countries_told && store_plan_countries(job->store, job->arena, plan, err) < 0) ||
        rule_book_open(job, job->arena, plan, &book, err) < 0)
        return -1;
    set_rulings(job, &book, plan);
    return plan->id == newest && plan->totals.approved > 0 ? set_nights(job, &book, plan, err) : 0;
}
