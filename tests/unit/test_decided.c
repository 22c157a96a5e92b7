/* Decisions that are alike are kept once, and nobody can tell. */
#include "alike.h"
#include "base/parallel.h"
#include "core/decided.h"
#include "core/guard.h"
#include "test.h"

enum { MANY = 3000 };

struct world {
    struct arena arena;
    struct account *account;
    struct pairing *pairing;
    struct snapshot snapshot;
    struct policy policy;
    struct policy_context context;
};

/* Every third one left; who stays is kept because no rule applies. */
static void begin(struct world *world, const struct rule *rule)
{
    static const struct person left = {.status = PERSON_DEPARTED, .employee_number = "1"};
    static struct profile regular = {.id = "1", .name = "Regular"};
    static const struct person here = {.status = PERSON_EMPLOYED, .employee_number = "2"};

    *world = (struct world){.arena = ARENA_INIT};
    world->account = arena_calloc(&world->arena, MANY, sizeof(world->account[0]));
    world->pairing = arena_calloc(&world->arena, MANY, sizeof(world->pairing[0]));
    for (size_t i = 0; i < MANY; i++) {
        world->account[i] = (struct account){
            .id = arena_printf(&world->arena, "%08zX-2B3A-141F-8F07D71AA1F223BD", i),
            .status = ACCOUNT_ACTIVE,
            ALIKE(.profile_id = regular.id),
            .history = {.ever_active = true}};
        world->pairing[i] = (struct pairing){
            .kind = LINK_ONE, .key = MATCH_BY_LINKS_FILE, .person = i % 3 ? &here : &left};
    }
    world->snapshot = (struct snapshot){.account = world->account,
                                        .count = MANY,
                                        .complete = true,
                                        .profile = &regular,
                                        .profile_count = 1};
    world->policy = (struct policy){.rule = rule, .rule_count = 1, .zone = &zone_utc};
    world->context = (struct policy_context){
        .today = {46000}, .now = {.us = DAY_US}, .snapshot = &world->snapshot};
}

static struct rule suspend_departed(void)
{
    struct rule rule = {.name = "departed",
                        .action = ACTION_SUSPEND,
                        .when = CONDITIONS_NONE,
                        .unless = CONDITIONS_NONE,
                        .approval = -1};

    rule.when.person = 1U << PERSON_DEPARTED;
    return rule;
}

TEST(policy_decide_of_many_keeps_what_is_alike_once)
{
    const struct rule rule = suspend_departed();
    struct world world;

    begin(&world, &rule);
    struct decided *decided =
        policy_decide(&world.arena, &world.policy, &world.context, world.pairing);
    for (size_t i = 0; i < MANY; i++) {
        struct decision one = decided_at(decided, i);
        struct decision alone = policy_decide_one(&world.arena, &world.policy, &world.context,
                                                  &world.account[i], &world.pairing[i]);
        assert_ptr_equal(one.account, &world.account[i]);
        assert_ptr_equal(one.pairing, &world.pairing[i]);
        assert_int_equal(one.action, i % 3 ? ACTION_KEEP : ACTION_SUSPEND);
        assert_string_equal(one.clause, alone.clause);
        assert_string_equal(one.reason, alone.reason);
        assert_int_equal(one.person, alone.person);
    }
    /* Those who act, and of each part of the loop one for all others. */
    assert_in_range(decided->item_count, MANY / 3 + 1, MANY / 3 + PARALLEL_PARTS_MAX);
    arena_release(&world.arena);
}

/* Who acts, whom somebody need look at, and of whom something may end is told why all the same. */
TEST(policy_decide_briefly_differs_in_why_alone)
{
    const struct rule rule = suspend_departed();
    struct world world;

    begin(&world, &rule);
    for (size_t i = 0; i < MANY; i++) {
        if (i % 5 == 1)
            world.pairing[i].kind = LINK_AMBIGUOUS;
        if (i % 7 == 1)
            (void)account_past_of(&world.arena, &world.account[i]);
    }
    struct decided *whole =
        policy_decide(&world.arena, &world.policy, &world.context, world.pairing);
    world.context.brief = true;
    struct decided *brief =
        policy_decide(&world.arena, &world.policy, &world.context, world.pairing);
    size_t findings = 0, briefly = 0;
    for (size_t i = 0; i < MANY; i++) {
        struct decision one = decided_at(brief, i), as_told = decided_at(whole, i);
        bool is_brief = one.action == ACTION_KEEP && !one.finding && i % 7 != 1;
        assert_string_equal(one.reason, is_brief ? KEPT_BRIEFLY : as_told.reason);
        as_told.reason = one.reason;
        assert_memory_equal(&one, &as_told, sizeof(one));
        findings += one.finding;
        briefly += is_brief;
    }
    assert_true(findings > 0 && briefly > 0);
    arena_release(&world.arena);
}

TEST(guard_hold_of_acts_holds_each_of_them_and_no_keep)
{
    const struct rule rule = suspend_departed();
    const struct guard_finding finding = {.id = "G1", .hold = true};
    struct world world;

    begin(&world, &rule);
    struct decided *decided =
        policy_decide(&world.arena, &world.policy, &world.context, world.pairing);
    guard_hold(&finding, 1, decided);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(decided_at(decided, i).held_by, i % 3 == 0);
    arena_release(&world.arena);
}

TEST(decided_part_add_of_decisions_to_keep_that_differ_in_one_fact_keeps_each)
{
    struct decision kept = {.clause = "R13", .reason = "no rule applies", .idle_days = 3};
    static const struct account accounts[2];
    struct decided_part part = {.count = 0};

    kept.account = &accounts[0];
    uint32_t first = decided_part_add(&part, &kept);
    kept.account = &accounts[1];
    assert_int_equal(decided_part_add(&part, &kept), first);
    kept.idle_days = 4;
    assert_int_not_equal(decided_part_add(&part, &kept), first);
    kept.idle_days = 3;
    kept.finding = true;
    assert_int_not_equal(decided_part_add(&part, &kept), first);
    kept.finding = false;
    kept.doubt = true;
    assert_int_not_equal(decided_part_add(&part, &kept), first);
    assert_int_equal(part.count, 4);
    assert_null(part.item[first].account);
    decided_part_release(&part);
}

TEST(decided_part_add_of_two_acts_that_are_alike_keeps_both)
{
    static const struct account accounts[2];
    struct decision act = {.account = &accounts[0], .action = ACTION_SUSPEND, .clause = "R10"};
    struct decided_part part = {.count = 0};

    uint32_t first = decided_part_add(&part, &act);
    act.account = &accounts[1];
    uint32_t second = decided_part_add(&part, &act);
    assert_int_not_equal(first, second);
    assert_ptr_equal(part.item[second].account, &accounts[1]);
    decided_part_release(&part);
}
