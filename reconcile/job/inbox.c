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

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/fold.h"
#include "base/mem.h"
#include "facts/account.h"
#include "host/command.h"
#include "host/drop.h"
#include "host/file.h"
#include "host/log.h"
#include "host/signature.h"
#include "job/describe.h"
#include "job/review.h"
#include "job/rule.h"
#include "job/signer.h"
#include "report/decisions_file.h"
#include "store/plan.h"
#include "store/ruling.h"

#define TAKEN   ".taken-"
#define REFUSED ".refused-"
#define ANSWER  ".answer-"
#define UNREAD  ".unread.txt" /* beside a file that cannot be read */
#define SIGNED  ".sig"        /* beside one of theirs: the signature of it */

enum { LONGEST_NAME = 255 };

#define AHEAD_US (5 * 60 * SECOND_US) /* so far are the clocks of two machines apart */

struct inbox {
    struct job *job;
    struct drop drop;
    struct approvers approvers;
    size_t taken, refused;
    size_t unread;     /* files that hold, as last gone through */
    const char *first; /* of those, a sentence */
    bool waits;        /* something in it is being written, or was just put there */
    bool has_waited;   /* for that */
};

/* A file, and what says whose word it is. */
struct letter {
    struct drop_file file; /* file.who: who decides by it */
    struct drop_file signature;
    bool has_signature;
    const char *nobody;      /* why its owner decides nothing; NULL = they do */
    const char *key;         /* that signed it, verified; NULL = its owner's word */
    const char *no_approval; /* why it approves nothing, as it lacks a signature; NULL = it may */
};

static void letter_release(struct letter *letter)
{
    drop_file_release(&letter->file);
    drop_file_release(&letter->signature);
}

static void inbox_release(struct inbox *inbox)
{
    drop_release(&inbox->drop);
}

static bool ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name), of = strlen(ending);

    return length > of && text_equal(name + length - of, ending);
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
    return ends_as(name, TAKEN, "") || ends_as(name, REFUSED, "") ||
           ends_as(name, ANSWER, ".txt") || ends_with(name, UNREAD);
}

/* Windows and spreadsheets put these beside what somebody opens, in that person's name: where
 * they cannot be read nothing was said in them. */
static bool is_by_the_way(const char *name)
{
    static const char *const names[] = {"Thumbs.db", "ehthumbs.db", "desktop.ini"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcasecmp(name, names[i]) == 0)
            return true;
    }
    return text_starts(name, "~$"); /* who has the workbook open */
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

/* When it was said, at the latest that is certain. Who signed something leaves no date in it, and
 * whoever carries it dates the file: but it was not before the plan that it is about. */
static struct instant said_at(const struct letter *letter, const struct decisions *decisions,
                              const struct plan *plan)
{
    struct instant written = letter->file.written;

    if (letter->key && decisions->plan > 0 && instant_compare(plan->created_at, written) < 0)
        return plan->created_at;
    return written;
}

/* Why it approves nothing, NULL = it does. Approved long ago, it would have expired by now had it
 * been taken then; of what is dated ahead nobody knows the age. What spares is no older for it. */
static const char *why_no_approval(const struct job *job, const struct letter *letter,
                                   const struct decisions *decisions, struct instant said)
{
    int64_t hours = job->config->approval.expires_hours;
    int64_t age = job->now.us - said.us;
    char written[INSTANT_TEXT_SIZE];

    if (letter->no_approval)
        return letter->no_approval;
    if (letter->key && decisions->plan <= 0)
        return "a signed table without the column 'of_plan' approves nothing: nobody can tell when "
               "it was signed; sign the page's file, or the table with all its columns";
    if (age < -AHEAD_US)
        return arena_printf(job->arena,
                            "the file is dated ahead (%s), so nobody knows how old it is: set the "
                            "clock of the machine that wrote it, save it and put it here again",
                            instant_format(said, written));
    if (age > hours * 3600 * SECOND_US)
        return arena_printf(job->arena,
                            "the file%s is older than an approval lives (%lld hours): look at the "
                            "row again and decide anew",
                            letter->key ? ", or the plan it is about," : "", (long long)hours);
    return NULL;
}

static const char withdrawn[] = "it was withdrawn after this file was written: decide anew";

/* An old file does not undo what its owner took back later, and no approval outlives itself in it.
 */
static int drop_stale(struct job *job, const struct letter *letter, const struct plan *plan,
                      struct decisions *decisions, struct err *err)
{
    struct decisions_line *line = arena_calloc(job->arena, decisions->count + 1, sizeof(line[0]));
    struct instant said = said_at(letter, decisions, plan);
    const char *no_approval = why_no_approval(job, letter, decisions, said);
    struct store_ruling *ruling = NULL;
    size_t count = 0;

    if (store_load_rulings(job->store, job->arena, said, &ruling, &count, err) < 0)
        return -1;
    memcpy(line, decisions->line, decisions->count * sizeof(line[0]));
    for (size_t i = 0; i < decisions->count; i++) {
        if (line[i].decision && !line[i].flaw && !spares(line[i].decision))
            line[i].flaw = no_approval;
        for (size_t k = 0; k < count && line[i].decision && !line[i].flaw; k++) {
            const struct ruling *one = &ruling[k].ruling;
            if (one->end == RULING_WITHDRAWN && text_equal(one->who, letter->file.who) &&
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
    int64_t id = decisions->plan; /* 0: a table that says of none, bound by its subjects */

    if (decisions->portal && id <= 0)
        return err_set(err, ERR_USAGE, "it names no plan");
    if (store_load_plan(job->store, job->arena, id, ret_plan, err) < 0)
        return -1;
    return *ret_plan ? 0 : err_set(err, ERR_USAGE, "there is no plan %lld here", (long long)id);
}

/* --- what is not heard --- */

/* Lines that were to spare somebody, or whose word nobody can read, and were not taken for what
 * they are: their owner is told, and until then nothing is done about what they name. */
struct unheard {
    struct job *job;
    const char *file, *who;
    bool is_page; /* whose every line decides, whatever is wrong with it */
    const char **name;
    size_t count;
};

static struct unheard unheard_begin(const struct letter *letter, struct job *job,
                                    const struct decisions *decisions)
{
    struct unheard unheard = {.job = job,
                              .file = letter->file.name,
                              .who = letter->file.who,
                              .is_page = decisions->portal};

    unheard.name = arena_calloc(job->arena, job->unheard_count + 2 * decisions->count + 1,
                                sizeof(unheard.name[0]));
    for (size_t i = 0; i < job->unheard_count; i++)
        unheard.name[unheard.count++] = job->unheard[i];
    return unheard;
}

/* Of one that names nobody it is not known whom it spares. */
static void unheard_add(struct unheard *unheard, const struct decisions_line *line)
{
    struct job *job = unheard->job;
    const char *id = line->account_id, *folded = id ? fold_text(job->arena, id) : NULL;
    struct digest subject;
    bool has_subject = line->subject && digest_parse(line->subject, &subject);
    char hex[DIGEST_HEX_SIZE];

    if (line->decision && strcasecmp(line->decision, ruling_kind_name(RULING_APPROVE)) == 0)
        return;
    if (folded)
        unheard->name[unheard->count++] = folded;
    if (has_subject)
        unheard->name[unheard->count++] = arena_strdup(job->arena, digest_hex(&subject, hex));
    if (has_subject || !(unheard->is_page || line->decision || line->until || line->reason) ||
        account_name_is_id(folded))
        return;
    job->unread = arena_printf(
        job->arena,
        "row %u of '%s' of '%s' was to spare somebody, and names no account ('%s'): the answer "
        "beside the file says so, and the next run acts unless it is handed in anew",
        line->row, printable(job->arena, unheard->file), unheard->who,
        id ? printable(job->arena, id) : "");
}

static void unheard_end(const struct unheard *unheard)
{
    unheard->job->unheard = unheard->name;
    unheard->job->unheard_count = unheard->count;
}

static void keep_unheard(struct job *job, const struct letter *letter,
                         const struct decisions *decisions, const struct review_answer *became)
{
    struct unheard unheard = unheard_begin(letter, job, decisions);

    for (size_t i = 0; i < became->refused_count; i++) {
        const struct decisions_line *line = became->refused[i].line;
        if (became->refused[i].is_of_form && line->flaw != withdrawn)
            unheard_add(&unheard, line);
    }
    unheard_end(&unheard);
}

/* Of a file that is refused as it is. */
static void keep_all_unheard(struct job *job, const struct letter *letter,
                             const struct decisions *decisions)
{
    struct unheard unheard = unheard_begin(letter, job, decisions);

    for (size_t i = 0; i < decisions->count; i++) {
        if (decisions->line[i].decision || decisions->line[i].flaw)
            unheard_add(&unheard, &decisions->line[i]);
    }
    unheard_end(&unheard);
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

/* What is signed anybody could hand in again, on a day that has room: refused, it counts as well.
 */
static int refuse_whole(struct job *job, const struct letter *letter, struct handed_in *file,
                        struct err *own, struct err *err)
{
    if (own->code == ERR_HELD && letter->key &&
        store_take_file(job->store, file, NULL, 0, job->config->portal.url, err) < 0)
        return -1;
    return err_move(err, own);
}

/* A file of too many approvals is refused as a whole; but whom it spares is spared. */
static int review(struct job *job, const struct letter *letter, const struct plan *plan,
                  const struct decisions *decisions, const struct decide_request *request,
                  struct text *answer, struct err *err)
{
    const struct decide_request by_hand = {.who = request->who};
    struct decisions sparing = only_sparing(job, decisions);
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct review_answer became;

    if (job_review(job, plan, decisions, request, &became, &own) < 0) {
        keep_all_unheard(job, letter, decisions);
        if (own.code != ERR_HELD || sparing.count == 0)
            return refuse_whole(job, letter, request->file, &own, err);
        text_add(answer, "the approvals in it are refused: ");
        text_add_printable(answer, own.text);
        text_add(answer, "\n");
        err_release(&own);
        if (job_review(job, plan, &sparing, letter->key ? request : &by_hand, &became, &own) < 0)
            return refuse_whole(job, letter, request->file, &own, err);
    }
    describe_review(answer, plan->id, request->who, decisions->file, &became);
    keep_unheard(job, letter, decisions, &became);
    if (describe_took_any(&became))
        return 0;
    return err_set(err, ERR_HELD, "nothing of it could be taken: each row says why");
}

/* The same words of the same person decide once, however often they are handed in. */
static int find_earlier(struct job *job, const struct handed_in *file, struct text *answer,
                        bool *ret_earlier, struct err *err)
{
    struct instant at = INSTANT_NONE;
    char when[INSTANT_TEXT_SIZE];

    if (store_find_file(job->store, job->arena, &file->content, file->who, file->key != NULL, &at,
                        err) < 0)
        return -1;
    *ret_earlier = instant_is_set(at);
    if (*ret_earlier)
        text_addf(answer,
                  "handed in already on %s as the word of '%s': it counts once, and no time begins "
                  "anew; "
                  "to decide again, save the decisions of a newer plan\n",
                  instant_format(at, when), file->who);
    return 0;
}

/* Its words into the record, and what became of them into `answer`. *ret_read: what it says could
 * be told. */
static int decide(struct job *job, const struct letter *letter, struct text *answer, bool *ret_read,
                  struct err *err)
{
    const struct drop_file *file = &letter->file;
    struct handed_in handed_in = {
        .content = digest_of(text_cstr(&file->content), file->content.length),
        .name = printable(job->arena, file->name),
        .who = file->who,
        .at = job->now,
        .key = letter->key,
        .signature = letter->key ? text_cstr(&letter->signature.content) : NULL,
    };
    const struct decide_request request = {.who = file->who, .file = &handed_in};
    struct decisions decisions;
    struct plan *plan = NULL;
    bool earlier = false;

    *ret_read = false;
    if (decisions_file_read(job->arena, text_cstr(&file->content), file->content.length, file->name,
                            &decisions, err) < 0)
        return -1;
    *ret_read = true;
    if (find_earlier(job, &handed_in, answer, &earlier, err) < 0)
        return -1;
    if (earlier) {
        if (!letter->key) /* what its owner says again may have been taken back since */
            keep_all_unheard(job, letter, &decisions);
        return 0;
    }
    if (find_plan(job, &decisions, &plan, err) < 0) {
        keep_all_unheard(job, letter, &decisions);
        return -1;
    }
    if (drop_stale(job, letter, plan, &decisions, err) < 0)
        return -1;
    return review(job, letter, plan, &decisions, &request, answer, err);
}

/* --- what becomes of it --- */

static const char *name_of(struct arena *arena, const char *name, const char *ours)
{
    return arena_printf(arena, "%.*s%s", LONGEST_NAME - (int)strlen(ours), name, ours);
}

static const char *name_beside(const struct inbox *inbox, const char *name, const char *mark,
                               const char *ending)
{
    struct arena *arena = inbox->job->arena;

    return name_of(arena, name,
                   arena_printf(arena, "%s%lld%s", mark, (long long)inbox->job->run.id, ending));
}

#define DIGEST_LINE "SHA-256 of the file: "

/* Which file an answer is about. */
static void add_digest(struct text *answer, const struct text *content)
{
    struct digest digest = digest_of(text_cstr(content), content->length);
    char hex[DIGEST_HEX_SIZE];

    text_addf(answer, DIGEST_LINE "%s\n", digest_hex(&digest, hex));
}

static void put(struct inbox *inbox, const char *name, const struct text *answer)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (drop_put(&inbox->drop, name, answer, &err) < 0)
        log_warning("what became of it could not be put beside it: %s", err.text);
}

static const char *name_of_unread(const struct inbox *inbox, const char *name)
{
    return name_of(inbox->job->arena, name, UNREAD);
}

/* Of somebody whose word counts, and not read: nothing is done until it is. */
static void hold(struct inbox *inbox, const struct drop_file *file, const char *why)
{
    struct arena *arena = inbox->job->arena;
    CLEANUP(text_release) struct text answer = TEXT_INIT, text = TEXT_INIT, quoted = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = file_join(inbox->drop.path, file->name);

    if (is_by_the_way(file->name))
        return;
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
    put(inbox, name_of_unread(inbox, file->name), &answer);
    inbox->unread++;
}

/* A name of ours that somebody has taken with a directory stops nothing: what was taken is not
 * taken twice. */
static void set_aside(struct inbox *inbox, const struct letter *letter, const char *mark,
                      struct text *answer)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct drop_file *file = &letter->file, *signature = &letter->signature;
    const struct drop *drop = &inbox->drop;
    bool replaced = false, ignored = false;

    if (file->content.length > 0)
        add_digest(answer, &file->content);
    put(inbox, name_beside(inbox, file->name, ANSWER, ".txt"), answer);
    if (drop_set_aside(drop, file, name_beside(inbox, file->name, mark, ""), &replaced, &err) < 0 ||
        drop_remove(drop, name_of_unread(inbox, file->name), &err) < 0 ||
        (letter->has_signature &&
         drop_set_aside(drop, signature, name_beside(inbox, signature->name, mark, ""), &ignored,
                        &err) < 0))
        log_warning("inbox: %s", err.text);
    inbox->waits |= replaced;
    if (replaced && !letter->nobody)
        hold(inbox, file, err.text);
}

static void refuse(struct inbox *inbox, const struct letter *letter, const char *why,
                   struct text *answer)
{
    struct arena *arena = inbox->job->arena;
    const struct drop_file *file = &letter->file;

    log_warning("inbox: '%s'%s%s is refused: %s", printable(arena, file->name),
                file->who ? " of " : "", file->who ? file->who : "", why);
    text_add(answer, "refused: ");
    text_add_printable(answer, why);
    text_add(answer, "\n");
    set_aside(inbox, letter, REFUSED, answer);
    inbox->refused++;
}

/* ERR_USAGE and ERR_HELD are about the file; all else is trouble of ours, and it waits. */
static int take(struct inbox *inbox, const struct letter *letter, struct err *err)
{
    CLEANUP(text_release) struct text answer = TEXT_INIT;
    CLEANUP(err_release) struct err own = ERR_INIT;
    const struct drop_file *file = &letter->file;
    bool read = false;

    if (decide(inbox->job, letter, &answer, &read, &own) < 0) {
        if (own.code != ERR_USAGE && own.code != ERR_HELD)
            return err_move(err, &own);
        if (read)
            refuse(inbox, letter, own.text, &answer);
        else
            hold(inbox, file, own.text);
        return 0;
    }
    log_info("inbox: '%s' of %s is taken%s%s: %.*s", printable(inbox->job->arena, file->name),
             file->who, letter->key ? ", signed by " : "", letter->key ? letter->key : "",
             (int)strcspn(text_cstr(&answer), "\n"), text_cstr(&answer));
    set_aside(inbox, letter, TAKEN, &answer);
    inbox->taken++;
    return 0;
}

/* --- whose word it is --- */

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

/* What cannot be read may spare somebody only when it is of somebody who decides. */
static void leave(struct inbox *inbox, const struct letter *letter, const char *why)
{
    CLEANUP(text_release) struct text answer = TEXT_INIT;

    if (letter->nobody)
        refuse(inbox, letter, why, &answer);
    else
        hold(inbox, &letter->file, why);
}

/* Whose word it is by the signature beside it. One that does not hold makes it no less its owner's,
 * who then may spare: anybody can put one there. *ret_why: what is wrong with it. */
static int find_signer(struct inbox *inbox, struct letter *letter, const char **ret_why,
                       struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct job *job = inbox->job;
    struct signer signer;

    *ret_why = NULL;
    if (signer_find(job, &letter->file.content, &letter->signature.content, &signer, &own) == 0) {
        letter->file.who = signer.who;
        letter->key = signer.key;
        letter->nobody = NULL;
        return 0;
    }
    if (own.code != ERR_USAGE)
        return err_move(err, &own);
    *ret_why = arena_strdup(job->arena, own.text);
    return 0;
}

/* *ret_left: it is too early to say. */
static int read_signed(struct inbox *inbox, struct letter *letter, struct instant now,
                       const char **ret_why, bool *ret_left, struct err *err)
{
    letter->signature.is_signed = true;
    switch (drop_read(&inbox->drop, inbox->job->arena, now, &letter->signature)) {
    case DROP_READ:
        return find_signer(inbox, letter, ret_why, err);
    case DROP_REFUSED:
        *ret_why = arena_printf(inbox->job->arena, "its signature cannot be read: %s",
                                letter->signature.why);
        return 0;
    case DROP_LEFT:
        *ret_left = !inbox->has_waited || letter->nobody;
        *ret_why = "its signature is still being written";
        return 0;
    }
    return 0;
}

/* Whether what it says is its owner's word or its signer's, or why not. */
static int find_word(struct inbox *inbox, struct letter *letter, struct instant now,
                     const char **ret_why, bool *ret_left, struct err *err)
{
    const char *why = NULL;

    if (letter->has_signature) {
        if (read_signed(inbox, letter, now, &why, ret_left, err) < 0)
            return -1;
        letter->no_approval = why;
    } else if (inbox->job->config->approval.allowed_signers)
        letter->no_approval =
            "approvals count here only with a signature: 'ssh-keygen -Y sign -f KEY "
            "-n " SIGNATURE_NAMESPACE " FILE' makes FILE" SIGNED ", which is put beside it";
    if (!letter->no_approval && inbox_is_ours(letter->file.name))
        letter->no_approval = "it is called like a file that was set aside, and such a one only "
                              "spares: give it a name of its own, and put it here again";
    if (!letter->key && !letter->nobody)
        why = drop_why_not_owners(inbox->job->arena, &letter->file);
    *ret_why = why;
    return 0;
}

static int open_letter(struct inbox *inbox, struct letter *letter, struct err *err)
{
    const struct job *job = inbox->job;
    struct instant now = job->clock->now(job->clock->self);
    const char *why = NULL;
    bool left = false;

    letter->file.is_signed = letter->has_signature;
    enum drop_fate fate = drop_read(&inbox->drop, job->arena, now, &letter->file);
    if (fate == DROP_READ && find_word(inbox, letter, now, &why, &left, err) < 0)
        return -1;
    if (fate == DROP_LEFT || left) {
        inbox->waits = true;
        if (!letter->nobody)
            hold(inbox, &letter->file, "it is still being written");
        return 0;
    }
    if (fate == DROP_READ && !why)
        return take(inbox, letter, err);
    leave(inbox, letter, why ? why : letter->file.why);
    return 0;
}

/* A signature is looked at with what it signs. */
static void look_at_signature(struct inbox *inbox, struct letter *letter)
{
    CLEANUP(text_release) struct text answer = TEXT_INIT;
    CLEANUP(drop_file_release) struct drop_file of = {.content = TEXT_INIT};
    const struct job *job = inbox->job;
    const char *name = letter->file.name;
    const char *signs = arena_strndup(job->arena, name, strlen(name) - strlen(SIGNED));

    if (!job->config->approval.allowed_signers)
        refuse(inbox, letter, "signatures are not asked for here (approval.allowed_signers)",
               &answer);
    else if (drop_look(&inbox->drop, job->arena, signs, &of) != DROP_LEFT)
        return;
    else if (job->clock->now(job->clock->self).us - letter->file.written.us < DROP_QUIET_US)
        inbox->waits = true;
    else
        refuse(inbox, letter, "what it signs does not lie beside it: put both here, together",
               &answer);
}

/* What something that was set aside was called, and by which run; NULL = it is no such name. */
static const char *name_before(struct arena *arena, const char *name, const char **ret_run)
{
    static const char *const marks[] = {TAKEN, REFUSED};

    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (!ends_as(name, marks[i], ""))
            continue;
        *ret_run = strrchr(name, '-') + 1;
        return arena_strndup(arena, name, (size_t)(*ret_run - name) - strlen(marks[i]));
    }
    return NULL;
}

/* Whether it is what this answer is about, to the byte; or nothing of it was read and it is no
 * newer than that: what its owner was is not undone by who they became. */
static bool is_answered(const struct inbox *inbox, const char *name, struct instant written,
                        const char *answer)
{
    CLEANUP(text_release) struct text content = TEXT_INIT, said = TEXT_INIT, line = TEXT_INIT;
    struct instant answered = INSTANT_NONE;

    if (drop_peek(&inbox->drop, answer, &said, &answered) != 0)
        return false;
    if (!strstr(text_cstr(&said), DIGEST_LINE))
        return instant_compare(written, answered) <= 0;
    if (drop_peek(&inbox->drop, name, &content, &(struct instant){0}) != 0)
        return false;
    add_digest(&line, &content);
    return strstr(text_cstr(&said), text_cstr(&line));
}

/* Whether we are done with it. A name like ours says nothing alone: an answer is ours when it
 * belongs to us, and what was set aside has one. What was mended in its place is read, and to read
 * once too often does no harm; of nobody's file nothing is read, and a signature alone says
 * nothing. */
static bool is_behind_us(const struct inbox *inbox, const struct letter *letter)
{
    CLEANUP(drop_file_release) struct drop_file answer = {.content = TEXT_INIT};
    struct arena *arena = inbox->job->arena;
    const char *name = letter->file.name, *run = NULL;

    if (!inbox_is_ours(name))
        return false;
    const char *before = name_before(arena, name, &run);
    if ((letter->nobody && !letter->has_signature) || (before && ends_with(before, SIGNED)))
        return true;
    if (!before)
        return letter->file.is_own;
    const char *beside = name_of(arena, before, arena_printf(arena, ANSWER "%s.txt", run));
    return drop_look(&inbox->drop, arena, beside, &answer) == DROP_READ && answer.is_own &&
           is_answered(inbox, name, letter->file.written, beside);
}

/* What says that a file is not read goes with it. */
static void forget_unread(const struct inbox *inbox, const struct drop_file *file)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(drop_file_release) struct drop_file of = {.content = TEXT_INIT};
    struct arena *arena = inbox->job->arena;
    size_t length = strlen(file->name);

    if (!ends_with(file->name, UNREAD) || !file->is_own || length == LONGEST_NAME)
        return;
    const char *name = arena_strndup(arena, file->name, length - strlen(UNREAD));
    if (drop_look(&inbox->drop, arena, name, &of) == DROP_LEFT &&
        drop_remove(&inbox->drop, file->name, &err) < 0)
        log_warning("inbox: %s", err.text);
}

/* Of whom nobody knows the name, while somebody who decides has none here either: whoever gives
 * people their names (sssd, LDAP) does not answer, and they may be the same. NULL = it is not so.
 */
static const char *why_unknown(const struct inbox *inbox, const struct drop_file *file)
{
    if (!file->is_nameless || inbox->job->config->approval.allowed_signers)
        return NULL; /* where people sign, a share may give all files to one number */
    for (size_t i = 0; i < inbox->approvers.count; i++) {
        const char *user = inbox->approvers.item[i].user;
        if (!drop_knows_user(user))
            return arena_printf(inbox->job->arena,
                                "%s, and neither has '%s', who decides: does the directory service "
                                "answer ('getent passwd %s')?",
                                file->why, user, user);
    }
    return NULL;
}

static int look(struct inbox *inbox, const char *name, struct err *err)
{
    struct job *job = inbox->job;
    CLEANUP(letter_release) struct letter letter = {.nobody = NULL};
    CLEANUP(text_release) struct text answer = TEXT_INIT;

    letter.file.content = letter.signature.content = TEXT_INIT;
    enum drop_fate fate = drop_look(&inbox->drop, job->arena, name, &letter.file);
    if (fate == DROP_LEFT)
        return 0;
    letter.nobody = fate == DROP_REFUSED ? letter.file.why : why_nobody(inbox, &letter.file);
    letter.has_signature =
        job->config->approval.allowed_signers &&
        drop_look(&inbox->drop, job->arena, arena_printf(job->arena, "%s" SIGNED, name),
                  &letter.signature) != DROP_LEFT;
    if (is_behind_us(inbox, &letter)) {
        forget_unread(inbox, &letter.file);
        return 0;
    }
    if (ends_with(name, SIGNED)) {
        look_at_signature(inbox, &letter);
        return 0;
    }
    if (letter.has_signature || !letter.nobody)
        return open_letter(inbox, &letter, err);
    const char *unknown = why_unknown(inbox, &letter.file);
    if (unknown) {
        hold(inbox, &letter.file, unknown);
        return 0;
    }
    refuse(inbox, &letter, letter.nobody, &answer);
    return 0;
}

/* --- all of it --- */

struct waiting {
    const char *name;
    struct instant written;
};

struct listing {
    struct inbox *inbox;
    struct waiting *item;
    size_t count, capacity;
};

static void listing_release(struct listing *listing)
{
    free(listing->item);
}

static int list(void *context, const char *path, const char *name, struct err *err)
{
    struct listing *listing = context;
    struct arena *arena = listing->inbox->job->arena;
    CLEANUP(drop_file_release) struct drop_file file = {.content = TEXT_INIT};

    (void)path, (void)err;
    if (*name == '.')
        return 0;
    (void)drop_look(&listing->inbox->drop, arena, name, &file);
    listing->item =
        mem_grow(listing->item, listing->count, &listing->capacity, sizeof(listing->item[0]));
    listing->item[listing->count++] =
        (struct waiting){.name = arena_strdup(arena, name), .written = file.written};
    return 0;
}

static int compare_written(const void *a, const void *b)
{
    const struct waiting *left = a, *right = b;
    int order = instant_compare(left->written, right->written);

    return order ? order : strcmp(left->name, right->name);
}

/* Of two of the same person the later one is their last word. */
static int go_through(struct inbox *inbox, struct err *err)
{
    CLEANUP(listing_release) struct listing listing = {.inbox = inbox};

    inbox->unread = 0;
    inbox->first = NULL;
    inbox->waits = false;
    if (file_each(inbox->drop.path, "", list, &listing, err) < 0)
        return -1;
    if (listing.count > 0)
        qsort(listing.item, listing.count, sizeof(listing.item[0]), compare_written);
    for (size_t i = 0; i < listing.count && !clock_is_interrupted(); i++) {
        if (look(inbox, listing.item[i].name, err) < 0)
            return -1;
    }
    return 0;
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
    inbox->has_waited = true;
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
