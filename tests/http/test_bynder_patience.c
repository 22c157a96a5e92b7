/*
 * A portal in trouble, under a clock that jumps instead of sleeping: what lasts seconds or minutes
 * costs no night, what lasts longer ends the run soon, and who must not be kept waiting is not.
 * Addresses are of loopback and patience is that of the network: nothing here says loopback.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "bynder/bynder.h"
#include "host/file.h"
#include "scripted.h"
#include "test.h"

#define CLOSE "Connection: close\r\n\r\n"
#define JSON  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define ONE   "1A84D758-2B3A-141F-8F07D71AA1F223BD"
#define OTHER "2A84D758-2B3A-141F-8F07D71AA1F223BD"
#define GRANT                                                                                      \
    JSON CLOSE "{\"token_type\":\"bearer\",\"access_token\":\"tok\",\"expires_in\":86400,"         \
               "\"scope\":\"admin.user:read admin.profile:read current.user:read\"}"
#define OWN JSON CLOSE "{\"id\":\"" OTHER "\"}"
#define LIST                                                                                       \
    JSON "X-Pagination-TotalRecords: 1\r\n" CLOSE "[{\"id\":\"" ONE "\",\"active\":1,"             \
         "\"username\":\"ann\"}]"
#define PROFILES JSON CLOSE "[{\"id\":\"1\",\"name\":\"Admin\",\"roles\":[]}]"
#define USER     JSON CLOSE "{\"id\":\"" ONE "\",\"active\":true,\"lastLogin\":null}"

#define BEGUN_US INT64_C(1795334400000000)
#define FOR_EVER (INT64_C(1000000) * SECOND_US)

static const struct {
    const char *path, *answer;
} usual[] = {
    {"/v6/", GRANT},           {"/api/v4/currentUser/", OWN},
    {"/api/v4/users/?", LIST}, {"/api/v4/profiles/", PROFILES},
    {"/api/v4/users/", USER},
};

/* One trouble: what is answered there instead, from the first request on. */
struct trouble {
    const char *path;   /* NULL = anywhere */
    const char *answer; /* NULL: the connection is closed without one */
    int64_t lasts_us;
    bool flaps; /* every other request is answered well */
};

struct world {
    struct trouble trouble;
    struct scripted_queue queue;
    _Atomic int64_t now_us, since_us;
    int64_t slept_us, signal_at_us; /* when sleeping ends by a signal; 0 = never */
    unsigned asked, in_trouble;
    unsigned stop_looks; /* after so many looks somebody says stop; 0 = nobody does */
    unsigned looks, told;
    struct config_portal config;
    struct arena arena;
    struct snapshot snapshot;
    struct err err;
    bool failed;
};

static bool is_troubled(struct world *world, const char *path)
{
    const struct trouble *trouble = &world->trouble;

    if (trouble->path && !text_starts(path, trouble->path))
        return false;
    if (world->since_us == 0)
        world->since_us = world->now_us;
    if (world->now_us - world->since_us >= trouble->lasts_us)
        return false;
    return !(trouble->flaps && ++world->in_trouble % 2 == 0);
}

static void serve(void *context, int fd)
{
    struct world *world = context;
    CLEANUP(text_release) struct text request = TEXT_INIT;

    if (!scripted_receive(fd, &request))
        return;
    const char *path = strchr(text_cstr(&request), ' ');
    const char *answer = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n" CLOSE;
    world->asked++;
    assert_non_null(path++);
    for (size_t i = 0; i < COUNT_OF(usual); i++) {
        if (!text_starts(path, usual[i].path))
            continue;
        answer = usual[i].answer;
        break;
    }
    if (world->trouble.lasts_us > 0 && is_troubled(world, path))
        answer = world->trouble.answer;
    if (answer)
        (void)scripted_send(fd, answer, strlen(answer));
}

static struct instant now(void *self)
{
    const struct world *world = self;

    return (struct instant){.us = world->now_us};
}

static bool sleep_until(void *self, struct instant until)
{
    struct world *world = self;

    if (world->signal_at_us && until.us >= world->signal_at_us)
        return false;
    if (until.us > world->now_us) {
        world->slept_us += until.us - world->now_us;
        world->now_us = until.us;
    }
    return true;
}

static bool is_stopped(void *context)
{
    struct world *world = context;

    return ++world->looks >= world->stop_looks && world->stop_looks > 0;
}

static void note_wait(void *context, double seconds, const char *why)
{
    struct world *world = context;

    (void)seconds;
    world->told += strstr(why, "asked again meanwhile") != NULL;
}

static int collect(struct bynder *bynder, struct world *world)
{
    struct portal portal = bynder_read_only(bynder);
    const size_t index[] = {0};

    if (portal.enter(portal.self, &world->arena, &world->snapshot, &world->err) < 0 ||
        portal.list(portal.self, &world->arena, NULL, &world->snapshot, &world->err) < 0)
        return -1;
    return portal.logins(portal.self, &world->arena, NULL, index, world->snapshot.count > 0 ? 1 : 0,
                         &world->snapshot, &world->err);
}

/* Reads everything of a portal in this trouble. */
static void play(struct world *world)
{
    char directory[] = "/tmp/patience.XXXXXX";
    struct clock clock = {.self = world, .now = now, .steady = now, .sleep_until = sleep_until};
    struct bynder_setup setup = {.config = &world->config,
                                 .clock = &clock,
                                 .is_stopped = is_stopped,
                                 .stop_context = world,
                                 .waiting = note_wait,
                                 .waiting_context = world};
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;

    world->now_us = BEGUN_US;
    world->config.client_id = "app";
    world->config.silence_after_429 = 310;
    world->config.page_size = 10;
    world->config.connections = 2;
    world->config.timeout = 5;
    assert_non_null(mkdtemp(directory));
    CLEANUP(mem_cleanup) char *secret = file_join(directory, "secret");
    assert_int_equal(file_write(secret, 0600, "secret", 6, NULL), 0);
    scripted_queue_start(&world->queue, serve, world);
    text_addf(&url, "http://127.0.0.1:%u", world->queue.port);
    world->config.url = text_cstr(&url);
    world->config.client_secret.file = secret;
    assert_int_equal(bynder_new(&setup, &bynder, &world->err), 0);
    world->failed = collect(bynder, world) < 0;
    scripted_queue_stop(&world->queue);
    (void)unlink(secret);
    (void)rmdir(directory);
}

static void world_release(struct world *world)
{
    arena_release(&world->arena);
    err_release(&world->err);
}

static void assert_complete(const struct world *world, const char *what)
{
    if (world->failed)
        fail_msg("%s: %s", what, world->err.text);
    if (!world->snapshot.complete)
        fail_msg("%s: %s", what, world->snapshot.incomplete_reason);
    assert_int_equal(world->snapshot.account[0].login.kind, LOGIN_NEVER);
}

static const struct {
    const char *name, *answer;
} blips[] = {
    {"503", "HTTP/1.1 503 No\r\nContent-Type: text/html\r\n" CLOSE "<html>maintenance</html>"},
    {"502 and nothing", "HTTP/1.1 502 No\r\nContent-Length: 0\r\n" CLOSE},
    {"closed", NULL},
    {"half a body", JSON "Content-Length: 400\r\n" CLOSE "[{\"id\":"},
    {"half of JSON", JSON CLOSE "[{\"id\":\"1A84"},
    {"an empty body", JSON "Content-Length: 0\r\n" CLOSE},
};

TEST(collect_through_a_trouble_of_seconds_or_minutes_is_complete)
{
    static const int64_t lasts_s[] = {2, 45, 240};

    for (size_t i = 0; i < COUNT_OF(blips); i++) {
        for (size_t k = 0; k < COUNT_OF(usual); k++) {
            for (size_t s = 0; s < COUNT_OF(lasts_s); s++) {
                CLEANUP(world_release)
                struct world world = {
                    .trouble = {usual[k].path, blips[i].answer, lasts_s[s] * SECOND_US, false}};
                char what[80];

                play(&world);
                (void)snprintf(what, sizeof(what), "%s for %lld s at %s", blips[i].name,
                               (long long)lasts_s[s], usual[k].path);
                assert_complete(&world, what);
                assert_true(world.slept_us >= lasts_s[s] * SECOND_US);
                assert_true(world.slept_us < (lasts_s[s] + 60) * SECOND_US);
                assert_true(world.asked < 5 + 20); /* backed off */
                assert_int_equal(world.told, 1);
            }
        }
    }
}

TEST(collect_from_a_portal_that_is_down_ends_in_minutes_wherever_it_is)
{
    for (size_t i = 0; i < COUNT_OF(blips); i++) {
        for (size_t k = 0; k < COUNT_OF(usual); k++) {
            CLEANUP(world_release)
            struct world world = {.trouble = {usual[k].path, blips[i].answer, FOR_EVER, false}};

            play(&world);
            if (!world.failed && world.snapshot.complete)
                fail_msg("%s at %s: complete", blips[i].name, usual[k].path);
            if (world.failed)
                assert_int_equal(world.err.code, ERR_UNREACHABLE);
            assert_true(world.slept_us >= 240 * SECOND_US);
            assert_true(world.slept_us < 400 * SECOND_US);
            assert_true(world.asked < 40);
        }
    }
}

/* Patience is of the run: a portal that answers every other time does not have it anew each time.
 */
TEST(collect_from_a_portal_that_flaps_ends)
{
    CLEANUP(world_release)
    struct world world = {.trouble = {NULL, NULL, FOR_EVER, true}};

    play(&world);
    assert_complete(&world, "every other request fails");
    assert_true(world.slept_us < 100 * SECOND_US);
}

TEST(collect_that_is_refused_does_not_wait)
{
    static const struct {
        const char *path, *answer;
        enum err_code code;
    } rows[] = {
        {"/v6/",
         "HTTP/1.1 401 No\r\nContent-Type: application/json\r\n" CLOSE
         "{\"error\":\"invalid_client\"}",
         ERR_SCOPE},
        {"/api/v4/users/?",
         "HTTP/1.1 403 No\r\nContent-Type: application/json\r\n" CLOSE
         "{\"message\":\"Access denied\"}",
         ERR_SCOPE},
        {"/api/v4/users/?",
         "HTTP/1.1 404 No\r\nContent-Type: application/json\r\n" CLOSE
         "{\"message\":\"no Route matched with those values\"}",
         ERR_UNREACHABLE},
        {"/api/v4/users/?", "HTTP/1.1 400 No\r\nContent-Length: 0\r\n" CLOSE, ERR_UNREACHABLE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(world_release)
        struct world world = {.trouble = {rows[i].path, rows[i].answer, FOR_EVER, false}};

        play(&world);
        assert_true(world.failed);
        assert_int_equal(world.err.code, rows[i].code);
        assert_int_equal(world.slept_us, 0);
    }
}

TEST(collect_in_trouble_gives_way_to_a_signal_and_to_a_stop)
{
    CLEANUP(world_release)
    struct world signalled = {.trouble = {"/api/", NULL, FOR_EVER, false},
                              .signal_at_us = BEGUN_US + 20 * SECOND_US};
    CLEANUP(world_release)
    struct world stopped = {.trouble = {"/api/", NULL, FOR_EVER, false}, .stop_looks = 10};

    play(&signalled);
    assert_true(signalled.failed);
    assert_int_equal(signalled.err.code, ERR_INTERRUPTED);
    assert_true(signalled.slept_us <= 20 * SECOND_US);
    play(&stopped);
    assert_true(stopped.failed);
    assert_int_equal(stopped.err.code, ERR_HELD);
    assert_non_null(strstr(stopped.err.text, "somebody says stop"));
    assert_true(stopped.slept_us <= 10 * SECOND_US);
}

/* --- a token that is not known yet --- */

#define NOT_YET "HTTP/1.1 401 No\r\nContent-Type: text/plain\r\n" CLOSE "Invalid or expired token."

TEST(login_with_a_token_that_becomes_valid_a_second_late_goes_on)
{
    CLEANUP(world_release)
    struct world world = {.trouble = {"/api/", NOT_YET, SECOND_US, false}};

    play(&world);
    assert_complete(&world, "a second");
    assert_true(world.slept_us < 10 * SECOND_US);
    assert_int_equal(world.asked, 6); /* one more than without, and no second token */
}

TEST(login_with_a_token_that_never_becomes_valid_ends_soon)
{
    CLEANUP(world_release)
    struct world world = {.trouble = {"/api/", NOT_YET, FOR_EVER, false}};

    play(&world);
    assert_true(world.failed);
    assert_int_equal(world.err.code, ERR_SCOPE);
    assert_non_null(strstr(world.err.text, "token refused"));
    assert_true(world.slept_us < 10 * SECOND_US);
    assert_int_equal(world.asked, 3);
}

/* --- Retry-After --- */

#define ASKS(status, after)                                                                        \
    "HTTP/1.1 " status " Wait\r\nDate: Sun, 22 Nov 2026 03:00:00 GMT\r\nRetry-After: " after       \
    "\r\nContent-Length: 0\r\n" CLOSE

TEST(collect_waits_for_the_longer_of_its_own_silence_and_retry_after)
{
    static const struct {
        const char *answer;
        int64_t least_s, most_s;
    } rows[] = {
        {ASKS("429", "5"), 310, 315},
        {ASKS("429", "700"), 700, 705},
        {ASKS("429", "Sun, 22 Nov 2026 03:11:40 GMT"), 700, 705},
        {ASKS("429", "Sun, 22 Nov 2026 02:00:00 GMT"), 310, 315},
        {ASKS("429", "soon"), 310, 315},
        {ASKS("429", "-4"), 310, 315},
        {ASKS("503", "0"), 1, 5},
        {ASKS("503", "120"), 120, 125},
        {ASKS("503", "1800"), 1800, 1805},
        {ASKS("503", "Sun, 22 Nov 2026 03:02:00 GMT"), 120, 125},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t k = 0; k < COUNT_OF(usual); k++) {
            CLEANUP(world_release)
            struct world world = {.trouble = {usual[k].path, rows[i].answer, 1, false}};

            play(&world);
            assert_complete(&world, rows[i].answer);
            if (world.slept_us < rows[i].least_s * SECOND_US ||
                world.slept_us > rows[i].most_s * SECOND_US)
                fail_msg("row %zu at %s: %lld ms", i, usual[k].path,
                         (long long)(world.slept_us / 1000));
        }
    }
}

TEST(collect_that_is_asked_to_wait_absurdly_long_ends_and_says_so)
{
    static const struct {
        const char *answer, *says;
    } rows[] = {
        {ASKS("429", "86400"), "answers 429 and asks to wait 24 hours (Retry-After)"},
        {ASKS("503", "1801"), "asks to wait 30 minutes (Retry-After)"},
        {ASKS("503", "99999999999999999999"), "asks to wait 36600 days (Retry-After)"},
        {ASKS("429", "Thu, 26 Nov 2026 03:00:00 GMT"), "asks to wait 4 days (Retry-After)"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(world_release)
        struct world world = {.trouble = {"/api/v4/users/?", rows[i].answer, 1, false}};

        play(&world);
        assert_true(world.failed);
        assert_int_equal(world.err.code, ERR_UNREACHABLE);
        if (!strstr(world.err.text, rows[i].says))
            fail_msg("row %zu: %s", i, world.err.text);
        assert_int_equal(world.slept_us, 0);
        assert_int_equal(world.asked, 3); /* and nothing after it */
    }
}

/* A portal that asks for twenty minutes each time is not believed for ever. */
TEST(collect_that_is_asked_to_wait_again_and_again_ends)
{
    CLEANUP(world_release)
    struct world world = {.trouble = {"/api/v4/users/?", ASKS("503", "1200"), FOR_EVER, false}};

    play(&world);
    assert_true(world.failed);
    assert_non_null(strstr(world.err.text, "60 in all"));
    assert_true(world.slept_us >= 3500 * SECOND_US && world.slept_us < 3700 * SECOND_US);
}

/* --- who answers instead of the portal --- */

#define PAGE "<!DOCTYPE html><html><head><title>Sign in to\n Acme</title></head></html>"
#define HTML(status)                                                                               \
    "HTTP/1.1 " status " No\r\nContent-Type: text/html; charset=utf-8\r\n" CLOSE PAGE
#define BOM "\xEF\xBB\xBF"

static const struct in_front {
    const char *answer, *says;
    enum err_code code; /* at the token; anywhere else it is that the portal cannot be reached */
} in_front[] = {
    {HTML("200"), "an HTML page ('Sign in to'): something in front of the server", ERR_UNREACHABLE},
    {HTML("403"), "an HTML page ('Sign in to'): something in front of the server", ERR_UNREACHABLE},
    {HTML("401"), "an HTML page ('Sign in to'): something in front of the server", ERR_UNREACHABLE},
    {JSON CLOSE BOM "\r\n" PAGE, "an HTML page", ERR_UNREACHABLE},
    {"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n" CLOSE,
     "the proxy wants a login", ERR_UNREACHABLE},
    {"HTTP/1.1 511 No\r\nContent-Length: 0\r\n" CLOSE, "captive portal", ERR_UNREACHABLE},
    {"HTTP/1.1 302 There\r\nLocation: https://login.acme.example/\r\nContent-Length: 0\r\n" CLOSE,
     "a redirect to 'https://login.acme.example/', which is not followed: it leads to another host",
     ERR_UNREACHABLE},
    {JSON "Content-Encoding: br\r\n" CLOSE "\x0B\x02\x80",
     "a compressed body (br), which was not "
     "asked for",
     ERR_UNREACHABLE},
    {JSON CLOSE "\x1F\x8B\x08\x08", "a compressed body, which was not asked for", ERR_UNREACHABLE},
    {JSON CLOSE "{\"error\":\"invalid_client\",\"error_description\":\"Client gone\"}",
     "invalid_client: Client gone", ERR_SCOPE},
    {JSON CLOSE "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"detail\":\"No "
                "tenant\",\"status\":\"500\"}",
     "No tenant", ERR_SCOPE},
    {JSON CLOSE "{\"message\":\"tenant is asleep\"}", "tenant is asleep", ERR_SCOPE},
};

static void check_in_front(const struct in_front *row, const char *path, enum err_code code)
{
    static const char *const misleading[] = {"is portal.url the portal", "role", "not a JSON",
                                             "no such path"};
    CLEANUP(world_release) struct world world = {.trouble = {path, row->answer, FOR_EVER, false}};

    play(&world);
    const char *said = world.failed ? world.err.text : world.snapshot.incomplete_reason;
    if (!said || !strstr(said, row->says))
        fail_msg("%s at %s: %s", row->says, path, said ? said : "complete");
    for (size_t i = 0; i < COUNT_OF(misleading); i++) {
        if (strstr(said, misleading[i]))
            fail_msg("%s at %s: %s", misleading[i], path, said);
    }
    if (world.failed)
        assert_int_equal(world.err.code, code);
    assert_true(world.slept_us < 30 * SECOND_US);
}

TEST(answer_of_something_in_front_of_the_portal_is_named_for_what_it_is)
{
    for (size_t i = 0; i < COUNT_OF(in_front); i++) {
        for (size_t k = 0; k < COUNT_OF(usual); k++)
            check_in_front(&in_front[i], usual[k].path,
                           k == 0 ? in_front[i].code : ERR_UNREACHABLE);
    }
}

TEST(answer_with_a_byte_order_mark_is_taken)
{
    CLEANUP(world_release)
    struct world world = {.trouble = {"/api/v4/profiles/",
                                      JSON CLOSE BOM "[{\"id\":\"1\",\"name\":\"Admin\",\"roles\":"
                                                     "[]}]",
                                      FOR_EVER, false}};

    play(&world);
    assert_complete(&world, "a byte order mark");
}

/* The portal's own no is still a matter of scope and role. */
TEST(answer_of_the_portal_itself_is_not_taken_for_somebody_else_s)
{
    CLEANUP(world_release)
    struct world world = {.trouble = {"/api/v4/users/?",
                                      "HTTP/1.1 403 No\r\nContent-Type: application/json\r\n" CLOSE
                                      "{\"message\":\"Access denied\",\"statuscode\":403}",
                                      FOR_EVER, false}};

    play(&world);
    assert_int_equal(world.err.code, ERR_SCOPE);
    assert_non_null(strstr(world.err.text, "security role USERMANAGEMENT"));
    assert_null(strstr(world.err.text, "in front of"));
}
