/*
 * The roles of db/roles.sql, as a user runs the program with them: logins of a server that have one
 * role each, and what every verb then does and says.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "distributed.h"
#include "end.h"
#include "host/file.h"
#include "test.h"

/* psql alone, with a portal. */
static void sql_file(struct end *end, const char *conninfo, const char *path, struct text *ret_said)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(end->config_path);

    end_tool(directory,
             (const char *const[]){"psql", "-X", "-q", "-d", conninfo, "-v", "portal=end", "-f",
                                   path, NULL},
             ret_said);
}

/* The script, as an administrator runs it; then a login for each role. Logins are the server's, and
 * another world of this test may have made them. */
static void make_roles(struct end *end)
{
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/roles.sql");
    CLEANUP(text_release) struct text said = TEXT_INIT;

    sql_file(end, end->conninfo, script, &said);
    free(end_query(
        end, "do $$ declare name text; begin"
             " if exists (select from pg_roles where rolname = 'end_job') then return; end if;"
             " foreach name in array array['job', 'auditor', 'auditor_personal', 'eraser'] loop"
             " execute format('create role end_%1$s login in role reconcile_%1$s', name);"
             " end loop;"
             " create role end_both login in role reconcile_job, reconcile_eraser; end $$;"
             " select 1"));
    if (distributed_is_here()) {
        CLEANUP(mem_cleanup) char *spread = NULL;
        assert_int_equal(distributed_spread(end->conninfo, &spread), 0);
    }
}

static void be(struct end *end, const char *role)
{
    end_set(end, END_DATABASE, "conninfo = \"%s user=end_%s\";", end->conninfo, role);
}

static void runs(struct end *end, int code, const char *says, const char *const *words)
{
    CLEANUP(end_result_release) struct end_result result = end_run(end, words);

    end_assert_code(&result, code);
    end_assert_says(code ? &result.err : &result.out, says);
}
#define RUNS(end, code, says, ...) runs(end, code, says, (const char *const[]){__VA_ARGS__, NULL})

/* Also with a plan by the job. */
#define WORLD(name)                                                                                \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&(name), NULL);                                                                      \
    make_roles(&(name));                                                                           \
    be(&(name), "job");                                                                            \
    RUNS(&(name), 0, "plan 1, proposed", "plan")

static char *some_id(struct end *end)
{
    return end_query(end, "select account_id from reconcile.account order by 1 limit 1");
}

static int64_t erasures(struct end *end)
{
    return end_count(end, "select count(*) from audit.event where kind = 'erasure'");
}

static void verify_with_psql(struct end *end, const char *role)
{
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/audit-verify.sql");
    CLEANUP(text_release) struct text conninfo = TEXT_INIT, said = TEXT_INIT;

    text_addf(&conninfo, "%s user=end_%s", end->conninfo, role);
    sql_file(end, text_cstr(&conninfo), script, &said);
    end_assert_says(&said, " 0 findings, head ");
}

TEST(a_job_plans_and_runs_and_erases_nobody)
{
    WORLD(end);
    CLEANUP(mem_cleanup) char *id = some_id(&end);

    RUNS(&end, 0, "no more than the job needs", "check");
    CLEANUP(end_result_release) struct end_result result = END_RUN(&end, "run");
    end_assert_code(&result, 0);
    end_assert_says(&result.err, "retention is left to who may erase");
    RUNS(&end, 0, " 0 findings", "audit", "verify");
    RUNS(&end, 78, "this connection may not erase", "erase", id, "--reason", "a letter");
    assert_int_equal(erasures(&end), 0);
}

/* As after an upgrade that was not followed by roles.sql. */
TEST(a_right_that_the_job_lacks_is_told_by_check)
{
    WORLD(end);

    static const char *const right[] = {
        "insert on reconcile.plan_renewal", "update on reconcile.step",
        "update on reconcile.portal",       "delete on reconcile.request_block",
        "select on reconcile.migration",    "usage on schema audit",
        "usage on schema reconcile"};
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        CLEANUP(text_release) struct text revoke = TEXT_INIT, grant = TEXT_INIT, says = TEXT_INIT;

        text_addf(&revoke, "revoke %s from reconcile_job", right[i]);
        text_addf(&grant, "grant %s to reconcile_job", right[i]);
        text_addf(&says, "this login lacks a right of the job: %s; hint: '%s', or roles.sql",
                  right[i], text_cstr(&grant));
        PQclear(end_sql(&end, text_cstr(&revoke)));
        CLEANUP(end_result_release) struct end_result result = END_RUN(&end, "check");
        end_assert_code(&result, 78);
        end_assert_says(&result.out, text_cstr(&says));
        PQclear(end_sql(&end, text_cstr(&grant)));
    }
    RUNS(&end, 0, "no more than the job needs", "check");
}

/* What has no names is answered, and all else refused as what it is: a right that is missing. */
TEST(an_auditor_is_told_what_is_not_personal)
{
    WORLD(end);
    CLEANUP(mem_cleanup) char *id = some_id(&end);

    be(&end, "auditor");
    RUNS(&end, 0, "seats by profile on ", "audit", "seats");
    RUNS(&end, 78, "this login has not the right", "audit", "user", id);
    RUNS(&end, 78, "this login has not the right", "audit", "at", "2199-01-01");
    RUNS(&end, 78, "this login has not the right", "audit", "actions");
    RUNS(&end, 78, "this login has not the right", "audit", "plan", "1");
    RUNS(&end, 78, "this login has not the right", "export");
    RUNS(&end, 78, "sees the views only", "audit", "verify");
    RUNS(&end, 78, "this login has not the right", "plan");
    RUNS(&end, 78, "this connection may not erase", "erase", id, "--reason", "a letter");
    if (!distributed_is_here()) /* it is for who sees names there: docs/scale.md */
        verify_with_psql(&end, "auditor");
    assert_int_equal(erasures(&end), 0);
}

TEST(an_auditor_of_persons_is_told_everything_and_changes_nothing)
{
    WORLD(end);
    CLEANUP(mem_cleanup) char *id = some_id(&end);

    be(&end, "auditor_personal");
    RUNS(&end, 0, "first seen: ", "audit", "user", id);
    RUNS(&end, 0, id, "audit", "at", "2199-01-01");
    RUNS(&end, 0, "nothing", "audit", "actions");
    RUNS(&end, 0, "seats by profile on ", "audit", "seats");
    RUNS(&end, 0, "what happened to each row", "audit", "plan", "1");
    RUNS(&end, 0, id, "export");
    RUNS(&end, 78, "sees the views only", "audit", "verify");
    RUNS(&end, 78, "this login has not the right", "plan");
    RUNS(&end, 78, "this connection may not erase", "erase", id, "--reason", "a letter");
    verify_with_psql(&end, "auditor_personal");
    assert_int_equal(erasures(&end), 0);
}

TEST(an_eraser_erases_and_runs_only_when_a_job_as_well)
{
    WORLD(end);
    CLEANUP(mem_cleanup) char *id = some_id(&end);

    be(&end, "eraser");
    RUNS(&end, 78, "this login has not the right", "run");
    RUNS(&end, 0, "erased: 1 account,", "erase", id, "--reason", "a letter");
    assert_int_equal(erasures(&end), 1);
    be(&end, "both");
    CLEANUP(end_result_release) struct end_result result = END_RUN(&end, "run");
    end_assert_code(&result, 0);
    end_assert_silent_of(&result.err, "retention is left");
    be(&end, "job");
    RUNS(&end, 0, " 0 findings", "audit", "verify");
}
