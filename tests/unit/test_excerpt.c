/*
 * Characters of UTF-8: where one ends, and texts that are cut between two.
 */
#include "base/text.h"
#include "test.h"

TEST(text_decode_of_bytes_takes_whole_characters_alone)
{
    static const struct {
        const char *bytes;
        size_t left, step;
        int32_t value;
    } cases[] = {
        {"a", 1, 1, 'a'},
        {"", 1, 1, 0}, /* a NUL is a character */
        {"\xC3\xA9x", 3, 2, 0xE9},
        {"\xE2\x82\xAC", 3, 3, 0x20AC},
        {"\xF0\x9F\x98\x80z", 5, 4, 0x1F600},
        {"", 0, 0, -1},
        {"\xE2\x82\xAC", 2, 0, -1},
        {"\xC0\x80", 2, 0, -1},
        {"\xED\xA0\x80", 3, 0, -1},
        {"\xF4\x90\x80\x80", 4, 0, -1},
        {"\x80", 1, 0, -1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int32_t value = -1;

        assert_int_equal(text_decode(cases[i].bytes, cases[i].left, &value), cases[i].step);
        assert_int_equal(value, cases[i].value);
    }
}

TEST(text_whole_of_a_cut_end_leaves_the_begun_character_out)
{
    assert_int_equal(text_whole("ab\xF0\x9F\x98", 5), 2);
    assert_int_equal(text_whole("ab\xE2", 3), 2);
    assert_int_equal(text_whole("ab\xC3\xA9", 4), 4);
    assert_int_equal(text_whole("\xC3", 1), 0);
    assert_int_equal(text_whole("ab\xFF", 3), 3); /* no character begins so */
    assert_int_equal(text_whole("", 0), 0);
}

TEST(text_excerpt_of_a_long_text_cuts_between_characters)
{
    static const struct {
        const char *string;
        size_t limit;
        const char *shown;
    } cases[] = {
        {"abc", 3, "abc"},
        {"abcd", 3, "abc…"},
        {"ab\xC3\xA9", 4, "ab\xC3\xA9"},
        {"ab\xC3\xA9", 3, "ab…"},
        {"a\xF0\x9F\x98\x80", 4, "a…"},
        {"a\x07z", 2, "a\\x07…"},
        {"ab\xC3", 3, "ab\\xc3"}, /* whole, and broken by itself */
        {"", 3, ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text text = TEXT_INIT;

        text_add_excerpt(&text, cases[i].string, cases[i].limit);
        assert_string_equal(text_cstr(&text), cases[i].shown);
        text_release(&text);
    }
}
