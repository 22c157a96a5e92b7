/*
 * csv_reader: libcsv under strict rules, fed in pieces, one call per field and one per row.
 *
 * It knows nothing of rosters. Fields are handed out as they end and are not kept, so a caller who
 * wants two columns of thirty never holds the others. Rows are numbered as a spreadsheet shows
 * them: from 1, a quoted line break stays inside its row, a blank line counts and is not reported.
 */
#ifndef FORMAT_CSV_READER_H
#define FORMAT_CSV_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

struct csv_reader;

struct csv_handler {
    void *context;
    /* A field of `row`, column from 0. Blanks around it are gone as far as they are spaces and tabs
     * outside of quotes. The bytes are not terminated and are valid during the call only. */
    int (*field)(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                 struct err *err);
    /* The end of `row`, with the number of its fields. */
    int (*row)(void *context, uint32_t row, size_t columns, struct err *err);
    uint32_t rows_most; /* 0 = LIMIT_PEOPLE */
};

struct csv_reader *csv_reader_new(char delimiter, const struct csv_handler *handler)
    __attribute__((returns_nonnull));
void csv_reader_free(struct csv_reader *reader);
CLEANUP_POINTER(struct csv_reader, csv_reader_freep, csv_reader_free)

/* The next bytes. ERR_ROSTER for a quotation mark where none can be, a field over LIMIT_CSV_FIELD
 * (found when it has grown that far, it is not read to its end), more than LIMIT_CSV_COLUMNS
 * columns, more rows than are allowed; else what the handler said. */
int csv_reader_push(struct csv_reader *reader, const char *bytes, size_t length, struct err *err)
    __attribute__((warn_unused_result));
/* The end: the last row may lack its line break, a quoted field may not lack its closing mark. */
int csv_reader_finish(struct csv_reader *reader, struct err *err)
    __attribute__((warn_unused_result));

#endif
