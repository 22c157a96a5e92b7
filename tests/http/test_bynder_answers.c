/*
 * Answers that no sane portal gives, byte by byte, from a server of a few lines: what the client
 * makes of each, and what it sends in return.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "bynder/bynder.h"
#include "host/file.h"
#include "scripted.h"
#include "test.h"

#define OK_JSON "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
#define ONE     "1A84D758-2B3A-141F-8F07D71AA1F223BD"
#define OTHER   "2A84D758-2B3A-141F-8F07D71AA1F223BD"
#define OWN     OK_JSON "{\"id\":\"" OTHER "\"}"
#define LIST                                                                                       \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Pagination-TotalRecords: 1\r\n"        \
    "Connection: close\r\n\r\n[{\"id\":\"" ONE "\",\"active\":1,\"username\":\"ann\"}]"
#define PROFILES OK_JSON "[{\"id\":\"1\",\"name\":\"Admin\",\"roles\":[\"USERMANAGEMENT\"]}]"
#define USER     OK_JSON "{\"id\":\"" ONE "\",\"active\":true,\"lastLogin\":\"2026-01-02T03:04:05Z\"}"
#define GRANT                                                                                      \
    OK_JSON "{\"token_type\":\"bearer\",\"access_token\":\"tok\",\"expires_in\":3600,\"scope\":"   \
            "\"admin.user:read admin.profile:read current.user:read\"}"
#define REFUSED(code, body)                                                                        \
    "HTTP/1.1 " code " No\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" body

/* The paths the client asks for, in the order of `struct answers`. */
static const char *const paths[] = {"/v6/", "/api/v4/currentUser/", "/api/v4/users/?",
                                    "/api/v4/profiles/", "/api/v4/users/"};

struct answers {
    const char *token, *own, *list, *profiles, *user;
    const char *token_again; /* from the second request for a token on, NULL = the same */
};

struct server {
    struct answers answers;
    struct scripted_queue queue;
    struct text requests; /* everything that was asked */
    unsigned tokens;
};

static const char *answer_to(struct server *server, const char *request)
{
    const struct answers *answers = &server->answers;
    const char *const all[] = {answers->token, answers->own, answers->list, answers->profiles,
                               answers->user};
    const char *path = strchr(request, ' ');

    for (size_t i = 0; path && i < COUNT_OF(paths); i++) {
        if (!text_starts(path + 1, paths[i]))
            continue;
        if (i == 0 && server->tokens++ > 0 && answers->token_again)
            return answers->token_again;
        if (all[i])
            return all[i];
    }
    return REFUSED("404", "{\"message\":\"no Route matched with those values\"}");
}

static void serve(void *context, int fd)
{
    struct server *server = context;
    CLEANUP(text_release) struct text request = TEXT_INIT;

    if (!scripted_receive(fd, &request))
        return;
    text_add(&server->requests, text_cstr(&request));
    text_add(&server->requests, "\n---\n");
    const char *answer = answer_to(server, text_cstr(&request));
    (void)scripted_send(fd, answer, strlen(answer));
}

struct result {
    struct arena arena;
    struct snapshot snapshot;
    struct err err;
    bool failed;
    char *requests;
    char *scopes;
};

static void result_release(struct result *result)
{
    arena_release(&result->arena);
    err_release(&result->err);
    free(result->requests);
    free(result->scopes);
}

static int collect(struct bynder *bynder, struct result *result)
{
    struct portal portal = bynder_read_only(bynder);
    struct snapshot *snapshot = &result->snapshot;
    const size_t index[] = {0};

    if (portal.enter(portal.self, &result->arena, snapshot, &result->err) < 0 ||
        portal.list(portal.self, &result->arena, NULL, snapshot, &result->err) < 0)
        return -1;
    return portal.logins(portal.self, &result->arena, NULL, index, snapshot->count > 0 ? 1 : 0,
                         snapshot, &result->err);
}

static struct result ask(const struct answers *answers)
{
    char directory[] = "/tmp/answers.XXXXXX";
    struct server server = {.answers = *answers};
    struct result result = {.failed = true};
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(mem_cleanup) char *secret = NULL;
    struct config_portal config = {.loopback = true,
                                   .client_id = "app",
                                   .silence_after_429 = 0.1,
                                   .page_size = 10,
                                   .connections = 2,
                                   .login_events = true,
                                   .timeout = 3};
    struct bynder_setup setup = {.config = &config, .patience_us = 300000};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;

    assert_non_null(mkdtemp(directory));
    secret = file_join(directory, "secret");
    assert_int_equal(file_write(secret, 0600, "s&cr=t +%", 9, NULL), 0);
    scripted_queue_start(&server.queue, serve, &server);
    text_addf(&url, "http://127.0.0.1:%u", server.queue.port);
    config.url = text_cstr(&url);
    config.client_secret.file = secret;
    assert_int_equal(bynder_new(&setup, &bynder, &result.err), 0);
    result.failed = collect(bynder, &result) < 0;
    if (bynder_scopes(bynder))
        result.scopes = mem_strdup(bynder_scopes(bynder));
    scripted_queue_stop(&server.queue);
    result.requests = text_take(&server.requests);
    (void)unlink(secret);
    (void)rmdir(directory);
    return result;
}

TEST(collect_of_unframed_answers_is_complete)
{
    struct answers answers = {GRANT, OWN, LIST, PROFILES, USER, NULL};
    CLEANUP(result_release) struct result result = ask(&answers);

    if (result.failed)
        fail_msg("%s", result.err.text);
    assert_true(result.snapshot.complete);
    assert_int_equal(result.snapshot.account[0].login.kind, LOGIN_KNOWN);
    assert_non_null(strstr(result.requests, "Authorization: Bearer tok\r\n"));
    assert_non_null(strstr(result.requests, "&client_secret=s%26cr%3Dt%20%2B%25"));
    assert_non_null(strstr(result.requests, "?includeInActive=true&limit=10&page=1 "));
}

TEST(collect_of_odd_answers_is_incomplete_or_fails)
{
    static const struct {
        struct answers answers;
        bool fails;
        const char *said;
    } rows[] = {
        /* Another user than the one asked for. */
        {{GRANT, OWN, LIST, PROFILES, OK_JSON "{\"id\":\"" OTHER "\",\"active\":true}", NULL},
         false,
         "answered with another one"},
        {{GRANT, OWN, LIST, PROFILES, OK_JSON "{\"active\":true}", NULL},
         false,
         "answered with another one"},
        {{GRANT, OWN, LIST, PROFILES, OK_JSON "[]", NULL}, false, "not a JSON object"},
        {{GRANT, OWN, LIST, PROFILES, OK_JSON "{\"id\":\"" ONE "\",\"id\":\"" ONE "\"}", NULL},
         false,
         "a member twice"},
        /* Nobody who could be protected. */
        {{GRANT, OK_JSON "{\"id\":null}", LIST, PROFILES, USER, NULL}, true, "cannot be protected"},
        {{GRANT, OK_JSON "{}", LIST, PROFILES, USER, NULL}, true, "cannot be protected"},
        /* The list. */
        {{GRANT, OWN, OK_JSON "[]", PROFILES, USER, NULL}, false, "the list of users is empty"},
        {{GRANT, OWN, OK_JSON "{\"users\":[]}", PROFILES, USER, NULL}, true, "not a JSON array"},
        {{GRANT, OWN, OK_JSON "", PROFILES, USER, NULL}, true, "with an empty body"},
        {{GRANT, OWN, OK_JSON "[{\"id\":\"" ONE "\",\"active\":1}", PROFILES, USER, NULL},
         true,
         "cut off"},
        {{GRANT, OWN,
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Pagination-TotalRecords: many\r\n"
          "Connection: close\r\n\r\n[]",
          PROFILES, USER, NULL},
         false,
         "empty"},
        {{GRANT, OWN,
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n[]",
          PROFILES, USER, NULL},
         true,
         "cut off"},
        {{GRANT, OWN, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", PROFILES, USER, NULL},
         true,
         "204"},
        {{GRANT, OWN, "junk\r\n\r\n", PROFILES, USER, NULL}, true, "failed"},
        {{GRANT, OWN,
          "HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nConnection: close\r\n\r\n",
          PROFILES, USER, NULL},
         true,
         "a redirect to 'http://evil.example/', which is not followed"},
        {{GRANT, OWN, REFUSED("418", "{\"message\":\"so\\u001b[31mon\"}"), PROFILES, USER, NULL},
         true,
         "418: so\\x1b[31mon"},
        /* The profiles. */
        {{GRANT, OWN, LIST, OK_JSON "[{\"id\":\"1\",\"name\":\"Admin\"}]", USER, NULL},
         false,
         "permission profile 1 cannot be read"},
        {{GRANT, OWN, LIST, OK_JSON "[{\"id\":\"1\",\"roles\":[]},{\"id\":1,\"roles\":[]}]", USER,
          NULL},
         false,
         "permission profile 2 cannot be read"},
        {{GRANT, OWN, LIST, OK_JSON "[{\"id\":\"1\",\"roles\":[null]}]", USER, NULL},
         false,
         "permission profile 1 cannot be read"},
        {{GRANT, OWN, LIST, OK_JSON "[[]]", USER, NULL}, false, "it is not an object"},
        /* The token. */
        {{OK_JSON "{\"token_type\":\"mac\",\"access_token\":\"tok\"}", OWN, LIST, PROFILES, USER,
          NULL},
         true,
         "not of type 'bearer'"},
        {{OK_JSON "{\"token_type\":\"bearer\"}", OWN, LIST, PROFILES, USER, NULL},
         true,
         "no usable access_token"},
        {{OK_JSON "{\"token_type\":\"bearer\",\"access_token\":\"a\\r\\nX: b\"}", OWN, LIST,
          PROFILES, USER, NULL},
         true,
         "no usable access_token"},
        {{OK_JSON "[\"tok\"]", OWN, LIST, PROFILES, USER, NULL}, true, "not a JSON object"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(result_release) struct result result = ask(&rows[i].answers);
        const char *reason = result.failed ? result.err.text : result.snapshot.incomplete_reason;

        if (result.failed != rows[i].fails || (!result.failed && result.snapshot.complete) ||
            !reason || !strstr(reason, rows[i].said))
            fail_msg("row %zu: failed %d, complete %d: %s", i, result.failed,
                     result.snapshot.complete, reason ? reason : "(no reason)");
        if (result.failed)
            assert_int_equal(result.err.code, ERR_UNREACHABLE);
        else if (result.snapshot.count > 0 && strstr(rows[i].said, "another"))
            assert_int_equal(result.snapshot.account[0].login.kind, LOGIN_UNREADABLE);
    }
}

TEST(login_where_only_basic_is_taken_uses_it)
{
    struct answers answers = {
        REFUSED("401", "{\"error\":\"invalid_client\"}"), OWN, LIST, PROFILES, USER, GRANT};
    CLEANUP(result_release) struct result result = ask(&answers);

    if (result.failed)
        fail_msg("%s", result.err.text);
    assert_true(result.snapshot.complete);
    assert_non_null(strstr(result.requests, "Authorization: Basic YXBwOnMmY3I9dCArJQ==\r\n"));
}

TEST(login_where_the_optional_scope_is_unknown_goes_without)
{
    struct answers answers = {REFUSED("400", "{\"error\":\"invalid_scope\"}"),
                              OWN,
                              LIST,
                              PROFILES,
                              USER,
                              OK_JSON "{\"token_type\":\"Bearer\",\"access_token\":\"tok\"}"};
    CLEANUP(result_release) struct result result = ask(&answers);

    if (result.failed)
        fail_msg("%s", result.err.text);
    assert_true(result.snapshot.complete);
    /* Not told means: as asked for. */
    assert_string_equal(result.scopes, "admin.user:read admin.profile:read current.user:read");
    assert_null(strstr(result.requests, "Basic"));
}
