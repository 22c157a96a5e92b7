/*
 * act: one step carried out, from the fresh reading to the journaled outcome. The order is the
 * safety: read, judge, commit the intent, call, commit the outcome, read back, compare.
 */
#ifndef JOB_ACT_H
#define JOB_ACT_H

#include "core/step.h"
#include "job/job.h"
#include "job/propose.h"
#include "store/step.h"

/* Everything steps are carried out against, the same for all of them. */
struct acting {
    struct job *job;
    const struct plan *plan;
    const struct proposal *proposal; /* what was chosen, and why */
    const struct collected *now;     /* roster and list read for this apply */
    struct pairing *pairing;         /* of now->snapshot */
    struct policy_context context;   /* of now */
    struct step_failures failures;
    bool canary_is_alive; /* the first act of this run read back as it should */
};

enum act_end {
    ACT_GO_ON = 0,
    ACT_HELD,  /* no further act in this run: a limit, a fence or a wish to end says so */
    ACT_ALARM, /* likewise, because something is wrong: a surprise, or a refusal of everything */
};

struct act_result {
    enum act_end end;
    bool again; /* nothing happened, and the step may start anew: a renewed token, a 429 waited out
                 */
    enum step_state state; /* of the step, as journaled */
    const char *reason;
};

/* A reading of one account. READING_FAILED keeps its error in *ret_why (arena). */
struct reading act_read(struct job *job, const char *id, const char **ret_raw,
                        const char **ret_why);

/* Carries out one approved step. Returns -1 only when the journal could not be written. */
int act_on(struct acting *acting, const struct store_step *step, const struct plan_row *row,
           struct act_result *ret_result, struct err *err) __attribute__((warn_unused_result));

/* Reads until the wanted state shows or the configured patience is over. */
struct reading act_wait(struct job *job, enum action action, const char *id,
                        struct instant called_at);

#endif
