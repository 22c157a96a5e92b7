/*
 * How much may be done is counted in the database, over all runs of a day and of the window: each
 * limit lets its class go as far as it allows, and the rest of that class waits for another day.
 * What needs nobody is done whole or not at all.
 */
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "test.h"

/* Limits that allow everything, but for one; without a floor below the percents. */
#define COUNT(n)                                                                                   \
    "count = " n "; percent = 100.0; percent_floor = 0; rolling_count = 100;"                      \
    " rolling_percent = 100.0;"
#define PERCENT(p, floor)                                                                          \
    "count = 100; percent = " p "; percent_floor = " floor "; rolling_count = 100;"                \
    " rolling_percent = 100.0;"
#define WINDOW(n)                                                                                  \
    "count = 100; percent = 100.0; percent_floor = 0; rolling_count = " n ";"                      \
    " rolling_percent = 100.0;"
#define WINDOW_PERCENT(p, floor)                                                                   \
    "count = 100; percent = 100.0; percent_floor = " floor "; rolling_count = 100;"                \
    " rolling_percent = " p ";"

/* The approved plan has three suspensions and one deletion; nine accounts are listed, eight of them
 * active. One was suspended by us today, which counts in the day, the window and what percent is
 * of. */
static const struct limit_case {
    const char *suspend, *deprovision; /* NULL = wide */
    const char *steps;
} limits[] = {
    {COUNT("0"), NULL, "verified 1"},
    {COUNT("2"), NULL, "verified 2"},
    {COUNT("3"), NULL, "verified 3"},
    {COUNT("4"), NULL, "verified 4"},
    {PERCENT("0.0", "3"), NULL, "verified 1"},
    {PERCENT("44.4", "0"), NULL, "verified 3"},
    {PERCENT("44.5", "0"), NULL, "verified 4"},
    {PERCENT("1.0", "3"), NULL, "verified 3"},
    {PERCENT("1.0", "4"), NULL, "verified 4"},
    {WINDOW("0"), NULL, "verified 1"},
    {WINDOW("3"), NULL, "verified 3"},
    {WINDOW("4"), NULL, "verified 4"},
    {WINDOW_PERCENT("33.3", "0"), NULL, "verified 2"},
    {WINDOW_PERCENT("44.5", "0"), NULL, "verified 4"},
    {WINDOW_PERCENT("1.0", "3"), NULL, "verified 3"},
    {NULL, COUNT("0"), "verified 3"},
    {NULL, COUNT("1"), "verified 4"},
    {NULL, PERCENT("0.0", "3"), "verified 3"},
    {NULL, PERCENT("11.1", "0"), "verified 3"},
    {NULL, PERCENT("11.2", "0"), "verified 4"},
    {NULL, PERCENT("1.0", "1"), "verified 4"},
    {NULL, WINDOW("0"), "verified 3"},
    {NULL, WINDOW("1"), "verified 4"},
    {NULL, WINDOW_PERCENT("11.1", "0"), "verified 3"},
    {NULL, WINDOW_PERCENT("11.2", "0"), "verified 4"},
};
#define OF_DEPROVISION 15 /* the first of them */

/* The acts of before are those of the day before. */
static void go_on_a_day(struct acts *acts, int days)
{
    (void)acts_change(acts,
                      "update reconcile.act set done_at = (done_at at time zone 'UTC' - interval "
                      "'%d days') at time zone 'UTC'",
                      days);
}

static void start_anew(struct acts *acts)
{
    probe_control(&acts->end.probe, "/_sim/reset", "");
    (void)acts_change(acts, "delete from reconcile.act");
    (void)acts_change(acts, "delete from reconcile.ruling");
    (void)acts_change(acts, "update reconcile.snapshot set complete = false"); /* for G4 */
    acts_limit(acts, NULL, NULL);
}

static void check_limits(size_t from, size_t to)
{
    WORLD(acts, 4, 4, NULL);

    for (size_t i = from; i < to; i++) {
        print_message("  %s\n", limits[i].suspend ? limits[i].suspend : limits[i].deprovision);
        start_anew(&acts);
        acts_prepare_both(&acts);
        size_t before = acts_writes(&acts);
        acts_limit(&acts, limits[i].suspend, limits[i].deprovision);
        APPLY(applied, &acts, 0); /* waiting for another day is no failure */
        acts_assert_steps(&acts, limits[i].steps);
        acts_assert_written(&acts, before, "verified");
    }
}

TEST(suspend_limits_let_as_many_go_as_they_allow)
{
    check_limits(0, OF_DEPROVISION);
}

TEST(deprovision_limits_let_as_many_go_as_they_allow)
{
    check_limits(OF_DEPROVISION, COUNT_OF(limits));
}

TEST(what_exceeds_a_limit_is_done_on_the_next_day)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    acts_limit(&acts, COUNT("3"), NULL);
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 3");
    APPLY(same_day, &acts, 0);
    end_assert_says(&same_day.out, "1 approved and due wait");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0);
    assert_int_equal(acts_writes(&acts), 3);
    go_on_a_day(&acts, 1);
    APPLY(next_day, &acts, 0);
    acts_assert_steps(&acts, "verified 4");
}

/* Nobody looked at those: all of them, or none and a person is asked. */
TEST(unasked_rows_above_a_limit_hold_themselves_only)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_approval(&acts, "suspend = 0; deprovision = 1;");
    acts_plan(&acts, 0);
    acts_approve_only(&acts, acts.row[3].id); /* the person of G11 */
    acts_limit(&acts, COUNT("3"), NULL);
    RUN(run, &acts.end, "run"); /* one was approved; three more are not two */
    end_assert_code(&run, 0);
    acts_assert_steps(&acts, "verified 1");
    assert_int_equal(acts_writes_on(&acts, acts.row[3].id), 1);
    RUN(again, &acts.end, "run"); /* they wait for a person, who is told: no failure of the night */
    end_assert_code(&again, 0);
    APPLY(applied, &acts, 20);
    end_assert_says(&applied.err, "G7");
    assert_int_equal(acts_writes(&acts), 1);
    go_on_a_day(&acts, 1);
    RUN(next_day, &acts.end, "run"); /* three of three */
    end_assert_code(&next_day, 0);
    assert_int_equal(acts_writes(&acts), 4);
}

TEST(rolling_limit_is_not_dodged_by_slices)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    for (size_t slice = 1; slice <= 4; slice++) {
        acts_limit(&acts, NULL, NULL);
        acts_plan(&acts, 0);
        acts_approve_only(&acts, acts.row[0].id);
        acts_limit(&acts, WINDOW("3"), NULL);
        APPLY(applied, &acts, 0);
        assert_int_equal(acts_writes(&acts), slice <= 3 ? slice : 3);
        go_on_a_day(&acts, 1);
    }
    acts_assert_no_step(&acts, acts.row[0].id);
    /* Behind the window of thirty days the first of them does not count any more. */
    go_on_a_day(&acts, 25);
    APPLY(eve, &acts, 0);
    assert_int_equal(acts_writes(&acts), 3);
    go_on_a_day(&acts, 1);
    APPLY(later, &acts, 0);
    assert_int_equal(acts_writes(&acts), 4);
    acts_assert_written(&acts, 3, "verified");
}

TEST(rolling_limit_counts_calls_of_unknown_outcome)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    acts_limit(&acts, WINDOW("3"), NULL);
    end_fault(&acts.end, "never-202=nth=2");
    APPLY(applied, &acts, 21); /* three calls, and no fourth */
    acts_assert_steps(&acts, "unknown 1, verified 2");
    assert_int_equal(acts_writes(&acts), 3);
}

/* What lies on a desk holds nothing: how much there is of it is no evidence. */
TEST(plan_above_a_limit_is_a_proposal_like_any_other)
{
    WORLD(acts, 4, 4, NULL);

    acts_limit(&acts, COUNT("0"), NULL);
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 4); /* everybody who is in it */
    acts_assert_plan_state(&acts, "proposed");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0);
    assert_int_equal(acts_writes(&acts), 0);
}
