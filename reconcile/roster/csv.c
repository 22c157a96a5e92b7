/*
 * The header is the row that roster.header_row names, the first one that is not blank by default.
 * After it, a field is looked at in one place: if its column is mapped it goes to the intake,
 * otherwise only its blankness, its marks and its line breaks are of interest. A row with another
 * number of fields than the header has its values in nobody knows which columns, and is handed over
 * as damaged.
 *
 * What programs put around the rows (a line `sep=;`, titles above the header, labels below it, a
 * footer, a delimiter at every end, an end-of-file mark of DOS) is taken for that only when no
 * person could be lost by it: a footer is one at the end of the file alone and without anything
 * that says who it is, so its rows are taken in as rejected ones and back when nothing follows.
 */
#include "roster/csv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/words.h"
#include "format/csv_reader.h"
#include "format/csv_swallow.h"
#include "roster/cut.h"
#include "roster/footer.h"
#include "roster/lexicon.h"
#include "roster/titles.h"

enum {
    UNBOUND = -1,
    TITLES_SOUGHT =
        20,           /* rows in which titles are looked for when they are not where they should */
    SEP_LENGTH = 4,   /* "sep=" */
    WORD_SHOWN = 24,  /* of a last line */
    LEAD_BYTES = 200, /* of the first filled cell, to be compared with patterns */
};

#define DOS_END '\x1A'

/* What was seen of the open row. */
struct open_row {
    size_t filled;    /* fields with a value, mapped or not */
    int lead;         /* the first of them */
    size_t last;      /* length of the last field */
    size_t titles;    /* leading fields that are the header's */
    size_t swallowed; /* the first column, from 1, that looks like several rows in one field */
    size_t broken;    /* the first mapped one, from 1, with a line break in its value */
    size_t known;     /* filled fields that are titles of the header, if all are … */
    bool moved;       /* … and one that stands in another column than there */
    bool marked;      /* a field begins with a single quotation mark */
    bool address;     /* a field holds an @ */
};

struct roster_csv {
    const struct config_roster *config;
    struct roster_intake *intake;
    struct csv_reader *reader;
    const struct roster_column *mapped;
    size_t mapped_count;

    struct text first_line; /* until it is known whether it is a line sep= */
    bool begun;
    size_t dos_ends; /* marks that are dropped if nothing follows */

    bool have_header;
    struct roster_titles titles; /* before it is bound also those of the row that is looked at */
    const char **title;          /* each of the header, as written */
    size_t columns;
    int *at;                      /* the column of each mapped one */
    int first[LIMIT_CSV_COLUMNS]; /* mapped column that reads this one, or UNBOUND */
    int *next;                    /* another one that reads the same column */
    struct err refusal;           /* of the header, while rows are looked at for the titles */
    size_t found, found_most;     /* titles in it; the most in another row … */
    uint32_t found_row;           /* … and which that is */

    struct open_row row;
    struct text lead;      /* the beginning of its first filled cell */
    size_t rows;           /* people */
    int64_t labels;        /* rows of labels that are still to come */
    bool trailing;         /* every row ends with a delimiter more than the header has */
    size_t lone;           /* rows with one value */
    bool last_is_lone;     /* the last one is one, and its value no number and no address … */
    struct text last_lead; /* … and begins so */
    struct arena arena;
    const char **footer;  /* patterns, by footer_text */
    bool open_end;        /* no line end, mark or end of file of DOS behind the last row */
    char tail;            /* the last byte that is no blank */
    size_t longest;       /* bytes of a value in the last column */
    size_t footer_from;   /* where in the intake the footer begins, if nothing follows … */
    size_t footer_length; /* … and how many rows it has */
};

static int on_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                    struct err *err);
static int on_row(void *context, uint32_t row, size_t columns, struct err *err);
static void keep_footers(struct roster_csv *csv);

struct roster_csv *roster_csv_new(const struct config_roster *config, struct roster_intake *intake)
{
    struct roster_csv *csv = mem_calloc(1, sizeof(*csv));

    csv->config = config;
    csv->intake = intake;
    csv->reader = csv_reader_new(
        config->delimiter, &(struct csv_handler){.context = csv, .field = on_field, .row = on_row});
    csv->mapped_count = roster_intake_columns(intake, &csv->mapped);
    csv->next = mem_calloc(csv->mapped_count, sizeof(csv->next[0]));
    csv->at = mem_calloc(csv->mapped_count, sizeof(csv->at[0]));
    csv->labels = config->label_rows;
    keep_footers(csv);
    return csv;
}

void roster_csv_free(struct roster_csv *csv)
{
    if (!csv)
        return;
    csv_reader_free(csv->reader);
    roster_titles_release(&csv->titles);
    text_release(&csv->first_line);
    text_release(&csv->lead);
    text_release(&csv->last_lead);
    err_release(&csv->refusal);
    arena_release(&csv->arena);
    free(csv->title);
    free(csv->next);
    free(csv->at);
    free(csv);
}

/* --- the header --- */

static void note_titles(struct roster_csv *csv, uint32_t row)
{
    size_t found = roster_titles_match(&csv->titles, csv->mapped, csv->mapped_count);

    if (found <= csv->found_most)
        return;
    csv->found_most = found;
    csv->found_row = row;
}

/* The titles that are missing may stand in another row: with as many of them as there can be, or
 * two at least. */
static int refuse_header(struct roster_csv *csv, struct err *err)
{
    if (csv->found_most > csv->found &&
        (csv->found_most == csv->mapped_count || csv->found_most >= 2)) {
        err_release(&csv->refusal);
        return err_set(err, ERR_ROSTER,
                       "the titles seem to stand in row %u, not in row %lld; hint: "
                       "roster.header_row = %u",
                       csv->found_row,
                       (long long)(csv->config->header_row > 1 ? csv->config->header_row : 1),
                       csv->found_row);
    }
    return err_move(err, &csv->refusal);
}

static void keep_titles(struct roster_csv *csv)
{
    const char *title = text_cstr(&csv->titles.written);

    csv->columns = csv->titles.count;
    csv->title = mem_calloc(csv->columns, sizeof(csv->title[0]));
    for (size_t i = 0; i < csv->columns; i++) {
        csv->title[i] = title;
        title += strlen(title) + 1;
        csv->first[i] = UNBOUND;
    }
    for (size_t i = 0; i < csv->mapped_count; i++) {
        csv->next[i] = csv->first[csv->at[i]];
        csv->first[csv->at[i]] = (int)i;
    }
    csv->have_header = true;
}

/* A filled row while there is no header: it, one above it, or one that may have been meant. */
static int on_title_row(struct roster_csv *csv, uint32_t row, struct err *err)
{
    struct err *refusal = &csv->refusal;
    int64_t wanted = csv->config->header_row;

    if (!refusal->code && wanted > 1 && row > wanted)
        err_set(refusal, ERR_ROSTER,
                "row %lld is to hold the titles (roster.header_row), and it is blank",
                (long long)wanted);
    if (!refusal->code && row >= wanted) {
        if (roster_titles_bind(&csv->titles, row, csv->mapped, csv->mapped_count, csv->at,
                               refusal) == 0) {
            keep_titles(csv);
            return 0;
        }
        csv->found = roster_titles_match(&csv->titles, csv->mapped, csv->mapped_count);
    } else if (row <= TITLES_SOUGHT) {
        note_titles(csv, row);
    }
    roster_titles_clear(&csv->titles);
    return refusal->code && row >= TITLES_SOUGHT ? refuse_header(csv, err) : 0;
}

/* --- fields --- */

/* The mark of the second of two files. */
static void skip_mark(size_t column, const char **bytes, size_t *length)
{
    static const char mark[] = "\xEF\xBB\xBF";

    if (column == 0 && *length >= 3 && memcmp(*bytes, mark, 3) == 0) {
        *bytes += 3;
        *length -= 3;
        text_trim(bytes, length);
    }
}

static bool is_title(const struct roster_csv *csv, size_t column, const char *bytes, size_t length)
{
    const char *title = csv->title[column];

    skip_mark(column, &bytes, &length);
    return length > 0 && strncmp(title, bytes, length) == 0 && title[length] == '\0';
}

static void note_field(struct roster_csv *csv, size_t column, const char *bytes, size_t length)
{
    struct open_row *row = &csv->row;

    row->last = length;
    if (length == 0)
        return;
    if (row->filled++ == 0) {
        row->lead = (int)column;
        text_clear(&csv->lead);
        text_add_bytes(&csv->lead, bytes, length < LEAD_BYTES ? length : LEAD_BYTES);
    }
    row->marked = row->marked || *bytes == '\'';
    row->address = row->address || memchr(bytes, '@', length);
}

/* A title of any column, in any case: of another file, pasted below. */
static void note_known(struct open_row *row, const struct roster_csv *csv, size_t column,
                       const char *bytes, size_t length)
{
    if (length == 0 || row->known + 1 != row->filled)
        return;
    skip_mark(column, &bytes, &length);
    for (size_t i = 0; i < csv->columns; i++) {
        if (strncasecmp(csv->title[i], bytes, length) == 0 && csv->title[i][length] == '\0') {
            row->known++;
            row->moved = row->moved || i != column;
            return;
        }
    }
}

/* What tells that the field holds more than one: as it stands in the file, and trimmed. */
static void note_breaks(struct roster_csv *csv, size_t column, const char *bytes, size_t length)
{
    struct open_row *row = &csv->row;

    if (row->swallowed == 0 &&
        csv_swallows_rows(bytes, length, csv->config->delimiter, column, csv->columns))
        row->swallowed = column + 1;
    text_trim(&bytes, &length);
    if (row->broken == 0 && csv->first[column] != UNBOUND && csv_has_break(bytes, length))
        row->broken = column + 1;
}

static int on_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                    struct err *err)
{
    struct roster_csv *csv = context;

    if (csv->have_header && column < csv->columns)
        note_breaks(csv, column, bytes, length);
    text_trim(&bytes, &length);
    note_field(csv, column, bytes, length);
    if (!csv->have_header)
        return row < csv->config->header_row && row > TITLES_SOUGHT
                   ? 0
                   : roster_titles_add(&csv->titles, row, bytes, length, err);
    if (column >= csv->columns)
        return 0;
    for (int mapped = csv->first[column]; mapped != UNBOUND; mapped = csv->next[mapped])
        roster_intake_value(csv->intake, (size_t)mapped, bytes, length);
    if (csv->row.titles == column && is_title(csv, column, bytes, length))
        csv->row.titles++;
    note_known(&csv->row, csv, column, bytes, length);
    return 0;
}

/* --- rows that are nobody's --- */

/* What the leading cell says: a sentence begins a footer, an address or a code is somebody's. */
static enum roster_evidence evidence_of_lead(struct roster_csv *csv, size_t mapped)
{
    const char *value = roster_intake_peek(csv->intake, mapped);
    enum roster_field field = csv->mapped[mapped].field;
    bool is_code = !strpbrk(value, " :=") && strpbrk(value, "0123456789") != NULL;

    if (field == ROSTER_EMAIL && !strchr(value, ' '))
        return roster_intake_evidence(csv->intake, mapped);
    return is_code && (field == ROSTER_EMPLOYEE_NUMBER || field == ROSTER_USERNAME)
               ? roster_intake_evidence(csv->intake, mapped)
               : EVIDENCE_NONE;
}

/* The most that a mapped cell says for the row being somebody's. */
static enum roster_evidence evidence_of_row(struct roster_csv *csv)
{
    enum roster_evidence most = EVIDENCE_NONE;

    for (size_t i = 0; i < csv->mapped_count; i++) {
        enum roster_evidence evidence = csv->at[i] == csv->row.lead
                                            ? evidence_of_lead(csv, i)
                                            : roster_intake_evidence(csv->intake, i);
        most = evidence > most ? evidence : most;
    }
    return most;
}

static void keep_footers(struct roster_csv *csv)
{
    const struct name_list *list = &csv->config->footer;

    csv->footer = arena_calloc(&csv->arena, list->count + 1, sizeof(csv->footer[0]));
    for (size_t i = 0; i < list->count; i++)
        csv->footer[i] = footer_text(&csv->arena, list->item[i]);
}

static bool matches_footer(const struct roster_csv *csv)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const char *lead = text_cstr(&csv->lead), *cell = NULL;

    for (size_t i = 0; i < csv->config->footer.count; i++) {
        if (!footer_may_fit(csv->footer[i], *lead))
            continue;
        cell = cell ? cell : footer_text(&arena, lead);
        if (footer_fits(csv->footer[i], cell))
            return true;
    }
    return false;
}

/* A row of more fields than the header: the line of sums with a delimiter in its text, which says
 * nothing in the columns it fell into. Its first cell is more than a word and no name, and nothing
 * in it is an address or a status. */
static bool is_broken_footer(struct roster_csv *csv)
{
    const char *lead = text_cstr(&csv->lead);

    for (int at = csv->row.lead < (int)csv->columns ? csv->first[csv->row.lead] : UNBOUND;
         at != UNBOUND; at = csv->next[at]) {
        if (csv->mapped[at].field == ROSTER_NAME)
            return false;
    }
    return !csv->row.address && evidence_of_row(csv) != EVIDENCE_PERSON && strpbrk(lead, " :=(");
}

/* Whether the row is one of a footer, as far as itself can tell. What could be a person stays one:
 * with an address, a status or all cells filled it is just a name that begins like a footer, with a
 * number alone nobody can tell. */
static bool is_footer(struct roster_csv *csv, size_t columns)
{
    enum roster_evidence evidence;

    if (!matches_footer(csv))
        return false;
    if (columns > csv->columns + csv->trailing)
        return is_broken_footer(csv);
    evidence = evidence_of_row(csv);
    if (evidence == EVIDENCE_PERSON || csv->row.filled == csv->columns)
        return false;
    if (evidence == EVIDENCE_KEY) {
        roster_intake_reject(csv->intake,
                             "matches roster.footer, but has a number, a username, a name or a "
                             "status");
        return false;
    }
    roster_intake_reject(csv->intake,
                         "matches roster.footer, but does not stand at the end of the file");
    return true;
}

/* Whether one of the mapped cells is a title that somebody knows, or the one above it. */
static bool has_label(const struct roster_csv *csv)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const struct lexicon *lexicon = lexicon_new(&arena);
    unsigned rank;

    for (size_t i = 0; i < csv->mapped_count; i++) {
        const char *value = roster_intake_peek(csv->intake, i);
        if (*value && (lexicon_title(lexicon, value, &rank) != MEANING_NONE ||
                       text_equal(value, csv->title[csv->at[i]])))
            return true;
    }
    return false;
}

/* `string`, `varchar(20)`, `date`: what a program says of the columns of its export. */
static bool is_type_word(const char *value)
{
    static const char *const words[] = {
        "string",   "text",     "char",      "varchar", "nvarchar", "varchar2", "alphanumeric",
        "number",   "numeric",  "integer",   "int",     "bigint",   "decimal",  "date",
        "time",     "datetime", "timestamp", "bool",    "boolean",  "enum",     "list",
        "picklist", "code",     "email",     "e-mail",  "nstring"};
    char word[WORD_SHOWN];
    size_t length = strcspn(value, "(");

    if (length >= sizeof(word))
        return false;
    for (size_t i = 0; i < length; i++)
        word[i] = (char)tolower((unsigned char)value[i]);
    word[length] = '\0';
    return WORD_ROW(words, word) &&
           (!value[length] || !value[length + 1 + strspn(value + length + 1, "0123456789, )")]);
}

static bool holds_types(const struct roster_csv *csv)
{
    size_t types = 0;

    for (size_t i = 0; i < csv->mapped_count; i++) {
        const char *value = roster_intake_peek(csv->intake, i);

        if (*value && !is_type_word(value))
            return false;
        types += *value != '\0';
    }
    return types > 1;
}

/* A row of labels: words in each mapped cell in which a person's would be something else, one of
 * them a title. */
static bool looks_like_labels(struct roster_csv *csv)
{
    bool tested = false;

    if (holds_types(csv))
        return true;
    for (size_t i = 0; i < csv->mapped_count; i++) {
        const char *value = roster_intake_peek(csv->intake, i);
        enum roster_evidence evidence = roster_intake_evidence(csv->intake, i);
        enum roster_field field = csv->mapped[i].field;

        if (evidence == EVIDENCE_PERSON || evidence == EVIDENCE_DATE ||
            (evidence == EVIDENCE_KEY && strpbrk(value, "0123456789")))
            return false;
        tested = tested || (*value && field != ROSTER_USERNAME && field != ROSTER_NAME &&
                            field != ROSTER_DEPARTMENT && field != ROSTER_COUNTRY);
    }
    return tested && has_label(csv);
}

static int on_label_row(struct roster_csv *csv, uint32_t row, struct err *err)
{
    csv->labels--;
    if (!looks_like_labels(csv))
        return err_set(err, ERR_ROSTER,
                       "row %u is to be one of labels (roster.label_rows = %lld), but it may be a "
                       "person",
                       row, (long long)csv->config->label_rows);
    roster_intake_drop(csv->intake);
    return 0;
}

/* --- rows --- */

static void add_shape_hint(const struct roster_csv *csv, size_t columns, struct text *reason)
{
    if (csv->row.marked)
        text_add(reason, "; hint: values are quoted with single marks ('), which CSV does not "
                         "know: export with double ones (\")");
    else if (columns < csv->columns)
        text_add(reason, "; hint: empty cells at its end were left out, as spreadsheets do, or the "
                         "row is torn: export all cells of each row, or put a column last that is "
                         "never empty");
    else
        text_addf(reason, "; hint: a value that holds the delimiter '%c' must be quoted",
                  csv->config->delimiter);
}

static void check_shape(struct roster_csv *csv, size_t columns)
{
    CLEANUP(text_release) struct text reason = TEXT_INIT;
    size_t expected = csv->columns + csv->trailing;

    if (columns == csv->columns && csv->row.titles == columns && columns > 1) {
        text_add(&reason, "is the header again: two files seem to be pasted together here; hint: "
                          "export one file");
    } else if (columns != expected || (csv->trailing && csv->row.last > 0)) {
        text_addf(&reason, "has %zu field%s, the header has %zu", columns, columns == 1 ? "" : "s",
                  csv->columns);
        if (csv->trailing)
            text_add(&reason, " and the other rows an empty one more");
        add_shape_hint(csv, columns, &reason);
    } else if (csv->row.swallowed > 0) {
        text_addf(&reason,
                  "the quoted field in column %zu looks like several rows, so this row may hold "
                  "other people; hint: a quotation mark is missing or too many",
                  csv->row.swallowed);
    } else if (csv->row.broken > 0) {
        text_addf(&reason,
                  "has a line break in column %zu, so this row may hold other people; hint: a "
                  "quotation mark is missing or too many, or somebody typed a second line into "
                  "the cell: write it in one",
                  csv->row.broken);
    }
    if (reason.length > 0)
        roster_intake_damaged(csv->intake, text_cstr(&reason));
}

/* Digits and addresses alone are what a person may have alone. */
static bool is_lone_word(const struct roster_csv *csv)
{
    const char *lead = text_cstr(&csv->lead);

    return csv->row.filled == 1 && csv->columns >= 3 && !strchr(lead, '@') &&
           lead[strspn(lead, "0123456789.-/ ")] != '\0';
}

/* The mapped column whose value, the file's last, may be cut; UNBOUND when all is whole. A key
 * comes before what else reads the same column. */
static int cut_column(const struct roster_csv *csv, size_t columns)
{
    int cut = UNBOUND;

    if (!csv->open_end || csv->trailing || columns != csv->columns)
        return UNBOUND;
    for (int at = csv->first[columns - 1]; at != UNBOUND; at = csv->next[at]) {
        if (!roster_cut_is_whole(csv->intake, (size_t)at, csv->longest))
            cut = at; /* they are chained backwards */
    }
    return cut;
}

static void reject_cut(struct roster_csv *csv, size_t mapped)
{
    CLEANUP(text_release) struct text reason = TEXT_INIT;
    enum roster_field field = csv->mapped[mapped].field;

    text_add(&reason, "is the last row and has no line end, so its last value ('");
    text_add_printable(&reason, csv->mapped[mapped].name);
    text_add(&reason, "') may be cut; hint: fetch the file again; if it always ends so, let each "
                      "line have its end, or a column that is not mapped be the last one");
    roster_intake_reject_last(csv->intake, text_cstr(&reason),
                              field == ROSTER_EMPLOYEE_NUMBER || field == ROSTER_EMAIL ||
                                  field == ROSTER_USERNAME);
}

static void take_row(struct roster_csv *csv, uint32_t row, size_t columns)
{
    bool footer = is_footer(csv, columns);
    int cut;

    if (csv->rows == 0 && !footer) {
        csv->trailing = columns == csv->columns + 1 && csv->row.last == 0;
        if (csv->config->label_rows == 0 && csv->row.filled == csv->columns &&
            looks_like_labels(csv))
            roster_intake_hint(csv->intake,
                               "if this row holds labels and nobody: roster.label_rows = 1");
    }
    if (footer && csv->footer_length++ == 0)
        csv->footer_from = roster_intake_count(csv->intake);
    if (!footer) {
        csv->footer_length = 0;
        csv->rows++;
        csv->lone += csv->row.filled == 1;
        csv->last_is_lone = is_lone_word(csv);
        text_clear(&csv->last_lead);
        text_add(&csv->last_lead, text_cstr(&csv->lead));
    }
    check_shape(csv, columns);
    cut = footer ? UNBOUND : cut_column(csv, columns);
    roster_intake_row(csv->intake, row);
    if (cut != UNBOUND)
        reject_cut(csv, (size_t)cut);
    if (columns == csv->columns && csv->row.last > csv->longest)
        csv->longest = csv->row.last;
}

static int on_filled_row(struct roster_csv *csv, uint32_t row, size_t columns, struct err *err)
{
    if (!csv->have_header)
        return on_title_row(csv, row, err);
    if (csv->labels > 0)
        return on_label_row(csv, row, err);
    if (csv->row.titles > 1 && csv->row.titles * 2 == columns && columns == csv->columns)
        return err_set(err, ERR_ROSTER,
                       "row %u repeats the titles in front of its values, as all rows seem to do; "
                       "hint: export with the titles in one header row",
                       row);
    if (csv->row.moved && csv->row.known > 1 && csv->row.known == csv->row.filled)
        return err_set(err, ERR_ROSTER,
                       "row %u holds the titles again, in another order: two files seem to be "
                       "pasted together here, and below it values stand in other columns; hint: "
                       "export one file",
                       row);
    take_row(csv, row, columns);
    return 0;
}

static int on_row(void *context, uint32_t row, size_t columns, struct err *err)
{
    struct roster_csv *csv = context;
    int result = 0;

    if (csv->row.filled > 0) {
        result = on_filled_row(csv, row, columns, err);
    } else { /* nothing but delimiters, as spreadsheets leave below the last row */
        if (!csv->have_header)
            roster_titles_clear(&csv->titles);
        roster_intake_drop(csv->intake);
    }
    csv->row = (struct open_row){.filled = 0};
    return result;
}

/* --- bytes --- */

/* The line that spreadsheets take for themselves, and do not count. */
static int check_sep(struct roster_csv *csv, struct err *err)
{
    const char *line = text_cstr(&csv->first_line);
    bool quoted = *line == '"';
    char delimiter;

    line += quoted;
    if (strncasecmp(line, "sep=", SEP_LENGTH) != 0)
        return csv_reader_push(csv->reader, text_cstr(&csv->first_line), csv->first_line.length,
                               err);
    delimiter = line[SEP_LENGTH];
    if (delimiter == csv->config->delimiter)
        return 0;
    return err_set(err, ERR_ROSTER,
                   "its first line says that '%s%c' separates the cells (sep=), and "
                   "roster.delimiter is '%s%c'; hint: roster.delimiter = \"%s\"",
                   delimiter == '\t' ? "\\" : "", delimiter == '\t' ? 't' : delimiter,
                   csv->config->delimiter == '\t' ? "\\" : "",
                   csv->config->delimiter == '\t' ? 't' : csv->config->delimiter,
                   delimiter == '\t' ? "\\t" : (const char[]){delimiter, '\0'});
}

static bool may_be_sep(const struct text *line)
{
    static const char *const starts[] = {"sep=", "\"sep="};

    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        size_t length = strlen(starts[i]);

        if (strncasecmp(text_cstr(line), starts[i],
                        line->length < length ? line->length : length) == 0)
            return line->length <= length + 4;
    }
    return false;
}

/* Collects the first line for as long as it may be one of sep=. */
static int push_first(struct roster_csv *csv, const char **utf8, size_t *length, struct err *err)
{
    while (*length > 0 && !csv->begun) {
        char c = *(*utf8)++;

        (*length)--;
        text_add_char(&csv->first_line, c);
        csv->begun = c == '\n' || !may_be_sep(&csv->first_line);
    }
    return csv->begun ? check_sep(csv, err) : 0;
}

static int push_dos_ends(struct roster_csv *csv, struct err *err)
{
    int result = 0;

    for (; csv->dos_ends > 0 && result == 0; csv->dos_ends--)
        result = csv_reader_push(csv->reader, "\x1A", 1, err);
    return result;
}

static void note_tail(struct roster_csv *csv, const char *bytes, size_t length)
{
    while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == '\t') &&
           bytes[length - 1] != csv->config->delimiter)
        length--;
    if (length > 0)
        csv->tail = bytes[length - 1];
}

int roster_csv_push(void *context, const char *utf8, size_t length, struct err *err)
{
    struct roster_csv *csv = context;
    size_t ends = 0;

    if (!csv->begun && push_first(csv, &utf8, &length, err) < 0)
        return -1;
    while (ends < length && utf8[length - ends - 1] == DOS_END)
        ends++;
    if (length > ends &&
        (push_dos_ends(csv, err) < 0 || csv_reader_push(csv->reader, utf8, length - ends, err) < 0))
        return -1;
    note_tail(csv, utf8, length - ends);
    csv->dos_ends += ends;
    return 0;
}

/* Its first word as a pattern: a whole line may be somebody's name. */
static void doubt_lone(struct roster_csv *csv)
{
    CLEANUP(text_release) struct text reason = TEXT_INIT;
    const char *lead = text_cstr(&csv->last_lead);
    size_t word = strcspn(lead, " 0123456789:=(\"\\");

    text_add(&reason, "it is the last row and has a value in one column only; hint: if it is a "
                      "footer, list it: roster.footer = [ \"");
    if (word == 0)
        text_add(&reason, "Total");
    else
        text_add_printable(
            &reason, arena_strndup(&csv->arena, lead,
                                   word < WORD_SHOWN ? word : text_excerpt(lead, WORD_SHOWN)));
    text_add(&reason, "*\" ]");
    roster_intake_reject_last(csv->intake, text_cstr(&reason), false);
}

/* What only shows when nothing follows. */
static void settle_end(struct roster_csv *csv)
{
    if (csv->footer_length > 0)
        roster_intake_take_back(csv->intake, csv->footer_from);
    if (csv->rows == 0)
        return;
    if (csv->trailing && csv->rows == 1)
        roster_intake_reject_last(csv->intake,
                                  "has an empty field more than the header, and no other row shows "
                                  "whether all have",
                                  true);
    if (csv->last_is_lone && csv->lone == 1 && csv->rows > 1)
        doubt_lone(csv);
}

int roster_csv_finish(struct roster_csv *csv, struct err *err)
{
    if (!csv->begun && check_sep(csv, err) < 0)
        return -1;
    csv->open_end = csv->dos_ends == 0 && csv->tail != '"';
    if (csv_reader_finish(csv->reader, err) < 0)
        return -1;
    if (csv->refusal.code)
        return refuse_header(csv, err);
    if (!csv->have_header && csv->config->header_row > 1)
        return err_set(err, ERR_ROSTER,
                       "ends before row %lld, which is to hold the titles (roster.header_row)",
                       (long long)csv->config->header_row);
    if (!csv->have_header)
        return err_set(err, ERR_ROSTER, "holds no row at all, not even a header");
    settle_end(csv);
    return 0;
}
