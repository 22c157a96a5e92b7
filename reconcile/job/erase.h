/*
 * erase: takes a person out of the history and out of the files that the program wrote.
 */
#ifndef JOB_ERASE_H
#define JOB_ERASE_H

#include "audit/erase.h"
#include "job/job.h"

/* The history (store_erase), then the report files that hold a value of theirs, which are removed:
 * 'show' makes them again; *ret_files: how many. In the state directory outcomes that wait for the
 * next run lose their sentence, and what was told to people is forgotten. */
int job_erase(struct job *job, const struct store_subject *subject, const char *who,
              const char *reason, struct store_erased *ret_erased, size_t *ret_files,
              struct err *err) __attribute__((warn_unused_result));

#endif
