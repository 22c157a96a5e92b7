/*
 * A portal that is restarted, a line that breaks and an answer that is cut off are over in seconds
 * or minutes, and a night is worth waiting for them. One trouble lasts from the first failure to
 * the next good answer; it is borne for minutes, and all troubles of a run together for a few times
 * that, so a portal that is down ends a run soon, and one that answers now and then does too. What
 * the pace makes us wait, and what the portal asked for, is no trouble.
 *
 * A run whose patience is used up still tries a read a few times once the portal has answered
 * again.
 */
#include "bynder/private.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"

enum {
    TROUBLES = 3,        /* of full length, in one run */
    LOOPBACK_PARTS = 30, /* nobody else is served there, and nothing but this machine restarts */
    LOOK_US = SECOND_US, /* how often it is asked meanwhile whether somebody says stop */
};

#define TROUBLE_US    (300 * SECOND_US)
#define PAUSE_US      (2 * SECOND_US) /* before the second try */
#define PAUSE_MOST_US (30 * SECOND_US)

void bynder_patience_init(struct bynder *bynder, int64_t most_us)
{
    int64_t usual_us = TROUBLE_US / (bynder->config->loopback ? LOOPBACK_PARTS : 1);

    bynder->patience = (struct patience){.most_us = most_us > 0 ? most_us : usual_us};
}

static struct instant steady(const struct bynder *bynder)
{
    return bynder->clock->steady(bynder->clock->self);
}

/* How long this trouble has lasted. */
static int64_t lasted_us(const struct bynder *bynder)
{
    const struct patience *patience = &bynder->patience;
    int64_t waited_us = http_waited_us(bynder->http) - patience->waited_us;
    int64_t us = steady(bynder).us - patience->since.us - waited_us;

    return us > 0 ? us : 0;
}

void bynder_answered(struct bynder *bynder)
{
    struct patience *patience = &bynder->patience;

    patience->answered++;
    if (!instant_is_set(patience->since))
        return;
    patience->spent_us += lasted_us(bynder);
    patience->since = INSTANT_NONE;
    patience->pauses = 0;
    patience->is_over = patience->is_told = false;
}

bool bynder_bears(struct bynder *bynder)
{
    struct patience *patience = &bynder->patience;
    int64_t all_us = TROUBLES * patience->most_us;

    if (!instant_is_set(patience->since)) {
        patience->since = steady(bynder);
        patience->waited_us = http_waited_us(bynder->http);
    }
    int64_t us = lasted_us(bynder);
    bool few = patience->spent_us >= all_us && patience->pauses + 1 < BYNDER_TRIES;
    if (us >= patience->most_us || (patience->spent_us + us >= all_us && !few))
        patience->is_over = true;
    return !patience->is_over;
}

/* Longer each time, and somewhere between its half and the whole of it, so that runs of several
 * hosts do not come back together. */
static int64_t next_pause_us(struct bynder *bynder)
{
    int parts = bynder->config->loopback ? LOOPBACK_PARTS : 1;
    int64_t pause_us = PAUSE_US / parts, most_us = PAUSE_MOST_US / parts;

    for (unsigned i = 0; i < bynder->patience.pauses && pause_us < most_us; i++)
        pause_us *= 2;
    if (pause_us > most_us)
        pause_us = most_us;
    bynder->patience.pauses++;
    return pause_us / 2 + steady(bynder).us % (pause_us / 2);
}

/* Once for each trouble. */
static void tell(struct bynder *bynder, const char *why)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct patience *patience = &bynder->patience;

    if (!bynder->waiting || !instant_is_set(patience->since) || patience->is_told)
        return;
    patience->is_told = true;
    text_addf(&text, "at most, and the portal is asked again meanwhile: %s", why);
    bynder->waiting(bynder->waiting_context, (double)patience->most_us / (double)SECOND_US,
                    text_cstr(&text));
}

int bynder_pause(struct bynder *bynder, const char *why, struct err *err)
{
    struct instant until = instant_add_us(steady(bynder), next_pause_us(bynder));
    CLEANUP(mem_cleanup) char *text = mem_strdup(why ? why : "no answer"); /* may be of *err */

    tell(bynder, text);
    for (;;) {
        struct instant now = steady(bynder), next = instant_add_us(now, LOOK_US);

        if (bynder->is_stopped && bynder->is_stopped(bynder->stop_context))
            return err_set(err, ERR_HELD, "%s; somebody says stop, so it is not asked again", text);
        if (now.us >= until.us)
            return 0;
        if (!bynder->clock->sleep_until(bynder->clock->self, next.us < until.us ? next : until))
            return err_set(err, ERR_INTERRUPTED, "stopped by a signal while talking to the portal");
    }
}

int bynder_may_ask(const struct bynder *bynder, struct err *err)
{
    return bynder->gave_up ? err_set(err, ERR_UNREACHABLE, "%s", bynder->gave_up) : 0;
}

/* "2 days", in the largest unit that says it. */
static void add_duration(struct text *out, int64_t us)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    int64_t seconds = us / SECOND_US;

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (seconds < 2 * units[i].seconds && i + 1 < COUNT_OF(units))
            continue;
        text_addf(out, "%lld %s%s", (long long)(seconds / units[i].seconds), units[i].name,
                  seconds / units[i].seconds == 1 ? "" : "s");
        return;
    }
}

int bynder_heed(struct bynder *bynder, const struct http_answer *answer, const char *subject,
                struct err *err)
{
    struct instant now = steady(bynder), until = instant_add_us(now, answer->retry_after_us);
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (answer->retry_after_us <= 0)
        return 0;
    if (answer->retry_after_us <= LIMIT_RETRY_AFTER_S * SECOND_US) {
        int64_t from_us = instant_later(now, bynder->quiet_until).us;
        bynder->quiet_us += until.us > from_us ? until.us - from_us : 0;
        bynder->quiet_until = instant_later(until, bynder->quiet_until);
        if (bynder->quiet_us <= LIMIT_WAITED_S * SECOND_US)
            return 0;
    }
    text_addf(&text, "%s and asks to wait ", subject);
    add_duration(&text, answer->retry_after_us);
    text_addf(
        &text,
        " (Retry-After), which is more than a run waits: %d minutes at once, %d in all; hint: "
        "what else uses Bynder's API from this network address? nothing is lost, the next "
        "run begins anew",
        LIMIT_RETRY_AFTER_S / 60, LIMIT_WAITED_S / 60);
    free(bynder->gave_up);
    bynder->gave_up = text_take(&text);
    return bynder_may_ask(bynder, err);
}
