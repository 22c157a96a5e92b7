/*
 * What people decide about a plan, against a real server: one decision is about one digest, people
 * are counted and not decisions, and what stands against it is told apart.
 */
#include "review_case.h"
#include "test.h"

TEST_GROUP(review_case_begin, review_case_end);

TEST_EACH(review_case_setup, NULL);

/* Reactivation (row 0), two suspensions (1, 2), two deprovisions (3, 4), a finding (5). */
static const struct review_shape everything = {.reactivate = 1,
                                               .suspend = 2,
                                               .deprovision = 2,
                                               .approvals_suspend = 1,
                                               .approvals_deprovision = 2};

static void assert_state(struct review_case *test, const char *wanted)
{
    assert_string_equal(
        store_world_text(&test->world, "select state from plan order by plan_id desc limit 1"),
        wanted);
}

static struct review load_review(struct review_case *test)
{
    struct review review = {.approval_count = 99};

    REVIEW_OK(
        store_load_review(&test->world.store, &test->world.arena, test->plan->id, &review, &why));
    return review;
}

static int override_by(struct review_case *test, const char *who, const char *guard,
                       const char *reason, struct err *err)
{
    struct approval approval = {.who = who, .all = true};
    struct override override = {.guard = guard, .who = who, .reason = reason};

    return store_approve(&test->world.store, test->plan, &approval, &override, 1, test->world.now,
                         err);
}

static void only_row(struct review_case *test, size_t row)
{
    memset(test->approved, false, test->plan->row_count);
    test->approved[row] = true;
}

/* --- approving --- */

TEST(store_approve_by_one_person_is_enough_for_what_needs_one)
{
    struct review_case *test = *state;

    review_case_plan(test, &everything);
    REVIEW_OK(review_case_approve(test, "anna", &why));
    assert_state(test, "approved");
    struct review review = load_review(test);
    assert_int_equal(review.approval_count, 1);
    assert_string_equal(review.approval[0].who, "anna");
    assert_true(review.approval[0].all);
    assert_true(review.approval[0].at.us == test->world.now.us);
    assert_int_equal(review.approval[0].count, 0);
    assert_int_equal(review.override_count, 0);
    for (size_t row = 0; row < 5; row++) {
        only_row(test, row);
        if (row < 3)
            continue;
        REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "is not approved: by 1 of 2 people");
    }
    for (size_t row = 0; row < 3; row++) {
        only_row(test, row);
        REVIEW_OK(review_case_open(test, &why));
    }
}

TEST(store_approve_by_the_same_person_twice_counts_once)
{
    const struct review_shape shape = {.deprovision = 1, .approvals_deprovision = 2};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    REVIEW_OK(review_case_approve(test, "anna", &why));
    REVIEW_OK(review_case_approve(test, "anna", &why));
    REVIEW_OK(review_case_approve_one(test, "anna", 0, &why));
    assert_state(test, "proposed");
    assert_int_equal(load_review(test).approval_count, 1);
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 1 of 2 people");
    REVIEW_OK(review_case_approve(test, "bert", &why));
    assert_state(test, "approved");
    assert_int_equal(load_review(test).approval_count, 2);
    REVIEW_OK(review_case_open(test, &why));
}

TEST(store_approve_by_two_people_counts_the_rows_both_named)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.deprovision = 2, .approvals_deprovision = 2};

    review_case_plan(test, &shape);
    REVIEW_OK(review_case_approve_one(test, "anna", 0, &why));
    REVIEW_OK(review_case_approve_one(test, "bert", 1, &why));
    assert_state(test, "proposed");
    REVIEW_OK(review_case_approve(test, "carl", &why));
    assert_state(test, "approved");
    REVIEW_OK(review_case_approve_one(test, "bert", 0, &why));
    only_row(test, 1);
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 1 of 2 people");
    only_row(test, 0);
    REVIEW_OK(review_case_open(test, &why));
}

TEST(store_approve_of_some_rows_approves_no_other)
{
    struct review_case *test = *state;

    review_case_plan(test, &everything);
    REVIEW_OK(review_case_approve_one(test, "anna", 2, &why));
    assert_state(test, "approved");
    struct review review = load_review(test);
    assert_false(review.approval[0].all);
    assert_int_equal(review.approval[0].count, 1);
    assert_string_equal(review.approval[0].account_id[0], test->plan->row[2].account_id);
    only_row(test, 1);
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 0 of 1 people");
    only_row(test, 2);
    REVIEW_OK(review_case_open(test, &why));
}

TEST(store_approve_again_replaces_the_rows)
{
    struct review_case *test = *state;

    review_case_plan(test, &everything);
    REVIEW_OK(review_case_approve_one(test, "anna", 1, &why));
    REVIEW_OK(review_case_approve_one(test, "anna", 2, &why));
    assert_int_equal(load_review(test).approval[0].count, 1);
    only_row(test, 1);
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 0 of 1 people");
    REVIEW_OK(review_case_approve_one(test, "anna", 4, &why));
    assert_state(test, "proposed"); /* one of two people, and nothing else */
    REVIEW_OK(review_case_approve(test, "anna", &why));
    assert_int_equal(store_world_number(&test->world, "select count(*) from approval_row"), 0);
    REVIEW_OK(review_case_open(test, &why));
}

TEST(store_approve_of_what_is_no_act_is_refused_whole)
{
    static const char *const ids[][2] = {
        {"00000002-2B3A-141F-8F07D71AA1F223BD",
         "00000006-2B3A-141F-8F07D71AA1F223BD"}, /* finding */
        {"00000002-2B3A-141F-8F07D71AA1F223BD", "\"},{\\nobody"},
    };
    static const char *const twice[] = {"00000002-2B3A-141F-8F07D71AA1F223BD",
                                        "00000002-2B3A-141F-8F07D71AA1F223BD"};
    struct review_case *test = *state;
    struct approval approval = {.who = "anna", .count = 2};

    review_case_plan(test, &everything);
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        approval.account_id = ids[i];
        REVIEW_REFUSED(store_approve(&test->world.store, test->plan, &approval, NULL, 0,
                                     test->world.now, &why),
                       ERR_USAGE, ids[i][1]);
    }
    assert_int_equal(load_review(test).approval_count, 0);
    assert_state(test, "proposed");
    approval.account_id = twice;
    REVIEW_OK(
        store_approve(&test->world.store, test->plan, &approval, NULL, 0, test->world.now, &why));
    assert_int_equal(load_review(test).approval[0].count, 1);
}

/* What stands against an approval, each alone. */
static const struct {
    const char *sql, *words;
} obstacles[] = {
    {"update plan set digest = sha256('x')", "has another digest"},
    {"update plan set state = 'empty'", "proposes nothing"},
    {"update plan set state = 'applying'", "used once"},
    {"update plan set state = 'applied'", "used once"},
    {"update plan set state = 'expired'", "is expired"},
    {"update plan set state = 'rejected'", "was rejected"},
    {"update portal set last_plan_id = last_plan_id + 1", "was superseded by plan '2'"},
    {"update plan set expires_at = '2026-11-01T02:00:00Z'", "is expired"},
    {"update plan_guard set hold = true where guard = 'G1'", "is held by G1;"},
    {"update plan_guard set hold = true", "is held by G1, G7;"},
};

TEST(store_approve_with_one_thing_against_it_is_refused)
{
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(obstacles); i++) {
        review_case_plan(test, &everything);
        store_world_execute(&test->world, obstacles[i].sql);
        REVIEW_REFUSED(review_case_approve(test, "anna", &why), ERR_HELD, obstacles[i].words);
        assert_int_equal(store_world_number(&test->world, "select count(*) from approval"), 0);
        review_case_setup(state);
    }
    review_case_plan(test, &everything);
    store_world_execute(&test->world, "update plan set expires_at = '2026-11-01T02:00:00.000001Z'");
    REVIEW_OK(review_case_approve(test, "anna", &why));
    test->plan->id = 9;
    REVIEW_REFUSED(review_case_approve(test, "anna", &why), ERR_USAGE, "there is no plan '9'");
}

/* --- overrides --- */

TEST(store_approve_of_a_held_plan_needs_every_guard_overridden)
{
    const struct review_shape shape = {.suspend = 1, .approvals_suspend = 1, .held_by = "G7"};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    store_world_execute(&test->world, "update plan_guard set hold = true");
    REVIEW_REFUSED(review_case_approve(test, "anna", &why), ERR_HELD, "is held by G1, G7");
    REVIEW_REFUSED(override_by(test, "anna", "G7", "merger", &why), ERR_HELD, "is held by G1;");
    assert_int_equal(load_review(test).override_count, 0);
    assert_state(test, "held");
    struct approval approval = {.who = "anna", .all = true};
    const struct override both[] = {{"G7", "anna", "merger"}, {"G1", "anna", "HR is on strike"}};
    REVIEW_OK(
        store_approve(&test->world.store, test->plan, &approval, both, 2, test->world.now, &why));
    assert_state(test, "approved");
    struct review review = load_review(test);
    assert_int_equal(review.override_count, 2);
    assert_string_equal(review.override[0].guard, "G1");
    assert_string_equal(review.override[1].reason, "merger");
    REVIEW_OK(review_case_open(test, &why));
}

TEST(store_approve_override_is_for_one_plan_and_the_first_stays)
{
    const struct review_shape shape = {.suspend = 1, .approvals_suspend = 2, .held_by = "G7"};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    REVIEW_OK(override_by(test, "anna", "G7", "merger", &why));
    assert_state(test, "held");
    REVIEW_OK(override_by(test, "bert", "G7", "never mind", &why));
    assert_state(test, "approved");
    struct review review = load_review(test);
    assert_int_equal(review.override_count, 1);
    assert_string_equal(review.override[0].who, "anna");
    assert_string_equal(review.override[0].reason, "merger");
    review_case_plan(test, &shape);
    REVIEW_REFUSED(review_case_approve(test, "anna", &why), ERR_HELD, "is held by G7");
}

TEST(store_approve_override_of_nothing_or_for_no_reason_is_refused)
{
    const struct review_shape shape = {.suspend = 1, .approvals_suspend = 1, .held_by = "G7"};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    REVIEW_REFUSED(override_by(test, "anna", "G1", "x", &why), ERR_USAGE,
                   "guard 'G1' does not hold plan '1'");
    REVIEW_REFUSED(override_by(test, "anna", "G7", "", &why), ERR_USAGE, "has no reason");
    REVIEW_REFUSED(override_by(test, "anna", "G7", NULL, &why), ERR_USAGE, "has no reason");
    assert_int_equal(store_world_number(&test->world, "select count(*) from guard_override"), 0);
}

/* --- opening what was not approved --- */

TEST(store_open_steps_of_a_row_that_is_held_is_refused)
{
    const struct review_shape shape = {.suspend = 1, .deprovision = 1, .held_by = "G7"};
    struct review_case *test = *state;

    review_case_plan(test, &shape); /* needs nobody */
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "is held by G7");
    only_row(test, 1);
    REVIEW_OK(review_case_open(test, &why)); /* the other class goes on */
    assert_state(test, "applying");
}

TEST(store_open_steps_without_anybody_needs_a_plan_that_needs_nobody)
{
    const struct review_shape shape = {.reactivate = 1, .suspend = 1, .approvals_deprovision = 1};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 0 of 1 people"); /* reactivate */
    memset(test->approved, false, 3);
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "no row of plan '1' is approved");
    assert_state(test, "proposed");
    only_row(test, 1);
    REVIEW_OK(review_case_open(test, &why));
    assert_state(test, "applying");
}

TEST(store_open_steps_in_any_other_state_is_refused)
{
    static const char *const states[] = {"empty", "applied", "expired", "rejected"};
    const struct review_shape shape = {.suspend = 1};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        text_addf(&sql, "update plan set state = '%s'", states[i]);
        store_world_execute(&test->world, text_cstr(&sql));
        REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, states[i]);
    }
    store_world_execute(&test->world, "update plan set state = 'proposed', digest = sha256('x')");
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "another digest");
    assert_int_equal(store_world_number(&test->world, "select count(*) from step"), 0);
}

TEST(store_open_steps_after_an_approval_of_another_digest_is_refused)
{
    const struct review_shape shape = {.suspend = 1, .approvals_suspend = 1};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    REVIEW_OK(review_case_approve(test, "anna", &why));
    store_world_execute(&test->world, "update approval set digest = sha256('x')");
    assert_int_equal(load_review(test).approval_count, 0);
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 0 of 1 people");
}

/* Who named which row (0 = all of them, else row - 1), in plans that need so many people. */
static const struct {
    int suspend, deprovision;
    const char *who[4];
    size_t named[4];
} reviews[] = {
    {0, 0, {"anna"}, {1 + 3}},
    {0, 2, {"anna"}, {1 + 3}},
    {1, 2, {"anna", "bert"}, {0, 1 + 4}},
    {1, 1, {"anna", "bert"}, {1 + 0, 1 + 1}},
    {2, 1, {"anna", "bert", "carl"}, {1 + 0, 1 + 1, 1 + 0}},
    {2, 3, {"anna", "anna", "bert", "carl"}, {1 + 3, 1 + 4, 0, 1 + 4}},
};

static bool is_openable(struct review_case *test, size_t row)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    only_row(test, row);
    return review_case_open(test, &err) == 0;
}

TEST(store_open_steps_counts_people_as_core_does)
{
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(reviews); i++) {
        struct review_shape shape = everything;
        size_t approved = 0;

        shape.approvals_suspend = reviews[i].suspend;
        shape.approvals_deprovision = reviews[i].deprovision;
        review_case_plan(test, &shape);
        for (size_t k = 0; k < COUNT_OF(reviews[i].who) && reviews[i].who[k]; k++)
            REVIEW_OK(reviews[i].named[k] ? review_case_approve_one(test, reviews[i].who[k],
                                                                    reviews[i].named[k] - 1, &why)
                                          : review_case_approve(test, reviews[i].who[k], &why));
        struct review review = load_review(test);
        for (size_t row = 0; row < 5; row++) {
            const char *reason = NULL;
            approved += review_is_approved(&test->world.arena, test->plan, &review,
                                           &test->plan->row[row], &reason);
        }
        assert_state(test, approved ? "approved" : "proposed");
        for (size_t row = 0; row < 5; row++) {
            const char *reason = NULL;
            bool wanted = review_is_approved(&test->world.arena, test->plan, &review,
                                             &test->plan->row[row], &reason);
            if (is_openable(test, row) != wanted)
                fail_msg("review %zu, row %zu: %s", i, row, reason);
        }
    }
}

TEST(store_approve_of_another_row_approves_no_reactivation)
{
    const struct review_shape shape = {
        .reactivate = 1, .deprovision = 1, .approvals_deprovision = 2};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    REVIEW_OK(review_case_approve_one(test, "anna", 1, &why));
    assert_state(test, "proposed");
    REVIEW_OK(review_case_approve_one(test, "bert", 0, &why));
    assert_state(test, "approved");
}

/* --- rejecting, and which plans go on --- */

TEST(store_reject_ends_a_plan_that_is_not_over)
{
    static const struct {
        const char *state;
        bool rejected;
    } cases[] = {
        {"held", true},   {"proposed", true}, {"approved", true}, {"applying", true},
        {"empty", false}, {"applied", false}, {"expired", false}, {"rejected", false},
    };
    const struct review_shape shape = {.suspend = 1};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        CLEANUP(err_release) struct err err = ERR_INIT;

        text_addf(&sql, "update plan set state = '%s'", cases[i].state);
        store_world_execute(&test->world, text_cstr(&sql));
        int refused = store_reject(&test->world.store, 1, "bert", "no", test->world.now, &err);
        if ((refused == 0) != cases[i].rejected)
            fail_msg("%s: %d", cases[i].state, refused);
        assert_state(test, cases[i].rejected ? "rejected" : cases[i].state);
        assert_int_equal(err.code, refused ? ERR_HELD : ERR_NONE);
    }
    assert_string_equal(
        store_world_text(&test->world, "select who || kind || reason from approval"),
        "bertrejectno");
    assert_int_equal(load_review(test).approval_count, 0);
    REVIEW_REFUSED(store_reject(&test->world.store, 1, "bert", "", test->world.now, &why),
                   ERR_USAGE, "needs a reason");
    REVIEW_REFUSED(store_reject(&test->world.store, 2, "bert", "no", test->world.now, &why),
                   ERR_USAGE, "there is no plan '2'");
}

TEST(store_load_ready_plans_gives_what_may_go_on)
{
    const struct review_shape shape = {.suspend = 1, .approvals_suspend = 1};
    struct review_case *test = *state;
    int64_t *id = NULL;
    size_t count = 0;

    for (int i = 0; i < 3; i++) {
        review_case_plan(test, &shape);
        REVIEW_OK(review_case_approve(test, "anna", &why));
        if (i == 1)
            REVIEW_OK(review_case_open(test, &why));
    }
    review_case_plan(test, &shape); /* nobody decided on it */
    store_world_execute(&test->world,
                        "update plan set expires_at = '2026-11-01T02:00:00Z' where plan_id = 3");
    REVIEW_OK(store_load_ready_plans(&test->world.store, &test->world.arena, test->world.now, &id,
                                     &count, &why));
    assert_int_equal(count, 2);
    assert_true(id[0] == 1 && id[1] == 2);
    test->world.now = instant_add_us(test->world.now, -1);
    REVIEW_OK(store_load_ready_plans(&test->world.store, &test->world.arena, test->world.now, &id,
                                     &count, &why));
    assert_int_equal(count, 3);
}

TEST(store_load_stop_gives_the_oldest_reason)
{
    struct review_case *test = *state;
    const char *reason = "";

    REVIEW_OK(store_load_stop(&test->world.store, &test->world.arena, &reason, &why));
    assert_null(reason);
    store_world_execute(
        &test->world,
        "insert into stop (portal_id, stop_id, reason, who, since) select "
        "portal_id, 1, 'later', 'bert', '2026-10-31'::timestamptz from portal union all select "
        "portal_id, 2, 'audit', 'anna', '2026-10-30 10:00Z' from portal");
    REVIEW_OK(store_load_stop(&test->world.store, &test->world.arena, &reason, &why));
    assert_string_equal(reason, "stopped by anna since 2026-10-30 10:00 UTC: audit");
}

/* --- who is locked --- */

#define ACT(id, account, action, at)                                                               \
    "insert into act (portal_id, act_id, account_id, action, done_at) select portal_id, " id       \
    ", account_id, '" action "', '" at "' from account where account_id like '0000000" account     \
    "%';"

TEST(store_load_locked_gives_who_cannot_come_back_yet)
{
    const struct review_shape shape = {.suspend = 6};
    struct review_case *test = *state;
    struct store_lock_until *locked = NULL;
    struct snapshot later;
    size_t count = 0;

    review_case_plan(test, &shape);
    REVIEW_OK(pg_script(
        test->world.pg, "acts",
        ACT("1", "1", "suspend", "2026-11-01T03:00Z") ACT("2", "2", "suspend", "2026-05-05T02:00Z")
            ACT("3", "3", "suspend", "2026-11-01T04:00Z")
                ACT("4", "3", "reactivate", "2026-11-01T05:00Z")
                    ACT("5", "4", "suspend", "2026-11-01T06:00Z")
                        ACT("6", "5", "suspend", "2026-11-01T07:00Z")
                            ACT("7", "6", "suspend", "2026-05-05T02:00:00.000001Z"),
        &why));
    store_world_execute(&test->world,
                        "update account_version v set status = 'inactive' from account a "
                        "where a.account_no = v.account_no and "
                        "account_id ~ '^0000000[26]'");
    store_world_tomorrow(&test->world);
    later = store_world_snapshot(&test->world, 7);
    for (size_t i = 0; i < later.count; i++)
        later.account[i].status = i == 3 ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE; /* 4 is back */
    later.account[4].status = ACCOUNT_GONE;
    store_world_save(&test->world, &later);
    struct instant now = instant_add_us(test->world.now, -DAY_US);
    REVIEW_OK(
        store_load_locked(&test->world.store, &test->world.arena, now, &locked, &count, &why));
    assert_int_equal(count, 2);
    assert_string_equal(locked[0].account_id, "00000001-2B3A-141F-8F07D71AA1F223BD");
    assert_string_equal(locked[0].username, "user1");
    assert_string_equal(locked[0].email, "user1@acme.example");
    assert_true(locked[0].until.us - locked[0].suspended_at.us == 180 * DAY_US);
    assert_string_equal(locked[1].username, "user6");
    REVIEW_OK(store_load_locked(&test->world.store, &test->world.arena, instant_add_us(now, 1),
                                &locked, &count, &why));
    assert_int_equal(count, 1); /* the time of account 6 has come */
}
