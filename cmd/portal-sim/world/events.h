/*
 * events: the events of one sort, made up on the fly. Who did it on which day follows from the
 * seed, the account and the day. The newest login event of an account is its lastLogin; whatever
 * else people do they do on days before that one, so that it is news of nobody. Beside that an
 * account may be active by API, whether it ever logs in or not: once a week up to its newest time,
 * which a control request sets. Only one day of a sort is held in memory. Not thread-safe.
 */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"

#include "population.h"

#define EVENTS_DAYS 365 /* how long the portal keeps them */

enum event_sort {
    EVENT_LOGINS = 0,
    EVENT_VIEWS,
    EVENT_DOWNLOADS,
    EVENT_CREATIONS,
    EVENT_ARCHIVALS,
    EVENT_REMOVALS,
    EVENT_SEARCHES,
    EVENT_COLLECTION_VIEWS,
    EVENT_SORTS
};
/* "logins", "views" …; EVENT_SORTS when it is none. */
enum event_sort event_sort_of(const char *word);

struct event {
    int64_t us;
    uint32_t ordinal; /* of the user */
};

/* The day that was asked for last. */
struct events {
    struct event *event; /* by time, then ordinal */
    size_t count, capacity;
    enum event_sort sort;
    struct day day;
    uint64_t version; /* of the population it was made from */
    uint64_t seed;
};

void events_init(struct events *events, enum event_sort sort, uint64_t seed);
void events_release(struct events *events);
/* Makes events->event those of `day`. */
void events_load(struct events *events, const struct population *population, struct day day);
/* The 24 hex digits of an event's id. */
void events_add_id(struct text *text, const struct events *events, const struct event *event);

#endif
