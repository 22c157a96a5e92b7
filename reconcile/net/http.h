/*
 * http: one request and its answer over libcurl, bounded in time and size, never redirected.
 *
 * The answer is what the server said, whole: a body cut in the middle, an oversized one or a
 * deadline is an error, not a short answer. Reads reuse connections; a write gets a fresh one that
 * is not reused and HTTP/1.1, because libcurl sends a request again when a reused connection dies
 * early, and no signal breaks it off. http_begin must run first, and before it
 * environment_reduce: the environment's proxies and key log are not obeyed.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "host/clock.h"
#include "host/secret.h"
#include "net/pace.h"

struct http; /* a portal's connections */

struct http_settings {
    const char *ca_file; /* NULL = system */
    const char *proxy;   /* NULL = none */
    int64_t connect_timeout_s;
    int64_t timeout_s; /* the whole exchange */
    size_t body_limit;
    struct pace *pace; /* asked before every request, told of every 429; NULL = none */
    /* Called when a shared pace wants a permit: gets one (pace_permit) or says until when none can
     * be had (pace_hold). -1 ends the exchange before anything is sent. */
    int (*permit)(void *context, struct err *err);
    void *permit_context;
    const struct clock *clock; /* NULL = the machine's */
    /* Told before a wait of a second or more: how many seconds, why. NULL = nobody. */
    void (*waiting)(void *context, double seconds, const char *why);
    void *waiting_context;
};

enum http_method { HTTP_GET = 0, HTTP_POST, HTTP_DELETE };

struct http_request {
    enum http_method method;
    const char *url;
    const char
        *form; /* x-www-form-urlencoded body, POST only; must live until the answer is there */
    const struct secret *bearer; /* NULL = no Authorization */
    const char *basic_user;      /* with basic_password: HTTP Basic */
    const struct secret *basic_password;
    const char *accept;
    bool write; /* fresh connection, not reused, not broken off; http_write sets it */
    /* Not sent when, with the connection ready, more than so long has gone by since. NULL = at any
     * time. */
    const struct time_mark *since;
    int64_t since_us;
    const struct http_sink *sink; /* where the body of a 200 goes; NULL = into the answer */
};

/* A body too large to be held: handed on piece by piece. What was handed on is known to be whole
 * only when the exchange has succeeded and its answer is framed. */
struct http_sink {
    void *context;
    /* -1 with the reason ends the exchange. */
    int (*take)(void *context, const char *bytes, size_t length, struct err *err);
    uint64_t limit; /* bytes, in place of body_limit */
    int64_t timeout_s;
};

struct http_answer {
    long status;
    char *content_type; /* lower case, without parameters; NULL when there is none */
    struct text body;
    bool framed; /* the server said where the body ends, so it is known to be whole; else the
                  * connection was closed, and only its content can tell */
    struct text headers; /* raw header lines of the final answer */
    char *date;
    char *last_modified;
    int64_t retry_after_us; /* of a 429 or 503 that says how long to wait; 0 = it does not */
};

/* What the last failure of an exchange says of the next one. */
enum http_trouble {
    HTTP_PASSING = 0, /* it may pass by itself: no connection, no whole answer, no name */
    HTTP_ODD_ANSWER,  /* this answer is too large, and will be again */
    HTTP_NO_WAY,      /* nothing will come through before somebody mends something */
};

/* Starts libcurl. Once, in main, before any thread. */
int http_begin(struct err *err) __attribute__((warn_unused_result));

struct http *http_new(const struct http_settings *settings);
void http_free(struct http *http);
CLEANUP_POINTER(struct http, http_freep, http_free)

/* 0 whenever a whole answer came, whatever its status. ERR_UNREACHABLE otherwise, text with method,
 * url without query secrets, and what libcurl said. Waits for the pace before sending. */
int http_exchange(struct http *http, const struct http_request *request,
                  struct http_answer *ret_answer, struct err *err)
    __attribute__((warn_unused_result));

/* After a failure: of which kind it was. */
enum http_trouble http_trouble(const struct http *http);
/* How long this client has waited for its pace and for silences, in all. */
int64_t http_waited_us(const struct http *http);

/* Asks for a permit where the pace wants one; 0 also when none can be had yet. */
int http_ask_permit(struct http *http, struct err *err) __attribute__((warn_unused_result));

/* Returns when the pace lets a request go. -1: a signal came. */
int http_wait(struct http *http, struct err *err) __attribute__((warn_unused_result));

/* The same for so many requests that are to go one right after the other: none of the next ones
 * waits for the pace, unless a 429 comes between. */
int http_reserve(struct http *http, int64_t requests, struct err *err)
    __attribute__((warn_unused_result));

/* What became of a write. */
enum http_fate {
    HTTP_PERHAPS = 0, /* no whole answer: it may have been carried out */
    HTTP_UNSENT,      /* there was no connection to send any of it on */
    HTTP_ANSWERED,    /* a whole answer came, whatever its status */
    HTTP_LATE,        /* not sent: too long after request.since */
};

struct http_outcome {
    enum http_fate fate;
    struct http_answer answer; /* unless HTTP_ANSWERED, at most its status */
    struct err failure;        /* set unless HTTP_ANSWERED */
};

/* A write, sent once. -1: nothing was sent, because a signal came while the pace was awaited, or
 * the request cannot be made. Once it is under way only the time limit ends it. */
int http_write(struct http *http, const struct http_request *request,
               struct http_outcome *ret_outcome, struct err *err)
    __attribute__((warn_unused_result));
void http_outcome_release(struct http_outcome *outcome);

/* What `each` may answer. */
enum { HTTP_STOP = -1, HTTP_GO_ON = 0, HTTP_NO_MORE = 1, HTTP_ONE_MORE = 2 };

/* Many reads, up to `connections` at a time (curl_multi); `each` is called as they end, in any
 * order, with the request's index. A transport failure of one comes as answer NULL and its error.
 * HTTP_STOP breaks off what is under way and makes it fail; HTTP_NO_MORE sends nothing more, lets
 * what is under way end, and is no failure. HTTP_ONE_MORE: there is a request more than there was,
 * behind all others. `make` is called just before its request is sent. */
typedef int http_each(void *context, size_t index, struct http_answer *answer, struct err *failure,
                      struct err *err);
typedef int http_make(void *context, size_t index, struct http_request *ret_request,
                      struct err *err);
int http_exchange_many(struct http *http, size_t connections, size_t count, http_make *make,
                       http_each *each, void *context, struct err *err)
    __attribute__((warn_unused_result));

/* The value of a header, trimmed, malloc'ed; NULL when missing. */
char *http_header(const struct http_answer *answer, const char *name);
/* A time as HTTP headers write it. false: none, or not readable. */
bool http_date(const char *date, struct instant *ret_instant);
void http_answer_release(struct http_answer *answer);
size_t http_request_count(const struct http *http);

#endif
