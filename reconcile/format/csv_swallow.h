/*
 * csv_swallow: whether a field of CSV holds rows. A quotation mark that is not closed runs on to
 * the next one, some rows below; when both stand in the same column, the row that results has the
 * right number of fields and nothing else tells that the rows between are lost.
 */
#ifndef FORMAT_CSV_SWALLOW_H
#define FORMAT_CSV_SWALLOW_H

#include <stdbool.h>
#include <stddef.h>

/* LF, CR or both. */
bool csv_has_break(const char *bytes, size_t length);

/* A field as it stands in the file, untrimmed: what is trimmed may be the delimiters of a row.
 * `column` counts from 0, `columns` are the header's. */
bool csv_swallows_rows(const char *bytes, size_t length, char delimiter, size_t column,
                       size_t columns);

#endif
