/*
 * Sequences of nights: hundreds of accounts live through months of them in one portal, each a life
 * of its own. Between two nights people log in, leave, vanish from the roster, turn up under
 * another number or come back; accounts are suspended by us and by hand, given back, suspended
 * again; some nights see half of the portal, or a roster in doubt, or come twice a day; and the
 * history is thinned. The store keeps what it keeps, the core decides, and each decision is held
 * against an oracle that saw everything (rows R2, R4, R6, R8 of docs/decisions.md, and what "ours"
 * is).
 */
#include <stdlib.h>
#include <string.h>

#include "audit/erase.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "core/condition.h"
#include "random.h"
#include "store_world.h"
#include "test.h"

#define LIVES     400
#define NIGHTS    64
#define IDLE_DAYS 20
#define HOUR      (3600 * SECOND_US)
#define MINUTE    (60 * SECOND_US)

enum standing { AT_WORK, LEFT, VANISHED, NEAR, STANDINGS };

struct life {
    enum standing standing;
    int last_day, hired; /* days; 0 = none */
    bool active, over;   /* in Bynder */
    int64_t login;       /* the newest, us; 0 = never */
    int64_t active_at;   /* since the newest reading that showed it active after one that did not */
    /* what the readings showed */
    int64_t login_told;
    bool was_told, login_is_told, seen_active, once;
    bool was_active;
    int64_t acted,
        active_since; /* our newest suspension, and when it was first seen active after */
    int64_t counted;  /* the newest roster that proved absence */
    int absent;       /* how many in a row */
};

struct years {
    struct store_world world;
    uint64_t random;
    struct life life[LIVES];
    struct account account[LIVES]; /* as the night listed them */
    size_t who[LIVES];
    size_t listed;
    bool complete, good;
    int64_t acts;
    size_t suspended, deleted, kept_r8;
};

static uint64_t draw(struct years *years, uint64_t below)
{
    return (next_random(&years->random) >> 11) % below;
}

static bool chance(struct years *years, unsigned per_mille)
{
    return draw(years, 1000) < per_mille;
}

/* --- what happens in a day --- */

static void change_standing(struct years *years, struct life *life)
{
    /* per mille and day, from row to column */
    static const unsigned to[STANDINGS][STANDINGS] = {
        [AT_WORK] = {[LEFT] = 12, [VANISHED] = 20, [NEAR] = 5},
        [LEFT] = {[AT_WORK] = 8},
        [VANISHED] = {[AT_WORK] = 40, [NEAR] = 30},
        [NEAR] = {[AT_WORK] = 150, [VANISHED] = 250},
    };
    unsigned dice = (unsigned)draw(years, 1000);

    for (enum standing next = AT_WORK; next < STANDINGS; next++) {
        if (dice >= to[life->standing][next]) {
            dice -= to[life->standing][next];
            continue;
        }
        if (next == LEFT)
            life->last_day = years->world.today.number - 1;
        if (next == AT_WORK && life->standing == LEFT)
            life->last_day = 0;
        life->standing = next;
        return;
    }
}

/* Somebody else changes the account; at times there and back before any reading sees it. */
static void change_account(struct years *years, struct life *life, int64_t noon)
{
    if (!life->active && chance(years, 25)) {
        life->active = true;
    } else if (!life->active && chance(years, 15)) {
        life->login = chance(years, 500) ? noon : life->login; /* and suspended again by hand */
    } else if (life->active && chance(years, 15)) {
        life->active = false;
    }
    if (life->active && chance(years, 120))
        life->login = noon + (int64_t)draw(years, 6) * HOUR;
}

static void live_a_day(struct years *years)
{
    struct store_world *world = &years->world;
    bool again = chance(years, 60); /* a second run, three hours after the first */

    store_world_tomorrow(world);
    if (again) {
        world->now = instant_add_us(world->now, 3 * HOUR - DAY_US);
        world->today = day_add(world->today, -1);
        return;
    }
    world->now = instant_add_us(world->now, ((int64_t)draw(years, 5) - 2) * 30 * MINUTE);
    for (size_t i = 0; i < LIVES; i++) {
        change_standing(years, &years->life[i]);
        change_account(years, &years->life[i], world->now.us - 12 * HOUR);
    }
}

/* --- what a night reads --- */

/* So that nobody is near anybody else by chance: words of which any two differ in three letters. */
static const char *word(struct years *years, size_t number, const char *end)
{
    static const char *const part[] = {"ban", "cel", "dir", "fos", "gut", "hym", "kex", "laq"};

    return arena_printf(&years->world.arena, "%s%s%s%s", part[number / 64 % 8],
                        part[number / 8 % 8], part[number % 8], end);
}

static const char *name_of(struct years *years, size_t i)
{
    return arena_printf(&years->world.arena, "%s %s", word(years, i, "o"), word(years, i, "sen"));
}

static struct roster read_roster(struct years *years)
{
    struct store_world *world = &years->world;
    struct roster roster = store_world_roster(world, LIVES);
    size_t count = 0;

    for (size_t i = 0; i < LIVES; i++) {
        const struct life *life = &years->life[i];
        struct person person = roster.person[i];
        person.name = name_of(years, i);
        person.email = word(years, i, "@acme.example");
        person.last_day = (struct day){.number = life->last_day};
        person.word = life->standing == LEFT ? PERSON_DEPARTED : PERSON_EMPLOYED;
        if (life->standing == NEAR) {
            person.employee_number = arena_printf(&world->arena, "9%05zu", i);
            person.email = word(years, i, ".x@group.example");
        }
        if (life->standing != VANISHED)
            roster.person[count++] = person;
    }
    roster.count = count;
    person_alike_own(&world->arena, &roster.person[0])->department =
        arena_printf(&world->arena, "%lld", (long long)world->now.us);
    roster.digest = digest_of(&world->now.us, sizeof(world->now.us));
    roster_judge(&roster, world->today);
    return roster;
}

/* What the reading shows, for the oracle. */
static void witness(struct years *years, struct life *life, bool told)
{
    int64_t now = years->world.now.us;

    if (life->active && !life->was_active && life->was_told)
        life->active_at = now;
    if (life->active && life->acted && !life->active_since)
        life->active_since = now;
    life->seen_active |= life->active;
    life->was_active = life->active;
    life->was_told = true;
    if (told) {
        life->login_is_told = true;
        life->login_told = life->login > life->login_told ? life->login : life->login_told;
    }
}

static struct snapshot read_portal(struct years *years)
{
    struct store_world *world = &years->world;
    struct snapshot snapshot = store_world_snapshot(world, LIVES);
    size_t count = 0;

    years->complete = !chance(years, 50);
    for (size_t i = 0; i < LIVES; i++) {
        struct life *life = &years->life[i];
        struct account account = snapshot.account[i];
        bool told = chance(years, 500);
        account.name = name_of(years, i);
        account.email = account.username = word(years, i, "@acme.example");
        if (life->over || (!years->complete && chance(years, 300)))
            continue;
        account.status = life->active ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE;
        if (told)
            account.login = (struct login){.kind = life->login ? LOGIN_KNOWN : LOGIN_NEVER,
                                           .source = LOGIN_FROM_SINGLE_READ,
                                           .at = {life->login},
                                           .seen_at = world->now};
        witness(years, life, told);
        years->who[count] = i;
        snapshot.account[count++] = account;
    }
    snapshot.count = years->listed = count;
    snapshot.complete = years->complete;
    return snapshot;
}

/* The roster's say about everybody who was listed. */
static void witness_roster(struct years *years)
{
    int64_t now = years->world.now.us;

    for (size_t k = 0; k < years->listed; k++) {
        struct life *life = &years->life[years->who[k]];
        life->once |= life->standing == AT_WORK || life->standing == LEFT;
        if (life->standing != VANISHED) {
            life->absent = 0;
        } else if (years->good && (life->absent == 0 || now - life->counted >= 20 * HOUR)) {
            life->absent++;
            life->counted = now;
        }
    }
}

/* --- the oracle --- */

static int days_since(const struct years *years, int64_t at)
{
    return years->world.today.number - instant_day((struct instant){at}, &zone_utc).number;
}

/* Ours, from our act until anything shows that it was given back. */
static bool is_ours(const struct life *life)
{
    return life->acted && !life->active_since && life->login_told <= life->acted;
}

/* R8: somebody gave it back, and nobody has used it since. */
static bool is_undone(const struct life *life)
{
    return life->acted && life->active_since && life->login_told <= life->active_since &&
           life->login_told <= life->acted + 10 * MINUTE;
}

static bool is_absent(const struct years *years, const struct life *life)
{
    return life->standing == VANISHED && life->once && years->good && life->absent >= 3;
}

static bool is_idle(const struct years *years, const struct life *life)
{
    return life->login_is_told && life->login_told &&
           days_since(years, life->login_told) >= IDLE_DAYS &&
           (!life->active_at || days_since(years, life->active_at) >= IDLE_DAYS);
}

struct expected {
    enum action action;
    const char *clause; /* NULL = any */
    bool needs_person;
};

static struct expected expect(const struct years *years, const struct life *life)
{
    bool gone = life->standing == LEFT || is_absent(years, life);
    bool lately = life->active_since && days_since(years, life->acted) < 180;
    bool after =
        life->standing == LEFT && life->login_told &&
        instant_day((struct instant){life->login_told}, &zone_utc).number > life->last_day + 30;

    if (life->standing == NEAR)
        return (struct expected){.clause = "P6"};
    if (!life->active) {
        bool due =
            gone && is_ours(life) && days_since(years, life->acted) >= 30 && life->seen_active;
        return (struct expected){.action = due ? ACTION_DEPROVISION : ACTION_KEEP,
                                 .needs_person = after};
    }
    if (life->standing == LEFT)
        return (struct expected){.action = ACTION_SUSPEND, .needs_person = lately || after};
    if (!is_absent(years, life) && !is_idle(years, life))
        return (struct expected){.action = ACTION_KEEP};
    if (is_undone(life))
        return (struct expected){.clause = "R8"};
    return (struct expected){.action = ACTION_SUSPEND};
}

static void fail_life(const struct years *years, size_t i, const struct expected *expected,
                      const struct decision *decision)
{
    const struct life *life = &years->life[i];

    fail_msg("night of %s, life %zu: %s expected, %s %s: %s%s; standing %d, active %d, last day "
             "%d, acted %d, active since %d, login told %d, absent %d, once %d",
             day_format(years->world.today, (char[DAY_TEXT_SIZE]){0}), i,
             expected->clause ? expected->clause : action_name(expected->action),
             action_name(decision->action), decision->clause, decision->reason,
             decision->needs_person ? ", needs a person" : "", life->standing, life->active,
             life->last_day ? years->world.today.number - life->last_day : -1,
             life->acted ? days_since(years, life->acted) : -1,
             life->active_since ? days_since(years, life->active_since) : -1,
             life->login_told ? days_since(years, life->login_told) : -1, life->absent, life->once);
}

static void check_night(struct years *years, const struct decided *decided)
{
    for (size_t k = 0; k < years->listed; k++) {
        const struct decision one = decided_at(decided, k);
        struct expected expected = expect(years, &years->life[years->who[k]]);
        bool acts = one.action == ACTION_SUSPEND || one.action == ACTION_DEPROVISION;
        bool reactivates = one.action == ACTION_REACTIVATE;
        enum action action = reactivates ? ACTION_KEEP : one.action;
        if (action != expected.action ||
            (expected.clause && !text_equal(one.clause, expected.clause)) ||
            (acts && one.needs_person != expected.needs_person))
            fail_life(years, years->who[k], &expected, &one);
        years->kept_r8 += text_equal(expected.clause, "R8");
    }
}

/* --- what is done about it --- */

static const char *word_of(const struct life *life)
{
    return life->standing == LEFT ? "departed" : life->standing == VANISHED ? "absent" : "employed";
}

static void act(struct years *years, const struct decided *decided)
{
    struct store_world *world = &years->world;
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    struct instant at = instant_add_us(world->now, 5 * MINUTE);
    char when[INSTANT_TEXT_SIZE];

    for (size_t k = 0; k < years->listed; k++) {
        const struct decision one = decided_at(decided, k);
        struct life *life = &years->life[years->who[k]];
        bool suspend = one.action == ACTION_SUSPEND;
        if (one.action == ACTION_KEEP || one.action == ACTION_REACTIVATE ||
            !chance(years, suspend ? 400 : 60))
            continue;
        text_addf(&sql,
                  "insert into act (portal_id, act_id, account_id, action, done_at, person_status)"
                  " select portal_id, %lld, account_id, '%s', '%s', '%s' from account where "
                  "account_id = '%s';",
                  (long long)++years->acts, action_name(one.action), instant_format(at, when),
                  word_of(life), one.account->id);
        years->suspended += suspend;
        years->deleted += !suspend;
        life->over = !suspend;
        life->active = life->was_active = false;
        life->acted = at.us;
        life->active_since = 0;
    }
    if (sql.length > 0)
        store_world_execute(world,
                            arena_printf(&world->arena, "do $$ begin %s end $$", text_cstr(&sql)));
}

static void thin(struct years *years)
{
    struct store_world *world = &years->world;
    const struct store_retention retention = {
        .daily_before = instant_add_us(world->now, -4 * DAY_US),
        .weekly_before = instant_add_us(world->now, -12 * DAY_US),
    };
    struct store_retained retained;
    struct err err = ERR_INIT;

    if (store_retain(&world->store, &world->run, &world->arena, &retention, world->now, &retained,
                     &err) < 0)
        fail_msg("%s", err.text);
}

/* --- a night --- */

static struct rule rules[4];

static void make_rules(void)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        rules[i] = (struct rule){
            .action = ACTION_SUSPEND, .when = CONDITIONS_NONE, .unless = CONDITIONS_NONE};
    rules[0].name = "delete";
    rules[0].action = ACTION_DEPROVISION;
    rules[0].when.account = 1U << ACCOUNT_INACTIVE;
    rules[0].when.person = 1U << PERSON_DEPARTED | 1U << PERSON_ABSENT;
    rules[0].when.suspended_days_min = 30;
    rules[1].name = "departed";
    rules[1].when.person = 1U << PERSON_DEPARTED;
    rules[2].name = "gone";
    rules[2].when.person = 1U << PERSON_ABSENT;
    rules[3].name = "idle";
    rules[3].when.idle_days_min = IDLE_DAYS;
    rules[1].when.account = rules[2].when.account = rules[3].when.account = 1U << ACCOUNT_ACTIVE;
}

/* Earlier good rosters, and this one when it is. */
static void load_rosters(struct years *years, const struct roster *roster,
                         struct policy_context *context)
{
    struct store_world *world = &years->world;
    struct roster_proof *proof = NULL; /* with room for one more */
    size_t count = 0;
    struct err err = ERR_INIT;

    if (store_load_proofs(&world->store, &world->arena, &proof, &count, &err) < 0)
        fail_msg("%s", err.text);
    if (years->good)
        proof[count++] = roster_proof(roster);
    context->proof = proof;
    context->proof_count = count;
    context->absence_provable = years->good;
}

static void save_links(struct years *years, const struct snapshot *snapshot,
                       const struct roster *roster, const struct pairing *pairing)
{
    struct store_world *world = &years->world;
    struct err err = ERR_INIT;

    if (store_save_links(&world->store, snapshot, roster, pairing, 90.0, years->good, &err) < 0)
        fail_msg("%s", err.text);
}

static void spend_a_night(struct years *years)
{
    static const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER, MATCH_BY_EMAIL},
                                             .key_count = 2};
    const struct policy policy = {.rule = rules,
                                  .rule_count = COUNT_OF(rules),
                                  .suspended_days_floor = 30,
                                  .zone = &zone_utc};
    struct store_world *world = &years->world;
    struct snapshot snapshot = read_portal(years);
    struct roster roster = read_roster(years);
    struct policy_context context = {
        .today = world->today, .now = world->now, .snapshot = &snapshot, .matching = &matching};

    years->good = years->complete && !chance(years, 150); /* else nothing proves absence */
    witness_roster(years);
    load_rosters(years, &roster, &context);
    store_world_load(world, &snapshot);
    store_world_save(world, &snapshot);
    store_world_save_roster(world, &roster, years->good);
    struct pairing *pairing = match_all(&world->arena, &snapshot, &roster, &matching);
    const struct decided *decided = policy_decide(&world->arena, &policy, &context, pairing);
    check_night(years, decided);
    save_links(years, &snapshot, &roster, pairing);
    act(years, decided);
}

static void live(struct years *years, uint64_t seed)
{
    years->random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    store_world_begin(&years->world);
    make_rules();
    for (size_t i = 0; i < LIVES; i++)
        years->life[i] = (struct life){
            .active = !chance(years, 50),
            .login =
                chance(years, 800) ? years->world.now.us - (int64_t)draw(years, 30) * DAY_US : 0};
    for (int night = 0; night < NIGHTS; night++) {
        if (night > 0)
            live_a_day(years);
        spend_a_night(years);
        if (night % 8 == 7)
            thin(years);
    }
    store_world_end(&years->world);
}

/* In `make check` one portal; `make check-worlds` asks for more. */
static uint64_t portals(void)
{
    const char *more = getenv("RANDOM_PORTALS");
    int64_t count = 1;

    return more && parse_int(more, 1, 10000, &count) ? (uint64_t)count : 1;
}

TEST(lives_are_decided_by_what_happened_whatever_the_history_keeps)
{
    for (uint64_t seed = 1; seed <= portals(); seed++) {
        struct years *years = mem_calloc(1, sizeof(*years));
        live(years, seed);
        print_message("%zu suspensions, %zu deletions, %zu nights kept by R8\n", years->suspended,
                      years->deleted, years->kept_r8);
        assert_true(years->suspended > LIVES / 2);
        assert_true(years->deleted > LIVES / 40);
        assert_true(years->kept_r8 > LIVES / 40);
        free(years);
    }
}
