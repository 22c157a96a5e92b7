/*
 * A key is what somebody typed, and may be wrong, shared or given on. So what the account and the
 * row say besides is compared before the link counts: names, addresses, numbers, when the account
 * came to be, and whom it was linked to yesterday.
 *
 * Invariant: nothing here turns a keep into an act but K6's link by memory, which needs a person.
 */
#include "core/corroborate.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/text.h"

bool is_used_account(const struct account *account)
{
    return account->history.ever_active || account->status == ACCOUNT_ACTIVE;
}

static void make_conflict(struct pairing *pairing, enum link_doubt doubt,
                          const struct person *other)
{
    pairing->kind = LINK_CONFLICT;
    pairing->doubt = doubt;
    pairing->other = other;
    pairing->rival = 0;
}

/* --- numbers (K1) --- */

/* Whether the name of a row is known and has nothing in common with any that is known here. */
static bool is_ruled_out(struct arena *scratch, const struct person *row, const char *a,
                         const char *b)
{
    enum name_likeness left = names_compare(scratch, row->name, a);
    enum name_likeness right = names_compare(scratch, row->name, b);

    return left <= NAMES_DIFFER && right <= NAMES_DIFFER &&
           (left == NAMES_DIFFER || right == NAMES_DIFFER);
}

void corroborate_number(const struct people *people, struct arena *scratch,
                        const struct account *account, uint32_t entry, const char *number,
                        bool stray, struct pairing *pairing)
{
    const struct table *table = &people->by[MATCH_BY_EMPLOYEE_NUMBER];
    const struct person *other = NULL;

    if (pairing->kind != LINK_ONE)
        return;
    /* of an account without a name, one number alone does not say whose of the two it is */
    bool known = account->name || pairing_is_sure(pairing);
    for (; entry != TABLE_END; entry = table_next(table, entry)) {
        const struct person *row = &people->roster->person[table_value(table, entry)];
        if (people_entry_has(people, scratch, entry, number)) {
            const struct crowd *crowd = people_crowd(people, MATCH_BY_EMPLOYEE_NUMBER, row);
            if (crowd && crowd->alone)
                break; /* and so have all the others here */
            continue;
        }
        if (people_are_one(people, row, pairing->person)) {
            pairing->keys |= 1U << MATCH_BY_EMPLOYEE_NUMBER;
            stray = false;
        } else if (!is_ruled_out(scratch, row, account->name,
                                 known ? pairing->person->name : NULL) &&
                   (!other || person_compare(row, other) < 0)) {
            other = row;
        }
    }
    if (other)
        make_conflict(pairing, DOUBT_LOOKS, other);
    else if (stray && people_number(people, scratch, pairing->person))
        make_conflict(pairing, DOUBT_STRAY_NUMBER, NULL);
}

/* --- values that are nobody's (K2) --- */

void corroborate_nobodys(const struct people *people, struct arena *scratch,
                         const struct account *account, enum match_key key, uint32_t entry,
                         struct pairing *pairing)
{
    enum match_key where = people_table(people, key);
    const char *number = people_value(people, scratch, where, account->employee_number);
    const struct crowd *crowd = people_crowd_at(people, where, entry, number);
    const struct table *table = &people->by[where];
    /* so many that no name rules all of them out */
    const struct person *least = crowd ? crowd->least : NULL;

    for (; entry != TABLE_END && !crowd; entry = table_next(table, entry)) {
        const struct person *row = &people->roster->person[table_value(table, entry)];
        bool numbers = where == MATCH_BY_EMPLOYEE_NUMBER;
        if (numbers && !people_entry_has(people, scratch, entry, number))
            continue; /* it only looks alike */
        if (numbers && is_ruled_out(scratch, row, account->name, NULL))
            continue;
        if (!least || person_compare(row, least) < 0)
            least = row;
    }
    if (!least)
        return;
    pairing->kind = LINK_AMBIGUOUS;
    pairing->doubt = DOUBT_SHARED;
    pairing->key = key;
    pairing->other = least;
    pairing->near = NEAR_NOBODY;
}

void corroborate_other_number(const struct people *people, struct arena *scratch,
                              const struct account *account, uint32_t entry,
                              struct pairing *pairing)
{
    const struct table *table = &people->by[MATCH_BY_EMPLOYEE_NUMBER];
    const char *number =
        people_value(people, scratch, MATCH_BY_EMPLOYEE_NUMBER, account->employee_number);
    const struct person *least = NULL;

    if (pairing->kind != LINK_ONE || !people_number(people, scratch, pairing->person))
        return;
    if (people_crowd_at(people, MATCH_BY_EMPLOYEE_NUMBER, entry, number))
        return; /* what very many have is no typing error */
    for (; entry != TABLE_END; entry = table_next(table, entry)) {
        const struct person *row = &people->roster->person[table_value(table, entry)];
        if (!people_entry_has(people, scratch, entry, number))
            continue; /* it only looks alike */
        if (row->status == PERSON_DEPARTED || people_are_one(people, row, pairing->person) ||
            is_ruled_out(scratch, row, account->name, NULL))
            continue;
        if (!least || person_compare(row, least) < 0)
            least = row;
    }
    if (least)
        make_conflict(pairing, DOUBT_KEYS, least);
}

/* --- a stranger (K3) --- */

/* The addresses of one side: a username that is one counts. */
struct addresses {
    const char *at[3];
};

static const char *if_address(const char *text)
{
    return text && strchr(text, '@') ? text : NULL;
}

static struct addresses addresses_of(const struct account *account)
{
    return (struct addresses){{if_address(account->email),
                               if_address(account_alike(account)->email2),
                               if_address(account->username)}};
}

/* Whether some address of the account agrees with one of the person; *ret_known whether both sides
 * have any. */
static bool addresses_support(struct arena *scratch, const struct account *account,
                              const struct person *person, bool *ret_known)
{
    const struct addresses mine = addresses_of(account);
    const char *const theirs[] = {if_address(person->email), if_address(person->username)};

    *ret_known = false;
    for (size_t i = 0; i < COUNT_OF(mine.at); i++) {
        for (size_t k = 0; k < COUNT_OF(theirs); k++) {
            *ret_known |= mine.at[i] && theirs[k];
            if (addresses_agree(scratch, mine.at[i], theirs[k]))
                return true;
        }
    }
    return false;
}

/* One key leads to them, and it is neither the address nor a person's word. */
static bool is_uncorroborated(const struct pairing *pairing)
{
    return pairing->kind == LINK_ONE && !pairing_is_sure(pairing) &&
           pairing->key != MATCH_BY_HISTORY && !(pairing->keys & 1U << MATCH_BY_EMAIL);
}

static void ask_name_and_address(struct arena *scratch, const struct account *account, bool crowded,
                                 struct pairing *pairing)
{
    bool known = false;

    if (addresses_support(scratch, account, pairing->person, &known))
        return;
    enum name_likeness names = names_compare(scratch, account->name, pairing->person->name);
    if (names >= NAMES_AGREE)
        return;
    if (crowded)
        make_conflict(pairing, DOUBT_CROWD, NULL);
    else if (known && names == NAMES_DIFFER)
        make_conflict(pairing, DOUBT_STRANGER, NULL);
}

/* --- born later (K4) --- */

bool is_born_later(const struct account *account, const struct person *person,
                   const struct zone *zone)
{
    const struct account_since *since = account_since(account);

    /* first what is at hand: nearly everybody is asked, and few have either */
    if (!instant_is_set(since->missing_at) && !instant_is_set(since->created))
        return false;
    struct day last = person->last_day;
    if (person->status != PERSON_DEPARTED || !day_is_set(last))
        return false;
    struct day missing = instant_day(since->missing_at, zone);
    struct day created = instant_day(since->created, zone);
    return (instant_is_set(since->missing_at) && day_compare(missing, last) > 0) ||
           (instant_is_set(since->created) && day_compare(created, last) > 0);
}

static const struct zone *zone_of(const struct people *people)
{
    return people->matching->zone ? people->matching->zone : &zone_utc;
}

static void ask_age(const struct people *people, struct arena *scratch,
                    const struct account *account, struct pairing *pairing)
{
    if (pairing->kind != LINK_ONE || pairing_is_sure(pairing) ||
        !is_born_later(account, pairing->person, zone_of(people)) ||
        names_compare(scratch, account->name, pairing->person->name) == NAMES_SAME)
        return;
    make_conflict(pairing, DOUBT_BORN_LATER, NULL);
}

/* --- all links --- */

struct links {
    const struct people *people;
    const struct snapshot *snapshot;
    const uint8_t *claims; /* by row: accounts that its number leads to, 2 = several */
    struct pairing *pairing;
};

static void ask_part(void *context, size_t part, size_t begin, size_t end)
{
    const struct links *links = context;
    const struct person *all = links->people->roster->person;
    struct arena scratch = ARENA_INIT;

    (void)part;
    for (size_t i = begin; i < end; i++) {
        struct pairing *pairing = &links->pairing[i];
        const struct account *account = &links->snapshot->account[i];
        if (pairing->kind != LINK_ONE || account->status == ACCOUNT_GONE)
            continue;
        if (is_uncorroborated(pairing))
            ask_name_and_address(&scratch, account, links->claims[pairing->person - all] > 1,
                                 pairing);
        ask_age(links->people, &scratch, account, pairing);
        if (i % 64 == 63)
            arena_clear(&scratch);
    }
    arena_release(&scratch);
}

void corroborate_links(const struct people *people, const struct snapshot *snapshot,
                       struct pairing *pairing)
{
    CLEANUP(mem_cleanup) uint8_t *claims = mem_calloc(people->roster->count, sizeof(claims[0]));
    struct links links = {people, snapshot, claims, pairing};

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        if (pairing[i].kind != LINK_ONE || account->status == ACCOUNT_GONE ||
            !is_used_account(account) || !(pairing[i].keys & 1U << MATCH_BY_EMPLOYEE_NUMBER))
            continue;
        uint8_t *claim = &claims[pairing[i].person - people->roster->person];
        *claim = (uint8_t)(*claim + (*claim < 2));
    }
    parallel_for(snapshot->count, parallel_parts(snapshot->count), ask_part, &links);
}

/* --- yesterday's person (K6) --- */

static bool is_remembered_otherwise(struct arena *scratch, const struct account *account,
                                    const struct pairing *pairing)
{
    if (!account->history.yesterday || account->status == ACCOUNT_GONE ||
        pairing->key == MATCH_BY_LINKS_FILE)
        return false;
    if (pairing->kind == LINK_NONE)
        return true;
    return pairing->kind == LINK_ONE &&
           !text_equal(account->history.yesterday, person_key(scratch, pairing->person));
}

/* The table that holds a key of the history, and the key without its prefix. */
static enum match_key table_of_key(const char *key)
{
    return text_starts(key, "n:")   ? MATCH_BY_EMPLOYEE_NUMBER
           : text_starts(key, "e:") ? MATCH_BY_EMAIL
           : text_starts(key, "u:") ? MATCH_BY_USERNAME
                                    : MATCH_BY_NOTHING;
}

/* Rows by what the history may know them by, whatever the matching makes of it: made when a value
 * is asked for that is no key today. */
struct recollection {
    const struct people *people;
    struct arena arena;
    struct table rows; /* "n:" and the bare number, "e:" and the address, "u:" and the username */
    bool is_made;
};

static void recollect(struct recollection *recollection)
{
    const struct roster *roster = recollection->people->roster;
    const struct matching *matching = recollection->people->matching;
    struct arena *arena = &recollection->arena;

    table_init(&recollection->rows, roster->count * 2);
    recollection->is_made = true;
    for (size_t i = 0; i < roster->count; i++) {
        const struct person *row = &roster->person[i];
        const char *number =
            row->employee_number ? row->employee_number : person_extra(row)->damaged_number;
        const struct {
            const char *prefix, *value;
        } keys[] = {
            {"n:", number_bare(arena, fold_text(arena, number))},
            {"e:", match_canonical_email(arena, matching, row->email)},
            {"u:", fold_text(arena, row->username)},
        };
        for (size_t k = 0; k < COUNT_OF(keys); k++) {
            if (keys[k].value)
                table_add(&recollection->rows,
                          arena_printf(arena, "%s%s", keys[k].prefix, keys[k].value), (uint32_t)i);
        }
    }
}

static void recollection_release(struct recollection *recollection)
{
    if (recollection->is_made)
        table_release(&recollection->rows);
    arena_release(&recollection->arena);
}

/* Who stands under the key of yesterday's person today. */
struct memory {
    const struct person *standing; /* at work, or nobody knows; the least of them */
    const struct person *departed; /* likewise */
    bool unclear;                  /* the departed are several, or may be somebody else as well */
};

static void remember(const struct people *people, const struct person *row, struct memory *memory)
{
    const struct person *person = people_speaker(people, row); /* what all their rows say (K8) */
    const struct person **least =
        person->status == PERSON_DEPARTED ? &memory->departed : &memory->standing;

    if (least == &memory->departed) {
        memory->unclear |= people->unclear[row - people->roster->person] ||
                           people->unclear[person - people->roster->person];
        memory->unclear |= memory->departed && memory->departed != person;
    }
    if (!*least || person_compare(person, *least) < 0)
        *least = person;
}

/* Those whose number is written just so; only where there is none, those whose looks alike: HR's
 * export may have damaged all of them in the night. */
static struct memory recall(struct recollection *recollection, struct arena *scratch,
                            const char *yesterday)
{
    const struct people *people = recollection->people;
    enum match_key key = table_of_key(yesterday);
    bool numbers = key == MATCH_BY_EMPLOYEE_NUMBER;
    struct memory memory = {NULL, NULL, false};

    if (key == MATCH_BY_NOTHING)
        return memory;
    const char *value = yesterday + 2;
    const char *text = numbers ? number_bare(scratch, value)
                       : key == MATCH_BY_EMAIL
                           ? match_canonical_email(scratch, people->matching, value)
                           : value;
    const struct table *table = &people->by[key];
    if (!people_value(people, scratch, key, value) || table->count == 0) {
        if (!recollection->is_made)
            recollect(recollection);
        table = &recollection->rows;
        text = arena_printf(scratch, "%.2s%s", yesterday, text);
    }
    for (int alike = 0; alike < (numbers ? 2 : 1) && !memory.standing && !memory.departed;
         alike++) {
        for (uint32_t at = table_find(table, text); at != TABLE_END; at = table_next(table, at)) {
            const struct person *row = &people->roster->person[table_value(table, at)];
            if (alike || !numbers || text_equal(value, fold_text(scratch, row->employee_number)))
                remember(people, row, &memory);
        }
    }
    return memory;
}

static void keep_by_memory(const struct person *person, struct pairing *pairing)
{
    *pairing = (struct pairing){.kind = LINK_NONE, .near = NEAR_YESTERDAY, .other = person};
}

static void follow_memory(const struct people *people, const struct memory *memory,
                          struct pairing *pairing)
{
    bool elsewhere = pairing->kind == LINK_ONE || pairing->near != NEAR_NOBODY;
    const struct person *standing = memory->standing;

    if (standing) {
        if (!pairing->person || !people_are_one(people, standing, pairing->person))
            keep_by_memory(standing, pairing);
    } else if (memory->departed && !elsewhere) {
        if (memory->unclear)
            keep_by_memory(memory->departed, pairing);
        else
            *pairing = (struct pairing){
                .kind = LINK_ONE, .key = MATCH_BY_HISTORY, .person = memory->departed};
    }
}

void corroborate_yesterday(const struct people *people, const struct snapshot *snapshot,
                           struct pairing *pairing)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(recollection_release)
    struct recollection recollection = {.people = people, .arena = ARENA_INIT};

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        if (is_remembered_otherwise(&scratch, account, &pairing[i])) {
            const struct memory memory =
                recall(&recollection, &scratch, account->history.yesterday);
            follow_memory(people, &memory, &pairing[i]);
        }
        if (i % 4096 == 4095)
            arena_clear(&scratch);
    }
}
