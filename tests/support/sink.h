/*
 * sink: a real SMTP server (aiosmtpd, of Debian's python3-aiosmtpd) or a webhook on loopback, that
 * keeps what it takes, and Python's MIME parser to read it back. See sink.py.
 */
#ifndef SUPPORT_SINK_H
#define SUPPORT_SINK_H

#include <json-c/json.h>
#include <sys/types.h>

#include "base/cleanup.h"

struct sink {
    pid_t pid;
    unsigned port;
    char *directory; /* everything it took; below the directory it was started in */
    const char *ending;
};

/* A certificate for `localhost` and 127.0.0.1 with its key in one file, its own authority. */
char *sink_certificate(const char *directory);

/* `what` is "mail" or "webhook"; options end with NULL. */
void sink_start(struct sink *sink, const char *directory, const char *what,
                const char *const *options);
void sink_stop(struct sink *sink);

/* How the next ones are answered: "451", "rcpt 550", "hang"; NULL: taken again. */
void sink_answer(struct sink *sink, const char *answer);
size_t sink_count(const struct sink *sink);
/* Number 1 is the first. A mail parsed, a post's body; what the sink noted about it. The caller
 * puts them. */
struct json_object *sink_taken(const struct sink *sink, size_t number);
struct json_object *sink_about(const struct sink *sink, size_t number);
/* The part of a parsed mail with this type; fails the test when there is none. */
struct json_object *sink_part(struct json_object *mail, const char *type);
/* As it came, malloc'ed. */
char *sink_raw(const struct sink *sink, size_t number);

#endif
