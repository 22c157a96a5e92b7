/* base/table: finding, order within a key, growth, many equal keys. */
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/table.h"
#include "test.h"

TEST(table_find_of_absent_keys_finds_nothing)
{
    struct table table, zero = {0};

    table_init(&table, 0);
    assert_int_equal(table_find(&table, "a"), TABLE_END);
    table_add(&table, "a", 1);
    assert_int_equal(table_find(&table, ""), TABLE_END);
    assert_int_equal(table_find(&table, "b"), TABLE_END);
    assert_int_equal(table_find(&table, NULL), TABLE_END);
    assert_int_equal(table_find(&zero, "a"), TABLE_END);
    table_add(&table, "", 7);
    assert_int_equal(table_value(&table, table_find(&table, "")), 7);
    table_release(&table);
    table_release(&table);
}

TEST(table_next_of_a_shared_key_walks_in_order)
{
    static const char *const keys[] = {"a", "b", "c"};
    struct table table;

    table_init(&table, 4);
    for (uint32_t i = 0; i < 3000; i++)
        table_add(&table, keys[i % 3], i);
    for (uint32_t k = 0; k < 3; k++) {
        uint32_t expected = k, entry = table_find(&table, keys[k]);

        for (; entry != TABLE_END; entry = table_next(&table, entry), expected += 3)
            assert_int_equal(table_value(&table, entry), expected);
        assert_int_equal(expected, 3000 + k);
    }
    table_release(&table);
}

TEST(table_add_of_many_keys_keeps_each)
{
    enum { COUNT = 50000 };
    struct arena arena = ARENA_INIT;
    const char **keys = arena_calloc(&arena, COUNT, sizeof(*keys));
    struct table table;

    table_init(&table, 1); /* so that it has to grow */
    for (uint32_t i = 0; i < COUNT; i++) {
        keys[i] = arena_printf(&arena, "%.*s%u", (int)(i % 40), /* every length to 45 */
                               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", i);
        table_add(&table, keys[i], i);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        const char *copy = arena_strdup(&arena, keys[i]); /* by content, not by address */
        uint32_t entry = table_find(&table, copy);

        assert_int_not_equal(entry, TABLE_END);
        assert_int_equal(table_value(&table, entry), i);
        assert_int_equal(table_next(&table, entry), TABLE_END);
    }
    table_release(&table);
    arena_release(&arena);
}

/* Quadratic behaviour would take minutes here. */
TEST(table_add_of_one_key_only_stays_linear)
{
    enum { COUNT = 300000 };
    struct table table;
    uint32_t count = 0;

    table_init(&table, COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        table_add(&table, "same@example.com", i);
    for (uint32_t entry = table_find(&table, "same@example.com"); entry != TABLE_END;
         entry = table_next(&table, entry))
        count++;
    assert_int_equal(count, COUNT);
    assert_int_equal(table_length(&table, table_find(&table, "same@example.com")), COUNT);
    table_release(&table);
}

TEST(table_add_many_and_find_many_do_as_one_by_one_do)
{
    enum { MANY = 1000 }; /* no multiple of a batch */
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const char *keys[MANY];
    bool again[MANY] = {false};
    uint32_t found[MANY];
    struct table one, many;

    table_init(&one, 4);
    table_init(&many, MANY);
    for (uint32_t i = 0; i < MANY; i++) { /* every seventh is missing, every third comes thrice */
        keys[i] = i % 7 ? arena_printf(&arena, "key %u", i % 3 ? i : i % 333) : NULL;
        if (keys[i])
            table_add(&one, keys[i], i);
    }
    table_add_many(&many, keys, NULL, NULL, MANY, again);
    table_find_many(&many, keys, MANY, found);
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t at = table_find(&one, keys[i]);
        assert_int_equal(found[i] == TABLE_END, at == TABLE_END);
        assert_int_equal(again[i], keys[i] && table_value(&one, at) != i);
        if (at != TABLE_END)
            assert_int_equal(table_length(&one, at), table_length(&many, found[i]));
        for (uint32_t other = found[i]; at != TABLE_END; at = table_next(&one, at)) {
            assert_int_equal(table_value(&one, at), table_value(&many, other));
            other = table_next(&many, other);
        }
    }
    table_release(&one);
    table_release(&many);
}

TEST(table_length_counts_an_entry_as_often_as_it_was_added_for)
{
    const char *const keys[] = {"a", "b", "a", NULL, "a"};
    const uint32_t length[] = {3, 1, 0, 7, 2};
    struct table table;

    table_init(&table, 2);
    table_add_many(&table, keys, NULL, length, COUNT_OF(keys), NULL);
    assert_int_equal(table_length(&table, table_find(&table, "a")), 5);
    assert_int_equal(table_length(&table, table_find(&table, "b")), 1);
    table_release(&table);
}

TEST(table_put_of_a_key_that_is_there_adds_nothing)
{
    struct table table;

    table_init(&table, 2);
    assert_int_equal(table_value(&table, table_put(&table, "a", 7)), 7);
    assert_int_equal(table_value(&table, table_put(&table, "a", 8)), 7);
    assert_int_equal(table_value(&table, table_put(&table, "b", 9)), 9);
    assert_int_equal(table_next(&table, table_find(&table, "a")), TABLE_END);
    assert_int_equal(table.count, 2);
    table_release(&table);
}

TEST(table_find_in_an_unused_table_finds_nothing_whatever_room_was_wished_for)
{
    const char *const keys[] = {"a", NULL};
    uint32_t found[COUNT_OF(keys)] = {0};
    struct table table;

    table_init(&table, 1000);
    table_prefetch(&table, "a");
    assert_int_equal(table_find(&table, "a"), TABLE_END);
    table_find_many(&table, keys, COUNT_OF(keys), found);
    assert_int_equal(found[0], TABLE_END);
    assert_int_equal(found[1], TABLE_END);
    table_add_many(&table, keys, NULL, NULL, 0, NULL);
    assert_int_equal(table.capacity, 0);
    assert_int_equal(table_put(&table, "a", 7), 0);
    assert_int_equal(table.capacity, 1000);
    table_prefetch(&table, "a");
    assert_int_equal(table_value(&table, table_find(&table, "a")), 7);
    table_release(&table);
}
