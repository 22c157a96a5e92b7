/*
 * portal_sim_case: what the tests of portal-sim share: one simulator that serves all tests of a
 * group and is reset between them, and looking at what it answers. Tests that need other options
 * start their own.
 */
#ifndef PORTAL_SIM_CASE_H
#define PORTAL_SIM_CASE_H

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "probe.h"
#include "test.h"

CLEANUP_POINTER(struct json_object, json_cleanup, (void)json_object_put)

#define JSON_LOCAL  CLEANUP(json_cleanup) struct json_object *
#define REPLY_LOCAL CLEANUP(reply_release) struct reply
#define PROBE_LOCAL CLEANUP(stop_quietly) struct probe
#define TODAY       "2026-11-22"
#define USERS       "/api/v4/users/"
#define LOGINS      "/v7/analytics/api/v1/user/login"

static struct probe shared;

static inline void stop_quietly(struct probe *probe)
{
    (void)probe_stop(probe);
}

static inline int start_shared(void **state)
{
    static const char *const options[] = {"--users",      "300", "--today", TODAY,
                                          "--rate-limit", "0",   NULL};
    (void)state;
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    probe_start(&shared, options);
    return 0;
}

static inline int stop_shared(void **state)
{
    (void)state;
    return probe_stop(&shared) == 0 ? 0 : -1;
}

static inline int reset_shared(void **state)
{
    (void)state;
    probe_control(&shared, "/_sim/reset", "");
    return 0;
}

static inline const char *string_of(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value))
        fail_msg("no field '%s'", key);
    assert_true(json_object_is_type(value, json_type_string));
    return json_object_get_string(value);
}

static inline int64_t int_of(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value))
        fail_msg("no field '%s'", key);
    assert_true(json_object_is_type(value, json_type_int));
    return json_object_get_int64(value);
}

static inline void assert_header(const struct reply *reply, const char *name, const char *wanted)
{
    CLEANUP(mem_cleanup) char *value = reply_header(reply, name);
    if (!text_equal(value, wanted))
        fail_msg("header %s is '%s', not '%s'", name, value ? value : "(none)",
                 wanted ? wanted : "(none)");
}

/* GET that must answer 200 with JSON. */
static inline struct json_object *get_json(struct probe *probe, const char *path)
{
    REPLY_LOCAL reply = probe_get(probe, path);
    assert_int_equal(reply.code, CURLE_OK);
    if (reply.status != 200)
        fail_msg("GET %s answers %ld: %s", path, reply.status, text_cstr(&reply.body));
    assert_header(&reply, "Content-Type", "application/json");
    return reply_json(&reply);
}

static inline void assert_status(struct probe *probe, const char *path, long status)
{
    REPLY_LOCAL reply = probe_get(probe, path);
    if (reply.status != status)
        fail_msg("GET %s answers %ld, not %ld: %s", path, reply.status, status,
                 text_cstr(&reply.body));
}

static inline char *path_of(const char *base, const char *last)
{
    struct text path = TEXT_INIT;
    text_addf(&path, "%s%s", base, last);
    return text_take(&path);
}

/* Cuts the next line off *rest; NULL when there is none. */
static inline char *next_line(char **rest)
{
    char *line = *rest;
    if (!line || *line == '\0')
        return NULL;
    size_t length = strcspn(line, "\n");
    *rest = line + length + (line[length] ? 1 : 0);
    line[length] = '\0';
    return line;
}

/* What the simulator knows of one account, by its part in the population. */
static inline struct json_object *find_cast(struct probe *probe, const char *cast)
{
    REPLY_LOCAL reply = probe_ask(probe, "GET", "/_sim/users", NULL, NULL, NULL);
    char *rest = reply.body.data;
    for (char *line; (line = next_line(&rest));) {
        struct json_object *account = json_tokener_parse(line);
        if (text_equal(string_of(account, "cast"), cast))
            return account;
        json_object_put(account);
    }
    fail_msg("nobody plays '%s'", cast);
    return NULL;
}

#endif
