/*
 * A line goes out with one write call to a descriptor in append mode, so lines of several processes
 * may share a file without mixing. Passwords never get into it: a form is shown with them masked.
 */
#include "reqlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"

#include "message.h"

static int open_unnamed(struct err *err)
{
    const char *directory = getenv("TMPDIR");
    CLEANUP(text_release) struct text path = TEXT_INIT;
    text_addf(&path, "%s/portal-sim.XXXXXX", text_is_empty(directory) ? "/tmp" : directory);
    int file = mkostemp(path.data, O_CLOEXEC | O_APPEND);
    if (file < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "request log '%s'", text_cstr(&path));
    (void)unlink(text_cstr(&path));
    return file;
}

int reqlog_open(struct reqlog *log, const char *path, struct err *err)
{
    *log = (struct reqlog){.file = -1};
    if (path)
        log->file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    else
        log->file = open_unnamed(err);
    if (log->file < 0)
        return path ? err_set_errno(err, ERR_USAGE, errno, "request log '%s'", path) : -1;
    log->start = lseek(log->file, 0, SEEK_END);
    return 0;
}

void reqlog_close(struct reqlog *log)
{
    if (log->file >= 0)
        (void)close(log->file);
    text_release(&log->line);
    text_release(&log->write_list);
}

void reqlog_reset(struct reqlog *log)
{
    log->start = lseek(log->file, 0, SEEK_END);
    log->requests = log->writes = log->effects = 0;
    memset(log->count, 0, sizeof(log->count));
    text_clear(&log->write_list);
}

static void field_time(struct jsonw *json, int64_t time_us)
{
    char buffer[INSTANT_TEXT_SIZE];
    jsonw_field_string(json, "time", instant_format((struct instant){.us = time_us}, buffer));
}

void reqlog_add(struct reqlog *log, const struct reqlog_entry *entry)
{
    log->requests++;
    log->count[entry->endpoint][entry->status < REQLOG_STATUSES ? entry->status : 0]++;
    text_clear(&log->line);
    struct jsonw json = jsonw_to(&log->line);
    jsonw_begin_object(&json);
    jsonw_field_int(&json, "n", (int64_t)log->requests);
    field_time(&json, entry->time_us);
    jsonw_field_int(&json, "ms", entry->ms);
    jsonw_field_int(&json, "port", entry->port);
    jsonw_field_string(&json, "method", entry->method);
    jsonw_field_string(&json, "path", entry->path);
    jsonw_field_string(&json, "query", entry->query);
    jsonw_field_string(&json, "endpoint", entry->endpoint_name);
    jsonw_field_int(&json, "status", entry->status);
    jsonw_field_int(&json, "bytes", (int64_t)entry->bytes);
    if (entry->fault)
        jsonw_field_string(&json, "fault", entry->fault);
    jsonw_end_object(&json);
    text_add_char(&log->line, '\n');
    ssize_t written = write(log->file, log->line.data, log->line.length);
    (void)written; /* a full disk costs the log, not the test that runs */
}

void reqlog_add_write(struct reqlog *log, const struct reqlog_write *write)
{
    struct jsonw json = jsonw_to(&log->write_list);
    if (log->writes++ > 0)
        text_add(&log->write_list, ",\n");
    if (strcmp(write->effect, "none") != 0 && strcmp(write->effect, "unchanged") != 0)
        log->effects++;
    jsonw_begin_object(&json);
    field_time(&json, write->time_us);
    jsonw_field_string(&json, "method", write->method);
    jsonw_field_string(&json, "path", write->path);
    jsonw_field_string(&json, "id", write->id);
    jsonw_key(&json, "form");
    jsonw_begin_object(&json);
    for (size_t i = 0; i < write->form->count; i++) {
        const struct form_field *field = &write->form->field[i];
        bool masked = text_equal(field->name, "password");
        jsonw_field_string(&json, field->name, masked ? "***" : field->value);
    }
    jsonw_end_object(&json);
    jsonw_field_int(&json, "status", write->status);
    jsonw_field_string(&json, "effect", write->effect);
    jsonw_end_object(&json);
}

void reqlog_write_counts(const struct reqlog *log, struct jsonw *json,
                         const char *const *endpoint_names)
{
    jsonw_begin_object(json);
    for (unsigned e = 0; e < REQLOG_ENDPOINTS; e++) {
        bool begun = false;
        for (unsigned s = 0; s < REQLOG_STATUSES; s++) {
            if (log->count[e][s] == 0)
                continue;
            if (!begun) {
                jsonw_key(json, endpoint_names[e]);
                jsonw_begin_object(json);
                begun = true;
            }
            CLEANUP(text_release) struct text status = TEXT_INIT;
            text_addf(&status, "%u", s);
            jsonw_field_int(json, text_cstr(&status), log->count[e][s]);
        }
        if (begun)
            jsonw_end_object(json);
    }
    jsonw_end_object(json);
}
