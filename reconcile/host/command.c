/* One prefix for all: who runs it, the program, the configuration. */
#include "host/command.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"

#define PROGRAM "bynder-reconcile"
#define SUFFIX  ".conf"

static struct {
    char *path; /* absolute; NULL = the usual one */
    char *instance;
    bool credentials;
} called;

/* --- the configuration --- */

/* Characters that systemd does not escape in the name of a unit, and a shell neither. */
static bool is_plain(const char *name, size_t length)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return length > 0 && name[0] != '.' && name[0] != '-' && strspn(name, plain) >= length;
}

const char *command_config_of(struct arena *arena, const char *at_name)
{
    const char *name = at_name[0] == '@' ? at_name + 1 : "";

    if (!is_plain(name, strlen(name)))
        return NULL;
    return arena_printf(arena, COMMAND_CONFIG_DIRECTORY "%s" SUFFIX, name);
}

/* The part between directory and suffix, or NULL. */
static const char *find_instance(const char *path, size_t *ret_length)
{
    size_t suffix = strlen(SUFFIX), length;

    if (!text_starts(path, COMMAND_CONFIG_DIRECTORY))
        return NULL;
    path += strlen(COMMAND_CONFIG_DIRECTORY);
    length = strlen(path);
    if (length <= suffix || !text_equal(path + length - suffix, SUFFIX) ||
        !is_plain(path, length - suffix))
        return NULL;
    *ret_length = length - suffix;
    return path;
}

const char *command_instance(struct arena *arena, const char *config_path)
{
    size_t length = 0;
    const char *name = find_instance(config_path, &length);

    return name ? arena_strndup(arena, name, length) : NULL;
}

static char *absolute(const char *path)
{
    CLEANUP(mem_cleanup) char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);

    return here ? file_join(here, text_starts(path, "./") ? path + 2 : path) : mem_strdup(path);
}

void command_set_config(const char *config_path)
{
    size_t length = 0;

    free(called.path);
    free(called.instance);
    called.path = config_path ? absolute(config_path) : NULL;
    const char *name = called.path ? find_instance(called.path, &length) : NULL;
    called.instance = name ? mem_strndup(name, length) : NULL;
}

void command_set_credentials(bool has)
{
    called.credentials = has;
}

/* --- who runs it --- */

bool command_is_service(void)
{
    struct passwd entry, *found = NULL; /* not libc's own: files are made side by side */
    char bytes[4096];

    return getpwuid_r(geteuid(), &entry, bytes, sizeof(bytes), &found) == 0 && found &&
           text_equal(found->pw_name, COMMAND_SERVICE_USER);
}

/* Whether somebody sits there who started this as they are. */
static bool at_terminal(void)
{
    return isatty(STDIN_FILENO) || isatty(STDOUT_FILENO) || isatty(STDERR_FILENO);
}

/* On a machine without it root and the others do without. */
static bool has_sudo(void)
{
    const char *path = getenv("PATH");

    for (const char *at = path ? path : "/usr/bin:/bin"; *at;) {
        size_t length = strcspn(at, ":");
        CLEANUP(mem_cleanup) char *directory = mem_strndup(at, length);
        CLEANUP(mem_cleanup) char *file = file_join(directory, "sudo");
        if (length > 0 && access(file, X_OK) == 0)
            return true;
        at += length + (at[length] != '\0');
    }
    return false;
}

/* Root that somebody became for this one command is them again when they paste the next. */
static bool needs_sudo(void)
{
    bool became = getenv("SUDO_UID") || getenv("SUDO_USER") || !at_terminal();
    bool others = command_is_service() || (geteuid() == 0 && became);

    return others && has_sudo();
}

bool command_is_for_reviewers(const char *verb)
{
    static const char *const verbs[] = {"show",   "plans",    "diff",        "simulate", "status",
                                        "audit",  "approve",  "acknowledge", "keep",     "again",
                                        "reject", "withdraw", "review",      "portal"};

    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        if (text_equal(verbs[i], verb))
            return true;
    }
    return false;
}

/* --- making one --- */

/* As bash and zsh read it, byte by byte: what is shown of it is what is pasted. */
static void quote_bytes(struct text *out, const char *word)
{
    text_add(out, "$'");
    for (const char *c = word; *c; c++) {
        if (*c == '\'' || *c == '\\' || *c < ' ' || *c > '~')
            text_addf(out, "\\%03o", (unsigned)(unsigned char)*c);
        else
            text_add_char(out, *c);
    }
    text_add_char(out, '\'');
}

static bool is_shown_as_it_is(const char *word)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;

    text_add_printable(&printable, word);
    return text_equal(text_cstr(&printable), word);
}

void command_quote(struct text *out, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

    if (word[0] && word[strspn(word, plain)] == '\0') {
        text_add(out, word);
        return;
    }
    if (!is_shown_as_it_is(word)) {
        quote_bytes(out, word);
        return;
    }
    text_add_char(out, '\'');
    for (const char *c = word; *c; c++) {
        if (*c == '\'')
            text_add(out, "'\\''");
        else
            text_add_char(out, *c);
    }
    text_add_char(out, '\'');
}

/* The usual configuration is named where the reader's environment may name another. */
static bool is_usual(void)
{
    const char *variable = getenv(COMMAND_CONFIG_VARIABLE);

    return !called.path ||
           (text_equal(called.path, COMMAND_CONFIG_DEFAULT) && text_is_empty(variable));
}

/* A reviewer asks the service's desk as who they are; there root is nobody. */
static void add_prefix(struct text *out, const char *verb)
{
    CLEANUP(mem_cleanup) char *name = mem_strndup(verb, strcspn(verb, " "));
    bool desk = called.instance && command_is_for_reviewers(name);

    text_add(out, needs_sudo() && !desk ? "sudo " PROGRAM : PROGRAM);
    if (is_usual())
        return;
    if (called.instance) {
        text_addf(out, " @%s", called.instance);
        return;
    }
    text_add(out, " --config ");
    command_quote(out, called.path);
}

static void add(struct text *out, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static void add(struct text *out, const char *format, va_list args)
{
    add_prefix(out, format);
    text_add_char(out, ' ');
    text_addv(out, format, args);
}

void command_add(struct text *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(out, format, args);
    va_end(args);
}

char *command_make(const char *format, ...)
{
    struct text text = TEXT_INIT;
    va_list args;

    va_start(args, format);
    add(&text, format, args);
    va_end(args);
    return text_take(&text);
}

void command_add_portal(struct text *out, enum command_portal what, int64_t plan_id)
{
    static const struct {
        const char *verb, *unit;
    } of[] = {
        [COMMAND_PLAN] = {"plan", "-plan"},
        [COMMAND_APPLY] = {"apply", ""},
        [COMMAND_RUN] = {"run", ""},
        [COMMAND_CHECK] = {"check", "-check"},
    };
    const char *sudo = needs_sudo() ? "sudo " : "", *unit = of[what].unit;

    if (!called.credentials || !called.instance) {
        command_add(out, "%s", of[what].verb);
        if (what == COMMAND_APPLY && plan_id > 0)
            text_addf(out, " %lld", (long long)plan_id);
        return;
    }
    text_addf(out, "%ssystemctl start " PROGRAM "%s@%s", sudo, unit, called.instance);
    if (what == COMMAND_CHECK)
        text_addf(out, "; %sjournalctl -n 20 -o cat -u " PROGRAM "%s@%s", sudo, unit,
                  called.instance);
}
