/*
 * rate: the portal's rate limit (API.md 1.4). More than `limit` requests in any window are refused,
 * and from the first refusal on every request is refused until a whole window has passed without a
 * single one: a client that goes on knocking stays outside.
 *
 * All requests share one limit, as all clients behind one address do. The time is an argument, so
 * tests turn the clock. Not thread-safe.
 */
#ifndef SIM_RATE_H
#define SIM_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RATE_SILENCES_KEPT 1000

struct rate {
    size_t limit; /* 0: lifted */
    int64_t window_us;
    int64_t *seen; /* ring of the requests of the last window, oldest at `first` */
    size_t first, count, capacity;
    bool blocked;
    int64_t last_us; /* time of the newest request */
    size_t highest;  /* most requests in any window */
    uint64_t refused, blocks;
    bool last_refused;
    int64_t *silence_us; /* after each refusal: how long until the next request */
    size_t silence_count;
};

void rate_init(struct rate *rate, size_t limit, int64_t window_us);
void rate_release(struct rate *rate);
/* Counts a request at now_us; false when it is to be refused with 429. now_us never decreases. */
bool rate_admit(struct rate *rate, int64_t now_us);

#endif
