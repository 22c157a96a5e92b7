/*
 * Goes into the program's process by LD_PRELOAD and moves civil time by CLOCK_DAYS days, so that a
 * history of many weeks is made in seconds by the program itself. Waiting is counted in another
 * clock, which is left alone.
 *
 * The environment is read before main, which clears it.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long days;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("CLOCK_DAYS");

    if (text)
        days = strtol(text, NULL, 10);
}

int clock_gettime(clockid_t id, struct timespec *time)
{
    int failed = (int)syscall(SYS_clock_gettime, id, time);

    if (!failed && id == CLOCK_REALTIME)
        time->tv_sec += days * 86400;
    return failed;
}
