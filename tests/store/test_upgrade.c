/*
 * A history that was begun before there was a chain: acts that were under way when the program was
 * upgraded are taken up into the record, and what becomes of them later is found in order.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/verify.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "end.h"
#include "host/file.h"
#include "sql.h"
#include "store/announce.h"
#include "store/audit.h"
#include "store/migrate.h"
#include "test.h"

#define BEFORE_THE_CHAIN          3  /* the newest migration without it */
#define BEFORE_RULINGS            9  /* likewise: plans were approved as a whole */
#define BEFORE_NUMBERS            21 /* likewise: views of one portal knew no number of it */
#define BEFORE_SILENCE            23
#define BEFORE_PAST_LOGINS        25
#define BEFORE_LOGINS_OF_ACCOUNTS 30

#define OK(call)                                                                                   \
    do {                                                                                           \
        CLEANUP(err_release) struct err why = ERR_INIT;                                            \
        if ((call) < 0)                                                                            \
            fail_msg("%s", why.text);                                                              \
    } while (0)

static void migrate_to(struct pg *pg, size_t count)
{
    struct migration list[BEFORE_LOGINS_OF_ACCOUNTS + 1] = {{0, "", ""}};
    struct migrate_result result;

    memcpy(list, migrations, count * sizeof(list[0]));
    list[count] = (struct migration){0, "", ""};
    OK(migrate_run_list(pg, list, &result, &why));
    assert_int_equal(result.version, count);
}

static int64_t count(struct pg *pg, const char *sql)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    OK(pg_run(pg, "test", sql, PG_ONE, NULL, 0, &result, &why));
    return pg_int(result, 0, 0);
}

static char *text(struct pg *pg, const char *sql)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    OK(pg_run(pg, "test", sql, PG_ONE, NULL, 0, &result, &why));
    return mem_strdup(pg_text(result, 0, 0) ? pg_text(result, 0, 0) : "");
}

/* Two days of a portal as the program before the chain left it: a plan that is being carried out,
 * with a row for each way it can stand, and one of the second day that nobody decided on yet. The
 * second has no rows, so its digest is of nothing but its head. */
static const char history[] =
    "set search_path = reconcile, pg_catalog;"
    "insert into portal (portal_id, name, url, last_run_id, last_snapshot_id, last_roster_id,"
    " last_plan_id, last_act_id, last_account_no)"
    " values (('x' || left(encode(sha256('acme'), 'hex'), 15))::bit(60)::bigint, 'acme',"
    " 'http://127.0.0.1', 2, 2, 2, 2, 2, 8);"
    "insert into run (portal_id, run_id, verb, today, started_at, finished_at, exit_code)"
    " select portal_id, r, 'run', date '2026-01-01' + r, timestamptz '2026-01-01 02:00Z' +"
    " r * interval '1 day', case r when 1 then timestamptz '2026-01-02 02:10Z' end,"
    " case r when 1 then 0 end from portal, generate_series(1, 2) r;"
    "insert into snapshot (portal_id, snapshot_id, run_id, taken_at, complete, accounts, active,"
    " inactive, unreadable, gone, nameless, requests, logins_read, digest, logins_by, events)"
    " select portal_id, run_id, run_id, started_at, true, 8, 8, 0, 0, 0, 0, 9, 0,"
    " sha256(int8send(run_id)), 'each', 0 from run;"
    "insert into roster (portal_id, roster_id, run_id, read_at, digest, rows, people, rejected,"
    " blind, duplicates, good)"
    " select portal_id, run_id, run_id, started_at, sha256(int8send(run_id)), 8, 8, 0, 0, 0, true"
    " from run;"
    "insert into account (portal_id, account_id, first_snapshot_id, first_seen, ever_active,"
    " account_no) select portal_id, 'ACC-' || i, 1, now(), true, i from portal,"
    " generate_series(1, 8) i;"
    "insert into plan (portal_id, plan_id, run_id, state, digest, created_at, today, first_plan,"
    " approvals_suspend, approvals_deprovision, snapshot_id, snapshot_complete, snapshot_digest,"
    " accounts, active, inactive, gone, unreadable, requests, roster_id, roster_digest, people,"
    " rejected, duplicates, roster_content, policy_digest, enforce, keep, suspend, deprovision,"
    " reactivate, waiting, findings, seats_now, seats_after, idle_never, idle_unknown, rows)"
    " select portal_id, run_id, run_id, case run_id when 1 then 'applying' else 'proposed' end,"
    " sha256(int8send(run_id)), started_at, today, false, 1, 2, run_id, true,"
    " sha256(int8send(run_id)), 8, 8, 0, 0, 0, 9, run_id, sha256(int8send(run_id)), 8, 0, 0,"
    " sha256('c'), sha256('p'), true, 0, 8, 0, 0, 0, 0, 8, 0, 0, 0,"
    " case run_id when 1 then 8 else 0 end from run;"
    "insert into plan_row (portal_id, plan_id, position, action, finding, new_announcement,"
    " account_id, rule, reason, decision_row, account, person, uses_person, uses_login)"
    " select portal_id, 1, account_no, 'suspend', false, false, account_id, 'departed', 'left',"
    " 'R10', 'active', 'departed', true, false from account;"
    "insert into approval (portal_id, plan_id, who, kind, decided_at, digest, all_rows)"
    " select portal_id, plan_id, 'anna', 'approve', created_at, digest, true from plan"
    " where plan_id = 1;"
    "insert into step (portal_id, plan_id, position, account_id, action, state, reason, run_id,"
    " intent_at, outcome_at, verified_at, http_status, record, person_status)"
    " select a.portal_id, 1, a.account_no, a.account_id, 'suspend', s.state, s.reason,"
    " case when s.state not in ('planned', 'approved') then 1 end,"
    " case when s.state in ('intent', 'unknown', 'done', 'verified', 'failed')"
    "  then timestamptz '2026-01-02 02:05Z' end,"
    " case when s.state not in ('planned', 'approved', 'intent')"
    "  then timestamptz '2026-01-02 02:06Z' end,"
    " case s.state when 'verified' then timestamptz '2026-01-02 02:07Z' end,"
    " case when s.state in ('done', 'verified') then 200 when s.state = 'failed' then 500 end,"
    " null, 'departed'"
    " from account a join (values (1, 'intent', null), (2, 'unknown', 'no answer for ''anna'''),"
    " (3, 'done', null), (4, 'verified', null), (5, 'failed', 'an error'), (6, 'skipped', 'held'),"
    " (7, 'approved', null), (8, 'planned', null)) s(no, state, reason) on s.no = a.account_no;"
    "insert into act (portal_id, act_id, account_id, action, done_at, plan_id, rule, person_status)"
    " select portal_id, position - 2, account_id, action, outcome_at, plan_id, 'departed',"
    " person_status from step where state in ('done', 'verified');"
    "reset search_path";

static void upgrade(struct pg *pg)
{
    struct migrate_result result;

    migrate_to(pg, BEFORE_THE_CHAIN);
    OK(pg_script(pg, "test", history, &why));
    OK(migrate_run(pg, &result, &why));
}

static void note(void *context, int64_t sequence, const char *sentence)
{
    text_addf(context, "event %lld: %s\n", (long long)sequence, sentence);
}

/* By the program and by psql alone. */
static void assert_clean(const struct store *store)
{
    char directory[] = "/tmp/bynder-reconcile-upgrade-XXXXXX"; /* for what psql says */
    CLEANUP(text_release) struct text said = TEXT_INIT;
    struct audit_head last;
    size_t findings = 0;

    OK(store_audit_verify(store, NULL, 0, note, &said, &last, &findings, &why));
    if (findings)
        fail_msg("%s", text_cstr(&said));
    assert_non_null(mkdtemp(directory));
    end_tool(directory,
             (const char *const[]){"psql", "-X", "-d", cluster_fixture_conninfo(), "-v",
                                   "portal=acme", "-f", SOURCE_DIR "/db/audit-verify.sql", NULL},
             &said);
    CLEANUP(mem_cleanup) char *out = file_join(directory, "tool.out");
    assert_int_equal(unlink(out), 0);
    assert_int_equal(rmdir(directory), 0);
    end_assert_says(&said, " 0 findings, head ");
}

TEST(acts_from_before_the_chain_are_taken_up_into_it)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    struct store store;

    upgrade(pg);
    CLEANUP(mem_cleanup)
    char *told = text(pg, "select string_agg(concat_ws(' ', kind, word, position), ', ' order by"
                          " sequence) from reconcile.audit_event where kind <> 'migration'");
    assert_string_equal(told, "intent suspend 1, intent suspend 2, intent suspend 3, intent suspend"
                              " 4, intent suspend 5, outcome unknown 2, outcome done 3, outcome"
                              " done 4, outcome failed 5, outcome skipped 6, outcome verified 4");
    assert_int_equal(count(pg, "select count(*) from reconcile.audit_event where sealed is not"
                               " null"),
                     3);
    assert_int_equal(count(pg, "select count(*) from reconcile.audit_event where"
                               " fact::text ~ 'anna'"),
                     0);
    OK(store_open(pg, "acme", "http://127.0.0.1", &store, &why));
    assert_clean(&store);
}

TEST(what_was_under_way_at_the_upgrade_ends_in_a_record_without_findings)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    struct instant now;
    struct day today;
    struct store store;
    struct store_run run;
    static const struct {
        int64_t position;
        enum step_state to;
    } later[] = {
        {1, STEP_DONE}, {2, STEP_DONE}, {3, STEP_VERIFIED}, {1, STEP_VERIFIED}, {7, STEP_SKIPPED}};

    upgrade(pg);
    OK(store_open(pg, "acme", "http://127.0.0.1", &store, &why));
    assert_true(instant_parse_rfc3339("2026-01-04T02:00:00Z", &now));
    assert_true(day_from_civil(2026, 1, 4, &today));
    OK(store_run_begin(&store, "run", today, now, &run, &why));
    for (size_t i = 0; i < COUNT_OF(later); i++) {
        const struct store_outcome outcome = {
            .plan_id = 1, .position = later[i].position, .state = later[i].to, .status = 200};
        OK(store_outcome(&store, &run, &outcome, now, &why));
    }
    assert_int_equal(count(pg, "select count(*) from reconcile.act"), 4);
    assert_clean(&store);
}

/* A row of a plan from before the chain, and from before rows had subjects. */
TEST(a_plan_from_before_the_chain_can_be_decided_on_after_it)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    struct instant now;
    struct day today;
    struct store store;
    struct store_run run;

    upgrade(pg);
    OK(store_open(pg, "acme", "http://127.0.0.1", &store, &why));
    assert_true(instant_parse_rfc3339("2026-01-04T02:00:00Z", &now));
    assert_true(day_from_civil(2026, 1, 4, &today));
    struct ruling keep = {.kind = RULING_KEEP,
                          .account_id = "ACC-8",
                          .who = "bert",
                          .at = now,
                          .until = day_add(today, 30),
                          .plan_id = 1,
                          .position = 8,
                          .reason = "not now"};
    OK(store_save_rulings(&store, &keep, 1, "http://127.0.0.1", &why));
    assert_clean(&store);
    OK(store_run_begin(&store, "run", today, now, &run, &why));
    assert_clean(&store);
}

/* --- before people decided on rows --- */

/* Announcements by day, one of them over and one of them told; account 3 came back after our
 * suspension, account 4 did not; the first snapshot was thinned out. */
static const char days[] =
    "set search_path = reconcile, pg_catalog;"
    "insert into announcement (portal_id, account_id, rule, plan_id, announced_on, mode, ended_on)"
    " select portal_id, 'ACC-' || i, 'idle', 1, '2026-01-02', 'enforce',"
    " case i when 2 then date '2026-01-03' end from portal, generate_series(1, 3) i;"
    "insert into notice_announced (portal_id, account_id, rule, plan_id, told_at)"
    " select portal_id, 'ACC-3', 'idle', 1, '2026-01-02 03:00Z' from portal;"
    "insert into account_version (portal_id, account_no, valid_from, valid_to, status, groups,"
    " groups_unreadable, sso_only, digest)"
    " select p.portal_id, v.no, v.valid_from, v.valid_to, v.status, '[]', false, false,"
    " sha256(int4send(v.valid_from)) from portal p, (values (3, 1, 2, 'inactive'),"
    " (3, 2, null, 'active'), (4, 1, 2, 'active'), (4, 2, null, 'inactive'))"
    " v(no, valid_from, valid_to, status);"
    "update snapshot set thinned_at = '2026-01-03 02:00Z' where snapshot_id = 1;"
    "reset search_path";

/* One was there at first; one came a night later, one with another portal's
 * reading (another user read it), and one with the first reading behind that. */
TEST(since_when_an_account_is_there_is_told_by_readings_of_the_same_user)
{
    static const char lives[] =
        "set search_path = reconcile, pg_catalog;"
        "insert into snapshot (portal_id, snapshot_id, run_id, taken_at, complete, accounts, "
        "active,"
        " inactive, unreadable, gone, nameless, requests, logins_read, digest, logins_by, events,"
        " own_id) select portal_id, n, 2, timestamptz '2026-01-01 02:00Z' + n * interval '1 day',"
        " true, 8, 8, 0, 0, 0, 0, 9, 0, sha256(int8send(n)), 'each', 0,"
        " case n when 3 then 'other' else 'me' end from portal, generate_series(3, 4) n;"
        "update snapshot set own_id = 'me' where snapshot_id = 2;"
        "update account set first_snapshot_id = 2 where account_no = 2;"
        "update account set first_snapshot_id = 3 where account_no = 3;"
        "update account set first_snapshot_id = 4 where account_no = 4;"
        "reset search_path";
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    struct migrate_result result;

    migrate_to(pg, BEFORE_RULINGS);
    OK(pg_script(pg, "test", history, &why));
    OK(pg_script(pg, "test", lives, &why));
    OK(migrate_run(pg, &result, &why));
    CLEANUP(mem_cleanup)
    char *facts = text(pg, "select string_agg(concat_ws(' ', account_no,"
                           " (missing_at at time zone 'UTC')::date), ', ' order by account_no)"
                           " from reconcile.account where account_no < 5");
    /* The first reading did not say who read it. */
    assert_string_equal(facts, "1, 2 2026-01-02, 3 2026-01-02, 4 2026-01-03");
}

/* A leave that another department does not end, and that of somebody who is away still; who was
 * left out of a roster is not back, and who was refused or never away has none. */
TEST(leaves_of_before_are_those_that_the_rosters_told)
{
    static const char people[] =
        "set search_path = reconcile, pg_catalog;"
        "insert into roster (portal_id, roster_id, run_id, read_at, modified_at, digest, rows,"
        " people, rejected, blind, duplicates, good) select portal_id, n, 2, timestamptz"
        " '2026-01-01 02:00Z' + n * interval '1 day', timestamptz '2026-01-01 01:00Z' +"
        " n * interval '1 day', sha256(int8send(n)), 8, 8, 0, 0, 0, true"
        " from portal, generate_series(3, 6) n;"
        "insert into person_version (portal_id, person_key, ordinal, valid_from, valid_to, word,"
        " department, rejected, key_unreadable, digest)"
        " select portal_id, key, 1, v.valid_from, v.valid_to, word, department, v.rejected, false,"
        " sha256(key::bytea) from portal, (values"
        " ('n:1', 1, 3, 'employed', 'a', null), ('n:1', 3, 4, 'on_leave', 'a', null),"
        " ('n:1', 4, 6, 'on_leave', 'b', null), ('n:1', 6, null, 'employed', 'b', null),"
        " ('n:2', 3, null, 'on_leave', 'a', null),"
        " ('n:3', 3, 4, 'on_leave', 'a', null), ('n:3', 5, null, 'departed', 'a', null),"
        " ('n:4', 3, 4, 'on_leave', 'a', null),"
        " ('n:5', 3, null, 'on_leave', 'a', 'no e-mail'), ('n:6', 3, null, 'employed', 'a', null))"
        " v(key, valid_from, valid_to, word, department, rejected);"
        "reset search_path";
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    struct migrate_result result;

    migrate_to(pg, BEFORE_RULINGS);
    OK(pg_script(pg, "test", history, &why));
    OK(pg_script(pg, "test", people, &why));
    OK(migrate_run(pg, &result, &why));
    CLEANUP(mem_cleanup)
    char *leaves = text(pg, "select string_agg(concat_ws(' ', person_key, (since at time zone"
                            " 'UTC')::date, (seen_at at time zone 'UTC')::date, (back_at at time"
                            " zone 'UTC')::date), ', ' order by person_key)"
                            " from reconcile.person_leave");
    assert_string_equal(leaves, "n:1 2026-01-04 2026-01-06 2026-01-07, n:2 2026-01-04 2026-01-07,"
                                " n:3 2026-01-04 2026-01-04 2026-01-06, n:4 2026-01-04 2026-01-04");
}

/* With another name for its tables, grouped, in several parts. */
TEST(views_that_somebody_else_made_are_left_alone)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    struct migrate_result result;

    migrate_to(pg, BEFORE_NUMBERS);
    OK(pg_script(pg, "test",
                 "create view audit.of_ours as select p.portal, p.plan_id, count(*) as acts from"
                 " audit.plan_row p group by 1, 2 union all select r.portal, 0, 0 from audit.run r",
                 &why));
    OK(migrate_run(pg, &result, &why));
    CLEANUP(mem_cleanup)
    char *columns = text(pg, "select string_agg(attname, ' ' order by attnum) from pg_attribute"
                             " where attrelid = 'audit.of_ours'::regclass and attnum > 0");
    assert_string_equal(columns, "portal plan_id acts");
    CLEANUP(mem_cleanup)
    char *numbered = text(pg, "select count(*)::text from pg_attribute where attname = 'portal_id'"
                              " and attrelid in ('audit.plan_row'::regclass, 'audit.run'::regclass,"
                              " 'audit.savings'::regclass)");
    assert_string_equal(numbered, "3");
}

/* The newest of each account stands in one place since, and no row is told twice or lost. */
TEST(last_logins_of_before_are_told_as_they_were)
{
    static const char logins[] =
        "set search_path = reconcile, pg_catalog;"
        "insert into login (portal_id, account_no, valid_from, kind, at, source, seen_at)"
        " select portal_id, no, shot, kind::login_kind, at::timestamptz, 'read', now() from portal,"
        " (values (1, 1, 'never', null), (1, 2, 'known', '2025-12-01Z'), (2, 1, 'known',"
        " '2025-11-01Z'), (3, 2, 'unreadable', null)) v(no, shot, kind, at);"
        "insert into login_known (portal_id, account_no, valid_from, kind, at, source, seen_at,"
        " read_at) select distinct on (account_no) portal_id, account_no, valid_from, kind, at,"
        " source, seen_at, '2026-01-01Z' from login where account_no < 3"
        " order by account_no, valid_from desc;"
        "reset search_path";
    static const char told[] =
        "select string_agg(concat_ws(' ', account_no, from_snapshot, kind, (at at time zone"
        " 'UTC')::date), ', ' order by account_no, from_snapshot) from audit.login_history";
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    struct migrate_result result;

    migrate_to(pg, BEFORE_THE_CHAIN);
    OK(pg_script(pg, "test", history, &why));
    migrate_to(pg, BEFORE_PAST_LOGINS);
    OK(pg_script(pg, "test", logins, &why));
    OK(pg_script(pg, "test",
                 "create view public.of_ours with (security_barrier, security_invoker) as select "
                 "account_no, max(valid_from) as newest"
                 " from reconcile.login group by 1",
                 &why));
    CLEANUP(mem_cleanup) char *before = text(pg, told);
    OK(migrate_run(pg, &result, &why));
    CLEANUP(mem_cleanup) char *after = text(pg, told);
    assert_string_equal(after, before);
    assert_string_equal(after,
                        "1 1 never, 1 2 known 2025-12-01, 2 1 known 2025-11-01, 3 2 unreadable");
    CLEANUP(mem_cleanup)
    char *past = text(pg, "select string_agg(concat_ws(' ', account_no, valid_from), ', ')"
                          " from reconcile.login_past");
    assert_string_equal(past, "1 1");
    CLEANUP(mem_cleanup)
    char *known = text(pg, "select string_agg(concat_ws(' ', account_no, login_from, login_kind,"
                           " (login_at at time zone 'UTC')::date, login_source, (login_read_at at"
                           " time zone 'UTC')::date), ', ' order by account_no)"
                           " from reconcile.account where login_seen_at is not null");
    assert_string_equal(known, "1 2 known 2025-12-01 read 2026-01-01, "
                               "2 1 known 2025-11-01 read 2026-01-01, 3 2 unreadable read");
    CLEANUP(mem_cleanup)
    char *theirs = text(pg, "select string_agg(concat_ws(' ', account_no, newest), ', ' order by"
                            " account_no) from public.of_ours");
    assert_string_equal(theirs, "1 2, 2 1, 3 2");
    CLEANUP(mem_cleanup)
    char *kept = text(pg, "select array_to_string(reloptions, ', ') from pg_class"
                          " where oid = 'public.of_ours'::regclass");
    assert_string_equal(kept, "security_barrier=true, security_invoker=true");
}

/* Nobody else's view goes without a word, nor is the history half of either kind. */
TEST(an_upgrade_names_the_view_that_stands_in_its_way)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err refusal = ERR_INIT;
    struct migrate_result result;

    migrate_to(pg, BEFORE_LOGINS_OF_ACCOUNTS);
    OK(pg_script(pg, "test",
                 "create view public.newest as select account_no, at from reconcile.login_known;"
                 "create view audit.of_ours as select account_no from reconcile.login_known;"
                 "create function public.how_many() returns bigint language sql begin atomic"
                 " select count(*) from reconcile.login_known; end;"
                 "alter view audit.login_history set (security_barrier)",
                 &why));
    assert_true(migrate_run(pg, &result, &refusal) < 0);
    assert_non_null(strstr(refusal.text, "view public.newest"));
    assert_non_null(strstr(refusal.text, "view audit.of_ours"));
    assert_non_null(strstr(refusal.text, "how_many()"));
    assert_null(strstr(refusal.text, "login_history,"));
    assert_non_null(strstr(refusal.text, "make it again of reconcile.login"));
    CLEANUP(mem_cleanup)
    char *still = text(pg, "select count(*)::text from reconcile.login_known");
    assert_string_equal(still, "0");
    OK(pg_script(pg, "test",
                 "drop view public.newest, audit.of_ours; drop function public.how_many", &why));
    OK(migrate_run(pg, &result, &why));
    CLEANUP(mem_cleanup)
    char *kept = text(pg, "select array_to_string(reloptions, ', ') from pg_class"
                          " where oid = 'audit.login_history'::regclass");
    assert_string_equal(kept, "security_barrier=true");
    CLEANUP(mem_cleanup)
    char *gone = text(pg, "select coalesce(to_regclass('reconcile.login_known')::text, 'gone')");
    assert_string_equal(gone, "gone");
}

/* Of logins single reads tell as well: a mark that an event nobody could read had moved, or that an
 * upgrade had set, says nothing is missing where nothing is. Of activity it stays. */
TEST(how_far_back_logins_were_told_is_forgotten_where_it_was_no_beginning)
{
    static const char told[] =
        "insert into reconcile.events_read (portal_id, kind, complete_to, newest_at, pages, host,"
        " covered_from) select portal_id, kind::reconcile.event_kind, now(), now(), 1, "
        "'acme.example',"
        " now() - days * interval '1 day' from reconcile.portal,"
        " (values ('logins', %d), ('views', %d)) v(kind, days)";
    static const struct {
        int days;
        const char *kept;
    } row[] = {{299, "views"}, {301, "logins, views"}};

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        struct migrate_result result;
        migrate_to(pg, BEFORE_THE_CHAIN);
        OK(pg_script(pg, "test", history, &why));
        migrate_to(pg, BEFORE_SILENCE);
        text_addf(&sql, told, row[i].days, row[i].days);
        OK(pg_script(pg, "test", text_cstr(&sql), &why));
        OK(migrate_run(pg, &result, &why));
        CLEANUP(mem_cleanup)
        char *kept = text(pg, "select string_agg(kind::text, ', ' order by kind) from"
                              " reconcile.events_read where covered_from is not null");
        assert_string_equal(kept, row[i].kept);
    }
}

/* How many seats a plan would have freed is told by its rows: of one whose rows retention took away
 * nobody knows, which is not that there were none. */
TEST(what_plans_of_before_would_free_is_told_of_those_that_have_their_rows)
{
    static const char second[] =
        "insert into reconcile.plan_row (portal_id, plan_id, position, action, finding,"
        " new_announcement, account_id, rule, reason, decision_row, account, person, uses_person,"
        " uses_login) select portal_id, 2, position, action, finding, new_announcement, account_id,"
        " rule, reason, decision_row, account, person, uses_person, uses_login"
        " from reconcile.plan_row where position = 1";
    static const struct {
        const char *before, *exposed;
    } row[] = {
        {"", "1 8, 2 1"},
        {"delete from reconcile.plan_row where plan_id = 2;"
         "update reconcile.plan set redacted_at = now() where plan_id = 2",
         "1 8"},
        {"delete from reconcile.plan_row where plan_id = 2", "1 8, 2 0"},
    };

    for (size_t i = 0; i < COUNT_OF(row); i++) {
        CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
        struct migrate_result result;
        migrate_to(pg, BEFORE_RULINGS);
        OK(pg_script(pg, "test", history, &why));
        OK(pg_script(pg, "test", second, &why));
        OK(pg_script(pg, "test", row[i].before, &why));
        OK(migrate_run(pg, &result, &why));
        CLEANUP(mem_cleanup)
        char *exposed = text(pg, "select string_agg(concat_ws(' ', plan_id, seats), ', ' order by"
                                 " plan_id) from reconcile.plan_exposed");
        assert_string_equal(exposed, row[i].exposed);
    }
}

TEST(what_was_announced_and_approved_before_rulings_is_carried_over)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct approved_rules rules;
    struct migrate_result result;
    struct store store;
    struct store_run run;
    struct instant now;
    struct day today;

    migrate_to(pg, BEFORE_RULINGS);
    OK(pg_script(pg, "test", history, &why));
    OK(pg_script(pg, "test", days, &why));
    OK(migrate_run(pg, &result, &why));
    CLEANUP(mem_cleanup)
    char *told = text(pg, "select string_agg(concat_ws(' ', announcement_id, account_id,"
                          " announced_at at time zone 'UTC', not_before, ended_on), ', '"
                          " order by announcement_id) from reconcile.announcement");
    assert_string_equal(told, "1 ACC-1 2026-01-02 00:00:00, 2 ACC-2 2026-01-02 00:00:00 2026-01-03,"
                              " 3 ACC-3 2026-01-02 00:00:00");
    assert_int_equal(count(pg, "select announcement_id from reconcile.notice_announced"), 3);
    CLEANUP(mem_cleanup)
    char *facts = text(pg, "select string_agg(concat_ws(' ', account_no, became_active_at at time"
                           " zone 'UTC', reactivated_at at time zone 'UTC'), ', ' order by"
                           " account_no) from reconcile.account where account_no in (3, 4)");
    assert_string_equal(facts, "3 2026-01-03 02:00:00 2026-01-03 02:00:00, 4");
    CLEANUP(mem_cleanup)
    char *whole = text(pg, "select states_whole_from at time zone 'UTC' from reconcile.portal");
    assert_string_equal(whole, "2026-01-02 02:00:00");
    /* By name, and at the address of then alone. */
    OK(store_open(pg, "acme", "http://other", &store, &why));
    OK(store_load_approved_rules(&store, &arena, "http://127.0.0.1", &rules, &why));
    assert_int_equal(rules.rule_text_count, 0);
    assert_int_equal(rules.name_count, 1);
    assert_string_equal(rules.name[0], "departed");
    OK(store_load_approved_rules(&store, &arena, "http://other", &rules, &why));
    assert_int_equal(rules.name_count, 0);
    /* What stood is not missed in the chain, and ends in it; what is new is. */
    OK(pg_script(pg, "test", "update reconcile.snapshot set thinned_at = null", &why));
    assert_clean(&store);
    assert_true(instant_parse_rfc3339("2026-01-04T02:00:00Z", &now));
    assert_true(day_from_civil(2026, 1, 4, &today));
    OK(store_run_begin(&store, "run", today, now, &run, &why));
    const struct store_announcement_end end = {"ACC-1", "idle", "a login"};
    struct store_announced begun = {.account_id = "ACC-2",
                                    .rule = "idle",
                                    .plan_id = 1,
                                    .position = 2,
                                    .at = now,
                                    .on = today,
                                    .not_before = day_add(today, 14)};
    OK(store_announce(&store, &run, &end, 1, &begun, 1, today, &why));
    assert_int_equal(begun.id, 4);
    assert_clean(&store);
}
