/*
 * The beginning and the end that verbs share. Configuration problems are told all at once, because
 * somebody who mends one at a time gives up at the third.
 */
#include "cmd/bynder-reconcile/session.h"
#include <stdarg.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "audit/record.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cmd/bynder-reconcile/invoker.h"
#include "host/clock.h"
#include "host/command.h"
#include "host/file.h"
#include "host/log.h"
#include "report/files.h"
#include "store/migrate.h"
#include "store/outcome_file.h"

int session_config(const struct invocation *invocation, struct config *ret_config, struct err *err)
{
    struct config_problems problems = {.count = 0};
    bool reviews = command_is_for_reviewers(invocation->verb->name);

    if (config_load(invocation->arena, invocation->config_path,
                    reviews ? CONFIG_DATABASE_SECRET : CONFIG_ALL_SECRETS, ret_config, &problems,
                    err) == 0) {
        command_set_credentials(ret_config->portal.client_secret.credential ||
                                ret_config->portal.token.credential);
        return 0;
    }
    for (size_t i = 0; problems.count > 1 && i < problems.count; i++) {
        const struct config_problem *problem = &problems.item[i];
        if (problem->line)
            log_error("%s:%u: %s", problem->file, problem->line, problem->text);
        else
            log_error("%s: %s", problem->file, problem->text);
    }
    if (problems.count > 1)
        return err_set(err, ERR_CONFIG, "%zu problems in the configuration '%s'", problems.count,
                       invocation->config_path);
    return -1;
}

int session_open(const struct config *config, enum session_schema schema,
                 struct database *ret_database, struct store *ret_store, struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    struct migrate_result migrated;

    log_context("portal", config->portal.name);
    if (database_open(&config->database, &database, err) < 0)
        return -1;
    if (schema == SESSION_MIGRATES && config->database.embedded) {
        if (migrate_run(database.pg, &migrated, err) < 0)
            return -1;
        if (migrated.applied)
            log_info("database schema is at version %d, %d migrations applied", migrated.version,
                     migrated.applied);
    } else if (migrate_check(database.pg, err) < 0) {
        return -1;
    }
    if (store_open(database.pg, config->portal.name, config->portal.url, ret_store, err) < 0)
        return -1;
    *ret_database = database;
    database = (struct database){.cluster = NULL};
    return 0;
}

/* --- what this machine kept of the record --- */

int session_refuse_back(const struct config *config, const struct store *store, struct arena *arena,
                        struct err *err)
{
    CLEANUP(mem_cleanup)
    char *accept = command_make("audit accept-restore --reason \"which backup, and why\"");
    const char *back = NULL;

    if (!audit_file_may_read(config))
        return 0;
    if (audit_record_check(config, store, arena, &back, err) < 0)
        return -1;
    return back ? err_set(err, ERR_HELD, "%s; hint: '%s' goes on from here", back, accept) : 0;
}

void session_warn_back(const struct config *config, const struct store *store, struct arena *arena)
{
    CLEANUP(err_release) struct err own = ERR_INIT;

    if (session_refuse_back(config, store, arena, &own) < 0)
        log_warning("%s", own.text);
}

static int refuse_outcome(void *context, const char *path, const char *rest, struct err *err)
{
    (void)context;
    if (!text_equal(strrchr(rest, '.'), ".json"))
        return 0;
    return err_set(err, ERR_HELD,
                   "'%s' says what became of an act, and no run has read it in yet; hint: a run "
                   "under the old name does",
                   path);
}

int session_refuse_outcomes(const struct config *config, const char *portal, struct err *err)
{
    struct config named = *config;

    named.portal.name = portal;
    return outcome_file_visit(&named, refuse_outcome, NULL, err);
}

void session_keep_head(const struct config *config, const struct store *store)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct clock *clock = clock_system();
    const char *back = NULL;

    if (audit_record_check(config, store, &scratch, &back, &own) == 0 && !back &&
        audit_record_keep(config, store, clock->now(clock->self), &own) == 0)
        return;
    log_debug("the audit head was not kept: %s", back ? back : own.text);
}

static bool is_file(const char *path)
{
    return path && strcmp(path, "-") != 0;
}

int session_format(const char *name, enum report_format *ret_format, struct err *err)
{
    if (!name) {
        *ret_format = REPORT_TEXT;
        return 0;
    }
    if (!report_format_parse(name, ret_format) || *ret_format >= REPORT_XLSX)
        return err_set(err, ERR_USAGE, "unknown format '%s'; hint: text, json, csv or html", name);
    return 0;
}

int session_plan_format(const struct invocation *invocation, enum report_format *ret_format,
                        struct err *err)
{
    const char *name = invocation_option(invocation, "format");
    const char *output = invocation_option(invocation, "output");
    bool bom = invocation_option(invocation, "bom") != NULL;

    *ret_format = REPORT_TEXT;
    if (name && (!report_format_parse(name, ret_format) || *ret_format > REPORT_XLSX))
        return err_set(err, ERR_USAGE, "unknown format '%s'; hint: text, json, csv, html or xlsx",
                       name);
    if (bom && *ret_format != REPORT_CSV)
        return err_set(err, ERR_USAGE, "--bom goes with --format csv");
    if (bom)
        *ret_format = REPORT_CSV_BOM;
    if (*ret_format == REPORT_XLSX && !is_file(output) && isatty(STDOUT_FILENO))
        return err_set(err, ERR_USAGE,
                       "a workbook is nothing for a terminal; hint: '--output plan.xlsx' writes it "
                       "to a file");
    return 0;
}

int session_plan_id(const char *word, int64_t *ret_id, struct err *err)
{
    *ret_id = 0;
    if (!word)
        return 0;
    if (!parse_int(word, 1, INT64_MAX, ret_id))
        return err_set(err, ERR_USAGE, "'%s' is no plan; hint: a plan has a number, such as 17",
                       word);
    return 0;
}

int session_no_plan(const char *portal, int64_t id, struct err *err)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;

    if (id == 0)
        command_add_portal(&command, COMMAND_PLAN, 0);
    else
        command_add(&command, "status");
    if (id == 0)
        return err_set(err, ERR_USAGE, "portal '%s' has no plan yet; hint: make one with '%s'",
                       portal, text_cstr(&command));
    return err_set(err, ERR_USAGE, "portal '%s' has no plan %lld; hint: see '%s'", portal,
                   (long long)id, text_cstr(&command));
}

struct report_style session_style(const char *output)
{
    struct winsize size = {.ws_col = 0};
    bool terminal = !output && isatty(STDOUT_FILENO);
    const char *no_color = getenv("NO_COLOR");

    if (terminal)
        (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    return (struct report_style){
        .color = terminal && !(no_color && no_color[0]),
        .width = size.ws_col,
    };
}

/* The first failure to write to stdout; 0 = none. */
static void spill_to_stdout(void *context, const char *bytes, size_t length)
{
    int *failure = context;

    if (*failure == 0 && fwrite(bytes, 1, length, stdout) != length)
        *failure = errno;
}

static int end_of_stdout(void *context, struct err *err)
{
    int failure = *(int *)context;

    if (failure == 0 && fflush(stdout) == 0)
        return 0;
    if (failure == 0)
        failure = errno;
    if (failure == EPIPE) { /* the reader has seen enough, as `| head` does: no error of ours */
        clearerr(stdout);
        return 0;
    }
    return err_set_errno(err, ERR_INTERNAL, failure, "cannot write to standard output");
}

int session_report(const char *path, const struct plan *plan, enum report_format format,
                   struct err *err)
{
    struct report_style style = session_style(path);
    int failure = 0;
    CLEANUP(text_release)
    struct text text = {.spill = spill_to_stdout, .spill_context = &failure};

    if (is_file(path)) {
        invoker_begin();
        int failed = report_write(plan, format, &style, path, err);
        invoker_end();
        return failed;
    }
    if (report_plan(plan, format, &style, &text, err) < 0)
        return -1;
    spill_to_stdout(&failure, text_cstr(&text), text.length);
    return end_of_stdout(&failure, err);
}

int session_report_files(const char *path, const struct plan *plan, enum report_format format,
                         const struct config *config, char **ret_html, struct err *err)
{
    int failure = 0;
    const struct report_shown shown = {.format = format,
                                       .style = session_style(path),
                                       .add = spill_to_stdout,
                                       .end = end_of_stdout,
                                       .context = &failure};

    if (is_file(path) && session_report(path, plan, format, err) < 0)
        return -1;
    return report_write_files(config, plan, is_file(path) ? NULL : &shown, ret_html, err);
}

void session_say(const char *format, ...)
{
    CLEANUP(text_release) struct text said = TEXT_INIT;
    CLEANUP(text_release) struct text line = TEXT_INIT;
    va_list args;

    va_start(args, format);
    text_addv(&said, format, args);
    va_end(args);
    text_add_printable(&line, text_cstr(&said));
    printf("%s\n", text_cstr(&line));
}

int session_print(const char *path, const struct text *text, struct err *err)
{
    int failure = 0;

    if (is_file(path)) {
        invoker_begin();
        int failed = file_write(path, 0640, text_cstr(text), text->length, err);
        invoker_end();
        return failed;
    }
    spill_to_stdout(&failure, text_cstr(text), text->length);
    return end_of_stdout(&failure, err);
}

int session_end(int code, struct err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    (void)err_set(err, ERR_INTERNAL, "cannot write to standard output");
    return ERR_INTERNAL;
}

/* Of several hosts one runs, and the others are not in trouble; nor is who was asked to end. */
static enum log_level level_of(enum err_code code)
{
    if (code == ERR_LOCKED)
        return LOG_LEVEL_INFO;
    return code == ERR_INTERRUPTED ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR;
}

void session_tell(const struct err *err)
{
    if (err->code != ERR_NONE)
        log_line(level_of(err->code), "%s", err->text);
}
