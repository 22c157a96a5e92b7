/*
 * The embedded database made, shared, killed and misused, each time for real. As root the server
 * runs as postgres, else as whoever runs the test.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cluster_fixture.h"
#include "database/cluster.h"
#include "database/server.h"
#include "host/clock.h"
#include "host/file.h"
#include "seconds.h"
#include "test.h"

/* --- helpers --- */

static char *home; /* one finished cluster that most cases share, stopped between them */

enum { START_S = 20 };

/* Of the next start; a recovery that lasts has its own. */
static int64_t start_s = START_S;
static const char *programs;
static void (*tell)(const char *what);

static int try_open(const char *directory, struct cluster **ret_cluster, struct err *err)
{
    struct cluster_settings settings = {.directory = directory,
                                        .bindir = programs,
                                        .start_timeout_s = start_s,
                                        .without_fsync = true,
                                        .tell = tell};

    return cluster_open(&settings, ret_cluster, err);
}

static struct cluster *open_at(const char *directory)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct cluster *cluster = NULL;

    if (try_open(directory, &cluster, &err) < 0)
        fail_msg("%s", err.text);
    return cluster;
}

static void assert_refused(const char *directory, enum err_code code, const char *words)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct cluster *cluster = NULL;

    assert_int_equal(try_open(directory, &cluster, &err), -1);
    assert_null(cluster);
    assert_int_equal(err.code, code);
    if (!strstr(err.text, words))
        fail_msg("'%s' is not in: %s", words, err.text);
}

static struct pg *connect_to(const struct cluster *cluster)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct pg_settings settings = {.conninfo = cluster_conninfo(cluster)};
    struct pg *pg = NULL;

    if (pg_open(&settings, &pg, &err) < 0)
        fail_msg("%s", err.text);
    return pg;
}

static char *ask(struct pg *pg, const char *sql)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg_run(pg, "ask", sql, PG_ONE, NULL, 0, &result, &err) < 0)
        fail_msg("%s", err.text);
    return mem_strdup(pg_text(result, 0, 0));
}

static void assert_answer(struct pg *pg, const char *sql, const char *expected)
{
    CLEANUP(mem_cleanup) char *answer = ask(pg, sql);

    assert_string_equal(answer, expected);
}

static void run(struct pg *pg, const char *sql)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (pg_script(pg, "script", sql, &err) < 0)
        fail_msg("%s", err.text);
}

static char *pid_path(const char *directory)
{
    return file_join(directory, "data/postmaster.pid");
}

/* 0 when there is no pid file. */
static pid_t server_of(const char *directory)
{
    CLEANUP(mem_cleanup) char *path = pid_path(directory);
    CLEANUP(text_release) struct text content = TEXT_INIT;
    int64_t pid = 0;

    if (file_read(path, 65536, ERR_INTERNAL, &content, NULL, NULL) < 0 || content.length == 0)
        return 0;
    content.data[strcspn(content.data, "\n")] = '\0';
    return parse_int(content.data, 1, INT32_MAX, &pid) ? (pid_t)pid : 0;
}

static void write_file(const char *directory, const char *name, const char *content)
{
    CLEANUP(mem_cleanup) char *path = file_join(directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    (void)close(fd);
}

static void append_file(const char *directory, const char *name, const char *content)
{
    CLEANUP(mem_cleanup) char *path = file_join(directory, name);
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    (void)close(fd);
}

static void assert_child_succeeds(pid_t child)
{
    int status = -1;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* A child that opens, reports by closing its end of a pipe, and holds until it is killed. */
static pid_t start_holder(const char *directory)
{
    struct pollfd told;
    int ready[2];
    pid_t child;

    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    child = fork();
    if (child == 0) {
        struct cluster *cluster = NULL;

        (void)close(ready[0]);
        if (try_open(directory, &cluster, NULL) < 0)
            _exit(1);
        (void)close(ready[1]);
        for (;;)
            (void)pause();
    }
    (void)close(ready[1]);
    told = (struct pollfd){.fd = ready[0], .events = POLLIN};
    assert_int_equal(poll(&told, 1, 25000), 1);
    (void)close(ready[0]);
    return child;
}

static void kill_holder(pid_t child)
{
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

/* --- making and sharing --- */

/* Its log may become so large as a disk with that much room does not miss. What was free when it
 * started is about what is free now. */
static void assert_log_has_room(struct pg *pg, const char *directory)
{
    CLEANUP(mem_cleanup)
    char *size = ask(pg, "select setting from pg_settings where name = 'max_wal_size'");
    struct statvfs disk;
    int64_t megabytes;

    assert_int_equal(statvfs(directory, &disk), 0);
    assert_true(parse_int(size, 1024, 3072, &megabytes));
    int64_t free_mb = (int64_t)(disk.f_bavail * (disk.f_frsize / 1024) / 1024);
    assert_true(megabytes == 1024 || megabytes * 8 <= free_mb + 2048);
    assert_true(megabytes == 3072 || megabytes * 8 >= free_mb - 2048);
}

TEST(cluster_open_missing_directory_makes_a_private_server)
{
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();
    CLEANUP(text_release) struct text deep = TEXT_INIT;
    struct cluster *cluster;
    struct stat status;

    text_addf(&deep, "%s/var/lib/pg", directory);
    cluster = open_at(text_cstr(&deep));
    {
        CLEANUP(pg_closep) struct pg *pg = connect_to(cluster);

        assert_answer(pg, "select current_database()::text", "reconcile");
        assert_answer(pg, "show listen_addresses", "");
        assert_answer(pg, "show data_checksums", "on");
        assert_log_has_room(pg, text_cstr(&deep));
        assert_answer(pg, "show server_encoding", "UTF8");
        assert_answer(pg, "select rolsuper::text from pg_roles where rolname = current_user",
                      "true");
    }
    assert_int_equal(stat(text_cstr(&deep), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_true(status.st_uid != 0);
    assert_true(server_of(text_cstr(&deep)) > 0);
    cluster_close(cluster);
    assert_int_equal(server_of(text_cstr(&deep)), 0);
}

TEST(cluster_close_last_one_out_stops)
{
    struct cluster *first = open_at(home), *second = open_at(home);
    pid_t server = server_of(home);

    assert_true(server > 0);
    cluster_close(first);
    assert_int_equal(server_of(home), server);
    {
        CLEANUP(pg_closep) struct pg *pg = connect_to(second);

        assert_answer(pg, "select 'still here'", "still here");
    }
    cluster_close(second);
    assert_int_equal(server_of(home), 0);
}

TEST(cluster_close_with_a_holder_elsewhere_leaves_the_server)
{
    pid_t holder = start_holder(home), server = server_of(home);
    struct cluster *cluster = open_at(home);

    assert_int_equal(server_of(home), server);
    cluster_close(cluster);
    assert_int_equal(server_of(home), server);
    kill_holder(holder);
    cluster_close(open_at(home));
    assert_int_equal(server_of(home), 0);
}

TEST(cluster_close_disconnects_a_session_without_a_share)
{
    struct cluster *cluster = open_at(home);
    CLEANUP(pg_closep) struct pg *forgotten = connect_to(cluster);
    double start = now_s();

    run(forgotten, "begin");
    cluster_close(cluster);
    assert_int_equal(server_of(home), 0);
    assert_true(now_s() - start < HANGS_S);
}

static void use_once(const char *directory, int times)
{
    for (int i = 0; i < times; i++) {
        struct pg_settings settings = {.conninfo = NULL};
        struct cluster *cluster = NULL;
        struct pg *pg = NULL;

        if (try_open(directory, &cluster, NULL) < 0)
            _exit(1);
        settings.conninfo = cluster_conninfo(cluster);
        if (pg_open(&settings, &pg, NULL) < 0 ||
            pg_run(pg, "one", "select 1", PG_ONE, NULL, 0, NULL, NULL) < 0)
            _exit(2);
        pg_close(pg);
        cluster_close(cluster);
    }
    _exit(0);
}

static void run_many(const char *directory, size_t count, int times)
{
    pid_t child[8];

    for (size_t i = 0; i < count; i++) {
        child[i] = fork();
        if (child[i] == 0)
            use_once(directory, times);
    }
    for (size_t i = 0; i < count; i++)
        assert_child_succeeds(child[i]);
}

TEST(cluster_open_many_at_once_on_a_new_directory_all_succeed)
{
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();

    run_many(directory, 4, 1);
    assert_int_equal(server_of(directory), 0);
}

TEST(cluster_open_and_close_in_a_crowd_never_fails)
{
    run_many(home, 4, 4);
    assert_int_equal(server_of(home), 0);
}

TEST(cluster_open_server_has_its_own_session_and_no_files_of_ours)
{
    struct pollfd closed;
    struct cluster *cluster;
    int leak[2];

    assert_int_equal(pipe(leak), 0); /* without O_CLOEXEC */
    cluster = open_at(home);
    assert_true(getsid(server_of(home)) != getsid(0));
    (void)close(leak[1]);
    closed = (struct pollfd){.fd = leak[0], .events = POLLIN};
    assert_int_equal(poll(&closed, 1, 0), 1);
    assert_true(closed.revents & POLLHUP);
    (void)close(leak[0]);
    cluster_close(cluster);
}

/* --- kills --- */

TEST(cluster_open_after_holder_was_killed_uses_and_stops_its_server)
{
    pid_t holder = start_holder(home), server = server_of(home);
    struct cluster *cluster;

    kill_holder(holder);
    assert_int_equal(server_of(home), server);
    cluster = open_at(home);
    assert_int_equal(server_of(home), server);
    cluster_close(cluster);
    assert_int_equal(server_of(home), 0);
}

TEST(cluster_open_after_server_was_killed_recovers)
{
    struct cluster *first = open_at(home), *second;
    pid_t server = server_of(home);
    CLEANUP(pg_closep) struct pg *pg = connect_to(first);
    CLEANUP(err_release) struct err err = ERR_INIT;

    run(pg, "create table public.kept (i integer); insert into public.kept values (7)");
    assert_int_equal(kill(server, SIGKILL), 0);
    /* The session is ended by its own process, which notices that the server is gone. */
    while (pg_run(pg, "ping", "select 1", PG_ONE, NULL, 0, NULL, &err) == 0)
        continue;
    assert_int_equal(err.code, ERR_UNREACHABLE);
    second = open_at(home);
    assert_true(server_of(home) != server);
    {
        CLEANUP(pg_closep) struct pg *again = connect_to(second);

        assert_answer(again, "select i::text from public.kept", "7");
        run(again, "drop table public.kept");
    }
    cluster_close(second);
    assert_true(server_of(home) > 0); /* the first still has its share */
    cluster_close(first);
    assert_int_equal(server_of(home), 0);
}

TEST(cluster_open_pid_file_with_the_number_of_another_process_starts)
{
    CLEANUP(text_release) struct text content = TEXT_INIT;
    struct cluster *cluster;

    /* Its parent and itself PostgreSQL would recognise; this one is neither. */
    text_addf(&content, "%ld\n%s/data\n1700000000\n5432\n%s\n\n  5432001  999999\nready   \n",
              (long)getpid(), home, home);
    write_file(home, "data/postmaster.pid", text_cstr(&content));
    cluster = open_at(home);
    assert_true(server_of(home) != getpid());
    cluster_close(cluster);
    assert_int_equal(kill(getpid(), 0), 0);
}

TEST(cluster_open_empty_pid_file_starts)
{
    write_file(home, "data/postmaster.pid", "");
    cluster_close(open_at(home));
    assert_int_equal(server_of(home), 0);
}

TEST(cluster_open_half_made_is_made_again)
{
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();
    CLEANUP(mem_cleanup) char *half = file_join(directory, "data.new");

    assert_int_equal(mkdir(directory, 0700), 0);
    assert_int_equal(mkdir(half, 0755), 0);
    write_file(half, "PG_VERSION", "15\n");
    if (geteuid() == 0) { /* as its server user would have left it */
        const struct passwd *user = getpwnam("postgres");

        assert_non_null(user);
        assert_int_equal(chown(half, user->pw_uid, user->pw_gid), 0);
    }
    cluster_close(open_at(directory));
    assert_int_equal(access(half, F_OK), -1);
}

/* --- refusals --- */

TEST(cluster_open_other_major_version_is_refused_by_name)
{
    CLEANUP(mem_cleanup) char *path = file_join(home, "data/PG_VERSION");
    CLEANUP(text_release) struct text version = TEXT_INIT;

    assert_int_equal(file_read(path, 100, ERR_INTERNAL, &version, NULL, NULL), 0);
    write_file(home, "data/PG_VERSION", "11\n");
    assert_refused(home, ERR_CONFIG, "is of PostgreSQL 11, the programs in");
    assert_refused(home, ERR_CONFIG, "pg_upgrade");
    write_file(home, "data/PG_VERSION", text_cstr(&version));
    cluster_close(open_at(home));
}

TEST(server_choose_programs_are_of_the_version_of_the_data)
{
    static const struct {
        const char *version;
        bool is_wanted, by_version;
    } cases[] = {
        {NULL, false, true}, /* what the data says, and whose programs are here */
        {"11\n", false, false},
        {"of none\n", false, false},
        {NULL, true, false},
    };
    CLEANUP(mem_cleanup) char *path = file_join(home, "data/PG_VERSION");
    CLEANUP(text_release) struct text version = TEXT_INIT, of_version = TEXT_INIT;
    CLEANUP(server_release) struct server found = {.directory = NULL};
    int64_t major;

    assert_int_equal(file_read(path, 100, ERR_INTERNAL, &version, NULL, NULL), 0);
    assert_true(parse_digits(text_cstr(&version), strcspn(text_cstr(&version), "\n"), 99, &major));
    text_addf(&of_version, "/usr/lib/postgresql/%lld/bin", (long long)major);
    assert_int_equal(server_choose_programs(&found, NULL, "/", NULL), 0);
    if (access(text_cstr(&of_version), X_OK) < 0)
        skip();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(server_release) struct server server = {.directory = NULL};
        const char *wanted = cases[i].is_wanted ? found.bindir : NULL;

        write_file(home, "data/PG_VERSION",
                   cases[i].version ? cases[i].version : text_cstr(&version));
        assert_int_equal(server_choose_programs(&server, wanted, home, NULL), 0);
        assert_int_equal(server.major, cases[i].by_version ? major : 0);
        assert_string_equal(server.bindir,
                            cases[i].by_version ? text_cstr(&of_version) : found.bindir);
    }
    write_file(home, "data/PG_VERSION", text_cstr(&version));
}

TEST(cluster_open_directory_of_something_else_is_refused_untouched)
{
    static const struct {
        const char *name, *words;
    } cases[] = {
        {"letters.txt", "is not an embedded database"},
        {"PG_VERSION", "made by somebody else"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();
        CLEANUP(mem_cleanup) char *lock = file_join(directory, "lock");
        struct stat status;

        assert_int_equal(mkdir(directory, 0755), 0);
        write_file(directory, cases[i].name, "15\n");
        assert_refused(directory, ERR_CONFIG, cases[i].words);
        assert_int_equal(access(lock, F_OK), -1);
        assert_int_equal(stat(directory, &status), 0);
        assert_int_equal(status.st_uid, geteuid());
        assert_int_equal(status.st_mode & 0777, 0755);
    }
}

TEST(cluster_open_a_file_is_refused)
{
    CLEANUP(mem_cleanup) char *path = cluster_fixture_directory();

    write_file("/", path, "");
    assert_refused(path, ERR_CONFIG, "Not a directory");
}

TEST(cluster_open_wrong_settings_are_refused)
{
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();
    struct cluster_settings bindir = {.directory = directory, .bindir = "/nonexistent/bin"};
    struct cluster_settings user = {.directory = directory, .os_user = "no-such-user"};
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct cluster *cluster = NULL;

    assert_int_equal(cluster_open(&bindir, &cluster, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, "/nonexistent/bin"));
    if (geteuid() != 0)
        return;
    assert_int_equal(cluster_open(&user, &cluster, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, "no-such-user"));
    user.os_user = "root";
    assert_int_equal(cluster_open(&user, &cluster, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_int_equal(access(directory, F_OK), -1);
}

TEST(cluster_open_closed_parent_is_named)
{
    CLEANUP(mem_cleanup) char *parent = cluster_fixture_directory();
    CLEANUP(mem_cleanup) char *directory = file_join(parent, "pg");

    if (geteuid() != 0)
        skip();
    assert_int_equal(mkdir(parent, 0700), 0);
    assert_refused(directory, ERR_CONFIG, "cannot enter");
    assert_refused(directory, ERR_CONFIG, parent);
}

TEST(cluster_open_server_that_does_not_start_shows_its_log)
{
    CLEANUP(mem_cleanup) char *path = file_join(home, "data/postgresql.conf");
    CLEANUP(text_release) struct text old = TEXT_INIT;

    assert_int_equal(file_read(path, 1000000, ERR_INTERNAL, &old, NULL, NULL), 0);
    append_file(home, "data/postgresql.conf", "\nno_such_setting = 1\n");
    assert_refused(home, ERR_UNREACHABLE, "no_such_setting");
    write_file(home, "data/postgresql.conf", text_cstr(&old));
    cluster_close(open_at(home));
}

/* Put back by somebody else, or damaged: nobody can tell what runs. */
TEST(cluster_open_pid_file_that_cannot_be_read_is_given_up)
{
    CLEANUP(mem_cleanup) char *path = file_join(home, "data/postmaster.pid");
    CLEANUP(mem_cleanup) char *large = mem_calloc(70001, 1);

    memset(large, ' ', 70000);
    write_file(home, "data/postmaster.pid", large);
    start_s = 1;
    assert_refused(home, ERR_UNREACHABLE, "does not take connections in time");
    assert_int_equal(unlink(path), 0);
    start_s = START_S;
    cluster_close(open_at(home));
}

/* --- a recovery that lasts --- */

/* A cluster whose next server looks for a log from elsewhere before it takes connections, and so
 * long says that it starts: the command for that waits for a lock that is ours. A log for elsewhere
 * is not what these servers write, so programs of our own ask for it. */
struct recovery {
    char *bin, *directory;
    int held;
    int told;
    void (*then)(void);
};

static struct recovery recovery;

static void let_recover(void)
{
    assert_int_equal(flock(recovery.held, LOCK_UN), 0);
}

static void note_wait(const char *what)
{
    assert_non_null(strstr(what, recovery.directory));
    assert_non_null(strstr(what, "recovers"));
    recovery.told++;
    recovery.then();
}

static void make_programs(const char *real)
{
    CLEANUP(mem_cleanup) char *initdb = file_join(recovery.bin, "initdb");
    CLEANUP(mem_cleanup) char *postgres = file_join(recovery.bin, "postgres");
    CLEANUP(mem_cleanup) char *held = file_join(recovery.bin, "held");
    CLEANUP(text_release) struct text script = TEXT_INIT;

    assert_int_equal(mkdir(recovery.bin, 0755), 0);
    assert_int_equal(symlink("/bin/false", initdb), 0);
    text_addf(&script,
              "#!/bin/sh\n[ \"$1\" = -D ] && set -- \"$@\" -c wal_level=replica -c "
              "hot_standby=off -c restore_command='flock %s false'\nexec %s/postgres \"$@\"\n",
              held, real);
    write_file(recovery.bin, "postgres", text_cstr(&script));
    assert_int_equal(chmod(postgres, 0755), 0);
    write_file(recovery.bin, "held", "");
    recovery.held = open(held, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(recovery.held, LOCK_EX), 0);
}

static void begin_recovery(void (*then)(void))
{
    recovery = (struct recovery){
        .bin = cluster_fixture_directory(), .directory = cluster_fixture_directory(), .then = then};
    struct cluster *cluster = open_at(recovery.directory);

    make_programs(cluster_bindir(cluster));
    cluster_close(cluster);
    programs = recovery.bin;
    cluster_close(open_at(recovery.directory)); /* from now on its log would do elsewhere */
    write_file(recovery.directory, "data/recovery.signal", "");
    start_s = 1;
    tell = note_wait;
}

TEST(cluster_open_recovery_that_takes_long_is_waited_for_and_told_once)
{
    begin_recovery(let_recover);
    struct cluster *cluster = open_at(recovery.directory);

    assert_int_equal(recovery.told, 1);
    {
        CLEANUP(pg_closep) struct pg *pg = connect_to(cluster);

        assert_answer(pg, "select 'there'", "there");
    }
    cluster_close(cluster);
}

static void stop_answering(void)
{
    assert_int_equal(kill(server_of(recovery.directory), SIGSTOP), 0);
}

TEST(cluster_open_server_that_answers_no_more_while_it_recovers_is_given_up)
{
    begin_recovery(stop_answering);
    assert_refused(recovery.directory, ERR_UNREACHABLE, "does not take connections in time");
    assert_int_equal(recovery.told, 1);
    assert_int_equal(kill(server_of(recovery.directory), SIGKILL), 0);
}

static void interrupt(void)
{
    clock_interrupt(SIGTERM);
}

TEST(cluster_open_signal_while_it_recovers_ends_the_wait_and_leaves_the_server)
{
    begin_recovery(interrupt);
    assert_refused(recovery.directory, ERR_INTERRUPTED, "stopped by a signal");
    assert_true(server_of(recovery.directory) > 0);
}

/* Whoever waits for the one that waits. */
TEST(cluster_open_beside_one_that_waits_for_a_recovery_waits_as_well)
{
    CLEANUP(text_release) struct text address = TEXT_INIT;
    pid_t first;

    begin_recovery(let_recover);
    start_s = START_S; /* the other, which says nothing so early */
    first = fork();
    if (first == 0)
        use_once(recovery.directory, 1);
    text_addf(&address, "host=%s dbname=postgres", recovery.directory);
    while (PQping(text_cstr(&address)) != PQPING_REJECT)
        continue;
    start_s = 1;
    cluster_close(open_at(recovery.directory));
    assert_int_equal(recovery.told, 1);
    assert_child_succeeds(first);
}

/* --- places --- */

static void assert_works_at(const char *directory)
{
    struct cluster *cluster = open_at(directory);

    {
        CLEANUP(pg_closep) struct pg *pg = connect_to(cluster);

        assert_answer(pg, "select 'here'", "here");
    }
    cluster_close(cluster);
    assert_int_equal(server_of(directory), 0);
}

TEST(cluster_open_long_path_keeps_its_socket_elsewhere)
{
    CLEANUP(mem_cleanup) char *parent = cluster_fixture_directory();
    CLEANUP(text_release) struct text directory = TEXT_INIT;
    struct cluster *cluster;
    const char *socket;

    text_add(&directory, parent);
    for (int i = 0; i < 6; i++)
        text_add(&directory, "/a-directory-with-a-long-name");
    assert_works_at(text_cstr(&directory));
    cluster = open_at(text_cstr(&directory));
    socket = strstr(cluster_conninfo(cluster), "/bynder-reconcile-");
    assert_non_null(socket);
    assert_null(strstr(cluster_conninfo(cluster), "long-name"));
    {
        CLEANUP(mem_cleanup)
        char *path = mem_strndup(strchr(cluster_conninfo(cluster), '/'),
                                 strcspn(strchr(cluster_conninfo(cluster), '/'), "'"));
        struct stat status;

        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0700);
        cluster_close(cluster);
        (void)rmdir(path);
    }
}

TEST(cluster_open_odd_names_work)
{
    CLEANUP(mem_cleanup) char *parent = cluster_fixture_directory();
    CLEANUP(mem_cleanup) char *quotes = file_join(parent, "it's \"odd\" \\ näme");

    assert_int_equal(mkdir(parent, 0755), 0);
    assert_works_at(quotes);
}

TEST(cluster_open_ordinary_user_runs_it_as_themselves)
{
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();
    const struct passwd *nobody = getpwnam("nobody");
    struct stat status;
    pid_t child;

    if (geteuid() != 0 || !nobody)
        skip(); /* every other case shows it then */
    assert_int_equal(mkdir(directory, 0700), 0);
    assert_int_equal(chown(directory, nobody->pw_uid, nobody->pw_gid), 0);
    child = fork();
    if (child == 0) {
        if (setregid(nobody->pw_gid, nobody->pw_gid) < 0 ||
            setreuid(nobody->pw_uid, nobody->pw_uid) < 0)
            _exit(9);
        use_once(directory, 1);
    }
    assert_child_succeeds(child);
    assert_int_equal(stat(directory, &status), 0);
    assert_int_equal(status.st_uid, nobody->pw_uid);
    /* Root who is told to run it as somebody else does not. */
    struct cluster_settings other = {.directory = directory, .os_user = "postgres"};
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct cluster *cluster = NULL;
    assert_int_equal(cluster_open(&other, &cluster, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, "belongs to the user id"));
    assert_non_null(strstr(err.text, "'chown -R postgres: /"));
}

/* The state directory of a service, and an administrator's sudo before the service's first run. */
TEST(cluster_open_by_root_is_run_by_the_owner_of_the_place)
{
    CLEANUP(mem_cleanup) char *place = cluster_fixture_directory();
    CLEANUP(mem_cleanup) char *directory = file_join(place, "pg");
    const struct passwd *nobody = getpwnam("nobody");
    struct stat status;

    if (geteuid() != 0 || !nobody)
        skip();
    assert_int_equal(mkdir(place, 0755), 0);
    assert_int_equal(chown(place, nobody->pw_uid, nobody->pw_gid), 0);
    for (size_t i = 0; i < 2; i++) {
        assert_works_at(directory);
        assert_int_equal(stat(directory, &status), 0);
        assert_int_equal(status.st_uid, nobody->pw_uid);
        assert_int_equal(chown(place, 0, 0), 0); /* then the directory itself tells */
    }
}

static int make_home(void **state)
{
    (void)state;
    home = cluster_fixture_directory();
    cluster_close(open_at(home));
    return 0;
}

static int free_home(void **state)
{
    (void)state;
    free(home);
    return 0;
}

/* Each of them makes clusters of its own. */
static int remove_others(void **state)
{
    (void)state;
    if (recovery.bin) {
        (void)close(recovery.held);
        free(recovery.bin);
        free(recovery.directory);
        recovery = (struct recovery){.bin = NULL};
        programs = NULL;
        start_s = START_S;
        tell = NULL;
        clock_clear_interrupt();
    }
    cluster_fixture_remove_directories(home);
    return 0;
}

TEST_GROUP(make_home, free_home);
TEST_EACH(NULL, remove_others);
