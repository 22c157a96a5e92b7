/*
 * Several reads at a time, under the same pace as one after the other: a request is added when a
 * slot is free and the pace allows it, and while it does not, what is under way goes on. A pause in
 * which nothing is under way is slept on the clock, so a signal ends it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/http_private.h"

enum {
    POLL_MS = 1000,
    SHORT_US = 1500, /* libcurl waits for whole milliseconds, and a little more */
    TINY_US = 100,   /* no sleep is as short */
};

struct many {
    struct http *http;
    struct exchange *slot;
    size_t slots, active;
    size_t next, count;
    bool no_more;
    http_make *make;
    http_each *each;
    void *context;
};

static void many_release(struct many *many)
{
    for (size_t i = 0; i < many->slots; i++) {
        struct exchange *exchange = &many->slot[i];

        if (exchange->active)
            (void)curl_multi_remove_handle(many->http->multi, exchange->easy);
        exchange_release(exchange);
        curl_easy_cleanup(exchange->easy);
    }
    free(many->slot);
}

static bool is_over(const struct many *many)
{
    return many->no_more || many->next >= many->count;
}

static struct exchange *idle_slot(struct many *many)
{
    for (size_t i = 0; i < many->slots; i++) {
        if (!many->slot[i].active)
            return &many->slot[i];
    }
    return NULL;
}

static int start(struct many *many, struct exchange *exchange, struct err *err)
{
    struct http *http = many->http;
    struct http_request request = {.method = HTTP_GET};

    if (many->make(many->context, many->next, &request, err) < 0)
        return -1;
    if (exchange_prepare(exchange, &request, err) < 0)
        return -1;
    if (curl_multi_add_handle(http->multi, exchange->easy) != CURLM_OK)
        return err_set(err, ERR_INTERNAL, "libcurl takes no further request");
    exchange->index = many->next++;
    exchange->active = true;
    many->active++;
    exchange_count(exchange);
    return 0;
}

/* How long the pace keeps the next request back, in microseconds. */
static int64_t held_back_us(const struct many *many)
{
    const struct pace *pace = many->http->settings.pace;
    struct instant now = http_steady(many->http);

    return pace ? pace_next(pace, now).us - now.us : 0;
}

/* What is left of a wait that libcurl would overshoot: late by a millisecond each, requests at ten
 * a second would lose a hundredth of their pace. */
static int wait_briefly(const struct many *many, int64_t left_us, struct err *err)
{
    const struct clock *clock = many->http->settings.clock;
    struct instant until = instant_add_us(http_steady(many->http), left_us);

    return clock->sleep_until(clock->self, until) ? 0 : http_interrupted(err);
}

/* Starts what may start now. */
static int fill(struct many *many, struct err *err)
{
    struct exchange *exchange;

    while (!is_over(many) && (exchange = idle_slot(many))) {
        if (http_ask_permit(many->http, err) < 0)
            return -1;
        int64_t left_us = many->active > 0 ? held_back_us(many) : 0;
        bool soon = left_us > TINY_US && left_us <= SHORT_US;
        if (left_us > 0 && !soon) /* what is under way goes on meanwhile */
            return 0;
        if (soon) {
            if (wait_briefly(many, left_us, err) < 0)
                return -1;
            continue;
        }
        if (http_wait(many->http, err) < 0 || start(many, exchange, err) < 0)
            return -1;
    }
    return 0;
}

static int end(struct many *many, struct exchange *exchange, CURLcode code, struct err *err)
{
    CLEANUP(err_release) struct err failure = ERR_INIT;
    int wish;

    if (exchange_moves(exchange)) {
        (void)curl_multi_remove_handle(many->http->multi, exchange->easy);
        if (curl_multi_add_handle(many->http->multi, exchange->easy) == CURLM_OK)
            return 0;
        return err_set(err, ERR_INTERNAL, "libcurl takes no further request");
    }
    bool whole = exchange_finish(exchange, code, &failure) == 0;
    (void)curl_multi_remove_handle(many->http->multi, exchange->easy);
    exchange->active = false;
    many->active--;
    wish =
        many->each(many->context, exchange->index, whole ? &exchange->answer : NULL, &failure, err);
    exchange_release(exchange);
    if (wish == HTTP_NO_MORE)
        many->no_more = true;
    many->count += wish == HTTP_ONE_MORE;
    return wish < 0 ? -1 : 0;
}

/* Hands out what has ended. */
static int collect(struct many *many, struct err *err)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(many->http->multi, &left))) {
        char *private = NULL;
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        if (end(many, (struct exchange *)(void *)private, code, err) < 0)
            return -1;
    }
    return 0;
}

static int poll_ms(const struct many *many)
{
    int64_t ms = POLL_MS;

    if (!is_over(many) && many->active < many->slots)
        ms = (held_back_us(many) - SHORT_US) / 1000 + 1;
    return ms < POLL_MS ? (int)ms : POLL_MS;
}

static int step(struct many *many, struct err *err)
{
    int running;

    if (clock_is_interrupted())
        return http_interrupted(err);
    if (fill(many, err) < 0)
        return -1;
    if (curl_multi_perform(many->http->multi, &running) != CURLM_OK)
        return err_set(err, ERR_INTERNAL, "libcurl cannot go on");
    if ((size_t)running < many->active)
        return collect(many, err);
    if (running > 0)
        (void)curl_multi_poll(many->http->multi, NULL, 0, poll_ms(many), NULL);
    return 0;
}

int http_exchange_many(struct http *http, size_t connections, size_t count, http_make *make,
                       http_each *each, void *context, struct err *err)
{
    CLEANUP(many_release)
    struct many many = {.http = http, .count = count, .make = make, .each = each};

    many.context = context;
    if (!http->multi)
        http->multi = curl_multi_init();
    if (!http->multi)
        return err_set(err, ERR_INTERNAL, "libcurl cannot start");
    many.slots = connections > 0 ? connections : 1;
    if (many.slots > count)
        many.slots = count;
    many.slot = mem_calloc(many.slots, sizeof(many.slot[0]));
    for (size_t i = 0; i < many.slots; i++) {
        many.slot[i].http = http;
        many.slot[i].easy = curl_easy_init();
        if (!many.slot[i].easy)
            return err_set(err, ERR_INTERNAL, "libcurl cannot start");
    }
    while (!is_over(&many) || many.active > 0) {
        if (step(&many, err) < 0)
            return -1;
    }
    return 0;
}
