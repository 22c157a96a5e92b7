/*
 * The digest is compared first: a person approves what they saw, and anything else about the plan
 * only matters after that. A held plan can be approved only when every guard that holds it has been
 * overridden, each by its name, with a reason, for this plan alone.
 */
#include "job/approve.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/review.h"

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

/* What a state says to somebody who wants to approve; NULL = they may. */
static const char *state_refusal(enum plan_state state)
{
    static const char *const refusal[] = {
        [PLAN_HELD] = NULL, /* unless overridden: looked at separately */
        [PLAN_EMPTY] = "has nothing to approve",
        [PLAN_PROPOSED] = NULL,
        [PLAN_APPROVED] = NULL,
        [PLAN_APPLYING] = "is being applied: a plan is approved before",
        [PLAN_APPLIED] = "is applied already: a plan is used once",
        [PLAN_EXPIRED] = "is expired, or a newer plan took its place",
        [PLAN_REJECTED] = "was rejected",
    };
    return refusal[state];
}

/* The guards named on the command line, each to be overridden for itself. */
struct overrides {
    struct override *item;
    size_t count;
};

static struct overrides split_overrides(struct arena *arena, const struct approve_request *request)
{
    const char *at = request->override_guards ? request->override_guards : "";
    struct overrides overrides = {
        .item = arena_calloc(arena, strlen(at) + 1, sizeof(overrides.item[0])),
    };

    while (*at) {
        const char *end = strchrnul(at, ',');
        overrides.item[overrides.count++] = (struct override){
            .guard = arena_strndup(arena, at, (size_t)(end - at)),
            .who = request->who,
            .reason = request->reason,
        };
        at = *end ? end + 1 : end;
    }
    return overrides;
}

static bool is_holding(const struct plan *plan, const char *guard)
{
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].hold && text_equal(plan->guard[i].id, guard))
            return true;
    }
    return false;
}

static int check_overrides(const struct plan *plan, const struct overrides *overrides,
                           struct err *err)
{
    for (size_t i = 0; i < overrides->count; i++) {
        if (text_is_empty(overrides->item[i].reason))
            return err_set(err, ERR_USAGE, "--override needs a --reason");
        if (!is_holding(plan, overrides->item[i].guard))
            return err_set(err, ERR_USAGE, "no guard '%s' holds plan %lld",
                           overrides->item[i].guard, (long long)plan->id);
    }
    return 0;
}

static int check_plan(struct job *job, const struct plan *plan, const struct overrides *overrides,
                      struct err *err)
{
    const struct review given = {.override = overrides->item, .override_count = overrides->count};
    const char *refusal = state_refusal(plan->state);
    struct review review;

    if (refusal)
        return err_set(err, ERR_HELD, "plan %lld %s", (long long)plan->id, refusal);
    if (check_overrides(plan, overrides, err) < 0 ||
        store_load_review(job->store, job->arena, plan->id, &review, err) < 0)
        return -1;
    for (size_t i = 0; i < plan->guard_count; i++) {
        const struct guard_finding *guard = &plan->guard[i];
        if (guard->hold && !review_is_overridden(&review, guard->id) &&
            !review_is_overridden(&given, guard->id))
            return err_set(err, ERR_HELD,
                           "plan %lld is held by %s: %s; hint: mend what is wrong and make a new "
                           "plan, or '--override %s --reason TEXT' for this one",
                           (long long)plan->id, guard->id, guard->text, guard->id);
    }
    return 0;
}

static int check_person(struct job *job, const struct plan *plan, const char *who, struct err *err)
{
    const struct config *config = job->config;
    struct approver *approver =
        arena_calloc(job->arena, config->approval.approver_count + 1, sizeof(approver[0]));

    for (size_t i = 0; i < config->approval.approver_count; i++) {
        approver[i].user = config->approval.approver[i].user;
        approver[i].email = config->approval.approver[i].email;
    }
    const char *refusal =
        review_refuse_approver(job->arena, plan, who, approver, config->approval.approver_count);
    return refusal ? err_set(err, ERR_HELD, "%s", refusal) : 0;
}

static int select_rows(struct job *job, const struct plan *plan,
                       const struct approve_request *request, struct approval *approval,
                       struct err *err)
{
    bool *only = arena_calloc(job->arena, plan->row_count + 1, sizeof(only[0]));
    bool *except = arena_calloc(job->arena, plan->row_count + 1, sizeof(except[0]));
    const char **id = arena_calloc(job->arena, plan->row_count + 1, sizeof(id[0]));

    if (request->only && review_select(plan, request->only, request->only_name, only, err) < 0)
        return -1;
    if (request->except &&
        review_select(plan, request->except, request->except_name, except, err) < 0)
        return -1;
    approval->all = !request->only && !request->except;
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].action != ACTION_KEEP && (!request->only || only[i]) && !except[i])
            id[approval->count++] = plan->row[i].account_id;
    }
    approval->account_id = id;
    if (approval->count == 0)
        return err_set(err, ERR_USAGE, "no row of plan %lld is left to approve",
                       (long long)plan->id);
    return 0;
}

static int count_rows(struct job *job, const struct plan *plan, const struct approval *approval,
                      struct approve_result *ret_result, struct err *err)
{
    struct approve_result result = {.rows = approval->count};
    const char *reason = NULL;
    struct review review;

    if (store_load_review(job->store, job->arena, plan->id, &review, err) < 0)
        return -1;
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        if (row->action == ACTION_KEEP || review_approvers(&review, row) == 0)
            continue;
        bool enough = review_is_approved(job->arena, plan, &review, row, &reason);
        result.approved += enough;
        result.missing += !enough;
    }
    *ret_result = result;
    return 0;
}

int job_approve(struct job *job, const struct plan *plan, const struct approve_request *request,
                struct approve_result *ret_result, struct err *err)
{
    struct approval approval = {.who = request->who, .at = job->now};
    struct overrides overrides = split_overrides(job->arena, request);

    if (check_digest(plan, request->digest, err) < 0 ||
        check_plan(job, plan, &overrides, err) < 0 ||
        check_person(job, plan, request->who, err) < 0 ||
        select_rows(job, plan, request, &approval, err) < 0)
        return -1;
    if (store_approve(job->store, plan, &approval, overrides.item, overrides.count, job->now, err) <
        0)
        return -1;
    return count_rows(job, plan, &approval, ret_result, err);
}
