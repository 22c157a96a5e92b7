/*
 * report/review_file: which rows a file of --only or --except names: report/csv's own that a person
 * edited, or a list they made. A table (report/table_file) with a column `account_id`: its cells,
 * and nothing else. One without: the first cell of each row, and the second is the username when
 * anything stands beside it.
 */
#ifndef REPORT_REVIEW_FILE_H
#define REPORT_REVIEW_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "core/review.h"

/* `file_name` is for sentences. ERR_USAGE for what is no such table: marks that do not fit, a cell
 * with a line break, a row with more cells than the header, one that is not blank and names nobody,
 * a name that is not printable or in an encoding that nobody stated; and for a file that names
 * nobody at all. */
int review_file_read(struct arena *arena, const char *bytes, size_t length, const char *file_name,
                     struct review_names *ret_names, struct err *err)
    __attribute__((warn_unused_result));

#endif
