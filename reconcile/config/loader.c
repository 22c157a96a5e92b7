/*
 * What is wrong is kept in the arena, since it outlives the loading. Lines are those of the tree:
 * what the file does not say stands, for a person who looks, where the nearest group above does.
 */
#include "config/loader.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "host/file.h"
#include "host/trust.h"

__attribute__((format(printf, 4, 0))) static void problem_addv(struct config_loader *loader,
                                                               const char *file, unsigned line,
                                                               const char *format, va_list args)
{
    struct config_problems *problems = &loader->problems;
    struct text text = TEXT_INIT;
    struct config_problem *item;

    text_addv(&text, format, args);
    if (problems->count == problems->capacity) {
        size_t capacity = problems->capacity ? 2 * problems->capacity : 16;

        item = arena_calloc(loader->arena, capacity, sizeof(*item));
        if (problems->count > 0)
            memcpy(item, problems->item, problems->count * sizeof(*item));
        problems->item = item;
        problems->capacity = capacity;
    }
    problems->item[problems->count++] = (struct config_problem){
        .file = file, .line = line, .text = arena_strdup(loader->arena, text_cstr(&text))};
    text_release(&text);
}

void config_problem_add(struct config_loader *loader, unsigned line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    problem_addv(loader, loader->config->path, line, format, args);
    va_end(args);
}

void config_problem_in(struct config_loader *loader, const char *file, unsigned line,
                       const char *format, ...)
{
    va_list args;

    va_start(args, format);
    problem_addv(loader, file, line, format, args);
    va_end(args);
}

void config_problem_from(struct config_loader *loader, unsigned line, const char *what,
                         struct err *err)
{
    config_problem_add(loader, line, "'%s': %s", what, err->text ? err->text : "not usable");
    err_release(err);
}

bool config_given(const struct config_loader *loader, const char *path)
{
    return config_lookup(&loader->tree, path) != NULL;
}

unsigned config_line(const struct config_loader *loader, const char *path)
{
    CLEANUP(mem_cleanup) char *above = mem_strdup(path);
    char *dot;

    for (;;) {
        const config_setting_t *node = config_lookup(&loader->tree, above);

        if (node)
            return config_setting_source_line(node);
        dot = strrchr(above, '.');
        if (!dot)
            return 0;
        *dot = '\0';
    }
}

const char *config_resolve(struct config_loader *loader, const char *path)
{
    CLEANUP(mem_cleanup) char *joined = file_join(loader->config->directory, path);

    return arena_strdup(loader->arena, joined);
}

int config_read_trusted(const char *path, const char *what, struct text *ret_text, struct err *err)
{
    const struct trust trust = {.what = what, .code = ERR_CONFIG};
    CLEANUP(cleanup_fd) int fd = -1;

    if (trust_open(path, &trust, &fd, err) < 0)
        return -1;
    return file_read_opened(fd, path, LIMIT_CONFIG_BYTES, ERR_CONFIG, ret_text, NULL, err);
}
