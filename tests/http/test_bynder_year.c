/*
 * The file of a year that is over, from portal-sim and from a server that answers byte by byte:
 * it is told whole, or it is said why not, and the token goes to one host only.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/file.h"
#include "scripted.h"
#include "sim.h"
#include "test.h"

#define USER "1A84D758-2B3A-141F-8F07D71AA1F223BD"
#define ROW  "user.login,2025-03-22T12:26:23.862Z," USER ",,,,,,,,,,,,,,,\n"

enum { ROWS_MANY = 900000 }; /* 74 MB: more than any answer that is held */

struct told {
    size_t count;
    struct instant oldest, newest;
};

static void take(void *context, const char *user_id, enum event_kind kind, struct instant at)
{
    struct told *told = context;

    assert_true(account_id_is_v4(user_id));
    assert_true(kind == EVENT_LOGIN || kind == EVENT_DOWNLOAD);
    told->count++;
    if (!instant_is_set(told->oldest) || instant_compare(at, told->oldest) < 0)
        told->oldest = at;
    told->newest = instant_later(told->newest, at);
}

static struct portal_year year_of(struct told *told, int number)
{
    struct portal_year year = {.year = number, .context = told, .take = take};

    assert_true(instant_parse_bynder("2026-11-29T00:00:00Z", &year.now));
    return year;
}

TEST(year_of_a_portal_as_documented_is_told)
{
    static const char *const options[] = {"--users", "300", NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct bynder_setup setup = {.config = &sim.config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct told told = {.count = 0};
    struct portal_year year = year_of(&told, 2025);
    struct portal_year_told answer;

    sim_start(&sim, options);
    sim.config.login_events = true;
    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    assert_int_equal(portal.year(portal.self, &arena, &year, &answer, NULL), 0);
    assert_int_equal(answer.access, YEAR_READ);
    assert_null(answer.why);
    assert_true(answer.rows > 300);
    assert_int_equal(told.count, answer.rows);
    assert_int_equal(sim_stat(&sim, "endpoints.historical.200"), 1);
}

/* --- answers byte by byte --- */

struct answer {
    const char *status, *headers, *body;
    size_t times;   /* the body is sent; 0 = once */
    long announced; /* Content-Length; -1 = none is, and the end closes; 0 = as it is */
};

struct server {
    const struct answer *answer;
    struct scripted server;
};

static bool answer(void *context, int fd, const char *request)
{
    const struct answer *script = ((struct server *)context)->answer;
    CLEANUP(text_release) struct text head = TEXT_INIT;
    size_t times = script->times > 0 ? script->times : 1, length = strlen(script->body);

    assert_non_null(strstr(request, "GET /v7/analytics/api/v1/historical/2025.csv HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "Authorization: Bearer tok\r\n"));
    text_addf(&head, "HTTP/1.1 %s\r\n%s", script->status, script->headers);
    if (script->announced >= 0)
        text_addf(&head, "Content-Length: %zu\r\n",
                  script->announced > 0 ? (size_t)script->announced : length * times);
    text_add(&head, "\r\n");
    bool sent = scripted_send(fd, head.data, head.length);
    for (size_t i = 0; i < times && sent; i++)
        sent = scripted_send(fd, script->body, length);
    return sent && script->announced == 0;
}

struct year_case {
    struct arena arena;
    struct told told;
    struct portal_year_told answer;
    size_t requests;
};

static void ask(const struct answer *script, struct year_case *one)
{
    char directory[] = "/tmp/year.XXXXXX";
    struct server server = {.answer = script};
    struct config_portal config = {
        .loopback = true, .connections = 1, .login_events = true, .timeout = 3, .patience = 60};
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    struct bynder_setup setup = {.config = &config};
    struct portal_year year = year_of(&one->told, 2025);

    assert_non_null(mkdtemp(directory));
    CLEANUP(mem_cleanup) char *token = file_join(directory, "token");
    assert_int_equal(file_write(token, 0600, "tok", 3, NULL), 0);
    scripted_start(&server.server, answer, &server);
    text_addf(&url, "http://127.0.0.1:%u", server.server.port);
    config.url = text_cstr(&url);
    config.token.file = token;
    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    assert_int_equal(portal.year(portal.self, &one->arena, &year, &one->answer, NULL), 0);
    one->requests = bynder_requests(bynder);
    scripted_stop(&server.server);
    (void)unlink(token);
    (void)rmdir(directory);
}

#define CSV "Content-Type: text/csv; charset=utf-8\r\n"

/* Each is asked once: nothing waits for it. */
TEST(year_is_read_absent_or_broken_by_what_comes)
{
    static const struct {
        struct answer answer;
        enum year_access access;
        const char *why;
    } cases[] = {
        {{"200 OK", CSV, ROW ROW, 0, 0}, YEAR_READ, NULL},
        {{"200 OK", "", ROW, 0, 0}, YEAR_READ, NULL},
        {{"200 OK", CSV, ROW "x,y\n" ROW, 0, 0}, YEAR_READ, "1 of 3 rows of 2025"},
        {{"200 OK", CSV, ROW ROW, 0, 5000}, YEAR_BROKEN, "cut off"},
        {{"200 OK", CSV, ROW ROW, 0, -1}, YEAR_BROKEN, "where the answer ends"},
        {{"200 OK", CSV, ROW "user.login,2025-0", 0, 0}, YEAR_BROKEN, "cut off"},
        {{"200 OK", CSV, "{\"message\":\"later\"}", 0, 0}, YEAR_BROKEN, "JSON"},
        {{"200 OK", CSV, "<html></html>", 0, 0}, YEAR_BROKEN, "HTML"},
        {{"200 OK", CSV "Content-Encoding: gzip\r\n", "\x1f\x8b\x08zzzz", 0, 0},
         YEAR_BROKEN,
         "compressed"},
        {{"200 OK", "Content-Type: text/html\r\n", "<html></html>", 0, 0}, YEAR_BROKEN, "HTML"},
        {{"200 OK", "Content-Type: image/png\r\n", "png", 0, 0}, YEAR_BROKEN, "not CSV"},
        {{"200 OK", CSV, "", 0, 0}, YEAR_ABSENT, "empty"},
        {{"404 No", "Content-Type: application/json\r\n", "{\"message\":\"none\"}", 0, 0},
         YEAR_ABSENT,
         "404"},
        {{"410 Gone", "Content-Type: application/json\r\n", "{}", 0, 0}, YEAR_ABSENT, "410"},
        {{"403 No", "Content-Type: application/json\r\n", "{}", 0, 0}, YEAR_ABSENT, "403"},
        {{"500 Oh", "Content-Type: application/json\r\n", "{}", 0, 0}, YEAR_BROKEN, "500"},
        {{"302 Found", "Location: http://evil.example/2025.csv\r\n", "", 0, 0},
         YEAR_BROKEN,
         "not followed"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct year_case one = {.arena = arena};
        ask(&cases[i].answer, &one);
        arena = one.arena;
        if (one.answer.access != cases[i].access || one.requests != 1 ||
            !one.answer.why != !cases[i].why ||
            (cases[i].why && !strstr(one.answer.why, cases[i].why)))
            fail_msg("%zu: access %d, %zu requests, %s", i, (int)one.answer.access, one.requests,
                     one.answer.why ? one.answer.why : "-");
    }
}

/* The last row is the last; what is held at a time is bounded (LIMIT_HTTP_BODY is not in its way).
 */
TEST(year_larger_than_any_other_answer_is_read_to_its_end)
{
    static const struct answer large = {"200 OK", CSV, ROW, ROWS_MANY, 0};
    struct year_case one = {.arena = ARENA_INIT};

    ask(&large, &one);
    assert_int_equal(one.answer.access, YEAR_READ);
    assert_int_equal(one.answer.rows, ROWS_MANY);
    assert_int_equal(one.told.count, ROWS_MANY);
    arena_release(&one.arena);
}

TEST(year_without_the_scope_is_not_asked_for)
{
    static const char *const options[] = {
        "--users", "20", "--scopes", "admin.user:read admin.profile:read current.user:read", NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct bynder_setup setup = {.config = &sim.config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct told told = {.count = 0};
    struct portal_year year = year_of(&told, 2025);
    struct portal_year_told answer;

    sim_start(&sim, options);
    sim.config.login_events = true;
    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    assert_int_equal(portal.year(portal.self, &arena, &year, &answer, NULL), 0);
    assert_int_equal(answer.access, YEAR_UNASKED);
}
