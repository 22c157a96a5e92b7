/*
 * One count of requests for all runs behind an address, against a real server.
 */
#include <string.h>

#include "cluster_fixture.h"
#include "job/pace_share.h"
#include "store/pace.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

static const struct pace_request usual = {
    .address_group = "office",
    .wanted = 40,
    .limit = 100,
    .window_us = 303 * SECOND_US,
    .valid_us = 60 * SECOND_US,
};

static struct pace_grant ask(struct store_world *world, struct store *store,
                             const struct pace_request *request)
{
    struct pace_grant grant = {.granted = -1};
    struct err err = ERR_INIT;

    (void)world;
    if (store_grant(store, request, &grant, &err) < 0)
        fail_msg("%s", err.text);
    return grant;
}

/* Another portal in the same database, with a run of its own. */
static struct store other_portal(struct store_world *world)
{
    struct store other;
    struct store_run run;
    struct err err = ERR_INIT;

    assert_int_equal(store_open(world->pg, "other", "https://other.bynder.example", &other, &err),
                     0);
    assert_int_equal(store_run_begin(&other, "run", world->today, world->now, &run, &err), 0);
    return other;
}

TEST(store_grant_gives_no_more_than_the_limit_leaves)
{
    struct store_world *world = *state;

    assert_int_equal(ask(world, &world->store, &usual).granted, 40);
    assert_int_equal(ask(world, &world->store, &usual).granted, 40);
    struct pace_grant last = ask(world, &world->store, &usual);
    assert_int_equal(last.granted, 20);
    assert_int_equal(last.others, 80);
    struct pace_grant none = ask(world, &world->store, &usual);
    assert_int_equal(none.granted, 0);
    assert_true(none.wait_us > 0 && none.wait_us <= 60 * SECOND_US);
    assert_false(none.silent);
    assert_int_equal(store_world_number(world, "select sum(requests) from request_block"), 100);
}

TEST(store_grant_counts_other_portals_behind_the_same_address)
{
    struct store_world *world = *state;
    struct store other = other_portal(world);
    struct pace_request elsewhere = usual;

    elsewhere.address_group = "another office";
    assert_int_equal(ask(world, &other, &usual).granted, 40);
    assert_int_equal(ask(world, &other, &elsewhere).granted, 40);
    assert_int_equal(ask(world, &world->store, &usual).others, 40);
    assert_int_equal(ask(world, &world->store, &usual).granted, 20);
}

TEST(store_grant_counts_an_earlier_run_until_it_leaves_the_window)
{
    struct store_world *world = *state;

    (void)ask(world, &world->store, &usual);
    store_world_tomorrow(world);
    assert_int_equal(ask(world, &world->store, &usual).others, 40);
    store_world_execute(world, "update request_block set last_at = statement_timestamp() - "
                               "interval '302 seconds' where run_id = 1");
    assert_int_equal(ask(world, &world->store, &usual).others, 80);
    store_world_execute(world, "update request_block set last_at = statement_timestamp() - "
                               "interval '304 seconds' where run_id = 1");
    assert_int_equal(ask(world, &world->store, &usual).granted, 40);
}

/* A process that died may have sent its requests up to the last moment its grant was good for. */
TEST(store_grant_of_a_dead_run_counts_to_the_end_of_its_time)
{
    struct store_world *world = *state;

    (void)ask(world, &world->store, &usual);
    assert_int_equal(store_world_number(world, "select count(*) from request_block where last_at "
                                               "between clock_timestamp() + interval '50 s' and "
                                               "clock_timestamp() + interval '60 s'"),
                     1);
    struct err err = ERR_INIT;
    assert_int_equal(store_grant_end(&world->store, "office", 0, 0, &err), 0);
    assert_int_equal(store_world_number(world, "select count(*) from request_block where last_at "
                                               "<= clock_timestamp()"),
                     1);
}

TEST(store_grant_after_a_429_is_none_for_anybody_behind_the_address)
{
    struct store_world *world = *state;
    struct store other = other_portal(world);
    struct pace_request blocked = usual, elsewhere = usual;

    blocked.silence_us = 310 * SECOND_US;
    struct pace_grant own = ask(world, &world->store, &blocked);
    assert_int_equal(own.granted, 0);
    assert_true(own.wait_us > 300 * SECOND_US && own.wait_us <= 310 * SECOND_US);
    assert_true(own.silent);
    assert_int_equal(ask(world, &other, &usual).granted, 0);
    assert_true(ask(world, &other, &usual).silent);
    elsewhere.address_group = "another office";
    assert_int_equal(ask(world, &other, &elsewhere).granted, 40);
    store_world_execute(world, "update request_silence set until = statement_timestamp()");
    assert_int_equal(ask(world, &other, &usual).granted, 40);
}

TEST(store_grant_to_an_overtaken_run_is_refused)
{
    struct store_world *world = *state;
    struct store old = world->store;
    struct pace_grant grant;
    struct err err = ERR_INIT;

    store_world_tomorrow(world);
    assert_int_equal(store_grant(&old, &usual, &grant, &err), -1);
    assert_int_equal(err.code, ERR_LOCKED);
    err_release(&err);
}

/* --- others who are being granted --- */

/* Somebody who began and is not at the end of it yet, with a lock timeout that is over at once. */
static struct pg *hold_count(struct store_world *world, const char *address_group)
{
    struct err err = ERR_INIT;
    struct pg *other = NULL;
    const char *const parameter[] = {address_group};

    if (pg_open(&(struct pg_settings){.conninfo = cluster_fixture_conninfo()}, &other, &err) < 0 ||
        pg_begin(other, &err) < 0 ||
        pg_run(other, "test", "select granted from pace_take(1, 1, $1, 0, 0, 0, 0, 0, 1, 1)",
               PG_ONE, parameter, 1, NULL, &err) < 0 ||
        pg_run(world->store.pg, "test", "set lock_timeout = '1ms'", PG_NOTHING, NULL, 0, NULL,
               &err) < 0)
        fail_msg("%s", err.text);
    return other;
}

static void let_go(struct pg *other)
{
    pg_rollback(other);
    pg_close(other);
}

TEST(store_grant_while_others_are_granted_is_busy_for_who_is_patient)
{
    struct store_world *world = *state;
    struct pace_request patient = usual, elsewhere = usual;
    struct pace_grant grant = {.granted = -1};
    struct err err = ERR_INIT;
    struct pg *other = hold_count(world, "office");

    patient.patient = true;
    grant = ask(world, &world->store, &patient);
    assert_true(grant.busy);
    assert_int_equal(grant.granted, 0);
    assert_false(grant.silent);
    assert_true(grant.wait_us > 0 && grant.wait_us < SECOND_US);
    assert_int_equal(store_grant(&world->store, &usual, &grant, &err), -1);
    assert_int_equal(err.code, ERR_LOCKED);
    err_release(&err);
    elsewhere.address_group = "another office";
    assert_int_equal(ask(world, &world->store, &elsewhere).granted, 40);
    let_go(other);
    grant = ask(world, &world->store, &patient);
    assert_false(grant.busy);
    assert_int_equal(grant.granted, 40);
}

/* --- the pace and the database together --- */

TEST(pace_share_permit_asks_for_some_seconds_worth)
{
    struct store_world *world = *state;
    const struct clock *clock = clock_system();
    struct config_portal config = {.name = "acme"};
    struct pace_settings settings = {.per_second = 10,
                                     .per_window = 4500,
                                     .window_us = 300 * SECOND_US,
                                     .silence_us = 310 * SECOND_US,
                                     .shared = true};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct pace_share share;
    struct err err = ERR_INIT;
    struct instant now = clock->steady(clock->self);

    pace_share_init(&share, &world->store, pace, clock, &config);
    assert_int_equal(pace_share_permit(&share, &err), 0);
    assert_false(pace_wants_permit(pace, now));
    assert_int_equal(store_world_number(world, "select requests from request_block where "
                                               "address_group = 'default'"),
                     50);
    pace_blocked(pace, now, 0);
    assert_int_equal(pace_share_permit(&share, &err), 0); /* tells, and is held */
    assert_true(pace_next(pace, now).us > now.us + 300 * SECOND_US);
    assert_int_equal(store_world_number(world, "select count(*) from request_silence"), 1);
    pace_sent(pace, now);
    assert_int_equal(pace_share_end(&share, &err), 0);
}

TEST(pace_share_permit_without_the_database_lets_the_act_in_hand_end)
{
    struct store_world *world = *state;
    const struct clock *clock = clock_system();
    struct config_portal config = {.name = "acme"};
    struct pace_settings settings = {
        .per_window = 4500, .window_us = 300 * SECOND_US, .shared = true};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct pace_share share;
    struct err err = ERR_INIT;

    pace_share_init(&share, &world->store, pace, clock, &config);
    PGconn *connection = pg_raw(world->pg);
    PQclear(PQexec(connection, "select pg_terminate_backend(pg_backend_pid())"));
    int left = 0;
    while (pace_share_permit(&share, &err) == 0) {
        while (!pace_wants_permit(pace, clock->steady(clock->self))) {
            pace_sent(pace, clock->steady(clock->self));
            left++;
        }
        assert_true(left <= 20);
    }
    assert_int_equal(left, 20);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    err_release(&err);
}

/* A clock on which time passes whenever it is looked at; with the look that is awaited others are
 * done. */
struct looked {
    struct instant now;
    int64_t step_us;
    int looks, done_at;
    struct pg *others;
};

static struct instant look_at(void *self)
{
    struct looked *looked = self;

    looked->now = instant_add_us(looked->now, looked->step_us);
    if (++looked->looks == looked->done_at)
        let_go(looked->others);
    return looked->now;
}

static void begin_share(struct store_world *world, const struct clock *clock,
                        struct pace **ret_pace, struct pace_share *ret_share)
{
    static const struct config_portal config = {.name = "acme"};
    const struct pace_settings settings = {.per_second = 10,
                                           .per_window = 4500,
                                           .window_us = 300 * SECOND_US,
                                           .silence_us = 310 * SECOND_US,
                                           .shared = true};
    struct err err = ERR_INIT;

    *ret_pace = pace_new(&settings);
    pace_share_init(ret_share, &world->store, *ret_pace, clock, &config);
    if (pace_share_permit(ret_share, &err) < 0)
        fail_msg("%s", err.text);
    pace_sent(*ret_pace, clock->steady(clock->self));
}

/* Many at once: each gets its turn, however long the others take. One that never ends is an error.
 */
TEST(pace_share_permit_waits_for_its_turn_but_not_for_ever)
{
    struct store_world *world = *state;
    struct looked looked = {.now = world->now, .step_us = 20 * SECOND_US};
    const struct clock clock = {.self = &looked, .steady = look_at};
    CLEANUP(pace_freep) struct pace *pace = NULL;
    struct pace_share share;
    struct err err = ERR_INIT;
    int tries = 0;

    begin_share(world, &clock, &pace, &share);
    struct pg *other = hold_count(world, "default");
    while (pace_share_permit(&share, &err) == 0) {
        assert_true(pace_next(pace, looked.now).us > looked.now.us);
        assert_true(++tries < 45);
    }
    assert_true(tries > 5);
    assert_int_equal(err.code, ERR_LOCKED);
    err_release(&err);
    let_go(other);
    assert_int_equal(pace_share_permit(&share, &err), 0);
    /* What was not sent of the first is given back all the same. */
    assert_int_equal(store_world_number(world, "select sum(requests) from request_block"), 51);
}

/* Our own pace keeps the silence, and asks for nothing before it is over: so others hear of it at
 * once, and of what is left of it. */
TEST(pace_share_permit_tells_of_a_429_whoever_else_is_being_granted)
{
    struct store_world *world = *state;
    struct looked looked = {.now = world->now, .step_us = SECOND_US};
    const struct clock clock = {.self = &looked, .steady = look_at};
    CLEANUP(pace_freep) struct pace *pace = NULL;
    struct pace_share share;
    struct err err = ERR_INIT;

    begin_share(world, &clock, &pace, &share);
    looked.others = hold_count(world, "default");
    looked.done_at = looked.looks + 20;
    pace_blocked(pace, looked.now, 0);
    if (pace_share_permit(&share, &err) < 0)
        fail_msg("%s", err.text);
    assert_true(looked.looks >= looked.done_at && looked.looks < looked.done_at + 20);
    assert_int_equal(store_world_number(world, "select count(*) from request_silence where until"
                                               " between clock_timestamp() + interval '270 s' and"
                                               " clock_timestamp() + interval '300 s'"),
                     1);
}

/* One that was over before anybody could hear of it is not told afterwards, as if it began then. */
TEST(pace_share_permit_does_not_tell_of_a_silence_that_is_over)
{
    struct store_world *world = *state;
    struct looked looked = {.now = world->now, .step_us = 50 * SECOND_US};
    const struct clock clock = {.self = &looked, .steady = look_at};
    CLEANUP(pace_freep) struct pace *pace = NULL;
    struct pace_share share;
    struct err err = ERR_INIT;

    begin_share(world, &clock, &pace, &share);
    looked.others = hold_count(world, "default");
    pace_blocked(pace, looked.now, 0);
    if (pace_share_permit(&share, &err) < 0)
        fail_msg("%s", err.text);
    let_go(looked.others);
    assert_int_equal(pace_share_permit(&share, &err), 0);
    assert_int_equal(store_world_number(world, "select count(*) from request_silence"), 0);
}

TEST(pace_share_end_tells_of_a_429_whoever_else_is_being_granted)
{
    struct store_world *world = *state;
    struct looked looked = {.now = world->now, .step_us = SECOND_US};
    const struct clock clock = {.self = &looked, .steady = look_at};
    CLEANUP(pace_freep) struct pace *pace = NULL;
    struct pace_share share;
    struct err err = ERR_INIT;

    begin_share(world, &clock, &pace, &share);
    looked.others = hold_count(world, "default");
    assert_int_equal(pace_share_end(&share, &err), -1); /* nothing that others have to hear */
    assert_int_equal(err.code, ERR_LOCKED);
    err_release(&err);
    looked.done_at = looked.looks + 20;
    pace_blocked(pace, looked.now, 0);
    assert_int_equal(pace_share_end(&share, &err), 0);
    assert_int_equal(store_world_number(world, "select count(*) from request_silence"), 1);
}

/* A fast run that sends little does not keep a slower one waiting for what it never sent. */
TEST(pace_share_end_gives_back_what_was_not_sent)
{
    struct store_world *world = *state;
    const struct clock *clock = clock_system();
    struct config_portal config = {.name = "acme"};
    struct pace_settings settings = {.per_second = 100000,
                                     .per_window = 100000000,
                                     .window_us = 300 * SECOND_US,
                                     .shared = true};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct pace_request slow = usual;
    struct pace_share share;
    struct err err = ERR_INIT;

    pace_share_init(&share, &world->store, pace, clock, &config);
    assert_int_equal(pace_share_permit(&share, &err), 0);
    assert_int_equal(store_world_number(world, "select sum(requests) from request_block"), 5000);
    for (int i = 0; i < 7; i++)
        pace_sent(pace, clock->steady(clock->self));
    assert_int_equal(pace_share_permit(&share, &err), 0); /* another one, the first is over */
    assert_int_equal(store_world_number(world, "select sum(requests) from request_block"), 5007);
    pace_sent(pace, clock->steady(clock->self));
    assert_int_equal(pace_share_end(&share, &err), 0);
    assert_int_equal(store_world_number(world, "select sum(requests) from request_block"), 8);
    slow.address_group = "default";
    slow.limit = 48;
    assert_int_equal(ask(world, &world->store, &slow).granted, 40);
}

TEST(pace_share_end_gives_back_what_was_asked_for_ahead)
{
    struct store_world *world = *state;
    struct config_portal config = {.name = "acme"};
    struct pace_settings settings = {
        .per_second = 10, .per_window = 4500, .window_us = 300 * SECOND_US, .shared = true};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct pace_share share;

    pace_share_init(&share, &world->store, pace, clock_system(), &config);
    assert_int_equal(pace_share_permit(&share, NULL), 0);
    assert_int_equal(pace_share_end(&share, NULL), 0); /* a roster was refused, say */
    assert_int_equal(
        store_world_number(world, "select coalesce(sum(requests), 0) from request_block"), 0);
}

TEST(pace_share_permit_counts_a_loopback_for_itself)
{
    struct store_world *world = *state;
    const struct config_portal config[] = {
        {.name = "acme"},
        {.name = "acme", .loopback = true},
        {.name = "acme", .loopback = true, .address_group = "office"},
    };
    const struct pace_settings settings = {
        .per_window = 4500, .window_us = 300 * SECOND_US, .shared = true};

    for (size_t i = 0; i < COUNT_OF(config); i++) {
        CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
        struct pace_share share;
        pace_share_init(&share, &world->store, pace, clock_system(), &config[i]);
        assert_int_equal(pace_share_permit(&share, NULL), 0);
    }
    assert_string_equal(store_world_text(world, "select string_agg(address_group, ' ' order by "
                                                "address_group) from request_block"),
                        "acme default office");
}
