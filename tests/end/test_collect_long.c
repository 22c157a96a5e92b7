/*
 * First collections of a portal that has more pages of events than are read one after the other:
 * how much of a year is asked for, several windows side by side, and what a run that was cut off
 * leaves to the next one.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"
#include "test.h"

#define EVENTS_PATH "/v7/analytics/api/v1/user/login"
#define VIEWS_PATH  "/v7/analytics/api/v2/asset/views"
#define PORTAL                                                                                     \
    "requests_per_second = 1000000.0; requests_per_window = 100000000; page_size = 500; "          \
    "connections = 4; timeout = 600; patience = 10; logins = \"events\"; "

enum { WAIT_MS = END_DEADLINE_S * 1000, STEP_MS = 5, YEAR_PAGES = 20 /* at least */ };

static const char *const options[] = {"--users", "3200", "--seed", "5", NULL};

static void begin(struct end *end, const char *more)
{
    end_begin(end, options);
    end_set(end, END_PORTAL, PORTAL "%s", more);
    end_set(end, END_SUSPEND, "count = 8000; percent = 100.0; rolling_count = 16000;");
}

#define WORLD(name, more)                                                                          \
    CLEANUP(end_finish) struct end name;                                                           \
    begin(&name, more)

static int64_t pages_of(struct end *end, const char *endpoint)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "endpoints.%s.200", endpoint);
    return (int64_t)end_stat(end, text_cstr(&path));
}

static bool is_told_since(struct end *end, const char *kind, const char *ago)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select count(*) from reconcile.events_read where kind = '%s' and covered_from <="
              " now() - interval '%s' and complete_to > now() - interval '1 hour'",
              kind, ago);
    return end_count(end, text_cstr(&sql)) == 1;
}

static void plan(struct end *end, const char *full)
{
    RUN(result, end, "plan", "--format", "json", full);

    end_assert_code(&result, 0);
    JSON(said, end_json(&result));
    (void)end_assert_truth(end, said, false);
}

/* How many rows of the newest plans of two portals are in one of them only. */
static int64_t differing_rows(struct end *end)
{
    return end_count(
        end, "with newest as (select p.name, r.account_id, r.action, r.rule, r.decision_row,"
             " r.account, r.last_login, r.idle_days from reconcile.plan_row r"
             " join reconcile.portal p using (portal_id) where r.action <> 'keep' and"
             " plan_id = (select max(plan_id) from reconcile.plan x"
             "            where x.portal_id = r.portal_id))"
             " select count(*) from ("
             " select account_id from newest group by account_id, action, rule, decision_row,"
             " account, last_login, idle_days having count(*) <> 2) d");
}

static void assert_same_as_in_full(struct end *end)
{
    end_set(end, END_NAME, "other");
    plan(end, "--full");
    end_set(end, END_NAME, "end");
    assert_true(end_count(end, "select count(*) from reconcile.plan_row where action <> 'keep'") >
                100);
    assert_int_equal(differing_rows(end), 0);
}

static char *logins_note(struct end *end)
{
    return end_query(end, "select coalesce(logins_note, '-') from reconcile.snapshot"
                          " order by taken_at desc limit 1");
}

/* People log in: a page of events clears hundreds, so they are read as far back as they clear
 * anybody, and by what is left of a year then. */
TEST(events_that_clear_most_are_read)
{
    WORLD(end, "");

    plan(&end, NULL);
    assert_true(is_told_since(&end, "logins", "90 days"));
    assert_true(pages_of(&end, "logins") <= 2 * YEAR_PAGES);
    assert_true((int64_t)end_stat(&end, "requests") < 1600); /* of 2,960 who could be read */
    int64_t before = (int64_t)end_stat(&end, "requests");
    plan(&end, NULL);
    assert_true((int64_t)end_stat(&end, "requests") - before < 20);
    assert_same_as_in_full(&end);
}

/* The neighbour: everybody is read one by one whatever the events tell. The next run goes on from
 * the newest ones, and none is wanted any more. */
TEST(events_that_clear_nobody_are_not_read)
{
    WORLD(end, "");

    plan(&end, "--full");
    assert_true(pages_of(&end, "logins") < YEAR_PAGES / 2);
    assert_true(is_told_since(&end, "logins", "6 days"));
    assert_false(is_told_since(&end, "logins", "30 days"));
    CLEANUP(mem_cleanup) char *note = logins_note(&end);
    assert_non_null(strstr(note, "accounts one by one"));
    assert_non_null(strstr(note, "would spare at most 0 of those reads"));
    int64_t pages = pages_of(&end, "logins"), before = (int64_t)end_stat(&end, "requests");
    plan(&end, NULL);
    assert_int_equal(pages_of(&end, "logins"), pages + 1);
    assert_true((int64_t)end_stat(&end, "requests") - before < 20);
    assert_same_as_in_full(&end);
}

/* But where inactive accounts are deleted for their login, which are not read one by one. */
TEST(events_that_alone_tell_what_a_rule_asks_are_read_whole)
{
    WORLD(end, "");

    end_set(&end, END_RULES,
            "{ name = \"gone\"; do = \"deprovision\"; when = { account = \"inactive\";"
            " idle_days_min = 300; }; }");
    RUN(result, &end, "plan", "--full");
    end_assert_code(&result, 0);
    assert_true(pages_of(&end, "logins") >= YEAR_PAGES);
    assert_true(is_told_since(&end, "logins", "364 days"));
}

/* --- cut off --- */

static void kill_when_told(struct end *end)
{
    static const char *const words[] = {"plan", NULL};
    static const char told[] = "select count(*) from reconcile.events_read where kind = 'logins'"
                               " and covered_from is not null";
    struct end_child child = end_start(end, words);

    for (int waited = 0; end_count(end, told) == 0; waited += STEP_MS) {
        assert_true(waited < WAIT_MS);
        (void)usleep(STEP_MS * 1000);
    }
    end_kill(end, &child);
    end_clear_faults(end);
}

TEST(events_that_were_cut_off_are_gone_on_with)
{
    WORLD(end, "");

    end_fault(&end, "hang=nth=6:" EVENTS_PATH);
    kill_when_told(&end);
    assert_false(is_told_since(&end, "logins", "90 days"));
    int64_t before = pages_of(&end, "logins");
    plan(&end, NULL);
    assert_true(is_told_since(&end, "logins", "90 days"));
    assert_true(pages_of(&end, "logins") - before <= 2 * YEAR_PAGES);
    assert_same_as_in_full(&end);
}

/* A page that does not come: single reads in that run, and the next one goes on. */
TEST(events_that_fail_midway_are_no_evidence_and_are_read_by_the_next_run)
{
    WORLD(end, "");

    end_fault(&end, "error=400:nth=6:" EVENTS_PATH);
    plan(&end, NULL);
    CLEANUP(mem_cleanup) char *note = logins_note(&end);
    assert_non_null(strstr(note, "answers 400"));
    end_clear_faults(&end);
    plan(&end, NULL);
    assert_same_as_in_full(&end);
}

/* Of activity all is needed, and all of it is read, whatever logins are worth. */
TEST(activity_is_read_whole)
{
    WORLD(end, "activity_for = \"always\"; activity = [ \"views\" ];");

    plan(&end, "--full");
    assert_true(is_told_since(&end, "views", "357 days"));
    assert_int_equal(end_count(&end, "select count(*) from reconcile.snapshot"
                                     " where activity_since < now() - interval '357 days'"),
                     1);
    assert_true(pages_of(&end, "logins") < YEAR_PAGES / 2);
}

/* An event that may be anybody's: known without a gap from behind its part on, whichever that is.
 */
TEST(activity_with_an_event_of_nobody_knows_is_known_from_behind_it_on)
{
    WORLD(end, "activity_for = \"always\"; activity = [ \"views\" ];");

    end_fault(&end, "bad-event=user:nth=3:" VIEWS_PATH);
    RUN(result, &end, "plan");
    end_assert_code(&result, 0);
    assert_false(is_told_since(&end, "views", "357 days"));
    assert_true(is_told_since(&end, "views", "0 days"));
}

/* An older endpoint may be there and tell nothing: it is believed from the end of all that it was
 * asked for on, in however many parts. */
TEST(an_older_endpoint_that_goes_on_in_parts_knows_nothing_of_the_time_before)
{
    WORLD(end, "activity_for = \"always\"; activity = [ \"views\" ];");

    plan(&end, NULL);
    assert_true(is_told_since(&end, "views", "357 days"));
    end_change(&end, "update reconcile.events_read set complete_to = now() - interval '340 days',"
                     " newest_at = now() - interval '340 days',"
                     " covered_from = now() - interval '350 days' where kind = 'views'");
    end_fault(&end, "error=404:" VIEWS_PATH);
    double before = end_stat(&end, "requests");
    plan(&end, NULL);
    assert_true(end_stat(&end, "requests") - before > YEAR_PAGES);
    assert_true(is_told_since(&end, "views", "0 days"));
    assert_false(is_told_since(&end, "views", "1 hour"));
}
