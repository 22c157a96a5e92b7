/*
 * store/seats: the classes of seats as the configuration had them when a snapshot was read, kept as
 * versions beside it: a later price or another mapping leaves what was before as it was.
 */
#ifndef STORE_SEATS_H
#define STORE_SEATS_H

#include "core/seats.h"
#include "store/store.h"

/* Of snapshot->seats, within the transaction that stores the snapshot under that number. */
int store_save_seats(const struct store *store, const struct snapshot *snapshot, int64_t id,
                     struct err *err) __attribute__((warn_unused_result));

/* SHA-256 over the classes and the class of each profile, as the chain has it; false: there are
 * none. */
bool store_seats_digest(const struct snapshot *snapshot, struct digest *ret_digest);
/* The same of what is stored of a snapshot; *ret_any false: nothing is. */
int store_stored_seats_digest(const struct store *store, int64_t snapshot_id, bool *ret_any,
                              struct digest *ret_digest, struct err *err)
    __attribute__((warn_unused_result));

#endif
