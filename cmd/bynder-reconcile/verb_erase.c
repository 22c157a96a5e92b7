/*
 * erase: takes a person's data out of the history. It holds the portal's lock, so no run reads or
 * stores them meanwhile; it asks the portal nothing.
 */
#include <stdio.h>

#include "audit/record.h"
#include "cmd/bynder-reconcile/ask.h"
#include "database/os_user.h"
#include "host/clock.h"
#include "host/log.h"
#include "job/erase.h"
#include "store/audit.h"

static const struct option_spec options[] = {
    {"reason", "TEXT", "why, without the name: it is kept"},
    {"format", "FORMAT", "text, and nothing else"},
    {NULL, NULL, NULL},
};

static void show_erased(const struct store_erased *erased, size_t files)
{
    printf("erased: %zu account%s, %zu name%s, addresses and numbers, %zu report file%s\n",
           erased->accounts, erased->accounts == 1 ? "" : "s", erased->value_count,
           erased->value_count == 1 ? "" : "s", files, files == 1 ? "" : "s");
    for (size_t i = 0; i < erased->listed_count; i++)
        log_warning("account '%s' is still in the portal: the next run records it anew, until it "
                    "is deleted there",
                    erased->listed[i]);
}

/* The head moved: what is kept outside moves with it. */
static int keep_head(const struct ask *ask, struct instant now, struct err *err)
{
    const char *back = NULL;
    struct audit_head head;
    char text[AUDIT_HEAD_SIZE];

    if (audit_record_check(&ask->config, &ask->store, ask->invocation->arena, &back, err) < 0)
        return -1;
    if (back) {
        log_warning("the audit head was not kept: %s", back);
        return 0;
    }
    if (store_audit_head(&ask->store, &head, err) < 0)
        return -1;
    log_info("audit head %s, %lld events", audit_head_format(&head, text), (long long)head.count);
    return audit_file_write(&ask->config, &head, now, err);
}

/* Before anybody is looked for: who may not erase learns nothing about whom they name. */
static int check_may(const struct ask *ask, struct err *err)
{
    bool may = false;

    if (ask->sees_tables && store_may_erase(&ask->store, &may, err) < 0)
        return -1;
    return may ? 0
               : err_set(err, ERR_CONFIG,
                         "this connection may not erase; hint: reconcile_eraser may, see "
                         "db/roles.sql");
}

static int erase_one(struct ask *ask, const char *who, const char *reason, struct err *err)
{
    const struct clock *clock = clock_system();
    struct store_subject subject;
    struct store_erased erased;
    const char *user = NULL;
    size_t files = 0;
    struct job job = {
        .config = &ask->config,
        .arena = ask->invocation->arena,
        .clock = clock,
        .store = &ask->store,
        .now = clock->now(clock->self),
    };

    if (check_may(ask, err) < 0 || store_lock(&ask->store, err) < 0 ||
        os_user(job.arena, &user, err) < 0 || ask_who(ask, who, &subject, err) < 0 ||
        job_erase(&job, &subject, user, reason, &erased, &files, err) < 0)
        return -1;
    show_erased(&erased, files);
    return keep_head(ask, job.now, err);
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    CLEANUP(ask_end) struct ask ask = {.invocation = invocation};
    const char *reason = invocation_option(invocation, "reason");

    if (invocation->argument_count == 0 || !reason) {
        (void)err_set(err, ERR_USAGE, "erase whom, and why? hint: 'erase WHO --reason TEXT'");
        return ERR_USAGE;
    }
    if (ask_begin(&ask, err) < 0 || erase_one(&ask, invocation->argument[0], reason, err) < 0)
        return (int)err->code;
    return 0;
}

const struct verb verb_erase = {
    .name = "erase",
    .synopsis = "WHO --reason TEXT",
    .sentence = "take a person's data out of the history; acts and record stay",
    .option = options,
    .argument_max = 1,
    .run = run_verb,
};
