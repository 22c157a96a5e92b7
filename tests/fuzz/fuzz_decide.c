/*
 * Matching, nearness and policy: a small world drawn from the bytes, decided by the program and by
 * the oracle of the unit tests; and each account once more alone, as before its act. Two bytes are
 * a number, from which some worlds follow; three a number and whether everybody is there a few
 * times or very often, in a world too large for the oracle, in which people are told by mail and
 * protected by their address. Reads: core/match.c core/near.c core/policy.c core/rules.c
 * core/protect.c core/corroborate.c core/contest.c core/people.c core/twin.c core/condition.c
 * core/guard.c core/plan.c core/explain.c
 */
#include "fuzz.h"

#include "../unit/random_plan.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "core/protect.h"
#include "core/rules.h"

/* FEW: what many have is compared with each other; MANY: having it is enough. */
enum { WORLDS = 16, FEW = 16, MANY = 300, OF_MANY = 3, ALONE = 20 };

static void check_alone(struct world *world, const struct pairing *pairing)
{
    struct arena *arena = &world->arena;
    struct decided *decided = policy_decide(arena, &world->policy, &world->context, pairing);

    for (size_t i = 0; i < world->snapshot.count && i < ALONE; i++) {
        struct decision alone = policy_decide_one(arena, &world->policy, &world->context,
                                                  &world->snapshot.account[i], &pairing[i]);
        FUZZ_CHECK(alone.action == decided_at(decided, i).action);
        FUZZ_CHECK(text_equal(alone.clause, decided_at(decided, i).clause));
        FUZZ_CHECK(text_equal(alone.reason, decided_at(decided, i).reason));
    }
}

/* What is bound to an account is an entry that keeps it. */
static void check_protections(struct world *world, const struct pairing *pairing)
{
    const struct protection_fit *fit = NULL;
    size_t count = protections_fits(&world->arena, &world->policy, &world->context, pairing, &fit);

    FUZZ_CHECK(world->policy.protected_count > 0 || count == 0);
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(fit[i].account->status != ACCOUNT_GONE && *fit[i].who);
}

static void check_parts(struct world *world, struct pairing *pairing)
{
    check_alone(world, pairing);
    check_protections(world, pairing);
    FUZZ_CHECK(world->policy.rule_count > 0 ||
               (!policy_asks_login(&world->policy) && !policy_asks_department(&world->policy)));
    arena_release(&world->arena);
}

static void check_world(struct world *world)
{
    (void)plan_check_world(world);
    check_parts(world,
                match_all(&world->arena, &world->snapshot, &world->roster, &world->matching));
}

/* Everybody `times` times; accounts with ids of their own, rows with numbers of their own. */
static void multiply(struct world *world, size_t times)
{
    struct arena *arena = &world->arena;
    size_t most = times == MANY ? OF_MANY : MOST;
    size_t accounts = world->snapshot.count < most ? world->snapshot.count : most;
    size_t people = world->roster.count < most ? world->roster.count : most;
    struct account *account = arena_calloc(arena, accounts * times + 1, sizeof(account[0]));
    struct person *person = arena_calloc(arena, people * times + 1, sizeof(person[0]));

    for (size_t i = 0; i < accounts * times; i++) {
        account[i] = world->account[i % accounts];
        account[i].id = arena_printf(arena, "%08zX-0000-0000-00000000000000A0", i);
    }
    for (size_t i = 0; i < people * times; i++) {
        person[i] = world->person[i % people];
        person[i].row = (uint32_t)i + 2;
    }
    world->snapshot.account = account;
    world->snapshot.count = accounts * times;
    world->roster.person = person;
    world->roster.count = people * times;
}

/* Conditions that the worlds of the oracle do not draw. */
static void ask_more(struct world *world, uint64_t number)
{
    static const char *const items[] = {"a*", "*admin*", "NL"};
    static const struct patterns patterns = {.item = items, .count = COUNT_OF(items)};

    for (size_t i = 0; i < world->policy.rule_count; i++) {
        struct conditions *when = &world->rule[i].when;
        struct patterns *const asked[] = {&when->username, &when->email, &when->employee_number,
                                          &when->profile,  &when->role,  &when->country};

        if (number % 2)
            *asked[(number + i) % COUNT_OF(asked)] = patterns;
        world->rule[i].grace_days = 14;
    }
}

/* A history in which something is odd: what, the bits of the number say. */
static struct guard_history odd_history(const struct world *world, uint64_t number)
{
    struct instant now = world->context.now, old = instant_add_us(now, -60 * DAY_US);
    struct guard_history history = world->history;

    history.last_roster_people = number % 3 == 0 ? 100000 : -1;
    history.last_snapshot_accounts = number % 3 == 1 ? 100000 : -1;
    history.last_matched_percent = number % 3 == 2 ? 99 : -1;
    history.matched_at = old;
    history.older_copy_of = number % 5 == 1 ? old : INSTANT_NONE;
    history.same_bytes_since = number % 5 == 2 ? old : INSTANT_NONE;
    history.history_since = number % 5 == 3 ? old : INSTANT_NONE;
    history.policy_seen_at = number % 5 == 4 ? old : INSTANT_NONE;
    history.events_reach = number % 2 ? old : now;
    history.signal = (struct guard_signal){
        .asked = 8, .answered = number % 4 ? 8 : 1, .missed = number % 4 == 1 ? 2 : 0};
    history.portal = (struct guard_portal){.host = "a.example",
                                           .last_host = number % 7 == 1 ? "b.example" : "a.example",
                                           .own_id = "a",
                                           .last_own_id = number % 7 == 2 ? "b" : "a",
                                           .older_name = number % 7 == 3 ? "old" : NULL,
                                           .known = 10,
                                           .of_those = 1};
    history.record_back = number % 11 == 1 ? "the record is older" : NULL;
    history.clock_told = true;
    history.clock_ahead_s = number % 11 == 2 ? 7200 : 0;
    return history;
}

/* What holds and can be let go is let go by who accepts just that, and by nobody once it is over.
 */
static void check_guards(struct world *world, const struct pairing *pairing, uint64_t number)
{
    struct arena *arena = &world->arena;
    struct guard_history history = odd_history(world, number);
    struct decided *decided = policy_decide(arena, &world->policy, &world->context, pairing);
    struct acknowledgement given = {
        .id = 7, .who = "anna", .reason = "r", .at = world->context.now};

    world->limits.max_same_days = 7;
    struct guard_result first = guard_all(arena, &world->limits, &history, &world->context,
                                          &world->roster, pairing, decided);
    for (size_t i = 0; i < first.count; i++) {
        const struct guard_finding *one = &first.finding[i];

        FUZZ_CHECK(text_equal(one->id, guard_id(i)) && *one->text && one->limit && one->actual);
        if (!one->hold || !one->cause)
            continue;
        given.guard = one->id;
        given.cause = one->cause;
        given.measure = one->measure;
        for (int days = -1; days <= 1; days += 2) {
            given.until = day_add(world->context.today, days);
            history.acknowledged = &given;
            history.acknowledged_count = 1;
            struct guard_result again = guard_all(arena, &world->limits, &history, &world->context,
                                                  &world->roster, pairing, decided);
            FUZZ_CHECK(again.finding[i].hold == (days < 0));
            FUZZ_CHECK(!again.finding[i].let_go_by == (days < 0));
        }
    }
    FUZZ_CHECK(!guard_id(first.count));
}

static void tell_and_protect(struct world *world)
{
    static const char *const bound[] = {"ann@a.example"};
    struct arena *arena = &world->arena;

    world->policy.tells_people = world->policy.enforce = true;
    world->context.matching = &world->matching;
    world->protected_entry[0].who = bound[0];
    for (size_t i = 0; i < world->snapshot.count; i++) {
        struct account *account = &world->snapshot.account[i];
        struct unreached *unreached = arena_calloc(arena, 1, sizeof(unreached[0]));

        *unreached = (struct unreached){
            .rule = "r0", .address = account->email ? account->email : "", .why = "no mailbox"};
        if (i % 7 == 1)
            account->email = "\xD0\xB0nn@a.example"; /* the first letter is Cyrillic */
        if (i % 7 == 2)
            account->login = (struct login){.kind = LOGIN_KNOWN,
                                            .at = instant_add_us(world->context.now, 3 * DAY_US)};
        if (i % 7 == 5)
            account->login = (struct login){.kind = LOGIN_KNOWN, .at = world->context.now};
        if (i % 7 == 3)
            account_alike_own(arena, account)->profile_id = NULL;
        struct account_past *past = account_past_of(arena, account);
        if (i % 7 == 4)
            past->reactivation_unknown = true;
        past->unreached = unreached;
        past->unreached_count = i % 2;
        past->bound = bound;
        past->bound_count = i % 3 == 0;
    }
}

static void check_crowd(uint64_t number, size_t times)
{
    struct world world;

    world_draw(&world, number);
    multiply(&world, times);
    tell_and_protect(&world);
    ask_more(&world, number);
    snapshot_digest(&world.snapshot);
    struct pairing *pairing =
        match_all(&world.arena, &world.snapshot, &world.roster, &world.matching);
    check_guards(&world, pairing, number);
    check_parts(&world, pairing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world;

    for (uint64_t i = 0; size == 2 && i < WORLDS; i++) {
        world_draw(&world, (uint64_t)(data[0] << 8 | data[1]) * WORLDS + i);
        check_world(&world);
    }
    if (size == 3) {
        check_crowd((uint64_t)(data[0] << 8 | data[1]), data[2] % 2 ? MANY : FEW);
    } else if (size != 2) {
        world_draw_of(&world, data, size);
        check_world(&world);
    }
    return 0;
}
