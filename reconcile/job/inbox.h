/*
 * inbox: files of decisions that people put into `review.inbox`, taken by `run` and `apply` before
 * they plan, as `review` takes them. Who decides is the owner of the file. Each is taken once and
 * set aside, with an answer beside it; what becomes of one stops neither the others nor the run.
 * But what cannot be read may spare somebody: then job->unread says so, and nothing is done.
 */
#ifndef JOB_INBOX_H
#define JOB_INBOX_H

#include "job/job.h"

void job_take_inbox(struct job *job);

/* A name that this program gave: what was taken or refused, and its answer. */
bool inbox_is_ours(const char *name);

#endif
