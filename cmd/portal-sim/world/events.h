/*
 * events: the login events of the last twelve months, made up on the fly. Who logged in on which
 * day follows from the seed, the account and the day; the newest event of an account is its
 * lastLogin. Only one day is held in memory at a time. Not thread-safe.
 */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"

#include "population.h"

#define EVENTS_DAYS 365 /* how long the portal keeps them */

struct event {
    int64_t us;
    uint32_t ordinal; /* of the user */
};

/* The day that was asked for last. */
struct events {
    struct event *event; /* by time, then ordinal */
    size_t count, capacity;
    struct day day;
    uint64_t version; /* of the population it was made from */
    uint64_t seed;
};

void events_init(struct events *events, uint64_t seed);
void events_release(struct events *events);
/* Makes events->event those of `day`. */
void events_load(struct events *events, const struct population *population, struct day day);
/* The 24 hex digits of an event's id. */
void events_add_id(struct text *text, const struct events *events, const struct event *event);

#endif
