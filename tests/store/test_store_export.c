/*
 * What an export told, in the history, against a real server: only of accounts that are there, the
 * later created date stays, a login waits for the next snapshot, and only the newest run writes.
 */
#include <string.h>

#include "base/cleanup.h"
#include "store/login.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

static struct instant ago(const struct store_world *world, int days)
{
    return instant_add_us(world->now, -(int64_t)days * DAY_US);
}

/* Two accounts, of which single reads told a login ten days ago. */
static struct snapshot known(struct store_world *world)
{
    struct snapshot snapshot = store_world_snapshot(world, 2);

    for (size_t i = 0; i < snapshot.count; i++)
        snapshot.account[i].login = store_world_login(ago(world, 10), world->now);
    store_world_load(world, &snapshot);
    store_world_save(world, &snapshot);
    return snapshot;
}

static size_t save(struct store_world *world, const char *id, struct instant created,
                   struct instant deactivated, struct instant login)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct account_dates dates = {.account_id = id, .created = created, .deactivated = deactivated};
    struct pending_login pending = {
        .account_id = id,
        .login = {
            .kind = LOGIN_KNOWN, .source = LOGIN_FROM_EXPORT, .at = login, .seen_at = world->now}};
    size_t changed = 99;

    if (store_save_export(&world->store, &dates, 1, &pending, instant_is_set(login), &changed,
                          &err))
        fail_msg("%s", err.text);
    return changed;
}

static struct account loaded(struct store_world *world, size_t index)
{
    struct snapshot snapshot = store_world_snapshot(world, 2);
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (store_load_history(&world->store, &world->arena, &snapshot, &err))
        fail_msg("%s", err.text);
    return snapshot.account[index];
}

static struct instant created(struct store_world *world, size_t index)
{
    struct account account = loaded(world, index);

    return account_since(&account)->created;
}

TEST(store_save_export_of_dates_keeps_the_later_ones)
{
    struct store_world *world = *state;
    struct snapshot snapshot = known(world);
    const char *id = snapshot.account[0].id;

    assert_int_equal(save(world, id, ago(world, 500), INSTANT_NONE, INSTANT_NONE), 1);
    assert_int_equal(created(world, 0).us, ago(world, 500).us);
    assert_false(instant_is_set(created(world, 1)));
    assert_int_equal(save(world, id, ago(world, 500), INSTANT_NONE, INSTANT_NONE), 0);
    /* Two exports do not agree: nobody is known longer than the younger of the dates says. */
    assert_int_equal(save(world, id, ago(world, 900), ago(world, 30), INSTANT_NONE), 1);
    assert_int_equal(created(world, 0).us, ago(world, 500).us);
    assert_int_equal(save(world, id, ago(world, 400), ago(world, 60), INSTANT_NONE), 1);
    assert_int_equal(created(world, 0).us, ago(world, 400).us);
    assert_int_equal(save(world, id, INSTANT_NONE, INSTANT_NONE, INSTANT_NONE), 0);
    assert_int_equal(store_world_number(world,
                                        "select count(*) from account where deactivated = "
                                        "timestamptz '2026-11-01T02:00:00Z' - interval '30 days'"),
                     1);
}

TEST(store_save_export_of_a_stranger_adds_no_account)
{
    struct store_world *world = *state;
    struct account stranger = store_world_account(world, 77);

    (void)known(world);
    assert_int_equal(save(world, stranger.id, ago(world, 500), INSTANT_NONE, INSTANT_NONE), 0);
    assert_int_equal(store_world_number(world, "select count(*) from account"), 2);
}

TEST(store_save_export_of_a_login_waits_for_the_next_snapshot)
{
    struct store_world *world = *state;
    struct snapshot snapshot = known(world);
    const char *id = snapshot.account[0].id;

    (void)save(world, id, INSTANT_NONE, INSTANT_NONE, ago(world, 3));
    (void)save(world, id, INSTANT_NONE, INSTANT_NONE, ago(world, 5)); /* an older file, later */
    struct login login = loaded(world, 0).login;
    assert_int_equal(login.kind, LOGIN_KNOWN);
    assert_int_equal(login.source, LOGIN_FROM_EXPORT);
    assert_int_equal(login.at.us, ago(world, 3).us);
    assert_int_equal(loaded(world, 1).login.at.us, ago(world, 10).us);

    store_world_tomorrow(world);
    struct snapshot next = store_world_snapshot(world, 2);
    CLEANUP(err_release) struct err err = ERR_INIT;
    assert_int_equal(store_load_history(&world->store, &world->arena, &next, &err), 0);
    store_world_save(world, &next);
    assert_int_equal(store_world_number(world, "select count(*) from login_pending"), 0);
    struct account account = loaded(world, 0);
    assert_int_equal(account.login.source, LOGIN_FROM_HISTORY);
    /* A single read that says a little less takes back nothing that an export said (G5). */
    assert_int_equal(account.history.told_by, LOGIN_FROM_EXPORT);
    assert_int_equal(loaded(world, 1).history.told_by, LOGIN_FROM_SINGLE_READ);
}

TEST(store_save_export_of_an_older_run_writes_nothing)
{
    struct store_world *world = *state;
    struct snapshot snapshot = known(world);
    struct store late = world->store;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct account_dates dates = {.account_id = snapshot.account[0].id, .created = ago(world, 9)};
    size_t changed = 0;

    store_world_tomorrow(world);
    assert_int_equal(store_save_export(&late, &dates, 1, NULL, 0, &changed, &err), -1);
    assert_int_equal(err.code, ERR_LOCKED);
    assert_int_equal(
        store_world_number(world, "select count(*) from account where created is not null"), 0);
}

TEST(store_save_of_what_an_export_gave_is_refused)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 2);
    struct plan plan = {.portal = "p", .inputs = {.snapshot_source = SNAPSHOT_FROM_EXPORT}};
    CLEANUP(err_release) struct err err = ERR_INIT;

    snapshot.source = SNAPSHOT_FROM_EXPORT;
    assert_int_equal(store_save_snapshot(&world->store, &world->run, &snapshot, NULL, &err), -1);
    assert_int_equal(store_save_plan(&world->store, &world->run, &plan, &err), -1);
    assert_non_null(strstr(err.text, "never stored"));
    assert_int_equal(store_world_number(world, "select (select count(*) from snapshot) + (select "
                                               "count(*) from plan)"),
                     0);
}

TEST(store_load_newest_snapshot_of_none_is_empty)
{
    struct store_world *world = *state;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct snapshot newest = {.id = 5};

    assert_int_equal(store_load_newest_snapshot(&world->store, &world->arena, &newest, &err), 0);
    assert_int_equal(newest.id, 0);
    (void)known(world);
    store_world_tomorrow(world);
    struct snapshot snapshot = store_world_snapshot(world, 3);
    store_world_load(world, &snapshot);
    store_world_save(world, &snapshot);
    assert_int_equal(store_load_newest_snapshot(&world->store, &world->arena, &newest, &err), 0);
    assert_int_equal(newest.id, snapshot.id);
    assert_int_equal(newest.count, 3);
}
