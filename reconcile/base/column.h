/*
 * column: a field of a struct as the outside sees it: its name, its type, and where it is kept. One
 * table of them per struct is what SQL, JSON, CSV and a digest read, so that no two lists of the
 * same fields can differ. A table is ended by a name that is NULL.
 */
#ifndef BASE_COLUMN_H
#define BASE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/instant.h"

enum column_type {
    COLUMN_STRING = 0, /* const char *, NULL = none */
    COLUMN_WORDS,      /* likewise, joined by blanks */
    COLUMN_NUMBER,     /* int64_t */
    COLUMN_SIZE,       /* size_t */
    COLUMN_INT,        /* int */
    COLUMN_OPTIONAL,   /* int, negative = not known */
    COLUMN_FLAG,       /* bool */
    COLUMN_DAY,        /* struct day, DAY_NONE = none */
    COLUMN_INSTANT,    /* struct instant, INSTANT_NONE = none */
    COLUMN_DIGEST,     /* struct digest */
    COLUMN_ENUM,       /* an enum: an index into `words` */
};

/* The words of an enum: `count` rows of `size` bytes, each beginning with the pointer to its word;
 * a NULL there is no word. */
struct column_words {
    const void *row;
    size_t count, size;
};
#define COLUMN_WORDS_OF(rows)                                                                      \
    {                                                                                              \
        (rows), COUNT_OF(rows), sizeof((rows)[0])                                                  \
    }

struct column {
    const char *name;
    enum column_type type;
    size_t offset;                    /* into the struct */
    unsigned use;                     /* bits that the owner of the table gives a meaning */
    const struct column_words *words; /* COLUMN_ENUM, likewise below */
    size_t width;                     /* bytes of the enum: 1 when it is packed, else 4 */
};

/* One line of a table. The type is that of the field, so it cannot be another one; what a field
 * alone does not tell (OPTIONAL, WORDS) is said by COLUMN_AS. */
#define COLUMN(name_, object, field)                                                               \
    COLUMN_AS(name_, object, field,                                                                \
              _Generic(((object *)0)->field, const char *: COLUMN_STRING, int64_t: COLUMN_NUMBER,  \
                       size_t: COLUMN_SIZE, int: COLUMN_INT, bool: COLUMN_FLAG,                    \
                       struct day: COLUMN_DAY, struct instant: COLUMN_INSTANT,                     \
                       struct digest: COLUMN_DIGEST))
#define COLUMN_AS(name_, object, field, type_)                                                     \
    {                                                                                              \
        .name = name_, .type = type_, .offset = offsetof(object, field)                            \
    }
#define COLUMN_OF_WORDS(name_, object, field, words_)                                              \
    {                                                                                              \
        .name = name_, .type = COLUMN_ENUM, .offset = offsetof(object, field), .words = words_,    \
        .width = sizeof(((object *)0)->field)                                                      \
    }
#define COLUMN_END                                                                                 \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/* The column of a table that is called so, `length` bytes; NULL when none is. */
const struct column *column_find(const struct column *columns, const char *name, size_t length);

/* The value of a column as text: ISO for days and instants, true and false, hex. NULL for none. It
 * is in `buffer`, or the struct's own string. */
#define COLUMN_TEXT_SIZE DIGEST_HEX_SIZE /* the longest of them */
const char *column_text(const struct column *column, const void *object,
                        char buffer[static COLUMN_TEXT_SIZE]);

/* Sets an enum by its word; false, and nothing is set, when it is none. */
bool column_set_word(const struct column *column, void *object, const char *word);

#endif
