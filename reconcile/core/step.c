/*
 * The states of a step and the three questions asked on its way. Nothing here knows how a reading
 * is made or where a state is kept; the table of transitions is the whole of what may happen.
 */
#include "core/step.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/column.h"
#include "base/fold.h"
#include "base/text.h"
#include "base/words.h"

static const char *const state_name[STEP_STATE_COUNT] = {
    [STEP_PLANNED] = "planned", [STEP_APPROVED] = "approved", [STEP_INTENT] = "intent",
    [STEP_DONE] = "done",       [STEP_ALREADY] = "already",   [STEP_SKIPPED] = "skipped",
    [STEP_FAILED] = "failed",   [STEP_UNKNOWN] = "unknown",   [STEP_VERIFIED] = "verified",
};

const struct column_words step_state_words = COLUMN_WORDS_OF(state_name);

#define TO(state) (1U << (state))

/* From a call on, a step can only end in what Bynder or a reading said. A call that certainly had
 * no effect (401, 429) gives the step back to approved: it starts anew, with a new intent. A failed
 * one was done after all when the process that called it stood still for so long that another run
 * had settled the step before the call went out: its own record is taken in later. */
static const unsigned transition[STEP_STATE_COUNT] = {
    [STEP_PLANNED] = TO(STEP_APPROVED),
    [STEP_APPROVED] = TO(STEP_PLANNED) | TO(STEP_INTENT) | TO(STEP_ALREADY) | TO(STEP_SKIPPED),
    [STEP_INTENT] = TO(STEP_APPROVED) | TO(STEP_DONE) | TO(STEP_FAILED) | TO(STEP_UNKNOWN),
    [STEP_UNKNOWN] = TO(STEP_DONE) | TO(STEP_FAILED),
    [STEP_FAILED] = TO(STEP_DONE),
    [STEP_DONE] = TO(STEP_VERIFIED),
};

const char *step_state_name(enum step_state state)
{
    return state_name[state];
}

bool step_state_parse(const char *name, enum step_state *ret_state)
{
    return WORD_FIND(state_name, name, ret_state);
}

bool step_may_become(enum step_state from, enum step_state to)
{
    return transition[from] & TO(to);
}

bool step_is_open(enum step_state state)
{
    return state == STEP_INTENT || state == STEP_UNKNOWN;
}

struct step_aim step_aim_of(const struct plan_row *row)
{
    return (struct step_aim){.action = row->action,
                             .from_profile = row->from_profile_id,
                             .to_profile = row->to_profile_id};
}

bool step_is_wanted(const struct step_aim *aim, const struct reading *reading)
{
    enum account_status wanted = actions[aim->action].wanted;
    bool any_profile = !actions[aim->action].sets_profile;

    switch (reading->kind) {
    case READING_FOUND:
        return (wanted == ACCOUNT_ACTIVE || wanted == ACCOUNT_INACTIVE) &&
               reading->account.status == wanted && /* an answer is no absence */
               (any_profile ||
                (aim->to_profile &&
                 text_equal(account_alike(&reading->account)->profile_id, aim->to_profile)));
    case READING_GONE:
        return wanted == ACCOUNT_GONE;
    case READING_FAILED:
        break;
    }
    return false;
}

enum account_status step_status_then(const struct step_aim *aim, const struct account *account)
{
    return actions[aim->action].sets_profile ? account->status : actions[aim->action].wanted;
}

/* --- before the act --- */

static struct step_verdict skip(const char *reason)
{
    return (struct step_verdict){.kind = STEP_SKIP, .reason = reason};
}

/* E-mail addresses are the same when they differ only in case: Bynder's own pages do not keep it.
 */
static bool same_email(struct arena *arena, const char *a, const char *b)
{
    return text_equal(fold_text(arena, a), fold_text(arena, b));
}

static const char *or_none(const char *value)
{
    return value ? value : "none";
}

static struct step_verdict judge_decision(struct arena *arena, const struct plan_row *row,
                                          const struct decision *fresh, struct day today)
{
    char day[DAY_TEXT_SIZE];

    if (fresh->action != row->action || !text_equal(decision_rule(fresh), row->rule))
        return skip(arena_printf(arena, "the rule does not hold any more: now %s (%s: %s)",
                                 action_name(fresh->action), fresh->clause, fresh->reason));
    if (fresh->new_announcement && day_is_set(fresh->not_before))
        return skip("its grace starts anew: there was a login, or it was never announced");
    if (day_is_set(fresh->not_before) && day_compare(today, fresh->not_before) < 0)
        return skip(arena_printf(arena, "its grace is not over: not before %s",
                                 day_format(fresh->not_before, day)));
    return (struct step_verdict){.kind = STEP_ACT, .reason = fresh->reason};
}

struct step_verdict step_judge(struct arena *arena, const struct plan_row *row,
                               const struct reading *reading, const struct decision *fresh,
                               struct day today)
{
    const struct account *account = &reading->account;
    const struct step_aim aim = step_aim_of(row);
    enum account_status expected = actions[row->action].expected;

    if (reading->kind == READING_FAILED)
        return skip("the account could not be read");
    if (step_is_wanted(&aim, reading))
        return (struct step_verdict){.kind = STEP_IS_ALREADY,
                                     .reason = "the wanted state was there already"};
    if (reading->kind == READING_GONE)
        return skip("the account is gone");
    if (!text_equal(account->id, row->account_id))
        return skip("the answer is of another account");
    if (!same_email(arena, account->email, row->email))
        return skip("the account has another e-mail address than in the plan");
    if (account->status != expected)
        return skip(arena_printf(arena, "the account is %s, not %s",
                                 account_status_name(account->status),
                                 account_status_name(expected)));
    if (actions[row->action].sets_profile &&
        !text_equal(account_alike(account)->profile_id, aim.from_profile))
        return skip(arena_printf(arena, "the account has the profile '%s', not '%s'",
                                 or_none(account_alike(account)->profile_id),
                                 or_none(aim.from_profile)));
    return judge_decision(arena, row, fresh, today);
}

/* --- after the act --- */

/* Who an account is, what it may do, and what an act is about. */
#define ALWAYS_COMPARED                                                                            \
    "look at the account first, and ask Bynder when it is the portal that does so: this is "       \
    "compared after every act, and no setting leaves it out"

static bool same_groups(const struct account *a, const struct account *b)
{
    if (account_alike(a)->group_count != account_alike(b)->group_count)
        return false;
    for (size_t i = 0; i < account_alike(a)->group_count; i++) {
        size_t k = 0;
        while (k < account_alike(b)->group_count &&
               !text_equal(account_alike(a)->group[i].id, account_alike(b)->group[k].id))
            k++;
        if (k == account_alike(b)->group_count)
            return false;
    }
    return true;
}

static bool logged_in_between(const struct account *before, const struct account *after)
{
    return after->login.kind == LOGIN_KNOWN &&
           (before->login.kind != LOGIN_KNOWN ||
            instant_compare(after->login.at, before->login.at) > 0);
}

/* OWN_CHANGE_COUNT: none of those that the portal may be said to change by itself. */
static size_t find_own(const char *name)
{
    size_t at = 0;

    while (at < OWN_CHANGE_COUNT && !text_equal(own_change_names[at], name))
        at++;
    return at;
}

/* What lets acts go on after such a change, as a line to paste: what is named already, and this. */
static const char *let_go(struct arena *arena, const struct own_changes *own, size_t at)
{
    CLEANUP(text_release) struct text names = TEXT_INIT;

    for (size_t i = 0; i < OWN_CHANGE_COUNT; i++) {
        if (i == at || (own && own->of[i]))
            text_addf(&names, "%s\"%s\"", names.length > 0 ? ", " : "", own_change_names[i]);
    }
    return arena_printf(
        arena,
        "look at the account first; when the portal does so by itself at every such act, and it "
        "does no harm, this line in 'portal' of the configuration, in place of the one there, lets "
        "acts go on: changes_itself = [ %s ];",
        text_cstr(&names));
}

/* NULL = unchanged, or said to be the portal's own. `theirs`: what another value is now, they
 * changed themselves. */
static const char *change_of(struct arena *arena, const struct own_changes *own, const char *name,
                             const char *was, const char *is, bool theirs)
{
    size_t at = find_own(name);

    if (text_equal(was, is) || (is && theirs) || (own && at < OWN_CHANGE_COUNT && own->of[at]))
        return NULL;
    return arena_printf(arena, "%s is %s now; hint: %s", name, is ? "another" : "empty",
                        at < OWN_CHANGE_COUNT ? let_go(arena, own, at) : ALWAYS_COMPARED);
}

static const char *find_particular(struct arena *arena, const struct own_changes *own,
                                   const struct step_sight *before, const struct step_sight *after,
                                   bool theirs)
{
    const char *change = NULL;

    for (size_t i = 0; before->particulars && after->particulars && i < PARTICULAR_COUNT && !change;
         i++)
        change = change_of(arena, own, particular_names[i], before->particulars->value[i],
                           after->particulars->value[i], theirs);
    return change;
}

static const char *find_field(struct arena *arena, const struct own_changes *own,
                              const struct account *before, const struct account *after,
                              bool theirs)
{
    const struct {
        const char *name, *was, *is;
        bool theirs; /* they may change it themselves, or single sign-on does */
    } field[] = {
        {"id", before->id, after->id, false},
        {"username", before->username, after->username, false},
        {"email", before->email, after->email, false},
        {"name", before->name, after->name, theirs},
        {"employeeNumber", before->employee_number, after->employee_number, false},
        {"country", account_alike(before)->country, account_alike(after)->country, false},
        {"department", account_alike(before)->department, account_alike(after)->department, theirs},
    };
    const char *change = NULL;

    for (size_t i = 0; i < COUNT_OF(field) && !change; i++)
        change = change_of(arena, own, field[i].name, field[i].was, field[i].is, field[i].theirs);
    return change;
}

/* What acts of ours set, and how it should be. */
static const char *find_setting(struct arena *arena, const struct step_aim *aim,
                                const struct account *before, const struct account *after)
{
    bool sets = actions[aim->action].sets_profile;
    const struct {
        const char *name, *was, *is;
    } setting[] = {
        {"profileId", sets ? aim->to_profile : account_alike(before)->profile_id,
         account_alike(after)->profile_id},
        {"profileId", sets ? aim->from_profile : account_alike(before)->profile_id,
         account_alike(before)->profile_id},
        {"active", sets ? account_status_name(before->status) : NULL,
         sets ? account_status_name(after->status) : NULL},
        {"isSSOOnly", before->sso_only ? "true" : "false", after->sso_only ? "true" : "false"},
    };

    for (size_t i = 0; i < COUNT_OF(setting); i++) {
        if (!text_equal(setting[i].was, setting[i].is))
            return arena_printf(arena, "%s was '%s' and is '%s'; hint: %s", setting[i].name,
                                setting[i].was ? setting[i].was : "",
                                setting[i].is ? setting[i].is : "", ALWAYS_COMPARED);
    }
    return NULL;
}

const char *step_unintended_change(struct arena *arena, const struct step_aim *aim,
                                   const struct own_changes *own, const struct step_sight *before,
                                   const struct step_sight *after)
{
    const struct account *was = before->account, *is = after->account;
    bool theirs = logged_in_between(was, is);
    const char *change = find_setting(arena, aim, was, is);

    if (!change)
        change = find_particular(arena, own, before, after, theirs);
    if (!change)
        change = find_field(arena, own, was, is, theirs);
    if (change)
        return change;
    if (!same_groups(was, is))
        return "the groups are not the same; hint: " ALWAYS_COMPARED;
    if (was->login.kind == LOGIN_KNOWN &&
        (is->login.kind != LOGIN_KNOWN || instant_compare(is->login.at, was->login.at) < 0))
        return "the last login went backwards; hint: " ALWAYS_COMPARED;
    return NULL;
}

/* The profile that was to be set, whatever else became of the account since. */
static bool has_profile(const struct step_aim *aim, const struct account *account)
{
    return actions[aim->action].sets_profile && aim->to_profile &&
           text_equal(account_alike(account)->profile_id, aim->to_profile);
}

/* Neither the profile before nor the one that was to be set. */
static bool has_third_profile(const struct step_aim *aim, const struct account *account)
{
    return actions[aim->action].sets_profile && account_alike(account)->profile_id &&
           !text_equal(account_alike(account)->profile_id, aim->from_profile) &&
           !text_equal(account_alike(account)->profile_id, aim->to_profile);
}

/* The account does not show the effect. */
static enum step_state settle_old_state(const struct step_call *call, const struct account *account,
                                        struct instant now, int64_t patience_us,
                                        const char **ret_reason)
{
    int64_t age_us = now.us - call->at.us;

    if (call->accepted && age_us < STEP_AWAITED_DAYS * DAY_US) {
        *ret_reason = "accepted by Bynder, and its effect does not show yet";
        return STEP_UNKNOWN;
    }
    if (!call->accepted && age_us < patience_us) {
        *ret_reason = "the account is as before, but the call is recent: its effect may come later";
        return STEP_UNKNOWN;
    }
    if (has_third_profile(&call->aim, account))
        *ret_reason = "the account has neither the profile of before nor the one to be set: it was "
                      "changed by somebody since";
    else
        *ret_reason = call->accepted ? "accepted, and without effect"
                                     : "the account is as before: the call had no effect";
    return STEP_FAILED;
}

enum step_state step_settle(const struct step_call *call, const struct reading *reading,
                            struct instant now, int64_t patience_us, const char **ret_reason)
{
    if (reading->kind == READING_FAILED) {
        *ret_reason = "the account could not be read";
        return STEP_UNKNOWN;
    }
    if (step_is_wanted(&call->aim, reading)) {
        *ret_reason = "a reading shows the wanted state";
        return STEP_DONE;
    }
    if (reading->kind == READING_GONE) {
        *ret_reason = "the account is gone, so the act can have no effect any more";
        return STEP_FAILED;
    }
    if (reading->account.status == ACCOUNT_UNREADABLE) {
        *ret_reason = "the account's status could not be read";
        return STEP_UNKNOWN;
    }
    if (has_profile(&call->aim, &reading->account)) {
        *ret_reason = "a reading shows the profile; what else became of the account came since";
        return STEP_DONE;
    }
    return settle_old_state(call, &reading->account, now, patience_us, ret_reason);
}

/* --- how much may fail --- */

#define FAILURES_IN_A_ROW  3
#define FAILURES_TRIED_MIN 20
#define FAILURES_PERCENT   5

void step_failures_count(struct step_failures *failures, bool failed)
{
    failures->tried++;
    failures->failed += failed;
    failures->in_a_row = failed ? failures->in_a_row + 1 : 0;
}

bool step_failures_stop(const struct step_failures *failures)
{
    return failures->in_a_row >= FAILURES_IN_A_ROW ||
           (failures->tried >= FAILURES_TRIED_MIN &&
            failures->failed * 100 > failures->tried * FAILURES_PERCENT);
}
