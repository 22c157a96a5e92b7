/* A digest that nobody wrote down approves nothing: the line is refused, and the file with it. */
#include "report/portals_file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "format/encode.h"
#include "report/portals.h"
#include "report/table_file.h"

enum { PORTAL = 0, PLAN, DIGEST, DECISION, FIELD_COUNT };
static const char *const fields[FIELD_COUNT] = {
    [PORTAL] = PORTALS_COLUMN_PORTAL,
    [PLAN] = PORTALS_COLUMN_PLAN,
    [DIGEST] = PORTALS_COLUMN_DIGEST,
    [DECISION] = PORTALS_COLUMN_DECISION,
};

struct portals_reading {
    struct arena *arena;
    const char *file;
    struct portals_line *line;
    size_t count, capacity;
};

static int refuse(const struct portals_reading *reading, const struct table_row *row,
                  const char *what, struct err *err)
{
    CLEANUP(text_release) struct text portal = TEXT_INIT;

    text_add_excerpt(&portal, row->cell[PORTAL], 60);
    return err_set(err, ERR_USAGE, "%s:%u: portal '%s': %s; nothing of the file was taken",
                   reading->file, row->number, text_cstr(&portal), what);
}

static bool is_named(const struct portals_reading *reading, const char *portal)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (text_equal(reading->line[i].portal, portal))
            return true;
    }
    return false;
}

static int take_row(void *context, const struct table_row *row, struct err *err)
{
    struct portals_reading *reading = context;
    struct portals_line line = {.row = row->number};
    const char *portal = row->cell[PORTAL];
    struct digest digest;

    if (text_is_empty(row->cell[DECISION]))
        return 0;
    if (strcasecmp(row->cell[DECISION], "approve") != 0)
        return refuse(reading, row, "the column 'decision' takes 'approve', or nothing", err);
    if (row->cells > row->titles)
        return refuse(reading, row, "it has more cells than the header", err);
    if (text_is_empty(row->cell[PORTAL]) ||
        !parse_int(row->cell[PLAN], 1, INT64_MAX, &line.plan_id))
        return refuse(reading, row, "it does not say which plan of which portal is approved", err);
    if (!digest_parse(row->cell[DIGEST], &digest))
        return refuse(reading, row,
                      "it does not have the digest of the plan, 64 hex digits, which says that "
                      "somebody saw it",
                      err);
    if (is_named(reading, portal))
        return refuse(reading, row, "it is approved twice", err);
    line.portal = arena_strdup(reading->arena, portal);
    line.digest = arena_strdup(reading->arena, row->cell[DIGEST]);
    reading->line = mem_grow(reading->line, reading->count, &reading->capacity, sizeof(line));
    reading->line[reading->count++] = line;
    return 0;
}

int portals_file_read(struct arena *arena, const char *bytes, size_t length, const char *file_name,
                      struct portals_line **ret_line, size_t *ret_count, struct err *err)
{
    struct portals_reading reading = {.arena = arena, .file = file_name};
    const struct table_form form = {.column = fields,
                                    .count = FIELD_COUNT,
                                    .needed = FIELD_COUNT,
                                    .lines = FIELD_COUNT,
                                    .row = take_row,
                                    .context = &reading};
    int failed = table_file_read(bytes, length, file_name, &form, err);

    if (!failed) {
        *ret_line = arena_calloc(arena, reading.count + 1, sizeof(reading.line[0]));
        for (size_t i = 0; i < reading.count; i++)
            (*ret_line)[i] = reading.line[i];
        *ret_count = reading.count;
    }
    free(reading.line);
    return failed;
}
