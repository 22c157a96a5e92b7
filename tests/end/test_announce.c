/*
 * Who is told what is going to happen to their account, and from when their grace counts (R7). A
 * mail cannot be taken back: it leaves for what a person approved, or for few. The days go by with
 * a clock that is moved.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/mem.h"
#include "base/parse.h"
#include "test.h"
#include "told.h"

/* From now on the program and the portal live so many days after the world began. */
static void move_to(struct told *told, int day)
{
    CLEANUP(mem_cleanup) char *roster = end_read(told->acts.end.roster_path);
    CLEANUP(text_release) struct text fresh = TEXT_INIT;
    static int64_t base;
    struct tm utc;
    struct timespec times[2];
    char text[32];
    const char *team = strstr(roster, "Team ");

    if (day == 0)
        assert_true(parse_int(getenv("CLOCK_DAYS"), 0, 7, &base));
    time_t at = time(NULL) + (base + day) * 86400;
    (void)strftime(text, sizeof(text), "at=%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &utc));
    if (day > 0)
        probe_control(&told->acts.end.probe, "/_sim/clock", text);
    (void)snprintf(text, sizeof(text), "%lld", (long long)base + day);
    assert_int_equal(setenv("CLOCK_DAYS", text, 1), 0);
    assert_non_null(team); /* HR's file is another one every day */
    text_add_bytes(&fresh, roster, (size_t)(team - roster));
    text_addf(&fresh, "Team %c%s", 'a' + day % 26, team + strlen("Team 0"));
    free(end_file(&told->acts.end, "roster.csv", fresh.data, fresh.length));
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &times[0]), 0);
    times[0].tv_sec += (base + day) * 86400L - 60;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, told->acts.end.roster_path, times, 0), 0);
}

static void night(struct told *told, int day)
{
    move_to(told, day);
    told_run(told, 0);
}

/* So many of the staff never came back; nobody has to approve their suspension, of which a day
 * allows so many. */
static void prepare(struct told *told, size_t staff, size_t idle, size_t limit)
{
    char today[32], limits[128], user[8];
    time_t now = time(NULL);
    struct tm utc;

    (void)strftime(today, sizeof(today), "lastLogin=%Y-%m-%dT10:00:00Z", gmtime_r(&now, &utc));
    for (size_t i = 0; i < staff; i++) {
        (void)snprintf(user, sizeof(user), "staa%c", (char)('a' + i));
        end_change_user(&told->acts.end, user, i < idle ? "lastLogin=2020-01-10T10:00:00Z" : today);
    }
    (void)snprintf(limits, sizeof(limits),
                   "count = %zu; percent = 100.0; rolling_days = 30; rolling_count = 100;"
                   " rolling_percent = 100.0;",
                   limit);
    acts_limit(&told->acts, limits, NULL);
    end_set(&told->acts.end, END_RULES,
            "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; };"
            "  do = \"suspend\"; grace_days = 14; }");
    told->mail_more = "announce = \"yes\"; contact = \"help@acme.example\";";
    told->more = "approval: { suspend = 1; };";
    told_configure(told);
    move_to(told, 0);
}

static size_t count_told(struct told *told)
{
    size_t count = 0;

    for (size_t i = 1; i <= sink_count(&told->mail); i++) {
        CLEANUP(mem_cleanup) char *raw = sink_raw(&told->mail, i);
        count += strstr(raw, "undisclosed-recipients:;") != NULL;
    }
    return count;
}

static void approve_all(struct told *told, const char *more)
{
    CLEANUP(mem_cleanup)
    char *plan = end_query(&told->acts.end, "select max(plan_id) from reconcile.plan");
    CLEANUP(mem_cleanup)
    char *digest =
        end_query(&told->acts.end,
                  "select encode(digest, 'hex') from reconcile.plan order by plan_id desc limit 1");
    RUN(approved, &told->acts.end, "approve", plan, "--digest", digest, more);
    end_assert_code(&approved, 0);
}

static void assert_audit(struct told *told)
{
    RUN(verified, &told->acts.end, "audit", "verify");
    end_assert_code(&verified, 0);
}

#define ANNOUNCED "select count(*) from reconcile.announcement where ended_on is null"
#define TOLD_ROWS ANNOUNCED " and told"
#define UNREACHABLE                                                                                \
    "select count(*) from reconcile.plan_row where telling = 'unreachable' and plan_id ="          \
    " (select max(plan_id) from reconcile.plan)"

/* --- how many --- */

/* idle_days_min = 9 where 90 was meant. */
TEST(typo_that_would_tell_too_many_tells_nobody_and_suspends_nobody)
{
    TOLD(told, 0, 12);

    prepare(&told, 12, 8, 3);
    told.more = "approval: { suspend = 0; };";
    told_configure(&told);
    night(&told, 0);
    assert_int_equal(count_told(&told), 0);
    RUN(shown, &told.acts.end, "show");
    end_assert_says(&shown.out, "8 people would be told");
    for (int day = 1; day < 32; day += 10)
        night(&told, day);
    assert_int_equal(count_told(&told), 0);
    assert_int_equal(end_count(&told.acts.end, ANNOUNCED), 0);
    end_assert_no_writes(&told.acts.end);
}

TEST(as_many_as_a_day_allows_are_told_unasked)
{
    TOLD(told, 0, 12);

    prepare(&told, 12, 3, 3);
    night(&told, 0);
    assert_int_equal(count_told(&told), 3);
    assert_int_equal(end_count(&told.acts.end, TOLD_ROWS), 3);
    night(&told, 1);
    assert_int_equal(count_told(&told), 3);
    assert_audit(&told);
}

/* What nobody approved yesterday is no fewer today, with one more. */
TEST(more_than_a_day_allows_are_told_when_a_person_approved_and_grace_begins_with_that)
{
    TOLD(told, 0, 12);

    prepare(&told, 12, 5, 3);
    night(&told, 0);
    night(&told, 1);
    assert_int_equal(count_told(&told), 0);
    approve_all(&told, "--spread");
    assert_int_equal(end_count(&told.acts.end, ANNOUNCED), 0);
    night(&told, 2);
    assert_int_equal(count_told(&told), 5);
    assert_int_equal(end_count(&told.acts.end, TOLD_ROWS), 5);
    night(&told, 15);
    end_assert_no_writes(&told.acts.end);
    night(&told, 16);
    assert_int_equal(acts_writes(&told.acts), 3);
    night(&told, 17);
    assert_int_equal(acts_writes(&told.acts), 5);
    assert_int_equal(count_told(&told), 5);
    assert_audit(&told);
}

TEST(rejected_row_tells_nobody)
{
    TOLD(told, 0, 6);

    prepare(&told, 6, 2, 3);
    acts_policy(&told.acts, "mode = \"report\";"); /* nobody is told while it is on trial */
    night(&told, 0);
    RUN(rejected, &told.acts.end, "reject", "1", "--reason", "both are needed");
    end_assert_code(&rejected, 0);
    acts_policy(&told.acts, "mode = \"enforce\";");
    night(&told, 1);
    assert_int_equal(count_told(&told), 0);
}

/* --- who cannot be reached --- */

TEST(unreachable_person_waits_for_an_approval_which_begins_the_grace)
{
    TOLD(told, 0, 6);

    prepare(&told, 6, 2, 3);
    sink_answer(&told.mail, "rcpt 550");
    night(&told, 0);
    sink_answer(&told.mail, NULL);
    night(&told, 1);
    assert_int_equal(end_count(&told.acts.end, UNREACHABLE), 2);
    RUN(json, &told.acts.end, "show", "--format", "json");
    end_assert_says(&json.out, "\"telling\": \"unreachable\"");
    RUN(text, &told.acts.end, "show");
    end_assert_says(&text.out, "unreachable");
    night(&told, 20);
    assert_int_equal(end_count(&told.acts.end, ANNOUNCED), 0);
    assert_int_equal(count_told(&told), 0); /* none goes twice */
    approve_all(&told, NULL);
    assert_int_equal(end_count(&told.acts.end, TOLD_ROWS), 2);
    night(&told, 21);
    assert_int_equal(end_count(&told.acts.end, UNREACHABLE), 0);
    night(&told, 33);
    end_assert_no_writes(&told.acts.end);
    night(&told, 34);
    assert_int_equal(acts_writes(&told.acts), 2);
    assert_audit(&told);
}

/* The approval stands before anybody knows that no mail arrives. */
TEST(unreachable_person_whose_row_stands_approved_has_grace_from_the_next_night)
{
    TOLD(told, 0, 6);

    prepare(&told, 6, 1, 3);
    acts_plan(&told.acts, 0);
    acts_approve(&told.acts);
    sink_answer(&told.mail, "rcpt 550");
    night(&told, 0);
    night(&told, 1);
    assert_int_equal(end_count(&told.acts.end, TOLD_ROWS), 1);
    night(&told, 14);
    end_assert_no_writes(&told.acts.end);
    night(&told, 15);
    assert_int_equal(acts_writes(&told.acts), 1);
}

TEST(unreachable_person_with_another_address_is_told_there)
{
    TOLD(told, 0, 6);

    prepare(&told, 6, 1, 3);
    sink_answer(&told.mail, "rcpt 550");
    night(&told, 0);
    sink_answer(&told.mail, NULL);
    assert_true(acts_change(&told.acts, "update reconcile.announcement_unreached set address ="
                                        " 'old@acme.example'") == 1);
    night(&told, 1);
    assert_int_equal(count_told(&told), 1);
    assert_int_equal(end_count(&told.acts.end, TOLD_ROWS), 1);
}

TEST(mail_that_is_put_off_is_tried_again_and_grace_counts_from_the_one_that_was_taken)
{
    TOLD(told, 0, 6);

    prepare(&told, 6, 1, 3);
    sink_answer(&told.mail, "rcpt 450");
    for (int day = 0; day < 20; day += 5)
        night(&told, day);
    assert_int_equal(end_count(&told.acts.end, ANNOUNCED), 0);
    sink_answer(&told.mail, NULL);
    night(&told, 20);
    assert_int_equal(count_told(&told), 1);
    acts_plan(&told.acts, 0);
    acts_approve(&told.acts);
    night(&told, 33);
    end_assert_no_writes(&told.acts.end);
    night(&told, 34);
    assert_int_equal(acts_writes(&told.acts), 1);
}

/* Nobody reads the mail of somebody who left. */
TEST(departed_person_is_not_asked_and_their_grace_runs_by_the_calendar)
{
    TOLD(told, 2, 6);

    prepare(&told, 6, 0, 3);
    end_set(&told.acts.end, END_RULES,
            "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\"; };"
            "  do = \"suspend\"; grace_days = 14; }");
    sink_answer(&told.mail, "rcpt 550");
    night(&told, 0);
    assert_int_equal(end_count(&told.acts.end, ANNOUNCED), 2);
    acts_plan(&told.acts, 0);
    acts_approve(&told.acts);
    night(&told, 13);
    assert_int_equal(end_count(&told.acts.end, UNREACHABLE), 0);
    end_assert_no_writes(&told.acts.end);
    night(&told, 14);
    assert_int_equal(acts_writes(&told.acts), 2);
}

/* --- what an announcement outlives --- */

TEST(login_after_the_mail_ends_the_grace_and_one_before_it_does_not)
{
    TOLD(told, 0, 6);

    prepare(&told, 6, 2, 3);
    night(&told, 0);
    end_change_user(&told.acts.end, "staaa", "lastLogin=2020-01-12T10:00:00Z");
    night(&told, 1);
    assert_int_equal(end_count(&told.acts.end, TOLD_ROWS), 2);
    char later[32];
    time_t now = time(NULL) + 3 * 86400;
    struct tm utc;
    (void)strftime(later, sizeof(later), "lastLogin=%Y-%m-%dT00:00:01Z", gmtime_r(&now, &utc));
    end_change_user(&told.acts.end, "staaa", later);
    night(&told, 9);
    assert_int_equal(end_count(&told.acts.end, TOLD_ROWS), 1);
    assert_audit(&told);
}

TEST(night_in_doubt_ends_no_announcement_and_a_certain_keep_does)
{
    TOLD(told, 0, 6);

    prepare(&told, 6, 2, 3);
    night(&told, 0);
    end_set(&told.acts.end, END_RULES,
            "{ name = \"all\"; when = { username = \"*\"; }; do = \"keep\"; }");
    end_hold(&told.acts.end);
    told_run(&told, 20); /* every row is kept, on a roster that nobody can believe */
    assert_int_equal(end_count(&told.acts.end, TOLD_ROWS), 2);
    end_let_go(&told.acts.end);
    told_run(&told, 0);
    assert_int_equal(end_count(&told.acts.end, TOLD_ROWS), 0);
}
