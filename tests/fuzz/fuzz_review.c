/*
 * The files of --only and --except. The oracle: no line that was not in the file names a row. A row
 * can only be meant by a file in which its id or its address stands; and a CSV that this program
 * wrote of some rows, whatever people are called in it, means exactly these; of none, it is
 * refused. Reads: core/review.c report/review_file.c report/csv.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "fuzz.h"
#include "report/report.h"
#include "report/review_file.h"

enum { ROWS = 4 };

#define ID(letter)                                                                                 \
    letter letter letter letter letter letter letter letter "-2B3A-141F-8F07D71AA1F223BD"

static const struct plan_row rows[ROWS] = {
    {.action = ACTION_SUSPEND, .account_id = ID("A"), .username = "anna", .email = "a@b.c"},
    {.action = ACTION_DEPROVISION, .account_id = ID("B"), .email = "\xC3\xA4@b.c"},
    {.action = ACTION_REACTIVATE,
     .account_id = ID("C"),
     .username = "Mallory\na@b.c,",
     .email = "\"q\"@b.c"},
    {.action = ACTION_KEEP, .account_id = ID("D"), .email = "k@b.c"},
};

static bool read_and_select(const struct plan *plan, const char *bytes, size_t length, bool *named)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct review_names names;

    if (review_file_read(&arena, bytes, length, "file", &names, &err) == 0 &&
        review_select(plan, &names, named, &err) == 0)
        return true;
    FUZZ_CHECK(text_is_utf8(err.text, strlen(err.text)));
    return false;
}

/* --- any file --- */

/* Whether it stands there, in any case, quotes in it doubled or not, each byte once or (UTF-16)
 * with a NUL beside it. */
static bool stands_in(const char *bytes, size_t length, const char *value)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    for (size_t i = 0; i < length; i++) {
        if (bytes[i] && !(bytes[i] == '"' && i > 0 && bytes[i - 1] == '"'))
            text_add_char(&text, bytes[i]);
    }
    return strcasestr(text_cstr(&text), value) != NULL;
}

static void read_any(const char *bytes, size_t length)
{
    static const struct plan plan = {.row = (struct plan_row *)(uintptr_t)rows, .row_count = ROWS};
    bool named[ROWS] = {false}, success = read_and_select(&plan, bytes, length, named);

    for (size_t i = 0; i < ROWS; i++) {
        FUZZ_CHECK(!named[i] || (success && rows[i].action != ACTION_KEEP));
        FUZZ_CHECK(!named[i] || !text_is_ascii(rows[i].email) || rows[i].email[0] == '"' ||
                   stands_in(bytes, length, rows[i].account_id) ||
                   stands_in(bytes, length, rows[i].email));
    }
}

/* --- a file of our own --- */

static void read_back(struct bytes *bytes)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text csv = TEXT_INIT;
    struct plan_row all[ROWS], some[ROWS];
    struct plan whole = {.version = PLAN_VERSION,
                         .portal = "acme",
                         .time_zone = "UTC",
                         .row = all,
                         .row_count = ROWS};
    unsigned kept = bytes_choice(bytes, 1 << ROWS);
    bool named[ROWS] = {false};

    struct plan part = whole;
    part.row = some;
    part.row_count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        all[i] = rows[i];
        all[i].action = ACTION_SUSPEND;
        all[i].rule = "r";
        all[i].username = bytes_utf8_line(bytes, &arena);
        all[i].email = bytes_utf8_line(bytes, &arena);
        all[i].name = bytes_utf8_line(bytes, &arena);
        all[i].reason = bytes_utf8_line(bytes, &arena);
        if (kept >> i & 1)
            some[part.row_count++] = all[i];
    }
    const struct report_style style = {.width = 80};
    FUZZ_CHECK(report_plan(&part, REPORT_CSV, &style, &csv, NULL) == 0);
    FUZZ_CHECK(read_and_select(&whole, text_cstr(&csv), csv.length, named) == (kept != 0));
    for (size_t i = 0; i < ROWS; i++)
        FUZZ_CHECK(named[i] == (kept >> i & 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = bytes_of(data, size);

    read_any((const char *)data, size);
    read_back(&bytes);
    return 0;
}
