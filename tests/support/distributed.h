/*
 * distributed: databases whose history is spread over several servers, where RECONCILE_TEST_CITUS
 * is the connection string of a database at a server that coordinates at least two others (the
 * extension citus is in it and knows them). Nothing here sets such servers up.
 */
#ifndef DISTRIBUTED_H
#define DISTRIBUTED_H

#include <stdbool.h>

/* Whether there are such servers; without them nothing below is called. */
bool distributed_is_here(void);

/* Skips the test where there are none, and says so. */
#define NEEDS_DISTRIBUTED                                                                          \
    do {                                                                                           \
        if (!distributed_is_here()) {                                                              \
            print_message("RECONCILE_TEST_CITUS names no distributed PostgreSQL\n");               \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

/* The connection string of a new database, migrated and spread, otherwise empty; the caller frees
 * it. Earlier ones of this process go away, but for the last few. */
char *distributed_create(void);
/* A new database with the extension in it, in which nothing is made yet. */
char *distributed_create_bare(void);
/* What db/distribute.sql says there: its exit code, and its output in *ret_said (the caller frees).
 */
int distributed_spread(const char *conninfo, char **ret_said);
/* The same database at worker n, from 0; the caller frees it. */
char *distributed_worker(const char *conninfo, int n);
/* The servers that hold the portals go away for this database, whatever they are about; and come
 * back. */
void distributed_lose(const char *conninfo);
void distributed_regain(const char *conninfo);
/* Everything that process `pid` made goes away. */
void distributed_drop_all(int pid);

#endif
