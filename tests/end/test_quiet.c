/*
 * Quiet: people are written to when they must do something, and once. Waiting is no failure. What
 * is told is counted at the mail server, night by night, with a clock that is moved.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/mem.h"
#include "test.h"
#include "told.h"

#define SUBJECT "[bynder-reconcile] end: "

static int stay(void **state)
{
    (void)state;
    return unsetenv("CLOCK_DAYS") | unsetenv("LD_PRELOAD");
}

TEST_EACH(stay, stay);

/* HR's file of that day: in each somebody is in another team. */
static void send_roster(struct told *told, int day)
{
    CLEANUP(mem_cleanup) char *roster = end_read(told->acts.end.roster_path);
    CLEANUP(text_release) struct text fresh = TEXT_INIT;
    struct timespec times[2];
    const char *team = strstr(roster, "Team ");

    assert_non_null(team);
    text_add_bytes(&fresh, roster, (size_t)(team - roster));
    text_addf(&fresh, "Team %c%s", 'a' + day % 26, team + strlen("Team 0"));
    free(end_file(&told->acts.end, "roster.csv", fresh.data, fresh.length));
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &times[0]), 0);
    times[0].tv_sec += (told->acts.first_day + day) * 86400L - 60;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, told->acts.end.roster_path, times, 0), 0);
}

/* A night on that day that must end so, and how many mails there are by then. */
static void night(struct told *told, int day, int code, size_t mails)
{
    send_roster(told, day);
    acts_move_to(&told->acts, day);
    told_run(told, code);
    if (sink_count(&told->mail) != mails)
        fail_msg("day %d: %zu mails, not %zu", day, sink_count(&told->mail), mails);
}

/* --- people are waited for --- */

TEST(rows_that_wait_are_told_at_once_and_then_weekly)
{
    TOLD(told, 3, 4);

    for (int day = 0; day < 7; day++)
        night(&told, day, 0, 1);
    night(&told, 7, 0, 2);
    told_check_subject(&told, 2, SUBJECT "plan 8 waits for approval: 3 acts");
    night(&told, 8, 0, 2);
}

TEST(rows_that_come_while_people_decide_are_told_when_the_week_is_over)
{
    TOLD(told, 3, 4);

    night(&told, 0, 0, 1);
    acts_plan(&told.acts, 0);
    acts_approve(&told.acts);
    night(&told, 1, 0, 1);                        /* done: nothing waits, and that is no news */
    acts_rehire(&told.acts, told.acts.row[0].id); /* one reactivation waits from now on */
    night(&told, 2, 0, 1);
    night(&told, 6, 0, 1);
    night(&told, 7, 0, 2);
    told_check_subject(&told, 2, SUBJECT "plan 6 waits for approval: 1 act");
}

TEST(rows_that_need_nobody_and_exceed_the_day_wait_for_a_person_and_are_no_failure)
{
    TOLD(told, 6, 8);

    told.more = "approval: { suspend = 0; };";
    told_configure(&told);
    acts_limit(&told.acts, "count = 4; percent = 100.0; rolling_count = 100;", NULL);
    acts_plan(&told.acts, 0);
    acts_approve_only(&told.acts, told.acts.row[0].id); /* the rule has its person (G11) */
    night(&told, 0, 0, 1);
    told_check_subject(&told, 1, SUBJECT "plan 2 waits for approval: 5 acts");
    night(&told, 1, 0, 1);
}

/* --- decisions that end --- */

TEST(approval_that_is_about_to_end_is_told_once_and_renewed_by_what_is_printed)
{
    TOLD(told, 3, 4);

    told.more = "approval: { suspend = 2; };"; /* an approval that lacks another lives 30 days */
    told_configure(&told);
    night(&told, 0, 0, 1);
    acts_plan(&told.acts, 0);
    acts_approve(&told.acts);
    night(&told, 7, 0, 2);
    night(&told, 14, 0, 3);
    night(&told, 21, 0, 4);
    night(&told, 27, 0, 4);
    night(&told, 28, 0, 6); /* the week's, and that they end in two days */
    told_check_subject(&told, 5, SUBJECT "3 decisions are about to end");
    night(&told, 29, 0, 6);
    JSON(mail, sink_taken(&told.mail, 5));
    told_check_says(mail, "text/plain", "3 approvals not carried out, the first ends at ");
    told_check_says(mail, "text/plain", " --renew\n");
    acts_plan(&told.acts, 0);
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    text_addf(&plan, "%lld", (long long)told.acts.plan);
    RUN(renewed, &told.acts.end, "approve", text_cstr(&plan), "--digest", told.acts.digest,
        "--renew");
    end_assert_code(&renewed, 0);
    night(&told, 31, 0, 6);
    assert_int_equal(end_count(&told.acts.end, "select count(*) from reconcile.ruling "
                                               "where ended_at is null and kind = 'approve'"),
                     3);
}

TEST(renewal_takes_only_what_stands_approved)
{
    TOLD(told, 3, 4);

    told.more = "approval: { suspend = 2; };";
    told_configure(&told);
    acts_plan(&told.acts, 0);
    RUN(nothing, &told.acts.end, "approve", "1", "--digest", told.acts.digest, "--renew");
    end_assert_code(&nothing, 20);
    acts_approve_only(&told.acts, told.acts.row[1].id);
    RUN(one, &told.acts.end, "approve", "1", "--digest", told.acts.digest, "--renew");
    end_assert_code(&one, 0);
    end_assert_says(&one.out, "plan 1: 1 rows approved");
}

TEST(keep_that_is_about_to_end_is_told_a_week_before)
{
    TOLD(told, 2, 4);
    struct acts *acts = &told.acts;

    acts_plan(acts, 0);
    CLEANUP(mem_cleanup)
    char *day = acts_ask(acts, "select (today + 20)::text from reconcile.plan");
    CLEANUP(mem_cleanup)
    char *soon = acts_ask(acts, "select (today + 3)::text from reconcile.plan");
    RUN(kept, &acts->end, "keep", acts->row[0].id, "--until", day, "--reason", "project");
    end_assert_code(&kept, 0);
    RUN(shortly, &acts->end, "keep", acts->row[1].id, "--until", soon, "--reason", "handover");
    end_assert_code(&shortly, 0);
    night(&told, 0, 0, 0);  /* one of three days is news to nobody */
    night(&told, 12, 0, 1); /* the second one's row waits */
    night(&told, 13, 0, 2);
    told_check_subject(&told, 2, SUBJECT "1 decision is about to end");
    night(&told, 14, 0, 2);
    JSON(mail, sink_taken(&told.mail, 2));
    CLEANUP(text_release) struct text command = TEXT_INIT;
    text_addf(&command, " keep %s --until ", acts->row[0].id);
    told_check_says(mail, "text/plain", text_cstr(&command));
}

/* --- trouble --- */

static void reject_rows(struct told *told, const char *roster, size_t count)
{
    CLEANUP(text_release) struct text worse = TEXT_INIT;

    text_add(&worse, roster);
    for (size_t i = 0; i < count; i++)
        text_addf(&worse, "%zu,Bad %zu,Nonsense,2015-01-05,,Team\n", 900 + i, i);
    free(end_file(&told->acts.end, "roster.csv", worse.data, worse.length));
}

TEST(guard_that_holds_is_red_every_night_and_told_once_until_it_is_worse)
{
    TOLD(told, 3, 4);
    CLEANUP(mem_cleanup) char *roster = end_read(told.acts.end.roster_path);

    reject_rows(&told, roster, 2);
    night(&told, 0, 20, 1);
    told_check_subject(&told, 1, SUBJECT "plan 1 is held by G3");
    night(&told, 1, 20, 1);
    night(&told, 2, 20, 1);
    (void)acts_change(&told.acts, "insert into reconcile.stop (portal_id, stop_id, reason, who) "
                                  "select portal_id, 1, 'audit', 'anna' from reconcile.portal");
    night(&told, 3, 20, 2); /* a second one */
    (void)acts_change(&told.acts, "delete from reconcile.stop");
    night(&told, 4, 20, 2); /* and only the first again */
    free(end_file(&told.acts.end, "roster.csv", roster, strlen(roster)));
    night(&told, 5, 0, 4); /* what waits now, and that the trouble is over */
    told_check_subject(&told, 4, SUBJECT "all clear again");
}

TEST(nothing_but_approvals_is_never_clear_again)
{
    TOLD(told, 2, 4);

    night(&told, 0, 0, 1);
    acts_plan(&told.acts, 0);
    acts_approve(&told.acts);
    night(&told, 1, 0, 1);
    night(&told, 20, 0, 1);
}
