/*
 * progress: one line on a terminal that is drawn again and again while something long is read.
 * Where the output is not a terminal nothing is written at all: a journal is no place for it.
 */
#ifndef REPORT_PROGRESS_H
#define REPORT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/portal.h"

struct terminal_progress {
    int fd;
    bool shown; /* a terminal that can go back to the start of its line */
    bool drawn; /* there is something on the line */
    const char *what;
    int64_t drawn_ms; /* clock_steady_ms */
};

/* On a descriptor, which is not owned. *ret_progress is what the flows report to; `terminal` must
 * outlive it. */
void progress_init(struct terminal_progress *terminal, int fd, struct progress *ret_progress);
/* Wipes the line, so that something else can be written; a later report draws it again. */
void progress_done(struct terminal_progress *terminal);

#endif
