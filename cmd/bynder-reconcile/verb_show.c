/* show: a stored plan again, with what people decided about its rows since, and what was done of
 * them. Asks the portal nothing and takes no lock. */
#include "cmd/bynder-reconcile/session.h"
#include "host/clock.h"
#include "job/stand.h"
#include "store/plan.h"

static const struct option_spec options[] = {
    {"format", "FORMAT", "text (default), json, csv, html or xlsx"},
    {"output", "FILE", "write there instead of to standard output"},
    {"bom", NULL, "with csv: begin with a byte order mark, as Excel wants it"},
    {NULL, NULL, NULL},
};

static int load_plan(const struct invocation *invocation, int64_t id, struct plan **ret_plan,
                     struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    struct config config;
    struct store store;
    struct plan *plan = NULL;

    if (session_config(invocation, &config, err) < 0 ||
        session_open(&config, SESSION_READS, &database, &store, err) < 0 ||
        store_load_plan(&store, invocation->arena, id, &plan, err) < 0)
        return -1;
    if (!plan)
        return session_no_plan(config.portal.name, id, err);
    const struct clock *clock = clock_system();
    struct job job = {.config = &config,
                      .arena = invocation->arena,
                      .clock = clock,
                      .store = &store,
                      .now = clock->now(clock->self)};
    job.today = instant_day(job.now, config.policy.zone);
    *ret_plan = plan;
    return job_stand(&job, plan, err);
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    enum report_format format;
    struct plan *plan = NULL;
    int64_t id = 0;

    if (session_plan_format(invocation, &format, err) < 0 ||
        session_plan_id(invocation->argument_count ? invocation->argument[0] : NULL, &id, err) <
            0 ||
        load_plan(invocation, id, &plan, err) < 0)
        return (int)err->code;
    return session_report(invocation_option(invocation, "output"), plan, format, err)
               ? (int)err->code
               : 0;
}

const struct verb verb_show = {
    .name = "show",
    .synopsis = "[PLAN] [--format FORMAT] [--output FILE]",
    .sentence = "show a stored plan again, the newest by default",
    .option = options,
    .argument_max = 1,
    .run = run_verb,
};
