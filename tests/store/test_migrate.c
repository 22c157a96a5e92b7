/*
 * Migrations against a real server: each case has a database of its own.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cluster_fixture.h"
#include "sql.h"
#include "store/migrate.h"
#include "test.h"

static const struct migration one[] = {{1, "0001_first", "create table reconcile.a (i integer)"},
                                       {0, "", ""}};
static const struct migration two[] = {
    {1, "0001_first", "create table reconcile.a (i integer)"},
    {2, "0002_second", "insert into reconcile.a values (1); create table reconcile.b (i integer);"},
    {0, "", ""}};
static const struct migration changed[] = {{1, "0001_first", "create table reconcile.a (i bigint)"},
                                           {0, "", ""}};
static const struct migration only_second[] = {
    {2, "0002_second", "create table reconcile.c (i integer)"}, {0, "", ""}};
static const struct migration broken[] = {
    {1, "0001_first", "create table reconcile.a (i integer)"},
    {2, "0002_second", "create table reconcile.b (i integer); select 1/0;"},
    {0, "", ""}};
static const struct migration self_ending[] = {
    {1, "0001_first", "create table reconcile.a (i integer); commit"}, {0, "", ""}};

static struct migrate_result apply(struct pg *pg, const struct migration *list)
{
    struct migrate_result result = {.version = -1};
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (migrate_run_list(pg, list, &result, &err) < 0)
        fail_msg("%s", err.text);
    return result;
}

static void assert_refused(struct pg *pg, const struct migration *list, const char *words)
{
    struct migrate_result result = {.version = -1};
    CLEANUP(err_release) struct err err = ERR_INIT, check = ERR_INIT;

    assert_int_equal(migrate_run_list(pg, list, &result, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, words));
    assert_non_null(strstr(err.text, "hint: "));
    assert_int_equal(result.version, -1);
    assert_int_equal(migrate_check_list(pg, list, &check), -1);
    assert_int_equal(check.code, ERR_CONFIG);
    assert_int_equal(PQtransactionStatus(pg_raw(pg)), PQTRANS_IDLE);
}

static bool has_table(struct pg *pg, const char *name)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    assert_int_equal(pg_run(pg, "has_table", "select to_regclass($1) is not null", PG_ONE,
                            (const char *const[]){name}, 1, &result, NULL),
                     0);
    return pg_bool(result, 0, 0);
}

TEST(migrate_run_empty_database_applies_all)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    struct migrate_result result = apply(pg, two);

    assert_int_equal(result.version, 2);
    assert_int_equal(result.applied, 2);
    assert_true(has_table(pg, "reconcile.b"));
    assert_int_equal(migrate_check_list(pg, two, NULL), 0);
}

TEST(migrate_run_second_time_does_nothing)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    struct migrate_result result;

    (void)apply(pg, one);
    result = apply(pg, one);
    assert_int_equal(result.version, 1);
    assert_int_equal(result.applied, 0);
    result = apply(pg, two);
    assert_int_equal(result.version, 2);
    assert_int_equal(result.applied, 1);
}

TEST(migrate_run_compiled_list_fits_itself)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct migrate_result result;

    if (migrate_run(pg, &result, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(migrate_check(pg, NULL), 0);
    assert_int_equal(migrate_run(pg, &result, NULL), 0);
    assert_int_equal(result.applied, 0);
}

TEST(migrate_check_without_schema_says_run_migrate)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(migrate_check_list(pg, one, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, "bynder-reconcile migrate"));
    assert_false(has_table(pg, "reconcile.migration"));
}

TEST(migrate_check_older_schema_names_what_is_missing)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    (void)apply(pg, one);
    assert_int_equal(migrate_check_list(pg, two, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, "0002_second"));
}

TEST(migrate_run_changed_text_refused)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();

    (void)apply(pg, one);
    assert_refused(pg, changed, "another text");
}

TEST(migrate_run_unknown_version_refused)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();

    (void)apply(pg, two);
    assert_refused(pg, one, "'0002_second', which this version");
}

TEST(migrate_run_out_of_order_refused)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();

    (void)apply(pg, only_second);
    assert_refused(pg, two, "but not '0001_first'");
    assert_false(has_table(pg, "reconcile.a"));
}

TEST(migrate_run_broken_one_keeps_those_before)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct migrate_result result;

    assert_int_equal(migrate_run_list(pg, broken, &result, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.text, "0002_second"));
    assert_non_null(strstr(err.text, "22012"));
    assert_false(has_table(pg, "reconcile.b"));
    assert_int_equal(migrate_check_list(pg, one, NULL), 0);
    assert_int_equal(apply(pg, two).applied, 1);
}

TEST(migrate_run_own_commit_refused)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct migrate_result result;

    assert_int_equal(migrate_run_list(pg, self_ending, &result, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.text, "its own transaction"));
}

TEST(migrate_run_while_another_migrates_is_locked)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open_with(20, 1);
    CLEANUP(pg_closep) struct pg *other = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct migrate_result result;

    assert_int_equal(
        pg_open(&(struct pg_settings){.conninfo = cluster_fixture_conninfo()}, &other, NULL), 0);
    assert_int_equal(pg_begin(other, NULL), 0);
    assert_int_equal(pg_run(other, "lock", "select pg_advisory_xact_lock(7095763420163997697)",
                            PG_ONE, NULL, 0, NULL, NULL),
                     0);
    assert_int_equal(migrate_run_list(pg, one, &result, &err), -1);
    assert_int_equal(err.code, ERR_LOCKED);
    pg_rollback(other);
    assert_int_equal(apply(pg, one).applied, 1);
}

TEST(migrate_run_four_at_once_each_applied_once)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    pid_t child[4];

    for (size_t i = 0; i < COUNT_OF(child); i++) {
        child[i] = fork();
        if (child[i] == 0) {
            struct pg_settings settings = {.conninfo = cluster_fixture_conninfo()};
            struct migrate_result result;
            struct pg *own = NULL;

            _exit(pg_open(&settings, &own, NULL) == 0 &&
                          migrate_run_list(own, two, &result, NULL) == 0 && result.version == 2
                      ? 0
                      : 1);
        }
    }
    for (size_t i = 0; i < COUNT_OF(child); i++) {
        int status = -1;

        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(
        pg_run(pg, "rows", "select count(*) from reconcile.a", PG_ONE, NULL, 0, &rows, NULL), 0);
    assert_int_equal(pg_int(rows, 0, 0), 1);
}
