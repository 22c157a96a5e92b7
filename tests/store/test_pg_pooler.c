/*
 * A real pgbouncer in between: whoever lends a session to many is refused before anything is set
 * there; whoever keeps one session for one client is as good as the server.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "database/pg.h"
#include "pooler.h"
#include "seconds.h"
#include "store/migrate.h"
#include "store/store.h"
#include "test.h"

static int try_open(const char *conninfo, int64_t connect_s, struct pg **ret_pg, struct err *err)
{
    *ret_pg = NULL;
    return pg_open(&(struct pg_settings){.conninfo = conninfo, .connect_timeout_s = connect_s},
                   ret_pg, err);
}

static void assert_is_refused(const struct err *err)
{
    assert_int_equal(err->code, ERR_CONFIG);
    assert_non_null(strstr(err->text, "a pooler in transaction mode stands between"));
    assert_non_null(strstr(err->text, "hint: "));
    assert_non_null(strstr(err->text, "pool_mode=session"));
}

static PGconn *raw(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);

    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(conn));
    return conn;
}

static void raw_run(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);

    PQclear(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
}

/* The value of a setting in whatever session the pool lends. */
static char *raw_show(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    char *value = mem_strdup(PQgetvalue(result, 0, 0));

    PQclear(result);
    return value;
}

TEST(pg_open_a_pool_of_transactions_is_refused_and_nothing_is_left_there)
{
    static const struct pooler_settings cases[] = {
        {.mode = "transaction"},
        {.mode = "transaction", .size = 1},
        {.mode = "transaction", .size = 2, .round_robin = true},
        {.mode = "transaction", .size = 3, .round_robin = true},
        {.mode = "statement"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(pg_closep) __attribute__((unused)) struct pg *direct = cluster_fixture_open();
        CLEANUP(pooler_release) struct pooler pooler = pooler_start(&cases[i]);
        CLEANUP(err_release) struct err err = ERR_INIT;
        struct pg *pg = NULL;

        /* Others were here: as many sessions as there may be wait in the pool. */
        for (int pass = 0; cases[i].mode[0] == 't' && pass < 2; pass++) {
            PGconn *other[3] = {NULL};
            int sessions = cases[i].size ? cases[i].size : 3;

            for (int j = 0; j < sessions; j++) {
                other[j] = raw(pooler.conninfo);
                raw_run(other[j], "begin; select 1");
            }
            for (int j = 0; j < sessions; j++) {
                raw_run(other[j], "commit");
                PQfinish(other[j]);
            }
        }
        assert_int_equal(try_open(pooler.conninfo, 10, &pg, &err), -1);
        assert_is_refused(&err);
        PGconn *after = raw(pooler.conninfo);
        CLEANUP(mem_cleanup) char *path = raw_show(after, "show search_path");
        PQfinish(after);
        assert_string_equal(path, "\"$user\", public");
    }
}

/* Others hold transactions open meanwhile, so that the two connections never meet by themselves. */
TEST(pg_open_a_busy_pool_of_transactions_is_refused)
{
    CLEANUP(pg_closep) __attribute__((unused)) struct pg *direct = cluster_fixture_open();
    CLEANUP(pooler_release)
    struct pooler pooler = pooler_start(&(struct pooler_settings){.mode = "transaction"});
    CLEANUP(err_release) struct err err = ERR_INIT;
    PGconn *busy[4];
    struct pg *pg = NULL;

    for (size_t i = 0; i < COUNT_OF(busy); i++) {
        busy[i] = raw(pooler.conninfo);
        raw_run(busy[i], "begin; select 1");
    }
    assert_int_equal(try_open(pooler.conninfo, 10, &pg, &err), -1);
    assert_is_refused(&err);
    for (size_t i = 0; i < COUNT_OF(busy); i++)
        PQfinish(busy[i]);
}

TEST(pg_open_a_pool_of_sessions_works)
{
    static const struct pooler_settings cases[] = {
        {.mode = "session"},
        {.mode = "session", .round_robin = true},
        {.mode = "session", .size = 1}, /* no room for the connection that compares */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(pg_closep) __attribute__((unused)) struct pg *direct = cluster_fixture_open();
        CLEANUP(pooler_release) struct pooler pooler = pooler_start(&cases[i]);
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(pg_closep) struct pg *pg = NULL;
        struct migrate_result migrated;
        struct store store, other;
        double start = now_s();

        if (try_open(pooler.conninfo, 1, &pg, &err) < 0 || migrate_run(pg, &migrated, &err) < 0 ||
            store_open(pg, "acme", "https://acme.example", &store, &err) < 0 ||
            store_lock(&store, &err) < 0)
            fail_msg("%zu: %s", i, err.text);
        assert_true(now_s() - start < HANGS_S);
        /* The lock keeps others out, who come another way. */
        if (store_open(direct, "acme", "https://acme.example", &other, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(store_lock(&other, &err), -1);
        assert_int_equal(err.code, ERR_LOCKED);
    }
}

/* Somebody changes the pool after the connection was made: two sessions take turns, and the one
 * that has the lock is not the one that asks next. */
TEST(store_lock_that_another_session_has_is_refused)
{
    CLEANUP(pg_closep) __attribute__((unused)) struct pg *direct = cluster_fixture_open();
    CLEANUP(pooler_release)
    struct pooler pooler =
        pooler_start(&(struct pooler_settings){.mode = "session", .size = 2, .round_robin = true});
    CLEANUP(text_release) struct text console = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_closep) struct pg *pg = NULL;
    struct migrate_result migrated;
    struct store store;

    if (try_open(pooler.conninfo, 10, &pg, &err) < 0 || migrate_run(pg, &migrated, &err) < 0 ||
        store_open(pg, "acme", "https://acme.example", &store, &err) < 0)
        fail_msg("%s", err.text);
    text_addf(&console, "%s dbname=pgbouncer", pooler.conninfo);
    PGconn *admin = raw(text_cstr(&console));
    raw_run(admin, "set pool_mode = 'transaction'");
    PQfinish(admin);
    assert_int_equal(store_lock(&store, &err), -1);
    assert_is_refused(&err);
}
