/* The data lie below the socket's directory, which cluster_fixture removes. */
#include "standby.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "cluster_fixture.h"
#include "database/server.h"
#include "host/file.h"
#include "test.h"

/* As the server's user, silently. */
static pid_t start(const char *program, const char *const *argv)
{
    const struct passwd *user = getpwnam("postgres");
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() == 0 && user &&
            (setgroups(0, NULL) < 0 || setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0))
            _exit(126);
        (void)prctl(PR_SET_PDEATHSIG, SIGQUIT);
        int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (chdir("/") < 0 || dup2(nothing, STDOUT_FILENO) < 0 || dup2(nothing, STDERR_FILENO) < 0)
            _exit(126);
        (void)execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return child;
}

struct standby standby_start(void)
{
    struct standby standby = {.directory = cluster_fixture_directory()};
    CLEANUP(server_release) struct server found = {.directory = NULL};
    CLEANUP(mem_cleanup) char *data = file_join(standby.directory, "data");
    CLEANUP(mem_cleanup) char *mark = file_join(data, "standby.signal");
    CLEANUP(text_release) struct text conninfo = TEXT_INIT, sockets = TEXT_INIT;
    const struct passwd *user = getpwnam("postgres");
    int status = -1;

    assert_int_equal(server_choose_programs(&found, NULL, "/", NULL), 0);
    CLEANUP(mem_cleanup) char *initdb = file_join(found.bindir, "initdb");
    CLEANUP(mem_cleanup) char *postgres = file_join(found.bindir, "postgres");
    assert_int_equal(mkdir(standby.directory, 0755), 0);
    assert_true(geteuid() != 0 || chown(standby.directory, user->pw_uid, user->pw_gid) == 0);
    pid_t making =
        start(initdb, (const char *const[]){initdb, "-D", data, "-U", "reconcile", "-A", "trust",
                                            "-E", "UTF8", "--locale=C", "-N", NULL});
    assert_int_equal(waitpid(making, &status, 0), making);
    assert_int_equal(status, 0);
    assert_int_equal(file_write(mark, 0644, "", 0, NULL), 0);
    text_addf(&sockets, "unix_socket_directories=%s", standby.directory);
    standby.pid =
        start(postgres, (const char *const[]){postgres, "-D", data, "-c", text_cstr(&sockets), "-c",
                                              "listen_addresses=", "-c", "fsync=off", NULL});
    text_addf(&conninfo, "host=%s dbname=postgres user=reconcile", standby.directory);
    for (int i = 0; i < 2000 && PQping(text_cstr(&conninfo)) != PQPING_OK; i++)
        (void)usleep(10000);
    assert_int_equal(PQping(text_cstr(&conninfo)), PQPING_OK);
    return standby;
}

void standby_release(struct standby *standby)
{
    if (standby->pid > 0) {
        (void)kill(standby->pid, SIGQUIT);
        (void)waitpid(standby->pid, NULL, 0);
    }
    free(standby->directory);
    *standby = (struct standby){.pid = 0};
}
