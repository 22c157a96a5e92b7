/*
 * Every helper asserts: a test that cannot set its scene has failed.
 */
#include "store_world.h"
#include "alike.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cluster_fixture.h"
#include "test.h"

static void must(int failed, struct err *err)
{
    if (failed)
        fail_msg("%s", err->text);
}

static void begin_run(struct store_world *world)
{
    struct err err = ERR_INIT;

    must(store_run_begin(&world->store, "plan", world->today, world->now, &world->run, &err), &err);
}

void store_world_begin(struct store_world *world)
{
    struct err err = ERR_INIT;

    *world = (struct store_world){.arena = ARENA_INIT};
    world->pg = cluster_fixture_open_migrated();
    must(store_open(world->pg, "acme", "http://127.0.0.1", &world->store, &err), &err);
    assert_true(instant_parse_rfc3339("2026-11-01T02:00:00Z", &world->now));
    assert_true(day_from_civil(2026, 11, 1, &world->today));
    begin_run(world);
}

void store_world_end(struct store_world *world)
{
    pg_close(world->pg);
    arena_release(&world->arena);
}

int store_world_setup(void **state)
{
    struct store_world *world = mem_calloc(1, sizeof(*world));

    store_world_begin(world);
    *state = world;
    return 0;
}

int store_world_teardown(void **state)
{
    store_world_end(*state);
    free(*state);
    return 0;
}

void store_world_tomorrow(struct store_world *world)
{
    world->now = instant_add_us(world->now, DAY_US);
    world->today = day_add(world->today, 1);
    begin_run(world);
}

void store_world_save(struct store_world *world, struct snapshot *snapshot)
{
    CLEANUP(saved_snapshot_release) struct saved_snapshot saved = {.count = 0};
    struct err err = ERR_INIT;

    snapshot_digest(snapshot);
    must(store_save_snapshot(&world->store, &world->run, snapshot, &saved, &err), &err);
    store_take_saved(snapshot, &saved);
}

void store_world_load(struct store_world *world, struct snapshot *snapshot)
{
    size_t count = snapshot->count;
    struct account *given = arena_calloc(&world->arena, count + 1, sizeof(given[0]));
    struct err err = ERR_INIT;

    for (size_t i = 0; i < count; i++) {
        given[i] = snapshot->account[i];
        snapshot->account[i].login = (struct login){.kind = LOGIN_NOT_READ};
        alike_own(&snapshot->account[i])->department = NULL;
    }
    snapshot->marks = &world->arena; /* as a run does */
    must(store_load_history(&world->store, &world->arena, snapshot, &err), &err);
    for (size_t i = 0; i < count; i++) {
        struct account *account = &snapshot->account[i];
        struct login known = account->login;
        if (given[i].login.kind == LOGIN_NOT_READ)
            continue;
        account->login = given[i].login;
        alike_own(account)->department = account_alike(&given[i])->department;
        snapshot_reread(snapshot, account, known, world->now);
    }
}

void store_world_save_roster(struct store_world *world, struct roster *roster, bool good)
{
    struct err err = ERR_INIT;

    must(store_save_roster(&world->store, &world->run, roster, good, &roster->id, &err), &err);
}

void store_world_execute(struct store_world *world, const char *sql)
{
    struct err err = ERR_INIT;

    must(pg_run(world->pg, "test", sql, PG_NOTHING, NULL, 0, NULL, &err), &err);
}

const char *store_world_text(struct store_world *world, const char *sql)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct err err = ERR_INIT;

    must(pg_run(world->pg, "test", sql, PG_ONE, NULL, 0, &result, &err), &err);
    return arena_strdup(&world->arena, pg_text(result, 0, 0));
}

int64_t store_world_number(struct store_world *world, const char *sql)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct err err = ERR_INIT;

    must(pg_run(world->pg, "test", sql, PG_ONE, NULL, 0, &result, &err), &err);
    return pg_int(result, 0, 0);
}

struct login store_world_login(struct instant at, struct instant seen_at)
{
    return (struct login){
        .kind = LOGIN_KNOWN, .source = LOGIN_FROM_SINGLE_READ, .at = at, .seen_at = seen_at};
}

struct account store_world_account(struct store_world *world, unsigned number)
{
    struct arena *arena = &world->arena;

    return (struct account){
        .id = arena_printf(arena, "%08X-2B3A-141F-8F07D71AA1F223BD", number),
        .username = arena_printf(arena, "user%u", number),
        .email = arena_printf(arena, "user%u@acme.example", number),
        .name = arena_printf(arena, "Name %u", number),
        .employee_number = arena_printf(arena, "%05u", number),
        ALIKE(.profile_id = "p1"),
        .status = ACCOUNT_ACTIVE,
    };
}

static const char *const roles[] = {"MANAGE", "VIEW"};

struct snapshot store_world_snapshot(struct store_world *world, size_t count)
{
    struct snapshot snapshot = {
        .taken_at = world->now,
        .complete = true,
        .account = arena_calloc(&world->arena, count + 1, sizeof(snapshot.account[0])),
        .count = count,
        .profile = arena_calloc(&world->arena, 1, sizeof(snapshot.profile[0])),
        .profile_count = 1,
        .own_id = "0A84D758-2B3A-141F-8F07D71AA1F223BD",
        .requests = 7,
    };

    snapshot.profile[0] =
        (struct profile){.id = "p1", .name = "Users", .role = roles, .role_count = 2};
    for (size_t i = 0; i < count; i++)
        snapshot.account[i] = store_world_account(world, (unsigned)i + 1);
    return snapshot;
}

struct roster store_world_roster(struct store_world *world, size_t count)
{
    struct roster roster = {
        .source = "file:///srv/hr.csv",
        .digest = digest_of(&count, sizeof(count)),
        .read_at = world->now,
        .person = arena_calloc(&world->arena, count + 1, sizeof(roster.person[0])),
        .count = count,
    };

    for (size_t i = 0; i < count; i++) {
        roster.person[i] = (struct person){
            .employee_number = arena_printf(&world->arena, "%05zu", i + 1),
            .email = arena_printf(&world->arena, "user%zu@acme.example", i + 1),
            .name = arena_printf(&world->arena, "Name %zu", i + 1),
            .word = PERSON_EMPLOYED,
            .row = (uint32_t)i + 2,
        };
    }
    return roster;
}
