/*
 * The protections come before any rule, and the first that has a reason keeps: who is protected is
 * never touched, whatever else is known of them.
 */
#include "base/text.h"
#include "core/contest.h"
#include "core/explain.h"
#include "core/judge.h"

#define USED_AFTER_DAYS 30 /* P9 */

/* Hex digits alone, whatever their case: one service writes an id as 8-4-4-16, another one as
 * 8-4-4-4-12. Too many protected is the harmless mistake. */
static bool is_same_id(const char *a, const char *b)
{
    if (!a || !b)
        return false;
    for (;; a++, b++) {
        while (*a == '-')
            a++;
        while (*b == '-')
            b++;
        char left = *a >= 'a' && *a <= 'z' ? (char)(*a - 'a' + 'A') : *a;
        char right = *b >= 'a' && *b <= 'z' ? (char)(*b - 'a' + 'A') : *b;
        if (left != right)
            return false;
        if (!left)
            return true;
    }
}

static const char *protect_own(struct judge *judge, const struct subject *subject)
{
    const char *own = judge->context->snapshot->own_id;

    return is_same_id(own, subject->account->id) ? "this is the job's own user" : NULL;
}

static const char *protect_unreadable(struct judge *judge, const struct subject *subject)
{
    const struct account *account = subject->account;

    if (account_alike(account)->flaw)
        return arena_printf(&judge->scratch, "unreadable: %s", account_alike(account)->flaw);
    if (account->status == ACCOUNT_UNREADABLE || !account->id)
        return "unreadable: Bynder did not give a status or an id in a documented form";
    return NULL;
}

static const char *protect_listed(struct judge *judge, const struct subject *subject)
{
    const struct protected_entry *entry =
        protections_find(&judge->protections, &judge->scratch, subject->account, subject->person);
    char day[DAY_TEXT_SIZE];

    if (!entry)
        return NULL;
    return arena_printf(&judge->scratch, "protected until %s by %s: %s",
                        day_format(entry->expires, day), entry->owner, entry->reason);
}

static const char *protect_contested(struct judge *judge, const struct subject *subject)
{
    return contest_reason(&judge->scratch, subject, judge->policy->zone);
}

static const char *protect_unknown_person(struct judge *judge, const struct subject *subject)
{
    if (!subject->person || subject->status != PERSON_UNKNOWN)
        return NULL;
    return arena_printf(
        &judge->scratch, "person unknown: their row of the roster was rejected (%s)",
        person_rejected(subject->person) ? person_rejected(subject->person) : "no status");
}

static const char *protect_near(struct judge *judge, const struct subject *subject)
{
    return contest_near(&judge->scratch, subject);
}

static const char *protect_odd_login(struct judge *judge, const struct subject *subject)
{
    const struct login *login = &subject->account->login;
    char text[INSTANT_TEXT_SIZE];

    if (login->kind == LOGIN_UNREADABLE)
        return arena_printf(&judge->scratch, "last login unreadable: '%s'",
                            login->raw ? login->raw : "");
    if (login_is_ahead(login, judge->context->now))
        return arena_printf(&judge->scratch, "last login %s lies in the future",
                            instant_format(login->at, text));
    return NULL;
}

static const char *protect_unknown_profile(struct judge *judge, const struct subject *subject)
{
    if (subject->profile)
        return NULL;
    if (!account_alike(subject->account)->profile_id)
        return "no permission profile is given, so admin rights cannot be told";
    return arena_printf(&judge->scratch,
                        "permission profile '%s' is not known, so admin rights cannot be told",
                        account_alike(subject->account)->profile_id);
}

/* Whether a login or activity is more than so many days behind the last day of somebody who has
 * departed. */
static bool is_used_since(const struct subject *subject, int days, const struct zone *zone)
{
    struct day last_day = subject->person ? subject->person->last_day : DAY_NONE;

    if (subject->status != PERSON_DEPARTED || !day_is_set(last_day))
        return false;
    struct day used = instant_day(account_used_at(subject->account), zone);
    return day_is_set(used) && day_between(last_day, used) > days;
}

bool judge_is_used_after(const struct subject *subject, const struct zone *zone)
{
    return is_used_since(subject, USED_AFTER_DAYS, zone);
}

static bool used_by_login(const struct account *account)
{
    return account->login.kind == LOGIN_KNOWN &&
           instant_compare(account->login.at, account_activity(account)->at) >= 0;
}

/* P9: used by somebody, and neither two keys nor one key and the name say that it is them. Where
 * the account has the name of somebody else, any login after the last day is theirs. */
static const char *protect_used_after(struct judge *judge, const struct subject *subject)
{
    char day[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];

    if (!is_used_since(subject, 0, judge->policy->zone) || pairing_is_sure(subject->pairing))
        return NULL;
    enum name_likeness names =
        names_compare(&judge->scratch, subject->account->name, subject->person->name);
    bool stranger = names == NAMES_DIFFER && subject->pairing->key != MATCH_BY_HISTORY;
    if (names == NAMES_SAME ||
        (!stranger && !is_used_since(subject, USED_AFTER_DAYS, judge->policy->zone)))
        return NULL;
    return arena_printf(
        &judge->scratch,
        "somebody uses this account: last %s %s, but the last day of %s, to whom %s alone "
        "points, "
        "was %s; to settle it, write in the links file whose it is",
        used_by_login(subject->account) ? "login" : "activity",
        day_format(instant_day(account_used_at(subject->account), judge->policy->zone), day),
        explain_person(&judge->scratch, subject->person), match_key_name(subject->pairing->key),
        day_format(subject->person->last_day, last));
}

const struct judge_protection judge_protection[] = {
    {"P1", protect_own, false, false},            /* the job's own user */
    {"P2", protect_unreadable, true, false},      /* a part that cannot be read */
    {"P3", protect_listed, false, false},         /* listed in the configuration */
    {"P4", protect_contested, true, true},        /* a link that is ambiguous or in conflict */
    {"P5", protect_unknown_person, true, false},  /* a person whose row was rejected */
    {"P6", protect_near, true, false},            /* no link, but somebody is near */
    {"P7", protect_odd_login, true, false},       /* a login that cannot be, or cannot be read */
    {"P8", protect_unknown_profile, true, false}, /* a profile nobody knows: perhaps an admin */
    {"P9", protect_used_after, true, false}, /* used after the last day, by nobody knows whom */
    {.clause = NULL},
};
