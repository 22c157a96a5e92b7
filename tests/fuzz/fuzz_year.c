/*
 * The file of the events of a year, whole and in pieces: whatever it holds, nobody is told of but
 * by an id of the v4 form and a time of that year, and the pieces change nothing. Reads:
 * bynder/year_reader.c
 */
#include <string.h>

#include "base/text.h"
#include "bynder/year_reader.h"
#include "facts/account.h"
#include "fuzz.h"

#define NOW     INT64_C(1795330800000000)
#define YEAR_US (368 * DAY_US)

struct seen {
    struct instant begins;
    size_t count;
    int64_t sum;
};

static void take(void *context, const char *user_id, enum event_kind kind, struct instant at)
{
    struct seen *seen = context;

    FUZZ_CHECK(account_id_is_v4(user_id));
    FUZZ_CHECK(kind < EVENT_KINDS);
    FUZZ_CHECK(at.us <= NOW && at.us >= seen->begins.us - DAY_US &&
               at.us < seen->begins.us + YEAR_US);
    seen->count++;
    seen->sum += at.us % 1000003 * (int64_t)seen->count % 1000003;
}

static bool read_in_steps(const char *bytes, size_t size, size_t step, struct seen *seen)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct portal_year year = {.year = 2023, .now = {.us = NOW}, .context = seen, .take = take};
    CLEANUP(year_reader_freep) struct year_reader *reader = year_reader_new(&year);
    size_t rows = 0, unreadable = 0;

    FUZZ_CHECK(instant_parse_bynder("2023-01-01T00:00:00Z", &seen->begins));
    for (size_t at = 0; at < size; at += step) {
        size_t left = size - at;
        if (year_reader_push(reader, bytes + at, left < step ? left : step, &err) < 0) {
            FUZZ_CHECK(err.code == ERR_UNREACHABLE && text_is_utf8(err.text, strlen(err.text)));
            return false;
        }
    }
    if (year_reader_finish(reader, &rows, &unreadable, &err) < 0)
        return false;
    FUZZ_CHECK(seen->count + unreadable <= rows && unreadable <= rows / 2);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole = {.count = 0}, pieces = {.count = 0};
    bool is_whole = read_in_steps((const char *)data, size, size + 1, &whole);

    FUZZ_CHECK(read_in_steps((const char *)data, size, 3, &pieces) == is_whole);
    FUZZ_CHECK(!is_whole || (whole.count == pieces.count && whole.sum == pieces.sum));
    return 0;
}
