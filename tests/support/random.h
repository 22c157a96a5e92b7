/* random: numbers that are the same on every machine (xorshift64). */
#ifndef SUPPORT_RANDOM_H
#define SUPPORT_RANDOM_H

#include <stdint.h>
#include <stdlib.h>

/* The next one; the state is any number but 0. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Of random cases `make check` takes a fifth, `make check-sweeps` (EVERY_CASE) all. */
static inline uint64_t random_cases(uint64_t all)
{
    return getenv("EVERY_CASE") ? all : all / 5;
}

#endif
