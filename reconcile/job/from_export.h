/*
 * from_export: Bynder's own user export in place of the portal. The portal is not asked anything.
 * What comes of it can only be read: neither the snapshot nor a plan over it is ever stored.
 * Specification: docs/from-export.md.
 */
#ifndef JOB_FROM_EXPORT_H
#define JOB_FROM_EXPORT_H

#include "job/job.h"

/* Roster, export and history. What a complete export tells of accounts that the history has is kept
 * there: created and deactivated dates, and last logins newer than any known one. ERR_ROSTER: the
 * roster or the export is refused, and nothing is kept. */
int from_export(struct job *job, const char *path, struct collected *ret_collected, struct err *err)
    __attribute__((warn_unused_result));

#endif
