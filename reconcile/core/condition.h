/*
 * condition: what the conditions of a rule ask about one account, and their answers in three
 * values.
 */
#ifndef CORE_CONDITION_H
#define CORE_CONDITION_H

#include "core/policy.h"

struct subject {
    const struct account *account;
    const struct pairing *pairing;
    const struct person *person;   /* LINK_ONE only */
    const struct account *rival;   /* DOUBT_RIVAL only; or NULL */
    const struct profile *profile; /* NULL = unknown (P8 keeps it) */
    const struct seats *seats;     /* NULL = no classes */
    enum person_status status;     /* PERSON_ABSENT without a link */
    int idle_days;                 /* -1 = no known login */
    int known_days;                /* since it is known to be there (R5) */
    int unused_days;               /* likewise by a login or activity; -1 = neither is known */
    int reach_days;                /* so long all activity was told; -1 = some is missing */
    int profile_days;              /* with its profile, at least */
    int profile_days_most;         /* at most; -1 = not known */
    int back_days;                 /* from a leave, at least; -1 = never seen on leave */
    int back_days_most;            /* at most */
    int departed_days;             /* -1 = not departed, or no last day */
    int suspended_days;            /* -1 = not suspended by us */
    struct absence absence;        /* R6 */
    bool absence_provable;
    bool blind_rows;
    struct arena *scratch; /* for folding */
};

#define ABSENT_ROSTERS_DEFAULT 3

/* Fills everything but the profile. */
struct subject subject_of(const struct policy *policy, const struct policy_context *context,
                          const struct account *account, const struct pairing *pairing,
                          struct arena *scratch);

/* All set conditions, ANDed: FALSE if any is false, else UNKNOWN if any is unknown, else TRUE.
 * No condition at all is TRUE. */
enum truth conditions_hold(const struct conditions *conditions, const struct subject *subject);

/* What the set ones are about, bits of enum condition_about; and all but those about `about`. */
unsigned conditions_about(const struct conditions *conditions);
struct conditions conditions_without(const struct conditions *conditions, unsigned about);

/* Whether any of them fits a value, compared folded; never NULL or a blank one. */
bool patterns_match(const struct patterns *patterns, const char *value, struct arena *scratch);

/* Whether a condition of the table is set. */
bool condition_is_set(const struct condition_field *field, const struct conditions *conditions);

/* "department" as conditions and guards see it: the person's, else the account's; NULL = not told.
 */
const char *subject_department(const struct account *account, const struct person *person);

#endif
