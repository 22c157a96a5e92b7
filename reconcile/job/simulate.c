/*
 * The picture is what the newest plan with a whole list was made from, asked about the same day;
 * what was done since is taken in, or it would be counted again. The guards are as that plan found
 * them: they look at the evidence, and that is the same.
 *
 * Of a night that was, an account's history is what is known of it today, as far as it is of before
 * that night. What people kept or rejected is left out: it is the policy that is asked about.
 */
#include "job/simulate.h"

#include <limits.h>

#include "base/mem.h"
#include "base/table.h"
#include "core/rules.h"
#include "host/command.h"
#include "job/collect.h"
#include "job/weigh.h"
#include "store/history.h"
#include "store/plan.h"
#include "store/roster.h"
#include "store/snapshot.h"

enum { WATCHED_DAYS = 90 };

struct simulating {
    struct job *job;
    const struct simulate_wish *wish;
    struct simulation *simulation;
    struct policy *policy; /* of each case */
    /* The newest picture, for what nights that were have no history of their own of. */
    struct snapshot known;
    struct table by_id;
    const struct roster_proof *proof;
    size_t proof_count;
};

/* --- a picture again --- */

/* What a person let go after the plan was made does not hold the next one. */
static int load_guards(struct simulating *all, struct arena *arena,
                       const struct store_picture *picture, struct guard_finding **ret_guard,
                       size_t *ret_count, struct err *err)
{
    if (store_load_guards(all->job->store, arena, picture->plan_id, ret_guard, ret_count, err) < 0)
        return -1;
    for (size_t i = 0; i < *ret_count; i++)
        (*ret_guard)[i].hold &= !(*ret_guard)[i].let_go_by;
    return 0;
}

static bool is_good(const struct guard_finding *guard, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *id = guard[i].id;
        if (guard[i].hold && (text_equal(id, "G1") || text_equal(id, "G2") || text_equal(id, "G3")))
            return false;
    }
    return true;
}

static int load_roster(const struct job *job, struct arena *arena,
                       const struct store_picture *picture, struct roster *ret_roster,
                       struct err *err)
{
    if (store_load_roster(job->store, arena, picture->roster_id, ret_roster, err) < 0)
        return -1;
    ret_roster->written = instant_day(roster_as_of(ret_roster), job->config->policy.zone);
    roster_judge(ret_roster, picture->today);
    return store_load_leaves(job->store, arena, picture->at, job->config->policy.zone,
                             picture->today, ret_roster, err);
}

/* The proofs of absence until a night, that night's roster included when it is good. */
static void take_proofs(const struct simulating *all, struct arena *arena,
                        struct collected *collected)
{
    struct roster_proof own = roster_proof(&collected->roster);
    struct roster_proof *proof = arena_calloc(arena, all->proof_count + 1, sizeof(proof[0]));
    size_t count = 0;

    while (count < all->proof_count && instant_compare(all->proof[count].as_of, own.as_of) < 0) {
        proof[count] = all->proof[count];
        count++;
    }
    if (collected->roster_is_good)
        proof[count++] = own;
    collected->proof = proof;
    collected->proof_count = count;
}

static struct job job_of(const struct simulating *all, struct arena *arena, struct config *config,
                         const struct store_picture *picture)
{
    struct job job = *all->job;

    *config = *all->job->config;
    config->policy = all->policy[0];
    job.config = config;
    job.arena = arena;
    job.now = picture->at;
    job.today = picture->today;
    return job;
}

/* --- the newest picture --- */

static int take_acts(struct simulating *all, const struct store_picture *picture, struct err *err)
{
    struct store_picture_act *act = NULL;
    size_t count = 0;

    if (store_load_picture_acts(all->job->store, all->job->arena, picture->plan_id, &act, &count,
                                err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        uint32_t at = table_find(&all->by_id, act[i].account_id);
        if (at == TABLE_END)
            continue;
        struct account *account = &all->known.account[table_value(&all->by_id, at)];
        account->status = actions[act[i].action].wanted;
        if (act[i].to_profile)
            account_alike_own(all->job->arena, account)->profile_id = act[i].to_profile;
    }
    return 0;
}

static int load_newest(struct simulating *all, const struct store_picture *picture, struct err *err)
{
    struct job *job = all->job;
    struct roster_proof *proof = NULL;

    if (store_load_snapshot(job->store, job->arena, picture->snapshot_id, &all->known, err) < 0)
        return -1;
    snapshot_drop_gone(&all->known);
    if (store_load_history(job->store, job->arena, &all->known, err) < 0 ||
        store_load_proofs(job->store, job->arena, &proof, &all->proof_count, err) < 0)
        return -1;
    all->proof = proof;
    table_init(&all->by_id, all->known.count);
    for (size_t i = 0; i < all->known.count; i++) {
        if (all->known.account[i].id)
            table_add(&all->by_id, all->known.account[i].id, (uint32_t)i);
    }
    return take_acts(all, picture, err);
}

static void decide_case(const struct simulating *all, struct job *job,
                        const struct collected *collected, const struct simulate_scene *scene,
                        size_t i)
{
    const struct config *config = job->config;
    struct simulate_case *one = &all->simulation->of[i];
    struct decided *decided = simulate_decide(job->arena, &all->policy[i], scene);
    const struct guard_result guards = {.finding = all->simulation->guard,
                                        .count = all->simulation->guard_count};
    const struct plan_setup setup = {.portal = config->portal.name, .time_zone = config->time_zone};

    one->point = simulate_count(scene, decided, one->days < 0 ? INT_MAX : one->days);
    one->plan = plan_make(job->arena, &setup, &all->policy[i], &config->matching, scene->context,
                          &collected->roster, decided, &guards);
}

static int simulate_newest(struct simulating *all, struct err *err)
{
    struct simulation *simulation = all->simulation;
    const struct store_picture *picture = &simulation->picture;
    struct collected collected = {.history = {.first_plan = picture->first_plan}};
    struct guard_finding *guard = NULL;
    struct weighed weighed;
    struct config config;
    struct job job = job_of(all, all->job->arena, &config, picture);

    if (load_newest(all, picture, err) < 0 ||
        load_roster(&job, job.arena, picture, &collected.roster, err) < 0 ||
        load_guards(all, job.arena, picture, &guard, &simulation->guard_count, err) < 0)
        return -1;
    simulation->guard = guard;
    if (policy_asks_activity(&all->policy[0]) && !instant_is_set(all->known.activity.since))
        simulation->no_activity = all->known.activity.missing
                                      ? all->known.activity.missing
                                      : "activity: it was not read when the plan was made: nobody "
                                        "is known to be unused";
    collected.snapshot = all->known;
    collected.roster_is_good = is_good(guard, simulation->guard_count);
    take_proofs(all, job.arena, &collected);
    job_weigh(&job, &collected, NULL, job.arena, &weighed);
    simulation->active = snapshot_count(&collected.snapshot).active;
    const struct simulate_scene scene = {.context = &weighed.context,
                                         .pairing = weighed.pairing,
                                         .guard = guard,
                                         .guard_count = simulation->guard_count,
                                         .reread_days = config.portal.login_reread_days};
    for (size_t i = 0; i < simulation->count; i++)
        decide_case(all, &job, &collected, &scene, i);
    return 0;
}

/* --- nights that were --- */

static struct instant until(struct instant at, struct instant night)
{
    return instant_compare(at, night) <= 0 ? at : INSTANT_NONE;
}

/* Likewise of our newest downgrade. */
static struct account_downgrade *downgrade_at(struct arena *arena,
                                              const struct account_downgrade *known,
                                              struct instant night)
{
    if (!known || instant_compare(known->at, night) > 0)
        return NULL;
    struct account_downgrade *downgrade = arena_alloc(arena, sizeof(*downgrade));
    *downgrade = *known;
    downgrade->other_at = until(known->other_at, night);
    downgrade->restored &= instant_is_set(downgrade->other_at);
    return downgrade;
}

static void past_until(struct arena *arena, struct account_past *past, struct instant night)
{
    past->rulings = NULL;
    past->announcement = NULL;
    past->announcement_count = 0;
    past->unreached = NULL;
    past->unreached_count = 0;
    past->became_active = until(past->became_active, night);
    past->suspended_by_us = until(past->suspended_by_us, night);
    past->acted_at = until(past->acted_at, night);
    past->reactivated_at = until(past->reactivated_at, night);
    past->reactivated_since &= instant_is_set(past->reactivated_at);
    past->regraded_at = until(past->regraded_at, night);
    past->downgrade = downgrade_at(arena, past->downgrade, night);
}

/* What is known today of an account, as far as it is of before that night. */
static void take_history(struct arena *arena, struct account *account, const struct account *known,
                         struct instant night)
{
    struct account_history *history = &account->history;

    *history = known->history;
    if (history->past)
        past_until(arena, account_past_own(arena, account), night);
    struct account_since *since = account_since_own(arena, account);
    since->unlinked_since = until(since->unlinked_since, night);
    history->first_event = until(history->first_event, night);
    if (instant_compare(since->profile_since, night) > 0) { /* of that night nothing is known */
        since->profile_since = INSTANT_NONE;
        if (history->past)
            history->past->profile_other_at = INSTANT_NONE;
    }
}

/* What is known of it today, and was so that night already. */
static void take_evidence(struct account *account, const struct account *known,
                          struct instant night)
{
    struct instant used_at = account_activity(known)->at;

    if (instant_compare(used_at, night) <= 0 &&
        instant_compare(used_at, account_activity(account)->at) > 0)
        account->activity = known->activity;
    if (account->login.kind == LOGIN_UNREADABLE)
        return;
    if (known->login.kind == LOGIN_KNOWN && instant_compare(known->login.at, night) <= 0)
        account->login = login_newest(account->login, known->login);
}

static void take_histories(const struct simulating *all, struct arena *arena,
                           struct snapshot *snapshot, struct instant night)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        struct account *account = &snapshot->account[i];
        uint32_t at = table_find(&all->by_id, account->id);
        if (at != TABLE_END) {
            const struct account *known = &all->known.account[table_value(&all->by_id, at)];
            take_history(arena, account, known, night);
            take_evidence(account, known, night);
        }
        account->history.ever_active |= account->status == ACCOUNT_ACTIVE;
    }
}

/* *ret_unknown: a rule asks activity, and nobody knows it of that night. */
static int play_night(struct simulating *all, const struct store_picture *picture, bool acts,
                      bool *ret_unknown, struct err *err)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct collected collected = {.history = {.first_plan = false}};
    struct guard_finding *guard = NULL;
    size_t guards = 0;
    struct weighed weighed;
    struct config config;
    struct job job = job_of(all, &arena, &config, picture);

    if (store_load_snapshot(job.store, &arena, picture->snapshot_id, &collected.snapshot, err) <
            0 ||
        load_roster(&job, &arena, picture, &collected.roster, err) < 0 ||
        load_guards(all, &arena, picture, &guard, &guards, err) < 0)
        return -1;
    snapshot_drop_gone(&collected.snapshot);
    *ret_unknown =
        policy_asks_activity(&all->policy[0]) && !instant_is_set(collected.snapshot.activity.since);
    take_histories(all, &arena, &collected.snapshot, picture->at);
    collected.roster_is_good = is_good(guard, guards);
    take_proofs(all, &arena, &collected);
    job_weigh(&job, &collected, NULL, &arena, &weighed);
    const struct simulate_scene scene = {.context = &weighed.context,
                                         .pairing = weighed.pairing,
                                         .guard = guard,
                                         .guard_count = guards,
                                         .reread_days = config.portal.login_reread_days};
    for (size_t i = 0; i < all->simulation->count; i++)
        backtest_night(&all->simulation->of[i].back, scene.context,
                       simulate_decide(&arena, &all->policy[i], &scene), acts);
    return 0;
}

static int simulate_nights(struct simulating *all, struct err *err)
{
    struct simulation *simulation = all->simulation;
    const struct simulate_wish *wish = all->wish;
    struct day watched = day_is_set(wish->to) ? day_add(wish->to, WATCHED_DAYS + 1) : DAY_NONE;
    struct store_picture *night = NULL;
    size_t count = 0;

    if (store_load_pictures(all->job->store, all->job->arena, wish->from, watched, &night, &count,
                            err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        bool acts = !day_is_set(wish->to) || day_compare(night[i].today, wish->to) <= 0;
        bool unknown = false;
        if (play_night(all, &night[i], acts, &unknown, err) < 0)
            return -1;
        simulation->nights += acts;
        simulation->without_activity += acts && unknown;
        simulation->to = acts ? night[i].today : simulation->to;
        simulation->watched = night[i].today;
    }
    if (simulation->nights == 0)
        return err_set(err, ERR_USAGE, "no night of these days is there any more, or yet");
    simulation->from = night[0].today;
    for (size_t i = 0; i < simulation->count; i++)
        simulation->of[i].sum = backtest_sum(&simulation->of[i].back);
    return 0;
}

/* --- all of it --- */

static int find_picture(struct simulating *all, struct err *err)
{
    struct store_picture *picture = &all->simulation->picture;

    if (store_newest_picture(all->job->store, picture, err) < 0)
        return -1;
    if (picture->plan_id > 0)
        return 0;
    CLEANUP(text_release) struct text command = TEXT_INIT;
    command_add_portal(&command, COMMAND_PLAN, 0);
    return err_set(err, ERR_USAGE,
                   "the history has no plan over a whole list of accounts yet; hint: make one with "
                   "'%s'",
                   text_cstr(&command));
}

static void make_cases(struct simulating *all)
{
    const struct simulate_wish *wish = all->wish;
    struct arena *arena = all->job->arena;
    struct simulation *simulation = all->simulation;
    struct policy policy = wish->policy ? *wish->policy : all->job->config->policy;
    size_t thresholds = simulate_asks_idle(&policy) ? wish->count : 0;

    simulation->count = thresholds + 1;
    simulation->of = arena_calloc(arena, simulation->count, sizeof(simulation->of[0]));
    all->policy = arena_calloc(arena, simulation->count, sizeof(all->policy[0]));
    for (size_t i = 0; i < simulation->count; i++) {
        struct simulate_case *one = &simulation->of[i];
        one->as_written = i == 0;
        one->days = i == 0 ? simulate_threshold(&policy) : wish->days[i - 1];
        all->policy[i] = i == 0 ? policy : simulate_policy(arena, &policy, one->days);
        backtest_init(&one->back, arena, policy.zone);
    }
}

static int check_varies(const struct simulating *all, struct err *err)
{
    const struct simulate_wish *wish = all->wish;

    if (!wish->named || simulate_asks_idle(wish->policy ? wish->policy : &all->job->config->policy))
        return 0;
    return err_set(err, ERR_USAGE,
                   "no rule that takes a seat asks how long somebody has been idle, so there is "
                   "nothing for --idle to vary; hint: leave it out, or ask for 'idle_days_min' or "
                   "'activity_days_min' in a rule of a --policy");
}

static int simulate(struct simulating *all, struct err *err)
{
    if (find_picture(all, err) < 0)
        return -1;
    if (check_varies(all, err) < 0)
        return -1;
    make_cases(all);
    if (simulate_newest(all, err) < 0)
        return -1;
    return all->wish->nights ? simulate_nights(all, err) : 0;
}

int job_simulate(struct job *job, const struct simulate_wish *wish,
                 struct simulation *ret_simulation, struct err *err)
{
    struct simulating all = {.job = job, .wish = wish, .simulation = ret_simulation};

    *ret_simulation =
        (struct simulation){.portal = job->config->portal.name, .policy_file = wish->policy_file};
    int failed = simulate(&all, err);
    table_release(&all.by_id);
    return failed;
}

void simulation_release(struct simulation *simulation)
{
    for (size_t i = 0; i < simulation->count; i++)
        backtest_release(&simulation->of[i].back);
}
