/*
 * Polling threads, a fixed few; nobody ever sleeps in one: what has to wait is suspended and
 * resumed by the timer of delays.c. An answer is made once, when the request is complete, and goes
 * out after its delay; so what a request does is done when it arrives, however late its answer is.
 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"

#include "answer.h"
#include "delays.h"
#include "render.h"

#define CONNECTIONS_MAX 8192
#define STREAM_BLOCK    65536
#define HOLD_STEP_US    INT64_C(5000)   /* how soon it shows that nothing is held any more */
#define SLOW_STEP_US    INT64_C(200000) /* a slow body moves five times a second */

struct server {
    struct MHD_Daemon *daemon;
    struct portal *portal;
    struct delays *delays;
};

/* One request and its answer. */
struct exchange {
    struct server *server;
    struct request request;
    struct answer answer;
    bool started, answered;
};

/* A body that is read in pieces: byte 0 of `body`, `filler` blanks, the rest of `body`. */
struct stream {
    struct server *server;
    struct MHD_Connection *connection;
    struct text body;
    uint64_t filler, total, stop_at;
    ssize_t stop_with; /* what the reader says at stop_at */
    size_t slow_step;  /* bytes per SLOW_STEP_US, 0: as fast as it goes */
    bool slow_waited;
};

/* --- reading the request --- */

/* What came by way of a proxy names the host as well (RFC 9112, 3.2.2). */
static const char *without_host(const char *uri)
{
    const char *host = text_starts(uri, "http://") ? uri + strlen("http://") : NULL;
    const char *path = host ? strchr(host, '/') : uri;

    return path ? path : "/";
}

static void *begin_exchange(void *context, const char *target, struct MHD_Connection *connection)
{
    struct exchange *exchange = mem_calloc(1, sizeof(*exchange));
    const char *uri = without_host(target), *mark = strchr(uri, '?');
    (void)connection;
    exchange->server = context;
    exchange->request.path = mem_strndup(uri, mark ? (size_t)(mark - uri) : strlen(uri));
    exchange->request.query = mem_strdup(mark ? mark + 1 : "");
    answer_init(&exchange->answer);
    return exchange;
}

static void end_exchange(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode reason)
{
    struct exchange *exchange = *state;
    (void)context;
    (void)connection;
    (void)reason;
    if (!exchange)
        return;
    free(exchange->request.path);
    free(exchange->request.query);
    text_release(&exchange->request.body);
    answer_release(&exchange->answer);
    free(exchange);
    *state = NULL;
}

static unsigned client_port(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct sockaddr_in address;
    if (!info || info->client_addr->sa_family != AF_INET)
        return 0;
    memcpy(&address, info->client_addr, sizeof(address));
    return ntohs(address.sin_port);
}

static void read_head(struct exchange *exchange, struct MHD_Connection *connection,
                      const char *method)
{
    struct request *request = &exchange->request;
    request->method = method;
    request->authorization =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
    request->content_type =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    request->port = client_port(connection);
}

/* Keeps one byte more than the portal accepts, so that it sees what is too much. */
static void read_body(struct exchange *exchange, const char *bytes, size_t length)
{
    struct text *body = &exchange->request.body;
    size_t room = MESSAGE_BODY_MAX + 1 - body->length;
    text_add_bytes(body, bytes, length < room ? length : room);
}

/* --- sending the answer --- */

static void stream_free(void *context)
{
    struct stream *stream = context;
    text_release(&stream->body);
    free(stream);
}

static void copy_out(const struct stream *stream, uint64_t position, char *out, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint64_t at = position + i;
        if (at >= 1 && at < 1 + stream->filler) {
            uint64_t left = 1 + stream->filler - at;
            size_t run = left < length - i ? (size_t)left : length - i;
            memset(out + i, ' ', run);
            i += run;
        } else {
            uint64_t from = at == 0 ? 0 : at - stream->filler;
            size_t run = at == 0 && stream->filler > 0 ? 1 : length - i;
            memcpy(out + i, stream->body.data + from, run);
            i += run;
        }
    }
}

static ssize_t stream_read(void *context, uint64_t position, char *out, size_t room)
{
    struct stream *stream = context;
    if (position >= stream->stop_at)
        return stream->stop_with;
    uint64_t left = stream->stop_at - position;
    size_t length = left < room ? (size_t)left : room;
    if (stream->slow_step > 0) {
        stream->slow_waited = !stream->slow_waited;
        if (stream->slow_waited &&
            delays_suspend(stream->server->delays, stream->connection, SLOW_STEP_US))
            return 0;
        length = length < stream->slow_step ? length : stream->slow_step;
    }
    copy_out(stream, position, out, length);
    return (ssize_t)length;
}

static struct MHD_Response *response_from_stream(struct exchange *exchange,
                                                 struct MHD_Connection *connection)
{
    struct answer *answer = &exchange->answer;
    struct stream *stream = mem_calloc(1, sizeof(*stream));
    bool cut = answer->delivery == DELIVER_CUT_LENGTH || answer->delivery == DELIVER_CUT_CHUNKED ||
               answer->delivery == DELIVER_CUT_CLOSE;
    stream->server = exchange->server;
    stream->connection = connection;
    stream->body = answer->body;
    answer->body = TEXT_INIT;
    stream->filler = answer->filler;
    stream->total = stream->body.length + stream->filler;
    stream->stop_at = cut ? stream->total / 2 : stream->total;
    stream->stop_with = cut && answer->delivery != DELIVER_CUT_CLOSE
                            ? MHD_CONTENT_READER_END_WITH_ERROR
                            : MHD_CONTENT_READER_END_OF_STREAM;
    if (answer->delivery == DELIVER_SLOW) {
        size_t step = answer->slow_bytes * (size_t)SLOW_STEP_US / 1000000;
        stream->slow_step = step > 0 ? step : 1;
    }
    bool sized = answer->delivery == DELIVER_CUT_LENGTH || answer->delivery == DELIVER_SLOW;
    struct MHD_Response *response = MHD_create_response_from_callback(
        sized ? stream->total : MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read, stream, stream_free);
    if (response && answer->delivery == DELIVER_CUT_CLOSE) {
        (void)MHD_set_response_options(response, MHD_RF_HTTP_1_0_SERVER, MHD_RO_END);
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    return response;
}

static struct MHD_Response *response_from_file(const struct answer *answer)
{
    struct stat status;
    int file = dup(answer->file);
    if (file < 0 || fstat(file, &status) < 0)
        return NULL;
    return MHD_create_response_from_fd_at_offset64((uint64_t)status.st_size - answer->file_offset,
                                                   file, answer->file_offset);
}

static struct MHD_Response *make_response(struct exchange *exchange,
                                          struct MHD_Connection *connection)
{
    struct answer *answer = &exchange->answer;
    if (answer->file >= 0)
        return response_from_file(answer);
    if (answer->delivery != DELIVER_WHOLE || answer->filler > 0)
        return response_from_stream(exchange, connection);
    size_t length = answer->body.length;
    return MHD_create_response_from_buffer(length, text_take(&answer->body), MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result send_answer(struct exchange *exchange, struct MHD_Connection *connection)
{
    const struct answer *answer = &exchange->answer;
    struct MHD_Response *response = make_response(exchange, connection);
    if (!response)
        return MHD_NO;
    if (answer->content_type)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type);
    for (size_t i = 0; i < answer->header_count; i++)
        (void)MHD_add_response_header(response, answer->header[i].name, answer->header[i].value);
    if (answer->date_us) {
        CLEANUP(text_release) struct text date = TEXT_INIT;
        render_http_date(&date, answer->date_us);
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_DATE, text_cstr(&date));
    }
    enum MHD_Result result = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Closing a socket that lingers for no time sends RST instead of FIN. */
static enum MHD_Result reset_connection(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (info)
        (void)setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    return MHD_NO;
}

static enum MHD_Result deliver(struct exchange *exchange, struct MHD_Connection *connection)
{
    if (exchange->answer.delivery == DELIVER_RESET)
        return reset_connection(connection);
    if (exchange->answer.delivery == DELIVER_HANG)
        return delays_suspend(exchange->server->delays, connection, 0) ? MHD_YES : MHD_NO;
    return send_answer(exchange, connection);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    struct exchange *exchange = *state;
    (void)context;
    (void)url;
    (void)version;
    if (!exchange->started) {
        exchange->started = true;
        read_head(exchange, connection, method);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        read_body(exchange, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (!exchange->answered) {
        exchange->answered = true;
        portal_answer(exchange->server->portal, &exchange->request, &exchange->answer);
        int64_t delay_us = exchange->answer.delay_ms * 1000;
        if (delay_us > 0 && delays_suspend(exchange->server->delays, connection, delay_us))
            return MHD_YES;
    }
    if (exchange->answer.held && portal_holds(exchange->server->portal) &&
        delays_suspend(exchange->server->delays, connection, HOLD_STEP_US))
        return MHD_YES; /* and is asked again */
    return deliver(exchange, connection);
}

/* --- life --- */

static struct MHD_Daemon *start(struct server *server, const struct server_settings *settings,
                                const struct sockaddr_in *address)
{
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     (settings->certificate ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (settings->certificate) {
        tls[0].ptr_value = mem_strdup(settings->certificate);
        tls[1].ptr_value = mem_strdup(settings->key);
    } else {
        tls[0].option = MHD_OPTION_END;
    }
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, (uint16_t)settings->port, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR, address,
        MHD_OPTION_THREAD_POOL_SIZE, settings->threads, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server,
        MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (settings->certificate) {
        free(tls[0].ptr_value);
        free(tls[1].ptr_value);
    }
    return daemon;
}

struct server *server_new(const struct server_settings *settings, struct portal *portal,
                          struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)settings->port)};
    if (inet_pton(AF_INET, settings->bind, &address.sin_addr) != 1) {
        (void)err_set(err, ERR_USAGE, "address '%s' is no numeric IPv4 address", settings->bind);
        return NULL;
    }
    struct server *server = mem_calloc(1, sizeof(*server));
    server->portal = portal;
    server->delays = delays_new();
    errno = 0;
    server->daemon = start(server, settings, &address);
    if (server->daemon)
        return server;
    if (settings->certificate && errno == 0)
        (void)err_set(err, ERR_USAGE,
                      "TLS does not start; hint: certificate and key must be PEM "
                      "and belong together");
    else
        (void)err_set_errno(err, ERR_UNREACHABLE, errno, "cannot listen on '%s' port %u",
                            settings->bind, settings->port);
    server_free(server);
    return NULL;
}

unsigned server_port(const struct server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    delays_stop(server->delays);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    delays_free(server->delays);
    free(server);
}
