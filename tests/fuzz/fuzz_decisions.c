/*
 * Files of decisions, tables and JSON. The oracle: no row that is not in the file gets a decision,
 * and none another one than it has there. A row can only be decided by a file in which its id, its
 * subject and the word of the decision stand; and a file that is written here of some rows decides
 * just these, whatever stands in its other cells; a row whose subject is not the plan's, or that
 * stands there twice, is decided by none. Reads: core/decisions.c report/decisions_file.c
 * report/table_file.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/text.h"
#include "core/decisions.h"
#include "fuzz.h"
#include "report/decisions_file.h"

enum { ROWS = 4, CELLS = 6 };

#define ID(letter)                                                                                 \
    letter letter letter letter letter letter letter letter "-2B3A-141F-8F07D71AA1F223BD"

static struct plan_row rows[ROWS] = {
    {.action = ACTION_SUSPEND, .account_id = ID("A")},
    {.action = ACTION_DEPROVISION, .account_id = ID("B")},
    {.action = ACTION_REACTIVATE, .account_id = ID("C")},
    {.action = ACTION_KEEP, .finding = true, .account_id = ID("D")},
};
static const struct plan plan = {.id = 1, .portal = "acme", .row = rows, .row_count = ROWS};
static char subject[ROWS][DIGEST_HEX_SIZE];

static void set_up(void)
{
    if (subject[0][0])
        return;
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].action == ACTION_KEEP)
            continue;
        memset(&rows[i].subject, 0x11 * (int)(i + 1), sizeof(rows[i].subject));
        (void)digest_hex(&rows[i].subject, subject[i]);
    }
}

/* What each row of the plan is decided to be, "" = nothing; false: the file is refused. */
static bool decide(struct arena *arena, const char *bytes, size_t length,
                   const struct decisions_row *of[ROWS])
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct decisions_terms terms = {.keep_max_days = 365};
    struct decisions decisions;
    struct decisions_row *row = NULL;

    (void)day_from_civil(2026, 11, 29, &terms.today);
    if (decisions_file_read(arena, bytes, length, "file", &decisions, &err) < 0) {
        FUZZ_CHECK(err.code == ERR_USAGE && text_is_utf8(err.text, strlen(err.text)));
        return false;
    }
    size_t count = decisions_judge(arena, &plan, &decisions, &terms, &row);
    for (size_t i = 0; i < count; i++) {
        FUZZ_CHECK(row[i].refused ? text_is_utf8(row[i].refused, strlen(row[i].refused))
                                  : row[i].row != NULL);
        if (row[i].refused)
            continue;
        size_t at = (size_t)(row[i].row - rows);
        FUZZ_CHECK(at < ROWS && !of[at]); /* one decision of an account, or none */
        FUZZ_CHECK(row[i].kind == RULING_KEEP || row[i].row->action != ACTION_KEEP);
        FUZZ_CHECK(row[i].kind != RULING_KEEP || (day_is_set(row[i].until) && row[i].reason));
        FUZZ_CHECK(!row[i].reason || text_is_utf8(row[i].reason, strlen(row[i].reason)));
        of[at] = &row[i];
    }
    return true;
}

/* --- any file --- */

/* Without the NULs of UTF-16 and the second of two quotation marks. */
static void add_plain(struct text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] && !(bytes[i] == '"' && i > 0 && bytes[i - 1] == '"'))
            text_add_char(text, bytes[i]);
    }
}

static void read_any(const char *bytes, size_t length)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text plain = TEXT_INIT;
    const struct decisions_row *of[ROWS] = {NULL};

    if (!decide(&arena, bytes, length, of))
        return;
    add_plain(&plain, bytes, length);
    if (strstr(text_cstr(&plain), "\\u")) /* JSON may write letters so */
        return;
    for (size_t i = 0; i < ROWS; i++) {
        FUZZ_CHECK(!of[i] || strcasestr(text_cstr(&plain), rows[i].account_id));
        FUZZ_CHECK(!of[i] || strcasestr(text_cstr(&plain), subject[i]));
        FUZZ_CHECK(!of[i] || strcasestr(text_cstr(&plain), ruling_kind_name(of[i]->kind)));
    }
}

/* --- a file that is written here --- */

static const char *const title[CELLS] = {"account_id", "subject", "decision",
                                         "until",      "reason",  "name"};

/* What is drawn of a row, and whether it must count. */
struct drawn {
    const char *cell[CELLS];
    enum ruling_kind kind;
    bool twice, counts;
};

static void draw(struct bytes *bytes, struct arena *arena, size_t i, struct drawn *one)
{
    static const enum ruling_kind kinds[] = {RULING_APPROVE, RULING_KEEP, RULING_REJECT};
    unsigned how = bytes_choice(bytes, 5); /* of which one is no decision, and one another row */
    bool acts = rows[i].action != ACTION_KEEP, decides = how < 4;

    one->kind = kinds[how % 3];
    one->twice = bytes_choice(bytes, 4) == 1;
    one->cell[0] = rows[i].account_id;
    one->cell[1] = how == 3 ? subject[(i + 1) % ROWS] : subject[i];
    one->cell[2] = decides ? ruling_kind_name(one->kind) : "";
    one->cell[3] = one->kind == RULING_KEEP ? "2027-03-31" : "";
    one->cell[4] = one->kind == RULING_APPROVE ? "" : "because";
    const char *name = bytes_utf8_line(bytes, arena);
    one->cell[5] = name ? name : "";
    one->counts = decides && how != 3 && !one->twice && (acts || one->kind == RULING_KEEP);
}

static void add_cell(struct text *out, const char *cell, char delimiter)
{
    bool quoted = strpbrk(cell, "\"\r ,;\t") != NULL;

    text_add(out, quoted ? "\"" : "");
    for (const char *c = cell; *c; c++) {
        text_add(out, *c == '"' ? "\"" : "");
        text_add_char(out, *c == '\r' ? ' ' : *c);
    }
    text_add(out, quoted ? "\"" : "");
    text_add_char(out, delimiter);
}

static void write_table(const struct drawn drawn[ROWS], unsigned turn, char delimiter,
                        struct text *out)
{
    for (size_t i = 0; i <= ROWS; i++) {
        for (size_t times = 0; times <= (i > 0 && drawn[i - 1].twice); times++) {
            for (size_t c = 0; c < CELLS; c++) {
                size_t at = (c + turn) % CELLS;
                add_cell(out, i ? drawn[i - 1].cell[at] : title[at], delimiter);
            }
            text_add(out, "\r\n");
        }
    }
}

static void write_page(const struct drawn drawn[ROWS], struct text *out)
{
    struct jsonw json = jsonw_to(out);
    char zero[DIGEST_HEX_SIZE];

    jsonw_begin_object(&json);
    jsonw_field_string(&json, "format", "bynder-reconcile decisions");
    jsonw_field_int(&json, "version", 1);
    jsonw_field_string(&json, "portal", "acme");
    jsonw_field_int(&json, "plan", 1);
    jsonw_field_string(&json, "digest", digest_hex(&plan.digest, zero));
    jsonw_key(&json, "decisions");
    jsonw_begin_array(&json);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t times = 0; times <= drawn[i].twice; times++) {
            jsonw_begin_object(&json);
            for (size_t c = 0; c < CELLS; c++)
                jsonw_field_string(&json, title[c], drawn[i].cell[c][0] ? drawn[i].cell[c] : NULL);
            jsonw_end_object(&json);
        }
    }
    jsonw_end_array(&json);
    jsonw_end_object(&json);
}

static void read_back(struct bytes *bytes)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct drawn drawn[ROWS] = {{.twice = false}};

    unsigned turn = bytes_choice(bytes, CELLS);
    char delimiter = ",;\t"[bytes_choice(bytes, 3)];
    for (size_t i = 0; i < ROWS; i++)
        draw(bytes, &arena, i, &drawn[i]);
    for (int form = 0; form < 2; form++) {
        CLEANUP(text_release) struct text file = TEXT_INIT;
        const struct decisions_row *of[ROWS] = {NULL};
        if (form)
            write_page(drawn, &file);
        else
            write_table(drawn, turn, delimiter, &file);
        FUZZ_CHECK(decide(&arena, text_cstr(&file), file.length, of));
        for (size_t i = 0; i < ROWS; i++)
            FUZZ_CHECK((of[i] != NULL) == drawn[i].counts &&
                       (!of[i] || of[i]->kind == drawn[i].kind));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = bytes_of(data, size);

    set_up();
    read_any((const char *)data, size);
    read_back(&bytes);
    return 0;
}
