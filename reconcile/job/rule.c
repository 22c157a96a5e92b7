/*
 * The store keeps what people decided, core says what it means, and here the two meet the rows of a
 * plan. A night ends what core says has ended, and begins the graces that nothing holds; both are
 * one transaction each, after the plan that shows them is stored.
 */
#include "job/rule.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "core/amount.h"
#include "host/log.h"
#include "store/announce.h"
#include "store/ruling.h"

#define LONE_DAYS      30
#define AFTER_DUE_DAYS 30

struct approvers rule_approvers(const struct job *job)
{
    const struct config *config = job->config;
    struct approver *approver =
        arena_calloc(job->arena, config->approval.approver_count + 1, sizeof(approver[0]));

    for (size_t i = 0; i < config->approval.approver_count; i++) {
        approver[i].user = config->approval.approver[i].user;
        approver[i].email = config->approval.approver[i].email;
    }
    return (struct approvers){.item = approver, .count = config->approval.approver_count};
}

struct ruling_terms rule_terms(const struct job *job)
{
    return (struct ruling_terms){.expires_hours = (int)job->config->approval.expires_hours,
                                 .lone_days = LONE_DAYS,
                                 .after_due_days = AFTER_DUE_DAYS};
}

/* --- what stands --- */

int rule_book_open(struct job *job, struct arena *arena, const struct plan *plan,
                   struct rule_book *ret_book, struct err *err)
{
    struct rule_book *book = ret_book;
    struct store_standing *standing = NULL;
    size_t count = 0;
    struct table by_account;

    if (store_load_standing(job->store, arena, &standing, &count, err) < 0)
        return -1;
    *book = (struct rule_book){
        .plan = plan,
        .approvers = rule_approvers(job),
        .terms = rule_terms(job),
        .rulings = arena_calloc(arena, plan->row_count + 1, sizeof(book->rulings[0])),
        .ruled = arena_calloc(arena, plan->row_count + 1, sizeof(book->ruled[0])),
    };
    book->view = (struct ruling_view){.approvers = &book->approvers,
                                      .terms = &book->terms,
                                      .now = job->now,
                                      .today = job->today,
                                      .address = job->config->portal.url};
    table_init(&by_account, count);
    for (size_t i = 0; i < count; i++)
        table_add(&by_account, standing[i].account_id, (uint32_t)i);
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        uint32_t at = row->action == ACTION_KEEP || !row->account_id
                          ? TABLE_END
                          : table_find(&by_account, row->account_id);
        if (at == TABLE_END)
            continue;
        book->rulings[i] = &standing[table_value(&by_account, at)].rulings;
        book->ruled[i] = ruling_find(arena, book->rulings[i], &book->view, row);
    }
    table_release(&by_account);
    return 0;
}

bool rule_is_approved(const struct rule_book *book, size_t row)
{
    const struct ruled *ruled = &book->ruled[row];

    return !ruled->keep && !ruled->reject && ruled->approvers > 0 &&
           ruled->approvers >= (size_t)book->plan->row[row].needed;
}

bool rule_is_wanted(const struct rule_book *book, size_t row)
{
    const struct ruled *ruled = &book->ruled[row];

    return !ruled->keep && !ruled->reject && ruled->approvers > 0;
}

bool rule_is_unasked(const struct rule_book *book, size_t row)
{
    const struct ruled *ruled = &book->ruled[row];

    return !ruled->keep && !ruled->reject && book->plan->row[row].needed == 0;
}

bool rule_overrides(struct job *job, const struct rule_book *book, size_t row, const char *guard)
{
    return book->rulings[row] &&
           ruling_overrides(job->arena, book->rulings[row], &book->view, &book->plan->row[row],
                            guard, (size_t)book->plan->row[row].needed);
}

/* --- how many people --- */

static bool is_new_text(const struct approved_rules *rules, const struct plan_row *row)
{
    for (size_t i = 0; i < rules->rule_text_count; i++) {
        if (digest_compare(&rules->rule_text[i], &row->rule_text) == 0)
            return false;
    }
    for (size_t i = 0; i < rules->name_count; i++) {
        if (text_equal(rules->name[i], row->rule))
            return false;
    }
    return true;
}

static int class_of(const struct config *config, enum action action)
{
    return (int)config->approval.of[actions[action].approved_as];
}

int rule_set_needed(struct job *job, const struct weighed *weighed, struct plan *plan,
                    struct err *err)
{
    struct approved_rules rules;
    struct table by_account;
    const struct snapshot *snapshot = weighed->context.snapshot;

    if (store_load_approved_rules(job->store, job->arena, job->config->portal.url, &rules, err) < 0)
        return -1;
    table_init(&by_account, plan->row_count);
    for (size_t i = 0; i < snapshot->count; i++) {
        if (snapshot->account[i].id && decided_at(weighed->decided, i).action != ACTION_KEEP)
            table_add(&by_account, snapshot->account[i].id, (uint32_t)i);
    }
    for (size_t i = 0; i < plan->row_count; i++) {
        struct plan_row *row = &plan->row[i];
        uint32_t at =
            row->action == ACTION_KEEP ? TABLE_END : table_find(&by_account, row->account_id);
        if (at == TABLE_END)
            continue;
        const struct decision *decision =
            decided_acting(weighed->decided, table_value(&by_account, at));
        const struct rulings *rulings = account_past(decision->account)->rulings;
        struct ruling_needs needs = {
            .action = row->action,
            .of_class = class_of(job->config, row->action),
            .of_rule = decision->by ? decision->by->approval : -1,
            .new_text = decision->by && is_new_text(&rules, row),
            .ever_rejected = rulings && ruling_ever_rejected(rulings, row),
            .used_after = row->used_after,
            .needs_person = decision->needs_person,
            .gains = row->gained_roles != NULL,
        };
        row->needed = (int)ruling_needed(&needs, NULL);
    }
    table_release(&by_account);
    return 0;
}

/* --- a night --- */

struct night {
    struct job *job;
    struct arena *arena; /* of nothing that outlives it */
    const struct plan *plan;
    const struct weighed *weighed;
    struct rule_book book;
    struct table row_of; /* an account's row of the plan that does something */
    bool doubt; /* of everybody: the snapshot is incomplete, or a guard of evidence holds */
};

static struct ruling_night night_of(const struct night *night, const struct decision *decision,
                                    struct row_subject *subject)
{
    const struct job *job = night->job;
    uint32_t at = table_find(&night->row_of, decision->account->id);
    size_t index = at == TABLE_END ? 0 : table_value(&night->row_of, at);
    const struct plan_row *row = at == TABLE_END ? NULL : &night->plan->row[index];
    struct ruling_night one = {
        .now = job->now,
        .today = job->today,
        .doubt = night->doubt || decision->doubt || decision->held_by,
        .address = job->config->portal.url,
        .account = decision->account,
        .kept = row ? NULL : decision->reason,
    };

    if (row) {
        *subject = row_subject_of(night->arena, &job->config->matching,
                                  night->weighed->context.snapshot, decision);
        one.subject = subject;
        one.needed = (size_t)row->needed;
        one.approvers = night->book.ruled[index].approvers;
    }
    return one;
}

static int end_rulings(const struct night *night, struct err *err)
{
    struct job *job = night->job;
    const struct snapshot *snapshot = night->weighed->context.snapshot;
    struct store_ruling_end *end = NULL;
    size_t count = 0, capacity = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct rulings *rulings = account_past(&snapshot->account[i])->rulings;
        struct row_subject subject;
        if (!rulings)
            continue;
        const struct decision decision = decided_at(night->weighed->decided, i);
        struct ruling_night one = night_of(night, &decision, &subject);
        for (size_t k = 0; k < rulings->count; k++) {
            const char *reason = NULL;
            enum ruling_end word =
                ruling_judge(night->arena, &rulings->item[k], &night->book.terms, &one, &reason);
            if (word == RULING_STANDS)
                continue;
            end = mem_grow(end, count, &capacity, sizeof(end[0]));
            end[count++] =
                (struct store_ruling_end){.id = rulings->item[k].id, .end = word, .reason = reason};
            log_info("the %s of %s for %s ends: %s", ruling_kind_name(rulings->item[k].kind),
                     rulings->item[k].who, rulings->item[k].account_id, reason);
        }
    }
    int failed =
        count ? store_end_rulings(job->store, &job->run, NULL, end, count, job->now, err) : 0;
    free(end);
    return failed;
}

/* Whether what a rule said of an account is over: another row, or a keep for certain. */
static bool is_over(const struct decision *decision, const char *rule)
{
    bool same = decision->action != ACTION_KEEP && text_equal(rule, decision_rule(decision));

    return !same && !decision->doubt && !decision->held_by;
}

static bool is_other_act(const struct decision *decision, const struct announcement *one)
{
    return one->action && !decision->held_by && decision->action != ACTION_KEEP &&
           (!text_equal(one->action, action_name(decision->action)) ||
            !text_equal(one->to_profile, decision->to ? decision->to->id : NULL));
}

/* Whom nobody has to reach any more: with a next grace it is tried anew. */
static int forget_unreached(const struct night *night, struct err *err)
{
    const struct snapshot *snapshot = night->weighed->context.snapshot;
    struct store_announcement_end *end = NULL;
    size_t count = 0, capacity = 0;

    for (size_t i = 0; i < snapshot->count && !night->doubt; i++) {
        const struct account_past *past = account_past(&snapshot->account[i]);
        for (size_t k = 0; k < past->unreached_count; k++) {
            const struct decision decision = decided_at(night->weighed->decided, i);
            if (!is_over(&decision, past->unreached[k].rule))
                continue;
            end = mem_grow(end, count, &capacity, sizeof(end[0]));
            end[count++] = (struct store_announcement_end){.account_id = snapshot->account[i].id,
                                                           .rule = past->unreached[k].rule};
        }
    }
    int failed = store_forget_unreached(night->job->store, end, count, err);
    free(end);
    return failed;
}

/* Whether the grace of a row begins with this run itself: by the calendar, or because a person
 * approved the row of somebody whom no mail reaches. */
static bool may_begin(const struct night *night, size_t i)
{
    const struct plan_row *row = &night->plan->row[i];

    if (!row->new_announcement || row->held_by || !row->account_id)
        return false;
    return !row->telling ||
           (text_equal(row->telling, TELLING_UNREACHABLE) && rule_is_wanted(&night->book, i));
}

/* R7: ends by row, when the row is kept for certain; begins where nothing of evidence holds, and
 * where people are told only with that (job/tell). */
static int announce(const struct night *night, struct err *err)
{
    struct job *job = night->job;
    const struct plan *plan = night->plan;
    const struct snapshot *snapshot = night->weighed->context.snapshot;
    struct store_announced *begun =
        arena_calloc(night->arena, plan->row_count + 1, sizeof(begun[0]));
    struct store_announcement_end *end = NULL;
    size_t begun_count = 0, end_count = 0, capacity = 0;
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        if (!may_begin(night, i))
            continue;
        begun[begun_count++] = (struct store_announced){
            .account_id = row->account_id,
            .rule = row->rule,
            .action = action_name(row->action),
            .to_profile = row->to_profile_id,
            .plan_id = plan->id,
            .position = (int64_t)i + 1,
            .at = job->now,
            .on = job->today,
            .not_before = row->not_before,
            .login_at = row->last_login,
            .enforce = job->config->policy.enforce,
            .told = row->telling ? ANNOUNCED_BY_APPROVAL : ANNOUNCED_TO_NOBODY,
        };
    }
    for (size_t i = 0; i < snapshot->count && !night->doubt; i++) {
        const struct account *account = &snapshot->account[i];
        const struct decision decision = decided_at(night->weighed->decided, i);
        for (size_t k = 0; k < account_past(account)->announcement_count; k++) {
            const struct announcement *one = &account_past(account)->announcement[k];
            if (!is_over(&decision, one->rule) && !is_other_act(&decision, one))
                continue;
            end = mem_grow(end, end_count, &capacity, sizeof(end[0]));
            end[end_count++] = (struct store_announcement_end){
                .account_id = account->id, .rule = one->rule, .reason = decision.reason};
        }
    }
    int failed =
        store_announce(job->store, &job->run, end, end_count, begun, begun_count, job->today, err);
    free(end);
    return failed;
}

int rule_night(struct job *job, const struct collected *collected, const struct weighed *weighed,
               const struct plan *plan, struct err *err)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct night night = {
        .job = job,
        .arena = &arena,
        .plan = plan,
        .weighed = weighed,
        .doubt = !collected->snapshot.complete || plan->state == PLAN_HELD,
    };

    if (job->record_back)
        return 0;
    if (rule_book_open(job, &arena, plan, &night.book, err) < 0)
        return -1;
    table_init(&night.row_of, plan->row_count);
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].action != ACTION_KEEP && plan->row[i].account_id)
            table_add(&night.row_of, plan->row[i].account_id, (uint32_t)i);
    }
    int failed = end_rulings(&night, err) < 0 || announce(&night, err) < 0 ||
                 forget_unreached(&night, err) < 0;
    table_release(&night.row_of);
    return failed ? -1 : 0;
}
