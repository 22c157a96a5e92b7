/*
 * metrics: figures for the textfile collector of Prometheus' node exporter, one file a portal.
 *
 * The caller sets what is known. What is not known now but was in the file before (the last success
 * while the database is away) is taken from there; what nobody ever knew is left out, never zero.
 * docs/operations.md lists the metrics; etc/prometheus has alert rules for them.
 */
#ifndef NOTIFY_METRICS_H
#define NOTIFY_METRICS_H

#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

enum metric {
    METRIC_LAST_SUCCESS = 0,
    METRIC_LAST_RUN,
    METRIC_LAST_RUN_DURATION,
    METRIC_LAST_RUN_EXIT_CODE,
    METRIC_ACCOUNTS, /* by status */
    METRIC_SEATS,
    METRIC_SEATS_AFTER_PLAN,
    METRIC_SEATS_CONTRACTED,
    METRIC_CLASS_SEATS, /* by class of seats, likewise below */
    METRIC_CLASS_SEATS_AFTER_PLAN,
    METRIC_CLASS_CONTRACTED,
    METRIC_CLASS_FREE,
    METRIC_CLASS_PRICE,           /* and currency */
    METRIC_SAVINGS_EXPOSED_SEATS, /* by class and currency, likewise below */
    METRIC_SAVINGS_EXPOSED,
    METRIC_SAVINGS_FREED_SEAT_DAYS,
    METRIC_SAVINGS_FREED,
    METRIC_SAVINGS_FREED_YEAR,
    METRIC_SAVINGS_REDUCIBLE_SEATS,
    METRIC_SAVINGS_REDUCIBLE,
    METRIC_PLANNED, /* by action */
    METRIC_PLAN_TO_APPROVE,
    METRIC_GUARD_HELD, /* by guard */
    METRIC_DONE,       /* by action */
    METRIC_FAILED,     /* by action */
    METRIC_SKIPPED,
    METRIC_OPEN_STEPS,
    METRIC_REQUESTS,
    METRIC_RESPONSES_429,
    METRIC_MESSAGES_UNDELIVERED,
    METRIC_AUDIT_HEAD_SEQUENCE, /* set by whoever knows the head of the audit chain */
    METRIC_COUNT,
};

#define METRICS_MAX                                                                                \
    4096 /* samples of one file: a hundred classes have five each, and their savings */

struct metrics {
    const char *portal;
    struct metrics_sample {
        enum metric metric;
        const char *label;    /* value of the metric's second label; NULL when it has none */
        const char *currency; /* of a price, and of what was saved; NULL otherwise */
        double value;
    } sample[METRICS_MAX];
    size_t count;
};

void metrics_set(struct metrics *metrics, enum metric metric, const char *label, double value);

void metrics_set_price(struct metrics *metrics, enum metric metric, const char *label,
                       const char *currency, double value);

/* Puts the file in place, complete, with mode 0644. Of the one that is there, lines of this portal
 * and of metrics that are not set now are kept, for those metrics that outlive a run. */
int metrics_write(const struct metrics *metrics, const char *path, struct err *err)
    __attribute__((warn_unused_result));

#endif
