/*
 * thrift: how far back events of logins are worth their requests. Each page of them is a request,
 * and so is the single read of an account that none of them clears. They are read newest first, in
 * steps; before each it is asked whether what it can spare is more than it costs. What nobody knows
 * beforehand, how many are cleared, is known of the steps before; so a wrong guess costs little,
 * whichever way it is wrong. Specification: docs/collecting.md. Pure.
 */
#ifndef CORE_THRIFT_H
#define CORE_THRIFT_H

#include "core/policy.h"

struct thrift {
    int64_t wanted; /* accounts to be read one by one if no more events are */
    int64_t beyond; /* likewise, if each of them that can be had logged in just before what is told:
                     * older events spare no more than the difference */
    int64_t spent;  /* pages of events so far */
    int64_t best;   /* the least that `spent` and `wanted` have been together */
    int64_t ahead;  /* pages of the next step, an estimate; at least one */
    bool needed;    /* thrift_needs_events */
};

/* Whether the next step of events is read; false: what is wanted is read one by one. */
bool thrift_goes_on(const struct thrift *thrift);

/* So many pages may be read next, should none of them spare anybody. */
int64_t thrift_room(const struct thrift *thrift);

/* How long the next step is: a week at first, then as long as all before, but of no more pages than
 * there is room for, and no longer than what is left. */
int64_t thrift_step_us(int64_t told_us, int64_t left_us, double pages_a_day, int64_t room);

/* Pages of so long a time, rounded up. */
int64_t thrift_pages(int64_t us, double pages_a_day);

/* Whether some rule decides by the login of accounts that are never read one by one before it
 * does: inactive ones that it would delete. */
bool thrift_needs_events(const struct policy *policy);

#endif
