/*
 * Worlds in which somebody who is at work would have been suspended or deleted, because over some
 * nights the evidence against it was there and was not asked. Each has beside it the one in which
 * the act is right, and happens.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "story.h"
#include "test.h"

#define STORY_ABSENT                                                                               \
    "{ name = \"absent\"; when = { account = \"active\"; person = \"absent\"; };"                  \
    "  do = \"suspend\"; }"

/* Whether the newest plan would do it to them. */
static bool would(struct story *story, const char *name, const char *action)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select count(*) from reconcile.plan_row where plan_id = %lld and account_id = '%s'"
              " and action = '%s'",
              (long long)story->plan, story_find(story, name)->id, action);
    return end_count(&story->end, text_cstr(&sql)) > 0;
}

#define WOULD_NOT(story, name, action)                                                             \
    do {                                                                                           \
        if (would(story, name, action))                                                            \
            fail_msg("%s is planned: %s", name, action);                                           \
    } while (0)

/* What a person sees is approved, and the next night does it. */
static void approved_it_is_done(struct story *story, const char *name)
{
    if (!would(story, name, "suspend"))
        fail_msg("%s is not planned", name);
    story_approves(story);
    story_night(story, 0);
    story_is_suspended(story, name);
}

/* --- absence: R6 --- */

/* Jane was there for a week, and HR's file has her no more. */
static void jane_is_missed(struct story *story)
{
    story_rules(story, STORY_DEPARTED "," STORY_ABSENT);
    (void)story_joins(story, "jane");
    story_nights(story, 2);
    story_find(story, "jane")->unlisted = true;
}

TEST(three_nights_without_a_row_are_absence_and_the_sentence_names_them)
{
    STORY(story, 12);

    jane_is_missed(&story);
    story_nights(&story, 2);
    WOULD_NOT(&story, "jane", "suspend");
    story_night(&story, 0); /* 4, 5 and 6 September; the files are of the evenings before */
    story_is_planned(&story, "jane",
                     "suspend R6: absent since 2025-09-03: in none of the last 3 good rosters, 3 "
                     "needed (2025-09-03, 2025-09-04, 2025-09-05)");
    approved_it_is_done(&story, "jane");
}

TEST(copies_of_one_stuck_export_are_one_night_of_absence)
{
    STORY(story, 12);

    jane_is_missed(&story);
    story_night(&story, 0);
    story.stuck = true;
    story_nights(&story, 4);
    WOULD_NOT(&story, "jane", "suspend");
    story.stuck = false;
    story_night(&story, 0);
    WOULD_NOT(&story, "jane", "suspend");
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
}

/* Nothing changes at twelve people: what the file says counts again after a week. */
TEST(where_few_people_are_the_same_file_counts_once_a_week)
{
    STORY(story, 12);

    jane_is_missed(&story);
    end_set(&story.end, END_ROSTER,
            "status: { employed = [ \"Active\" ]; departed = [ \"Voluntarily Terminated\" ]; }; "
            "guards: { max_same_days = 0; };");
    story_night(&story, 0);
    story.stuck = true;
    story_nights(&story, 13);
    WOULD_NOT(&story, "jane", "suspend");
    story_nights(&story, 3); /* a few seconds more or less between two nights */
    approved_it_is_done(&story, "jane");
}

TEST(nights_with_a_row_that_may_be_anybody_are_no_absence)
{
    STORY(story, 12);

    jane_is_missed(&story);
    story.more = ",,Somebody Else,Active,2015-01-05,,,\n";
    end_set(&story.end, END_ROSTER,
            "status: { employed = [ \"Active\" ]; departed = [ \"Voluntarily Terminated\" ]; }; "
            "guards: { max_rejected_percent = 10.0; };");
    story_nights(&story, 4);
    story.more = NULL;
    story_nights(&story, 2);
    WOULD_NOT(&story, "jane", "suspend");
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
}

TEST(nights_on_which_hr_mistyped_her_address_are_no_absence)
{
    STORY(story, 12);

    jane_is_missed(&story);
    story.more = "7001,jane2@" STORY_DOMAIN ",,Active,2015-01-05,,,\n";
    story_nights(&story, 3);
    story.more = NULL;
    story_nights(&story, 2);
    WOULD_NOT(&story, "jane", "suspend");
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
}

/* On two nights HR's file has everybody under other keys. */
TEST(nights_on_which_nobody_matched_are_no_absence)
{
    STORY(story, 12);

    jane_is_missed(&story);
    for (size_t i = 0; i < story.count; i++)
        story.person[i].unlisted = true;
    story.more = "8001,a@x.example,Aa Bb,Active,2015-01-05,,,\n"
                 "8002,b@x.example,Bb Cc,Active,2015-01-05,,,\n"
                 "8003,c@x.example,Cc Dd,Active,2015-01-05,,,\n"
                 "8004,d@x.example,Dd Ee,Active,2015-01-05,,,\n"
                 "8005,e@x.example,Ee Ff,Active,2015-01-05,,,\n"
                 "8006,f@x.example,Ff Gg,Active,2015-01-05,,,\n";
    story_night(&story, 20); /* G6 */
    story_night(&story, 20);
    story.more = NULL;
    for (size_t i = 0; i < story.count; i++)
        story.person[i].unlisted = strcmp(story.person[i].name, "jane") == 0;
    story_nights(&story, 2);
    WOULD_NOT(&story, "jane", "suspend");
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
    assert_int_equal(story_count_suspended(&story, "staff"), 0);
}

/* Somebody tries a file that has her: the third night is the third all the same. */
TEST(what_plan_looks_at_ends_no_absence)
{
    static const char file[] = "EmpID,Work Email,Name,EmploymentStatus,DateofHire,"
                               "DateofTermination,Department\n"
                               "1012,jane@" STORY_DOMAIN ",Jane,Active,2015-01-05,,\n";
    STORY(story, 12);

    jane_is_missed(&story);
    story_nights(&story, 2);
    CLEANUP(mem_cleanup) char *path = end_file(&story.end, "other.csv", file, strlen(file));
    end_set(&story.end, END_SOURCE, "%s", path);
    SAYS(&story, 20, NULL, "plan");
    end_set(&story.end, END_SOURCE, "%s", story.end.roster_path);
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
}

/* Somebody looks thrice at another file, which has her not; the next night is the first of it. */
TEST(what_plan_looks_at_is_no_absence)
{
    STORY(story, 12);

    story_rules(&story, STORY_DEPARTED "," STORY_ABSENT);
    (void)story_joins(&story, "jane");
    story_nights(&story, 2);
    story_find(&story, "jane")->unlisted = true;
    story_night(&story, 0);
    for (int i = 0; i < 3; i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        CLEANUP(mem_cleanup) char *real = end_read(story.end.roster_path);
        text_addf(&csv, "%s6000%d,x%d@new.example,Xx%d Yy,Active,2025-08-01,,,\n", real, i, i, i);
        CLEANUP(mem_cleanup)
        char *path = end_file(&story.end, "other.csv", csv.data, csv.length);
        end_set(&story.end, END_SOURCE, "%s", path);
        story_passes(&story, 1);
        SAYS(&story, 0, NULL, "plan");
        end_set(&story.end, END_SOURCE, "%s", story.end.roster_path);
    }
    story_night(&story, 0);
    WOULD_NOT(&story, "jane", "suspend");
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
}

static void write_links(struct story *story, const char *line)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_addf(&text, "account,employee_number\n%s", line);
    free(end_file(&story->end, "links.csv", text.data, text.length));
    end_set(&story->end, END_REST,
            "matching: { links_file = \"links.csv\"; }; apply: { settle_seconds = 1; };");
}

TEST(a_dash_in_the_links_file_counts_from_the_first_night_that_saw_it)
{
    STORY(story, 12);

    jane_is_missed(&story);
    story.more = "7001,jane2@" STORY_DOMAIN ",,Active,2015-01-05,,,\n";
    story_nights(&story, 5);
    WOULD_NOT(&story, "jane", "suspend");
    write_links(&story, "jane@" STORY_DOMAIN ",-\n");
    story_nights(&story, 2);
    WOULD_NOT(&story, "jane", "suspend");
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
}

TEST(an_account_that_never_led_to_anybody_is_never_absent)
{
    STORY(story, 12);

    story_rules(&story, STORY_DEPARTED "," STORY_ABSENT);
    (void)story_joins(&story, "agency");
    story_find(&story, "agency")->unlisted = true;
    story_nights(&story, 5);
    WOULD_NOT(&story, "agency", "suspend");
}

/* --- the same file under a new date: G1 --- */

/* A leaver whose last day had not come when the file was made; meanwhile the contract was
 * prolonged. Why the old row is refused today is no other content. */
TEST(an_older_copy_in_other_bytes_is_held_and_a_new_file_is_not)
{
    STORY(story, 12);

    (void)story_joins(&story, "jane");
    story_find(&story, "jane")->unlisted = true;
    story.more = "1012,jane@" STORY_DOMAIN ",jane janeson,Active,2015-01-05,2025-09-06,,\n"
                 "7002,ed@x.example,Ed Old,Voluntarily Terminated,2015-01-05,2025-09-01,,\n";
    story_night(&story, 0); /* 2 September */
    int then = story.newcomers;
    story.more = "1012,jane@" STORY_DOMAIN ",jane janeson,Active,2015-01-05,,,\n";
    story_nights(&story, 6);
    story.more = "1012,jane@" STORY_DOMAIN ",jane janeson,Active,2015-01-05,2025-09-06,,\n"
                 "7002,ed@x.example,Ed Old,Voluntarily Terminated,2015-01-05,2025-09-01,,\n";
    story.stuck = true;
    int now = story.newcomers;
    story.newcomers = then;
    story_night(&story, 20);
    CLEANUP(mem_cleanup)
    char *held = end_query(&story.end, "select guard from reconcile.plan_guard where hold"
                                       " order by plan_id desc, position limit 1");
    assert_string_equal(held, "G1");
    story.stuck = false;
    story.newcomers = now;
    story.more =
        "1012,jane@" STORY_DOMAIN ",jane janeson,Voluntarily Terminated,2015-01-05,2025-09-06,,\n";
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
}

/* --- the person moved: K5, K6 --- */

TEST(a_transfer_with_another_number_and_the_hire_date_copied_suspends_nobody)
{
    STORY(story, 12);

    (void)story_joins(&story, "jane");
    story_nights(&story, 2);
    story_leaves(&story, "jane");
    story.more = "9001,jane.new@" STORY_DOMAIN ",\"janeson, jane\",Active,2015-01-05,,,\n";
    story_nights(&story, 3);
    story_is_planned(&story, "jane", "keep P4: conflict");
    story.more = NULL; /* nobody of that name is at work */
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
}

TEST(a_marriage_under_the_same_number_suspends_nobody_and_a_departure_needs_a_person)
{
    STORY(story, 12);

    story_rules(&story, "{ name = \"departed\"; when = { account = \"active\"; person = "
                        "\"departed\"; }; do = \"suspend\"; approval = 0; }, " STORY_ABSENT);
    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "jane");
    story_changes(&story, "jane", "employeeNumber=");
    story_nights(&story, 8);
    story_leaves(&story, "lea");
    story_find(&story, "jane")->unlisted = true;
    story.more = "1013,anna.smith@" STORY_DOMAIN ",Anna Smith,Active,2015-01-05,,,\n";
    story_night(&story, 0);
    story_approves(&story); /* G11: the rule is known from now on */
    story_nights(&story, 4);
    story_is_suspended(&story, "lea");
    story_is_active(&story, "jane");
    story_is_planned(&story, "jane", "keep P6");
    story.more = "1013,,Anna Smith,Voluntarily Terminated,2015-01-05,2025-09-14,,\n";
    story_nights(&story, 2);
    story_is_active(&story, "jane"); /* by memory: a person is asked whatever `approval` says */
    approved_it_is_done(&story, "jane");
}

/* An account of somebody else got the address of who left thirteen months ago. */
TEST(an_address_that_was_given_on_and_is_used_suspends_nobody)
{
    STORY(story, 12);

    (void)story_joins(&story, "pat");
    story_changes(&story, "pat", "employeeNumber=");
    story_find(&story, "pat")->unlisted = true;
    (void)story_joins(&story, "jane");
    story_find(&story, "jane")->unlisted = true;
    story.more =
        "1013,jane@" STORY_DOMAIN ",Jim patson,Voluntarily Terminated,2015-01-05,2024-08-01,,\n";
    story_nights(&story, 1);
    story_changes(&story, "jane", "email=j@elsewhere.example&employeeNumber=");
    story_changes(&story, "pat", "email=jane@" STORY_DOMAIN);
    story_logs_in(&story, "pat");
    story_night(&story, 0);
    story_is_planned(&story, "pat", "keep P9: somebody uses this account");
    story_changes(&story, "pat", "firstname=Jim"); /* it is theirs, and a person is asked */
    story_night(&story, 0);
    approved_it_is_done(&story, "pat");
}

/* --- protections: P3 --- */

TEST(a_protected_address_protects_after_a_rename_and_a_typo_is_told)
{
    STORY(story, 12);

    story_idles(&story, "boss", 200);
    story_idles(&story, "idle", 200);
    end_set(&story.end, END_POLICY,
            "mode = \"enforce\"; protected = ( { who = \"boss@" STORY_DOMAIN
            "\"; reason = \"board\"; "
            "owner = \"it@acme.example\"; expires = \"2026-06-30\"; }, { who = \"bos@" STORY_DOMAIN
            "\"; reason = \"typo\"; owner = \"it@acme.example\"; expires = \"2026-06-30\"; } );");
    story_night(&story, 0);
    story_changes(&story, "boss", "username=chief&email=chief@" STORY_DOMAIN "&employeeNumber=");
    story_find(&story, "boss")->unlisted = true;
    story_night(&story, 0);
    story_approves(&story);
    story_nights(&story, 14);
    story_is_suspended(&story, "idle");
    story_is_active(&story, "boss");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.plan_note n where"
                                           " sentence like '%1 protected entry fits no account%'"
                                           " and plan_id = (select max(plan_id) from "
                                           "reconcile.plan)"),
                     1);
}

/* --- let in again: R4 --- */

TEST(who_was_let_in_today_is_not_idle_tonight_and_is_after_ninety_days)
{
    STORY(story, 12);

    story_rules(&story, "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; }; "
                        "do = \"suspend\"; }");
    story_idles(&story, "jane", 400);
    story_idles(&story, "joe", 400);
    story_changes(&story, "jane", "active=0");
    story_nights(&story, 2);
    story_changes(&story, "jane", "active=1");
    story_night(&story, 0);
    WOULD_NOT(&story, "jane", "suspend");
    approved_it_is_done(&story, "joe");
    for (int month = 0; month < 2; month++) {
        story_passes(&story, 30);
        story_night(&story, 0);
    }
    WOULD_NOT(&story, "jane", "suspend");
    story_passes(&story, 25);
    story_night(&story, 0);
    WOULD_NOT(&story, "jane", "suspend");
    story_night(&story, 0);
    CLEANUP(mem_cleanup) char *jane = story_names(&story, "jane"); /* by now others are idle too */
    DECIDES(&story, 0, "1 rows approved", "approve", "--only", jane);
    story_night(&story, 0);
    story_is_suspended(&story, "jane");
}

/* --- ours --- */

#define STORY_DELETE                                                                               \
    "{ name = \"old\"; when = { account = \"inactive\"; suspended_days_min = 30; }; "              \
    "do = \"deprovision\"; }"

/* Both were suspended by us; one of them came back between two nights and was suspended by hand. */
TEST(who_used_the_account_since_is_not_ours_to_delete)
{
    STORY(story, 30);

    story_rules(&story, STORY_DEPARTED ", " STORY_DELETE);
    (void)story_joins(&story, "jane");
    (void)story_joins(&story, "joe");
    story_night(&story, 0);
    story_leaves(&story, "jane");
    story_leaves(&story, "joe");
    story_night(&story, 0);
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "jane");
    story_night(&story, 0);
    story_changes(&story, "jane", "active=1");
    story_logs_in(&story, "jane");
    story_changes(&story, "jane", "active=0");
    story_passes(&story, 30);
    story_night(&story, 0);
    WOULD_NOT(&story, "jane", "deprovision");
    if (!would(&story, "joe", "deprovision"))
        fail_msg("joe is not planned");
}

/* The one night that showed her active is thinned out. */
TEST(thinning_makes_nobody_ours_again)
{
    STORY(story, 30);

    end_set(&story.end, END_REST,
            "retention: { daily_days = 5; weekly_days = 20; }; apply: { settle_seconds = 1; };");
    story_rules(&story, STORY_DEPARTED ", " STORY_DELETE);
    (void)story_joins(&story, "jane");
    (void)story_joins(&story, "joe");
    story_night(&story, 0);
    story_leaves(&story, "jane");
    story_leaves(&story, "joe");
    story_night(&story, 0);
    story_approves(&story);
    story_night(&story, 0);
    story_changes(&story, "jane", "active=1");
    story_find(&story, "jane")->left = false;
    story_night(&story, 0);
    story_changes(&story, "jane", "active=0");
    story_leaves(&story, "jane");
    story_nights(&story, 3);
    for (int i = 0; i < 3; i++) {
        story_passes(&story, 14);
        story_nights(&story, 2);
    }
    assert_true(end_count(&story.end, "select count(*) from reconcile.snapshot"
                                      " where thinned_at is not null") > 3);
    WOULD_NOT(&story, "jane", "deprovision");
    if (!would(&story, "joe", "deprovision"))
        fail_msg("joe is not planned");
}

/* --- clocks: G13 --- */

TEST(a_clock_that_ran_ahead_does_nothing_and_holds_no_later_night)
{
    STORY(story, 12);

    story_rules(&story, STORY_DEPARTED "," STORY_ABSENT "," STORY_IDLE);
    (void)story_joins(&story, "jane");
    story_idles(&story, "idle", 85);
    story_night(&story, 0);
    story_leaves(&story, "jane");
    story_night(&story, 0);
    story_approves(&story);
    story.ahead_s = 25 * 86400;
    story_night(&story, 20);
    assert_int_equal(story_writes(&story), 0);
    story.ahead_s = 0;
    story_night(&story, 0);
    story_is_suspended(&story, "jane");
    WOULD_NOT(&story, "idle", "suspend");
    assert_int_equal(story_writes(&story), 1);
}

TEST(nights_of_a_clock_that_was_wrong_are_no_absence)
{
    STORY(story, 12);

    jane_is_missed(&story);
    story.ahead_s = -25 * 86400;
    story_night(&story, 20);
    story.ahead_s = 25 * 86400;
    story_night(&story, 20);
    story.ahead_s = 0;
    story_nights(&story, 2);
    WOULD_NOT(&story, "jane", "suspend");
    story_night(&story, 0);
    approved_it_is_done(&story, "jane");
}
