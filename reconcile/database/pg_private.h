/*
 * pg_private: what database/pg and database/pg_open share of a connection.
 */
#ifndef DATABASE_PG_PRIVATE_H
#define DATABASE_PG_PRIVATE_H

#include "database/pg.h"

struct pg {
    PGconn *conn; /* NULL once it is gone */
    char *where;  /* for messages */
    int64_t call_ms;
    char *copy_name; /* of the COPY that is open */
    enum owed {
        OWES_NOTHING = 0,
        OWES_COMMIT, /* the answer to one that nobody has waited for yet */
        OWES_ROWS,   /* likewise, rows that somebody takes later */
        OWES_ANY,    /* likewise, whatever it is */
        OWED_KINDS,
    } owes;
    const char *owed_by;         /* the name of what was sent: a string that lasts */
    PGresult *rows;              /* what came of it, until it is taken */
    struct err late[OWED_KINDS]; /* how it failed, by what it was, until somebody asks */
};

/* What the server or libpq says, on one line and without control characters. */
void pg_add_message(struct text *text, const char *message);

#endif
