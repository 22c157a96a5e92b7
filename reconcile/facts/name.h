/*
 * name: whether two names are those of one person, as far as names can tell.
 */
#ifndef FACTS_NAME_H
#define FACTS_NAME_H

#include <stdbool.h>

/* Identical when folded, or at least two parts are common and every part of the shorter one is in
 * the longer: 'Doe, Jane' and 'Jane Maria Doe'. NULL and blank are nobody's. */
bool name_is_same(const char *a, const char *b);

#endif
