/*
 * crew: a few threads that do, in any order, what they are given one by one, while whoever gives it
 * goes on.
 *
 * Only for work whose result does not depend on who does it and when: each worker has a number, and
 * memory of its own by it; what is given belongs to the worker until crew_end.
 */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stddef.h>

#define CREW_MOST 4

struct crew;

/* As many workers as the process may use processors, and no more than `things` are to come; where
 * that is one, none at all: crew_give does the work itself, as worker 0. Signals are not for them.
 */
struct crew *crew_new(size_t things, void (*work)(void *context, size_t worker, void *thing),
                      void *context) __attribute__((returns_nonnull));
/* Waits while as many things as there are workers wait to be begun: what they hold is bounded. */
void crew_give(struct crew *crew, void *thing);
/* Returns when all is done. NULL is fine. */
void crew_end(struct crew *crew);

#endif
