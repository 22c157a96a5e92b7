/*
 * What is drawn lies near the borders that docs/decisions.md names: days around a limit,
 * names that almost agree, guards that just hold.
 */
#include "random_world.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/condition.h"
#include "random.h"
#include "test.h"

#define HOUR (3600 * SECOND_US)

uint64_t world_random(struct world *world, uint64_t below)
{
    uint64_t draw = 0;

    if (!world->drawn)
        return (next_random(&world->random) >> 11) % below;
    for (size_t i = 0; i < 2 && world->drawn_left > 0; i++, world->drawn_left--)
        draw = draw << 8 | *world->drawn++;
    return draw % below;
}

static bool chance(struct world *world, unsigned percent)
{
    return world_random(world, 100) < percent;
}

#define PICK(world, array) ((array)[world_random((world), COUNT_OF(array))])

/* --- drawing a world --- */

static const char *const locals[] = {"ann",   "anne", "an",   "bob",     "zoe.x",   "BOB",
                                     "henry", "ivan", "judy", "kenneth", "ann+dam", "mallory"};
static const char *const domains[] = {"a.example", "b.example", "old.example"};
static const char *const numbers[] = {"1", "2",  "3", "e4",  "E4",  "5",   "6",
                                      "7", "01", "0", "EXT", "n/a", "1.0", "e04"};
const char *const world_names[WORLD_NAMES] = {NULL,         "Ann Lee", "Lee, Ann",
                                              "ann m. lee", "Bob Ray", "Suharto",
                                              "Zoe X",      "Ann Ray", "Kim Park"};
/* Whom the history remembers: people by number and by address. */
static const char *const remembered[] = {
    "n:1", "n:2", "n:3", "n:e4", "e:ann@a.example", "e:bob@b.example", "n:77"};

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
    return around - 1 + (int)world_random(world, 3);
}

/* The same person again, or somebody much like them: a row of before, a little otherwise. */
static struct person with_kin(struct world *world, const struct person *person)
{
    size_t before = (size_t)(person - world->person);
    struct person kin = *person;

    if (before == 0)
        return kin;
    const struct person *other = &world->person[world_random(world, before)];
    kin.name = chance(world, 80) ? other->name : kin.name;
    kin.employee_number = chance(world, 30) ? other->employee_number : kin.employee_number;
    kin.email = chance(world, 30) ? other->email : kin.email;
    return kin;
}

static void draw_person(struct world *world, struct person *person)
{
    static const enum person_status words[] = {PERSON_UNKNOWN, PERSON_EMPLOYED, PERSON_EMPLOYED,
                                               PERSON_ON_LEAVE, PERSON_DEPARTED};

    *person = (struct person){
        .employee_number = draw_number(world),
        .email = draw_email(world),
        .username = chance(world, 50) ? PICK(world, locals) : draw_email(world),
        .name = PICK(world, world_names),
        .word = PICK(world, words),
        .row = 2,
    };
    if (chance(world, 50))
        person_alike_own(&world->arena, person)->department = "Sales";
    if (chance(world, 30))
        *person = with_kin(world, person);
    if (chance(world, 40))
        person->last_day = day_of(chance(world, 50) ? near_days(world, 0) : near_days(world, 20));
    if (chance(world, 30))
        person->hire_date = day_of(near_days(world, chance(world, 40)   ? 0
                                                    : chance(world, 50) ? 9
                                                                        : 80));
    if (chance(world, 8)) {
        person_alike_own(&world->arena, person)->rejected = "bad row";
        person->key_unreadable = chance(world, 40);
        if (chance(world, 30)) {
            person_extra_of(&world->arena, person)->damaged_number = "1.0";
            person->employee_number = NULL;
        }
    }
}

static struct login draw_login(struct world *world)
{
    struct login login = {.source = LOGIN_FROM_SINGLE_READ};

    switch (world_random(world, 8)) {
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

static const struct rulings *draw_rulings(struct world *world, size_t i)
{
    static const enum ruling_kind kinds[] = {RULING_KEEP, RULING_KEEP, RULING_AGAIN, RULING_REJECT};

    world->rulings[i] = (struct rulings){world->ruling[i], world_random(world, 3)};
    for (size_t k = 0; k < world->rulings[i].count; k++)
        world->ruling[i][k] = (struct ruling){
            .kind = PICK(world, kinds),
            .end = chance(world, 90) ? RULING_STANDS : RULING_WITHDRAWN,
            .at = noon(near_days(world, 30)),
            .until = day_of(near_days(world, 0)),
            .who = "anna",
            .person_departed = chance(world, 30),
            .also_departed = chance(world, 30),
        };
    return chance(world, 40) ? &world->rulings[i] : NULL;
}

static void draw_history(struct world *world, size_t i)
{
    static const enum person_status as[] = {PERSON_DEPARTED, PERSON_EMPLOYED, PERSON_UNKNOWN};
    struct account_past *past = &world->past[i];

    world->account[i].history = (struct account_history){
        .past = past,
        .since = &world->since[i],
        .first_event = chance(world, 20) ? noon(near_days(world, 60)) : INSTANT_NONE,
        .ever_active = chance(world, 80),
        .once_linked = chance(world, 80),
        .yesterday = chance(world, 40) ? PICK(world, remembered) : NULL,
    };
    world->since[i] = (struct account_since){
        .first_seen = chance(world, 20) ? INSTANT_NONE : noon(near_days(world, 60)),
        .created = chance(world, 20) ? noon(near_days(world, 60)) : INSTANT_NONE,
        .unlinked_since = chance(world, 70) ? noon((int)world_random(world, 5)) : INSTANT_NONE,
        .missing_at = chance(world, 30) ? noon(near_days(world, 20)) : INSTANT_NONE,
    };
    *past = (struct account_past){
        .suspended_by_us = chance(world, 50) ? noon(near_days(world, 30)) : INSTANT_NONE,
        .suspended_as = PICK(world, as),
        .rulings = draw_rulings(world, i),
        .became_active = chance(world, 30) ? noon(near_days(world, 30)) : INSTANT_NONE,
        .reactivated_since = chance(world, 20),
        .reactivated_at =
            chance(world, 70) ? noon(near_days(world, chance(world, 50) ? 30 : 180)) : INSTANT_NONE,
        .reactivation_unknown = chance(world, 5),
        .earlier = world->earlier[i],
        .earlier_count = chance(world, 20),
        .announcement = world->announcement[i],
        .announcement_count = (uint32_t)world_random(world, 3),
    };
    world->earlier[i][0] = (struct account_earlier){
        .name = PICK(world, world_names),
        .email = chance(world, 50) ? draw_email(world) : NULL,
        .employee_number = draw_number(world),
    };
    for (size_t k = 0; k < past->announcement_count; k++) {
        int days_ago = near_days(world, chance(world, 60) ? 14 : 30);
        world->announcement[i][k] = (struct announcement){
            .rule = chance(world, 70) ? "r0" : "r1",
            .on = day_of(days_ago),
            .at = noon(days_ago),
            .not_before = chance(world, 50) ? day_of(near_days(world, 0)) : DAY_NONE,
        };
    }
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
        .name = chance(world, 60) ? PICK(world, world_names) : NULL,
        .employee_number = draw_number(world),
        .status = chance(world, 3) ? ACCOUNT_UNREADABLE : PICK(world, statuses),
        .login = draw_login(world),
    };
    *account_alike_own(&world->arena, account) = (struct account_alike){
        .profile_id = chance(world, 95) ? (chance(world, 30) ? "admin" : "user") : "ghost",
        .country = chance(world, 50) ? "NL" : NULL,
        .department = chance(world, 50) ? "Sales" : NULL,
        .email2 = chance(world, 20) ? draw_email(world) : NULL,
        .flaw = chance(world, 3) ? "odd" : NULL,
        .group = world->group,
        .group_count = (uint32_t)world_random(world, 2),
        .groups_unreadable = chance(world, 5),
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
        .rule_count = world_random(world, MOST_ANY + 1),
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
    static const char *const ext[] = {"ext*"};
    struct matching *matching = &world->matching;

    *matching =
        (struct matching){.no_value = {ext, chance(world, 30)},
                          .roster_has_username = chance(world, 30),
                          .alias = world->alias,
                          .alias_count = world_random(world, 2),
                          .link = world->link,
                          .link_count = chance(world, 30) ? world_random(world, MOST_ANY) : 0};
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

    limit.count = (int64_t)world_random(world, 6);
    limit.rolling_count = (int64_t)world_random(world, 20);
    world->limits = (struct limits){
        .of = {[ACTION_SUSPEND] = limit, [ACTION_DEPROVISION] = limit},
        .min_admins = (int64_t)world_random(world, 3),
        .admin_role = role,
        .admin_role_count = 1,
        .max_age_hours = 48,
        .min_people = (int64_t)world_random(world, 4),
        .max_shrink_percent = 10,
        .max_rejected_percent = chance(world, 50) ? 100 : 20,
        .min_matched_percent = chance(world, 50) ? 0 : 50,
    };
    world->history = (struct guard_history){
        .last_roster_people = -1,
        .last_snapshot_accounts = -1,
        .last_matched_percent = -1,
        .in_window[ACTION_SUSPEND] = (int64_t)world_random(world, 10),
        .in_window[ACTION_DEPROVISION] = (int64_t)world_random(world, 10),
        .logins_known_before = 10,
        .logins_lost = (int64_t)world_random(world, 2),
        .stopped_by = chance(world, 5) ? "stop" : NULL,
    };
}

static void draw_rosters(struct world *world)
{
    size_t count = 0;
    bool good;

    roster_judge(&world->roster, world->context.today);
    good = guard_roster_is_good(&world->limits, &world->history, world->context.now,
                                world->context.today, &world->roster);
    for (int day = 4; day >= 1; day--) {
        if (chance(world, 80))
            world->good[count++] = (struct roster_proof){.as_of = noon(day)};
    }
    if (good)
        world->good[count++] = (struct roster_proof){.as_of = world->roster.read_at};
    world->context.proof = world->good;
    world->context.proof_count = count;
    world->context.absence_provable = good && world->roster.blind == 0;
    world->context.blind_rows = world->roster.blind > 0;
}

static void draw(struct world *world)
{
    static const char *const admin[] = {"USERMANAGEMENT"};

    world->group[0] = (struct group){.id = "g", .name = "VIP"};
    world->profile[0] = (struct profile){.id = "user", .name = "User"};
    world->profile[1] =
        (struct profile){.id = "admin", .name = "Admin", .role = admin, .role_count = 1};
    world->snapshot = (struct snapshot){.complete = chance(world, 95),
                                        .account = world->account,
                                        .count = world_random(world, MOST + 1),
                                        .profile = world->profile,
                                        .profile_count = 2};
    for (size_t i = 0; i < world->snapshot.count; i++)
        draw_account(world, i);
    world->snapshot.own_id = chance(world, 50) ? "00000001-0000-0000-00000000000000A1" : "own";
    world->roster = (struct roster){
        .person = world->person, .count = world_random(world, MOST + 1), .read_at = noon(0)};
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

void world_draw(struct world *world, uint64_t seed)
{
    *world = (struct world){.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1, .arena = ARENA_INIT};
    draw(world);
}

void world_draw_of(struct world *world, const unsigned char *bytes, size_t count)
{
    *world = (struct world){.drawn = bytes, .drawn_left = count, .arena = ARENA_INIT};
    draw(world);
}
