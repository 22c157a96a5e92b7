/*
 * A CSV of ours that a person edited, or a list they made, read back. The oracle: whatever names,
 * profiles and reasons hold, and whatever a spreadsheet made of the file, a row that is not in it
 * is named by nothing.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "hostile.h"
#include "random.h"
#include "report/report.h"
#include "report/review_file.h"
#include "test.h"

#define A "AAAAAAAA-2B3A-141F-8F07D71AA1F223BD"
#define B "BBBBBBBB-2B3A-141F-8F07D71AA1F223BD"
#define C "CCCCCCCC-2B3A-141F-8F07D71AA1F223BD"

/* The names with their rows, as "1=x 2=y". */
static void show_names(const struct review_names *names, struct text *ret_text)
{
    for (size_t i = 0; i < names->count; i++)
        text_addf(ret_text, "%s%u=%s", i ? " " : "", names->name[i].row, names->name[i].value);
}

TEST(review_file_takes_lists_and_tables)
{
    static const struct {
        const char *bytes;
        const char *names;
    } cases[] = {
        {A, "1=" A},
        {A "\n" B "\n", "1=" A " 2=" B},
        {A "\r" B "\r", "1=" A " 2=" B}, /* as Excel for the Mac */
        {"bert@acme.example\r\n ANNA.A@ACME.EXAMPLE \r\n",
         "1=bert@acme.example 2=ANNA.A@ACME.EXAMPLE"},
        {A ",anna,x\n" B ",b,\"y,z\"\n", "1=" A " 2=" B}, /* rows without their header */
        {A ";anna,x\n" B ";b,y\n", "1=" A " 2=" B},
        {"'" B, "1=" B},
        {"'=bert@acme.example\n", "1==bert@acme.example"}, /* as our CSV defuses it */
        {"'bert@acme.example\n", "1='bert@acme.example"},  /* a letter of the address */
        {"anna@acme.example,account_id\nbert@acme.example,b\n",
         "1=anna@acme.example 2=bert@acme.example"}, /* no header: somebody is called so */
        {"account_id,username\n" C ",cora\n", "2=" C},
        {"\xEF\xBB\xBF\"Account_ID\"\n\"" A "\"\n", "2=" A},
        {"username,name,account_id\ncora,\"a,b\"," C "\n", "2=" C},
        {"name;account_id;note\n\"x;" B ";" B ";\";" A ";\n", "2=" A},
        {"\tname\taccount_id\n\tx\t" A "\n\ty\t" B "\n", "2=" A " 3=" B},
        {",,\naccount_id,a,b\n,,\n" A ",x,\n" B "\n", "4=" A " 5=" B}, /* empty ones are left out */
        {"account_id,name\n" A ",Z\xFC"
         "rich\n",
         "2=" A}, /* Excel's plain CSV, in no UTF-8 */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        CLEANUP(text_release) struct text shown = TEXT_INIT;
        struct review_names names;
        if (review_file_read(&arena, cases[i].bytes, strlen(cases[i].bytes), "f", &names, &err) < 0)
            fail_msg("case %zu: %s", i, err.text);
        show_names(&names, &shown);
        assert_string_equal(text_cstr(&shown), cases[i].names);
    }
}

TEST(review_file_that_can_be_read_in_two_ways_is_refused)
{
#define BYTES(bytes) bytes, sizeof(bytes) - 1
    static const struct {
        const char *bytes;
        size_t length;
        const char *says;
    } cases[] = {
        {BYTES("account_id,name\n\"" A "\n" B "\",x\n"), "f:2:"}, /* a line break in a name */
        {BYTES("\"" A "\n" B "\"\n"), "f:1:"},
        {BYTES(A "\n" B ",b,\"y\nz\"\n"), "f:2: 'y\\x0az' holds a line break"},
        {BYTES("account_id,name\n" A ",\"x\n" B ",\"\n"), "f:2:"}, /* B would be hidden */
        {BYTES("account_id,name\n" A ",\"x\r\"\n"), "save it as CSV with quotes"},
        {BYTES("account_id,\"na\nme\"\n" A ",x\n"), "f:1:"},
        {BYTES(""), "f: names nobody"},
        {BYTES("\n \r\n"), "f: names nobody"},
        {BYTES("\xEF\xBB\xBF"), "f: names nobody"},
        {BYTES("account_id"), "f: names nobody"},
        {BYTES("account_id,username\n,,\n"), "f: names nobody"},
        {BYTES(A "\n\"x\ny\"\n"), "f:2:"},
        {BYTES("account_id,name\n" A ",a,b\n"), "f:2: has 3 cells, the header has 2"},
        {BYTES("account_id,name,account_id\n" A ",a," B "\n"), "f:1:"},
        {BYTES("account_id,name\n,Mallory\n"), "f:2: names nobody"},
        {BYTES("name,account_id\nMallory\n"), "f:2: names nobody"},
        {BYTES(A ",x\n,y\n"), "f:2: names nobody"},
        {BYTES(A "\n\"" B), "f: row 2"}, /* cut */
        {BYTES(A "\nx\"" B "\"\n"), "f: row 2"},
        {BYTES(A "\nZ\xFC"
                 "rich\n"),
         "f:2: 'Z\\xfcrich' is in an encoding"},
        {BYTES(A "\nanna\xE2\x80\x8B@acme.example\n"), "f:2:"}, /* a blank that nobody sees */
        {BYTES(A "\n\x1b[2J\n"), "f:2: '\\x1b[2J'"},
        {BYTES("PK\x03\x04\0\0"), "f: is no text but a workbook"},
        {BYTES("A\nB\0\n"), "f: is no text, it holds a NUL"},
        {BYTES("A\0B\n\0"), "f: is no text"},
        {BYTES("\xFF\xFE"
               "A\0\n\0B"),
         "f: "}, /* UTF-16, cut */
        {BYTES("\xFF\xFE\x00\xD8"
               "A\0"),
         "f: "},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct review_names names;
        if (review_file_read(&arena, cases[i].bytes, cases[i].length, "f", &names, &err) == 0)
            fail_msg("case %zu is taken", i);
        assert_int_equal(err.code, ERR_USAGE);
        if (!strstr(err.text, cases[i].says))
            fail_msg("case %zu: %s", i, err.text);
    }
}

/* Cut out of a report without its header, with somebody who is called as a column is. */
TEST(review_file_takes_no_name_for_a_header)
{
    static const char bytes[] = A ",m1,x,account_id\n" B ",m2,x," C "\n";
    static const char turned[] = "account_id;x;" A "\n" C ";m2;" B "\n";
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text shown = TEXT_INIT;
    struct review_names names;

    assert_int_equal(review_file_read(&arena, bytes, strlen(bytes), "f", &names, &err), 0);
    show_names(&names, &shown);
    assert_string_equal(text_cstr(&shown), "1=" A " 2=" B);
    assert_string_equal(names.name[0].username, "m1");
    assert_string_equal(names.name[1].username, "m2");
    /* with the columns turned around the first cell is nobody's id, and m2 is not C's username */
    assert_int_equal(review_file_read(&arena, turned, strlen(turned), "f", &names, &err), 0);
    assert_string_equal(names.name[0].value, "account_id");
    assert_string_equal(names.name[1].username, "m2");
}

/* --- the oracle --- */

enum { ROWS = 12, ROUNDS = 400 };
#define OF_ROW(number) "AAAAAAA" number "-2B3A-141F-8F07D71AA1F223BD"

/* One plan of hostile values, and what the columns of its rows hold. */
static void make_rows(struct arena *arena, uint64_t *seed, struct plan_row row[static ROWS])
{
    for (size_t i = 0; i < ROWS; i++) {
        row[i] = (struct plan_row){
            .action = ACTION_SUSPEND,
            .account_id = arena_printf(arena, OF_ROW("%zX"), i + 1),
            .username = hostile_value(arena, seed, SIZE_MAX),
            .email = hostile_value(arena, seed, SIZE_MAX),
            .name = hostile_value(arena, seed, SIZE_MAX),
            .rule = "departed",
            .reason = hostile_value(arena, seed, SIZE_MAX),
            .clause = "R1",
            .account_word = "active",
            .person_word = "departed",
            .profile = hostile_value(arena, seed, SIZE_MAX),
            .department = hostile_value(arena, seed, SIZE_MAX),
        };
        if (next_random(seed) % 4 == 0) /* what an older program wrote: a line of somebody else's */
            row[i].name = "Mallory\"\n" OF_ROW("1") ",x\r" OF_ROW("6") "\n\"";
    }
}

/* How a spreadsheet writes a table again. */
struct resave {
    char delimiter;
    bool all_quoted, mark;
    const char *line_end, *encoding;
};

static const struct resave resaves[] = {
    {',', false, false, "\n", NULL},      {';', false, true, "\r\n", NULL},
    {'\t', true, false, "\r\n", NULL},    {',', true, true, "\r", NULL},
    {';', true, false, "\n", "UTF-16LE"}, {'\t', false, true, "\r\n", "UTF-16BE"},
};

static void add_again(struct text *out, const struct resave *resave, const char *value)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;

    text_add_printable(&printable, value); /* as it read it in our CSV */
    const char *cell = text_cstr(&printable);
    bool quoted = resave->all_quoted || strpbrk(cell, "\"\r\n ,;\t");

    text_add(out, quoted ? "\"" : "");
    for (const char *c = cell; *c; c++) {
        text_add(out, *c == '"' ? "\"" : "");
        text_add_char(out, *c);
    }
    text_add(out, quoted ? "\"" : "");
}

/* The header and these rows, with the columns in another order. */
static void write_again(struct text *out, const struct resave *resave, const struct plan_row *row,
                        const bool *stays)
{
    const char *const header[] = {"reason", "name", "account_id", "username", "email"};

    for (int i = -1; i < ROWS; i++) {
        const char *const cell[] = {
            i < 0 ? header[0] : row[i].reason, i < 0 ? header[1] : row[i].name,
            i < 0 ? header[2] : row[i].account_id, i < 0 ? header[3] : row[i].username,
            i < 0 ? header[4] : row[i].email};
        if (i >= 0 && !stays[i])
            continue;
        for (size_t c = 0; c < COUNT_OF(cell); c++) {
            text_add_bytes(out, &resave->delimiter, c > 0);
            add_again(out, resave, cell[c] ? cell[c] : "");
        }
        text_add(out, resave->line_end);
    }
}

static void add_unit(struct text *out, bool big, unsigned unit)
{
    const char bytes[] = {(char)(unit >> 8), (char)(unit & 0xFF)};

    text_add_char(out, bytes[big ? 0 : 1]);
    text_add_char(out, bytes[big ? 1 : 0]);
}

/* Puts the mark in front, and UTF-16 in place of UTF-8. */
static void convert(struct text *text, const struct resave *resave)
{
    CLEANUP(text_release) struct text plain = *text;
    bool big = text_equal(resave->encoding, "UTF-16BE");
    int32_t c;

    *text = TEXT_INIT;
    if (!resave->encoding) {
        text_add(text, resave->mark ? "\xEF\xBB\xBF" : "");
        text_add_bytes(text, plain.data, plain.length);
        return;
    }
    add_unit(text, big, 0xFEFF);
    for (size_t i = 0, step; i < plain.length; i += step) {
        step = text_decode(plain.data + i, plain.length - i, &c);
        assert_true(step > 0);
        if (c < 0x10000) {
            add_unit(text, big, (unsigned)c);
            continue;
        }
        add_unit(text, big, 0xD800 + (((unsigned)c - 0x10000) >> 10));
        add_unit(text, big, 0xDC00 + (((unsigned)c - 0x10000) & 0x3FF));
    }
}

/* The rows of the plan that its file names must be those that stayed in it. */
static void assert_names(const struct plan *plan, const struct text *file, const bool *stays,
                         const char *what, uint64_t at)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct review_names names;
    bool named[ROWS] = {false};

    if (review_file_read(&arena, text_cstr(file), file->length, "f", &names, &err) < 0 ||
        review_select(plan, &names, named, &err) < 0)
        fail_msg("%s, seed %llu: %s", what, (unsigned long long)at, err.text);
    for (size_t i = 0; i < ROWS; i++) {
        if (named[i] != stays[i])
            fail_msg("%s, seed %llu: row %zu is%s named", what, (unsigned long long)at, i + 1,
                     named[i] ? "" : " not");
    }
}

/* The plan's own CSV without some of its lines, as grep, sed and editors take them out. */
static void cut_lines(const struct text *csv, const bool *stays, struct text *out)
{
    size_t row = 0;

    for (const char *line = text_cstr(csv); *line; row++) {
        size_t length = strcspn(line, "\n") + 1;

        if (row == 0 || stays[row - 1])
            text_add_bytes(out, line, length);
        line += length;
    }
    assert_int_equal(row, ROWS + 1); /* a row is a line, whatever it holds */
}

TEST(review_file_never_names_a_row_that_is_not_in_it)
{
    static const struct report_style plain = {.width = 0};

    for (uint64_t round = 1; round <= ROUNDS; round++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        CLEANUP(text_release) struct text cut = TEXT_INIT;
        struct plan_row row[ROWS];
        struct plan plan = {.id = 1, .portal = "acme", .row = row, .row_count = ROWS};
        bool stays[ROWS];
        uint64_t seed = round;

        make_rows(&arena, &seed, row);
        for (size_t i = 0; i < ROWS; i++)
            stays[i] = next_random(&seed) % 2 == 0;
        stays[round % ROWS] = true; /* a file that names nobody is another case */
        assert_int_equal(report_plan(&plan, REPORT_CSV, &plain, &csv, NULL), 0);
        cut_lines(&csv, stays, &cut);
        assert_names(&plan, &cut, stays, "lines", round);
        for (size_t i = 0; i < COUNT_OF(resaves); i++) {
            CLEANUP(text_release) struct text again = TEXT_INIT;
            write_again(&again, &resaves[i], row, stays);
            convert(&again, &resaves[i]);
            assert_names(&plan, &again, stays, "a table written again", round);
        }
    }
}
