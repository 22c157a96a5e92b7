/*
 * A user's own days of login are those on which a hash of (user, day) falls below the user's habit,
 * up to the day before the last login; that day has exactly one event, the last login itself. So
 * nothing needs to be stored, and changing a last login changes the events with it. Other sorts are
 * some share of such days.
 */
#include "events.h"

#include <stdlib.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/text.h"

#include "random.h"

#define WEEKEND_SHARE 16 /* one login in so many happens at a weekend */

static const char *const event_sort_words[EVENT_SORTS] = {
    "logins",    "views",    "downloads", "creations",
    "archivals", "removals", "searches",  "collection_views"};

/* Of days with a login, one in so many. */
static const unsigned rarity[EVENT_SORTS] = {1, 1, 4, 32, 64, 128, 2, 8};

enum event_sort event_sort_of(const char *word)
{
    unsigned sort = 0;
    while (sort < EVENT_SORTS && !text_equal(word, event_sort_words[sort]))
        sort++;
    return (enum event_sort)sort;
}

void events_init(struct events *events, enum event_sort sort, uint64_t seed)
{
    *events =
        (struct events){.sort = sort, .seed = random_mix(seed ^ UINT64_C(0xE7) ^ (sort * 4096UL))};
}

void events_release(struct events *events)
{
    free(events->event);
    *events = (struct events){.count = 0};
}

static int event_compare(const void *a, const void *b)
{
    const struct event *left = a, *right = b;
    if (left->us != right->us)
        return left->us < right->us ? -1 : 1;
    return left->ordinal < right->ordinal ? -1 : left->ordinal > right->ordinal;
}

static void add(struct events *events, int64_t us, uint32_t ordinal)
{
    events->event = mem_grow(events->event, events->count, &events->capacity, sizeof(struct event));
    events->event[events->count++] = (struct event){.us = us, .ordinal = ordinal};
}

/* By API, once a week up to the newest one. */
static void add_by_api(struct events *events, const struct user *user, int64_t start_us)
{
    int64_t back_us = user->active_us - start_us;
    if (user->active_us == 0 || user->active_sort != events->sort || back_us < 0 ||
        (back_us / DAY_US) % 7 != 0)
        return;
    add(events, start_us + back_us % DAY_US, user->ordinal);
}

static bool did(const struct events *events, uint64_t hash, unsigned habit)
{
    return (hash & 0xFF) < habit && (hash >> 40) % rarity[events->sort] == 0;
}

void events_load(struct events *events, const struct population *population, struct day day)
{
    if (day_compare(events->day, day) == 0 && events->version == population->version)
        return;
    struct day epoch = DAY_NONE;
    (void)day_from_civil(1970, 1, 1, &epoch);
    int64_t start_us = (int64_t)day_between(epoch, day) * DAY_US;
    bool weekend = day_of_week(day) > 5;
    events->count = 0;
    events->day = day;
    events->version = population->version;
    for (size_t i = 0; i < population->count; i++) {
        const struct user *user = &population->user[i];
        add_by_api(events, user, start_us);
        if (user->last_login_us < start_us)
            continue;
        if (user->last_login_us < start_us + DAY_US) {
            if (events->sort == EVENT_LOGINS)
                add(events, user->last_login_us, user->ordinal);
            continue;
        }
        if (day_compare(user->created, day) > 0)
            continue;
        uint64_t hash = random_pair(events->seed ^ user->ordinal, (uint64_t)day.number);
        unsigned habit = weekend ? user->habit / WEEKEND_SHARE : user->habit;
        if (did(events, hash, habit))
            add(events, start_us + (6 * 3600000 + (int64_t)(hash >> 8) % (14 * 3600000)) * 1000,
                user->ordinal);
    }
    if (events->count > 0)
        qsort(events->event, events->count, sizeof(struct event), event_compare);
}

void events_add_id(struct text *text, const struct events *events, const struct event *event)
{
    text_addf(text, "%016llx%08x",
              (unsigned long long)random_pair(events->seed ^ event->ordinal, (uint64_t)event->us),
              (unsigned)event->ordinal);
}
