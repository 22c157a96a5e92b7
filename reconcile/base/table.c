/*
 * Chained hashing with indices for pointers, so that growing moves nothing but two arrays.
 *
 * Only the first entry of a key, its head, is in the chain of a bucket; the others of that key hang
 * behind it in order of insertion, so a million equal keys cost no more than a million different
 * ones. To append without walking, the head's follower keeps the index of the last entry of the
 * key in the field in which a head keeps its neighbour in the bucket.
 */
#include "base/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct table_entry {
    const char *key;
    uint32_t hash;
    uint32_t value;
    uint32_t same; /* next entry with this key, TABLE_END */
    uint32_t link; /* of a head: next head in the bucket; of its follower: the key's last entry */
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
static uint32_t hash_of(const char *key)
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

/* Makes the buckets anew for `capacity` entries; the heads there are find their new place. */
static void resize(struct table *table, size_t capacity)
{
    uint32_t *old = table->bucket;
    size_t old_buckets = old ? (size_t)table->mask + 1 : 0, buckets = 16;

    assert(capacity < TABLE_END);
    while (buckets < capacity)
        buckets *= 2;
    table->entry = mem_realloc_array(table->entry, capacity, sizeof(*table->entry));
    table->capacity = (uint32_t)capacity;
    if (buckets == old_buckets)
        return;
    table->mask = (uint32_t)(buckets - 1);
    table->bucket = mem_realloc_array(NULL, buckets, sizeof(*table->bucket));
    memset(table->bucket, 0xFF, buckets * sizeof(*table->bucket)); /* all TABLE_END */
    for (size_t i = 0; i < old_buckets; i++) {
        for (uint32_t head = old[i], next; head != TABLE_END; head = next) {
            uint32_t *bucket = &table->bucket[table->entry[head].hash & table->mask];

            next = table->entry[head].link;
            table->entry[head].link = *bucket;
            *bucket = head;
        }
    }
    free(old);
}

void table_init(struct table *table, size_t capacity)
{
    *table = (struct table){.bucket = NULL};
    resize(table, capacity > 8 ? capacity : 8);
}

void table_release(struct table *table)
{
    free(table->bucket);
    free(table->entry);
    *table = (struct table){.bucket = NULL};
}

static uint32_t find(const struct table *table, const char *key, uint32_t hash)
{
    uint32_t head = table->bucket[hash & table->mask];

    while (head != TABLE_END) {
        const struct table_entry *entry = &table->entry[head];

        if (entry->hash == hash && strcmp(entry->key, key) == 0)
            break;
        head = entry->link;
    }
    return head;
}

/* Hangs a new entry behind those of the same key. */
static void append(struct table *table, uint32_t head, uint32_t added)
{
    uint32_t follower = table->entry[head].same;

    if (follower == TABLE_END) {
        table->entry[head].same = added;
        table->entry[added].link = added;
        return;
    }
    table->entry[table->entry[follower].link].same = added;
    table->entry[follower].link = added;
}

void table_add(struct table *table, const char *key, uint32_t value)
{
    uint32_t hash = hash_of(key), head, added;

    if (table->count == table->capacity)
        resize(table, (size_t)table->capacity * 2);
    head = find(table, key, hash);
    added = table->count++;
    table->entry[added] = (struct table_entry){
        .key = key, .hash = hash, .value = value, .same = TABLE_END, .link = TABLE_END};
    if (head != TABLE_END) {
        append(table, head, added);
        return;
    }
    table->entry[added].link = table->bucket[hash & table->mask];
    table->bucket[hash & table->mask] = added;
}

uint32_t table_find(const struct table *table, const char *key)
{
    return key && table->bucket ? find(table, key, hash_of(key)) : TABLE_END;
}

uint32_t table_next(const struct table *table, uint32_t entry)
{
    assert(entry < table->count);
    return table->entry[entry].same;
}

uint32_t table_value(const struct table *table, uint32_t entry)
{
    assert(entry < table->count);
    return table->entry[entry].value;
}
