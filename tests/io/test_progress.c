/*
 * Progress on a pseudo terminal and on a pipe.
 */
#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/progress.h"
#include "test.h"

/* What can be read now, without waiting. */
static struct text read_now(int fd)
{
    struct text text = TEXT_INIT;
    char buffer[4096];
    ssize_t got;

    assert_true(fcntl(fd, F_SETFL, O_NONBLOCK) >= 0);
    while ((got = read(fd, buffer, sizeof(buffer))) > 0)
        text_add_bytes(&text, buffer, (size_t)got);
    return text;
}

static void open_terminal(int *ret_master, int *ret_slave, unsigned short columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    struct termios raw;

    assert_int_equal(openpty(ret_master, ret_slave, NULL, NULL, &size), 0);
    assert_int_equal(tcgetattr(*ret_slave, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(*ret_slave, TCSANOW, &raw), 0);
    assert_int_equal(setenv("TERM", "xterm", 1), 0);
}

TEST(progress_report_on_a_terminal_draws_one_line_and_wipes_it)
{
    CLEANUP(cleanup_fd) int master = -1;
    CLEANUP(cleanup_fd) int slave = -1;
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    struct terminal_progress terminal;
    struct progress progress;

    open_terminal(&master, &slave, 80);
    progress_init(&terminal, slave, &progress);
    progress.report(progress.context, "accounts", 1500, 0);
    progress.report(progress.context, "last logins", 2500, 5000);
    progress.report(progress.context, "last logins", 5000, 5000);
    progress_done(&terminal);
    progress_done(&terminal);
    seen = read_now(master);
    assert_string_equal(text_cstr(&seen), "\raccounts  1,500\x1b[K"
                                          "\rlast logins  2,500 of 5,000  "
                                          "[############............]\x1b[K"
                                          "\rlast logins  5,000 of 5,000  "
                                          "[########################]\x1b[K"
                                          "\r\x1b[K");
}

TEST(progress_report_very_often_is_drawn_seldom_but_at_its_end)
{
    CLEANUP(cleanup_fd) int master = -1;
    CLEANUP(cleanup_fd) int slave = -1;
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    struct terminal_progress terminal;
    struct progress progress;

    open_terminal(&master, &slave, 30);
    progress_init(&terminal, slave, &progress);
    for (size_t i = 0; i <= 2000; i++)
        progress.report(progress.context, "last logins", i, 2000);
    seen = read_now(master);
    assert_true(seen.length < 2000);
    assert_non_null(strstr(text_cstr(&seen), "\rlast logins  2,000 of 2,000 "));
    for (const char *at = text_cstr(&seen); (at = strchr(at, '\r')); at++)
        assert_true(strchr(at, '\x1b') - at - 1 <= 31); /* 29 columns and the ellipsis's bytes */
}

TEST(progress_report_elsewhere_writes_nothing)
{
    int ends[2];
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    struct terminal_progress terminal;
    struct progress progress;

    assert_int_equal(pipe(ends), 0);
    progress_init(&terminal, ends[1], &progress);
    progress.report(progress.context, "accounts", 10, 10);
    progress_done(&terminal);
    seen = read_now(ends[0]);
    assert_int_equal(seen.length, 0);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

TEST(progress_report_on_a_dumb_terminal_writes_nothing)
{
    CLEANUP(cleanup_fd) int master = -1;
    CLEANUP(cleanup_fd) int slave = -1;
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    struct terminal_progress terminal;
    struct progress progress;

    open_terminal(&master, &slave, 80);
    assert_int_equal(setenv("TERM", "dumb", 1), 0);
    progress_init(&terminal, slave, &progress);
    progress.report(progress.context, "accounts", 10, 10);
    progress_done(&terminal);
    seen = read_now(master);
    assert_int_equal(seen.length, 0);
}
