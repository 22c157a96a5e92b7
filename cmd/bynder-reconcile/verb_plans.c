/*
 * plans and diff: stored plans beside each other, for whoever reviews one after the other. Neither
 * asks the portal anything, takes a lock, or changes anything.
 */
#include "base/mem.h"
#include "base/parse.h"
#include "cmd/bynder-reconcile/session.h"
#include "host/command.h"
#include "report/audit.h"
#include "store/beside.h"

enum { LISTED = 30, LISTED_MOST = 1000000, EXIT_CHANGES = 10 };

static const struct option_spec list_options[] = {
    {"format", "FORMAT", "text (default), json or csv"},
    {"output", "FILE", "write there instead of to standard output"},
    {"last", "N", "so many, the newest first (default: 30)"},
    {NULL, NULL, NULL},
};

static const struct option_spec diff_options[] = {
    {"format", "FORMAT", "text (default), json or csv"},
    {"output", "FILE", "write there instead of to standard output"},
    {"detailed-exitcode", NULL, "0 no difference, 10 there is one"},
    {NULL, NULL, NULL},
};

struct looking {
    const struct invocation *invocation;
    struct config config;
    struct database database;
    struct store store;
    enum report_format format;
};

static void looking_release(struct looking *looking)
{
    database_release(&looking->database);
}

static int begin(struct looking *looking, struct err *err)
{
    const char *format = invocation_option(looking->invocation, "format");

    if (session_format(format, &looking->format, err) < 0)
        return -1;
    if (looking->format == REPORT_HTML)
        return err_set(err, ERR_USAGE, "'%s' is no format here; hint: text, json or csv", format);
    if (session_config(looking->invocation, &looking->config, err) < 0)
        return -1;
    return session_open(&looking->config, SESSION_READS, &looking->database, &looking->store, err);
}

static int print(const struct looking *looking, const struct audit_section *section, size_t count,
                 struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const char *output = invocation_option(looking->invocation, "output");
    struct report_style style = session_style(output);

    audit_report(section, count, looking->format, &style, &text);
    return session_print(output, &text, err);
}

/* --- plans --- */

static int last_of(const struct invocation *invocation, int64_t *ret_last, struct err *err)
{
    const char *word = invocation_option(invocation, "last");

    *ret_last = LISTED;
    if (word && !parse_int(word, 1, LISTED_MOST, ret_last))
        return err_set(err, ERR_USAGE, "--last is a number from 1, not '%s'", word);
    return 0;
}

static int run_list(const struct invocation *invocation, struct err *err)
{
    CLEANUP(looking_release) struct looking looking = {.invocation = invocation};
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    int64_t last = 0;

    if (last_of(invocation, &last, err) < 0 || begin(&looking, err) < 0 ||
        store_ask_plans(&looking.store, last, &rows, err) < 0)
        return (int)err->code;
    const struct audit_section section = {.name = "plans", .rows = rows};
    return print(&looking, &section, 1, err) < 0 ? (int)err->code : 0;
}

/* --- diff --- */

/* The two that are named; the newest for the later one; for the earlier one what the report of the
 * later one compares it with. */
static int which(const struct looking *looking, int64_t *ret_before, int64_t *ret_after,
                 struct err *err)
{
    const struct invocation *invocation = looking->invocation;
    size_t count = invocation->argument_count;
    int64_t named[2] = {0, 0};
    struct plan_base base;

    for (size_t i = 0; i < count; i++) {
        if (session_plan_id(invocation->argument[i], &named[i], err) < 0)
            return -1;
    }
    if (count == 2) {
        *ret_before = named[0] < named[1] ? named[0] : named[1];
        *ret_after = named[0] < named[1] ? named[1] : named[0];
        return 0;
    }
    if (store_plan_before(&looking->store, named[0], &base, err) < 0)
        return -1;
    *ret_before = base.plan_id;
    *ret_after = base.later_id;
    if (base.plan_id > 0)
        return 0;
    CLEANUP(mem_cleanup) char *list = command_make("plans");
    return err_set(err, ERR_USAGE, "there is no earlier plan to compare it with; hint: see '%s'",
                   list);
}

static int run_diff(const struct invocation *invocation, struct err *err)
{
    CLEANUP(looking_release) struct looking looking = {.invocation = invocation};
    CLEANUP(plan_pair_release) struct plan_pair pair = {.plans = NULL};
    int64_t before = 0, after = 0;

    if (begin(&looking, err) < 0 || which(&looking, &before, &after, err) < 0 ||
        store_ask_pair(&looking.store, before, after, &pair, err) < 0)
        return (int)err->code;
    const struct audit_section section[] = {
        {.name = "plans", .heading = "compared", .rows = pair.plans},
        {.name = "decisions",
         .heading = "decided from the one to the other",
         .rows = pair.decisions,
         .last = "reason"},
        {.name = "rows", .heading = "rows", .rows = pair.rows, .last = "what"},
    };
    if (print(&looking, section, COUNT_OF(section), err) < 0)
        return (int)err->code;
    return invocation_option(invocation, "detailed-exitcode") && PQntuples(pair.rows) > 0
               ? EXIT_CHANGES
               : 0;
}

const struct verb verb_plans = {
    .name = "plans",
    .synopsis = "[--last N] [--format FORMAT] [--output FILE]",
    .sentence = "the stored plans: what each proposed, what held it, what was decided on it",
    .option = list_options,
    .run = run_list,
};

const struct verb verb_diff = {
    .name = "diff",
    .synopsis = "[PLAN [PLAN]] [--format FORMAT] [--output FILE] [--detailed-exitcode]",
    .sentence = "what came, went and changed between two plans, and who decided what meanwhile",
    .option = diff_options,
    .argument_max = 2,
    .run = run_diff,
};
