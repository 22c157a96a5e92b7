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
    UNSHARED = 20,     /* one act: read, write, read-back until it shows */
    BUSY_MOST_S = 900, /* who stands still in a transaction is ended by the server before */
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

/* Whether it is still worth it to wait for others who are not done. */
static bool is_patient(const struct pace_share *share, struct instant since)
{
    struct instant now = share->clock->steady(share->clock->self);

    return !instant_is_set(since) || now.us - since.us < BUSY_MOST_S * SECOND_US;
}

/* What is left of the silence that others have not heard of. Our own pace keeps it already, and
 * would not ask again before it is over: so it is told here, whoever else is being granted. */
static int64_t left_to_tell(const struct pace_share *share, struct instant since)
{
    int64_t gone = share->clock->steady(share->clock->self).us - since.us;
    int64_t silence = untold_silence(share);

    return silence > gone ? silence - gone : 0;
}

static int ask(struct pace_share *share, struct pace_grant *ret_grant, struct err *err)
{
    const struct pace_settings *settings = pace_settings(share->pace);
    struct instant began = share->clock->steady(share->clock->self);
    struct pace_request request = {
        .address_group = group_of(share->config),
        .wanted = wanted(settings, pace_least(share->pace)),
        .least = pace_least(share->pace),
        .limit = settings->per_window,
        .window_us = settings->window_us + settings->window_us / MARGIN_PARTS,
        .valid_us = PERMIT_LASTS_S * SECOND_US,
        .unused = unused(share),
    };

    do {
        request.silence_us = left_to_tell(share, began);
        request.patient = is_patient(share, share->busy_since);
        if (store_grant(share->store, &request, ret_grant, err) < 0)
            return -1;
        if (!ret_grant->busy)
            share->busy_since = INSTANT_NONE;
        else if (!instant_is_set(share->busy_since))
            share->busy_since = began;
    } while (ret_grant->busy && request.silence_us > 0 && !clock_is_interrupted());
    if (request.silence_us == 0) /* there was none, or it is over: nobody need hear of it later */
        share->blocks_told = pace_blocks(share->pace);
    return 0;
}

int pace_share_permit(void *context, struct err *err)
{
    struct pace_share *share = context;
    unsigned blocks = pace_blocks(share->pace);
    struct pace_grant grant = {.granted = 0};

    if (ask(share, &grant, err) < 0) {
        if (share->unshared == 0 || err->code != ERR_UNREACHABLE)
            return -1;
        err_release(err);
        permit(share, share->unshared);
        share->unshared = 0;
        return 0;
    }
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
    struct instant began = share->clock->steady(share->clock->self);

    if (share->granted == 0 && pace_count(share->pace) == 0)
        return 0;
    for (;;) {
        int64_t silence = left_to_tell(share, began);
        if (store_grant_end(share->store, group_of(share->config), unused(share), silence, err) ==
            0)
            return 0;
        if (silence == 0 || err->code != ERR_LOCKED || !is_patient(share, began) ||
            clock_is_interrupted())
            return -1;
        err_release(err);
    }
}
