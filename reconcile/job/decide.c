/*
 * The digest is compared first: a person decides about what they saw. Then each row is looked for
 * in the newest plan; one that is there with the same subject can be decided on, whatever plan it
 * was seen in, and every other one is named. What approving would come to is weighed for every
 * coming day before anything is recorded.
 */
#include "job/decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "core/review.h"
#include "host/command.h"
#include "job/forecast.h"
#include "store/announce.h"
#include "store/plan.h"
#include "store/ruling.h"
#include "store/snapshot.h"
#include "store/step.h"

#define REJECT_DAYS 180
#define AGAIN_DAYS  90

/* One decision being made: the plan that was seen, and the rows of the newest one. */
struct desk {
    struct job *job;
    const struct plan *seen, *newest;
    const char **past; /* of each row of the newest plan: its act was called, or found done */
    const struct decide_request *request;
    struct rule_book book;       /* what stands, for the rows of the newest plan */
    const struct plan_row **row; /* of the newest plan: those that can be decided on */
    size_t count;
    size_t done; /* rows of the selection that were done already */
    struct decide_left *left;
    size_t left_count;
    const bool *except; /* of each row of the plan that was seen */
    size_t excepted;
    struct store_ruling_end *taken;
    size_t taken_count;
};

static int check_digest(const struct plan *plan, const char *digest, struct err *err)
{
    struct digest given;

    if (!digest_parse(digest, &given))
        return err_set(err, ERR_USAGE,
                       "'%s' is no digest; hint: 64 hex digits, as the plan shows it", digest);
    if (digest_compare(&given, &plan->digest) != 0)
        return err_set(err, ERR_HELD,
                       "the digest is not that of plan %lld: it is another plan than you saw",
                       (long long)plan->id);
    return 0;
}

/* --- which rows --- */

static const char past_done[] = "it was done: the newest plan does not propose it any more";

/* What one step of the newest plan leaves to decide; NULL = its row, as before. */
static const char *why_past(enum step_state state)
{
    switch (state) {
    case STEP_DONE:
    case STEP_VERIFIED:
    case STEP_ALREADY:
        return past_done;
    case STEP_INTENT:
    case STEP_UNKNOWN:
        return "it was asked for, and whether it was done is not known yet: the next run says so";
    case STEP_PLANNED:
    case STEP_APPROVED:
    case STEP_SKIPPED:
    case STEP_FAILED:
    case STEP_STATE_COUNT:
        break;
    }
    return NULL;
}

static size_t index_of(const struct desk *desk, const struct plan_row *row)
{
    return (size_t)(row - desk->newest->row);
}

static void leave(struct desk *desk, const struct plan_row *row, const char *why)
{
    desk->left[desk->left_count++] = (struct decide_left){.row = row, .why = why};
}

static const struct plan_row *find_row(const struct plan *plan, const struct table *by_account,
                                       const struct plan_row *row)
{
    for (uint32_t at = table_find(by_account, row->account_id); at != TABLE_END;
         at = table_next(by_account, at)) {
        const struct plan_row *other = &plan->row[table_value(by_account, at)];
        if (other->action != ACTION_KEEP)
            return other;
    }
    return NULL;
}

/* Why a row that was seen cannot be decided on any more; NULL = it can. */
static const char *why_gone(struct arena *arena, const struct plan_row *seen,
                            const struct plan_row *now)
{
    if (!now)
        return "the newest plan does not propose it any more";
    if (now->action != seen->action)
        return arena_printf(arena, "the newest plan says %s", action_name(now->action));
    if (digest_compare(&now->subject, &seen->subject) != 0)
        return "it is about something else since: look at it in the newest plan";
    return NULL;
}

static int select_rows(struct desk *desk, struct err *err)
{
    const struct plan *seen = desk->seen;
    const struct decide_request *request = desk->request;
    struct arena *arena = desk->job->arena;
    bool *only = arena_calloc(arena, seen->row_count + 1, sizeof(only[0]));
    bool *except = arena_calloc(arena, seen->row_count + 1, sizeof(except[0]));
    struct table by_account;

    if (request->only && review_select(seen, request->only, only, err) < 0)
        return -1;
    if (request->except && review_select(seen, request->except, except, err) < 0)
        return -1;
    desk->except = except;
    desk->row = arena_calloc(arena, seen->row_count + 1, sizeof(desk->row[0]));
    desk->left = arena_calloc(arena, seen->row_count + 1, sizeof(desk->left[0]));
    table_init(&by_account, desk->newest->row_count);
    for (size_t i = 0; i < desk->newest->row_count; i++) {
        if (desk->newest->row[i].account_id)
            table_add(&by_account, desk->newest->row[i].account_id, (uint32_t)i);
    }
    for (size_t i = 0; i < seen->row_count; i++) {
        const struct plan_row *row = &seen->row[i];
        desk->excepted += except[i];
        if (row->action == ACTION_KEEP || (request->only && !only[i]) || except[i])
            continue;
        const struct plan_row *now = find_row(desk->newest, &by_account, row);
        const char *why = why_gone(arena, row, now);
        const char *past = why ? NULL : desk->past[now - desk->newest->row];
        if (past && !only[i] && text_equal(past, past_done))
            desk->done++;
        else if (why || past)
            leave(desk, row, why ? why : past);
        else
            desk->row[desk->count++] = now;
    }
    table_release(&by_account);
    if (desk->count + desk->left_count == 0)
        return err_set(
            err, desk->done ? ERR_HELD : ERR_USAGE, "no row of plan %lld is left to decide on%s",
            (long long)seen->id,
            desk->done ? ": what it proposed was done, the newest plan does not propose it any more"
                       : "");
    return 0;
}

/* What the newest plan's own night did is no proposal any more, though the row stands in it. */
static int find_acted(struct desk *desk, struct err *err)
{
    struct job *job = desk->job;
    struct store_step *step = NULL;
    size_t count = 0;

    desk->past = arena_calloc(job->arena, desk->newest->row_count + 1, sizeof(desk->past[0]));
    if (store_load_steps(job->store, job->arena, desk->newest->id, &step, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        desk->past[step[i].position - 1] = why_past(step[i].state);
    return 0;
}

static int sit_down(struct job *job, const struct plan *seen, const struct decide_request *request,
                    struct desk *desk, struct err *err)
{
    struct plan *newest = NULL;

    *desk = (struct desk){.job = job, .seen = seen, .request = request};
    if (check_digest(seen, request->digest, err) < 0 ||
        store_load_plan(job->store, job->arena, 0, &newest, err) < 0)
        return -1;
    if (plan_acts(seen) == 0)
        return err_set(err, ERR_HELD, "plan %lld proposes nothing: there is nothing to decide on",
                       (long long)seen->id);
    desk->newest = newest ? newest : seen;
    if (desk->newest->id == seen->id)
        desk->newest = seen;
    if (find_acted(desk, err) < 0 || select_rows(desk, err) < 0 ||
        rule_book_open(job, desk->newest, &desk->book, err) < 0)
        return -1;
    return 0;
}

/* --- recording --- */

/* Takes out the rows that are this person's own account, or that they may not decide on. */
static void judge_own(struct desk *desk)
{
    size_t kept = 0;

    for (size_t i = 0; i < desk->count; i++) {
        const struct plan_row *row = desk->row[i];
        const char *why = ruling_refuse_person(desk->job->arena, &desk->book.approvers,
                                               desk->request->who, row->email, row->username);
        if (why)
            leave(desk, row, why);
        else
            desk->row[kept++] = row;
    }
    desk->count = kept;
}

static const char *const *split_guards(struct arena *arena, const char *list, size_t *ret_count)
{
    size_t count = 0;
    const char **guard = arena_calloc(arena, list ? strlen(list) + 1 : 1, sizeof(guard[0]));

    for (const char *at = list ? list : ""; *at;) {
        const char *end = strchrnul(at, ',');
        guard[count++] = arena_strndup(arena, at, (size_t)(end - at));
        at = *end ? end + 1 : end;
    }
    *ret_count = count;
    return guard;
}

/* Only amounts are overridden with an approval; a guard of evidence is let go by acknowledging it.
 */
static int check_overrides(const struct decide_request *request, const char *const *guard,
                           size_t count, struct err *err)
{
    static const char *const amounts[] = {"G7", "G8", "G9", "G10"};

    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t k = 0; k < COUNT_OF(amounts); k++)
            known |= text_equal(guard[i], amounts[k]);
        if (!known)
            return err_set(err, ERR_USAGE,
                           "'%s' is not overridden with an approval; hint: G7 to G10 are, what "
                           "holds for its evidence is let go by 'acknowledge'",
                           guard[i]);
    }
    if (count > 0 && text_is_empty(request->reason))
        return err_set(err, ERR_USAGE, "--override needs a --reason");
    return 0;
}

/* No approval ends a keep or a rejection. */
static void judge_standing(struct desk *desk)
{
    struct arena *arena = desk->job->arena;
    size_t kept = 0;

    for (size_t i = 0; i < desk->count; i++) {
        const struct plan_row *row = desk->row[i];
        const struct ruled *ruled = &desk->book.ruled[index_of(desk, row)];
        const char *why = NULL;
        char day[DAY_TEXT_SIZE];
        if (ruled->keep)
            why = arena_printf(arena, "kept until %s by %s", day_format(ruled->keep->until, day),
                               ruled->keep->who);
        if (!why && ruled->reject)
            why = arena_printf(arena, "rejected until %s by %s",
                               day_format(ruled->reject->until, day), ruled->reject->who);
        if (why)
            leave(desk, row, why);
        else
            desk->row[kept++] = row;
    }
    desk->count = kept;
}

/* Just the rows that stand approved already, by anybody. */
static void keep_standing(struct desk *desk)
{
    size_t kept = 0;

    for (size_t i = 0; i < desk->count; i++) {
        if (desk->book.ruled[index_of(desk, desk->row[i])].approve)
            desk->row[kept++] = desk->row[i];
    }
    desk->count = kept;
}

static struct ruling ruling_on(const struct desk *desk, const struct plan_row *row,
                               enum ruling_kind kind)
{
    const struct plan *seen = desk->seen;
    size_t position = 0;

    for (size_t i = 0; i < seen->row_count && !position; i++) {
        if (text_equal(seen->row[i].account_id, row->account_id) &&
            seen->row[i].action == row->action)
            position = i + 1;
    }
    return (struct ruling){
        .kind = kind,
        .account_id = row->account_id,
        .who = desk->request->who,
        .at = desk->job->now,
        .plan_id = seen->id,
        .position = (int64_t)position,
        .subject = row->subject,
        .subject_text = row->about,
        .action = row->action,
        .rule = row->rule ? row->rule : "",
        .rule_text = row->rule_text,
        .asks_login = row->asks_login,
        .snapshot_at = seen->inputs.snapshot_taken_at,
        .not_before = row->not_before,
        .reason = desk->request->reason,
    };
}

static struct ruling *make_approvals(const struct desk *desk, const struct forecast_terms *terms,
                                     const struct forecast *forecast)
{
    struct ruling *ruling = arena_calloc(desk->job->arena, desk->count + 1, sizeof(ruling[0]));

    for (size_t i = 0; i < desk->count; i++) {
        const struct plan_row *row = desk->row[i];
        ruling[i] = ruling_on(desk, row, RULING_APPROVE);
        ruling[i].override = terms->override;
        ruling[i].override_count = terms->override_count;
        ruling[i].at_once = terms->at_once;
        ruling[i].spread = forecast->spread[row->action];
        if (ruling[i].spread) {
            ruling[i].nightly = terms->nightly;
            ruling[i].expected_on = forecast->row[index_of(desk, row)].night;
        }
    }
    return ruling;
}

/* Grace begins where it had not: people approved the row, so its day is told from now on (R7).
 * Where it counts from a mail, the next run sends that; but whom none reaches a person vouches for.
 */
static int announce(struct desk *desk, struct err *err)
{
    struct job *job = desk->job;
    struct store_announced *announced =
        arena_calloc(job->arena, desk->count + 1, sizeof(announced[0]));
    size_t count = 0;

    for (size_t i = 0; i < desk->count; i++) {
        const struct plan_row *row = desk->row[i];
        bool is_unreachable = text_equal(row->telling, TELLING_UNREACHABLE);
        if (!row->new_announcement || row->held_by || (row->telling && !is_unreachable))
            continue;
        announced[count++] = (struct store_announced){
            .account_id = row->account_id,
            .rule = row->rule,
            .plan_id = desk->newest->id,
            .position = (int64_t)index_of(desk, row) + 1,
            .at = job->now,
            .on = job->today,
            .not_before = day_add(row->not_before, day_between(desk->newest->today, job->today)),
            .login_at = row->last_login,
            .enforce = job->config->policy.enforce,
            .told = is_unreachable ? ANNOUNCED_BY_APPROVAL : ANNOUNCED_TO_NOBODY,
        };
    }
    return count ? store_announce(job->store, NULL, NULL, 0, announced, count, job->today, err) : 0;
}

/* --- what was approved before, and is left out now --- */

static bool is_left_out(const struct desk *desk, const struct ruling *ruling)
{
    const struct plan *seen = desk->seen;

    if (ruling->kind != RULING_APPROVE || ruling->end != RULING_STANDS ||
        !text_equal(ruling->who, desk->request->who))
        return false;
    for (size_t i = 0; i < seen->row_count; i++) {
        if (desk->except[i] && seen->row[i].action == ruling->action &&
            text_equal(seen->row[i].account_id, ruling->account_id))
            return true;
    }
    return false;
}

/* A person who approves all but some rows takes back what they approved of those: of two decisions
 * by one person the newer counts. What --only leaves out is no word about it. */
static int take_back_excepted(struct desk *desk, struct err *err)
{
    struct job *job = desk->job;
    struct store_standing *standing = NULL;
    size_t accounts = 0;

    if (!desk->request->except)
        return 0;
    if (store_load_standing(job->store, job->arena, &standing, &accounts, err) < 0)
        return -1;
    desk->taken = arena_calloc(job->arena, desk->seen->row_count + 1, sizeof(desk->taken[0]));
    for (size_t i = 0; i < accounts; i++) {
        for (size_t k = 0; k < standing[i].rulings.count; k++) {
            const struct ruling *ruling = &standing[i].rulings.item[k];
            if (is_left_out(desk, ruling) && desk->taken_count < desk->seen->row_count)
                desk->taken[desk->taken_count++] = (struct store_ruling_end){
                    .id = ruling->id,
                    .end = RULING_WITHDRAWN,
                    .reason = arena_printf(job->arena, "%s approved plan %lld without it",
                                           ruling->who, (long long)desk->seen->id)};
        }
    }
    for (size_t i = 0; i < desk->newest->row_count; i++) { /* as the forecast is to see it */
        const struct rulings *rulings = desk->book.rulings[i];
        for (size_t k = 0; rulings && k < rulings->count; k++)
            desk->book.ruled[i].approvers -=
                desk->book.ruled[i].approvers && is_left_out(desk, &rulings->item[k]);
    }
    return 0;
}

static int compare_nights(const void *a, const void *b)
{
    return day_compare(((const struct decide_night *)a)->day,
                       ((const struct decide_night *)b)->day);
}

static void add_night(struct decide_answer *answer, struct day day)
{
    for (size_t i = 0; i < answer->night_count; i++) {
        if (day_compare(answer->night[i].day, day) == 0) {
            answer->night[i].count++;
            return;
        }
    }
    answer->night[answer->night_count++] = (struct decide_night){.day = day, .count = 1};
}

static int make_answer(struct desk *desk, const struct forecast *forecast,
                       struct decide_answer *answer, struct err *err)
{
    if (rule_book_open(desk->job, desk->newest, &desk->book, err) < 0)
        return -1;
    *answer = (struct decide_answer){
        .approved = desk->count,
        .done = desk->done,
        .excepted = desk->excepted,
        .taken = desk->taken_count,
        .enforce = desk->job->config->policy.enforce,
        .night = arena_calloc(desk->job->arena, desk->count + 1, sizeof(answer->night[0])),
        .left = desk->left,
        .left_count = desk->left_count,
        .newest_plan = desk->newest->id,
    };
    for (size_t i = 0; i < desk->count; i++) {
        size_t row = index_of(desk, desk->row[i]);
        answer->held += desk->row[i]->held_by != NULL;
        if (!rule_is_approved(&desk->book, row))
            answer->alone++;
        else
            add_night(answer, forecast->row[row].night);
    }
    qsort(answer->night, answer->night_count, sizeof(answer->night[0]), compare_nights);
    return 0;
}

static int refuse_all(const struct desk *desk, struct err *err)
{
    const struct decide_left *left = &desk->left[0];

    return err_set(err, ERR_HELD, "no row of plan %lld can be decided on%s%s%s%s",
                   (long long)desk->seen->id, desk->left_count ? ": " : "",
                   desk->left_count && left->row->email ? left->row->email : "",
                   desk->left_count ? ": " : "", desk->left_count ? left->why : "");
}

int job_approve(struct job *job, const struct plan *seen, const struct decide_request *request,
                struct decide_answer *ret_answer, struct err *err)
{
    struct forecast_terms terms = {
        .spread = request->spread, .nightly = request->nightly, .at_once = request->at_once};
    struct forecast forecast;
    struct desk desk;

    terms.override = split_guards(job->arena, request->override_guards, &terms.override_count);
    if (check_overrides(request, terms.override, terms.override_count, err) < 0 ||
        sit_down(job, seen, request, &desk, err) < 0)
        return -1;
    judge_own(&desk);
    judge_standing(&desk);
    if (request->renew)
        keep_standing(&desk);
    if (desk.count == 0)
        return refuse_all(&desk, err);
    if (take_back_excepted(&desk, err) < 0)
        return -1;
    bool *asked = arena_calloc(job->arena, desk.newest->row_count + 1, sizeof(asked[0]));
    for (size_t i = 0; i < desk.count; i++)
        asked[index_of(&desk, desk.row[i])] = true;
    if (job_forecast_asked(job, &desk.book, asked, &terms, &forecast, err) < 0)
        return -1;
    struct ruling *ruling = make_approvals(&desk, &terms, &forecast);
    if (desk.taken_count && store_end_rulings(job->store, NULL, request->who, desk.taken,
                                              desk.taken_count, job->now, err) < 0)
        return -1;
    if (store_save_rulings(job->store, ruling, desk.count, job->config->portal.url, err) < 0 ||
        announce(&desk, err) < 0)
        return -1;
    return make_answer(&desk, &forecast, ret_answer, err);
}

int job_reject(struct job *job, const struct plan *seen, const struct decide_request *request,
               struct day until, struct decide_answer *ret_answer, struct err *err)
{
    struct desk desk;

    if (text_is_empty(request->reason))
        return err_set(err, ERR_USAGE, "a rejection needs a --reason");
    if (day_is_set(until) && day_compare(until, job->today) < 0)
        return err_set(err, ERR_USAGE, "--until needs a day that is still to come");
    if (sit_down(job, seen, request, &desk, err) < 0)
        return -1;
    judge_own(&desk);
    if (desk.count == 0)
        return refuse_all(&desk, err);
    struct ruling *ruling = arena_calloc(job->arena, desk.count + 1, sizeof(ruling[0]));
    for (size_t i = 0; i < desk.count; i++) {
        ruling[i] = ruling_on(&desk, desk.row[i], RULING_REJECT);
        ruling[i].until = day_is_set(until) ? until : day_add(job->today, REJECT_DAYS);
    }
    if (store_save_rulings(job->store, ruling, desk.count, job->config->portal.url, err) < 0)
        return -1;
    *ret_answer = (struct decide_answer){.approved = desk.count,
                                         .left = desk.left,
                                         .left_count = desk.left_count,
                                         .newest_plan = desk.newest->id};
    return 0;
}

/* --- about an account --- */

static bool is_named(struct arena *arena, const struct account *account, const char *folded)
{
    const char *const name[] = {account->id,     account->username,        account->email,
                                account->email2, account->employee_number, account->name};

    for (size_t i = 0; i < COUNT_OF(name); i++) {
        if (text_equal(fold_text(arena, name[i]), folded))
            return true;
    }
    return false;
}

static int find_account(struct job *job, const char *who, const struct account **ret_account,
                        struct snapshot *snapshot, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(text_release) struct text all = TEXT_INIT;
    const char *folded = fold_text(&scratch, who);
    const struct account *found = NULL;
    size_t count = 0;

    if (store_load_newest_snapshot(job->store, job->arena, snapshot, err) < 0)
        return -1;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        if (!folded || account->status == ACCOUNT_GONE || !is_named(&scratch, account, folded))
            continue;
        text_addf(&all, "%s%s (%s)", count++ ? ", " : "", account->id,
                  account->email ? account->email : "no address");
        found = account;
    }
    if (!found) {
        CLEANUP(text_release) struct text audit = TEXT_INIT;
        command_add(&audit, "audit user ");
        command_quote(&audit, who);
        return err_set(err, ERR_USAGE,
                       "'%s' is no account of the newest reading; hint: '%s' finds by parts of a "
                       "name",
                       who, text_cstr(&audit));
    }
    if (count > 1)
        return err_set(err, ERR_USAGE, "'%s' fits %zu accounts: %s; hint: name one by its id", who,
                       count, text_cstr(&all));
    *ret_account = found;
    return 0;
}

/* What the history last knew of the person behind the account. */
static enum person_status person_of(struct job *job, const char *account_id, struct err *err)
{
    struct plan *newest = NULL;
    enum person_status status = PERSON_UNKNOWN;

    if (store_load_plan(job->store, job->arena, 0, &newest, err) < 0)
        return PERSON_UNKNOWN;
    for (size_t i = 0; newest && i < newest->row_count; i++) {
        if (text_equal(newest->row[i].account_id, account_id))
            status = ruling_person(&newest->row[i]);
    }
    return status;
}

static int name_account(struct job *job, const char *account, struct decide_who *ret_who,
                        struct err *err)
{
    const struct account *found = NULL;
    struct snapshot snapshot;

    if (find_account(job, account, &found, &snapshot, err) < 0 || !found)
        return -1;
    *ret_who = (struct decide_who){.account_id = found->id,
                                   .name = found->name,
                                   .email = found->email,
                                   .username = found->username,
                                   .person = person_of(job, found->id, err)};
    return err->code == ERR_NONE ? 0 : -1;
}

/* Nobody keeps or answers for their own account. */
static int check_own(struct job *job, const char *who, const struct decide_who *account,
                     struct err *err)
{
    struct rule_book book;
    const struct plan nothing = {.row_count = 0};

    if (rule_book_open(job, &nothing, &book, err) < 0)
        return -1;
    const char *why =
        ruling_refuse_person(job->arena, &book.approvers, who, account->email, account->username);
    return why ? err_set(err, ERR_HELD, "%s", why) : 0;
}

int job_keep(struct job *job, const char *who, const char *account, struct day until,
             const char *reason, bool also_departed, struct decide_who *ret_account,
             struct err *err)
{
    int most = (int)job->config->approval.keep_max_days;

    if (text_is_empty(reason))
        return err_set(err, ERR_USAGE, "keep needs a --reason");
    if (!day_is_set(until) || day_compare(until, job->today) < 0)
        return err_set(err, ERR_USAGE, "keep needs --until with a day that is still to come");
    if (day_between(job->today, until) > most)
        return err_set(err, ERR_USAGE, "at most %d days are kept at once (approval.keep_max_days)",
                       most);
    if (name_account(job, account, ret_account, err) < 0 ||
        check_own(job, who, ret_account, err) < 0)
        return -1;
    struct ruling ruling = {
        .kind = RULING_KEEP,
        .account_id = ret_account->account_id,
        .who = who,
        .at = job->now,
        .until = until,
        .reason = reason,
        .person_departed =
            ret_account->person == PERSON_DEPARTED || ret_account->person == PERSON_ABSENT,
        .also_departed = also_departed,
    };
    return store_save_rulings(job->store, &ruling, 1, job->config->portal.url, err);
}

int job_again(struct job *job, const char *who, const char *account, const char *reason,
              struct decide_who *ret_account, struct err *err)
{
    if (text_is_empty(reason))
        return err_set(err, ERR_USAGE, "again needs a --reason");
    if (name_account(job, account, ret_account, err) < 0 ||
        check_own(job, who, ret_account, err) < 0)
        return -1;
    struct ruling ruling = {
        .kind = RULING_AGAIN,
        .account_id = ret_account->account_id,
        .who = who,
        .at = job->now,
        .until = day_add(job->today, AGAIN_DAYS),
        .reason = reason,
    };
    return store_save_rulings(job->store, &ruling, 1, job->config->portal.url, err);
}

/* To take back what spares is to decide, and is for those who may; to take back an approval spares,
 * and is not. NULL = may. */
static const char *why_not_withdraw(struct job *job, const char *who, const struct ruling *ruling)
{
    struct approvers approvers = rule_approvers(job);
    bool spares = ruling->kind == RULING_KEEP || ruling->kind == RULING_REJECT;

    return spares ? ruling_refuse_person(job->arena, &approvers, who, NULL, NULL) : NULL;
}

int job_withdraw(struct job *job, const char *who, int64_t plan_id, const char *account,
                 const enum ruling_kind *kind, const char *reason, size_t *ret_count,
                 struct err *err)
{
    struct store_standing *standing = NULL;
    CLEANUP(mem_cleanup) struct store_ruling_end *end = NULL;
    struct decide_who named = {.account_id = NULL};
    size_t accounts = 0, count = 0, capacity = 0;

    if ((account && name_account(job, account, &named, err) < 0) ||
        store_load_standing(job->store, job->arena, &standing, &accounts, err) < 0)
        return -1;
    for (size_t i = 0; i < accounts; i++) {
        for (size_t k = 0; k < standing[i].rulings.count; k++) {
            const struct ruling *ruling = &standing[i].rulings.item[k];
            bool meant = account ? text_equal(ruling->account_id, named.account_id)
                                 : ruling->plan_id == plan_id;
            if (!meant || ruling->end != RULING_STANDS || (kind && ruling->kind != *kind))
                continue;
            const char *why = why_not_withdraw(job, who, ruling);
            if (why)
                return err_set(err, ERR_HELD, "the %s of %s is not taken back: %s",
                               ruling_kind_name(ruling->kind), ruling->account_id, why);
            end = mem_grow(end, count, &capacity, sizeof(end[0]));
            end[count++] = (struct store_ruling_end){
                .id = ruling->id,
                .end = RULING_WITHDRAWN,
                .reason = reason ? reason : arena_printf(job->arena, "taken back by %s", who)};
        }
    }
    *ret_count = count;
    return store_end_rulings(job->store, NULL, who, end, count, job->now, err);
}
