/*
 * probe: a portal-sim of one's own and a plain HTTP client for it, for the tests of the simulator
 * itself. Nothing of the program's own client is used here: a mistake in both must not cancel out.
 */
#ifndef SUPPORT_PROBE_H
#define SUPPORT_PROBE_H

#include <curl/curl.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/text.h"

#define PROBE_TOKEN "probe-token" /* permanent, known to every simulator started here */

struct probe {
    pid_t pid;
    unsigned port;
    char *directory;   /* temporary, removed by probe_stop */
    char *stderr_path; /* what the simulator said */
    CURL *curl;
};

struct reply {
    CURLcode code; /* of the transfer */
    long status;
    struct text headers; /* as received */
    struct text body;
    double seconds;
};

/* The path of the binary under test: PORTAL_SIM from the environment, or the one just built. */
const char *probe_binary(void);
/* A new path below the probe's directory; make the probe with probe_prepare first. Owned by the
 * caller. */
char *probe_path(const struct probe *probe, const char *name);
/* The directory alone, before a start that needs files. */
void probe_prepare(struct probe *probe);
/* Starts the simulator with these options (NULL behind the last) and waits until it listens. Fails
 * the test when it does not. */
void probe_start(struct probe *probe, const char *const *options);
/* SIGTERM; the exit status. The directory goes away. */
int probe_stop(struct probe *probe);
/* Runs the simulator to its end without waiting for it to listen: the exit status. */
int probe_run(struct probe *probe, const char *const *options);

/* A request as it is. authorization, content_type, body may be NULL. No redirect is followed. */
struct reply probe_ask(struct probe *probe, const char *method, const char *path,
                       const char *authorization, const char *content_type, const char *body);
/* With the token. */
struct reply probe_get(struct probe *probe, const char *path);
struct reply probe_post(struct probe *probe, const char *path, const char *form);
struct reply probe_delete(struct probe *probe, const char *path);
void reply_release(struct reply *reply);
/* The value of a header, malloc'ed, or NULL. */
char *reply_header(const struct reply *reply, const char *name);
/* The whole body as JSON; fails the test when it is not. The caller puts it. */
struct json_object *reply_json(const struct reply *reply);

/* A control request that must succeed. */
void probe_control(struct probe *probe, const char *path, const char *form);
/* One fault, `NAME` or `NAME=VALUE`. */
void probe_fault(struct probe *probe, const char *pair);
/* GET of a control path as JSON. */
struct json_object *probe_control_json(struct probe *probe, const char *path);

#endif
