/*
 * Thousands of small random worlds, decided by the program and by the oracle of random_plan.c. What
 * they disagree about is a bug in one of them.
 */
#include "random_plan.h"

#include <stdlib.h>

#include "base/parse.h"
#include "test.h"

/* In `make check`; `make check-worlds` asks for more. */
#define WORLDS_DEFAULT 20000

static uint64_t worlds(void)
{
    const char *more = getenv("RANDOM_WORLDS");
    int64_t count = WORLDS_DEFAULT;

    return more && parse_int(more, 1, 100000000, &count) ? (uint64_t)count : WORLDS_DEFAULT;
}

static size_t total_acts;    /* that the worlds are not all boring */
static uint64_t world_drawn; /* to look at again when something fails */

static int tell_world(void **state)
{
    (void)state;
    print_message("%zu acts so far, last world %llu\n", total_acts,
                  (unsigned long long)world_drawn);
    return 0;
}

TEST_EACH(NULL, tell_world);

TEST(plan_of_random_worlds_agrees_with_the_oracle)
{
    const uint64_t count = worlds();

    for (uint64_t seed = 1; seed <= count; seed++) {
        struct world world;

        world_drawn = seed;
        world_draw(&world, seed);
        const struct plan *plan = plan_check_world(&world);
        total_acts += plan->totals.of[ACTION_SUSPEND] + plan->totals.of[ACTION_DEPROVISION] +
                      plan->totals.of[ACTION_REACTIVATE];
        arena_release(&world.arena);
    }
    assert_true(total_acts > count / 8);
}

static void swap_accounts(struct world *world, size_t a, size_t b)
{
    struct account kept = world->account[a];

    world->account[a] = world->account[b];
    world->account[b] = kept;
}

static void swap_people(struct world *world, size_t a, size_t b)
{
    struct person kept = world->person[a];

    world->person[a] = world->person[b];
    world->person[b] = kept;
}

TEST(plan_of_shuffled_worlds_is_the_same)
{
    const uint64_t count = worlds();

    for (uint64_t seed = 1; seed <= count / 4; seed++) {
        struct world world;

        world_drawn = seed;
        world_draw(&world, seed);
        struct digest before = plan_of_world(&world)->digest;
        for (size_t i = world.snapshot.count; i > 1; i--)
            swap_accounts(&world, i - 1, world_random(&world, i));
        for (size_t i = world.roster.count; i > 1; i--)
            swap_people(&world, i - 1, world_random(&world, i));
        snapshot_digest(&world.snapshot);
        struct digest after = plan_of_world(&world)->digest;
        if (digest_compare(&before, &after) != 0)
            fail_msg("world %llu depends on the order", (unsigned long long)seed);
        arena_release(&world.arena);
    }
}
