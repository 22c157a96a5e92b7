/*
 * check: one line for each thing a run needs, all of them looked at whatever the one before said,
 * so that an evening of mending is one round. Each that fails says what to do: where the error has
 * no hint of its own, that of the check. The exit code is that of the first that failed.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/question.h"
#include "base/mem.h"
#include "bynder/bynder.h"
#include "cmd/bynder-reconcile/check.h"
#include "cmd/bynder-reconcile/session.h"
#include "core/downgrade.h"
#include "core/protect.h"
#include "core/rules.h"
#include "host/clock.h"
#include "host/command.h"
#include "host/drop.h"
#include "host/file.h"
#include "host/log.h"
#include "host/signature.h"
#include "notify/delivery.h"
#include "roster/reader.h"
#include "store/history.h"
#include "store/migrate.h"
#include "store/snapshot.h"
#include "store/spread.h"

static const struct option_spec options[] = {
    {"print-sample", NULL,
     "print a documented configuration with every setting, and do nothing else"},
    {"print-manual", NULL, "print the settings as a manual page, and do nothing else"},
    {NULL, NULL, NULL},
};

/* More than this and today could be another day than the portal's. */
#define CLOCK_OFFSET_MAX_S 300.0

struct checking {
    const struct config *config;
    struct arena *arena;
    struct instant now;
    struct day today;
    struct bynder *bynder;
    struct roster roster; /* of check_roster; none = it could not be read */
    bool portal_answers;
    int64_t listed; /* accounts of the portal; -1 = not told */
    size_t made;    /* checks */
    bool is_cut;    /* a signal came before all of them were */
    int code;       /* of the first failure */
};

/* A person waits for the answer: seconds of trouble are borne, not minutes. */
#define PATIENCE_US (5 * SECOND_US)

static void show_check(struct checking *checking, const char *what, int failed, const char *fine,
                       const char *advice, struct err *err)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    text_add_printable(&line, failed ? err->text : fine);
    if (failed && !strstr(text_cstr(&line), "hint:"))
        text_addf(&line, "; hint: %s", advice);
    printf("%-5s %-9s %s\n", failed ? "FAIL" : "ok", what, text_cstr(&line));
    if (failed && checking->code == 0)
        checking->code = (int)err->code;
    err_release(err);
}

/* Of a server, whose schema is up to date: ", and …" about where the tables are. */
static int describe_spread(struct checking *checking, struct pg *pg, const char **ret_words,
                           struct err *err)
{
    struct store_spread spread;
    struct store store;

    if (store_find(pg, checking->config->portal.name, &store, err) < 0 ||
        store_look_spread(&store, checking->arena, &spread, err) < 0)
        return -1;
    if (spread.is_spread && spread.here)
        return err_set(err, ERR_CONFIG,
                       "the history is spread over %lld servers, but for %lld of its tables; hint: "
                       "run db/distribute.sql again, as after each upgrade",
                       (long long)spread.servers, (long long)spread.here);
    *ret_words =
        !spread.is_spread ? ""
        : spread.at
            ? arena_printf(checking->arena,
                           "; this server coordinates %lld others, this portal is at %s",
                           (long long)spread.servers, spread.at)
            : arena_printf(checking->arena,
                           "; this server coordinates %lld others, none has this portal yet",
                           (long long)spread.servers);
    return 0;
}

/* Who may not even ask how old the schema is lacks rights that are named as all others are. */
static int check_schema(struct pg *pg, struct err *err)
{
    CLEANUP(err_release) struct err lacks = ERR_INIT;

    if (migrate_check(pg, err) == 0)
        return store_check_rights(pg, err);
    if (strstr(err->text, "SQLSTATE 42501") && store_check_rights(pg, &lacks) < 0)
        return err_move(err, &lacks);
    return -1;
}

static int check_database(struct checking *checking, const char **ret_fine, struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    const struct config_database *config = &checking->config->database;
    const char *spread = "";

    if (database_open(config, &database, err) < 0)
        return -1;
    if (config->embedded && migrate_check(database.pg, err) < 0) {
        err_release(err);
        *ret_fine =
            arena_printf(checking->arena, "embedded in '%s', its schema is made by the next plan",
                         config->embedded);
        return 0;
    }
    if (!config->embedded && (check_schema(database.pg, err) < 0 ||
                              describe_spread(checking, database.pg, &spread, err) < 0))
        return -1;
    *ret_fine =
        config->embedded
            ? arena_printf(checking->arena, "embedded in '%s', the schema is up to date",
                           config->embedded)
            : arena_printf(checking->arena, "connected, the schema is up to date%s", spread);
    return 0;
}

/* A server of one's own should keep the job from changing the record; the embedded database is the
 * job's, there only the head of the chain outside does. */
static void show_rights(struct checking *checking)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text line = TEXT_INIT;
    const char *excess = NULL;

    if (checking->config->database.embedded ||
        database_open(&checking->config->database, &database, &err) < 0 ||
        migrate_check(database.pg, &err) < 0 ||
        store_excess_rights(database.pg, checking->arena, &excess, &err) < 0)
        return; /* what is wrong with the database was told already */
    text_add_printable(&line, excess ? excess : "no more than the job needs");
    printf("%-5s %-9s %s%s\n", excess ? "note" : "ok", "rights",
           excess ? "more than the job needs: it " : "", text_cstr(&line));
    if (excess)
        log_warning("the connection has more rights than it needs; hint: db/roles.sql makes roles "
                    "for owner, job, auditor and eraser");
}

enum { ENTRIES_SHOWN = 20 };

/* Protected entries and lines of the links file that fit no account of the last reading. */
static void show_unused(struct checking *checking, const struct snapshot *snapshot)
{
    const struct config *config = checking->config;
    const struct policy_context context = {.today = checking->today,
                                           .now = checking->now,
                                           .snapshot = snapshot,
                                           .matching = &config->matching};
    const struct pairing *pairing =
        match_all(checking->arena, snapshot, &checking->roster, &config->matching);
    const struct link_override *const *line = NULL;
    const char *const *who = NULL;
    char day[DAY_TEXT_SIZE];
    CLEANUP(text_release) struct text text = TEXT_INIT;
    size_t entries = protections_unused(checking->arena, &config->policy, &context, pairing, &who);
    size_t lines = match_unused_lines(checking->arena, &config->matching, snapshot, &line);

    for (size_t i = 0; i < entries && i < ENTRIES_SHOWN; i++)
        text_addf(&text, "%s'%s' (protected)", i ? ", " : "", who[i]);
    if (entries > ENTRIES_SHOWN)
        text_addf(&text, " and %zu more", entries - ENTRIES_SHOWN);
    for (size_t i = 0; i < lines && i < ENTRIES_SHOWN; i++)
        text_addf(&text, "%s'%s' (line %u of the links file)", i + entries ? ", " : "",
                  line[i]->account, line[i]->line);
    if (lines > ENTRIES_SHOWN)
        text_addf(&text, " and %zu more lines", lines - ENTRIES_SHOWN);
    CLEANUP(text_release) struct text printable = TEXT_INIT;
    text_add_printable(&printable, text_cstr(&text));
    printf("%-5s %-9s %s of the reading of %s%s%s\n", entries + lines ? "note" : "ok", "entries",
           entries + lines ? "fit no account" : "protected entries and links fit accounts",
           day_format(instant_day(snapshot->taken_at, config->policy.zone), day),
           entries + lines ? ": " : "", text_cstr(&printable));
}

/* Profiles of rules that the last reading has not, or more than once (R15). */
static void show_targets(struct checking *checking, const struct snapshot *snapshot)
{
    const struct policy *policy = &checking->config->policy;
    const char *const *sentence = NULL;
    size_t count = downgrade_findings(checking->arena, policy, snapshot, &sentence);
    char day[DAY_TEXT_SIZE];
    CLEANUP(text_release) struct text text = TEXT_INIT;

    for (size_t i = 0; i < count; i++)
        text_add_printable(&text,
                           arena_printf(checking->arena, "%s%s", i ? "; " : "", sentence[i]));
    printf("%-5s %-9s %s\n", count ? "note" : "ok", "profiles",
           count ? text_cstr(&text)
                 : arena_printf(checking->arena,
                                "what rules downgrade to is there, in the reading of %s",
                                day_format(instant_day(snapshot->taken_at, policy->zone), day)));
}

static bool downgrades(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (policy->rule[i].action == ACTION_DOWNGRADE)
            return true;
    }
    return false;
}

/* Asks the history for the accounts, not the portal: it is a look at the configuration. */
static void show_entries(struct checking *checking)
{
    const struct config *config = checking->config;
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct snapshot snapshot = {.count = 0};
    struct store store;

    bool entries = config->policy.protected_count + config->matching.link_count > 0 &&
                   checking->roster.count > 0;

    if ((!entries && !downgrades(&config->policy)) ||
        database_open(&config->database, &database, &err) < 0 ||
        migrate_check(database.pg, &err) < 0)
        return; /* told already */
    int failed = store_find(database.pg, config->portal.name, &store, &err);
    if (!failed && store.portal_id)
        failed = store_load_newest_snapshot(&store, checking->arena, &snapshot, &err);
    if (!failed && snapshot.count)
        failed = store_load_history(&store, checking->arena, &snapshot, &err);
    if (failed)
        show_check(checking, "entries", failed, "", "look at the line of the database", &err);
    if (!failed && snapshot.count && entries)
        show_unused(checking, &snapshot);
    if (!failed && snapshot.count && downgrades(&config->policy))
        show_targets(checking, &snapshot);
}

static int check_portal(struct checking *checking, const char **ret_fine, struct err *err)
{
    struct bynder_setup setup = {.config = &checking->config->portal, .patience_us = PATIENCE_US};
    struct snapshot snapshot = {.count = 0};

    if (bynder_new(&setup, &checking->bynder, err) < 0)
        return -1;
    struct portal portal = bynder_read_only(checking->bynder);
    if (portal.enter(portal.self, checking->arena, &snapshot, err) < 0)
        return -1;
    checking->portal_answers = true;
    const char *scopes = bynder_scopes(checking->bynder);
    *ret_fine = arena_printf(checking->arena, "%s answers; the token's user is %s; scopes: %s",
                             checking->config->portal.url, snapshot.own_id,
                             scopes ? scopes : "not told (permanent token)");
    return 0;
}

static int check_users(struct checking *checking, const char **ret_fine, struct err *err)
{
    int64_t all = -1, active = -1;

    if (bynder_count(checking->bynder, true, &all, err) < 0 ||
        bynder_count(checking->bynder, false, &active, err) < 0)
        return -1;
    checking->listed = all;
    if (all < 0 || active < 0)
        *ret_fine = "listed, but the portal does not announce how many";
    else
        *ret_fine = arena_printf(checking->arena, "%lld with includeInActive=%s, %lld without%s",
                                 (long long)all, checking->config->portal.include_inactive,
                                 (long long)active,
                                 all == active ? " (no inactive user, or the portal does not know "
                                                 "the word: try include_inactive)"
                                               : "");
    return 0;
}

static int check_clock(struct checking *checking, const char **ret_fine, struct err *err)
{
    double offset = bynder_clock_offset(checking->bynder);

    if (fabs(offset) > CLOCK_OFFSET_MAX_S)
        return err_set(err, ERR_UNREACHABLE,
                       "the portal's clock is %.0f s from this machine's; hint: is time "
                       "synchronisation running?",
                       offset);
    *ret_fine = arena_printf(checking->arena, "%.0f s from the portal's", offset);
    return 0;
}

static int check_roster(struct checking *checking, const char **ret_fine, struct err *err)
{
    struct roster roster = {.count = 0};

    if (roster_read(checking->arena, &checking->config->roster, NULL, checking->now, &roster, err) <
        0)
        return -1;
    roster.written = instant_day(roster_as_of(&roster), checking->config->policy.zone);
    roster_judge(&roster, checking->today);
    checking->roster = roster;
    *ret_fine =
        arena_printf(checking->arena, "%zu people, %zu rows rejected, %zu with a duplicate key%s",
                     roster_people(&roster), roster.rejected, roster.duplicates,
                     roster.rejected + roster.duplicates ? "; see 'roster check'" : "");
    return 0;
}

/* A place where files are to appear: itself, or the nearest part of its path that is there. */
static int check_writable(struct arena *arena, const char *directory, struct err *err)
{
    char *place = arena_strdup(arena, directory);

    while (access(place, F_OK) != 0 && errno == ENOENT && strcmp(place, "/") != 0) {
        CLEANUP(mem_cleanup) char *above = file_directory(place);
        place = arena_strdup(arena, above);
    }
    if (access(place, W_OK | X_OK) == 0)
        return 0;
    return err_set_errno(err, ERR_CONFIG, errno, "cannot write below '%s'", place);
}

/* What a run leaves behind: outcomes that the database cannot take, reports, figures. */
static int check_files(struct checking *checking, const char **ret_fine, struct err *err)
{
    const struct config *config = checking->config;
    CLEANUP(mem_cleanup)
    char *metrics = config->metrics_textfile ? file_directory(config->metrics_textfile) : NULL;
    const char *const directories[] = {config_state_directory(config), config->report.directory,
                                       metrics};

    for (size_t i = 0; i < COUNT_OF(directories); i++) {
        if (directories[i] && check_writable(checking->arena, directories[i], err) < 0)
            return -1;
    }
    const char *inbox = config->review.inbox;
    CLEANUP(drop_release) struct drop drop = {.place = PLACE_NONE};
    if (inbox && drop_open(inbox, &drop, err) < 0)
        return -1;
    CLEANUP(text_release) struct text signers = TEXT_INIT;
    const char *allowed = config->approval.allowed_signers;
    if (allowed && signature_read_signers(allowed, &signers, err) < 0)
        return -1;
    *ret_fine = arena_printf(
        checking->arena, "state in '%s', reports in '%s', figures in '%s'%s%s%s%s", directories[0],
        directories[1] ? directories[1] : "(none)",
        directories[2] ? config->metrics_textfile : "(none)", inbox ? ", decisions from " : "",
        inbox ? inbox : "", allowed ? ", signed by whom they name: " : "", allowed ? allowed : "");
    return 0;
}

static int check_mail(struct checking *checking, const char **ret_fine, struct err *err)
{
    const struct config_mail *mail = &checking->config->notify.mail;
    const struct clock *clock = clock_system();
    struct delivery_bound bound = {
        .clock = clock,
        .until = instant_add_us(clock->steady(clock->self),
                                checking->config->notify.timeout * SECOND_US)};

    if (delivery_check_mail(mail, &bound, err) < 0)
        return -1;
    *ret_fine = arena_printf(checking->arena, "%s answers%s; nothing was sent", mail->server,
                             mail->user ? " and takes the password" : "");
    return 0;
}

static int check_webhook(struct checking *checking, const char **ret_fine, struct err *err)
{
    CLEANUP(secret_release) struct secret url = SECRET_INIT;

    if (config_read_secret(&checking->config->notify.webhook.url, &url, err) < 0)
        return -1;
    *ret_fine = "its address can be read; nothing was posted";
    return 0;
}

typedef int check_function(struct checking *checking, const char **ret_fine, struct err *err);

struct check {
    const char *what;
    check_function *check;
    const char *advice; /* when it failed and nobody knows better */
};

/* Verbs that help with what failed, behind the advice. */
static const struct {
    const char *what, *verb, *does;
} helpers[] = {
    {"database", "psql", "tries the same"},
    {"roster", "roster check", "says more of it"},
};

static const struct check before_portal[] = {
    {"files", check_files,
     "let the user of the service own the directory, or change apply.state_directory, "
     "report.directory or metrics.textfile"},
    {"database", check_database, "does the server run, and does 'database' say how to reach it?"},
    {"roster", check_roster, "is roster.source the right one?"},
    {"portal", check_portal,
     "are portal.url, the client id and its secret those of the OAuth app in Bynder, with "
     "client credentials as its grant, and is the user it acts as still active?"},
};
static const struct check of_portal[] = {
    {"users", check_users,
     "the token's user needs the roles USERMANAGEMENT and PERMISSIONMANAGEMENT, the app the scopes "
     "admin.user:read, admin.profile:read and current.user:read"},
    {"clock", check_clock, "is time synchronisation running?"},
};
static const struct check of_mail = {
    "mail", check_mail,
    "are notify.mail.server, its port, starttls, user and password those of the mail server?"};
static const struct check of_webhook = {
    "webhook", check_webhook, "put the address into a file of mode 0600 that the service can read"};

static void run_check(struct checking *checking, const struct check *check)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const char *fine = NULL;

    checking->is_cut |= clock_is_interrupted();
    if (checking->is_cut)
        return;
    int failed = check->check(checking, &fine, &err);
    checking->is_cut = failed && err.code == ERR_INTERRUPTED;
    if (checking->is_cut) /* nothing was learnt of it */
        return;
    checking->made++;

    CLEANUP(text_release) struct text advice = TEXT_INIT;
    text_add(&advice, check->advice);
    for (size_t i = 0; i < COUNT_OF(helpers); i++) {
        if (!text_equal(helpers[i].what, check->what))
            continue;
        text_add(&advice, " '");
        command_add(&advice, "%s", helpers[i].verb);
        text_addf(&advice, "' %s", helpers[i].does);
    }
    show_check(checking, check->what, failed, fine, text_cstr(&advice), &err);
}

/* A table below its line, so it is no check of the tables. */
static void show_seats(struct checking *checking)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct portal portal =
        checking->bynder ? bynder_read_only(checking->bynder) : (struct portal){.self = NULL};

    checking->is_cut |= clock_is_interrupted();
    if (checking->is_cut)
        return;
    int failed = check_seats(checking->config, checking->arena,
                             checking->portal_answers ? &portal : NULL, checking->listed, &err);
    checking->is_cut = failed && err.code == ERR_INTERRUPTED;
    if (failed && !checking->is_cut)
        show_check(checking, "seats", failed, "", "look at the line of the portal", &err);
}

static void log_policy_findings(struct checking *checking)
{
    const char *const *sentence = NULL;
    size_t count =
        policy_findings(checking->arena, &checking->config->policy, checking->today, &sentence);

    for (size_t i = 0; i < count; i++)
        log_warning("%s", sentence[i]);
}

static int interrupted(const struct checking *checking, struct err *err)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;

    command_add_portal(&command, COMMAND_CHECK, 0);
    (void)err_set(err, ERR_INTERRUPTED,
                  "interrupted by a signal after %zu checks; hint: '%s' makes all of them",
                  checking->made, text_cstr(&command));
    return ERR_INTERRUPTED;
}

int check_all(const struct invocation *invocation, const struct config *config, struct err *err)
{
    const struct clock *clock = clock_system();
    struct checking checking = {
        .config = config,
        .arena = invocation->arena,
        .now = clock->now(clock->self),
        .listed = -1,
    };

    checking.today = instant_day(checking.now, config->policy.zone);
    session_say("ok    config    %s: %zu rules, mode %s, time zone %s", config->path,
                config->policy.rule_count, config->policy.enforce ? "enforce" : "report",
                config->time_zone);
    log_policy_findings(&checking);
    for (size_t i = 0; i < COUNT_OF(before_portal); i++)
        run_check(&checking, &before_portal[i]);
    show_rights(&checking);
    show_entries(&checking);
    for (size_t i = 0; i < COUNT_OF(of_portal) && checking.portal_answers; i++)
        run_check(&checking, &of_portal[i]);
    show_seats(&checking);
    if (config->notify.mail.server)
        run_check(&checking, &of_mail);
    if (config_has_webhook(config))
        run_check(&checking, &of_webhook);
    bynder_free(checking.bynder);
    return checking.is_cut ? interrupted(&checking, err) : checking.code;
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    struct config config;

    if (invocation_option(invocation, "print-sample")) {
        config_print_sample(stdout);
        return 0;
    }
    if (invocation_option(invocation, "print-manual")) {
        config_print_manual(stdout);
        return 0;
    }
    if (session_config(invocation, &config, err) < 0)
        return (int)err->code;
    return check_all(invocation, &config, err);
}

const struct verb verb_check = {
    .name = "check",
    .synopsis = "",
    .sentence = "configuration, database, portal, token, roster and clock, one line each",
    .option = options,
    .run = run_verb,
};
