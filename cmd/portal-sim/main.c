/*
 * portal-sim: reads the command line, makes the population, writes the files that go with it,
 * listens, and waits for a signal. Exit codes are those of struct err: 64 for a wrong command line,
 * 69 when it cannot listen.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/file.h"

#include "hr.h"
#include "options.h"
#include "people.h"
#include "portal.h"
#include "server.h"

#define PEM_MAX   1048576
#define ROLES_MAX 11

/* All that lives as long as the process serves. */
struct sim {
    struct options options;
    struct people people;
    char *roles_text;
    const char *roles[ROLES_MAX + 1];
    struct text certificate, key;
    struct portal portal;
    struct server *server;
};

static struct day real_today(void)
{
    return instant_day((struct instant){.us = (int64_t)time(NULL) * SECOND_US}, &zone_utc);
}

/* Words of --roles, NULL behind the last. */
static int split_roles(struct sim *sim, struct err *err)
{
    size_t count = 0;
    if (!sim->options.roles)
        return 0;
    sim->roles_text = mem_strdup(sim->options.roles);
    for (char *at = sim->roles_text; *at;) {
        size_t length = strcspn(at, " ");
        char *next = at + length + (at[length] ? 1 : 0);
        at[length] = '\0';
        if (length > 0 && count == ROLES_MAX)
            return err_set(err, ERR_USAGE, "option '--roles' takes at most %d roles", ROLES_MAX);
        if (length > 0)
            sim->roles[count++] = at;
        at = next;
    }
    return 0;
}

static int scopes_of(const struct options *options, unsigned *ret_scopes, struct err *err)
{
    CLEANUP(mem_cleanup) char *unknown = NULL;
    CLEANUP(text_release) struct text known = TEXT_INIT;
    unsigned scopes = options->scopes ? scopes_parse(options->scopes, &unknown) : SCOPE_ALL;
    scopes_add_names(&known, SCOPE_ALL);
    if (unknown)
        return err_set(err, ERR_USAGE, "unknown scope '%s'; hint: there are %s", unknown,
                       text_cstr(&known));
    *ret_scopes = scopes;
    return 0;
}

static int open_portal(struct sim *sim, struct err *err)
{
    const struct options *options = &sim->options;
    struct portal_settings settings = {
        .users = (size_t)options->users,
        .seed = (uint64_t)options->seed,
        .today = day_is_set(options->today) ? options->today : real_today(),
        .today_given = day_is_set(options->today),
        .rows = sim->people.row,
        .row_count = sim->people.count,
        .rate_limit = (size_t)options->rate_limit,
        .rate_window_us = options->rate_window * SECOND_US,
        .client_id = options->client_id,
        .client_secret = options->client_secret,
        .permanent = options->tokens.item,
        .permanent_count = options->tokens.count,
        .roles = options->roles ? sim->roles : NULL,
        .token_lifetime_us = options->token_lifetime * SECOND_US,
        .log_path = options->log,
        .faults = options->faults.item,
        .fault_count = options->faults.count,
        .enforce_180_days = options->enforce_180_days,
    };
    if (scopes_of(options, &settings.scopes, err) < 0)
        return -1;
    return portal_init(&sim->portal, &settings, options->roster || options->leavers, err);
}

static int write_files(struct sim *sim, struct err *err)
{
    const struct options *options = &sim->options;
    if (options->roster && hr_write_roster(&sim->portal.population, options->roster, err) < 0)
        return -1;
    if (options->leavers && hr_write_leavers(&sim->portal.population, options->leavers, err) < 0)
        return -1;
    if (options->export && hr_write_export(&sim->portal.population, options->export, err) < 0)
        return -1;
    population_forget_people(&sim->portal.population);
    return 0;
}

static int open_server(struct sim *sim, struct err *err)
{
    const struct options *options = &sim->options;
    struct server_settings settings = {.bind = options->bind,
                                       .port = (unsigned)options->port,
                                       .threads = (unsigned)options->threads};
    if (options->tls_cert) {
        if (file_read(options->tls_cert, PEM_MAX, ERR_USAGE, &sim->certificate, NULL, err) < 0 ||
            file_read(options->tls_key, PEM_MAX, ERR_USAGE, &sim->key, NULL, err) < 0)
            return -1;
        settings.certificate = text_cstr(&sim->certificate);
        settings.key = text_cstr(&sim->key);
    }
    sim->server = server_new(&settings, &sim->portal, err);
    return sim->server ? 0 : -1;
}

static int announce(const struct sim *sim, size_t accounts, struct err *err)
{
    const struct options *options = &sim->options;
    CLEANUP(text_release) struct text port = TEXT_INIT;
    text_addf(&port, "%u\n", server_port(sim->server));
    (void)fprintf(stderr, "portal-sim: %zu accounts at http%s://%s:%s", accounts,
                  options->tls_cert ? "s" : "", options->bind, text_cstr(&port));
    if (options->rate_limit == 0)
        (void)fprintf(stderr, "portal-sim: the rate limit is lifted; a real portal allows 4,500 "
                              "requests in 5 minutes\n");
    if (!options->port_file)
        return 0;
    return file_write(options->port_file, 0644, text_cstr(&port), port.length, err);
}

static void wait_for_end(const sigset_t *ends, int64_t max_seconds)
{
    if (max_seconds == 0) {
        int signal = 0;
        (void)sigwait(ends, &signal);
        return;
    }
    struct timespec patience = {.tv_sec = max_seconds};
    (void)sigtimedwait(ends, NULL, &patience);
}

/* Signals are blocked before the first thread starts, so that only wait_for_end sees them. */
static sigset_t take_signals(void)
{
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
    (void)sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    return ends;
}

static void allow_many_connections(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

static int serve(struct sim *sim, struct err *err)
{
    const struct options *options = &sim->options;
    const struct people_hints hints = {.delimiter = options->people_delimiter,
                                       .id = options->people_id,
                                       .name = options->people_name,
                                       .status = options->people_status,
                                       .last_day = options->people_last_day};
    if (split_roles(sim, err) < 0 ||
        (options->people && people_read(options->people, &hints, &sim->people, err) < 0))
        return -1;
    sigset_t ends = take_signals();
    allow_many_connections();
    if (open_portal(sim, err) < 0)
        return -1;
    int result = -1;
    size_t accounts = sim->portal.population.live; /* from the server's start on this is shared */
    if (write_files(sim, err) == 0 && open_server(sim, err) == 0 &&
        announce(sim, accounts, err) == 0) {
        wait_for_end(&ends, options->max_seconds);
        result = 0;
    }
    server_free(sim->server);
    portal_release(&sim->portal);
    return result;
}

static int run(struct sim *sim, int argc, char **argv, struct err *err)
{
    if (options_parse(&sim->options, argc, argv, err) < 0)
        return -1;
    CLEANUP(text_release) struct text text = TEXT_INIT;
    if (sim->options.help)
        options_add_help(&text);
    else if (sim->options.version)
        text_add(&text, "portal-sim " PROGRAM_VERSION "\n");
    if (text.length > 0)
        return fputs(text_cstr(&text), stdout) < 0 || fflush(stdout) != 0
                   ? err_set(err, ERR_INTERNAL, "cannot write to stdout")
                   : 0;
    return serve(sim, err);
}

int main(int argc, char **argv)
{
    static struct sim sim;
    CLEANUP(err_release) struct err err = ERR_INIT;
    int result = run(&sim, argc, argv, &err);
    if (result < 0)
        (void)fprintf(stderr, "portal-sim: %s\n", err.text);
    options_release(&sim.options);
    people_release(&sim.people);
    free(sim.roles_text);
    text_release(&sim.certificate);
    text_release(&sim.key);
    return result < 0 ? (int)err.code : 0;
}
