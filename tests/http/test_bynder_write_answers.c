/*
 * Answers to a write byte by byte, from a server of a few lines that counts what reaches it: sane
 * ones, ones that no portal gives, and none at all. Whatever comes back, one request went out.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "bynder/bynder.h"
#include "host/file.h"
#include "scripted.h"
#include "test.h"

#define ONE   "1A84D758-2B3A-141F-8F07D71AA1F223BD"
#define OTHER "2A84D758-2B3A-141F-8F07D71AA1F223BD"

#define HEAD(status)          "HTTP/1.1 " status "\r\nConnection: close\r\n"
#define JSON(status, body)    HEAD(status) "Content-Type: application/json\r\n\r\n" body
#define HTML(status)          HEAD(status) "Content-Type: text/html\r\n\r\n<html>no</html>"
#define PLAIN(status, body)   HEAD(status) "Content-Type: text/plain\r\n\r\n" body
#define EMPTY(status)         HEAD(status) "Content-Length: 0\r\n\r\n"
#define WITH(status, header)  HEAD(status) header "\r\nContent-Length: 0\r\n\r\n"
#define ITS_OWN               "{\"id\":\"" ONE "\",\"username\":\"ann\"}"
#define SAYS(status, message) JSON(status, "{\"message\":\"" message "\"}")
#define NOT_KNOWN             "whether it was carried out is not known"
#define AGAIN_HERE            "Location: /api/v4/users/" OTHER
#define LONG_32(x)            x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x
#define LONG_1024(x)          LONG_32(LONG_32(x))

enum act { SUSPEND = 0, REACTIVATE, DEPROVISION };

enum manner {
    ANSWER = 0,
    CLOSE_UNREAD,          /* accepts, and closes without having read anything */
    ANSWER_AFTER_SIGNALS,  /* sends the whole program two SIGTERMs first */
    SILENCE_AFTER_SIGNALS, /* the same, and then says nothing */
};

struct server {
    const char *answer; /* "" = closes after the request */
    enum manner manner;
    struct scripted_queue queue;
    pthread_t client;
    struct text requests; /* everything that came */
    unsigned count;       /* connections that brought something, or were closed unread */
};

static void serve(void *context, int fd)
{
    struct server *server = context;
    CLEANUP(text_release) struct text request = TEXT_INIT;
    char byte;

    if (server->manner == CLOSE_UNREAD) {
        server->count++;
        return;
    }
    if (!scripted_receive(fd, &request))
        return;
    server->count++;
    text_add(&server->requests, text_cstr(&request));
    if (server->manner != ANSWER) {
        (void)pthread_kill(server->client, SIGTERM);
        (void)pthread_kill(server->client, SIGTERM);
    }
    if (server->manner == SILENCE_AFTER_SIGNALS)
        (void)recv(fd, &byte, 1, 0); /* until the client has had enough */
    else
        (void)scripted_send(fd, server->answer, strlen(server->answer));
    (void)shutdown(fd, SHUT_WR);
}

static char *token_path;

struct result {
    struct arena arena;
    struct err err;
    int returned;
    struct portal_answer answer;
    char *requests;
    unsigned count;
};

static void result_release(struct result *result)
{
    arena_release(&result->arena);
    err_release(&result->err);
    free(result->requests);
}

static int do_act(const struct portal *portal, enum act act, struct result *result)
{
    static const enum action action[] = {[SUSPEND] = ACTION_SUSPEND,
                                         [REACTIVATE] = ACTION_REACTIVATE,
                                         [DEPROVISION] = ACTION_DEPROVISION};

    struct time_mark looked = clock_mark(clock_system());

    const struct portal_act what = {.action = action[act], .account_id = ONE};

    return portal->act(portal->self, &result->arena, &what, &looked, &result->answer, &result->err);
}

static int64_t timeout_s = 2;

/* One act of a client with a permanent token, so that nothing else is sent. */
static struct result write_to(const char *url, const char *proxy, enum act act)
{
    struct config_portal config = {.url = url,
                                   .proxy = proxy,
                                   .loopback = true,
                                   .token = {.file = token_path},
                                   .silence_after_429 = 0.1,
                                   .connections = 2,
                                   .timeout = timeout_s};
    struct bynder_setup setup = {.config = &config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    struct result result = {.answer = {.effect = EFFECT_UNKNOWN}};
    struct portal portal;

    assert_int_equal(bynder_new(&setup, &bynder, &result.err), 0);
    portal = bynder_writing(bynder);
    result.returned = do_act(&portal, act, &result);
    return result;
}

/* By a proxy that gives this answer to whatever it is asked for. */
static struct result ask_proxy(const char *answer, enum act act)
{
    struct server server = {.answer = answer, .client = pthread_self()};
    CLEANUP(text_release) struct text url = TEXT_INIT;

    scripted_queue_start(&server.queue, serve, &server);
    text_addf(&url, "http://127.0.0.1:%u", server.queue.port);
    struct result result = write_to("https://127.0.0.1:2", text_cstr(&url), act);
    scripted_queue_stop(&server.queue);
    result.requests = text_take(&server.requests);
    result.count = server.count;
    return result;
}

static struct result ask(const char *scheme, const char *answer, enum manner manner, enum act act)
{
    struct server server = {.answer = answer, .manner = manner, .client = pthread_self()};
    CLEANUP(text_release) struct text url = TEXT_INIT;
    struct result result;

    scripted_queue_start(&server.queue, serve, &server);
    text_addf(&url, "%s://127.0.0.1:%u", scheme, server.queue.port);
    result = write_to(text_cstr(&url), NULL, act);
    scripted_queue_stop(&server.queue);
    result.requests = text_take(&server.requests);
    result.count = server.count;
    return result;
}

static const struct row {
    enum act act;
    enum portal_effect effect;
    long status;
    const char *said, *answer;
} rows[] = {
    /* Accepted. */
    {SUSPEND, EFFECT_ACCEPTED, 202, "with active=0 answers 202", JSON("202 Accepted", ITS_OWN)},
    {REACTIVATE, EFFECT_ACCEPTED, 202, "with active=1 answers 202", JSON("202 Accepted", ITS_OWN)},
    {SUSPEND, EFFECT_ACCEPTED, 200, "answers 200", JSON("200 OK", ITS_OWN)},
    {SUSPEND, EFFECT_ACCEPTED, 202, "answers 202", EMPTY("202 Accepted")},
    {SUSPEND, EFFECT_ACCEPTED, 202, "answers 202", JSON("202 Accepted", "{}")},
    {SUSPEND, EFFECT_ACCEPTED, 202, "answers 202",
     "HTTP/1.1 103 Early Hints\r\n\r\n" JSON("202 Accepted", ITS_OWN)},
    {DEPROVISION, EFFECT_ACCEPTED, 204, "answers 204", HEAD("204 No Content") "\r\n"},
    {DEPROVISION, EFFECT_ACCEPTED, 200, "answers 200", JSON("200 OK", ITS_OWN)},
    {DEPROVISION, EFFECT_ACCEPTED, 202, "answers 202", EMPTY("202 Accepted")},
    /* Accepted, but what? */
    {SUSPEND, EFFECT_UNKNOWN, 202, "with the id of another account; " NOT_KNOWN,
     JSON("202 Accepted", "{\"id\":\"" OTHER "\"}")},
    {DEPROVISION, EFFECT_UNKNOWN, 200, "with the id of another account; " NOT_KNOWN,
     JSON("200 OK", "{\"id\":\"" OTHER "\"}")},
    {SUSPEND, EFFECT_UNKNOWN, 202, "with an id that cannot be read",
     JSON("202 Accepted", "{\"id\":5}")},
    {SUSPEND, EFFECT_UNKNOWN, 202, "with something else than",
     JSON("202 Accepted", "{\"id\":\"1A84D7")},
    {SUSPEND, EFFECT_UNKNOWN, 202, "with something else than", JSON("202 Accepted", "[]")},
    {SUSPEND, EFFECT_UNKNOWN, 200, "with something else than", HTML("200 OK")},
    {DEPROVISION, EFFECT_UNKNOWN, 200, "with something else than", HTML("200 OK")},
    /* Other kinds of yes. */
    {SUSPEND, EFFECT_UNKNOWN, 201, NOT_KNOWN, JSON("201 Created", ITS_OWN)},
    {SUSPEND, EFFECT_UNKNOWN, 204, NOT_KNOWN, HEAD("204 No Content") "\r\n"},
    {SUSPEND, EFFECT_UNKNOWN, 207, NOT_KNOWN, JSON("207 Multi-Status", ITS_OWN)},
    {DEPROVISION, EFFECT_UNKNOWN, 205, NOT_KNOWN, EMPTY("205 Reset Content")},
    /* Elsewhere; the other place is never visited. */
    {SUSPEND, EFFECT_REFUSED, 301, "redirect to '/api/v4/", WITH("301 Moved", AGAIN_HERE)},
    {SUSPEND, EFFECT_REFUSED, 307, "redirect to '/api/v4/", WITH("307 Temporary", AGAIN_HERE)},
    {SUSPEND, EFFECT_REFUSED, 308, "redirect to '/api/v4/", WITH("308 Permanent", AGAIN_HERE)},
    {DEPROVISION, EFFECT_REFUSED, 308, "redirect to '/api/", WITH("308 Permanent", AGAIN_HERE)},
    {SUSPEND, EFFECT_UNKNOWN, 302, NOT_KNOWN, WITH("302 Found", AGAIN_HERE)},
    {SUSPEND, EFFECT_UNKNOWN, 303, NOT_KNOWN, WITH("303 See Other", AGAIN_HERE)},
    {SUSPEND, EFFECT_UNKNOWN, 304, NOT_KNOWN, HEAD("304 Not Modified") "\r\n"},
    /* No. */
    {SUSPEND, EFFECT_REFUSED, 400, "400: bad", SAYS("400 Bad Request", "bad")},
    {SUSPEND, EFFECT_REFUSED, 422, "422: {\"errors\":[\"active\"]}",
     JSON("422 No", "{\"errors\":[\"active\"]}")},
    {SUSPEND, EFFECT_REFUSED, 417, "417: no", SAYS("417 Expectation Failed", "no")},
    {SUSPEND, EFFECT_UNKNOWN, 400, NOT_KNOWN, PLAIN("400 Bad Request", "bad")},
    {SUSPEND, EFFECT_UNKNOWN, 413, NOT_KNOWN, HTML("413 Too Large")},
    {SUSPEND, EFFECT_UNKNOWN, 408, NOT_KNOWN, SAYS("408 Request Timeout", "late")},
    {REACTIVATE, EFFECT_REFUSED, 403, "403: only after 180 days; hint",
     SAYS("403 Forbidden", "only after 180 days")},
    {REACTIVATE, EFFECT_REFUSED, 409, "409: locked for 180 days; hint",
     SAYS("409 Conflict", "locked for 180 days")},
    {SUSPEND, EFFECT_FORBIDDEN, 403, "hint: suspending a user needs scope admin.user:write",
     SAYS("403 Forbidden", "only after 180 days")},
    {REACTIVATE, EFFECT_FORBIDDEN, 403, "admin.user:write", SAYS("403 Forbidden", "Access denied")},
    {DEPROVISION, EFFECT_FORBIDDEN, 403, "an HTML page", HTML("403 Forbidden")},
    {DEPROVISION, EFFECT_GONE, 404, "404: User not found", SAYS("404 No", "User not found")},
    {DEPROVISION, EFFECT_REFUSED, 404, "wrong path",
     SAYS("404 No", "no Route matched with those values")},
    {DEPROVISION, EFFECT_REFUSED, 404, "wrong path", HTML("404 Not Found")},
    {DEPROVISION, EFFECT_REFUSED, 404, "wrong path", EMPTY("404 Not Found")},
    {SUSPEND, EFFECT_BLOCKED, 429, "nothing was done", WITH("429 Slow down", "Retry-After: 0")},
    /* libcurl has ways of its own to answer these. */
    {SUSPEND, EFFECT_TOKEN, 401, "portal.token_file", PLAIN("401 No", "Invalid or expired token.")},
    {SUSPEND, EFFECT_TOKEN, 401, "nothing was done",
     WITH("401 No", "WWW-Authenticate: Bearer error=\"invalid_token\"")},
    {SUSPEND, EFFECT_TOKEN, 401, "nothing was done",
     WITH("401 No", "WWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: Negotiate")},
    {DEPROVISION, EFFECT_TOKEN, 401, "nothing was done",
     WITH("401 No", "WWW-Authenticate: Digest realm=\"x\", nonce=\"y\"")},
    {SUSPEND, EFFECT_UNKNOWN, 503, NOT_KNOWN, WITH("503 Later", "Retry-After: 0")},
    {SUSPEND, EFFECT_UNKNOWN, 500, "500: died; " NOT_KNOWN, SAYS("500 No", "died")},
    /* No whole answer. */
    {SUSPEND, EFFECT_UNKNOWN, 0, NOT_KNOWN ": POST 'http", ""},
    {DEPROVISION, EFFECT_UNKNOWN, 0, NOT_KNOWN ": DELETE 'http", ""},
    {SUSPEND, EFFECT_UNKNOWN, 0, NOT_KNOWN, "HTTP/1.1 100 Continue\r\n\r\n"},
    {SUSPEND, EFFECT_UNKNOWN, 0, NOT_KNOWN, "HTTP/1.1 202 Acc"},
    {SUSPEND, EFFECT_UNKNOWN, 0, NOT_KNOWN, "junk\r\n\r\n"},
    {SUSPEND, EFFECT_UNKNOWN, 202, "cut off",
     "HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n" ITS_OWN},
    {SUSPEND, EFFECT_UNKNOWN, 404, "cut off",
     "HTTP/1.1 404 No\r\nContent-Length: 99\r\n\r\n{\"message\":"},
    {SUSPEND, EFFECT_UNKNOWN, 202, NOT_KNOWN,
     "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"},
    /* Hostile or endless text. */
    {SUSPEND, EFFECT_REFUSED, 400, "400: so\\x1b[31m", SAYS("400 No", "so\\u001b[31m\\non")},
    {SUSPEND, EFFECT_REFUSED, 400, "400: ab", SAYS("400 No", LONG_1024("ab"))},
    {SUSPEND, EFFECT_REFUSED, 308, "…", WITH("308 Go", "Location: /" LONG_1024("\xc3\xa9"))},
};

static void check_sent(const struct result *result, enum act act, size_t row)
{
    static const char *const lines[] = {"POST /api/v4/users/" ONE " HTTP/1.1\r\n",
                                        "POST /api/v4/users/" ONE " HTTP/1.1\r\n",
                                        "DELETE /api/v4/users/" ONE " HTTP/1.1\r\n"};
    static const char *const ends[] = {"\r\n\r\nactive=0", "\r\n\r\nactive=1", "\r\n\r\n"};
    size_t length = strlen(result->requests), end = strlen(ends[act]);

    if (result->count != 1 || !text_starts(result->requests, lines[act]) || length < end ||
        strcmp(result->requests + length - end, ends[act]) != 0 ||
        !strstr(result->requests, "\r\nAuthorization: Bearer tok\r\n"))
        fail_msg("row %zu: %u requests: %s", row, result->count, result->requests);
}

TEST(write_is_sent_once_and_judged_by_its_answer)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(result_release)
        struct result result = ask("http", rows[i].answer, ANSWER, rows[i].act);

        if (result.returned < 0)
            fail_msg("row %zu: %s", i, result.err.text);
        if (result.answer.effect != rows[i].effect || result.answer.status != rows[i].status ||
            !strstr(result.answer.text, rows[i].said))
            fail_msg("row %zu: effect %d, status %ld: %s", i, (int)result.answer.effect,
                     result.answer.status, result.answer.text);
        assert_true(strlen(result.answer.text) <= 1003);
        assert_true(text_is_utf8(result.answer.text, strlen(result.answer.text)));
        check_sent(&result, rows[i].act, i);
    }
}

/* libcurl calls a header line that is longer than it takes "out of memory": it is the other end's
 * doing, and must not end the run as if it were ours. */
TEST(write_whose_answer_has_an_endless_header_is_unknown)
{
    CLEANUP(text_release) struct text answer = TEXT_INIT;

    text_add(&answer, "HTTP/1.1 202 Accepted\r\nX-Long: ");
    for (size_t i = 0; i < 200000; i++)
        text_add_char(&answer, 'a');
    text_add(&answer, "\r\nContent-Length: 0\r\n\r\n");
    CLEANUP(result_release) struct result result = ask("http", text_cstr(&answer), ANSWER, SUSPEND);
    assert_true(result.returned == 0);
    assert_int_equal(result.answer.effect, EFFECT_UNKNOWN);
    CLEANUP(result_release) struct result proxy = ask_proxy(text_cstr(&answer), SUSPEND);
    assert_true(proxy.returned == 0 &&
                proxy.count > 0); /* and it is no proxy's way to end the run either */
}

/* --- nobody there --- */

static void check_unsent(const struct result *result, const char *said)
{
    if (result->returned < 0)
        fail_msg("%s", result->err.text);
    if (result->answer.effect != EFFECT_UNSENT || result->answer.status != 0 ||
        !text_starts(result->answer.text, "nothing was sent: ") ||
        !strstr(result->answer.text, said))
        fail_msg("effect %d, status %ld: %s", (int)result->answer.effect, result->answer.status,
                 result->answer.text);
}

TEST(write_to_a_closed_port_is_not_sent)
{
    CLEANUP(result_release) struct result result = write_to("http://127.0.0.1:1", NULL, SUSPEND);

    check_unsent(&result, "may this machine reach it");
}

TEST(write_by_a_proxy_that_is_down_is_not_sent)
{
    CLEANUP(result_release)
    struct result result = write_to("http://127.0.0.1:2", "http://127.0.0.1:1", DEPROVISION);

    check_unsent(&result, "portal.proxy");
}

TEST(write_where_there_is_no_tls_is_not_sent)
{
    CLEANUP(result_release)
    struct result result = ask("https", "HTTP/1.1 400 No\r\n\r\n", ANSWER, SUSPEND);

    check_unsent(&result, "is there really TLS");
    assert_null(strstr(result.requests, "active"));
}

/* The connection was there, so nobody can say that nothing was sent. */
TEST(write_to_a_connection_that_closes_at_once_is_unknown)
{
    CLEANUP(result_release) struct result result = ask("http", "", CLOSE_UNREAD, SUSPEND);

    assert_int_equal(result.returned, 0);
    assert_int_equal(result.answer.effect, EFFECT_UNKNOWN);
    assert_int_equal(result.count, 1);
}

/* --- signals --- */

TEST(write_in_flight_is_not_broken_off_by_a_signal)
{
    static const struct {
        enum act act;
        enum portal_effect effect;
        const char *answer;
    } answers[] = {
        {SUSPEND, EFFECT_ACCEPTED, JSON("202 Accepted", ITS_OWN)},
        {DEPROVISION, EFFECT_ACCEPTED, HEAD("204 No Content") "\r\n"},
        {SUSPEND, EFFECT_BLOCKED, EMPTY("429 Slow down")},
        {SUSPEND, EFFECT_UNKNOWN, ""},
    };

    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        CLEANUP(result_release)
        struct result result = ask("http", answers[i].answer, ANSWER_AFTER_SIGNALS, answers[i].act);

        assert_true(clock_is_interrupted());
        clock_clear_interrupt();
        if (result.returned < 0)
            fail_msg("row %zu: %s", i, result.err.text);
        if (result.answer.effect != answers[i].effect)
            fail_msg("row %zu: effect %d: %s", i, (int)result.answer.effect, result.answer.text);
        assert_int_equal(result.count, 1);
    }
}

TEST(write_in_flight_after_a_signal_still_ends_in_time)
{
    CLEANUP(result_release) struct result result = ask("http", "", SILENCE_AFTER_SIGNALS, SUSPEND);

    assert_true(clock_is_interrupted());
    clock_clear_interrupt();
    assert_int_equal(result.returned, 0);
    assert_int_equal(result.answer.effect, EFFECT_UNKNOWN);
    assert_null(strstr(result.answer.text, "signal"));
    assert_int_equal(result.count, 1);
}

TEST(write_in_flight_long_after_a_signal_is_given_up_as_unknown)
{
    timeout_s = 3600;
    clock_set_patience(SECOND_US / 2, SECOND_US);
    CLEANUP(result_release) struct result result = ask("http", "", SILENCE_AFTER_SIGNALS, SUSPEND);
    timeout_s = 2;
    assert_true(clock_is_overdue());
    clock_clear_interrupt();
    assert_int_equal(result.returned, 0);
    assert_int_equal(result.answer.effect, EFFECT_UNKNOWN);
    assert_int_equal(result.count, 1);
}

static int prepare(void **state)
{
    static char directory[] = "/tmp/write-answers.XXXXXX";
    struct sigaction action = {.sa_handler = clock_interrupt};

    assert_non_null(mkdtemp(directory));
    *state = directory;
    token_path = file_join(directory, "token");
    assert_int_equal(sigaction(SIGTERM, &action, NULL), 0);
    return file_write(token_path, 0600, "tok", 3, NULL);
}

static int tidy(void **state)
{
    (void)unlink(token_path);
    free(token_path);
    return rmdir(*state);
}

TEST_GROUP(prepare, tidy);
