/*
 * A database of the extension is one at each server. One is migrated and spread and called as
 * below; a comment says of which migrations it is. Every other is a copy of it, server by server:
 * that takes half a second, and spreading four.
 */
#include "distributed.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"
#include "database/pg.h"
#include "host/file.h"
#include "sql.h"
#include "store/migrate.h"

#define TEMPLATE   "reconcile_spread"
#define WORKERS_UP 8
enum {
    PARTS = 8, /* of a table, as docs/scale.md advises */
    KEPT = 6,
    SERVER_WORDS = 100,
    SERVER_TRIES = 3000,
    SERVER_AGAIN = 200,
    SERVER_WAIT_MS = 30000
};

static char *worker[WORKERS_UP]; /* host=… port=… */
static int workers;
static int made;

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "distributed: %s: %s\n", what, why);
    abort();
}

bool distributed_is_here(void)
{
    return !text_is_empty(getenv("RECONCILE_TEST_CITUS"));
}

enum err_code distributed_refusal(void)
{
    return distributed_is_here() ? ERR_UNREACHABLE : ERR_INTERNAL;
}

static void finish(PGconn **connection)
{
    PQfinish(*connection);
}

static PGconn *connect_to(const char *conninfo, const char *more)
{
    CLEANUP(text_release) struct text where = TEXT_INIT;

    text_addf(&where, "%s %s options='-c client_min_messages=error'", conninfo, more);
    PGconn *connection = PQconnectdb(text_cstr(&where));
    if (PQstatus(connection) != CONNECTION_OK)
        die("connect", PQerrorMessage(connection));
    return connection;
}

static char *ask(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        die(sql, PQerrorMessage(connection));
    char *answer = PQntuples(result) && PQnfields(result)
                       ? mem_strdup(PQgetvalue(result, PQntuples(result) - 1, 0))
                       : NULL;
    PQclear(result);
    return answer;
}

static void tell(PGconn *connection, const char *sql)
{
    free(ask(connection, sql));
}

static PGconn *coordinator(void)
{
    return connect_to(getenv("RECONCILE_TEST_CITUS"), "");
}

static void find_workers(PGconn *connection)
{
    PGresult *result = PQexec(connection, "select nodename, nodeport from pg_dist_node"
                                          " where groupid <> 0 and isactive order by nodeid");

    if (workers)
        return;
    for (int i = 0; i < PQntuples(result) && i < WORKERS_UP; i++) {
        struct text where = TEXT_INIT;
        text_addf(&where, "host=%s port=%s", PQgetvalue(result, i, 0), PQgetvalue(result, i, 1));
        worker[workers++] = text_take(&where);
    }
    PQclear(result);
    if (workers < 2)
        die("pg_dist_node", "fewer than two workers");
}

/* The same at every server, in the database they have in common. */
static void tell_all(PGconn *connection, const char *sql)
{
    find_workers(connection);
    for (int i = -1; i < workers; i++) {
        CLEANUP(finish)
        PGconn *one = connect_to(getenv("RECONCILE_TEST_CITUS"), i < 0 ? "" : worker[i]);
        tell(one, "set citus.enable_create_database_propagation = off");
        tell(one, sql);
    }
}

static char *conninfo_of(const char *database)
{
    struct text where = TEXT_INIT;

    text_addf(&where, "%s dbname=%s", getenv("RECONCILE_TEST_CITUS"), database);
    return text_take(&where);
}

static void drop(PGconn *connection, const char *database)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "drop database if exists %s with (force)", database);
    tell_all(connection, text_cstr(&sql));
}

static void create_bare(PGconn *connection, const char *database)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    CLEANUP(mem_cleanup) char *where = conninfo_of(database);
    CLEANUP(mem_cleanup) char *host = ask(connection, "select host(inet_server_addr())");

    drop(connection, database);
    text_addf(&sql, "create database %s template template0", database);
    tell_all(connection, text_cstr(&sql));
    for (int i = workers - 1; i >= -1; i--) {
        CLEANUP(finish) PGconn *one = connect_to(where, i < 0 ? "" : worker[i]);
        tell(one, "create extension citus");
    }
    CLEANUP(finish) PGconn *first = connect_to(where, "");
    CLEANUP(text_release) struct text own = TEXT_INIT;
    text_addf(&own, "select citus_set_coordinator_host('%s', inet_server_port())", host);
    tell(first, text_cstr(&own));
    CLEANUP(text_release) struct text parts = TEXT_INIT;
    text_addf(&parts, "alter database %s set citus.shard_count = %d", database, PARTS);
    tell(first, text_cstr(&parts));
    for (int i = 0; i < workers; i++) {
        CLEANUP(finish) PGconn *one = connect_to(where, worker[i]);
        CLEANUP(text_release) struct text add = TEXT_INIT;
        text_addf(&add, "select citus_add_node('%s', %s)", PQhost(one), PQport(one));
        tell(first, text_cstr(&add));
    }
}

int distributed_spread(const char *conninfo, char **ret_said)
{
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/distribute.sql");
    struct text said = TEXT_INIT;
    char bytes[4096];
    int out[2], status = 0;
    ssize_t got;

    if (pipe(out) < 0)
        die("pipe", "failed");
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(out[1], 1);
        (void)dup2(out[1], 2);
        (void)close(out[0]);
        (void)close(out[1]);
        (void)execlp("psql", "psql", "-X", "-d", conninfo, "-f", script, (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    while ((got = read(out[0], bytes, sizeof(bytes))) > 0)
        text_add_bytes(&said, bytes, (size_t)got);
    (void)close(out[0]);
    if (child < 0 || waitpid(child, &status, 0) != child)
        die("psql", "failed");
    *ret_said = text_take(&said);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void migrate(const char *conninfo)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct pg_settings settings = {.conninfo = conninfo};
    struct migrate_result migrated;
    CLEANUP(pg_closep) struct pg *pg = NULL;

    if (pg_open(&settings, &pg, &err) < 0 || migrate_run(pg, &migrated, &err) < 0)
        die("migrate", err.text);
}

/* Of what the template is made. */
static char *version(void)
{
    CLEANUP(text_release) struct text all = TEXT_INIT;
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/distribute.sql");
    CLEANUP(err_release) struct err err = ERR_INIT;
    char hex[DIGEST_HEX_SIZE];

    for (const struct migration *one = migrations; one->version; one++)
        text_add(&all, one->text);
    CLEANUP(text_release) struct text text = TEXT_INIT;
    if (file_read(script, 1 << 20, ERR_INTERNAL, &text, NULL, &err) < 0)
        die(script, err.text);
    text_addf(&all, "%s%d", text_cstr(&text), PARTS);
    const struct digest digest = digest_of(text_cstr(&all), all.length);
    return mem_strdup(digest_hex(&digest, hex));
}

static void copy(PGconn *connection, const char *from, const char *to)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "create database %s template %s strategy file_copy", to, from);
    tell_all(connection, text_cstr(&sql));
}

/* Nobody is there any more, and nobody comes. */
static void close_database(PGconn *connection, const char *database)
{
    CLEANUP(text_release) struct text door = TEXT_INIT, out = TEXT_INIT;

    text_addf(&door, "alter database %s allow_connections false", database);
    text_addf(&out,
              "select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity"
              " where datname = '%s'",
              database);
    tell_all(connection, text_cstr(&door));
    tell_all(connection, text_cstr(&out));
}

/* Under a lock, so that of several programs one makes it and the others wait. */
static void ensure_template(PGconn *connection)
{
    CLEANUP(mem_cleanup) char *wanted = version();
    CLEANUP(mem_cleanup) char *where = conninfo_of(TEMPLATE);
    CLEANUP(mem_cleanup) char *said = NULL;
    CLEANUP(text_release) struct text comment = TEXT_INIT;

    tell(connection, "select pg_advisory_lock(7095763420163997698)");
    CLEANUP(mem_cleanup)
    char *is = ask(connection, "select coalesce((select shobj_description(oid, 'pg_database')"
                               " from pg_database where datname = '" TEMPLATE "'), '')");
    if (!text_equal(is, wanted)) {
        create_bare(connection, TEMPLATE);
        migrate(where);
        if (distributed_spread(where, &said) != 0)
            die("distribute.sql", said);
        close_database(connection, TEMPLATE);
        text_addf(&comment, "comment on database " TEMPLATE " is '%s'", wanted);
        tell_all(connection, text_cstr(&comment));
    }
    tell(connection, "select pg_advisory_unlock(7095763420163997698)");
}

static void name(struct text *text, int pid, int number)
{
    text_addf(text, "reconcile_test_%d_%d", pid, number);
}

static char *create(bool bare)
{
    CLEANUP(finish) PGconn *connection = coordinator();
    CLEANUP(text_release) struct text own = TEXT_INIT, old = TEXT_INIT;

    find_workers(connection);
    name(&own, (int)getpid(), ++made);
    if (made > KEPT) {
        name(&old, (int)getpid(), made - KEPT);
        drop(connection, text_cstr(&old));
    }
    if (bare) {
        create_bare(connection, text_cstr(&own));
        return conninfo_of(text_cstr(&own));
    }
    ensure_template(connection);
    copy(connection, TEMPLATE, text_cstr(&own));
    return conninfo_of(text_cstr(&own));
}

char *distributed_create(void)
{
    return create(false);
}

char *distributed_create_bare(void)
{
    return create(true);
}

void distributed_back_up(const char *conninfo)
{
    CLEANUP(finish) PGconn *connection = coordinator();
    CLEANUP(finish) PGconn *own = connect_to(conninfo, "");
    CLEANUP(mem_cleanup) char *database = mem_strdup(PQdb(own));
    CLEANUP(text_release) struct text kept = TEXT_INIT, door = TEXT_INIT;

    text_addf(&kept, "%s_kept", database);
    text_addf(&door, "alter database %s allow_connections true", database);
    drop(connection, text_cstr(&kept));
    close_database(connection, database);
    copy(connection, database, text_cstr(&kept));
    tell_all(connection, text_cstr(&door));
}

void distributed_restore(const char *conninfo)
{
    CLEANUP(finish) PGconn *connection = coordinator();
    CLEANUP(finish) PGconn *own = connect_to(conninfo, "");
    CLEANUP(mem_cleanup) char *database = mem_strdup(PQdb(own));
    CLEANUP(text_release) struct text kept = TEXT_INIT;

    text_addf(&kept, "%s_kept", database);
    drop(connection, database);
    close_database(connection, text_cstr(&kept));
    copy(connection, text_cstr(&kept), database);
}

char *distributed_worker(const char *conninfo, int n)
{
    CLEANUP(finish) PGconn *connection = coordinator();
    struct text where = TEXT_INIT;

    find_workers(connection);
    text_addf(&where, "%s %s", conninfo, worker[n]);
    return text_take(&where);
}

static void let_in(const char *conninfo, bool allow)
{
    CLEANUP(finish) PGconn *own = connect_to(conninfo, "");
    CLEANUP(finish) PGconn *connection = coordinator();
    CLEANUP(text_release) struct text door = TEXT_INIT, out = TEXT_INIT;

    find_workers(connection);
    text_addf(&door, "alter database %s allow_connections %s", PQdb(own), allow ? "true" : "false");
    text_addf(&out,
              "select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity where datname"
              " = '%s'",
              PQdb(own));
    for (int i = 0; i < workers; i++) {
        CLEANUP(finish) PGconn *one = connect_to(getenv("RECONCILE_TEST_CITUS"), worker[i]);
        tell(one, "set citus.enable_ddl_propagation = off");
        tell(one, text_cstr(&door));
        if (!allow)
            tell(one, text_cstr(&out));
    }
}

void distributed_lose(const char *conninfo)
{
    let_in(conninfo, false);
}

void distributed_regain(const char *conninfo)
{
    let_in(conninfo, true);
}

char *distributed_home(const char *conninfo)
{
    CLEANUP(finish) PGconn *connection = connect_to(conninfo, "");
    struct text where = TEXT_INIT;
    CLEANUP(mem_cleanup)
    char *home = ask(connection, "select format('host=%s port=%s', nodename, nodeport)"
                                 " from pg_dist_shard_placement where shardid = (select"
                                 " get_shard_id_for_distribution_column('reconcile.portal',"
                                 " portal_id) from reconcile.portal)");

    text_addf(&where, "%s %s", conninfo, home ? home : "");
    return text_take(&where);
}

/* --- a server that is killed --- */

struct distributed_server {
    char *conninfo, *directory, *socket;
    char *words[SERVER_WORDS + 1];       /* it was started with them, */
    char *environment[SERVER_WORDS + 1]; /* with these, */
    uid_t user;                          /* by these, */
    gid_t group;
    pid_t pid;
};

/* Line `n` of its postmaster.pid, from 1. */
static char *pid_file_line(PGconn *connection, int n)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "select split_part(pg_read_file('postmaster.pid'), e'\\n', %d)", n);
    return ask(connection, text_cstr(&sql));
}

/* What /proc has of a process, one behind the other. */
static bool read_words(pid_t pid, const char *of, char **ret_words)
{
    CLEANUP(text_release) struct text path = TEXT_INIT, bytes = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    size_t count = 0;

    text_addf(&path, "/proc/%d/%s", (int)pid, of);
    if (file_read(text_cstr(&path), 1 << 16, ERR_INTERNAL, &bytes, NULL, &err) < 0)
        return false;
    for (size_t at = 0; at < bytes.length && count < SERVER_WORDS;
         at += strlen(bytes.data + at) + 1)
        if (bytes.data[at])
            ret_words[count++] = mem_strdup(bytes.data + at);
    return true;
}

/* How it was started, when this is a server of this machine: the process is the one of its
 * directory. */
static bool read_start(struct distributed_server *server)
{
    CLEANUP(text_release) struct text pid_file = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(mem_cleanup) char *own = file_join(server->directory, "postmaster.pid");
    struct stat status;

    if (file_read(own, 4096, ERR_INTERNAL, &pid_file, NULL, &err) < 0 ||
        strtol(text_cstr(&pid_file), NULL, 10) != server->pid ||
        !read_words(server->pid, "cmdline", server->words) ||
        !read_words(server->pid, "environ", server->environment) ||
        stat(server->directory, &status) < 0)
        return false;
    server->user = status.st_uid;
    server->group = status.st_gid;
    return server->words[0] && (geteuid() == 0 || geteuid() == server->user);
}

struct distributed_server *distributed_server_new(const char *conninfo, const char **ret_why)
{
    CLEANUP(finish) PGconn *connection = connect_to(conninfo, "");
    struct distributed_server *server = mem_calloc(1, sizeof(*server));
    CLEANUP(mem_cleanup) char *pid = pid_file_line(connection, 1);
    CLEANUP(mem_cleanup) char *port = pid_file_line(connection, 4);
    CLEANUP(mem_cleanup) char *sockets = pid_file_line(connection, 5);
    CLEANUP(text_release) struct text socket = TEXT_INIT;

    server->conninfo = mem_strdup(conninfo);
    server->directory = pid_file_line(connection, 2);
    server->pid = (pid_t)strtol(pid, NULL, 10);
    text_addf(&socket, "%.*s/.s.PGSQL.%s", (int)strcspn(sockets, ","), sockets, port);
    server->socket = text_take(&socket);
    if (*sockets && read_start(server))
        return server;
    distributed_server_free(server);
    *ret_why = "a worker is no process of this machine that may be ended, or has no socket";
    return NULL;
}

void distributed_server_free(struct distributed_server *server)
{
    if (!server)
        return;
    for (size_t i = 0; i < SERVER_WORDS; i++) {
        free(server->words[i]);
        free(server->environment[i]);
    }
    free(server->conninfo);
    free(server->directory);
    free(server->socket);
    free(server);
}

const char *distributed_server_socket(const struct distributed_server *server)
{
    return server->socket;
}

static void wait_a_little(void)
{
    const struct timespec pause = {.tv_nsec = 10000000};

    (void)nanosleep(&pause, NULL);
}

/* It has ended with its last act; who is to bury it may take a second for that. */
void distributed_server_kill(struct distributed_server *server)
{
    CLEANUP(cleanup_fd) int process = server->pid ? pidfd_open(server->pid, 0) : -1;
    struct pollfd ended = {.fd = process, .events = POLLIN};

    if (process < 0 || pidfd_send_signal(process, SIGQUIT, NULL, 0) < 0)
        die("kill", "the server is not there");
    if (poll(&ended, 1, SERVER_WAIT_MS) != 1)
        die("kill", "the server does not end");
    server->pid = 0;
}

static void become_server(const struct distributed_server *server)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int fd = 0; fd < 3; fd++)
        (void)dup2(nowhere, fd);
    (void)close_range(3, ~0U, 0);
    (void)setsid();
    if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setgid(server->group) < 0 ||
                           setuid(server->user) < 0 || chdir(server->directory) < 0))
        _exit(127);
    if (fork() == 0) /* nobody here waits for its end */
        (void)execve(server->words[0], server->words, server->environment);
    _exit(0);
}

static void launch(const struct distributed_server *server)
{
    int status;
    pid_t child = fork();

    if (child == 0)
        become_server(server);
    if (child < 0 || waitpid(child, &status, 0) != child)
        die("fork", "failed");
}

/* Its port may be somebody's for the moment, who took any. One that is up already, or comes up, is
 * not started twice: it holds its directory. */
void distributed_server_start(struct distributed_server *server)
{
    if (server->pid)
        return;
    for (int i = 0; i < SERVER_TRIES && PQping(server->conninfo) != PQPING_OK; i++) {
        if (i % SERVER_AGAIN == 0)
            launch(server);
        wait_a_little();
    }
    CLEANUP(finish) PGconn *connection = connect_to(server->conninfo, "");
    CLEANUP(mem_cleanup) char *pid = pid_file_line(connection, 1);
    server->pid = (pid_t)strtol(pid, NULL, 10);
}

void distributed_drop_all(int pid)
{
    CLEANUP(finish) PGconn *connection = coordinator();
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select datname from pg_database where datname like 'reconcile\\_test\\_%d\\_%%'",
              pid);
    PGresult *result = PQexec(connection, text_cstr(&sql));
    for (int i = 0; i < PQntuples(result); i++)
        drop(connection, PQgetvalue(result, i, 0));
    PQclear(result);
}
