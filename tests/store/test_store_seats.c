/*
 * Classes of seats as versions beside the snapshots, against a real server: what was, stays what it
 * was when prices, the mapping or a profile's name change; and what is not known is no class.
 */
#include <string.h>

#include "alike.h"
#include "audit/erase.h"
#include "audit/rebuild.h"
#include "base/cleanup.h"
#include "cluster_fixture.h"
#include "store/seats.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

static const char *const admins = "admin*", *const users = "users", *const guests = "guests",
                         *const nobody = "nobody";
#define ONE(pattern)                                                                               \
    (struct patterns)                                                                              \
    {                                                                                              \
        .item = &(pattern), .count = 1                                                             \
    }

#define ROWS                                                                                       \
    "select coalesce(string_agg(concat_ws(' ', day, coalesce(class, '-'), seats, contracted, "     \
    "free, price, currency), E'\\n' order by day, position nulls last), '') from audit.seat_class"
#define CLASS_VERSIONS                                                                             \
    "select coalesce(string_agg(concat_ws(' ', class, valid_from, coalesce(valid_to::text, "       \
    "'on'), price), ', ' order by position, valid_from), '') from reconcile.seat_class_version"
#define PROFILE_VERSIONS                                                                           \
    "select coalesce(string_agg(concat_ws(' ', profile_id, class, valid_from, "                    \
    "coalesce(valid_to::text, 'on')), ', ' order by profile_id, valid_from), '') "                 \
    "from reconcile.profile_class_version"

static const char *text(struct store_world *world, const char *sql)
{
    return store_world_text(world, sql);
}

/* Heavy for administrators, Light for users, nothing for guests. */
struct contract {
    struct seat_class seat_class[2];
    struct seats seats;
};

static void make_contract(struct contract *contract)
{
    *contract = (struct contract){
        .seat_class = {{.name = "Heavy",
                        .profile = ONE(admins),
                        .contracted = 2,
                        .price = 1200 * MONEY_ONE,
                        .currency = "EUR"},
                       {.name = "Light", .profile = ONE(users), .contracted = -1, .price = -1}},
        .seats = {.count = 2},
    };
    contract->seats.seat_class = contract->seat_class;
}

/* Three administrators (1 to 3), two users (4, 5), one guest (6), and one without a profile (7). */
static struct snapshot make_snapshot(struct store_world *world, const struct seats *seats)
{
    static const char *const name[] = {"Admins", "Users", "Guests"};
    static const char *const profile_of[] = {"p1", "p1", "p1", "p2", "p2", "p3", NULL};
    struct snapshot snapshot = store_world_snapshot(world, COUNT_OF(profile_of));

    snapshot.profile = arena_calloc(&world->arena, COUNT_OF(name), sizeof(snapshot.profile[0]));
    snapshot.profile_count = COUNT_OF(name);
    for (size_t i = 0; i < COUNT_OF(name); i++)
        snapshot.profile[i] =
            (struct profile){.id = arena_printf(&world->arena, "p%zu", i + 1), .name = name[i]};
    for (size_t i = 0; i < COUNT_OF(profile_of); i++)
        alike_own(&snapshot.account[i])->profile_id = profile_of[i];
    snapshot.seats = seats;
    return snapshot;
}

static void save(struct store_world *world, const struct seats *seats)
{
    struct snapshot snapshot = make_snapshot(world, seats);

    store_world_load(world, &snapshot);
    store_world_save(world, &snapshot);
}

static void note(void *context, int64_t sequence, const char *sentence)
{
    text_addf(context, "event %lld: %s\n", (long long)sequence, sentence);
}

/* Every snapshot made again, its classes included, is what the chain says. */
static size_t rebuild(struct store_world *world, struct text *said)
{
    struct store_audit_rebuilt rebuilt;
    struct err err = ERR_INIT;

    if (store_audit_rebuild(&world->store, note, said, &rebuilt, &err) < 0)
        fail_msg("%s", err.text);
    return rebuilt.findings;
}

static void assert_sound(struct store_world *world)
{
    CLEANUP(text_release) struct text said = TEXT_INIT;

    if (rebuild(world, &said) > 0)
        fail_msg("%s", text_cstr(&said));
}

/* --- what is counted --- */

TEST(seats_by_class_are_of_the_contract_of_their_day)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, &contract.seats);
    assert_string_equal(text(world, ROWS), "2026-11-01 Heavy 3 2 -1 1200.0000 EUR\n"
                                           "2026-11-01 Light 2\n"
                                           "2026-11-01 - 2");
    assert_sound(world);
}

TEST(a_class_that_nobody_is_of_has_a_row_and_is_free)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    contract.seat_class[0].profile = ONE(nobody);
    save(world, &contract.seats);
    assert_string_equal(text(world, ROWS), "2026-11-01 Heavy 0 2 2 1200.0000 EUR\n"
                                           "2026-11-01 Light 2\n"
                                           "2026-11-01 - 5");
}

TEST(seats_by_class_of_a_day_are_of_its_newest_complete_snapshot)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, &contract.seats);
    struct snapshot part = make_snapshot(world, &contract.seats);
    part.account[0].status = ACCOUNT_INACTIVE;
    part.complete = false;
    part.incomplete_reason = "a page was missing";
    store_world_load(world, &part);
    store_world_save(world, &part);
    assert_string_equal(text(world, ROWS), "2026-11-01 Heavy 3 2 -1 1200.0000 EUR\n"
                                           "2026-11-01 Light 2\n"
                                           "2026-11-01 - 2");
    struct snapshot whole = make_snapshot(world, &contract.seats);
    whole.account[0].status = ACCOUNT_INACTIVE;
    store_world_load(world, &whole);
    store_world_save(world, &whole);
    assert_string_equal(text(world, ROWS), "2026-11-01 Heavy 2 2 0 1200.0000 EUR\n"
                                           "2026-11-01 Light 2\n"
                                           "2026-11-01 - 2");
    assert_sound(world);
}

/* --- what changes --- */

TEST(what_does_not_change_costs_no_row)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, &contract.seats);
    store_world_tomorrow(world);
    save(world, &contract.seats);
    assert_string_equal(text(world, CLASS_VERSIONS), "Heavy 1 on 1200.0000, Light 1 on");
    assert_string_equal(text(world, PROFILE_VERSIONS), "p1 Heavy 1 on, p2 Light 1 on");
    assert_sound(world);
}

TEST(another_price_leaves_what_was_before)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, &contract.seats);
    store_world_tomorrow(world);
    contract.seat_class[0].price += 1;
    contract.seat_class[0].contracted = 5;
    save(world, &contract.seats);
    assert_string_equal(text(world, CLASS_VERSIONS),
                        "Heavy 1 2 1200.0000, Heavy 2 on 1200.0001, Light 1 on");
    assert_string_equal(text(world, PROFILE_VERSIONS), "p1 Heavy 1 on, p2 Light 1 on");
    assert_string_equal(text(world, ROWS), "2026-11-01 Heavy 3 2 -1 1200.0000 EUR\n"
                                           "2026-11-01 Light 2\n"
                                           "2026-11-01 - 2\n"
                                           "2026-11-02 Heavy 3 5 2 1200.0001 EUR\n"
                                           "2026-11-02 Light 2\n"
                                           "2026-11-02 - 2");
    assert_sound(world);
}

TEST(another_mapping_leaves_what_was_before)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, &contract.seats);
    store_world_tomorrow(world);
    contract.seat_class[0].profile = ONE(users);
    contract.seat_class[1].profile = ONE(guests);
    save(world, &contract.seats);
    assert_string_equal(text(world, PROFILE_VERSIONS),
                        "p1 Heavy 1 2, p2 Light 1 2, p2 Heavy 2 on, p3 Light 2 on");
    assert_string_equal(text(world, ROWS), "2026-11-01 Heavy 3 2 -1 1200.0000 EUR\n"
                                           "2026-11-01 Light 2\n"
                                           "2026-11-01 - 2\n"
                                           "2026-11-02 Heavy 2 2 0 1200.0000 EUR\n"
                                           "2026-11-02 Light 1\n"
                                           "2026-11-02 - 4");
    assert_sound(world);
}

TEST(a_profile_that_is_called_otherwise_is_of_the_class_of_its_new_name)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, &contract.seats);
    store_world_tomorrow(world);
    struct snapshot snapshot = make_snapshot(world, &contract.seats);
    snapshot.profile[1].name = "Administration"; /* was Users */
    snapshot.profile[0].name = "Masters";        /* was Admins */
    store_world_load(world, &snapshot);
    store_world_save(world, &snapshot);
    assert_string_equal(text(world, PROFILE_VERSIONS), "p1 Heavy 1 2, p2 Light 1 2, p2 Heavy 2 on");
    assert_string_equal(text(world, ROWS), "2026-11-01 Heavy 3 2 -1 1200.0000 EUR\n"
                                           "2026-11-01 Light 2\n"
                                           "2026-11-01 - 2\n"
                                           "2026-11-02 Heavy 2 2 0 1200.0000 EUR\n"
                                           "2026-11-02 Light 0\n"
                                           "2026-11-02 - 5");
    assert_sound(world);
}

TEST(without_classes_any_more_none_holds_from_then_on)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, &contract.seats);
    store_world_tomorrow(world);
    save(world, NULL);
    assert_string_equal(text(world, CLASS_VERSIONS), "Heavy 1 2 1200.0000, Light 1 2");
    assert_string_equal(text(world, PROFILE_VERSIONS), "p1 Heavy 1 2, p2 Light 1 2");
    assert_string_equal(text(world, ROWS), "2026-11-01 Heavy 3 2 -1 1200.0000 EUR\n"
                                           "2026-11-01 Light 2\n"
                                           "2026-11-01 - 2\n"
                                           "2026-11-02 - 7");
    assert_sound(world);
}

TEST(a_history_of_before_has_seats_of_no_class)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, NULL);
    store_world_tomorrow(world);
    save(world, &contract.seats);
    assert_string_equal(text(world, ROWS), "2026-11-01 - 7\n"
                                           "2026-11-02 Heavy 3 2 -1 1200.0000 EUR\n"
                                           "2026-11-02 Light 2\n"
                                           "2026-11-02 - 2");
    assert_sound(world);
}

TEST(an_incomplete_snapshot_ends_what_it_knows_to_be_otherwise_alone)
{
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, &contract.seats);
    store_world_tomorrow(world);
    struct snapshot part = make_snapshot(world, &contract.seats);
    part.profile_count = 1; /* Users and Guests were not told */
    part.complete = false;
    contract.seat_class[0].profile = ONE(nobody);
    store_world_load(world, &part);
    store_world_save(world, &part);
    assert_string_equal(text(world, PROFILE_VERSIONS), "p1 Heavy 1 2, p2 Light 1 on");
    store_world_tomorrow(world);
    contract.seats.count = 1; /* and Light is no class any more */
    part.taken_at = world->now;
    store_world_load(world, &part);
    store_world_save(world, &part);
    assert_string_equal(text(world, PROFILE_VERSIONS), "p1 Heavy 1 2, p2 Light 1 3");
}

/* --- what is old --- */

TEST(thinning_keeps_the_classes_of_the_days_that_stay)
{
    struct store_world *world = *state;
    struct contract contract;
    struct store_retained retained;
    struct err err = ERR_INIT;

    make_contract(&contract);
    for (int day = 0; day < 14; day++) { /* another price on each */
        contract.seat_class[0].price = (1000 + day) * MONEY_ONE;
        contract.seat_class[1].profile = day % 2 ? ONE(guests) : ONE(users);
        save(world, &contract.seats);
        store_world_tomorrow(world);
    }
    CLEANUP(text_release) struct text before = TEXT_INIT;
    text_add(&before, text(world, "select string_agg(concat_ws(' ', day, class, seats, price), ',' "
                                  "order by day, position) from audit.seat_class where day in "
                                  "('2026-11-08', '2026-11-14')"));
    const struct store_retention retention = {.daily_before = world->now};
    if (store_retain(&world->store, &world->run, &world->arena, &retention, world->now, &retained,
                     &err) < 0)
        fail_msg("%s", err.text);
    assert_true(retained.snapshots > 8);
    assert_int_equal(
        store_world_number(world, "select count(distinct day) from audit.seat_class"),
        store_world_number(world, "select count(*) from reconcile.snapshot where thinned_at is "
                                  "null"));
    assert_string_equal(text(world, "select string_agg(concat_ws(' ', day, class, seats, price), "
                                    "',' order by day, position) from audit.seat_class where day "
                                    "in ('2026-11-08', '2026-11-14')"),
                        text_cstr(&before));
    /* What a seat cost on each of the days stays: what was saved is counted by it. */
    assert_int_equal(store_world_number(world, "select count(*) from reconcile.seat_class_version "
                                               "where class = 'Heavy'"),
                     14);
    assert_sound(world);
}

/* --- what somebody changes behind it --- */

TEST(rebuild_finds_a_class_that_was_changed_behind_it)
{
    static const char *const changes[] = {
        "update seat_class_version set price = 1 where class = 'Heavy'",
        "update seat_class_version set contracted = 99 where class = 'Heavy'",
        "update seat_class_version set contracted = 0 where class = 'Light'",
        "update seat_class_version set currency = 'USD' where class = 'Heavy'",
        "delete from seat_class_version where class = 'Light'",
        "update profile_class_version set class = 'Heavy' where profile_id = 'p2'",
        "update profile_class_version set profile_id = 'p3' where profile_id = 'p2'",
        "delete from profile_class_version where profile_id = 'p1'",
    };
    struct store_world *world = *state;
    struct contract contract;

    make_contract(&contract);
    save(world, &contract.seats);
    assert_sound(world);
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        CLEANUP(text_release) struct text said = TEXT_INIT;
        store_world_execute(world, "create table kept_class as table seat_class_version");
        store_world_execute(world, "create table kept_profile as table profile_class_version");
        store_world_execute(world, changes[i]);
        if (rebuild(world, &said) != 1 || !strstr(text_cstr(&said), "classes of seats are others"))
            fail_msg("%s: %s", changes[i], text_cstr(&said));
        store_world_execute(world, "delete from seat_class_version");
        store_world_execute(world, "delete from profile_class_version");
        store_world_execute(world, "insert into seat_class_version table kept_class");
        store_world_execute(world, "insert into profile_class_version table kept_profile");
        store_world_execute(world, "drop table kept_class, kept_profile");
    }
    assert_sound(world);
}

TEST(rebuild_finds_a_class_where_the_chain_tells_of_none)
{
    struct store_world *world = *state;
    CLEANUP(text_release) struct text said = TEXT_INIT;

    save(world, NULL);
    assert_sound(world);
    store_world_execute(world,
                        "insert into seat_class_version (portal_id, class, valid_from, position) "
                        "select portal_id, 'Heavy', 1, 1 from portal");
    assert_int_equal(rebuild(world, &said), 1);
}
