/*
 * The pace under a clock that only the test turns: no wait is slept, every time is exact.
 */
#include "base/cleanup.h"
#include "base/mem.h"
#include "net/pace.h"
#include "test.h"

#define START ((struct instant){.us = INT64_C(1790000000) * SECOND_US})

static const struct pace_settings bynder = {.per_second = 10,
                                            .per_window = 4500,
                                            .window_us = 300 * SECOND_US,
                                            .silence_us = 310 * SECOND_US};

/* Sends `count` requests as soon as each may go; their times. */
static int64_t *send_many(struct pace *pace, struct instant *now, size_t count)
{
    int64_t *sent = mem_calloc(count, sizeof(sent[0]));

    for (size_t i = 0; i < count; i++) {
        *now = pace_next(pace, *now);
        pace_sent(pace, *now);
        sent[i] = now->us;
    }
    return sent;
}

/* The most requests that fall into any window. */
static size_t busiest(const int64_t *sent, size_t count, int64_t window_us)
{
    size_t most = 0, first = 0;

    for (size_t i = 0; i < count; i++) {
        while (sent[i] - sent[first] >= window_us)
            first++;
        if (i - first + 1 > most)
            most = i - first + 1;
    }
    return most;
}

TEST(pace_next_first_request_goes_at_once)
{
    CLEANUP(pace_freep) struct pace *pace = pace_new(&bynder);

    assert_int_equal(pace_next(pace, START).us, START.us);
}

TEST(pace_next_after_a_request_waits_one_interval)
{
    CLEANUP(pace_freep) struct pace *pace = pace_new(&bynder);
    struct instant later = {.us = START.us + 30000};

    pace_sent(pace, START);
    assert_int_equal(pace_next(pace, later).us, START.us + 100000);
    later.us = START.us + 5 * SECOND_US;
    assert_int_equal(pace_next(pace, later).us, later.us);
}

TEST(pace_next_after_an_idle_time_allows_no_burst)
{
    CLEANUP(pace_freep) struct pace *pace = pace_new(&bynder);
    struct instant now = {.us = START.us + 3600 * SECOND_US};

    pace_sent(pace, START);
    CLEANUP(mem_cleanup) int64_t *sent = send_many(pace, &now, 50);
    for (size_t i = 1; i < 50; i++)
        assert_int_equal(sent[i] - sent[i - 1], 100000);
}

TEST(pace_next_under_a_window_limit_never_exceeds_it)
{
    static const struct {
        double per_second;
        int64_t per_window, window_us;
    } rows[] = {
        {0, 1, SECOND_US},   {0, 7, SECOND_US},           {0, 100, SECOND_US},
        {50, 20, SECOND_US}, {15, 4500, 300 * SECOND_US}, {15.5, 4400, 300 * SECOND_US},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pace_settings settings = {.per_second = rows[i].per_second,
                                         .per_window = rows[i].per_window,
                                         .window_us = rows[i].window_us};
        CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
        struct instant now = START;
        CLEANUP(mem_cleanup) int64_t *sent = send_many(pace, &now, 20000);

        assert_true(busiest(sent, 20000, rows[i].window_us) <= (size_t)rows[i].per_window);
    }
}

TEST(pace_next_without_limits_never_waits)
{
    struct pace_settings settings = {.window_us = 300 * SECOND_US};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct instant now = START;

    CLEANUP(mem_cleanup) int64_t *sent = send_many(pace, &now, 1000);
    assert_int_equal(sent[999], START.us);
}

TEST(pace_blocked_by_a_429_is_silent_for_all_of_it)
{
    CLEANUP(pace_freep) struct pace *pace = pace_new(&bynder);
    struct instant now = {.us = START.us + 7};

    pace_sent(pace, START);
    pace_blocked(pace, now, 0);
    assert_int_equal(pace_blocks(pace), 1);
    assert_int_equal(pace_next(pace, now).us, now.us + 310 * SECOND_US);
    assert_true(pace_is_silent(pace, now));
    now.us += 310 * SECOND_US;
    assert_false(pace_is_silent(pace, now));
    assert_int_equal(pace_next(pace, now).us, now.us);
}

TEST(pace_blocked_and_asked_to_wait_is_silent_for_the_longer)
{
    static const struct {
        int64_t asked_s, silent_s;
    } rows[] = {{0, 310}, {5, 310}, {310, 310}, {311, 311}, {1800, 1800}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(pace_freep) struct pace *pace = pace_new(&bynder);

        pace_sent(pace, START);
        pace_blocked(pace, START, rows[i].asked_s * SECOND_US);
        assert_int_equal(pace_next(pace, START).us, START.us + rows[i].silent_s * SECOND_US);
        assert_int_equal(pace_silence_us(pace), rows[i].silent_s * SECOND_US);
        /* A shorter one later takes nothing off. */
        pace_blocked(pace, START, 0);
        assert_int_equal(pace_next(pace, START).us, START.us + rows[i].silent_s * SECOND_US);
    }
}

TEST(pace_quiet_waits_and_neither_blocks_nor_slows_down)
{
    CLEANUP(pace_freep) struct pace *pace = pace_new(&bynder);
    struct instant now = START;

    pace_quiet(pace, now, 20 * SECOND_US);
    assert_true(pace_is_silent(pace, now));
    assert_int_equal(pace_blocks(pace), 0);
    now = pace_next(pace, now);
    assert_int_equal(now.us, START.us + 20 * SECOND_US);
    pace_sent(pace, now);
    assert_int_equal(pace_next(pace, now).us, now.us + 100000);
}

TEST(pace_blocked_halves_the_pace_for_the_rest)
{
    CLEANUP(pace_freep) struct pace *pace = pace_new(&bynder);
    struct instant now = START;

    pace_blocked(pace, now, 0);
    now = pace_next(pace, now);
    CLEANUP(mem_cleanup) int64_t *sent = send_many(pace, &now, 3000);
    for (size_t i = 1; i < 1500; i++)
        assert_int_equal(sent[i] - sent[i - 1], 200000);
    assert_true(busiest(sent, 3000, bynder.window_us) <= 2250);
}

TEST(pace_blocked_again_during_the_silence_prolongs_and_halves_once)
{
    CLEANUP(pace_freep) struct pace *pace = pace_new(&bynder);
    struct instant now = START;

    for (int i = 0; i < 8; i++) {
        pace_blocked(pace, now, 0);
        now.us += 10000;
    }
    assert_int_equal(pace_blocks(pace), 8);
    now = pace_next(pace, now);
    assert_int_equal(now.us, START.us + 70000 + 310 * SECOND_US);
    pace_sent(pace, now);
    assert_int_equal(pace_next(pace, now).us, now.us + 200000);
}

TEST(pace_shared_wants_a_permit_for_every_request)
{
    struct pace_settings settings = {.silence_us = 310 * SECOND_US, .shared = true};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct instant later = {.us = START.us + 60 * SECOND_US};

    assert_true(pace_wants_permit(pace, START));
    pace_permit(pace, 2, later);
    for (int i = 0; i < 2; i++) {
        assert_false(pace_wants_permit(pace, START));
        pace_sent(pace, START);
    }
    assert_true(pace_wants_permit(pace, START));
    assert_int_equal(pace_count(pace), 2);
}

TEST(pace_permit_ends_with_its_time_and_with_a_429)
{
    struct pace_settings settings = {.silence_us = 310 * SECOND_US, .shared = true};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct instant later = {.us = START.us + 60 * SECOND_US};

    pace_permit(pace, 100, later);
    assert_false(pace_wants_permit(pace, (struct instant){.us = later.us - 1}));
    assert_true(pace_wants_permit(pace, later));
    pace_permit(pace, 100, later);
    pace_blocked(pace, START, 0);
    assert_true(pace_wants_permit(pace, START));
}

TEST(pace_hold_waits_and_asks_again_after_it)
{
    struct pace_settings settings = {
        .per_window = 10, .window_us = 100 * SECOND_US, .silence_us = 1, .shared = true};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct instant until = {.us = START.us + 7 * SECOND_US};

    pace_hold(pace, until, false);
    assert_false(pace_wants_permit(pace, START));
    assert_false(pace_is_silent(pace, START));
    assert_int_equal(pace_next(pace, START).us, until.us);
    assert_true(pace_wants_permit(pace, until));
    pace_hold(pace, (struct instant){.us = START.us + DAY_US}, false); /* a clock that was set */
    assert_int_equal(pace_next(pace, START).us, START.us + 101 * SECOND_US);
}

TEST(pace_hold_for_the_429_of_others_is_a_silence)
{
    struct pace_settings settings = {.per_second = 10, .silence_us = SECOND_US, .shared = true};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct instant until = {.us = START.us + SECOND_US};

    pace_hold(pace, until, true);
    assert_true(pace_is_silent(pace, START));
    assert_false(pace_is_silent(pace, until));
    assert_int_equal(pace_blocks(pace), 0);
    pace_hold(pace, until, false);
    assert_false(pace_is_silent(pace, START));
}

TEST(pace_not_shared_never_wants_a_permit)
{
    struct pace_settings settings = {.per_second = 10};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);

    assert_false(pace_wants_permit(pace, START));
    pace_blocked(pace, START, 0);
    assert_false(pace_wants_permit(pace, START));
}

TEST(pace_next_with_times_from_the_future_waits_no_longer_than_a_window)
{
    struct pace_settings settings = {
        .per_second = 1, .per_window = 1, .window_us = 100 * SECOND_US};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);

    pace_sent(pace, (struct instant){.us = START.us + DAY_US});
    assert_int_equal(pace_next(pace, START).us, START.us + 101 * SECOND_US);
}

/* --- requests that go together --- */

TEST(pace_together_waits_for_all_of_them_before_the_first)
{
    CLEANUP(pace_freep) struct pace *pace = pace_new(&bynder);

    pace_sent(pace, START);
    pace_together(pace, 3);
    assert_int_equal(pace_next(pace, START).us, START.us + 300000);
    struct instant now = {.us = START.us + 300000};
    pace_reserve(pace, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pace_next(pace, now).us, now.us);
        pace_sent(pace, now);
    }
    assert_int_equal(pace_next(pace, now).us, now.us + 100000); /* the rule again */
}

TEST(pace_together_never_exceeds_the_window)
{
    struct pace_settings settings = {.per_window = 10, .window_us = 100 * SECOND_US};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);
    struct instant now = START;

    for (int i = 0; i < 9; i++) {
        pace_sent(pace, now);
        now.us += SECOND_US;
    }
    assert_int_equal(pace_next(pace, now).us, now.us); /* one has room, two have not */
    pace_together(pace, 2);
    assert_int_equal(pace_next(pace, now).us, START.us + 101 * SECOND_US);
    pace_together(pace, 50); /* more than a window holds: as many as it does */
    assert_int_equal(pace_next(pace, now).us, now.us - SECOND_US + 101 * SECOND_US);
}

TEST(pace_reserve_ends_with_a_429_a_hold_and_the_permit)
{
    struct pace_settings settings = {.per_second = 10, .silence_us = 310 * SECOND_US};
    CLEANUP(pace_freep) struct pace *pace = pace_new(&settings);

    pace_sent(pace, START);
    pace_reserve(pace, 2);
    pace_blocked(pace, START, 0);
    assert_int_equal(pace_next(pace, START).us, START.us + 310 * SECOND_US);
    settings.shared = true;
    CLEANUP(pace_freep) struct pace *shared = pace_new(&settings);
    struct instant until = {.us = START.us + 60 * SECOND_US};
    pace_permit(shared, 1, until);
    assert_false(pace_wants_permit(shared, START));
    pace_together(shared, 2);
    assert_int_equal(pace_least(shared), 2);
    assert_true(pace_wants_permit(shared, START)); /* one is too few */
    pace_permit(shared, 2, until);
    assert_false(pace_wants_permit(shared, START));
    pace_reserve(shared, 2);
    pace_sent(shared, START);
    assert_false(pace_wants_permit(shared, START));
    assert_int_equal(pace_next(shared, START).us, START.us);
    assert_true(pace_wants_permit(shared, until));
    pace_hold(shared, until, false);
    assert_int_equal(pace_next(shared, START).us, until.us);
}
