/*
 * `PORTAL-plan-ID.EXT`: of the portal's name letters, digits, '_', '-' and all points but a first
 * one stand as they are, everything else as %xx, so that two portals never share a file. What is
 * written goes through host/file: complete or not at all, and readable for the group but not for
 * everybody, because it is full of names.
 */
#include "report/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parallel.h"

enum { REPORT_FILE_MODE = 0640, REPORT_DIRECTORY_MODE = 0750 };

#define PLAN "-plan-" /* between the portal's name and the rest */

static const char *const extensions[REPORT_FORMAT_COUNT] = {
    [REPORT_TEXT] = ".txt",  [REPORT_JSON] = ".json", [REPORT_CSV] = ".csv",
    [REPORT_HTML] = ".html", [REPORT_XLSX] = ".xlsx", [REPORT_CSV_BOM] = ".csv"};

/* --- names --- */

static bool is_plain(const char *name, const char *c)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return strchr(allowed, *c) && !(c == name && *c == '.');
}

static void add_portal(struct text *out, const char *name)
{
    const char *portal = text_is_empty(name) ? "portal" : name;

    for (const char *c = portal; *c; c++) {
        if (is_plain(portal, c))
            text_add_char(out, *c);
        else
            text_addf(out, "%%%02x", (unsigned)(unsigned char)*c);
    }
}

/* As files of older versions begin, several portals' alike: names are looked for in them too. */
static void add_portal_of_before(struct text *out, const char *name)
{
    for (const char *c = name; *c; c++)
        text_add_char(out, is_plain(name, c) ? *c : '_');
}

void report_add_file_name(struct text *out, const struct plan *plan, enum report_format format)
{
    add_portal(out, plan->portal);
    text_addf(out, PLAN "%lld%s", (long long)plan->id, extensions[format]);
}

void report_add_decisions_name(struct text *out, const struct plan *plan)
{
    add_portal(out, plan->portal);
    text_addf(out, PLAN "%lld-decisions.json", (long long)plan->id);
}

bool report_is_file_name(const char *rest)
{
    const char *extension = rest + strspn(rest, "0123456789");
    size_t i = 0;

    while (i < REPORT_FORMAT_COUNT && !text_equal(extensions[i], extension))
        i++;
    return extension > rest && i < REPORT_FORMAT_COUNT;
}

/* --- writing --- */

static void spill_to_draft(void *context, const char *bytes, size_t length)
{
    file_draft_add(context, bytes, length);
}

int report_write(const struct plan *plan, enum report_format format,
                 const struct report_style *style, const char *path, struct err *err)
{
    CLEANUP(file_draft_release) struct file_draft draft = FILE_DRAFT_NONE;
    CLEANUP(text_release) struct text content = {.spill = spill_to_draft, .spill_context = &draft};

    if (file_draft_begin(&draft, path, REPORT_FILE_MODE, err) < 0)
        return -1;
    if (report_plan(plan, format, style, &content, err) < 0)
        return -1;
    file_draft_add(&draft, text_cstr(&content), content.length);
    return file_draft_end(&draft, err);
}

/* The files of a plan and what is shown of it, each made by itself. What is shown and a file of the
 * same are made once. */
struct making {
    enum report_format format;
    const struct report_shown *shown; /* NULL = to nobody */
    struct err failure;               /* of making it */
    struct file_draft draft;
    char *path; /* NULL = no file */
    struct err err;
};

struct writing {
    const struct plan *plan;
    struct making part[REPORT_FORMAT_COUNT + 1]; /* the first is what is shown, if anything is */
    size_t count;
};

static void spill_part(void *context, const char *bytes, size_t length)
{
    struct making *part = context;

    if (part->draft.temporary)
        file_draft_add(&part->draft, bytes, length);
    if (part->shown)
        part->shown->add(part->shown->context, bytes, length);
}

static void make_part(const struct plan *plan, struct making *part)
{
    static const struct report_style plain = {.color = false, .width = 0};
    CLEANUP(text_release) struct text content = {.spill = spill_part, .spill_context = part};
    bool drafted =
        part->path && file_draft_begin(&part->draft, part->path, REPORT_FILE_MODE, &part->err) == 0;

    if ((drafted || part->shown) &&
        report_plan(plan, part->format, part->shown ? &part->shown->style : &plain, &content,
                    &part->failure) == 0)
        spill_part(part, text_cstr(&content), content.length);
}

static void make_parts(void *context, size_t number, size_t begin, size_t end)
{
    struct writing *writing = context;

    (void)number;
    for (size_t i = begin; i < end; i++)
        make_part(writing->plan, &writing->part[i]);
}

static void end_parts(void *context, size_t number, size_t begin, size_t end)
{
    struct writing *writing = context;

    (void)number;
    for (size_t i = begin; i < end; i++) {
        struct making *part = &writing->part[i];
        if (part->failure.code != ERR_NONE)
            (void)err_move(&part->err, &part->failure);
        if (!part->path ||
            (part->err.code == ERR_NONE && file_draft_end(&part->draft, &part->err) == 0))
            continue;
        (void)err_prefix(&part->err, "%s report of plan %lld", report_format_name(part->format),
                         (long long)writing->plan->id);
    }
}

static void writing_release(struct writing *writing)
{
    for (size_t i = 0; i < writing->count; i++) {
        struct making *part = &writing->part[i];
        file_draft_release(&part->draft);
        err_release(&part->failure);
        err_release(&part->err);
        free(part->path);
    }
}

static struct making *add_part(struct writing *writing, enum report_format format)
{
    struct making *part = &writing->part[writing->count++];

    *part = (struct making){
        .format = format, .draft = FILE_DRAFT_NONE, .failure = ERR_INIT, .err = ERR_INIT};
    return part;
}

static void add_file(struct writing *writing, const char *directory, enum report_format format)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    struct making *part = &writing->part[0];

    report_add_file_name(&name, writing->plan, format);
    /* A text that is shown may have colours and a width. */
    if (writing->count == 0 || !part->shown || part->format != format || format == REPORT_TEXT)
        part = add_part(writing, format);
    part->path = file_join(directory, text_cstr(&name));
}

static int add_files(struct writing *writing, const struct config *config, struct err *err)
{
    const bool wanted[REPORT_FORMAT_COUNT] = {
        [REPORT_TEXT] = config->report.text, [REPORT_JSON] = config->report.json,
        [REPORT_CSV] = config->report.csv,   [REPORT_HTML] = config->report.html,
        [REPORT_XLSX] = config->report.xlsx,
    };
    const char *directory = config->report.directory;

    if (!directory)
        return 0;
    if (file_make_directory(directory, REPORT_DIRECTORY_MODE, err) < 0)
        return err_prefix(err, "report directory");
    for (size_t i = 0; i < REPORT_FORMAT_COUNT; i++) {
        if (wanted[i])
            add_file(writing, directory, (enum report_format)i);
    }
    return 0;
}

/* The first failure, if any. */
static int finish_writing(struct writing *writing, char **ret_html, struct err *err)
{
    struct making *html = NULL;

    for (size_t i = 0; i < writing->count; i++) {
        if (writing->part[i].err.code != ERR_NONE)
            return err_move(err, &writing->part[i].err);
        if (writing->part[i].format == REPORT_HTML && writing->part[i].path)
            html = &writing->part[i];
    }
    if (ret_html && html)
        *ret_html = TAKE(html->path);
    return 0;
}

/* All at once: none of them changes the plan, nor anything that another one reads. No file is there
 * before what is shown has arrived, and where it did not there is none. */
int report_write_files(const struct config *config, const struct plan *plan,
                       const struct report_shown *shown, char **ret_html, struct err *err)
{
    CLEANUP(writing_release) struct writing writing = {.plan = plan};
    CLEANUP(err_release) struct err without = ERR_INIT;

    if (ret_html)
        *ret_html = NULL;
    if (shown)
        add_part(&writing, shown->format)->shown = shown;
    int failed = add_files(&writing, config, &without);
    parallel_for(writing.count, writing.count, make_parts, &writing);
    if (shown && writing.part[0].failure.code != ERR_NONE)
        return err_move(err, &writing.part[0].failure);
    if (shown && shown->end(shown->context, err) < 0)
        return -1;
    if (failed)
        return err_move(err, &without);
    parallel_for(writing.count, writing.count, end_parts, &writing);
    return finish_writing(&writing, ret_html, err);
}

int report_each_file(const struct config *config, file_visit *visit, void *context, struct err *err)
{
    CLEANUP(text_release) struct text prefix = TEXT_INIT, before = TEXT_INIT;
    const char *directory = config->report.directory;

    if (!directory)
        return 0;
    add_portal(&prefix, config->portal.name);
    add_portal_of_before(&before, config->portal.name);
    text_add(&prefix, PLAN);
    text_add(&before, PLAN);
    if (!text_equal(text_cstr(&before), text_cstr(&prefix)) &&
        file_each(directory, text_cstr(&before), visit, context, err) < 0)
        return -1;
    return file_each(directory, text_cstr(&prefix), visit, context, err);
}

int report_each_draft(const struct config *config, file_visit *visit, void *context,
                      struct err *err)
{
    CLEANUP(text_release) struct text prefix = TEXT_INIT;

    if (!config->report.directory)
        return 0;
    text_add_char(&prefix, '.');
    add_portal(&prefix, config->portal.name);
    text_add(&prefix, PLAN);
    if (file_each(config->report.directory, text_cstr(&prefix), visit, context, err) < 0)
        return -1;
    return file_each(config->report.directory, FILE_DRAFT, visit, context, err);
}
