/*
 * status of many portals: by one of their configurations, by a database alone, by a directory of
 * configurations.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "end.h"
#include "host/file.h"
#include "test.h"

#define WORLD(name)                                                                                \
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
    WORLD(end);

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
    WORLD(end);

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
    WORLD(end);
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
    WORLD(end);
    CLEANUP(mem_cleanup) char *directory = probe_path(&end.probe, "etc");
    CLEANUP(mem_cleanup) char *broken = probe_path(&end.probe, "etc/broken.conf");
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
    assert_int_equal(file_write(broken, 0600, "x = 1;", 6, NULL), 0);
    BARE(partly, "--config", directory, "status", "--format", "json");
    end_assert_code(&partly, 78); /* told, and the others are shown all the same */
    check_two(&partly);
    end_assert_says(&partly.err, "unknown setting 'x'");
}
