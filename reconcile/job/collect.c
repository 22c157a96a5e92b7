/*
 * The roster comes first: it is cheap, and a refused one ends the run before the portal is asked
 * anything. The server finds what the history knows meanwhile, and for as long is asked nothing
 * else: so requests are permitted before. Then the list of accounts, then what the history adds;
 * with both, whose last login has to be asked for. Both pictures are stored before anything that
 * rests on them, so that whatever the plan says later can be rebuilt from the history.
 */
#include "job/collect.h"

#include "host/log.h"
#include "job/confirm.h"
#include "job/identity.h"
#include "job/logins.h"
#include "job/rule.h"
#include "job/stop.h"
#include "roster/reader.h"
#include "store/history.h"
#include "store/roster.h"
#include "store/ruling.h"

/* Guards that people let go, and until which day. */
static int load_acknowledged(struct job *job, struct guard_history *history, struct err *err)
{
    struct approvers approvers = rule_approvers(job);
    struct acknowledgement *item = NULL;
    size_t count = 0;

    if (store_load_acknowledgements(job->store, job->arena, &item, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        item[i].until = acknowledgement_until(item[i].at, job->config->policy.zone);
        item[i].refused = ruling_refuse_person(job->arena, &approvers, item[i].who, NULL, NULL);
    }
    history->acknowledged = item;
    history->acknowledged_count = count;
    return 0;
}

static int load_history(struct job *job, struct collected *collected, struct err *err)
{
    const struct config *config = job->config;
    struct guard_history *history = &collected->history;
    struct digest policy_text = policy_text_digest(&config->policy, &config->matching);

    if (store_load_guard_history(job->store, job->arena, &config->limits, &collected->roster,
                                 &policy_text, job->now, history, err) < 0 ||
        load_acknowledged(job, history, err) < 0 ||
        store_load_history(job->store, job->arena, &collected->snapshot, err) < 0 ||
        stop_find(job, &history->stopped_by, err) < 0)
        return -1;
    history->accept_gap = job->accept_gap;
    history->record_back = job->record_back;
    history->clock_told = collected->snapshot.clock_told;
    history->clock_ahead_s = collected->snapshot.clock_ahead_s;
    return 0;
}

/* R6 counts good rosters only, the present one included. */
static int load_proofs(struct job *job, struct collected *collected, struct err *err)
{
    const struct roster *roster = &collected->roster;
    struct roster_proof *proof = NULL; /* with room for one more */
    size_t count = 0;

    if (store_load_proofs(job->store, job->arena, &proof, &count, err) < 0)
        return -1;
    collected->roster_is_good = guard_roster_is_good(&job->config->limits, &collected->history,
                                                     job->now, job->today, roster);
    if (collected->roster_is_good)
        proof[count++] = roster_proof(roster);
    collected->proof = proof;
    collected->proof_count = count;
    return 0;
}

int collect_history(struct job *job, struct collected *collected, struct err *err)
{
    return load_history(job, collected, err) || load_proofs(job, collected, err) ? -1 : 0;
}

static void log_snapshot(const struct snapshot *snapshot)
{
    struct snapshot_totals totals = snapshot_count(snapshot);

    log_info("%zu accounts listed, %zu active, %zu last logins read", totals.accounts,
             totals.active, snapshot->logins_read);
}

int collect_roster(struct job *job, struct roster *ret_roster, struct err *err)
{
    if (roster_read(job->arena, &job->config->roster, NULL, job->now, ret_roster, err) < 0)
        return -1;
    ret_roster->written = instant_day(roster_as_of(ret_roster), job->config->policy.zone);
    roster_judge(ret_roster, job->today);
    roster_settle(ret_roster);
    log_info("%zu people in the roster, %zu rows rejected", roster_people(ret_roster),
             ret_roster->rejected);
    return 0;
}

/* The roster stays as long as the accounts do. */
static int list_accounts(struct job *job, const struct roster *roster, struct snapshot *snapshot,
                         struct err *err)
{
    struct roster_texts texts;

    roster_texts_init(&texts, roster);
    snapshot->texts = &texts;
    int failed = job->portal.list(job->portal.self, job->arena, &job->progress, snapshot, err);
    snapshot->texts = NULL;
    roster_texts_release(&texts);
    return failed;
}

/* Roster, list and history: all but last logins. */
static int collect_pictures(struct job *job, struct collected *collected, struct err *err)
{
    struct snapshot *snapshot = &collected->snapshot;
    const struct portal *portal = &job->portal;

    snapshot->taken_at = job->now;
    if ((portal->permit && portal->permit(portal->self, err) < 0) ||
        store_ask_history(job->store, err) < 0 ||
        collect_roster(job, &collected->roster, err) < 0 ||
        portal->enter(portal->self, job->arena, snapshot, err) < 0 ||
        list_accounts(job, &collected->roster, snapshot, err) < 0)
        return -1;
    if (store_load_leaves(job->store, job->arena, job->now, job->config->policy.zone, job->today,
                          &collected->roster, err) < 0)
        return -1;
    return collect_history(job, collected, err) < 0 || identity_load(job, collected, err) < 0 ? -1
                                                                                              : 0;
}

static void forget_gone(struct collected *collected)
{
    size_t before = collected->snapshot.count;

    snapshot_forget_gone(&collected->snapshot);
    if (collected->snapshot.count != before) {
        collected->pairing = NULL;
        collected->decided = NULL;
    }
}

int job_collect(struct job *job, struct collected *ret_collected, struct err *err)
{
    CLEANUP(arena_release) struct arena marks = ARENA_INIT;
    struct collected collected = {.roster = {.source = NULL}, .snapshot = {.marks = &marks}};

    if (collect_pictures(job, &collected, err) < 0) {
        store_forget_asked(job->store);
        return -1;
    }
    if (confirm_undone(job, &collected.snapshot, err) < 0 ||
        job_read_logins(job, &collected, err) < 0)
        return -1;
    forget_gone(&collected);
    collected.snapshot.requests = job->portal.requests(job->portal.self);
    log_snapshot(&collected.snapshot);
    snapshot_digest(&collected.snapshot);
    snapshot_forget_marks(&collected.snapshot);
    collected.snapshot.seats = &job->config->seats;
    *ret_collected = collected;
    return 0;
}

int collect_save(struct job *job, struct collected *collected, struct collect_saved *saved,
                 struct err *err)
{
    if (store_save_snapshot(job->store, &job->run, &collected->snapshot, &saved->snapshot, err) < 0)
        return -1;
    return store_save_roster(job->store, &job->run, &collected->roster, collected->roster_is_good,
                             &saved->roster_id, err);
}

void collect_take_saved(struct collected *collected, const struct collect_saved *saved)
{
    store_take_saved(&collected->snapshot, &saved->snapshot);
    collected->roster.id = saved->roster_id;
    log_debug("snapshot %lld and roster %lld are stored", (long long)collected->snapshot.id,
              (long long)collected->roster.id);
}

void collect_saved_release(struct collect_saved *saved)
{
    saved_snapshot_release(&saved->snapshot);
}
