/*
 * job/events: the events of the portal in bulk, kind by kind: last logins, and what people do
 * besides. What was told goes into the accounts of the snapshot, and page by page into the history.
 * What could not be read is no failure: the run goes on with what it has, and says so.
 */
#ifndef JOB_EVENTS_H
#define JOB_EVENTS_H

#include "job/job.h"

/* Login events, as far back as they are worth their requests. Sets by_events, events, events_reach,
 * events_since and logins_note of the snapshot. */
int events_read_logins(struct job *job, struct collected *collected, struct err *err)
    __attribute__((warn_unused_result));

/* Activity of every kind that is configured, where it is wanted. Sets snapshot->activity. */
int events_read_activity(struct job *job, struct snapshot *snapshot, struct err *err)
    __attribute__((warn_unused_result));

#endif
