/* Widths come from the rows; a column that would be very wide is cut, JSON and CSV hold it whole.
 */
#include "report/audit.h"

#include "base/cleanup.h"
#include "base/day.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/parse.h"
#include "format/encode.h"
#include "store/column.h"

enum { CELL_WIDTH_MAX = 44, BAR_WIDTH = 50 };

/* Types of the server: bool, int2, int4, int8 (pg_type.dat). */
enum { TYPE_BOOL = 16, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_NUMERIC = 1700 };

static const char *cell(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) ? NULL : PQgetvalue(rows, row, column);
}

static bool is_number(const PGresult *rows, int column)
{
    Oid type = PQftype(rows, column);

    return type == TYPE_INT8 || type == TYPE_INT2 || type == TYPE_INT4 || type == TYPE_NUMERIC;
}

/* --- text --- */

/* Which column stands where: the one that is named goes to the end, where it is not cut. */
static int column_at(const PGresult *rows, int place, const char *last)
{
    int columns = PQnfields(rows), moved = last ? PQfnumber(rows, last) : -1;

    if (moved < 0 || place < moved)
        return place;
    return place == columns - 1 ? moved : place + 1;
}

static void add_table(struct text *out, const PGresult *rows, const char *last)
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
        for (int place = 0; place < columns; place++) {
            int c = column_at(rows, place, last);
            const char *value = r < 0 ? PQfname(rows, c) : cell(rows, r, c);
            text_add(out, place ? "  " : "");
            if (place == columns - 1)
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

static void add_text(const struct audit_section *section, size_t count, struct text *out)
{
    for (size_t i = 0; i < count; i++) {
        if (section[i].heading)
            text_addf(out, "%s%s\n", i ? "\n" : "", section[i].heading);
        if (section[i].upright)
            add_upright(out, section[i].rows);
        else if (PQntuples(section[i].rows))
            add_table(out, section[i].rows, section[i].last);
        else
            text_add(out, "nothing\n");
    }
}

/* --- JSON --- */

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

/* --- CSV --- */

static void add_csv(const PGresult *rows, struct text *out)
{
    for (int r = -1; r < PQntuples(rows); r++) {
        for (int c = 0; c < PQnfields(rows); c++) {
            const char *value = r < 0 ? PQfname(rows, c) : cell(rows, r, c);
            text_add(out, c ? "," : "");
            if (r >= 0 && value && is_number(rows, c))
                text_add(out, value); /* a negative one is no formula */
            else
                encode_csv(out, value);
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
    case REPORT_XLSX:
    case REPORT_CSV_BOM:
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

/* --- seats --- */

static const char *cell_of(const PGresult *rows, int row, const char *name)
{
    return cell(rows, row, store_place_of(rows, name));
}

static int64_t number(const PGresult *rows, int row, const char *name)
{
    const char *text = cell_of(rows, row, name);
    int64_t value = 0;

    (void)parse_int(text ? text : "", 0, INT64_MAX, &value);
    return value;
}

/* How much a line of the chart tells of. */
enum period { PERIOD_DAY = 0, PERIOD_WEEK, PERIOD_MONTH };

enum { LINES_MAX = 62 };

/* Equal for days of one period. */
static int64_t period_of(const char *text, enum period period)
{
    struct day day = DAY_NONE;
    int year = 0, month = 0, number = 0;

    if (!day_parse_iso(text, &day))
        return -1;
    switch (period) {
    case PERIOD_DAY:
        return day.number;
    case PERIOD_WEEK:
        return day_add(day, -day_of_week(day)).number;
    case PERIOD_MONTH:
        break;
    }
    day_to_civil(day, &year, &month, &number);
    return (int64_t)year * 12 + month;
}

/* The next row of a whole day behind `row`; -1: there is none. */
static int next_total(const PGresult *rows, int row)
{
    for (row++; row < PQntuples(rows); row++) {
        if (!cell_of(rows, row, "profile") && !cell_of(rows, row, "class"))
            return row;
    }
    return -1;
}

static size_t count_periods(const PGresult *rows, enum period period)
{
    size_t count = 0;
    int64_t before = -1;

    for (int r = next_total(rows, -1); r >= 0; r = next_total(rows, r)) {
        int64_t now = period_of(cell_of(rows, r, "day"), period);
        count += count == 0 || now != before;
        before = now;
    }
    return count;
}

static enum period choose_period(const PGresult *rows)
{
    enum period period = PERIOD_DAY;

    while (period < PERIOD_MONTH && count_periods(rows, period) > LINES_MAX)
        period++;
    return period;
}

/* The seats of the period's last day, `row`, and what happened in all of it. */
static void add_bar(struct text *out, const PGresult *rows, int row, const int64_t back[2],
                    int64_t most)
{
    int64_t seats = number(rows, row, "seats");

    text_addf(out, "%s %8lld %9lld %8lld  ", cell_of(rows, row, "day"), (long long)seats,
              (long long)back[0], (long long)back[1]);
    for (int64_t bar = most ? (seats * BAR_WIDTH + most - 1) / most : 0; bar > 0; bar--)
        text_add(out, "█");
    text_add_char(out, '\n');
}

static void add_chart(struct text *out, const PGresult *rows, enum period period, int64_t most)
{
    int64_t back[2] = {0, 0};

    for (int r = next_total(rows, -1); r >= 0;) {
        int next = next_total(rows, r);
        back[0] += number(rows, r, "reclaimed");
        back[1] += number(rows, r, "returned");
        if (next < 0 || period_of(cell_of(rows, next, "day"), period) !=
                            period_of(cell_of(rows, r, "day"), period)) {
            add_bar(out, rows, r, back, most);
            back[0] = back[1] = 0;
        }
        r = next;
    }
}

/* The classes of a day, whose rows begin behind `row`; returns the one behind them. */
static int add_classes(struct text *out, const PGresult *rows, int row)
{
    static const char *const name[] = {"seats", "contracted", "free"};
    int first = row;

    for (; row < PQntuples(rows) && cell_of(rows, row, "class"); row++) {
        if (row == first)
            text_addf(out, "\nseats by class on %s\n   seats contracted     free\n",
                      cell_of(rows, row, "day"));
        for (size_t i = 0; i < COUNT_OF(name); i++) {
            const char *value = cell_of(rows, row, name[i]);
            text_addf(out, "%*s ", i == 1 ? 10 : 8, value ? value : "-");
        }
        text_add_char(out, ' ');
        text_add_printable(out, cell_of(rows, row, "class"));
        if (cell_of(rows, row, "price"))
            text_addf(out, ", %s %s a seat and year", cell_of(rows, row, "price"),
                      cell_of(rows, row, "currency"));
        text_add_char(out, '\n');
    }
    return row;
}

void audit_report_seats(const PGresult *rows, const struct report_style *style, struct text *out)
{
    static const char *const heading[] = {
        [PERIOD_DAY] = "day       ", [PERIOD_WEEK] = "week to   ", [PERIOD_MONTH] = "month to  "};
    enum period period = choose_period(rows);
    int64_t most = 0;
    int last = -1;

    (void)style;
    for (int r = next_total(rows, -1); r >= 0; r = next_total(rows, r)) {
        most = number(rows, r, "seats") > most ? number(rows, r, "seats") : most;
        last = r;
    }
    if (last < 0) {
        text_add(out, "no seats\n");
        return;
    }
    text_addf(out, "%s    seats reclaimed returned\n", heading[period]);
    add_chart(out, rows, period, most);
    int profiles = add_classes(out, rows, last + 1);
    text_addf(out, "\nseats by profile on %s\n", cell_of(rows, last, "day"));
    for (int r = profiles; r < PQntuples(rows); r++) {
        text_addf(out, "%8lld  ", (long long)number(rows, r, "seats"));
        text_add_printable(out, cell_of(rows, r, "profile"));
        text_add_char(out, '\n');
    }
}

/* --- savings --- */

void audit_report_savings(const PGresult *months, const PGresult *total,
                          const struct report_style *style, struct text *out)
{
    const struct audit_section section[] = {
        {.name = "months", .heading = "by month, class and currency", .rows = months},
        {.name = "total", .heading = "freed in all these months", .rows = total},
    };

    if (PQntuples(months) == 0) {
        text_add(out, "nothing saved, and nothing to save, as far as the history knows\n");
        return;
    }
    audit_report(section, COUNT_OF(section), REPORT_TEXT, style, out);
    text_add(out, "\n"
                  "exposed    seats in use that the newest plan of the month says are not needed, "
                  "and what they cost a year\n"
                  "freed      days on which seats were really free by our acts, each at that day's "
                  "price: a come-back or somebody else in the seat ends it, and a come-back within "
                  "31 days undoes it (not_counted)\n"
                  "reducible  seats by which the contract could be smaller at its renewal, once "
                  "that plan is done, and what they cost a year\n"
                  "The three say different things and are never added, nor are currencies.\n");
}

/* --- export --- */

/* API.md 4. The column of export_at.sql, NULL: the history does not know it. */
static const struct {
    const char *name, *column;
} export_columns[] = {
    {"First name", "first_name"},
    {"Last name", "last_name"},
    {"User ID", "user_id"},
    {"Username", "username"},
    {"Email Address", "email"},
    {"Last Login Date", "last_login"},
    {"Account Status", "status"},
    {"Country", "country"},
    {"Phone Number", NULL},
    {"Job", NULL},
    {"Company Name", NULL},
    {"Department", "department"},
    {"Number of Logins", NULL},
    {"Permission Profile", "profile"},
    {"Assigned User Groups", "groups"},
    {"Created Date", "created"},
    {"Deactivation Date", "deactivated"},
    {"SSO Only", "sso_only"},
    {"Website", NULL},
};

void audit_report_export(const PGresult *rows, struct text *out)
{
    int place[COUNT_OF(export_columns)];

    for (size_t c = 0; c < COUNT_OF(export_columns); c++)
        place[c] = export_columns[c].column ? store_place_of(rows, export_columns[c].column) : -1;
    for (int r = -1; r < PQntuples(rows); r++) {
        for (size_t c = 0; c < COUNT_OF(export_columns); c++) {
            text_add(out, c ? ";" : "");
            if (r < 0)
                encode_csv(out, export_columns[c].name);
            else if (place[c] >= 0)
                encode_csv(out, cell(rows, r, place[c]));
        }
        text_add(out, "\r\n");
    }
}
