/*
 * One thread with a poll loop serves all connections; what the callers ask is under one mutex. A
 * link is one connection of the program and the one to the server that belongs to it. Both
 * directions are gathered into whole messages before they are passed on, so a cut is always exactly
 * at the border, or at half, of one.
 *
 * A link whose client was cut off lives on until the server has ended its side: PostgreSQL is told
 * the end of its input and works off what came before it; a portal's answer is awaited and thrown
 * away. Only then is it decided what was done.
 */
#include "cut_proxy.h"

#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"

#define SETTLE_MS 20000

enum { MESSAGE_LIMIT = 1 << 26, SHOWN = 60 };

/* What answers a frontend message of PostgreSQL's protocol: the first of these types. NULL: it has
 * no answer of its own. The answers of some are held back until the Sync behind them, so after such
 * a one and before its answer is the same as before the next message. */
static const struct {
    char type;
    const char *name, *answers;
} frontend[] = {
    {'\0', "Startup", "R"}, {'Q', "Query", "TCGE"},   {'P', "Parse", "1E"},
    {'B', "Bind", "2E"},    {'D', "Describe", "TnE"}, {'E', "Execute", "DCEGI"},
    {'S', "Sync", "Z"},     {'d', "CopyData", NULL},  {'c', "CopyDone", "CE"},
    {'f', "CopyFail", "E"}, {'X', "Terminate", NULL}, {'H', "Flush", NULL},
    {'C', "Close", "3E"},   {'p', "Password", "RE"},
};

struct message {
    char *what;
    bool has_answer, is_write;
    bool waits; /* for the next one */
};

struct link {
    int client, server; /* -1 once it ended */
    struct text from_client, from_server;
    bool started;         /* PostgreSQL: the startup message went by */
    bool mute;            /* the client was cut off; the server may finish */
    bool no_body;         /* HTTP: of the answer that is due */
    enum cut_place place; /* of the answer that is due */
    const char *answers;  /* PostgreSQL: the types to cut in */
    char *statement;      /* PostgreSQL: the one parsed last */
};

struct cut_proxy {
    enum cut_protocol protocol;
    int listener, wake[2];
    unsigned port;
    struct sockaddr_storage server;
    socklen_t server_length;
    char *socket_path; /* to be removed */
    pthread_t thread;
    pthread_mutex_t mutex;
    /* below: under the mutex */
    bool ends, gone, has_cut;
    void (*happens)(void *context); /* at a cut */
    void *context;
    size_t cut_at;
    enum cut_place place;
    struct message *message;
    size_t count, capacity;
    struct link **link;
    size_t link_count, link_capacity;
};

static const char *const place_name[CUT_PLACES] = {
    [CUT_NOWHERE] = "nowhere",
    [CUT_BEFORE] = "before it is sent",
    [CUT_AFTER] = "after it is sent and before the answer",
    [CUT_HEAD] = "in the middle of the answer's head",
    [CUT_ANSWER] = "in the middle of the answer",
    [CUT_SWALLOW] = "not done but answered 2xx",
};

const char *cut_place_name(enum cut_place place)
{
    return place_name[place];
}

/* --- bytes --- */

static void drop_front(struct text *text, size_t length)
{
    memmove(text->data, text->data + length, text->length - length);
    text->length -= length;
    text->data[text->length] = '\0';
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void send_all(int *fd, const char *bytes, size_t length)
{
    while (*fd >= 0 && length > 0) {
        ssize_t sent = send(*fd, bytes, length, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0) {
            close_end(fd);
            return;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
}

static void pass_on(int *fd, struct text *from, size_t length)
{
    send_all(fd, from->data, length);
    drop_front(from, length);
}

static uint32_t read_length(const char *bytes)
{
    uint32_t length;

    memcpy(&length, bytes, sizeof(length));
    return be32toh(length);
}

/* --- the cut --- */

static void cut(struct cut_proxy *proxy, struct link *link)
{
    proxy->has_cut = true;
    if (proxy->happens)
        proxy->happens(proxy->context);
    close_end(&link->client);
    link->mute = true;
    text_clear(&link->from_client);
    if (proxy->protocol == CUT_POSTGRES && link->server >= 0)
        (void)shutdown(link->server, SHUT_WR);
}

/* Numbers a message that the client sent. Its place of a cut, or CUT_NOWHERE. */
static enum cut_place number_message(struct cut_proxy *proxy, struct message message)
{
    proxy->message =
        mem_grow(proxy->message, proxy->count, &proxy->capacity, sizeof(proxy->message[0]));
    proxy->message[proxy->count++] = message;
    return proxy->count == proxy->cut_at && !proxy->has_cut ? proxy->place : CUT_NOWHERE;
}

/* --- PostgreSQL --- */

/* The length of the message in front, 0 when it is not all there. */
static size_t whole_message(const struct text *text, bool typed)
{
    size_t head = typed ? 1 : 0, length;

    if (text->length < head + 4)
        return 0;
    length = head + read_length(text->data + head);
    assert(length >= head + 4 && length < MESSAGE_LIMIT);
    return text->length >= length ? length : 0;
}

static size_t find_frontend(char type)
{
    size_t i = 0;

    while (i < COUNT_OF(frontend) && frontend[i].type != type)
        i++;
    assert(i < COUNT_OF(frontend));
    return i;
}

/* The beginning of a statement on one line. */
static char *show_statement(const char *sql)
{
    struct text shown = TEXT_INIT;

    while (text_starts(sql, "--"))
        sql += strcspn(sql, "\n") + (strchr(sql, '\n') != NULL);
    for (; *sql && shown.length < SHOWN; sql++) {
        bool blank = *sql == '\n' || *sql == ' ';

        if (!blank || (shown.length > 0 && shown.data[shown.length - 1] != ' '))
            text_add_char(&shown, blank ? ' ' : *sql);
    }
    return text_take(&shown);
}

static char *describe_message(struct link *link, size_t kind)
{
    const char *body = link->from_client.data + 5;
    struct text what = TEXT_INIT;

    if (frontend[kind].type == 'P' || frontend[kind].type == 'Q') {
        free(link->statement); /* a Parse has the name of the statement in front */
        link->statement =
            show_statement(frontend[kind].type == 'P' ? body + strlen(body) + 1 : body);
    }
    text_add(&what, frontend[kind].name);
    if (link->statement && frontend[kind].type != '\0' && frontend[kind].type != 'X')
        text_addf(&what, " of '%s'", link->statement);
    return text_take(&what);
}

static void take_message(struct cut_proxy *proxy, struct link *link, size_t length)
{
    size_t kind = find_frontend(link->started ? link->from_client.data[0] : '\0');
    struct message message = {.what = describe_message(link, kind),
                              .has_answer = frontend[kind].answers != NULL,
                              .waits = frontend[kind].type && strchr("PBDE", frontend[kind].type)};
    enum cut_place place = number_message(proxy, message);

    link->started = true;
    if (place != CUT_BEFORE)
        pass_on(&link->server, &link->from_client, length);
    if (place == CUT_ANSWER)
        link->answers = frontend[kind].answers;
    else if (place != CUT_NOWHERE)
        cut(proxy, link);
}

static void answer_messages(struct cut_proxy *proxy, struct link *link)
{
    size_t length;

    while (!link->mute && (length = whole_message(&link->from_server, true)) > 0) {
        if (link->answers && strchr(link->answers, link->from_server.data[0])) {
            pass_on(&link->client, &link->from_server, length / 2);
            cut(proxy, link);
            return;
        }
        pass_on(&link->client, &link->from_server, length);
    }
}

/* --- HTTP --- */

/* The length of the head with its empty line, 0 when it is not all there. */
static size_t head_length(const struct text *text)
{
    const char *end = text->length > 0 ? memmem(text->data, text->length, "\r\n\r\n", 4) : NULL;

    return end ? (size_t)(end - text->data) + 4 : 0;
}

/* A header's value as a number; -1 when it is missing. */
static int64_t header_number(const char *head, size_t length, const char *name)
{
    const char *line = head;

    while (line < head + length) {
        size_t line_length = strcspn(line, "\r\n");

        if (line_length > strlen(name) && strncasecmp(line, name, strlen(name)) == 0) {
            const char *value = line + strlen(name);
            size_t value_length = line_length - strlen(name);
            int64_t number = 0;

            text_trim(&value, &value_length);
            return parse_digits(value, value_length, MESSAGE_LIMIT, &number) ? number : -1;
        }
        line += line_length + 2;
    }
    return -1;
}

/* The length of the whole exchange's half in front, 0 when it is not all there. */
static size_t whole_exchange(const struct text *text, bool no_body)
{
    size_t head = head_length(text);
    int64_t body = head ? header_number(text->data, head, "Content-Length:") : -1;

    if (head == 0)
        return 0;
    assert(!memmem(text->data, head, "Transfer-Encoding", 17)); /* nobody here sends that */
    if (body < 0 || no_body)
        body = 0;
    return text->length >= head + (size_t)body ? head + (size_t)body : 0;
}

static void answer_in_its_place(struct cut_proxy *proxy, struct link *link, bool deletes)
{
    static const char deleted[] = "HTTP/1.1 204 No Content\r\n\r\n",
                      accepted[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

    send_all(&link->client, deletes ? deleted : accepted,
             deletes ? sizeof(deleted) - 1 : sizeof(accepted) - 1);
    cut(proxy, link);
    close_end(&link->server);
}

static void take_request(struct cut_proxy *proxy, struct link *link, size_t length)
{
    const char *line = link->from_client.data;
    bool deletes = text_starts(line, "DELETE "), gets = text_starts(line, "GET ");
    bool is_write = !gets && !strstr(line, "oauth2/token");
    char *what = mem_strndup(line, strcspn(line, "\r?"));
    enum cut_place place;

    if (text_starts(what + strlen(what) - (strlen(what) > 9 ? 9 : strlen(what)), " HTTP/1.1"))
        what[strlen(what) - 9] = '\0';
    place = number_message(
        proxy, (struct message){.what = what, .has_answer = true, .is_write = is_write});
    if (place == CUT_SWALLOW) {
        answer_in_its_place(proxy, link, deletes);
        return;
    }
    if (place == CUT_BEFORE) {
        cut(proxy, link);
        close_end(&link->server);
        return;
    }
    pass_on(&link->server, &link->from_client, length);
    link->place = place;
}

/* Only a whole answer is passed on or cut: that the portal has done its work is then certain. */
static void answer_request(struct cut_proxy *proxy, struct link *link)
{
    struct text *answer = &link->from_server;
    bool no_body = answer->length > 12 && strncmp(answer->data + 9, "204", 3) == 0;
    size_t length = whole_exchange(answer, no_body), head = head_length(answer);
    size_t body = length - head;

    if (length == 0)
        return;
    if (link->place == CUT_NOWHERE) {
        pass_on(&link->client, answer, length);
        return;
    }
    if (link->place == CUT_HEAD || (link->place == CUT_ANSWER && body == 0))
        pass_on(&link->client, answer, head / 2);
    else if (link->place == CUT_ANSWER)
        pass_on(&link->client, answer, head + body / 2);
    cut(proxy, link);
    close_end(&link->server);
}

/* --- the loop --- */

static void take_from_client(struct cut_proxy *proxy, struct link *link)
{
    size_t length;

    while (!link->mute) {
        length = proxy->protocol == CUT_POSTGRES ? whole_message(&link->from_client, link->started)
                                                 : whole_exchange(&link->from_client, false);
        if (length == 0)
            return;
        if (proxy->protocol == CUT_POSTGRES)
            take_message(proxy, link, length);
        else
            take_request(proxy, link, length);
    }
}

/* Reads what is there. False: that side has ended. */
static bool read_some(int fd, struct text *into)
{
    char piece[16384];
    ssize_t got = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);

    if (got > 0)
        text_add_bytes(into, piece, (size_t)got);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static void serve_client(struct cut_proxy *proxy, struct link *link)
{
    if (read_some(link->client, &link->from_client)) {
        take_from_client(proxy, link);
        return;
    }
    close_end(&link->client);
    if (link->server >= 0) /* it works off what it has, then it ends its side */
        (void)shutdown(link->server, SHUT_WR);
    link->mute = true;
}

static void serve_server(struct cut_proxy *proxy, struct link *link)
{
    bool goes_on = read_some(link->server, &link->from_server);

    if (link->mute)
        text_clear(&link->from_server);
    else if (proxy->protocol == CUT_POSTGRES)
        answer_messages(proxy, link);
    else
        answer_request(proxy, link);
    if (goes_on)
        return;
    if (!link->mute && link->from_server.length > 0)
        send_all(&link->client, link->from_server.data, link->from_server.length);
    close_end(&link->server);
    close_end(&link->client);
}

static void free_link(struct link *link)
{
    close_end(&link->client);
    close_end(&link->server);
    text_release(&link->from_client);
    text_release(&link->from_server);
    free(link->statement);
    free(link);
}

static void accept_client(struct cut_proxy *proxy)
{
    int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC), on = 1;
    struct link *link;

    if (client < 0)
        return;
    if (proxy->gone && proxy->has_cut) {
        close_end(&client);
        return;
    }
    link = mem_calloc(1, sizeof(*link));
    link->client = client;
    link->server = socket(proxy->server.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (proxy->protocol == CUT_HTTP) {
        (void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        (void)setsockopt(link->server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    if (connect(link->server, (const struct sockaddr *)&proxy->server, proxy->server_length) < 0) {
        free_link(link);
        return;
    }
    proxy->link =
        mem_grow(proxy->link, proxy->link_count, &proxy->link_capacity, sizeof(proxy->link[0]));
    proxy->link[proxy->link_count++] = link;
}

static void remove_ended(struct cut_proxy *proxy)
{
    size_t kept = 0;

    for (size_t i = 0; i < proxy->link_count; i++) {
        struct link *link = proxy->link[i];

        if (link->server < 0) /* it died while it was sent something */
            close_end(&link->client);
        if (link->client < 0 && link->server < 0)
            free_link(link);
        else
            proxy->link[kept++] = link;
    }
    proxy->link_count = kept;
}

static void serve(struct cut_proxy *proxy, const struct pollfd *socket, size_t links)
{
    for (size_t i = 0; i < links; i++) {
        struct link *link = proxy->link[i];

        if (socket[2 * i + 2].revents && link->client >= 0)
            serve_client(proxy, link);
        if (socket[2 * i + 3].revents && link->server >= 0)
            serve_server(proxy, link);
    }
    if (socket[1].revents)
        accept_client(proxy);
    remove_ended(proxy);
}

static void *loop(void *context)
{
    struct cut_proxy *proxy = context;
    struct pollfd *socket = NULL;
    bool ends = false;

    while (!ends) {
        (void)pthread_mutex_lock(&proxy->mutex);
        size_t links = proxy->link_count;
        socket = mem_realloc_array(socket, 2 * links + 2, sizeof(socket[0]));
        socket[0] = (struct pollfd){.fd = proxy->wake[0], .events = POLLIN};
        socket[1] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
        for (size_t i = 0; i < links; i++) {
            socket[2 * i + 2] = (struct pollfd){.fd = proxy->link[i]->client, .events = POLLIN};
            socket[2 * i + 3] = (struct pollfd){.fd = proxy->link[i]->server, .events = POLLIN};
        }
        (void)pthread_mutex_unlock(&proxy->mutex);
        int ready = poll(socket, 2 * links + 2, -1);
        (void)pthread_mutex_lock(&proxy->mutex);
        if (ready > 0)
            serve(proxy, socket, links);
        ends = proxy->ends;
        (void)pthread_mutex_unlock(&proxy->mutex);
    }
    free(socket);
    return NULL;
}

/* --- beginning and end --- */

_Noreturn static void die(const char *what)
{
    perror(what);
    abort();
}

static void bind_to(struct cut_proxy *proxy, const struct sockaddr *address, socklen_t length)
{
    if (proxy->listener < 0 || bind(proxy->listener, address, length) < 0)
        die("bind");
}

static void start(struct cut_proxy *proxy)
{
    if (pipe2(proxy->wake, O_CLOEXEC) < 0 || listen(proxy->listener, 64) < 0 ||
        pthread_mutex_init(&proxy->mutex, NULL) != 0 ||
        pthread_create(&proxy->thread, NULL, loop, proxy) != 0)
        die("start");
}

struct cut_proxy *cut_proxy_new_http(unsigned server_port)
{
    struct cut_proxy *proxy = mem_calloc(1, sizeof(*proxy));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);

    proxy->protocol = CUT_HTTP;
    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bind_to(proxy, (const struct sockaddr *)&address, sizeof(address));
    if (getsockname(proxy->listener, (struct sockaddr *)&address, &length) < 0)
        die("getsockname");
    proxy->port = ntohs(address.sin_port);
    address.sin_port = htons((uint16_t)server_port);
    memcpy(&proxy->server, &address, sizeof(address));
    proxy->server_length = sizeof(address);
    start(proxy);
    return proxy;
}

static struct sockaddr_un unix_address(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    assert(strlen(path) < sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

struct cut_proxy *cut_proxy_new_postgres(const char *server_socket, const char *directory)
{
    struct cut_proxy *proxy = mem_calloc(1, sizeof(*proxy));
    struct text path = TEXT_INIT;
    struct sockaddr_un address;

    text_addf(&path, "%s/.s.PGSQL.5432", directory);
    proxy->protocol = CUT_POSTGRES;
    proxy->socket_path = text_take(&path);
    (void)unlink(proxy->socket_path);
    address = unix_address(proxy->socket_path);
    proxy->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bind_to(proxy, (const struct sockaddr *)&address, sizeof(address));
    address = unix_address(server_socket);
    memcpy(&proxy->server, &address, sizeof(address));
    proxy->server_length = sizeof(address);
    start(proxy);
    return proxy;
}

static void forget(struct cut_proxy *proxy)
{
    for (size_t i = 0; i < proxy->count; i++)
        free(proxy->message[i].what);
    proxy->count = 0;
}

void cut_proxy_free(struct cut_proxy *proxy)
{
    if (!proxy)
        return;
    (void)pthread_mutex_lock(&proxy->mutex);
    proxy->ends = true;
    close_end(&proxy->wake[1]);
    (void)pthread_mutex_unlock(&proxy->mutex);
    (void)pthread_join(proxy->thread, NULL);
    for (size_t i = 0; i < proxy->link_count; i++)
        free_link(proxy->link[i]);
    forget(proxy);
    close_end(&proxy->wake[0]);
    close_end(&proxy->listener);
    if (proxy->socket_path)
        (void)unlink(proxy->socket_path);
    (void)pthread_mutex_destroy(&proxy->mutex);
    free(proxy->socket_path);
    free(proxy->message);
    free(proxy->link);
    free(proxy);
}

unsigned cut_proxy_port(const struct cut_proxy *proxy)
{
    return proxy->port;
}

void cut_proxy_at_cut(struct cut_proxy *proxy, void (*happens)(void *context), void *context)
{
    (void)pthread_mutex_lock(&proxy->mutex);
    proxy->happens = happens;
    proxy->context = context;
    (void)pthread_mutex_unlock(&proxy->mutex);
}

void cut_proxy_arm(struct cut_proxy *proxy, size_t number, enum cut_place place, bool gone)
{
    (void)pthread_mutex_lock(&proxy->mutex);
    assert(proxy->link_count == 0);
    forget(proxy);
    proxy->cut_at = number;
    proxy->place = place;
    proxy->gone = gone;
    proxy->has_cut = false;
    (void)pthread_mutex_unlock(&proxy->mutex);
}

bool cut_proxy_settle(struct cut_proxy *proxy)
{
    const struct timespec pause = {.tv_nsec = 1000000};

    for (int waited_ms = 0; waited_ms < SETTLE_MS; waited_ms++) {
        (void)pthread_mutex_lock(&proxy->mutex);
        size_t links = proxy->link_count;
        (void)pthread_mutex_unlock(&proxy->mutex);
        if (links == 0)
            return true;
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

size_t cut_proxy_count(const struct cut_proxy *proxy)
{
    return proxy->count;
}

bool cut_proxy_has_cut(const struct cut_proxy *proxy)
{
    return proxy->has_cut;
}

const char *cut_proxy_what(const struct cut_proxy *proxy, size_t number)
{
    return number >= 1 && number <= proxy->count ? proxy->message[number - 1].what : "";
}

bool cut_proxy_has_place(const struct cut_proxy *proxy, size_t number, enum cut_place place)
{
    const struct message *message = &proxy->message[number - 1];
    bool is_http = proxy->protocol == CUT_HTTP;

    switch (place) {
    case CUT_NOWHERE:
        return false;
    case CUT_BEFORE:
        return true;
    case CUT_AFTER:
        return !message->waits;
    case CUT_HEAD:
        return is_http;
    case CUT_ANSWER:
        return message->has_answer;
    case CUT_SWALLOW:
        return is_http && message->is_write;
    case CUT_PLACES:
        break;
    }
    return false;
}
