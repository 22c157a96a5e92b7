/*
 * report/grid: a small table of figures beside a plan (seats by class, the renewal), made once and
 * shown by every format: the first column says what, the others are figures. Private to the folder
 * report.
 */
#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include "base/arena.h"
#include "base/text.h"
#include "core/plan.h"

struct grid {
    const char *id;    /* of the section on the page; a word */
    const char *title; /* a heading */
    const char *sheet; /* in a workbook, at most 31 characters */
    const char *about; /* a sentence or more of ours, without markup */
    unsigned warns;    /* bits 1 << column: a figure below nothing is bad news */
    const char *const *head;
    size_t columns;
    const char **cell; /* row by row; NULL = nothing is told */
    size_t rows;       /* 0 = there is nothing to show */
};

/* Those that there is something to say of: seats by class, on the day of the renewal, savings. */
enum { GRIDS_MAX = 3 };
size_t grids_of(struct arena *arena, const struct plan *plan, struct grid ret_grid[GRIDS_MAX]);

/* The table alone, two blanks in front, encoded for a terminal of that width: where it does not fit
 * each row is a sentence. */
void grid_add_text(struct text *out, const struct grid *grid, size_t width);
/* A section with heading, sentence and table. */
void grid_add_html(struct text *out, const struct grid *grid);

#endif
