/*
 * random: numbers that look random and are the same on every machine for the same seed.
 * The steps are those of SplitMix64; nothing here depends on the C library.
 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdint.h>

/* A well mixed value of `value`. */
static inline uint64_t random_mix(uint64_t value)
{
    value += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

/* A value for a pair, for streams of their own: (seed, what it is for). */
static inline uint64_t random_pair(uint64_t a, uint64_t b)
{
    return random_mix(random_mix(a) ^ (b * UINT64_C(0xD6E8FEB86659FD93)));
}

struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
    uint64_t value = random_mix(random->state);
    random->state += UINT64_C(0x9E3779B97F4A7C15);
    return value;
}

/* 0 to bound - 1; bound is at least 1. */
static inline uint32_t random_below(struct random *random, uint32_t bound)
{
    return (uint32_t)(((random_next(random) >> 32) * bound) >> 32);
}

#endif
