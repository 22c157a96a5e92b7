/*
 * confirm: single reads beside the list: whether somebody gave back what we suspended or
 * downgraded, and what the look before an act told. Both are kept like every reading.
 */
#ifndef JOB_CONFIRM_H
#define JOB_CONFIRM_H

#include "job/job.h"

/* Whom we suspended and this list shows with a seat, or whom we downgraded and it shows with
 * another profile than we gave, for the first time since: a list may lag behind, so each is read by
 * itself. What that says holds; an account that it says nothing of is unreadable tonight. */
int confirm_undone(struct job *job, struct snapshot *snapshot, struct err *err)
    __attribute__((warn_unused_result));

/* What a single read told of the last login is kept for the next picture. */
void confirm_keep(struct job *job, const struct account *account);

#endif
