/*
 * One file, two forms, told by the first byte that is no blank. Both end as lines of text; nothing
 * is taken for granted of a line that could not be read, but that it is there.
 */
#include "report/decisions_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/json.h"
#include "report/table_file.h"

#define FORMAT  "bynder-reconcile decisions"
#define VERSION 1

enum { ACCOUNT_ID = 0, SUBJECT, DECISION, UNTIL, REASON, OF_PLAN, FIELD_COUNT };
static const char *const fields[FIELD_COUNT] = {
    [ACCOUNT_ID] = "account_id", [SUBJECT] = "subject", [DECISION] = "decision",
    [UNTIL] = "until",           [REASON] = "reason",   [OF_PLAN] = "of_plan",
};

struct reading {
    struct arena *arena;
    struct decisions decisions;
    struct decisions_line *line;
    size_t capacity;
};

static void reading_release(struct reading *reading)
{
    free(reading->line);
}

static void add_line(struct reading *reading, struct decisions_line line,
                     const char *const value[FIELD_COUNT])
{
    const char **const to[FIELD_COUNT] = {&line.account_id, &line.subject, &line.decision,
                                          &line.until,      &line.reason,  &line.of_plan};
    size_t count = reading->decisions.count;

    for (size_t i = 0; i < FIELD_COUNT; i++)
        *to[i] = text_is_empty(value[i]) ? NULL : arena_strdup(reading->arena, value[i]);
    reading->line = mem_grow(reading->line, count, &reading->capacity, sizeof(reading->line[0]));
    reading->line[reading->decisions.count++] = line;
}

/* --- a table --- */

/* Cells that nobody decides by may hold what they like. */
static const char *find_flaw(const struct table_row *row, const char **ret_name)
{
    const char *why = NULL;

    *ret_name = table_file_name(row->cell[ACCOUNT_ID], &why);
    if (row->cells > row->titles)
        return "it has more cells than the header: one that holds the separator is enclosed in "
               "quotation marks";
    if (text_is_empty(row->cell[DECISION]))
        return NULL;
    if (why)
        return "its account_id is no text, or holds what cannot be seen";
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!text_is_utf8(row->cell[i], strlen(row->cell[i])))
            return "it is in an encoding that nobody stated: save the sheet as 'CSV UTF-8'";
    }
    return NULL;
}

static int take_row(void *context, const struct table_row *row, struct err *err)
{
    struct reading *reading = context;
    const char *value[FIELD_COUNT], *name = NULL;
    struct decisions_line line = {.row = row->number, .flaw = find_flaw(row, &name)};

    (void)err;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        value[i] = row->cell[i];
    value[ACCOUNT_ID] = name;
    add_line(reading, line, value);
    int64_t plan = decisions_plan_id(value[OF_PLAN]);
    if (plan > reading->decisions.plan)
        reading->decisions.plan = plan;
    return 0;
}

static int read_table(struct reading *reading, const char *bytes, size_t length, struct err *err)
{
    const struct table_form form = {.column = fields,
                                    .count = FIELD_COUNT,
                                    .needed = DECISION + 1,
                                    .lines = REASON,
                                    .row = take_row,
                                    .context = reading};

    return table_file_read(bytes, length, reading->decisions.file, &form, err);
}

/* --- JSON --- */

/* What the file says it is. */
static int take_head(void *context, size_t index, struct json_object *item, const char *flaw,
                     struct err *err)
{
    struct reading *reading = context;
    struct decisions *decisions = &reading->decisions;
    struct arena *arena = reading->arena;
    const struct json_object *list = NULL;
    const char *format = NULL, *digest = NULL;
    size_t count = 0;
    int64_t version = 0;

    (void)index; /* there is one: the document is no list of them */
    if (!item)
        return err_set(err, ERR_USAGE, "%s: is no file of decisions: %s", decisions->file, flaw);
    if (json_string(item, "format", LIMIT_FIELD, arena, &format) != JSON_FOUND ||
        !text_equal(format, FORMAT) ||
        json_array(item, "decisions", LIMIT_ACCOUNTS, &list, &count) != JSON_FOUND)
        return err_set(
            err, ERR_USAGE,
            "%s: is no file of decisions; hint: the page of a plan saves one, or fill in "
            "the columns 'decision', 'until' and 'reason' of the plan's CSV or xlsx",
            decisions->file);
    if (json_integer(item, "version", 0, INT64_MAX, &version) != JSON_FOUND || version != VERSION)
        return err_set(err, ERR_USAGE,
                       "%s: is a file of decisions of another version than this program's",
                       decisions->file);
    if (json_string(item, "portal", LIMIT_FIELD, arena, &decisions->portal) != JSON_FOUND ||
        json_integer(item, "plan", 1, INT64_MAX, &decisions->plan) != JSON_FOUND ||
        json_string(item, "digest", LIMIT_FIELD, arena, &digest) != JSON_FOUND ||
        !digest_parse(digest, &decisions->digest))
        return err_set(err, ERR_USAGE,
                       "%s: does not say which plan it is about; hint: save it from the page anew",
                       decisions->file);
    return 0;
}

static int take_item(void *context, size_t index, struct json_object *item, const char *flaw,
                     struct err *err)
{
    struct reading *reading = context;
    struct decisions_line line = {.row = (uint32_t)index + 1, .flaw = flaw};
    const char *value[FIELD_COUNT] = {NULL};

    if (index >= LIMIT_ACCOUNTS)
        return err_set(err, ERR_USAGE, "%s: has more than %d decisions", reading->decisions.file,
                       LIMIT_ACCOUNTS);
    for (size_t i = 0; item && i < FIELD_COUNT; i++) {
        enum json_found found =
            json_string(item, fields[i], LIMIT_FIELD, reading->arena, &value[i]);
        if (found == JSON_UNREADABLE)
            line.flaw = arena_printf(reading->arena, "its '%s' is no text, or too long", fields[i]);
    }
    add_line(reading, line, value);
    return 0;
}

static int read_json(struct reading *reading, const char *bytes, size_t length, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;

    if (json_each_of_pages(bytes, length, "decisions", take_head, take_item, reading, &own) == 0)
        return 0;
    if (own.code == ERR_USAGE)
        return err_move(err, &own);
    return err_set(err, ERR_USAGE, "%s: %s; hint: save it from the page anew",
                   reading->decisions.file, own.text);
}

int decisions_file_read(struct arena *arena, const char *bytes, size_t length,
                        const char *file_name, struct decisions *ret_decisions, struct err *err)
{
    CLEANUP(reading_release)
    struct reading reading = {.arena = arena, .decisions.file = file_name};
    size_t mark = length >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
    const char *start = bytes + mark, *end = bytes + length;

    while (start < end && strchr(" \t\r\n", *start) && *start)
        start++;
    if (start < end && *start == '[')
        return err_set(err, ERR_USAGE, "%s: is no file of decisions: it is a list", file_name);
    bool is_json = start < end && *start == '{';
    if ((is_json ? read_json : read_table)(&reading, bytes, length, err) < 0)
        return -1;
    struct decisions_line *line = arena_calloc(arena, reading.decisions.count + 1, sizeof(*line));
    if (reading.decisions.count)
        memcpy(line, reading.line, reading.decisions.count * sizeof(*line));
    *ret_decisions = reading.decisions;
    ret_decisions->line = line;
    return 0;
}
