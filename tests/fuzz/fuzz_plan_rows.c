/*
 * A plan as the database gives it: any value that the type of a column has. It goes through every
 * report, each report is what its format says, and what goes back by COPY is what came.
 *
 * Lines `column=value`, first of the plan; `row` and `guard` begin another one, `times=` is how
 * often the last row comes, `note=` a note. What no line says is none, 0, false or the first word.
 * Reads: store/column.c database/pg_value.c core/plan_row.c report/text.c report/json.c
 * report/csv.c report/html.c report/parts.c report/words.c base/column.c
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/text.h"
#include "core/plan.h"
#include "database/pg.h"
#include "format/json.h"
#include "fuzz.h"
#include "report/report.h"
#include "sql.h"
#include "store/column.h"

enum { BOOL = 16, INT8 = 20, TEXT = 25, OBJECTS = 40, PLACE_COLUMNS = 3 };

/* --- the tables: those of the database, and what job/stand makes of a stored plan --- */

#define PLAN(name)   COLUMN(#name, struct plan, name)
#define INPUTS(name) COLUMN(#name, struct plan, inputs.name)
#define TOTALS(name) COLUMN(#name, struct plan, totals.name)

static const char *const sources[] = {"portal", "export"};
static const struct column_words source_words = COLUMN_WORDS_OF(sources);

static const struct column plan_columns[] = {
    PLAN(id),
    PLAN(portal),
    COLUMN_OF_WORDS("state", struct plan, state, &plan_state_words),
    PLAN(digest),
    PLAN(created_at),
    PLAN(expires_at),
    PLAN(today),
    PLAN(time_zone),
    PLAN(first_plan),
    COLUMN("audit_sequence", struct plan, audit_head.sequence),
    COLUMN("approvals_suspend", struct plan, approvals[ACTION_SUSPEND]),
    COLUMN_OF_WORDS("snapshot_source", struct plan, inputs.snapshot_source, &source_words),
    INPUTS(snapshot_id),
    INPUTS(snapshot_file),
    INPUTS(snapshot_taken_at),
    INPUTS(snapshot_complete),
    INPUTS(snapshot_incomplete_reason),
    INPUTS(accounts),
    INPUTS(gone),
    INPUTS(unreadable),
    INPUTS(requests),
    INPUTS(roster_id),
    INPUTS(roster_source),
    INPUTS(roster_read_at),
    INPUTS(people),
    INPUTS(enforce),
    TOTALS(waiting),
    TOTALS(approved),
    TOTALS(kept),
    TOTALS(not_done),
    TOTALS(findings),
    TOTALS(seats_now),
    COLUMN("idle_never", struct plan, idle.never),
    COLUMN_END,
};

static const struct column guard_columns[] = {
    COLUMN("guard", struct guard_finding, id),
    COLUMN("hold", struct guard_finding, hold),
    COLUMN("limit_text", struct guard_finding, limit),
    COLUMN("actual", struct guard_finding, actual),
    COLUMN("sentence", struct guard_finding, text),
    COLUMN("cause", struct guard_finding, cause),
    COLUMN("measure", struct guard_finding, measure),
    COLUMN("let_go_by", struct guard_finding, let_go_by),
    COLUMN("let_go_reason", struct guard_finding, let_go_reason),
    COLUMN("let_go_until", struct guard_finding, let_go_until),
    COLUMN_END,
};

/* What is beside plan_row_columns in the same result. */
static const struct column standing_columns[] = {
    COLUMN("approvers", struct plan_row, standing.approvers),
    COLUMN("done", struct plan_row, standing.done),
    COLUMN_END,
};

/* --- results --- */

static unsigned oid_of(const struct column *column)
{
    switch (column->type) {
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
    case COLUMN_INT:
    case COLUMN_OPTIONAL:
    case COLUMN_INSTANT:
        return INT8;
    case COLUMN_FLAG:
        return BOOL;
    case COLUMN_STRING:
    case COLUMN_WORDS:
    case COLUMN_DAY:
    case COLUMN_DIGEST:
    case COLUMN_SEAL:
    case COLUMN_ENUM:
        break;
    }
    return TEXT;
}

static const char *word_of(const struct column_words *words, const char *given)
{
    const char *first = NULL;

    for (size_t i = words->count; i-- > 0;) {
        const char *word =
            *(const char *const *)(const void *)((const char *)words->row + i * words->size);
        if (word && text_equal(word, given))
            return word;
        first = word ? word : first;
    }
    return first;
}

static const char *number_of(struct arena *arena, const char *given, int64_t least, int64_t most)
{
    int64_t number = 0;

    (void)parse_int(given, least, most, &number);
    return arena_printf(arena, "%lld", (long long)number);
}

/* What a column of the type gives that is said to be `given`; NULL = SQL NULL, which flags and
 * plain numbers never are. */
static const char *value_of(const struct column *column, const char *given, struct arena *arena)
{
    static const char hex[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const int64_t most = INT64_C(1) << 51; /* microseconds: year 73000 */
    struct bytes bytes = bytes_of((const uint8_t *)given, strlen(given));
    struct day day;

    switch (column->type) {
    case COLUMN_STRING:
    case COLUMN_WORDS:
        return bytes_utf8_line(&bytes, arena);
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
        return number_of(arena, given, 0, most);
    case COLUMN_INT:
        return number_of(arena, given, 0, INT32_MAX);
    case COLUMN_OPTIONAL:
        return *given ? number_of(arena, given, 0, INT32_MAX) : NULL;
    case COLUMN_INSTANT:
        return *given ? number_of(arena, given, -most, most) : NULL;
    case COLUMN_FLAG:
        return *given == 't' ? "t" : "f";
    case COLUMN_DAY:
        return day_parse_iso(given, &day) ? given : NULL;
    case COLUMN_DIGEST:
        return hex;
    case COLUMN_SEAL:
        return *given ? hex : NULL;
    case COLUMN_ENUM:
        return word_of(column->words, given);
    }
    return NULL;
}

/* The result of a statement: each column that the tables have together, once. */
struct drawn {
    PGresult *result;
    const struct column *column[STORE_COLUMNS_MAX + COUNT_OF(standing_columns)];
    size_t columns;
    int rows;
};

static void add_columns(struct drawn *drawn, const struct column *columns)
{
    for (; columns->name; columns++)
        drawn->column[drawn->columns++] = columns;
}

static void begin_result(struct drawn *drawn, struct arena *arena)
{
    PGresAttDesc *about = arena_calloc(arena, drawn->columns, sizeof(about[0]));

    for (size_t i = 0; i < drawn->columns; i++)
        about[i] = (PGresAttDesc){.name = (char *)(uintptr_t)drawn->column[i]->name,
                                  .typid = oid_of(drawn->column[i])};
    drawn->result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    FUZZ_CHECK(PQsetResultAttrs(drawn->result, (int)drawn->columns, about));
}

static void set_value(struct drawn *drawn, int row, size_t column, const char *given,
                      struct arena *arena)
{
    const char *value = value_of(drawn->column[column], given, arena);
    char *copy = value ? arena_strdup(arena, value) : NULL;

    FUZZ_CHECK(PQsetvalue(drawn->result, row, (int)column, copy, copy ? (int)strlen(copy) : -1));
}

static void begin_object(struct drawn *drawn, struct arena *arena)
{
    drawn->rows++;
    for (size_t i = 0; i < drawn->columns; i++)
        set_value(drawn, drawn->rows - 1, i, "", arena);
}

static void repeat_object(struct drawn *drawn, struct arena *arena)
{
    int row = drawn->rows++;

    for (int i = 0; i < (int)drawn->columns; i++) {
        const char *value = pg_text(drawn->result, row - 1, i);
        char *copy = value ? arena_strdup(arena, value) : NULL;
        FUZZ_CHECK(PQsetvalue(drawn->result, row, i, copy, copy ? (int)strlen(copy) : -1));
    }
}

struct draft {
    struct drawn plan, guard, row;
    const char *note[OBJECTS];
    size_t notes;
};

static void take_line(struct draft *draft, struct drawn **open, const char *line,
                      struct arena *arena)
{
    size_t length = strcspn(line, "=");
    const char *given = line + length + (line[length] == '=');
    struct bytes rest = bytes_of((const uint8_t *)given, strlen(given));
    int64_t times = 0;

    if (strcmp(line, "row") == 0 || strcmp(line, "guard") == 0) {
        struct drawn *next = *line == 'r' ? &draft->row : &draft->guard;
        *open = next->rows < OBJECTS ? next : *open;
        if (*open == next)
            begin_object(next, arena);
    } else if (text_starts(line, "note=")) {
        const char *note = bytes_utf8_line(&rest, arena);
        if (draft->notes < OBJECTS && note)
            draft->note[draft->notes++] = note;
    } else if (text_starts(line, "times=")) {
        (void)parse_int(given, 0, OBJECTS, &times);
        while (*open == &draft->row && times-- > 1 && draft->row.rows < OBJECTS)
            repeat_object(&draft->row, arena);
    } else {
        for (size_t i = 0; i < (*open)->columns; i++) {
            if (strlen((*open)->column[i]->name) == length &&
                memcmp((*open)->column[i]->name, line, length) == 0)
                set_value(*open, (*open)->rows - 1, i, given, arena);
        }
    }
}

static void draw(struct draft *draft, struct bytes bytes, struct arena *arena)
{
    struct drawn *open = &draft->plan;

    add_columns(&draft->plan, plan_columns);
    add_columns(&draft->guard, guard_columns);
    add_columns(&draft->row, plan_row_columns);
    add_columns(&draft->row, standing_columns);
    begin_result(&draft->plan, arena);
    begin_result(&draft->guard, arena);
    begin_result(&draft->row, arena);
    begin_object(&draft->plan, arena);
    while (bytes.left > 0)
        take_line(draft, &open, bytes_line(&bytes, arena), arena);
}

/* --- what came, and what goes back --- */

/* What must be there whatever the columns say: each is there in every plan that was stored. */
static void settle(struct plan *plan)
{
    for (size_t i = 0; i < plan->guard_count; i++)
        plan->guard[i].id = guard_id_is_plain(plan->guard[i].id) ? plan->guard[i].id : "G1";
    for (size_t i = 0; i < plan->row_count; i++) {
        struct plan_row *row = &plan->row[i];

        row->standing.who = row->standing.who ? row->standing.who : "anna";
        plan->totals.of[row->action]++;
        plan->totals.done += row->standing.done;
    }
    plan->portal = plan->portal ? plan->portal : "acme";
    plan->version = PLAN_VERSION;
}

/* The next field of a line of COPY, as PostgreSQL reads it; NULL = NULL. */
static const char *next_field(const char **at, struct arena *arena)
{
    size_t length = strcspn(*at, "\t");
    char *field = arena_strndup(arena, *at, length), *to = field;

    FUZZ_CHECK((*at)[length] == '\t');
    *at += length + 1;
    if (strcmp(field, "\\N") == 0)
        return NULL;
    for (const char *from = field; *from; from++) {
        FUZZ_CHECK(*from != '\n' && *from != '\r');
        bool escaped = *from == '\\';
        from += escaped;
        *to++ = escaped && *from == 'n'   ? '\n'
                : escaped && *from == 'r' ? '\r'
                : escaped && *from == 't' ? '\t'
                                          : *from;
    }
    *to = '\0';
    return field;
}

static void check_copy(const struct plan_row *row, const struct store_writer *writer)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text line = TEXT_INIT;
    const char *const *parameter = store_parameters(writer, row, &arena);
    const char *at;

    store_copy_fields(&line, writer, row);
    at = text_cstr(&line);
    for (size_t i = 0; i < writer->count; i++) {
        const char *field = next_field(&at, &arena);
        bool hex = field && (writer->column[i]->type == COLUMN_DIGEST ||
                             writer->column[i]->type == COLUMN_SEAL);
        FUZZ_CHECK(text_equal(hex ? field + strlen("\\x") : field, parameter[i]));
    }
    FUZZ_CHECK(*at == '\0');
}

/* What is asked of one column alone. */
static void check_one_column(const PGresult *result, int number, const struct plan_row *row,
                             struct arena *arena)
{
    int days = store_place_of(result, "idle_days");
    size_t count = 0;
    const char **names = store_read_list("name", result, arena, &count);

    FUZZ_CHECK((size_t)number < count && text_equal(names[number], row->name));
    FUZZ_CHECK(row->idle_days < 0 || (int)pg_double(result, number, days) == row->idle_days);
}

static void check_report(const struct plan *plan, enum report_format format,
                         const struct report_style *style)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *object = NULL;

    FUZZ_CHECK(report_plan(plan, format, style, &text, NULL) == 0);
    if (format == REPORT_XLSX) {
        FUZZ_CHECK(text.length > 4 && !memcmp(text.data, "PK\x03\x04", 4));
        return;
    }
    FUZZ_CHECK(text_is_utf8(text_cstr(&text), text.length));
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        FUZZ_CHECK(c == '\n' || (c >= 0x20 && c != 0x7f) || (c == 0x1b && style->color));
    }
    if (format == REPORT_JSON)
        FUZZ_CHECK(json_parse_object(text_cstr(&text), text.length, &object, NULL) == 0);
    if (format == REPORT_HTML) { /* ours and no other */
        const char *script = strstr(text_cstr(&text), "<script");
        FUZZ_CHECK(script && text_starts(script, "<script>/*\n") && !strstr(script + 1, "<script"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct report_style styles[] = {{.width = 80}, {.width = 200, .color = true}};
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct store_writer writer =
        store_writer_of(plan_row_columns, query_plan_row_copy, PLACE_COLUMNS);
    struct digest_stream *stream = digest_new();
    struct draft draft = {.notes = 0};
    struct plan plan = {.id = 0};

    draw(&draft, bytes_of(data, size), &arena);
    FUZZ_CHECK(store_read_row(plan_columns, draft.plan.result, 0, &arena, &plan));
    plan.guard = store_read_all(guard_columns, sizeof(plan.guard[0]), draft.guard.result, &arena,
                                &plan.guard_count);
    plan.row = store_read_all(plan_row_columns, sizeof(plan.row[0]), draft.row.result, &arena,
                              &plan.row_count);
    for (size_t i = 0; i < plan.row_count; i++)
        FUZZ_CHECK(store_read_row(standing_columns, draft.row.result, (int)i, NULL, &plan.row[i]));
    plan.note = draft.note;
    plan.note_count = draft.notes;
    settle(&plan);
    for (size_t i = 0; i < plan.row_count; i++) {
        check_one_column(draft.row.result, (int)i, &plan.row[i], &arena);
        if (!plan_row_is_plain_keep(&plan.row[i]))
            check_copy(&plan.row[i], &writer);
        plan_row_digest(stream, PLAN_VERSION, &plan.row[i]);
    }
    (void)digest_finish(stream);
    for (enum report_format format = 0; format < REPORT_FORMAT_COUNT; format++)
        check_report(&plan, format, &styles[0]);
    check_report(&plan, REPORT_TEXT, &styles[1]);
    PQclear(draft.plan.result);
    PQclear(draft.guard.result);
    PQclear(draft.row.result);
    return 0;
}
