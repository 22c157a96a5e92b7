/*
 * report/status: what the store says about one portal (struct store_status), for people and as
 * JSON. It shows; it judges nothing.
 */
#ifndef REPORT_STATUS_H
#define REPORT_STATUS_H

#include "audit/status.h"
#include "report/report.h"

/* Appends the whole. */
void status_report_text(const struct store_status *status, const struct report_style *style,
                        struct text *out);
/* Pretty-printed, a newline at the end; what is not there is null. */
void status_report_json(const struct store_status *status, struct text *out);

struct jsonw;
/* A run as an object; what became of it in a word or three. */
void status_add_json_run(struct jsonw *json, const struct store_status_run *run,
                         const char *outcome);

/* What an exit code of a run means, in a word or three; "" for one that is not ours. */
const char *status_exit_name(int exit_code);

#endif
