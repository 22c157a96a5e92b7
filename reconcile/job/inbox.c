/*
 * First the record, then the answer, then the name: a run that is cut off in between finds the file
 * again, and who decides the same twice has decided once. What its owner took back in the meantime
 * is not decided anew by it: an old file says nothing about a row that was withdrawn after it was
 * written.
 *
 * What was not read may spare somebody. So whatever is of somebody whose word counts and cannot be
 * read stays where it is, and holds every act until it can be or is taken away: they could spare
 * everybody by a file that can be read, so this gives them nothing more. Of all others nothing is
 * opened, and nothing is held up.
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
#define UNREAD  ".unread.txt" /* beside a file that cannot be read */

enum { LONGEST_NAME = 255 };

#define AHEAD_US (5 * 60 * SECOND_US) /* so far are the clocks of two machines apart */

struct inbox {
    struct job *job;
    struct drop drop;
    struct approvers approvers;
    size_t taken, refused;
    size_t unread;     /* files that hold, as last gone through */
    const char *first; /* of those, a sentence */
    bool waits;        /* one of them is being written */
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
    size_t length = strlen(name), unread = strlen(UNREAD);

    return ends_as(name, TAKEN, "") || ends_as(name, REFUSED, "") ||
           ends_as(name, ANSWER, ".txt") ||
           (length > unread && text_equal(name + length - unread, UNREAD));
}

static const char *printable(struct arena *arena, const char *string)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_add_printable(&text, string);
    return arena_strdup(arena, text_cstr(&text));
}

/* --- what it says --- */

static bool spares(const char *decision)
{
    return strcasecmp(decision, ruling_kind_name(RULING_KEEP)) == 0 ||
           strcasecmp(decision, ruling_kind_name(RULING_REJECT)) == 0;
}

/* Why it approves nothing, of what age it is; NULL = it does. Approved long ago, it would have
 * expired by now had it been taken then; of what is dated ahead nobody knows the age. What spares
 * is no older for it. */
static const char *why_no_approval(const struct job *job, const struct drop_file *file)
{
    int64_t hours = job->config->approval.expires_hours;
    int64_t age = job->now.us - file->written.us;
    char written[INSTANT_TEXT_SIZE];

    if (age < -AHEAD_US)
        return arena_printf(job->arena,
                            "the file is dated ahead (%s), so nobody knows how old it is: set the "
                            "clock of the machine that wrote it, save it and put it here again",
                            instant_format(file->written, written));
    if (age > hours * 3600 * SECOND_US)
        return arena_printf(job->arena,
                            "the file is older than an approval lives (%lld hours): look at the "
                            "row again and decide anew",
                            (long long)hours);
    return NULL;
}

static const char withdrawn[] = "it was withdrawn after this file was written: decide anew";

/* An old file does not undo what its owner took back later, and no approval outlives itself in it.
 */
static int drop_stale(struct job *job, const struct drop_file *file, struct decisions *decisions,
                      struct err *err)
{
    struct decisions_line *line = arena_calloc(job->arena, decisions->count + 1, sizeof(line[0]));
    const char *no_approval = why_no_approval(job, file);
    struct store_ruling *ruling = NULL;
    size_t count = 0;

    if (store_load_rulings(job->store, job->arena, file->written, &ruling, &count, err) < 0)
        return -1;
    memcpy(line, decisions->line, decisions->count * sizeof(line[0]));
    for (size_t i = 0; i < decisions->count; i++) {
        if (line[i].decision && !line[i].flaw && !spares(line[i].decision))
            line[i].flaw = no_approval;
        for (size_t k = 0; k < count && line[i].decision && !line[i].flaw; k++) {
            const struct ruling *one = &ruling[k].ruling;
            if (one->end == RULING_WITHDRAWN && text_equal(one->who, file->who) &&
                text_equal(one->account_id, line[i].account_id))
                line[i].flaw = withdrawn;
        }
    }
    decisions->line = line;
    return 0;
}

static int find_plan(struct job *job, const struct decisions *decisions, struct plan **ret_plan,
                     struct err *err)
{
    int64_t id = decisions->portal ? decisions->plan : 0; /* a table is bound by its subjects */

    if (decisions->portal && id <= 0)
        return err_set(err, ERR_USAGE, "it names no plan");
    if (store_load_plan(job->store, job->arena, id, ret_plan, err) < 0)
        return -1;
    return *ret_plan ? 0 : err_set(err, ERR_USAGE, "there is no plan %lld here", (long long)id);
}

/* Lines that were to spare somebody, or whose word nobody can read, and were not taken for what
 * they are: their owner is told, and until then nothing is done about these accounts. */
static void keep_unheard(struct job *job, const struct review_answer *became)
{
    const char **id =
        arena_calloc(job->arena, job->unheard_count + became->refused_count + 1, sizeof(id[0]));
    size_t count = job->unheard_count;

    for (size_t i = 0; i < count; i++)
        id[i] = job->unheard[i];
    for (size_t i = 0; i < became->refused_count; i++) {
        const struct decisions_line *line = became->refused[i].line;
        if (became->refused[i].is_of_form && line->flaw != withdrawn && line->account_id &&
            !(line->decision && strcasecmp(line->decision, ruling_kind_name(RULING_APPROVE)) == 0))
            id[count++] = line->account_id;
    }
    job->unheard = id;
    job->unheard_count = count;
}

/* What it keeps and rejects alone. */
static struct decisions only_sparing(struct job *job, const struct decisions *decisions)
{
    struct decisions_line *line = arena_calloc(job->arena, decisions->count + 1, sizeof(line[0]));
    struct decisions sparing = *decisions;

    sparing.count = 0;
    for (size_t i = 0; i < decisions->count; i++) {
        const char *decision = decisions->line[i].decision;
        if (decision && strcasecmp(decision, ruling_kind_name(RULING_APPROVE)) != 0)
            line[sparing.count++] = decisions->line[i];
    }
    sparing.line = line;
    return sparing;
}

/* A file of too many approvals is refused as a whole; but whom it spares is spared. */
static int review(struct job *job, const struct plan *plan, const struct decisions *decisions,
                  const struct drop_file *file, struct text *answer, struct err *err)
{
    const struct decide_request request = {.who = file->who};
    struct decisions sparing = only_sparing(job, decisions);
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct review_answer became;

    if (job_review(job, plan, decisions, &request, &became, &own) < 0) {
        if (own.code != ERR_HELD || sparing.count == 0)
            return err_move(err, &own);
        text_add(answer, "the approvals in it are refused: ");
        text_add_printable(answer, own.text);
        text_add(answer, "\n");
        if (job_review(job, plan, &sparing, &request, &became, err) < 0)
            return -1;
    }
    describe_review(answer, plan->id, file->who, file->name, &became);
    keep_unheard(job, &became);
    if (describe_took_any(&became))
        return 0;
    return err_set(err, ERR_HELD, "nothing of it could be taken: each row says why");
}

/* Its words into the record, and what became of them into `answer`. *ret_read: what it says could
 * be told. */
static int decide(struct job *job, const struct drop_file *file, struct text *answer,
                  bool *ret_read, struct err *err)
{
    struct decisions decisions;
    struct plan *plan = NULL;

    *ret_read = false;
    if (decisions_file_read(job->arena, text_cstr(&file->content), file->content.length, file->name,
                            &decisions, err) < 0)
        return -1;
    *ret_read = true;
    if (find_plan(job, &decisions, &plan, err) < 0 || drop_stale(job, file, &decisions, err) < 0)
        return -1;
    return review(job, plan, &decisions, file, answer, err);
}

/* --- what becomes of it --- */

static const char *name_beside(const struct inbox *inbox, const char *name, const char *mark,
                               const char *ending)
{
    struct arena *arena = inbox->job->arena;
    const char *ours = arena_printf(arena, "%s%lld%s", mark, (long long)inbox->job->run.id, ending);
    int room = LONGEST_NAME - (int)strlen(ours);

    return arena_printf(arena, "%.*s%s", room, name, ours);
}

static void put(struct inbox *inbox, const char *name, const struct text *answer)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (drop_put(&inbox->drop, name, answer, &err) < 0)
        log_warning("what became of it could not be put beside it: %s", err.text);
}

/* Of somebody whose word counts, and not read: nothing is done until it is. */
static void hold(struct inbox *inbox, const struct drop_file *file, const char *why)
{
    struct arena *arena = inbox->job->arena;
    CLEANUP(text_release) struct text answer = TEXT_INIT, text = TEXT_INIT, quoted = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = file_join(inbox->drop.path, file->name);

    command_quote(&quoted, path);
    text_addf(&text, "'%s' of '%s' cannot be read: %s", file->name, file->who, why);
    log_warning("inbox: %s", printable(arena, text_cstr(&text)));
    if (!inbox->first)
        inbox->first =
            arena_printf(arena,
                         "%s; hint: ask '%s' what it was to say and to put it here again, "
                         "or take it away: 'sudo rm %s'",
                         printable(arena, text_cstr(&text)), file->who, text_cstr(&quoted));
    text_addf(&answer,
              "not read: %s\nUntil it is, or you take it away, nothing is done on anybody's "
              "approval.\n",
              printable(arena, why));
    put(inbox, arena_printf(arena, "%.*s" UNREAD, LONGEST_NAME - (int)strlen(UNREAD), file->name),
        &answer);
    inbox->unread++;
}

static void set_aside(struct inbox *inbox, const struct drop_file *file, const char *mark,
                      const struct text *answer)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    put(inbox, name_beside(inbox, file->name, ANSWER, ".txt"), answer);
    if (drop_set_aside(&inbox->drop, file, name_beside(inbox, file->name, mark, ""), &err) < 0) {
        hold(inbox, file, err.text);
        return;
    }
    const char *unread = arena_printf(inbox->job->arena, "%s" UNREAD, file->name);
    if (drop_remove(&inbox->drop, unread, &err) < 0)
        log_warning("%s", err.text);
}

static void refuse(struct inbox *inbox, const struct drop_file *file, const char *why,
                   struct text *answer)
{
    struct arena *arena = inbox->job->arena;

    log_warning("inbox: '%s'%s%s is refused: %s", printable(arena, file->name),
                file->who ? " of " : "", file->who ? file->who : "", why);
    text_add(answer, "refused: ");
    text_add_printable(answer, why);
    text_add(answer, "\n");
    set_aside(inbox, file, REFUSED, answer);
    inbox->refused++;
}

/* ERR_USAGE and ERR_HELD are about the file; all else is trouble of ours, and it waits. */
static int take(struct inbox *inbox, const struct drop_file *file, struct err *err)
{
    CLEANUP(text_release) struct text answer = TEXT_INIT;
    CLEANUP(err_release) struct err own = ERR_INIT;
    bool read = false;

    if (decide(inbox->job, file, &answer, &read, &own) < 0) {
        if (own.code != ERR_USAGE && own.code != ERR_HELD)
            return err_move(err, &own);
        if (read)
            refuse(inbox, file, own.text, &answer);
        else
            hold(inbox, file, own.text);
        return 0;
    }
    log_info("inbox: '%s' of %s is taken: %.*s", printable(inbox->job->arena, file->name),
             file->who, (int)strcspn(text_cstr(&answer), "\n"), text_cstr(&answer));
    set_aside(inbox, file, TAKEN, &answer);
    inbox->taken++;
    return 0;
}

/* Why its owner decides nothing by whatever it says. */
static const char *why_nobody(const struct inbox *inbox, const struct drop_file *file)
{
    if (file->is_own && inbox->approvers.count == 0)
        return arena_printf(inbox->job->arena,
                            "it belongs to '%s', as whom the program runs, and that is nobody who "
                            "decides",
                            file->who);
    return ruling_refuse_person(inbox->job->arena, &inbox->approvers, file->who, NULL, NULL);
}

static int visit(void *context, const char *path, const char *name, struct err *err)
{
    struct inbox *inbox = context;
    struct job *job = inbox->job;
    CLEANUP(drop_file_release) struct drop_file file;
    CLEANUP(text_release) struct text answer = TEXT_INIT;

    (void)path;
    file.content = TEXT_INIT;
    if (*name == '.' || inbox_is_ours(name) || clock_is_interrupted())
        return 0;
    enum drop_fate fate = drop_look(&inbox->drop, job->arena, name, &file);
    if (fate == DROP_LEFT)
        return 0;
    const char *why = fate == DROP_REFUSED ? file.why : why_nobody(inbox, &file);
    if (why) {
        refuse(inbox, &file, why, &answer);
        return 0;
    }
    switch (drop_read(&inbox->drop, job->arena, job->clock->now(job->clock->self), &file)) {
    case DROP_READ:
        return take(inbox, &file, err);
    case DROP_REFUSED:
        hold(inbox, &file, file.why);
        return 0;
    case DROP_LEFT:
        inbox->waits = true;
        hold(inbox, &file, "it is still being written");
        return 0;
    }
    return 0;
}

static int go_through(struct inbox *inbox, struct err *err)
{
    inbox->unread = 0;
    inbox->first = NULL;
    inbox->waits = false;
    return file_each(inbox->drop.path, "", visit, inbox, err);
}

/* What is being written is given the time to come to its end, once. */
static int take_all(struct inbox *inbox, struct err *err)
{
    const struct clock *clock = inbox->job->clock;

    if (go_through(inbox, err) < 0)
        return -1;
    if (!inbox->waits ||
        !clock->sleep_until(clock->self, instant_add_us(clock->steady(clock->self), DROP_QUIET_US)))
        return 0;
    return go_through(inbox, err);
}

void job_take_inbox(struct job *job)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(inbox_release)
    struct inbox inbox = {.job = job, .drop.place = PLACE_NONE, .approvers = rule_approvers(job)};
    const char *path = job->config->review.inbox;

    if (!path)
        return;
    if (job->record_back) {
        log_warning("no decision is taken from '%s': %s", path, job->record_back);
        return;
    }
    if (drop_open(path, &inbox.drop, &err) < 0 || take_all(&inbox, &err) < 0) {
        log_warning("the decisions in '%s' are not read: %s", path, err.text);
        inbox.first = err.text;
        inbox.unread = 1;
    }
    if (inbox.taken + inbox.refused > 0)
        log_info("inbox: %zu files taken, %zu refused", inbox.taken, inbox.refused);
    if (inbox.unread > 0)
        job->unread = arena_printf(
            job->arena, "nobody knows whom the decisions in '%s' spare: %s%s", path, inbox.first,
            inbox.unread > 1 ? arena_printf(job->arena, " (and %zu files more)", inbox.unread - 1)
                             : "");
}
