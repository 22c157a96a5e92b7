/*
 * pgbouncer refuses to be root, so the server's user runs it; who may change users does so before
 * the program begins, because a signal at the death of the parent does not outlive the change.
 */
#include "pooler.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "cluster_fixture.h"
#include "host/file.h"
#include "test.h"

#define PORT 6432

static const char *find_word(const PQconninfoOption *option, const char *keyword)
{
    while (option->keyword && strcmp(option->keyword, keyword) != 0)
        option++;
    return option->keyword && option->val ? option->val : "";
}

static void write_settings(const struct pooler_settings *settings, const PQconninfoOption *server,
                           const char *directory, const char *path)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    int size = settings->size > 0 ? settings->size : 20;
    const char *port = find_word(server, "port");

    text_addf(&text, "[databases]\n* = host=%s port=%s user=%s\n[pgbouncer]\n",
              find_word(server, "host"), *port ? port : "5432", find_word(server, "user"));
    text_addf(&text, "unix_socket_dir=%s\nlisten_port=%u\nauth_type=any\nlogfile=%s/log\n",
              directory, settings->address ? (unsigned)settings->port : PORT, directory);
    text_addf(&text, "admin_users=%s\n", find_word(server, "user"));
    if (settings->address)
        text_addf(&text, "listen_addr=%s\n", settings->address);
    text_addf(&text, "pool_mode=%s\ndefault_pool_size=%d\nserver_round_robin=%d\n", settings->mode,
              size, settings->round_robin ? 1 : 0);
    assert_int_equal(file_write(path, 0644, text.data, text.length, NULL), 0);
}

static void become(const struct passwd *user)
{
    if (geteuid() == 0 &&
        (setgroups(0, NULL) < 0 || setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0))
        _exit(126);
}

static pid_t run(const char *path, const struct passwd *user)
{
    pid_t parent = getpid(), child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        become(user);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        (void)execle("/usr/sbin/pgbouncer", "pgbouncer", "--quiet", path, NULL, (char *[]){NULL});
        _exit(127);
    }
    return child;
}

struct pooler pooler_start(const struct pooler_settings *settings)
{
    PQconninfoOption *server = PQconninfoParse(cluster_fixture_conninfo(), NULL);
    CLEANUP(mem_cleanup) char *directory = cluster_fixture_directory();
    CLEANUP(mem_cleanup) char *path = file_join(directory, "pgbouncer.ini");
    const struct passwd *user = getpwnam("postgres");
    unsigned port = settings->address ? (unsigned)settings->port : PORT;
    struct text conninfo = TEXT_INIT;
    struct pooler pooler = {.pid = 0};
    int status;

    assert_non_null(server);
    assert_non_null(user);
    assert_int_equal(mkdir(directory, 0755), 0);
    assert_true(geteuid() != 0 || chown(directory, user->pw_uid, user->pw_gid) == 0);
    write_settings(settings, server, directory, path);
    text_addf(&conninfo, "host=%s port=%u dbname=%s user=%s", directory, port,
              find_word(server, "dbname"), find_word(server, "user"));
    PQconninfoFree(server);
    pooler.conninfo = text_take(&conninfo);
    pooler.pid = run(path, user);
    for (int i = 0; i < 1000 && PQping(pooler.conninfo) != PQPING_OK; i++) {
        if (waitpid(pooler.pid, &status, WNOHANG) == pooler.pid)
            fail_msg("pgbouncer ended with %d", status);
        (void)usleep(10000);
    }
    assert_int_equal(PQping(pooler.conninfo), PQPING_OK);
    return pooler;
}

void pooler_release(struct pooler *pooler)
{
    if (pooler->pid > 0) {
        (void)kill(pooler->pid, SIGKILL);
        (void)waitpid(pooler->pid, NULL, 0);
    }
    free(pooler->conninfo);
    *pooler = (struct pooler){.pid = 0};
}
