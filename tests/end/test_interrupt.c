/*
 * Runs that meet each other, a blocked portal, or a signal: what the next run finds is always a
 * history that holds together and a free lock.
 */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"
#include "host/file.h"
#include "test.h"

#define WORLD(name, options)                                                                       \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&name, options)

/* A plan that is in the middle of its single reads, one of which is not answered until the faults
 * are cleared. */
static struct end_child start_held_plan(struct end *end)
{
    static const char *const words[] = {"plan", "--format", "json", NULL};
    double before = end_stat(end, "requests");

    end_keep_back(end, 12, NULL);
    struct end_child child = end_start(end, words);
    end_wait_for_requests(end, before + 12);
    return child;
}

static void check_next_plan(struct end *end)
{
    end_clear_faults(end);
    RUN(next, end, "plan", "--format", "json");
    end_assert_code(&next, 0);
    CLEANUP(end_put) struct json_object *plan = end_json(&next);
    assert_true(json_object_get_boolean(end_at(plan, "inputs.snapshot.complete")));
    (void)end_assert_truth(end, plan, true);
    RUN(status, end, "status");
    end_assert_code(&status, 0);
    end_assert_says(&status.out, "lock      free");
    end_assert_no_writes(end);
}

TEST(plan_while_another_runs_is_75_and_others_may_look)
{
    WORLD(end, NULL);
    RUN(earlier, &end, "plan");
    struct end_child first = start_held_plan(&end);

    end_assert_code(&earlier, 0);
    RUN(second, &end, "plan");
    end_assert_code(&second, 75);
    end_assert_says(&second.err, "lock");
    RUN(shown, &end, "show");
    end_assert_code(&shown, 0);
    RUN(status, &end, "status");
    end_assert_code(&status, 0);
    end_assert_silent_of(&status.out, "lock      free");
    RUN(other, &end, "psql", "-Atc", "select count(*) from reconcile.plan");
    assert_string_equal(text_cstr(&other.out), "1\n");
    end_clear_faults(&end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&first);
    end_assert_code(&ended, 0);
    check_next_plan(&end);
}

TEST(plan_of_another_portal_is_not_held_up)
{
    WORLD(end, NULL);
    struct end_child first = start_held_plan(&end);

    end_set(&end, END_NAME, "another");
    RUN(second, &end, "plan");
    end_assert_code(&second, 0);
    end_clear_faults(&end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&first);
    end_assert_code(&ended, 0);
}

static void check_stopped_by(int number)
{
    WORLD(end, NULL);
    struct end_child child = start_held_plan(&end);

    assert_int_equal(kill(child.pid, number), 0);
    CLEANUP(end_result_release) struct end_result result = end_wait(&child); /* unanswered */
    end_assert_code(&result, 130);
    end_assert_says(&result.err, "warning: interrupted before it was done: ");
    end_assert_says(&result.err, "nothing was changed in the portal, and nothing is lost; hint: '");
    end_assert_says(&result.err, "plan' begins anew");
    end_assert_silent_of(&result.err, "error");
    assert_int_equal(end_count(&end, "select count(*) from reconcile.run where finished_at is not"
                                     " null and exit_code = 130 and message ~ 'interrupted'"),
                     1);
    RUN(status, &end, "status");
    end_assert_says(&status.out, "130 stopped");
    assert_int_equal(end_count(&end, "select count(*) from reconcile.plan"), 0);
    check_next_plan(&end);
}

TEST(plan_ended_by_sigterm_is_recorded_and_the_next_works)
{
    check_stopped_by(SIGTERM);
}

TEST(plan_ended_by_sigint_is_recorded_and_the_next_works)
{
    check_stopped_by(SIGINT);
}

TEST(plan_killed_leaves_the_next_a_free_lock)
{
    WORLD(end, NULL);
    struct end_child child = start_held_plan(&end);

    end_kill(&end, &child);
    check_next_plan(&end);
}

/* --- with the embedded database --- */

/* Processes with this text in their command line, the test itself not counted. */
static size_t count_processes(const char *text)
{
    DIR *proc = opendir("/proc");
    CLEANUP(text_release) struct text self = TEXT_INIT;
    size_t count = 0;

    assert_non_null(proc);
    text_addf(&self, "%d", (int)getpid());
    for (struct dirent *entry; (entry = readdir(proc));) {
        CLEANUP(text_release) struct text path = TEXT_INIT, line = TEXT_INIT;

        if (!isdigit((unsigned char)entry->d_name[0]) ||
            text_equal(entry->d_name, text_cstr(&self)))
            continue;
        text_addf(&path, "/proc/%s/cmdline", entry->d_name);
        if (file_read(text_cstr(&path), 1u << 20, ERR_INTERNAL, &line, NULL, NULL) == 0 &&
            line.length > 0 && memmem(line.data, line.length, text, strlen(text)))
            count++;
    }
    (void)closedir(proc);
    return count;
}

/* The directory, out of the piece of the configuration. */
static char *embedded_directory(const struct end *end)
{
    const char *from = strchr(end->piece[END_DATABASE], '"') + 1;

    return mem_strndup(from, strcspn(from, "\""));
}

TEST(embedded_plan_needs_nothing_and_leaves_no_server)
{
    WORLD(end, NULL);

    end_embed(&end);
    CLEANUP(mem_cleanup) char *directory = embedded_directory(&end);
    RUN(check, &end, "check");
    end_assert_code(&check, 0);
    check_next_plan(&end);
    assert_int_equal(count_processes(directory), 0);
    RUN(query, &end, "psql", "-Atc", "select count(*) from reconcile.account");
    assert_string_equal(text_cstr(&query.out), "200\n");
    assert_int_equal(count_processes(directory), 0);
}

TEST(embedded_plan_killed_is_recovered_by_the_next)
{
    WORLD(end, NULL);

    end_embed(&end);
    CLEANUP(mem_cleanup) char *directory = embedded_directory(&end);
    struct end_child child = start_held_plan(&end);
    assert_int_equal(kill(child.pid, SIGKILL), 0);
    CLEANUP(end_result_release) struct end_result result = end_wait(&child);
    assert_int_equal(result.code, 128 + SIGKILL);
    check_next_plan(&end);
    assert_int_equal(count_processes(directory), 0);
}

TEST(embedded_plan_ended_by_sigterm_stops_its_server)
{
    WORLD(end, NULL);

    end_embed(&end);
    CLEANUP(mem_cleanup) char *directory = embedded_directory(&end);
    struct end_child child = start_held_plan(&end);
    assert_int_equal(kill(child.pid, SIGTERM), 0);
    CLEANUP(end_result_release) struct end_result result = end_wait(&child);
    end_assert_code(&result, 130);
    assert_int_equal(count_processes(directory), 0);
}

/* --- too many requests --- */

TEST(plan_after_a_429_is_silent_until_the_block_is_over)
{
    static const char *const options[] = {"--users", "200",           "--seed", "5", "--rate-limit",
                                          "80",      "--rate-window", "2",      NULL};
    WORLD(end, options);

    end_set(&end, END_PORTAL,
            "requests_per_second = 1000000.0; requests_per_window = 100000000; page_size = 50; "
            "connections = 1; silence_after_429 = 2.2; logins = \"each\";");
    RUN(result, &end, "--log-level", "debug", "plan", "--format", "json");
    end_assert_code(&result, 0);
    end_assert_says(&result.err, "too many requests");
    CLEANUP(end_put) struct json_object *plan = end_json(&result);
    assert_true(json_object_get_boolean(end_at(plan, "inputs.snapshot.complete")));
    (void)end_assert_truth(&end, plan, true);
    CLEANUP(end_put) struct json_object *stats = probe_control_json(&end.probe, "/_sim/stats");
    struct json_object *silence = end_at(stats, "rate.silence_after_429_s");
    assert_true(json_object_array_length(silence) > 0);
    for (size_t i = 0; i < json_object_array_length(silence); i++)
        assert_true(json_object_get_double(json_object_array_get_idx(silence, i)) >= 2.0);
    assert_int_equal(end_number_at(stats, "rate.blocks"), json_object_array_length(silence));
}

TEST(plan_under_its_own_pace_meets_no_429)
{
    static const char *const options[] = {
        "--users", "40", "--seed", "5", "--rate-limit", "30", "--rate-window", "1", NULL};
    WORLD(end, options);

    end_set(&end, END_PORTAL,
            "requests_per_second = 20.0; requests_per_window = 100000000; page_size = 50; "
            "connections = 8; logins = \"each\";");
    RUN(result, &end, "plan", "--format", "json");
    end_assert_code(&result, 0);
    assert_true(end_stat(&end, "rate.blocks") == 0);
    assert_true(result.seconds > 1.0);
}
