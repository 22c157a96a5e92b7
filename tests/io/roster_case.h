/*
 * roster_case: what the roster tests share: a configuration by hand, and a roster from bytes.
 */
#ifndef TESTS_ROSTER_CASE_H
#define TESTS_ROSTER_CASE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "host/file.h"
#include "roster/reader.h"
#include "test.h"

static const char *const case_names[] = {"Name"};
static const char *const case_employed[] = {"Active"};
static const char *const case_on_leave[] = {"Leave"};
static const char *const case_departed[] = {"Left", "Terminated for Cause"};

/* Columns EmpID, Mail, Login, Name, Status, Hired, Last, Dept, Country; comma, UTF-8, ISO dates. */
static inline struct config_roster case_config(void)
{
    return (struct config_roster){
        .delimiter = ',',
        .encoding = "UTF-8",
        .date_format = "%Y-%m-%d",
        .column = {.of = {[ROSTER_EMPLOYEE_NUMBER] = "EmpID",
                          [ROSTER_EMAIL] = "Mail",
                          [ROSTER_USERNAME] = "Login",
                          [ROSTER_STATUS] = "Status",
                          [ROSTER_HIRE_DATE] = "Hired",
                          [ROSTER_LAST_DAY] = "Last",
                          [ROSTER_DEPARTMENT] = "Dept",
                          [ROSTER_COUNTRY] = "Country"},
                   .name = {case_names, COUNT_OF(case_names)}},
        .status = {.employed = {case_employed, COUNT_OF(case_employed)},
                   .on_leave = {case_on_leave, COUNT_OF(case_on_leave)},
                   .departed = {case_departed, COUNT_OF(case_departed)}},
    };
}

/* Only the key, the mail and the name, so that a case needs few columns. */
static inline struct config_roster case_small_config(void)
{
    struct config_roster config = case_config();

    config.column.of[ROSTER_USERNAME] = NULL;
    config.column.of[ROSTER_STATUS] = NULL;
    config.column.of[ROSTER_HIRE_DATE] = NULL;
    config.column.of[ROSTER_LAST_DAY] = NULL;
    config.column.of[ROSTER_DEPARTMENT] = NULL;
    config.column.of[ROSTER_COUNTRY] = NULL;
    return config;
}

#define CASE_NOW ((struct instant){.us = INT64_C(1795330800000000)}) /* 2026-11-22T07:00:00Z */

struct roster_case {
    struct arena arena;
    struct roster roster;
    struct err err;
    int result;
};

static inline void case_release(struct roster_case *c)
{
    arena_release(&c->arena);
    err_release(&c->err);
}

/* Reads the bytes as a file of their own. */
static inline struct roster_case case_read_bytes(const struct config_roster *config,
                                                 const char *bytes, size_t length)
{
    char directory[] = "/tmp/roster-test-XXXXXX";
    struct roster_case c = {.result = -1};
    CLEANUP(text_release) struct text path = TEXT_INIT;

    assert_non_null(mkdtemp(directory));
    text_addf(&path, "%s/roster", directory);
    assert_int_equal(file_write(text_cstr(&path), 0600, bytes, length, &c.err), 0);
    c.roster.id = 4711; /* to see that a failure leaves it alone */
    c.result = roster_read(&c.arena, config, text_cstr(&path), CASE_NOW, &c.roster, &c.err);
    (void)unlink(text_cstr(&path));
    (void)rmdir(directory);
    return c;
}

static inline struct roster_case case_read(const struct config_roster *config, const char *string)
{
    return case_read_bytes(config, string, strlen(string));
}

static inline void assert_mentions(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("'%s' does not mention '%s'", text ? text : "(null)", part);
}

static inline void assert_no_mention(const char *text, const char *part)
{
    if (text && strstr(text, part))
        fail_msg("'%s' mentions '%s'", text, part);
}

static inline void assert_read(const struct roster_case *c)
{
    if (c->result != 0)
        fail_msg("refused: %s", c->err.text);
}

/* Refused as a whole, with this in the reason, and the output as it was. */
static inline void assert_refused(const struct roster_case *c, const char *part)
{
    if (c->result == 0)
        fail_msg("accepted, '%s' was expected", part);
    assert_int_equal(c->err.code, ERR_ROSTER);
    assert_mentions(c->err.text, part);
    assert_int_equal(c->roster.id, 4711);
    assert_null(c->roster.person);
}

#endif
