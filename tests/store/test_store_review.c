/*
 * Which rows become steps, against a real server: people are counted and not decisions, each about
 * just the subject of the row; and what stands still.
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

static void only_row(struct review_case *test, size_t row)
{
    memset(test->approved, false, test->plan->row_count);
    test->approved[row] = true;
}

/* --- whose approval counts --- */

TEST(approval_by_one_person_is_enough_for_what_needs_one)
{
    struct review_case *test = *state;

    review_case_plan(test, &everything);
    review_case_approve(test, "anna");
    assert_state(test, "proposed"); /* decisions are about rows */
    for (size_t row = 3; row < 5; row++) {
        only_row(test, row);
        REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "is not approved: by 1 of 2 people");
    }
    for (size_t row = 0; row < 3; row++) {
        only_row(test, row);
        REVIEW_OK(review_case_open(test, &why));
    }
}

TEST(approval_by_the_same_person_twice_counts_once)
{
    const struct review_shape shape = {.deprovision = 1, .approvals_deprovision = 2};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    review_case_approve(test, "anna");
    review_case_approve(test, "anna");
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 1 of 2 people");
    review_case_approve(test, "bert");
    REVIEW_OK(review_case_open(test, &why));
}

TEST(approval_of_some_rows_approves_no_other)
{
    struct review_case *test = *state;

    review_case_plan(test, &everything);
    review_case_approve_one(test, "anna", 3);
    only_row(test, 1);
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 0 of 1 people");
    only_row(test, 0);
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 0 of 1 people");
    only_row(test, 2);
    REVIEW_OK(review_case_open(test, &why));
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

TEST(store_open_steps_after_an_approval_of_another_subject_is_refused)
{
    const struct review_shape shape = {.suspend = 1, .approvals_suspend = 1};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    review_case_approve(test, "anna");
    store_world_execute(&test->world, "update ruling set subject = sha256('x')");
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 0 of 1 people");
}

/* Who owns the table lets one person be enough where two are; the row beside it goes on. */
TEST(store_open_steps_of_a_row_that_needs_fewer_people_by_now_is_refused)
{
    static const char *const fewer[] = {"1", "0", "3", "null"};
    const struct review_shape shape = {.suspend = 2, .approvals_suspend = 2};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    review_case_approve(test, "anna");
    review_case_approve_one(test, "bert", 2);
    for (size_t i = 0; i < COUNT_OF(fewer); i++) {
        store_world_execute(&test->world,
                            arena_printf(&test->world.arena,
                                         "update plan_row set approvals = %s where position = 1",
                                         fewer[i]));
        only_row(test, 0);
        REVIEW_REFUSED(review_case_open(test, &why), ERR_INTERNAL, "was made to need 2 people");
        assert_int_equal(number(test, "select count(*) from step"), 0);
    }
    only_row(test, 1);
    REVIEW_OK(review_case_open(test, &why));
    assert_int_equal(number(test, "select count(*) from step"), 1);
}

TEST(store_open_steps_takes_the_approval_of_an_earlier_plan)
{
    const struct review_shape shape = {.suspend = 1, .approvals_suspend = 1};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    review_case_approve(test, "anna");
    struct plan *earlier = test->plan;
    store_world_tomorrow(&test->world);
    review_case_plan(test, &shape);
    struct plan *newest = test->plan;
    test->plan = earlier;
    REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "is not the newest");
    test->plan = newest;
    REVIEW_OK(review_case_open(test, &why));
}

/* Who approved which row, in plans that need so many people. */
static const struct {
    int suspend, deprovision;
    const char *who[4];
    int64_t named[4]; /* 0 = all of them */
} reviews[] = {
    {0, 1, {"anna"}, {4}},
    {0, 2, {"anna"}, {4}},
    {1, 2, {"anna", "bert"}, {0, 5}},
    {1, 1, {"anna", "bert"}, {1, 2}},
    {2, 1, {"anna", "bert", "carl"}, {1, 2, 1}},
    {2, 2, {"anna", "anna", "bert", "carl"}, {4, 5, 0, 5}},
};

static bool is_openable(struct review_case *test, size_t row)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    only_row(test, row);
    return review_case_open(test, &err) == 0;
}

/* By core/ruling, of what the history gives back. */
static bool is_approved(struct review_case *test, size_t row)
{
    static const struct ruling_terms terms = {168, 30, 30};
    static const struct approvers anybody = {.count = 0};
    const struct ruling_view view = {
        .approvers = &anybody, .terms = &terms, .now = test->world.now, .today = test->world.today};
    struct store_standing *standing = NULL;
    const struct plan_row *one = &test->plan->row[row];
    size_t count = 0, people = 0;

    REVIEW_OK(store_load_standing(&test->world.store, &test->world.arena, &standing, &count, &why));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(standing[i].account_id, one->account_id) == 0)
            people = ruling_find(&test->world.arena, &standing[i].rulings, &view, one).approvers;
    }
    return people >= (size_t)one->needed;
}

TEST(store_open_steps_counts_people_as_core_does)
{
    struct review_case *test = *state;
    size_t approved = 0;

    for (size_t i = 0; i < COUNT_OF(reviews); i++) {
        struct review_shape shape = everything;

        review_case_setup(state);
        shape.approvals_suspend = reviews[i].suspend;
        shape.approvals_deprovision = reviews[i].deprovision;
        review_case_plan(test, &shape);
        for (size_t k = 0; k < COUNT_OF(reviews[i].who) && reviews[i].who[k]; k++) {
            if (reviews[i].named[k])
                review_case_approve_one(test, reviews[i].who[k], reviews[i].named[k]);
            else
                review_case_approve(test, reviews[i].who[k]);
        }
        for (size_t row = 0; row < 5; row++) {
            bool wanted = is_approved(test, row);
            approved += wanted;
            if (is_openable(test, row) != wanted)
                fail_msg("review %zu, row %zu: %d", i, row, wanted);
        }
    }
    assert_in_range(approved, 5, 25);
}

/* --- what stands still --- */

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
                        "where a.portal_id = v.portal_id and a.account_no = v.account_no and "
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
