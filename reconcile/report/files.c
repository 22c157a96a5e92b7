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

static int write_one(const char *directory, const struct plan *plan, enum report_format format,
                     char **ret_path, struct err *err)
{
    static const struct report_style plain = {.color = false, .width = 0};
    CLEANUP(text_release) struct text name = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = NULL;

    report_add_file_name(&name, plan, format);
    path = file_join(directory, text_cstr(&name));
    if (report_write(plan, format, &plain, path, err) < 0)
        return err_prefix(err, "%s report of plan %lld", report_format_name(format),
                          (long long)plan->id);
    *ret_path = TAKE(path);
    return 0;
}

/* The files of a plan, each made by itself. */
struct writing {
    const char *directory;
    const struct plan *plan;
    enum report_format format[REPORT_FORMAT_COUNT];
    char *path[REPORT_FORMAT_COUNT];
    struct err err[REPORT_FORMAT_COUNT];
    size_t count;
};

static void write_part(void *context, size_t part, size_t begin, size_t end)
{
    struct writing *writing = context;

    (void)part;
    for (size_t i = begin; i < end; i++)
        (void)write_one(writing->directory, writing->plan, writing->format[i], &writing->path[i],
                        &writing->err[i]);
}

/* The first failure, if any; *ret_html (may be NULL) the path of the page, NULL without one. */
static int finish_writing(struct writing *writing, char **ret_html, struct err *err)
{
    CLEANUP(mem_cleanup) char *html = NULL;
    int result = 0;

    for (size_t i = 0; i < writing->count; i++) {
        if (writing->err[i].code != ERR_NONE && result == 0)
            result = err_move(err, &writing->err[i]);
        err_release(&writing->err[i]);
        if (writing->format[i] == REPORT_HTML)
            html = TAKE(writing->path[i]);
        free(writing->path[i]);
    }
    if (ret_html && result == 0)
        *ret_html = TAKE(html);
    return result;
}

/* All at once: none of them changes the plan, nor anything that another one reads. */
int report_write_files(const struct config *config, const struct plan *plan, char **ret_html,
                       struct err *err)
{
    const bool wanted[REPORT_FORMAT_COUNT] = {
        [REPORT_TEXT] = config->report.text, [REPORT_JSON] = config->report.json,
        [REPORT_CSV] = config->report.csv,   [REPORT_HTML] = config->report.html,
        [REPORT_XLSX] = config->report.xlsx,
    };
    struct writing writing = {.directory = config->report.directory, .plan = plan};

    if (ret_html)
        *ret_html = NULL;
    if (!writing.directory)
        return 0;
    if (file_make_directory(writing.directory, REPORT_DIRECTORY_MODE, err) < 0)
        return err_prefix(err, "report directory");
    for (size_t i = 0; i < REPORT_FORMAT_COUNT; i++) {
        if (wanted[i])
            writing.format[writing.count++] = (enum report_format)i;
    }
    parallel_for(writing.count, writing.count, write_part, &writing);
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
