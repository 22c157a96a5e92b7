/*
 * files: what the program left behind outside of the database, taken away again: report files, and
 * what waits in the state directory.
 */
#ifndef JOB_FILES_H
#define JOB_FILES_H

#include "audit/erase.h"
#include "job/job.h"

/* Where those stand who were erased. Report files of every plan that is not known to be without
 * them are removed, *ret_count of them, and all drafts; outcomes that wait for the next run lose
 * their sentence; what was told to people is forgotten. ERR_INTERNAL
 * when a file stays; each one is in the log. */
int files_erase(struct job *job, const struct store_erased *erased, size_t *ret_count,
                struct err *err) __attribute__((warn_unused_result));

/* Report files that were written before a moment (not set: none), likewise, and what killed runs
 * left of them. */
int files_remove_reports(struct job *job, struct instant before, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

#endif
