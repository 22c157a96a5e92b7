/*
 * rule: what people decided, beside the rows of a plan: which approvals count for which row, how
 * many people a row still needs, and what ends tonight. Loads from the store, decides in core.
 */
#ifndef JOB_RULE_H
#define JOB_RULE_H

#include "core/plan.h"
#include "core/ruling.h"
#include "job/job.h"
#include "job/weigh.h"

/* What stands for the rows of one plan, index by index. Memory from the job's arena. */
struct rule_book {
    const struct plan *plan;
    struct approvers approvers;
    struct ruling_terms terms;
    struct ruling_view view;
    const struct rulings **rulings; /* of the row's account; NULL = none */
    struct ruled *ruled;
};

/* Whose word counts, by the configuration in force. */
struct approvers rule_approvers(const struct job *job);

/* Whatever the store has now; memory from the arena, a kilobyte or so a row that somebody decided
 * about. */
int rule_book_open(struct job *job, struct arena *arena, const struct plan *plan,
                   struct rule_book *ret_book, struct err *err) __attribute__((warn_unused_result));

/* The terms by which an approval ends. */
struct ruling_terms rule_terms(const struct job *job);

/* Whether enough people approved this row, and nothing of theirs stands against it. */
bool rule_is_approved(const struct rule_book *book, size_t row);
/* Whether anybody approved it, be it enough people or not, and nothing stands against it. */
bool rule_is_wanted(const struct rule_book *book, size_t row);
/* Whether it may be done without anybody's word. */
bool rule_is_unasked(const struct rule_book *book, size_t row);
/* Whether a person let a guard of amount neither count nor hold the row. */
bool rule_overrides(struct job *job, const struct rule_book *book, size_t row, const char *guard);

/* How many people each row of a new plan needs, from the configuration, from what was ever rejected
 * and from the rules that no person has approved a row of (G11). Sets needed. */
int rule_set_needed(struct job *job, const struct weighed *weighed, struct plan *plan,
                    struct err *err) __attribute__((warn_unused_result));

/* What a night makes of the decisions and announcements that stand: for `run` alone, over the plan
 * it just stored. Nothing ends while the snapshot is incomplete or a guard of evidence holds; rows
 * that such a guard holds are not announced. */
int rule_night(struct job *job, const struct collected *collected, const struct weighed *weighed,
               const struct plan *plan, struct err *err) __attribute__((warn_unused_result));

#endif
