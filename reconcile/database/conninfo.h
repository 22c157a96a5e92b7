/*
 * conninfo: a connection string of libpq taken apart into its hosts, which the caller tries one by
 * one. libpq itself goes on to the next host only when one refuses: without blocking, one that is
 * silent ends the search.
 */
#ifndef DATABASE_CONNINFO_H
#define DATABASE_CONNINFO_H

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/secret.h"

struct conninfo_host {
    const char *name;    /* a name, an address, or the directory of a socket; NULL = not said */
    const char *address; /* NULL: that of the name */
    const char *port;    /* NULL = not said */
};

/* What target_session_attrs asks for. "read-write" is that the server can write: whether this role
 * does by default is a setting of the session. */
enum conninfo_wanted {
    CONNINFO_WRITABLE = 0, /* "read-write", the default, and "primary" */
    CONNINFO_ANY,
    CONNINFO_STANDBY,
    CONNINFO_READ_ONLY,
    CONNINFO_PREFER_STANDBY, /* two rounds: a standby, else any */
};

struct conninfo {
    struct arena arena;
    PQconninfoOption *option; /* what the string says */
    const char *database;     /* "" = not said */
    struct conninfo_host *host;
    size_t count; /* at least one */
    enum conninfo_wanted wanted;
};

/* ERR_CONFIG for what libpq would refuse without asking a server. Hosts of a service file and of
 * PGHOST count as well. */
int conninfo_parse(const char *string, struct conninfo *ret_conninfo, struct err *err)
    __attribute__((warn_unused_result));
void conninfo_release(struct conninfo *conninfo);

/* PQconnectStartParams to one host alone, whatever it turns out to be. `password` may be NULL.
 * NULL: out of memory. */
PGconn *conninfo_start(const struct conninfo *conninfo, const struct conninfo_host *host,
                       const struct secret *password);

#endif
