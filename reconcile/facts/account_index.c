/*
 * Open addressing over places: a slot holds the place of an account and a few bits of the hash of
 * its id, and the id itself is read where the account has it. At most two thirds are full.
 */
#include "facts/account_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/table.h"

enum { PLACE_BITS = 24, SLOTS_LEAST = 16 };
#define PLACE_MASK ((1U << PLACE_BITS) - 1)
#define EMPTY      UINT32_MAX

/* With those who are gone behind those who are listed. */
static_assert(4 * LIMIT_ACCOUNTS < PLACE_MASK, "a place fits beside the bits of the hash");

static uint32_t slot_of(uint32_t hash, uint32_t place)
{
    return (hash & ~PLACE_MASK) | place;
}

/* Of those with the same id the first is found, and no other is put: as many as have it would be
 * walked past by each of them. */
static void put(struct account_index *index, const struct account *account, uint32_t place)
{
    uint32_t hash = table_hash(account[place].id), like = slot_of(hash, 0), at = hash & index->mask;

    for (; index->slot[at] != EMPTY; at = (at + 1) & index->mask) {
        uint32_t slot = index->slot[at];
        if ((slot & ~PLACE_MASK) == like &&
            strcmp(account[slot & PLACE_MASK].id, account[place].id) == 0)
            return;
    }
    index->slot[at] = slot_of(hash, place);
    index->count++;
}

/* Slots for so many; what was there is put anew, in the order in which it came. */
static void make_slots(struct account_index *index, const struct account *account, size_t count,
                       size_t there)
{
    size_t slots = SLOTS_LEAST;

    while (slots < count + count / 2)
        slots *= 2;
    free(index->slot);
    *index = (struct account_index){.slot = mem_alloc(slots * sizeof(index->slot[0])),
                                    .mask = (uint32_t)(slots - 1)};
    memset(index->slot, 0xFF, slots * sizeof(index->slot[0])); /* all EMPTY */
    for (size_t i = 0; i < there; i++) {
        if (account[i].id)
            put(index, account, (uint32_t)i);
    }
}

void account_index_init(struct account_index *index, const struct account *account, size_t count)
{
    *index = (struct account_index){.slot = NULL};
    make_slots(index, account, count, count);
}

void account_index_release(struct account_index *index)
{
    free(index->slot);
    *index = (struct account_index){.slot = NULL};
}

void account_index_add(struct account_index *index, const struct account *account, uint32_t place)
{
    assert(place < PLACE_MASK);
    if (!index->slot || index->count + index->count / 2 > index->mask)
        make_slots(index, account, (size_t)index->count * 2, place);
    if (account[place].id)
        put(index, account, place);
}

uint32_t account_index_find(const struct account_index *index, const struct account *account,
                            const char *id)
{
    if (!id || !index->slot)
        return ACCOUNT_NOWHERE;
    uint32_t hash = table_hash(id), like = slot_of(hash, 0);
    for (uint32_t at = hash & index->mask; index->slot[at] != EMPTY; at = (at + 1) & index->mask) {
        uint32_t slot = index->slot[at], place = slot & PLACE_MASK;
        if ((slot & ~PLACE_MASK) == like && strcmp(account[place].id, id) == 0)
            return place;
    }
    return ACCOUNT_NOWHERE;
}
