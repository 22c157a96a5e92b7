/*
 * people: reads a roster CSV, so that the portal can have an account for everybody in it. A tool
 * for tests, kind to what people export: it finds the delimiter and the columns by itself, takes a
 * BOM, CRLF, padded cells and several date forms. It is not the job's own, strict reader.
 */
#ifndef SIM_PEOPLE_H
#define SIM_PEOPLE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#include "population.h"

/* What the command line says about the columns; NULL: find out. */
struct people_hints {
    const char *delimiter; /* one character */
    const char *id, *status, *last_day;
    const char *name; /* one column, or several with commas between, joined by blanks */
};

struct people {
    struct roster_row *row;
    size_t count, capacity;
    struct arena arena;
};

int people_read(const char *path, const struct people_hints *hints, struct people *ret_people,
                struct err *err) __attribute__((warn_unused_result));
void people_release(struct people *people);

#endif
