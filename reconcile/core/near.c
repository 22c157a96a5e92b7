/*
 * Resemblance without comparing everybody with everybody.
 *
 * The accounts without a person, and those whose person has departed (few, as a rule), are put into
 * hash indexes: by local part, by the keys of their name, by bare number, by look-alike skeleton,
 * and by every string that one deletion makes of their local part. One pass over the people finds
 * every candidate; each is then compared for real, by what was made of each side once.
 *
 * Invariants: the result is the least (kind, person) pair, and of twins the one that is hardest to
 * excuse, whatever the order of the input. The work is linear: where many people and many accounts
 * share a key, the pairs of the least shared ones are compared, up to so many in all (near_crowd),
 * and of what is shared by more, having it is enough.
 */
#include "core/near.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/table.h"
#include "base/text.h"
#include "core/near_index.h"

/* --- the people --- */

#define BLOCK      64 /* people whose keys are looked up together */
#define BLOCK_KEYS (BLOCK * 4)

/* Who has a key that many accounts have, in the order of the people: there may be several of each
 * person. NEXT_BLOCK is nobody's and begins the people of the next block. */
struct hits {
    uint32_t *entry;
    uint8_t *owner; /* in the block */
    size_t count, blocks, entry_capacity, owner_capacity;
};

#define NEXT_BLOCK TABLE_END

/* One part of the people on its way through the indexes. */
struct visit {
    const struct finder *finder;
    struct nearest *nearest; /* by seeker */
    struct arena scratch;
    struct hits hits[NEAR_INDEXES];
};

static void add_hit(struct hits *hits, uint32_t entry, uint32_t owner)
{
    hits->entry = mem_grow(hits->entry, hits->count, &hits->entry_capacity, sizeof(hits->entry[0]));
    hits->owner = mem_grow(hits->owner, hits->count, &hits->owner_capacity, sizeof(hits->owner[0]));
    hits->entry[hits->count] = entry;
    hits->owner[hits->count++] = (uint8_t)owner;
}

static void hits_release(struct hits *hits)
{
    free(hits->entry);
    free(hits->owner);
    *hits = (struct hits){.entry = NULL};
}

/* On the way through the hits of a part. */
struct hit {
    size_t at;
    uint32_t entry, block, person; /* `block`: its first person */
};

static bool next_hit(const struct hits *hits, struct hit *hit)
{
    for (; hit->at < hits->count; hit->at++) {
        if (hits->entry[hit->at] != NEXT_BLOCK) {
            hit->entry = hits->entry[hit->at];
            hit->person = hit->block + hits->owner[hit->at++];
            return true;
        }
        hit->block += BLOCK;
    }
    return false;
}

static void propose_each(struct visit *visit, enum near_index index, uint32_t entry,
                         struct face *face)
{
    const struct finder *finder = visit->finder;

    struct link link = {.entry = entry};
    uint32_t value;

    while (chain_take(finder, index, &link, &value)) {
        uint32_t at = value >> 2;
        near_compare(&finder->twins, &visit->scratch, index, (enum near_role)(value & 3),
                     &finder->seeker[at], face, &visit->nearest[at]);
    }
}

static void propose(struct visit *visit, enum near_index index, uint32_t entry, struct face *face,
                    uint32_t owner)
{
    const struct finder *finder = visit->finder;

    if (entry == TABLE_END)
        return;
    if (is_short_chain(finder, index, entry))
        propose_each(visit, index, entry, face);
    else
        add_hit(&visit->hits[index], entry, owner);
}

/* Keys of a block of people in one index, and whose each is. */
struct block_keys {
    enum near_index index;
    const char *key[BLOCK_KEYS];
    uint32_t owner[BLOCK_KEYS], entry[BLOCK_KEYS];
    size_t count;
};

/* Asks memory for what comparing the finds is going to read, in steps that each find what the one
 * before has asked for. */
static void await_seekers(const struct visit *visit, const struct block_keys *keys)
{
    const struct finder *finder = visit->finder;
    uint32_t value[BLOCK_KEYS];
    size_t count = 0;

    for (size_t i = 0; i < keys->count; i++) {
        uint32_t entry = keys->entry[i];
        if (entry == TABLE_END || !is_short_chain(finder, keys->index, entry))
            continue;
        value[count] = chain_value(finder, keys->index, entry);
        if (is_of_names(keys->index))
            __builtin_prefetch(&finder->names.borne[value[count]]);
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_of_names(keys->index)) {
            const struct bearers *bearers = &finder->names.borne[value[i]];
            __builtin_prefetch(bearers->name);
            value[i] = bearers->value;
        }
        __builtin_prefetch(&finder->seeker[value[i] >> 2]);
        __builtin_prefetch(&visit->nearest[value[i] >> 2], 1);
    }
}

static void flush_keys(struct visit *visit, struct face *face, struct block_keys *keys)
{
    table_find_many(&visit->finder->table[keys->index], keys->key, keys->count, keys->entry);
    await_seekers(visit, keys);
    for (size_t i = 0; i < keys->count; i++)
        propose(visit, keys->index, keys->entry[i], &face[keys->owner[i]], keys->owner[i]);
    keys->count = 0;
}

static void add_key(struct visit *visit, struct face *face, uint32_t owner, const char *key,
                    struct block_keys *keys)
{
    if (!key)
        return;
    if (keys->count == BLOCK_KEYS)
        flush_keys(visit, face, keys);
    keys->key[keys->count] = key;
    keys->owner[keys->count++] = owner;
}

static void visit_names(struct visit *visit, struct face *face, size_t count)
{
    struct block_keys names = {.index = BY_NAME}, own_names = {.index = BY_OWN_NAME};
    const char *own[NAME_OWN_MAX], *wide[NAME_WIDE_MAX];

    for (uint32_t i = 0; i < count; i++) {
        const struct name_parts *name = &face[i].name;
        unsigned owns = name_keys_own(&visit->scratch, name, own);
        for (unsigned k = 0; k < owns; k++)
            add_key(visit, face, i, own[k], &names);
        if (name->count < 3 && !name->turned)
            continue; /* all its keys are its own */
        unsigned wides = name_keys_wide(&visit->scratch, name, wide);
        for (unsigned k = 0; k < wides; k++) {
            if (wide[k] != name->whole && wide[k] != name->ends)
                add_key(visit, face, i, wide[k], &own_names);
        }
    }
    flush_keys(visit, face, &names);
    flush_keys(visit, face, &own_names);
}

static void visit_numbers(struct visit *visit, struct face *face, size_t count)
{
    const struct people *people = visit->finder->people;
    struct block_keys keys = {.index = BY_NUMBER};

    if (visit->finder->table[BY_NUMBER].count == 0)
        return; /* it takes some work to know a number, and often nobody asks */
    for (uint32_t i = 0; i < count; i++)
        add_key(visit, face, i, people_row_bare(people, &visit->scratch, face[i].person, true),
                &keys);
    flush_keys(visit, face, &keys);
}

static void visit_letters(struct visit *visit, struct face *face, uint32_t owner)
{
    uint32_t entry[EDIT_HASHES_MAX];
    unsigned found = edits_find(&visit->finder->edits, &face->address, entry);

    for (unsigned i = 0; i < found; i++)
        propose(visit, BY_EDIT, entry[i], face, owner);
}

static void visit_addresses(struct visit *visit, struct face *face, size_t count)
{
    const struct finder *finder = visit->finder;
    struct block_keys keys = {.index = BY_LOCAL};

    for (uint32_t i = 0; i < count; i++) {
        const struct person *person = face[i].person;
        add_key(visit, face, i, face[i].local, &keys);
        if (address_text(person->email, person->username) != person->username)
            add_key(visit, face, i, /* a second address speaks for a twin */
                    address_local(&visit->scratch, person->username), &keys);
        if (!face[i].address.whole)
            continue;
        visit_letters(visit, &face[i], i);
        if (finder->skeletons) {
            const char *key = skeleton_key(&visit->scratch, face[i].address.whole);
            propose(visit, BY_SKELETON, table_find(&finder->table[BY_SKELETON], key), &face[i], i);
        }
    }
    flush_keys(visit, face, &keys);
}

struct visits {
    const struct finder *finder;
    const struct roster *roster;
    struct visit part[PARALLEL_PARTS_MAX];
    uint32_t begin[PARALLEL_PARTS_MAX]; /* its first person */
};

static void visit_part(void *context, size_t part, size_t begin, size_t end)
{
    struct visits *visits = context;
    struct face face[BLOCK];
    struct visit visit = {
        .finder = visits->finder,
        .nearest = mem_calloc(visits->finder->seekers, sizeof(visit.nearest[0])),
        .scratch = ARENA_INIT,
    };

    for (size_t done = begin; done < end; done += BLOCK) {
        size_t count = end - done < BLOCK ? end - done : BLOCK;
        for (size_t i = 0; i < count; i++)
            face[i] = face_of(&visit.scratch, &visits->roster->person[done + i]);
        visit_names(&visit, face, count);
        visit_numbers(&visit, face, count);
        visit_addresses(&visit, face, count);
        for (size_t index = 0; index < NEAR_INDEXES; index++) {
            add_hit(&visit.hits[index], NEXT_BLOCK, 0);
            visit.hits[index].blocks++;
        }
        arena_clear(&visit.scratch);
    }
    arena_release(&visit.scratch);
    visits->part[part] = visit;
    visits->begin[part] = (uint32_t)begin;
}

/* --- keys that many have --- */

/* The people and the accounts of one such key. */
struct crowd_of_key {
    enum near_index index;
    uint32_t entry;
    const uint32_t *person; /* their places in the roster */
    size_t count;
    size_t pairs;
};

struct crowds {
    struct crowd_of_key *crowd;
    size_t count, capacity;
    uint32_t *person[NEAR_INDEXES]; /* of all keys of an index, one key after the other */
    uint64_t *order;                /* of all people; where a key is not compared */
};

/* Pairs that are compared in all: many in a small company, a few for each in a large one. */
#define PAIRS_LEAST (1U << 22)
#define PAIRS_EACH  8

static size_t index_size(const struct finder *finder, enum near_index index)
{
    return index == BY_EDIT ? finder->edits.count : finder->table[index].count;
}

/* The hits of one index by their key, counted and then put in place. */
static void gather_hits(struct visits *visits, size_t parts, enum near_index index,
                        struct crowds *crowds)
{
    const struct finder *finder = visits->finder;
    size_t entries = index_size(finder, index), placed = 0, all = 0;

    for (size_t part = 0; part < parts; part++)
        all += visits->part[part].hits[index].count - visits->part[part].hits[index].blocks;
    if (all == 0)
        return;
    CLEANUP(mem_cleanup) uint32_t *end = mem_calloc(entries, sizeof(end[0]));
    uint32_t *person = mem_alloc(all * sizeof(person[0]));
    crowds->person[index] = person;
    for (size_t part = 0; part < parts; part++) {
        struct hit hit = {.at = 0};
        while (next_hit(&visits->part[part].hits[index], &hit))
            end[hit.entry]++;
    }
    for (uint32_t i = 0; i < entries; i++) {
        size_t here = end[i];
        end[i] = (uint32_t)placed;
        if (here == 0)
            continue;
        crowds->crowd =
            mem_grow(crowds->crowd, crowds->count, &crowds->capacity, sizeof(crowds->crowd[0]));
        crowds->crowd[crowds->count++] = (struct crowd_of_key){
            .index = index,
            .entry = i,
            .person = person + placed,
            .count = here,
            .pairs = here * chain_length(finder, index, i),
        };
        placed += here;
    }
    for (size_t part = 0; part < parts; part++) {
        struct hits *hits = &visits->part[part].hits[index];
        struct hit hit = {.block = visits->begin[part]};
        while (next_hit(hits, &hit))
            person[end[hit.entry]++] = hit.person;
        hits_release(hits);
    }
}

static int compare_sizes(const void *a, const void *b)
{
    const size_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* The pairs of the most shared key that is still compared: all of that many are, or none. */
static size_t most_compared(const struct finder *finder, const struct crowds *crowds)
{
    CLEANUP(mem_cleanup) size_t *pairs = mem_alloc(crowds->count * sizeof(pairs[0]));
    size_t each = PAIRS_EACH * (finder->people->roster->count + finder->snapshot->count);
    size_t left = each > PAIRS_LEAST ? each : PAIRS_LEAST, most = 0, end;

    for (size_t i = 0; i < crowds->count; i++)
        pairs[i] = crowds->crowd[i].pairs;
    qsort(pairs, crowds->count, sizeof(pairs[0]), compare_sizes);
    for (size_t i = 0; i < crowds->count; i = end) {
        for (end = i; end < crowds->count && pairs[end] == pairs[i];)
            end++;
        if (pairs[i] > left / (end - i))
            break;
        left -= pairs[i] * (end - i);
        most = pairs[i];
    }
    return most;
}

/* The first eight bytes of each employee number, as a number: in most pairs it says which person is
 * the lesser one, and a million of them stay in the caches. */
static uint64_t *order_people(const struct roster *roster)
{
    uint64_t *order = mem_calloc(roster->count, sizeof(order[0]));

    for (size_t i = 0; i < roster->count; i++) {
        const char *number = roster->person[i].employee_number;
        for (int shift = 56; number && *number && shift >= 0; shift -= 8)
            order[i] |= (uint64_t)(unsigned char)*number++ << shift;
    }
    return order;
}

static bool is_lesser(const struct crowds *crowds, const struct person *all, uint32_t a, uint32_t b)
{
    return crowds->order[a] != crowds->order[b] ? crowds->order[a] < crowds->order[b]
                                                : person_compare(&all[a], &all[b]) < 0;
}

/* So many people and accounts have this key that nobody can tell who is who: somebody is near, and
 * who has left may have moved. Of the people the least one stands for all. */
static void take_crowd(struct visit *visit, const struct crowds *crowds,
                       const struct crowd_of_key *crowd)
{
    const struct finder *finder = visit->finder;
    const struct person *all = finder->people->roster->person, *here = NULL;
    uint32_t least = crowd->person[0], least_here = 0;

    for (size_t i = 0; i < crowd->count; i++) {
        uint32_t person = crowd->person[i];
        if (person != least && is_lesser(crowds, all, person, least))
            least = person;
        if ((!here || is_lesser(crowds, all, person, least_here)) &&
            twin_is_at_work(&all[person])) {
            least_here = person;
            here = &all[person];
        }
    }
    struct link link = {.entry = crowd->entry};
    uint32_t value;
    while (chain_take(finder, crowd->index, &link, &value))
        near_take(crowd->index, (enum near_role)(value & 3), &all[least], here,
                  &visit->nearest[value >> 2]);
}

static void compare_crowd(struct visit *visit, const struct crowd_of_key *crowd)
{
    const struct person *all = visit->finder->people->roster->person;

    for (size_t i = 0; i < crowd->count; i++) {
        struct face face = face_of(&visit->scratch, &all[crowd->person[i]]);
        propose_each(visit, crowd->index, crowd->entry, &face);
        if (i % BLOCK == BLOCK - 1)
            arena_clear(&visit->scratch);
    }
    arena_clear(&visit->scratch); /* most crowds are small, and they are many */
}

/* The keys in parts; what a part finds stays with one part of the people. */
struct proposing {
    struct visits *visits;
    const struct crowds *crowds;
    size_t most;
};

static void propose_part(void *context, size_t part, size_t begin, size_t end)
{
    const struct proposing *proposing = context;
    const struct crowds *crowds = proposing->crowds;
    struct visit *visit = &proposing->visits->part[part];

    for (size_t i = begin; i < end; i++) {
        if (crowds->crowd[i].pairs <= proposing->most)
            compare_crowd(visit, &crowds->crowd[i]);
        else
            take_crowd(visit, crowds, &crowds->crowd[i]);
    }
    arena_release(&visit->scratch);
}

static bool has_larger(const struct crowds *crowds, size_t most)
{
    for (size_t i = 0; i < crowds->count; i++) {
        if (crowds->crowd[i].pairs > most)
            return true;
    }
    return false;
}

/* How many have a key is asked of everybody: all hits of all parts at the first one. */
static void propose_crowds(struct visits *visits, size_t parts)
{
    struct crowds crowds = {.count = 0};

    for (enum near_index index = 0; index < NEAR_INDEXES; index++) {
        gather_hits(visits, parts, index, &crowds);
        for (size_t part = 0; part < parts; part++)
            hits_release(&visits->part[part].hits[index]);
    }
    size_t most = most_compared(visits->finder, &crowds);
    if (has_larger(&crowds, most))
        crowds.order = order_people(visits->roster);
    struct proposing proposing = {.visits = visits, .crowds = &crowds, .most = most};
    parallel_for(crowds.count, parts, propose_part, &proposing);
    free(crowds.order);
    for (size_t index = 0; index < NEAR_INDEXES; index++)
        free(crowds.person[index]);
    free(crowds.crowd);
}

/* The least of all parts is the least of all people, however they were split. */
static void merge_part(struct finder *finder, const struct nearest *nearest)
{
    for (uint32_t i = 0; i < finder->seekers; i++) {
        if (!nearest[i].person)
            continue;
        struct pairing *pairing = pairing_of(finder, &finder->seeker[i]);
        struct nearest least = {
            .kind = pairing->near, .until = pairing->twin_until, .person = pairing->other};
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
    propose_crowds(&visits, parts);
    for (size_t part = 0; part < parts; part++) {
        merge_part(finder, visits.part[part].nearest);
        free(visits.part[part].nearest);
    }
}

void near_find(const struct people *people, const struct snapshot *snapshot,
               struct pairing *pairing)
{
    struct finder finder;

    finder_init(&finder, people, snapshot, pairing);
    if (finder.seekers > 0)
        visit_people(&finder, people->roster);
    finder_release(&finder);
}
