/*
 * Invariant: whatever the events turn out to be, what is read is at most a thirty-second part and a
 * few pages more than single reads alone would have been; so a year of them is never read where
 * those cost less. Where they do not, events are read as long as each step pays for itself.
 */
#include "core/thrift.h"

#include "core/rules.h"

enum {
    FIRST_DAYS = 7, /* every day of the week: many log in on none but some */
    LOSS_SHARE = 32,
    LOSS_ANYWAY = 8,
};

int64_t thrift_room(const struct thrift *thrift)
{
    int64_t lost = thrift->spent + thrift->wanted - thrift->best;

    return thrift->wanted / LOSS_SHARE + LOSS_ANYWAY - (thrift->needed ? 0 : lost);
}

bool thrift_goes_on(const struct thrift *thrift)
{
    int64_t spares = thrift->wanted - thrift->beyond;

    if (thrift->needed)
        return true;
    return spares > thrift->ahead && thrift->ahead <= thrift_room(thrift);
}

int64_t thrift_pages(int64_t us, double pages_a_day)
{
    double pages = (double)us / (double)DAY_US * pages_a_day;

    return (int64_t)pages + ((double)(int64_t)pages < pages);
}

int64_t thrift_step_us(int64_t told_us, int64_t left_us, double pages_a_day, int64_t room)
{
    int64_t step_us = told_us > 0 ? told_us : FIRST_DAYS * DAY_US;

    if (thrift_pages(step_us, pages_a_day) > room)
        step_us = (int64_t)((double)(room > 0 ? room : 0) / pages_a_day * (double)DAY_US);
    if (step_us < SECOND_US)
        step_us = SECOND_US;
    return step_us < left_us ? step_us : left_us;
}

bool thrift_needs_events(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = &policy->rule[i];
        unsigned account = rule->when.account;
        bool is_of_inactive = !account || account & 1U << ACCOUNT_INACTIVE;

        if (rule->action == ACTION_DEPROVISION && is_of_inactive && rule_asks_login(rule))
            return true;
    }
    return false;
}
