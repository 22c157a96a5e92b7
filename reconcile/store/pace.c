/*
 * Grants are made one after the other, under a lock of the address: what one run reads of the
 * others is what they were granted, and nobody is granted anything meanwhile. A run that is not the
 * newest of its portal any more is granted nothing.
 */
#include "store/pace.h"

#include "store/column.h"

enum { WAIT_LEAST_US = 100000, WAIT_MOST_US = 60000000 };

static const char *seconds(struct arena *arena, int64_t us)
{
    return arena_printf(arena, "%lld.%06lld", (long long)(us / SECOND_US),
                        (long long)(us % SECOND_US));
}

/* Under the lock: our earlier grant is over, and a 429 is known to all. *ret_now is the time of
 * everything under it: the clocks of several servers are no one clock. */
static int come_clean(struct store *store, struct arena *scratch, const char *group, int64_t unused,
                      int64_t silence_us, const char **ret_now, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *locked = NULL;
    const char *portal = store_number(scratch, store->portal_id);

    if (PG_QUERY(store->pg, pace_lock, PG_ONE, &locked, err, group) < 0)
        return -1;
    *ret_now = store_time(scratch, pg_instant(locked, 0, store_place_of(locked, "now_us")));
    if (PG_QUERY(store->pg, pace_close, PG_NOTHING, NULL, err, portal,
                 store_number(scratch, store->run_id), store_number(scratch, unused), *ret_now) < 0)
        return -1;
    if (silence_us <= 0)
        return 0;
    return PG_QUERY(store->pg, pace_silence, PG_NOTHING, NULL, err, portal, group,
                    seconds(scratch, silence_us), *ret_now);
}

/* What may be had, by what everybody has had. */
static int weigh(struct store *store, struct arena *scratch, const struct pace_request *request,
                 const char *now, struct pace_grant *ret_grant, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct pace_grant grant = {.granted = 0};

    if (PG_QUERY(store->pg, pace_weigh, PG_ONE, &result, err, request->address_group,
                 seconds(scratch, request->window_us), now) < 0)
        return -1;
    grant.others = pg_int(result, 0, store_place_of(result, "requests"));
    int64_t left = request->limit - grant.others;
    int64_t least = request->least < request->limit ? request->least : request->limit;
    int64_t silence = pg_int(result, 0, store_place_of(result, "silence_us"));
    if (silence > 0) {
        grant.wait_us = silence;
        grant.silent = true;
    } else if (left <= 0 || left < least) {
        grant.wait_us = pg_int(result, 0, store_place_of(result, "wait_us"));
        if (grant.wait_us > WAIT_MOST_US)
            grant.wait_us = WAIT_MOST_US;
    } else {
        grant.granted = request->wanted < left ? request->wanted : left;
    }
    if (grant.granted == 0 && grant.wait_us < WAIT_LEAST_US)
        grant.wait_us = WAIT_LEAST_US;
    *ret_grant = grant;
    return 0;
}

static int grant(struct store *store, const struct pace_request *request,
                 struct pace_grant *ret_grant, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *now = NULL;
    int64_t newest = 0;

    if (store_next(store, "run_fence", query_run_fence, store->run_id, &newest, err) < 0 ||
        come_clean(store, &scratch, request->address_group, request->unused, request->silence_us,
                   &now, err) < 0 ||
        weigh(store, &scratch, request, now, ret_grant, err) < 0)
        return -1;
    if (ret_grant->granted == 0)
        return 0;
    return PG_QUERY(store->pg, pace_grant, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id), store_number(&scratch, store->run_id),
                    store_number(&scratch, ret_grant->granted),
                    seconds(&scratch, request->valid_us), request->address_group, now);
}

int store_grant(struct store *store, const struct pace_request *request,
                struct pace_grant *ret_grant, struct err *err)
{
    struct pace_grant granted = {.granted = 0};

    if (store_begin(store, err) < 0 ||
        store_end(store, grant(store, request, &granted, err), err) < 0)
        return err_prefix(err, "requests cannot be counted together with other runs");
    *ret_grant = granted;
    return 0;
}

static int end(struct store *store, const char *group, int64_t unused, int64_t silence_us,
               struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *now = NULL;

    if (come_clean(store, &scratch, group, unused, silence_us, &now, err) < 0)
        return -1;
    return PG_QUERY(store->pg, pace_forget, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id), now);
}

int store_grant_end(struct store *store, const char *address_group, int64_t unused,
                    int64_t silence_us, struct err *err)
{
    if (store_begin(store, err) < 0)
        return -1;
    return store_end(store, end(store, address_group, unused, silence_us, err), err);
}
