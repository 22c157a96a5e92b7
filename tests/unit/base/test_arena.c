/* base/arena and base/mem: alignment, copies, growth. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "test.h"

TEST(arena_alloc_of_any_size_is_aligned_and_apart)
{
    struct arena arena = ARENA_INIT;
    unsigned char *piece[300];

    for (size_t i = 0; i < 300; i++) {
        piece[i] = arena_alloc(&arena, i * 37);
        assert_int_equal((uintptr_t)piece[i] % 16, 0);
        memset(piece[i], (int)(i & 0xFF), i * 37);
        (void)arena_strdup(&arena, "x"); /* packed, so it unsettles the alignment */
    }
    for (size_t i = 0; i < 300; i++) {
        for (size_t k = 0; k < i * 37; k++)
            assert_int_equal(piece[i][k], i & 0xFF);
    }
    arena_release(&arena);
    assert_int_equal(arena.used, 0);
}

TEST(arena_alloc_larger_than_a_block_keeps_the_small_room)
{
    struct arena arena = ARENA_INIT;
    char *before, *large, *after;

    before = arena_strdup(&arena, "before");
    large = arena_alloc(&arena, 5000000);
    memset(large, 'x', 5000000);
    after = arena_strdup(&arena, "after");
    assert_ptr_equal(after, before + sizeof("before"));
    assert_string_equal(before, "before");
    assert_string_equal(after, "after");
    arena_release(&arena);
}

TEST(arena_calloc_of_used_memory_is_zero)
{
    struct arena arena = ARENA_INIT;

    for (int round = 0; round < 100; round++) {
        unsigned char *memory = arena_calloc(&arena, 10, 100);

        for (size_t i = 0; i < 1000; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xFF, 1000);
    }
    arena_release(&arena);
}

TEST(arena_calloc_of_megabytes_is_zero_and_leaves_the_room_that_was_left)
{
    enum { LARGE = 3 << 20 };
    struct arena arena = ARENA_INIT;

    for (int round = 0; round < 4; round++) {
        const char *before = arena_strdup(&arena, "before");
        unsigned char *memory = arena_calloc(&arena, 3, LARGE / 3);
        const char *after = arena_strdup(&arena, "after");

        for (size_t i = 0; i < LARGE; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xFF, LARGE);
        assert_string_equal(before, "before");
        assert_string_equal(after, "after");
        if (round == 2)
            arena_clear(&arena);
    }
    assert_int_equal(arena.used, LARGE + sizeof("before") + sizeof("after"));
    arena_release(&arena);
}

TEST(arena_printf_and_concat_of_any_length_make_the_whole_text)
{
    struct arena arena = ARENA_INIT;
    char source[2000];

    memset(source, 'x', sizeof(source) - 1);
    source[sizeof(source) - 1] = '\0';
    for (size_t length = 0; length < sizeof(source); length += length < 600 ? 1 : 100) {
        const char *end = source + sizeof(source) - 1 - length;
        char *printed = arena_printf(&arena, "%s", end);
        char *joined = arena_concat(&arena, "", end, "");
        assert_string_equal(printed, end);
        assert_string_equal(joined, end);
        if (length < 400)
            assert_true(arena.used < 1 << 20); /* no more is kept of it than it needs */
    }
    assert_string_equal(arena_concat(&arena, "a", "bc", "", "d"), "abcd");
    arena_release(&arena);
}

TEST(arena_clear_starts_anew_in_the_same_memory)
{
    struct arena arena = ARENA_INIT;

    arena_clear(&arena); /* of nothing */
    for (int i = 0; i < 1000; i++)
        memset(arena_alloc(&arena, 1000), i, 1000);
    arena_clear(&arena);
    assert_int_equal(arena.used, 0);
    const char *first = arena_strdup(&arena, "first");
    arena_clear(&arena);
    const char *second = arena_strdup(&arena, "other");
    assert_ptr_equal(first, second);
    assert_string_equal(second, "other");
    arena_release(&arena);
}

TEST(arena_strings_are_copied_as_asked)
{
    struct arena arena = ARENA_INIT;
    char source[] = "abc";

    assert_null(arena_strdup(&arena, NULL));
    assert_string_equal(arena_strndup(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(&arena, "ab\0def", 6), "ab");
    assert_string_equal(arena_printf(&arena, "%s-%05d", "x", 42), "x-00042");
    assert_int_equal(strlen(arena_printf(&arena, "%3000s", "x")), 3000);
    assert_ptr_not_equal(arena_strdup(&arena, source), source);
    arena_release(&arena);
}

TEST(mem_grow_of_a_full_array_doubles_it)
{
    int *item = NULL;
    size_t capacity = 0;

    for (size_t count = 0; count < 1000; count++) {
        item = mem_grow(item, count, &capacity, sizeof(item[0]));
        assert_true(capacity > count);
        item[count] = (int)count;
    }
    assert_int_equal(capacity, 1024);
    assert_int_equal(item[999], 999);
    mem_cleanup(&item);
}

TEST(mem_alloc_of_nothing_is_memory)
{
    void *a = mem_alloc(0), *b = mem_calloc(0, 8);

    assert_non_null(a);
    assert_non_null(b);
    b = mem_realloc(b, 0);
    assert_non_null(b);
    free(a);
    free(b);
}
