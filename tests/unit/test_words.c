/*
 * words: found by their bytes alone, in lists and in tables, and a miss leaves what was there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/words.h"

enum colour { COLOUR_NONE = 0, COLOUR_RED, COLOUR_GREEN } __attribute__((packed));

static const char *const colours[] = {[COLOUR_RED] = "red", [COLOUR_GREEN] = "green"};

static void word_find_of_a_list_gives_the_index_and_a_miss_gives_nothing(void **state)
{
    enum colour colour = COLOUR_NONE;

    (void)state;
    assert_true(WORD_FIND(colours, "green", &colour));
    assert_int_equal(colour, COLOUR_GREEN);
    assert_false(WORD_FIND(colours, "Green", &colour));
    assert_false(WORD_FIND(colours, "", &colour));
    assert_false(WORD_FIND(colours, NULL, &colour));
    assert_int_equal(colour, COLOUR_GREEN);
    assert_int_equal(WORD_INDEX(colours, "red"), COLOUR_RED);
    assert_int_equal(WORD_INDEX(colours, "blue"), COLOUR_NONE);
}

static void word_row_of_a_table_gives_the_first_row_that_begins_so(void **state)
{
    static const struct {
        const char *word;
        int value;
    } rows[] = {{"one", 1}, {NULL, 0}, {"two", 2}, {"one", 3}};

    (void)state;
    assert_ptr_equal(WORD_ROW(rows, "one"), &rows[0]);
    assert_ptr_equal(WORD_ROW(rows, "two"), &rows[2]);
    assert_null(WORD_ROW(rows, "three"));
    assert_null(WORD_ROW(rows, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(word_find_of_a_list_gives_the_index_and_a_miss_gives_nothing),
        cmocka_unit_test(word_row_of_a_table_gives_the_first_row_that_begins_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
