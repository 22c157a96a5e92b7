/*
 * The ring holds exactly the requests of the last window, refused ones included, because the limit
 * counts requests, not answers. It grows with the traffic, which bounds it.
 */
#include "rate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void rate_init(struct rate *rate, size_t limit, int64_t window_us)
{
    *rate = (struct rate){.limit = limit, .window_us = window_us};
    rate->silence_us = mem_calloc(RATE_SILENCES_KEPT, sizeof(rate->silence_us[0]));
}

void rate_release(struct rate *rate)
{
    free(rate->seen);
    free(rate->silence_us);
    *rate = (struct rate){.limit = 0};
}

static void forget_old(struct rate *rate, int64_t now_us)
{
    while (rate->count > 0 && rate->seen[rate->first] <= now_us - rate->window_us) {
        rate->first = (rate->first + 1) % rate->capacity;
        rate->count--;
    }
}

static void remember(struct rate *rate, int64_t now_us)
{
    if (rate->count == rate->capacity) {
        size_t capacity = rate->capacity ? 2 * rate->capacity : 1024;
        int64_t *seen = mem_calloc(capacity, sizeof(seen[0]));
        for (size_t i = 0; i < rate->count; i++)
            seen[i] = rate->seen[(rate->first + i) % rate->capacity];
        free(rate->seen);
        rate->seen = seen;
        rate->capacity = capacity;
        rate->first = 0;
    }
    rate->seen[(rate->first + rate->count) % rate->capacity] = now_us;
    rate->count++;
    if (rate->count > rate->highest)
        rate->highest = rate->count;
}

bool rate_admit(struct rate *rate, int64_t now_us)
{
    int64_t silence_us = now_us - rate->last_us;
    if (rate->last_refused && rate->silence_count < RATE_SILENCES_KEPT)
        rate->silence_us[rate->silence_count++] = silence_us;
    if (rate->blocked && silence_us >= rate->window_us)
        rate->blocked = false;
    forget_old(rate, now_us);
    remember(rate, now_us);
    rate->last_us = now_us;
    if (rate->limit > 0 && !rate->blocked && rate->count > rate->limit) {
        rate->blocked = true;
        rate->blocks++;
    }
    rate->last_refused = rate->limit > 0 && rate->blocked;
    if (rate->last_refused)
        rate->refused++;
    return !rate->last_refused;
}
