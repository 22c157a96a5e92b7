/*
 * clock: what time it is, and waiting for a time. The flows take it as an argument, so that tests
 * turn it by hand. Two times, because they answer different questions: `now` is civil time for
 * records and may be set back by an administrator; `steady` is the time that waiting is counted in,
 * equal to civil time when the process started, and never goes back.
 *
 * A signal ends a wait: the program's handler of SIGTERM and SIGINT is clock_interrupt.
 */
#ifndef HOST_CLOCK_H
#define HOST_CLOCK_H

#include <stdbool.h>

#include "base/instant.h"

struct clock {
    void *self;
    struct instant (*now)(void *self);
    struct instant (*steady)(void *self);
    /* Waits until `steady` says `until`. false: a signal came first, and somebody wants us to end.
     */
    bool (*sleep_until)(void *self, struct instant until);
};

/* One moment by both. */
struct time_mark clock_mark(const struct clock *clock);
/* How long ago that was by the clock that says more: the time that a machine slept stands on civil
 * time alone, and civil time that was set back hides nothing. */
int64_t clock_since_us(const struct clock *clock, const struct time_mark *mark);

/* Milliseconds of the machine's clock that never goes back, from some beginning: for how long to
 * wait for something that no test turns the clock for. */
int64_t clock_steady_ms(void);

/* The machine's. Its sleep ends when a signal whose handler is clock_interrupt arrives. */
const struct clock *clock_system(void);

/* Notes that the program shall end, and since when. A signal handler as it is; a second signal
 * changes nothing. */
void clock_interrupt(int signal);
bool clock_is_interrupted(void);
/* Something is in hand that must not be left half done: for at most so many microseconds from now a
 * signal is only noted, as if it came afterwards. 0 ends that. It never lasts longer than
 * CLOCK_END_S from the signal, so that the program has ended within 70 seconds, whatever is
 * configured. */
void clock_finish_first(int64_t us);
/* CLOCK_CALL_S have gone by since the signal: even a write in flight is given up, as one of which
 * nobody knows whether it happened. */
bool clock_is_overdue(void);

enum {
    CLOCK_CALL_S = 30,
    CLOCK_END_S = 55, /* what is left after the call is for reading back, the rest for the record */
};

/* For tests: another patience than these two, in microseconds. */
void clock_set_patience(int64_t call_us, int64_t end_us);
/* For tests: forgets the interruption and that patience. */
void clock_clear_interrupt(void);

#endif
