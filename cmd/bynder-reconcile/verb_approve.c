/*
 * approve and reject: a person's decision about the plan whose digest they saw. Neither asks the
 * portal anything.
 */
#include <stdio.h>

#include "base/limits.h"
#include "cmd/bynder-reconcile/session.h"
#include "database/os_user.h"
#include "host/file.h"
#include "job/approve.h"
#include "store/plan.h"
#include "store/review.h"

static const struct option_spec approve_options[] = {
    {"digest", "DIGEST", "of the plan as you saw it (required)"},
    {"only", "FILE", "approve only these: one account id, e-mail or CSV row a line"},
    {"except", "FILE", "approve all but these"},
    {"override", "GUARD", "let this guard (or several: G7,G10) pass for this plan; needs --reason"},
    {"reason", "TEXT", "why it is overridden"},
    {NULL, NULL, NULL},
};

static const struct option_spec reject_options[] = {
    {"reason", "TEXT", "why (required)"},
    {NULL, NULL, NULL},
};

/* What both need: configuration, database, the plan and who is asking. */
struct desk {
    struct config config;
    struct database database;
    struct store store;
    struct job job;
    struct plan *plan;
    const char *who;
};

static int open_desk(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    const struct clock *clock = clock_system();
    int64_t id = 0;

    *desk = (struct desk){.plan = NULL};
    if (invocation->argument_count == 0)
        return err_set(err, ERR_USAGE, "%s which plan? hint: '%s PLAN …', see 'status'",
                       invocation->verb->name, invocation->verb->name);
    if (session_plan_id(invocation->argument[0], &id, err) < 0 ||
        os_user(invocation->arena, &desk->who, err) < 0 ||
        session_config(invocation, &desk->config, err) < 0 ||
        session_open(&desk->config, SESSION_READS, &desk->database, &desk->store, err) < 0)
        return -1;
    desk->job = (struct job){.config = &desk->config,
                             .arena = invocation->arena,
                             .clock = clock,
                             .store = &desk->store,
                             .now = clock->now(clock->self)};
    if (store_load_plan(&desk->store, invocation->arena, id, desk->job.now, &desk->plan, err) < 0)
        return -1;
    if (!desk->plan)
        return err_set(err, ERR_USAGE, "portal '%s' has no plan %lld; hint: see 'status'",
                       desk->config.portal.name, (long long)id);
    return 0;
}

static int read_selection(const struct invocation *invocation, const char *option,
                          const char **ret_text, const char **ret_name, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    *ret_name = invocation_option(invocation, option);
    if (!*ret_name)
        return 0;
    if (file_read(*ret_name, LIMIT_HTTP_BODY, ERR_USAGE, &text, NULL, err) < 0)
        return -1;
    *ret_text = arena_strdup(invocation->arena, text_cstr(&text));
    return 0;
}

static int decide(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    struct approve_request request = {
        .digest = invocation_option(invocation, "digest"),
        .override_guards = invocation_option(invocation, "override"),
        .reason = invocation_option(invocation, "reason"),
    };
    struct approve_result result;

    if (!request.digest)
        return err_set(err, ERR_USAGE, "approve needs --digest; hint: 'show' prints it");
    if (read_selection(invocation, "only", &request.only, &request.only_name, err) < 0 ||
        read_selection(invocation, "except", &request.except, &request.except_name, err) < 0 ||
        open_desk(invocation, desk, err) < 0)
        return -1;
    request.who = desk->who;
    if (job_approve(&desk->job, desk->plan, &request, &result, err) < 0)
        return -1;
    printf("plan %lld: %zu rows approved by '%s'; %zu may be applied, %zu need somebody else as "
           "well\n",
           (long long)desk->plan->id, result.rows, desk->who, result.approved, result.missing);
    return 0;
}

static int run_approve(const struct invocation *invocation, struct err *err)
{
    struct desk desk = {.plan = NULL};
    int failed = decide(invocation, &desk, err);

    database_release(&desk.database);
    return failed ? (int)err->code : 0;
}

const struct verb verb_approve = {
    .name = "approve",
    .synopsis = "PLAN --digest DIGEST [--only FILE] [--except FILE]",
    .sentence = "record that you approve a plan, whole or in part",
    .option = approve_options,
    .argument_max = 1,
    .run = run_approve,
};

static int reject(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    const char *reason = invocation_option(invocation, "reason");

    if (text_is_empty(reason))
        return err_set(err, ERR_USAGE, "reject needs --reason");
    if (open_desk(invocation, desk, err) < 0 ||
        store_reject(&desk->store, desk->plan->id, desk->who, reason, desk->job.now, err) < 0)
        return -1;
    printf("plan %lld: rejected by '%s'\n", (long long)desk->plan->id, desk->who);
    return 0;
}

static int run_reject(const struct invocation *invocation, struct err *err)
{
    struct desk desk = {.plan = NULL};
    int failed = reject(invocation, &desk, err);

    database_release(&desk.database);
    return failed ? (int)err->code : 0;
}

const struct verb verb_reject = {
    .name = "reject",
    .synopsis = "PLAN --reason TEXT",
    .sentence = "record that you reject a plan",
    .option = reject_options,
    .argument_max = 1,
    .run = run_reject,
};
