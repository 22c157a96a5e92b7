/*
 * The names of a result are those the server gives, the names of an insert or a copy those of its
 * own text: so a statement and a table of columns can be in any order, and cannot disagree.
 */
#include "store/column.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/binary.h"

/* --- reading --- */

/* Not an assert: what is wrong is in a statement, which no line of C names. */
static _Noreturn void give_up(const PGresult *result, const char *name, const char *why)
{
    (void)fprintf(stderr, "column '%s' %s in a statement that gives:", name, why);
    for (int i = 0; i < PQnfields(result); i++)
        (void)fprintf(stderr, " %s", PQfname(result, i));
    (void)fputc('\n', stderr);
    abort();
}

int store_place_of(const PGresult *result, const char *name)
{
    int number = PQfnumber(result, name);

    if (number < 0)
        give_up(result, name, "is missing");
    return number;
}

/* Types by their numbers in pg_type, which never change. */
static bool fits(enum column_type type, Oid oid, bool binary)
{
    enum {
        BOOL = 16,
        BYTEA = 17,
        NAME = 19,
        INT8 = 20,
        INT2 = 21,
        INT4 = 23,
        TEXT = 25,
        VARCHAR = 1043
    };
    enum {
        TIMESTAMPTZ = 1184,
        JSON = 114,
        JSONB = 3802,
        OWN_TYPES = 16384
    }; /* ours are enums, and numbered from here */

    switch (type) {
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
    case COLUMN_INT:
    case COLUMN_OPTIONAL:
        return oid == INT8 || oid == INT4 || oid == INT2;
    case COLUMN_INSTANT:
        return oid == INT8 || oid == INT4 || oid == INT2 || (oid == TIMESTAMPTZ && binary);
    case COLUMN_FLAG:
        return oid == BOOL;
    case COLUMN_STRING:
        return oid == TEXT || oid == VARCHAR || oid == NAME || oid == JSON || oid == JSONB;
    case COLUMN_DIGEST:
    case COLUMN_SEAL:
        return oid == TEXT || (oid == BYTEA && binary);
    case COLUMN_WORDS:
    case COLUMN_DAY:
        return oid == TEXT || oid == VARCHAR || oid == NAME;
    case COLUMN_ENUM:
        return oid == TEXT || oid >= OWN_TYPES;
    }
    return false;
}

static void look_up(struct store_reader *reader, const PGresult *result)
{
    for (size_t i = 0; reader->columns[i].name; i++) {
        const struct column *column = &reader->columns[i];
        bool wanted = !reader->use || (column->use & reader->use);

        assert(i < COUNT_OF(reader->number));
        reader->number[i] = wanted ? store_place_of(result, column->name) : -1;
        if (wanted && !fits(column->type, PQftype(result, reader->number[i]),
                            PQfformat(result, reader->number[i]) == 1))
            give_up(result, column->name, "is of another type");
    }
    reader->ready = true;
}

/* false when the word of an enum is none. */
static bool read_field(const struct column *column, const PGresult *result, int row, int number,
                       struct arena *arena, void *object)
{
    void *field = (char *)object + column->offset;

    switch (column->type) {
    case COLUMN_STRING:
    case COLUMN_WORDS:
        *(const char **)field =
            arena ? store_string(arena, result, row, number) : pg_text(result, row, number);
        return true;
    case COLUMN_NUMBER:
        *(int64_t *)field = pg_int(result, row, number);
        return true;
    case COLUMN_SIZE:
        *(size_t *)field = (size_t)pg_int(result, row, number);
        return true;
    case COLUMN_INT:
        *(int *)field = (int)pg_int(result, row, number);
        return true;
    case COLUMN_OPTIONAL:
        *(int *)field = PQgetisnull(result, row, number) ? -1 : (int)pg_int(result, row, number);
        return true;
    case COLUMN_FLAG:
        *(bool *)field = pg_bool(result, row, number);
        return true;
    case COLUMN_DAY:
        *(struct day *)field = pg_day(result, row, number);
        return true;
    case COLUMN_INSTANT:
        *(struct instant *)field = pg_instant(result, row, number);
        return true;
    case COLUMN_DIGEST:
    case COLUMN_SEAL:
        *(struct digest *)field = store_digest(result, row, number);
        return true;
    case COLUMN_ENUM:
        return PQgetisnull(result, row, number) ||
               column_set_word(column, object, pg_text(result, row, number));
    }
    return true;
}

bool store_read(struct store_reader *reader, const PGresult *result, int row, struct arena *arena,
                void *object)
{
    bool known = true;

    if (!reader->ready)
        look_up(reader, result);
    for (size_t i = 0; reader->columns[i].name; i++) {
        if (reader->number[i] >= 0)
            known &= read_field(&reader->columns[i], result, row, reader->number[i], arena, object);
    }
    return known;
}

bool store_read_row(const struct column *columns, const PGresult *result, int row,
                    struct arena *arena, void *object)
{
    struct store_reader reader = {.columns = columns};

    return store_read(&reader, result, row, arena, object);
}

int store_load_row(const struct store *store, const char *name, const char *sql,
                   const struct column *columns, struct arena *arena, void *object, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *const parameter[] = {store_number(arena, store->portal_id)};

    if (pg_run(store->pg, name, sql, PG_MAYBE, parameter, COUNT_OF(parameter), &result, err) < 0)
        return -1;
    if (PQntuples(result) > 0)
        (void)store_read_row(columns, result, 0, arena, object);
    return 0;
}

void *store_read_all(const struct column *columns, size_t size, const PGresult *result,
                     struct arena *arena, size_t *ret_count)
{
    struct store_reader reader = {.columns = columns};
    size_t count = (size_t)PQntuples(result);
    char *rows = arena_calloc(arena, count + 1, size);

    for (size_t i = 0; i < count; i++)
        (void)store_read(&reader, result, (int)i, arena, rows + i * size);
    *ret_count = count;
    return rows;
}

const char **store_read_list(const char *name, const PGresult *result, struct arena *arena,
                             size_t *ret_count)
{
    size_t count = (size_t)PQntuples(result);
    const char **value = arena_calloc(arena, count + 1, sizeof(value[0]));
    int number = store_place_of(result, name);

    for (size_t i = 0; i < count; i++)
        value[i] = store_string(arena, result, (int)i, number);
    *ret_count = count;
    return value;
}

/* --- writing --- */

/* The first parenthesis that is not in the comment on top. */
static const char *first_list(const char *sql)
{
    while (sql && strncmp(sql, "--", 2) == 0) {
        sql = strchr(sql, '\n');
        sql = sql ? sql + 1 : NULL;
    }
    return sql ? strchr(sql, '(') : NULL;
}

struct store_writer store_writer_of(const struct column *columns, const char *sql, size_t skip)
{
    static const char between[] = " \n,";
    struct store_writer writer = {.count = 0};
    const char *name = first_list(sql);
    size_t length = 0;

    assert(name);
    for (name++;; name += length) {
        name += strspn(name, between);
        if (*name == ')')
            return writer;
        length = strcspn(name, " \n,)");
        if (skip > 0) {
            skip--;
            continue;
        }
        assert(length > 0 && writer.count < COUNT_OF(writer.column));
        writer.column[writer.count] = column_find(columns, name, length);
        assert(writer.column[writer.count]);
        writer.count++;
    }
}

void store_copy_fields(struct text *row, const struct store_writer *writer, const void *object)
{
    char buffer[COLUMN_TEXT_SIZE];

    for (size_t i = 0; i < writer->count; i++) {
        const char *value = column_text(writer->column[i], object, buffer);
        enum column_type type = writer->column[i]->type;
        if (value && (type == COLUMN_DIGEST || type == COLUMN_SEAL))
            text_add(row, "\\\\x");
        pg_copy_field(row, value);
    }
}

static void add_binary(struct text *row, const struct column *column, const void *object)
{
    const void *field = (const char *)object + column->offset;
    char buffer[COLUMN_TEXT_SIZE];

    switch (column->type) {
    case COLUMN_STRING:
    case COLUMN_WORDS:
    case COLUMN_ENUM:
        binary_text(row, column_text(column, object, buffer));
        return;
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
        binary_bigint(row, column_int(column, object));
        return;
    case COLUMN_INT:
    case COLUMN_OPTIONAL:
        if (column->type == COLUMN_OPTIONAL && *(const int *)field < 0)
            binary_text(row, NULL);
        else
            binary_integer(row, *(const int *)field);
        return;
    case COLUMN_FLAG:
        binary_boolean(row, *(const bool *)field);
        return;
    case COLUMN_DAY:
        binary_day(row, *(const struct day *)field);
        return;
    case COLUMN_INSTANT:
        binary_time(row, *(const struct instant *)field);
        return;
    case COLUMN_DIGEST:
    case COLUMN_SEAL:
        if (column->type == COLUMN_SEAL && digest_is_zero(field))
            binary_text(row, NULL);
        else
            binary_digest(row, field);
        return;
    }
}

void store_binary_fields(struct text *row, const struct store_writer *writer, const void *object)
{
    for (size_t i = 0; i < writer->count; i++)
        add_binary(row, writer->column[i], object);
}

const char *const *store_parameters(const struct store_writer *writer, const void *object,
                                    struct arena *arena)
{
    const char **parameter = arena_calloc(arena, writer->count + 1, sizeof(parameter[0]));
    char buffer[COLUMN_TEXT_SIZE];

    for (size_t i = 0; i < writer->count; i++)
        parameter[i] = arena_strdup(arena, column_text(writer->column[i], object, buffer));
    return parameter;
}
