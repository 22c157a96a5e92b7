/*
 * config/write: makes the text of a configuration, setting after setting, each by its path. Groups
 * are opened and closed as the paths demand. What was meant is kept beside, so that
 * config_read_back can tell whether it would be read so. Not for deciding what to say: that is
 * `init`.
 */
#ifndef CONFIG_WRITE_H
#define CONFIG_WRITE_H

#include "base/cleanup.h"
#include "config/config.h"

struct config_writing {
    struct arena *arena; /* paths and values that are made on the way */
    struct text text;
    struct config_said *said;
    size_t count, capacity;
    const char *group; /* that is open, "roster.columns"; NULL = none */
};

void config_writing_release(struct config_writing *writing);

/* Whether a configuration can say this value at all: text without control characters, not too long.
 */
bool config_can_say(const char *value);

/* In the quotes of libconfig. What is no text is escaped too, so that the reader names it. */
void config_add_quoted(struct text *out, const char *value);

/* A text, or a list of them. Paths and values outlive the writing. */
void config_write_text(struct config_writing *writing, const char *path, const char *value);
void config_write_list(struct config_writing *writing, const char *path, const char *const *item,
                       size_t count);
/* As it stands: a number, or what libconfig is to read. */
void config_write_plain(struct config_writing *writing, const char *path, const char *value);
/* A comment in a group ("" = in none), a line of it; what is not printable is spelled out. */
void config_write_comment(struct config_writing *writing, const char *group, const char *comment);
/* Closes the open group; all that is open. */
void config_write_up(struct config_writing *writing);
void config_write_end(struct config_writing *writing);

/* Checks what was written: config_read_back. */
int config_write_check(const struct config_writing *writing, struct err *err)
    __attribute__((warn_unused_result));

#endif
