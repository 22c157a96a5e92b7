/*
 * work: a run of the program, from its lock to its record. The verbs that collect or act begin and
 * end with it, so that no run is without a number and none ends without an entry.
 */
#ifndef CMD_WORK_H
#define CMD_WORK_H

#include "bynder/bynder.h"
#include "cmd/bynder-reconcile/session.h"
#include "core/audit.h"
#include "job/apply.h"
#include "job/job.h"
#include "job/pace_share.h"
#include "report/progress.h"

struct work {
    struct config config;
    struct database database;
    struct store store;
    struct bynder *bynder;
    struct pace_share share; /* its requests counted together with those of other runs */
    struct terminal_progress terminal;
    struct job job;
    struct audit_head head; /* of the record, at the end; sequence 0 = not known */
    const char *verb;
    bool begun;        /* it has a number: its end must be recorded */
    bool is_explained; /* that it was interrupted, and what is left */
    bool is_run;       /* the verb is `run` */
    bool watched;      /* its end is told outside: `run` and `apply` */
};

/* Configuration, database, lock, run number. On failure nothing is held, and what is told outside
 * was told. */
int work_begin(const struct invocation *invocation, const char *verb, struct work *ret_work,
               struct err *err) __attribute__((warn_unused_result));

/* The portal; without `writing` its writing members are NULL. */
int work_portal(struct work *work, bool writing, struct err *err)
    __attribute__((warn_unused_result));

/* Later log lines are about this plan. */
void work_about_plan(const struct plan *plan);

/* That a signal ended it with acts left of this plan: what is done, what is left, how to go on. */
int work_interrupted(struct work *work, int64_t plan_id, const struct apply_result *result,
                     struct err *err);

/* Records how it ended, tells it outside, lets go of everything; returns the exit code: `code`, but
 * never held when this run did something. */
int work_end(struct work *work, int code, struct err *err);

/* Prints the plan and writes the configured report files; of one that is not stored none. */
int work_report(struct work *work, struct plan *plan, enum report_format format, const char *output,
                struct err *err) __attribute__((warn_unused_result));

#endif
