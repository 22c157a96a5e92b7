/*
 * Goes into the program's process by LD_PRELOAD and stops it (SIGSTOP) right before it sends for
 * the STOP_AT-th time, to the database or to the portal: between two messages, where the world can
 * change under it. STOP_KINDS names a file that gets a letter for each send: what it was.
 *
 *   b  begins a transaction        r  reads in the portal
 *   c  ends one                    o  reads one account there
 *   q  anything else that goes     w  writes there
 *      to the database
 *
 * The environment is read before main, which clears it.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef ssize_t send_function(int, const void *, size_t, int);

static unsigned long stop_at, sends;
static int kinds_file = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("STOP_AT"), *kinds = getenv("STOP_KINDS");

    if (at)
        stop_at = strtoul(at, NULL, 10);
    if (kinds)
        kinds_file = open(kinds, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static int begins(const char *bytes, size_t length, const char *word)
{
    return length >= strlen(word) && memcmp(bytes, word, strlen(word)) == 0;
}

/* A statement comes as a Parse message: type, length, an empty name, its text. */
static char kind_of(const char *bytes, size_t length)
{
    enum { TEXT_AT = 6 };
    const char *text = bytes + TEXT_AT;
    size_t rest = length > TEXT_AT ? length - TEXT_AT : 0;

    if (begins(bytes, length, "GET /api/v4/users/"))
        return 'o';
    if (begins(bytes, length, "GET ") || memmem(bytes, length, "oauth2/token", 12))
        return 'r';
    if (begins(bytes, length, "POST ") || begins(bytes, length, "DELETE "))
        return 'w';
    if (begins(text, rest, "begin"))
        return 'b';
    return begins(text, rest, "commit") || begins(text, rest, "rollback") ? 'c' : 'q';
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    static send_function *real;

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "send");
    if (kinds_file >= 0) {
        char kind = kind_of(bytes, length);
        (void)!write(kinds_file, &kind, 1);
    }
    if (++sends == stop_at)
        (void)raise(SIGSTOP);
    return real(fd, bytes, length, flags);
}
