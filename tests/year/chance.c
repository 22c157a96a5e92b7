/*
 * SplitMix64's mixing step over the four parts; nothing here depends on the C library's generators.
 */
#include "chance.h"

#include "base/text.h"

static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

uint64_t chance_of(struct chance chance, const char *what, uint64_t who, int64_t when)
{
    return mix(mix(mix(chance.seed) ^ text_hash(what)) ^ mix(who * 2 + 1) ^
               mix((uint64_t)when * 2));
}

int chance_below(struct chance chance, const char *what, uint64_t who, int64_t when, int bound)
{
    return (int)(((chance_of(chance, what, who, when) >> 32) * (uint64_t)bound) >> 32);
}

bool chance_hits(struct chance chance, const char *what, uint64_t who, int64_t when, int share)
{
    return chance_below(chance, what, who, when, 10000) < share;
}
