/*
 * Rows of a plan as the database gives them: any value that the type of a column has. They go
 * through every report, and each report is what its format says.
 * Reads: store/column.c database/pg_value.c core/plan_row.c report/text.c report/json.c
 * report/csv.c report/html.c report/parts.c report/words.c base/column.c
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/plan.h"
#include "database/pg.h"
#include "format/json.h"
#include "fuzz.h"
#include "report/report.h"
#include "store/column.h"

enum { BOOL = 16, INT8 = 20, TEXT = 25, ROWS = 4 };

static unsigned oid_of(const struct column *column)
{
    switch (column->type) {
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
    case COLUMN_INT:
    case COLUMN_OPTIONAL:
    case COLUMN_INSTANT:
        return INT8;
    case COLUMN_FLAG:
        return BOOL;
    case COLUMN_STRING:
    case COLUMN_WORDS:
    case COLUMN_DAY:
    case COLUMN_DIGEST:
    case COLUMN_SEAL:
    case COLUMN_ENUM:
        break;
    }
    return TEXT;
}

static const char *draw_word(struct bytes *bytes, const struct column *column)
{
    const char *row = column->words->row;
    size_t i = bytes_choice(bytes, (unsigned)column->words->count);

    return *(const char *const *)(const void *)(row + i * column->words->size);
}

/* NULL = SQL NULL, which flags and plain numbers never are. */
static const char *draw_value(struct bytes *bytes, const struct column *column, struct arena *arena)
{
    static const char hex[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    char *day;

    switch (column->type) {
    case COLUMN_STRING:
    case COLUMN_WORDS:
        return bytes_utf8_line(bytes, arena);
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
    case COLUMN_INT:
        return arena_printf(arena, "%d", (int)bytes_choice(bytes, 256));
    case COLUMN_OPTIONAL:
        return bytes_choice(bytes, 2) ? arena_printf(arena, "%d", (int)bytes_choice(bytes, 256))
                                      : NULL;
    case COLUMN_INSTANT:
        return bytes_choice(bytes, 2)
                   ? arena_printf(arena, "%lld", (long long)(bytes_number(bytes) / 4096))
                   : NULL;
    case COLUMN_FLAG:
        return bytes_choice(bytes, 2) ? "t" : "f";
    case COLUMN_DAY:
        day = arena_calloc(arena, DAY_TEXT_SIZE, 1);
        return bytes_choice(bytes, 2) ? day_format(day_nearest(bytes_number(bytes)), day) : NULL;
    case COLUMN_DIGEST:
    case COLUMN_SEAL:
        return hex;
    case COLUMN_ENUM:
        return draw_word(bytes, column);
    }
    return NULL;
}

static size_t count_columns(void)
{
    size_t count = 0;

    while (plan_row_columns[count].name)
        count++;
    return count;
}

static PGresult *draw_result(struct bytes *bytes, struct arena *arena, int rows)
{
    size_t columns = count_columns();
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc *about = arena_calloc(arena, columns, sizeof(about[0]));

    for (size_t i = 0; i < columns; i++)
        about[i] = (PGresAttDesc){.name = (char *)(uintptr_t)plan_row_columns[i].name,
                                  .typid = oid_of(&plan_row_columns[i])};
    FUZZ_CHECK(PQsetResultAttrs(result, (int)columns, about));
    for (int row = 0; row < rows; row++) {
        for (size_t i = 0; i < columns; i++) {
            const char *value = draw_value(bytes, &plan_row_columns[i], arena);
            char *copy = value ? arena_strdup(arena, value) : NULL;
            FUZZ_CHECK(PQsetvalue(result, row, (int)i, copy, copy ? (int)strlen(copy) : -1));
        }
    }
    return result;
}

static void check_report(const struct plan *plan, enum report_format format)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *object = NULL;
    const struct report_style style = {.width = 80};

    report_plan(plan, format, &style, &text);
    FUZZ_CHECK(text_is_utf8(text_cstr(&text), text.length));
    for (size_t i = 0; i < text.length; i++)
        FUZZ_CHECK(text.data[i] != '\x1b');
    if (format == REPORT_JSON)
        FUZZ_CHECK(json_parse_object(text_cstr(&text), text.length, &object, NULL) == 0);
    if (format == REPORT_HTML)
        FUZZ_CHECK(!strstr(text_cstr(&text), "<script"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct bytes bytes = bytes_of(data, size);
    int rows = 1 + (int)bytes_choice(&bytes, ROWS);
    CLEANUP(pg_clearp) PGresult *result = draw_result(&bytes, &arena, rows);
    struct store_reader reader = {.columns = plan_row_columns};
    struct plan_row *row = arena_calloc(&arena, ROWS, sizeof(row[0]));
    struct plan plan = {.version = PLAN_VERSION,
                        .portal = "acme",
                        .time_zone = "UTC",
                        .today = {.number = 46348},
                        .row = row};

    for (int i = 0; i < rows; i++) {
        if (store_read(&reader, result, i, &arena, &row[plan.row_count]))
            plan.row_count++;
    }
    for (enum report_format format = 0; format < REPORT_FORMAT_COUNT; format++)
        check_report(&plan, format);
    return 0;
}
