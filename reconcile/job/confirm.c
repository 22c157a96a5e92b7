/*
 * "Somebody reactivated it", or "somebody gave it another profile", makes an account not ours any
 * more, for good, so it takes more than one line of a list. A list that shows the seat while the
 * account itself says inactive is late, and the account is taken as it says; likewise one that
 * shows the profile of before.
 */
#include "job/confirm.h"

#include "base/cleanup.h"
#include "host/log.h"
#include "job/act.h"
#include "store/login.h"

static bool is_news(const struct snapshot *snapshot, const struct account *account)
{
    const struct account_past *past = account_past(account);

    return account->status == ACCOUNT_ACTIVE && !account_alike(account)->flaw &&
           past->reactivated_since &&
           instant_compare(past->reactivated_at, snapshot->taken_at) == 0;
}

/* As if the list had not shown it with a seat. */
static void take_back(struct account *account)
{
    struct account_past *past = account->history.past; /* it has one: is_news */

    past->reactivated_since = false;
    past->reactivated_at = INSTANT_NONE;
    past->suspended_by_us = past->acted_at;
}

static void judge(struct arena *arena, struct account *account, const struct reading *reading,
                  const char *why)
{
    if (reading->kind == READING_FOUND && reading->account.status == ACCOUNT_ACTIVE)
        return;
    take_back(account);
    if (reading->kind == READING_FOUND && reading->account.status == ACCOUNT_INACTIVE) {
        log_info("account '%s': the list shows it active, which it is not: the list is late",
                 account->id);
        account->status = ACCOUNT_INACTIVE;
        return;
    }
    log_warning("account '%s' is listed as active after our suspension, and a single read does not "
                "say so: %s",
                account->id, why ? why : "it says nothing of its state");
    account->status = ACCOUNT_UNREADABLE;
    account_alike_own(arena, account)->flaw =
        "listed as active after our suspension, which no single read confirms";
}

/* --- another profile than our downgrade gave (R8, R16) --- */

static bool is_regraded_now(const struct snapshot *snapshot, const struct account *account)
{
    const struct account_downgrade *downgrade = account_past(account)->downgrade;

    return downgrade && !downgrade->restored && !account_alike(account)->flaw &&
           (account->status == ACCOUNT_ACTIVE || account->status == ACCOUNT_INACTIVE) &&
           instant_compare(account_past(account)->regraded_at, snapshot->taken_at) == 0;
}

static void judge_profile(struct arena *arena, struct account *account,
                          const struct reading *reading, const char *why)
{
    struct account_downgrade *downgrade = account_past(account)->downgrade;
    const char *profile =
        reading->kind == READING_FOUND ? account_alike(&reading->account)->profile_id : NULL;

    if (profile && !text_equal(profile, downgrade->to))
        return;
    account->history.past->regraded_at = downgrade->other_at = INSTANT_NONE;
    if (profile) {
        log_info("account '%s': the list shows another profile than it has: the list is late",
                 account->id);
        account_alike_own(arena, account)->profile_id = profile;
        return;
    }
    log_warning("account '%s' is listed with another profile than our downgrade gave, and a single "
                "read does not say so: %s",
                account->id, why ? why : "it says nothing of its profile");
    account->status = ACCOUNT_UNREADABLE;
    account_alike_own(arena, account)->flaw =
        "listed with another profile than our downgrade gave, which no single read confirms";
}

static int confirm_one(struct job *job, struct account *account, bool is_seat, struct err *err)
{
    const char *why = NULL;

    if (clock_is_interrupted())
        return err_set(err, ERR_INTERRUPTED, "stopped by a signal while accounts were read");
    struct reading reading = act_read(job, account->id, &why);
    if (is_seat)
        judge(job->arena, account, &reading, why);
    else
        judge_profile(job->arena, account, &reading, why);
    return 0;
}

int confirm_undone(struct job *job, struct snapshot *snapshot, struct err *err)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        struct account *account = &snapshot->account[i];
        if (!account_id_is_v4(account->id))
            continue;
        if ((is_news(snapshot, account) && confirm_one(job, account, true, err) < 0) ||
            (is_regraded_now(snapshot, account) && confirm_one(job, account, false, err) < 0))
            return -1;
    }
    return 0;
}

void confirm_keep(struct job *job, const struct account *account)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct pending_login pending = {.account_id = account->id,
                                          .login = account->login,
                                          .department = account_alike(account)->department};

    if (account->login.kind == LOGIN_NOT_READ)
        return;
    if (store_save_logins(job->store, &pending, 1, NULL, &err) < 0)
        log_warning("what the look before the act told is not kept: %s", err.text);
}
