/* host/journal: what a listening journal gets, datagram by datagram. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "host/journal.h"
#include "test.h"

static struct {
    char directory[32];
    char *path;
    int fd;
} journal;

static int listen_as_journal(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    (void)state;
    memcpy(journal.directory, "/tmp/test-journal-XXXXXX", sizeof("/tmp/test-journal-XXXXXX"));
    assert_non_null(mkdtemp(journal.directory));
    journal.path = file_join(journal.directory, "socket");
    memcpy(address.sun_path, journal.path, strlen(journal.path));
    journal.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(journal.fd >= 0);
    assert_int_equal(bind(journal.fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
    return 0;
}

static int stop_listening(void **state)
{
    (void)state;
    (void)close(journal.fd);
    journal_end();
    (void)unlink(journal.path);
    (void)rmdir(journal.directory);
    free(journal.path);
    return 0;
}

TEST_EACH(listen_as_journal, stop_listening);

/* The next datagram; "" when none came. */
static const char *received(void)
{
    static char entry[4096];
    ssize_t got = recv(journal.fd, entry, sizeof(entry) - 1, 0);

    entry[got > 0 ? got : 0] = '\0';
    return entry;
}

TEST(line_is_an_entry_with_the_fields_of_the_run)
{
    journal_begin(journal.path);
    log_context("portal", "acme");
    log_context("run", "17");
    log_warning("plan %d is held", 3);
    log_debug("not at this level");
    log_context("plan", "3");
    log_error("gone");
    log_context("portal", NULL);
    log_context("run", NULL);
    log_context("plan", NULL);
    log_info("done");
    assert_string_equal(received(), "PRIORITY=4\nSYSLOG_IDENTIFIER=bynder-reconcile\n"
                                    "MESSAGE=plan 3 is held\nPORTAL=acme\nRUN=17\n");
    assert_string_equal(received(), "PRIORITY=3\nSYSLOG_IDENTIFIER=bynder-reconcile\n"
                                    "MESSAGE=gone\nPORTAL=acme\nRUN=17\nPLAN=3\n");
    assert_string_equal(received(), "PRIORITY=6\nSYSLOG_IDENTIFIER=bynder-reconcile\n"
                                    "MESSAGE=done\n");
    assert_string_equal(received(), "");
}

TEST(text_from_outside_begins_no_field)
{
    journal_begin(journal.path);
    log_context("portal", "a\nRUN=1");
    log_info("name\nPRIORITY=0\n\x1b[2J");
    log_context("portal", NULL);
    assert_string_equal(received(), "PRIORITY=6\nSYSLOG_IDENTIFIER=bynder-reconcile\n"
                                    "MESSAGE=name\\x0aPRIORITY=0\\x0a\\x1b[2J\n"
                                    "PORTAL=a\\x0aRUN=1\n");
}

/* Runs `log` with stderr in a file, and gives what is in it. */
static char *on_stderr(void (*log)(void))
{
    CLEANUP(mem_cleanup) char *path = file_join(journal.directory, "stderr");
    struct text text = TEXT_INIT;
    int saved = dup(STDERR_FILENO);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    log();
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    (void)close(saved);
    (void)fclose(file);
    assert_int_equal(file_read(path, 1u << 20, ERR_INTERNAL, &text, NULL, NULL), 0);
    (void)unlink(path);
    return text_take(&text);
}

static void log_one(void)
{
    log_info("one");
}

TEST(line_that_the_journal_does_not_take_is_on_stderr)
{
    journal_begin(journal.path);
    (void)close(journal.fd);
    CLEANUP(mem_cleanup) char *text = on_stderr(log_one);
    assert_string_equal(text, "info: one\n");
}

TEST(nobody_listening_leaves_lines_on_stderr)
{
    journal_begin("/nonexistent/socket");
    CLEANUP(mem_cleanup) char *text = on_stderr(log_one);
    assert_string_equal(text, "info: one\n");
}

TEST(json_stays_on_stderr)
{
    journal_begin(journal.path);
    log_setup(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    CLEANUP(mem_cleanup) char *text = on_stderr(log_one);
    assert_non_null(strstr(text, "\"message\":\"one\""));
    assert_string_equal(received(), "");
}

TEST(journal_is_the_very_file_that_systemd_named)
{
    CLEANUP(text_release) struct text stream = TEXT_INIT;
    struct stat status;

    assert_int_equal(fstat(journal.fd, &status), 0);
    text_addf(&stream, "%llu:%llu", (unsigned long long)status.st_dev,
              (unsigned long long)status.st_ino);
    assert_true(journal_is(text_cstr(&stream), journal.fd));
    assert_false(journal_is(text_cstr(&stream), STDIN_FILENO));
    assert_false(journal_is(text_cstr(&stream), -1));
    assert_false(journal_is(NULL, journal.fd));
    assert_false(journal_is("", journal.fd));
    assert_false(journal_is(":", journal.fd));
    text_add_char(&stream, '0');
    assert_false(journal_is(text_cstr(&stream), journal.fd));
}

TEST(the_end_waits_until_every_line_was_read)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    bool *about_to_read = mmap(NULL, sizeof(*about_to_read), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(about_to_read != MAP_FAILED);
    journal_begin(journal.path);
    log_error("the last line");
    pid_t reader = fork();
    if (reader == 0) {
        (void)nanosleep(&pause, NULL);
        *about_to_read = true;
        _exit(strstr(received(), "the last line") ? 0 : 1);
    }
    journal_end();
    assert_true(*about_to_read);
    int status = 0;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    (void)munmap(about_to_read, sizeof(*about_to_read));
}

TEST(the_end_does_not_wait_for_a_journal_that_is_gone)
{
    journal_begin(journal.path);
    log_error("the last line");
    (void)close(journal.fd);
    journal.fd = -1;
    journal_end();
}
