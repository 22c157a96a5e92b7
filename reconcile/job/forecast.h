/*
 * forecast: what will happen when with the rows that stand approved, and with those that a person
 * is about to approve: the choice of the coming nights (core/schedule), over the newest plan and
 * the pictures it was made from. Nothing is asked of the portal, and nothing is written.
 */
#ifndef JOB_FORECAST_H
#define JOB_FORECAST_H

#include "core/schedule.h"
#include "job/rule.h"

struct forecast_terms {
    const char *const *override; /* guards of amount that do not count or hold what is asked */
    size_t override_count;
    bool spread;  /* what exceeds a day is done over several */
    int nightly;  /* at most so many a night; 0 = the limit alone */
    bool at_once; /* a re-hire does not wait for the 180 days */
};

struct forecast {
    struct day first;          /* the next night: today, unless the newest plan is today's */
    struct scheduled *row;     /* of each row of the plan; night none = not approved, not asked */
    bool spread[ACTION_COUNT]; /* what is asked of this action is done over several nights */
};

/* What stands alone. Memory from the job's arena. */
int job_forecast(struct job *job, const struct rule_book *book, struct forecast *ret_forecast,
                 struct err *err) __attribute__((warn_unused_result));

/* With the rows of asked[] (a flag for each row of the plan) approved as well, on these terms.
 * ERR_HELD when that exceeds a limit on some day: which one, what to do. */
int job_forecast_asked(struct job *job, const struct rule_book *book, const bool *asked,
                       const struct forecast_terms *terms, struct forecast *ret_forecast,
                       struct err *err) __attribute__((warn_unused_result));

#endif
