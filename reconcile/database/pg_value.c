/*
 * Typed columns. The types are those of our own statements, so a value that does not parse, or a
 * NULL where the reader has no word for it, is a mistake of ours and ends the program.
 */
#include "database/pg.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
#include <string.h>

#include "base/parse.h"

/* Types by their numbers in pg_type, which never change. */
enum { JSONB = 3802, TIMESTAMPTZ = 1184 };

#define US_FROM_1970_TO_2000 INT64_C(946684800000000)

static bool is_binary(const PGresult *result, int column)
{
    return PQfformat(result, column) == 1;
}

/* libpq puts a NUL behind a value of either format. jsonb begins with its version. */
const char *pg_text(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return NULL;
    bool has_version = is_binary(result, column) && PQftype(result, column) == JSONB;
    return PQgetvalue(result, row, column) + has_version;
}

/* Whole numbers of two, four and eight bytes, the highest first. */
static int64_t binary_int(const char *value, int length)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;

    switch (length) {
    case sizeof(two):
        memcpy(&two, value, sizeof(two));
        return (int16_t)be16toh(two);
    case sizeof(four):
        memcpy(&four, value, sizeof(four));
        return (int32_t)be32toh(four);
    default:
        assert(length == sizeof(eight));
        memcpy(&eight, value, sizeof(eight));
        return (int64_t)be64toh(eight);
    }
}

int64_t pg_int(const PGresult *result, int row, int column)
{
    const char *value = pg_text(result, row, column);
    int64_t number = 0;

    if (value && is_binary(result, column))
        return binary_int(value, PQgetlength(result, row, column));
    bool valid = value && parse_int(value, INT64_MIN, INT64_MAX, &number);

    assert(valid);
    return number;
}

bool pg_bool(const PGresult *result, int row, int column)
{
    const char *value = pg_text(result, row, column);

    if (value && is_binary(result, column))
        return value[0] != 0;
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
    int64_t us = pg_int(result, row, column);
    if (PQftype(result, column) == TIMESTAMPTZ) {
        assert(is_binary(result, column) && us != INT64_MIN && us != INT64_MAX); /* infinite */
        us += US_FROM_1970_TO_2000;
    }
    return (struct instant){.us = us};
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
