/*
 * What the program says goes to files, so a pipe that nobody reads cannot hold it up.
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"

enum { WORDS_MAX = 24, DEADLINE_S = 1200, SAID_MAX = 1 << 28 };

#define SECRET "demo-secret"

void program_init(struct program *program, const char *directory)
{
    *program = (struct program){
        .directory = directory,
        .config_path = file_join(directory, "year.conf"),
        .out_path = file_join(directory, "program.out"),
        .err_path = file_join(directory, "program.err"),
    };
}

void program_release(struct program *program)
{
    free(program->config_path);
    free(program->out_path);
    free(program->err_path);
}

/* --- running --- */

static double now_s(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void become_program(const struct program *program, struct instant at,
                           const char *const *words)
{
    char *argv[WORDS_MAX + 4] = {mem_strdup(PROGRAM_PATH), mem_strdup("--config"),
                                 mem_strdup(program->config_path)};
    CLEANUP(text_release) struct text moment = TEXT_INIT;
    int in = open("/dev/null", O_RDONLY);
    int out = open(program->out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int err = open(program->err_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; words[i] && i < WORDS_MAX; i++)
        argv[3 + i] = mem_strdup(words[i]);
    text_addf(&moment, "%lld", (long long)(at.us / SECOND_US));
    if (in < 0 || out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 ||
        setenv("MOMENT", text_cstr(&moment), 1) < 0 || setenv("LD_PRELOAD", MOMENT_PRELOAD, 1) < 0)
        _exit(127);
    execv(argv[0], argv);
    _exit(127);
}

/* -1: it had to be ended. */
static int wait_for_end(pid_t pid)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    double began = now_s();
    int status = 0;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (now_s() - began > DEADLINE_S) {
            (void)kill(pid, SIGKILL);
            (void)waitpid(pid, NULL, 0);
            return -1;
        }
        (void)nanosleep(&pause, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int program_run(struct program *program, struct instant at, const char *const *words,
                struct program_result *ret_result, struct err *err)
{
    struct program_result result = {.out = TEXT_INIT, .err = TEXT_INIT};
    double began = now_s();
    pid_t pid = fork();

    if (pid < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "fork");
    if (pid == 0)
        become_program(program, at, words);
    result.code = wait_for_end(pid);
    program->seconds += now_s() - began;
    program->calls++;
    if (result.code == -1)
        return err_set(err, ERR_INTERNAL, "'%s' did not end in %d s", words[0], DEADLINE_S);
    if (file_read(program->out_path, SAID_MAX, ERR_INTERNAL, &result.out, NULL, err) ||
        file_read(program->err_path, SAID_MAX, ERR_INTERNAL, &result.err, NULL, err)) {
        program_result_release(&result);
        return -1;
    }
    *ret_result = result;
    return 0;
}

void program_result_release(struct program_result *result)
{
    text_release(&result->out);
    text_release(&result->err);
}

/* --- its configuration --- */

/* Runs words that must succeed. */
static int must(struct program *program, struct instant at, const char *const *words,
                struct err *err)
{
    CLEANUP(program_result_release) struct program_result result = {.code = 0};

    if (program_run(program, at, words, &result, err))
        return -1;
    if (result.code != 0)
        return err_set(err, ERR_INTERNAL, "'%s' ended with %d: %s%s", words[0], result.code,
                       text_cstr(&result.out), text_cstr(&result.err));
    return 0;
}

/* Puts `after` behind the first `before`, or in its place. */
static int edit(struct text *text, const char *before, const char *after, bool replace,
                struct err *err)
{
    CLEANUP(text_release) struct text whole = TEXT_INIT;
    const char *at = strstr(text_cstr(text), before);

    if (!at)
        return err_set(err, ERR_INTERNAL, "init wrote no '%s'", before);
    size_t head = (size_t)(at - text_cstr(text)) + (replace ? 0 : strlen(before));
    text_add_bytes(&whole, text_cstr(text), head);
    text_add(&whole, after);
    text_add(&whole, at + strlen(before));
    text_clear(text);
    text_add(text, text_cstr(&whole));
    return 0;
}

static int change_config(struct program *program, const struct program_settings *settings,
                         struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (file_read(program->config_path, SAID_MAX, ERR_INTERNAL, &text, NULL, err) ||
        edit(&text, "mode = \"report\"", "mode = \"enforce\"", true, err) ||
        edit(&text, "portal:\n{\n",
             "    patience = 5.0;\n    requests_per_second = 1000000.0;\n    requests_per_window = "
             "100000000;\n"
             "    silence_after_429 = 1.0;\n",
             false, err))
        return -1;
    const struct passwd *self = getpwuid(getuid());
    text_addf(&text, "approval: { approvers = ( { user = \"%s\"; } ); };\n",
              self ? self->pw_name : "nobody");
    if (!strstr(text_cstr(&text), "report:"))
        text_addf(&text, "report: { directory = \"%s/reports\"; };\n", program->directory);
    text_addf(&text, "apply: { state_directory = \"%s/state\";", program->directory);
    if (settings->freeze)
        text_addf(&text, " freeze = [ \"%s\" ];", settings->freeze);
    text_addf(&text,
              " };\nnotify: { mail: { server = \"smtp://127.0.0.1:%u\"; starttls = \"none\"; "
              "from = \"job@acme.example\"; to = [ \"it@acme.example\" ]; }; };\n",
              settings->mail_port);
    text_add(&text, settings->more ? settings->more : "");
    return file_write(program->config_path, 0640, text_cstr(&text), text.length, err);
}

static int write_secret(const char *path, struct err *err)
{
    return file_write(path, 0600, SECRET "\n", strlen(SECRET "\n"), err);
}

int program_configure(struct program *program, struct instant at,
                      const struct program_settings *settings, struct err *err)
{
    CLEANUP(mem_cleanup) char *secret = file_join(program->directory, "client-secret");
    CLEANUP(mem_cleanup) char *state = file_join(program->directory, "state");
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(program_result_release) struct program_result result = {.code = 0};

    text_addf(&url, "http://127.0.0.1:%u", settings->portal_port);
    const char *const words[] = {"init",
                                 "--portal",
                                 text_cstr(&url),
                                 "--name",
                                 "year",
                                 "--client-id",
                                 "demo",
                                 "--secret-file",
                                 secret,
                                 "--roster",
                                 settings->roster_path,
                                 "--database",
                                 settings->conninfo,
                                 "--time-zone",
                                 "UTC",
                                 NULL};
    if (write_secret(secret, err) || file_make_directory(state, 0700, err) ||
        program_run(program, at, words, &result, err))
        return -1;
    if (access(program->config_path, F_OK) < 0)
        return err_set(err, ERR_INTERNAL, "init wrote nothing (%d): %s", result.code,
                       text_cstr(&result.err));
    if (change_config(program, settings, err))
        return -1;
    return must(program, at, (const char *const[]){"migrate", NULL}, err);
}
