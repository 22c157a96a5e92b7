/*
 * Last logins by events first, as a user's runs have them: what is asked of the portal, by its own
 * log, what comes out, and what a run that was cut off leaves to the next one.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "end.h"
#include "host/file.h"
#include "test.h"

#define WORLD(name, options)                                                                       \
    CLEANUP(end_finish) struct end name;                                                           \
    begin(&name, options)

#define FREE_PACE "requests_per_second = 1000000.0; requests_per_window = 100000000; "
#define BY_EVENTS                                                                                  \
    "page_size = 500; connections = 4; timeout = 600; patience = 10; logins = \"events\"; "

#define EVENTS_PATH "/v7/analytics/api/v1/user/login"
#define OVERLAP     "48 hours" /* portal.events_overlap_hours, unless set */

enum { WAIT_MS = END_DEADLINE_S * 1000, STEP_MS = 5 };

static void begin(struct end *end, const char *const *options)
{
    end_begin(end, options);
    end_set(end, END_PORTAL, FREE_PACE BY_EVENTS "silence_after_429 = 1.0;");
}

/* --- what the portal knows --- */

/* An array of the lines of a control path that are JSON each. */
static struct json_object *lines_of(struct end *end, const char *path)
{
    struct reply reply = probe_ask(&end->probe, "GET", path, NULL, NULL, NULL);
    struct json_object *lines = json_object_new_array();

    for (char *line = reply.body.data, *next; line && *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        assert_int_equal(json_object_array_add(lines, json_tokener_parse(line)), 0);
    }
    reply_release(&reply);
    return lines;
}

static int64_t requests(struct end *end)
{
    return (int64_t)end_stat(end, "requests");
}

/* The requests of an endpoint (NULL: of all) that came after the first `after` ones. */
static struct json_object *asked(struct end *end, const char *endpoint, int64_t after)
{
    JSON(lines, lines_of(end, "/_sim/log"));
    struct json_object *wanted = json_object_new_array();

    for (size_t i = 0; i < json_object_array_length(lines); i++) {
        struct json_object *line = json_object_array_get_idx(lines, i);

        if (end_number_at(line, "n") > after &&
            (!endpoint || text_equal(end_text_at(line, "endpoint"), endpoint)))
            assert_int_equal(json_object_array_add(wanted, json_object_get(line)), 0);
    }
    return wanted;
}

static size_t asked_count(struct end *end, const char *endpoint, int64_t after)
{
    JSON(lines, asked(end, endpoint, after));

    return json_object_array_length(lines);
}

static const char *line_text(struct json_object *lines, size_t i, const char *key)
{
    return end_text_at(json_object_array_get_idx(lines, i), key);
}

static int64_t line_number(struct json_object *lines, size_t i, const char *key)
{
    return end_number_at(json_object_array_get_idx(lines, i), key);
}

/* Whether one of the single reads is of this account. */
static bool is_read(struct json_object *reads, const char *id)
{
    for (size_t i = 0; i < json_object_array_length(reads); i++) {
        if (strstr(line_text(reads, i, "path"), id))
            return true;
    }
    return false;
}

/* Days since the last login; -1: there was none. */
static int64_t idle_days(struct json_object *user)
{
    const char *login = end_text_at(user, "lastLogin");
    struct instant at = INSTANT_NONE;

    if (!login)
        return -1;
    assert_true(instant_parse_bynder(login, &at));
    return ((int64_t)time(NULL) - at.us / SECOND_US) / 86400;
}

static void log_in(struct end *end, const char *id, int64_t seconds_ago)
{
    struct instant at = {.us = ((int64_t)time(NULL) - seconds_ago) * SECOND_US};
    char time[INSTANT_TEXT_SIZE];
    CLEANUP(text_release) struct text form = TEXT_INIT;

    text_addf(&form, "lastLogin=%s", instant_format(at, time));
    end_change_user(end, id, text_cstr(&form));
}

/* --- what the history says --- */

/* How many rows of the newest plans of two portals are in one of them only. */
static int64_t differing_rows(struct end *end)
{
    return end_count(
        end, "with newest as (select p.name, r.account_id, r.action, r.rule, r.decision_row,"
             " r.account, r.last_login, r.idle_days from reconcile.plan_row r"
             " join reconcile.portal p using (portal_id)"
             " where plan_id = (select max(plan_id) from reconcile.plan x"
             "                  where x.portal_id = r.portal_id))"
             " select count(*) from ("
             " select account_id from newest group by account_id, action, rule, decision_row,"
             " account, last_login, idle_days having count(*) <> 2) d");
}

/* The plan of a portal that is new to the history, every account read singly. */
static void plan_in_full_as_another(struct end *end, int code)
{
    end_set(end, END_NAME, "other");
    RUN(full, end, "plan", "--full", "--format", "json");
    end_assert_code(&full, code);
    end_set(end, END_NAME, "end");
}

/* As the API's parameter. */
static char *watermark(struct end *end, const char *less)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select 'fromDateTime=' || to_char((complete_to - interval '%s') at time zone 'UTC',"
              " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from reconcile.events_read",
              less);
    return end_query(end, text_cstr(&sql));
}

static void check_newest_snapshot(struct end *end, const char *by, const char *note)
{
    CLEANUP(mem_cleanup)
    char *said = end_query(end, "select logins_by || ': ' || coalesce(logins_note, '-')"
                                " from reconcile.snapshot order by taken_at desc limit 1");
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_add(&text, said);
    end_assert_says(&text, by);
    end_assert_says(&text, note);
}

static bool says_now(const struct end_child *child, const char *words)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    return file_read(child->err_path, 1u << 20, ERR_INTERNAL, &text, NULL, NULL) == 0 &&
           strstr(text_cstr(&text), words);
}

static bool counts_now(struct end *end, const char *sql, int64_t wanted)
{
    return end_count(end, sql) >= wanted;
}

#define WAIT_UNTIL(condition)                                                                      \
    do {                                                                                           \
        for (int waited = 0; !(condition); waited += STEP_MS) {                                    \
            assert_true(waited < WAIT_MS);                                                         \
            (void)usleep(STEP_MS * 1000);                                                          \
        }                                                                                          \
    } while (0)

/* --- one run after the other --- */

TEST(first_run_reads_singly_whom_events_cannot_clear)
{
    WORLD(end, NULL);
    RUN(result, &end, "plan", "--format", "json");

    end_assert_code(&result, 0);
    JSON(plan, end_json(&result));
    (void)end_assert_truth(&end, plan, true);
    JSON(pages, asked(&end, "logins", 0));
    JSON(reads, asked(&end, "users.get", 0));
    JSON(users, lines_of(&end, "/_sim/users"));
    size_t needless = 0, cleared = 0, page_count = json_object_array_length(pages);

    assert_true(page_count >= 2 && json_object_array_length(reads) > 0);
    assert_true(line_number(pages, page_count - 1, "n") < line_number(reads, 0, "n"));
    for (size_t i = 0; i < json_object_array_length(users); i++) {
        struct json_object *user = json_object_array_get_idx(users, i);
        bool read = is_read(reads, end_text_at(user, "id"));
        int64_t days = idle_days(user);

        if (!json_object_get_boolean(end_at(user, "active")))
            assert_false(read);
        else if (days < 0 || days > 366)
            assert_true(read);
        else if (days < END_IDLE_DAYS - 1) {
            needless += read;
            cleared++;
        }
    }
    assert_true(cleared > 100);
    assert_true(needless <= 1); /* the share of the refresh: one of a year's days of 200 accounts */
    check_newest_snapshot(&end, "events", "-");
    plan_in_full_as_another(&end, 0);
    assert_int_equal(differing_rows(&end), 0);
    end_assert_no_writes(&end);
}

TEST(second_run_asks_for_one_page_of_events_and_nobody)
{
    WORLD(end, NULL);
    RUN(first, &end, "plan", "--format", "json");
    CLEANUP(mem_cleanup) char *from = watermark(&end, OVERLAP);
    int64_t before = requests(&end);

    end_assert_code(&first, 0);
    RUN(second, &end, "plan", "--format", "json");
    end_assert_code(&second, 0);
    JSON(pages, asked(&end, "logins", before));
    assert_int_equal(json_object_array_length(pages), 1);
    assert_non_null(strstr(line_text(pages, 0, "query"), from));
    assert_null(strstr(line_text(pages, 0, "query"), "cursor"));
    assert_int_equal(asked_count(&end, "users.get", before), 0);
    assert_true(requests(&end) - before <= 10);
    JSON(plan, end_json(&second));
    (void)end_assert_truth(&end, plan, true);
    plan_in_full_as_another(&end, 0);
    assert_int_equal(differing_rows(&end), 0);
}

/* The first account that the plan wants to suspend for being idle; memory of the plan. */
static const char *first_idle(struct json_object *plan)
{
    struct json_object *decisions = end_at(plan, "decisions");

    for (size_t i = 0; i < json_object_array_length(decisions); i++) {
        if (text_equal(line_text(decisions, i, "rule"), "idle"))
            return line_text(decisions, i, "account_id");
    }
    fail_msg("nobody is idle");
    return NULL;
}

TEST(login_between_runs_is_seen_by_its_event_alone)
{
    WORLD(end, NULL);
    RUN(first, &end, "plan", "--format", "json");

    end_assert_code(&first, 0);
    JSON(plan, end_json(&first));
    const char *id = first_idle(plan);
    int64_t before = requests(&end);
    log_in(&end, id, 3600);
    RUN(second, &end, "plan", "--format", "json");
    end_assert_code(&second, 0);
    JSON(next, end_json(&second));
    end_assert_silent_of(&second.out, id);
    (void)end_assert_truth(&end, next, true);
    assert_int_equal(end_number_at(next, "totals.suspend"),
                     end_number_at(plan, "totals.suspend") - 1);
    assert_int_equal(asked_count(&end, "users.get", before), 0);
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    text_addf(&sql, "select login_source from reconcile.account where account_id = '%s'", id);
    CLEANUP(mem_cleanup) char *source = end_query(&end, text_cstr(&sql));
    assert_string_equal(source, "events");
}

/* Logs somebody idle in, now; whether the next plan sees it by the event. */
static void check_login_is_seen(struct end *end, const char *id)
{
    (void)sleep(1); /* a login is told in whole seconds: not in that of the run before */
    log_in(end, id, 0);
    RUN(next, end, "plan", "--format", "json");
    end_assert_code(&next, 0);
    end_assert_silent_of(&next.out, id);
    assert_int_equal(end_count(end, "select count(*) from reconcile.events_read"
                                    " where complete_to > now() + interval '1 minute'"),
                     0);
}

TEST(a_clock_that_was_ahead_passes_over_no_event)
{
    WORLD(end, NULL);
    end_set(&end, END_PORTAL,
            FREE_PACE BY_EVENTS "silence_after_429 = 1.0; events_overlap_hours = 0;");
    RUN(first, &end, "plan", "--format", "json");
    end_assert_code(&first, 0);
    JSON(plan, end_json(&first));
    const char *id = first_idle(plan);

    assert_int_equal(setenv("CLOCK_DAYS", "4", 1), 0);
    assert_int_equal(setenv("LD_PRELOAD", CLOCK_PRELOAD, 1), 0);
    RUN(ahead, &end, "plan");
    assert_int_equal(unsetenv("CLOCK_DAYS"), 0);
    assert_int_equal(unsetenv("LD_PRELOAD"), 0);
    end_assert_says(&ahead.out, "G13");
    check_login_is_seen(&end, id);
}

TEST(a_future_up_to_which_events_were_called_read_is_read_again)
{
    WORLD(end, NULL);
    end_set(&end, END_PORTAL,
            FREE_PACE BY_EVENTS "silence_after_429 = 1.0; events_overlap_hours = 0;");
    RUN(first, &end, "plan", "--format", "json");
    end_assert_code(&first, 0);
    JSON(plan, end_json(&first));

    free(end_query(&end, "update reconcile.events_read set complete_to = now() + interval '4 days'"
                         " returning 'done'"));
    check_login_is_seen(&end, first_idle(plan));
}

/* --- without events --- */

static const struct refusal {
    const char *fault, *said;
} refusals[] = {
    {"events-403", "needs scope analytics.api:read"},
    {"events-404", "this portal has no such events"},
    {"error=500:" EVENTS_PATH, "answers 500"},
    {"cut=length:" EVENTS_PATH, "cut off"},
};

static void check_fallback(struct end *end, const char *said)
{
    int64_t before = requests(end);
    RUN(result, end, "plan", "--format", "json");

    end_assert_code(&result, 0);
    end_assert_says(&result.err, "login events are not used");
    end_assert_says(&result.err, said);
    check_newest_snapshot(end, "each", said);
    JSON(plan, end_json(&result));
    (void)end_assert_truth(end, plan, true);
    assert_int_equal(asked_count(end, "users.get", before), end_stat(end, "users.active"));
    assert_int_equal(end_count(end, "select count(complete_to) from reconcile.events_read"), 0);
}

TEST(run_without_events_reads_everybody_and_says_so)
{
    WORLD(end, NULL);

    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        CLEANUP(text_release) struct text name = TEXT_INIT;

        text_addf(&name, "refusal%zu", i); /* a portal whose history is empty */
        end_set(&end, END_NAME, "%s", text_cstr(&name));
        end_fault(&end, refusals[i].fault);
        check_fallback(&end, refusals[i].said);
        end_clear_faults(&end);
    }
}

TEST(run_without_the_scope_of_events_asks_for_none)
{
    static const char *const options[] = {
        "--users", "200",      "--seed",
        "5",       "--scopes", "admin.user:read admin.profile:read current.user:read",
        NULL};
    WORLD(end, options);

    check_fallback(&end, "no scope 'analytics.api:read'");
    assert_int_equal(asked_count(&end, "logins", 0), 0);
}

TEST(events_that_failed_are_read_from_the_old_watermark)
{
    WORLD(end, NULL);
    RUN(first, &end, "plan");
    CLEANUP(mem_cleanup) char *from = watermark(&end, OVERLAP), *mark = watermark(&end, "0");

    end_assert_code(&first, 0);
    end_fault(&end, "error=500:" EVENTS_PATH);
    RUN(second, &end, "plan", "--format", "json");
    end_assert_code(&second, 0);
    check_newest_snapshot(&end, "each", "answers 500");
    CLEANUP(mem_cleanup) char *unmoved = watermark(&end, "0");
    assert_string_equal(unmoved, mark);
    end_clear_faults(&end);
    int64_t before = requests(&end);
    RUN(third, &end, "plan");
    end_assert_code(&third, 0);
    check_newest_snapshot(&end, "events", "-");
    JSON(pages, asked(&end, "logins", before));
    assert_int_equal(json_object_array_length(pages), 1);
    assert_non_null(strstr(line_text(pages, 0, "query"), from));
}

/* Pages that lead back are noticed while few were read twice; the mark stays where it was, whoever
 * is not cleared is read singly, and once the portal tells an end the window is read from its
 * beginning. */
TEST(events_that_go_round_in_a_circle_are_not_used)
{
    static const char *const options[] = {"--users", "600", "--seed", "5", NULL};
    static const char *const cases[] = {"first", "later"};
    WORLD(end, options);
    CLEANUP(mem_cleanup) char *mark = NULL;
    size_t pages_in_all = 0;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        end_fault(&end, "cursor-loop");
        int64_t before = requests(&end);
        RUN(caught, &end, "plan", "--format", "json");
        end_assert_code(&caught, 0);
        end_assert_says(&caught.err, "login events are not used");
        check_newest_snapshot(&end, "each", "go round in a circle");
        JSON(plan, end_json(&caught));
        (void)end_assert_truth(&end, plan, true);
        CLEANUP(mem_cleanup) char *unmoved = watermark(&end, "0");
        assert_string_equal(unmoved ? unmoved : "", mark ? mark : "");
        size_t pages = asked_count(&end, "logins", before);
        end_clear_faults(&end);

        before = requests(&end);
        RUN(whole, &end, "plan", "--format", "json");
        end_assert_code(&whole, 0);
        check_newest_snapshot(&end, "events", "-");
        JSON(read, asked(&end, "logins", before));
        assert_null(strstr(line_text(read, 0, "query"), "cursor"));
        pages_in_all = json_object_array_length(read);
        print_message("%s: %zu pages in a circle, %zu pages in all\n", cases[i], pages,
                      pages_in_all);
        assert_true(pages <= 3 * pages_in_all + 3);
        free(mark);
        mark = watermark(&end, "0");
        assert_true(mark && *mark);
    }
}

/* Ever new cursors never lead back; but pages of one event, each followed by another, are no list.
 * The next night, when the portal tells an end, the window is read from its beginning. */
TEST(events_whose_pages_never_end_are_not_used)
{
    static const char *const options[] = {"--users", "600", "--seed", "5", NULL};
    WORLD(end, options);

    end_fault(&end, "cursor-new");
    RUN(caught, &end, "plan", "--format", "json");
    end_assert_code(&caught, 0);
    end_assert_says(&caught.err, "login events are not used");
    check_newest_snapshot(&end, "each", "the login events have no end");
    JSON(plan, end_json(&caught));
    (void)end_assert_truth(&end, plan, true);
    assert_true(asked_count(&end, "logins", 0) < 1000); /* one for each fifty of 37,000 events */
    end_clear_faults(&end);

    int64_t before = requests(&end);
    RUN(whole, &end, "plan", "--format", "json");
    end_assert_code(&whole, 0);
    check_newest_snapshot(&end, "events", "-");
    JSON(read, asked(&end, "logins", before));
    assert_null(strstr(line_text(read, 0, "query"), "cursor"));
}

/* What a single read said some days ago is enough only while events tell who came back since. */
TEST(login_that_no_event_can_tell_is_read_singly)
{
    WORLD(end, NULL);
    RUN(first, &end, "plan", "--format", "json");
    CLEANUP(mem_cleanup) char *id = NULL;

    end_assert_code(&first, 0);
    JSON(plan, end_json(&first));
    id = mem_strdup(first_idle(plan));
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        log_in(&end, id, 3600);
        end_fault(&end, refusals[i].fault);
        RUN(next, &end, "plan", "--format", "json");
        end_assert_code(&next, 0);
        end_assert_silent_of(&next.out, id);
        JSON(seen, end_json(&next));
        (void)end_assert_truth(&end, seen, true);
        free(id);
        id = mem_strdup(first_idle(seen));
        end_clear_faults(&end);
    }
}

/* --- cut off --- */

/* A request that the portal has not read when its sender is killed is answered all the same. */
static bool hangs_now(struct end *end, int64_t after)
{
    JSON(lines, asked(end, NULL, after));

    for (size_t i = 0; i < json_object_array_length(lines); i++) {
        struct json_object *fault = NULL;
        if (json_object_object_get_ex(json_object_array_get_idx(lines, i), "fault", &fault) &&
            text_equal(json_object_get_string(fault), "hang"))
            return true;
    }
    return false;
}

TEST(pages_of_events_that_are_stored_are_not_asked_for_again)
{
    static const char *const options[] = {"--users", "600", "--seed", "5", NULL};
    static const char *const words[] = {"plan", NULL};
    WORLD(end, options);

    end_fault(&end, "hang=nth=3:" EVENTS_PATH);
    struct end_child child = end_start(&end, words);
    WAIT_UNTIL(counts_now(&end, "select coalesce(max(pages), 0) from reconcile.events_read", 2));
    WAIT_UNTIL(hangs_now(&end, 0));
    end_kill(&end, &child);
    end_clear_faults(&end);
    JSON(stored, asked(&end, "logins", 0));
    int64_t before = requests(&end);
    RUN(result, &end, "plan", "--format", "json");
    end_assert_code(&result, 0);
    JSON(pages, asked(&end, "logins", before));
    size_t count = json_object_array_length(pages);
    assert_true(count >= 3); /* the rest of the window, and the time since */
    assert_non_null(strstr(line_text(pages, 0, "query"), "&cursor="));
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < count; k++)
            assert_string_not_equal(line_text(stored, i, "query"), line_text(pages, k, "query"));
    check_newest_snapshot(&end, "events", "-");
    JSON(plan, end_json(&result));
    (void)end_assert_truth(&end, plan, true);
    plan_in_full_as_another(&end, 0);
    assert_int_equal(differing_rows(&end), 0);
}

/* A cursor of another day may be forgotten by the portal. */
TEST(cursor_that_is_forgotten_begins_its_window_again)
{
    static const char *const options[] = {"--users", "300", "--seed", "5", NULL};
    WORLD(end, options);

    end_fault(&end, "error=400:nth=2:" EVENTS_PATH);
    RUN(first, &end, "plan");
    end_assert_code(&first, 0);
    check_newest_snapshot(&end, "each", "answers 400");
    end_clear_faults(&end);
    assert_int_equal(end_count(&end, "select pages from reconcile.events_read"), 1);
    end_fault(&end, "error=400:nth=1:" EVENTS_PATH);
    int64_t before = requests(&end);
    RUN(second, &end, "plan", "--format", "json");
    end_assert_code(&second, 0);
    JSON(pages, asked(&end, "logins", before));
    assert_int_equal(line_number(pages, 0, "status"), 400);
    assert_non_null(strstr(line_text(pages, 0, "query"), "&cursor="));
    assert_null(strstr(line_text(pages, 1, "query"), "&cursor="));
    assert_int_equal(end_count(&end, "select count(complete_to) from reconcile.events_read"), 1);
    JSON(plan, end_json(&second));
    (void)end_assert_truth(&end, plan, true);
}

/* Accounts idle for a day are proposed, so that there are more single reads than are stored
 * together. */
TEST(single_reads_that_are_stored_are_not_made_again)
{
    static const char *const options[] = {"--users", "900", "--seed", "5", NULL};
    static const char *const words[] = {"plan", NULL};
    WORLD(end, options);

    end_set(&end, END_RULES,
            "{ name = \"idle\"; do = \"suspend\"; when = { account = \"active\";"
            " idle_days_min = 1; }; }");
    end_set(&end, END_SUSPEND, "count = 2000; percent = 100.0; rolling_count = 4000;");
    end_fault(&end, "hang=nth=540:/api/v4/users/");
    struct end_child child = end_start(&end, words);
    WAIT_UNTIL(counts_now(
        &end, "select count(*) from reconcile.login_pending where source = 'read'", 500));
    end_kill(&end, &child);
    end_clear_faults(&end);
    CLEANUP(mem_cleanup)
    char *stored = end_query(&end, "select string_agg(account_id, ' ')"
                                   " from reconcile.login_pending where source = 'read'");
    int64_t before = requests(&end);
    RUN(result, &end, "plan", "--format", "json");
    end_assert_code(&result, 0);
    JSON(reads, asked(&end, "users.get", before));
    size_t count = json_object_array_length(reads);
    assert_true(count > 0 && count < 400);
    for (size_t i = 0; i < count; i++)
        if (strstr(stored, strrchr(line_text(reads, i, "path"), '/') + 1))
            fail_msg("%s was stored", line_text(reads, i, "path"));
    plan_in_full_as_another(&end, 0);
    assert_int_equal(differing_rows(&end), 0);
}

/* Of the first window's pages that were answered none was answered twice. Later ones may be of the
 * same second, and look the same. */
static void check_pages_once(struct end *end)
{
    JSON(pages, asked(end, "logins", 0));
    CLEANUP(mem_cleanup) char *window = NULL;
    const char *query[100];
    size_t of[100], count = 0;

    for (size_t i = 0; i < json_object_array_length(pages); i++) {
        const char *this = line_text(pages, i, "query");

        if (line_number(pages, i, "status") != 200)
            continue;
        if (!window)
            window = mem_strdup(this); /* without a cursor: the others begin with it */
        if (!text_starts(this, window))
            continue;
        assert_true(count < COUNT_OF(query));
        for (size_t k = 0; k < count; k++) {
            if (text_equal(query[k], this))
                fail_msg("%s was asked again:\n%s\n%s", this,
                         json_object_to_json_string(json_object_array_get_idx(pages, of[k])),
                         json_object_to_json_string(json_object_array_get_idx(pages, i)));
        }
        of[count] = i;
        query[count++] = this;
    }
    assert_true(count >= 4);
}

/* Nobody of these was read singly after the first `after` requests. */
static void check_not_read_since(struct end *end, const char *ids, int64_t after)
{
    JSON(reads, asked(end, "users.get", after));

    for (size_t i = 0; i < json_object_array_length(reads); i++)
        if (strstr(ids, strrchr(line_text(reads, i, "path"), '/') + 1))
            fail_msg("%s was stored", line_text(reads, i, "path"));
}

/* A first collection that is killed in each of its stages, some of them twice, comes to its end
 * with nothing asked again that was stored: only the list is, which must be of one moment. A page
 * of events is asked for when the one before it is stored, so each that was answered counts. */
TEST(collection_killed_in_every_stage_asks_for_nothing_stored)
{
    static const char *const options[] = {"--users", "1600", "--seed", "5", NULL};
    static const char *const words[] = {"plan", NULL};
    static const char pages[] = "select coalesce(max(pages), 0) from reconcile.events_read",
                      reads[] = "select count(*) from reconcile.login_pending"
                                " where source = 'read'",
                      ids[] = "select string_agg(account_id, ' ') from reconcile.login_pending"
                              " where source = 'read'";
    static const struct {
        const char *fault, *sql;
        int64_t stored;
    } kills[] = {
        {"hang=nth=3:/api/v4/users/", NULL, 0}, /* a page of the list */
        {"hang=nth=1:" EVENTS_PATH, NULL, 0},        {"hang=nth=3:" EVENTS_PATH, pages, 2},
        {"hang=nth=3:/api/v4/users/", NULL, 0},      {"hang=nth=2:" EVENTS_PATH, pages, 3},
        {"hang=nth=560:/api/v4/users/", reads, 500}, {"hang=nth=560:/api/v4/users/", reads, 1000},
    };
    char *stored[COUNT_OF(kills)];
    int64_t after[COUNT_OF(kills)];
    WORLD(end, options);

    end_set(&end, END_RULES,
            "{ name = \"idle\"; do = \"suspend\"; when = { account = \"active\";"
            " idle_days_min = 1; }; }");
    end_set(&end, END_SUSPEND, "count = 4000; percent = 100.0; rolling_count = 8000;");
    for (size_t i = 0; i < COUNT_OF(kills); i++) {
        int64_t before = requests(&end);
        end_fault(&end, kills[i].fault);
        struct end_child child = end_start(&end, words);
        if (kills[i].sql)
            WAIT_UNTIL(counts_now(&end, kills[i].sql, kills[i].stored));
        WAIT_UNTIL(hangs_now(&end, before));
        end_kill(&end, &child);
        end_clear_faults(&end);
        stored[i] = end_query(&end, ids);
        after[i] = requests(&end);
    }
    RUN(result, &end, "plan", "--format", "json");
    end_assert_code(&result, 0);
    check_newest_snapshot(&end, "events", "-");
    check_pages_once(&end);
    for (size_t i = 0; i < COUNT_OF(kills); i++)
        if (!text_is_empty(stored[i]))
            check_not_read_since(&end, stored[i], after[i]);
    assert_true(asked_count(&end, "users.get", after[COUNT_OF(kills) - 1]) >= 1);
    plan_in_full_as_another(&end, 0);
    assert_int_equal(differing_rows(&end), 0);
    for (size_t i = 0; i < COUNT_OF(kills); i++)
        free(stored[i]);
}

/* Killed at a later kind: what came before is stored and not asked for again, and how far each kind
 * is known without a gap is true; so is the newest activity of everybody. */
TEST(activity_that_was_cut_off_is_covered_as_far_as_it_was_told)
{
    static const char *const options[] = {"--users", "600", "--seed", "5", NULL};
    static const char *const words[] = {"plan", NULL};
    static const char covered[] = "select count(covered_from) from reconcile.events_read"
                                  " where kind <> 'logins'";
    WORLD(end, options);

    end_set(&end, END_PORTAL, FREE_PACE BY_EVENTS "activity_for = \"always\";");
    end_fault(&end, "hang=nth=1:/v7/analytics/api/v1/asset/create");
    struct end_child child = end_start(&end, words);
    WAIT_UNTIL(hangs_now(&end, 0));
    end_kill(&end, &child);
    end_clear_faults(&end);
    assert_int_equal(end_count(&end, covered), 2); /* views, downloads */
    assert_true(end_count(&end, "select count(*) from reconcile.activity_pending") > 0);
    assert_int_equal(end_count(&end, "select count(*) from reconcile.snapshot"), 0);
    RUN(next, &end, "plan");
    end_assert_code(&next, 0);
    assert_int_equal(end_count(&end, covered), 7);
    assert_int_equal(end_count(&end, "select count(*) from reconcile.snapshot"
                                     " where activity_since < now() - interval '357 days'"),
                     1);
    plan_in_full_as_another(&end, 0);
    assert_int_equal(
        end_count(&end, "select count(*) from (select a.account_id from reconcile.activity_known k"
                        " join reconcile.account a using (portal_id, account_no)"
                        " group by a.account_id, k.kind, k.at having count(*) <> 2) d"),
        0);
}

/* --- the pace of all runs --- */

/* Of the portal that is newest to the history. */
static void check_recorded(struct end *end, int64_t run, int64_t sent, int64_t blocked)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select count(*) from reconcile.run where run_id = %lld and requests = %lld"
              " and blocked = %lld and portal_id = (select max(portal_id) from reconcile.portal)",
              (long long)run, (long long)sent, (long long)blocked);
    assert_int_equal(end_count(end, text_cstr(&sql)), 1);
}

static void allow(struct end *end, int64_t per_window)
{
    end_set(end, END_PORTAL,
            "requests_per_second = 1000000.0; requests_per_window = %lld; " BY_EVENTS,
            (long long)per_window);
}

/* Whatever the first one sent, the second may send so many less than it needs. */
TEST(runs_back_to_back_keep_one_limit)
{
    static const char *const words[] = {"plan", NULL};
    enum { PLENTY = 100000000, LEFT = 4 };
    WORLD(end, NULL);

    allow(&end, PLENTY);
    RUN(first, &end, "plan");
    end_assert_code(&first, 0);
    int64_t sent = requests(&end), limit = sent + LEFT;
    allow(&end, limit);
    struct end_child child = end_start(&end, words);
    WAIT_UNTIL(says_now(&child, "waiting"));
    int64_t both = requests(&end);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    CLEANUP(end_result_release) struct end_result second = end_wait(&child);
    end_assert_code(&second, 130);
    assert_int_equal(requests(&end), both);
    assert_true(both > sent && both <= limit);
    check_recorded(&end, 1, sent, 0);
    check_recorded(&end, 2, both - sent, 0);
}

static bool has_ended(const struct end_child *child)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

/* Two portals behind one address, each of which alone would keep below the limit. */
TEST(runs_at_once_behind_one_address_keep_one_limit)
{
    static const char *const words[] = {"plan", NULL};
    struct end_child child[2];
    WORLD(end, NULL);
    RUN(unpaced, &end, "plan");
    int64_t before = requests(&end), limit = before + before / 2;

    end_assert_code(&unpaced, 0);
    end_set(&end, END_PORTAL,
            "requests_per_second = 1000000.0; requests_per_window = %lld;"
            " address_group = \"both\"; " BY_EVENTS,
            (long long)limit);
    for (size_t i = 0; i < COUNT_OF(child); i++) {
        end_set(&end, END_NAME, i == 0 ? "one" : "two");
        child[i] = end_start(&end, words);
        WAIT_UNTIL(i > 0 || requests(&end) > before); /* then it has read its configuration */
    }
    for (size_t i = 0; i < COUNT_OF(child); i++)
        WAIT_UNTIL(says_now(&child[i], "waiting") || has_ended(&child[i]));
    assert_true(says_now(&child[0], "waiting") || says_now(&child[1], "waiting"));
    for (size_t i = 0; i < COUNT_OF(child); i++)
        (void)kill(child[i].pid, SIGTERM);
    for (size_t i = 0; i < COUNT_OF(child); i++) {
        CLEANUP(end_result_release) struct end_result result = end_wait(&child[i]);

        assert_true(result.code == 0 || result.code == 130);
    }
    print_message("%lld requests of both, at most %lld\n", (long long)(requests(&end) - before),
                  (long long)limit);
    assert_true(requests(&end) - before <= limit && requests(&end) - before > before);
    assert_int_equal(end_count(&end, "select count(distinct portal_id) from reconcile.request_block"
                                     " where address_group = 'both'"),
                     2);
}

TEST(run_within_the_silence_of_another_is_silent)
{
    static const char *const words[] = {"plan", NULL};
    WORLD(end, NULL);

    end_set(&end, END_PORTAL,
            FREE_PACE BY_EVENTS "silence_after_429 = 6.0;"); /* the next one begins in it */
    end_fault(&end, "error=429:nth=2:/api/v4/users/");
    struct end_child child = end_start(&end, words);
    WAIT_UNTIL(counts_now(&end, "select count(*) from reconcile.request_silence", 1));
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    CLEANUP(end_result_release) struct end_result first = end_wait(&child);
    end_assert_code(&first, 130);
    int64_t before = requests(&end);
    check_recorded(&end, 1, before, 1);
    RUN(second, &end, "--log-level", "debug", "plan", "--format", "json");
    end_assert_code(&second, 0);
    end_assert_says(&second.err, "waiting");
    end_assert_says(&second.err, "429");
    check_recorded(&end, 2, requests(&end) - before, 0);
    JSON(lines, asked(&end, NULL, 0));
    int64_t refused_ms = -1;
    for (size_t i = 0; i < (size_t)before; i++)
        if (line_number(lines, i, "status") == 429)
            refused_ms = line_number(lines, i, "ms");
    assert_true(refused_ms >= 0);
    assert_true(line_number(lines, (size_t)before, "ms") - refused_ms >= 5950);
    JSON(plan, end_json(&second));
    (void)end_assert_truth(&end, plan, true);
}

TEST(run_that_met_a_429_records_what_it_sent)
{
    WORLD(end, NULL);

    end_set(&end, END_PORTAL, FREE_PACE BY_EVENTS "silence_after_429 = 1.2;");
    end_fault(&end, "error=429:nth=2:" EVENTS_PATH);
    RUN(result, &end, "--log-level", "debug", "plan", "--format", "json");
    end_assert_code(&result, 0);
    end_assert_says(&result.err, "429");
    check_newest_snapshot(&end, "events", "-");
    assert_true(end_stat(&end, "endpoints.logins.429") == 1);
    check_recorded(&end, 1, requests(&end), 1);
    JSON(plan, end_json(&result));
    (void)end_assert_truth(&end, plan, true);
}
