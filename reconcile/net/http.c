/*
 * An exchange is prepared, performed and judged: whatever keeps the whole answer from arriving is
 * an error, so a caller never sees half a body. Bodies are counted as they come, because libcurl's
 * own limit stops neither chunked nor endless ones. A connection that speaks before it is asked is
 * not used (http_socket.c). Nothing is taken from the environment.
 */
#include "net/http_private.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/parse.h"
#include "host/curl_must.h"

enum { LOW_SPEED_BYTES = 100 }; /* a second, over half of the time allowed, is no connection */

#define RETRY_AFTER_MOST_S                                                                         \
    (INT64_C(100) * 366 * 86400) /* beyond it one number is as good as another */

int http_begin(struct err *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_INTERNAL, "libcurl cannot start");
    return 0;
}

struct http *http_new(const struct http_settings *settings)
{
    struct http *http = mem_calloc(1, sizeof(*http));

    http->settings = *settings;
    if (!http->settings.clock)
        http->settings.clock = clock_system();
    http->easy = curl_easy_init();
    if (!http->easy)
        mem_exhausted();
    return http;
}

void http_free(struct http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->easy);
    if (http->multi)
        (void)curl_multi_cleanup(http->multi);
    sockets_release(&http->sockets);
    free(http);
}

size_t http_request_count(const struct http *http)
{
    return http->requests;
}

enum http_trouble http_trouble(const struct http *http)
{
    return http->trouble;
}

int64_t http_waited_us(const struct http *http)
{
    return http->waited_us;
}

struct instant http_steady(const struct http *http)
{
    return http->settings.clock->steady(http->settings.clock->self);
}

int http_interrupted(struct err *err)
{
    return err_set(err, ERR_INTERRUPTED, "stopped by a signal while talking to the portal");
}

int http_ask_permit(struct http *http, struct err *err)
{
    const struct http_settings *settings = &http->settings;

    if (!settings->pace || !pace_wants_permit(settings->pace, http_steady(http)))
        return 0;
    assert(settings->permit);
    return settings->permit(settings->permit_context, err);
}

/* Of others behind our address we only hear of their 429s. */
static const char *why_silent(const struct http *http)
{
    return http->why_silent ? http->why_silent : "the portal said 'too many requests' (429)";
}

int http_wait(struct http *http, struct err *err)
{
    const struct http_settings *settings = &http->settings;

    while (settings->pace) {
        if (http_ask_permit(http, err) < 0)
            return -1;
        struct instant now = http_steady(http);
        struct instant next = pace_next(settings->pace, now);
        double seconds = (double)(next.us - now.us) / (double)SECOND_US;

        if (next.us <= now.us && !pace_wants_permit(settings->pace, now))
            break;
        if (settings->waiting && seconds >= 1)
            settings->waiting(settings->waiting_context, seconds,
                              pace_is_silent(settings->pace, now) ? why_silent(http)
                                                                  : "the pace of requests");
        bool slept = settings->clock->sleep_until(settings->clock->self, next);
        http->waited_us += http_steady(http).us - now.us;
        if (!slept)
            return http_interrupted(err);
    }
    return clock_is_interrupted() ? http_interrupted(err) : 0;
}

int http_reserve(struct http *http, int64_t requests, struct err *err)
{
    struct pace *pace = http->settings.pace;

    if (pace)
        pace_together(pace, requests);
    int failed = http_wait(http, err);
    if (pace)
        pace_reserve(pace, failed ? 0 : requests);
    return failed;
}

/* Of a redirect, an error or whatever else is no 200 the body is small, and for whoever judges it.
 */
static bool goes_to_sink(const struct exchange *exchange)
{
    long status = 0;

    return exchange->sink &&
           curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
           status == 200;
}

static size_t hand_on(struct exchange *exchange, const char *bytes, size_t length)
{
    const struct http_sink *sink = exchange->sink;

    if (length > sink->limit - exchange->handed_on) {
        exchange->too_big = true;
        return 0;
    }
    exchange->handed_on += length;
    return sink->take(sink->context, bytes, length, &exchange->refusal) < 0 ? 0 : length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;

    if (goes_to_sink(exchange))
        return hand_on(exchange, bytes, size * count);
    if (size * count > exchange->http->settings.body_limit - exchange->answer.body.length) {
        exchange->too_big = true;
        return 0;
    }
    text_add_bytes(&exchange->answer.body, bytes, size * count);
    return size * count;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    struct text *headers = &exchange->answer.headers;

    exchange->header_bytes += size * count;
    if (exchange->header_bytes > LIMIT_HTTP_HEADERS)
        return 0;
    if (size * count >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        text_clear(headers); /* an interim answer came before, or a proxy's */
    text_add_bytes(headers, bytes, size * count);
    return size * count;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return clock_is_interrupted() ? 1 : 0;
}

/* A signal does not break off a write: whether it happened would not be known. */
static int on_write_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return clock_is_overdue() ? 1 : 0;
}

void exchange_count(struct exchange *exchange)
{
    struct http *http = exchange->http;

    http->requests++;
    if (http->settings.pace)
        pace_sent(http->settings.pace, http_steady(http));
}

/* Called each time the request is about to go out: once, and again when libcurl repeats a read
 * because a kept connection had died, which the portal counts as well. */
static int before_request(void *context, char *peer, char *local, int peer_port, int local_port)
{
    struct exchange *exchange = context;
    long fresh = 0;

    (void)peer, (void)local, (void)peer_port;
    exchange->late = exchange->since && clock_since_us(exchange->http->settings.clock,
                                                       exchange->since) > exchange->since_us;
    if (exchange->late)
        return CURL_PREREQFUNC_ABORT;
    if (exchange->sent++ > 0)
        exchange_count(exchange);
    /* A fresh connection may speak first: TLS does. A kept one that does so was closed (TLS says
     * that too), or holds an answer to nothing. */
    exchange->surplus =
        curl_easy_getinfo(exchange->easy, CURLINFO_NUM_CONNECTS, &fresh) == CURLE_OK &&
        fresh == 0 && sockets_hold_surplus(&exchange->http->sockets, local_port);
    return exchange->surplus ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static const char *method_name(enum http_method method)
{
    switch (method) {
    case HTTP_GET:
        return "GET";
    case HTTP_POST:
        return "POST";
    case HTTP_DELETE:
        return "DELETE";
    }
    return "GET";
}

void http_set_bounds(CURL *easy, const struct http_settings *settings)
{
    long slow = (long)settings->timeout_s / 2;

    curl_set(easy, CURLOPT_NOSIGNAL, 1L);
    curl_set(easy, CURLOPT_CONNECTTIMEOUT, (long)settings->connect_timeout_s);
    curl_set(easy, CURLOPT_TIMEOUT, (long)settings->timeout_s);
    curl_set(easy, CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES);
    curl_set(easy, CURLOPT_LOW_SPEED_TIME, slow); /* 0: none, the time allowed is short enough */
    curl_set(easy, CURLOPT_NOPROGRESS, 0L);
    curl_set(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
}

void http_set_route(CURL *easy, const struct http_settings *settings)
{
    curl_set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_set(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_set(easy, CURLOPT_PROXY, settings->proxy ? settings->proxy : "");
    curl_set(easy, CURLOPT_NOPROXY, "");
    curl_set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_set(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (settings->ca_file) /* the system's directory of authorities stays in force beside it */
        curl_set(easy, CURLOPT_CAINFO, settings->ca_file);
}

static void set_method(CURL *easy, const struct http_request *request)
{
    switch (request->method) {
    case HTTP_GET:
        curl_set(easy, CURLOPT_HTTPGET, 1L);
        break;
    case HTTP_POST:
        curl_set(easy, CURLOPT_POST, 1L);
        curl_set(easy, CURLOPT_POSTFIELDS, request->form ? request->form : "");
        break;
    case HTTP_DELETE:
        curl_set(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
        break;
    }
    if (request->write) {
        curl_set(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_set(easy, CURLOPT_FORBID_REUSE, 1L);
        curl_set(easy, CURLOPT_XFERINFOFUNCTION, on_write_progress);
    }
    if (request->bearer) {
        curl_set(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_set(easy, CURLOPT_XOAUTH2_BEARER, secret_reveal(request->bearer));
    } else if (request->basic_user) {
        curl_set(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_set(easy, CURLOPT_USERNAME, request->basic_user);
        curl_set(easy, CURLOPT_PASSWORD, secret_reveal(request->basic_password));
    }
}

static void add_header(struct exchange *exchange, const char *name, const char *value)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    struct curl_slist *longer;

    text_addf(&line, "%s:%s%s", name, *value ? " " : "", value);
    longer = curl_slist_append(exchange->headers, text_cstr(&line));
    if (!longer)
        mem_exhausted();
    exchange->headers = longer;
}

int exchange_prepare(struct exchange *exchange, const struct http_request *request, struct err *err)
{
    CURL *easy = exchange->easy;
    CLEANUP(text_release) struct text what = TEXT_INIT;
    CURLcode code;

    exchange_release(exchange);
    text_addf(&what, "%s '%.*s'", method_name(request->method), (int)strcspn(request->url, "?"),
              request->url);
    exchange->what = text_take(&what);
    exchange->url = mem_strdup(request->url);
    curl_easy_reset(easy);
    http_set_bounds(easy, &exchange->http->settings);
    http_set_route(easy, &exchange->http->settings);
    set_method(easy, request);
    add_header(exchange, "Accept", request->accept ? request->accept : "application/json");
    add_header(exchange, "Expect", "");
    curl_set(easy, CURLOPT_HTTPHEADER, exchange->headers);
    curl_set(easy, CURLOPT_USERAGENT, "bynder-reconcile/" PROGRAM_VERSION);
    curl_set(easy, CURLOPT_ERRORBUFFER, exchange->reason);
    curl_set(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_set(easy, CURLOPT_WRITEDATA, exchange);
    curl_set(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_set(easy, CURLOPT_HEADERDATA, exchange);
    curl_set(easy, CURLOPT_PREREQFUNCTION, before_request);
    curl_set(easy, CURLOPT_PREREQDATA, exchange);
    sockets_watch(&exchange->http->sockets, easy);
    curl_set(easy, CURLOPT_PRIVATE, exchange);
    exchange->since = request->since;
    exchange->since_us = request->since_us;
    exchange->sink = request->sink;
    if (request->sink)
        curl_set(easy, CURLOPT_TIMEOUT, (long)request->sink->timeout_s);
    code = curl_must(curl_easy_setopt(easy, CURLOPT_URL, request->url));
    if (code != CURLE_OK)
        return err_set(err, ERR_INTERNAL, "%s cannot be sent: %s", exchange->what,
                       curl_easy_strerror(code));
    return 0;
}

/* What to do about it, and what it says of the next try, for the failures where that is known. */
static const struct failure {
    CURLcode code;
    enum http_trouble trouble;
    const char *hint;
} failures[] = {
    {CURLE_PEER_FAILED_VERIFICATION, HTTP_NO_WAY,
     "the certificate does not prove that this is the portal, so nothing was sent; if it is signed "
     "by your own authority, name that in portal.ca_file"},
    {CURLE_SSL_CACERT_BADFILE, HTTP_NO_WAY, "portal.ca_file must hold PEM certificates"},
    {CURLE_UNSUPPORTED_PROTOCOL, HTTP_NO_WAY, "portal.url must begin with https://"},
    {CURLE_SSL_CONNECT_ERROR, HTTP_PASSING, "is there really TLS (https) on that port?"},
    {CURLE_COULDNT_RESOLVE_HOST, HTTP_PASSING,
     "is the host in portal.url right, does DNS work here?"},
    {CURLE_COULDNT_RESOLVE_PROXY, HTTP_PASSING, "is portal.proxy right, does DNS work here?"},
    {CURLE_COULDNT_CONNECT, HTTP_PASSING,
     "is the host in portal.url right, may this machine reach it, or does it need portal.proxy?"},
};

static const struct failure *find_failure(CURLcode code)
{
    static const struct failure other = {.trouble = HTTP_PASSING};

    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        if (failures[i].code == code)
            return &failures[i];
    }
    return &other;
}

/* What the proxy answered when it was asked for the way to the portal; 0 = it was not, or let us
 * through. */
static long refusal_of_proxy(const struct exchange *exchange)
{
    long code = 0;

    if (curl_easy_getinfo(exchange->easy, CURLINFO_HTTP_CONNECTCODE, &code) != CURLE_OK)
        return 0;
    return code >= 300 ? code : 0;
}

static int refuse_proxy(const struct exchange *exchange, long status, struct err *err)
{
    exchange->http->trouble = status >= 500 ? HTTP_PASSING : HTTP_NO_WAY;
    if (status == 407)
        return err_set(err, ERR_UNREACHABLE,
                       "%s failed: the proxy wants a login (407), and nothing reached the portal; "
                       "hint: let the proxy know this machine by its address",
                       exchange->what);
    return err_set(err, ERR_UNREACHABLE,
                   "%s failed: the proxy answers %ld when it is asked for the way to the portal; "
                   "hint: is portal.proxy right, and does it let this machine through?",
                   exchange->what, status);
}

static int refuse_certificate(const struct exchange *exchange, const char *reason,
                              const struct failure *failure, struct err *err)
{
    CLEANUP(mem_cleanup) char *issuer = http_issuer(exchange->http, exchange->url);

    return err_set(err, ERR_UNREACHABLE, "%s failed: %s%s%s%s; hint: %s", exchange->what, reason,
                   issuer ? "; the certificate is signed by '" : "", issuer ? issuer : "",
                   issuer ? "': is that a proxy that looks into TLS?" : "", failure->hint);
}

static int refuse_size(const struct exchange *exchange, struct err *err)
{
    exchange->http->trouble = HTTP_ODD_ANSWER;
    if (exchange->header_bytes > LIMIT_HTTP_HEADERS)
        return err_set(err, ERR_UNREACHABLE,
                       "%s: the header lines of the answer are longer than %d bytes; hint: is "
                       "portal.url right?",
                       exchange->what, LIMIT_HTTP_HEADERS);
    if (exchange->handed_on > 0)
        return err_set(err, ERR_UNREACHABLE, "%s: the answer is larger than %llu bytes",
                       exchange->what, (unsigned long long)exchange->sink->limit);
    return err_set(err, ERR_UNREACHABLE,
                   "%s: the answer is larger than %zu bytes; hint: is portal.url right? a "
                   "smaller portal.page_size makes smaller answers",
                   exchange->what, exchange->http->settings.body_limit);
}

static int refuse_exchange(const struct exchange *exchange, CURLcode code, struct err *err)
{
    CLEANUP(text_release) struct text reason = TEXT_INIT;
    const struct failure *failure = find_failure(code);
    long proxy = refusal_of_proxy(exchange);

    if (code == CURLE_ABORTED_BY_CALLBACK)
        return http_interrupted(err);
    if (exchange->header_bytes > LIMIT_HTTP_HEADERS || exchange->too_big)
        return refuse_size(exchange, err);
    if (exchange->refusal.code != ERR_NONE) {
        exchange->http->trouble = HTTP_ODD_ANSWER;
        return err_set(err, exchange->refusal.code, "%s: %s", exchange->what,
                       exchange->refusal.text);
    }
    if (proxy)
        return refuse_proxy(exchange, proxy, err);
    exchange->http->trouble = failure->trouble;
    text_add_printable(&reason, exchange->reason[0] ? exchange->reason : curl_easy_strerror(code));
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        return refuse_certificate(exchange, text_cstr(&reason), failure, err);
    if (code == CURLE_PARTIAL_FILE)
        text_add(&reason, "; the answer was cut off, so none of it is used");
    return err_set(err, ERR_UNREACHABLE, "%s failed: %s%s%s", exchange->what, text_cstr(&reason),
                   failure->hint ? "; hint: " : "", failure->hint ? failure->hint : "");
}

/* Seconds or a date (RFC 9110, 10.2.3), which is of the portal's clock. 0: none, or not readable.
 */
static int64_t retry_after_us(const struct exchange *exchange)
{
    const struct clock *clock = exchange->http->settings.clock;
    CLEANUP(mem_cleanup) char *value = http_header(&exchange->answer, "Retry-After");
    CLEANUP(mem_cleanup) char *date = http_header(&exchange->answer, "Date");
    struct instant until, from = clock->now(clock->self);
    int64_t seconds = 0;

    if (text_is_empty(value))
        return 0;
    if (value[strspn(value, "0123456789")] == '\0')
        return parse_int(value, 0, RETRY_AFTER_MOST_S, &seconds) ? seconds * SECOND_US
                                                                 : RETRY_AFTER_MOST_S * SECOND_US;
    if (!http_date(value, &until))
        return 0;
    (void)http_date(date, &from);
    return until.us > from.us ? until.us - from.us : 0;
}

/* The pace hears of it before anybody else. An absurd wait is not begun: who judges the answer ends
 * the run. */
static void tell_pace(struct exchange *exchange)
{
    struct http_answer *answer = &exchange->answer;
    struct http *http = exchange->http;
    struct pace *pace = http->settings.pace;
    int64_t most_us = LIMIT_RETRY_AFTER_S * SECOND_US, asked_us;

    if (answer->status != 429 && answer->status != 503)
        return;
    answer->retry_after_us = retry_after_us(exchange);
    asked_us = answer->retry_after_us <= most_us ? answer->retry_after_us : 0;
    if (pace && answer->status == 429) {
        pace_blocked(pace, http_steady(http), asked_us);
        http->why_silent = NULL;
    } else if (pace && asked_us > 0) {
        pace_quiet(pace, http_steady(http), asked_us);
        http->why_silent = "the portal asked for it (503, Retry-After)";
    }
}

static void set_content_type(struct http_answer *answer)
{
    char *type = http_header(answer, "Content-Type");

    if (!type)
        return;
    type[strcspn(type, "; \t")] = '\0';
    for (char *c = type; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    answer->content_type = type;
}

/* libcurl counts the bytes of the request that it handed over, also of one that failed. */
static bool nothing_was_sent(CURL *easy)
{
    long sent = 1;

    return curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK && sent == 0;
}

int exchange_finish(struct exchange *exchange, CURLcode code, struct err *err)
{
    struct http_answer *answer = &exchange->answer;
    CLEANUP(mem_cleanup) char *coding = NULL;
    curl_off_t length = -1;

    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &answer->status);
    if (nothing_was_sent(exchange->easy))
        (void)curl_must(code); /* behind that it may be the answer that is too large for libcurl */
    tell_pace(exchange);
    if (code != CURLE_OK)
        return refuse_exchange(exchange, code, err);
    if (answer->status < 200)
        return refuse_exchange(exchange, CURLE_GOT_NOTHING, err);
    curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    coding = http_header(answer, "Transfer-Encoding");
    answer->framed = length >= 0 || coding || answer->status == 204 || answer->status == 304;
    answer->date = http_header(answer, "Date");
    answer->last_modified = http_header(answer, "Last-Modified");
    set_content_type(answer);
    return 0;
}

void exchange_release(struct exchange *exchange)
{
    http_answer_release(&exchange->answer);
    curl_slist_free_all(exchange->headers);
    exchange->headers = NULL;
    free(exchange->what);
    exchange->what = NULL;
    free(exchange->url);
    exchange->url = NULL;
    exchange->header_bytes = 0;
    exchange->sink = NULL;
    exchange->handed_on = 0;
    err_release(&exchange->refusal);
    exchange->too_big = false;
    exchange->surplus = false;
    exchange->late = false;
    exchange->since = NULL;
    exchange->sent = 0;
    exchange->reason[0] = '\0';
}

bool exchange_moves(struct exchange *exchange)
{
    if (!exchange->surplus)
        return false;
    exchange->surplus = false;
    exchange->sent = 0; /* it is counted already, and never went out */
    exchange->reason[0] = '\0';
    curl_set(exchange->easy, CURLOPT_FRESH_CONNECT, 1L);
    return true;
}

static CURLcode perform(struct exchange *exchange)
{
    CURLcode code;

    exchange_count(exchange);
    do {
        code = curl_easy_perform(exchange->easy);
    } while (exchange_moves(exchange));
    return code;
}

static struct http_answer take_answer(struct exchange *exchange)
{
    struct http_answer answer = exchange->answer;

    exchange->answer = (struct http_answer){.status = 0};
    return answer;
}

int http_exchange(struct http *http, const struct http_request *request,
                  struct http_answer *ret_answer, struct err *err)
{
    CLEANUP(exchange_release) struct exchange exchange = {.http = http, .easy = http->easy};

    if (http_wait(http, err) < 0 || exchange_prepare(&exchange, request, err) < 0 ||
        exchange_finish(&exchange, perform(&exchange), err) < 0)
        return -1;
    *ret_answer = take_answer(&exchange);
    return 0;
}

/* Failures before there is a connection: code and count must say so. */
static bool is_unsent(CURL *easy, CURLcode code)
{
    static const CURLcode before[] = {
        CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY,    CURLE_COULDNT_CONNECT,
        CURLE_SSL_CONNECT_ERROR,    CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
    };
    curl_off_t connected_us = 0;

    if (!nothing_was_sent(easy))
        return false;
    for (size_t i = 0; i < COUNT_OF(before); i++) {
        if (before[i] == code)
            return true;
    }
    return code == CURLE_OPERATION_TIMEDOUT &&
           curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected_us) == CURLE_OK &&
           connected_us == 0;
}

int http_write(struct http *http, const struct http_request *request,
               struct http_outcome *ret_outcome, struct err *err)
{
    CLEANUP(exchange_release) struct exchange exchange = {.http = http, .easy = http->easy};
    struct http_outcome outcome = {.fate = HTTP_PERHAPS, .failure = ERR_INIT};
    struct http_request once = *request;
    CURLcode code;

    once.write = true;
    if (http_wait(http, err) < 0 || exchange_prepare(&exchange, &once, err) < 0)
        return -1;
    code = perform(&exchange);
    if (exchange_finish(&exchange, code, &outcome.failure) == 0) {
        outcome.fate = HTTP_ANSWERED;
        outcome.answer = take_answer(&exchange);
    } else {
        outcome.fate = exchange.late                    ? HTTP_LATE
                       : is_unsent(exchange.easy, code) ? HTTP_UNSENT
                                                        : HTTP_PERHAPS;
        outcome.answer.status = exchange.answer.status >= 200 ? exchange.answer.status : 0;
    }
    *ret_outcome = outcome;
    return 0;
}

void http_outcome_release(struct http_outcome *outcome)
{
    http_answer_release(&outcome->answer);
    err_release(&outcome->failure);
}

char *http_header(const struct http_answer *answer, const char *name)
{
    const char *line = text_cstr(&answer->headers);
    size_t name_length = strlen(name);

    while (*line) {
        size_t length = strcspn(line, "\r\n");

        if (length > name_length && line[name_length] == ':' &&
            strncasecmp(line, name, name_length) == 0) {
            const char *value = line + name_length + 1;
            size_t value_length = length - name_length - 1;

            text_trim(&value, &value_length);
            return mem_strndup(value, value_length);
        }
        line += length;
        line += strspn(line, "\r\n");
    }
    return NULL;
}

bool http_date(const char *date, struct instant *ret_instant)
{
    time_t seconds = date ? curl_getdate(date, NULL) : -1;
    struct instant instant = instant_of_seconds(seconds);

    if (seconds <= 0 || !instant_is_set(instant))
        return false;
    *ret_instant = instant;
    return true;
}

void http_answer_release(struct http_answer *answer)
{
    free(answer->content_type);
    free(answer->date);
    free(answer->last_modified);
    text_release(&answer->body);
    text_release(&answer->headers);
    *answer = (struct http_answer){.status = 0};
}
