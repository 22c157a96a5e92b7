/*
 * A janitor process waits for the end of the test program (its end of a pipe closes, however it
 * dies), then stops the server and removes the directory.
 *
 * Where TEST_CLUSTER names a place, the first program of a suite makes a cluster there with a
 * migrated database in it, and each copies that: initdb and the migrations once, not once a test.
 */
#include "cluster_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/parse.h"
#include "database/cluster.h"
#include "distributed.h"
#include "host/file.h"
#include "store/migrate.h"

/* The databases of a server: the one that programs work in, and one to give orders from. */
#define MIGRATED "reconcile"
#define ORDERS   "postgres"

enum { KEPT = 6 };

static char *root;
static struct cluster *cluster;
static char *conninfo;
static int databases;

static void die(const char *what, const struct err *err)
{
    (void)fprintf(stderr, "cluster_fixture: %s: %s\n", what, err ? err->text : "failed");
    abort();
}

static void cleanup_file(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}

/* Kills the server of a pid file below the root, when its command line says that it is one. */
static void kill_server(const char *pid_file)
{
    CLEANUP(cleanup_file) FILE *file = fopen(pid_file, "re");
    CLEANUP(cleanup_file) FILE *words = NULL;
    CLEANUP(text_release) struct text path = TEXT_INIT;
    CLEANUP(mem_cleanup) char *line = NULL, *cmdline = NULL;
    size_t size = 0, cmdline_size = 0;
    int64_t pid;

    if (!file || getline(&line, &size, file) <= 0)
        return;
    line[strcspn(line, "\n")] = '\0';
    text_addf(&path, "/proc/%s/cmdline", line);
    words = fopen(text_cstr(&path), "re");
    if (!parse_int(line, 2, INT32_MAX, &pid) || !words)
        return;
    while (getdelim(&cmdline, &cmdline_size, '\0', words) > 0) {
        if (text_starts(cmdline, root)) {
            (void)kill((pid_t)pid, SIGQUIT);
            for (int i = 0; i < 500 && kill((pid_t)pid, 0) == 0; i++)
                (void)usleep(10000);
            return;
        }
    }
}

static int stop_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    if (strcmp(path + place->base, "postmaster.pid") == 0)
        kill_server(path);
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    (void)remove(path);
    return 0;
}

/* Never returns. */
static void clean_up_after(int alive, pid_t whose)
{
    char byte;

    (void)setsid();
    (void)prctl(PR_SET_NAME, "test-janitor");
    while (read(alive, &byte, 1) < 0 && errno == EINTR)
        continue;
    (void)nftw(root, stop_one, 16, FTW_PHYS);
    (void)nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (distributed_is_here())
        distributed_drop_all((int)whose);
    _exit(0);
}

static void start_janitor(void)
{
    pid_t child, whose = getpid();
    int alive[2];

    if (pipe2(alive, O_CLOEXEC) < 0)
        die("pipe", NULL);
    child = fork();
    if (child < 0)
        die("fork", NULL);
    if (child == 0) {
        (void)close(alive[1]);
        clean_up_after(alive[0], whose);
    }
    (void)close(alive[0]);
}

static void ensure_root(void)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    const char *parent = getenv("TMPDIR");

    if (root)
        return;
    text_addf(&path, "%s/bynder-reconcile-test-XXXXXX", text_is_empty(parent) ? "/tmp" : parent);
    root = text_take(&path);
    if (!mkdtemp(root) || (geteuid() == 0 && chmod(root, 0755) < 0))
        die("mkdtemp", NULL);
    start_janitor();
}

static struct cluster *open_cluster(const char *directory)
{
    struct cluster_settings settings = {.directory = directory, .without_fsync = true};
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct cluster *opened = NULL;

    if (cluster_open(&settings, &opened, &err) < 0)
        die("cluster_open", &err);
    return opened;
}

/* Connected to a database of the server that exists; how long that takes is not what a test is
 * about. */
static struct pg *connect_to(const struct cluster *server, const char *database)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text where = TEXT_INIT;
    struct pg_settings settings = {0};
    struct pg *pg = NULL;

    text_addf(&where, "%s dbname=%s", cluster_conninfo(server), database);
    settings.conninfo = text_cstr(&where);
    if (pg_open(&settings, &pg, &err) < 0)
        die("pg_open", &err);
    return pg;
}

static void create_database(const struct cluster *server, const char *name, const char *template)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_closep) struct pg *maker = connect_to(server, ORDERS);
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    /* Quicker than through the log, and before 15 the only way. */
    text_addf(&sql, "create database %s template %s%s", name, template,
              PQserverVersion(pg_raw(maker)) >= 150000 ? " strategy file_copy" : "");
    if (pg_run(maker, "create_database", text_cstr(&sql), PG_NOTHING, NULL, 0, NULL, &err) < 0)
        die("create database", &err);
}

/* A test has a few at most; those of the tests before it would fill a small disk. */
static void drop_old(const struct cluster *server, int number)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    if (number <= 0)
        return;
    CLEANUP(pg_closep) struct pg *maker = connect_to(server, ORDERS);
    text_addf(&sql, "drop database if exists test_%d with (force)", number);
    if (pg_run(maker, "drop_database", text_cstr(&sql), PG_NOTHING, NULL, 0, NULL, &err) < 0)
        die("drop database", &err);
}

static void create_migrated(const struct cluster *server)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct migrate_result migrated;

    CLEANUP(pg_closep) struct pg *pg = connect_to(server, MIGRATED);
    if (migrate_run(pg, &migrated, &err) < 0)
        die("migrate", &err);
}

static void run_tool(const char *const *words)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        (void)execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        die(words[0], NULL);
}

/* A server of a few minutes whose data nobody misses. */
static void make_light(const char *data)
{
    static const char settings[] = "full_page_writes = off\nautovacuum = off\n"
                                   "wal_init_zero = off\n"
                                   "shared_preload_libraries = 'plpgsql'\n";
    CLEANUP(mem_cleanup) char *path = file_join(data, "postgresql.conf");
    FILE *file = fopen(path, "ae");

    if (!file || fputs(settings, file) < 0 || fclose(file) != 0)
        die(path, NULL);
}

/* The first one makes it, under a name of its own until it is whole; the others wait meanwhile. */
static void ensure_template(const char *path)
{
    CLEANUP(text_release) struct text lock = TEXT_INIT, fresh = TEXT_INIT;

    text_addf(&lock, "%s.lock", path);
    text_addf(&fresh, "%s.new", path);
    CLEANUP(cleanup_fd) int fd = open(text_cstr(&lock), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) < 0)
        die(text_cstr(&lock), NULL);
    if (access(path, F_OK) == 0)
        return;
    struct cluster *made = open_cluster(text_cstr(&fresh));
    create_migrated(made);
    cluster_close(made);
    text_add(&fresh, "/data");
    make_light(text_cstr(&fresh));
    if (rename(text_cstr(&fresh), path) < 0)
        die("rename", NULL);
}

/* False: there is none to copy, outside of a suite. */
static bool copy_template(const char *directory)
{
    CLEANUP(mem_cleanup) char *data = file_join(directory, "data");
    const char *template = getenv("TEST_CLUSTER");

    if (text_is_empty(template))
        return false;
    ensure_template(template);
    if (mkdir(directory, 0700) < 0)
        die("mkdir", NULL);
    run_tool((const char *const[]){"cp", "-a", "--", template, data, NULL});
    return true;
}

static void ensure_server(void)
{
    if (cluster)
        return;
    ensure_root();
    CLEANUP(mem_cleanup) char *directory = file_join(root, "pg");
    bool copied = copy_template(directory);
    cluster = open_cluster(directory);
    if (!copied)
        create_migrated(cluster);
    conninfo = mem_strdup(cluster_conninfo(cluster));
}

const char *cluster_fixture_conninfo(void)
{
    if (!conninfo)
        ensure_server();
    return conninfo;
}

static struct pg *open_new(const char *template, int64_t statement_timeout_s,
                           int64_t lock_timeout_s)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text name = TEXT_INIT, where = TEXT_INIT;
    struct pg_settings settings = {.statement_timeout_s = statement_timeout_s,
                                   .lock_timeout_s = lock_timeout_s};
    struct pg *pg = NULL;

    ensure_server();
    text_addf(&name, "test_%d", ++databases);
    drop_old(cluster, databases - KEPT);
    create_database(cluster, text_cstr(&name), template);
    text_addf(&where, "%s dbname=%s", cluster_conninfo(cluster), text_cstr(&name));
    free(conninfo);
    conninfo = text_take(&where);
    settings.conninfo = conninfo;
    if (pg_open(&settings, &pg, &err) < 0)
        die("pg_open", &err);
    return pg;
}

struct pg *cluster_fixture_open_with(int64_t statement_timeout_s, int64_t lock_timeout_s)
{
    return open_new("template1", statement_timeout_s, lock_timeout_s);
}

struct pg *cluster_fixture_open(void)
{
    return open_new("template1", 0, 0);
}

/* Likewise, spread over the servers of RECONCILE_TEST_CITUS. */
static struct pg *open_spread(void)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct pg_settings settings = {0};
    struct pg *pg = NULL;

    ensure_root();
    free(conninfo);
    settings.conninfo = conninfo = distributed_create();
    if (pg_open(&settings, &pg, &err) < 0)
        die("pg_open", &err);
    return pg;
}

struct pg *cluster_fixture_open_migrated(void)
{
    return distributed_is_here() ? open_spread() : open_new(MIGRATED, 0, 0);
}

/* Of a table that is spread the parts have them, where they are called by the part's number. */
char *cluster_fixture_triggers(const char *table, enum triggers how)
{
    static const char *const words[] = {"disable trigger all", "enable trigger all"};
    bool is_spread = distributed_is_here() && strcmp(table, "migration") != 0;
    struct text sql = TEXT_INIT;

    if (how == TRIGGERS_ALWAYS && is_spread)
        text_addf(
            &sql,
            "do $x$ begin perform run_command_on_shards('reconcile.%s', $c$do $d$ declare t name;"
            " begin for"
            " t in select tgname from pg_trigger where tgrelid = '%%1$s'::regclass and not"
            " tgisinternal loop execute format('alter table %%1$s enable always trigger"
            " %%%%I', t); end loop; end $d$$c$); end $x$",
            table);
    else if (how == TRIGGERS_ALWAYS)
        text_addf(&sql,
                  "do $d$ declare t name; begin for t in select tgname from pg_trigger where"
                  " tgrelid = 'reconcile.%s'::regclass and not tgisinternal loop execute"
                  " format('alter table reconcile.%s enable always trigger %%I', t); end loop;"
                  " end $d$",
                  table, table);
    else if (is_spread)
        text_addf(
            &sql,
            "do $x$ begin perform run_command_on_shards('reconcile.%s', 'alter table %%s %s');"
            " end $x$",
            table, words[how]);
    else
        text_addf(&sql, "alter table reconcile.%s %s", table, words[how]);
    return text_take(&sql);
}

static int directories;

static void add_directory(struct text *path, int number)
{
    text_addf(path, "%s/directory-%d", root, number);
}

char *cluster_fixture_directory(void)
{
    struct text path = TEXT_INIT;

    ensure_root();
    add_directory(&path, ++directories);
    return text_take(&path);
}

void cluster_fixture_put(const char *directory)
{
    if (copy_template(directory))
        return;
    struct cluster *made = open_cluster(directory);
    create_migrated(made);
    cluster_close(made);
}

void cluster_fixture_remove_directories(const char *but)
{
    for (int number = 1; number <= directories; number++) {
        CLEANUP(text_release) struct text path = TEXT_INIT;

        add_directory(&path, number);
        if (strcmp(text_cstr(&path), but) == 0 || access(text_cstr(&path), F_OK) < 0)
            continue;
        (void)nftw(text_cstr(&path), stop_one, 16, FTW_PHYS);
        (void)nftw(text_cstr(&path), remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
}
