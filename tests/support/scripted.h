/*
 * scripted: a server of a few lines whose every byte a test decides, a thread for each connection,
 * so that many requests can wait at once. What it answers is up to the function it is given.
 */
#ifndef SUPPORT_SCRIPTED_H
#define SUPPORT_SCRIPTED_H

#include <pthread.h>
#include <stdbool.h>

#include "base/text.h"

/* Sends an answer to this request (request line and headers) to the descriptor, with scripted_send.
 * false: the connection is closed behind it. Runs on the connection's own thread. */
typedef bool scripted_answer(void *context, int fd, const char *request);

enum { SCRIPTED_CONNECTIONS = 256 };

struct scripted {
    scripted_answer *answer;
    void *context;
    unsigned port;
    int listener;
    pthread_t acceptor;
    struct scripted_connection {
        struct scripted *server;
        pthread_t thread;
        int fd;
    } connection[SCRIPTED_CONNECTIONS];
    unsigned connections; /* that were made */
};

/* A socket that listens on a free port of loopback; it takes connections into its queue. */
int scripted_listen(unsigned *ret_port);

void scripted_start(struct scripted *server, scripted_answer *answer, void *context);
/* Breaks off what is still open, and waits for the threads. */
void scripted_stop(struct scripted *server);
/* A request with its body; of TLS the greeting. false: nothing came. */
bool scripted_receive(int fd, struct text *request);
/* false: nobody takes it any more. */
bool scripted_send(int fd, const char *bytes, size_t length);

/* One connection after the other, on one thread, for a function that reads and answers it alone;
 * it is closed behind it. */
typedef void scripted_serve(void *context, int fd);

struct scripted_queue {
    scripted_serve *serve;
    void *context;
    unsigned port;
    int listener;
    pthread_t thread;
};

void scripted_queue_start(struct scripted_queue *queue, scripted_serve *serve, void *context);
void scripted_queue_stop(struct scripted_queue *queue);

#endif
