/*
 * decide: what a person decides, from the row they saw to the record. A decision is about a row, by
 * the digest of any stored plan; it counts when the newest plan still has the row's subject.
 * Nothing is asked of the portal. Specification: docs/decisions.md "Decisions that last".
 */
#ifndef JOB_DECIDE_H
#define JOB_DECIDE_H

#include "core/plan.h"
#include "core/review.h"
#include "core/ruling.h"
#include "job/job.h"

struct decide_request {
    const char *who;                          /* user of the operating system */
    struct handed_in *file;                   /* in which it was handed in; NULL = by hand */
    const char *digest;                       /* of the plan as it was seen */
    const struct review_names *only, *except; /* NULL = none */
    const char *override_guards;              /* "G7,G10", NULL = none */
    const char *reason;                       /* of an override */
    bool spread;                              /* what exceeds a day is done over several */
    int nightly;                              /* at most so many a night; 0 = the limit alone */
    bool renew;                               /* just the rows that stand approved already */
    bool at_once;                             /* a re-hire does not wait for the 180 days */
};

/* A row that was named and not decided on, and why. */
struct decide_left {
    const struct plan_row *row;
    const char *why;
};

/* What will happen with what was approved. */
struct decide_night {
    struct day day;
    size_t count;
};

struct decide_answer {
    size_t approved; /* rows that carry this person's approval now */
    size_t done;     /* rows that were done already: nothing to decide */
    size_t excepted; /* rows that `except` names */
    size_t taken;    /* rows left out by `except` that this person had approved before */
    size_t alone;    /* of the approved: they need somebody else as well */
    size_t reserve;  /* approved, and no seat of their class is missing (seats.keep_free) */
    size_t held;     /* of the approved: a guard of evidence is in the way today */
    bool enforce;    /* nothing is done in mode "report" */
    struct decide_night *night; /* of those that have enough people, ascending */
    size_t night_count;
    struct decide_left *left; /* rows that changed, are kept or rejected, are one's own */
    size_t left_count;
    int64_t newest_plan; /* whose rows they are */
};

/* Records the approval of rows of `seen`. Above a limit (G7 to G10, on any coming day) nothing is
 * recorded without spread or an override: ERR_HELD, and the sentence says which day, which limit
 * and what to do. ERR_HELD as well when no row is left. What this person approved before of the
 * rows that `except` names is taken back. */
int job_approve(struct job *job, const struct plan *seen, const struct decide_request *request,
                struct decide_answer *ret_answer, struct err *err)
    __attribute__((warn_unused_result));

/* These rows are not done until a day (none = 180 days from now). */
int job_reject(struct job *job, const struct plan *seen, const struct decide_request *request,
               struct day until, struct decide_answer *ret_answer, struct err *err)
    __attribute__((warn_unused_result));

/* One account of the newest snapshot by id, address, username, employee number or full name;
 * several is ERR_USAGE with all of them. */
struct decide_who {
    const char *account_id, *name, *email, *username;
    enum person_status person; /* by the newest plan or link */
};

/* Kept until a day (at most keep_max_days ahead), with who and why. */
int job_keep(struct job *job, const char *who, const char *account, struct day until,
             const char *reason, bool also_departed, struct decide_who *ret_account,
             struct err *err) __attribute__((warn_unused_result));

/* What an `again` may be about: that R8 lets a suspension or a downgrade go, or that the former
 * profile is needed (R16). ACTION_KEEP: as the account's state says;
 * ERR_USAGE when that may be more than one, and for a profile that nothing of ours took. In *ret_of
 * what it is about. */
int job_again(struct job *job, const char *who, const char *account, enum action of,
              const char *reason, struct decide_who *ret_account, enum action *ret_of,
              struct err *err) __attribute__((warn_unused_result));

/* What taking decisions back came to. */
struct withdrawal {
    size_t count;    /* that were taken back */
    size_t left;     /* that spare somebody, and are for those to take back who may decide … */
    const char *why; /* … which the person may not, because of this */
};

/* Takes standing decisions back: all of a plan's rows (plan_id > 0), or of one account. `kind` NULL
 * = whatever stands. ERR_HELD when nothing was taken back because all that stands is left. */
int job_withdraw(struct job *job, const char *who, int64_t plan_id, const char *account,
                 const enum ruling_kind *kind, const char *reason, struct withdrawal *ret,
                 struct err *err) __attribute__((warn_unused_result));

#endif
