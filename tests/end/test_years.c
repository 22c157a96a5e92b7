/*
 * Events of years that are over, on the first day: who was last there twenty months ago, how old
 * accounts are, and portals that have no such files or break them off.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "story.h"
#include "test.h"

#define RULE(name, condition)                                                                      \
    "{ name = \"" name "\"; when = { account = \"active\"; " condition "; }; do = \"suspend\"; }"
#define IDLE  RULE("idle", "idle_days_min = 500")
#define LEFT  RULE("left", "person = \"departed\"")
#define NEVER RULE("never", "login = \"never\"; known_days_min = 300")

#define POLICY(rule) "policy: { time_zone = \"UTC\"; rules = ( " rule " ); };\n"

#define BY_EVENTS                                                                                  \
    "requests_per_second = 1000000.0; requests_per_window = 100000000; page_size = 50; "           \
    "connections = 4; logins = \"events\"; timeout = 600; patience = 1; login_refresh_days = 0; "

#define YEAR "/v7/analytics/api/v1/historical/"

static void begin(struct story *story, const char *settings)
{
    end_set(&story->end, END_PORTAL, BY_EVENTS "%s", settings);
    story_idles(story, "ida", 608);
    story_idles(story, "ole", 900); /* or there is no file of 2023 */
}

static int64_t asked(struct story *story)
{
    return end_count(&story->end, "select count(*) from reconcile.historical_year") == 0
               ? 0
               : (int64_t)end_stat(&story->end, "endpoints.historical.200");
}

static int64_t notes(struct story *story)
{
    return end_count(&story->end, "select count(*) from reconcile.plan_note where plan_id ="
                                  " (select max(plan_id) from reconcile.plan)"
                                  " and sentence like 'events of earlier years%'");
}

static int64_t outcomes(struct story *story, const char *outcome)
{
    char sql[128];

    (void)snprintf(sql, sizeof(sql),
                   "select count(*) from reconcile.historical_year where outcome = '%s'", outcome);
    return end_count(&story->end, sql);
}

/* The days of a last login that no single read told, twelve months and more ago. */
static int64_t old_logins(struct story *story)
{
    return end_count(&story->end, "select count(*) from reconcile.account where login_source ="
                                  " 'events' and login_at < login_seen_at - interval '366 days'");
}

static void assert_simulated(struct story *story, const char *policy, const char *name, bool is_in)
{
    CLEANUP(mem_cleanup) char *file = end_file(&story->end, "policy", policy, strlen(policy));
    RUN(result, &story->end, "simulate", "--policy", file, "--from", "2025-09-01", "--format",
        "json");

    end_assert_code(&result, 0);
    JSON(simulated, end_json(&result));
    struct json_object *written = json_object_array_get_idx(end_at(simulated, "policies"), 0);
    const char *accounts = json_object_to_json_string(end_at(written, "nights.accounts"));
    assert_int_equal(strstr(accounts, story_find(story, name)->id) != NULL, is_in);
}

/* No rule asks the login, so nobody is read one by one: the file alone tells. */
TEST(years_are_read_once_and_a_back_test_knows_who_was_idle_on_day_one)
{
    STORY(story, 20);

    begin(&story, "");
    story_rules(&story, LEFT);
    story_night(&story, 0);
    assert_int_equal(outcomes(&story, "read"), 2);
    assert_int_equal(notes(&story), 0);
    assert_true(old_logins(&story) > 0);
    assert_true(end_count(&story.end, "select count(*) from reconcile.first_event") > 0);
    int64_t before = asked(&story);
    assert_int_equal(before, 2);
    assert_simulated(&story, POLICY(IDLE), "ida", true);
    story_night(&story, 0);
    assert_int_equal(asked(&story), before);
    story_rules(&story, IDLE);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R4: idle: last login 2024-01-");
    assert_int_equal(asked(&story), before);
}

/* The neighbour: nobody knows. */
TEST(years_that_are_not_wanted_are_not_asked_for)
{
    STORY(story, 20);

    begin(&story, "historical_years = 0;");
    story_rules(&story, LEFT);
    story_night(&story, 0);
    assert_int_equal(asked(&story), 0);
    assert_int_equal(old_logins(&story), 0);
    assert_simulated(&story, POLICY(IDLE), "ida", false);
}

TEST(years_tell_the_idle_on_day_one_with_their_day)
{
    STORY(story, 20);

    begin(&story, "");
    story_rules(&story, IDLE);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R4: idle: last login 2024-01-");
}

static void never_logs_in(struct story *story)
{
    char form[96], day[DAY_TEXT_SIZE];

    story_idles(story, "api-1", 400);
    story_changes(story, "api-1", "lastLogin=never");
    (void)snprintf(form, sizeof(form), "activity=downloads %sT09:00:00Z",
                   day_format(day_add(story->today, -400), day));
    story_changes(story, "api-1", form);
}

TEST(years_make_an_account_as_old_as_its_first_event)
{
    STORY(story, 20);

    begin(&story, "");
    never_logs_in(&story);
    story_rules(&story, NEVER);
    story_night(&story, 0);
    story_is_planned(&story, "api-1", "suspend R5");
}

TEST(years_that_are_not_read_make_no_account_older)
{
    STORY(story, 20);

    begin(&story, "historical_years = 0;");
    never_logs_in(&story);
    story_rules(&story, NEVER);
    story_night(&story, 0);
    story_is_planned(&story, "api-1", "nothing");
}

/* Said once, asked again when a month has gone by. */
TEST(years_that_are_not_there_are_said_once)
{
    STORY(story, 20);

    begin(&story, "");
    story_rules(&story, LEFT);
    end_fault(&story.end, "error=404:" YEAR);
    story_night(&story, 0);
    assert_int_equal(outcomes(&story, "absent"), 2);
    assert_int_equal(notes(&story), 1);
    assert_int_equal(old_logins(&story), 0);
    double before = end_stat(&story.end, "endpoints.historical.404");
    assert_true(before == 2);
    story_night(&story, 0);
    assert_int_equal(notes(&story), 0);
    assert_true(end_stat(&story.end, "endpoints.historical.404") == before);
    end_clear_faults(&story.end);
    story_passes(&story, 30);
    story_night(&story, 0);
    assert_int_equal(outcomes(&story, "read"), 2);
    assert_true(old_logins(&story) > 0);
}

TEST(years_that_break_off_are_taken_by_the_next_run)
{
    STORY(story, 20);

    begin(&story, "");
    story_rules(&story, LEFT);
    end_fault(&story.end, "error=500:" YEAR);
    story_night(&story, 0);
    assert_int_equal(outcomes(&story, "broken"), 2);
    assert_int_equal(notes(&story), 1);
    assert_int_equal(old_logins(&story), 0);
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.first_event"), 0);
    end_clear_faults(&story.end);
    story_night(&story, 0);
    assert_int_equal(outcomes(&story, "read"), 2);
    assert_int_equal(notes(&story), 0);
    assert_true(old_logins(&story) > 0);
}
