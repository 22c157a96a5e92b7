/*
 * rules: what the rules of a policy look at and rely on, as they are written.
 */
#ifndef CORE_RULES_H
#define CORE_RULES_H

#include "core/condition.h"
#include "core/policy.h"

/* Whether `when` holds and `unless` does not. */
enum truth rule_holds(const struct rule *rule, const struct subject *subject);
/* Keeping is safe: doubt speaks for it. What acts wants to be certain. */
bool rule_hits(const struct rule *rule, enum truth holds);

/* What it looks at, in its `when` or its `unless`: bits ABOUT_*. */
unsigned rule_about(const struct rule *rule);
/* Whether a condition of the rule looks at the person, at the last login, at activity. */
bool rule_asks_person(const struct rule *rule);
bool rule_asks_login(const struct rule *rule);
bool rule_asks_activity(const struct rule *rule);
/* Whether it acts because of the login and not because a person is gone: it asks the login, and
 * `when` is not about somebody departed or absent. A keep spares from it whoever that is. */
bool rule_is_of_login(const struct rule *rule);
/* Whether it acts on who never logged in, on who is absent: by naming it, or by a veto that spares
 * only the others. */
bool rule_relies_on_never(const struct rule *rule);
bool rule_relies_on_absent(const struct rule *rule);

/* Whether any rule looks at the last login, at activity. */
bool policy_asks_login(const struct policy *policy);
bool policy_asks_activity(const struct policy *policy);
/* The most days without activity that one asks for; -1 = none asks. */
int policy_activity_days(const struct policy *policy);
/* Likewise its department, which Bynder tells in a single read alone. */
bool policy_asks_department(const struct policy *policy);

/* Findings about the policy itself: expired protections. Returns how many, sentences in *ret. */
size_t policy_findings(struct arena *arena, const struct policy *policy, struct day today,
                       const char *const **ret_sentence);

#endif
