/*
 * account_index: where an account stands in an array of them, by its id. Four bytes a slot, so that
 * what a million are looked up by takes a fifth of what a table of their ids would.
 */
#ifndef FACTS_ACCOUNT_INDEX_H
#define FACTS_ACCOUNT_INDEX_H

#include "facts/snapshot.h"

#define ACCOUNT_NOWHERE UINT32_MAX

struct account_index {
    uint32_t *slot;
    uint32_t mask;  /* slots - 1 */
    uint32_t count; /* different ids */
};

/* All zero is an empty one. Of every account of the array that has an id. */
void account_index_init(struct account_index *index, const struct account *account, size_t count);
void account_index_release(struct account_index *index);
/* account[place], which has come to the array behind all that are there. The array may lie
 * elsewhere than before. */
void account_index_add(struct account_index *index, const struct account *account, uint32_t place);
/* The place of the first that was added with this id; ACCOUNT_NOWHERE for none, and for NULL. */
uint32_t account_index_find(const struct account_index *index, const struct account *account,
                            const char *id);

#endif
