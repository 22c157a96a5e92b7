/*
 * "Somebody reactivated it" makes an account not ours any more, for good, so it takes more than one
 * line of a list. A list that shows the seat while the account itself says inactive is late, and
 * the account is taken as it says.
 */
#include "job/confirm.h"

#include "base/cleanup.h"
#include "host/log.h"
#include "job/act.h"
#include "store/login.h"

static bool is_news(const struct snapshot *snapshot, const struct account *account)
{
    const struct account_history *history = &account->history;

    return account->status == ACCOUNT_ACTIVE && !account->flaw && history->reactivated_since &&
           instant_compare(history->reactivated_at, snapshot->taken_at) == 0;
}

/* As if the list had not shown it with a seat. */
static void take_back(struct account *account)
{
    struct account_history *history = &account->history;

    history->reactivated_since = false;
    history->reactivated_at = INSTANT_NONE;
    history->suspended_by_us = history->acted_at;
}

static void judge(struct account *account, const struct reading *reading, const char *why)
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
    account->flaw = "listed as active after our suspension, which no single read confirms";
}

int confirm_reactivated(struct job *job, struct snapshot *snapshot, struct err *err)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        struct account *account = &snapshot->account[i];
        const char *why = NULL;
        if (!is_news(snapshot, account) || !account_id_is_v4(account->id))
            continue;
        if (clock_is_interrupted())
            return err_set(err, ERR_INTERRUPTED, "stopped by a signal while accounts were read");
        struct reading reading = act_read(job, account->id, NULL, &why);
        judge(account, &reading, why);
    }
    return 0;
}

void confirm_keep(struct job *job, const struct account *account)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct pending_login pending = {
        .account_id = account->id, .login = account->login, .department = account->department};

    if (account->login.kind == LOGIN_NOT_READ)
        return;
    if (store_save_logins(job->store, &pending, 1, NULL, &err) < 0)
        log_warning("what the look before the act told is not kept: %s", err.text);
}
