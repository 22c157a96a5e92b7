/*
 * run is what the timer starts when nobody looks: it carries out what people approved and what the
 * configuration lets it, and nothing that either of them would not know of.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "test.h"

/* A run that must end so. */
static void run(struct acts *acts, int code)
{
    RUN(result, &acts->end, "run");
    end_assert_code(&result, code);
}

/* Approves the newest plan, reactivations before their 180 days. */
static void approve_now(struct acts *acts)
{
    CLEANUP(mem_cleanup) char *plan = acts_ask(acts, "select max(plan_id) from reconcile.plan");
    CLEANUP(mem_cleanup)
    char *digest = acts_ask(acts, "select encode(digest, 'hex') from reconcile.plan"
                                  " order by plan_id desc limit 1");
    RUN(result, &acts->end, "approve", plan, "--digest", digest, "--now");

    end_assert_code(&result, 0);
}

/* --- who lets it act --- */

TEST(run_in_mode_report_writes_nothing_whatever_is_approved)
{
    WORLD(acts, 3, 4, NULL);

    acts_policy(&acts, "mode = \"report\";");
    acts_approval(&acts, "suspend = 0; deprovision = 0;");
    acts_plan(&acts, 0);
    acts_approve(&acts);
    run(&acts, 0);
    run(&acts, 0);
    end_assert_no_writes(&acts.end);
}

TEST(run_that_needs_nobody_waits_for_a_person_once)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_approval(&acts, "suspend = 0; deprovision = 0;");
    run(&acts, 0);
    run(&acts, 0); /* G11: nobody has ever approved a row of this rule, however often it is shown */
    end_assert_no_writes(&acts.end);
    acts_plan(&acts, 0);
    acts_approve_only(&acts, acts.row[1].id);
    run(&acts, 0);
    acts_assert_steps(&acts, "verified 3");
    acts_assert_written(&acts, 0, "verified");
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 3);
}

TEST(run_carries_out_what_a_person_approved)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    run(&acts, 0);
    run(&acts, 0);
    end_assert_no_writes(&acts.end);
    acts_plan(&acts, 0);
    acts_approve_only(&acts, acts.row[1].id);
    run(&acts, 0);
    acts_assert_steps(&acts, "verified 1");
    acts_assert_written(&acts, 0, "verified");
    run(&acts, 0); /* the others are proposed still, and nobody approved them */
    assert_int_equal(acts_writes(&acts), 1);
}

/* Approved last week, seen by the plan that this run makes: no plan of an earlier night is needed.
 */
TEST(run_carries_out_what_stands_of_a_plan_long_superseded)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup) char *changed = mem_strdup(acts.row[1].id);
    for (int night = 0; night < 3; night++) {
        RUN(plan, &acts.end, "plan");
        end_assert_code(&plan, 0);
    }
    end_change_user(&acts.end, changed, "email=other@acme.example");
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 2);
    assert_int_equal(acts_writes_on(&acts, changed), 0); /* another row than was looked at */
    CLEANUP(mem_cleanup)
    char *why = acts_ask(&acts,
                         "select end_word || ': ' || end_reason from reconcile.ruling"
                         " where account_id = '%s'",
                         changed);
    assert_non_null(strstr(why, "changed: "));
    assert_non_null(strstr(why, "other@acme.example"));
}

TEST(run_does_as_much_of_each_class_as_its_limit_allows)
{
    WORLD(acts, 4, 4, NULL);

    end_change_user(&acts.end, "staaa", "lastLogin=2026-01-10T10:00:00Z");
    acts_do_all(&acts); /* four suspended, whom the policy lets delete at once */
    end_set(&acts.end, END_RULES,
            "{ name = \"long gone\"; when = { account = \"inactive\"; person = \"departed\";"
            "  suspended_days_min = 0; }; do = \"deprovision\"; },"
            "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; };"
            "  do = \"suspend\"; }");
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 5);
    acts_approve(&acts);
    acts_limit(&acts, NULL,
               "count = 3; percent = 100.0; rolling_count = 100; rolling_percent = 100.0;");
    run(&acts, 0); /* one deletion waits for tomorrow */
    acts_assert_steps(&acts, "verified 4");
    acts_assert_written(&acts, 4, "verified");
    acts_assert_no_step(&acts, acts.row[4].id);
}

TEST(run_with_a_stop_row_is_held)
{
    WORLD(acts, 3, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    (void)acts_change(&acts, "insert into reconcile.stop (portal_id, stop_id, reason, who)"
                             " select portal_id, 1, 'audit', 'anna' from reconcile.portal");
    run(&acts, 20);
    end_assert_no_writes(&acts.end);
}

TEST(run_whose_canary_dies_applies_no_further_plan)
{
    WORLD(acts, 3, 4, NULL);

    acts_approval(&acts, "suspend = 0; deprovision = 0;");
    acts_plan(&acts, 0);
    for (size_t i = 0; i < acts.count; i++)
        end_change_user(&acts.end, acts.row[i].id, "isSSOOnly=true");
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "default-omitted");
    run(&acts, 21);
    assert_int_equal(acts_writes(&acts), 1);
}

/* --- what an earlier one left --- */

TEST(run_settles_what_is_unknown_without_acting_on_it)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "delay-202=3000");
    APPLY(applied, &acts, 21);
    acts_assert_step(&acts, acts.row[0].id, "unknown", NULL);
    end_clear_faults(&acts.end);
    probe_control(&acts.end.probe, "/_sim/clock", "advance=10");
    run(&acts, 0); /* it came late, but it came; and the rest of the plan is done */
    acts_assert_steps(&acts, "verified 2");
    assert_int_equal(acts_writes_on(&acts, acts.row[0].id), 1);
    assert_int_equal(acts_writes_on(&acts, acts.row[1].id), 1);
}

TEST(run_asked_to_end_finishes_its_step_and_the_next_goes_on)
{
    WORLD(acts, 3, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_keep_back(&acts.end, 1, "POST /api/v4/users/");
    struct end_child child = end_start(&acts.end, (const char *const[]){"run", NULL});
    acts_wait_for_writes(&acts, 1);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 130);
    end_assert_says(&ended.err, " 1 act is done, 2 left");
    end_assert_says(&ended.err, "run'");
    assert_int_equal(acts_writes(&acts), 1);
    acts_assert_step(&acts, acts.row[0].id, "done", NULL);
    run(&acts, 0);
    acts_assert_steps(&acts, "verified 3");
    acts_assert_written(&acts, 0, "verified");
}

/* --- announcements (R7) --- */

static void move_announcements(struct acts *acts, int days_ago)
{
    assert_true(acts_change(acts,
                            "update reconcile.announcement set announced_on = announced_on - %d,"
                            " announced_at = (announced_at at time zone 'UTC' - interval '%d "
                            "days') at time zone 'UTC',"
                            " not_before = not_before - %d",
                            days_ago, days_ago, days_ago) > 0);
}

TEST(run_announces_and_acts_when_the_grace_is_over)
{
    WORLD(acts, 0, 6, NULL);

    acts_approval(&acts, "suspend = 0; deprovision = 0;");
    end_set(&acts.end, END_RULES,
            "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; };"
            " do = \"suspend\"; grace_days = 14; }");
    end_change_user(&acts.end, "staaa", "lastLogin=2026-01-10T10:00:00Z");
    RUN(plan, &acts.end, "plan");
    end_assert_code(&plan, 0);
    assert_int_equal(end_count(&acts.end, "select count(*) from reconcile.announcement"), 0);
    run(&acts, 0);
    run(&acts, 0);
    assert_int_equal(end_count(&acts.end, "select count(*) from reconcile.announcement"), 1);
    CLEANUP(mem_cleanup)
    char *day =
        acts_ask(&acts, "select not_before - today from reconcile.plan_row join reconcile.plan"
                        " using (portal_id, plan_id) where action = 'suspend' and plan_id = 3");
    assert_string_equal(day, "14");
    acts_plan(&acts, 0);
    acts_approve(&acts); /* the person of G11; the grace goes on as it was */
    move_announcements(&acts, 13);
    run(&acts, 0);
    end_assert_no_writes(&acts.end);
    move_announcements(&acts, 1);
    run(&acts, 0);
    acts_assert_steps(&acts, "verified 1");
    acts_assert_written(&acts, 0, "verified");
}

/* --- people who come back (R9) --- */

/* One leaver is suspended and works here again: the newest plan proposes the reactivation. */
static void rehire_one(struct acts *acts)
{
    acts_only_suspend(acts);
    acts_do_all(acts);
    acts_rehire(acts, acts->row[0].id);
    acts_plan(acts, 0);
    assert_int_equal(acts->count, 1);
    assert_string_equal(acts->row[0].action, "reactivate");
}

TEST(run_never_reactivates_by_itself)
{
    WORLD(acts, 2, 4, NULL);

    acts_approval(&acts, "suspend = 0; deprovision = 0;");
    rehire_one(&acts);
    run(&acts, 0);
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 2);
    APPLY(applied, &acts, 20);
    assert_int_equal(acts_writes(&acts), 2);
}

TEST(reactivation_that_a_person_approved_is_done)
{
    WORLD(acts, 2, 4, NULL);

    rehire_one(&acts);
    CLEANUP(mem_cleanup)
    char *email = acts_ask(&acts, "select email from reconcile.plan_row where account_id = '%s'",
                           acts.row[0].id);
    RUN(before, &acts.end, "status");
    end_assert_says(&before.out, email); /* locked */
    acts_approve(&acts);
    APPLY(early, &acts, 0);
    end_assert_says(&early.out, "1 approved wait for their day"); /* R9: 180 days */
    assert_int_equal(acts_writes(&acts), 2);
    approve_now(&acts);
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 1");
    acts_assert_written(&acts, 2, "verified");
    RUN(after, &acts.end, "status");
    end_assert_silent_of(&after.out, email);
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 0);
}

TEST(reactivation_refused_for_180_days_says_from_when_and_whom_to_ask)
{
    static const char *const options[] = {"--enforce-180-days", NULL};
    WORLD(acts, 2, 4, options);

    rehire_one(&acts);
    approve_now(&acts);
    APPLY(applied, &acts, 21);
    CLEANUP(mem_cleanup)
    char *from = acts_ask(&acts,
                          "select ((done_at at time zone 'UTC')::date + 180)::text"
                          " from reconcile.act where account_id = '%s'",
                          acts.row[0].id);
    acts_assert_step(&acts, acts.row[0].id, "failed", from);
    acts_assert_step(&acts, acts.row[0].id, "failed", "support");
    end_assert_says(&applied.err, from);
    RUN(status, &acts.end, "status");
    end_assert_says(&status.out, from);
    RUN(json, &acts.end, "status", "--format", "json");
    end_assert_says(&json.out, from);
    assert_int_equal(acts_writes(&acts), 3);
}
