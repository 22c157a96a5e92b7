/*
 * status: what the history says of a portal, or in one line each of all portals of a database. Asks
 * no portal anything and takes no lock.
 *
 * Which: the configured portal; with --all every one in its database; with --database, or where
 * --config names a directory, those of that database, or of the databases of all configurations
 * there. Without a configuration at its usual place its directory is looked at.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/portals.h"
#include "audit/status.h"
#include "base/mem.h"
#include "cmd/bynder-reconcile/configs.h"
#include "cmd/bynder-reconcile/session.h"
#include "host/clock.h"
#include "job/overview.h"
#include "report/portals.h"
#include "report/status.h"
#include "store/migrate.h"
#include "store/plan.h"
#include "store/review.h"
#include "store/step.h"

static const struct option_spec options[] = {
    {"format", "FORMAT", "text (default) or json; of all portals csv or html too"},
    {"output", "FILE", "of all portals: into this file"},
    {"all", NULL, "every portal of the database, a line each"},
    {"database", "DATABASE",
     "likewise without a configuration: a connection string, or the "
     "directory of an embedded database"},
    {"password-file", "FILE", "the database's password, with --database"},
    {NULL, NULL, NULL},
};

/* What people decided and what waits for them, by the configuration in force. */
static int load_stands(const struct invocation *invocation, const struct config *config,
                       struct store *store, struct store_status *status, struct err *err)
{
    const struct clock *clock = clock_system();
    struct job job = {.config = config,
                      .arena = invocation->arena,
                      .clock = clock,
                      .store = store,
                      .now = clock->now(clock->self)};
    const struct store_step *open = status->stands.open;
    struct plan *plan = NULL;

    job.today = instant_day(job.now, config->policy.zone);
    if (store_load_plan(store, job.arena, 0, &plan, err) < 0 ||
        overview_load(&job, plan, &status->stands, NULL, err) < 0)
        return -1;
    status->stands.open = open;
    return 0;
}

/* The history's own words, and what must be counted from now. */
static int load(const struct invocation *invocation, struct store *store,
                struct store_status *status, struct err *err)
{
    const struct clock *clock = clock_system();
    struct instant now = clock->now(clock->self);
    struct store_lock_until *suspended = NULL;
    struct store_step *open = NULL;

    if (store_load_status(store, invocation->arena, status, err) < 0 ||
        store_load_open_steps(store, invocation->arena, &open, &status->open_steps, err) < 0 ||
        store_load_locked(store, invocation->arena, now, &suspended, &status->suspended_count,
                          err) < 0)
        return -1;
    status->suspended = suspended;
    status->stands.open = open;
    return 0;
}

static int show_one(const struct invocation *invocation, enum report_format format, struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct report_style style = session_style(NULL);
    struct store_status status;
    struct config config;
    struct store store;

    if (format != REPORT_TEXT && format != REPORT_JSON)
        return err_set(err, ERR_USAGE,
                       "status of one portal has no format '%s'; hint: text or json, or --all",
                       report_format_name(format));
    if (session_config(invocation, &config, err) < 0 ||
        session_open(&config, SESSION_READS, &database, &store, err) < 0 ||
        load(invocation, &store, &status, err) < 0 ||
        load_stands(invocation, &config, &store, &status, err) < 0)
        return -1;
    session_warn_back(&config, &store, invocation->arena);
    if (format == REPORT_JSON)
        status_report_json(&status, &text);
    else
        status_report_text(&status, &style, &text);
    return session_print(NULL, &text, err);
}

/* --- all portals --- */

struct listing {
    const struct invocation *invocation;
    struct instant now;
    struct portal_status *portal;
    size_t count;
    struct seen { /* databases that were asked, each once */
        const struct config_database *config;
        const char *identity; /* NULL while it has not answered */
    } * seen;
    size_t seen_count, seen_capacity;
};

static bool is_same_database(const struct config_database *a, const struct config_database *b)
{
    return text_equal(a->embedded, b->embedded) && text_equal(a->conninfo, b->conninfo) &&
           text_equal(a->password.file, b->password.file);
}

/* An address can be spelled in many ways, a directory too. */
static int identify(struct arena *arena, const struct config_database *config, struct pg *pg,
                    const char **ret_identity, struct err *err)
{
    struct stat status;

    if (config->embedded && stat(config->embedded, &status) == 0) {
        *ret_identity =
            arena_printf(arena, "directory %llu/%llu", (unsigned long long)status.st_dev,
                         (unsigned long long)status.st_ino);
        return 0;
    }
    return portals_database(pg, arena, ret_identity, err);
}

static bool is_seen(const struct listing *listing, const char *identity)
{
    for (size_t i = 0; i < listing->seen_count; i++) {
        if (text_equal(listing->seen[i].identity, identity))
            return true;
    }
    return false;
}

static int add_database(struct listing *listing, const struct config_database *config,
                        struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    struct arena *arena = listing->invocation->arena;
    struct portal_status *more = NULL;
    const char *identity = NULL;
    size_t count = 0;

    if (database_open(config, &database, err) < 0 ||
        identify(arena, config, database.pg, &identity, err) < 0)
        return -1;
    if (is_seen(listing, identity))
        return 0;
    if (migrate_check(database.pg, err) < 0 ||
        portals_load(database.pg, arena, listing->now, &more, &count, err) < 0)
        return -1;
    if (listing->seen_count > 0)
        listing->seen[listing->seen_count - 1].identity = identity;
    struct portal_status *all = arena_calloc(arena, listing->count + count + 1, sizeof(*all));
    for (size_t i = 0; i < listing->count + count; i++)
        all[i] = i < listing->count ? listing->portal[i] : more[i - listing->count];
    listing->portal = all;
    listing->count += count;
    return 0;
}

static int add_named(struct listing *listing, const char *name, struct err *err)
{
    struct config_database config = {.os_user = "postgres"};
    struct stat status;

    if (stat(name, &status) == 0 && S_ISDIR(status.st_mode))
        config.embedded = name;
    else if (strchr(name, '=') || strstr(name, "://"))
        config.conninfo = name;
    else
        return err_set(err, ERR_USAGE,
                       "--database is neither a directory nor a connection string; hint: "
                       "--database 'host=db.example dbname=bynder'");
    config.password.file = invocation_file(listing->invocation, "password-file");
    return add_database(listing, &config, err);
}

/* The database of each configuration, once. */
static int add_config(void *context, const struct invocation *one, const struct config *config,
                      struct err *err)
{
    struct listing *listing = context;
    struct config_database *kept;

    for (size_t i = 0; i < listing->seen_count; i++) {
        if (is_same_database(listing->seen[i].config, &config->database))
            return 0;
    }
    listing->seen = mem_grow(listing->seen, listing->seen_count, &listing->seen_capacity,
                             sizeof(listing->seen[0]));
    kept = arena_alloc(one->arena, sizeof(*kept));
    *kept = config->database;
    listing->seen[listing->seen_count++] = (struct seen){.config = kept};
    return add_database(listing, &config->database, err);
}

static int by_name(const void *a, const void *b)
{
    const struct portal_status *left = a, *right = b;

    return strcmp(left->portal, right->portal);
}

/* What could be read is shown, whatever could not. */
static int show_all(struct listing *listing, int failed, enum report_format format, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct arena *arena = listing->invocation->arena;

    if (failed && listing->count == 0)
        return -1;
    if (listing->count > 0)
        qsort(listing->portal, listing->count, sizeof(listing->portal[0]), by_name);
    if (format == REPORT_XLSX || format == REPORT_CSV_BOM)
        return err_set(err, ERR_USAGE, "status has no format '%s'; hint: text, json, csv or html",
                       report_format_name(format));
    struct portals_view view = {
        .portal = listing->portal,
        .count = listing->count,
        .total = portals_add_up(arena, listing->portal, listing->count, listing->now),
        .now = listing->now};
    portals_report(&view, format, &text);
    return session_print(invocation_option(listing->invocation, "output"), &text,
                         failed ? NULL : err) ||
                   failed
               ? -1
               : 0;
}

static int list(struct listing *listing, enum report_format format, const char *directory,
                struct err *err)
{
    const struct invocation *invocation = listing->invocation;
    const char *database = invocation_option(invocation, "database");
    struct config config;
    int failed;

    if (database)
        failed = add_named(listing, database, err);
    else if (directory)
        failed = configs_each(invocation, directory, add_config, listing, err);
    else
        failed = session_config(invocation, &config, err) ||
                 add_database(listing, &config.database, err);
    return show_all(listing, failed, format, err);
}

static int show(const struct invocation *invocation, enum report_format format, struct err *err)
{
    const struct clock *clock = clock_system();
    struct listing listing = {.invocation = invocation, .now = clock->now(clock->self)};
    const char *directory = configs_directory(invocation);

    if (!invocation_option(invocation, "database") && !directory &&
        !invocation_option(invocation, "all"))
        return show_one(invocation, format, err);
    int failed = list(&listing, format, directory, err);
    free(listing.seen);
    return failed;
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    enum report_format format;

    if (session_format(invocation_option(invocation, "format"), &format, err) < 0)
        return (int)err->code;
    return show(invocation, format, err) ? (int)err->code : 0;
}

const struct verb verb_status = {
    .name = "status",
    .synopsis = "[--all] [--database DATABASE] [--format FORMAT] [--output FILE]",
    .sentence = "last runs, holds, seats; of one portal, or of all",
    .option = options,
    .run = run_verb,
};
