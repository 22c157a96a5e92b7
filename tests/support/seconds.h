/* seconds: how long something took. */
#ifndef SUPPORT_SECONDS_H
#define SUPPORT_SECONDS_H

#include <time.h>

/* What takes longer hangs. How quick a thing is no test asks: the machine may have other work. */
#define HANGS_S 100.0

/* Of the machine's clock that never goes back, from some beginning. */
static inline double now_s(void)
{
    struct timespec time = {.tv_sec = 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

#endif
