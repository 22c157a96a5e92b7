/*
 * reqlog: what was asked of the portal and what it answered: one JSON line per request in a file,
 * counts by endpoint and status, and every attempt to write with its form and its effect.
 *
 * The file is the one named by --log, appended to with one write per line, or else an unlinked
 * temporary one; either way memory stays flat. Not thread-safe.
 */
#ifndef SIM_REQLOG_H
#define SIM_REQLOG_H

#include <stdint.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/text.h"

#define REQLOG_ENDPOINTS 24
#define REQLOG_STATUSES  600

struct reqlog_entry {
    int64_t time_us; /* wall clock */
    int64_t ms;      /* since the start, by the portal's own clock */
    unsigned port;
    const char *method, *path, *query;
    const char *endpoint_name;
    unsigned endpoint, status;
    uint64_t bytes;    /* of the body */
    const char *fault; /* or NULL */
};

struct form;

struct reqlog_write {
    int64_t time_us;
    const char *method, *path;
    const char *id; /* of the account concerned, or NULL */
    const struct form *form;
    unsigned status;
    const char *effect; /* "none" unless something changed or will change */
};

struct reqlog {
    int file;
    int64_t start; /* where the lines of this life begin in the file */
    uint64_t requests, writes, effects;
    uint32_t count[REQLOG_ENDPOINTS][REQLOG_STATUSES];
    struct text line;
    struct text write_list; /* JSON objects with commas between */
};

int reqlog_open(struct reqlog *log, const char *path, struct err *err)
    __attribute__((warn_unused_result));
void reqlog_close(struct reqlog *log);
/* From here on as if nothing had been asked; what is in the file stays. */
void reqlog_reset(struct reqlog *log);
void reqlog_add(struct reqlog *log, const struct reqlog_entry *entry);
void reqlog_add_write(struct reqlog *log, const struct reqlog_write *write);
/* An object: endpoint name -> status -> count. */
void reqlog_write_counts(const struct reqlog *log, struct jsonw *json,
                         const char *const *endpoint_names);

#endif
