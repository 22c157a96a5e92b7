/*
 * status: what the history says of a portal, or in one line each of all portals of a database. Asks
 * no portal anything and takes no lock.
 *
 * Which: the configured portal; with --all every one in its database; with --database, or where
 * --config names a directory, those of that database, or of the databases of all configurations
 * there. Without a configuration at its usual place its directory is looked at.
 */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/status.h"
#include "audit/watch.h"
#include "base/mem.h"
#include "cmd/bynder-reconcile/session.h"
#include "host/clock.h"
#include "host/command.h"
#include "host/file.h"
#include "host/log.h"
#include "job/overview.h"
#include "report/status.h"
#include "store/migrate.h"
#include "store/plan.h"
#include "store/review.h"
#include "store/step.h"

static const struct option_spec options[] = {
    {"format", "FORMAT", "text (default) or json"},
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
    struct status_line *line;
    size_t count, capacity;
};

static int add_database(struct listing *listing, const struct config_database *config,
                        struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    struct store_watch watch;
    struct store *store = NULL;
    size_t count = 0;

    if (database_open(config, &database, err) < 0 || migrate_check(database.pg, err) < 0 ||
        store_list(database.pg, listing->invocation->arena, &store, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        listing->line =
            mem_grow(listing->line, listing->count, &listing->capacity, sizeof(listing->line[0]));
        struct status_line *line = &listing->line[listing->count];
        if (load(listing->invocation, &store[i], &line->status, err) < 0 ||
            store_load_watch(&store[i], listing->invocation->arena, &watch, err) < 0)
            return -1;
        line->last_success = watch.last_success;
        listing->count++;
    }
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

static bool is_same_database(const struct config_database *a, const struct config_database *b)
{
    return text_equal(a->embedded, b->embedded) && text_equal(a->conninfo, b->conninfo);
}

/* The databases of all configurations in a directory, each once. One that cannot be read or opened
 * does not hide the others; it is the error in the end. */
static int add_directory(struct listing *listing, const char *directory, struct err *err)
{
    CLEANUP(mem_cleanup) char *pattern = file_join(directory, "*.conf");
    struct config_database *seen = NULL;
    size_t count = 0;
    glob_t found;
    int failed = 0;

    if (glob(pattern, 0, NULL, &found) != 0)
        return err_set(err, ERR_CONFIG,
                       "there is no configuration in '%s'; hint: name one with "
                       "--config, or a database with --database",
                       directory);
    seen = arena_calloc(listing->invocation->arena, found.gl_pathc, sizeof(seen[0]));
    for (size_t i = 0; i < found.gl_pathc; i++) {
        CLEANUP(err_release) struct err own = ERR_INIT;
        struct invocation one = *listing->invocation;
        struct config config;
        bool known = false;

        one.config_path = arena_strdup(one.arena, found.gl_pathv[i]);
        int bad = session_config(&one, &config, &own);
        for (size_t k = 0; k < count && !bad; k++)
            known |= is_same_database(&seen[k], &config.database);
        if (!bad && !known) {
            seen[count++] = config.database;
            bad = add_database(listing, &config.database, &own);
        }
        if (bad && failed)
            log_error("%s", own.text);
        else if (bad)
            failed = err_move(err, &own);
    }
    globfree(&found);
    return failed;
}

static int by_name(const void *a, const void *b)
{
    const struct status_line *left = a, *right = b;

    return strcmp(left->status.portal, right->status.portal);
}

/* What could be read is shown, whatever could not. */
static int show_all(struct listing *listing, int failed, enum report_format format, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (failed && listing->count == 0)
        return -1;
    if (listing->count > 0)
        qsort(listing->line, listing->count, sizeof(listing->line[0]), by_name);
    if (format == REPORT_JSON)
        status_report_lines_json(listing->line, listing->count, &text);
    else
        status_report_lines_text(listing->line, listing->count, &text);
    return session_print(NULL, &text, failed ? NULL : err) || failed ? -1 : 0;
}

/* The directory whose configurations are meant; NULL: one configuration is. */
static char *find_directory(const struct invocation *invocation)
{
    struct stat status;

    if (stat(invocation->config_path, &status) == 0)
        return S_ISDIR(status.st_mode) ? mem_strdup(invocation->config_path) : NULL;
    return errno == ENOENT && text_equal(invocation->config_path, COMMAND_CONFIG_DEFAULT)
               ? file_directory(COMMAND_CONFIG_DEFAULT)
               : NULL;
}

static int show(const struct invocation *invocation, enum report_format format, struct err *err)
{
    struct listing listing = {.invocation = invocation};
    const char *database = invocation_option(invocation, "database");
    CLEANUP(mem_cleanup) char *directory = find_directory(invocation);
    struct config config;
    int failed;

    if (!database && !directory && !invocation_option(invocation, "all"))
        return show_one(invocation, format, err);
    if (database)
        failed = add_named(&listing, database, err);
    else if (directory)
        failed = add_directory(&listing, directory, err);
    else
        failed = session_config(invocation, &config, err) ||
                 add_database(&listing, &config.database, err);
    failed = show_all(&listing, failed, format, err);
    free(listing.line);
    return failed;
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    enum report_format format;

    if (session_format(invocation_option(invocation, "format"), &format, err) < 0)
        return (int)err->code;
    if (format != REPORT_TEXT && format != REPORT_JSON) {
        (void)err_set(err, ERR_USAGE, "status has no format '%s'; hint: text or json",
                      report_format_name(format));
        return ERR_USAGE;
    }
    return show(invocation, format, err) ? (int)err->code : 0;
}

const struct verb verb_status = {
    .name = "status",
    .synopsis = "[--all] [--database DATABASE] [--format FORMAT]",
    .sentence = "last runs, holds, seats; of one portal, or of all",
    .option = options,
    .run = run_verb,
};
