/*
 * report/sheet: the columns of a plan as a table for people, CSV or spreadsheet: those of a row
 * (core/plan_row), which plan it is of, and between them the three that a reviewer fills in and
 * `review` reads back. They are always empty here: what stands is in the columns `decided…`, and
 * nobody decides what somebody else did by handing a table back. Private to the folder report.
 */
#ifndef REPORT_SHEET_H
#define REPORT_SHEET_H

#include "core/plan.h"

enum sheet_use {
    SHEET_SHOWS = 0,
    SHEET_DECISION, /* to be filled in, likewise below */
    SHEET_UNTIL,
    SHEET_REASON,
    SHEET_OF_PLAN, /* the same in every row: decisions_add_plan */
};

struct sheet_column {
    const char *name; /* its title */
    enum sheet_use use;
    const struct column *column; /* NULL unless SHEET_SHOWS */
};

#define SHEET_COLUMNS_MAX 64

/* In the order of the CSV. */
size_t sheet_columns(struct sheet_column ret_column[static SHEET_COLUMNS_MAX]);

#endif
