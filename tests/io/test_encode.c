/*
 * The encoders against texts that somebody wrote to break them. Expected values are spelled out.
 */
#include <csv.h>
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "format/encode.h"
#include "test.h"

struct encode_case {
    const char *input;
    const char *expected;
};

static void check_all(void (*encode)(struct text *, const char *), const struct encode_case *cases,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_release) struct text out = TEXT_INIT;

        encode(&out, cases[i].input);
        assert_string_equal(text_cstr(&out), cases[i].expected);
        assert_true(text_is_utf8(text_cstr(&out), out.length));
    }
}

TEST(encode_csv_plain_texts_only_quoted_when_needed)
{
    static const struct encode_case cases[] = {
        {NULL, ""},
        {"", ""},
        {"Anna", "Anna"},
        {"Zoë Müller", "Zoë Müller"},
        {"a b", "a b"},
        {"a,b", "\"a,b\""},
        {"a;b", "\"a;b\""},
        {"say \"x\"", "\"say \"\"x\"\"\""},
        {"two\nlines\r\tand \x1b]52;c;x\x07", "\"two\\x0alines\\x0d\\x09and \\x1b]52;c;x\\x07\""},
        {"\x7f\xC2\x85\xC2\x9B", "\\x7f\\u{85}\\u{9b}"},
        {"\xE2\x80\xAEgpj\xE2\x80\x8B", "\\u{202e}gpj\\u{200b}"},
        {" lead", "\" lead\""},
        {"trail ", "\"trail \""},
        {"mid-dash + plus = eq", "mid-dash + plus = eq"},
        {"bad\xff\xc0utf", "bad\\xff\\xc0utf"},
        {"cut \xE2\x82", "cut \\xe2\\x82"},
    };

    check_all(encode_csv, cases, COUNT_OF(cases));
}

TEST(encode_csv_formulas_defused)
{
    static const struct encode_case cases[] = {
        {"=1+1", "'=1+1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"|cmd", "'|cmd"},
        {"%x", "'%x"},
        {"  =1", "\"'  '=1\""},
        {"\xC2\xA0=1", "'\xC2\xA0=1"},
        {"\xEF\xBC\x9D"
         "1",
         "'\xEF\xBC\x9D"
         "1"}, /* full-width = */
        {"x;=cmd", "\"x;'=cmd\""},
        {"x\t@cmd", "x\\x09@cmd"}, /* a tab is no tab in it */
        {"x,=1", "\"x,'=1\""},
        {"a;\"=1", "\"a;'\"\"=1\""},
        {"a; \" =1", "\"a;' \"\" '=1\""},
        {"a|+1||", "a|'+1|'|"},
        {"'=1", "''=1"}, /* and comes back as it was */
        {"''@x", "'''@x"},
        {"a:=1", "a:'=1"},
        {":=1", ":'=1"},
        {":\"@x\"", "\":'\"\"@x\"\"\""},
        {"a^-1~+1", "a^'-1~'+1"},
        {"a =1", "a '=1"},
        {"a  \"-x", "\"a  '\"\"-x\""},
        {"a \xEF\xBC\x9D"
         "1",
         "a '\xEF\xBC\x9D"
         "1"},
        {"R&D - Design", "R&D - Design"}, /* a cell of a sign alone is none */
        {"more than 10 % of 5", "more than 10 % of 5"},
        {"a+b@acme.example", "a+b@acme.example"},
        {"10:30 = noon", "10:30 = noon"},
        {"it has no '@'", "it has no '@'"}, /* between apostrophes too */
        {"has '=' in it", "has '=' in it"},
        {"has '@', so", "\"has '@', so\""},
        {"is '='A'!A1", "is ''='A'!A1"}, /* but not with more behind it */
        {"is '=1'", "is ''=1'"},
        {"is ='A'!A1", "is '='A'!A1"},
        {"fits '%d/%m/%Y' only", "fits '%d/%m/%Y' only"}, /* within a cell it begins nothing */
        {"fits '%=1' only", "fits ''%=1' only"},
        {"fits %d only", "fits '%d only"},
        {"a;'%x", "\"a;''%x\""},
        {"'%d/%m' fits", "''%d/%m' fits"},
        {" %x", "\"' '%x\""},
        {"'@' is it", "''@' is it"},           /* and comes back as it was */
        {"\xE2\x80\x83=1", "'\xE2\x80\x83=1"}, /* behind an em space */
        {"\xE2\x80\x8D-1", "'\xE2\x80\x8D-1"}, /* behind a joiner */
        {",;x", "\",;x\""},
        {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
    };

    check_all(encode_csv, cases, COUNT_OF(cases));
}

TEST(encode_html_markup_escaped_and_hidden_characters_shown)
{
    static const struct encode_case cases[] = {
        {NULL, ""},
        {"Anna", "Anna"},
        {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"\" onload='x' &amp;", "&quot; onload=&#39;x&#39; &amp;amp;"},
        {"a\nb\x01", "a\\x0ab\\x01"},
        {"\xE2\x80\xAEgpj.exe", "\\u{202e}gpj.exe"},
        {"bad\xff", "bad\\xff"},
        {"李小龍 محمد 😀", "李小龍 محمد 😀"},
    };

    check_all(encode_html, cases, COUNT_OF(cases));
}

TEST(encode_width_of_scripts_is_what_a_terminal_uses)
{
    static const struct {
        const char *text;
        size_t width;
    } cases[] = {
        {NULL, 0},
        {"", 0},
        {"abc", 3},
        {"Zoë", 3},
        {"Zoe\xCC\x88", 3}, /* combining diaeresis */
        {"李小龍", 6},
        {"محمد", 4},
        {"😀", 2},
        {"👩\xE2\x80\x8D💻", 2},                           /* joined by U+200D */
        {"👍🏽", 2},                                 /* with a skin tone */
        {"🇳🇱", 2},                                       /* a flag */
        {"\xE2\x9D\xA4\xEF\xB8\x8F", 2},                 /* heart in emoji style */
        {"a\x1b[31m", 9},                                /* spelled out: \x1b */
        {"นี่", 1},                                        /* Thai: one base, two marks */
        {"A\xE2\x80\x8Dn\xE2\x80\x8Dn\xE2\x80\x8D!", 4}, /* what joins emoji joins no letters */
        {"👩\xE2\x80\x8Dxyz", 5},
        {"\xD8\x80x", 2},     /* an Arabic number sign is seen */
        {"a\xE2\x80\x8B", 9}, /* spelled out: \u{200b} */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(encode_width(cases[i].text), cases[i].width);
}

TEST(encode_cell_long_and_short_texts_take_the_width_exactly)
{
    static const struct {
        const char *text;
        size_t width;
        const char *expected;
    } cases[] = {
        {"abc", 5, "abc  "},
        {"abcdef", 5, "abcd…"},
        {"abcde", 5, "abcde"},
        {NULL, 3, "   "},
        {"abc", 0, ""},
        {"李小龍", 5, "李小…"},
        {"李小龍", 4, "李… "},
        {"Zoe\xCC\x88z", 3, "Zo…"},
        {"aé\xCC\x81xyz", 3, "aé\xCC\x81…"},
        {"👩\xE2\x80\x8D💻ab", 3, "👩\xE2\x80\x8D💻…"},
        {"a\nb", 6, "a\\x0ab"},
        {"x", 1, "x"},
        {"xy", 1, "…"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text out = TEXT_INIT;

        encode_cell(&out, cases[i].text, cases[i].width);
        assert_string_equal(text_cstr(&out), cases[i].expected);
    }
}

TEST(encode_wrapped_long_text_breaks_at_blanks)
{
    static const struct {
        const char *text;
        size_t indent, width;
        const char *expected;
    } cases[] = {
        {"one two three", 2, 7, "one two\n  three"},
        {"one two three", 0, 100, "one two three"},
        {"abcdefghij", 1, 4, "abcd\n efgh\n ij"},
        {"a bcdefghij", 0, 4, "a\nbcde\nfghi\nj"},
        {"李小龍 x", 0, 4, "李小\n龍 x"},
        {"李", 0, 1, "李"},
        {"", 4, 10, ""},
        {"one   two", 0, 4, "one\ntwo"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text out = TEXT_INIT;

        encode_wrapped(&out, cases[i].text, cases[i].indent, cases[i].width);
        assert_string_equal(text_cstr(&out), cases[i].expected);
    }
}

static void collect_field(void *bytes, size_t length, void *context)
{
    text_add_bytes(context, bytes, length);
    text_add_char(context, '\x1f');
}

/* Whether a spreadsheet takes a cell for a formula: its first character behind blanks and marks. */
static bool is_formula(const char *cell, size_t length)
{
    size_t passed = strspn(cell, " \"");

    return passed < length && strchr("=+-@|%", cell[passed]);
}

/* The same of a cell that ends at a blank: a sign alone says nothing. */
static bool is_formula_word(const char *cell, size_t length)
{
    size_t passed = strspn(cell, "\"");

    if (strncmp(cell + passed, "'%", 2) == 0 && isalpha((unsigned char)cell[passed + 2]))
        return false; /* a form of dates */
    if (passed < length)
        passed += 1 + strspn(cell + passed + 1, "'");
    return passed < length && is_formula(cell, length);
}

/* Any bytes whatever: one field stays one line and one field, and whatever the file is split at, no
 * cell of it is a formula. */
TEST(encode_csv_random_bytes_stay_one_harmless_field)
{
    static const char alphabet[] = "ab=+-@|%\t\r\n ;,:~\"'\x1b\xEF\xBC\x9D\xC2\xA0\xff\xE2\x88\x92";
    uint32_t seed = 12345;

    for (int round = 0; round < 20000; round++) {
        CLEANUP(text_release) struct text out = TEXT_INIT;
        CLEANUP(text_release) struct text back = TEXT_INIT;
        struct csv_parser parser;
        char input[12] = "";

        for (size_t i = 0; i < sizeof(input) - 1; i++) {
            seed = seed * 1664525 + 1013904223;
            input[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
        }
        encode_csv(&out, input);
        assert_true(text_is_utf8(text_cstr(&out), out.length));
        for (size_t i = 0; i < out.length; i++)
            assert_true((unsigned char)out.data[i] >= ' ' && out.data[i] != 0x7F);
        for (const char *split = ",;|:^~ "; *split; split++) {
            bool (*is)(const char *, size_t) = *split == ' ' ? is_formula_word : is_formula;
            for (const char *cell = out.data;; cell++) {
                size_t length = strcspn(cell, (char[]){*split, '\0'});
                if (is(cell, length))
                    fail_msg("a formula when split at '%c': %s", *split, out.data);
                cell += length;
                if (*cell == '\0')
                    break;
            }
        }
        assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI), 0);
        assert_int_equal(csv_parse(&parser, out.data, out.length, collect_field, NULL, &back),
                         out.length);
        assert_int_equal(csv_fini(&parser, collect_field, NULL, &back), 0);
        csv_free(&parser);
        assert_int_equal(strchr(back.data, '\x1f') - back.data, back.length - 1);
        back.data[back.length - 1] = '\0';
        assert_false(is_formula(back.data, back.length - 1));
    }
}
