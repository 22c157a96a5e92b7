/*
 * The plan as a workbook that somebody decides in: the rows with what is to be filled in first, and
 * a sheet that says what it is all about. Made by libxlsxwriter, row by row (constant_memory), into
 * a file in memory. Text goes in as text by its own call, which knows no formulas and no links, and
 * printable; the same plan gives the same bytes.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "core/decisions.h"
#include "core/seats.h"
#include "format/encode.h"
#include "report/parts.h"
#include "report/savings.h"
#include "report/sheet.h"

/* A cell holds 32,767 characters (LXW_STR_MAX); of a byte at most four become one that is shown. */
enum { CELL_BYTES = 8000, PIECE = 65536 };

#define ROWS_MAX 1048575 /* and a header */

/* How a cell looks. */
enum look {
    LOOK_PLAIN = 0,
    LOOK_HEADER,
    LOOK_DAY,
    LOOK_TIME,
    LOOK_FILL,     /* what is to be filled in */
    LOOK_FILL_DAY, /* likewise */
    LOOK_WRAPPED,
    LOOK_BOLD,
    LOOK_ACTION, /* and behind it one for each action */
    LOOK_COUNT = LOOK_ACTION + ACTION_COUNT,
};

static const struct {
    lxw_color_t color; /* of the ground; 0 = none */
    const char *number;
    bool bold, wrapped;
} looks[LOOK_COUNT] = {
    [LOOK_HEADER] = {.color = 0xD9E1F2, .bold = true},
    [LOOK_DAY] = {.number = "yyyy-mm-dd"},
    [LOOK_TIME] = {.number = "yyyy-mm-dd hh:mm"},
    [LOOK_FILL] = {.color = 0xFFFBE6, .number = "@"},
    [LOOK_FILL_DAY] = {.color = 0xFFFBE6, .number = "yyyy-mm-dd"},
    [LOOK_WRAPPED] = {.wrapped = true},
    [LOOK_BOLD] = {.bold = true},
    [LOOK_ACTION + ACTION_SUSPEND] = {.color = 0xFCE4D6},
    [LOOK_ACTION + ACTION_DEPROVISION] = {.color = 0xF4B6B6},
    [LOOK_ACTION + ACTION_REACTIVATE] = {.color = 0xDDEBF7},
    [LOOK_ACTION + ACTION_DOWNGRADE] = {.color = 0xFFF2CC},
    [LOOK_ACTION + ACTION_RESTORE] = {.color = 0xE2EFDA},
};

struct making {
    const struct plan *plan;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *look[LOOK_COUNT];
    struct sheet_column column[SHEET_COLUMNS_MAX];
    size_t count;
    struct text of_plan;
    lxw_error error; /* the first */
};

static void making_release(struct making *making)
{
    text_release(&making->of_plan);
}

static void note(struct making *making, lxw_error error)
{
    if (making->error == LXW_NO_ERROR)
        making->error = error;
}

static bool make_looks(struct making *making)
{
    for (size_t i = 0; i < LOOK_COUNT; i++) {
        lxw_format *format = workbook_add_format(making->book);
        if (!format)
            return false;
        if (looks[i].color)
            format_set_bg_color(format, looks[i].color);
        if (looks[i].number)
            format_set_num_format(format, looks[i].number);
        if (looks[i].bold)
            format_set_bold(format);
        if (looks[i].wrapped)
            format_set_text_wrap(format);
        format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
        making->look[i] = format;
    }
    return true;
}

/* --- cells --- */

static void add_text(struct making *making, size_t row, size_t column, const char *value,
                     enum look look)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    lxw_row_t r = (lxw_row_t)row;
    lxw_col_t c = (lxw_col_t)column;

    if (text_is_empty(value)) {
        if (look != LOOK_PLAIN)
            note(making, worksheet_write_blank(making->sheet, r, c, making->look[look]));
        return;
    }
    text_add(&text, "'"); /* once it is saved as CSV and opened again it could be a formula */
    text_add_excerpt(&text, value, CELL_BYTES);
    const char *cell = text_cstr(&text);
    note(making, worksheet_write_string(making->sheet, r, c, cell + !encode_csv_defused(cell),
                                        making->look[look]));
}

static lxw_datetime date_of(struct day day)
{
    lxw_datetime date = {.year = 0};

    day_to_civil(day, &date.year, &date.month, &date.day);
    return date;
}

/* Of an instant day and time in UTC. */
static void add_date(struct making *making, size_t row, size_t column, struct day day,
                     int64_t second, enum look look)
{
    lxw_datetime date = date_of(day);

    date.hour = (int)(second / 3600);
    date.min = (int)(second / 60 % 60);
    date.sec = (double)(second % 60);
    note(making, worksheet_write_datetime(making->sheet, (lxw_row_t)row, (lxw_col_t)column, &date,
                                          making->look[look]));
}

static void add_instant(struct making *making, size_t row, size_t column, struct instant at)
{
    struct day day = instant_day(at, &zone_utc);
    int64_t second = at.us / SECOND_US % 86400;

    add_date(making, row, column, day, second < 0 ? second + 86400 : second, LOOK_TIME);
}

static void add_value(struct making *making, size_t row, size_t place, const struct column *column,
                      const struct plan_row *of)
{
    char buffer[COLUMN_TEXT_SIZE];
    const char *value = column_text(column, of, buffer);

    if (!value)
        return;
    switch (column->type) {
    case COLUMN_STRING:
    case COLUMN_WORDS:
    case COLUMN_DIGEST:
    case COLUMN_SEAL:
        add_text(making, row, place, value, LOOK_PLAIN);
        return;
    case COLUMN_ENUM:
        add_text(making, row, place, value, (enum look)(LOOK_ACTION + (int)of->action));
        return;
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
    case COLUMN_INT:
    case COLUMN_OPTIONAL:
        note(making, worksheet_write_number(making->sheet, (lxw_row_t)row, (lxw_col_t)place,
                                            (double)column_int(column, of), NULL));
        return;
    case COLUMN_FLAG:
        add_text(making, row, place, column_int(column, of) ? "yes" : NULL, LOOK_PLAIN);
        return;
    case COLUMN_DAY:
        add_date(making, row, place, day_nearest(column_int(column, of)), 0, LOOK_DAY);
        return;
    case COLUMN_INSTANT:
        add_instant(making, row, place, (struct instant){.us = column_int(column, of)});
        return;
    }
}

/* --- the rows --- */

/* What a reviewer looks at first; the rest follows in the order of the CSV. */
static const struct {
    const char *name;
    double width;
} first[] = {
    {"decision", 11}, {"until", 12}, {"reason", 28},     {"name", 24},       {"email", 30},
    {"action", 12},   {"why", 60},   {"department", 18}, {"last_login", 17}, {"not_before", 12},
};

static size_t rank_of(const struct sheet_column *column, size_t place)
{
    for (size_t i = 0; i < COUNT_OF(first); i++) {
        if (text_equal(first[i].name, column->name))
            return i;
    }
    return COUNT_OF(first) + place;
}

static void order_columns(struct making *making)
{
    struct sheet_column all[SHEET_COLUMNS_MAX];

    making->count = sheet_columns(all);
    for (size_t i = 0; i < making->count; i++) {
        size_t before = 0, rank = rank_of(&all[i], i);
        for (size_t k = 0; k < making->count; k++)
            before += rank_of(&all[k], k) < rank;
        making->column[before] = all[i];
    }
}

static void set_columns(struct making *making)
{
    static lxw_row_col_options hidden = {.hidden = LXW_TRUE};

    for (size_t i = 0; i < making->count; i++) {
        bool is_hidden =
            text_equal(making->column[i].name, "subject") || making->column[i].use == SHEET_OF_PLAN;
        double width = i < COUNT_OF(first) ? first[i].width : 16;
        note(making, worksheet_set_column_opt(making->sheet, (lxw_col_t)i, (lxw_col_t)i, width,
                                              NULL, is_hidden ? &hidden : NULL));
    }
}

static void add_row(struct making *making, size_t at, const struct plan_row *row)
{
    static const enum look fill[] = {
        [SHEET_DECISION] = LOOK_FILL, [SHEET_UNTIL] = LOOK_FILL_DAY, [SHEET_REASON] = LOOK_FILL};

    for (size_t i = 0; i < making->count; i++) {
        const struct sheet_column *column = &making->column[i];
        if (column->column)
            add_value(making, at, i, column->column, row);
        else if (column->use == SHEET_OF_PLAN)
            add_text(making, at, i, text_cstr(&making->of_plan), LOOK_PLAIN);
        else
            add_text(making, at, i, NULL, fill[column->use]);
    }
}

/* What a cell takes; a row that the plan keeps can only be kept. */
static void validate(struct making *making, size_t from, size_t to)
{
    char approve[] = "approve", keep[] = "keep", reject[] = "reject";
    char *all[] = {approve, keep, reject, NULL}, *kept[] = {keep, NULL};
    char title[] = "decision", list[] = "approve, keep or reject; empty decides nothing";
    char until[] = "the last day of a keep, like 2027-03-31";
    bool is_kept = to >= from && making->plan->row[from].action == ACTION_KEEP;
    lxw_data_validation decision = {.validate = LXW_VALIDATION_TYPE_LIST,
                                    .value_list = is_kept ? kept : all,
                                    .error_title = title,
                                    .error_message = list};
    bool has_today = day_is_set(making->plan->today);
    lxw_data_validation day = {.validate = LXW_VALIDATION_TYPE_DATE,
                               .criteria = LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO,
                               .value_datetime =
                                   has_today ? date_of(making->plan->today) : (lxw_datetime){0},
                               .error_title = title,
                               .error_message = until};

    for (size_t i = 0; i < making->count; i++) {
        lxw_data_validation *one = making->column[i].use == SHEET_DECISION             ? &decision
                                   : making->column[i].use == SHEET_UNTIL && has_today ? &day
                                                                                       : NULL;
        if (one)
            note(making,
                 worksheet_data_validation_range(making->sheet, (lxw_row_t)(from + 1), (lxw_col_t)i,
                                                 (lxw_row_t)(to + 1), (lxw_col_t)i, one));
    }
}

static void add_rows(struct making *making)
{
    const struct plan *plan = making->plan;
    size_t acts = 0;

    set_columns(making);
    for (size_t i = 0; i < making->count; i++)
        add_text(making, 0, i, making->column[i].name, LOOK_HEADER);
    for (size_t i = 0; i < plan->row_count; i++) {
        add_row(making, i + 1, &plan->row[i]);
        acts += plan->row[i].action != ACTION_KEEP;
    }
    if (acts > 0)
        validate(making, 0, acts - 1);
    if (acts < plan->row_count)
        validate(making, acts, plan->row_count - 1);
    worksheet_freeze_panes(making->sheet, 1, 4);
    note(making, worksheet_autofilter(making->sheet, 0, 0, (lxw_row_t)plan->row_count,
                                      (lxw_col_t)(making->count - 1)));
}

/* --- what it is about --- */

static size_t add_line(struct making *making, size_t row, const char *what, const char *value)
{
    add_text(making, row, 0, what, LOOK_BOLD);
    add_text(making, row, 1, value, LOOK_WRAPPED);
    return row + 1;
}

static const char *const how[][2] = {
    {"how to decide", "on the first sheet fill in the yellow columns: a decision, of a keep also a "
                      "day and a reason, of a rejection a reason; a row without a decision waits"},
    {"approve", "the action may be done, when it is due and the day has room"},
    {"keep", "no rule touches the account, up to and including the day in 'until'"},
    {"reject", "this action is not done for half a year, or to the day in 'until'"},
    {"handing it back", "save the first sheet as CSV (UTF-8) and hand it to whoever runs "
                        "bynder-reconcile; rows may be sorted, filtered and left out, and columns "
                        "moved, but for account_id and the hidden columns 'subject' and 'of_plan' "
                        "none is needed: those say which row you looked at"},
    {"times", "in UTC"},
};

/* The codes that stand in the column 'row', once each, in the order of the plan. */
static size_t add_codes(struct making *making, size_t at)
{
    const struct plan *plan = making->plan;

    for (size_t i = 0; i < plan->row_count; i++) {
        const char *code = plan->row[i].clause;
        bool known = !report_row_title(code);
        for (size_t k = 0; k < i && !known; k++)
            known = text_equal(plan->row[k].clause, code);
        if (!known)
            at = add_line(making, at, code, report_row_title(code));
    }
    return at;
}

static void add_about(struct making *making)
{
    const struct plan *plan = making->plan;
    CLEANUP(text_release) struct text number = TEXT_INIT, headline = TEXT_INIT, seats = TEXT_INIT;
    char digest[DIGEST_HEX_SIZE], at[INSTANT_TEXT_SIZE];
    size_t row = 0;

    note(making, worksheet_set_column(making->sheet, 0, 0, 22, NULL));
    note(making, worksheet_set_column(making->sheet, 1, 1, 90, NULL));
    text_addf(&number, "%lld", (long long)plan->id);
    report_add_headline(&headline, plan);
    text_addf(&seats, "%zu now, %zu when every row is done", plan->totals.seats_now,
              plan->totals.seats_after);
    row = add_line(making, row, "portal", plan->portal);
    row = add_line(making, row, "plan", plan->id > 0 ? text_cstr(&number) : "not stored");
    row = add_line(making, row, "digest",
                   plan_is_report(plan) ? NULL : digest_hex(&plan->digest, digest));
    row = add_line(making, row, "made at", instant_format(plan->created_at, at));
    row = add_line(making, row, "state", report_state_sentence(plan));
    row = add_line(making, row, "proposes", text_cstr(&headline));
    row = add_line(making, row, "seats taken", text_cstr(&seats));
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].hold)
            row = add_line(making, row, plan->guard[i].id, plan->guard[i].text);
    }
    for (size_t i = 0; i < plan->note_count; i++)
        row = add_line(making, row, "note", plan->note[i]);
    for (size_t i = 0; i < COUNT_OF(how); i++)
        row = add_line(making, row, how[i][0], how[i][1]);
    (void)add_codes(making, row);
}

/* --- seats by class --- */

static const char *const class_titles[] = {"class",       "seats",      "contracted", "free",
                                           "seats after", "free after", "price",      "currency"};

static void add_figure(struct making *making, size_t row, size_t column, bool is_told,
                       double figure)
{
    if (is_told)
        note(making, worksheet_write_number(making->sheet, (lxw_row_t)row, (lxw_col_t)column,
                                            figure, NULL));
}

static void add_class(struct making *making, size_t row, const struct class_seats *class)
{
    double now = (double)class->seats, after = (double)class->seats_after;
    double contracted = (double)class->contracted;
    bool told = class->contracted >= 0;

    add_text(making, row, 0, class->name ? class->name : "(no class)", LOOK_PLAIN);
    add_figure(making, row, 1, true, now);
    add_figure(making, row, 2, told, contracted);
    add_figure(making, row, 3, told, contracted - now);
    add_figure(making, row, 4, true, after);
    add_figure(making, row, 5, told, contracted - after);
    add_figure(making, row, 6, class->price >= 0, (double)class->price / MONEY_ONE);
    add_text(making, row, 7, class->currency, LOOK_PLAIN);
}

static void add_classes(struct making *making)
{
    const struct plan *plan = making->plan;

    note(making, worksheet_set_column(making->sheet, 0, COUNT_OF(class_titles) - 1, 16, NULL));
    for (size_t i = 0; i < COUNT_OF(class_titles); i++)
        add_text(making, 0, i, class_titles[i], LOOK_HEADER);
    for (size_t i = 0; i < plan->seat_class_count; i++)
        add_class(making, i + 1, &plan->seat_class[i]);
}

/* --- savings --- */

static void add_saved(struct making *making, size_t row, const struct plan_savings *savings)
{
    CLEANUP(text_release) struct text scratch = TEXT_INIT;

    for (size_t c = 0; c < SAVINGS_COLUMNS; c++) {
        const char *cell = NULL;
        double number = 0;
        if (savings_cell(savings, c, &scratch, &cell) && cell &&
            parse_double(cell, -1e15, 1e15, &number))
            add_figure(making, row, c, true, number);
        else
            add_text(making, row, c, cell, LOOK_PLAIN);
    }
}

static void add_savings(struct making *making)
{
    const struct plan *plan = making->plan;
    size_t row = plan->savings_count + 2;

    note(making, worksheet_set_column(making->sheet, 0, SAVINGS_COLUMNS - 1, 16, NULL));
    for (size_t c = 0; c < SAVINGS_COLUMNS; c++)
        add_text(making, 0, c, savings_titles[c], LOOK_HEADER);
    for (size_t i = 0; i < plan->savings_count; i++)
        add_saved(making, i + 1, &plan->savings[i]);
    for (size_t i = 0; savings_words[i]; i++)
        add_text(making, row + i, 0, savings_words[i], LOOK_PLAIN);
}

/* --- the file --- */

static lxw_worksheet *add_sheet(struct making *making, const char *name)
{
    return making->error == LXW_NO_ERROR ? workbook_add_worksheet(making->book, name) : NULL;
}

static bool fill(struct making *making)
{
    char title[] = "plan", author[] = "bynder-reconcile";
    int64_t second = making->plan->created_at.us / SECOND_US;
    lxw_doc_properties properties = {/* 0 would be now */
                                     .title = title,
                                     .author = author,
                                     .created = second > 0 ? second : 1};

    note(making, workbook_set_properties(making->book, &properties));
    if (!make_looks(making) || !(making->sheet = add_sheet(making, "decisions")))
        return false;
    add_rows(making);
    if (!(making->sheet = add_sheet(making, "about this plan")))
        return false;
    add_about(making);
    if (making->plan->seat_class_count > 0) {
        if (!(making->sheet = add_sheet(making, "seats by class")))
            return false;
        add_classes(making);
    }
    if (making->plan->savings_count > 0) {
        if (!(making->sheet = add_sheet(making, "savings")))
            return false;
        add_savings(making);
    }
    return true;
}

static int copy_out(int fd, struct text *out, struct err *err)
{
    char piece[PIECE];
    ssize_t length = 0;

    while ((length = read(fd, piece, sizeof(piece))) > 0) {
        text_add_bytes(out, piece, (size_t)length);
        text_spill(out);
    }
    return length < 0 ? err_set(err, ERR_INTERNAL, "the workbook cannot be read back") : 0;
}

int report_make_xlsx(const struct plan *plan, struct text *out, struct err *err)
{
    CLEANUP(cleanup_fd) int fd = memfd_create("workbook", MFD_CLOEXEC);
    CLEANUP(text_release) struct text path = TEXT_INIT;
    CLEANUP(making_release) struct making making = {.plan = plan, .of_plan = TEXT_INIT};
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};

    if (plan->row_count > ROWS_MAX)
        return err_set(err, ERR_USAGE,
                       "a workbook takes %d rows, and the plan has %zu; hint: --format csv",
                       ROWS_MAX, plan->row_count);
    text_addf(&path, "/proc/self/fd/%d", fd);
    making.book = fd < 0 ? NULL : workbook_new_opt(text_cstr(&path), &options);
    if (!making.book)
        return err_set(err, ERR_INTERNAL, "the workbook cannot be begun");
    order_columns(&making);
    decisions_add_plan(&making.of_plan, plan);
    bool filled = fill(&making);
    note(&making, workbook_close(making.book));
    if (!filled || making.error != LXW_NO_ERROR)
        return err_set(err, ERR_INTERNAL,
                       "the workbook cannot be made: %s; hint: is there room in /tmp?",
                       making.error ? lxw_strerror(making.error) : "no temporary file");
    return copy_out(fd, out, err);
}
