/*
 * store/column: rows of a statement into structs and out of them, by the names of the columns
 * (base/column) and never by their number: that is only for a statement with one column, which has
 * no neighbour to be taken for. A name that one side has and the other has not, or has of another
 * type, is our own mistake: it ends the program, which says which columns the statement gives.
 *
 * In a statement that reads, an instant is selected as us(…), a digest as encode(…, 'hex'), both
 * under their own name: `us(created_at) as created_at`.
 */
#ifndef STORE_COLUMN_H
#define STORE_COLUMN_H

#include "base/column.h"
#include "store/private.h"

#define STORE_COLUMNS_MAX 64

/* Rows of one statement, however many results they come in: the names are looked up once. */
struct store_reader {
    const struct column *columns;
    unsigned use; /* only columns that have one of these bits; 0 = all */
    bool ready;
    int number[STORE_COLUMNS_MAX]; /* in the result, of each column of the table */
};

/* Reads what the table lists; other columns of the result are another table's. Text goes into the
 * arena; without one it stays in the result, and lasts as long. SQL NULL is none, negative for an
 * OPTIONAL; of an enum it leaves the field as it is. false when an enum's word is none: its field
 * is left as it is as well. */
bool store_read(struct store_reader *reader, const PGresult *result, int row, struct arena *arena,
                void *object);

/* The same for one row alone. */
bool store_read_row(const struct column *columns, const PGresult *result, int row,
                    struct arena *arena, void *object);

/* The row of a statement that is told the portal alone; without one the object stays as it is. */
int store_load_row(const struct store *store, const char *name, const char *sql,
                   const struct column *columns, struct arena *arena, void *object, struct err *err)
    __attribute__((warn_unused_result));
#define STORE_LOAD_ROW(store, query, columns, arena, object, err)                                  \
    store_load_row((store), #query, query_##query, (columns), (arena), (object), (err))

/* All rows as an array of structs of `size` bytes, zero but for what the table lists. */
void *store_read_all(const struct column *columns, size_t size, const PGresult *result,
                     struct arena *arena, size_t *ret_count);

/* The number of a column, for a few rows whose values go different ways: ask it before the rows. */
int store_place_of(const PGresult *result, const char *name);

/* One column of text or numbers of all rows, as text. */
const char **store_read_list(const char *name, const PGresult *result, struct arena *arena,
                             size_t *ret_count);

/* The columns that an insert or a copy names in its first list, `(a, b, …)`, without the first
 * `skip`: what is written has their order. */
struct store_writer {
    const struct column *column[STORE_COLUMNS_MAX];
    size_t count;
};
struct store_writer store_writer_of(const struct column *columns, const char *sql, size_t skip);

/* The fields of a row for COPY. */
void store_copy_fields(struct text *row, const struct store_writer *writer, const void *object);
/* Likewise in binary (store/binary). An int goes into an integer, other numbers into a bigint, and
 * an enum into a text. */
void store_binary_fields(struct text *row, const struct store_writer *writer, const void *object);

/* The parameters $1, $2 … of an insert; memory from the arena. */
const char *const *store_parameters(const struct store_writer *writer, const void *object,
                                    struct arena *arena);

#endif
