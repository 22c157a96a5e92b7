/*
 * Between fork and exec only what a signal handler may do is done, for the program may have
 * threads: names, groups and the environment are looked up before. What goes wrong there is written
 * to the pipe on which the parent listens.
 */
#include "host/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/clock.h"

#define OUTPUT_MAXIMUM 65536
#define INPUT_MAXIMUM  4096 /* what a pipe takes without a reader */
#define EXIT_NO_EXEC   127
#define FILES_MAXIMUM  4
#define FILES_ASIDE    16 /* numbers that those of the child are not among */

/* --- users --- */

/* The entry of `name`, or of `uid` when name is NULL; its strings live in *ret_buffer. */
static int look_up(const char *name, uid_t uid, struct passwd *ret_entry, char **ret_buffer,
                   struct err *err)
{
    for (size_t size = 1024; size <= 1048576; size *= 2) {
        CLEANUP(mem_cleanup) char *buffer = mem_alloc(size);
        struct passwd entry, *found = NULL;
        int failure = name ? getpwnam_r(name, &entry, buffer, size, &found)
                           : getpwuid_r(uid, &entry, buffer, size, &found);

        if (failure == ERANGE)
            continue;
        if (!found && name)
            return err_set(err, ERR_CONFIG,
                           "there is no user '%s' to run the embedded database as; hint: install "
                           "PostgreSQL's server package, or set database.os_user",
                           name);
        if (!found)
            return err_set(err, ERR_CONFIG,
                           "the user id %lu has no name on this machine, the embedded database "
                           "needs one",
                           (unsigned long)uid);
        *ret_entry = entry;
        *ret_buffer = TAKE(buffer);
        return 0;
    }
    return err_set(err, ERR_INTERNAL, "the entry of a user in the password file is too long");
}

static void add_groups(struct child_user *user)
{
    int count = 16;

    for (;;) {
        int room = count;

        user->group = mem_realloc_array(user->group, (size_t)room, sizeof(user->group[0]));
        if (getgrouplist(user->name, user->gid, user->group, &count) >= 0)
            break;
        count = count > room ? count : room * 2;
    }
    user->group_count = (size_t)count;
}

int child_user_init(const char *name, struct child_user *ret_user, struct err *err)
{
    bool root = geteuid() == 0;
    CLEANUP(mem_cleanup) char *buffer = NULL;
    struct passwd entry = {.pw_name = NULL};

    if (look_up(root ? name : NULL, geteuid(), &entry, &buffer, err) < 0)
        return -1;
    if (root && entry.pw_uid == 0)
        return err_set(err, ERR_CONFIG,
                       "PostgreSQL does not run as root; hint: set database.os_user to another "
                       "user than '%s'",
                       name);
    *ret_user = (struct child_user){.name = mem_strdup(entry.pw_name),
                                    .uid = entry.pw_uid,
                                    .gid = entry.pw_gid,
                                    .home = mem_strdup(entry.pw_dir)};
    if (root)
        add_groups(ret_user);
    return 0;
}

void child_user_release(struct child_user *user)
{
    free(user->name);
    free(user->home);
    free(user->group);
    *user = (struct child_user){.name = NULL};
}

/* --- in the child --- */

static void complain(const char *what, const char *subject)
{
    const char *part[] = {what, " '", subject, "': ", strerrordesc_np(errno), "\n"};

    for (size_t i = 0; i < COUNT_OF(part); i++) {
        if (part[i] && write(STDERR_FILENO, part[i], strlen(part[i])) < 0)
            break;
    }
}

static void forget_signals(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &plain, NULL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool become(const struct child_user *user)
{
    return !user->group || (setgroups(user->group_count, user->group) == 0 &&
                            setresgid(user->gid, user->gid, user->gid) == 0 &&
                            setresuid(user->uid, user->uid, user->uid) == 0);
}

/* Never returns. stdin, stdout, stderr and `files` more are in place. */
static void execute(const struct child_user *user, char *const *argv, char *const *environment,
                    unsigned files)
{
    (void)umask(077);
    if (close_range(STDERR_FILENO + 1 + files, ~0U, 0) < 0)
        complain("cannot close the files of", argv[0]);
    else if (!become(user))
        complain("cannot become the user", user->name);
    else if (chdir("/") < 0)
        complain("cannot enter", "/");
    else {
        (void)execve(argv[0], argv, environment);
        complain("cannot run", argv[0]);
    }
    _exit(EXIT_NO_EXEC);
}

/* --- in the parent --- */

struct launch { /* what a child needs, made before the fork */
    char **argv;
    char *environment[4];
};

static void launch_release(struct launch *launch)
{
    for (size_t i = 0; launch->argv && launch->argv[i]; i++)
        free(launch->argv[i]);
    free(launch->argv);
    for (size_t i = 0; i < COUNT_OF(launch->environment); i++)
        free(launch->environment[i]);
}

static void launch_init(const struct child_user *user, const char *const *argv,
                        struct launch *ret_launch)
{
    struct text home = TEXT_INIT;
    size_t count = 0;

    while (argv[count])
        count++;
    *ret_launch = (struct launch){.argv = mem_calloc(count + 1, sizeof(char *))};
    for (size_t i = 0; i < count; i++)
        ret_launch->argv[i] = mem_strdup(argv[i]);
    text_addf(&home, "HOME=%s", user->home);
    ret_launch->environment[0] = text_take(&home);
    ret_launch->environment[1] = mem_strdup("PATH=/usr/local/bin:/usr/bin:/bin");
    ret_launch->environment[2] = mem_strdup("LC_ALL=C");
}

int child_check_path(const struct child_user *user, const char *path, char **ret_part,
                     struct err *err)
{
    CLEANUP(mem_cleanup) char *prefix = mem_strdup(path);
    size_t length = strlen(path), bad = 0;
    int pipe_fd[2];
    pid_t child;

    assert(path[0] == '/');
    if (pipe2(pipe_fd, O_CLOEXEC) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot make a pipe");
    child = fork();
    if (child == 0) {
        if (!become(user))
            _exit(1);
        for (size_t i = 1; i <= length; i++) {
            if (path[i] && path[i] != '/')
                continue;
            prefix[i] = '\0';
            if (access(prefix, X_OK) < 0) {
                bad = i;
                break;
            }
            prefix[i] = path[i];
        }
        _exit(write(pipe_fd[1], &bad, sizeof(bad)) == (ssize_t)sizeof(bad) ? 0 : 1);
    }
    (void)close(pipe_fd[1]);
    bad = 0;
    if (child < 0 || read(pipe_fd[0], &bad, sizeof(bad)) != (ssize_t)sizeof(bad)) {
        (void)err_set(err, ERR_INTERNAL, "cannot look at '%s' as the user '%s'", path, user->name);
        bad = SIZE_MAX;
    }
    (void)close(pipe_fd[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (bad == SIZE_MAX)
        return -1;
    *ret_part = bad > 0 ? mem_strndup(path, bad) : NULL;
    return 0;
}

struct pipes {
    int input[2], output[2];
};

static void pipes_release(struct pipes *pipes)
{
    for (size_t i = 0; i < 2; i++) {
        cleanup_fd(&pipes->input[i]);
        cleanup_fd(&pipes->output[i]);
    }
}

static void close_end(int *fd)
{
    (void)close(*fd);
    *fd = -1;
}

/* Reads until the child and whoever has its output have closed it. false: the deadline passed. */
static bool collect(int fd, int64_t deadline, struct text *output)
{
    char buffer[4096];

    for (;;) {
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_steady_ms();
        ssize_t got;

        if (left <= 0)
            return false;
        if (poll(&readable, 1, (int)(left < 60000 ? left : 60000)) <= 0)
            continue;
        got = read(fd, buffer, sizeof(buffer));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return true;
        if (output->length < OUTPUT_MAXIMUM)
            text_add_bytes(output, buffer, (size_t)got);
    }
}

static int wait_status(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return EXIT_NO_EXEC;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The files given, under numbers that none of the child's overwrites. */
struct aside {
    int fd[FILES_MAXIMUM];
    size_t count;
};

static void aside_release(struct aside *aside)
{
    for (size_t i = 0; i < aside->count; i++)
        cleanup_fd(&aside->fd[i]);
}

static int put_aside(const int *fd, size_t count, struct aside *aside)
{
    assert(count > 0 && count <= FILES_MAXIMUM);
    for (; aside->count < count; aside->count++) {
        aside->fd[aside->count] = fcntl(fd[aside->count], F_DUPFD_CLOEXEC, FILES_ASIDE);
        if (aside->fd[aside->count] < 0)
            return -1;
    }
    return 0;
}

int child_run_over(const struct child_user *user, const char *const *argv, const int *fd,
                   size_t fd_count, int64_t timeout_s, struct text *ret_output, int *ret_status,
                   struct err *err)
{
    CLEANUP(launch_release) struct launch launch;
    CLEANUP(aside_release) struct aside aside = {.count = 0};
    CLEANUP(pipes_release) struct pipes pipes = {.input = {-1, -1}, .output = {-1, -1}};
    int64_t deadline = clock_steady_ms() + timeout_s * 1000;
    pid_t child;
    bool ended;

    launch_init(user, argv, &launch);
    if (put_aside(fd, fd_count, &aside) < 0 || pipe2(pipes.output, O_CLOEXEC) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot make a pipe for '%s'", argv[0]);
    child = fork();
    if (child < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot start '%s'", argv[0]);
    if (child == 0) {
        forget_signals();
        (void)setsid();
        (void)dup2(aside.fd[0], STDIN_FILENO);
        (void)dup2(pipes.output[1], STDOUT_FILENO);
        (void)dup2(pipes.output[1], STDERR_FILENO);
        for (size_t i = 1; i < fd_count; i++)
            (void)dup2(aside.fd[i], STDERR_FILENO + (int)i);
        execute(user, launch.argv, launch.environment, (unsigned)fd_count - 1);
    }
    close_end(&pipes.output[1]);
    ended = collect(pipes.output[0], deadline, ret_output);
    if (!ended)
        (void)kill(-child, SIGKILL); /* its whole session */
    *ret_status = wait_status(child);
    if (!ended)
        return err_set(err, ERR_UNREACHABLE, "'%s' did not end within %lld s and was killed",
                       argv[0], (long long)timeout_s);
    return 0;
}

int child_run(const struct child_user *user, const char *const *argv, const char *input,
              int64_t timeout_s, struct text *ret_output, int *ret_status, struct err *err)
{
    CLEANUP(pipes_release) struct pipes pipes = {.input = {-1, -1}, .output = {-1, -1}};
    size_t length = input ? strlen(input) : 0;

    assert(length <= INPUT_MAXIMUM);
    if (pipe2(pipes.input, O_CLOEXEC) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot make a pipe for '%s'", argv[0]);
    if (length > 0 && write(pipes.input[1], input, length) != (ssize_t)length)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot write to '%s'", argv[0]);
    close_end(&pipes.input[1]);
    return child_run_over(user, argv, &pipes.input[0], 1, timeout_s, ret_output, ret_status, err);
}

/* The child's child is the daemon: it is adopted by init, which reaps it. */
static void start_daemon(const struct child_user *user, const struct launch *launch,
                         const char *log, int report)
{
    pid_t daemon;
    int null, output;

    forget_signals();
    (void)setsid();
    daemon = fork();
    if (daemon != 0) {
        bool told = daemon > 0 && write(report, &daemon, sizeof(daemon)) == (ssize_t)sizeof(daemon);

        _exit(told ? 0 : 1);
    }
    (void)umask(077);
    null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || !become(user))
        _exit(EXIT_NO_EXEC);
    output = open(log, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);
    if (output < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0)
        _exit(EXIT_NO_EXEC);
    /* It is that user already; the groups cannot be set a second time. */
    execute(&(struct child_user){.name = user->name}, launch->argv, launch->environment, 0);
}

int child_start(const struct child_user *user, const char *const *argv, const char *log,
                pid_t *ret_pid, struct err *err)
{
    CLEANUP(launch_release) struct launch launch;
    CLEANUP(pipes_release) struct pipes pipes = {.input = {-1, -1}, .output = {-1, -1}};
    pid_t child, daemon = 0;
    ssize_t got;

    launch_init(user, argv, &launch);
    if (pipe2(pipes.output, O_CLOEXEC) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot make a pipe for '%s'", argv[0]);
    child = fork();
    if (child < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot start '%s'", argv[0]);
    if (child == 0)
        start_daemon(user, &launch, log, pipes.output[1]);
    close_end(&pipes.output[1]);
    do
        got = read(pipes.output[0], &daemon, sizeof(daemon));
    while (got < 0 && errno == EINTR);
    if (wait_status(child) != 0 || got != (ssize_t)sizeof(daemon))
        return err_set(err, ERR_INTERNAL, "cannot start '%s'", argv[0]);
    *ret_pid = daemon;
    return 0;
}
