/*
 * audit/record: whether the record in the database goes on from what this machine kept of it (guard
 * G15). Reads only.
 */
#ifndef AUDIT_RECORD_H
#define AUDIT_RECORD_H

#include "audit/file.h"
#include "store/store.h"

/* *ret_back: it does not, in a sentence; NULL = it does, or this machine kept nothing. A head file
 * that cannot be read as one is told in the same way. Memory from the arena. */
int audit_record_check(const struct config *config, const struct store *store, struct arena *arena,
                       const char **ret_back, struct err *err) __attribute__((warn_unused_result));

/* Keeps the end of the chain on this machine. Not while the record is older than what was kept, so
 * `back` of the check goes first. */
int audit_record_keep(const struct config *config, const struct store *store, struct instant now,
                      struct err *err) __attribute__((warn_unused_result));

#endif
