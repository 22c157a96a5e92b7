/*
 * keep, again and withdraw: what a person decides about an account, and takes back. None of them
 * asks the portal anything.
 */
#include <stdio.h>

#include "base/mem.h"
#include "base/parse.h"
#include "cmd/bynder-reconcile/session.h"
#include "database/os_user.h"
#include "host/command.h"
#include "job/decide.h"
#include "store/ruling.h"

static const struct option_spec keep_options[] = {
    {"until", "DAY", "up to and including that day (required)"},
    {"reason", "TEXT", "why (required)"},
    {"also-departed", NULL, "keep them also when they leave before that day"},
    {"list", NULL, "who is kept, until when, by whom and why"},
    {"end", "WHO", "take a keep back"},
    {NULL, NULL, NULL},
};

static const struct option_spec reason_options[] = {
    {"reason", "TEXT", "why"},
    {NULL, NULL, NULL},
};

static const struct option_spec again_options[] = {
    {"reason", "TEXT", "why (required)"},
    {"profile", NULL, "they need the profile back that a downgrade of ours took (R16)"},
    {"suspension", NULL, "the rules may suspend them again (R8)"},
    {"downgrade", NULL, "the rules may downgrade them again (R8)"},
    {NULL, NULL, NULL},
};

/* What all three need. */
struct desk {
    struct config config;
    struct database database;
    struct store store;
    struct job job;
    const char *who;
};

static int open_desk(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    const struct clock *clock = clock_system();

    *desk = (struct desk){.who = NULL};
    if (os_user(invocation->arena, &desk->who, err) < 0 ||
        session_config(invocation, &desk->config, err) < 0 ||
        session_open(&desk->config, SESSION_READS, &desk->database, &desk->store, err) < 0)
        return -1;
    desk->job = (struct job){.config = &desk->config,
                             .arena = invocation->arena,
                             .clock = clock,
                             .store = &desk->store,
                             .now = clock->now(clock->self)};
    desk->job.today = instant_day(desk->job.now, desk->config.policy.zone);
    return 0;
}

static int run(const struct invocation *invocation,
               int (*flow)(const struct invocation *invocation, struct desk *desk, struct err *err),
               struct err *err)
{
    struct desk desk = {.who = NULL};
    int failed = open_desk(invocation, &desk, err) < 0 || flow(invocation, &desk, err) < 0;

    if (!failed)
        session_keep_head(&desk.config, &desk.store);
    database_release(&desk.database);
    return failed ? (int)err->code : 0;
}

static int need_who(const struct invocation *invocation, const char **ret_who, struct err *err)
{
    if (invocation->argument_count == 0)
        return err_set(err, ERR_USAGE, "%s whom? hint: an id, an address, a username or a name",
                       invocation->verb->name);
    *ret_who = invocation->argument[0];
    return 0;
}

/* --- keep --- */

static int list(struct desk *desk, struct err *err)
{
    struct store_ruling *ruling = NULL;
    char day[DAY_TEXT_SIZE];
    size_t count = 0;

    if (store_load_rulings(&desk->store, desk->job.arena, INSTANT_NONE, &ruling, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct ruling *one = &ruling[i].ruling;
        if (one->kind == RULING_KEEP)
            session_say("%s  until %s  by %s  %s  %s", one->account_id, day_format(one->until, day),
                        one->who, ruling[i].email ? ruling[i].email : "",
                        one->reason ? one->reason : "");
    }
    return 0;
}

static int end(struct desk *desk, const char *who, const char *reason, struct err *err)
{
    const enum ruling_kind keep = RULING_KEEP;
    struct withdrawal ended;

    if (job_withdraw(&desk->job, desk->who, 0, who, &keep, reason, &ended, err) < 0)
        return -1;
    if (ended.count == 0) {
        CLEANUP(mem_cleanup) char *list = command_make("keep --list");
        return err_set(err, ERR_USAGE, "'%s' is not kept; hint: '%s' says who is", who, list);
    }
    session_say("%s: not kept any more", who);
    return 0;
}

static int keep(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    const char *until = invocation_option(invocation, "until");
    const char *reason = invocation_option(invocation, "reason");
    const char *ended = invocation_option(invocation, "end"), *who = NULL;
    struct day day = DAY_NONE;
    struct decide_who account;

    if (invocation_option(invocation, "list"))
        return list(desk, err);
    if (ended)
        return end(desk, ended, reason, err);
    if (need_who(invocation, &who, err) < 0)
        return -1;
    if (until && !day_parse_iso(until, &day))
        return err_set(err, ERR_USAGE, "--until takes a day like 2027-03-01, not '%s'", until);
    if (job_keep(&desk->job, desk->who, who, day, reason,
                 invocation_option(invocation, "also-departed") != NULL, &account, err) < 0)
        return -1;
    session_say("%s %s: kept until %s by '%s'", account.account_id,
                account.email ? account.email : "", until, desk->who);
    return 0;
}

static int run_keep(const struct invocation *invocation, struct err *err)
{
    return run(invocation, keep, err);
}

const struct verb verb_keep = {
    .name = "keep",
    .synopsis = "WHO --until DAY --reason TEXT [--also-departed] | --list | --end WHO",
    .sentence = "keep an account until a day, in the record; whom is kept; take it back",
    .option = keep_options,
    .argument_max = 1,
    .run = run_keep,
};

/* --- again --- */

/* ACTION_KEEP = as the account's state says. */
static int read_about(const struct invocation *invocation, enum action *ret_of, struct err *err)
{
    static const struct {
        const char *option;
        enum action of;
    } about[] = {{"suspension", ACTION_SUSPEND},
                 {"downgrade", ACTION_DOWNGRADE},
                 {"profile", ACTION_RESTORE}};
    size_t count = 0;

    *ret_of = ACTION_KEEP;
    for (size_t i = 0; i < COUNT_OF(about); i++) {
        if (!invocation_option(invocation, about[i].option))
            continue;
        *ret_of = about[i].of;
        count++;
    }
    return count > 1 ? err_set(err, ERR_USAGE,
                               "--suspension, --downgrade and --profile: one of them at a time")
                     : 0;
}

static int again(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    const char *who = NULL;
    struct decide_who account;
    enum action of = ACTION_KEEP;

    if (need_who(invocation, &who, err) < 0 || read_about(invocation, &of, err) < 0 ||
        job_again(&desk->job, desk->who, who, of, invocation_option(invocation, "reason"), &account,
                  &of, err) < 0)
        return -1;
    const char *email = account.email ? account.email : "";
    if (of == ACTION_RESTORE)
        session_say("%s %s: their former profile is proposed, for 90 days or until an act",
                    account.account_id, email);
    else
        session_say("%s %s: the rules apply again to a %s, for 90 days or until an act",
                    account.account_id, email, of == ACTION_SUSPEND ? "suspension" : "downgrade");
    return 0;
}

static int run_again(const struct invocation *invocation, struct err *err)
{
    return run(invocation, again, err);
}

const struct verb verb_again = {
    .name = "again",
    .synopsis = "WHO --reason TEXT [--suspension|--downgrade|--profile]",
    .sentence = "let the rules apply again to somebody who was given back what an act of ours took "
                "(R8), or propose to give it back (R16)",
    .option = again_options,
    .argument_max = 1,
    .run = run_again,
};

/* --- withdraw --- */

static int withdraw(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    const char *reason = invocation_option(invocation, "reason"), *who = NULL;
    struct withdrawal taken;
    int64_t plan = 0;

    if (need_who(invocation, &who, err) < 0)
        return -1;
    bool is_plan = parse_int(who, 1, INT64_MAX, &plan);
    if (job_withdraw(&desk->job, desk->who, plan, is_plan ? NULL : who, NULL, reason, &taken, err) <
        0)
        return -1;
    if (taken.count == 0)
        return err_set(err, ERR_USAGE,
                       "nothing stands of '%s' that could be taken back; hint: 'audit decisions'",
                       who);
    session_say("%zu decisions taken back", taken.count);
    if (taken.left > 0)
        session_say("%zu that spare somebody stay: %s", taken.left, taken.why);
    return 0;
}

static int run_withdraw(const struct invocation *invocation, struct err *err)
{
    return run(invocation, withdraw, err);
}

const struct verb verb_withdraw = {
    .name = "withdraw",
    .synopsis = "PLAN|WHO [--reason TEXT]",
    .sentence = "take back what stands of a plan, or about an account",
    .option = reason_options,
    .argument_max = 1,
    .run = run_withdraw,
};
