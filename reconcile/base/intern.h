/*
 * intern: strings that recur (departments, countries, groups) kept once, in an arena.
 */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/table.h"

struct intern {
    struct arena *arena; /* the strings'; outlives this */
    struct table seen;
};

void intern_init(struct intern *intern, struct arena *arena);
void intern_release(struct intern *intern); /* the strings stay */

/* The string kept once; NULL gives NULL. */
const char *intern_string(struct intern *intern, const char *string);
/* Likewise for what may differ in each of a million, and often does not, as names of people: only
 * the first 65,536 different ones are looked for, of the others each has its own copy. */
const char *intern_some(struct intern *intern, const char *string);

#endif
