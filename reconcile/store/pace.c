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

/* Of a 429 all others hear. *ret_taken: a row of it. */
static int take(struct store *store, const struct pace_request *request, PGresult **ret_taken,
                struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return PG_QUERY(store->pg, pace_take, PG_ONE, ret_taken, err,
                    store_number(&scratch, store->portal_id), store_number(&scratch, store->run_id),
                    request->address_group, store_number(&scratch, request->unused),
                    seconds(&scratch, request->silence_us > 0 ? request->silence_us : 0),
                    store_number(&scratch, request->wanted), store_number(&scratch, request->least),
                    store_number(&scratch, request->limit), seconds(&scratch, request->window_us),
                    seconds(&scratch, request->valid_us));
}

static int64_t column_of(const PGresult *taken, const char *name)
{
    return pg_int(taken, 0, store_place_of(taken, name));
}

static int64_t wait_of(const struct pace_grant *grant, int64_t until_room)
{
    int64_t wait = grant->silent || until_room < WAIT_MOST_US ? until_room : WAIT_MOST_US;

    return wait > WAIT_LEAST_US ? wait : WAIT_LEAST_US;
}

static int grant(struct store *store, const struct pace_request *request,
                 struct pace_grant *ret_grant, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *taken = NULL;
    int64_t newest = 0;

    if (store_next(store, "run_fence", query_run_fence, store->run_id, &newest, err) < 0)
        return -1;
    if (take(store, request, &taken, err) < 0) {
        ret_grant->busy = request->patient && err->code == ERR_LOCKED;
        return -1;
    }
    int64_t silence = column_of(taken, "silent_us");
    ret_grant->granted = column_of(taken, "granted");
    ret_grant->others = column_of(taken, "others");
    ret_grant->silent = silence > 0;
    if (ret_grant->granted == 0)
        ret_grant->wait_us =
            wait_of(ret_grant, silence > 0 ? silence : column_of(taken, "wait_us"));
    return 0;
}

int store_grant(struct store *store, const struct pace_request *request,
                struct pace_grant *ret_grant, struct err *err)
{
    struct pace_grant granted = {.granted = 0};

    if (store_begin(store, err) < 0 ||
        store_end(store, grant(store, request, &granted, err), err) < 0) {
        if (!granted.busy)
            return err_prefix(err, "requests cannot be counted together with other runs");
        err_release(err);
        granted.wait_us = WAIT_LEAST_US;
    }
    *ret_grant = granted;
    return 0;
}

static int end(struct store *store, const struct pace_request *request, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *taken = NULL;

    if (take(store, request, &taken, err) < 0)
        return -1;
    return PG_QUERY(store->pg, pace_forget, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id),
                    store_time(&scratch, pg_instant(taken, 0, store_place_of(taken, "now_us"))));
}

int store_grant_end(struct store *store, const char *address_group, int64_t unused,
                    int64_t silence_us, struct err *err)
{
    const struct pace_request nothing = {
        .address_group = address_group, .unused = unused, .silence_us = silence_us};

    if (store_begin(store, err) < 0)
        return -1;
    return store_end(store, end(store, &nothing, err), err);
}
