/* audit/watch against a real server: what monitoring asks, and what people were told. */
#include "audit/portals.h"
#include "audit/watch.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "cluster_fixture.h"
#include "store_world.h"
#include "test.h"

#define OK(call)                                                                                   \
    do {                                                                                           \
        CLEANUP(err_release) struct err why = ERR_INIT;                                            \
        if ((call) < 0)                                                                            \
            fail_msg("%s: %s", #call, why.text);                                                   \
    } while (0)

TEST(store_load_watch_of_an_empty_history_knows_nothing)
{
    CLEANUP(store_world_end) struct store_world world;
    struct store_watch watch;

    store_world_begin(&world);
    OK(store_load_watch(&world.store, &world.arena, &watch, &why));
    assert_false(instant_is_set(watch.last_success));
    assert_false(instant_is_set(watch.last_ended));
    assert_int_equal(watch.cut_off_run, 0);
    assert_int_equal(watch.status.plan_id, 0);
    assert_int_equal(watch.status.open_steps, 0);
}

static void end_run(struct store_world *world, int code)
{
    store_world_execute(world, "update run set verb = 'run'");
    const struct store_run_result result = {.finished_at = world->now, .exit_code = code};
    OK(store_run_end(&world->store, &world->run, &result, &why));
}

TEST(store_load_watch_takes_0_and_20_for_a_success)
{
    static const struct {
        int code;
        bool success;
    } cases[] = {{69, false}, {0, true}, {21, false}, {20, true}, {70, false}};
    CLEANUP(store_world_end) struct store_world world;
    struct instant last = INSTANT_NONE;

    store_world_begin(&world);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct store_watch watch;
        end_run(&world, cases[i].code);
        if (cases[i].success)
            last = world.now;
        OK(store_load_watch(&world.store, &world.arena, &watch, &why));
        assert_true(instant_compare(watch.last_success, last) == 0);
        assert_int_equal(watch.last_exit_code, cases[i].code);
        assert_true(instant_compare(watch.last_ended, world.now) == 0);
        store_world_tomorrow(&world);
    }
}

TEST(store_load_watch_finds_the_run_before_when_it_was_cut_off)
{
    CLEANUP(store_world_end) struct store_world world;
    struct store_watch watch;

    store_world_begin(&world);
    store_world_execute(&world, "update run set verb = 'run'");
    int64_t first = world.run.id;
    store_world_tomorrow(&world);
    store_world_execute(&world,
                        "update run set verb = 'run', finished_at = null, exit_code = null");
    OK(store_load_watch(&world.store, &world.arena, &watch, &why));
    assert_int_equal(watch.cut_off_run, first);
    assert_string_equal(watch.cut_off_verb, "run");
    struct store reader = world.store;
    reader.run_id = 0; /* who holds no lock cannot tell a run from one that was cut off */
    OK(store_load_watch(&reader, &world.arena, &watch, &why));
    assert_int_equal(watch.cut_off_run, 0);
    store_world_execute(&world, "update run set verb = 'plan' where run_id = 1");
    OK(store_load_watch(&world.store, &world.arena, &watch, &why));
    assert_int_equal(watch.cut_off_run, 0);
}

TEST(store_told_is_kept_by_channel_until_forgotten)
{
    CLEANUP(store_world_end) struct store_world world;
    const char *mail[NOTICE_KIND_COUNT], *webhook[NOTICE_KIND_COUNT];

    store_world_begin(&world);
    OK(store_save_told(&world.store, NOTICE_MAIL, NOTICE_HELD, "G7", world.now, &why));
    OK(store_save_told(&world.store, NOTICE_MAIL, NOTICE_HELD, "G7 G10", world.now, &why));
    OK(store_save_told(&world.store, NOTICE_WEBHOOK, NOTICE_STEPS, "1", world.now, &why));
    OK(store_load_told(&world.store, &world.arena, NOTICE_MAIL, mail, &why));
    OK(store_load_told(&world.store, &world.arena, NOTICE_WEBHOOK, webhook, &why));
    assert_string_equal(mail[NOTICE_HELD], "G7 G10");
    assert_null(mail[NOTICE_STEPS]);
    assert_null(webhook[NOTICE_HELD]);
    assert_string_equal(webhook[NOTICE_STEPS], "1");
    OK(store_forget_told(&world.store, NOTICE_MAIL, NOTICE_HELD, &why));
    OK(store_load_told(&world.store, &world.arena, NOTICE_MAIL, mail, &why));
    assert_null(mail[NOTICE_HELD]);
}

TEST(portals_are_in_order_of_name_without_those_set_aside)
{
    CLEANUP(store_world_end) struct store_world world;
    struct store other, third;
    struct portal_status *portal = NULL;
    size_t count = 0;

    store_world_begin(&world);
    OK(store_open(world.pg, "aaa", "https://aaa.bynder.com", &other, &why));
    OK(store_open(world.pg, "bbb", "https://bbb.bynder.com", &third, &why));
    store_world_execute(&world, "update portal set set_aside_at = now() where name = 'bbb'");
    OK(portals_load(world.pg, &world.arena, world.now, &portal, &count, &why));
    assert_int_equal(count, 2);
    assert_int_equal(portal[0].portal_id, other.portal_id);
    assert_string_equal(portal[0].portal, "aaa");
    assert_int_equal(portal[0].state, PORTAL_OVERDUE);
    assert_int_equal(portal[1].portal_id, world.store.portal_id);
}

static void add_run(struct store_world *world, size_t id, const char *verb, const char *exit_code)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    char at[INSTANT_TEXT_SIZE];

    (void)instant_format(world->now, at);
    text_addf(&sql,
              "insert into run (portal_id, run_id, verb, today, started_at, finished_at, exit_code)"
              " select portal_id, %zu, '%s', '2026-11-01', '%s', case when %s is not null then"
              " timestamptz '%s' end, %s from portal",
              id, verb, at, exit_code, at, exit_code);
    store_world_execute(world, text_cstr(&sql));
}

static void assert_state(struct store_world *world, int64_t hours, enum portal_state state)
{
    struct portal_status *portal = NULL;
    size_t count = 0;
    struct instant now = {.us = world->now.us + hours * 3600 * SECOND_US};

    OK(portals_load(world->pg, &world->arena, now, &portal, &count, &why));
    assert_int_equal(count, 1);
    if (portal[0].state != state)
        fail_msg("'%s', not '%s'", portal_state_name(portal[0].state), portal_state_name(state));
}

/* Every state has a neighbour, one fact away. */
TEST(portals_are_what_is_most_urgent_of_them)
{
    CLEANUP(store_world_end) struct store_world world;

    store_world_begin(&world);
    store_world_execute(&world, "set session_replication_role = replica"); /* a row on its own */
    add_run(&world, 11, "run", "0");
    assert_state(&world, 26, PORTAL_FINE);
    assert_state(&world, 27, PORTAL_OVERDUE);
    add_run(&world, 12, "run", "20");
    assert_state(&world, 1, PORTAL_FINE);
    add_run(&world, 13, "run", "21");
    assert_state(&world, 1, PORTAL_FAILED);
    /* what somebody asked by hand since says nothing of the nights, be it well or not */
    add_run(&world, 14, "plan", "0");
    assert_state(&world, 1, PORTAL_FAILED);
    add_run(&world, 15, "run", "0");
    add_run(&world, 16, "plan", "64");
    assert_state(&world, 1, PORTAL_FINE);
    add_run(&world, 17, "run", "null");
    assert_state(&world, 1, PORTAL_FAILED); /* cut off: nobody holds the lock */
    OK(store_lock(&world.store, &why));
    assert_state(&world, 1, PORTAL_FINE);
    store_unlock(&world.store);
}

/* Whoever answers is a standby, where locks of the primary do not show: a run without an end may be
 * under way, one that failed has. */
TEST(portals_of_a_standby_are_not_cut_off)
{
    CLEANUP(store_world_end) struct store_world world;

    store_world_begin(&world);
    store_world_execute(&world, "set session_replication_role = replica"); /* a row on its own */
    add_run(&world, 11, "run", "0");
    add_run(&world, 12, "run", "null");
    assert_state(&world, 1, PORTAL_FAILED);
    store_world_execute(&world, "create function pg_is_in_recovery() returns boolean language sql"
                                " as 'select true'");
    assert_state(&world, 1, PORTAL_FINE);
    add_run(&world, 13, "run", "69");
    assert_state(&world, 1, PORTAL_FAILED);
}

static struct portal_status with_savings(const struct plan_savings *savings, const char *today)
{
    struct portal_status portal = {.savings = savings, .savings_count = 1};

    assert_true(day_parse_iso(today, &portal.plan_today));
    return portal;
}

/* Of the month and the year that are asked about; currencies stay apart. */
TEST(portals_money_is_added_by_currency_and_time)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const struct plan_savings euro = {.currency = "EUR",
                                      .exposed = "100.50",
                                      .freed = "1.25",
                                      .year_freed = "20.00",
                                      .reducible = "7.00"};
    const struct plan_savings dollar = {
        .currency = "USD", .exposed = "3.00", .freed = "0.00", .year_freed = "0.00"};
    const struct plan_savings seats = {.exposed = "0.00", .freed = "0.00", .year_freed = "0.00"};
    const struct portal_status portal[] = {
        with_savings(&euro, "2026-11-28"),  with_savings(&euro, "2026-10-31"),
        with_savings(&euro, "2025-11-29"),  with_savings(&dollar, "2026-11-29"),
        with_savings(&seats, "2026-11-29"),
    };
    struct instant now;

    assert_true(instant_parse_rfc3339("2026-11-29T08:00:00Z", &now));
    struct portals_total total = portals_add_up(&arena, portal, COUNT_OF(portal), now);
    assert_int_equal(total.money_count, 2);
    assert_string_equal(total.money[0].currency, "EUR");
    assert_int_equal(total.money[0].exposed, 3015000);
    assert_int_equal(total.money[0].freed, 12500);
    assert_int_equal(total.money[0].year_freed, 400000);
    assert_int_equal(total.money[0].reducible, 210000);
    assert_string_equal(total.money[1].currency, "USD");
    assert_int_equal(total.money[1].exposed, 30000);
    assert_int_equal(total.money[1].reducible, -1);
}

TEST(store_claim_announcement_is_granted_once)
{
    CLEANUP(store_world_end) struct store_world world;
    struct store_announcement announcement = {
        .account_id = "a1", .rule = "idle", .id = 1, .action = ACTION_SUSPEND};
    CLEANUP(err_release) struct err err = ERR_INIT;

    store_world_begin(&world);
    CLEANUP(mem_cleanup) char *off = cluster_fixture_triggers("announcement", TRIGGERS_OFF);
    CLEANUP(mem_cleanup) char *told = cluster_fixture_triggers("notice_announced", TRIGGERS_OFF);
    store_world_execute(&world, off); /* a row on its own */
    store_world_execute(&world, told);
    store_world_execute(&world,
                        "insert into announcement (portal_id, announcement_id, account_id, rule, "
                        "plan_id, announced_on, announced_at, mode) select portal_id, 1, 'a1', "
                        "'idle', 1, '2026-11-01', '2026-11-01', 'enforce' from portal");
    OK(store_claim_announcement(&world.store, &announcement, world.now, &why));
    assert_int_equal(store_claim_announcement(&world.store, &announcement, world.now, &err), -1);
    assert_int_equal(err.code, ERR_LOCKED);
    OK(store_unclaim_announcement(&world.store, &announcement, &why));
    OK(store_claim_announcement(&world.store, &announcement, world.now, &why));
}
