/*
 * What people are told, as they get it: by a real mail server and a webhook. Each reason once, all
 * clear when the last one is gone, and never a word of it when the run could not look.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "host/file.h"
#include "test.h"
#include "told.h"

#define SUBJECT "[bynder-reconcile] end: "

#define WORKBOOK "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static bool is_attached(struct json_object *part)
{
    return text_equal(end_text_at(part, "disposition"), "attachment");
}

static size_t count_attached(struct json_object *mail)
{
    struct json_object *parts = end_at(mail, "parts");
    size_t count = 0;

    for (size_t i = 0; i < json_object_array_length(parts); i++)
        count += is_attached(json_object_array_get_idx(parts, i));
    return count;
}

static void check_attached(struct json_object *mail, const char *type, const char *name,
                           const char *begins)
{
    struct json_object *parts = end_at(mail, "parts");

    for (size_t i = 0; i < json_object_array_length(parts); i++) {
        struct json_object *one = json_object_array_get_idx(parts, i);
        if (!is_attached(one) || !text_equal(end_text_at(one, "type"), type))
            continue;
        assert_string_equal(end_text_at(one, "filename"), name);
        assert_true(text_starts(end_text_at(one, "content"), begins));
        return;
    }
    fail_msg("no attachment of type %s", type);
}

/* --- reasons --- */

TEST(plan_that_waits_is_told_once_with_the_plan_attached)
{
    TOLD(told, 3, 4);

    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 1);
    told_check_subject(&told, 1, SUBJECT "plan 1 waits for approval: 3 acts");
    JSON(mail, sink_taken(&told.mail, 1));
    told_check_says(mail, "text/plain", " approve 1 --digest ");
    told_check_says(mail, "text/html", "<h2>plan 1 waits for approval: 3 acts</h2>");
    check_attached(mail, "text/html", "end-plan-1.html", "<!DOCTYPE html>");
    check_attached(mail, WORKBOOK, "end-plan-1.xlsx", "PK");
    assert_int_equal(count_attached(mail), 2);
    told_check_says(mail, "text/plain", "give the saved file to whoever runs this program");
    told_check_says(mail, "text/plain", " review 1 FILE");
    told_run(&told, 0); /* another plan, with the same acts in it */
    assert_int_equal(sink_count(&told.mail), 1);
}

TEST(mail_carries_the_forms_that_are_configured_and_says_where_decisions_go)
{
    TOLD(told, 3, 4);

    told.mail_more = "attach = \"csv\";";
    told.more = "review: { return_to = \"answer <b>this</b> mail\"; };";
    told_configure(&told);
    told_run(&told, 0);
    JSON(mail, sink_taken(&told.mail, 1));
    RUN(csv, &told.acts.end, "show", "1", "--format", "csv");
    check_attached(mail, "text/csv", "end-plan-1.csv", text_cstr(&csv.out));
    assert_int_equal(count_attached(mail), 1);
    told_check_says(mail, "text/plain", "answer <b>this</b> mail");
    told_check_says(mail, "text/html", "answer &lt;b&gt;this&lt;/b&gt; mail");
}

TEST(mail_without_attachments_names_nobody)
{
    TOLD(told, 3, 4);

    told.mail_more = "attach = [ ];";
    told_configure(&told);
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 1);
    JSON(mail, sink_taken(&told.mail, 1));
    assert_int_equal(count_attached(mail), 0);
    CLEANUP(mem_cleanup) char *raw = sink_raw(&told.mail, 1);
    CLEANUP(mem_cleanup)
    char *email = acts_ask(&told.acts, "select email from reconcile.plan_row where email is not "
                                       "null and action = 'suspend' limit 1");
    assert_true(strlen(email) > 3);
    assert_null(strstr(raw, email));
    assert_null(strstr(raw, "FILE"));
}

TEST(mail_says_what_changed_since_people_looked)
{
    TOLD(told, 3, 4);

    told_run(&told, 0);
    told.acts.plan = 1;
    (void)acts_change(&told.acts, "delete from reconcile.notice_told");
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 2);
    JSON(mail, sink_taken(&told.mail, 2));
    told_check_says(mail, "text/plain", "new since plan 1 of ");
    told_check_says(mail, "text/plain", "0 rows; gone since: 0");
}

/* A plan of 1,600 rows, in each of which a rule's name of so many letters stands twice: whether it
 * is attached to the mail. *ret_size: of the plan as CSV. */
static bool plan_is_attached(struct told *told, size_t letters, size_t number, size_t *ret_size)
{
    CLEANUP(mem_cleanup) char *name = mem_calloc(1, letters + 1);

    memset(name, 'x', letters);
    end_set(&told->acts.end, END_RULES,
            "{ name = \"%s\"; when = { account = \"active\"; person = \"departed\"; }; do = "
            "\"suspend\"; }",
            name);
    told_run(told, 20);
    assert_int_equal(sink_count(&told->mail), number);
    RUN(csv, &told->acts.end, "show", "--format", "csv");
    end_assert_code(&csv, 0);
    *ret_size = csv.out.length;
    JSON(mail, sink_taken(&told->mail, number));
    struct json_object *parts = end_at(mail, "parts");
    for (size_t i = 0; i < json_object_array_length(parts); i++) {
        struct json_object *one = json_object_array_get_idx(parts, i);
        if (text_equal(end_text_at(one, "type"), "text/csv")) {
            assert_string_equal(end_text_at(one, "content"), text_cstr(&csv.out));
            return true;
        }
    }
    return false;
}

TEST(plan_of_more_than_ten_megabytes_is_told_without_it)
{
    TOLD(told, 2700, 4);
    size_t size = 0;

    told.mail_more = "attach = \"csv\";";
    told_configure(&told);
    end_hold(&told.acts.end);
    assert_true(plan_is_attached(&told, 2000, 1, &size));
    assert_true(size > LIMIT_MAIL_BYTES / 2 && size <= LIMIT_MAIL_BYTES);
    (void)acts_change(&told.acts, "insert into reconcile.stop (portal_id, stop_id, reason, who) "
                                  "select portal_id, 1, 'audit', 'anna' from reconcile.portal");
    assert_false(plan_is_attached(&told, 4000, 2, &size));
    assert_true(size > LIMIT_MAIL_BYTES);
    JSON(mail, sink_taken(&told.mail, 2));
    told_check_says(mail, "text/plain", "end-plan-2.csv: too large for a mail");
}

TEST(guard_that_holds_is_told_until_it_changes)
{
    TOLD(told, 3, 4);

    end_hold(&told.acts.end);
    told_run(&told, 20);
    told_run(&told, 20);
    assert_int_equal(sink_count(&told.mail), 1);
    told_check_subject(&told, 1, SUBJECT "plan 1 is held by G2");
    JSON(mail, sink_taken(&told.mail, 1));
    told_check_says(mail, "text/plain", "limit at least 100000 people");
    (void)sink_part(mail, WORKBOOK);
    (void)acts_change(&told.acts, "insert into reconcile.stop (portal_id, stop_id, reason, who) "
                                  "select portal_id, 1, '<b>audit', 'anna' from reconcile.portal");
    told_run(&told, 20);
    assert_int_equal(sink_count(&told.mail), 2);
    told_check_subject(&told, 2, SUBJECT "plan 3 is held by G2 G12");
    JSON(second, sink_taken(&told.mail, 2));
    told_check_says(second, "text/html", "&lt;b&gt;audit");
}

TEST(act_of_unknown_outcome_is_told_and_then_clear)
{
    TOLD(told, 1, 4);

    acts_only_suspend(&told.acts);
    acts_plan(&told.acts, 0);
    acts_approve(&told.acts);
    end_fault(&told.acts.end, "delay-202=3000");
    told_run(&told, 21);
    assert_int_equal(sink_count(&told.mail), 1);
    told_check_subject(&told, 1, SUBJECT "0 acts failed, of 1 the outcome is not known");
    end_clear_faults(&told.acts.end);
    probe_control(&told.acts.end.probe, "/_sim/clock", "advance=10");
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 2);
    told_check_subject(&told, 2, SUBJECT "all clear again");
}

TEST(run_that_fails_is_told_once_and_clear_when_it_is_over)
{
    TOLD(told, 3, 4);

    told_run(&told, 0);
    end_fault(&told.acts.end, "error=401:/api/");
    told_run(&told, 77);
    told_run(&told, 77);
    assert_int_equal(sink_count(&told.mail), 2);
    told_check_subject(&told, 2, SUBJECT "run failed: token lacks a right (exit code 77)");
    JSON(mail, sink_taken(&told.mail, 2));
    told_check_says(mail, "text/plain", "401");
    end_clear_faults(&told.acts.end);
    told_run(&told, 0); /* the plan still waits, which is no trouble */
    assert_int_equal(sink_count(&told.mail), 3);
    told_check_subject(&told, 3, SUBJECT "all clear again");
    assert_int_equal(end_count(&told.acts.end, "select count(*) from reconcile.notice_told"), 1);
}

TEST(database_that_is_away_is_told_once)
{
    TOLD(told, 0, 4);
    CLEANUP(mem_cleanup) char *file = probe_path(&told.acts.end.probe, "state/told-end");

    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 0);
    end_set(&told.acts.end, END_DATABASE, "conninfo = \"host=127.0.0.1 port=1 dbname=none\";");
    told_run(&told, 69);
    told_run(&told, 69);
    assert_int_equal(sink_count(&told.mail), 1);
    told_check_subject(&told, 1, SUBJECT "run failed: not reachable (exit code 69)");
    assert_int_equal(access(file, R_OK), 0);
    end_set(&told.acts.end, END_DATABASE, "conninfo = \"%s\";", told.acts.end.conninfo);
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 2);
    told_check_subject(&told, 2, SUBJECT "all clear again");
    assert_int_not_equal(access(file, F_OK), 0);
}

TEST(run_that_was_killed_is_told_by_the_next)
{
    TOLD(told, 0, 4);

    struct end_child child = told_start_run(&told);
    end_kill(&told.acts.end, &child);
    end_clear_faults(&told.acts.end);
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 1);
    told_check_subject(&told, 1, SUBJECT "run 1 was cut off");
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 2);
    told_check_subject(&told, 2, SUBJECT "all clear again");
}

TEST(run_that_finds_the_lock_held_tells_nobody)
{
    TOLD(told, 0, 4);

    struct end_child child = told_start_run(&told);
    RUN(second, &told.acts.end, "run");
    end_assert_code(&second, 75);
    end_assert_says(&second.err, "info: another run holds the lock");
    end_assert_silent_of(&second.err, "error:");
    end_clear_faults(&told.acts.end);
    CLEANUP(end_result_release) struct end_result first = end_wait(&child);
    end_assert_code(&first, 0);
    assert_int_equal(sink_count(&told.mail), 0);
}

/* --- deliveries that fail --- */

TEST(mail_that_fails_changes_nothing_and_is_tried_again)
{
    static const char *const answers[] = {"451", "554", "rcpt 550"};
    TOLD(told, 3, 4);

    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        sink_answer(&told.mail, answers[i]);
        RUN(result, &told.acts.end, "run");
        end_assert_code(&result, 0);
        end_assert_says(&result.err, "warning: the message 'approval' could not be delivered");
        assert_true(told_metric(&told, "messages_undelivered{portal=\"end\"}") == 1);
    }
    sink_answer(&told.mail, NULL);
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 1);
    told_check_subject(&told, 1, SUBJECT "plan 4 waits for approval: 3 acts");
}

TEST(all_clear_that_fails_is_tried_again)
{
    TOLD(told, 3, 4);

    end_hold(&told.acts.end);
    told_run(&told, 20);
    assert_int_equal(sink_count(&told.mail), 1);
    end_let_go(&told.acts.end);
    end_set(&told.acts.end, END_RULES,
            "{ name = \"all\"; when = { username = \"*\"; }; do = \"keep\"; }");
    sink_answer(&told.mail, "451");
    told_run(&told, 0);
    sink_answer(&told.mail, NULL);
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 2);
    told_check_subject(&told, 2, SUBJECT "all clear again");
}

TEST(mail_server_that_hangs_holds_a_run_up_for_its_time_only)
{
    TOLD(told, 3, 4);

    told.timeout_s = 1;
    told_configure(&told);
    sink_answer(&told.mail, "hang");
    RUN(result, &told.acts.end, "run");
    end_assert_code(&result, 0);
    end_assert_says(&result.err, "it took too long (notify.timeout)");
}

TEST(each_way_is_told_what_is_new_there)
{
    TOLD(told, 3, 4);

    told_run(&told, 0);
    told_add_webhook(&told);
    sink_answer(&told.webhook, "500");
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 1);
    assert_int_equal(sink_count(&told.webhook), 0);
    sink_answer(&told.webhook, NULL);
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.mail), 1);
    assert_int_equal(sink_count(&told.webhook), 1);
    JSON(post, sink_taken(&told.webhook, 1));
    assert_string_equal(end_text_at(post, "portal"), "end");
    assert_string_equal(end_text_at(post, "reason"), "approval");
    assert_int_equal(end_number_at(post, "plan.id"), 3);
    assert_int_equal(end_number_at(post, "plan.to_approve"), 3);
    told_run(&told, 0);
    assert_int_equal(sink_count(&told.webhook), 1);
}

/* --- to the person concerned --- */

static void let_idle_ones_be_announced(struct told *told)
{
    end_set(&told->acts.end, END_RULES,
            "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; };"
            "  do = \"suspend\"; grace_days = 14; }");
    end_change_user(&told->acts.end, "staaa", "lastLogin=2020-01-10T10:00:00Z");
    told->mail_more = "announce = \"yes\"; contact = \"help@acme.example\";";
    told_configure(told);
}

/* How many of the mails went to a person. */
static size_t count_announcements(struct told *told)
{
    size_t count = 0;

    for (size_t i = 1; i <= sink_count(&told->mail); i++) {
        CLEANUP(mem_cleanup) char *raw = sink_raw(&told->mail, i);
        count += strstr(raw, "undisclosed-recipients:;") != NULL;
    }
    return count;
}

TEST(announcement_goes_to_the_person_once)
{
    TOLD(told, 0, 4);

    let_idle_ones_be_announced(&told);
    told_run(&told, 0);
    size_t announced =
        (size_t)end_count(&told.acts.end, "select count(*) from reconcile.announcement");
    assert_true(announced > 0);
    assert_int_equal(count_announcements(&told), announced);
    told_run(&told, 0);
    assert_int_equal(count_announcements(&told), announced);
    for (size_t i = 1; i <= sink_count(&told.mail); i++) {
        JSON(about, sink_about(&told.mail, i));
        JSON(mail, sink_taken(&told.mail, i));
        if (!text_equal(end_text_at(mail, "headers.subject"),
                        "Your account in a Bynder portal is going to be suspended"))
            continue;
        assert_int_equal(json_object_array_length(end_at(about, "to")), 1);
        told_check_says(mail, "text/plain",
                        "log\nin before that day, or write to help@acme.example");
    }
}

TEST(announcement_that_did_not_leave_is_tried_again_and_a_refused_one_is_not)
{
    TOLD(told, 0, 4);

    let_idle_ones_be_announced(&told);
    sink_answer(&told.mail, "rcpt 450");
    told_run(&told, 0);
    assert_int_equal(end_count(&told.acts.end, "select count(*) from reconcile.notice_announced"),
                     0);
    sink_answer(&told.mail, "rcpt 550");
    told_run(&told, 0);
    assert_true(end_count(&told.acts.end, "select count(*) from reconcile.announcement_unreached") >
                0);
    sink_answer(&told.mail, NULL);
    told_run(&told, 0);
    assert_int_equal(count_announcements(&told), 0);
}

TEST(announcement_in_mode_report_goes_to_nobody_yet)
{
    TOLD(told, 0, 4);

    let_idle_ones_be_announced(&told);
    acts_policy(&told.acts, "mode = \"report\";");
    told_run(&told, 0);
    size_t announced =
        (size_t)end_count(&told.acts.end, "select count(*) from reconcile.announcement");
    assert_true(announced > 0);
    assert_int_equal(count_announcements(&told), 0);
    acts_policy(&told.acts, "mode = \"enforce\";"); /* the grace goes on, and is told now */
    told_run(&told, 0);
    assert_int_equal(count_announcements(&told), announced);
}

/* Where people are told grace counts from the mail, whatever was announced to nobody before. */
TEST(announcement_that_nobody_was_told_of_is_told_before_its_grace_counts)
{
    TOLD(told, 0, 4);

    let_idle_ones_be_announced(&told);
    acts_policy(&told.acts, "mode = \"report\";");
    told_run(&told, 0);
    (void)acts_change(&told.acts, "update reconcile.announcement set announced_on = announced_on - "
                                  "15, announced_at = (announced_at at time zone 'UTC' - interval "
                                  "'15 days') at time zone 'UTC', "
                                  "not_before = not_before - 15");
    acts_policy(&told.acts, "mode = \"enforce\";");
    told_run(&told, 0);
    int64_t announced = end_count(&told.acts.end, "select count(*) from reconcile.announcement "
                                                  "where ended_on is null and told and "
                                                  "not_before = announced_on + 14");
    assert_true(announced > 0);
    assert_int_equal(count_announcements(&told), announced);
    end_assert_no_writes(&told.acts.end);
}
