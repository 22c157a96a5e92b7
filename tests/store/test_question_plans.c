/*
 * How the server goes about questions that are asked of a long history: what it looks at, and by
 * what. A statement whose plan is read here is told apart from one that answers the same by more
 * work.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "distributed.h"
#include "sql.h"
#include "store/private.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

static const char *const history[] = {
    "insert into snapshot (portal_id, snapshot_id, run_id, taken_at, complete, accounts, active,"
    " inactive, unreadable, gone, nameless, requests, logins_read, digest, logins_by, events) "
    "select "
    "portal_id, 1,"
    " run_id, timestamptz '2026-10-01 02:00Z', true, 3000, 3000, 0, 0, 0, 0, 1, 1,"
    " sha256('a'), 'each', 0 from run",
    "insert into roster (portal_id, roster_id, run_id, read_at, digest, rows, people, rejected,"
    " blind, duplicates, good) select portal_id, 1, run_id, timestamptz '2026-10-01 02:00Z',"
    " sha256('a'), 3000, 3000, 0, 0, 0, true from run",
    "insert into account (portal_id, account_id, account_no, first_snapshot_id, first_seen,"
    " ever_active) select portal_id, 'A' || a, a, 1, timestamptz '2026-10-01 02:00Z', true"
    " from portal, generate_series(1, 3000) a",
    "insert into account_version (portal_id, account_no, valid_from, groups_unreadable, sso_only,"
    " status, username, email, email2, employee_number, groups, digest) select portal_id, a, 1,"
    " false, false, 'active', 'user' || a, 'mail' || a || '@acme.example', 'other' || a ||"
    " '@acme.example', a::text, '[]', sha256(int4send(a))"
    " from portal, generate_series(1, 3000) a",
    "insert into person_version (portal_id, person_key, ordinal, valid_from, employee_number,"
    " email, username, word, key_unreadable, digest) select portal_id, 'n:' || a, 1, 1, a::text,"
    " 'mail' || a || '@acme.example', 'user' || a, 'employed', false, sha256(int4send(a))"
    " from portal, generate_series(1, 3000) a",
    "analyze",
};

static void make_history(struct store_world *world)
{
    for (size_t i = 0; i < COUNT_OF(history); i++)
        store_world_execute(world, history[i]);
}

/* The plan of a statement, a line each. */
static void explain(struct store_world *world, const char *sql, const char *const *parameter,
                    size_t count, struct text *ret_plan)
{
    CLEANUP(text_release) struct text asked = TEXT_INIT;
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    struct err err = ERR_INIT;

    text_addf(&asked, "explain (costs off) %s", sql);
    if (pg_run(world->pg, "explain", text_cstr(&asked), PG_MANY, parameter, count, &rows, &err) < 0)
        fail_msg("%s", err.text);
    for (int row = 0; row < PQntuples(rows); row++)
        text_addf(ret_plan, "%s\n", PQgetvalue(rows, row, 0));
}

static size_t times(const struct text *plan, const char *word)
{
    size_t count = 0;

    for (const char *at = text_cstr(plan); (at = strstr(at, word)); at += strlen(word))
        count++;
    return count;
}

/* Planning is most of what the question takes. */
TEST(audit_who_looks_once_at_the_accounts_and_once_at_the_people_by_the_index_of_each_name)
{
    static const char *const index[] = {"account_version_email",  "account_version_username",
                                        "account_version_email2", "account_version_number",
                                        "person_version_email",   "person_version_username",
                                        "person_version_number"};
    struct store_world *world = *state;
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    const char *const parameter[] = {store_number(&world->arena, world->store.portal_id), "user7",
                                     "user7", "{}", "{}"};

    if (distributed_is_here())
        skip(); /* there the plan is told by the parts' names */
    make_history(world);
    /* Processes beside it cost nothing here: only what the question sets keeps them away. */
    store_world_execute(world, "set parallel_setup_cost = 0");
    store_world_execute(world, "set parallel_tuple_cost = 0");
    store_world_execute(world, "set min_parallel_table_scan_size = 0");
    store_world_execute(world, "begin");
    (void)store_world_text(world, query_set_few);
    explain(world, query_audit_who, parameter, COUNT_OF(parameter), &plan);
    for (size_t i = 0; i < COUNT_OF(index); i++) {
        CLEANUP(text_release) struct text scan = TEXT_INIT;
        text_addf(&scan, "Bitmap Index Scan on %s\n", index[i]);
        if (times(&plan, text_cstr(&scan)) == 0)
            fail_msg("%s is not in\n%s", index[i], text_cstr(&plan));
    }
    assert_int_equal(times(&plan, "Bitmap Heap Scan on account_version "), 1);
    assert_int_equal(times(&plan, "Bitmap Heap Scan on person_version "), 1);
    assert_int_equal(times(&plan, "Seq Scan on account"), 0);
    assert_int_equal(times(&plan, "Seq Scan on person"), 0);
    assert_int_equal(times(&plan, "Gather"), 0);
    store_world_execute(world, "rollback");
}

/* The portal's number is the same in all rows: beside the account's own it tells nothing apart. */
TEST(audit_at_joins_by_what_tells_rows_of_a_portal_apart)
{
    struct store_world *world = *state;
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    const char *const parameter[] = {"acme", "2026-11-01 00:00Z"};

    if (distributed_is_here())
        skip();
    make_history(world);
    store_world_execute(world, "set enable_nestloop = off");
    explain(world, query_audit_at, parameter, COUNT_OF(parameter), &plan);
    assert_int_equal(times(&plan, "account_version v"), 1);
    assert_true(times(&plan, "v.account_no") >= 3);
    assert_int_equal(times(&plan, "v.portal_id"), 0);
}
