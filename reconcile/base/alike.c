/*
 * A table of records by their bytes, half of it empty at least. Two that differ in what lies
 * between their members are kept twice, and that is all.
 */
#include "base/alike.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST = 64, MOST = 1 << 16 };

void alike_init(struct alike *alike, struct arena *arena, size_t size)
{
    assert(size % sizeof(uint64_t) == 0);
    *alike = (struct alike){.arena = arena, .size = size};
}

void alike_release(struct alike *alike)
{
    free(alike->slot);
    *alike = (struct alike){.arena = NULL};
}

static uint64_t hash_of(const void *record, size_t size)
{
    uint64_t hash = 0, word;

    for (size_t at = 0; at < size; at += sizeof(word)) {
        memcpy(&word, (const char *)record + at, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

/* Where one that says the same is, or would be. */
static const void **find(const struct alike *alike, const void *record)
{
    size_t at = hash_of(record, alike->size) & alike->mask;

    while (alike->slot[at] && memcmp(alike->slot[at], record, alike->size) != 0)
        at = (at + 1) & alike->mask;
    return &alike->slot[at];
}

static void make_room(struct alike *alike)
{
    const struct alike before = *alike;

    if (alike->slot && alike->count <= alike->mask / 2)
        return;
    alike->mask = alike->slot ? alike->mask * 2 + 1 : FIRST - 1;
    alike->slot = mem_calloc(alike->mask + 1, sizeof(alike->slot[0]));
    for (size_t i = 0; before.slot && i <= before.mask; i++) {
        if (before.slot[i])
            *find(alike, before.slot[i]) = before.slot[i];
    }
    free(before.slot);
}

const void *alike_keep(struct alike *alike, const void *record)
{
    make_room(alike);
    const void **slot = find(alike, record), *known = *slot;
    if (known)
        return known;
    void *copy = arena_alloc(alike->arena, alike->size);
    memcpy(copy, record, alike->size);
    if (alike->count < MOST) {
        *slot = copy;
        alike->count++;
    }
    return copy;
}
