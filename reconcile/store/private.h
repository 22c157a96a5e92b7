/*
 * store/private: what the files of the store share: values on their way into a statement, rows on
 * their way out.
 */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "base/digest.h"
#include "facts/account.h"
#include "facts/person.h"
#include "sql.h"
#include "store/store.h"

/* Parameters of a statement; memory from the arena. No instant and no day are NULL. */
const char *store_number(struct arena *arena, int64_t number);
const char *store_time(struct arena *arena, struct instant instant);
const char *store_day(struct arena *arena, struct day day);
const char *store_hex(struct arena *arena, const struct digest *digest);
const char *store_flag(bool flag);

/* Fields of a row for COPY; as above. */
void store_copy_number(struct text *row, int64_t number);
void store_copy_time(struct text *row, struct instant instant);
void store_copy_day(struct text *row, struct day day);
void store_copy_digest(struct text *row, const struct digest *digest);
void store_copy_digest_or_null(struct text *row, const struct digest *digest); /* NULL, or zeros */
void store_copy_flag(struct text *row, bool flag);

/* COPY of `count` rows that `add` puts into the text one by one (or not, when it adds nothing). */
typedef void store_add_row(struct text *rows, const void *context, size_t index);
int store_copy(struct pg *pg, const char *name, const char *sql, store_add_row *add,
               const void *context, size_t count, struct err *err)
    __attribute__((warn_unused_result));

/* A statement that is told a portal and a number; ret_rows (may be NULL): how many it touched. */
int store_merge(const struct store *store, const char *name, const char *sql, int64_t number,
                int64_t *ret_rows, struct err *err) __attribute__((warn_unused_result));
#define STORE_MERGE(store, query, number, err)                                                     \
    store_merge((store), #query, query_##query, (number), NULL, (err))

/* `rows` of `staged` were added to a table: when they are many for the portal and for the table,
 * gathers the planner's figures by `analyze`. Those of many small portals differ little from those
 * of one more. Where a history is spread only a large portal does: what is gathered is of every
 * part, everybody's, and those servers run long enough to gather by themselves. */
int store_analyze(const struct store *store, const char *table, const char *analyze, int64_t rows,
                  size_t staged, struct err *err) __attribute__((warn_unused_result));

/* A transaction for reading or merging whole sets. store_end commits, or rolls back when `failed`,
 * and returns 0 or -1. */
int store_begin(const struct store *store, struct err *err) __attribute__((warn_unused_result));
/* Likewise, where several statements are to see the same: nobody's commit comes between. */
int store_begin_still(const struct store *store, struct err *err)
    __attribute__((warn_unused_result));
int store_end(const struct store *store, int failed, struct err *err)
    __attribute__((warn_unused_result));

/* Of so many accounts, whether each is better looked up by its key than all are walked over; and
 * that the statements after it may do so ("on"), or not any more ("off"), where they are few. */
bool store_are_few(size_t count, size_t among);
int store_let_loop(const struct store *store, bool few, const char *whether, struct err *err)
    __attribute__((warn_unused_result));

/* The next number of a kind, only for the newest run; ERR_LOCKED for any other. */
int store_next(const struct store *store, const char *name, const char *sql, int64_t run,
               int64_t *ret_number, struct err *err) __attribute__((warn_unused_result));

/* Holds the portal's row until the end of the transaction: decisions and steps wait for each other
 * here. ERR_LOCKED when `run` (0 = any) is not the newest run of the portal. */
int store_hold(const struct store *store, int64_t run, int64_t *ret_newest_plan, struct err *err)
    __attribute__((warn_unused_result));
/* An array literal for a parameter of type text[] or bigint[]; memory from the arena. */
const char *store_text_array(struct arena *arena, const char *const *item, size_t count);
const char *store_number_array(struct arena *arena, const int64_t *item, size_t count);

/* A column, copied into the arena; NULL for SQL NULL. */
const char *store_string(struct arena *arena, const PGresult *result, int row, int column);
/* Written in hex, or as it is where the answer is in binary. */
struct digest store_digest(const PGresult *result, int row, int column);

/* Words of the tables. */
const char *store_login_kind(enum login_kind kind); /* NULL for LOGIN_NOT_READ */
const char *store_login_source(enum login_source source);
extern const struct column_words store_login_kind_words, store_login_source_words;

#endif
