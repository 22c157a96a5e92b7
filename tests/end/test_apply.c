/*
 * What apply does to the portal is exactly what was approved, once, in the order of the plan, and
 * what it could not do is told.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "host/file.h"
#include "test.h"

/* --- all of it, once --- */

TEST(apply_approved_plan_writes_each_row_once_and_nothing_is_left)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 4);
    acts_approve(&acts);
    assert_int_equal(acts_writes(&acts), 0);
    APPLY(applied, &acts, 0);
    end_assert_says(&applied.out, "verified 4");
    acts_assert_steps(&acts, "verified 4");
    acts_assert_plan_state(&acts, "applied");
    acts_assert_written(&acts, 0, "verified");
    APPLY(again, &acts, 20);
    end_assert_says(&again.err, "no row of plan 1 is approved");
    RUN(next, &acts.end, "plan", "--detailed-exitcode");
    end_assert_code(&next, 0); /* nothing to do */
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0);
    assert_int_equal(acts_writes(&acts), 4);
}

/* Whose approval an act was done on stays beside it, also when the approval is used up. */
TEST(apply_tells_afterwards_on_whose_approval_each_row_was_done)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    APPLY(applied, &acts, 0);
    CLEANUP(mem_cleanup) char *who = acts_ask(&acts, "select min(who) from reconcile.ruling");
    RUN(show, &acts.end, "show", "--format", "json"); /* of the plan that it was done in */
    JSON(plan, end_json(&show));
    struct json_object *rows = end_at(plan, "decisions");
    for (size_t i = 0; i < acts.count; i++)
        assert_string_equal(end_text_at(json_object_array_get_idx(rows, i), "outcome.approved_by"),
                            who);
    RUN(page, &acts.end, "show", "--format", "html");
    end_assert_says(&page.out, "<p>4 seats were freed.</p>");
    end_assert_says(&page.out, "<small>approved by <bdi>");
    end_assert_silent_of(&page.out, " data-subject="); /* nothing is left to decide */
}

/* By the policy's day, not by that of UTC; and whom somebody else suspended nobody knows since
 * when. One of the two zones is always in another day than UTC. */
TEST(apply_tells_the_way_back_of_its_own_acts_by_the_policys_day)
{
    const char *zone = time(NULL) / 3600 % 24 < 11 ? "Etc/GMT+12" : "Pacific/Kiritimati";
    CLEANUP(text_release) struct text setting = TEXT_INIT, wanted = TEXT_INIT;
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    text_addf(&setting, "mode = \"enforce\"; time_zone = \"%s\";", zone);
    acts_policy(&acts, text_cstr(&setting));
    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup) char *second = mem_strdup(acts.row[1].id);
    struct end_child child = acts_start_until_held(&acts);
    end_change_user(&acts.end, second, "active=0");
    end_fault(&acts.end, "hold=off");
    CLEANUP(end_result_release) struct end_result applied = end_wait(&child);
    end_assert_code(&applied, 0);
    CLEANUP(mem_cleanup)
    char *day = acts_ask(&acts,
                         "select ((outcome_at at time zone '%s')::date + 180)::text from "
                         "reconcile.step where state = 'verified'",
                         zone);
    RUN(page, &acts.end, "show", "--format", "html");
    text_addf(&wanted, "from %s<small>Sooner", day);
    end_assert_says(&page.out, text_cstr(&wanted));
    const char *first = strstr(text_cstr(&page.out), "<small>Sooner");
    assert_null(strstr(first + 1, "<small>Sooner"));
    end_assert_says(&page.out, "<p>1 seat was freed.</p>");
}

/* What is approved after an act was called is not what it was done on. */
TEST(apply_names_nobody_who_approved_after_the_act)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_approval(&acts,
                  "suspend = 1; approvers = ( { user = \"daemon\"; }, { user = \"bin\"; } );");
    acts_plan(&acts, 0);
    end_sits("1");
    acts_approve(&acts);
    end_sits(NULL);
    end_fault(&acts.end, "error=400:POST /api/v4/users/");
    APPLY(first, &acts, 21);
    end_clear_faults(&acts.end);
    CLEANUP(mem_cleanup)
    char *plan = acts_ask(&acts, "select min(plan_id) from reconcile.step where state = 'failed'");
    acts_plan(&acts, 0);
    end_sits("2");
    acts_approve(&acts);
    end_sits(NULL);
    RUN(after, &acts.end, "show", plan, "--format", "csv");
    end_assert_says(&after.out, "daemon");
    end_assert_silent_of(&after.out, "daemon, bin");
    end_assert_silent_of(&after.out, "bin, daemon");
}

TEST(apply_of_both_classes_deletes_last_and_a_new_plan_holds_none)
{
    WORLD(acts, 4, 4, NULL);

    acts_prepare_both(&acts);
    assert_int_equal(acts.count, 4);
    CLEANUP(mem_cleanup) char *deleted = mem_strdup(acts.row[3].id);
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 4");
    acts_assert_written(&acts, 1, "verified"); /* in the order of the plan: the deletion is last */
    acts_plan(&acts, 0);             /* what this program deleted itself is not missing (G4) */
    assert_int_equal(acts.count, 3); /* those suspended just now may be deleted by this policy */
    for (size_t i = 0; i < acts.count; i++) {
        assert_string_equal(acts.row[i].action, "deprovision");
        assert_string_not_equal(acts.row[i].id, deleted);
    }
    CLEANUP(mem_cleanup)
    char *record =
        acts_ask(&acts, "select record->>'id' from reconcile.step where action = 'deprovision'");
    assert_string_equal(record, deleted); /* the account as it was stays on record */
}

/* The owner of the tables lets nobody be enough where one person is. */
TEST(apply_of_a_plan_whose_row_needs_fewer_people_by_now_is_refused)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve_only(&acts, acts.row[1].id);
    acts_change(&acts, "update reconcile.plan_row set approvals = 0 where position = 1");
    APPLY(refused, &acts, 70);
    end_assert_says(&refused.err, "plan '1' is not the one that was stored");
    RUN(found, &acts.end, "audit", "verify");
    end_assert_code(&found, 22);
    end_assert_says(&found.out, "plan '1' is not the one that was stored");
    RUN(approved, &acts.end, "approve", "1", "--digest", acts.digest);
    end_assert_code(&approved, 70);
    assert_int_equal(acts_writes(&acts), 0);
    acts_change(&acts, "update reconcile.plan_row set approvals = 1 where position = 1");
    APPLY(applied, &acts, 0);
    acts_assert_no_step(&acts, acts.row[0].id);
    assert_int_equal(acts_writes_on(&acts, acts.row[1].id), 1);
    assert_int_equal(acts_writes(&acts), 1);
}

TEST(apply_without_approval_is_20_and_writes_nothing)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    APPLY(applied, &acts, 20);
    end_assert_says(&applied.err, "no row of plan 1 is approved");
    RUN(unknown, &acts.end, "apply", "77");
    end_assert_code(&unknown, 64);
    RUN(unnamed, &acts.end, "apply"); /* the newest */
    end_assert_code(&unnamed, 20);
    RUN(odd, &acts.end, "apply", "1x");
    end_assert_code(&odd, 64);
    assert_int_equal(acts_writes(&acts), 0);
}

/* --- what the portal may answer to a write --- */

static const struct answer_case {
    const char *fault;
    int code;
    size_t writes;     /* attempts that reached the portal */
    const char *steps; /* afterwards */
    const char *says;  /* on either stream; NULL = anything */
    const char *later; /* the steps after another apply without the fault; NULL = it is used up */
    int later_code;
} answers[] = {
    {"error=401:nth=1:POST /api/v4/users/", 0, 5, "verified 4", NULL, NULL, 20},
    {"error=401:POST /api/v4/users/", 21, 2, "approved 4", "401", "verified 4", 0},
    {"error=429:nth=1:POST /api/v4/users/", 0, 5, "verified 4", NULL, NULL, 20},
    {"error=429:POST /api/v4/users/", 21, 2, "approved 4", "429", "verified 4", 0},
    /* A refusal ends the approval of its row: the others are done, it needs a new one. */
    {"error=403:POST /api/v4/users/", 21, 1, "approved 3, failed 1", "403", "failed 1, verified 3",
     0},
    {"error=400:POST /api/v4/users/", 21, 3, "approved 1, failed 3", "three in a row",
     "failed 3, verified 1", 0},
    /* What had no effect, as a reading showed, is still approved, and done now. */
    {"error=500:POST /api/v4/users/", 21, 1, "approved 3, unknown 1", NULL, "verified 4", 0},
    {"never-202", 21, 1, "approved 3, unknown 1", NULL, "unknown 1, verified 3", 0},
    {"never-202=nth=2", 21, 4, "unknown 1, verified 3", NULL, NULL, 20},
    {"delay-202=400", 0, 4, "verified 4", NULL, NULL, 20},
    {"delay-202-reads=2", 0, 4, "verified 4", NULL, NULL, 20},
    /* A redirect is nobody's no: nothing happened, and it may be done another night. */
    {"redirect-slash=POST /api/v4/users/", 21, 3, "approved 1, failed 3", "redirect", "verified 4",
     0},
    {"lost-answer=POST /api/v4/users/", 0, 4, "verified 4", NULL, NULL, 20},
    {"reset=nth=1:POST /api/v4/users/", 21, 1, "approved 3, unknown 1", NULL, "verified 4", 0},
    {"hang=nth=1:POST /api/v4/users/", 21, 1, "approved 3, unknown 1", NULL, "verified 4", 0},
    {"wrong-type=nth=1:POST /api/v4/users/", 21, 1, "approved 3, unknown 1", NULL, "verified 4", 0},
    {"error=503:GET /api/v4/users/@", 21, 3, "approved 1, verified 3", "503", "verified 4", 0},
    {"gateway-404", 21, 0, "approved 4", "three in a row", "verified 4", 0},
};

static void check_answer(struct acts *acts, const struct answer_case *row)
{
    CLEANUP(text_release) struct text fault = TEXT_INIT;
    const char *id = strchr(row->fault, '@');

    probe_control(&acts->end.probe, "/_sim/reset", "");
    end_clear_faults(&acts->end);
    (void)acts_change(acts, "delete from reconcile.act");
    (void)acts_change(acts, "delete from reconcile.ruling");
    (void)acts_change(acts, "update reconcile.step set state = 'failed' where state = 'unknown'");
    acts_plan(acts, 0);
    assert_int_equal(acts->count, 4);
    acts_approve(acts);
    text_addf(&fault, "%.*s%s", id ? (int)(id - row->fault) : (int)strlen(row->fault), row->fault,
              id ? acts->row[0].id : "");
    end_fault(&acts->end, text_cstr(&fault));
    end_set(&acts->end, END_PORTAL,
            END_FREELY "timeout = %d; patience = 10; silence_after_429 = 1.0;",
            text_starts(row->fault, "hang") ? 3 : 600);
    APPLY(applied, acts, row->code);
    acts_assert_steps(acts, row->steps);
    assert_int_equal(acts_writes(acts), row->writes);
    if (row->says && !strstr(text_cstr(&applied.err), row->says) &&
        !strstr(text_cstr(&applied.out), row->says))
        fail_msg("'%s' is not in: %s%s", row->says, text_cstr(&applied.err),
                 text_cstr(&applied.out));
    end_clear_faults(&acts->end);
    APPLY(later, acts, row->later_code);
    acts_assert_steps(acts, row->later ? row->later : row->steps);
}

static void check_answers(size_t from, size_t to)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    for (size_t i = from; i < to; i++) {
        print_message("  %s\n", answers[i].fault);
        check_answer(&acts, &answers[i]);
    }
}

TEST(apply_refused_tells_and_goes_no_further_than_it_may)
{
    check_answers(0, 6);
}

TEST(apply_without_a_clear_answer_is_settled_by_reading)
{
    check_answers(6, 13);
}

TEST(apply_without_a_trustworthy_reading_does_not_act)
{
    check_answers(13, COUNT_OF(answers));
}

TEST(apply_whose_first_act_changes_more_stops_after_it)
{
    WORLD(acts, 4, 4, NULL);

    acts_plan(&acts, 0);
    end_change_user(&acts.end, acts.row[0].id, "isSSOOnly=true");
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "default-omitted");
    APPLY(applied, &acts, 21);
    assert_int_equal(acts_writes(&acts), 1);
    acts_assert_step(&acts, acts.row[0].id, "verified", NULL);
    end_assert_says(&applied.out, "something else changed as well: isSSOOnly");
}

TEST(apply_whose_first_act_empties_what_it_omits_stops_after_it)
{
    WORLD(acts, 4, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "empty-omitted=companyName:POST");
    APPLY(applied, &acts, 21);
    assert_int_equal(acts_writes(&acts), 1);
    acts_assert_step(&acts, acts.row[0].id, "verified",
                     "done, but something else changed as well: companyName is empty now");
    end_assert_says(&applied.out, "something else changed as well: companyName is empty now");
    end_assert_says(&applied.out, "look at the account first");
    end_assert_says(&applied.out, "changes_itself = [ \"companyName\" ];");
    end_assert_silent_of(&applied.out, "Acme");
}

/* What becomes of four acts under these settings, at a portal that empties something with each. */
static void check_changes_itself(const char *portal, const char *fault, int code, size_t writes,
                                 const char *says)
{
    WORLD(acts, 4, 4, NULL);

    acts_plan(&acts, 0);
    for (size_t i = 0; i < acts.count; i++)
        end_change_user(&acts.end, acts.row[i].id, "phoneNumber=0612345678");
    end_set(&acts.end, END_PORTAL, "%s", portal);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, fault);
    APPLY(applied, &acts, code);
    assert_int_equal(acts_writes(&acts), writes);
    acts_assert_step(&acts, acts.row[0].id, "verified", says);
    if (says)
        end_assert_says(&applied.out, says);
    else
        end_assert_silent_of(&applied.out, "something else");
}

TEST(apply_goes_on_after_a_change_that_is_said_to_be_the_portals_own)
{
    static const char phone[] = "empty-omitted=phoneNumber:POST", all[] = "empty-omitted=all:POST";

    check_changes_itself(
        END_FREELY, phone, 21, 1,
        "else changed as well: phoneNumber is empty now; hint: look at the account "
        "first; ");
    check_changes_itself(END_FREELY "changes_itself = [ \"terms\", \"phoneNumber\" ];", phone, 0, 4,
                         NULL);
    check_changes_itself(END_FREELY "changes_itself = [ \"terms\" ];", phone, 21, 1,
                         "changes_itself = [ \"phoneNumber\", \"terms\" ];");
    check_changes_itself(END_FREELY "changes_itself = [ \"phoneNumber\" ];", all, 21, 1,
                         "name is empty now");
}

TEST(apply_redirected_never_asks_elsewhere)
{
    WORLD(acts, 1, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "redirect-slash=POST /api/v4/users/");
    APPLY(applied, &acts, 21);
    struct reply log = probe_ask(&acts.end.probe, "GET", "/_sim/log", NULL, NULL, NULL);
    CLEANUP(text_release) struct text path = TEXT_INIT;
    text_addf(&path, "%s/\"", acts.row[0].id);
    end_assert_says(&log.body, "301");
    end_assert_silent_of(&log.body, text_cstr(&path));
    reply_release(&log);
    acts_assert_step(&acts, acts.row[0].id, "failed", "redirect");
}

/* --- deletions --- */

static void check_deletion(const char *fault, int code, const char *state, const char *reason)
{
    WORLD(acts, 1, 4, NULL);

    acts_do_all(&acts);
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 1);
    acts_approve(&acts);
    print_message("  %s\n", fault);
    end_fault(&acts.end, fault);
    APPLY(applied, &acts, code);
    acts_assert_step(&acts, acts.row[0].id, state, reason);
    assert_true(acts_writes(&acts) <= 2);
}

TEST(apply_of_a_deletion_believes_only_an_application_404)
{
    check_deletion("lost-answer=DELETE", 0, "verified", NULL);
    check_deletion("error=403:DELETE", 21, "failed", "403");
    check_deletion("error=500:DELETE", 21, "unknown", NULL);
    check_deletion("gateway-404=nth=3:GET", 0, "verified", NULL); /* read once more */
}

/* --- being asked to end --- */

/* The command that goes on, as it was printed between quotes behind the hint. */
static char *printed_command(const struct end_result *ended)
{
    const char *hint = strstr(text_cstr(&ended->err), "or now '");

    assert_non_null(hint);
    hint += strlen("or now '");
    return mem_strndup(hint, strcspn(hint, "'\n"));
}

/* No signal waits for the process any more. */
static void wait_until_taken(pid_t pid)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "/proc/%d/status", (int)pid);
    for (bool waits = true; waits;) {
        CLEANUP(text_release) struct text status = TEXT_INIT;

        assert_int_equal(file_read(text_cstr(&path), 1u << 16, ERR_INTERNAL, &status, NULL, NULL),
                         0);
        waits = !strstr(text_cstr(&status), "\nShdPnd:\t0000000000000000\n");
    }
}

TEST(apply_asked_to_end_finishes_its_step_and_is_resumed)
{
    WORLD(acts, 4, 4, NULL);

    struct end_child child = acts_start_held(&acts);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    wait_until_taken(child.pid); /* two signals at once are one */
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 130);
    end_assert_says(&ended.out, "a signal asked to end");
    end_assert_says(&ended.err, "warning: interrupted by a signal: of plan ");
    end_assert_says(&ended.err, " 1 act is done, 3 left; nothing is lost");
    end_assert_silent_of(&ended.err, "error: ");
    assert_int_equal(acts_writes(&acts), 1);
    acts_assert_step(&acts, acts.row[0].id, "done", NULL); /* verified by the next look */
    acts_assert_steps(&acts, "approved 3, done 1");
    assert_int_equal(end_count(&acts.end, "select exit_code from reconcile.run where verb = 'apply'"
                                          " order by run_id desc limit 1"),
                     130);
    CLEANUP(mem_cleanup) char *command = printed_command(&ended);
    assert_non_null(strstr(command, acts.end.config_path));
    assert_non_null(strstr(command, " apply "));
    acts.plan = strtoll(strstr(command, " apply ") + strlen(" apply "), NULL, 10);
    APPLY(resumed, &acts, 0);
    acts_assert_steps(&acts, "verified 4");
    acts_assert_written(&acts, 0, "verified");
}

/* Nothing is left: it ends as it would have ended. */
TEST(apply_asked_to_end_in_its_last_act_ends_well)
{
    WORLD(acts, 1, 4, NULL);

    struct end_child child = acts_start_held(&acts);
    assert_int_equal(kill(child.pid, SIGINT), 0);
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 0);
    end_assert_silent_of(&ended.err, "interrupted");
    assert_int_equal(acts_writes(&acts), 1);
    acts_assert_step(&acts, acts.row[0].id, "done", NULL);
}

/* What was done and not yet looked at again was undone by somebody in between. */
TEST(apply_that_finds_an_act_undone_says_so_and_does_not_repeat_it)
{
    WORLD(acts, 3, 4, NULL);

    struct end_child child = acts_start_held(&acts);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 130);
    acts_assert_steps(&acts, "approved 2, done 1");
    CLEANUP(mem_cleanup) char *undone = mem_strdup(acts.row[0].id);
    end_change_user(&acts.end, undone, "active=1");
    APPLY(resumed, &acts, 0);
    end_assert_says(&resumed.err, "a fresh look shows another state");
    acts_assert_steps(&acts, "done 1, verified 2");
    assert_int_equal(acts_writes_on(&acts, undone), 1);
    /* R8 covers no departure: proposed again, and never done without a person. */
    acts_only_suspend(&acts);
    acts_approval(&acts, "suspend = 0; deprovision = 1;");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0);
    assert_int_equal(acts_writes_on(&acts, undone), 1);
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 1);
    assert_string_equal(acts.row[0].id, undone);
    acts_approve(&acts);
    APPLY(anew, &acts, 0);
    assert_int_equal(acts_writes_on(&acts, undone), 2);
}

TEST(apply_asked_to_end_while_it_is_silent_ends_at_once)
{
    WORLD(acts, 2, 4, NULL);

    end_set(&acts.end, END_PORTAL, END_FREELY "silence_after_429 = 3600.0;");
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "error=429:POST /api/v4/users/");
    struct end_child child = acts_start_until_write(&acts, 1);
    acts_wait_for(&acts, "select state from reconcile.step where position = 1", "approved");
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 130);
    end_assert_says(&ended.err, " 0 acts are done, 2 left");
    acts_assert_steps(&acts, "approved 2");
    assert_int_equal(acts_writes(&acts), 1);
}

TEST(apply_sees_a_stop_row_before_the_next_act)
{
    WORLD(acts, 4, 4, NULL);

    struct end_child child = acts_start_held(&acts);
    assert_int_equal(acts_change(&acts,
                                 "insert into reconcile.stop (portal_id, stop_id, reason, who)"
                                 " select portal_id, 1, 'audit', 'anna' from reconcile.portal"),
                     1);
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 21); /* one act was done */
    end_assert_says(&ended.out, "audit");
    assert_int_equal(acts_writes(&acts), 1);
    APPLY(held, &acts, 20);
    assert_int_equal(acts_writes(&acts), 1);
    (void)acts_change(&acts, "delete from reconcile.stop");
    APPLY(resumed, &acts, 0);
    acts_assert_written(&acts, 0, "verified");
    acts_assert_steps(&acts, "verified 4");
}

TEST(apply_sees_a_stop_file_before_the_next_act)
{
    WORLD(acts, 4, 4, NULL);

    acts_policy(&acts, "mode = \"enforce\"; stop_file = \"halt\";");
    struct end_child child = acts_start_held(&acts);
    CLEANUP(mem_cleanup) char *path = end_file(&acts.end, "halt", "", 0);
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 21);
    end_assert_says(&ended.out, "halt");
    assert_int_equal(acts_writes(&acts), 1);
    APPLY(held, &acts, 20);
    assert_int_equal(unlink(path), 0);
    APPLY(resumed, &acts, 0);
    acts_assert_written(&acts, 0, "verified");
}

/* --- two at once, and none at all --- */

TEST(apply_while_another_runs_is_75)
{
    WORLD(acts, 2, 4, NULL);

    struct end_child first = acts_start_held(&acts);
    APPLY(second, &acts, 75);
    RUN(third, &acts.end, "run");
    end_assert_code(&third, 75);
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&first);
    end_assert_code(&ended, 0);
    acts_assert_steps(&acts, "verified 2");
    acts_assert_written(&acts, 0, "verified");
}

TEST(apply_that_loses_its_database_keeps_the_outcome_in_a_file)
{
    WORLD(acts, 3, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup) char *directory = probe_path(&acts.end.probe, "kept");
    RUN(made, &acts.end, "status");
    end_set(&acts.end, END_REST,
            "approval: { suspend = 1; }; apply: { settle_seconds = 1; state_directory = \"kept\"; "
            "};");
    CLEANUP(text_release) struct text said = TEXT_INIT;
    end_tool("/", (const char *const[]){"mkdir", directory, NULL}, &said);
    struct end_child child = acts_start_until_held(&acts);
    CLEANUP(mem_cleanup)
    char *cut = acts_ask(&acts, "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                                " where datname = current_database() and pid <> pg_backend_pid()");
    assert_string_not_equal(cut, "0");
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 69);
    end_assert_says(&ended.err, "kept in");
    end_assert_says(&ended.err, acts.row[0].id);
    assert_int_equal(acts_writes(&acts), 1);
    acts_assert_steps(&acts, "approved 2, intent 1");
    CLEANUP(text_release) struct text files = TEXT_INIT;
    end_tool(directory, (const char *const[]){"ls", "-A", ".", NULL}, &files);
    end_assert_says(&files, "outcome-end-");
    APPLY(resumed, &acts, 0);
    CLEANUP(text_release) struct text left = TEXT_INIT;
    end_tool(directory, (const char *const[]){"ls", "-A", ".", NULL}, &left);
    end_assert_silent_of(&left, "outcome");
    acts_assert_steps(&acts, "verified 3");
    acts_assert_written(&acts, 0, "verified");
}
