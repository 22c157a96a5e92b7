/*
 * The next request goes at the latest of four times: now, one interval after the request before it,
 * one window after the request that is per_window back, and the end of a silence. The ring holds
 * only what the second and third need, and grows with the traffic.
 *
 * Invariant: a wait is bounded by the longest of interval, window and silence, whatever the clock
 * does. With others on the same address the ring keeps our own requests to the limit, and a permit
 * all of ours together.
 */
#include "net/pace.h"

#include <stdlib.h>

#include "base/mem.h"

enum { RING_START = 64, MARGIN_PARTS = 100, SLOWDOWN_LIMIT = 64 };

struct pace {
    struct pace_settings settings;
    int64_t *sent; /* ring, oldest at `first` */
    size_t first, count, capacity;
    int64_t silent_until;
    int64_t silence_us; /* the longest that was begun: no wait is longer, whatever the clock does */
    int64_t block_us;   /* of the last 429 */
    unsigned blocks;
    int64_t slowdown;                               /* 1, doubled by each block */
    int64_t total;                                  /* requests sent */
    int64_t permitted, permitted_until, held_until; /* shared only */
    bool held_silent;
    int64_t together, reserved;
};

struct pace *pace_new(const struct pace_settings *settings)
{
    struct pace *pace = mem_calloc(1, sizeof(*pace));

    pace->settings = *settings;
    pace->slowdown = 1;
    pace->together = 1;
    return pace;
}

void pace_free(struct pace *pace)
{
    if (!pace)
        return;
    free(pace->sent);
    free(pace);
}

/* The `back`-th newest time, 0 being the newest. */
static int64_t sent_at(const struct pace *pace, size_t back)
{
    return pace->sent[(pace->first + pace->count - 1 - back) % pace->capacity];
}

static int64_t interval_us(const struct pace *pace)
{
    if (pace->settings.per_second <= 0)
        return 0;
    return (int64_t)((double)SECOND_US / pace->settings.per_second) * pace->slowdown;
}

static int64_t window_us(const struct pace *pace)
{
    return pace->settings.window_us + pace->settings.window_us / MARGIN_PARTS;
}

/* How many requests a window may hold, at least one; 0 = no limit. */
static size_t window_limit(const struct pace *pace)
{
    int64_t limit = pace->settings.per_window;

    if (limit <= 0)
        return 0;
    return limit / pace->slowdown > 0 ? (size_t)(limit / pace->slowdown) : 1;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Of the requests that go together, those that are waited for. */
static size_t waited_for(const struct pace *pace, size_t limit)
{
    size_t together = (size_t)pace->together;

    return limit > 0 && together > limit ? limit : together;
}

struct instant pace_next(const struct pace *pace, struct instant now)
{
    size_t limit = window_limit(pace), together = waited_for(pace, limit);
    int64_t next = now.us, interval = interval_us(pace), window = window_us(pace);

    if (pace->count > 0 && pace->reserved <= 0)
        next = later(next, sooner(sent_at(pace, 0), now.us) + (int64_t)together * interval);
    if (limit > 0 && pace->count + together > limit && pace->reserved <= 0)
        next = later(next, sooner(sent_at(pace, limit - together), now.us) + window);
    next = later(next, sooner(pace->silent_until, now.us + pace->silence_us));
    if (pace->settings.shared)
        next = later(next,
                     sooner(pace->held_until, now.us + later(window, pace->settings.silence_us)));
    return (struct instant){.us = next};
}

/* Room for one more, dropping the oldest once the ring holds all that is ever asked for. */
static void make_room(struct pace *pace)
{
    size_t wanted = pace->settings.per_window > 0 ? (size_t)pace->settings.per_window : 1;
    size_t capacity = pace->capacity > 0 ? 2 * pace->capacity : RING_START;
    int64_t *sent;

    if (pace->count < pace->capacity)
        return;
    if (pace->count >= wanted) {
        pace->first = (pace->first + 1) % pace->capacity;
        pace->count--;
        return;
    }
    if (capacity > wanted)
        capacity = wanted;
    sent = mem_realloc_array(NULL, capacity, sizeof(sent[0]));
    for (size_t i = 0; i < pace->count; i++)
        sent[i] = pace->sent[(pace->first + i) % pace->capacity];
    free(pace->sent);
    pace->sent = sent;
    pace->first = 0;
    pace->capacity = capacity;
}

void pace_sent(struct pace *pace, struct instant now)
{
    make_room(pace);
    pace->sent[(pace->first + pace->count) % pace->capacity] = now.us;
    pace->count++;
    pace->total++;
    if (pace->permitted > 0)
        pace->permitted--;
    if (pace->reserved > 0)
        pace->reserved--;
}

bool pace_wants_permit(const struct pace *pace, struct instant now)
{
    int64_t least = pace->reserved > 0 ? 1 : pace->together;

    return pace->settings.shared && now.us >= pace->held_until &&
           (pace->permitted < least || now.us >= pace->permitted_until);
}

void pace_together(struct pace *pace, int64_t requests)
{
    pace->together = requests > 1 ? requests : 1;
    pace->reserved = 0;
}

int64_t pace_least(const struct pace *pace)
{
    return pace->together;
}

void pace_reserve(struct pace *pace, int64_t requests)
{
    pace->together = 1;
    pace->reserved = requests;
}

void pace_permit(struct pace *pace, int64_t requests, struct instant until)
{
    pace->permitted = requests;
    pace->permitted_until = until.us;
    pace->held_until = 0;
    pace->reserved = 0;
}

void pace_hold(struct pace *pace, struct instant until, bool silent)
{
    pace->permitted = 0;
    pace->reserved = 0;
    pace->held_until = until.us;
    pace->held_silent = silent;
}

static void be_silent(struct pace *pace, struct instant now, int64_t us)
{
    pace->silent_until = later(pace->silent_until, now.us + us);
    pace->silence_us = later(pace->silence_us, us);
    pace->permitted = 0;
    pace->reserved = 0;
}

void pace_blocked(struct pace *pace, struct instant now, int64_t asked_us)
{
    if (now.us >= pace->silent_until && pace->slowdown < SLOWDOWN_LIMIT)
        pace->slowdown *= 2;
    pace->block_us = later(pace->settings.silence_us, asked_us);
    be_silent(pace, now, pace->block_us);
    pace->blocks++;
}

void pace_quiet(struct pace *pace, struct instant now, int64_t asked_us)
{
    be_silent(pace, now, asked_us);
}

int64_t pace_silence_us(const struct pace *pace)
{
    return pace->block_us;
}

bool pace_is_silent(const struct pace *pace, struct instant now)
{
    return now.us < pace->silent_until || (pace->held_silent && now.us < pace->held_until);
}

unsigned pace_blocks(const struct pace *pace)
{
    return pace->blocks;
}

int64_t pace_count(const struct pace *pace)
{
    return pace->total;
}

const struct pace_settings *pace_settings(const struct pace *pace)
{
    return &pace->settings;
}
