/*
 * near_index: the accounts for which somebody is sought among the people (near.c), under every key
 * by which one may be found: local part, the keys of a name, bare number, look-alike skeleton, and
 * what leaving out one letter makes of an address.
 */
#ifndef CORE_NEAR_INDEX_H
#define CORE_NEAR_INDEX_H

#include "core/near_compare.h"
#include "core/near_name.h"

struct finder {
    struct arena name_arena, arena; /* the index of names is made beside the others */
    const struct people *people;
    const struct snapshot *snapshot;
    struct pairing *pairing;
    struct twins twins;
    struct seeker *seeker; /* in the order of the accounts; an entry of an index has its place here
                              << 2 | enum near_role */
    uint32_t seekers;
    size_t persons, twins_sought; /* how many of them seek which */
    struct borne_names names;
    struct table table[BY_EDIT]; /* by enum near_index */
    struct edits edits;
    struct domains domains; /* of the people's addresses: a letter apart is in one domain */
    bool numbers;           /* they are among the keys */
    bool skeletons;         /* some address is not ASCII */
};

/* Seeks out the accounts and makes the indexes; none are made when nobody is sought. What is handed
 * in stays with the caller and outlives this. */
void finder_init(struct finder *finder, const struct people *people,
                 const struct snapshot *snapshot, struct pairing *pairing);
void finder_release(struct finder *finder);

struct pairing *pairing_of(const struct finder *finder, const struct seeker *seeker);

/* The look of an address without its accents, which are as easily lost as a letter is mistaken. */
const char *skeleton_key(struct arena *arena, const char *whole);

/* What one key holds of an index is a chain. */
uint32_t chain_length(const struct finder *finder, enum near_index index, uint32_t entry);
/* Short enough that its accounts are compared with whoever has the key too, as soon as they are
 * met; of longer ones people and accounts are counted first. */
bool is_short_chain(const struct finder *finder, enum near_index index, uint32_t entry);
/* What an entry was added with: a place among the seekers and a role, or of a name (is_of_names)
 * among those that are borne. */
uint32_t chain_value(const struct finder *finder, enum near_index index, uint32_t entry);
bool is_of_names(enum near_index index);

/* On the way through a chain. */
struct link {
    uint32_t entry, bearer;
};

/* The value of the next account in it; false: it is at its end. */
bool chain_take(const struct finder *finder, enum near_index index, struct link *link,
                uint32_t *ret_value);

#endif
