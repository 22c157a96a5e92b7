/*
 * row_subject: what a person's decision about a row of a plan is about. A decision lasts over
 * nights and plans for as long as this stays what it was, and ends for ever when it is known to be
 * something else (docs/decisions.md "Decisions that last").
 *
 * It holds who the account is, what is to be done to it by which rule, and as whom. It does not
 * hold the last login (events and single reads differ by seconds), the hire date, or the day the
 * act is due. Pure.
 */
#ifndef CORE_ROW_SUBJECT_H
#define CORE_ROW_SUBJECT_H

#include "core/policy.h"

enum subject_field {
    SUBJECT_ACCOUNT = 0, /* Bynder's id */
    SUBJECT_EMAIL,       /* canonical: folded, aliases of the domain applied; likewise below */
    SUBJECT_EMAIL2,
    SUBJECT_USERNAME, /* likewise: many are an address */
    SUBJECT_NUMBER,   /* the account's own employee number, folded */
    SUBJECT_PROFILE,  /* id */
    SUBJECT_ROLES,    /* of the profile, sorted, joined by ' ' */
    SUBJECT_ACTION,
    SUBJECT_RULE,       /* its name */
    SUBJECT_RULE_TEXT,  /* hex digest of what it asks and does (policy_rule_digest) */
    SUBJECT_PERSON,     /* employee number, else address, folded; NULL without a link */
    SUBJECT_NAME,       /* the person's, folded */
    SUBJECT_LINKED_BY,  /* match_key_name */
    SUBJECT_STATUS,     /* person_status_name; only of a rule that asks the person (R9 does) */
    SUBJECT_LAST_DAY,   /* ISO day; likewise */
    SUBJECT_USED_AFTER, /* "yes" when somebody used the account well after the last day */
    SUBJECT_ACT,        /* of a deprovision: the number of our suspension; "0" = not told */
    SUBJECT_UNDOES,     /* of a restoration: the number of our downgrade */
    SUBJECT_TO_PROFILE, /* id of the profile it gives; of what sets one, likewise below */
    SUBJECT_TO_ROLES,   /* of that profile, sorted, joined by ' ' */
    SUBJECT_FIELD_COUNT,
};

struct row_subject {
    const char *value[SUBJECT_FIELD_COUNT]; /* NULL = none; never "" */
};

/* The subject of a decision with an action. Memory from the arena, or that of the arguments. */
struct row_subject row_subject_of(struct arena *arena, const struct matching *matching,
                                  const struct snapshot *snapshot, const struct decision *decision);
/* Likewise, where the policy_rule_digest of its rule, if it has one, is known. */
struct row_subject row_subject_by(struct arena *arena, const struct matching *matching,
                                  const struct snapshot *snapshot, const struct decision *decision,
                                  const struct digest *rule_text);

/* SHA-256 over names and values of all fields that have one. */
struct digest row_subject_digest(const struct row_subject *subject);

/* As one JSON object, names as keys, fields without a value left out: what the record keeps, so
 * that a change can be named later. It is personal data. */
const char *row_subject_text(struct arena *arena, const struct row_subject *subject);

/* Whether a text is, byte for byte, the row_subject_text of the subject with this digest. */
bool row_subject_is_of(const char *text, const struct digest *subject);

/* What is not as it was: "the last day was 2026-03-03, is none; the profile was …". `before` is a
 * row_subject_text, of any version; NULL, or one that cannot be read, gives a sentence without the
 * particulars. Arena. */
const char *row_subject_change(struct arena *arena, const char *before,
                               const struct row_subject *now);

#endif
