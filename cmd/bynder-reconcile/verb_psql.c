/* psql: the history, opened with PostgreSQL's own client; its exit status is ours. */
#include "cmd/bynder-reconcile/session.h"

static int run_verb(const struct invocation *invocation, struct err *err)
{
    struct config config;
    int status = 0;

    if (session_config(invocation, &config, err) < 0 ||
        database_psql(&config.database, invocation->argument, &status, err) < 0)
        return (int)err->code;
    return status;
}

const struct verb verb_psql = {
    .name = "psql",
    .synopsis = "[ARGUMENT]...",
    .sentence = "open the history in psql",
    .argument_max = (size_t)-1,
    .passes_options = true,
    .run = run_verb,
};
