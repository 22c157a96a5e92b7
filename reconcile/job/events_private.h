/*
 * events_private: one kind of events while it is read, for job/events and what it is made of:
 * events_parts (a window read as parts, side by side) and events_back (how far back logins are).
 */
#ifndef JOB_EVENTS_PRIVATE_H
#define JOB_EVENTS_PRIVATE_H

#include "core/evidence.h"
#include "facts/account_index.h"
#include "job/job.h"
#include "store/login.h"

struct events {
    struct job *job;
    struct collected *collected;
    struct snapshot *snapshot;
    const struct account_index *by_id;
    struct events_progress progress;
    struct instant
        until;       /* what there can be events of: now; the portal's when our clock is ahead */
    bool resumed;    /* the cursor is of an earlier run */
    bool is_read;    /* to the end, or as far back as they are worth it */
    const char *why; /* not, or what else is to be said of it; the first word counts */
    size_t count;    /* read by this run, likewise below */
    size_t pages;
    int64_t told;     /* events of this window; of the pages of earlier runs a guess */
    size_t named;     /* of those that this run read: they name a user */
    bool is_nameless; /* a window was told of which none does */
    bool was_empty;   /* the page before */
    struct evidence_silence silence; /* of activity: the last one that nobody believes */
    /* Cursors are told to go round in a circle by comparing each with one of those before. Which
     * one moves on after 1, 2, 4, 8 … pages (Brent), so a circle of any length is seen before it
     * was gone round three times, and no other cursor has to be kept. */
    const char *mark;
    size_t since_mark, until_next_mark;
    int64_t timed_us; /* so long a time the pages of this window told of that this run read */
    size_t timed_pages;
    /* A part of a window: its progress is of that part alone, and none of it is kept before all
     * parts that come before are told. */
    struct events *whole; /* NULL = it is the whole */
    bool is_told;         /* this window or part, to its end */
    struct day *day;      /* on which the part told events; allocated */
    size_t day_count, day_room;
};

/* "login events", "asset views" */
const char *events_what(const struct events *events);
/* What is to be said of it, unless something else was said. */
void events_note(struct events *events, const char *why);
/* What the page tells is taken, and kept in the history. */
int events_keep_page(struct events *events, struct arena *scratch, const struct events_page *page,
                     struct err *err) __attribute__((warn_unused_result));
/* From where the pages of this window begin; NULL = at its beginning. */
void events_set_mark(struct events *events, const char *cursor);
/* The window under way was told to its end. */
void events_end_window(struct events_progress *progress);
/* How far it is read, without anything told. */
int events_keep_progress(struct events *events, struct err *err)
    __attribute__((warn_unused_result));

/* events_parts.c: the window under way, its parts side by side and each kept when all older ones
 * are (or all newer ones, newest first). Sets is_nameless, or `why` of what could not be read.
 * *ret_whole: all of it was told. `pages`: an estimate of what there are. */
struct events_cut {
    struct instant from, to;
    int64_t pages;
    bool newest_first;
};
int events_read_parts(struct events *events, const struct events_cut *cut, bool *ret_whole,
                      struct err *err) __attribute__((warn_unused_result));

/* events_back.c: of login events the time from `from` to `to`, newest first, as far back as they
 * are worth their requests (core/thrift). */
int events_read_back(struct events *events, struct instant from, struct instant to,
                     double pages_a_day, struct err *err) __attribute__((warn_unused_result));
/* Whether an earlier run was cut off while it did so, or many are not known since. */
bool events_wants_back(const struct events *events);

#endif
