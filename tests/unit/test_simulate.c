/*
 * What other thresholds would do, over thousands of small random worlds: each point is what the
 * plan is that is made with that threshold in its rules, row by row.
 */
#include "core/simulate.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "random_plan.h"
#include "test.h"

enum { WORLDS = 2000 };

static const int thresholds[] = {0, 1, 29, 30, 31, 60, 89, 90, 91, 365};

/* The rules of the world itself, as a person would write them. */
static void write_threshold(struct world *world, int days)
{
    for (size_t i = 0; i < world->policy.rule_count; i++) {
        struct rule *rule = &world->rule[i];
        bool takes = rule->action == ACTION_SUSPEND || rule->action == ACTION_DEPROVISION;
        if (takes && rule->when.idle_days_min >= 0)
            rule->when.idle_days_min = days;
    }
}

static const struct plan_row *find_row(const struct plan *plan, const struct decision *decision)
{
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        if (text_equal(row->account_id, decision->account->id) &&
            text_equal(row->reason, decision->reason) && row->action == decision->action)
            return row;
    }
    return NULL;
}

static void assert_same_row(const struct plan *plan, const struct decision *decision, uint64_t seed,
                            int days)
{
    const struct plan_row *row = find_row(plan, decision);

    if (!row)
        fail_msg("world %llu at %d: no row for '%s'", (unsigned long long)seed, days,
                 decision->reason);
    assert_true(
        text_equal(row->held_by, decision->held_by ? guard_id(decision->held_by - 1U) : NULL));
    assert_true(text_equal(row->clause, decision->clause));
    assert_int_equal(row->not_before.number, decision->not_before.number);
    assert_string_equal(row->rule, decision_rule(decision));
}

/* What the rows of the plan come to, counted again. */
static void assert_counted(const struct plan *plan, const struct simulate_point *point)
{
    size_t acts = 0, seats = 0, held = 0, later = 0;

    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        bool takes = row->action == ACTION_SUSPEND || row->action == ACTION_DEPROVISION;
        bool frees = takes && strcmp(row->account_word, "active") == 0;
        acts += row->action != ACTION_KEEP;
        held += row->action != ACTION_KEEP && row->held_by;
        seats += frees;
        later += frees && row->not_before.number > plan->today.number;
    }
    assert_int_equal(point->acts, acts);
    assert_int_equal(point->seats, seats);
    assert_int_equal(point->held, held);
    assert_int_equal(point->later, later);
    assert_true(point->idle <= point->seats);
}

/* Whoever is idle so long either loses the seat, is given another act, or is kept for a reason. */
static void assert_kept(const struct world *world, const struct decided *decided,
                        const struct simulate_point *point)
{
    size_t kept = 0, by_row = 0;

    for (size_t i = 0; i < world->snapshot.count; i++) {
        const struct decision one = decided_at(decided, i);
        kept += one.account->status == ACCOUNT_ACTIVE && one.idle_days >= point->days &&
                one.action == ACTION_KEEP;
    }
    for (size_t i = 0; i < SIMULATE_CLAUSES && point->kept_by[i].clause; i++)
        by_row += point->kept_by[i].count;
    assert_int_equal(point->kept, kept);
    assert_int_equal(by_row, kept);
}

static size_t check_world(struct world *world, uint64_t seed)
{
    struct arena *arena = &world->arena;
    struct pairing *pairing = match_all(arena, &world->snapshot, &world->roster, &world->matching);
    struct decided *decided = policy_decide(arena, &world->policy, &world->context, pairing);
    struct guard_result guards = guard_all(arena, &world->limits, &world->history, &world->context,
                                           &world->roster, pairing, decided);
    const struct simulate_scene scene = {.context = &world->context,
                                         .pairing = pairing,
                                         .guard = guards.finding,
                                         .guard_count = guards.count};
    size_t freed = 0;

    if (!simulate_asks_idle(&world->policy))
        return 0;
    for (size_t t = 0; t < COUNT_OF(thresholds); t++) {
        struct policy other = simulate_policy(arena, &world->policy, thresholds[t]);
        const struct decided *simulated = simulate_decide(arena, &other, &scene);
        struct simulate_point point = simulate_count(&scene, simulated, thresholds[t]);
        write_threshold(world, thresholds[t]);
        const struct plan *plan = plan_of_world(world);
        assert_counted(plan, &point);
        assert_kept(world, simulated, &point);
        for (size_t i = 0; i < world->snapshot.count; i++) {
            if (decided_at(simulated, i).action != ACTION_KEEP)
                assert_same_row(plan, decided_acting(simulated, i), seed, thresholds[t]);
        }
        freed += point.idle;
    }
    return freed;
}

TEST(simulate_of_random_worlds_is_the_plan_with_that_threshold)
{
    size_t freed = 0;

    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct world world;
        world_draw(&world, seed);
        freed += check_world(&world, seed);
        arena_release(&world.arena);
    }
    assert_in_range(freed, 100, SIZE_MAX); /* they are not all boring */
}

TEST(simulate_curve_falls_with_the_threshold_and_is_empty_where_no_rule_asks)
{
    size_t falls = 0, empty = 0;

    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        const struct simulate_point *point = NULL;
        struct world world;
        world_draw(&world, seed);
        struct pairing *pairing =
            match_all(&world.arena, &world.snapshot, &world.roster, &world.matching);
        const struct simulate_scene scene = {
            .context = &world.context, .pairing = pairing, .reread_days = 7};
        size_t count = simulate_curve(&world.arena, &world.policy, &scene, &point);
        assert_int_equal(count == 0, simulate_threshold(&world.policy) < 0);
        empty += count == 0;
        assert_true(count == 0 || (point[0].days == 30 && point[count - 1].days == 365));
        struct simulate_scene known = scene; /* what is decided already changes nothing of it */
        const struct simulate_point *again = NULL;
        known.decided = simulate_decide(&world.arena, &world.policy, &scene);
        assert_int_equal(simulate_curve(&world.arena, &world.policy, &known, &again), count);
        for (size_t i = 0; i < count; i++) {
            assert_memory_equal(&again[i], &point[i], sizeof(again[i]));
            assert_true(i == 0 || point[i].days > point[i - 1].days);
            struct policy other = simulate_policy(&world.arena, &world.policy, point[i].days);
            struct simulate_point whole = simulate_count(
                &scene, simulate_decide(&world.arena, &other, &scene), point[i].days);
            assert_memory_equal(&point[i], &whole, sizeof(whole));
            assert_true(i == 0 || point[i].idle <= point[i - 1].idle);
            falls += i > 0 && point[i].idle < point[i - 1].idle;
        }
        arena_release(&world.arena);
    }
    assert_true(falls > 10 && empty > 10);
}

/* So many accounts that they are asked in portions, and by several at once: a world again and
 * again. */
TEST(simulate_curve_of_many_accounts_is_that_of_each_world_added_up)
{
    enum { TIMES = 3000 };
    const struct simulate_point *one = NULL, *all = NULL;
    struct pairing *pairing = NULL;
    struct world world;
    uint64_t seed = 1;
    size_t count = 0;

    for (;; seed++) {
        assert_in_range(seed, 1, WORLDS);
        world_draw(&world, seed);
        pairing = match_all(&world.arena, &world.snapshot, &world.roster, &world.matching);
        pairing[0] = (struct pairing){
            .kind = LINK_AMBIGUOUS, .doubt = DOUBT_RIVAL, .rival = 1, .key = MATCH_BY_EMAIL};
        const struct simulate_scene scene = {.context = &world.context, .pairing = pairing};
        count = simulate_curve(&world.arena, &world.policy, &scene, &one);
        if (count > 0 && one[0].idle > 0 && one[0].kept > 0 && world.snapshot.count > 6)
            break;
        arena_release(&world.arena);
    }
    struct snapshot many = world.snapshot;
    struct policy_context context = world.context;
    many.account = arena_calloc(&world.arena, TIMES * many.count, sizeof(many.account[0]));
    struct pairing *pairs =
        arena_calloc(&world.arena, TIMES * world.snapshot.count, sizeof(pairs[0]));
    for (size_t i = 0; i < TIMES * world.snapshot.count; i++) {
        many.account[i] = world.snapshot.account[i % world.snapshot.count];
        pairs[i] = pairing[i % world.snapshot.count];
        if (pairs[i].doubt == DOUBT_RIVAL)
            pairs[i].rival = (uint32_t)i + 1; /* a place in the whole */
    }
    many.count *= TIMES;
    context.snapshot = &many;
    const struct simulate_scene scene = {.context = &context, .pairing = pairs};
    assert_int_equal(simulate_curve(&world.arena, &world.policy, &scene, &all), count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(all[i].acts, TIMES * one[i].acts);
        assert_int_equal(all[i].seats, TIMES * one[i].seats);
        assert_int_equal(all[i].idle, TIMES * one[i].idle);
        assert_int_equal(all[i].kept, TIMES * one[i].kept);
        assert_int_equal(all[i].later, TIMES * one[i].later);
        for (size_t k = 0; k < SIMULATE_CLAUSES; k++) {
            assert_true(text_equal(all[i].kept_by[k].clause, one[i].kept_by[k].clause));
            assert_int_equal(all[i].kept_by[k].count, TIMES * one[i].kept_by[k].count);
        }
    }
    arena_release(&world.arena);
}

/* Nobody is to be read who was read just now, and everybody whom no read ever told of. */
TEST(simulate_count_tells_whose_login_a_plan_would_read_first)
{
    size_t told = 0;

    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct world world;
        world_draw(&world, seed);
        struct pairing *pairing =
            match_all(&world.arena, &world.snapshot, &world.roster, &world.matching);
        const struct simulate_scene scene = {
            .context = &world.context, .pairing = pairing, .reread_days = 7};
        for (int read = 0; read < 2; read++) {
            size_t readable = 0;
            for (size_t i = 0; i < world.snapshot.count; i++)
                world.account[i].history.read_at = read ? world.context.now : INSTANT_NONE;
            const struct decided *decided = simulate_decide(&world.arena, &world.policy, &scene);
            struct simulate_point point = simulate_count(&scene, decided, 30);
            for (size_t i = 0; i < world.snapshot.count; i++) {
                const struct decision one = decided_at(decided, i);
                readable += simulate_frees_idle(&one) && account_id_is_v4(one.account->id);
            }
            assert_int_equal(point.unread, read ? 0 : readable);
            told += point.unread;
        }
        arena_release(&world.arena);
    }
    assert_in_range(told, 10, SIZE_MAX);
}
