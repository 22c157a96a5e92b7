/*
 * Small questions, one each. Everything but the lists of what was told only reads. The store's
 * fence does not apply to those: they say what people know, and nothing in Bynder follows from
 * them.
 */
#include "store/watch.h"

#include "base/parse.h"
#include "base/text.h"
#include "store/private.h"
#include "store/status.h"

static int load_runs(const struct store *store, struct arena *arena, struct store_watch *watch,
                     struct err *err)
{
    CLEANUP(pg_clearp) PGresult *success = NULL;
    CLEANUP(pg_clearp) PGresult *last = NULL;
    CLEANUP(pg_clearp) PGresult *cut_off = NULL;
    const char *portal = store_number(arena, store->portal_id);

    if (PG_QUERY(store->pg, watch_success, PG_ONE, &success, err, portal) < 0 ||
        PG_QUERY(store->pg, watch_last_run, PG_MAYBE, &last, err, portal) < 0 ||
        PG_QUERY(store->pg, watch_cut_off, PG_MAYBE, &cut_off, err, portal,
                 store_number(arena, store->run_id)) < 0)
        return -1;
    watch->last_success = pg_instant(success, 0, 0);
    if (PQntuples(last) > 0) {
        watch->last_started = pg_instant(last, 0, 0);
        watch->last_ended = pg_instant(last, 0, 1);
        watch->last_exit_code = (int)pg_int(last, 0, 2);
    }
    if (PQntuples(cut_off) > 0) {
        watch->cut_off_run = pg_int(cut_off, 0, 0);
        watch->cut_off_verb = store_string(arena, cut_off, 0, 1);
        watch->cut_off_started = pg_instant(cut_off, 0, 2);
        watch->cut_off_host = store_string(arena, cut_off, 0, 3);
    }
    return 0;
}

static int load_plan(const struct store *store, struct arena *arena, struct store_watch *watch,
                     struct err *err)
{
    CLEANUP(pg_clearp) PGresult *plan = NULL;
    CLEANUP(pg_clearp) PGresult *guards = NULL;
    const char *portal = store_number(arena, store->portal_id);

    if (watch->status.plan_id == 0)
        return 0;
    if (PG_QUERY(store->pg, watch_plan, PG_ONE, &plan, err, portal) < 0 ||
        PG_QUERY(store->pg, plan_guards, PG_MANY, &guards, err, portal,
                 store_number(arena, watch->status.plan_id)) < 0)
        return -1;
    watch->planned[ACTION_SUSPEND] = pg_int(plan, 0, 0);
    watch->planned[ACTION_DEPROVISION] = pg_int(plan, 0, 1);
    watch->planned[ACTION_REACTIVATE] = pg_int(plan, 0, 2);
    watch->waiting = pg_int(plan, 0, 3);
    watch->findings = pg_int(plan, 0, 4);
    watch->seats_after = pg_int(plan, 0, 5);
    for (int i = 0; i < PQntuples(guards); i++) {
        int64_t number = 0;
        if (pg_bool(guards, i, 1) && parse_int(pg_text(guards, i, 0) + 1, 1, GUARD_COUNT, &number))
            watch->held[number - 1] = true;
    }
    return 0;
}

static int load_steps(const struct store *store, struct arena *arena, struct store_watch *watch,
                      struct err *err)
{
    CLEANUP(pg_clearp) PGresult *steps = NULL;

    if (PG_QUERY(store->pg, watch_steps, PG_MANY, &steps, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    for (int i = 0; i < PQntuples(steps); i++) {
        enum action action;
        enum step_state state;
        if (action_parse(pg_text(steps, i, 0), &action) &&
            step_state_parse(pg_text(steps, i, 1), &state))
            watch->step[action][state] = pg_int(steps, i, 2);
    }
    return 0;
}

int store_load_watch(struct store *store, struct arena *arena, struct store_watch *ret_watch,
                     struct err *err)
{
    struct store_watch watch = {.cut_off_run = 0};

    if (store_load_status(store, arena, &watch.status, err) < 0 ||
        load_runs(store, arena, &watch, err) < 0 || load_plan(store, arena, &watch, err) < 0 ||
        load_steps(store, arena, &watch, err) < 0)
        return -1;
    for (unsigned action = 0; action < ACTION_COUNT; action++)
        watch.status.open_steps +=
            (size_t)(watch.step[action][STEP_INTENT] + watch.step[action][STEP_UNKNOWN]);
    *ret_watch = watch;
    return 0;
}

int store_list(struct pg *pg, struct arena *arena, struct store **ret_store, size_t *ret_count,
               struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, portal_list, PG_MANY, &result, err) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    struct store *store = arena_calloc(arena, count + 1, sizeof(store[0]));
    for (int i = 0; i < (int)count; i++)
        store[i] = (struct store){.pg = pg, .portal_id = pg_int(result, i, 0)};
    *ret_store = store;
    *ret_count = count;
    return 0;
}

/* --- what people were told --- */

int store_load_told(struct store *store, struct arena *arena, enum notice_channel channel,
                    const char *ret_key[NOTICE_KIND_COUNT], struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, notice_load, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), notice_channel_name(channel)) < 0)
        return -1;
    for (unsigned kind = 0; kind < NOTICE_KIND_COUNT; kind++)
        ret_key[kind] = NULL;
    for (int i = 0; i < PQntuples(result); i++) {
        enum notice_kind kind;
        if (notice_kind_parse(pg_text(result, i, 0), &kind))
            ret_key[kind] = store_string(arena, result, i, 1);
    }
    return 0;
}

int store_save_told(struct store *store, enum notice_channel channel, enum notice_kind kind,
                    const char *key, struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return PG_QUERY(store->pg, notice_put, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id), notice_channel_name(channel),
                    notice_kind_name(kind), key, store_time(&scratch, now),
                    store_number(&scratch, store->run_id));
}

int store_forget_told(struct store *store, enum notice_channel channel, enum notice_kind kind,
                      struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return PG_QUERY(store->pg, notice_drop, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id), notice_channel_name(channel),
                    notice_kind_name(kind));
}

/* --- announcements to the person concerned --- */

int store_load_unannounced(struct store *store, struct arena *arena,
                           struct store_announcement **ret_announcement, size_t *ret_count,
                           struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct store_announcement *announcement;

    if (PG_QUERY(store->pg, announced_missing, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    announcement = arena_calloc(arena, count + 1, sizeof(announcement[0]));
    for (int i = 0; i < (int)count; i++) {
        announcement[i] = (struct store_announcement){
            .account_id = store_string(arena, result, i, 0),
            .email = store_string(arena, result, i, 1),
            .rule = store_string(arena, result, i, 2),
            .plan_id = pg_int(result, i, 3),
            .not_before = pg_day(result, i, 5),
            .last_login = pg_instant(result, i, 6),
            .uses_login = pg_bool(result, i, 7),
        };
        (void)action_parse(pg_text(result, i, 4), &announcement[i].action);
    }
    *ret_announcement = announcement;
    *ret_count = count;
    return 0;
}

int store_claim_announcement(struct store *store, const struct store_announcement *announcement,
                             struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, announced_claim, PG_MAYBE, &result, err,
                 store_number(&scratch, store->portal_id), announcement->account_id,
                 announcement->rule, store_number(&scratch, announcement->plan_id),
                 store_time(&scratch, now)) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_LOCKED, "the announcement to account '%s' was told already",
                       announcement->account_id);
    return 0;
}

int store_unclaim_announcement(struct store *store, const struct store_announcement *announcement,
                               struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return PG_QUERY(store->pg, announced_unclaim, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id), announcement->account_id,
                    announcement->rule, store_number(&scratch, announcement->plan_id));
}
