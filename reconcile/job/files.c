/*
 * A file that cannot be read is removed rather than left with a name in it. An outcome that no run
 * has read in yet is what is known of an act: it stays, without its sentence. What was told to
 * people may be told again. Age alone takes away only what is named exactly as a report is.
 */
#include "job/files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "host/file.h"
#include "host/log.h"
#include "notify/told_file.h"
#include "report/files.h"
#include "store/outcome_file.h"

#define REPORT_BYTES_MAX (256U << 20)

/* Files of one kind: which of them go, how, and what became of them. */
struct clearing {
    bool (*goes)(const struct clearing *clearing, const char *path, const char *rest);
    int (*clear)(const char *path, struct err *err);
    const char *const *name; /* holds_name: folded as they are compared */
    size_t name_count;
    struct instant before; /* is_old_report */
    size_t gone, left;
};

/* HTML and JSON write some characters in another way; letters, digits and '.', '-', '_', '@' never.
 * So a value is looked for piece by piece: its longest run of plain characters is enough. */
static bool holds_name(const struct clearing *clearing, const char *path, const char *rest)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    (void)rest;
    if (file_read(path, REPORT_BYTES_MAX, ERR_INTERNAL, &text, NULL, NULL) < 0)
        return true;
    const char *folded = fold_text(&scratch, text_cstr(&text));
    for (size_t i = 0; folded && i < clearing->name_count; i++) {
        if (strstr(folded, clearing->name[i]))
            return true;
    }
    return false;
}

static bool is_old_report(const struct clearing *clearing, const char *path, const char *rest)
{
    struct stat status;

    return report_is_file_name(rest) && file_look(path, &status) == 0 &&
           (int64_t)status.st_mtim.tv_sec * SECOND_US < clearing->before.us;
}

static int remove_file(const char *path, struct err *err)
{
    if (file_remove(path) < 0 && errno != ENOENT)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot remove '%s'", path);
    return 0;
}

/* A file that stays does not keep the others: what was erased is known only now. */
static int clear(void *context, const char *path, const char *rest, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct clearing *clearing = context;

    (void)err;
    if (!clearing->goes(clearing, path, rest))
        return 0;
    int failed = clearing->clear(path, &own);
    clearing->gone += !failed;
    clearing->left += failed != 0;
    if (failed)
        log_error("%s", own.text);
    return 0;
}

static int check_gone(const struct clearing *clearing, const char *directory, struct err *err)
{
    if (clearing->left == 0)
        return 0;
    return err_set(err, ERR_INTERNAL,
                   "%zu files in '%s' could not be cleared; hint: remove them by hand",
                   clearing->left, directory);
}

static int clear_reports(const struct config *config, struct clearing *reports, size_t *ret_count,
                         struct err *err)
{
    reports->clear = remove_file;
    if (report_each_file(config, clear, reports, err) < 0 ||
        check_gone(reports, config->report.directory, err) < 0)
        return -1;
    *ret_count = reports->gone;
    return 0;
}

static int clear_state(const struct config *config, struct clearing state, struct err *err)
{
    CLEANUP(mem_cleanup) char *told = notice_file_path(config);

    state.clear = outcome_file_forget;
    if (outcome_file_visit(config, clear, &state, err) < 0)
        return -1;
    state.clear = remove_file;
    if (clear(&state, told, "", err) < 0)
        return -1;
    return check_gone(&state, config_state_directory(config), err);
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

/* The reports are looked at even when something of the state stays. */
int files_erase(struct job *job, const struct store_erased *erased, size_t *ret_count,
                struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    const char **name = arena_calloc(job->arena, erased->value_count + 1, sizeof(name[0]));
    struct clearing clearing = {.goes = holds_name, .name = name};

    for (size_t i = 0; i < erased->value_count; i++) {
        const char *folded = plain_piece(job->arena, erased->value[i]);
        if (folded)
            name[clearing.name_count++] = folded;
    }
    bool state_failed = clear_state(job->config, clearing, &own) < 0;
    if (clear_reports(job->config, &clearing, ret_count, err) < 0)
        return -1;
    return state_failed ? err_move(err, &own) : 0;
}

int files_remove_reports(struct job *job, struct instant before, size_t *ret_count, struct err *err)
{
    struct clearing clearing = {.goes = is_old_report, .before = before};

    return clear_reports(job->config, &clearing, ret_count, err);
}
