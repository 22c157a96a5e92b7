/* audit/watch against a real server: what monitoring asks, and what people were told. */
#include "audit/portals.h"
#include "audit/watch.h"
#include "base/cleanup.h"
#include "base/text.h"
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

/* Every state has a neighbour, one fact away. */
TEST(portals_are_what_is_most_urgent_of_them)
{
    CLEANUP(store_world_end) struct store_world world;
    static const struct {
        const char *change;
        int64_t hours; /* since the last good end */
        enum portal_state state;
    } cases[] = {
        {"exit_code = 0, finished_at = started_at", 26, PORTAL_FINE},
        {"exit_code = 0, finished_at = started_at", 27, PORTAL_OVERDUE},
        {"exit_code = 20, finished_at = started_at", 1, PORTAL_FINE},
        {"exit_code = 21, finished_at = started_at", 1, PORTAL_FAILED},
        {"exit_code = null, finished_at = null", 1, PORTAL_FAILED},
    };

    store_world_begin(&world);
    store_world_execute(&world, "set session_replication_role = replica"); /* a row on its own */
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        struct portal_status *portal = NULL;
        struct instant now = {.us = world.now.us + cases[i].hours * 3600 * SECOND_US};
        char at[INSTANT_TEXT_SIZE];
        size_t count = 0;
        text_addf(&sql,
                  "insert into run (portal_id, run_id, verb, today, started_at) select portal_id,"
                  " %zu, 'run', '2026-11-01', '%s' from portal",
                  i + 1, instant_format(world.now, at));
        store_world_execute(&world, "delete from run");
        store_world_execute(&world, text_cstr(&sql));
        text_clear(&sql);
        text_addf(&sql, "update run set %s", cases[i].change);
        store_world_execute(&world, text_cstr(&sql));
        OK(portals_load(world.pg, &world.arena, now, &portal, &count, &why));
        assert_int_equal(count, 1);
        if (portal[0].state != cases[i].state)
            fail_msg("%s after %lld hours: %s", cases[i].change, (long long)cases[i].hours,
                     portal_state_name(portal[0].state));
    }
}

TEST(store_claim_announcement_is_granted_once)
{
    CLEANUP(store_world_end) struct store_world world;
    struct store_announcement announcement = {
        .account_id = "a1", .rule = "idle", .id = 1, .action = ACTION_SUSPEND};
    CLEANUP(err_release) struct err err = ERR_INIT;

    store_world_begin(&world);
    store_world_execute(&world, "set session_replication_role = replica"); /* a row on its own */
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
