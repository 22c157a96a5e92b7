/*
 * A bucket leads to the first entries of its hashes; the others of a hash hang behind the first
 * one. An entry is as small as can be: of a million addresses there may be twenty million.
 */
#include "core/near_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define LOCAL_PART_MAX (EDIT_HASHES_MAX - 1)
#define AHEAD          16 /* entries: so long before its turn memory is asked for a bucket */
#define HASH_BASE      UINT64_C(0x9e3779b97f4a7c15)

struct edit_entry {
    uint32_t hash; /* its upper half; the bucket says most of the other one */
    uint32_t value;
    uint32_t next;  /* with this hash; until all are in, the lower half */
    uint32_t other; /* of the same bucket with another hash; of a first one only */
};

/* --- domains --- */

#define BITS_EACH 16 /* of a million domains one in sixteen others is taken for one of them */

void domains_init(struct domains *domains, size_t addresses)
{
    uint64_t bits = 64;

    while (bits < addresses * BITS_EACH)
        bits *= 2;
    *domains =
        (struct domains){.bits = mem_calloc(bits / 64, sizeof(domains->bits[0])), .mask = bits - 1};
}

void domains_release(struct domains *domains)
{
    free(domains->bits);
}

static uint64_t domain_place(const struct domains *domains, const char *domain)
{
    return text_hash(domain) & domains->mask;
}

void domains_add(struct domains *domains, const char *domain)
{
    uint64_t at = domain_place(domains, domain);

    (void)__atomic_fetch_or(&domains->bits[at / 64], UINT64_C(1) << at % 64, __ATOMIC_RELAXED);
}

bool domains_may_hold(const struct domains *domains, const char *domain)
{
    uint64_t at = domain_place(domains, domain);

    return domains->bits[at / 64] >> at % 64 & 1;
}

/* --- edits --- */

void edits_init(struct edits *edits, size_t addresses)
{
    *edits = (struct edits){.entry = NULL};
    domains_init(&edits->domains, addresses);
}

void edits_release(struct edits *edits)
{
    free(edits->entry);
    free(edits->bucket);
    free(edits->seen);
    domains_release(&edits->domains);
}

static uint64_t mix(uint64_t value)
{
    value ^= value >> 30;
    value *= UINT64_C(0xbf58476d1ce4e5b9);
    value ^= value >> 27;
    value *= UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

/* By prefix sums, so each costs a few steps; bound to the domain. */
static unsigned hash_all(const struct address *address, uint64_t ret[static EDIT_HASHES_MAX])
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
    return (unsigned)n + 1;
}

void edits_add(struct edits *edits, const struct address *address, uint32_t value)
{
    uint64_t hash[EDIT_HASHES_MAX];
    unsigned count = hash_all(address, hash);

    domains_add(&edits->domains, address->domain);
    for (unsigned i = 0; i < count; i++) {
        if (i > 0 && hash[i] == hash[i - 1])
            continue; /* 'aa' without either */
        edits->entry =
            mem_grow(edits->entry, edits->count, &edits->capacity, sizeof(edits->entry[0]));
        edits->entry[edits->count++] = (struct edit_entry){
            .hash = (uint32_t)(hash[i] >> 32), .value = value, .next = (uint32_t)hash[i]};
    }
}

static uint64_t *seen_word(const struct edits *edits, uint64_t hash)
{
    return &edits->seen[(hash >> 20) & (edits->mask >> 3)];
}

static uint64_t seen_bit(uint64_t hash)
{
    return UINT64_C(1) << (hash >> 58);
}

/* The first entry of a hash; TABLE_END for none. */
static uint32_t find_hash(const struct edits *edits, uint64_t hash)
{
    uint32_t at = edits->bucket[hash & edits->mask];

    while (at != TABLE_END && edits->entry[at].hash != hash >> 32)
        at = edits->entry[at].other;
    return at;
}

void edits_index(struct edits *edits)
{
    size_t size = 16;

    while (size < edits->count)
        size *= 2;
    edits->mask = size - 1;
    edits->bucket = mem_alloc(size * sizeof(edits->bucket[0]));
    memset(edits->bucket, 0xff, size * sizeof(edits->bucket[0])); /* all TABLE_END */
    edits->seen = mem_calloc(size / 8, sizeof(edits->seen[0]));
    for (uint32_t i = 0; i < edits->count; i++) {
        struct edit_entry *entry = &edits->entry[i];
        uint64_t hash = (uint64_t)entry->hash << 32 | entry->next;
        if (i + AHEAD < edits->count)
            __builtin_prefetch(&edits->bucket[edits->entry[i + AHEAD].next & edits->mask], 1);
        uint32_t *bucket = &edits->bucket[hash & edits->mask];
        uint32_t first = find_hash(edits, hash);
        *seen_word(edits, hash) |= seen_bit(hash);
        if (first == TABLE_END) {
            entry->next = TABLE_END;
            entry->other = *bucket;
            *bucket = i;
        } else { /* behind the first, in no order */
            entry->next = edits->entry[first].next;
            edits->entry[first].next = i;
        }
    }
}

unsigned edits_find(const struct edits *edits, const struct address *address,
                    uint32_t ret_entry[static EDIT_HASHES_MAX])
{
    uint64_t hash[EDIT_HASHES_MAX], last = 0;
    unsigned found = 0, held = 0;

    if (edits->count == 0 || !domains_may_hold(&edits->domains, address->domain))
        return 0;
    unsigned count = hash_all(address, hash);
    for (unsigned i = 0; i < count; i++) { /* `held` never overtakes `i` */
        bool again = i > 0 && hash[i] == last;
        last = hash[i];
        if (again)
            continue;
        if (*seen_word(edits, hash[i]) & seen_bit(hash[i])) {
            __builtin_prefetch(&edits->bucket[hash[i] & edits->mask]);
            hash[held++] = hash[i];
        }
    }
    for (unsigned i = 0; i < held; i++) {
        ret_entry[i] = edits->bucket[hash[i] & edits->mask];
        if (ret_entry[i] != TABLE_END)
            __builtin_prefetch(&edits->entry[ret_entry[i]]);
    }
    for (unsigned i = 0; i < held; i++) {
        ret_entry[found] = find_hash(edits, hash[i]);
        found += ret_entry[found] != TABLE_END;
    }
    return found;
}

uint32_t edits_next(const struct edits *edits, uint32_t entry)
{
    return edits->entry[entry].next;
}

uint32_t edits_length(const struct edits *edits, uint32_t entry, uint32_t most)
{
    uint32_t length = 0;

    for (; entry != TABLE_END && length < most; entry = edits->entry[entry].next)
        length++;
    return length;
}

uint32_t edits_value(const struct edits *edits, uint32_t entry)
{
    return edits->entry[entry].value;
}

bool is_one_edit(const struct address *a, const struct address *b)
{
    return text_distance(a->whole, a->local_length, b->whole, b->local_length, 1) <= 1 &&
           text_equal(a->domain, b->domain);
}
