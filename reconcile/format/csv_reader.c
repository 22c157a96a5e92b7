/*
 * libcsv's callbacks cannot fail and its field buffer has no limit, so this wrapper feeds it small
 * pieces, keeps the first error itself and looks at the buffer after each piece. Every line break
 * outside of quotes is reported to us (CSV_REPALL_NL), which is what makes the row numbers true.
 */
#include "format/csv_reader.h"

#include <csv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

enum { STEP = 16384, GROWTH = 4096 };

struct csv_reader {
    struct csv_parser parser;
    struct csv_handler handler;
    uint32_t rows; /* that have ended */
    size_t columns;
    int last_break; /* the line break that ended the last row or blank line */
    bool failed;
    bool backslash; /* the mark that cannot be there stands behind one */
    struct err err;
};

struct csv_reader *csv_reader_new(char delimiter, const struct csv_handler *handler)
{
    struct csv_reader *reader = mem_calloc(1, sizeof(*reader));

    /* csv_init fails for a NULL parser alone. */
    (void)csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_delim(&reader->parser, (unsigned char)delimiter);
    csv_set_realloc_func(&reader->parser, mem_realloc);
    csv_set_blk_size(&reader->parser, GROWTH);
    reader->handler = *handler;
    if (reader->handler.rows_most == 0)
        reader->handler.rows_most = LIMIT_PEOPLE;
    return reader;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (!reader)
        return;
    /* Every column passed through this buffer, those that are none of our business too. */
    if (reader->parser.entry_buf)
        explicit_bzero(reader->parser.entry_buf, csv_get_buffer_size(&reader->parser));
    csv_free(&reader->parser);
    err_release(&reader->err);
    free(reader);
}

static void refuse_long_field(struct csv_reader *reader)
{
    err_set(&reader->err, ERR_ROSTER,
            "row %u, column %zu: a field is longer than %d bytes; hint: a quotation mark in front "
            "of it is never closed",
            reader->rows + 1, reader->columns + 1, LIMIT_CSV_FIELD);
    reader->failed = true;
}

static void on_field(void *bytes, size_t length, void *context)
{
    struct csv_reader *reader = context;

    if (reader->failed)
        return;
    if (length > LIMIT_CSV_FIELD) {
        refuse_long_field(reader);
        return;
    }
    if (reader->columns >= LIMIT_CSV_COLUMNS) {
        err_set(&reader->err, ERR_ROSTER, "row %u has more than %d columns", reader->rows + 1,
                LIMIT_CSV_COLUMNS);
        reader->failed = true;
        return;
    }
    reader->failed =
        reader->handler.field(reader->handler.context, reader->rows + 1, reader->columns,
                              bytes ? bytes : "", length, &reader->err) < 0;
    reader->columns++;
}

static void on_row(int line_break, void *context)
{
    struct csv_reader *reader = context;
    size_t columns = reader->columns;

    if (reader->failed)
        return;
    if (columns == 0 && line_break == '\n' && reader->last_break == '\r') {
        reader->last_break = 0; /* the second half of CR LF */
        return;
    }
    reader->last_break = line_break;
    reader->columns = 0;
    reader->rows++;
    if (reader->rows > reader->handler.rows_most) {
        err_set(&reader->err, ERR_ROSTER, "has more than %u rows", reader->handler.rows_most);
        reader->failed = true;
    } else if (columns > 0) {
        reader->failed =
            reader->handler.row(reader->handler.context, reader->rows, columns, &reader->err) < 0;
    }
}

/* Whether of the bytes up to where the parser stopped the last mark is escaped. */
static bool is_escaped(const char *bytes, size_t used)
{
    for (size_t i = 0; i < 3 && used >= i + 2; i++) {
        if (bytes[used - i - 1] == '"')
            return bytes[used - i - 2] == '\\';
    }
    return false;
}

static int check(struct csv_reader *reader, bool parsed, bool at_end, struct err *err)
{
    if (!reader->failed && !parsed) {
        err_set(&reader->err, ERR_ROSTER, "row %u, column %zu: %s", reader->rows + 1,
                reader->columns + 1,
                at_end ? "a quoted field is never closed; hint: the file is cut, or a quotation "
                         "mark is too many"
                : reader->backslash
                    ? "a quotation mark is escaped by a backslash, which CSV does not know; hint: "
                      "export with the mark inside a value doubled (\"\")"
                    : "a quotation mark where none can be; hint: a field that holds one is "
                      "enclosed in marks and doubles it");
        reader->failed = true;
    }
    if (!reader->failed && csv_get_buffer_size(&reader->parser) > LIMIT_CSV_FIELD + GROWTH)
        refuse_long_field(reader);
    return reader->failed ? err_move(err, &reader->err) : 0;
}

int csv_reader_push(struct csv_reader *reader, const char *bytes, size_t length, struct err *err)
{
    while (length > 0) {
        size_t step = length < STEP ? length : STEP;
        size_t used = csv_parse(&reader->parser, bytes, step, on_field, on_row, reader);
        bool parsed = used == step;

        reader->backslash = !parsed && is_escaped(bytes, used);
        if (check(reader, parsed, false, err) < 0)
            return -1;
        bytes += step;
        length -= step;
    }
    return 0;
}

int csv_reader_finish(struct csv_reader *reader, struct err *err)
{
    bool parsed = csv_fini(&reader->parser, on_field, on_row, reader) == 0;

    return check(reader, parsed, true, err);
}
