/*
 * parallel: one loop over independent elements, split over the processors that it may use.
 *
 * Only for work whose result does not depend on how it is split: every part gets its own range and
 * its own scratch memory, and nothing is shared that is written.
 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stddef.h>

#define PARALLEL_PARTS_MAX 8

/* Of the machine, those that this process may use: one of which there is nothing to share. */
size_t parallel_processors(void);

/* Into how many parts a loop of `count` elements is worth splitting: 1 for a small one. */
size_t parallel_parts(size_t count);

/* Calls task(context, part, begin, end) for `parts` ranges that make up [0, count), on as many
 * threads, and returns when all are done. A thread that cannot be had is done without. */
void parallel_for(size_t count, size_t parts,
                  void (*task)(void *context, size_t part, size_t begin, size_t end),
                  void *context);

#endif
