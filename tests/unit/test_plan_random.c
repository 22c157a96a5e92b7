/*
 * Thousands of small random worlds, decided by the program and by the oracle of random_plan.c. What
 * they disagree about is a bug in one of them.
 */
#include "alike.h"
#include "random_plan.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "test.h"

/* In `make check`; `make check-worlds` asks for more. */
#define WORLDS_DEFAULT 2000

static uint64_t worlds(void)
{
    const char *more = getenv("RANDOM_WORLDS");
    int64_t count = WORLDS_DEFAULT;

    return more && parse_int(more, 1, 100000000, &count) ? (uint64_t)count : WORLDS_DEFAULT;
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
    const uint64_t count = worlds();

    for (uint64_t seed = 1; seed <= count; seed++) {
        struct world world;

        world_drawn = seed;
        world_draw(&world, seed);
        const struct plan *plan = plan_check_world(&world);
        total_acts += plan->totals.of[ACTION_SUSPEND] + plan->totals.of[ACTION_DEPROVISION] +
                      plan->totals.of[ACTION_REACTIVATE];
        arena_release(&world.arena);
    }
    assert_true(total_acts > count / 8);
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
    const uint64_t count = worlds();

    for (uint64_t seed = 1; seed <= count / 4; seed++) {
        struct world world;

        world_drawn = seed;
        world_draw(&world, seed);
        struct digest before = plan_of_world(&world)->digest;
        for (size_t i = world.snapshot.count; i > 1; i--)
            swap_accounts(&world, i - 1, world_random(&world, i));
        for (size_t i = world.roster.count; i > 1; i--)
            swap_people(&world, i - 1, world_random(&world, i));
        snapshot_digest(&world.snapshot);
        struct digest after = plan_of_world(&world)->digest;
        if (digest_compare(&before, &after) != 0)
            fail_msg("world %llu depends on the order", (unsigned long long)seed);
        arena_release(&world.arena);
    }
}

/* --- what a single read tells --- */

static bool is_same_pairing(const struct pairing *a, const struct pairing *b)
{
    return a->person == b->person && a->other == b->other &&
           day_compare(a->twin_until, b->twin_until) == 0 && a->key == b->key &&
           a->kind == b->kind && a->near == b->near && a->doubt == b->doubt && a->keys == b->keys;
}

static struct login draw_login(struct world *world)
{
    return (struct login){
        .kind = world_random(world, 8) ? LOGIN_KNOWN : (enum login_kind)world_random(world, 3),
        .source = LOGIN_FROM_SINGLE_READ,
        .at.us = (TODAY - 25567 - (int64_t)world_random(world, 900)) * DAY_US,
        .seen_at = world->snapshot.taken_at,
    };
}

/* Everybody is read: whether every link is what it was. *ret_same: nothing that is compared is
 * news. */
static bool links_stay(struct world *world, bool same_logins, bool *ret_same)
{
    const struct pairing *before =
        match_all(&world->arena, &world->snapshot, &world->roster, &world->matching);
    bool stay = true;

    *ret_same = true;
    for (size_t i = 0; i < world->snapshot.count; i++) {
        struct account *account = &world->account[i];
        struct match_evidence known = match_evidence_of(account);
        struct login read = draw_login(world);
        if (!same_logins && account->status != ACCOUNT_GONE)
            account->status = (enum account_status)world_random(world, ACCOUNT_GONE);
        if (same_logins && account->login.kind == LOGIN_KNOWN) {
            read.kind = LOGIN_KNOWN;
            read.at = account->login.at;
        } else if (same_logins && read.kind == LOGIN_KNOWN) {
            read.kind = LOGIN_NEVER;
        }
        account->login = read;
        *ret_same &= match_evidence_is_same(known, match_evidence_of(account));
        account->history.read_at = read.seen_at;
        account_since_own(&world->arena, account)->first_seen = read.seen_at;
        alike_own(account)->department = "Elsewhere";
    }
    const struct pairing *after =
        match_all(&world->arena, &world->snapshot, &world->roster, &world->matching);
    for (size_t i = 0; i < world->snapshot.count; i++)
        stay &= is_same_pairing(&before[i], &after[i]);
    return stay;
}

TEST(links_hang_on_no_more_of_a_single_read_than_is_compared)
{
    const uint64_t count = worlds();
    size_t same = 0;

    for (uint64_t seed = 1; seed <= count; seed++) {
        struct world world;
        bool is_same = false;

        world_drawn = seed;
        world_draw(&world, seed);
        bool stay = links_stay(&world, seed % 2 == 0, &is_same);
        if (is_same && !stay)
            fail_msg("world %llu: a login that is called the same changes a link",
                     (unsigned long long)seed);
        same += is_same;
        arena_release(&world.arena);
    }
    assert_true(same >= count / 2);
}

/* Somebody has left, and another of that name works here, with an account of their own: its last
 * login says until when a login of the other account may be theirs (K5). */
TEST(a_twins_login_and_whether_the_account_is_in_use_are_compared)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct person person[] = {
        {.employee_number = "1",
         .name = "Ann Example",
         .status = PERSON_DEPARTED,
         .hire_date = {TODAY - 3000},
         .last_day = {TODAY - 100}},
        {.employee_number = "2",
         .name = "Ann Example",
         .status = PERSON_EMPLOYED,
         .hire_date = {TODAY - 120}},
    };
    struct account account[] = {
        {.id = "a", .employee_number = "1", .name = "Ann Example", .status = ACCOUNT_ACTIVE},
        {.id = "b",
         .employee_number = "2",
         .name = "Ann Example",
         .status = ACCOUNT_ACTIVE,
         .login = {.kind = LOGIN_KNOWN, .at.us = INT64_C(20700) * DAY_US}},
    };
    const struct snapshot snapshot = {.account = account, .count = COUNT_OF(account)};
    const struct roster roster = {.person = person, .count = COUNT_OF(person)};
    const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER}, .key_count = 1};
    const struct match_evidence known = match_evidence_of(&account[1]);

    struct day before = match_all(&arena, &snapshot, &roster, &matching)[0].twin_until;
    assert_true(day_is_set(before));
    account[1].login.source = LOGIN_FROM_SINGLE_READ;
    assert_true(match_evidence_is_same(known, match_evidence_of(&account[1])));
    account[1].login.at.us += DAY_US;
    assert_false(match_evidence_is_same(known, match_evidence_of(&account[1])));
    struct day after = match_all(&arena, &snapshot, &roster, &matching)[0].twin_until;
    assert_int_equal(day_between(before, after), 1);
    account[1].login.at.us -= DAY_US;
    account[1].status = ACCOUNT_UNREADABLE; /* nobody can tell whether it is in use */
    assert_false(match_evidence_is_same(known, match_evidence_of(&account[1])));
    after = match_all(&arena, &snapshot, &roster, &matching)[0].twin_until;
    assert_false(day_is_set(after));
    account[1].status = ACCOUNT_ACTIVE;
    account[1].login.kind = LOGIN_UNREADABLE;
    assert_false(match_evidence_is_same(known, match_evidence_of(&account[1])));
}
