/*
 * The file is held against the plan that it is about (core/decisions), and what is left of it
 * against the newest one, at a desk for each kind of decision. What spares is put beside the rows
 * before what acts is weighed, as it will stand. Then everything is recorded at once.
 */
#include "job/review.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "base/text.h"
#include "job/desk.h"
#include "store/snapshot.h"

/* Each line that cannot be taken is named. A file has one for each row of its plan, and what
 * somebody wrote below. */
enum { FREE_ROWS = 1000 };

struct reviewing {
    struct desk desk; /* of the approvals */
    const struct decide_request *request;
    const struct plan *seen;
    struct decisions_row *row;
    size_t count;
    const struct decisions_row **of; /* by the row of the plan that was seen; NULL = none */
    struct store_standing *standing;
    struct table line_of, standing_of, account_of; /* by account id */
    struct snapshot snapshot;                      /* the newest */
    struct ruling *ruling;                         /* to be recorded */
    size_t ruling_count;
    struct review_answer answer;
};

static void reviewing_release(struct reviewing *reviewing)
{
    desk_rise(&reviewing->desk);
    table_release(&reviewing->line_of);
    table_release(&reviewing->standing_of);
    table_release(&reviewing->account_of);
}

/* --- the file --- */

/* A table says nothing of itself: its rows are bound by what they say. */
static int check_bound(const struct decisions *decisions, const struct plan *plan, struct err *err)
{
    if (!decisions->portal)
        return 0;
    if (!text_equal(decisions->portal, plan->portal))
        return err_set(err, ERR_HELD, "%s: is about portal '%s', and this is '%s'", decisions->file,
                       decisions->portal, plan->portal);
    if (decisions->plan != plan->id)
        return err_set(err, ERR_HELD, "%s: is about plan %lld, and not about plan %lld",
                       decisions->file, (long long)decisions->plan, (long long)plan->id);
    if (digest_compare(&decisions->digest, &plan->digest) != 0)
        return err_set(err, ERR_HELD,
                       "%s: its digest is not that of plan %lld: it is about another plan",
                       decisions->file, (long long)plan->id);
    return 0;
}

static void refuse(struct reviewing *reviewing, const struct decisions_row *one, const char *why)
{
    struct review_answer *answer = &reviewing->answer;

    answer->refused[answer->refused_count++] =
        (struct review_refused){.line = one->line, .row = one->row, .why = why};
}

static int open_file(struct reviewing *reviewing, struct job *job,
                     const struct decisions *decisions, struct err *err)
{
    const struct plan *seen = reviewing->seen;
    const struct decisions_terms terms = {
        .today = job->today, .keep_max_days = (int)job->config->approval.keep_max_days};

    if (decisions->count > FREE_ROWS + 2 * seen->row_count)
        return err_set(err, ERR_USAGE,
                       "%s: has %zu rows, and plan %lld has %zu: it is no file of its decisions",
                       decisions->file, decisions->count, (long long)seen->id, seen->row_count);
    reviewing->count = decisions_judge(job->arena, seen, decisions, &terms, &reviewing->row);
    if (reviewing->count == 0)
        return err_set(
            err, ERR_USAGE,
            "%s: decides nothing: its column 'decision' is empty; hint: approve, keep or "
            "reject",
            decisions->file);
    reviewing->of = arena_calloc(job->arena, seen->row_count + 1, sizeof(reviewing->of[0]));
    reviewing->ruling =
        arena_calloc(job->arena, reviewing->count + 1, sizeof(reviewing->ruling[0]));
    reviewing->answer.refused =
        arena_calloc(job->arena, reviewing->count + 1, sizeof(reviewing->answer.refused[0]));
    table_init(&reviewing->line_of, reviewing->count);
    for (size_t i = 0; i < reviewing->count; i++) {
        const struct decisions_row *one = &reviewing->row[i];
        if (one->refused) {
            refuse(reviewing, one, one->refused);
            reviewing->answer.refused[reviewing->answer.refused_count - 1].is_of_form = true;
            continue;
        }
        reviewing->of[one->row - seen->row] = one;
        table_add(&reviewing->line_of, one->row->account_id, (uint32_t)i);
    }
    return 0;
}

/* --- what stands --- */

static int load(struct reviewing *reviewing, struct job *job, struct err *err)
{
    size_t count = 0;

    if (store_load_standing(job->store, job->arena, &reviewing->standing, &count, err) < 0 ||
        store_load_newest_snapshot(job->store, job->arena, &reviewing->snapshot, err) < 0)
        return -1;
    table_init(&reviewing->standing_of, count);
    for (size_t i = 0; i < count; i++)
        table_add(&reviewing->standing_of, reviewing->standing[i].account_id, (uint32_t)i);
    table_init(&reviewing->account_of, reviewing->snapshot.count);
    for (size_t i = 0; i < reviewing->snapshot.count; i++) {
        const struct account *account = &reviewing->snapshot.account[i];
        if (account->id && account->status != ACCOUNT_GONE)
            table_add(&reviewing->account_of, account->id, (uint32_t)i);
    }
    return 0;
}

/* What this person has said already about the row, in this way. */
static const struct ruling *find_own(struct reviewing *reviewing, const struct plan_row *row,
                                     enum ruling_kind kind)
{
    const struct desk *desk = &reviewing->desk;
    uint32_t at = table_find(&reviewing->standing_of, row->account_id);

    if (at == TABLE_END)
        return NULL;
    return ruling_by(desk->job->arena,
                     &reviewing->standing[table_value(&reviewing->standing_of, at)].rulings,
                     &desk->book.view, row, reviewing->request->who, kind);
}

/* The line of the file that a row of the desk comes from. */
static const struct decisions_row *line_of(const struct reviewing *reviewing,
                                           const struct plan_row *row)
{
    uint32_t at = table_find(&reviewing->line_of, row->account_id);

    assert(at != TABLE_END); /* only rows that the file names are selected */
    return &reviewing->row[table_value(&reviewing->line_of, at)];
}

static const bool *rows_of(const struct reviewing *reviewing, enum ruling_kind kind)
{
    size_t count = reviewing->seen->row_count;
    bool *only = arena_calloc(reviewing->desk.job->arena, count + 1, sizeof(only[0]));

    for (size_t i = 0; i < count; i++)
        only[i] = reviewing->of[i] && reviewing->of[i]->kind == kind;
    return only;
}

static void refuse_left(struct reviewing *reviewing, const struct desk *desk)
{
    for (size_t i = 0; i < desk->left_count; i++)
        refuse(reviewing, line_of(reviewing, desk->left[i].row), desk->left[i].why);
}

/* --- what spares --- */

/* Beside the row, so that nothing is weighed that will not be done. */
static void put_beside(struct reviewing *reviewing, const struct plan_row *now,
                       const struct ruling *ruling)
{
    struct ruled *ruled = &reviewing->desk.book.ruled[desk_index(&reviewing->desk, now)];

    if (ruling->kind == RULING_KEEP)
        ruled->keep = ruling;
    else
        ruled->reject = ruling;
}

static const struct ruling *add(struct reviewing *reviewing, struct ruling ruling)
{
    struct ruling *kept = &reviewing->ruling[reviewing->ruling_count++];

    *kept = ruling;
    return kept;
}

static void keep_one(struct reviewing *reviewing, const struct decisions_row *one)
{
    struct desk *desk = &reviewing->desk;
    struct arena *arena = desk->job->arena;
    const struct plan_row *now = NULL;
    const char *why = desk_why_gone(desk, one->row, &now);
    uint32_t at = table_find(&reviewing->account_of, one->row->account_id);

    if (now && why) {
        refuse(reviewing, one, why);
        return;
    }
    if (at == TABLE_END) {
        refuse(reviewing, one, "it is no account of the newest reading");
        return;
    }
    const struct account *account =
        &reviewing->snapshot.account[table_value(&reviewing->account_of, at)];
    why = ruling_refuse_person(arena, &desk->book.approvers, reviewing->request->who,
                               account->email, account->username);
    if (why) {
        refuse(reviewing, one, why);
        return;
    }
    const struct decide_who who = {.account_id = account->id,
                                   .person = now ? ruling_person(now) : PERSON_UNKNOWN};
    struct ruling keep =
        desk_keep(desk->job, reviewing->request->who, &who, one->until, one->reason);
    const struct ruling *own = find_own(reviewing, one->row, RULING_KEEP);
    if (own && day_compare(own->until, keep.until) == 0 && text_equal(own->reason, keep.reason) &&
        (own->person_departed || own->also_departed || !keep.person_departed)) {
        reviewing->answer.already++;
        return;
    }
    const struct ruling *added = add(reviewing, keep);
    reviewing->answer.kept++;
    if (now)
        put_beside(reviewing, now, added);
}

static void reject_all(struct reviewing *reviewing)
{
    struct desk desk = reviewing->desk; /* the same newest plan, another selection of its rows */
    const struct job *job = desk.job;

    desk_select(&desk, rows_of(reviewing, RULING_REJECT), NULL, true);
    desk_judge_own(&desk);
    refuse_left(reviewing, &desk);
    for (size_t i = 0; i < desk.count; i++) {
        const struct decisions_row *one = line_of(reviewing, desk.row[i]);
        const struct ruling *own = find_own(reviewing, desk.row[i], RULING_REJECT);
        if (own && text_equal(own->reason, one->reason) &&
            (!day_is_set(one->until) || day_compare(own->until, one->until) == 0)) {
            reviewing->answer.already++;
            continue;
        }
        struct ruling reject = desk_ruling(&desk, desk.row[i], RULING_REJECT);
        reject.until = day_is_set(one->until) ? one->until : day_add(job->today, REJECT_DAYS);
        reject.reason = one->reason;
        put_beside(reviewing, desk.row[i], add(reviewing, reject));
        reviewing->answer.rejected++;
    }
}

/* --- what acts --- */

/* Whether what somebody said is what they would say now; no reason is no other reason. */
static bool says_as_much(const struct ruling *own, const struct ruling *now)
{
    for (size_t i = 0; i < now->override_count; i++) {
        bool has = false;
        for (size_t k = 0; k < own->override_count; k++)
            has |= text_equal(own->override[k], now->override[i]);
        if (!has)
            return false;
    }
    return own->spread == now->spread && own->nightly == now->nightly &&
           (own->at_once || !now->at_once) &&
           (text_is_empty(now->reason) || text_equal(own->reason, now->reason));
}

static void give_reason(const struct reviewing *reviewing, const struct plan_row *row,
                        struct ruling *ruling)
{
    const struct decisions_row *one = line_of(reviewing, row);

    if (one->reason)
        ruling->reason = one->reason;
}

/* Those that are this person's word already, in these words, are not said again. `made`: what was
 * weighed, of each row of the desk; NULL = nothing yet, and what is asked for is compared. */
static void drop_said(struct reviewing *reviewing, struct ruling *made)
{
    struct desk *desk = &reviewing->desk;
    const struct decide_request *request = reviewing->request;
    struct ruling asked = {.at_once = request->at_once, .spread = request->spread};
    size_t kept = 0;

    asked.nightly = request->spread ? request->nightly : 0;
    asked.override =
        desk_overrides(desk->job->arena, request->override_guards, &asked.override_count);
    for (size_t i = 0; i < desk->count; i++) {
        const struct plan_row *row = desk->row[i];
        const struct ruling *own = find_own(reviewing, row, RULING_APPROVE);
        struct ruling now = made ? made[i] : asked;
        if (!made)
            now.reason = request->reason;
        give_reason(reviewing, row, &now);
        if (own && says_as_much(own, &now)) {
            reviewing->answer.already++;
            continue;
        }
        if (made)
            made[kept] = now;
        desk->row[kept++] = row;
    }
    desk->count = kept;
}

static int approve_all(struct reviewing *reviewing, struct forecast *ret_forecast, struct err *err)
{
    struct desk *desk = &reviewing->desk;
    struct ruling *ruling = NULL;

    desk_select(desk, rows_of(reviewing, RULING_APPROVE), NULL, false);
    desk_judge_own(desk);
    desk_judge_standing(desk);
    refuse_left(reviewing, desk);
    drop_said(reviewing, NULL);
    if (desk_weigh(desk, ret_forecast, &ruling, err) < 0)
        return -1;
    drop_said(reviewing, ruling); /* a night that has room for all spreads nothing */
    for (size_t i = 0; i < desk->count; i++)
        (void)add(reviewing, ruling[i]);
    return 0;
}

static int compare_refused(const void *a, const void *b)
{
    const struct review_refused *left = a, *right = b;

    return (left->line->row > right->line->row) - (left->line->row < right->line->row);
}

/* A file that says what was said already is taken as well. One of which something was refused may
 * come again, when it is its owner's word: then the rest may have its turn. Who carries a signature
 * is not who made it, so that is taken once whatever became of it. */
static int take(struct reviewing *reviewing, struct err *err)
{
    struct job *job = reviewing->desk.job;
    const struct review_answer *answer = &reviewing->answer;
    struct handed_in *file = reviewing->request->file;

    /* what is signed counts once, whatever became of it; another may come again with the rest */
    if (file && !file->key &&
        (reviewing->ruling_count + answer->already == 0 || answer->refused_count > 0))
        file = NULL;
    if (reviewing->ruling_count == 0 && !file)
        return 0;
    return store_take_file(job->store, file, reviewing->ruling, reviewing->ruling_count,
                           job->config->portal.url, err);
}

static int record(struct reviewing *reviewing, const struct forecast *forecast, struct err *err)
{
    struct review_answer *answer = &reviewing->answer;

    if (take(reviewing, err) < 0 ||
        desk_approved(&reviewing->desk, forecast, &answer->approval, err) < 0)
        return -1;
    qsort(answer->refused, answer->refused_count, sizeof(answer->refused[0]), compare_refused);
    return 0;
}

int job_review(struct job *job, const struct plan *seen, const struct decisions *decisions,
               const struct decide_request *request, struct review_answer *ret_answer,
               struct err *err)
{
    struct decide_request bound = *request;
    char digest[DIGEST_HEX_SIZE];
    CLEANUP(reviewing_release)
    struct reviewing reviewing = {.desk = {.job = job}, .request = &bound, .seen = seen};
    struct forecast forecast;

    bound.digest = digest_hex(&seen->digest, digest); /* the file says what was seen */
    if (desk_check(job, request, err) < 0 || check_bound(decisions, seen, err) < 0 ||
        open_file(&reviewing, job, decisions, err) < 0 ||
        desk_sit(job, seen, &bound, &reviewing.desk, err) < 0 || load(&reviewing, job, err) < 0)
        return -1;
    for (size_t i = 0; i < reviewing.count; i++) {
        const struct decisions_row *one = &reviewing.row[i];
        if (!one->refused && one->kind == RULING_KEEP)
            keep_one(&reviewing, one);
    }
    reject_all(&reviewing);
    if (approve_all(&reviewing, &forecast, err) < 0 || record(&reviewing, &forecast, err) < 0)
        return -1;
    *ret_answer = reviewing.answer;
    return 0;
}
