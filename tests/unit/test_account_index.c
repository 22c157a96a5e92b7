/* facts/account_index: every account is found by its id, wherever the array lies, and nobody else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "facts/account_index.h"
#include "test.h"

static const char *id_of(struct arena *arena, size_t number)
{
    return arena_printf(arena, "%08zX-2B3A-141F-8F07D71A%08zX", number, number * 7919);
}

TEST(account_index_find_of_many_gives_the_place_of_each_and_of_nobody_else)
{
    enum { COUNT = 5000 };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(account_index_release) struct account_index index = {.slot = NULL};
    struct account *account = arena_calloc(&arena, COUNT, sizeof(account[0]));

    for (size_t i = 0; i < COUNT; i++)
        account[i].id = id_of(&arena, i);
    account_index_init(&index, account, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(account_index_find(&index, account, id_of(&arena, i)), i);
    for (size_t i = COUNT; i < 2 * COUNT; i++)
        assert_int_equal(account_index_find(&index, account, id_of(&arena, i)), ACCOUNT_NOWHERE);
}

TEST(account_index_find_of_an_id_that_stands_twice_gives_the_first)
{
    CLEANUP(account_index_release) struct account_index index = {.slot = NULL};
    const struct account account[] = {{.id = NULL}, {.id = "b"}, {.id = "a"}, {.id = "b"}};

    account_index_init(&index, account, COUNT_OF(account));
    assert_int_equal(account_index_find(&index, account, "b"), 1);
    assert_int_equal(account_index_find(&index, account, "a"), 2);
    assert_int_equal(account_index_find(&index, account, "c"), ACCOUNT_NOWHERE);
    assert_int_equal(account_index_find(&index, account, NULL), ACCOUNT_NOWHERE);
}

TEST(account_index_find_in_an_empty_one_finds_nobody)
{
    CLEANUP(account_index_release) struct account_index index = {.slot = NULL};
    const struct account nobody = {.id = NULL};

    assert_int_equal(account_index_find(&index, &nobody, "a"), ACCOUNT_NOWHERE);
    account_index_init(&index, &nobody, 0);
    assert_int_equal(account_index_find(&index, &nobody, "a"), ACCOUNT_NOWHERE);
}

/* It grows past each of its sizes, and the array moves. */
TEST(account_index_add_one_by_one_finds_all_so_far)
{
    enum { COUNT = 700 };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(account_index_release) struct account_index index = {.slot = NULL};
    CLEANUP(mem_cleanup) struct account *account = NULL;

    for (size_t i = 0; i < COUNT; i++) {
        struct account *longer = mem_calloc(i + 1, sizeof(longer[0]));
        if (i > 0)
            memcpy(longer, account, i * sizeof(longer[0]));
        free(account);
        account = longer;
        account[i].id = i % 10 == 3 ? NULL : id_of(&arena, i);
        assert_int_equal(account_index_find(&index, account, id_of(&arena, i)), ACCOUNT_NOWHERE);
        account_index_add(&index, account, (uint32_t)i);
        for (size_t k = 0; k <= i; k += 1 + i / 8)
            assert_int_equal(account_index_find(&index, account, id_of(&arena, k)),
                             k % 10 == 3 ? ACCOUNT_NOWHERE : k);
    }
}

/* As of an export whose rows all have one: each is put without a walk past those before it. */
TEST(account_index_init_of_one_id_many_times_takes_a_slot_for_it)
{
    enum { COUNT = 1000 };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(account_index_release) struct account_index index = {.slot = NULL};
    struct account *account = arena_calloc(&arena, COUNT, sizeof(account[0]));

    for (size_t i = 0; i < COUNT; i++)
        account[i].id = i == COUNT - 1 ? "b" : "a";
    account_index_init(&index, account, COUNT);
    assert_int_equal(index.count, 2);
    assert_int_equal(account_index_find(&index, account, "a"), 0);
    assert_int_equal(account_index_find(&index, account, "b"), COUNT - 1);
}
