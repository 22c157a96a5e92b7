/*
 * Strict decoding: legal text arrives whole whatever the size of the pieces, anything else refuses
 * the file with its place.
 */
#include "roster_case.h"
#include "test.h"

#include "format/encoding.h"

static int collect(void *context, const char *utf8, size_t length, struct err *err)
{
    (void)err;
    assert_true(length > 0);
    assert_true(text_is_utf8(utf8, length));
    text_add_bytes(context, utf8, length);
    return 0;
}

static int decode(const char *name, const char *bytes, size_t length, size_t step,
                  struct text *ret_text, struct err *err)
{
    CLEANUP(encoding_freep) struct encoding *encoding = NULL;

    if (encoding_new(name, &encoding, err) < 0)
        return -1;
    for (size_t i = 0; i < length; i += step) {
        size_t piece = length - i < step ? length - i : step;

        if (encoding_push(encoding, bytes + i, piece, collect, ret_text, err) < 0)
            return -1;
    }
    return encoding_finish(encoding, collect, ret_text, err);
}

#define BYTES(literal) literal, sizeof(literal) - 1

TEST(encoding_push_legal_text_gives_the_same_in_any_pieces)
{
    static const struct {
        const char *name, *bytes;
        size_t length;
        const char *utf8;
    } cases[] = {
        {"UTF-8", BYTES("h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"), "hé € 😀"},
        {"UTF-8", BYTES("\xEF\xBB\xBFh\xC3\xA9"), "hé"},
        {"utf8", BYTES("\xEF\xBB\xBFhi"), "hi"},
        {"UTF-8", BYTES("a"), "a"},
        {"UTF-8", BYTES("\xEF\xBB\xBF"), ""},
        {"ISO-8859-1", BYTES("h\xE9"), "hé"},
        {"WINDOWS-1252", BYTES("h\xE9 \x80"), "hé €"},
        {"UTF-16LE", BYTES("h\0\xE9\0\x3D\xD8\x00\xDE"), "hé😀"},
        {"UTF-16LE", BYTES("\xFF\xFEh\0\xE9\0"), "hé"},
        {"UTF-16BE", BYTES("\xFE\xFF\0h\0\xE9"), "hé"},
        {"UTF-16", BYTES("\xFF\xFEh\0\xE9\0"), "hé"},
        {"UTF-16", BYTES("\xFE\xFF\0h\0\xE9"), "hé"},
        {"UTF-32", BYTES("\xFF\xFE\0\0h\0\0\0"), "h"},
        {"UTF-32BE", BYTES("\0\0\0h"), "h"},
        {"SHIFT_JIS", BYTES("\x83\x65\x83\x58\x83\x67"), "テスト"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t step = 1; step <= 9; step++) {
            CLEANUP(text_release) struct text text = TEXT_INIT;
            CLEANUP(err_release) struct err err = ERR_INIT;

            if (decode(cases[i].name, cases[i].bytes, cases[i].length, step, &text, &err) < 0)
                fail_msg("case %zu, step %zu: %s", i, step, err.text);
            assert_string_equal(text_cstr(&text), cases[i].utf8);
        }
    }
}

TEST(encoding_push_illegal_text_is_refused_with_the_place)
{
    static const struct {
        const char *name, *bytes;
        size_t length;
        const char *part;
    } cases[] = {
        {"UTF-8",
         BYTES("abc\nd\xE9"
               "f\n"),
         "line 2 is not UTF-8: byte 0xe9 at byte offset 5"},
        {"UTF-8",
         BYTES("\xEF\xBB\xBF"
               "abc\nd\xE9"
               "f\n"),
         "line 2 is not UTF-8: byte 0xe9 at byte offset 8"},
        {"UTF-8", BYTES("abc\xC0\x80zz"), "byte offset 3"},
        {"UTF-8", BYTES("abc\xED\xA0\x80zz"), "byte offset 3"},
        {"UTF-8", BYTES("abc\xF5\x80\x80\x80"), "byte offset 3"},
        {"UTF-8", BYTES("ab\ncd\xE2\x82"), "line 2 ends in the middle of a character"},
        {"UTF-8", BYTES("ab\ncd\0e"), "line 2 holds a NUL byte"},
        {"ISO-8859-1", BYTES("ab\0e"), "line 1 holds a NUL byte"},
        {"UTF-8", BYTES("h\0e\0l\0"), "NUL byte"},
        {"US-ASCII", BYTES("ab\n\xE9"), "line 2 is not US-ASCII: byte 0xe9 at byte offset 3"},
        {"WINDOWS-1252", BYTES("ab\x81"), "byte 0x81 at byte offset 2"},
        {"UTF-16LE", BYTES("h\0\x00\xDEx\0y\0"), "at byte offset 2"},
        {"UTF-16LE", BYTES("h\0i"), "ends in the middle of a character"},
        {"UTF-16LE", BYTES("h\0\x3D\xD8"), "ends in the middle of a character"},
        {"UTF-8", BYTES("\xFF\xFEh\0"),
         "byte order mark of UTF-16LE, but the configuration says "
         "'UTF-8'; hint: roster.encoding = \"UTF-16LE\""},
        {"UTF-16BE", BYTES("\xFF\xFEh\0"), "byte order mark of UTF-16LE"},
        {"ISO-8859-1", BYTES("\xEF\xBB\xBFhi"), "byte order mark of UTF-8"},
        {"UTF-16", BYTES("h\0i\0"), "can be read in two ways"},
        {"UCS-4LE", BYTES("h\0\0\0\x00\x00\x11\x00"), "line 1 "},
        {"UTF-8", BYTES("\xED\xA0\xBD\xED\xB8\x80"), "byte offset 0"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t step = 1; step <= 9; step++) {
            CLEANUP(text_release) struct text text = TEXT_INIT;
            CLEANUP(err_release) struct err err = ERR_INIT;

            if (decode(cases[i].name, cases[i].bytes, cases[i].length, step, &text, &err) == 0)
                fail_msg("case %zu, step %zu was taken as '%s'", i, step, text_cstr(&text));
            assert_int_equal(err.code, ERR_ROSTER);
            assert_mentions(err.text, cases[i].part);
        }
    }
}

TEST(encoding_new_unknown_name_is_a_configuration_error)
{
    static const char *const names[] = {"", "UTF-9", "ASCII//TRANSLIT", "UTF-8//IGNORE", "UTF-8/"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        struct encoding *encoding = NULL;

        assert_int_equal(encoding_new(names[i], &encoding, &err), -1);
        assert_int_equal(err.code, ERR_CONFIG);
        assert_mentions(err.text, "unknown encoding");
        assert_null(encoding);
    }
}

TEST(encoding_push_long_text_gives_every_byte)
{
    CLEANUP(text_release) struct text in = TEXT_INIT;
    CLEANUP(text_release) struct text out = TEXT_INIT;
    CLEANUP(text_release) struct text expected = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;

    for (int i = 0; i < 200000; i++) {
        text_add_char(&in, i % 80 == 79 ? '\n' : '\xE9');
        text_add(&expected, i % 80 == 79 ? "\n" : "é");
    }
    assert_int_equal(decode("ISO-8859-1", in.data, in.length, 65536, &out, &err), 0);
    assert_string_equal(text_cstr(&out), text_cstr(&expected));
    text_clear(&out);
    assert_int_equal(decode("UTF-8", expected.data, expected.length, 65536, &out, &err), 0);
    assert_string_equal(text_cstr(&out), text_cstr(&expected));
}

TEST(roster_read_other_encodings_gives_the_name)
{
    struct config_roster config = case_small_config();
    static const char wide[] = "\xFF\xFE"
                               "E\0m\0p\0I\0D\0,\0M\0a\0i\0l\0,\0N\0a\0m\0e\0\n\0"
                               "1\0,\0,\0J\0\xFC\0r\0g\0\n\0";
    struct roster_case c;

    config.encoding = "ISO-8859-1";
    c = case_read(&config, "EmpID,Mail,Name\n1,,J\xFCrg\n");
    assert_read(&c);
    assert_string_equal(c.roster.person[0].name, "Jürg");
    case_release(&c);
    config.encoding = "UTF-16";
    c = case_read_bytes(&config, wide, sizeof(wide) - 1);
    assert_read(&c);
    assert_string_equal(c.roster.person[0].name, "Jürg");
    case_release(&c);
}

TEST(roster_read_not_the_stated_encoding_is_refused)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, "EmpID,Mail,Name\n1,,Anna\n2,,J\xFCrg\n");

    assert_refused(&c, "line 3 is not UTF-8: byte 0xfc at byte offset 28");
}

/* The stated encoding has a character for each byte, and the file is in another one all the same.
 */
TEST(encoding_of_single_bytes_refuses_what_is_all_utf8)
{
    static const struct {
        const char *name, *bytes;
        size_t length;
        bool refused;
    } cases[] = {
        {"WINDOWS-1252", BYTES("J\xC3\xBCrgen Gro\xC3\x9F"), true},
        {"ISO-8859-1", BYTES("a\xE2\x82\xAC"), true},
        {"iso-8859-15", BYTES("\xF0\x9F\x98\x80\n"), true},
        {"MACINTOSH", BYTES("\xC3\xBC"), true},
        {"WINDOWS-1252", BYTES("J\xFCrgen"), false},
        {"WINDOWS-1252", BYTES("J\xC3\xBCrgen, J\xFCrgen"), false}, /* somebody typed that */
        {"WINDOWS-1252", BYTES("J\xFCrgen, J\xC3\xBCrgen"), false},
        {"WINDOWS-1252", BYTES("plain"), false},
        {"ISO-8859-1", BYTES("\xC3\xC3\xBC"), false},
        {"ISO-8859-1", BYTES("\xBC\xFC"), false},
        {"ISO-8859-1", BYTES("\xC3"), false},
        {"GBK", BYTES("\xC1\xAA\xCD\xA8"), false}, /* characters of two bytes */
        {"GBK", BYTES("\xCF\xAA\xCD\xA8"), false},
        {"UTF-8", BYTES("J\xC3\xBCrgen"), false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t step = 1; step <= 7; step++) {
            CLEANUP(text_release) struct text text = TEXT_INIT;
            CLEANUP(err_release) struct err err = ERR_INIT;
            int result = decode(cases[i].name, cases[i].bytes, cases[i].length, step, &text, &err);

            if ((result < 0) != cases[i].refused)
                fail_msg("case %zu, step %zu: %s", i, step, result < 0 ? err.text : "taken");
            if (cases[i].refused)
                assert_non_null(strstr(err.text, "this file is UTF-8"));
        }
    }
}
