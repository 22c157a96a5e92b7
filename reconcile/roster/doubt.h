/*
 * roster/doubt: whom a damaged row speaks of, as far as that can be known without trusting it.
 *
 * Its values may stand in the wrong columns, so none is kept for what it is. But a value that is
 * also a key of another row shows that this person may be meant: a returner whose new row is
 * damaged must not look like the leaver of the old one.
 */
#ifndef ROSTER_DOUBT_H
#define ROSTER_DOUBT_H

#include "base/arena.h"
#include "facts/person.h"

struct roster_doubt {
    struct arena arena;
    struct doubtful_value *item;
    size_t count, capacity;
};

/* A value of the damaged row that becomes person[index]. It is forgotten at release. */
void roster_doubt_add(struct roster_doubt *doubt, size_t index, const char *value);

/* Forgets the values of the rows that become person[from] and behind it. */
void roster_doubt_take_back(struct roster_doubt *doubt, size_t from);

/* Gives damaged rows the keys of others that were among their values. No value of a damaged row
 * gets into a person: the strings are those of the other row. */
void roster_doubt_resolve(struct roster_doubt *doubt, struct person *person, size_t count);

void roster_doubt_release(struct roster_doubt *doubt);

#endif
