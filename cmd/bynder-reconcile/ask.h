/*
 * ask: what the verbs that only ask the history share: its opening, for somebody who may see the
 * views alone as well, moments, and who is meant.
 */
#ifndef CMD_ASK_H
#define CMD_ASK_H

#include "audit/question.h"
#include "cmd/bynder-reconcile/session.h"

struct ask {
    const struct invocation *invocation;
    struct config config;
    struct database database;
    struct store store;
    enum report_format format; /* --format: text, JSON or CSV */
    bool sees_tables;
};

/* Configuration and database; `invocation` is set by the caller. */
int ask_begin(struct ask *ask, struct err *err) __attribute__((warn_unused_result));
void ask_end(struct ask *ask);

/* A day (its end, else its beginning, in the zone) or an instant. */
int ask_moment(const char *word, const struct zone *zone, bool end_of_day,
               struct instant *ret_moment, struct err *err) __attribute__((warn_unused_result));

/* Says in the log when the reading that was the newest at a moment is no longer kept. */
int ask_thinned(const struct ask *ask, struct instant moment, struct err *err)
    __attribute__((warn_unused_result));

/* The one who is meant. ERR_USAGE for nobody, and for several: those are listed in the log. */
int ask_who(struct ask *ask, const char *who, struct store_subject *ret_subject, struct err *err)
    __attribute__((warn_unused_result));

#endif
