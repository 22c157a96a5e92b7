/*
 * Which reports show somebody is asked of the stored plans: in a file a name may be cut to a
 * column, or written in a way that no search knows. Files are searched too: what is no report and
 * cannot be searched is removed rather than left with a name in it. An outcome that no run
 * has read in yet is what is known of an act: it stays, without its sentence. What was told to
 * people may be told again. Age alone takes away only what is named exactly as a report is.
 */
#include "job/files.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "host/drop.h"
#include "host/file.h"
#include "host/log.h"
#include "job/inbox.h"
#include "notify/told_file.h"
#include "report/files.h"
#include "store/outcome_file.h"

#define REPORT_BYTES_MAX (256U << 20)
#define DRAFT_US         (86400 * SECOND_US)

/* Files of one kind: which of them go, how, and what became of them. */
struct clearing {
    bool (*goes)(const struct clearing *clearing, const char *path, const char *rest);
    int (*clear)(const char *path, struct err *err);
    const struct store_erased *erased;
    const char *const *name; /* of it, folded as they are compared */
    size_t name_count;
    struct instant now;
    struct instant before; /* is_old_report */
    size_t gone, left;
};

/* HTML and JSON write some characters in another way; letters, digits and '.', '-', '_', '@' never.
 * So a value is looked for piece by piece: its longest run of plain characters is enough. */
static bool is_in(const char *text, const char *piece, bool as_word)
{
    for (const char *at = text; (at = strstr(at, piece)); at++) {
        if (!as_word || ((at == text || !isalnum((unsigned char)at[-1])) &&
                         !isalnum((unsigned char)at[strlen(piece)])))
            return true;
    }
    return false;
}

enum finding { FOUND_NONE, FOUND_NAME, FOUND_UNREADABLE };

static enum finding search_text(const struct clearing *clearing, const struct text *text,
                                bool as_word)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *folded = fold_text(&scratch, text_cstr(text));

    if (!folded || strlen(text_cstr(text)) != text->length) /* too long for it, or no text */
        return text->length > 0 ? FOUND_UNREADABLE : FOUND_NONE;
    for (size_t i = 0; i < clearing->name_count; i++) {
        if (is_in(folded, clearing->name[i], as_word))
            return FOUND_NAME;
    }
    return FOUND_NONE;
}

static enum finding search(const struct clearing *clearing, const char *path, bool as_word)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (file_read(path, REPORT_BYTES_MAX, ERR_INTERNAL, &text, NULL, NULL) < 0)
        return FOUND_UNREADABLE;
    return search_text(clearing, &text, as_word);
}

static bool holds_name(const struct clearing *clearing, const char *path)
{
    return search(clearing, path, false) != FOUND_NONE;
}

/* Reports are called by the number of their plan, and copies of them begin with it. That of a clean
 * plan is searched as well: it shows what was known when it was written. There a number in somebody
 * else's number, or in an id, is no name, and what cannot be searched is as the database says. */
static bool shows_them(const struct clearing *clearing, const char *path, const char *rest)
{
    CLEANUP(mem_cleanup) char *number = mem_strndup(rest, strspn(rest, "0123456789"));
    const struct store_erased *erased = clearing->erased;

    for (size_t i = 0; *number && i < erased->clean_plan_count; i++) {
        if (!text_equal(erased->clean_plan[i], number))
            continue;
        if (!report_is_file_name(rest) || text_equal(strrchr(rest, '.'), ".xlsx"))
            return holds_name(clearing, path); /* a workbook is no text: it goes */
        return search(clearing, path, true) == FOUND_NAME;
    }
    return *number || holds_name(clearing, path);
}

static bool holds_id(const struct clearing *clearing, const struct text *text)
{
    for (size_t i = 0; i < clearing->erased->account_id_count; i++) {
        if (strcasestr(text_cstr(text), clearing->erased->account_id[i]))
            return true;
    }
    return false;
}

/* An act on them, whatever its sentence says and however it is written. */
static bool is_about_them(const struct clearing *clearing, const char *path, const char *rest)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    (void)rest;
    return holds_name(clearing, path) ||
           file_read(path, REPORT_BYTES_MAX, ERR_INTERNAL, &text, NULL, NULL) < 0 ||
           holds_id(clearing, &text);
}

static bool is_any(const struct clearing *clearing, const char *path, const char *rest)
{
    (void)clearing, (void)path, (void)rest;
    return true;
}

/* Of a process that is gone for certain: making a report takes minutes at most. */
static bool is_old_draft(const struct clearing *clearing, const char *path, const char *rest)
{
    struct stat status;

    (void)rest;
    return file_look(path, &status) == 0 &&
           (int64_t)status.st_mtim.tv_sec * SECOND_US < clearing->now.us - DRAFT_US;
}

static bool is_old_report(const struct clearing *clearing, const char *path, const char *rest)
{
    struct stat status;

    return report_is_file_name(rest) && file_look(path, &status) == 0 &&
           status.st_mtim.tv_sec < clearing->before.us / SECOND_US;
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

static int clear_reports(const struct config *config, struct clearing reports, size_t *count,
                         struct err *err)
{
    reports.clear = remove_file;
    if (report_each_file(config, clear, &reports, err) < 0)
        return -1;
    *count += reports.gone;
    reports.goes = reports.erased ? is_any : is_old_draft;
    if (report_each_draft(config, clear, &reports, err) < 0 ||
        check_gone(&reports, config->report.directory, err) < 0)
        return -1;
    return 0;
}

/* --- by every name that the portal had --- */

struct names {
    const char **name; /* that of now first */
    size_t count;
};

static int find_names(const struct job *job, struct names *ret_names, struct err *err)
{
    const char **before = NULL;
    size_t count = 0;

    if (store_names_of_before(job->store, job->arena, &before, &count, err) < 0)
        return -1;
    ret_names->name = arena_calloc(job->arena, count + 1, sizeof(ret_names->name[0]));
    ret_names->count = count + 1;
    ret_names->name[0] = job->config->portal.name;
    for (size_t i = 0; i < count; i++)
        ret_names->name[i + 1] = before[i];
    return 0;
}

static int clear_all_reports(const struct job *job, const struct names *names,
                             const struct clearing *clearing, size_t *count, struct err *err)
{
    struct config config = *job->config;

    for (size_t i = 0; i < names->count; i++) {
        config.portal.name = names->name[i];
        if (clear_reports(&config, *clearing, count, err) < 0)
            return -1;
    }
    return 0;
}

/* --- the inbox --- */

struct emptying {
    const struct drop *drop;
    struct clearing *clearing;
};

/* What waits there, or was set aside. Nothing in it is followed, for others write there. Age takes
 * away only what was set aside. */
static bool inbox_goes(const struct clearing *clearing, const struct drop *drop, const char *name)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct instant written = INSTANT_NONE;
    int read = drop_peek(drop, name, &text, &written);

    if (read > 0)
        return false;
    if (!clearing->erased)
        return read == 0 && inbox_is_ours(name) && written.us < clearing->before.us;
    return read < 0 || search_text(clearing, &text, false) != FOUND_NONE ||
           holds_id(clearing, &text);
}

/* What waited was to decide about others as well, and nobody will have heard it. */
static void say_unheard(const struct emptying *emptying, const char *name)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(drop_file_release) struct drop_file file = {.content = TEXT_INIT};
    CLEANUP(text_release) struct text shown = TEXT_INIT;

    if (!emptying->clearing->erased || inbox_is_ours(name))
        return;
    (void)drop_look(emptying->drop, &arena, name, &file);
    text_add_printable(&shown, name);
    log_warning("inbox: '%s' of '%s' was not taken yet and is removed, with all that it was to "
                "decide: ask its owner to decide about the others anew",
                text_cstr(&shown), file.who ? file.who : "nobody");
}

static int empty(void *context, const char *path, const char *name, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct emptying *emptying = context;

    (void)path, (void)err;
    if (text_equal(name, ".") || text_equal(name, "..") ||
        !inbox_goes(emptying->clearing, emptying->drop, name))
        return 0;
    say_unheard(emptying, name);
    int failed = drop_remove(emptying->drop, name, &own);
    emptying->clearing->gone += !failed;
    emptying->clearing->left += failed != 0;
    if (failed)
        log_error("%s", own.text);
    return 0;
}

static int clear_inbox(const struct config *config, struct clearing *clearing, size_t *count,
                       struct err *err)
{
    CLEANUP(drop_release) struct drop drop = {.place = PLACE_NONE};
    struct clearing inbox = *clearing;
    struct emptying emptying = {.drop = &drop, .clearing = &inbox};
    struct stat status;

    if (!config->review.inbox || (file_look(config->review.inbox, &status) < 0 && errno == ENOENT))
        return 0;
    inbox.gone = inbox.left = 0;
    if (drop_open(config->review.inbox, &drop, err) < 0) {
        if (clearing->erased)
            return -1;
        err_release(err); /* a run has said so, and does not end by it */
        return 0;
    }
    if (file_each(config->review.inbox, "", empty, &emptying, err) < 0)
        return -1;
    *count += inbox.gone;
    return check_gone(&inbox, config->review.inbox, err);
}

static int clear_state(const struct config *config, struct clearing state, struct err *err)
{
    CLEANUP(mem_cleanup) char *told = notice_file_path(config);

    state.goes = is_about_them;
    state.clear = outcome_file_forget;
    if (outcome_file_visit(config, clear, &state, err) < 0)
        return -1;
    state.goes = is_any;
    state.clear = remove_file;
    if (outcome_file_each_draft(config, clear, &state, err) < 0 || clear(&state, told, "", err) < 0)
        return -1;
    return check_gone(&state, config_state_directory(config), err);
}

static int clear_all_state(const struct job *job, const struct names *names,
                           const struct clearing *clearing, struct err *err)
{
    struct config config = *job->config;

    for (size_t i = 0; i < names->count; i++) {
        config.portal.name = names->name[i];
        if (clear_state(&config, *clearing, err) < 0)
            return -1;
    }
    return 0;
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
    const char **name = arena_calloc(job->arena, erased->name_count + 1, sizeof(name[0]));
    struct clearing clearing = {.goes = shows_them, .erased = erased, .name = name};

    struct names names;

    *ret_count = 0;
    if (erased->accounts == 0 && erased->value_count == 0)
        return 0;
    if (find_names(job, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < erased->name_count; i++) {
        const char *folded = plain_piece(job->arena, erased->name[i]);
        if (folded)
            name[clearing.name_count++] = folded;
    }
    bool state_failed = clear_all_state(job, &names, &clearing, &own) < 0;
    if (clear_all_reports(job, &names, &clearing, ret_count, err) < 0 ||
        clear_inbox(job->config, &clearing, ret_count, err) < 0)
        return -1;
    return state_failed ? err_move(err, &own) : 0;
}

int files_remove_reports(struct job *job, struct instant before, size_t *ret_count, struct err *err)
{
    struct clearing clearing = {.goes = is_old_report, .before = before, .now = job->now};
    struct names names;

    *ret_count = 0;
    if (find_names(job, &names, err) < 0 ||
        clear_all_reports(job, &names, &clearing, ret_count, err) < 0)
        return -1;
    return clear_inbox(job->config, &clearing, ret_count, err);
}
