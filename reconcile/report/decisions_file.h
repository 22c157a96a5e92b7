/*
 * report/decisions_file: reads the decisions that come back: the file that the page of a plan
 * saves (JSON), or the plan's CSV or spreadsheet with the columns `decision`, `until` and `reason`
 * filled in and saved as CSV (report/table_file). What stands in it is not judged here, but a row
 * that cannot be read is marked so (core/decisions).
 */
#ifndef REPORT_DECISIONS_FILE_H
#define REPORT_DECISIONS_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "core/decisions.h"

/* ERR_USAGE for what is neither: broken JSON, or that of something else; a table without a header,
 * or without the columns `subject` and `decision`. */
int decisions_file_read(struct arena *arena, const char *bytes, size_t length,
                        const char *file_name, struct decisions *ret_decisions, struct err *err)
    __attribute__((warn_unused_result));

#endif
