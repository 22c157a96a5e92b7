/*
 * Strings kept once.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/intern.h"
#include "base/text.h"
#include "test.h"

TEST(intern_string_that_recurs_is_kept_once)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct intern intern;

    intern_init(&intern, &arena);
    const char *first = intern_string(&intern, "Sales");
    assert_ptr_equal(intern_string(&intern, "Sales"), first);
    for (int i = 0; i < 1000; i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;

        text_addf(&text, "group %d", i);
        assert_string_equal(intern_string(&intern, text_cstr(&text)), text_cstr(&text));
    }
    assert_ptr_equal(intern_string(&intern, "Sales"), first);
    assert_null(intern_string(&intern, NULL));
    intern_release(&intern);
    assert_string_equal(first, "Sales"); /* outlives the pool */
}

TEST(intern_some_keeps_once_what_came_among_the_first)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct intern intern;

    intern_init(&intern, &arena);
    const char *first = intern_some(&intern, "Ada");
    for (int i = 1; i < 1 << 16; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "%d", i);
        assert_string_equal(intern_some(&intern, name), name);
    }
    assert_ptr_equal(intern_some(&intern, "Ada"), first);
    const char *late = intern_some(&intern, "Zoe");
    assert_string_equal(late, "Zoe");
    assert_ptr_not_equal(intern_some(&intern, "Zoe"), late);
    assert_null(intern_some(&intern, NULL));
    intern_release(&intern);
    assert_string_equal(late, "Zoe");
}
