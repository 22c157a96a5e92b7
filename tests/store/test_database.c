/*
 * The database opened through its configuration, and psql on it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "database/database.h"
#include "host/file.h"
#include "test.h"

static struct config_database server(void)
{
    return (struct config_database){.conninfo = cluster_fixture_conninfo(),
                                    .os_user = "postgres",
                                    .connect_timeout = 10,
                                    .statement_timeout = 60,
                                    .lock_timeout = 5};
}

/* psql with its output in a file; *ret_output is malloc'ed. Its exit status. */
static int psql(const struct config_database *config, char *const *arguments, char **ret_output)
{
    CLEANUP(mem_cleanup) char *path = cluster_fixture_directory();
    CLEANUP(text_release) struct text output = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(cleanup_fd) int saved = dup(STDOUT_FILENO);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), status = -1, result;

    assert_true(fd >= 0 && saved >= 0);
    (void)fflush(stdout);
    assert_true(dup2(fd, STDOUT_FILENO) >= 0);
    result = database_psql(config, arguments, &status, &err);
    assert_true(dup2(saved, STDOUT_FILENO) >= 0);
    (void)close(fd);
    if (result < 0)
        fail_msg("%s", err.text);
    assert_int_equal(file_read(path, 100000, ERR_INTERNAL, &output, NULL, NULL), 0);
    *ret_output = text_take(&output);
    return status;
}

TEST(database_psql_passes_arguments_and_status_through)
{
    static const struct {
        const char *sql, *output;
        int status;
    } cases[] = {
        {"select current_setting('search_path')", "reconcile\n", 0},
        {"select 'it''s' || chr(10) || '$HOME'", "it's\n$HOME\n", 0},
        {"select nonsense", "", 1},
    };
    struct config_database config = server();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *sql = mem_strdup(cases[i].sql);
        char *const arguments[] = {(char[]){"-XAtqc"}, sql, NULL};
        CLEANUP(mem_cleanup) char *output = NULL;

        assert_int_equal(psql(&config, arguments, &output), cases[i].status);
        assert_string_equal(output, cases[i].output);
        free(sql);
    }
}

TEST(database_psql_sees_nothing_of_our_environment)
{
    struct config_database config = server();
    char *const arguments[] = {(char[]){"-XAtqc"}, (char[]){"\\! env"}, NULL};
    CLEANUP(mem_cleanup) char *output = NULL;

    assert_int_equal(setenv("PGHOST", "wrong.example", 1), 0);
    assert_int_equal(setenv("BYNDER_CANARY", "visible", 1), 0);
    assert_int_equal(psql(&config, arguments, &output), 0);
    assert_int_equal(unsetenv("PGHOST"), 0);
    assert_null(strstr(output, "BYNDER_CANARY"));
    assert_null(strstr(output, "wrong.example"));
    assert_non_null(strstr(output, "PGAPPNAME=bynder-reconcile psql"));
}

TEST(database_psql_ended_by_a_signal_is_128_and_more)
{
    struct config_database config = server();
    char *const arguments[] = {(char[]){"-XAtqc"}, (char[]){"\\! kill -9 $PPID"}, NULL};
    CLEANUP(mem_cleanup) char *output = NULL;

    assert_int_equal(psql(&config, arguments, &output), 128 + SIGKILL);
}

TEST(database_psql_embedded_starts_and_stops_the_server)
{
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();
    CLEANUP(mem_cleanup) char *pid_file = file_join(directory, "data/postmaster.pid");
    struct config_database config = {.embedded = directory, .os_user = "postgres"};
    char *const arguments[] = {
        (char[]){"-XAtqc"},
        (char[]){"select current_setting('idle_in_transaction_session_timeout')"}, NULL};
    CLEANUP(mem_cleanup) char *output = NULL;

    assert_int_equal(psql(&config, arguments, &output), 0);
    assert_string_equal(output, "20s\n");
    assert_int_equal(access(pid_file, F_OK), -1);
}

static char *setting(const struct config_database *config, const char *name)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "show %s", name);
    if (database_open(config, &database, &err) < 0 ||
        pg_run(database.pg, "show", text_cstr(&sql), PG_ONE, NULL, 0, &result, &err) < 0)
        fail_msg("%s", err.text);
    return mem_strdup(pg_text(result, 0, 0));
}

TEST(database_open_compresses_the_log_of_our_own_server_alone)
{
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();
    struct config_database embedded = {.embedded = directory, .os_user = "postgres"};
    struct config_database other = server();
    CLEANUP(mem_cleanup) char *ours = setting(&embedded, "wal_compression");
    CLEANUP(mem_cleanup) char *theirs = setting(&other, "wal_compression");

    assert_string_equal(ours, "lz4");
    assert_string_equal(theirs, "off");
}

/* A psql that somebody left open: a run comes and goes, psql goes on. */
TEST(database_open_beside_an_open_psql_comes_and_goes)
{
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();
    CLEANUP(mem_cleanup) char *pid_file = file_join(directory, "data/postmaster.pid");
    struct config_database config = {.embedded = directory, .os_user = "postgres"};
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct database run = {.cluster = NULL};
    int input[2], output[2], status = -1;
    char byte = 0;
    pid_t child;

    assert_int_equal(pipe(input), 0);
    assert_int_equal(pipe(output), 0);
    child = fork();
    if (child == 0) {
        char *const arguments[] = {(char[]){"-XAtq"}, NULL};

        (void)close(input[1]);
        if (dup2(input[0], STDIN_FILENO) < 0 || dup2(output[1], STDOUT_FILENO) < 0)
            _exit(1);
        (void)close(output[1]);
        _exit(database_psql(&config, arguments, &status, NULL) == 0 ? status : 1);
    }
    (void)close(input[0]);
    (void)close(output[1]);
    assert_int_equal(write(input[1], "begin; select 1;\n", 17), 17);
    assert_int_equal(read(output[0], &byte, 1), 1); /* psql is connected, in a transaction */
    assert_int_equal(byte, '1');
    if (database_open(&config, &run, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(pg_run(run.pg, "one", "select 1", PG_ONE, NULL, 0, NULL, NULL), 0);
    database_release(&run);
    assert_int_equal(access(pid_file, F_OK), 0);
    assert_int_equal(write(input[1], "select 2;\n", 10), 10);
    assert_int_equal(read(output[0], &byte, 1), 1); /* the newline */
    assert_int_equal(read(output[0], &byte, 1), 1);
    assert_int_equal(byte, '2');
    (void)close(input[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(output[0]);
    assert_int_equal(access(pid_file, F_OK), -1);
}

TEST(database_open_server_with_a_password_file)
{
    CLEANUP(mem_cleanup) char *path = cluster_fixture_directory();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct config_database config = server();
    struct database database = {.cluster = NULL};

    config.password.file = path;
    assert_int_equal(database_open(&config, &database, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG); /* no such file */
    assert_non_null(strstr(err.text, path));
    assert_int_equal(file_write(path, 0600, "s3cret-canary\n", 14, NULL), 0);
    assert_int_equal(database_open(&config, &database, NULL), 0);
    assert_null(database.cluster);
    assert_string_equal(PQpass(pg_raw(database.pg)), "s3cret-canary");
    database_release(&database);
}

TEST(database_open_server_down_is_unreachable_without_the_password)
{
    CLEANUP(mem_cleanup) char *path = cluster_fixture_directory();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct config_database config = {.conninfo = "host=/nonexistent dbname=acme",
                                     .connect_timeout = 1};
    struct database database = {.cluster = NULL};

    assert_int_equal(file_write(path, 0600, "s3cret-canary\n", 14, NULL), 0);
    config.password.file = path;
    assert_int_equal(database_open(&config, &database, &err), -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_null(strstr(err.text, "canary"));
}
