/* status: what the history says of the portal. Asks the portal nothing and takes no lock. */
#include "cmd/bynder-reconcile/session.h"
#include "io/clock.h"
#include "io/status_report.h"
#include "io/store_review.h"

const struct option_spec status_options[] = {
    {"format", "FORMAT", "text (default) or json"},
    {NULL, NULL, NULL},
};

/* The history's own words, and what must be counted from now. */
static int load(const struct invocation *invocation, struct store *store,
                struct store_status *status, struct err *err)
{
    const struct clock *clock = clock_system();
    struct instant now = clock->now(clock->self);
    struct store_lock_until *suspended = NULL;
    struct store_step *open = NULL;

    if (store_load_status(store, invocation->arena, status, err) ||
        store_load_open_steps(store, invocation->arena, &open, &status->open_steps, err) ||
        store_load_locked(store, invocation->arena, now, &suspended, &status->suspended_count, err))
        return -1;
    status->suspended = suspended;
    bool waits = status->plan_state == PLAN_HELD || status->plan_state == PLAN_PROPOSED ||
                 status->plan_state == PLAN_APPROVED;
    if (status->plan_id && waits && instant_compare(now, status->plan_expires_at) >= 0)
        status->plan_state = PLAN_EXPIRED;
    return 0;
}

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
        load(invocation, &store, &status, err))
        return (int)err->code;
    if (format == REPORT_JSON)
        status_report_json(&status, &text);
    else
        status_report_text(&status, &style, &text);
    return session_print(NULL, &text, err) ? (int)err->code : 0;
}
