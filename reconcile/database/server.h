/*
 * server: the PostgreSQL programs behind database/cluster: finding them, making a cluster, starting
 * and stopping its server, and telling from the pid file whether it runs. Knows nothing of sharing:
 * the caller makes sure that one process at a time is in here for one directory.
 */
#ifndef DATABASE_SERVER_H
#define DATABASE_SERVER_H

#include "host/child.h"

struct server {
    char *directory; /* absolute, without links; holds data, data.new and server.log */
    char *data;
    char *bindir;
    int64_t major; /* of PostgreSQL, where the programs were chosen by it; else 0 */
    char *socket;  /* directory of the socket, short enough for its address */
    struct child_user user;
    int64_t start_timeout_s;
    bool without_fsync;
    void (*tell)(const char *what); /* as in struct cluster_settings */
};

void server_release(struct server *server);

/* Gives the server its programs: `wanted`; those of the version of the cluster in this directory,
 * where they are in /usr/lib/postgresql, so that a newer version beside it changes nothing; what
 * pg_config says; the newest below /usr/lib/postgresql. ERR_CONFIG when there are none. */
int server_choose_programs(struct server *server, const char *wanted, const char *directory,
                           struct err *err) __attribute__((warn_unused_result));

/* Whether there is a finished cluster. ERR_CONFIG when it is of another major version than the
 * programs, or damaged. */
int server_check_version(const struct server *server, bool *ret_exists, struct err *err)
    __attribute__((warn_unused_result));

/* Makes the cluster, with the database and the role `reconcile`, under another name first: a cut
 * leaves nothing that looks finished. */
int server_create(const struct server *server, struct err *err) __attribute__((warn_unused_result));

/* The directory of a server's socket: `directory` itself unless its name is too long for a socket
 * address; then one of mode 0700 below /run or /tmp, told apart by a digest of `directory`. */
int server_choose_socket(const struct child_user *user, const char *directory, char **ret_socket,
                         struct err *err) __attribute__((warn_unused_result));

/* Starts the server unless it runs, and waits until it takes connections: after its time only while
 * it says that it recovers. *ret_socket: where it listens (malloc'ed). */
int server_start(const struct server *server, char **ret_socket, struct err *err)
    __attribute__((warn_unused_result));

/* Whether the server runs and says that it takes no connections yet; one that only hangs says
 * nothing. Tells whoever is to be told what is waited for, unless *told says that it did. */
bool server_recovers(const struct server *server, bool *told);

/* Always -1: ERR_INTERRUPTED, somebody wants us to end while it recovers. */
int server_left(const struct server *server, struct err *err) __attribute__((warn_unused_result));

/* Fast shutdown; after 30 s immediate, which the next start recovers from. */
void server_stop(const struct server *server);

#endif
