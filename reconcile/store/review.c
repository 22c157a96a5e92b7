/*
 * What people decide about a plan. Every decision holds the portal's row first, so that it is made
 * on the plan as it is and not on one that a run is just replacing; and it is about one digest: who
 * approved another plan than the stored one has approved nothing.
 */
#include "store/review.h"

#include "base/text.h"
#include "store/audit.h"
#include "store/column.h"

/* Bynder reactivates only after so many days, or through its support (API.md 1.5). */
#define LOCKED_DAYS 180

static const struct column standing_columns[] = {
    COLUMN_OF_WORDS("state", struct store_standing, state, &plan_state_words),
    COLUMN("expires_at", struct store_standing, expires_at),
    COLUMN("digest", struct store_standing, digest),
    COLUMN("held_by", struct store_standing, held_by),
    COLUMN_END,
};

int store_load_standing(const struct store *store, struct arena *arena, int64_t plan_id,
                        struct store_standing *ret_standing, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_review, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan_id)) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_USAGE, "there is no plan '%lld'", (long long)plan_id);
    *ret_standing = (struct store_standing){.state = PLAN_EXPIRED};
    (void)store_read_row(standing_columns, result, 0, arena, ret_standing);
    return 0;
}

static int refuse(int64_t plan_id, const char *why, struct err *err)
{
    return err_set(err, ERR_HELD, "plan '%lld' %s", (long long)plan_id, why);
}

/* --- approving --- */

/* What is wrong with deciding on a plan in this state; NULL = nothing. */
static const char *const undecidable[] = {
    [PLAN_HELD] = NULL,
    [PLAN_EMPTY] = "proposes nothing: there is nothing to approve",
    [PLAN_PROPOSED] = NULL,
    [PLAN_APPROVED] = NULL,
    [PLAN_APPLYING] = "is being carried out already: an approval is used once",
    [PLAN_APPLIED] = "was carried out already: an approval is used once",
    [PLAN_EXPIRED] = "is expired, or a newer one took its place; hint: look at the newest",
    [PLAN_REJECTED] = "was rejected",
};

static int check_approvable(const struct plan *plan, const struct store_standing *standing,
                            int64_t newest_plan, struct instant now, struct err *err)
{
    if (digest_compare(&plan->digest, &standing->digest) != 0)
        return refuse(plan->id, "has another digest than the one that was seen", err);
    if (undecidable[standing->state])
        return refuse(plan->id, undecidable[standing->state], err);
    if (plan->id != newest_plan)
        return err_set(err, ERR_HELD, "plan '%lld' was superseded by plan '%lld'",
                       (long long)plan->id, (long long)newest_plan);
    if (instant_is_set(standing->expires_at) && instant_compare(standing->expires_at, now) <= 0)
        return refuse(plan->id, "is expired; hint: make a new one with 'plan'", err);
    if (standing->held_by)
        return err_set(err, ERR_HELD,
                       "plan '%lld' is held by %s; hint: find out why, or override each of them "
                       "with a reason",
                       (long long)plan->id, standing->held_by);
    return 0;
}

static int put_overrides(const struct store *store, struct arena *arena, int64_t plan_id,
                         const struct override *override, size_t count, struct instant now,
                         struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP(pg_clearp) PGresult *result = NULL;
        if (text_is_empty(override[i].reason))
            return err_set(err, ERR_USAGE, "the override of guard '%s' has no reason",
                           override[i].guard);
        if (PG_QUERY(store->pg, override_put, PG_MAYBE, &result, err,
                     store_number(arena, store->portal_id), store_number(arena, plan_id),
                     override[i].guard, override[i].who, override[i].reason,
                     store_time(arena, now)) < 0)
            return -1;
        if (PQntuples(result) == 0)
            return err_set(err, ERR_USAGE, "guard '%s' does not hold plan '%lld'",
                           override[i].guard, (long long)plan_id);
        if (pg_bool(result, 0, 0) &&
            store_audit_override(store, plan_id, &override[i], now, err) < 0)
            return -1;
    }
    return 0;
}

static bool has_row(const struct plan *plan, const char *account_id)
{
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].action != ACTION_KEEP && text_equal(plan->row[i].account_id, account_id))
            return true;
    }
    return false;
}

static int put_rows(const struct store *store, struct arena *arena, const struct plan *plan,
                    const struct approval *approval, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *portal = store_number(arena, store->portal_id);
    const char *number = store_number(arena, plan->id);

    if (PG_QUERY(store->pg, approval_rows_drop, PG_NOTHING, NULL, err, portal, number,
                 approval->who) < 0)
        return -1;
    if (approval->all)
        return 0;
    if (PG_QUERY(store->pg, approval_rows_put, PG_NOTHING, &result, err, portal, number,
                 approval->who, store_text_array(arena, approval->account_id, approval->count)) < 0)
        return -1;
    if (pg_affected(result) == (int64_t)approval->count)
        return 0;
    for (size_t i = 0; i < approval->count; i++) {
        if (!has_row(plan, approval->account_id[i]))
            return err_set(err, ERR_USAGE, "'%s' is no account with an action in plan '%lld'",
                           approval->account_id[i], (long long)plan->id);
    }
    return 0; /* named twice */
}

static int approve(const struct store *store, struct arena *arena, const struct plan *plan,
                   const struct approval *approval, const struct override *override,
                   size_t override_count, struct instant now, struct err *err)
{
    struct store_standing standing;
    int64_t newest_plan = 0;
    const char *portal = store_number(arena, store->portal_id);
    const char *number = store_number(arena, plan->id);

    if (store_hold(store, 0, &newest_plan, err) < 0 ||
        put_overrides(store, arena, plan->id, override, override_count, now, err) < 0 ||
        store_load_standing(store, arena, plan->id, &standing, err) < 0 ||
        check_approvable(plan, &standing, newest_plan, now, err) < 0 ||
        PG_QUERY(store->pg, approval_put, PG_NOTHING, NULL, err, portal, number, approval->who,
                 "approve", store_time(arena, now), store_flag(approval->all), NULL) < 0 ||
        put_rows(store, arena, plan, approval, err) < 0 ||
        store_audit_approval(store, plan, approval, now, err) < 0)
        return -1;
    return PG_QUERY(store->pg, plan_weigh, PG_NOTHING, NULL, err, portal, number);
}

int store_approve(struct store *store, const struct plan *plan, const struct approval *approval,
                  const struct override *override, size_t override_count, struct instant now,
                  struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    if (pg_begin(store->pg, err) < 0)
        return -1;
    int failed = approve(store, &scratch, plan, approval, override, override_count, now, err);
    if (store_end(store, failed, err) < 0)
        return err_prefix(err, "the approval was not recorded");
    return 0;
}

/* --- rejecting --- */

/* A plan that is being carried out can be rejected as well: its next intent is refused. */
static bool may_be_rejected(enum plan_state state)
{
    return state == PLAN_APPLYING || !undecidable[state];
}

static int reject(const struct store *store, struct arena *arena, int64_t plan_id, const char *who,
                  const char *reason, struct instant now, struct err *err)
{
    struct store_standing standing;
    const char *portal = store_number(arena, store->portal_id);
    const char *number = store_number(arena, plan_id);

    if (store_hold(store, 0, NULL, err) < 0 ||
        store_load_standing(store, arena, plan_id, &standing, err) < 0)
        return -1;
    if (!may_be_rejected(standing.state))
        return err_set(err, ERR_HELD, "plan '%lld' is %s: there is nothing to reject",
                       (long long)plan_id, plan_state_name(standing.state));
    if (PG_QUERY(store->pg, approval_put, PG_NOTHING, NULL, err, portal, number, who, "reject",
                 store_time(arena, now), store_flag(true), reason) < 0 ||
        PG_QUERY(store->pg, plan_set_state, PG_NOTHING, NULL, err, portal, number,
                 plan_state_name(PLAN_REJECTED)) < 0)
        return -1;
    return store_audit_rejection(store, plan_id, who, reason, now, err);
}

int store_reject(struct store *store, int64_t plan_id, const char *who, const char *reason,
                 struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    if (text_is_empty(reason))
        return err_set(err, ERR_USAGE, "a rejection needs a reason");
    if (pg_begin(store->pg, err) < 0)
        return -1;
    int failed = reject(store, &scratch, plan_id, who, reason, now, err);
    if (store_end(store, failed, err) < 0)
        return err_prefix(err, "the rejection was not recorded");
    return 0;
}

/* --- loading --- */

/* A line of approval_list; account_id NULL = of all rows. */
struct approval_line {
    struct approval approval;
    const char *account_id;
};

static const struct column approval_columns[] = {
    COLUMN("who", struct approval_line, approval.who),
    COLUMN("decided_at", struct approval_line, approval.at),
    COLUMN("all_rows", struct approval_line, approval.all),
    COLUMN("account_id", struct approval_line, account_id),
    COLUMN_END,
};

/* Lines of one person stand together. */
static void read_approvals(const PGresult *result, struct arena *arena, struct review *review)
{
    size_t lines = 0, people = 0, named = 0;
    const struct approval_line *line =
        store_read_all(approval_columns, sizeof(line[0]), result, arena, &lines);
    struct approval *approval = arena_calloc(arena, lines + 1, sizeof(approval[0]));
    const char **account_id = arena_calloc(arena, lines + 1, sizeof(account_id[0]));

    for (size_t i = 0; i < lines; i++) {
        if (people == 0 || !text_equal(approval[people - 1].who, line[i].approval.who)) {
            approval[people] = line[i].approval;
            approval[people++].account_id = &account_id[named];
        }
        if (!line[i].account_id)
            continue;
        account_id[named++] = line[i].account_id;
        approval[people - 1].count++;
    }
    review->approval = approval;
    review->approval_count = people;
}

static const struct column override_columns[] = {
    COLUMN("guard", struct override, guard),
    COLUMN("who", struct override, who),
    COLUMN("reason", struct override, reason),
    COLUMN_END,
};

int store_load_review(struct store *store, struct arena *arena, int64_t plan_id,
                      struct review *ret_review, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *approvals = NULL;
    CLEANUP(pg_clearp) PGresult *overrides = NULL;
    const char *portal = store_number(arena, store->portal_id);
    const char *number = store_number(arena, plan_id);
    struct review review = {.approval_count = 0};

    if (PG_QUERY(store->pg, approval_list, PG_MANY, &approvals, err, portal, number) < 0 ||
        PG_QUERY(store->pg, override_list, PG_MANY, &overrides, err, portal, number) < 0)
        return -1;
    read_approvals(approvals, arena, &review);
    review.override = store_read_all(override_columns, sizeof(review.override[0]), overrides, arena,
                                     &review.override_count);
    *ret_review = review;
    return 0;
}

int store_load_ready_plans(struct store *store, struct arena *arena, struct instant now,
                           int64_t **ret_id, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plans_ready, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_time(arena, now)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    int64_t *id = arena_calloc(arena, count + 1, sizeof(id[0]));
    for (size_t i = 0; i < count; i++)
        id[i] = pg_int(result, (int)i, 0);
    *ret_id = id;
    *ret_count = count;
    return 0;
}

int store_load_stop(struct store *store, struct arena *arena, const char **ret_reason,
                    struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, stop_load, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    *ret_reason = PQntuples(result) ? store_string(arena, result, 0, 0) : NULL;
    return 0;
}

static const struct column locked_columns[] = {
    COLUMN("account_id", struct store_lock_until, account_id),
    COLUMN("username", struct store_lock_until, username),
    COLUMN("email", struct store_lock_until, email),
    COLUMN("done_at", struct store_lock_until, suspended_at),
    COLUMN_END,
};

int store_load_locked(struct store *store, struct arena *arena, struct instant now,
                      struct store_lock_until **ret_locked, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct instant since = instant_add_us(now, -LOCKED_DAYS * DAY_US);

    if (PG_QUERY(store->pg, account_locked, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_time(arena, since)) < 0)
        return -1;
    struct store_lock_until *locked =
        store_read_all(locked_columns, sizeof(locked[0]), result, arena, ret_count);
    for (size_t i = 0; i < *ret_count; i++)
        locked[i].until = instant_add_us(locked[i].suspended_at, LOCKED_DAYS * DAY_US);
    *ret_locked = locked;
    return 0;
}
