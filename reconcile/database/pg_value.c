/*
 * Typed columns. The types are those of our own statements, so a value that does not parse, or a
 * NULL where the reader has no word for it, is a mistake of ours and ends the program.
 */
#include "database/pg.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/parse.h"

const char *pg_text(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}

int64_t pg_int(const PGresult *result, int row, int column)
{
    const char *value = pg_text(result, row, column);
    int64_t number = 0;
    bool valid = value && parse_int(value, INT64_MIN, INT64_MAX, &number);

    assert(valid);
    return number;
}

bool pg_bool(const PGresult *result, int row, int column)
{
    const char *value = pg_text(result, row, column);

    assert(value && (strcmp(value, "t") == 0 || strcmp(value, "f") == 0));
    return value[0] == 't';
}

double pg_double(const PGresult *result, int row, int column)
{
    const char *value = pg_text(result, row, column);
    double number = 0;
    bool valid = value && parse_double(value, -HUGE_VAL, HUGE_VAL, &number);

    assert(valid);
    return number;
}

struct instant pg_instant(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return INSTANT_NONE;
    return (struct instant){.us = pg_int(result, row, column)};
}

struct day pg_day(const PGresult *result, int row, int column)
{
    const char *value = pg_text(result, row, column);
    struct day day = DAY_NONE;
    bool valid = !value || day_parse_iso(value, &day);

    assert(valid);
    return day;
}

int64_t pg_affected(PGresult *result)
{
    int64_t rows = 0;
    bool valid = parse_int(PQcmdTuples(result), 0, INT64_MAX, &rows);

    assert(valid);
    return rows;
}
