/*
 * act: one step carried out, from the fresh reading to the journaled outcome. The order is the
 * safety: wait for the pace, read, judge, ask who says stop, commit the intent, call, read back,
 * compare, commit the outcome.
 */
#ifndef JOB_ACT_H
#define JOB_ACT_H

#include "core/step.h"
#include "job/job.h"
#include "job/propose.h"
#include "store/step.h"

/* A call of this run that may have happened. */
struct call {
    struct store_step *step;
    const struct plan_row *row;
    struct account before; /* as it was looked at last before the call */
    const char *record;    /* likewise, the JSON */
    struct instant at;
    long status;
    bool accepted; /* Bynder said that it will be done */
};

/* Everything steps are carried out against, the same for all of them. */
struct acting {
    struct job *job;
    const struct plan *plan;
    const struct proposal *proposal;             /* what was chosen, and why */
    const struct collected *now;                 /* roster and list read for this apply */
    struct pairing *pairing;                     /* of now->snapshot */
    struct policy_context context;               /* of now */
    struct step_failures failures;               /* what the portal did not answer */
    struct step_failures refusals[ACTION_COUNT]; /* what it said no to */
    bool canary_is_alive;  /* the first act of this run read back as it should */
    bool effects_are_late; /* that took longer than an act is watched: others are looked at later */
    struct call *open;     /* whose effect no reading has shown yet; room for every step */
    size_t open_count;
};

enum act_end {
    ACT_GO_ON = 0,
    ACT_HELD,   /* no further act in this run: a limit, a fence or a wish to end says so */
    ACT_CLOSED, /* likewise: the hours or days on which acts are done are over */
    ACT_ALARM,  /* likewise, because something is wrong: a surprise, or a refusal of everything */
};

struct act_result {
    enum act_end end;
    bool again;  /* nothing happened, and the step may start anew: a renewed token, a 429 waited out
                  */
    bool is_old; /* nothing was sent: the look was too old when it could be */
    bool accepted;         /* it was called, and Bynder said that it will be done */
    bool unanswered;       /* the account could not be read */
    enum step_state state; /* of the step, as journaled */
    const char *reason;
};

/* A reading of one account. READING_FAILED keeps its error in *ret_why (arena). */
struct reading act_read(struct job *job, const char *id, const char **ret_why);

/* Whether anything says that no further act of this kind is to be done now (G12): a signal, a stop,
 * the calendar. Sets end and reason of the result. */
int act_may_go_on(struct acting *acting, enum action action, struct act_result *ret_result,
                  struct err *err) __attribute__((warn_unused_result));

/* Records what became of a step; what was called and cannot be recorded is kept in a file. */
int act_journal(struct acting *acting, struct store_step *step, struct store_outcome *outcome,
                struct err *err) __attribute__((warn_unused_result));

/* Carries out one approved step. Returns -1 only when the journal could not be written. */
int act_on(struct acting *acting, struct store_step *step, const struct plan_row *row,
           struct act_result *ret_result, struct err *err) __attribute__((warn_unused_result));

/* Reads until the wanted state shows or the configured patience is over. */
struct reading act_wait(struct job *job, const struct step_aim *aim, const char *id,
                        struct instant called_at);

#endif
