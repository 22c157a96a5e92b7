/*
 * Numbers go with the highest byte first, each field behind its length; a length of -1 is NULL
 * (COPY, "Binary Format").
 */
#include "store/binary.h"

#include <endian.h>
#include <string.h>

enum { NO_FIELD = -1, JSONB_VERSION = 1 };

#define US_FROM_1970_TO_2000 INT64_C(946684800000000)
#define DAY_2000             36525 /* the number of 2000-01-01 */

static void add_16(struct text *rows, int16_t value)
{
    uint16_t bytes = htobe16((uint16_t)value);

    text_add_bytes(rows, &bytes, sizeof(bytes));
}

static void add_32(struct text *rows, int32_t value)
{
    uint32_t bytes = htobe32((uint32_t)value);

    text_add_bytes(rows, &bytes, sizeof(bytes));
}

static void add_64(struct text *rows, int64_t value)
{
    uint64_t bytes = htobe64((uint64_t)value);

    text_add_bytes(rows, &bytes, sizeof(bytes));
}

void binary_row(struct text *rows, int fields)
{
    add_16(rows, (int16_t)fields);
}

void binary_integer(struct text *rows, int32_t value)
{
    add_32(rows, sizeof(value));
    add_32(rows, value);
}

void binary_bigint(struct text *rows, int64_t value)
{
    add_32(rows, sizeof(value));
    add_64(rows, value);
}

void binary_boolean(struct text *rows, bool value)
{
    add_32(rows, 1);
    text_add_char(rows, value ? 1 : 0);
}

void binary_text(struct text *rows, const char *value)
{
    size_t length = value ? strlen(value) : 0;

    add_32(rows, value ? (int32_t)length : NO_FIELD);
    text_add_bytes(rows, value, length);
}

void binary_json(struct text *rows, const char *value)
{
    size_t length = strlen(value);

    add_32(rows, (int32_t)length + 1);
    text_add_char(rows, JSONB_VERSION);
    text_add_bytes(rows, value, length);
}

void binary_time(struct text *rows, struct instant value)
{
    if (instant_is_set(value))
        binary_bigint(rows, value.us - US_FROM_1970_TO_2000);
    else
        add_32(rows, NO_FIELD);
}

void binary_day(struct text *rows, struct day value)
{
    if (day_is_set(value))
        binary_integer(rows, value.number - DAY_2000);
    else
        add_32(rows, NO_FIELD);
}

void binary_digest(struct text *rows, const struct digest *value)
{
    add_32(rows, sizeof(value->byte));
    text_add_bytes(rows, value->byte, sizeof(value->byte));
}

/* --- COPY --- */

struct all {
    store_add_row *add;
    const void *context;
    size_t count;
};

/* The rows, between what a COPY in binary begins and ends with. */
static void add_any(struct text *rows, const void *context, size_t i)
{
    static const char signature[] = "PGCOPY\n\377\r\n"; /* its own NUL belongs to it */
    const struct all *all = context;

    if (i == 0) {
        text_add_bytes(rows, signature, sizeof(signature));
        add_64(rows, 0); /* no flags, no extension */
    }
    if (i < all->count)
        all->add(rows, all->context, i);
    else
        binary_row(rows, -1);
}

int store_copy_binary(struct pg *pg, const char *name, const char *sql, store_add_row *add,
                      const void *context, size_t count, struct err *err)
{
    const struct all all = {add, context, count};

    return store_copy(pg, name, sql, add_any, &all, count + 1, err);
}
