/*
 * The connection against a real server, and against sockets that never answer.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "cluster_fixture.h"
#include "database/pg.h"
#include "host/clock.h"
#include "seconds.h"
#include "test.h"

static const char query_none[] = "select 1";
static const char query_pair[] = "select $1::text, $2::bigint + 1";

static void must(int result, const struct err *err)
{
    if (result < 0)
        fail_msg("%s", err->text ? err->text : "failed");
}

static void run(struct pg *pg, const char *sql)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    must(pg_script(pg, "script", sql, &err), &err);
}

static int64_t number(struct pg *pg, const char *sql)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    must(pg_run(pg, "number", sql, PG_ONE, NULL, 0, &result, &err), &err);
    return pg_int(result, 0, 0);
}

/* --- opening --- */

/* A loopback port that takes connections (when `listening`) and says nothing. */
static int quiet_port(bool listening, uint16_t *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    if (listening)
        assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void assert_unreachable(bool listening, const char *words)
{
    CLEANUP(text_release) struct text conninfo = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct pg *pg = NULL;
    uint16_t port;
    int fd = quiet_port(listening, &port);
    double start = now_s();

    text_addf(&conninfo, "host=127.0.0.1 port=%u dbname=acme", (unsigned)port);
    assert_int_equal(
        pg_open(&(struct pg_settings){.conninfo = text_cstr(&conninfo), .connect_timeout_s = 1},
                &pg, &err),
        -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_non_null(strstr(err.text, "'acme'"));
    assert_non_null(strstr(err.text, words));
    assert_null(pg);
    assert_true(now_s() - start < HANGS_S);
    (void)close(fd);
}

TEST(pg_open_server_that_never_answers_ends_at_the_deadline)
{
    assert_unreachable(true, "did not answer within 1 s");
}

TEST(pg_open_nobody_listens_is_unreachable)
{
    assert_unreachable(false, "Connection refused");
}

TEST(pg_open_wrong_conninfo_is_config)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct pg *pg = NULL;

    assert_int_equal(pg_open(&(struct pg_settings){.conninfo = "hots=x"}, &pg, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, "hots"));
}

TEST(pg_open_missing_database_is_unreachable)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text conninfo = TEXT_INIT;
    struct pg *pg = NULL;

    text_addf(&conninfo, "%s dbname=nobody_made_this", cluster_fixture_conninfo());
    assert_int_equal(pg_open(&(struct pg_settings){.conninfo = text_cstr(&conninfo)}, &pg, &err),
                     -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_non_null(strstr(err.text, "nobody_made_this"));
}

TEST(pg_open_session_has_the_promised_settings)
{
    static const char *const wanted[][2] = {
        {"client_encoding", "UTF8"},
        {"TimeZone", "UTC"},
        {"DateStyle", "ISO, YMD"},
        {"statement_timeout", "7s"},
        {"lock_timeout", "3s"},
        {"idle_in_transaction_session_timeout", "1min"},
        {"application_name", "bynder-reconcile"},
        {"search_path", "reconcile, pg_catalog"},
    };
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open_with(7, 3);

    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        CLEANUP(pg_clearp) PGresult *result = NULL;

        assert_int_equal(pg_run(pg, "show", "select current_setting($1)", PG_ONE,
                                (const char *const[]){wanted[i][0]}, 1, &result, NULL),
                         0);
        assert_string_equal(pg_text(result, 0, 0), wanted[i][1]);
    }
}

/* As a role that it takes on it may not see when its own session began. */
TEST(pg_open_a_login_that_is_another_role_at_once_works)
{
    CLEANUP(pg_closep) struct pg *owner = cluster_fixture_open();
    CLEANUP(pg_closep) struct pg *pg = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text conninfo = TEXT_INIT;

    run(owner, "create role taken_on; create role takes_on login password 'x' in role taken_on;"
               "alter role takes_on set role taken_on");
    text_addf(&conninfo, "%s user=takes_on password=x", cluster_fixture_conninfo());
    must(pg_open(&(struct pg_settings){.conninfo = text_cstr(&conninfo)}, &pg, &err), &err);
    assert_int_equal(number(pg, "select count(*) from (select current_user) u"
                                " where current_user = 'taken_on'"),
                     1);
    run(owner, "drop role takes_on, taken_on");
}

/* --- statements --- */

TEST(pg_query_any_number_of_parameters_runs)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *none = NULL, *pair = NULL;

    must(PG_QUERY(pg, none, PG_ONE, &none, &err), &err);
    assert_int_equal(pg_int(none, 0, 0), 1);
    must(PG_QUERY(pg, pair, PG_ONE, &pair, &err, NULL, "41"), &err);
    assert_null(pg_text(pair, 0, 0));
    assert_int_equal(pg_int(pair, 0, 1), 42);
}

TEST(pg_run_each_shape_takes_what_fits)
{
    static const struct {
        const char *sql;
        bool fits[4]; /* nothing, one, maybe, many */
    } cases[] = {
        {"select 1 where false", {false, false, true, true}},
        {"select 1", {false, true, true, true}},
        {"select generate_series(1, 2)", {false, false, false, true}},
        {"set local jit = off", {true, false, false, false}},
        {"", {false, false, false, false}},
    };
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t shape = 0; shape < COUNT_OF(cases[i].fits); shape++) {
            CLEANUP(err_release) struct err err = ERR_INIT;
            int result =
                pg_run(pg, "shape", cases[i].sql, (enum pg_shape)shape, NULL, 0, NULL, &err);

            assert_int_equal(result, cases[i].fits[shape] ? 0 : -1);
            assert_int_equal(err.code, cases[i].fits[shape] ? ERR_NONE : ERR_INTERNAL);
        }
    }
}

TEST(pg_run_server_error_has_the_right_code_and_words)
{
    static const struct {
        const char *sql;
        enum err_code code;
        const char *words, *absent;
    } cases[] = {
        {"select * from nowhere", ERR_INTERNAL, "42P01", "hint"},
        {"select 'Anna Secret'::bigint", ERR_INTERNAL, "22P02", "Anna"},
        {"do $$ begin raise exception sqlstate '53100' using message = 'full'; end $$",
         ERR_UNREACHABLE, "full", "22"},
        {"do $$ begin raise exception sqlstate '57P01' using message = 'bye'; end $$",
         ERR_UNREACHABLE, "bye", "22"},
        {"do $$ begin raise exception sqlstate '08006' using message = 'x'; end $$",
         ERR_UNREACHABLE, "08006", "22P"},
        {"do $$ begin raise exception sqlstate '55P03' using message = 'x'; end $$", ERR_LOCKED,
         "55P03", "22P"},
        {"do $$ begin raise exception sqlstate 'XX000' using message = 'lost'; end $$",
         ERR_UNREACHABLE, "lost", "22P"},
        {"do $$ begin raise exception E'red \\x1b[31m\\nline'; end $$", ERR_INTERNAL, "P0001",
         "\x1b"},
        {"set transaction_read_only = on; create table t (i integer)", ERR_INTERNAL, "42601",
         "hint"},
    };
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;

        assert_int_equal(pg_run(pg, "the_name", cases[i].sql, PG_MANY, NULL, 0, NULL, &err), -1);
        assert_int_equal(err.code, cases[i].code);
        assert_non_null(strstr(err.text, "'the_name'"));
        assert_non_null(strstr(err.text, cases[i].words));
        assert_null(strstr(err.text, cases[i].absent));
        assert_null(strchr(err.text, '\n'));
        assert_int_equal(number(pg, "select 1"), 1);
    }
}

TEST(pg_run_statement_timeout_is_unreachable_and_connection_lives)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open_with(1, 1);
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(pg_run(pg, "slow", "select pg_sleep(20)", PG_ONE, NULL, 0, NULL, &err), -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_non_null(strstr(err.text, "database.statement_timeout"));
    assert_int_equal(number(pg, "select 1"), 1);
}

TEST(pg_run_lock_timeout_is_locked)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open_with(10, 1);
    CLEANUP(pg_closep) struct pg *other = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;

    run(pg, "create table public.t (i integer)");
    must(pg_open(&(struct pg_settings){.conninfo = cluster_fixture_conninfo()}, &other, &err),
         &err);
    must(pg_begin(other, &err), &err);
    run(other, "lock table public.t");
    assert_int_equal(pg_run(pg, "wait", "select i from public.t", PG_MANY, NULL, 0, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERR_LOCKED);
}

TEST(pg_run_backend_terminated_is_unreachable_for_ever)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();

    for (int i = 0; i < 3; i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;

        assert_int_equal(pg_run(pg, "end", "select pg_terminate_backend(pg_backend_pid())", PG_ONE,
                                NULL, 0, NULL, &err),
                         -1);
        assert_int_equal(err.code, ERR_UNREACHABLE);
    }
    assert_int_equal(pg_begin(pg, NULL), -1);
    pg_rollback(pg);
}

/* The whole server stands still, so that even the request to cancel is not answered. */
TEST(pg_run_server_stands_still_ends_at_the_deadline)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open_with(1, 1);
    CLEANUP(err_release) struct err err = ERR_INIT, again = ERR_INIT;
    pid_t backend = (pid_t)number(pg, "select pg_backend_pid()");
    pid_t postmaster =
        (pid_t)number(pg, "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::bigint");
    double start = now_s();
    int result;

    assert_int_equal(kill(postmaster, SIGSTOP), 0);
    assert_int_equal(kill(backend, SIGSTOP), 0);
    result = pg_run(pg, "still", "select 1", PG_ONE, NULL, 0, NULL, &err);
    assert_int_equal(kill(backend, SIGCONT), 0);
    assert_int_equal(kill(postmaster, SIGCONT), 0);
    assert_int_equal(result, -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_non_null(strstr(err.text, "not known"));
    assert_true(now_s() - start < HANGS_S);
    assert_null(pg_raw(pg));
    assert_int_equal(pg_run(pg, "again", "select 1", PG_ONE, NULL, 0, NULL, &again), -1);
    assert_int_equal(again.code, ERR_UNREACHABLE);
}

/* --- transactions --- */

TEST(pg_commit_after_a_failure_is_an_error)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    must(pg_begin(pg, &err), &err);
    assert_int_equal(pg_run(pg, "bad", "select 1/0", PG_ONE, NULL, 0, NULL, NULL), -1);
    assert_int_equal(pg_commit(pg, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
}

TEST(pg_rollback_undoes_and_may_be_called_any_time)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    run(pg, "create table public.t (i integer)");
    pg_rollback(pg);
    must(pg_begin(pg, &err), &err);
    run(pg, "insert into public.t values (1)");
    pg_rollback(pg);
    assert_int_equal(number(pg, "select count(*) from public.t"), 0);
    must(pg_begin(pg, &err), &err);
    run(pg, "insert into public.t values (1)");
    must(pg_commit(pg, &err), &err);
    pg_rollback(pg);
    assert_int_equal(number(pg, "select count(*) from public.t"), 1);
}

/* --- copy --- */

static const char copy_sql[] = "copy public.t (i, v) from stdin";

TEST(pg_copy_hostile_values_come_back_as_they_were)
{
    static const char *const values[] = {
        "plain", "",   NULL,    "tab\there", "line\nfeed", "cr\rhere",  "\\N",
        "\\.",   "\\", "a\\tb", "\\\\.\n",   "\x01\x1b",   "naïve ☂ 𝄞", "'; drop--"};
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text rows = TEXT_INIT;
    CLEANUP(pg_clearp) PGresult *back = NULL;
    int64_t count = 0;

    run(pg, "create table public.t (i integer, v text)");
    must(pg_copy_begin(pg, "t_copy", copy_sql, &err), &err);
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        text_addf(&rows, "%zu\t", i);
        pg_copy_field(&rows, values[i]);
        pg_copy_end_row(&rows);
    }
    must(pg_copy_send(pg, &rows, true, &err), &err);
    assert_int_equal(rows.length, 0);
    must(pg_copy_end(pg, &count, &err), &err);
    assert_int_equal(count, COUNT_OF(values));
    must(pg_run(pg, "back", "select v from public.t order by i", PG_MANY, NULL, 0, &back, &err),
         &err);
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        assert_int_equal(values[i] == NULL, pg_text(back, (int)i, 0) == NULL);
        if (values[i])
            assert_string_equal(pg_text(back, (int)i, 0), values[i]);
    }
}

TEST(pg_copy_large_is_sent_in_pieces)
{
    enum { ROWS = 200000 };
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text rows = TEXT_INIT;
    size_t longest = 0;
    int64_t count = 0;

    run(pg, "create table public.t (i integer, v text)");
    must(pg_copy_begin(pg, "t_copy", copy_sql, &err), &err);
    for (int i = 0; i < ROWS; i++) {
        text_addf(&rows, "%d\t", i);
        pg_copy_field(&rows, "forty bytes of what a row usually holds.");
        pg_copy_end_row(&rows);
        must(pg_copy_send(pg, &rows, false, &err), &err);
        longest = rows.length > longest ? rows.length : longest;
    }
    must(pg_copy_send(pg, &rows, true, &err), &err);
    must(pg_copy_end(pg, &count, &err), &err);
    assert_int_equal(count, ROWS);
    assert_true(longest <= 65536 + 100);
}

TEST(pg_copy_end_refused_row_is_an_error_and_connection_lives)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text rows = TEXT_INIT;
    int64_t count = -1;

    run(pg, "create table public.t (i integer, v text)");
    must(pg_copy_begin(pg, "t_copy", copy_sql, &err), &err);
    pg_copy_field(&rows, "Anna Secret");
    pg_copy_field(&rows, "x");
    pg_copy_end_row(&rows);
    must(pg_copy_send(pg, &rows, true, &err), &err);
    assert_int_equal(pg_copy_end(pg, &count, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.text, "'t_copy'"));
    assert_null(strstr(err.text, "Anna"));
    assert_int_equal(count, -1);
    assert_int_equal(number(pg, "select count(*) from public.t"), 0);
}

TEST(pg_rollback_in_a_copy_drops_its_rows)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text rows = TEXT_INIT;

    run(pg, "create table public.t (i integer, v text)");
    must(pg_begin(pg, &err), &err);
    must(pg_copy_begin(pg, "t_copy", copy_sql, &err), &err);
    text_add(&rows, "1\tx\n");
    must(pg_copy_send(pg, &rows, true, &err), &err);
    pg_rollback(pg);
    assert_int_equal(number(pg, "select count(*) from public.t"), 0);
}

TEST(pg_run_given_a_copy_is_an_error)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(
        pg_run(pg, "copy_out", "copy (select 1) to stdout", PG_MANY, NULL, 0, NULL, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
}

/* --- row by row --- */

struct sum {
    int64_t rows, total, stop_after;
};

static int add_row(const PGresult *row, void *context, struct err *err)
{
    struct sum *sum = context;

    assert_int_equal(PQntuples(row), 1);
    if (sum->stop_after > 0 && sum->rows == sum->stop_after)
        return err_set(err, ERR_ROSTER, "enough");
    sum->rows++;
    sum->total += pg_int(row, 0, 0);
    return 0;
}

TEST(pg_each_calls_for_every_row)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct sum sum = {.rows = 0};

    must(pg_each(pg, "series", "select generate_series(1, $1::integer)",
                 (const char *const[]){"100000"}, 1, add_row, &sum, &err),
         &err);
    assert_int_equal(sum.rows, 100000);
    assert_int_equal(sum.total, INT64_C(100000) * 100001 / 2);
    must(pg_each(pg, "none", "select 1 where false", NULL, 0, add_row, &sum, &err), &err);
    assert_int_equal(sum.rows, 100000);
}

/* The values of one row of each type that is read, and those at their ends. */
static int check_values(const PGresult *row, void *context, struct err *err)
{
    (void)err;
    ++*(int *)context;
    assert_int_equal(pg_int(row, 0, 0), -32768);
    assert_int_equal(pg_int(row, 0, 1), -2147483647);
    assert_int_equal(pg_int(row, 0, 2), INT64_C(9223372036854775807));
    assert_true(pg_bool(row, 0, 3));
    assert_false(pg_bool(row, 0, 4));
    assert_string_equal(pg_text(row, 0, 5), "Zoë\n");
    assert_string_equal(pg_text(row, 0, 6), "");
    assert_null(pg_text(row, 0, 7));
    assert_string_equal(pg_text(row, 0, 8), "[1, {\"a\": null}]");
    assert_string_equal(pg_text(row, 0, 9), "[ 1]");
    assert_int_equal(pg_instant(row, 0, 10).us, INT64_C(951782400123456));
    assert_int_equal(pg_instant(row, 0, 11).us, -1);
    assert_int_equal(pg_instant(row, 0, 12).us, 7); /* as a number */
    assert_false(instant_is_set(pg_instant(row, 0, 13)));
    return 0;
}

TEST(pg_each_gives_every_type_as_it_is)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    int rows = 0;

    must(pg_each(pg, "values",
                 "select (-32768)::smallint, -2147483647, 9223372036854775807, true, false,"
                 " 'Zoë' || chr(10), ''::text, null::text, '[1,{\"a\":null}]'::jsonb, '[ 1]'::json,"
                 " timestamptz '2000-02-29 00:00:00.123456Z',"
                 " timestamptz '1969-12-31 23:59:59.999999Z', 7::bigint, null::timestamptz",
                 NULL, 0, check_values, &rows, &err),
         &err);
    assert_int_equal(rows, 1);
}

TEST(pg_each_stopped_gives_its_error_and_connection_lives)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct sum sum = {.stop_after = 3};

    assert_int_equal(
        pg_each(pg, "series", "select generate_series(1, 50000000)", NULL, 0, add_row, &sum, &err),
        -1);
    assert_int_equal(err.code, ERR_ROSTER);
    assert_int_equal(sum.rows, 3);
    assert_int_equal(number(pg, "select 1"), 1);
}

TEST(pg_each_error_among_the_rows_is_reported)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct sum sum = {.rows = 0};

    assert_int_equal(pg_each(pg, "dividing", "select 10 / (3 - i) from generate_series(1, 5) i",
                             NULL, 0, add_row, &sum, &err),
                     -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.text, "22012"));
    assert_int_equal(number(pg, "select 1"), 1);
}

/* --- many rows at a time --- */

static int add_fetched(const PGresult *rows, int row, void *context, struct err *err)
{
    struct sum *sum = context;

    if (sum->stop_after && sum->rows == sum->stop_after)
        return err_set(err, ERR_ROSTER, "enough");
    sum->rows++;
    sum->total += pg_int(rows, row, 0);
    return 0;
}

static void declare_numbers(struct pg *pg, const char *what, const char *last)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "declare kept no scroll cursor for select %s from generate_series(1, $1::integer) i",
              what);
    must(pg_begin(pg, &err), &err);
    must(pg_run(pg, "declare", text_cstr(&sql), PG_NOTHING, (const char *const[]){last}, 1, NULL,
                &err),
         &err);
}

TEST(pg_fetch_calls_for_every_row_however_many_are_left)
{
    static const char *const last[] = {"0", "1", "1999", "2000", "2001", "4000", "50001"};

    for (size_t i = 0; i < COUNT_OF(last); i++) {
        CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
        CLEANUP(err_release) struct err err = ERR_INIT;
        struct sum sum = {.rows = 0};
        int64_t count = strtoll(last[i], NULL, 10);

        declare_numbers(pg, "i", last[i]);
        must(pg_fetch(pg, "kept", add_fetched, &sum, &err), &err);
        assert_int_equal(sum.rows, count);
        assert_int_equal(sum.total, count * (count + 1) / 2);
        must(pg_fetch(pg, "kept", add_fetched, &sum, &err), &err); /* nothing is left */
        assert_int_equal(sum.rows, count);
    }
}

TEST(pg_fetch_stopped_gives_its_error_and_connection_lives)
{
    static const int stop_after[] = {3, 2000, 2500,
                                     3500}; /* the last when nothing is asked for any more */

    for (size_t i = 0; i < COUNT_OF(stop_after); i++) {
        CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
        CLEANUP(err_release) struct err err = ERR_INIT;
        struct sum sum = {.stop_after = stop_after[i]};

        declare_numbers(pg, "i", "3600");
        assert_int_equal(pg_fetch(pg, "kept", add_fetched, &sum, &err), -1);
        assert_int_equal(err.code, ERR_ROSTER);
        assert_int_equal(sum.rows, stop_after[i]);
        assert_int_equal(number(pg, "select 1"), 1);
    }
}

TEST(pg_fetch_error_among_the_rows_is_reported)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct sum sum = {.rows = 0};

    declare_numbers(pg, "10 / (3000 - i)", "5000");
    assert_int_equal(pg_fetch(pg, "kept", add_fetched, &sum, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.text, "22012"));
    assert_int_equal(sum.rows, 2000);
    pg_rollback(pg);
    assert_int_equal(number(pg, "select 1"), 1);
}

/* --- a commit that is waited for later --- */

TEST(pg_commit_later_lets_the_next_call_wait_and_keeps_a_held_cursor)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct sum sum = {.rows = 0};

    must(pg_begin(pg, &err), &err);
    must(
        pg_run(pg, "declare",
               "declare kept no scroll cursor with hold for select generate_series(1, $1::integer)",
               PG_NOTHING, (const char *const[]){"1000"}, 1, NULL, &err),
        &err);
    must(pg_commit_later(pg, "later", &err), &err);
    assert_int_equal(number(pg, "select 7"), 7);
    assert_int_equal(PQtransactionStatus(pg_raw(pg)), PQTRANS_IDLE);
    must(pg_each(pg, "fetch", "fetch all from kept", NULL, 0, add_row, &sum, &err), &err);
    assert_int_equal(sum.rows, 1000);
    assert_int_equal(sum.total, 1000 * 1001 / 2);
}

TEST(pg_commit_later_that_fails_is_told_to_who_asks_and_to_nobody_else)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    must(pg_begin(pg, &err), &err); /* the division is made when the commit fills the cursor */
    must(pg_run(pg, "declare",
                "declare kept no scroll cursor with hold for"
                " select 1 / (3 - i) from generate_series(1, 5) i",
                PG_NOTHING, NULL, 0, NULL, &err),
         &err);
    must(pg_commit_later(pg, "later", &err), &err);
    assert_int_equal(number(pg, "select 1"), 1);
    assert_int_equal(pg_committed(pg, &err), -1);
    assert_non_null(strstr(err.text, "'later'"));
    assert_non_null(strstr(err.text, "22012"));
    err_release(&err);
    must(pg_committed(pg, &err), &err); /* told once */
}

TEST(pg_commit_later_of_a_failed_transaction_is_no_success)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    must(pg_begin(pg, &err), &err);
    assert_int_equal(pg_run(pg, "bad", "select 1 / 0", PG_ONE, NULL, 0, NULL, NULL), -1);
    must(pg_commit_later(pg, "later", &err), &err);
    assert_int_equal(pg_committed(pg, &err), -1);
    assert_non_null(strstr(err.text, "rolled back"));
    assert_int_equal(number(pg, "select 1"), 1);
}

TEST(pg_forget_commit_does_not_wait_for_it)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    must(pg_begin(pg, &err), &err);
    must(pg_run(pg, "declare", "declare kept no scroll cursor with hold for select pg_sleep(3600)",
                PG_NOTHING, NULL, 0, NULL, &err),
         &err);
    must(pg_commit_later(pg, "later", &err), &err);
    pg_forget_commit(pg);
    must(pg_committed(pg, &err), &err);
    assert_int_equal(number(pg, "select 1"), 1);
}

/* --- rows that are taken later --- */

TEST(pg_ask_keeps_the_rows_for_who_takes_them)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *rows = NULL;

    must(pg_ask(pg, "dropped", "select 8", NULL, 0, &err), &err);
    must(pg_ask(pg, "asked", "select $1::integer", (const char *const[]){"9"}, 1, &err), &err);
    assert_int_equal(number(pg, "select 7"), 7);
    must(pg_answered(pg, "asked", PG_ONE, &rows, &err), &err);
    assert_int_equal(pg_int(rows, 0, 0), 9);
    PQclear(rows);
    rows = NULL;
    must(pg_ask(pg, "many", "select generate_series(1, 3)", NULL, 0, &err), &err);
    assert_int_equal(pg_answered(pg, "many", PG_MAYBE, &rows, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
}

TEST(pg_ask_that_fails_is_told_to_who_takes_it_and_to_nobody_else)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *rows = NULL;

    must(pg_ask(pg, "asked", "select 1 / 0", NULL, 0, &err), &err);
    assert_int_equal(number(pg, "select 1"), 1);
    assert_int_equal(pg_answered(pg, "asked", PG_ONE, &rows, &err), -1);
    assert_non_null(strstr(err.text, "'asked'"));
    assert_non_null(strstr(err.text, "22012"));
    assert_null(rows);
}

/* What is owed at a time is one thing or the other: neither is told of the other. */
TEST(pg_ask_and_a_commit_do_not_speak_for_each_other)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *rows = NULL;

    must(pg_begin(pg, &err), &err);
    assert_int_equal(pg_run(pg, "bad", "select 1 / 0", PG_ONE, NULL, 0, NULL, NULL), -1);
    must(pg_commit_later(pg, "later", &err), &err);
    must(pg_ask(pg, "asked", "select 1 / 0", NULL, 0, &err), &err);
    assert_int_equal(pg_committed(pg, &err), -1);
    assert_non_null(strstr(err.text, "rolled back"));
    err_release(&err);
    must(pg_begin(pg, &err), &err);
    must(pg_commit_later(pg, "later", &err), &err);
    must(pg_committed(pg, &err), &err);
    must(pg_ask(pg, "asked", "select 3", NULL, 0, &err), &err); /* drops the failure of before */
    must(pg_answered(pg, "asked", PG_ONE, &rows, &err), &err);
    assert_int_equal(pg_int(rows, 0, 0), 3);
    PQclear(rows);
    rows = NULL;
    assert_int_equal(pg_answered(pg, "asked", PG_ONE, &rows, &err), -1); /* it was taken */
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_int_equal(number(pg, "select 5"), 5);
}

TEST(pg_commit_later_that_was_lost_is_told_to_who_asks_too)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    must(pg_script(pg, "dies",
                   "create temporary table d (a integer);"
                   "create function pg_temp.die() returns trigger language plpgsql as $$ begin"
                   " perform pg_terminate_backend(pg_backend_pid()); return null; end $$;"
                   "create constraint trigger x after insert on d deferrable initially deferred"
                   " for each row execute function pg_temp.die()",
                   &err),
         &err);
    must(pg_begin(pg, &err), &err);
    must(pg_run(pg, "insert", "insert into d values (1)", PG_NOTHING, NULL, 0, NULL, &err), &err);
    must(pg_commit_later(pg, "later", &err), &err);
    assert_int_equal(pg_run(pg, "next", "select 1", PG_ONE, NULL, 0, NULL, &err), -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    err_release(&err);
    assert_int_equal(pg_committed(pg, &err), -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_non_null(strstr(err.text, "'later'"));
}

TEST(pg_ask_that_lost_the_connection_is_why_the_next_call_fails)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *rows = NULL;

    must(pg_ask(pg, "asked", "select pg_terminate_backend(pg_backend_pid())", NULL, 0, &err), &err);
    assert_int_equal(pg_run(pg, "next", "select 1", PG_ONE, NULL, 0, NULL, &err), -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_non_null(strstr(err.text, "'asked'"));
    err_release(&err);
    assert_int_equal(pg_answered(pg, "asked", PG_ONE, &rows, &err), -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
}

TEST(pg_write_back_is_waited_for_by_the_next_call_and_never_fails_it)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    pg_write_back(pg);
    assert_int_equal(number(pg, "select 3"), 3);
    must(pg_begin(pg, &err), &err); /* of which a statement failed, nothing is taken any more */
    assert_int_equal(pg_run(pg, "bad", "select 1 / 0", PG_ONE, NULL, 0, NULL, NULL), -1);
    pg_write_back(pg);
    pg_rollback(pg);
    assert_int_equal(number(pg, "select 4"), 4);
}

/* --- asked to end --- */

TEST(pg_run_asked_to_end_gives_way)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    double start = now_s();

    clock_interrupt(SIGINT);
    int failed = pg_run(pg, "sleeping", "select 1 from pg_sleep(600)", PG_ONE, NULL, 0, NULL, &err);
    clock_clear_interrupt();
    assert_int_equal(failed, -1);
    assert_int_equal(err.code, ERR_INTERRUPTED);
    assert_non_null(strstr(err.text, "'sleeping'; what was not committed did not happen"));
    assert_true(now_s() - start < HANGS_S);
    assert_int_equal(pg_run(pg, "after", "select 1", PG_ONE, NULL, 0, NULL, &err), -1);
}

/* What a run records is recorded. */
TEST(pg_run_that_finishes_first_outlasts_a_signal)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();

    pg_finish_first(true);
    clock_interrupt(SIGTERM);
    int64_t one = number(pg, "select 1::bigint from pg_sleep(0.3)");
    clock_clear_interrupt();
    pg_finish_first(false);
    assert_int_equal(one, 1);
}

/* --- values --- */

TEST(pg_value_every_type_reads_what_was_selected)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *row = NULL;
    struct day day;

    must(pg_run(pg, "values",
                "select (-9223372036854775808)::bigint, true, false, 2.50::numeric,"
                " (extract(epoch from '2026-11-22 07:45:00.123456Z'::timestamptz)"
                " * 1000000)::bigint, '2026-11-22'::date::text, null::bigint, null::date::text",
                PG_ONE, NULL, 0, &row, &err),
         &err);
    assert_true(pg_int(row, 0, 0) == INT64_MIN);
    assert_true(pg_bool(row, 0, 1));
    assert_false(pg_bool(row, 0, 2));
    assert_true(pg_double(row, 0, 3) == 2.5);
    assert_int_equal(pg_instant(row, 0, 4).us, INT64_C(1795333500123456));
    assert_true(day_from_civil(2026, 11, 22, &day));
    assert_int_equal(day_compare(pg_day(row, 0, 5), day), 0);
    assert_false(instant_is_set(pg_instant(row, 0, 6)));
    assert_false(day_is_set(pg_day(row, 0, 7)));
}
