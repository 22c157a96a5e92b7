/*
 * reclaim: which of the approved and due rows are done on a day, when only so many seats are wanted
 * free (seats.keep_free): of those that act for lack of use as many as a class misses, longest
 * unused first. Whoever left goes anyway, and counts first. Without that wish it is amount_choose.
 * Pure.
 */
#ifndef CORE_RECLAIM_H
#define CORE_RECLAIM_H

#include "core/amount.h"

/* amount_row.waits of a row whose seat nobody misses, or of whose class nothing is known: another
 * day may need it. It is no limit, and no person has to do anything. */
#define RECLAIM_WAITS "keep_free"
#define RECLAIM_TEXT  "as many seats of its class are free as seats.keep_free asks for"

/* Whether that is what a row waits for. */
bool reclaim_waits(const char *waits);

/* Sets `chosen` and `waits` of every row, as amount_choose does. Invariants, of each class: with
 * the rows chosen no more seats become free than are missing, but by rows that are not of_login;
 * fewer only when no row is left, or those that are chosen wait for room (G7, G8), or for a person
 * who was not asked. One that G9 or G10 holds gives its place to the next. */
void reclaim_choose(const struct amount_scene *scene, struct amount_row *row, size_t count);

#endif
