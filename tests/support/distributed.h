/*
 * distributed: databases whose history is spread over several servers, where RECONCILE_TEST_CITUS
 * is the connection string of a database at a server that coordinates at least two others (the
 * extension citus is in it and knows them). Nothing here sets such servers up.
 */
#ifndef DISTRIBUTED_H
#define DISTRIBUTED_H

#include <stdbool.h>

#include "base/err.h"

/* What the program makes of a row that is refused at COPY: where a history is spread, the server
 * that coordinates says of another one's refusal no more than that there was an error. */
enum err_code distributed_refusal(void);

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
/* The database is kept as it is now, at every server, in place of what was kept of it before; and
 * becomes what was kept. Nothing of the program may be connected. */
void distributed_back_up(const char *conninfo);
void distributed_restore(const char *conninfo);
/* The same database at worker n, from 0; the caller frees it. */
char *distributed_worker(const char *conninfo, int n);
/* The servers that hold the portals go away for this database, whatever they are about; and come
 * back. */
void distributed_lose(const char *conninfo);
void distributed_regain(const char *conninfo);

/* The same database at the server that has its only portal; the caller frees it. */
char *distributed_home(const char *conninfo);
/* The server of a connection string, which is to be killed and started again: for every database
 * that it has. NULL where that cannot be, which is said in *ret_why (a literal). */
struct distributed_server;
struct distributed_server *distributed_server_new(const char *conninfo, const char **ret_why);
void distributed_server_free(struct distributed_server *server);
/* The path of its socket. */
const char *distributed_server_socket(const struct distributed_server *server);
/* It ends at once, with all that it was about, as in a crash; nothing is written down. */
void distributed_server_kill(struct distributed_server *server);
/* Starts it as it was started; returns when it answers. One that runs is left as it is. */
void distributed_server_start(struct distributed_server *server);

/* Everything that process `pid` made goes away. */
void distributed_drop_all(int pid);

#endif
