/*
 * near_edit: addresses that are one letter apart, found without comparing every two. Each is put
 * under the hash of its local part and of every string that leaving out one letter makes of it; two
 * are within one edit only when they share such a string.
 */
#ifndef CORE_NEAR_EDIT_H
#define CORE_NEAR_EDIT_H

#include <stdint.h>

#include "base/table.h"

struct address { /* a folded e-mail address, split at its last @ */
    const char *whole;
    const char *domain; /* behind the @ */
    size_t local_length;
};

/* The domains of very many addresses, a bit each or a few that share one: what is not in here has
 * none of them, and what is may have none either. Several threads may add at a time. */
struct domains {
    uint64_t *bits;
    uint64_t mask;
};

/* As many addresses, of as many domains at the worst. */
void domains_init(struct domains *domains, size_t addresses);
void domains_release(struct domains *domains);
void domains_add(struct domains *domains, const char *domain);
bool domains_may_hold(const struct domains *domains, const char *domain);

#define EDIT_HASHES_MAX 65 /* of a local part of 64 letters (RFC 5321 4.5.3.1.1), and of itself */

struct edits {
    struct edit_source *source; /* the addresses, until all are in */
    size_t sources;
    struct edit_entry *entry; /* bucket by bucket */
    size_t count;
    uint32_t *end; /* of each bucket among the entries; the next one begins there */
    size_t mask;
    uint64_t *seen;         /* 16 bits for every bucket: most look-ups never leave the caches */
    struct domains domains; /* those of the addresses in here */
};

/* As many addresses at most. */
void edits_init(struct edits *edits, size_t addresses);
void edits_release(struct edits *edits);
/* The text stays with the caller, and where it is until all are indexed. An address whose local
 * part is longer is not taken in. */
void edits_add(struct edits *edits, const struct address *address, uint32_t value);
/* When all are in, before the first look. */
void edits_index(struct edits *edits);

/* The first entries of what shares a hash with an address; returns how many. As with a table, the
 * others of that hash follow by edits_next, and edits_length counts them all, no further than to
 * `most`. */
unsigned edits_find(const struct edits *edits, const struct address *address,
                    uint32_t ret_entry[static EDIT_HASHES_MAX]);
uint32_t edits_next(const struct edits *edits, uint32_t entry);
uint32_t edits_length(const struct edits *edits, uint32_t entry, uint32_t most);
uint32_t edits_value(const struct edits *edits, uint32_t entry);

bool is_one_edit(const struct address *a, const struct address *b);

#endif
