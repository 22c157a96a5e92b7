/*
 * Matching in five steps: index the people by each key (people.c); look every account up by every
 * key; settle who competes (several people for one account, several accounts for one person); ask
 * everything else at hand whether the link can be (corroborate.c); look for resemblance where
 * nothing was found, and for twins of those who left (near.c).
 *
 * Invariant: a link is made only when every key that finds somebody finds the same one person, and
 * nothing in the world says no. Everything else is ambiguous or a conflict, for a person.
 */
#include "core/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/table.h"
#include "base/text.h"
#include "base/words.h"
#include "core/corroborate.h"
#include "core/near.h"
#include "core/people.h"
#include "facts/account.h"

static const char *const key_name[MATCH_KEY_COUNT] = {
    [MATCH_BY_NOTHING] = "",
    [MATCH_BY_LINKS_FILE] = "links file",
    [MATCH_BY_EMPLOYEE_NUMBER] = "employee_number",
    [MATCH_BY_EMAIL] = "email",
    [MATCH_BY_USERNAME] = "username",
    [MATCH_BY_HISTORY] = "history",
};

const char *match_key_name(enum match_key key)
{
    return key_name[key];
}

const char *near_kind_sentence(enum near_kind near)
{
    static const char *const sentence[] = {
        [NEAR_NOBODY] = "",
        [NEAR_SECOND_EMAIL] = "their address is this account's second address",
        [NEAR_LOCAL_PART] = "the same name before the @ in another domain",
        [NEAR_ONE_EDIT] = "an address one letter away",
        [NEAR_NAME] = "the same first and last name",
        [NEAR_LOOK_ALIKE] = "an address that looks the same",
        [NEAR_TAG] = "an address that differs by a '+' tag alone",
        [NEAR_NUMBER] = "an employee number that only looks different",
        [NEAR_EARLIER] = "this account had their name, address or number before",
        [NEAR_YESTERDAY] = "the account was linked to them until now",
    };
    return sentence[near];
}

bool pairing_is_sure(const struct pairing *pairing)
{
    return pairing->key == MATCH_BY_LINKS_FILE || (pairing->keys & (pairing->keys - 1U)) != 0;
}

/* As core/twin and core/corroborate ask it. */
struct match_evidence match_evidence_of(const struct account *account)
{
    const struct login *login = &account->login;

    return (struct match_evidence){
        .login_at = login->kind == LOGIN_KNOWN ? login->at : INSTANT_NONE,
        .status = account->status,
    };
}

bool match_evidence_is_same(struct match_evidence a, struct match_evidence b)
{
    return a.status == b.status && instant_compare(a.login_at, b.login_at) == 0;
}

/* --- one account --- */

/* What is compared of one account, by key. */
struct values {
    const char *of[MATCH_KEY_COUNT];
};

static const char *account_text(const struct account *account, enum match_key key)
{
    return key == MATCH_BY_EMPLOYEE_NUMBER ? account->employee_number
           : key == MATCH_BY_EMAIL         ? account->email
           : key == MATCH_BY_USERNAME      ? account->username
                                           : NULL;
}

static void contest(struct pairing *pairing, enum link_kind kind, enum link_doubt doubt,
                    const struct person *other)
{
    pairing->kind = kind;
    pairing->doubt = doubt;
    pairing->other = other;
    pairing->rival = 0;
}

/* One key's say: nothing, the first find, a confirmation, or a contradiction. */
static void consider(const struct people *people, enum match_key key, const struct found *found,
                     struct pairing *pairing)
{
    const struct person *person = found->person;

    if (!person || pairing->kind == LINK_CONFLICT)
        return;
    if (pairing->kind == LINK_ONE && person != pairing->person && !found->also) {
        contest(pairing, LINK_CONFLICT, DOUBT_KEYS, person);
        return;
    }
    if (found->also || people->unclear[person - people->roster->person]) {
        contest(pairing, LINK_AMBIGUOUS, found->also ? DOUBT_SHARED : DOUBT_SHARED_ELSEWHERE,
                found->also && person == pairing->person ? found->also : person);
        if (!pairing->person) {
            pairing->other = found->also ? found->also : person;
            pairing->person = person;
            pairing->key = key;
        }
        return;
    }
    if (!pairing->person) {
        pairing->person = person;
        pairing->key = key;
        if (pairing->kind == LINK_NONE)
            pairing->kind = LINK_ONE;
    }
}

/* The second address never makes a link, but it can contest one. */
static void consider_second_email(const struct people *people, struct arena *scratch,
                                  uint32_t entry, struct pairing *pairing)
{
    struct found found = people_find(people, scratch, MATCH_BY_EMAIL, entry, NULL);

    if (!found.person)
        return;
    if (pairing->kind == LINK_NONE) {
        pairing->near = NEAR_SECOND_EMAIL;
        pairing->other = found.person;
    } else if (pairing->kind == LINK_ONE && found.person != pairing->person) {
        contest(pairing, LINK_CONFLICT, DOUBT_KEYS, found.person);
    }
}

#define BLOCK 128 /* accounts whose keys are looked up together */

/* What the keys of a block of accounts find: entries of people->by[key], TABLE_END for nothing. */
struct finds {
    uint32_t by[MATCH_KEY_COUNT][BLOCK];
    uint32_t second_email[BLOCK];
    struct values value[BLOCK];
};

/* Many usernames are the account's address: what that found need not be looked up again. */
static void find_usernames(const struct people *people, const char **value, size_t count,
                           struct finds *finds)
{
    bool same[BLOCK];

    for (size_t i = 0; i < count; i++) {
        const char *email = finds->value[i].of[MATCH_BY_EMAIL];
        same[i] = value[i] && email && text_equal(value[i], email);
        if (same[i])
            value[i] = NULL;
    }
    table_find_many(&people->by[people_table(people, MATCH_BY_USERNAME)], value, count,
                    finds->by[MATCH_BY_USERNAME]);
    for (size_t i = 0; i < count; i++) {
        if (same[i])
            finds->by[MATCH_BY_USERNAME][i] = finds->by[MATCH_BY_EMAIL][i];
    }
}

static void find_block(const struct people *people, struct arena *scratch,
                       const struct account *account, size_t count, struct finds *finds)
{
    const char *value[BLOCK];
    bool emails = false;

    for (size_t i = 0; i < count; i++)
        finds->value[i] = (struct values){{NULL}};
    for (size_t k = 0; k < people->matching->key_count; k++) {
        enum match_key key = people->matching->key[k];
        for (size_t i = 0; i < count; i++) {
            value[i] = people_value(people, scratch, key, account_text(&account[i], key));
            finds->value[i].of[key] = value[i];
            if (key == MATCH_BY_EMPLOYEE_NUMBER)
                value[i] = number_bare(scratch, value[i]);
        }
        emails |= key == MATCH_BY_EMAIL;
        if (people_table(people, key) == key)
            table_find_many(&people->by[key], value, count, finds->by[key]);
        else if (emails)
            find_usernames(people, value, count, finds);
        else
            table_find_many(&people->by[MATCH_BY_EMAIL], value, count, finds->by[key]);
        if (key == MATCH_BY_EMPLOYEE_NUMBER)
            people_expect(people, finds->by[key], count);
    }
    for (size_t i = 0; i < count; i++)
        value[i] = emails ? people_value(people, scratch, MATCH_BY_EMAIL,
                                         account_alike(&account[i])->email2)
                          : NULL;
    table_find_many(&people->by[MATCH_BY_EMAIL], value, count, finds->second_email);
}

/* The bit of a key; of a username that is the address, that of the address. */
static uint8_t key_bit(const struct values *values, enum match_key key)
{
    bool address = key == MATCH_BY_USERNAME && values->of[MATCH_BY_EMAIL] &&
                   text_equal(values->of[key], values->of[MATCH_BY_EMAIL]);

    return (uint8_t)(1U << (address ? MATCH_BY_EMAIL : key));
}

static struct pairing match_one(const struct people *people, struct arena *scratch,
                                const struct account *account, const struct finds *finds, size_t i)
{
    const struct values *values = &finds->value[i];
    struct pairing pairing = {.kind = LINK_NONE};
    enum match_key nobodys = MATCH_BY_NOTHING;
    uint32_t numbers = TABLE_END;
    bool stray = false, nobodys_number = false;

    for (size_t k = 0; k < people->matching->key_count; k++) {
        enum match_key key = people->matching->key[k];
        struct found found = people_find(people, scratch, key, finds->by[key][i], values->of[key]);
        consider(people, key, &found, &pairing);
        if (found.person && found.person == pairing.person)
            pairing.keys |= key_bit(values, key);
        if (key == MATCH_BY_EMPLOYEE_NUMBER) {
            numbers = finds->by[key][i];
            stray = values->of[key] && !found.person && !found.nobodys;
            nobodys_number = found.nobodys;
        }
        if (found.nobodys && nobodys == MATCH_BY_NOTHING)
            nobodys = key;
    }
    consider_second_email(people, scratch, finds->second_email[i], &pairing);
    corroborate_number(people, scratch, account, numbers, values->of[MATCH_BY_EMPLOYEE_NUMBER],
                       stray, &pairing);
    if (nobodys != MATCH_BY_NOTHING && pairing.kind == LINK_NONE)
        corroborate_nobodys(people, scratch, account, nobodys, finds->by[nobodys][i], &pairing);
    else if (nobodys_number)
        corroborate_other_number(people, scratch, account, numbers, &pairing);
    return pairing;
}

/* --- the links file --- */

/* The lines of the links file by what they name, and how many accounts each line fits. */
struct overrides {
    struct arena *arena; /* folded texts */
    struct table by_name;
    struct line_use {
        uint32_t accounts, last; /* `last` is the last account counted, from 1 */
    } * use;
};

enum { LINE_NAMES = 3 };

/* The first line by one of the account's names. Whoever calls themselves what another account's id
 * is is not meant by a line about that id. */
static uint32_t find_line(const struct overrides *overrides, const struct account *account,
                          size_t which)
{
    const char *const name[LINE_NAMES] = {account->id, account->username, account->email};

    const char *folded = fold_text(overrides->arena, name[which]);

    return which > 0 && account_name_is_id(folded) ? TABLE_END
                                                   : table_find(&overrides->by_name, folded);
}

/* What a person wrote down for this account: NULL = nothing; *ret_several when lines disagree, or
 * one fits another account too. */
static const struct link_override *find_override(const struct people *people,
                                                 const struct overrides *overrides,
                                                 const struct account *account, bool *ret_several)
{
    const struct link_override *found = NULL;

    *ret_several = false;
    for (size_t i = 0; i < LINE_NAMES; i++) {
        uint32_t at = find_line(overrides, account, i);
        for (; at != TABLE_END; at = table_next(&overrides->by_name, at)) {
            uint32_t line = table_value(&overrides->by_name, at);
            const struct link_override *link = &people->matching->link[line];
            if (found && !text_equal(found->employee_number, link->employee_number))
                *ret_several = true;
            *ret_several |= overrides->use[line].accounts > 1;
            found = link;
        }
    }
    return found;
}

static struct pairing follow_override(const struct people *people, struct arena *arena,
                                      const struct link_override *link, bool several_lines)
{
    const struct table *table = &people->by[MATCH_BY_LINKS_FILE];
    const char *number = fold_text(arena, link->employee_number);

    if (!several_lines && text_equal(number, "-"))
        return (struct pairing){.kind = LINK_NONE, .key = MATCH_BY_LINKS_FILE};
    struct found found =
        people_find(people, arena, MATCH_BY_LINKS_FILE, table_find(table, number), number);
    if (several_lines || found.also || !found.person) /* nobody that order would not change */
        return (struct pairing){
            .kind = LINK_AMBIGUOUS, .key = MATCH_BY_LINKS_FILE, .doubt = DOUBT_NO_LINE};
    return (struct pairing){.kind = LINK_ONE, .key = MATCH_BY_LINKS_FILE, .person = found.person};
}

/* Counts for each line the accounts it fits; ones that are gone do not contest it. */
static void count_line_uses(const struct snapshot *snapshot, struct overrides *overrides)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        for (size_t k = 0; k < LINE_NAMES && account->status != ACCOUNT_GONE; k++) {
            uint32_t at = find_line(overrides, account, k);
            for (; at != TABLE_END; at = table_next(&overrides->by_name, at)) {
                struct line_use *use = &overrides->use[table_value(&overrides->by_name, at)];
                use->accounts += use->last != i + 1; /* by two of its names is once */
                use->last = (uint32_t)i + 1;
            }
        }
    }
}

static void overrides_init(struct overrides *overrides, struct arena *arena,
                           const struct matching *matching, const struct snapshot *snapshot)
{
    *overrides = (struct overrides){
        .arena = arena,
        .use = mem_calloc(matching->link_count, sizeof(overrides->use[0])),
    };
    table_init(&overrides->by_name, matching->link_count);
    for (size_t i = 0; i < matching->link_count; i++) {
        const char *key = fold_text(arena, matching->link[i].account);
        if (key)
            table_add(&overrides->by_name, key, (uint32_t)i);
    }
    count_line_uses(snapshot, overrides);
}

static void overrides_release(struct overrides *overrides)
{
    table_release(&overrides->by_name);
    free(overrides->use);
}

size_t match_unused_lines(struct arena *arena, const struct matching *matching,
                          const struct snapshot *snapshot,
                          const struct link_override *const **ret_line)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct link_override **line =
        arena_calloc(arena, matching->link_count + 1, sizeof(const struct link_override *));
    struct overrides overrides;
    size_t unused = 0;

    *ret_line = line;
    if (matching->link_count == 0)
        return 0;
    overrides_init(&overrides, &scratch, matching, snapshot);
    for (size_t i = 0; i < matching->link_count; i++) {
        if (overrides.use[i].accounts == 0)
            line[unused++] = &matching->link[i];
    }
    overrides_release(&overrides);
    return unused;
}

/* A person's word in the links file goes before every key. */
static void follow_overrides(const struct people *people, struct arena *arena,
                             const struct snapshot *snapshot, struct pairing *pairing)
{
    struct overrides overrides;

    overrides_init(&overrides, arena, people->matching, snapshot);
    for (size_t i = 0; i < snapshot->count; i++) {
        bool several = false;
        const struct link_override *link =
            find_override(people, &overrides, &snapshot->account[i], &several);
        if (link)
            pairing[i] = follow_override(people, arena, link, several);
    }
    overrides_release(&overrides);
}

struct accounts {
    const struct people *people;
    const struct snapshot *snapshot;
    struct pairing *pairing;
};

static void match_part(void *context, size_t part, size_t begin, size_t end)
{
    const struct accounts *accounts = context;
    struct arena scratch = ARENA_INIT;
    struct finds finds;

    (void)part;
    for (size_t done = begin; done < end; done += BLOCK) {
        size_t count = end - done < BLOCK ? end - done : BLOCK;
        const struct account *account = &accounts->snapshot->account[done];
        find_block(accounts->people, &scratch, account, count, &finds);
        for (size_t i = 0; i < count; i++)
            accounts->pairing[done + i] =
                match_one(accounts->people, &scratch, &account[i], &finds, i);
        arena_clear(&scratch); /* it stays in the caches */
    }
    arena_release(&scratch);
}

static void match_accounts(const struct people *people, const struct snapshot *snapshot,
                           struct pairing *pairing)
{
    CLEANUP(arena_release) struct arena links = ARENA_INIT;
    struct accounts accounts = {.people = people, .snapshot = snapshot, .pairing = pairing};

    parallel_for(snapshot->count, parallel_parts(snapshot->count), match_part, &accounts);
    if (people->matching->link_count)
        follow_overrides(people, &links, snapshot, pairing);
}

/* --- several accounts for one person --- */

/* The claims on one person: which keys made links, and the two least accounts that claim them. */
struct claim {
    unsigned keys; /* bits 1 << enum match_key */
    const struct account *least, *second;
};

static int compare_ids(const struct account *a, const struct account *b)
{
    if (!a->id || !b->id)
        return (a->id != NULL) - (b->id != NULL);
    return strcmp(a->id, b->id);
}

static void add_claim(struct claim *claim, enum match_key key, const struct account *account)
{
    claim->keys |= 1U << key;
    if (!claim->least || compare_ids(account, claim->least) < 0) {
        claim->second = claim->least;
        claim->least = account;
    } else if (!claim->second || compare_ids(account, claim->second) < 0) {
        claim->second = account;
    }
}

/* Whether any person is claimed by more than one key. One byte a person stays in the caches, and
 * as a rule the answer is no. */
static bool is_anybody_contested(const struct snapshot *snapshot, const struct roster *roster,
                                 const struct pairing *pairing)
{
    CLEANUP(mem_cleanup) uint8_t *keys = mem_calloc(roster->count, sizeof(keys[0]));
    bool contested = false;

    for (size_t i = 0; i < snapshot->count && !contested; i++) {
        if (pairing[i].kind != LINK_ONE)
            continue;
        uint8_t *key = &keys[pairing[i].person - roster->person];
        *key = (uint8_t)(*key | 1U << pairing[i].key);
        contested = (*key & (*key - 1U)) != 0;
    }
    return contested;
}

/* Different keys that lead different accounts to one person: nobody can tell which is theirs. A
 * line of the links file is a person's word for its own account, and contests the others; an
 * account that was never active contests nobody (K7). */
static void settle_claims(const struct snapshot *snapshot, const struct roster *roster,
                          struct pairing *pairing)
{
    if (!is_anybody_contested(snapshot, roster, pairing))
        return;
    CLEANUP(mem_cleanup) struct claim *claim = mem_calloc(roster->count, sizeof(claim[0]));

    for (size_t i = 0; i < snapshot->count; i++) {
        if (pairing[i].kind == LINK_ONE && snapshot->account[i].status != ACCOUNT_GONE &&
            is_used_account(&snapshot->account[i]))
            add_claim(&claim[pairing[i].person - roster->person], pairing[i].key,
                      &snapshot->account[i]);
    }
    for (size_t i = 0; i < snapshot->count; i++) {
        if (pairing[i].kind != LINK_ONE || pairing[i].key == MATCH_BY_LINKS_FILE)
            continue;
        const struct claim *all = &claim[pairing[i].person - roster->person];
        if (all->keys & ~(1U << pairing[i].key)) {
            contest(&pairing[i], LINK_AMBIGUOUS, DOUBT_RIVAL, NULL);
            const struct account *rival =
                all->least == &snapshot->account[i] ? all->second : all->least;
            pairing[i].rival = rival ? (uint32_t)(rival - snapshot->account) + 1 : 0;
        }
    }
}

/* A single candidate is in `other`; both are named where two share a value. */
static void drop_contested(struct pairing *pairing, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pairing[i].kind == LINK_ONE || pairing[i].kind == LINK_CONFLICT || !pairing[i].person)
            continue;
        if (!pairing[i].other)
            pairing[i].other = pairing[i].person;
        if (pairing[i].doubt != DOUBT_SHARED || pairing[i].other == pairing[i].person)
            pairing[i].person = NULL;
    }
}

struct pairing *match_all(struct arena *arena, const struct snapshot *snapshot,
                          const struct roster *roster, const struct matching *matching)
{
    /* not zeroed: every element is set, and first touched by the thread that sets it */
    struct pairing *pairing = arena_alloc(arena, (snapshot->count + 1) * sizeof(pairing[0]));
    struct people people;

    people_init(&people, matching, roster);
    match_accounts(&people, snapshot, pairing);
    settle_claims(snapshot, roster, pairing);
    drop_contested(pairing, snapshot->count);
    corroborate_links(&people, snapshot, pairing);
    corroborate_yesterday(&people, snapshot, pairing);
    people_forget_values(&people);
    near_find(&people, snapshot, pairing);
    people_release(&people);
    return pairing;
}
