/*
 * Small questions, one each. Everything but the lists of what was told only reads. The store's
 * fence does not apply to those: they say what people know, and nothing in Bynder follows from
 * them.
 */
#include "audit/watch.h"

#include "audit/status.h"
#include "base/text.h"
#include "store/column.h"
#include "store/plan.h"

static const struct column success_columns[] = {
    COLUMN("finished_at", struct store_watch, last_success),
    COLUMN_END,
};

static const struct column last_run_columns[] = {
    COLUMN("started_at", struct store_watch, last_started),
    COLUMN("finished_at", struct store_watch, last_ended),
    COLUMN("exit_code", struct store_watch, last_exit_code),
    COLUMN_END,
};

static const struct column cut_off_columns[] = {
    COLUMN("run_id", struct store_watch, cut_off_run),
    COLUMN("verb", struct store_watch, cut_off_verb),
    COLUMN("started_at", struct store_watch, cut_off_started),
    COLUMN("host", struct store_watch, cut_off_host),
    COLUMN_END,
};

static const struct column plan_columns[] = {
    COLUMN("suspend", struct store_watch, planned[ACTION_SUSPEND]),
    COLUMN("deprovision", struct store_watch, planned[ACTION_DEPROVISION]),
    COLUMN("reactivate", struct store_watch, planned[ACTION_REACTIVATE]),
    COLUMN("downgrade", struct store_watch, planned[ACTION_DOWNGRADE]),
    COLUMN("restore", struct store_watch, planned[ACTION_RESTORE]),
    COLUMN("waiting", struct store_watch, waiting),
    COLUMN("findings", struct store_watch, findings),
    COLUMN("seats_after", struct store_watch, seats_after),
    COLUMN_END,
};

static int load_runs(const struct store *store, struct arena *arena, struct store_watch *watch,
                     struct err *err)
{
    CLEANUP(pg_clearp) PGresult *cut_off = NULL;

    if (STORE_LOAD_ROW(store, watch_success, success_columns, arena, watch, err) < 0 ||
        STORE_LOAD_ROW(store, watch_last_run, last_run_columns, arena, watch, err) < 0 ||
        PG_QUERY(store->pg, watch_cut_off, PG_MAYBE, &cut_off, err,
                 store_number(arena, store->portal_id), store_number(arena, store->run_id)) < 0)
        return -1;
    if (PQntuples(cut_off) > 0)
        (void)store_read_row(cut_off_columns, cut_off, 0, arena, watch);
    return 0;
}

static int load_plan(const struct store *store, struct arena *arena, struct store_watch *watch,
                     struct err *err)
{
    struct guard_finding *guard = NULL;
    struct class_seats *seat_class = NULL;
    size_t count = 0;

    if (watch->status.plan_id == 0)
        return 0;
    if (STORE_LOAD_ROW(store, watch_plan, plan_columns, arena, watch, err) < 0 ||
        store_load_guards(store, arena, watch->status.plan_id, &guard, &count, err) < 0 ||
        store_load_plan_classes(store, arena, watch->status.plan_id, &seat_class,
                                &watch->seat_class_count, err) < 0)
        return -1;
    watch->seat_class = seat_class;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < GUARD_COUNT; k++)
            watch->held[k] |= guard[i].hold && text_equal(guard[i].id, guard_id(k));
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
    int action_at = store_place_of(steps, "action"), state_at = store_place_of(steps, "state");
    int count_at = store_place_of(steps, "count");
    for (int i = 0; i < PQntuples(steps); i++) {
        enum action action;
        enum step_state state;
        if (action_parse(pg_text(steps, i, action_at), &action) &&
            step_state_parse(pg_text(steps, i, state_at), &state))
            watch->step[action][state] = pg_int(steps, i, count_at);
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
    int kind_at = store_place_of(result, "kind"), key_at = store_place_of(result, "key");
    for (int i = 0; i < PQntuples(result); i++) {
        enum notice_kind kind;
        if (notice_kind_parse(pg_text(result, i, kind_at), &kind))
            ret_key[kind] = store_string(arena, result, i, key_at);
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

static const struct column announcement_columns[] = {
    COLUMN("account_id", struct store_announcement, account_id),
    COLUMN("email", struct store_announcement, email),
    COLUMN("rule", struct store_announcement, rule),
    COLUMN("announcement_id", struct store_announcement, id),
    COLUMN("position", struct store_announcement, position),
    COLUMN("telling", struct store_announcement, telling),
    COLUMN_OF_WORDS("action", struct store_announcement, action, &action_words),
    COLUMN("from_profile", struct store_announcement, from_profile),
    COLUMN("to_profile", struct store_announcement, to_profile),
    COLUMN("not_before", struct store_announcement, not_before),
    COLUMN("last_login", struct store_announcement, last_login),
    COLUMN("uses_login", struct store_announcement, uses_login),
    COLUMN_END,
};

int store_load_unannounced(struct store *store, struct arena *arena,
                           struct store_announcement **ret_announcement, size_t *ret_count,
                           struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, announced_missing, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    *ret_announcement =
        store_read_all(announcement_columns, sizeof(**ret_announcement), result, arena, ret_count);
    return 0;
}

int store_claim_announcement(struct store *store, const struct store_announcement *announcement,
                             struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, announced_claim, PG_MAYBE, &result, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, announcement->id),
                 announcement->account_id, store_time(&scratch, now)) < 0)
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
                    store_number(&scratch, store->portal_id),
                    store_number(&scratch, announcement->id));
}
