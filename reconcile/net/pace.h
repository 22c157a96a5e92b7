/*
 * pace: when the next request may be sent. Pure: the clock is an argument, and waiting is the
 * caller's. Source of the numbers: Bynder allows 4,500 requests in any five minutes per public
 * address, advises 10 a second, and after a 429 lifts its block only after five minutes without any
 * request.
 */
#ifndef NET_PACE_H
#define NET_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/instant.h"

struct pace_settings {
    double per_second;  /* 0 = no limit */
    int64_t per_window; /* in any window; 0 = no limit */
    int64_t window_us;  /* 300 s */
    int64_t silence_us; /* after a 429 */
    /* Others send from the same address: nothing goes without a permit of whoever counts for all
     * (job/pace_share). */
    bool shared;
};

struct pace; /* ring of the times of the last per_window requests */

struct pace *pace_new(const struct pace_settings *settings);
void pace_free(struct pace *pace);
CLEANUP_POINTER(struct pace, pace_freep, pace_free)

/* When the next request may go, not before now. Requests are evenly spaced: no burst above the
 * pace. The window is kept with a margin of a hundredth of its length, because requests do not take
 * equally long to arrive. */
struct instant pace_next(const struct pace *pace, struct instant now);
/* From here on pace_next and pace_wants_permit are about so many requests, to be sent one right
 * after the other: they wait for all of them before the first. 1 is the rule. */
void pace_together(struct pace *pace, int64_t requests);
/* How many that are. */
int64_t pace_least(const struct pace *pace);
/* They were waited for: so many requests may go at once, unless a 429 or a hold comes between or
 * their permit ends. What was reserved before and not sent is forgotten. */
void pace_reserve(struct pace *pace, int64_t requests);
/* A request was sent at `now`. */
void pace_sent(struct pace *pace, struct instant now);
/* A 429 came at `now`: nothing for silence_us after it, or for as long as the answer asked for
 * where that is longer, and the pace is halved for the rest of the run. Further ones during that
 * silence answer requests that were under way already: they prolong it and halve nothing. */
void pace_blocked(struct pace *pace, struct instant now, int64_t asked_us);
/* Another answer asked for so long without a request (503, Retry-After). No block: the pace stays.
 */
void pace_quiet(struct pace *pace, struct instant now, int64_t asked_us);
/* How long the silence is that the last 429 began. */
int64_t pace_silence_us(const struct pace *pace);
/* Whether a permit has to be asked for before the next request; never while pace_hold lasts. A 429
 * ends the permit, so that the others hear of it. */
bool pace_wants_permit(const struct pace *pace, struct instant now);
/* So many requests may be sent until then. */
void pace_permit(struct pace *pace, int64_t requests, struct instant until);
/* No permit can be had before then; silent: because others met a 429. */
void pace_hold(struct pace *pace, struct instant until, bool silent);
/* Whether the silence after a 429, ours or that of others, is what pace_next waits for at `now`. */
bool pace_is_silent(const struct pace *pace, struct instant now);
/* How many 429 there were. */
unsigned pace_blocks(const struct pace *pace);
/* How many were sent, of all requests that this pace was told of. */
int64_t pace_count(const struct pace *pace);
/* What it was made with. */
const struct pace_settings *pace_settings(const struct pace *pace);

#endif
