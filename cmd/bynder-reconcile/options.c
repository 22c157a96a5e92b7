/*
 * Options are `--name value` or `--name=value`; `--` ends them. Words that are not options are the
 * verb and then its arguments; in front of the verb @NAME is a configuration. psql's own arguments
 * are passed through as they stand.
 */
#include "cmd/bynder-reconcile/options.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cmd/bynder-reconcile/desk.h"
#include "host/command.h"

static const struct option_spec global_options[] = {
    {"config", "FILE",
     "the configuration; @NAME means " COMMAND_CONFIG_DIRECTORY "NAME.conf (default: "
     "$" COMMAND_CONFIG_VARIABLE ", else " COMMAND_CONFIG_DEFAULT ")"},
    {"desk", "SOCKET",
     "where reviewers are answered (default: " DESK_DIRECTORY
     "NAME, if there); with approve --portals the directory of all"},
    {"log-level", "LEVEL", "error, warning, info (default) or debug, on stderr"},
    {"log-format", "FORMAT", "text (default) or json"},
    {"no-color", NULL, "plain text at a terminal too"},
    {"help", NULL, "this help"},
    {"version", NULL, "the program's version"},
    {NULL, NULL, NULL},
};

enum global {
    GLOBAL_CONFIG,
    GLOBAL_DESK,
    GLOBAL_LOG_LEVEL,
    GLOBAL_LOG_FORMAT,
    GLOBAL_NO_COLOR,
    GLOBAL_HELP,
    GLOBAL_VERSION
};

struct parser {
    const struct verb *const *verbs;
    int argc;
    char *const *argv;
    int at;
    struct command_line *line;
    char **argument;
    struct arena *arena;
};

/* The index of the option named by the first `length` bytes of `word`, or -1. */
static int find_option(const struct option_spec *options, const char *word, size_t length)
{
    for (int i = 0; options && options[i].name; i++) {
        if (strlen(options[i].name) == length && memcmp(options[i].name, word, length) == 0)
            return i;
    }
    return -1;
}

enum option_use option_use(const struct option_spec *option)
{
    if (text_equal(option->name, "output"))
        return OPTION_WRITES;
    if (text_equal(option->metavar, "DATABASE"))
        return OPTION_REACHES;
    return text_equal(option->metavar, "FILE") ? OPTION_READS : OPTION_SAYS;
}

static int refuse_option(const struct parser *parser, const char *name, struct err *err)
{
    const struct verb *verb = parser->line->invocation.verb;
    const char *candidate[OPTION_MAX + COUNT_OF(global_options)];
    size_t count = 0;

    for (const struct option_spec *option = global_options; option->name; option++)
        candidate[count++] = option->name;
    for (const struct option_spec *option = verb ? verb->option : NULL; option && option->name;
         option++)
        candidate[count++] = option->name;
    const char *nearest = text_nearest(name, candidate, count);
    if (nearest)
        return err_set(err, ERR_USAGE, "unknown option '--%s'; hint: did you mean '--%s'?", name,
                       nearest);
    return err_set(err, ERR_USAGE, "unknown option '--%s'; hint: see 'bynder-reconcile%s%s --help'",
                   name, verb ? " " : "", verb ? verb->name : "");
}

/* Words go into the history, into messages and comparisons; the path of a file may be any bytes. */
static int check_text(const char *what, const char *word, struct err *err)
{
    if (text_is_utf8(word, strlen(word)))
        return 0;
    return err_set(
        err, ERR_USAGE,
        "%s '%s' is not in UTF-8; hint: the terminal, or the file it was copied from, is "
        "set to another encoding",
        what, word);
}

/* The value of an option: behind `=`, or the next word. */
static int take_value(struct parser *parser, const struct option_spec *option, const char *equals,
                      const char **ret_value, struct err *err)
{
    if (!option->metavar) {
        if (equals)
            return err_set(err, ERR_USAGE, "option '--%s' takes no value", option->name);
        *ret_value = "";
        return 0;
    }
    if (equals) {
        *ret_value = equals + 1;
        return 0;
    }
    if (parser->at >= parser->argc)
        return err_set(err, ERR_USAGE, "option '--%s' needs a value: %s", option->name,
                       option->metavar);
    *ret_value = parser->argv[parser->at++];
    return 0;
}

/* Two different ones are a slip of the hand: neither is taken. */
static int take_config(struct parser *parser, const char *path, struct err *err)
{
    const char **taken = &parser->line->invocation.config_path;

    if (*taken && !text_equal(*taken, path))
        return err_set(err, ERR_USAGE, "two configurations are named, '%s' and '%s'", *taken, path);
    *taken = path;
    return 0;
}

static int take_name(struct parser *parser, const char *word, const char *named_by, struct err *err)
{
    const char *path = command_config_of(parser->arena, word);

    if (!path)
        return err_set(err, ERR_USAGE,
                       "'%s'%s names no configuration; hint: '@acme' means '%sacme.conf'", word,
                       named_by, COMMAND_CONFIG_DIRECTORY);
    return take_config(parser, path, err);
}

/* What nobody named on the command line. */
static int find_config(struct parser *parser, struct err *err)
{
    const char *variable = getenv(COMMAND_CONFIG_VARIABLE);

    if (parser->line->invocation.config_path)
        return 0;
    if (text_is_empty(variable))
        return take_config(parser, COMMAND_CONFIG_DEFAULT, err);
    if (variable[0] == '@')
        return take_name(parser, variable, " in " COMMAND_CONFIG_VARIABLE, err);
    return take_config(parser, variable, err);
}

static int apply_global(struct parser *parser, enum global option, const char *value,
                        struct err *err)
{
    struct command_line *line = parser->line;

    switch (option) {
    case GLOBAL_CONFIG:
        return take_config(parser, value, err);
    case GLOBAL_DESK:
        line->desk = value;
        return 0;
    case GLOBAL_LOG_LEVEL:
        if (!log_level_parse(value, &line->log_level))
            return err_set(err, ERR_USAGE,
                           "unknown log level '%s'; hint: error, warning, info or debug", value);
        return 0;
    case GLOBAL_LOG_FORMAT:
        if (!log_format_parse(value, &line->log_format))
            return err_set(err, ERR_USAGE, "unknown log format '%s'; hint: text or json", value);
        return 0;
    case GLOBAL_NO_COLOR:
        (void)setenv("NO_COLOR", "1", 1);
        return 0;
    case GLOBAL_HELP:
        line->help = true;
        return 0;
    case GLOBAL_VERSION:
        line->version = true;
        return 0;
    }
    return 0;
}

static int parse_option(struct parser *parser, const char *word, struct err *err)
{
    struct invocation *invocation = &parser->line->invocation;
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    int global = find_option(global_options, word, length);
    int own = invocation->verb ? find_option(invocation->verb->option, word, length) : -1;
    const char *value = NULL;

    if (own >= 0) {
        const struct option_spec *option = &invocation->verb->option[own];
        if (take_value(parser, option, equals, &value, err) < 0 ||
            (!text_equal(option->metavar, "FILE") && check_text(option->name, value, err) < 0))
            return -1;
        if (text_equal(option->metavar, "COLUMNS") && invocation->value[own])
            value = arena_printf(parser->arena, "%s\n%s", invocation->value[own], value);
        invocation->value[own] = value;
        return 0;
    }
    if (global < 0)
        return refuse_option(parser, arena_strndup(parser->arena, word, length), err);
    if (take_value(parser, &global_options[global], equals, &value, err) < 0)
        return -1;
    return apply_global(parser, (enum global)global, value, err);
}

static int find_verb(const struct parser *parser, const char *word, const struct verb **ret_verb,
                     struct err *err)
{
    const char *candidate[64];
    size_t count = 0;

    for (const struct verb *verb = *parser->verbs; verb; verb = parser->verbs[count]) {
        if (text_equal(verb->name, word)) {
            *ret_verb = verb;
            return 0;
        }
        assert(count < COUNT_OF(candidate));
        candidate[count++] = verb->name;
    }
    const char *nearest = text_nearest(word, candidate, count);
    if (nearest)
        return err_set(err, ERR_USAGE, "unknown verb '%s'; hint: did you mean '%s'?", word,
                       nearest);
    return err_set(err, ERR_USAGE, "unknown verb '%s'; hint: see 'bynder-reconcile --help'", word);
}

static int parse_word(struct parser *parser, bool *options_ended, struct err *err)
{
    struct invocation *invocation = &parser->line->invocation;
    char *word = parser->argv[parser->at++];

    if (!*options_ended && text_equal(word, "--")) {
        *options_ended = true;
        return 0;
    }
    if (!*options_ended && text_equal(word, "-h"))
        return apply_global(parser, GLOBAL_HELP, "", err);
    if (!*options_ended && text_starts(word, "--"))
        return parse_option(parser, word + 2, err);
    if (!*options_ended && word[0] == '-' && word[1] != '\0')
        return refuse_option(parser, word + 1, err);
    if (!invocation->verb && word[0] == '@')
        return take_name(parser, word, "", err);
    if (!invocation->verb) {
        const struct verb *verb = NULL;
        if (find_verb(parser, word, &verb, err) < 0)
            return -1;
        invocation->verb = verb;
        *options_ended = verb->passes_options;
        return 0;
    }
    if (invocation->argument_count == invocation->verb->argument_max)
        return err_set(err, ERR_USAGE, "%s: unexpected argument '%s'; hint: bynder-reconcile %s %s",
                       invocation->verb->name, word, invocation->verb->name,
                       invocation->verb->synopsis);
    if (!invocation->verb->passes_options && check_text(invocation->verb->name, word, err) < 0)
        return -1;
    parser->argument[invocation->argument_count++] = word;
    return 0;
}

int options_parse(struct arena *arena, const struct verb *const *verbs, int argc, char *const *argv,
                  struct command_line *ret_line, struct err *err)
{
    struct command_line line = {
        .invocation = {.arena = arena},
        .log_level = LOG_LEVEL_INFO,
        .log_format = LOG_FORMAT_TEXT,
    };
    struct parser parser = {.verbs = verbs, .argc = argc, .argv = argv, .at = 1, .line = &line};
    bool options_ended = false;

    parser.arena = arena;
    parser.argument = arena_calloc(arena, (size_t)argc + 1, sizeof(parser.argument[0]));
    while (parser.at < argc) {
        if (parse_word(&parser, &options_ended, err) < 0)
            return -1;
    }
    if (!line.help && !line.version && find_config(&parser, err) < 0)
        return -1;
    line.invocation.argument = parser.argument;
    if (!line.invocation.verb && !line.help && !line.version)
        return err_set(err, ERR_USAGE, "no verb; hint: see 'bynder-reconcile --help'");
    *ret_line = line;
    return 0;
}

const char *invocation_option(const struct invocation *invocation, const char *name)
{
    int index = find_option(invocation->verb->option, name, strlen(name));

    assert(index >= 0);
    return invocation->value[index];
}

const char *invocation_file(const struct invocation *invocation, const char *name)
{
    int index = find_option(invocation->verb->option, name, strlen(name));

    assert(index >= 0);
    return invocation->path[index] ? invocation->path[index] : invocation->value[index];
}

const char *invocation_argument_file(const struct invocation *invocation)
{
    size_t file = invocation->verb->argument_file;

    if (!file || file > invocation->argument_count)
        return NULL;
    return invocation->argument_path ? invocation->argument_path : invocation->argument[file - 1];
}

static void print_options(const char *heading, const struct option_spec *options)
{
    if (options)
        printf("\n%s\n", heading);
    for (const struct option_spec *option = options; option && option->name; option++) {
        char *left = NULL;
        int width = asprintf(&left, "--%s%s%s", option->name, option->metavar ? " " : "",
                             option->metavar ? option->metavar : "");
        if (width >= 0)
            printf("  %-24s %s\n", left, option->sentence);
        free(left);
    }
}

void options_print_help(const struct verb *const *verbs, const struct verb *verb)
{
    if (verb) {
        printf("Usage: bynder-reconcile [@NAME] [OPTION]... %s %s\n\n%s.\n", verb->name,
               verb->synopsis, verb->sentence);
        print_options("Options:", verb->option);
    } else {
        printf("Usage: bynder-reconcile [@NAME] [OPTION]... VERB [ARGUMENT]...\n\n"
               "Finds the seats of a Bynder portal that nobody uses any more, by HR's roster and\n"
               "last logins, and shows a plan of who would be suspended or "
               "deprovisioned.\n\nVerbs:\n");
        for (const struct verb *const *one = verbs; *one; one++)
            printf("  %-10s %s\n", (*one)->name, (*one)->sentence);
    }
    print_options("Global options:", global_options);
    if (!verb)
        printf(
            "\nExit codes: 0 done, 10 changes pending (plan --detailed-exitcode), 20 held or not\n"
            "approved, 21 some acts failed or are unknown, 64 usage, 65 roster or export refused,\n"
            "69 portal or database not reachable, 70 internal, 75 another run holds the lock,\n"
            "77 the token lacks a scope or role, 78 configuration.\n");
}
