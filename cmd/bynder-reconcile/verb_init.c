/*
 * init: the first hour. Gathers a few answers, from options or at a terminal, writes a
 * configuration that cannot write to Bynder (mode "report"), and tries it. It never replaces a
 * file. A configuration that the package's units run gets what works under them: the secret as a
 * credential of systemd, all that is written below the state directory, and the unit's own check.
 *
 * What the columns of the roster mean is guessed from their titles and written down for a person to
 * read; a word or a date that is not plain is left out, and then its rows are rejected.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/bynder-reconcile/check.h"
#include "cmd/bynder-reconcile/desk.h"
#include "cmd/bynder-reconcile/options.h"
#include "cmd/bynder-reconcile/service.h"
#include "host/clock.h"
#include "host/command.h"
#include "host/file.h"
#include "host/log.h"
#include "roster/guess.h"

enum { INIT_PORTAL, INIT_NAME, INIT_CLIENT_ID, INIT_SECRET_FILE, INIT_ROSTER, INIT_DATABASE };

static const struct option_spec options[] = {
    [INIT_PORTAL] = {"portal", "URL", "address of the portal, like https://acme.bynder.com"},
    [INIT_NAME] = {"name", "NAME", "its name in the history (default: the first part of its host)"},
    [INIT_CLIENT_ID] = {"client-id", "ID", "client id of the OAuth app in Bynder"},
    [INIT_SECRET_FILE] = {"secret-file", "FILE",
                          "file of mode 0600 with its client secret; for a configuration below "
                          "/etc/bynder-reconcile it is copied into " SERVICE_SECRET_DIRECTORY},
    [INIT_ROSTER] = {"roster", "FILE", "HR's file, or an address: https://, sftp://"},
    [INIT_DATABASE] = {"database", "DATABASE",
                       "directory of an embedded database (default: pg "
                       "below the state directory), or a connection string"},
    {NULL, NULL, NULL},
};

struct answers {
    const char *portal, *name, *client_id, *secret_file, *roster, *database;
    char *secret;         /* to be written into secret_file; NULL = it is there */
    const char *instance; /* of the units that run this configuration; NULL = none do */
    struct roster_guess guess;
    bool guessed;
};

/* --- asking --- */

static bool at_terminal(void)
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

static int ask(struct arena *arena, const char *question, const char *fallback,
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
    int failed = ask(arena, question, NULL, &answer, err);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual);
    fputc('\n', stderr);
    if (failed)
        return -1;
    *ret_secret = arena_strdup(arena, answer);
    return 0;
}

/* From the option, else at the terminal, else the default. */
static int gather_one(const struct invocation *invocation, int option, const char *question,
                      const char *fallback, const char **ret_answer, struct err *err)
{
    const struct option_spec *spec = &options[option];

    *ret_answer = invocation->value[option];
    if (*ret_answer)
        return 0;
    if (at_terminal())
        return ask(invocation->arena, question, fallback, ret_answer, err);
    *ret_answer = fallback;
    if (!fallback)
        return err_set(err, ERR_USAGE,
                       "init needs --%s %s; hint: at a terminal it asks for what is missing",
                       spec->name, spec->metavar);
    return 0;
}

/* "acme" of https://acme.bynder.com */
static const char *name_of(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");

    host = host ? host + 3 : url;
    return host[0] ? arena_strndup(arena, host, strcspn(host, ".:/")) : NULL;
}

static const char *absolute(struct arena *arena, const char *path)
{
    CLEANUP(mem_cleanup) char *here = getcwd(NULL, 0);
    CLEANUP(mem_cleanup) char *joined = here ? file_join(here, path) : mem_strdup(path);

    return arena_strdup(arena, joined);
}

static bool is_address(const char *source)
{
    return strstr(source, "://") != NULL;
}

static bool is_conninfo(const char *database)
{
    return strchr(database, '=') || is_address(database);
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
static int gather_secret(const struct invocation *invocation, struct answers *answers,
                         struct err *err)
{
    struct arena *arena = invocation->arena;
    const char *given = invocation->value[INIT_SECRET_FILE];

    if (answers->instance && given)
        return take_secret(arena, given, &answers->secret, err);
    if (!answers->instance && gather_one(invocation, INIT_SECRET_FILE,
                                         "File with its client secret (made when it is not there)",
                                         NULL, &answers->secret_file, err) < 0)
        return -1;
    answers->secret_file = absolute(arena, answers->secret_file);
    if (access(answers->secret_file, F_OK) == 0)
        return 0;
    if (at_terminal())
        return ask_secret(arena, "The client secret (it is not shown)", &answers->secret, err);
    return answers->instance ? gather_one(invocation, INIT_SECRET_FILE, "", NULL, &given, err) : 0;
}

static int gather(const struct invocation *invocation, struct answers *answers, struct err *err)
{
    struct arena *arena = invocation->arena;

    if (gather_one(invocation, INIT_PORTAL, "Address of the portal, like https://acme.bynder.com",
                   NULL, &answers->portal, err) < 0 ||
        gather_one(invocation, INIT_NAME, "Its name in the history",
                   name_of(arena, answers->portal), &answers->name, err) < 0 ||
        gather_one(invocation, INIT_CLIENT_ID, "Client id of the OAuth app in Bynder", NULL,
                   &answers->client_id, err) < 0 ||
        gather_one(invocation, INIT_ROSTER, "HR's roster, a file or an address", NULL,
                   &answers->roster, err) < 0 ||
        gather_one(invocation, INIT_DATABASE, "Directory of the database, or a connection string",
                   usual_database(invocation, answers->instance), &answers->database, err) < 0 ||
        gather_secret(invocation, answers, err) < 0)
        return -1;
    if (!is_address(answers->roster))
        answers->roster = absolute(arena, answers->roster);
    if (!is_conninfo(answers->database))
        answers->database = absolute(arena, answers->database);
    return 0;
}

/* --- the roster --- */

enum { GUESS_BYTES = 1 << 20 };

/* The beginning of it; a roster that cannot be read yet is for `check` to tell. */
static void guess(struct arena *arena, struct answers *answers)
{
    CLEANUP(mem_cleanup) char *bytes = mem_alloc(GUESS_BYTES);
    CLEANUP(cleanup_fd) int fd = -1;
    size_t length = 0;
    ssize_t got = 0;

    answers->guess.delimiter = ',';
    if (is_address(answers->roster))
        return;
    fd = file_open(answers->roster, FILE_TO_READ, 0);
    while (fd >= 0 && length < GUESS_BYTES &&
           (got = read(fd, bytes + length, GUESS_BYTES - length)) > 0)
        length += (size_t)got;
    if (length > 0)
        answers->guessed = roster_guess(arena, bytes, length, &answers->guess, NULL) == 0;
}

/* --- the file --- */

/* The file as it grows, and what it is meant to say. */
struct writing {
    struct arena *arena;
    struct text text;
    struct config_said *said;
    size_t count, capacity;
};

static void writing_release(struct writing *writing)
{
    text_release(&writing->text);
    free(writing->said);
}

/* In the quotes of libconfig. What is no text is escaped too, so that the reader names it. */
static void add_quoted(struct writing *writing, const char *path, const char *value)
{
    struct text *out = &writing->text;
    bool is_utf8 = text_is_utf8(value, strlen(value));

    text_add_char(out, '"');
    for (const char *c = value; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (*c == '"' || *c == '\\')
            text_add_char(out, '\\');
        if (byte < 0x20 || byte == 0x7F || (byte > 0x7F && !is_utf8))
            text_addf(out, "\\x%02x", byte);
        else
            text_add_char(out, *c);
    }
    text_add_char(out, '"');
    writing->said =
        mem_grow(writing->said, writing->count, &writing->capacity, sizeof(writing->said[0]));
    writing->said[writing->count++] = (struct config_said){path, value};
}

/* The beginning of a line; the groups of the path are open. */
static void begin_setting(struct writing *writing, const char *path)
{
    const char *name = path;

    for (const char *dot = strchr(path, '.'); dot; dot = strchr(name, '.')) {
        text_add(&writing->text, "    ");
        name = dot + 1;
    }
    text_addf(&writing->text, "%s = ", name);
}

static void add_setting(struct writing *writing, const char *path, const char *value)
{
    begin_setting(writing, path);
    add_quoted(writing, path, value);
    text_add(&writing->text, ";\n");
}

/* Without the end of its line. */
static void add_list(struct writing *writing, const char *path, const char *const *item,
                     size_t count)
{
    begin_setting(writing, path);
    for (size_t i = 0; i < count; i++) {
        text_add(&writing->text, i ? ", " : "[ ");
        add_quoted(writing, arena_printf(writing->arena, "%s.[%zu]", path, i), item[i]);
    }
    text_add(&writing->text, " ];");
}

static void add_words(struct writing *writing, const char *path, const struct guess_words *words)
{
    if (words->count == 0)
        return;
    add_list(writing, path, words->item, words->count);
    text_add_char(&writing->text, '\n');
}

static void add_columns(struct writing *writing, const struct roster_guess *guess)
{
    static const struct {
        enum guess_column column;
        const char *path;
    } plain[] = {
        {GUESS_EMPLOYEE_NUMBER, "roster.columns.employee_number"},
        {GUESS_EMAIL, "roster.columns.email"},
        {GUESS_USERNAME, "roster.columns.username"},
        {GUESS_NAME, "roster.columns.name"},
        {GUESS_HIRE_DATE, "roster.columns.hire_date"},
        {GUESS_LAST_DAY, "roster.columns.last_day"},
        {GUESS_DEPARTMENT, "roster.columns.department"},
    };
    const char *const *title = guess->title;
    const char *const names[] = {title[GUESS_FIRST_NAME], title[GUESS_LAST_NAME]};

    text_add(&writing->text, "    columns:\n    {\n");
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        if (title[plain[i].column])
            add_setting(writing, plain[i].path, title[plain[i].column]);
    }
    if (!title[GUESS_NAME] && names[0] && names[1]) {
        add_list(writing, "roster.columns.name", names, COUNT_OF(names));
        text_add_char(&writing->text, '\n');
    }
    if (title[GUESS_STATUS] && guess->employed.count > 0)
        add_setting(writing, "roster.columns.status", title[GUESS_STATUS]);
    text_add(&writing->text, "    };\n");
}

static void add_status(struct writing *writing, const struct roster_guess *guess)
{
    struct text *out = &writing->text;

    if (!guess->title[GUESS_STATUS] || guess->employed.count == 0)
        return;
    text_add(out,
             "    status:                     # a word in none of these rejects its row\n    {\n");
    add_words(writing, "roster.status.employed", &guess->employed);
    add_words(writing, "roster.status.on_leave", &guess->on_leave);
    add_words(writing, "roster.status.departed", &guess->departed);
    for (size_t i = 0; i < guess->unclear.count; i++) {
        text_add(out, "        # which list is this word for? ");
        text_add_printable(out, guess->unclear.item[i]);
        text_add_char(out, '\n');
    }
    text_add(out, "    };\n");
}

/* Where few people are, nothing may change for weeks: a file that says the same is no stuck export
 * before its time. Per year about a third of all rows change (hires, leavers, moves), so that in a
 * company of a thousand a week without any change does not happen. */
enum { SAME_DAYS_PEOPLE = 1000, SAME_DAYS_USUAL = 7, SAME_DAYS_MOST = 60 };

static void add_same_days(struct text *out, const struct answers *answers)
{
    size_t people = answers->guess.rows;
    size_t days = people ? (size_t)SAME_DAYS_USUAL * SAME_DAYS_PEOPLE / people : 0;

    if (people == 0 || people >= SAME_DAYS_PEOPLE)
        return;
    if (days > SAME_DAYS_MOST)
        days = SAME_DAYS_MOST;
    text_addf(out,
              "    # of %zu people: HR's file may say the same for some weeks, and is no copy yet\n"
              "    guards: { max_same_days = %zu; };\n",
              people, days);
}

/* HR's file belongs to whoever puts it there, and that is for a person to confirm by reading. */
static void add_writer(struct writing *writing, const char *roster)
{
    struct stat status;
    const struct passwd *owner;

    if (is_address(roster) || file_look(roster, &status) < 0 || status.st_uid == 0 ||
        status.st_uid == geteuid())
        return;
    owner = getpwuid(status.st_uid);
    const char *name = owner ? arena_strdup(writing->arena, owner->pw_name)
                             : arena_printf(writing->arena, "%u", (unsigned)status.st_uid);
    add_list(writing, "roster.writers", &name, 1);
    text_add(&writing->text, "    # whose file this is today: nobody else's is read\n");
}

static void add_roster(struct writing *writing, const struct answers *answers)
{
    const char delimiter[] = {answers->guess.delimiter, '\0'};
    struct text *out = &writing->text;

    text_add(out, "roster:\n{\n");
    add_setting(writing, "roster.source", answers->roster);
    add_writer(writing, answers->roster);
    if (answers->guessed)
        text_add(out,
                 "    # what follows was guessed from titles and the first rows: look at it\n");
    add_setting(writing, "roster.delimiter", arena_strdup(writing->arena, delimiter));
    if (answers->guess.date_format)
        add_setting(writing, "roster.date_format", answers->guess.date_format);
    add_columns(writing, &answers->guess);
    add_status(writing, &answers->guess);
    add_same_days(out, answers);
    text_add(out, "};\n\n");
}

/* The rules of the sample that need no more of the roster than was found in it. */
static void add_policy(struct text *out, const struct answers *answers)
{
    bool leavers = answers->guess.title[GUESS_LAST_DAY] || answers->guess.departed.count > 0;

    text_add(out, "policy:\n{\n    mode = \"report\";            # 'run' never writes to Bynder\n"
                  "    time_zone = \"UTC\";\n    rules = (\n");
    if (answers->guess.on_leave.count > 0)
        text_add(out, "        { name = \"on leave\"; when = { person = \"on_leave\"; };"
                      " do = \"keep\"; },\n");
    if (leavers)
        text_add(out, "        { name = \"departed\"; when = { account = \"active\"; person = "
                      "\"departed\"; };\n          do = \"suspend\"; },\n");
    text_add(out,
             "        { name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; };\n"
             "          do = \"suspend\"; grace_days = 14; }\n    );\n};\n");
}

/* What the units may write to, and a person's sudo writes to as well. */
static void add_places(struct text *out, const char *instance)
{
    text_addf(out,
              "apply: { state_directory = \"" SERVICE_STATE_DIRECTORY "\"; };\n"
              "report: { directory = \"" SERVICE_STATE_DIRECTORY "/reports/%s\"; };\n",
              instance);
    if (access(SERVICE_FIGURES, F_OK) == 0)
        text_addf(out,
                  "metrics: { textfile = \"" SERVICE_FIGURES "/bynder-reconcile-%s.prom\"; };\n",
                  instance);
    text_add_char(out, '\n');
}

static void write_config(struct writing *writing, const struct answers *answers)
{
    struct text *out = &writing->text;

    text_add(out, "# Made by 'bynder-reconcile init'. Every setting, with its default:\n"
                  "# bynder-reconcile check --print-sample\n\nportal:\n{\n");
    add_setting(writing, "portal.name", answers->name);
    add_setting(writing, "portal.url", answers->portal);
    add_setting(writing, "portal.client_id", answers->client_id);
    if (answers->instance)
        add_setting(writing, "portal.client_secret_credential", SERVICE_SECRET);
    else
        add_setting(writing, "portal.client_secret_file", answers->secret_file);
    text_add(out, "};\n\ndatabase:\n{\n");
    add_setting(writing, is_conninfo(answers->database) ? "database.conninfo" : "database.embedded",
                answers->database);
    text_add(out, "};\n\n");
    if (answers->instance)
        add_places(out, answers->instance);
    add_roster(writing, answers);
    add_policy(out, answers);
}

static int refuse_to_replace(const char *path, const char *hint, struct err *err)
{
    return err_set(err, ERR_CONFIG, "'%s' is there already and is not replaced; hint: %s", path,
                   hint);
}

#define OTHER_CONFIG "name another file with --config"
#define OTHER_SECRET "leave out --secret-file to use it, or remove it first"

/* Complete or not there at all, and only where nothing is. */
static int put_new(const char *path, mode_t mode, const struct text *content, const char *hint,
                   struct err *err)
{
    CLEANUP(file_draft_release) struct file_draft draft = FILE_DRAFT_NONE;

    if (file_draft_begin(&draft, path, mode, err) < 0)
        return -1;
    draft.keeps = true;
    file_draft_add(&draft, text_cstr(content), content->length);
    if (file_draft_end(&draft, err) == 0)
        return 0;
    return draft.failure == EEXIST ? refuse_to_replace(path, hint, err) : -1;
}

static int put_secret(const struct answers *answers, struct err *err)
{
    CLEANUP(text_release) struct text content = TEXT_INIT;

    if (!answers->secret)
        return 0;
    text_addf(&content, "%s\n", answers->secret);
    int failed = (answers->instance && file_make_directory(SERVICE_SECRET_DIRECTORY, 0700, err)) ||
                 put_new(answers->secret_file, 0600, &content, OTHER_SECRET, err);
    secret_wipe(content.data, content.length);
    secret_wipe(answers->secret, strlen(answers->secret));
    return failed ? -1 : 0;
}

static int init(const struct invocation *invocation, struct answers *answers, struct err *err)
{
    CLEANUP(writing_release) struct writing writing = {.arena = invocation->arena};

    if (access(invocation->config_path, F_OK) == 0)
        return refuse_to_replace(invocation->config_path, OTHER_CONFIG, err);
    answers->instance = service_instance(invocation->arena, invocation->config_path);
    if (answers->instance)
        answers->secret_file = service_secret_path(invocation->arena, answers->instance);
    if (gather(invocation, answers, err) < 0)
        return -1;
    guess(invocation->arena, answers);
    write_config(&writing, answers);
    if (config_read_back(writing.arena, &writing.text, writing.said, writing.count, err) < 0)
        return err_prefix(err, "nothing was written");
    CLEANUP(mem_cleanup) char *directory = file_directory(invocation->config_path);
    if (file_make_directory(directory, 0755, err) < 0 || put_secret(answers, err) < 0 ||
        put_new(invocation->config_path, 0640, &writing.text, OTHER_CONFIG, err) < 0)
        return -1;
    service_share(invocation->config_path);
    session_say("written: %s", invocation->config_path);
    return 0;
}

/* --- and then --- */

static void show_next(const char *instance, int code)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT, again = TEXT_INIT;
    CLEANUP(mem_cleanup) char *roster = command_make("roster check");
    CLEANUP(mem_cleanup) char *show = command_make("show --format html --output plan.html");

    command_set_credentials(instance != NULL);
    command_add_portal(&plan, COMMAND_PLAN, 0);
    command_add_portal(&again, COMMAND_CHECK, 0);
    if (code)
        printf("\nsomething is to be mended first; this looks again:\n\n  %s\n\nthen:\n\n",
               text_cstr(&again));
    else
        printf("\nall is well; next:\n\n");
    /* Whoever reviews asks the desk as a member of its group; for today root may look. */
    printf("  %s    # what of the roster is accepted\n"
           "  %s    # the first plan; changes nothing\n"
           "  %s%s    # for the people who decide\n",
           roster, text_cstr(&plan), instance ? "sudo " : "", show);
    if (instance)
        printf("  sudo adduser \"$USER\" " DESK_GROUP "    # once for each of them, who logs in"
               " anew\n");
}

/* With the eyes of the run. */
static int try_service(const char *instance, struct err *err)
{
    if (service_is_running_here())
        return service_check(instance, err);
    printf("not tried: systemd does not run here, and the units need it\n");
    return 0;
}

static int try_here(const struct invocation *invocation, struct err *err)
{
    struct config config;

    return session_config(invocation, &config, err) ? (int)err->code
                                                    : check_all(invocation, &config, err);
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    struct answers answers = {.guessed = false};

    if (init(invocation, &answers, err) < 0)
        return (int)err->code;
    (void)fflush(stdout);
    int code = answers.instance ? try_service(answers.instance, err) : try_here(invocation, err);
    if (code < 0)
        code = (int)err->code;
    show_next(answers.instance, code);
    return code;
}

const struct verb verb_init = {
    .name = "init",
    .synopsis = "[--portal URL] [--client-id ID] [--secret-file FILE] [--roster FILE]...",
    .sentence = "write a first configuration, try it, and say what comes next",
    .option = options,
    .run = run_verb,
};
