/*
 * Bynder answers 202 when it has taken an act on. That it shows may take seconds, minutes or days,
 * and what was true before the act may have ceased to be when it can be sent at last. Late is not
 * failed, old is not true, and a slow portal costs minutes.
 */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "distributed.h"
#include "test.h"

static void run(struct acts *acts, int code)
{
    RUN(result, &acts->end, "run");
    end_assert_code(&result, code);
}

/* Only suspensions, approved, and whoever waits for a late effect does so for a minute or not. */
static void prepare(struct acts *acts, bool patient)
{
    acts_only_suspend(acts);
    acts->patient = patient;
    acts_approval(acts, "suspend = 1; deprovision = 1;");
    acts_plan(acts, 0);
    acts_approve(acts);
}

/* What is open was called so many days earlier. */
static void age_calls(struct acts *acts, int days)
{
#define EARLIER(column)                                                                            \
    column " = (" column " at time zone 'UTC' - interval '%d d') at time zone 'UTC'"
    assert_true(
        acts_change(acts,
                    "update reconcile.step set " EARLIER("intent_at") ", " EARLIER(
                        "accepted_at") ", " EARLIER("outcome_at") " where state = 'unknown'",
                    days, days, days) > 0);
}

static void assert_count(struct acts *acts, const char *sql, int64_t wanted)
{
    int64_t is = end_count(&acts->end, sql);

    if (is != wanted)
        fail_msg("%lld, not %lld: %s", (long long)is, (long long)wanted, sql);
}

#define UNKNOWN "select count(*) from reconcile.step where state = 'unknown'"

/* --- minutes --- */

TEST(apply_whose_effects_come_late_does_all_of_it_in_one_run)
{
    WORLD(acts, 5, 3, NULL);

    prepare(&acts, true);
    end_fault(&acts.end, "delay-202=4000");
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 5");
    assert_int_equal(acts_writes(&acts), 5);
    end_assert_says(&applied.err, "the first act is accepted and does not show yet");
    assert_true(applied.seconds < 20); /* the first and the last are waited for, not each */
}

/* An act in the middle that stays without effect holds up nobody, and fails by no old reading. */
TEST(apply_whose_one_effect_does_not_come_leaves_it_unknown)
{
    WORLD(acts, 4, 4, NULL);

    prepare(&acts, false);
    end_fault(&acts.end, "never-202=nth=2");
    APPLY(applied, &acts, 21);
    acts_assert_steps(&acts, "unknown 1, verified 3");
    acts_assert_step(&acts, acts.row[1].id, "unknown", "accepted by Bynder");
    end_clear_faults(&acts.end);
    for (int night = 0; night < 2; night++)
        run(&acts, 0); /* it waits, and nobody has to do anything */
    assert_count(&acts, UNKNOWN, 1);
    assert_int_equal(acts_writes(&acts), 4); /* nor is it called again meanwhile */
}

TEST(apply_whose_first_effect_does_not_come_goes_no_further)
{
    WORLD(acts, 4, 4, NULL);

    prepare(&acts, false);
    end_fault(&acts.end, "never-202");
    APPLY(applied, &acts, 21);
    end_assert_says(&applied.out, "so no other follows");
    acts_assert_steps(&acts, "approved 3, unknown 1");
    assert_int_equal(acts_writes(&acts), 1);
    end_clear_faults(&acts.end);
    run(&acts, 0); /* the others have another one before them */
    assert_int_equal(acts_writes(&acts), 4);
    assert_int_equal(acts_writes_on(&acts, acts.row[0].id), 1);
    assert_count(&acts, UNKNOWN, 1);
}

/* One fact away: not accepted, only not answered. Nobody knows whether it arrived, a reading of the
 * old state settles it, and what stands approved is done. */
TEST(apply_whose_call_was_not_accepted_is_settled_by_the_next_run)
{
    WORLD(acts, 2, 6, NULL);

    prepare(&acts, false);
    end_fault(&acts.end, "error=500:POST /api/v4/users/");
    APPLY(applied, &acts, 21);
    acts_assert_steps(&acts, "approved 1, unknown 1");
    end_clear_faults(&acts.end);
    run(&acts, 0);
    assert_count(&acts, UNKNOWN, 0);
    assert_int_equal(acts_writes(&acts), 1 + 2);
    assert_count(&acts,
                 "select count(*) from reconcile.act join reconcile.step using (portal_id, plan_id,"
                 " account_id, action) where state = 'verified'",
                 2);
}

/* Slower than the first act is waited for. The next run sees that act's effect: that is its canary,
 * and it does all the others. */
TEST(run_after_a_night_of_one_late_act_does_all_the_others)
{
    WORLD(acts, 4, 4, NULL);

    prepare(&acts, false);
    end_fault(&acts.end, "delay-202=100000");
    APPLY(applied, &acts, 21);
    assert_int_equal(acts_writes(&acts), 1);
    probe_control(&acts.end.probe, "/_sim/clock", "advance=101");
    RUN(next, &acts.end, "run");
    end_assert_code(&next, 21); /* their effects are as late */
    assert_int_equal(acts_writes(&acts), 4);
    probe_control(&acts.end.probe, "/_sim/clock", "advance=101");
    run(&acts, 0);
    assert_count(&acts, UNKNOWN, 0);
    assert_int_equal(acts_writes(&acts), 4);
}

/* One fact away: something else changed with it, so that act is no canary. */
TEST(run_after_a_late_act_that_changed_something_else_goes_on_no_faster)
{
    WORLD(acts, 4, 4, NULL);

    prepare(&acts, false);
    end_fault(&acts.end, "delay-202=100000");
    APPLY(applied, &acts, 21);
    probe_control(&acts.end.probe, "/_sim/clock", "advance=101");
    end_change_user(&acts.end, acts.row[0].id, "username=other");
    RUN(next, &acts.end, "run");
    end_assert_says(&next.err, "something else changed as well");
    assert_int_equal(acts_writes(&acts), 2);
}

/* What the next run did after a late act since which somebody changed this of the account. */
static size_t writes_after(const char *fault, const char *change)
{
    WORLD(acts, 4, 4, NULL);

    prepare(&acts, false);
    end_fault(&acts.end, "delay-202=100000");
    end_fault(&acts.end, fault);
    APPLY(applied, &acts, 21);
    probe_control(&acts.end.probe, "/_sim/clock", "advance=101");
    end_change_user(&acts.end, acts.row[0].id, change);
    RUN(next, &acts.end, "run");
    return acts_writes(&acts);
}

/* Of who was there since the look, another value is their own. */
TEST(run_after_a_late_act_of_who_changed_their_job_themselves_does_all_the_others)
{
    static const char nothing[] = "empty-omitted=costCenter:POST"; /* there is none */
    char there[128];
    time_t now = time(NULL);
    struct tm utc;

    (void)strftime(there, sizeof(there), "job=gardener&lastLogin=%Y-%m-%dT%H:%M:%SZ",
                   gmtime_r(&now, &utc));
    assert_int_equal(writes_after(nothing, there), 4);
    assert_int_equal(writes_after(nothing, "job=gardener"), 2);
    assert_int_equal(writes_after("empty-omitted=job:POST", strchr(there, '&') + 1), 2);
}

/* Whoever settles a call that nobody saw answered compares as well. */
TEST(run_that_settles_a_call_without_an_answer_says_what_else_it_changed)
{
    WORLD(acts, 2, 6, NULL);

    prepare(&acts, false);
    end_fault(&acts.end, "lost-answer=POST /api/v4/users/");
    end_fault(&acts.end, "delay-202=100000");
    end_fault(&acts.end, "empty-omitted=companyName:POST");
    APPLY(applied, &acts, 21);
    acts_assert_steps(&acts, "approved 1, unknown 1");
    end_clear_faults(&acts.end);
    probe_control(&acts.end.probe, "/_sim/clock", "advance=101");
    RUN(next, &acts.end, "run");
    end_assert_says(&next.err, "something else changed as well: companyName is empty now");
    end_assert_silent_of(&next.err, "Acme");
    acts_assert_step(&acts, acts.row[0].id, "verified", NULL);
}

/* --- days --- */

TEST(run_after_seven_days_without_effect_says_so_once)
{
    WORLD(acts, 1, 6, NULL);

    prepare(&acts, false);
    end_fault(&acts.end, "never-202");
    APPLY(applied, &acts, 21);
    age_calls(&acts, 6);
    run(&acts, 0);
    assert_count(&acts, UNKNOWN, 1);
    (void)acts_change(&acts,
                      "update reconcile.ruling set ended_at = now(), end_word = 'withdrawn'");
    age_calls(&acts, 1);
    RUN(told, &acts.end, "run");
    end_assert_code(&told, 21);
    end_assert_says(&told.out, "had no effect in 7 days");
    acts_assert_step(&acts, acts.row[0].id, "failed", "accepted, and without effect");
    RUN(later, &acts.end, "run");
    end_assert_code(&later, 0);
    end_assert_silent_of(&later.out, "had no effect in 7 days");
    assert_int_equal(acts_writes(&acts), 1);
}

/* The account was listed as active on every night between the call and its effect. */
TEST(run_whose_effect_comes_after_three_days_did_it_and_it_is_ours)
{
    WORLD(acts, 1, 6, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "delay-202=3000000");
    APPLY(applied, &acts, 21);
    end_clear_faults(&acts.end);
    const char *id = acts.row[0].id;
    for (int night = 0; night < 3; night++) {
        age_calls(&acts, 1);
        run(&acts, 0);
    }
    acts_assert_step(&acts, id, "unknown", "accepted by Bynder");
    probe_control(&acts.end.probe, "/_sim/clock", "advance=3001");
    run(&acts, 0);
    acts_assert_step(&acts, id, "verified", NULL);
    assert_int_equal(acts_writes(&acts), 1);
    assert_count(&acts, "select count(*) from reconcile.account where reactivated_at is not null",
                 0);
    acts_plan(&acts, 0); /* ours: this policy deletes whom we suspended */
    assert_int_equal(acts.count, 1);
    assert_string_equal(acts.row[0].action, "deprovision");
}

/* One fact away: after it was seen inactive, somebody gave it back (R8). */
TEST(run_after_a_late_effect_that_somebody_undid_is_not_ours)
{
    WORLD(acts, 1, 6, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup) char *id = mem_strdup(acts.row[0].id);
    end_fault(&acts.end, "delay-202=3000000");
    APPLY(applied, &acts, 21);
    end_clear_faults(&acts.end);
    age_calls(&acts, 1);
    probe_control(&acts.end.probe, "/_sim/clock", "advance=3001");
    run(&acts, 0);
    end_change_user(&acts.end, id, "active=1");
    run(&acts, 0);
    assert_count(&acts, "select count(*) from reconcile.account where reactivated_at is not null",
                 1);
    end_change_user(&acts.end, id, "active=0");
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 0); /* suspended by somebody else now */
    assert_int_equal(acts_writes(&acts), 1);
}

/* A list that shows the seat again is not believed alone. */
TEST(run_whose_single_read_fails_calls_nobody_reactivated_yet)
{
    WORLD(acts, 1, 6, NULL);
    CLEANUP(text_release) struct text fault = TEXT_INIT;

    acts_only_suspend(&acts);
    acts_do_all(&acts);
    end_change_user(&acts.end, acts.row[0].id, "active=1");
    text_addf(&fault, "error=500:GET /api/v4/users/%s", acts.row[0].id);
    end_fault(&acts.end, text_cstr(&fault));
    run(&acts, 0);
    assert_count(&acts, "select count(*) from reconcile.account where reactivated_at is not null",
                 0);
    end_clear_faults(&acts.end);
    run(&acts, 0);
    assert_count(&acts, "select count(*) from reconcile.account where reactivated_at is not null",
                 1);
}

/* The look before the act found a login that nobody had told. */
TEST(apply_keeps_what_its_look_found)
{
    WORLD(acts, 1, 6, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_change_user(&acts.end, acts.row[0].id, "lastLogin=2026-01-15T10:00:00Z");
    APPLY(applied, &acts, 0);
    assert_count(&acts,
                 "select count(*) from reconcile.login_pending where source = 'read'"
                 " and at = '2026-01-15T10:00:00Z'",
                 1);
}

/* Yesterday's call takes no room of today, whenever its effect is seen. */
TEST(run_counts_an_act_on_the_day_of_its_call)
{
    WORLD(acts, 4, 4, NULL);

    acts_limit(&acts, "count = 2; percent = 100.0; rolling_days = 30; rolling_count = 100;", NULL);
    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    text_addf(&plan, "%lld", (long long)acts.plan);
    RUN(approved, &acts.end, "approve", text_cstr(&plan), "--digest", acts.digest, "--spread");
    end_assert_code(&approved, 0);
    end_fault(&acts.end, "never-202=nth=2");
    run(&acts, 21);
    assert_int_equal(acts_writes(&acts), 2);
    end_clear_faults(&acts.end);
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 2); /* the day has no room */
    assert_true(
        acts_change(
            &acts,
            "update reconcile.step set intent_at = (intent_at at time zone 'UTC' - interval '1 "
            "day') at time zone 'UTC' where intent_at is not null") > 0);
    assert_true(acts_change(&acts, "update reconcile.act set done_at = (done_at at time zone 'UTC' "
                                   "- interval '1 day') at time zone 'UTC'") > 0);
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 4);
    assert_count(&acts, UNKNOWN, 1);
}

/* --- refusals --- */

TEST(apply_of_refused_reactivations_goes_on_with_the_others)
{
    WORLD(acts, 5, 3, NULL);
    CLEANUP(text_release) struct text four = TEXT_INIT, plan = TEXT_INIT;
    CLEANUP(mem_cleanup) char *last = NULL;

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    for (size_t i = 0; i < 4; i++)
        text_addf(&four, "%s\n", acts.row[i].id);
    acts_approve_only(&acts, text_cstr(&four));
    APPLY(suspended, &acts, 0);
    for (size_t i = 0; i < 4; i++) {
        CLEANUP(text_release) struct text fault = TEXT_INIT;
        acts_rehire(&acts, acts.row[i].id);
        text_addf(&fault, "error=400:POST /api/v4/users/%s", acts.row[i].id);
        end_fault(&acts.end, text_cstr(&fault));
    }
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 5);
    assert_string_equal(acts.row[0].action, "reactivate");
    last = mem_strdup(acts.row[4].id);
    text_addf(&plan, "%lld", (long long)acts.plan);
    RUN(approved, &acts.end, "approve", text_cstr(&plan), "--digest", acts.digest, "--now");
    end_assert_code(&approved, 0);
    APPLY(applied, &acts, 21);
    end_assert_says(&applied.out, "no further reactivate");
    acts_assert_steps(&acts, "approved 1, failed 3, verified 1");
    acts_assert_step(&acts, last, "verified", NULL);
    assert_int_equal(acts_writes(&acts), 4 + 3 + 1);
}

/* --- before the act --- */

/* The machine sleeps for an hour after each of the first so many intents: they are counted where
 * the portal's steps are, in that part of the table, and told in a file. Its name; the caller frees
 * it. */
static char *sleep_after_intents(struct acts *acts, int count)
{
    CLEANUP(mem_cleanup)
    char *home = distributed_is_here() ? distributed_home(acts->end.conninfo) : NULL;
    CLEANUP(text_release) struct text where = TEXT_INIT, sql = TEXT_INIT;

    text_addf(
        &where,
        "%s options='-c citus.enable_ddl_propagation=off -c client_min_messages=error"
        " -c citus.enable_manual_changes_to_shards=on -c citus.override_table_visibility=off'",
        home ? home : acts->end.conninfo);
    text_addf(&sql,
              "create sequence public.slept; create function public.sleep() returns trigger"
              " language plpgsql as $$ declare n bigint := nextval('public.slept'); begin"
              " if n <= %d then execute format('copy (select repeat(''x'', %%s)) to %%L', n,"
              " current_setting('data_directory') || '/' || current_database() || '.slept');"
              " end if; return new; end $$; do $$ declare part regclass; begin"
              " for part in select oid from pg_class where relkind = 'r' and relnamespace ="
              " 'reconcile'::regnamespace and relname ~ '^step%s$' loop execute"
              " format('create trigger sleeps before update on %%s for each row when"
              " (new.state = ''intent'') execute function public.sleep()', part); end loop; end $$;"
              " select current_setting('data_directory') || '/' || current_database() || '.slept'",
              count, home ? "_[0-9]+" : "");
    PGconn *connection = PQconnectdb(text_cstr(&where));
    PGresult *result = PQexec(connection, text_cstr(&sql));
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(connection));
    char *path = mem_strdup(PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(connection);
    return path;
}

static void check_sleep(int intents, const char *state, const char *reason, size_t writes)
{
    WORLD(acts, 1, 6, NULL);

    prepare(&acts, false);
    CLEANUP(mem_cleanup) char *path = sleep_after_intents(&acts, intents);
    assert_int_equal(setenv("CLOCK_SLEPT", path, 1), 0);
    struct end_result applied = acts_apply(&acts, 0);
    (void)unsetenv("CLOCK_SLEPT");
    end_result_release(&applied);
    acts_assert_step(&acts, acts.row[0].id, state, reason);
    assert_int_equal(acts_writes(&acts), writes);
}

TEST(apply_on_a_machine_that_slept_after_the_look_looks_again)
{
    check_sleep(1, "verified", NULL, 1);
    check_sleep(3, "verified", NULL, 1);
}

TEST(apply_that_is_too_slow_four_times_skips_the_act)
{
    check_sleep(4, "skipped", "too slow", 0);
}

/* What is seen between the look and the act stops it: the stop row comes when it is looked for. */
TEST(apply_waits_for_the_pace_before_it_looks)
{
    WORLD(acts, 1, 6, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_set(&acts.end, END_PORTAL, "requests_per_second = 0.5;");
    struct end_child child = acts_start_apply(&acts);
    acts_wait_for(&acts, "select count(*) from reconcile.step where state = 'approved'", "1");
    /* Two requests at this pace are four seconds away, and the look is the first of them. */
    end_change_user(&acts.end, acts.row[0].id, "email=other@acme.example");
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 0);
    acts_assert_step(&acts, acts.row[0].id, "skipped", "another e-mail");
    assert_int_equal(acts_writes(&acts), 0);
}

/* --- administrators (G9) --- */

#define PROFILE_WITH "select profile_id from reconcile.profile_version where roles::text like "
#define PROFILE_WITHOUT                                                                            \
    "select profile_id from reconcile.profile_version where roles::text not like "
#define ADMIN_ROLE "'%USERMANAGEMENT%' limit 1"

/* The last leaver is an administrator, and one of the staff is the other. That one changes while
 * the first act is under way; "" takes the role from them. */
static void check_recount(const char *change, int code, const char *state, const char *reason)
{
    WORLD(acts, 3, 6, NULL);
    CLEANUP(text_release) struct text form = TEXT_INIT, demoted = TEXT_INIT;

    acts_only_suspend(&acts);
    end_set(&acts.end, END_SUSPEND,
            "count = 100; percent = 100.0; rolling_days = 30; rolling_count = 100; };"
            " min_admins = 1; deprovision: { count = 100;");
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *admins = end_query(&acts.end, PROFILE_WITH ADMIN_ROLE);
    CLEANUP(mem_cleanup) char *others = end_query(&acts.end, PROFILE_WITHOUT ADMIN_ROLE);
    text_addf(&form, "profileId=%s", admins);
    text_addf(&demoted, "profileId=%s", others);
    CLEANUP(mem_cleanup) char *last = mem_strdup(acts.row[2].id);
    end_change_user(&acts.end, last, text_cstr(&form));
    end_change_user(&acts.end, "staaa", text_cstr(&form));
    struct end_child child = acts_start_held(&acts);
    assert_string_equal(acts.row[2].id, last);
    if (change)
        end_change_user(&acts.end, "staaa", *change ? change : text_cstr(&demoted));
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, code);
    acts_assert_step(&acts, last, state, reason);
    assert_int_equal(acts_writes_on(&acts, last), text_equal(state, "verified"));
}

TEST(apply_on_an_administrator_counts_the_others_again)
{
    check_recount(NULL, 0, "verified", NULL);
    check_recount("", 0, "skipped", "an administrator");
    check_recount("active=0", 0, "skipped", "an administrator");
}
