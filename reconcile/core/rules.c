/*
 * Reads what is written in a rule, and never an account by itself: deciding is policy.c's.
 */
#include "core/rules.h"

#include "base/text.h"
#include "core/condition.h"
#include "core/policy.h"

enum truth rule_holds(const struct rule *rule, const struct subject *subject)
{
    enum truth when = conditions_hold(&rule->when, subject);
    enum truth unless = rule->has_unless ? conditions_hold(&rule->unless, subject) : TRUTH_FALSE;

    if (when == TRUTH_FALSE || unless == TRUTH_TRUE)
        return TRUTH_FALSE;
    return when == TRUTH_TRUE && unless == TRUTH_FALSE ? TRUTH_TRUE : TRUTH_UNKNOWN;
}

bool rule_hits(const struct rule *rule, enum truth holds)
{
    return rule->action == ACTION_KEEP ? holds != TRUTH_FALSE : holds == TRUTH_TRUE;
}

unsigned rule_about(const struct rule *rule)
{
    return conditions_about(&rule->when) | conditions_about(&rule->unless);
}

bool rule_asks_person(const struct rule *rule)
{
    return (rule_about(rule) & ABOUT_PERSON) != 0;
}

bool rule_asks_login(const struct rule *rule)
{
    return (rule_about(rule) & ABOUT_LOGIN) != 0;
}

bool rule_asks_activity(const struct rule *rule)
{
    return (rule_about(rule) & ABOUT_ACTIVITY) != 0;
}

bool rule_is_of_login(const struct rule *rule)
{
    const unsigned gone = 1U << PERSON_DEPARTED | 1U << PERSON_ABSENT;

    return rule_asks_login(rule) && !(rule->when.person & gone) &&
           rule->when.departed_days_min < 0 && rule->when.absent_rosters_min < 0;
}

bool rule_relies_on_never(const struct rule *rule)
{
    const unsigned never = 1U << LOGIN_NEVER;

    return (rule->when.login & never) ||
           (rule->has_unless && rule->unless.login && !(rule->unless.login & never));
}

bool rule_relies_on_absent(const struct rule *rule)
{
    const unsigned absent = 1U << PERSON_ABSENT;

    return (rule->when.person & absent) || rule->when.absent_rosters_min >= 0 ||
           (rule->has_unless && rule->unless.person && !(rule->unless.person & absent));
}

/* --- all of them --- */

bool policy_asks_login(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (rule_asks_login(&policy->rule[i]))
            return true;
    }
    return false;
}

bool policy_asks_activity(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (rule_asks_activity(&policy->rule[i]))
            return true;
    }
    return false;
}

int policy_activity_days(const struct policy *policy)
{
    int most = -1;

    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = &policy->rule[i];
        int unless = rule->has_unless ? rule->unless.activity_days_min : -1;
        int days = rule->when.activity_days_min > unless ? rule->when.activity_days_min : unless;
        most = days > most ? days : most;
    }
    return most;
}

bool policy_asks_department(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = &policy->rule[i];
        if (rule->when.department.count || (rule->has_unless && rule->unless.department.count))
            return true;
    }
    return false;
}

size_t policy_findings(struct arena *arena, const struct policy *policy, struct day today,
                       const char *const **ret_sentence)
{
    const char **sentence =
        arena_calloc(arena, policy->protected_count + policy->rule_count + 1, sizeof(sentence[0]));
    char day[DAY_TEXT_SIZE];
    size_t count = 0;

    for (size_t i = 0; i < policy->protected_count; i++) {
        const struct protected_entry *entry = &policy->protected_entry[i];
        if (day_compare(today, entry->expires) > 0)
            sentence[count++] = arena_printf(
                arena, "protection of '%s' expired on %s (owner %s): it protects nobody any more",
                entry->who, day_format(entry->expires, day), entry->owner);
    }
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = &policy->rule[i];
        if (rule->action != ACTION_KEEP && (rule->when.login & (1U << LOGIN_NEVER)) &&
            !(rule->when.login & (1U << LOGIN_KNOWN)) && rule->when.known_days_min < 0)
            sentence[count++] = arena_printf(arena,
                                             "rule '%s' says login = \"never\" without "
                                             "known_days_min: it will never act (R5)",
                                             rule->name);
    }
    *ret_sentence = sentence;
    return count;
}
