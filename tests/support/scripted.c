/*
 * Every connection has a thread, which reads a request and hands it to the test's function. All
 * threads are joined at the end.
 */
#include "scripted.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "test.h"

bool scripted_send(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

static bool is_whole(const struct text *request)
{
    const char *end = strstr(text_cstr(request), "\r\n\r\n");
    const char *length = strstr(text_cstr(request), "Content-Length: ");

    if (request->length > 0 && request->data[0] == 0x16) /* TLS */
        return true;
    return end && (!length || strlen(end + 4) >= strtoul(length + 16, NULL, 10));
}

bool scripted_receive(int fd, struct text *request)
{
    char bytes[4096];
    ssize_t got;

    while (!is_whole(request) && (got = recv(fd, bytes, sizeof(bytes), 0)) > 0)
        text_add_bytes(request, bytes, (size_t)got);
    return request->length > 0;
}

static void *serve(void *context)
{
    struct scripted_connection *connection = context;
    struct scripted *server = connection->server;
    CLEANUP(text_release) struct text request = TEXT_INIT;

    while (scripted_receive(connection->fd, &request) &&
           server->answer(server->context, connection->fd, text_cstr(&request)))
        text_clear(&request);
    (void)shutdown(connection->fd, SHUT_RDWR);
    return NULL;
}

static void *accept_all(void *context)
{
    struct scripted *server = context;
    int fd;

    while ((fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        struct scripted_connection *connection = &server->connection[server->connections];

        if (server->connections >= SCRIPTED_CONNECTIONS) {
            (void)close(fd);
            continue;
        }
        *connection = (struct scripted_connection){.server = server, .fd = fd};
        if (pthread_create(&connection->thread, NULL, serve, connection)) {
            (void)close(fd);
            continue;
        }
        server->connections++;
    }
    return NULL;
}

int scripted_listen(unsigned *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

void scripted_start(struct scripted *server, scripted_answer *answer, void *context)
{
    *server = (struct scripted){.answer = answer, .context = context};
    server->listener = scripted_listen(&server->port);
    assert_int_equal(pthread_create(&server->acceptor, NULL, accept_all, server), 0);
}

void scripted_stop(struct scripted *server)
{
    (void)shutdown(server->listener, SHUT_RDWR);
    (void)pthread_join(server->acceptor, NULL);
    (void)close(server->listener);
    for (unsigned i = 0; i < server->connections; i++) {
        (void)shutdown(server->connection[i].fd, SHUT_RDWR);
        (void)pthread_join(server->connection[i].thread, NULL);
        (void)close(server->connection[i].fd);
    }
}

static void *serve_each(void *context)
{
    const struct scripted_queue *queue = context;
    int fd;

    while ((fd = accept4(queue->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        queue->serve(queue->context, fd);
        (void)close(fd);
    }
    return NULL;
}

void scripted_queue_start(struct scripted_queue *queue, scripted_serve *function, void *context)
{
    *queue = (struct scripted_queue){.serve = function, .context = context};
    queue->listener = scripted_listen(&queue->port);
    assert_int_equal(pthread_create(&queue->thread, NULL, serve_each, queue), 0);
}

void scripted_queue_stop(struct scripted_queue *queue)
{
    (void)shutdown(queue->listener, SHUT_RDWR);
    (void)pthread_join(queue->thread, NULL);
    (void)close(queue->listener);
}
