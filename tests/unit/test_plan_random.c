/*
 * Thousands of small random worlds, decided by the program and by an oracle that is written again
 * from docs/decisions.md, naive and quadratic. What they disagree about is a bug in one of them.
 *
 * The names are drawn from so few that addresses, numbers and people collide all the time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/condition.h"
#include "core/plan.h"
#include "test.h"

#define WORLDS   12000
#define MOST     9 /* accounts, people */
#define MOST_ANY 4 /* rules, lines of the links file, protections */
#define TODAY    46348
#define HOUR     (3600 * SECOND_US)

struct world {
    uint64_t random;
    struct arena arena;
    struct account account[MOST];
    struct person person[MOST];
    struct group group[1];
    struct announcement announcement[MOST][2];
    struct profile profile[2];
    struct rule rule[MOST_ANY];
    struct protected_entry protected_entry[MOST_ANY];
    struct link_override link[MOST_ANY];
    struct email_alias alias[1];
    struct instant good[6];
    struct snapshot snapshot;
    struct roster roster;
    struct matching matching;
    struct policy policy;
    struct policy_context context;
    struct limits limits;
    struct guard_history history;
};

static uint64_t draw(struct world *world, uint64_t below)
{
    world->random ^= world->random << 13;
    world->random ^= world->random >> 7;
    world->random ^= world->random << 17;
    return (world->random >> 11) % below;
}

static bool chance(struct world *world, unsigned percent)
{
    return draw(world, 100) < percent;
}

#define PICK(world, array) ((array)[draw((world), COUNT_OF(array))])

/* --- drawing a world --- */

static const char *const locals[] = {"ann",   "anne", "an",   "bob",     "zoe.x",   "BOB",
                                     "henry", "ivan", "judy", "kenneth", "ludmila", "mallory"};
static const char *const domains[] = {"a.example", "b.example", "old.example"};
static const char *const numbers[] = {"1", "2", "3", "e4", "E4", "5", "6", "7", "8", "9"};
static const char *const names[] = {NULL,      "Ann Lee", "Lee, Ann", "ann m. lee",
                                    "Bob Ray", "admin",   "Zoe X"};

static const char *draw_email(struct world *world)
{
    if (chance(world, 15))
        return NULL;
    return arena_printf(&world->arena, "%s@%s", PICK(world, locals), PICK(world, domains));
}

static const char *draw_number(struct world *world)
{
    return chance(world, 40) ? NULL : PICK(world, numbers);
}

static struct day day_of(int days_ago)
{
    return (struct day){.number = TODAY - days_ago};
}

/* Noon UTC of a day. */
static struct instant noon(int days_ago)
{
    char text[DAY_TEXT_SIZE];
    struct text whole = TEXT_INIT;
    struct instant at = INSTANT_NONE;

    text_addf(&whole, "%sT12:00:00Z", day_format(day_of(days_ago), text));
    assert_true(instant_parse_rfc3339(text_cstr(&whole), &at));
    text_release(&whole);
    return at;
}

static int near_days(struct world *world, int around)
{
    return around - 1 + (int)draw(world, 3);
}

static void draw_person(struct world *world, struct person *person)
{
    static const enum person_status words[] = {PERSON_UNKNOWN, PERSON_EMPLOYED, PERSON_EMPLOYED,
                                               PERSON_ON_LEAVE, PERSON_DEPARTED};

    *person = (struct person){
        .employee_number = draw_number(world),
        .email = draw_email(world),
        .username = chance(world, 50) ? PICK(world, locals) : draw_email(world),
        .name = PICK(world, names),
        .department = chance(world, 50) ? "Sales" : NULL,
        .word = PICK(world, words),
        .row = 2,
    };
    if (chance(world, 40))
        person->last_day = day_of(chance(world, 50) ? near_days(world, 0) : near_days(world, 20));
    if (chance(world, 30))
        person->hire_date = day_of(chance(world, 50) ? near_days(world, 0) : near_days(world, 9));
    if (chance(world, 8)) {
        person->rejected = "bad row";
        person->key_unreadable = chance(world, 40);
    }
}

static struct login draw_login(struct world *world)
{
    struct login login = {.source = LOGIN_FROM_SINGLE_READ};

    switch (draw(world, 8)) {
    case 0:
        login.kind = LOGIN_NOT_READ;
        break;
    case 1:
        login.kind = LOGIN_UNREADABLE;
        login.raw = "?";
        break;
    case 2:
    case 3:
        login.kind = LOGIN_NEVER;
        break;
    default:
        login.kind = LOGIN_KNOWN;
        login.at = noon(near_days(world, chance(world, 80) ? 30 : 0));
    }
    return login;
}

static void draw_history(struct world *world, size_t i)
{
    static const enum person_status as[] = {PERSON_DEPARTED, PERSON_EMPLOYED, PERSON_UNKNOWN};
    struct account_history *history = &world->account[i].history;

    *history = (struct account_history){
        .first_seen = chance(world, 20) ? INSTANT_NONE : noon(near_days(world, 60)),
        .created = chance(world, 20) ? noon(near_days(world, 60)) : INSTANT_NONE,
        .ever_active = chance(world, 80),
        .suspended_by_us = chance(world, 50) ? noon(near_days(world, 30)) : INSTANT_NONE,
        .suspended_as = PICK(world, as),
        .reactivated_since = chance(world, 10),
        .unlinked_since = chance(world, 70) ? noon((int)draw(world, 5)) : INSTANT_NONE,
        .announcement = world->announcement[i],
        .announcement_count = (uint32_t)draw(world, 3),
    };
    for (size_t k = 0; k < history->announcement_count; k++)
        world->announcement[i][k] = (struct announcement){
            .rule = chance(world, 70) ? "r0" : "r1",
            .on = day_of(near_days(world, 14)),
            .login_at = chance(world, 70) ? noon(29) : INSTANT_NONE,
        };
}

static void draw_account(struct world *world, size_t i)
{
    static const enum account_status statuses[] = {ACCOUNT_ACTIVE,   ACCOUNT_ACTIVE,
                                                   ACCOUNT_ACTIVE,   ACCOUNT_INACTIVE,
                                                   ACCOUNT_INACTIVE, ACCOUNT_GONE};
    struct account *account = &world->account[i];

    *account = (struct account){
        .id = arena_printf(&world->arena, "0000000%zu-0000-0000-00000000000000A%zu", i, i),
        .username = chance(world, 40) ? draw_email(world) : PICK(world, locals),
        .email = draw_email(world),
        .email2 = chance(world, 20) ? draw_email(world) : NULL,
        .name = chance(world, 30) ? PICK(world, names) : NULL,
        .employee_number = draw_number(world),
        .profile_id = chance(world, 95) ? (chance(world, 30) ? "admin" : "user") : "ghost",
        .country = chance(world, 50) ? "NL" : NULL,
        .department = chance(world, 50) ? "Sales" : NULL,
        .group = world->group,
        .group_count = (uint32_t)draw(world, 2),
        .groups_unreadable = chance(world, 5),
        .status = chance(world, 3) ? ACCOUNT_UNREADABLE : PICK(world, statuses),
        .flaw = chance(world, 3) ? "odd" : NULL,
        .login = draw_login(world),
    };
    draw_history(world, i);
}

static const struct patterns sales = {.item = (const char *const[]){"sales"}, .count = 1};
static const struct patterns vip = {.item = (const char *const[]){"VIP"}, .count = 1};

static struct conditions draw_conditions(struct world *world)
{
    static const enum person_status whom[] = {PERSON_EMPLOYED, PERSON_ON_LEAVE, PERSON_FUTURE,
                                              PERSON_DEPARTED, PERSON_DEPARTED, PERSON_ABSENT,
                                              PERSON_ABSENT};
    struct conditions conditions = CONDITIONS_NONE;

    if (chance(world, 30))
        conditions.account = 1U << (chance(world, 50) ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE);
    if (chance(world, 40))
        conditions.person = 1U << PICK(world, whom);
    if (chance(world, 10))
        conditions.login = 1U << (chance(world, 60) ? LOGIN_NEVER : LOGIN_KNOWN);
    if (chance(world, 30))
        conditions.idle_days_min = 30;
    if (chance(world, 10))
        conditions.known_days_min = 60;
    if (chance(world, 5))
        conditions.departed_days_min = 20;
    if (chance(world, 10))
        conditions.suspended_days_min = 30;
    if (chance(world, 5))
        conditions.absent_rosters_min = 2;
    if (chance(world, 5))
        conditions.department = sales;
    if (chance(world, 5))
        conditions.group = vip;
    return conditions;
}

static void draw_policy(struct world *world)
{
    static const char *const rule_name[MOST_ANY] = {"r0", "r1", "r2", "r3"};
    static const enum action some_action[] = {ACTION_KEEP, ACTION_SUSPEND, ACTION_SUSPEND,
                                              ACTION_DEPROVISION};

    world->policy = (struct policy){
        .rule = world->rule,
        .rule_count = draw(world, MOST_ANY + 1),
        .protected_entry = world->protected_entry,
        .protected_count = chance(world, 30) ? 1 : 0,
        .suspended_days_floor = chance(world, 80) ? 30 : 29,
        .zone = &zone_utc,
    };
    for (size_t i = 0; i < world->policy.rule_count; i++)
        world->rule[i] = (struct rule){
            .name = rule_name[i],
            .action = PICK(world, some_action),
            .when = draw_conditions(world),
            .unless = draw_conditions(world),
            .has_unless = chance(world, 25),
            .grace_days = chance(world, 40) ? 14 : 0,
        };
    world->protected_entry[0] = (struct protected_entry){
        .who = PICK(world, numbers),
        .reason = "board",
        .owner = "it",
        .expires = day_of(near_days(world, 0)),
    };
}

static void draw_matching(struct world *world)
{
    struct matching *matching = &world->matching;

    *matching = (struct matching){.roster_has_username = chance(world, 30),
                                  .alias = world->alias,
                                  .alias_count = draw(world, 2),
                                  .link = world->link,
                                  .link_count = chance(world, 30) ? draw(world, MOST_ANY) : 0};
    for (enum match_key key = MATCH_BY_EMPLOYEE_NUMBER; key <= MATCH_BY_USERNAME; key++) {
        if (chance(world, 80))
            matching->key[matching->key_count++] = key;
    }
    world->alias[0] = (struct email_alias){.from = "OLD.example", .to = "a.example"};
    for (size_t i = 0; i < MOST_ANY; i++)
        world->link[i] = (struct link_override){
            .account = chance(world, 50) ? "ann@a.example" : "anne",
            .employee_number = chance(world, 20) ? "-" : PICK(world, numbers),
        };
}

static void draw_limits(struct world *world)
{
    static const char *const role[] = {"USERMANAGEMENT"};
    struct action_limit limit = {.percent = chance(world, 50) ? 100 : 40, .rolling_days = 30};

    limit.count = (int64_t)draw(world, 6);
    limit.rolling_count = (int64_t)draw(world, 20);
    world->limits = (struct limits){
        .of = {[ACTION_SUSPEND] = limit, [ACTION_DEPROVISION] = limit},
        .min_admins = (int64_t)draw(world, 3),
        .admin_role = role,
        .admin_role_count = 1,
        .max_age_hours = 48,
        .min_people = (int64_t)draw(world, 4),
        .max_shrink_percent = 10,
        .max_rejected_percent = chance(world, 50) ? 100 : 20,
        .min_matched_percent = chance(world, 50) ? 0 : 50,
    };
    world->history = (struct guard_history){
        .last_roster_people = -1,
        .last_snapshot_accounts = -1,
        .last_matched_percent = -1,
        .in_window[ACTION_SUSPEND] = (int64_t)draw(world, 10),
        .in_window[ACTION_DEPROVISION] = (int64_t)draw(world, 10),
        .logins_known_before = 10,
        .logins_lost = (int64_t)draw(world, 2),
        .stopped_by = chance(world, 5) ? "stop" : NULL,
    };
}

static void draw_rosters(struct world *world)
{
    size_t count = 0;
    bool good;

    roster_judge(&world->roster, world->context.today);
    good =
        guard_roster_is_good(&world->limits, &world->history, world->context.now, &world->roster);
    for (int day = 4; day >= 1; day--) {
        if (chance(world, 80))
            world->good[count++] = noon(day);
    }
    if (good)
        world->good[count++] = world->roster.read_at;
    world->context.good_roster = world->good;
    world->context.good_roster_count = count;
    world->context.absence_provable = good && world->roster.blind == 0;
    world->context.blind_rows = world->roster.blind > 0;
}

static void world_draw(struct world *world, uint64_t seed)
{
    static const char *const admin[] = {"USERMANAGEMENT"};

    *world = (struct world){.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1, .arena = ARENA_INIT};
    world->group[0] = (struct group){.id = "g", .name = "VIP"};
    world->profile[0] = (struct profile){.id = "user", .name = "User"};
    world->profile[1] =
        (struct profile){.id = "admin", .name = "Admin", .role = admin, .role_count = 1};
    world->snapshot = (struct snapshot){.complete = chance(world, 95),
                                        .account = world->account,
                                        .count = draw(world, MOST + 1),
                                        .profile = world->profile,
                                        .profile_count = 2};
    for (size_t i = 0; i < world->snapshot.count; i++)
        draw_account(world, i);
    world->snapshot.own_id = chance(world, 50) ? "00000001-0000-0000-00000000000000A1" : "own";
    world->roster = (struct roster){
        .person = world->person, .count = draw(world, MOST + 1), .read_at = noon(0)};
    for (size_t i = 0; i < world->roster.count; i++)
        draw_person(world, &world->person[i]);
    draw_policy(world);
    draw_matching(world);
    draw_limits(world);
    world->context = (struct policy_context){.today = day_of(0),
                                             .now = noon(0),
                                             .snapshot = &world->snapshot,
                                             .first_plan = chance(world, 10)};
    draw_rosters(world);
    snapshot_digest(&world->snapshot);
}

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

/* First and last word, in alphabetical order, of the names above. */
static int name_class(const char *name)
{
    static const int class_of[] = {-1, 1, 1, 1, 2, -1, 3};

    for (size_t i = 1; i < COUNT_OF(names); i++) {
        if (name && strcmp(names[i], name) == 0)
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

/* Written again from the header of core/person. */
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
    if (account->login.kind == LOGIN_KNOWN)
        facts.idle = days_since(account->login.at);
    facts.known = created > seen ? created : seen < 0 ? 0 : seen;
    facts.suspended = days_since(history->suspended_by_us);
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

/* R2, R3, R5, R6 */
static bool is_forbidden(const struct world *world, const struct rule *rule,
                         const struct facts *facts)
{
    int days = rule->when.suspended_days_min, rosters = rule->when.absent_rosters_min;
    unsigned never = 1U << LOGIN_NEVER, absent = 1U << PERSON_ABSENT;

    if (days < world->policy.suspended_days_floor)
        days = world->policy.suspended_days_floor;
    if (rule->action == ACTION_DEPROVISION &&
        (facts->account->status != ACCOUNT_INACTIVE || facts->suspended < days ||
         !facts->account->history.ever_active))
        return true;
    bool by_never = (rule->when.login & never) ||
                    (rule->has_unless && rule->unless.login && !(rule->unless.login & never));
    if (facts->account->login.kind == LOGIN_NEVER && by_never && rule->when.known_days_min < 0)
        return true;
    bool by_absent = (rule->when.person & absent) || rosters >= 0 ||
                     (rule->has_unless && rule->unless.person && !(rule->unless.person & absent));
    return facts->status == PERSON_ABSENT && by_absent &&
           (!world->context.absence_provable || facts->absent < (rosters < 0 ? 3 : rosters));
}

struct verdict {
    enum action action;
    const char *rule;
    bool finding;
    int not_before; /* 0 = at once */
    bool announces;
};

static void give_grace(const struct world *world, const struct rule *rule,
                       const struct account *account, struct verdict *verdict)
{
    int on = 0;

    if (!rule->grace_days)
        return;
    for (size_t i = 0; i < account->history.announcement_count && !world->context.first_plan; i++) {
        const struct announcement *one = &account->history.announcement[i];
        bool since = account->login.kind == LOGIN_KNOWN && account->login.at.us > one->login_at.us;
        if (strcmp(one->rule, rule->name) == 0 && !since && one->on.number > on)
            on = one->on.number;
    }
    verdict->announces = on == 0;
    verdict->not_before = (on ? on : TODAY) + rule->grace_days;
}

static struct verdict decide(const struct world *world, const struct facts *facts)
{
    const struct account *account = facts->account;

    for (size_t r = 0; r < world->policy.rule_count; r++) {
        const struct rule *rule = &world->rule[r];
        struct verdict verdict = {.action = rule->action, .rule = rule->name};
        int when = hold_all(world, &rule->when, facts);
        int unless = rule->has_unless ? hold_all(world, &rule->unless, facts) : 0;
        bool suspend = rule->action == ACTION_SUSPEND;

        if (rule->action == ACTION_KEEP && when != 0 && unless != 1)
            return verdict;
        if (rule->action == ACTION_KEEP || when != 1 || unless != 0)
            continue;
        if (suspend && account->status != ACCOUNT_ACTIVE)
            return (struct verdict){.rule = rule->name};
        if (is_forbidden(world, rule, facts))
            continue;
        if (suspend && account->history.reactivated_since)
            return (struct verdict){.rule = rule->name, .finding = true};
        give_grace(world, rule, account, &verdict);
        return verdict;
    }
    if (account->status == ACCOUNT_INACTIVE && facts->status == PERSON_EMPLOYED &&
        facts->suspended >= 0 && account->history.suspended_as != PERSON_EMPLOYED)
        return (struct verdict){.action = ACTION_REACTIVATE, .rule = ""};
    return (struct verdict){.rule = NULL};
}

static void check_decisions(struct world *world, const struct opinion *opinion,
                            const struct decision *decision)
{
    for (size_t i = 0; i < world->snapshot.count; i++) {
        struct facts facts = find_facts(world, i, &opinion[i]);
        const char *row = find_protection(world, &facts, &opinion[i]);
        if (row) {
            assert_string_equal(decision[i].row, row);
            assert_int_equal(decision[i].action, ACTION_KEEP);
            continue;
        }
        struct verdict verdict = decide(world, &facts);
        assert_int_equal(decision[i].action, verdict.action);
        assert_int_equal(decision[i].finding, verdict.finding);
        assert_int_equal(decision[i].not_before.number, verdict.not_before);
        assert_int_equal(decision[i].new_announcement, verdict.announces);
        if (verdict.rule)
            assert_string_equal(decision[i].rule, verdict.rule);
    }
}

/* --- the oracle: guards --- */

static int64_t count_acts(const struct world *world, const struct decision *decision,
                          enum action action)
{
    int64_t count = 0;

    for (size_t i = 0; i < world->snapshot.count; i++)
        count += decision[i].action == action &&
                 (decision[i].new_announcement || decision[i].not_before.number <= TODAY);
    return count;
}

static bool is_too_many(const struct action_limit *limit, int64_t count, int64_t whole,
                        int64_t window)
{
    return count > limit->count ||
           (count > 0 && ((double)count * 100 > limit->percent * (double)whole ||
                          window + count > limit->rolling_count));
}

static const char *first_holder(const struct guard_result *guards, const struct decision *decision)
{
    static const char scope[] = "pppalpsdaa.aa"; /* person, all, login, suspend, deprovision */

    for (size_t g = 0; g < guards->count; g++) {
        bool in = scope[g] == 'a' || (scope[g] == 'p' && decision->uses_person) ||
                  (scope[g] == 'l' && decision->uses_login) ||
                  (scope[g] == 's' && decision->action == ACTION_SUSPEND) ||
                  (scope[g] == 'd' && decision->action == ACTION_DEPROVISION);
        if (guards->finding[g].hold && in)
            return guards->finding[g].id;
    }
    return NULL;
}

static void check_guards(const struct world *world, const struct guard_result *guards,
                         const struct decision *decision)
{
    struct snapshot_totals totals = snapshot_count(&world->snapshot);
    int64_t admins = 0;

    for (size_t i = 0; i < world->snapshot.count; i++) {
        const struct account *account = &world->account[i];
        admins += account->status == ACCOUNT_ACTIVE && strcmp(account->profile_id, "admin") == 0 &&
                  decision[i].action < ACTION_SUSPEND;
        const char *holder =
            decision[i].action == ACTION_KEEP ? NULL : first_holder(guards, &decision[i]);
        if (holder)
            assert_string_equal(decision[i].held_by, holder);
        else
            assert_null(decision[i].held_by);
    }
    assert_int_equal(guards->finding[6].hold,
                     is_too_many(&world->limits.of[ACTION_SUSPEND],
                                 count_acts(world, decision, ACTION_SUSPEND),
                                 (int64_t)totals.active, world->history.in_window[ACTION_SUSPEND]));
    assert_int_equal(guards->finding[7].hold,
                     is_too_many(&world->limits.of[ACTION_DEPROVISION],
                                 count_acts(world, decision, ACTION_DEPROVISION),
                                 (int64_t)totals.accounts,
                                 world->history.in_window[ACTION_DEPROVISION]));
    assert_int_equal(guards->finding[8].hold, admins < world->limits.min_admins);
    assert_int_equal(guards->finding[3].hold, !world->snapshot.complete || totals.accounts == 0);
    assert_int_equal(guards->finding[11].hold, world->history.stopped_by != NULL);
}

/* --- the tests --- */

static const struct plan *make_plan(struct world *world, const struct decision *decision,
                                    const struct guard_result *guards)
{
    static const struct plan_setup setup = {.portal = "acme", .expires_hours = 72, .full = true};

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
            swap_accounts(&world, i - 1, draw(&world, i));
        for (size_t i = world.roster.count; i > 1; i--)
            swap_people(&world, i - 1, draw(&world, i));
        snapshot_digest(&world.snapshot);
        struct digest after = evaluate(&world, &pairing, &decision, &guards)->digest;
        if (digest_compare(&before, &after) != 0)
            fail_msg("world %llu depends on the order", (unsigned long long)seed);
        arena_release(&world.arena);
    }
}
