/*
 * chance: numbers that look random and follow from a seed and from what they are for, alone. No
 * draw depends on an earlier one, so switching off one kind of people leaves the others as they
 * were, and a seed makes the same year everywhere.
 */
#ifndef YEAR_CHANCE_H
#define YEAR_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

/* What a number is for: whose, and of what (a word of four letters, say). */
struct chance {
    uint64_t seed;
};

/* A well mixed number for (what, who, when). */
uint64_t chance_of(struct chance chance, const char *what, uint64_t who, int64_t when);
/* 0 to bound - 1; bound is at least 1. */
int chance_below(struct chance chance, const char *what, uint64_t who, int64_t when, int bound);
/* Whether one of so many in 10,000 is hit. */
bool chance_hits(struct chance chance, const char *what, uint64_t who, int64_t when, int share);

#endif
