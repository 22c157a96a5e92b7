/*
 * One table of metrics says name, help and second label, in the order of the file. A line that is
 * kept from the file before is kept only when it reads exactly as one of ours, so that whatever
 * else somebody wrote there does not live on.
 */
#include "notify/metrics.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "core/seats.h"
#include "host/file.h"

enum { FILE_MODE = 0644, FILE_LIMIT = 1 << 20 };

#define PREFIX "bynder_reconcile_"

static const struct family {
    const char *name;
    const char *label; /* beside portal; NULL = none */
    bool outlives;     /* still true when a run could not find out */
    const char *help;
} families[METRIC_COUNT] = {
    [METRIC_LAST_SUCCESS] = {"last_success_timestamp_seconds", NULL, true,
                             "When 'run' last came to a good end (exit code 0 or 20)."},
    [METRIC_LAST_RUN] = {"last_run_timestamp_seconds", NULL, true, "When 'run' last ended."},
    [METRIC_LAST_RUN_DURATION] = {"last_run_duration_seconds", NULL, true,
                                  "How long that run took."},
    [METRIC_LAST_RUN_EXIT_CODE] = {"last_run_exit_code", NULL, true,
                                   "Its exit code: 0 done, 20 held, 21 some acts failed, others "
                                   "in the manual."},
    [METRIC_ACCOUNTS] = {"accounts", "status", true, "Accounts in the newest snapshot."},
    [METRIC_SEATS] = {"seats", NULL, true, "Active accounts in the newest snapshot."},
    [METRIC_SEATS_AFTER_PLAN] = {"seats_after_plan", NULL, true,
                                 "Active accounts once the newest plan is carried out."},
    [METRIC_SEATS_CONTRACTED] = {"seats_contracted", NULL, false,
                                 "Seats that the contract has (portal.contracted_seats)."},
    [METRIC_CLASS_SEATS] = {"class_seats", "class", false,
                            "Active accounts of the class of seats in the newest plan."},
    [METRIC_CLASS_SEATS_AFTER_PLAN] = {"class_seats_after_plan", "class", false,
                                       "The same once that plan is carried out."},
    [METRIC_CLASS_CONTRACTED] = {"class_seats_contracted", "class", false,
                                 "Seats of the class that the contract has (seats.classes)."},
    [METRIC_CLASS_FREE] = {"class_seats_free", "class", false,
                           "Of those not taken; negative when the contract is exceeded."},
    [METRIC_CLASS_PRICE] = {"class_seat_price", "class", false,
                            "What a seat of the class costs in a year."},
    [METRIC_SAVINGS_EXPOSED_SEATS] = {"savings_exposed_seats", "class", false,
                                      "Seats in use that the newest plan says are not needed."},
    [METRIC_SAVINGS_EXPOSED] = {"savings_exposed", "class", false,
                                "What these cost in a year, in the currency of the label."},
    [METRIC_SAVINGS_FREED_SEAT_DAYS] = {"savings_freed_seatdays", "class", false,
                                        "Days of this month on which seats were free by acts of "
                                        "this program."},
    [METRIC_SAVINGS_FREED] = {"savings_freed", "class", false,
                              "What these would have cost, in the currency of the label."},
    [METRIC_SAVINGS_FREED_YEAR] = {"savings_freed_year", "class", false,
                                   "The same of this calendar year so far."},
    [METRIC_SAVINGS_REDUCIBLE_SEATS] = {"savings_reducible_seats", "class", false,
                                        "Seats by which the contract could be smaller at its "
                                        "renewal, once the newest plan is done."},
    [METRIC_SAVINGS_REDUCIBLE] = {"savings_reducible", "class", false,
                                  "What these cost in a year, in the currency of the label."},
    [METRIC_PLANNED] = {"planned", "action", true, "Acts in the newest plan."},
    [METRIC_PLAN_TO_APPROVE] = {"plan_to_approve", NULL, true,
                                "1 while the newest plan waits for people."},
    [METRIC_GUARD_HELD] = {"guard_held", "guard", true, "1 while a guard holds the newest plan."},
    [METRIC_DONE] = {"done", "action", true, "Acts done by the last run that acts."},
    [METRIC_FAILED] = {"failed", "action", true, "Acts that failed in that run."},
    [METRIC_SKIPPED] = {"skipped", NULL, true, "Acts that run left out, with a reason."},
    [METRIC_OPEN_STEPS] = {"open_steps", NULL, true, "Acts of which nobody can tell the outcome."},
    [METRIC_REQUESTS] = {"requests", NULL, true, "Requests to the portal of the last run."},
    [METRIC_RESPONSES_429] = {"responses_429", NULL, true,
                              "Of those, answered 'too many requests'."},
    [METRIC_MESSAGES_UNDELIVERED] = {"messages_undelivered", NULL, true,
                                     "Messages that mail server or webhook did not take."},
    [METRIC_AUDIT_HEAD_SEQUENCE] = {"audit_head_sequence", NULL, true,
                                    "Number of the newest audit event."},
};

void metrics_set(struct metrics *metrics, enum metric metric, const char *label, double value)
{
    assert(metrics->count < METRICS_MAX);
    assert((label != NULL) == (families[metric].label != NULL));
    metrics->sample[metrics->count++] =
        (struct metrics_sample){.metric = metric, .label = label, .value = value};
}

void metrics_set_price(struct metrics *metrics, enum metric metric, const char *label,
                       const char *currency, double value)
{
    metrics_set(metrics, metric, label, value);
    metrics->sample[metrics->count - 1].currency = currency;
}

/* A label's value: printable, then the three escapes of the exposition format. */
static void add_label(struct text *out, const char *name, const char *value)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;

    text_add_printable(&printable, value);
    text_addf(out, "%s=\"", name);
    for (const char *c = text_cstr(&printable); *c; c++) {
        if (*c == '"' || *c == '\\')
            text_add_char(out, '\\');
        text_add_char(out, *c);
    }
    text_add_char(out, '"');
}

/* `bynder_reconcile_NAME{portal="PORTAL"`, what every line of a portal begins with. */
static void add_start(struct text *out, const struct metrics *metrics, enum metric metric)
{
    text_addf(out, PREFIX "%s{", families[metric].name);
    add_label(out, "portal", metrics->portal);
}

static void add_sample(struct text *out, const struct metrics *metrics,
                       const struct metrics_sample *sample)
{
    add_start(out, metrics, sample->metric);
    if (sample->label) {
        text_add_char(out, ',');
        add_label(out, families[sample->metric].label, sample->label);
    }
    if (sample->currency) {
        text_add_char(out, ',');
        add_label(out, "currency", sample->currency);
    }
    if (sample->value == (double)(int64_t)sample->value)
        text_addf(out, "} %.0f\n", sample->value);
    else
        text_addf(out, "} %.*f\n", sample->currency ? MONEY_PLACES : 3, sample->value);
}

/* Whether a line that begins as ours goes on as ours: at most one label more, then a number. */
static bool is_ours(const struct family *family, const char *rest)
{
    double number = 0;

    if (family->label) {
        size_t length = strlen(family->label);
        if (*rest++ != ',' || strncmp(rest, family->label, length) != 0)
            return false;
        rest += length;
        if (strncmp(rest, "=\"", 2) != 0)
            return false;
        rest += 2;
        rest += strspn(rest, "abcdefghijklmnopqrstuvwxyzG0123456789");
        if (*rest++ != '"')
            return false;
    }
    return strncmp(rest, "} ", 2) == 0 && parse_double(rest + 2, -1e18, 1e18, &number);
}

static void add_kept(struct text *out, const struct metrics *metrics, enum metric metric,
                     const char *previous)
{
    CLEANUP(text_release) struct text start = TEXT_INIT;

    add_start(&start, metrics, metric);
    for (const char *line = previous; *line;) {
        size_t length = strcspn(line, "\n");
        CLEANUP(mem_cleanup) char *one = mem_strndup(line, length);

        if (text_starts(one, text_cstr(&start)) && is_ours(&families[metric], one + start.length))
            text_addf(out, "%s\n", one);
        line += length + (line[length] != '\0');
    }
}

static void render(const struct metrics *metrics, const char *previous, struct text *out)
{
    for (unsigned metric = 0; metric < METRIC_COUNT; metric++) {
        CLEANUP(text_release) struct text lines = TEXT_INIT;

        for (size_t i = 0; i < metrics->count; i++) {
            if (metrics->sample[i].metric == metric)
                add_sample(&lines, metrics, &metrics->sample[i]);
        }
        if (lines.length == 0 && previous && families[metric].outlives)
            add_kept(&lines, metrics, (enum metric)metric, previous);
        if (lines.length > 0)
            text_addf(out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n%s",
                      families[metric].name, families[metric].help, families[metric].name,
                      text_cstr(&lines));
    }
}

int metrics_write(const struct metrics *metrics, const char *path, struct err *err)
{
    CLEANUP(err_release) struct err none = ERR_INIT;
    CLEANUP(text_release) struct text previous = TEXT_INIT;
    CLEANUP(text_release) struct text content = TEXT_INIT;

    if (file_read(path, FILE_LIMIT, ERR_INTERNAL, &previous, NULL, &none) < 0)
        text_clear(&previous); /* the first time, or nothing to keep */
    render(metrics, text_cstr(&previous), &content);
    if (file_write(path, FILE_MODE, text_cstr(&content), content.length, err) < 0)
        return err_prefix(err, "metrics");
    return 0;
}
