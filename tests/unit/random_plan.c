/*
 * The oracle of whole plans, written again from docs/decisions.md, naive and quadratic. What it and
 * the program disagree about is a bug in one of them.
 */
#include "random_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/condition.h"
#include "random_link.h"
#include "test.h"

static void check_pairings(const struct world *world, const struct opinion *opinion,
                           const struct pairing *pairing)
{
    for (size_t i = 0; i < world->snapshot.count; i++) {
        bool contested = pairing[i].kind == LINK_AMBIGUOUS || pairing[i].kind == LINK_CONFLICT;
        assert_int_equal(contested, opinion[i].contested);
        assert_int_equal(pairing[i].kind == LINK_ONE, opinion[i].one);
        assert_int_equal(pairing[i].near, opinion[i].near);
        if (opinion[i].one) {
            assert_ptr_equal(pairing[i].person, &world->person[opinion[i].person]);
            assert_int_equal(pairing[i].key, opinion[i].key);
        }
    }
}

/* --- the oracle: conditions --- */

struct facts { /* of one account; days are -1 when nobody knows */
    const struct account *account;
    const struct person *person;
    enum person_status status;
    bool by_memory;
    int idle, known, departed, suspended, absent;
};

static int days_since(struct instant at)
{
    int days = instant_is_set(at) ? TODAY - instant_day(at, &zone_utc).number : -1;

    return instant_is_set(at) && days < 0 ? 0 : days;
}

/* Good rosters in a row without the person, 20 hours apart: here they are whole days apart. */
static int count_absent(const struct world *world, const struct account *account)
{
    int count = 0;

    if (!instant_is_set(account_since(account)->unlinked_since))
        return world->context.proof_count > 0;
    for (size_t i = 0; i < world->context.proof_count; i++)
        count += world->good[i].as_of.us >= account_since(account)->unlinked_since.us;
    return count;
}

static struct facts find_facts(const struct world *world, size_t i, const struct opinion *opinion)
{
    const struct account *account = &world->account[i];
    const struct account_since *since = account_since(account);
    const struct account_past *past = account_past(account);
    struct facts facts = {.account = account, .departed = -1, .idle = -1};
    int created = days_since(since->created), seen = days_since(since->first_seen);

    if (opinion->one) {
        facts.person = &world->person[opinion->person];
        facts.by_memory = opinion->key == MATCH_BY_HISTORY;
        facts.status = status_of(facts.person);
    } else if (!opinion->contested) {
        facts.status = PERSON_ABSENT;
        facts.absent = count_absent(world, account);
    }
    if (facts.status == PERSON_DEPARTED && facts.person->last_day.number)
        facts.departed = TODAY - facts.person->last_day.number;
    int active = days_since(past->became_active), known = created > seen ? created : seen;
    int first_event = days_since(account->history.first_event);
    known = first_event > known ? first_event : known;
    if (account->login.kind == LOGIN_KNOWN)
        facts.idle = days_since(account->login.at);
    if (active >= 0 && active < facts.idle)
        facts.idle = active;
    if (active >= 0 && (known < 0 || active < known))
        known = active;
    facts.known = known < 0 ? 0 : known;
    facts.suspended =
        account->login.kind == LOGIN_KNOWN && account->login.at.us > past->suspended_by_us.us
            ? -1
            : days_since(past->suspended_by_us);
    return facts;
}

/* 1 true, 0 false, -1 nobody knows */
static int hold_all(const struct world *world, const struct conditions *c, const struct facts *f)
{
    const char *department = f->person && person_alike(f->person)->department
                                 ? person_alike(f->person)->department
                                 : account_alike(f->account)->department;
    enum login_kind login = f->account->login.kind;
    bool known_login = login == LOGIN_NEVER || login == LOGIN_KNOWN;
    int answer[8], worst = 1;
    size_t n = 0;

    if (c->account)
        answer[n++] = (int)(c->account >> f->account->status) & 1;
    if (c->person) {
        int hit = (int)(c->person >> f->status) & 1;
        bool blind = f->status == PERSON_ABSENT && world->roster.blind > 0 && !hit;
        answer[n++] = f->status == PERSON_UNKNOWN || blind ? -1 : hit;
    }
    if (c->login)
        answer[n++] = known_login ? (int)(c->login >> login) & 1 : -1;
    if (c->idle_days_min >= 0)
        answer[n++] = known_login ? f->idle >= c->idle_days_min : -1;
    if (c->known_days_min >= 0 && f->known < c->known_days_min)
        return 0;
    if (c->departed_days_min >= 0)
        answer[n++] = f->status == PERSON_UNKNOWN    ? -1
                      : f->status != PERSON_DEPARTED ? 0
                      : f->departed < 0              ? -1
                                                     : f->departed >= c->departed_days_min;
    if (c->suspended_days_min >= 0 && f->suspended < c->suspended_days_min)
        return 0;
    if (c->absent_rosters_min >= 0)
        answer[n++] = f->status == PERSON_UNKNOWN        ? -1
                      : f->status != PERSON_ABSENT       ? 0
                      : !world->context.absence_provable ? -1
                                                         : f->absent >= c->absent_rosters_min;
    if (c->department.count)
        answer[n++] = department ? strcmp(department, "Sales") == 0 : -1;
    if (c->group.count)
        answer[n++] = account_alike(f->account)->groups_unreadable
                          ? -1
                          : account_alike(f->account)->group_count > 0;
    for (size_t i = 0; i < n; i++) {
        if (answer[i] == 0)
            return 0;
        if (answer[i] < 0)
            worst = -1;
    }
    return worst;
}

/* --- the oracle: decisions --- */

static bool is_used_since(const struct facts *facts, int days)
{
    return facts->status == PERSON_DEPARTED && facts->person->last_day.number &&
           facts->account->login.kind == LOGIN_KNOWN &&
           instant_day(facts->account->login.at, &zone_utc).number >
               facts->person->last_day.number + days;
}

static bool is_used_after(const struct facts *facts)
{
    return is_used_since(facts, 30);
}

static bool is_listed(struct world *world, const struct facts *facts)
{
    const struct protected_entry *entry = &world->protected_entry[0];
    const char *who = lower(world, entry->who);

    const char *number = bare(world, facts->account->employee_number);

    return world->policy.protected_count && entry->expires.number >= TODAY &&
           (same(bare(world, who), number) ||
            (facts->person && same(bare(world, who), bare(world, facts->person->employee_number))));
}

static const char *find_protection(struct world *world, const struct facts *facts,
                                   const struct opinion *opinion)
{
    const struct account *account = facts->account;
    const struct {
        bool hit;
        const char *row;
    } rows[] = {
        {account->status == ACCOUNT_GONE, "R14"},
        {strcmp(account->id, world->snapshot.own_id) == 0, "P1"},
        {account_alike(account)->flaw || account->status == ACCOUNT_UNREADABLE, "P2"},
        {is_listed(world, facts), "P3"},
        {opinion->contested || opinion->moved, "P4"},
        {opinion->one && facts->status == PERSON_UNKNOWN, "P5"},
        {opinion->near != NEAR_NOBODY, "P6"},
        {account->login.kind == LOGIN_UNREADABLE, "P7"},
        {strcmp(account_alike(account)->profile_id, "ghost") == 0, "P8"},
        {is_used_since(facts, opinion->stranger ? 0 : 30) && !opinion->sure && !opinion->namesake,
         "P9"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].hit)
            return rows[i].row;
    }
    return NULL;
}

static bool is_by_absence(const struct rule *rule)
{
    unsigned absent = 1U << PERSON_ABSENT;

    return (rule->when.person & absent) || rule->when.absent_rosters_min >= 0 ||
           (rule->has_unless && rule->unless.person && !(rule->unless.person & absent));
}

/* R2, R3, R5, R6 */
static bool is_forbidden(const struct world *world, const struct rule *rule,
                         const struct facts *facts)
{
    int days = rule->when.suspended_days_min, rosters = rule->when.absent_rosters_min;
    unsigned never = 1U << LOGIN_NEVER;

    if (days < world->policy.suspended_days_floor)
        days = world->policy.suspended_days_floor;
    if (rule->action == ACTION_DEPROVISION &&
        (facts->account->status != ACCOUNT_INACTIVE || facts->suspended < days ||
         !facts->account->history.ever_active ||
         account_past(facts->account)->reactivation_unknown))
        return true;
    bool by_never = (rule->when.login & never) ||
                    (rule->has_unless && rule->unless.login && !(rule->unless.login & never));
    if (facts->account->login.kind == LOGIN_NEVER && by_never && rule->when.known_days_min < 0)
        return true;
    return facts->status == PERSON_ABSENT && is_by_absence(rule) &&
           (!facts->account->history.once_linked || !world->context.absence_provable ||
            facts->absent < (rosters < 0 ? 3 : rosters));
}

struct verdict {
    enum action action;
    const char *rule;
    bool finding;
    int not_before; /* 0 = at once */
    bool announces, doubt, needs_person;
};

static bool asks_person(const struct conditions *c)
{
    return c->person || c->departed_days_min >= 0 || c->absent_rosters_min >= 0 ||
           c->department.count || c->employee_number.count;
}

static bool asks_login(const struct rule *rule)
{
    return rule->when.login || rule->when.idle_days_min >= 0 || rule->unless.login ||
           rule->unless.idle_days_min >= 0;
}

static bool is_about_the_gone(const struct conditions *c)
{
    return (c->person & (1U << PERSON_DEPARTED | 1U << PERSON_ABSENT)) ||
           c->departed_days_min >= 0 || c->absent_rosters_min >= 0;
}

static bool is_kept(const struct rule *rule, const struct facts *facts)
{
    const struct rulings *rulings = account_past(facts->account)->rulings;
    bool gone = facts->status == PERSON_DEPARTED || facts->status == PERSON_ABSENT;
    bool any = !gone || (asks_login(rule) && !is_about_the_gone(&rule->when));

    for (size_t i = 0; rulings && i < rulings->count; i++) {
        const struct ruling *one = &rulings->item[i];
        if (one->kind == RULING_KEEP && one->end == RULING_STANDS && one->until.number >= TODAY &&
            (any || one->person_departed || one->also_departed))
            return true;
    }
    return false;
}

/* R8 */
static bool is_for_a_person(const struct rule *rule, const struct facts *facts)
{
    const struct account_past *past = account_past(facts->account);
    const struct login *login = &facts->account->login;
    bool departure = facts->status == PERSON_DEPARTED &&
                     (asks_person(&rule->when) || asks_person(&rule->unless));

    if (rule->action != ACTION_SUSPEND || !past->reactivated_since || departure)
        return false;
    for (size_t i = 0; past->rulings && i < past->rulings->count; i++) {
        const struct ruling *one = &past->rulings->item[i];
        if (one->kind == RULING_AGAIN && one->end == RULING_STANDS && one->until.number >= TODAY &&
            one->at.us > past->reactivated_at.us)
            return false;
    }
    return !(login->kind == LOGIN_KNOWN && past->reactivated_at.us &&
             login->at.us > past->reactivated_at.us);
}

static void give_grace(const struct rule *rule, const struct account *account,
                       struct verdict *verdict)
{
    const struct announcement *last = NULL;

    for (size_t i = 0; i < account_past(account)->announcement_count; i++) {
        const struct announcement *one = &account_past(account)->announcement[i];
        bool since = asks_login(rule) && account->login.kind == LOGIN_KNOWN &&
                     account->login.at.us > one->at.us;
        bool newer =
            !last || one->at.us > last->at.us ||
            (one->at.us == last->at.us && one->not_before.number > last->not_before.number);
        if (strcmp(one->rule, rule->name) == 0 && !since && newer)
            last = one;
    }
    if (rule->grace_days)
        verdict->not_before = (last ? last->on.number : TODAY) + rule->grace_days;
    if (last && last->not_before.number > verdict->not_before)
        verdict->not_before = last->not_before.number;
    verdict->announces = verdict->not_before && !last;
}

static struct verdict decide(const struct world *world, const struct facts *facts)
{
    const struct account *account = facts->account;
    const struct account_past *past = account_past(account);
    bool doubt = false, undone = false;

    for (size_t r = 0; r < world->policy.rule_count; r++) {
        const struct rule *rule = &world->rule[r];
        struct verdict verdict = {.action = rule->action, .rule = rule->name};
        int when = hold_all(world, &rule->when, facts);
        int unless = rule->has_unless ? hold_all(world, &rule->unless, facts) : 0;
        bool suspend = rule->action == ACTION_SUSPEND;

        if (when == 0 || unless == 1)
            continue;
        bool unsure = when < 0 || unless < 0;
        verdict.doubt = doubt || unsure;
        if (rule->action == ACTION_KEEP)
            return verdict;
        doubt = verdict.doubt;
        if (unsure)
            continue;
        if (suspend && account->status != ACCOUNT_ACTIVE)
            return (struct verdict){.rule = rule->name, .doubt = doubt};
        if (is_forbidden(world, rule, facts)) {
            doubt |= !suspend && past->reactivation_unknown;
            doubt |= facts->status == PERSON_ABSENT && !world->context.absence_provable &&
                     is_by_absence(rule);
            continue;
        }
        if (is_kept(rule, facts)) {
            undone = false;
            continue;
        }
        if (is_for_a_person(rule, facts)) {
            undone = true;
            if (facts->status == PERSON_DEPARTED)
                continue;
            return (struct verdict){.rule = rule->name, .finding = true, .doubt = doubt};
        }
        verdict.doubt = false;
        verdict.needs_person = (past->reactivated_since && facts->status == PERSON_DEPARTED &&
                                days_since(past->reactivated_at) < 180) ||
                               is_used_after(facts) || facts->by_memory;
        give_grace(rule, account, &verdict);
        return verdict;
    }
    if (account->status == ACCOUNT_INACTIVE && facts->status == PERSON_EMPLOYED &&
        facts->suspended >= 0 && past->suspended_as != PERSON_EMPLOYED)
        return (struct verdict){
            .action = ACTION_REACTIVATE, .rule = "", .not_before = TODAY - facts->suspended + 180};
    return (struct verdict){.rule = NULL, .finding = undone, .doubt = doubt};
}

/* Whether a rule would act if the account were theirs; nobody's without one. */
static bool is_due_as(struct world *world, size_t i, const struct person *person)
{
    struct opinion as = {.one = person != NULL,
                         .key = MATCH_BY_LINKS_FILE,
                         .person = person ? (size_t)(person - world->person) : 0};
    struct facts facts = find_facts(world, i, &as);
    struct verdict verdict = decide(world, &facts);

    return facts.status == PERSON_UNKNOWN || verdict.action == ACTION_SUSPEND ||
           verdict.action == ACTION_DEPROVISION;
}

/* P1, P3 and R14 are no findings; P4 where something would be due for somebody it may be. */
static bool is_finding(struct world *world, size_t i, const char *row,
                       const struct pairing *pairing)
{
    bool twin = pairing->kind == LINK_ONE;

    if (strcmp(row, "P4") != 0)
        return row[0] == 'P' && row[1] != '1' && row[1] != '3';
    if (!twin && (pairing->doubt == DOUBT_NO_LINE || pairing->doubt == DOUBT_SHARED_ELSEWHERE))
        return true;
    return (pairing->person && is_due_as(world, i, pairing->person)) ||
           (pairing->other && is_due_as(world, i, pairing->other)) ||
           (!twin && is_due_as(world, i, NULL));
}

static void check_decisions(struct world *world, const struct opinion *opinion,
                            const struct decided *decided)
{
    for (size_t i = 0; i < world->snapshot.count; i++) {
        const struct decision one = decided_at(decided, i);
        struct facts facts = find_facts(world, i, &opinion[i]);
        const char *row = find_protection(world, &facts, &opinion[i]);
        if (row) {
            assert_string_equal(one.clause, row);
            assert_int_equal(one.action, ACTION_KEEP);
            assert_int_equal(one.doubt, row[0] == 'P' && strchr("2456789", row[1]) != NULL);
            assert_int_equal(one.finding, is_finding(world, i, row, one.pairing));
            continue;
        }
        struct verdict verdict = decide(world, &facts);
        assert_int_equal(one.action, verdict.action);
        assert_int_equal(one.finding, verdict.finding);
        assert_int_equal(one.not_before.number, verdict.not_before);
        assert_int_equal(one.new_announcement, verdict.announces);
        assert_int_equal(one.doubt, verdict.doubt);
        assert_int_equal(one.needs_person, verdict.needs_person);
        if (verdict.rule)
            assert_string_equal(decision_rule(&one), verdict.rule);
    }
}

/* --- the oracle: guards --- */

static const char *first_holder(const struct guard_result *guards, const struct decision *decision)
{
    static const char scope[] =
        "pppalp.....aaaaa"; /* person, all, login; amounts and G11 hold nothing */

    for (size_t g = 0; g < guards->count; g++) {
        bool in = scope[g] == 'a' || (scope[g] == 'p' && decision->uses_person) ||
                  (scope[g] == 'l' && decision->uses_login);
        if (guards->finding[g].hold && in)
            return guards->finding[g].id;
    }
    return NULL;
}

/* More than three, and more than one in twenty. */
static bool cannot_read_many(const struct snapshot *snapshot, size_t accounts)
{
    size_t unread = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        unread += account->status != ACCOUNT_GONE &&
                  (account->status == ACCOUNT_UNREADABLE || account_alike(account)->flaw);
    }
    return unread > 3 && unread * 20 > accounts;
}

static void check_guards(const struct world *world, const struct guard_result *guards,
                         const struct decided *decided)
{
    struct snapshot_totals totals = snapshot_count(&world->snapshot);

    for (size_t i = 0; i < world->snapshot.count; i++) {
        const struct decision one = decided_at(decided, i);
        const char *holder = one.action == ACTION_KEEP ? NULL : first_holder(guards, &one);
        if (holder)
            assert_string_equal(guard_id(one.held_by - 1U), holder);
        else
            assert_int_equal(one.held_by, 0);
    }
    for (size_t g = 6; g <= 10; g++)
        assert_false(guards->finding[g].hold);
    assert_int_equal(guards->finding[3].hold,
                     !world->snapshot.complete || totals.accounts == 0 ||
                         cannot_read_many(&world->snapshot, totals.accounts));
    assert_int_equal(guards->finding[11].hold, world->history.stopped_by != NULL);
}

/* --- all of it --- */

static const struct plan *make_plan(struct world *world, const struct decided *decided,
                                    const struct guard_result *guards)
{
    static const struct plan_setup setup = {.portal = "acme", .full = true};

    struct plan *plan = plan_make(&world->arena, &setup, &world->policy, &world->matching,
                                  &world->context, &world->roster, decided, guards);
    plan_seal(plan);
    return plan;
}

static const struct plan *evaluate(struct world *world, struct pairing **ret_pairing,
                                   struct decided **ret_decided, struct guard_result *ret_guards)
{
    *ret_pairing = match_all(&world->arena, &world->snapshot, &world->roster, &world->matching);
    *ret_decided = policy_decide(&world->arena, &world->policy, &world->context, *ret_pairing);
    *ret_guards = guard_all(&world->arena, &world->limits, &world->history, &world->context,
                            &world->roster, *ret_pairing, *ret_decided);
    return make_plan(world, *ret_decided, ret_guards);
}

const struct plan *plan_of_world(struct world *world)
{
    struct pairing *pairing;
    struct decided *decided;
    struct guard_result guards;

    return evaluate(world, &pairing, &decided, &guards);
}

const struct plan *plan_check_world(struct world *world)
{
    struct opinion opinion[MOST];
    struct pairing *pairing;
    struct decided *decided;
    struct guard_result guards;

    think_of_links(world, opinion);
    const struct plan *plan = evaluate(world, &pairing, &decided, &guards);
    check_pairings(world, opinion, pairing);
    check_decisions(world, opinion, decided);
    check_guards(world, &guards, decided);
    assert_int_equal(plan->state == PLAN_HELD, guards.held);
    return plan;
}
