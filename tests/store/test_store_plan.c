/*
 * Plans, announcements, runs and the lock, against a real server: what was stored comes back as it
 * was, or not at all.
 */
#include <string.h>

#include "audit/status.h"
#include "cluster_fixture.h"
#include "core/seats.h"
#include "report/report.h"
#include "store/ruling.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

/* --- a plan by hand --- */

#define ROWS 4

/* Strings that a careless writer would spoil, empty ones and NULL, and numbers at their ends. */
static void fill_rows(struct store_world *world, struct plan_row *row)
{
    struct arena *arena = &world->arena;

    for (unsigned i = 0; i < ROWS; i++) {
        struct account account = store_world_account(world, i + 1);
        row[i] = (struct plan_row){
            .action = ACTION_SUSPEND,
            .new_announcement = true,
            .account_id = account.id,
            .username = account.username,
            .email = account.email,
            .name = "Zoë \"\\N\"\t李\nO'Neil",
            .rule = "idle",
            .reason = arena_printf(arena, "idle: last login %u days ago; a 'quote'", i),
            .clause = "R7",
            .not_before = day_add(world->today, 14),
            .account_word = "active",
            .person_word = "employed",
            .employee_number = "",
            .matched_by = "employee_number",
            .last_login = instant_add_us(world->now, -123456789012345),
            .last_login_source = "single read",
            .idle_days = (int)i - 1,
            .profile = "Users",
            .roles = "MANAGE VIEW",
            .seat_class = i % 2 == 0 ? "Heavy 'seat'" : NULL,
            .uses_person = i % 2 == 0,
            .uses_login = true,
        };
    }
    row[ROWS - 2] = (struct plan_row){.action = ACTION_KEEP,
                                      .finding = true,
                                      .rule = "",
                                      .clause = "P2",
                                      .idle_days = -1,
                                      .held_by = "G5"};
    row[ROWS - 1] = (struct plan_row){.action = ACTION_KEEP, .rule = "", .idle_days = -1};
}

static const char *const notes[] = {"the protection of 'boss' is over"};

static struct plan make_plan(struct store_world *world)
{
    struct snapshot snapshot = store_world_snapshot(world, ROWS);
    struct roster roster = store_world_roster(world, ROWS);
    struct plan plan = {
        .version = PLAN_VERSION,
        .portal = "acme",
        .state = PLAN_PROPOSED,
        .created_at = world->now,
        .expires_at = instant_add_us(world->now, 3 * DAY_US),
        .today = world->today,
        .time_zone = "Europe/Amsterdam",
        .first_plan = true,
        .approvals[ACTION_SUSPEND] = 1,
        .approvals[ACTION_DEPROVISION] = 2,
        .totals = {.of = {[ACTION_KEEP] = 2, [ACTION_SUSPEND] = 2},
                   .waiting = 2,
                   .findings = 1,
                   .seats_now = 4,
                   .seats_after = 2},
        .idle = {.never = 5, .unknown = 6},
        .row = arena_calloc(&world->arena, ROWS, sizeof(plan.row[0])),
        .row_count = ROWS,
        .guard = arena_calloc(&world->arena, 2, sizeof(plan.guard[0])),
        .guard_count = 2,
        .note = notes,
        .note_count = 1,
    };

    store_world_save(world, &snapshot);
    store_world_save_roster(world, &roster, true);
    plan.inputs = (struct plan_inputs){
        .snapshot_id = snapshot.id,
        .snapshot_taken_at = snapshot.taken_at,
        .snapshot_complete = true,
        .accounts = 4,
        .active = 3,
        .inactive = 1,
        .gone = 8,
        .unreadable = 9,
        .requests = 7,
        .snapshot_digest = snapshot.digest,
        .roster_id = roster.id,
        .roster_source = roster.source,
        .roster_digest = roster.digest,
        .roster_read_at = roster.read_at,
        .people = 4,
        .rejected = 1,
        .duplicates = 2,
        .policy_digest = digest_of("policy", 6),
        .enforce = true,
    };
    static const struct simulate_point curve[] = {{.days = 30,
                                                   .acts = 1,
                                                   .seats = 2,
                                                   .idle = 3,
                                                   .unread = 8,
                                                   .later = 4,
                                                   .held = 5,
                                                   .kept = 6},
                                                  {.days = 365, .kept = 7}};
    plan.curve = curve;
    plan.curve_count = COUNT_OF(curve);
    static struct class_seats seat_class[] = {
        {.name = "Heavy 'seat'",
         .seats = 3,
         .seats_after = 2,
         .contracted = 40,
         .price = 12005001,
         .currency = "EUR"},
        {.name = "Light", .contracted = -1, .price = -1},
        {.seats = 1, .seats_after = 1, .contracted = 0, .price = 0, .currency = "EUR"}};
    plan.seat_class = seat_class;
    plan.seat_class_count = COUNT_OF(seat_class);
    static struct renewal_class renewal[] = {
        {.name = "Heavy 'seat'",
         .now = 3,
         .planned = -1,
         .leaving = 2,
         .starting = 7,
         .expected = 9,
         .contracted = 40,
         .price = 12005001,
         .currency = "EUR"},
        {.name = "Light", .expected = 0, .contracted = -1, .price = -1},
        {.now = 1, .contracted = 0, .price = 0, .currency = "EUR"}};
    plan.renewal = (struct renewal){.on = day_add(world->today, 92),
                                    .days = 92,
                                    .starters = 11,
                                    .at_work = 12,
                                    .item = renewal,
                                    .count = COUNT_OF(renewal)};
    fill_rows(world, plan.row);
    plan.guard[0] = (struct guard_finding){.id = "G1",
                                           .hold = false,
                                           .limit = "48 h",
                                           .actual = "3 h",
                                           .text = "the roster is 3 h old"};
    plan.guard[1] = (struct guard_finding){
        .id = "G11", .hold = false, .limit = NULL, .actual = "", .text = "the first plan"};
    for (size_t i = 0; i < PLAN_IDLE_BUCKETS; i++)
        plan.idle.bucket[i] = i * i;
    plan.digest = plan_digest(&plan);
    return plan;
}

static void save(struct store_world *world, struct plan *plan)
{
    struct err err = ERR_INIT;

    plan->digest = plan_digest(plan);
    if (store_save_plan(&world->store, &world->run, plan, &err) < 0)
        fail_msg("%s", err.text);
}

static struct plan *load(struct store_world *world, int64_t id)
{
    struct plan *plan = NULL;
    struct err err = ERR_INIT;

    if (store_load_plan(&world->store, &world->arena, id, &plan, &err) < 0)
        fail_msg("%s", err.text);
    return plan;
}

/* --- there and back --- */

TEST(store_load_plan_renders_as_the_one_that_was_made)
{
    struct store_world *world = *state;
    struct plan plan = make_plan(world);

    save(world, &plan);
    assert_int_equal(plan.id, 1);
    struct plan *loaded = load(world, 1);
    assert_int_equal(loaded->row_count, ROWS - 1); /* the plain keep is no part of it */
    plan.row_count--;
    for (unsigned i = 0; i < REPORT_FORMAT_COUNT; i++) {
        const struct report_style style = {.width = 100};
        CLEANUP(text_release) struct text made = TEXT_INIT, again = TEXT_INIT;
        assert_int_equal(report_plan(&plan, (enum report_format)i, &style, &made, NULL), 0);
        assert_int_equal(report_plan(loaded, (enum report_format)i, &style, &again, NULL), 0);
        assert_int_equal(made.length, again.length);
        assert_memory_equal(made.data, again.data, made.length);
    }
}

/* They go to the server in pieces: each has its own place, and those that nobody need look at,
 * which come last, have none. */
TEST(store_save_plan_of_many_rows_stores_each_in_its_place)
{
    static const size_t counts[] = {8000, 8001, 64001};
    struct store_world *world = *state;

    for (size_t c = 0; c < COUNT_OF(counts); c++) {
        struct plan plan = make_plan(world);
        struct plan_row *row = arena_calloc(&world->arena, counts[c], sizeof(row[0]));
        size_t told = counts[c] - counts[c] / 7;
        for (size_t i = 0; i < counts[c]; i++) {
            row[i] = plan.row[i < told ? 0 : ROWS - 1];
            row[i].account_id = arena_printf(&world->arena, "A-%zu", i);
        }
        plan.row = row;
        plan.row_count = counts[c];
        save(world, &plan);
        struct plan *is = load(world, plan.id);
        assert_int_equal(is->row_count, told);
        for (size_t i = 0; i < told; i++)
            assert_string_equal(is->row[i].account_id, row[i].account_id);
        assert_int_equal(store_world_number(world,
                                            "select max(position) from plan_row where plan_id"
                                            " = (select max(plan_id) from plan)"),
                         told);
    }
}

static void assert_text(const char *was, const char *is)
{
    if (!was || !is)
        assert_ptr_equal(was, is);
    else
        assert_string_equal(was, is);
}

TEST(store_load_plan_gives_every_field_back)
{
    struct store_world *world = *state;
    struct plan plan = make_plan(world);

    save(world, &plan);
    struct plan *is = load(world, 0);
    assert_int_equal(is->state, PLAN_PROPOSED);
    assert_true(is->expires_at.us == plan.expires_at.us && is->created_at.us == plan.created_at.us);
    assert_int_equal(is->today.number, plan.today.number);
    assert_string_equal(is->time_zone, plan.time_zone);
    assert_true(is->first_plan);
    assert_int_equal(is->approvals[ACTION_SUSPEND], 1);
    assert_int_equal(is->approvals[ACTION_DEPROVISION], 2);
    assert_memory_equal(&is->totals, &plan.totals, sizeof(plan.totals));
    assert_memory_equal(&is->idle, &plan.idle, sizeof(plan.idle));
    assert_null(is->inputs.snapshot_incomplete_reason);
    assert_string_equal(is->inputs.roster_source, plan.inputs.roster_source);
    is->inputs.roster_source = plan.inputs.roster_source;
    assert_int_equal(is->inputs.requests, 7);
    assert_int_equal(is->inputs.gone, 8);
    assert_int_equal(is->inputs.unreadable, 9);
    assert_int_equal(is->inputs.duplicates, 2);
    for (size_t i = 0; i < is->row_count; i++) {
        for (const struct column *column = plan_row_columns; column->name; column++) {
            char was[COLUMN_TEXT_SIZE], now[COLUMN_TEXT_SIZE];
            assert_text(column_text(column, &plan.row[i], was),
                        column_text(column, &is->row[i], now));
        }
    }
    assert_int_equal(is->curve_count, plan.curve_count);
    assert_memory_equal(is->curve, plan.curve, plan.curve_count * sizeof(plan.curve[0]));
    assert_int_equal(is->seat_class_count, plan.seat_class_count);
    for (size_t i = 0; i < plan.seat_class_count; i++) {
        const struct class_seats *was = &plan.seat_class[i], *now = &is->seat_class[i];
        assert_text(was->name, now->name);
        assert_text(was->currency, now->currency);
        assert_int_equal(was->seats, now->seats);
        assert_int_equal(was->seats_after, now->seats_after);
        assert_int_equal(was->contracted, now->contracted);
        assert_int_equal(was->price, now->price);
    }
    assert_int_equal(is->renewal.count, plan.renewal.count);
    assert_int_equal(day_compare(is->renewal.on, plan.renewal.on), 0);
    assert_int_equal(is->renewal.days, 92);
    assert_int_equal(is->renewal.starters, 11);
    assert_int_equal(is->renewal.at_work, 12);
    for (size_t i = 0; i < plan.renewal.count; i++) {
        const struct renewal_class *was = &plan.renewal.item[i], *now = &is->renewal.item[i];
        assert_text(was->name, now->name);
        assert_text(was->currency, now->currency);
        assert_int_equal(was->now, now->now);
        assert_int_equal(was->planned, now->planned);
        assert_int_equal(was->leaving, now->leaving);
        assert_int_equal(was->starting, now->starting);
        assert_int_equal(was->expected, now->expected);
        assert_int_equal(was->contracted, now->contracted);
        assert_int_equal(was->price, now->price);
    }
    assert_null(is->guard[1].limit);
    assert_string_equal(is->guard[1].actual, "");
    assert_string_equal(is->note[0], plan.note[0]);
}

/* Each change of what a person would approve. */
static const char *const tampering[] = {
    "update plan_row set action = 'deprovision' where position = 1",
    "update plan_row set account_id = '00000009-2B3A-141F-8F07D71AA1F223BD' where position = 1",
    "update plan_row set not_before = null where position = 2",
    "update plan_row set reason = 'because' where position = 2",
    "update plan_row set held_by = null",
    "update plan_row set approvals = 1 where position = 1",
    "update plan_row set rule_text = sha256('x') where position = 1",
    "update plan_row set asks_login = not asks_login where position = 1",
    "update plan_row set asks_activity = not asks_activity where position = 1",
    "update plan_row set of_login = not of_login where position = 1",
    "update plan_row set telling = 'approval' where position = 1",
    "update plan_row set uses_person = not uses_person where position = 1",
    "update plan_row set uses_login = not uses_login where position = 1",
    "update plan_row set last_activity = last_login where position = 1",
    "update plan_row set last_activity_kind = 'views' where position = 1",
    "update plan_row set position = 7 where position = 3",
    "delete from plan_row where position = 3",
    "insert into plan_row (portal_id, plan_id, position, action, finding, new_announcement, "
    "uses_person, uses_login, used_after_departure, asks_login, asks_activity, of_login) select "
    "portal_id, "
    "plan_id, 9, 'suspend', false, false, false, false, false, false, false, false from plan",
    "update plan_guard set hold = true where position = 1",
    "update plan set snapshot_digest = sha256('x')",
    "update plan set digest = sha256('x')",
    "update plan set approvals_suspend = 0",
    "update plan set today = today + 1",
};

TEST(store_load_plan_changed_in_the_database_is_refused)
{
    struct store_world *world = *state;
    struct plan plan = make_plan(world);
    struct err err = ERR_INIT;

    save(world, &plan);
    for (size_t i = 0; i < COUNT_OF(tampering); i++) {
        struct plan *loaded = NULL;
        CLEANUP(err_release) struct err why = ERR_INIT;

        assert_int_equal(pg_begin(world->pg, &err), 0);
        store_world_execute(world, tampering[i]);
        if (store_load_plan(&world->store, &world->arena, 1, &loaded, &why) == 0)
            fail_msg("not noticed: %s", tampering[i]);
        assert_int_equal(why.code, ERR_INTERNAL);
        assert_null(loaded);
        pg_rollback(world->pg);
    }
    assert_non_null(load(world, 1));
}

/* The ids of guards stand in commands that are to be pasted. */
TEST(store_load_guards_with_an_id_that_is_none_is_refused)
{
    static const char *const ids[] = {"<script", "G1; reboot", "", "G1\x1b[2J",
                                      "G1234567890123456"};
    struct store_world *world = *state;
    struct plan plan = make_plan(world);

    plan.guard[0].hold = true;
    plan.state = PLAN_HELD;
    save(world, &plan);
    for (size_t i = 0; i <= COUNT_OF(ids); i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        CLEANUP(err_release) struct err err = ERR_INIT, own = ERR_INIT;
        struct guard_finding *guard = NULL;
        struct store_status status;
        size_t count = 0;
        int expected = i < COUNT_OF(ids) ? -1 : 0;

        text_addf(&sql, "update plan_guard set guard = E'%s' where position = 1",
                  expected < 0 ? ids[i] : "policy");
        store_world_execute(world, text_cstr(&sql));
        assert_int_equal(store_load_guards(&world->store, &world->arena, 1, &guard, &count, &err),
                         expected);
        assert_int_equal(store_load_status(&world->store, &world->arena, &status, &own), expected);
        assert_int_equal(err.code, expected < 0 ? ERR_INTERNAL : ERR_NONE);
        assert_int_equal(own.code, err.code);
    }
}

TEST(store_load_plan_of_an_empty_portal_is_none)
{
    struct store_world *world = *state;

    assert_null(load(world, 0));
    assert_null(load(world, 3));
}

/* Decisions expire, plans do not. */
TEST(store_load_plan_of_long_ago_is_as_it_was)
{
    struct store_world *world = *state;
    struct plan plan = make_plan(world);

    save(world, &plan);
    world->now = instant_add_us(plan.expires_at, DAY_US);
    assert_int_equal(load(world, 0)->state, PLAN_PROPOSED);
    store_world_execute(world, "update plan set state = 'applied'");
    assert_int_equal(load(world, 0)->state, PLAN_APPLIED);
}

TEST(store_save_plan_takes_the_place_of_those_that_nothing_was_done_of)
{
    static const enum plan_state before[] = {PLAN_PROPOSED, PLAN_HELD,    PLAN_EMPTY,
                                             PLAN_APPROVED, PLAN_APPLIED, PLAN_REJECTED};
    static const enum plan_state after[] = {PLAN_EXPIRED, PLAN_EXPIRED, PLAN_EMPTY,
                                            PLAN_EXPIRED, PLAN_APPLIED, PLAN_REJECTED};
    struct store_world *world = *state;

    for (size_t i = 0; i < COUNT_OF(before); i++) {
        struct plan plan = make_plan(world), next = make_plan(world);
        plan.state = before[i];
        save(world, &plan);
        save(world, &next);
        assert_int_equal(load(world, plan.id)->state, after[i]);
        assert_int_equal(load(world, next.id)->state, PLAN_PROPOSED);
    }
}

TEST(store_save_plan_announces_nothing)
{
    struct store_world *world = *state;
    struct plan plan = make_plan(world);

    save(world, &plan);
    assert_int_equal(store_world_number(world, "select count(*) from announcement"), 0);
}

/* --- guards that must not let go by themselves --- */

static struct guard_history guards(struct store_world *world)
{
    const struct limits limits = {
        .of = {
            [ACTION_SUSPEND] = {.rolling_days = 30}, [ACTION_DEPROVISION] = {.rolling_days = 30}}};
    struct roster roster = store_world_roster(world, 1);
    struct digest policy = digest_of("policy", 6);
    struct guard_history history;
    struct err err = ERR_INIT;

    if (store_load_guard_history(&world->store, &world->arena, &limits, &roster, &policy,
                                 world->now, &history, &err) < 0)
        fail_msg("%s", err.text);
    return history;
}

TEST(store_load_guard_history_passes_over_what_the_same_guard_held)
{
    struct store_world *world = *state;
    struct plan plan = make_plan(world);
    struct day first = world->today;

    store_world_execute(world, "update snapshot set matched_percent = 98");
    save(world, &plan);
    assert_false(guards(world).first_plan);
    assert_int_equal(guards(world).last_run_day.number, first.number);
    store_world_tomorrow(world);
    plan = make_plan(world);
    plan.guard[0] = (struct guard_finding){
        .id = "G6", .hold = true, .limit = NULL, .actual = NULL, .text = "matched fell"};
    plan.guard[1] = (struct guard_finding){
        .id = "G13", .hold = true, .limit = NULL, .actual = NULL, .text = "the day is odd"};
    store_world_execute(world, "update snapshot set matched_percent = 60 where snapshot_id = 2");
    save(world, &plan);
    assert_true(guards(world).last_matched_percent > 97);
    assert_int_equal(guards(world).last_run_day.number, first.number);
    /* What a person overrode is accepted from then on. */
    store_world_execute(world,
                        "insert into guard_override (portal_id, plan_id, guard, who, reason, at) "
                        "select portal_id, plan_id, 'G6', 'anna', 'merged', now() "
                        "from plan where plan_id = 2");
    assert_true(guards(world).last_matched_percent < 61);
    assert_int_equal(guards(world).last_run_day.number, first.number);
    store_world_execute(world, "delete from guard_override");
    store_world_execute(world, "update plan_guard set hold = false");
    assert_true(guards(world).last_matched_percent < 61);
    assert_int_equal(guards(world).last_run_day.number, world->today.number);
}

/* A night of this verb whose roster has so many people and whose policy is this one. */
static void night(struct store_world *world, const char *verb, unsigned people, const char *policy,
                  const char *held_by)
{
    struct plan plan = make_plan(world);
    struct roster roster = store_world_roster(world, people);

    store_world_save_roster(world, &roster, !text_equal(held_by, "G1"));
    plan.inputs.roster_id = roster.id;
    plan.inputs.roster_digest = roster.digest;
    plan.inputs.roster_content = roster_content(&roster);
    plan.inputs.policy_text = digest_of(policy, 6);
    if (held_by)
        plan.guard[0] = (struct guard_finding){.id = held_by, .hold = true, .cause = "cause"};
    save(world, &plan);
    store_world_execute(world, arena_printf(&world->arena,
                                            "update run set verb = '%s' where run_id = %lld", verb,
                                            (long long)world->run.id));
    store_world_tomorrow(world);
}

static struct guard_history guards_of(struct store_world *world, unsigned people)
{
    const struct limits limits = {.min_admins = 0};
    struct roster roster = store_world_roster(world, people);
    struct digest policy = digest_of("policy", 6);
    struct guard_history history;
    struct err err = ERR_INIT;

    if (store_load_guard_history(&world->store, &world->arena, &limits, &roster, &policy,
                                 world->now, &history, &err) < 0)
        fail_msg("%s", err.text);
    return history;
}

static void let_go(struct store_world *world, const char *guard, int64_t plan_id)
{
    struct acknowledgement given = {.guard = guard,
                                    .plan_id = plan_id,
                                    .who = "anna",
                                    .reason = "right",
                                    .at = world->now,
                                    .cause = "cause",
                                    .measure = -1};
    struct err err = ERR_INIT;

    if (store_acknowledge(&world->store, &given, &err) < 0)
        fail_msg("%s", err.text);
}

TEST(store_load_guard_history_knows_a_roster_and_a_policy_that_another_one_followed)
{
    struct store_world *world = *state;
    struct instant first = world->now;

    night(world, "run", 3, "policy", NULL);
    assert_false(instant_is_set(guards_of(world, 3).older_copy_of));
    assert_false(instant_is_set(guards_of(world, 2).policy_seen_at));
    night(world, "run", 4, "others", NULL);
    assert_true(guards_of(world, 3).older_copy_of.us == first.us);
    assert_true(guards_of(world, 3).policy_seen_at.us == first.us);
    assert_false(instant_is_set(guards_of(world, 4).older_copy_of)); /* the last one */
    assert_false(instant_is_set(guards_of(world, 2).older_copy_of)); /* a new one */
    night(world, "run", 3, "policy", "G1"); /* held: it does not take the place of the last one */
    assert_true(instant_is_set(guards_of(world, 3).older_copy_of));
    assert_false(instant_is_set(guards_of(world, 4).older_copy_of));
    let_go(world, "G1", 3);
    assert_false(instant_is_set(guards_of(world, 3).older_copy_of));
    assert_true(instant_is_set(guards_of(world, 4).older_copy_of));
    night(world, "run", 5, "others", NULL);
    night(world, "run", 5, "policy", "policy");
    assert_true(instant_is_set(guards_of(world, 5).policy_seen_at));
    let_go(world, "policy", 5);
    assert_false(instant_is_set(guards_of(world, 5).policy_seen_at));
}

TEST(store_load_guard_history_takes_what_plan_asked_for_no_base)
{
    struct store_world *world = *state;

    night(world, "plan", 9, "policy", NULL);
    assert_int_equal(guards_of(world, 9).last_roster_people, 9); /* there is no other yet */
    night(world, "run", 5, "others", NULL);
    assert_int_equal(guards_of(world, 5).last_roster_people, 5);
    night(world, "plan", 9, "policy", NULL);
    assert_int_equal(guards_of(world, 5).last_roster_people, 5);
    assert_false(instant_is_set(guards_of(world, 5).older_copy_of));
    assert_false(instant_is_set(guards_of(world, 9).policy_seen_at));
}

TEST(store_load_plan_tells_who_let_a_guard_go)
{
    struct store_world *world = *state;
    struct plan plan = make_plan(world);

    plan.guard[0] = (struct guard_finding){
        .id = "G4", .hold = true, .text = "fewer", .cause = "fewer accounts", .measure = 12};
    save(world, &plan);
    const struct guard_finding *is = &load(world, 0)->guard[0];
    assert_null(is->let_go_by);
    assert_string_equal(is->cause, "fewer accounts");
    assert_int_equal(is->measure, 12);
    let_go(world, "G4", plan.id);
    is = &load(world, 0)->guard[0];
    assert_string_equal(is->let_go_by, "anna");
    assert_string_equal(is->let_go_reason, "right");
    assert_int_equal(is->let_go_until.number, world->today.number + 7);
    /* a later plan that it let go says so for ever, this one only while it stands */
    struct plan next = make_plan(world);
    next.guard[0] = (struct guard_finding){.id = "G4", .text = "fewer", .let_go_id = 1};
    save(world, &next);
    store_world_execute(world, "update acknowledgement set ended_at = at, end_reason = 'passes'");
    assert_string_equal(load(world, next.id)->guard[0].let_go_by, "anna");
    assert_null(load(world, plan.id)->guard[0].let_go_by);
}

/* --- runs, lock, status --- */

TEST(store_lock_taken_by_another_session_names_its_run)
{
    struct store_world *world = *state;
    const struct pg_settings settings = {.conninfo = cluster_fixture_conninfo()};
    CLEANUP(pg_closep) struct pg *pg = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct store other, elsewhere;

    assert_int_equal(store_lock(&world->store, &err), 0);
    assert_int_equal(pg_open(&settings, &pg, &err), 0);
    assert_int_equal(store_open(pg, "acme", "http://127.0.0.1", &other, &err), 0);
    assert_int_equal(store_lock(&other, &err), -1);
    assert_int_equal(err.code, ERR_LOCKED);
    assert_non_null(strstr(err.text, "bynder-reconcile"));
    store_world_execute(world, "update run set started_at = now()");
    assert_int_equal(store_lock(&other, &err), -1);
    assert_non_null(strstr(err.text, "'plan', process"));
    assert_int_equal(store_open(pg, "other", "http://127.0.0.1", &elsewhere, &err), 0);
    assert_int_equal(store_lock(&elsewhere, &err), 0); /* one lock a portal */
    store_unlock(&world->store);                       /* and its session goes on */
    assert_int_equal(store_lock(&other, &err), 0);
    store_unlock(&other);
    assert_int_equal(store_lock(&world->store, &err), 0);
    pg_close(world->pg);
    world->pg = TAKE(pg);
    other.pg = world->pg;
    for (int i = 0; i < 500 && store_lock(&other, &err) < 0; i++)
        store_world_execute(
            world,
            "do $$ begin perform pg_sleep(0.01); end $$"); /* until the session is really gone */
    assert_int_equal(store_lock(&other, &err), 0);
}

TEST(store_open_same_name_gives_the_same_portal)
{
    struct store_world *world = *state;
    struct store again;
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(store_open(world->pg, "acme", "https://moved", &again, &err), 0);
    assert_true(again.portal_id == world->store.portal_id && again.portal_id > 0);
    assert_string_equal(store_world_text(world, "select url from portal"), "https://moved");
    store_world_execute(world, "update portal set name = 'by chance'");
    assert_int_equal(store_open(world->pg, "acme", "https://moved", &again, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
}

TEST(store_load_status_shows_the_newest_of_everything)
{
    struct store_world *world = *state;
    struct store_status status;
    struct plan plan;
    struct err err = ERR_INIT;

    assert_int_equal(store_load_status(&world->store, &world->arena, &status, &err), 0);
    assert_int_equal(status.plan_id, 0);
    assert_false(instant_is_set(status.snapshot_taken_at));
    assert_false(status.locked);
    for (int i = 0; i < 12; i++)
        store_world_tomorrow(world);
    plan = make_plan(world);
    plan.guard[0].hold = true;
    plan.state = PLAN_HELD;
    save(world, &plan);
    struct store_run_result result = {.finished_at = world->now,
                                      .exit_code = 20,
                                      .message = "held",
                                      .requests = 321,
                                      .blocked = 2};
    assert_int_equal(store_run_end(&world->store, &world->run, &result, &err), 0);
    assert_int_equal(store_world_number(world, "select requests from run where blocked = 2"), 321);
    assert_int_equal(store_lock(&world->store, &err), 0);
    assert_int_equal(store_load_status(&world->store, &world->arena, &status, &err), 0);
    assert_string_equal(status.portal, "acme");
    assert_int_equal(status.run_count, 10);
    assert_int_equal(status.run[0].exit_code, 20);
    assert_string_equal(status.run[0].message, "held");
    assert_int_equal(status.run[1].exit_code, -1);
    assert_int_equal(status.accounts, ROWS);
    assert_true(status.roster_good);
    assert_int_equal(status.people, ROWS);
    assert_int_equal(status.plan_id, plan.id);
    assert_int_equal(status.plan_state, PLAN_HELD);
    assert_int_equal(status.held_count, 1);
    assert_string_equal(status.held[0].text, "the roster is 3 h old");
    assert_true(status.locked);
    assert_true(status.database_bytes > 1000000);
}

TEST(store_save_plan_of_an_older_run_is_refused)
{
    struct store_world *world = *state;
    struct plan plan = make_plan(world);
    struct store_run old = world->run;
    CLEANUP(err_release) struct err err = ERR_INIT;

    store_world_tomorrow(world);
    assert_int_equal(store_save_plan(&world->store, &old, &plan, &err), -1);
    assert_int_equal(err.code, ERR_LOCKED);
    assert_int_equal(plan.id, 0);
    assert_int_equal(store_world_number(world, "select count(*) from plan"), 0);
}
