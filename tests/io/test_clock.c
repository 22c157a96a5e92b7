/*
 * A signal ends a wait, but not what must be finished first; and that has its end too.
 */
#include <signal.h>

#include "host/clock.h"
#include "test.h"

#define FAR (3600 * SECOND_US)

_Static_assert(CLOCK_CALL_S < CLOCK_END_S && CLOCK_END_S < 70, "an end within 70 seconds");

static int forget(void **state)
{
    (void)state;
    clock_clear_interrupt();
    return 0;
}

TEST_EACH(NULL, forget);

/* Whether a wait of an hour comes back because of the signal. */
static bool wait_far(void)
{
    const struct clock *clock = clock_system();
    struct instant from = clock->steady(clock->self);
    bool slept = clock->sleep_until(clock->self, instant_add_us(from, FAR));

    assert_true(clock->steady(clock->self).us - from.us < FAR);
    return !slept;
}

TEST(clock_interrupt_ends_a_wait)
{
    assert_false(clock_is_interrupted());
    clock_interrupt(SIGTERM);
    assert_true(clock_is_interrupted());
    assert_false(clock_is_overdue());
    assert_true(wait_far());
}

TEST(clock_finish_first_only_notes_a_signal)
{
    clock_finish_first(FAR);
    clock_interrupt(SIGTERM);
    assert_false(clock_is_interrupted());
    clock_finish_first(0);
    assert_true(clock_is_interrupted());
}

TEST(clock_finish_first_ends_when_the_patience_does)
{
    clock_set_patience(SECOND_US / 10, SECOND_US / 5);
    clock_finish_first(FAR);
    clock_interrupt(SIGTERM);
    assert_false(clock_is_interrupted());
    assert_true(wait_far());
    assert_true(clock_is_overdue());
    assert_true(clock_is_interrupted());
}

TEST(clock_interrupt_again_gives_no_more_time)
{
    clock_set_patience(SECOND_US / 10, SECOND_US / 5);
    clock_finish_first(FAR);
    clock_interrupt(SIGTERM);
    assert_true(wait_far());
    clock_interrupt(SIGTERM);
    assert_true(clock_is_overdue());
    assert_true(clock_is_interrupted());
}
