/*
 * Resemblance without comparing everybody with everybody.
 *
 * The accounts without a person, and those whose person has departed (few, as a rule), are put into
 * hash indexes: by local part, by every two parts of the name, by bare number, by look-alike
 * skeleton, and by every string that one deletion makes of their local part. Two strings are within
 * one edit only if they share such a string, so one pass over the people finds every candidate;
 * each is then checked for real. Invariant: the result is the least (kind, person) pair, and of
 * twins the one that is hardest to excuse, whatever the order of the input.
 */
#include "core/near.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/table.h"
#include "base/text.h"
#include "core/twin.h"

#define LOCAL_PART_MAX 64 /* RFC 5321 4.5.3.1.1; longer ones are not looked at for one edit */

struct address { /* a folded e-mail address, split at its last @ */
    const char *whole;
    const char *domain; /* behind the @ */
    size_t local_length;
};

struct unlinked { /* what is compared of an account without a person */
    struct address address;
    const struct name_parts *name;
};

struct edit_entry {
    uint64_t hash;
    uint32_t seeker;
    uint32_t next;
};

/* What an entry of an index is there for; a value of a table is seeker << 2 | role. */
enum role { ROLE_NOW, ROLE_EARLIER, ROLE_TWIN };

/* For what an account is looked for among the people. */
enum sought { SOUGHT_NOT = 0, SOUGHT_PERSON, SOUGHT_TWIN };

struct finder {
    struct arena name_arena, arena; /* the index of names is made beside the others */
    const struct people *people;
    const struct snapshot *snapshot;
    struct pairing *pairing;
    struct twins twins;
    uint8_t *sought;           /* by account index: enum sought */
    uint32_t *seeker;          /* account index of each for whom somebody is sought, in order */
    uint32_t seekers;          /* how many: the indexes hold their place here */
    struct unlinked *unlinked; /* by seeker */
    struct table by_local, by_name, by_number, by_skeleton;
    bool numbers; /* they are among the keys */
    struct edit_entry *edit;
    size_t edit_count, edit_capacity;
    uint32_t *edit_bucket;
    size_t edit_mask;
    uint64_t *edit_seen;      /* one bit per hash, so that most look-ups never leave the caches */
    struct table edit_domain; /* domains of the unlinked accounts */
    bool skeletons;           /* some address is not ASCII */
};

static const struct account *account_of(const struct finder *finder, uint32_t seeker)
{
    return &finder->snapshot->account[finder->seeker[seeker]];
}

static struct pairing *pairing_of(const struct finder *finder, uint32_t seeker)
{
    return &finder->pairing[finder->seeker[seeker]];
}

static bool split_address(struct arena *arena, const char *email, struct address *ret_address)
{
    const char *folded = fold_text(arena, email);
    const char *at = folded ? strrchr(folded, '@') : NULL;

    if (!at || at == folded)
        return false;
    *ret_address = (struct address){
        .whole = folded,
        .domain = at + 1,
        .local_length = (size_t)(at - folded),
    };
    return true;
}

/* An account without an e-mail address often has one as its username; a person likewise. */
static const char *address_text(const char *email, const char *username)
{
    return email || !username || !strchr(username, '@') ? email : username;
}

/* The look of an address without its accents, which are as easily lost as a letter is mistaken. */
static const char *skeleton_key(struct arena *arena, const char *whole)
{
    return fold_skeleton(arena, fold_plain_name(arena, whole));
}

/* Accounts under one key that are compared one by one with whoever has it too; of more, people and
 * accounts of that key are counted first. */
#define CHAIN_MAX 16
/* Comparisons for one key. Where more would be needed, having the key is enough. */
#define PAIRS_MAX (1U << 16)

/* Somebody has a key that many accounts have. */
struct hit {
    const struct table *table;
    uint32_t entry, person;
};

/* The nearest so far of one account. Each part of the people has a list of its own. */
struct nearest {
    enum near_kind kind;
    struct day until; /* of a twin, which has no kind */
    const struct person *person;
};

/* One part of the people on its way through the indexes. */
struct visit {
    const struct finder *finder;
    struct nearest *nearest; /* by seeker */
    struct arena scratch;
    struct hit *hit;
    size_t hits, hit_capacity;
};

static bool is_nearer(const struct nearest *nearest, enum near_kind kind,
                      const struct person *person)
{
    if (nearest->kind != kind)
        return nearest->kind == NEAR_NOBODY || nearest->kind > kind;
    return nearest->person != person && person_compare(nearest->person, person) > 0;
}

/* Keeps the least (kind, person). */
static void keep_least(struct nearest *nearest, enum near_kind kind, const struct person *person)
{
    if (is_nearer(nearest, kind, person))
        *nearest = (struct nearest){.kind = kind, .person = person};
}

/* Keeps the twin with the earliest day, the least of these. */
static void keep_hardest(struct nearest *nearest, struct day until, const struct person *person)
{
    int order = nearest->person ? day_compare(until, nearest->until) : -1;

    if (order == 0)
        order = person_compare(person, nearest->person);
    if (order < 0)
        *nearest = (struct nearest){.until = until, .person = person};
}

static void propose(struct visit *visit, uint32_t seeker, enum near_kind kind,
                    const struct person *person)
{
    keep_least(&visit->nearest[seeker], kind, person);
}

/* --- names --- */

/* The first and the last word of a folded name, in alphabetical order, so that 'Doe, Jane' and
 * 'Jane Middle Doe' meet. NULL when there are no two. */
static const char *name_key(struct arena *arena, const char *name)
{
    const char *folded = fold_plain_name(arena, name);
    const char *comma = folded ? strchr(folded, ',') : NULL;

    if (comma) /* 'family, given middle' reads 'given middle family' */
        folded = fold_plain_name(
            arena, arena_printf(arena, "%s %.*s", comma + 1, (int)(comma - folded), folded));
    const char *first_end = folded ? strchr(folded, ' ') : NULL;
    if (!first_end)
        return NULL;
    const char *first = arena_strndup(arena, folded, (size_t)(first_end - folded));
    const char *last = strrchr(folded, ' ') + 1;
    bool in_order = strcmp(first, last) <= 0;

    return arena_printf(arena, "%s %s", in_order ? first : last, in_order ? last : first);
}

/* `parts` are those of `a`. */
static bool is_of_the_name(struct arena *scratch, const struct name_parts *parts, const char *a,
                           const char *b)
{
    struct name_parts other = name_parts(scratch, b);

    if (name_parts_compare(parts, &other) == NAMES_SAME)
        return true;
    const char *left = name_key(scratch, a);
    return left && text_equal(left, name_key(scratch, b));
}

/* --- one edit --- */

static uint64_t mix(uint64_t value)
{
    value ^= value >> 30;
    value *= UINT64_C(0xbf58476d1ce4e5b9);
    value ^= value >> 27;
    value *= UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

#define HASH_BASE UINT64_C(0x9e3779b97f4a7c15)

/* Hashes of the local part itself and of each string that deleting one byte makes of it, bound to
 * the domain; `ret` has room for local_length + 1. By prefix sums, so each costs a few steps. */
static size_t edit_hashes(const struct address *address, uint64_t *ret)
{
    size_t n = address->local_length;
    uint64_t power[LOCAL_PART_MAX + 1], prefix[LOCAL_PART_MAX + 1];
    uint64_t domain = text_hash(address->domain);

    if (n > LOCAL_PART_MAX)
        return 0;
    power[0] = 1;
    prefix[0] = 0;
    for (size_t i = 0; i < n; i++) {
        power[i + 1] = power[i] * HASH_BASE;
        prefix[i + 1] = prefix[i] * HASH_BASE + (unsigned char)address->whole[i] + 1;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t behind = prefix[n] - prefix[i + 1] * power[n - i - 1];
        ret[i] = mix((prefix[i] * power[n - i - 1] + behind) ^ domain);
    }
    ret[n] = mix(prefix[n] ^ domain);
    return n + 1;
}

static void add_edits(struct finder *finder, uint32_t seeker)
{
    uint64_t hash[LOCAL_PART_MAX + 1];
    size_t count = edit_hashes(&finder->unlinked[seeker].address, hash);

    for (size_t i = 0; i < count; i++) {
        finder->edit = mem_grow(finder->edit, finder->edit_count, &finder->edit_capacity,
                                sizeof(finder->edit[0]));
        finder->edit[finder->edit_count++] =
            (struct edit_entry){.hash = hash[i], .seeker = seeker, .next = UINT32_MAX};
    }
}

/* Four bits of filter for every bucket. */
static uint64_t *seen_word(const struct finder *finder, uint64_t hash)
{
    return &finder->edit_seen[(hash >> 20) & (finder->edit_mask >> 4)];
}

static uint64_t seen_bit(uint64_t hash)
{
    return UINT64_C(1) << (hash >> 58);
}

static void index_edits(struct finder *finder)
{
    size_t size = 16;

    while (size < finder->edit_count * 2)
        size *= 2;
    finder->edit_mask = size - 1;
    finder->edit_bucket = mem_alloc(size * sizeof(finder->edit_bucket[0]));
    memset(finder->edit_bucket, 0xff, size * sizeof(finder->edit_bucket[0]));
    finder->edit_seen = mem_calloc(size / 16, sizeof(finder->edit_seen[0]));
    for (size_t i = 0; i < finder->edit_count; i++) {
        uint64_t hash = finder->edit[i].hash;
        uint32_t *bucket = &finder->edit_bucket[hash & finder->edit_mask];
        finder->edit[i].next = *bucket;
        *bucket = (uint32_t)i;
        *seen_word(finder, hash) |= seen_bit(hash);
    }
}

static bool is_one_edit(const struct address *a, const struct address *b)
{
    return text_distance(a->whole, a->local_length, b->whole, b->local_length, 1) <= 1 &&
           text_equal(a->domain, b->domain);
}

static void visit_edits(struct visit *visit, const struct address *address,
                        const struct person *person)
{
    const struct finder *finder = visit->finder;
    uint64_t hash[LOCAL_PART_MAX + 1];

    if (table_find(&finder->edit_domain, address->domain) == TABLE_END)
        return;
    struct name_parts name = name_parts(&visit->scratch, person->name);
    size_t count = edit_hashes(address, hash);
    for (size_t i = 0; i < count; i++) {
        if (!(*seen_word(finder, hash[i]) & seen_bit(hash[i])))
            continue;
        uint32_t at = finder->edit_bucket[hash[i] & finder->edit_mask];
        for (; at != UINT32_MAX; at = finder->edit[at].next) {
            uint32_t seeker = finder->edit[at].seeker;
            const struct unlinked *one = &finder->unlinked[seeker];
            if (finder->edit[at].hash == hash[i] && is_one_edit(&one->address, address) &&
                is_nearer(&visit->nearest[seeker], NEAR_ONE_EDIT, person) &&
                name_parts_compare(one->name, &name) != NAMES_DIFFER)
                propose(visit, seeker, NEAR_ONE_EDIT, person);
        }
    }
}

/* --- the two passes --- */

static bool is_wanted(const struct pairing *pairing)
{
    return pairing->kind == LINK_NONE && pairing->key == MATCH_BY_NOTHING &&
           pairing->near == NEAR_NOBODY;
}

static void add_parts(struct finder *finder, const struct name_parts *parts, uint32_t value)
{
    const char *key[NAME_PAIRS_MAX];
    unsigned count = name_keys(&finder->name_arena, parts, key);

    for (unsigned i = 0; i < count; i++)
        table_add(&finder->by_name, key[i], value);
}

static void add_name(struct finder *finder, const char *name, uint32_t value)
{
    struct name_parts parts = name_parts(&finder->name_arena, name);

    add_parts(finder, &parts, value);
}

static void add_local(struct finder *finder, const char *email, uint32_t value)
{
    const char *local = address_local(&finder->arena, email);
    bool nobody =
        is_no_value(&finder->people->matching->no_value, fold_text(&finder->arena, email));

    if (local && !nobody)
        table_add(&finder->by_local, local, value);
}

static void add_number(struct finder *finder, const char *number, uint32_t value)
{
    const char *known =
        people_value(finder->people, &finder->arena, MATCH_BY_EMPLOYEE_NUMBER, number);

    if (known && finder->numbers)
        table_add(&finder->by_number, number_bare(&finder->arena, known), value);
}

static void index_account_names(struct finder *finder, uint32_t i)
{
    const struct account *account = account_of(finder, i);
    struct name_parts *parts = arena_alloc(&finder->name_arena, sizeof(parts[0]));

    *parts = name_parts(&finder->name_arena, account->name);
    finder->unlinked[i].name = parts;
    add_parts(finder, parts, i << 2 | ROLE_NOW);
    for (uint32_t k = 0; k < account->history.earlier_count; k++)
        add_name(finder, account->history.earlier[k].name, i << 2 | ROLE_EARLIER);
}

static void index_account(struct finder *finder, uint32_t i)
{
    const struct account *account = account_of(finder, i);
    const char *email = address_text(account->email, account->username);
    struct address *address = &finder->unlinked[i].address;

    add_number(finder, account->employee_number, i << 2 | ROLE_NOW);
    for (uint32_t k = 0; k < account->history.earlier_count; k++) {
        const struct account_earlier *earlier = &account->history.earlier[k];
        add_local(finder, earlier->email, i << 2 | ROLE_EARLIER);
        add_number(finder, earlier->employee_number, i << 2 | ROLE_EARLIER);
    }
    if (!split_address(&finder->arena, email, address))
        return;
    add_local(finder, email, i << 2 | ROLE_NOW);
    if (table_find(&finder->edit_domain, address->domain) == TABLE_END)
        table_add(&finder->edit_domain, address->domain, i);
    add_edits(finder, i);
    if (finder->skeletons)
        table_add(&finder->by_skeleton, skeleton_key(&finder->arena, address->whole), i << 2);
}

/* Under everything by which a twin of its person may be found. */
static void index_departed_names(struct finder *finder, uint32_t i)
{
    const struct account *account = account_of(finder, i);
    const struct person *person = pairing_of(finder, i)->person;
    const char *name = person->name ? person->name : account->name;

    add_name(finder, name, i << 2 | ROLE_TWIN);
    if (twin_bears_other_name(&finder->name_arena, account, person))
        add_name(finder, account->name, i << 2 | ROLE_TWIN);
}

static void index_departed(struct finder *finder, uint32_t i)
{
    const struct account *account = account_of(finder, i);
    const struct person *person = pairing_of(finder, i)->person;
    const char *const address[] = {person->email, person->username, account->email,
                                   account->username};

    add_number(finder, person->employee_number, i << 2 | ROLE_TWIN);
    for (size_t k = 0; k < COUNT_OF(address); k++)
        add_local(finder, address[k], i << 2 | ROLE_TWIN);
}

/* What an entry of an index says about a person who shares its key. */
static enum near_kind kind_of(struct visit *visit, const struct table *table, uint32_t seeker,
                              const struct person *person)
{
    const struct finder *finder = visit->finder;
    const struct account *one = account_of(finder, seeker);
    const struct unlinked *own = &finder->unlinked[seeker];
    const struct address *mine = &own->address;
    const char *email = address_text(person->email, person->username);
    struct address theirs;

    if (table == &finder->by_name)
        return is_of_the_name(&visit->scratch, own->name, one->name, person->name) ? NEAR_NAME
                                                                                   : NEAR_NOBODY;
    if (table == &finder->by_skeleton)
        return NEAR_LOOK_ALIKE;
    if (table == &finder->by_number) {
        bool apart = names_compare(&visit->scratch, one->name, person->name) == NAMES_DIFFER;
        return apart ? NEAR_NOBODY : NEAR_NUMBER;
    }
    if (!split_address(&visit->scratch, email, &theirs) ||
        !addresses_agree(&visit->scratch, mine->whole, email))
        return NEAR_NOBODY;
    bool tag = text_equal(mine->domain, theirs.domain) && !text_equal(mine->whole, theirs.whole);
    return tag ? NEAR_TAG : NEAR_LOCAL_PART;
}

/* Keys of names and of second addresses are shared by more than who was called so. */
static bool was_called_so(struct visit *visit, const struct table *table, uint32_t seeker,
                          const struct person *person)
{
    const struct account_history *history = &account_of(visit->finder, seeker)->history;
    const char *email = address_text(person->email, person->username);
    struct arena *scratch = &visit->scratch;

    for (uint32_t i = 0; i < history->earlier_count; i++) {
        const struct account_earlier *earlier = &history->earlier[i];
        struct name_parts parts = name_parts(scratch, earlier->name);
        if (table == &visit->finder->by_name
                ? is_of_the_name(scratch, &parts, earlier->name, person->name)
                : addresses_agree(scratch, earlier->email, email))
            return true;
    }
    return table == &visit->finder->by_number;
}

static void propose_twin(struct visit *visit, uint32_t seeker, const struct person *person)
{
    const struct finder *finder = visit->finder;
    struct day until = DAY_NONE;

    if (twin_is(&finder->twins, &visit->scratch, account_of(finder, seeker),
                pairing_of(finder, seeker)->person, person, &until))
        keep_hardest(&visit->nearest[seeker], until, person);
}

static void propose_each(struct visit *visit, const struct table *table, uint32_t entry,
                         const struct person *person)
{
    for (; entry != TABLE_END; entry = table_next(table, entry)) {
        uint32_t seeker = table_value(table, entry) >> 2;
        enum near_kind kind = NEAR_NOBODY;
        switch ((enum role)(table_value(table, entry) & 3)) {
        case ROLE_NOW:
            kind = kind_of(visit, table, seeker, person);
            break;
        case ROLE_EARLIER:
            kind = was_called_so(visit, table, seeker, person) ? NEAR_EARLIER : NEAR_NOBODY;
            break;
        case ROLE_TWIN:
            if (twin_is_at_work(person))
                propose_twin(visit, seeker, person);
            break;
        }
        if (kind != NEAR_NOBODY)
            propose(visit, seeker, kind, person);
    }
}

static size_t chain_length(const struct table *table, uint32_t entry, size_t most)
{
    size_t length = 0;

    for (; entry != TABLE_END && length < most; entry = table_next(table, entry))
        length++;
    return length;
}

static void propose_all(struct visit *visit, const struct table *table, uint32_t entry,
                        const struct person *person)
{
    if (chain_length(table, entry, CHAIN_MAX + 1) <= CHAIN_MAX) {
        propose_each(visit, table, entry, person);
        return;
    }
    visit->hit = mem_grow(visit->hit, visit->hits, &visit->hit_capacity, sizeof(visit->hit[0]));
    visit->hit[visit->hits++] =
        (struct hit){.table = table,
                     .entry = entry,
                     .person = (uint32_t)(person - visit->finder->people->roster->person)};
}

/* --- keys that many have --- */

static int compare_hits(const void *a, const void *b)
{
    const struct hit *left = a, *right = b;

    if (left->table != right->table)
        return left->table < right->table ? -1 : 1;
    if (left->entry != right->entry)
        return left->entry < right->entry ? -1 : 1;
    return (left->person > right->person) - (left->person < right->person);
}

/* What having a key in common makes of an account, and with whom. */
static enum near_kind kind_of_table(const struct finder *finder, const struct table *table)
{
    return table == &finder->by_name       ? NEAR_NAME
           : table == &finder->by_skeleton ? NEAR_LOOK_ALIKE
           : table == &finder->by_number   ? NEAR_NUMBER
                                           : NEAR_LOCAL_PART;
}

/* So many people and accounts have this key that nobody can tell who is who: somebody is near, and
 * who has left may have moved. Of the people the least one stands for all. */
static void propose_crowd(struct visit *visit, const struct hit *hit, size_t count)
{
    const struct person *all = visit->finder->people->roster->person;
    const struct person *least = &all[hit[0].person], *least_here = NULL;
    const struct table *table = hit[0].table;

    for (size_t i = 0; i < count; i++) {
        const struct person *person = &all[hit[i].person];
        if (person_compare(person, least) < 0)
            least = person;
        if (twin_is_at_work(person) && (!least_here || person_compare(person, least_here) < 0))
            least_here = person;
    }
    for (uint32_t at = hit[0].entry; at != TABLE_END; at = table_next(table, at)) {
        uint32_t seeker = table_value(table, at) >> 2;
        enum role role = (enum role)(table_value(table, at) & 3);
        if (role != ROLE_TWIN)
            propose(visit, seeker,
                    role == ROLE_NOW ? kind_of_table(visit->finder, table) : NEAR_EARLIER, least);
        else if (least_here)
            keep_hardest(&visit->nearest[seeker], DAY_NONE, least_here);
    }
}

static void propose_hits(struct visit *visit)
{
    const struct person *all = visit->finder->people->roster->person;
    size_t end;

    if (visit->hits == 0)
        return;
    qsort(visit->hit, visit->hits, sizeof(visit->hit[0]), compare_hits);
    for (size_t i = 0; i < visit->hits; i = end) {
        const struct hit *first = &visit->hit[i];
        for (end = i + 1; end < visit->hits; end++) {
            if (visit->hit[end].table != first->table || visit->hit[end].entry != first->entry)
                break;
        }
        size_t count = end - i, most = PAIRS_MAX / count;
        bool crowd = chain_length(first->table, first->entry, most + 1) > most;
        if (crowd)
            propose_crowd(visit, first, count);
        for (size_t k = i; k < end && !crowd; k++)
            propose_each(visit, first->table, first->entry, &all[visit->hit[k].person]);
        arena_release(&visit->scratch);
    }
    free(visit->hit);
}

#define BLOCK      64 /* people whose keys are looked up together */
#define BLOCK_KEYS (BLOCK * 4)

/* Keys of a block of people in one index, and whose each is. */
struct block_keys {
    const char *key[BLOCK_KEYS];
    uint32_t owner[BLOCK_KEYS], entry[BLOCK_KEYS];
    size_t count;
};

static void flush_keys(struct visit *visit, const struct table *table, const struct person *person,
                       struct block_keys *keys)
{
    table_find_many(table, keys->key, keys->count, keys->entry);
    for (size_t i = 0; i < keys->count; i++)
        propose_all(visit, table, keys->entry[i], &person[keys->owner[i]]);
    keys->count = 0;
}

static void add_key(struct visit *visit, const struct table *table, const struct person *person,
                    uint32_t owner, const char *key, struct block_keys *keys)
{
    if (!key)
        return;
    if (keys->count == BLOCK_KEYS)
        flush_keys(visit, table, person, keys);
    keys->key[keys->count] = key;
    keys->owner[keys->count++] = owner;
}

static void visit_names(struct visit *visit, const struct person *person, size_t count)
{
    struct block_keys keys = {.count = 0};
    const char *pair[NAME_PAIRS_MAX];

    for (uint32_t i = 0; i < count; i++) {
        struct name_parts parts = name_parts(&visit->scratch, person[i].name);
        unsigned pairs = name_keys(&visit->scratch, &parts, pair);
        for (unsigned k = 0; k < pairs; k++)
            add_key(visit, &visit->finder->by_name, person, i, pair[k], &keys);
    }
    flush_keys(visit, &visit->finder->by_name, person, &keys);
}

static void visit_numbers(struct visit *visit, const struct person *person, size_t count)
{
    const struct finder *finder = visit->finder;
    struct block_keys keys = {.count = 0};

    if (!finder->numbers)
        return;
    const char **bare = &finder->people->bare[person - finder->people->roster->person];
    for (uint32_t i = 0; i < count; i++)
        add_key(visit, &finder->by_number, person, i, bare[i], &keys);
    flush_keys(visit, &finder->by_number, person, &keys);
}

static void visit_addresses(struct visit *visit, const struct person *person, size_t count)
{
    const struct finder *finder = visit->finder;
    struct block_keys keys = {.count = 0};
    struct address address;

    for (uint32_t i = 0; i < count; i++) {
        const char *email = address_text(person[i].email, person[i].username);
        add_key(visit, &finder->by_local, person, i, address_local(&visit->scratch, email), &keys);
        if (email != person[i].username) /* a second address speaks for a twin */
            add_key(visit, &finder->by_local, person, i,
                    address_local(&visit->scratch, person[i].username), &keys);
        if (!split_address(&visit->scratch, email, &address))
            continue;
        visit_edits(visit, &address, &person[i]);
        if (finder->skeletons) {
            const char *key = skeleton_key(&visit->scratch, address.whole);
            propose_all(visit, &finder->by_skeleton, table_find(&finder->by_skeleton, key),
                        &person[i]);
        }
    }
    flush_keys(visit, &finder->by_local, person, &keys);
}

static void visit_block(struct visit *visit, const struct person *person, size_t count)
{
    visit_names(visit, person, count);
    visit_numbers(visit, person, count);
    visit_addresses(visit, person, count);
}

struct visits {
    const struct finder *finder;
    const struct roster *roster;
    struct visit part[PARALLEL_PARTS_MAX];
};

static void visit_part(void *context, size_t part, size_t begin, size_t end)
{
    struct visits *visits = context;
    struct visit visit = {
        .finder = visits->finder,
        .nearest = mem_calloc(visits->finder->seekers, sizeof(visit.nearest[0])),
        .scratch = ARENA_INIT,
    };

    for (size_t done = begin; done < end; done += BLOCK) {
        size_t count = end - done < BLOCK ? end - done : BLOCK;
        visit_block(&visit, &visits->roster->person[done], count);
        if (done / BLOCK % 64 == 63)
            arena_release(&visit.scratch);
    }
    arena_release(&visit.scratch);
    visits->part[part] = visit;
}

/* All hits of all parts at the first one: how many have a key is asked of everybody. */
static void gather_hits(struct visits *visits, size_t parts)
{
    struct visit *first = &visits->part[0];

    for (size_t part = 1; part < parts; part++) {
        const struct visit *other = &visits->part[part];
        for (size_t i = 0; i < other->hits; i++) {
            first->hit =
                mem_grow(first->hit, first->hits, &first->hit_capacity, sizeof(first->hit[0]));
            first->hit[first->hits++] = other->hit[i];
        }
        free(other->hit);
    }
    propose_hits(first);
}

/* The least of all parts is the least of all people, however they were split. */
static void merge_part(struct finder *finder, const struct nearest *nearest)
{
    for (uint32_t i = 0; i < finder->seekers; i++) {
        struct pairing *pairing = pairing_of(finder, i);
        struct nearest least = {
            .kind = pairing->near, .until = pairing->twin_until, .person = pairing->other};
        if (!nearest[i].person)
            continue;
        if (nearest[i].kind != NEAR_NOBODY)
            keep_least(&least, nearest[i].kind, nearest[i].person);
        else
            keep_hardest(&least, nearest[i].until, nearest[i].person);
        pairing->near = least.kind;
        pairing->twin_until = least.until;
        pairing->other = least.person;
    }
}

static void visit_people(struct finder *finder, const struct roster *roster)
{
    struct visits visits = {.finder = finder, .roster = roster};
    size_t parts = parallel_parts(roster->count);

    parallel_for(roster->count, parts, visit_part, &visits);
    gather_hits(&visits, parts);
    for (size_t part = 0; part < parts; part++) {
        merge_part(finder, visits.part[part].nearest);
        free(visits.part[part].nearest);
    }
}

static bool has_number_key(const struct matching *matching)
{
    for (size_t i = 0; i < matching->key_count; i++) {
        if (matching->key[i] == MATCH_BY_EMPLOYEE_NUMBER)
            return true;
    }
    return false;
}

/* --- what is sought --- */

/* One part of the accounts and as many people, asked side by side. */
struct asking {
    struct finder *finder;
    size_t persons[PARALLEL_PARTS_MAX], twins[PARALLEL_PARTS_MAX]; /* how many are sought */
    bool skeletons[PARALLEL_PARTS_MAX];
};

static bool is_odd_address(const char *email, const char *username)
{
    const char *text = address_text(email, username);

    return text && !text_is_ascii(text);
}

static void ask_accounts(void *context, size_t part, size_t begin, size_t end)
{
    struct asking *asking = context;
    struct finder *finder = asking->finder;

    for (size_t i = begin; i < end; i++) {
        const struct account *account = &finder->snapshot->account[i];
        const struct pairing *pairing = &finder->pairing[i];
        bool wanted = is_wanted(pairing);
        finder->sought[i] = wanted                            ? SOUGHT_PERSON
                            : twin_is_asked(account, pairing) ? SOUGHT_TWIN
                                                              : SOUGHT_NOT;
        asking->persons[part] += wanted;
        asking->twins[part] += finder->sought[i] == SOUGHT_TWIN;
        asking->skeletons[part] |= wanted && is_odd_address(account->email, account->username);
    }
}

static void ask_people(void *context, size_t part, size_t begin, size_t end)
{
    struct asking *asking = context;
    const struct person *person = asking->finder->people->roster->person;

    for (size_t i = begin; i < end && !asking->skeletons[part]; i++)
        asking->skeletons[part] = is_odd_address(person[i].email, person[i].username);
}

/* Who is sought, and for whom. */
static void seek(struct finder *finder)
{
    struct asking asking = {.finder = finder};
    size_t accounts = finder->snapshot->count, people = finder->people->roster->count, sought = 0;

    parallel_for(accounts, parallel_parts(accounts), ask_accounts, &asking);
    for (size_t i = 0; i < PARALLEL_PARTS_MAX; i++)
        sought += asking.persons[i] + asking.twins[i];
    if (sought == 0)
        return;
    finder->seeker = mem_alloc(sought * sizeof(finder->seeker[0]));
    for (uint32_t i = 0; i < accounts; i++) {
        if (finder->sought[i] != SOUGHT_NOT)
            finder->seeker[finder->seekers++] = i;
    }
    parallel_for(people, parallel_parts(people), ask_people, &asking);
    for (size_t i = 0; i < PARALLEL_PARTS_MAX; i++)
        finder->skeletons |= asking.skeletons[i];
}

/* --- the indexes, which are made side by side --- */

static void index_names(struct finder *finder)
{
    for (uint32_t i = 0; i < finder->seekers; i++) {
        if (finder->sought[finder->seeker[i]] == SOUGHT_PERSON)
            index_account_names(finder, i);
        else
            index_departed_names(finder, i);
    }
}

static void index_addresses(struct finder *finder)
{
    for (uint32_t i = 0; i < finder->seekers; i++) {
        if (finder->sought[finder->seeker[i]] == SOUGHT_PERSON)
            index_account(finder, i);
        else
            index_departed(finder, i);
    }
    index_edits(finder);
}

static void index_logins(struct finder *finder)
{
    twins_init(&finder->twins, finder->people, finder->snapshot, finder->pairing);
}

static void (*const indexes[])(struct finder *finder) = {index_names, index_addresses,
                                                         index_logins};

static void index_part(void *context, size_t part, size_t begin, size_t end)
{
    (void)part;
    for (size_t i = begin; i < end; i++)
        indexes[i](context);
}

static void index_accounts(struct finder *finder)
{
    size_t sought = finder->seekers, parts = parallel_parts(finder->snapshot->count);

    finder->unlinked = mem_calloc(sought, sizeof(finder->unlinked[0]));
    table_init(&finder->edit_domain, 16);
    table_init(&finder->by_local, sought);
    table_init(&finder->by_name, sought);
    table_init(&finder->by_number, sought);
    table_init(&finder->by_skeleton, finder->skeletons ? sought : 1);
    (void)fold_skeleton(&finder->arena, "first use makes its tables, before there are threads");
    parallel_for(COUNT_OF(indexes), parts < COUNT_OF(indexes) ? parts : COUNT_OF(indexes),
                 index_part, finder);
}

static void release_finder(struct finder *finder)
{
    table_release(&finder->by_local);
    table_release(&finder->by_name);
    table_release(&finder->by_number);
    table_release(&finder->by_skeleton);
    table_release(&finder->edit_domain);
    twins_release(&finder->twins);
    free(finder->edit);
    free(finder->edit_bucket);
    free(finder->edit_seen);
    free(finder->unlinked);
    free(finder->seeker);
    arena_release(&finder->name_arena);
    arena_release(&finder->arena);
}

void near_find(const struct people *people, const struct snapshot *snapshot,
               struct pairing *pairing)
{
    const struct roster *roster = people->roster;
    CLEANUP(mem_cleanup) uint8_t *sought = mem_alloc(snapshot->count + 1);
    struct finder finder = {
        .people = people,
        .snapshot = snapshot,
        .pairing = pairing,
        .sought = sought,
        .numbers = has_number_key(people->matching),
    };

    seek(&finder);
    if (finder.seekers == 0)
        return;
    index_accounts(&finder);
    visit_people(&finder, roster);
    release_finder(&finder);
}
