/*
 * A janitor process waits for the end of the test program (its end of a pipe closes, however it
 * dies), then stops the server and removes the directory.
 */
#include "cluster_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/parse.h"
#include "database/cluster.h"

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
static void clean_up_after(int alive)
{
    char byte;

    (void)setsid();
    (void)prctl(PR_SET_NAME, "test-janitor");
    while (read(alive, &byte, 1) < 0 && errno == EINTR)
        continue;
    (void)nftw(root, stop_one, 16, FTW_PHYS);
    (void)nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    _exit(0);
}

static void start_janitor(void)
{
    int alive[2];
    pid_t child;

    if (pipe2(alive, O_CLOEXEC) < 0)
        die("pipe", NULL);
    child = fork();
    if (child < 0)
        die("fork", NULL);
    if (child == 0) {
        (void)close(alive[1]);
        clean_up_after(alive[0]);
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

static void ensure_server(void)
{
    struct cluster_settings settings = {.without_fsync = true};
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct text directory = TEXT_INIT;

    if (cluster)
        return;
    ensure_root();
    text_addf(&directory, "%s/pg", root);
    settings.directory = text_cstr(&directory);
    if (cluster_open(&settings, &cluster, &err) < 0)
        die("cluster_open", &err);
    text_release(&directory);
    conninfo = mem_strdup(cluster_conninfo(cluster));
}

const char *cluster_fixture_conninfo(void)
{
    ensure_server();
    return conninfo;
}

struct pg *cluster_fixture_open_with(int64_t statement_timeout_s, int64_t lock_timeout_s)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_closep) struct pg *maker = NULL;
    CLEANUP(text_release) struct text sql = TEXT_INIT, where = TEXT_INIT;
    struct pg_settings making = {0}; /* how long that takes is not what the test is about */
    struct pg_settings settings = {.statement_timeout_s = statement_timeout_s,
                                   .lock_timeout_s = lock_timeout_s};
    struct pg *pg = NULL;

    ensure_server();
    making.conninfo = cluster_conninfo(cluster);
    text_addf(&sql, "create database test_%d", ++databases);
    text_addf(&where, "%s dbname=test_%d", making.conninfo, databases);
    if (pg_open(&making, &maker, &err) < 0 ||
        pg_run(maker, "create_database", text_cstr(&sql), PG_NOTHING, NULL, 0, NULL, &err) < 0)
        die("create database", &err);
    free(conninfo);
    conninfo = text_take(&where);
    settings.conninfo = conninfo;
    if (pg_open(&settings, &pg, &err) < 0)
        die("pg_open", &err);
    return pg;
}

struct pg *cluster_fixture_open(void)
{
    return cluster_fixture_open_with(0, 0);
}

char *cluster_fixture_directory(void)
{
    static int directories;
    struct text path = TEXT_INIT;

    ensure_root();
    text_addf(&path, "%s/directory-%d", root, ++directories);
    return text_take(&path);
}
