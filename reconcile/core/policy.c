/*
 * One decision for one account, in the order of docs/decisions.md: the protections, first hit
 * keeps; then the configured rules, first hit wins, each under the constraints R1 to R8 and R15;
 * then what is only proposed, R9 and R16; then "keep: no rule applies".
 *
 * A rule whose constraint is not met does not hit and the next one is asked, except R1 (what the
 * rule wants is already so) and R8 (a person undid what we did: only a person does it again).
 */
#include "core/judge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/table.h"
#include "base/text.h"
#include "core/condition.h"
#include "core/corroborate.h"
#include "core/decided.h"
#include "core/downgrade.h"
#include "core/explain.h"
#include "core/protect.h"
#include "core/rules.h"
#include "core/ruling.h"

#define UNDONE_DAYS     180 /* R8: how long a person is asked who suspends somebody departed anew */
#define CLOCKS_DIFFER_S 600 /* as G13 allows */
#define AHEAD           16  /* accounts: so long before its turn memory is asked for a person */
#define AGAIN_AMONG     64  /* accounts: for one of so many there is room to be decided anew */

const char *decision_rule(const struct decision *decision)
{
    return decision->by ? decision->by->name : "";
}

const char *decision_telling(const struct decision *decision)
{
    return decision->is_unreachable  ? TELLING_UNREACHABLE
           : decision->tells_by_mail ? TELLING_BY_MAIL
                                     : NULL;
}

static int compare_profile_ids(const void *a, const void *b)
{
    return strcmp((*(const struct profile *const *)a)->id, (*(const struct profile *const *)b)->id);
}

static void judge_init(struct judge *judge, struct arena *arena, const struct policy *policy,
                       const struct policy_context *context)
{
    const struct snapshot *snapshot = context->snapshot;

    *judge = (struct judge){
        .scratch = ARENA_INIT,
        .arena = arena,
        .policy = policy,
        .context = context,
        .profile = mem_calloc(snapshot->profile_count, sizeof(judge->profile[0])),
    };
    for (size_t i = 0; i < snapshot->profile_count; i++)
        judge->profile[judge->profile_count++] = &snapshot->profile[i];
    qsort(judge->profile, judge->profile_count, sizeof(judge->profile[0]), compare_profile_ids);
    judge->about = mem_calloc(policy->rule_count, sizeof(judge->about[0]));
    for (size_t i = 0; i < policy->rule_count; i++)
        judge->about[i] = rule_about(&policy->rule[i]);
    judge->target = mem_calloc(policy->rule_count, sizeof(judge->target[0]));
    judge->target_why = mem_calloc(policy->rule_count, sizeof(judge->target_why[0]));
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (policy->rule[i].action == ACTION_DOWNGRADE)
            judge->target[i] = downgrade_target(arena, snapshot, policy->rule[i].to_profile,
                                                &judge->target_why[i]);
    }
    protections_init(&judge->protections, arena, policy, context);
}

static void judge_release(struct judge *judge)
{
    protections_release(&judge->protections);
    free(judge->profile);
    free(judge->about);
    free(judge->target);
    free(judge->target_why);
    arena_release(&judge->scratch);
}

static const struct profile *find_profile(const struct judge *judge, const char *id)
{
    struct profile wanted = {.id = id};
    const struct profile *key = &wanted;
    const struct profile *const *found = NULL;

    if (id && judge->profile_count)
        found = bsearch(&key, judge->profile, judge->profile_count, sizeof(judge->profile[0]),
                        compare_profile_ids);
    return found ? *found : NULL;
}

static void decide_rules(struct judge *judge, const struct subject *subject,
                         struct decision *decision);

/* Whether a rule would act if the account were this person's; nobody's without one. */
static bool is_due_as(struct judge *judge, const struct subject *subject,
                      const struct person *person)
{
    const struct pairing as = {
        .kind = person ? LINK_ONE : LINK_NONE, .key = MATCH_BY_LINKS_FILE, .person = person};
    struct subject other =
        subject_of(judge->policy, judge->context, subject->account, &as, &judge->scratch);
    struct decision decision = {.account = subject->account, .pairing = &as};

    if (person && person->status == PERSON_UNKNOWN)
        return true;
    other.profile = subject->profile;
    judge->action_only = true;
    decide_rules(judge, &other, &decision);
    judge->action_only = false;
    return decision.action != ACTION_KEEP && !actions[decision.action].proposed_only;
}

/* P4 where nothing would be due whoever it is: a person need not look. */
static bool is_idle_contest(struct judge *judge, const struct subject *subject, size_t protection)
{
    const struct pairing *pairing = subject->pairing;
    bool twin = pairing->kind == LINK_ONE;

    if (!judge_protection[protection].contest)
        return false;
    if (!twin && (pairing->doubt == DOUBT_NO_LINE || pairing->doubt == DOUBT_SHARED_ELSEWHERE))
        return false;
    return !(pairing->person && is_due_as(judge, subject, pairing->person)) &&
           !(pairing->other && is_due_as(judge, subject, pairing->other)) &&
           (twin || !is_due_as(judge, subject, NULL));
}

static bool decide_protection(struct judge *judge, const struct subject *subject,
                              struct decision *decision)
{
    for (size_t i = 0; judge_protection[i].clause; i++) {
        const char *reason = judge_protection[i].reason(judge, subject);
        if (!reason)
            continue;
        decision->clause = judge_protection[i].clause;
        decision->reason = reason;
        decision->finding = judge_protection[i].finding && !is_idle_contest(judge, subject, i);
        decision->doubt =
            judge_protection[i].finding; /* what a person should look at nobody can tell */
        return true;
    }
    return false;
}

/* --- constraints: each returns why the rule may not act, or NULL --- */

static const char *forbid_unsuspended(struct judge *judge, const struct rule *rule,
                                      const struct subject *subject)
{
    int floor = judge->policy->suspended_days_floor, needed = rule->when.suspended_days_min;

    if (rule->action != ACTION_DEPROVISION)
        return NULL;
    if (needed < floor)
        needed = floor;
    if (subject->account->status != ACCOUNT_INACTIVE)
        return "the account is not inactive";
    if (subject->suspended_days < 0)
        return instant_is_set(account_past(subject->account)->suspended_by_us)
                   ? "somebody used the account after our suspension: it is not ours any more"
                   : "this program did not suspend the account";
    if (account_past(subject->account)->reactivation_unknown)
        return "whether it was active since our suspension cannot be told any more";
    if (subject->suspended_days < needed)
        return arena_printf(&judge->scratch, "suspended by us only %d days ago, %d needed",
                            subject->suspended_days, needed);
    return NULL;
}

static const char *forbid_never_active(struct judge *judge, const struct rule *rule,
                                       const struct subject *subject)
{
    (void)judge;
    if (rule->action != ACTION_DEPROVISION || subject->account->history.ever_active)
        return NULL;
    return "never seen active by us: it may be a pending access request";
}

static const char *forbid_never_logged_in(struct judge *judge, const struct rule *rule,
                                          const struct subject *subject)
{
    (void)judge;
    if (subject->account->login.kind != LOGIN_NEVER || !rule_relies_on_never(rule) ||
        rule->when.known_days_min >= 0)
        return NULL;
    return "the rule has no known_days_min, without which never logged in proves nothing";
}

static const char *forbid_absent(struct judge *judge, const struct rule *rule,
                                 const struct subject *subject)
{
    int needed = rule->when.absent_rosters_min;

    if (subject->status != PERSON_ABSENT || !rule_relies_on_absent(rule))
        return NULL;
    if (needed < 0)
        needed = ABSENT_ROSTERS_DEFAULT;
    if (!subject->account->history.once_linked)
        return "absent, but it never led to anybody in any roster: an agency's account, a shared "
               "mailbox, or somebody HR does not list";
    if (!subject->absence_provable)
        return "absent, but this roster cannot prove it: it is held by a guard, or has rows that "
               "may be anybody";
    if (subject->absence.times < (unsigned)needed)
        return arena_printf(
            &judge->scratch,
            "absent from %u good rosters in a row, %d needed, 20 hours apart and "
            "of different content%s",
            subject->absence.times, needed,
            explain_absence(&judge->scratch, &subject->absence, judge->policy->zone));
    return NULL;
}

static const struct profile *target_of(const struct judge *judge, const struct rule *rule)
{
    return judge->target[rule - judge->policy->rule];
}

static const char *forbid_profile(struct judge *judge, const struct rule *rule,
                                  const struct subject *subject)
{
    if (rule->action != ACTION_DOWNGRADE)
        return NULL;
    return downgrade_forbids(judge->policy, rule, target_of(judge, rule),
                             judge->target_why[rule - judge->policy->rule], subject);
}

/* In the order in which they are asked: R3 before R2, because "pending request" says more than "not
 * by us" where both forbid. */
static const struct constraint {
    const char *clause;
    const char *(*reason)(struct judge *judge, const struct rule *rule,
                          const struct subject *subject);
} constraints[] = {
    {"R3", forbid_never_active}, {"R2", forbid_unsuspended}, {"R5", forbid_never_logged_in},
    {"R6", forbid_absent},       {"R15", forbid_profile},
};

/* Whether a constraint forbids because it cannot be told, and not because it is not so. */
static bool cannot_tell(const struct rule *rule, const struct subject *subject)
{
    const struct account_past *past = account_past(subject->account);
    bool absence = subject->status == PERSON_ABSENT && rule_relies_on_absent(rule);

    return (rule->action == ACTION_DEPROVISION && past->reactivation_unknown) ||
           (absence && !subject->absence_provable);
}

static const struct constraint *find_constraint(struct judge *judge, const struct rule *rule,
                                                const struct subject *subject,
                                                const char **ret_reason)
{
    for (size_t i = 0; i < COUNT_OF(constraints); i++) {
        *ret_reason = constraints[i].reason(judge, rule, subject);
        if (*ret_reason)
            return &constraints[i];
    }
    return NULL;
}

/* --- rules --- */

/* The clause that names what decided, from the most to the least particular. */
static const char *acting_clause(const struct rule *rule, const struct subject *subject)
{
    if (rule->action == ACTION_DEPROVISION)
        return "R2";
    if (subject->status == PERSON_ABSENT &&
        (rule->when.person || rule->when.absent_rosters_min >= 0))
        return "R6";
    if (subject->status == PERSON_DEPARTED &&
        (rule->when.person || rule->when.departed_days_min >= 0))
        return "R10";
    if (rule->when.idle_days_min >= 0 || rule->when.activity_days_min >= 0)
        return "R4";
    if (rule->when.login & (1U << LOGIN_NEVER) && subject->account->login.kind == LOGIN_NEVER)
        return "R5";
    return "R11";
}

/* Whether somebody showed since that they are there, by what the rule asks. */
static bool is_answered(const struct rule *rule, const struct account *account,
                        struct instant since)
{
    return (rule_asks_login(rule) && account->login.kind == LOGIN_KNOWN &&
            instant_compare(account->login.at, since) > 0) ||
           (rule_asks_activity(rule) && instant_compare(account_activity(account)->at, since) > 0);
}

/* The rule may do something else by now than what was announced under its name. */
static bool is_same_act(const struct announcement *one, const struct rule *rule,
                        const struct profile *target)
{
    if (!one->action)
        return !actions[rule->action].sets_profile;
    return text_equal(one->action, action_name(rule->action)) &&
           text_equal(one->to_profile, target ? target->id : NULL);
}

/* R7: the latest announcement this rule made of just this act; where it asks the login or activity,
 * unless one came since; where the person is told, just one that told them. */
static const struct announcement *find_announcement(const struct rule *rule,
                                                    const struct profile *target,
                                                    const struct account *account, bool by_mail)
{
    const struct account_past *past = account_past(account);
    const struct announcement *latest = NULL;

    for (size_t i = 0; i < past->announcement_count; i++) {
        const struct announcement *one = &past->announcement[i];
        if (!text_equal(one->rule, rule->name) || !is_same_act(one, rule, target) ||
            is_answered(rule, account, one->at) || (by_mail && !one->told))
            continue;
        int order = latest ? instant_compare(one->at, latest->at) : 1;
        if (order > 0 || (order == 0 && day_compare(one->not_before, latest->not_before) > 0))
            latest = one;
    }
    return latest;
}

/* The day a rule may act: as it was told, or as the rule says now when that is later. None when
 * nobody is to be told. */
static struct day day_of_grace(const struct rule *rule, const struct announcement *announcement,
                               struct day today)
{
    struct day on = announcement ? announcement->on : today;
    struct day told = announcement ? announcement->not_before : DAY_NONE;
    struct day due = rule->grace_days > 0 ? day_add(on, rule->grace_days) : DAY_NONE;

    return day_compare(told, due) > 0 ? told : due;
}

/* Whether the grace counts from a mail. Who has gone is not waited for: nobody reads theirs. */
static bool counts_from_mail(const struct judge *judge, const struct rule *rule,
                             const struct subject *subject)
{
    return judge->policy->tells_people && rule->grace_days > 0 &&
           subject->status != PERSON_DEPARTED && subject->status != PERSON_ABSENT;
}

static const struct unreached *find_unreached(const struct rule *rule,
                                              const struct account *account)
{
    const struct account_past *past = account_past(account);
    const char *address = account->email ? account->email : "";

    for (size_t i = 0; i < past->unreached_count; i++) {
        const struct unreached *one = &past->unreached[i];
        if (text_equal(one->rule, rule->name) && text_equal(one->address, address))
            return one;
    }
    return NULL;
}

/* The grace begins with the mail, and where none arrives, with a person's approval of the row.
 * Until then its day moves on with every night. */
static void await_mail(struct judge *judge, const struct rule *rule, const struct subject *subject,
                       struct decision *decision)
{
    const struct unreached *unreached = find_unreached(rule, subject->account);
    char due[DAY_TEXT_SIZE];

    decision->is_unreachable = unreached != NULL;
    decision->tells_by_mail = !unreached;
    decision->new_announcement = true;
    decision->clause = "R7";
    if (unreached)
        decision->reason = arena_printf(
            &judge->scratch,
            "%s; unreachable (%s): %d days of grace count from an approval of this row",
            decision->reason, unreached->why, rule->grace_days);
    else
        decision->reason =
            arena_printf(&judge->scratch,
                         "%s; %d days of grace count from the mail that tells them: not before %s",
                         decision->reason, rule->grace_days, day_format(decision->not_before, due));
}

static void apply_grace(struct judge *judge, const struct rule *rule, const struct subject *subject,
                        struct decision *decision)
{
    bool by_mail = counts_from_mail(judge, rule, subject);
    const struct announcement *announcement =
        find_announcement(rule, decision->to, subject->account, by_mail);
    struct day today = judge->context->today;
    char announced[DAY_TEXT_SIZE], due[DAY_TEXT_SIZE];
    struct day on = announcement ? announcement->on : today;

    decision->not_before = day_of_grace(rule, announcement, today);
    if (!day_is_set(decision->not_before))
        return;
    if (by_mail && !announcement) {
        await_mail(judge, rule, subject, decision);
        return;
    }
    decision->new_announcement = !announcement;
    if (day_compare(today, decision->not_before) >= 0)
        return;
    decision->clause = "R7";
    decision->reason =
        arena_printf(&judge->scratch, "%s; announced %s, %d days of grace: not before %s",
                     decision->reason, day_format(on, announced),
                     day_between(on, decision->not_before), day_format(decision->not_before, due));
}

/* Suspended anew as departed soon after our act, which somebody undid: another master may flip it
 * every night. Where the day of our act is not told, it was before the account was seen active. */
static bool is_undone_lately(const struct judge *judge, const struct subject *subject)
{
    const struct account_past *past = account_past(subject->account);
    struct day since =
        instant_day(instant_is_set(past->acted_at) ? past->acted_at : past->reactivated_at,
                    judge->policy->zone);

    return past->reactivated_since && subject->status == PERSON_DEPARTED &&
           (!day_is_set(since) || day_between(since, judge->context->today) < UNDONE_DAYS);
}

static const char *profile_name(const struct profile *profile)
{
    return profile->name ? profile->name : profile->id;
}

/* What becomes of the account's rights. Roles that it gains are a person's to allow (R15). */
static void set_profile(struct judge *judge, const struct subject *subject,
                        const struct profile *target, struct decision *decision)
{
    const char *gains = downgrade_gains(&judge->scratch, subject->profile, target);

    decision->to = target;
    decision->needs_person |= gains != NULL;
    decision->reason =
        arena_printf(&judge->scratch, "%s; profile '%s' becomes '%s'%s%s", decision->reason,
                     profile_name(subject->profile), profile_name(target),
                     gains ? ", which has more rights in " : "", gains ? gains : "");
}

static void decide_action(struct judge *judge, const struct rule *rule,
                          const struct subject *subject, struct decision *decision)
{
    decision->action = rule->action;
    if (judge->action_only)
        return;
    decision->finding = false;
    decision->by = rule;
    decision->clause = acting_clause(rule, subject);
    unsigned about = judge->about[rule - judge->policy->rule];
    decision->uses_person |= (about & ABOUT_PERSON) != 0;
    decision->uses_login |= (about & ABOUT_LOGIN) != 0;
    decision->reason = explain_rule(&judge->scratch, rule, subject, judge->policy);
    decision->needs_person = is_undone_lately(judge, subject) || decision->used_after ||
                             subject->pairing->key == MATCH_BY_HISTORY;
    if (decision->recreated)
        decision->reason = arena_printf(
            &judge->scratch, "%s; the account was re-created after the last day", decision->reason);
    if (rule->action == ACTION_DOWNGRADE)
        set_profile(judge, subject, target_of(judge, rule), decision);
    apply_grace(judge, rule, subject, decision);
}

static void keep_by_rule(const struct rule *rule, const char *clause, const char *reason,
                         struct decision *decision)
{
    decision->finding = false;
    decision->by = rule;
    decision->clause = clause;
    decision->reason = reason;
}

static void keep_in_general(const char *clause, const char *reason, struct decision *decision)
{
    decision->finding = false;
    decision->by = NULL;
    decision->clause = clause;
    decision->reason = reason;
}

/* P3: a person said keep, and that covers this rule. Asked here and not before the rules, because
 * another rule may not be covered. */
static bool is_spared(struct judge *judge, const struct rule *rule, const struct subject *subject,
                      struct decision *decision)
{
    const struct rulings *rulings = account_past(subject->account)->rulings;
    const struct ruling *keep = rulings ? ruling_spares(rulings, rule_is_of_login(rule),
                                                        subject->status, judge->context->today)
                                        : NULL;
    char day[DAY_TEXT_SIZE];

    if (!keep)
        return false;
    keep_in_general("P3",
                    arena_printf(&judge->scratch, "kept until %s by %s: %s",
                                 day_format(keep->until, day), keep->who,
                                 keep->reason ? keep->reason : "no reason is kept"),
                    decision);
    return true;
}

/* Whether somebody logged in since it was given back. Who is suspended cannot, so a login after our
 * act is one; as far after it as two clocks may differ. */
static bool is_used_again(const struct account *account)
{
    const struct account_past *past = account_past(account);
    struct instant acted = instant_add_us(past->acted_at, CLOCKS_DIFFER_S * SECOND_US);
    const struct login *login = &account->login;

    return login->kind == LOGIN_KNOWN &&
           ((instant_is_set(past->reactivated_at) &&
             instant_compare(login->at, past->reactivated_at) > 0) ||
            (instant_is_set(past->acted_at) && instant_compare(login->at, acted) > 0));
}

/* R8: somebody undid our suspension, and neither a login since nor a person's `again` lets that go.
 * A departure it does not cover. */
static bool is_undone(struct judge *judge, const struct rule *rule, const struct subject *subject)
{
    const struct account_past *past = account_past(subject->account);

    if (rule->action != ACTION_SUSPEND || !past->reactivated_since)
        return false;
    if ((subject->status == PERSON_DEPARTED && rule_asks_person(rule)) ||
        is_used_again(subject->account))
        return false;
    return !ruling_again(&judge->scratch, judge->context->approvers, past->rulings,
                         subject->account, ACTION_SUSPEND, past->reactivated_at,
                         judge->context->today);
}

/* R8: somebody gave it another profile than our downgrade did. It says nothing of other acts, so
 * the next rule is asked. */
static bool is_regraded(struct judge *judge, const struct rule *rule, const struct subject *subject,
                        struct decision *decision)
{
    if (rule->action != ACTION_DOWNGRADE || !downgrade_is_undone(judge->context, subject))
        return false;
    bool ours = account_past(subject->account)->downgrade->restored;
    if (!decision->clause) {
        keep_by_rule(rule, "R8",
                     ours
                         ? "its profile was given back after our downgrade, and nobody has logged "
                           "in since"
                         : "somebody changed the profile that this program had given: two masters, "
                           "a person must decide",
                     decision);
        decision->finding = !ours;
    }
    return true;
}

/* What a rule that acts and holds may do. */
enum say { SAY_NEXT = 0, SAY_KEEP, SAY_ACT };

static enum say hinder(struct judge *judge, const struct rule *rule, const struct subject *subject,
                       struct decision *decision)
{
    const char *why = NULL;

    if (actions[rule->action].expected == ACCOUNT_ACTIVE &&
        subject->account->status != ACCOUNT_ACTIVE) {
        keep_by_rule(rule, "R1",
                     rule->action == ACTION_SUSPEND
                         ? "the account is inactive already: nothing to suspend"
                         : "the account is inactive: nothing to downgrade",
                     decision);
        return SAY_KEEP;
    }
    if (rule->action == ACTION_DOWNGRADE && target_of(judge, rule) &&
        target_of(judge, rule) == subject->profile)
        return SAY_NEXT; /* R1 as well: it has the profile */
    const struct constraint *forbidden = find_constraint(judge, rule, subject, &why);
    if (forbidden) {
        decision->doubt |= cannot_tell(rule, subject);
        if (!decision->clause)
            keep_by_rule(rule, forbidden->clause,
                         arena_printf(&judge->scratch, "no %s: %s", action_name(rule->action), why),
                         decision);
        return SAY_NEXT;
    }
    if (is_spared(judge, rule, subject, decision) || is_regraded(judge, rule, subject, decision))
        return SAY_NEXT;
    if (is_undone(judge, rule, subject)) {
        keep_by_rule(rule, "R8",
                     "somebody reactivated what this program had suspended: two masters, a person "
                     "must decide",
                     decision);
        decision->finding = true;
        /* a rule behind it may be about the departure, which R8 does not cover */
        return subject->status == PERSON_DEPARTED ? SAY_NEXT : SAY_KEEP;
    }
    return SAY_ACT;
}

/* What a rule that hits says; false when it may not act and the next rule is asked. */
static bool decide_by(struct judge *judge, const struct rule *rule, enum truth holds,
                      const struct subject *subject, struct decision *decision)
{
    if (rule->action == ACTION_KEEP) {
        decision->doubt |= holds != TRUTH_TRUE;
        keep_by_rule(rule, "R12",
                     conditions_hold(&rule->when, subject) == TRUTH_TRUE
                         ? "the rule says keep"
                         : "the rule says keep, and nobody can tell that it does not apply",
                     decision);
        return true;
    }
    enum say say = hinder(judge, rule, subject, decision);
    if (say == SAY_ACT)
        decide_action(judge, rule, subject, decision);
    return say != SAY_NEXT;
}

/* R9: back in the roster as employed after we suspended them as somebody who had gone. */
static bool is_rehired(const struct subject *subject)
{
    const struct account_past *past = account_past(subject->account);

    return subject->account->status == ACCOUNT_INACTIVE && subject->status == PERSON_EMPLOYED &&
           instant_is_set(account_ours_since(subject->account)) &&
           (past->suspended_as == PERSON_DEPARTED || past->suspended_as == PERSON_ABSENT ||
            past->suspended_as == PERSON_UNKNOWN);
}

/* Whether a keep rule that did not hit would, but for what it asks about `about`. */
static bool relies_on(const struct rule *rule, const struct subject *subject, unsigned about)
{
    struct conditions rest = conditions_without(&rule->when, about);

    return conditions_hold(&rest, subject) != TRUTH_FALSE;
}

/* What a later rule does where nothing but the person (or the login) spoke against a keep relies on
 * that fact, and is held with it (G1 to G3, G5, G6). `asked` is what the rule is about. */
static void note_reliance(const struct rule *rule, unsigned asked, const struct subject *subject,
                          struct decision *decision)
{
    if (rule->action != ACTION_KEEP)
        return;
    if (asked & ABOUT_PERSON)
        decision->uses_person |= relies_on(rule, subject, ABOUT_PERSON);
    if (asked & ABOUT_LOGIN)
        decision->uses_login |= relies_on(rule, subject, ABOUT_LOGIN);
}

static void propose_reactivation(struct judge *judge, const struct subject *subject,
                                 struct decision *decision)
{
    struct day since =
        instant_day(account_past(subject->account)->suspended_by_us, judge->policy->zone);
    char day[DAY_TEXT_SIZE], due[DAY_TEXT_SIZE];

    decision->action = ACTION_REACTIVATE;
    decision->uses_person = true;
    decision->not_before = day_add(since, REACTIVATION_DAYS);
    keep_in_general("R9",
                    arena_printf(&judge->scratch,
                                 "re-hired: employed again in the roster, suspended by us on "
                                 "%s; only a person can approve the reactivation, and Bynder "
                                 "refuses it before %s",
                                 day_format(since, day), day_format(decision->not_before, due)),
                    decision);
}

/* R16. What cannot be given back a person should look at. */
static void propose_restoration(const struct downgrade_need *need, struct decision *decision)
{
    keep_in_general("R16", need->reason, decision);
    decision->finding = !need->former;
    if (!need->former)
        return;
    decision->action = ACTION_RESTORE;
    decision->to = need->former;
    decision->uses_person |= need->by_person;
    decision->uses_login |= need->by_login;
}

/* Whether a rule would take the former profile away at once, and give what they have had since: not
 * one behind a keep. A person's `again` is asked for all the same: R8 keeps them then. */
static bool is_still_meant(struct judge *judge, const struct subject *subject,
                           const struct downgrade_need *need)
{
    struct subject former = *subject;

    former.profile = need->former;
    for (size_t i = 0; need->former && i < judge->policy->rule_count; i++) {
        const struct rule *rule = &judge->policy->rule[i];
        bool counts = need->by_login || (need->by_person && !rule_asks_login(rule));
        enum truth holds = rule_holds(rule, &former);
        if (rule->action == ACTION_KEEP && rule_hits(rule, holds))
            return false;
        if (counts && downgrade_gave(subject, need->of, judge->target[i]) && holds != TRUTH_FALSE)
            return true;
    }
    return false;
}

/* R16: of downgrades in a row what they had before the first one, else before the next: whoever
 * needs it again was never asked in between. What cannot be given back is said of the newest. */
static struct downgrade_need find_restoration(struct judge *judge, const struct subject *subject)
{
    struct downgrade_need found = {.needed = false};
    const struct account *account = subject->account;

    for (const struct account_downgrade *of = account_past(account)->downgrade; of;
         of = of->earlier) {
        struct downgrade_need need = downgrade_need(judge->policy, judge->context, subject, of);
        bool is_news = need.former && !text_equal(of->from, account_alike(account)->profile_id);
        if (need.needed && (is_news || of == account_past(account)->downgrade) &&
            !is_still_meant(judge, subject, &need))
            found = need;
    }
    return found;
}

static void decide_rules(struct judge *judge, const struct subject *subject,
                         struct decision *decision)
{
    const struct subject *whole = subject;
    struct subject downgraded;

    for (size_t i = 0; i < judge->policy->rule_count; i++) {
        const struct rule *rule = &judge->policy->rule[i];
        if (rule->action == ACTION_DOWNGRADE)
            downgraded = downgrade_subject(judge->policy, judge->context, whole);
        subject = rule->action == ACTION_DOWNGRADE ? &downgraded : whole;
        enum truth holds = rule_holds(rule, subject);
        if (rule_hits(rule, holds) && decide_by(judge, rule, holds, subject, decision))
            return;
        decision->doubt |= holds == TRUTH_UNKNOWN;
        note_reliance(rule, judge->about[i], subject, decision);
    }
    struct downgrade_need need = find_restoration(judge, whole);
    if (is_rehired(whole))
        propose_reactivation(judge, whole, decision);
    else if (need.needed)
        propose_restoration(&need, decision);
    if (!decision->clause) {
        decision->clause = "R13";
        decision->reason = "no rule applies";
    }
}

static const char *keep_reason(struct judge *judge, const char *reason)
{
    const char **kept = &judge->reason[table_hash(reason) % KEPT_REASONS];

    if (!*kept || !text_equal(*kept, reason))
        *kept = arena_strdup(judge->arena, reason);
    return *kept;
}

/* The reason is in the scratch. */
static struct decision judge_one(struct judge *judge, const struct account *account,
                                 const struct pairing *pairing)
{
    struct decision decision = {.account = account, .pairing = pairing};
    struct subject subject =
        subject_of(judge->policy, judge->context, account, pairing, &judge->scratch);

    subject.profile = find_profile(judge, account_alike(account)->profile_id);
    decision.person = subject.status;
    decision.idle_days = subject.idle_days;
    decision.used_after = judge_is_used_after(&subject, judge->policy->zone);
    decision.recreated =
        subject.person && is_born_later(account, subject.person, judge->policy->zone);
    if (account->status == ACCOUNT_GONE) {
        decision.clause = "R14";
        decision.reason = "deprovisioned in Bynder: nothing to do";
    } else if (!decide_protection(judge, &subject, &decision)) {
        decide_rules(judge, &subject, &decision);
    }
    decision.doubt &= decision.action == ACTION_KEEP;
    return decision;
}

/* Why a row is one; and what ends a ruling or an announcement. */
static bool is_asked_why(const struct policy_context *context, const struct decision *decision)
{
    return !context->brief || decision->action != ACTION_KEEP || decision->finding ||
           decision->account->history.past;
}

/* Accounts are judged one by one, so any split gives the same decisions. */
struct deciding {
    const struct policy *policy;
    const struct policy_context *context;
    const struct pairing *pairing;
    uint32_t *of; /* by index: the place in its part */
    size_t begin[PARALLEL_PARTS_MAX + 1];
    struct decided_part part[PARALLEL_PARTS_MAX];
    struct arena arena[PARALLEL_PARTS_MAX]; /* reasons of each part */
};

/* Asks memory for what is read of a person, which may begin in one line and end in the next. */
static void expect_person(const struct person *person)
{
    __builtin_prefetch(&person->alike);
    __builtin_prefetch(&person->word);
}

static struct decision decide_one(struct judge *judge, const struct account *account,
                                  const struct pairing *pairing)
{
    struct decision one = judge_one(judge, account, pairing);

    one.reason = is_asked_why(judge->context, &one) ? keep_reason(judge, one.reason) : KEPT_BRIEFLY;
    return one;
}

static void decide_part(void *context, size_t part, size_t begin, size_t end)
{
    struct deciding *deciding = context;
    const struct account *account = deciding->context->snapshot->account;
    struct judge judge;

    judge_init(&judge, &deciding->arena[part], deciding->policy, deciding->context);
    deciding->begin[part] = begin;
    for (size_t i = begin; i < end; i++) {
        if (i + AHEAD < end && deciding->pairing[i + AHEAD].person)
            expect_person(deciding->pairing[i + AHEAD].person);
        struct decision one = decide_one(&judge, &account[i], &deciding->pairing[i]);
        deciding->of[i] = decided_part_add(&deciding->part[part], &one);
        if (i % 64 == 63)
            arena_clear(&judge.scratch);
    }
    judge_release(&judge);
}

/* What the parts made, one behind the other. */
static struct decided *join_parts(struct arena *arena, struct deciding *deciding, size_t parts,
                                  size_t count)
{
    struct decided *decided = arena_calloc(arena, 1, sizeof(*decided));
    uint32_t before = 0;

    for (size_t p = 0; p < parts; p++)
        decided->item_count += deciding->part[p].count;
    assert(decided->item_count <= UINT32_MAX);
    decided->item_room = decided->item_count + count / AGAIN_AMONG + 1;
    decided->item = arena_alloc(arena, decided->item_room * sizeof(decided->item[0]));
    deciding->begin[parts] = count;
    for (size_t p = 0; p < parts; p++) {
        struct decided_part *part = &deciding->part[p];
        for (size_t i = deciding->begin[p]; before > 0 && i < deciding->begin[p + 1]; i++)
            deciding->of[i] += before;
        if (part->count > 0)
            memcpy(&decided->item[before], part->item, part->count * sizeof(part->item[0]));
        before += (uint32_t)part->count;
        decided_part_release(part);
        arena_adopt(arena, &deciding->arena[p]);
    }
    decided->account = deciding->context->snapshot->account;
    decided->pairing = deciding->pairing;
    decided->of = deciding->of;
    return decided;
}

struct decided *policy_decide(struct arena *arena, const struct policy *policy,
                              const struct policy_context *context, const struct pairing *pairing)
{
    size_t count = context->snapshot->count, parts = parallel_parts(count);
    struct deciding deciding = {
        .policy = policy,
        .context = context,
        .pairing = pairing,
        /* not zeroed: every element is set, and first touched by the thread that sets it */
        .of = arena_alloc(arena, (count + 1) * sizeof(deciding.of[0])),
    };

    parallel_for(count, parts, decide_part, &deciding);
    return join_parts(arena, &deciding, parts, count);
}

bool policy_decide_again(struct arena *arena, const struct policy *policy,
                         const struct policy_context *context, struct decided *decided,
                         const size_t *index, size_t count)
{
    struct judge judge;

    if (count > decided->item_room - decided->item_count)
        return false;
    judge_init(&judge, arena, policy, context);
    for (size_t i = 0; i < count; i++) {
        size_t at = index[i];
        decided->of[at] = (uint32_t)decided->item_count;
        decided->item[decided->item_count++] =
            decide_one(&judge, &decided->account[at], &decided->pairing[at]);
        arena_clear(&judge.scratch);
    }
    judge_release(&judge);
    return true;
}

struct decision policy_decide_one(struct arena *arena, const struct policy *policy,
                                  const struct policy_context *context,
                                  const struct account *account, const struct pairing *pairing)
{
    struct judge judge;

    judge_init(&judge, arena, policy, context);
    struct decision decision = judge_one(&judge, account, pairing);
    decision.reason = keep_reason(&judge, decision.reason);
    judge_release(&judge);
    return decision;
}
