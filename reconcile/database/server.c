/*
 * The server is started directly, not by pg_ctl, whose options go through a shell. All its settings
 * are on its command line, so they are those of this program whatever lies in the directory.
 *
 * The pid file is a claim, not a fact: the number in it may by now be another process, or one that
 * ended and was not reaped. It is ours when the process belongs to the user and its command line
 * names our data directory, or, where /proc hides it, when it listens on our socket. A pid file
 * that is not true is removed only when PostgreSQL itself would stumble over it (the number is
 * taken by somebody else), and never while anything is still attached to the shared memory it
 * names, for that may be a backend that has not noticed the death of its server.
 */
#include "database/server.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/parse.h"
#include "host/clock.h"
#include "host/file.h"

#define CREATE_TIMEOUT_S 120
#define QUICK_TIMEOUT_S  30
#define ANSWER_S         "5" /* for a server that starts to say so */
#define STOP_FAST_MS     30000
#define STOP_NOW_MS      10000
#define EMPTY_MS         2000
#define LOG_TAIL         2000 /* bytes of the log in an error */
#define LOG_MAXIMUM      4194304
#define LOG_NAME         "server.log"
#define SMALL_FILE       65536
#define PROGRAMS         "/usr/lib/postgresql" /* in it N/bin: the programs of version N */
#define SOCKET_NAME      "/.s.PGSQL.5432"

void server_release(struct server *server)
{
    free(server->directory);
    free(server->data);
    free(server->bindir);
    free(server->socket);
    child_user_release(&server->user);
}

static void rest(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 5 * 1000000}, NULL);
}

/* --- programs --- */

static bool has_programs(const char *bindir)
{
    static const char *const name[] = {"postgres", "initdb"};

    for (size_t i = 0; i < COUNT_OF(name); i++) {
        CLEANUP(mem_cleanup) char *path = file_join(bindir, name[i]);

        if (access(path, X_OK) < 0)
            return false;
    }
    return true;
}

static char *ask_pg_config(void)
{
    static const char *const place[] = {"/usr/local/bin/pg_config", "/usr/bin/pg_config"};
    struct child_user nobody_else = {.home = (char[]){"/"}};

    for (size_t i = 0; i < COUNT_OF(place); i++) {
        CLEANUP(text_release) struct text output = TEXT_INIT;
        const char *const argv[] = {place[i], "--bindir", NULL};
        int status;

        if (access(place[i], X_OK) < 0 ||
            child_run(&nobody_else, argv, NULL, QUICK_TIMEOUT_S, &output, &status, NULL) < 0 ||
            status != 0 || output.length < 2)
            continue;
        output.data[strcspn(output.data, "\n")] = '\0';
        if (has_programs(output.data))
            return mem_strdup(output.data);
    }
    return NULL;
}

static char *find_newest(void)
{
    DIR *directory = opendir(PROGRAMS);
    char *best = NULL;
    int64_t best_version = 0, version;
    struct dirent *entry;

    while (directory && (entry = readdir(directory))) {
        CLEANUP(text_release) struct text path = TEXT_INIT;

        text_addf(&path, PROGRAMS "/%s/bin", entry->d_name);
        if (parse_int(entry->d_name, best_version + 1, 1000, &version) &&
            has_programs(text_cstr(&path))) {
            free(best);
            best = text_take(&path);
            best_version = version;
        }
    }
    if (directory)
        (void)closedir(directory);
    return best;
}

static int find_programs(const char *wanted, char **ret_bindir, struct err *err)
{
    CLEANUP(mem_cleanup) char *found = NULL;

    if (wanted && !has_programs(wanted))
        return err_set(err, ERR_CONFIG,
                       "there are no server programs of PostgreSQL (initdb, postgres) in '%s'; "
                       "hint: correct database.bindir",
                       wanted);
    found = wanted ? mem_strdup(wanted) : ask_pg_config();
    if (!found)
        found = find_newest();
    if (!found)
        return err_set(err, ERR_CONFIG,
                       "cannot find the server programs of PostgreSQL; hint: install the package "
                       "'postgresql', or set database.bindir");
    *ret_bindir = TAKE(found);
    return 0;
}

/* Of the cluster in this directory. */
static int read_version(const char *data, int64_t *ret_major, struct err *err)
{
    CLEANUP(mem_cleanup) char *path = file_join(data, "PG_VERSION");
    CLEANUP(text_release) struct text content = TEXT_INIT;

    if (file_read(path, SMALL_FILE, ERR_CONFIG, &content, NULL, err) < 0)
        return -1;
    if (!parse_digits(text_cstr(&content), strcspn(text_cstr(&content), ".\n"), 1000, ret_major))
        return err_set(err, ERR_CONFIG, "'%s' does not hold a version of PostgreSQL", path);
    return 0;
}

int server_choose_programs(struct server *server, const char *wanted, const char *directory,
                           struct err *err)
{
    CLEANUP(mem_cleanup) char *data = file_join(directory, "data");
    CLEANUP(text_release) struct text bindir = TEXT_INIT;
    int64_t major;

    if (!wanted && read_version(data, &major, NULL) == 0) {
        text_addf(&bindir, PROGRAMS "/%lld/bin", (long long)major);
        if (has_programs(text_cstr(&bindir))) {
            server->bindir = text_take(&bindir);
            server->major = major;
            return 0;
        }
    }
    return find_programs(wanted, &server->bindir, err);
}

static char *program(const struct server *server, const char *name)
{
    return file_join(server->bindir, name);
}

/* "postgres (PostgreSQL) 15.20 (Debian …)" */
static int read_major(const struct server *server, int64_t *ret_major, struct err *err)
{
    CLEANUP(mem_cleanup) char *postgres = program(server, "postgres");
    CLEANUP(text_release) struct text output = TEXT_INIT;
    const char *const argv[] = {postgres, "--version", NULL};
    const char *number;
    int status;

    if (child_run(&server->user, argv, NULL, QUICK_TIMEOUT_S, &output, &status, err) < 0)
        return -1;
    number = strpbrk(text_cstr(&output), "0123456789");
    if (status != 0 || !number ||
        !parse_digits(number, strspn(number, "0123456789"), 1000, ret_major))
        return err_set(err, ERR_CONFIG, "'%s --version' does not work (exit status %d)", postgres,
                       status);
    return 0;
}

int server_check_version(const struct server *server, bool *ret_exists, struct err *err)
{
    struct stat status;
    int64_t programs = server->major;
    int64_t cluster;

    if (file_look(server->data, &status) < 0 && errno == ENOENT) {
        *ret_exists = false;
        return 0;
    }
    if (read_version(server->data, &cluster, err) < 0)
        return err_prefix(err, "the embedded database in '%s' is damaged", server->directory);
    if (programs == 0 && read_major(server, &programs, err) < 0)
        return -1;
    if (cluster != programs)
        return err_set(err, ERR_CONFIG,
                       "the embedded database in '%s' is of PostgreSQL %lld, the programs in '%s' "
                       "are of PostgreSQL %lld; hint: set database.bindir to the programs of "
                       "version %lld, or bring the data to version %lld with pg_upgrade",
                       server->directory, (long long)cluster, server->bindir, (long long)programs,
                       (long long)cluster, (long long)programs);
    *ret_exists = true;
    return 0;
}

/* --- making a cluster --- */

/* What a program said, for an error: its last lines, on one. */
static void add_tail(struct text *text, const char *output)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    size_t length = strlen(output), start = length > LOG_TAIL ? length - LOG_TAIL : 0;

    if (start > 0)
        start += strcspn(output + start, "\n");
    for (size_t i = start; i < length; i++) {
        if (output[i] != '\n')
            text_add_char(&line, output[i]);
        else if (line.length > 0 && i + 1 < length)
            text_add(&line, "; ");
    }
    text_add_printable(text, text_cstr(&line));
}

static int run_tool(const struct server *server, const char *const *argv, const char *input,
                    struct err *err)
{
    CLEANUP(text_release) struct text output = TEXT_INIT, tail = TEXT_INIT;
    int status;

    if (child_run(&server->user, argv, input, CREATE_TIMEOUT_S, &output, &status, err) < 0)
        return -1;
    if (status == 0)
        return 0;
    add_tail(&tail, text_cstr(&output));
    return err_set(err, ERR_UNREACHABLE,
                   "cannot create the embedded database in '%s': '%s' ended with status %d: %s",
                   server->directory, argv[0], status, text_cstr(&tail));
}

/* As the user, never as root: the directory is the user's, and so may be the links in it. */
static int remove_half(const struct server *server, const char *path, struct err *err)
{
    const char *const argv[] = {"/bin/rm", "-rf", "--", path, NULL};

    return run_tool(server, argv, NULL, err);
}

static const char *find_locale(void)
{
    locale_t wanted = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);

    if (wanted == (locale_t)0)
        return "--locale=C";
    freelocale(wanted);
    return "--locale=C.UTF-8";
}

int server_create(const struct server *server, struct err *err)
{
    CLEANUP(mem_cleanup) char *fresh = file_join(server->directory, "data.new");
    CLEANUP(mem_cleanup) char *initdb = program(server, "initdb");
    CLEANUP(mem_cleanup) char *postgres = program(server, "postgres");
    /* trust: whoever can reach the socket, in a directory of mode 0700, is that user or root. */
    const char *const init[] = {initdb,
                                "-D",
                                fresh,
                                "--username=reconcile",
                                "--encoding=UTF8",
                                find_locale(),
                                "--lc-collate=C", /* the same order as C.UTF-8, and far quicker */
                                "--lc-messages=C",
                                "--auth-local=trust",
                                "--auth-host=reject",
                                "--data-checksums",
                                "--no-instructions",
                                server->without_fsync ? "--no-sync" : NULL,
                                NULL};
    const char *const single[] = {postgres,   "--single",
                                  "-D",       fresh,
                                  "-c",       "exit_on_error=on",
                                  "-c",       server->without_fsync ? "fsync=off" : "fsync=on",
                                  "postgres", NULL};

    if (remove_half(server, fresh, err) < 0 || run_tool(server, init, NULL, err) < 0 ||
        run_tool(server, single, "create database reconcile;\n", err) < 0)
        return -1;
    if (file_rename(fresh, "data") < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot rename '%s'", fresh);
    if (!server->without_fsync && file_sync_directory(server->directory) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot sync '%s'", server->directory);
    return 0;
}

/* --- the socket --- */

/* A comma would make two hosts of it for libpq. */
static bool can_hold_socket(const char *directory)
{
    return strlen(directory) + strlen(SOCKET_NAME) < sizeof((struct sockaddr_un){0}.sun_path) &&
           !strchr(directory, ',');
}

/* The name can be guessed, so what is there is believed only when it is the user's alone. */
static int claim_directory(const struct child_user *user, const char *path, struct err *err)
{
    CLEANUP(cleanup_fd) int fd = -1;
    struct stat status;

    if (file_make_directory(path, 0700, err) < 0)
        return -1;
    fd = file_open(path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0 || fstat(fd, &status) < 0)
        return err_set_errno(err, ERR_CONFIG, errno, "cannot use '%s' for a socket", path);
    if (status.st_uid == 0 && user->uid != 0 && fchown(fd, user->uid, user->gid) == 0)
        status.st_uid = user->uid;
    if (status.st_uid != user->uid || (status.st_mode & 077) != 0)
        return err_set(err, ERR_CONFIG,
                       "'%s' is not the private directory of the user '%s'; hint: remove it, or "
                       "give database.embedded a shorter path",
                       path, user->name);
    return 0;
}

int server_choose_socket(const struct child_user *user, const char *directory, char **ret_socket,
                         struct err *err)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    struct digest digest = digest_of(directory, strlen(directory));
    char hex[DIGEST_HEX_SIZE];

    if (can_hold_socket(directory)) {
        *ret_socket = mem_strdup(directory);
        return 0;
    }
    (void)digest_hex(&digest, hex);
    text_addf(&path, "%s/bynder-reconcile-%.24s", geteuid() == 0 ? "/run" : "/tmp", hex);
    if (claim_directory(user, text_cstr(&path), err) < 0)
        return -1;
    *ret_socket = text_take(&path);
    return 0;
}

/* --- the pid file --- */

enum presence {
    SERVER_NONE = 0, /* no pid file */
    SERVER_STALE,    /* a pid file without its server */
    SERVER_STARTING, /* or stopping: it runs, but takes no connections */
    SERVER_READY,
};

/* The lines of postmaster.pid that are of use. */
enum { LINE_PID = 0, LINE_SOCKET = 4, LINE_MEMORY = 6, LINE_STATUS = 7, LINE_COUNT = 8 };

struct pid_file {
    struct text content;
    const char *line[LINE_COUNT]; /* "" when it has fewer */
    pid_t pid;
};

static void pid_file_release(struct pid_file *file)
{
    text_release(&file->content);
}

/* Whether the process listens on the socket that the pid file names, as the user. This is what is
 * left to ask where /proc hides the process: systemd's ProtectProc= hides even one's own from
 * another PrivateUsers=, so a run in its sandbox would not see the server of a person's sudo. */
static bool listens_on_our_socket(const struct server *server, pid_t pid, const char *directory)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CLEANUP(cleanup_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CLEANUP(text_release) struct text path = TEXT_INIT;
    struct ucred peer;
    socklen_t size = sizeof(peer);

    text_addf(&path, "%s" SOCKET_NAME, directory);
    if (fd < 0 || path.length >= sizeof(address.sun_path))
        return false;
    memcpy(address.sun_path, path.data, path.length);
    return connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
           getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid == pid &&
           peer.uid == server->user.uid;
}

/* Whether the process belongs to the user and was started with our data directory. */
static bool is_our_server(const struct server *server, pid_t pid, const char *socket_directory)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    CLEANUP(cleanup_fd) int fd = -1;
    char words[8192]; /* the beginning of its command line is enough */
    struct stat status;
    ssize_t got;

    text_addf(&path, "/proc/%ld", (long)pid);
    if (stat(text_cstr(&path), &status) < 0)
        return listens_on_our_socket(server, pid, socket_directory);
    if (status.st_uid != server->user.uid)
        return false;
    text_add(&path, "/cmdline");
    fd = open(text_cstr(&path), O_RDONLY | O_CLOEXEC);
    got = fd >= 0 ? read(fd, words, sizeof(words) - 1) : -1;
    if (got <= 0)
        return false; /* ended, and not reaped yet */
    words[got] = '\0';
    for (const char *word = words; word < words + got; word += strlen(word) + 1) {
        if (strcmp(word, server->data) == 0)
            return true;
    }
    return false;
}

static void split_lines(struct pid_file *file)
{
    char *next = file->content.data;

    for (size_t i = 0; i < LINE_COUNT; i++) {
        file->line[i] = next ? next : "";
        if (next && (next = strchr(next, '\n')))
            *next++ = '\0';
    }
}

static enum presence look(const struct server *server, struct pid_file *ret_file)
{
    CLEANUP(mem_cleanup) char *path = file_join(server->data, "postmaster.pid");
    struct stat status;
    int64_t pid;

    text_clear(&ret_file->content);
    ret_file->pid = 0;
    if (file_look(path, &status) < 0)
        return SERVER_NONE;
    if (file_read(path, SMALL_FILE, ERR_INTERNAL, &ret_file->content, NULL, NULL) < 0)
        return SERVER_STARTING; /* it is just being written or removed: look again */
    split_lines(ret_file);
    if (!parse_int(ret_file->line[LINE_PID], 1, INT32_MAX, &pid) ||
        !is_our_server(server, (pid_t)pid, ret_file->line[LINE_SOCKET]))
        return SERVER_STALE;
    ret_file->pid = (pid_t)pid;
    return text_starts(ret_file->line[LINE_STATUS], "ready") ? SERVER_READY : SERVER_STARTING;
}

/* "KEY ID": whether a process still has the shared memory of the dead server. */
static bool memory_in_use(const char *line)
{
    const char *number = line + strspn(line, " 0123456789-");
    struct shmid_ds status;
    int64_t id;

    while (number > line && number[-1] != ' ')
        number--;
    if (!parse_digits(number, strspn(number, "0123456789"), INT32_MAX, &id))
        return false;
    return shmctl((int)id, IPC_STAT, &status) == 0 && status.shm_nattch > 0;
}

/* Whether PostgreSQL would refuse to start over this stale file: its number belongs to another
 * process, or it is empty. */
static bool is_in_the_way(const struct pid_file *file)
{
    int64_t pid;

    return !parse_int(file->line[LINE_PID], 1, INT32_MAX, &pid) || kill((pid_t)pid, 0) == 0 ||
           errno != ESRCH;
}

/* The file of a server that is gone. *ret_wait: something of the dead server still lives, or the
 * file is empty, as it is for a moment in the life of a server that starts. */
static int clear_stale(const struct server *server, const struct pid_file *file,
                       int64_t *empty_since_ms, bool *ret_wait, struct err *err)
{
    CLEANUP(mem_cleanup) char *path = file_join(server->data, "postmaster.pid");

    if (file->content.length == 0 && *empty_since_ms == 0)
        *empty_since_ms = clock_steady_ms();
    *ret_wait = memory_in_use(file->line[LINE_MEMORY]) ||
                (file->content.length == 0 && clock_steady_ms() - *empty_since_ms < EMPTY_MS);
    if (*ret_wait || !is_in_the_way(file))
        return 0;
    if (file_remove(path) < 0 && errno != ENOENT)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot remove the stale file '%s'", path);
    return 0;
}

/* --- starting --- */

/* The order does not matter; what depends on the directory is added by launch. */
static const char *const settings[] = {
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "max_connections=20",
    "shared_buffers=256MB", /* taken page by page, as a history needs them */
    "work_mem=16MB",
    "maintenance_work_mem=64MB",
    "huge_pages=off",
    "jit=off",
    "max_wal_senders=0",
    "max_logical_replication_workers=0", /* one process less to start and to end */
    "wal_level=minimal",
    "log_destination=stderr",
    "logging_collector=off",
    "log_line_prefix=%m [%p] ",
    "log_timezone=UTC",
    "log_checkpoints=off",
    /* Statements and details quote values, which are names of people. */
    "log_statement=none",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "autovacuum_naptime=15s", /* the server lives for minutes only */
    "cluster_name=bynder-reconcile",
    "restart_after_crash=on",
};

static off_t size_of(const char *path)
{
    struct stat status;

    return file_look(path, &status) == 0 ? status.st_size : 0;
}

/* One that cannot be moved goes on as it is. */
static bool rotate_log(const char *log)
{
    return size_of(log) > LOG_MAXIMUM && file_rename(log, LOG_NAME ".1") == 0;
}

/* In megabytes. With 3 GB no checkpoint comes in the midst of a first snapshot of a million; it is
 * taken where it is not an eighth of what is free, and PostgreSQL's own 1 GB elsewhere. */
static int64_t log_size(const struct server *server)
{
    enum { LEAST = 1024, MOST = 3072, PART = 8 };
    struct statvfs disk;

    if (statvfs(server->directory, &disk) < 0)
        return LEAST;
    int64_t part = (int64_t)(disk.f_bavail / PART / 1024 * disk.f_frsize / 1024);
    return part < LEAST ? LEAST : part > MOST ? MOST : part;
}

static int launch(const struct server *server, const char *log, pid_t *ret_pid, struct err *err)
{
    CLEANUP(mem_cleanup) char *postgres = program(server, "postgres");
    CLEANUP(text_release) struct text socket = TEXT_INIT, wal = TEXT_INIT;
    const char *argv[2 * COUNT_OF(settings) + 10];
    size_t count = 0;

    text_add(&socket, "unix_socket_directories=\""); /* a list whose items may be quoted */
    for (const char *c = server->socket; *c; c++) {
        if (*c == '"')
            text_add_char(&socket, '"');
        text_add_char(&socket, *c);
    }
    text_add_char(&socket, '"');
    text_addf(&wal, "max_wal_size=%lldMB", (long long)log_size(server));
    argv[count++] = postgres;
    argv[count++] = "-D";
    argv[count++] = server->data;
    argv[count++] = "-c";
    argv[count++] = text_cstr(&socket);
    argv[count++] = "-c";
    argv[count++] = text_cstr(&wal);
    argv[count++] = "-c";
    argv[count++] = server->without_fsync ? "fsync=off" : "fsync=on";
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        argv[count++] = "-c";
        argv[count++] = settings[i];
    }
    argv[count] = NULL;
    assert(count < COUNT_OF(argv));
    return child_start(&server->user, argv, log, ret_pid, err);
}

/* The socket has a lock file of its own, with the same weakness as the pid file. The directory is
 * ours and no server of ours runs, so nobody holds it. */
static void clear_socket_lock(const struct server *server)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "%s" SOCKET_NAME ".lock", server->socket);
    if (file_remove(text_cstr(&path)) < 0)
        return; /* the server says what is in its way */
}

/* What the server has written to its log since it was `from` bytes long. */
static int did_not_start(const struct server *server, const char *log, off_t from, const char *what,
                         struct err *err)
{
    CLEANUP(text_release) struct text content = TEXT_INIT, tail = TEXT_INIT;

    if (file_read(log, 4 * (size_t)LOG_MAXIMUM, ERR_INTERNAL, &content, NULL, NULL) == 0 &&
        from <= (off_t)content.length)
        add_tail(&tail, text_cstr(&content) + from);
    return err_set(err, ERR_UNREACHABLE, "the embedded database in '%s' %s; its log '%s' says: %s",
                   server->directory, what, log, tail.length > 0 ? text_cstr(&tail) : "nothing");
}

static bool has_ended(int pid_fd)
{
    struct pollfd ended = {.fd = pid_fd, .events = POLLIN};

    return pid_fd < 0 || poll(&ended, 1, 0) > 0;
}

/* One start: what was launched, if it was. */
struct start {
    char *log;
    off_t log_from;
    int pid_fd;
    bool launched;
    int64_t empty_since_ms; /* 0 = the pid file was not seen empty */
};

static void start_release(struct start *start)
{
    free(start->log);
    cleanup_fd(&start->pid_fd);
}

/* No server runs: launches one, once. A launched one that ended said why in its log. */
static int launch_once(const struct server *server, struct start *start, struct err *err)
{
    pid_t pid;

    if (start->launched)
        return !has_ended(start->pid_fd)
                   ? 0
                   : did_not_start(server, start->log, start->log_from, "did not start", err);
    clear_socket_lock(server);
    start->log_from = rotate_log(start->log) ? 0 : size_of(start->log);
    if (launch(server, start->log, &pid, err) < 0)
        return -1;
    start->launched = true;
    start->pid_fd = pidfd_open(pid, 0);
    return 0;
}

static bool says_it_starts(const struct server *server)
{
    static const char *const keyword[] = {"host", "port", "dbname", "connect_timeout", NULL};
    CLEANUP(pid_file_release) struct pid_file file = {.pid = 0};

    if (look(server, &file) != SERVER_STARTING || file.pid == 0 ||
        text_starts(file.line[LINE_STATUS], "stopping"))
        return false;
    const char *const value[] = {file.line[LINE_SOCKET], "5432", "postgres", ANSWER_S, NULL};
    return PQpingParams(keyword, value, 0) == PQPING_REJECT;
}

bool server_recovers(const struct server *server, bool *told)
{
    CLEANUP(text_release) struct text what = TEXT_INIT;

    if (!says_it_starts(server))
        return false;
    if (!*told && server->tell) {
        text_addf(&what,
                  "the embedded database in '%s' was killed and recovers, as its '" LOG_NAME
                  "' there tells; waiting until it has",
                  server->directory);
        server->tell(text_cstr(&what));
    }
    *told = true;
    return true;
}

int server_left(const struct server *server, struct err *err)
{
    return err_set(err, ERR_INTERRUPTED,
                   "stopped by a signal while the embedded database in '%s' recovers, which it "
                   "goes on with",
                   server->directory);
}

int server_start(const struct server *server, char **ret_socket, struct err *err)
{
    int64_t timeout_ms = server->start_timeout_s * 1000, deadline = clock_steady_ms() + timeout_ms;
    CLEANUP(start_release) struct start start = {.pid_fd = -1};
    CLEANUP(pid_file_release) struct pid_file file = {.pid = 0};
    bool wait = false, told = false;

    start.log = file_join(server->directory, LOG_NAME);
    for (;;) {
        wait = false;
        switch (look(server, &file)) {
        case SERVER_READY:
            *ret_socket = mem_strdup(file.line[LINE_SOCKET]);
            return 0;
        case SERVER_STARTING:
            break;
        case SERVER_STALE:
            if (!start.launched &&
                clear_stale(server, &file, &start.empty_since_ms, &wait, err) < 0)
                return -1;
            if (!wait && launch_once(server, &start, err) < 0)
                return -1;
            break;
        case SERVER_NONE:
            if (launch_once(server, &start, err) < 0)
                return -1;
            break;
        }
        rest();
        if (told && clock_is_interrupted())
            return server_left(server, err);
        if (clock_steady_ms() < deadline)
            continue;
        if (!server_recovers(server, &told) && look(server, &file) != SERVER_READY)
            return did_not_start(server, start.log, start.log_from,
                                 wait ? "cannot start while processes of its killed server live"
                                      : "does not take connections in time",
                                 err);
        deadline = clock_steady_ms() + timeout_ms;
    }
}

/* --- stopping --- */

static bool wait_for_end(int pid_fd, int64_t timeout_ms)
{
    struct pollfd ended = {.fd = pid_fd, .events = POLLIN};
    int64_t deadline = clock_steady_ms() + timeout_ms;

    for (;;) {
        int64_t left = deadline - clock_steady_ms();
        int ready = poll(&ended, 1, (int)(left > 0 ? left : 0));

        if (ready > 0)
            return true;
        if (ready == 0 && left <= 0)
            return false;
    }
}

void server_stop(const struct server *server)
{
    CLEANUP(pid_file_release) struct pid_file file = {.pid = 0};
    CLEANUP(cleanup_fd) int pid_fd = -1;

    if (look(server, &file) < SERVER_STARTING || file.pid == 0)
        return;
    pid_fd = pidfd_open(file.pid, 0);
    if (pid_fd < 0 ||
        !is_our_server(server, file.pid,
                       file.line[LINE_SOCKET])) /* again: now the number cannot change */
        return;
    (void)pidfd_send_signal(pid_fd, SIGINT, NULL, 0);
    if (wait_for_end(pid_fd, STOP_FAST_MS))
        return;
    (void)pidfd_send_signal(pid_fd, SIGQUIT, NULL, 0);
    (void)wait_for_end(pid_fd, STOP_NOW_MS);
}
