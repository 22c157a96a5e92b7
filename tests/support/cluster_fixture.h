/*
 * cluster_fixture: a throwaway PostgreSQL server for the tests of one program: below a private
 * directory, without fsync, as root and not as root. It is made at the first call, and it and its
 * directory go away with the test program, however that ends.
 */
#ifndef CLUSTER_FIXTURE_H
#define CLUSTER_FIXTURE_H

#include "database/pg.h"

/* A connection to a new, empty database; the caller closes it. */
struct pg *cluster_fixture_open(void);
/* The same with other timeouts (in seconds, 0 = as pg_open). */
struct pg *cluster_fixture_open_with(int64_t statement_timeout_s, int64_t lock_timeout_s);
/* A connection to a new database that is migrated and otherwise empty; where RECONCILE_TEST_CITUS
 * names servers for it, one that is spread over them. */
struct pg *cluster_fixture_open_migrated(void);
/* The connection string of the database that was made last (of the server's own when there is
 * none); for a second connection. Valid until the next database is made. */
const char *cluster_fixture_conninfo(void);

/* SQL that switches the triggers of a table of the history (as its owner could): off, as they were
 * made, or on whatever the replication role. The caller frees it. */
enum triggers { TRIGGERS_OFF, TRIGGERS_ON, TRIGGERS_ALWAYS };
char *cluster_fixture_triggers(const char *table, enum triggers how);

/* The name of a directory that does not exist yet, below one that the server's user can enter;
 * malloc'ed. What is made there goes away with the program, and any server of a cluster in it. */
char *cluster_fixture_directory(void);
/* Makes it, and the cluster of an embedded database in it that is migrated and empty: what a
 * program takes seconds for that is asked about something else. */
void cluster_fixture_put(const char *directory);
/* Before that: all of them but one, for a program that makes more than a small disk holds. */
void cluster_fixture_remove_directories(const char *but);

#endif
