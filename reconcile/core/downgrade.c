/*
 * A profile is a right: what is not known of one forbids (R15). A downgrade that somebody undid is
 * not done again by rule (R8), and one that somebody misses is proposed to be undone (R16): both go
 * by facts of the account's whole life, which no thinning changes.
 */
#include "core/downgrade.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/text.h"
#include "core/ruling.h"
#include "core/seats.h"

#define CLOCKS_DIFFER_S 600 /* as G13 allows */

static bool fits(struct arena *arena, const struct profile *profile, const char *wanted)
{
    return text_equal(profile->id, wanted) ||
           (profile->name && text_equal(fold_text(arena, profile->name), fold_text(arena, wanted)));
}

static const char *name_of(const struct profile *profile)
{
    return profile->name ? profile->name : profile->id;
}

const struct profile *downgrade_target(struct arena *arena, const struct snapshot *snapshot,
                                       const char *wanted, const char **ret_why)
{
    const struct profile *found = NULL;
    size_t count = 0;

    for (size_t i = 0; i < snapshot->profile_count; i++) {
        if (!snapshot->profile[i].id || !fits(arena, &snapshot->profile[i], wanted))
            continue;
        found = &snapshot->profile[i];
        count++;
    }
    if (count == 1)
        return found;
    *ret_why = count == 0
                   ? arena_printf(arena, "the portal has no permission profile '%s'", wanted)
                   : arena_printf(
                         arena, "the portal has %zu permission profiles '%s': write the id of one",
                         count, wanted);
    return NULL;
}

size_t downgrade_findings(struct arena *arena, const struct policy *policy,
                          const struct snapshot *snapshot, const char *const **ret_sentence)
{
    const char **sentence = arena_calloc(arena, policy->rule_count + 1, sizeof(sentence[0]));
    size_t count = 0;

    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = &policy->rule[i];
        const char *why = NULL;
        if (rule->action == ACTION_DOWNGRADE &&
            !downgrade_target(arena, snapshot, rule->to_profile, &why))
            sentence[count++] =
                arena_printf(arena, "rule '%s' downgrades nobody (R15): %s", rule->name, why);
    }
    *ret_sentence = sentence;
    return count;
}

/* --- roles --- */

static bool has_role(const struct profile *profile, const char *role)
{
    for (size_t i = 0; i < profile->role_count; i++) {
        if (text_equal(profile->role[i], role))
            return true;
    }
    return false;
}

static bool is_admin_role(const struct policy *policy, const char *role)
{
    for (size_t i = 0; i < policy->admin_role_count; i++) {
        if (text_equal(policy->admin_role[i], role))
            return true;
    }
    return false;
}

/* Whether it has one of the roles that make an administrator (limits.admin_roles). */
static bool is_admin(const struct policy *policy, const struct profile *profile)
{
    for (size_t i = 0; i < profile->role_count; i++) {
        if (is_admin_role(policy, profile->role[i]))
            return true;
    }
    return false;
}

const char *downgrade_gains(struct arena *arena, const struct profile *from,
                            const struct profile *to)
{
    struct profile more = {.id = to->id};
    const char **role = arena_calloc(arena, to->role_count + 1, sizeof(role[0]));

    for (size_t i = 0; i < to->role_count; i++) {
        if (!has_role(from, to->role[i]))
            role[more.role_count++] = to->role[i];
    }
    more.role = role;
    return more.role_count ? profile_roles(arena, &more) : NULL;
}

/* --- R15 --- */

static bool is_literal(const char *pattern)
{
    return !strpbrk(pattern, "*?[");
}

static bool names(struct arena *arena, const struct patterns *patterns, const char *value)
{
    const char *folded = fold_text(arena, value);

    for (size_t i = 0; folded && i < patterns->count; i++) {
        if (is_literal(patterns->item[i]) &&
            text_equal(fold_text(arena, patterns->item[i]), folded))
            return true;
    }
    return false;
}

/* Whoever wrote the rule meant this profile, or one of the roles that make an administrator. */
static bool names_admin(const struct policy *policy, const struct rule *rule,
                        const struct subject *subject)
{
    const struct profile *profile = subject->profile;

    if (names(subject->scratch, &rule->when.profile, profile->id) ||
        names(subject->scratch, &rule->when.profile, profile->name))
        return true;
    for (size_t i = 0; i < profile->role_count; i++) {
        if (is_admin_role(policy, profile->role[i]) &&
            names(subject->scratch, &rule->when.role, profile->role[i]))
            return true;
    }
    return false;
}

/* Where prices of one currency say so. */
static bool is_dearer(const struct seats *seats, const struct profile *from,
                      const struct profile *to)
{
    const struct seat_class *now = seats ? seats_class_of(seats, from) : NULL;
    const struct seat_class *then = seats ? seats_class_of(seats, to) : NULL;

    return now && then && now->price >= 0 && text_equal(now->currency, then->currency) &&
           then->price > now->price;
}

const char *downgrade_forbids(const struct policy *policy, const struct rule *rule,
                              const struct profile *target, const char *why,
                              const struct subject *subject)
{
    const struct profile *profile = subject->profile;

    if (!target)
        return why;
    if (!profile)
        return "the present permission profile is not known";
    for (size_t i = 0; i < target->role_count; i++) {
        if (is_admin_role(policy, target->role[i]) && !has_role(profile, target->role[i]))
            return arena_printf(subject->scratch,
                                "profile '%s' has the admin role %s, which the account has not",
                                name_of(target), target->role[i]);
    }
    if (is_admin(policy, profile) && !names_admin(policy, rule, subject))
        return arena_printf(subject->scratch,
                            "an administrator, and the rule does not name the profile: if it is "
                            "meant, its when.profile has \"%s\", without a wildcard",
                            name_of(profile));
    if (is_dearer(policy->seats, profile, target))
        return arena_printf(subject->scratch, "a seat of profile '%s' costs more (seats.classes)",
                            name_of(target));
    return NULL;
}

/* --- R8 --- */

static bool is_logged_in_after(const struct login *login, struct instant since)
{
    return login->kind == LOGIN_KNOWN && instant_compare(login->at, since) > 0;
}

bool downgrade_is_undone(const struct policy_context *context, const struct subject *subject)
{
    const struct account_downgrade *downgrade = account_past(subject->account)->downgrade;

    return downgrade && instant_is_set(downgrade->other_at) &&
           !is_logged_in_after(&subject->account->login, downgrade->other_at) &&
           !ruling_again(subject->scratch, context->approvers,
                         account_past(subject->account)->rulings, subject->account,
                         ACTION_DOWNGRADE, downgrade->other_at, context->today);
}

static int least(int days, int most)
{
    return days > most ? most : days;
}

struct subject downgrade_subject(const struct policy *policy, const struct policy_context *context,
                                 const struct subject *subject)
{
    const struct account_downgrade *downgrade = account_past(subject->account)->downgrade;
    struct subject as = *subject;

    if (!downgrade || !instant_is_set(downgrade->other_at))
        return as;
    int days = day_between(instant_day(downgrade->other_at, policy->zone), context->today);
    as.idle_days = least(as.idle_days, days > 0 ? days : 0);
    as.unused_days = least(as.unused_days, days > 0 ? days : 0);
    return as;
}

/* --- R16 --- */

/* They were not at work when it was done. */
static bool was_away(enum person_status status)
{
    return status == PERSON_ON_LEAVE || status == PERSON_FUTURE || status == PERSON_DEPARTED ||
           status == PERSON_ABSENT;
}

/* By a login or by activity. */
static bool is_used_after(const struct account *account, struct instant since)
{
    return instant_compare(account_used_at(account), since) > 0;
}

static void find_need(const struct policy *policy, const struct policy_context *context,
                      const struct subject *subject, struct downgrade_need *need)
{
    const struct account *account = subject->account;
    const struct account_downgrade *downgrade = account_past(account)->downgrade;
    struct instant since = instant_add_us(downgrade->at, CLOCKS_DIFFER_S * SECOND_US);
    const struct ruling *again =
        ruling_again(subject->scratch, context->approvers, account_past(account)->rulings, account,
                     ACTION_RESTORE, downgrade->at, context->today);
    char day[DAY_TEXT_SIZE];

    need->needed = true;
    if (again) {
        need->reason = arena_printf(subject->scratch, "%s says that they need it again: %s",
                                    again->who, again->reason ? again->reason : "");
    } else if (is_used_after(account, since)) {
        need->by_login = true;
        need->reason =
            arena_printf(subject->scratch, "used again: last use %s",
                         day_format(instant_day(account_used_at(account), policy->zone), day));
    } else if (was_away(downgrade->as) && subject->status == PERSON_EMPLOYED) {
        need->by_person = true;
        need->reason = arena_printf(subject->scratch, "back: the roster said %s, and says employed",
                                    person_status_name(downgrade->as));
    } else {
        need->needed = false;
    }
}

/* `roles` joined by ' '. */
static bool has_word(const char *roles, const char *role)
{
    size_t length = strlen(role);

    for (const char *at = roles; at && *at; at += strcspn(at, " "), at += *at == ' ') {
        if (strncmp(at, role, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* Why the former profile is not given back; NULL = it may be. */
static const char *find_hindrance(const struct policy *policy, const struct subject *subject,
                                  const struct account_downgrade *downgrade,
                                  const struct profile *former)
{
    if (!former)
        return arena_printf(subject->scratch, "the portal has the profile '%s' no more",
                            downgrade->from);
    for (size_t i = 0; i < former->role_count; i++) {
        if (is_admin_role(policy, former->role[i]) &&
            !has_word(downgrade->from_roles, former->role[i]))
            return arena_printf(subject->scratch,
                                "profile '%s' has the admin role %s now, which it had not then",
                                name_of(former), former->role[i]);
    }
    return NULL;
}

/* When it was done, and each of the downgrades that are undone with it. */
static const char *days_of(const struct policy *policy, const struct subject *subject,
                           const struct account_downgrade *of)
{
    CLEANUP(text_release) struct text days = TEXT_INIT;
    char day[DAY_TEXT_SIZE];

    for (const struct account_downgrade *at = account_past(subject->account)->downgrade; at;
         at = at == of ? NULL : at->earlier)
        text_addf(&days, "%s%s", days.length ? " and " : "",
                  day_format(instant_day(at->at, policy->zone), day));
    return arena_strdup(subject->scratch, text_cstr(&days));
}

bool downgrade_gave(const struct subject *subject, const struct account_downgrade *of,
                    const struct profile *profile)
{
    for (const struct account_downgrade *at = account_past(subject->account)->downgrade; at;
         at = at == of ? NULL : at->earlier) {
        if (profile && text_equal(profile->id, at->to))
            return true;
    }
    return false;
}

struct downgrade_need downgrade_need(const struct policy *policy,
                                     const struct policy_context *context,
                                     const struct subject *subject,
                                     const struct account_downgrade *of)
{
    const struct account *account = subject->account;
    const struct account_downgrade *newest = account_past(account)->downgrade;
    struct downgrade_need need = {.of = of};

    if (!newest || instant_is_set(newest->other_at) || account->status != ACCOUNT_ACTIVE ||
        !subject->profile || !text_equal(account_alike(account)->profile_id, newest->to))
        return need;
    find_need(policy, context, subject, &need);
    if (!need.needed)
        return need;
    const struct profile *former = snapshot_profile(context->snapshot, of->from);
    const char *hindrance = find_hindrance(policy, subject, of, former);
    const char *days = days_of(policy, subject, of);
    if (hindrance) {
        need.reason = arena_printf(subject->scratch,
                                   "downgraded by us on %s; %s; the former profile cannot be given "
                                   "back: %s",
                                   days, need.reason, hindrance);
        return need;
    }
    need.former = former;
    need.reason = arena_printf(subject->scratch,
                               "downgraded by us on %s; %s; only a person can approve that '%s' "
                               "becomes '%s' again",
                               days, need.reason, name_of(subject->profile), name_of(former));
    return need;
}
