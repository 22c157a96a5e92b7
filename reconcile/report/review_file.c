/*
 * The delimiter is taken from the bytes in front of all names of people: from the header, or from
 * what follows the first cell. What decides is one column alone, so a cell of another one can hold
 * what it likes but a line break, which no CSV of ours has: a mark that nobody closed would swallow
 * the rows behind it. A row with an account's id or an address in it is no header, whatever a cell
 * of it is called, and a row of a report without its header must say its account's username too, or
 * somebody's name could be taken for an id. The first row is settled when it ends.
 */
#include "report/review_file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "facts/account.h"
#include "format/csv_reader.h"
#include "format/encode.h"
#include "format/encoding.h"

#define NAME_COLUMN "account_id"

struct reading {
    struct arena *arena;
    size_t column;  /* that names rows */
    size_t columns; /* of the header; 0 = there is none */
    bool begun;     /* the first row that is not blank is behind us */
    bool filled;    /* the open row has a value */
    bool has_name;  /* the first row holds an id or an address, and is no header */
    char *first;    /* the first cell of the first row */
    char *second;   /* of the open row, where there is no header */
    bool beside;    /* in the open row more than the first cell is filled */
    size_t before;  /* names in front of the open row */
    struct review_names names;
    size_t capacity;
};

static void reading_release(struct reading *reading)
{
    free(reading->first);
    free(reading->second);
    free(reading->names.name);
}

/* --- the separator --- */

/* Behind a first cell that may be quoted. */
static char find_delimiter(const char *text)
{
    text += strspn(text, " \t\r\n");
    if (*text == '"') {
        const char *end = strchr(text + 1, '"');
        text = end ? end + 1 : text;
    }
    text += strcspn(text, ",;\t\r\n");
    return *text == ';' || *text == '\t' ? *text : ',';
}

/* --- rows --- */

static int refuse(const struct reading *reading, uint32_t row, const char *what, const char *cell,
                  struct err *err)
{
    CLEANUP(text_release) struct text shown = TEXT_INIT;

    text_add_excerpt(&shown, cell, 60);
    return err_set(err, ERR_USAGE, "%s:%u: '%s' %s", reading->names.file, row, text_cstr(&shown),
                   what);
}

static bool is_visible(const char *cell)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;

    text_add_printable(&printable, cell);
    return text_equal(text_cstr(&printable), cell);
}

/* What the cell says without the apostrophe of a report, or of somebody who typed one before an id:
 * that of an address is a letter of it. */
static int take_name(struct reading *reading, uint32_t row, const char *cell, struct err *err)
{
    struct review_names *names = &reading->names;

    if (!text_is_utf8(cell, strlen(cell)))
        return refuse(reading, row,
                      "is in an encoding that nobody stated; hint: save it as 'CSV UTF-8'", cell,
                      err);
    if (!is_visible(cell))
        return refuse(reading, row, "is no name of an account: it holds what cannot be seen", cell,
                      err);
    if (cell[0] == '\'' && (encode_csv_defused(cell) || account_id_is_v4(cell + 1)))
        cell++;
    names->name = mem_grow(names->name, names->count, &reading->capacity, sizeof(names->name[0]));
    names->name[names->count++] =
        (struct review_name){.value = arena_strdup(reading->arena, cell), .row = row};
    return 0;
}

/* Until the first row has ended nobody knows whether it is a header. */
static int look_for_header(struct reading *reading, uint32_t row, size_t column, char **cell,
                           struct err *err)
{
    if (strcasecmp(*cell, NAME_COLUMN) == 0) {
        if (reading->columns > 0)
            return refuse(reading, row, "is in the header twice", *cell, err);
        reading->columns = 1;
        reading->column = column;
    }
    reading->has_name = reading->has_name || account_id_is_v4(*cell) || strchr(*cell, '@');
    if (column == 0) {
        free(reading->first);
        reading->first = TAKE(*cell);
    }
    return 0;
}

static int on_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                    struct err *err)
{
    struct reading *reading = context;

    if (memchr(bytes, '\n', length) || memchr(bytes, '\r', length))
        return refuse(
            reading, row,
            "holds a line break: a quotation mark runs over lines, and rows may be hidden "
            "in it; hint: save it as CSV with quotes",
            arena_strndup(reading->arena, bytes, length), err);
    text_trim(&bytes, &length);
    CLEANUP(mem_cleanup) char *cell = mem_strndup(bytes, length);
    reading->filled = reading->filled || length > 0;
    reading->beside = reading->beside || (column > 0 && length > 0);
    if (column == 1) {
        free(reading->second);
        reading->second = mem_strdup(cell);
    }
    if (!reading->begun)
        return look_for_header(reading, row, column, &cell, err);
    return column == reading->column && length > 0 ? take_name(reading, row, cell, err) : 0;
}

static int end_first_row(struct reading *reading, uint32_t row, size_t columns, struct err *err)
{
    reading->begun = true;
    if (reading->columns > 0 && !reading->has_name) {
        reading->columns = columns;
        return 0;
    }
    reading->columns = reading->column = 0;
    return text_is_empty(reading->first) ? 0 : take_name(reading, row, reading->first, err);
}

/* More cells than the header has columns: a separator stands in one that is not quoted, and which
 * cell is which is not known. Fewer are what spreadsheets make of empty ones at the end. */
static int on_row(void *context, uint32_t row, size_t columns, struct err *err)
{
    struct reading *reading = context;
    bool filled = reading->filled, beside = reading->beside, is_first = !reading->begun;

    reading->filled = reading->beside = false;
    if (!filled)
        return 0;
    if (is_first && end_first_row(reading, row, columns, err) < 0)
        return -1;
    if (reading->columns > 0 && columns > reading->columns)
        return err_set(err, ERR_USAGE,
                       "%s:%u: has %zu cells, the header has %zu; hint: a cell that holds the "
                       "separator is enclosed in quotation marks",
                       reading->names.file, row, columns, reading->columns);
    bool names_one = reading->names.count > reading->before;
    if (!names_one && !(is_first && reading->columns > 0))
        return err_set(err, ERR_USAGE, "%s:%u: names nobody: its cell '%s' is empty",
                       reading->names.file, row, reading->columns > 0 ? NAME_COLUMN : "1");
    if (names_one && reading->columns == 0 && beside)
        reading->names.name[reading->before].username =
            arena_strdup(reading->arena, reading->second);
    reading->before = reading->names.count;
    return 0;
}

/* --- the file --- */

static int add_piece(void *context, const char *utf8, size_t length, struct err *err)
{
    (void)err;
    text_add_bytes(context, utf8, length);
    return 0;
}

static int decode(const char *bytes, size_t length, struct text *ret_text, struct err *err)
{
    CLEANUP(encoding_freep) struct encoding *encoding = NULL;

    if (encoding_new("UTF-16", &encoding, err) < 0 ||
        encoding_push(encoding, bytes, length, add_piece, ret_text, err) < 0 ||
        encoding_finish(encoding, add_piece, ret_text, err) < 0)
        return -1;
    return 0;
}

static int read_table(struct reading *reading, const char *text, size_t length, struct err *err)
{
    const struct csv_handler handler = {.context = reading, .field = on_field, .row = on_row};
    CLEANUP(csv_reader_freep)
    struct csv_reader *reader = csv_reader_new(find_delimiter(text), &handler);

    if (csv_reader_push(reader, text, length, err) < 0)
        return -1;
    return csv_reader_finish(reader, err);
}

/* Other readers' refusals are of a roster. */
static int say_usage(const char *file_name, struct err *err, const struct err *own)
{
    if (own->code == ERR_USAGE)
        return err_set(err, ERR_USAGE, "%s", own->text);
    return err_set(err, ERR_USAGE, "%s: %s", file_name, own->text);
}

int review_file_read(struct arena *arena, const char *bytes, size_t length, const char *file_name,
                     struct review_names *ret_names, struct err *err)
{
    CLEANUP(reading_release)
    struct reading reading = {.arena = arena, .names.file = file_name};
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(err_release) struct err own = ERR_INIT;
    bool wide = length >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2));
    size_t mark = length >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;

    if (wide && decode(bytes, length, &text, &own) < 0)
        return say_usage(file_name, err, &own);
    if (!wide)
        text_add_bytes(&text, bytes + mark, length - mark);
    if (strlen(text_cstr(&text)) != text.length)
        return err_set(err, ERR_USAGE,
                       "%s: is no text, it holds a NUL byte; hint: save it as 'CSV UTF-8'",
                       file_name);
    if (read_table(&reading, text_cstr(&text), text.length, &own) < 0)
        return say_usage(file_name, err, &own);
    if (reading.names.count == 0)
        return err_set(err, ERR_USAGE, "%s: names nobody", file_name);
    struct review_name *name = arena_calloc(arena, reading.names.count, sizeof(*name));
    memcpy(name, reading.names.name, reading.names.count * sizeof(*name));
    *ret_names =
        (struct review_names){.file = file_name, .name = name, .count = reading.names.count};
    return 0;
}
