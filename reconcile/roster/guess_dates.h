/*
 * roster/guess_dates: how the dates of one column are written, as far as its cells prove it.
 *
 * What stands for no date (zeros, 31.12.9999, NaT, 1900-01-01) proves nothing and is set aside. Day
 * and month are told apart by a cell that fits one order alone, in this column: no other column
 * speaks for it.
 */
#ifndef ROSTER_GUESS_DATES_H
#define ROSTER_GUESS_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/day.h"

#define GUESS_EXCEL_SERIAL "excel-serial"
#define GUESS_FORMATS_MAX  180
#define GUESS_YEARS_CUTOFF 2049 /* years in two digits are tried as those of 1950 to 2049 */
#define GUESS_FIRST_YEAR   1980 /* a last day before is none (roster/intake) */

struct zone;

/* All zero at the beginning; examples are the arena's of guess_dates_add. */
struct guess_dates {
    bool out[GUESS_FORMATS_MAX]; /* formats that some of the dates do not fit */
    size_t dates;                /* cells that fit a format */
    size_t none;    /* cells that stand for no date everywhere: zeros, NULL, years from 2200 */
    size_t old;     /* cells with a year before GUESS_FIRST_YEAR */
    size_t serials; /* cells that would be a spreadsheet's number of a day */
    size_t misfits; /* all other cells */
    size_t moments; /* dates with a time that is not midnight in the zone */
    int era_year;   /* the first of the Buddhist era's that are near today; 0 = none */
    bool of_era;    /* years of it that differ: days, and no one value that stands for none */
    bool two_forms; /* some cells fit one format, others another one alone */
    bool telling;   /* `example` is another day in each of the orders that it fits */
    const char *example, *old_example, *serial_example, *misfit_example, *moment_example,
        *era_example;
};

/* zone NULL is UTC. */
void guess_dates_add(struct guess_dates *dates, struct arena *arena, const char *value,
                     const struct zone *zone);

/* Of a date that can be read in several ways the first and the last. */
struct guess_span {
    struct day first, last;
    bool endless; /* as a last day nobody has it: before GUESS_FIRST_YEAR or from 2099 */
    bool serial;  /* a spreadsheet's number of a day */
};

/* false: it is no date in any form. */
bool guess_dates_span(const char *value, struct guess_span *ret_span);

/* The formats that all its dates fit, at most `size`; how many there are. */
size_t guess_dates_formats(const struct guess_dates *dates, struct arena *arena,
                           const char **ret_format, size_t size);

#endif
