/*
 * The pure core in its order, once, while the pictures it looks at are stored; then the links and
 * the plan are stored. What is stored is what is shown: rows of plain keeps are made only for
 * `full` and are not part of the plan.
 */
#include "job/propose.h"

#include "base/aside.h"
#include "core/simulate.h"
#include "job/collect.h"
#include "job/identity.h"
#include "job/weigh.h"
#include "store/links.h"
#include "store/plan.h"
#include "store/savings.h"

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
                              struct weighed *ret_weighed, struct guard_result *ret_guards)
{
    const struct config *config = job->config;
    struct plan_setup setup = make_setup(job);

    job_weigh(job, collected, collected->pairing, job->arena, ret_weighed);
    *ret_guards = guard_all(job->arena, &config->limits, &collected->history, &ret_weighed->context,
                            &collected->roster, ret_weighed->pairing, ret_weighed->decided);
    struct plan *plan =
        plan_make(job->arena, &setup, &config->policy, &config->matching, &ret_weighed->context,
                  &collected->roster, ret_weighed->decided, ret_guards);
    plan->renewal = renewal_of(job->arena, &config->seats, &ret_weighed->context,
                               &collected->roster, ret_weighed->decided);
    const struct simulate_scene scene = {.context = &ret_weighed->context,
                                         .pairing = ret_weighed->pairing,
                                         .guard = ret_guards->finding,
                                         .guard_count = ret_guards->count,
                                         .decided = ret_weighed->decided,
                                         .reread_days = config->portal.login_reread_days};
    plan->curve_count = simulate_curve(job->arena, &config->policy, &scene, &plan->curve);
    return plan;
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

/* --- who is told --- */

/* One more note, before the others. */
static void add_note(struct arena *arena, struct plan *plan, const char *text)
{
    const char **note = arena_calloc(arena, plan->note_count + 1, sizeof(note[0]));

    note[0] = text;
    for (size_t i = 0; i < plan->note_count; i++)
        note[i + 1] = plan->note[i];
    plan->note = note;
    plan->note_count++;
}

/* Whether a mail may leave without anybody's word, and how many of an action do. */
static bool leaves_unasked(const struct proposal *proposal, size_t i)
{
    const struct plan_row *row = &proposal->plan->row[i];
    const struct ruled *ruled = &proposal->book.ruled[i];

    return text_equal(row->telling, TELLING_BY_MAIL) && !row->held_by && !ruled->keep &&
           !ruled->reject && ruled->approvers == 0;
}

static void withhold(struct job *job, struct proposal *proposal, enum action action, size_t count)
{
    struct plan *plan = proposal->plan;

    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].action == action && leaves_unasked(proposal, i))
            plan->row[i].telling = TELLING_AFTER_APPROVAL;
    }
    add_note(
        job->arena, plan,
        arena_printf(job->arena,
                     "%zu people would be told that their account is going to be %s, and a day "
                     "allows %lld: nobody of them is told, and no grace begins, before a person "
                     "has approved their rows",
                     count, actions[action].done, (long long)job->mail_room[action]));
}

/* R7: a mail to a person cannot be taken back either. It leaves for what somebody approved, and
 * else only while all of them together are no more than a day's acts may be. */
static void limit_mails(struct job *job, struct proposal *proposal)
{
    const struct amount_done nothing = {.today = 0};
    struct plan *plan = proposal->plan;
    size_t count[ACTION_COUNT] = {0};

    for (size_t i = 0; i < plan->row_count; i++) {
        const struct ruled *ruled = &proposal->book.ruled[i];
        count[plan->row[i].action] += leaves_unasked(proposal, i);
        if (plan->row[i].telling && (ruled->keep || ruled->reject))
            plan->row[i].telling = TELLING_AFTER_APPROVAL;
    }
    for (unsigned action = 0; action < ACTION_COUNT; action++) {
        const struct action_limit *limit = amount_limit(&job->config->limits, (enum action)action);
        if (!limit)
            continue;
        job->mail_room[action] =
            amount_room(limit, proposal->choice.whole[action], &nothing).left_today;
        if ((int64_t)count[action] > job->mail_room[action])
            withhold(job, proposal, (enum action)action, count[action]);
    }
}

int job_choose_anew(struct job *job, const struct plan *only, struct proposal *proposal,
                    struct err *err)
{
    if (rule_book_open(job, job->arena, proposal->plan, &proposal->book, err) < 0)
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

/* What a try with another policy or another roster says of anybody is no evidence: only what later
 * runs are compared with is kept. */
static int keep_links(const struct job *job, const struct collected *collected,
                      const struct proposal *proposal, struct err *err)
{
    const struct policy_context *context = &proposal->weighed.context;
    bool proves = context->absence_provable && !proposal->guards.person_in_doubt;

    if (store_save_links(job->store, &collected->snapshot, &collected->roster,
                         proposal->weighed.pairing, proposal->guards.matched_percent, proves,
                         err) < 0)
        return -1;
    return bind_protections(job, &proposal->weighed, err);
}

struct keeping {
    const struct job *job;
    const struct collected *collected;
    const struct proposal *proposal;
};

static int put_links(void *context, struct err *err)
{
    const struct keeping *keeping = context;
    const struct job *job = keeping->job;

    if (keeping->collected->history.is_base &&
        keep_links(job, keeping->collected, keeping->proposal, err) < 0)
        return -1;
    return store_settle_seats(job->store, err);
}

/* The digest of a plan is of nothing that links are of: both at a time. */
static int seal_and_keep_links(const struct job *job, const struct collected *collected,
                               const struct proposal *proposal, struct err *err)
{
    struct keeping keeping = {.job = job, .collected = collected, .proposal = proposal};
    struct aside aside;

    aside_begin(&aside, put_links, &keeping);
    plan_seal(proposal->plan);
    return aside_end(&aside, err);
}

static const struct picture *keep_picture(const struct job *job, const struct collected *collected,
                                          const struct weighed *weighed)
{
    struct picture *picture = arena_alloc(job->arena, sizeof(*picture));

    *picture = (struct picture){.snapshot = collected->snapshot,
                                .roster_id = collected->roster.id,
                                .pairing = weighed->pairing};
    return picture;
}

struct storing {
    struct job *job;
    struct collected *collected;
    struct collect_saved saved;
};

static int put_pictures(void *context, struct err *err)
{
    struct storing *storing = context;

    return collect_save(storing->job, storing->collected, &storing->saved, err);
}

static void storing_release(struct storing *storing)
{
    collect_saved_release(&storing->saved);
}

/* What is made of the pictures needs no store and changes nothing of them, and storing them leaves
 * them as they are: both at a time. Nothing else is stored before they are. Where it is in doubt
 * which portal this is the guards ask the stored pictures first. */
static int plan_and_store(struct job *job, struct collected *collected, struct proposal *proposal,
                          struct err *err)
{
    CLEANUP(storing_release)
    struct storing storing = {.job = job, .collected = collected};
    bool is_asked = identity_is_asked(collected);
    struct aside aside;

    aside_begin(&aside, put_pictures, &storing);
    if (!is_asked)
        proposal->plan = make_plan(job, collected, &proposal->weighed, &proposal->guards);
    if (aside_end(&aside, err) < 0)
        return -1;
    collect_take_saved(collected, &storing.saved);
    if (is_asked) {
        if (identity_compare(job, collected, err) < 0)
            return -1;
        proposal->plan = make_plan(job, collected, &proposal->weighed, &proposal->guards);
    }
    proposal->plan->inputs.snapshot_id = collected->snapshot.id;
    proposal->plan->inputs.roster_id = collected->roster.id;
    return 0;
}

int job_propose(struct job *job, struct collected *collected, struct proposal *ret_proposal,
                struct err *err)
{
    *ret_proposal = (struct proposal){.plan = NULL};
    if (plan_and_store(job, collected, ret_proposal, err) < 0)
        return -1;
    add_notes(job->arena, collected, ret_proposal->plan);
    if (rule_set_needed(job, &ret_proposal->weighed, ret_proposal->plan, err) < 0 ||
        job_choose_anew(job, NULL, ret_proposal, err) < 0)
        return -1;
    limit_mails(job, ret_proposal);
    settle_state(ret_proposal);
    if (seal_and_keep_links(job, collected, ret_proposal, err) < 0 ||
        store_save_plan(job->store, &job->run, ret_proposal->plan, err) < 0)
        return -1;
    job->picture = keep_picture(job, collected, &ret_proposal->weighed);
    return 0;
}

struct plan *propose_report(const struct job *job, const struct collected *collected)
{
    struct weighed weighed;
    struct guard_result guards;
    struct plan *plan = make_plan(job, collected, &weighed, &guards);

    add_notes(job->arena, collected, plan);
    return plan;
}
