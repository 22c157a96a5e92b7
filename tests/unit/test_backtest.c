/*
 * A year of three hundred accounts, who log in as they like: what the nights say of other
 * thresholds, beside what is thought out from the logins themselves, gap by gap.
 */
#include "alike.h"
#include "core/backtest.h"

#include <string.h>

#include "base/cleanup.h"
#include "core/simulate.h"
#include "random.h"
#include "test.h"

enum { PEOPLE = 300, NIGHTS = 365, BEFORE = 200, GRACE = 14, FIRST = 46000, EPOCH = 25568 };

/* Everything that is true of an account; days count from BEFORE days before the first night. */
struct life {
    bool login[BEFORE + NIGHTS];
    int lost, back; /* it has no seat on nights from `lost` to before `back`; 0 = always one */
};

static struct life lives[PEOPLE];
static uint64_t random_state;

static bool chance(unsigned of_thousand)
{
    return (next_random(&random_state) >> 11) % 1000 < of_thousand;
}

static int number_below(int below)
{
    return (int)((next_random(&random_state) >> 11) % (uint64_t)below);
}

/* Most log in often, some seldom, and now and then somebody stops for months. */
static void make_life(struct life *life)
{
    unsigned rate = chance(300) ? 20 : 400;
    int pause = number_below(BEFORE + NIGHTS), length = chance(500) ? number_below(250) : 0;

    *life = (struct life){.lost = 0};
    life->login[0] = true;
    for (int day = 1; day < BEFORE + NIGHTS; day++)
        life->login[day] = (day < pause || day >= pause + length) && chance(rate);
    if (chance(100)) {
        life->lost = BEFORE + number_below(NIGHTS);
        life->back = life->lost + 5 + number_below(100);
        for (int day = life->lost; day < life->back && day < BEFORE + NIGHTS; day++)
            life->login[day] = false;
    }
}

static bool has_seat(const struct life *life, int day)
{
    return !life->lost || day < life->lost || day >= life->back;
}

/* --- the oracle --- */

struct told {
    int acted; /* the night; -1 = never */
    enum backtest_end end[BACKTEST_SPANS];
};

/* The newest login before the night of a day, which is at two in the morning. */
static int last_login(const struct life *life, int day)
{
    while (!life->login[--day])
        ;
    return day;
}

static int next_login(const struct life *life, int day)
{
    for (; day < BEFORE + NIGHTS - 1; day++)
        if (life->login[day]) /* that of the last day no night has seen */
            return day;
    return -1;
}

/* A grace runs out on the night `threshold` and `GRACE` days behind a login, or behind the first
 * night asked about, or behind the night on which the seat was there again. */
static int oracle_acts(const struct life *life, int threshold, int from, int to)
{
    for (int night = from, since = -1; night <= to; night++) {
        bool idle = has_seat(life, night) && night - last_login(life, night) >= threshold;
        if (!idle)
            since = -1;
        else if (since < 0 || last_login(life, night) >= since)
            since = night;
        if (since >= 0 && night - since >= GRACE)
            return night;
    }
    return -1;
}

static struct told oracle(const struct life *life, int threshold, int from, int to)
{
    struct told told = {.acted = oracle_acts(life, threshold, from, to)};

    for (size_t s = 0; told.acted >= 0 && s < BACKTEST_SPANS; s++) {
        int until = told.acted + backtest_span[s], back = next_login(life, told.acted);
        bool lost = life->lost > told.acted && life->lost <= until;
        if (back >= 0 && back <= until)
            told.end[s] = BACKTEST_BACK;
        else
            told.end[s] = lost || until >= BEFORE + NIGHTS - 1 ? BACKTEST_UNKNOWN : BACKTEST_AWAY;
    }
    return told;
}

/* --- the nights --- */

struct year {
    struct arena arena;
    struct account account[PEOPLE];
    struct pairing pairing[PEOPLE];
    struct profile profile;
    struct snapshot snapshot;
    struct rule rule;
    struct policy policy;
    struct matching matching;
    struct policy_context context;
};

static struct instant at(int day, int hours)
{
    return (struct instant){.us = (((int64_t)FIRST + day - EPOCH) * 24 + hours) * 3600 * SECOND_US};
}

static void year_begin(struct year *year, int threshold)
{
    *year = (struct year){
        .rule = {.name = "idle",
                 .action = ACTION_SUSPEND,
                 .when = CONDITIONS_NONE,
                 .unless = CONDITIONS_NONE,
                 .grace_days = GRACE,
                 .approval = -1},
        .profile = {.id = "1", .name = "User"},
        .snapshot = {.account = year->account,
                     .count = PEOPLE,
                     .profile = &year->profile,
                     .profile_count = 1,
                     .complete = true},
    };
    year->rule.when.account = 1U << ACCOUNT_ACTIVE;
    year->rule.when.idle_days_min = threshold;
    year->policy = (struct policy){.rule = &year->rule, .rule_count = 1, .zone = &zone_utc};
    year->context =
        (struct policy_context){.snapshot = &year->snapshot, .matching = &year->matching};
    for (size_t i = 0; i < PEOPLE; i++)
        year->pairing[i].kind = LINK_NONE;
    for (size_t i = 0; i < PEOPLE; i++)
        year->account[i] = (struct account){.id = arena_printf(&year->arena, "account %zu", i),
                                            ALIKE(.profile_id = "1"),
                                            .history = {.ever_active = true}};
}

static const struct decided *year_night(struct year *year, struct arena *arena, int day)
{
    year->context.today = (struct day){.number = FIRST + day};
    year->context.now = at(day, 2);
    for (size_t i = 0; i < PEOPLE; i++) {
        struct account *account = &year->account[i];
        account->status = has_seat(&lives[i], day) ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE;
        account->login = (struct login){.kind = LOGIN_KNOWN,
                                        .source = LOGIN_FROM_EVENTS,
                                        .at = at(last_login(&lives[i], day), 12),
                                        .seen_at = year->context.now};
    }
    return policy_decide(arena, &year->policy, &year->context, year->pairing);
}

static size_t check_threshold(int threshold, int from, int to)
{
    CLEANUP(backtest_release) struct backtest backtest;
    struct backtest_sum wanted = {.acted = 0};
    struct year year;

    year_begin(&year, threshold);
    backtest_init(&backtest, &year.arena, &zone_utc);
    for (int day = from; day < BEFORE + NIGHTS; day++) {
        CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
        const struct decided *decided = year_night(&year, &scratch, day);
        backtest_night(&backtest, &year.context, decided, day <= to);
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        struct told told = oracle(&lives[i], threshold, from, to);
        const struct backtest_seat *seat = &backtest.seat[i];
        assert_string_equal(seat->account_id, year.account[i].id);
        if (told.acted < 0 ? day_is_set(seat->acted_on)
                           : seat->acted_on.number != FIRST + told.acted)
            fail_msg("account %zu at %d: day %d, not %d", i, threshold,
                     seat->acted_on.number - FIRST, told.acted);
        wanted.acted += told.acted >= 0;
        for (size_t s = 0; told.acted >= 0 && s < BACKTEST_SPANS; s++) {
            enum backtest_end end = backtest_end(&backtest, seat, backtest_span[s]);
            if (end != told.end[s])
                fail_msg("account %zu at %d: within %d days %d, not %d", i, threshold,
                         backtest_span[s], (int)end, (int)told.end[s]);
            wanted.of[s].back += end == BACKTEST_BACK;
            wanted.of[s].away += end == BACKTEST_AWAY;
            wanted.of[s].unknown += end == BACKTEST_UNKNOWN;
        }
    }
    struct backtest_sum sum = backtest_sum(&backtest);
    assert_memory_equal(&sum, &wanted, sizeof(sum));
    assert_true(sum.of[0].back <= sum.of[1].back);
    arena_release(&year.arena);
    return sum.of[1].back + 1000 * sum.of[1].away + 1000000 * sum.of[1].unknown;
}

TEST(backtest_of_a_year_is_what_the_logins_themselves_say)
{
    static const int thresholds[] = {1, 10, 20, 30, 45, 60, 90, 120, 180, 300};
    size_t told[3] = {0};

    random_state = 20261129;
    for (size_t i = 0; i < PEOPLE; i++)
        make_life(&lives[i]);
    for (size_t t = 0; t < COUNT_OF(thresholds); t += getenv("EVERY_CASE") ? 1 : 3) {
        size_t sums = check_threshold(thresholds[t], BEFORE, BEFORE + NIGHTS - 1);
        (void)check_threshold(thresholds[t], BEFORE + 40, BEFORE + 160);
        told[0] += sums % 1000;
        told[1] += sums / 1000 % 1000;
        told[2] += sums / 1000000;
    }
    for (size_t i = 0; i < COUNT_OF(told); i++)
        assert_in_range(told[i], 20, SIZE_MAX); /* something of each */
}

/* --- what a night in trouble does --- */

struct small {
    struct year year;
    struct backtest backtest;
};

static void small_night(struct small *small, int day, uint8_t held_by, bool doubt, int logged_in)
{
    struct decision decision = {.account = &small->year.account[0],
                                .by = doubt ? NULL : &small->year.rule,
                                .action = doubt ? ACTION_KEEP : ACTION_SUSPEND,
                                .held_by = held_by,
                                .doubt = doubt};

    small->year.snapshot.count = 1;
    small->year.account[0].status = ACCOUNT_ACTIVE;
    small->year.account[0].login = (struct login){.kind = LOGIN_KNOWN, .at = at(logged_in, 12)};
    small->year.context.today = (struct day){.number = FIRST + day};
    small->year.context.now = at(day, 2);
    const struct decided decided = decided_plain(&decision, 1);
    backtest_night(&small->backtest, &small->year.context, &decided, true);
}

static int acted_on(const struct small *small)
{
    const struct backtest_seat *seat = &small->backtest.seat[0];

    return day_is_set(seat->acted_on) ? seat->acted_on.number - FIRST : -1;
}

#define SMALL(name)                                                                                \
    struct small name;                                                                             \
    year_begin(&name.year, 30);                                                                    \
    backtest_init(&name.backtest, &name.year.arena, &zone_utc)

static void small_release(struct small *small)
{
    backtest_release(&small->backtest);
    arena_release(&small->year.arena);
}

TEST(backtest_of_what_a_guard_holds_begins_and_ends_nothing)
{
    SMALL(small);

    small_night(&small, 300, 5, false, 200);
    small_night(&small, 300 + GRACE, 0, false, 200); /* announced here, not when it was held */
    assert_int_equal(acted_on(&small), -1);
    small_night(&small, 300 + 2 * GRACE - 1, 5, false, 200);
    small_night(&small, 300 + 2 * GRACE, 5, false, 200); /* due, and held */
    assert_int_equal(acted_on(&small), -1);
    small_night(&small, 300 + 2 * GRACE + 1, 0, false, 200);
    assert_int_equal(acted_on(&small), 300 + 2 * GRACE + 1);
    small_release(&small);
}

TEST(backtest_of_a_keep_in_doubt_lets_the_grace_run_and_of_a_certain_one_does_not)
{
    for (int doubt = 0; doubt < 2; doubt++) {
        SMALL(small);
        small_night(&small, 300, 0, false, 200);
        small_night(&small, 301, 0, true, 200);
        if (!doubt) {
            small.year.rule.action = ACTION_KEEP;
            struct decision kept = {.account = &small.year.account[0]};
            small.year.context.today.number++;
            const struct decided decided = decided_plain(&kept, 1);
            backtest_night(&small.backtest, &small.year.context, &decided, true);
        }
        small_night(&small, 300 + GRACE, 0, false, 200);
        assert_int_equal(acted_on(&small), doubt ? 300 + GRACE : -1);
        small_release(&small);
    }
}

TEST(backtest_of_an_account_that_is_gone_is_unknown_unless_it_had_come_back)
{
    for (int back = 0; back < 2; back++) {
        SMALL(small);
        small_night(&small, 300, 0, false, 200);
        small_night(&small, 300 + GRACE, 0, false, 200);
        small_night(&small, 320, 0, false, back ? 318 : 200);
        small.year.snapshot.count = 0;
        for (int day = 321; day < 500; day++) {
            small.year.context.today.number = FIRST + day;
            backtest_night(&small.backtest, &small.year.context, NULL, true);
        }
        assert_int_equal(backtest_end(&small.backtest, &small.backtest.seat[0], 30),
                         back ? BACKTEST_BACK : BACKTEST_UNKNOWN);
        small_release(&small);
    }
}
