/*
 * `--name VALUE` and `--name=VALUE` are the same. What is not in the table is refused with the
 * nearest name, and so is every value out of range: a simulator with a mistyped fault proves
 * nothing.
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/words.h"

#include "faults.h"

enum kind { KIND_FLAG = 0, KIND_TEXT, KIND_NUMBER, KIND_DAY, KIND_LIST };

static const struct spec {
    const char *name, *argument;
    enum kind kind;
    size_t offset;
    int64_t minimum, maximum;
    const char *help;
} specs[] = {
#define AT(field) offsetof(struct options, field)
    {"port", "N", KIND_NUMBER, AT(port), 0, 65535, "port to listen on; 0 (default): any free one"},
    {"port-file", "FILE", KIND_TEXT, AT(port_file), 0, 0, "write the port there once listening"},
    {"bind", "ADDRESS", KIND_TEXT, AT(bind), 0, 0, "IPv4 address to listen on (127.0.0.1)"},
    {"users", "N", KIND_NUMBER, AT(users), 1, 2000000, "size of the made-up population (200)"},
    {"seed", "S", KIND_NUMBER, AT(seed), 0, INT64_MAX, "same seed, same population (1)"},
    {"today", "YYYY-MM-DD", KIND_DAY, AT(today), 0, 0,
     "the day the population is made for (the real one)"},
    {"people", "FILE", KIND_TEXT, AT(people), 0, 0, "an account for everybody in this roster CSV"},
    {"people-delimiter", "C", KIND_TEXT, AT(people_delimiter), 0, 0, "its delimiter (found out)"},
    {"people-id", "COLUMN", KIND_TEXT, AT(people_id), 0, 0, "its employee number (found out)"},
    {"people-name", "COLUMN[,...]", KIND_TEXT, AT(people_name), 0, 0, "its name (found out)"},
    {"people-status", "COLUMN", KIND_TEXT, AT(people_status), 0, 0, "its status (found out)"},
    {"people-last-day", "COLUMN", KIND_TEXT, AT(people_last_day), 0, 0,
     "its last day of work (found out)"},
    {"roster", "FILE", KIND_TEXT, AT(roster), 0, 0, "write the matching HR roster as CSV"},
    {"leavers", "FILE", KIND_TEXT, AT(leavers), 0, 0,
     "write the ids of active accounts of people who left"},
    {"export", "FILE", KIND_TEXT, AT(export), 0, 0, "write Bynder's own user export of the start"},
    {"rate-limit", "N", KIND_NUMBER, AT(rate_limit), 0, 100000000,
     "requests per window (4500); 0: no limit"},
    {"rate-window", "SECONDS", KIND_NUMBER, AT(rate_window), 1, 86400, "the window (300)"},
    {"client-id", "ID", KIND_TEXT, AT(client_id), 0, 0, "of the app (demo)"},
    {"client-secret", "SECRET", KIND_TEXT, AT(client_secret), 0, 0, "of the app (demo-secret)"},
    {"token", "TOKEN", KIND_LIST, AT(tokens), 0, 0, "a permanent token; may be repeated"},
    {"scopes", "\"A B\"", KIND_TEXT, AT(scopes), 0, 0, "all that can be granted (everything)"},
    {"roles", "\"A B\"", KIND_TEXT, AT(roles), 0, 0,
     "security roles of the token's user (an administrator's)"},
    {"token-lifetime", "SECONDS", KIND_NUMBER, AT(token_lifetime), 1, 31536000,
     "of an access token (3600)"},
    {"tls-cert", "FILE", KIND_TEXT, AT(tls_cert), 0, 0, "speak TLS with this certificate (PEM)"},
    {"tls-key", "FILE", KIND_TEXT, AT(tls_key), 0, 0, "and this key (PEM)"},
    {"log", "FILE", KIND_TEXT, AT(log), 0, 0, "append the request log there, as JSON lines"},
    {"fault", "NAME[=VALUE]", KIND_LIST, AT(faults), 0, 0, "a fault, see below; may be repeated"},
    {"enforce-180-days", NULL, KIND_FLAG, AT(enforce_180_days), 0, 0,
     "refuse to reactivate within 180 days"},
    {"max-seconds", "N", KIND_NUMBER, AT(max_seconds), 1, 864000, "stop by itself after so long"},
    {"threads", "N", KIND_NUMBER, AT(threads), 1, 64, "that serve (2)"},
    {"help", NULL, KIND_FLAG, AT(help), 0, 0, "this text"},
    {"version", NULL, KIND_FLAG, AT(version), 0, 0, "name and version"},
#undef AT
};

static const struct spec *find_spec(const char *name, struct err *err)
{
    const char *names[COUNT_OF(specs)];
    const struct spec *found = WORD_ROW(specs, name);
    if (found)
        return found;
    for (size_t i = 0; i < COUNT_OF(specs); i++)
        names[i] = specs[i].name;
    const char *near = text_nearest(name, names, COUNT_OF(names));
    (void)err_set(err, ERR_USAGE, "unknown option '--%s'; hint: %s%s", name,
                  near ? "did you mean --" : "see --help", near ? near : "");
    return NULL;
}

static int store(struct options *options, const struct spec *spec, const char *value,
                 struct err *err)
{
    char *field = (char *)options + spec->offset;
    struct options_list list;
    switch (spec->kind) {
    case KIND_FLAG:
        memcpy(field, &(bool){true}, sizeof(bool));
        return 0;
    case KIND_TEXT:
        memcpy(field, &value, sizeof(value));
        return 0;
    case KIND_NUMBER: {
        int64_t number = 0;
        if (!parse_int(value, spec->minimum, spec->maximum, &number))
            return err_set(err, ERR_USAGE, "option '--%s': '%s' is no number from %lld to %lld",
                           spec->name, value, (long long)spec->minimum, (long long)spec->maximum);
        memcpy(field, &number, sizeof(number));
        return 0;
    }
    case KIND_DAY: {
        struct day day = DAY_NONE;
        if (!day_parse_iso(value, &day))
            return err_set(err, ERR_USAGE, "option '--%s': '%s' is no day; hint: YYYY-MM-DD",
                           spec->name, value);
        memcpy(field, &day, sizeof(day));
        return 0;
    }
    case KIND_LIST:
        memcpy(&list, field, sizeof(list));
        list.item = mem_grow(list.item, list.count, &list.capacity, sizeof(list.item[0]));
        list.item[list.count++] = value;
        memcpy(field, &list, sizeof(list));
        return 0;
    }
    return 0;
}

static int check(const struct options *options, struct err *err)
{
    if (options->people && options->users_given)
        return err_set(err, ERR_USAGE, "options '--people' and '--users' exclude each other");
    if (!options->tls_cert != !options->tls_key)
        return err_set(err, ERR_USAGE, "options '--tls-cert' and '--tls-key' go together");
    if (options->people_delimiter && strlen(options->people_delimiter) != 1)
        return err_set(err, ERR_USAGE, "option '--people-delimiter' wants one character");
    return 0;
}

/* One word of the command line, and the next when it is the value of this one. */
static int parse_word(struct options *options, int argc, char **argv, int *at, struct err *err)
{
    const char *word = argv[*at];
    if (!text_starts(word, "--"))
        return err_set(err, ERR_USAGE, "unexpected word '%s'; hint: see --help", word);
    size_t length = strcspn(word + 2, "=");
    CLEANUP(mem_cleanup) char *name = mem_strndup(word + 2, length);
    const char *value = word[2 + length] == '=' ? word + 2 + length + 1 : NULL;
    const struct spec *spec = find_spec(name, err);
    if (!spec)
        return -1;
    if (spec->kind == KIND_FLAG && value)
        return err_set(err, ERR_USAGE, "option '--%s' takes no value", name);
    if (spec->kind != KIND_FLAG && !value) {
        if (*at + 1 >= argc)
            return err_set(err, ERR_USAGE, "option '--%s' wants a value: %s", name, spec->argument);
        value = argv[++*at];
    }
    if (text_equal(name, "users"))
        options->users_given = true;
    return store(options, spec, value, err);
}

int options_parse(struct options *ret_options, int argc, char **argv, struct err *err)
{
    struct options options = {
        .bind = "127.0.0.1",
        .users = 200,
        .seed = 1,
        .rate_limit = 4500,
        .rate_window = 300,
        .client_id = "demo",
        .client_secret = "demo-secret",
        .token_lifetime = 3600,
        .threads = 2,
    };
    for (int i = 1; i < argc; i++)
        if (parse_word(&options, argc, argv, &i, err) < 0) {
            options_release(&options);
            return -1;
        }
    if (check(&options, err) < 0) {
        options_release(&options);
        return -1;
    }
    *ret_options = options;
    return 0;
}

void options_release(struct options *options)
{
    free(options->tokens.item);
    free(options->faults.item);
}

void options_add_help(struct text *text)
{
    text_add(text,
             "usage: portal-sim [OPTION]…\n\n"
             "A stand-in for a Bynder portal, for tests, the demo and for trying out a policy."
             "\n\noptions:\n");
    for (size_t i = 0; i < COUNT_OF(specs); i++) {
        CLEANUP(text_release) struct text left = TEXT_INIT;
        text_addf(&left, "--%s%s%s", specs[i].name, specs[i].argument ? " " : "",
                  specs[i].argument ? specs[i].argument : "");
        text_addf(text, "  %-28s %s\n", text_cstr(&left), specs[i].help);
    }
    text_add(text, "\nfaults, with their default values; NAME[=VALUE][:PERCENT|:every=N|:nth=N]"
                   "[:/path|:METHOD /path]\n");
    faults_add_help(text);
    text_add(text, "\ncontrol requests while it runs (docs/portal-sim.md):\n"
                   "  GET  /_sim/log /_sim/writes /_sim/stats /_sim/faults /_sim/users[/ID]\n"
                   "  POST /_sim/faults /_sim/users[/ID] /_sim/changes /_sim/clock /_sim/reset\n");
}
