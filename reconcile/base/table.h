/*
 * table: hash index from a string to a chain of numbers (indices into somebody's array).
 * Keys are not copied and must outlive the table, which reads them again as it grows. Several
 * entries may share a key; a walk gives them in order of insertion. Some 25 bytes an entry, and a
 * dozen for a key that comes again.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_END UINT32_MAX

struct table {
    uint32_t *slot; /* four bytes each */
    struct table_entry *entry;
    struct table_chain *chain; /* of keys that came again */
    size_t chain_count, chain_capacity;
    uint32_t mask; /* slots - 1 */
    uint32_t count;
    uint32_t capacity;
    uint32_t expected; /* entries; memory is taken when the first one comes */
};

/* By which keys are placed; for tables in memory alone. */
uint32_t table_hash(const char *key);

/* Room for `capacity` entries when the first one comes; table_add grows it when needed. */
void table_init(struct table *table, size_t capacity);
void table_release(struct table *table);
void table_add(struct table *table, const char *key, uint32_t value);
/* Asks memory for what table_put of this key is going to read some steps later. */
void table_prefetch(const struct table *table, const char *key);
/* The first entry with this key, which is added where there is none. */
uint32_t table_put(struct table *table, const char *key, uint32_t value);
/* From now on the key of an entry lies there; it must be the same string. */
void table_keep_key(struct table *table, uint32_t entry, const char *copy);
const char *table_key(const struct table *table, uint32_t entry);
/* The first entry with this key, or TABLE_END. A NULL key finds nothing. */
uint32_t table_find(const struct table *table, const char *key);
/* The same for many keys at once (NULL finds nothing): ret_entry[i] for key[i]. Several times as
 * fast as one by one in a table that is larger than the caches, because the look-ups wait together.
 */
void table_find_many(const struct table *table, const char *const *key, size_t count,
                     uint32_t *ret_entry);
/* Adds key[i] with value[i] (without values with i), leaving out NULL; likewise faster. An entry
 * counts length[i] times in table_length (without lengths once).
 * ret_again[i] (may be NULL) is set where the key was there already, and left as it is elsewhere.
 */
void table_add_many(struct table *table, const char *const *key, const uint32_t *value,
                    const uint32_t *length, size_t count, bool *ret_again);
/* The next entry with the same key. */
uint32_t table_next(const struct table *table, uint32_t entry);
/* How many have the key of a first entry, as table_find gives it. */
uint32_t table_length(const struct table *table, uint32_t entry);
uint32_t table_value(const struct table *table, uint32_t entry);

#endif
