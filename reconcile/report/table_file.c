/*
 * The delimiter is taken from the bytes in front of all names of people: from the header, or from
 * what follows the first cell. What decides are the asked columns alone, so a cell of another one
 * can hold what it likes but a line break. A row with an account's id or an address in it is no
 * header, whatever a cell of it is called. The first row is settled when it ends.
 */
#include "report/table_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "facts/account.h"
#include "format/csv_reader.h"
#include "format/encode.h"
#include "format/encoding.h"

#define NOWHERE SIZE_MAX

struct reading {
    const struct table_form *form;
    const char *file;
    size_t place[TABLE_FILE_COLUMNS]; /* of each asked column */
    size_t titles;                    /* of the header; 0 = there is none */
    bool begun;                       /* the first row that is not blank is behind us */
    bool has_name;       /* the first row holds an id or an address, and is no header */
    bool filled, beside; /* of the open row: any cell; more than the first */
    struct text cell[TABLE_FILE_COLUMNS]; /* of the open row */
    struct text first[2];                 /* the first cells of the first row */
};

static void reading_release(struct reading *reading)
{
    for (size_t i = 0; i < TABLE_FILE_COLUMNS; i++)
        text_release(&reading->cell[i]);
    text_release(&reading->first[0]);
    text_release(&reading->first[1]);
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

/* --- cells --- */

static int refuse(const struct reading *reading, uint32_t row, const char *what, const char *cell,
                  struct err *err)
{
    CLEANUP(text_release) struct text shown = TEXT_INIT;

    text_add_excerpt(&shown, cell, 60);
    return err_set(err, ERR_USAGE, "%s:%u: '%s' %s", reading->file, row, text_cstr(&shown), what);
}

/* Whether there is an id in a cell: of a row that a mark swallowed which was closed too late. */
static bool holds_row(const char *cell)
{
    static const char around[] = ",;\t\"\r\n ";

    for (const char *at = cell + strspn(cell, around); *at; at += strspn(at, around)) {
        size_t length = strcspn(at, around);
        CLEANUP(mem_cleanup) char *word = mem_strndup(at, length);
        if (account_id_is_v4(word))
            return true;
        at += length;
    }
    return false;
}

static int check_lines(const struct reading *reading, uint32_t row, size_t column,
                       const char *bytes, size_t length, struct err *err)
{
    size_t lines = reading->form->lines;
    bool may =
        reading->titles > 0 && lines < reading->form->count && reading->place[lines] == column;

    if (!memchr(bytes, '\n', length) && !memchr(bytes, '\r', length))
        return 0;
    CLEANUP(mem_cleanup) char *cell = mem_strndup(bytes, length);
    if (may && !holds_row(cell))
        return 0;
    return refuse(reading, row,
                  "holds a line break: a quotation mark runs over lines, and rows may be hidden "
                  "in it; hint: save it as CSV with quotes",
                  cell, err);
}

/* Until the first row has ended nobody knows whether it is a header. */
static int look_for_title(struct reading *reading, uint32_t row, size_t column, const char *cell,
                          struct err *err)
{
    for (size_t i = 0; i < reading->form->count; i++) {
        if (strcasecmp(cell, reading->form->column[i]) != 0)
            continue;
        if (reading->place[i] != NOWHERE)
            return refuse(reading, row, "is in the header twice", cell, err);
        reading->place[i] = column;
    }
    reading->has_name = reading->has_name || account_id_is_v4(cell) || strchr(cell, '@');
    if (column < COUNT_OF(reading->first))
        text_add(&reading->first[column], cell);
    return 0;
}

static int on_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                    struct err *err)
{
    struct reading *reading = context;

    if (check_lines(reading, row, column, bytes, length, err) < 0)
        return -1;
    text_trim(&bytes, &length);
    CLEANUP(mem_cleanup) char *cell = mem_strndup(bytes, length);
    reading->filled = reading->filled || length > 0;
    reading->beside = reading->beside || (column > 0 && length > 0);
    if (!reading->begun)
        return look_for_title(reading, row, column, cell, err);
    for (size_t i = 0; i < reading->form->count; i++) {
        if (reading->place[i] == column)
            text_add(&reading->cell[i], cell);
    }
    return 0;
}

/* --- rows --- */

static int hand_over(struct reading *reading, uint32_t number, size_t cells, bool beside,
                     struct err *err)
{
    struct table_row row = {.number = number,
                            .has_header = reading->titles > 0,
                            .beside = beside,
                            .cells = cells,
                            .titles = reading->titles};

    for (size_t i = 0; i < TABLE_FILE_COLUMNS; i++)
        row.cell[i] = text_cstr(&reading->cell[i]);
    int failed = reading->form->row(reading->form->context, &row, err);
    for (size_t i = 0; i < TABLE_FILE_COLUMNS; i++)
        text_clear(&reading->cell[i]);
    return failed;
}

/* A table that has lost a column cannot be told from one that never had it. */
static int check_header(const struct reading *reading, uint32_t row, struct err *err)
{
    const struct table_form *form = reading->form;

    for (size_t i = 0; i < form->needed; i++) {
        if (reading->place[i] == NOWHERE)
            return err_set(err, ERR_USAGE,
                           "%s:%u: is no header of a plan's table: no column is called '%s'; hint: "
                           "keep the first row, and hidden columns, of what this program wrote",
                           reading->file, row, form->column[i]);
    }
    return 0;
}

static int end_first_row(struct reading *reading, uint32_t row, size_t cells, bool beside,
                         struct err *err)
{
    const struct table_form *form = reading->form;

    reading->begun = true;
    if (check_header(reading, row, err) < 0)
        return -1;
    if (form->needed > 0 || (reading->place[0] != NOWHERE && !reading->has_name)) {
        reading->titles = cells;
        return 0;
    }
    for (size_t i = 0; i < form->count; i++)
        reading->place[i] = i < COUNT_OF(reading->first) ? i : NOWHERE;
    for (size_t i = 0; i < COUNT_OF(reading->first); i++)
        text_add(&reading->cell[i], text_cstr(&reading->first[i]));
    return hand_over(reading, row, cells, beside, err);
}

static int on_row(void *context, uint32_t row, size_t cells, struct err *err)
{
    struct reading *reading = context;
    bool filled = reading->filled, beside = reading->beside;

    reading->filled = reading->beside = false;
    if (!filled)
        return 0;
    return reading->begun ? hand_over(reading, row, cells, beside, err)
                          : end_first_row(reading, row, cells, beside, err);
}

const char *table_file_name(const char *cell, const char **ret_why)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;

    text_add_printable(&printable, cell);
    *ret_why = NULL;
    if (!text_is_utf8(cell, strlen(cell)))
        *ret_why = "is in an encoding that nobody stated; hint: save it as 'CSV UTF-8'";
    else if (!text_equal(text_cstr(&printable), cell))
        *ret_why = "is no name of an account: it holds what cannot be seen";
    if (*ret_why)
        return NULL;
    bool marked = cell[0] == '\'' && (encode_csv_defused(cell) || account_id_is_v4(cell + 1));
    return marked ? cell + 1 : cell;
}

/* --- the file --- */

static int add_piece(void *context, const char *utf8, size_t length, struct err *err)
{
    (void)err;
    text_add_bytes(context, utf8, length);
    return 0;
}

/* By its mark, or by its first two letters, which are ASCII in every table of ours. */
static const char *find_wide(const char *bytes, size_t length)
{
    if (length >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2)))
        return "UTF-16";
    if (length < 4 || length % 2)
        return NULL;
    if (bytes[0] && !bytes[1] && bytes[2] && !bytes[3])
        return "UTF-16LE";
    return !bytes[0] && bytes[1] && !bytes[2] && bytes[3] ? "UTF-16BE" : NULL;
}

static int decode(const char *name, const char *bytes, size_t length, struct text *ret_text,
                  struct err *err)
{
    CLEANUP(encoding_freep) struct encoding *encoding = NULL;

    if (encoding_new(name, &encoding, err) < 0 ||
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

int table_file_read(const char *bytes, size_t length, const char *file_name,
                    const struct table_form *form, struct err *err)
{
    CLEANUP(reading_release) struct reading reading = {.form = form, .file = file_name};
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(err_release) struct err own = ERR_INIT;
    const char *wide = find_wide(bytes, length);
    size_t mark = length >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;

    assert(form->count >= COUNT_OF(reading.first) && form->count <= TABLE_FILE_COLUMNS);
    for (size_t i = 0; i < TABLE_FILE_COLUMNS; i++)
        reading.place[i] = NOWHERE;
    if (length >= 4 && !memcmp(bytes, "PK\x03\x04", 4))
        return err_set(err, ERR_USAGE,
                       "%s: is no text but a workbook (xlsx, ods) or an archive; hint: open it and "
                       "save the sheet as 'CSV UTF-8'",
                       file_name);
    if (wide && decode(wide, bytes, length, &text, &own) < 0)
        return say_usage(file_name, err, &own);
    if (!wide)
        text_add_bytes(&text, bytes + mark, length - mark);
    if (strlen(text_cstr(&text)) != text.length)
        return err_set(err, ERR_USAGE,
                       "%s: is no text, it holds a NUL byte; hint: save it as 'CSV UTF-8'",
                       file_name);
    if (read_table(&reading, text_cstr(&text), text.length, &own) < 0)
        return say_usage(file_name, err, &own);
    return 0;
}
