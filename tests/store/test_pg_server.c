/*
 * Servers, databases and roles that are set up in other ways than ours: what makes no difference,
 * and what is refused with the cure.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "database/pg.h"
#include "database/server.h"
#include "store/migrate.h"
#include "store_world.h"
#include "test.h"

static struct pg *open_or_fail(const char *conninfo)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct pg *pg = NULL;

    if (pg_open(&(struct pg_settings){.conninfo = conninfo}, &pg, &err) < 0)
        fail_msg("%s", err.text);
    return pg;
}

static void run(struct pg *pg, const char *sql)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (pg_script(pg, "script", sql, &err) < 0)
        fail_msg("%s: %s", sql, err.text);
}

/* --- encodings --- */

/* The fixture's server, another database. */
static char *conninfo_of(const char *database)
{
    struct text text = TEXT_INIT;

    text_addf(&text, "%s dbname=%s", cluster_fixture_conninfo(), database);
    return text_take(&text);
}

static void run_shell(const char *command)
{
    CLEANUP(server_release) struct server found = {.directory = NULL};
    CLEANUP(text_release) struct text words = TEXT_INIT;
    int status = -1;
    pid_t child;

    assert_int_equal(server_choose_programs(&found, NULL, "/", NULL), 0);
    text_addf(&words, "PATH=%s:$PATH; export PATH PGUSER=reconcile; %s", found.bindir, command);
    child = fork();
    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-c", text_cstr(&words), NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

TEST(pg_open_a_database_that_is_not_utf8_is_refused_with_the_cure)
{
    static const struct {
        const char *name, *encoding;
    } cases[] = {{"latin", "LATIN1"}, {"west", "WIN1252"}, {"bytes", "SQL_ASCII"}};
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT, utf8 = TEXT_INIT;
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(mem_cleanup) char *conninfo = conninfo_of(cases[i].name);
        struct pg *refused = NULL;

        text_addf(&sql, "create database %s template template0 locale 'C' encoding '%s'",
                  cases[i].name, cases[i].encoding);
        run(pg, text_cstr(&sql));
        assert_int_equal(pg_open(&(struct pg_settings){.conninfo = conninfo}, &refused, &err), -1);
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.text, cases[i].encoding));
        assert_non_null(strstr(err.text, cases[i].name));

        /* What the hint says can be pasted, and cures. */
        const char *command = strstr(err.text, "createdb ");
        assert_non_null(command);
        assert_non_null(strstr(command, " -T template0 -E UTF8 "));
        run_shell(command);
        text_addf(&utf8, "%s_utf8", cases[i].name);
        CLEANUP(mem_cleanup) char *cured = conninfo_of(text_cstr(&utf8));
        CLEANUP(pg_closep) struct pg *works = open_or_fail(cured);
        struct migrate_result migrated;
        assert_int_equal(migrate_run(works, &migrated, NULL), 0);
    }
}

/* --- settings of a role or a database --- */

/* Each with a value that would change what we send, what we get, or whether we get it; times are
 * long enough to reach the moment at which they are replaced. */
static const struct {
    const char *name, *theirs, *ours;
} settings[] = {
    {"standard_conforming_strings", "off", "on"},
    {"default_transaction_read_only", "on", "off"},
    {"default_transaction_isolation", "serializable", "read committed"},
    {"default_transaction_deferrable", "on", "off"},
    {"datestyle", "'SQL, DMY'", "ISO, YMD"},
    {"intervalstyle", "sql_standard", "iso_8601"},
    {"extra_float_digits", "-15", "3"},
    {"bytea_output", "escape", "hex"},
    {"search_path", "nowhere", "reconcile, pg_catalog"},
    {"timezone", "'Pacific/Auckland'", "UTC"},
    {"statement_timeout", "20000", "10min"},
    {"lock_timeout", "1", "30s"},
    {"idle_in_transaction_session_timeout", "20000", "10min"},
    {"idle_session_timeout", "20000", "0"},
    {"transform_null_equals", "on", "off"},
    {"array_nulls", "off", "on"},
    {"exit_on_error", "on", "off"},
    {"row_security", "off", "on"},
    {"synchronous_commit", "off", "on"},
    {"client_encoding", "latin1", "UTF8"},
};

static void set_all(struct pg *pg, const char *whose)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;

        text_addf(&sql, "alter %s set %s = %s", whose, settings[i].name, settings[i].theirs);
        run(pg, text_cstr(&sql));
    }
}

static void assert_ours(struct pg *pg)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        CLEANUP(pg_clearp) PGresult *result = NULL;

        assert_int_equal(pg_run(pg, "show", "select current_setting($1)", PG_ONE,
                                (const char *const[]){settings[i].name}, 1, &result, NULL),
                         0);
        if (!text_equal(pg_text(result, 0, 0), settings[i].ours))
            fail_msg("%s is %s", settings[i].name, pg_text(result, 0, 0));
    }
}

TEST(pg_open_settings_of_role_and_database_make_no_difference)
{
    CLEANUP(pg_closep) struct pg *maker = cluster_fixture_open();
    CLEANUP(mem_cleanup) char *conninfo = mem_strdup(cluster_fixture_conninfo());
    CLEANUP(text_release) struct text database = TEXT_INIT, other = TEXT_INIT;
    struct migrate_result migrated;

    text_addf(&database, "database %s", PQdb(pg_raw(maker)));
    set_all(maker, text_cstr(&database));
    run(maker, "create role odd login superuser");
    set_all(maker, "role odd");
    CLEANUP(pg_closep) struct pg *pg = open_or_fail(conninfo);
    assert_ours(pg);
    text_addf(&other, "%s user=odd", conninfo);
    CLEANUP(pg_closep) struct pg *odd = open_or_fail(text_cstr(&other));
    assert_ours(odd);
    assert_int_equal(migrate_run(odd, &migrated, NULL), 0);
    assert_true(migrated.applied > 0);
}

/* A site may ask for more than we do: that stays. */
TEST(pg_open_a_stricter_commit_stays)
{
    CLEANUP(pg_closep) struct pg *maker = cluster_fixture_open();
    CLEANUP(mem_cleanup) char *conninfo = mem_strdup(cluster_fixture_conninfo());
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    text_addf(&sql, "alter database %s set synchronous_commit = remote_apply", PQdb(pg_raw(maker)));
    run(maker, text_cstr(&sql));
    CLEANUP(pg_closep) struct pg *pg = open_or_fail(conninfo);
    assert_int_equal(pg_run(pg, "show", "show synchronous_commit", PG_ONE, NULL, 0, &result, NULL),
                     0);
    assert_string_equal(pg_text(result, 0, 0), "remote_apply");
}

TEST(pg_open_without_triggers_is_refused)
{
    CLEANUP(pg_closep) struct pg *maker = cluster_fixture_open();
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    CLEANUP(mem_cleanup) char *conninfo = mem_strdup(cluster_fixture_conninfo());
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct pg *pg = NULL;

    text_addf(&sql, "alter database %s set session_replication_role = replica",
              PQdb(pg_raw(maker)));
    run(maker, text_cstr(&sql));
    assert_int_equal(pg_open(&(struct pg_settings){.conninfo = conninfo}, &pg, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, "session_replication_role"));
}

/* --- a connection that dies --- */

/* The kernel ends a connection whose other side is gone: 30 s of silence, three questions of 10 s;
 * a minute when something was sent. The connection string may say otherwise. */
TEST(pg_open_asks_the_kernel_to_notice_a_dead_server)
{
    static const struct {
        const char *keyword, *value, *other;
    } words[] = {
        {"keepalives", "1", "0"},           {"keepalives_idle", "30", "7"},
        {"keepalives_interval", "10", "8"}, {"keepalives_count", "3", "9"},
        {"tcp_user_timeout", "60000", "5"},
    };
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(text_release) struct text conninfo = TEXT_INIT;

    text_add(&conninfo, cluster_fixture_conninfo());
    for (size_t i = 0; i < COUNT_OF(words); i++)
        text_addf(&conninfo, " %s=%s", words[i].keyword, words[i].other);
    CLEANUP(pg_closep) struct pg *other = open_or_fail(text_cstr(&conninfo));
    for (int asked = 0; asked < 2; asked++) {
        PQconninfoOption *option = PQconninfo(pg_raw(asked ? other : pg));

        for (size_t i = 0; i < COUNT_OF(words); i++) {
            const PQconninfoOption *one = option;

            while (one->keyword && strcmp(one->keyword, words[i].keyword) != 0)
                one++;
            assert_string_equal(one->val, asked ? words[i].other : words[i].value);
        }
        PQconninfoFree(option);
    }
}
