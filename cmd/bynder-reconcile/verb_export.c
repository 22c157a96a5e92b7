/* export: the accounts of a day as a file like Bynder's own export, from the history. */
#include "cmd/bynder-reconcile/ask.h"
#include "host/clock.h"
#include "report/audit.h"

static const struct option_spec options[] = {
    {"at", "DATE", "as known at the end of that day, or at an instant; default now"},
    {"output", "FILE", "write there instead of to standard output"},
    {"format", "FORMAT", "csv, and nothing else"},
    {NULL, NULL, NULL},
};

static int export(struct ask *ask, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const char *at = invocation_option(ask->invocation, "at");
    const struct clock *clock = clock_system();
    struct instant moment = clock->now(clock->self);

    if ((at && ask_moment(at, ask->config.policy.zone, true, &moment, err)) ||
        store_ask_export(&ask->store, ask->config.portal.name, moment, &rows, err) < 0 ||
        ask_thinned(ask, moment, err) < 0)
        return -1;
    audit_report_export(rows, &text);
    return session_print(invocation_option(ask->invocation, "output"), &text, err);
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    CLEANUP(ask_end) struct ask ask = {.invocation = invocation};
    const char *format = invocation_option(invocation, "format");

    if (format && !text_equal(format, "csv")) {
        (void)err_set(err, ERR_USAGE, "export has one format, csv");
        return ERR_USAGE;
    }
    if (ask_begin(&ask, err) < 0 || export(&ask, err) < 0)
        return (int)err->code;
    return 0;
}

const struct verb verb_export = {
    .name = "export",
    .synopsis = "[--at DATE] [--output FILE]",
    .sentence = "the accounts of a day as CSV, in the columns of Bynder's own export",
    .option = options,
    .run = run_verb,
};
