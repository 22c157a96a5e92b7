/*
 * cut_proxy: stands between the program and its database, or the program and the portal, splits
 * what passes into messages (of PostgreSQL's protocol) or exchanges (of HTTP), numbers what the
 * program sends, and cuts the connection at one of them. It changes nothing that it passes on.
 *
 * A cut ends the client's connection at once; the server is left to finish what it was sent, so
 * that what it did is decided when cut_proxy_settle returns.
 */
#ifndef CRASH_CUT_PROXY_H
#define CRASH_CUT_PROXY_H

#include <stdbool.h>
#include <stddef.h>

enum cut_protocol { CUT_POSTGRES = 0, CUT_HTTP };

/* Where at a message. */
enum cut_place {
    CUT_NOWHERE = 0,
    CUT_BEFORE,  /* it is never passed on */
    CUT_AFTER,   /* it is passed on, and no byte of its answer comes back */
    CUT_HEAD,    /* HTTP: half of the answer's status line and headers comes back */
    CUT_ANSWER,  /* half of the answer comes back: of a message, or of a body */
    CUT_SWALLOW, /* HTTP writes: it is never passed on, but answered as if it had been done */
    CUT_PLACES,
};

const char *cut_place_name(enum cut_place place);

struct cut_proxy;

/* In front of the server that listens on this port of 127.0.0.1; on a port of its own. */
struct cut_proxy *cut_proxy_new_http(unsigned server_port);
/* In front of the server with this socket; its own is `directory`/.s.PGSQL.5432. */
struct cut_proxy *cut_proxy_new_postgres(const char *server_socket, const char *directory);
void cut_proxy_free(struct cut_proxy *proxy);

unsigned cut_proxy_port(const struct cut_proxy *proxy);

/* What happens at a cut, before anything is closed, in a thread of the proxy's own. */
void cut_proxy_at_cut(struct cut_proxy *proxy, void (*happens)(void *context), void *context);

/* Forgets what passed and cuts at message `number` (from 1). Only while nobody is connected. After
 * the cut nobody is let in any more until the next cut_proxy_arm, when `gone`. */
void cut_proxy_arm(struct cut_proxy *proxy, size_t number, enum cut_place place, bool gone);
/* Returns when every connection has ended on both sides. False: one did not within 20 s. */
bool cut_proxy_settle(struct cut_proxy *proxy);

/* Of what passed since cut_proxy_arm; only after cut_proxy_settle. */
size_t cut_proxy_count(const struct cut_proxy *proxy);
bool cut_proxy_has_cut(const struct cut_proxy *proxy);
/* What message `number` was, for people: "Execute of 'commit'", "POST /api/v4/users/…". */
const char *cut_proxy_what(const struct cut_proxy *proxy, size_t number);
/* Whether there is such a place at message `number`. */
bool cut_proxy_has_place(const struct cut_proxy *proxy, size_t number, enum cut_place place);

#endif
