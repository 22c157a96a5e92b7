/*
 * portal: a Bynder portal as the flows see it. Real (bynder/bynder), or a fake in tests. A dry run
 * gets one whose writing members are NULL: it cannot act.
 */
#ifndef FACTS_PORTAL_H
#define FACTS_PORTAL_H

#include "base/arena.h"
#include "base/err.h"
#include "facts/action.h"
#include "facts/snapshot.h"

/* Progress of a long reading: done of total (0 = not known), what = "accounts", "last logins". */
struct progress {
    void (*report)(void *context, const char *what, size_t done, size_t total);
    void *context;
};

/* What the answer to a write means. */
enum portal_effect {
    EFFECT_UNKNOWN =
        0,           /* no answer, a cut one, a 5xx, an undocumented status: it may have happened */
    EFFECT_ACCEPTED, /* 2xx as documented (202, 204); the effect may come later */
    EFFECT_REFUSED,  /* a definite no: 4xx of the application; nothing happened */
    EFFECT_GONE,     /* application 404 */
    EFFECT_TOKEN,    /* 401: nothing happened, the token was renewed or must be */
    EFFECT_FORBIDDEN, /* 403: nothing happened, and nothing will */
    EFFECT_BLOCKED,   /* 429: nothing happened; the pace is silent now */
    EFFECT_UNSENT,    /* there was no connection to send it on: nothing happened */
    EFFECT_LATE,      /* not sent: the look before it was too old when it could have been */
};

enum { PORTAL_LOOK_S = 10 }; /* so old may the look be when the act is sent */

struct portal_answer {
    enum portal_effect effect;
    long status;      /* HTTP; 0 = none */
    const char *text; /* printable, bounded; arena */
};

/* What is to be done to whom. */
struct portal_act {
    enum action action;
    const char *account_id;
    const char *profile_id; /* that it is given; of what sets a profile, else NULL */
};

struct portal_event {
    const char *user_id;
    struct instant at;
    bool is_untimed; /* of activity: the time could not be read, `at` is the end of the window */
};

/* What became of the question for a page of events. */
enum events_access {
    EVENTS_READ = 0,
    EVENTS_DENIED,  /* no scope, 403: this portal has none for us */
    EVENTS_ABSENT,  /* 404, 410: there is no such endpoint, or not any more */
    EVENTS_MISSING, /* this page did not come; another time it may */
};

struct events_page {
    enum events_access access;
    const char *why; /* not EVENTS_READ, or not all of it: a sentence; else NULL */
    struct portal_event *event;
    size_t count;
    size_t told;             /* with those that are of another kind or were left out */
    size_t unreadable;       /* of these: nobody can tell whose, or of what time, they are; and one
                              * for a full page of activity that names no next one */
    const char *next_cursor; /* as it goes into a query, unreserved characters and %XX; NULL = this
                              * was the last page. It may lead anywhere, also back */
};

/* From, not including it, up to, including it; cursor NULL is the first page. */
struct events_window {
    enum event_kind kind;
    int version; /* of the endpoint: an index into event_kinds[].path */
    struct instant from, to;
    const char *cursor;
};

/* Windows that are read side by side, of each the page that its cursor names. `take` is told of
 * that page, in whatever order they come; what it is given holds during the call. EVENTS_AGAIN: the
 * window of that number is another one now, or has another cursor, and is asked again. A page that
 * is not EVENTS_READ is the last of its window. */
enum { EVENTS_AGAIN = 1 };

struct events_pages {
    const struct events_window *window;
    size_t count;
    void *context;
    int (*take)(void *context, size_t number, const struct events_page *page, struct err *err);
};

/* Events of a year that the portal keeps no longer, told row by row. What was told counts only when
 * the file is known to be whole. */
struct portal_year {
    int year;
    struct instant now; /* nothing is of later */
    void *context;
    /* Somebody of an id of the v4 form did something; EVENT_NONE: of a kind that is not in the
     * table. The id holds during the call. */
    void (*take)(void *context, const char *user_id, enum event_kind kind, struct instant at);
};

enum year_access {
    YEAR_BROKEN = 0, /* it did not come whole, or is no such file: another time it may be */
    YEAR_READ,
    YEAR_ABSENT,  /* 403, 404, 410, or it is empty */
    YEAR_UNASKED, /* the token has not the scope */
};

struct portal_year_told {
    enum year_access access;
    const char *why; /* not YEAR_READ: a sentence; else what could not be read, or NULL */
    size_t rows;
    size_t unreadable; /* of these, left out */
};

struct portal {
    void *self;

    /* Whoever counts its requests together with those of others says how many may go, before what
     * they are counted by is busy with something else. NULL where nobody does. */
    int (*permit)(void *self, struct err *err);

    /* Token, granted scopes, currentUser. Sets snapshot->own_id and the clock. ERR_SCOPE names what
     * is missing and who can grant it; ERR_UNREACHABLE for anything that prevents an answer. */
    int (*enter)(void *self, struct arena *arena, struct snapshot *snapshot, struct err *err);

    /* All accounts (active and inactive) and all profiles into the snapshot. A failure of the first
     * page or of the profiles is an error; a later one leaves snapshot->complete false with the
     * reason and what was read so far, and returns 0. */
    int (*list)(void *self, struct arena *arena, const struct progress *progress,
                struct snapshot *snapshot, struct err *err);

    /* Last logins (and department) by single reads for the accounts whose index is given. One that
     * cannot be read leaves LOGIN_NOT_READ and makes the snapshot incomplete; an application 404
     * means the account went away meanwhile: incomplete as well. Sets snapshot->logins_read. */
    int (*logins)(void *self, struct arena *arena, const struct progress *progress,
                  const size_t *index, size_t count, struct snapshot *snapshot, struct err *err);

    /* One page of events of a kind; memory from the arena. A login event that cannot be read is
     * left out (they only ever clear somebody, and single reads tell as well), and page->why says
     * how many. Of activity nothing else tells: an event of somebody without a time that can be
     * read is taken to be of the end of the window, and what may be anybody's is counted as
     * unreadable. The error is for what ends the run: a signal, no token. The member is NULL where
     * events are not wanted (logins = "each", and no activity). */
    int (*events)(void *self, struct arena *arena, const struct events_window *window,
                  struct events_page *ret_page, struct err *err);

    /* Many pages, `connections` of them at a time: of kinds and versions that `events` has told a
     * page of. The error is for what ends the run, and for what `take` says. NULL where `events`
     * is. */
    int (*events_many)(void *self, const struct events_pages *pages, struct err *err);

    /* The file of a year (historical). The error is for what ends the run. NULL where login events
     * are not wanted. */
    int (*year)(void *self, struct arena *arena, const struct portal_year *year,
                struct portal_year_told *ret_told, struct err *err);

    /* One account, fresh, whole, by an id of the v4 form. *ret_found false on an application 404
     * with a positive control (currentUser answers 200). raw (may be NULL) gets the JSON as it
     * came. */
    int (*get)(void *self, struct arena *arena, const char *id, struct account *ret_account,
               bool *ret_found, const char **ret_raw, struct err *err);

    /* HTTP requests made so far, of every kind. */
    size_t (*requests)(void *self);

    /* Returns when the pace lets so many requests go, and has a token that is good for them: an act
     * and the looks before it wait before the first look, not between. NULL in a dry run. */
    int (*ready)(void *self, size_t requests, struct err *err);

    /* The one that writes; NULL in a dry run. One request on a fresh connection, sent once, never
     * redirected. The answer says what can be told of its effect; the text is for the journal. Not
     * sent more than PORTAL_LOOK_S after `looked`, when the account was read last. The return is
     * only -1 when nothing was sent. */
    int (*act)(void *self, struct arena *arena, const struct portal_act *act,
               const struct time_mark *looked, struct portal_answer *ret_answer, struct err *err);
};

#endif
