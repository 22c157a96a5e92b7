/*
 * A history over several servers: db/distribute.sql refuses with the reason
 * where it cannot be done, takes an existing history as it is, and can be run
 * again; then the record, the plans and what each role sees are what they are
 * on one server. (Where RECONCILE_TEST_CITUS names servers, every other test of
 * the history is run on such a one as well.)
 */
#include "ruling_case.h"
#include "test.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/verify.h"
#include "base/mem.h"
#include "core/match.h"
#include "distributed.h"
#include "host/file.h"
#include "store/audit.h"
#include "store/migrate.h"
#include "store/savings.h"
#include "store/spread.h"

static void finish(PGconn **connection)
{
    PQfinish(*connection);
}

static PGconn *connect_as(const char *conninfo, const char *user)
{
    CLEANUP(text_release) struct text where = TEXT_INIT;

    text_addf(&where, "%s%s%s options='-c client_min_messages=error'", conninfo,
              user ? " user=" : "", user ? user : "");
    PGconn *connection = PQconnectdb(text_cstr(&where));
    if (PQstatus(connection) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(connection));
    return connection;
}

/* The first cell, "" for none; NULL and the reason in *ret_why where it is
 * refused. */
static char *try(PGconn *connection, const char *sql, struct text *ret_why)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    char *answer = NULL;

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        answer = mem_strdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    else
        text_add(ret_why, PQerrorMessage(connection));
    PQclear(result);
    return answer;
}

static void must(PGconn *connection, const char *sql)
{
    CLEANUP(text_release) struct text why = TEXT_INIT;
    CLEANUP(mem_cleanup) char *answer = try(connection, sql, &why);

    if (!answer)
        fail_msg("%s: %s", sql, text_cstr(&why));
}

static void assert_spread_says(const char *conninfo, int code, const char *words)
{
    CLEANUP(mem_cleanup) char *said = NULL;
    int got = distributed_spread(conninfo, &said);

    if (got != code || !strstr(said, words))
        fail_msg("exit %d, not %d with '%s': %s", got, code, words, said);
}

static struct pg *open_at(const char *conninfo)
{
    struct pg_settings settings = {.conninfo = conninfo};
    struct pg *pg = NULL;

    REVIEW_OK(pg_open(&settings, &pg, &why));
    return pg;
}

static void migrate(const char *conninfo)
{
    CLEANUP(pg_closep) struct pg *pg = open_at(conninfo);
    struct migrate_result migrated;

    REVIEW_OK(migrate_run(pg, &migrated, &why));
}

/* --- where it cannot be done --- */

TEST(a_statement_over_all_parts_has_one_connection_to_each_server)
{
    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create();
    CLEANUP(pg_closep) struct pg *pg = open_at(conninfo);
    CLEANUP(pg_clearp) PGresult *result = NULL;

    REVIEW_OK(pg_run(pg, "show", "show citus.max_adaptive_executor_pool_size", PG_ONE, NULL, 0,
                     &result, &why));
    assert_string_equal(pg_text(result, 0, 0), "1");
}

TEST(spreading_where_there_is_one_server_is_refused_and_changes_nothing)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct migrate_result migrated;
    struct store_spread spread;
    struct store store = {.pg = pg};

    REVIEW_OK(migrate_run(pg, &migrated, &why));
    if (!distributed_is_here())
        assert_spread_says(cluster_fixture_conninfo(), 3, "this server cannot spread tables");
    REVIEW_OK(store_look_spread(&store, &arena, &spread, &why));
    assert_false(spread.is_spread);
}

TEST(every_table_of_a_history_is_one_that_can_be_spread)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open_migrated();
    CLEANUP(mem_cleanup) char *path = file_join(SOURCE_DIR, "db/distribute.sql");
    CLEANUP(text_release) struct text script = TEXT_INIT;
    CLEANUP(finish) PGconn *owner = connect_as(cluster_fixture_conninfo(), NULL);

    (void)pg;
    REVIEW_OK(file_read(path, 1 << 20, ERR_INTERNAL, &script, NULL, &why));
    PGresult *result = PQexec(owner, "select relname from pg_class where relkind in ('r', 'p') and"
                                     " relnamespace = 'reconcile'::regnamespace");
    assert_true(PQntuples(result) > 40);
    for (int i = 0; i < PQntuples(result); i++) {
        CLEANUP(text_release) struct text quoted = TEXT_INIT;
        text_addf(&quoted, "'%s'", PQgetvalue(result, i, 0));
        if (!strstr(text_cstr(&script), text_cstr(&quoted)))
            fail_msg("db/distribute.sql does not know table %s", PQgetvalue(result, i, 0));
    }
    PQclear(result);
}

/* By table and name, as distribute.sql has them. */
TEST(every_trigger_that_keeps_the_record_is_one_that_is_looked_for)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(mem_cleanup) char *path = file_join(SOURCE_DIR, "db/distribute.sql");
    CLEANUP(text_release) struct text script = TEXT_INIT;
    struct migrate_result migrated;

    REVIEW_OK(migrate_run(pg, &migrated, &why));
    CLEANUP(finish) PGconn *owner = connect_as(cluster_fixture_conninfo(), NULL);
    REVIEW_OK(file_read(path, 1 << 20, ERR_INTERNAL, &script, NULL, &why));
    PGresult *result = PQexec(owner, "select format('(''%s'', ''%s'')', c.relname, t.tgname)"
                                     " from pg_trigger t join pg_class c on c.oid = t.tgrelid"
                                     " where not t.tgisinternal");
    assert_int_equal(PQntuples(result), 7);
    for (int i = 0; i < PQntuples(result); i++) {
        if (!strstr(text_cstr(&script), PQgetvalue(result, i, 0)))
            fail_msg("db/distribute.sql does not know trigger %s", PQgetvalue(result, i, 0));
    }
    PQclear(result);
}

TEST(spreading_is_refused_with_what_is_missing)
{
    struct migrate_result migrated;

    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create_bare();
    CLEANUP(mem_cleanup) char *worker = distributed_worker(conninfo, 0);
    assert_spread_says(conninfo, 3, "this database has no history");
    assert_spread_says(worker, 3, "not the one that coordinates");
    CLEANUP(pg_closep) struct pg *pg = open_at(conninfo);
    REVIEW_OK(migrate_run(pg, &migrated, &why));
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    must(owner, "create table reconcile.other (portal_id bigint primary key)");
    assert_spread_says(conninfo, 3, "tables that this is not made for: other");
    must(owner, "drop table reconcile.other");
    must(owner, "insert into reconcile.portal (portal_id, name, url) values (7, "
                "'acme', '')");
    must(owner, "select pg_advisory_lock(7)");
    assert_spread_says(conninfo, 3, "something runs: acme");
    must(owner, "select pg_advisory_unlock(7)");
    must(owner, "select citus_set_node_property('127.0.0.1', inet_server_port(),"
                " 'shouldhaveshards', true)");
    assert_spread_says(conninfo, 3, "to hold portals itself");
    must(owner, "select citus_set_node_property('127.0.0.1', inet_server_port(),"
                " 'shouldhaveshards', false)");
    CLEANUP(text_release) struct text why = TEXT_INIT;
    CLEANUP(mem_cleanup)
    char *count = try(owner, "select count(*) from pg_dist_partition", &why);
    assert_string_equal(count, "0");
    assert_spread_says(conninfo, 0, "1 portals");
}

TEST(spreading_is_refused_without_another_server_and_of_an_old_history)
{
    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create_bare();
    CLEANUP(text_release) struct text why = TEXT_INIT;
    migrate(conninfo);
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    must(owner, "create table migrated as select * from reconcile.migration "
                "where version >= 22");
    must(owner, "delete from reconcile.migration where version >= 22");
    assert_spread_says(conninfo, 3, "a version that cannot be spread");
    must(owner, "insert into reconcile.migration select * from migrated");
    must(owner, "select citus_set_node_property(nodename, nodeport, "
                "'shouldhaveshards', false)"
                " from pg_dist_node where groupid <> 0");
    assert_spread_says(conninfo, 3, "there is no other server to spread to");
    must(owner, "create table nodes as select nodename, nodeport from pg_dist_node"
                " where groupid <> 0");
    must(owner, "select citus_remove_node(nodename, nodeport) from nodes");
    assert_spread_says(conninfo, 3, "there is no other server to spread to");
    CLEANUP(mem_cleanup)
    char *count = try(owner, "select count(*) from pg_dist_partition", &why);
    assert_string_equal(count, "0");
}

/* Half of it by hand: as it is to be it is taken as it is, and otherwise
 * refused. */
TEST(what_is_spread_by_half_goes_on_or_is_refused_by_how_it_was)
{
    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create_bare();
    migrate(conninfo);
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    CLEANUP(text_release) struct text why = TEXT_INIT;
    must(owner, "select create_reference_table('reconcile.portal')");
    /* with it may come what refers to it, and all of them are named */
    assert_spread_says(conninfo, 3, "spread already, in another way: reconcile.");
    assert_spread_says(conninfo, 3, "reconcile.portal");
    must(owner, "select undistribute_table('reconcile.portal', "
                "cascade_via_foreign_keys => true)");
    must(owner, "set citus.enable_unsafe_triggers = on");
    must(owner, "select create_distributed_table('reconcile.audit_head', 'portal_id',"
                " colocate_with => 'none')");
    assert_spread_says(conninfo, 3, "spread already, in another way: reconcile.audit_head");
    must(owner, "select undistribute_table('reconcile.audit_head')");
    must(owner, "select create_distributed_table('reconcile.portal', 'portal_id',"
                " colocate_with => 'none')");
    CLEANUP(mem_cleanup)
    char *count = try(owner, "select count(*) from pg_dist_partition", &why);
    assert_string_equal(count, "1");
    assert_spread_says(conninfo, 0, "51 tables spread over 2 servers, 50 of them now; 0 portals");
}

TEST(spreading_is_for_a_superuser)
{
    NEEDS_DISTRIBUTED;
    CLEANUP(text_release) struct text where = TEXT_INIT, why = TEXT_INIT;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create_bare();
    migrate(conninfo);
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    must(owner, "do $$ begin create role spread_nobody login;"
                " exception when duplicate_object then null; end $$");
    text_addf(&where, "%s user=spread_nobody", conninfo);
    assert_spread_says(text_cstr(&where), 3, "this login is no superuser");
    CLEANUP(mem_cleanup)
    char *count = try(owner, "select count(*) from pg_dist_partition", &why);
    assert_string_equal(count, "0");
}

/* --- an existing history --- */

/* Whoever owns everything is kept from the record by its triggers, on every
 * server and in every role of a replication. */
static void assert_kept(PGconn *owner)
{
    static const char *const change[] = {
        "update reconcile.audit_event set word = 'x'",
        "delete from reconcile.audit_event",
        "truncate reconcile.audit_event cascade",
        "update reconcile.audit_private set value = ''",
        "update reconcile.audit_head set count = 0",
    };
    static const char *const role[] = {"replica", "local", "origin"};

    for (size_t r = 0; r < COUNT_OF(role); r++) {
        CLEANUP(text_release) struct text set = TEXT_INIT;
        text_addf(&set, "set session_replication_role = %s", role[r]);
        must(owner, text_cstr(&set));
        for (size_t i = 0; i < COUNT_OF(change); i++) {
            CLEANUP(text_release) struct text why = TEXT_INIT;
            CLEANUP(mem_cleanup) char *answer = try(owner, change[i], &why);
            if (answer || !strstr(text_cstr(&why), "the record of what happened only grows"))
                fail_msg("%s: %s", change[i], text_cstr(&why));
        }
    }
}

static char *whole_record_of(PGconn *connection)
{
    CLEANUP(text_release) struct text why = TEXT_INIT;
    char *record = try(connection,
                       "select string_agg(encode(hash, 'hex'), ' ' order by sequence)"
                       " from reconcile.audit_event",
                       &why);
    if (!record)
        fail_msg("%s", text_cstr(&why));
    return record;
}

static void begin_on(struct store_world *world, const char *conninfo)
{
    *world = (struct store_world){.arena = ARENA_INIT, .pg = open_at(conninfo)};
    REVIEW_OK(store_open(world->pg, "acme", "http://127.0.0.1", &world->store, &why));
    assert_true(instant_parse_rfc3339("2026-11-01T02:00:00Z", &world->now));
    assert_true(day_from_civil(2026, 11, 1, &world->today));
    REVIEW_OK(store_run_begin(&world->store, "plan", world->today, world->now, &world->run, &why));
}

static void live(struct review_case *test)
{
    const struct review_shape shape = {
        .suspend = 3, .deprovision = 1, .approvals_suspend = 1, .approvals_deprovision = 1};

    review_case_plan(test, &shape);
    store_world_tomorrow(&test->world);
    review_case_plan(test, &shape);
}

static void assert_verifies(struct store_world *world)
{
    CLEANUP(text_release) struct text said = TEXT_INIT;
    struct audit_head last;
    size_t findings = 1;

    REVIEW_OK(store_audit_verify(&world->store, NULL, 0, NULL, &said, &last, &findings, &why));
    assert_int_equal(findings, 0);
}

/* Indexes are made anew, and a table has another name: to another server a
 * statement goes alone. */
TEST(an_upgrade_goes_through_where_a_history_is_spread)
{
    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create();
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    CLEANUP(text_release) struct text why = TEXT_INIT;

    must(owner, "drop index reconcile.account_version_username");
    must(owner, "drop index reconcile.account_version_email");
    must(owner, "create index account_version_username on reconcile.account_version"
                " (portal_id, audit.plain(username)) where username is distinct from "
                "email");
    must(owner, "create index account_version_email on reconcile.account_version"
                " (portal_id, audit.plain(email))");
    must(owner, "create or replace view audit.login_history as select ''::text "
                "as portal, portal_id,"
                " ''::text as account_id, account_no, valid_from as "
                "from_snapshot, seen_at as since,"
                " kind::text as kind, at, source::text as source, seen_at from "
                "reconcile.login_past");
    must(owner, "drop view reconcile.login");
    must(owner, "alter table reconcile.login_past rename to login");
    must(owner, "create table reconcile.login_known (portal_id bigint not null, "
                "at timestamptz,"
                " seen_at timestamptz, read_at timestamptz, account_no integer "
                "not null, valid_from"
                " integer not null, kind reconcile.login_kind not null, source"
                " reconcile.login_source not null, raw text, primary key "
                "(portal_id, account_no))");
    must(owner, "select create_distributed_table('reconcile.login_known', 'portal_id',"
                " colocate_with => 'reconcile.portal')");
    must(owner, "create schema if not exists audit_open");
    must(owner, "drop view if exists audit_open.login_history");
    must(owner, "create view audit_open.login_history as select portal_id, account_no, at"
                " from reconcile.login");
    must(owner, "delete from reconcile.migration where version >= 25");
    migrate(conninfo);
    CLEANUP(mem_cleanup)
    char *made = try(owner,
                     "select count(*) from pg_indexes where schemaname = 'reconcile' and"
                     " (indexname, indexdef like '%starts_with%', indexdef like "
                     "'%text_pattern%')"
                     " in (('account_version_username', true, false),"
                     " ('account_version_email', false, true))",
                     &why);
    assert_string_equal(made, "2");
    CLEANUP(mem_cleanup)
    char *spread = try(owner,
                       "select count(*) from pg_dist_partition where logicalrelid ="
                       " 'reconcile.login_past'::regclass",
                       &why);
    assert_string_equal(spread, "1");
    CLEANUP(mem_cleanup)
    char *open =
        try(owner, "select coalesce(to_regclass('audit_open.login_history')::text, 'none')", &why);
    assert_string_equal(open, "none"); /* until distribute.sql makes it again */
}

TEST(a_history_that_is_spread_goes_on_as_it_was)
{
    struct review_case test = {.plan = NULL};
    struct store_spread spread;

    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create_bare();
    migrate(conninfo);
    begin_on(&test.world, conninfo);
    live(&test);
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    CLEANUP(mem_cleanup) char *before = whole_record_of(owner);
    assert_spread_says(conninfo, 0, "1 portals");
    CLEANUP(mem_cleanup) char *after = whole_record_of(owner);
    assert_string_equal(after, before);
    assert_verifies(&test.world);
    assert_kept(owner);

    /* It is asked where it is, and again changes nothing. */
    REVIEW_OK(store_look_spread(&test.world.store, &test.world.arena, &spread, &why));
    assert_true(spread.is_spread);
    assert_int_equal(spread.here, 0);
    assert_true(spread.servers >= 2);
    assert_non_null(strchr(spread.at, ':'));
    assert_spread_says(conninfo, 0, " 0 of them now");
    struct plan *loaded = NULL;
    REVIEW_OK(store_load_plan(&test.world.store, &test.world.arena, test.plan->id, &loaded, &why));
    assert_memory_equal(loaded->digest.byte, test.plan->digest.byte, sizeof(loaded->digest.byte));
    store_world_tomorrow(&test.world);
    review_case_plan(&test, &(struct review_shape){.suspend = 2, .approvals_suspend = 1});
    assert_verifies(&test.world);

    /* A table that an upgrade adds, and that nobody spread. */
    must(owner, "drop table reconcile.first_event cascade");
    must(owner, "create table reconcile.first_event (portal_id bigint primary key)");
    REVIEW_OK(store_look_spread(&test.world.store, &test.world.arena, &spread, &why));
    assert_int_equal(spread.here, 1);
    assert_spread_says(conninfo, 0, " 1 of them now");
    REVIEW_OK(store_look_spread(&test.world.store, &test.world.arena, &spread, &why));
    assert_int_equal(spread.here, 0);
    store_world_end(&test.world);
}

/* What keeps the record is known by name, wherever it is missing: on one part
 * of a table, on all of them, at the server that coordinates, there before
 * anything is spread, or everywhere at once. */
TEST(a_trigger_that_somebody_took_off_is_missed)
{
    static const struct {
        const char *take, *says, *mend;
    } off[] = {
        {"select run_command_on_shards('reconcile.audit_event', 'alter table %s "
         "disable trigger"
         " user')",
         "audit_check, audit_deny of audit_event_", NULL},
        {"select run_command_on_shards('reconcile.audit_event', 'alter table %s "
         "enable trigger"
         " user')",
         "audit_check, audit_deny of audit_event_", NULL},
        {"alter table reconcile.audit_event disable trigger audit_deny",
         "not in force: audit_deny of audit_event\n",
         "alter table reconcile.audit_event enable always trigger audit_deny"},
        {"drop trigger audit_deny on reconcile.audit_private",
         "not in force: audit_deny of audit_private\n",
         "create trigger audit_deny before update or truncate on "
         "reconcile.audit_private"
         " for each statement execute function reconcile.audit_deny();"
         "alter table reconcile.audit_private enable always trigger audit_deny"},
    };

    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create();
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    must(owner, "set citus.enable_ddl_propagation = off");
    for (size_t i = 0; i < COUNT_OF(off); i++) {
        CLEANUP(mem_cleanup)
        char *always = cluster_fixture_triggers("audit_event", TRIGGERS_ALWAYS);

        must(owner, off[i].take);
        assert_spread_says(conninfo, 3, off[i].says);
        must(owner, off[i].mend ? off[i].mend : always);
        assert_spread_says(conninfo, 0, " 0 of them now");
    }
}

TEST(a_record_that_is_not_kept_is_not_spread)
{
    NEEDS_DISTRIBUTED;
    CLEANUP(text_release) struct text why = TEXT_INIT;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create_bare();
    migrate(conninfo);
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    must(owner, "alter table reconcile.audit_event disable trigger audit_check");
    must(owner, "drop trigger audit_deny on reconcile.audit_private");
    assert_spread_says(conninfo, 3,
                       "not in force: audit_check of audit_event, audit_deny of audit_private");
    CLEANUP(mem_cleanup)
    char *count = try(owner, "select count(*) from pg_dist_partition", &why);
    assert_string_equal(count, "0");
}

/* What is drawn by lot, in turn instead, where a test says so. */
static bool lots_in_turn;
static unsigned lots;

ssize_t getrandom(void *bytes, size_t length, unsigned flags)
{
    if (!lots_in_turn)
        return syscall(SYS_getrandom, bytes, length, flags);
    memset(bytes, (int)++lots, length);
    return (ssize_t)length;
}

/* What takes its time of the server: in the chain a millisecond passes with
 * each event from now on, and the portal is seen first at a set time. */
static void hold_clock(PGconn *owner)
{
    must(owner, "alter table reconcile.portal alter column first_seen set default"
                " '2026-11-01T01:00:00Z'");
    must(owner, "do $d$ declare held text := replace(pg_get_functiondef("
                "'reconcile.audit_hold(bigint)'::regprocedure), 'clock_timestamp()',"
                " '(''2026-11-01T02:00:00Z''::timestamptz + sequence * interval ''1 "
                "millisecond'')');"
                " begin if strpos(held, 'millisecond') = 0 then raise 'another clock'; "
                "end if;"
                " execute held; end $d$");
}

/* Two days of a portal, with something of most that is kept. */
static void live_whole(struct store_world *world)
{
    static const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER}, .key_count = 1};
    struct review_case test = {.world = *world};
    struct store *store = &test.world.store;
    struct acknowledgement given = {.guard = "G2",
                                    .plan_id = 2,
                                    .who = "anna",
                                    .reason = "a branch was sold",
                                    .cause = "400 people"};

    lots_in_turn = true;
    lots = 0;
    live(&test);
    given.at = test.world.now;
    struct snapshot snapshot = store_world_snapshot(&test.world, 6);
    struct roster roster = store_world_roster(&test.world, 6);
    snapshot.account[0].login = store_world_login(test.world.now, test.world.now);
    store_world_save(&test.world, &snapshot);
    store_world_save_roster(&test.world, &roster, true);
    REVIEW_OK(store_save_links(store, &snapshot, &roster,
                               match_all(&test.world.arena, &snapshot, &roster, &matching), 100,
                               true, &why));
    review_case_approve(&test, "anna");
    ruling_case_save(&test, ruling_case_keep(&test, "bert", 2, "user2 is needed"));
    REVIEW_OK(store_acknowledge(store, &given, &why));
    struct store_announced announced = ruling_case_announcement(&test, 2);
    REVIEW_OK(
        store_announce(store, &test.world.run, NULL, 0, &announced, 1, test.world.today, &why));
    test.approved[1] = false;
    REVIEW_OK(review_case_open(&test, &why));
    const struct store_intent intent = review_case_intent(&test, 1);
    const struct store_outcome outcome = {
        .plan_id = test.plan->id, .position = 1, .state = STEP_DONE, .status = 202};
    REVIEW_OK(store_intend(store, &test.world.run, &intent, test.world.now, &why));
    REVIEW_OK(store_outcome(store, &test.world.run, &outcome, test.world.now, &why));
    REVIEW_OK(store_settle_seats(store, &why));
    lots_in_turn = false;
    assert_verifies(&test.world);
    *world = test.world;
}

/* Every row of every table but `migration`, a line each behind the name of its
 * table. */
static size_t dump(PGconn *connection, struct text *ret_rows)
{
    static const char tables[] =
        "select format('select line from (select row(%s)::text as line from "
        "reconcile.%I) r"
        " order by line collate \"C\"', string_agg(quote_ident(a.attname), ', ' "
        "order by"
        " a.attname), c.relname), c.relname"
        " from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum "
        "> 0"
        " and not a.attisdropped where c.relnamespace = "
        "'reconcile'::regnamespace and"
        " c.relkind in ('r', 'p') and c.relname <> 'migration' group by c.relname"
        " order by c.relname collate \"C\"";
    size_t filled = 0;

    must(connection, "set time zone 'UTC'");
    PGresult *list = PQexec(connection, tables);
    assert_int_equal(PQntuples(list), 51);
    for (int i = 0; i < PQntuples(list); i++) {
        PGresult *rows = PQexec(connection, PQgetvalue(list, i, 0));
        if (PQresultStatus(rows) != PGRES_TUPLES_OK)
            fail_msg("%s: %s", PQgetvalue(list, i, 0), PQerrorMessage(connection));
        for (int r = 0; r < PQntuples(rows); r++)
            text_addf(ret_rows, "%s %s\n", PQgetvalue(list, i, 1), PQgetvalue(rows, r, 0));
        filled += PQntuples(rows) > 0;
        PQclear(rows);
    }
    PQclear(list);
    return filled;
}

static void assert_same_lines(const char *got, const char *expected)
{
    size_t same = 0;

    for (size_t i = 0; got[i] && got[i] == expected[i]; i++)
        same = got[i] == '\n' ? i + 1 : same;
    if (strcmp(got, expected) != 0)
        fail_msg("'%.*s', not '%.*s'", (int)strcspn(got + same, "\n"), got + same,
                 (int)strcspn(expected + same, "\n"), expected + same);
}

/* Of one portal, at one time by the clock, with the same lots: plans, readings,
 * versions, decisions, steps, and the chain with its times, digests and hashes,
 * byte for byte. */
TEST(one_server_and_several_record_the_same)
{
    struct store_world one = {.pg = NULL}, several = {.pg = NULL};

    NEEDS_DISTRIBUTED;
    CLEANUP(pg_closep) struct pg *plain = cluster_fixture_open();
    CLEANUP(mem_cleanup) char *conninfo = mem_strdup(cluster_fixture_conninfo());
    CLEANUP(mem_cleanup) char *spread = distributed_create();
    assert_non_null(plain);
    migrate(conninfo);
    CLEANUP(finish) PGconn *first = connect_as(conninfo, NULL);
    CLEANUP(finish) PGconn *second = connect_as(spread, NULL);
    hold_clock(first);
    hold_clock(second);
    begin_on(&one, conninfo);
    live_whole(&one);
    begin_on(&several, spread);
    live_whole(&several);
    CLEANUP(text_release) struct text expected = TEXT_INIT, got = TEXT_INIT;
    size_t filled = dump(first, &expected);
    assert_int_equal(dump(second, &got), filled);
    assert_same_lines(text_cstr(&got), text_cstr(&expected));
    assert_true(filled >= 20);
    print_message("%zu bytes of %zu tables\n", got.length, filled);
    store_world_end(&one);
    store_world_end(&several);
}

/* --- locks --- */

TEST(a_server_that_does_not_coordinate_is_refused)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_closep) struct pg *pg = NULL;

    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create();
    CLEANUP(mem_cleanup) char *worker = distributed_worker(conninfo, 0);
    struct pg_settings settings = {.conninfo = worker};
    assert_int_equal(pg_open(&settings, &pg, &err), -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_non_null(strstr(err.text, "its locks keep no two runs apart"));
    settings.conninfo = conninfo;
    REVIEW_OK(pg_open(&settings, &pg, &why));
}

/* --- roles --- */

static void run_roles(const char *conninfo)
{
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/roles.sql");
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        (void)execlp("psql", "psql", "-X", "-q", "-d", conninfo, "-f", script, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void assert_refused(PGconn *connection, const char *sql)
{
    CLEANUP(text_release) struct text why = TEXT_INIT;
    CLEANUP(mem_cleanup) char *answer = try(connection, sql, &why);

    if (answer || !strstr(text_cstr(&why), "permission denied"))
        fail_msg("%s: '%s' %s", sql, answer ? answer : "", text_cstr(&why));
}

/* Each column of each view of a schema, one by one. */
static size_t ask_each(PGconn *owner, PGconn *auditor, const char *condition)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    size_t asked = 0;

    text_addf(&sql,
              "select format('select count(%%I) from %%s', a.attname, c.oid::regclass)"
              " from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum "
              "> 0"
              " where c.relkind = 'v' and %s",
              condition);
    PGresult *list = PQexec(owner, text_cstr(&sql));
    for (int i = 0; i < PQntuples(list); i++, asked++)
        must(auditor, PQgetvalue(list, i, 0));
    PQclear(list);
    return asked;
}

/* Of every column of every table, and of its parts there, those that the views
 * of a schema are made of; nothing may be changed. */
static void assert_sees_just(PGconn *owner, PGconn *there, const char *schema, const char *more)
{
    CLEANUP(text_release) struct text columns = TEXT_INIT;
    size_t seen = 0;

    text_addf(&columns,
              "select c.relname, a.attname, exists (select 1 from pg_depend d join "
              "pg_rewrite w on"
              " w.oid = d.objid join pg_class v on v.oid = w.ev_class where d.classid ="
              " 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and "
              "d.refobjid ="
              " c.oid and d.refobjsubid = a.attnum and v.relnamespace = "
              "'%s'::regnamespace) %s"
              " from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum "
              "> 0 and not"
              " a.attisdropped where c.relnamespace = 'reconcile'::regnamespace and "
              "c.relkind in"
              " ('r', 'p') and c.relname <> 'migration'",
              schema, more);
    PGresult *list = PQexec(owner, text_cstr(&columns));
    assert_true(PQntuples(list) > 300);
    for (int i = 0; i < PQntuples(list); i++) {
        const char *table = PQgetvalue(list, i, 0), *column = PQgetvalue(list, i, 1);
        CLEANUP(text_release)
        struct text sql = TEXT_INIT, change = TEXT_INIT, add = TEXT_INIT;

        text_addf(&sql, "select %s from reconcile.%s where portal_id = 7", column, table);
        if (*PQgetvalue(list, i, 2) == 't')
            must(there, text_cstr(&sql));
        else
            assert_refused(there, text_cstr(&sql));
        seen += *PQgetvalue(list, i, 2) == 't';
        if (strcmp(column, "portal_id") != 0)
            continue;
        text_addf(&change, "delete from reconcile.%s where portal_id = 7", table);
        assert_refused(there, text_cstr(&change));
        text_addf(&add, "insert into reconcile.%s (portal_id) values (7)", table);
        assert_refused(there, text_cstr(&add));
    }
    print_message("%s: %zu of %d columns\n", schema, seen, PQntuples(list));
    PQclear(list);
}

TEST(who_audits_sees_on_every_server_what_is_theirs_and_nothing_else)
{
    struct review_case test = {.plan = NULL};

    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create();
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    run_roles(conninfo);
    assert_spread_says(conninfo, 0, " 0 of them now");
    must(owner, "do $$ begin create role spread_plain login; create role "
                "spread_personal login;"
                " exception when duplicate_object then null; end $$");
    must(owner, "grant reconcile_auditor to spread_plain");
    must(owner, "grant reconcile_auditor_personal to spread_personal");
    begin_on(&test.world, conninfo);
    live(&test);

    CLEANUP(finish) PGconn *plain = connect_as(conninfo, "spread_plain");
    CLEANUP(finish) PGconn *personal = connect_as(conninfo, "spread_personal");
    assert_true(ask_each(owner, plain, "c.relnamespace = 'audit_open'::regnamespace") > 100);
    assert_true(ask_each(owner, personal,
                         "c.relnamespace = 'audit'::regnamespace"
                         " and c.relname <> 'migration'") > 150);
    must(personal, "select * from audit.account_at('acme', now())");
    assert_refused(plain, "select username from audit.plan_row");
    assert_refused(plain, "select email from reconcile.account_version");
    assert_refused(plain, "select * from audit.account_at('acme', now())");
    assert_refused(personal, "update reconcile.plan set state = 'x'");
    for (int i = 0; i < 2; i++) {
        CLEANUP(mem_cleanup) char *worker = distributed_worker(conninfo, i);
        CLEANUP(finish) PGconn *there = connect_as(worker, "spread_plain");
        must(there, "select account_no, status from reconcile.account_version");
        assert_refused(there, "select email from reconcile.account_version");
        assert_refused(there, "select message from reconcile.run");
        assert_refused(there, "select value from reconcile.audit_private");
        assert_refused(there, "delete from reconcile.audit_event");
        assert_sees_just(owner, there, "audit_open", "");
        CLEANUP(finish) PGconn *person = connect_as(worker, "spread_personal");
        must(person, "select username, email from reconcile.account_version");
        must(person, "select value from reconcile.audit_private");
        /* What audit.account_at looks at besides. */
        assert_sees_just(owner, person, "audit",
                         "or (c.relname, a.attname) in (('account', 'created'),"
                         " ('account', 'deactivated'))");
    }
    store_world_end(&test.world);
}

/* Which of two columns the view has: the first, and the last of all. */
static void assert_open_run(PGconn *connection, const char *expected)
{
    CLEANUP(text_release) struct text why = TEXT_INIT;
    CLEANUP(mem_cleanup)
    char *got = try(connection,
                    "select concat_ws(' ', 'verb' = any (names), 'portal_id' = any (names)) "
                    "from"
                    " (select array_agg(attname) as names from pg_attribute where attrelid ="
                    " 'audit_open.run'::regclass and attnum > 0) a",
                    &why);

    if (!got)
        fail_msg("%s", text_cstr(&why));
    assert_string_equal(got, expected);
}

/* The views of who is to see nothing personal, when it is run again: what
 * others made of them, and were granted there, stays; and what cannot stay is
 * told before anything is taken away. */
TEST(what_others_made_of_the_open_views_stays)
{
    static const char has[] = "select has_table_privilege('spread_reader', 'audit_open.run',"
                              " 'select') and has_schema_privilege('spread_reader', 'audit_open',"
                              " 'usage') and has_column_privilege('spread_reader',"
                              " 'audit_open.step', 'state', 'select')";

    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create();
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    CLEANUP(text_release) struct text why = TEXT_INIT;
    run_roles(conninfo);
    assert_spread_says(conninfo, 0, " 0 of them now");
    must(owner, "do $$ begin create role spread_reader login;"
                " exception when duplicate_object then null; end $$");
    must(owner, "grant usage on schema audit_open to spread_reader");
    must(owner, "grant select on audit_open.run to spread_reader");
    must(owner, "grant select (state) on audit_open.step to spread_reader");
    must(owner, "create view public.ours as select run_id from audit_open.run");
    must(owner, "create view audit_open.theirs as select portal_id, email"
                " from reconcile.account_version");
    run_roles(conninfo);
    assert_spread_says(conninfo, 0, " 0 of them now");
    must(owner, "select * from public.ours");
    must(owner, "select * from audit_open.theirs");
    CLEANUP(mem_cleanup) char *kept = try(owner, has, &why);
    assert_string_equal(kept, "t");
    CLEANUP(mem_cleanup)
    char *more = try(owner,
                     "select has_column_privilege('reconcile_auditor',"
                     " 'reconcile.account_version', 'email', 'select')"
                     " or has_table_privilege('reconcile_auditor', "
                     "'audit_open.theirs', 'select')",
                     &why);
    assert_string_equal(more, "f");

    /* Columns are personal from now on: the view cannot stay as it is. */
    must(owner, "comment on column audit.run.verb is '(personal) it was not'");
    must(owner, "comment on column audit.run.portal_id is '(personal) it was not'");
    run_roles(conninfo);
    assert_spread_says(conninfo, 3,
                       "others depend on audit_open.run, which gets other columns:"
                       " view ours, grants to spread_reader");
    must(owner, "select * from public.ours");
    must(owner, "drop view public.ours");
    must(owner, "revoke select on audit_open.run from spread_reader");
    assert_spread_says(conninfo, 0, " 0 of them now");
    CLEANUP(mem_cleanup) char *worker = distributed_worker(conninfo, 0);
    CLEANUP(finish) PGconn *there = connect_as(worker, NULL);
    assert_open_run(owner, "f f");
    assert_open_run(there, "f f");

    /* One that is added behind the others is there, and everybody's as well. */
    must(owner, "create view public.ours as select run_id from audit_open.run");
    must(owner, "grant select on audit_open.run to spread_reader");
    must(owner, "comment on column audit.run.portal_id is 'again it is not'");
    run_roles(conninfo);
    assert_spread_says(conninfo, 0, " 0 of them now");
    assert_open_run(owner, "f t");
    assert_open_run(there, "f t");
    must(owner, "select * from public.ours");
    CLEANUP(mem_cleanup) char *still = try(owner, has, &why);
    assert_string_equal(still, "t");
}

/* What the roles may do, a line each: with tables as one knows them, with their
 * parts, with views, or with functions. `migration` is the coordinating
 * server's own. */
static char *rights(PGconn *at, const char *of)
{
    static const char lines[] =
        "with own as (select c.oid, c.relnamespace::regnamespace as schema,"
        " regexp_replace(c.relname, '_[0-9]+$', '') as name, case when c.relkind "
        "= 'v' then 'views'"
        " when c.relname ~ '_[0-9]+$' then 'parts' else 'tables' end as of from "
        "pg_class c"
        " where c.relkind in ('r', 'p', 'v') and c.relname <> 'migration' and "
        "c.relnamespace in"
        " ('reconcile'::regnamespace, 'audit'::regnamespace, "
        "'audit_open'::regnamespace)),"
        " role as (select r.oid, r.rolname as name from pg_roles r where "
        "r.rolname like"
        " 'reconcile\\_%%'),"
        " line as (select o.of, format('%%s: %%s %%s.%%s.%%s', r.name, w, "
        "o.schema, o.name,"
        " a.attname) as line from own o join pg_attribute a on a.attrelid = "
        "o.oid and a.attnum > 0"
        " cross join role r cross join "
        "unnest('{select,insert,update,references}'::text[]) w"
        " where has_column_privilege(r.oid, o.oid, a.attnum, w)"
        " union all select o.of, format('%%s: %%s %%s.%%s', r.name, w, o.schema, "
        "o.name) from own o"
        " cross join role r cross join "
        "unnest('{delete,truncate,trigger}'::text[]) w"
        " where has_table_privilege(r.oid, o.oid, w)"
        " union all select 'functions', format('%%s: %%s', r.name, "
        "p.oid::regprocedure)"
        " from pg_proc p cross join role r where p.pronamespace in "
        "('reconcile'::regnamespace,"
        " 'audit'::regnamespace) and has_function_privilege(r.oid, p.oid, "
        "'execute'))"
        " select string_agg(distinct line, e'\\n' order by line) from line where "
        "of = '%s'";
    CLEANUP(text_release) struct text sql = TEXT_INIT, why = TEXT_INIT;

    must(at, "set citus.override_table_visibility = off");
    text_addf(&sql, lines, of);
    char *answer = try(at, text_cstr(&sql), &why);
    if (!answer)
        fail_msg("%s", text_cstr(&why));
    return answer;
}

/* Lines among others. */
static void assert_all_among(const char *lines, const char *others)
{
    for (const char *at = lines; *at; at += *at == '\n') {
        CLEANUP(mem_cleanup) char *line = mem_strndup(at, strcspn(at, "\n"));
        const char *found = strstr(others, line);

        while (found && found[strlen(line)] && found[strlen(line)] != '\n')
            found = strstr(found + 1, line);
        if (!found)
            fail_msg("not at the server that coordinates: %s", line);
        at += strlen(line);
    }
}

/* Views are for the server that coordinates: at another they let nobody see
 * more. */
TEST(each_role_may_do_the_same_on_every_server)
{
    static const char *const same[] = {"tables", "functions"};

    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create();
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    run_roles(conninfo);
    assert_spread_says(conninfo, 0, " 0 of them now");
    for (int i = 0; i < 2; i++) {
        CLEANUP(mem_cleanup) char *worker = distributed_worker(conninfo, i);
        CLEANUP(finish) PGconn *there = connect_as(worker, NULL);
        CLEANUP(mem_cleanup) char *tables = rights(owner, "tables");
        CLEANUP(mem_cleanup) char *parts = rights(there, "parts");

        assert_non_null(strstr(tables, "reconcile_eraser: delete reconcile."));
        assert_string_equal(parts, tables);
        for (size_t k = 0; k < COUNT_OF(same); k++) {
            CLEANUP(mem_cleanup) char *here = rights(owner, same[k]);
            CLEANUP(mem_cleanup) char *other = rights(there, same[k]);
            assert_string_equal(other, here);
        }
        CLEANUP(mem_cleanup) char *views = rights(owner, "views");
        CLEANUP(mem_cleanup) char *some = rights(there, "views");
        assert_all_among(some, views);
    }
}

TEST(the_job_works_on_several_servers_with_no_more_than_its_rights)
{
    struct review_case test = {.plan = NULL};
    CLEANUP(text_release) struct text where = TEXT_INIT;

    NEEDS_DISTRIBUTED;
    CLEANUP(mem_cleanup) char *conninfo = distributed_create();
    CLEANUP(finish) PGconn *owner = connect_as(conninfo, NULL);
    run_roles(conninfo);
    assert_spread_says(conninfo, 0, " 0 of them now");
    must(owner, "do $$ begin create role spread_job login;"
                " exception when duplicate_object then null; end $$");
    must(owner, "grant reconcile_job to spread_job");
    text_addf(&where, "%s user=spread_job", conninfo);
    begin_on(&test.world, text_cstr(&where));
    live(&test);
    assert_verifies(&test.world);
    CLEANUP(finish) PGconn *job = connect_as(conninfo, "spread_job");
    assert_refused(job, "update reconcile.audit_head set count = 7");
    assert_refused(job, "update reconcile.audit_event set word = 'x'");
    assert_refused(job, "delete from reconcile.act");
    CLEANUP(text_release) struct text why = TEXT_INIT;
    CLEANUP(mem_cleanup)
    char *answer = try(job,
                       "update reconcile.audit_head set portal_id = portal_id where portal_id"
                       " = (select portal_id from reconcile.portal)",
                       &why);
    assert_null(answer);
    store_world_end(&test.world);
}
