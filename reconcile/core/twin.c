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
#include <string.h>

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

/* --- the two sides --- */

static bool bears_other(const struct account *account, const struct name_parts *bears,
                        const struct name_parts *departed)
{
    return account->name && name_parts_compare(bears, departed) != NAMES_SAME;
}

bool twin_is_called_as(struct arena *scratch, const struct account *account,
                       const struct person *departed, const struct person *row)
{
    if (text_equal(account->name, departed->name))
        return false;
    struct name_parts bears = name_parts(scratch, account->name);
    struct name_parts left = name_parts(scratch, departed->name);
    struct name_parts here = name_parts(scratch, row->name);

    return name_parts_compare(&bears, &here) == NAMES_SAME && bears_other(account, &bears, &left);
}

/* The bare number of a row, that of a damaged one too. Where numbers are no key none is known. */
static const char *bare_of(const struct people *people, struct arena *arena,
                           const struct person *row, bool damaged)
{
    size_t at = (size_t)(row - people->roster->person);

    if (!people->numbers || people->nobody[at] & 1U << MATCH_BY_EMPLOYEE_NUMBER)
        return NULL;
    return people_row_bare(people, arena, row, damaged);
}

struct twin_side twin_side_of(const struct people *people, struct arena *arena,
                              const struct account *account, const struct person *departed,
                              const struct name_parts *name, const struct name_parts *bears)
{
    const char *const address[] = {departed->email, departed->username, account->email,
                                   account->username};
    struct twin_side side = {
        .departed = departed,
        .name = name,
        .number = bare_of(people, arena, departed, false),
    };
    struct name_parts none = {.whole = NULL};

    for (size_t i = 0; i < COUNT_OF(address); i++) { /* of nearly everybody they are all the same */
        bool again = i > 0 && address[i] && text_equal(address[i], address[i - 1]);
        side.local[i] = again ? side.local[i - 1] : address_local(arena, address[i]);
    }
    if (bears_other(account, bears, departed->name ? name : &none))
        side.bears = bears;
    return side;
}

/* --- what they have in common --- */

struct common {
    bool address, addresses_known, number;
};

static struct common in_common(const struct twin_side *side, const struct twin_row *row)
{
    struct common common = {.number = side->number && row->number &&
                                      strcmp(side->number, row->number) == 0};

    for (size_t i = 0; i < COUNT_OF(side->local); i++) {
        for (size_t k = 0; k < COUNT_OF(row->local); k++) {
            const char *a = side->local[i], *b = row->local[k];
            common.addresses_known |= a && b;
            common.address |= a && b && strcmp(a, b) == 0;
        }
    }
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

struct twin_row twin_row_of(const struct twins *twins, struct arena *arena,
                            const struct person *row, const struct name_parts *name)
{
    const struct person *speaker = people_speaker(twins->people, row);

    return (struct twin_row){
        .row = row,
        .name = name,
        .number = bare_of(twins->people, arena, row, true),
        .local = {address_local(arena, row->email), address_local(arena, row->username)},
        .own = instant_day(own_login(twins, arena, speaker), twins->zone),
    };
}

/* They have an account of their own and use it: this one is not theirs, unless it is used later. */
static struct day own_account_until(const struct person *departed, const struct twin_row *row)
{
    struct day since = day_is_set(row->row->hire_date) ? row->row->hire_date : departed->last_day;

    if (!day_is_set(row->own) || !day_is_set(since) || day_compare(row->own, since) < 0)
        return DAY_NONE;
    return day_add(row->own, -1);
}

bool twin_is(const struct twins *twins, const struct twin_side *side, const struct twin_row *row,
             struct day *ret_until)
{
    const struct person *departed = side->departed;
    enum name_likeness names = name_parts_compare(side->name, row->name);
    bool called = side->bears && name_parts_compare(side->bears, row->name) == NAMES_SAME;

    if (!called && (names == NAMES_DIFFER || names == NAMES_AGREE))
        return false;
    if (!twin_is_at_work(row->row) || people_are_one(twins->people, row->row, departed))
        return false;
    struct day own = own_account_until(departed, row);
    if (called) {
        *ret_until = own;
        return true;
    }
    struct common common = in_common(side, row);
    if (names == NAMES_UNKNOWN && !common.address && !common.number)
        return false;
    struct day namesake = namesake_until(&common, departed, row->row);
    *ret_until = day_compare(own, namesake) > 0 ? own : namesake;
    return true;
}
