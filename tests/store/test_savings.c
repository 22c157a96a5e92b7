/*
 * audit.savings against books that are kept the naive way (savings_books.c): hundreds of years of
 * small portals, each cell of each month.
 */
#include <stdlib.h>

#include "cluster_fixture.h"
#include "savings_world.h"
#include "test.h"

#define WORLDS 20

static struct savings_world world;

static void compare(uint64_t seed)
{
    CLEANUP(text_release) struct text expected = TEXT_INIT, told = TEXT_INIT;

    savings_books(&world, &expected);
    savings_world_told(&world, &told);
    if (!text_equal(text_cstr(&expected), text_cstr(&told)))
        fail_msg("seed %llu\n--- books\n%s--- view\n%s", (unsigned long long)seed,
                 text_cstr(&expected), text_cstr(&told));
}

TEST(savings_of_hundreds_of_worlds_are_what_the_books_say)
{
    struct pg *pg = cluster_fixture_open_migrated();

    savings_world_begin(pg);
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        savings_world_live(&world, pg, seed);
        compare(seed);
        savings_world_thin(&world);
        compare(seed);
    }
    pg_close(pg);
}
