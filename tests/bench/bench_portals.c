/*
 * What a portal costs a history of many: COUNT portals, two nights each, some at a time, on one
 * server and, where RECONCILE_TEST_CITUS is set, spread over several; then how all of them stand.
 * With ROWS above COUNT the portals are copied until there are so many, and that is asked again.
 *
 * `bench_portals PROGRAM DIRECTORY COUNT ROWS BETWEEN`: DIRECTORY has p1.conf to pCOUNT.conf with
 * @CONNINFO@ in them; BETWEEN is a shell script that is told the connection strings, and lets a day
 * go by. Both kinds have the same nights one after the other, so that the portals tell them the
 * same.
 *
 * The servers have to be on this machine, with nothing else to do: what they wrote and the time of
 * processors they took are told by server. Statements are what clients asked of them, begin and
 * commit included, where pg_stat_statements counts them everywhere; of several servers, what the
 * one that coordinates asks of the others is told apart.
 */
#include <dirent.h>
#include <libpq-fe.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "bench.h"
#include "cluster_fixture.h"
#include "database/cluster.h"
#include "distributed.h"
#include "host/file.h"
#include "store/migrate.h"

#define NOT_COUNTED (-1e18)
enum { AT_ONCE = 4, NODES_UP = 9, SETTLED_TRIES = 1000 };

/* What the servers, or the program, have used since they began. */
struct used {
    double asked, passed_on; /* statements: of the first server, of the others; below 0: not told */
    double active, server, written, size;
    double program, wall;
};

struct servers {
    const char *name;
    char *conninfo;
    PGconn *node[NODES_UP]; /* to another database of each server, the first one first */
    bool counts[NODES_UP];  /* has pg_stat_statements */
    int nodes;
    char *database;
};

static const char *program, *directory;
static int64_t count;

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench_portals: %s: %s\n", what, why);
    exit(1);
}

/* --- the servers --- */

static PGresult *ask(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        die(sql, PQerrorMessage(connection));
    return result;
}

static void tell(PGconn *connection, const char *sql)
{
    PQclear(ask(connection, sql));
}

static double number_of(PGconn *node, const char *sql, const char *database)
{
    CLEANUP(pg_clearp)
    PGresult *result = PQexecParams(node, sql, database ? 1 : 0, NULL, &database, NULL, NULL, 0);

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        die(sql, PQerrorMessage(node));
    return strtod(PQgetvalue(result, 0, 0), NULL);
}

static PGconn *connect_to(const char *conninfo, const char *database)
{
    CLEANUP(text_release) struct text where = TEXT_INIT;

    text_addf(&where, "%s dbname=%s options='-c client_min_messages=error'", conninfo, database);
    PGconn *connection = PQconnectdb(text_cstr(&where));
    if (PQstatus(connection) != CONNECTION_OK)
        die("connect", PQerrorMessage(connection));
    return connection;
}

/* What is counted is asked from a database beside the measured one. */
static void add_node(struct servers *servers, const char *conninfo)
{
    PGconn *node = connect_to(conninfo, "postgres");
    PGresult *loaded = ask(node, "select current_setting('shared_preload_libraries')"
                                 " like '%pg_stat_statements%'");

    servers->counts[servers->nodes] = *PQgetvalue(loaded, 0, 0) == 't';
    if (servers->counts[servers->nodes]) {
        tell(node, "set citus.enable_ddl_propagation = off");
        tell(node, "create extension if not exists pg_stat_statements");
    }
    PQclear(loaded);
    servers->node[servers->nodes++] = node;
}

static void add_line(const char *cluster_directory, const char *line)
{
    CLEANUP(mem_cleanup) char *path = file_join(cluster_directory, "data/postgresql.conf");
    FILE *file = fopen(path, "ae");

    if (!file || fputs(line, file) < 0 || fclose(file) != 0)
        die(path, "not written");
}

/* One server that counts statements, with what the servers of the other kind have for tests too. */
static struct servers place_on_one(void)
{
    struct servers servers = {.name = "one", .database = mem_strdup("portals")};
    CLEANUP(mem_cleanup) char *where = cluster_fixture_directory();
    const struct cluster_settings settings = {.directory = where, .without_fsync = true};
    CLEANUP(err_release) struct err err = ERR_INIT;
    static struct cluster *cluster;
    CLEANUP(text_release) struct text conninfo = TEXT_INIT;

    must(cluster_open(&settings, &cluster, &err) < 0, &err);
    cluster_close(cluster);
    add_line(where, "\nshared_preload_libraries = 'pg_stat_statements'\n"
                    "pg_stat_statements.max = 100000\nshared_buffers = 256MB\n"
                    "full_page_writes = off\nsynchronous_commit = off\nwal_level = logical\n"
                    "jit = off\nmax_connections = 300\n");
    must(cluster_open(&settings, &cluster, &err) < 0, &err);
    text_addf(&conninfo, "%s dbname=portals", cluster_conninfo(cluster));
    servers.conninfo = text_take(&conninfo);
    add_node(&servers, servers.conninfo);
    tell(servers.node[0], "create database portals");

    const struct pg_settings new = {.conninfo = servers.conninfo};
    CLEANUP(pg_closep) struct pg *pg = NULL;
    struct migrate_result migrated;
    must(pg_open(&new, &pg, &err) < 0 || migrate_run(pg, &migrated, &err) < 0, &err);
    return servers;
}

static struct servers place_on_many(void)
{
    struct servers servers = {.name = "spread", .conninfo = distributed_create()};
    PGconn *own = connect_to(servers.conninfo, "postgres");
    int workers = (int)number_of(own, "select count(*) from pg_dist_node where groupid <> 0", NULL);
    PQconninfoOption *options = PQconninfoParse(servers.conninfo, NULL);

    for (PQconninfoOption *one = options; one->keyword; one++) {
        if (strcmp(one->keyword, "dbname") == 0)
            servers.database = mem_strdup(one->val);
    }
    PQconninfoFree(options);
    add_node(&servers, servers.conninfo);
    for (int i = 0; i < workers && i + 1 < NODES_UP; i++) {
        CLEANUP(mem_cleanup) char *where = distributed_worker(servers.conninfo, i);
        add_node(&servers, where);
    }
    PQfinish(own);
    return servers;
}

/* --- what was used --- */

/* Of /proc/PID/stat the parent, and seconds of processors, with those of `waited` children. */
static bool look_at(long pid, bool waited, long *ret_parent, double *ret_seconds)
{
    enum { PARENT = 1, USER = 11, SYSTEM, WAITED_USER, WAITED_SYSTEM }; /* behind the name */
    CLEANUP(text_release) struct text path = TEXT_INIT;
    char line[1024] = "";
    double field[WAITED_SYSTEM + 1] = {0};

    text_addf(&path, "/proc/%ld/stat", pid);
    FILE *file = fopen(text_cstr(&path), "re");
    if (!file)
        return false;
    const char *at = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
    (void)fclose(file);
    at = at ? at + 1 : NULL;
    for (size_t i = 0; i < COUNT_OF(field) && at; i++) {
        field[i] = strtod(at + 1, NULL);
        at = strchr(at + 1, ' ');
    }
    double ticks = field[USER] + field[SYSTEM];
    if (waited)
        ticks += field[WAITED_USER] + field[WAITED_SYSTEM];
    *ret_parent = (long)field[PARENT];
    *ret_seconds = ticks / (double)sysconf(_SC_CLK_TCK);
    return at != NULL;
}

/* Of a server with all its processes, those that have ended too. */
static double processors_of(PGconn *node)
{
    long server =
        (long)number_of(node, "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)", NULL);
    long parent = 0;
    double seconds = 0, sum = 0;
    DIR *all = opendir("/proc");

    if (!all || !look_at(server, true, &parent, &sum))
        die("/proc", "a server that is not on this machine");
    for (struct dirent *one; (one = readdir(all));) {
        int64_t pid = 0;
        if (parse_int(one->d_name, 1, INT32_MAX, &pid) &&
            look_at((long)pid, false, &parent, &seconds) && parent == server)
            sum += seconds;
    }
    (void)closedir(all);
    return sum;
}

/* Figures of a session are complete when it has ended. (At the other servers there are always some,
 * the extension's own; those of a session end with it.) */
static void wait_for_sessions(const struct servers *servers)
{
    for (int tries = 0; tries < SETTLED_TRIES; tries++) {
        if (number_of(servers->node[0],
                      "select count(*) from pg_stat_activity where datname = $1 and backend_type ="
                      " 'client backend'",
                      servers->database) == 0)
            break;
        (void)usleep(10000);
    }
    if (servers->nodes > 1)
        (void)usleep(200000);
}

static struct used used_until_now(const struct servers *servers)
{
    static const char counted[] =
        "select case when (select dealloc from pg_stat_statements_info) > 0 then -1e18 else"
        " (select coalesce(sum(s.calls), 0) from pg_stat_statements s join pg_database d on"
        " d.oid = s.dbid where d.datname = $1) end";
    struct used used = {.wall = 0};
    struct rusage children;

    wait_for_sessions(servers);
    for (int i = 0; i < servers->nodes; i++) {
        PGconn *node = servers->node[i];
        *(i == 0 ? &used.asked : &used.passed_on) +=
            servers->counts[i] ? number_of(node, counted, servers->database) : NOT_COUNTED;
        used.active +=
            number_of(node, "select active_time / 1000 from pg_stat_database where datname = $1",
                      servers->database);
        used.written +=
            number_of(node, "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')", NULL);
        used.size += number_of(node, "select pg_database_size($1)", servers->database);
        used.server += processors_of(node);
    }
    if (getrusage(RUSAGE_CHILDREN, &children) == 0)
        used.program = (double)(children.ru_utime.tv_sec + children.ru_stime.tv_sec) +
                       (double)(children.ru_utime.tv_usec + children.ru_stime.tv_usec) / 1e6;
    return used;
}

/* Between two moments, of one in `among`. */
static struct used used_between(struct used from, struct used to, double wall, int64_t among)
{
    double n = (double)among;

    return (struct used){
        .asked = to.asked < 0 ? NOT_COUNTED : (to.asked - from.asked) / n,
        .passed_on = to.passed_on < 0 ? NOT_COUNTED : (to.passed_on - from.passed_on) / n,
        .active = (to.active - from.active) / n,
        .server = (to.server - from.server) / n,
        .written = (to.written - from.written) / n,
        .size = (to.size - from.size) / n,
        .program = (to.program - from.program) / n,
        .wall = wall / n,
    };
}

static const struct {
    const char *key, *text;
    size_t offset;
    double unit;
    bool is_sum; /* 0 may be: no ratio of it */
} figures[] = {
#define FIGURE_OF(field) offsetof(struct used, field)
    {"asked", "statements of the program", FIGURE_OF(asked), 1, false},
    {"passed_on", "statements that other servers were asked", FIGURE_OF(passed_on), 1, true},
    {"active", "sessions of the servers active, ms", FIGURE_OF(active), 1e-3, false},
    {"server", "processors of the servers, ms", FIGURE_OF(server), 1e-3, false},
    {"written", "log of the servers written, kB", FIGURE_OF(written), 1e3, false},
    {"size", "growth of the database, kB", FIGURE_OF(size), 1e3, false},
    {"program", "processors of the program, ms", FIGURE_OF(program), 1e-3, false},
    {"wall", "time that goes by, ms", FIGURE_OF(wall), 1e-3, false},
#undef FIGURE_OF
};

static double value_of(const struct used *used, size_t at)
{
    double value = 0;

    memcpy(&value, (const char *)used + figures[at].offset, sizeof(value));
    return value / figures[at].unit;
}

static void show(const char *key, const char *what, const struct used *used, const char *servers)
{
    for (size_t i = 0; i < COUNT_OF(figures); i++) {
        double value = value_of(used, i);
        if (value < 0 || (figures[i].is_sum && value == 0))
            continue;
        fprintf(stderr, "%s, %s: %s: %.1f\n", servers, what, figures[i].text, value);
        fprintf(stderr, "FIGURE portals_%s_%s_%s %.1f - %s, %s: %s\n", servers, key, figures[i].key,
                value, what, servers, figures[i].text);
    }
}

static void compare(const char *key, const char *what, const struct used *one,
                    const struct used *spread)
{
    for (size_t i = 0; i < COUNT_OF(figures); i++) {
        if (!figures[i].is_sum && value_of(one, i) > 0 && value_of(spread, i) >= 0)
            fprintf(stderr, "FIGURE portals_ratio_%s_%s %.2f - %s: %s, spread over one server\n",
                    key, figures[i].key, value_of(spread, i) / value_of(one, i), what,
                    figures[i].text);
    }
}

/* --- the nights --- */

static char *config_of(const struct servers *servers, int64_t portal)
{
    struct text path = TEXT_INIT;

    text_addf(&path, "%s/%s/p%lld.conf", directory, servers->name, (long long)portal);
    return text_take(&path);
}

static void configure(const struct servers *servers, int64_t portal)
{
    CLEANUP(text_release) struct text from = TEXT_INIT, text = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = config_of(servers, portal);
    CLEANUP(err_release) struct err err = ERR_INIT;
    static const char mark[] = "@CONNINFO@";

    text_addf(&from, "%s/p%lld.conf", directory, (long long)portal);
    must(file_read(text_cstr(&from), 1 << 20, ERR_INTERNAL, &text, NULL, &err) < 0, &err);
    const char *at = strstr(text_cstr(&text), mark);
    FILE *file = fopen(path, "we");
    if (!at || !file ||
        fprintf(file, "%.*s%s%s", (int)(at - text_cstr(&text)), text_cstr(&text), servers->conninfo,
                at + strlen(mark)) < 0 ||
        fclose(file) != 0)
        die(path, "not written");
}

/* In a directory for each kind, with the reports and heads of its own. */
static void configure_all(const struct servers *servers)
{
    CLEANUP(mem_cleanup) char *own = file_join(directory, servers->name);

    if (mkdir(own, 0755) < 0)
        die(own, "not made");
    for (int64_t i = 1; i <= count; i++)
        configure(servers, i);
}

/* What it says goes to a file. */
static pid_t start(const char *const *words)
{
    CLEANUP(mem_cleanup) char *said = file_join(directory, "said");
    pid_t pid = fork();

    if (pid == 0) {
        if (!freopen(said, "a", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
            _exit(126);
        (void)execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    if (pid < 0)
        die("fork", "failed");
    return pid;
}

/* 20 is a plan that a guard holds, and 10 changes that wait. */
static void finish(void)
{
    int status = 0;

    if (wait(&status) < 0 || !WIFEXITED(status))
        die("wait", "failed");
    int code = WEXITSTATUS(status);
    if (code == 0 || code == 10 || code == 20)
        return;
    CLEANUP(mem_cleanup) char *path = file_join(directory, "said");
    CLEANUP(text_release) struct text said = TEXT_INIT;
    if (file_read(path, 1 << 20, ERR_INTERNAL, &said, NULL, NULL) == 0)
        fprintf(stderr, "%s\n", text_cstr(&said));
    fprintf(stderr, "bench_portals: exit code %d\n", code);
    exit(1);
}

static void run_all(const struct servers *servers)
{
    for (int64_t i = 1; i <= count; i++) {
        CLEANUP(mem_cleanup) char *config = config_of(servers, i);
        if (i > AT_ONCE)
            finish();
        (void)start((const char *const[]){program, "--config", config, "--log-level", "error",
                                          "run", NULL});
    }
    for (int64_t i = 0; i < (count < AT_ONCE ? count : AT_ONCE); i++)
        finish();
}

static void let_a_day_go_by(const char *script, const struct servers *servers, size_t kinds)
{
    const char *words[8] = {"sh", script, directory};

    for (size_t i = 0; i < kinds; i++)
        words[3 + i] = servers[i].conninfo;
    (void)start(words);
    finish();
}

static struct used night(const struct servers *servers, const char *key, const char *what)
{
    struct used from = used_until_now(servers);

    double began = now_s();
    run_all(servers);
    double wall = now_s() - began;
    struct used cost = used_between(from, used_until_now(servers), wall, count);
    show(key, what, &cost, servers->name);
    return cost;
}

/* --- all of them --- */

static struct used stand(const struct servers *servers, const char *format, const char *key,
                         const char *what)
{
    CLEANUP(mem_cleanup) char *config = config_of(servers, 1);
    struct used from = used_until_now(servers);
    double began = now_s();

    (void)start((const char *const[]){program, "--config", config, "--log-level", "error", "status",
                                      "--all", "--format", format, NULL});
    finish();
    double wall = now_s() - began;
    struct used cost = used_between(from, used_until_now(servers), wall, 1);
    show(key, what, &cost, servers->name);
    return cost;
}

static void stand_everywhere(const struct servers *servers, size_t kinds, const char *size,
                             int64_t portals)
{
    static const char *const formats[] = {"text", "html"};

    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        CLEANUP(text_release) struct text key = TEXT_INIT, what = TEXT_INIT;
        struct used used[2];
        text_addf(&key, "%s_%s", size, formats[i]);
        text_addf(&what, "how %lld portals stand, as %s", (long long)portals, formats[i]);
        for (size_t k = 0; k < kinds; k++)
            used[k] = stand(&servers[k], formats[i], text_cstr(&key), text_cstr(&what));
        if (kinds == 2)
            compare(text_cstr(&key), text_cstr(&what), &used[0], &used[1]);
    }
}

/* What `status` asks of, copied from the portals there are. */
static void copy_portals(const struct servers *servers, int64_t rows)
{
    static const char *const tables[] = {"portal",
                                         "run",
                                         "snapshot",
                                         "roster",
                                         "profile_class_version",
                                         "seat_class_version",
                                         "plan",
                                         "plan_guard",
                                         "plan_exposed",
                                         "plan_class",
                                         "plan_row",
                                         "ruling",
                                         "step",
                                         "act",
                                         "seat_act",
                                         "seat_count"};
    static const char form[] =
        "select format('insert into reconcile.%I (portal_id%s) overriding system value"
        " select t.portal_id + n.n * %s%s from reconcile.%I t"
        " cross join generate_series(1, %s) n(n)', $1,"
        " string_agg(format(', %I', attname), '' order by attnum), $2,"
        " string_agg(case when $1 = 'portal' and attname = 'name' then ', t.name || ''-copy-'' || "
        "n.n'"
        " else format(', t.%I', attname) end, '' order by attnum), $1, $3)"
        " from pg_attribute where attrelid = ('reconcile.' || $1)::regclass and attnum > 0"
        " and not attisdropped and attgenerated = '' and attname <> 'portal_id'";
    CLEANUP(text_release) struct text step = TEXT_INIT, copies = TEXT_INIT;
    text_addf(&step, "%lld", (long long)count);
    text_addf(&copies, "%lld", (long long)(rows / count - 1));
    PGconn *connection = connect_to(servers->conninfo, servers->database);

    tell(connection, "set session_replication_role = replica");
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        CLEANUP(text_release) struct text after = TEXT_INIT;
        const char *values[] = {tables[i], text_cstr(&step), text_cstr(&copies)};
        CLEANUP(pg_clearp)
        PGresult *insert =
            PQexecParams(connection, form, 3, (const Oid[]){25, 25, 25}, values, NULL, NULL, 0);
        if (PQresultStatus(insert) != PGRES_TUPLES_OK)
            die(form, PQerrorMessage(connection));
        tell(connection, PQgetvalue(insert, 0, 0));
        text_addf(&after, "vacuum analyze reconcile.%s", tables[i]);
        tell(connection, text_cstr(&after));
    }
    PQfinish(connection);
}

int main(int argc, char **argv)
{
    struct servers servers[2];
    struct used used[2];
    size_t kinds = 0;
    int64_t rows = 0;

    if (argc != 6 || !parse_int(argv[3], 1, 100000, &count) ||
        !parse_int(argv[4], 0, 100000, &rows) || rows % count != 0)
        return 64;
    program = argv[1];
    directory = argv[2];
    servers[kinds++] = place_on_one();
    if (distributed_is_here())
        servers[kinds++] = place_on_many();
    for (size_t k = 0; k < kinds; k++)
        configure_all(&servers[k]);
    static const char *const nights[][2] = {{"first", "a portal's first night"},
                                            {"usual", "a portal's usual night"}};
    for (size_t i = 0; i < COUNT_OF(nights); i++) {
        if (i > 0)
            let_a_day_go_by(argv[5], servers, kinds);
        for (size_t k = 0; k < kinds; k++)
            used[k] = night(&servers[k], nights[i][0], nights[i][1]);
        if (kinds == 2)
            compare(nights[i][0], nights[i][1], &used[0], &used[1]);
    }
    stand_everywhere(servers, kinds, "stand", count);
    if (rows <= count)
        return 0;
    for (size_t k = 0; k < kinds; k++)
        copy_portals(&servers[k], rows);
    stand_everywhere(servers, kinds, "copied", rows);
    return 0;
}
