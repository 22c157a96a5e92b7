/* migrate: the schema of the history, brought up to date on any database. */
#include <stdio.h>

#include "cmd/bynder-reconcile/session.h"
#include "store/migrate.h"

static int run_verb(const struct invocation *invocation, struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    struct migrate_result migrated;
    struct config config;

    if (session_config(invocation, &config, err) < 0 ||
        database_open(&config.database, &database, err) < 0 ||
        migrate_run(database.pg, &migrated, err) < 0)
        return (int)err->code;
    if (migrated.applied)
        printf("schema is at version %d, %d migrations applied\n", migrated.version,
               migrated.applied);
    else
        printf("schema is at version %d, nothing to do\n", migrated.version);
    return 0;
}

const struct verb verb_migrate = {
    .name = "migrate",
    .synopsis = "",
    .sentence = "bring the database schema up to date",
    .run = run_verb,
};
