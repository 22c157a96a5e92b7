/*
 * Runs a command and says, on standard error, what it took: wall and processor seconds, peak
 * memory, exit code; then wall seconds and memory as figures KEY_seconds and KEY_megabytes, each
 * with its limit (`-`: none), and KEY_processor, which others on the machine change less.
 * `bench_spawn KEY SECONDS MEGABYTES TEXT COMMAND [ARGUMENT]...`
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seconds.h"

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    int status = 0;

    if (argc < 6)
        return 64;
    double began = now_s();
    pid_t pid = fork();
    if (pid == 0) {
        (void)execvp(argv[5], argv + 5);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
        return 70;
    double wall = now_s() - began, peak = (double)usage.ru_maxrss * 1024 / 1e6;
    double processor = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    fprintf(stderr, "%s: wall %.2f s, processor %.2f s, peak memory %.1f MB, exit %d\n", argv[4],
            wall, processor, peak, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    fprintf(stderr, "FIGURE %s_seconds %.2f %s %s, s\n", argv[1], wall, argv[2], argv[4]);
    fprintf(stderr, "FIGURE %s_megabytes %.1f %s %s, peak memory in MB\n", argv[1], peak, argv[3],
            argv[4]);
    fprintf(stderr, "FIGURE %s_processor %.2f - %s, processor s\n", argv[1], processor, argv[4]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}
