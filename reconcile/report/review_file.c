/*
 * A row of a report without its header must say its account's username too, or somebody's name
 * could be taken for an id.
 */
#include "report/review_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/table_file.h"

static const char *const columns[] = {"account_id", "username"};

struct reading {
    struct arena *arena;
    struct review_names names;
    size_t capacity;
};

static void reading_release(struct reading *reading)
{
    free(reading->names.name);
}

/* More cells than the header has columns: a separator stands in one that is not quoted, and which
 * cell is which is not known. Fewer are what spreadsheets make of empty ones at the end. */
static int check_row(const struct reading *reading, const struct table_row *row, struct err *err)
{
    const char *file = reading->names.file;

    if (row->has_header && row->cells > row->titles)
        return err_set(err, ERR_USAGE,
                       "%s:%u: has %zu cells, the header has %zu; hint: a cell that holds the "
                       "separator is enclosed in quotation marks",
                       file, row->number, row->cells, row->titles);
    if (text_is_empty(row->cell[0]))
        return err_set(err, ERR_USAGE, "%s:%u: names nobody: its cell '%s' is empty", file,
                       row->number, row->has_header ? columns[0] : "1");
    return 0;
}

static int take_row(void *context, const struct table_row *row, struct err *err)
{
    struct reading *reading = context;
    struct review_names *names = &reading->names;
    const char *why = NULL;

    if (check_row(reading, row, err) < 0)
        return -1;
    const char *name = table_file_name(row->cell[0], &why);
    if (!name) {
        CLEANUP(text_release) struct text shown = TEXT_INIT;
        text_add_excerpt(&shown, row->cell[0], 60);
        return err_set(err, ERR_USAGE, "%s:%u: '%s' %s", names->file, row->number,
                       text_cstr(&shown), why);
    }
    bool says_who = !row->has_header && row->beside;
    names->name = mem_grow(names->name, names->count, &reading->capacity, sizeof(names->name[0]));
    names->name[names->count++] = (struct review_name){
        .value = arena_strdup(reading->arena, name),
        .username = says_who ? arena_strdup(reading->arena, row->cell[1]) : NULL,
        .row = row->number};
    return 0;
}

int review_file_read(struct arena *arena, const char *bytes, size_t length, const char *file_name,
                     struct review_names *ret_names, struct err *err)
{
    CLEANUP(reading_release)
    struct reading reading = {.arena = arena, .names.file = file_name};
    const struct table_form form = {.column = columns,
                                    .count = COUNT_OF(columns),
                                    .lines = COUNT_OF(columns),
                                    .row = take_row,
                                    .context = &reading};

    if (table_file_read(bytes, length, file_name, &form, err) < 0)
        return -1;
    if (reading.names.count == 0)
        return err_set(err, ERR_USAGE, "%s: names nobody", file_name);
    struct review_name *name = arena_calloc(arena, reading.names.count, sizeof(*name));
    memcpy(name, reading.names.name, reading.names.count * sizeof(*name));
    *ret_names =
        (struct review_names){.file = file_name, .name = name, .count = reading.names.count};
    return 0;
}
