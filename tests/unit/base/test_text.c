/* base/text: the growable string and the questions about strings. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "test.h"

TEST(text_add_of_many_pieces_keeps_them_all)
{
    struct text text = TEXT_INIT;
    char *taken;

    assert_string_equal(text_cstr(&text), "");
    for (int i = 0; i < 1000; i++) {
        text_add(&text, "ab");
        text_addf(&text, "%c%d", 'c', i % 10);
        text_add_char(&text, '.');
    }
    assert_int_equal(text.length, 5000);
    assert_int_equal(strlen(text.data), 5000);
    assert_true(text_starts(text.data, "abc0.abc1."));
    taken = text_take(&text);
    assert_int_equal(strlen(taken), 5000);
    assert_null(text.data);
    free(taken);
    taken = text_take(&text);
    assert_string_equal(taken, "");
    free(taken);
}

TEST(text_clear_keeps_the_memory_only)
{
    struct text text = TEXT_INIT;

    text_clear(&text);
    text_addf(&text, "%500s", "x");
    text_clear(&text);
    assert_string_equal(text_cstr(&text), "");
    assert_true(text.capacity > 500);
    text_add_bytes(&text, "a\0b", 3);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.data, "a\0b", 4);
    text_release(&text);
}

TEST(text_equal_with_null_equals_null_only)
{
    assert_true(text_equal(NULL, NULL));
    assert_false(text_equal(NULL, ""));
    assert_false(text_equal("", NULL));
    assert_true(text_equal("a", "a"));
    assert_false(text_equal("a", "A"));
    assert_true(text_is_empty(NULL) && text_is_empty("") && !text_is_empty(" "));
    assert_true(text_is_ascii("a~") && !text_is_ascii("\xC3\xA9"));
}

TEST(text_trim_of_any_blank_shrinks)
{
    static const struct {
        const char *given, *expected;
    } cases[] = {
        {"", ""},
        {" \t\r\n\v\f", ""},
        {"\xC2\xA0", ""},
        {" a b ", "a b"},
        {"\xC2\xA0 a\xC2\xA0z \xC2\xA0", "a\xC2\xA0z"},
        {"\xC3\xA0", "\xC3\xA0"}, /* ends in the byte A0, which alone is no blank */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *start = cases[i].given;
        size_t length = strlen(start);

        text_trim(&start, &length);
        assert_int_equal(length, strlen(cases[i].expected));
        assert_memory_equal(start, cases[i].expected, length);
    }
}

TEST(text_is_utf8_of_edge_forms_is_strict)
{
    static const struct {
        const char *bytes;
        size_t length;
        bool valid;
    } cases[] = {
        {"", 0, true},
        {"a\x7F", 2, true},
        {"a\0b", 3, false},
        {"\x80", 1, false},
        {"\xC0\x80", 2, false},         /* overlong NUL */
        {"\xC1\xBF", 2, false},         /* overlong */
        {"\xC2\x80", 2, true},          /* U+0080 */
        {"\xC2", 1, false},             /* cut */
        {"\xE0\x9F\xBF", 3, false},     /* overlong */
        {"\xE0\xA0\x80", 3, true},      /* U+0800 */
        {"\xED\x9F\xBF", 3, true},      /* U+D7FF */
        {"\xED\xA0\x80", 3, false},     /* surrogate */
        {"\xF0\x8F\xBF\xBF", 4, false}, /* overlong */
        {"\xF0\x90\x80\x80", 4, true},  /* U+10000 */
        {"\xF4\x8F\xBF\xBF", 4, true},  /* U+10FFFF */
        {"\xF4\x90\x80\x80", 4, false}, /* beyond */
        {"\xF5\x80\x80\x80", 4, false},
        {"\xE2\x82", 2, false},
        {"\xE2\x82\x41", 3, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(text_is_utf8(cases[i].bytes, cases[i].length), cases[i].valid);
}

TEST(text_add_int_of_the_ends_is_decimal)
{
    static const int64_t values[] = {0, 7, -1, 10, INT64_MAX, INT64_MIN, -1000000};
    CLEANUP(text_release) struct text text = TEXT_INIT, printed = TEXT_INIT;

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        text_add_int(&text, values[i]);
        text_addf(&printed, "%lld", (long long)values[i]);
        assert_string_equal(text_cstr(&text), text_cstr(&printed));
    }
}

TEST(text_add_printable_of_hostile_text_shows_it)
{
    static const struct {
        const char *given, *expected;
    } cases[] = {
        {"Zo\xC3\xAB \xE5\xB1\xB1", "Zo\xC3\xAB \xE5\xB1\xB1"},
        {"a\nb\x1B[2J\x7F", "a\\x0ab\\x1b[2J\\x7f"},
        {"\xC2\x85", "\\u{85}"},
        {"\xE2\x80\xAE"
         "evil\xE2\x81\xA6",
         "\\u{202e}evil\\u{2066}"},
        {"\xE2\x80\xA8", "\\u{2028}"},
        {"\xFF\xC3(", "\\xff\\xc3("},
        {"a\xE2\x80\x8B\xEF\xBB\xBF\xC2\xAD", "a\\u{200b}\\u{feff}\\u{ad}"},
        {"\xF3\xA0\x81\xA1\xEF\xBF\xBE", "\\u{e0061}\\u{fffe}"},
        /* what joins: Persian, emoji, a variant of a Japanese name */
        {"\xD9\x86\xE2\x80\x8C\xD9\x86 \xE2\x80\x8D \xE8\x91\x9B\xF3\xA0\x84\x80",
         "\xD9\x86\xE2\x80\x8C\xD9\x86 \xE2\x80\x8D \xE8\x91\x9B\xF3\xA0\x84\x80"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;

        text_add_printable(&text, cases[i].given);
        assert_string_equal(text_cstr(&text), cases[i].expected);
    }
}

/* The whole matrix, without any of the shortcuts that are under test. */
static unsigned plain_distance(const char *a, const char *b)
{
    unsigned row[2][16];

    for (unsigned k = 0; k <= strlen(b); k++)
        row[0][k] = k;
    for (unsigned i = 1; i <= strlen(a); i++) {
        unsigned *now = row[i % 2], *before = row[(i + 1) % 2];

        now[0] = i;
        for (unsigned k = 1; k <= strlen(b); k++) {
            unsigned least = before[k - 1] + (a[i - 1] != b[k - 1]);

            least = before[k] + 1 < least ? before[k] + 1 : least;
            now[k] = now[k - 1] + 1 < least ? now[k - 1] + 1 : least;
        }
    }
    return row[strlen(a) % 2][strlen(b)];
}

static unsigned distance(const char *a, const char *b, unsigned limit)
{
    return text_distance(a, strlen(a), b, strlen(b), limit);
}

TEST(text_distance_of_all_short_words_is_levenshtein)
{
    static char word[400][8];
    size_t count = 0;

    for (size_t length = 0; length <= 5; length++) {
        for (size_t bits = 0; bits < (size_t)1 << length; bits++, count++) {
            for (size_t i = 0; i < length; i++)
                word[count][i] = (char)('a' + (bits >> i & 1));
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            unsigned expected = plain_distance(word[i], word[k]);

            for (unsigned limit = 0; limit <= 3; limit++)
                assert_int_equal(distance(word[i], word[k], limit),
                                 expected <= limit ? expected : limit + 1);
        }
    }
    assert_int_equal(distance("kitten", "sitting", 3), 3);
    assert_int_equal(distance("kitten", "sitting", 2), 3);
    assert_int_equal(distance("anna@x.example", "ana@x.example", 1), 1);
}

TEST(text_nearest_of_a_typo_names_the_word)
{
    static const char *const verbs[] = {"run", "plan", "show", "approve", "status"};

    assert_string_equal(text_nearest("plam", verbs, COUNT_OF(verbs)), "plan");
    assert_string_equal(text_nearest("aprove", verbs, COUNT_OF(verbs)), "approve");
    assert_null(text_nearest("xyz", verbs, COUNT_OF(verbs)));
    assert_null(text_nearest("", verbs, COUNT_OF(verbs)));
    assert_null(text_nearest("deprovision", verbs, COUNT_OF(verbs)));
    assert_null(text_nearest("run", verbs, 0));
}

TEST(text_matches_of_patterns_is_whole)
{
    static const struct {
        const char *pattern, *string;
        bool expected;
    } cases[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"svc-*", "svc-", true},
        {"svc-*", "svc-x", true},
        {"svc-*", "xsvc-x", false},
        {"?", "", false},
        {"?", "a", true},
        {"a?c", "abc", true},
        {"*a", "aba", true},
        {"*ab*ab", "abab", true},
        {"*ab*ab", "aab", false},
        {"a*b*c", "axxbyyc", true},
        {"a*b*c", "axxbyy", false},
        {"*.*", "a.b", true},
        {"[a]", "a", false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(text_matches(cases[i].pattern, cases[i].string), cases[i].expected);
}

TEST(text_hash_of_known_strings_is_fnv1a)
{
    assert_true(text_hash("") == UINT64_C(0xcbf29ce484222325));
    assert_true(text_hash("a") == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(text_hash("foobar") == UINT64_C(0x85944171f73967e8));
}
