/*
 * The journal of acts against a real server: every check alone says no, of two that race one wins,
 * and nothing is recorded that did not happen.
 */
#include "distributed.h"
#include "review_case.h"
#include "test.h"

#include <sys/wait.h>
#include <unistd.h>

TEST_GROUP(review_case_begin, review_case_end);

static const struct action_limit plenty = {.count = 100,
                                           .percent = 100,
                                           .rolling_days = 30,
                                           .rolling_count = 1000,
                                           .rolling_percent = 100};

/* Two suspensions and a deprovision, approved and open. */
static int setup(void **state)
{
    const struct review_shape shape = {
        .suspend = 2, .deprovision = 1, .approvals_suspend = 1, .approvals_deprovision = 1};

    review_case_setup(state);
    review_case_plan(*state, &shape);
    review_case_approve(*state, "anna");
    REVIEW_OK(review_case_open(*state, &why));
    return 0;
}

TEST_EACH(setup, NULL);

static int intend_by(struct review_case *test, struct store *store, const struct store_run *run,
                     int64_t position, const struct action_limit *limit, struct err *err)
{
    struct store_intent intent = review_case_intent(test, position);
    struct limits limits = *intent.limits;

    for (unsigned action = 0; action < ACTION_COUNT && limit; action++)
        limits.of[action] = *limit;
    intent.limits = &limits;
    intent.limit = limit;
    intent.record = "{\"id\": \"1\", \"name\": \"Zo\\u00eb\"}";
    return store_intend(store, run, &intent, test->world.now, err);
}

static int intend(struct review_case *test, int64_t position, const struct action_limit *limit,
                  struct err *err)
{
    return intend_by(test, &test->world.store, &test->world.run, position, limit, err);
}

static int tell_by(struct review_case *test, const struct store_run *run, int64_t position,
                   enum step_state to, struct err *err)
{
    const struct store_outcome outcome = {.plan_id = test->plan->id,
                                          .position = position,
                                          .state = to,
                                          .reason = "because",
                                          .status = 202};

    return store_outcome(&test->world.store, run, &outcome, test->world.now, err);
}

static int tell(struct review_case *test, int64_t position, enum step_state to, struct err *err)
{
    return tell_by(test, &test->world.run, position, to, err);
}

static struct store_step step_of(struct review_case *test, int64_t position)
{
    struct store_step *step = NULL;
    size_t count = 0;

    REVIEW_OK(store_load_steps(&test->world.store, &test->world.arena, test->plan->id, &step,
                               &count, &why));
    assert_true(position <= (int64_t)count);
    assert_int_equal(step[position - 1].position, position);
    return step[position - 1];
}

static void execute(struct review_case *test, const char *sql)
{
    store_world_execute(&test->world, sql);
}

/* --- opening --- */

TEST(store_open_steps_makes_one_of_every_act)
{
    struct review_case *test = *state;
    struct store_step *step = NULL;
    size_t count = 0;

    REVIEW_OK(store_load_steps(&test->world.store, &test->world.arena, test->plan->id, &step,
                               &count, &why));
    assert_int_equal(count, 3); /* the finding is none */
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(step[i].position, i + 1);
        assert_string_equal(step[i].account_id, test->plan->row[i].account_id);
        assert_int_equal(step[i].aim.action, test->plan->row[i].action);
        assert_int_equal(step[i].state, STEP_APPROVED);
        assert_int_equal(step[i].run_id, 0);
        assert_false(instant_is_set(step[i].intent_at) || instant_is_set(step[i].outcome_at));
    }
    assert_string_equal(store_world_text(&test->world, "select state from plan"), "applying");
}

TEST(store_open_steps_again_makes_those_that_are_missing)
{
    struct review_case *test = *state;

    REVIEW_OK(intend(test, 1, &plenty, &why));
    execute(test, "delete from step where position = 3");
    memset(test->approved, false, 4);
    test->approved[1] = true;
    REVIEW_OK(review_case_open(test, &why));
    assert_int_equal(step_of(test, 1).state, STEP_INTENT);
    assert_int_equal(step_of(test, 2).state, STEP_APPROVED);
    assert_int_equal(number(test, "select count(*) from step"), 2);
    test->approved[2] = true;
    REVIEW_OK(review_case_open(test, &why));
    assert_int_equal(step_of(test, 3).state, STEP_APPROVED);
}

/* --- the intent: each check alone says no --- */

TEST(store_intend_commits_what_is_about_to_happen)
{
    struct review_case *test = *state;

    REVIEW_OK(intend(test, 3, &plenty, &why));
    struct store_step step = step_of(test, 3);
    assert_int_equal(step.state, STEP_INTENT);
    assert_int_equal(step.run_id, test->world.run.id);
    assert_true(step.intent_at.us == test->world.now.us);
    assert_false(instant_is_set(step.outcome_at));
    assert_string_equal(
        store_world_text(&test->world, "select record->>'name' from step where position = 3"),
        "Zo\xC3\xAB");
    assert_int_equal(number(test, "select count(*) from act"), 0);
}

/* What is done to a world in which the intent would be granted. */
static const struct {
    const char *sql;
    enum err_code code;
    const char *words;
} obstacles[] = {
    {"update portal set last_run_id = last_run_id + 3", ERR_LOCKED,
     "run '1' was overtaken by run '4'"},
    {"update step set state = 'planned' where position = 1", ERR_HELD, "planned, not approved"},
    {"update step set state = 'skipped', outcome_at = now() where position = 1", ERR_HELD,
     "is skipped, not approved"},
    {"delete from step where position = 1", ERR_HELD, "has no step '1'"},
    {"update step set account_id = '00000004-2B3A-141F-8F07D71AA1F223BD' where position = 1",
     ERR_INTERNAL, "00000004"},
    {"update step set action = 'deprovision' where position = 1", ERR_INTERNAL, "to deprovision"},
    {"update ruling set ended_at = now(), end_word = 'withdrawn', end_reason = 'x' where position "
     "= 1",
     ERR_USAGE, "does not stand any more: by 0 of 1 people"},
    {"update ruling set subject = sha256('x') where position = 1", ERR_USAGE, "by 0 of 1 people"},
    {"insert into ruling (portal_id, ruling_id, kind, account_id, who, at, until, reason) select "
     "portal_id, 9, 'keep', account_id, 'bert', '2026-11-01T03:00Z', '2026-12-01', 'x' from step "
     "where position = 1",
     ERR_USAGE, "somebody decided otherwise since: keep by bert"},
    {"insert into ruling (portal_id, ruling_id, kind, account_id, who, at, until, reason, plan_id, "
     "position, action, rule) select portal_id, 9, 'reject', account_id, 'bert', "
     "'2026-11-01T03:00Z', '2026-12-01', 'x', 1, 1, 'suspend', 'departed' from step where "
     "position = 1",
     ERR_USAGE, "somebody decided otherwise since: reject by bert"},
    {"update plan_row set approvals = 0 where position = 1", ERR_INTERNAL,
     "row '1' of plan '1' was made to need 1 people, and the database says 0"},
    {"update plan set state = 'approved'", ERR_HELD, "is approved, not applying"},
    {"update plan set state = 'applied'", ERR_HELD, "is applied, not applying"},
    {"update plan set state = 'expired'", ERR_HELD, "is expired, not applying"},
    {"update plan set state = 'rejected'", ERR_HELD, "is rejected, not applying"},
    {"insert into stop (portal_id, stop_id, reason, who, since) select portal_id, 1, 'audit', "
     "'anna', '2026-11-01' from portal",
     ERR_HELD, "stopped by anna since 2026-11-01 00:00 UTC: audit"},
};

/* Back to what setup made. */
static void undo(struct review_case *test)
{
    execute(test, "update portal set last_run_id = 1");
    execute(test, "delete from stop");
    execute(test, "delete from step");
    execute(test, "delete from ruling");
    execute(test, "update plan set state = 'applying'");
    execute(test, "update plan_row set approvals = 1 where action <> 'keep'");
    review_case_approve(test, "anna");
    REVIEW_OK(review_case_open(test, &why));
}

TEST(store_intend_with_one_thing_wrong_is_refused)
{
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(obstacles); i++) {
        execute(test, obstacles[i].sql);
        REVIEW_REFUSED(intend(test, 1, &plenty, &why), obstacles[i].code, obstacles[i].words);
        assert_int_equal(number(test, "select count(*) from step where intent_at is not null"), 0);
        assert_int_equal(PQtransactionStatus(pg_raw(test->world.pg)), PQTRANS_IDLE);
        undo(test);
    }
    execute(test,
            "update plan set expires_at = '2026-11-01T02:00:00Z'"); /* decisions end, not plans */
    REVIEW_OK(intend(test, 1, &plenty, &why));
}

TEST(store_intend_without_what_it_must_know_is_refused)
{
    struct review_case *test = *state;
    struct store_intent intent = review_case_intent(test, 3);

    intent.record = NULL;
    REVIEW_REFUSED(
        store_intend(&test->world.store, &test->world.run, &intent, test->world.now, &why),
        ERR_INTERNAL, "without a record");
    intent.record = "{\"id\": ";
    REVIEW_REFUSED(
        store_intend(&test->world.store, &test->world.run, &intent, test->world.now, &why),
        ERR_INTERNAL, "json");
    REVIEW_REFUSED(intend(test, 3, NULL, &why), ERR_INTERNAL, "no limit was given");
    REVIEW_REFUSED(intend(test, 1, NULL, &why), ERR_INTERNAL, "no limit was given");
    REVIEW_REFUSED(intend(test, 4, &plenty, &why), ERR_INTERNAL, "a keep is no act");
    assert_int_equal(number(test, "select count(*) from step where state = 'intent'"), 0);
}

/* Another step of the plan in some state, and what the limit says to the next suspension. */
static const struct {
    const char *state; /* of step 2, with an intent when it has had one */
    int64_t limit;
    bool granted;
} budgets[] = {
    {"approved", 0, false}, {"approved", 1, true}, {"intent", 1, false},   {"intent", 2, true},
    {"unknown", 1, false},  {"done", 1, false},    {"verified", 1, false}, {"verified", 2, true},
    {"failed", 1, true},    {"already", 1, true},  {"skipped", 1, true},   {"planned", 1, true},
};

static void put_state(struct review_case *test, int64_t position, const char *state)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "update step set state = '%s', run_id = 1, "
              "intent_at = case when '%s' in ('intent', 'done', 'failed', 'unknown', 'verified') "
              "then '2026-11-01'::timestamptz end, "
              "outcome_at = case when '%s' not in ('planned', 'approved', 'intent') "
              "then '2026-11-01'::timestamptz end, "
              "verified_at = case '%s' when 'verified' then '2026-11-01'::timestamptz end "
              "where position = %lld",
              state, state, state, state, (long long)position);
    execute(test, text_cstr(&sql));
}

TEST(store_intend_counts_the_acts_of_the_day)
{
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(budgets); i++) {
        struct action_limit limit = plenty;
        CLEANUP(err_release) struct err err = ERR_INIT;

        limit.count = budgets[i].limit;
        put_state(test, 1, "approved");
        put_state(test, 2, budgets[i].state);
        execute(test, "delete from act");
        execute(test, "insert into act (portal_id, act_id, account_id, action, done_at) select "
                      "portal_id, 1, account_id, action, intent_at from step "
                      "where position = 2 and state in ('done', 'verified')");
        int refused = intend(test, 1, &limit, &err);
        if ((refused == 0) != budgets[i].granted)
            fail_msg("%s, limit %lld: %s", budgets[i].state, (long long)limit.count,
                     refused ? err.text : "granted");
        if (refused) {
            assert_int_equal(err.code, ERR_HELD);
            assert_non_null(strstr(err.text, "limit: no further suspend today (count"));
        }
    }
}

TEST(store_intend_of_another_class_has_a_budget_of_its_own)
{
    struct review_case *test = *state;
    const struct action_limit one = {
        .count = 1, .percent = 100, .rolling_percent = 100, .rolling_days = 30, .rolling_count = 1};

    REVIEW_OK(intend(test, 1, &one, &why));
    REVIEW_REFUSED(intend(test, 2, &one, &why), ERR_HELD, "limit: ");
    REVIEW_OK(intend(test, 3, &one, &why));
}

#define ACT(id, account, action, at)                                                               \
    "insert into act (portal_id, act_id, account_id, action, done_at) select portal_id, " id       \
    ", account_id, '" action "', '" at "' from account where account_id like '0000000" account     \
    "%';"

/* Now is 2026-11-01T02:00, the window 30 days, the limit two. */
static const struct {
    const char *what, *sql;
    int64_t limit;
    bool granted;
} windows[] = {
    {"none", "select", 2, true},
    {"none, and none allowed", "select", 0, false},
    {"one less than the limit", ACT("1", "2", "suspend", "2026-10-31T00:00Z"), 2, true},
    {"at the limit",
     ACT("1", "2", "suspend", "2026-10-31T00:00Z") ACT("2", "3", "suspend", "2026-10-30T00:00Z"), 2,
     false},
    {"above it",
     ACT("1", "2", "suspend", "2026-10-31T00:00Z") ACT("2", "3", "suspend", "2026-10-30T00:00Z")
         ACT("3", "4", "suspend", "2026-10-30T00:00Z"),
     2, false},
    {"the last moment of the window",
     ACT("1", "2", "suspend", "2026-10-31T00:00Z")
         ACT("2", "3", "suspend", "2026-10-02T02:00:00.000001Z"),
     2, false},
    {"older than the window",
     ACT("1", "2", "suspend", "2026-10-31T00:00Z") ACT("2", "3", "suspend", "2026-10-02T02:00Z"), 2,
     true},
    {"of another class",
     ACT("1", "2", "suspend", "2026-10-31T00:00Z") ACT("2", "3", "deprovision", "2026-10-31T00:00Z")
         ACT("3", "4", "reactivate", "2026-10-31T00:00Z"),
     2, true},
    {"an outcome nobody knows, however old",
     ACT("1", "2", "suspend", "2026-10-31T00:00Z") "update step set state = 'unknown', run_id = 1, "
                                                   "intent_at = '2026-01-01', outcome_at = "
                                                   "'2026-01-01' where position = 2;",
     2, false},
    {"of another portal",
     ACT("1", "2", "suspend",
         "2026-10-31T00:00Z") "insert into portal (portal_id, name, url) values (7, 'x', 'x'); "
                              "insert into account values "
                              "(7, 'x', 1, now(), null, true, 1); insert into act select 7, 1, "
                              "'x', "
                              "'suspend', '2026-10-31';",
     2, true},
};

TEST(store_intend_counts_the_acts_of_the_window)
{
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(windows); i++) {
        struct action_limit limit = plenty;
        CLEANUP(err_release) struct err err = ERR_INIT, why = ERR_INIT;

        limit.rolling_count = windows[i].limit;
        execute(test, "delete from act");
        put_state(test, 1, "approved");
        put_state(test, 2, "approved");
        assert_int_equal(pg_script(test->world.pg, "acts", windows[i].sql, &why), 0);
        int refused = intend(test, 1, &limit, &err);
        if ((refused == 0) != windows[i].granted)
            fail_msg("%s: %s", windows[i].what, refused ? err.text : "granted");
        if (refused) {
            assert_int_equal(err.code, ERR_HELD);
            assert_non_null(strstr(err.text, "today (window"));
        }
    }
}

TEST(store_intend_over_sliced_plans_stays_within_the_window)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.suspend = 2, .approvals_suspend = 1};
    const struct action_limit limit = {
        .count = 2, .percent = 100, .rolling_percent = 100, .rolling_days = 30, .rolling_count = 3};
    int granted = 0;

    for (int day = 0; day < 3; day++) {
        store_world_tomorrow(&test->world);
        review_case_plan(test, &shape);
        review_case_approve(test, "anna");
        REVIEW_OK(review_case_open(test, &why));
        for (int64_t position = 1; position <= 2; position++) {
            CLEANUP(err_release) struct err err = ERR_INIT;
            if (intend(test, position, &limit, &err) < 0)
                continue;
            granted++;
            REVIEW_OK(tell(test, position, STEP_DONE, &why));
        }
    }
    assert_int_equal(granted, 3);
    assert_int_equal(number(test, "select count(*) from act"), 3);
}

TEST(store_intend_of_an_overridden_row_asks_no_limit_and_of_a_spread_one_no_window)
{
    struct review_case *test = *state;
    struct store_intent intent = review_case_intent(test, 1);
    struct limits limits = *intent.limits;

    limits.of[ACTION_SUSPEND].rolling_count = 0;
    intent.limits = &limits;
    intent.limit = &limits.of[ACTION_SUSPEND];
    REVIEW_REFUSED(
        store_intend(&test->world.store, &test->world.run, &intent, test->world.now, &why),
        ERR_HELD, "today (window: 0");
    intent.spread = true;
    limits.of[ACTION_SUSPEND].count = 0;
    REVIEW_REFUSED(
        store_intend(&test->world.store, &test->world.run, &intent, test->world.now, &why),
        ERR_HELD, "limit: no further suspend today");
    limits.of[ACTION_SUSPEND].count = 1;
    REVIEW_OK(store_intend(&test->world.store, &test->world.run, &intent, test->world.now, &why));
    intent = review_case_intent(test, 2);
    intent.limits = &limits;
    intent.limit = &limits.of[ACTION_SUSPEND];
    intent.spread = true;
    REVIEW_REFUSED(
        store_intend(&test->world.store, &test->world.run, &intent, test->world.now, &why),
        ERR_HELD, "limit: no further suspend today");
    intent.spread = false;
    intent.overridden = true;
    REVIEW_OK(store_intend(&test->world.store, &test->world.run, &intent, test->world.now, &why));
}

TEST(store_intend_of_a_reactivation_has_no_limit)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.reactivate = 1};

    review_case_plan(test, &shape);
    review_case_approve(test, "anna");
    REVIEW_OK(review_case_open(test, &why));
    REVIEW_OK(intend(test, 1, NULL, &why));
}

/* --- two processes --- */

/* A process of its own that wants `position`; its exit status is the code of the refusal. */
static pid_t rival(struct review_case *test, int64_t position, const struct action_limit *limit)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child > 0)
        return child;
    const struct pg_settings settings = {.conninfo = cluster_fixture_conninfo()};
    struct err err = ERR_INIT;
    struct pg *pg = NULL;
    struct store store = test->world.store;
    if (pg_open(&settings, &pg, &err) < 0)
        _exit(99);
    store.pg = pg;
    _exit(intend_by(test, &store, &test->world.run, position, limit, &err) < 0 ? (int)err.code : 0);
}

static int exit_of(pid_t child)
{
    int status = 0;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Both wait at the portal's row before either is let go. */
static void race(struct review_case *test, int64_t a, int64_t b, const struct action_limit *limit,
                 const char *meanwhile, int *ret_a, int *ret_b)
{
    int waiting = 0;

    REVIEW_OK(pg_begin(test->world.pg, &why));
    execute(test, "update portal set url = 'held'");
    pid_t first = rival(test, a, limit), second = rival(test, b, limit);
    for (int i = 0; i < 2000 && waiting < 2; i++) {
        waiting = (int)number(
            test, distributed_is_here()
                      ? "select sum(result::integer) from run_command_on_workers('select count(*)"
                        " from pg_locks where not granted')"
                      : "select count(*) from pg_locks where not granted");
        execute(test, "do $$ begin perform pg_sleep(0.005); end $$");
    }
    if (meanwhile)
        execute(test, meanwhile);
    REVIEW_OK(pg_commit(test->world.pg, &why));
    *ret_a = exit_of(first);
    *ret_b = exit_of(second);
    assert_int_equal(waiting, 2);
}

TEST(store_intend_by_two_for_the_last_of_the_budget_is_granted_once)
{
    static const struct action_limit limits[] = {
        {.count = 1,
         .percent = 100,
         .rolling_percent = 100,
         .rolling_days = 30,
         .rolling_count = 9},
        {.count = 9,
         .percent = 100,
         .rolling_percent = 100,
         .rolling_days = 30,
         .rolling_count = 1},
    };
    struct review_case *test = *state;
    int a = 0, b = 0;

    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        put_state(test, 1, "approved");
        put_state(test, 2, "approved");
        race(test, 1, 2, &limits[i], NULL, &a, &b);
        if (!((a == 0 && b == ERR_HELD) || (a == ERR_HELD && b == 0)))
            fail_msg("limit %zu: %d and %d", i, a, b);
        assert_int_equal(number(test, "select count(*) from step where state = 'intent'"), 1);
    }
}

TEST(store_intend_by_two_for_the_same_step_is_granted_once)
{
    struct review_case *test = *state;
    int a = 0, b = 0;

    race(test, 1, 1, &plenty, NULL, &a, &b);
    assert_int_equal(a + b, ERR_HELD);
    assert_true(a == 0 || b == 0);
}

TEST(store_intend_sees_what_was_committed_while_it_waited)
{
    static const struct {
        const char *meanwhile;
        enum err_code code;
    } cases[] = {
        {"update portal set last_run_id = last_run_id + 1", ERR_LOCKED},
        {"insert into stop (portal_id, stop_id, reason, who) select portal_id, 1, 'x', 'x' from "
         "portal",
         ERR_HELD},
        {"update plan set state = 'rejected'", ERR_HELD},
    };
    struct review_case *test = *state;
    int a = 0, b = 0;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        race(test, 1, 2, &plenty, cases[i].meanwhile, &a, &b);
        assert_int_equal(a, cases[i].code);
        assert_int_equal(b, cases[i].code);
        undo(test);
    }
}

/* --- the outcome --- */

TEST(store_outcome_done_writes_the_act_once)
{
    struct review_case *test = *state;
    struct instant first = test->world.now;

    REVIEW_OK(intend(test, 1, &plenty, &why));
    REVIEW_OK(tell(test, 1, STEP_DONE, &why));
    test->world.now = instant_add_us(first, SECOND_US);
    REVIEW_OK(tell(test, 1, STEP_DONE, &why)); /* the answer to the first was lost */
    REVIEW_OK(tell(test, 1, STEP_VERIFIED, &why));
    REVIEW_OK(tell(test, 1, STEP_DONE, &why));
    assert_int_equal(number(test, "select count(*) from act"), 1);
    assert_string_equal(
        store_world_text(&test->world,
                         "select concat_ws(' ', act_id, account_id, action, plan_id, rule, "
                         "person_status, us(done_at)) from act"),
        "1 00000001-2B3A-141F-8F07D71AA1F223BD suspend 1 departed departed 1793498400000000");
    struct store_step step = step_of(test, 1);
    assert_int_equal(step.state, STEP_VERIFIED);
    assert_true(step.outcome_at.us == first.us);
    assert_int_equal(number(test, "select us(verified_at) from step where position = 1"),
                     test->world.now.us);
    assert_int_equal(number(test, "select http_status from step where position = 1"), 202);
}

TEST(store_outcome_settled_to_done_writes_the_act)
{
    struct review_case *test = *state;

    REVIEW_OK(intend(test, 3, &plenty, &why));
    REVIEW_OK(tell(test, 3, STEP_UNKNOWN, &why));
    assert_int_equal(number(test, "select count(*) from act"), 0);
    store_world_tomorrow(&test->world);
    REVIEW_OK(tell(test, 3, STEP_DONE, &why));
    assert_string_equal(store_world_text(&test->world, "select action from act"), "deprovision");
    assert_int_equal(number(test, "select us(done_at) from act"), test->world.now.us);
    assert_int_equal(step_of(test, 3).run_id, 2);
}

TEST(store_outcome_without_a_call_writes_no_act)
{
    static const enum step_state states[] = {STEP_ALREADY, STEP_SKIPPED};
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(states); i++) {
        REVIEW_OK(tell(test, (int64_t)i + 1, states[i], &why));
        struct store_step step = step_of(test, (int64_t)i + 1);
        assert_int_equal(step.state, states[i]);
        assert_string_equal(step.reason, "because");
        assert_false(instant_is_set(step.intent_at));
    }
    assert_int_equal(number(test, "select count(*) from act"), 0);
}

TEST(store_outcome_without_effect_gives_the_step_back)
{
    struct review_case *test = *state;
    const struct action_limit one = {
        .count = 1, .percent = 100, .rolling_percent = 100, .rolling_days = 30, .rolling_count = 1};

    REVIEW_OK(intend(test, 1, &one, &why));
    REVIEW_OK(tell(test, 1, STEP_APPROVED, &why));
    assert_false(instant_is_set(step_of(test, 1).intent_at));
    test->world.now = instant_add_us(test->world.now, SECOND_US);
    REVIEW_OK(intend(test, 1, &one, &why));
    assert_true(step_of(test, 1).intent_at.us == test->world.now.us);
    assert_null(step_of(test, 1).reason);
}

/* Whether store_outcome takes it, whatever core/step says: planned, approved, intent, done,
 * already, skipped, failed, unknown, verified. y: recorded, =: stays as it is, n: refused. */
static const char *const outcomes[STEP_STATE_COUNT] = {
    [STEP_PLANNED] = "nnnnnnnnn", [STEP_APPROVED] = "n=nnyynnn", [STEP_INTENT] = "nynynnyyn",
    [STEP_DONE] = "nnn=nnn=y",    [STEP_ALREADY] = "nnnn=nnnn",  [STEP_SKIPPED] = "nnnnn=nnn",
    [STEP_FAILED] = "nnnynn==n",  [STEP_UNKNOWN] = "nnnynny=n",  [STEP_VERIFIED] = "nnn=nnn==",
};

TEST(store_outcome_takes_only_what_the_table_allows)
{
    struct review_case *test = *state;

    for (unsigned from = 0; from < STEP_STATE_COUNT; from++) {
        for (unsigned to = 0; to < STEP_STATE_COUNT; to++) {
            char wanted = outcomes[from][to];
            CLEANUP(err_release) struct err err = ERR_INIT;

            execute(test, "delete from act");
            put_state(test, 1, step_state_name((enum step_state)from));
            int refused = tell(test, 1, (enum step_state)to, &err);
            enum step_state after = step_of(test, 1).state;
            if ((refused != 0) != (wanted == 'n') || after != (wanted == 'y' ? to : from))
                fail_msg("%s to %s: %s, and is %s", step_state_name((enum step_state)from),
                         step_state_name((enum step_state)to), refused ? err.text : "taken",
                         step_state_name(after));
            if (refused)
                assert_int_equal(err.code, ERR_INTERNAL);
            assert_int_equal(number(test, "select count(*) from act"),
                             wanted == 'y' && to == STEP_DONE);
        }
    }
    REVIEW_REFUSED(tell(test, 9, STEP_DONE, &why), ERR_INTERNAL, "has no step '9'");
}

/* --- overtaken --- */

TEST(store_outcome_of_an_overtaken_run_tells_of_its_own_call_only)
{
    struct review_case *test = *state;
    struct store_run old = test->world.run;

    REVIEW_OK(intend(test, 1, &plenty, &why));
    store_world_tomorrow(&test->world);
    REVIEW_REFUSED(tell_by(test, &old, 2, STEP_SKIPPED, &why), ERR_LOCKED,
                   "run '1' was overtaken by run '2'");
    REVIEW_OK(tell_by(test, &old, 1, STEP_UNKNOWN, &why));
    REVIEW_OK(tell_by(test, &old, 1, STEP_DONE, &why));
    assert_int_equal(number(test, "select count(*) from act"), 1);
    REVIEW_REFUSED(tell_by(test, &old, 1, STEP_VERIFIED, &why), ERR_LOCKED, "overtaken");
    assert_int_equal(step_of(test, 1).state, STEP_DONE);
}

TEST(store_outcome_of_a_step_taken_over_is_the_newer_runs)
{
    struct review_case *test = *state;
    struct store_run old = test->world.run;

    REVIEW_OK(intend(test, 1, &plenty, &why));
    REVIEW_OK(intend(test, 2, &plenty, &why));
    store_world_tomorrow(&test->world);
    REVIEW_OK(tell(test, 1, STEP_UNKNOWN, &why));
    REVIEW_REFUSED(tell_by(test, &old, 1, STEP_DONE, &why), ERR_LOCKED, "overtaken");
    REVIEW_OK(tell(test, 2, STEP_FAILED, &why));
    REVIEW_REFUSED(tell_by(test, &old, 2, STEP_DONE, &why), ERR_LOCKED, "overtaken");
    assert_int_equal(step_of(test, 1).run_id, 2);
    assert_int_equal(step_of(test, 2).state, STEP_FAILED);
    assert_int_equal(number(test, "select count(*) from act"), 0);
}

TEST(store_open_steps_of_an_overtaken_run_is_refused)
{
    struct review_case *test = *state;
    struct store_run old = test->world.run;

    store_world_tomorrow(&test->world);
    REVIEW_REFUSED(store_open_steps(&test->world.store, &old, test->plan, test->approved,
                                    test->approved, &why),
                   ERR_LOCKED, "run '1' was overtaken by run '2'");
    REVIEW_REFUSED(intend_by(test, &test->world.store, &old, 1, &plenty, &why), ERR_LOCKED,
                   "overtaken");
}

/* --- lists and the end --- */

TEST(store_load_open_steps_gives_intents_and_unknown_oldest_first)
{
    struct review_case *test = *state;
    struct store_step *step = NULL;
    size_t count = 9;

    REVIEW_OK(store_load_open_steps(&test->world.store, &test->world.arena, &step, &count, &why));
    assert_int_equal(count, 0);
    REVIEW_OK(intend(test, 3, &plenty, &why));
    test->world.now = instant_add_us(test->world.now, 1);
    REVIEW_OK(intend(test, 1, &plenty, &why));
    test->world.now = instant_add_us(test->world.now, 1);
    REVIEW_OK(intend(test, 2, &plenty, &why));
    REVIEW_OK(tell(test, 3, STEP_UNKNOWN, &why));
    REVIEW_OK(tell(test, 2, STEP_DONE, &why));
    REVIEW_OK(store_load_open_steps(&test->world.store, &test->world.arena, &step, &count, &why));
    assert_int_equal(count, 2);
    assert_int_equal(step[0].position, 3);
    assert_int_equal(step[0].state, STEP_UNKNOWN);
    assert_int_equal(step[0].aim.action, ACTION_DEPROVISION);
    assert_int_equal(step[1].position, 1);
    assert_int_equal(step[1].state, STEP_INTENT);
}

TEST(store_load_unverified_gives_what_was_done_lately)
{
    static const size_t left[] = {1, 1, 1, 1, 1, 1, 1, 0};
    struct review_case *test = *state;
    struct store_step *step = NULL;
    size_t count = 0;

    REVIEW_OK(intend(test, 1, &plenty, &why));
    REVIEW_OK(tell(test, 1, STEP_DONE, &why));
    REVIEW_OK(intend(test, 2, &plenty, &why));
    REVIEW_OK(tell(test, 2, STEP_DONE, &why));
    REVIEW_OK(tell(test, 2, STEP_VERIFIED, &why));
    REVIEW_OK(intend(test, 3, &plenty, &why));
    for (size_t day = 0; day < COUNT_OF(left); day++) {
        REVIEW_OK(
            store_load_unverified(&test->world.store, &test->world.arena, &step, &count, &why));
        assert_int_equal(count, left[day]);
        if (count)
            assert_int_equal(step[0].position, 1);
        store_world_tomorrow(&test->world);
    }
}

TEST(store_close_plan_waits_for_every_step)
{
    struct review_case *test = *state;
    bool closed = true;
    static const struct {
        const char *state;
        bool closed;
    } cases[] = {
        {"approved", false}, {"intent", false}, {"unknown", false},
        {"planned", true},   {"done", true},    {"already", true},
        {"skipped", true},   {"failed", true},  {"verified", true},
    };

    put_state(test, 1, "verified");
    put_state(test, 2, "planned");
    execute(test, "update step set record = '{}'");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        execute(test, "update plan set state = 'applying'");
        put_state(test, 3, cases[i].state);
        REVIEW_OK(store_close_plan(&test->world.store, test->plan->id, &closed, &why));
        if (closed != cases[i].closed)
            fail_msg("%s: %d", cases[i].state, closed);
        assert_string_equal(store_world_text(&test->world, "select state from plan"),
                            closed ? "applied" : "applying");
    }
    REVIEW_OK(store_close_plan(&test->world.store, test->plan->id, &closed, &why));
    assert_false(closed);
    execute(test, "update plan set state = 'rejected'");
    REVIEW_OK(store_close_plan(&test->world.store, test->plan->id, &closed, &why));
    assert_false(closed);
}

/* A run was cut off with one act done and two rows to come: the next one gives those up, and no
 * plan stays behind that is being carried out by nobody. */
TEST(what_a_run_that_was_cut_off_left_is_closed_by_the_next)
{
    struct review_case *test = *state;
    struct store *store = &test->world.store;
    struct store_step *step = NULL;
    size_t count = 0;
    bool closed = true;

    put_state(test, 1, "done");
    put_state(test, 2, "approved");
    put_state(test, 3, "approved");
    execute(test, "update plan set state = 'applying'");
    store_world_tomorrow(&test->world);
    REVIEW_OK(store_load_left_steps(store, &test->world.arena, &step, &count, &why));
    assert_int_equal(count, 2);
    assert_int_equal(step[0].position, 2);
    assert_int_equal(step[1].position, 3);
    REVIEW_OK(tell(test, 2, STEP_SKIPPED, &why));
    REVIEW_OK(store_close_plan(store, 0, &closed, &why));
    assert_false(closed);
    REVIEW_OK(tell(test, 3, STEP_SKIPPED, &why));
    REVIEW_OK(store_close_plan(store, 0, &closed, &why));
    assert_true(closed);
    REVIEW_OK(store_load_left_steps(store, &test->world.arena, &step, &count, &why));
    assert_int_equal(count, 0);
    assert_string_equal(store_world_text(&test->world, "select state from plan"), "applied");
}
