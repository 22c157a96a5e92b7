/*
 * The digest is compared first: a person decides about what they saw. Then each row is looked for
 * in the newest plan; one that is there with the same subject can be decided on, whatever plan it
 * was seen in, and every other one is named.
 */
#include "job/desk.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "base/text.h"
#include "store/announce.h"
#include "store/plan.h"
#include "store/step.h"

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

size_t desk_index(const struct desk *desk, const struct plan_row *row)
{
    return (size_t)(row - desk->newest->row);
}

static void leave(struct desk *desk, const struct plan_row *row, const char *why)
{
    desk->left[desk->left_count++] = (struct decide_left){.row = row, .why = why};
}

/* The row with an action that an account has in a plan. */
static const struct plan_row *find_row(const struct table *by_account, const struct plan *plan,
                                       const char *account_id)
{
    for (uint32_t at = table_find(by_account, account_id); at != TABLE_END;
         at = table_next(by_account, at)) {
        const struct plan_row *row = &plan->row[table_value(by_account, at)];
        if (row->action != ACTION_KEEP)
            return row;
    }
    return NULL;
}

const char *desk_why_gone(struct desk *desk, const struct plan_row *seen,
                          const struct plan_row **ret_now)
{
    const struct plan_row *now = *ret_now =
        find_row(&desk->by_account, desk->newest, seen->account_id);

    if (!now && seen->action == ACTION_KEEP)
        return NULL;
    if (!now)
        return "the newest plan does not propose it any more";
    if (now->action != seen->action)
        return arena_printf(desk->job->arena, "the newest plan says %s", action_name(now->action));
    if (digest_compare(&now->subject, &seen->subject) != 0)
        return "it is about something else since: look at it in the newest plan";
    return NULL;
}

void desk_select(struct desk *desk, const bool *only, const bool *except, bool named)
{
    const struct plan *seen = desk->seen;
    struct arena *arena = desk->job->arena;

    desk->except = except;
    desk->count = desk->left_count = desk->done = desk->excepted = 0;
    desk->row = arena_calloc(arena, seen->row_count + 1, sizeof(desk->row[0]));
    desk->left = arena_calloc(arena, seen->row_count + 1, sizeof(desk->left[0]));
    for (size_t i = 0; i < seen->row_count; i++) {
        const struct plan_row *row = &seen->row[i], *now = NULL;
        bool is_excepted = except && except[i];
        desk->excepted += is_excepted;
        if (row->action == ACTION_KEEP || (only && !only[i]) || is_excepted)
            continue;
        const char *why = desk_why_gone(desk, row, &now);
        const char *past = why || !now ? NULL : desk->past[desk_index(desk, now)];
        if (past && !(named && only) && text_equal(past, past_done))
            desk->done++;
        else if (why || past)
            leave(desk, row, why ? why : past);
        else
            desk->row[desk->count++] = now;
    }
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

static void index_rows(struct table *by_account, const struct plan *plan)
{
    table_init(by_account, plan->row_count);
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].account_id)
            table_add(by_account, plan->row[i].account_id, (uint32_t)i);
    }
}

void desk_rise(struct desk *desk)
{
    table_release(&desk->by_account);
    table_release(&desk->seen_by_account);
}

int desk_sit(struct job *job, const struct plan *seen, const struct decide_request *request,
             struct desk *desk, struct err *err)
{
    struct plan *newest = NULL;

    if (check_digest(seen, request->digest, err) < 0 ||
        store_load_plan(job->store, job->arena, 0, &newest, err) < 0)
        return -1;
    desk->job = job;
    desk->seen = seen;
    desk->request = request;
    desk->newest = newest ? newest : seen;
    if (desk->newest->id == seen->id)
        desk->newest = seen;
    index_rows(&desk->by_account, desk->newest);
    index_rows(&desk->seen_by_account, desk->seen);
    if (find_acted(desk, err) < 0 ||
        rule_book_open(job, job->arena, desk->newest, &desk->book, err) < 0)
        return -1;
    return 0;
}

/* --- who, and what stands --- */

void desk_judge_own(struct desk *desk)
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

/* Just the rows that stand approved already, by anybody. */
static void keep_standing(struct desk *desk)
{
    size_t kept = 0;

    for (size_t i = 0; i < desk->count; i++) {
        if (desk->book.ruled[desk_index(desk, desk->row[i])].approve)
            desk->row[kept++] = desk->row[i];
    }
    desk->count = kept;
}

void desk_judge_standing(struct desk *desk)
{
    struct arena *arena = desk->job->arena;
    size_t kept = 0;

    for (size_t i = 0; i < desk->count; i++) {
        const struct plan_row *row = desk->row[i];
        const struct ruled *ruled = &desk->book.ruled[desk_index(desk, row)];
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
    if (desk->request->renew)
        keep_standing(desk);
}

/* --- recording --- */

struct ruling desk_ruling(const struct desk *desk, const struct plan_row *row,
                          enum ruling_kind kind)
{
    const struct plan *seen = desk->seen;
    const struct plan_row *there = find_row(&desk->seen_by_account, seen, row->account_id);
    bool same = there && there->action == row->action;

    return (struct ruling){
        .kind = kind,
        .account_id = row->account_id,
        .who = desk->request->who,
        .at = desk->job->now,
        .plan_id = seen->id,
        .position = same ? there - seen->row + 1 : 0,
        .subject = row->subject,
        .subject_text = row->about,
        .action = row->action,
        .rule = row->rule ? row->rule : "",
        .rule_text = row->rule_text,
        .asks_login = row->asks_login,
        .asks_activity = row->asks_activity,
        .snapshot_at = seen->inputs.snapshot_taken_at,
        .not_before = row->not_before,
        .reason = desk->request->reason,
    };
}

struct ruling desk_keep(const struct job *job, const char *who, const struct decide_who *account,
                        struct day until, const char *reason)
{
    return (struct ruling){
        .kind = RULING_KEEP,
        .account_id = account->account_id,
        .who = who,
        .at = job->now,
        .until = until,
        .reason = reason,
        .person_departed = account->person == PERSON_DEPARTED || account->person == PERSON_ABSENT,
    };
}

const char *const *desk_overrides(struct arena *arena, const char *list, size_t *ret_count)
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
int desk_check(const struct job *job, const struct decide_request *request, struct err *err)
{
    static const char *const amounts[] = {"G7", "G8", "G9", "G10"};
    size_t count = 0;
    const char *const *guard = desk_overrides(job->arena, request->override_guards, &count);

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

static struct ruling *make_approvals(const struct desk *desk, const struct forecast_terms *terms,
                                     const struct forecast *forecast)
{
    struct ruling *ruling = arena_calloc(desk->job->arena, desk->count + 1, sizeof(ruling[0]));

    for (size_t i = 0; i < desk->count; i++) {
        const struct plan_row *row = desk->row[i];
        ruling[i] = desk_ruling(desk, row, RULING_APPROVE);
        ruling[i].override = terms->override;
        ruling[i].override_count = terms->override_count;
        ruling[i].at_once = terms->at_once;
        ruling[i].spread = forecast->spread[row->action];
        if (ruling[i].spread) {
            ruling[i].nightly = terms->nightly;
            ruling[i].expected_on = forecast->row[desk_index(desk, row)].night;
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
            .action = action_name(row->action),
            .to_profile = row->to_profile_id,
            .plan_id = desk->newest->id,
            .position = (int64_t)desk_index(desk, row) + 1,
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
        if (desk->except && desk->except[i] && seen->row[i].action == ruling->action &&
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

int desk_weigh(struct desk *desk, struct forecast *ret_forecast, struct ruling **ret_ruling,
               struct err *err)
{
    const struct decide_request *request = desk->request;
    struct arena *arena = desk->job->arena;
    struct forecast_terms terms = {
        .spread = request->spread, .nightly = request->nightly, .at_once = request->at_once};

    terms.override = desk_overrides(arena, request->override_guards, &terms.override_count);
    if (take_back_excepted(desk, err) < 0)
        return -1;
    bool *asked = arena_calloc(arena, desk->newest->row_count + 1, sizeof(asked[0]));
    for (size_t i = 0; i < desk->count; i++)
        asked[desk_index(desk, desk->row[i])] = true;
    if (job_forecast_asked(desk->job, &desk->book, asked, &terms, ret_forecast, err) < 0)
        return -1;
    *ret_ruling = make_approvals(desk, &terms, ret_forecast);
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

int desk_approved(struct desk *desk, const struct forecast *forecast, struct decide_answer *answer,
                  struct err *err)
{
    if (announce(desk, err) < 0 ||
        rule_book_open(desk->job, desk->job->arena, desk->newest, &desk->book, err) < 0)
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
        size_t row = desk_index(desk, desk->row[i]);
        answer->held += desk->row[i]->held_by != NULL;
        if (!rule_is_approved(&desk->book, row))
            answer->alone++;
        else if (forecast->row[row].unneeded)
            answer->reserve++;
        else
            add_night(answer, forecast->row[row].night);
    }
    qsort(answer->night, answer->night_count, sizeof(answer->night[0]), compare_nights);
    return 0;
}
