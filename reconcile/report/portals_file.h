/*
 * report/portals_file: reads the table of portals that comes back (report/portals as CSV, also
 * through a spreadsheet): the plans that somebody approves, each named by its portal, its number
 * and its digest. Other columns may hold anything.
 */
#ifndef REPORT_PORTALS_FILE_H
#define REPORT_PORTALS_FILE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct portals_line {
    uint32_t row; /* as a spreadsheet shows it */
    const char *portal, *digest;
    int64_t plan_id;
};

/* The lines with `approve` in the column `decision`, in their order; those without a decision are
 * left out. Whole or not at all, since it may be about a thousand portals: ERR_USAGE for what is no
 * such table, another decision, a line to approve without portal, plan or digest, and a portal
 * named twice. */
int portals_file_read(struct arena *arena, const char *bytes, size_t length, const char *file_name,
                      struct portals_line **ret_line, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

#endif
