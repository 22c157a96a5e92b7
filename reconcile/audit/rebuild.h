/*
 * audit/rebuild: every reading made again from its versions, against what the chain says of it.
 */
#ifndef AUDIT_REBUILD_H
#define AUDIT_REBUILD_H

#include "audit/verify.h"

struct store_audit_rebuilt {
    size_t count, findings;
    size_t left_out; /* thinned out, not complete, or somebody in them was erased */
};

/* What stands behind the readings: every snapshot and roster is made again from its versions and
 * compared with the digest in the chain. Takes about as long as a plan takes to load one, for each.
 */
int store_audit_rebuild(struct store *store, audit_found *found, void *context,
                        struct store_audit_rebuilt *ret_rebuilt, struct err *err)
    __attribute__((warn_unused_result));

#endif
