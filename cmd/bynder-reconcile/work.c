/*
 * The lock is taken before the portal is asked anything and held to the end: two runs of one portal
 * would spend its pace twice and store two half-true pictures.
 */
#include "cmd/bynder-reconcile/work.h"

#include <unistd.h>

#include "audit/record.h"
#include "base/mem.h"
#include "host/command.h"
#include "host/log.h"
#include "job/figures.h"
#include "job/stand.h"
#include "job/stop.h"
#include "report/files.h"
#include "store/audit.h"

static void log_waiting(void *context, double seconds, const char *why)
{
    progress_done(context); /* the progress line draws itself again */
    if (seconds >= 10)
        log_warning("waiting %.0f s: %s", seconds, why);
    else
        log_debug("waiting %.1f s: %s", seconds, why);
}

static void release(struct work *work)
{
    bynder_free(work->bynder);
    work->bynder = NULL;
    database_release(&work->database);
}

/* `run` and `apply` say outside how they ended. */
static void leave_figures(struct work *work, int code, const struct err *err)
{
    struct tell_run run = {
        .is_run = work->is_run,
        .id = work->begun ? work->job.run.id : 0,
        .database = work->database.pg != NULL,
        .exit_code = code,
        .why = err->text,
        .requests = work->bynder ? bynder_requests(work->bynder) : 0,
        .blocked = work->bynder ? bynder_429s(work->bynder) : 0,
        .head = work->head,
    };

    if (work->watched)
        job_leave_figures(&work->job, &run);
}

static int begin_run(struct work *work, const char *verb, struct err *err)
{
    struct job *job = &work->job;

    if (store_lock(&work->store, err) < 0 ||
        store_run_begin(&work->store, verb, job->today, job->now, &job->run, err) < 0)
        return -1;
    CLEANUP(mem_cleanup) char *number = NULL;
    if (asprintf(&number, "%lld", (long long)job->run.id) >= 0)
        log_context("run", number);
    work->begun = true;
    return 0;
}

int work_begin(const struct invocation *invocation, const char *verb, struct work *ret_work,
               struct err *err)
{
    const struct clock *clock = clock_system();
    struct work *work = ret_work;

    *work = (struct work){.verb = verb};
    pg_finish_first(true);
    if (session_config(invocation, &work->config, err) < 0)
        return -1;
    work->job = (struct job){
        .config = &work->config,
        .arena = invocation->arena,
        .clock = clock,
        .store = &work->store,
        .now = clock->now(clock->self),
    };
    work->is_run = text_equal(verb, "run");
    work->watched = work->is_run || text_equal(verb, "apply");
    work->job.today = instant_day(work->job.now, work->config.policy.zone);
    progress_init(&work->terminal, STDERR_FILENO, &work->job.progress);
    work->job.only_looks = !work->watched;
    if (session_open(&work->config, SESSION_MIGRATES, &work->database, &work->store, err) < 0 ||
        audit_record_check(&work->config, &work->store, invocation->arena, &work->job.record_back,
                           err) < 0 ||
        begin_run(work, verb, err) < 0) {
        leave_figures(work, (int)err->code, err);
        release(work);
        return -1;
    }
    return 0;
}

void work_about_plan(const struct plan *plan)
{
    CLEANUP(text_release) struct text number = TEXT_INIT;

    text_addf(&number, "%lld", (long long)plan->id);
    log_context("plan", text_cstr(&number));
}

/* Once acts have begun, and only then: nobody is to wait for a portal in trouble once somebody has
 * said stop. What cannot be asked is no stop here; before an act it is asked once more. */
static bool is_stopped(void *context)
{
    struct work *work = context;
    const char *reason = NULL;

    return work->job.is_acting && stop_find(&work->job, &reason, NULL) == 0 && reason;
}

int work_portal(struct work *work, bool writing, struct err *err)
{
    struct bynder_setup setup = {.config = &work->config.portal,
                                 .is_stopped = is_stopped,
                                 .stop_context = work,
                                 .waiting = log_waiting,
                                 .waiting_context = &work->terminal,
                                 .permit = pace_share_permit,
                                 .permit_context = &work->share};

    if (bynder_new(&setup, &work->bynder, err) < 0)
        return -1;
    pace_share_init(&work->share, &work->store, bynder_pace(work->bynder), work->job.clock,
                    &work->config.portal);
    work->job.portal = writing ? bynder_writing(work->bynder) : bynder_read_only(work->bynder);
    return 0;
}

/* A record that cannot be made does not hide why the run failed. */
static int record_end(struct work *work, int code, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct job *job = &work->job;
    struct store_run_result result = {
        .finished_at = job->clock->now(job->clock->self), .exit_code = code, .message = err->text};

    if (work->bynder) {
        result.requests = (int64_t)bynder_requests(work->bynder);
        result.blocked = bynder_429s(work->bynder);
    }
    if ((!work->bynder || pace_share_end(&work->share, &own) == 0) &&
        store_run_end(job->store, &job->run, &result, &own) == 0)
        return code;
    if (err->code != ERR_NONE) {
        log_error("%s", own.text);
        return code;
    }
    (void)err_move(err, &own);
    return (int)err->code;
}

/* 20 says that nothing was written: what stops a run after an act of its own is 21. */
static int exit_code_after_acts(const struct work *work, int code)
{
    return code == ERR_HELD && work->job.acted > 0 ? ERR_PARTIAL : code;
}

/* The end of the chain goes where the database's owner cannot write: the log and a file, and from
 * work->head into the figures and messages. The run is recorded all the same when it cannot be. */
static void keep_head(struct work *work)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct job *job = &work->job;
    char text[AUDIT_HEAD_SIZE];
    struct audit_head *head = &work->head;

    if (store_audit_head(job->store, head, &own) == 0) {
        log_info("audit head %s, %lld events", audit_head_format(head, text),
                 (long long)head->count);
        if (job->record_back)
            return; /* what was kept is newer, and all that there is of it */
        if (audit_file_write(job->config, head, job->clock->now(job->clock->self), &own) == 0)
            return;
    }
    log_warning("the audit head was not kept: %s", own.text);
}

/* Which command goes on. */
static void add_command(const struct work *work, int64_t plan_id, struct text *out)
{
    enum command_portal what = work->is_run ? COMMAND_RUN : COMMAND_PLAN;

    command_add_portal(out, text_equal(work->verb, "apply") ? COMMAND_APPLY : what, plan_id);
}

int work_interrupted(struct work *work, int64_t plan_id, const struct apply_result *result,
                     struct err *err)
{
    const size_t *by_state = result->by_state;
    size_t done = by_state[STEP_DONE] + by_state[STEP_VERIFIED] + by_state[STEP_ALREADY];
    size_t open = by_state[STEP_UNKNOWN] + by_state[STEP_INTENT], failed = by_state[STEP_FAILED];
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_addf(&text, "interrupted by a signal: of plan %lld %zu act%s done, %zu left",
              (long long)plan_id, done, done == 1 ? " is" : "s are", by_state[STEP_APPROVED]);
    if (open > 0)
        text_addf(&text, ", of %zu it is not known yet", open);
    if (failed > 0)
        text_addf(&text, ", %zu failed", failed);
    text_add(&text,
             "; nothing is lost, and what was approved stands; hint: the next run goes on, or "
             "now '");
    add_command(work, plan_id, &text);
    text_add(&text, "'");
    work->is_explained = true;
    return err_set(err, ERR_INTERRUPTED, "%s", text_cstr(&text));
}

/* Before it came to its acts, or without any. */
static void explain_interruption(struct work *work, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (err->code != ERR_INTERRUPTED || work->is_explained)
        return;
    work->is_explained = true;
    text_addf(&text, "interrupted before it was done: %s; ", err->text);
    if (work->job.acted > 0)
        text_addf(&text, "%zu act%s made and recorded", work->job.acted,
                  work->job.acted == 1 ? " was" : "s were");
    else
        text_add(&text, "nothing was changed in the portal");
    text_add(&text, ", and nothing is lost; hint: '");
    add_command(work, 0, &text);
    text_add(&text, "' begins anew");
    (void)err_set(err, ERR_INTERRUPTED, "%s", text_cstr(&text));
}

int work_end(struct work *work, int code, struct err *err)
{
    progress_done(&work->terminal);
    explain_interruption(work, err);
    code = exit_code_after_acts(work, code);
    if (work->begun) {
        code = record_end(work, code, err);
        keep_head(work);
    }
    leave_figures(work, code, err); /* still locked: two runs would tell the same twice */
    if (work->begun)
        store_unlock(&work->store);
    release(work);
    return code;
}

/* A warning for each guard that holds. */
static void log_holds(const struct plan *plan)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;

    if (plan->id > 0)
        text_addf(&name, "plan %lld", (long long)plan->id);
    else
        text_add(&name, "the report");
    for (size_t i = 0; i < plan->guard_count; i++) {
        const struct guard_finding *guard = &plan->guard[i];
        if (guard->hold)
            log_warning("%s is held by %s: %s (%s; limit %s)", text_cstr(&name), guard->id,
                        guard->text, guard->actual, guard->limit);
    }
}

int work_report(struct work *work, struct plan *plan, enum report_format format, const char *output,
                struct err *err)
{
    CLEANUP(mem_cleanup) char *html = NULL;

    progress_done(&work->terminal);
    if (job_stand(&work->job, plan, err) < 0)
        return -1;
    if (work->config.database.embedded)
        pg_write_back(work->database.pg);
    /* A record that went back: the numbers of plans may be those of files that tell of what is
     * lost. */
    bool with_files = !plan_is_report(plan) && !work->job.record_back;
    if ((with_files ? session_report_files(output, plan, format, &work->config, &html, err)
                    : session_report(output, plan, format, err)) < 0)
        return -1;
    if (work->job.record_back)
        log_warning("no report files are written: %s", work->job.record_back);
    log_holds(plan);
    if (html)
        log_info("the report is in '%s'", html);
    return 0;
}
