/*
 * event: what the portal's analytics tell of in bulk, kind by kind: logins, and what people do
 * besides. The one table says how a kind is called and where it is read. All of them have the same
 * pages, cursors, window and scope (API.md 1.3).
 */
#ifndef FACTS_EVENT_H
#define FACTS_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/instant.h"

enum event_kind {
    EVENT_NONE = 0,
    EVENT_LOGIN,
    EVENT_VIEW,
    EVENT_DOWNLOAD,
    EVENT_CREATION,
    EVENT_ARCHIVAL,
    EVENT_REMOVAL,
    EVENT_SEARCH,
    EVENT_COLLECTION_VIEW,
    EVENT_KINDS,
} __attribute__((packed));

enum { EVENT_PATHS = 2, EVENT_TYPES = 2 };

struct event_kind_row {
    const char *word;              /* in the configuration, the reports and the history */
    const char *what;              /* in a sentence: "asset views" */
    const char *path[EVENT_PATHS]; /* the newer version first; NULL = there is none */
    const char *type[EVENT_TYPES]; /* what `eventType` says; NULL = no further one */
};
extern const struct event_kind_row event_kinds[EVENT_KINDS];

struct column_words; /* base/column */
extern const struct column_words event_kind_words;

/* The next kind of activity, all but logins, from EVENT_NONE on; EVENT_NONE behind the last. */
enum event_kind event_after(enum event_kind kind);

/* By what an event calls itself; EVENT_NONE for what is not in the table. */
enum event_kind event_kind_of_type(const char *type);

/* The newest thing somebody did that was no login, as far as it is known. */
struct activity {
    struct instant at;      /* none = nothing is known */
    struct instant seen_at; /* when the portal said so */
    enum event_kind kind;
    bool is_new; /* no snapshot has taken it yet */
};

/* The newer of two; of equals the first. */
struct activity activity_newest(struct activity a, struct activity b);

/* How far what is known of activity reaches: of every kind that is asked, everything from `since`
 * to this reading was told. None = of some kind something is missing. */
struct activity_reach {
    struct instant since;
    const char *missing; /* what is not known and what lets that go, a sentence; NULL = nothing */
};

#endif
