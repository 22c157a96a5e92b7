/* Time passes only by being waited for, so patience and silences end at once. */
#include "portal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "net/pace.h"

enum { BODY_LIMIT = 1 << 20 };

static struct {
    const char *at, *end; /* of the answers; NULL = there is none left */
    int64_t now_us;
    size_t wrote;
    struct bynder *bynder;
    enum http_trouble trouble; /* of the last request without an answer */
    enum http_fate fate;       /* likewise, of a write */
    bool stopped;
} world;

/* Words in place of a status: no answer came, and why. */
static const struct {
    const char *word;
    enum http_trouble trouble;
    enum http_fate fate;
    bool stop; /* and meanwhile somebody says stop */
} no_answers[] = {
    {"lost", HTTP_PASSING, HTTP_PERHAPS, false},   {"stop", HTTP_PASSING, HTTP_PERHAPS, true},
    {"odd", HTTP_ODD_ANSWER, HTTP_PERHAPS, false}, {"unsent", HTTP_PASSING, HTTP_UNSENT, false},
    {"late", HTTP_PASSING, HTTP_LATE, false},
};

static struct instant tell_time(void *self)
{
    (void)self;
    return (struct instant){.us = world.now_us};
}

static bool pass_time(void *self, struct instant until)
{
    (void)self;
    if (until.us > world.now_us)
        world.now_us = until.us;
    return true;
}

static const struct clock passing = {
    .now = tell_time, .steady = tell_time, .sleep_until = pass_time};

static const char *find_separator(const char *at, const char *end)
{
    const char *found = at < end ? memmem(at, (size_t)(end - at), "\n--\n", 4) : NULL;

    return found ? found : end;
}

static void take_status(const char *line, struct http_answer *answer)
{
    int64_t status = 0;
    size_t digits = strspn(line, "0123456789"), blanks = strspn(line + digits, " ");

    if (parse_digits(line, digits, 999, &status))
        answer->status = (long)status;
    if (line[digits + blanks]) {
        answer->content_type = mem_strdup(line + digits + blanks);
        for (char *c = answer->content_type; *c; c++)
            *c = (char)tolower((unsigned char)*c);
    }
}

/* Header lines as libcurl hands them over: no NUL, no line break in them. */
static void take_headers(struct bytes *bytes, struct arena *arena, struct http_answer *answer)
{
    for (const char *line; *(line = bytes_line(bytes, arena));) {
        text_add(&answer->headers, line);
        text_add(&answer->headers, "\r\n");
    }
    answer->date = http_header(answer, "Date");
    answer->last_modified = http_header(answer, "Last-Modified");
    CLEANUP(mem_cleanup) char *after = http_header(answer, "Retry-After");
    int64_t seconds = 0;
    if (after && parse_int(after, 0, 1000000, &seconds))
        answer->retry_after_us = seconds * SECOND_US;
}

static bool is_none(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(no_answers); i++) {
        if (!text_equal(no_answers[i].word, word))
            continue;
        world.trouble = no_answers[i].trouble;
        world.fate = no_answers[i].fate;
        world.stopped = world.stopped || no_answers[i].stop;
        return true;
    }
    return false;
}

/* What net/http tells the pace. */
static void tell_pace(const struct http_answer *answer)
{
    if (answer->status == 429)
        pace_blocked(bynder_pace(world.bynder), (struct instant){.us = world.now_us},
                     answer->retry_after_us);
}

/* false: nothing is left, or nothing came. */
static bool next_answer(struct http_answer *ret_answer)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct http_answer answer = {.framed = true, .body = TEXT_INIT, .headers = TEXT_INIT};

    world.trouble = HTTP_NO_WAY;
    world.fate = HTTP_PERHAPS;
    if (!world.at || world.at >= world.end)
        return false;
    const char *end = find_separator(world.at, world.end);
    struct bytes bytes = {.at = world.at, .left = (size_t)(end - world.at)};
    world.at = end < world.end ? end + 4 : NULL;
    const char *first = bytes_line(&bytes, &arena);
    if (is_none(first))
        return false;
    take_status(first, &answer);
    take_headers(&bytes, &arena, &answer);
    if (bytes.left > 0)
        text_add_bytes(&answer.body, bytes.at, bytes.left);
    tell_pace(&answer);
    *ret_answer = answer;
    return true;
}

static int come_to_nothing(struct err *err)
{
    return err_set(err, ERR_UNREACHABLE, "nothing comes through");
}

/* --- in the place of net/http --- */

int __wrap_http_exchange(struct http *http, const struct http_request *request,
                         struct http_answer *ret_answer, struct err *err);
int __wrap_http_exchange(struct http *http, const struct http_request *request,
                         struct http_answer *ret_answer, struct err *err)
{
    (void)http;
    FUZZ_CHECK(text_is_ascii(request->url) && !strpbrk(request->url, " \t\r\n\"<>\\^`{|}"));
    return next_answer(ret_answer) ? 0 : come_to_nothing(err);
}

enum http_trouble __wrap_http_trouble(const struct http *http);
enum http_trouble __wrap_http_trouble(const struct http *http)
{
    (void)http;
    return world.trouble;
}

int __wrap_http_reserve(struct http *http, int64_t requests, struct err *err);
int __wrap_http_reserve(struct http *http, int64_t requests, struct err *err)
{
    (void)http;
    (void)requests;
    (void)err;
    return 0;
}

int __wrap_http_exchange_many(struct http *http, size_t connections, size_t count, http_make *make,
                              http_each *each, void *context, struct err *err);
int __wrap_http_exchange_many(struct http *http, size_t connections, size_t count, http_make *make,
                              http_each *each, void *context, struct err *err)
{
    (void)connections;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(http_answer_release) struct http_answer answer = {.status = 0};
        CLEANUP(err_release) struct err failure = ERR_INIT;
        struct http_request request = {.method = HTTP_GET};

        if (make(context, i, &request, err) < 0)
            return -1;
        bool came = __wrap_http_exchange(http, &request, &answer, &failure) == 0;
        int result = each(context, i, came ? &answer : NULL, came ? NULL : &failure, err);
        if (result == HTTP_NO_MORE)
            return 0;
        if (result < 0)
            return -1;
    }
    return 0;
}

int __wrap_http_write(struct http *http, const struct http_request *request,
                      struct http_outcome *ret_outcome, struct err *err);
int __wrap_http_write(struct http *http, const struct http_request *request,
                      struct http_outcome *ret_outcome, struct err *err)
{
    struct http_outcome outcome = {.fate = HTTP_ANSWERED};

    (void)err;
    world.wrote++;
    if (__wrap_http_exchange(http, request, &outcome.answer, &outcome.failure) < 0)
        outcome.fate = world.fate;
    *ret_outcome = outcome;
    return 0;
}

/* --- the client --- */

static void wait_for(void *context, double seconds, const char *why)
{
    (void)context;
    FUZZ_CHECK(seconds >= 0 && *why && text_is_utf8(why, strlen(why)));
}

static bool is_stopped(void *context)
{
    (void)context;
    return world.stopped;
}

static void report(void *context, const char *what, size_t done, size_t total)
{
    (void)context;
    (void)total;
    (void)done;
    FUZZ_CHECK(*what);
}

const struct progress portal_progress = {.report = report};

struct bynder *portal_client(const uint8_t *data, size_t size, bool permanent)
{
    static char *token, *secret;
    static struct config_portal config = {.name = "acme",
                                          .url = "http://127.0.0.1:9",
                                          .host = "127.0.0.1:9",
                                          .loopback = true,
                                          .requests_per_second = 10,
                                          .requests_per_window = 4500,
                                          .silence_after_429 = 300,
                                          .patience = 60,
                                          .page_size = 3,
                                          .connections = 1,
                                          .login_events = true,
                                          .include_inactive = "true",
                                          .timeout = 1};
    struct bynder_setup setup = {.config = &config,
                                 .clock = &passing,
                                 .patience_us = SECOND_US,
                                 .waiting = wait_for,
                                 .is_stopped = is_stopped};

    if (!token) {
        token = mem_strdup(fuzz_file("token", "tok", 3));
        secret = mem_strdup(fuzz_file("secret", "sec", 3));
    }
    if (permanent && size > 0 && *data == '\n') {
        permanent = false;
        data++;
        size--;
    }
    config.client_id = permanent ? NULL : "client";
    config.token.file = permanent ? token : NULL;
    config.client_secret.file = permanent ? NULL : secret;
    memset(&world, 0, sizeof(world));
    world.at = (const char *)data;
    world.end = world.at + size;
    world.now_us = INT64_C(1795330800000000);
    FUZZ_CHECK(bynder_new(&setup, &world.bynder, NULL) == 0);
    return world.bynder;
}

size_t portal_wrote(void)
{
    return world.wrote;
}
