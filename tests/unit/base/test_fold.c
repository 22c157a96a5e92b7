/* base/fold: what counts as the same address, name, look. */
#include <string.h>
#include <unicode/uspoof.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/text.h"
#include "test.h"

struct pair {
    const char *given, *expected; /* NULL: nothing is left */
};

static void check(const struct pair *pair, const char *(*fold)(struct arena *, const char *))
{
    struct arena arena = ARENA_INIT;
    const char *folded = fold(&arena, pair->given);

    if (!pair->expected) {
        assert_null(folded);
    } else {
        assert_non_null(folded);
        assert_string_equal(folded, pair->expected);
        assert_string_equal(fold(&arena, folded), folded); /* stable */
    }
    arena_release(&arena);
}

TEST(fold_text_of_any_case_and_normal_form_is_one)
{
    static const struct pair cases[] = {
        {NULL, NULL},
        {"", NULL},
        {" \t\xC2\xA0", NULL},
        {"Anna@Example.COM", "anna@example.com"},
        {"  Anna ", "anna"},
        {"a  b", "a  b"},
        {"Zo\xC3\x8B", "zo\xC3\xAB"},
        {"Zoe\xCC\x88", "zo\xC3\xAB"}, /* decomposed */
        {"STRA\xC3\x9F"
         "E",
         "strasse"},
        {"\xC4\xB0stanbul", "i\xCC\x87stanbul"}, /* dotted capital I */
        {"\xCE\xA3\xCE\xAF\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x82",
         "\xCF\x83\xCE\xAF\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x83"}, /* final sigma */
        {"\xE1\xBE\xB4", "\xCE\xAC\xCE\xB9"},                         /* iota subscript */
        {"\xEF\xBC\xA1", "\xEF\xBD\x81"}, /* full width stays another letter */
        {"Bad\xFF", "Bad\xFF"},           /* not UTF-8: itself */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check(&cases[i], fold_text);
}

TEST(fold_text_of_folded_text_is_the_string_itself)
{
    static const char *const cases[] = {"anna@example.com", "zo\xC3\xAB", "Bad\xFF"};
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_ptr_equal(fold_text(&arena, cases[i]), cases[i]);
    assert_int_equal(arena.used, 0);
    arena_release(&arena);
}

/* Marks on one letter are put in order with a pause that grows with their square; no writing has as
 * many as thirty. */
TEST(fold_of_more_marks_than_any_letter_has_is_the_string_itself)
{
    enum { MOST = 30 };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text above = TEXT_INIT;
    CLEANUP(text_release) struct text below = TEXT_INIT;

    text_add(&above, "xA");
    text_add(&below, "xA");
    for (int i = 0; i < MOST; i++) {
        text_add(&above, i % 2 ? "\xCC\x81" : "\xCC\xA3"); /* an acute, a dot below */
        text_add(&below, i % 2 ? "\xCC\xA3" : "\xCC\x81");
    }
    assert_string_equal(fold_text(&arena, text_cstr(&above)), fold_text(&arena, text_cstr(&below)));
    assert_true(text_is_ascii(fold_plain_name(&arena, text_cstr(&above))));
    text_add(&above, "\xCC\x81y");
    assert_ptr_equal(fold_text(&arena, text_cstr(&above)), above.data);
    assert_ptr_equal(fold_plain_name(&arena, text_cstr(&above)), above.data);
    assert_ptr_equal(fold_skeleton(&arena, text_cstr(&above)), above.data);
}

TEST(fold_name_of_any_blanks_has_single_spaces)
{
    static const struct pair cases[] = {
        {NULL, NULL},
        {"  ", NULL},
        {"Anna  de\tVries", "anna de vries"},
        {" anna\xC2\xA0\xC2\xA0vries ", "anna vries"},
        {"\xE5\xB1\xB1\xE3\x80\x80\xE7\x94\xB0", "\xE5\xB1\xB1 \xE7\x94\xB0"},
        {"\xE3\x80\x80", NULL},
        {"anna vries", "anna vries"},
        {"Bad  \xFF", "Bad  \xFF"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check(&cases[i], fold_name);
}

TEST(fold_plain_name_of_accents_has_none)
{
    static const struct pair cases[] = {
        {NULL, NULL},
        {" ", NULL},
        {"Jos\xC3\xA9  M\xC3\xBCller", "jose muller"},
        {"Jose\xCC\x81", "jose"},
        {"anna", "anna"},
        {"\xE5\xB1\xB1", "\xE5\xB1\xB1"},
        {"\xEA\xB0\x80", "\xEA\xB0\x80"}, /* Hangul comes apart and together again */
        {"\xCC\x81", NULL},
        {"Bad\xFF", "Bad\xFF"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check(&cases[i], fold_plain_name);
}

TEST(fold_skeleton_of_look_alikes_is_equal)
{
    static const struct {
        const char *a, *b;
        bool alike;
    } cases[] = {
        {"paypal", "\xD1\x80\xD0\xB0ypal", true}, /* Cyrillic er and a */
        {"PayPal", "\xD1\x80\xD0\xB0ypal", true},
        {"anna", "ann\xC9\x91", true},
        {"paypal", "paypa1", true}, /* l and 1 */
        {"rn", "m", true},
        {"anna", "hanna", false},
        {"anna", "ann\xC3\xA4", false},
    };
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool alike =
            strcmp(fold_skeleton(&arena, cases[i].a), fold_skeleton(&arena, cases[i].b)) == 0;

        assert_int_equal(alike, cases[i].alike);
    }
    assert_null(fold_skeleton(&arena, NULL));
    assert_null(fold_skeleton(&arena, " "));
    assert_string_equal(fold_skeleton(&arena, "Bad\xFF"), "Bad\xFF");
    arena_release(&arena);
}

/* The table for ASCII is a shortcut; it must say what ICU says. */
TEST(fold_skeleton_of_ascii_is_that_of_icu)
{
    static const char *const cases[] = {"first.last0123456789@example.com",
                                        "rnmwvv|il1!\"#$%&'()*+,-./:;<=>?[]^_`{}~", "o'neil-x"};
    struct arena arena = ARENA_INIT;
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker *checker = uspoof_open(&status);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *expected = arena_calloc(&arena, 1, 1024);

        uspoof_getSkeletonUTF8(checker, 0, cases[i], -1, expected, 1024, &status);
        assert_true(U_SUCCESS(status));
        assert_string_equal(fold_skeleton(&arena, cases[i]), expected);
    }
    uspoof_close(checker);
    arena_release(&arena);
}

TEST(fold_text_of_a_long_text_needs_no_room_in_advance)
{
    struct arena arena = ARENA_INIT;
    char *given = arena_alloc(&arena, 6001);
    const char *folded;

    for (size_t i = 0; i < 3000; i++)
        memcpy(given + 2 * i, "\xC3\x84", 3);
    folded = fold_text(&arena, given);
    assert_int_equal(strlen(folded), 6000);
    assert_memory_equal(folded + 5998, "\xC3\xA4", 3);
    assert_true(strlen(fold_skeleton(&arena, given)) >= 3000);
    arena_release(&arena);
}
