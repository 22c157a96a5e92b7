/*
 * What a file of hundreds of megabytes says of one row is looked at and forgotten. What it is not
 * is told by its first byte, because behind an answer that calls itself CSV there may be anything.
 * How many fields a row has is not asked beyond the three that are read: the documentation's own
 * example has rows of 16 and of 17.
 */
#include "bynder/year_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "facts/account.h"
#include "format/csv_reader.h"

enum {
    WORD_SIZE = 64, /* of a kind, a time, an id; a longer one is none of ours */
};

enum { FIELD_TYPE = 0, FIELD_TIME, FIELD_USER, FIELDS_KEPT };

struct year_reader {
    const struct portal_year *year;
    struct csv_reader *csv;
    struct instant from, to; /* of what is of that year */
    size_t rows, unreadable;
    bool begun;
    char last; /* byte */
    char field[FIELDS_KEPT][WORD_SIZE];
};

static int take_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                      struct err *err)
{
    struct year_reader *reader = context;

    (void)row;
    (void)err;
    if (column >= FIELDS_KEPT)
        return 0;
    bool fits = length < WORD_SIZE && !memchr(bytes, '\0', length);
    if (fits)
        memcpy(reader->field[column], bytes, length);
    reader->field[column][fits ? length : 0] = '\0';
    return 0;
}

static bool read_time(const struct year_reader *reader, struct instant *ret_at)
{
    return instant_parse_bynder(reader->field[FIELD_TIME], ret_at) &&
           instant_compare(*ret_at, reader->from) >= 0 &&
           instant_compare(*ret_at, reader->to) < 0 &&
           instant_compare(*ret_at, reader->year->now) <= 0;
}

static int take_row(void *context, uint32_t row, size_t columns, struct err *err)
{
    struct year_reader *reader = context;
    const struct portal_year *year = reader->year;
    struct instant at = INSTANT_NONE;

    (void)row;
    (void)err;
    reader->rows++;
    if (columns < FIELDS_KEPT || !*reader->field[FIELD_TYPE] || !read_time(reader, &at))
        reader->unreadable++;
    else if (account_id_is_v4(reader->field[FIELD_USER]))
        year->take(year->context, reader->field[FIELD_USER],
                   event_kind_of_type(reader->field[FIELD_TYPE]), at);
    return 0;
}

static struct instant year_begins(int year)
{
    struct day day = DAY_NONE, epoch = DAY_NONE;

    if (!day_from_civil(1970, 1, 1, &epoch) || !day_from_civil(year, 1, 1, &day))
        return INSTANT_NONE;
    return (struct instant){.us = day_between(epoch, day) * DAY_US};
}

struct year_reader *year_reader_new(const struct portal_year *year)
{
    struct year_reader *reader = mem_calloc(1, sizeof(*reader));
    const struct csv_handler handler = {
        .context = reader, .field = take_field, .row = take_row, .rows_most = LIMIT_YEAR_ROWS};

    reader->year = year;
    reader->csv = csv_reader_new(',', &handler);
    reader->from = instant_add_us(year_begins(year->year), -DAY_US);
    reader->to = instant_add_us(year_begins(year->year + 1), DAY_US);
    return reader;
}

void year_reader_free(struct year_reader *reader)
{
    if (!reader)
        return;
    csv_reader_free(reader->csv);
    explicit_bzero(reader->field, sizeof(reader->field));
    free(reader);
}

/* What the first byte says that it is instead; NULL = it may be CSV. */
static const char *what_else(char first)
{
    switch (first) {
    case '<':
        return "an HTML page or XML";
    case '{':
    case '[':
        return "JSON";
    case '\x1f':
    case 'P': /* no event's name begins with it, and each ZIP archive does */
        return "compressed, which was not asked for";
    default:
        return NULL;
    }
}

int year_reader_push(struct year_reader *reader, const char *bytes, size_t length, struct err *err)
{
    const char *what = length > 0 && !reader->begun ? what_else(bytes[0]) : NULL;

    if (what)
        return err_set(err, ERR_UNREACHABLE, "what came is not CSV but %s", what);
    if (length == 0)
        return 0;
    reader->begun = true;
    reader->last = bytes[length - 1];
    if (csv_reader_push(reader->csv, bytes, length, err) < 0) {
        if (err)
            err->code = ERR_UNREACHABLE; /* it was told as of a roster */
        return -1;
    }
    return 0;
}

int year_reader_finish(struct year_reader *reader, size_t *ret_rows, size_t *ret_unreadable,
                       struct err *err)
{
    if (reader->begun && reader->last != '\n' && reader->last != '\r')
        return err_set(err, ERR_UNREACHABLE, "the last row has no end: the file was cut off");
    if (csv_reader_finish(reader->csv, err) < 0) {
        if (err)
            err->code = ERR_UNREACHABLE;
        return -1;
    }
    if (reader->unreadable > reader->rows / 2)
        return err_set(err, ERR_UNREACHABLE,
                       "%zu of %zu rows cannot be read as events of %d: is that its form still?",
                       reader->unreadable, reader->rows, reader->year->year);
    *ret_rows = reader->rows;
    *ret_unreadable = reader->unreadable;
    return 0;
}
