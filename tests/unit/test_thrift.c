/* core/thrift: how far back login events are worth their requests. */
#include "base/cleanup.h"
#include "core/thrift.h"
#include "test.h"

enum { STEPS = 4000 };

TEST(thrift_goes_on_as_long_as_a_step_can_pay)
{
    static const struct {
        struct thrift thrift;
        bool goes_on;
    } rows[] = {
        /* What older events can spare, against what the next step costs. */
        {{.wanted = 101, .beyond = 90, .best = 101, .ahead = 10}, true},
        {{.wanted = 100, .beyond = 90, .best = 100, .ahead = 10}, false},
        {{.wanted = 8, .beyond = 0, .best = 8, .ahead = 8}, false},
        {{.wanted = 9, .beyond = 0, .best = 9, .ahead = 8}, true},
        {{.wanted = 100, .beyond = 100, .best = 100, .ahead = 1}, false},
        {{.wanted = 0, .beyond = 0, .best = 0, .ahead = 1}, false},
        /* An account more where a login is known. */
        {{.wanted = 10, .beyond = 12, .best = 10, .ahead = 1}, false},
        /* What is spent without sparing anybody: 40 of 1,024 at most. */
        {{.wanted = 1024, .beyond = 0, .spent = 39, .best = 1024, .ahead = 1}, true},
        {{.wanted = 1024, .beyond = 0, .spent = 40, .best = 1024, .ahead = 1}, false},
        {{.wanted = 1024, .beyond = 0, .spent = 541, .best = 1526, .ahead = 1}, true},
        {{.wanted = 1024, .beyond = 0, .spent = 541, .best = 1525, .ahead = 1}, false},
        /* Nothing else tells what a rule asks. */
        {{.wanted = 0, .beyond = 0, .best = 0, .ahead = 1000, .needed = true}, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (thrift_goes_on(&rows[i].thrift) != rows[i].goes_on)
            fail_msg("row %zu", i);
    }
}

TEST(thrift_steps_double_and_keep_to_what_there_is_room_for)
{
    static const struct {
        int64_t told, left; /* days */
        double pages_a_day;
        int64_t room;
        double days;
    } rows[] = {
        {0, 365, 3, 100, 7},       {7, 358, 3, 100, 7}, {14, 351, 3, 100, 14},
        {56, 309, 3, 100, 33.333}, {0, 3, 3, 100, 3},   {56, 309, 3, 1000, 56},
        {0, 365, 0, 8, 7},         {56, 1, 0, 8, 1},    {0, 365, 1000, 8, 0.008},
        {182, 183, 0, 8, 182},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t is = thrift_step_us(rows[i].told * DAY_US, rows[i].left * DAY_US,
                                    rows[i].pages_a_day, rows[i].room);
        double days = (double)is / (double)DAY_US;
        if (days < rows[i].days * 0.999 || days > rows[i].days * 1.001)
            fail_msg("row %zu: %f days", i, days);
    }
    assert_int_equal(thrift_step_us(0, DAY_US, 1e12, 8), SECOND_US);
}

TEST(thrift_pages_are_rounded_up)
{
    assert_int_equal(thrift_pages(0, 3), 0);
    assert_int_equal(thrift_pages(DAY_US, 3), 3);
    assert_int_equal(thrift_pages(DAY_US + 1, 3), 4);
    assert_int_equal(thrift_pages(DAY_US, 0.01), 1);
    assert_int_equal(thrift_pages(DAY_US, 0), 0);
}

TEST(thrift_needs_events_where_inactive_accounts_are_deleted_for_their_login)
{
    const unsigned active = 1U << ACCOUNT_ACTIVE, inactive = 1U << ACCOUNT_INACTIVE;
    const struct {
        enum action action;
        unsigned account;
        int idle_days, activity_days, unless_idle_days;
        bool needs;
    } rows[] = {
        {ACTION_DEPROVISION, inactive, 400, -1, -1, true},
        {ACTION_DEPROVISION, active, 400, -1, -1, false},
        {ACTION_DEPROVISION, active | inactive, 400, -1, -1, true},
        {ACTION_DEPROVISION, 0, 400, -1, -1, true},
        {ACTION_DEPROVISION, inactive, -1, -1, -1, false},
        {ACTION_DEPROVISION, inactive, -1, 200, -1, true},
        {ACTION_DEPROVISION, inactive, -1, -1, 30, true},
        {ACTION_SUSPEND, inactive, 400, -1, -1, false},
        {ACTION_KEEP, inactive, 400, -1, -1, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rule rule = {.name = "r", .action = rows[i].action, .when = CONDITIONS_NONE};
        struct policy policy = {.rule = &rule, .rule_count = 1};
        rule.when.account = rows[i].account;
        rule.when.idle_days_min = rows[i].idle_days;
        rule.when.activity_days_min = rows[i].activity_days;
        rule.unless = CONDITIONS_NONE;
        rule.unless.idle_days_min = rows[i].unless_idle_days;
        rule.has_unless = rows[i].unless_idle_days >= 0;
        if (thrift_needs_events(&policy) != rows[i].needs)
            fail_msg("row %zu", i);
    }
}

/* --- whole collections --- */

struct tale {
    int64_t accounts;
    double pages_a_day;
    int64_t threshold; /* days: a login as old clears nobody */
    double half_life;  /* days in which half of those are cleared who will be */
    int64_t cleared;   /* of the accounts, in the end */
};

static int64_t wanted_after(const struct tale *tale, double days)
{
    double left = 1;

    for (double lived = 0; lived + tale->half_life <= days; lived += tale->half_life)
        left /= 2;
    return tale->accounts - (int64_t)((1 - left) * (double)tale->cleared);
}

/* What is asked in all. `told` may be another density than the one that was guessed first. */
static int64_t live(const struct tale *tale, double guessed_a_day)
{
    const int64_t year_us = 365 * DAY_US;
    struct thrift thrift = {.best = tale->accounts};
    int64_t told_us = 0;

    for (int step = 0; step < STEPS; step++) {
        double days = (double)told_us / (double)DAY_US;
        double a_day = told_us > 0 ? tale->pages_a_day : guessed_a_day;
        double counts = days < (double)tale->threshold ? days : (double)tale->threshold;

        thrift.wanted = wanted_after(tale, counts);
        thrift.beyond = days < (double)tale->threshold ? 0 : thrift.wanted;
        if (thrift.spent + thrift.wanted < thrift.best)
            thrift.best = thrift.spent + thrift.wanted;
        int64_t next_us = thrift_step_us(told_us, year_us - told_us, a_day, thrift_room(&thrift));
        thrift.ahead = thrift_pages(next_us, a_day);
        thrift.ahead += thrift.ahead == 0;
        if (told_us == year_us || !thrift_goes_on(&thrift))
            return thrift.spent + thrift.wanted;
        int64_t pages = thrift_pages(next_us, tale->pages_a_day);
        thrift.spent += pages > 0 ? pages : 1;
        told_us += next_us;
    }
    fail_msg("there is no end");
    return 0;
}

TEST(thrift_of_whole_collections_is_near_the_cheaper_of_both_ways)
{
    static const struct {
        struct tale tale;
        double guessed, over; /* the cheaper one */
    } rows[] = {
        /* People: three pages a day of 100,000, of whom most were there this month. */
        {{93500, 3, 90, 5, 72000}, 3, 1.0},
        {{935, 0.03, 90, 5, 720}, 0.03, 1.01},
        /* A year ago it was another portal, either way. */
        {{93500, 3, 90, 5, 72000}, 0.01, 1.0},
        {{93500, 3, 90, 5, 72000}, 60, 1.0},
        /* Machines log in all the time; few people are asked about. */
        {{2310, 68, 90, 5, 1500}, 68, 1.04},
        {{2310, 68, 90, 5, 0}, 68, 1.04},
        {{500, 1000, 90, 5, 400}, 1000, 1.05},
        /* Nobody was there, and nobody is cleared. */
        {{93500, 0, 90, 5, 0}, 0, 1.04},
        {{93500, 100, 90, 5, 0}, 100, 1.04},
        /* Who is cleared, is late. */
        {{93500, 3, 360, 100, 90000}, 3, 1.02},
        {{0, 100, 90, 5, 0}, 100, 1.0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct tale *tale = &rows[i].tale;
        int64_t reads = tale->accounts;
        int64_t year = thrift_pages(365 * DAY_US, tale->pages_a_day) +
                       wanted_after(tale, (double)tale->threshold);
        int64_t cheaper = reads < year ? reads : year;
        int64_t is = live(tale, rows[i].guessed);
        if ((double)is > (double)cheaper * rows[i].over + 8)
            fail_msg("row %zu: %lld requests, %lld by reads, %lld by a year of events", i,
                     (long long)is, (long long)reads, (long long)year);
    }
}
