/*
 * alike: records that recur kept once, in an arena, as base/intern does it with strings. What a
 * record points to is the same only where it is the same memory: texts of it are interned first.
 */
#ifndef BASE_ALIKE_H
#define BASE_ALIKE_H

#include "base/arena.h"

struct alike {
    struct arena *arena; /* the records'; outlives this */
    size_t size;         /* of a record, whole words */
    const void **slot;   /* by hash */
    size_t mask, count;  /* slots - 1; taken ones */
};

void alike_init(struct alike *alike, struct arena *arena, size_t size);
void alike_release(struct alike *alike); /* the records stay */

/* One that says the same. Only the first 65,536 different ones are looked for, of the others each
 * is a copy. */
const void *alike_keep(struct alike *alike, const void *record);

#endif
