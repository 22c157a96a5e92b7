/*
 * Fields by their place. Only here is a pointer to a field made of a number, so only here could the
 * type of a column be another one than that of its field: a table is made by offsetof.
 */
#include "base/column.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"

static const void *field_of(const struct column *column, const void *object)
{
    return (const char *)object + column->offset;
}

const struct column *column_find(const struct column *columns, const char *name, size_t length)
{
    while (columns->name &&
           (strlen(columns->name) != length || memcmp(columns->name, name, length) != 0))
        columns++;
    return columns->name ? columns : NULL;
}

/* An enum of ours has one byte when it is packed, else it is an unsigned int. */
static unsigned enum_at(const struct column *column, const void *field)
{
    return column->width == 1 ? *(const uint8_t *)field : *(const unsigned *)field;
}

static const char *word_at(const struct column_words *words, size_t index)
{
    const char *word = NULL;

    assert(index < words->count);
    memcpy(&word, (const char *)words->row + index * words->size, sizeof(word));
    return word;
}

/* Of numbers, flags, days (their number) and instants (microseconds). */
static int64_t column_int(const struct column *column, const void *object)
{
    const void *field = field_of(column, object);

    switch (column->type) {
    case COLUMN_NUMBER:
        return *(const int64_t *)field;
    case COLUMN_SIZE:
        return (int64_t) * (const size_t *)field;
    case COLUMN_INT:
    case COLUMN_OPTIONAL:
        return *(const int *)field;
    case COLUMN_FLAG:
        return *(const bool *)field;
    case COLUMN_DAY:
        return ((const struct day *)field)->number;
    case COLUMN_INSTANT:
        return ((const struct instant *)field)->us;
    case COLUMN_ENUM:
        return enum_at(column, field);
    case COLUMN_STRING:
    case COLUMN_WORDS:
    case COLUMN_DIGEST:
        break;
    }
    assert(false); /* a text is no number */
    return 0;
}

const char *column_text(const struct column *column, const void *object,
                        char buffer[static COLUMN_TEXT_SIZE])
{
    const void *field = field_of(column, object);

    switch (column->type) {
    case COLUMN_STRING:
    case COLUMN_WORDS:
        return *(const char *const *)field;
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
    case COLUMN_INT:
    case COLUMN_OPTIONAL:
        if (column->type == COLUMN_OPTIONAL && *(const int *)field < 0)
            return NULL;
        (void)snprintf(buffer, COLUMN_TEXT_SIZE, "%lld", (long long)column_int(column, object));
        return buffer;
    case COLUMN_FLAG:
        return *(const bool *)field ? "true" : "false";
    case COLUMN_DAY: {
        const struct day *day = field;
        return day_is_set(*day) ? day_format(*day, buffer) : NULL;
    }
    case COLUMN_INSTANT: {
        const struct instant *instant = field;
        return instant_is_set(*instant) ? instant_format(*instant, buffer) : NULL;
    }
    case COLUMN_DIGEST:
        return digest_hex(field, buffer);
    case COLUMN_ENUM:
        return word_at(column->words, enum_at(column, field));
    }
    return NULL;
}

bool column_set_word(const struct column *column, void *object, const char *word)
{
    const struct column_words *words = column->words;
    const char *row = word_row(words->row, words->count, words->size, word);
    void *field = (char *)object + column->offset;

    if (!row)
        return false;
    size_t index = (size_t)(row - (const char *)words->row) / words->size;
    if (column->width == 1)
        *(uint8_t *)field = (uint8_t)index;
    else
        *(unsigned *)field = (unsigned)index;
    return true;
}
