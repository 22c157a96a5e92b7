/*
 * The table of outputs. A report that is written goes through base/file: complete or not at all,
 * and readable for the group but not for everybody, because it is full of names.
 */
#include "report/report.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/words.h"
#include "report/parts.h"

enum { REPORT_FILE_MODE = 0640, REPORT_DIRECTORY_MODE = 0750 };

static const struct output {
    const char *name;
    void (*add)(const struct plan *, const struct report_style *, struct text *);
} outputs[REPORT_FORMAT_COUNT] = {
    [REPORT_TEXT] = {"text", report_add_text},
    [REPORT_JSON] = {"json", report_add_json},
    [REPORT_CSV] = {"csv", report_add_csv},
    [REPORT_HTML] = {"html", report_add_html},
};

bool report_format_parse(const char *name, enum report_format *ret_format)
{
    return WORD_FIND(outputs, name, ret_format);
}

const char *report_format_name(enum report_format format)
{
    return outputs[format].name;
}

void report_plan(const struct plan *plan, enum report_format format,
                 const struct report_style *style, struct text *ret_text)
{
    outputs[format].add(plan, style, ret_text);
}

static void spill_to_draft(void *context, const char *bytes, size_t length)
{
    file_draft_add(context, bytes, length);
}

int report_write(const struct plan *plan, enum report_format format,
                 const struct report_style *style, const char *path, struct err *err)
{
    CLEANUP(file_draft_release) struct file_draft draft = {.fd = -1};
    CLEANUP(text_release) struct text content = {.spill = spill_to_draft, .spill_context = &draft};

    if (file_draft_begin(&draft, path, REPORT_FILE_MODE, err) < 0)
        return -1;
    report_plan(plan, format, style, &content);
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
        return err_prefix(err, "%s report of plan %lld", outputs[format].name, (long long)plan->id);
    if (ret_path)
        *ret_path = TAKE(path);
    return 0;
}

int report_write_files(const struct config *config, const struct plan *plan, char **ret_html,
                       struct err *err)
{
    const bool wanted[REPORT_FORMAT_COUNT] = {
        [REPORT_TEXT] = config->report.text,
        [REPORT_JSON] = config->report.json,
        [REPORT_CSV] = config->report.csv,
        [REPORT_HTML] = config->report.html,
    };
    const char *directory = config->report.directory;
    CLEANUP(mem_cleanup) char *html = NULL;

    if (directory && file_make_directory(directory, REPORT_DIRECTORY_MODE, err) < 0)
        return err_prefix(err, "report directory");
    for (size_t i = 0; directory && i < REPORT_FORMAT_COUNT; i++) {
        if (wanted[i] && write_one(directory, plan, (enum report_format)i,
                                   i == REPORT_HTML ? &html : NULL, err) < 0)
            return -1;
    }
    if (ret_html)
        *ret_html = TAKE(html);
    return 0;
}
