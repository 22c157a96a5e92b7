/*
 * choose: which rows of the plan that was just made are done now: approved by enough people or
 * needing nobody, due, held by no guard of evidence, inside of the hours and days that acts are
 * allowed on, and as many as the day has room for (G7 to G10, G16). What is not chosen waits;
 * nothing of it is lost.
 */
#ifndef JOB_CHOOSE_H
#define JOB_CHOOSE_H

#include "core/amount.h"
#include "core/plan.h"
#include "job/rule.h"

struct choice {
    bool *chosen;       /* of each row of the plan */
    bool *uncounted;    /* likewise: spread or overridden, so that the window does not count it */
    bool *overridden;   /* likewise: its limit was overridden with its approval */
    const char **waits; /* likewise, of an approved and due row: the guard of amount, NULL = none */
    size_t count;       /* chosen */
    int64_t whole[ACTION_COUNT]; /* what the percent of each action is of */
    size_t due;                  /* approved or unasked, and due */
    size_t early;                /* likewise, and their day is still to come */
    size_t impossible;      /* approved and due, and no later day helps: a person must act (G9, or
                               no run of a week began inside of a window) */
    size_t unheard;         /* approved or unasked, and due: a line of the inbox that could not be
                               taken was about them (job.unheard) */
    size_t unasked_waits;   /* need nobody, and exceed a limit: they wait for a person's approval */
    const char *closed;     /* why nothing is done at this hour or day; NULL = it may be (G12) */
    const char *no_deletes; /* likewise why nothing is deleted */
};

/* Of what a day's choice is made: who is active, an administrator, of which department, and what
 * was done today and in the window. Memory from the job's arena. */
int choose_scene(struct job *job, const struct snapshot *snapshot, const struct pairing *pairing,
                 struct amount_scene *ret_scene, struct err *err)
    __attribute__((warn_unused_result));
/* A row of the book's plan as the choice sees it, when it is approved or needs nobody. */
struct amount_row choose_row(struct job *job, const struct snapshot *snapshot,
                             const struct rule_book *book, size_t row,
                             const struct account *account);

/* Memory from the job's arena. Also writes into the plan's findings of G7 to G10 and G16 what was
 * weighed. `only` NULL = every row; else just those that this earlier plan has with the same
 * subject. */
int job_choose(struct job *job, const struct weighed *weighed, const struct rule_book *book,
               const struct plan *only, struct plan *plan, struct choice *ret_choice,
               struct err *err) __attribute__((warn_unused_result));

#endif
