/*
 * A portal in trouble for a while, met by the whole program; and who does not want to wait for it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "acts.h"
#include "base/mem.h"
#include "test.h"

/* From the first request on nothing works, until so many were made. */
static void check_outage(const char *fault)
{
    CLEANUP(end_finish) struct end end;

    end_begin(&end, NULL);
    end_fault(&end, fault);
    struct end_child child =
        end_start(&end, (const char *const[]){"plan", "--format", "json", NULL});
    end_wait_for_requests(&end, 6);
    end_clear_faults(&end);
    CLEANUP(end_result_release) struct end_result result = end_wait(&child);
    end_assert_code(&result, 0);
    end_assert_says(&result.err, "warning: waiting 10 s: at most, and the portal is asked again");
    JSON(plan, end_json(&result));
    assert_true(json_object_get_boolean(end_at(plan, "inputs.snapshot.complete")));
    (void)end_assert_truth(&end, plan, true);
    end_assert_no_writes(&end);
}

TEST(plan_through_an_outage_of_seconds_is_right)
{
    check_outage("error=503");
    check_outage("reset");
}

TEST(plan_through_an_outage_in_the_middle_is_right)
{
    CLEANUP(end_finish) struct end end;

    end_begin(&end, NULL);
    end_keep_back(&end, 20, NULL);
    struct end_child child =
        end_start(&end, (const char *const[]){"plan", "--format", "json", NULL});
    end_wait_for_requests(&end, 20);
    end_fault(&end, "error=502");
    end_fault(&end, "hold=off");
    end_wait_for_requests(&end, 45);
    end_clear_faults(&end);
    CLEANUP(end_result_release) struct end_result result = end_wait(&child);
    end_assert_code(&result, 0);
    JSON(plan, end_json(&result));
    assert_true(json_object_get_boolean(end_at(plan, "inputs.snapshot.complete")));
    (void)end_assert_truth(&end, plan, true);
}

/* The look before the second act meets the trouble; somebody says stop instead of waiting. */
TEST(apply_in_trouble_gives_way_to_a_stop_file)
{
    WORLD(acts, 4, 4, NULL);
    CLEANUP(text_release) struct text setting = TEXT_INIT, fault = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = probe_path(&acts.end.probe, "stop");

    text_addf(&setting, "mode = \"enforce\"; stop_file = \"%s\";", path);
    acts_policy(&acts, text_cstr(&setting));
    end_set(&acts.end, END_PORTAL, END_FREELY "patience = 3600;"); /* and not so long */
    struct end_child child = acts_start_held(&acts);
    text_addf(&fault, "error=503:GET /api/v4/users/%s", acts.row[1].id);
    end_fault(&acts.end, text_cstr(&fault));
    end_fault(&acts.end, "hold=off");
    acts_wait_for(&acts, "select state from reconcile.step where position = 1", "done");
    end_wait_for_requests(&acts.end, end_stat(&acts.end, "requests") + 3);
    free(end_file(&acts.end, "stop", "", 0));
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 21); /* one act was done */
    end_assert_says(&ended.out, "the stop file");
    assert_int_equal(acts_writes(&acts), 1);
    acts_assert_steps(&acts, "approved 3, verified 1");
}

TEST(check_asked_to_end_says_so_and_how_to_go_on)
{
    CLEANUP(end_finish) struct end end;

    end_begin(&end, NULL);
    end_keep_back(&end, 1, NULL);
    struct end_child child = end_start(&end, (const char *const[]){"check", NULL});
    end_wait_for_requests(&end, 1);
    assert_int_equal(kill(child.pid, SIGINT), 0);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 130);
    end_assert_silent_of(&ended.out, "FAIL");
    end_assert_says(&ended.err, "warning: interrupted by a signal after 3 checks; hint: '");
    end_assert_says(&ended.err, " check' makes all of them");
    end_clear_faults(&end);
    RUN(again, &end, "check");
    end_assert_code(&again, 0);
}
