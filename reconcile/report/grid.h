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
    const char *about; /* a sentence or more, NULL = none */
    const char *const *head;
    size_t columns;
    const char **cell; /* row by row; NULL = nothing is told */
    size_t rows;       /* 0 = there is nothing to show */
};

/* What the seats will come to on the day of the renewal; no rows while nothing is said of it. */
struct grid grid_of_renewal(struct arena *arena, const struct plan *plan);

/* The table alone, two blanks in front, encoded for a terminal of that width: where it does not fit
 * each row is a sentence. */
void grid_add_text(struct text *out, const struct grid *grid, size_t width);
/* A section with heading, sentence and table. */
void grid_add_html(struct text *out, const struct grid *grid);

#endif
