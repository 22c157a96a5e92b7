/*
 * A permit is for some seconds of requests at the configured pace, and at most a twentieth of the
 * window's limit, so that runs side by side get their turns and a run that dies wastes little. What
 * was not sent of it is given back. It lasts a minute: a process that was stopped and goes on asks
 * anew.
 */
#include "job/pace_share.h"

#include "base/text.h"
#include "store/pace.h"

enum {
    PERMIT_SECONDS = 5,
    PERMIT_LEAST = 10,
    PERMIT_MOST = 5000,
    PERMIT_PARTS = 20, /* of the limit */
    PERMIT_LASTS_S = 60,
    UNSHARED = 20, /* one act: read, write, read-back until it shows */
    BUSY_MOST =
        20, /* times that lock_timeout: whoever stands still is ended by the server before */
    MARGIN_PARTS = 100,
};

void pace_share_init(struct pace_share *share, struct store *store, struct pace *pace,
                     const struct clock *clock, const struct config_portal *config)
{
    *share = (struct pace_share){
        .store = store, .pace = pace, .clock = clock, .config = config, .unshared = UNSHARED};
}

/* The word under which requests are counted together. */
static const char *group_of(const struct config_portal *config)
{
    if (!text_is_empty(config->address_group))
        return config->address_group;
    return config->loopback ? config->name : "default";
}

static int64_t wanted(const struct pace_settings *settings, int64_t least)
{
    int64_t share = settings->per_window / PERMIT_PARTS, count = PERMIT_MOST;

    if (settings->per_second > 0 && settings->per_second * PERMIT_SECONDS < PERMIT_MOST)
        count = (int64_t)(settings->per_second * PERMIT_SECONDS);
    if (count < PERMIT_LEAST)
        count = PERMIT_LEAST;
    if (count > share)
        count = share;
    return count > least ? count : least;
}

/* The silence that others have not heard of yet; 0 = there is none. */
static int64_t untold_silence(const struct pace_share *share)
{
    return pace_blocks(share->pace) > share->blocks_told ? pace_silence_us(share->pace) : 0;
}

/* Of what the database granted last, what was not sent. */
static int64_t unused(const struct pace_share *share)
{
    return share->granted - (pace_count(share->pace) - share->count_at);
}

static void permit(struct pace_share *share, int64_t requests)
{
    struct instant now = share->clock->steady(share->clock->self);

    pace_permit(share->pace, requests, instant_add_us(now, PERMIT_LASTS_S * SECOND_US));
}

int pace_share_permit(void *context, struct err *err)
{
    struct pace_share *share = context;
    const struct pace_settings *settings = pace_settings(share->pace);
    unsigned blocks = pace_blocks(share->pace);
    struct pace_grant grant = {.granted = 0};
    struct pace_request request = {
        .address_group = group_of(share->config),
        .wanted = wanted(settings, pace_least(share->pace)),
        .least = pace_least(share->pace),
        .limit = settings->per_window,
        .window_us = settings->window_us + settings->window_us / MARGIN_PARTS,
        .valid_us = PERMIT_LASTS_S * SECOND_US,
        .unused = unused(share),
        .silence_us = untold_silence(share),
        .patient = share->busy < BUSY_MOST,
    };

    if (store_grant(share->store, &request, &grant, err) < 0) {
        if (share->unshared == 0 || err->code != ERR_UNREACHABLE)
            return -1;
        err_release(err);
        permit(share, share->unshared);
        share->unshared = 0;
        return 0;
    }
    share->busy = grant.busy ? share->busy + 1 : 0;
    if (!grant.busy) {
        share->blocks_told = blocks;
        share->granted = grant.granted;
        share->count_at = pace_count(share->pace);
    }
    if (grant.granted > 0)
        permit(share, grant.granted);
    else
        pace_hold(share->pace,
                  instant_add_us(share->clock->steady(share->clock->self), grant.wait_us),
                  grant.silent);
    return 0;
}

int pace_share_end(struct pace_share *share, struct err *err)
{
    if (pace_count(share->pace) == 0)
        return 0;
    return store_grant_end(share->store, group_of(share->config), unused(share),
                           untold_silence(share), err);
}
