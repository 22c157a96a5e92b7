/*
 * notify/message: what a message to people says, as mail (subject, text, HTML) and as JSON for a
 * webhook, all from the same facts.
 *
 * The subject is fixed words, numbers and the portal's name from the configuration. The webhook's
 * JSON holds no name or address of a person; the mail has them in the attached plan only.
 */
#ifndef NOTIFY_MESSAGE_H
#define NOTIFY_MESSAGE_H

#include "audit/watch.h"
#include "config/config.h"
#include "core/seats.h"
#include "facts/notice.h"
#include "report/report.h"

/* Decisions that are about to end. */
struct notice_expiring {
    size_t approvals;
    struct instant approval_first; /* of those, the first end */
    bool spread;                   /* one of them was */
    struct notice_keep {
        const char *account_id;
        struct day until, again_until; /* as it is, and as long again */
    } * keep;
    size_t keeps; /* in order of their days */
};

struct notice_facts {
    enum notice_kind kind;
    const char *portal;
    const char *verb, *host; /* of this run; host NULL = not known */
    int64_t run;             /* 0 = it got no number */
    struct instant now;
    const struct plan *plan; /* the newest; NULL = none, or not needed */
    size_t to_approve, due;  /* acts of it that wait for people; those due by now */
    struct notice_expiring expiring;
    int64_t keep_free;      /* seats of each class of the plan that should be free; 0 = none */
    size_t failed, unknown; /* acts */
    int exit_code;          /* of this run */
    const char *why;        /* it failed; NULL = it did not */
    const struct store_watch *watch;        /* NULL = the database is not reachable */
    const char *told[NOTICE_KIND_COUNT];    /* of NOTICE_CLEAR: what is over */
    const char *audit_head;                 /* sequence and hash; NULL = not known */
    const struct notice_attached *attached; /* of a mail that is about a plan, else NULL */
};

/* How the plan goes with a mail, and comes back. */
struct notice_attached {
    const char *page, *workbook, *table; /* names of what is attached; NULL = it is not */
    const char *left_out;                /* what was too large, and where it is; NULL = nothing */
    const char *return_to, *inbox;       /* of the configuration */
};

struct notice_message {
    struct text subject, text, html;
};
void notice_message_release(struct notice_message *message);

/* What is wrong with the seats of a class (NULL: nothing): "over", more are taken than the contract
 * has; "short", fewer than keep_free would be free when the whole plan is done. */
const char *notice_class_state(const struct class_seats *class, int64_t keep_free);

/* Whether the plan belongs to it. */
bool notice_carries_plan(enum notice_kind kind);
void report_notice(const struct notice_facts *facts, struct notice_message *ret_message);
void report_notice_json(const struct notice_facts *facts, enum webhook_shape shape,
                        struct text *out);

/* R7, to the person concerned. */
void report_announcement(const struct store_announcement *announcement, const char *url,
                         const char *contact, struct notice_message *ret_message);

#endif
