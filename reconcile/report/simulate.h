/*
 * report/simulate: what other thresholds and policies would do, for people and as JSON. It shows;
 * it judges nothing.
 */
#ifndef REPORT_SIMULATE_H
#define REPORT_SIMULATE_H

#include "core/backtest.h"
#include "core/plan.h"
#include "report/report.h"
#include "store/picture.h"

/* One threshold, or the policy as it is written. */
struct simulate_case {
    bool as_written;
    int days; /* the threshold; as written: the smallest in it, -1 = none */
    struct simulate_point point;
    const struct plan *plan; /* its rows; no plan that anybody made */
    struct backtest back;
    struct backtest_sum sum;
};

struct simulation {
    const char *portal;
    const char *policy_file; /* NULL = the configuration's policy */
    struct store_picture picture;
    size_t active;               /* seats taken in it */
    struct guard_finding *guard; /* as that plan found them */
    size_t guard_count;
    struct simulate_case *of; /* as written, then by threshold as they were asked for */
    size_t count;
    size_t nights; /* that were played; 0 = none was asked for */
    /* Where the policy asks activity, as far as a rule that asks it can take nobody: why, on the
     * picture (NULL = it can); and how many of the nights. */
    const char *no_activity;
    size_t without_activity;
    struct day from, to, watched; /* the first and the last of them, the last that was watched */
};

void simulate_report_text(const struct simulation *simulation, struct text *out);
/* Pretty-printed, a newline at the end; what was not asked for is null. */
void simulate_report_json(const struct simulation *simulation, struct text *out);

#endif
