/*
 * Resemblance without comparing everybody with everybody.
 *
 * The accounts without a person (few, as a rule) are put into hash indexes: by local part, by name,
 * by look-alike skeleton, and by every string that one deletion makes of their local part. Two
 * strings are within one edit only if they share such a string, so one pass over the people finds
 * every candidate; each is then checked for real. Invariant: the result is the least
 * (kind, person) pair, whatever the order of the input.
 */
#include "core/near.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/table.h"
#include "base/text.h"

#define LOCAL_PART_MAX 64 /* RFC 5321 4.5.3.1.1; longer ones are not looked at for one edit */

struct address { /* a folded e-mail address, split at its last @ */
    const char *whole;
    const char *domain; /* behind the @ */
    size_t local_length;
};

struct edit_entry {
    uint64_t hash;
    uint32_t account;
    uint32_t next;
};

struct finder {
    struct arena arena;
    const struct snapshot *snapshot;
    struct pairing *pairing;
    struct address *address; /* by account index, only of the unlinked */
    struct table by_local, by_name, by_skeleton;
    struct edit_entry *edit;
    size_t edit_count, edit_capacity;
    uint32_t *edit_bucket;
    size_t edit_mask;
    uint64_t *edit_seen;      /* one bit per hash, so that most look-ups never leave the caches */
    struct table edit_domain; /* domains of the unlinked accounts */
    bool skeletons;           /* some address is not ASCII */
};

int person_compare(const struct person *a, const struct person *b)
{
    int order = text_compare(a->employee_number, b->employee_number);

    if (!order)
        order = text_compare(a->email, b->email);
    if (!order)
        order = text_compare(a->username, b->username);
    if (!order)
        order = text_compare(a->name, b->name);
    return order;
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

/* The nearest so far of one account. Each part of the people has a list of its own. */
struct nearest {
    enum near_kind kind;
    const struct person *person;
};

/* One part of the people on its way through the indexes. */
struct visit {
    const struct finder *finder;
    struct nearest *nearest; /* by account index */
    struct arena scratch;
};

/* Keeps the least (kind, person). */
static void keep_least(struct nearest *nearest, enum near_kind kind, const struct person *person)
{
    if (nearest->kind != NEAR_NOBODY && nearest->kind < kind)
        return;
    if (nearest->kind == kind && person_compare(nearest->person, person) <= 0)
        return;
    *nearest = (struct nearest){.kind = kind, .person = person};
}

static void propose(struct visit *visit, uint32_t account, enum near_kind kind,
                    const struct person *person)
{
    keep_least(&visit->nearest[account], kind, person);
}

/* --- names --- */

static const char *join_words(struct arena *arena, const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    char *joined = arena_alloc(arena, a_length + b_length + 2);

    memcpy(joined, a, a_length);
    joined[a_length] = ' ';
    memcpy(joined + a_length + 1, b, b_length + 1);
    return joined;
}

/* The first and the last word of a folded name, in alphabetical order, so that 'Doe, Jane' and
 * 'Jane Middle Doe' meet. One word alone counts only when it is not ASCII: names written without
 * blanks (CJK) are whole names, 'admin' is not. NULL when there is nothing to compare. */
static const char *name_key(struct arena *arena, const char *name)
{
    const char *folded = fold_plain_name(arena, name);
    const char *comma = folded ? strchr(folded, ',') : NULL;

    if (!folded)
        return NULL;
    if (comma) /* 'family, given middle' reads 'given middle family' */
        folded = fold_plain_name(
            arena, arena_printf(arena, "%s %.*s", comma + 1, (int)(comma - folded), folded));
    const char *first_end = folded ? strchr(folded, ' ') : NULL;
    if (!first_end)
        return folded && !text_is_ascii(folded) ? folded : NULL;
    const char *first = arena_strndup(arena, folded, (size_t)(first_end - folded));
    const char *last = strrchr(folded, ' ') + 1;
    bool in_order = strcmp(first, last) <= 0;

    return join_words(arena, in_order ? first : last, in_order ? last : first);
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

static void add_edits(struct finder *finder, uint32_t account)
{
    uint64_t hash[LOCAL_PART_MAX + 1];
    size_t count = edit_hashes(&finder->address[account], hash);

    for (size_t i = 0; i < count; i++) {
        finder->edit = mem_grow(finder->edit, finder->edit_count, &finder->edit_capacity,
                                sizeof(finder->edit[0]));
        finder->edit[finder->edit_count++] =
            (struct edit_entry){.hash = hash[i], .account = account, .next = UINT32_MAX};
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

static bool is_one_edit(const struct address *a, const struct address *b, struct arena *scratch)
{
    if (!text_equal(a->domain, b->domain))
        return false;
    const char *left = arena_strndup(scratch, a->whole, a->local_length);
    const char *right = arena_strndup(scratch, b->whole, b->local_length);
    return text_distance(left, right, 1) <= 1;
}

static void visit_edits(struct visit *visit, const struct address *address,
                        const struct person *person)
{
    const struct finder *finder = visit->finder;
    uint64_t hash[LOCAL_PART_MAX + 1];

    if (table_find(&finder->edit_domain, address->domain) == TABLE_END)
        return;
    size_t count = edit_hashes(address, hash);
    for (size_t i = 0; i < count; i++) {
        if (!(*seen_word(finder, hash[i]) & seen_bit(hash[i])))
            continue;
        uint32_t at = finder->edit_bucket[hash[i] & finder->edit_mask];
        for (; at != UINT32_MAX; at = finder->edit[at].next) {
            uint32_t account = finder->edit[at].account;
            if (finder->edit[at].hash == hash[i] &&
                is_one_edit(&finder->address[account], address, &visit->scratch))
                propose(visit, account, NEAR_ONE_EDIT, person);
        }
    }
}

/* --- the two passes --- */

static bool is_wanted(const struct pairing *pairing)
{
    return pairing->kind == LINK_NONE && pairing->key == MATCH_BY_NOTHING &&
           pairing->near == NEAR_NOBODY;
}

static void index_account(struct finder *finder, uint32_t i)
{
    const struct account *account = &finder->snapshot->account[i];
    const char *name = name_key(&finder->arena, account->name);

    if (name)
        table_add(&finder->by_name, name, i);
    if (!split_address(&finder->arena, address_text(account->email, account->username),
                       &finder->address[i]))
        return;
    const struct address *address = &finder->address[i];
    table_add(&finder->by_local,
              arena_strndup(&finder->arena, address->whole, address->local_length), i);
    if (table_find(&finder->edit_domain, address->domain) == TABLE_END)
        table_add(&finder->edit_domain, address->domain, i);
    add_edits(finder, i);
    if (finder->skeletons)
        table_add(&finder->by_skeleton, skeleton_key(&finder->arena, address->whole), i);
}

static void propose_all(struct visit *visit, const struct table *table, uint32_t entry,
                        enum near_kind kind, const struct person *person)
{
    for (; entry != TABLE_END; entry = table_next(table, entry))
        propose(visit, table_value(table, entry), kind, person);
}

#define BLOCK 64 /* people whose keys are looked up together */

/* The keys of a block of people; NULL where there is none, and then address is not set. */
struct people_keys {
    const char *name[BLOCK], *local[BLOCK];
    struct address address[BLOCK];
};

static void make_keys(struct arena *scratch, const struct person *person, size_t count,
                      struct people_keys *keys)
{
    for (size_t i = 0; i < count; i++) {
        struct address *address = &keys->address[i];
        const char *email = address_text(person[i].email, person[i].username);

        keys->name[i] = name_key(scratch, person[i].name);
        keys->local[i] = split_address(scratch, email, address)
                             ? arena_strndup(scratch, address->whole, address->local_length)
                             : NULL;
    }
}

static void visit_block(struct visit *visit, const struct person *person, size_t count)
{
    const struct finder *finder = visit->finder;
    uint32_t by_name[BLOCK], by_local[BLOCK];
    struct people_keys keys = {.name = {NULL}};

    make_keys(&visit->scratch, person, count, &keys);
    table_find_many(&finder->by_name, keys.name, count, by_name);
    table_find_many(&finder->by_local, keys.local, count, by_local);
    for (size_t i = 0; i < count; i++) {
        propose_all(visit, &finder->by_name, by_name[i], NEAR_NAME, &person[i]);
        if (!keys.local[i])
            continue;
        propose_all(visit, &finder->by_local, by_local[i], NEAR_LOCAL_PART, &person[i]);
        visit_edits(visit, &keys.address[i], &person[i]);
        if (finder->skeletons) {
            const char *key = skeleton_key(&visit->scratch, keys.address[i].whole);
            propose_all(visit, &finder->by_skeleton, table_find(&finder->by_skeleton, key),
                        NEAR_LOOK_ALIKE, &person[i]);
        }
    }
}

static bool has_skeletons(const struct snapshot *snapshot, const struct roster *roster,
                          const struct pairing *pairing)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        const char *email = address_text(snapshot->account[i].email, snapshot->account[i].username);
        if (is_wanted(&pairing[i]) && email && !text_is_ascii(email))
            return true;
    }
    for (size_t i = 0; i < roster->count; i++) {
        const char *email = address_text(roster->person[i].email, roster->person[i].username);
        if (email && !text_is_ascii(email))
            return true;
    }
    return false;
}

struct people {
    const struct finder *finder;
    const struct roster *roster;
    struct nearest *nearest[PARALLEL_PARTS_MAX];
};

static void visit_part(void *context, size_t part, size_t begin, size_t end)
{
    struct people *people = context;
    struct visit visit = {
        .finder = people->finder,
        .nearest = mem_calloc(people->finder->snapshot->count, sizeof(visit.nearest[0])),
        .scratch = ARENA_INIT,
    };

    for (size_t done = begin; done < end; done += BLOCK) {
        size_t count = end - done < BLOCK ? end - done : BLOCK;
        visit_block(&visit, &people->roster->person[done], count);
        if (done / BLOCK % 64 == 63)
            arena_release(&visit.scratch);
    }
    arena_release(&visit.scratch);
    people->nearest[part] = visit.nearest;
}

/* The least of all parts is the least of all people, however they were split. */
static void visit_people(struct finder *finder, const struct roster *roster)
{
    struct people people = {.finder = finder, .roster = roster};
    size_t parts = parallel_parts(roster->count);

    (void)fold_skeleton(&finder->arena, "first use makes its tables, before there are threads");
    parallel_for(roster->count, parts, visit_part, &people);
    for (size_t i = 0; i < finder->snapshot->count; i++) {
        struct nearest least = people.nearest[0][i];
        for (size_t part = 1; part < parts; part++) {
            if (people.nearest[part][i].kind != NEAR_NOBODY)
                keep_least(&least, people.nearest[part][i].kind, people.nearest[part][i].person);
        }
        if (least.kind != NEAR_NOBODY) {
            finder->pairing[i].near = least.kind;
            finder->pairing[i].other = least.person;
        }
    }
    for (size_t part = 0; part < parts; part++)
        free(people.nearest[part]);
}

void near_find(const struct snapshot *snapshot, const struct roster *roster,
               struct pairing *pairing)
{
    struct finder finder = {.arena = ARENA_INIT, .snapshot = snapshot, .pairing = pairing};
    size_t wanted = 0;

    for (size_t i = 0; i < snapshot->count; i++)
        wanted += is_wanted(&pairing[i]);
    if (wanted == 0)
        return;
    finder.skeletons = has_skeletons(snapshot, roster, pairing);
    finder.address = mem_calloc(snapshot->count, sizeof(finder.address[0]));
    table_init(&finder.edit_domain, 16);
    table_init(&finder.by_local, wanted);
    table_init(&finder.by_name, wanted);
    table_init(&finder.by_skeleton, finder.skeletons ? wanted : 1);
    for (size_t i = 0; i < snapshot->count; i++) {
        if (is_wanted(&pairing[i]))
            index_account(&finder, (uint32_t)i);
    }
    index_edits(&finder);
    visit_people(&finder, roster);
    table_release(&finder.by_local);
    table_release(&finder.by_name);
    table_release(&finder.by_skeleton);
    free(finder.edit);
    free(finder.edit_bucket);
    free(finder.edit_seen);
    table_release(&finder.edit_domain);
    free(finder.address);
    arena_release(&finder.arena);
}
