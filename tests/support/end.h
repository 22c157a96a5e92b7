/*
 * end: the program as a user runs it. A world has a portal-sim, a roster that fits, a configuration
 * and a database of its own; the program is started as a process with a deadline, and what it said,
 * its exit code and its peak of memory come back.
 */
#ifndef SUPPORT_END_H
#define SUPPORT_END_H

#include <json-c/json.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "probe.h"

#define END_DEADLINE_S 120 /* of what hangs; nothing is to be quick */
#define END_SECRET     "demo-secret"
#define END_IDLE_DAYS  300 /* of the rule 'idle': few enough of the made-up population */

/* What the configuration is made of: a test replaces what it is about. */
enum end_piece {
    END_NAME = 0, /* portal.name */
    END_URL,      /* portal.url */
    END_LOGIN,    /* how the program shows who it is */
    END_PORTAL,   /* further settings of portal */
    END_DATABASE, /* all settings of database */
    END_SOURCE,   /* roster.source */
    END_COLUMNS,  /* roster.columns */
    END_ROSTER,   /* further settings of roster */
    END_POLICY,   /* further settings of policy */
    END_RULES,    /* policy.rules */
    END_SUSPEND,  /* limits.suspend */
    END_REST,     /* sections that are not there yet */
    END_PIECES
};

/* Settings of portal that hold up nobody but by `timeout` and `patience`. */
#define END_FREELY                                                                                 \
    "requests_per_second = 1000000.0; requests_per_window = 100000000; page_size = 50; "           \
    "connections = 4; logins = \"each\"; "

struct end {
    struct probe probe; /* its directory holds everything of the world */
    char *conninfo;     /* of a database with the schema; NULL before it is asked for */
    PGconn *connection; /* to it, made by the first end_sql */
    char *config_path, *roster_path, *leavers_path, *export_path;
    char *piece[END_PIECES];
};

struct end_result {
    int code; /* exit status, or 128 and the signal */
    struct text out, err;
    double seconds;
    int64_t peak_kib; /* resident, of the program or its largest child */
};

struct end_child {
    pid_t pid, desk; /* the program; the service that answers it, 0 = none */
    char *out_path, *err_path;
    double began;
};

/* Starts the portal with these options (NULL: 200 users without limit) and makes the rest. The
 * database is a server's, up to date; end_embed replaces it. */
void end_begin(struct end *end, const char *const *options);
void end_finish(struct end *end);
/* The program makes its own database, in a directory that goes away with the test. */
void end_embed(struct end *end);

/* Replaces a piece of the configuration, which is written at once. */
void end_set(struct end *end, enum end_piece piece, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* From now on the roster is smaller than can be believed (G2), which holds every row that asks it.
 */
void end_hold(struct end *end);
/* Likewise as it was. */
void end_let_go(struct end *end);
/* A file in the world's directory, mode 0600; its path until end_finish is the caller's to free. */
char *end_file(struct end *end, const char *name, const void *bytes, size_t length);
char *end_read(const char *path);

/* Runs the program with the world's configuration and these words to its end. */
struct end_result end_run(struct end *end, const char *const *words);
#define END_RUN(end, ...) end_run(end, (const char *const[]){__VA_ARGS__, NULL})
/* What a test says often; the result goes away with its block. */
#define RUN(name, ...)                                                                             \
    CLEANUP(end_result_release)                                                                    \
    __attribute__((unused)) struct end_result name = END_RUN(__VA_ARGS__)
/* Who reviews from now on: a uid, who asks the service at its desk, as it is installed; NULL: this
 * process itself. Other verbs than reviewers' are run as before. Root alone can seat somebody. */
void end_sits(const char *uid);
/* The same with a file as standard output, which is then not in the result. */
struct end_result end_run_into(struct end *end, const char *out_path, const char *const *words);
/* Exactly these words. */
struct end_result end_run_bare(struct end *end, const char *const *words);
/* Exactly these words, as another user of the machine. */
struct end_result end_run_as(struct end *end, unsigned uid, const char *const *words);
/* The service that answers at a socket of this mode, until it is closed. */
pid_t end_open_desk(struct end *end, const char *path, mode_t mode);
void end_close_desk(pid_t desk);
struct end_child end_start(struct end *end, const char *const *words);
struct end_result end_wait(struct end_child *child);
/* Kills it, and waits until the server has noticed: until then the lock of its portal is held, and
 * the next run is told so. */
void end_kill(struct end *end, struct end_child *child);
void end_result_release(struct end_result *result);

/* Another program, looked for in PATH, that must succeed; what it said, the caller's to release. */
void end_tool(const char *directory, const char *const *words, struct text *ret_out);

/* Fails the test, with what the program said, unless it ended so. */
void end_assert_code(const struct end_result *result, int code);
void end_assert_says(const struct text *text, const char *words);
void end_assert_silent_of(const struct text *text, const char *words);
/* Standard output as JSON; the caller puts it. */
struct json_object *end_json(const struct end_result *result);
static inline void end_put(struct json_object **json)
{
    (void)json_object_put(*json);
}
#define JSON(name, value) CLEANUP(end_put) struct json_object *name = value
/* A value by its path, like "plan.state"; the test fails when it is not there. */
struct json_object *end_at(struct json_object *json, const char *path);
const char *end_text_at(struct json_object *json, const char *path);
int64_t end_number_at(struct json_object *json, const char *path);
const char *end_guard(struct json_object *plan, const char *id); /* its verdict */

/* What a statement gives; the test fails where it does. The caller clears it. */
PGresult *end_sql(struct end *end, const char *sql);
/* The first cell of a query; the number in it. */
char *end_query(struct end *end, const char *sql);
int64_t end_count(struct end *end, const char *sql);
/* A statement that changes something behind the program's back. */
void end_change(struct end *end, const char *sql);

void end_fault(struct end *end, const char *pair);
void end_clear_faults(struct end *end);
/* From now on the portal does what is asked and keeps the answer back: of the so-manieth request
 * that fits (faults.h: WHERE, NULL = any), until the faults are cleared or "hold=off". What a test
 * does in between is done while that request is under way, however long it takes. */
void end_keep_back(struct end *end, unsigned nth, const char *where);
/* Waits until the portal was asked so often, in all. */
void end_wait_for_requests(struct end *end, double count);
void end_change_user(struct end *end, const char *who, const char *form);
/* A number of /_sim/stats by its path. */
double end_stat(struct end *end, const char *path);
void end_assert_no_writes(struct end *end);

/* Compares the plan with what the portal knows: no account but leavers and idle ones has an action,
 * and, when `all`, every one of those has. Returns how many. */
size_t end_assert_truth(struct end *end, struct json_object *plan, bool all);

#endif
