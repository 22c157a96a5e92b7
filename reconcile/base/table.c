/*
 * Open addressing: a slot is four bytes, the index of a key's first entry and above it as many bits
 * of the hash as there is room for, so a walk over full slots touches neither entries nor keys
 * until these agree. At most two thirds are ever full. More slots are made from the keys
 * themselves.
 *
 * Only the first entry of a key has a slot; the others of that key hang behind it in order of
 * insertion. Most keys are there once; of one that is not the first entry leads to what is known of
 * them all: the last, so that a million equal keys cost no more than a million different ones, and
 * how many they are.
 */
#include "base/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define EMPTY UINT32_MAX

struct table_entry {
    const char *key;
    uint32_t value;
    uint32_t next; /* entry with this key, TABLE_END; or with CHAIN the chain that it begins */
};

#define CHAIN 0x80000000U /* entries are fewer than half of TABLE_END */

struct table_chain {
    uint32_t next;   /* of its first entry */
    uint32_t last;   /* entry with this key */
    uint32_t length; /* how many have it */
};

__extension__ typedef unsigned __int128 wide; /* the product of two 64-bit words */

static uint64_t fold_product(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const char *bytes, size_t length)
{
    uint64_t word = 0;

    memcpy(&word, bytes, length);
    return word;
}

/* Sixteen bytes a multiplication. The last words overlap those before them, so a key of 16 bytes or
 * more never needs a partial read; the length is mixed in, so that no overlap makes keys equal. */
uint32_t table_hash(const char *key)
{
    const uint64_t a = UINT64_C(0xa0761d6478bd642f), b = UINT64_C(0xe7037ed1a0b428db);
    size_t length = strlen(key), left = length;
    uint64_t hash = a ^ length;

    for (; left > 16; left -= 16, key += 16)
        hash = fold_product(load(key, 8) ^ b, load(key + 8, 8) ^ hash);
    if (left >= 8)
        hash = fold_product(load(key, 8) ^ b, load(key + left - 8, 8) ^ hash);
    else
        hash = fold_product(load(key, left) ^ b, hash);
    hash = fold_product(hash ^ a, b);
    return (uint32_t)(hash ^ hash >> 32);
}

/* A slot's entry has the bits of the mask, and is below it: there are fewer entries than slots, so
 * that no slot in use looks empty. */
static uint32_t slot_of(const struct table *table, uint32_t hash, uint32_t entry)
{
    return (hash & ~table->mask) | entry;
}

static uint32_t entry_in(const struct table *table, uint32_t slot)
{
    return slot == EMPTY ? TABLE_END : slot & table->mask;
}

/* The slot of this key, or the empty one where it would go. */
static uint32_t *find(const struct table *table, const char *key, uint32_t hash)
{
    uint32_t like = slot_of(table, hash, 0);

    for (uint32_t at = hash & table->mask;; at = (at + 1) & table->mask) {
        uint32_t *slot = &table->slot[at];

        if (*slot == EMPTY || ((*slot & ~table->mask) == like &&
                               strcmp(table->entry[*slot & table->mask].key, key) == 0))
            return slot;
    }
}

/* The key of an entry that is in a slot already, after the slots were made anew. */
static void place_again(struct table *table, uint32_t entry)
{
    uint32_t hash = table_hash(table->entry[entry].key), at = hash & table->mask;

    while (table->slot[at] != EMPTY)
        at = (at + 1) & table->mask;
    table->slot[at] = slot_of(table, hash, entry);
}

/* Slots anew for `capacity` entries; what the old ones hold finds its new place. */
static void resize(struct table *table, size_t capacity)
{
    uint32_t *old = table->slot, old_mask = table->mask;
    size_t old_slots = old ? (size_t)old_mask + 1 : 0, slots = 16;

    assert(capacity < TABLE_END / 2); /* so that the mask fits as well */
    while (slots < capacity + capacity / 2)
        slots *= 2;
    table->entry = mem_realloc_array(table->entry, capacity, sizeof(*table->entry));
    table->capacity = (uint32_t)capacity;
    if (slots == old_slots)
        return;
    table->mask = (uint32_t)(slots - 1);
    table->slot = mem_realloc_array(NULL, slots, sizeof(*table->slot));
    memset(table->slot, 0xFF, slots * sizeof(*table->slot)); /* all EMPTY */
    for (size_t i = 0; i < old_slots; i++) {
        if (old[i] != EMPTY)
            place_again(table, old[i] & old_mask);
    }
    free(old);
}

void table_init(struct table *table, size_t capacity)
{
    assert(capacity < TABLE_END / 2);
    *table = (struct table){.expected = (uint32_t)capacity};
}

/* Many a table is never used, and an empty slot is memory that is written to. */
static void take_memory(struct table *table)
{
    if (!table->slot)
        resize(table, table->expected > 8 ? table->expected : 8);
}

void table_release(struct table *table)
{
    free(table->slot);
    free(table->entry);
    free(table->chain);
    *table = (struct table){.slot = NULL};
}

/* The chain that an entry begins; NULL = it has none. */
static struct table_chain *chain_of(const struct table *table, uint32_t entry)
{
    uint32_t next = table->entry[entry].next;

    return next != TABLE_END && next & CHAIN ? &table->chain[next & ~CHAIN] : NULL;
}

/* Likewise, begun where there is none. */
static struct table_chain *chain_begin(struct table *table, uint32_t entry)
{
    struct table_chain *chain = chain_of(table, entry);

    if (chain)
        return chain;
    table->chain =
        mem_grow(table->chain, table->chain_count, &table->chain_capacity, sizeof(chain[0]));
    chain = &table->chain[table->chain_count];
    *chain = (struct table_chain){.next = TABLE_END, .last = entry, .length = 1};
    table->entry[entry].next = CHAIN | (uint32_t)table->chain_count++;
    return chain;
}

/* An entry behind all others, which no slot leads to yet. */
static uint32_t append(struct table *table, const char *key, uint32_t value)
{
    uint32_t added = table->count++;

    table->entry[added] = (struct table_entry){.key = key, .value = value, .next = TABLE_END};
    return added;
}

/* One more with the key of `first`. */
static void hang(struct table *table, uint32_t first, uint32_t added, uint32_t length)
{
    struct table_chain *chain = chain_begin(table, first);

    if (chain->last == first)
        chain->next = added;
    else
        table->entry[chain->last].next = added;
    chain->last = added;
    chain->length += length;
}

/* false: the key was there already. */
static bool add_hashed(struct table *table, const char *key, uint32_t hash, uint32_t value,
                       uint32_t length)
{
    uint32_t *slot, added;

    take_memory(table);
    if (table->count == table->capacity)
        resize(table, (size_t)table->capacity * 2);
    added = append(table, key, value);
    slot = find(table, key, hash);
    if (*slot == EMPTY) {
        *slot = slot_of(table, hash, added);
        if (length != 1)
            chain_begin(table, added)->length = length;
        return true;
    }
    hang(table, *slot & table->mask, added, length);
    return false;
}

void table_add(struct table *table, const char *key, uint32_t value)
{
    (void)add_hashed(table, key, table_hash(key), value, 1);
}

void table_prefetch(const struct table *table, const char *key)
{
    if (table->slot)
        __builtin_prefetch(&table->slot[table_hash(key) & table->mask], 1);
}

uint32_t table_put(struct table *table, const char *key, uint32_t value)
{
    uint32_t hash = table_hash(key);

    take_memory(table);
    uint32_t *slot = find(table, key, hash);
    if (*slot != EMPTY)
        return *slot & table->mask;
    if (table->count == table->capacity) {
        resize(table, (size_t)table->capacity * 2);
        slot = find(table, key, hash);
    }
    uint32_t added = append(table, key, value);
    *slot = slot_of(table, hash, added);
    return added;
}

void table_keep_key(struct table *table, uint32_t entry, const char *copy)
{
    assert(entry < table->count);
    table->entry[entry].key = copy;
}

const char *table_key(const struct table *table, uint32_t entry)
{
    assert(entry < table->count);
    return table->entry[entry].key;
}

#define BATCH 32 /* look-ups under way at once: more than memory can serve in parallel */

void table_add_many(struct table *table, const char *const *key, const uint32_t *value,
                    const uint32_t *length, size_t count, bool *ret_again)
{
    uint32_t hash[BATCH];

    if (count > 0)
        take_memory(table);
    for (size_t done = 0; done < count; done += BATCH) {
        size_t batch = count - done < BATCH ? count - done : BATCH;

        for (size_t i = 0; i < batch; i++) {
            hash[i] = key[done + i] ? table_hash(key[done + i]) : 0;
            __builtin_prefetch(&table->slot[hash[i] & table->mask], 1);
        }
        for (size_t i = 0; i < batch; i++) {
            size_t at = done + i;
            if (key[at] &&
                !add_hashed(table, key[at], hash[i], value ? value[at] : (uint32_t)at,
                            length ? length[at] : 1) &&
                ret_again)
                ret_again[at] = true;
        }
    }
}

/* One batch, in steps that each ask memory for what the next one reads: slots, entries, keys. */
static void find_batch(const struct table *table, const char *const *key, size_t count,
                       uint32_t *ret_entry)
{
    uint32_t hash[BATCH], guess[BATCH];

    for (size_t i = 0; i < count; i++) {
        hash[i] = key[i] ? table_hash(key[i]) : 0;
        __builtin_prefetch(&table->slot[hash[i] & table->mask]);
    }
    for (size_t i = 0; i < count; i++) {
        guess[i] = entry_in(table, table->slot[hash[i] & table->mask]);
        if (guess[i] != TABLE_END)
            __builtin_prefetch(&table->entry[guess[i]]);
    }
    for (size_t i = 0; i < count; i++) {
        if (guess[i] != TABLE_END)
            __builtin_prefetch(table->entry[guess[i]].key);
    }
    for (size_t i = 0; i < count; i++)
        ret_entry[i] = key[i] ? entry_in(table, *find(table, key[i], hash[i])) : TABLE_END;
}

void table_find_many(const struct table *table, const char *const *key, size_t count,
                     uint32_t *ret_entry)
{
    for (size_t done = 0; done < count; done += BATCH) {
        size_t batch = count - done < BATCH ? count - done : BATCH;

        if (table->slot)
            find_batch(table, key + done, batch, ret_entry + done);
        else
            memset(ret_entry + done, 0xFF, batch * sizeof(ret_entry[0])); /* TABLE_END */
    }
}

uint32_t table_find(const struct table *table, const char *key)
{
    return key && table->slot ? entry_in(table, *find(table, key, table_hash(key))) : TABLE_END;
}

uint32_t table_next(const struct table *table, uint32_t entry)
{
    assert(entry < table->count);
    const struct table_chain *chain = chain_of(table, entry);
    return chain ? chain->next : table->entry[entry].next;
}

uint32_t table_length(const struct table *table, uint32_t entry)
{
    assert(entry < table->count);
    const struct table_chain *chain = chain_of(table, entry);
    return chain ? chain->length : 1;
}

uint32_t table_value(const struct table *table, uint32_t entry)
{
    assert(entry < table->count);
    return table->entry[entry].value;
}
