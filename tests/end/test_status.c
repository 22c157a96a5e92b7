/*
 * status: what stands and what lets it go; and of many portals, by one of their configurations, by
 * a database alone, by a directory of configurations.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "host/file.h"
#include "test.h"

#define PORTALS(name)                                                                              \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&name, NULL)
#define BARE(name, ...)                                                                            \
    CLEANUP(end_result_release)                                                                    \
    struct end_result name = end_run_bare(&end, (const char *const[]){__VA_ARGS__, NULL})

/* Two portals in one database, one of them with a run. */
static void make_two(struct end *end)
{
    RUN(first, end, "run");
    end_assert_code(&first, 0);
    end_set(end, END_NAME, "beta");
    RUN(second, end, "show");
    end_assert_code(&second, 64); /* it has no plan, but it is there now */
}

static void check_two(const struct end_result *json)
{
    JSON(status, end_json(json));
    struct json_object *portals = end_at(status, "portals");

    assert_int_equal(json_object_array_length(portals), 2);
    struct json_object *beta = json_object_array_get_idx(portals, 0);
    struct json_object *end = json_object_array_get_idx(portals, 1);
    assert_string_equal(end_text_at(beta, "portal"), "beta");
    assert_null(end_at(beta, "last_success"));
    assert_int_equal(json_object_array_length(end_at(beta, "runs")), 0);
    assert_string_equal(end_text_at(end, "portal"), "end");
    assert_non_null(end_text_at(end, "last_success"));
    assert_int_equal(end_number_at(end, "plan.id"), 1);
    assert_true(end_number_at(end, "snapshot.active") > 0);
}

TEST(status_all_shows_every_portal_of_the_database)
{
    PORTALS(end);

    make_two(&end);
    RUN(json, &end, "status", "--all", "--format", "json");
    end_assert_code(&json, 0);
    check_two(&json);
    RUN(text, &end, "status", "--all");
    end_assert_code(&text, 0);
    end_assert_says(&text.out, "\nend                   1 done  ");
    end_assert_says(&text.out, "\nbeta                  no run yet  ");
    RUN(one, &end, "status");
    end_assert_says(&one.out, "beta: no run yet");
}

TEST(status_with_a_database_needs_no_configuration)
{
    PORTALS(end);

    make_two(&end);
    BARE(json, "status", "--database", end.conninfo, "--format", "json");
    end_assert_code(&json, 0);
    check_two(&json);
    BARE(wrong, "status", "--database", "nonsense");
    end_assert_code(&wrong, 64);
    BARE(away, "status", "--database", "host=127.0.0.1 port=1");
    end_assert_code(&away, 69);
}

TEST(status_with_an_embedded_database_needs_no_configuration)
{
    PORTALS(end);
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();

    end_set(&end, END_DATABASE, "embedded = \"%s\";", directory);
    RUN(run, &end, "run");
    end_assert_code(&run, 0);
    BARE(text, "status", "--database", directory);
    end_assert_code(&text, 0);
    end_assert_says(&text.out, "\nend                   1 done  ");
}

static void copy_config(struct end *end, const char *directory, const char *name)
{
    CLEANUP(mem_cleanup) char *path = file_join(directory, name);
    CLEANUP(mem_cleanup) char *text = end_read(end->config_path);

    assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), 0);
}

TEST(status_with_a_directory_shows_each_database_once)
{
    PORTALS(end);
    CLEANUP(mem_cleanup) char *directory = probe_path(&end.probe, "etc");
    CLEANUP(mem_cleanup) char *broken = probe_path(&end.probe, "etc/broken.conf");
    CLEANUP(mem_cleanup) char *fourth = probe_path(&end.probe, "etc/d.conf");
    CLEANUP(mem_cleanup) char *fifth = probe_path(&end.probe, "etc/e.conf");
    CLEANUP(mem_cleanup) char *sixth = probe_path(&end.probe, "etc/f.conf");
    CLEANUP(mem_cleanup) char *secret = probe_path(&end.probe, "client-secret");

    assert_int_equal(mkdir(directory, 0700), 0);
    BARE(empty, "--config", directory, "status");
    end_assert_code(&empty, 78);
    end_set(&end, END_LOGIN, "client_id = \"demo\"; client_secret_file = \"%s\";", secret);
    copy_config(&end, directory, "a.conf");
    make_two(&end);
    copy_config(&end, directory, "b.conf");
    BARE(json, "--config", directory, "status", "--format", "json");
    end_assert_code(&json, 0);
    check_two(&json);
    /* the same one, spelled otherwise; and another one */
    end_set(&end, END_DATABASE, "conninfo = \"%s application_name=other\";", end.conninfo);
    copy_config(&end, directory, "c.conf");
    BARE(spelled, "--config", directory, "status", "--format", "json");
    end_assert_code(&spelled, 0);
    check_two(&spelled);
    CLEANUP(mem_cleanup) char *another = cluster_fixture_directory();
    end_set(&end, END_NAME, "gamma");
    end_set(&end, END_DATABASE, "embedded = \"%s\";", another);
    copy_config(&end, directory, "d.conf");
    RUN(night, &end, "run");
    end_assert_code(&night, 0);
    end_set(&end, END_DATABASE, "embedded = \"%s/\";", another);
    copy_config(&end, directory, "e.conf");
    CLEANUP(mem_cleanup) char *one_more = cluster_fixture_directory();
    end_set(&end, END_NAME, "delta");
    end_set(&end, END_DATABASE, "embedded = \"%s\";", one_more);
    copy_config(&end, directory, "f.conf");
    RUN(night_too, &end, "run");
    end_assert_code(&night_too, 0);
    BARE(four, "--config", directory, "status", "--format", "json");
    end_assert_code(&four, 0);
    JSON(all, end_json(&four));
    assert_int_equal(json_object_array_length(end_at(all, "portals")), 4);
    assert_int_equal(unlink(sixth), 0);
    assert_int_equal(unlink(fourth), 0);
    assert_int_equal(unlink(fifth), 0);
    assert_int_equal(file_write(broken, 0600, "x = 1;", 6, NULL), 0);
    BARE(partly, "--config", directory, "status", "--format", "json");
    end_assert_code(&partly, 78); /* told, and the others are shown all the same */
    check_two(&partly);
    end_assert_says(&partly.err, "unknown setting 'x'");
}

/* --- what stands --- */

/* Says the words and must succeed. */
static void say(struct acts *acts, const char *const *words)
{
    CLEANUP(end_result_release) struct end_result result = end_run(&acts->end, words);

    end_assert_code(&result, 0);
}
#define SAY(acts, ...) say(acts, (const char *const[]){__VA_ARGS__, NULL})

static void assert_number(struct json_object *json, const char *path, int64_t wanted)
{
    if (end_number_at(json, path) != wanted)
        fail_msg("%s is %lld, not %lld", path, (long long)end_number_at(json, path),
                 (long long)wanted);
}

TEST(status_lists_what_people_decided_and_when_it_ends)
{
    WORLD(acts, 4, 6, NULL);
    CLEANUP(text_release) struct text line = TEXT_INIT;

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve_only(&acts, acts.row[0].id);
    CLEANUP(mem_cleanup)
    char *near = acts_ask(&acts, "select (today + 20)::text from"
                                 " reconcile.plan");
    CLEANUP(mem_cleanup)
    char *far = acts_ask(&acts, "select (today + 60)::text from"
                                " reconcile.plan");
    CLEANUP(mem_cleanup)
    char *only = end_file(&acts.end, "rejected", acts.row[2].id, strlen(acts.row[2].id));
    SAY(&acts, "keep", acts.row[1].id, "--until", near, "--reason", "handover");
    SAY(&acts, "reject", "1", "--only", only, "--until", far, "--reason", "stays");
    RUN(json, &acts.end, "status", "--format", "json");
    JSON(status, end_json(&json));
    assert_number(status, "stands.waiting", 1);
    assert_number(status, "stands.waiting_due", 1);
    assert_number(status, "stands.approved", 1);
    assert_non_null(end_text_at(status, "stands.approval_first_ends"));
    assert_number(status, "stands.keeps.count", 1);
    assert_string_equal(end_text_at(status, "stands.keeps.first_until"), near);
    assert_number(status, "stands.rejects.count", 1);
    assert_string_equal(end_text_at(status, "stands.rejects.first_until"), far);
    assert_number(status, "stands.agains.count", 0);
    assert_int_equal(json_object_array_length(end_at(status, "guards")), 0);
    RUN(text, &acts.end, "status");
    end_assert_says(&text.out, "waiting   1 row for a person's approval, 1 due by now\n");
    end_assert_says(&text.out, "approved  1 row by enough people");
    end_assert_says(&text.out, "; the first approval ends 20");
    text_addf(&line, "kept      1 account, the first until %s\n", near);
    end_assert_says(&text.out, text_cstr(&line));
    text_clear(&line);
    text_addf(&line, "rejected  1 row, the first until %s\n", far);
    end_assert_says(&text.out, text_cstr(&line));
    end_assert_says(&text.out, " audit decisions\n");
    end_assert_silent_of(&text.out, "held      ");
}

/* The printed command is the one that lets it go; afterwards there is none. */
TEST(status_says_what_holds_and_the_command_that_lets_it_go)
{
    WORLD(acts, 2, 4, NULL);
    CLEANUP(text_release) struct text line = TEXT_INIT;

    acts_only_suspend(&acts);
    end_hold(&acts.end);
    acts_plan(&acts, 20);
    text_addf(&line, "acknowledge %lld --digest %s --guard G2 --reason", (long long)acts.plan,
              acts.digest);
    RUN(text, &acts.end, "status");
    end_assert_says(&text.out, "held      by G2");
    end_assert_says(&text.out, text_cstr(&line));
    RUN(json, &acts.end, "status", "--format", "json");
    JSON(status, end_json(&json));
    struct json_object *guard = json_object_array_get_idx(end_at(status, "guards"), 0);
    assert_string_equal(end_text_at(guard, "id"), "G2");
    assert_non_null(end_text_at(guard, "since"));
    assert_non_null(end_text_at(guard, "found"));
    assert_non_null(strstr(end_text_at(guard, "let_go"), text_cstr(&line)));
    SAY(&acts, "acknowledge", "1", "--digest", acts.digest, "--guard", "G2", "--reason", "sold");
    RUN(after, &acts.end, "status");
    end_assert_says(&after.out, "accepted  G2 by ");
    end_assert_says(&after.out, ": sold\n");
    end_assert_silent_of(&after.out, text_cstr(&line));
    RUN(later, &acts.end, "status", "--format", "json");
    JSON(accepted, end_json(&later));
    struct json_object *one = json_object_array_get_idx(end_at(accepted, "stands.acknowledged"), 0);
    assert_string_equal(end_text_at(one, "guard"), "G2");
    assert_string_equal(end_text_at(one, "reason"), "sold");
}

TEST(status_of_a_stop_has_no_command_that_lets_it_go)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    (void)acts_change(&acts, "insert into reconcile.stop (portal_id, stop_id, reason, who) "
                             "select portal_id, 1, 'audit', 'anna' from reconcile.portal");
    acts_plan(&acts, 20);
    RUN(text, &acts.end, "status");
    end_assert_says(&text.out, "held      by G12");
    end_assert_says(&text.out, "remove the stop");
    end_assert_silent_of(&text.out, "acknowledge");
}

TEST(status_lists_graces_and_acts_whose_outcome_nobody_knows)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve_only(&acts, acts.row[0].id);
    CLEANUP(mem_cleanup) char *called = mem_strdup(acts.row[0].id);
    end_fault(&acts.end, "never-202");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 21);
    RUN(text, &acts.end, "status");
    end_assert_says(&text.out, "acts      1 with an unknown outcome");
    end_assert_says(&text.out, called);
    RUN(json, &acts.end, "status", "--format", "json");
    JSON(status, end_json(&json));
    struct json_object *open = json_object_array_get_idx(end_at(status, "stands.open"), 0);
    assert_string_equal(end_text_at(open, "account_id"), called);
    assert_string_equal(end_text_at(open, "action"), "suspend");
    assert_non_null(end_text_at(open, "since"));
    end_set(&acts.end, END_RULES,
            "{ name = \"gone\"; when = { account = \"active\"; person = \"departed\"; };"
            "  do = \"suspend\"; grace_days = 14; }");
    RUN(announced, &acts.end, "run");
    end_assert_code(&announced, 0);
    CLEANUP(mem_cleanup)
    char *due = acts_ask(&acts, "select max(today + 14)::text from reconcile.plan");
    RUN(grace, &acts.end, "status", "--format", "json");
    JSON(waits, end_json(&grace));
    assert_true(end_number_at(waits, "stands.announced") > 0);
    assert_string_equal(end_text_at(waits, "stands.announced_next"), due);
    RUN(says, &acts.end, "status");
    end_assert_says(&says.out, "grace     ");
    end_assert_says(&says.out, due);
}
