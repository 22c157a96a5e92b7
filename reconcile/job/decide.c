/*
 * What a person says at the desk (job/desk), or about an account by its name, and into the record.
 */
#include "job/decide.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/text.h"
#include "core/review.h"
#include "facts/account.h"
#include "host/command.h"
#include "job/desk.h"
#include "store/history.h"
#include "store/plan.h"
#include "store/snapshot.h"

#define AGAIN_DAYS 90

/* --- about rows --- */

static int read_names(struct job *job, const struct plan *seen, const struct review_names *names,
                      const bool **ret_named, struct err *err)
{
    if (!names)
        return 0;
    bool *named = arena_calloc(job->arena, seen->row_count + 1, sizeof(named[0]));
    *ret_named = named;
    return review_select(seen, names, named, err);
}

/* The rows that are named, of those that this person may decide on. */
static int sit_down(struct job *job, const struct plan *seen, const struct decide_request *request,
                    struct desk *desk, struct err *err)
{
    const bool *only = NULL, *except = NULL;

    if (desk_sit(job, seen, request, desk, err) < 0)
        return -1;
    if (plan_acts(seen) == 0)
        return err_set(err, ERR_HELD, "plan %lld proposes nothing: there is nothing to decide on",
                       (long long)seen->id);
    if (read_names(job, seen, request->only, &only, err) < 0 ||
        read_names(job, seen, request->except, &except, err) < 0)
        return -1;
    desk_select(desk, only, except, true);
    if (desk->count + desk->left_count == 0)
        return err_set(
            err, desk->done ? ERR_HELD : ERR_USAGE, "no row of plan %lld is left to decide on%s",
            (long long)seen->id,
            desk->done ? ": what it proposed was done, the newest plan does not propose it any more"
                       : "");
    desk_judge_own(desk);
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
    CLEANUP(desk_rise) struct desk desk = {.job = job};
    struct ruling *ruling = NULL;
    struct forecast forecast;

    if (desk_check(job, request, err) < 0 || sit_down(job, seen, request, &desk, err) < 0)
        return -1;
    desk_judge_standing(&desk);
    if (desk.count == 0)
        return refuse_all(&desk, err);
    if (desk_weigh(&desk, &forecast, &ruling, err) < 0)
        return -1;
    if (desk.taken_count && store_end_rulings(job->store, NULL, request->who, desk.taken,
                                              desk.taken_count, job->now, err) < 0)
        return -1;
    if (store_save_rulings(job->store, ruling, desk.count, job->config->portal.url, err) < 0)
        return -1;
    return desk_approved(&desk, &forecast, ret_answer, err);
}

int job_reject(struct job *job, const struct plan *seen, const struct decide_request *request,
               struct day until, struct decide_answer *ret_answer, struct err *err)
{
    CLEANUP(desk_rise) struct desk desk = {.job = job};

    if (text_is_empty(request->reason))
        return err_set(err, ERR_USAGE, "a rejection needs a --reason");
    if (day_is_set(until) && day_compare(until, job->today) < 0)
        return err_set(err, ERR_USAGE, "--until needs a day that is still to come");
    if (sit_down(job, seen, request, &desk, err) < 0)
        return -1;
    if (desk.count == 0)
        return refuse_all(&desk, err);
    struct ruling *ruling = arena_calloc(job->arena, desk.count + 1, sizeof(ruling[0]));
    for (size_t i = 0; i < desk.count; i++) {
        ruling[i] = desk_ruling(&desk, desk.row[i], RULING_REJECT);
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

static bool is_named(struct arena *arena, const struct account *account, const char *folded,
                     bool by_id)
{
    const char *const name[] = {account->id,
                                account->username,
                                account->email,
                                account_alike(account)->email2,
                                account->employee_number,
                                account->name};
    size_t count = by_id ? 1 : COUNT_OF(name);

    for (size_t i = 0; i < count; i++) {
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
    bool by_id = account_name_is_id(folded);
    size_t count = 0;

    if (store_load_newest_snapshot(job->store, job->arena, snapshot, err) < 0)
        return -1;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        if (!folded || account->status == ACCOUNT_GONE ||
            !is_named(&scratch, account, folded, by_id))
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

    if (rule_book_open(job, job->arena, &nothing, &book, err) < 0)
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
    struct ruling ruling = desk_keep(job, who, ret_account, until, reason);
    ruling.also_departed = also_departed;
    return store_save_rulings(job->store, &ruling, 1, job->config->portal.url, err);
}

/* Our newest downgrade that nobody undid is one whose former profile may be needed. */
static bool may_be_of(const struct account_past *past, enum action of)
{
    const struct account_downgrade *downgrade = past->downgrade;
    bool undone = downgrade && instant_is_set(downgrade->other_at);

    switch (of) {
    case ACTION_SUSPEND:
        return past->reactivated_since;
    case ACTION_DOWNGRADE:
        return undone;
    case ACTION_RESTORE:
        return downgrade && !undone;
    default:
        return false;
    }
}

static int find_again(struct job *job, const char *account_id, enum action *of, struct err *err)
{
    static const enum action meant[] = {ACTION_SUSPEND, ACTION_DOWNGRADE, ACTION_RESTORE};
    struct snapshot snapshot;
    const struct account *account = NULL;
    enum action found = ACTION_KEEP;
    size_t count = 0;

    if (store_load_newest_snapshot(job->store, job->arena, &snapshot, err) < 0 ||
        store_load_history(job->store, job->arena, &snapshot, err) < 0)
        return -1;
    for (size_t i = 0; i < snapshot.count; i++) {
        if (text_equal(snapshot.account[i].id, account_id))
            account = &snapshot.account[i];
    }
    for (size_t i = 0; account && i < COUNT_OF(meant); i++) {
        if (!may_be_of(account_past(account), meant[i]))
            continue;
        count++;
        found = meant[i];
        if (meant[i] == *of)
            return 0;
    }
    if (*of == ACTION_RESTORE)
        return err_set(err, ERR_USAGE, "%s has no profile of a downgrade of ours", account_id);
    if (*of == ACTION_KEEP && count > 1)
        return err_set(err, ERR_USAGE,
                       "again may be about more than one act of ours on %s: say --suspension or "
                       "--downgrade, when the rules may do that again, or --profile, when the "
                       "former profile is needed",
                       account_id);
    if (*of == ACTION_KEEP)
        *of = count ? found : ACTION_SUSPEND;
    return 0;
}

int job_again(struct job *job, const char *who, const char *account, enum action of,
              const char *reason, struct decide_who *ret_account, enum action *ret_of,
              struct err *err)
{
    if (text_is_empty(reason))
        return err_set(err, ERR_USAGE, "again needs a --reason");
    if (name_account(job, account, ret_account, err) < 0 ||
        check_own(job, who, ret_account, err) < 0 ||
        find_again(job, ret_account->account_id, &of, err) < 0)
        return -1;
    *ret_of = of;
    struct ruling ruling = {
        .kind = RULING_AGAIN,
        .action = of,
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
                 const enum ruling_kind *kind, const char *reason, struct withdrawal *ret,
                 struct err *err)
{
    struct store_standing *standing = NULL;
    CLEANUP(mem_cleanup) struct store_ruling_end *end = NULL;
    struct decide_who named = {.account_id = NULL};
    size_t accounts = 0, capacity = 0;

    *ret = (struct withdrawal){.count = 0};
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
            if (why) {
                ret->left++;
                ret->why = why;
                continue;
            }
            end = mem_grow(end, ret->count, &capacity, sizeof(end[0]));
            end[ret->count++] = (struct store_ruling_end){
                .id = ruling->id,
                .end = RULING_WITHDRAWN,
                .reason = reason ? reason : arena_printf(job->arena, "taken back by %s", who)};
        }
    }
    if (ret->count == 0 && ret->left > 0)
        return err_set(err, ERR_HELD, "%zu decisions that spare somebody are not taken back: %s",
                       ret->left, ret->why);
    return store_end_rulings(job->store, NULL, who, end, ret->count, job->now, err);
}
