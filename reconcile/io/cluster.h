/*
 * cluster: the embedded database: a private PostgreSQL cluster below a directory, on a Unix socket
 * only, that verbs create, share and stop.
 *
 * Sharing is by a lock file (flock, shared while in use): the last one out takes it exclusively and
 * stops the server; who comes while it stops waits. A kill leaves the server running or a stale pid
 * file; the next start tells them apart and goes on. An open psql holds its own share and is
 * disconnected (fast shutdown) rather than waited for only when nobody else is left.
 */
#ifndef IO_CLUSTER_H
#define IO_CLUSTER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"

struct cluster;

struct cluster_settings {
    const char *directory;
    const char *bindir;  /* NULL = pg_config --bindir, else the newest /usr/lib/postgresql/N/bin */
    const char *os_user; /* runs the server when we are root */
    int64_t start_timeout_s;
};

/* Creates the cluster when the directory is empty or missing, starts the server unless it runs,
 * takes a share. ERR_UNREACHABLE with the last lines of the server's log when it does not start;
 * ERR_CONFIG for another major version, a directory that is not ours, or missing server programs.
 */
int cluster_open(const struct cluster_settings *settings, struct cluster **ret_cluster,
                 struct err *err) __attribute__((warn_unused_result));

/* "host='…' dbname=reconcile user=…"; valid until close. */
const char *cluster_conninfo(const struct cluster *cluster);

/* Gives the share back; the last one out stops the server (fast) and waits for it. */
void cluster_close(struct cluster *cluster);
CLEANUP_POINTER(struct cluster, cluster_closep, cluster_close)

#endif
