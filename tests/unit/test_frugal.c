/*
 * Reading only what decides, against reading everybody: the same small worlds lived through twice,
 * night after night. Logins come late, out of order, only as events, only in single reads; single
 * reads forget them, or go backwards. What is asked:
 *
 * - wherever both know the same of an account, they decide the same;
 * - the frugal one, which reads once more right before an act, never acts where the full one would
 *   not, unless the full one had seen a login that nobody tells of any more;
 * - what it proposes for a login rests on a single read that is young enough;
 * - and it reads far less.
 *
 * The worlds come from a seed that a failure names.
 */
#include <string.h>

#include "alike.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "core/evidence.h"
#include "core/guard.h"
#include "random.h"
#include "test.h"

enum { WORLDS = 600, NIGHTS = 16, ACCOUNTS = 10, LOGINS = 6 };

/* A login as the world sees it: `day` it happened, from which night on it is told, and until when.
 */
struct login_fact {
    int day;
    int event_from;            /* night on which the events tell of it; NIGHTS = never */
    int read_from, read_until; /* nights on which a single read may tell of it */
};

struct past {
    struct login_fact login[LOGINS];
    size_t count;
    int unreadable_on; /* a night on which the single read is garbage; -1 = none */
};

/* What one way of living remembers of an account. */
struct memory {
    struct login known;
    struct instant read_at;
    struct announcement announcement[2];
    size_t announcements;
    bool forgotten; /* a single read told of a login that no later one tells of */
};

struct life {
    bool full;
    struct memory memory[ACCOUNTS];
    size_t reads;
};

struct world {
    uint64_t state;
    struct past past[ACCOUNTS];
    struct rule rule[2];
    struct policy policy;
    struct matching matching;
    struct evidence_settings settings;
};

static uint64_t draw(struct world *world, uint64_t below)
{
    return (next_random(&world->state) >> 11) % below;
}

static int draw_in(struct world *world, int from, int to)
{
    return from + (int)draw(world, (uint64_t)(to - from + 1));
}

static struct instant at(int day, int hour)
{
    return (struct instant){.us = (INT64_C(20500) + day) * DAY_US + hour * 3600 * SECOND_US};
}

static struct day civil(int day)
{
    return instant_day(at(day, 1), &zone_utc);
}

/* Days are counted from the first night; most logins lie near the threshold of 90 days. */
static void make_past(struct world *world, struct past *truth)
{
    *truth = (struct past){.count = draw(world, LOGINS), .unreadable_on = -1};
    for (size_t i = 0; i < truth->count; i++) {
        struct login_fact *login = &truth->login[i];
        int day = draw(world, 3) ? draw_in(world, -95, -80) : draw_in(world, -140, NIGHTS - 1);
        int told = day < 0 ? 0 : day + 1;
        *login = (struct login_fact){.day = day,
                                     .event_from = told + draw_in(world, 0, 4),
                                     .read_from = told + draw_in(world, 0, 2),
                                     .read_until = NIGHTS};
        if (draw(world, 4) == 0)
            login->event_from = NIGHTS; /* only in single reads */
        else if (draw(world, 4) == 0)
            login->read_from = NIGHTS; /* only an event */
        if (draw(world, 8) == 0)
            login->read_until = draw_in(world, 0, NIGHTS - 1); /* forgotten */
    }
    if (draw(world, 12) == 0)
        truth->unreadable_on = draw_in(world, 0, NIGHTS - 1);
}

static void make_world(struct world *world, uint64_t seed)
{
    *world = (struct world){
        .state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1,
        .matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER}, .key_count = 1},
    };
    world->rule[0] = (struct rule){.name = "idle",
                                   .action = ACTION_SUSPEND,
                                   .when = CONDITIONS_NONE,
                                   .unless = CONDITIONS_NONE,
                                   .grace_days = draw(world, 2) ? 5 : 0};
    world->rule[0].when.account = 1U << ACCOUNT_ACTIVE;
    world->rule[0].when.idle_days_min = 90;
    world->rule[1] = world->rule[0];
    world->rule[1].name = "never";
    world->rule[1].when.idle_days_min = -1;
    world->rule[1].when.login = 1U << LOGIN_NEVER;
    world->rule[1].when.known_days_min = 60;
    world->policy = (struct policy){
        .rule = world->rule, .rule_count = 2, .suspended_days_floor = 30, .zone = &zone_utc};
    world->settings = (struct evidence_settings){
        .asked = true, .reread_days = draw(world, 2) ? 7 : 0, .refresh_days = 365};
    for (size_t i = 0; i < ACCOUNTS; i++)
        make_past(world, &world->past[i]);
}

/* What a single read tells on a night. */
static struct login read_one(const struct past *truth, int night)
{
    struct login login = {
        .kind = LOGIN_NEVER, .source = LOGIN_FROM_SINGLE_READ, .seen_at = at(night, 3)};

    if (truth->unreadable_on == night)
        return (struct login){.kind = LOGIN_UNREADABLE,
                              .source = LOGIN_FROM_SINGLE_READ,
                              .seen_at = at(night, 3),
                              .raw = "yesterday"};
    for (size_t i = 0; i < truth->count; i++) {
        const struct login_fact *fact = &truth->login[i];
        if (night < fact->read_from || night >= fact->read_until)
            continue;
        if (login.kind != LOGIN_KNOWN || at(fact->day, 12).us > login.at.us)
            login.at = at(fact->day, 12);
        login.kind = LOGIN_KNOWN;
    }
    return login;
}

static struct login newest_event(const struct past *truth, int night)
{
    struct login login = {.kind = LOGIN_NOT_READ};

    for (size_t i = 0; i < truth->count; i++) {
        struct login event = {.kind = LOGIN_KNOWN,
                              .source = LOGIN_FROM_EVENTS,
                              .at = at(truth->login[i].day, 12),
                              .seen_at = at(night, 2)};
        if (night >= truth->login[i].event_from)
            login = login_newest(login, event);
    }
    return login;
}

/* The collection of one night. */
struct night {
    struct arena arena;
    struct snapshot snapshot;
    struct account account[ACCOUNTS];
    struct person person[ACCOUNTS];
    struct roster roster;
    struct policy_context context;
    struct decided *decided;
};

static void decide(struct world *world, struct night *night)
{
    struct pairing *pairing =
        match_all(&night->arena, &night->snapshot, &night->roster, &world->matching);

    night->decided = policy_decide(&night->arena, &world->policy, &night->context, pairing);
}

static void begin_night(struct world *world, struct life *life, int day, struct night *night)
{
    *night = (struct night){.arena = ARENA_INIT};
    for (size_t i = 0; i < ACCOUNTS; i++) {
        const char *number = arena_printf(&night->arena, "E%zu", i);
        struct memory *memory = &life->memory[i];
        struct account *account = &night->account[i];
        night->person[i] = (struct person){.employee_number = number,
                                           .word = PERSON_EMPLOYED,
                                           .status = PERSON_EMPLOYED,
                                           .row = (uint32_t)i + 2};
        *account = (struct account){
            .id = arena_printf(&night->arena, "%08zX-2B3A-141F-8F07D71AA1F223BD", i),
            .employee_number = number,
            ALIKE(.profile_id = "p1"),
            .status = ACCOUNT_ACTIVE,
            .login = memory->known,
            .history = {.ever_active = true, .read_at = memory->read_at},
        };
        account_since_own(&night->arena, account)->first_seen = at(-100, 2);
        *account_past_of(&night->arena, account) =
            (struct account_past){.announcement = memory->announcement,
                                  .announcement_count = (uint32_t)memory->announcements};
        if (account->login.kind != LOGIN_NOT_READ)
            account->login.source = LOGIN_FROM_HISTORY;
        account->login = login_newest(account->login, newest_event(&world->past[i], day));
    }
    static struct profile profile = {.id = "p1", .name = "Users"};
    night->snapshot = (struct snapshot){.taken_at = at(day, 2),
                                        .complete = true,
                                        .account = night->account,
                                        .count = ACCOUNTS,
                                        .profile = &profile,
                                        .profile_count = 1};
    night->roster = (struct roster){.person = night->person, .count = ACCOUNTS};
    night->context = (struct policy_context){
        .today = civil(day), .now = at(day, 2), .snapshot = &night->snapshot};
}

static void read_account(struct world *world, struct life *life, struct night *night, size_t i,
                         int day)
{
    struct account *account = &night->account[i];
    struct login known = account->login, fresh = read_one(&world->past[i], day);

    account->login = fresh;
    snapshot_reread(&night->snapshot, account, known, at(day, 3));
    life->reads++;
    /* A single read told of it, or said something nobody understood, and none does any more. */
    if ((known.kind == LOGIN_KNOWN || known.kind == LOGIN_UNREADABLE) &&
        account->login.kind == known.kind && account->login.at.us == known.at.us &&
        (fresh.kind != known.kind || fresh.at.us != known.at.us))
        life->memory[i].forgotten = true;
}

static void collect_night(struct world *world, struct life *life, int day, struct night *night)
{
    struct evidence_settings settings = world->settings;
    size_t *index = NULL, count;

    begin_night(world, life, day, night);
    settings.full = life->full;
    settings.days_passed = day > 0;
    for (int round = 0; round < 5; round++) {
        decide(world, night);
        count = evidence_choose(&night->arena, &settings, &night->context, night->decided, &index);
        for (size_t i = 0; i < count; i++)
            read_account(world, life, night, index[i], day);
        settings.days_passed = 0;
        if (count == 0)
            return;
    }
    fail_msg("the reading does not end");
}

/* What the run leaves behind: logins, and what it announced. */
static void remember(struct life *life, const struct night *night, int day)
{
    for (size_t i = 0; i < ACCOUNTS; i++) {
        const struct decision decision = decided_at(night->decided, i);
        struct memory *memory = &life->memory[i];
        memory->known = night->account[i].login;
        memory->read_at = night->account[i].history.read_at;
        if (decision.action != ACTION_SUSPEND) {
            memory->announcements = 0;
        } else if (decision.new_announcement) {
            memory->announcement[0] = (struct announcement){
                .rule = decision_rule(&decision), .on = civil(day), .at = night->context.now};
            memory->announcements = 1;
        }
    }
}

static bool is_due(const struct decision *decision, int day)
{
    return decision->action == ACTION_SUSPEND &&
           !(decision->new_announcement && day_is_set(decision->not_before)) &&
           (!day_is_set(decision->not_before) ||
            day_compare(decision->not_before, civil(day)) <= 0);
}

/* As job/act does it: once more, freshly read, and only when that could be understood. */
static bool acts(struct world *world, struct night *night, size_t i, int day)
{
    struct account account = night->account[i];
    struct login fresh = read_one(&world->past[i], day);
    struct pairing *pairing =
        match_all(&night->arena, &night->snapshot, &night->roster, &world->matching);

    struct decision decision = decided_at(night->decided, i);
    if (!is_due(&decision, day) || fresh.kind == LOGIN_UNREADABLE)
        return false;
    account.login = login_newest(fresh, account.login);
    struct decision again =
        policy_decide_one(&night->arena, &world->policy, &night->context, &account, &pairing[i]);
    return again.action == ACTION_SUSPEND && is_due(&again, day);
}

static bool same_login(const struct login *a, const struct login *b)
{
    return a->kind == b->kind && (a->kind != LOGIN_KNOWN || a->at.us == b->at.us);
}

static bool same_announcements(const struct memory *a, const struct memory *b)
{
    return a->announcements == b->announcements &&
           (a->announcements == 0 ||
            (a->announcement[0].on.number == b->announcement[0].on.number &&
             a->announcement[0].at.us == b->announcement[0].at.us &&
             text_equal(a->announcement[0].rule, b->announcement[0].rule)));
}

/* A proposal for a login never rests on events or history alone. */
static void check_evidence(const struct world *world, uint64_t seed, const struct night *night,
                           int day)
{
    for (size_t i = 0; i < ACCOUNTS; i++) {
        const struct decision decision = decided_at(night->decided, i);
        struct instant read_at = night->account[i].history.read_at;
        int64_t age = read_at.us ? day_between(instant_day(read_at, &zone_utc), civil(day)) : 9999;
        if (decision.action == ACTION_SUSPEND && age > world->settings.reread_days)
            fail_msg("world %llu, night %d, account %zu: proposed on a single read of %lld days",
                     (unsigned long long)seed, day, i, (long long)age);
    }
}

static void compare(struct world *world, uint64_t seed, struct life *frugal, struct night *cheap,
                    struct life *full, struct night *dear, int day, size_t *compared)
{
    for (size_t i = 0; i < ACCOUNTS; i++) {
        const struct decision a = decided_at(cheap->decided, i), b = decided_at(dear->decided, i);
        bool same = same_login(&cheap->account[i].login, &dear->account[i].login) &&
                    same_announcements(&frugal->memory[i], &full->memory[i]);
        *compared += same;
        if (same && (a.action != b.action || a.by != b.by || !text_equal(a.clause, b.clause) ||
                     a.not_before.number != b.not_before.number))
            fail_msg("world %llu, night %d, account %zu: %s by '%s' and %s by '%s'",
                     (unsigned long long)seed, day, i, action_name(a.action), decision_rule(&a),
                     action_name(b.action), decision_rule(&b));
        if (acts(world, cheap, i, day) && b.action != ACTION_SUSPEND && !full->memory[i].forgotten)
            fail_msg("world %llu, night %d, account %zu: acts, and the full one keeps (%s)",
                     (unsigned long long)seed, day, i, b.clause);
    }
}

TEST(frugal_plan_equals_the_full_one_where_the_evidence_is_the_same)
{
    size_t compared = 0, all = 0, frugal_reads = 0, full_reads = 0;

    for (uint64_t seed = 1; seed <= random_cases(WORLDS); seed++) {
        struct life frugal = {.full = false}, full = {.full = true};
        struct world world;

        make_world(&world, seed);
        for (int day = 0; day < NIGHTS; day++) {
            struct night cheap, dear;
            collect_night(&world, &frugal, day, &cheap);
            collect_night(&world, &full, day, &dear);
            check_evidence(&world, seed, &cheap, day);
            compare(&world, seed, &frugal, &cheap, &full, &dear, day, &compared);
            remember(&frugal, &cheap, day);
            remember(&full, &dear, day);
            all += ACCOUNTS;
            arena_release(&cheap.arena);
            arena_release(&dear.arena);
        }
        frugal_reads += frugal.reads;
        full_reads += full.reads;
    }
    print_message("%zu of %zu account nights with the same evidence; %zu single reads against "
                  "%zu\n",
                  compared, all, frugal_reads, full_reads);
    assert_true(compared > all / 2);
    assert_true(frugal_reads < full_reads / 2);
}
