/*
 * audit/watch: what monitoring asks the history, and what people were told. Reads of a moment; only
 * the lists of what was told are written.
 */
#ifndef AUDIT_WATCH_H
#define AUDIT_WATCH_H

#include "audit/status.h"
#include "core/step.h"
#include "facts/notice.h"

struct store_watch {
    struct store_status status;
    bool held[GUARD_COUNT];      /* by the newest plan, in the order of guard_id() */
    struct instant last_success; /* none = never; likewise below */
    struct instant last_started, last_ended;
    int last_exit_code;
    int64_t planned[ACTION_COUNT], waiting, findings, seats_after; /* of the newest plan */
    const struct class_seats *seat_class;                          /* likewise */
    size_t seat_class_count;
    int64_t step[ACTION_COUNT][STEP_STATE_COUNT]; /* of the newest run that acts; open ones of
                                                           any */
    int64_t cut_off_run; /* the run before this one never ended; 0 = it did */
    const char *cut_off_verb, *cut_off_host;
    struct instant cut_off_started;
};
/* Without a run (store->run_id 0) nothing is said of one that was cut off: it may be running. */
int store_load_watch(struct store *store, struct arena *arena, struct store_watch *ret_watch,
                     struct err *err) __attribute__((warn_unused_result));

/* The keys told on a channel, by kind; NULL = not told. */
int store_load_told(struct store *store, struct arena *arena, enum notice_channel channel,
                    const char *ret_key[NOTICE_KIND_COUNT], struct err *err)
    __attribute__((warn_unused_result));
int store_save_told(struct store *store, enum notice_channel channel, enum notice_kind kind,
                    const char *key, struct instant now, struct err *err)
    __attribute__((warn_unused_result));
int store_forget_told(struct store *store, enum notice_channel channel, enum notice_kind kind,
                      struct err *err) __attribute__((warn_unused_result));

/* A row of the newest plan of which the person concerned is to be told (R7) and was not: whose
 * grace counts from the mail, or runs by the calendar and is not over. */
struct store_announcement {
    const char *account_id, *email, *rule; /* email NULL = none is known */
    int64_t id;                            /* 0 = nothing is announced yet */
    int64_t position;                      /* of the row in the plan, from 1 */
    const char *telling; /* TELLING_BY_MAIL, TELLING_AFTER_APPROVAL; NULL = by the calendar */
    enum action action;
    const char *from_profile, *to_profile; /* of a downgrade: their names; else NULL */
    struct day not_before;
    struct instant last_login; /* none = never, or not known */
    bool uses_login;           /* the rule looks at it, so a login ends the announcement */
};
int store_load_unannounced(struct store *store, struct arena *arena,
                           struct store_announcement **ret_announcement, size_t *ret_count,
                           struct err *err) __attribute__((warn_unused_result));
/* Before the mail goes: ERR_LOCKED when it was claimed already. */
int store_claim_announcement(struct store *store, const struct store_announcement *announcement,
                             struct instant now, struct err *err)
    __attribute__((warn_unused_result));
/* The mail certainly did not go: another run may try. */
int store_unclaim_announcement(struct store *store, const struct store_announcement *announcement,
                               struct err *err) __attribute__((warn_unused_result));

#endif
