/*
 * Waiting must neither miss a signal nor wake up for nothing: SIGTERM and SIGINT are held back
 * while the flag is looked at and let in by ppoll itself, so one that comes in between is not slept
 * over.
 */
#include "host/clock.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

/* Times are of CLOCK_MONOTONIC. */
static _Atomic int64_t interrupted_at_us; /* 0 = not */
static int64_t finish_until_us;           /* before that a signal is only noted */
static int64_t call_us = CLOCK_CALL_S * SECOND_US, end_us = CLOCK_END_S * SECOND_US;

static int64_t read_us(clockid_t id)
{
    struct timespec time = {.tv_sec = 0};

    (void)clock_gettime(id, &time); /* cannot fail for these two clocks */
    return (int64_t)time.tv_sec * SECOND_US + time.tv_nsec / 1000;
}

int64_t clock_steady_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

static struct instant system_now(void *self)
{
    (void)self;
    return (struct instant){.us = read_us(CLOCK_REALTIME)};
}

static struct instant system_steady(void *self)
{
    static int64_t civil_minus_monotonic;

    (void)self;
    if (civil_minus_monotonic == 0)
        civil_minus_monotonic = read_us(CLOCK_REALTIME) - read_us(CLOCK_MONOTONIC);
    return (struct instant){.us = read_us(CLOCK_MONOTONIC) + civil_minus_monotonic};
}

/* Until when a signal that came then is only noted. */
static int64_t noted_until_us(int64_t at_us)
{
    return finish_until_us < at_us + end_us ? finish_until_us : at_us + end_us;
}

/* How long a wait may be before it must be looked at again: a noted signal counts later. */
static int64_t bound_wait(int64_t left_us)
{
    int64_t at_us = interrupted_at_us;
    int64_t noted_us = at_us ? noted_until_us(at_us) - read_us(CLOCK_MONOTONIC) : left_us;

    return noted_us < left_us ? noted_us : left_us;
}

static bool system_sleep_until(void *self, struct instant until)
{
    sigset_t ending, before;
    int64_t left;

    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGTERM);
    (void)sigaddset(&ending, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &ending, &before);
    while (!clock_is_interrupted() && (left = until.us - system_steady(self).us) > 0) {
        left = bound_wait(left);
        struct timespec wait = {.tv_sec = (time_t)(left / SECOND_US),
                                .tv_nsec = (long)(left % SECOND_US) * 1000};

        (void)ppoll(NULL, 0, &wait, &before);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return !clock_is_interrupted();
}

const struct clock *clock_system(void)
{
    static const struct clock system = {
        .now = system_now, .steady = system_steady, .sleep_until = system_sleep_until};

    return &system;
}

struct time_mark clock_mark(const struct clock *clock)
{
    return (struct time_mark){.now = clock->now(clock->self), .steady = clock->steady(clock->self)};
}

int64_t clock_since_us(const struct clock *clock, const struct time_mark *mark)
{
    int64_t civil_us = clock->now(clock->self).us - mark->now.us;
    int64_t steady_us = clock->steady(clock->self).us - mark->steady.us;

    return civil_us > steady_us ? civil_us : steady_us;
}

void clock_interrupt(int signal)
{
    int64_t none = 0;

    (void)signal;
    (void)atomic_compare_exchange_strong(&interrupted_at_us, &none, read_us(CLOCK_MONOTONIC));
}

bool clock_is_interrupted(void)
{
    int64_t at_us = interrupted_at_us;

    return at_us != 0 && read_us(CLOCK_MONOTONIC) >= noted_until_us(at_us);
}

void clock_finish_first(int64_t us)
{
    finish_until_us = us > 0 ? read_us(CLOCK_MONOTONIC) + us : 0;
}

bool clock_is_overdue(void)
{
    int64_t at_us = interrupted_at_us;

    return at_us != 0 && read_us(CLOCK_MONOTONIC) >= at_us + call_us;
}

void clock_set_patience(int64_t new_call_us, int64_t new_end_us)
{
    call_us = new_call_us;
    end_us = new_end_us;
}

void clock_clear_interrupt(void)
{
    interrupted_at_us = 0;
    finish_until_us = 0;
    clock_set_patience(CLOCK_CALL_S * SECOND_US, CLOCK_END_S * SECOND_US);
}
