/*
 * How much may be done is counted in the database, over all runs: each limit stops its class alone
 * and whole, and the other class goes on.
 */
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/table.h"
#include "test.h"

/* The approved plan has three suspensions and one deletion; nine accounts, eight of them active,
 * one suspended by us already. */
static const struct limit_case {
    const char *suspend, *deprovision; /* NULL = wide */
    const char *steps;
} limits[] = {
    {"count = 0; percent = 100.0; rolling_count = 100;", NULL, "planned 3, verified 1"},
    {"count = 2; percent = 100.0; rolling_count = 100;", NULL, "planned 3, verified 1"},
    {"count = 3; percent = 100.0; rolling_count = 100;", NULL, "verified 4"},
    {"count = 100; percent = 0.0; rolling_count = 100;", NULL, "planned 3, verified 1"},
    {"count = 100; percent = 37.4; rolling_count = 100;", NULL, "planned 3, verified 1"},
    {"count = 100; percent = 37.5; rolling_count = 100;", NULL, "verified 4"},
    {"count = 100; percent = 100.0; rolling_count = 0;", NULL, "planned 3, verified 1"},
    {"count = 100; percent = 100.0; rolling_count = 3;", NULL, "planned 3, verified 1"},
    {"count = 100; percent = 100.0; rolling_count = 4;", NULL, "verified 4"},
    {NULL, "count = 0; percent = 100.0; rolling_count = 100;", "planned 1, verified 3"},
    {NULL, "count = 1; percent = 100.0; rolling_count = 100;", "verified 4"},
    {NULL, "count = 100; percent = 0.0; rolling_count = 100;", "planned 1, verified 3"},
    {NULL, "count = 100; percent = 11.1; rolling_count = 100;", "planned 1, verified 3"},
    {NULL, "count = 100; percent = 11.2; rolling_count = 100;", "verified 4"},
    {NULL, "count = 100; percent = 100.0; rolling_count = 0;", "planned 1, verified 3"},
    {NULL, "count = 100; percent = 100.0; rolling_count = 1;", "verified 4"},
};

static void start_anew(struct acts *acts)
{
    probe_control(&acts->end.probe, "/_sim/reset", "");
    (void)acts_change(acts, "delete from reconcile.act");
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
        /* The other class was done, so it is not 20. */
        APPLY(applied, &acts, text_starts(limits[i].steps, "planned") ? 21 : 0);
        acts_assert_steps(&acts, limits[i].steps);
        acts_assert_written(&acts, before, "verified");
    }
}

TEST(suspend_limits_stop_all_suspensions_and_nothing_else)
{
    check_limits(0, 9);
}

TEST(deprovision_limits_stop_all_deletions_and_nothing_else)
{
    check_limits(9, COUNT_OF(limits));
}

TEST(limits_on_the_only_class_are_20_and_nothing_is_written)
{
    WORLD(acts, 4, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    acts_limit(&acts, "count = 3; percent = 100.0; rolling_count = 100;", NULL);
    APPLY(held, &acts, 20);
    end_assert_says(&held.err, "G7");
    assert_int_equal(acts_writes(&acts), 0);
    acts_limit(&acts, NULL, NULL);
    APPLY(applied, &acts, 0); /* the approval still stands */
    acts_assert_steps(&acts, "verified 4");
}

TEST(rolling_limit_is_not_dodged_by_slices)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    for (int slice = 1; slice <= 4; slice++) {
        acts_limit(&acts, NULL, NULL);
        acts_plan(&acts, 0);
        acts_approve_only(&acts, acts.row[0].id);
        acts_limit(&acts, "count = 1; percent = 20.0; rolling_count = 3;", NULL);
        APPLY(applied, &acts, slice <= 3 ? 0 : 20);
    }
    assert_int_equal(acts_writes(&acts), 3);
    /* A month later it is another window. */
    (void)acts_change(&acts, "update reconcile.act set done_at = done_at - interval '30 days'");
    APPLY(later, &acts, 0);
    assert_int_equal(acts_writes(&acts), 4);
    acts_assert_written(&acts, 3, "verified");
}

TEST(rolling_limit_counts_calls_of_unknown_outcome)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_limit(&acts, "count = 100; percent = 100.0; rolling_count = 3;", NULL);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "never-202=nth=2");
    APPLY(applied, &acts, 21); /* three calls, and no fourth */
    acts_assert_steps(&acts, "unknown 1, verified 2");
    assert_int_equal(acts_writes(&acts), 3);
}

TEST(plan_above_a_limit_is_held_and_shown_in_full)
{
    WORLD(acts, 4, 4, NULL);

    acts_limit(&acts, "count = 3; percent = 100.0; rolling_count = 100;", NULL);
    acts_plan(&acts, 20);
    assert_int_equal(acts.count, 4); /* everybody who is in it */
    acts_assert_plan_state(&acts, "held");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 20);
    assert_int_equal(acts_writes(&acts), 0);
    acts_limit(&acts, "count = 4; percent = 100.0; rolling_count = 100;", NULL);
    acts_plan(&acts, 0);
}
