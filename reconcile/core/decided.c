/*
 * Of decisions that are alike the latest of each hash is looked at: thousands have the same, and
 * where all differ none is looked for among all others.
 */
#include "core/decided.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct decision *decided_acting(const struct decided *decided, size_t i)
{
    const struct decision *one = &decided->item[decided->of ? decided->of[i] : i];

    assert(one->action != ACTION_KEEP && one->account);
    return one;
}

static uint32_t append(struct decided_part *part, const struct decision *decision)
{
    assert(part->count < UINT32_MAX);
    part->item = mem_grow(part->item, part->count, &part->capacity, sizeof(part->item[0]));
    part->item[part->count] = *decision;
    return (uint32_t)part->count++;
}

static uint32_t hash_of(const struct decision *decision)
{
    uint64_t word[sizeof(*decision) / sizeof(uint64_t)], hash = 0;

    static_assert(sizeof(*decision) % sizeof(uint64_t) == 0, "nothing of it is left out");
    memcpy(word, decision, sizeof(word));
    for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
        hash = (hash ^ word[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(hash >> 32) % DECIDED_KEPT;
}

/* Compared byte by byte: two that differ in what lies between their members are kept twice, and
 * that is all. */
uint32_t decided_part_add(struct decided_part *part, const struct decision *decision)
{
    struct decision like = *decision;

    if (decision->action != ACTION_KEEP)
        return append(part, decision);
    like.account = NULL;
    like.pairing = NULL;
    uint32_t *kept = &part->kept[hash_of(&like)];
    if (*kept == 0 || memcmp(&part->item[*kept - 1], &like, sizeof(like)) != 0)
        *kept = append(part, &like) + 1;
    return *kept - 1;
}

void decided_part_release(struct decided_part *part)
{
    free(part->item);
    *part = (struct decided_part){.item = NULL};
}
