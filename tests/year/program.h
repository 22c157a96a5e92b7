/*
 * program: the program as its users have it, run as a process at a given moment, with the
 * configuration that `init` writes.
 */
#ifndef YEAR_PROGRAM_H
#define YEAR_PROGRAM_H

#include <stdbool.h>

#include "base/err.h"
#include "base/instant.h"
#include "base/text.h"

struct program {
    const char *directory; /* of everything that it has and makes */
    char *config_path, *out_path, *err_path;
    double seconds; /* of the machine, all runs together */
    size_t calls;
};

struct program_result {
    int code; /* exit status, or 128 and the signal */
    struct text out, err;
};

void program_init(struct program *program, const char *directory);
void program_release(struct program *program);

/* Runs it to its end with --config and these words (NULL behind the last). What it ends with is no
 * error; that it hangs is. */
int program_run(struct program *program, struct instant at, const char *const *words,
                struct program_result *ret_result, struct err *err)
    __attribute__((warn_unused_result));
void program_result_release(struct program_result *result);

struct program_settings {
    unsigned portal_port, mail_port;
    const char *roster_path;
    const char *conninfo;
    const char *freeze; /* a range of days for apply.freeze, or NULL */
    const char *more;   /* further sections of the configuration, or NULL */
};

/* Calls `init` as a newcomer would, then makes the few changes that a year needs: mode "enforce",
 * no pace towards loopback, reports and mails. Then `migrate`. */
int program_configure(struct program *program, struct instant at,
                      const struct program_settings *settings, struct err *err)
    __attribute__((warn_unused_result));

#endif
