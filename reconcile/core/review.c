/*
 * A file that people made by hand or cut out of a report: what it names must be there, or nothing
 * of it counts.
 */
#include "core/review.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"

/* The first cell of a line: up to a comma, without quotes and the formula apostrophe. */
static const char *first_cell(struct arena *arena, const char *line, size_t length)
{
    const char *start = line;
    const char *comma;

    text_trim(&start, &length);
    comma = length ? memchr(start, ',', length) : NULL;
    if (comma)
        length = (size_t)(comma - start);
    text_trim(&start, &length);
    if (length >= 2 && start[0] == '"' && start[length - 1] == '"') {
        start++;
        length -= 2;
    }
    if (length && start[0] == '\'') {
        start++;
        length--;
    }
    return fold_text(arena, arena_strndup(arena, start, length));
}

static void index_rows(struct arena *arena, const struct plan *plan, struct table *table)
{
    table_init(table, plan->row_count * 3);
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        const char *const name[] = {fold_text(arena, row->account_id),
                                    fold_text(arena, row->email)};
        for (size_t k = 0; k < COUNT_OF(name) && row->action != ACTION_KEEP; k++) {
            if (name[k])
                table_add(table, name[k], (uint32_t)i);
        }
    }
}

static int select_line(const struct table *table, const char *cell, const char *file_name,
                       unsigned line, bool *named, struct err *err)
{
    uint32_t at = table_find(table, cell);

    if (at == TABLE_END)
        return err_set(err, ERR_USAGE, "%s:%u: '%s' is no account with an action in this plan",
                       file_name, line, cell);
    for (; at != TABLE_END; at = table_next(table, at))
        named[table_value(table, at)] = true;
    return 0;
}

static int select_all(struct arena *arena, const struct table *table, const char *text,
                      const char *file_name, bool *named, struct err *err)
{
    unsigned line = 0;

    for (const char *start = text; *start; line++) {
        const char *end = strchrnul(start, '\n');
        const char *cell = first_cell(arena, start, (size_t)(end - start));
        if (cell && !(line == 0 && text_equal(cell, "account_id")) &&
            select_line(table, cell, file_name, line + 1, named, err) < 0)
            return -1;
        start = *end ? end + 1 : end;
    }
    return 0;
}

int review_select(const struct plan *plan, const char *text, const char *file_name, bool *ret_named,
                  struct err *err)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    bool *named = arena_calloc(&arena, plan->row_count + 1, sizeof(named[0]));
    CLEANUP(table_release) struct table table;

    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3; /* spreadsheets put a byte order mark in front */
    index_rows(&arena, plan, &table);
    int failed = select_all(&arena, &table, text, file_name, named, err);
    if (!failed)
        memcpy(ret_named, named, plan->row_count * sizeof(named[0]));
    return failed;
}
