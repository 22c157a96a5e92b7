/*
 * The program runs as its own process, dies with the test, and is ended when it takes longer than a
 * test may: hanging is a failure like any other. What it says goes to files, so a pipe that nobody
 * reads cannot hold it up.
 */
#include "end.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/table.h"
#include "cluster_fixture.h"
#include "host/command.h"
#include "host/file.h"
#include "seconds.h"
#include "test.h"

enum { OPTIONS_LIMIT = 40, WORDS_LIMIT = 40 };

static const char *const piece_default[END_PIECES] = {
    [END_NAME] = "end",
    [END_PORTAL] = END_FREELY "timeout = 600; patience = 10; silence_after_429 = 1.0;",
    [END_COLUMNS] = "employee_number = \"EmpID\"; email = \"Work Email\"; name = \"Name\"; "
                    "status = \"EmploymentStatus\"; hire_date = \"DateofHire\"; "
                    "last_day = \"DateofTermination\"; department = \"Department\";",
    [END_ROSTER] = "status: { employed = [ \"Active\" ]; on_leave = [ \"Leave\" ]; departed = "
                   "[ \"Voluntarily Terminated\", \"Terminated for Cause\" ]; };",
    [END_POLICY] = "",
    [END_SUSPEND] = "count = 2000; percent = 50.0; rolling_count = 4000;",
    [END_REST] = "",
};

/* A file is as new as the day that the program lives on (CLOCK_DAYS). */
static void make_new(const char *path)
{
    const char *days = getenv("CLOCK_DAYS");
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = time(NULL)}};

    if (!days)
        return;
    times[1].tv_sec += strtol(days, NULL, 10) * 86400L;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

char *end_file(struct end *end, const char *name, const void *bytes, size_t length)
{
    char *path = probe_path(&end->probe, name);
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (file_write(path, 0600, bytes, length, &err) < 0)
        fail_msg("%s", err.text);
    make_new(path);
    return path;
}

char *end_read(const char *path)
{
    struct text text = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (file_read(path, 1u << 28, ERR_INTERNAL, &text, NULL, &err) < 0)
        fail_msg("%s", err.text);
    return text_take(&text);
}

/* --- the world --- */

/* Who decides in a test, where it says nothing else: whoever runs it, root too, and two more. */
static void add_rest(struct text *text, const char *rest)
{
    static const char section[] = "approval: {";
    const struct passwd *self = getpwuid(getuid());
    const char *at = strstr(rest, section);
    const char *behind = at ? at + strlen(section) : rest;

    if (strstr(rest, "approvers =")) {
        text_addf(text, "%s\n", rest);
        return;
    }
    text_addf(text,
              "%.*s%s approvers = ( { user = \"%s\"; }, { user = \"daemon\"; }, { user = \"bin\"; "
              "} ); %s%s\n",
              (int)(behind - rest), rest, at ? "" : section, self ? self->pw_name : "nobody",
              at ? "" : "};", behind);
}

static void write_config(struct end *end)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    char *const *piece = end->piece;

    text_addf(&text, "portal: { name = \"%s\"; url = \"%s\"; %s %s };\n", piece[END_NAME],
              piece[END_URL], piece[END_LOGIN], piece[END_PORTAL]);
    text_addf(&text, "database: { %s };\n", piece[END_DATABASE]);
    text_addf(&text, "roster: { source = \"%s\"; columns: { %s }; %s };\n", piece[END_SOURCE],
              piece[END_COLUMNS], piece[END_ROSTER]);
    text_addf(&text, "policy: { %s rules = ( %s ); };\n", piece[END_POLICY], piece[END_RULES]);
    text_addf(&text, "limits: { suspend: { %s }; };\n", piece[END_SUSPEND]);
    add_rest(&text, piece[END_REST]);
    free(end->config_path);
    end->config_path = end_file(end, "end.conf", text.data, text.length);
}

static void set_piece_v(struct end *end, enum end_piece piece, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
static void set_piece_v(struct end *end, enum end_piece piece, const char *format, va_list args)
{
    struct text text = TEXT_INIT;

    text_addv(&text, format, args);
    free(end->piece[piece]);
    end->piece[piece] = text_take(&text);
}

static void set_piece(struct end *end, enum end_piece piece, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void set_piece(struct end *end, enum end_piece piece, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_piece_v(end, piece, format, args);
    va_end(args);
}

void end_set(struct end *end, enum end_piece piece, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_piece_v(end, piece, format, args);
    va_end(args);
    write_config(end);
}

void end_hold(struct end *end)
{
    end_set(end, END_ROSTER, "%s guards: { min_people = 100000; };", piece_default[END_ROSTER]);
}

void end_let_go(struct end *end)
{
    end_set(end, END_ROSTER, "%s", piece_default[END_ROSTER]);
}

static void set_defaults(struct end *end)
{
    for (enum end_piece i = 0; i < END_PIECES; i++)
        if (piece_default[i])
            set_piece(end, i, "%s", piece_default[i]);
    set_piece(end, END_URL, "http://127.0.0.1:%u", end->probe.port);
    set_piece(end, END_LOGIN, "client_id = \"demo\"; client_secret_file = \"client-secret\";");
    set_piece(end, END_DATABASE, "conninfo = \"%s\";", end->conninfo);
    set_piece(end, END_SOURCE, "%s", end->roster_path);
    set_piece(end, END_RULES,
              "{ name = \"integrations\"; when = { username = [ \"svc-*\" ]; }; do = \"keep\"; },"
              "{ name = \"on leave\"; when = { person = \"on_leave\"; }; do = \"keep\"; },"
              "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\"; };"
              "  do = \"suspend\"; },"
              "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = %d; };"
              "  do = \"suspend\"; grace_days = 14; }",
              END_IDLE_DAYS);
    write_config(end);
}

static void start_portal(struct end *end, const char *const *options)
{
    static const char *const usual[] = {"--users", "200", "--seed", "5", NULL};
    const char *all[OPTIONS_LIMIT] = {
        "--roster", end->roster_path, "--leavers",    end->leavers_path,
        "--export", end->export_path, "--rate-limit", "0",
        NULL};
    size_t count = 8;

    for (const char *const *option = options ? options : usual; *option; option++) {
        assert_true(count + 1 < OPTIONS_LIMIT);
        all[count++] = *option;
    }
    probe_start(&end->probe, all);
}

void end_begin(struct end *end, const char *const *options)
{
    *end = (struct end){.conninfo = NULL};
    probe_prepare(&end->probe);
    end->roster_path = probe_path(&end->probe, "roster.csv");
    end->leavers_path = probe_path(&end->probe, "leavers");
    end->export_path = probe_path(&end->probe, "export.csv");
    start_portal(end, options);
    make_new(end->roster_path);
    pg_close(cluster_fixture_open_migrated());
    end->conninfo = mem_strdup(cluster_fixture_conninfo());
    free(end_file(end, "client-secret", END_SECRET "\n", strlen(END_SECRET "\n")));
    set_defaults(end);
}

void end_embed(struct end *end)
{
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();

    end_set(end, END_DATABASE, "embedded = \"%s\";", directory);
}

static void leave_database(struct end *end)
{
    PQfinish(end->connection);
    end->connection = NULL;
}

void end_finish(struct end *end)
{
    (void)probe_stop(&end->probe);
    leave_database(end);
    free(end->conninfo);
    free(end->config_path);
    free(end->roster_path);
    free(end->leavers_path);
    free(end->export_path);
    for (enum end_piece i = 0; i < END_PIECES; i++)
        free(end->piece[i]);
}

/* --- running the program --- */

static struct {
    const char *uid;
    int door; /* of the service that they ask */
} seat = {NULL, -1};

void end_sits(const char *uid)
{
    seat.uid = uid;
}

static void become_program(const struct end_child *child, const char *const *words, uid_t uid)
{
    char *argv[WORDS_LIMIT + 2] = {mem_strdup(PROGRAM_PATH)};
    size_t count = 1;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (; words[count - 1] && count < WORDS_LIMIT; count++)
        argv[count] = mem_strdup(words[count - 1]);
    int in = open("/dev/null", O_RDONLY);
    int out = open(child->out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int err = open(child->err_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    /* by descriptor: somebody else may not come to where it was built, below a home */
    int program = open(PROGRAM_PATH, O_PATH | O_CLOEXEC);
    if (program < 0 || in < 0 || out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
        dup2(err, 2) < 0)
        _exit(127);
    if (uid &&
        (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0))
        _exit(127);
    if (seat.door >= 0 && !uid && /* as systemd starts it: of nobody's environment */
        (dup2(seat.door, 3) < 0 || unsetenv("SUDO_UID") < 0 || unsetenv("SUDO_USER") < 0))
        _exit(127);
    (void)fexecve(program, argv, environ);
    _exit(127);
}

static struct end_child launch_as(struct end *end, const char *out_path, const char *const *words,
                                  uid_t uid)
{
    static unsigned runs;
    CLEANUP(text_release) struct text out = TEXT_INIT, err = TEXT_INIT;
    struct end_child child = {.began = now_s()};

    text_addf(&out, "run-%u.out", ++runs);
    text_addf(&err, "run-%u.err", runs);
    child.out_path = out_path ? mem_strdup(out_path) : probe_path(&end->probe, text_cstr(&out));
    child.err_path = probe_path(&end->probe, text_cstr(&err));
    child.pid = fork();
    assert_true(child.pid >= 0);
    if (child.pid == 0)
        become_program(&child, words, uid);
    return child;
}

static struct end_child launch(struct end *end, const char *out_path, const char *const *words)
{
    return launch_as(end, out_path, words, 0);
}

/* The service, and its door: what systemd does for the socket of an instance. */
pid_t end_open_desk(struct end *end, const char *path, mode_t mode)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *const words[] = {"--config", end->config_path, "desk", NULL};

    assert_true(strlen(path) < sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    seat.door = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(seat.door, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(seat.door, 8), 0);
    assert_int_equal(chmod(path, mode), 0);
    assert_int_equal(chmod(end->probe.directory, 0711), 0);
    struct end_child service = launch(end, NULL, words);
    (void)close(seat.door);
    seat.door = -1;
    free(service.out_path);
    free(service.err_path);
    return service.pid;
}

void end_close_desk(pid_t desk)
{
    if (desk <= 0)
        return;
    (void)kill(desk, SIGTERM);
    assert_int_equal(waitpid(desk, NULL, 0), desk);
}

/* As somebody else, who may read what they name. */
static struct end_child launch_seated(struct end *end, const char *out_path,
                                      const char *const *words)
{
    static unsigned desks;
    CLEANUP(text_release) struct text name = TEXT_INIT;
    int64_t uid = 0;

    assert_true(parse_int(seat.uid, 1, INT32_MAX, &uid));
    text_addf(&name, "desk-%u", ++desks);
    CLEANUP(mem_cleanup) char *path = probe_path(&end->probe, text_cstr(&name));
    const char *all[WORDS_LIMIT] = {"--config", end->config_path, "--desk", path};
    size_t count = 4;
    for (; words[count - 4]; count++) {
        assert_true(count + 1 < WORDS_LIMIT);
        all[count] = words[count - 4];
        if (words[count - 4][0] == '/')
            (void)chmod(words[count - 4], 0644);
    }
    pid_t desk = end_open_desk(end, path, 0666);
    struct end_child child = launch_as(end, out_path, all, (uid_t)uid);
    child.desk = desk;
    return child;
}

static struct end_child launch_configured(struct end *end, const char *out_path,
                                          const char *const *words)
{
    const char *all[WORDS_LIMIT] = {"--config", end->config_path};
    size_t count = 2;

    if (seat.uid && command_is_for_reviewers(words[0]))
        return launch_seated(end, out_path, words);
    for (; words[count - 2]; count++) {
        assert_true(count + 1 < WORDS_LIMIT);
        all[count] = words[count - 2];
    }
    return launch(end, out_path, all);
}

struct end_child end_start(struct end *end, const char *const *words)
{
    return launch_configured(end, NULL, words);
}

static void take_file(const char *path, struct text *text)
{
    if (file_read(path, 1u << 28, ERR_INTERNAL, text, NULL, NULL) < 0)
        text_clear(text);
}

struct end_result end_wait(struct end_child *child)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    struct end_result result = {.out = TEXT_INIT, .err = TEXT_INIT};
    struct rusage usage;
    int status = 0;
    pid_t ended;

    while ((ended = wait4(child->pid, &status, WNOHANG, &usage)) == 0) {
        if (now_s() - child->began > END_DEADLINE_S) {
            (void)kill(child->pid, SIGKILL);
            (void)waitpid(child->pid, NULL, 0);
            take_file(child->err_path, &result.err);
            fail_msg("the program did not end in %d s: %s", END_DEADLINE_S, text_cstr(&result.err));
        }
        (void)nanosleep(&pause, NULL);
    }
    assert_int_equal(ended, child->pid);
    end_close_desk(child->desk);
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.seconds = now_s() - child->began;
    result.peak_kib = usage.ru_maxrss;
    take_file(child->out_path, &result.out);
    take_file(child->err_path, &result.err);
    free(child->out_path);
    free(child->err_path);
    *child = (struct end_child){.pid = -1};
    return result;
}

struct end_result end_run(struct end *end, const char *const *words)
{
    struct end_child child = launch_configured(end, NULL, words);

    return end_wait(&child);
}

struct end_result end_run_into(struct end *end, const char *out_path, const char *const *words)
{
    struct end_child child = launch_configured(end, out_path, words);

    return end_wait(&child);
}

struct end_result end_run_as(struct end *end, unsigned uid, const char *const *words)
{
    struct end_child child = launch_as(end, NULL, words, (uid_t)uid);

    return end_wait(&child);
}

struct end_result end_run_bare(struct end *end, const char *const *words)
{
    struct end_child child = launch(end, NULL, words);

    return end_wait(&child);
}

void end_result_release(struct end_result *result)
{
    text_release(&result->out);
    text_release(&result->err);
}

static void become_tool(const char *directory, const char *out_path, const char *const *words)
{
    char *argv[WORDS_LIMIT + 1] = {NULL};
    int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    for (size_t i = 0; words[i] && i < WORDS_LIMIT; i++)
        argv[i] = mem_strdup(words[i]);
    if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir(directory) < 0)
        _exit(127);
    execvp(argv[0], argv);
    _exit(127);
}

void end_tool(const char *directory, const char *const *words, struct text *ret_out)
{
    CLEANUP(mem_cleanup) char *out_path = file_join(directory, "tool.out");
    struct text out = TEXT_INIT;
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        become_tool(directory, out_path, words);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    take_file(out_path, &out);
    if (status != 0)
        fail_msg("%s: status %d: %s", words[0], status, text_cstr(&out));
    *ret_out = out;
}

/* --- what it said --- */

void end_assert_code(const struct end_result *result, int code)
{
    if (result->code != code)
        fail_msg("exit code %d, not %d; it said: %s%.2000s", result->code, code,
                 text_cstr(&result->err), text_cstr(&result->out));
}

void end_assert_says(const struct text *text, const char *words)
{
    if (!strstr(text_cstr(text), words))
        fail_msg("'%s' is not in: %.4000s", words, text_cstr(text));
}

void end_assert_silent_of(const struct text *text, const char *words)
{
    const char *at = strstr(text_cstr(text), words);

    if (at)
        fail_msg("'%s' is in: %.300s", words, at);
}

struct json_object *end_json(const struct end_result *result)
{
    const struct reply reply = {.body = result->out};

    return reply_json(&reply);
}

struct json_object *end_at(struct json_object *json, const char *path)
{
    struct json_object *value = json;

    for (const char *at = path; *at;) {
        size_t length = strcspn(at, ".");
        CLEANUP(mem_cleanup) char *key = mem_strndup(at, length);

        if (!json_object_is_type(value, json_type_object) ||
            !json_object_object_get_ex(value, key, &value))
            fail_msg("there is no '%s'", path);
        at += length + (at[length] ? 1 : 0);
    }
    return value;
}

const char *end_text_at(struct json_object *json, const char *path)
{
    struct json_object *value = end_at(json, path);

    return value ? json_object_get_string(value) : NULL;
}

int64_t end_number_at(struct json_object *json, const char *path)
{
    struct json_object *value = end_at(json, path);

    assert_true(json_object_is_type(value, json_type_int));
    return json_object_get_int64(value);
}

const char *end_guard(struct json_object *plan, const char *id)
{
    struct json_object *guards = end_at(plan, "guards");

    for (size_t i = 0; i < json_object_array_length(guards); i++) {
        struct json_object *guard = json_object_array_get_idx(guards, i);

        if (text_equal(end_text_at(guard, "id"), id))
            return end_text_at(guard, "verdict");
    }
    fail_msg("there is no guard %s", id);
    return NULL;
}

PGresult *end_sql(struct end *end, const char *sql)
{
    if (!end->connection)
        end->connection = PQconnectdb(end->conninfo);
    PGresult *result = PQexec(end->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(end->connection));
    /* the next one finds a session that nobody used */
    if (PQtransactionStatus(end->connection) != PQTRANS_IDLE)
        leave_database(end);
    else
        PQclear(PQexec(end->connection, "discard all"));
    return result;
}

char *end_query(struct end *end, const char *sql)
{
    PGresult *result = end_sql(end, sql);
    char *value;

    if (PQntuples(result) < 1)
        fail_msg("no row: %s", sql);
    value = mem_strdup(PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

int64_t end_count(struct end *end, const char *sql)
{
    CLEANUP(mem_cleanup) char *value = end_query(end, sql);
    int64_t number = -1;

    assert_true(parse_int(value, INT64_MIN, INT64_MAX, &number));
    return number;
}

void end_change(struct end *end, const char *sql)
{
    CLEANUP(text_release) struct text both = TEXT_INIT;

    text_addf(&both, "%s; select 1", sql);
    free(end_query(end, text_cstr(&both)));
}

void end_kill(struct end *end, struct end_child *child)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    double began = now_s();

    assert_int_equal(kill(child->pid, SIGKILL), 0);
    CLEANUP(end_result_release) struct end_result result = end_wait(child);
    assert_int_equal(result.code, 128 + SIGKILL);
    while (end_count(end, "select count(*) from pg_locks join pg_database on oid = database"
                          " where locktype = 'advisory' and datname = current_database()") > 0) {
        assert_true(now_s() - began < END_DEADLINE_S);
        (void)nanosleep(&pause, NULL);
    }
}

/* --- the portal's side --- */

void end_fault(struct end *end, const char *pair)
{
    probe_fault(&end->probe, pair);
}

void end_clear_faults(struct end *end)
{
    probe_control(&end->probe, "/_sim/faults", "clear=1");
}

void end_keep_back(struct end *end, unsigned nth, const char *where)
{
    CLEANUP(text_release) struct text fault = TEXT_INIT;

    text_addf(&fault, "hold=nth=%u%s%s", nth, where ? ":" : "", where ? where : "");
    end_fault(end, text_cstr(&fault));
}

void end_wait_for_requests(struct end *end, double count)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    double began = now_s();

    while (end_stat(end, "requests") < count) {
        assert_true(now_s() - began < END_DEADLINE_S);
        (void)nanosleep(&pause, NULL);
    }
}

void end_change_user(struct end *end, const char *who, const char *form)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "/_sim/users/%s", who);
    probe_control(&end->probe, text_cstr(&path), form);
}

double end_stat(struct end *end, const char *path)
{
    CLEANUP(end_put) struct json_object *stats = probe_control_json(&end->probe, "/_sim/stats");

    return json_object_get_double(end_at(stats, path));
}

void end_assert_no_writes(struct end *end)
{
    CLEANUP(end_put) struct json_object *writes = probe_control_json(&end->probe, "/_sim/writes");

    assert_int_equal(json_object_array_length(writes), 0);
    assert_true(end_stat(end, "writes") == 0);
}

/* Ids of the rows with an action; the rule's place in `rule`. */
static void index_actions(struct json_object *plan, struct table *table)
{
    struct json_object *decisions = end_at(plan, "decisions");
    size_t count = json_object_array_length(decisions);

    table_init(table, count);
    for (size_t i = 0; i < count; i++) {
        struct json_object *row = json_object_array_get_idx(decisions, i);
        const char *id = end_text_at(row, "account_id");

        if (text_equal(end_text_at(row, "action"), "keep"))
            continue;
        if (table_find(table, id) != TABLE_END)
            fail_msg("account %s stands twice in the plan", id);
        table_add(table, id, (uint32_t)i);
    }
}

/* What the rules of set_defaults say of an account, from what is true of it; NULL: nothing. */
static const char *rule_for(struct json_object *user, const char *leavers, struct day today)
{
    const char *login = end_text_at(user, "lastLogin");
    const char *cast = end_text_at(user, "cast");
    struct instant at = INSTANT_NONE;

    if (!json_object_get_boolean(end_at(user, "active")) ||
        json_object_get_boolean(end_at(user, "deleted")) || text_equal(cast, "on-leave") ||
        text_starts(end_text_at(user, "username"), "svc-"))
        return NULL;
    if (strstr(leavers, end_text_at(user, "id")))
        return "departed";
    if (!login)
        return NULL;
    assert_true(instant_parse_bynder(login, &at));
    return today.number - instant_day(at, &zone_utc).number >= END_IDLE_DAYS ? "idle" : NULL;
}

static void check_rule(struct json_object *row, const char *wanted)
{
    if (!text_equal(end_text_at(row, "action"), "suspend") ||
        !text_equal(end_text_at(row, "rule"), wanted))
        fail_msg("account %s is to be %s by rule '%s', not by '%s'", end_text_at(row, "account_id"),
                 end_text_at(row, "action"), end_text_at(row, "rule"), wanted ? wanted : "(none)");
}

size_t end_assert_truth(struct end *end, struct json_object *plan, bool all)
{
    struct reply reply = probe_ask(&end->probe, "GET", "/_sim/users", NULL, NULL, NULL);
    CLEANUP(mem_cleanup) char *leavers = end_read(end->leavers_path);
    CLEANUP(table_release) struct table actions = {.count = 0};
    struct json_object *decisions = end_at(plan, "decisions");
    struct day today = DAY_NONE;
    size_t right = 0;

    assert_true(day_parse_iso(end_text_at(plan, "plan.today"), &today));
    index_actions(plan, &actions);
    for (char *line = reply.body.data, *next; line && *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        CLEANUP(end_put) struct json_object *user = json_tokener_parse(line);
        const char *wanted = rule_for(user, leavers, today);
        uint32_t entry = table_find(&actions, end_text_at(user, "id"));

        if (entry == TABLE_END && wanted && all)
            fail_msg("account %s is kept, not suspended by rule '%s'", end_text_at(user, "id"),
                     wanted);
        if (entry == TABLE_END)
            continue;
        check_rule(json_object_array_get_idx(decisions, table_value(&actions, entry)), wanted);
        right++;
    }
    reply_release(&reply);
    assert_int_equal(right, actions.count);
    return right;
}
