/*
 * ruling: what people decided about rows, and what each night makes of it. A ruling is a record of
 * its own, carried by every later plan until something ends it; nothing ends it in doubt. Pure: the
 * store loads and keeps them (store/ruling). Specification: docs/decisions.md "Decisions that
 * last".
 *
 * What acts hangs on everything (the whole subject of the row); what spares hangs on the account.
 */
#ifndef CORE_RULING_H
#define CORE_RULING_H

#include "core/row_subject.h"

struct plan_row; /* core/plan.h */

enum ruling_kind {
    RULING_KEEP = 0, /* kept until a day, with a reason: spares */
    RULING_REJECT,   /* this row (account, action, rule) is not done until a day: spares */
    RULING_AGAIN,    /* R8 keeps them no more from one act; or they need their profile back (R16) */
    RULING_APPROVE,  /* the act may be done as soon as it is due and the day has room */
    RULING_KIND_COUNT,
};
const char *ruling_kind_name(enum ruling_kind kind); /* "keep", "reject", "again", "approve" */
bool ruling_kind_parse(const char *name, enum ruling_kind *ret_kind);

/* Why a ruling does not stand any more. The words are in the record and in the views. */
enum ruling_end {
    RULING_STANDS = 0,
    RULING_DONE,      /* the act was done */
    RULING_REFUSED,   /* Bynder refused it (not 429, 5xx or silence) */
    RULING_CHANGED,   /* the row has another subject */
    RULING_KEPT,      /* a run kept the account for certain */
    RULING_LOGIN,     /* a login, or activity, after the snapshot it was given on */
    RULING_NEWER,     /* a newer keep or reject, or the same person decided anew */
    RULING_WITHDRAWN, /* a person took it back */
    RULING_EXPIRED,   /* its time is over */
    RULING_VOID,      /* given before the record went back to a backup (G15) */
    RULING_END_COUNT,
};
const char *ruling_end_name(enum ruling_end end); /* "", "done", "refused", "changed" ... */
bool ruling_end_parse(const char *name, enum ruling_end *ret_end);

/* A file of decisions, as it was taken. */
struct handed_in {
    int64_t id; /* ascending per portal; 0 = not stored yet */
    struct digest content;
    const char *name;
    const char *who; /* whose word it is */
    struct instant at;
    const char *key, *signature; /* who signed it; NULL = its owner's word */
};

struct ruling {
    int64_t id; /* ascending per portal; 0 = not stored yet */
    enum ruling_kind kind;
    enum ruling_end end; /* one that does not stand says nothing but that it was there */
    const char *account_id;
    const char *who; /* user of the operating system */
    struct instant at;
    int64_t plan_id, position;  /* the row that the person saw; 0 = by name */
    struct digest subject;      /* APPROVE */
    const char *subject_text;   /* row_subject_text; NULL = erased */
    enum action action;         /* APPROVE, REJECT; AGAIN: what R8 lets go, or RESTORE (R16); KEEP =
                                   SUSPEND, of before it was told */
    const char *rule;           /* likewise: its name */
    struct digest rule_text;    /* likewise: policy_rule_digest */
    bool asks_login;            /* likewise: the rule looks at the last login */
    bool asks_activity;         /* likewise: at activity */
    struct instant snapshot_at; /* APPROVE: of the plan it was given on */
    const char *address;        /* APPROVE: of the portal it was given for; NULL = not told */
    struct day not_before;      /* APPROVE: as it stood then; none = due at once */
    struct day until;           /* KEEP, REJECT: up to and including; AGAIN: likewise, 90 days */
    const char *reason;
    bool person_departed; /* KEEP: made while the person was departed, or absent */
    bool also_departed;   /* KEEP: covers a departure that comes later */
    bool spread;          /* APPROVE: done when the day has room left */
    int nightly;          /* of a spread one: at most so many of its kind a night; 0 = the limit */
    struct day expected_on;      /* of a spread one: the night that was printed */
    bool at_once;                /* --now: a re-hire is not made to wait 180 days (R9) */
    const char *const *override; /* guards of amount that do not count or hold it: "G7" */
    size_t override_count;
    struct instant could_act_at; /* the first night that could have done it; none = none yet */
    int64_t handed_in_id;        /* the file it stood in; 0 = none */
};

/* Rulings of one account, the newest last: the standing ones, and the rejections that ended (who
 * was ever rejected needs a person). */
struct rulings {
    const struct ruling *item;
    size_t count;
};

/* Who may decide, by the configuration in force: judged when deciding and again before an act. */
struct approver {
    const char *user;
    const char *email; /* may be NULL */
};
struct approvers {
    const struct approver *item;
    size_t count; /* 0 = anybody */
};

/* Why this person's word does not count for this account, or NULL: not among the approvers, root
 * without being listed (that is whoever may become root), or the account is their own (by the
 * configured e-mail address; without one by the login name, which may stand in front of the @).
 * Arena. */
const char *ruling_refuse_person(struct arena *arena, const struct approvers *approvers,
                                 const char *who, const char *email, const char *username);

/* Terms of time, from the configuration. */
struct ruling_terms {
    int expires_hours;  /* 168: from the first night that could have acted */
    int lone_days;      /* 30: an approval that lacks only another person */
    int after_due_days; /* 30: at the latest, after not_before as it stood when decided */
};

/* By what rulings are judged at a moment. */
struct ruling_view {
    const struct approvers *approvers;
    const struct ruling_terms *terms;
    struct instant now;
    struct day today;
    const char *address; /* of the portal: approvals for another one do not count; NULL = any */
};

/* What the rulings of an account say about a row. */
struct ruled {
    /* the newest standing ones that cover this row, NULL = none */
    const struct ruling *keep, *reject, *again;
    const struct ruling *approve; /* the newest that counts for this row, NULL = none */
    size_t approvers;             /* different people whose approval counts */
    const struct ruling *unheard; /* the newest approval of the row whose author's word does not */
    const char *unheard_why;      /* why: not listed any more, or the account is their own */
    bool spread;                  /* every counted approval is a spread one */
    bool at_once;                 /* every counted approval says so */
};

/* What stands for a row with an action. An approval counts for just its subject, while its time is
 * not over, from a person who is still listed and whose own account it is not; of two by one person
 * the newest. While a keep or a rejection covers the row none counts. */
struct ruled ruling_find(struct arena *arena, const struct rulings *rulings,
                         const struct ruling_view *view, const struct plan_row *row);

/* What this person's word about the row (a keep: about its account) already is, by a ruling of this
 * kind that stands; the newest, NULL = none. Whether it counts is another question. */
const struct ruling *ruling_by(struct arena *arena, const struct rulings *rulings,
                               const struct ruling_view *view, const struct plan_row *row,
                               const char *who, enum ruling_kind kind);

/* Whether the row says that its person is gone: DEPARTED, ABSENT, else UNKNOWN ("ambiguous" has no
 * action; whoever it may be is not known to be gone). */
enum person_status ruling_person(const struct plan_row *row);

/* Whether a guard of amount ("G7") neither counts nor holds the row: as many of the people whose
 * approval counts said so as the row needs, and at least one. */
bool ruling_overrides(struct arena *arena, const struct rulings *rulings,
                      const struct ruling_view *view, const struct plan_row *row, const char *guard,
                      size_t needed);

/* The standing keep that spares the account from a rule (P3), or NULL: from any rule while the
 * person is not known to be gone, from one that is of the login (rule_is_of_login) always; else
 * only when it was made while the person was gone, or says so. Ends with its day. */
const struct ruling *ruling_spares(const struct rulings *rulings, bool of_login,
                                   enum person_status person, struct day today);

/* What an `again` is about: of SUSPEND and DOWNGRADE that R8 lets them go, of RESTORE that the
 * former profile is needed (R16). */
enum action ruling_again_of(const struct ruling *again);

/* A standing `again` about `of`, or NULL: given after `since`, when what it is about was seen (none
 * = not told: it was given because R8 kept), by somebody whose word counts for it (approvers NULL:
 * anybody's). Ends with an act of ours, or its day. */
const struct ruling *ruling_again(struct arena *arena, const struct approvers *approvers,
                                  const struct rulings *rulings, const struct account *account,
                                  enum action of, struct instant since, struct day today);

/* Whether somebody ever rejected such a row: the same action by a rule of this name or this text.
 */
bool ruling_ever_rejected(const struct rulings *rulings, const struct plan_row *row);

/* What says how many people a row needs. */
struct ruling_needs {
    enum action action;
    int of_class;       /* approval.of[] of the action that it is approved as */
    int of_rule;        /* struct rule.approval; -1 = none of its own */
    bool new_text;      /* G11: no person ever approved a row of this rule text here */
    bool ever_rejected; /* ruling_ever_rejected */
    bool used_after;    /* used after departure */
    bool by_history;    /* linked by memory (K6) */
    bool needs_person;  /* decision.needs_person: a person undid our last act (R8) */
    bool gains;         /* the profile it gets has rights that the present one has not (R15) */
};

/* How many people: the rule's own number, else that of its class; at least one for what is only
 * proposed, a deprovision, and wherever a flag is set. *ret_reason (may be NULL) says why it is at
 * least one although the configuration asks for nobody; static, else NULL. */
size_t ruling_needed(const struct ruling_needs *needs, const char **ret_reason);

/* What tonight is for one account. */
struct ruling_night {
    struct instant now;
    struct day today;
    bool doubt; /* decision.doubt, incomplete, a guard of evidence: only time ends anything */
    const char *address;               /* of the portal; NULL = any */
    const struct account *account;     /* as read tonight */
    const struct row_subject *subject; /* of its row; NULL = kept */
    const char *kept;                  /* the sentence that keeps it, when it is kept; else NULL */
    size_t needed;                     /* people that the row needs */
    size_t approvers;                  /* whose approval counts */
};

/* Whether this ruling ends tonight, and why; the sentence in *ret_reason (arena). Called by `run`
 * alone: plan and simulate change nothing. What acts ends by time, a login after the snapshot it
 * was given on (where the rule asks the login), a keep for certain, or another subject; what
 * spares, by its day alone. RULING_STANDS for one that has ended already. */
enum ruling_end ruling_judge(struct arena *arena, const struct ruling *ruling,
                             const struct ruling_terms *terms, const struct ruling_night *night,
                             const char **ret_reason);

/* When an approval ends by time alone, as far as that can be told today: it may be told earlier as
 * soon as a night could have acted, never later. None for what is no approval. Whole days end with
 * the day in UTC. */
struct instant ruling_expires(const struct ruling *ruling, const struct ruling_terms *terms,
                              bool enough_people);

#endif
