/*
 * Records kept once.
 */
#include "base/alike.h"
#include "base/cleanup.h"
#include "test.h"

struct record {
    const char *text;
    long number;
};

TEST(alike_keep_of_a_record_that_recurs_is_kept_once)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(alike_release) struct alike alike;
    const struct record sales = {"Sales", 1}, other = {sales.text, 2};

    alike_init(&alike, &arena, sizeof(sales));
    const struct record *first = alike_keep(&alike, &sales);
    assert_ptr_not_equal(first, &sales);
    assert_ptr_not_equal(alike_keep(&alike, &other), first);
    for (long i = 3; i < 1000; i++) {
        const struct record *kept = alike_keep(&alike, &(struct record){sales.text, i});
        assert_int_equal(kept->number, i);
        assert_ptr_equal(alike_keep(&alike, &(struct record){sales.text, i}), kept);
    }
    assert_ptr_equal(alike_keep(&alike, &sales), first);
    alike_release(&alike);
    assert_string_equal(first->text, "Sales"); /* outlives the table */
    assert_int_equal(first->number, 1);
}

TEST(alike_keep_of_very_many_finds_those_that_came_among_the_first)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(alike_release) struct alike alike;
    const struct record early = {"", 0}, late = {"", 1 << 17};

    alike_init(&alike, &arena, sizeof(early));
    const struct record *first = alike_keep(&alike, &early);
    for (long i = 1; i < 1 << 16; i++)
        (void)alike_keep(&alike, &(struct record){early.text, i});
    const struct record *own = alike_keep(&alike, &late);
    assert_ptr_not_equal(alike_keep(&alike, &late), own);
    assert_int_equal(own->number, late.number);
    assert_ptr_equal(alike_keep(&alike, &early), first);
}
