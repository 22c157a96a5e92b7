/*
 * plan_row: one line of a plan, and the one table of its columns. The digest, the store, JSON and
 * CSV read the table, and so does every format to come: a further column is a line of it (and, when
 * it is stored, its name in two statements and a migration).
 *
 * A plan loaded from the store has no accounts behind it, so rows carry their own text.
 */
#ifndef CORE_PLAN_ROW_H
#define CORE_PLAN_ROW_H

#include "base/column.h"
#include "facts/action.h"

/* What people decided about a row, and what became of its act, as of the moment it is shown: no
 * part of the plan, nor of its digest. All zero = nothing, or nobody asked. */
struct row_standing {
    const char *decision;     /* "approve", "keep", "reject", "again": the newest that stands */
    const char *who, *reason; /* NULL = none, likewise below */
    struct instant at;
    size_t approvers;        /* people whose approval counts, of row.needed */
    const char *not_counted; /* whose approval does not count, why, and what to do; NULL = all do */
    const char *waits; /* the guard of amount that makes it wait until then, or RECLAIM_WAITS */
    const char *state; /* step_state_name; NULL = no step was made of it */
    const char *state_reason;
    const char *approved_by; /* whose approvals its act was done on, with commas */
    struct instant state_at;
    struct day until;   /* of a keep, a rejection, an again */
    struct day night;   /* on which it will be done, as far as that can be told; none = not yet */
    struct day back_on; /* of a suspension of ours: Bynder lets nobody back in before */
    bool is_new;        /* the plan of plan.since had no row of the account with this subject */
    bool done;          /* its act was done, or found done */
};

struct decision; /* core/policy.h */

struct plan_row {
    enum action action;
    bool finding;
    bool new_announcement;
    bool uses_person, uses_login;
    const char
        *telling; /* TELLING_BY_MAIL and so on (core/policy.h); NULL = nobody has to be told */
    const char *account_id, *username, *email, *name; /* NULL = none, likewise below */
    const char *rule, *reason;
    const char *clause; /* of docs/decisions.md: "P4", "R7" */
    struct day not_before;
    int idle_days;               /* -1 = not known */
    const char *account_word;    /* account_status_name */
    const char *person_word;     /* person_status_name, or "ambiguous" */
    const char *employee_number; /* the person's, else the account's */
    const char *matched_by;
    struct instant last_login;
    const char *last_login_source;
    struct instant last_activity;   /* other than logins */
    const char *last_activity_kind; /* a word of event_kinds[]; NULL = none is known */
    const char *profile;            /* name, else id */
    const char *roles;              /* joined by ' ' , sorted */
    /* Of what sets a profile, else NULL: the one that goes and the one that comes. */
    const char *from_profile_id, *to_profile_id;
    const char *from_profile, *to_profile; /* name, else id */
    const char *gained_roles; /* of the one that comes and not of the other; NULL = none */
    const char *department;
    const char *country;    /* of the account, else of the person; told beside a stored plan */
    const char *seat_class; /* of the profile, when the plan was made; NULL = none */
    const char *held_by;
    /* Of a row with an action, as its decision was made; all zero = not told (a plan of before). */
    struct digest subject; /* row_subject_digest: what a person's decision about it is about */
    const char *about;     /* the same in words: row_subject_text; personal. NULL = not told, or
                              made when it is asked for (plan_row_about) */
    const struct decision *made_of; /* of a plan just made; NULL = it was loaded */
    struct digest rule_text;        /* policy_rule_digest */
    bool used_after;                /* somebody used it well after the person's last day */
    bool asks_login;                /* rule_asks_login: a login ends its approvals */
    bool asks_activity;             /* rule_asks_activity: activity ends them, too */
    bool of_login;                  /* rule_is_of_login: any keep covers it */
    int needed;                     /* people whose approval it needs; set by job/rule */
    /* The matched person, as the roster has them (K9); NULL and -1 without a link. */
    const char *matched_number, *matched_name, *matched_email;
    int matched_row;
    struct row_standing standing; /* set by job/stand */
};

/* What a column is for. The place in the digest is no order anybody sees: it is what was before,
 * and a further one goes behind the last, with a plan's next version. */
enum plan_row_use {
    PLAN_ROW_STORED = 1,
    PLAN_ROW_SHOWN = 2,  /* in JSON, CSV: the order of the table is theirs */
    PLAN_ROW_NESTED = 4, /* shown, but in JSON as a member of `matched`, `decided` or `outcome` */
};
#define PLAN_ROW_DIGESTED(place) ((unsigned)(place) << 8)

extern const struct column plan_row_columns[];

/* The column behind `column` that is shown, from NULL on; NULL behind the last. */
const struct column *plan_row_shown(const struct column *column);

/* What the digest of a plan of a version takes in of a row: from 2 on also its subject, and the
 * matched person, from 3 on the profiles, from 4 on all that is believed of it, above all how many
 * people it needs. */
void plan_row_digest(struct digest_stream *stream, int version, const struct plan_row *row);

/* Whether it is no part of the stored plan: nothing is done, and nobody need look. */
bool plan_row_is_plain_keep(const struct plan_row *row);

#endif
