/*
 * portal adopt: a person says that the portal of this name is the one it was (guard G14), or under
 * which name it was known. Asks the portal nothing, and approves no row.
 */
#include "base/mem.h"
#include "cmd/bynder-reconcile/session.h"
#include "core/ruling.h"
#include "database/os_user.h"
#include "host/clock.h"
#include "host/command.h"
#include "job/rule.h"
#include "store/migrate.h"
#include "store/portal.h"

static const struct option_spec options[] = {
    {"from", "NAME",
     "the name it had in this history: acts, decisions and all go on with this one"},
    {"reason", "TEXT", "why it is this portal (required)"},
    {NULL, NULL, NULL},
};

struct adopting {
    struct config config;
    struct database database;
    struct store store;
    struct job job;
    struct store_adoption adoption;
};

static int begin(const struct invocation *invocation, struct adopting *adopting, struct err *err)
{
    const struct clock *clock = clock_system();
    struct store_adoption *adoption = &adopting->adoption;

    adoption->reason = invocation_option(invocation, "reason");
    if (text_is_empty(adoption->reason))
        return err_set(err, ERR_USAGE, "portal adopt needs a --reason");
    if (os_user(invocation->arena, &adoption->who, err) < 0 ||
        session_config(invocation, &adopting->config, err) < 0)
        return -1;
    adopting->job = (struct job){.config = &adopting->config,
                                 .arena = invocation->arena,
                                 .clock = clock,
                                 .store = &adopting->store,
                                 .now = clock->now(clock->self)};
    adoption->name = adopting->config.portal.name;
    adoption->url = adopting->config.portal.url;
    adoption->host = adopting->config.portal.host;
    adoption->at = adopting->job.now;
    struct approvers approvers = rule_approvers(&adopting->job);
    const char *why =
        ruling_refuse_person(invocation->arena, &approvers, adoption->who, NULL, NULL);
    return why ? err_set(err, ERR_HELD, "%s", why) : 0;
}

/* Whatever went back under either name is settled under that name first. */
static int check_record(struct adopting *adopting, const struct store *store, const char *name,
                        struct err *err)
{
    struct config config = adopting->config;

    config.portal.name = name;
    return session_refuse_back(&config, store, adopting->job.arena, err);
}

static int adopt(struct adopting *adopting, struct err *err)
{
    const struct store_adoption *adoption = &adopting->adoption;
    struct store_adopted adopted;

    if (session_open(&adopting->config, SESSION_READS, &adopting->database, &adopting->store, err) <
            0 ||
        store_lock(&adopting->store, err) < 0 ||
        check_record(adopting, &adopting->store, adoption->name, err) < 0 ||
        store_adopt(&adopting->store, adopting->job.arena, adoption, &adopted, err) < 0)
        return -1;
    session_keep_head(&adopting->config, &adopting->store);
    store_unlock(&adopting->store); /* whoever reads what follows may take their time */
    session_say("'%s' is the portal at '%s', says '%s'", adoption->name, adoption->host,
                adoption->who);
    if (adopted.before && !text_equal(adopted.before, adoption->host))
        session_say("  it was at '%s': what was approved there is not done here", adopted.before);
    session_say("  its user and accounts are learned anew by the next run");
    return 0;
}

static void show_taken_over(const struct store_adoption *adoption, const char *from,
                            const struct store_adopted *adopted)
{
    session_say("the history of '%s' goes on as '%s', says '%s'", from, adoption->name,
                adoption->who);
    session_say("  acts, announcements, decisions and budget are those of '%s'; under that name "
                "nothing is done any more",
                from);
    if (adopted->before && !text_equal(adopted->before, adoption->host))
        session_say("  it was at '%s': what was approved there is not done here", adopted->before);
    if (!adopted->set_aside)
        return;
    session_say("  what '%s' wrote until now is set aside as '%s'; %lld acts and %lld keeps and "
                "rejections of it are carried along, approvals are not",
                adoption->name, adopted->set_aside, (long long)adopted->acts,
                (long long)adopted->decisions);
}

/* Whoever takes over and what is set aside for it. */
static int check_records(struct adopting *adopting, const char *from, struct err *err)
{
    const char *name = adopting->adoption.name;
    struct store own;

    if (check_record(adopting, &adopting->store, from, err) < 0 ||
        store_find(adopting->database.pg, name, &own, err) < 0)
        return -1;
    return own.portal_id == 0 ? 0 : check_record(adopting, &own, name, err);
}

static int adopt_from(struct adopting *adopting, const char *from, struct err *err)
{
    const struct store_adoption *adoption = &adopting->adoption;
    struct store_adopted adopted;

    if (database_open(&adopting->config.database, &adopting->database, err) < 0 ||
        migrate_check(adopting->database.pg, err) < 0 ||
        store_find_portal(adopting->database.pg, from, &adopting->store, err) < 0 ||
        check_records(adopting, from, err) < 0 ||
        session_refuse_outcomes(&adopting->config, from, err) < 0 ||
        store_adopt_from(adopting->database.pg, adopting->job.arena, from, adoption,
                         &adopting->store, &adopted, err) < 0)
        return -1;
    session_keep_head(&adopting->config, &adopting->store);
    store_unlock(&adopting->store);
    show_taken_over(adoption, from, &adopted);
    return 0;
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    const char *from = invocation_option(invocation, "from");
    struct adopting adopting = {.database = {.cluster = NULL}};

    if (invocation->argument_count != 1 || !text_equal(invocation->argument[0], "adopt")) {
        (void)err_set(
            err, ERR_USAGE,
            "portal what? hint: 'portal adopt --reason TEXT', or 'portal adopt --from NAME "
            "--reason TEXT'");
        return ERR_USAGE;
    }
    int failed = begin(invocation, &adopting, err) < 0 ||
                 (from ? adopt_from(&adopting, from, err) : adopt(&adopting, err)) < 0;
    database_release(&adopting.database);
    return failed ? (int)err->code : 0;
}

const struct verb verb_portal = {
    .name = "portal",
    .synopsis = "adopt [--from NAME] --reason TEXT",
    .sentence = "confirm which portal this is: it moved, or has another name now",
    .option = options,
    .argument_max = 1,
    .run = run_verb,
};
