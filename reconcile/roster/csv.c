/*
 * The first row that is not blank is the header. After it, a field is looked at in one place: if
 * its column is mapped it goes to the intake, otherwise only its blankness and its line breaks are
 * of interest. A row with another number of fields than the header has its values in nobody knows
 * which columns, and is handed over as damaged.
 */
#include "roster/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/csv_reader.h"

enum { UNBOUND = -1, NAMES_SHOWN = 40, NAME_SHOWN_BYTES = 60 };

struct roster_csv {
    const struct config_roster *config;
    struct roster_intake *intake;
    struct csv_reader *reader;
    const struct roster_column *mapped;
    size_t mapped_count;

    bool have_header;
    struct text header; /* the names, trimmed, each with its NUL */
    size_t columns;
    int first[LIMIT_CSV_COLUMNS]; /* mapped column that reads this one, or UNBOUND */
    int *next;                    /* another one that reads the same column */

    bool filled;      /* the open row has a value in some column, mapped or not */
    size_t swallowed; /* the first column, from 1, that looks like several rows in one field */
};

static int on_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                    struct err *err);
static int on_row(void *context, uint32_t row, size_t columns, struct err *err);

struct roster_csv *roster_csv_new(const struct config_roster *config, struct roster_intake *intake)
{
    struct roster_csv *csv = mem_calloc(1, sizeof(*csv));

    csv->config = config;
    csv->intake = intake;
    csv->reader = csv_reader_new(
        config->delimiter, &(struct csv_handler){.context = csv, .field = on_field, .row = on_row});
    csv->mapped_count = roster_intake_columns(intake, &csv->mapped);
    csv->next = mem_calloc(csv->mapped_count, sizeof(csv->next[0]));
    return csv;
}

void roster_csv_free(struct roster_csv *csv)
{
    if (!csv)
        return;
    csv_reader_free(csv->reader);
    text_release(&csv->header);
    free(csv->next);
    free(csv);
}

/* --- the header --- */

static int add_name(struct roster_csv *csv, uint32_t row, const char *bytes, size_t length,
                    struct err *err)
{
    if (length > LIMIT_FIELD)
        return err_set(
            err, ERR_ROSTER,
            "row %u, column %zu: a column name is longer than %d bytes; hint: is there a "
            "header row?",
            row, csv->columns + 1, LIMIT_FIELD);
    text_add_bytes(&csv->header, bytes, length);
    text_add_char(&csv->header, '\0');
    csv->columns++;
    return 0;
}

static const char **list_names(const struct roster_csv *csv)
{
    const char **names = mem_calloc(csv->columns, sizeof(names[0]));
    const char *name = text_cstr(&csv->header);

    for (size_t i = 0; i < csv->columns; i++) {
        names[i] = name;
        name += strlen(name) + 1;
    }
    return names;
}

/* Numbers, dates and addresses are no column names: without a header row the first row is a person,
 * whose values have no business in an error message. */
static bool looks_like_data(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (*names[i] &&
            (strchr(names[i], '@') || names[i][strspn(names[i], "0123456789.,:/+- ")] == '\0'))
            return true;
    }
    return false;
}

static void add_name_shown(struct text *text, const char *name)
{
    text_add_char(text, '\'');
    text_add_excerpt(text, name, NAME_SHOWN_BYTES);
    text_add_char(text, '\'');
}

static void add_names_present(struct text *text, const char *const *names, size_t count)
{
    if (looks_like_data(names, count)) {
        text_add(text, "; hint: the first row looks like data, the file needs a header row");
        return;
    }
    text_add(text, count == 1 ? "; the only column is " : "; columns present: ");
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
        if (i > 0)
            text_add(text, ", ");
        add_name_shown(text, names[i]);
    }
    if (count > NAMES_SHOWN)
        text_addf(text, " and %zu more", count - NAMES_SHOWN);
    if (count == 1)
        text_add(text, "; hint: is roster.delimiter right?");
}

/* The name in the header that was probably meant: the same but for case, or a slip of the pen. */
static const char *guess_name(const char *wanted, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(wanted, names[i]) == 0)
            return names[i];
    }
    return text_nearest(wanted, names, count);
}

static int bind_column(struct roster_csv *csv, size_t mapped, const char *const *names,
                       struct text *missing, struct text *hints, struct err *err)
{
    const char *wanted = csv->mapped[mapped].name;
    int found = UNBOUND;

    for (size_t i = 0; i < csv->columns; i++) {
        if (strcmp(names[i], wanted) != 0)
            continue;
        if (found != UNBOUND)
            return err_set(err, ERR_ROSTER,
                           "the column '%s' (%s) is in the header twice, as columns "
                           "%d and %zu",
                           wanted, roster_field_setting(csv->mapped[mapped].field), found + 1, i + 1);
        found = (int)i;
    }
    if (found == UNBOUND) {
        const char *guess = guess_name(wanted, names, csv->columns);

        text_addf(missing, "%s'%s' (%s)", missing->length > 0 ? ", " : "", wanted,
                  roster_field_setting(csv->mapped[mapped].field));
        if (guess && !looks_like_data(names, csv->columns)) {
            text_add(hints, "; hint: did you mean ");
            add_name_shown(hints, guess);
            text_add(hints, "?");
        }
        return 0;
    }
    csv->next[mapped] = csv->first[found];
    csv->first[found] = (int)mapped;
    return 0;
}

static int bind_columns(struct roster_csv *csv, uint32_t row, struct err *err)
{
    CLEANUP(mem_cleanup) const char **names = list_names(csv);
    CLEANUP(text_release) struct text missing = TEXT_INIT;
    CLEANUP(text_release) struct text hints = TEXT_INIT;

    for (size_t i = 0; i < csv->columns; i++)
        csv->first[i] = UNBOUND;
    for (size_t i = 0; i < csv->mapped_count; i++) {
        if (bind_column(csv, i, names, &missing, &hints, err) < 0)
            return -1;
    }
    if (missing.length > 0) {
        add_names_present(&hints, names, csv->columns);
        return err_set(err, ERR_ROSTER, "the header (row %u) has no column %s%s", row,
                       text_cstr(&missing), text_cstr(&hints));
    }
    csv->have_header = true;
    return 0;
}

/* --- rows --- */

static size_t count_char(const char *bytes, size_t length, char wanted)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += bytes[i] == wanted;
    return count;
}

/* A quotation mark that is not closed runs on to the next one, some rows below. When both stand in
 * the same column the row that results has the right number of fields, and the people between are
 * lost: such a field holds, for each line break, as many delimiters as a row does. */
static bool looks_swallowed(const struct roster_csv *csv, const char *bytes, size_t length)
{
    size_t breaks;

    if (csv->columns < 2 || !memchr(bytes, '\n', length))
        return false;
    breaks = count_char(bytes, length, '\n');
    return count_char(bytes, length, csv->config->delimiter) == breaks * (csv->columns - 1);
}

static int on_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                    struct err *err)
{
    struct roster_csv *csv = context;

    text_trim(&bytes, &length);
    csv->filled = csv->filled || length > 0;
    if (!csv->have_header)
        return add_name(csv, row, bytes, length, err);
    if (column >= csv->columns)
        return 0;
    for (int mapped = csv->first[column]; mapped != UNBOUND; mapped = csv->next[mapped])
        roster_intake_value(csv->intake, (size_t)mapped, bytes, length);
    if (csv->swallowed == 0 && looks_swallowed(csv, bytes, length))
        csv->swallowed = column + 1;
    return 0;
}

static void check_shape(struct roster_csv *csv, size_t columns)
{
    CLEANUP(text_release) struct text reason = TEXT_INIT;

    if (columns != csv->columns) {
        text_addf(
            &reason,
            "has %zu field%s, the header has %zu; hint: a value that holds the delimiter '%c' "
            "must be quoted",
            columns, columns == 1 ? "" : "s", csv->columns, csv->config->delimiter);
        roster_intake_damaged(csv->intake, text_cstr(&reason));
    } else if (csv->swallowed > 0) {
        text_addf(&reason,
                  "the quoted field in column %zu looks like several rows, so this row may hold "
                  "other people; hint: a quotation mark is missing or too many",
                  csv->swallowed);
        roster_intake_damaged(csv->intake, text_cstr(&reason));
    }
}

static int on_row(void *context, uint32_t row, size_t columns, struct err *err)
{
    struct roster_csv *csv = context;
    bool filled = csv->filled;

    csv->filled = false;
    if (!filled) { /* nothing but delimiters, as spreadsheets leave below the last row */
        if (!csv->have_header) {
            text_clear(&csv->header);
            csv->columns = 0;
        }
        csv->swallowed = 0;
        roster_intake_drop(csv->intake);
        return 0;
    }
    if (!csv->have_header)
        return bind_columns(csv, row, err);
    check_shape(csv, columns);
    csv->swallowed = 0;
    roster_intake_row(csv->intake, row);
    return 0;
}

int roster_csv_push(void *csv, const char *utf8, size_t length, struct err *err)
{
    return csv_reader_push(((struct roster_csv *)csv)->reader, utf8, length, err);
}

int roster_csv_finish(struct roster_csv *csv, struct err *err)
{
    if (csv_reader_finish(csv->reader, err) < 0)
        return -1;
    if (!csv->have_header)
        return err_set(err, ERR_ROSTER, "holds no row at all, not even a header");
    return 0;
}
