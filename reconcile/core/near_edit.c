/*
 * All entries lie in one array in the order of their buckets, and in a bucket those of one hash
 * side by side. They are counted before memory is taken: an entry is as small as can be, because of
 * a million addresses there may be twenty million.
 */
#include "core/near_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define LOCAL_PART_MAX (EDIT_HASHES_MAX - 1)
#define HASH_BASE      UINT64_C(0x9e3779b97f4a7c15)

struct edit_entry {
    uint32_t hash : 31; /* its upper bits; the bucket says most of the others */
    uint32_t last : 1;  /* of its hash */
    uint32_t value;
};

struct edit_source {
    const char *whole;
    uint32_t local_length, value;
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
    *domains = (struct domains){.bits = NULL};
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
    *edits = (struct edits){.source = mem_alloc(addresses * sizeof(edits->source[0]))};
    domains_init(&edits->domains, addresses);
}

void edits_release(struct edits *edits)
{
    free(edits->source);
    free(edits->entry);
    free(edits->end);
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

/* By prefix sums, so each costs a few steps; bound to the domain. The same one follows itself where
 * a letter does: 'aa' without either. */
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
    domains_add(&edits->domains, address->domain);
    if (address->local_length > LOCAL_PART_MAX)
        return;
    edits->source[edits->sources++] = (struct edit_source){
        .whole = address->whole,
        .local_length = (uint32_t)address->local_length,
        .value = value,
    };
    edits->count += address->local_length + 1;
}

static uint64_t *seen_word(const struct edits *edits, uint64_t hash)
{
    return &edits->seen[(hash >> 20) & (edits->mask >> 2)];
}

static uint64_t seen_bit(uint64_t hash)
{
    return UINT64_C(1) << (hash >> 58);
}

static uint32_t bucket_begin(const struct edits *edits, size_t bucket)
{
    return bucket > 0 ? edits->end[bucket - 1] : 0;
}

/* The first entry of a hash; TABLE_END for none. */
static uint32_t find_hash(const struct edits *edits, uint64_t hash)
{
    size_t bucket = hash & edits->mask;

    for (uint32_t at = bucket_begin(edits, bucket); at < edits->end[bucket]; at++) {
        if (edits->entry[at].hash == hash >> 33)
            return at;
    }
    return TABLE_END;
}

static void count_hash(struct edits *edits, uint64_t hash, uint32_t value)
{
    (void)value;
    edits->end[hash & edits->mask]++;
}

static void place_hash(struct edits *edits, uint64_t hash, uint32_t value)
{
    *seen_word(edits, hash) |= seen_bit(hash);
    edits->entry[edits->end[hash & edits->mask]++] =
        (struct edit_entry){.hash = (uint32_t)(hash >> 33) & 0x7fffffff, .value = value};
}

/* Of all addresses every hash, which are made a second time rather than kept. */
static void each_hash(struct edits *edits,
                      void (*take)(struct edits *edits, uint64_t hash, uint32_t value))
{
    uint64_t hash[EDIT_HASHES_MAX];

    for (size_t at = 0; at < edits->sources; at++) {
        const struct edit_source *source = &edits->source[at];
        struct address address = {.whole = source->whole,
                                  .domain = source->whole + source->local_length + 1,
                                  .local_length = source->local_length};
        unsigned count = hash_all(&address, hash);
        for (unsigned i = 0; i < count; i++)
            __builtin_prefetch(&edits->end[hash[i] & edits->mask], 1);
        for (unsigned i = 0; i < count; i++) {
            if (i == 0 || hash[i] != hash[i - 1])
                take(edits, hash[i], source->value);
        }
    }
}

static int compare_entries(const void *a, const void *b)
{
    const struct edit_entry *left = a, *right = b;

    return (left->hash > right->hash) - (left->hash < right->hash);
}

/* Those of one hash side by side. */
static void order_bucket(struct edit_entry *entry, size_t count)
{
    bool ordered = true;

    for (size_t i = 1; i < count; i++)
        ordered &= entry[i - 1].hash <= entry[i].hash;
    if (!ordered)
        qsort(entry, count, sizeof(entry[0]), compare_entries);
    for (size_t i = 0; i < count; i++)
        entry[i].last = i + 1 == count || entry[i].hash != entry[i + 1].hash;
}

void edits_index(struct edits *edits)
{
    size_t size = 16;
    uint32_t placed = 0;

    while (size < edits->count / 2)
        size *= 2;
    edits->mask = size - 1;
    edits->end = mem_calloc(size, sizeof(edits->end[0]));
    edits->seen = mem_calloc(size / 4, sizeof(edits->seen[0]));
    each_hash(edits, count_hash);
    for (size_t i = 0; i < size; i++) { /* where each begins; placing moves it to its end */
        uint32_t here = edits->end[i];
        edits->end[i] = placed;
        placed += here;
    }
    edits->count = placed;
    edits->entry = mem_realloc_array(NULL, placed, sizeof(edits->entry[0]));
    each_hash(edits, place_hash);
    free(edits->source);
    edits->source = NULL;
    for (size_t i = 0; i < size; i++) {
        uint32_t begin = bucket_begin(edits, i);
        order_bucket(edits->entry + begin, edits->end[i] - begin);
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
            __builtin_prefetch(&edits->end[hash[i] & edits->mask]);
            hash[held++] = hash[i];
        }
    }
    for (unsigned i = 0; i < held; i++)
        __builtin_prefetch(&edits->entry[bucket_begin(edits, hash[i] & edits->mask)]);
    for (unsigned i = 0; i < held; i++) {
        ret_entry[found] = find_hash(edits, hash[i]);
        found += ret_entry[found] != TABLE_END;
    }
    return found;
}

uint32_t edits_next(const struct edits *edits, uint32_t entry)
{
    return edits->entry[entry].last ? TABLE_END : entry + 1;
}

uint32_t edits_length(const struct edits *edits, uint32_t entry, uint32_t most)
{
    uint32_t length = 1;

    for (; length < most && !edits->entry[entry].last; entry++)
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
