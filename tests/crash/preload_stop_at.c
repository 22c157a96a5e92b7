/*
 * Goes into the program's process by LD_PRELOAD and stops it (SIGSTOP) right before it sends for
 * the STOP_AT-th time, to the database or to the portal: between two messages, where the world can
 * change under it. STOP_COUNT names a file that gets the number of sends at the end.
 *
 * The environment is read before main, which clears it.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef ssize_t send_function(int, const void *, size_t, int);

static unsigned long stop_at, sends;
static int count_file = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("STOP_AT"), *count = getenv("STOP_COUNT");

    if (at)
        stop_at = strtoul(at, NULL, 10);
    if (count)
        count_file = open(count, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

__attribute__((destructor)) static void end(void)
{
    if (count_file >= 0)
        (void)dprintf(count_file, "%lu", sends);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    static send_function *real;

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "send");
    if (++sends == stop_at)
        (void)raise(SIGSTOP);
    return real(fd, bytes, length, flags);
}
