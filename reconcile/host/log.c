/*
 * One line, one write: what several processes send to the same journal does not mix. Messages carry
 * text from outside (names, answers), so what could steer a terminal or forge a second line is made
 * visible first, in both formats.
 */
#include "host/log.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/words.h"

static const char *const level_names[] = {
    [LOG_LEVEL_ERROR] = "error",
    [LOG_LEVEL_WARNING] = "warning",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_DEBUG] = "debug",
};

static const char *const format_names[] = {
    [LOG_FORMAT_TEXT] = "text",
    [LOG_FORMAT_JSON] = "json",
};

static struct {
    enum log_level level;
    enum log_format format;
} setup = {.level = LOG_LEVEL_INFO, .format = LOG_FORMAT_TEXT};

static struct {
    log_sink *take;
    void *context;
} sink;

static struct {
    const char *name;
    char *value;
} context[] = {{.name = "portal"}, {.name = "run"}, {.name = "plan"}};

void log_setup(enum log_level level, enum log_format format)
{
    setup.level = level;
    setup.format = format;
}

enum log_level log_level(void)
{
    return setup.level;
}

enum log_format log_format(void)
{
    return setup.format;
}

void log_context(const char *name, const char *value)
{
    size_t i = 0;

    while (i < COUNT_OF(context) && strcmp(context[i].name, name) != 0)
        i++;
    assert(i < COUNT_OF(context));
    free(context[i].value);
    context[i].value = value ? mem_strdup(value) : NULL;
}

void log_to(log_sink *take, void *sink_context)
{
    sink.take = take;
    sink.context = sink_context;
}

static bool is_enabled(enum log_level level)
{
    return level <= setup.level;
}

/* `"name":"value"`; after text_add_printable only the quote and the backslash are special. */
static void add_field(struct text *line, const char *name, const char *value)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;

    text_add_printable(&printable, value);
    text_addf(line, "%s\"%s\":\"", line->length > 1 ? "," : "", name);
    for (const char *c = text_cstr(&printable); *c; c++) {
        if (*c == '"' || *c == '\\')
            text_add_char(line, '\\');
        text_add_char(line, *c);
    }
    text_add_char(line, '"');
}

static void add_json(struct text *line, enum log_level level, const char *message)
{
    char now[INSTANT_TEXT_SIZE];
    struct timespec clock;

    (void)clock_gettime(CLOCK_REALTIME, &clock);
    text_add_char(line, '{');
    add_field(line, "time",
              instant_format(
                  (struct instant){.us = clock.tv_sec * SECOND_US + clock.tv_nsec / 1000}, now));
    add_field(line, "level", level_names[level]);
    add_field(line, "message", message);
    for (size_t i = 0; i < COUNT_OF(context); i++) {
        if (context[i].value)
            add_field(line, context[i].name, context[i].value);
    }
    text_add_char(line, '}');
}

/* Whether the sink took it. */
static bool give(enum log_level level, const char *message)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;
    struct text value[COUNT_OF(context)] = {TEXT_INIT};
    struct log_field field[COUNT_OF(context)];
    size_t count = 0;

    if (!sink.take || setup.format != LOG_FORMAT_TEXT)
        return false;
    text_add_printable(&printable, message);
    for (size_t i = 0; i < COUNT_OF(context); i++) {
        if (!context[i].value)
            continue;
        text_add_printable(&value[count], context[i].value);
        field[count] =
            (struct log_field){.name = context[i].name, .value = text_cstr(&value[count])};
        count++;
    }
    bool taken = sink.take(sink.context, level, text_cstr(&printable), field, count);
    for (size_t i = 0; i < count; i++)
        text_release(&value[i]);
    return taken;
}

static void write_line(enum log_level level, const char *message)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    ssize_t written;

    switch (setup.format) {
    case LOG_FORMAT_TEXT:
        text_addf(&line, "%s: ", level_names[level]);
        text_add_printable(&line, message);
        break;
    case LOG_FORMAT_JSON:
        add_json(&line, level, message);
        break;
    }
    text_add_char(&line, '\n');
    written = write(STDERR_FILENO, line.data, line.length);
    (void)written; /* a log that cannot be written has nowhere to say so */
}

void log_line(enum log_level level, const char *format, ...)
{
    CLEANUP(text_release) struct text message = TEXT_INIT;
    va_list args;

    if (!is_enabled(level))
        return;
    va_start(args, format);
    text_addv(&message, format, args);
    va_end(args);
    if (!give(level, text_cstr(&message)))
        write_line(level, text_cstr(&message));
}

bool log_level_parse(const char *name, enum log_level *ret_level)
{
    return WORD_FIND(level_names, name, ret_level);
}

bool log_format_parse(const char *name, enum log_format *ret_format)
{
    return WORD_FIND(format_names, name, ret_format);
}
