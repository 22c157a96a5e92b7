/*
 * downgrade: what the policy asks of an act that gives an account another permission profile, and
 * when the former one is proposed again. Specification: docs/decisions.md (R8, R15, R16). Pure.
 */
#ifndef CORE_DOWNGRADE_H
#define CORE_DOWNGRADE_H

#include "core/condition.h"

/* The profile that `wanted` is the id or the name of; names are compared folded. Exactly one must
 * fit, else NULL and in *ret_why a sentence (arena). */
const struct profile *downgrade_target(struct arena *arena, const struct snapshot *snapshot,
                                       const char *wanted, const char **ret_why);

/* A sentence for each rule of the policy whose profile cannot be told in these profiles (arena). */
size_t downgrade_findings(struct arena *arena, const struct policy *policy,
                          const struct snapshot *snapshot, const char *const **ret_sentence);

/* The roles that `to` has and `from` has not, sorted, joined by ' '; NULL = none (arena). */
const char *downgrade_gains(struct arena *arena, const struct profile *from,
                            const struct profile *to);

/* R15: why a rule may not give this account the profile, NULL = it may: it cannot be told which
 * one (`target` NULL, `why`), it would make an administrator, or take one away whom the rule does
 * not name, or its seat costs more by the configured classes. Scratch of the subject. */
const char *downgrade_forbids(const struct policy *policy, const struct rule *rule,
                              const struct profile *target, const char *why,
                              const struct subject *subject);

/* R8: it was given another profile since our newest downgrade, and neither a login after that nor a
 * person's `again` lets it be downgraded anew. */
bool downgrade_is_undone(const struct policy_context *context, const struct subject *subject);

/* The subject as a rule that downgrades sees it: idle counts from the day at the earliest on which
 * it was given another profile after our newest downgrade. */
struct subject downgrade_subject(const struct policy *policy, const struct policy_context *context,
                                 const struct subject *subject);

/* R16: what is to be said of an account that has the profile of our newest downgrade still and
 * shows that it needs a former one: that of `of`, the newest downgrade or one before it. */
struct downgrade_need {
    bool needed;
    const struct account_downgrade *of;
    const struct profile *former; /* NULL = it cannot be given back: */
    const char *reason;           /* a sentence; scratch of the subject */
    bool by_login, by_person;     /* what it relies on; neither: a person's word */
};
struct downgrade_need downgrade_need(const struct policy *policy,
                                     const struct policy_context *context,
                                     const struct subject *subject,
                                     const struct account_downgrade *of);

/* Whether `profile` is one that `of`, or a downgrade after it, gave. */
bool downgrade_gave(const struct subject *subject, const struct account_downgrade *of,
                    const struct profile *profile);

#endif
