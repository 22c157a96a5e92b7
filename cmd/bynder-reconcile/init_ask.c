/*
 * Each answer goes through one table: option, question, what is right. An option that is wrong ends
 * the command; what is typed wrongly is said, and asked again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/bynder-reconcile/init.h"
#include "cmd/bynder-reconcile/service.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/secret.h"
#include "host/zone.h"
#include "roster/fetch.h"

/* --- a line --- */

bool init_at_terminal(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* A line from the terminal, without the end of the line; NULL at the end of input. */
static char *read_line(struct arena *arena)
{
    CLEANUP(mem_cleanup) char *line = NULL;
    size_t size = 0;
    ssize_t length = getline(&line, &size, stdin);

    if (length < 0)
        return NULL;
    const char *start = line;
    size_t trimmed = (size_t)length;
    text_trim(&start, &trimmed);
    char *copy = arena_strndup(arena, start, trimmed);
    secret_wipe(line, (size_t)length);
    return copy;
}

int init_ask(struct arena *arena, const char *question, const char *fallback,
             const char **ret_answer, struct err *err)
{
    for (;;) {
        CLEANUP(text_release) struct text shown = TEXT_INIT;
        text_add_printable(&shown, fallback ? fallback : "");
        fprintf(stderr, fallback ? "%s [%s]: " : "%s: ", question, text_cstr(&shown));
        const char *answer = read_line(arena);
        if (!answer && clock_is_interrupted())
            return err_set(err, ERR_INTERRUPTED,
                           "interrupted by a signal: nothing was written; hint: the same command "
                           "begins anew");
        if (!answer)
            return err_set(err, ERR_USAGE, "the answers end before the questions");
        if (answer[0] || fallback) {
            *ret_answer = answer[0] ? answer : fallback;
            return 0;
        }
    }
}

/* Without an echo. */
static int ask_secret(struct arena *arena, const char *question, char **ret_secret, struct err *err)
{
    struct termios usual, silent;
    const char *answer = NULL;

    if (tcgetattr(STDIN_FILENO, &usual) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot ask for a secret");
    silent = usual;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    int failed = init_ask(arena, question, NULL, &answer, err);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual);
    fputc('\n', stderr);
    if (failed)
        return -1;
    *ret_secret = arena_strdup(arena, answer);
    return 0;
}

/* --- what is right --- */

bool init_is_address(const char *source)
{
    return strstr(source, "://") != NULL;
}

bool init_is_conninfo(const char *database)
{
    return strchr(database, '=') || init_is_address(database);
}

const char *init_source_name(struct arena *arena, const char *source)
{
    if (!init_is_address(source))
        return source;
    CLEANUP(mem_cleanup) char *name = roster_fetch_name(source);
    return arena_strdup(arena, name);
}

/* As the configuration would judge it. */
static int judge_setting(struct arena *arena, const char *path, const char *value, struct err *err)
{
    CLEANUP(config_writing_release) struct config_writing writing = {.arena = arena};

    config_write_text(&writing, path, value);
    config_write_end(&writing);
    return config_judge(arena, &writing.text, path, err);
}

static int judge_portal(struct arena *arena, const char *value, struct err *err)
{
    return judge_setting(arena, "portal.url", value, err);
}

static int judge_name(struct arena *arena, const char *value, struct err *err)
{
    return judge_setting(arena, "portal.name", value, err);
}

static int judge_client_id(struct arena *arena, const char *value, struct err *err)
{
    return judge_setting(arena, "portal.client_id", value, err);
}

static int judge_roster(struct arena *arena, const char *value, struct err *err)
{
    CLEANUP(cleanup_fd) int fd = -1;
    struct stat status;

    if (init_is_address(value))
        return judge_setting(arena, "roster.source", value, err);
    fd = file_open(value, FILE_TO_READ, 0);
    if (fd < 0)
        return err_set_errno(err, ERR_ROSTER, errno, "cannot read '%s'", value);
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        return err_set(err, ERR_ROSTER, "'%s' is no file", value);
    return judge_setting(arena, "roster.source", value, err);
}

static int judge_database(struct arena *arena, const char *value, struct err *err)
{
    return judge_setting(arena, init_is_conninfo(value) ? "database.conninfo" : "database.embedded",
                         value, err);
}

static int judge_time_zone(struct arena *arena, const char *value, struct err *err)
{
    const struct zone *zone = NULL;

    return zone_load(arena, value, &zone, err);
}

/* A file that is there holds a secret for its owner alone. */
static int judge_secret_file(struct arena *arena, const char *value, struct err *err)
{
    CLEANUP(secret_release) struct secret secret = SECRET_INIT;

    if (access(value, F_OK) == 0 && secret_read(value, false, &secret, err) < 0)
        return -1;
    return judge_setting(arena, "portal.client_secret_file", value, err);
}

static const struct question {
    enum init_option option;
    const char *words;
    const char *path; /* of the setting that may be there already */
    int (*judge)(struct arena *arena, const char *value, struct err *err);
} questions[] = {
    {INIT_PORTAL, "Address of the portal, like https://acme.bynder.com", "portal.url",
     judge_portal},
    {INIT_NAME, "Its name in the history", "portal.name", judge_name},
    {INIT_CLIENT_ID, "Client id of the OAuth app in Bynder", "portal.client_id", judge_client_id},
    {INIT_ROSTER, "HR's roster, a file or an address", "roster.source", judge_roster},
    {INIT_DATABASE, "Directory of the database, or a connection string", "database",
     judge_database},
    {INIT_TIME_ZONE, "Time zone of the company, of which a last day is a day", "policy.time_zone",
     judge_time_zone},
    {INIT_SECRET_FILE, "File with its client secret (made when it is not there)",
     "portal.client_secret_file", judge_secret_file},
};

static const struct question *question_of(enum init_option option)
{
    const struct question *question = questions;

    while (question->option != option)
        question++;
    return question;
}

static void say_wrong(struct err *err)
{
    CLEANUP(text_release) struct text shown = TEXT_INIT;

    text_add_printable(&shown, err->text);
    fprintf(stderr, "  this cannot be: %s\n", text_cstr(&shown));
    err_release(err);
}

static const char *shown_answer(struct arena *arena, enum init_option option, const char *answer)
{
    return answer && option == INIT_ROSTER ? init_source_name(arena, answer) : answer;
}

/* From the option, else what is there and right, else at the terminal, else the default. */
static int gather_one(const struct invocation *invocation, const struct init_before *before,
                      enum init_option option, const char *there, const char *fallback,
                      const char **ret_answer, struct err *err)
{
    const struct question *question = question_of(option);
    const struct option_spec *spec = &init_options[option];
    struct arena *arena = invocation->arena;

    *ret_answer = invocation->value[option];
    if (*ret_answer)
        return question->judge(arena, *ret_answer, err) < 0 ? err_prefix(err, "--%s", spec->name)
                                                            : 0;
    if (init_is_right(before, question->path, there) && question->judge(arena, there, err) == 0) {
        session_say("kept: %s %s", question->path, shown_answer(arena, option, there));
        *ret_answer = there;
        return 0;
    }
    err_release(err);
    const char *usual = there ? there : fallback, *shown = shown_answer(arena, option, usual);
    *ret_answer = usual;
    while (init_at_terminal()) {
        if (init_ask(arena, question->words, shown, ret_answer, err) < 0)
            return -1;
        if (*ret_answer == shown)
            *ret_answer = usual;
        if (question->judge(arena, *ret_answer, err) == 0)
            return 0;
        say_wrong(err);
    }
    if (!*ret_answer)
        return err_set(err, ERR_USAGE,
                       "init needs --%s %s; hint: at a terminal it asks for what is missing",
                       spec->name, spec->metavar);
    return question->judge(arena, *ret_answer, err);
}

/* --- defaults --- */

static bool is_digits_and_dots(const char *host, size_t length)
{
    return strspn(host, "0123456789.") >= length || *host == '[';
}

/* "acme" of https://acme.bynder.com and https://dam.acme.com; an address of digits stays whole. */
static const char *portal_name(struct arena *arena, const char *url)
{
    static const char *const places[] = {"www",   "dam",    "media",  "brand",   "brands",
                                         "asset", "assets", "bynder", "library", "portal"};
    const char *host = strstr(url, "://");

    host = host ? host + 3 : url;
    size_t length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    if (length == 0 || is_digits_and_dots(host, length))
        return arena_strndup(arena, host, length);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        size_t place = strlen(places[i]);
        if (place + 1 < length && strncasecmp(host, places[i], place) == 0 && host[place] == '.')
            return arena_strndup(arena, host + place + 1, strcspn(host + place + 1, ".:/"));
    }
    return arena_strndup(arena, host, strcspn(host, ".:/"));
}

static const char *absolute(struct arena *arena, const char *path)
{
    CLEANUP(mem_cleanup) char *here = getcwd(NULL, 0);
    CLEANUP(mem_cleanup) char *joined = here ? file_join(here, path) : mem_strdup(path);

    return arena_strdup(arena, joined);
}

/* Below the state directory, for each instance its own; else beside the file. */
static const char *usual_database(const struct invocation *invocation, const char *instance)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(invocation->config_path);

    if (instance)
        return arena_printf(invocation->arena, SERVICE_STATE_DIRECTORY "/%s", instance);
    if (text_starts(absolute(invocation->arena, directory), "/etc/"))
        return SERVICE_STATE_DIRECTORY "/pg";
    return absolute(invocation->arena, arena_printf(invocation->arena, "%s/pg", directory));
}

/* The machine's, which is where /etc/localtime leads to. */
static const char *usual_time_zone(struct arena *arena)
{
    static const char above[] = "/zoneinfo/";
    char target[256];
    ssize_t length = readlink("/etc/localtime", target, sizeof(target) - 1);

    if (length <= 0)
        return "UTC";
    target[length] = '\0';
    const char *name = strstr(target, above);
    return name ? arena_strdup(arena, name + strlen(above)) : "UTC";
}

/* --- the secret --- */

/* A secret that lies in a file: for systemd it is put where only root can read it. */
static int take_secret(struct arena *arena, const char *path, char **ret_secret, struct err *err)
{
    CLEANUP(secret_release) struct secret secret = SECRET_INIT;

    if (secret_read(path, false, &secret, err) < 0)
        return -1;
    *ret_secret = arena_strdup(arena, secret_reveal(&secret));
    return 0;
}

/* Where the secret is, and what it is when it has to be written there. */
static int gather_secret(const struct invocation *invocation, const struct init_before *before,
                         struct answers *answers, struct err *err)
{
    struct arena *arena = invocation->arena;
    const char *given = invocation->value[INIT_SECRET_FILE];

    if (answers->instance && given)
        return take_secret(arena, given, &answers->secret, err);
    if (!answers->instance &&
        gather_one(invocation, before, INIT_SECRET_FILE, before->config.portal.client_secret.file,
                   NULL, &answers->secret_file, err) < 0)
        return -1;
    answers->secret_file = absolute(arena, answers->secret_file);
    if (access(answers->secret_file, F_OK) == 0 && !answers->secret_anew)
        return 0;
    if (init_at_terminal())
        return ask_secret(arena, "The client secret (it is not shown)", &answers->secret, err);
    if (!answers->instance || answers->secret_anew)
        return 0;
    return err_set(err, ERR_USAGE,
                   "init needs --%s %s; hint: at a terminal it asks for what is missing",
                   init_options[INIT_SECRET_FILE].name, init_options[INIT_SECRET_FILE].metavar);
}

int init_gather(const struct invocation *invocation, const struct init_before *before,
                struct answers *answers, struct err *err)
{
    const struct config *there = &before->config;
    struct arena *arena = invocation->arena;

    if (gather_one(invocation, before, INIT_PORTAL, there->portal.url, NULL, &answers->portal,
                   err) < 0 ||
        gather_one(invocation, before, INIT_NAME, there->portal.name,
                   portal_name(arena, answers->portal), &answers->name, err) < 0 ||
        gather_one(invocation, before, INIT_CLIENT_ID, there->portal.client_id, NULL,
                   &answers->client_id, err) < 0 ||
        gather_one(invocation, before, INIT_ROSTER, there->roster.source, NULL, &answers->roster,
                   err) < 0 ||
        gather_one(invocation, before, INIT_DATABASE,
                   there->database.conninfo ? there->database.conninfo : there->database.embedded,
                   usual_database(invocation, answers->instance), &answers->database, err) < 0 ||
        gather_one(invocation, before, INIT_TIME_ZONE, before->is_there ? there->time_zone : NULL,
                   usual_time_zone(arena), &answers->time_zone, err) < 0 ||
        gather_secret(invocation, before, answers, err) < 0)
        return -1;
    if (!init_is_address(answers->roster))
        answers->roster = absolute(arena, answers->roster);
    if (!init_is_conninfo(answers->database))
        answers->database = absolute(arena, answers->database);
    return 0;
}
