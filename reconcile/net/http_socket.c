/*
 * A kept connection may hold bytes before anything is asked on it: an answer that nobody asked for,
 * sent late or twice. libcurl takes such a connection for alive, and those bytes for the answer to
 * the next request; from then on every read would get the answer of the one before it. So the
 * sockets are known here, and just before a request goes out on one that has served before, it must
 * have nothing to say. Else the request takes a connection of its own: nothing is lost, and that
 * also serves one that the other end has closed, which over TLS is something it says.
 *
 * Invariant: `socket` holds what libcurl has open for this client, and nothing else. Two that have
 * the same local port, to different hosts, are looked at together.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/curl_must.h"
#include "net/http_private.h"

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sockets *sockets = context;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

    (void)purpose;
    if (fd < 0)
        return CURL_SOCKET_BAD;
    sockets->socket =
        mem_grow(sockets->socket, sockets->count, &sockets->capacity, sizeof(sockets->socket[0]));
    sockets->socket[sockets->count++] = (struct socket){.fd = fd};
    return fd;
}

static int close_socket(void *context, curl_socket_t fd)
{
    struct sockets *sockets = context;

    for (size_t i = 0; i < sockets->count; i++) {
        if (sockets->socket[i].fd == fd) {
            sockets->socket[i] = sockets->socket[--sockets->count];
            break;
        }
    }
    return close(fd);
}

void sockets_watch(struct sockets *sockets, CURL *easy)
{
    curl_set(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_set(easy, CURLOPT_OPENSOCKETDATA, sockets);
    curl_set(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_set(easy, CURLOPT_CLOSESOCKETDATA, sockets);
}

/* 0: it is not connected yet. */
static int local_port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return 0;
    if (address.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&address)->sin6_port);
    return 0;
}

bool sockets_hold_surplus(struct sockets *sockets, int local_port)
{
    char byte;

    for (size_t i = 0; i < sockets->count; i++) {
        struct socket *socket = &sockets->socket[i];

        if (socket->local_port == 0)
            socket->local_port = local_port_of(socket->fd);
        if (socket->local_port == local_port &&
            recv(socket->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
            return true;
    }
    return false;
}

void sockets_release(struct sockets *sockets)
{
    free(sockets->socket);
    *sockets = (struct sockets){.socket = NULL};
}
