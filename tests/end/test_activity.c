/*
 * Evidence beyond the login, as a company lives through it: who works by API and never logs in, and
 * an endpoint that is not there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "story.h"
#include "test.h"

#define RULE(name, condition)                                                                      \
    "{ name = \"" name "\"; when = { account = \"active\"; " condition "; }; do = \"suspend\"; }"
#define IDLE   RULE("idle", "idle_days_min = 90")
#define UNUSED RULE("unused", "activity_days_min = 90")

#define POLICY(rule) "policy: { time_zone = \"UTC\"; rules = ( " rule " ); };\n"

#define DOWNLOADS_NEW "error=404:/v7/analytics/api/v1/asset/v2/download"
#define DOWNLOADS_OLD "error=410:/v7/analytics/api/v1/asset/download"

/* By API, once a week, so many days ago for the last time. */
static void is_active(struct story *story, const char *name, const char *sort, int days)
{
    char form[96], day[DAY_TEXT_SIZE];

    (void)snprintf(form, sizeof(form), "activity=%s %sT09:00:00Z", sort,
                   day_format(day_add(story->today, -days), day));
    story_changes(story, name, form);
}

/* api-1 has logged in once, long ago, and downloads every week since; ida is not there any more. */
static void begin(struct story *story)
{
    story_idles(story, "api-1", 400);
    story_idles(story, "ida", 400);
    is_active(story, "api-1", "downloads", 2);
}

/* Whether the account would have lost its seat, by the policy as it is written in a file, on the
 * picture and on the nights until then. */
static void assert_simulated(struct story *story, const char *policy, const char *name,
                             bool on_picture, bool on_nights)
{
    CLEANUP(mem_cleanup) char *file = end_file(&story->end, "policy", policy, strlen(policy));
    RUN(result, &story->end, "simulate", "--policy", file, "--from", "2025-09-01", "--format",
        "json");

    end_assert_code(&result, 0);
    JSON(simulated, end_json(&result));
    struct json_object *written = json_object_array_get_idx(end_at(simulated, "policies"), 0);
    const char *rows = json_object_to_json_string(end_at(written, "rows"));
    const char *id = story_find(story, name)->id;
    assert_int_equal(strstr(rows, id) != NULL, on_picture);
    const char *accounts = json_object_to_json_string(end_at(written, "nights.accounts"));
    assert_int_equal(strstr(accounts, id) != NULL, on_nights);
}

TEST(activity_of_who_downloads_every_week_and_never_logs_in_is_use_by_activity_days_min_alone)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, IDLE);
    story_night(&story, 0);
    story_is_planned(&story, "api-1", "suspend R4: idle: last login");
    story_is_planned(&story, "ida", "suspend R4");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.events_read"), 0);
    story_rules(&story, UNUSED);
    for (int night = 0; night < 3; night++) {
        is_active(&story, "api-1", "downloads", 1);
        story_night(&story, 0);
        story_is_planned(&story, "api-1", "nothing");
        story_is_planned(&story, "ida", "suspend R4: unused: last login 2024-07-");
    }
    assert_simulated(&story, POLICY(IDLE), "api-1", true, true);
    assert_simulated(&story, POLICY(UNUSED), "api-1", false, false);
    assert_simulated(&story, POLICY(IDLE), "ida", true, true);
    assert_simulated(&story, POLICY(UNUSED), "ida", true, true);
}

/* What was used once is not used for ever; somebody else's activity says that there is any. */
TEST(activity_that_stops_is_over_after_so_many_days)
{
    STORY(story, 20);

    begin(&story);
    story_idles(&story, "api-2", 400);
    story_rules(&story, UNUSED);
    story_night(&story, 0);
    story_is_planned(&story, "api-1", "nothing");
    for (int night = 0; night < 3; night++) {
        story_passes(&story, night < 2 ? 28 : 27);
        is_active(&story, "api-2", "views", 0);
        story_night(&story, 0);
        story_is_planned(&story, "api-1", "nothing"); /* at last it was there 89 days ago */
    }
    story_night(&story, 0);
    story_is_planned(&story, "api-1", "suspend R4: unused: last login 2024-07-28 (from ");
    story_is_planned(&story, "api-2", "nothing");
}

/* Of a kind that the portal does not tell nobody knows: not this one, nor anybody else, but for who
 * is known to have been there. */
TEST(activity_of_a_kind_that_is_not_told_makes_nobody_unused_and_says_so)
{
    STORY(story, 20);

    begin(&story);
    is_active(&story, "api-1", "views", 2);
    story_rules(&story, UNUSED);
    end_fault(&story.end, "error=403:/v7/analytics/api/v1/asset/create");
    story_night(&story, 0);
    story_is_planned(&story, "api-1", "nothing");
    story_is_planned(&story, "ida", "nothing");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.plan_note where sentence"
                                           " like 'activity: asset creations (GET%403%'"
                                           " and sentence like '%portal.activity%'"),
                     1);
    /* without it, or with it told again, it is known */
    end_set(&story.end, END_PORTAL,
            END_FREELY "timeout = 600; patience = 1; activity = [ \"views\" ];");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R4");
    story_is_planned(&story, "api-1", "nothing");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.plan_note where plan_id"
                                           " = 2 and sentence like 'activity%'"),
                     0);
}

/* One version is retired: the other one is asked. When both are, it is not known. */
TEST(activity_of_an_endpoint_that_was_retired_is_read_from_its_other_version)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    end_fault(&story.end, DOWNLOADS_NEW);
    story_night(&story, 0);
    story_is_planned(&story, "api-1", "nothing");
    story_is_planned(&story, "ida", "suspend R4");
    assert_true(end_stat(&story.end, "endpoints.downloads.200") > 0);
    end_fault(&story.end, DOWNLOADS_OLD);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    end_clear_faults(&story.end);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R4");
    assert_true(end_stat(&story.end, "endpoints.downloads-v2.200") > 0);
}

/* Who was looked at is approved; who was active since then is not. */
TEST(activity_after_what_was_looked_at_ends_an_approval)
{
    STORY(story, 20);

    begin(&story);
    story_idles(&story, "ira", 400);
    story_rules(&story, UNUSED);
    story_night(&story, 0);
    story_is_planned(&story, "ira", "suspend R4");
    story_approves(&story);
    is_active(&story, "ira", "searches", 0);
    story_night(&story, 0);
    story_is_suspended(&story, "ida");
    story_is_active(&story, "ira");
    story_ended(&story, "approve", "ira", "login");
}

/* An event that nobody can read may be anybody's: what is known begins anew behind it. Of somebody
 * without a time it is theirs. */
TEST(activity_that_cannot_be_read_makes_nobody_unused)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    end_fault(&story.end, "bad-event=user:/v7/analytics/api/v1/asset/v2/download");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.plan_note where sentence"
                                           " like 'activity is known without a gap since 2025-%'"),
                     1);
}

TEST(activity_without_a_time_is_of_now)
{
    STORY(story, 20);

    begin(&story);
    story_idles(&story, "ivo", 400);
    is_active(&story, "ivo", "creations", 200);
    story_rules(&story, UNUSED);
    end_fault(&story.end, "bad-event=time:/v7/analytics/api/v1/asset/create");
    story_night(&story, 0);
    story_is_planned(&story, "ivo", "nothing");
    story_is_planned(&story, "ida", "suspend R4");
}

/* Nobody did anything at all for a week: that is no proof that anybody stopped. */
TEST(activity_of_nobody_at_all_proves_nothing)
{
    STORY(story, 20);

    story_idles(&story, "ida", 400);
    story_rules(&story, UNUSED);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.plan_note where sentence"
                                           " like 'activity: this portal told none of anybody%'"),
                     1);
}

/* A sandbox under the same name for a week: what was done here meanwhile is read afterwards. */
TEST(activity_of_nights_at_another_portal_tells_nothing_of_this_one)
{
    STORY(story, 20);

    story_idles(&story, "api-1", 400);
    story_idles(&story, "api-2", 400);
    story_idles(&story, "ida", 400);
    is_active(&story, "api-1", "downloads", 85);
    is_active(&story, "api-2", "views", 0);
    story_rules(&story, UNUSED);
    story_nights(&story, 2);
    story_is_planned(&story, "api-1", "nothing");
    end_set(&story.end, END_URL, "http://localhost:%u", story.end.probe.port);
    for (int night = 0; night < 6; night++) {
        is_active(&story, "api-2", "views", 0);
        story_night(&story, 20);
    }
    end_set(&story.end, END_URL, "http://127.0.0.1:%u", story.end.probe.port);
    is_active(&story, "api-1", "downloads", 4); /* here, while the sandbox was asked */
    is_active(&story, "api-2", "views", 0);
    story_nights(&story, 1);
    story_is_planned(&story, "api-1", "nothing");
}

/* One night's 404 of the newer endpoint is none of its end; when it lasts, the other one is asked,
 * and what it tells begins anew. */
TEST(activity_of_an_older_endpoint_does_not_go_on_where_the_newer_one_ended)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R4");
    end_fault(&story.end, DOWNLOADS_NEW);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    end_clear_faults(&story.end);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R4");
    end_fault(&story.end, DOWNLOADS_NEW);
    story_passes(&story, 7);
    is_active(&story, "api-1", "downloads", 1);
    story_night(&story, 0);
    assert_true(end_stat(&story.end, "endpoints.downloads.200") > 0);
    story_is_planned(&story, "ida", "nothing");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.events_read where kind"
                                           " = 'downloads' and covered_from = complete_to"),
                     1);
}

/* Told later than the overlap is long: as long as the kind tells nothing newer it is still found.
 */
TEST(activity_that_is_told_late_is_read)
{
    STORY(story, 20);

    begin(&story);
    story_idles(&story, "api-2", 400);
    is_active(&story, "api-1", "downloads", 60);
    is_active(&story, "api-2", "views", 0);
    story_rules(&story, UNUSED);
    story_nights(&story, 2);
    is_active(&story, "api-1", "downloads", 20);
    story_night(&story, 0);
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.activity where at >"
                                           " (select max(taken_at) from reconcile.snapshot) -"
                                           " interval '22 days' and kind = 'downloads'"),
                     1);
}

/* Without a time that can be read it is no sign either that the events are not broken. */
TEST(activity_without_a_time_does_not_say_that_there_is_any)
{
    STORY(story, 20);

    story_idles(&story, "ida", 400);
    story_idles(&story, "ivo", 400);
    is_active(&story, "ivo", "creations", 200);
    story_rules(&story, UNUSED);
    end_fault(&story.end, "bad-event=time:/v7/analytics/api/v1/asset/create");
    story_night(&story, 0);
    story_is_planned(&story, "ivo", "nothing");
    story_is_planned(&story, "ida", "nothing");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.plan_note where sentence"
                                           " like 'activity: none of anybody was told since%'"),
                     1);
}

/* Of a window that was begun so long ago the portal keeps not all any more. */
TEST(activity_of_a_window_that_lost_its_beginning_is_read_anew)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    story_night(&story, 0);
    free(end_query(&story.end, "update reconcile.events_read set complete_to = null, covered_from ="
                               " null, window_from = (complete_to at time zone 'UTC' - interval"
                               " '366 days') at time zone 'UTC', window_to = complete_to"
                               " where kind = 'downloads'"
                               " returning 1"));
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R4");
    assert_int_equal(end_count(&story.end,
                               "select count(*) from reconcile.events_read where kind = 'downloads'"
                               " and covered_from > (select max(taken_at) from reconcile.snapshot)"
                               " - interval '359 days'"),
                     1);
}

/* As if the kind had told events on each day from so many days ago to so many. */
static void was_told(struct story *story, const char *kind, int from, int to)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    char first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];

    text_addf(&sql,
              "update reconcile.events_read set told = array(select d::date from generate_series("
              "timestamp '%s', '%s', '1 day') d) where kind = '%s' returning 1",
              day_format(day_add(story->today, -from), first),
              day_format(day_add(story->today, -to), last), kind);
    free(end_query(&story->end, text_cstr(&sql)));
}

/* Of the newest plan. */
static void assert_noted(struct story *story, const char *like, int64_t count)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select count(*) from reconcile.plan_note where plan_id = (select max(plan_id) from"
              " reconcile.plan) and sentence like '%s'",
              like);
    assert_int_equal(end_count(&story->end, text_cstr(&sql)), count);
}

/* And again on this day, as if that had been read this night. */
static void is_told_again(struct story *story, const char *kind)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    char day[DAY_TEXT_SIZE];

    text_addf(&sql,
              "update reconcile.events_read set told = told || date '%s', newest_at = complete_to"
              " where kind = '%s' returning 1",
              day_format(story->today, day), kind);
    free(end_query(&story->end, text_cstr(&sql)));
}

/* Others tell as before: only what the kind did before says that it is broken. An event now and
 * then ends nothing. Once it tells again on most days of a week, the days that were lost stay
 * unknown. */
TEST(activity_of_a_kind_that_falls_silent_alone_makes_nobody_unused)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    story_night(&story, 0);
    was_told(&story, "collection_views", 60, 7);
    story_night(&story, 0); /* the eighth day is not over yet */
    story_is_planned(&story, "ida", "suspend R4");
    assert_noted(&story, "activity%", 0);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    assert_noted(&story,
                 "activity: no collection views on 8 days after 2025-08-%"
                 "portal.activity%",
                 1);
    is_told_again(&story, "collection_views");
    story_passes(&story, 6);
    is_active(&story, "api-1", "downloads", 1);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    assert_noted(&story, "activity: no collection views on%", 1);
    for (int days = 0; days < 4; days++) {
        is_told_again(&story, "collection_views");
        story_night(&story, 0);
    }
    story_passes(&story, 1);
    is_active(&story, "api-1", "downloads", 1);
    story_night(&story, 0);
    assert_noted(&story, "activity: no collection views on%", 1);
    story_night(&story, 0);
    assert_noted(&story, "activity: no collection views on%", 0);
    story_is_planned(&story, "ida", "nothing");
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.events_read where kind ="
                                           " 'collection_views' and covered_from > complete_to -"
                                           " interval '10 days'"),
                     1);
}

/* Told late, after it told again, it was no silence. */
TEST(activity_of_a_silence_is_read_anew_until_it_is_let_go)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    story_night(&story, 0);
    was_told(&story, "collection_views", 60, 11);
    is_told_again(&story, "collection_views");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    assert_noted(&story, "activity: no collection views on 10 days after%", 1);
    is_active(&story, "api-1", "collection_views", 6);
    story_night(&story, 0);
    assert_noted(&story, "activity%", 0);
    story_is_planned(&story, "ida", "suspend R4");
}

/* Removals are rare, collections were looked at for a month once, and views have their holidays. */
TEST(activity_of_a_kind_that_is_often_silent_stops_nothing)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    story_night(&story, 0);
    was_told(&story, "removals", 92, 90);
    was_told(&story, "archivals", 200, 174);
    was_told(&story, "collection_views", 60, 7);
    free(end_query(&story.end, "update reconcile.events_read set told = told[:20] || told[24:]"
                               " where kind = 'collection_views' returning 1"));
    story_nights(&story, 2);
    story_is_planned(&story, "ida", "suspend R4");
    assert_noted(&story, "activity%", 0);
}

/* Who knows that it is right takes the kind out. */
TEST(activity_of_a_silence_is_let_go_by_taking_its_kind_out)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    story_night(&story, 0);
    was_told(&story, "collection_views", 60, 10);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    end_set(&story.end, END_PORTAL,
            END_FREELY "timeout = 600; patience = 1; activity = [ \"views\", \"downloads\" ];");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R4");
}

/* A whole window of nobody is no sign that nobody was there. */
TEST(activity_of_a_window_in_which_no_user_is_named_is_not_told)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    end_fault(&story.end, "bad-event=nobody:/v7/analytics/api/v1/asset/v2/download");
    story_night(&story, 0);
    story_is_planned(&story, "api-1", "nothing");
    story_is_planned(&story, "ida", "nothing");
    assert_noted(&story, "activity: asset downloads (none of the asset downloads names a user)%",
                 1);
    end_clear_faults(&story.end);
    story_night(&story, 0);
    story_is_planned(&story, "api-1", "nothing");
    story_is_planned(&story, "ida", "suspend R4");
}

/* Behind one empty page there is more. */
TEST(activity_goes_on_behind_one_empty_page)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, UNUSED);
    end_fault(&story.end, "empty-page=nth=1:/v7/analytics/api/v1/asset/v2/download");
    story_night(&story, 0);
    assert_true(end_stat(&story.end, "endpoints.downloads-v2.200") == 2);
    story_is_planned(&story, "api-1", "nothing");
    story_is_planned(&story, "ida", "suspend R4");
}

/* Without any events of the portal everything else goes on, and the plan says what does not. */
TEST(activity_that_is_not_there_at_all_stops_no_other_rule)
{
    STORY(story, 20);

    begin(&story);
    story_rules(&story, STORY_DEPARTED "," UNUSED);
    (void)story_joins(&story, "ben");
    story_leaves(&story, "ben");
    end_fault(&story.end, "error=404:/v7/analytics/");
    story_night(&story, 0);
    story_is_planned(&story, "ben", "suspend R10");
    story_is_planned(&story, "ida", "nothing");
    assert_noted(&story, "activity: asset views%404%portal.activity%", 1);
}

/* The day from which the newest plan acts on them. */
static char *not_before(struct story *story, const char *name)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select not_before from reconcile.plan_row where plan_id = (select max(plan_id) from"
              " reconcile.plan) and account_id = '%s'",
              story_find(story, name)->id);
    return end_query(&story->end, text_cstr(&sql));
}

static void assert_not_before(struct story *story, const char *name, int days)
{
    CLEANUP(mem_cleanup) char *is = not_before(story, name);
    char day[DAY_TEXT_SIZE];

    assert_string_equal(is, day_format(day_add(story->today, days), day));
}

/* Who was there after they were told is told anew; who was there before was not. */
TEST(activity_after_an_announcement_starts_it_anew_and_activity_before_does_not)
{
    STORY(story, 20);

    begin(&story);
    story_idles(&story, "ira", 400);
    story_idles(&story, "ivo", 400);
    story_rules(&story, "{ name = \"unused\"; when = { account = \"active\"; activity_days_min ="
                        " 3; }; do = \"suspend\"; grace_days = 14; }");
    story_night(&story, 0);
    assert_not_before(&story, "ida", 14);
    assert_not_before(&story, "ira", 14);
    assert_not_before(&story, "ivo", 14);
    story_passes(&story, 4);
    is_active(&story, "ira", "searches", 3);
    is_active(&story, "ivo", "searches", 5);
    story_night(&story, 0);
    assert_not_before(&story, "ida", 9);
    assert_not_before(&story, "ira", 14);
    assert_not_before(&story, "ivo", 9);
}
