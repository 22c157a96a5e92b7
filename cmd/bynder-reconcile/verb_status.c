/* status: what the history says of the portal. Asks the portal nothing and takes no lock. */
#include "cmd/bynder-reconcile/session.h"
#include "io/status_report.h"

const struct option_spec status_options[] = {
    {"format", "FORMAT", "text (default) or json"},
    {NULL, NULL, NULL},
};

int verb_status(const struct invocation *invocation, struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct report_style style = session_style(NULL);
    struct store_status status;
    enum report_format format;
    struct config config;
    struct store store;

    if (session_format(invocation_option(invocation, "format"), &format, err))
        return (int)err->code;
    if (format != REPORT_TEXT && format != REPORT_JSON) {
        (void)err_set(err, ERR_USAGE, "status has no format '%s'; hint: text or json",
                      report_format_name(format));
        return ERR_USAGE;
    }
    if (session_config(invocation, &config, err) ||
        session_open(&config, SESSION_READS, &database, &store, err) ||
        store_load_status(&store, invocation->arena, &status, err))
        return (int)err->code;
    if (format == REPORT_JSON)
        status_report_json(&status, &text);
    else
        status_report_text(&status, &style, &text);
    return session_print(NULL, &text, err) ? (int)err->code : 0;
}
