/*
 * told: a world of acts whose end is told: a metrics file, a mail server, and a webhook when it is
 * asked for.
 */
#ifndef SUPPORT_TOLD_H
#define SUPPORT_TOLD_H

#include "acts.h"
#include "sink.h"

struct told {
    struct acts acts;
    struct sink mail, webhook;
    const char *mail_more; /* further settings of notify.mail */
    const char *more;      /* further sections */
    int timeout_s;         /* of notify: nobody is to be quick */
    char *metrics_path;
};

/* Only the rule that suspends leavers; the mail server takes clear text. */
void told_begin(struct told *told, size_t leavers, size_t staff);
void told_finish(struct told *told);
/* Writes the configuration again, after a change of the fields above. */
void told_configure(struct told *told);
/* From now on a webhook is told as well. */
void told_add_webhook(struct told *told);

/* A run that must end so. */
void told_run(struct told *told, int code);
/* A run that has begun: there is a line of it without an end, and the portal does not answer it. */
struct end_child told_start_run(struct told *told);
/* What the mail server took: of the mail's subject, of a part. */
void told_check_subject(struct told *told, size_t number, const char *wanted);
void told_check_says(struct json_object *mail, const char *type, const char *words);
/* The value of a metric, as `name{portal="end"` and what follows up to the blank; NAN: it is not
 * there. */
double told_metric(struct told *told, const char *series);

#define TOLD(name, leavers, staff)                                                                 \
    CLEANUP(told_finish) struct told name;                                                         \
    told_begin(&name, leavers, staff)

#endif
