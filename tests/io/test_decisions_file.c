/*
 * The decisions that come back, in every form in which a spreadsheet saves a table and as the page
 * saves them: the same lines each time. What is no such file is refused as a whole, and a row that
 * cannot be read is marked.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/decisions_file.h"
#include "test.h"

#define A "AAAAAAAA-2B3A-141F-8F07D71AA1F223BD"
#define B "BBBBBBBB-2B3A-141F-8F07D71AA1F223BD"
#define HEX                                                                                        \
    "0123456789abcdef0123456789abcdef"                                                             \
    "0123456789abcdef0123456789abcdef"

static int read_bytes(struct arena *arena, const char *bytes, size_t length,
                      struct decisions *decisions, struct err *err)
{
    /* a copy that ends where the bytes do, for who looks further */
    CLEANUP(mem_cleanup) char *copy = mem_alloc(length + 1);

    memcpy(copy, bytes, length);
    return decisions_file_read(arena, copy, length, "f", decisions, err);
}

/* "2:A,subject,approve,-,-" for each line, and its flaw. */
static void show_lines(const struct decisions *decisions, struct text *ret_text)
{
    for (size_t i = 0; i < decisions->count; i++) {
        const struct decisions_line *line = &decisions->line[i];
        const char *const cell[] = {line->account_id, line->subject, line->decision, line->until,
                                    line->reason};
        text_addf(ret_text, "%s%u:", i ? "|" : "", line->row);
        for (size_t c = 0; c < COUNT_OF(cell); c++)
            text_addf(ret_text, "%s%s", c ? "," : "", cell[c] ? cell[c] : "-");
        if (line->of_plan)
            text_addf(ret_text, " of %.4s", line->of_plan);
        if (line->flaw)
            text_addf(ret_text, " (%s)", line->flaw);
    }
}

static void assert_lines(const char *what, const char *bytes, size_t length, const char *lines)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text shown = TEXT_INIT;
    struct decisions decisions;

    if (read_bytes(&arena, bytes, length, &decisions, &err) < 0)
        fail_msg("%s: %s", what, err.text);
    show_lines(&decisions, &shown);
    if (!text_equal(text_cstr(&shown), lines))
        fail_msg("%s: %s\nand not %s", what, text_cstr(&shown), lines);
}

/* --- tables --- */

/* A table as a spreadsheet saves it: cells with what needs them in quotes, in an encoding. */
struct saved {
    const char *what, *delimiter, *line_end;
    bool quoted, mark, wide, big;
};

static const struct saved ways[] = {
    {"comma", ",", "\n", .mark = false},
    {"comma, marked", ",", "\r\n", .mark = true},
    {"semicolon", ";", "\r\n", .quoted = true},
    {"semicolon, marked", ";", "\r\n", .mark = true},
    {"tab", "\t", "\n", .quoted = false},
    {"tab, UTF-16LE", "\t", "\r\n", .mark = true, .wide = true},
    {"comma, UTF-16BE", ",", "\n", .mark = true, .wide = true, .big = true},
    {"semicolon, UTF-16LE without a mark", ";", "\r\n", .quoted = true, .wide = true},
    {"tab, UTF-16BE without a mark", "\t", "\n", .wide = true, .big = true},
    {"old Mac", ",", "\r", .quoted = true},
};

static void add_unit(struct text *out, const struct saved *way, unsigned unit)
{
    text_add_char(out, (char)(way->big ? unit >> 8 : unit & 0xFF));
    text_add_char(out, (char)(way->big ? unit & 0xFF : unit >> 8));
}

/* The text of the cases has nothing beyond the first plane. */
static void save(const struct saved *way, const char *const (*row)[7], size_t rows,
                 struct text *out)
{
    CLEANUP(text_release) struct text plain = TEXT_INIT;
    int32_t c = 0;

    text_add(&plain, way->mark ? "\xEF\xBB\xBF" : "");
    for (size_t i = 0; i < rows; i++) {
        for (size_t k = 0; k < 7; k++) {
            const char *cell = row[i][k];
            bool quoted = way->quoted || strpbrk(cell, "\",;\t\r\n");
            text_addf(&plain, "%s%s", k ? way->delimiter : "", quoted ? "\"" : "");
            for (const char *at = cell; *at; at++)
                text_addf(&plain, *at == '"' ? "\"\"" : "%c", *at);
            text_add(&plain, quoted ? "\"" : "");
        }
        text_add(&plain, way->line_end);
    }
    if (!way->wide) {
        text_add_bytes(out, plain.data, plain.length);
        return;
    }
    for (size_t i = 0, step; i < plain.length; i += step) {
        step = text_decode(plain.data + i, plain.length - i, &c);
        assert_true(step > 0);
        add_unit(out, way, (unsigned)c);
    }
}

TEST(decisions_file_is_the_same_in_every_way_a_spreadsheet_saves_it)
{
    static const char *const rows[][7] = {
        {"name", "until", "Decision", "account_id", "reason", "of_plan", "subject"},
        {"Änne, \"A\"", "", "approve", A, "", "12:" HEX, HEX},
        {"=1+1", "31.03.2027", "keep", B, "für die;\nKampagne", "7:" HEX, HEX},
        {"x", "", "", "other", "", "", ""},
    };

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        CLEANUP(text_release) struct text file = TEXT_INIT;
        save(&ways[i], rows, COUNT_OF(rows), &file);
        assert_lines(ways[i].what, file.data, file.length,
                     "2:" A "," HEX ",approve,-,- of 12:0|3:" B "," HEX
                     ",keep,31.03.2027,für die;\nKampagne of 7:01|4:other,-,-,-,-");
    }
}

/* Last week's rows are pasted into this week's table, and not the other way round. */
TEST(decisions_file_is_about_the_newest_plan_that_its_rows_are_of)
{
#define OF_HEADER "account_id,subject,decision,of_plan\n"
    static const struct {
        const char *bytes;
        int64_t plan;
    } cases[] = {
        {OF_HEADER A "," HEX ",approve,7:" HEX "\n" B "," HEX ",approve,12:" HEX "\n", 12},
        {OF_HEADER A "," HEX ",,12:" HEX "\n" B "," HEX ",approve,7:" HEX "\n", 12},
        {OF_HEADER A "," HEX ",approve,7:" HEX "\n" B "," HEX ",approve,12\n", 7},
        {OF_HEADER A "," HEX ",approve,\n", 0},
        {"account_id,subject,decision\n" A "," HEX ",approve\n", 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct decisions decisions;
        assert_int_equal(
            read_bytes(&arena, cases[i].bytes, strlen(cases[i].bytes), &decisions, &err), 0);
        assert_null(decisions.portal);
        assert_int_equal(decisions.plan, cases[i].plan);
    }
}

#define HEADER "account_id,subject,decision,until,reason,name\n"

TEST(decisions_file_rows_that_cannot_be_read_are_marked_and_others_are_not)
{
    static const struct {
        const char *bytes, *lines;
    } cases[] = {
        {HEADER A "," HEX ",approve\n", "2:" A "," HEX ",approve,-,-"}, /* empty ones left out */
        {HEADER "'" A "," HEX ",approve\n", "2:" A "," HEX ",approve,-,-"},
        {HEADER "\n,,\n" A "," HEX ",approve\n", "4:" A "," HEX ",approve,-,-"},
        {HEADER A "," HEX ",keep,,a,b,c\n",
         "2:" A "," HEX ",keep,-,a (it has more cells than the header: one that holds the "
         "separator is enclosed in quotation marks)"},
        {HEADER A "," HEX ",,,a,b,c\n",
         "2:" A "," HEX ",-,-,a (it has more cells than the header: one that holds the separator "
         "is enclosed in quotation marks)"},
        {HEADER A "," HEX ",keep,2027-01-01,Z\xFCrich,x\n" B "," HEX ",approve,,,Z\xFCrich\n",
         "2:" A "," HEX ",keep,2027-01-01,Z\xFCrich (it is in an encoding that nobody stated: save "
         "the sheet as 'CSV UTF-8')|3:" B "," HEX ",approve,-,-"},
        {HEADER "a\xE2\x80\x8B"
                "b," HEX ",approve\n",
         "2:-," HEX ",approve,-,- (its account_id is no text, or holds what cannot be seen)"},
        {"notes @ us,account_id,subject,decision\nx," A "," HEX ",approve\n",
         "2:" A "," HEX ",approve,-,-"},
        {HEADER, ""},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_lines(cases[i].bytes, cases[i].bytes, strlen(cases[i].bytes), cases[i].lines);
}

/* --- the page --- */

#define HEAD                                                                                       \
    "{\"format\": \"bynder-reconcile decisions\", \"version\": 1, \"portal\": \"acme\", "          \
    "\"plan\": 12, \"digest\": \"" HEX "\", \"decisions\": "

TEST(decisions_file_of_the_page_says_which_plan_and_what)
{
    static const char bytes[] =
        "\xEF\xBB\xBF\n" HEAD "[{\"account_id\": \"" A "\", \"subject\": \"" HEX "\", "
        "\"decision\": \"approve\", \"until\": null, \"reason\": null},\n"
        "{\"account_id\": \"" B "\", \"decision\": \"keep\", \"until\": \"2027-03-01\", "
        "\"reason\": \"f\\u00fcr\\nx\", \"more\": [1]},"
        "{\"account_id\": 7, \"subject\": \"" HEX "\", \"decision\": \"approve\"},"
        "{\"account_id\": \"" A "\", \"account_id\": \"" B "\", \"decision\": \"approve\"},"
        "17]}";
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text shown = TEXT_INIT;
    struct decisions decisions;
    char hex[DIGEST_HEX_SIZE];

    if (read_bytes(&arena, bytes, sizeof(bytes) - 1, &decisions, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(decisions.portal, "acme");
    assert_int_equal(decisions.plan, 12);
    assert_string_equal(digest_hex(&decisions.digest, hex), HEX);
    assert_int_equal(decisions.count, 5);
    show_lines(&decisions, &shown);
    assert_true(text_starts(text_cstr(&shown),
                            "1:" A "," HEX ",approve,-,-|2:" B ",-,keep,2027-03-01,für\nx|"
                            "3:-," HEX ",approve,-,- (its 'account_id' is no text, or too long)|"
                            "4:-,-,-,-,- ("));
    assert_non_null(decisions.line[4].flaw);
}

/* --- what is neither --- */

TEST(decisions_file_of_something_else_is_refused_as_a_whole)
{
#define BYTES(bytes) bytes, sizeof(bytes) - 1
    static const struct {
        const char *bytes;
        size_t length;
        const char *says;
    } cases[] = {
        {BYTES("account_id,decision\n" A ",approve\n"), "no column is called 'subject'"},
        {BYTES("account_id,subject\n" A "," HEX "\n"), "no column is called 'decision'"},
        {BYTES("subject,decision\n" HEX ",approve\n"), "no column is called 'account_id'"},
        {BYTES(A "," HEX ",approve\n"), "is no header"},
        {BYTES("decision,account_id,subject,decision\n"), "f:1: 'decision' is in the header twice"},
        {BYTES(HEADER A "," HEX ",approve,,\"x\n" B "," HEX ",keep,,\"\n"), "f:2: "}, /* hidden */
        {BYTES(HEADER A "," HEX ",approve,,\"x\n'" B "'," HEX ",keep,,\"\n"), "f:2: "},
        {BYTES(HEADER A "," HEX ",approve,,x,\"a\nb\"\n"), "holds a line break"},
        {BYTES(HEADER A "," HEX ",approve,,\"x"), "never closed"},
        {BYTES("PK\x03\x04\x14\0"), "is no text but a workbook"},
        {BYTES("account_id\0,decision"), "NUL"},
        {BYTES("\xFF\xFE\x00\xD8"
               "A\0"),
         "f: "},
        {BYTES("{\"plan\": {\"id\": 12}, \"decisions\": []}"), "is no file of decisions"},
        {BYTES("[]"), "it is a list"},
        {BYTES("[" HEAD "[]}]"), "it is a list"},
        {BYTES("[" HEAD "[]}," HEAD "[]}]"), "it is a list"},
        {BYTES(HEAD "[], \"decisions\": []}"), "is no file of decisions"},
        {BYTES(HEAD "{}}"), "is no file of decisions"},
        {BYTES(HEAD "[{\"account_id\": \"" A "\""), "f: "},
        {BYTES("{\"format\": \"bynder-reconcile decisions\", \"version\": 2, \"decisions\": []}"),
         "another version"},
        {BYTES("{\"format\": \"bynder-reconcile decisions\", \"version\": 1, \"portal\": \"acme\", "
               "\"plan\": 12, \"digest\": \"ab\", \"decisions\": []}"),
         "which plan"},
        {BYTES("{\"format\": \"bynder-reconcile decisions\", \"version\": 1, "
               "\"plan\": 12, \"digest\": \"" HEX "\", \"decisions\": []}"),
         "which plan"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct decisions decisions;
        if (read_bytes(&arena, cases[i].bytes, cases[i].length, &decisions, &err) == 0)
            fail_msg("case %zu is taken", i);
        assert_int_equal(err.code, ERR_USAGE);
        if (!strstr(err.text, cases[i].says))
            fail_msg("case %zu: %s", i, err.text);
    }
}
