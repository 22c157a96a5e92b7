/*
 * Thousands of small random worlds, decided by the program and by an oracle that is written again
 * from docs/decisions.md, naive and quadratic. What they disagree about is a bug in one of them.
 */
#include "random_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/condition.h"
#include "test.h"

#define WORLDS 12000

/* --- the oracle: matching --- */

static const char *lower(struct world *world, const char *text)
{
    char *copy = arena_strdup(&world->arena, text);

    for (char *at = copy; at && *at; at++)
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    return copy;
}

/* Lower case, the old domain taken for the new one where the world has the alias. */
static const char *canonical(struct world *world, const char *email)
{
    const char *low = lower(world, email);
    size_t length = low ? strlen(low) : 0, tail = strlen("@old.example");

    if (!world->matching.alias_count || length < tail ||
        strcmp(low + length - tail, "@old.example") != 0)
        return low;
    return arena_printf(&world->arena, "%.*s@a.example", (int)(length - tail), low);
}

static const char *key_of_person(struct world *world, const struct person *person,
                                 enum match_key key)
{
    if (key == MATCH_BY_EMPLOYEE_NUMBER)
        return lower(world, person->employee_number);
    if (key == MATCH_BY_USERNAME && world->matching.roster_has_username)
        return canonical(world, person->username);
    return canonical(world, person->email);
}

static const char *key_of_account(struct world *world, const struct account *account,
                                  enum match_key key)
{
    if (key == MATCH_BY_EMPLOYEE_NUMBER)
        return lower(world, account->employee_number);
    return canonical(world, key == MATCH_BY_EMAIL ? account->email : account->username);
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static bool is_used(const struct world *world, enum match_key key)
{
    for (size_t i = 0; i < world->matching.key_count; i++) {
        if (world->matching.key[i] == key)
            return true;
    }
    return false;
}

/* A key of theirs stands in another row too. */
static bool is_shared(struct world *world, size_t p)
{
    for (size_t k = 0; k < world->matching.key_count; k++) {
        enum match_key key = world->matching.key[k];
        for (size_t o = 0; o < world->roster.count; o++) {
            if (o != p && same(key_of_person(world, &world->person[p], key),
                               key_of_person(world, &world->person[o], key)))
                return true;
        }
    }
    return false;
}

struct opinion { /* what the oracle thinks of an account's link */
    bool one, contested;
    size_t person;
    enum match_key key;
    enum near_kind near;
};

static bool line_fits(struct world *world, const struct link_override *link,
                      const struct account *account)
{
    const char *who = lower(world, link->account);

    return same(who, lower(world, account->id)) || same(who, lower(world, account->username)) ||
           same(who, lower(world, account->email));
}

/* By the links file; false when no line fits. */
static bool think_of_links(struct world *world, const struct account *account,
                           struct opinion *ret_opinion)
{
    const char *number = NULL;
    struct opinion opinion = {.key = MATCH_BY_LINKS_FILE};
    size_t found = 0;

    for (size_t l = 0; l < world->matching.link_count; l++) {
        size_t fits = 0;
        if (!line_fits(world, &world->link[l], account))
            continue;
        for (size_t i = 0; i < world->snapshot.count; i++)
            fits += world->account[i].status != ACCOUNT_GONE &&
                    line_fits(world, &world->link[l], &world->account[i]);
        opinion.contested |= fits > 1;
        opinion.contested |= number && strcmp(number, world->link[l].employee_number) != 0;
        number = world->link[l].employee_number;
    }
    if (!number)
        return false;
    for (size_t p = 0; p < world->roster.count; p++) {
        if (!same(lower(world, number), lower(world, world->person[p].employee_number)))
            continue;
        opinion.person = p;
        found++;
    }
    if (strcmp(number, "-") != 0 && found != 1)
        opinion.contested = true;
    opinion.one = !opinion.contested && found == 1;
    *ret_opinion = opinion;
    return true;
}

static void think_of_second_email(struct world *world, const struct account *account,
                                  struct opinion *opinion)
{
    const char *second = canonical(world, account->email2);

    for (size_t p = 0; is_used(world, MATCH_BY_EMAIL) && p < world->roster.count; p++) {
        if (!same(second, canonical(world, world->person[p].email)))
            continue;
        if (opinion->one && opinion->person != p)
            opinion->contested = true;
        if (!opinion->one && !opinion->contested)
            opinion->near = NEAR_SECOND_EMAIL;
    }
    opinion->one &= !opinion->contested;
}

/* The account has a number that nobody has, and the person has another one. */
static bool is_of_another_number(struct world *world, const struct account *account,
                                 const struct person *person)
{
    const char *number = lower(world, account->employee_number);

    if (!number || !lower(world, person->employee_number) ||
        !is_used(world, MATCH_BY_EMPLOYEE_NUMBER))
        return false;
    for (size_t p = 0; p < world->roster.count; p++) {
        if (same(number, lower(world, world->person[p].employee_number)))
            return false;
    }
    return true;
}

static struct opinion think(struct world *world, const struct account *account)
{
    struct opinion opinion = {.key = MATCH_BY_NOTHING};

    if (think_of_links(world, account, &opinion))
        return opinion;
    for (size_t k = 0; k < world->matching.key_count; k++) {
        enum match_key key = world->matching.key[k];
        for (size_t p = 0; p < world->roster.count; p++) {
            if (!same(key_of_account(world, account, key),
                      key_of_person(world, &world->person[p], key)))
                continue;
            opinion.contested |= is_shared(world, p) || (opinion.one && opinion.person != p);
            if (!opinion.one)
                opinion.key = key;
            opinion.one = true;
            opinion.person = p;
        }
    }
    opinion.one &= !opinion.contested;
    think_of_second_email(world, account, &opinion);
    opinion.contested |=
        opinion.one && is_of_another_number(world, account, &world->person[opinion.person]);
    opinion.one &= !opinion.contested;
    return opinion;
}

/* Different keys lead different accounts to one person. */
static void think_of_rivals(const struct world *world, struct opinion *opinion)
{
    bool contested[MOST] = {false};

    for (size_t i = 0; i < world->snapshot.count; i++) {
        for (size_t j = 0; j < world->snapshot.count; j++)
            contested[i] |=
                i != j && opinion[i].one && opinion[j].one &&
                opinion[i].key != MATCH_BY_LINKS_FILE && opinion[i].person == opinion[j].person &&
                opinion[i].key != opinion[j].key && world->account[j].status != ACCOUNT_GONE;
    }
    for (size_t i = 0; i < world->snapshot.count; i++) {
        opinion[i].contested |= contested[i];
        opinion[i].one &= !contested[i];
    }
}

/* --- the oracle: resemblance --- */

static bool is_one_edit(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t head = 0, tail = 0;

    while (head < a_length && head < b_length && a[head] == b[head])
        head++;
    while (tail < a_length - head && tail < b_length - head &&
           a[a_length - 1 - tail] == b[b_length - 1 - tail])
        tail++;
    return a_length - head - tail <= 1 && b_length - head - tail <= 1;
}

static const char *address_of(struct world *world, const char *email, const char *username)
{
    if (!email && username && strchr(username, '@'))
        email = username;
    return lower(world, email);
}

/* First and last word, in alphabetical order, of world_names. */
static int name_class(const char *name)
{
    static const int class_of[] = {-1, 1, 1, 1, 2, -1, 3};

    for (size_t i = 1; i < WORLD_NAMES; i++) {
        if (name && strcmp(world_names[i], name) == 0)
            return class_of[i];
    }
    return -1;
}

static enum near_kind resemblance(struct world *world, const struct account *account,
                                  const struct person *person)
{
    const char *a = address_of(world, account->email, account->username);
    const char *b = address_of(world, person->email, person->username);
    const char *a_at = a ? strrchr(a, '@') : NULL, *b_at = b ? strrchr(b, '@') : NULL;

    if (a_at && b_at && a_at - a == b_at - b && memcmp(a, b, (size_t)(a_at - a)) == 0)
        return NEAR_LOCAL_PART;
    if (a_at && b_at && strcmp(a_at, b_at) == 0 &&
        is_one_edit(a, (size_t)(a_at - a), b, (size_t)(b_at - b)))
        return NEAR_ONE_EDIT;
    if (name_class(account->name) > 0 && name_class(account->name) == name_class(person->name))
        return NEAR_NAME;
    return NEAR_NOBODY;
}

static void think_of_near(struct world *world, struct opinion *opinion)
{
    for (size_t i = 0; i < world->snapshot.count; i++) {
        if (opinion[i].one || opinion[i].contested || opinion[i].near ||
            opinion[i].key == MATCH_BY_LINKS_FILE)
            continue;
        for (size_t p = 0; p < world->roster.count; p++) {
            enum near_kind near = resemblance(world, &world->account[i], &world->person[p]);
            if (near && (!opinion[i].near || near < opinion[i].near))
                opinion[i].near = near;
        }
    }
}

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
    int idle, known, departed, suspended, absent;
};

/* Written again from the header of facts/person. */
static enum person_status judge(const struct person *person)
{
    int last = person->last_day.number, hired = person->hire_date.number;
    bool here = person->word == PERSON_EMPLOYED || person->word == PERSON_ON_LEAVE;
    bool over = last && last < TODAY, again = last && hired > last, later = hired > TODAY;
    enum person_status now = later && !(again && !over)        ? PERSON_FUTURE
                             : person->word == PERSON_ON_LEAVE ? PERSON_ON_LEAVE
                                                               : PERSON_EMPLOYED;

    if (again)
        return here ? now : PERSON_UNKNOWN;
    if (over)
        return here ? PERSON_UNKNOWN : PERSON_DEPARTED;
    if (person->word == PERSON_DEPARTED && later)
        return PERSON_UNKNOWN;
    if (person->word == PERSON_DEPARTED && !last)
        return PERSON_DEPARTED;
    return now;
}

static int days_since(struct instant at)
{
    int days = instant_is_set(at) ? TODAY - instant_day(at, &zone_utc).number : -1;

    return instant_is_set(at) && days < 0 ? 0 : days;
}

/* Good rosters in a row without the person, 20 hours apart: here they are whole days apart. */
static int count_absent(const struct world *world, const struct account *account)
{
    int count = 0;

    if (!instant_is_set(account->history.unlinked_since))
        return world->context.good_roster_count > 0;
    for (size_t i = 0; i < world->context.good_roster_count; i++)
        count += world->good[i].us >= account->history.unlinked_since.us;
    return count;
}

static struct facts find_facts(const struct world *world, size_t i, const struct opinion *opinion)
{
    const struct account *account = &world->account[i];
    const struct account_history *history = &account->history;
    struct facts facts = {.account = account, .departed = -1, .idle = -1};
    int created = days_since(history->created), seen = days_since(history->first_seen);

    if (opinion->one) {
        facts.person = &world->person[opinion->person];
        facts.status = facts.person->rejected ? PERSON_UNKNOWN : judge(facts.person);
    } else if (!opinion->contested) {
        facts.status = PERSON_ABSENT;
        facts.absent = count_absent(world, account);
    }
    if (facts.status == PERSON_DEPARTED && facts.person->last_day.number)
        facts.departed = TODAY - facts.person->last_day.number;
    int active = days_since(history->became_active), known = created > seen ? created : seen;
    if (account->login.kind == LOGIN_KNOWN)
        facts.idle = days_since(account->login.at);
    if (active >= 0 && active < facts.idle)
        facts.idle = active;
    if (active >= 0 && (known < 0 || active < known))
        known = active;
    facts.known = known < 0 ? 0 : known;
    facts.suspended =
        account->login.kind == LOGIN_KNOWN && account->login.at.us > history->suspended_by_us.us
            ? -1
            : days_since(history->suspended_by_us);
    return facts;
}

/* 1 true, 0 false, -1 nobody knows */
static int hold_all(const struct world *world, const struct conditions *c, const struct facts *f)
{
    const char *department =
        f->person && f->person->department ? f->person->department : f->account->department;
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
        answer[n++] = f->account->groups_unreadable ? -1 : f->account->group_count > 0;
    for (size_t i = 0; i < n; i++) {
        if (answer[i] == 0)
            return 0;
        if (answer[i] < 0)
            worst = -1;
    }
    return worst;
}

/* --- the oracle: decisions --- */

static bool is_listed(struct world *world, const struct facts *facts)
{
    const struct protected_entry *entry = &world->protected_entry[0];
    const char *who = lower(world, entry->who);

    return world->policy.protected_count && entry->expires.number >= TODAY &&
           (same(who, lower(world, facts->account->employee_number)) ||
            (facts->person && same(who, lower(world, facts->person->employee_number))) ||
            same(who, lower(world, facts->account->username)));
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
        {account->flaw || account->status == ACCOUNT_UNREADABLE, "P2"},
        {is_listed(world, facts), "P3"},
        {opinion->contested, "P4"},
        {opinion->one && facts->status == PERSON_UNKNOWN, "P5"},
        {opinion->near != NEAR_NOBODY, "P6"},
        {account->login.kind == LOGIN_UNREADABLE, "P7"},
        {strcmp(account->profile_id, "ghost") == 0, "P8"},
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
         !facts->account->history.ever_active || facts->account->history.reactivation_unknown))
        return true;
    bool by_never = (rule->when.login & never) ||
                    (rule->has_unless && rule->unless.login && !(rule->unless.login & never));
    if (facts->account->login.kind == LOGIN_NEVER && by_never && rule->when.known_days_min < 0)
        return true;
    return facts->status == PERSON_ABSENT && is_by_absence(rule) &&
           (!world->context.absence_provable || facts->absent < (rosters < 0 ? 3 : rosters));
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
    const struct rulings *rulings = facts->account->history.rulings;
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
    const struct account_history *history = &facts->account->history;
    const struct login *login = &facts->account->login;
    bool departure = facts->status == PERSON_DEPARTED &&
                     (asks_person(&rule->when) || asks_person(&rule->unless));

    if (rule->action != ACTION_SUSPEND || !history->reactivated_since || departure)
        return false;
    for (size_t i = 0; history->rulings && i < history->rulings->count; i++) {
        const struct ruling *one = &history->rulings->item[i];
        if (one->kind == RULING_AGAIN && one->end == RULING_STANDS && one->until.number >= TODAY &&
            one->at.us > history->reactivated_at.us)
            return false;
    }
    return !(login->kind == LOGIN_KNOWN && history->reactivated_at.us &&
             login->at.us > history->reactivated_at.us);
}

static void give_grace(const struct rule *rule, const struct account *account,
                       struct verdict *verdict)
{
    const struct announcement *last = NULL;

    for (size_t i = 0; i < account->history.announcement_count; i++) {
        const struct announcement *one = &account->history.announcement[i];
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
    const struct account_history *history = &account->history;
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
            doubt |= !suspend && history->reactivation_unknown;
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
        verdict.needs_person = history->reactivated_since && facts->status == PERSON_DEPARTED &&
                               days_since(history->reactivated_at) < 180;
        give_grace(rule, account, &verdict);
        return verdict;
    }
    if (account->status == ACCOUNT_INACTIVE && facts->status == PERSON_EMPLOYED &&
        facts->suspended >= 0 && history->suspended_as != PERSON_EMPLOYED)
        return (struct verdict){
            .action = ACTION_REACTIVATE, .rule = "", .not_before = TODAY - facts->suspended + 180};
    return (struct verdict){.rule = NULL, .finding = undone, .doubt = doubt};
}

static void check_decisions(struct world *world, const struct opinion *opinion,
                            const struct decision *decision)
{
    for (size_t i = 0; i < world->snapshot.count; i++) {
        struct facts facts = find_facts(world, i, &opinion[i]);
        const char *row = find_protection(world, &facts, &opinion[i]);
        if (row) {
            assert_string_equal(decision[i].clause, row);
            assert_int_equal(decision[i].action, ACTION_KEEP);
            assert_int_equal(decision[i].doubt, row[0] == 'P' && strchr("245678", row[1]) != NULL);
            continue;
        }
        struct verdict verdict = decide(world, &facts);
        assert_int_equal(decision[i].action, verdict.action);
        assert_int_equal(decision[i].finding, verdict.finding);
        assert_int_equal(decision[i].not_before.number, verdict.not_before);
        assert_int_equal(decision[i].new_announcement, verdict.announces);
        assert_int_equal(decision[i].doubt, verdict.doubt);
        assert_int_equal(decision[i].needs_person, verdict.needs_person);
        if (verdict.rule)
            assert_string_equal(decision[i].rule, verdict.rule);
    }
}

/* --- the oracle: guards --- */

static const char *first_holder(const struct guard_result *guards, const struct decision *decision)
{
    static const char scope[] =
        "pppalp.....aa"; /* person, all, login; amounts and G11 hold nothing */

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
                  (account->status == ACCOUNT_UNREADABLE || account->flaw);
    }
    return unread > 3 && unread * 20 > accounts;
}

static void check_guards(const struct world *world, const struct guard_result *guards,
                         const struct decision *decision)
{
    struct snapshot_totals totals = snapshot_count(&world->snapshot);

    for (size_t i = 0; i < world->snapshot.count; i++) {
        const char *holder =
            decision[i].action == ACTION_KEEP ? NULL : first_holder(guards, &decision[i]);
        if (holder)
            assert_string_equal(decision[i].held_by, holder);
        else
            assert_null(decision[i].held_by);
    }
    for (size_t g = 6; g <= 10; g++)
        assert_false(guards->finding[g].hold);
    assert_int_equal(guards->finding[3].hold,
                     !world->snapshot.complete || totals.accounts == 0 ||
                         cannot_read_many(&world->snapshot, totals.accounts));
    assert_int_equal(guards->finding[11].hold, world->history.stopped_by != NULL);
}

/* --- the tests --- */

static const struct plan *make_plan(struct world *world, const struct decision *decision,
                                    const struct guard_result *guards)
{
    static const struct plan_setup setup = {.portal = "acme", .full = true};

    return plan_make(&world->arena, &setup, &world->policy, &world->matching, &world->context,
                     &world->roster, decision, guards);
}

static const struct plan *evaluate(struct world *world, struct pairing **ret_pairing,
                                   struct decision **ret_decision, struct guard_result *ret_guards)
{
    *ret_pairing = match_all(&world->arena, &world->snapshot, &world->roster, &world->matching);
    *ret_decision = policy_decide(&world->arena, &world->policy, &world->context, *ret_pairing);
    *ret_guards = guard_all(&world->arena, &world->limits, &world->history, &world->context,
                            &world->roster, *ret_pairing, *ret_decision);
    return make_plan(world, *ret_decision, ret_guards);
}

static size_t total_acts;    /* that the worlds are not all boring */
static uint64_t world_drawn; /* to look at again when something fails */

static int tell_world(void **state)
{
    (void)state;
    print_message("%zu acts so far, last world %llu\n", total_acts,
                  (unsigned long long)world_drawn);
    return 0;
}

TEST_EACH(NULL, tell_world);

TEST(plan_of_random_worlds_agrees_with_the_oracle)
{
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct world world;
        struct opinion opinion[MOST];
        struct pairing *pairing;
        struct decision *decision;
        struct guard_result guards;

        world_drawn = seed;
        world_draw(&world, seed);
        for (size_t i = 0; i < world.snapshot.count; i++)
            opinion[i] = think(&world, &world.account[i]);
        think_of_rivals(&world, opinion);
        think_of_near(&world, opinion);
        const struct plan *plan = evaluate(&world, &pairing, &decision, &guards);
        check_pairings(&world, opinion, pairing);
        check_decisions(&world, opinion, decision);
        check_guards(&world, &guards, decision);
        assert_int_equal(plan->state == PLAN_HELD, guards.held);
        total_acts += plan->totals.of[ACTION_SUSPEND] + plan->totals.of[ACTION_DEPROVISION] +
                      plan->totals.of[ACTION_REACTIVATE];
        arena_release(&world.arena);
    }
    assert_true(total_acts > WORLDS / 8);
}

static void swap_accounts(struct world *world, size_t a, size_t b)
{
    struct account kept = world->account[a];

    world->account[a] = world->account[b];
    world->account[b] = kept;
}

static void swap_people(struct world *world, size_t a, size_t b)
{
    struct person kept = world->person[a];

    world->person[a] = world->person[b];
    world->person[b] = kept;
}

TEST(plan_of_shuffled_worlds_is_the_same)
{
    for (uint64_t seed = 1; seed <= WORLDS / 4; seed++) {
        struct world world;
        struct pairing *pairing;
        struct decision *decision;
        struct guard_result guards;

        world_drawn = seed;
        world_draw(&world, seed);
        struct digest before = evaluate(&world, &pairing, &decision, &guards)->digest;
        for (size_t i = world.snapshot.count; i > 1; i--)
            swap_accounts(&world, i - 1, world_random(&world, i));
        for (size_t i = world.roster.count; i > 1; i--)
            swap_people(&world, i - 1, world_random(&world, i));
        snapshot_digest(&world.snapshot);
        struct digest after = evaluate(&world, &pairing, &decision, &guards)->digest;
        if (digest_compare(&before, &after) != 0)
            fail_msg("world %llu depends on the order", (unsigned long long)seed);
        arena_release(&world.arena);
    }
}
