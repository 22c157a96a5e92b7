/*
 * Each account falls into one of three heaps: to be read, cleared, or nobody to read. The cleared
 * ones are sorted by the age of their evidence and give the refresh its share.
 *
 * Invariant: an account on which a rule would act for its login is never cleared by anything but a
 * single read that is young enough.
 */
#include "core/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/condition.h"

enum {
    PAGES_KEPT_DAYS = 365, /* Bynder tells twelve months of events page by page */
    EACH_DAY = 10,         /* logins of one account: the mean of all, idle ones and weekends too */
    EVENTS_ANYWAY = 1000000, /* a machine may log in all the time: every 30 seconds for a year */
    PAGES_ANYWAY = 100,      /* however little is on them */
    PAGE_LEAST = 50,         /* events on a page that another follows: 10,000 are asked for */
    FREQUENT_DAYS = 28,      /* with events, before any silence is surprising */
    LONGER_THAN_EVER = 3, /* times the longest believed silence of before: nobody believes that */
};

struct candidate {
    size_t index;
    const struct account *account;
};

/* Of those without a seat only whom it is about: somebody who is to be deleted. */
static bool can_be_read(const struct decision *decision, struct instant now)
{
    const struct account *account = decision->account;
    bool asked_of = account->status == ACCOUNT_ACTIVE || decision->action == ACTION_DEPROVISION;

    return asked_of && !account_alike(account)->flaw && account_id_is_v4(account->id) &&
           (!instant_is_set(account->history.read_at) ||
            instant_compare(account->history.read_at, now) < 0);
}

/* Days after which a single read is too old: all of the setting on the account's own day of so
 * many, and sooner by what a read is past that day, but never by more than half of the setting.
 * Accounts that were read together come to their own days by that within two rounds, and from then
 * on each night has an equal share of them. */
static int64_t read_lasts_days(const struct evidence_settings *settings,
                               const struct account *account)
{
    uint64_t days = (uint64_t)settings->reread_days, half = days / 2;
    uint64_t own_day = (text_hash(account->id) * UINT64_C(0x9E3779B97F4A7C15) >> 32) % days;
    uint64_t past = ((uint64_t)(account->history.read_at.us / DAY_US) + days - own_day) % days;

    return (int64_t)(days - (past <= half ? past : past - half));
}

static bool is_read_lately(const struct evidence_settings *settings,
                           const struct policy_context *context, const struct account *account)
{
    const struct zone *zone = &zone_utc;
    struct instant read_at = account->history.read_at;

    if (!instant_is_set(read_at) || settings->reread_days <= 0 ||
        instant_compare(read_at, settings->told_since) < 0)
        return false;
    return day_between(instant_day(read_at, zone), instant_day(context->now, zone)) <
           read_lasts_days(settings, account);
}

/* A login since our downgrade says that the former profile is needed (R16). */
static bool is_downgraded(const struct account *account)
{
    const struct account_downgrade *downgrade = account_past(account)->downgrade;

    return downgrade && !instant_is_set(downgrade->other_at) && account->status == ACCOUNT_ACTIVE &&
           text_equal(account_alike(account)->profile_id, downgrade->to);
}

/* Whether what is known of the login decides, or could not be understood. */
static bool login_matters(const struct decision *decision)
{
    const struct account *account = decision->account;

    return is_downgraded(account) || (decision->action != ACTION_KEEP && decision->uses_login) ||
           decision->action == ACTION_DEPROVISION || /* a login since our act: not ours any more */
           account->login.kind == LOGIN_UNREADABLE || text_equal(decision->clause, "P7");
}

/* Who left must not have used the account since, or it is somebody else's (P9, used after). */
static bool login_says_whose(const struct decision *decision)
{
    return decision->action != ACTION_KEEP && decision->person == PERSON_DEPARTED;
}

/* Somebody who left may have moved here, and a login of the account may say that they did not (K5).
 */
static bool login_excuses(const struct decision *decision)
{
    const struct pairing *pairing = decision->pairing;

    return pairing && pairing->kind == LINK_ONE && pairing->other &&
           day_is_set(pairing->twin_until);
}

/* A single read answers for good: whoever has none there has none. */
static bool lacks_department(const struct decision *decision)
{
    const struct pairing *pairing = decision->pairing;
    const struct person *person = pairing && pairing->kind == LINK_ONE ? pairing->person : NULL;

    return !subject_department(decision->account, person) &&
           !instant_is_set(decision->account->history.read_at);
}

static int compare_people(const void *a, const void *b)
{
    const struct person *left = *(const struct person *const *)a;
    const struct person *right = *(const struct person *const *)b;

    return left < right ? -1 : left > right;
}

/* An account of their own that they use says that they are not the same (K5). Sorted. */
struct twin_people evidence_twins(struct arena *arena, const struct snapshot *snapshot,
                                  const struct decided *decided)
{
    struct twin_people twins = {.count = 0};

    twins.person = arena_alloc(arena, (snapshot->count + 1) * sizeof(const struct person *));
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct pairing *pairing = decided_at(decided, i).pairing;
        if (pairing && pairing->kind == LINK_ONE && pairing->other)
            twins.person[twins.count++] = pairing->other;
    }
    if (twins.count > 0)
        qsort(twins.person, twins.count, sizeof(const struct person *), compare_people);
    return twins;
}

static bool is_of_twin(const struct twin_people *twins, const struct decision *decision)
{
    const struct pairing *pairing = decision->pairing;

    return twins->count > 0 && pairing && pairing->kind == LINK_ONE &&
           bsearch(&pairing->person, twins->person, twins->count, sizeof(const struct person *),
                   compare_people) != NULL;
}

/* A login that was older than what the portal tells page by page when it was told is of a file of
 * an earlier year. Nobody knows that there was none since: that file, or another one, may lack it.
 */
static bool is_of_file(const struct account *account)
{
    const struct login *login = &account->login;

    return login->kind == LOGIN_KNOWN && !instant_is_set(account->history.read_at) &&
           (login->source == LOGIN_FROM_EVENTS ||
            (login->source == LOGIN_FROM_HISTORY &&
             account->history.told_by == LOGIN_FROM_EVENTS)) &&
           login->seen_at.us - login->at.us > PAGES_KEPT_DAYS * DAY_US;
}

/* Whether somebody may have logged in later than is known, and nobody was told. */
static bool is_before_told(const struct evidence_settings *settings, const struct account *account)
{
    struct instant since = settings->told_since;

    return (account->login.kind == LOGIN_KNOWN || account->login.kind == LOGIN_NEVER) &&
           instant_compare(account->login.at, since) < 0 &&
           instant_compare(account->history.read_at, since) < 0;
}

static bool is_nothing_known(const struct evidence_settings *settings,
                             const struct account *account)
{
    return account->login.kind == LOGIN_NOT_READ || is_of_file(account) ||
           is_before_told(settings, account);
}

static bool must_be_read(const struct evidence_settings *settings,
                         const struct policy_context *context, const struct twin_people *twins,
                         const struct decision *decision)
{
    if (settings->full)
        return true;
    if (settings->department_asked && lacks_department(decision))
        return true;
    if (is_nothing_known(settings, decision->account))
        return settings->asked || login_excuses(decision) || is_of_twin(twins, decision) ||
               login_says_whose(decision) || login_matters(decision);
    return login_matters(decision) && !is_read_lately(settings, context, decision->account);
}

bool evidence_asks(const struct evidence_settings *settings, const struct policy_context *context,
                   const struct twin_people *twins, const struct decision *decision)
{
    return can_be_read(decision, context->now) && must_be_read(settings, context, twins, decision);
}

/* Oldest first: never read before all others, then by when anybody told of it. */
static int compare_age(const void *a, const void *b)
{
    const struct account *left = ((const struct candidate *)a)->account;
    const struct account *right = ((const struct candidate *)b)->account;
    int order = instant_compare(left->history.read_at, right->history.read_at);

    if (!order)
        order = instant_compare(left->login.seen_at, right->login.seen_at);
    return order ? order : strcmp(left->id, right->id);
}

/* How many of `active` accounts the refresh takes this time, rounded up. */
static size_t refresh_share(const struct evidence_settings *settings, size_t active)
{
    int64_t days = settings->days_passed;

    if (settings->refresh_days <= 0 || days <= 0)
        return 0;
    if (days >= settings->refresh_days)
        return active;
    return (active * (size_t)days + (size_t)settings->refresh_days - 1) /
           (size_t)settings->refresh_days;
}

/* Of those who need not be read, the `share` whose evidence is oldest; returns how many. */
static size_t refresh(struct arena *arena, const struct evidence_settings *settings,
                      const struct policy_context *context, const struct twin_people *twins,
                      const struct decided *decided, size_t share, size_t *ret_index)
{
    const struct snapshot *snapshot = context->snapshot;
    size_t kept = 0;
    bool is_cut = false; /* to the oldest so far, the youngest of which others must be older than */

    if (share == 0)
        return 0;
    size_t room = 2 * share < snapshot->count ? 2 * share : snapshot->count;
    struct candidate *oldest = arena_calloc(arena, room, sizeof(oldest[0]));
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        const struct candidate candidate = {.index = i, .account = account};
        const struct decision one = decided_at(decided, i);
        if (account->status != ACCOUNT_ACTIVE || !can_be_read(&one, context->now) ||
            must_be_read(settings, context, twins, &one) ||
            (is_cut && compare_age(&candidate, &oldest[share - 1]) > 0))
            continue;
        oldest[kept++] = candidate;
        if (kept < room)
            continue;
        qsort(oldest, kept, sizeof(oldest[0]), compare_age);
        kept = share;
        is_cut = true;
    }
    if (kept > 0)
        qsort(oldest, kept, sizeof(oldest[0]), compare_age);
    if (kept > share)
        kept = share;
    for (size_t i = 0; i < kept; i++)
        ret_index[i] = oldest[i].index;
    return kept;
}

size_t evidence_choose(struct arena *arena, const struct evidence_settings *settings,
                       const struct policy_context *context, const struct decided *decided,
                       size_t **ret_index)
{
    const struct snapshot *snapshot = context->snapshot;
    /* Not zeroed, likewise the others: room that nobody writes to costs no memory. */
    size_t *index = arena_alloc(arena, (snapshot->count + 1) * sizeof(index[0]));
    const struct twin_people twins = evidence_twins(arena, snapshot, decided);
    size_t count = 0, active = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        const struct decision one = decided_at(decided, i);
        active += account->status == ACCOUNT_ACTIVE;
        if (evidence_asks(settings, context, &twins, &one))
            index[count++] = i;
    }
    count += refresh(arena, settings, context, &twins, decided, refresh_share(settings, active),
                     &index[count]);
    *ret_index = index;
    return count;
}

bool evidence_is_invented(size_t accounts, int64_t window_us, int64_t pages, int64_t events)
{
    int64_t days = (window_us > 0 ? window_us : 0) / DAY_US + 1;
    int64_t most = EVENTS_ANYWAY + (int64_t)accounts * days * EACH_DAY;

    return events > most || pages > PAGES_ANYWAY + events / PAGE_LEAST;
}

/* Whether so many days without an event are not to be believed of a kind of events: more than
 * seven, and more than three times the longest believed silence before (`longest`), after it told
 * some on most days: on more than half of `span`, and on 28 at least (`told`). Of a rare kind
 * silence is usual, and of one that began lately nobody knows what is. */
static bool is_silenced(int64_t silent, int64_t longest, int64_t told, int64_t span)
{
    bool is_frequent = told >= FREQUENT_DAYS && 2 * told > span;

    return is_frequent && silent > EVIDENCE_SILENT_DAYS && silent > LONGER_THAN_EVER * longest;
}

/* A kind as it was until the day that is looked at, without its silences that nobody believes. */
struct habit {
    int64_t told, lost; /* days with an event, and days of such silences */
    int64_t longest;    /* silence that was believed */
};

/* Whether a week that begins with day `at` is over, and most of its days have an event. */
static bool tells_again(const struct day *told, size_t count, size_t at, struct day today)
{
    int64_t days = 0;

    if (day_between(told[at], today) < EVIDENCE_SILENT_DAYS)
        return false;
    for (size_t i = at; i < count && day_between(told[at], told[i]) < EVIDENCE_SILENT_DAYS; i++)
        days++;
    return 2 * days > EVIDENCE_SILENT_DAYS;
}

struct evidence_silence evidence_find_silence(const struct day *told, size_t count,
                                              struct day today)
{
    struct evidence_silence silence = {.since = DAY_NONE, .until = DAY_NONE};
    struct habit habit = {.told = 0};
    bool is_broken = false;

    for (size_t i = 0; i < count; i++) {
        int64_t silent = day_between(told[i], i + 1 < count ? told[i + 1] : today) - 1;
        if (is_broken && tells_again(told, count, i, today)) {
            is_broken = false;
            silence.until = told[i];
            habit.lost += day_between(silence.since, told[i]) - 1;
        }
        if (is_broken) {
            silence.silent += silent > 0 ? silent : 0;
            continue;
        }
        habit.told++;
        int64_t span = day_between(told[0], told[i]) + 1 - habit.lost;
        is_broken = is_silenced(silent, habit.longest, habit.told, span);
        if (is_broken)
            silence = (struct evidence_silence){.since = told[i], .silent = silent};
        else if (silent > habit.longest)
            habit.longest = silent;
    }
    return silence;
}
