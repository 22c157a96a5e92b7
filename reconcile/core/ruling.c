/*
 * What stands, what it covers, and what ends it. Two kinds of brake meet here: what acts (an
 * approval) counts for one subject, one time and people who are listed, and falls away with any of
 * them; what spares (a keep, a rejection) counts for the account, and only its day or a person ends
 * it. Where they meet, sparing wins.
 */
#include "core/ruling.h"

#include <string.h>

#include "base/fold.h"
#include "base/site.h"
#include "base/text.h"
#include "base/words.h"
#include "core/plan.h"

#define HOUR_US (3600 * SECOND_US)

static const char *const kind_name[RULING_KIND_COUNT] = {
    [RULING_KEEP] = "keep",
    [RULING_REJECT] = "reject",
    [RULING_AGAIN] = "again",
    [RULING_APPROVE] = "approve",
};

static const char *const end_name[RULING_END_COUNT] = {
    [RULING_STANDS] = "",         [RULING_DONE] = "done",           [RULING_REFUSED] = "refused",
    [RULING_CHANGED] = "changed", [RULING_KEPT] = "kept",           [RULING_LOGIN] = "login",
    [RULING_NEWER] = "newer",     [RULING_WITHDRAWN] = "withdrawn", [RULING_EXPIRED] = "expired",
    [RULING_VOID] = "void",
};

const char *ruling_kind_name(enum ruling_kind kind)
{
    return kind_name[kind];
}

const char *ruling_end_name(enum ruling_end end)
{
    return end_name[end];
}

bool ruling_kind_parse(const char *name, enum ruling_kind *ret_kind)
{
    return WORD_FIND(kind_name, name, ret_kind);
}

bool ruling_end_parse(const char *name, enum ruling_end *ret_end)
{
    return WORD_FIND(end_name, name, ret_end);
}

/* --- people --- */

/* Whether an account is that of somebody who goes by these names. */
static bool is_own(struct arena *arena, const char *who, const char *own_email, const char *email,
                   const char *username)
{
    const char *user = fold_text(arena, who), *own = fold_text(arena, own_email);
    const char *folded = fold_text(arena, email), *name = fold_text(arena, username);
    const char *at = folded ? strchr(folded, '@') : NULL;

    if (own && (text_equal(own, folded) || text_equal(own, name)))
        return true;
    if (user && text_equal(user, name))
        return true;
    return !own && user && at && strlen(user) == (size_t)(at - folded) &&
           memcmp(user, folded, (size_t)(at - folded)) == 0;
}

const char *ruling_refuse_person(struct arena *arena, const struct approvers *approvers,
                                 const char *who, const char *email, const char *username)
{
    const struct approver *listed = NULL;

    for (size_t i = 0; i < approvers->count; i++) {
        if (text_equal(approvers->item[i].user, who))
            listed = &approvers->item[i];
    }
    if (approvers->count && !listed)
        return arena_printf(arena, "user '%s' is not among the configured approvers", who);
    if (!listed &&
        text_equal(who, "root")) /* anybody who may become root would be one more person */
        return "root is nobody in particular: decide as yourself, without sudo";
    if (is_own(arena, who, listed ? listed->email : NULL, email, username))
        return arena_printf(arena, "this is the own account of '%s': somebody else must decide",
                            who);
    return NULL;
}

/* --- what stands --- */

/* What spares, up to and including its day. */
static bool stands_until(const struct ruling *ruling, enum ruling_kind kind, struct day today)
{
    return ruling->kind == kind && ruling->end == RULING_STANDS &&
           day_compare(today, ruling->until) <= 0;
}

static bool is_gone(enum person_status person)
{
    return person == PERSON_DEPARTED || person == PERSON_ABSENT;
}

const struct ruling *ruling_spares(const struct rulings *rulings, bool of_login,
                                   enum person_status person, struct day today)
{
    for (size_t i = rulings ? rulings->count : 0; i-- > 0;) {
        const struct ruling *keep = &rulings->item[i];
        if (stands_until(keep, RULING_KEEP, today) &&
            (of_login || !is_gone(person) || keep->person_departed || keep->also_departed))
            return keep;
    }
    return NULL;
}

enum action ruling_again_of(const struct ruling *again)
{
    return again->action == ACTION_KEEP ? ACTION_SUSPEND : again->action;
}

const struct ruling *ruling_again(struct arena *arena, const struct approvers *approvers,
                                  const struct rulings *rulings, const struct account *account,
                                  enum action of, struct instant since, struct day today)
{
    for (size_t i = rulings ? rulings->count : 0; i-- > 0;) {
        const struct ruling *again = &rulings->item[i];
        if (stands_until(again, RULING_AGAIN, today) && ruling_again_of(again) == of &&
            instant_compare(again->at, since) > 0 &&
            !(approvers && ruling_refuse_person(arena, approvers, again->who, account->email,
                                                account->username)))
            return again;
    }
    return NULL;
}

static bool is_same_digest(const struct digest *a, const struct digest *b)
{
    return digest_compare(a, b) == 0 && !digest_is_zero(a);
}

/* A rule that got another name, or another text, is still the one whose row was rejected. */
static bool rejects_row(const struct ruling *ruling, const struct plan_row *row)
{
    return ruling->kind == RULING_REJECT && ruling->action == row->action &&
           (text_equal(ruling->rule, row->rule) ||
            is_same_digest(&ruling->rule_text, &row->rule_text));
}

bool ruling_ever_rejected(const struct rulings *rulings, const struct plan_row *row)
{
    for (size_t i = 0; rulings && i < rulings->count; i++) {
        if (rejects_row(&rulings->item[i], row))
            return true;
    }
    return false;
}

enum person_status ruling_person(const struct plan_row *row)
{
    if (text_equal(row->person_word, person_status_name(PERSON_DEPARTED)))
        return PERSON_DEPARTED;
    if (text_equal(row->person_word, person_status_name(PERSON_ABSENT)))
        return PERSON_ABSENT;
    return PERSON_UNKNOWN;
}

/* What was decided for the sandbox is never done in production, whatever both are called. */
static bool is_for(struct arena *arena, const struct ruling *ruling, const char *address)
{
    return !address || !ruling->address || site_is_same(arena, ruling->address, address);
}

/* Whether an approval is of this row and its time, whoever gave it. */
static bool is_of_row(struct arena *arena, const struct ruling *ruling,
                      const struct ruling_view *view, const struct plan_row *row)
{
    struct instant expires = ruling_expires(ruling, view->terms, true);

    return ruling->kind == RULING_APPROVE && ruling->end == RULING_STANDS &&
           is_for(arena, ruling, view->address) &&
           is_same_digest(&ruling->subject, &row->subject) && ruling->action == row->action &&
           instant_compare(view->now, expires) < 0;
}

/* Why the word of who gave it does not count; NULL = it does. */
static const char *why_not_heard(struct arena *arena, const struct ruling *ruling,
                                 const struct ruling_view *view, const struct plan_row *row)
{
    return ruling_refuse_person(arena, view->approvers, ruling->who, row->email, row->username);
}

const struct ruling *ruling_by(struct arena *arena, const struct rulings *rulings,
                               const struct ruling_view *view, const struct plan_row *row,
                               const char *who, enum ruling_kind kind)
{
    for (size_t i = rulings ? rulings->count : 0; i-- > 0;) {
        const struct ruling *one = &rulings->item[i];
        bool spares =
            stands_until(one, kind, view->today) && (kind == RULING_KEEP || rejects_row(one, row));
        if (text_equal(one->who, who) &&
            (kind == RULING_APPROVE ? is_of_row(arena, one, view, row) : spares))
            return one;
    }
    return NULL;
}

static bool is_counted(struct arena *arena, const struct ruling *ruling,
                       const struct ruling_view *view, const struct plan_row *row)
{
    return is_of_row(arena, ruling, view, row) && !why_not_heard(arena, ruling, view, row);
}

/* Whether an approval counts, and is the last word of its person. */
static bool is_last_word(struct arena *arena, const struct rulings *rulings, size_t i,
                         const struct ruling_view *view, const struct plan_row *row)
{
    if (!is_counted(arena, &rulings->item[i], view, row))
        return false;
    for (size_t k = i + 1; k < rulings->count; k++) {
        if (text_equal(rulings->item[k].who, rulings->item[i].who) &&
            is_counted(arena, &rulings->item[k], view, row))
            return false;
    }
    return true;
}

static void find_sparing(const struct rulings *rulings, const struct ruling_view *view,
                         const struct plan_row *row, struct ruled *ruled)
{
    ruled->keep = ruling_spares(rulings, row->of_login, ruling_person(row), view->today);
    for (size_t i = 0; i < rulings->count; i++) {
        const struct ruling *ruling = &rulings->item[i];
        if (stands_until(ruling, RULING_REJECT, view->today) && rejects_row(ruling, row))
            ruled->reject = ruling;
        if (stands_until(ruling, RULING_AGAIN, view->today))
            ruled->again = ruling;
    }
}

struct ruled ruling_find(struct arena *arena, const struct rulings *rulings,
                         const struct ruling_view *view, const struct plan_row *row)
{
    struct ruled ruled = {0};
    size_t spread = 0, at_once = 0;

    if (!rulings)
        return ruled;
    find_sparing(rulings, view, row, &ruled);
    for (size_t i = 0; !ruled.keep && !ruled.reject && i < rulings->count; i++) {
        if (is_of_row(arena, &rulings->item[i], view, row)) {
            const char *why = why_not_heard(arena, &rulings->item[i], view, row);
            ruled.unheard = why ? &rulings->item[i] : ruled.unheard;
            ruled.unheard_why = why ? why : ruled.unheard_why;
        }
        if (!is_last_word(arena, rulings, i, view, row))
            continue;
        ruled.approve = &rulings->item[i];
        ruled.approvers++;
        spread += ruled.approve->spread;
        at_once += ruled.approve->at_once;
    }
    ruled.spread = ruled.approvers && spread == ruled.approvers;
    ruled.at_once = ruled.approvers && at_once == ruled.approvers;
    return ruled;
}

bool ruling_overrides(struct arena *arena, const struct rulings *rulings,
                      const struct ruling_view *view, const struct plan_row *row, const char *guard,
                      size_t needed)
{
    size_t people = 0;

    for (size_t i = 0; rulings && i < rulings->count; i++) {
        const struct ruling *ruling = &rulings->item[i];
        bool named = false;
        for (size_t k = 0; k < ruling->override_count; k++)
            named |= text_equal(ruling->override[k], guard);
        people += named && is_last_word(arena, rulings, i, view, row);
    }
    return people > 0 && people >= needed;
}

size_t ruling_needed(const struct ruling_needs *needs, const char **ret_reason)
{
    int number = needs->of_rule >= 0 ? needs->of_rule : needs->of_class;
    const struct {
        bool holds;
        const char *reason;
    } reasons[] = {
        {needs->action == ACTION_REACTIVATE, "a reactivation is always a person's decision"},
        {needs->action == ACTION_RESTORE, "a restoration is always a person's decision"},
        {needs->action == ACTION_DEPROVISION, "a deletion is always a person's decision"},
        {needs->ever_rejected, "somebody rejected this once"},
        {needs->used_after, "somebody used the account after the last day"},
        {needs->by_history, "nothing but our memory says whose account it is"},
        {needs->needs_person, "a person undid our last act"},
        {needs->gains, "the profile has rights that the present one has not"},
        {needs->new_text, "nobody has approved a row of this rule yet"},
    };
    const char *reason = NULL;

    if (needs->action == ACTION_KEEP)
        number = 0;
    for (size_t i = 0; i < COUNT_OF(reasons) && number < 1 && needs->action != ACTION_KEEP; i++) {
        if (reasons[i].holds) {
            number = 1;
            reason = reasons[i].reason;
        }
    }
    if (ret_reason)
        *ret_reason = reason;
    return number > 0 ? (size_t)number : 0;
}

/* --- time --- */

/* When something is over, and why. */
struct expiry {
    struct instant at;
    const char *why; /* behind "its time is over: " */
};

/* The end of a day in UTC: there is no zone here, and a few hours do not matter. */
static struct instant end_of(struct day day)
{
    struct day first;

    if (!day_is_set(day) || !day_from_civil(1970, 1, 1, &first))
        return INSTANT_NONE;
    return (struct instant){.us = ((int64_t)day_between(first, day) + 1) * DAY_US};
}

static void limit_expiry(struct expiry *expiry, struct instant from, int64_t us, const char *why)
{
    struct instant at = instant_add_us(from, us);

    if (instant_is_set(from) &&
        (!instant_is_set(expiry->at) || instant_compare(at, expiry->at) < 0))
        *expiry = (struct expiry){.at = at, .why = why};
}

static struct expiry expiry_of(const struct ruling *ruling, const struct ruling_terms *terms,
                               bool enough_people)
{
    struct instant printed = ruling->spread ? end_of(ruling->expected_on) : INSTANT_NONE;
    struct instant due =
        instant_later(instant_later(ruling->at, end_of(ruling->not_before)), printed);
    struct expiry expiry = {.at = INSTANT_NONE};

    if (instant_is_set(ruling->could_act_at))
        limit_expiry(&expiry, instant_later(ruling->could_act_at, printed),
                     terms->expires_hours * HOUR_US, "it could have been done for that long");
    limit_expiry(&expiry, due, terms->after_due_days * DAY_US, "it was due for that long");
    if (!enough_people)
        limit_expiry(&expiry, ruling->at, terms->lone_days * DAY_US,
                     "nobody else approved it in that time");
    return expiry;
}

struct instant ruling_expires(const struct ruling *ruling, const struct ruling_terms *terms,
                              bool enough_people)
{
    return ruling->kind == RULING_APPROVE ? expiry_of(ruling, terms, enough_people).at
                                          : INSTANT_NONE;
}

/* --- what a night makes of it --- */

static enum ruling_end judge_day(struct arena *arena, const struct ruling *ruling,
                                 const struct ruling_night *night, const char **ret_reason)
{
    char day[DAY_TEXT_SIZE];

    if (day_compare(night->today, ruling->until) <= 0)
        return RULING_STANDS;
    *ret_reason = arena_printf(arena, "it was until %s", day_format(ruling->until, day));
    return RULING_EXPIRED;
}

static bool has_login_since(const struct account *account, struct instant since)
{
    return account && account->login.kind == LOGIN_KNOWN &&
           instant_compare(account->login.at, since) > 0;
}

static enum ruling_end judge_approval(struct arena *arena, const struct ruling *ruling,
                                      const struct ruling_terms *terms,
                                      const struct ruling_night *night, const char **ret_reason)
{
    struct expiry expiry = expiry_of(ruling, terms, night->approvers >= night->needed);
    char at[INSTANT_TEXT_SIZE];

    if (instant_is_set(expiry.at) && instant_compare(night->now, expiry.at) >= 0) {
        *ret_reason = arena_printf(arena, "its time was over at %s: %s",
                                   instant_format(expiry.at, at), expiry.why);
        return RULING_EXPIRED;
    }
    if (night->doubt)
        return RULING_STANDS;
    if (!is_for(arena, ruling, night->address)) {
        *ret_reason = arena_printf(arena, "it was given for the portal at '%s', and this is '%s'",
                                   ruling->address, night->address);
        return RULING_CHANGED;
    }
    if (ruling->asks_login && has_login_since(night->account, ruling->snapshot_at)) {
        *ret_reason = arena_printf(arena, "a login at %s came after what was looked at",
                                   instant_format(night->account->login.at, at));
        return RULING_LOGIN;
    }
    if (ruling->asks_activity && night->account &&
        instant_compare(account_activity(night->account)->at, ruling->snapshot_at) > 0) {
        *ret_reason = arena_printf(arena, "activity (%s) at %s came after what was looked at",
                                   event_kinds[account_activity(night->account)->kind].what,
                                   instant_format(account_activity(night->account)->at, at));
        return RULING_LOGIN;
    }
    if (!night->subject && night->kept) {
        *ret_reason = arena_printf(arena, "the account is kept: %s", night->kept);
        return RULING_KEPT;
    }
    struct digest subject = night->subject ? row_subject_digest(night->subject) : ruling->subject;
    if (digest_compare(&subject, &ruling->subject) != 0) {
        *ret_reason = row_subject_change(arena, ruling->subject_text, night->subject);
        return RULING_CHANGED;
    }
    return RULING_STANDS;
}

enum ruling_end ruling_judge(struct arena *arena, const struct ruling *ruling,
                             const struct ruling_terms *terms, const struct ruling_night *night,
                             const char **ret_reason)
{
    if (ruling->end != RULING_STANDS)
        return RULING_STANDS;
    switch (ruling->kind) {
    case RULING_KEEP:
    case RULING_REJECT:
    case RULING_AGAIN:
        return judge_day(arena, ruling, night, ret_reason);
    case RULING_APPROVE:
        return judge_approval(arena, ruling, terms, night, ret_reason);
    case RULING_KIND_COUNT:
        break;
    }
    return RULING_STANDS;
}
