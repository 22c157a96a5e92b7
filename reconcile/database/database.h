/*
 * database: where the history lives, embedded or a server, opened the same way.
 */
#ifndef DATABASE_DATABASE_H
#define DATABASE_DATABASE_H

#include "config/config.h"
#include "database/cluster.h"
#include "database/pg.h"

struct database {
    struct cluster *cluster; /* NULL for a server */
    struct pg *pg;
};

/* Who is told, from now on, that an embedded database is waited for because it recovers. */
void database_on_wait(void (*tell)(const char *what));

/* Opens cluster (if embedded) and connection. Does not look at the schema. */
int database_open(const struct config_database *config, struct database *ret_database,
                  struct err *err) __attribute__((warn_unused_result));
void database_release(struct database *database);

/* Replaces this process's child by psql on the same database: forks, waits, returns its exit
 * status. The share on an embedded cluster is held meanwhile, in a way that never blocks another
 * run. */
int database_psql(const struct config_database *config, char *const *arguments, int *ret_status,
                  struct err *err) __attribute__((warn_unused_result));

#endif
