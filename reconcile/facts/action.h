/*
 * action: what can be done with an account, and all that is to be said of an action and not of an
 * account. A further action is a row of the table, a call (facts/portal, job/act), its settings and
 * its word in the database.
 */
#ifndef FACTS_ACTION_H
#define FACTS_ACTION_H

#include "base/column.h"
#include "facts/account.h"

/* Enum order is execution order; what cannot be undone comes last. */
enum action {
    ACTION_KEEP = 0,
    ACTION_REACTIVATE,
    ACTION_RESTORE, /* the profile that a downgrade took away */
    ACTION_DOWNGRADE,
    ACTION_SUSPEND,
    ACTION_DEPROVISION,
    ACTION_COUNT,
};

/* Bynder lets nobody in again sooner after a suspension, not even by its own SCIM; its support can.
 */
#define REACTIVATION_DAYS 180

struct action_meaning {
    const char *name;             /* in the configuration, the database and every output */
    const char *noun;             /* one of them */
    const char *done;             /* what is told to the person concerned */
    enum account_status expected; /* before the call: an account that is not so is skipped */
    enum account_status wanted;   /* after it */
    bool frees_seat, takes_seat;  /* of the portal's; a profile is none */
    bool sets_profile;            /* to that of the row; the account stays active */
    bool proposed_only;           /* no rule does it: whatever is configured, one person decides */
    bool needs_record;       /* it cannot be undone: the account as it was goes to the journal */
    const char *guard;       /* that holds too many of them (limits.of[]); NULL = no limit */
    enum action approved_as; /* the action whose number of approvals counts (approval.of[]) */
    int plan_version;        /* the first whose digest covers that number (core/plan) */
};
extern const struct action_meaning actions[ACTION_COUNT];
extern const struct column_words action_words;

const char *action_name(enum action action); /* "keep", "downgrade", "suspend" … */
bool action_parse(const char *name, enum action *ret_action);

/* The action behind `action` in the order in which people read them: what rules do, then what is
 * only proposed. The first one is behind ACTION_KEEP, and ACTION_KEEP behind the last:
 *   for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a)) */
enum action action_after(enum action action);

#endif
