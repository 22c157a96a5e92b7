/*
 * report/table_file: a table that people hand back, a CSV of ours that they edited or a list they
 * made, row by row: the cells of the columns that are asked for, found by their titles in any order
 * (the case of letters aside), whatever else a row holds. The file is read as what it is, a table.
 *
 * Separators are comma, semicolon or tab, as the header or the first row has them; UTF-8 with or
 * without a mark, or UTF-16 with or without one. Cells that nobody asks for may be in any encoding.
 * A line break inside a cell, which our CSV never has, is a mistake but in the one column that may
 * hold them: a mark that nobody closed would swallow the rows behind it.
 */
#ifndef REPORT_TABLE_FILE_H
#define REPORT_TABLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { TABLE_FILE_COLUMNS = 8 };

struct table_row {
    uint32_t number; /* as a spreadsheet shows it */
    bool has_header; /* else the first two cells are the first two columns */
    bool beside;     /* more than its first cell is filled */
    size_t cells, titles;
    const char *cell[TABLE_FILE_COLUMNS]; /* without the blanks around it; "" = empty */
};

struct table_form {
    const char *const *column; /* titles, the first one that of account ids */
    size_t count;
    size_t needed; /* so many of the first columns must be there; 0 = a table without a header,
                      whose first row is one like others, will do */
    size_t lines;  /* the column whose cells may hold line breaks; `count` = none */
    /* Each row that is not blank, but the header. The cells are valid during the call only. */
    int (*row)(void *context, const struct table_row *row, struct err *err);
    void *context;
};

/* `file_name` is for sentences. ERR_USAGE for what is no such table: marks that do not fit, a cell
 * with a line break, a title of ours twice, no header where one is needed; else what `row` said. */
int table_file_read(const char *bytes, size_t length, const char *file_name,
                    const struct table_form *form, struct err *err)
    __attribute__((warn_unused_result));

/* What a cell with the name of an account says without the apostrophe of our CSV, or of somebody
 * who typed one before an id: that of an address is a letter of it. NULL: it is no name, and
 * *ret_why says why, behind the quoted cell. */
const char *table_file_name(const char *cell, const char **ret_why);

#endif
