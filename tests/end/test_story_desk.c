/*
 * Weeks at the desk of those who decide: what was decided is done, on its day, and nothing else is.
 * Each story has a neighbour, one fact away, that goes the other way.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "story.h"
#include "test.h"

static int stand_up(void **state)
{
    (void)state;
    story_sits(NULL);
    return 0;
}

TEST_EACH(stand_up, NULL);

/* The uids of two users that every system has. */
#define ANNA  "1" /* daemon */
#define BRUNO "2" /* bin */

/* --- a roster that changes every day, a look once a week --- */

TEST(an_approval_once_a_week_is_carried_out_by_the_run_of_the_next_night)
{
    STORY(story, 40);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    story_night(&story, 0); /* Tuesday */
    for (int day = 0; day < 3; day++)
        story_nights(&story, 1);
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_nights(&story, 4); /* Friday to Monday: other files, other plans */
    story_approves(&story);
    story_stays(&story, "leo"); /* HR takes one of them back on that day */
    story_nights(&story, 1);
    story_is_suspended(&story, "lea");
    story_is_active(&story, "leo");
    story_ended(&story, "approve", "lea", "done");
    story_ended(&story, "approve", "leo", "kept");
    story_leaves(&story, "leo"); /* an approval that ended does not wake up */
    story_nights(&story, 2);
    story_is_active(&story, "leo");
    assert_int_equal(story_writes(&story), 1);
}

/* --- waiting: a freeze, a weekend, a grace --- */

#define ROOMY "count = 50; percent = 20.0;"

TEST(what_was_approved_goes_after_a_freeze_of_three_weeks_as_far_as_it_is_still_true)
{
    STORY(story, 20);

    end_set(&story.end, END_SUSPEND, ROOMY);
    story_approval(&story, "", "freeze = [ \"2025-09-03/2025-09-23\" ];");
    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    story_idles(&story, "ida", 200);
    story_idles(&story, "ivo", 200);
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_night(&story, 0);
    DECIDES(&story, 0, "2025-09-24: 4", "approve");
    for (int week = 0; week < 3; week++) { /* the graces end in the second */
        story_night(&story, 0);
        if (week == 1) {
            story_logs_in(&story, "ivo");
            story_stays(&story, "leo");
        }
        story_passes(&story, 6);
    }
    assert_int_equal(story_writes(&story), 0);
    story_night(&story, 0); /* 24 September */
    story_is_suspended(&story, "lea");
    story_is_suspended(&story, "ida");
    story_is_active(&story, "leo");
    story_is_active(&story, "ivo");
    story_ended(&story, "approve", "leo", "kept");
    story_ended(&story, "approve", "ivo", "login");
    assert_int_equal(story_writes(&story), 2);
}

TEST(what_was_approved_is_over_after_a_freeze_of_five_weeks)
{
    STORY(story, 20);

    story_approval(&story, "", "freeze = [ \"2025-09-03/2025-10-07\" ];");
    (void)story_joins(&story, "lea");
    story_leaves(&story, "lea");
    story_night(&story, 0);
    story_approves(&story);
    for (int week = 0; week < 5; week++) {
        story_night(&story, 0);
        story_passes(&story, 6);
    }
    story_night(&story, 0); /* 8 October */
    story_is_active(&story, "lea");
    story_ended(&story, "approve", "lea", "expired");
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
}

TEST(an_approval_on_friday_waits_for_the_next_run_whenever_that_is)
{
    STORY(story, 20);

    story_approval(&story, "expires_hours = 72;", "");
    (void)story_joins(&story, "lea");
    story_nights(&story, 3);
    story_leaves(&story, "lea");
    story_night(&story, 0); /* Friday */
    story_approves(&story);
    story_passes(&story, 5); /* the machine is off until Thursday: 6 days */
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    story_ended(&story, "approve", "lea", "done");
}

TEST(an_approval_is_over_72_hours_after_a_run_that_could_have_done_it)
{
    STORY(story, 20);
    CLEANUP(text_release) struct text fault = TEXT_INIT;

    story_approval(&story, "expires_hours = 72;", "");
    (void)story_joins(&story, "lea");
    story_leaves(&story, "lea");
    story_night(&story, 0);
    story_approves(&story);
    text_addf(&fault, "error=503:GET /api/v4/users/%s", story_find(&story, "lea")->id);
    for (int night = 0; night < 3; night++) { /* nobody can look at her before the act */
        end_fault(&story.end, text_cstr(&fault));
        story_night(&story, 21);
    }
    story_ended(&story, "approve", "lea", "stands");
    end_clear_faults(&story.end);
    story_passes(&story, 1);
    story_night(&story, 0);
    story_is_active(&story, "lea");
    story_ended(&story, "approve", "lea", "expired");
}

TEST(what_is_approved_in_its_grace_goes_on_its_day_and_not_after_a_login)
{
    STORY(story, 20);

    story_idles(&story, "ida", 200);
    story_idles(&story, "ivo", 200);
    story_night(&story, 0); /* announced on 2 September */
    story_night(&story, 0);
    DECIDES(&story, 0, "2025-09-16: 2", "approve");
    story_passes(&story, 5);
    story_night(&story, 0);
    story_logs_in(&story, "ivo"); /* on the 9th */
    story_passes(&story, 5);
    story_night(&story, 0);
    assert_int_equal(story_writes(&story), 0);
    story_night(&story, 0); /* the 16th */
    story_is_suspended(&story, "ida");
    story_is_active(&story, "ivo");
    story_ended(&story, "approve", "ivo", "login");
}

/* The rule asks HR alone: logins, before and after the announcement, neither hold nor renew it. */
TEST(a_leavers_grace_runs_by_the_calendar_whether_they_log_in_or_not)
{
    STORY(story, 20);

    story_rules(&story, "{ name = \"departed\"; when = { account = \"active\"; person = "
                        "\"departed\"; }; do = \"suspend\"; grace_days = 10; }");
    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    (void)story_joins(&story, "lia");
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_leaves(&story, "lia");
    story_night(&story, 0); /* announced on 2 September */
    story_approves(&story);
    for (int i = 0; i < 3; i++) {
        story_passes(&story, 2);
        story_logs_in(&story, "leo");
        story_night(&story, 0); /* 5, 8, 11 September */
    }
    story_stays(&story, "lia"); /* and this one HR takes back on the last day */
    assert_int_equal(story_writes(&story), 0);
    story_night(&story, 0); /* the 12th */
    story_is_suspended(&story, "lea");
    story_is_suspended(&story, "leo");
    story_is_active(&story, "lia");
}

/* --- a login between the look and the decision --- */

TEST(approved_at_ten_what_was_used_at_nine_is_not_done_where_logins_count)
{
    STORY(story, 20);

    story_rules(&story, STORY_DEPARTED ", { name = \"idle\"; when = { account = \"active\"; "
                                       "idle_days_min = 90; }; do = \"suspend\"; }");
    story_idles(&story, "ida", 200);
    story_idles(&story, "ivo", 200);
    (void)story_joins(&story, "lea");
    story_leaves(&story, "lea");
    story_night(&story, 0);
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    text_addf(&plan, "%lld", (long long)story.plan);
    story_logs_in(&story, "ivo"); /* at nine */
    story_logs_in(&story, "lea");
    story_clock(&story, 10, 0);
    DECIDES(&story, 0, "3 rows approved", "approve");
    story_clock(&story, 11, 0);
    SAYS(&story, 0, NULL, "apply", text_cstr(&plan));
    story_is_suspended(&story, "ida");
    story_is_suspended(&story, "lea"); /* HR says that she has gone */
    story_is_active(&story, "ivo");
    story_nights(&story, 2);
    story_is_active(&story, "ivo");
    story_ended(&story, "approve", "ivo", "login");
    assert_int_equal(story_writes(&story), 2);
}

/* --- who decides --- */

#define LISTED(user) "{ user = \"" user "\"; }"

TEST(an_approver_who_leaves_takes_what_they_approved_with_them)
{
    STORY(story, 20);

    if (geteuid() != 0)
        skip(); /* root alone can be somebody else */
    story_approval(&story, "approvers = ( " LISTED("daemon") ", " LISTED("bin") " );", "");
    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_night(&story, 0);
    story_sits(ANNA);
    CLEANUP(mem_cleanup) char *lea = story_names(&story, "lea");
    DECIDES(&story, 0, "1 rows approved", "approve", "--only", lea);
    story_sits(BRUNO);
    CLEANUP(mem_cleanup) char *leo = story_names(&story, "leo");
    DECIDES(&story, 0, "1 rows approved", "approve", "--only", leo);
    story_approval(&story, "approvers = ( " LISTED("bin") " );", "");
    story_nights(&story, 2);
    story_is_suspended(&story, "leo");
    story_is_active(&story, "lea");
    SAYS(&story, 0,
         "the approval by daemon does not count: user 'daemon' is not among the configured "
         "approvers; "
         "somebody else approves it anew",
         "show", "--format", "json");
    CLEANUP(mem_cleanup) char *again = story_names(&story, "lea");
    DECIDES(&story, 0, "1 rows approved", "approve", "--only", again);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
}

TEST(two_approvers_on_alternating_holidays_meet_within_thirty_days)
{
    STORY(story, 20);

    if (geteuid() != 0)
        skip();
    story_approval(&story, "suspend = 2;", "");
    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_night(&story, 0);
    story_sits(ANNA);
    DECIDES(&story, 0, "2 need somebody else", "approve"); /* and is away from now on */
    for (int week = 0; week < 3; week++) {
        story_passes(&story, 6);
        story_night(&story, 0);
    }
    assert_int_equal(story_writes(&story), 0);
    story_sits(BRUNO); /* three weeks later */
    CLEANUP(mem_cleanup) char *lea = story_names(&story, "lea");
    DECIDES(&story, 0, "1 rows approved", "approve", "--only", lea);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    story_is_active(&story, "leo");
    story_passes(&story, 9);
    story_night(&story, 0);
    CLEANUP(mem_cleanup) char *leo = story_names(&story, "leo");
    DECIDES(&story, 0, "1 need somebody else", "approve", "--only", leo); /* too late */
    story_ended(&story, "approve", "leo", "stands");                      /* that of the second */
    story_night(&story, 0);
    story_is_active(&story, "leo");
    story_sits(ANNA);
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "leo");
}

/* --- more than one plan --- */

TEST(a_plan_that_only_asks_what_if_changes_nothing_of_what_was_decided)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    story_idles(&story, "ida", 200);
    story_leaves(&story, "lea");
    story_night(&story, 0);
    story_approves(&story);
    story_rules(&story, "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 400; };"
                        "  do = \"suspend\"; grace_days = 14; }");
    SAYS(&story, 0, NULL, "plan");
    story_ended(&story, "approve", "lea", "stands");
    story_ended(&story, "approve", "ida", "stands");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.announcement"
                                           " where ended_on is null"),
                     1);
    story_rules(&story, STORY_DEPARTED "," STORY_IDLE);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    story_passes(&story, 12);
    story_night(&story, 0); /* 16 September, its day */
    story_is_suspended(&story, "ida");
}

TEST(a_run_by_another_policy_ends_what_was_decided_by_the_one_before)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    story_idles(&story, "ida", 200);
    story_leaves(&story, "lea");
    story_night(&story, 0);
    story_approves(&story);
    story_rules(&story, "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 400; };"
                        "  do = \"suspend\"; grace_days = 14; }");
    story_night(&story, 0);
    story_ended(&story, "approve", "lea", "kept");
    story_ended(&story, "approve", "ida", "kept");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.announcement"
                                           " where ended_on is null"),
                     0);
    assert_int_equal(story_writes(&story), 0);
}

TEST(of_two_plans_that_one_person_approved_the_newer_counts)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "xena");
    story_leaves(&story, "lea");
    story_leaves(&story, "xena");
    story_night(&story, 0);
    story_approves(&story);
    story_looks(&story);
    CLEANUP(mem_cleanup) char *xena = story_names(&story, "xena");
    DECIDES(&story, 0, "1 rows approved", "approve", "--except", xena);
    story_nights(&story, 2);
    story_is_suspended(&story, "lea");
    story_is_active(&story, "xena");
    story_ended(&story, "approve", "xena", "withdrawn");
}

TEST(the_command_of_a_mail_works_on_a_later_morning_for_what_is_still_the_same)
{
    STORY(story, 20);
    CLEANUP(text_release) struct text plan = TEXT_INIT;

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_night(&story, 0);
    text_addf(&plan, "%lld", (long long)story.plan);
    CLEANUP(mem_cleanup) char *digest = mem_strdup(story.digest);
    story_nights(&story, 2);
    story_leaves(&story, "leo"); /* with another last day */
    story_night(&story, 0);
    SAYS(&story, 0, "1 rows approved", "approve", text_cstr(&plan), "--digest", digest);
    CLEANUP(mem_cleanup) char *leo = story_names(&story, "leo");
    SAYS(&story, 20, "leo@", "approve", text_cstr(&plan), "--digest", digest, "--only", leo);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    story_is_active(&story, "leo");
}

TEST(rows_approved_one_by_one_all_count)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "xena");
    story_leaves(&story, "lea");
    story_leaves(&story, "xena");
    story_night(&story, 0);
    CLEANUP(mem_cleanup) char *lea = story_names(&story, "lea");
    DECIDES(&story, 0, "1 rows approved", "approve", "--only", lea);
    story_looks(&story);
    CLEANUP(mem_cleanup) char *xena = story_names(&story, "xena");
    DECIDES(&story, 0, "1 rows approved", "approve", "--only", xena);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    story_is_suspended(&story, "xena");
}
