/*
 * The history comes first: while it fails nothing else is touched. Report files are ours by their
 * names, PORTAL-plan-…; a file that cannot be read is removed rather than left with a name in it.
 * In the state directory an outcome that no run has read in yet is what is known of an act: it
 * stays, without its sentence. What was told to people may be told again.
 * Age alone takes away only what is named exactly as a report is: PORTAL-plan-NUMBER.FORMAT.
 */
#include "job/erase.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/fold.h"
#include "base/log.h"
#include "base/mem.h"
#include "report/report.h"
#include "store/outcome_file.h"

#define REPORT_BYTES_MAX (256U << 20)

/* Says whether a file of ours goes; `rest` is its name behind PORTAL-plan-. */
typedef bool goes_function(const char *path, const char *rest, const void *context);

struct names {
    const char *const *folded; /* as they are compared */
    size_t count;
};

/* HTML and JSON write some characters in another way; letters, digits and '.', '-', '_', '@' never.
 * So a value is looked for piece by piece: its longest run of plain characters is enough. */
static bool holds_name(const char *path, const char *rest, const void *context)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct names *names = context;

    (void)rest;
    if (file_read(path, REPORT_BYTES_MAX, ERR_INTERNAL, &text, NULL, NULL) < 0)
        return true;
    const char *folded = fold_text(&scratch, text_cstr(&text));
    for (size_t i = 0; folded && i < names->count; i++) {
        if (strstr(folded, names->folded[i]))
            return true;
    }
    return false;
}

static bool is_older(const char *path, const char *rest, const void *context)
{
    const struct instant *before = context;
    struct stat status;
    size_t digits = strspn(rest, "0123456789");

    return digits > 0 && report_is_extension(rest + digits) && stat(path, &status) == 0 &&
           (int64_t)status.st_mtim.tv_sec * SECOND_US < before->us;
}

/* Files of ours in a directory, and what becomes of those that go. */
struct place {
    const char *directory; /* NULL = there is none */
    const char *prefix;    /* of their names */
    int (*clear)(const char *path, struct err *err);
};

static int remove_file(const char *path, struct err *err)
{
    if (unlink(path) < 0 && errno != ENOENT)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot remove '%s'", path);
    return 0;
}

/* A file that stays does not keep the others: what was erased is known only now. */
static int sweep(const struct place *place, goes_function *goes, const void *context,
                 size_t *ret_count, struct err *err)
{
    size_t left = 0;

    *ret_count = 0;
    DIR *folder = place->directory ? opendir(place->directory) : NULL;
    if (!folder)
        return !place->directory || errno == ENOENT
                   ? 0
                   : err_set_errno(err, ERR_INTERNAL, errno, "cannot list '%s'", place->directory);
    for (struct dirent *entry; (entry = readdir(folder));) {
        CLEANUP(err_release) struct err own = ERR_INIT;
        if (!text_starts(entry->d_name, place->prefix))
            continue;
        CLEANUP(mem_cleanup) char *path = file_join(place->directory, entry->d_name);
        if (!goes(path, entry->d_name + strlen(place->prefix), context))
            continue;
        if (place->clear(path, &own) == 0) {
            (*ret_count)++;
            continue;
        }
        log_error("%s", own.text);
        left++;
    }
    (void)closedir(folder);
    if (left == 0)
        return 0;
    return err_set(err, ERR_INTERNAL,
                   "%zu files in '%s' could not be cleared; hint: remove them by hand", left,
                   place->directory);
}

/* Files named PORTAL-plan-… in the report directory. */
static int remove_reports(const struct config *config, goes_function *goes, const void *context,
                          size_t *ret_count, struct err *err)
{
    CLEANUP(text_release) struct text prefix = TEXT_INIT;

    report_add_portal(&prefix, config->portal.name);
    text_add(&prefix, "-plan-");
    const struct place reports = {config->report.directory, text_cstr(&prefix), remove_file};
    return sweep(&reports, goes, context, ret_count, err);
}

/* A told-PORTAL that goes stands alone: behind its name there is nothing. */
static bool is_whole_and_holds_name(const char *path, const char *rest, const void *context)
{
    return rest[0] == '\0' && holds_name(path, rest, context);
}

/* Files named outcome-PORTAL-… and told-PORTAL in the state directory. */
static int clear_state(const struct config *config, const struct names *names, struct err *err)
{
    CLEANUP(text_release) struct text outcome = TEXT_INIT, told = TEXT_INIT;
    const char *directory = config_state_directory(config);
    size_t count = 0;

    text_add(&outcome, "outcome-");
    config_add_portal(&outcome, config);
    text_add_char(&outcome, '-');
    text_add(&told, "told-");
    config_add_portal(&told, config);
    const struct place outcomes = {directory, text_cstr(&outcome), outcome_file_forget};
    const struct place notices = {directory, text_cstr(&told), remove_file};
    if (sweep(&outcomes, holds_name, names, &count, err) < 0)
        return -1;
    return sweep(&notices, is_whole_and_holds_name, names, &count, err);
}

/* The longest run of characters that no format writes in another way, folded; NULL when it is
 * short: a number of three digits is in every report. */
static const char *plain_piece(struct arena *arena, const char *value)
{
    static const char special[] = "<>&\"'\\/=+|%;,\t\r\n";
    const char *best = NULL;
    size_t length = 0;

    for (const char *at = value; *at;) {
        size_t run = strcspn(at, special);
        if (run > length) {
            best = at;
            length = run;
        }
        at += run + strspn(at + run, special);
    }
    return length > 3 ? fold_text(arena, arena_strndup(arena, best, length)) : NULL;
}

static int clear_files(struct job *job, const struct store_erased *erased, size_t *ret_files,
                       struct err *err)
{
    const char **piece = arena_calloc(job->arena, erased->value_count + 1, sizeof(piece[0]));
    struct names names = {.folded = piece};

    for (size_t i = 0; i < erased->value_count; i++) {
        const char *folded = plain_piece(job->arena, erased->value[i]);
        if (folded)
            piece[names.count++] = folded;
    }
    CLEANUP(err_release) struct err own = ERR_INIT;
    bool state_failed = clear_state(job->config, &names, &own) < 0;
    if (remove_reports(job->config, holds_name, &names, ret_files, err) < 0)
        return -1;
    return state_failed ? err_move(err, &own) : 0;
}

int erase(struct job *job, const struct store_subject *subject, const char *who, const char *reason,
          struct store_erased *ret_erased, size_t *ret_files, struct err *err)
{
    if (store_erase(job->store, job->arena, subject, who, reason, job->now, ret_erased, err) < 0)
        return -1;
    return clear_files(job, ret_erased, ret_files, err);
}

/* --- retention --- */

static struct instant before(const struct job *job, int64_t days)
{
    return days ? instant_add_us(job->now, -days * DAY_US) : INSTANT_NONE;
}

static int retain_history(struct job *job, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    const struct store_retention retention = {
        .personal_before = before(job, job->config->retention.personal_days),
        .daily_before = before(job, job->config->retention.daily_days),
        .weekly_before = before(job, job->config->retention.weekly_days),
        .plan_rows_before = before(job, job->config->retention.plan_rows_days),
    };
    struct store_retained retained;
    size_t files = 0;

    if (store_retain(job->store, &job->run, job->arena, &retention, job->now, &retained, &own) <
        0) {
        if (own.code != ERR_HELD)
            return err_move(err, &own);
        log_info("%s", own.text);
        return 0;
    }
    if (clear_files(job, &retained.erased, &files, err) < 0)
        return -1;
    if (retained.erased.value_count || retained.snapshots || retained.plan_rows)
        log_info("retention: names of %zu accounts, %lld snapshots thinned, %lld rows of old plans "
                 "taken away",
                 retained.erased.accounts, (long long)retained.snapshots,
                 (long long)retained.plan_rows);
    return 0;
}

int retain(struct job *job, struct err *err)
{
    struct instant oldest = before(job, job->config->retention.reports_days);
    size_t files = 0;
    bool may = false;

    if (store_may_erase(job->store, &may, err) < 0)
        return -1;
    if (!may)
        log_info("retention is left to who may erase: this connection may not");
    if (may && retain_history(job, err) < 0)
        return -1;
    if (instant_is_set(oldest) && remove_reports(job->config, is_older, &oldest, &files, err) < 0)
        return -1;
    if (files)
        log_info("retention: %zu old report files removed", files);
    return 0;
}
