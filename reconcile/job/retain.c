/*
 * What may be erased by age is the eraser's to erase; report files are the program's own, and go
 * whoever runs it.
 */
#include "job/retain.h"

#include "base/cleanup.h"
#include "host/log.h"
#include "job/files.h"

static struct instant before(const struct job *job, int64_t days)
{
    return days ? instant_add_us(job->now, -days * DAY_US) : INSTANT_NONE;
}

static int retain_history(struct job *job, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    const struct store_retention retention = {
        .personal_before = before(job, job->config->retention.personal_days),
        .daily_before = before(job, job->config->retention.daily_days),
        .weekly_before = before(job, job->config->retention.weekly_days),
        .plan_rows_before = before(job, job->config->retention.plan_rows_days),
    };
    struct store_retained retained;
    size_t files = 0;

    if (store_retain(job->store, &job->run, job->arena, &retention, job->now, &retained, &own) <
        0) {
        if (own.code != ERR_HELD)
            return err_move(err, &own);
        log_info("%s", own.text);
        return 0;
    }
    if (files_erase(job, &retained.erased, &files, err) < 0)
        return -1;
    if (retained.erased.value_count || retained.snapshots || retained.plan_rows)
        log_info("retention: names of %zu accounts, %lld snapshots thinned, %lld rows of old plans "
                 "taken away",
                 retained.erased.accounts, (long long)retained.snapshots,
                 (long long)retained.plan_rows);
    return 0;
}

int job_retain(struct job *job, struct err *err)
{
    struct instant oldest = before(job, job->config->retention.reports_days);
    size_t files = 0;
    bool may = false;

    if (job->record_back)
        return 0;
    if (store_may_erase(job->store, &may, err) < 0)
        return -1;
    if (!may)
        log_info("retention is left to who may erase: this connection may not");
    if (may && retain_history(job, err) < 0)
        return -1;
    if (files_remove_reports(job, oldest, &files, err) < 0)
        return -1;
    if (files)
        log_info("retention: %zu old report files removed", files);
    return 0;
}
