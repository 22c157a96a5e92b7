/*
 * policy: the protections and the ordered rules, and the decision they give for one account.
 * Specification: docs/decisions.md (rows P1 to P9, R1 to R16). Pure: the day is an argument.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "base/arena.h"
#include "base/digest.h"
#include "core/match.h"
#include "facts/action.h"
#include "facts/roster.h"

struct patterns { /* shell-style, compared folded; any one matches */
    const char *const *item;
    size_t count;
};

/* The conditions of `when` and `unless`. Unset: 0 in a mask, -1 in a number, count 0 in a list.
 * The names, types and meaning are in policy_conditions[]. */
struct conditions {
    unsigned account; /* bits 1 << enum account_status */
    unsigned person;  /* bits 1 << enum person_status; unknown is not offered: P5 keeps it */
    unsigned login;   /* bits 1 << enum login_kind: never, known */
    int idle_days_min;
    int known_days_min;
    int departed_days_min;
    int suspended_days_min;
    int absent_rosters_min;
    int activity_days_min;
    int profile_days_min;
    int back_from_leave_days_min;
    struct patterns username;
    struct patterns email;
    struct patterns employee_number;
    struct patterns profile; /* name or id */
    struct patterns role;
    struct patterns group; /* name or id */
    struct patterns department;
    struct patterns country;
    struct patterns seat_class; /* `class`: of the profile, by policy.seats */
};

#define CONDITIONS_NONE                                                                            \
    (struct conditions)                                                                            \
    {                                                                                              \
        .idle_days_min = -1, .known_days_min = -1, .departed_days_min = -1,                        \
        .suspended_days_min = -1, .absent_rosters_min = -1, .activity_days_min = -1,               \
        .profile_days_min = -1, .back_from_leave_days_min = -1                                     \
    }

/* Three-valued: what cannot be told is not false. A rule that acts needs TRUE of every `when` and a
 * certain FALSE of some `unless`; a rule that keeps is content with less. */
enum truth { TRUTH_UNKNOWN = 0, TRUTH_FALSE, TRUTH_TRUE };

struct subject; /* core/condition.h: one account with everything a condition may ask */
struct seats;   /* core/seats.h */

enum condition_type { CONDITION_WORDS, CONDITION_DAYS, CONDITION_PATTERNS };

/* What a condition is about, as bits. What it decides is held by the guards that doubt that fact:
 * of the person G1, G2, G3 and G6, of the login G5. What is about activity is about the login as
 * well. */
enum condition_about {
    ABOUT_ACCOUNT = 0,
    ABOUT_PERSON = 1,
    ABOUT_LOGIN = 2,
    ABOUT_ACTIVITY = 4,
    ABOUT_USE = ABOUT_LOGIN | ABOUT_ACTIVITY,
};

/* One condition as the configuration names it. `offset` is into struct conditions. For WORDS the
 * configuration looks each word up in `words` (NULL-terminated) and sets bit `bit[i]`. */
struct condition_field {
    const char *name;
    enum condition_about about;
    enum condition_type type;
    size_t offset;
    const char *const *words;
    const unsigned *bit;
    const char *sentence; /* for the documentation */
    enum truth (*evaluate)(const struct conditions *conditions, const struct subject *subject);
};
extern const struct condition_field policy_conditions[]; /* ended by name NULL */

struct rule {
    const char *name;
    enum action action;
    struct conditions when;
    struct conditions unless;
    bool has_unless;
    int grace_days; /* 0 = none */
    int approval;   /* people a row of it needs, in place of its class's number; -1 = that number */
    const char *to_profile; /* of a downgrade: name or id of the profile it gives; else NULL */
    unsigned line;          /* in the configuration */
    unsigned
        kinds; /* bits 1 << enum event_kind that count as activity (portal.activity); 0 = all */
};

struct protected_entry { /* P3 */
    const char *who;     /* id, username, e-mail or employee number */
    const char *reason;
    const char *owner;
    struct day expires; /* protected up to and including this day */
};

struct policy {
    const struct rule *rule;
    size_t rule_count;
    const struct protected_entry *protected_entry;
    size_t protected_count;
    bool enforce;             /* mode = "enforce" */
    bool tells_people;        /* R7: who is announced is told by mail, and grace counts from that */
    int suspended_days_floor; /* R2: 30 unless the configuration says so in words */
    const char *const *admin_role; /* R15: limits.admin_roles */
    size_t admin_role_count;
    const struct zone *zone;
    const struct seats *seats; /* whose classes the condition `class` means; NULL = none */
};

/* What the rules are asked about besides the account: the same for all accounts of a run. */
struct policy_context {
    struct day today; /* computed once per run in the configured zone */
    struct instant now;
    const struct snapshot *snapshot;
    const struct matching *matching;  /* for the aliases of addresses (P3); NULL = none */
    const struct roster_proof *proof; /* R6: the earlier ones ascending, then this roster when it
                                         is good */
    size_t proof_count;
    bool absence_provable; /* this roster is good and no rejected row may be anybody (R6) */
    bool blind_rows;       /* some rejected row may be anybody: whoever is absent may be in it */
    bool first_plan;       /* G11 */
    bool brief; /* policy_decide: nobody asks why somebody is kept whom nobody need look at
                   and of whom the history knows nothing in particular */
    const struct approvers *approvers; /* whose `again` counts (R8); NULL = anybody's */
};

/* What a row of a plan says of a grace that counts from a mail and has not begun (R7); NULL: none
 * such. Words of the reports, the JSON contract and the history. */
#define TELLING_BY_MAIL        "mail"        /* the mail goes with this run */
#define TELLING_AFTER_APPROVAL "approval"    /* it goes when a person has approved the row */
#define TELLING_UNREACHABLE    "unreachable" /* none reaches them: an approval begins the grace */

#define KEPT_BRIEFLY "kept"

struct decision {
    const struct account *account;
    const struct pairing *pairing;
    const struct rule *by;    /* the rule that hit; NULL for protections, R9 and the last keep */
    const char *clause;       /* "P4", "R7" …: static */
    const char *reason;       /* a sentence with the evidence; arena. KEPT_BRIEFLY: nobody asks */
    const struct profile *to; /* of what sets a profile: the one it gives; of the snapshot */
    struct day not_before;    /* set when the action may not be done before that day */
    int idle_days;            /* -1 when not known */
    enum action action;
    enum person_status person;
    uint8_t held_by;           /* number of the guard that holds this row, from 1 in the order of
                                  guard_id; 0 = none: set by guard_all */
    bool tells_by_mail : 1;    /* TELLING_BY_MAIL: the grace has not begun */
    bool is_unreachable : 1;   /* likewise TELLING_UNREACHABLE */
    bool finding : 1;          /* a keep that a person should look at */
    bool new_announcement : 1; /* R7: this plan announces it */
    bool uses_person : 1;      /* the rule that hit looks at the person: G1, G2, G3, G6 hold it */
    bool uses_login : 1;       /* likewise the last login: G5 */
    bool used_after : 1;       /* somebody used the account well after the person's last day */
    bool recreated : 1;        /* K4: the account came to be after the person's last day */
    bool needs_person : 1;     /* whatever `approval` says: R8, a departed person whom somebody
                                  reactivated after our act; P9, used after; K6, by memory; R15,
                                  the profile has rights that the present one has not */
    bool doubt : 1; /* a keep that stands because something cannot be told, or behind an acting rule
                       that cannot be told: it ends no ruling and no announcement. Never set of an
                       action, and in the way of none */
};

/* The name of the rule that hit; "" without one. */
const char *decision_rule(const struct decision *decision);
/* TELLING_BY_MAIL, TELLING_UNREACHABLE or NULL. */
const char *decision_telling(const struct decision *decision);

/* SHA-256 over everything in the policy that can change a decision. */
struct digest policy_digest(const struct policy *policy, const struct matching *matching);

/* SHA-256 of what a rule asks and does: action, profile, when, unless. Not its name, its grace, how
 * many people it needs: who renames a rule has not written a new one. The same in every version of
 * the program, because approvals are kept with it (G11). */
struct digest policy_rule_digest(const struct rule *rule);

/* SHA-256 of the policy as its guard compares it with that of earlier runs: what the rules ask and
 * do, in their order, whom it protects, how accounts and people find each other. Not names, grace,
 * approvals, mode, reasons, nor the lines of the links file: those go back and forth in peace. */
struct digest policy_text_digest(const struct policy *policy, const struct matching *matching);

struct decided; /* core/decided.h */

/* One decision per account, by index of the snapshot (decided_at). Reasons go into the arena. */
struct decided *policy_decide(struct arena *arena, const struct policy *policy,
                              const struct policy_context *context, const struct pairing *pairing);

/* Of some accounts more is known since, by index: they are decided anew, and the others stay as
 * they were. false: they are more than there is room for, and nothing is changed. */
bool policy_decide_again(struct arena *arena, const struct policy *policy,
                         const struct policy_context *context, struct decided *decided,
                         const size_t *index, size_t count) __attribute__((warn_unused_result));

/* Same, for one account: what is asked again right before an act. */
struct decision policy_decide_one(struct arena *arena, const struct policy *policy,
                                  const struct policy_context *context,
                                  const struct account *account, const struct pairing *pairing);

#endif
