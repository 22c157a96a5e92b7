/*
 * What is new in a plan, against a real server: which plan it is compared with, and which rows of
 * the two are the same.
 */
#include <string.h>

#include "alike.h"
#include "audit/question.h"
#include "store/beside.h"
#include "store/step.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

enum { ACCOUNTS = 9 };

/* A row that acts; `about` is what a decision about it would be about. */
static struct plan_row acts(struct store_world *world, unsigned number, const char *about)
{
    struct account account = store_world_account(world, number);

    return (struct plan_row){.action = ACTION_SUSPEND,
                             .account_id = account.id,
                             .rule = "idle",
                             .reason = "idle",
                             .clause = "R7",
                             .idle_days = -1,
                             .subject = digest_of(about, strlen(about)),
                             .needed = 1};
}

static struct plan_row finding(struct store_world *world, unsigned number, const char *clause)
{
    struct account account = store_world_account(world, number);

    return (struct plan_row){.action = ACTION_KEEP,
                             .finding = true,
                             .account_id = account.id,
                             .rule = "",
                             .clause = clause,
                             .idle_days = -1};
}

static int64_t save_over(struct store_world *world, const struct snapshot *snapshot,
                         const struct roster *roster, struct plan_row *row, size_t count)
{
    struct err err = ERR_INIT;
    struct plan plan = {
        .version = PLAN_VERSION,
        .portal = "acme",
        .state = count ? PLAN_PROPOSED : PLAN_EMPTY,
        .created_at = world->now,
        .today = world->today,
        .time_zone = "UTC",
        .row = row,
        .row_count = count,
    };

    plan.inputs.snapshot_id = snapshot->id;
    plan.inputs.snapshot_complete = true;
    plan.inputs.snapshot_digest = snapshot->digest;
    plan.inputs.roster_id = roster->id;
    plan.inputs.snapshot_taken_at = plan.inputs.roster_read_at = world->now;
    plan.digest = plan_digest(&plan);
    if (store_save_plan(&world->store, &world->run, &plan, &err) < 0)
        fail_msg("%s", err.text);
    store_world_tomorrow(world);
    return plan.id;
}

static int64_t save(struct store_world *world, struct plan_row *row, size_t count)
{
    struct snapshot snapshot = store_world_snapshot(world, ACCOUNTS);
    struct roster roster = store_world_roster(world, ACCOUNTS);

    store_world_save(world, &snapshot);
    store_world_save_roster(world, &roster, true);
    return save_over(world, &snapshot, &roster, row, count);
}

static int64_t save_one(struct store_world *world)
{
    struct plan_row row[] = {acts(world, 1, "one")};

    return save(world, row, 1);
}

static void decide(struct store_world *world, int64_t plan, const char *ended)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "insert into ruling (portal_id, ruling_id, kind, account_id, who, at, plan_id, "
              "position, subject, action, rule, snapshot_at, until, ended_at, end_word) "
              "select portal_id, %lld, 'approve', account_id, 'anna', now(), plan_id, position, "
              "subject, action, rule, now(), current_date, %s from plan_row "
              "where plan_id = %lld and position = 1",
              (long long)plan, ended ? ended : "null, null", (long long)plan);
    store_world_execute(world, text_cstr(&sql));
}

static void assert_base(struct store_world *world, int64_t plan, int64_t base, bool decided)
{
    struct plan_base is;
    struct err err = ERR_INIT;

    assert_int_equal(store_plan_before(&world->store, plan, &is, &err), 0);
    assert_int_equal(is.plan_id, base);
    assert_int_equal(is.decided, decided);
    assert_int_equal(day_is_set(is.today), base > 0);
}

/* --- with which plan --- */

TEST(plan_before_is_none_then_the_one_before_then_the_one_decided_on)
{
    struct store_world *world = *state;
    int64_t first = save_one(world);

    assert_base(world, first, 0, false);
    int64_t second = save_one(world), third = save_one(world);
    assert_base(world, third, second, false);
    decide(world, first, NULL);
    assert_base(world, third, first, true);
    assert_base(world, second, first, true);
    assert_base(world, first, 0, false);         /* what was decided on it is no plan before it */
    decide(world, second, "now(), 'withdrawn'"); /* somebody looked, whatever came of it */
    assert_base(world, third, second, true);
    decide(world, third, NULL);
    assert_base(world, third, second, true);
}

TEST(plan_before_passes_over_a_plan_whose_rows_were_taken_away)
{
    struct store_world *world = *state;
    int64_t first = save_one(world);
    int64_t second = save_one(world), third = save_one(world);

    store_world_execute(world, "delete from plan_row where plan_id = 2");
    assert_base(world, third, first, false);
    assert_base(world, second, first, false);
    int64_t empty = save(world, NULL, 0); /* has none, and that is all of it */
    assert_base(world, empty + 1, empty, false);
}

/* --- which rows --- */

static void assert_changes(struct store_world *world, int64_t before, int64_t after,
                           const struct plan_change *wanted, size_t count)
{
    struct plan_change *is = NULL;
    struct err err = ERR_INIT;
    size_t is_count = 0;

    assert_int_equal(
        store_plan_changes(&world->store, &world->arena, before, after, &is, &is_count, &err), 0);
    assert_int_equal(is_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(is[i].before, wanted[i].before);
        assert_int_equal(is[i].after, wanted[i].after);
        assert_int_equal(is[i].is_new, wanted[i].is_new);
        assert_int_equal(is[i].done, wanted[i].done);
    }
}

TEST(plan_changes_are_by_account_and_subject)
{
    struct store_world *world = *state;
    struct plan_row before[] = {acts(world, 1, "one"),   acts(world, 2, "two"),
                                acts(world, 3, "three"), finding(world, 4, "P4"),
                                finding(world, 5, "P4"), finding(world, 6, "P6")};
    struct plan_row after[] = {acts(world, 7, "seven"),   acts(world, 1, "one"),
                               acts(world, 2, "another"), finding(world, 3, "P9"),
                               finding(world, 4, "P4"),   finding(world, 5, "P6")};
    static const struct plan_change wanted[] = {
        {.after = 1, .is_new = true},              /* 7 came */
        {.before = 2, .after = 3, .is_new = true}, /* 2 is about something else */
        {.before = 3, .after = 4, .is_new = true}, /* 3 was to be suspended, and is a finding */
        {.before = 5, .after = 6, .is_new = true}, /* 5 is another finding */
        {.before = 6},                             /* 6 went; 1 and 4 are the same */
    };
    /* What was seen is not seen anew because the sentence tells another number of days. */
    after[1].reason = "idle one day longer";
    int64_t first = save(world, before, COUNT_OF(before));
    int64_t second = save(world, after, COUNT_OF(after));

    assert_changes(world, first, second, wanted, COUNT_OF(wanted));
    assert_changes(world, first, first, NULL, 0);
}

/* It is told by `diff`; who reviewed the row has seen it. */
TEST(plan_changes_of_what_holds_a_row_or_of_its_day_are_nothing_new)
{
    struct store_world *world = *state;
    struct plan_row before[] = {acts(world, 1, "one"), acts(world, 2, "two")};
    struct plan_row after[] = {acts(world, 1, "one"), acts(world, 2, "two")};
    static const struct plan_change wanted[] = {{.before = 1, .after = 1},
                                                {.before = 2, .after = 2}};

    after[0].held_by = "G6";
    after[1].not_before = day_add(world->today, 3);
    int64_t first = save(world, before, 2);
    int64_t second = save(world, after, 2);
    assert_changes(world, first, second, wanted, COUNT_OF(wanted));
}

/* --- what became of its rows, and the seats of its days --- */

static void tried(struct store_world *world, int64_t plan, int64_t position, const char *state,
                  bool acted)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "insert into step (portal_id, plan_id, position, account_id, action, state, run_id, "
              "intent_at, outcome_at, verified_at, spread) select portal_id, plan_id, position, "
              "account_id, action, '%s', 1, %s, %s from plan_row "
              "where plan_id = %lld and position = %lld",
              state, acted ? "now()" : "null",
              text_equal(state, "approved")   ? "null, null, false"
              : text_equal(state, "verified") ? "now(), now(), false"
                                              : "now(), null, false",
              (long long)plan, (long long)position);
    store_world_execute(world, text_cstr(&sql));
}

static size_t became(struct store_world *world, int64_t plan, struct store_step **ret_step)
{
    struct err err = ERR_INIT;
    enum plan_state state;
    int64_t newest = 0;
    size_t count = 0;
    bool is_tried = false;

    if (store_load_became(&world->store, &world->arena, plan, ret_step, &count, &err) < 0 ||
        store_plan_state(&world->store, plan, &state, &newest, &is_tried, &err) < 0)
        fail_msg("%s", err.text);
    assert_true(is_tried || count == 0); /* else nobody would ask */
    return count;
}

TEST(what_became_of_a_row_is_told_of_the_plan_it_was_decided_on)
{
    struct store_world *world = *state;
    struct plan_row decided[] = {acts(world, 1, "one"), acts(world, 2, "two"),
                                 acts(world, 3, "three"), acts(world, 4, "four")};
    /* In another order; 3 is about something else by then, 4 waits its turn. */
    struct plan_row later[] = {acts(world, 3, "another"), acts(world, 2, "two"),
                               acts(world, 4, "four"), acts(world, 1, "one")};
    struct store_step *step = NULL;
    int64_t first = save(world, decided, 4), second = save(world, later, 4);

    decide(world, first, "now() + interval '1 hour', 'done'");
    tried(world, second, 1, "done", true);
    tried(world, second, 2, "failed", true);
    tried(world, second, 3, "approved", false);
    tried(world, second, 4, "verified", true);
    assert_int_equal(became(world, first, &step), 2);
    assert_int_equal(step[0].position, 1);
    assert_int_equal(step[0].plan_id, second);
    assert_int_equal(step[0].state, STEP_VERIFIED);
    assert_string_equal(step[0].approved_by, "anna");
    assert_int_equal(step[1].position, 2);
    assert_int_equal(step[1].state, STEP_FAILED);
    assert_null(step[1].approved_by);
    assert_int_equal(became(world, second, &step), 3); /* of its own, the other rule's act too */
    assert_int_equal(step[0].state, STEP_DONE);
}

/* By `audit plan`, for whoever was asked: of its own acts, of those that a later plan carried out,
 * and of what stands. */
TEST(audit_of_a_plan_names_who_approved_each_row)
{
    struct store_world *world = *state;
    struct plan_row row[] = {acts(world, 1, "one"), acts(world, 2, "two"), acts(world, 3, "three"),
                             acts(world, 4, "four"), acts(world, 5, "five")};
    struct plan_row later[] = {acts(world, 1, "one"), acts(world, 3, "another"),
                               acts(world, 4, "four")};
    struct store_plan_story story = {NULL, NULL, NULL};
    struct err err = ERR_INIT;
    int64_t first = save(world, row, 5), second = save(world, later, 3);
    static const char *const wanted[2][5] = {{"anna", NULL, "anna", "anna", NULL},
                                             {"anna", NULL, "anna"}};

    decide(world, first, "now() + interval '1 hour', 'done'");
    store_world_execute(
        world,
        "insert into ruling (portal_id, ruling_id, kind, account_id, who, at, plan_id, "
        "position, subject, action, rule, snapshot_at, until, ended_at, end_word) "
        "select portal_id, 10 + p.position, 'approve', p.account_id, 'anna', now(), plan_id, "
        "p.position, subject, action, rule, now(), current_date, e.at, e.word from plan_row p "
        "join (values (3, null, null), (4, null, null), (5, now(), 'withdrawn')) "
        "e (position, at, word) on e.position = p.position where plan_id = 1");
    tried(world, second, 1, "verified", true);
    for (int64_t plan = first; plan <= second; plan++) {
        assert_int_equal(store_ask_plan(&world->store, "acme", plan, &story, &err), 0);
        int count = PQntuples(story.rows), by = PQfnumber(story.rows, "approved_by");
        assert_int_equal(count, plan == first ? 5 : 3);
        for (int i = 0; i < count; i++) {
            const char *is = PQgetisnull(story.rows, i, by) ? NULL : PQgetvalue(story.rows, i, by);
            if (!text_equal(is, wanted[plan - first][i]))
                fail_msg("plan %d, row %d: %s", (int)plan, i + 1, is ? is : "nobody");
        }
        store_plan_story_release(&story);
    }
}

TEST(what_was_done_goes_before_another_try_and_earlier_plans_tell_nothing)
{
    struct store_world *world = *state;
    struct plan_row row[] = {acts(world, 1, "one"), acts(world, 2, "two")};
    struct store_step *step = NULL;
    int64_t first = save(world, row, 2), second = save(world, row, 2), third = save(world, row, 2);

    tried(world, first, 1, "failed", true);
    tried(world, first, 2, "done", true);
    tried(world, second, 1, "done", true);
    tried(world, third, 1, "failed", true);
    tried(world, third, 2, "skipped", false);
    assert_int_equal(became(world, first, &step), 2);
    assert_int_equal(step[0].plan_id, second);
    assert_int_equal(step[0].state, STEP_DONE);
    assert_int_equal(step[1].plan_id, first);
    assert_int_equal(became(world, third, &step), 2);
    assert_int_equal(step[0].state, STEP_FAILED);
    assert_int_equal(step[1].state, STEP_SKIPPED);
}

TEST(seats_are_those_of_the_newest_plan_of_a_day_and_few_enough)
{
    struct store_world *world = *state;
    struct plan_seats *seats = NULL;
    struct err err = ERR_INIT;
    size_t count = 0;
    int64_t newest = 0;

    for (int i = 0; i < 7; i++)
        newest = save_one(world);
    store_world_execute(world, "update plan set seats_now = 100 + plan_id");
    store_world_execute(world, "update plan set snapshot_complete = false where plan_id = 2");
    store_world_execute(world, "update plan n set today = o.today from plan o where o.portal_id ="
                               " n.portal_id and o.plan_id = 4 and n.plan_id = 5");
    assert_int_equal(
        store_plan_seats(&world->store, &world->arena, newest, 60, &seats, &count, &err), 0);
    static const size_t all[] = {101, 103, 105, 106, 107};
    assert_int_equal(count, COUNT_OF(all));
    for (size_t i = 0; i < count; i++)
        assert_int_equal(seats[i].seats, all[i]);
    assert_int_equal(day_between(seats[0].day, seats[count - 1].day), 6);
    assert_int_equal(
        store_plan_seats(&world->store, &world->arena, newest, 3, &seats, &count, &err), 0);
    assert_int_equal(count, 3); /* every second, the plan's own the last */
    assert_int_equal(seats[0].seats, 101);
    assert_int_equal(seats[2].seats, 107);
    assert_int_equal(store_plan_seats(&world->store, &world->arena, 3, 60, &seats, &count, &err),
                     0);
    assert_int_equal(count, 2); /* nothing of later plans */
}

/* As the plan saw it: what the portal or HR says later is of later plans. */
TEST(countries_of_a_plan_are_the_accounts_else_the_persons_as_of_then)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 4);
    struct roster roster = store_world_roster(world, 4);
    struct pairing pairing[4];
    struct plan_row row[] = {acts(world, 4, "four"), acts(world, 3, "three"), acts(world, 2, "two"),
                             acts(world, 1, "one"), finding(world, 9, "P4")};
    struct err err = ERR_INIT;

    for (size_t i = 0; i < 4; i++)
        pairing[i] =
            (struct pairing){.kind = LINK_ONE, .key = MATCH_BY_EMAIL, .person = &roster.person[i]};
    pairing[3] = (struct pairing){.kind = LINK_NONE};
    alike_own(&snapshot.account[0])->country = "NL";
    person_alike_own(&world->arena, &roster.person[0])->country = "BE";
    person_alike_own(&world->arena, &roster.person[1])->country = "DE";
    person_alike_own(&world->arena, &roster.person[3])->country = "DE";
    store_world_save(world, &snapshot);
    store_world_save_roster(world, &roster, true);
    assert_int_equal(store_save_links(&world->store, &snapshot, &roster, pairing, 75, true, &err),
                     0);
    int64_t first = save_over(world, &snapshot, &roster, row, 5);
    alike_own(&snapshot.account[0])->country = "FR";
    person_alike_own(&world->arena, &roster.person[1])->country = "FR";
    store_world_save(world, &snapshot);
    store_world_save_roster(world, &roster, true);
    int64_t second = save_over(world, &snapshot, &roster, row, 5);
    static const char *const wanted[2][5] = {{NULL, NULL, "DE", "NL", NULL},
                                             {NULL, NULL, "FR", "FR", NULL}};
    for (int64_t plan = first; plan <= second; plan++) {
        memset(row, 0, sizeof(row));
        struct plan is = {.id = plan, .row = row, .row_count = 5};
        assert_int_equal(store_plan_countries(&world->store, &world->arena, &is, &err), 0);
        for (size_t i = 0; i < 5; i++)
            assert_true(text_equal(row[i].country, wanted[plan - first][i]));
    }
}

TEST(plan_changes_say_which_row_went_because_it_was_done)
{
    struct store_world *world = *state;
    struct plan_row before[] = {acts(world, 1, "one"), acts(world, 2, "two"),
                                acts(world, 3, "three")};
    static const struct plan_change wanted[] = {
        {.before = 1, .done = true}, {.before = 2}, {.before = 3}};
    int64_t first = save(world, before, 3);
    int64_t second = save(world, NULL, 0);

    store_world_execute(
        world, "insert into step (portal_id, plan_id, position, account_id, action, state, "
               "run_id, intent_at, outcome_at, spread) "
               "select portal_id, plan_id, position, account_id, action, "
               "case when position = 1 then 'done' else 'failed' end, 1, now(), now(), false "
               "from plan_row where plan_id = 1 and position < 3");
    assert_changes(world, first, second, wanted, COUNT_OF(wanted));
}
