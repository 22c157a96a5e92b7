/*
 * pooler: a real pgbouncer in front of the server of cluster_fixture, for one test. It ends with
 * pooler_release, at the latest with the test program.
 */
#ifndef POOLER_H
#define POOLER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct pooler_settings {
    const char *mode; /* "session", "transaction" or "statement" */
    int size;         /* sessions of the server for each database; 0 = 20 */
    bool round_robin;
    const char *address; /* takes TCP there too, at `port`; NULL = only its socket */
    uint16_t port;
};

struct pooler {
    pid_t pid;
    char *conninfo; /* of the database that cluster_fixture made last, through the socket */
};

/* Fails the test when pgbouncer does not come up. */
struct pooler pooler_start(const struct pooler_settings *settings);
void pooler_release(struct pooler *pooler);

#endif
