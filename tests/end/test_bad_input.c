/*
 * Bad input, one mistake at a time: the exit code of the manual, a message that names the thing,
 * and nothing stored.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"
#include "scripted.h"
#include "test.h"

#define WORLD(name, options)                                                                       \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&name, options)

static const char *const few[] = {"--users", "40", "--seed", "5", NULL};

static const char *const stored =
    "select (select count(*) from reconcile.roster) + (select count(*) from reconcile.snapshot)"
    "     + (select count(*) from reconcile.plan) + (select count(*) from reconcile.account)"
    "     + (select count(*) from reconcile.person_version)";

/* `plan` ends so, says so, stores nothing. */
static void check_refused(struct end *end, int code, const char *says)
{
    RUN(result, end, "plan", "--format", "json");

    end_assert_code(&result, code);
    end_assert_says(&result.err, "error: ");
    end_assert_says(&result.err, says);
    assert_string_equal(text_cstr(&result.out), "");
    assert_int_equal(end_count(end, stored), 0);
    end_assert_no_writes(end);
}

/* --- the roster --- */

#define TITLES "EmpID,Name,Work Email,EmploymentStatus,DateofHire,DateofTermination,Department\n"
#define ROW    "100001,Ann,ann@acme.example,Active,2020-01-01,,IT\n"

TEST(plan_with_a_bad_roster_is_65_and_stores_nothing)
{
    static const struct {
        const char *content, *says;
    } cases[] = {
        {"", "empty"},
        {"\n\n\n", "roster"},
        {TITLES "100001,\xE4nn,ann@acme.example,Active,2020-01-01,,IT\n", "UTF-8"},
        {TITLES ROW "100002,\"Bob,bob@acme.example,Active,2020-01-01,,IT\n", "quote"},
        {"EmpID,Name,EmploymentStatus,DateofHire,DateofTermination,Department\n"
         "100001,Ann,Active,2020-01-01,,IT\n",
         "'Work Email'"},
        {"EmpID;Name;Work Email;EmploymentStatus;DateofHire;DateofTermination;Department\n",
         "'EmpID'"},
        {"EmpID,EmpID,Name,Work Email,EmploymentStatus,DateofHire,DateofTermination,Department\n",
         "'EmpID'"},
        {"\x1f\x8b\x08\x00\x00\x00\x00\x00", "roster"},
        {"PK\x03\x04 a spreadsheet", "roster"},
        {"<html><body>login</body></html>", "roster"},
    };
    WORLD(end, few);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("  case %zu\n", i);
        free(end_file(&end, "bad.csv", cases[i].content, strlen(cases[i].content)));
        end_set(&end, END_SOURCE, "bad.csv");
        check_refused(&end, 65, cases[i].says);
    }
    assert_true(end_stat(&end, "requests") == 0); /* refused before the portal is asked */
}

TEST(plan_with_a_roster_of_nobody_is_held)
{
    WORLD(end, NULL);

    free(end_file(&end, "bad.csv", TITLES, strlen(TITLES)));
    end_set(&end, END_SOURCE, "bad.csv");
    RUN(result, &end, "plan", "--format", "json");
    end_assert_code(&result, 20);
    struct json_object *plan = end_json(&result);
    assert_string_equal(end_guard(plan, "G2"), "hold");
    (void)json_object_put(plan);
}

TEST(plan_without_a_roster_file_is_65)
{
    WORLD(end, few);

    end_set(&end, END_SOURCE, "no-such-file.csv");
    check_refused(&end, 65, "no-such-file.csv");
    end_set(&end, END_SOURCE, "%s", end.probe.directory);
    check_refused(&end, 65, "directory");
}

TEST(plan_with_a_row_of_300_columns_is_65_or_one_rejected_row)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    WORLD(end, few);

    text_add(&text, TITLES ROW "100002");
    for (int i = 0; i < 299; i++)
        text_add(&text, ",x");
    text_add(&text, "\n");
    free(end_file(&end, "bad.csv", text.data, text.length));
    end_set(&end, END_SOURCE, "bad.csv");
    RUN(result, &end, "roster", "check");
    if (result.code == 0)
        end_assert_says(&result.out, "300");
    else
        end_assert_code(&result, 65);
}

TEST(plan_with_a_field_of_50_megabytes_is_65_in_little_memory)
{
    enum { SIZE = 50 << 20 };
    CLEANUP(mem_cleanup) char *bytes = mem_alloc(SIZE);
    WORLD(end, few);
    CLEANUP(mem_cleanup) char *path = probe_path(&end.probe, "bad.csv");
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    memset(bytes, 'x', SIZE);
    assert_true(fputs(TITLES ROW "100002,\"", file) >= 0);
    assert_int_equal(fwrite(bytes, 1, SIZE, file), SIZE);
    assert_true(fputs("\",b@acme.example,Active,2020-01-01,,IT\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    end_set(&end, END_SOURCE, "bad.csv");
    RUN(result, &end, "plan");
    end_assert_code(&result, 65);
    end_assert_says(&result.err, "row 3");
    assert_int_equal(end_count(&end, stored), 0);
    assert_true(result.peak_kib < 60 * 1024);
}

/* --- the portal --- */

TEST(plan_with_a_portal_that_is_down_is_69)
{
    WORLD(end, few);

    end_set(&end, END_URL, "http://127.0.0.1:1");
    check_refused(&end, 69, "http://127.0.0.1:1");
}

TEST(plan_with_a_plain_address_off_this_machine_is_78)
{
    static const char *const addresses[] = {"http://acme.bynder.com", "http://10.0.0.1",
                                            "http://127.0.0.1.example.com",
                                            "http://localhost.example.com"};
    WORLD(end, few);

    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        end_set(&end, END_URL, "%s", addresses[i]);
        check_refused(&end, 78, "portal.url");
    }
}

TEST(plan_with_a_token_without_a_scope_is_77_and_names_it)
{
    static const struct {
        const char *granted, *missing;
    } cases[] = {
        {"current.user:read admin.profile:read", "admin.user:read"},
        {"current.user:read admin.user:read", "admin.profile:read"},
        {"admin.user:read admin.profile:read", "current.user:read"},
        {"", "admin.user:read"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const options[] = {"--users", "40", "--scopes", cases[i].granted, NULL};
        WORLD(end, options);
        check_refused(&end, 77, cases[i].missing);
    }
}

TEST(plan_with_a_wrong_secret_is_77)
{
    WORLD(end, few);

    free(end_file(&end, "client-secret", "wrong-secret\n", 13));
    check_refused(&end, 77, "client secret");
}

TEST(plan_with_a_token_file_works_like_client_credentials)
{
    WORLD(end, few);

    free(end_file(&end, "token", PROBE_TOKEN "\n", strlen(PROBE_TOKEN "\n")));
    end_set(&end, END_LOGIN, "token_file = \"token\";");
    end_hold(&end);
    RUN(result, &end, "plan");
    end_assert_code(&result, 20);
    free(end_file(&end, "token", "another-token\n", 14));
    RUN(wrong, &end, "plan");
    end_assert_code(&wrong, 77);
}

/* --- certificates --- */

/* NAME.pem and NAME.key of an authority that signs itself, good for 127.0.0.1. */
static void make_certificate(const struct probe *probe, const char *name)
{
    CLEANUP(text_release) struct text key = TEXT_INIT, certificate = TEXT_INIT, said = TEXT_INIT;

    text_addf(&key, "%s.key", name);
    text_addf(&certificate, "%s.pem", name);
    const char *const words[] = {"openssl",
                                 "req",
                                 "-x509",
                                 "-newkey",
                                 "ec",
                                 "-pkeyopt",
                                 "ec_paramgen_curve:prime256v1",
                                 "-nodes",
                                 "-days",
                                 "2",
                                 "-subj",
                                 "/CN=portal",
                                 "-addext",
                                 "subjectAltName=IP:127.0.0.1",
                                 "-keyout",
                                 text_cstr(&key),
                                 "-out",
                                 text_cstr(&certificate),
                                 NULL};
    end_tool(probe->directory, words, &said);
}

TEST(plan_over_tls_trusts_the_configured_authority_alone)
{
    struct probe maker;
    CLEANUP(end_finish) struct end end;

    probe_prepare(&maker);
    make_certificate(&maker, "right");
    make_certificate(&maker, "other");
    CLEANUP(mem_cleanup) char *certificate = probe_path(&maker, "right.pem");
    CLEANUP(mem_cleanup) char *key = probe_path(&maker, "right.key");
    CLEANUP(mem_cleanup) char *other = probe_path(&maker, "other.pem");
    const char *const options[] = {"--users",   "200",       "--seed", "5", "--tls-cert",
                                   certificate, "--tls-key", key,      NULL};
    end_begin(&end, options);
    CLEANUP(mem_cleanup) char *portal = mem_strdup(end.piece[END_PORTAL]);

    end_set(&end, END_URL, "https://127.0.0.1:%u", end.probe.port);
    RUN(unknown, &end, "plan");
    end_assert_code(&unknown, 69);
    end_assert_says(&unknown.err, "certificate");
    end_set(&end, END_PORTAL, "%s ca_file = \"%s\";", portal, other);
    RUN(wrong, &end, "plan");
    end_assert_code(&wrong, 69);
    end_assert_says(&wrong.err, "certificate");
    end_set(&end, END_PORTAL, "%s ca_file = \"%s\";", portal, certificate);
    RUN(right, &end, "plan");
    end_assert_code(&right, 0);
    end_set(&end, END_URL, "https://localhost:%u", end.probe.port); /* not in the certificate */
    RUN(name, &end, "plan");
    end_assert_code(&name, 69);
    (void)probe_stop(&maker);
}

/* --- the database --- */

TEST(plan_with_a_database_that_is_down_is_69)
{
    WORLD(end, few);

    end_set(&end, END_DATABASE, "conninfo = \"host=127.0.0.1 port=1 dbname=none\";");
    check_refused(&end, 69, "127.0.0.1");
    end_set(&end, END_DATABASE, "conninfo = \"host=/nonexistent dbname=none\";");
    check_refused(&end, 69, "/nonexistent");
}

/* What is told is what came first in the flow. */
TEST(plan_with_a_bad_roster_and_a_database_that_is_down_is_69)
{
    WORLD(end, few);

    free(end_file(&end, "bad.csv", "", 0));
    end_set(&end, END_SOURCE, "bad.csv");
    end_set(&end, END_DATABASE, "conninfo = \"host=127.0.0.1 port=1 dbname=none\";");
    check_refused(&end, 69, "127.0.0.1");
}

/* Whom accounts led to is asked while roster and list are read. When that fails (a disk that is
 * full) it fails who needs it, and not what comes next: that a run ended is recorded. */
TEST(plan_ends_on_the_record_whatever_becomes_of_what_was_asked_ahead)
{
    WORLD(end, few);

    RUN(first, &end, "plan");
    end_assert_code(&first, 0);
    PQclear(end_sql(&end,
                    "create function reconcile.full_disk() returns bigint language plpgsql as $$"
                    " begin raise exception 'no space left' using errcode = '53100'; end $$"));
    PQclear(end_sql(&end, "alter table reconcile.link_version rename to link_kept"));
    PQclear(end_sql(&end, "create view reconcile.link_version as select k.* from"
                          " (select reconcile.full_disk() as portal_id offset 0) x"
                          " left join reconcile.link_kept k using (portal_id)"));
    end_fault(&end, "error=403:/api/v4/users/");
    RUN(unlisted, &end, "plan");
    end_assert_code(&unlisted, 77);
    end_clear_faults(&end);
    RUN(unknown, &end, "plan");
    end_assert_code(&unknown, 69);
    end_assert_says(&unknown.err, "account_links");
    assert_int_equal(
        end_count(&end, "select count(*) from reconcile.run where finished_at is null"), 0);
    end_assert_no_writes(&end);
}

/* The plan is made while the pictures are stored; where one cannot be, there is no plan, and
 * nothing behind it. */
TEST(plan_whose_pictures_cannot_be_stored_is_70_and_stores_no_plan)
{
    static const struct {
        const char *table, *says;
        int snapshots;
    } cases[] = {{"roster", "the roster was not stored", 1},
                 {"snapshot", "the snapshot was not stored", 0}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        WORLD(end, few);
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        text_addf(&sql, "alter table reconcile.%s add constraint never check (false) not valid",
                  cases[i].table);
        PQclear(end_sql(&end, text_cstr(&sql)));
        RUN(result, &end, "plan", "--format", "json");
        end_assert_code(&result, 70);
        end_assert_says(&result.err, cases[i].says);
        assert_string_equal(text_cstr(&result.out), "");
        assert_int_equal(end_count(&end, "select count(*) from reconcile.snapshot"),
                         cases[i].snapshots);
        assert_int_equal(end_count(&end, "select (select count(*) from reconcile.plan)"
                                         " + (select count(*) from reconcile.link_version)"
                                         " + (select count(*) from reconcile.roster)"),
                         0);
        end_assert_no_writes(&end);
    }
}

TEST(plan_with_a_silent_database_is_69_in_time)
{
    unsigned port = 0;
    CLEANUP(cleanup_fd) int fd = -1;
    WORLD(end, few);

    fd = scripted_listen(&port);
    end_set(&end, END_DATABASE,
            "conninfo = \"host=127.0.0.1 port=%u dbname=none\"; connect_timeout = 2;", port);
    RUN(result, &end, "plan");
    end_assert_code(&result, 69);
    end_assert_says(&result.err, "did not answer within 2 s");
}

TEST(plan_with_a_silent_portal_is_69_in_time)
{
    unsigned port = 0;
    CLEANUP(cleanup_fd) int fd = -1;
    WORLD(end, few);

    fd = scripted_listen(&port);
    end_set(&end, END_URL, "http://127.0.0.1:%u", port);
    end_set(&end, END_PORTAL, "timeout = 1; patience = 5; logins = \"each\";");
    check_refused(&end, 69, "timed out");
}

TEST(plan_before_migrate_says_so)
{
    WORLD(end, few);

    RUN(made, &end, "psql", "-c", "drop database if exists empty", "-c", "create database empty");
    end_assert_code(&made, 0);
    end_set(&end, END_DATABASE, "conninfo = \"%s dbname=empty\";", end.conninfo);
    RUN(result, &end, "plan");
    assert_int_not_equal(result.code, 0);
    end_assert_says(&result.err, "migrate");
}

/* --- configuration, secrets, words --- */

TEST(check_with_many_mistakes_names_all_of_them)
{
    static const char *const names[] = {"colour", "99999999999999999999", "timeout", "min_admins",
                                        "url"};
    WORLD(end, few);

    end_set(&end, END_URL, "ftp://acme.example");
    end_set(&end, END_PORTAL,
            "colour = \"red\"; page_size = 99999999999999999999; timeout = \"x\";");
    end_set(&end, END_REST, "approval: { suspend = 4294967297; };");
    end_set(&end, END_SUSPEND, "count = 3; }; min_admins = -1; x: { ");
    RUN(result, &end, "check");
    end_assert_code(&result, 78);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        end_assert_says(&result.err, names[i]);
    end_assert_says(&result.err, "end.conf:");
    end_assert_says(&result.err, "4294967297");
}

TEST(plan_without_a_configuration_is_78)
{
    WORLD(end, few);
    CLEANUP(mem_cleanup) char *missing = probe_path(&end.probe, "missing.conf");
    const char *const words[] = {"--config", missing, "plan", NULL};
    CLEANUP(end_result_release) struct end_result result = end_run_bare(&end, words);

    end_assert_code(&result, 78);
    end_assert_says(&result.err, "missing.conf");
    const char *const directory[] = {"--config", end.probe.directory, "plan", NULL};
    CLEANUP(end_result_release) struct end_result folder = end_run_bare(&end, directory);
    end_assert_code(&folder, 78);
}

TEST(plan_with_a_secret_that_others_can_read_is_78)
{
    WORLD(end, few);
    CLEANUP(mem_cleanup) char *path = probe_path(&end.probe, "client-secret");

    assert_int_equal(chmod(path, 0644), 0);
    check_refused(&end, 78, "client-secret");
    assert_int_equal(chmod(path, 0640), 0);
    check_refused(&end, 78, "client-secret");
    assert_int_equal(unlink(path), 0);
    check_refused(&end, 78, "client-secret");
}

TEST(unknown_words_are_64_and_name_the_nearest)
{
    static const struct {
        const char *words[5];
        const char *says;
    } cases[] = {
        {{"plna"}, "'plan'"},
        {{"stauts"}, "'status'"},
        {{"plan", "--fromat", "json"}, "'--format'"},
        {{"plan", "--detailed-exit-code"}, "'--detailed-exitcode'"},
        {{"plan", "--format", "xml"}, "'xml'"},
        {{"plan", "--format"}, "'--format'"},
        {{"plan", "--full=yes"}, "'--full'"},
        {{"plan", "extra"}, "'extra'"},
        {{"--log-level", "loud", "plan"}, "'loud'"},
        {{"--log-format", "xml", "plan"}, "'xml'"},
        {{"-x"}, "'"},
        {{"roster"}, "roster check"},
        {{"roster", "chek"}, "check"},
        {{"show", "0"}, "'0'"},
        {{"show", "-1"}, "'"},
        {{"show", "99999999999999999999"}, "99999999999999999999"},
        {{"", NULL}, "''"},
        {{"audit", "user", "M\xfcller"}, "'M\\xfcller' is not in UTF-8"},
        {{"keep", "M\xfcller"}, "is not in UTF-8"},
        {{"erase", "--reason", "\xff", "x"}, "reason '\\xff' is not in UTF-8"},
        {{"reject", "1", "--reason=\xc3"}, "reason '\\xc3' is not in UTF-8"},
        {{NULL}, "no verb"},
    };
    WORLD(end, few);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(end_result_release) struct end_result result = end_run_bare(&end, cases[i].words);
        end_assert_code(&result, 64);
        end_assert_says(&result.err, cases[i].says);
        assert_string_equal(text_cstr(&result.out), "");
    }
}

/* But a file may be called whatever a file can be called. */
TEST(path_that_is_not_in_utf_8_is_a_path)
{
    WORLD(end, few);
    CLEANUP(mem_cleanup) char *path = probe_path(&end.probe, "M\xfcller.csv");
    RUN(check, &end, "roster", "check", "--format", "csv", "--output", path);

    end_assert_code(&check, 0);
    CLEANUP(mem_cleanup) char *csv = end_read(path);
    assert_true(text_starts(csv, "row,verdict,"));
}

TEST(help_and_version_of_everything_are_0)
{
    static const char *const verbs[] = {"plan",    "show",   "status", "check", "roster", "migrate",
                                        "approve", "reject", "apply",  "run",   NULL};
    WORLD(end, few);

    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        const char *const help[] = {verbs[i] ? verbs[i] : "--help", "--help", NULL};
        const char *const version[] = {verbs[i] ? verbs[i] : "--version", "--version", NULL};
        CLEANUP(end_result_release) struct end_result helped = end_run_bare(&end, help);
        end_assert_code(&helped, 0);
        end_assert_says(&helped.out, "Usage: bynder-reconcile");
        assert_string_equal(text_cstr(&helped.err), "");
        CLEANUP(end_result_release) struct end_result versioned = end_run_bare(&end, version);
        end_assert_code(&versioned, 0);
        end_assert_says(&versioned.out, "bynder-reconcile ");
    }
    const char *const psql[] = {"--help", "psql", NULL};
    CLEANUP(end_result_release) struct end_result helped = end_run_bare(&end, psql);
    end_assert_code(&helped, 0);
}

TEST(output_to_a_full_disk_is_70)
{
    static const char *const words[][4] = {
        {"plan"}, {"show"}, {"status"}, {"check"}, {"roster", "check"}, {"--help"}, {"migrate"},
    };
    WORLD(end, few);

    end_set(&end, END_SUSPEND, "count = 1000; percent = 100.0;");
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        CLEANUP(end_result_release)
        struct end_result result = end_run_into(&end, "/dev/full", words[i]);
        end_assert_code(&result, 70);
        end_assert_says(&result.err, "standard output");
    }
    RUN(file, &end, "plan", "--output", "/nonexistent/plan.txt");
    end_assert_code(&file, 70);
    end_assert_says(&file.err, "/nonexistent");
}

/* What somebody's shell has set must reach neither the portal's client nor the database's. */
TEST(plan_does_not_listen_to_the_environment)
{
    static const char *const names[][2] = {
        {"http_proxy", "http://127.0.0.1:1"},
        {"https_proxy", "http://127.0.0.1:1"},
        {"ALL_PROXY", "socks5://127.0.0.1:1"},
        {"PGHOST", "/nonexistent"},
        {"PGPORT", "1"},
        {"PGUSER", "nobody-of-this-name"},
        {"PGDATABASE", "none"},
        {"PGSERVICE", "none"},
        {"PGOPTIONS", "-c nonsense=1"},
        {"TZ", "Asia/Tokyo"},
        {"LC_ALL", "tr_TR.UTF-8"},
    };
    WORLD(end, NULL);

    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(setenv(names[i][0], names[i][1], 1), 0);
    struct end_result plan = END_RUN(&end, "plan");
    struct end_result psql = END_RUN(&end, "psql", "-Atc", "select count(*) from reconcile.plan");
    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)unsetenv(names[i][0]);
    end_assert_code(&plan, 0);
    end_assert_code(&psql, 0);
    assert_string_equal(text_cstr(&psql.out), "1\n");
    end_result_release(&plan);
    end_result_release(&psql);
}

TEST(log_as_json_is_json_line_by_line)
{
    size_t lines = 0;
    WORLD(end, NULL);
    end_hold(&end);
    RUN(result, &end, "--log-format", "json", "--log-level", "debug", "plan");

    end_assert_code(&result, 20);
    for (const char *line = text_cstr(&result.err); *line; line += strcspn(line, "\n") + 1) {
        CLEANUP(mem_cleanup) char *one = mem_strndup(line, strcspn(line, "\n"));
        struct json_object *json = json_tokener_parse(one);
        assert_true(json_object_is_type(json, json_type_object));
        (void)json_object_put(json);
        lines++;
    }
    assert_true(lines >= 3);
}
