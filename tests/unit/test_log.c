/* host/log: what reaches stderr, byte by byte. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/text.h"
#include "host/log.h"
#include "test.h"

/* Stderr goes to an unnamed file while lines are logged. */
static int saved, caught;

static void catch_stderr(void)
{
    char name[] = "/tmp/test-log-XXXXXX";

    caught = mkostemp(name, O_CLOEXEC);
    assert_true(caught >= 0);
    assert_int_equal(unlink(name), 0);
    saved = dup(STDERR_FILENO);
    assert_true(saved >= 0);
    assert_true(dup2(caught, STDERR_FILENO) >= 0);
}

static void release_stderr(struct text *text)
{
    ssize_t got;

    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    (void)close(saved);
    assert_int_equal(lseek(caught, 0, SEEK_SET), 0);
    text_clear(text);
    do {
        char bytes[512];

        got = read(caught, bytes, sizeof(bytes));
        assert_true(got >= 0);
        text_add_bytes(text, bytes, (size_t)got);
    } while (got > 0);
    (void)close(caught);
}

TEST(log_line_as_text_is_level_and_message)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
    log_context("portal", "acme");
    catch_stderr();
    log_error("roster '%s': %d rows", "hr.csv", 3);
    log_warning("two\nlines\x1B[2J");
    log_info("zo\xC3\xAB");
    log_debug("not at this level");
    release_stderr(&text);
    assert_string_equal(text_cstr(&text), "error: roster 'hr.csv': 3 rows\n"
                                          "warning: two\\x0alines\\x1b[2J\n"
                                          "info: zo\xC3\xAB\n");
    log_context("portal", NULL);
}

TEST(log_line_below_the_level_is_dropped)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    log_setup(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    catch_stderr();
    log_warning("no");
    log_error("yes");
    release_stderr(&text);
    assert_string_equal(text_cstr(&text), "error: yes\n");
}

TEST(log_line_as_json_is_one_object_a_line)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(text_release) struct text time = TEXT_INIT;
    struct instant instant;
    const char *end;

    log_setup(LOG_LEVEL_DEBUG, LOG_FORMAT_JSON);
    log_context("portal", "ac\"me");
    log_context("run", "1");
    log_context("run", "17");
    log_context("plan", "3");
    log_context("plan", NULL);
    catch_stderr();
    log_debug("a \"quote\", a \\ and a\nline \xFF");
    release_stderr(&text);
    assert_true(text_starts(text_cstr(&text), "{\"time\":\""));
    end = strchr(text.data + 9, '"');
    assert_non_null(end);
    text_add_bytes(&time, text.data + 9, (size_t)(end - text.data) - 9);
    assert_true(instant_parse_rfc3339(text_cstr(&time), &instant));
    assert_string_equal(end, "\",\"level\":\"debug\",\"message\":\"a \\\"quote\\\", a \\\\ and a"
                             "\\\\x0aline \\\\xff\",\"portal\":\"ac\\\"me\",\"run\":\"17\"}\n");
    log_context("portal", NULL);
    log_context("run", NULL);
}

TEST(log_names_are_parsed_exactly)
{
    enum log_level level = LOG_LEVEL_ERROR;
    enum log_format format = LOG_FORMAT_TEXT;

    assert_true(log_level_parse("debug", &level) && level == LOG_LEVEL_DEBUG);
    assert_true(log_level_parse("error", &level) && level == LOG_LEVEL_ERROR);
    assert_false(log_level_parse("Debug", &level) || log_level_parse("", &level) ||
                 log_level_parse(NULL, &level));
    assert_int_equal(level, LOG_LEVEL_ERROR);
    assert_true(log_format_parse("json", &format) && format == LOG_FORMAT_JSON);
    assert_true(log_format_parse("text", &format) && format == LOG_FORMAT_TEXT);
    assert_false(log_format_parse("xml", &format));
}
