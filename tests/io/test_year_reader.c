/* bynder/year_reader: rows of a file of the events of a year, good ones and others. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bynder/year_reader.h"
#include "test.h"

#define USER  "1A84D758-2B3A-141F-8F07D71AA1F223BD"
#define REST  ",,,,,,,,,,,,,,,"
#define EMPTY ",\"\""
#define FIVE  EMPTY EMPTY EMPTY EMPTY EMPTY
#define LOGIN "user.login,2023-03-22T12:26:23.862Z," USER FIVE FIVE FIVE "\n"

struct seen {
    size_t count;
    char user[40];
    enum event_kind kind;
    struct instant at;
};

static void take(void *context, const char *user_id, enum event_kind kind, struct instant at)
{
    struct seen *seen = context;

    seen->count++;
    seen->kind = kind;
    seen->at = at;
    assert_true(strlen(user_id) < sizeof(seen->user));
    memcpy(seen->user, user_id, strlen(user_id) + 1);
}

struct outcome {
    struct seen seen;
    size_t rows, unreadable;
    int failed;
    struct err err;
};

static struct outcome read_steps(const char *bytes, size_t length, size_t step)
{
    struct outcome outcome = {.err = ERR_INIT};
    struct portal_year year = {.year = 2023, .context = &outcome.seen, .take = take};
    CLEANUP(year_reader_freep) struct year_reader *reader = year_reader_new(&year);

    assert_true(instant_parse_bynder("2026-11-29T02:00:00Z", &year.now));
    for (size_t at = 0; at < length && !outcome.failed; at += step)
        outcome.failed = year_reader_push(reader, bytes + at,
                                          length - at < step ? length - at : step, &outcome.err);
    if (!outcome.failed)
        outcome.failed =
            year_reader_finish(reader, &outcome.rows, &outcome.unreadable, &outcome.err);
    return outcome;
}

/* As Bynder's OpenAPI has it, word by word. */
static const char documented[] =
    "asset.view,2023-03-25T07:26:09.739Z,1A84D758-2B3A-141F-8F07D71AA1F223BD,CA510292-E39E-4B28-"
    "AB6444CDD2B1C5C0,Product Insights,image,ACCEPTED,CA510292-E39E-4B28-AB6444CDD2B1C5C___Product "
    "Insights,\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\n"
    "user.login,2023-03-22T12:26:23.862Z,1A84D758-2B3A-141F-8F07D71AA1F223BD,\"\",\"\",\"\",\"\","
    "\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\n"
    "SearchExecuted,2023-02-23T11:03:30.971Z,1A84D758-2B3A-141F-8F07D71AA1F223BD,\"\",\"\",\"\","
    "\"\",\"\",\"\",\"\",\"\",[de],\"\",\"\",\"\",{168}\n";

TEST(year_reader_reads_the_example_of_the_documentation)
{
    struct outcome outcome = read_steps(documented, sizeof(documented) - 1, 11);

    assert_int_equal(outcome.failed, 0);
    assert_int_equal(outcome.rows, 3);
    assert_int_equal(outcome.unreadable, 0);
    assert_int_equal(outcome.seen.count, 3);
    assert_int_equal(outcome.seen.kind, EVENT_SEARCH);
    assert_string_equal(outcome.seen.user, USER);
}

TEST(year_reader_tells_rows_as_the_api_documents_them)
{
    static const char file[] =
        "asset.view,2023-03-25T07:26:09.739Z," USER ",CA510292-E39E-4B28-AB6444CDD2B1C5C0,"
        "Product Insights,image,ACCEPTED,name" FIVE FIVE "\n" LOGIN;
    struct instant at;

    assert_true(instant_parse_bynder("2023-03-22T12:26:23.862Z", &at));
    for (size_t step = 1; step < sizeof(file); step += 7) {
        struct outcome outcome = read_steps(file, sizeof(file) - 1, step);
        assert_int_equal(outcome.failed, 0);
        assert_int_equal(outcome.rows, 2);
        assert_int_equal(outcome.unreadable, 0);
        assert_int_equal(outcome.seen.count, 2);
        assert_int_equal(outcome.seen.kind, EVENT_LOGIN);
        assert_int_equal(outcome.seen.at.us, at.us);
        assert_string_equal(outcome.seen.user, USER);
    }
}

/* As a program of another house writes it. */
TEST(year_reader_reads_other_line_ends_and_quotes)
{
    static const char *const files[] = {
        "user.login,2023-03-22T12:26:23.862Z," USER
        ",,\r\nuser.login,2023-03-22T12:26:23.862Z," USER ",,\r\n",
        "user.login,2023-03-22T12:26:23.862Z," USER ",,\ruser.login,2023-03-22T12:26:23.862Z," USER
        ",,\r",
        "\"user.login\",\"2023-03-22T12:26:23.862Z\",\"" USER "\"\r\n" LOGIN,
        "asset.view,2023-03-22T12:26:23.862Z," USER ",,\"a, \"\"b\"\"\r\nuser.login,c\",x\n" LOGIN,
        "\xef\xbb\xbf" LOGIN LOGIN,
    };
    struct instant at;

    assert_true(instant_parse_bynder("2023-03-22T12:26:23.862Z", &at));
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        for (size_t step = 1; step < 40; step += 6) {
            struct outcome outcome = read_steps(files[i], strlen(files[i]), step);
            if (outcome.failed || outcome.rows != 2 || outcome.unreadable != 0 ||
                outcome.seen.count != 2 || outcome.seen.at.us != at.us)
                fail_msg("file %zu by %zu: %s, %zu rows, %zu unreadable, %zu told", i, step,
                         outcome.err.text ? outcome.err.text : "read", outcome.rows,
                         outcome.unreadable, outcome.seen.count);
        }
    }
}

/* One row among good ones. */
TEST(year_reader_leaves_out_a_row_that_cannot_be_read)
{
    static const struct {
        const char *row;
        size_t unreadable, told;
    } rows[] = {
        {"Unheard,2023-03-22T12:26:23Z," USER REST "\n", 0, 1},
        {"user.login,2023-12-31T23:59:59Z," USER REST "\n", 0, 1},
        {"user.login,2023-01-01T00:00:00Z," USER REST "\n", 0, 1},
        {"user.login,2022-12-31T12:00:00Z," USER REST "\n", 0, 1},
        {"user.login,2022-12-30T12:00:00Z," USER REST "\n", 1, 0},
        {"user.login,2024-01-02T00:00:00Z," USER REST "\n", 1, 0},
        {"user.login,2199-01-02T00:00:00Z," USER REST "\n", 1, 0},
        {"user.login,yesterday," USER REST "\n", 1, 0},
        {"user.login,," USER REST "\n", 1, 0},
        {",2023-03-22T12:26:23Z," USER REST "\n", 1, 0},
        {"user.login,2023-03-22T12:26:23Z," USER REST ",\n", 0, 1},
        {"user.login,2023-03-22T12:26:23Z," USER "\n", 0, 1},
        {"user.login,2023-03-22T12:26:23Z\n", 1, 0},
        {"user.login\n", 1, 0},
        {"CollectionViewed,2023-03-22T12:26:23Z," REST "\n", 0, 0},
        {"user.login,2023-03-22T12:26:23Z,someone" REST "\n", 0, 0},
        {"user.login,2023-03-22T12:26:23Z,1a84d758-2b3a-141f-8f07d71aa1f223bd" REST "\n", 0, 0},
        {"user.login,2023-03-22T12:26:23Z," USER "Z" REST "\n", 0, 0},
        {"\xff\xfe,\xff," USER REST "\n", 1, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text file = TEXT_INIT;
        text_addf(&file, "%s%s%s", LOGIN, rows[i].row, LOGIN);
        struct outcome outcome = read_steps(file.data, file.length, 5);
        if (outcome.failed || outcome.rows != 3 || outcome.unreadable != rows[i].unreadable ||
            outcome.seen.count != 2 + rows[i].told)
            fail_msg("%s: %s, %zu rows, %zu unreadable, %zu told", rows[i].row,
                     outcome.err.text ? outcome.err.text : "read", outcome.rows, outcome.unreadable,
                     outcome.seen.count);
    }
}

TEST(year_reader_refuses_what_is_no_file_of_events)
{
    static const struct {
        const char *file, *says;
    } files[] = {
        {"<html><title>Login</title></html>\n", "HTML"},
        {"{\"message\":\"no\"}\n", "JSON"},
        {"[]\n", "JSON"},
        {"\x1f\x8b\x08 more\n", "compressed"},
        {"PK\x03\x04 more\n", "compressed"},
        {LOGIN "user.login,2023-03-22T12:26", "cut off"},
        {LOGIN "user.login,2023-03-22T12:26:23Z," USER REST, "cut off"},
        {LOGIN "user.login,\"2023\n", "never closed"},
        {LOGIN "user.login,20\"23,\n", "quotation mark"},
        {"a\nb\n" LOGIN, "2 of 3 rows"},
    };

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct outcome outcome = read_steps(files[i].file, strlen(files[i].file), 3);
        if (!outcome.failed || outcome.err.code != ERR_UNREACHABLE ||
            !strstr(outcome.err.text, files[i].says))
            fail_msg("%s: %s", files[i].file, outcome.err.text ? outcome.err.text : "read");
        err_release(&outcome.err);
    }
}

TEST(year_reader_refuses_a_field_without_end)
{
    enum { LONG = 3 << 20 };
    CLEANUP(text_release) struct text file = TEXT_INIT;

    text_add(&file, LOGIN "user.login,");
    for (size_t i = 0; i < LONG / 16; i++)
        text_add(&file, "aaaaaaaaaaaaaaaa");
    struct outcome outcome = read_steps(file.data, file.length, 65536);
    assert_int_equal(outcome.failed, -1);
    assert_non_null(strstr(outcome.err.text, "longer than"));
    err_release(&outcome.err);
}

TEST(year_reader_of_nothing_has_no_rows)
{
    struct outcome outcome = read_steps("", 0, 1);

    assert_int_equal(outcome.failed, 0);
    assert_int_equal(outcome.rows, 0);
}
