/*
 * Reading goes in steps, and each step notes what is wrong and goes on, so that a person sees all
 * of it at once: the bytes (scan.c), libconfig, the values by the table (values.c), what
 * they mean together (check.c), the links file (links.c). The configuration is handed
 * out only when not one problem was noted.
 */
#include "config/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "config/loader.h"
#include "host/command.h"
#include "host/file.h"

/* Absolute, because the process may change its directory. */
static const char *find_directory(struct arena *arena, const char *path)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(path);
    CLEANUP(mem_cleanup) char *absolute = realpath(directory, NULL);

    return arena_strdup(arena, absolute ? absolute : directory);
}

static int parse(struct config_loader *loader, const struct text *text)
{
    static const char bom[] = "\xEF\xBB\xBF";
    const char *bytes = text_cstr(text);
    size_t length = text->length;

    if (text_starts(bytes, bom)) {
        bytes += strlen(bom);
        length -= strlen(bom);
    }
    if (config_scan(loader, bytes, length) < 0)
        return -1;
    if (config_read_string(&loader->tree, bytes))
        return 0;
    config_problem_add(loader, (unsigned)config_error_line(&loader->tree), "%s%s",
                       config_error_text(&loader->tree),
                       "; hint: look for a missing quote, brace or ';' here or just above");
    return -1;
}

static int by_place(const void *left, const void *right)
{
    const struct config_problem *a = left, *b = right;
    int order = strcmp(a->file, b->file);

    if (order != 0)
        return order;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return strcmp(a->text, b->text);
}

static int report(struct config_loader *loader, struct config_problems *ret_problems,
                  struct err *err)
{
    struct config_problems *problems = &loader->problems;
    const struct config_problem *first;

    if (ret_problems)
        *ret_problems = *problems;
    if (problems->count == 0)
        return 0;
    qsort(problems->item, problems->count, sizeof(problems->item[0]), by_place);
    first = &problems->item[0];
    err_set(err, ERR_CONFIG, "%s", first->text);
    if (first->line > 0)
        err_prefix(err, "%s:%u", first->file, first->line);
    else
        err_prefix(err, "%s", first->file);
    if (err && problems->count > 1) {
        CLEANUP(mem_cleanup) char *text = mem_strdup(err->text);

        err_set(err, ERR_CONFIG, "%s (and %zu more %s)", text, problems->count - 1,
                problems->count == 2 ? "problem" : "problems");
    }
    return -1;
}

static void load(struct config_loader *loader, const struct text *text)
{
    if (parse(loader, text) < 0)
        return;
    config_read_values(loader);
    config_check_addresses(loader);
    config_check(loader);
    config_read_links(loader);
    loader->config->policy.tells_people =
        loader->config->policy.enforce && loader->config->notify.mail.announce;
}

/* One that is not there is no mistake in it: the first command of whoever tries the program. */
static void note_unread(struct config_loader *loader, const char *path, const char *why)
{
    CLEANUP(mem_cleanup) char *init = command_make("init");
    bool missing = access(path, F_OK) < 0 && errno == ENOENT;

    config_problem_add(loader, 0, "%s%s%s%s", why, missing ? "; hint: '" : "", missing ? init : "",
                       missing ? "' makes one, and --config FILE or @NAME names another" : "");
}

/* Everything that is right of it goes into the loader's configuration. */
static void load_file(struct config_loader *loader, const char *path)
{
    CLEANUP(err_release) struct err failure = ERR_INIT;
    struct text text = TEXT_INIT;

    *loader->config = (struct config){.path = arena_strdup(loader->arena, path),
                                      .directory = find_directory(loader->arena, path)};
    config_init(&loader->tree);
    if (config_read_trusted(path, "configuration", &text, &failure) < 0)
        note_unread(loader, path, failure.text);
    else
        load(loader, &text);
    config_destroy(&loader->tree);
    free(loader->bad_number_line);
    text_release(&text);
}

int config_load(struct arena *arena, const char *path, enum config_secrets secrets,
                struct config *ret_config, struct config_problems *ret_problems, struct err *err)
{
    struct config config = {.path = NULL};
    struct config_loader loader = {.arena = arena, .config = &config, .secrets = secrets};

    load_file(&loader, path);
    if (report(&loader, ret_problems, err) < 0)
        return -1;
    *ret_config = config;
    return 0;
}

void config_load_right(struct arena *arena, const char *path, struct config *ret_config,
                       struct config_problems *ret_problems)
{
    struct config_loader loader = {
        .arena = arena, .config = ret_config, .secrets = CONFIG_DATABASE_SECRET};

    load_file(&loader, path);
    *ret_problems = loader.problems;
}

static int compare(const struct config_loader *loader, const struct config_said *said, size_t count,
                   struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = NULL;
        if (!config_lookup_string(&loader->tree, said[i].path, &value) ||
            strcmp(value, said[i].value) != 0)
            return err_set(err, ERR_CONFIG, "'%s' would not be read as '%s'", said[i].path,
                           said[i].value);
    }
    return 0;
}

int config_read_back(struct arena *arena, const struct text *text, const struct config_said *said,
                     size_t count, struct err *err)
{
    struct config config = {.path = "", .directory = "/"};
    struct config_loader loader = {.arena = arena, .config = &config};
    int result = -1;

    config_init(&loader.tree);
    if (text->length > LIMIT_CONFIG_BYTES)
        config_problem_add(&loader, 0, "a configuration has at most %d bytes", LIMIT_CONFIG_BYTES);
    else if (parse(&loader, text) == 0)
        config_read_values(&loader);
    if (loader.problems.count > 0)
        err_set(err, ERR_CONFIG, "%s", loader.problems.item[0].text);
    else
        result = compare(&loader, said, count, err);
    config_destroy(&loader.tree);
    free(loader.bad_number_line);
    return result;
}

int config_judge(struct arena *arena, const struct text *text, const char *path, struct err *err)
{
    struct config config = {.path = "", .directory = "/"};
    struct config_loader loader = {.arena = arena, .config = &config};
    const char *quoted = arena_printf(arena, "'%s'", path);
    int result = 0;

    config_init(&loader.tree);
    if (parse(&loader, text) == 0) {
        config_read_values(&loader);
        config_check_addresses(&loader);
    }
    for (size_t i = 0; i < loader.problems.count && result == 0; i++) {
        if (text_starts(loader.problems.item[i].text, quoted))
            result = err_set(err, ERR_CONFIG, "%s", loader.problems.item[i].text);
    }
    config_destroy(&loader.tree);
    free(loader.bad_number_line);
    return result;
}

/* The last line of what is said below a setting. */
static unsigned last_line(const config_setting_t *node)
{
    unsigned last = config_setting_source_line(node);

    for (int i = 0; config_setting_is_aggregate(node) && i < config_setting_length(node); i++) {
        unsigned below = last_line(config_setting_get_elem(node, (unsigned)i));
        last = below > last ? below : last;
    }
    return last;
}

/* Whether a line is one of a group of the file. */
static bool is_within(const struct config_loader *loader, const char *group, unsigned line)
{
    const config_setting_t *node = config_lookup(&loader->tree, group);

    return node && line >= config_setting_source_line(node) && line <= last_line(node);
}

/* What is wrong elsewhere in the file is nobody's concern here; what cannot be parsed is. Rules ask
 * for the classes of seats. */
static void keep_policy_problems(struct config_loader *loader)
{
    const config_setting_t *policy = config_lookup(&loader->tree, "policy");
    struct config_problems *problems = &loader->problems;
    size_t count = 0;

    for (size_t i = 0; policy && i < problems->count; i++) {
        unsigned line = problems->item[i].line;
        if (is_within(loader, "policy", line) || is_within(loader, "seats", line))
            problems->item[count++] = problems->item[i];
    }
    problems->count = policy ? count : 0;
    if (!policy)
        config_problem_add(loader, 0, "there is no 'policy' in it");
}

int config_read_policy(struct arena *arena, const char *name, const struct text *text,
                       struct policy *ret_policy, struct err *err)
{
    struct config config = {.path = name, .directory = "/"};
    struct config_loader loader = {.arena = arena, .config = &config};

    config_init(&loader.tree);
    if (text->length > LIMIT_CONFIG_BYTES) {
        config_problem_add(&loader, 0, "a configuration has at most %d bytes", LIMIT_CONFIG_BYTES);
    } else if (parse(&loader, text) == 0) {
        config_read_values(&loader);
        config_check(&loader);
        keep_policy_problems(&loader);
    }
    int failed = report(&loader, NULL, err);
    config_destroy(&loader.tree);
    free(loader.bad_number_line);
    if (failed)
        return -1;
    *ret_policy = config.policy;
    return 0;
}

const char *config_state_directory(const struct config *config)
{
    const char *systemd = getenv("STATE_DIRECTORY");

    if (config->apply.state_directory)
        return config->apply.state_directory;
    return text_is_empty(systemd) ? config->directory : systemd;
}

const char *config_roster_format_name(enum roster_format format)
{
    const struct setting_word *word = setting_find("roster", "format")->words;

    while (word->value != format)
        word++;
    return word->name;
}

void config_add_portal(struct text *text, const struct config *config)
{
    for (const char *c = config->portal.name; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || *c == '.' || *c == '_';
        if (plain)
            text_add_char(text, *c);
        else
            text_addf(text, "%%%02x", (unsigned char)*c);
    }
}
