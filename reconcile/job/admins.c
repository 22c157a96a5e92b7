/*
 * Who is counted was an administrator in the list, is one by a reading made now, and has no act of
 * ours under way: the effect of that may come any moment. The job's own account is none of them.
 */
#include "job/admins.h"

#include "base/text.h"

static bool is_admin(const struct acting *acting, const struct account *account)
{
    const struct profile *profile =
        snapshot_profile(&acting->now->snapshot, account_alike(account)->profile_id);

    return account->status == ACCOUNT_ACTIVE && profile &&
           guard_is_admin_profile(&acting->job->config->limits, profile);
}

static bool keeps_admin(const struct acting *acting, const struct plan_row *row)
{
    const struct profile *profile = snapshot_profile(&acting->now->snapshot, row->to_profile_id);

    return profile && guard_is_admin_profile(&acting->job->config->limits, profile);
}

static const struct account *find(const struct snapshot *snapshot, const char *id)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        if (text_equal(snapshot->account[i].id, id))
            return &snapshot->account[i];
    }
    return NULL;
}

size_t admins_to_read(struct acting *acting, const struct plan_row *row)
{
    const struct account *account = find(&acting->now->snapshot, row->account_id);
    size_t at = (size_t)(row - acting->plan->row);

    if (!account || !is_admin(acting, account) || keeps_admin(acting, row) ||
        rule_overrides(acting->job, &acting->proposal->book, at, "G9"))
        return 0;
    return (size_t)acting->job->config->limits.min_admins;
}

static bool is_under_way(const struct store_step *open, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(open[i].account_id, id))
            return true;
    }
    return false;
}

int admins_recount(struct acting *acting, const struct plan_row *row, const char **ret_reason,
                   struct err *err)
{
    struct job *job = acting->job;
    const struct snapshot *snapshot = &acting->now->snapshot;
    size_t wanted = admins_to_read(acting, row), found = 0, open_count = 0;
    struct store_step *open = NULL;
    const char *why = NULL;

    *ret_reason = NULL;
    if (wanted == 0)
        return 0;
    if (store_load_open_steps(job->store, job->arena, &open, &open_count, err) < 0)
        return -1;
    for (size_t i = 0; i < snapshot->count && found < wanted; i++) {
        const struct account *other = &snapshot->account[i];
        if (!is_admin(acting, other) || text_equal(other->id, row->account_id) ||
            text_equal(other->id, snapshot->own_id) || is_under_way(open, open_count, other->id))
            continue;
        struct reading reading = act_read(job, other->id, &why);
        found += reading.kind == READING_FOUND && is_admin(acting, &reading.account);
    }
    if (found < wanted)
        *ret_reason = arena_printf(job->arena,
                                   "an administrator, and only %zu others are active; at least %zu "
                                   "must be left (G9)",
                                   found, wanted);
    return 0;
}
