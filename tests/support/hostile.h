/*
 * hostile: names, addresses, departments and reasons that somebody wrote to break what shows them.
 * Made of a list of pieces, the same from the same seed on every machine; valid UTF-8, not empty,
 * not blank at an end.
 */
#ifndef SUPPORT_HOSTILE_H
#define SUPPORT_HOSTILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* The next value. Each piece alone comes first, in their order, as long as `number` (from 0) is one
 * of them; then several in a row, and now and then a very long one. */
char *hostile_value(struct arena *arena, uint64_t *state, size_t number);
/* How many pieces there are. */
size_t hostile_pieces(void);

#endif
