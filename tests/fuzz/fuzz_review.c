/*
 * The files of --only and --except: no line that was not in the file names a row. The oracle knows
 * one thing, that a row can only be meant by a file in which its id or its address stands, whole,
 * with nothing but a separator, a quote, a blank or the apostrophe of the CSV around it.
 * Reads: core/review.c
 */
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/text.h"
#include "core/review.h"
#include "fuzz.h"

static struct plan_row rows[] = {
    {.action = ACTION_SUSPEND,
     .account_id = "AAAAAAAA-2B3A-141F-8F07D71AA1F223BD",
     .username = "anna",
     .email = "a@b.c"},
    {.action = ACTION_DEPROVISION,
     .account_id = "BBBBBBBB-2B3A-141F-8F07D71AA1F223BD",
     .username = "x",
     .email = "\xC3\xA4@b.c"},
    {.action = ACTION_REACTIVATE,
     .account_id = "CCCCCCCC-2B3A-141F-8F07D71AA1F223BD",
     .username = "Mallory\na@b.c,",
     .email = "\"q\"@b.c"},
    {.action = ACTION_KEEP, .account_id = "DDDDDDDD-2B3A-141F-8F07D71AA1F223BD", .email = "k@b.c"},
};
static const struct plan plan = {.row = rows, .row_count = COUNT_OF(rows)};

/* Whether it stands there, in any case, quotes in it doubled or not. */
static bool stands_in(struct arena *arena, const char *text, const char *value)
{
    const char *folded = fold_text(arena, text), *wanted = fold_text(arena, value);
    CLEANUP(text_release) struct text doubled = TEXT_INIT;

    for (const char *c = wanted; *c; c++) {
        text_add_char(&doubled, *c);
        if (*c == '"')
            text_add_char(&doubled, *c);
    }
    return folded && (strstr(folded, wanted) || strstr(folded, text_cstr(&doubled)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct bytes bytes = bytes_of(data, size);
    const char *text = bytes_rest(&bytes, &arena);
    bool named[COUNT_OF(rows)] = {false};

    if (review_select(&plan, text, "file", named, &err) < 0) {
        FUZZ_CHECK(text_is_utf8(err.text, strlen(err.text)));
        for (size_t i = 0; i < COUNT_OF(rows); i++)
            FUZZ_CHECK(!named[i]);
        return 0;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        FUZZ_CHECK(!named[i] || rows[i].action != ACTION_KEEP);
        FUZZ_CHECK(!named[i] || stands_in(&arena, text, rows[i].account_id) ||
                   stands_in(&arena, text, rows[i].email));
    }
    return 0;
}
