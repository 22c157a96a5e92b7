/*
 * plan: the dry run. The portal it works with has no writing member, so nothing here can act.
 *
 * The lock is taken before the portal is asked anything and held to the end: two runs of one portal
 * would spend its pace twice and store two half-true pictures.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "cmd/bynder-reconcile/session.h"
#include "io/bynder.h"
#include "io/progress.h"
#include "job/collect.h"
#include "job/propose.h"

const struct option_spec plan_options[] = {
    {"format", "FORMAT", "text (default), json, csv or html"},
    {"output", "FILE", "write there instead of to standard output"},
    {"full", NULL, "show every account, plain keeps too"},
    {"detailed-exitcode", NULL, "0 nothing to do, 10 changes pending, 20 held"},
    {"accept-gap", NULL, "plan although the last run is more than 32 days ago (G13)"},
    {NULL, NULL, NULL},
};

enum { EXIT_CHANGES = 10 };

static void tell_waiting(void *context, double seconds, const char *why)
{
    progress_done(context); /* the progress line draws itself again */
    if (seconds >= 10)
        log_warning("waiting %.0f s: %s", seconds, why);
    else
        log_debug("waiting %.1f s: %s", seconds, why);
}

/* Everything between the run's begin and its end. */
static int make_plan(struct job *job, struct terminal_progress *terminal, struct plan **ret_plan,
                     struct err *err)
{
    struct bynder_setup setup = {
        .config = &job->config->portal, .waiting = tell_waiting, .waiting_context = terminal};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    struct collected collected;

    if (bynder_new(&setup, &bynder, err))
        return -1;
    job->portal = bynder_read_only(bynder);
    if (collect(job, &collected, err))
        return -1;
    progress_done(terminal);
    if (!collected.snapshot.complete)
        log_warning("the snapshot is incomplete: %s", collected.snapshot.incomplete_reason);
    return propose(job, &collected, ret_plan, err);
}

static void tell_holds(const struct plan *plan)
{
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].hold)
            log_warning("plan %lld is held by %s: %s (%s; limit %s)", (long long)plan->id,
                        plan->guard[i].id, plan->guard[i].text, plan->guard[i].actual,
                        plan->guard[i].limit);
    }
}

static int exit_code_of(const struct plan *plan, bool detailed)
{
    if (plan->state == PLAN_HELD)
        return ERR_HELD;
    return detailed && plan->state != PLAN_EMPTY ? EXIT_CHANGES : 0;
}

/* The run is recorded however it ended; a record that cannot be made does not hide why it failed.
 */
static int record_end(struct job *job, int code, const struct err *why, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct instant now = job->clock->now(job->clock->self);

    if (store_run_end(job->store, &job->run, now, code, why->text, &own) == 0)
        return code;
    if (why->code != ERR_NONE) {
        log_error("%s", own.text);
        return code;
    }
    (void)err_move(err, &own);
    return (int)err->code;
}

static int show_plan(const struct invocation *invocation, const struct config *config,
                     const struct plan *plan, enum report_format format, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const char *output = invocation_option(invocation, "output");
    struct report_style style = session_style(output);
    CLEANUP(mem_cleanup) char *html = NULL;

    report_plan(plan, format, &style, &text);
    if (session_print(output, &text, err) || report_write_files(config, plan, &html, err))
        return -1;
    tell_holds(plan);
    if (html)
        log_info("the report is in '%s'", html);
    return 0;
}

static int run_plan(const struct invocation *invocation, const struct config *config,
                    struct store *store, enum report_format format, struct err *err)
{
    const struct clock *clock = clock_system();
    struct terminal_progress progress;
    struct job job = {
        .config = config,
        .arena = invocation->arena,
        .clock = clock,
        .store = store,
        .now = clock->now(clock->self),
        .accept_gap = invocation_option(invocation, "accept-gap") != NULL,
        .full = invocation_option(invocation, "full") != NULL,
    };
    struct plan *plan = NULL;

    progress_init(&progress, &job.progress);
    job.today = instant_day(job.now, config->policy.zone);
    if (store_lock(store, err) || store_run_begin(store, "plan", job.today, job.now, &job.run, err))
        return (int)err->code;
    int failed = make_plan(&job, &progress, &plan, err);
    progress_done(&progress);
    if (!failed)
        failed = show_plan(invocation, config, plan, format, err);
    int code = failed ? (int)err->code
                      : exit_code_of(plan, invocation_option(invocation, "detailed-exitcode"));
    return record_end(&job, code, err, err);
}

int verb_plan(const struct invocation *invocation, struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    enum report_format format;
    struct config config;
    struct store store;

    if (session_format(invocation_option(invocation, "format"), &format, err) ||
        session_config(invocation, &config, err) ||
        session_open(&config, SESSION_MIGRATES, &database, &store, err))
        return (int)err->code;
    return run_plan(invocation, &config, &store, format, err);
}
