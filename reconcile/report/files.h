/*
 * report/files: the report files of a portal: how they are called, writing them, finding them
 * again.
 */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

#include "host/file.h"
#include "report/report.h"

/* `PORTAL-plan-ID.EXT` */
void report_add_file_name(struct text *out, const struct plan *plan, enum report_format format);

/* `PORTAL-plan-ID-decisions.json`: what comes back from the page of a plan. */
void report_add_decisions_name(struct text *out, const struct plan *plan);

/* The whole report into a file, a piece at a time: complete or not at all. */
int report_write(const struct plan *plan, enum report_format format,
                 const struct report_style *style, const char *path, struct err *err)
    __attribute__((warn_unused_result));

/* Where a report goes that somebody looks at. */
struct report_shown {
    enum report_format format;
    struct report_style style;
    void (*add)(void *context, const char *bytes, size_t length);
    int (*end)(void *context, struct err *err); /* all of it was added: whether it arrived */
    void *context;
};

/* Shows the plan (NULL = to nobody), and writes PORTAL-plan-ID.EXT files for the configured formats
 * into the configured directory (made when missing); ret_html (may be NULL) gets the path of the
 * HTML file, malloc'ed. What cannot be shown is in no file either. */
int report_write_files(const struct config *config, const struct plan *plan,
                       const struct report_shown *shown, char **ret_html, struct err *err)
    __attribute__((warn_unused_result));

/* Every file in that directory whose name begins as that of a report does; `rest` is what stands
 * behind `PORTAL-plan-`. */
int report_each_file(const struct config *config, file_visit *visit, void *context, struct err *err)
    __attribute__((warn_unused_result));
/* Likewise what killed processes left of reports in the making, here and (without a portal in their
 * name) of versions before. */
int report_each_draft(const struct config *config, file_visit *visit, void *context,
                      struct err *err) __attribute__((warn_unused_result));
/* Whether such a rest is that of a report as it is written: `ID.EXT`, and nothing more. */
bool report_is_file_name(const char *rest);

#endif
