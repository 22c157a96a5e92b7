/*
 * What a large portal-sim costs: the login events of a year are made up as they are asked for, and
 * a request that waits holds a connection and no thread. Told by the kernel, of the process.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "probe.h"
#include "sanitized.h"
#include "test.h"

enum {
    PAGE_EVENTS = 5000,
    WORK_DAYS = 250,    /* of a year, each with more than a page of events */
    EVENT_BYTES = 16,   /* that one would take: when and whose */
    GROWTH_KIB = 12288, /* of any request: its page and the day it is from, several times */
    CONNECTIONS = 60,   /* at a time */
};

_Static_assert(EVENT_BYTES *(WORK_DAYS *PAGE_EVENTS) > 1024 * GROWTH_KIB, "held they would show");

static void stop(struct probe *probe)
{
    (void)probe_stop(probe);
}

/* A number of /proc/PID/status. */
static long status_of(const struct probe *probe, const char *key)
{
    char path[64], line[256];
    long value = -1;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)probe->pid);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        if (strncmp(line, key, strlen(key)) == 0)
            value = strtol(line + strlen(key), NULL, 10);
    assert_int_equal(fclose(file), 0);
    assert_true(value > 0);
    return value;
}

/* Tuesdays, the last one and one of each month before. */
static const char *const days[] = {"2025-11-25", "2025-12-09", "2026-01-06", "2026-02-03",
                                   "2026-03-03", "2026-04-07", "2026-05-05", "2026-06-02",
                                   "2026-07-07", "2026-08-04", "2026-09-01", "2026-10-06",
                                   "2026-11-17"};

/* A full page of one day's events, with more behind it. */
static void read_day(struct probe *probe, const char *day)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path,
              "/v7/analytics/api/v1/user/login?limit=%d&fromDateTime=%sT00:00:00Z"
              "&toDateTime=%sT23:59:59Z",
              PAGE_EVENTS, day, day);
    struct reply reply = probe_get(probe, text_cstr(&path));
    assert_int_equal(reply.status, 200);
    CLEANUP(mem_cleanup) char *next = reply_header(&reply, "Next-Cursor");
    assert_non_null(next);
    reply_release(&reply);
}

TEST(events_of_a_year_are_not_held)
{
    static const char *const options[] = {"--users",      "100000", "--today", "2026-11-22",
                                          "--rate-limit", "0",      NULL};

    if (SANITIZED)
        skip();
    CLEANUP(stop) struct probe probe = {.pid = 0};
    probe_prepare(&probe);
    probe_start(&probe, options);
    long before = status_of(&probe, "VmHWM:");
    for (size_t i = 0; i < COUNT_OF(days); i++)
        read_day(&probe, days[i]);
    long after = status_of(&probe, "VmHWM:");
    print_message("%ld KiB at the start, at most %ld\n", before, after);
    assert_true(after - before <= GROWTH_KIB);
}

static int ask(const struct probe *probe)
{
    static const char request[] = "GET /api/v4/currentUser/ HTTP/1.1\r\nHost: x\r\n"
                                  "Authorization: Bearer " PROBE_TOKEN "\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)probe->port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL), sizeof(request) - 1);
    return fd;
}

static void wait_for_requests(struct probe *probe, int64_t wanted)
{
    const struct timespec pause = {.tv_nsec = 5000000};

    for (int64_t made = 0; made < wanted; (void)nanosleep(&pause, NULL)) {
        struct json_object *stats = probe_control_json(probe, "/_sim/stats");
        made = json_object_get_int64(json_object_object_get(stats, "requests"));
        (void)json_object_put(stats);
    }
}

TEST(requests_that_wait_hold_no_thread)
{
    static const char *const options[] = {"--users", "20", "--rate-limit", "0", NULL};
    CLEANUP(stop) struct probe probe = {.pid = 0};
    int fd[CONNECTIONS];
    char answer[64];

    probe_prepare(&probe);
    probe_start(&probe, options);
    long before = status_of(&probe, "Threads:");
    probe_fault(&probe, "hold");
    for (int i = 0; i < CONNECTIONS; i++)
        fd[i] = ask(&probe);
    wait_for_requests(&probe, CONNECTIONS);
    assert_true(status_of(&probe, "Threads:") <= before);
    assert_true(recv(fd[0], answer, sizeof(answer), MSG_DONTWAIT) < 0);
    probe_fault(&probe, "hold=off");
    for (int i = 0; i < CONNECTIONS; i++) {
        assert_true(recv(fd[i], answer, sizeof(answer), 0) > 12);
        assert_memory_equal(answer, "HTTP/1.1 200", 12);
        (void)close(fd[i]);
    }
}
