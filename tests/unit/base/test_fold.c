/* base/fold: what counts as the same address, name, look. */
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/text.h"
#include "random.h"
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

TEST(fold_is_says_what_fold_text_makes)
{
    static const struct {
        const char *string, *folded;
        bool expected;
    } cases[] = {
        {"E0017", "e0017", true},
        {"  E0017\t", "e0017", true},
        {"e0017", "e0017", true},
        {"E017", "e0017", false},
        {"E00171", "e0017", false},
        {"E001", "e0017", false},
        {"Zoe\xCC\x88", "zo\xC3\xAB", true},
        {"Zoe", "zo\xC3\xAB", false},
        {" ", "e0017", false},
        {" ", NULL, true},
        {NULL, NULL, true},
        {"E0017", NULL, false},
        {"E0017 ", "e0017", true},
        {"E0017 8", "e0017", false},
        {"E0017 ", "e00178", false},
        {"\x1F", "e", false},
        {"A\xFF", "a\xFF", false}, /* not UTF-8: as it is */
        {"A\xFF", "A\xFF", true},
        {"AE\xCC\x88", "a\xC3\xAB", true},
        {"\xC2\xA0"
         "E7",
         "e7", true},
        {"E7\xC2\xA0", "e7", true},
    };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(fold_is(&arena, cases[i].string, cases[i].folded), cases[i].expected);
}

static char lower_letter(char c)
{
    return c == 'A' ? 'a' : c == 'Z' ? 'z' : c == 'X' ? 'x' : c;
}

/* A text of one length, one character of it and how the others are filled. */
static void check_ascii(char *string, char *folded, size_t length, size_t at)
{
    static const char edges[] = "AZ@[`az{"; /* the last letters, and what stands beside them */
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    for (const char *c = edges; *c; c++) {
        string[at] = *c;
        for (size_t i = 0; i < length; i++)
            folded[i] = lower_letter(string[i]);
        assert_string_equal(fold_text(&arena, string), folded);
        for (const char *other = edges; *other; other++) {
            folded[at] = lower_letter(*other);
            assert_int_equal(fold_is(&arena, string, folded),
                             lower_letter(*c) == lower_letter(*other));
        }
    }
}

/* Eight are looked at together: each place among them, and those behind. */
TEST(fold_of_ascii_at_each_place_is_lower_case)
{
    static const size_t lengths[] = {1, 7, 8, 9, 16};

    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        for (size_t at = 0; at < lengths[i]; at++) {
            for (size_t fill = 0; fill < 2; fill++) {
                char string[17] = "", folded[17] = "";
                memset(string, fill ? 'X' : 'x', lengths[i]);
                check_ascii(string, folded, lengths[i], at);
            }
        }
    }
}

static const char *random_pieces(struct arena *arena, uint64_t *seed)
{
    static const char *const pieces[] = {"e",  "E",        "7",    "0",        " ",
                                         "\t", "\xC2\xA0", "\xFF", "\xCC\x88", "\xC3\xAB",
                                         "[",  "{",        "\x1F"};
    const char *string = "";

    for (uint64_t left = next_random(seed) % 6; left > 0; left--)
        string = arena_printf(
            arena, "%s%s", string,
            pieces[next_random(seed) % (next_random(seed) % 4 ? 6 : COUNT_OF(pieces))]);
    return string;
}

TEST(fold_is_of_random_strings_says_what_fold_text_makes)
{
    const uint64_t count = random_cases(100000);
    uint64_t seed = 88172645463325252U;
    unsigned same = 0;

    for (size_t n = 0; n < count; n++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        const char *string = random_pieces(&arena, &seed);
        const char *folded = fold_text(&arena, random_pieces(&arena, &seed));
        bool expected = text_equal(fold_text(&arena, string), folded);
        if (fold_is(&arena, string, folded) != expected)
            fail_msg("'%s' and '%s'", string, folded);
        same += expected;
    }
    assert_true(same > count / 100);
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

/* A plain name as Unicode says it, of the whole string: folded, taken apart, its marks taken off,
 * folded again. */
static const char *plain_of_icu(struct arena *arena, const char *given)
{
    const char *folded = fold_name(arena, given);
    size_t length = folded ? strlen(folded) : 0;
    UErrorCode status = U_ZERO_ERROR;
    unsigned marks = 0;
    UChar wide[2048], apart[8192];
    int32_t units = 0, kept = 0;

    if (!folded || text_is_ascii(folded) || !text_is_utf8(folded, length))
        return folded;
    for (size_t i = 0; i < length;) {
        UChar32 c = 0;
        U8_NEXT((const uint8_t *)folded, i, length, c);
        marks = u_getCombiningClass(c) > 0 ? marks + 1 : 0;
        if (marks > 30)
            return folded;
    }
    u_strFromUTF8(wide, COUNT_OF(wide), &units, folded, -1, &status);
    units = unorm2_normalize(unorm2_getNFKDInstance(&status), wide, units, apart, COUNT_OF(apart),
                             &status);
    for (int32_t i = 0; i < units; i++) {
        if (u_charType(apart[i]) != U_NON_SPACING_MARK)
            apart[kept++] = apart[i];
    }
    char *plain = arena_alloc(arena, (size_t)kept * 3 + 1);
    u_strToUTF8(plain, kept * 3 + 1, NULL, apart, kept, &status);
    assert_true(U_SUCCESS(status));
    return fold_name(arena, plain);
}

static void check_plain(struct arena *arena, const char *given)
{
    const char *expected = plain_of_icu(arena, given), *plain = fold_plain_name(arena, given);

    if (expected && plain && strcmp(expected, plain) == 0)
        return;
    if (expected || plain) {
        for (const char *s = given; *s; s++)
            print_error("%02X ", (unsigned char)*s);
        fail_msg("is '%s', not '%s'", plain ? plain : "nothing", expected ? expected : "nothing");
    }
}

static const char *character(struct arena *arena, uint32_t c)
{
    char *bytes = arena_calloc(arena, 1, U8_MAX_LENGTH + 1);
    size_t length = 0;

    U8_APPEND_UNSAFE((uint8_t *)bytes, length, c);
    return bytes;
}

/* It goes character by character where it can: that must say what the whole string does. */
TEST(fold_plain_name_of_each_character_is_that_of_icu)
{
    static const char *const forms[] = {"%s",   "Ann%sa Lee",    "Ann%s\xCC\x81%s",
                                        "A %s", "\xC3\x89%s% s", "%s\xE1\x85\xA1\xE1\x86\xA8"};

    for (uint32_t c = 0x20; c <= 0x10FFFF; c += c < 0x10000 ? 1 : 61) {
        struct arena arena = ARENA_INIT;
        const char *text = character(&arena, c); /* surrogates are no UTF-8, and go along */
        for (size_t i = 0; i < COUNT_OF(forms); i++) {
            const char *end = forms[i], *at;
            struct text given = TEXT_INIT;
            while ((at = strstr(end, "%s"))) {
                text_add(&given, arena_strndup(&arena, end, (size_t)(at - end)));
                text_add(&given, text);
                end = at + 2;
            }
            text_add(&given, end);
            check_plain(&arena, text_cstr(&given));
            text_release(&given);
        }
        arena_release(&arena);
    }
}

TEST(fold_plain_name_of_random_strings_is_that_of_icu)
{
    static const uint32_t odd[] = {
        'A',     ' ',     ' ',     0xA0,    0xB4,    0xC9,    0xDF,   0x130,  0x131,  0x149,
        0x1C4,   0x300,   0x301,   0x307,   0x308,   0x323,   0x327,  0x344,  0x345,  0x34F,
        0x37A,   0x390,   0x3A3,   0x3C2,   0x3C3,   0x587,   0x5B0,  0x9BE,  0x9C7,  0xBC6,
        0xBBE,   0xDCF,   0xDD9,   0x1100,  0x1161,  0x11A8,  0x1715, 0x1E9A, 0x1E9E, 0x1FB4,
        0x200B,  0x200D,  0x2126,  0x212B,  0x3000,  0x302E,  0x304B, 0x3099, 0x3300, 0xAC00,
        0xAC01,  0xFB03,  0xFDFA,  0xFE00,  0xFEFF,  0xFF21,  0xFF9E, 0xFA6C, 0xD800, 0xFFFE,
        0x1D15E, 0x1D165, 0x1D400, 0x1E000, 0x11099, 0x110BA,
    };
    const uint64_t count = random_cases(150000);
    uint64_t seed = 88172645463325252U;

    for (size_t n = 0; n < count; n++) {
        struct arena arena = ARENA_INIT;
        struct text given = TEXT_INIT;
        for (uint64_t left = next_random(&seed) % 12 + 1; left > 0; left--) {
            uint64_t kind = next_random(&seed) % 64;
            uint32_t c = kind < 8 ? (uint32_t)(0x20 + next_random(&seed) % 0xFFE0)
                                  : odd[next_random(&seed) % COUNT_OF(odd)];
            uint64_t times = kind == 63 ? next_random(&seed) % 40 : 1;
            for (; times > 0; times--)
                text_add(&given, character(&arena, c));
            if (kind == 62)
                text_add(&given, "\xFF");
        }
        check_plain(&arena, text_cstr(&given));
        text_release(&given);
        arena_release(&arena);
    }
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
