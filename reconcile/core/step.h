/*
 * step: one act of a plan on its way from approved to verified, and the pure decisions on that way:
 * which state may follow which, whether the act may be done now, and what a reading says about an
 * act whose outcome is not known. Specification: docs/decisions.md "Before each act".
 */
#ifndef CORE_STEP_H
#define CORE_STEP_H

#include "core/plan.h"
#include "facts/particulars.h"

enum step_state {
    STEP_PLANNED = 0, /* in the plan, not approved by enough people */
    STEP_APPROVED,
    STEP_INTENT,   /* committed before the call: from here on it may have happened */
    STEP_DONE,     /* Bynder said so, or a reading showed it */
    STEP_ALREADY,  /* the wanted state was there before any call of ours */
    STEP_SKIPPED,  /* not done, for a reason that was found before the call */
    STEP_FAILED,   /* the call was refused, or a reading showed that it had no effect */
    STEP_UNKNOWN,  /* called, and nobody can tell yet */
    STEP_VERIFIED, /* done, and a later reading agrees */
    STEP_STATE_COUNT,
};

struct column_words; /* base/column */
extern const struct column_words step_state_words;
const char *step_state_name(enum step_state state); /* "planned" … "verified" */
bool step_state_parse(const char *name, enum step_state *ret_state);
/* The table of transitions; a step never goes back. */
bool step_may_become(enum step_state from, enum step_state to);
/* intent and unknown: recover settles them before anything else. */
bool step_is_open(enum step_state state);

/* What a fresh reading showed. */
enum reading_kind {
    READING_FAILED = 0, /* no answer that could be trusted: proves nothing */
    READING_FOUND,
    READING_GONE, /* an application 404, and the positive control answered */
};

struct reading {
    enum reading_kind kind;
    struct account account; /* READING_FOUND only */
    const char *raw;        /* likewise: the JSON as it came */
};

/* What a step is to do to its account. */
struct step_aim {
    enum action action;
    const char *from_profile, *to_profile; /* ids; of what sets a profile, else NULL */
};
struct step_aim step_aim_of(const struct plan_row *row);

/* Whether what was read is what the step wants: suspended, active again, active in the profile, or
 * gone. */
bool step_is_wanted(const struct step_aim *aim, const struct reading *reading);

/* The account's status as if what was called, and is not seen yet, were so: another profile leaves
 * it as it is. */
enum account_status step_status_then(const struct step_aim *aim, const struct account *account);

enum verdict_kind { STEP_SKIP = 0, STEP_ACT, STEP_IS_ALREADY };

struct step_verdict {
    enum verdict_kind kind;
    const char *reason; /* a sentence, for the journal */
};

/* Before the act: the plan's row, the account read just now, and the decision that the same policy
 * makes on that reading. Acts only when everything is as it was approved: same id, same e-mail, the
 * expected state and profile, the same action by the same rule, due. */
struct step_verdict step_judge(struct arena *arena, const struct plan_row *row,
                               const struct reading *reading, const struct decision *fresh,
                               struct day today);

/* One side of the comparison after an act. */
struct step_sight {
    const struct account *account;
    const struct particulars *particulars; /* NULL = not told, and not compared */
};

/* After the act: NULL when every field but the wanted one is as it was when the account was looked
 * at last before the call, else a sentence naming the first that differs, without its value where
 * that is personal, and what lets further acts go on. What `own` names is not compared (NULL =
 * all is). The last login may be newer; then another name, department or particular is
 * their own doing, or that of single sign-on, and one that is empty now is not. Of what sets a
 * profile the status is a field like others. */
const char *step_unintended_change(struct arena *arena, const struct step_aim *aim,
                                   const struct own_changes *own, const struct step_sight *before,
                                   const struct step_sight *after);

/* A call that was made, of which no reading has shown the effect yet. */
struct step_call {
    struct step_aim aim;
    struct instant at;
    bool accepted; /* Bynder said so (202, 204): the effect comes, and may come late */
};

enum { STEP_AWAITED_DAYS = 7 }; /* for so long an accepted call is looked at in every run */

/* What a reading says about such a call: done when the wanted state is there, else unknown. The old
 * state makes one that was accepted fail after STEP_AWAITED_DAYS, and another one, of which nobody
 * knows whether it arrived, after `patience`. */
enum step_state step_settle(const struct step_call *call, const struct reading *reading,
                            struct instant now, int64_t patience_us, const char **ret_reason);

/* How often acts may fail before no more follow: three in a row, or 5 % of at least 20. Refusals
 * are counted for each action, what the portal does not answer for all of them together. */
struct step_failures {
    size_t tried, failed, in_a_row;
};
void step_failures_count(struct step_failures *failures, bool failed);
bool step_failures_stop(const struct step_failures *failures);

#endif
