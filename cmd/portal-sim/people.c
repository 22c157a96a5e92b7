/*
 * The header decides: each wanted column is found by the name the command line gives, or else by
 * the first of the usual names that is there, compared by letters and digits alone. Rows without an
 * id are skipped; nothing else is refused.
 */
#include "people.h"

#include <csv.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/file.h"

#define NO_COLUMN SIZE_MAX

enum column {
    COLUMN_ID = 0,
    COLUMN_NAME,
    COLUMN_GIVEN,
    COLUMN_FAMILY,
    COLUMN_STATUS,
    COLUMN_LAST_DAY,
    COLUMN_HIRED,
    COLUMN_DEPARTMENT,
    COLUMN_COUNT
};

/* Usual names, as letters and digits in lower case, the surest first. */
static const char *const usual[COLUMN_COUNT][8] = {
    [COLUMN_ID] = {"empid", "employeeid", "employeenumber", "personnelnumber", "personid", "id"},
    [COLUMN_NAME] = {"name", "fullname", "employeename", "displayname"},
    [COLUMN_GIVEN] = {"firstname", "givenname", "forename"},
    [COLUMN_FAMILY] = {"lastname", "surname", "familyname"},
    [COLUMN_STATUS] = {"employmentstatus", "employeestatus", "status"},
    [COLUMN_LAST_DAY] = {"dateoftermination", "terminationdate", "lastday", "lastworkingday",
                         "leavedate", "enddate"},
    [COLUMN_HIRED] = {"dateofhire", "hiredate", "startdate", "joindate"},
    [COLUMN_DEPARTMENT] = {"department", "dept", "division"},
};

static const char *const date_formats[] = {"%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y",
                                           "%d-%m-%Y"};

/* A CSV file being read: the cells of the current row, and what the header said. */
struct reader {
    struct people *people;
    const struct people_hints *hints;
    struct text cells; /* NUL after each */
    size_t *cell;      /* where each begins */
    size_t count, capacity;
    size_t column[COLUMN_COUNT];
    size_t name_column[8]; /* of --people-name, joined */
    size_t name_count;
    bool header_read, failed;
    struct err *err;
};

static const char *cell_at(const struct reader *reader, size_t column)
{
    return column < reader->count ? reader->cells.data + reader->cell[column] : "";
}

static bool same_name(const char *a, const char *b)
{
    for (;;) {
        while (*a && !isalnum((unsigned char)*a))
            a++;
        while (*b && !isalnum((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

static size_t find_column(const struct reader *reader, const char *name)
{
    for (size_t i = 0; name && i < reader->count; i++)
        if (same_name(cell_at(reader, i), name))
            return i;
    return NO_COLUMN;
}

/* By the hint alone when there is one, else by the usual names. */
static void choose_column(struct reader *reader, enum column column, const char *hint)
{
    size_t found = find_column(reader, hint);
    for (size_t i = 0; !hint && found == NO_COLUMN && i < COUNT_OF(usual[column]); i++)
        found = find_column(reader, usual[column][i]);
    reader->column[column] = found;
    if (hint && found == NO_COLUMN && !reader->failed) {
        reader->failed = true;
        (void)err_set(reader->err, ERR_USAGE, "there is no column '%s'", hint);
    }
}

static void choose_names(struct reader *reader, const char *names)
{
    for (const char *at = names; *at && reader->name_count < COUNT_OF(reader->name_column);) {
        size_t length = strcspn(at, ",");
        CLEANUP(mem_cleanup) char *name = mem_strndup(at, length);
        choose_column(reader, COLUMN_NAME, name);
        reader->name_column[reader->name_count++] = reader->column[COLUMN_NAME];
        at += length + (at[length] ? 1 : 0);
    }
}

static void read_header(struct reader *reader)
{
    const struct people_hints *hints = reader->hints;
    choose_column(reader, COLUMN_ID, hints->id);
    choose_column(reader, COLUMN_STATUS, hints->status);
    choose_column(reader, COLUMN_LAST_DAY, hints->last_day);
    for (unsigned i = COLUMN_NAME; i <= COLUMN_FAMILY; i++)
        choose_column(reader, (enum column)i, NULL);
    choose_column(reader, COLUMN_HIRED, NULL);
    choose_column(reader, COLUMN_DEPARTMENT, NULL);
    if (hints->name)
        choose_names(reader, hints->name);
    if (reader->column[COLUMN_ID] == NO_COLUMN && !reader->failed) {
        reader->failed = true;
        (void)err_set(reader->err, ERR_USAGE,
                      "no column looks like an employee number; hint: --people-id COLUMN");
    }
}

static const char *kept_cell(struct reader *reader, enum column column)
{
    const char *start = cell_at(reader, reader->column[column]);
    size_t length = strlen(start);
    text_trim(&start, &length);
    return arena_strndup(&reader->people->arena, start, length);
}

static struct day day_in(struct reader *reader, enum column column)
{
    const char *value = kept_cell(reader, column);
    struct day day = DAY_NONE;
    for (size_t i = 0; i < COUNT_OF(date_formats); i++)
        if (day_parse(value, date_formats[i], &day))
            return day;
    return DAY_NONE;
}

static enum hr_status status_in(struct reader *reader)
{
    const char *value = kept_cell(reader, COLUMN_STATUS);
    if (strcasestr(value, "voluntar"))
        return HR_VOLUNTARY;
    if (strcasestr(value, "terminat") || strcasestr(value, "cause"))
        return HR_CAUSE;
    return strcasestr(value, "leave") ? HR_LEAVE : HR_ACTIVE;
}

static void read_names(struct reader *reader, struct roster_row *row)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    row->given = "";
    if (reader->name_count == 0 && reader->column[COLUMN_NAME] == NO_COLUMN) {
        row->given = kept_cell(reader, COLUMN_GIVEN);
        row->family = kept_cell(reader, COLUMN_FAMILY);
        return;
    }
    if (reader->name_count == 0) {
        row->family = kept_cell(reader, COLUMN_NAME);
        return;
    }
    for (size_t i = 0; i < reader->name_count; i++) {
        const char *start = cell_at(reader, reader->name_column[i]);
        size_t length = strlen(start);
        text_trim(&start, &length);
        if (name.length > 0 && length > 0)
            text_add_char(&name, ' ');
        text_add_bytes(&name, start, length);
    }
    row->family = arena_strdup(&reader->people->arena, text_cstr(&name));
}

static void read_row(struct reader *reader)
{
    struct people *people = reader->people;
    const char *number = kept_cell(reader, COLUMN_ID);
    if (*number == '\0')
        return;
    struct roster_row row = {
        .number = number,
        .department = kept_cell(reader, COLUMN_DEPARTMENT),
        .hired = day_in(reader, COLUMN_HIRED),
        .last_day = day_in(reader, COLUMN_LAST_DAY),
        .status = status_in(reader),
    };
    read_names(reader, &row);
    people->row = mem_grow(people->row, people->count, &people->capacity, sizeof(row));
    people->row[people->count++] = row;
}

static void on_cell(void *bytes, size_t length, void *context)
{
    struct reader *reader = context;
    reader->cell = mem_grow(reader->cell, reader->count, &reader->capacity, sizeof(size_t));
    reader->cell[reader->count++] = reader->cells.length;
    text_add_bytes(&reader->cells, bytes ? bytes : "", length);
    text_add_char(&reader->cells, '\0');
}

static void on_row(int end, void *context)
{
    struct reader *reader = context;
    (void)end;
    if (!reader->failed && !reader->header_read)
        read_header(reader);
    else if (!reader->failed)
        read_row(reader);
    reader->header_read = true;
    reader->count = 0;
    text_clear(&reader->cells);
}

/* The candidate that the first line has most of. */
static unsigned char sniff_delimiter(const char *bytes)
{
    static const char candidates[] = ";,\t|";
    size_t line = strcspn(bytes, "\r\n"), best = 0;
    char found = ',';
    for (size_t c = 0; candidates[c]; c++) {
        size_t seen = 0;
        for (size_t i = 0; i < line; i++)
            seen += bytes[i] == candidates[c];
        if (seen > best) {
            best = seen;
            found = candidates[c];
        }
    }
    return (unsigned char)found;
}

static int parse(struct reader *reader, const struct text *file)
{
    struct csv_parser parser;
    size_t bom = text_starts(text_cstr(file), "\xEF\xBB\xBF") ? 3 : 0;
    const char *bytes = text_cstr(file) + bom;
    size_t length = file->length - bom;
    if (csv_init(&parser, 0) != 0)
        return err_set(reader->err, ERR_INTERNAL, "the CSV reader does not start");
    csv_set_delim(&parser, reader->hints->delimiter ? (unsigned char)*reader->hints->delimiter
                                                    : sniff_delimiter(bytes));
    bool good = csv_parse(&parser, bytes, length, on_cell, on_row, reader) == length &&
                csv_fini(&parser, on_cell, on_row, reader) == 0;
    csv_free(&parser);
    if (!good)
        return err_set(reader->err, ERR_USAGE, "this is no CSV");
    if (reader->failed)
        return -1;
    if (reader->people->count == 0)
        return err_set(reader->err, ERR_USAGE, "there is nobody in it");
    return 0;
}

int people_read(const char *path, const struct people_hints *hints, struct people *ret_people,
                struct err *err)
{
    CLEANUP(text_release) struct text file = TEXT_INIT;
    struct people people = {.arena = ARENA_INIT};
    struct reader reader = {.people = &people, .hints = hints, .err = err};
    if (file_read(path, (size_t)LIMIT_ROSTER_BYTES, ERR_USAGE, &file, NULL, err) < 0)
        return -1;
    int result = parse(&reader, &file);
    text_release(&reader.cells);
    free(reader.cell);
    if (result < 0) {
        people_release(&people);
        return err_prefix(err, "roster '%s'", path);
    }
    *ret_people = people;
    return 0;
}

void people_release(struct people *people)
{
    free(people->row);
    arena_release(&people->arena);
}
