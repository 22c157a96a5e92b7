/*
 * judge: what a decision is made with, for core/policy and its protections alone.
 */
#ifndef CORE_JUDGE_H
#define CORE_JUDGE_H

#include "base/arena.h"
#include "core/condition.h"
#include "core/protect.h"

/* Thousands are idle since the same day, and have the same sentence; others have one of their own,
 * and a million of these are not looked for among each other. */
#define KEPT_REASONS 1024

/* Everything a decision needs, looked up once per run. */
struct judge {
    struct arena scratch;
    struct arena *arena;              /* of what stays */
    const char *reason[KEPT_REASONS]; /* by hash, the latest of each */
    const struct policy *policy;
    const struct policy_context *context;
    const struct profile **profile; /* by id */
    size_t profile_count;
    unsigned *about;               /* by rule: rule_about */
    const struct profile **target; /* likewise: that a downgrade gives; NULL = it cannot be told */
    const char **target_why;       /* likewise: why not */
    bool action_only;              /* nothing else of the decision is wanted */
    struct protections protections;
};

/* P1 to P9 in their order, ended by a clause that is NULL: each returns the reason to keep, or
 * NULL. */
struct judge_protection {
    const char *clause;
    const char *(*reason)(struct judge *judge, const struct subject *subject);
    bool finding;
    bool contest; /* who it is is in question: P4 */
};
extern const struct judge_protection judge_protection[];

/* Their access is used although they are gone. A day or two is a mailbox that was cleared. */
bool judge_is_used_after(const struct subject *subject, const struct zone *zone);

#endif
