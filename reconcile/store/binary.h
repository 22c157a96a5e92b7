/*
 * store/binary: rows of a COPY as the server keeps their values, so that it parses none. For
 * columns by the hundred thousand; everything else goes as text, which asks for no types. A value
 * of another width than its column's is an error of the server, never another value.
 */
#ifndef STORE_BINARY_H
#define STORE_BINARY_H

#include <stdint.h>

#include "base/day.h"
#include "base/digest.h"
#include "base/instant.h"
#include "base/text.h"
#include "store/private.h"

/* A row of so many of the fields below. */
void binary_row(struct text *rows, int fields);

void binary_integer(struct text *rows, int32_t value);     /* integer */
void binary_bigint(struct text *rows, int64_t value);      /* bigint */
void binary_boolean(struct text *rows, bool value);        /* boolean */
void binary_text(struct text *rows, const char *value);    /* text, json, enum; NULL is NULL */
void binary_day(struct text *rows, struct day value);      /* date; no day is NULL */
void binary_json(struct text *rows, const char *value);    /* jsonb */
void binary_time(struct text *rows, struct instant value); /* timestamptz; no instant is NULL */
void binary_digest(struct text *rows, const struct digest *value); /* bytea */

/* Likewise store_copy; the statement says `(format binary)`. */
int store_copy_binary(struct pg *pg, const char *name, const char *sql, store_add_row *add,
                      const void *context, size_t count, struct err *err)
    __attribute__((warn_unused_result));

#endif
