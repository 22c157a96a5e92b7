/*
 * desk: a person at a plan that they saw, and the rows of the newest one. What can be decided on is
 * looked for there, what cannot is put aside with its reason, and what approving would come to is
 * weighed for every coming day before anything is recorded. For job/decide and job/review, which
 * say what is asked.
 */
#ifndef JOB_DESK_H
#define JOB_DESK_H

#include "base/table.h"
#include "job/decide.h"
#include "job/forecast.h"
#include "store/ruling.h"

struct desk {
    struct job *job;
    const struct plan *seen, *newest;
    struct table by_account; /* rows of the newest plan */
    const char **past;       /* of each row of the newest plan: its act was called, or found done */
    const struct decide_request *request;
    struct rule_book book;       /* what stands, for the rows of the newest plan */
    const struct plan_row **row; /* of the newest plan: those that can be decided on */
    size_t count;
    size_t done; /* rows of the selection that were done already */
    struct decide_left *left;
    size_t left_count;
    const bool *except; /* of each row of the plan that was seen; NULL = none */
    size_t excepted;
    struct store_ruling_end *taken;
    size_t taken_count;
};

#define REJECT_DAYS 180 /* where a rejection says no day */

/* The guards of "G7,G10". */
const char *const *desk_overrides(struct arena *arena, const char *list, size_t *ret_count);
/* ERR_USAGE when what the request overrides cannot be overridden so. */
int desk_check(const struct job *job, const struct decide_request *request, struct err *err)
    __attribute__((warn_unused_result));

/* ERR_HELD when the request's digest is not that of the plan. The desk is the caller's to leave
 * (desk_rise) in any case, and begins as zeros. */
int desk_sit(struct job *job, const struct plan *seen, const struct decide_request *request,
             struct desk *ret_desk, struct err *err) __attribute__((warn_unused_result));

void desk_rise(struct desk *desk);

/* The rows of the plan that was seen that can be decided on: with an action, of `only` (flags, NULL
 * = all) and not of `except`. Each of the others is left with why; one that was done already as
 * well when it was `named`, else it is counted. */
void desk_select(struct desk *desk, const bool *only, const bool *except, bool named);
/* Leaves the rows that this person may not decide on. */
void desk_judge_own(struct desk *desk);
/* Leaves those that a keep or a rejection stands against: no approval ends one. Of a request that
 * renews just the rows stay that stand approved already, by anybody. */
void desk_judge_standing(struct desk *desk);

/* Why a row that was seen (a keep as well) is not the newest plan's row of that account; NULL = it
 * is. ret_now: that one, NULL when it proposes nothing. */
const char *desk_why_gone(struct desk *desk, const struct plan_row *seen,
                          const struct plan_row **ret_now);

/* A ruling on a row of the newest plan. */
struct ruling desk_ruling(const struct desk *desk, const struct plan_row *row,
                          enum ruling_kind kind);
/* A keep of an account. */
struct ruling desk_keep(const struct job *job, const char *who, const struct decide_who *account,
                        struct day until, const char *reason);
size_t desk_index(const struct desk *desk, const struct plan_row *row);

/* The approvals of the rows, by the terms of the request, when no coming day says no: else
 * ERR_HELD. Nothing is recorded yet. */
int desk_weigh(struct desk *desk, struct forecast *ret_forecast, struct ruling **ret_ruling,
               struct err *err) __attribute__((warn_unused_result));
/* What begins with an approval that was recorded, and what becomes of it. */
int desk_approved(struct desk *desk, const struct forecast *forecast,
                  struct decide_answer *ret_answer, struct err *err)
    __attribute__((warn_unused_result));

#endif
