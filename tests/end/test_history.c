/*
 * What one run leaves for the next: guards that compare with the history, protections, accounts
 * that are gone, plans that take each other's place, and a schema or cluster that is not ours.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"
#include "test.h"

#define WORLD(name, options)                                                                       \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&name, options)

/* A plan that is right and not held. */
static void check_good_plan(struct end *end)
{
    RUN(result, end, "plan", "--format", "json");

    end_assert_code(&result, 0);
    JSON(plan, end_json(&result));
    (void)end_assert_truth(end, plan, true);
}

/* A plan that this guard alone holds. */
static void check_held_by(struct end *end, const char *id)
{
    RUN(result, end, "plan", "--format", "json");

    end_assert_code(&result, 20);
    JSON(plan, end_json(&result));
    struct json_object *guards = end_at(plan, "guards");
    for (size_t i = 0; i < json_object_array_length(guards); i++) {
        struct json_object *guard = json_object_array_get_idx(guards, i);
        const char *own = end_text_at(guard, "id");
        const char *verdict = strcmp(own, id) == 0 ? "hold" : "pass";

        if (strcmp(end_text_at(guard, "verdict"), verdict) != 0)
            fail_msg("%s says %s: %s", own, end_text_at(guard, "verdict"),
                     end_text_at(guard, "text"));
    }
    assert_string_equal(end_text_at(plan, "plan.state"), "held");
    end_assert_says(&result.err, id);
    end_assert_no_writes(end);
}

/* --- the roster --- */

TEST(plan_with_an_old_roster_is_held_by_g1)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = 0}};
    WORLD(end, NULL);

    (void)clock_gettime(CLOCK_REALTIME, &times[1]);
    times[1].tv_sec -= 83L * 3600; /* the default is 84: a weekend and a day */
    assert_int_equal(utimensat(AT_FDCWD, end.roster_path, times, 0), 0);
    check_good_plan(&end);
    times[1].tv_sec -= 2L * 3600;
    assert_int_equal(utimensat(AT_FDCWD, end.roster_path, times, 0), 0);
    check_held_by(&end, "G1");
}

TEST(plan_with_the_same_bytes_for_eight_days_is_held_by_g1)
{
    WORLD(end, NULL);

    check_good_plan(&end);
    free(end_query(&end, "update reconcile.roster set read_at = (read_at at time zone 'UTC' - "
                         "interval '6 days') at time zone 'UTC'"
                         " returning 1"));
    check_good_plan(&end);
    free(end_query(&end, "update reconcile.roster set read_at = (read_at at time zone 'UTC' - "
                         "interval '2 days') at time zone 'UTC'"
                         " returning 1"));
    check_held_by(&end, "G1");
}

/* The roster without its last rows. */
static void shorten_roster(struct end *end, size_t rows)
{
    CLEANUP(mem_cleanup) char *roster = end_read(end->roster_path);
    size_t length = strlen(roster);

    for (; rows > 0 && length > 1; rows--)
        while (length > 1 && roster[--length - 1] != '\n')
            continue;
    free(end_file(end, "shorter.csv", roster, length));
    end_set(end, END_SOURCE, "shorter.csv");
}

TEST(plan_with_a_shrunken_roster_is_held_by_g2)
{
    WORLD(end, NULL);

    check_good_plan(&end);
    shorten_roster(&end, 30);
    RUN(result, &end, "plan", "--format", "json");
    end_assert_code(&result, 20);
    JSON(plan, end_json(&result));
    assert_string_equal(end_guard(plan, "G2"), "hold");
    (void)end_assert_truth(&end, plan, false); /* who is missing is not departed */
}

TEST(plan_with_many_rejected_rows_is_held_by_g3)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *roster = end_read(end.roster_path);

    text_add(&text, roster);
    text_add(&text, "900001,A,a1@other.example,Active,03-04-2016,,IT\n"
                    "900002,B,b2@other.example,Sleeping,2016-04-03,,IT\n"
                    "900003,C,c3@other.example,Active,2016-02-30,,IT\n");
    free(end_file(&end, "bad-rows.csv", text.data, text.length));
    end_set(&end, END_SOURCE, "bad-rows.csv");
    check_held_by(&end, "G3");
}

/* --- the portal --- */

/* Deletes so many active employees who logged in, behind our back. */
static void delete_users(struct end *end, size_t count)
{
    RUN(result, end, "show", "--format", "json");
    JSON(plan, end_json(&result));
    struct json_object *rows = end_at(plan, "decisions");

    for (size_t i = 0; i < count; i++)
        end_change_user(end, end_text_at(json_object_array_get_idx(rows, i), "account_id"),
                        "delete=1");
}

TEST(plan_after_many_users_vanished_is_held_by_g4)
{
    WORLD(end, NULL);

    check_good_plan(&end);
    delete_users(&end, 11);
    check_held_by(&end, "G4");
    check_held_by(&end, "G4"); /* it does not let go by itself */
}

TEST(plan_after_few_users_vanished_tells_them_gone_once)
{
    WORLD(end, NULL);

    check_good_plan(&end);
    delete_users(&end, 3);
    RUN(second, &end, "plan", "--format", "json");
    end_assert_code(&second, 0);
    JSON(plan, end_json(&second));
    assert_int_equal(end_number_at(plan, "inputs.snapshot.gone"), 3);
    assert_int_equal(end_number_at(plan, "inputs.snapshot.accounts"), 197);
    (void)end_assert_truth(&end, plan, true);
    RUN(third, &end, "plan", "--format", "json");
    JSON(later, end_json(&third));
    assert_int_equal(end_count(&end, "select count(*) from reconcile.account_version"
                                     " where status = 'gone' and valid_to is null"),
                     3);
    (void)end_assert_truth(&end, later, true);
}

TEST(plan_after_logins_vanished_is_held_by_g5)
{
    WORLD(end, NULL);

    check_good_plan(&end);
    end_fault(&end, "last-login-form=missing");
    check_held_by(&end, "G5");
    check_held_by(&end, "G5"); /* it does not let go by itself */
}

TEST(plan_with_too_few_matched_is_held_by_g6)
{
    WORLD(end, NULL);

    end_set(&end, END_REST, "matching: { min_matched_percent = 99.5; };");
    check_held_by(&end, "G6");
}

/* An amount: asked of what is approved and due, never of what lies on a desk. */
TEST(plan_that_would_leave_too_few_admins_is_a_proposal)
{
    WORLD(end, NULL);

    end_set(&end, END_SUSPEND,
            "count = 2000; percent = 50.0; rolling_count = 4000; }; min_admins = 3; deprovision: { "
            "count = 1;");
    check_good_plan(&end);
}

/* --- brakes by hand --- */

TEST(plan_with_a_stop_file_or_row_is_held_by_g12)
{
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *path = probe_path(&end.probe, "stop");

    end_set(&end, END_POLICY, "stop_file = \"stop\";");
    check_good_plan(&end);
    free(end_file(&end, "stop", "", 0));
    check_held_by(&end, "G12");
    assert_int_equal(remove(path), 0);
    check_good_plan(&end);
    free(end_query(&end, "insert into reconcile.stop (portal_id, stop_id, reason, who) select"
                         " portal_id, 1, 'audit week', 'anna' from reconcile.portal returning 1"));
    check_held_by(&end, "G12");
}

TEST(plan_after_a_gap_is_held_by_g13_unless_accepted)
{
    WORLD(end, NULL);

    check_good_plan(&end);
    free(end_query(&end, "update reconcile.plan set today = today - 33 returning 1"));
    check_held_by(&end, "G13");
    free(end_query(&end, "update reconcile.plan set today = current_date - 33 returning 1"));
    RUN(accepted, &end, "plan", "--accept-gap");
    end_assert_code(&accepted, 0);
    free(end_query(&end, "update reconcile.plan set today = current_date + 1 returning 1"));
    check_held_by(&end, "G13"); /* the clock went back */
}

/* --- protections --- */

static struct json_object *row_of(struct json_object *plan, const char *key, const char *value)
{
    struct json_object *rows = end_at(plan, "decisions");

    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        const char *own = end_text_at(row, key);
        if (own && strcmp(own, value) == 0)
            return row;
    }
    fail_msg("nobody has %s '%s'", key, value);
    return NULL;
}

TEST(protections_come_before_every_rule)
{
    WORLD(end, NULL);

    end_set(&end, END_RULES,
            "{ name = \"all\"; when = { account = \"active\"; }; do = \"suspend\"; }");
    end_set(&end, END_POLICY,
            "protected = ( { who = \"100001\"; reason = \"board\"; owner = \"it@acme.example\"; "
            "expires = \"2199-06-30\"; }, { who = \"100002\"; reason = \"trial\"; "
            "owner = \"it@acme.example\"; expires = \"2020-06-30\"; } );");
    RUN(result, &end, "plan", "--full", "--format", "json");
    end_assert_code(&result, 0); /* everybody at once, and nothing is done of it */
    JSON(plan, end_json(&result));
    struct json_object *own = row_of(plan, "username", "svc-reconcile");
    assert_string_equal(end_text_at(own, "action"), "keep");
    assert_string_equal(end_text_at(own, "row"), "P1");
    struct json_object *listed = row_of(plan, "employee_number", "100001");
    assert_string_equal(end_text_at(listed, "action"), "keep");
    assert_string_equal(end_text_at(listed, "row"), "P3");
    struct json_object *expired = row_of(plan, "employee_number", "100002");
    assert_string_not_equal(end_text_at(expired, "row"), "P3");
    end_assert_says(&result.out, "2020-06-30"); /* the expired entry is a finding */
}

TEST(rejected_row_of_a_leaver_keeps_the_account)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *roster = end_read(end.roster_path);
    RUN(first, &end, "plan", "--format", "json");
    JSON(before, end_json(&first));
    const char *id = end_text_at(row_of(before, "rule", "departed"), "account_id");
    const char *number = end_text_at(row_of(before, "rule", "departed"), "employee_number");

    for (const char *line = roster; *line; line += strcspn(line, "\n") + 1) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, number, strlen(number)) == 0 && line[strlen(number)] == ',') {
            const char *behind = line; /* number, name and address stay */
            for (int comma = 0; comma < 3; behind++)
                comma += *behind == ',';
            text_add_bytes(&text, line, (size_t)(behind - line));
            text_add(&text, "Voluntarily Terminated,2019-01-01,31/12/25,IT\n");
        } else {
            text_add_bytes(&text, line, length + 1);
        }
    }
    free(end_file(&end, "one-bad.csv", text.data, text.length));
    end_set(&end, END_SOURCE, "one-bad.csv");
    RUN(second, &end, "plan", "--format", "json");
    end_assert_code(&second, 0);
    JSON(after, end_json(&second));
    struct json_object *row = row_of(after, "account_id", id);
    assert_string_equal(end_text_at(row, "action"), "keep");
    assert_string_equal(end_text_at(row, "person"), "unknown");
    assert_string_equal(end_text_at(row, "row"), "P5");
}

/* --- what may not write yet --- */

TEST(run_in_report_mode_writes_nothing)
{
    WORLD(end, NULL);

    end_set(&end, END_REST, "approval: { suspend = 0; deprovision = 0; };");
    for (int i = 0; i < 2; i++) {
        RUN(result, &end, "run");
        assert_true(result.code == 0 || result.code == 20);
        end_assert_no_writes(&end);
    }
}

TEST(first_run_in_enforce_mode_needs_a_person)
{
    WORLD(end, NULL);

    end_set(&end, END_POLICY, "mode = \"enforce\";");
    end_set(&end, END_REST, "approval: { suspend = 0; deprovision = 0; };");
    for (int night = 0; night < 2; night++) { /* G11: of each rule, however often it was shown */
        RUN(result, &end, "run");
        end_assert_code(&result, 0); /* it waits for a person */
        CLEANUP(mem_cleanup)
        char *unasked = end_query(&end, "select count(*)::text from reconcile.plan_row where action"
                                        " <> 'keep' and approvals < 1");
        assert_string_equal(unasked, "0");
    }
    end_assert_no_writes(&end);
}

/* --- plans, schema, cluster --- */

TEST(newer_plan_takes_the_place_of_the_older)
{
    WORLD(end, NULL);

    check_good_plan(&end);
    check_good_plan(&end);
    RUN(older, &end, "show", "1", "--format", "json");
    JSON(one, end_json(&older));
    assert_string_equal(end_text_at(one, "plan.state"), "expired");
    RUN(newer, &end, "show", "--format", "json");
    JSON(two, end_json(&newer));
    assert_string_equal(end_text_at(two, "plan.state"), "proposed");
}

TEST(schema_that_is_not_ours_is_refused)
{
    static const char *const changes[] = {
        "update reconcile.migration set sha256 = repeat('0', 64) where version = 1 returning 1",
        "insert into reconcile.migration (version, name, sha256, program_version) values"
        " (9999, '9999_other.sql', repeat('0', 64), '99') returning 1",
    };
    static const char *const verbs[] = {"migrate", "plan", "show", "status", "check"};

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        WORLD(end, NULL);
        free(end_query(&end, changes[i]));
        for (size_t k = 0; k < COUNT_OF(verbs); k++) {
            RUN(result, &end, verbs[k]);
            if (result.code == 0)
                fail_msg("%s takes it", verbs[k]);
            CLEANUP(text_release) struct text said = TEXT_INIT;
            text_addf(&said, "%s%s", text_cstr(&result.out), text_cstr(&result.err));
            end_assert_says(&said, "migration");
        }
    }
}

TEST(embedded_plan_beside_an_open_psql_is_not_held_up)
{
    static const char *const psql[] = {
        "psql",
        "-v",
        "ON_ERROR_STOP=1",
        "-Atc",
        "begin; select count(*) from reconcile.account; select pg_sleep(3)",
        "-c",
        "select 'still here'",
        NULL};
    WORLD(end, NULL);

    end_embed(&end);
    check_good_plan(&end);
    struct end_child open = end_start(&end, psql);
    check_good_plan(&end);
    CLEANUP(end_result_release) struct end_result closed = end_wait(&open);
    end_assert_code(&closed, 0);
    end_assert_says(&closed.out, "still here");
}

TEST(embedded_directory_of_another_version_is_78)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    WORLD(end, NULL);

    end_embed(&end);
    RUN(made, &end, "migrate");
    end_assert_code(&made, 0);
    const char *from = strchr(end.piece[END_DATABASE], '"') + 1;
    text_addf(&path, "%.*s/data/PG_VERSION", (int)strcspn(from, "\""), from);
    FILE *file = fopen(text_cstr(&path), "we");
    assert_non_null(file);
    assert_true(fputs("9\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    RUN(result, &end, "plan");
    end_assert_code(&result, 78);
    end_assert_says(&result.err, "version");
}
