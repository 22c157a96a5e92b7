/*
 * A namesake is not yet a twin, and most departed people have one in a large company. What tells
 * them apart is cheap to know: an address of their own, when they were hired, an account of their
 * own that is in use, and whether anybody used this one after the last day.
 *
 * The login of this account is asked last, when the account is decided, because it is read anew
 * right before an act; so a twin comes with the day up to which a login excuses it.
 */
#include "core/twin.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "core/corroborate.h"

#define NAMESAKE_DAYS 60 /* hired so long before the other one's last day: no transfer */

void twins_init(struct twins *twins, const struct people *people, const struct snapshot *snapshot,
                const struct pairing *pairing)
{
    const struct zone *zone = people->matching->zone;

    *twins = (struct twins){
        .people = people,
        .snapshot = snapshot,
        .pairing = pairing,
        .zone = zone ? zone : &zone_utc,
        .first = mem_calloc(people->roster->count, sizeof(twins->first[0])),
        .next = mem_calloc(snapshot->count, sizeof(twins->next[0])),
    };
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        if (pairing[i].kind != LINK_ONE || account->status != ACCOUNT_ACTIVE ||
            account->login.kind != LOGIN_KNOWN)
            continue;
        uint32_t *first = &twins->first[pairing[i].person - people->roster->person];
        twins->next[i] = *first;
        *first = (uint32_t)i + 1;
    }
}

void twins_release(struct twins *twins)
{
    free(twins->first);
    free(twins->next);
}

bool twin_is_asked(const struct account *account, const struct pairing *pairing)
{
    return pairing->kind == LINK_ONE && pairing->person->status == PERSON_DEPARTED &&
           pairing->key != MATCH_BY_LINKS_FILE && account->status != ACCOUNT_GONE;
}

bool twin_is_at_work(const struct person *row)
{
    return row->status != PERSON_DEPARTED && row->status != PERSON_ABSENT;
}

/* --- what they have in common --- */

struct common {
    enum name_likeness names;
    bool address, addresses_known, number;
};

static void compare_addresses(struct arena *scratch, const char *const *mine, size_t count,
                              const struct person *row, struct common *common)
{
    const char *const theirs[] = {row->email, row->username};

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < COUNT_OF(theirs); k++) {
            const char *a = address_local(scratch, mine[i]);
            const char *b = address_local(scratch, theirs[k]);
            common->addresses_known |= a && b;
            common->address |= a && text_equal(a, b);
        }
    }
}

static struct common in_common(const struct twins *twins, struct arena *scratch,
                               const struct account *account, const struct person *departed,
                               const struct person *row)
{
    const char *const mine[] = {departed->email, departed->username, account->email,
                                account->username};
    struct common common = {
        .names = names_compare(scratch, departed->name ? departed->name : account->name, row->name),
    };
    const char *number = number_bare(scratch, people_number(twins->people, scratch, departed));
    const char *other = people_number(twins->people, scratch, row);

    compare_addresses(scratch, mine, COUNT_OF(mine), row, &common);
    /* a table only where numbers are among the keys: else they are not compared */
    common.number = twins->people->by[MATCH_BY_EMPLOYEE_NUMBER].count > 0 && number &&
                    text_equal(number, number_bare(scratch, other ? other : row->damaged_number));
    return common;
}

/* --- what excuses a twin --- */

static bool hired_together(const struct person *a, const struct person *b)
{
    int days = day_is_set(a->hire_date) && day_is_set(b->hire_date)
                   ? day_between(a->hire_date, b->hire_date)
                   : 2;

    return days >= -1 && days <= 1;
}

/* Somebody else of the same name: as far as it does not hang on the account's login. */
static struct day namesake_until(const struct common *common, const struct person *departed,
                                 const struct person *row)
{
    bool hired_late = day_is_set(row->hire_date) && day_is_set(departed->last_day) &&
                      day_between(row->hire_date, departed->last_day) <= NAMESAKE_DAYS;

    if (common->number || common->address || !common->addresses_known || hired_late ||
        hired_together(departed, row))
        return DAY_NONE;
    return departed->last_day;
}

/* The newest login of an account that is theirs by more than one key: a mailbox that many share, or
 * somebody else's account with their number, says nothing of them. */
static struct instant own_login(const struct twins *twins, struct arena *scratch,
                                const struct person *person)
{
    struct instant newest = INSTANT_NONE;

    for (uint32_t at = twins->first[person - twins->people->roster->person]; at;
         at = twins->next[at - 1]) {
        const struct account *account = &twins->snapshot->account[at - 1];
        const struct pairing *pairing = &twins->pairing[at - 1];
        enum name_likeness names = names_compare(scratch, account->name, person->name);
        bool numbered = pairing->keys & 1U << MATCH_BY_EMPLOYEE_NUMBER;
        if (pairing_is_sure(pairing) || names >= NAMES_AGREE ||
            (names == NAMES_UNKNOWN && numbered))
            newest = instant_later(newest, account->login.at);
    }
    return newest;
}

/* They have an account of their own and use it: this one is not theirs, unless it is used later. */
static struct day own_account_until(const struct twins *twins, struct arena *scratch,
                                    const struct person *departed, const struct person *row)
{
    const struct person *speaker = people_speaker(twins->people, row);
    struct day own = instant_day(own_login(twins, scratch, speaker), twins->zone);
    struct day since = day_is_set(row->hire_date) ? row->hire_date : departed->last_day;

    if (!day_is_set(own) || !day_is_set(since) || day_compare(own, since) < 0)
        return DAY_NONE;
    return day_add(own, -1);
}

bool twin_bears_other_name(struct arena *scratch, const struct account *account,
                           const struct person *departed)
{
    return account->name && names_compare(scratch, account->name, departed->name) != NAMES_SAME;
}

bool twin_is_called_as(struct arena *scratch, const struct account *account,
                       const struct person *departed, const struct person *row)
{
    return names_compare(scratch, account->name, row->name) == NAMES_SAME &&
           twin_bears_other_name(scratch, account, departed);
}

bool twin_is(const struct twins *twins, struct arena *scratch, const struct account *account,
             const struct person *departed, const struct person *row, struct day *ret_until)
{
    if (!twin_is_at_work(row) || people_are_one(twins->people, row, departed))
        return false;
    struct day own = own_account_until(twins, scratch, departed, row);
    if (twin_is_called_as(scratch, account, departed, row)) {
        *ret_until = own;
        return true;
    }
    struct common common = in_common(twins, scratch, account, departed, row);
    if (common.names == NAMES_DIFFER || common.names == NAMES_AGREE)
        return false;
    if (common.names == NAMES_UNKNOWN && !common.address && !common.number)
        return false;
    struct day namesake = namesake_until(&common, departed, row);
    *ret_until = day_compare(own, namesake) > 0 ? own : namesake;
    return true;
}
