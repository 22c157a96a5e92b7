/*
 * log: lines on stderr for the operator. Only job and cmd call it, once, where it is decided what
 * to do about something. Text lines are `level: message`; json lines carry time, level, message,
 * and the context fields set for the run (portal, run, plan), so a journal can be filtered by them.
 * Lines may go somewhere else than stderr (log_to); where, this module does not know.
 */
#ifndef HOST_LOG_H
#define HOST_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_LEVEL_ERROR = 0, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_TEXT = 0, LOG_FORMAT_JSON };

void log_setup(enum log_level level, enum log_format format);
enum log_level log_level(void);
enum log_format log_format(void);
/* Field for every later line; value NULL removes it. Known names: "portal", "run", "plan". */
void log_context(const char *name, const char *value);

struct log_field {
    const char *name, *value; /* name in lower case; the value is printable, like the message */
};
/* Takes a line instead of stderr: the message is printable, without a newline. false: it could not,
 * and the line goes to stderr after all. */
typedef bool log_sink(void *context, enum log_level level, const char *message,
                      const struct log_field *field, size_t count);
/* From now on lines go there, in text format; NULL: to stderr again. The json format stays on
 * stderr: who asked for it reads it there. */
void log_to(log_sink *sink, void *context);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

bool log_level_parse(const char *name, enum log_level *ret_level);
bool log_format_parse(const char *name, enum log_format *ret_format);

#endif
