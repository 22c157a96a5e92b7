/*
 * http_private: what http.c, http_many.c and http_socket.c share, an exchange on one easy handle.
 * Nobody else includes this.
 */
#ifndef NET_HTTP_PRIVATE_H
#define NET_HTTP_PRIVATE_H

#include <curl/curl.h>

#include "net/http.h"

struct sockets {
    struct socket {
        int fd, local_port; /* 0 until it was looked for */
    } * socket;
    size_t count, capacity;
};

struct http {
    struct http_settings settings;
    struct sockets sockets;
    CURL *easy;   /* for one request after the other */
    CURLM *multi; /* for many at a time; made when first needed */
    size_t requests;
    int64_t waited_us;
    enum http_trouble trouble; /* of the last failure */
    const char *why_silent;    /* for whoever is told of a wait */
};

struct exchange {
    struct http *http;
    CURL *easy;
    struct curl_slist *headers;
    struct http_answer answer;
    size_t header_bytes;
    bool too_big;                  /* its body */
    unsigned sent;                 /* how often it went out */
    bool surplus;                  /* the connection held an answer before the question */
    bool late;                     /* it was too late when it could have gone out */
    const struct time_mark *since; /* of the request */
    int64_t since_us;
    const struct http_sink *sink; /* of the request, as long as it goes on */
    uint64_t handed_on;           /* bytes */
    struct err refusal;           /* of the sink */
    char *url;                    /* of the request */
    char *what;                   /* "GET 'https://host/path'", without the query */
    char reason[CURL_ERROR_SIZE]; /* written by libcurl */
    size_t index;                 /* of many */
    bool active;
};

/* Sets every option of the easy handle for this request; nothing of an earlier one stays. */
int exchange_prepare(struct exchange *exchange, const struct http_request *request, struct err *err)
    __attribute__((warn_unused_result));
/* After the transfer: the answer is complete and 0, or the failure is told and -1. */
int exchange_finish(struct exchange *exchange, CURLcode code, struct err *err)
    __attribute__((warn_unused_result));
/* After a transfer whose connection spoke before it was asked: the request, which did not go out,
 * is to be performed again, and then has a connection of its own. */
bool exchange_moves(struct exchange *exchange);
/* One request more, for the pace too. */
void exchange_count(struct exchange *exchange);
void exchange_release(struct exchange *exchange); /* all but the easy handle */

/* Who signed the certificate that the server of this request shows, by a connection of its own on
 * which nothing is sent; malloc'ed, NULL when that cannot be told. */
char *http_issuer(struct http *http, const char *url);
/* What a connection is made with: proxy, TLS, time limits; of an easy handle just reset. */
void http_set_route(CURL *easy, const struct http_settings *settings);
void http_set_bounds(CURL *easy, const struct http_settings *settings);

/* Has libcurl open and close the sockets of this handle here. They must outlive its connections. */
void sockets_watch(struct sockets *sockets, CURL *easy);
/* Whether the connection from this port has something to say already. */
bool sockets_hold_surplus(struct sockets *sockets, int local_port);
void sockets_release(struct sockets *sockets);

struct instant http_steady(const struct http *http);
int http_interrupted(struct err *err);

#endif
