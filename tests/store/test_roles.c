/*
 * db/roles.sql on a server: what each role may do with each table and view, all of it, and that
 * each can do its work.
 */
#include "ruling_case.h"
#include "test.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/erase.h"
#include "audit/question.h"
#include "audit/verify.h"
#include "base/mem.h"
#include "core/match.h"
#include "distributed.h"
#include "host/file.h"
#include "sql.h"
#include "store/audit.h"
#include "store/savings.h"

/* Run as an administrator would. */
static void run_script(void)
{
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/roles.sql");
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        (void)execlp("psql", "psql", "-X", "-q", "-d", cluster_fixture_conninfo(), "-f", script,
                     (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static int begin(void **state)
{
    review_case_begin(state);
    run_script();
    run_script(); /* again after an upgrade */
    return 0;
}

TEST_GROUP(begin, review_case_end);

/* Where tables are spread the coordinating server logs in at the others as who asks, which these
 * may not: for as long as one is asked for, it may. */
static void be(struct review_case *test, const char *role)
{
    static const char nobody_logs_in[] =
        "do $$ declare name text; begin for name in select rolname from pg_roles where rolcanlogin"
        " and rolname in ('reconcile_owner', 'reconcile_job', 'reconcile_auditor',"
        " 'reconcile_auditor_personal', 'reconcile_eraser', 'reconcile_nobody') loop execute"
        " format('alter role %I nologin', name); end loop; end $$";

    store_world_execute(&test->world, "reset role");
    if (distributed_is_here()) {
        store_world_execute(&test->world, nobody_logs_in);
        if (role)
            store_world_execute(&test->world,
                                arena_printf(&test->world.arena, "alter role %s login", role));
    }
    if (role)
        store_world_execute(&test->world, arena_printf(&test->world.arena, "set role %s", role));
}

static int setup(void **state)
{
    be(*state, NULL);
    review_case_setup(state);
    if (distributed_is_here()) /* a database of its own */
        run_script();
    return 0;
}

TEST_EACH(setup, NULL);

/* s select, i insert, u update, d delete, t truncate, r references, g trigger; p: select of some
 * columns. In the order of roles: job, auditor, auditor_personal, eraser. */
static const char *const matrix[][5] = {
    {"reconcile.acknowledgement", "siu", "", "", "su"},
    {"reconcile.account", "siu", "", "", "su"},
    {"reconcile.account_version", "siu", "", "", "sud"},
    {"reconcile.act", "si", "", "", "s"},
    {"reconcile.activity", "si", "", "", "sud"},
    {"reconcile.activity_known", "siu", "", "", "su"},
    {"reconcile.activity_pending", "siud", "", "", "sd"},
    {"reconcile.announcement", "siu", "", "", "su"},
    {"reconcile.announcement_unreached", "siud", "", "", "sd"},
    {"reconcile.approval", "siu", "", "", "su"},
    {"reconcile.approval_row", "sid", "", "", "su"},
    {"reconcile.approved_rule", "s", "", "", "s"},
    {"reconcile.audit_event", "si", "", "", "si"},
    {"reconcile.audit_head", "siu", "", "", "siu"},
    {"reconcile.audit_private", "si", "", "", "sid"},
    {"reconcile.events_read", "siu", "", "", "s"},
    {"reconcile.first_event", "siu", "", "", "sd"},
    {"reconcile.guard_override", "siu", "", "", "su"},
    {"reconcile.handed_in", "si", "", "", "su"},
    {"reconcile.historical_year", "siu", "", "", "s"},
    {"reconcile.link_version", "siu", "", "", "sud"},
    {"reconcile.login", "s", "", "", "s"},
    {"reconcile.login_past", "si", "", "", "sud"},
    {"reconcile.login_pending", "siud", "", "", "sd"},
    {"reconcile.migration", "s", "", "", "s"},
    {"reconcile.notice_announced", "sid", "", "", "s"},
    {"reconcile.notice_told", "siud", "", "", "su"},
    {"reconcile.person_leave", "siu", "", "", "su"},
    {"reconcile.person_version", "siu", "", "", "su"},
    {"reconcile.plan", "siu", "", "", "su"},
    {"reconcile.plan_class", "si", "", "", "s"},
    {"reconcile.plan_curve", "si", "", "", "s"},
    {"reconcile.plan_exposed", "si", "", "", "s"},
    {"reconcile.plan_guard", "si", "", "", "su"},
    {"reconcile.plan_idle", "si", "", "", "s"},
    {"reconcile.plan_note", "si", "", "", "su"},
    {"reconcile.plan_renewal", "si", "", "", "s"},
    {"reconcile.plan_row", "si", "", "", "sud"},
    {"reconcile.portal", "siu", "", "", "su"},
    {"reconcile.profile_class_version", "siu", "", "", "s"},
    {"reconcile.profile_version", "siu", "", "", "sud"},
    {"reconcile.request_block", "siud", "", "", "s"},
    {"reconcile.request_silence", "siu", "", "", "s"},
    {"reconcile.roster", "siu", "", "", "s"},
    {"reconcile.roster_rejected", "siu", "", "", "su"},
    {"reconcile.ruling", "siu", "", "", "su"},
    {"reconcile.run", "siu", "", "", "su"},
    {"reconcile.seat_act", "siu", "", "", "su"},
    {"reconcile.seat_class_version", "siu", "", "", "s"},
    {"reconcile.seat_count", "si", "", "", "s"},
    {"reconcile.snapshot", "siu", "", "", "su"},
    {"reconcile.step", "siu", "", "", "su"},
    {"reconcile.stop", "s", "", "", "su"},
    {"audit.account_history", "s", "p", "s", "s"},
    {"audit.acknowledgement", "s", "p", "s", "s"},
    {"audit.act", "s", "p", "s", "s"},
    {"audit.activity_history", "s", "p", "s", "s"},
    {"audit.announcement", "s", "p", "s", "s"},
    {"audit.decision", "s", "p", "s", "s"},
    {"audit.decision_row", "s", "p", "s", "s"},
    {"audit.entitlement", "s", "p", "s", "s"},
    {"audit.event", "s", "p", "s", "s"},
    {"audit.first_event", "s", "p", "s", "s"},
    {"audit.guard", "s", "p", "s", "s"},
    {"audit.handed_in", "s", "p", "s", "s"},
    {"audit.head", "s", "p", "s", "s"},
    {"audit.historical_year", "s", "p", "s", "s"},
    {"audit.link_history", "s", "p", "s", "s"},
    {"audit.login_history", "s", "p", "s", "s"},
    {"audit.migration", "s", "p", "s", "s"},
    {"audit.override", "s", "p", "s", "s"},
    {"audit.person_history", "s", "p", "s", "s"},
    {"audit.personal", "s", "", "s", "s"},
    {"audit.plan", "s", "p", "s", "s"},
    {"audit.plan_exposed", "s", "p", "s", "s"},
    {"audit.plan_row", "s", "p", "s", "s"},
    {"audit.plan_seats", "s", "p", "s", "s"},
    {"audit.portal", "s", "p", "s", "s"},
    {"audit.profile_class", "s", "p", "s", "s"},
    {"audit.profile_history", "s", "p", "s", "s"},
    {"audit.reclaimed", "s", "p", "s", "s"},
    {"audit.roster", "s", "p", "s", "s"},
    {"audit.ruling", "s", "p", "s", "s"},
    {"audit.run", "s", "p", "s", "s"},
    {"audit.savings", "s", "p", "s", "s"},
    {"audit.savings_source", "s", "p", "s", "s"},
    {"audit.savings_span", "s", "p", "s", "s"},
    {"audit.seat", "s", "p", "s", "s"},
    {"audit.seat_act", "s", "p", "s", "s"},
    {"audit.seat_class", "s", "p", "s", "s"},
    {"audit.seat_count", "s", "p", "s", "s"},
    {"audit.seat_price", "s", "p", "s", "s"},
    {"audit.snapshot", "s", "p", "s", "s"},
    {"audit.step", "s", "p", "s", "s"},
};

TEST(each_role_may_do_with_each_table_what_the_matrix_says)
{
    static const char *const role[] = {"reconcile_job", "reconcile_auditor",
                                       "reconcile_auditor_personal", "reconcile_eraser"};
    struct review_case *test = *state;
    struct arena *arena = &test->world.arena;
    size_t checked = 0;

    for (size_t i = 0; i < COUNT_OF(matrix); i++) {
        for (size_t r = 0; r < COUNT_OF(role); r++) {
            const char *may = store_world_text(
                &test->world,
                arena_printf(
                    arena,
                    "select concat(case when has_table_privilege('%s', '%s', 'select') then 's'"
                    " when has_any_column_privilege('%s', '%s', 'select') then 'p' end,"
                    " case when has_any_column_privilege('%s', '%s', 'insert') then 'i' end,"
                    " case when has_any_column_privilege('%s', '%s', 'update') then 'u' end,"
                    " case when has_table_privilege('%s', '%s', 'delete') then 'd' end,"
                    " case when has_table_privilege('%s', '%s', 'truncate') then 't' end,"
                    " case when has_any_column_privilege('%s', '%s', 'references') then 'r' end,"
                    " case when has_table_privilege('%s', '%s', 'trigger') then 'g' end)",
                    role[r], matrix[i][0], role[r], matrix[i][0], role[r], matrix[i][0], role[r],
                    matrix[i][0], role[r], matrix[i][0], role[r], matrix[i][0], role[r],
                    matrix[i][0], role[r], matrix[i][0]));
            if (!text_equal(may, matrix[i][r + 1]))
                fail_msg("%s on %s: may '%s', not '%s'", role[r], matrix[i][0], may,
                         matrix[i][r + 1]);
            checked += 7;
        }
    }
    /* The matrix names all there are. */
    assert_int_equal(store_world_number(&test->world,
                                        "select count(*) from pg_class where relkind in ('r', 'v')"
                                        " and relnamespace in ('reconcile'::regnamespace,"
                                        " 'audit'::regnamespace)"),
                     COUNT_OF(matrix));
    print_message("%zu privileges checked\n", checked);
}

/* Every function, in the order of roles; x: may call it. */
static const char *const functions[][5] = {
    {"audit.account_at(text, timestamptz)", "x", "", "x", ""},
    {"audit.is_odd(text)", "x", "x", "x", "x"},
    {"audit.plain(text)", "x", "x", "x", "x"},
    {"audit.profile_class_of(audit.savings_facts)", "x", "x", "x", "x"},
    {"audit.savings_of(audit.savings_facts)", "x", "x", "x", "x"},
    {"audit.savings_span_of(audit.savings_facts)", "x", "x", "x", "x"},
    {"audit.seats_given(integer[], integer[], integer[], integer[], bigint[], integer, integer, "
     "integer)",
     "x", "x", "x", "x"},
    {"audit.seats_room(audit.savings_facts, date, date, text[])", "x", "x", "x", "x"},
    {"reconcile.audit_check()", "", "", "", ""},
    {"reconcile.audit_deny()", "", "", "", ""},
    {"reconcile.audit_field(bytea)", "x", "", "", "x"},
    {"reconcile.account_at(text, timestamptz)", "x", "", "", "x"},
    {"reconcile.audit_hash(reconcile.audit_event)", "x", "", "", "x"},
    {"reconcile.audit_hold(bigint)", "x", "", "", "x"},
    {"reconcile.checked_us(timestamptz)", "x", "", "", "x"},
    {"reconcile.pace_take(bigint, bigint, text, bigint, double precision, bigint, bigint, bigint, "
     "double precision, double precision)",
     "x", "", "", ""},
    {"reconcile.us(timestamptz)", "x", "", "", "x"},
};

/* What lies around the tables: c create, u usage (of a schema), t temporary tables (of the
 * database). There are no sequences and no roles that one of these may become. */
static const char *const around[][5] = {
    {"reconcile", "u", "", "", "u"},
    {"audit", "u", "u", "u", "u"},
};

static const char *const asker[] = {"reconcile_job", "reconcile_auditor",
                                    "reconcile_auditor_personal", "reconcile_eraser"};

TEST(each_role_may_call_and_make_what_the_matrix_says)
{
    struct review_case *test = *state;
    struct arena *arena = &test->world.arena;

    for (size_t r = 0; r < COUNT_OF(asker); r++) {
        for (size_t i = 0; i < COUNT_OF(functions); i++) {
            const char *may = store_world_text(
                &test->world, arena_printf(arena,
                                           "select case when has_function_privilege('%s', '%s',"
                                           " 'execute') then 'x' else '' end",
                                           asker[r], functions[i][0]));
            if (!text_equal(may, functions[i][r + 1]))
                fail_msg("%s and %s: '%s'", asker[r], functions[i][0], may);
        }
        for (size_t i = 0; i < COUNT_OF(around); i++) {
            const char *may = store_world_text(
                &test->world,
                arena_printf(arena,
                             "select concat(case when has_schema_privilege('%s', '%s', 'create')"
                             " then 'c' end, case when has_schema_privilege('%s', '%s', 'usage')"
                             " then 'u' end)",
                             asker[r], around[i][0], asker[r], around[i][0]));
            if (!text_equal(may, around[i][r + 1]))
                fail_msg("%s and schema %s: '%s'", asker[r], around[i][0], may);
        }
        assert_int_equal(
            store_world_number(
                &test->world, arena_printf(arena,
                                           "select count(*) from pg_roles o where o.rolname <> '%s'"
                                           " and pg_has_role('%s', o.oid, 'member')",
                                           asker[r], asker[r])),
            0);
        assert_int_equal(
            store_world_number(&test->world, arena_printf(arena,
                                                          "select count(*) from pg_roles where"
                                                          " rolname = '%s' and (rolsuper or"
                                                          " rolcreaterole or rolcreatedb or"
                                                          " rolreplication or rolbypassrls or"
                                                          " rolcanlogin)",
                                                          asker[r])),
            0);
        assert_int_equal(
            store_world_number(&test->world, arena_printf(arena,
                                                          "select has_database_privilege('%s',"
                                                          " current_database(), 'create')::int",
                                                          asker[r])),
            0);
    }
    /* The lists name all there are, and there are no sequences. */
    assert_int_equal(store_world_number(&test->world,
                                        "select count(*) from pg_proc where pronamespace in"
                                        " ('reconcile'::regnamespace, 'audit'::regnamespace)"),
                     COUNT_OF(functions));
    assert_int_equal(store_world_number(&test->world,
                                        "select count(*) from pg_class where relkind = 'S' and"
                                        " relnamespace in ('reconcile'::regnamespace,"
                                        " 'audit'::regnamespace)"),
                     0);
}

/* No personal column is open to an auditor, and every name, address, key and sentence is one. */
TEST(an_auditor_sees_no_personal_column)
{
    struct review_case *test = *state;

    assert_string_equal(
        store_world_text(
            &test->world,
            "select string_agg(c.relname || '.' || a.attname, ' ' order by c.relname) from "
            "pg_class c"
            " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
            " where c.relnamespace = 'audit'::regnamespace and c.relkind = 'v'"
            " and has_column_privilege('reconcile_auditor', c.oid, a.attnum, 'select')"
            " and a.attname in ('username', 'email', 'email2', 'name', 'employee_number', 'who',"
            " 'reason', 'message', 'person_key', 'sentence', 'actual', 'value', 'salt',"
            " 'rejected', 'about', 'cause', 'end_reason', 'ended_by', 'ended_reason',"
            " 'matched_number', 'matched_name', 'matched_email', 'matched_row')"),
        "migration.name profile_history.name roster.rejected"); /* of a file, a profile; a count */
    assert_int_equal(store_world_number(&test->world,
                                        "select count(*) from pg_class c join pg_attribute a on"
                                        " a.attrelid = c.oid and a.attnum > 0 where"
                                        " c.relnamespace = 'audit'::regnamespace and c.relkind ="
                                        " 'v' and col_description(c.oid, a.attnum) is null"),
                     0);
}

static void refused(struct review_case *test, const char *sql)
{
    REVIEW_REFUSED(pg_script(test->world.pg, "test", sql, &why), ERR_CONFIG, "SQLSTATE 42501");
}

static void spread_again(void)
{
    CLEANUP(mem_cleanup) char *said = NULL;

    if (distributed_spread(cluster_fixture_conninfo(), &said) != 0)
        fail_msg("%s", said);
}

/* Where tables are spread nobody may change of which portal a row is, and some of what asks every
 * server cannot be asked. */
static void refused_in_any_way(struct review_case *test, const char *sql)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(pg_script(test->world.pg, "test", sql, &err), -1);
    if (!strstr(err.text, "SQLSTATE 42501") &&
        (!distributed_is_here() || !strstr(err.text, "SQLSTATE 0A000")))
        fail_msg("%s: %s", sql, err.text);
}

TEST(each_role_does_its_work_and_no_more)
{
    const struct review_shape shape = {
        .suspend = 2, .deprovision = 1, .approvals_suspend = 1, .approvals_deprovision = 1};
    struct review_case *test = *state;
    struct store *store = &test->world.store;
    struct store_subject *subject = NULL;
    struct store_erased erased;
    struct audit_head last;
    const char *excess = NULL;
    size_t count = 0;
    bool is_spread = distributed_is_here();

    if (is_spread) /* who audits asks views of their own there, and may what these are made of */
        spread_again();
    /* The job: from the first row to the outcome of an act. */
    be(test, "reconcile_job");
    REVIEW_OK(store_open(test->world.pg, "acme", "http://127.0.0.1", store, &why));
    store_world_tomorrow(&test->world);
    review_case_plan(test, &shape);
    struct snapshot snapshot = store_world_snapshot(&test->world, 4);
    struct roster roster = store_world_roster(&test->world, 4);
    static const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER}, .key_count = 1};
    store_world_save(&test->world, &snapshot);
    store_world_save_roster(&test->world, &roster, true);
    REVIEW_OK(store_save_links(store, &snapshot, &roster,
                               match_all(&test->world.arena, &snapshot, &roster, &matching), 100,
                               true, &why));
    review_case_approve(test, "anna");
    ruling_case_save(test, ruling_case_keep(test, "bert", 2, "user2 is needed"));
    struct acknowledgement given = {.guard = "G2",
                                    .plan_id = test->plan->id,
                                    .who = "anna",
                                    .reason = "a branch was sold",
                                    .at = test->world.now,
                                    .cause = "400 people"};
    struct store_announced announced = ruling_case_announcement(test, 2);
    const struct store_announcement_end ended = {announced.account_id, announced.rule, "kept"};
    REVIEW_OK(store_acknowledge(store, &given, &why));
    REVIEW_OK(
        store_announce(store, &test->world.run, NULL, 0, &announced, 1, test->world.today, &why));
    REVIEW_OK(store_announce(store, &test->world.run, &ended, 1, NULL, 0, test->world.today, &why));
    test->approved[1] = test->approved[2] = false;
    REVIEW_OK(review_case_open(test, &why));
    const struct store_intent intent = review_case_intent(test, 1);
    const struct store_outcome outcome = {
        .plan_id = test->plan->id, .position = 1, .state = STEP_DONE, .status = 202};
    REVIEW_OK(store_intend(store, &test->world.run, &intent, test->world.now, &why));
    REVIEW_OK(store_outcome(store, &test->world.run, &outcome, test->world.now, &why));
    REVIEW_OK(store_settle_seats(store, &why));
    REVIEW_OK(store_excess_rights(test->world.pg, &test->world.arena, &excess, &why));
    assert_null(excess);
    refused(test, "update audit_event set word = 'x'");
    refused(test, "delete from audit_private");
    refused(test, "truncate act");
    refused(test, "delete from act");
    refused(test, "delete from ruling");
    refused(test, "delete from acknowledgement");
    refused(test, "delete from announcement");
    refused(test, "update plan_row set rule = 'x'");
    refused(test, "alter table audit_event disable trigger all");
    /* Holding the end of the chain is all that its right is for, from within a trigger as well. */
    refused_in_any_way(test, "update audit_head set portal_id = portal_id");
    refused(test, "update audit_head set sequence = 0");
    refused(test, "insert into audit_head values (5, 0, decode(repeat('00', 32), 'hex'), 3)");
    refused(test, "insert into audit_head values (5, 0, sha256(''), 0)");
    REVIEW_OK(pg_script(test->world.pg, "test",
                        "create temporary table lever (set_to text);"
                        "create function pg_temp.lever() returns trigger language plpgsql as"
                        " $f$ begin execute 'update audit_head set ' || new.set_to; return new;"
                        " end $f$;"
                        "create trigger lever before insert on lever for each row execute"
                        " function pg_temp.lever()",
                        &why));
    refused_in_any_way(test, "insert into lever values ('portal_id = 5')");
    refused(test, "insert into lever values ('count = 5')");
    struct ruling reject = review_case_ruling(test, "carl", 2);
    reject.kind = RULING_REJECT;
    reject.until = day_add(test->world.today, 180);
    reject.reason = "enough";
    REVIEW_OK(store_save_rulings(store, &reject, 1, "https://acme.example", &why));
    bool closed = false;
    REVIEW_OK(store_close_plan(store, test->plan->id, &closed, &why));
    assert_true(closed);

    /* Who audits. */
    be(test, "reconcile_auditor");
    store_world_execute(&test->world,
                        is_spread ? "set search_path = audit_open" : "set search_path = audit");
    assert_int_equal(
        store_world_number(&test->world, "select count(account_id) from account_history"), 4);
    assert_int_equal(store_world_number(&test->world, "select sum(freed_seat_days) from"
                                                      " savings where portal = 'acme'"),
                     1);
    refused(test, "select name from audit.account_history");
    refused(test, "select * from audit.account_at('acme', now())");
    refused(test, "select name from reconcile.account_version");
    if (!is_spread)
        refused(test, "select account_id from reconcile.account");
    be(test, "reconcile_auditor_personal");
    assert_int_equal(store_world_number(&test->world, "select count(name) from"
                                                      " audit.account_at('acme', 'infinity')"),
                     4);
    refused(test, "update reconcile.account set account_id = 'x'");
    if (!is_spread)
        refused(test, "select account_id from reconcile.account");
    store_world_execute(&test->world, "set search_path = reconcile, pg_catalog");

    /* Who erases. */
    be(test, "reconcile_eraser");
    REVIEW_OK(store_find_who(store, &test->world.arena, "user2", &subject, &count, &why));
    assert_int_equal(count, 1);
    REVIEW_OK(store_erase(store, &test->world.arena, subject, "eve", "a letter", test->world.now,
                          &erased, &why));
    assert_int_equal(erased.accounts, 1);
    refused(test, "insert into approval select * from approval");
    refused(test, "insert into act select * from act");
    refused(test, "insert into ruling select * from ruling");
    refused(test, "delete from ruling");
    refused(test, "delete from audit_event");
    REVIEW_OK(store_excess_rights(test->world.pg, &test->world.arena, &excess, &why));
    assert_string_equal(excess, "may erase");

    be(test, "reconcile_owner");
    REVIEW_OK(store_excess_rights(test->world.pg, &test->world.arena, &excess, &why));
    assert_non_null(strstr(excess, "owns the tables, may delete the record"));
    be(test, NULL);
    size_t findings = 1;
    CLEANUP(text_release) struct text said = TEXT_INIT;
    REVIEW_OK(store_audit_verify(store, NULL, 0, NULL, &said, &last, &findings, &why));
    assert_int_equal(findings, 0);
}

static void says_missing(struct review_case *test, const char *sql, const char *missing)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    be(test, NULL);
    store_world_execute(&test->world, sql);
    be(test, "reconcile_job");
    int code = store_check_rights(test->world.pg, &err);
    be(test, NULL);
    if (!missing) {
        if (code != 0)
            fail_msg("%s: %s", sql, err.text);
        return;
    }
    assert_int_equal(code, -1);
    if (!strstr(err.text, missing))
        fail_msg("%s: %s", sql, err.text);
}

/* Who has not the role is told how to come by it; who owns everything lacks nothing. */
TEST(a_login_without_the_role_of_the_job_is_told_of_it)
{
    struct review_case *test = *state;

    store_world_execute(&test->world,
                        "do $$ begin create role reconcile_nobody; exception when duplicate_object "
                        "then null; end $$");
    be(test, "reconcile_nobody");
    REVIEW_REFUSED(store_check_rights(test->world.pg, &why), ERR_CONFIG,
                   "; hint: 'grant reconcile_job to reconcile_nobody', once roles.sql made it");
    be(test, "reconcile_owner");
    REVIEW_OK(store_check_rights(test->world.pg, &why));
    be(test, NULL);
    REVIEW_OK(store_check_rights(test->world.pg, &why));
}

/* Every right that the role has, by the server's own lists. */
static const char granted[] =
    "select format('revoke %1$s on %2$s from reconcile_job', what, place),"
    "       format('grant %1$s on %2$s to reconcile_job', what, place),"
    "       format('%s on %s', split_part(what, ' ', 1), place)"
    " from (select lower(privilege_type), format('%I.%I', relnamespace::regnamespace, relname)"
    "       from pg_class cross join aclexplode(relacl) where grantee = 'reconcile_job'::regrole"
    "       and relnamespace in ('reconcile'::regnamespace, 'audit'::regnamespace)"
    "       union all"
    "       select format('%s (%I)', lower(privilege_type), attname),"
    "              format('%I.%I', relnamespace::regnamespace, relname)"
    "       from pg_attribute join pg_class c on c.oid = attrelid cross join aclexplode(attacl)"
    "       where grantee = 'reconcile_job'::regrole"
    "       and relnamespace in ('reconcile'::regnamespace, 'audit'::regnamespace)"
    "       union all"
    "       select lower(privilege_type), 'function ' || oid::regprocedure"
    "       from pg_proc cross join aclexplode(proacl) where grantee = 'reconcile_job'::regrole"
    "       union all"
    "       select lower(privilege_type), 'schema ' || nspname"
    "       from pg_namespace cross join aclexplode(nspacl) where grantee = "
    "'reconcile_job'::regrole"
    "       union all"
    "       select lower(privilege_type), 'database ' || quote_ident(datname)"
    "       from pg_database cross join aclexplode(datacl) where datname = current_database()"
    "       and grantee = 'reconcile_job'::regrole) a (what, place)";

TEST(each_right_of_the_job_that_is_taken_away_is_named)
{
    struct review_case *test = *state;
    CLEANUP(pg_clearp) PGresult *all = NULL;
    static const char everybody[] =
        "do $$ begin execute format('revoke temporary on database %I from public',"
        " current_database()); end $$";

    if (distributed_is_here()) /* what is looked at is here */
        store_world_execute(&test->world, "set citus.enable_ddl_propagation = off");
    store_world_execute(&test->world, everybody);
    store_world_execute(&test->world, "set search_path = pg_catalog");
    REVIEW_OK(pg_run(test->world.pg, "granted", granted, PG_MANY, NULL, 0, &all, &why));
    for (int i = 0; i < PQntuples(all); i++) {
        CLEANUP(text_release) struct text grant = TEXT_INIT;

        text_addf(&grant, "'%s'", pg_text(all, i, 1));
        says_missing(test, pg_text(all, i, 0), text_cstr(&grant));
        store_world_execute(&test->world, pg_text(all, i, 1));
    }
    says_missing(test, "set search_path = reconcile, pg_catalog", NULL);
    assert_true(PQntuples(all) > 150);
    print_message("%d rights taken away\n", PQntuples(all));
}

/* What somebody else made in our schemas is no right of the job, whatever it is called. */
TEST(the_job_needs_rights_on_what_is_the_programs_and_on_nothing_else)
{
    struct review_case *test = *state;

    says_missing(test, "create view audit.our_portals as select 1 as one", NULL);
    says_missing(test, "create view audit.login as select 1 as one", NULL); /* a table of ours */
    says_missing(test, "create table reconcile.note (one integer)", NULL);
    says_missing(test, "create function audit.one() returns integer language sql return 1", NULL);
    says_missing(test, "revoke execute on function audit.one() from public", NULL);
    says_missing(test, "revoke select on audit.run from reconcile_job",
                 "this login lacks a right of the job: select on audit.run; hint: 'grant select on"
                 " audit.run to reconcile_job', or roles.sql, which is run again after each");
    store_world_execute(&test->world,
                        "revoke select on reconcile.migration, reconcile.step from reconcile_job");
    says_missing(test, "revoke update on reconcile.step, reconcile.portal from reconcile_job",
                 "lacks 5 rights of the job: select on audit.run, select on reconcile.migration,"
                 " select on reconcile.step and 2 more; hint: 'grant select on audit.run to"
                 " reconcile_job; grant select on reconcile.migration to reconcile_job; grant"
                 " select on reconcile.step to reconcile_job', or roles.sql");
}
