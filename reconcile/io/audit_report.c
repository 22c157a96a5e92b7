/* Widths come from the rows; a column that would be very wide is cut, JSON and CSV hold it whole.
 */
#include "io/audit_report.h"

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/parse.h"
#include "io/encode.h"

enum { CELL_WIDTH_MAX = 44, BAR_WIDTH = 50 };

/* Types of the server: bool, int2, int4, int8 (pg_type.dat). */
enum { TYPE_BOOL = 16, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23 };

static const char *cell(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) ? NULL : PQgetvalue(rows, row, column);
}

static bool is_number(const PGresult *rows, int column)
{
    Oid type = PQftype(rows, column);

    return type == TYPE_INT8 || type == TYPE_INT2 || type == TYPE_INT4;
}

/* --- text
 * ------------------------------------------------------------------------------------------- */

static void add_table(struct text *out, const PGresult *rows)
{
    int columns = PQnfields(rows);
    CLEANUP(mem_cleanup) size_t *width = mem_calloc((size_t)columns + 1, sizeof(width[0]));

    for (int c = 0; c < columns; c++) {
        width[c] = encode_width(PQfname(rows, c));
        for (int r = 0; r < PQntuples(rows); r++) {
            size_t wide = encode_width(cell(rows, r, c) ? cell(rows, r, c) : "");
            width[c] = wide > width[c] ? wide : width[c];
        }
        width[c] = width[c] > CELL_WIDTH_MAX ? CELL_WIDTH_MAX : width[c];
    }
    for (int r = -1; r < PQntuples(rows); r++) {
        for (int c = 0; c < columns; c++) {
            const char *value = r < 0 ? PQfname(rows, c) : cell(rows, r, c);
            text_add(out, c ? "  " : "");
            if (c == columns - 1)
                text_add_printable(out, value ? value : "-");
            else
                encode_cell(out, value ? value : "-", width[c]);
        }
        text_add_char(out, '\n');
    }
}

static void add_upright(struct text *out, const PGresult *rows)
{
    for (int c = 0; PQntuples(rows) && c < PQnfields(rows); c++) {
        encode_cell(out, PQfname(rows, c), 14);
        text_add_printable(out, cell(rows, 0, c) ? cell(rows, 0, c) : "-");
        text_add_char(out, '\n');
    }
}

/* A timeline reads better with its sentences whole, and those are the column before the last two.
 */
static void add_text(const struct audit_section *section, size_t count, struct text *out)
{
    for (size_t i = 0; i < count; i++) {
        if (section[i].heading)
            text_addf(out, "%s%s\n", i ? "\n" : "", section[i].heading);
        if (section[i].upright)
            add_upright(out, section[i].rows);
        else if (PQntuples(section[i].rows))
            add_table(out, section[i].rows);
        else
            text_add(out, "nothing\n");
    }
}

/* --- JSON
 * ------------------------------------------------------------------------------------------- */

static void add_json_cell(struct jsonw *json, const PGresult *rows, int row, int column)
{
    const char *value = cell(rows, row, column);

    jsonw_key(json, PQfname(rows, column));
    if (!value)
        jsonw_null(json);
    else if (is_number(rows, column))
        jsonw_raw(json, value);
    else if (PQftype(rows, column) == TYPE_BOOL)
        jsonw_bool(json, value[0] == 't');
    else
        jsonw_string(json, value);
}

static void add_json(const struct audit_section *section, size_t count, struct text *out)
{
    struct jsonw json = jsonw_to(out);

    json.pretty = true;
    jsonw_begin_object(&json);
    for (size_t i = 0; i < count; i++) {
        jsonw_key(&json, section[i].name);
        jsonw_begin_array(&json);
        for (int r = 0; r < PQntuples(section[i].rows); r++) {
            jsonw_begin_object(&json);
            for (int c = 0; c < PQnfields(section[i].rows); c++)
                add_json_cell(&json, section[i].rows, r, c);
            jsonw_end_object(&json);
        }
        jsonw_end_array(&json);
    }
    jsonw_end_object(&json);
    text_add_char(out, '\n');
}

/* --- CSV
 * -------------------------------------------------------------------------------------------- */

static void add_csv(const PGresult *rows, struct text *out)
{
    for (int r = -1; r < PQntuples(rows); r++) {
        for (int c = 0; c < PQnfields(rows); c++) {
            text_add(out, c ? "," : "");
            encode_csv(out, r < 0 ? PQfname(rows, c) : cell(rows, r, c));
        }
        text_add(out, "\r\n");
    }
}

void audit_report(const struct audit_section *section, size_t count, enum report_format format,
                  const struct report_style *style, struct text *out)
{
    (void)style;
    switch (format) {
    case REPORT_TEXT:
    case REPORT_HTML:
    case REPORT_FORMAT_COUNT:
        add_text(section, count, out);
        return;
    case REPORT_JSON:
        add_json(section, count, out);
        return;
    case REPORT_CSV:
        add_csv(section[count - 1].rows, out);
        return;
    }
}

/* --- seats
 * ------------------------------------------------------------------------------------------ */

static int64_t number(const PGresult *rows, int row, int column)
{
    int64_t value = 0;

    (void)parse_int(cell(rows, row, column) ? cell(rows, row, column) : "", 0, INT64_MAX, &value);
    return value;
}

static void add_day(struct text *out, const PGresult *rows, int row, int64_t most)
{
    int64_t seats = number(rows, row, 2);

    text_addf(out, "%s %8lld %9lld %8lld  ", PQgetvalue(rows, row, 0), (long long)seats,
              (long long)number(rows, row, 3), (long long)number(rows, row, 4));
    for (int64_t bar = most ? (seats * BAR_WIDTH + most - 1) / most : 0; bar > 0; bar--)
        text_add(out, "█");
    text_add_char(out, '\n');
}

void audit_report_seats(const PGresult *rows, const struct report_style *style, struct text *out)
{
    int64_t most = 0;
    int last = -1;

    (void)style;
    for (int r = 0; r < PQntuples(rows); r++) {
        most = !cell(rows, r, 1) && number(rows, r, 2) > most ? number(rows, r, 2) : most;
        last = !cell(rows, r, 1) ? r : last;
    }
    if (last < 0) {
        text_add(out, "no seats\n");
        return;
    }
    text_add(out, "day           seats reclaimed returned\n");
    for (int r = 0; r < PQntuples(rows); r++) {
        if (!cell(rows, r, 1))
            add_day(out, rows, r, most);
    }
    text_addf(out, "\nseats by profile on %s\n", PQgetvalue(rows, last, 0));
    for (int r = last + 1; r < PQntuples(rows); r++) {
        text_addf(out, "%8lld  ", (long long)number(rows, r, 2));
        text_add_printable(out, cell(rows, r, 1));
        text_add_char(out, '\n');
    }
}

/* --- export
 * ------------------------------------------------------------------------------------------ */

/* API.md 4. The number is the column of export_at.sql, -1: the history does not know it. */
static const struct {
    const char *name;
    int column;
} export_columns[] = {
    {"First name", 0},
    {"Last name", 1},
    {"User ID", 2},
    {"Username", 3},
    {"Email Address", 4},
    {"Last Login Date", 5},
    {"Account Status", 6},
    {"Country", 7},
    {"Phone Number", -1},
    {"Job", -1},
    {"Company Name", -1},
    {"Department", 8},
    {"Number of Logins", -1},
    {"Permission Profile", 9},
    {"Assigned User Groups", 10},
    {"Created Date", 11},
    {"Deactivation Date", 12},
    {"SSO Only", 13},
    {"Website", -1},
};

void audit_report_export(const PGresult *rows, struct text *out)
{
    for (int r = -1; r < PQntuples(rows); r++) {
        for (size_t c = 0; c < COUNT_OF(export_columns); c++) {
            int column = export_columns[c].column;
            text_add(out, c ? ";" : "");
            if (r < 0)
                encode_csv(out, export_columns[c].name);
            else if (column >= 0)
                encode_csv(out, cell(rows, r, column));
        }
        text_add(out, "\r\n");
    }
}
