/*
 * Goes into the program's process, or the portal's, by LD_PRELOAD and moves civil time by
 * CLOCK_DAYS days: a history of many weeks is made in seconds by the program itself, and a test
 * need not know which day of the week it is. By as many hours as the file CLOCK_SLEPT has bytes it
 * is moved as well, from that moment on: a machine that slept. Waiting is counted in another clock,
 * which is left alone.
 *
 * The environment is read before main, which clears it.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

typedef int clock_function(clockid_t, struct timespec *);

static clock_function *real; /* asks no kernel, and so is no system call to be counted */
static long days;
static char slept_path[4096];

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("CLOCK_DAYS"), *path = getenv("CLOCK_SLEPT");

    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    if (text)
        days = strtol(text, NULL, 10);
    if (path)
        (void)snprintf(slept_path, sizeof(slept_path), "%s", path);
}

int clock_gettime(clockid_t id, struct timespec *time)
{
    if (!real) /* somebody's constructor is before ours */
        begin();
    int failed = real(id, time);

    struct stat status;

    if (failed || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE))
        return failed;
    time->tv_sec += days * 86400;
    if (slept_path[0] && stat(slept_path, &status) == 0)
        time->tv_sec += status.st_size * 3600;
    return 0;
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
