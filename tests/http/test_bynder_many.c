/*
 * Single users read many at a time: what becomes of the others when one of them is answered badly,
 * by a server that answers as the test says; and a 401 and a 429 in the middle, by portal-sim and
 * its log.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/file.h"
#include "scripted.h"
#include "sim.h"
#include "test.h"

enum { USERS = 60, CONNECTIONS = 4, ODD = 30 /* the user that is treated differently */ };

#define ID        "%08X-0000-0000-0000000000000000"
#define LOGIN     "2026-01-02T03:04:05Z"
#define SIM_LOCAL CLEANUP(sim_stop_quietly) struct sim

/* --- answers as the test says --- */

#define FOR_EVER 1000

struct script {
    const char *status; /* of the odd one's answer, "500 No" */
    const char *headers;
    const char *body;
    int times; /* the odd one is answered so, then well; FOR_EVER: always */
    bool all;  /* everybody is the odd one */
    size_t cut;
};

struct server {
    const struct script *script;
    struct scripted scripted;
    pthread_mutex_t lock;
    int asked, asked_odd;
};

static bool send_answer(int fd, const char *status, const char *headers, const char *body,
                        size_t cut)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_addf(&text, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status,
              headers ? headers : "Content-Type: application/json\r\n", strlen(body) + cut, body);
    return scripted_send(fd, text.data, text.length) && cut == 0;
}

/* Whether this request is to be answered in the odd way. */
static bool is_odd(struct server *server, unsigned long user)
{
    bool odd = server->script->all || user == ODD;

    (void)pthread_mutex_lock(&server->lock);
    server->asked++;
    if (odd)
        odd = server->asked_odd++ < server->script->times;
    (void)pthread_mutex_unlock(&server->lock);
    return odd;
}

static bool answer(void *context, int fd, const char *request)
{
    struct server *server = context;
    const struct script *script = server->script;
    const char *id = strstr(request, "/api/v4/users/");
    char body[128];

    if (!id)
        return send_answer(fd, "200 OK", NULL, "{\"id\":\"1A84D758-2B3A-141F-8F07D71AA1F223BD\"}",
                           0);
    if (is_odd(server, strtoul(id + 14, NULL, 16)))
        return send_answer(fd, script->status, script->headers, script->body, script->cut);
    (void)snprintf(body, sizeof(body),
                   "{\"id\":\"%.35s\",\"active\":true,\"lastLogin\":\"" LOGIN "\"}", id + 14);
    return send_answer(fd, "200 OK", NULL, body, 0);
}

struct outcome {
    struct arena arena;
    struct snapshot snapshot;
    struct err err;
    int result;
    size_t known; /* accounts whose login was read */
    bool odd_is_known;
    int asked;
    size_t counted;
};

static void outcome_release(struct outcome *outcome)
{
    arena_release(&outcome->arena);
    err_release(&outcome->err);
}

static void fill_snapshot(struct arena *arena, struct snapshot *snapshot, size_t *index)
{
    snapshot->complete = true;
    snapshot->count = USERS;
    snapshot->account = arena_calloc(arena, USERS, sizeof(snapshot->account[0]));
    for (unsigned i = 0; i < USERS; i++) {
        snapshot->account[i] =
            (struct account){.id = arena_printf(arena, ID, i), .status = ACCOUNT_ACTIVE};
        index[i] = i;
    }
}

/* A clock that jumps instead of sleeping. */
struct fake {
    struct instant now;
    int64_t longest_us;
};

static struct instant fake_now(void *self)
{
    const struct fake *fake = self;

    return fake->now;
}

static bool fake_sleep_until(void *self, struct instant until)
{
    struct fake *fake = self;

    if (until.us - fake->now.us > fake->longest_us)
        fake->longest_us = until.us - fake->now.us;
    if (until.us > fake->now.us)
        fake->now = until;
    return true;
}

static struct clock fake_clock(struct fake *fake)
{
    *fake = (struct fake){.now = {.us = INT64_C(1795334400) * SECOND_US}};
    return (struct clock){
        .self = fake, .now = fake_now, .steady = fake_now, .sleep_until = fake_sleep_until};
}

/* However slow the machine is: patience is used up by pauses alone. */
static void read_all(const struct config_portal *config, struct outcome *outcome)
{
    struct fake fake;
    struct clock clock = fake_clock(&fake);
    struct bynder_setup setup = {.config = config, .clock = &clock, .patience_us = 300000};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    size_t index[USERS];

    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    fill_snapshot(&outcome->arena, &outcome->snapshot, index);
    outcome->result = portal.logins(portal.self, &outcome->arena, NULL, index, USERS,
                                    &outcome->snapshot, &outcome->err);
    outcome->counted = bynder_requests(bynder);
    for (size_t i = 0; i < USERS; i++) {
        const struct account *account = &outcome->snapshot.account[i];

        if (account->login.kind != LOGIN_KNOWN)
            continue;
        assert_int_equal(account->login.source, LOGIN_FROM_SINGLE_READ);
        outcome->known++;
        outcome->odd_is_known |= i == ODD;
    }
}

static struct outcome read_by(const struct script *script)
{
    char directory[] = "/tmp/many.XXXXXX";
    struct server server = {.script = script, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct config_portal config = {.loopback = true, .connections = CONNECTIONS, .timeout = 10};
    struct outcome outcome = {.arena = ARENA_INIT};
    CLEANUP(text_release) struct text url = TEXT_INIT;

    assert_non_null(mkdtemp(directory));
    CLEANUP(mem_cleanup) char *token = file_join(directory, "token");
    assert_int_equal(file_write(token, 0600, "tok", 3, NULL), 0);
    scripted_start(&server.scripted, answer, &server);
    text_addf(&url, "http://127.0.0.1:%u", server.scripted.port);
    config.url = text_cstr(&url);
    config.token.file = token;
    read_all(&config, &outcome);
    scripted_stop(&server.scripted);
    outcome.asked = server.asked;
    (void)unlink(token);
    (void)rmdir(directory);
    return outcome;
}

#define TRANSFORMED "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"

/* One of many is answered so; `known` of them are read, in so many requests. */
TEST(one_of_many_that_is_answered_badly)
{
    static const struct {
        struct script script;
        int result;
        enum err_code code;
        size_t known;
        int asked;        /* -1: two more than users at least, for as long as there is patience */
        const char *says; /* why the snapshot is incomplete, or the error; NULL: it is complete */
    } rows[] = {
        {{"500 No", NULL, "{}", 2, false, 0}, 0, 0, USERS, USERS + 2, NULL},
        {{"200 OK", NULL, "{\"id\":", 2, false, 0}, 0, 0, USERS, USERS + 2, NULL},
        {{"200 OK", NULL, "{\"id\":\"0000001E", 2, false, 9}, 0, 0, USERS, USERS + 2, NULL},
        {{"500 No", NULL, "{}", FOR_EVER, false, 0},
         0,
         0,
         USERS - 1,
         -1,
         "account '0000001E-0000-0000-0000000000000000' could not be read"},
        {{"200 OK", TRANSFORMED, "\x1f\x8b\x08", FOR_EVER, false, 0},
         0,
         0,
         USERS - 1,
         USERS,
         "with a compressed body (gzip), which was not asked for"},
        {{"302 There", "Location: /login\r\n", "", FOR_EVER, false, 0},
         0,
         0,
         USERS - 1,
         USERS,
         "a redirect to '/login'"},
        {{"404 Gone", NULL, "{\"message\":\"User not found\"}", FOR_EVER, false, 0},
         0,
         0,
         USERS - 1,
         USERS,
         "1 accounts that were listed are not there any more"},
        {{"200 OK", NULL, "{\"id\":\"00000001-0000-0000-0000000000000000\",\"active\":true}",
          FOR_EVER, false, 0},
         0,
         0,
         USERS - 1,
         USERS,
         "the portal answered with another one"},
        {{"403 No", NULL, "{\"message\":\"Access denied\"}", FOR_EVER, false, 0},
         -1,
         ERR_SCOPE,
         0,
         0,
         "admin.user:read"},
        {{"404 No", NULL, "{\"message\":\"no Route matched with those values\"}", FOR_EVER, false,
          0},
         -1,
         ERR_UNREACHABLE,
         0,
         0,
         "there is no such path"},
        {{"401 No", "Content-Type: text/plain\r\n", "Invalid or expired token.", FOR_EVER, false,
          0},
         -1,
         ERR_SCOPE,
         0,
         0,
         "token refused"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(outcome_release) struct outcome outcome = read_by(&rows[i].script);
        const struct snapshot *snapshot = &outcome.snapshot;
        const char *said = outcome.result ? outcome.err.text : snapshot->incomplete_reason;
        bool right = outcome.result == rows[i].result &&
                     (rows[i].result == 0 || outcome.err.code == rows[i].code) &&
                     (rows[i].says ? said && strstr(said, rows[i].says) : snapshot->complete) &&
                     (outcome.odd_is_known == (rows[i].known == USERS));

        if (rows[i].result == 0)
            right &=
                outcome.known == rows[i].known &&
                (rows[i].asked < 0 ? outcome.asked >= USERS + 2 : outcome.asked == rows[i].asked);
        else /* what was under way may have come; nothing more was sent */
            right &= outcome.known < USERS - 1 && outcome.asked < USERS;
        if (!right)
            fail_msg("row %zu: result %d, %zu known, %d asked, %s", i, outcome.result,
                     outcome.known, outcome.asked, said ? said : "complete");
    }
}

/* A portal that is down is not asked for everybody. */
TEST(many_that_all_fail_are_given_up)
{
    static const struct script script = {"503 No", NULL, "{}", FOR_EVER, true, 0};
    CLEANUP(outcome_release) struct outcome outcome = read_by(&script);

    assert_int_equal(outcome.result, 0);
    assert_int_equal(outcome.known, 0);
    assert_false(outcome.snapshot.complete);
    assert_true(outcome.snapshot.logins_given_up);
    assert_non_null(strstr(outcome.snapshot.incomplete_reason, "given up after "));
    assert_true(outcome.asked < USERS);
    assert_int_equal(outcome.counted, outcome.asked);
}

/* --- in the middle --- */

TEST(many_with_a_401_in_the_middle_go_on_with_a_new_token)
{
    static const char *const options[] = {"--users", "60", "--fault",
                                          "error=401:nth=30:/api/v4/users/", NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct collected collected;

    sim_start(&sim, options);
    sim_collect(&sim, &collected);
    assert_int_equal(collected.failed_at, SIM_DONE);
    assert_true(collected.snapshot.complete);
    sim_assert_true(&sim, &collected, (struct sim_allowance){.missing = false});
    assert_true(sim_stat(&sim, "tokens_issued") == 2);
    assert_int_equal(collected.requests, sim_stat(&sim, "requests"));
    collected_release(&collected);
}

/* The times of all requests, in milliseconds, and the number of the first answered 429. */
struct times {
    int64_t ms[400];
    size_t count, refused;
};

static int64_t number_after(const char *line, const char *key)
{
    const char *at = strstr(line, key);

    assert_non_null(at);
    return strtoll(at + strlen(key), NULL, 10);
}

static struct times times_of(struct sim *sim)
{
    struct reply reply = probe_ask(&sim->probe, "GET", "/_sim/log", NULL, NULL, NULL);
    struct times times = {.refused = SIZE_MAX};

    for (char *line = reply.body.data, *next; line && *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        assert_true(times.count < COUNT_OF(times.ms));
        if (number_after(line, "\"status\":") == 429)
            times.refused = times.count;
        times.ms[times.count++] = number_after(line, "\"ms\":");
    }
    reply_release(&reply);
    return times;
}

/* Requests are logged as they come, and answered 100 ms later, so that some are under way. */
TEST(many_with_a_429_in_the_middle_are_silent_and_then_slower)
{
    enum { PACE = 40, LATENCY_MS = 100, SILENCE_MS = 1500, FURTHER_LIMIT = 1 + CONNECTIONS };
    static const char *const options[] = {
        "--users", "80", "--fault", "latency=100", "--fault", "error=429:nth=40:/api/v4/users/",
        NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct collected collected;

    sim_start(&sim, options);
    sim.config.page_size = 100;
    sim.config.requests_per_second = PACE;
    sim.config.silence_after_429 = SILENCE_MS / 1000.0;
    sim_collect(&sim, &collected);
    assert_int_equal(collected.failed_at, SIM_DONE);
    assert_true(collected.snapshot.complete);
    sim_assert_true(&sim, &collected, (struct sim_allowance){.missing = false});
    assert_int_equal(collected.blocks, 1);

    struct times times = times_of(&sim);
    size_t resumed = times.refused + 1;
    while (resumed < times.count && times.ms[resumed] - times.ms[resumed - 1] < SILENCE_MS / 2)
        resumed++;
    print_message("%zu requests, number %zu was refused, %zu were under way, %lld ms of silence\n",
                  times.count, times.refused, resumed - times.refused - 1,
                  (long long)(times.ms[resumed] - times.ms[resumed - 1]));
    assert_int_equal(collected.requests, times.count);
    /* Nothing is sent once it is known, and what had been sent comes and counts. */
    assert_true(resumed < times.count && resumed - times.refused <= FURTHER_LIMIT);
    assert_true(times.ms[resumed - 1] - times.ms[times.refused] <= 2 * LATENCY_MS);
    assert_true(times.ms[resumed] - times.ms[resumed - 1] >= SILENCE_MS - LATENCY_MS);
    assert_true(times.ms[resumed] - times.ms[times.refused] >= SILENCE_MS);
    /* At most the pace before, half of it after; a request may arrive a little late. */
    size_t last = times.count - 1;
    assert_true(times.ms[times.refused] - times.ms[0] >=
                (int64_t)(times.refused * 1000 / PACE) - 20);
    assert_true(times.ms[last] - times.ms[resumed] >=
                (int64_t)((last - resumed) * 2000 / PACE) - 20);
    collected_release(&collected);
}

/* As long as Bynder wants it. While some are under way their answers are awaited; then it sleeps.
 */
TEST(many_with_a_429_in_the_middle_wait_out_five_minutes)
{
    static const char *const options[] = {"--users", "60", "--fault",
                                          "error=429:nth=30:/api/v4/users/", NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct fake fake;
    struct clock clock = fake_clock(&fake);
    struct bynder_setup setup = {.config = &sim.config, .clock = &clock};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct snapshot snapshot = {.id = 0};

    sim_start(&sim, options);
    sim.config.silence_after_429 = 310;
    sim.config.page_size = 100;
    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    assert_int_equal(portal.list(portal.self, &arena, NULL, &snapshot, NULL), 0);
    size_t *index = arena_calloc(&arena, snapshot.count, sizeof(index[0]));
    for (size_t i = 0; i < snapshot.count; i++)
        index[i] = i;
    assert_int_equal(
        portal.logins(portal.self, &arena, NULL, index, snapshot.count, &snapshot, NULL), 0);
    assert_true(snapshot.complete);
    assert_int_equal(snapshot.logins_read, snapshot.count);
    assert_int_equal(bynder_429s(bynder), 1);
    assert_true(fake.longest_us >= 309 * SECOND_US && fake.longest_us <= 310 * SECOND_US);
}
