/*
 * The program: a list of verbs, each in its own file. main reads the command line, sets up the log
 * and the environment, runs the verb, and turns its answer into the exit code. An error is told
 * once, here, on stderr.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cmd/bynder-reconcile/desk.h"
#include "cmd/bynder-reconcile/invoker.h"
#include "cmd/bynder-reconcile/session.h"
#include "database/database.h"
#include "host/clock.h"
#include "host/command.h"
#include "host/environment.h"
#include "host/journal.h"
#include "host/log.h"
#include "net/http.h"

enum { LARGE_BLOCK = 131072 };

/* In the order of the help. */
const struct verb *const verb_all[] = {
    &verb_plan,   &verb_approve,  &verb_acknowledge, &verb_keep,   &verb_again,   &verb_withdraw,
    &verb_reject, &verb_review,   &verb_apply,       &verb_run,    &verb_show,    &verb_plans,
    &verb_diff,   &verb_simulate, &verb_status,      &verb_init,   &verb_audit,   &verb_export,
    &verb_erase,  &verb_portal,   &verb_check,       &verb_roster, &verb_migrate, &verb_psql,
    &verb_desk,   NULL,
};

static void say_wait(const char *what)
{
    log_warning("%s", what);
}

/* Ends waits early; the flow in hand then ends with an error that says so. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = clock_interrupt};

    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN; /* a closed pipe is an error of write, not a death */
    (void)sigaction(SIGPIPE, &action, NULL);
}

/* A run takes and gives back blocks of megabytes (pages of a list, tables). glibc would keep them
 * once it saw the first come back; the system is to have them. */
static void give_memory_back(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
    (void)mallopt(M_TRIM_THRESHOLD, 4 * LARGE_BLOCK); /* rows of the history come and go */
}

/* Descriptors 0 to 2 must be open, or a file of ours would become stdout. */
static int open_standard_files(struct err *err)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            return err_set(err, ERR_INTERNAL, "standard file %d is closed", fd);
    }
    return 0;
}

/* The memory of this process holds a token: no core of it, and nobody but root looks into it. What
 * a crash would have shown is in the journal and the history. The limit is for what we start; a
 * sandbox may forbid to set it, and sets it itself. */
static int stay_private(struct err *err)
{
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno,
                             "cannot keep this process from being dumped");
    return 0;
}

static int run(int argc, char **argv, struct err *err)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct command_line line;

    give_memory_back();
    if (open_standard_files(err) < 0 || stay_private(err) < 0)
        return (int)err->code;
    if (journal_is(getenv("JOURNAL_STREAM"), STDERR_FILENO)) /* before the environment is cleared */
        journal_begin(JOURNAL_SOCKET);
    environment_reduce();
    if (http_begin(err) < 0)
        return (int)err->code;
    if (options_parse(&arena, verb_all, argc, argv, &line, err) < 0)
        return (int)err->code;
    log_setup(line.log_level, line.log_format);
    database_on_wait(say_wait);
    command_set_config(line.invocation.config_path);
    if (line.version) {
        printf("bynder-reconcile %s\n", PROGRAM_VERSION);
        return session_end(0, err);
    }
    if (line.help) {
        options_print_help(verb_all, line.invocation.verb);
        return session_end(0, err);
    }
    catch_signals();
    if (invoker_restrict(&line.invocation, err) < 0)
        return (int)err->code;
    const char *desk = desk_for(&arena, &line);
    if (desk && !desk_is_many(desk, &line.invocation))
        return session_end(desk_ask(desk, &line, err), err);
    line.invocation.desks = desk;
    int code = line.invocation.verb->run(&line.invocation, err);
    return session_end(code, err);
}

int main(int argc, char **argv)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    int code = run(argc, argv, &err);

    session_tell(&err);
    journal_end();
    return code;
}
