/*
 * Last logins that were read and not yet taken by a snapshot, and how far the events were read,
 * against a real server.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "distributed.h"
#include "store/login.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

static struct instant ago(const struct store_world *world, int days)
{
    return instant_add_us(world->now, -(int64_t)days * DAY_US);
}

static struct pending_login pend(const struct store_world *world, const struct account *account,
                                 enum login_source source, int days)
{
    return (struct pending_login){
        .account_id = account->id,
        .login = {.kind = LOGIN_KNOWN,
                  .source = source,
                  .at = ago(world, days),
                  .seen_at = world->now},
        .department = source == LOGIN_FROM_SINGLE_READ ? "Sales" : NULL,
    };
}

static void put(struct store_world *world, const struct pending_login *pending, size_t count,
                const struct events_progress *progress)
{
    struct err err = ERR_INIT;

    if (store_save_logins(&world->store, pending, count, progress, &err) < 0)
        fail_msg("%s", err.text);
}

TEST(store_save_logins_are_taken_by_the_next_snapshot_once)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, 3), second;
    const struct pending_login pending[] = {
        pend(world, &first.account[0], LOGIN_FROM_SINGLE_READ, 9),
        pend(world, &first.account[0], LOGIN_FROM_EVENTS, 4),
        pend(world, &first.account[1], LOGIN_FROM_SINGLE_READ, 2),
    };

    put(world, pending, COUNT_OF(pending), NULL);
    store_world_tomorrow(world); /* that run was cut off */
    second = store_world_snapshot(world, 3);
    store_world_load(world, &second);
    assert_true(second.account[0].login.at.us == pending[1].login.at.us);
    assert_int_equal(second.account[0].login.source, LOGIN_FROM_EVENTS);
    assert_true(second.account[0].history.read_at.us == pending[0].login.seen_at.us);
    assert_true(second.account[0].history.read_anew);
    assert_string_equal(account_alike(&second.account[1])->department, "Sales");
    assert_int_equal(second.account[1].login.source, LOGIN_FROM_SINGLE_READ);
    assert_int_equal(second.account[2].login.kind, LOGIN_NOT_READ);
    store_world_save(world, &second);
    assert_int_equal(store_world_number(world, "select count(*) from login_pending"), 0);
    assert_int_equal(store_world_number(world, "select count(*) from login"), 2);
    assert_int_equal(store_world_number(world, "select count(*) from account where login_read_at = "
                                               "timestamptz '2026-11-01T02:00:00Z'"),
                     2);
}

TEST(store_save_logins_of_events_keeps_the_newest)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 1);
    struct pending_login newer = pend(world, &snapshot.account[0], LOGIN_FROM_EVENTS, 1),
                         older = pend(world, &snapshot.account[0], LOGIN_FROM_EVENTS, 8);

    put(world, &newer, 1, NULL);
    put(world, &older, 1, NULL);
    store_world_load(world, &snapshot);
    assert_true(snapshot.account[0].login.at.us == newer.login.at.us);
}

TEST(store_save_logins_of_a_single_read_keeps_the_last_word)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 1);
    struct pending_login first = pend(world, &snapshot.account[0], LOGIN_FROM_SINGLE_READ, 1),
                         last = first;

    last.login.kind = LOGIN_UNREADABLE;
    last.login.at = INSTANT_NONE;
    last.login.raw = "yesterday";
    put(world, &first, 1, NULL);
    put(world, &last, 1, NULL);
    store_world_load(world, &snapshot);
    assert_int_equal(snapshot.account[0].login.kind, LOGIN_UNREADABLE);
    assert_string_equal(snapshot.account[0].login.raw, "yesterday");
}

/* What a single read took back is counted also when it was another run that read it (G5). */
TEST(store_save_logins_with_nothing_newer_keeps_when_it_was_read)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, 1), second;
    struct pending_login nothing;

    first.account[0].login = store_world_login(ago(world, 5), world->now);
    store_world_load(world, &first);
    store_world_save(world, &first);
    store_world_tomorrow(world);
    nothing = (struct pending_login){
        .account_id = first.account[0].id,
        .login = {.source = LOGIN_FROM_SINGLE_READ, .seen_at = world->now},
    };
    put(world, &nothing, 1, NULL);
    struct instant read_at = world->now;
    store_world_tomorrow(world);
    second = store_world_snapshot(world, 1);
    store_world_load(world, &second);
    assert_int_equal(second.account[0].login.source, LOGIN_FROM_HISTORY);
    assert_true(second.account[0].history.read_at.us == read_at.us);
    assert_int_equal(second.logins_known_before, 1);
    assert_int_equal(second.logins_lost, 1);
    store_world_save(world, &second);
    assert_int_equal(store_world_number(world, "select count(*) from login"), 1);
    assert_int_equal(store_world_number(world, "select count(*) from account where login_read_at = "
                                               "timestamptz '2026-11-02T02:00:00Z'"),
                     1);
}

/* Somebody the portal does not list, now: kept, in case it only did not list them this time. */
TEST(store_save_logins_of_nobody_listed_waits)
{
    struct store_world *world = *state;
    struct snapshot two = store_world_snapshot(world, 2), one = store_world_snapshot(world, 1);
    struct pending_login pending = pend(world, &two.account[1], LOGIN_FROM_EVENTS, 1);

    put(world, &pending, 1, NULL);
    store_world_load(world, &one);
    store_world_save(world, &one);
    assert_int_equal(store_world_number(world, "select count(*) from login_pending"), 1);
    store_world_tomorrow(world);
    two = store_world_snapshot(world, 2);
    store_world_load(world, &two);
    assert_int_equal(two.account[1].login.source, LOGIN_FROM_EVENTS);
}

/* Of a list that broke off: of whom it has, known or new, nothing is pending any more; the rest,
 * and who is nowhere, wait. */
TEST(store_save_snapshot_incomplete_settles_whom_it_lists)
{
    struct store_world *world = *state;
    struct snapshot known = store_world_snapshot(world, 3), next;
    struct pending_login pending[5];

    store_world_load(world, &known);
    store_world_save(world, &known);
    store_world_tomorrow(world);
    next = store_world_snapshot(world, 5);
    for (size_t i = 0; i < COUNT_OF(pending); i++)
        pending[i] = pend(world, &next.account[i], LOGIN_FROM_EVENTS, 1);
    put(world, pending, COUNT_OF(pending), NULL);
    next.account[0] = next.account[3]; /* listed: one new, one known, and neither 0, 2 nor 4 */
    next.count = 2;
    next.complete = false;
    store_world_load(world, &next);
    store_world_save(world, &next);
    assert_int_equal(store_world_number(world, "select count(*) from login_pending"), 3);
    assert_int_equal(store_world_number(world, "select count(*) from login"), 2);
    store_world_tomorrow(world);
    next = store_world_snapshot(world, 4);
    store_world_load(world, &next);
    store_world_save(world, &next);
    assert_int_equal(store_world_number(world, "select count(*) from login_pending"), 1);
    assert_int_equal(store_world_number(world, "select count(*) from login"), 4);
}

/* Whoever went long ago is not listed either: a login that was told of them waits until they are.
 */
TEST(store_save_snapshot_keeps_what_waits_for_somebody_long_gone)
{
    struct store_world *world = *state;
    struct pending_login pending[2];

    for (size_t night = 0; night < 5; night++) {
        static const size_t listed[] = {3, 2, 2, 2, 3}; /* who went, and came back */
        struct snapshot snapshot = store_world_snapshot(world, 3);
        if (night == 3) {
            pending[0] = pend(world, &snapshot.account[0], LOGIN_FROM_EVENTS, 1);
            pending[1] = pend(world, &snapshot.account[2], LOGIN_FROM_EVENTS, 1);
            put(world, pending, COUNT_OF(pending), NULL);
        }
        snapshot.count = listed[night];
        store_world_load(world, &snapshot);
        store_world_save(world, &snapshot);
        assert_int_equal(store_world_number(world, "select count(*) from login_pending"),
                         night == 3);
        store_world_tomorrow(world);
    }
    assert_int_equal(store_world_number(world, "select count(*) from login"), 2);
}

/* Few among many are looked up one by one, many are merged as a set: it comes to the same. */
TEST(store_save_snapshot_takes_logins_of_few_as_of_all)
{
    enum { ACCOUNTS = 400 };
    static const size_t told[] = {ACCOUNTS, 1, 5, 25, 100, ACCOUNTS, 0, 3};
    struct store_world *world = *state;
    int64_t replaced = 0;

    for (size_t night = 0; night < COUNT_OF(told); night++) {
        struct snapshot snapshot = store_world_snapshot(world, ACCOUNTS);
        struct pending_login pending[ACCOUNTS + 1];
        size_t count = 0;

        for (; count < told[night]; count++)
            pending[count] = pend(world, &snapshot.account[count], LOGIN_FROM_EVENTS, 1);
        pending[count++] = (struct pending_login){
            .account_id = snapshot.account[ACCOUNTS - 1].id, /* which says nothing newer */
            .login = {.source = LOGIN_FROM_SINGLE_READ, .seen_at = world->now},
        };
        put(world, pending, count, NULL);
        store_world_load(world, &snapshot);
        store_world_save(world, &snapshot);
        replaced += night > 0 ? (int64_t)told[night] : 0;
        assert_int_equal(store_world_number(world, "select count(*) from login_pending"), 0);
        assert_int_equal(store_world_number(world, "select count(*) from login_past"), replaced);
        assert_int_equal(store_world_number(world, "select count(*) from account where login_from "
                                                   "= (select max(snapshot_id) from snapshot)"),
                         told[night]);
        assert_int_equal(store_world_number(world, "select count(*) from account where "
                                                   "login_read_at = (select max(taken_at) from "
                                                   "snapshot)"),
                         1);
        store_world_tomorrow(world);
    }
}

/* Thirty days, and a list that misses nobody. */
TEST(store_save_snapshot_forgets_logins_of_who_stays_unlisted)
{
    struct store_world *world = *state;
    struct snapshot two = store_world_snapshot(world, 2), one;
    struct pending_login pending = pend(world, &two.account[1], LOGIN_FROM_EVENTS, 1);

    put(world, &pending, 1, NULL);
    for (int day = 1; day <= 32; day++) {
        store_world_tomorrow(world);
        one = store_world_snapshot(world, 1);
        one.complete = day != 31;
        store_world_load(world, &one);
        store_world_save(world, &one);
        assert_int_equal(store_world_number(world, "select count(*) from login_pending"), day < 32);
    }
}

/* Nothing but dead rows is left, and the file they stood in gets short as soon as there are many.
 */
TEST(store_save_snapshot_clears_up_after_many_that_were_pending)
{
    static const struct {
        size_t pending;
        bool cleared;
    } rows[] = {{9999, false}, {10000, true}, {10000, true}}; /* the last are not new any more */
    struct store_world *world = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct snapshot snapshot = store_world_snapshot(world, rows[i].pending);
        struct pending_login *pending = mem_calloc(rows[i].pending, sizeof(pending[0]));

        for (size_t p = 0; p < rows[i].pending; p++)
            pending[p] = pend(world, &snapshot.account[p], LOGIN_FROM_EVENTS, 3);
        put(world, pending, rows[i].pending, NULL);
        free(pending);
        store_world_load(world, &snapshot);
        store_world_save(world, &snapshot);
        assert_int_equal(store_world_number(world, "select count(*) from login_pending"), 0);
        if (!distributed_is_here()) /* there a coordinating server keeps none of it */
            assert_int_equal(store_world_number(
                                 world, "select (pg_relation_size('login_pending') = 0)::integer"),
                             rows[i].cleared);
        store_world_tomorrow(world);
    }
}

TEST(store_load_events_gives_the_progress_saved_last)
{
    struct store_world *world = *state;
    struct events_progress none,
        was = {.kind = EVENT_LOGIN,
               .complete_to = ago(world, 2),
               .newest_at = ago(world, 1),
               .from = ago(world, 3),
               .to = world->now,
               .cursor = "MTIz",
               .pages = 17},
        is;
    struct err err = ERR_INIT;

    assert_int_equal(store_load_events(&world->store, &world->arena, EVENT_LOGIN, &none, &err), 0);
    assert_false(instant_is_set(none.complete_to) || instant_is_set(none.to) || none.cursor);
    put(world, NULL, 0, &was);
    assert_int_equal(store_load_events(&world->store, &world->arena, EVENT_LOGIN, &is, &err), 0);
    assert_true(is.complete_to.us == was.complete_to.us && is.newest_at.us == was.newest_at.us);
    assert_true(is.from.us == was.from.us && is.to.us == was.to.us && is.pages == 17);
    assert_string_equal(is.cursor, "MTIz");
}

/* A page that cannot be stored does not count as read. */
TEST(store_save_logins_of_an_overtaken_run_stores_nothing)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 1);
    struct pending_login pending = pend(world, &snapshot.account[0], LOGIN_FROM_EVENTS, 1);
    struct events_progress progress = {.kind = EVENT_LOGIN, .complete_to = world->now};
    struct store old = world->store;
    struct err err = ERR_INIT;

    store_world_tomorrow(world);
    assert_int_equal(store_save_logins(&old, &pending, 1, &progress, &err), -1);
    assert_int_equal(err.code, ERR_LOCKED);
    err_release(&err);
    assert_int_equal(store_world_number(world, "select count(*) from login_pending"), 0);
    assert_int_equal(store_world_number(world, "select count(*) from events_read"), 0);
}
