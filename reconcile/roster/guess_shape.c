/*
 * CSV is read twice: once for its shape (the first rows, the last ones, how many fields rows have),
 * once for the cells. In JSON the list of people is the longest array of objects at the top or one
 * or two members below it; a scanner finds it that knows of strings and brackets, and what is in it
 * is read by format/json.
 */
#include "roster/guess_shape.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/write.h"
#include "format/csv_reader.h"
#include "format/json.h"
#include "roster/footer.h"
#include "roster/scim.h"

enum {
    FIRST_ROWS = 30, /* among which the titles stand */
    LAST_ROWS = 6,   /* among which a footer stands */
    LABELS_MAX = 3,
    CELL_BYTES = 200, /* of a cell, for titles, words and dates */
};

/* --- rows of CSV --- */

struct row {
    const char **cell;
    size_t count, filled;
    uint32_t number;
};

struct rows {
    struct arena *arena;
    struct row first[FIRST_ROWS];
    size_t firsts;
    struct row last[LAST_ROWS]; /* a ring */
    size_t count;               /* all rows with something in them */
    size_t of_width[LIMIT_CSV_COLUMNS + 1];
    const char *open[LIMIT_CSV_COLUMNS];
    size_t filled;
};

static int on_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                    struct err *err)
{
    struct rows *rows = context;

    (void)row, (void)err;
    text_trim(&bytes, &length);
    size_t kept = length > CELL_BYTES ? text_whole(bytes, CELL_BYTES) : length;
    rows->open[column] = arena_strndup(rows->arena, bytes, kept);
    rows->filled += length > 0;
    return 0;
}

static int on_row(void *context, uint32_t number, size_t columns, struct err *err)
{
    struct rows *rows = context;
    struct row row = {.count = columns, .filled = rows->filled, .number = number};

    (void)err;
    rows->filled = 0;
    if (row.filled == 0)
        return 0;
    row.cell = arena_calloc(rows->arena, columns, sizeof(row.cell[0]));
    memcpy(row.cell, rows->open, columns * sizeof(row.cell[0]));
    if (rows->firsts < FIRST_ROWS)
        rows->first[rows->firsts++] = row;
    rows->last[rows->count++ % LAST_ROWS] = row;
    rows->of_width[columns]++;
    return 0;
}

static int read_all(struct rows *rows, char delimiter, const char *utf8, size_t length, bool whole,
                    struct err *err)
{
    const struct csv_handler handler = {.context = rows, .field = on_field, .row = on_row};
    CLEANUP(csv_reader_freep) struct csv_reader *reader = csv_reader_new(delimiter, &handler);

    if (csv_reader_push(reader, utf8, length, err) < 0)
        return -1;
    return whole ? csv_reader_finish(reader, err) : 0;
}

/* How many fields most rows have. */
static size_t usual_width(const struct rows *rows)
{
    size_t best = 0;

    for (size_t i = 1; i <= LIMIT_CSV_COLUMNS; i++) {
        if (rows->of_width[i] > rows->of_width[best])
            best = i;
    }
    return best;
}

/* --- the titles --- */

/* Those that mean something come first; *ret_useful is how many do. */
static size_t count_titles(const struct lexicon *lexicon, const struct row *row, size_t *ret_useful)
{
    size_t known = 0;
    unsigned rank;

    *ret_useful = 0;
    for (size_t i = 0; i < row->count; i++) {
        enum meaning meaning =
            *row->cell[i] ? lexicon_title(lexicon, row->cell[i], &rank) : MEANING_NONE;
        known += meaning != MEANING_NONE;
        *ret_useful += meaning != MEANING_NONE && meaning != MEANING_NOTHING;
    }
    return known;
}

static enum meaning title_at(const struct lexicon *lexicon, const struct row *row, size_t column)
{
    unsigned rank;
    enum meaning meaning = column < row->count && *row->cell[column]
                               ? lexicon_title(lexicon, row->cell[column], &rank)
                               : MEANING_NONE;

    return meaning == MEANING_MAYBE_NUMBER ? MEANING_EMPLOYEE_NUMBER : meaning;
}

static bool has_key(const struct lexicon *lexicon, const struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (meaning_is_key(title_at(lexicon, row, i)))
            return true;
    }
    return false;
}

/* The row with the most titles that are known, of which one that says who a person is counts
 * twice; a line of the report's own settings is narrower than the rows below. When there are none,
 * the first one that is as wide as rows are and has all of its cells filled. */
static const struct row *find_header(const struct lexicon *lexicon, const struct rows *rows,
                                     size_t *ret_known)
{
    const struct row *best = NULL;
    size_t width = usual_width(rows), most = 0;

    *ret_known = 0;
    for (size_t i = 0; i < rows->firsts; i++) {
        size_t useful = 0, known = count_titles(lexicon, &rows->first[i], &useful);
        if (rows->first[i].filled * 2 < width)
            continue;
        useful += useful > 0 && has_key(lexicon, &rows->first[i]);
        if (useful > most || (useful == most && most > 0 && rows->first[i].filled > best->filled) ||
            (useful == most && known > *ret_known && most == 0)) {
            *ret_known = known;
            most = useful;
            best = &rows->first[i];
        }
    }
    if (*ret_known >= 2 || (best && best->count == 1))
        return best;
    for (size_t i = 0; i < rows->firsts; i++) {
        if (rows->first[i].count >= width && rows->first[i].filled == rows->first[i].count)
            return &rows->first[i];
    }
    return best ? best : &rows->first[0];
}

/* Labels say the same as the titles above them in other words; in the same words they are titles
 * that stand twice, and whoever pastes exports together has them further down as well. */
static bool is_labels(const struct lexicon *lexicon, const struct row *header,
                      const struct row *row)
{
    size_t same = 0, alike = 0, known = 0;

    for (size_t i = 0; i < row->count && i < header->count; i++) {
        enum meaning meaning = title_at(lexicon, header, i);
        bool says = *row->cell[i] && meaning != MEANING_NONE && meaning != MEANING_NOTHING;
        bool is_label = says && title_at(lexicon, row, i) == meaning;
        if (says && !is_label && meaning_is_key(meaning))
            return false; /* somebody's */
        known += says;
        same += is_label;
        alike += *row->cell[i] && strcmp(row->cell[i], header->cell[i]) == 0;
    }
    return same >= 2 && same * 2 >= known && alike * 2 < row->filled;
}

static size_t count_labels(const struct lexicon *lexicon, const struct rows *rows,
                           const struct row *header)
{
    size_t at = (size_t)(header - rows->first) + 1, labels = 0;

    while (labels < LABELS_MAX && at + labels < rows->firsts &&
           is_labels(lexicon, header, &rows->first[at + labels]))
        labels++;
    return labels;
}

/* Whether a row above the titles may be somebody's: an address, a word of a status or a number
 * stands where the titles say so, or it is filled like the rows below and has a number in it. */
static bool is_somebodys(const struct lexicon *lexicon, const struct row *header,
                         const struct row *row)
{
    bool has_digit = false;

    if (row->count < header->count || row->filled < 2)
        return false;
    for (size_t i = 0; i < row->count; i++) {
        enum meaning meaning = title_at(lexicon, header, i);
        bool digit = strpbrk(row->cell[i], "0123456789") != NULL;
        if (strchr(row->cell[i], '@') || (meaning_is_key(meaning) && digit) ||
            (meaning == MEANING_STATUS && lexicon_word(lexicon, row->cell[i]) != PERSON_UNKNOWN))
            return true;
        has_digit |= digit;
    }
    return has_digit && row->filled * 2 > header->filled;
}

static size_t count_above(const struct lexicon *lexicon, const struct rows *rows,
                          const struct row *header)
{
    size_t above = 0;

    for (const struct row *row = rows->first; row < header; row++)
        above += is_somebodys(lexicon, header, row);
    return above;
}

/* --- the end --- */

/* Whether what a folded cell begins with is a word of its own, and says more than a name: it is in
 * two words or no letters, or alone, or a number or a mark stands in the cell. */
static bool is_whole(const char *folded, size_t length)
{
    char last = folded[length - 1], next = folded[length];

    if (last < 'a' || last > 'z')
        return true;
    if ((next >= 'a' && next <= 'z') || (signed char)next < 0)
        return false;
    return next == '\0' || memchr(folded, ' ', length) || strpbrk(folded, "0123456789:=(");
}

static bool begins_like_footer(const char *cell)
{
    static const char *const words[] = {
        "***",       "---",          "total",          "sum",        "summe",
        "gesamt",    "anzahl",       "count",          "number of",  "rows",
        "records",   "end of",       "ende",           "report",     "generated",
        "printed",   "erstellt",     "totaal",         "totale",     "somme",
        "nombre",    "exported",     "exportiert",     "exporte",    "exportado",
        "esportato", "geexporteerd", "wyeksportowano", "created",    "run date",
        "run on",    "as of",        "data as of",     "downloaded", "suma",
        "razem",     "confidential", "vertraulich",    "合計",       "件数",
        "以上"};
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const char *folded = fold_name(&arena, cell);

    for (size_t i = 0; folded && i < COUNT_OF(words); i++) {
        if (text_starts(folded, words[i]) && is_whole(folded, strlen(words[i])))
            return true;
    }
    return false;
}

static const char *first_filled(const struct row *row)
{
    size_t i = 0;

    while (i + 1 < row->count && !*row->cell[i])
        i++;
    return row->cell[i];
}

static bool is_number(const char *cell)
{
    return *cell && cell[strspn(cell, "0123456789.,' %")] == '\0';
}

/* Nobody's line: it says so itself, and has next to nothing beside, or nothing but sums. */
static bool is_footer(const struct row *row, size_t width)
{
    const char *cell = first_filled(row);
    size_t sums = 0;

    for (size_t i = 0; i < row->count; i++) {
        if (strchr(row->cell[i], '@'))
            return false;
        sums += is_number(row->cell[i]);
    }
    return begins_like_footer(cell) && config_can_say(cell) &&
           (row->filled <= 2 || row->count < width ||
            (sums + 1 == row->filled && row->filled < row->count));
}

/* "Total: 201" is "Total*"; where no letter stands before the number, all of it. NULL for what the
 * reader would not take for a footer by it. */
static const char *pattern_of(struct arena *arena, const char *cell)
{
    size_t length = strcspn(cell, "0123456789:=(");

    if (strspn(cell, "*-_=# ") >= length)
        length = strlen(cell);
    while (length > 0 && cell[length - 1] == ' ')
        length--;
    const char *pattern = arena_printf(arena, "%.*s*", (int)length, cell);
    return footer_fits(footer_text(arena, pattern), footer_text(arena, cell)) ? pattern : NULL;
}

static void find_footer(struct arena *arena, const struct rows *rows, const struct row *header,
                        struct guess_shape *shape)
{
    size_t width = usual_width(rows), seen = rows->count < LAST_ROWS ? rows->count : LAST_ROWS;

    for (size_t i = 1; i <= seen && shape->footers < GUESS_FOOTERS; i++) {
        const struct row *row = &rows->last[(rows->count - i) % LAST_ROWS];
        if (row->number <= header->number + shape->label_rows || !is_footer(row, width))
            return;
        const char *pattern = pattern_of(arena, first_filled(row));
        if (!pattern)
            return;
        shape->footer[shape->footers++] = pattern;
        shape->last_row = row->number - 1;
    }
}

/* --- the delimiter --- */

/* The one by which the titles are titles, and rows as wide as one another. */
struct candidate {
    char delimiter;
    size_t known, alike;
};

static struct candidate try_delimiter(const struct lexicon *lexicon, char delimiter,
                                      const char *utf8, size_t length)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct rows *rows = arena_calloc(&arena, 1, sizeof(*rows));
    struct candidate candidate = {.delimiter = delimiter};

    rows->arena = &arena;
    (void)!read_all(rows, delimiter, utf8, length, false, NULL);
    if (rows->firsts == 0)
        return candidate;
    (void)find_header(lexicon, rows, &candidate.known);
    size_t width = usual_width(rows);
    candidate.alike = width > 1 ? rows->of_width[width] : 0;
    return candidate;
}

static char find_delimiter(const struct lexicon *lexicon, const char *utf8, size_t length)
{
    static const char delimiters[] = ",;\t|~^";
    struct candidate best = {.delimiter = ','};
    enum { LOOKED_AT = 65536 };

    if (length > LOOKED_AT)
        length = text_whole(utf8, LOOKED_AT);
    for (const char *c = delimiters; *c; c++) {
        struct candidate now = try_delimiter(lexicon, *c, utf8, length);
        if (now.known > best.known || (now.known == best.known && now.alike > best.alike))
            best = now;
    }
    return best.delimiter;
}

/* What Excel reads and does not show: "sep=;" alone on the first line. */
static size_t skip_separator(const char *utf8, size_t length, char *ret_delimiter)
{
    size_t skipped = 5;

    if (length < 6 || strncasecmp(utf8, "sep=", 4) != 0 || !strchr("\r\n", utf8[5]) ||
        !strchr(",;\t|:^~", utf8[4]))
        return 0;
    while (skipped < length && skipped < 7 && strchr("\r\n", utf8[skipped]))
        skipped++;
    *ret_delimiter = utf8[4];
    return skipped;
}

/* A line break in a title ("Employee", below it "ID") is a blank to the reader, and cannot be
 * written down. */
static const char *title_of(struct arena *arena, const char *cell)
{
    char *title = arena_strdup(arena, cell);

    for (char *c = title; *c; c++)
        *c = *c >= '\t' && *c <= '\r' ? ' ' : *c;
    return title;
}

static int shape_csv(struct arena *arena, const struct lexicon *lexicon, const char *utf8,
                     size_t length, bool whole, struct guess_shape *shape, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(err_release) struct err trouble = ERR_INIT;
    struct rows *rows = arena_calloc(&scratch, 1, sizeof(*rows));
    size_t known, skipped = skip_separator(utf8, length, &shape->delimiter);

    shape->format = ROSTER_FORMAT_CSV;
    if (skipped == 0)
        shape->delimiter = find_delimiter(lexicon, utf8, length);
    rows->arena = &scratch;
    if (read_all(rows, shape->delimiter, utf8 + skipped, length - skipped, whole, &trouble) < 0)
        shape->trouble = arena_strdup(arena, trouble.text);
    if (rows->firsts == 0)
        return err_set(err, ERR_ROSTER, "there is no row of titles");
    const struct row *header = find_header(lexicon, rows, &known);
    if (rows->firsts == 1 && known < 2)
        return err_set(err, ERR_ROSTER, "there is no row of titles with people below it");
    shape->header_row = header->number;
    shape->label_rows = count_labels(lexicon, rows, header);
    shape->above = count_above(lexicon, rows, header);
    shape->last_row = SIZE_MAX;
    if (whole && !shape->trouble)
        find_footer(arena, rows, header, shape);
    shape->titles = header->count;
    shape->title = arena_calloc(arena, header->count, sizeof(shape->title[0]));
    for (size_t i = 0; i < header->count; i++)
        shape->title[i] = title_of(arena, header->cell[i]);
    return 0;
}

/* --- JSON --- */

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && strchr(" \t\r\n", *at))
        at++;
    return at;
}

static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        at += *at == '\\' && at + 1 < end;
    return at < end ? at + 1 : end;
}

/* Behind the value that begins there: brackets are counted, what is between them is not judged. */
static const char *skip_value(const char *at, const char *end)
{
    size_t depth = 0;

    do {
        if (at >= end)
            return end;
        if (*at == '"') {
            at = skip_string(at, end);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        else if ((*at == '}' || *at == ']') && depth-- == 0)
            return at;
        at++;
    } while (depth > 0 || (at < end && !strchr(",]} \t\r\n", *at)));
    return at;
}

struct finding {
    struct arena *arena;
    const char *end;
    const char *pointer; /* of the longest list so far */
    const char *list;
    const char *other; /* a list that is not the longest */
    size_t length;
    bool scim; /* a member that only a page of SCIM has */
};

static bool is_list(const char *at, const char *end)
{
    if (*at != '[')
        return false;
    at = skip_blanks(at + 1, end);
    return at < end && *at == '{';
}

static void take_list(struct finding *finding, const char *pointer, const char *at)
{
    size_t length = (size_t)(skip_value(at, finding->end) - at);

    if (length <= finding->length || (pointer && !config_can_say(pointer))) {
        finding->other = pointer;
        return;
    }
    finding->other = finding->list ? finding->pointer : NULL;
    finding->pointer = pointer;
    finding->list = at;
    finding->length = length;
}

/* A part of a pointer (RFC 6901). */
static void add_part(struct text *pointer, const char *name, size_t length)
{
    text_add_char(pointer, '/');
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '~' || name[i] == '/')
            text_add(pointer, name[i] == '~' ? "~0" : "~1");
        else
            text_add_char(pointer, name[i]);
    }
}

/* The members of the object that begins there, and of those below. */
static void find_lists(struct finding *finding, const char *at, const char *above, int depth)
{
    const char *end = finding->end;

    at = skip_blanks(at + 1, end);
    while (at < end && *at == '"') {
        CLEANUP(text_release) struct text pointer = TEXT_INIT;
        const char *name = at + 1;
        at = skip_string(at, end);
        size_t length = at > name ? (size_t)(at - name) - 1 : 0;
        at = skip_blanks(at, end);
        if (at >= end || *at != ':')
            return;
        at = skip_blanks(at + 1, end);
        text_add(&pointer, above);
        add_part(&pointer, name, length);
        finding->scim |= depth == 0 && length == 9 && strncasecmp(name, "Resources", 9) == 0;
        if (at < end && is_list(at, end))
            take_list(finding, arena_strdup(finding->arena, text_cstr(&pointer)), at);
        else if (at < end && *at == '{' && depth < 2)
            find_lists(finding, at, text_cstr(&pointer), depth + 1);
        at = skip_blanks(skip_value(at, end), end);
        if (at < end && *at == ',')
            at = skip_blanks(at + 1, end);
    }
}

/* Another object behind the first, which the document does not hold. */
static bool is_lines(const char *at, const char *end)
{
    at = skip_blanks(skip_value(at, end), end);
    return at < end && *at == '{';
}

/* The first page of an array of them. */
static void find_pages(struct finding *finding, const char *at)
{
    struct finding page = {.arena = finding->arena, .end = finding->end};
    const char *first = skip_blanks(at + 1, finding->end);

    find_lists(&page, first, "", 0);
    if (page.scim)
        *finding = page;
}

static int shape_json(struct arena *arena, const char *at, const char *end,
                      struct guess_shape *shape, struct err *err)
{
    struct finding finding = {.arena = arena, .end = end};

    shape->format = ROSTER_FORMAT_JSON;
    if (*at == '{' && is_lines(at, end)) {
        shape->format = ROSTER_FORMAT_JSONL;
        shape->list = at;
        shape->list_length = (size_t)(end - at);
        return 0;
    }
    if (*at == '{') {
        find_lists(&finding, at, "", 0);
    } else if (is_list(at, end)) {
        take_list(&finding, NULL, at);
        find_pages(&finding, at);
        shape->pages = finding.scim ? at : NULL;
    }
    if (!finding.list)
        return err_set(err, ERR_ROSTER, "there is no list of people in the JSON");
    shape->format = finding.scim ? ROSTER_FORMAT_SCIM : ROSTER_FORMAT_JSON;
    shape->items = finding.scim ? NULL : finding.pointer;
    shape->other = finding.scim ? NULL : finding.other;
    shape->list = finding.list;
    shape->list_length = finding.length;
    return 0;
}

int guess_shape(struct arena *arena, const struct lexicon *lexicon, const char *utf8, size_t length,
                bool whole, struct guess_shape *ret_shape, struct err *err)
{
    const char *end = utf8 + length, *at = skip_blanks(utf8, end);
    struct guess_shape shape = {.delimiter = ','};
    bool is_json = at < end && (*at == '{' || *at == '[');

    int failed = is_json ? shape_json(arena, at, end, &shape, err)
                         : shape_csv(arena, lexicon, utf8, length, whole, &shape, err);
    if (failed)
        return -1;
    *ret_shape = shape;
    return 0;
}

/* --- the cells --- */

struct giving {
    const struct guess_shape *shape;
    guess_cell *cell;
    guess_row *row;
    void *context;
    struct arena arena; /* of one row */
    const char *open[LIMIT_CSV_COLUMNS];
    bool is_damaged; /* a value stands behind the last title */
};

static bool is_person(const struct giving *giving, uint32_t row)
{
    const struct guess_shape *shape = giving->shape;

    return row > shape->header_row + shape->label_rows && row <= shape->last_row;
}

static int give_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                      struct err *err)
{
    struct giving *giving = context;

    (void)row, (void)err;
    text_trim(&bytes, &length);
    size_t kept = length > CELL_BYTES ? text_whole(bytes, CELL_BYTES) : length;
    giving->open[column] = arena_strndup(&giving->arena, bytes, kept);
    giving->is_damaged |= column >= giving->shape->titles && length > 0;
    return 0;
}

/* In a row of another width nobody knows which value is which column's. */
static int give_row(void *context, uint32_t row, size_t columns, struct err *err)
{
    struct giving *giving = context;
    bool is_damaged = giving->is_damaged || columns < giving->shape->titles;

    (void)err;
    for (size_t i = 0; i < giving->shape->titles && is_person(giving, row) && !is_damaged; i++)
        giving->cell(giving->context, i, NULL, giving->open[i]);
    if (is_person(giving, row))
        giving->row(giving->context);
    giving->is_damaged = false;
    arena_clear(&giving->arena);
    return 0;
}

/* { "label": "Email", "value": "a@b", "type": "standard" }: what stands beside the value of an
 * attribute is about the attribute. */
static bool is_label(const struct json_object *object, const char *name)
{
    return strcmp(name, "value") != 0 && json_object_object_get_ex(object, "value", NULL) &&
           json_object_object_get_ex(object, "label", NULL);
}

static void give_members(struct giving *giving, struct json_object *object, const char *above,
                         int depth)
{
    json_object_object_foreach(object, name, value)
    {
        if (is_label(object, name))
            continue;
        CLEANUP(text_release) struct text path = TEXT_INIT;
        enum json_type type = json_object_get_type(value);

        text_add(&path, above);
        add_part(&path, name, strlen(name));
        if (type == json_type_object && depth < 4)
            give_members(giving, value, text_cstr(&path), depth + 1);
        else if (type == json_type_array)
            giving->cell(giving->context, 0, text_cstr(&path), GUESS_LIST);
        else
            giving->cell(giving->context, 0, text_cstr(&path),
                         value ? json_object_get_string(value) : "");
    }
}

static int give_item(void *context, size_t index, struct json_object *item, const char *flaw,
                     struct err *err)
{
    struct giving *giving = context;

    (void)index, (void)flaw, (void)err;
    if (item && giving->shape->format == ROSTER_FORMAT_SCIM && roster_scim_is_group(item))
        return 0;
    if (item)
        give_members(giving, item, "", 0);
    giving->row(giving->context);
    return 0;
}

static int give_lines(struct giving *giving, struct err *err)
{
    const char *at = giving->shape->list, *end = at + giving->shape->list_length;

    for (at = skip_blanks(at, end); at < end && *at == '{'; at = skip_blanks(at, end)) {
        CLEANUP(json_freep) struct json_object *item = NULL;
        const char *behind = skip_value(at, end);
        if (json_parse_object(at, (size_t)(behind - at), &item, err) < 0)
            return -1;
        (void)give_item(giving, 0, item, NULL, NULL);
        at = behind;
    }
    return 0;
}

static int give_pages(struct giving *giving, const char *end, struct err *err)
{
    const char *at = skip_blanks(giving->shape->pages + 1, end);

    while (at < end && *at == '{') {
        struct finding page = {.arena = &giving->arena, .end = end};
        find_lists(&page, at, "", 0);
        if (page.list && json_each(page.list, page.length, give_item, giving, err) < 0)
            return -1;
        at = skip_blanks(skip_value(at, end), end);
        if (at < end && *at == ',')
            at = skip_blanks(at + 1, end);
    }
    return 0;
}

static void give_csv(struct giving *giving, const char *utf8, size_t length)
{
    const struct csv_handler handler = {.context = giving, .field = give_field, .row = give_row};
    CLEANUP(csv_reader_freep)
    struct csv_reader *reader = csv_reader_new(giving->shape->delimiter, &handler);
    char delimiter;
    size_t skipped = skip_separator(utf8, length, &delimiter);

    if (csv_reader_push(reader, utf8 + skipped, length - skipped, NULL) == 0)
        (void)!csv_reader_finish(reader, NULL);
}

int guess_shape_rows(const struct guess_shape *shape, const char *utf8, size_t length,
                     guess_cell *cell, guess_row *row, void *context, struct err *err)
{
    struct giving *giving = mem_calloc(1, sizeof(*giving));
    int failed = 0;

    *giving = (struct giving){.shape = shape, .cell = cell, .row = row, .context = context};
    if (shape->format == ROSTER_FORMAT_CSV)
        give_csv(giving, utf8, length);
    else if (shape->format == ROSTER_FORMAT_JSONL)
        failed = give_lines(giving, err);
    else if (shape->pages)
        failed = give_pages(giving, utf8 + length, err);
    else
        failed = json_each(shape->list, shape->list_length, give_item, giving, err);
    arena_release(&giving->arena);
    free(giving);
    if (!failed)
        return 0;
    if (err)
        err->code = ERR_ROSTER;
    return -1;
}
