/*
 * Matching in four steps: index the people by each key; look every account up by every key; settle
 * who competes (several people for one account, several accounts for one person); look for
 * resemblance where nothing was found (near.c).
 *
 * Invariant: a link is made only when every key that finds somebody finds the same one person, and
 * that person's keys are theirs alone. Everything else is ambiguous or a conflict, for a person.
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
#include "core/near.h"

static const char *const key_name[MATCH_KEY_COUNT] = {
    [MATCH_BY_NOTHING] = "",
    [MATCH_BY_LINKS_FILE] = "links file",
    [MATCH_BY_EMPLOYEE_NUMBER] = "employee_number",
    [MATCH_BY_EMAIL] = "email",
    [MATCH_BY_USERNAME] = "username",
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
    };
    return sentence[near];
}

/* --- the index of people --- */

struct index {
    struct arena *links;                     /* folded texts of links and aliases */
    struct arena key_arena[MATCH_KEY_COUNT]; /* folded keys of people, as long as their table */
    const struct matching *matching;
    const struct roster *roster;
    struct email_alias *alias; /* folded */
    bool uses_email;           /* it is among the keys */
    struct table by[MATCH_KEY_COUNT];
    bool *shared_by[MATCH_KEY_COUNT];
    bool *shared; /* by person: a key of theirs stands in another row too */
};

/* Usernames are looked up among addresses when the roster has none of its own. */
static enum match_key table_key(const struct index *index, enum match_key key)
{
    return key == MATCH_BY_USERNAME && !index->matching->roster_has_username ? MATCH_BY_EMAIL : key;
}

static struct email_alias *fold_aliases(struct arena *arena, const struct matching *matching)
{
    struct email_alias *alias = arena_calloc(arena, matching->alias_count, sizeof(alias[0]));

    for (size_t i = 0; i < matching->alias_count; i++) {
        alias[i].from = fold_text(arena, matching->alias[i].from);
        alias[i].to = fold_text(arena, matching->alias[i].to);
    }
    return alias;
}

/* The folded address, in the domain that stands for all its aliases. */
static const char *canonical_email(const struct index *index, struct arena *arena,
                                   const char *email)
{
    const char *folded = fold_text(arena, email);
    const char *at = folded ? strrchr(folded, '@') : NULL;

    for (size_t i = 0; at && i < index->matching->alias_count; i++) {
        if (text_equal(at + 1, index->alias[i].from))
            return arena_printf(arena, "%.*s@%s", (int)(at - folded), folded, index->alias[i].to);
    }
    return folded;
}

const char *match_canonical_email(struct arena *arena, const struct matching *matching,
                                  const char *email)
{
    const struct index index = {.matching = matching, .alias = fold_aliases(arena, matching)};

    return canonical_email(&index, arena, email);
}

/* What identifies a person under a key that has a table. */
static const char *person_key(const struct index *index, struct arena *arena,
                              const struct person *person, enum match_key key)
{
    switch (key) {
    case MATCH_BY_EMPLOYEE_NUMBER:
    case MATCH_BY_LINKS_FILE:
        return fold_text(arena, person->employee_number);
    case MATCH_BY_EMAIL:
        return canonical_email(index, arena, person->email);
    case MATCH_BY_USERNAME:
        return canonical_email(index, arena, person->username);
    case MATCH_BY_NOTHING:
    case MATCH_KEY_COUNT:
        break;
    }
    return NULL;
}

static const char *account_key(const struct index *index, struct arena *arena,
                               const struct account *account, enum match_key key)
{
    switch (key) {
    case MATCH_BY_EMPLOYEE_NUMBER:
        return fold_text(arena, account->employee_number);
    case MATCH_BY_EMAIL:
        return canonical_email(index, arena, account->email);
    case MATCH_BY_USERNAME:
        return canonical_email(index, arena, account->username);
    case MATCH_BY_LINKS_FILE:
    case MATCH_BY_NOTHING:
    case MATCH_KEY_COUNT:
        break;
    }
    return NULL;
}

/* Marks everybody whose key stands in another row too: who came again, and who came first. */
static void mark_shared(const struct table *table, const char *const *key, size_t count,
                        bool *shared)
{
    for (size_t i = 0; i < count; i++) {
        if (shared[i])
            shared[table_value(table, table_find(table, key[i]))] = true;
    }
}

static void index_key(struct index *index, enum match_key key)
{
    size_t count = index->roster->count;
    CLEANUP(mem_cleanup) const char **value = mem_calloc(count, sizeof(value[0]));
    struct table *table = &index->by[key];

    for (size_t i = 0; i < count; i++)
        value[i] = person_key(index, &index->key_arena[key], &index->roster->person[i], key);
    table_init(table, count);
    index->shared_by[key] = mem_calloc(count, sizeof(bool));
    table_add_many(table, value, count, key == MATCH_BY_LINKS_FILE ? NULL : index->shared_by[key]);
    mark_shared(table, value, count, index->shared_by[key]);
}

/* One table per key that is used: they have nothing in common, so each is a part of its own. */
struct index_tables {
    struct index *index;
    enum match_key key[MATCH_KEY_COUNT];
    size_t count;
};

static void add_table(struct index_tables *tables, enum match_key key)
{
    for (size_t i = 0; i < tables->count; i++) {
        if (tables->key[i] == key)
            return;
    }
    tables->key[tables->count++] = key;
}

static void index_part(void *context, size_t part, size_t begin, size_t end)
{
    const struct index_tables *tables = context;

    (void)part;
    for (size_t i = begin; i < end; i++)
        index_key(tables->index, tables->key[i]);
}

static void index_people(struct index *index)
{
    const struct matching *matching = index->matching;
    size_t count = index->roster->count;
    struct index_tables tables = {.index = index};

    for (size_t i = 0; i < matching->key_count; i++) {
        add_table(&tables, table_key(index, matching->key[i]));
        index->uses_email |= matching->key[i] == MATCH_BY_EMAIL;
    }
    if (matching->link_count)
        add_table(&tables, MATCH_BY_LINKS_FILE);
    size_t parts = parallel_parts(count);
    parallel_for(tables.count, parts < tables.count ? parts : tables.count, index_part, &tables);
    index->shared = mem_calloc(count, sizeof(index->shared[0]));
    for (size_t k = 0; k < tables.count; k++) {
        for (size_t i = 0; i < count; i++)
            index->shared[i] |= index->shared_by[tables.key[k]][i];
    }
}

static void index_init(struct index *index, struct arena *links, const struct matching *matching,
                       const struct roster *roster)
{
    *index = (struct index){.links = links, .matching = matching, .roster = roster};
    index->alias = fold_aliases(links, matching);
    index_people(index);
}

static void index_release(struct index *index)
{
    for (size_t i = 0; i < MATCH_KEY_COUNT; i++) {
        table_release(&index->by[i]);
        arena_release(&index->key_arena[i]);
        free(index->shared_by[i]);
    }
    free(index->shared);
}

/* --- one account --- */

/* The least person of the entries from `at` on, and in *ret_several whether there are more. */
static const struct person *least_person(const struct index *index, enum match_key key, uint32_t at,
                                         bool *ret_several)
{
    const struct table *table = &index->by[table_key(index, key)];
    const struct person *least = NULL;
    size_t count = 0;

    for (; at != TABLE_END; at = table_next(table, at)) {
        const struct person *person = &index->roster->person[table_value(table, at)];
        if (!least || person_compare(person, least) < 0)
            least = person;
        count++;
    }
    *ret_several = count > 1;
    return least;
}

static void contest(struct pairing *pairing, enum link_kind kind, const struct person *other)
{
    pairing->kind = kind;
    pairing->other = other;
    pairing->rival = NULL;
}

/* One key's say: nothing, the first find, a confirmation, or a contradiction. */
static void consider(const struct index *index, enum match_key key, uint32_t entry,
                     struct pairing *pairing)
{
    bool several = false;
    const struct person *person = least_person(index, key, entry, &several);

    if (!person || pairing->kind == LINK_CONFLICT)
        return;
    if (pairing->person && person != pairing->person && !several) {
        contest(pairing, LINK_CONFLICT, person);
        return;
    }
    if (several || index->shared[person - index->roster->person]) {
        contest(pairing, LINK_AMBIGUOUS, person);
        if (!pairing->person) {
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
static void consider_second_email(const struct index *index, uint32_t entry,
                                  struct pairing *pairing)
{
    bool several = false;
    const struct person *person = least_person(index, MATCH_BY_EMAIL, entry, &several);

    if (!person)
        return;
    if (pairing->kind == LINK_NONE) {
        pairing->near = NEAR_SECOND_EMAIL;
        pairing->other = person;
    } else if (pairing->kind == LINK_ONE && person != pairing->person) {
        contest(pairing, LINK_CONFLICT, person);
    }
}

/* A number that stands in no row is somebody's all the same, and not that of a person who has
 * another one: an address that was given on to a new colleague must not lead to the old one. */
static void consider_stray_number(struct arena *scratch, struct pairing *pairing)
{
    if (pairing->kind == LINK_ONE && fold_text(scratch, pairing->person->employee_number))
        contest(pairing, LINK_CONFLICT, NULL);
}

#define BLOCK 128 /* accounts whose keys are looked up together */

/* What the keys of a block of accounts find: entries of index->by[key], TABLE_END for nothing. */
struct finds {
    uint32_t by[MATCH_KEY_COUNT][BLOCK];
    uint32_t second_email[BLOCK];
    bool stray_number[BLOCK]; /* the account has an employee number, and nobody has that one */
};

/* Many usernames are the account's address: what that found need not be looked up again. `email`
 * holds the addresses that were looked up in this block, NULL entries before that. */
static void find_usernames(const struct index *index, const char **value, const char *const *email,
                           size_t count, struct finds *finds)
{
    bool same[BLOCK];

    for (size_t i = 0; i < count; i++) {
        same[i] = value[i] && email[i] && text_equal(value[i], email[i]);
        if (same[i])
            value[i] = NULL;
    }
    table_find_many(&index->by[table_key(index, MATCH_BY_USERNAME)], value, count,
                    finds->by[MATCH_BY_USERNAME]);
    for (size_t i = 0; i < count; i++) {
        if (same[i])
            finds->by[MATCH_BY_USERNAME][i] = finds->by[MATCH_BY_EMAIL][i];
    }
}

static void find_block(const struct index *index, struct arena *scratch,
                       const struct account *account, size_t count, struct finds *finds)
{
    const char *value[BLOCK], *email[BLOCK] = {NULL};

    for (size_t k = 0; k < index->matching->key_count; k++) {
        enum match_key key = index->matching->key[k];
        for (size_t i = 0; i < count; i++)
            value[i] = account_key(index, scratch, &account[i], key);
        if (table_key(index, key) != key) {
            find_usernames(index, value, email, count, finds);
            continue;
        }
        table_find_many(&index->by[key], value, count, finds->by[key]);
        for (size_t i = 0; i < count && key == MATCH_BY_EMPLOYEE_NUMBER; i++)
            finds->stray_number[i] = value[i] && finds->by[key][i] == TABLE_END;
        if (key == MATCH_BY_EMAIL)
            memcpy(email, value, count * sizeof(email[0]));
    }
    for (size_t i = 0; i < count; i++)
        value[i] = account[i].email2 && index->uses_email
                       ? canonical_email(index, scratch, account[i].email2)
                       : NULL;
    table_find_many(&index->by[MATCH_BY_EMAIL], value, count, finds->second_email);
}

static struct pairing match_one(const struct index *index, struct arena *scratch,
                                const struct finds *finds, size_t i)
{
    struct pairing pairing = {.kind = LINK_NONE};

    for (size_t k = 0; k < index->matching->key_count; k++) {
        enum match_key key = index->matching->key[k];
        consider(index, key, finds->by[key][i], &pairing);
    }
    consider_second_email(index, finds->second_email[i], &pairing);
    if (finds->stray_number[i])
        consider_stray_number(scratch, &pairing);
    return pairing;
}

/* --- the links file --- */

/* The lines of the links file by what they name, and how many accounts each line fits. */
struct overrides {
    struct table by_name;
    struct line_use {
        uint32_t accounts, last; /* `last` is the last account counted, from 1 */
    } * use;
};

/* What a person wrote down for this account: NULL = nothing; *ret_several when lines disagree, or
 * one fits another account too. */
static const struct link_override *find_override(const struct index *index,
                                                 const struct overrides *overrides,
                                                 const struct account *account, bool *ret_several)
{
    const char *const name[] = {account->id, account->username, account->email};
    const struct link_override *found = NULL;

    *ret_several = false;
    for (size_t i = 0; i < COUNT_OF(name); i++) {
        uint32_t at = table_find(&overrides->by_name, fold_text(index->links, name[i]));
        for (; at != TABLE_END; at = table_next(&overrides->by_name, at)) {
            uint32_t line = table_value(&overrides->by_name, at);
            const struct link_override *link = &index->matching->link[line];
            if (found && !text_equal(found->employee_number, link->employee_number))
                *ret_several = true;
            *ret_several |= overrides->use[line].accounts > 1;
            found = link;
        }
    }
    return found;
}

static struct pairing follow_override(const struct index *index, const struct link_override *link,
                                      bool several_lines)
{
    bool several = false;
    const char *number = fold_text(index->links, link->employee_number);

    if (!several_lines && text_equal(number, "-"))
        return (struct pairing){.kind = LINK_NONE, .key = MATCH_BY_LINKS_FILE};
    const struct person *person = least_person(
        index, MATCH_BY_LINKS_FILE, table_find(&index->by[MATCH_BY_LINKS_FILE], number), &several);
    if (several_lines || several || !person) /* nobody to name that order would not change */
        return (struct pairing){.kind = LINK_AMBIGUOUS, .key = MATCH_BY_LINKS_FILE};
    return (struct pairing){.kind = LINK_ONE, .key = MATCH_BY_LINKS_FILE, .person = person};
}

/* Counts for each line the accounts it fits; ones that are gone do not contest it. */
static void count_line_uses(const struct index *index, const struct snapshot *snapshot,
                            struct overrides *overrides)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        const char *const name[] = {account->id, account->username, account->email};

        for (size_t k = 0; k < COUNT_OF(name) && account->status != ACCOUNT_GONE; k++) {
            uint32_t at = table_find(&overrides->by_name, fold_text(index->links, name[k]));
            for (; at != TABLE_END; at = table_next(&overrides->by_name, at)) {
                struct line_use *use = &overrides->use[table_value(&overrides->by_name, at)];
                use->accounts += use->last != i + 1; /* by two of its names is once */
                use->last = (uint32_t)i + 1;
            }
        }
    }
}

/* A person's word in the links file goes before every key. */
static void follow_overrides(const struct index *index, const struct snapshot *snapshot,
                             struct pairing *pairing)
{
    const struct matching *matching = index->matching;
    struct overrides overrides = {
        .use = mem_calloc(matching->link_count, sizeof(overrides.use[0])),
    };

    table_init(&overrides.by_name, matching->link_count);
    for (size_t i = 0; i < matching->link_count; i++) {
        const char *key = fold_text(index->links, matching->link[i].account);
        if (key)
            table_add(&overrides.by_name, key, (uint32_t)i);
    }
    count_line_uses(index, snapshot, &overrides);
    for (size_t i = 0; i < snapshot->count; i++) {
        bool several = false;
        const struct link_override *link =
            find_override(index, &overrides, &snapshot->account[i], &several);
        if (link)
            pairing[i] = follow_override(index, link, several);
    }
    table_release(&overrides.by_name);
    free(overrides.use);
}

struct accounts {
    const struct index *index;
    const struct snapshot *snapshot;
    struct pairing *pairing;
};

static void match_part(void *context, size_t part, size_t begin, size_t end)
{
    const struct accounts *accounts = context;
    struct arena scratch = ARENA_INIT;
    struct finds finds = {.stray_number = {false}};

    (void)part;
    for (size_t done = begin; done < end; done += BLOCK) {
        size_t count = end - done < BLOCK ? end - done : BLOCK;
        find_block(accounts->index, &scratch, &accounts->snapshot->account[done], count, &finds);
        for (size_t i = 0; i < count; i++)
            accounts->pairing[done + i] = match_one(accounts->index, &scratch, &finds, i);
        if (done / BLOCK % 64 == 63)
            arena_release(&scratch);
    }
    arena_release(&scratch);
}

static void match_accounts(const struct index *index, const struct snapshot *snapshot,
                           struct pairing *pairing)
{
    struct accounts accounts = {.index = index, .snapshot = snapshot, .pairing = pairing};

    parallel_for(snapshot->count, parallel_parts(snapshot->count), match_part, &accounts);
    if (index->matching->link_count)
        follow_overrides(index, snapshot, pairing);
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
 * line of the links file is a person's word for its own account, and contests the others. */
static void settle_claims(const struct snapshot *snapshot, const struct roster *roster,
                          struct pairing *pairing)
{
    if (!is_anybody_contested(snapshot, roster, pairing))
        return;
    CLEANUP(mem_cleanup) struct claim *claim = mem_calloc(roster->count, sizeof(claim[0]));

    for (size_t i = 0; i < snapshot->count; i++) {
        if (pairing[i].kind == LINK_ONE && snapshot->account[i].status != ACCOUNT_GONE)
            add_claim(&claim[pairing[i].person - roster->person], pairing[i].key,
                      &snapshot->account[i]);
    }
    for (size_t i = 0; i < snapshot->count; i++) {
        if (pairing[i].kind != LINK_ONE || pairing[i].key == MATCH_BY_LINKS_FILE)
            continue;
        const struct claim *all = &claim[pairing[i].person - roster->person];
        if (all->keys & ~(1U << pairing[i].key)) {
            contest(&pairing[i], LINK_AMBIGUOUS, NULL);
            pairing[i].rival = all->least == &snapshot->account[i] ? all->second : all->least;
        }
    }
}

/* person is documented for LINK_ONE only: a contested candidate moves to `other`. */
static void drop_contested(struct pairing *pairing, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pairing[i].kind == LINK_ONE || pairing[i].kind == LINK_CONFLICT || !pairing[i].person)
            continue;
        if (!pairing[i].other)
            pairing[i].other = pairing[i].person;
        pairing[i].person = NULL;
    }
}

struct pairing *match_all(struct arena *arena, const struct snapshot *snapshot,
                          const struct roster *roster, const struct matching *matching)
{
    /* not zeroed: every element is set, and first touched by the thread that sets it */
    struct pairing *pairing = arena_alloc(arena, (snapshot->count + 1) * sizeof(pairing[0]));
    struct arena links = ARENA_INIT;
    struct index index;

    index_init(&index, &links, matching, roster);
    match_accounts(&index, snapshot, pairing);
    settle_claims(snapshot, roster, pairing);
    drop_contested(pairing, snapshot->count);
    index_release(&index);
    arena_release(&links);
    near_find(snapshot, roster, pairing);
    return pairing;
}
