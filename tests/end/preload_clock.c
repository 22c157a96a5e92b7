/*
 * Goes into the program's process, or the portal's, by LD_PRELOAD and moves civil time by
 * CLOCK_DAYS days: a history of many weeks is made in seconds by the program itself, and a test
 * need not know which day of the week it is. Waiting is counted in another clock, which is left
 * alone.
 *
 * The environment is read before main, which clears it.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

typedef int clock_function(clockid_t, struct timespec *);

static clock_function *real; /* asks no kernel, and so is no system call to be counted */
static long days;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("CLOCK_DAYS");

    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    if (text)
        days = strtol(text, NULL, 10);
}

int clock_gettime(clockid_t id, struct timespec *time)
{
    if (!real) /* somebody's constructor is before ours */
        begin();
    int failed = real(id, time);

    if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        time->tv_sec += days * 86400;
    return failed;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;

    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *ret_time)
{
    struct timespec now = {.tv_sec = 0};

    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (ret_time)
        *ret_time = now.tv_sec;
    return now.tv_sec;
}
