/*
 * server: the portal on a socket (libmicrohttpd). It turns HTTP into struct request, struct answer
 * into HTTP, and knows the bad ways in which an answer can get out: late, slow, cut, reset, never.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include "base/err.h"

#include "portal.h"

struct server;

struct server_settings {
    const char *bind; /* numeric IPv4 address */
    unsigned port;    /* 0: the kernel chooses */
    unsigned threads;
    const char *certificate, *key; /* PEM text, both or neither */
};

/* Listens and answers from then on, in threads of its own; NULL with the reason in err. */
struct server *server_new(const struct server_settings *settings, struct portal *portal,
                          struct err *err);
unsigned server_port(const struct server *server);
/* Ends every connection. */
void server_free(struct server *server);

#endif
