/*
 * cluster: the embedded database: a private PostgreSQL cluster below a directory, on a Unix socket
 * only, that verbs create, share and stop.
 *
 * Below the directory: `data` (the cluster itself), `data.new` while it is made, `server.log`, the
 * socket, and two lock files: `lock` is held while somebody creates, starts or stops, `users` is
 * shared by everybody who uses the server. The last one out stops it; who comes while it stops
 * waits. A kill leaves the server running or a stale pid file; the next start tells them apart and
 * goes on. An open psql holds its own share; should its holder be killed, it is disconnected (fast
 * shutdown) rather than waited for when nobody else is left.
 */
#ifndef DATABASE_CLUSTER_H
#define DATABASE_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

struct cluster;

struct cluster_settings {
    const char *directory;
    const char *bindir;      /* NULL = /usr/lib/postgresql/N/bin of the version the data is of, else
                                pg_config --bindir, else the newest /usr/lib/postgresql/N/bin */
    const char *os_user;     /* runs the server when we are root, and owns the directory; NULL = its
                                owner, or that of the directory above; "postgres" where that is root */
    int64_t start_timeout_s; /* 0 = 60; one that says then that it recovers from having been killed
                                is waited for as long as it says so */
    void (*tell)(const char *what); /* told once what is waited for so long; NULL: nobody is */
    bool without_fsync;             /* for tests: a power cut may lose everything */
};

/* Creates the cluster when the directory is empty or missing, starts the server unless it runs,
 * takes a share. ERR_UNREACHABLE with the last lines of the server's log when it does not start;
 * ERR_CONFIG for another major version, a directory that is not ours, belongs to somebody else or
 * cannot be entered by the user that runs the server, or missing server programs. */
int cluster_open(const struct cluster_settings *settings, struct cluster **ret_cluster,
                 struct err *err) __attribute__((warn_unused_result));

/* "host='…' dbname=reconcile user=…"; valid until close. */
const char *cluster_conninfo(const struct cluster *cluster);

/* Where psql of the same version is; valid until close. */
const char *cluster_bindir(const struct cluster *cluster);

/* Gives the share back; the last one out stops the server (fast) and waits for it. */
void cluster_close(struct cluster *cluster);
CLEANUP_POINTER(struct cluster, cluster_closep, cluster_close)

#endif
