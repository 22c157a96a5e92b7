/*
 * Rosters as versions, against a real server.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "distributed.h"
#include "sql.h"
#include "store/private.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

static int by_digest(const void *a, const void *b)
{
    struct digest left = person_digest(a), right = person_digest(b);

    return digest_compare(&left, &right);
}

/* The same people, in whatever order; every stored field is in the digest of a person. */
static void assert_rebuilt(struct store_world *world, const struct roster *was)
{
    struct roster is;
    struct err err = ERR_INIT;

    if (store_load_roster(&world->store, &world->arena, was->id, &is, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(was->source, is.source);
    assert_true(was->read_at.us == is.read_at.us && was->modified.us == is.modified.us);
    assert_int_equal(digest_compare(&was->digest, &is.digest), 0);
    assert_int_equal(was->rejected, is.rejected);
    assert_int_equal(was->blind, is.blind);
    assert_int_equal(was->duplicates, is.duplicates);
    assert_int_equal(was->count, is.count);
    struct person *person = arena_calloc(&world->arena, was->count + 1, sizeof(person[0]));
    memcpy(person, was->person, was->count * sizeof(person[0]));
    qsort(person, was->count, sizeof(person[0]), by_digest);
    qsort(is.person, is.count, sizeof(is.person[0]), by_digest);
    for (size_t i = 0; i < was->count; i++)
        assert_int_equal(by_digest(&person[i], &is.person[i]), 0);
}

static void reject(struct arena *arena, struct person *person, const char *why,
                   struct roster *roster)
{
    person_alike_own(arena, person)->rejected = why;
    person->key_unreadable = true;
    roster->rejected++;
    roster->blind++;
}

TEST(store_save_roster_of_four_days_rebuilds_each)
{
    struct store_world *world = *state;
    struct roster day[4];

    day[0] = store_world_roster(world, 30);
    day[1] = store_world_roster(world, 25); /* five left */
    day[1].person[3].name = "Renamed\t\"\\N\"";
    assert_true(day_from_civil(2026, 10, 31, &day[1].person[4].last_day));
    day[1].person[4].word = PERSON_DEPARTED;
    reject(&world->arena, &day[1].person[5], "unknown status 'x'", &day[1]);
    day[2] = store_world_roster(world, 30);
    day[2].person[7] = day[2].person[6]; /* the same key twice, other content */
    person_alike_own(&world->arena, &day[2].person[7])->department = "Sales";
    day[2].duplicates = 2;
    day[2].person[8] = (struct person){.row = 10};
    reject(&world->arena, &day[2].person[8], "no key", &day[2]);
    day[3] = store_world_roster(world, 0);
    for (size_t i = 0; i < COUNT_OF(day); i++) {
        store_world_tomorrow(world);
        day[i].read_at = world->now;
        day[i].modified = i == 2 ? instant_add_us(world->now, -DAY_US) : INSTANT_NONE;
        store_world_save_roster(world, &day[i], true);
    }
    for (size_t i = 0; i < COUNT_OF(day); i++)
        assert_rebuilt(world, &day[i]);
    assert_int_equal(store_world_number(world, "select count(*) from person_version "
                                               "where valid_to is null"),
                     0);
}

TEST(store_save_roster_unchanged_but_reordered_adds_no_version)
{
    struct store_world *world = *state;
    struct roster first = store_world_roster(world, 20), again = store_world_roster(world, 20);

    store_world_save_roster(world, &first, true);
    store_world_tomorrow(world);
    for (size_t i = 0; i < again.count / 2; i++) {
        struct person one = again.person[i];
        again.person[i] = again.person[again.count - 1 - i];
        again.person[again.count - 1 - i] = one;
    }
    store_world_save_roster(world, &again, true);
    assert_int_equal(store_world_number(world, "select count(*) from person_version"), 20);
    assert_int_equal(store_world_number(world, "select count(*) from roster"), 2);
    assert_rebuilt(world, &again);
}

/* Whether the next roster would find nothing to merge. */
static bool is_same_as_stored(struct store_world *world, const struct roster *roster)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct digest content = roster_content(roster);
    struct err err = ERR_INIT;

    if (PG_QUERY(world->pg, roster_same, PG_ONE, &result, &err,
                 store_number(&world->arena, world->store.portal_id),
                 store_hex(&world->arena, &roster->digest), store_hex(&world->arena, &content)) < 0)
        fail_msg("%s", err.text);
    return pg_bool(result, 0, 0);
}

TEST(store_save_roster_gathers_figures_of_many_people)
{
    struct store_world *world = *state;
    struct roster roster = store_world_roster(world, 300);

    store_world_save_roster(world, &roster, true);
    if (!distributed_is_here()) /* else they are of other servers */
        assert_int_equal(store_world_number(world, "select reltuples::bigint from pg_class"
                                                   " where oid = 'person_version'::regclass"),
                         300);
}

/* The bytes of a file do not say what is made of it: that is what counts. */
TEST(store_save_roster_of_the_same_bytes_keeps_what_is_made_of_them)
{
    struct store_world *world = *state;
    struct roster roster = store_world_roster(world, 20);
    const char *since = "select count(*) from person_version v where v.valid_from = "
                        "(select max(roster_id) from roster)";

    store_world_save_roster(world, &roster, true);
    assert_int_equal(store_world_number(world, since), 20);
    assert_true(is_same_as_stored(world, &roster));
    store_world_tomorrow(world);
    store_world_save_roster(world, &roster, true); /* nothing is news */
    assert_int_equal(store_world_number(world, since), 0);
    assert_rebuilt(world, &roster);
    person_alike_own(&world->arena, &roster.person[4])->department = "Of another column";
    reject(&world->arena, &roster.person[5],
           "last day 2026-11-20 is over, and the roster says employed", &roster);
    store_world_save_roster(world, &roster, true);
    assert_int_equal(store_world_number(world, since), 2);
    assert_rebuilt(world, &roster);
    store_world_execute(world, "update person_version set name = null, digest = sha256('erased') "
                               "where valid_to is null and employee_number = (select "
                               "max(employee_number) from person_version)");
    assert_false(is_same_as_stored(world, &roster));
    store_world_save_roster(world, &roster, true); /* whoever was erased is in it again */
    assert_int_equal(store_world_number(world, since), 1);
    assert_rebuilt(world, &roster);
    store_world_execute(world,
                        "update person_version set valid_to = (select max(roster_id) + 1 "
                        "from roster) where valid_to is null and employee_number is not null");
    assert_int_equal(store_ask_roster(&world->store, &roster, NULL), 0); /* before, as a run does */
    store_world_save_roster(world, &roster, true);
    assert_int_equal(store_world_number(world, since), 20);
    assert_int_equal(store_ask_roster(&world->store, &roster, NULL), 0);
    store_world_save_roster(world, &roster, true);
    assert_int_equal(store_world_number(world, since), 0);
    assert_rebuilt(world, &roster);
    struct roster other = roster;
    other.digest.byte[0] ^= 1; /* other bytes that say the same */
    store_world_save_roster(world, &other, true);
    assert_int_equal(store_world_number(world, since), 0);
    assert_rebuilt(world, &other);
}

TEST(store_save_roster_keeps_rejected_rows_by_number_and_change)
{
    struct store_world *world = *state;

    for (int day = 0; day < 3; day++) {
        struct roster roster = store_world_roster(world, 5);
        reject(&world->arena, &roster.person[1], "unknown status 'x'", &roster);
        reject(&world->arena, &roster.person[2], day < 2 ? "no key" : "date '31/02'", &roster);
        store_world_save_roster(world, &roster, false);
        store_world_tomorrow(world);
    }
    assert_int_equal(store_world_number(world, "select count(*) from roster_rejected"), 3);
    assert_string_equal(store_world_text(world, "select reason from roster_rejected where "
                                                "valid_to is null and row_number = 4"),
                        "date '31/02'");
}

/* Every night something else of it: why, the keys, the row, and at last nothing is rejected. */
TEST(store_save_roster_tells_a_rejected_row_from_what_it_was)
{
    struct store_world *world = *state;

    for (int day = 0; day < 7; day++) {
        struct roster roster = store_world_roster(world, 5);
        struct person *person = &roster.person[day < 5 ? 1 : 2];
        person->employee_number = day < 2 ? "2" : "3";
        person->email = day < 3 ? "x@acme.example" : NULL;
        person->username = day < 4 ? NULL : "x";
        if (day < 6)
            reject(&world->arena, person, day < 1 ? "unknown status 'x'" : "no key", &roster);
        store_world_save_roster(world, &roster, false);
        store_world_tomorrow(world);
    }
    assert_string_equal(store_world_text(world, "select string_agg(row_number || ' ' || valid_from"
                                                " || ' ' || valid_to, ', ' order by valid_from)"
                                                " from roster_rejected"),
                        "3 1 2, 3 2 3, 3 3 4, 3 4 5, 3 5 6, 4 6 7");
}

/* The first key there is, folded. */
static const struct {
    struct person person;
    const char *key;
} keys[] = {
    {{.employee_number = "A7", .email = "x@y"}, "n:a7"},
    {{.employee_number = " ", .email = "Zoë@Y.example"}, "e:zoë@y.example"},
    {{.username = "Bob"}, "u:bob"},
    {{.name = "Nobody"}, "?"},
};

TEST(store_save_roster_keys_a_person_by_the_first_key)
{
    struct store_world *world = *state;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct roster roster = store_world_roster(world, 1);
        roster.person[0] = keys[i].person;
        store_world_save_roster(world, &roster, true);
        assert_string_equal(store_world_text(world, "select person_key from person_version "
                                                    "where valid_to is null"),
                            keys[i].key);
    }
}

TEST(store_load_roster_that_is_not_there_is_an_error)
{
    struct store_world *world = *state;
    struct roster roster;
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(store_load_roster(&world->store, &world->arena, 4, &roster, &err), -1);
    assert_int_equal(err.code, ERR_USAGE);
}
