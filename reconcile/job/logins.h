/*
 * logins: brings the last logins of a snapshot up to date without asking for everybody. Login
 * events in bulk clear most accounts; whoever a rule would act on for the login is read one by one.
 * Specification: docs/collecting.md.
 */
#ifndef JOB_LOGINS_H
#define JOB_LOGINS_H

#include "core/evidence.h"
#include "job/job.h"

/* After the list, the roster and the history. What is read is stored as it comes, so that a run
 * that is cut off loses none of it. Login events that cannot be had are no error: single reads are
 * made instead, and snapshot.logins_note says so. */
int job_read_logins(struct job *job, struct collected *collected, struct err *err)
    __attribute__((warn_unused_result));

/* By what it is chosen whose last login is read one by one. */
struct evidence_settings logins_settings(const struct job *job, const struct collected *collected);

#endif
