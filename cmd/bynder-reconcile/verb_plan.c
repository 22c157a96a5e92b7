/*
 * plan: the dry run. The portal it works with has no writing member, so nothing here can act; over
 * an export there is no portal at all, and the plan is shown and forgotten.
 */
#include "cmd/bynder-reconcile/work.h"
#include "host/log.h"
#include "job/collect.h"
#include "job/from_export.h"
#include "job/propose.h"

static const struct option_spec options[] = {
    {"format", "FORMAT", "text (default), json, csv, html or xlsx"},
    {"output", "FILE", "write there instead of to standard output"},
    {"bom", NULL, "with csv: begin with a byte order mark, as Excel wants it"},
    {"from-export", "FILE", "a report over Bynder's own user export; the portal is not asked"},
    {"full", NULL, "show every account, plain keeps too"},
    {"detailed-exitcode", NULL, "0 nothing to do, 10 changes pending, 20 held"},
    {"accept-gap", NULL, "plan although the last run is more than 32 days ago (G13)"},
    {NULL, NULL, NULL},
};

enum { EXIT_CHANGES = 10 };

static int make_plan(struct work *work, struct plan **ret_plan, struct err *err)
{
    struct collected collected;
    struct proposal proposal;

    if (work_portal(work, false, err) < 0 || job_collect(&work->job, &collected, err) < 0)
        return -1;
    progress_done(&work->terminal);
    if (!collected.snapshot.complete)
        log_warning("the snapshot is incomplete: %s", collected.snapshot.incomplete_reason);
    if (job_propose(&work->job, &collected, &proposal, err) < 0)
        return -1;
    *ret_plan = proposal.plan;
    work_about_plan(*ret_plan);
    return 0;
}

static int make_report(struct work *work, const char *path, struct plan **ret_plan, struct err *err)
{
    struct collected collected;

    if (from_export(&work->job, path, &collected, err) < 0)
        return -1;
    if (!collected.snapshot.complete)
        log_warning("the export is incomplete, so the history takes over nothing of it: %s",
                    collected.snapshot.incomplete_reason);
    *ret_plan = propose_report(&work->job, &collected);
    return 0;
}

static int exit_code_of(const struct plan *plan, bool detailed)
{
    if (plan->state == PLAN_HELD)
        return ERR_HELD;
    return detailed && plan->state != PLAN_EMPTY ? EXIT_CHANGES : 0;
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    const char *export = invocation_file(invocation, "from-export");
    enum report_format format;
    struct plan *plan = NULL;
    struct work work;

    if (session_plan_format(invocation, &format, err) < 0 ||
        work_begin(invocation, export ? "plan --from-export" : "plan", &work, err) < 0)
        return (int)err->code;
    work.job.accept_gap = invocation_option(invocation, "accept-gap") != NULL;
    work.job.full = invocation_option(invocation, "full") != NULL;
    if ((export ? make_report(&work, export, &plan, err) : make_plan(&work, &plan, err)) ||
        work_report(&work, plan, format, invocation_option(invocation, "output"), err) < 0)
        return work_end(&work, (int)err->code, err);
    return work_end(&work, exit_code_of(plan, invocation_option(invocation, "detailed-exitcode")),
                    err);
}

const struct verb verb_plan = {
    .name = "plan",
    .synopsis =
        "[--from-export FILE] [--format FORMAT] [--output FILE] [--full] [--detailed-exitcode] "
        "[--accept-gap]",
    .sentence = "collect, decide, store and show a plan; never writes to Bynder",
    .option = options,
    .run = run_verb,
};
