/*
 * file -> decoder -> CSV -> one row at a time. The header says which column is which; of a row the
 * wanted cells are kept until its end, when they become one account. A row that cannot be one makes
 * the snapshot incomplete, so nobody is judged gone for being in it.
 */
#include "bynder/export_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/intern.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "base/words.h"
#include "format/csv_reader.h"
#include "format/csv_swallow.h"
#include "format/encode.h"
#include "format/encoding.h"
#include "format/input_file.h"

enum { PIECE = 65536, RAW_LIMIT = 200, UNBOUND = -1 };

enum column {
    COLUMN_ID = 0,
    COLUMN_USERNAME,
    COLUMN_EMAIL,
    COLUMN_FIRST,
    COLUMN_LAST,
    COLUMN_LOGIN,
    COLUMN_STATUS,
    COLUMN_PROFILE,
    COLUMN_COUNTRY,
    COLUMN_DEPARTMENT,
    COLUMN_GROUPS,
    COLUMN_CREATED,
    COLUMN_DEACTIVATED,
    COLUMN_COUNT,
};

/* Without an essential one accounts could not be told apart, matched or judged. */
static const struct {
    const char *name;
    bool essential;
} columns[COLUMN_COUNT] = {
    [COLUMN_ID] = {"User ID", true},
    [COLUMN_USERNAME] = {"Username", true},
    [COLUMN_EMAIL] = {"Email Address", true},
    [COLUMN_FIRST] = {"First name", true},
    [COLUMN_LAST] = {"Last name", true},
    [COLUMN_LOGIN] = {"Last Login Date", true},
    [COLUMN_STATUS] = {"Account Status", true},
    [COLUMN_PROFILE] = {"Permission Profile", true},
    [COLUMN_COUNTRY] = {"Country", false},
    [COLUMN_DEPARTMENT] = {"Department", false},
    [COLUMN_GROUPS] = {"Assigned User Groups", false},
    [COLUMN_CREATED] = {"Created Date", false},
    [COLUMN_DEACTIVATED] = {"Deactivation Date", false},
};

struct reader {
    struct arena *arena;
    struct arena scratch; /* of one row */
    struct intern kept;   /* values that many accounts share */
    struct alike alikes;
    struct account_alike alike; /* of the open row */
    struct export export;
    size_t capacity, dates_capacity;
    struct text reason; /* the first one why the snapshot is incomplete */
    size_t reasons;

    bool have_header;
    size_t columns;          /* of the header */
    int bound[COLUMN_COUNT]; /* column of the file, or UNBOUND */
    struct text header;      /* folded names, each with its NUL */
    struct text value[COLUMN_COUNT];
    bool too_long[COLUMN_COUNT];
    bool filled, swallowed; /* the open row: has a value; looks like several rows in one */
};

static void reader_release(struct reader *reader)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        text_release(&reader->value[i]);
    text_release(&reader->header);
    text_release(&reader->reason);
    arena_release(&reader->scratch);
    intern_release(&reader->kept);
    alike_release(&reader->alikes);
    free(reader->export.snapshot.account);
    free(reader->export.dates);
}

static void note_incomplete(struct reader *reader, uint32_t row, const char *why)
{
    if (reader->reasons++ == 0)
        text_addf(&reader->reason, "row %u %s", row, why);
}

/* --- the header --- */

static int add_name(struct reader *reader, const char *bytes, size_t length, struct err *err)
{
    CLEANUP(mem_cleanup) char *name = NULL;

    if (length > LIMIT_FIELD)
        return err_set(err, ERR_ROSTER, "column %zu of the header has a name of more than %d bytes",
                       reader->columns + 1, LIMIT_FIELD);
    name = mem_strndup(bytes, length);
    const char *folded = fold_name(&reader->scratch, name);
    text_add(&reader->header, folded ? folded : "");
    text_add_char(&reader->header, '\0');
    reader->columns++;
    return 0;
}

static int bind_column(struct reader *reader, enum column column, struct err *err)
{
    const char *wanted = fold_name(&reader->scratch, columns[column].name);
    const char *name = text_cstr(&reader->header);

    reader->bound[column] = UNBOUND;
    for (size_t i = 0; i < reader->columns; i++, name += strlen(name) + 1) {
        if (!text_equal(name, wanted))
            continue;
        if (reader->bound[column] != UNBOUND)
            return err_set(err, ERR_ROSTER, "the column '%s' is in the header twice",
                           columns[column].name);
        reader->bound[column] = (int)i;
    }
    return 0;
}

static int bind_columns(struct reader *reader, struct err *err)
{
    CLEANUP(text_release) struct text missing = TEXT_INIT;

    for (enum column i = 0; i < COLUMN_COUNT; i++) {
        if (bind_column(reader, i, err) < 0)
            return -1;
        if (reader->bound[i] == UNBOUND && columns[i].essential)
            text_addf(&missing, "%s'%s'", missing.length > 0 ? ", " : "", columns[i].name);
    }
    if (missing.length > 0)
        return err_set(err, ERR_ROSTER,
                       "the header has no column %s; hint: Bynder's own user export is wanted, as "
                       "it was downloaded, with ';' between its columns",
                       text_cstr(&missing));
    reader->have_header = true;
    return 0;
}

/* --- one row --- */

/* The value of a column; NULL when it is blank, not in the file, or too long, which is a flaw. */
static const char *value_of(struct reader *reader, enum column column)
{
    if (reader->too_long[column] && !reader->alike.flaw)
        reader->alike.flaw = intern_string(
            &reader->kept, arena_printf(&reader->scratch, "'%s' has more than %d bytes",
                                        columns[column].name, LIMIT_FIELD));
    return reader->value[column].length > 0 ? text_cstr(&reader->value[column]) : NULL;
}

static const char *name_of(struct reader *reader)
{
    const char *first = value_of(reader, COLUMN_FIRST);
    const char *last = value_of(reader, COLUMN_LAST);

    if (!first || !last)
        return arena_strdup(reader->arena, first ? first : last);
    return arena_printf(reader->arena, "%s %s", first, last);
}

static enum account_status read_status(struct reader *reader, const char *value)
{
    static const struct {
        const char *word;
        enum account_status status;
    } words[] = {
        {"active", ACCOUNT_ACTIVE},      {"true", ACCOUNT_ACTIVE},
        {"1", ACCOUNT_ACTIVE},           {"inactive", ACCOUNT_INACTIVE},
        {"suspended", ACCOUNT_INACTIVE}, {"deactivated", ACCOUNT_INACTIVE},
        {"false", ACCOUNT_INACTIVE},     {"0", ACCOUNT_INACTIVE},
    };
    size_t i = 0;

    return WORD_FIND(words, fold_text(&reader->scratch, value), &i) ? words[i].status
                                                                    : ACCOUNT_UNREADABLE;
}

/* A day alone is its noon in UTC. */
static bool read_time(const char *value, struct instant *ret_instant)
{
    CLEANUP(text_release) struct text noon = TEXT_INIT;
    struct day day;

    if (!day_parse_iso(value, &day))
        return instant_parse_bynder(value, ret_instant);
    text_addf(&noon, "%sT12:00:00Z", value);
    return instant_parse_bynder(text_cstr(&noon), ret_instant);
}

static struct login read_login(struct reader *reader)
{
    struct export_doubts *doubts = &reader->export.doubts;
    const char *value = value_of(reader, COLUMN_LOGIN);
    struct login login = {.kind = LOGIN_NEVER,
                          .source = LOGIN_FROM_EXPORT,
                          .seen_at = reader->export.snapshot.taken_at};

    if (reader->too_long[COLUMN_LOGIN])
        value = "(too long)";
    if (!value)
        return login;
    if (read_time(value, &login.at)) {
        login.kind = LOGIN_KNOWN;
        return login;
    }
    login.kind = LOGIN_UNREADABLE;
    login.raw = arena_strndup(reader->arena, value, text_excerpt(value, RAW_LIMIT));
    if (doubts->logins_unreadable++ == 0)
        doubts->login_example = login.raw;
    return login;
}

static struct instant read_date(struct reader *reader, enum column column)
{
    struct export_doubts *doubts = &reader->export.doubts;
    const char *value = value_of(reader, column);
    struct instant instant = INSTANT_NONE;

    if (!value || read_time(value, &instant))
        return instant;
    if (doubts->dates_unreadable++ == 0)
        doubts->date_example = arena_strndup(reader->arena, value, text_excerpt(value, RAW_LIMIT));
    return INSTANT_NONE;
}

static bool is_day_after(struct instant a, struct instant b)
{
    return instant_is_set(a) && instant_is_set(b) && a.us > b.us + DAY_US;
}

/* A date that cannot be: nobody knows which of the two is wrong, so neither is told. A day is let
 * pass, for the zone of a time without one is not known. */
static struct export_dates believe(struct reader *reader, struct export_dates dates,
                                   const struct login *login)
{
    struct instant taken_at = reader->export.snapshot.taken_at;
    struct export_dates believed = dates;
    bool crossed = is_day_after(dates.created, dates.deactivated);

    if (crossed || is_day_after(dates.created, taken_at) ||
        (login->kind == LOGIN_KNOWN && is_day_after(dates.created, login->at))) {
        believed.created = INSTANT_NONE;
        reader->export.doubts.dates_contradicted++;
    }
    if (crossed || is_day_after(dates.deactivated, taken_at)) {
        believed.deactivated = INSTANT_NONE;
        reader->export.doubts.dates_contradicted++;
    }
    return believed;
}

/* How several groups are joined is not known: a cell that may hold several is not read. */
static void read_groups(struct reader *reader)
{
    const char *value = value_of(reader, COLUMN_GROUPS);
    struct group *group;

    reader->alike.groups_unreadable =
        reader->bound[COLUMN_GROUPS] == UNBOUND || reader->too_long[COLUMN_GROUPS];
    if (!value)
        return;
    group = arena_calloc(reader->arena, 1, sizeof(*group));
    group->name = intern_string(&reader->kept, value);
    reader->alike.group = group;
    reader->alike.group_count = 1;
    reader->alike.groups_unreadable = strpbrk(value, ",;|\r\n") != NULL;
}

static void add_flaw(struct reader *reader, uint32_t row, const char *flaw)
{
    if (!reader->alike.flaw)
        reader->alike.flaw = flaw;
    note_incomplete(reader, row, flaw);
}

static struct account read_account(struct reader *reader, uint32_t row)
{
    struct account account = {.id = NULL};

    reader->alike = account_alike_none;
    const char *id = value_of(reader, COLUMN_ID);

    account.id = arena_strdup(reader->arena, id);
    account.status = read_status(reader, value_of(reader, COLUMN_STATUS));
    if (!account_id_is_v4(id))
        add_flaw(reader, row, "has no 'User ID' in the form of a user's id");
    if (account.status == ACCOUNT_UNREADABLE)
        add_flaw(reader, row, "has no 'Account Status' that can be read");
    account.username = arena_strdup(reader->arena, value_of(reader, COLUMN_USERNAME));
    account.email = arena_strdup(reader->arena, value_of(reader, COLUMN_EMAIL));
    account.name = name_of(reader);
    reader->alike.profile_id = intern_string(&reader->kept, value_of(reader, COLUMN_PROFILE));
    reader->alike.country = intern_string(&reader->kept, value_of(reader, COLUMN_COUNTRY));
    reader->alike.department = intern_string(&reader->kept, value_of(reader, COLUMN_DEPARTMENT));
    account.login = read_login(reader);
    read_groups(reader);
    return account;
}

static int add_account(struct reader *reader, uint32_t row, struct err *err)
{
    struct export *export = &reader->export;
    struct snapshot *snapshot = &export->snapshot;
    size_t count = snapshot->count;

    if (count >= LIMIT_ACCOUNTS)
        return err_set(err, ERR_ROSTER, "has more than %d accounts", LIMIT_ACCOUNTS);
    snapshot->account =
        mem_grow(snapshot->account, count, &reader->capacity, sizeof(snapshot->account[0]));
    export->dates =
        mem_grow(export->dates, count, &reader->dates_capacity, sizeof(export->dates[0]));
    struct account account = read_account(reader, row);
    struct export_dates dates = {
        .created = read_date(reader, COLUMN_CREATED),
        .deactivated = read_date(reader, COLUMN_DEACTIVATED),
    };
    export->dates[count] = believe(reader, dates, &account.login);
    account_alike_share(&reader->alikes, &account, &reader->alike);
    snapshot->account[snapshot->count++] = account;
    arena_release(&reader->scratch);
    return 0;
}

/* --- rows as they come --- */

static void take_value(struct reader *reader, enum column column, const char *bytes, size_t length)
{
    struct text *value = &reader->value[column];

    reader->too_long[column] = length > LIMIT_FIELD;
    if (length > LIMIT_FIELD)
        return;
    text_add_bytes(value, bytes, length);
    size_t defused = encode_csv_defused(text_cstr(value));
    if (defused > 0) {
        CLEANUP(mem_cleanup) char *whole = text_take(value);
        text_add(value, whole + defused);
    }
}

static int on_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                    struct err *err)
{
    struct reader *reader = context;

    (void)row;
    /* A quotation mark that is not closed runs on to the next one, some rows below. Before anything
     * is trimmed: it may be the only line break. */
    bool swallowed = length > 0 && csv_has_break(bytes, length) && memchr(bytes, ';', length);
    text_trim(&bytes, &length);
    reader->filled = reader->filled || length > 0;
    if (!reader->have_header)
        return add_name(reader, bytes, length, err);
    reader->swallowed = reader->swallowed || swallowed;
    for (enum column i = 0; i < COLUMN_COUNT; i++) {
        if (reader->bound[i] == (int)column)
            take_value(reader, i, bytes, length);
    }
    return 0;
}

static void begin_row(struct reader *reader)
{
    reader->filled = reader->swallowed = false;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        text_clear(&reader->value[i]);
        reader->too_long[i] = false;
    }
}

static int read_row(struct reader *reader, uint32_t row, size_t fields, struct err *err)
{
    if (fields != reader->columns) {
        note_incomplete(reader, row,
                        arena_printf(&reader->scratch, "has %zu fields, the header has %zu", fields,
                                     reader->columns));
        return 0;
    }
    if (reader->swallowed) {
        note_incomplete(reader, row, "has a field that looks like several rows");
        return 0;
    }
    return add_account(reader, row, err);
}

static int on_row(void *context, uint32_t row, size_t fields, struct err *err)
{
    struct reader *reader = context;
    int result = 0;

    if (!reader->have_header && !reader->filled) {
        text_clear(&reader->header);
        reader->columns = 0;
    } else if (!reader->have_header) {
        result = bind_columns(reader, err);
    } else if (reader->filled || fields != reader->columns) {
        result = read_row(reader, row, fields, err);
    } /* else nothing but delimiters, as spreadsheets leave below the last row */
    begin_row(reader);
    return result;
}

/* --- the file --- */

static int push_csv(void *context, const char *utf8, size_t length, struct err *err)
{
    return csv_reader_push(context, utf8, length, err);
}

static int pump(struct input_file *file, struct csv_reader *csv, struct err *err)
{
    CLEANUP(encoding_freep) struct encoding *encoding = NULL;
    CLEANUP(mem_cleanup) char *piece = mem_alloc(PIECE);
    size_t length = 0;
    int result = encoding_new("UTF-8", &encoding, err);

    while (result == 0) {
        result = input_file_read(file, piece, PIECE, &length, err);
        if (result < 0 || length == 0)
            break;
        result = encoding_push(encoding, piece, length, push_csv, csv, err);
    }
    explicit_bzero(piece, PIECE);
    if (result == 0)
        result = encoding_finish(encoding, push_csv, csv, err);
    return result == 0 ? csv_reader_finish(csv, err) : -1;
}

/* Both rows of an id that stands twice are kept whatever the rules say. */
static void find_duplicates(struct reader *reader)
{
    struct snapshot *snapshot = &reader->export.snapshot;
    struct table by_id;

    table_init(&by_id, snapshot->count);
    for (size_t i = 0; i < snapshot->count; i++) {
        struct account *account = &snapshot->account[i];
        uint32_t at = table_find(&by_id, account->id);
        if (at != TABLE_END) {
            const char *flaw = "its 'User ID' stands in more than one row";
            account_alike_own(reader->arena, account)->flaw = flaw;
            account_alike_own(reader->arena, &snapshot->account[table_value(&by_id, at)])->flaw =
                flaw;
            if (reader->reasons++ == 0)
                text_addf(&reader->reason, "the 'User ID' %s stands in more than one row",
                          account->id);
        } else if (account->id) {
            table_add(&by_id, account->id, (uint32_t)i);
        }
    }
    table_release(&by_id);
}

static void judge(struct reader *reader)
{
    struct snapshot *snapshot = &reader->export.snapshot;

    find_duplicates(reader);
    snapshot->complete = reader->reasons == 0;
    if (reader->reasons > 1)
        text_addf(&reader->reason, ", and %zu more like it", reader->reasons - 1);
    if (reader->reasons > 0)
        snapshot->incomplete_reason = arena_strdup(reader->arena, text_cstr(&reader->reason));
}

/* The arrays move into the arena, where everything else of a run lives. */
static struct export give(struct reader *reader)
{
    struct export export = reader->export;
    size_t count = export.snapshot.count;
    size_t account_size = sizeof(export.snapshot.account[0]), dates_size = sizeof(export.dates[0]);

    export.snapshot.account = arena_calloc(reader->arena, count + 1, account_size);
    export.dates = arena_calloc(reader->arena, count + 1, dates_size);
    if (count > 0) {
        memcpy(export.snapshot.account, reader->export.snapshot.account, count * account_size);
        memcpy(export.dates, reader->export.dates, count * dates_size);
    }
    return export;
}

static int read_file(struct reader *reader, const char *path, struct instant now, struct err *err)
{
    CLEANUP(input_file_closep) struct input_file *file = NULL;
    CLEANUP(csv_reader_freep)
    struct csv_reader *csv = csv_reader_new(
        ';', &(struct csv_handler){.context = reader, .field = on_field, .row = on_row});

    if (input_file_open(path, NULL, &file, err) < 0)
        return -1;
    struct instant modified = input_file_modified(file);
    reader->export.snapshot.taken_at = instant_compare(modified, now) < 0 ? modified : now;
    if (pump(file, csv, err) < 0)
        return -1;
    if (!reader->have_header)
        return err_set(err, ERR_ROSTER, "holds no row at all, not even a header");
    return 0;
}

int export_read(struct arena *arena, const char *path, struct instant now,
                struct export *ret_export, struct err *err)
{
    CLEANUP(reader_release) struct reader reader = {.arena = arena, .scratch = ARENA_INIT};

    intern_init(&reader.kept, arena);
    alike_init(&reader.alikes, arena, sizeof(reader.alike));
    reader.export.snapshot.source = SNAPSHOT_FROM_EXPORT;
    reader.export.snapshot.file = arena_strdup(arena, path);
    if (read_file(&reader, path, now, err) < 0)
        return err_prefix(err, "export '%s'", path);
    judge(&reader);
    *ret_export = give(&reader);
    return 0;
}
