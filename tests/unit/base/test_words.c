/*
 * words: found by their bytes alone, in lists and in tables, and a miss leaves what was there.
 */

#include "base/words.h"
#include "test.h"

enum colour { COLOUR_NONE = 0, COLOUR_RED, COLOUR_GREEN } __attribute__((packed));

static const char *const colours[] = {[COLOUR_RED] = "red", [COLOUR_GREEN] = "green"};

TEST(word_find_of_a_list_gives_the_index_and_a_miss_gives_nothing)
{
    enum colour colour = COLOUR_NONE;

    assert_true(WORD_FIND(colours, "green", &colour));
    assert_int_equal(colour, COLOUR_GREEN);
    assert_false(WORD_FIND(colours, "Green", &colour));
    assert_false(WORD_FIND(colours, "", &colour));
    assert_false(WORD_FIND(colours, NULL, &colour));
    assert_int_equal(colour, COLOUR_GREEN);
    assert_int_equal(WORD_INDEX(colours, "red"), COLOUR_RED);
    assert_int_equal(WORD_INDEX(colours, "blue"), COLOUR_NONE);
}

TEST(word_row_of_a_table_gives_the_first_row_that_begins_so)
{
    static const struct {
        const char *word;
        int value;
    } rows[] = {{"one", 1}, {NULL, 0}, {"two", 2}, {"one", 3}};

    assert_ptr_equal(WORD_ROW(rows, "one"), &rows[0]);
    assert_ptr_equal(WORD_ROW(rows, "two"), &rows[2]);
    assert_null(WORD_ROW(rows, "three"));
    assert_null(WORD_ROW(rows, NULL));
}
