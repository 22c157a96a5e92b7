/*
 * The connection is always in non-blocking mode, and every wait is a poll with what is left of one
 * deadline per call. The server has its own statement_timeout, a little shorter, so the deadline is
 * for a server that does not answer at all. Once it has passed nobody knows what the server still
 * does with the statement, so the connection is never used again: it is asked to cancel by a child
 * process (PQcancel itself can hang for ever), then closed.
 */
#include "database/pg.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "database/pg_private.h"
#include "host/clock.h"

#define CANCEL_MS   2000
#define ROLLBACK_MS 5000
#define SLICE_MS    1000
#define COPY_PIECE  65536

/* --- the end of a connection --- */

/* PQcancel makes a second connection and waits without a limit; a child can be given one. It is
 * safe after a fork: PQcancel is made for signal handlers. */
static void cancel_once(PGconn *conn)
{
    PGcancel *cancel = PQgetCancel(conn);
    CLEANUP(cleanup_fd) int fd = -1;
    pid_t child;

    if (!cancel)
        return;
    child = fork();
    if (child == 0) {
        char reason[256];

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* it shares our lock files */
        _exit(PQcancel(cancel, reason, sizeof(reason)) ? 0 : 1);
    }
    PQfreeCancel(cancel);
    if (child < 0)
        return;
    fd = pidfd_open(child, 0);
    if (fd >= 0) {
        struct pollfd ended = {.fd = fd, .events = POLLIN};
        int64_t deadline = clock_steady_ms() + CANCEL_MS;

        while (poll(&ended, 1,
                    (int)(deadline > clock_steady_ms() ? deadline - clock_steady_ms() : 0)) < 0 &&
               errno == EINTR)
            continue;
    }
    (void)kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static void drop_connection(struct pg *pg)
{
    PQfinish(pg->conn);
    pg->conn = NULL;
    free(pg->copy_name);
    pg->copy_name = NULL;
}

void pg_add_message(struct text *text, const char *message)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    size_t length = message ? strlen(message) : 0;

    while (length > 0 && strchr("\n\r \t", message[length - 1]))
        length--;
    for (size_t i = 0; i < length; i++) {
        if (message[i] != '\n')
            text_add_char(&line, message[i] == '\t' ? ' ' : message[i]);
        else if (i > 0 && message[i - 1] != '\n')
            text_add(&line, "; ");
    }
    text_add_printable(text, text_cstr(&line));
}

static int lost(struct pg *pg, const char *name, struct err *err)
{
    CLEANUP(text_release) struct text reason = TEXT_INIT;

    pg_add_message(&reason, pg->conn ? PQerrorMessage(pg->conn) : "it was given up before");
    (void)err_set(err, ERR_UNREACHABLE, "lost the connection to %s in '%s': %s", pg->where, name,
                  text_cstr(&reason));
    drop_connection(pg); /* last: the name may be that of its COPY */
    return -1;
}

static bool finishes_first;

void pg_finish_first(bool finish)
{
    finishes_first = finish;
}

/* Waits for `events` on the connection's socket. */
static int wait_for(struct pg *pg, short events, int64_t deadline, const char *name,
                    struct err *err)
{
    struct pollfd socket = {.fd = PQsocket(pg->conn), .events = events};

    if (socket.fd < 0)
        return lost(pg, name, err);
    for (;;) {
        int64_t left = deadline - clock_steady_ms();
        /* A signal that comes just before poll is not slept over for long. */
        int ready = poll(&socket, 1, (int)(left > SLICE_MS ? SLICE_MS : left > 0 ? left : 0));

        if (ready > 0)
            return 0;
        if (!finishes_first && clock_is_interrupted()) {
            (void)err_set(err, ERR_INTERRUPTED,
                          "stopped by a signal while %s was asked '%s'; what was not committed did "
                          "not happen",
                          pg->where, name);
            cancel_once(pg->conn);
            drop_connection(pg);
            return -1;
        }
        if (ready < 0 && errno != EINTR)
            return err_set_errno(err, ERR_INTERNAL, errno, "cannot wait for %s", pg->where);
        if (ready == 0 && left <= 0) {
            (void)err_set(err, ERR_UNREACHABLE,
                          "%s did not answer '%s' in time and was given up; whether it was "
                          "carried out is not known",
                          pg->where, name);
            cancel_once(pg->conn);
            drop_connection(pg);
            return -1;
        }
    }
}

void pg_close(struct pg *pg)
{
    if (!pg)
        return;
    PQfinish(pg->conn);
    free(pg->where);
    free(pg->copy_name);
    PQclear(pg->rows);
    for (enum owed owed = OWES_COMMIT; owed < OWED_KINDS; owed++)
        err_release(&pg->late[owed]);
    free(pg);
}

PGconn *pg_raw(struct pg *pg)
{
    return pg->conn;
}

/* --- what a server error means --- */

/* The longest prefix that fits decides; all else is ours: ERR_INTERNAL. */
static const struct {
    const char *sqlstate;
    enum err_code code;
    const char *hint;
} meanings[] = {
    {"08", ERR_UNREACHABLE, ""},
    {"25006", ERR_UNREACHABLE,
     "; hint: this server takes no writes: it is a standby, or was made read-only; name the one "
     "that "
     "does in database.conninfo"},
    {"42501", ERR_CONFIG, "; hint: this login has not the right, db/roles.sql says which role may"},
    {"53", ERR_UNREACHABLE, "; hint: the database server is out of room"},
    {"55P03", ERR_LOCKED, "; hint: somebody else holds the lock, try again later"},
    {"57014", ERR_UNREACHABLE, "; hint: see database.statement_timeout"},
    {"57P", ERR_UNREACHABLE, ""},
    {"58030", ERR_UNREACHABLE, "; hint: the database server has a disk error, see its log"},
    /* Among them: a server that coordinates others lost one of them. */
    {"XX", ERR_UNREACHABLE, "; hint: the database server has an error of its own, see its log"},
};

/* In class 22 (data exception) and in a cast the message quotes the value, which may be a name. */
static size_t length_without_value(const char *sqlstate, const char *message)
{
    const char *value = text_starts(sqlstate, "22") ? strstr(message, ": \"") : NULL;

    return value ? (size_t)(value - message) : strlen(message);
}

static int server_error(const struct pg *pg, const char *name, const PGresult *result,
                        struct err *err)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    CLEANUP(text_release) struct text shown = TEXT_INIT;
    CLEANUP(mem_cleanup) char *cut = NULL;

    if (!sqlstate) { /* made by libpq itself: the connection is gone, or an answer out of turn */
        pg_add_message(&shown, PQresultErrorMessage(result));
        return err_set(err, ERR_UNREACHABLE, "lost the connection to %s in '%s': %s", pg->where,
                       name, text_cstr(&shown));
    }
    /* What a statement of ours raises says itself what to do, where somebody can. */
    const char *hint =
        strcmp(sqlstate, "P0001") == 0 ? PQresultErrorField(result, PG_DIAG_MESSAGE_HINT) : NULL;
    message = message ? message : "no reason given";
    cut = mem_strndup(message, length_without_value(sqlstate, message));
    pg_add_message(&shown, cut);
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        if (text_starts(sqlstate, meanings[i].sqlstate))
            return err_set(err, meanings[i].code, "%s: '%s' failed: %s (SQLSTATE %s)%s", pg->where,
                           name, text_cstr(&shown), sqlstate, meanings[i].hint);
    }
    return err_set(err, hint ? ERR_CONFIG : ERR_INTERNAL, "%s: '%s' failed: %s (SQLSTATE %s)%s%s",
                   pg->where, name, text_cstr(&shown), sqlstate, hint ? "; hint: " : "",
                   hint ? hint : "");
}

/* --- one call --- */

static int check_usable(struct pg *pg, const char *name, struct err *err)
{
    for (enum owed owed = OWES_COMMIT; !pg->conn && owed < OWED_KINDS; owed++) {
        const struct err *late = &pg->late[owed];
        if (late->code != ERR_NONE) /* why it is gone; whose it is will hear it as well */
            return err_set(err, late->code, "%s", late->text);
    }
    if (!pg->conn || PQstatus(pg->conn) == CONNECTION_BAD)
        return lost(pg, name, err);
    assert(!pg->copy_name); /* a COPY is closed before the next statement */
    return 0;
}

/* Sends all that libpq holds back; what arrives meanwhile is taken, or both sides would wait. */
static int flush(struct pg *pg, int64_t deadline, const char *name, struct err *err)
{
    for (;;) {
        int left = PQflush(pg->conn);

        if (left == 0)
            return 0;
        if (left < 0)
            return lost(pg, name, err);
        if (wait_for(pg, POLLIN | POLLOUT, deadline, name, err) < 0)
            return -1;
        if (!PQconsumeInput(pg->conn))
            return lost(pg, name, err);
    }
}

/* The next result, or NULL at the end of a statement. */
static int next_result(struct pg *pg, int64_t deadline, const char *name, PGresult **ret_result,
                       struct err *err)
{
    if (flush(pg, deadline, name, err) < 0)
        return -1;
    while (PQisBusy(pg->conn)) {
        if (wait_for(pg, POLLIN, deadline, name, err) < 0)
            return -1;
        if (!PQconsumeInput(pg->conn))
            return lost(pg, name, err);
    }
    *ret_result = PQgetResult(pg->conn);
    return 0;
}

/* In these states PQgetResult gives the same result again for ever. */
static bool is_copy_state(ExecStatusType status)
{
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

static bool is_error(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
           status == PGRES_NONFATAL_ERROR;
}

/* All results of a statement, of which the first error, else the last, is kept. */
static int finish(struct pg *pg, int64_t deadline, const char *name, PGresult **ret_result,
                  struct err *err)
{
    CLEANUP(pg_clearp) PGresult *kept = NULL;

    for (;;) {
        CLEANUP(pg_clearp) PGresult *result = NULL;

        if (next_result(pg, deadline, name, &result, err) < 0)
            return -1;
        if (!result)
            break;
        if (!kept || !is_error(kept)) {
            PQclear(kept);
            kept = TAKE(result);
        }
        if (kept && is_copy_state(PQresultStatus(kept)))
            break;
    }
    if (!kept)
        return lost(pg, name, err);
    if (is_error(kept)) {
        (void)server_error(pg, name, kept, err);
        if (PQstatus(pg->conn) == CONNECTION_BAD)
            drop_connection(pg);
        return -1;
    }
    *ret_result = TAKE(kept);
    return 0;
}

static const struct {
    const char *words;
    int minimum, maximum; /* rows */
} shapes[] = {
    [PG_NOTHING] = {"no rows", 0, 0},
    [PG_ONE] = {"one row", 1, 1},
    [PG_MAYBE] = {"at most one row", 0, 1},
    [PG_MANY] = {"rows", 0, INT32_MAX},
};

static int check_shape(const PGresult *result, const char *name, enum pg_shape shape,
                       struct err *err)
{
    ExecStatusType status = PQresultStatus(result);
    bool has_rows = status == PGRES_TUPLES_OK;

    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        return err_set(err, ERR_INTERNAL, "'%s' ended as %s, %s expected", name,
                       PQresStatus(status), shapes[shape].words);
    if (has_rows != (shape != PG_NOTHING))
        return err_set(err, ERR_INTERNAL, "'%s' gave %s, %s expected", name,
                       has_rows ? "rows" : "no rows at all", shapes[shape].words);
    if (PQntuples(result) < shapes[shape].minimum || PQntuples(result) > shapes[shape].maximum)
        return err_set(err, ERR_INTERNAL, "'%s' gave %d rows, %s expected", name, PQntuples(result),
                       shapes[shape].words);
    return 0;
}

/* The server answers ROLLBACK to a commit of a transaction in which something failed. */
static int check_commit(const struct pg *pg, PGresult *result, struct err *err)
{
    if (strcmp(PQcmdStatus(result), "COMMIT") == 0)
        return 0;
    return err_set(err, ERR_INTERNAL,
                   "%s: the transaction was rolled back, a statement in it had failed", pg->where);
}

/* Waits for the answer to what was sent and not waited for, before anything else is asked. What
 * came of it is kept for who sent it: a failure is nobody else's. */
static void settle(struct pg *pg)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    enum owed owes = pg->owes;
    struct err *err = owes == OWES_ANY ? NULL : &pg->late[owes];

    if (owes == OWES_NOTHING)
        return;
    pg->owes = OWES_NOTHING;
    if (finish(pg, clock_steady_ms() + pg->call_ms, pg->owed_by, &result, err) < 0)
        return;
    if (is_copy_state(PQresultStatus(result)))
        drop_connection(pg); /* nobody can use it as it is */
    if (owes == OWES_ROWS)
        pg->rows = TAKE(result);
    else if (owes == OWES_COMMIT && check_commit(pg, result, err) < 0)
        return; /* kept */
}

enum format { AS_TEXT = 0, AS_BINARY = 1 };

static int send_query(struct pg *pg, const char *name, const char *sql,
                      const char *const *parameter, size_t count, enum format format,
                      struct err *err)
{
    if (pg->conn)
        settle(pg);
    if (check_usable(pg, name, err) < 0)
        return -1;
    if (!PQsendQueryParams(pg->conn, sql, (int)count, NULL, parameter, NULL, NULL, (int)format))
        return lost(pg, name, err);
    return 0;
}

int pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
           const char *const *parameter, size_t count, PGresult **ret_result, struct err *err)
{
    int64_t deadline = clock_steady_ms() + pg->call_ms;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (send_query(pg, name, sql, parameter, count, AS_TEXT, err) < 0 ||
        finish(pg, deadline, name, &result, err) < 0)
        return -1;
    if (is_copy_state(PQresultStatus(result)))
        drop_connection(pg); /* nobody can use it as it is */
    if (check_shape(result, name, shape, err) < 0)
        return -1;
    if (ret_result)
        *ret_result = TAKE(result);
    return 0;
}

int pg_script(struct pg *pg, const char *name, const char *sql, struct err *err)
{
    int64_t deadline = clock_steady_ms() + pg->call_ms;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg->conn)
        settle(pg);
    if (check_usable(pg, name, err) < 0)
        return -1;
    if (!PQsendQuery(pg->conn, sql))
        return lost(pg, name, err);
    if (finish(pg, deadline, name, &result, err) < 0)
        return -1;
    if (is_copy_state(PQresultStatus(result))) {
        drop_connection(pg);
        return err_set(err, ERR_INTERNAL, "'%s' holds a COPY, which a script cannot", name);
    }
    return 0;
}

/* --- transactions --- */

int pg_begin(struct pg *pg, struct err *err)
{
    return pg_run(pg, "begin", "begin", PG_NOTHING, NULL, 0, NULL, err);
}

int pg_commit(struct pg *pg, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg_run(pg, "commit", "commit", PG_NOTHING, NULL, 0, &result, err) < 0)
        return -1;
    return check_commit(pg, result, err);
}

static int send_ahead(struct pg *pg, const char *name, const char *sql,
                      const char *const *parameter, size_t count, struct err *err)
{
    if (send_query(pg, name, sql, parameter, count, AS_TEXT, err) < 0 ||
        flush(pg, clock_steady_ms() + pg->call_ms, name, err) < 0)
        return -1;
    pg->owed_by = name;
    return 0;
}

int pg_commit_later(struct pg *pg, const char *name, struct err *err)
{
    if (send_ahead(pg, name, "commit", NULL, 0, err) < 0)
        return -1;
    err_release(&pg->late[OWES_COMMIT]);
    pg->owes = OWES_COMMIT;
    return 0;
}

int pg_ask(struct pg *pg, const char *name, const char *sql, const char *const *parameter,
           size_t count, struct err *err)
{
    if (send_ahead(pg, name, sql, parameter, count, err) < 0)
        return -1;
    err_release(&pg->late[OWES_ROWS]);
    PQclear(pg->rows);
    pg->rows = NULL;
    pg->owes = OWES_ROWS;
    return 0;
}

int pg_answered(struct pg *pg, const char *name, enum pg_shape shape, PGresult **ret_result,
                struct err *err)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;

    if (pg->conn)
        settle(pg);
    if (pg->late[OWES_ROWS].code != ERR_NONE)
        return err_move(err, &pg->late[OWES_ROWS]);
    rows = TAKE(pg->rows);
    if (!rows)
        return err_set(err, ERR_INTERNAL, "'%s' was not asked, or its answer was taken", name);
    if (check_shape(rows, name, shape, err) < 0)
        return -1;
    *ret_result = TAKE(rows);
    return 0;
}

int pg_committed(struct pg *pg, struct err *err)
{
    if (pg->conn)
        settle(pg);
    return pg->late[OWES_COMMIT].code == ERR_NONE ? 0 : err_move(err, &pg->late[OWES_COMMIT]);
}

/* Whether the answer to what was sent is there, or the connection gone, before so many ms are over.
 */
static bool is_answered(struct pg *pg, int ms)
{
    while (PQisBusy(pg->conn)) {
        struct pollfd socket = {.fd = PQsocket(pg->conn), .events = POLLIN};

        if (socket.fd < 0)
            return true;
        if (poll(&socket, 1, ms) <= 0)
            return false;
        if (!PQconsumeInput(pg->conn))
            return true;
    }
    return true;
}

enum { CANCELS = 50, CANCEL_AGAIN_MS = 100 };

void pg_forget_commit(struct pg *pg)
{
    bool before = finishes_first;

    if (pg->conn && pg->owes == OWES_COMMIT) {
        /* Of a statement that the server has not begun nothing is ended: it is asked again. */
        for (int i = 0; i < CANCELS && !is_answered(pg, i == 0 ? 0 : CANCEL_AGAIN_MS); i++)
            cancel_once(pg->conn);
        pg_finish_first(true); /* a signal that ends the run does not end its connection */
        settle(pg);
        pg_finish_first(before);
    }
    err_release(&pg->late[OWES_COMMIT]);
}

void pg_write_back(struct pg *pg)
{
    if (send_ahead(pg, "checkpoint", "checkpoint", NULL, 0, NULL) == 0)
        pg->owes = OWES_ANY;
}

/* Leaves a COPY that will not be completed: the server forgets its rows. */
static void abandon_copy(struct pg *pg, int64_t deadline)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    free(pg->copy_name);
    pg->copy_name = NULL;
    if (PQputCopyEnd(pg->conn, "given up") < 0)
        drop_connection(pg);
    else
        (void)finish(pg, deadline, "copy", &result, NULL);
}

void pg_rollback(struct pg *pg)
{
    int64_t call_ms = pg->call_ms;

    if (!pg->conn)
        return;
    if (pg->copy_name)
        abandon_copy(pg, clock_steady_ms() + ROLLBACK_MS);
    if (!pg->conn || PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
        return;
    pg->call_ms = call_ms < ROLLBACK_MS ? call_ms : ROLLBACK_MS;
    if (pg_run(pg, "rollback", "rollback", PG_NOTHING, NULL, 0, NULL, NULL) < 0 && pg->conn)
        drop_connection(pg); /* the server ends the transaction when we are gone */
    pg->call_ms = call_ms;
}

/* --- COPY --- */

int pg_copy_begin(struct pg *pg, const char *name, const char *sql, struct err *err)
{
    int64_t deadline = clock_steady_ms() + pg->call_ms;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (send_query(pg, name, sql, NULL, 0, AS_TEXT, err) < 0 ||
        finish(pg, deadline, name, &result, err) < 0)
        return -1;
    if (PQresultStatus(result) != PGRES_COPY_IN) {
        if (is_copy_state(PQresultStatus(result)))
            drop_connection(pg);
        return err_set(err, ERR_INTERNAL, "'%s' is not a COPY FROM STDIN", name);
    }
    pg->copy_name = mem_strdup(name);
    return 0;
}

void pg_copy_field(struct text *row, const char *value)
{
    if (!value) {
        text_add(row, "\\N\t");
        return;
    }
    while (*value) {
        size_t plain = strcspn(value, "\\\n\r\t");

        text_add_bytes(row, value, plain);
        value += plain;
        if (*value) {
            text_add_char(row, '\\');
            text_add_char(row, *value == '\n'   ? 'n'
                               : *value == '\r' ? 'r'
                               : *value == '\t' ? 't'
                                                : '\\');
            value++;
        }
    }
    text_add_char(row, '\t');
}

void pg_copy_end_row(struct text *row)
{
    assert(row->length > 0 && row->data[row->length - 1] == '\t');
    row->data[row->length - 1] = '\n';
}

int pg_copy_send(struct pg *pg, struct text *rows, bool flush_now, struct err *err)
{
    int64_t deadline = clock_steady_ms() + pg->call_ms;
    size_t sent = 0;

    if (!flush_now && rows->length <= COPY_PIECE)
        return 0;
    if (!pg->conn || !pg->copy_name)
        return lost(pg, "copy", err);
    while (sent < rows->length) {
        size_t piece = rows->length - sent < COPY_PIECE ? rows->length - sent : COPY_PIECE;
        int queued = PQputCopyData(pg->conn, rows->data + sent, (int)piece);

        if (queued < 0)
            return lost(pg, pg->copy_name, err);
        if (flush(pg, deadline, pg->copy_name, err) < 0)
            return -1;
        sent += queued > 0 ? piece : 0; /* 0: no room, which the flush has made */
    }
    text_clear(rows);
    return 0;
}

int pg_copy_end(struct pg *pg, int64_t *ret_rows, struct err *err)
{
    int64_t deadline = clock_steady_ms() + pg->call_ms;
    CLEANUP(mem_cleanup) char *name = NULL;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    int queued;

    if (!pg->conn || !pg->copy_name)
        return lost(pg, "copy", err);
    name = TAKE(pg->copy_name);
    while ((queued = PQputCopyEnd(pg->conn, NULL)) == 0) {
        if (flush(pg, deadline, name, err) < 0)
            return -1;
    }
    if (queued < 0)
        return lost(pg, name, err);
    if (finish(pg, deadline, name, &result, err) < 0)
        return -1;
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        return err_set(err, ERR_INTERNAL, "'%s' ended as %s", name,
                       PQresStatus(PQresultStatus(result)));
    if (ret_rows)
        *ret_rows = pg_affected(result);
    return 0;
}

/* --- row by row --- */

/* Takes the further results of a statement, which nobody wants. */
static void drain(struct pg *pg, const char *name)
{
    int64_t deadline = clock_steady_ms() + ROLLBACK_MS;

    while (pg->conn) {
        CLEANUP(pg_clearp) PGresult *result = NULL;

        if (next_result(pg, deadline, name, &result, NULL) < 0 || !result)
            return;
        if (is_copy_state(PQresultStatus(result)))
            drop_connection(pg);
    }
}

int pg_each(struct pg *pg, const char *name, const char *sql, const char *const *parameter,
            size_t count, int (*each)(const PGresult *row, void *context, struct err *err),
            void *context, struct err *err)
{
    if (send_query(pg, name, sql, parameter, count, AS_BINARY, err) < 0)
        return -1;
    if (!PQsetSingleRowMode(pg->conn))
        return lost(pg, name, err);
    for (;;) {
        CLEANUP(pg_clearp) PGresult *result = NULL;

        if (next_result(pg, clock_steady_ms() + pg->call_ms, name, &result, err) < 0)
            return -1;
        if (!result)
            return 0;
        if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
            if (each(result, context, err) < 0) {
                cancel_once(pg->conn);
                drain(pg, name);
                return -1;
            }
        } else if (PQresultStatus(result) != PGRES_TUPLES_OK) {
            if (is_error(result))
                (void)server_error(pg, name, result, err);
            else
                (void)check_shape(result, name, PG_MANY, err);
            if (is_copy_state(PQresultStatus(result)) || PQstatus(pg->conn) == CONNECTION_BAD)
                drop_connection(pg);
            else
                drain(pg, name);
            return -1;
        }
    }
}

/* --- many rows at a time --- */

enum { FETCH_ROWS = 2000 }; /* a server far away is waited for as often as there are so many */

static int send_fetch(struct pg *pg, const char *cursor, const char *sql, struct err *err)
{
    if (send_query(pg, cursor, sql, NULL, 0, AS_BINARY, err) < 0)
        return -1;
    return flush(pg, clock_steady_ms() + pg->call_ms, cursor, err);
}

static int take_rows(const PGresult *rows,
                     int (*each)(const PGresult *rows, int row, void *context, struct err *err),
                     void *context, struct err *err)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        if (each(rows, row, context, err) < 0)
            return -1;
    }
    return 0;
}

int pg_fetch(struct pg *pg, const char *cursor,
             int (*each)(const PGresult *rows, int row, void *context, struct err *err),
             void *context, struct err *err)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "fetch %d from %s", FETCH_ROWS, cursor);
    if (send_fetch(pg, cursor, text_cstr(&sql), err) < 0)
        return -1;
    for (;;) {
        CLEANUP(pg_clearp) PGresult *rows = NULL;

        if (finish(pg, clock_steady_ms() + pg->call_ms, cursor, &rows, err) < 0 ||
            check_shape(rows, cursor, PG_MANY, err) < 0)
            return -1;
        bool more = PQntuples(rows) == FETCH_ROWS;
        if (more && send_fetch(pg, cursor, text_cstr(&sql), err) < 0)
            return -1;
        if (take_rows(rows, each, context, err) < 0) {
            if (more)
                drain(pg, cursor);
            return -1;
        }
        if (!more)
            return 0;
    }
}
