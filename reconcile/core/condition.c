/*
 * One table says what a condition is called, what it holds, where it is kept and how it is asked.
 * Days count whole days of the configured zone. What is not known answers UNKNOWN, never FALSE:
 * an `unless` that cannot be told vetoes as well.
 */
#include "core/condition.h"

#include <string.h>

#include "base/fold.h"
#include "base/text.h"
#include "core/seats.h"

static enum truth truth_of(bool value)
{
    return value ? TRUTH_TRUE : TRUTH_FALSE;
}

/* --- words --- */

static enum truth ask_account(const struct conditions *conditions, const struct subject *subject)
{
    if (subject->account->status == ACCOUNT_UNREADABLE)
        return TRUTH_UNKNOWN;
    return truth_of(conditions->account & (1U << subject->account->status));
}

static enum truth ask_person(const struct conditions *conditions, const struct subject *subject)
{
    if (subject->status == PERSON_UNKNOWN)
        return TRUTH_UNKNOWN;
    if (conditions->person & (1U << subject->status))
        return TRUTH_TRUE; /* for absent R6 still wants its proof */
    /* In no row, but a row that nobody can read may be theirs, and may say anything. */
    return subject->status == PERSON_ABSENT && subject->blind_rows ? TRUTH_UNKNOWN : TRUTH_FALSE;
}

static enum truth ask_login(const struct conditions *conditions, const struct subject *subject)
{
    enum login_kind kind = subject->account->login.kind;

    if (kind != LOGIN_NEVER && kind != LOGIN_KNOWN)
        return TRUTH_UNKNOWN;
    return truth_of(conditions->login & (1U << kind));
}

/* --- days --- */

static enum truth ask_idle(const struct conditions *conditions, const struct subject *subject)
{
    switch (subject->account->login.kind) {
    case LOGIN_KNOWN:
        return truth_of(subject->idle_days >= conditions->idle_days_min);
    case LOGIN_NEVER:
        return TRUTH_FALSE; /* never logged in is not infinitely idle: R5 has its own condition */
    case LOGIN_NOT_READ:
    case LOGIN_UNREADABLE:
        break;
    }
    return TRUTH_UNKNOWN;
}

/* One use that is known is enough for no; for yes nothing may be missing. */
static enum truth ask_activity(const struct conditions *conditions, const struct subject *subject)
{
    enum login_kind login = subject->account->login.kind;
    int days = conditions->activity_days_min;

    if (subject->unused_days >= 0 && subject->unused_days < days)
        return TRUTH_FALSE;
    if ((login != LOGIN_KNOWN && login != LOGIN_NEVER) || subject->reach_days < days)
        return TRUTH_UNKNOWN;
    return truth_of(subject->unused_days >= 0); /* never used is not infinitely idle: as above */
}

/* At least and at most so many days; most is -1 where nobody can tell. */
static enum truth at_or_over(int least, int most, int days)
{
    if (least >= days)
        return TRUTH_TRUE;
    return most >= 0 && most < days ? TRUTH_FALSE : TRUTH_UNKNOWN;
}

static enum truth ask_profile_days(const struct conditions *conditions,
                                   const struct subject *subject)
{
    return at_or_over(subject->profile_days, subject->profile_days_most,
                      conditions->profile_days_min);
}

static enum truth ask_back(const struct conditions *conditions, const struct subject *subject)
{
    if (subject->status == PERSON_UNKNOWN ||
        (subject->status == PERSON_ABSENT && subject->blind_rows))
        return TRUTH_UNKNOWN;
    if (subject->status == PERSON_ON_LEAVE)
        return TRUTH_FALSE;
    if (subject->back_days < 0)
        return TRUTH_TRUE;
    return at_or_over(subject->back_days, subject->back_days_most,
                      conditions->back_from_leave_days_min);
}

static enum truth ask_known(const struct conditions *conditions, const struct subject *subject)
{
    return truth_of(subject->known_days >= conditions->known_days_min);
}

static enum truth ask_departed(const struct conditions *conditions, const struct subject *subject)
{
    if (subject->status == PERSON_UNKNOWN)
        return TRUTH_UNKNOWN;
    if (subject->status != PERSON_DEPARTED)
        return TRUTH_FALSE;
    if (subject->departed_days < 0)
        return TRUTH_UNKNOWN; /* departed, but the roster does not say since when */
    return truth_of(subject->departed_days >= conditions->departed_days_min);
}

static enum truth ask_suspended(const struct conditions *conditions, const struct subject *subject)
{
    return truth_of(subject->suspended_days >= 0 &&
                    subject->suspended_days >= conditions->suspended_days_min);
}

static enum truth ask_absent(const struct conditions *conditions, const struct subject *subject)
{
    if (subject->status == PERSON_UNKNOWN)
        return TRUTH_UNKNOWN;
    if (subject->status != PERSON_ABSENT)
        return TRUTH_FALSE;
    if (!subject->absence_provable)
        return TRUTH_UNKNOWN;
    return truth_of(subject->absence.times >= (unsigned)conditions->absent_rosters_min);
}

/* --- patterns --- */

bool patterns_match(const struct patterns *patterns, const char *value, struct arena *scratch)
{
    const char *folded = fold_text(scratch, value);

    for (size_t i = 0; folded && i < patterns->count; i++) {
        const char *pattern = fold_text(scratch, patterns->item[i]);
        if (pattern && text_matches(pattern, folded))
            return true;
    }
    return false;
}

static enum truth ask_username(const struct conditions *conditions, const struct subject *subject)
{
    if (!subject->account->username)
        return TRUTH_UNKNOWN;
    return truth_of(
        patterns_match(&conditions->username, subject->account->username, subject->scratch));
}

static enum truth ask_email(const struct conditions *conditions, const struct subject *subject)
{
    return truth_of(patterns_match(&conditions->email, subject->account->email, subject->scratch) ||
                    patterns_match(&conditions->email, account_alike(subject->account)->email2,
                                   subject->scratch));
}

static enum truth ask_employee_number(const struct conditions *conditions,
                                      const struct subject *subject)
{
    const char *number = subject->account->employee_number;

    if (!number && subject->person)
        number = subject->person->employee_number;
    return truth_of(patterns_match(&conditions->employee_number, number, subject->scratch));
}

static enum truth ask_profile(const struct conditions *conditions, const struct subject *subject)
{
    if (!subject->profile)
        return TRUTH_UNKNOWN;
    return truth_of(patterns_match(&conditions->profile, subject->profile->id, subject->scratch) ||
                    patterns_match(&conditions->profile, subject->profile->name, subject->scratch));
}

/* By the classes of today's configuration, for which no fitting pattern is no answer. */
static enum truth ask_class(const struct conditions *conditions, const struct subject *subject)
{
    const struct seat_class *is = seats_class_of(subject->seats, subject->profile);

    if (!is)
        return TRUTH_UNKNOWN;
    return truth_of(patterns_match(&conditions->seat_class, is->name, subject->scratch));
}

static enum truth ask_role(const struct conditions *conditions, const struct subject *subject)
{
    if (!subject->profile)
        return TRUTH_UNKNOWN;
    for (size_t i = 0; i < subject->profile->role_count; i++) {
        if (patterns_match(&conditions->role, subject->profile->role[i], subject->scratch))
            return TRUTH_TRUE;
    }
    return TRUTH_FALSE;
}

static enum truth ask_group(const struct conditions *conditions, const struct subject *subject)
{
    bool ids_known = true;

    if (account_alike(subject->account)->groups_unreadable)
        return TRUTH_UNKNOWN;
    for (size_t i = 0; i < account_alike(subject->account)->group_count; i++) {
        const struct group *group = &account_alike(subject->account)->group[i];
        if (patterns_match(&conditions->group, group->id, subject->scratch) ||
            patterns_match(&conditions->group, group->name, subject->scratch))
            return TRUTH_TRUE;
        ids_known = ids_known && group->id;
    }
    return ids_known ? TRUTH_FALSE : TRUTH_UNKNOWN; /* the pattern may mean the id */
}

const char *subject_department(const struct account *account, const struct person *person)
{
    return person && person_alike(person)->department ? person_alike(person)->department
                                                      : account_alike(account)->department;
}

static enum truth ask_department(const struct conditions *conditions, const struct subject *subject)
{
    const char *department = subject_department(subject->account, subject->person);

    if (!department)
        return TRUTH_UNKNOWN; /* neither HR nor a single read told us */
    return truth_of(patterns_match(&conditions->department, department, subject->scratch));
}

static enum truth ask_country(const struct conditions *conditions, const struct subject *subject)
{
    if (!account_alike(subject->account)->country)
        return TRUTH_UNKNOWN;
    return truth_of(patterns_match(&conditions->country, account_alike(subject->account)->country,
                                   subject->scratch));
}

/* --- the table --- */

static const char *const account_word[] = {"active", "inactive", "gone", NULL};
static const unsigned account_bit[] = {1U << ACCOUNT_ACTIVE, 1U << ACCOUNT_INACTIVE,
                                       1U << ACCOUNT_GONE};
static const char *const person_word[] = {"employed", "on_leave", "future",
                                          "departed", "absent",   NULL};
static const unsigned person_bit[] = {1U << PERSON_EMPLOYED, 1U << PERSON_ON_LEAVE,
                                      1U << PERSON_FUTURE, 1U << PERSON_DEPARTED,
                                      1U << PERSON_ABSENT};
static const char *const login_word[] = {"never", "known", NULL};
static const unsigned login_bit[] = {1U << LOGIN_NEVER, 1U << LOGIN_KNOWN};

#define WORDS(field)    CONDITION_WORDS, offsetof(struct conditions, field), field##_word, field##_bit
#define DAYS(field)     CONDITION_DAYS, offsetof(struct conditions, field), NULL, NULL
#define PATTERNS(field) CONDITION_PATTERNS, offsetof(struct conditions, field), NULL, NULL

const struct condition_field policy_conditions[] = {
    {"account", ABOUT_ACCOUNT, WORDS(account), "the account's status: active, inactive or gone",
     ask_account},
    {"person", ABOUT_PERSON, WORDS(person),
     "what the roster says: employed, on_leave, future, departed or absent", ask_person},
    {"login", ABOUT_LOGIN, WORDS(login), "never logged in, or a login is known: never or known",
     ask_login},
    {"idle_days_min", ABOUT_LOGIN, DAYS(idle_days_min),
     "whole days since the newest known login, or since the account became active again", ask_idle},
    {"activity_days_min", ABOUT_USE, DAYS(activity_days_min),
     "whole days since the newest known login or activity, or since the account became active "
     "again",
     ask_activity},
    {"known_days_min", ABOUT_ACCOUNT, DAYS(known_days_min),
     "whole days since this program first saw the account, or since its created date, or since it "
     "became active again",
     ask_known},
    {"departed_days_min", ABOUT_PERSON, DAYS(departed_days_min),
     "whole days since the person's last day", ask_departed},
    {"suspended_days_min", ABOUT_ACCOUNT, DAYS(suspended_days_min),
     "whole days since this program suspended the account", ask_suspended},
    {"absent_rosters_min", ABOUT_PERSON, DAYS(absent_rosters_min),
     "consecutive good rosters, 20 hours apart, without the person", ask_absent},
    {"profile_days_min", ABOUT_ACCOUNT, DAYS(profile_days_min),
     "whole days since the account has its permission profile", ask_profile_days},
    {"back_from_leave_days_min", ABOUT_PERSON, DAYS(back_from_leave_days_min),
     "whole days since the person is back from a leave; holds of who was never seen on leave",
     ask_back},
    {"username", ABOUT_ACCOUNT, PATTERNS(username), "username, shell-style pattern", ask_username},
    {"email", ABOUT_ACCOUNT, PATTERNS(email), "first or second e-mail address, shell-style pattern",
     ask_email},
    {"employee_number", ABOUT_PERSON, PATTERNS(employee_number),
     "employee number, shell-style pattern", ask_employee_number},
    {"profile", ABOUT_ACCOUNT, PATTERNS(profile),
     "name or id of the permission profile, shell-style pattern", ask_profile},
    {"role", ABOUT_ACCOUNT, PATTERNS(role), "a security role of the profile, shell-style pattern",
     ask_role},
    {"group", ABOUT_ACCOUNT, PATTERNS(group), "name or id of a group, shell-style pattern",
     ask_group},
    {"department", ABOUT_PERSON, PATTERNS(department),
     "the person's department, else the account's", ask_department},
    {"country", ABOUT_ACCOUNT, PATTERNS(country), "the account's country, shell-style pattern",
     ask_country},
    {"class", ABOUT_ACCOUNT, PATTERNS(seat_class),
     "class of seat of the profile (seats.classes), shell-style pattern", ask_class},
    {.name = NULL},
};

static const size_t condition_size[] = {
    [CONDITION_WORDS] = sizeof(unsigned),
    [CONDITION_DAYS] = sizeof(int),
    [CONDITION_PATTERNS] = sizeof(struct patterns),
};

bool condition_is_set(const struct condition_field *field, const struct conditions *conditions)
{
    const char *at = (const char *)conditions + field->offset;

    switch (field->type) {
    case CONDITION_WORDS:
        return *(const unsigned *)(const void *)at != 0;
    case CONDITION_DAYS:
        return *(const int *)(const void *)at >= 0;
    case CONDITION_PATTERNS:
        return ((const struct patterns *)(const void *)at)->count > 0;
    }
    return false;
}

unsigned conditions_about(const struct conditions *conditions)
{
    unsigned about = 0;

    for (const struct condition_field *field = policy_conditions; field->name; field++)
        about |= condition_is_set(field, conditions) ? field->about : 0;
    return about;
}

struct conditions conditions_without(const struct conditions *conditions, unsigned about)
{
    const struct conditions none = CONDITIONS_NONE;
    struct conditions rest = *conditions;

    for (const struct condition_field *field = policy_conditions; field->name; field++) {
        if (field->about & about)
            memcpy((char *)&rest + field->offset, (const char *)&none + field->offset,
                   condition_size[field->type]);
    }
    return rest;
}

enum truth conditions_hold(const struct conditions *conditions, const struct subject *subject)
{
    enum truth all = TRUTH_TRUE;

    for (const struct condition_field *field = policy_conditions; field->name; field++) {
        if (!condition_is_set(field, conditions))
            continue;
        enum truth one = field->evaluate(conditions, subject);
        if (one == TRUTH_FALSE)
            return TRUTH_FALSE;
        if (one == TRUTH_UNKNOWN)
            all = TRUTH_UNKNOWN;
    }
    return all;
}

/* --- the subject --- */

static int days_since(struct day earlier, struct day today)
{
    int days = day_is_set(earlier) ? day_between(earlier, today) : -1;

    return day_is_set(earlier) && days < 0 ? 0 : days;
}

static struct instant earlier(struct instant a, struct instant b)
{
    if (!instant_is_set(a) || !instant_is_set(b))
        return instant_is_set(a) ? a : b;
    return instant_compare(b, a) < 0 ? b : a;
}

/* The earliest of our first sight, the created date that Bynder's export gave and the first event
 * in a file of an earlier year, or when it became active if that was later (R5): who was let in
 * today has had no time to log in. */
static struct instant known_since(const struct account *account)
{
    const struct account_since *since = account_since(account);
    struct instant there =
        earlier(earlier(since->first_seen, since->created), account->history.first_event);

    return instant_later(there, account_past(account)->became_active);
}

static void fill_use(struct subject *subject, const struct policy *policy,
                     const struct policy_context *context)
{
    const struct account *account = subject->account;
    struct instant active = account_past(account)->became_active, used = account_used_at(account);

    if (account->login.kind == LOGIN_KNOWN)
        subject->idle_days = days_since(
            instant_day(instant_later(account->login.at, active), policy->zone), context->today);
    if (instant_is_set(used))
        subject->unused_days =
            days_since(instant_day(instant_later(used, active), policy->zone), context->today);
    subject->reach_days =
        days_since(instant_day(context->snapshot->activity.since, policy->zone), context->today);
}

/* Until the newest time at which it was seen with another one, or was not there, it had another. */
static void fill_profile_days(struct subject *subject, const struct policy *policy,
                              struct day today)
{
    const struct account_since *told = account_since(subject->account);
    struct day since = instant_day(told->profile_since, policy->zone);
    struct day other = instant_day(
        instant_later(account_past(subject->account)->profile_other_at, told->missing_at),
        policy->zone);

    subject->profile_days = day_is_set(since) ? days_since(since, today) : 0;
    subject->profile_days_most = days_since(other, today);
}

/* As the rosters that were said it, or as this one says of a leave that is over. */
static void fill_back_days(struct subject *subject, struct day today)
{
    const struct person *person = subject->person;

    if (!person)
        return;
    const struct person_extra *extra = person_extra(person);
    struct day back = extra->back_on, last = extra->on_leave_at;
    if (day_is_set(extra->leave_until) && day_compare(extra->leave_until, today) < 0) {
        struct day next = day_add(extra->leave_until, 1);
        back = day_compare(next, back) > 0 ? next : back;
        last = day_compare(extra->leave_until, last) > 0 ? extra->leave_until : last;
    }
    subject->back_days = days_since(back, today);
    subject->back_days_most = days_since(last, today);
}

/* An older file than one that was good before (a restored copy) proves nothing: the ones in between
 * may have held the person. */
static struct absence absent_rosters(const struct policy_context *context,
                                     struct instant unlinked_since)
{
    const struct roster_proof *proof = context->proof;
    size_t count = context->proof_count;

    if (count == 0 ||
        (count > 1 && instant_compare(proof[count - 1].as_of, proof[count - 2].as_of) < 0))
        return (struct absence){.times = 0};
    if (!instant_is_set(unlinked_since)) /* absent for the first time */
        return roster_absence(&proof[count - 1], 1, INSTANT_NONE);
    return roster_absence(proof, count, unlinked_since);
}

struct subject subject_of(const struct policy *policy, const struct policy_context *context,
                          const struct account *account, const struct pairing *pairing,
                          struct arena *scratch)
{
    struct subject subject = {
        .account = account,
        .pairing = pairing,
        .person = pairing->kind == LINK_ONE ? pairing->person : NULL,
        .rival = pairing->doubt == DOUBT_RIVAL && pairing->rival
                     ? &context->snapshot->account[pairing->rival - 1]
                     : NULL,
        .idle_days = -1,
        .unused_days = -1,
        .back_days = -1,
        .back_days_most = -1,
        .departed_days = -1,
        .absence_provable = context->absence_provable,
        .blind_rows = context->blind_rows,
        .seats = policy->seats,
        .scratch = scratch,
    };
    struct day known = instant_day(known_since(account), policy->zone);
    struct day suspended = instant_day(account_ours_since(account), policy->zone);

    if (subject.person)
        subject.status = subject.person->status;
    else if (pairing->kind == LINK_NONE)
        subject.status = PERSON_ABSENT;
    fill_use(&subject, policy, context);
    fill_profile_days(&subject, policy, context->today);
    fill_back_days(&subject, context->today);
    if (subject.status == PERSON_DEPARTED)
        subject.departed_days = days_since(subject.person->last_day, context->today);
    subject.known_days = day_is_set(known) ? days_since(known, context->today) : 0;
    subject.suspended_days = days_since(suspended, context->today);
    if (subject.status == PERSON_ABSENT)
        subject.absence = absent_rosters(context, account_since(account)->unlinked_since);
    return subject;
}
