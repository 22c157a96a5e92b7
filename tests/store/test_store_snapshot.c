/*
 * Snapshots as versions, against a real server: whatever was saved can be had again exactly, and
 * what did not change costs nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "alike.h"
#include "cluster_fixture.h"
#include "distributed.h"
#include "store_world.h"
#include "test.h"

#define VERSIONS                                                                                   \
    "select (select count(*) from account_version) + (select count(*) from login) + "              \
    "(select count(*) from profile_version)"

/* A small generator of its own, so that every machine makes the same worlds. */
static unsigned draw(uint64_t *state, unsigned below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*state >> 33) % below;
}

TEST_EACH(store_world_setup, store_world_teardown);

/* --- comparing --- */

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct account *)a)->id, ((const struct account *)b)->id);
}

static void assert_text(const char *was, const char *is)
{
    if (!was)
        assert_null(is);
    else if (!is)
        fail_msg("'%s' is lost", was);
    else
        assert_string_equal(was, is);
}

static void assert_same_account(const struct account *was, const struct account *is)
{
    assert_text(was->id, is->id);
    assert_text(was->username, is->username);
    assert_text(was->email, is->email);
    assert_text(account_alike(was)->email2, account_alike(is)->email2);
    assert_text(was->name, is->name);
    assert_text(was->employee_number, is->employee_number);
    assert_text(account_alike(was)->profile_id, account_alike(is)->profile_id);
    assert_text(account_alike(was)->country, account_alike(is)->country);
    assert_text(account_alike(was)->department, account_alike(is)->department);
    assert_text(account_alike(was)->flaw, account_alike(is)->flaw);
    assert_int_equal(was->status, is->status);
    assert_int_equal(was->sso_only, is->sso_only);
    assert_int_equal(account_alike(was)->groups_unreadable, account_alike(is)->groups_unreadable);
    assert_int_equal(account_alike(was)->group_count, account_alike(is)->group_count);
    for (size_t i = 0; i < account_alike(was)->group_count; i++) {
        assert_text(account_alike(was)->group[i].id, account_alike(is)->group[i].id);
        assert_text(account_alike(was)->group[i].name, account_alike(is)->group[i].name);
    }
    assert_int_equal(was->login.kind, is->login.kind);
    assert_true(was->login.at.us == is->login.at.us);
    assert_text(was->login.raw, is->login.raw);
}

static void assert_same_profiles(const struct snapshot *was, const struct snapshot *is)
{
    assert_int_equal(was->profile_count, is->profile_count);
    for (size_t i = 0; i < was->profile_count; i++) {
        assert_text(was->profile[i].id, is->profile[i].id);
        assert_text(was->profile[i].name, is->profile[i].name);
        assert_int_equal(was->profile[i].role_count, is->profile[i].role_count);
        for (size_t k = 0; k < was->profile[i].role_count; k++)
            assert_text(was->profile[i].role[k], is->profile[i].role[k]);
    }
}

static struct snapshot load(struct store_world *world, int64_t id)
{
    struct snapshot snapshot;
    struct err err = ERR_INIT;

    if (store_load_snapshot(&world->store, &world->arena, id, &snapshot, &err) < 0)
        fail_msg("%s", err.text);
    return snapshot;
}

static void assert_rebuilt(struct store_world *world, const struct snapshot *was)
{
    struct snapshot is = load(world, was->id);
    struct digest stored = is.digest;

    assert_true(was->taken_at.us == is.taken_at.us);
    assert_int_equal(was->complete, is.complete);
    assert_text(was->own_id, is.own_id);
    assert_int_equal(was->requests, is.requests);
    assert_int_equal(was->count, is.count);
    qsort(was->account, was->count, sizeof(was->account[0]), by_id);
    for (size_t i = 0; i < was->count; i++)
        assert_same_account(&was->account[i], &is.account[i]);
    assert_same_profiles(was, &is);
    snapshot_digest(&is);
    assert_int_equal(digest_compare(&stored, &is.digest), 0);
    assert_int_equal(digest_compare(&was->digest, &is.digest), 0);
}

/* --- random worlds --- */

#define MOST 120

struct population {
    struct account account[MOST];
    bool present[MOST];
};

static const struct group groups[] = {
    {"g1", "Editors \"A\\B\""}, {"g2", "Läser\t\n"}, {"g3", NULL}};
static const char *const names[] = {"Zoë O'Neil", "李小龙", "tab\there", "back\\slash", "\\N",
                                    "new\nline",  "",       NULL,        "\"quoted\"",  "a,b;c"};

static void change(struct store_world *world, uint64_t *state, struct account *account)
{
    switch (draw(state, 8)) {
    case 0:
        account->name = names[draw(state, COUNT_OF(names))];
        break;
    case 1:
        account->status = account->status == ACCOUNT_ACTIVE ? ACCOUNT_INACTIVE : ACCOUNT_ACTIVE;
        break;
    case 2:
        alike_own(account)->group = groups;
        alike_own(account)->group_count = (uint32_t)draw(state, COUNT_OF(groups) + 1);
        break;
    case 3:
        account->login = store_world_login(
            instant_add_us(world->now, -(int64_t)draw(state, 1000000) - 1), world->now);
        break;
    case 4:
        account->login = (struct login){.kind = LOGIN_UNREADABLE,
                                        .source = LOGIN_FROM_SINGLE_READ,
                                        .seen_at = world->now,
                                        .raw = "the day before"};
        break;
    case 5:
        alike_own(account)->department = names[draw(state, COUNT_OF(names))];
        break;
    case 6:
        alike_own(account)->flaw = account_alike(account)->flaw ? NULL : "active is 'maybe'";
        account->status = account_alike(account)->flaw ? ACCOUNT_UNREADABLE : ACCOUNT_ACTIVE;
        break;
    case 7:
        account->sso_only = !account->sso_only;
        alike_own(account)->email2 = account->sso_only ? "second@acme.example" : NULL;
        break;
    }
}

static void live_a_day(struct store_world *world, uint64_t *state, struct population *population)
{
    for (unsigned i = 0; i < MOST; i++) {
        if (draw(state, 20) == 0)
            population->present[i] = !population->present[i];
        if (population->present[i] && draw(state, 4) == 0)
            change(world, state, &population->account[i]);
    }
}

static struct snapshot picture(struct store_world *world, const struct population *population,
                               unsigned turn)
{
    struct snapshot snapshot = store_world_snapshot(world, MOST);

    snapshot.count = 0;
    for (unsigned i = 0; i < MOST; i++) { /* another order every time */
        unsigned at = (i * 7 + turn) % MOST;
        if (population->present[at])
            snapshot.account[snapshot.count++] = population->account[at];
    }
    if (turn % 3 == 0)
        snapshot.profile[0].name = "Users, renamed";
    if (turn % 5 == 4)
        snapshot.profile_count = 0;
    return snapshot;
}

/* As the flow does it: the history adds who is gone, then the snapshot is saved. */
static void save_as_the_flow(struct store_world *world, struct snapshot *snapshot)
{
    store_world_load(world, snapshot);
    store_world_save(world, snapshot);
}

TEST(store_save_snapshot_of_twenty_random_days_rebuilds_each)
{
    struct store_world *world = *state;
    struct population population = {.present = {false}};
    struct snapshot day[20];
    uint64_t seed = 20261122;

    for (unsigned i = 0; i < MOST; i++) {
        population.account[i] = store_world_account(world, i + 1);
        population.present[i] = i % 3 != 0;
    }
    for (unsigned i = 0; i < COUNT_OF(day); i++) {
        store_world_tomorrow(world);
        live_a_day(world, &seed, &population);
        day[i] = picture(world, &population, i);
        save_as_the_flow(world, &day[i]);
        assert_rebuilt(world, &day[i]);
    }
    for (unsigned i = 0; i < COUNT_OF(day); i++)
        assert_rebuilt(world, &day[i]);
    assert_true(store_world_number(world, "select count(*) from account_version "
                                          "where status = 'gone'") > 20);
}

TEST(store_save_snapshot_unchanged_adds_no_version)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, 50);

    for (size_t i = 0; i < first.count; i++)
        first.account[i].login = store_world_login(world->now, world->now);
    save_as_the_flow(world, &first);
    int64_t versions = store_world_number(world, VERSIONS);
    assert_int_equal(versions, 101);
    store_world_tomorrow(world);
    struct snapshot again = first;
    again.taken_at = world->now;
    for (size_t i = 0; i < again.count; i++)
        again.account[i].login.seen_at = world->now;
    save_as_the_flow(world, &again);
    assert_int_equal(store_world_number(world, VERSIONS), versions);
    assert_int_equal(again.id, first.id + 1);
    assert_int_equal(store_world_number(world, "select count(*) from account where login_read_at = "
                                               "timestamptz '2026-11-02T02:00:00Z'"),
                     50);
}

/* What another portal's run gathers figures of until it commits is no reason to wait, nor to end.
 */
TEST(store_save_snapshot_waits_for_nobody_elses_figures)
{
    struct store_world *world = *state;
    const struct pg_settings settings = {.conninfo = cluster_fixture_conninfo()};
    CLEANUP(pg_closep) struct pg *other = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct snapshot snapshot = store_world_snapshot(world, 500);

    assert_int_equal(pg_open(&settings, &other, &err), 0);
    assert_int_equal(pg_begin(other, &err), 0);
    assert_int_equal(pg_run(other, "lock",
                            "lock table account, account_version, login_past, link_version,"
                            " person_version in share update exclusive mode",
                            PG_NOTHING, NULL, 0, NULL, &err),
                     0);
    store_world_execute(world, "set lock_timeout = 200");
    save_as_the_flow(world, &snapshot);
    assert_int_equal(store_world_number(world, "select count(*) from account_version"), 500);
    pg_rollback(other);
}

TEST(store_save_snapshot_incomplete_closes_nothing)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, 10), part, again;

    save_as_the_flow(world, &first);
    store_world_tomorrow(world);
    part = store_world_snapshot(world, 4);
    part.complete = false;
    part.incomplete_reason = "page 2 did not come";
    part.account[0].name = "Renamed";
    part.profile_count = 0;
    save_as_the_flow(world, &part);
    assert_int_equal(part.count, 4);
    assert_int_equal(store_world_number(world, "select count(*) from account_version "
                                               "where valid_to is null and status = 'active'"),
                     10);
    assert_int_equal(store_world_number(world, "select count(*) from profile_version "
                                               "where valid_to is null"),
                     1);
    assert_string_equal(store_world_text(world, "select name from account_version "
                                                "where valid_to is null and username = 'user1'"),
                        "Renamed");
    store_world_tomorrow(world);
    again = store_world_snapshot(world, 9);
    save_as_the_flow(world, &again);
    assert_int_equal(again.count, 10);
    assert_int_equal(again.account[9].status, ACCOUNT_GONE);
    assert_string_equal(again.account[9].username, "user10");
    assert_rebuilt(world, &again);
}

TEST(store_save_snapshot_gone_account_that_returns_is_there_again)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, 2), second, third, fourth;

    save_as_the_flow(world, &first);
    store_world_tomorrow(world);
    second = store_world_snapshot(world, 1);
    save_as_the_flow(world, &second);
    store_world_tomorrow(world);
    third = store_world_snapshot(world, 1);
    save_as_the_flow(world, &third);
    assert_int_equal(third.count, 1); /* gone is news once */
    store_world_tomorrow(world);
    fourth = store_world_snapshot(world, 2);
    save_as_the_flow(world, &fourth);
    assert_int_equal(fourth.count, 2);
    assert_true(account_since(&fourth.account[1])->first_seen.us == first.taken_at.us);
    assert_rebuilt(world, &first);
    assert_rebuilt(world, &second);
    assert_rebuilt(world, &third);
    assert_rebuilt(world, &fourth);
}

TEST(store_save_snapshot_account_without_id_is_counted_not_kept)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 3);

    snapshot.complete = false;
    snapshot.account[1].id = NULL;
    snapshot.account[2] = snapshot.account[0]; /* the same id again: once is enough */
    save_as_the_flow(world, &snapshot);
    assert_int_equal(store_world_number(world, "select nameless from snapshot"), 1);
    assert_int_equal(store_world_number(world, "select count(*) from account"), 1);
}

TEST(store_save_snapshot_of_an_older_run_is_refused_and_leaves_nothing)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 3);
    struct store_run old = world->run;
    CLEANUP(err_release) struct err err = ERR_INIT;

    store_world_tomorrow(world);
    snapshot_digest(&snapshot);
    assert_int_equal(store_save_snapshot(&world->store, &old, &snapshot, NULL, &err), -1);
    assert_int_equal(err.code, ERR_LOCKED);
    assert_non_null(strstr(err.text, "newer run"));
    assert_int_equal(snapshot.id, 0);
    assert_int_equal(store_world_number(world, "select count(*) from snapshot"), 0);
    store_world_save(world, &snapshot); /* the connection is fine */
    assert_int_equal(snapshot.id, 1);
}

TEST(store_load_snapshot_that_is_not_there_is_an_error)
{
    struct store_world *world = *state;
    struct snapshot snapshot;
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(store_load_snapshot(&world->store, &world->arena, 4, &snapshot, &err), -1);
    assert_int_equal(err.code, ERR_USAGE);
}

/* How many rows the planner takes the table for, when a portal of so many accounts comes to
 * `before`. */
static int64_t rows_told(struct store_world *world, size_t accounts, const char *before)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    struct snapshot snapshot = store_world_snapshot(world, accounts);

    text_addf(&sql, "update pg_class set reltuples = %s where oid = 'account_version'::regclass",
              before);
    store_world_execute(world, text_cstr(&sql));
    store_world_save(world, &snapshot);
    return store_world_number(
        world, "select reltuples::bigint from pg_class where oid = 'account_version'::regclass");
}

/* Where a history is spread the server that coordinates has none of the rows, and counts 0. */
static int64_t counted(int64_t rows)
{
    return distributed_is_here() ? 0 : rows;
}

/* Nor does it know how many there are: of a small portal there nobody gathers any. */
static int64_t counted_of_small(int64_t rows, int64_t before)
{
    return distributed_is_here() ? before : rows;
}

TEST(figures_of_a_table_are_gathered_by_a_portal_that_is_much_of_it)
{
    assert_int_equal(rows_told(*state, 150, "1509"), counted_of_small(150, 1509));
}

TEST(figures_of_a_table_are_not_gathered_by_one_more_small_portal)
{
    assert_int_equal(rows_told(*state, 150, "1510"), 1510);
}

TEST(figures_of_a_table_that_nobody_counted_are_gathered)
{
    assert_int_equal(rows_told(*state, 150, "-1"), counted_of_small(150, -1));
}

TEST(figures_of_a_table_are_gathered_by_a_large_portal_whatever_the_others_have)
{
    assert_int_equal(rows_told(*state, 10000, "10000000"), counted(10000));
}

TEST(figures_of_a_table_are_not_gathered_by_one_account_less)
{
    assert_int_equal(rows_told(*state, 9999, "10000000"), 10000000);
}

TEST(figures_of_a_table_come_from_few_rows_and_of_nobody_elses_statements)
{
    struct store_world *world = *state;

    (void)rows_told(world, 10000, "-1");
    assert_int_equal(
        store_world_number(world, "select coalesce(max(cardinality(histogram_bounds)), 0) "
                                  "from (select histogram_bounds::text::text[] from pg_stats "
                                  "where tablename = 'account_version' and attname = 'email') s"),
        counted(31));
    assert_string_equal(store_world_text(world, "show default_statistics_target"), "100");
}
