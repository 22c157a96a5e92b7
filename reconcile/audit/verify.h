/*
 * audit/verify: whether the record of what happened is whole, and whether the rest of the history
 * agrees with it. Reads only.
 */
#ifndef AUDIT_VERIFY_H
#define AUDIT_VERIFY_H

#include "store/audit.h"

/* The whole chain of the portal, event by event, and then what the rest of the history says
 * against it: plans, approvals, runs, acts, erased values. Anchors are heads that were kept outside
 * of the database. `found` is called once for each finding; *ret_last is the end of the chain as
 * it was found. Memory does not grow with the number of events. */
int store_audit_verify(const struct store *store, const struct audit_head *anchor,
                       size_t anchor_count, audit_found *found, void *context,
                       struct audit_head *ret_last, size_t *ret_findings, struct err *err)
    __attribute__((warn_unused_result));

#endif
