/*
 * job/years: events of before the twelve months that the portal tells page by page. It keeps them
 * in a file for each year; each is read once. What they tell makes accounts older and their last
 * use known; how far activity is known without a gap they do not change, because nothing says that
 * such a file has every kind. Nothing depends on them: what is not there is said once.
 */
#ifndef JOB_YEARS_H
#define JOB_YEARS_H

#include "job/job.h"

/* After the events: the years that are still to be read. *ret_note: what is to be said of it in the
 * plan; NULL = nothing. */
int years_read(struct job *job, struct snapshot *snapshot, const char **ret_note, struct err *err)
    __attribute__((warn_unused_result));

#endif
