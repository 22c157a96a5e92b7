/*
 * Figures first: they are written whatever becomes of the messages, and once more when some of
 * those were not taken. What the database cannot say is left to the file that is there.
 */
#include "job/figures.h"

#include "audit/status.h"
#include "audit/watch.h"
#include "base/parse.h"
#include "core/seats.h"
#include "host/log.h"
#include "notify/metrics.h"
#include "store/savings.h"

static double seconds(struct instant at)
{
    return (double)at.us / (double)SECOND_US;
}

static void set_accounts(struct metrics *metrics, const struct store_status *status)
{
    if (!instant_is_set(status->snapshot_taken_at))
        return;
    metrics_set(metrics, METRIC_ACCOUNTS, "active", (double)status->active);
    metrics_set(metrics, METRIC_ACCOUNTS, "inactive", (double)status->inactive);
    metrics_set(metrics, METRIC_ACCOUNTS, "unreadable",
                (double)(status->accounts - status->active - status->inactive));
    metrics_set(metrics, METRIC_ACCOUNTS, "gone", (double)status->gone);
    metrics_set(metrics, METRIC_SEATS, NULL, (double)status->active);
}

static void set_plan(struct metrics *metrics, const struct store_watch *watch)
{
    bool held = watch->status.plan_state == PLAN_HELD;

    if (watch->status.plan_id == 0)
        return;
    metrics_set(metrics, METRIC_SEATS_AFTER_PLAN, NULL, (double)watch->seats_after);
    for (unsigned action = ACTION_REACTIVATE; action < ACTION_COUNT; action++)
        metrics_set(metrics, METRIC_PLANNED, action_name((enum action)action),
                    (double)watch->planned[action]);
    metrics_set(metrics, METRIC_PLAN_TO_APPROVE, NULL, watch->status.plan_state == PLAN_PROPOSED);
    for (size_t i = 0; i < GUARD_COUNT; i++)
        metrics_set(metrics, METRIC_GUARD_HELD, guard_id(i), held && watch->held[i]);
}

static void set_classes(struct metrics *metrics, const struct store_watch *watch)
{
    for (size_t i = 0; i < watch->seat_class_count; i++) {
        const struct class_seats *class = &watch->seat_class[i];
        const char *name = class->name ? class->name : "(no class)";
        metrics_set(metrics, METRIC_CLASS_SEATS, name, (double)class->seats);
        metrics_set(metrics, METRIC_CLASS_SEATS_AFTER_PLAN, name, (double)class->seats_after);
        if (class->contracted >= 0) {
            metrics_set(metrics, METRIC_CLASS_CONTRACTED, name, (double)class->contracted);
            metrics_set(metrics, METRIC_CLASS_FREE, name,
                        (double)(class->contracted - (int64_t) class->seats));
        }
        if (class->price >= 0)
            metrics_set_price(metrics, METRIC_CLASS_PRICE, name, class->currency,
                              (double)class->price / MONEY_ONE);
    }
}

static void set_amount(struct metrics *metrics, enum metric metric,
                       const struct plan_savings *saved, const char *amount)
{
    double value = 0;

    if (saved->currency && amount && parse_double(amount, -1e15, 1e15, &value))
        metrics_set_price(metrics, metric, saved->class ? saved->class : "(no class)",
                          saved->currency, value);
}

static void set_seats(struct metrics *metrics, enum metric metric, const struct plan_savings *saved,
                      int64_t seats)
{
    if (seats >= 0)
        metrics_set_price(metrics, metric, saved->class ? saved->class : "(no class)",
                          saved->two_currencies ? "(two currencies)" : saved->currency,
                          (double)seats);
}

/* What cannot be told is left out: these are figures for people, and nothing hangs on them. */
static void set_savings(const struct job *job, struct metrics *metrics)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct plan_savings *saved = NULL;
    size_t count = 0;

    if (store_load_savings(job->store, job->arena, job->today, &saved, &count, &own) < 0) {
        log_warning("%s", own.text);
        return;
    }
    for (size_t i = 0; i < count && metrics->count + 64 < METRICS_MAX; i++) {
        const struct plan_savings *one = &saved[i];
        set_seats(metrics, METRIC_SAVINGS_EXPOSED_SEATS, one, one->exposed_seats);
        set_amount(metrics, METRIC_SAVINGS_EXPOSED, one, one->exposed);
        set_seats(metrics, METRIC_SAVINGS_FREED_SEAT_DAYS, one, one->freed_seat_days);
        set_amount(metrics, METRIC_SAVINGS_FREED, one, one->freed);
        set_amount(metrics, METRIC_SAVINGS_FREED_YEAR, one, one->year_freed);
        set_seats(metrics, METRIC_SAVINGS_REDUCIBLE_SEATS, one, one->reducible_seats);
        set_amount(metrics, METRIC_SAVINGS_REDUCIBLE, one, one->reducible);
    }
}

static void set_steps(struct metrics *metrics, const struct store_watch *watch)
{
    int64_t skipped = 0;

    for (unsigned action = ACTION_REACTIVATE; action < ACTION_COUNT; action++) {
        const int64_t *step = watch->step[action];
        metrics_set(metrics, METRIC_DONE, action_name((enum action)action),
                    (double)(step[STEP_DONE] + step[STEP_VERIFIED]));
        metrics_set(metrics, METRIC_FAILED, action_name((enum action)action),
                    (double)step[STEP_FAILED]);
        skipped += step[STEP_SKIPPED];
    }
    metrics_set(metrics, METRIC_SKIPPED, NULL, (double)skipped);
    metrics_set(metrics, METRIC_OPEN_STEPS, NULL, (double)watch->status.open_steps);
}

static void set_last_run(struct metrics *metrics, struct instant started, struct instant ended,
                         int code)
{
    metrics_set(metrics, METRIC_LAST_RUN, NULL, seconds(ended));
    metrics_set(metrics, METRIC_LAST_RUN_DURATION, NULL, seconds(ended) - seconds(started));
    metrics_set(metrics, METRIC_LAST_RUN_EXIT_CODE, NULL, code);
}

/* The last `run`: this one, unless it is no run or another one held the lock. */
static void set_runs(struct metrics *metrics, const struct job *job, const struct tell_run *run)
{
    const struct store_watch *watch = run->watch;

    if (watch && instant_is_set(watch->last_success))
        metrics_set(metrics, METRIC_LAST_SUCCESS, NULL, seconds(watch->last_success));
    if (run->is_run && run->exit_code != ERR_LOCKED)
        set_last_run(metrics, job->now, job->clock->now(job->clock->self), run->exit_code);
    else if (watch && instant_is_set(watch->last_ended))
        set_last_run(metrics, watch->last_started, watch->last_ended, watch->last_exit_code);
}

static void write_metrics(const struct job *job, const struct tell_run *run, size_t undelivered)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct config *config = job->config;
    struct metrics metrics = {.portal = config->portal.name};

    if (!config->metrics_textfile)
        return;
    set_runs(&metrics, job, run);
    if (run->watch) {
        set_accounts(&metrics, &run->watch->status);
        set_plan(&metrics, run->watch);
        set_classes(&metrics, run->watch);
        set_savings(job, &metrics);
        set_steps(&metrics, run->watch);
    }
    if (config->portal.contracted_seats)
        metrics_set(&metrics, METRIC_SEATS_CONTRACTED, NULL,
                    (double)config->portal.contracted_seats);
    if (run->head.sequence > 0)
        metrics_set(&metrics, METRIC_AUDIT_HEAD_SEQUENCE, NULL, (double)run->head.sequence);
    if (run->exit_code != ERR_LOCKED) { /* else they are those of the run that holds the lock */
        metrics_set(&metrics, METRIC_REQUESTS, NULL, (double)run->requests);
        metrics_set(&metrics, METRIC_RESPONSES_429, NULL, (double)run->blocked);
        metrics_set(&metrics, METRIC_MESSAGES_UNDELIVERED, NULL, (double)undelivered);
    }
    if (metrics_write(&metrics, config->metrics_textfile, &err) < 0)
        log_warning("%s", err.text);
}

void job_leave_figures(struct job *job, const struct tell_run *ended)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct tell_run run = *ended;
    struct store_watch watch;
    struct tell_result told;

    run.database = ended->database && store_load_watch(job->store, job->arena, &watch, &own) == 0;
    run.watch = run.database ? &watch : NULL;
    write_metrics(job, &run, 0);
    if (run.exit_code == ERR_LOCKED) /* the run that holds the lock tells */
        return;
    if (run.watch && watch.cut_off_run)
        log_warning(
            "run %lld ('%s' on host '%s') was cut off: what it left open is settled by now, "
            "or told as unknown",
            (long long)watch.cut_off_run, watch.cut_off_verb,
            watch.cut_off_host ? watch.cut_off_host : "");
    job_tell(job, &run, &told);
    if (told.undelivered)
        write_metrics(job, &run, told.undelivered);
}
