/*
 * pg: a PostgreSQL connection with a deadline around every call (libpq in non-blocking mode and
 * poll), so that a dead server never hangs a run that holds the lock.
 *
 * Statements are the compiled files of db/queries; parameters are text, NULL is SQL NULL. The
 * caller states the shape it expects; anything else is an error. Server errors carry SQLSTATE,
 * statement name and the primary message, never parameters.
 */
#ifndef DATABASE_PG_H
#define DATABASE_PG_H

#include <libpq-fe.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/text.h"
#include "host/secret.h"

struct pg; /* PGconn and its deadlines */

struct pg_settings {
    /* Keyword/value or URI; a password in it is refused by the configuration. What it says of TLS,
     * keepalives and target_session_attrs (read-write unless it says else) is passed on. */
    const char *conninfo;
    const struct secret *password; /* NULL = none */
    /* 0 = 10, 600 and 30 s. The first is for each host of the string, and for each address of a
     * name; looking names up has the resolver's own time. A call is given up 5 s after its
     * statement should have been ended by the server. */
    int64_t connect_timeout_s, statement_timeout_s, lock_timeout_s;
};

/* Opens the first host of the string that is what target_session_attrs asks for, with
 * client_encoding UTF8, TimeZone UTC, ISO dates, tcp_user_timeout, keepalives, statement_timeout,
 * lock_timeout, idle_in_transaction_session_timeout, application_name bynder-reconcile, search_path
 * reconcile,pg_catalog, and the meaning of literals and values whatever role and database say.
 * ERR_UNREACHABLE: none would do, with what happened at each. ERR_CONFIG, and nothing was set: the
 * database is not UTF8, or a pooler lends its sessions by the transaction. */
int pg_open(const struct pg_settings *settings, struct pg **ret_pg, struct err *err)
    __attribute__((warn_unused_result));

/* The error of a session that is not ours alone: ERR_CONFIG, -1. */
int pg_shared_session(const struct pg *pg, struct err *err);

void pg_close(struct pg *pg); /* NULL is fine */
CLEANUP_POINTER(struct pg, pg_closep, pg_close)

/* Whether a signal leaves the statement in hand alone. A run's outcomes must be recorded whatever
 * somebody wishes; everybody else gives way: the statement is cancelled, the connection is gone,
 * and the error is ERR_INTERRUPTED. That is the rule until a run begins. */
void pg_finish_first(bool finish);

enum pg_shape {
    PG_NOTHING, /* no result rows wanted */
    PG_ONE,     /* exactly one row */
    PG_MAYBE,   /* none or one */
    PG_MANY,    /* any number */
};

/* Runs one statement with text parameters. `name` is for messages ("snapshot_insert"). ret_result
 * may be NULL. Wrong shape: ERR_INTERNAL. Connection lost, deadline or statement_timeout passed, no
 * room at the server: ERR_UNREACHABLE. lock_timeout passed: ERR_LOCKED. After a deadline the server
 * is told once to cancel, and the connection is gone: every later call is ERR_UNREACHABLE. */
int pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
           const char *const *parameter, size_t count, PGresult **ret_result, struct err *err)
    __attribute__((warn_unused_result));

/* The compiled query `query_NAME` with parameters given as strings:
 *   PG_QUERY(pg, snapshot_insert, PG_ONE, &result, err, portal, run, …) */
#define PG_QUERY(pg, query, shape, ret_result, err, ...)                                           \
    pg_run((pg), #query, query_##query, (shape), (const char *const[]){NULL, ##__VA_ARGS__} + 1,   \
           COUNT_OF(((const char *const[]){NULL, ##__VA_ARGS__})) - 1, (ret_result), (err))

/* A script of any number of statements without parameters, for migrations. Its rows are dropped. */
int pg_script(struct pg *pg, const char *name, const char *sql, struct err *err)
    __attribute__((warn_unused_result));

int pg_begin(struct pg *pg, struct err *err) __attribute__((warn_unused_result));
int pg_commit(struct pg *pg, struct err *err) __attribute__((warn_unused_result));
/* Sends the commit and waits for nothing; the next call waits for its answer, and does not fail
 * because it did. Of a transaction that only reads, whose end is what takes the time (a held
 * cursor). `name` is what a failure is told of, a string that lasts. */
int pg_commit_later(struct pg *pg, const char *name, struct err *err)
    __attribute__((warn_unused_result));
/* How that went, once it is asked about. */
int pg_committed(struct pg *pg, struct err *err) __attribute__((warn_unused_result));
/* Sends a statement whose rows are taken later, by pg_answered, and waits for nothing; the next
 * call waits for its answer, and does not fail because it did. What was asked like this before and
 * not taken is dropped. `name` is a string that lasts. */
int pg_ask(struct pg *pg, const char *name, const char *sql, const char *const *parameter,
           size_t count, struct err *err) __attribute__((warn_unused_result));
/* Its rows, or how it failed, as pg_run would have told it; to be asked once. */
int pg_answered(struct pg *pg, const char *name, enum pg_shape shape, PGresult **ret_result,
                struct err *err) __attribute__((warn_unused_result));
/* It is not needed any more, and is not waited for: the server is asked to end it. */
void pg_forget_commit(struct pg *pg);
/* Lets the server write to its disk what it has in memory, while its caller does something else: a
 * server that is stopped soon has less to write then. Whether it does is nobody's matter. */
void pg_write_back(struct pg *pg);
/* For every way out that has not committed; does not report. Nothing happens outside of a
 * transaction. */
void pg_rollback(struct pg *pg);

/* COPY … FROM STDIN in text format. Rows are added to a text by pg_copy_field / pg_copy_end_row and
 * sent in pieces by pg_copy_send. The statement_timeout covers begin to end. */
int pg_copy_begin(struct pg *pg, const char *name, const char *sql, struct err *err)
    __attribute__((warn_unused_result));
void pg_copy_field(struct text *row, const char *value); /* escapes; NULL as \N; adds the tab */
void pg_copy_end_row(struct text *row);
/* Sends and clears when the buffer is over 64 KiB, or `flush`. A row the server refuses is reported
 * by pg_copy_end. */
int pg_copy_send(struct pg *pg, struct text *rows, bool flush, struct err *err)
    __attribute__((warn_unused_result));
int pg_copy_end(struct pg *pg, int64_t *ret_rows, struct err *err)
    __attribute__((warn_unused_result));

/* A large result row by row (single-row mode), in binary, which costs the server less: `each` is
 * called for every row; -1 from it stops the statement, and its error is the error. */
int pg_each(struct pg *pg, const char *name, const char *sql, const char *const *parameter,
            size_t count, int (*each)(const PGresult *row, void *context, struct err *err),
            void *context, struct err *err) __attribute__((warn_unused_result));

/* What a cursor has left, likewise, many rows at a time: the server sends the next ones
 * while `each` has these. The cursor stays. */
int pg_fetch(struct pg *pg, const char *cursor,
             int (*each)(const PGresult *rows, int row, void *context, struct err *err),
             void *context, struct err *err) __attribute__((warn_unused_result));

/* Typed columns of row `row`, of a result in text or in binary; a value that does not parse is our
 * mistake (assert), and so is NULL for int, bool and double. A double is a plain decimal: select it
 * as numeric, and not by pg_each. */
const char *pg_text(const PGresult *result, int row, int column); /* NULL for SQL NULL */
int64_t pg_int(const PGresult *result, int row, int column);
bool pg_bool(const PGresult *result, int row, int column);
double pg_double(const PGresult *result, int row, int column);
/* Columns selected as microseconds since the epoch: (extract(epoch from t) * 1000000)::bigint, or
 * by pg_each the time itself. NULL is no instant, and no day below. */
struct instant pg_instant(const PGresult *result, int row, int column);
/* Columns selected as text YYYY-MM-DD */
struct day pg_day(const PGresult *result, int row, int column);
/* How many rows an INSERT, UPDATE, DELETE or COPY touched. */
int64_t pg_affected(PGresult *result);

static inline void pg_clearp(PGresult **result)
{
    PQclear(*result);
}

/* For tests, and for questions libpq answers without asking the server. NULL when it is gone. */
PGconn *pg_raw(struct pg *pg);

#endif
