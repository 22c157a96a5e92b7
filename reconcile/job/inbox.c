/*
 * First the record, then the answer, then the name: a run that is cut off in between finds the file
 * again, and who decides the same twice has decided once. What its owner took back in the meantime
 * is not decided anew by it: an old file says nothing about a row that was withdrawn after it was
 * written.
 */
#include "job/inbox.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/command.h"
#include "host/drop.h"
#include "host/file.h"
#include "host/log.h"
#include "job/describe.h"
#include "job/review.h"
#include "job/rule.h"
#include "report/decisions_file.h"
#include "store/plan.h"
#include "store/ruling.h"

#define TAKEN   ".taken-"
#define REFUSED ".refused-"
#define ANSWER  ".answer-"

struct inbox {
    struct job *job;
    struct drop drop;
    size_t taken, refused;
};

static void inbox_release(struct inbox *inbox)
{
    drop_release(&inbox->drop);
}

static bool ends_as(const char *name, const char *mark, const char *ending)
{
    const char *at = NULL;

    for (const char *next = name; (next = strstr(next, mark)); next++)
        at = next;
    if (!at)
        return false;
    at += strlen(mark);
    size_t digits = strspn(at, "0123456789");
    return digits > 0 && text_equal(at + digits, ending);
}

bool inbox_is_ours(const char *name)
{
    return ends_as(name, TAKEN, "") || ends_as(name, REFUSED, "") || ends_as(name, ANSWER, ".txt");
}

/* --- what it says --- */

/* Approved long ago, it would have expired by now had it been taken then; what spares is no older
 * for it. */
static bool is_expired(const struct job *job, const struct drop_file *file, const char *decision)
{
    int64_t lives = job->config->approval.expires_hours * 3600 * SECOND_US;

    return strcasecmp(decision, ruling_kind_name(RULING_KEEP)) != 0 &&
           strcasecmp(decision, ruling_kind_name(RULING_REJECT)) != 0 &&
           job->now.us - file->written.us > lives;
}

/* An old file does not undo what its owner took back later, and no approval outlives itself in it.
 */
static int drop_stale(struct job *job, const struct drop_file *file, struct decisions *decisions,
                      struct err *err)
{
    struct decisions_line *line = arena_calloc(job->arena, decisions->count + 1, sizeof(line[0]));
    struct store_ruling *ruling = NULL;
    size_t count = 0;

    if (store_load_rulings(job->store, job->arena, file->written, &ruling, &count, err) < 0)
        return -1;
    memcpy(line, decisions->line, decisions->count * sizeof(line[0]));
    for (size_t i = 0; i < decisions->count; i++) {
        if (line[i].decision && !line[i].flaw && is_expired(job, file, line[i].decision))
            line[i].flaw = arena_printf(job->arena,
                                        "the file is older than an approval lives (%lld hours): "
                                        "look at the row again and decide anew",
                                        (long long)job->config->approval.expires_hours);
        for (size_t k = 0; k < count && line[i].decision && !line[i].flaw; k++) {
            const struct ruling *one = &ruling[k].ruling;
            if (one->end == RULING_WITHDRAWN && text_equal(one->who, file->who) &&
                text_equal(one->account_id, line[i].account_id))
                line[i].flaw = "it was withdrawn after this file was written: decide anew";
        }
    }
    decisions->line = line;
    return 0;
}

static int find_plan(struct job *job, const struct decisions *decisions, struct plan **ret_plan,
                     struct err *err)
{
    int64_t id = decisions->plan; /* 0: a table that says of none, bound by its subjects */

    if (decisions->portal && id <= 0)
        return err_set(err, ERR_USAGE, "it names no plan");
    if (store_load_plan(job->store, job->arena, id, ret_plan, err) < 0)
        return -1;
    return *ret_plan ? 0 : err_set(err, ERR_USAGE, "there is no plan %lld here", (long long)id);
}

/* Its words into the record, and what became of them into `answer`. */
static int decide(struct job *job, const char *name, const struct drop_file *file,
                  struct text *answer, struct err *err)
{
    const struct decide_request request = {.who = file->who};
    const struct approvers approvers = rule_approvers(job);
    struct decisions decisions;
    struct review_answer became;
    struct plan *plan = NULL;

    if (file->is_own && approvers.count == 0)
        return err_set(err, ERR_HELD,
                       "it belongs to '%s', as whom the program runs, and that is nobody who "
                       "decides",
                       file->who);
    if (decisions_file_read(job->arena, text_cstr(&file->content), file->content.length, name,
                            &decisions, err) < 0 ||
        find_plan(job, &decisions, &plan, err) < 0 || drop_stale(job, file, &decisions, err) < 0 ||
        job_review(job, plan, &decisions, &request, &became, err) < 0)
        return -1;
    describe_review(answer, plan->id, file->who, name, &became);
    if (describe_took_any(&became))
        return 0;
    return err_set(err, ERR_HELD, "nothing of it could be taken: each row says why");
}

/* --- what becomes of it --- */

static void set_aside(struct inbox *inbox, const char *name, const char *mark,
                      const struct text *answer)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct arena *arena = inbox->job->arena;
    long long run = (long long)inbox->job->run.id;
    const char *beside = arena_printf(arena, "%s" ANSWER "%lld.txt", name, run);

    if (drop_put(&inbox->drop, beside, answer, &err) < 0)
        log_warning("what became of it could not be put beside it: %s", err.text);
    err_release(&err);
    err = ERR_INIT;
    if (drop_set_aside(&inbox->drop, name, arena_printf(arena, "%s%s%lld", name, mark, run), &err) <
        0)
        log_warning("a file that was taken stays in the inbox, and is looked at again: %s",
                    err.text);
}

static void refuse(struct inbox *inbox, const char *name, const char *who, const char *why,
                   struct text *answer)
{
    CLEANUP(text_release) struct text shown = TEXT_INIT;

    text_add_printable(&shown, name);
    log_warning("inbox: '%s'%s%s is refused: %s", text_cstr(&shown), who ? " of " : "",
                who ? who : "", why);
    text_add(answer, "refused: ");
    text_add_printable(answer, why);
    text_add(answer, "\n");
    set_aside(inbox, name, REFUSED, answer);
    inbox->refused++;
}

/* ERR_USAGE and ERR_HELD are about the file; all else is trouble of ours, and it waits. */
static int take(struct inbox *inbox, const char *name, struct drop_file *file, struct err *err)
{
    CLEANUP(text_release) struct text answer = TEXT_INIT, shown = TEXT_INIT;
    CLEANUP(err_release) struct err own = ERR_INIT;

    if (decide(inbox->job, name, file, &answer, &own) < 0) {
        if (own.code != ERR_USAGE && own.code != ERR_HELD)
            return err_move(err, &own);
        refuse(inbox, name, file->who, own.text, &answer);
        return 0;
    }
    text_add_printable(&shown, name);
    log_info("inbox: '%s' of %s is taken: %.*s", text_cstr(&shown), file->who,
             (int)strcspn(text_cstr(&answer), "\n"), text_cstr(&answer));
    set_aside(inbox, name, TAKEN, &answer);
    inbox->taken++;
    return 0;
}

static int visit(void *context, const char *path, const char *name, struct err *err)
{
    struct inbox *inbox = context;
    struct job *job = inbox->job;
    CLEANUP(drop_file_release) struct drop_file file = {.content = TEXT_INIT};
    CLEANUP(text_release) struct text answer = TEXT_INIT;

    (void)path;
    if (*name == '.' || inbox_is_ours(name) || clock_is_interrupted())
        return 0;
    switch (drop_read(&inbox->drop, job->arena, name, job->clock->now(job->clock->self), &file)) {
    case DROP_READ:
        return take(inbox, name, &file, err);
    case DROP_REFUSED:
        refuse(inbox, name, file.who, file.why, &answer);
        return 0;
    case DROP_LEFT:
        log_debug("inbox: a file is left for the next run");
        return 0;
    }
    return 0;
}

void job_take_inbox(struct job *job)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(inbox_release) struct inbox inbox = {.job = job, .drop.place = PLACE_NONE};
    const char *path = job->config->review.inbox;

    if (!path)
        return;
    if (job->record_back) {
        log_warning("no decision is taken from '%s': %s", path, job->record_back);
        return;
    }
    if (drop_open(path, &inbox.drop, &err) < 0 || file_each(path, "", visit, &inbox, &err) < 0)
        log_warning("no decision is taken from '%s' any more in this run: %s", path, err.text);
    if (inbox.taken + inbox.refused > 0)
        log_info("inbox: %zu files taken, %zu refused", inbox.taken, inbox.refused);
}
