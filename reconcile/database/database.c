/*
 * The only place that knows whether the database is embedded or a server. psql gets its connection
 * as an argument and a password through the environment, where only its own user can read it.
 */
#include "database/database.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/clock.h"
#include "host/file.h"

/* --- opening --- */

static void (*told)(const char *what);

void database_on_wait(void (*tell)(const char *what))
{
    told = tell;
}

static int open_cluster(const struct config_database *config, struct cluster **ret_cluster,
                        struct err *err)
{
    const struct cluster_settings settings = {
        .directory = config->embedded,
        .bindir = config->bindir,
        .os_user = config->os_user,
        .tell = told,
    };

    return cluster_open(&settings, ret_cluster, err);
}

/* The password, when one is configured. */
static int read_password(const struct config_database *config, struct secret *ret_password,
                         struct err *err)
{
    if (config->embedded || (!config->password.file && !config->password.credential))
        return 0;
    return config_read_secret(&config->password, ret_password, err);
}

/* Most of a night's log is pages that it is the first to touch. On our own server they go into the
 * log compressed, where it was built for that; whoever runs another decides that there. */
static int compress_log(struct pg *pg, struct err *err)
{
    static const char sql[] =
        "select pg_catalog.set_config('wal_compression', 'lz4', false) from pg_catalog.pg_settings"
        " where name = 'wal_compression' and 'lz4' = any (enumvals)"
        " and pg_catalog.current_setting('is_superuser') = 'on'";

    return pg_run(pg, "compress_log", sql, PG_MAYBE, NULL, 0, NULL, err);
}

int database_open(const struct config_database *config, struct database *ret_database,
                  struct err *err)
{
    CLEANUP(secret_release) struct secret password = SECRET_INIT;
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    struct pg_settings settings = {.conninfo = config->conninfo,
                                   .connect_timeout_s = config->connect_timeout,
                                   .statement_timeout_s = config->statement_timeout,
                                   .lock_timeout_s = config->lock_timeout};

    if (read_password(config, &password, err) < 0)
        return -1;
    if (secret_is_set(&password))
        settings.password = &password;
    if (config->embedded) {
        if (open_cluster(config, &database.cluster, err) < 0)
            return -1;
        settings.conninfo = cluster_conninfo(database.cluster);
    }
    if (pg_open(&settings, &database.pg, err) < 0 ||
        (config->embedded && compress_log(database.pg, err) < 0))
        return -1;
    ret_database->cluster = TAKE(database.cluster);
    ret_database->pg = TAKE(database.pg);
    return 0;
}

void database_release(struct database *database)
{
    pg_close(database->pg);
    cluster_close(database->cluster); /* last: it may stop the server */
    *database = (struct database){.cluster = NULL};
}

/* --- psql --- */

/* What psql may have of our environment: the terminal, the person's habits, nothing of PG*. */
static const char *const passed[] = {
    "PATH",       "HOME",        "USER",         "LOGNAME", "TERM",      "LANG",
    "LC_ALL",     "LC_CTYPE",    "LINES",        "SHELL",   "COLUMNS",   "PAGER",
    "PSQL_PAGER", "LESS",        "EDITOR",       "VISUAL",  "PSQLRC",    "NO_COLOR",
    "PG_COLOR",   "PSQL_EDITOR", "PSQL_HISTORY", "TMPDIR",  "COLORTERM", "INPUTRC",
};

struct command {
    char **argv;
    char **environment;
    size_t environment_count;
};

static void command_release(struct command *command)
{
    for (size_t i = 0; command->argv && command->argv[i]; i++)
        free(command->argv[i]);
    free(command->argv);
    for (size_t i = 0; i < command->environment_count; i++) {
        secret_wipe(command->environment[i], strlen(command->environment[i]));
        free(command->environment[i]);
    }
    free(command->environment);
}

static void add_variable(struct command *command, const char *name, const char *value)
{
    struct text text = TEXT_INIT;

    text_addf(&text, "%s=%s", name, value);
    command->environment[command->environment_count++] = text_take(&text);
}

/* An open transaction of a person who went to lunch must not hold up the nightly run, which waits
 * for a lock for lock_timeout (30 s). Another server has its own rules. */
static void add_environment(struct command *command, const struct config_database *config,
                            const struct secret *password)
{
    CLEANUP(text_release) struct text seconds = TEXT_INIT;

    command->environment = mem_calloc(COUNT_OF(passed) + 5, sizeof(command->environment[0]));
    for (size_t i = 0; i < COUNT_OF(passed); i++) {
        const char *value = getenv(passed[i]);

        if (value)
            add_variable(command, passed[i], value);
    }
    add_variable(command, "PGAPPNAME", "bynder-reconcile psql");
    add_variable(command, "PGOPTIONS",
                 config->embedded
                     ? "-c search_path=reconcile -c idle_in_transaction_session_timeout=20s"
                     : "-c search_path=reconcile");
    text_addf(&seconds, "%lld", (long long)config->connect_timeout);
    add_variable(command, "PGCONNECT_TIMEOUT", text_cstr(&seconds)); /* of each host; 0 = none */
    if (secret_is_set(password))
        add_variable(command, "PGPASSWORD", secret_reveal(password));
}

/* "psql -d CONNINFO ARGUMENTS…" */
static void add_arguments(struct command *command, const char *psql, const char *conninfo,
                          char *const *arguments)
{
    size_t count = 0;

    while (arguments && arguments[count])
        count++;
    command->argv = mem_calloc(count + 4, sizeof(command->argv[0]));
    command->argv[0] = mem_strdup(psql);
    command->argv[1] = mem_strdup("-d");
    command->argv[2] = mem_strdup(conninfo);
    for (size_t i = 0; i < count; i++)
        command->argv[3 + i] = mem_strdup(arguments[i]);
}

static int find_psql(const struct config_database *config, const struct cluster *cluster,
                     char **ret_psql, struct err *err)
{
    const char *const place[] = {cluster ? cluster_bindir(cluster) : config->bindir, "/usr/bin",
                                 "/usr/local/bin"};

    for (size_t i = 0; i < COUNT_OF(place); i++) {
        CLEANUP(mem_cleanup) char *path = place[i] ? file_join(place[i], "psql") : NULL;

        if (path && access(path, X_OK) == 0) {
            *ret_psql = TAKE(path);
            return 0;
        }
    }
    return err_set(err, ERR_CONFIG,
                   "cannot find psql; hint: install the package 'postgresql-client', or set "
                   "database.bindir");
}

/* Ctrl-C and Ctrl-\ at the terminal are for psql; SIGTERM for us is passed on. */
static int run_psql(const struct command *command, int *ret_status, struct err *err)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, plain = {.sa_handler = SIG_DFL};
    struct sigaction old_int, old_quit;
    pid_t child, ended = -1;
    int status = 0;

    (void)sigaction(SIGINT, &ignore, &old_int);
    (void)sigaction(SIGQUIT, &ignore, &old_quit);
    child = fork();
    if (child == 0) {
        (void)sigaction(SIGINT, &plain, NULL);
        (void)sigaction(SIGQUIT, &plain, NULL);
        (void)sigaction(SIGTERM, &plain, NULL);
        (void)sigaction(SIGPIPE, &plain, NULL);
        (void)execve(command->argv[0], command->argv, command->environment);
        _exit(127);
    }
    while (child > 0 && (ended = waitpid(child, &status, 0)) < 0 && errno == EINTR) {
        if (clock_is_interrupted())
            (void)kill(child, SIGTERM);
    }
    (void)sigaction(SIGINT, &old_int, NULL);
    (void)sigaction(SIGQUIT, &old_quit, NULL);
    if (ended < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot run '%s'", command->argv[0]);
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return 0;
}

int database_psql(const struct config_database *config, char *const *arguments, int *ret_status,
                  struct err *err)
{
    CLEANUP(cluster_closep) struct cluster *cluster = NULL;
    CLEANUP(secret_release) struct secret password = SECRET_INIT;
    CLEANUP(command_release) struct command command = {.argv = NULL};
    CLEANUP(mem_cleanup) char *psql = NULL;

    if (read_password(config, &password, err) < 0 ||
        (config->embedded && open_cluster(config, &cluster, err) < 0) ||
        find_psql(config, cluster, &psql, err) < 0)
        return -1;
    add_arguments(&command, psql, cluster ? cluster_conninfo(cluster) : config->conninfo,
                  arguments);
    add_environment(&command, config, &password);
    return run_psql(&command, ret_status, err);
}
